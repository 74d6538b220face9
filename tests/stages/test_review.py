"""Stage 6 总结评价: called back by somebody else, evaluated, classified, closed, kept (R32–R48, R61, R62)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from complaints import Channel, Department, ExternalRef, Policy, Refusal, Severity, State
from complaints.errors import Fault, InvalidCommandError
from complaints.model.execution import Measure
from complaints.model.review import Attempt, Classification, FollowUp, Improvement, NoWayFurther
from complaints.model.words import (
    Alarm,
    Cause,
    Duty,
    MeasureKind,
    MeasureRole,
    Outcome,
    RemedyKind,
    ReworkReason,
    Satisfaction,
    TaskResult,
    Track,
)
from complaints.rows import Move
from complaints.stages.due_dates import RecordBreach
from complaints.stages.erasure import Redact
from complaints.stages.review import (
    Archive,
    Close,
    PlanImprovement,
    RecordFollowUp,
    Reopen,
    ReturnForRework,
    VerifyImprovement,
)
from tests.stages.cases import (
    LIFECYCLE,
    MONDAY,
    SHANGHAI,
    Case,
    chen,
    gao_answers,
    li,
    promise,
    qian,
    remedy,
    shows,
    sun,
    wang,
    with_other_row,
    zhao,
    zheng,
)

AGAIN = remedy(RemedyKind.FREE_REWORK, 0)
COURT = ExternalRef(system="12315", kind="case", id="77")


def told_no(**changes):
    said = {
        "reason": "感谢您的意见，我们已尽力。",
        "told_where": "消费者协会 12315",
        "told_at": MONDAY,
        **changes,
    }
    return NoWayFurther(**said)


# --- MOVES 19: RecordFollowUp ----------------------------------------------------------------------------------------


# R36: after handling comes the call-back, and somebody else makes it
def test_somebody_else_than_the_handler_calls_back():
    case = Case().to(State.FOLLOW_UP).later(days=2)

    case.called_back(Satisfaction.SATISFIED, by=chen, suggestions="more seats, please")

    complaint = case.complaint
    assert complaint.state is State.REVIEW
    assert complaint.follow_up == FollowUp(
        number=complaint.version,
        result=Satisfaction.SATISFIED,
        at=MONDAY + timedelta(days=2),
        channel=Channel.FOLLOWUP_CALL,
        caller="chen",
    )


@shows(RecordFollowUp, "caller.handled_it")
def test_the_handler_does_not_ask_after_his_own_work():
    case = Case().to(State.FOLLOW_UP)

    refusals = case.refused(RecordFollowUp, by=li)

    assert refusals == (Refusal("caller.handled_it"),)


def test_a_former_handler_does_not_ask_either():
    case = Case().received().assigned(Duty.HANDLER, "zhao").answered(Duty.HANDLER, by=zhao).begun(by=zhao)
    case.explained().understood()

    refusals = (case.refused(RecordFollowUp, by=li), case.refused(RecordFollowUp, by=zhao))

    assert refusals == ((Refusal("caller.handled_it"),), (Refusal("caller.handled_it"),))


def test_the_customers_own_message_needs_no_caller():
    case = Case().to(State.FOLLOW_UP)

    case.called_back(by=li, channel=Channel.WECHAT, message="wechat-12")

    assert case.state is State.REVIEW


@shows(RecordFollowUp, "actor.involved")
def test_the_person_complained_of_does_not_call():
    case = Case().to(State.FOLLOW_UP).about("chen")

    refusals = case.refused(RecordFollowUp, by=chen)

    assert refusals == (Refusal("actor.involved"),)


# R37: a customer who does not want to answer, or cannot be reached, counts as what he is
def test_a_customer_may_decline_to_answer():
    case = Case().to(State.FOLLOW_UP)

    case.called_back(Satisfaction.DECLINED)

    assert (case.complaint.follow_up.result, case.complaint.first_satisfaction) == (Satisfaction.DECLINED, None)


def test_the_first_answer_is_kept_beside_the_last():
    case = Case().to(State.FOLLOW_UP).called_back(Satisfaction.DISSATISFIED)
    case.reworked(ReworkReason.REMEDY_NOT_DONE, remedies=(AGAIN,)).done_and_booked().completed()

    case.called_back(Satisfaction.SATISFIED)

    complaint = case.complaint
    assert (complaint.first_satisfaction, complaint.follow_up.result) == (
        Satisfaction.DISSATISFIED,
        Satisfaction.SATISFIED,
    )


# "unreachable: three attempts, two channels, two days"
@shows(RecordFollowUp, "customer.not_tried_enough")
def test_trying_once_is_not_unreachable():
    case = Case().to(State.FOLLOW_UP).tried(Channel.PHONE)

    refusals = case.refused(RecordFollowUp, by=chen, result=Satisfaction.UNREACHABLE)

    assert refusals == (Refusal("customer.not_tried_enough", attempts=1, channels=1, days=1),)


@pytest.mark.parametrize(
    ("attempts", "counted"),
    [
        ([(0, Channel.PHONE), (1, Channel.SMS)], (2, 2, 2)),
        ([(0, Channel.PHONE), (1, Channel.PHONE), (2, Channel.PHONE)], (3, 1, 3)),
        ([(0, Channel.PHONE), (0, Channel.SMS), (0, Channel.PHONE)], (3, 2, 1)),
        ([(0, Channel.PHONE), (0, Channel.SMS), (1, Channel.PHONE)], None),
    ],
)
def test_three_attempts_on_two_channels_on_two_days(attempts, counted):
    case = Case().to(State.FOLLOW_UP)
    for day, channel in attempts:
        case.clock.set(MONDAY + timedelta(days=day))
        case.tried(channel)

    refusals = case.desk.explain(case.form(RecordFollowUp, result=Satisfaction.UNREACHABLE), by=chen)

    tried = {} if counted is None else dict(zip(("attempts", "channels", "days"), counted, strict=True))
    assert refusals == (() if counted is None else (Refusal("customer.not_tried_enough", **tried),))


def test_two_days_are_two_days_in_the_shops_own_time():
    case = Case().to(State.FOLLOW_UP)
    case.clock.set(datetime(2026, 3, 2, 23, 30, tzinfo=SHANGHAI))
    case.tried(Channel.PHONE).tried(Channel.SMS).later(hours=1).tried(Channel.PHONE)

    case.called_back(Satisfaction.UNREACHABLE)

    assert case.state is State.REVIEW


def test_a_call_that_reached_the_customer_is_no_vain_attempt():
    case = Case().to(State.FOLLOW_UP).tried(Channel.PHONE).tried(Channel.SMS).later(days=1)

    case.tried(Channel.PHONE, reached=True)

    refusals = case.refused(RecordFollowUp, by=chen, result=Satisfaction.UNREACHABLE)
    assert refusals == (Refusal("customer.not_tried_enough", attempts=2, channels=2, days=1),)


def unreachable_once():
    case = Case().to(State.FOLLOW_UP).tried(Channel.PHONE).tried(Channel.SMS).later(days=1).tried(Channel.PHONE)
    case.called_back(Satisfaction.UNREACHABLE).reworked(ReworkReason.REMEDY_NOT_DONE, remedies=(AGAIN,))
    return case.later(days=1).done_and_booked().completed()


# "a rule counts only facts recorded since its stage was last entered: … attempts"
def test_after_rework_the_customer_is_tried_anew():
    case = unreachable_once()

    refusals = case.refused(RecordFollowUp, by=chen, result=Satisfaction.UNREACHABLE)

    assert refusals == (Refusal("customer.not_tried_enough", attempts=0, channels=0, days=0),)


def test_attempts_of_this_pass_replace_those_of_the_last():
    case = unreachable_once()

    case.tried(Channel.EMAIL)

    assert case.complaint.attempts == (Attempt(at=case.clock(), channel=Channel.EMAIL, by="chen", was_reached=False),)


def test_how_hard_to_try_is_the_houses_to_say():
    patient = Policy(callback_attempts=1, callback_channels=1, callback_days=1)
    case = Case(policy=patient).to(State.FOLLOW_UP).tried()

    case.called_back(Satisfaction.UNREACHABLE)

    assert case.state is State.REVIEW


# R53, R39: the call-back starts its three days on entering, and the evaluation its five on answering
def test_the_answer_starts_the_clock_of_the_evaluation():
    case = Case().to(State.FOLLOW_UP)

    case.called_back()

    assert case.complaint.deadlines["evaluate"].due.isoformat() == "2026-03-07T23:59:59+08:00"


# --- R46: what is ticked and what is said ----------------------------------------------------------------------------


@shows(RecordFollowUp, "followup.contradiction")
def test_a_satisfied_customer_who_finds_fault_is_asked_again():
    case = Case().to(State.FOLLOW_UP)

    refusals = case.refused(RecordFollowUp, by=chen, suggestions="等太久了，有点失望。", reason_withheld=False)

    assert refusals == (Refusal("followup.contradiction", result="satisfied", phrases=("太久", "失望")),)


@pytest.mark.parametrize("result", [Satisfaction.NEUTRAL, Satisfaction.DISSATISFIED])
def test_so_is_one_who_only_praises_and_is_not_satisfied(result):
    case = Case().to(State.FOLLOW_UP)

    refusals = case.refused(RecordFollowUp, by=chen, result=result, reason="很好，师傅很专业，谢谢！")

    assert refusals == (Refusal("followup.contradiction", result=result.value, phrases=("很好", "专业")),)


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (Satisfaction.SATISFIED, {"suggestions": "没有不满意的地方"}),
        (Satisfaction.SATISFIED, {"suggestions": "no complaints, thank you"}),
        (Satisfaction.SATISFIED, {}),
        (Satisfaction.NEUTRAL, {"reason": "服务很好，就是等待时间长"}),
        (Satisfaction.DISSATISFIED, {"reason": "等太久了", "suggestions": "师傅很专业"}),
        (Satisfaction.DISSATISFIED, {"reason_withheld": True}),
        (Satisfaction.DECLINED, {"suggestions": "太差"}),
    ],
)
def test_what_fits_together_is_taken_as_it_is(result, said):
    case = Case().to(State.FOLLOW_UP)

    case.called_back(result, **{"reason_withheld": False, **said})

    assert case.state is State.REVIEW


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (Satisfaction.SATISFIED, {"suggestions": "等太久了"}),
        (Satisfaction.NEUTRAL, {"reason": "很好"}),
    ],
)
def test_what_the_customer_has_confirmed_stands(result, said):
    case = Case().to(State.FOLLOW_UP)

    case.called_back(result, confirmed=True, **{"reason_withheld": False, **said})

    assert case.complaint.follow_up.result is result


# R38: a record that is not complete is none
@pytest.mark.parametrize("missing", ["result", "channel"])
def test_a_call_back_without_result_or_channel_is_no_record(missing):
    case = Case().to(State.FOLLOW_UP)

    with pytest.raises(InvalidCommandError) as stopped:
        case.form(RecordFollowUp, **{missing: None})

    assert [fault.field for fault in stopped.value.faults] == [missing]


# R46: neutral is treated like dissatisfied
@pytest.mark.parametrize("result", [*Satisfaction])
def test_below_satisfied_the_reason_is_asked_for(result):
    case = Case().to(State.FOLLOW_UP)

    try:
        case.form(RecordFollowUp, result=result, reason_withheld=False)
        faults = ()
    except InvalidCommandError as error:
        faults = error.faults

    is_below = result in (Satisfaction.NEUTRAL, Satisfaction.DISSATISFIED)
    assert faults == ((Fault("reason", "reason_must_be_asked"),) if is_below else ())


# R48: what the call was about, and when and by whom (R38)
def test_the_record_tells_what_the_call_was_about_and_what_was_said():
    case = Case().to(State.FOLLOW_UP)
    order = ExternalRef(system="dms", kind="repair_order", id="RO-7")

    case.called_back(Satisfaction.NEUTRAL, service=order, reason="等待时间偏长", suggestions="多几个座位")

    event = case.events[-1]
    assert (event.by, event.at, event.command.channel) == (chen, MONDAY, Channel.FOLLOWUP_CALL)
    assert (event.command.service, event.command.reason, event.command.suggestions) == (
        order,
        "等待时间偏长",
        "多几个座位",
    )


# --- MOVES 20: ReturnForRework ---------------------------------------------------------------------------------------


# R47: the target follows from the reason
@pytest.mark.parametrize(
    ("reason", "remedies", "state"),
    [
        (ReworkReason.FORM_INCOMPLETE, (), State.INTAKE),
        (ReworkReason.JUDGED_WRONGLY, (), State.JUDGMENT),
        (ReworkReason.CAUSE_MISSED, (), State.INVESTIGATION),
        (ReworkReason.REMEDY_UNSUITABLE, (), State.PROPOSAL),
        (ReworkReason.REMEDY_NOT_DONE, (AGAIN,), State.EXECUTION),
    ],
)
def test_the_reason_tells_where_the_work_is_done_again(reason, remedies, state):
    case = Case().to(State.FOLLOW_UP).called_back(Satisfaction.DISSATISFIED)

    case.reworked(reason, by=zhao, remedies=remedies)

    complaint = case.complaint
    assert (complaint.state, complaint.reworks, complaint.passes, complaint.track) == (state, 1, 2, Track.FULL)


def test_what_is_done_again_was_approved_and_whatever_is_offered_anew_was_not():
    again, anew = Case().to(State.REVIEW), Case().to(State.REVIEW)
    mandate = again.complaint.mandate

    again.reworked(ReworkReason.REMEDY_NOT_DONE, remedies=(AGAIN,))
    anew.reworked(ReworkReason.REMEDY_UNSUITABLE)

    assert mandate is not None
    assert (again.complaint.mandate, anew.complaint.mandate) == (mandate, None)


@shows(ReturnForRework, "rework.not_visited")
def test_work_is_done_again_only_where_it_was_done():
    case = Case().to(State.EXPLANATION).understood().called_back(Satisfaction.DISSATISFIED)

    refusals = case.refused(ReturnForRework, by=zhao)

    assert refusals == (Refusal("rework.not_visited", target="proposal"),)


# "execution needs new tasks and an accepted option"; in the standard table whoever gave up accepts anew before review
@shows(ReturnForRework, "rework.no_settlement")
def test_nothing_is_executed_again_that_nobody_accepted():
    house = with_other_row(
        LIFECYCLE, LIFECYCLE.commands["RecordUnderstanding"], sources=(State.EXPLANATION, State.PROPOSAL)
    )
    case = Case(lifecycle=house).to(State.EXECUTION).reported("T1", TaskResult.FAILED).abandoned()
    case.understood().called_back(Satisfaction.DISSATISFIED)

    refusals = case.refused(
        ReturnForRework, by=zhao, reason=ReworkReason.REMEDY_NOT_DONE, target=State.EXECUTION, remedies=(AGAIN,)
    )

    assert refusals == (Refusal("rework.no_settlement"),)


# invariant 3: money needs an approval
@shows(ReturnForRework, "rework.beyond_settlement")
def test_rework_costs_nothing_that_was_not_approved():
    case = Case().to(State.REVIEW)

    refusals = case.refused(
        ReturnForRework,
        by=zhao,
        reason=ReworkReason.REMEDY_NOT_DONE,
        target=State.EXECUTION,
        remedies=(AGAIN, remedy(RemedyKind.CASH, 1)),
    )

    assert refusals == (Refusal("rework.beyond_settlement", remedies=("cash",)),)


# "twice, then the manager"
@shows(ReturnForRework, "rework.manager_next")
def test_a_supervisor_returns_it_twice():
    case = Case().to(State.REVIEW)
    for _ in range(2):
        case.reworked(ReworkReason.REMEDY_NOT_DONE, by=zhao, remedies=(AGAIN,)).done_and_booked().completed()
        case.called_back(Satisfaction.DISSATISFIED)

    refusals = case.refused(ReturnForRework, by=zhao)

    assert refusals == (Refusal("rework.manager_next", who=("manager",), reworks=2),)


def test_the_third_time_the_manager_decides():
    case = Case().to(State.REVIEW)
    for person in (zhao, zhao, qian):
        case.reworked(ReworkReason.REMEDY_NOT_DONE, by=person, remedies=(AGAIN,)).done_and_booked().completed()
        case.called_back(Satisfaction.DISSATISFIED)

    assert case.complaint.reworks == 3


# --- PlanImprovement (R35) -------------------------------------------------------------------------------------------


def test_what_will_be_done_better_has_an_owner_and_a_day():
    case = Case().to(State.REVIEW)

    case.does(PlanImprovement, by=zhao)

    assert case.complaint.improvements == (
        Improvement(
            id="I1",
            text="one calendar",
            owner="zhou",
            due=date(2026, 4, 1),
            number=case.complaint.version,
            planned_at=MONDAY,
        ),
    )


@shows(PlanImprovement, "improvement.doubled")
def test_improvements_are_told_apart_by_their_names():
    case = Case().to(State.REVIEW).does(PlanImprovement, by=zhao)

    refusals = case.refused(PlanImprovement, by=zhao)

    assert refusals == (Refusal("improvement.doubled", improvement="I1"),)


# --- VerifyImprovement (R35) -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("effective", [True, False])
@pytest.mark.parametrize("state", [State.REVIEW, State.CLOSED])
def test_whether_it_helped_is_looked_at(state, effective):
    case = Case().to(state).does(PlanImprovement, by=zhao).later(days=30)

    case.does(VerifyImprovement, by=zhao, effective=effective)

    assert [one.effective for one in case.complaint.improvements] == [effective]


def test_of_two_improvements_only_the_one_that_is_named_was_looked_at():
    case = Case().to(State.REVIEW).does(PlanImprovement, by=zhao).does(PlanImprovement, by=zhao, id="I2")

    case.later(days=30).does(VerifyImprovement, by=zhao, improvement="I2")

    assert [(one.id, one.effective) for one in case.complaint.improvements] == [("I1", None), ("I2", True)]


@shows(VerifyImprovement, "improvements.none_open")
@shows(VerifyImprovement, "improvement.not_open")
def test_the_effect_is_looked_at_once():
    case = Case().to(State.REVIEW).does(PlanImprovement, by=zhao).does(VerifyImprovement, by=zhao)

    refusals = case.refused(VerifyImprovement, by=zhao)

    assert refusals == (Refusal("improvements.none_open"), Refusal("improvement.not_open", improvements=()))


@shows(VerifyImprovement, "improvement.too_early")
def test_no_effect_is_seen_before_it_was_planned():
    case = Case().to(State.REVIEW).later(days=1).does(PlanImprovement, by=zhao)

    refusals = case.refused(VerifyImprovement, by=zhao, at=MONDAY)

    assert refusals == (Refusal("improvement.too_early", planned="2026-03-03T09:00:00+08:00"),)


def test_what_was_settled_at_once_is_reopened_on_the_full_way():
    case = Case().received().settled().called_back().closed()

    case.reopened()

    assert (case.complaint.track, case.complaint.outcome) == (Track.FULL, None)


# --- MOVES 21: Close -------------------------------------------------------------------------------------------------


# R32, R33: evaluated and classified by the supervisor
def test_a_supervisor_closes_with_evaluation_and_classification():
    case = Case().to(State.REVIEW).every_promise_kept()

    case.does(Close, by=zhao)

    complaint = case.complaint
    assert (complaint.state, complaint.is_open, complaint.outcome) == (State.CLOSED, False, Outcome.RESOLVED)
    assert (complaint.evaluation.grade, complaint.evaluation.summary) == (4, "quick and friendly")
    assert complaint.classification == Classification(
        category="service", department=Department.SERVICE, cause=Cause.METHOD
    )


# R1: supervisor; major: manager
@shows(Close, "closer.rank")
def test_a_major_complaint_is_closed_by_the_manager():
    case = Case().to(State.REVIEW, Severity.MAJOR).every_promise_kept().answered_for(qian).answered_for(sun)

    refusals = case.refused(Close, by=zhao)

    assert refusals == (Refusal("closer.rank", who=("manager",), severity="major"),)


# R55: nothing is owed
@shows(Close, "promises.open")
def test_while_something_is_promised_it_is_not_closed():
    case = Case().to(State.REVIEW).promised(promise=promise("photo"))
    owed = tuple(one.id for one in case.complaint.open_promises)

    refusals = case.refused(Close, by=zhao)

    assert refusals == (Refusal("promises.open", promises=owed),)
    assert owed[1:] == ("photo",)


# weight by severity: standing rule / decided / decided and reviewed (R28)
@pytest.mark.parametrize(
    ("severity", "deciders", "is_enough"),
    [
        (Severity.GENERAL, (), True),
        (Severity.ESCALATED, (), False),
        (Severity.ESCALATED, (qian,), True),
        (Severity.MAJOR, (qian,), False),
        (Severity.MAJOR, (qian, qian), False),
        (Severity.MAJOR, (qian, sun), True),
        (Severity.CRITICAL, (qian,), False),
        (Severity.CRITICAL, (qian, sun), True),
    ],
)
def test_who_answers_is_decided_as_the_severity_asks(severity, deciders, is_enough):
    case = Case().to(State.REVIEW, severity).every_promise_kept()
    for decider in deciders:
        case.answered_for(by=decider)

    refusals = case.desk.explain(case.form(Close), by=qian)

    undecided = Refusal("accountability.undecided", who=("manager",), severity=severity.value)
    assert refusals == (() if is_enough else (undecided,))


@shows(Close, "accountability.undecided")
def test_an_escalated_complaint_is_not_closed_before_somebody_answers_for_it():
    case = Case().to(State.REVIEW, Severity.ESCALATED).every_promise_kept()

    refusals = case.refused(Close, by=zhao)

    assert refusals == (Refusal("accountability.undecided", who=("manager",), severity="escalated"),)


def test_a_decision_taken_before_anybody_was_found_responsible_is_taken_again():
    case = Case().to(State.INVESTIGATION, Severity.ESCALATED).answered_for(by=qian)
    case.shown().found().concluded(responsibility=gao_answers())
    case.consulted().proposed("P1").proposed("P2").submitted().read().approved()
    case.offered().accepted().done_and_booked().completed().called_back().every_promise_kept()
    before = case.refused(Close, by=zhao)

    case.answered_for(
        by=qian,
        measures=(
            Measure(person="gao", role=MeasureRole.DIRECT, kind=MeasureKind.COACHING, rule="house rule 4.2"),
            Measure(person="zhou", role=MeasureRole.HEAD, kind=MeasureKind.NONE, reason="had warned in writing"),
        ),
    )

    assert before == (Refusal("accountability.undecided", who=("manager",), severity="escalated"),)
    assert case.closed().state is State.CLOSED


# R35: an improvement, or why none
@shows(Close, "improvement.missing")
def test_something_is_learned_or_it_is_said_why_not():
    case = Case().to(State.REVIEW).every_promise_kept()

    refusals = case.refused(Close, by=zhao, no_improvement_reason=None)

    assert refusals == (Refusal("improvement.missing"),)


def test_an_improvement_that_was_planned_is_enough():
    case = Case().to(State.REVIEW).every_promise_kept().does(PlanImprovement, by=zhao)

    case.does(Close, by=zhao, no_improvement_reason=None)

    assert case.state is State.CLOSED


# "a rule counts only facts recorded since its stage was last entered"
def test_what_was_planned_before_the_rework_teaches_nothing_after_it():
    case = Case().to(State.FOLLOW_UP).called_back(Satisfaction.DISSATISFIED).does(PlanImprovement, by=zhao)
    case.reworked(ReworkReason.REMEDY_NOT_DONE, remedies=(AGAIN,)).done_and_booked().completed()
    case.called_back().every_promise_kept()

    refusals = case.refused(Close, by=zhao, no_improvement_reason=None)

    assert [refusal.code for refusal in refusals] == ["improvement.missing"]


# "dissatisfied: rework done, or the manager's reasoned no with where else to turn"
@shows(Close, "customer.dissatisfied")
def test_a_dissatisfied_customer_is_not_closed_away():
    case = Case().to(State.FOLLOW_UP).called_back(Satisfaction.DISSATISFIED).every_promise_kept()

    refusals = case.refused(Close, by=qian)

    assert refusals == (Refusal("customer.dissatisfied", who=("manager",)),)


def test_a_supervisor_does_not_say_the_last_no():
    case = Case().to(State.FOLLOW_UP).called_back(Satisfaction.DISSATISFIED).every_promise_kept()

    refusals = case.refused(Close, by=zhao, no_way_further=told_no())

    assert refusals == (Refusal("customer.dissatisfied", who=("manager",)),)


def test_a_manager_says_it_with_reasons_and_where_else_to_turn():
    case = Case().to(State.FOLLOW_UP).called_back(Satisfaction.DISSATISFIED)

    case.closed(by=qian, no_way_further=told_no())

    assert (case.state, case.complaint.outcome) == (State.CLOSED, Outcome.DISPUTED)


def test_after_rework_it_may_be_closed():
    case = Case().to(State.FOLLOW_UP).called_back(Satisfaction.DISSATISFIED)
    case.reworked(ReworkReason.REMEDY_NOT_DONE, remedies=(AGAIN,)).done_and_booked().completed()

    case.called_back(Satisfaction.DISSATISFIED).closed(by=zhao)

    assert (case.state, case.complaint.outcome) == (State.CLOSED, Outcome.RESOLVED)


def test_where_the_customer_is_content_a_last_no_disputes_nothing():
    case = Case().to(State.REVIEW)

    case.closed(by=qian, no_way_further=told_no())

    assert case.complaint.outcome is Outcome.RESOLVED


# a house's neutral customer is asked why (R46), and the full way may then be closed
def test_neutral_on_the_full_way_may_be_closed():
    case = Case().to(State.FOLLOW_UP).called_back(Satisfaction.NEUTRAL, reason="it took long")

    case.closed(by=zhao)

    assert case.state is State.CLOSED


@shows(Close, "classification.unknown")
def test_the_classification_is_one_of_the_houses():
    weather = Classification(category="weather", department=Department.SERVICE, cause=Cause.METHOD)
    case = Case().to(State.REVIEW).every_promise_kept()

    refusals = case.refused(Close, by=zhao, classification=weather)

    assert refusals == (Refusal("classification.unknown", categories=("weather",)),)


@shows(Close, "text.discourteous")
def test_the_last_no_is_courteous_too():
    case = Case().to(State.FOLLOW_UP).called_back(Satisfaction.DISSATISFIED).every_promise_kept()

    refusals = case.refused(Close, by=qian, no_way_further=told_no(reason="不行", told_where="不归我管"))

    assert refusals == (Refusal("text.discourteous", phrases=("不行", "不归我管")),)


def test_all_that_is_missing_for_closing_is_told_at_once():
    case = Case().to(State.FOLLOW_UP, Severity.MAJOR).called_back(Satisfaction.DISSATISFIED)
    owed = tuple(one.id for one in case.complaint.open_promises)

    refusals = case.refused(Close, by=zhao, no_improvement_reason=None)

    assert refusals == (
        Refusal("closer.rank", who=("manager",), severity="major"),
        Refusal("promises.open", promises=owed),
        Refusal("accountability.undecided", who=("manager",), severity="major"),
        Refusal("improvement.missing"),
        Refusal("customer.dissatisfied", who=("manager",)),
    )


# invariant 1, R61: no complaint is closed without an answer, a follow-up result and an evaluation
def test_a_closed_complaint_has_an_answer_a_call_back_and_an_evaluation():
    ways = [Case().to(State.CLOSED), Case().to(State.EXPLANATION).understood().called_back().closed()]
    ways.append(Case().received(takes_on=False).settled(by=wang).called_back().closed())

    closed = [case.complaint for case in ways]

    assert [complaint.state for complaint in closed] == [State.CLOSED] * 3
    assert all(complaint.settlement or complaint.explanation for complaint in closed)
    assert all(complaint.follow_up and complaint.evaluation and complaint.classification for complaint in closed)


# --- MOVES 22: Reopen ------------------------------------------------------------------------------------------------


def test_inside_the_window_the_customer_may_ask_again():
    case = Case().to(State.CLOSED)
    case.clock.set(datetime(2026, 4, 1, 23, 59, 59, tzinfo=SHANGHAI))

    case.reopened(by=li)

    complaint = case.complaint
    assert (complaint.state, complaint.reopenings, complaint.passes) == (State.JUDGMENT, 1, 2)
    assert (complaint.outcome, complaint.track) == (None, Track.FULL)


@shows(Reopen, "reopen.too_late")
def test_after_the_window_it_is_a_new_complaint():
    case = Case().to(State.CLOSED)
    case.clock.set(datetime(2026, 4, 2, tzinfo=SHANGHAI))

    refusals = case.refused(Reopen, by=li)

    assert refusals == (Refusal("reopen.too_late", due="2026-04-01T23:59:59+08:00"),)


def test_an_authority_reopens_without_window_and_it_is_grave():
    case = Case().to(State.CLOSED).later(days=400)

    case.reopened(authority_case=COURT)

    complaint = case.complaint
    assert (complaint.state, complaint.severity) == (State.JUDGMENT, Severity.ESCALATED)
    assert complaint.registration.alarms == (Alarm.AUTHORITY,)


def test_what_was_reopened_goes_the_whole_way_again():
    case = Case().to(State.CLOSED).reopened().explained().understood().called_back().closed()

    assert (case.state, case.complaint.reopenings) == (State.CLOSED, 1)


# --- MOVES 26: Archive -----------------------------------------------------------------------------------------------


# R62
def test_the_archivist_archives_once_nobody_can_come_back():
    case = Case().to(State.CLOSED)
    case.clock.set(datetime(2026, 4, 2, tzinfo=SHANGHAI))

    case.archived(by=zheng)

    assert case.state is State.ARCHIVED


@shows(Archive, "archive.too_early")
def test_inside_the_window_it_is_not_archived():
    case = Case().to(State.CLOSED)
    case.clock.set(datetime(2026, 4, 1, 23, 59, 59, tzinfo=SHANGHAI))

    refusals = case.refused(Archive, by=zheng)

    assert refusals == (Refusal("archive.too_early", due="2026-04-01T23:59:59+08:00"),)


# A9: somebody who answers for it may contest that
def test_while_a_decision_may_be_contested_it_is_not_archived():
    case = Case().to(State.CLOSED).later(days=31).answered_for(by=qian)

    refusals = case.refused(Archive, by=zheng)

    assert refusals == (Refusal("archive.too_early", due="2026-04-07T23:59:59+08:00"),)


# what the law asks to be erased is erased there as well
def test_nothing_leads_out_of_the_archive():
    case = Case().to(State.ARCHIVED)

    of_the_system = (Refusal("move.not_permitted", who=("system",), command="RecordBreach"),)
    assert case.desk.explain(case.id, by=qian) == {Redact: (), RecordBreach: of_the_system}


# --- every move ------------------------------------------------------------------------------------------------------


# "moves are in order of happening"
@shows(Move, "time.before_last_move")
def test_no_move_happened_before_the_last_one():
    case = Case().to(State.CLOSED).later(days=1)

    refusals = case.refused(Reopen, by=li, at=MONDAY - timedelta(seconds=1))

    assert refusals == (Refusal("time.before_last_move", moved="2026-03-02T09:00:00+08:00"),)
