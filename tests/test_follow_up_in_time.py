"""Called back within three days or when the customer wants it, and every week while something is waited for (R39)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints import Channel, Role, State
from complaints.calendars import Calendar, HolidayYear
from complaints.model.beside import Breach
from complaints.model.clock import Deadline
from complaints.model.span import windows
from complaints.model.words import ClockState, Direction, HoldKind, Purpose, Satisfaction
from tests.stages.cases import MONDAY, SHANGHAI, Case, chen, han, li

DAY = timedelta(days=1)
HOURS = windows("09:00-12:00, 14:00-20:00")
# Thursday and Friday of that week are holidays
FEAST = {date(2026, 3, 5): "feast", date(2026, 3, 6): "feast"}
HOUSE = Calendar(code="", hours=HOURS, contact_hours=HOURS, years=(HolidayYear(year=2026, off_days=FEAST),))


def end_of(day: int) -> datetime:
    """The last second in time on a day of March 2026."""
    return datetime.combine(date(2026, 3, day), time(23, 59, 59), SHANGHAI)


def on(day: int, hour: int = 10) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=SHANGHAI)


def at(case: Case, moment: datetime) -> Case:
    case.clock.set(moment)
    return case


def clock(case: Case, name: str = "follow_up") -> tuple[datetime | None, ClockState]:
    found: Deadline = case.complaint.deadlines[name]
    return found.due, found.state


def missed(case: Case, name: str = "follow_up") -> list[datetime]:
    return [one.due for one in case.complaint.beside.breaches if one.clock == name]


# --- three days (R39) ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("calendar", [None, HOUSE], ids=["no calendar", "a holiday in between"])
def test_the_call_back_is_due_three_calendar_days_after_the_work_is_done(calendar):
    case = Case(calendar=calendar).to(State.FOLLOW_UP)

    assert clock(case) == (end_of(5), ClockState.RUNNING)


# A2: whoever was told no, or took his complaint back, is called as well
@pytest.mark.parametrize(
    "way", [lambda case: case.begun().explained().understood(), lambda case: case.withdrawn()], ids=["no", "withdrawn"]
)
def test_it_is_due_after_every_end_of_the_work(way):
    case = way(Case().received().later(days=1))

    assert clock(case) == (end_of(6), ClockState.RUNNING)


@pytest.mark.parametrize(
    ("moment", "state", "missed_on"),
    [
        (end_of(5), ClockState.MET, []),
        (end_of(5) + timedelta(seconds=1), ClockState.BREACHED, [end_of(5)]),
    ],
)
def test_the_third_day_is_in_time_to_its_end(moment, state, missed_on):
    case = at(Case().to(State.FOLLOW_UP), moment).called_back()

    assert (clock(case), missed(case)) == ((end_of(5), state), missed_on)


def test_what_nobody_has_called_about_is_missed_and_goes_to_the_supervisor():
    case = at(Case().to(State.FOLLOW_UP).every_promise_kept(), on(6))

    case.desk.tick()

    breach, asked = case.events[-2:]
    assert case.complaint.beside.breaches == (Breach(due=end_of(5), number=breach.number, clock="follow_up"),)
    assert (asked.name, asked.caused_by) == ("Escalate", breach.number)
    assert [one.to for one in case.complaint.open_escalations] == [Role.SUPERVISOR]


# R37: unreachable is an answer, and comes in time or late like any other
def test_trying_in_vain_is_not_calling_back():
    case = Case().to(State.FOLLOW_UP).tried().tried(Channel.SMS)
    at(case, on(5)).tried()
    tried = clock(case)

    case.called_back(Satisfaction.UNREACHABLE)

    assert (tried, clock(case)) == ((end_of(5), ClockState.RUNNING), (end_of(5), ClockState.MET))


# --- at the hour he wants (R39, A3) ----------------------------------------------------------------------------------


def agreed(case: Case, wanted: datetime, **said: object) -> Case:
    """The customer was reached and has said when he wants to be called."""
    return case.tried(reached=True, appointment=wanted, **said)


def test_an_appointment_that_was_agreed_in_time_and_is_kept_is_in_time():
    case = agreed(at(Case().to(State.FOLLOW_UP), on(4)), on(9, 15))
    moved = clock(case)

    at(case, on(9, 15)).called_back()

    assert (moved, clock(case)) == ((end_of(9), ClockState.RUNNING), (end_of(9), ClockState.MET))
    assert missed(case) == []


def test_the_customer_may_ask_for_it_himself():
    case = agreed(at(Case().to(State.FOLLOW_UP), on(4)), on(9), direction=Direction.INCOMING)

    assert clock(case) == (end_of(9), ClockState.RUNNING)


def test_an_appointment_that_is_not_kept_is_missed():
    case = agreed(at(Case().to(State.FOLLOW_UP), on(4)), on(9, 15))
    at(case, on(9, 23)).desk.tick()
    in_time = missed(case)

    at(case, on(10)).desk.tick()
    case.called_back()

    assert (in_time, missed(case), clock(case)) == ([], [end_of(9)], (end_of(9), ClockState.BREACHED))


@pytest.mark.parametrize("ticks", [True, False])
def test_an_appointment_that_was_agreed_too_late_saves_nothing(ticks):
    case = at(Case().to(State.FOLLOW_UP), on(6))
    if ticks:
        case.desk.tick()
    agreed(case, on(9, 15))

    at(case, on(9, 15)).called_back()

    assert (clock(case), missed(case)) == ((end_of(5), ClockState.BREACHED), [end_of(5)])


def test_what_was_agreed_in_time_may_be_entered_late_as_long_as_nothing_is_missed():
    case = at(Case().to(State.FOLLOW_UP), on(6))

    agreed(case, on(9), at=on(5))

    assert clock(case) == (end_of(9), ClockState.RUNNING)


def test_an_appointment_within_the_three_days_takes_none_of_them_away():
    case = agreed(Case().to(State.FOLLOW_UP), on(4))

    assert clock(case) == (end_of(5), ClockState.RUNNING)


@pytest.mark.parametrize(("day", "due"), [(12, 12), (13, 5)])
def test_nobody_is_put_off_for_more_than_a_week(day, due):
    case = agreed(Case().to(State.FOLLOW_UP), on(day))

    assert clock(case) == (end_of(due), ClockState.RUNNING)


@pytest.mark.parametrize(("day", "due"), [(12, 12), (13, 9)])
def test_nor_by_one_appointment_after_another(day, due):
    case = agreed(Case().to(State.FOLLOW_UP), on(9))

    agreed(at(case, on(8)), on(day))

    assert clock(case) == (end_of(due), ClockState.RUNNING)


def test_an_earlier_day_than_the_one_agreed_on_is_as_good():
    case = agreed(Case().to(State.FOLLOW_UP), on(9))

    at(case, on(7)).called_back()

    assert (clock(case), missed(case)) == ((end_of(9), ClockState.MET), [])


def test_whoever_was_not_reached_has_agreed_to_no_later_day():
    case = Case().to(State.FOLLOW_UP).tried(appointment=on(9))

    assert clock(case) == (end_of(5), ClockState.RUNNING)


def test_at_the_agreed_hour_he_is_called_even_in_the_evening():
    case = agreed(Case(calendar=HOUSE).to(State.FOLLOW_UP), on(5, 21))

    at(case, on(5, 21)).called_back()

    assert (clock(case), missed(case)) == ((end_of(5), ClockState.MET), [])


@given(st.integers(0, 11), st.integers(0, 14))
def test_the_call_is_late_after_the_day_that_counts_and_never_before(told, called):
    """Agreed on for so many days after the entry into follow_up, at once; called so many days after it."""
    case = agreed(Case().to(State.FOLLOW_UP), MONDAY + told * DAY + timedelta(hours=1))

    at(case, MONDAY + called * DAY + timedelta(hours=2)).called_back()

    last = told if 3 < told <= 10 else 3
    assert missed(case) == ([end_of(2 + last)] if called > last else [])


# --- every seven days while something is waited for ------------------------------------------------------------------

CALL = "progress_call:bumper"


def called_while_held(case: Case, **said: object) -> Case:
    return case.spoken(purpose=Purpose.HOLD, **said)


@pytest.mark.parametrize("kind", [kind for kind in HoldKind if kind is not HoldKind.LEGAL])
def test_while_something_is_waited_for_the_customer_is_called_within_a_week(kind):
    case = Case().received().held(kind=kind)

    assert clock(case, CALL) == (end_of(9), ClockState.RUNNING)


def test_a_call_that_was_not_made_is_missed_and_escalated():
    case = Case().to(State.EXECUTION).held()
    at(case, end_of(9)).desk.tick()
    in_time = missed(case, CALL)

    at(case, on(10)).desk.tick()

    assert (in_time, missed(case, CALL)) == ([], [end_of(9)])
    assert [one.to for one in case.complaint.open_escalations] == [Role.SUPERVISOR]


def test_a_call_that_was_made_begins_the_next_week():
    case = at(Case().received().held(), on(6))

    called_while_held(case)

    assert (clock(case, CALL), missed(case, CALL)) == ((end_of(13), ClockState.RUNNING), [])


def test_a_late_call_is_missed_for_life_and_begins_the_next_week_all_the_same():
    case = at(Case().received().held(), on(11))

    called_while_held(case)

    assert (clock(case, CALL), missed(case, CALL)) == ((end_of(18), ClockState.RUNNING), [end_of(9)])


@pytest.mark.parametrize("said", [{"purpose": Purpose.HOLD, "reached": False}, {"purpose": Purpose.OTHER}])
def test_what_did_not_tell_him_how_it_stands_is_no_progress_call(said):
    case = at(Case().received().held(), on(6)).spoken(**said)

    assert clock(case, CALL) == (end_of(9), ClockState.RUNNING)


def test_one_call_tells_of_everything_that_is_waited_for():
    case = at(Case().received().held(), on(4)).held("paint")

    called_while_held(at(case, on(6)))

    assert [clock(case, name) for name in (CALL, "progress_call:paint")] == [(end_of(13), ClockState.RUNNING)] * 2


def test_what_is_not_waited_for_any_more_needs_no_call():
    case = at(Case().received().held(), on(6)).no_longer_held()

    at(case, on(31)).desk.tick()

    assert (clock(case, CALL), missed(case, CALL)) == ((end_of(9), ClockState.MET), [])


def test_released_too_late_it_was_missed():
    case = at(Case().received().held(), on(10)).no_longer_held()

    assert (clock(case, CALL), missed(case, CALL)) == ((end_of(9), ClockState.BREACHED), [end_of(9)])


def test_nobody_calls_about_a_legal_hold():
    case = Case().received().held(by=han, kind=HoldKind.LEGAL)

    assert CALL not in case.complaint.deadlines


def test_the_calls_go_on_week_by_week():
    case = Case().received().held()

    for day in (9, 16, 23, 30):
        called_while_held(at(case, on(day)), by=li if day % 2 else chen).desk.tick()

    assert (missed(case, CALL), case.complaint.deadlines[CALL].due) == ([], end_of(30) + 7 * DAY)
