"""Stage 5 实施方案: told, chosen, signed, carried out, booked, answered for (R28–R31, R67)."""

from __future__ import annotations

import attrs
import pytest

from complaints import Money, Party, Refusal, Role, Severity, State
from complaints.model.execution import Booking, Task
from complaints.model.words import (
    Outcome,
    PartyKind,
    Proof,
    Purpose,
    RemedyKind,
    ReworkReason,
    TaskResult,
)
from complaints.stages.execution import (
    AbandonExecution,
    Accept,
    BookCompensation,
    CompleteExecution,
    Decline,
    ReportTask,
)
from tests.stages.cases import (
    LIFECYCLE,
    MONDAY,
    Case,
    chen,
    li,
    proposal,
    qian,
    remedy,
    shows,
    signed,
    sun,
    wang,
    with_other_row,
    wu,
    yuan,
    zhao,
)

CASH = remedy(RemedyKind.CASH, 300)
APOLOGY = remedy(RemedyKind.APOLOGY, 0)


def at_the_counter(*remedies, severity=Severity.GENERAL, **mandate):
    """A complaint whose approved solution the customer has been told."""
    case = Case().to(State.PROPOSAL, severity).consulted().proposed("P1", *remedies).proposed("P2", APOLOGY)
    return case.submitted().read().approved("P1", **mandate).offered()


# --- MOVES 12: Accept ------------------------------------------------------------------------------------------------


def test_the_customer_accepts_and_every_remedy_becomes_a_task():
    case = at_the_counter(remedy(cost=200), remedy(RemedyKind.APOLOGY, 0, owner="zhou"))

    case.accepted("P1", by=li)

    complaint = case.complaint
    number = complaint.version
    assert complaint.state is State.EXECUTION
    assert (complaint.settlement.option, complaint.settlement.at, complaint.settlement.number) == ("P1", MONDAY, number)
    assert complaint.tasks == (
        Task(id="T1", kind=RemedyKind.VOUCHER, owner="wang", due=remedy().due, cost=yuan(200), number=number),
        Task(id="T2", kind=RemedyKind.APOLOGY, owner="zhou", due=remedy().due, cost=yuan(0), number=number),
    )


# R29: the customer is told before he can accept
@shows(Accept, "offer.not_made")
def test_nobody_accepts_what_he_was_not_told():
    case = Case().to(State.OFFER)

    refusals = case.refused(Accept, by=li)

    assert refusals == (Refusal("offer.not_made"),)


def test_a_letter_that_did_not_reach_him_is_no_offer():
    case = Case().to(State.OFFER).spoken(purpose=Purpose.OFFER, reached=False)

    refusals = case.refused(Accept, by=li)

    assert refusals == (Refusal("offer.not_made"),)


def test_the_offer_of_the_last_pass_is_not_todays():
    case = at_the_counter().declined()
    case.proposed("P3").submitted().read().approved("P3")

    refusals = case.refused(Accept, by=li, option="P3")

    assert refusals == (Refusal("offer.not_made"),)


# R26: the customer takes part in choosing
def test_he_may_choose_an_alternative_the_leader_approved():
    case = at_the_counter(alternatives=("P2",))

    case.accepted("P2")

    assert (case.complaint.settlement.option, case.complaint.settlement.remedies) == ("P2", (APOLOGY,))


@shows(Accept, "option.not_mandated")
def test_what_the_leader_did_not_approve_is_not_accepted():
    case = at_the_counter()

    refusals = case.refused(Accept, by=li, option="P2")

    assert refusals == (Refusal("option.not_mandated", options=("P1",)),)


# in the standard table whatever is offered was approved; a house's own table may let more be accepted
def test_where_no_leader_has_decided_nothing_is_accepted():
    house = with_other_row(LIFECYCLE, Accept, sources=(State.PROPOSAL, State.OFFER))
    case = Case(lifecycle=house).to(State.PROPOSAL).proposed("P1")

    refusals = case.refused(Accept, by=li)

    assert refusals == (Refusal("offer.not_made"), Refusal("option.not_mandated", options=()))


def test_within_the_ceiling_the_counter_agrees_to_something_else():
    agreed = (remedy(RemedyKind.MAINTENANCE_PACKAGE, 400), APOLOGY)
    case = at_the_counter(ceiling=yuan(400))

    case.accepted(None, remedies=agreed)

    assert (case.complaint.settlement.option, case.complaint.settlement.remedies) == (None, agreed)


@pytest.mark.parametrize(
    ("ceiling", "agreed"),
    [
        (yuan(400), (remedy(cost=400), remedy(cost=1))),
        (None, (APOLOGY,)),
        (yuan(400), (attrs.evolve(CASH, cost=Money(1, "EUR")),)),
        (yuan(400), (remedy(RemedyKind.REPLACEMENT_VEHICLE, 1),)),
    ],
    ids=["above the ceiling", "no ceiling was given", "another currency", "a car, which is no counter's to give"],
)
def test_beyond_the_mandate_the_counter_agrees_to_nothing(ceiling, agreed):
    case = at_the_counter(ceiling=ceiling)

    refusals = case.refused(Accept, by=li, option=None, remedies=agreed)

    assert refusals == (Refusal("option.not_mandated", options=("P1",)),)


# weight by severity: message or recording, signature if money / signature / signature by an authorised party (R30)
@pytest.mark.parametrize(
    ("severity", "given", "proof", "wanted"),
    [
        (Severity.GENERAL, APOLOGY, Proof.WORDS, "message"),
        (Severity.GENERAL, APOLOGY, Proof.MESSAGE, None),
        (Severity.GENERAL, APOLOGY, Proof.RECORDING, None),
        (Severity.GENERAL, remedy(RemedyKind.VOUCHER, 200), Proof.MESSAGE, None),
        (Severity.GENERAL, attrs.evolve(CASH, cost=yuan(0)), Proof.MESSAGE, None),
        (Severity.GENERAL, CASH, Proof.MESSAGE, "signature"),
        (Severity.GENERAL, CASH, Proof.RECORDING, "signature"),
        (Severity.GENERAL, CASH, Proof.SIGNATURE, None),
        (Severity.ESCALATED, APOLOGY, Proof.RECORDING, "signature"),
        (Severity.ESCALATED, APOLOGY, Proof.SIGNATURE, None),
        (Severity.MAJOR, APOLOGY, Proof.RECORDING, "signature"),
        (Severity.MAJOR, APOLOGY, Proof.SIGNATURE, None),
        (Severity.CRITICAL, APOLOGY, Proof.RECORDING, "signature"),
        (Severity.CRITICAL, CASH, Proof.SIGNATURE, None),
    ],
)
def test_the_yes_is_shown_as_the_severity_asks(severity, given, proof, wanted):
    case = at_the_counter(given, severity=severity)

    refusals = case.desk.explain(case.form(Accept, acceptance=signed(proof)), by=li)

    missing = Refusal("acceptance.too_weak", wanted_proof=wanted, proof=proof.value)
    assert refusals == (() if wanted is None else (missing,))


@shows(Accept, "acceptance.too_weak")
def test_for_money_the_customer_signs():
    case = at_the_counter(CASH)

    refusals = case.refused(Accept, by=li, acceptance=signed(Proof.MESSAGE))

    assert refusals == (Refusal("acceptance.too_weak", wanted_proof="signature", proof="message"),)


# parties: each with may be told, may accept, may sign
@pytest.mark.parametrize(
    ("severity", "rights", "proof", "is_enough"),
    [
        (Severity.GENERAL, {}, Proof.MESSAGE, False),
        (Severity.GENERAL, {"may_accept": True}, Proof.MESSAGE, True),
        (Severity.GENERAL, {"may_accept": True}, Proof.SIGNATURE, False),
        (Severity.GENERAL, {"may_sign": True}, Proof.SIGNATURE, True),
        (Severity.MAJOR, {"may_accept": True}, Proof.SIGNATURE, False),
        (Severity.MAJOR, {"may_sign": True}, Proof.SIGNATURE, True),
    ],
)
def test_whoever_agrees_for_the_customer_has_the_right_to(severity, rights, proof, is_enough):
    case = at_the_counter(APOLOGY, severity=severity)
    case.completed_with(parties=(Party(kind=PartyKind.USER, name="李雷", **rights),))

    refusals = case.desk.explain(case.form(Accept, acceptance=signed(proof, signer=PartyKind.USER)), by=li)

    assert refusals == (() if is_enough else (Refusal("signer.not_authorised", signer="user"),))


@shows(Accept, "signer.not_authorised")
def test_a_stranger_signs_nothing():
    case = at_the_counter()

    refusals = case.refused(Accept, by=li, acceptance=signed(signer=PartyKind.AGENT))

    assert refusals == (Refusal("signer.not_authorised", signer="authorised_agent"),)


# --- MOVES 13: Decline -----------------------------------------------------------------------------------------------


def test_a_customer_who_declines_gets_new_solutions():
    case = at_the_counter()

    case.does(Decline, by=li, reasons="too little", counter_demand="a free service")

    complaint = case.complaint
    assert (complaint.state, complaint.declines, complaint.mandate, complaint.passes) == (State.PROPOSAL, 1, None, 2)


@shows(Decline, "offer.not_made")
def test_nobody_declines_what_he_was_not_told():
    case = Case().to(State.OFFER)

    refusals = case.refused(Decline, by=li)

    assert refusals == (Refusal("offer.not_made"),)


def test_the_third_no_escalates_by_itself():
    case = at_the_counter().declined()
    case.proposed("P3").submitted().read().approved("P3").offered().declined()
    case.proposed("P4").submitted().read().approved("P4").offered()
    before = case.severity

    case.declined()

    decline, raised, asked = case.events[-3:]
    assert (before, case.severity, case.complaint.floor) == (
        Severity.GENERAL,
        Severity.ESCALATED,
        Severity.ESCALATED,
    )
    assert (raised.name, raised.caused_by, raised.command.floor) == ("SetSeverity", decline.number, "third_decline")
    assert (asked.name, asked.caused_by, asked.command.to) == ("Escalate", decline.number, Role.MANAGER)


# --- ReportTask ------------------------------------------------------------------------------------------------------


# R64: the owner of a task says what became of it
@pytest.mark.parametrize("result", [TaskResult.DONE, TaskResult.FAILED, TaskResult.CANCELLED])
def test_the_owner_reports_what_became_of_a_task(result):
    case = Case().to(State.EXECUTION)

    case.reported("T1", result, by=wang)

    task = case.complaint.tasks[0]
    assert (task.result, task.number) == (result, case.complaint.version)


@shows(ReportTask, "task.none_of_yours")
@shows(ReportTask, "task.not_yours")
def test_nobody_reports_what_is_not_his():
    case = Case().to(State.EXECUTION)

    refusals = case.refused(ReportTask, by=chen, task="T1")

    assert refusals == (
        Refusal("task.none_of_yours", owners=("wang",)),
        Refusal("task.not_yours", owners=("wang",)),
    )


@shows(ReportTask, "task.not_open")
def test_a_task_is_reported_once():
    case = at_the_counter(remedy(), remedy(RemedyKind.APOLOGY, 0)).accepted().reported("T1")

    refusals = case.refused(ReportTask, by=wang, task="T1")

    assert refusals == (Refusal("task.not_open", tasks=("T2",)),)


def test_somebody_else_may_type_it_for_the_owner():
    case = Case().to(State.EXECUTION)

    case.desk.handle(case.form(ReportTask), by=wang, recorded_by=li)

    event = case.events[-1]
    assert (event.by, event.recorded_by) == (wang, li)


# --- BookCompensation ------------------------------------------------------------------------------------------------


# R67: finance books
def test_finance_books_what_was_paid():
    case = Case().to(State.EXECUTION)

    case.does(BookCompensation, by=wu, booking="B1", task="T1", amount=yuan(200))

    assert case.complaint.ledger == (Booking(id="B1", amount=yuan(200), task="T1", number=case.complaint.version),)


@shows(BookCompensation, "booking.beyond_approval")
def test_no_more_is_booked_than_was_approved():
    case = Case().to(State.EXECUTION).booked("B1", amount=150)

    refusals = case.refused(BookCompensation, by=wu, booking="B2", amount=yuan(51))

    assert refusals == (Refusal("booking.beyond_approval", approved="200 CNY"),)


def test_up_to_what_was_approved_it_may_be_paid_in_parts():
    case = Case().to(State.EXECUTION)

    case.booked("B1", amount=150).booked("B2", amount=50)

    assert [booking.amount for booking in case.complaint.ledger] == [yuan(150), yuan(50)]


def test_one_currency_does_not_cover_another():
    case = Case().to(State.EXECUTION)

    refusals = case.refused(BookCompensation, by=wu, amount=Money(1, "EUR"))

    assert refusals == (Refusal("booking.beyond_approval", approved="200 CNY"),)


@shows(BookCompensation, "booking.doubled")
def test_a_number_in_the_books_is_used_once():
    case = Case().to(State.EXECUTION).booked("B1", amount=50)

    refusals = case.refused(BookCompensation, by=wu, booking="B1", amount=yuan(50))

    assert refusals == (Refusal("booking.doubled", booking="B1"),)


@shows(BookCompensation, "booking.task_unknown")
def test_money_is_booked_for_a_task():
    case = Case().to(State.EXECUTION)

    refusals = case.refused(BookCompensation, by=wu, task="T9")

    assert refusals == (Refusal("booking.task_unknown", tasks=("T1",)),)


def test_a_wrong_booking_is_reversed_by_reference_and_booked_anew():
    case = Case().to(State.EXECUTION).booked("B1", amount=20)

    case.booked("B2", amount=-20, reverses="B1").booked("B3", amount=200)

    assert [(booking.id, booking.reverses) for booking in case.complaint.ledger] == [
        ("B1", None),
        ("B2", "B1"),
        ("B3", None),
    ]


@shows(BookCompensation, "booking.wrong_reversal")
def test_a_reversal_takes_back_the_whole_booking():
    case = Case().to(State.EXECUTION).booked("B1", amount=20)

    refusals = case.refused(BookCompensation, by=wu, booking="B2", amount=yuan(-19), reverses="B1")

    assert refusals == (Refusal("booking.wrong_reversal", booking="B1"),)


@pytest.mark.parametrize("amount", ["0", "0.50"])
def test_however_little_was_paid_is_booked(amount):
    case = Case().to(State.EXECUTION)

    case.does(BookCompensation, wu, amount=Money(amount, "CNY"))

    assert [line.amount for line in case.complaint.ledger] == [Money(amount, "CNY")]


def test_what_was_absorbed_goes_on_when_the_settlement_is_given_up():
    case = Case().to(State.EXECUTION).having_absorbed(State.EXECUTION)

    case.reported("T1", TaskResult.FAILED).abandoned()

    assert [task.id for task in case.complaint.open_tasks] == ["M1/T1"]


def test_a_booking_is_reversed_once():
    case = Case().to(State.EXECUTION).booked("B1", amount=20).booked("B2", amount=-20, reverses="B1")

    refusals = (
        case.refused(BookCompensation, by=wu, booking="B3", amount=yuan(-20), reverses="B1"),
        case.refused(BookCompensation, by=wu, booking="B3", amount=yuan(-20), reverses="B9"),
    )

    assert refusals == (
        (Refusal("booking.wrong_reversal", booking="B1"),),
        (Refusal("booking.wrong_reversal", booking="B9"),),
    )


@pytest.mark.parametrize("person", [li, zhao, qian, sun, wang])
def test_only_finance_books(person):
    case = Case().to(State.EXECUTION)

    refusals = case.forbidden(BookCompensation, by=person)

    assert refusals == (Refusal("move.not_permitted", who=("finance",), command="BookCompensation"),)


# --- MOVES 15: CompleteExecution -------------------------------------------------------------------------------------


# R31: feedback is collected as soon as it is done, within three days (R39)
def test_when_all_is_done_and_booked_the_customer_is_called_back():
    case = Case().to(State.EXECUTION).reported("T1").booked("B1", amount=200)

    case.completed(by=li)

    complaint = case.complaint
    assert (complaint.state, complaint.outcome) == (State.FOLLOW_UP, Outcome.RESOLVED)
    assert complaint.deadlines["follow_up"].due.isoformat() == "2026-03-05T23:59:59+08:00"
    assert complaint.deadlines["follow_up"].rule == "house_4s@1 R39"


@shows(CompleteExecution, "tasks.open")
def test_what_is_not_done_is_not_complete():
    case = at_the_counter(APOLOGY, APOLOGY, APOLOGY).accepted().reported("T1").reported("T3", TaskResult.FAILED)

    refusals = case.refused(CompleteExecution, by=li)

    assert refusals == (Refusal("tasks.open", tasks=("T2", "T3")),)


def test_what_the_customer_agreed_to_leave_out_is_not_waited_for():
    case = at_the_counter(APOLOGY, CASH).accepted().reported("T1").reported("T2", TaskResult.CANCELLED)

    case.completed()

    assert case.state is State.FOLLOW_UP


@shows(CompleteExecution, "compensation.unbooked")
def test_what_was_paid_is_in_the_books_first():
    case = Case().to(State.EXECUTION).reported("T1")

    refusals = case.refused(CompleteExecution, by=li)

    assert refusals == (Refusal("compensation.unbooked", who=("finance",), tasks=("T1",)),)


def test_a_booking_that_was_reversed_is_none():
    case = Case().to(State.EXECUTION).reported("T1").booked("B1").booked("B2", amount=-200, reverses="B1")

    refusals = case.refused(CompleteExecution, by=li)

    assert refusals == (Refusal("compensation.unbooked", who=("finance",), tasks=("T1",)),)


# in the standard table every way to execution brings tasks; a house's own way may not
@shows(CompleteExecution, "tasks.none")
def test_executing_nothing_is_no_execution():
    house = with_other_row(LIFECYCLE, CompleteExecution, sources=(State.OFFER, State.EXECUTION))
    case = Case(lifecycle=house).to(State.OFFER)

    refusals = case.refused(CompleteExecution, by=li)

    assert refusals == (Refusal("tasks.none"),)


# --- MOVES 16: AbandonExecution --------------------------------------------------------------------------------------


def test_what_cannot_be_done_is_given_up_and_what_was_done_stays_listed():
    case = at_the_counter(remedy(), APOLOGY, CASH).accepted().reported("T1").reported("T2", TaskResult.FAILED)

    case.abandoned(by=zhao)

    complaint = case.complaint
    assert (complaint.state, complaint.settlement, complaint.mandate) == (State.PROPOSAL, None, None)
    assert [(task.id, task.result) for task in complaint.tasks] == [
        ("T1", TaskResult.DONE),
        ("T2", TaskResult.FAILED),
        ("T3", TaskResult.CANCELLED),
    ]


@shows(AbandonExecution, "tasks.none_failed")
def test_nothing_is_given_up_while_it_can_be_done():
    case = Case().to(State.EXECUTION)

    refusals = case.refused(AbandonExecution, by=zhao)

    assert refusals == (Refusal("tasks.none_failed"),)


@shows(AbandonExecution, "text.discourteous")
def test_the_customer_is_told_with_courtesy():
    case = Case().to(State.EXECUTION).reported("T1", TaskResult.FAILED)

    refusals = case.refused(AbandonExecution, by=zhao, text="没办法，做不到。")

    assert refusals == (Refusal("text.discourteous", phrases=("没办法", "做不到")),)


def test_after_giving_up_the_new_solution_alone_has_to_be_done():
    case = Case().to(State.EXECUTION).reported("T1", TaskResult.FAILED).abandoned()
    case.proposed("P3", APOLOGY).submitted().read().approved("P3").offered().accepted("P3")

    case.reported("T2").completed()

    assert case.state is State.FOLLOW_UP


# a rework in execution does again what was agreed
def test_rework_adds_its_tasks_to_those_of_the_settlement():
    case = Case().to(State.REVIEW).reworked(ReworkReason.REMEDY_NOT_DONE, remedies=(APOLOGY,))

    refusals = case.refused(CompleteExecution, by=li)

    assert [task.result for task in case.complaint.tasks] == [TaskResult.DONE, TaskResult.OPEN]
    assert refusals == (Refusal("tasks.open", tasks=("T2",)),)


def test_a_proposal_that_is_accepted_keeps_its_remedies_word_for_word():
    case = at_the_counter(remedy(cost=200))

    case.accepted("P1")

    assert case.complaint.settlement.remedies == proposal("P1", remedy(cost=200)).remedies
