"""What every store must be able to do: prove your own by inheriting from :class:`StoreContract`."""
# ruff: noqa: D102, PT012, S101  # these are tests: their names say what they show, and they assert

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from threading import Barrier, Event, Thread
from time import monotonic, sleep
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from msgspec.structs import replace

from complaints.errors import (
    BrokenHistoryError,
    ConflictError,
    Fault,
    InvalidCommandError,
    KeyReusedError,
    ReentrantStepError,
    StoreError,
)
from complaints.model.base import evolve
from complaints.model.beside import Beside, Help
from complaints.model.clock import Deadline
from complaints.model.complaint import Assignment, Complaint, Settled, Visit
from complaints.model.execution import Task
from complaints.model.money import Money
from complaints.model.people import Customer, ExternalRef
from complaints.model.registration import Issue, Registration, Vehicle
from complaints.model.words import (
    Answer,
    Channel,
    ClockState,
    Department,
    Duty,
    HelpKind,
    RemedyKind,
    Severity,
    Stage,
    State,
    TaskResult,
)
from complaints.stores.base import (
    Query,
    SharingStore,
    Step,
    Store,
    StoredEvent,
    StoredKey,
    StoredNotice,
    StoredPersonal,
    sharing,
)

if TYPE_CHECKING:
    from complaints.stores.base import Connection

_MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)
_PATIENCE_SECONDS = 20
_ZHAO = Assignment(duty=Duty.HANDLER, assignee="zhao", number=1, answer=Answer.ACCEPTED)
_SETTLED = Settled(by="wang", at=_MORNING, order="SO-1@2026", number=2)
_VOUCHER = Task(
    id="T1",
    kind=RemedyKind.VOUCHER,
    owner="wang",
    due=_MORNING.date(),
    cost=Money("200", "CNY"),
    result=TaskResult.DONE,
    number=2,
)
_TOW = Help(kind=HelpKind.TOW, cost=Money("300", "CNY"), order="SO-2@2026", number=2, at=_MORNING + timedelta(days=30))
_DMS = ExternalRef(system="dms", kind="repair_order", id="RO-1")


def sample_complaint(n: int, registration: Registration | None = None, **changes: object) -> Complaint:
    """Complaint *n*, just received; a later number has a later id and a later receipt."""
    received_at = _MORNING + n * _MINUTE
    complaint = Complaint(
        id=UUID(int=n),
        reference=f"SH01-2026-{n:06}",
        dealer="SH01",
        version=1,
        state=State.INTAKE,
        registration=registration or sample_registration(n),
        recorded_at=received_at,
        updated_at=received_at,
        moved_at=received_at,
        head=_digest(n, 1),
        visits=(Visit(State.INTAKE, 1, 1),),
    )
    return evolve(complaint, **changes)


def sample_registration(n: int, **changes: object) -> Registration:
    """The form of complaint *n*, with nothing on it that another complaint's form has as well."""
    form = Registration(
        complainant=Customer(name=f"王{n}", phone=f"1380000{n:04}"),
        channel=Channel.PHONE,
        received_at=_MORNING + n * _MINUTE,
        received_by="li",
        excerpt="发动机有异响",
        issues=(Issue(id="1", category="attitude"),),
        vehicles=(Vehicle(plate=f"沪A{n:05}"),),
    )
    return evolve(form, **changes)


def sample_later(before: Complaint, **changes: object) -> Complaint:
    """*before* one event later."""
    version = before.version + 1
    return evolve(before, version=version, head=_digest(before.id.int, version), **changes)


def sample_step(after: Complaint, *, events: int = 1, **parts: object) -> Step:
    """The step whose last event made *after*, with as many events."""
    first = after.version - events + 1
    step = Step(
        seen=first - 1,
        complaint=after,
        events=tuple(_sample_event(after, number) for number in range(first, after.version + 1)),
    )
    return evolve(step, **parts)


def _sample_event(complaint: Complaint, number: int) -> StoredEvent:
    return StoredEvent(
        complaint=complaint.id,
        number=number,
        command="Receive" if number == 1 else "RecordContact",
        recorded_at=_MORNING + number * _MINUTE,
        body=f'{{"number":{number},"text":"客户来电“催促”"}}',
        digest=_digest(complaint.id.int, number),
    )


def _digest(n: int, number: int) -> str:
    return sha256(f"{n}:{number}".encode()).hexdigest()


def _owing(n: int, hours: int | None) -> Complaint:
    """Complaint *n*, which owes something that is looked at so many hours after the morning, or nothing."""
    look = None if hours is None else _MORNING + timedelta(hours=hours, microseconds=-1)
    clocks = () if look is None else (Deadline(clock="judge", start=_MORNING, due=look, rule="house_4s@1 default"),)
    return evolve(sample_complaint(n), clocks=clocks)


def _append(store: Store, *steps: Step) -> None:
    with store.write() as writer:
        for step in steps:
            writer.append(step)


def _everything(store: Store) -> tuple[object, ...]:
    """All that can be read of complaints 1 to 9."""
    with store.read() as reader:
        ids = [UUID(int=n) for n in range(1, 10)]
        return (
            tuple(reader.heads()),
            tuple(reader.complaint(id) for id in ids),
            tuple(reader.events(id) for id in ids),
            tuple(reader.personal(id) for id in ids),
            tuple(reader.by_reference(f"SH01-2026-{n:06}") for n in range(1, 10)),
            tuple(reader.keyed("SH01", f"key-{n}") for n in range(1, 10)),
            reader.find(Query(dealer="SH01")),
            tuple(reader.committed()),
            reader.last_position(),
        )


def _given(value: object) -> str | None:
    """A short name for a test: what the query asks for."""
    if not isinstance(value, Query):
        return None
    plain = Query()
    given = [
        f"{name}={getattr(value, name)}"
        for name in Query.__annotations__
        if getattr(value, name) != getattr(plain, name)
    ]
    return "&".join(given) or "everything"


class _PowerCutError(Exception):
    """Stands for whatever goes wrong in the middle of a transaction."""


class StoreContract(ABC):
    """
    Inherit, say how your store is made, and run pytest: what fails is what your store lacks.

    Example::

        class TestMyStore(StoreContract):
            def make_store(self, folder):
                return MyStore(folder / "complaints")
    """

    @abstractmethod
    def make_store(self, folder: Path) -> Store:
        """A new, empty store; *folder* is empty and its own."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        """The store under test, closed afterwards."""
        store = self.make_store(tmp_path)
        yield store
        with suppress(StoreError):
            store.close()

    # --- what was written is read ----------------------------------------------------------------------------------

    def test_what_was_written_is_read_as_it_was(self, store: Store) -> None:
        complaint = sample_complaint(1)
        step = sample_step(
            complaint,
            personal=(StoredPersonal(complaint.id, 1, "statement", b"s" * 16, "发动机有异响\n'; --"),),
            keys=(StoredKey("SH01", "key-1", complaint.id, 1, b"k" * 16, b"d" * 32),),
            text="发动机有异响",
        )

        _append(store, step)

        with store.read() as reader:
            assert reader.complaint(complaint.id) == complaint
            assert tuple(reader.events(complaint.id)) == step.events
            assert tuple(reader.personal(complaint.id)) == step.personal
            assert reader.keyed("SH01", "key-1") == step.keys[0]
            assert reader.by_reference(complaint.reference) == complaint.id
            assert list(reader.heads()) == [(complaint.id, 1, complaint.head)]

    def test_a_step_replaces_the_complaint_and_keeps_its_history(self, store: Store) -> None:
        first = sample_complaint(1)
        second = sample_later(first, state=State.JUDGMENT, severity=Severity.MAJOR)
        third = sample_later(second, contacts=1)

        for complaint in (first, second, third):
            _append(store, sample_step(complaint))

        with store.read() as reader:
            assert reader.complaint(first.id) == third
            assert [event.number for event in reader.events(first.id)] == [1, 2, 3]
            assert list(reader.heads()) == [(first.id, 3, third.head)]

    def test_times_keep_their_moment_to_the_microsecond(self, store: Store) -> None:
        step = sample_step(sample_complaint(1))
        odd = datetime(2026, 3, 2, 17, 4, 5, 678901, tzinfo=UTC)
        step = evolve(step, events=(evolve(step.events[0], recorded_at=odd),))

        _append(store, step)

        with store.read() as reader:
            assert [event.recorded_at for event in reader.events(UUID(int=1))] == [odd]

    def test_what_nobody_wrote_is_not_there(self, store: Store) -> None:
        with store.read() as reader:
            answers = (
                reader.complaint(UUID(int=1)),
                tuple(reader.events(UUID(int=1))),
                tuple(reader.personal(UUID(int=1))),
                reader.by_reference("SH01-2026-000001"),
                reader.keyed("SH01", "key-1"),
                tuple(reader.heads()),
                tuple(reader.find(Query())),
            )

        assert answers == (None, (), (), None, None, (), ())

    def test_events_come_in_order_and_within_the_bounds_asked_for(self, store: Store) -> None:
        _append(store, sample_step(sample_complaint(1, version=5, head=_digest(1, 5)), events=5))

        with store.read() as reader:
            numbers = [
                [event.number for event in reader.events(UUID(int=1), after=after, upto=upto)]
                for after, upto in ((0, None), (2, None), (0, 3), (1, 4), (3, 3), (5, None), (0, 99), (4, 2))
            ]

        assert numbers == [[1, 2, 3, 4, 5], [3, 4, 5], [1, 2, 3], [2, 3, 4], [], [], [1, 2, 3, 4, 5], []]

    def test_personal_texts_come_with_the_events_asked_for(self, store: Store) -> None:
        complaint = sample_complaint(1, version=5, head=_digest(1, 5))
        texts = tuple(
            StoredPersonal(complaint.id, number, path, b"s" * 16, f"{number} {path}")
            for number in (1, 2, 4)
            for path in ("name", "text")
        )
        _append(store, sample_step(complaint, events=5, personal=texts))

        with store.read() as reader:
            numbers = [
                [text.number for text in reader.personal(complaint.id, after=after, upto=upto)]
                for after, upto in ((0, None), (1, None), (0, 2), (1, 3), (2, 2), (5, None), (0, 99), (4, 2))
            ]

        assert numbers == [[1, 1, 2, 2, 4, 4], [2, 2, 4, 4], [1, 1, 2, 2], [2, 2], [], [], [1, 1, 2, 2, 4, 4], []]

    def test_heads_come_in_order_of_id_whatever_the_order_of_writing(self, store: Store) -> None:
        _append(store, *(sample_step(sample_complaint(n)) for n in (3, 1, 2)))

        with store.read() as reader:
            assert [id.int for id, _, _ in reader.heads()] == [1, 2, 3]

    # --- all or nothing ---------------------------------------------------------------------------------------------

    def test_a_transaction_that_raises_leaves_nothing(self, store: Store) -> None:
        _append(store, _rich_step(1))
        before = _everything(store)

        with pytest.raises(_PowerCutError), store.write() as writer:
            writer.append(_rich_step(2))
            writer.append(sample_step(sample_later(sample_complaint(1), contacts=1), text="other"))
            raise _PowerCutError

        assert _everything(store) == before

    def test_a_transaction_reads_what_it_has_written(self, store: Store) -> None:
        step = _rich_step(1)
        with store.write() as writer:
            writer.append(step)

            assert writer.complaint(UUID(int=1)) == step.complaint
            assert tuple(writer.events(UUID(int=1))) == step.events
            assert tuple(writer.personal(UUID(int=1))) == step.personal
            assert writer.keyed("SH01", "key-1") == step.keys[0]
            assert writer.by_reference(step.complaint.reference) == UUID(int=1)
            assert tuple(writer.heads()) == ((UUID(int=1), 1, step.complaint.head),)
            assert tuple(writer.find(Query(customer="王1"))) == (step.complaint,)

    def test_an_attempt_that_raises_is_undone_alone(self, store: Store) -> None:
        with store.write() as writer:
            writer.append(_rich_step(1))
            numbers = [writer.next_number("SH01-2026")]
            with suppress(_PowerCutError), writer.attempt():
                numbers.append(writer.next_number("SH01-2026"))
                writer.append(_rich_step(2))
                writer.append(sample_step(sample_later(sample_complaint(1), contacts=1)))
                raise _PowerCutError
            with writer.attempt():
                numbers.append(writer.next_number("SH01-2026"))
                writer.append(_rich_step(3))

        assert numbers == [1, 2, 2]
        with store.read() as reader:
            assert [(id.int, version) for id, version, _ in reader.heads()] == [(1, 1), (3, 1)]
            assert [len(reader.events(UUID(int=n))) for n in (1, 2, 3)] == [1, 0, 1]
            assert [len(reader.personal(UUID(int=n))) for n in (1, 2, 3)] == [1, 0, 1]
            assert [reader.keyed("SH01", f"key-{n}") is not None for n in (1, 2, 3)] == [True, False, True]

    def test_an_attempt_within_an_attempt_goes_with_the_outer_one(self, store: Store) -> None:
        with store.write() as writer:
            with suppress(_PowerCutError), writer.attempt():
                writer.append(_rich_step(1))
                with writer.attempt():
                    writer.append(_rich_step(2))
                raise _PowerCutError
            with writer.attempt():
                writer.append(_rich_step(3))
                with suppress(_PowerCutError), writer.attempt():
                    writer.append(_rich_step(4))
                    raise _PowerCutError

        with store.read() as reader:
            assert [id.int for id, _, _ in reader.heads()] == [3]

    def test_what_was_undone_does_not_come_back_with_the_next_step(self, store: Store) -> None:
        first = sample_complaint(1)
        _append(store, _rich_step(1))
        undone = _spoken_step(evolve(sample_later(first), contacts=7), "undone")
        done = _spoken_step(sample_later(first, contacts=1), "done")

        with suppress(_PowerCutError), store.write() as writer:
            with writer.attempt():
                writer.append(undone)
            raise _PowerCutError
        with store.write() as writer:
            with suppress(_PowerCutError), writer.attempt():
                writer.append(undone)
                raise _PowerCutError
            writer.append(done)

        with store.read() as reader:
            assert reader.complaint(first.id) == done.complaint
            assert tuple(reader.events(first.id, after=1)) == done.events
            assert [text.text for text in reader.personal(first.id)] == ["第1件", "done"]
            assert list(reader.find(Query(text="undone"))) == []

    def test_a_step_refused_in_an_attempt_spoils_nothing_else(self, store: Store) -> None:
        taken = StoredKey("SH01", "key-1", UUID(int=2), 1, b"k" * 16, b"e" * 32)
        with store.write() as writer:
            writer.append(_rich_step(1))
            with suppress(KeyReusedError), writer.attempt():
                writer.append(sample_step(sample_complaint(2), keys=(taken,)))
            with writer.attempt():
                writer.append(_rich_step(3))

        with store.read() as reader:
            assert [id.int for id, _, _ in reader.heads()] == [1, 3]

    def test_a_writer_cannot_be_used_after_its_transaction(self, store: Store) -> None:
        with store.write() as writer:
            writer.append(_rich_step(1))

        with pytest.raises(StoreError) as late:
            writer.append(_rich_step(2))

        assert late.value.why == "closed"
        with store.read() as reader:
            assert [id.int for id, _, _ in reader.heads()] == [1]

    def test_a_closed_store_refuses_by_name(self, store: Store) -> None:
        store.close()

        with pytest.raises(StoreError) as reading, store.read():
            raise AssertionError("a closed store was read")
        with pytest.raises(StoreError) as writing, store.write():
            raise AssertionError("a closed store was written")

        assert (reading.value.why, writing.value.why) == ("closed", "closed")

    # --- versions, numbers, keys ------------------------------------------------------------------------------------

    def test_a_step_decided_on_an_older_version_is_a_conflict_and_writes_nothing(self, store: Store) -> None:
        first = sample_complaint(1)
        _append(store, sample_step(first), sample_step(sample_later(first, contacts=1)))
        before = _everything(store)

        with pytest.raises(ConflictError) as conflict:
            _append(store, sample_step(sample_later(first, contacts=7), text="late"))

        error = conflict.value
        assert (error.complaint, error.facts["expected"], error.facts["found"], error.events) == (first.id, 1, 2, ())
        assert _everything(store) == before

    def test_a_complaint_is_registered_once(self, store: Store) -> None:
        _append(store, _rich_step(1))
        before = _everything(store)

        with pytest.raises(ConflictError) as conflict:
            _append(store, sample_step(sample_complaint(1, reference="SH01-2026-000009")))

        assert (conflict.value.facts["expected"], conflict.value.facts["found"]) == (0, 1)
        assert _everything(store) == before

    def test_a_step_on_a_complaint_that_is_not_there_is_a_conflict(self, store: Store) -> None:
        with pytest.raises(ConflictError) as conflict:
            _append(store, sample_step(sample_later(sample_complaint(1))))

        assert (conflict.value.facts["expected"], conflict.value.facts["found"]) == (1, 0)

    def test_a_conflict_spoils_nothing_else_in_the_transaction(self, store: Store) -> None:
        with store.write() as writer:
            writer.append(_rich_step(1))
            with suppress(ConflictError):
                writer.append(sample_step(sample_later(sample_later(sample_complaint(1)))))
            writer.append(_rich_step(2))

        with store.read() as reader:
            assert [(id.int, version) for id, version, _ in reader.heads()] == [(1, 1), (2, 1)]

    @pytest.mark.parametrize("numbers", [(3,), (1,), (2, 4), (2, 2), (3, 2)])
    def test_an_event_whose_number_is_not_the_next_one_is_refused(self, store: Store, numbers: tuple[int, ...]) -> None:
        first = sample_complaint(1)
        _append(store, sample_step(first))
        before = _everything(store)
        events = tuple(_sample_event(first, number) for number in numbers)

        with pytest.raises(BrokenHistoryError):
            _append(store, Step(seen=1, complaint=sample_later(first), events=events))

        assert _everything(store) == before

    def test_a_case_number_belongs_to_one_complaint(self, store: Store) -> None:
        _append(store, _rich_step(1))
        before = _everything(store)

        with pytest.raises(StoreError) as doubled:
            _append(store, sample_step(sample_complaint(2, reference="SH01-2026-000001")))

        assert (doubled.value.why, doubled.value.facts["what"]) == ("doubled", "reference")
        assert _everything(store) == before

    def test_a_notice_is_told_once(self, store: Store) -> None:
        first = sample_complaint(1)
        notice = StoredNotice(f"{first.id}:1:text", first.id, 1, f"{first.id}:text", _MORNING)
        _append(store, sample_step(first, notices=(notice,)))
        before = _everything(store)

        with pytest.raises(StoreError) as doubled:
            _append(store, sample_step(sample_later(first), notices=(notice,)))

        assert (doubled.value.why, doubled.value.facts["what"]) == ("doubled", "notice")
        assert _everything(store) == before

    def test_a_key_stands_for_one_order_of_a_dealer(self, store: Store) -> None:
        _append(store, _rich_step(1))
        before = _everything(store)
        taken = StoredKey("SH01", "key-1", UUID(int=2), 1, b"k" * 16, b"e" * 32)

        with pytest.raises(KeyReusedError) as reused:
            _append(store, sample_step(sample_complaint(2), keys=(taken,)))

        assert (reused.value.facts["key"], reused.value.facts["complaint"]) == ("key-1", str(UUID(int=1)))
        assert _everything(store) == before

    def test_the_same_key_of_another_dealer_is_another_key(self, store: Store) -> None:
        _append(store, _rich_step(1))
        theirs = StoredKey("BJ07", "key-1", UUID(int=2), 1, b"k" * 16, b"e" * 32)

        _append(store, sample_step(sample_complaint(2, dealer="BJ07"), keys=(theirs,)))

        with store.read() as reader:
            ours = reader.keyed("SH01", "key-1")
            assert (ours and ours.complaint, reader.keyed("BJ07", "key-1")) == (UUID(int=1), theirs)

    def test_numbers_run_without_gaps_and_are_given_back_by_what_fails(self, store: Store) -> None:
        with store.write() as writer:
            numbers = [writer.next_number("SH01-2026"), writer.next_number("SH01-2026")]
        with suppress(_PowerCutError), store.write() as writer:
            numbers.append(writer.next_number("SH01-2026"))
            raise _PowerCutError
        with store.write() as writer:
            numbers.append(writer.next_number("SH01-2026"))
            others = [writer.next_number("SH01-2027"), writer.next_number("BJ07-2026")]

        assert (numbers, others) == ([1, 2, 3, 3], [1, 1])

    # --- erasing ----------------------------------------------------------------------------------------------------

    def test_what_is_erased_is_gone_from_all_that_is_kept(self, store: Store) -> None:
        _append(store, _rich_step(1), _rich_step(2))
        erasure = _erasing_step(sample_complaint(1))

        _append(store, erasure)

        with store.read() as reader:
            assert reader.complaint(UUID(int=1)) == erasure.complaint
            assert tuple(reader.personal(UUID(int=1))) == (*erasure.erased, *erasure.personal)
            assert reader.keyed("SH01", "key-1") == StoredKey("SH01", "key-1", UUID(int=1), 1, b"", b"")
            assert [len(reader.find(query)) for query in _BY_THE_FIRST] == [0, 0, 0, 0]

    def test_the_key_of_the_step_that_erases_is_kept_as_it_is(self, store: Store) -> None:
        _append(store, _rich_step(1))
        key = StoredKey("SH01", "ticket", UUID(int=1), 2, b"k" * 16, b"d" * 32)

        _append(store, evolve(_erasing_step(sample_complaint(1)), keys=(key,)))

        with store.read() as reader:
            assert reader.keyed("SH01", "ticket") == key

    def test_an_erasure_leaves_other_complaints_as_they_are(self, store: Store) -> None:
        _append(store, _rich_step(1), _rich_step(2))

        _append(store, _erasing_step(sample_complaint(1)))

        with store.read() as reader:
            other = _rich_step(2)
            assert reader.complaint(UUID(int=2)) == other.complaint
            assert tuple(reader.personal(UUID(int=2))) == other.personal
            assert reader.keyed("SH01", "key-2") == other.keys[0]
            assert [one.id.int for one in reader.find(Query(customer="王2", text="第2件"))] == [2]

    def test_an_erasure_that_raises_erases_nothing(self, store: Store) -> None:
        _append(store, _rich_step(1))
        before = _everything(store)

        with suppress(_PowerCutError), store.write() as writer:
            writer.append(_erasing_step(sample_complaint(1)))
            raise _PowerCutError
        with store.write() as writer, suppress(_PowerCutError), writer.attempt():
            writer.append(_erasing_step(sample_complaint(1)))
            raise _PowerCutError

        assert _everything(store) == before
        with store.read() as reader:
            assert [len(reader.find(query)) for query in _BY_THE_FIRST] == [1, 1, 1, 1]

    def test_after_an_erasure_the_complaint_goes_on(self, store: Store) -> None:
        _append(store, _rich_step(1))
        erasure = _erasing_step(sample_complaint(1))
        later = _spoken_step(sample_later(erasure.complaint, contacts=1), "later")

        _append(store, erasure, later)

        with store.read() as reader:
            assert reader.complaint(UUID(int=1)) == later.complaint
            assert tuple(reader.personal(UUID(int=1))) == (*erasure.erased, *erasure.personal, *later.personal)

    def test_who_reads_while_something_is_erased_goes_on_seeing_it(self, store: Store) -> None:
        _append(store, _rich_step(1))
        before = _rich_step(1)

        with store.read() as reader:
            began_with = reader.complaint(UUID(int=1))
            _in_a_thread(lambda: _append(store, _erasing_step(sample_complaint(1))))
            seen = (
                reader.complaint(UUID(int=1)),
                tuple(reader.personal(UUID(int=1))),
                reader.keyed("SH01", "key-1"),
                [len(reader.find(query)) for query in _BY_THE_FIRST],
            )

        assert began_with == before.complaint
        assert seen == (before.complaint, before.personal, before.keys[0], [1, 1, 1, 1])
        with store.read() as reader:
            assert [len(reader.find(query)) for query in _BY_THE_FIRST] == [0, 0, 0, 0]

    # --- what time does ---------------------------------------------------------------------------------------------

    def test_complaints_are_woken_by_the_moment_they_are_next_looked_at(self, store: Store) -> None:
        """Earliest first, up to the moment asked about; what nobody owes wakes nobody."""
        for n, hours in ((1, 3), (2, 1), (3, None), (4, 2)):
            _append(store, sample_step(_owing(n, hours)))

        with store.read() as reader:
            woken = [reader.waking(_MORNING + timedelta(hours=hours)) for hours in (0, 1, 2, 9)]

        ids = [[id.int for _, id in page] for page in woken]
        assert ids == [[], [2], [2, 4], [2, 4, 1]]
        assert woken[3][0][0] == _MORNING + timedelta(hours=1)

    def test_they_are_woken_in_pages_each_once(self, store: Store) -> None:
        """Also where several are due at the same moment."""
        for n in range(1, 8):
            _append(store, sample_step(_owing(n, 1 + n // 4)))
        late, after, seen = _MORNING + timedelta(days=1), None, []

        with store.read() as reader:
            while page := reader.waking(late, after=after, limit=2):
                seen += [id.int for _, id in page]
                after = page[-1]

        assert seen == [1, 2, 3, 4, 5, 6, 7]

    def test_a_step_changes_when_a_complaint_is_next_looked_at(self, store: Store) -> None:
        """What was met wakes nobody; what was put off wakes later."""
        first, second = _owing(1, 1), _owing(2, 1)
        _append(store, sample_step(first), sample_step(second))

        met = tuple(replace(clock, state=ClockState.MET) for clock in first.clocks)
        _append(store, sample_step(sample_later(first, clocks=met)))
        _append(store, sample_step(sample_later(second, clocks=_owing(2, 5).clocks)))

        with store.read() as reader:
            assert reader.waking(_MORNING + timedelta(hours=4)) == ()
            assert [id.int for _, id in reader.waking(_MORNING + timedelta(hours=5))] == [2]

    def test_a_complaint_is_found_by_what_is_due_before(self, store: Store) -> None:
        """Late or not, as long as it is owed and not done."""
        for n, hours in ((1, 3), (2, 1), (3, None)):
            _append(store, sample_step(_owing(n, hours)))

        with store.read() as reader:
            found = [
                [one.id.int for one in reader.find(Query(due_before=_MORNING + timedelta(hours=hours)))]
                for hours in (1, 3, 9)
            ]

        assert found == [[2], [2, 1], [2, 1]]

    def test_what_is_provisional_is_found_by_its_year(self, store: Store) -> None:
        """So that a calendar that was published settles what waited for it, and nothing else is looked at."""
        for n, year in ((1, 2027), (2, 2028), (3, None)):
            owing = _owing(n, 1)
            due = _MORNING.replace(year=year or 2026)
            clocks = tuple(replace(clock, due=due, provisional=year is not None) for clock in owing.clocks)
            _append(store, sample_step(evolve(owing, clocks=clocks)))

        with store.read() as reader:
            found = [[id.int for id in reader.unsettled(year)] for year in (2026, 2027, 2028)]
            after_the_first = [id.int for id in reader.unsettled(2028, after=UUID(int=1), limit=1)]

        assert (found, after_the_first) == ([[], [1], [1, 2]], [2])

    def test_when_it_is_looked_at_can_be_written_down_again(self, store: Store) -> None:
        """It changes nothing else."""
        _append(store, sample_step(_owing(1, 1)))
        before = _everything(store)

        with store.write() as writer:
            writer.watch(_owing(1, 1))

        with store.read() as reader:
            assert [id.int for _, id in reader.waking(_MORNING + timedelta(hours=1))] == [1]
        assert _everything(store) == before

    # --- in the order of commits ------------------------------------------------------------------------------------

    def test_events_of_all_complaints_come_in_the_order_of_commits(self, store: Store) -> None:
        three = sample_complaint(3)
        steps = (
            sample_step(three),
            sample_step(sample_complaint(1, dealer="BJ07")),
            sample_step(evolve(sample_later(three), version=3, head=_digest(3, 3)), events=2),
            sample_step(sample_later(sample_complaint(1, dealer="BJ07"))),
        )
        _append(store, *steps)

        with store.read() as reader:
            found = tuple(reader.committed())
            last = reader.last_position()

        assert [one.event for one in found] == [event for step in steps for event in step.events]
        assert [(one.dealer, one.reference[-1]) for one in found] == [
            ("SH01", "3"),
            ("BJ07", "1"),
            ("SH01", "3"),
            ("SH01", "3"),
            ("BJ07", "1"),
        ]
        assert [one.position for one in found] == sorted({one.position for one in found})
        assert (found[0].position > 0, found[-1].position) == (True, last)

    def test_where_nobody_wrote_the_last_position_is_nought(self, store: Store) -> None:
        with store.read() as reader:
            assert (tuple(reader.committed()), reader.last_position()) == ((), 0)

    def test_committed_events_come_after_a_position_of_one_dealer_and_so_many_at_most(self, store: Store) -> None:
        _append(store, *(sample_step(sample_complaint(n, dealer="SH01" if n % 2 else "BJ07")) for n in range(1, 7)))

        with store.read() as reader:
            all_ = tuple(reader.committed())
            third = all_[2].position
            answers = (
                reader.committed(after=third),
                reader.committed(after=third, limit=2),
                reader.committed(dealer="BJ07"),
                reader.committed(after=third, dealer="SH01"),
                reader.committed(dealer="SH01", limit=2),
                reader.committed(after=all_[-1].position),
                reader.committed(after=all_[-1].position + 99),
                reader.committed(dealer="nobody"),
            )

        assert [[one.event.complaint.int for one in answer] for answer in answers] == [
            [4, 5, 6],
            [4, 5],
            [2, 4, 6],
            [5],
            [1, 3],
            [],
            [],
            [],
        ]

    def test_what_was_undone_is_not_among_the_committed_and_what_comes_after_is(self, store: Store) -> None:
        with suppress(_PowerCutError), store.write() as writer:
            writer.append(_rich_step(1))
            raise _PowerCutError
        with store.write() as writer:
            writer.append(_rich_step(2))
            with suppress(_PowerCutError), writer.attempt():
                writer.append(_rich_step(3))
                raise _PowerCutError
            with writer.attempt():
                writer.append(_rich_step(4))

        with store.read() as reader:
            found = tuple(reader.committed())
            rest = tuple(reader.committed(after=found[0].position))

        assert [[one.event.complaint.int for one in answer] for answer in (found, rest)] == [[2, 4], [4]]

    def test_a_transaction_finds_its_own_events_behind_the_committed(self, store: Store) -> None:
        _append(store, _rich_step(1))

        with store.write() as writer:
            writer.append(_rich_step(2))
            with writer.attempt():
                writer.append(_rich_step(3))
                found = tuple(writer.committed())
                rest = tuple(writer.committed(after=found[1].position))
                last = writer.last_position()

        assert [[one.event.complaint.int for one in answer] for answer in (found, rest)] == [[1, 2, 3], [3]]
        assert last == found[-1].position

    def test_a_reader_sees_no_event_that_was_committed_after_it_began(self, store: Store) -> None:
        _append(store, _rich_step(1))

        with store.read() as reader:
            last = reader.last_position()
            later = sample_step(sample_later(sample_complaint(1), contacts=1))
            _in_a_thread(lambda: _append(store, _rich_step(2), later))

            assert [(one.event.complaint.int, one.event.number) for one in reader.committed()] == [(1, 1)]
            assert (reader.last_position(), tuple(reader.committed(after=last))) == (last, ())

    def test_no_position_becomes_visible_below_one_that_was_visible(self, store: Store) -> None:
        per_writer = 12
        writers = [partial(_one_by_one, store, range(first, first + per_writer)) for first in (1, 101, 201)]
        seen: list[UUID] = []

        def follow() -> None:
            position = 0
            until = monotonic() + _PATIENCE_SECONDS
            while len(seen) < per_writer * len(writers) and monotonic() < until:
                with store.read() as reader:
                    found = tuple(reader.committed(after=position, limit=7))
                seen.extend(one.event.complaint for one in found)
                position = found[-1].position if found else position
                sleep(0 if found else 0.002)

        _in_threads(*writers, follow)

        with store.read() as reader:
            assert seen == [one.event.complaint for one in reader.committed(limit=1000)]
        assert len(set(seen)) == per_writer * len(writers)

    # --- several at once --------------------------------------------------------------------------------------------

    def test_a_reader_sees_only_what_is_committed(self, store: Store) -> None:
        _append(store, _rich_step(1))
        before = _everything(store)
        seen: list[tuple[object, ...]] = []

        with store.write() as writer:
            writer.append(sample_step(sample_later(sample_complaint(1), contacts=1), text="new"))
            writer.append(_rich_step(2))
            _in_a_thread(lambda: seen.append(_everything(store)))

        assert seen == [before]

    def test_a_reader_keeps_to_one_moment_while_others_write(self, store: Store) -> None:
        first = sample_complaint(1)
        _append(store, _rich_step(1))

        with store.read() as reader:
            before = reader.complaint(first.id)
            _in_a_thread(lambda: _append(store, sample_step(sample_later(first, contacts=1)), _rich_step(2)))
            after = (
                reader.complaint(first.id),
                [event.number for event in reader.events(first.id)],
                reader.complaint(UUID(int=2)),
                reader.by_reference("SH01-2026-000002"),
                reader.keyed("SH01", "key-2"),
                list(reader.personal(UUID(int=2))),
                [(id.int, version) for id, version, _ in reader.heads()],
                [complaint.id.int for complaint in reader.find(Query())],
            )

        assert before == first
        assert after == (first, [1], None, None, None, [], [(1, 1)], [1])
        with store.read() as reader:
            assert [(id.int, version) for id, version, _ in reader.heads()] == [(1, 2), (2, 1)]

    def test_of_two_who_act_on_the_same_version_exactly_one_succeeds(self, store: Store) -> None:
        first = sample_complaint(1)
        _append(store, sample_step(first))
        both_have_read, results = Barrier(2), []

        def act(contacts: int) -> None:
            with store.read() as reader:
                seen = reader.complaint(first.id)
            both_have_read.wait(timeout=10)
            assert seen is not None
            try:
                _append(store, sample_step(sample_later(seen, contacts=contacts)))
                results.append(("written", contacts))
            except ConflictError as conflict:
                results.append(("conflict", int(str(conflict.facts["found"]))))

        _in_threads(lambda: act(10), lambda: act(20))

        written = [value for result, value in results if result == "written"]
        assert sorted(results) == [("conflict", 2), ("written", written[0])]
        with store.read() as reader:
            winner = reader.complaint(first.id)
            assert winner is not None
            assert (winner.version, winner.contacts) == (2, written[0])

    def test_many_threads_lose_no_step_and_no_number(self, store: Store) -> None:
        numbers: list[int] = []

        def register(first: int) -> None:
            for n in range(first, first + 10):
                with store.write() as writer:
                    numbers.append(writer.next_number("SH01-2026"))
                    writer.append(_rich_step(n))

        _in_threads(*(lambda first=first: register(first) for first in (1, 11, 21, 31)))

        assert sorted(numbers) == list(range(1, 41))
        with store.read() as reader:
            assert [id.int for id, _, _ in reader.heads()] == list(range(1, 41))

    def test_a_writer_waits_for_the_one_before(self, store: Store) -> None:
        order, has_begun = [], Event()

        def second() -> None:
            has_begun.set()
            with store.write() as writer:
                order.append(("second", writer.next_number("turns")))

        thread = Thread(target=second)
        with store.write() as writer:
            thread.start()
            has_begun.wait(timeout=10)
            order.append(("first", writer.next_number("turns")))
        thread.join(timeout=10)

        assert order == [("first", 1), ("second", 2)]

    def test_a_transaction_within_a_transaction_is_refused_by_name(self, store: Store) -> None:
        with store.write() as writer:
            writer.append(_rich_step(1))
            with pytest.raises(ReentrantStepError), store.write():
                raise AssertionError("two transactions of one thread ran at once")

        with store.read() as reader:
            assert [id.int for id, _, _ in reader.heads()] == [1]

    # --- finding ----------------------------------------------------------------------------------------------------

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            (Query(), [5, 4, 3, 2, 1]),
            (Query(dealer="SH01"), [5, 4, 3, 1]),
            (Query(dealer="BJ07"), [2]),
            (Query(state=State.JUDGMENT), [3]),
            (Query(stage=Stage.JUDGMENT), [4, 3]),
            (Query(is_open=True), [4, 3, 2, 1]),
            (Query(is_open=False), [5]),
            (Query(handler="zhao"), [3]),
            (Query(department=Department.WORKSHOP), [4]),
            (Query(severity=Severity.CRITICAL), [5]),
            (Query(category="product"), [2, 1]),
            (Query(category="product.engine"), [1]),
            (Query(category="product.eng"), []),
            (Query(vehicle="LSVAA4182E2123456"), [4]),
            (Query(vehicle="lsvaa4182e2123456"), [4]),
            (Query(vehicle="沪A00003"), [3]),
            (Query(vehicle="沪A0000"), []),
            (Query(customer="王3"), [3]),
            (Query(customer="13800000003"), [3]),
            (Query(customer="WANG@Example.CN"), [4]),
            (Query(customer="C-77"), [4]),
            (Query(ref=_DMS), [5]),
            (Query(ref=ExternalRef(system="dms", kind="customer", id="C-77")), [4]),
            (Query(ref=ExternalRef(system="dms", kind="vehicle", id="V-1")), [4]),
            (Query(ref=ExternalRef(system="crm", kind="customer", id="C-77")), []),
            (Query(reference="SH01-2026-000003"), [3]),
            (Query(text="异响"), [5, 3, 1]),
            (Query(text="abs"), [2]),
            (Query(text="100%"), [2]),
            (Query(text="0_0"), [4]),
            (Query(text="1_0"), []),
            (Query(received_from=_MORNING + 3 * _MINUTE), [5, 4, 3]),
            (Query(received_until=_MORNING + 3 * _MINUTE), [2, 1]),
            (Query(received_from=_MORNING + 2 * _MINUTE, received_until=_MORNING + 3 * _MINUTE), [2]),
            (Query(dealer="SH01", is_open=True, category="attitude", text="异响"), [3]),
            (Query(category="product", customer="王1", vehicle="沪A00001"), [1]),
            (Query(category="product", customer="王3"), []),
        ],
        ids=_given,
    )
    def test_complaints_are_found_by(self, store: Store, query: Query, found: list[int]) -> None:
        _append(store, *_varied_steps())

        with store.read() as reader:
            page, tally = reader.find(query), reader.tally(query)

        assert ([complaint.id.int for complaint in page], page.next) == (found, None)
        assert dict(tally) == Counter(complaint.state for complaint in page)

    def test_a_tally_counts_what_is_on_every_page(self, store: Store) -> None:
        _append(store, *_varied_steps())

        with store.read() as reader:
            first = reader.find(Query(limit=1))
            tallies = [dict(reader.tally(Query(limit=1, after=after))) for after in (None, first.next)]

        assert tallies == [{State.INTAKE: 2, State.JUDGMENT: 1, State.EXPLANATION: 1, State.CLOSED: 1}] * 2

    @pytest.mark.parametrize("limit", [1, 2, 3, 7, 8])
    def test_pages_hold_everything_once_newest_first(self, store: Store, limit: int) -> None:
        _append(store, *(sample_step(sample_complaint(n)) for n in (4, 1, 7, 2, 6, 5, 3)))

        pages: list[list[int]] = []
        with store.read() as reader:
            after: str | None = None
            while not pages or after is not None:
                page = reader.find(Query(dealer="SH01", limit=limit, after=after))
                pages.append([complaint.id.int for complaint in page])
                after = page.next

        assert [n for page in pages for n in page] == [7, 6, 5, 4, 3, 2, 1]
        assert [len(page) for page in pages[:-1]] == [limit] * (len(pages) - 1)
        assert pages[-1] != []

    def test_a_page_is_not_shifted_by_what_comes_in_meanwhile(self, store: Store) -> None:
        _append(store, *(sample_step(sample_complaint(n)) for n in range(1, 5)))
        with store.read() as reader:
            first = reader.find(Query(limit=2))
        _append(store, sample_step(sample_complaint(5)))

        with store.read() as reader:
            second = reader.find(Query(limit=2, after=first.next))

        assert [complaint.id.int for page in (first, second) for complaint in page] == [4, 3, 2, 1]

    @pytest.mark.parametrize("forged", ["1", "x" * 26, "é", "AAAA", "AAAAAAAAAAAAAAAAAAAAAAAAAAA", "' OR 1=1 --", "="])
    def test_a_forged_cursor_is_refused(self, store: Store, forged: str) -> None:
        _append(store, *(sample_step(sample_complaint(n)) for n in (1, 2)))

        with pytest.raises(InvalidCommandError) as refused, store.read() as reader:
            reader.find(Query(after=forged))

        assert refused.value.faults == (Fault("after", "cursor"),)

    def test_a_complaint_is_found_by_its_form_as_it_is_now(self, store: Store) -> None:
        first = sample_complaint(1)
        _append(store, sample_step(first, text="the brakes squeal"))
        form = sample_registration(1, complainant=Customer(name="李1"), vehicles=(Vehicle(plate="京B99999"),))

        _append(store, sample_step(sample_later(first, registration=form), text="the brakes fail"))

        queries = {
            "王1": Query(customer="王1"),
            "李1": Query(customer="李1"),
            "沪A00001": Query(vehicle="沪A00001"),
            "京B99999": Query(vehicle="京B99999"),
            "attitude": Query(category="attitude"),
            "squeal": Query(text="squeal"),
            "fail": Query(text="fail"),
        }
        with store.read() as reader:
            found = {wanted: len(reader.find(query)) for wanted, query in queries.items()}
        assert found == {"王1": 0, "李1": 1, "沪A00001": 0, "京B99999": 1, "attitude": 1, "squeal": 0, "fail": 1}

    @pytest.mark.parametrize(
        ("changes", "query"),
        [
            ({"state": State.JUDGMENT}, Query(state=State.JUDGMENT, stage=Stage.JUDGMENT)),
            ({"severity": Severity.MAJOR}, Query(severity=Severity.MAJOR)),
            ({"department": Department.PARTS}, Query(department=Department.PARTS)),
            ({"duties": {Duty.HANDLER: _ZHAO}}, Query(handler="zhao")),
            ({"settled": _SETTLED, "tasks": (_VOUCHER,)}, Query(order="SO-1/2026-03")),
            ({"beside": Beside(help=(_TOW,))}, Query(order="SO-2/2026-04", dealer="SH01")),
            ({"registration": sample_registration(2)}, Query(received_from=_MORNING + 2 * _MINUTE, customer="王2")),
        ],
        ids=_given,
    )
    def test_a_complaint_is_found_by_the_one_thing_that_changed(
        self, store: Store, changes: dict[str, object], query: Query
    ) -> None:
        first = sample_complaint(1)
        _append(store, sample_step(first))
        with store.read() as reader:
            before = list(reader.find(query))

        later = sample_later(first, **changes)
        _append(store, sample_step(later))

        with store.read() as reader:
            assert (before, list(reader.find(query))) == ([], [later])

    def test_what_was_spent_is_found_by_order_and_month_whatever_else_changes(self, store: Store) -> None:
        first = sample_complaint(1, settled=_SETTLED, tasks=(_VOUCHER,))
        _append(store, sample_step(first), sample_step(sample_complaint(2, settled=_SETTLED)))
        form = sample_registration(1, complainant=Customer(name="[erased 1]"), vehicles=())

        _append(store, sample_step(sample_later(first, registration=form)))

        months = ("SO-1/2026-03", "SO-1/2026-02", "SO-1/2026-04", "SO-1@2026/2026-03", "SO-2/2026-03")
        with store.read() as reader:
            found = [[one.id.int for one in reader.find(Query(order=month))] for month in months]
        # what cost nothing needs no finding
        assert found == [[1], [], [], [], []]

    def test_a_step_without_text_leaves_the_words_as_they_are(self, store: Store) -> None:
        first = sample_complaint(1)
        _append(store, sample_step(first, text="the brakes squeal"))

        _append(store, sample_step(sample_later(first, contacts=1)))

        with store.read() as reader:
            assert [complaint.contacts for complaint in reader.find(Query(text="Brakes"))] == [1]

    def test_redacted_values_make_nobody_look_like_somebody_else(self, store: Store) -> None:
        erased = Customer(name="[redacted]", phone="[redacted]")
        for n in (1, 2):
            _append(store, sample_step(sample_complaint(n, sample_registration(n, complainant=erased))))

        with store.read() as reader:
            assert list(reader.find(Query(customer="[redacted]"))) == []


class SharingStoreContract(StoreContract):
    """
    For stores in a database that shares its transactions with the host (:class:`complaints.stores.SharingStore`).

    Inherit from it instead of :class:`StoreContract`; a store that shares none leaves it alone.
    """

    @abstractmethod
    def make_store(self, folder: Path) -> SharingStore:
        """A new, empty store; *folder* is empty and its own."""

    @pytest.fixture
    def shared(self, store: Store) -> SharingStore:
        """The store under test, with a table of the host's beside its own."""
        shared = sharing(store)
        with shared.transaction() as connection:
            connection.exec_driver_sql("CREATE TABLE repair_order (number INTEGER PRIMARY KEY)")
        return shared

    def test_what_the_host_and_a_step_write_is_kept_together(self, shared: SharingStore) -> None:
        with shared.transaction() as connection:
            _order(connection, 1)
            with shared.write_on(connection) as writer:
                writer.append(_rich_step(1))
            _order(connection, 2)

        assert (_orders(shared), _everything(shared)[0]) == ([1, 2], ((UUID(int=1), 1, _digest(1, 1)),))

    def test_what_the_host_and_a_step_write_is_undone_together(self, shared: SharingStore) -> None:
        _append(shared, _rich_step(1))
        before = _everything(shared)

        with suppress(_PowerCutError), shared.transaction() as connection:
            _order(connection, 1)
            with shared.write_on(connection) as writer:
                writer.append(_rich_step(2))
                writer.append(sample_step(sample_later(sample_complaint(1), contacts=1), text="other"))
                writer.next_number("SH01-2026")
            raise _PowerCutError

        assert (_orders(shared), _everything(shared)) == ([], before)
        with shared.write() as writer:
            assert writer.next_number("SH01-2026") == 1

    def test_a_step_that_raises_is_undone_alone_and_the_host_goes_on(self, shared: SharingStore) -> None:
        with shared.transaction() as connection:
            _order(connection, 1)
            with suppress(_PowerCutError), shared.write_on(connection) as writer:
                writer.next_number("SH01-2026")
                writer.append(_rich_step(1))
                raise _PowerCutError
            with shared.write_on(connection) as writer:
                number = writer.next_number("SH01-2026")
                writer.append(_rich_step(2))

        assert (_orders(shared), number) == ([1], 1)
        assert [id.int for id, _, _ in _heads(shared)] == [2]

    def test_what_the_host_undoes_by_a_savepoint_takes_the_steps_in_it_along(self, shared: SharingStore) -> None:
        first = sample_complaint(1)
        with shared.transaction() as connection:
            with shared.write_on(connection) as writer:
                writer.append(_rich_step(1))
            savepoint = connection.begin_nested()
            _order(connection, 1)
            with shared.write_on(connection) as writer:
                writer.append(_spoken_step(sample_later(first, contacts=7), "undone"))
                writer.append(_rich_step(2))
            savepoint.rollback()
            with shared.write_on(connection) as writer:
                writer.append(_spoken_step(sample_later(first, contacts=1), "done"))

        assert (_orders(shared), [(id.int, version) for id, version, _ in _heads(shared)]) == ([], [(1, 2)])
        with shared.read() as reader:
            assert [text.text for text in reader.personal(first.id)] == ["第1件", "done"]

    def test_only_the_transaction_itself_reads_what_it_has_written(self, shared: SharingStore) -> None:
        seen: list[Complaint | None] = []

        def elsewhere() -> None:
            with shared.read() as reader:
                seen.append(reader.complaint(UUID(int=1)))

        with shared.transaction() as connection:
            with shared.write_on(connection) as writer:
                writer.append(_rich_step(1))
            with shared.read_on(connection) as reader:
                seen.append(reader.complaint(UUID(int=1)))
            _in_a_thread(elsewhere)
            elsewhere()

        assert seen == [sample_complaint(1), None, None]

    def test_another_writer_waits_for_the_hosts_transaction(self, shared: SharingStore) -> None:
        order, has_begun = [], Event()

        def second() -> None:
            has_begun.set()
            with shared.write() as writer:
                order.append(("second", writer.next_number("turns")))

        thread = Thread(target=second)
        with shared.transaction() as connection:
            thread.start()
            has_begun.wait(timeout=10)
            with shared.write_on(connection) as writer:
                order.append(("first", writer.next_number("turns")))
        thread.join(timeout=10)

        assert order == [("first", 1), ("second", 2)]

    def test_whoever_would_wait_for_himself_is_told_so(self, shared: SharingStore) -> None:
        with shared.transaction() as connection:
            with pytest.raises(ReentrantStepError), shared.write():
                raise AssertionError("a transaction began beside the host's own, in its thread")
            with pytest.raises(ReentrantStepError), shared.transaction():
                raise AssertionError("a host began two transactions in one thread")
            with shared.write_on(connection) as writer:
                writer.append(_rich_step(1))
                with pytest.raises(ReentrantStepError), shared.write_on(connection):
                    raise AssertionError("a step began in the midst of another one")

        assert [id.int for id, _, _ in _heads(shared)] == [1]

    def test_a_transaction_is_of_the_thread_that_began_it(self, shared: SharingStore) -> None:
        refused: list[str] = []

        def elsewhere(connection: Connection) -> None:
            for begin in (shared.write_on, shared.read_on):
                try:
                    with begin(connection):
                        raise AssertionError("another thread was let in")
                except StoreError as error:
                    refused.append(error.why)

        with shared.transaction() as connection:
            _in_a_thread(lambda: elsewhere(connection))

        assert refused == ["connection_thread", "connection_thread"]

    def test_a_connection_is_of_no_use_after_its_transaction(self, shared: SharingStore) -> None:
        with shared.transaction() as connection:
            _order(connection, 1)

        with pytest.raises(StoreError) as late, shared.write_on(connection):
            raise AssertionError("a connection was used after its end")

        assert late.value.why == "connection_closed"

    def test_a_closed_store_shares_nothing(self, shared: SharingStore) -> None:
        shared.close()

        with pytest.raises(StoreError) as beginning, shared.transaction():
            raise AssertionError("a closed store began a transaction")

        assert beginning.value.why == "closed"

    def test_what_is_erased_in_a_transaction_that_is_undone_is_not(self, shared: SharingStore) -> None:
        _append(shared, _rich_step(1))
        before = _everything(shared)

        with suppress(_PowerCutError), shared.transaction() as connection:
            with shared.write_on(connection) as writer:
                writer.append(_erasing_step(sample_complaint(1)))
            raise _PowerCutError

        assert _everything(shared) == before

    def test_what_is_erased_in_a_transaction_is_gone_once_it_is_committed(self, shared: SharingStore) -> None:
        _append(shared, _rich_step(1))
        erasure = _erasing_step(sample_complaint(1))

        with shared.transaction() as connection, shared.write_on(connection) as writer:
            writer.append(erasure)

        with shared.read() as reader:
            assert reader.complaint(UUID(int=1)) == erasure.complaint
            assert tuple(reader.personal(UUID(int=1))) == (*erasure.erased, *erasure.personal)
            assert [len(reader.find(query)) for query in _BY_THE_FIRST] == [0, 0, 0, 0]


def _order(connection: Connection, number: int) -> None:
    connection.exec_driver_sql(f"INSERT INTO repair_order VALUES ({number:d})")  # noqa: S608  # a whole number


def _orders(store: SharingStore) -> list[int]:
    with store.transaction() as connection:
        return list(connection.exec_driver_sql("SELECT number FROM repair_order ORDER BY number").scalars())


def _heads(store: Store) -> list[tuple[UUID, int, str]]:
    with store.read() as reader:
        return list(reader.heads())


def _rich_step(n: int) -> Step:
    complaint = sample_complaint(n)
    return sample_step(
        complaint,
        personal=(StoredPersonal(complaint.id, 1, "statement", b"s" * 16, f"第{n}件"),),
        keys=(StoredKey("SH01", f"key-{n}", complaint.id, 1, b"k" * 16, b"d" * 32),),
        notices=(StoredNotice(f"{complaint.id}:1:text", complaint.id, 1, f"{complaint.id}:text", _MORNING),),
        text=f"第{n}件",
    )


_BY_THE_FIRST = (Query(customer="王1"), Query(customer="13800000001"), Query(vehicle="沪A00001"), Query(text="第1件"))
"""What finds complaint 1 as :func:`_rich_step` writes it, as long as nothing of it is erased."""


def _erasing_step(before: Complaint) -> Step:
    """The step that erases everything that :func:`_rich_step` wrote of a complaint; its own reason is a new text."""
    gone = Customer(name="[erased 1]", phone="[erased 2]")
    form = evolve(before.registration, complainant=gone, vehicles=(Vehicle(plate="[erased 3]"),))
    return sample_step(
        sample_later(before, registration=form),
        erased=(StoredPersonal(before.id, 1, "statement", b"", "[erased 4]"),),
        personal=(StoredPersonal(before.id, before.version + 1, "reason", b"r" * 16, "asked"),),
        text="",
    )


def _spoken_step(complaint: Complaint, text: str) -> Step:
    """A step that differs from another one to the same version in everything it writes."""
    step = sample_step(evolve(complaint, head=sha256(text.encode()).hexdigest()), text=text)
    spoken = StoredPersonal(complaint.id, complaint.version, "text", b"t" * 16, text)
    return evolve(step, events=(evolve(step.events[0], body=text, digest=step.complaint.head),), personal=(spoken,))


def _varied_steps() -> Iterable[Step]:
    asked = evolve(_ZHAO, answer=Answer.PENDING)
    customer = Customer(name="王4", email="wang@example.cn", ref=ExternalRef(system="dms", kind="customer", id="C-77"))
    car = Vehicle(vin="LSVAA4182E2123456", ref=ExternalRef(system="dms", kind="vehicle", id="V-1"))
    engine, brakes = (Issue(id="1", category=f"product.{part}") for part in ("engine", "brakes"))
    forms = {
        1: sample_registration(1, issues=(engine,)),
        2: sample_registration(2, issues=(brakes, Issue(id="2"))),
        3: sample_registration(3),
        4: sample_registration(4, complainant=customer, vehicles=(car,)),
        5: sample_registration(5, refs=(_DMS,)),
    }
    complaints = (
        sample_complaint(1, forms[1]),
        sample_complaint(2, forms[2], dealer="BJ07", duties={Duty.HANDLER: asked}),
        sample_complaint(3, forms[3], state=State.JUDGMENT, duties={Duty.HANDLER: _ZHAO}),
        sample_complaint(4, forms[4], state=State.EXPLANATION, department=Department.WORKSHOP),
        sample_complaint(5, forms[5], state=State.CLOSED, severity=Severity.CRITICAL),
    )
    texts = ("发动机有异响", "ＡＢＳ light on 100% of the time", "行驶中异响", "error 0_0", "异响")
    return [sample_step(complaint, text=text) for complaint, text in zip(complaints, texts, strict=True)]


def _one_by_one(store: Store, numbers: Iterable[int]) -> None:
    """Each complaint in a transaction of its own."""
    for n in numbers:
        _append(store, sample_step(sample_complaint(n)))


def _in_a_thread(work: Callable[[], object]) -> None:
    _in_threads(work)


def _in_threads(*works: Callable[[], object]) -> None:
    """Run each of *works* in a thread of its own; what one raises is raised here."""
    raised: list[BaseException] = []

    def run(work: Callable[[], object]) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001  # handed on below
            raised.append(error)

    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    if raised:
        raise raised[0]


__all__ = [
    "SharingStoreContract",
    "StoreContract",
    "sample_complaint",
    "sample_later",
    "sample_registration",
    "sample_step",
]
