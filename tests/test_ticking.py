"""``desk.tick(now)``: pure in its argument, idempotent, safe in two processes; one broken complaint stops nobody."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest

from complaints import (
    BrokenHistoryError,
    Channel,
    Customer,
    Dealer,
    Desk,
    Fault,
    InvalidCommandError,
    NaiveTimeError,
    State,
    StoreError,
)
from complaints.stages.due_dates import RecordBreach, RecordWarning
from complaints.stages.escalation import Escalate
from complaints.stages.intake import Receive
from complaints.stores import SqlStore
from complaints.testing import FrozenClock
from tests.stages.cases import MONDAY, OTHER_SHOP, SHOP, Case, li

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def received(desk: Desk, times: int) -> list[str]:
    """So many complaints of which nobody has been told that he was heard."""
    order = Receive(
        dealer="SH01",
        complainant=Customer(name="王芳", phone="13800000000"),
        channel=Channel.WEBSITE,
        received_at=MONDAY,
        statement="等了两个小时。",
    )
    return [desk.handle(order, by=li).reference for _ in range(times)]


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(MONDAY)


@pytest.fixture
def file(tmp_path):
    return tmp_path / "complaints.db"


@pytest.fixture
def desk(file, clock):
    with Desk(SqlStore.open(f"sqlite:///{file}"), dealers=[SHOP, OTHER_SHOP], clock=clock) as desk:
        yield desk


def test_a_tick_tells_what_it_has_recorded(desk):
    received(desk, 3)

    ticked = desk.tick(MONDAY + 3 * HOUR)

    assert (ticked.looked_at, ticked.failed) == (3, {})
    assert [ticked.of(order) for order in (RecordBreach, Escalate, RecordWarning)] == [3, 3, 0]


def test_done_twice_it_is_done_once(desk):
    (reference,) = received(desk, 1)
    desk.tick(MONDAY + 3 * HOUR)
    before = desk.history(reference, by=li)

    again = desk.tick(MONDAY + 3 * HOUR)

    assert (again.looked_at, again.events) == (0, {})
    assert desk.history(reference, by=li) == before


def test_it_looks_only_at_what_is_due(desk, clock):
    received(desk, 5)
    clock.advance(1 * HOUR)
    ahead = Receive(
        dealer="SH01", complainant=Customer(phone="1"), channel=Channel.EMAIL, received_at=clock(), statement="晚了。"
    )
    desk.handle(ahead, by=li)

    assert [desk.tick(MONDAY + minutes * timedelta(minutes=1)).looked_at for minutes in (59, 60, 61, 121)] == [
        0,
        5,
        0,
        6,
    ]


def test_it_asks_no_other_clock_than_its_argument(desk, clock):
    received(desk, 1)
    clock.advance(365 * DAY)

    early = desk.tick(MONDAY + HOUR)

    assert early.events == {"RecordWarning": 1}


def test_without_an_argument_it_is_the_desks_clock(desk, clock):
    received(desk, 1)
    clock.advance(3 * HOUR)

    assert desk.tick().of(RecordBreach) == 1


def test_a_moment_without_a_zone_is_refused(desk):
    with pytest.raises(NaiveTimeError):
        desk.tick(MONDAY.replace(tzinfo=None))


def test_a_clock_that_runs_backwards_records_nothing(desk):
    (reference,) = received(desk, 1)
    desk.tick(MONDAY + 3 * HOUR)
    before = desk.history(reference, by=li)

    ticked = desk.tick(MONDAY - 300 * DAY)

    assert (ticked.events, desk.history(reference, by=li)) == ({}, before)


def test_one_broken_complaint_does_not_stop_the_rest(desk, file):
    references = received(desk, 3)
    broken = desk.complaint(references[1], by=li).id
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("UPDATE complaints_complaint SET snapshot = '{' WHERE id = ?", (broken.hex,))
        raw.commit()

    with Desk(SqlStore.open(f"sqlite:///{file}"), dealers=[SHOP]) as other:
        ticked = other.tick(MONDAY + 3 * HOUR)

    assert (ticked.looked_at, ticked.of(RecordBreach), list(ticked.failed)) == (3, 2, [broken])
    assert isinstance(ticked.failed[broken], BrokenHistoryError)


def test_a_dealer_that_is_not_served_any_more_does_not_stop_the_rest(file, clock):
    url = f"sqlite:///{file}"
    with Desk(SqlStore.open(url), dealers=[SHOP, Dealer("GZ01")], clock=clock) as desk:
        received(desk, 1)

    with Desk(SqlStore.open(url), dealers=[Dealer("GZ01")]) as other:
        ticked = other.tick(MONDAY + 3 * HOUR)

    assert (ticked.looked_at, ticked.events, len(ticked.failed)) == (1, {}, 1)


def test_a_store_that_is_gone_is_told_at_once(desk):
    received(desk, 1)
    desk.close()

    with pytest.raises(StoreError):
        desk.tick(MONDAY + 3 * HOUR)


def test_several_at_the_same_time_record_everything_once(file, clock):
    url = f"sqlite:///{file}"
    with Desk(SqlStore.open(url), dealers=[SHOP], clock=clock) as desk:
        received(desk, 40)
    desks = [Desk(SqlStore.open(url), dealers=[SHOP], clock=clock) for _ in range(4)]
    done: list[int] = []

    threads = [
        Thread(target=lambda desk=desk: done.append(desk.tick(MONDAY + 3 * HOUR).of(RecordBreach))) for desk in desks
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(done) == 40
    assert [len(one.beside.breaches) for one in desks[0].find(by=li)] == [1] * 40
    for desk in desks:
        desk.close()


def test_it_closes_nothing_however_long_it_is():
    for state in (State.EXPLANATION, State.OFFER, State.FOLLOW_UP, State.REVIEW):
        case = Case().to(state)

        for _ in range(5):
            case.ticked(days=60)

        assert case.state is state


def test_progress_tells_how_many_were_looked_at(desk):
    received(desk, 4)
    seen: list[int] = []

    desk.tick(MONDAY + 3 * HOUR, progress=seen.append)

    assert seen == [1, 2, 3, 4]


def test_a_file_of_an_older_program_has_everything_looked_at_once(file, clock):
    with Desk(SqlStore.open(f"sqlite:///{file}"), dealers=[SHOP], clock=clock) as desk:
        received(desk, 2)
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("UPDATE complaints_complaint SET next_look = 0, due_at = NULL")
        raw.commit()

    with Desk(SqlStore.open(f"sqlite:///{file}"), dealers=[SHOP], clock=clock) as desk:
        looked_at = [desk.tick(MONDAY).looked_at, desk.tick(MONDAY).looked_at]

    assert looked_at == [2, 0]


def test_a_calendar_that_knows_a_year_looks_at_nobody_whose_own_does_not(clock):
    dealers = [Dealer("SH01", calendar="XX"), Dealer("BJ02", calendar="CN")]
    desk = Desk(dealers=dealers, clock=clock)
    received(desk, 3)

    ticked = desk.tick(MONDAY)

    assert (ticked.looked_at, ticked.failed) == (0, {})


@pytest.mark.parametrize("moment", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)])
def test_a_moment_that_nobody_can_reckon_with_is_refused(desk, moment):
    received(desk, 1)

    for asked in (desk.tick, lambda moment: desk.work(by=li, now=moment)):
        with pytest.raises(InvalidCommandError) as refused:
            asked(moment)

        assert refused.value.faults == (Fault("now", "not_a_moment"),)
