"""What is waited for: it hides no state, pauses no clock, and the customer is called all the same."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from complaints import Refusal, State
from complaints.model.beside import Hold
from complaints.model.words import HoldKind, Purpose
from complaints.stages.holds import PlaceHold, ReleaseHold
from complaints.stages.review import Archive
from tests.stages.cases import MONDAY, Case, han, li, qian, shows, sun, zheng

DAY = timedelta(days=1)

# --- PlaceHold -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.INTAKE, State.INVESTIGATION, State.EXECUTION, State.CLOSED])
def test_something_is_waited_for_wherever_the_complaint_is_and_it_stays_there(state):
    case = Case().to(state)

    case.held("bumper", until=date(2026, 3, 20))

    (hold,) = case.complaint.open_holds
    assert case.state is state
    assert hold == Hold(
        id="bumper", kind=HoldKind.PARTS, at=case.clock(), number=case.complaint.version, until=date(2026, 3, 20)
    )


@shows(PlaceHold, "hold.doubled")
def test_holds_are_told_apart_by_their_names_for_life():
    case = Case().received().held("bumper").no_longer_held("bumper")

    refusals = case.refused(PlaceHold, by=li, id="bumper")

    assert refusals == (Refusal("hold.doubled", hold="bumper"),)


@shows(PlaceHold, "hold.role")
def test_a_legal_hold_is_the_legal_roles_alone():
    case = Case().received()

    refusals = case.refused(PlaceHold, by=sun, kind=HoldKind.LEGAL)

    assert refusals == (Refusal("hold.role", who=("legal",), hold_kind="legal"),)


def test_legal_places_no_other_hold():
    case = Case().received()

    refusals = case.refused(PlaceHold, by=han, kind=HoldKind.CUSTOMER)

    assert refusals == (Refusal("hold.role", who=("specialist",), hold_kind="customer"),)


def test_several_things_are_waited_for_at_once():
    case = Case().received()

    case.held("bumper").held("files", by=han, kind=HoldKind.LEGAL)

    assert [hold.id for hold in case.complaint.open_holds] == ["bumper", "files"]


# --- ReleaseHold -----------------------------------------------------------------------------------------------------


def test_a_hold_that_is_over_stays_on_record():
    case = Case().received().held("bumper").later(days=2)

    case.no_longer_held("bumper")

    assert case.complaint.open_holds == ()
    assert case.complaint.beside.holds == (
        Hold(id="bumper", kind=HoldKind.PARTS, at=MONDAY, number=2, released_at=MONDAY + 2 * DAY),
    )


@shows(ReleaseHold, "holds.none_open")
def test_what_is_not_waited_for_is_not_released():
    case = Case().received().held("bumper").no_longer_held("bumper")

    refusals = case.refused(ReleaseHold, by=li)

    assert refusals == (Refusal("holds.none_open"), Refusal("hold.not_open", holds=()))


@shows(ReleaseHold, "hold.not_open")
def test_a_hold_is_released_by_its_name():
    case = Case().received().held("bumper")

    refusals = case.refused(ReleaseHold, by=li, hold="lamp")

    assert refusals == (Refusal("hold.not_open", holds=("bumper",)),)


def test_nothing_is_released_before_it_was_placed():
    case = Case().received().later(days=1).held("bumper")

    refusals = case.refused(ReleaseHold, by=li, at=MONDAY)

    assert refusals == (Refusal("hold.not_open", holds=("bumper",)),)


@shows(ReleaseHold, "hold.role")
def test_a_legal_hold_is_released_by_the_legal_role_alone():
    case = Case().received().held("files", by=han, kind=HoldKind.LEGAL)

    refusals = case.refused(ReleaseHold, by=qian, hold="files")

    assert refusals == (Refusal("hold.role", who=("legal",), hold_kind="legal"),)


# --- the progress call -----------------------------------------------------------------------------------------------


END_OF_MONDAY = MONDAY.replace(hour=23, minute=59, second=59)


def next_calls(case):
    """For each hold about which the customer is still to be told, until when."""
    clocks = case.complaint.deadlines.values()
    return {one.subject: one.due for one in clocks if one.name == "progress_call" and one.is_outstanding}


def test_the_first_call_is_due_seven_days_after_it_was_placed():
    case = Case().received().held()

    assert next_calls(case) == {"bumper": END_OF_MONDAY + 7 * DAY}


def test_every_call_that_reached_the_customer_gives_seven_days_more():
    case = Case().received().held("bumper").held("lamp").later(days=5)

    case.spoken(purpose=Purpose.HOLD, text="您好，配件预计下周到货。")

    assert next_calls(case) == {"bumper": END_OF_MONDAY + 12 * DAY, "lamp": END_OF_MONDAY + 12 * DAY}


@pytest.mark.parametrize("changes", [{"purpose": Purpose.HOLD, "reached": False}, {"purpose": Purpose.INFORM}])
def test_a_call_in_vain_or_about_something_else_gives_nothing(changes):
    case = Case().received().held().later(days=5)

    case.spoken(**changes)

    assert next_calls(case) == {"bumper": END_OF_MONDAY + 7 * DAY}


def test_a_call_that_is_entered_late_sets_nothing_back():
    case = Case().received().later(days=1).held().later(days=5).spoken(purpose=Purpose.HOLD).later(days=1)

    case.spoken(purpose=Purpose.HOLD, at=MONDAY + 3 * DAY).spoken(purpose=Purpose.HOLD, at=MONDAY)

    assert [hold.called_at for hold in case.complaint.open_holds] == [MONDAY + 6 * DAY]


def test_once_it_is_over_nobody_calls():
    case = Case().received().held().no_longer_held().later(days=1)

    case.spoken(purpose=Purpose.HOLD)

    assert [hold.called_at for hold in case.complaint.beside.holds] == [None]
    assert next_calls(case) == {}


# --- MOVES 26: Archive -----------------------------------------------------------------------------------------------


@shows(Archive, "hold.legal")
def test_nothing_is_put_away_that_the_law_wants_kept():
    case = Case().to(State.CLOSED).held("files", by=han, kind=HoldKind.LEGAL).later(days=31)

    refusals = case.refused(Archive, by=zheng)

    assert refusals == (Refusal("hold.legal", who=("legal",), holds=("files",)),)


def test_after_its_release_it_is_put_away():
    case = (
        Case()
        .to(State.CLOSED)
        .held("files", by=han, kind=HoldKind.LEGAL)
        .later(days=31)
        .no_longer_held("files", by=han)
    )

    case.archived()

    assert case.state is State.ARCHIVED


def test_other_holds_keep_nothing_from_the_archive():
    case = Case().to(State.CLOSED).held("bumper").later(days=31)

    case.archived()

    assert case.state is State.ARCHIVED


def test_of_two_holds_only_the_one_that_is_named_is_released():
    case = Case().received().held("bumper").held("paint")

    case.no_longer_held("bumper")

    assert [hold.id for hold in case.complaint.open_holds] == ["paint"]
