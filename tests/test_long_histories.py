"""A complaint with 10,000 events is a complaint like any other: read, paged, proven, replayed, printed, stepped on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import attrs
import pytest

from complaints import BrokenHistoryError, Checkpoint, ConflictError, Desk, Event, Order, Store
from complaints.forms.case_file import case_file, case_file_data
from complaints.history import read, replay, verify
from complaints.model.words import Purpose
from complaints.stages.anytime import AddNote, RecordContact
from complaints.stages.intake import BeginJudgment
from complaints.stores import MemoryStore
from complaints.testing import trace
from tests.stages.cases import LIFECYCLE, SHANGHAI, Case, feng, li, wang
from tests.stores.crash_points import Wire, opened

EVENTS = 10_000
PAGE = 250
SOME = 500
"""A number in the midst of the first page that is not the first one."""


@attrs.frozen
class Long:
    """A complaint with many events, and the wire its statements go over where it lies in a file."""

    case: Case
    wire: Wire
    is_in_a_file: bool

    @property
    def desk(self) -> Desk:
        return self.case.desk


@pytest.fixture(params=["memory", "sqlite"], scope="module")
def long(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Long]:
    is_in_a_file = request.param == "sqlite"
    in_a_file, wire = opened(tmp_path_factory.mktemp("long") / "complaints.db")
    store: Store = in_a_file if is_in_a_file else MemoryStore()
    with closing(in_a_file):
        case = Case(store=store).received()
        case.desk.handle_all(_orders(case))
        yield Long(case, wire, is_in_a_file)


def _orders(case: Case) -> Iterator[Order]:
    for number in range(2, EVENTS + 1):
        if number % 2:
            yield Order(case.form(AddNote, text=f"note {number}"), wang, key=f"note-{number}")
        else:
            yield Order(case.form(RecordContact, purpose=Purpose.INFORM, text=f"您好，第{number}次"), li)


def texts(events: tuple[Event, ...]) -> list[str]:
    return [event.command.text for event in events if isinstance(event.command, (AddNote, RecordContact))]


def _text(number: int) -> str:
    return f"note {number}" if number % 2 else f"您好，第{number}次"


def test_every_event_is_there_in_order_with_its_words(long):
    events = long.desk.history(long.case.id, by=li, upto=EVENTS)

    assert [event.number for event in events] == list(range(1, EVENTS + 1))
    assert texts(events) == [_text(number) for number in range(2, EVENTS + 1)]


def test_its_pages_are_the_whole(long):
    pages = [long.desk.history(long.case.id, by=li, after=after, upto=after + PAGE) for after in range(0, EVENTS, PAGE)]

    assert {len(page) for page in pages} == {PAGE}
    assert [event for page in pages for event in page] == list(long.desk.history(long.case.id, by=li, upto=EVENTS))


@pytest.mark.parametrize(
    ("after", "upto", "numbers"),
    [
        (EVENTS - 1, EVENTS, [EVENTS]),
        (SOME, SOME + 2, [SOME + 1, SOME + 2]),
        (SOME, SOME, []),
        (SOME, SOME - 1, []),
        (0, 1, [1]),
        (-5, 2, [1, 2]),
        (EVENTS + 1_000, None, []),
    ],
)
def test_any_part_of_it_can_be_asked_for(after, upto, numbers, long):
    events = long.desk.history(long.case.id, by=li, after=after, upto=upto)

    assert [event.number for event in events] == numbers
    assert texts(events) == [_text(number) for number in numbers if number > 1]


def test_a_part_of_it_is_masked_for_who_only_reads_processes(long):
    events = long.desk.history(long.case.id, by=feng, after=SOME, upto=SOME + 2)

    assert len(set(texts(events))) == 1
    assert _text(SOME + 1) not in texts(events)


def test_it_proves_itself_and_a_change_in_its_midst_is_found_there(long):
    kept = trace(long.desk.store, long.case.id)
    events, personal = list(kept.events), list(kept.personal)
    proven = long.desk.verify(long.case.id)
    events[SOME - 1] = attrs.evolve(events[SOME - 1], digest="0" * 64)

    with pytest.raises(BrokenHistoryError) as broken:
        verify(long.case.id, events, personal)

    assert proven == Checkpoint(long.case.id, len(events), events[-1].digest)
    assert broken.value.number == SOME


def test_replay_adds_up_to_it(long):
    kept = trace(long.desk.store, long.case.id)

    replayed = replay(read(kept.events, kept.personal, LIFECYCLE.commands))

    assert replayed == kept.complaint
    assert replayed is not None
    assert replayed.contacts >= EVENTS // 2


def test_a_key_from_its_midst_answers_with_the_complaint_as_it_then_stood(long):
    number = SOME + 1
    before = long.case.complaint

    then = long.desk.handle(long.case.form(AddNote, text=f"note {number}"), by=wang, key=f"note-{number}")

    assert (then.version, then.contacts) == (number, number // 2)
    assert long.case.complaint == before


def test_who_missed_all_of_it_is_told_all_of_it_in_a_sentence_that_can_be_read(long):
    with pytest.raises(ConflictError) as conflict:
        long.desk.handle(long.case.form(AddNote), by=wang, expected_version=1)

    assert conflict.value.events == long.desk.history(long.case.id, by=wang, after=1)
    assert len(conflict.value.facts["between"]) == 21
    assert all(len(conflict.value.sentence(language)) < 1_000 for language in ("en", "zh_CN"))


def test_who_missed_the_last_of_it_is_told_that(long):
    version = long.case.complaint.version

    with pytest.raises(ConflictError) as conflict:
        long.desk.handle(long.case.form(AddNote), by=wang, expected_version=version - 2)

    assert [event.number for event in conflict.value.events] == [version - 1, version]
    assert len(texts(conflict.value.events)) == 2


def test_what_may_be_done_is_what_may_be_done_after_one_event(long):
    short = Case().received()

    options = long.desk.explain(long.case.id, by=li)
    refusals = long.desk.explain(long.case.form(BeginJudgment), by=li)

    assert (options, refusals) == (short.desk.explain(short.id, by=li), ())


@pytest.mark.parametrize(("language", "is_full"), [("zh_CN", False), ("en", True)])
def test_its_case_file_tells_every_event_once(language, is_full, long):
    events = long.desk.history(long.case.id, by=li, upto=EVENTS)

    text = case_file(
        long.case.complaint,
        events,
        language=language,
        zone=SHANGHAI,
        options=long.desk.options(long.case.id, by=li),
        is_full=is_full,
    )

    numbered = [int(line.split()[0]) for line in text.splitlines() if line[:5].strip().isdigit()]
    assert numbered == list(range(1, EVENTS + 1))
    assert [_text(number) in text for number in (2, 3, SOME, EVENTS - 1, EVENTS)] == [True] * 5


def test_its_case_file_for_programs_tells_every_event_once(long):
    events = long.desk.history(long.case.id, by=li, upto=EVENTS)

    data = case_file_data(long.case.complaint, events, language="en")

    timeline = data["timeline"]
    assert isinstance(timeline, list)
    assert [entry["number"] for entry in timeline] == list(range(1, EVENTS + 1))


def test_a_step_on_it_sends_what_a_step_on_a_short_one_sends(long, tmp_path):
    store, wire = opened(tmp_path / "short.db")
    with closing(store):
        short = Case(store=store).received()
        note = short.form(AddNote)
        wire.arm(None)
        short.desk.handle(note, by=wang)
    before, note = long.case.complaint.version, long.case.form(AddNote)

    long.wire.arm(None)
    after = long.desk.handle(note, by=wang)

    assert after.version == before + 1
    assert long.wire.sent == (wire.sent if long.is_in_a_file else [])


# the complaint is the same for all tests, so what they add must leave what may be done as it was
def test_what_is_added_to_it_is_there_and_proven(long):
    case = Case(store=long.desk.store)
    case.id, seen = long.case.id, long.case.complaint.version

    case.spoken(text="您好").does(AddNote, wang, text="spoken")

    added = case.desk.history(case.id, by=li, after=seen)
    assert [(event.number, event.command.text) for event in added] == [(seen + 1, "您好"), (seen + 2, "spoken")]
    assert case.desk.verify(case.id).number == case.complaint.version == seen + 2
