"""Promises and due dates: put off, released, kept, warned of, missed for good (R16, R55, invariant 5)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from complaints import InvalidCommandError, Money, Refusal, Severity, State
from complaints.errors import Fault
from complaints.model.beside import Breach
from complaints.model.people import SYSTEM
from complaints.model.promise import Promise
from complaints.model.words import ClockState, PromiseState
from complaints.stages.due_dates import RecordBreach, RecordLapse, RecordWarning, SettleDueDate
from complaints.stages.promises import ExtendPromise, KeepPromise, MakePromise, ReleasePromise
from complaints.stages.proposal import ReturnProposals
from complaints.stages.review import Close
from tests.stages.cases import MONDAY, Case, chen, li, promise, qian, shows, sun, yuan, zhao

DAY = timedelta(days=1)


def with_a_call_promised(days: int = 3) -> Case:
    return Case().received(takes_on=False).promised(promise=promise("call", due_at=MONDAY + days * DAY))


def the_call(case: Case) -> Promise:
    return next(one for one in case.complaint.promises if one.id == "call")


# --- MakePromise, KeepPromise (R55) ----------------------------------------------------------------------------------


def test_a_promise_is_in_the_register_from_when_it_was_made():
    case = Case().received()

    case.promised(by=li, promise=promise("call", due_at=MONDAY + DAY))

    assert case.complaint.open_promises == (
        Promise(id="call", made_by="li", made_at=MONDAY, due_at=MONDAY + DAY, number=2),
    )


@shows(MakePromise, "promise.doubled")
def test_promises_are_told_apart_by_their_names_for_life():
    case = Case().received().promised(promise=promise("call")).kept("call")

    refusals = case.refused(MakePromise, by=li, promise=promise("call"))

    assert refusals == (Refusal("promise.doubled", promise="call"),)


@shows(MakePromise, "promise.too_soon")
def test_a_promise_is_for_a_time_that_lies_ahead():
    case = Case().received()

    refusals = case.refused(MakePromise, by=li, promise=promise(due_at=MONDAY))

    assert refusals == (Refusal("promise.too_soon"),)


@shows(MakePromise, "promise.beyond_authority")
def test_nobody_promises_lightly():
    case = Case().received().graded(Severity.MAJOR)

    refusals = case.refused(MakePromise, by=qian, promise=promise(cost=yuan(10_001)))

    assert refusals == (Refusal("promise.beyond_authority", who=("general_manager", "group")),)


def test_a_promise_in_foreign_money_is_beyond_every_limit_but_the_last():
    case = Case().received()

    refusals = case.refused(MakePromise, by=sun, promise=promise(cost=Money(1, "EUR")))

    assert refusals == (Refusal("promise.beyond_authority", who=("group",)),)


def test_a_promise_that_costs_nothing_is_anybodys():
    case = Case().received()

    case.promised(by=chen, promise=promise(cost=yuan(0)))

    assert case.complaint.promises[0].made_by == "chen"


@shows(MakePromise, "text.discourteous")
def test_a_promise_is_courteous():
    case = Case().received()

    refusals = case.refused(MakePromise, by=li, promise=promise(text="不归我管，周四再说。"))

    assert refusals == (Refusal("text.discourteous", phrases=("不归我管",)),)


@pytest.mark.parametrize(
    ("days", "state"), [(1, PromiseState.KEPT), (3, PromiseState.KEPT), (4, PromiseState.KEPT_LATE)]
)
def test_kept_late_is_kept_late(days, state):
    case = Case().received().promised(promise=promise("call", due_at=MONDAY + 3 * DAY)).later(days=days)

    case.kept("call")

    kept = case.complaint.promises[0]
    assert (kept.state, kept.settled_at) == (state, MONDAY + days * DAY)


def test_kept_in_time_and_recorded_late_is_kept_in_time():
    case = Case().received().promised(promise=promise("call", due_at=MONDAY + DAY)).later(days=5)

    case.does(KeepPromise, by=li, promise="call", at=MONDAY + DAY)

    assert case.complaint.promises[0].state is PromiseState.KEPT


@shows(KeepPromise, "promises.none_open")
@shows(KeepPromise, "promise.not_open")
def test_only_what_is_owed_is_kept():
    case = Case().received().promised(promise=promise("call")).kept("call")

    refusals = case.refused(KeepPromise, by=li, promise="call")

    assert refusals == (Refusal("promises.none_open"), Refusal("promise.not_open", promises=()))


def test_a_promise_nobody_made_is_not_kept():
    case = Case().received().promised(promise=promise("call"))

    refusals = case.refused(KeepPromise, by=li, promise="letter")

    assert refusals == (Refusal("promise.not_open", promises=("call",)),)


# a broken promise that was kept in the end is no longer owed, and stays broken
def test_a_broken_promise_that_is_made_good_stays_broken():
    case = with_a_call_promised().later(days=4).missed(promise="call")
    owed = [one.id for one in case.complaint.owed_promises]

    case.kept("call")

    assert owed == ["call"]
    assert case.complaint.owed_promises == ()
    assert (the_call(case).state, the_call(case).settled_at) == (PromiseState.BROKEN, MONDAY + 4 * DAY)


# "done in time, recorded late" is a remark beside it
def test_kept_in_time_and_recorded_after_the_breach_is_a_remark_and_no_repair():
    case = with_a_call_promised().later(days=4).missed(promise="call")

    case.does(KeepPromise, by=li, promise="call", at=MONDAY + DAY)

    assert (the_call(case).state, the_call(case).settled_at) == (PromiseState.BROKEN, MONDAY + DAY)
    assert case.complaint.beside.breaches == (Breach(due=MONDAY + 3 * DAY, number=3, promise="call"),)


def test_while_a_broken_promise_is_not_made_good_the_complaint_is_not_closed():
    case = Case().to(State.REVIEW).every_promise_kept()
    case.promised(promise=promise("call", due_at=MONDAY + DAY)).later(days=2).missed(promise="call")

    refusals = case.refused(Close, by=zhao)

    assert refusals == (Refusal("promises.open", promises=("call",)),)


# --- ExtendPromise (R16, R55) ----------------------------------------------------------------------------------------


def test_a_promise_is_put_off_and_the_first_date_stays_visible():
    case = with_a_call_promised(days=3)

    case.put_off(due_at=MONDAY + 9 * DAY).put_off(due_at=MONDAY + 12 * DAY)

    assert the_call(case) == Promise(
        id="call",
        made_by="li",
        made_at=MONDAY,
        due_at=MONDAY + 12 * DAY,
        first_due_at=MONDAY + 3 * DAY,
        extended=2,
        number=2,
    )


def test_what_was_put_off_in_time_is_kept_in_time():
    case = with_a_call_promised(days=3).put_off(due_at=MONDAY + 9 * DAY).later(days=8)

    case.kept("call")

    assert the_call(case).state is PromiseState.KEPT


@shows(ExtendPromise, "extension.too_late")
def test_it_is_put_off_before_it_is_due_and_not_after():
    case = with_a_call_promised(days=3).later(days=4)

    refusals = case.refused(ExtendPromise, by=zhao)

    assert refusals == (Refusal("extension.too_late", due="2026-03-05T09:00:00+08:00"),)


def test_what_was_agreed_on_in_time_may_be_typed_late():
    case = with_a_call_promised(days=3).later(days=4)

    case.does(ExtendPromise, by=zhao, at=MONDAY + 3 * DAY, due_at=MONDAY + 9 * DAY)

    assert the_call(case).extended == 1


@shows(ExtendPromise, "extension.not_later")
def test_the_new_date_is_later_than_the_one_told_before():
    case = with_a_call_promised(days=3)

    refusals = case.refused(ExtendPromise, by=zhao, due_at=MONDAY + 3 * DAY)

    assert refusals == (Refusal("extension.not_later", due="2026-03-05T09:00:00+08:00"),)


@shows(ExtendPromise, "promise.broken")
def test_a_broken_promise_is_not_put_off_any_more():
    case = with_a_call_promised(days=3).later(days=4).missed(promise="call")

    refusals = case.refused(ExtendPromise, by=zhao, at=MONDAY + DAY)

    assert refusals == (Refusal("promise.broken", promise="call"),)


@shows(ExtendPromise, "promises.none_open")
@shows(ExtendPromise, "promise.not_open")
def test_only_what_is_owed_is_put_off():
    case = with_a_call_promised().kept("call")

    refusals = case.refused(ExtendPromise, by=zhao)

    assert refusals == (Refusal("promises.none_open"), Refusal("promise.not_open", promises=()))


@shows(ExtendPromise, "text.discourteous")
def test_the_customer_is_told_the_later_date_with_courtesy():
    case = with_a_call_promised()

    refusals = case.refused(ExtendPromise, by=zhao, text="不行，下周再说。")

    assert refusals == (Refusal("text.discourteous", phrases=("不行",)),)


def test_a_specialist_does_not_put_it_off():
    case = with_a_call_promised()

    refusals = case.forbidden(ExtendPromise, by=li)

    assert refusals == (Refusal("move.not_permitted", who=("supervisor",), command="ExtendPromise"),)


# --- ReleasePromise (R55) --------------------------------------------------------------------------------------------


def test_the_customer_releases_the_house():
    case = with_a_call_promised().later(days=1)

    case.released()

    assert (the_call(case).state, the_call(case).settled_at) == (PromiseState.RELEASED, MONDAY + DAY)
    assert case.complaint.owed_promises == ()


def test_a_broken_promise_that_he_waives_stays_broken():
    case = with_a_call_promised().later(days=4).missed(promise="call")

    case.released()

    assert (the_call(case).state, the_call(case).settled_at) == (PromiseState.BROKEN, MONDAY + 4 * DAY)
    assert case.complaint.owed_promises == ()


@shows(ReleasePromise, "promises.none_open")
@shows(ReleasePromise, "promise.not_open")
def test_only_what_is_owed_is_released():
    case = with_a_call_promised().released()

    refusals = case.refused(ReleasePromise, by=li)

    assert refusals == (Refusal("promises.none_open"), Refusal("promise.not_open", promises=()))


def test_without_evidence_nobody_is_released():
    case = with_a_call_promised()

    with pytest.raises(InvalidCommandError) as refused:
        case.released(evidence="")

    assert [fault.field for fault in refused.value.faults] == ["evidence"]


# --- RecordBreach (invariant 5) --------------------------------------------------------------------------------------


def test_a_broken_promise_is_on_record_for_life():
    case = with_a_call_promised(days=3).later(days=4)

    case.missed(promise="call")

    assert the_call(case).state is PromiseState.BROKEN
    assert case.complaint.beside.breaches == (Breach(due=MONDAY + 3 * DAY, number=3, promise="call"),)


def test_a_missed_clock_is_on_record_with_its_very_due_date():
    case = Case().received(takes_on=False).later(hours=3)
    due = case.complaint.deadlines["acknowledge"].due

    case.missed(clock="acknowledge")

    assert case.complaint.beside.breaches == (Breach(due=due, number=2, clock="acknowledge"),)


def test_of_two_promises_only_the_one_that_is_named_is_kept():
    case = with_a_call_promised().promised(promise=promise("letter", due_at=MONDAY + DAY))

    case.kept("call")

    assert [(one.id, one.state) for one in case.complaint.promises] == [
        ("call", PromiseState.KEPT),
        ("letter", PromiseState.OPEN),
    ]


def test_a_clock_that_nobody_started_is_not_missed():
    case = Case().received(takes_on=False)

    refusals = case.refused(RecordBreach, by=SYSTEM, promise=None, clock="lunch", due=None)

    assert refusals == (Refusal("due.unknown", clocks=("acknowledge", "assign"), promises=()),)


@shows(RecordBreach, "breach.too_early")
def test_in_time_nothing_is_missed():
    case = with_a_call_promised(days=3).later(days=3)

    refusals = case.refused(RecordBreach, by=SYSTEM)
    clock = (
        Case().received(takes_on=False).refused(RecordBreach, by=SYSTEM, promise=None, clock="acknowledge", due=None)
    )

    assert refusals == (Refusal("breach.too_early", due="2026-03-05T09:00:00+08:00"),)
    assert clock == (Refusal("breach.too_early", due="2026-03-02T11:00:00+08:00"),)


@shows(RecordBreach, "breach.doubled")
def test_a_due_date_is_missed_once():
    case = Case().received(takes_on=False)
    due = case.complaint.deadlines["acknowledge"].due
    case.later(hours=3).missed(clock="acknowledge")

    refusals = case.refused(RecordBreach, by=SYSTEM, promise=None, clock="acknowledge", due=due)

    assert refusals == (Refusal("breach.doubled"),)


def test_what_is_missed_does_not_run_any_more():
    case = Case().received(takes_on=False).later(hours=3).missed(clock="acknowledge")

    refusals = case.refused(RecordBreach, by=SYSTEM, promise=None, clock="acknowledge")

    assert refusals == (Refusal("due.unknown", clocks=("assign", "answer_escalation:3"), promises=()),)


def test_a_clock_that_starts_anew_may_be_missed_anew():
    case = Case().to(State.APPROVAL).later(days=2).missed(clock="approve")
    case.does(ReturnProposals, by=qian).proposed("P3").proposed("P4").submitted().later(days=2)

    case.missed(clock="approve")

    assert [one.clock for one in case.complaint.beside.breaches] == ["approve", "approve"]


@shows(RecordBreach, "due.unknown")
def test_what_was_kept_late_is_not_broken():
    case = with_a_call_promised().later(days=4).kept("call")

    refusals = case.refused(RecordBreach, by=SYSTEM, promise="call", clock=None)

    assert refusals == (Refusal("due.unknown", clocks=("acknowledge", "assign"), promises=()),)


def test_what_is_broken_is_not_broken_again():
    case = with_a_call_promised().later(days=4).missed(promise="call")

    refusals = case.refused(RecordBreach, by=SYSTEM, promise="call", clock=None)

    assert refusals == (Refusal("due.unknown", clocks=("acknowledge", "assign", "answer_escalation:4"), promises=()),)


def test_a_breach_is_of_a_clock_or_of_a_promise():
    case = with_a_call_promised().later(days=4)

    with pytest.raises(InvalidCommandError) as refused:
        case.missed(promise="call", clock="acknowledge")

    assert refused.value.faults == (Fault("clock", "one_of", other="promise"),)


# --- RecordWarning ---------------------------------------------------------------------------------------------------


def test_a_due_date_that_comes_near_is_warned_of():
    case = with_a_call_promised(days=3)

    case.warned(promise="call").warned(clock="acknowledge")

    assert case.complaint.beside.warnings == ("promise:call",)
    assert case.complaint.deadlines["acknowledge"].state is ClockState.WARNED


@shows(RecordWarning, "warning.doubled")
def test_it_is_warned_of_once():
    case = with_a_call_promised().warned(promise="call").warned(clock="acknowledge")

    refusals = case.refused(RecordWarning, by=SYSTEM)
    clock = case.refused(RecordWarning, by=SYSTEM, promise=None, clock="acknowledge")

    assert refusals == clock == (Refusal("warning.doubled"),)


def test_a_promise_that_was_put_off_is_warned_of_once_more():
    case = with_a_call_promised().warned(promise="call").put_off(due_at=MONDAY + 9 * DAY)

    case.warned(promise="call")

    assert case.complaint.beside.warnings == ("promise:call",)


@shows(RecordWarning, "warning.too_late")
def test_what_is_past_is_a_breach_and_no_warning():
    case = with_a_call_promised(days=3).later(days=4)

    refusals = case.refused(RecordWarning, by=SYSTEM)
    clock = case.refused(RecordWarning, by=SYSTEM, promise=None, clock="acknowledge")

    assert refusals == (Refusal("warning.too_late", due="2026-03-05T09:00:00+08:00"),)
    assert clock == (Refusal("warning.too_late", due="2026-03-02T11:00:00+08:00"),)


def test_until_the_very_moment_it_is_due_there_is_time_to_warn():
    case = with_a_call_promised(days=3).later(days=3)

    case.warned(promise="call")

    assert case.complaint.beside.warnings == ("promise:call",)


@pytest.mark.parametrize("named", [{"promise": "call", "clock": "acknowledge"}, {}], ids=["both", "neither"])
def test_a_warning_is_of_a_clock_or_of_a_promise(named):
    case = with_a_call_promised()

    with pytest.raises(InvalidCommandError) as refused:
        case.warned(**named)

    assert refused.value.faults == (Fault("clock", "one_of", other="promise"),)


@shows(RecordWarning, "due.unknown")
def test_there_must_be_something_to_warn_of():
    case = with_a_call_promised().kept("call")

    refusals = case.refused(RecordWarning, by=SYSTEM, promise="call", clock=None)

    assert refusals == (Refusal("due.unknown", clocks=("acknowledge", "assign"), promises=()),)


# --- RecordLapse, SettleDueDate --------------------------------------------------------------------------------------


@shows(RecordLapse, "lapse.none")
def test_the_customer_has_the_whole_time_to_answer():
    case = Case().to(State.OFFER).later(days=30)

    refusals = case.refused(RecordLapse, by=SYSTEM)

    assert refusals == (Refusal("lapse.none", clocks=("customer_answer",)),)


@shows(SettleDueDate, "due.settled")
def test_what_is_not_provisional_is_not_settled():
    case = Case().received()

    refusals = case.refused(SettleDueDate, by=SYSTEM, clock="acknowledge")

    assert refusals == (Refusal("due.settled", clocks=()),)
