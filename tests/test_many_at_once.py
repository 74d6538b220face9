"""
Eight threads and four processes on the same complaint: nothing is lost, nothing doubled.

Run as a program it is one of those processes: ``python -m tests.test_many_at_once url complaint name start manner``.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier
from uuid import UUID

import attrs
import msgspec
import pytest

from complaints import Complaint, ComplaintError, ConflictError, Desk, Event, Order, State, Store
from complaints.model.words import ReworkReason
from complaints.stages.anytime import AddNote
from complaints.stages.intake import Receive
from complaints.stages.review import RecordFollowUp
from complaints.stores import MemoryStore, SqlStore
from complaints.testing import FrozenClock
from tests.stages.cases import MONDAY, OTHER_SHOP, POLICY, SHOP, Case, chen, li, qian, wang

ROOT = Path(__file__).parents[1]
THREADS = 8
PROCESSES = 4
PAGES = 12
PATIENCE_SECONDS = 120


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made = MemoryStore() if request.param == "memory" else SqlStore.open(f"sqlite:///{tmp_path}/complaints.db")
    with closing(made):
        yield made


def desk_on(store: Store) -> Desk:
    return Desk(store, dealers=[SHOP, OTHER_SHOP], policy=POLICY, clock=FrozenClock(MONDAY))


# --- how somebody writes --------------------------------------------------------------------------------------------


@attrs.frozen
class Told:
    """What somebody was answered: numbers of his own notes, of those shown to him in conflicts, and of new cases."""

    own: tuple[int, ...]
    shown: tuple[int, ...] = ()
    received: tuple[int, ...] = ()


def writes(desk: Desk, id: UUID, name: str, pages: int) -> Told:
    """Whatever the others do: no version is named."""
    own = [desk.handle(note(id, name, page), by=wang, key=f"{name}-{page}").version for page in range(pages)]
    return Told(tuple(own))


def writes_on_what_was_seen(desk: Desk, id: UUID, name: str, pages: int) -> Told:
    """Always on the version last seen; a conflict tells what was missed, and then it is tried again."""
    seen, own, shown = 1, [], []
    for page in range(pages):
        while isinstance(answer := tries(desk, note(id, name, page), seen), ConflictError):
            shown += [event.number for event in answer.events]
            seen = answer.found
        seen = answer.version
        own.append(seen)
    return Told(tuple(own), tuple(shown))


def tries(desk: Desk, command: AddNote, seen: int) -> Complaint | ConflictError:
    """The step, or the conflict, which tells everything that has happened since."""
    try:
        return desk.handle(command, by=wang, expected_version=seen)
    except ConflictError as error:
        conflict = error
    assert (conflict.complaint, conflict.expected) == (command.complaint, seen)
    assert [event.number for event in conflict.events] == list(range(seen + 1, conflict.found + 1))
    assert conflict.events
    return conflict


def writes_everything_twice(desk: Desk, id: UUID, name: str, pages: int) -> Told:
    """A nervous one, who repeats each order with its key; the answer is the same."""
    own = []
    for page in range(pages):
        first, second = (desk.handle(note(id, name, page), by=wang, key=f"{name}-{page}") for _ in range(2))
        assert first == second
        own.append(first.version)
    return Told(tuple(own))


MANNERS = {manner.__name__: manner for manner in (writes, writes_on_what_was_seen, writes_everything_twice)}


def note(id: UUID, name: str, page: int) -> AddNote:
    return AddNote(complaint=id, text=f"{name}-{page}")


def shows_nothing_lost_or_doubled(desk: Desk, id: UUID, told: dict[str, Told], pages: int) -> None:
    history = desk.history(id, by=li)
    notes = {event.command.text: event.number for event in history if isinstance(event.command, AddNote)}

    assert [event.number for event in history] == list(range(1, len(told) * pages + 2))
    assert notes == {f"{name}-{page}": told[name].own[page] for name in told for page in range(pages)}
    assert desk.verify(id).number == desk.complaint(id, by=li).version == len(told) * pages + 1


def shows_everybody_was_told_of_all_others(told: dict[str, Told]) -> None:
    """Between his first note and his last each has seen every number: his own, or in a conflict."""
    for one in told.values():
        assert sorted((*one.own, *one.shown)) == list(range(2, one.own[-1] + 1))


def receives(desk: Desk, form: Receive, name: str) -> Told:
    made = [desk.handle(form, by=li, key=f"{name}-new-{n}") for n in range(PAGES)]
    return Told((), (), tuple(int(one.reference[-6:]) for one in made))


def shows_numbers_without_a_gap(told: dict[str, Told], *, since: int) -> None:
    given = [one.received for one in told.values()]
    assert sorted(number for numbers in given for number in numbers) == list(range(since, since + len(given) * PAGES))
    assert all(list(numbers) == sorted(numbers) for numbers in given)


# --- threads --------------------------------------------------------------------------------------------------------


def together(names: list[str], work: Callable[[str], Told]) -> dict[str, Told]:
    start = Barrier(len(names), timeout=PATIENCE_SECONDS)

    def begin(name: str) -> Told:
        start.wait()
        return work(name)

    with ThreadPoolExecutor(len(names)) as pool:
        return dict(zip(names, pool.map(begin, names, timeout=PATIENCE_SECONDS), strict=True))


@pytest.mark.parametrize("manner", MANNERS.values())
def test_eight_threads_on_one_complaint_lose_and_double_nothing(manner, store):
    desk = desk_on(store)
    id = Case(store=store).received().id

    told = together([f"t{n}" for n in range(THREADS)], lambda name: manner(desk, id, name, PAGES))

    shows_nothing_lost_or_doubled(desk, id, told, PAGES)
    if manner is writes_on_what_was_seen:
        shows_everybody_was_told_of_all_others(told)


def test_eight_threads_that_want_the_same_version_get_it_one_after_the_other(store):
    desk = desk_on(store)
    id = Case(store=store).received().id

    def one_after_the_other(name: str) -> Told:
        """Each wants to be the one who writes number 2, then number 3, and so on."""
        answers = [tries(desk, note(id, name, version), version) for version in range(1, PAGES + 1)]
        won = [answer.version for answer in answers if isinstance(answer, Complaint)]
        return Told(tuple(won))

    told = together([f"t{n}" for n in range(THREADS)], one_after_the_other)

    written = sorted(number for one in told.values() for number in one.own)
    assert written == list(range(2, len(written) + 2))
    assert desk.verify(id).number == len(written) + 1


def test_eight_threads_with_the_same_keys_write_each_note_once(store):
    desk = desk_on(store)
    id = Case(store=store).received().id

    def the_same_notes(name: str) -> Told:
        own = [desk.handle(note(id, "shared", page), by=wang, key=f"key-{page}").version for page in range(PAGES)]
        return Told(tuple(own))

    told = together([f"t{n}" for n in range(THREADS)], the_same_notes)

    assert {one.own for one in told.values()} == {tuple(range(2, PAGES + 2))}
    assert desk.verify(id).number == PAGES + 1


def test_eight_threads_that_receive_give_numbers_without_a_gap(store):
    desk, case = desk_on(store), Case(store=store)

    told = together([f"t{n}" for n in range(THREADS)], lambda name: receives(desk, case.form(Receive), name))

    shows_numbers_without_a_gap(told, since=1)


# --- processes ------------------------------------------------------------------------------------------------------


def processes(url: str, id: UUID, manners: dict[str, str], folder: Path) -> dict[str, Told]:
    """What processes answer, all begun at the same time."""
    start = folder / "start"
    children = {
        name: subprocess.Popen(
            [sys.executable, "-m", "tests.test_many_at_once", url, str(id), name, str(start), manner],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name, manner in manners.items()
    }
    for child in children.values():
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
    start.touch()
    said = {name: child.communicate(timeout=PATIENCE_SECONDS) for name, child in children.items()}
    assert {name: error for name, (_, error) in said.items()} == dict.fromkeys(manners, "")
    return {name: msgspec.json.decode(out, type=Told) for name, (out, _) in said.items()}


def main(url: str, id: str, name: str, start: str, manner: str) -> None:
    """One process: it is ready, waits for the start, writes and receives, and tells what it was answered."""
    with closing(SqlStore.open(url, busy_seconds=PATIENCE_SECONDS)) as store:
        desk = desk_on(store)
        print("ready", flush=True)
        while not Path(start).exists():
            time.sleep(0.001)
        told = MANNERS[manner](desk, UUID(id), name, PAGES)
        received = receives(desk, Case(store=store).form(Receive), name).received
    print(msgspec.json.encode(attrs.evolve(told, received=received)).decode())


def test_four_processes_on_one_complaint_lose_and_double_nothing(tmp_path):
    url = f"sqlite:///{tmp_path}/complaints.db"
    with closing(SqlStore.open(url)) as store:
        id = Case(store=store).received().id
        by_name = {f"p{n}": manner for n, manner in enumerate([*MANNERS, "writes_on_what_was_seen"])}

        told = processes(url, id, by_name, tmp_path)

        shows_nothing_lost_or_doubled(desk_on(store), id, told, PAGES)
        seeing = {name: one for name, one in told.items() if by_name[name] == "writes_on_what_was_seen"}
        shows_everybody_was_told_of_all_others(seeing)
        shows_numbers_without_a_gap(told, since=2)
        assert (len(told), len(seeing)) == (PROCESSES, 2)


# --- a stale writer -------------------------------------------------------------------------------------------------


def between(case: Case, version: int) -> tuple[Event, ...]:
    return case.events[version:]


def test_a_rework_loop_back_to_the_same_state_does_not_deceive_a_stale_writer(store):
    case = Case(store=store).to(State.FOLLOW_UP)
    seen = case.complaint
    call = case.form(RecordFollowUp)
    case.called_back().reworked(ReworkReason.REMEDY_UNSUITABLE)
    case.proposed("P3").submitted().read().approved("P3").offered().accepted("P3").done_and_booked().completed()
    before = case.everything()

    with pytest.raises(ConflictError) as stale:
        case.desk.handle(call, by=chen, expected_version=seen.version)

    assert (case.state, seen.state) == (State.FOLLOW_UP, State.FOLLOW_UP)
    assert case.desk.explain(call, by=chen) == ()
    assert (stale.value.expected, stale.value.found) == (seen.version, case.complaint.version)
    assert stale.value.events == between(case, seen.version)
    assert [event.name for event in stale.value.events][:2] == ["RecordFollowUp", "ReturnForRework"]
    assert case.everything() == before


def test_in_a_batch_the_stale_order_fails_alone(store):
    case = Case(store=store).to(State.REVIEW)
    seen = case.complaint
    case.reworked(ReworkReason.REMEDY_UNSUITABLE).proposed("P3").submitted().read().approved("P3").offered()
    case.accepted("P3").done_and_booked().completed().called_back()
    again = Order(case.form(AddNote, text="stale"), wang, expected_version=seen.version)
    fresh = Order(case.form(AddNote, text="fresh"), wang, expected_version=case.complaint.version)
    events = between(case, seen.version)

    answers: list[Complaint | ComplaintError] = case.desk.handle_all([again, fresh])

    assert case.state is seen.state is State.REVIEW
    assert isinstance(answers[0], ConflictError)
    assert answers[0].events == events
    assert answers[1] == case.complaint
    assert [event.command.text for event in case.events if isinstance(event.command, AddNote)] == ["fresh"]


def test_a_stale_writer_who_looks_again_may_go_on(store):
    case = Case(store=store).to(State.FOLLOW_UP)
    seen = case.complaint
    case.spoken()

    with pytest.raises(ConflictError) as stale:
        case.desk.handle(case.form(RecordFollowUp), by=chen, expected_version=seen.version)
    done = case.desk.handle(case.form(RecordFollowUp), by=chen, expected_version=stale.value.found)

    assert (done.state, done.version) == (State.REVIEW, stale.value.found + 1)


def test_an_expected_version_that_is_not_there_yet_is_a_conflict_without_events(store):
    case = Case(store=store).received()
    before = case.everything()

    with pytest.raises(ConflictError) as early:
        case.desk.handle(case.form(AddNote), by=wang, expected_version=7)

    assert (early.value.expected, early.value.found, early.value.events) == (7, 1, ())
    assert case.everything() == before


# a key is asked before the version: who repeats what was done is answered, however much has happened since
def test_a_repeated_order_is_answered_though_its_version_is_stale(store):
    case = Case(store=store).to(State.FOLLOW_UP)
    version = case.complaint.version
    call = case.form(RecordFollowUp)
    done = case.desk.handle(call, by=chen, key="call", expected_version=version)
    case.reworked(ReworkReason.REMEDY_UNSUITABLE, by=qian)
    before = case.everything()

    again = case.desk.handle(call, by=chen, key="call", expected_version=version)

    assert again == done
    assert case.everything() == before


if __name__ == "__main__":
    main(*sys.argv[1:])
