"""From one department or person to another, warmly, and no clock starts anew (R15, R56, R64)."""

from __future__ import annotations

import pytest

from complaints import Department, Refusal, Role, State
from complaints.errors import Fault, InvalidCommandError
from complaints.lifecycle import LIFECYCLE
from complaints.model.beside import TransferAsked
from complaints.model.complaint import Assignment
from complaints.model.words import Answer, Duty
from complaints.stages.ending import Void, Withdraw
from complaints.stages.family import Merge
from complaints.stages.fast_track import SettleAtOnce
from complaints.stages.handover import AnswerTransfer, HandOver, Transfer
from complaints.stages.investigation import ConcludeInvestigation
from complaints.stages.judgment import Explain, Uphold
from tests.stages.cases import MONDAY, Case, chen, li, qian, remedy, shows, staff, sun, wang, zhao, zhou

parts_head = staff("parts-head", Role.DEPARTMENT_HEAD, department=Department.PARTS)
WAITS = Refusal("transfer.pending", who=("department_head", "manager"), department="parts")


def passed_round_twice() -> Case:
    case = Case().to(State.JUDGMENT).transferred(Department.PARTS).taken_over()
    return case.transferred(Department.SALES).taken_over()


# --- Transfer --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.JUDGMENT, State.INVESTIGATION])
def test_until_the_other_department_answers_nothing_has_changed_hands(state):
    case = Case().to(state)
    department = case.complaint.department

    case.transferred(Department.PARTS, by=zhou)

    asked = TransferAsked(to=Department.PARTS, number=case.complaint.version, at=MONDAY)
    assert case.complaint.pending_transfer == asked
    assert (case.state, case.complaint.department, case.complaint.beside.hops) == (state, department, 0)


# R56: a warm hand-over, never "the customer was told to contact them"
@pytest.mark.parametrize("left_out", ["reason", "briefing"])
def test_a_transfer_tells_why_and_what_the_next_one_must_know(left_out):
    case = Case().to(State.JUDGMENT)

    with pytest.raises(InvalidCommandError) as stopped:
        case.form(Transfer, **{left_out: " "})

    assert stopped.value.faults == (Fault(left_out, "empty"),)


@shows(Transfer, "transfer.pending")
def test_no_second_department_is_asked_while_one_is_silent():
    case = Case().to(State.JUDGMENT).transferred(Department.PARTS)

    refusals = case.refused(Transfer, by=zhou, to=Department.SALES)

    assert refusals == (WAITS,)


@shows(Transfer, "transfer.hops")
def test_beyond_two_hops_the_manager_decides():
    case = passed_round_twice()

    refusals = case.refused(Transfer, by=zhou, to=Department.SERVICE)

    assert refusals == (Refusal("transfer.hops", who=("manager",), hops=2),)


def test_the_manager_may_send_it_on_once_more():
    case = passed_round_twice()

    case.transferred(Department.SERVICE, by=qian).taken_over(by=qian)

    assert (case.complaint.department, case.complaint.beside.hops) == (Department.SERVICE, 3)


@shows(Transfer, "transfer.same")
def test_a_department_does_not_hand_over_to_itself():
    case = Case().to(State.INVESTIGATION)

    refusals = case.refused(Transfer, by=zhou, to=Department.SERVICE)

    assert refusals == (Refusal("transfer.same", department="service"),)


def test_a_manager_may_set_aside_that_it_waits_and_how_often_it_went_round():
    overridable = {command: codes for command, codes in LIFECYCLE.overridable.items() if "transfer.pending" in codes}

    assert {command: codes & {"transfer.pending", "transfer.hops"} for command, codes in overridable.items()} == {
        "Transfer": {"transfer.pending", "transfer.hops"},
        "SettleAtOnce": {"transfer.pending"},
        "Uphold": {"transfer.pending"},
        "Explain": {"transfer.pending"},
        "ConcludeInvestigation": {"transfer.pending"},
        "Withdraw": {"transfer.pending"},
        "Merge": {"transfer.pending"},
        "Void": {"transfer.pending"},
    }


# --- AnswerTransfer --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", [parts_head, qian], ids=lambda actor: actor.id)
def test_taken_over_it_belongs_to_the_other_department(by):
    case = Case().to(State.INVESTIGATION).transferred(Department.PARTS)

    case.taken_over(by=by)

    beside = case.complaint.beside
    assert (case.complaint.department, beside.hops, case.complaint.pending_transfer) == (Department.PARTS, 1, None)
    assert beside.transfer is not None
    assert beside.transfer.answer is Answer.ACCEPTED


def test_declined_it_stays_where_it_is_and_may_go_elsewhere():
    case = Case().to(State.INVESTIGATION).transferred(Department.PARTS)

    case.does(AnswerTransfer, by=parts_head, accepts=False, reason="the part was in stock")

    stayed = case.complaint
    case.transferred(Department.SALES)
    assert (stayed.department, stayed.beside.hops, stayed.pending_transfer) == (Department.SERVICE, 0, None)
    assert stayed.beside.transfer is not None
    assert stayed.beside.transfer.answer is Answer.DECLINED
    assert case.complaint.pending_transfer is not None


def test_declining_needs_a_reason():
    case = Case().to(State.JUDGMENT).transferred()

    with pytest.raises(InvalidCommandError) as stopped:
        case.form(AnswerTransfer, accepts=False)

    assert stopped.value.faults == (Fault("reason", "missing"),)


@shows(AnswerTransfer, "transfer.none")
def test_where_no_department_was_asked_none_answers():
    case = Case().to(State.JUDGMENT).transferred().taken_over()

    refusals = case.refused(AnswerTransfer, by=qian)

    assert refusals == (Refusal("transfer.none"),)


@shows(AnswerTransfer, "transfer.not_yours")
def test_the_head_of_another_department_does_not_answer():
    case = Case().to(State.JUDGMENT).transferred(Department.PARTS)

    refusals = case.refused(AnswerTransfer, by=zhou)

    assert refusals == (Refusal("transfer.not_yours", who=("department_head", "manager"), department="parts"),)


# "clocks never reset"
@pytest.mark.parametrize("accepts", [True, False])
def test_the_customer_does_not_wait_longer_for_it(accepts):
    case = Case().to(State.JUDGMENT)
    before = case.complaint.deadlines

    case.later(hours=5).transferred().later(hours=5).does(AnswerTransfer, by=qian, accepts=accepts, reason="as it is")

    assert case.complaint.deadlines == before


# --- moves wait while a transfer is pending --------------------------------------------------------------------------


@shows(SettleAtOnce, "transfer.pending")
def test_nothing_is_settled_while_another_department_is_asked():
    case = Case().to(State.JUDGMENT).transferred()

    refusals = case.refused(SettleAtOnce, by=wang)

    assert refusals == (WAITS,)


@shows(Uphold, "transfer.pending")
def test_nothing_is_upheld_while_another_department_is_asked():
    case = Case().to(State.JUDGMENT).transferred()

    refusals = case.refused(Uphold, by=zhao)

    assert refusals == (WAITS,)


@shows(Explain, "transfer.pending")
def test_nothing_is_explained_while_another_department_is_asked():
    case = Case().to(State.JUDGMENT).transferred()

    refusals = case.refused(Explain, by=zhao)

    assert refusals == (WAITS,)


@shows(ConcludeInvestigation, "transfer.pending")
def test_nothing_is_concluded_while_another_department_is_asked():
    case = Case().to(State.INVESTIGATION).shown().found().transferred()

    refusals = case.refused(ConcludeInvestigation, by=li)

    assert refusals == (WAITS,)


@shows(Withdraw, "transfer.pending")
def test_nothing_is_withdrawn_while_another_department_is_asked():
    case = Case().to(State.JUDGMENT).transferred()

    refusals = case.refused(Withdraw, by=li)

    assert refusals == (WAITS,)


@shows(Void, "transfer.pending")
def test_nothing_is_voided_while_another_department_is_asked():
    case = Case().to(State.JUDGMENT).transferred()

    refusals = case.refused(Void, by=zhao)

    assert refusals == (WAITS,)


@shows(Merge, "transfer.pending")
def test_nothing_is_merged_while_another_department_is_asked():
    case = Case().to(State.JUDGMENT).transferred().beside_another()

    refusals = case.refused(Merge, by=zhao)

    assert refusals == (WAITS,)


def test_work_that_moves_nothing_goes_on():
    case = Case().to(State.INVESTIGATION).transferred()

    case.shown().found().spoken()

    assert len(case.complaint.present_findings) == 1


def test_with_the_answer_it_goes_on():
    case = Case().to(State.JUDGMENT).transferred().taken_over(by=parts_head)

    case.upheld(department=Department.PARTS)

    assert case.state is State.INVESTIGATION


# --- HandOver --------------------------------------------------------------------------------------------------------


def duty(kind: Duty, person: str, case: Case, answer: Answer = Answer.PENDING) -> Assignment:
    return Assignment(duty=kind, assignee=person, number=case.complaint.version, answer=answer)


def test_every_duty_of_one_person_waits_for_the_other_and_he_is_remembered():
    case = Case().to(State.INVESTIGATION)

    case.handed_over("li", "chen", by=zhao)

    complaint = case.complaint
    assert complaint.duties == {
        Duty.HANDLER: duty(Duty.HANDLER, "chen", case),
        Duty.INVESTIGATOR: duty(Duty.INVESTIGATOR, "chen", case),
    }
    assert (complaint.handler, complaint.former_handlers) == (None, ("li",))


def test_what_was_still_to_be_answered_goes_along():
    case = Case().received(takes_on=False).assigned(Duty.HANDLER, "li")

    case.handed_over("li", "chen", by=li)

    assert case.complaint.duties == {Duty.HANDLER: duty(Duty.HANDLER, "chen", case)}
    assert case.complaint.former_handlers == ()


def test_what_was_declined_does_not():
    case = (
        Case()
        .received(by=chen)
        .assigned(Duty.CALLER, "wang")
        .answered(Duty.CALLER, by=wang, accepts=False, reason="on leave")
    )

    refusals = case.refused(HandOver, by=zhao, giver="wang", taker="li")

    assert refusals == (Refusal("handover.nothing", person="wang"),)


def test_whoever_takes_it_himself_has_accepted_it():
    case = Case().received(by=li)

    case.handed_over("li", "zhao", by=zhao)

    assert case.complaint.duties == {Duty.HANDLER: duty(Duty.HANDLER, "zhao", case, Answer.ACCEPTED)}
    assert (case.complaint.handler, case.complaint.former_handlers) == ("zhao", ("li",))


def test_duties_of_others_stay_with_them():
    case = Case().received(by=li).assigned(Duty.CALLER, "chen")
    calls = case.complaint.duties[Duty.CALLER]

    case.handed_over("li", "wang", by=zhao)

    assert case.complaint.duties == {Duty.HANDLER: duty(Duty.HANDLER, "wang", case), Duty.CALLER: calls}


# invariant 12: nobody's absence may block a remedy
def test_open_tasks_have_the_new_owner_at_once_and_finished_ones_stay_as_they_were():
    case = Case().to(State.PROPOSAL).consulted()
    case.proposed("P1", remedy(), remedy(owner="zheng"), remedy()).submitted().read().approved().offered().accepted()
    case.reported("T1")

    case.handed_over("wang", "chen", by=wang)

    assert [task.owner for task in case.complaint.tasks] == ["wang", "zheng", "chen"]


def test_handing_over_touches_no_clock():
    case = Case().to(State.OFFER)
    before = case.complaint.deadlines

    case.later(days=1).handed_over()

    assert case.complaint.deadlines == before


@shows(HandOver, "handover.not_yours")
def test_nobody_hands_over_what_is_anothers():
    case = Case().received(by=li)

    refusals = case.refused(HandOver, by=chen, giver="li", taker="chen")

    assert refusals == (Refusal("handover.not_yours", who=("supervisor",)),)


@shows(HandOver, "handover.nothing")
def test_whoever_has_nothing_hands_nothing_over():
    case = Case().received(by=li)

    refusals = case.refused(HandOver, by=wang, giver="wang", taker="chen")

    assert refusals == (Refusal("handover.nothing", person="wang"),)


@shows(HandOver, "handover.same")
def test_nobody_hands_over_to_himself():
    case = Case().received(by=li)

    refusals = case.refused(HandOver, by=li, giver="li", taker="li")

    assert refusals == (Refusal("handover.same"),)


# A8: conflict of interest
@shows(HandOver, "handover.involved")
def test_whoever_is_complained_of_takes_no_duty_over():
    case = Case().received(by=li).about("chen")

    refusals = case.refused(HandOver, by=li, giver="li", taker="chen")

    assert refusals == (Refusal("handover.involved", assignee="chen"),)


def test_whoever_is_complained_of_may_do_the_work_that_makes_it_good():
    case = Case().to(State.EXECUTION).about("chen")

    case.handed_over("wang", "chen", by=zhao)

    assert [task.owner for task in case.complaint.open_tasks] == ["chen"]


# MOVES 19: caller ≠ handler
@shows(HandOver, "handover.caller")
def test_the_call_back_is_not_handed_to_the_handler():
    case = Case().received(by=li).assigned(Duty.CALLER, "chen")

    refusals = case.refused(HandOver, by=chen, giver="chen", taker="li")

    assert refusals == (Refusal("handover.caller"),)


def test_the_call_back_alone_makes_nobody_a_former_handler():
    case = Case().received(by=li).assigned(Duty.CALLER, "chen")

    case.handed_over("chen", "sun", by=chen)

    assert case.complaint.duties[Duty.CALLER].assignee == "sun"
    assert (case.complaint.handler, case.complaint.former_handlers) == ("li", ())


def test_nor_to_one_who_would_become_the_handler_with_it():
    case = Case().received(takes_on=False).assigned(Duty.HANDLER, "chen").assigned(Duty.CALLER, "chen")

    refusals = case.refused(HandOver, by=chen, giver="chen", taker="sun")

    assert refusals == (Refusal("handover.caller"),)


def test_the_former_handler_still_does_not_call_back():
    case = Case().to(State.FOLLOW_UP).handed_over("li", "sun", by=sun).assigned(Duty.CALLER, "chen")

    refusals = case.refused(HandOver, by=chen, giver="chen", taker="li")

    assert refusals == (Refusal("handover.caller"),)
