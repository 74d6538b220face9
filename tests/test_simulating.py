"""What another policy would have changed: stored complaints replayed, before a number is changed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from complaints import (
    Actor,
    Dealer,
    DefinitionError,
    Desk,
    NaiveTimeError,
    NotPermittedError,
    Policy,
    Query,
    Refusal,
    Role,
    Severity,
    State,
)
from complaints.calendars import Calendar
from complaints.demo import run
from complaints.model.words import ClockKind, HoldKind, RemedyKind, RuleStanding
from complaints.policy import ClockRule, Span
from complaints.simulating import Figure, Kept, simulate
from complaints.stages.family import Merge
from complaints.stores import MemoryStore
from tests.lifecycle.own import OURS, ConsultManufacturer
from tests.stages.cases import GROUP, MONDAY, OF_NO_YEAR, SHANGHAI, Case, li, qian, remedy, wang, zhao

CN = Calendar.of("CN")
DAY = timedelta(days=1)


WHOLE_WAY = (
    Case.received,
    Case.begun,
    Case.upheld,
    lambda case: case.shown().found().concluded(),
    lambda case: case.consulted().proposed("P1").proposed("P2", remedy(RemedyKind.APOLOGY, 0)).submitted(),
    lambda case: case.read().approved(),
    lambda case: case.offered().accepted(),
    lambda case: case.done_and_booked().completed(),
    Case.called_back,
)


def judged_within(span: str) -> Policy:
    rule = ClockRule(clock="judge", starts=("judgment",), within=Span.parse(span), pauses=(HoldKind.CUSTOMER,))
    return Policy(version="2", clocks=(rule,))


def judged_after(*days: int) -> Desk:
    """A desk with a complaint for each number of days that its judgment took, all received on a Monday at nine."""
    store = MemoryStore()
    for later in days:
        Case(store=store, calendar=CN).received().begun().later(days=later).upheld()
    return Case(store=store, calendar=CN).desk


def judge(desk: Desk, policy: Policy, **asked: object) -> Figure:
    found = desk.simulate(policy, by=qian, **{"until": MONDAY + 30 * DAY, **asked}).figure("judge")
    assert found is not None
    return found


# --- what a manager needs before changing a number ------------------------------------------------------------------


# Monday 2 March + 1 working day is Tuesday, + 3 is Thursday
def test_with_three_days_instead_of_one_more_would_have_been_judged_in_time():
    desk = judged_after(0, 1, 2, 3, 4)

    figure = judge(desk, judged_within("3 working days"))

    assert figure == Figure(
        clock="judge",
        kind=ClockKind.OWED,
        then=Kept(spans=("1 working day",), started=5, in_time=2, late=3),
        now=Kept(spans=("3 working days",), started=5, in_time=4, late=1),
    )
    assert (figure.number, figure.difference) == (5, 2)


def test_with_less_time_fewer_would_have_been():
    figure = judge(judged_after(0, 1), judged_within("2 hours"))

    assert (figure.then.in_time, figure.now.in_time, figure.difference) == (2, 1, -1)


def test_what_is_open_is_late_or_may_still_be_done_by_the_moment_asked_about():
    desk = Case(calendar=CN).received().begun().desk

    kept = [judge(desk, judged_within("3 working days"), until=MONDAY + days * DAY) for days in (1, 2, 4)]

    assert [(one.then.running, one.then.overdue) for one in kept] == [(1, 0), (0, 1), (0, 1)]
    assert [(one.now.running, one.now.overdue) for one in kept] == [(1, 0), (1, 0), (0, 1)]


def test_what_was_recorded_later_is_left_out():
    desk = judged_after(4)

    early = judge(desk, judged_within("3 working days"), until=MONDAY + 3 * DAY)

    assert (early.then, early.now) == (
        Kept(spans=("1 working day",), started=1, overdue=1),
        Kept(spans=("3 working days",), started=1, running=1),
    )


def test_a_breach_on_record_is_one_then_and_none_with_enough_time():
    case = Case(calendar=CN).received().begun().ticked(days=2).upheld()

    figure = judge(case.desk, judged_within("3 working days"))

    assert [one.clock for one in case.complaint.beside.breaches] == ["judge"]
    assert (figure.then.late, figure.now.in_time) == (1, 1)


# invariant 5: done in time and recorded late stays a breach on record; but the deed was in time under both policies
def test_what_was_done_in_time_and_recorded_late_was_in_time():
    case = Case(calendar=CN).received().begun().ticked(days=2)
    case.explained(at=MONDAY + timedelta(hours=3))

    figure = judge(case.desk, judged_within("1 working day"))

    assert "judge" in [one.clock for one in case.complaint.beside.breaches]
    assert (figure.then.in_time, figure.now.in_time) == (1, 1)


# what the system recorded of a clock then is no fact where the clock has more time
def test_a_breach_of_then_keeps_no_hold_from_pausing_what_would_have_been_none():
    case = Case(calendar=CN).received().begun().ticked(days=2)
    case.held("answer", kind=HoldKind.CUSTOMER).later(days=9).no_longer_held("answer").upheld()

    figure = judge(case.desk, judged_within("3 working days"))

    assert (figure.then.late, figure.now.in_time) == (1, 1)


def test_a_date_that_was_settled_then_needs_no_settling_where_there_is_no_such_clock():
    case = Case(calendar=OF_NO_YEAR).received().begun().settled_due()

    found = case.desk.simulate(Policy(packs=(), authority=Policy().authority), by=qian)

    assert (found.failed, {one.now.started for one in found.figures}) == ({}, {0})


def test_a_hold_of_then_pauses_the_clocks_that_the_other_rules_pause():
    case = Case(calendar=CN).received().begun()
    case.held("answer", kind=HoldKind.CUSTOMER).later(days=3).no_longer_held("answer").upheld()
    never_pauses = ClockRule(clock="judge", starts=("judgment",), within=Span.parse("1 working day"))

    figure = judge(case.desk, Policy(clocks=(never_pauses,)))

    assert (figure.then.in_time, figure.now.late) == (1, 1)


def test_a_complaint_that_gets_graver_has_less_time_by_the_other_rules():
    case = Case(calendar=CN).received().begun().graded(Severity.MAJOR).later(hours=5).upheld()
    quick = ClockRule(
        clock="judge",
        starts=("judgment",),
        within=Span.parse("1 working day"),
        by_severity={Severity.MAJOR: Span.parse("2 hours")},
    )

    figure = judge(case.desk, Policy(clocks=(quick,)))

    assert (figure.now.spans, figure.now.late, figure.then.in_time) == (("2 hours",), 1, 1)


# whether a tick ran at every moment or none ever did
@pytest.mark.parametrize("ticks", [True, False])
@pytest.mark.parametrize("severity", Severity)
def test_the_policy_that_was_in_force_gives_what_was_recorded(severity, ticks):
    case = Case(calendar=CN)
    for step in WHOLE_WAY:
        step(case.graded(severity) if case.id.int else case)
        case.ticked(days=2) if ticks else case.later(days=2)
    case.held().later(days=9).no_longer_held()

    found = case.desk.simulate(case.policy, by=qian, until=case.clock())

    assert [one.now for one in found.figures] == [one.then for one in found.figures]
    assert sum(one.then.late + one.then.overdue for one in found.figures) > 3


def test_the_demonstration_replayed_under_its_own_policy_is_as_it_was(tmp_path):
    run(database=str(tmp_path / "demo.db"), language="en", say=lambda text: None)

    with Desk.open(f"sqlite:///{tmp_path}/demo.db", dealers=[Dealer("DEMO01")]) as desk:
        same = desk.simulate(Policy(), by=GROUP)
        quicker = desk.simulate(judged_within("2 hours"), by=GROUP).figure("judge")

    assert [one.now for one in same.figures] == [one.then for one in same.figures]
    assert (same.complaints, same.failed, len(same.figures) > 10) == (77, {}, True)
    assert quicker.difference < 0


# --- clocks of one policy alone -------------------------------------------------------------------------------------


def test_a_clock_that_only_the_other_policy_has_was_kept_by_nobody_then():
    first_look = ClockRule(
        clock="first_look", starts=("Receive",), stops=("leaving intake",), within=Span.parse("4 hours")
    )
    desk = Case(calendar=CN).received().later(hours=3).begun().desk

    figure = desk.simulate(Policy(clocks=(first_look,)), by=qian).figure("first_look")

    assert figure == Figure(
        clock="first_look",
        kind=ClockKind.OWED,
        then=Kept(),
        now=Kept(spans=("4 hours",), started=1, in_time=1),
    )


def test_a_clock_that_the_other_policy_has_not_would_have_been_kept_by_nobody():
    figure = judge(judged_after(0), Policy(packs=(), authority=Policy().authority))

    assert (figure.then.in_time, figure.now) == (1, Kept())


# the day of receipt chooses the pack, under the other policy as well
def test_a_rule_without_a_number_tells_nobody_whether_it_was_kept():
    unknown = ClockRule(clock="judge", starts=("judgment",), standing=RuleStanding.UNVERIFIED)
    figure = judge(judged_after(0), Policy(clocks=(unknown,)))

    assert (figure.now, figure.difference) == (Kept(spans=("",), started=1, undated=1), -1)


def test_a_window_ends_and_is_nobodys_breach():
    case = Case(calendar=CN).to(State.CLOSED)

    figure = case.desk.simulate(Policy(), by=qian, until=MONDAY + 60 * DAY).figure("reopen")

    assert figure.now == figure.then == Kept(spans=("30 calendar days",), started=1, ended=1)


def test_a_clock_that_starts_anew_counts_each_time():
    case = Case(calendar=CN).to(State.CLOSED).reopened()

    figure = judge(case.desk, judged_within("3 working days"), until=case.clock())

    assert (figure.then.started, figure.now.started) == (2, 2)
    assert (figure.now.in_time, figure.now.running) == (1, 1)


# --- merged complaints ----------------------------------------------------------------------------------------------


def test_what_a_merged_complaint_owed_is_owed_once_and_by_the_survivor():
    case = Case().received().begun().having_absorbed(State.JUDGMENT)

    figure = judge(case.desk, judged_within("3 days"))

    assert figure.then == Kept(spans=("1 working day",), started=2, cancelled=1, overdue=1)
    assert figure.now == Kept(spans=("3 calendar days",), started=2, cancelled=1, overdue=1)


# MOVES 23: the merged complaint's judgment was due earlier, and that date counts for the survivor
def test_the_strictest_date_of_a_family_is_reckoned_by_the_other_rules():
    survivor = Case()
    merged = survivor.another().received().begun()
    survivor.later(days=1).received().begun()
    survivor.other = merged.id
    merged.does(Merge, qian, survivor=survivor.id)

    days = {2: (1, 0, 1), 4: (1, 1, 0)}
    kept = {later: judge(survivor.desk, judged_within("3 days"), until=MONDAY + later * DAY) for later in days}

    assert {later: (one.then.overdue, one.now.overdue, one.now.running) for later, one in kept.items()} == days


# --- whose complaints -----------------------------------------------------------------------------------------------


def test_only_some_complaints_are_replayed_where_a_query_says_so():
    desk = judged_after(0, 2)

    found = desk.simulate(judged_within("3 working days"), by=qian, query=Query(received_until=MONDAY))

    assert (found.complaints, found.figures) == (0, ())


def test_many_complaints_are_replayed_page_by_page_and_progress_is_told():
    told: list[tuple[int, int]] = []
    desk = judged_after(*([0] * 3))

    found = desk.simulate(Policy(), by=qian, query=Query(limit=1), progress=lambda *done: told.append(done))

    assert (found.complaints, told) == (3, [(1, 3), (2, 3), (3, 3)])


def test_another_dealers_manager_replays_nothing_of_ours():
    desk = judged_after(0)

    theirs = desk.simulate(Policy(), by=Actor("deng", Role.MANAGER, dealer="BJ02"))

    assert (theirs.complaints, theirs.figures) == (0, ())
    assert desk.simulate(Policy(), by=GROUP).complaints == 1


@pytest.mark.parametrize("by", [li, zhao, wang])
def test_only_a_manager_or_above_replays(by):
    with pytest.raises(NotPermittedError) as refused:
        judged_after(0).simulate(Policy(), by=by)

    assert refused.value.refusals == (Refusal("simulate.not_permitted", who=("manager",)),)


def test_whoever_looks_at_readers_is_told_whose_histories_were_replayed():
    told: list[tuple[str, str]] = []
    case = Case(on_read=lambda by, what, ids: told.append((by.id, what))).received()
    told.clear()

    case.desk.simulate(Policy(), by=qian)

    assert told == [("qian", "find"), ("qian", "history")]


# --- what is refused ------------------------------------------------------------------------------------------------


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(NaiveTimeError):
        judged_after(0).simulate(Policy(), by=qian, until=MONDAY.replace(tzinfo=None))


def test_a_policy_with_a_command_that_there_is_not_is_refused():
    odd = ClockRule(clock="odd", starts=("Recieve",), stops=("contacted",), within=Span.parse("1 day"))

    with pytest.raises(DefinitionError) as refused:
        judged_after(0).simulate(Policy(clocks=(odd,)), by=qian)

    assert refused.value.problems == ("house_4s: clock odd: no command Recieve",)


def test_a_policy_for_a_dealer_that_is_not_served_is_refused():
    with pytest.raises(DefinitionError):
        judged_after(0).simulate({"XX99": Policy()}, by=qian)


def test_each_dealer_may_be_tried_with_a_policy_of_its_own():
    found = judged_after(0, 2).simulate({"SH01": judged_within("3 working days")}, by=qian, until=MONDAY + 30 * DAY)

    assert (found.policies, found.figure("judge").difference) == (("house_4s@2",), 1)


def test_one_history_that_nobody_can_read_stops_no_other():
    case = Case(lifecycle=OURS).to(State.INVESTIGATION).does(ConsultManufacturer, li)
    Case(store=case.desk.store).received()
    desk = Case(store=case.desk.store).desk

    found = desk.simulate(Policy(), by=qian)

    assert (found.complaints, [error.code for error in found.failed.values()]) == (1, ["definition.unknown"])


# --- without a desk -------------------------------------------------------------------------------------------------


def test_histories_from_anywhere_are_replayed_one_at_a_time():
    case = Case(calendar=CN).received().begun().later(days=2).upheld()
    given = iter([case.events, ()])

    found = simulate(given, policy=judged_within("3 working days"), calendar=CN, zone=SHANGHAI, until=case.clock())

    assert (found.complaints, found.policies, found.figure("judge").difference) == (1, ("house_4s@2",), 1)
    assert found.figure("nothing") is None
