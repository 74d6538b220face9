"""What the clocks ask of every step, and what time does to a complaint ("Clocks, promises, calendars")."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import attrs
import pytest

from complaints import (
    Channel,
    Dealer,
    DefinitionError,
    Event,
    Fault,
    InvalidCommandError,
    Refusal,
    Role,
    Severity,
    State,
)
from complaints.calendars import Calendar, HolidayYear
from complaints.model.beside import Breach
from complaints.model.clock import Pause
from complaints.model.span import Skip
from complaints.model.words import (
    CaseStatus,
    ClockState,
    Direction,
    Duty,
    EndGround,
    HoldKind,
    Outcome,
    PromiseState,
    Purpose,
)
from complaints.policy import ClockRule, Span
from complaints.rows import Entry, Move
from complaints.stages.anytime import AddNote, RecordContact
from complaints.stages.ending import EndWithoutAgreement
from complaints.stages.family import Merge
from complaints.stages.intake import Assign
from complaints.stages.outside import UpdateExternalCase
from complaints.stages.promises import KeepPromise
from complaints.stages.review import Reopen
from tests.stages.cases import MONDAY, POLICY, SHANGHAI, Case, li, qian, shows, zhao

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CHINA = Dealer("SH01", calendar="CN")


def commands(case: Case) -> list[str]:
    return [event.name for event in case.events]


def last(case: Case, name: str) -> Event:
    return next(event for event in reversed(case.events) if event.name == name)


# --- every step ------------------------------------------------------------------------------------------------------


@shows(Move, "time.clock_back")
def test_no_step_is_taken_while_the_clock_has_gone_back():
    case = Case().to(State.CLOSED)
    ended = case.clock()
    case.clock.set(ended - HOUR)

    refusals = case.refused(Reopen, by=li, at=None)

    back = Refusal("time.clock_back", last=ended.isoformat(), now=(ended - HOUR).isoformat())
    assert refusals[0] == back


@shows(Entry, "time.clock_back")
def test_nor_anything_recorded():
    case = Case().received().later(days=1).does(AddNote, li)
    then = case.clock()
    case.clock.set(then - HOUR)

    refusals = case.refused(AddNote, by=li)

    assert refusals == (Refusal("time.clock_back", last=then.isoformat(), now=(then - HOUR).isoformat()),)


def test_a_slip_of_a_few_minutes_is_passed_over_and_nothing_is_recorded_before_the_last_event():
    case = Case().received().begun()
    then = case.clock()
    case.clock.set(then - timedelta(minutes=5))

    case.upheld()

    assert [event.recorded_at for event in case.events][-1] == then


# --- receipt (R8) ----------------------------------------------------------------------------------------------------


def test_what_is_recorded_late_has_been_due_since_it_was_received():
    case = Case().received(takes_on=False, received_at=MONDAY - DAY)

    clock = case.complaint.deadlines["acknowledge"]
    case.ticked()

    assert (clock.start, clock.due) == (MONDAY - DAY, MONDAY - DAY + 2 * HOUR)
    assert commands(case) == ["Receive", "RecordBreach", "Escalate", "RecordWarning"]


def test_who_is_heard_by_voice_is_acknowledged_at_once():
    case = Case().received(by=li, takes_on=True, channel=Channel.PHONE)

    clock = case.complaint.deadlines["acknowledge"]

    assert (clock.state, clock.stopped_at) == (ClockState.MET, MONDAY)


def test_working_days_are_those_of_the_dealers_calendar():
    case = Case(shop=CHINA)
    case.clock.set(datetime(2026, 2, 13, 9, tzinfo=SHANGHAI))

    case.received(received_at=case.clock())

    clock = case.complaint.deadlines["settle_at_once"]
    assert clock.due == datetime(2026, 2, 25, 23, 59, 59, tzinfo=SHANGHAI)
    assert (clock.within, clock.calendar, clock.provisional) == ("3 working days", "CN@2026", False)
    assert clock.skipped == (Skip(date(2026, 2, 15), date(2026, 2, 23), "holiday"),)


# --- what is met, late, cancelled ------------------------------------------------------------------------------------


def test_leaving_the_state_in_time_meets_its_clock():
    case = Case().received().begun().later(hours=3).upheld()

    clock = case.complaint.deadlines["judge"]

    assert (clock.state, clock.stopped_at) == (ClockState.MET, MONDAY + 3 * HOUR)
    assert case.complaint.beside.breaches == ()


def test_what_comes_too_late_is_recorded_as_missed_by_the_very_step():
    case = Case().received().begun().later(days=2).upheld()

    clock, missed = case.complaint.deadlines["judge"], last(case, "RecordBreach")

    assert (clock.state, clock.stopped_at) == (ClockState.BREACHED, MONDAY + 2 * DAY)
    assert case.complaint.beside.breaches == (Breach(due=clock.due, number=missed.number, clock="judge"),)
    assert missed.caused_by == last(case, "Uphold").number


def test_done_in_time_but_recorded_late_stays_a_breach_with_a_remark():
    case = Case().received(takes_on=False).ticked(hours=3)

    case.spoken(at=MONDAY + HOUR)

    clock = case.complaint.deadlines["acknowledge"]
    assert (clock.state, clock.stopped_at, clock.was_recorded_late) == (ClockState.BREACHED, MONDAY + HOUR, True)
    assert len(case.complaint.beside.breaches) == 1


def test_what_is_recorded_late_but_before_anybody_looked_is_no_breach():
    case = Case().received(takes_on=False).later(hours=3)

    case.spoken(at=MONDAY + HOUR)

    assert case.complaint.deadlines["acknowledge"].state is ClockState.MET
    assert case.complaint.beside.breaches == ()


def test_nothing_is_owed_on_what_was_voided():
    case = Case().received(takes_on=False).later(hours=1).voided()

    assert case.complaint.deadlines["acknowledge"].state is ClockState.CANCELLED


def test_assigning_anew_resets_no_clock():
    case = Case().received(takes_on=False).does(Assign, zhao, duty=Duty.HANDLER, assignee="li")
    before = case.complaint.deadlines["first_contact"]

    case.later(days=3).does(Assign, zhao, duty=Duty.HANDLER, assignee="chen")

    assert case.complaint.deadlines["first_contact"] == before
    assert before.due == datetime(2026, 3, 9, 23, 59, 59, tzinfo=SHANGHAI)


# R53: "contact an assigned customer within one week"
def test_the_first_contact_meets_the_week_and_a_new_handler_has_his_own():
    case = Case().received(takes_on=False).does(Assign, zhao, duty=Duty.HANDLER, assignee="li")
    case.later(days=1).spoken()
    met = case.complaint.deadlines["first_contact"]

    case.later(days=10).does(Assign, zhao, duty=Duty.HANDLER, assignee="chen")

    again = case.complaint.deadlines["first_contact"]
    assert (met.state, met.stopped_at) == (ClockState.MET, MONDAY + DAY)
    assert (again.state, again.start) == (ClockState.RUNNING, MONDAY + 11 * DAY)


# --- holds -----------------------------------------------------------------------------------------------------------


def test_a_hold_pauses_the_clocks_whose_rule_names_its_kind_and_no_other():
    case = Case().to(State.INVESTIGATION)
    own = case.complaint.deadlines

    case.later(days=1).held("bumper", kind=HoldKind.PARTS)

    clocks = case.complaint.deadlines
    assert (clocks["investigate"].state, clocks["investigate"].paused_at) == (ClockState.PAUSED, MONDAY + DAY)
    assert {name for name in own if clocks[name] != own[name]} == {"investigate"}


def test_released_it_is_due_as_much_later_as_it_stood_still():
    case = Case(shop=CHINA).to(State.INVESTIGATION)
    due = case.complaint.deadlines["investigate"].due
    case.later(days=1).held("bumper").later(days=5)

    case.no_longer_held("bumper")

    clock = case.complaint.deadlines["investigate"]
    assert due == datetime(2026, 3, 5, 23, 59, 59, tzinfo=SHANGHAI)
    # Tuesday to Sunday: three working days
    assert clock.due == datetime(2026, 3, 10, 23, 59, 59, tzinfo=SHANGHAI)
    assert (clock.state, clock.pauses) == (ClockState.RUNNING, (Pause(MONDAY + DAY, MONDAY + 6 * DAY),))


def test_of_two_holds_the_later_release_lets_it_run_on():
    case = Case().to(State.INVESTIGATION).held("bumper").held("garage", kind=HoldKind.THIRD_PARTY).later(days=2)

    case.no_longer_held("bumper")
    between = case.complaint.deadlines["investigate"].state
    case.later(days=1).no_longer_held("garage")

    assert between is ClockState.PAUSED
    assert case.complaint.deadlines["investigate"].pauses == (Pause(MONDAY, MONDAY + 3 * DAY),)


def test_a_hold_that_is_entered_when_it_is_late_already_saves_nothing():
    case = Case().to(State.INVESTIGATION).later(days=5)

    case.held("bumper", at=MONDAY + DAY)
    case.ticked()

    assert case.complaint.deadlines["investigate"].state is ClockState.BREACHED


# invariant 13
def test_what_an_authority_wants_never_waits():
    case = Case().to(State.INVESTIGATION).opened(due=(MONDAY + 10 * DAY).date())

    case.held("bumper").held("customer", kind=HoldKind.CUSTOMER)

    clock = case.complaint.deadlines["outside_answer:12315-7"]
    assert (clock.state, clock.statutory, clock.due.date()) == (ClockState.RUNNING, True, (MONDAY + 10 * DAY).date())


# --- ticks -----------------------------------------------------------------------------------------------------------


def test_what_comes_near_is_warned_of_once_and_missed_once():
    case = Case().received(takes_on=False)

    warned = case.ticked(hours=1).complaint.deadlines["acknowledge"].state
    case.ticked().ticked(hours=1)
    in_time = commands(case)
    case.ticked(minutes=1).ticked()

    assert warned is ClockState.WARNED
    assert in_time == ["Receive", "RecordWarning"]
    assert commands(case) == ["Receive", "RecordWarning", "RecordBreach", "Escalate"]


# "unassigned complaints escalate too"
def test_an_escalation_that_nobody_answers_goes_up_to_the_top_and_no_further():
    case = Case().received(takes_on=False)

    for _ in range(12):
        case.ticked(days=2)

    assert [one.to for one in case.complaint.beside.escalations] == [
        Role.SUPERVISOR,
        Role.MANAGER,
        Role.GENERAL_MANAGER,
        Role.GROUP,
    ]
    assert case.state is State.INTAKE


def test_a_promise_is_warned_of_broken_and_escalated_but_stays_owed():
    case = _with_a_promise()

    case.ticked(days=2).ticked(days=2)

    (promise,) = case.complaint.promises
    assert commands(case)[2:5] == ["RecordWarning", "RecordBreach", "Escalate"]
    assert (promise.state, case.complaint.owed_promises) == (PromiseState.BROKEN, (promise,))


def _with_a_promise() -> Case:
    return Case().received().promised()


# R55: "do not break one's word"
@pytest.mark.parametrize("is_noticed", [True, False], ids=["a tick had noticed", "nobody had looked"])
def test_a_promise_kept_late_was_broken_whether_or_not_a_tick_had_noticed(is_noticed):
    case = _with_a_promise().later(days=4)
    if is_noticed:
        case.ticked()

    case.kept(case.complaint.promises[0].id)

    (promise,) = case.complaint.promises
    assert promise.state is (PromiseState.BROKEN if is_noticed else PromiseState.KEPT_LATE)
    assert [(one.promise, one.due) for one in case.complaint.beside.breaches] == [(promise.id, promise.due_at)]
    assert case.complaint.owed_promises == ()


def test_what_was_done_too_late_is_on_record_and_asks_nobody():
    case = _with_a_promise().later(days=4).kept("call")

    assert commands(case)[-2:] == ["KeepPromise", "RecordBreach"]
    assert case.complaint.open_escalations == ()


def test_a_promise_released_after_its_date_was_broken_until_then():
    case = _with_a_promise().later(days=4).released()

    (promise,) = case.complaint.promises
    assert (promise.state, len(case.complaint.beside.breaches)) == (PromiseState.RELEASED, 1)


def test_a_promise_kept_in_time_but_entered_late_is_kept():
    case = _with_a_promise().later(days=4)

    case.does(KeepPromise, li, at=MONDAY + DAY)

    assert (case.complaint.promises[0].state, case.complaint.beside.breaches) == (PromiseState.KEPT, ())


def test_the_customers_silence_is_recorded_and_ends_nothing():
    case = Case().to(State.OFFER).ticked(days=31)

    assert case.complaint.deadlines["customer_answer"].state is ClockState.LAPSED
    assert case.state is State.OFFER


# MOVES 14: "lapsed or silent after three attempts"
def test_who_let_the_time_pass_may_be_told_that_it_ends():
    case = Case().to(State.OFFER).ticked(days=31)

    case.does(EndWithoutAgreement, qian, ground=EndGround.LAPSED)

    assert (case.state, case.complaint.outcome) == (State.FOLLOW_UP, Outcome.LAPSED)


def test_before_the_time_is_over_and_without_attempts_it_is_no_ground():
    case = Case().to(State.OFFER).ticked(days=29)

    refusals = case.refused(EndWithoutAgreement, by=qian, ground=EndGround.LAPSED)

    assert refusals == (Refusal("end.ground", ground="lapsed"),)


def test_a_graver_complaint_has_less_time_and_never_more():
    case = Case(policy=attrs.evolve(POLICY, packs=("house_4s", "oem_cn_grading"))).received(takes_on=False)

    hours = [case.complaint.deadlines["oem_reply"].due - MONDAY]
    for severity in (Severity.ESCALATED, Severity.MAJOR, Severity.GENERAL):
        case.graded(severity)
        hours.append(case.complaint.deadlines["oem_reply"].due - MONDAY)

    assert hours == [24 * HOUR, 8 * HOUR, 4 * HOUR, 4 * HOUR]


def test_the_history_of_all_that_verifies():
    case = (
        Case(shop=CHINA).to(State.INVESTIGATION).held("bumper").ticked(days=9).no_longer_held("bumper").ticked(days=9)
    )

    assert case.desk.verify(case.id).number == case.complaint.version


# --- a year that is not published yet --------------------------------------------------------------------------------

UNPUBLISHED = Calendar.of("XX")


def test_a_date_in_an_unpublished_year_is_provisional_and_receiving_never_fails():
    case = Case(calendar=UNPUBLISHED).received(takes_on=False)

    clock = case.complaint.deadlines["settle_at_once"]

    assert (clock.provisional, clock.due) == (True, datetime(2026, 3, 5, 23, 59, 59, tzinfo=SHANGHAI))
    assert commands(case.ticked()) == ["Receive"]


def test_once_the_year_is_known_a_tick_settles_it_by_an_event():
    case = Case(calendar=UNPUBLISHED).received(takes_on=False)
    day_off = {date(2026, 3, 4): "a day off"}
    year = HolidayYear(year=2026, off_days=day_off, working_days=())
    case.calendars = {"house": Calendar.of("XX", years=(year,))}
    case.desk = case.desk_with(case.lifecycle, case.desk.store)

    case.ticked().ticked()

    clock = case.complaint.deadlines["settle_at_once"]
    assert (clock.provisional, clock.due) == (False, datetime(2026, 3, 6, 23, 59, 59, tzinfo=SHANGHAI))
    assert commands(case).count("SettleDueDate") == 3  # the others are to acknowledge it and to assign somebody
    assert case.desk.verify(case.id).number == case.complaint.version


# --- merged ----------------------------------------------------------------------------------------------------------


# invariant 5
def test_a_promise_that_was_broken_at_the_survivor_comes_back_broken_and_on_record():
    gone = _with_a_promise()
    survivor = gone.another().received()
    gone.other = survivor.id
    gone.merged()
    survivor.ticked(days=9)

    gone.separated()

    (promise,) = gone.complaint.promises
    assert promise.state is PromiseState.BROKEN
    assert [(one.promise, one.due) for one in gone.complaint.beside.breaches] == [(promise.id, promise.due_at)]


def test_a_merged_complaint_is_not_looked_at():
    gone = Case().received(takes_on=False)
    survivor = gone.another().received(takes_on=False)
    gone.other = survivor.id
    gone.merged()

    gone.ticked(days=3)

    assert commands(gone) == ["Receive", "Merge"]
    assert "RecordBreach" in commands(survivor)


def test_merging_and_separating_leave_its_clocks_as_they_were():
    gone = Case().received().begun()
    survivor = gone.another().received(takes_on=False)
    gone.other = survivor.id
    before = gone.complaint.deadlines

    gone.later(hours=1).merged().later(hours=1).separated()

    assert gone.complaint.deadlines == before


def test_what_the_survivor_did_in_time_is_not_missed_when_it_comes_back():
    gone = Case().to(State.EXECUTION)
    survivor = gone.another().received()
    gone.other = survivor.id
    gone.merged()
    survivor.reported("M1/T1").later(days=30)

    gone.separated()

    task = gone.complaint.deadlines["task:T1"]
    assert task.due < gone.clock()
    assert (task.state, [one.clock for one in gone.complaint.beside.breaches]) == (ClockState.MET, [])


def test_what_is_not_a_moment_of_any_lifecycle_is_refused_when_the_desk_is_made():
    wrong = ClockRule(clock="own", starts=("Recieve",), stops=("answered",), within=Span.parse("1 day"))

    with pytest.raises(DefinitionError) as refused:
        Case(policy=attrs.evolve(POLICY, clocks=(wrong,)))

    assert refused.value.problems == ("house_4s: clock own: no command Recieve",)


# --- what a second look found ----------------------------------------------------------------------------------------


def test_a_date_that_is_on_record_as_missed_locks_nothing_when_the_clock_starts_anew_for_it():
    case = Case().received().held("parts-1").ticked(days=8)
    case.does(
        RecordContact, li, purpose=Purpose.HOLD, direction=Direction.INCOMING, reached=True, at=MONDAY + HOUR
    )  # entered late

    case.ticked()
    case.no_longer_held("parts-1")

    clock = case.complaint.deadlines["progress_call:parts-1"]
    assert (clock.state, len(case.complaint.beside.breaches)) == (ClockState.BREACHED, 1)


def test_a_slip_of_the_pen_in_an_authoritys_date_is_put_right():
    case = Case().received().opened(due=date(2026, 3, 5)).ticked(days=5)
    for day in (date(2026, 3, 20), date(2026, 3, 5)):
        case.does(UpdateExternalCase, qian, status=CaseStatus.OPEN, due=day)

    case.ticked().updated()

    missed = [one.clock for one in case.complaint.beside.breaches if one.clock.startswith("outside")]
    assert missed == ["outside_answer:12315-7"]


def test_what_one_record_of_a_tick_stops_is_not_missed_by_the_next():
    upward = ClockRule(clock="told_upward", starts=("Receive",), stops=("Escalate",), within=Span.parse("2 hours"))
    case = Case(policy=attrs.evolve(POLICY, clocks=(upward,))).received(takes_on=False)

    case.ticked(hours=3)

    assert case.complaint.deadlines["told_upward"].state is ClockState.BREACHED
    assert sorted(one.clock for one in case.complaint.beside.breaches) == ["acknowledge", "told_upward"]


def test_a_dealer_with_a_calendar_that_is_none_is_refused_when_the_desk_is_made():
    with pytest.raises(DefinitionError) as refused:
        Case(shop=Dealer("SH01", calendar="china"))

    assert refused.value.problems == ("china is neither a country's code nor a calendar that was passed in",)


def test_a_merge_launders_nothing_that_was_missed_by_then():
    gone = Case().to(State.INVESTIGATION).later(days=5)
    survivor = gone.another().received()
    gone.other = survivor.id

    gone.merged()

    assert [one.clock for one in gone.complaint.beside.breaches] == ["investigate"]


def test_the_stricter_date_is_warned_of_and_missed_in_its_own_time():
    gone = Case().to(State.INVESTIGATION)
    survivor = gone.another().later(days=2).to(State.INVESTIGATION)
    gone.other = survivor.id
    gone.merged()
    due = survivor.complaint.deadlines["investigate"].due

    survivor.clock.set(due + HOUR)
    survivor.ticked()

    assert ("investigate", due) in [(one.clock, one.due) for one in survivor.complaint.beside.breaches]


def test_an_outside_case_has_its_clock_wherever_it_was_opened():
    gone = Case().received()
    survivor = gone.another().received()
    gone.other = survivor.id
    gone.merged().opened(due=date(2026, 3, 5))

    gone.separated().ticked(days=30)

    assert "outside_answer:12315-7" in [one.clock for one in gone.complaint.beside.breaches]


def test_a_step_typed_by_another_waits_for_its_confirmation_whatever_the_step():
    gone = Case().received()
    survivor = gone.another().received()
    gone.other = survivor.id

    gone.does(Merge, zhao, typed_by=li)

    assert f"confirm_proxy:{gone.complaint.version}" in gone.complaint.deadlines


def test_a_promise_kept_late_at_the_survivor_comes_back_with_its_breach():
    gone = _with_a_promise()
    survivor = gone.another().received()
    gone.other = survivor.id
    gone.merged()
    survivor.later(days=9).kept("M1/call")

    gone.separated()

    assert gone.complaint.promises[0].state is PromiseState.KEPT_LATE
    assert [one.promise for one in gone.complaint.beside.breaches] == ["call"]


def test_archiving_a_merged_complaint_misses_nothing_that_its_survivor_kept():
    gone = Case().received().begun()
    survivor = gone.another().to(State.REVIEW)
    gone.other = survivor.id
    gone.merged()
    survivor.closed().later(days=40).archived()

    gone.archived()

    assert gone.complaint.beside.breaches == ()


def test_a_provisional_date_is_settled_before_anything_is_missed_by_it():
    case = Case(calendar=UNPUBLISHED).received().begun()
    year = HolidayYear(year=2026, off_days={date(2026, 3, 3): "a day off"}, working_days=())
    case.calendars = {"house": Calendar.of("XX", years=(year,))}
    case.desk = case.desk_with(case.lifecycle, case.desk.store)
    case.clock.set(datetime(2026, 3, 4, 9, tzinfo=SHANGHAI))

    case.ticked()

    assert "judge" not in [one.clock for one in case.complaint.beside.breaches]
    assert case.complaint.deadlines["judge"].due == datetime(2026, 3, 4, 23, 59, 59, tzinfo=SHANGHAI)


def test_nobody_is_asked_any_more_once_it_is_closed():
    case = Case().to(State.REVIEW).escalated().every_promise_kept().closed()

    (escalation,) = case.complaint.open_escalations
    assert case.complaint.deadlines[f"answer_escalation:{escalation.number}"].state is ClockState.CANCELLED
    assert commands(case.ticked(days=9))[-1] == "Close"


def test_no_day_stands_still_twice():
    case = Case().to(State.INVESTIGATION).later(days=2)
    for number in range(4):
        case.held(f"parts-{number}", at=MONDAY + HOUR).no_longer_held(f"parts-{number}")

    due = case.complaint.deadlines["investigate"].due
    assert due == datetime(2026, 3, 7, 23, 59, 59, tzinfo=SHANGHAI)


def test_of_two_holds_the_one_that_lasted_longer_counts_in_whatever_order_they_are_entered():
    case = Case().to(State.INVESTIGATION).held("a").later(days=1).held("b").later(days=5).no_longer_held("a")

    case.no_longer_held("b", at=MONDAY + 3 * DAY)

    assert case.complaint.deadlines["investigate"].pauses == (Pause(MONDAY, MONDAY + 6 * DAY),)


def test_what_stood_still_is_not_lost_when_a_complaint_gets_graver():
    shorter = ClockRule(
        clock="investigate",
        starts=("investigation",),
        within=Span.parse("5 calendar days"),
        by_severity={Severity.MAJOR: Span.parse("3 calendar days")},
        pauses=(HoldKind.PARTS,),
    )
    case = Case(policy=attrs.evolve(POLICY, clocks=(shorter,))).to(State.INVESTIGATION)
    case.held("bumper").later(days=10).no_longer_held("bumper")

    case.graded(Severity.MAJOR)

    assert case.complaint.deadlines["investigate"].due == datetime(2026, 3, 15, 23, 59, 59, tzinfo=SHANGHAI)


def test_a_clock_is_named_without_a_colon():
    with pytest.raises(InvalidCommandError) as refused:
        ClockRule(clock="oem:reply", starts=("Receive",), stops=("informed",), within=Span.parse("1 day"))

    assert refused.value.faults == (Fault("clock", "clock_name"),)


def test_a_merge_gives_an_authoritys_clock_no_time():
    platform = attrs.evolve(POLICY, packs=("house_4s", "cn_12315_2020"))
    gone = Case(policy=platform).received().opened()
    survivor = gone.another().received()
    gone.other = survivor.id
    due = gone.complaint.deadlines["platform_acceptance:12315-7"].due
    gone.later(days=3).merged()

    assert survivor.complaint.deadlines["platform_acceptance:M1/12315-7"].due == due
