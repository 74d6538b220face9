"""A case number is one complaint's, without gaps or without keeping anybody waiting, as the house likes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from complaints import DefinitionError, Desk, Order, Policy, Query, RefusedError, Store
from complaints.model.people import Dealer
from complaints.model.words import Numbering
from complaints.numbering import case_number
from complaints.stores import MemoryStore, SqlStore
from complaints.testing import SMALLEST_STAFF, FrozenClock
from complaints.testing.stores import sample_complaint, sample_step
from tests.test_one_transaction import receive

counter = SMALLEST_STAFF[0]
SHOP = Dealer("SH01", zone="Asia/Shanghai")
SCATTERED = re.compile(r"SH01-2026-[0-9]{4}-[0-9]{4}")
NEW_YEAR = datetime(2026, 12, 31, 16, tzinfo=UTC)


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made = MemoryStore() if request.param == "memory" else SqlStore.open(f"sqlite:///{tmp_path}/complaints.db")
    with closing(made):
        yield made


def desk_of(store: Store, **policy: object) -> Desk:
    return Desk(store, dealers=[SHOP], policy=Policy(**policy), clock=FrozenClock())


def drawing(*numbers: int) -> Callable[[int], int]:
    drawn = iter(numbers)
    return lambda below: next(drawn)


def test_numbers_run_without_gaps_unless_the_house_has_decided_otherwise(store):
    desk = desk_of(store)

    references = [desk.handle(receive(), by=counter).reference for _ in range(3)]

    assert references == ["SH01-2026-000001", "SH01-2026-000002", "SH01-2026-000003"]


def test_scattered_numbers_leave_every_counter_alone(store):
    desk = desk_of(store, numbering="scattered")

    references = [desk.handle(receive(), by=counter).reference for _ in range(20)]

    assert [one for one in references if not SCATTERED.fullmatch(one)] == []
    assert len(set(references)) == 20
    assert desk_of(store).handle(receive(), by=counter).reference == "SH01-2026-000001"
    assert desk.complaint(references[0], by=counter).reference == references[0]


def test_a_number_that_was_drawn_before_is_drawn_again(store):
    with store.write() as writer:
        writer.append(sample_step(sample_complaint(1, reference="SH01-2026-0000-0007")))

        drawn = case_number(writer, Numbering.SCATTERED, SHOP, NEW_YEAR.replace(day=1), draw=drawing(7, 7, 48271936))

    assert drawn == "SH01-2026-4827-1936"


def test_the_year_is_that_of_the_dealers_own_calendar(store):
    with store.write() as writer:
        numbers = [case_number(writer, numbering, SHOP, NEW_YEAR, draw=drawing(99_999_999)) for numbering in Numbering]

    assert numbers == ["SH01-2027-000001", "SH01-2027-9999-9999"]


def test_many_who_draw_at_once_never_get_the_same_number(store):
    desk = desk_of(store, numbering="scattered")

    with ThreadPoolExecutor(4) as pool:
        done = [
            pool.submit(lambda: [desk.handle(receive(), by=counter).reference for _ in range(10)]) for _ in range(4)
        ]
        references = [reference for one in done for reference in one.result(60)]

    assert len(set(references)) == 40
    assert sorted(one.reference for one in desk.find(Query(limit=100), by=counter)) == sorted(references)


def test_a_refused_receipt_uses_no_number(store):
    desk = desk_of(store)

    with suppress(RefusedError):
        desk.handle(receive(received_at=datetime(2027, 1, 1, tzinfo=UTC)), by=counter)
    desk.handle_all([Order(receive(received_at=datetime(2027, 1, 1, tzinfo=UTC)), counter), Order(receive(), counter)])

    assert [one.reference for one in desk.find(by=counter)] == ["SH01-2026-000001"]


def test_a_way_of_numbering_that_there_is_not_is_refused_when_the_policy_is_made():
    with pytest.raises(DefinitionError) as error:
        Policy(numbering="by hand")

    assert error.value.problems == ("complaints cannot be numbered 'by hand'",)
