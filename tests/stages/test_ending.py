"""Ends before the end: without an agreement, withdrawn, no complaint at all (MOVES 14, 18, 25)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from complaints import Channel, Customer, ExternalRef, Issue, Refusal, Role, Severity, State, Vehicle
from complaints.errors import Fault, InvalidCommandError
from complaints.model.beside import Linked
from complaints.model.words import (
    Alarm,
    CaseStatus,
    EndGround,
    Kind,
    LinkKind,
    Outcome,
    ReworkReason,
    Satisfaction,
    VoidReason,
)
from complaints.stages.ending import EndWithoutAgreement, Void, Withdraw
from complaints.stages.intake import Receive
from complaints.stages.review import Close, RecordFollowUp, ReturnForRework
from tests.stages.cases import (
    GROUP,
    MONDAY,
    Case,
    chen,
    gao_answers,
    li,
    qian,
    shows,
    staff,
    sun,
    wang,
    zhao,
)

SAFETY = (Issue(id="1", category="product.brakes", is_safety=True), Issue(id="2", category="attitude"))

# --- MOVES 14: EndWithoutAgreement -----------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.EXPLANATION, State.PROPOSAL, State.APPROVAL, State.OFFER], ids=str)
def test_the_manager_ends_what_cannot_be_agreed_and_the_call_back_comes_all_the_same(state):
    case = Case().to(state)

    case.ended(by=qian)

    assert (case.state, case.complaint.outcome, case.complaint.mandate) == (
        State.FOLLOW_UP,
        Outcome.NO_AGREEMENT,
        None,
    )


@shows(EndWithoutAgreement, "end.ground")
def test_two_rounds_are_two_offers_that_the_customer_declined():
    case = Case().to(State.OFFER).offered().declined()

    refusals = case.refused(EndWithoutAgreement, by=qian, ground=EndGround.TWO_ROUNDS)

    assert refusals == (Refusal("end.ground", ground="two_rounds"),)


def test_after_two_rounds_the_manager_may_end_it():
    case = Case().to(State.OFFER).offered().declined()._to_approval_again().offered().declined()

    case.ended(ground=EndGround.TWO_ROUNDS)

    assert case.complaint.outcome is Outcome.NO_AGREEMENT


def test_rounds_before_a_new_investigation_do_not_count():
    case = Case().to(State.OFFER).offered().declined()._to_approval_again().offered().declined()
    case.shown("receipt").investigated_again().found().concluded()

    refusals = case.refused(EndWithoutAgreement, by=qian, ground=EndGround.TWO_ROUNDS)

    assert refusals == (Refusal("end.ground", ground="two_rounds"),)


def test_the_second_review_must_have_been_made():
    disputed = Case().to(State.EXPLANATION)
    reviewed = Case().to(State.EXPLANATION).disputed().explained(by=qian)

    refusals = disputed.refused(EndWithoutAgreement, by=qian, ground=EndGround.SECOND_REVIEW)
    reviewed.ended(ground=EndGround.SECOND_REVIEW)

    assert refusals == (Refusal("end.ground", ground="second_review"),)
    assert reviewed.state is State.FOLLOW_UP


def test_without_a_round_there_were_not_two():
    case = Case().to(State.EXPLANATION)

    refusals = case.refused(EndWithoutAgreement, by=qian, ground=EndGround.TWO_ROUNDS)

    assert refusals == (Refusal("end.ground", ground="two_rounds"),)


def _tried(case: Case, *channels: Channel) -> Case:
    for channel in channels:
        case.later(days=1).spoken(channel=channel, reached=False)
    return case


def test_a_silent_customer_was_tried_three_times_on_two_channels_and_two_days():
    tried = _tried(Case().to(State.OFFER).offered(), Channel.PHONE, Channel.WECHAT, Channel.PHONE)
    one_channel = _tried(Case().to(State.OFFER).offered(), Channel.PHONE, Channel.PHONE, Channel.PHONE)

    tried.ended(ground=EndGround.LAPSED)
    refusals = one_channel.refused(EndWithoutAgreement, by=qian, ground=EndGround.LAPSED)

    assert tried.complaint.outcome is Outcome.LAPSED
    assert refusals == (Refusal("end.ground", ground="lapsed"),)


def test_three_attempts_count_from_the_very_moment_of_the_last_move_and_two_days_are_enough():
    case = Case().to(State.OFFER).spoken(reached=False).spoken(channel=Channel.WECHAT, reached=False)

    _tried(case, Channel.PHONE).ended(ground=EndGround.LAPSED)

    assert case.complaint.outcome is Outcome.LAPSED


def test_the_days_are_those_of_the_dealer():
    case = Case().to(State.OFFER).later(hours=20)  # five in the morning, and still yesterday elsewhere
    case.spoken(reached=False).later(hours=4)
    case.spoken(channel=Channel.WECHAT, reached=False).spoken(reached=False)

    refusals = case.refused(EndWithoutAgreement, by=qian, ground=EndGround.LAPSED)

    assert refusals == (Refusal("end.ground", ground="lapsed"),)


def test_whoever_answers_once_is_not_silent():
    case = _tried(Case().to(State.OFFER).offered(), Channel.PHONE, Channel.WECHAT, Channel.PHONE).spoken(reached=True)

    refusals = case.refused(EndWithoutAgreement, by=qian, ground=EndGround.LAPSED)

    assert refusals == (Refusal("end.ground", ground="lapsed"),)
    assert case.complaint.beside.unanswered == ()


def test_a_thousand_attempts_leave_no_more_than_fifty_on_the_complaint():
    case = Case().to(State.OFFER).offered()

    for _ in range(60):
        case.spoken(reached=False)

    assert len(case.complaint.beside.unanswered) == 50


def test_what_was_settled_outside_needs_a_case_that_was():
    case = Case().to(State.OFFER)

    refusals = case.refused(EndWithoutAgreement, by=qian, ground=EndGround.SETTLED_EXTERNALLY)

    assert refusals == (Refusal("end.ground", ground="settled_externally"),)


def test_a_case_that_is_still_open_has_settled_nothing():
    case = Case().to(State.OFFER).opened()

    refusals = case.refused(EndWithoutAgreement, by=qian, ground=EndGround.SETTLED_EXTERNALLY)
    case.updated(status=CaseStatus.SETTLED).ended(ground=EndGround.SETTLED_EXTERNALLY)

    assert refusals == (Refusal("end.ground", ground="settled_externally"),)
    assert case.complaint.outcome is Outcome.SETTLED_EXTERNALLY


def test_a_final_refusal_is_shown_by_something():
    with pytest.raises(InvalidCommandError) as wrong:
        Case().to(State.OFFER).form(EndWithoutAgreement, ground=EndGround.REFUSED, evidence=None)

    assert wrong.value.faults == (Fault("evidence", "missing"),)


@shows(EndWithoutAgreement, "text.discourteous")
def test_where_else_to_turn_is_told_courteously():
    case = Case().to(State.OFFER)

    refusals = case.refused(EndWithoutAgreement, by=qian, text="这个不行，您自己想办法。")

    assert [refusal.code for refusal in refusals] == ["text.discourteous"]


# --- MOVES 18: Withdraw ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.INTAKE, State.INVESTIGATION, State.OFFER], ids=str)
def test_a_customer_may_take_it_back_and_is_called_all_the_same(state):
    case = Case().to(state)

    case.withdrawn()

    assert (case.state, case.complaint.outcome) == (State.FOLLOW_UP, Outcome.WITHDRAWN)
    assert case.complaint.deadlines["follow_up"].start == case.clock()


def test_what_was_approved_is_void_once_the_customer_has_taken_it_back():
    case = Case().to(State.OFFER)

    case.withdrawn()

    assert case.complaint.mandate is None


@shows(Withdraw, "witness.partial")
def test_a_witness_is_somebody_else_and_not_involved():
    case = Case().received().about("gao")

    alone = case.refused(Withdraw, by=li, witness="li")
    accused = case.refused(Withdraw, by=li, witness="gao")

    assert alone == (Refusal("witness.partial", witness="li"),)
    assert accused == (Refusal("witness.partial", witness="gao"),)


@shows(Withdraw, "withdraw.case_open")
def test_what_an_authority_has_goes_on_whatever_the_customer_says():
    case = Case().received().opened()

    refusals = case.refused(Withdraw, by=li)

    assert refusals == (Refusal("withdraw.case_open", cases=("12315-7",)),)


def test_a_safety_issue_goes_on_inside_without_the_customer():
    car = Vehicle(vin="LSVAA000000000001", make="Example", model="One")
    case = Case().received(issues=SAFETY, vehicles=(car,), alarms=(Alarm.CRASH,))

    case.withdrawn()

    internal = case.internal()
    form = internal.registration
    assert case.complaint.links == (Linked(other=internal.id, kind=LinkKind.INTERNAL, number=case.complaint.version),)
    assert internal.links == (Linked(other=case.id, kind=LinkKind.INTERNAL, number=1),)
    assert (form.channel, form.issues, form.alarms) == (Channel.STAFF, SAFETY[:1], (Alarm.CRASH,))
    assert form.vehicles == (Vehicle(make="Example", model="One"),)
    assert (form.complainant.name, form.complainant.phone) == (None, None)
    assert (internal.state, internal.severity, internal.reference) == (State.INTAKE, Severity.MAJOR, "SH01-2026-000002")


KNOWN = ExternalRef(system="dms", kind="vehicle", id="V-1")


@pytest.mark.parametrize(
    ("car", "kept"),
    [
        (Vehicle(plate="沪A00001", make="Example"), (Vehicle(make="Example"),)),
        (Vehicle(plate="沪A00001", model="One", year=2024), (Vehicle(model="One", year=2024),)),
        (Vehicle(plate="沪A00001", ref=KNOWN, mileage_km=9000), (Vehicle(ref=KNOWN, mileage_km=9000),)),
        (Vehicle(plate="沪A00001", mileage_km=9000), ()),
    ],
    ids=["a make", "a model", "a car of another system", "nothing but a number"],
)
def test_inside_the_car_is_what_it_is_and_nobodys(car, kept):
    case = Case().received(issues=SAFETY, vehicles=(car,))

    case.withdrawn()

    assert case.internal().registration.vehicles == kept


def test_inside_nothing_stands_that_the_customer_said():
    issue = Issue(id="1", category="product.brakes", is_safety=True, text="我开车去接孩子，刹车失灵")
    case = Case().received(issues=(issue,)).about("gao")

    case.withdrawn()

    form = case.internal().registration
    assert form.complainant == Customer(platform_number="SH01-2026-000001")
    assert form.issues == (Issue(id="1", category="product.brakes", is_safety=True),)
    assert form.complained_of == ("gao",)
    assert form.wish == "查明原因，消除隐患。Find the cause and remove the risk."


def test_the_internal_complaint_is_of_the_system_in_the_same_step():
    case = Case().received(issues=SAFETY)

    case.withdrawn()

    first = case.desk.history(case.internal().id, by=li)[0]
    last = case.events[-1]
    assert (first.by.id, first.caused_by, first.caused_in) == ("system", case.events[-2].number, case.id)
    assert (last.name, last.by.id, last.caused_by, last.caused_in) == ("Link", "system", 1, first.complaint)


def test_without_a_safety_issue_nothing_goes_on():
    case = Case().received()

    case.withdrawn()

    assert len(case.everything()) == 1


@shows(Receive, "receive.continues")
def test_only_the_system_continues_a_complaint_inside():
    case = Case().received()

    refusals = case.refused(Receive, by=li, continues=case.id)

    assert refusals == (Refusal("receive.continues"),)


def test_what_is_continued_exists():
    case = Case().received()

    refusals = case.refused(Receive, by=staff("li", Role.SPECIALIST), continues=case.nobody)

    assert refusals == (Refusal("other.unknown", complaints=(str(case.nobody),)), Refusal("receive.continues"))


@shows(RecordFollowUp, "pressure.unasked")
def test_whoever_withdrew_is_asked_whether_anybody_pressed_him():
    case = Case().received().withdrawn()

    refusals = case.refused(RecordFollowUp, by=chen, pressed=None)

    assert refusals == (Refusal("pressure.unasked"),)


def test_whoever_cannot_be_asked_need_not_be():
    case = Case().received().withdrawn()

    case.called_back(Satisfaction.DECLINED, pressed=None)

    assert case.complaint.follow_up.pressed is None


@shows(Close, "withdrawal.pressed")
def test_what_was_taken_back_under_pressure_is_not_closed():
    case = Case().received().withdrawn().called_back(pressed=True)

    refusals = case.refused(Close, by=zhao)

    assert refusals == (Refusal("withdrawal.pressed"),)


def test_it_is_taken_up_again_from_the_start():
    case = Case().to(State.OFFER).withdrawn().called_back(pressed=True)

    case.reworked(ReworkReason.UNDER_PRESSURE)

    assert (case.state, case.complaint.outcome) == (State.INTAKE, None)


@shows(ReturnForRework, "rework.not_pressed")
def test_pressure_is_no_reason_where_nobody_told_of_it():
    case = Case().received().withdrawn().called_back(pressed=False)

    refusals = case.refused(ReturnForRework, by=zhao, reason=ReworkReason.UNDER_PRESSURE, target=State.INTAKE)

    assert refusals == (Refusal("rework.not_pressed"),)


def test_what_was_taken_back_freely_is_closed():
    case = Case().received().withdrawn().called_back(pressed=False)

    case.closed()

    assert (case.state, case.complaint.outcome) == (State.CLOSED, Outcome.WITHDRAWN)


# --- MOVES 25: Void --------------------------------------------------------------------------------------------------


def test_a_test_entry_is_voided_and_its_number_stays():
    case = Case().received()

    case.voided(by=zhao)

    assert (case.state, case.complaint.reference) == (State.VOIDED, "SH01-2026-000001")
    assert Case.received(case.another()).complaint.reference == "SH01-2026-000002"


def test_an_enquiry_is_called_one_and_was_answered():
    case = Case().received()

    case.voided(reason=VoidReason.ENQUIRY, answer="保养周期是一万公里。")

    assert case.complaint.registration.kind is Kind.ENQUIRY


def test_nobody_who_enquires_goes_without_an_answer():
    with pytest.raises(InvalidCommandError) as wrong:
        Case().received().form(Void, reason=VoidReason.ENQUIRY)

    assert wrong.value.faults == (Fault("answer", "missing"),)


@shows(Void, "text.discourteous")
def test_an_enquirer_is_answered_courteously():
    case = Case().received()

    refusals = case.refused(Void, by=zhao, reason=VoidReason.ENQUIRY, answer="这个不归我管。")

    assert [refusal.code for refusal in refusals] == ["text.discourteous"]


@shows(Void, "void.own_entry")
def test_nobody_voids_what_he_received_or_typed():
    received = Case().received(by=zhao)
    typed = Case()
    typed.id = typed.desk.handle(typed.form(Receive), by=li, recorded_by=zhao).id

    refusals = received.refused(Void, by=zhao), typed.refused(Void, by=zhao)

    assert refusals == ((Refusal("void.own_entry"),),) * 2


@shows(Void, "void.answer_owed")
def test_what_somebody_waits_for_is_not_voided():
    case = Case().received().promised()

    refusals = case.refused(Void, by=zhao)

    assert refusals == (Refusal("void.answer_owed", promises=("call",), cases=(), merged=0),)


def test_a_complaint_that_absorbed_another_is_not_voided():
    case = Case().received().having_absorbed()

    refusals = case.refused(Void, by=zhao)

    assert refusals == (Refusal("void.answer_owed", promises=(), cases=(), merged=1),)


def test_what_is_voided_goes_to_the_archive_at_once():
    case = Case().received().voided()

    case.archived()

    assert case.state is State.ARCHIVED


# --- what goes on ----------------------------------------------------------------------------------------------------


@shows(Close, "tasks.unfinished")
def test_what_the_customer_was_given_is_done_before_anything_is_closed():
    case = Case().to(State.EXECUTION).shown("receipt").investigated_again().found().concluded()
    case.ended().called_back(Satisfaction.DECLINED)

    refusals = case.refused(Close, by=zhao)

    assert Refusal("tasks.unfinished", tasks=("T1",)) in refusals


@shows(Close, "compensation.unbooked")
def test_what_was_paid_is_booked_before_anything_is_closed():
    case = Case().to(State.EXECUTION).reported("T1").shown("receipt").investigated_again().found().concluded()
    case.ended().called_back(Satisfaction.DECLINED)

    refusals = case.every_promise_kept().refused(Close, by=zhao)

    assert refusals == (Refusal("compensation.unbooked", who=("finance",), tasks=("T1",)),)


def test_it_is_reported_and_booked_wherever_the_complaint_is():
    case = Case().to(State.EXECUTION).shown("receipt").investigated_again().found().concluded()
    case.ended().called_back(Satisfaction.DECLINED)

    case.done_and_booked().answered_for(qian).closed()

    assert case.state is State.CLOSED


def test_the_other_way_out_is_not_for_the_supervisor():
    case = Case().to(State.OFFER)

    refusals = case.forbidden(EndWithoutAgreement, by=zhao)

    assert [refusal.code for refusal in refusals] == ["move.not_permitted"]


def test_time_goes_on_from_the_end():
    case = Case().to(State.OFFER).later(days=2).ended()

    assert case.complaint.deadlines["follow_up"].start == MONDAY + timedelta(days=2)


def test_a_group_person_and_the_gm_are_managers_too():
    by_sun, by_group = Case().to(State.OFFER), Case().to(State.OFFER)

    by_sun.ended(by=sun)
    by_group.ended(by=GROUP)

    assert (by_sun.state, by_group.state) == (State.FOLLOW_UP, State.FOLLOW_UP)


def test_whoever_is_found_responsible_is_no_witness():
    case = Case().to(State.INVESTIGATION).shown().found().concluded(responsibility=gao_answers())

    refusals = case.refused(Withdraw, by=li, witness="gao"), case.refused(Withdraw, by=li, witness="zhou")

    assert refusals == ((Refusal("witness.partial", witness="gao"),), (Refusal("witness.partial", witness="zhou"),))
    assert wang.id not in case.complaint.involved
