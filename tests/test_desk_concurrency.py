"""Many at one desk, and two desks on one file: nothing is lost, doubled or half seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Barrier, Event
from typing import TypeVar

import pytest

from complaints import (
    Channel,
    Complaint,
    ComplaintError,
    ConflictError,
    Customer,
    Desk,
    IllegalMoveError,
    Issue,
    Order,
    State,
)
from complaints.stages.anytime import AddNote
from complaints.stages.intake import BeginJudgment, Receive
from complaints.stages.review import Archive
from complaints.stores import MemoryStore, SqlStore, Store
from complaints.testing import OPENING, SMALL_HOUSE, SMALLEST_STAFF, FrozenClock, lead_home

T = TypeVar("T")
_PATIENCE = 60
counter, deputy, owner = SMALLEST_STAFF


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made = MemoryStore() if request.param == "memory" else SqlStore.open(f"sqlite:///{tmp_path}/complaints.db")
    yield made
    made.close()


def _desk(store: Store) -> Desk:
    return SMALL_HOUSE.desk(store, clock=FrozenClock())


def _receive() -> Receive:
    return Receive(
        dealer="SH01",
        complainant=Customer(name="顾客甲", phone="10000000001"),
        channel=Channel.PHONE,
        received_at=OPENING - timedelta(hours=1),
        statement="发动机异响",
        wish="修好",
        issues=(Issue(id="I1", category="service"),),
        takes_on=True,
    )


def _together(*works: Callable[[], T]) -> list[T]:
    """What each of them answers, all begun at the same time."""
    start = Barrier(len(works), timeout=_PATIENCE)

    def begin(work: Callable[[], T]) -> T:
        start.wait()
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        return [one.result(_PATIENCE) for one in [pool.submit(begin, work) for work in works]]


def _answer(desk: Desk, order: Order) -> Complaint | ComplaintError:
    try:
        return desk.handle(order.command, by=order.by, key=order.key, expected_version=order.expected_version)
    except ComplaintError as error:
        return error


def test_no_note_of_eight_people_writing_at_once_is_lost(store: Store) -> None:
    desk = _desk(store)
    case = desk.handle(_receive(), by=counter)

    def writes(person: int) -> Callable[[], None]:
        def work() -> None:
            for page in range(10):
                desk.handle(AddNote(complaint=case.id, text=f"{person}-{page}"), by=counter)

        return work

    _together(*(writes(person) for person in range(8)))

    notes = [event.command.text for event in desk.history(case.id, by=counter) if isinstance(event.command, AddNote)]
    assert sorted(notes) == sorted(f"{person}-{page}" for person in range(8) for page in range(10))
    assert desk.verify(case.id).number == 81


def test_whoever_meets_a_conflict_sees_all_that_happened_since_and_tries_again(store: Store) -> None:
    desk = _desk(store)
    case = desk.handle(_receive(), by=counter)

    def insists(person: int) -> Callable[[], list[int]]:
        def work() -> list[int]:
            seen = [1]
            for page in range(5):
                note = AddNote(complaint=case.id, text=f"{person}-{page}")
                while isinstance(
                    answer := _answer(desk, Order(note, counter, expected_version=seen[-1])), ConflictError
                ):
                    seen += [event.number for event in answer.events]
                assert isinstance(answer, Complaint)
                seen.append(answer.version)
            return seen

        return work

    seen = _together(*(insists(person) for person in range(4)))

    assert desk.complaint(case.id, by=counter).version == 21
    assert all(numbers == [*range(1, numbers[-1] + 1)] for numbers in seen)


def test_a_move_that_two_take_at_once_is_taken_once(store: Store) -> None:
    desk = _desk(store)
    cases = [desk.handle(_receive(), by=counter) for _ in range(10)]

    for case in cases:
        order = Order(BeginJudgment(complaint=case.id), counter)
        answers = _together(*[partial(_answer, desk, order)] * 2)
        assert {type(answer) for answer in answers} == {Complaint, IllegalMoveError}
        assert desk.verify(case.id).number == 2


def test_case_numbers_given_by_many_at_once_have_no_gap_and_no_double(store: Store) -> None:
    desk = _desk(store)

    def receives() -> list[str]:
        return [desk.handle(_receive(), by=counter).reference for _ in range(10)]

    references = [reference for some in _together(*[receives] * 4) for reference in some]

    assert sorted(references) == [f"SH01-2026-{number:06d}" for number in range(1, 41)]


def test_the_same_key_used_by_many_at_once_stands_for_one_complaint(store: Store) -> None:
    desk = _desk(store)
    order = Order(_receive(), counter, key="call-1")

    answers = _together(*[partial(_answer, desk, order)] * 6)

    assert {type(answer) for answer in answers} == {Complaint}
    assert len({answer.id for answer in answers if isinstance(answer, Complaint)}) == 1
    assert len(desk.find(by=counter)) == 1


def test_readers_never_see_a_step_by_halves(store: Store) -> None:
    clock = FrozenClock()
    desk = SMALL_HOUSE.desk(store, clock=clock)
    case = desk.handle(_receive(), by=counter)
    is_done = Event()

    def leads() -> int:
        lead_home(desk, case.id, clock=clock)
        is_done.set()
        return 0

    def reads() -> int:
        looks = 0
        while not is_done.is_set() or not looks:
            assert desk.verify(case.id).number >= 1
            looks += 1
        return looks

    _, *looks = _together(leads, reads, reads)

    assert all(looks)
    assert desk.complaint(case.id, by=counter).state is State.ARCHIVED


def test_two_desks_on_one_file_work_as_one(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/complaints.db"
    one, other = (_desk(SqlStore.open(url)) for _ in range(2))
    case = one.handle(_receive(), by=counter)

    def writes(desk: Desk) -> Callable[[], list[Complaint | ComplaintError]]:
        def work() -> list[Complaint | ComplaintError]:
            return [
                _answer(desk, Order(AddNote(complaint=case.id, text=f"{page}"), counter, expected_version=page + 1))
                for page in range(20)
            ]

        return work

    answers = list(zip(*_together(writes(one), writes(other)), strict=True))
    one.handle(AddNote(complaint=case.id, text="last"), by=counter)

    winners = [sum(isinstance(answer, Complaint) for answer in pair) for pair in answers]
    assert all(winner <= 1 for winner in winners)
    assert sum(winners) + 2 == other.complaint(case.id, by=counter).version == one.verify(case.id).number
    one.close()
    other.close()


def test_what_was_archived_meanwhile_refuses_who_comes_too_late(store: Store) -> None:
    clock = FrozenClock()
    desk = SMALL_HOUSE.desk(store, clock=clock)
    case = desk.handle(_receive(), by=counter)
    lead_home(desk, case.id, clock=clock, to=State.CLOSED)
    clock.advance(timedelta(days=60))
    archive = Order(Archive(complaint=case.id), counter)

    answers = _together(*[partial(_answer, desk, archive)] * 4)

    assert sum(isinstance(answer, Complaint) for answer in answers) == 1
    assert sum(isinstance(answer, IllegalMoveError) for answer in answers) == 3
