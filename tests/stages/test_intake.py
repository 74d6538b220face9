"""Stage 1 投诉受理: received at once, by any channel, with as little as possible, and taken on (R7–R12, R52)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from complaints import (
    Channel,
    Customer,
    Fault,
    InvalidCommandError,
    Issue,
    Party,
    Refusal,
    Role,
    Severity,
    Stage,
    State,
    Vehicle,
    new_id,
)
from complaints.model.complaint import Assignment
from complaints.model.people import SYSTEM, ExternalRef
from complaints.model.words import Alarm, Answer, Duty, Kind, PartyKind, Purpose, RemedyKind, Track
from complaints.rows import Move
from complaints.stages.intake import AnswerAssignment, Assign, BeginJudgment, CompleteRegistration, Receive
from tests.stages.cases import (
    LIFECYCLE,
    MONDAY,
    Case,
    chen,
    li,
    qian,
    remedy,
    shows,
    staff,
    sun,
    wang,
    with_other_row,
    zhao,
)

# --- MOVES 1: Receive ------------------------------------------------------------------------------------------------


def test_a_complaint_by_telephone_begins_in_intake():
    case = Case()

    case.received(by=wang, takes_on=False)

    complaint = case.complaint
    assert (complaint.state, complaint.stage, complaint.version) == (State.INTAKE, Stage.INTAKE, 1)
    assert (complaint.reference, complaint.dealer) == ("SH01-2026-000001", "SH01")
    assert (complaint.severity, complaint.track, complaint.passes) == (Severity.GENERAL, Track.OPEN, 1)
    assert (complaint.handler, complaint.acknowledged_at) == (None, None)


# R11: complainant, time and content are mandatory, the rest may be completed later
def test_complainant_time_and_content_are_enough():
    case = Case()

    case.received(wish=None, issues=(), takes_on=False)

    assert case.complaint.registration.completeness.missing == ("wish", "issues", "category", "vehicle")


# R8: receipt and recording are two times
def test_a_complaint_may_be_registered_late_and_shows_it():
    case = Case()

    case.received(received_at=MONDAY - timedelta(hours=5))

    complaint = case.complaint
    assert (complaint.received_at, complaint.recorded_at) == (MONDAY - timedelta(hours=5), MONDAY)


@shows(Move, "time.in_future")
def test_nothing_is_received_before_it_happens():
    case = Case()

    refusals = case.refused(Receive, by=li, received_at=MONDAY + timedelta(minutes=1))

    assert refusals == (Refusal("time.in_future", at="2026-03-02T09:01:00+08:00"),)


@shows(Receive, "complainant.unknown")
def test_somebody_must_have_complained():
    case = Case()

    refusals = case.refused(Receive, by=li, complainant=Customer(member=True))

    assert refusals == (Refusal("complainant.unknown"),)


@pytest.mark.parametrize(
    "complainant",
    [
        Customer(name="王芳"),
        Customer(phone="13800000001"),
        Customer(email="w@example.cn"),
        Customer(wechat="wangfang"),
        Customer(address="上海市某路1号"),
        Customer(platform_number="12315-2026-77"),
        Customer(post_url="https://weibo.example/77"),
    ],
)
def test_a_name_a_way_to_answer_or_the_address_of_a_post_is_enough(complainant):
    case = Case()

    case.received(complainant=complainant)

    assert case.complaint.registration.complainant == complainant


@shows(Receive, "category.unknown")
def test_categories_are_the_houses():
    case = Case()

    refusals = case.refused(Receive, by=li, issues=(Issue(id="1", category="weather"), Issue(id="2", category="sales")))

    assert refusals == (Refusal("category.unknown", categories=("weather",)),)


@shows(Receive, "receiver.cannot_handle")
def test_a_service_adviser_receives_but_does_not_take_on():
    case = Case()

    refusals = case.refused(Receive, by=wang, takes_on=True)

    assert refusals == (Refusal("receiver.cannot_handle", who=("specialist",)),)


# A8: the specialist may be the person complained of
def test_nobody_takes_on_a_complaint_about_himself():
    case = Case()

    refusals = case.refused(Receive, by=li, takes_on=True, complained_of=("li",))

    assert refusals == (Refusal("receiver.cannot_handle", who=("specialist",)),)


def test_somebody_complained_of_may_still_write_it_down():
    case = Case()

    case.received(takes_on=False, complained_of=("li",))

    assert (case.complaint.handler, case.complaint.involved) == (None, frozenset({"li"}))


def test_all_that_is_wrong_with_a_registration_is_told_at_once():
    case = Case()

    refusals = case.refused(
        Receive,
        by=wang,
        complainant=Customer(),
        received_at=MONDAY + timedelta(days=1),
        issues=(Issue(id="1", category="weather"),),
    )

    assert refusals == (
        Refusal("time.in_future", at="2026-03-03T09:00:00+08:00"),
        Refusal("complainant.unknown"),
        Refusal("category.unknown", categories=("weather",)),
        Refusal("receiver.cannot_handle", who=("specialist",)),
    )


# R9: any staff, and the web form by itself
@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.AUDITOR, Role.SYSTEM)])
def test_any_staff_receives(role):
    case = Case()

    case.received(by=staff("someone", role), takes_on=False)

    assert case.state is State.INTAKE


def test_a_web_form_is_received_by_the_system():
    case = Case()

    case.received(by=SYSTEM, channel=Channel.WEBSITE, takes_on=False)

    assert case.complaint.registration.received_by == "system"


# R7: received by the handler in person or by voice counts as taken on and acknowledged
@pytest.mark.parametrize(
    ("channel", "acknowledged_at"),
    [
        (Channel.SHOWROOM, MONDAY),
        (Channel.WORKSHOP, MONDAY),
        (Channel.PHONE, MONDAY),
        (Channel.HOTLINE, MONDAY),
        (Channel.APPOINTMENT_CALL, MONDAY),
        (Channel.FOLLOWUP_CALL, MONDAY),
        (Channel.EMAIL, None),
        (Channel.WECHAT, None),
        (Channel.LETTER, None),
    ],
)
def test_whoever_hears_the_customer_has_acknowledged(channel, acknowledged_at):
    case = Case()

    case.received(channel=channel, takes_on=True)

    assert (case.complaint.handler, case.complaint.acknowledged_at) == ("li", acknowledged_at)


# R60: the customer's statement is kept as he said it
def test_the_statement_is_kept_word_for_word():
    statement = "你们不行！\n 等了\t两个小时…" + "！" * 300
    case = Case()

    case.received(statement=statement)

    assert case.events[0].command.statement == statement
    assert case.complaint.registration.excerpt == ("你们不行！ 等了 两个小时…" + "！" * 300)[:119] + "…"


def test_a_short_statement_is_its_own_excerpt():
    case = Case().received(statement="  修了三次\n还是漏油 ")

    assert case.complaint.registration.excerpt == "修了三次 还是漏油"


@pytest.mark.parametrize(("length", "excerpt"), [(120, "啊" * 120), (121, "啊" * 119 + "…")])
def test_the_excerpt_is_cut_where_it_would_be_longer_than_its_line(length, excerpt):
    case = Case().received(statement="啊" * length)

    assert case.complaint.registration.excerpt == excerpt


def test_all_that_is_told_at_once_stands_on_the_form():
    car, wife = Vehicle(plate="沪A12345"), Party(kind=PartyKind.USER, name="李雷")
    order = ExternalRef(system="dms", kind="repair_order", id="RO-1")

    case = Case().received(vehicles=(car,), parties=(wife,), refs=(order,), complained_of=("wang",))

    form = case.complaint.registration
    assert (form.vehicles, form.parties, form.refs, form.complained_of) == ((car,), (wife,), (order,), ("wang",))


def test_an_enquiry_is_received_as_what_it_is():
    case = Case()

    case.received(kind=Kind.ENQUIRY)

    assert case.complaint.registration.kind is Kind.ENQUIRY


def test_a_repeat_names_the_complaint_before():
    case = Case()

    case.received(repeat_of=UUID(int=7))

    assert case.complaint.repeat_of == UUID(int=7)


# R66: rules raise the severity by themselves
@pytest.mark.parametrize(
    ("alarm", "severity"),
    [
        (Alarm.INJURY, Severity.CRITICAL),
        (Alarm.FIRE, Severity.CRITICAL),
        (Alarm.CRASH, Severity.MAJOR),
        (Alarm.MEDIA, Severity.MAJOR),
        (Alarm.AUTHORITY, Severity.ESCALATED),
        (Alarm.LAWYER, Severity.ESCALATED),
        (Alarm.SAFETY_PART, Severity.ESCALATED),
        (Alarm.REPEAT, Severity.ESCALATED),
    ],
)
def test_an_alarm_raises_the_severity_in_the_same_step(alarm, severity):
    case = Case()

    case.received(alarms=(alarm,))

    raised = case.events[1]
    assert (case.complaint.severity, case.complaint.floor) == (severity, severity)
    assert (raised.name, raised.by, raised.caused_by) == ("SetSeverity", SYSTEM, 1)


def test_of_several_alarms_the_gravest_counts():
    case = Case()

    case.received(alarms=(Alarm.LAWYER, Alarm.FIRE, Alarm.CRASH))

    assert [event.name for event in case.events] == ["Receive", "SetSeverity"]
    assert case.complaint.floor is Severity.CRITICAL


# --- MOVES 2: BeginJudgment ------------------------------------------------------------------------------------------


def test_the_handler_begins_the_judgment():
    case = Case().received()

    case.begun(by=li)

    assert case.state is State.JUDGMENT


@shows(BeginJudgment, "form.incomplete")
def test_a_form_without_a_wish_is_not_judged():
    case = Case().received(wish=None)

    refusals = case.refused(BeginJudgment, by=li)

    assert refusals == (Refusal("form.incomplete", missing=("wish",)),)


def test_the_minimum_form_is_named_field_by_field():
    case = Case().received(complainant=Customer(name="王芳"), wish=None, issues=(Issue(id="1"),))

    refusals = case.refused(BeginJudgment, by=li)

    assert refusals == (Refusal("form.incomplete", missing=("answer_channel", "wish", "category")),)


def test_every_issue_needs_a_category_before_judgment():
    case = Case().received(issues=(Issue(id="1", category="service"), Issue(id="2")))

    refusals = case.refused(BeginJudgment, by=li)

    assert refusals == (Refusal("form.incomplete", missing=("category",)),)


@shows(BeginJudgment, "acknowledgement.missing")
def test_a_complaint_by_mail_is_acknowledged_before_judgment():
    case = Case().received(channel=Channel.EMAIL)

    refusals = case.refused(BeginJudgment, by=li)

    assert refusals == (Refusal("acknowledgement.missing"),)


def test_an_answer_that_reached_the_customer_acknowledges():
    case = Case().received(channel=Channel.EMAIL)

    case.spoken(purpose=Purpose.ACKNOWLEDGE, reached=True).begun()

    assert (case.state, case.complaint.acknowledged_at) == (State.JUDGMENT, MONDAY)


def test_an_attempt_that_did_not_reach_him_does_not_acknowledge():
    case = Case().received(channel=Channel.EMAIL)

    case.spoken(purpose=Purpose.ACKNOWLEDGE, reached=False)

    assert case.complaint.acknowledged_at is None


def test_while_nobody_has_accepted_nobody_begins():
    case = Case().received(takes_on=False).assigned(Duty.HANDLER, "li")

    refusals = [case.forbidden(BeginJudgment, by=person) for person in (li, zhao, qian, sun)]

    assert refusals == [(Refusal("move.not_permitted", who=("handler",), command="BeginJudgment"),)] * 4


# the standard table lets the handler alone begin, so there is always one who has accepted; not so in every house
@shows(BeginJudgment, "handler.not_accepted")
def test_a_house_where_any_specialist_begins_still_waits_for_a_handler():
    house = with_other_row(LIFECYCLE, BeginJudgment, who=LIFECYCLE.row_for(Receive, None).who)
    case = Case(lifecycle=house).received(takes_on=False).spoken(by=li)

    refusals = case.refused(BeginJudgment, by=chen)

    assert refusals == (Refusal("handler.not_accepted", who=("supervisor",)),)


# --- CompleteRegistration --------------------------------------------------------------------------------------------


# R11: partial saves are allowed
def test_a_form_is_completed_bit_by_bit():
    case = Case().received(wish=None, issues=())

    case.completed_with(wish="退款").completed_with(issues=(Issue(id="1", category="price"),)).begun()

    assert case.state is State.JUDGMENT


def test_what_is_not_given_stays():
    case = Case().received(
        complainant=Customer(name="王芳", phone="13800000001", member=True),
        issues=(Issue(id="1", category="service", text="两小时", is_safety=True),),
    )

    case.completed_with(complainant=Customer(email="w@example.cn"), issues=(Issue(id="1", category="attitude"),))

    form = case.complaint.registration
    assert form.complainant == Customer(name="王芳", phone="13800000001", email="w@example.cn", member=True)
    assert form.issues == (Issue(id="1", category="attitude", text="两小时", is_safety=True),)


def test_completing_changes_neither_the_kind_nor_who_wrote_it_down():
    case = Case().received(by=wang, takes_on=False, kind=Kind.ENQUIRY, typed_by=li)

    case.completed_with(wish="退款")

    form = case.complaint.registration
    assert (form.kind, form.received_by, form.recorded_by, form.wish) == (Kind.ENQUIRY, "wang", "li", "退款")


def test_a_form_that_is_merely_completed_leaves_the_fast_track_open():
    case = Case().received(by=wang, takes_on=False, wish=None)

    case.completed_with(wish="道歉")

    assert case.complaint.track is Track.OPEN


def test_an_alarm_that_becomes_known_later_shuts_the_fast_track():
    case = Case().received()

    before = case.complaint.track
    case.completed_with(alarms=(Alarm.INJURY,))

    assert (before, case.complaint.track) == (Track.OPEN, Track.FULL)


def test_more_vehicles_parties_and_references_are_added_once():
    first, second = Vehicle(plate="沪A12345"), Vehicle(plate="沪B99999")
    wife = Party(kind=PartyKind.USER, name="李雷")
    order = ExternalRef(system="dms", kind="repair_order", id="RO-1")
    case = Case().received(vehicles=(first,))

    case.completed_with(vehicles=(first, second), parties=(wife,), refs=(order,))
    case.completed_with(vehicles=(second,), parties=(wife,), refs=(order,))

    form = case.complaint.registration
    assert (form.vehicles, form.parties, form.refs) == ((first, second), (wife,), (order,))


@shows(CompleteRegistration, "category.unknown")
def test_a_category_added_later_is_the_houses_too():
    case = Case().received(issues=())

    refusals = case.refused(CompleteRegistration, by=li, wish=None, issues=(Issue(id="1", category="weather"),))

    assert refusals == (Refusal("category.unknown", categories=("weather",)),)


def test_new_issues_are_taken_in_while_it_is_judged():
    case = Case().to(State.JUDGMENT)

    case.completed_with(issues=(Issue(id="2", category="parts"),))

    assert [issue.id for issue in case.complaint.registration.issues] == ["1", "2"]


@shows(CompleteRegistration, "issues.too_late")
def test_later_issues_are_a_new_complaint():
    case = Case().to(State.INVESTIGATION)

    refusals = case.refused(
        CompleteRegistration,
        by=li,
        wish=None,
        issues=(Issue(id="1", category="service"), Issue(id="2", category="parts")),
    )

    assert refusals == (Refusal("issues.too_late", issues=("2",)),)


def test_an_alarm_that_becomes_known_later_raises_the_severity():
    case = Case().to(State.INVESTIGATION)

    case.completed_with(alarms=(Alarm.INJURY,))

    assert (case.complaint.severity, case.complaint.track) == (Severity.CRITICAL, Track.FULL)


# --- Assign, AnswerAssignment ----------------------------------------------------------------------------------------


# R52: the supervisor assigns; the assignee answers
def test_a_supervisor_assigns_and_the_assignee_accepts():
    case = Case().received(by=wang, takes_on=False)

    case.assigned(Duty.HANDLER, "li")
    asked = case.complaint.duties[Duty.HANDLER].answer, case.complaint.handler
    case.answered(Duty.HANDLER, by=li)

    assert (asked, case.complaint.handler) == ((Answer.PENDING, None), "li")


def test_whoever_declines_is_no_handler():
    case = Case().received(takes_on=False).assigned(Duty.HANDLER, "li")

    case.answered(Duty.HANDLER, by=li, accepts=False, reason="I am on holiday from tomorrow")

    assert (case.complaint.duties[Duty.HANDLER].answer, case.complaint.handler) == (Answer.DECLINED, None)


@shows(Assign, "assignee.involved")
def test_a_complaint_is_not_assigned_to_the_person_complained_of():
    case = Case().received(complained_of=("chen",))

    refusals = case.refused(Assign, by=zhao, duty=Duty.HANDLER, assignee="chen", basis="has the fewest")

    assert refusals == (Refusal("assignee.involved", assignee="chen"),)


# A8: whoever did the work may still have to carry the remedy out; and nobody's absence may block it
def test_a_task_gets_a_new_owner_who_may_be_the_person_complained_of():
    case = Case().to(State.EXECUTION).about("chen")

    case.does(Assign, zhao, duty=Duty.TASK_OWNER, assignee="chen", basis="the owner has left", task="T1")
    case.reported("T1", by=chen)

    assert [task.owner for task in case.complaint.tasks if task.id == "T1"] == ["chen"]
    assert Duty.TASK_OWNER not in case.complaint.duties


def test_the_other_tasks_keep_their_owners():
    two = (remedy(), remedy(RemedyKind.APOLOGY, 0, owner="zhou"))
    case = Case().to(State.PROPOSAL).consulted().proposed("P1", *two).proposed("P2")
    case.submitted().read().approved("P1").offered().accepted("P1")

    case.does(Assign, zhao, duty=Duty.TASK_OWNER, assignee="chen", basis="the owner has left", task="T1")

    assert [(task.id, task.owner) for task in case.complaint.tasks] == [("T1", "chen"), ("T2", "zhou")]


@shows(Assign, "assignment.no_task")
def test_only_an_open_task_gets_a_new_owner():
    case = Case().received()

    refusals = case.refused(Assign, by=zhao, duty=Duty.TASK_OWNER, assignee="chen", basis="has the fewest", task="T1")

    assert refusals == (Refusal("assignment.no_task", tasks=()),)


@pytest.mark.parametrize(
    ("duty", "task", "code"), [(Duty.TASK_OWNER, None, "missing"), (Duty.CALLER, "T1", "not_with_duty")]
)
def test_a_task_is_named_with_the_duty_of_its_owner_and_with_no_other(duty, task, code):
    with pytest.raises(InvalidCommandError) as stopped:
        Assign(complaint=new_id(), duty=duty, assignee="chen", basis="has the fewest", task=task)

    assert stopped.value.faults == (Fault("task", code),)


@shows(Assign, "caller.is_handler")
def test_the_handler_is_not_asked_to_call_back():
    case = Case().received(by=li)

    refusals = case.refused(Assign, by=zhao, duty=Duty.CALLER, assignee="li", basis="has the fewest")

    assert refusals == (Refusal("caller.is_handler"),)


def test_a_former_handler_is_not_asked_to_call_back_either():
    case = Case().received(by=li).assigned(Duty.HANDLER, "chen").answered(Duty.HANDLER, by=chen)

    refusals = case.refused(Assign, by=zhao, duty=Duty.CALLER, assignee="li", basis="has the fewest")

    assert refusals == (Refusal("caller.is_handler"),)


# "declining needs a reason", and whoever gives the handling back has handled it all the same (R52)
def test_who_gives_the_handling_back_does_not_call_back_either():
    case = Case().received(by=li).assigned(Duty.HANDLER, "li")
    case.answered(Duty.HANDLER, by=li, accepts=False, reason="I am on holiday from tomorrow")

    refusals = case.refused(Assign, by=zhao, duty=Duty.CALLER, assignee="li", basis="has the fewest")

    assert (case.complaint.handler, case.complaint.former_handlers) == (None, ("li",))
    assert refusals == (Refusal("caller.is_handler"),)


def test_a_handler_who_gives_back_what_he_had_accepted_is_a_former_one():
    case = Case().received(by=li)

    case.answered(Duty.HANDLER, by=li, accepts=False, reason="I am on holiday from tomorrow")

    assert (case.complaint.handler, case.complaint.former_handlers) == (None, ("li",))


def test_a_handler_who_says_yes_again_is_no_former_one():
    case = Case().received(by=li)

    case.answered(Duty.HANDLER, by=li, accepts=True)

    assert (case.complaint.handler, case.complaint.former_handlers) == ("li", ())


def test_whoever_was_asked_and_has_answered_stands_with_the_step_that_asked():
    case = Case().received(takes_on=False).assigned(Duty.HANDLER, "li")
    asked = case.complaint.duties[Duty.HANDLER]

    case.answered(Duty.HANDLER, by=li, accepts=True)

    answered = case.complaint.duties[Duty.HANDLER]
    assert asked == Assignment(duty=Duty.HANDLER, assignee="li", number=2)
    assert answered == Assignment(duty=Duty.HANDLER, assignee="li", number=2, answer=Answer.ACCEPTED)
    assert case.complaint.former_handlers == ()


def test_whoever_keeps_on_handling_is_no_former_handler():
    case = Case().received(by=li).assigned(Duty.CALLER, "chen")

    case.answered(Duty.CALLER, by=chen, accepts=True)

    assert (case.complaint.handler, case.complaint.former_handlers) == ("li", ())


def test_who_declines_to_call_does_not_make_the_handler_a_former_one():
    case = Case().received(by=li).assigned(Duty.CALLER, "chen")

    case.answered(Duty.CALLER, by=chen, accepts=False, reason="on holiday")

    assert (case.complaint.handler, case.complaint.former_handlers) == ("li", ())


@shows(AnswerAssignment, "assignment.none")
@shows(AnswerAssignment, "assignment.not_yours")
def test_nobody_accepts_what_he_was_not_asked_to_do():
    case = Case().received().assigned(Duty.CALLER, "chen")

    refusals = case.refused(AnswerAssignment, by=wang, duty=Duty.CALLER)

    assert refusals == (Refusal("assignment.none"), Refusal("assignment.not_yours", duty="caller"))


def test_an_answer_is_for_the_duty_that_was_asked():
    case = Case().received().assigned(Duty.CALLER, "chen")

    refusals = case.refused(AnswerAssignment, by=chen, duty=Duty.HANDLER)

    assert refusals == (Refusal("assignment.not_yours", duty="handler"),)


def test_who_has_declined_is_asked_again_before_he_accepts():
    case = Case().received().assigned(Duty.CALLER, "chen")
    case.answered(Duty.CALLER, by=chen, accepts=False, reason="on holiday")

    refusals = case.refused(AnswerAssignment, by=chen, duty=Duty.CALLER)

    assert refusals == (Refusal("assignment.none"), Refusal("assignment.not_yours", duty="caller"))


# R53: the first contact within one week of being assigned; day 0 is not counted, the last day counts to its end
def test_an_assignment_starts_the_week_for_the_first_contact():
    case = Case().received(takes_on=False)

    case.assigned(Duty.HANDLER, "li")

    due = case.complaint.deadlines["first_contact"]
    assert (due.start, due.due.isoformat()) == (MONDAY, "2026-03-09T23:59:59+08:00")
    assert due.due.utcoffset() == MONDAY.utcoffset()
