"""经理特批: the few rules that are the house's own to set aside, for one step (R2)."""

from __future__ import annotations

import pytest

from complaints import LIFECYCLE, Refusal, State
from complaints.model.beside import Waiver
from complaints.model.words import Duty, RemedyKind, TaskResult
from complaints.stages.execution import ReportTask
from complaints.stages.intake import AnswerAssignment
from complaints.stages.override import Override
from complaints.stages.review import Reopen
from tests.stages.cases import Case, chen, li, qian, remedy, shows, zhao


def test_a_manager_sets_a_rule_aside_for_one_step():
    case = Case().to(State.EXECUTION)

    case.permitted("ReportTask", "task.none_of_yours", "task.not_yours", by=qian)

    assert case.complaint.beside.waiver == Waiver(
        command="ReportTask",
        rules=("task.none_of_yours", "task.not_yours"),
        by="qian",
        number=case.complaint.version,
    )


# a deputy reports the task of a colleague who is ill; the event tells what did not stand in the way
def test_the_step_is_taken_and_tells_what_was_set_aside():
    case = Case().to(State.EXECUTION).permitted("ReportTask", "task.none_of_yours", "task.not_yours")

    case.reported("T1", by=chen)

    assert case.complaint.tasks[0].result is TaskResult.DONE
    assert case.events[-1].set_aside == ("task.none_of_yours", "task.not_yours")
    assert case.complaint.beside.waiver is None


def test_a_complaint_and_an_order_are_explained_with_what_is_permitted():
    case = Case().to(State.EXECUTION)
    before = case.desk.options(case.id, by=chen)[ReportTask]

    case.permitted("ReportTask", "task.none_of_yours", "task.not_yours")

    assert before == (Refusal("task.none_of_yours", owners=("wang",)),)
    assert case.desk.options(case.id, by=chen)[ReportTask] == ()
    assert case.desk.explain(case.form(ReportTask), by=chen) == ()


def test_a_permission_that_is_used_does_not_serve_twice():
    case = Case().to(State.PROPOSAL).proposed("P1", remedy(), remedy(RemedyKind.APOLOGY, 0)).proposed("P2").submitted()
    case.read().approved().offered().accepted()
    case.permitted("ReportTask", "task.none_of_yours", "task.not_yours").reported("T1", by=chen)

    refusals = case.refused(ReportTask, by=chen, task="T2")

    assert [refusal.code for refusal in refusals] == ["task.none_of_yours", "task.not_yours"]


def test_a_permission_is_void_once_the_complaint_has_moved_on():
    case = Case().to(State.JUDGMENT).permitted("Assign", "assignment.no_task")

    case.upheld()

    assert case.complaint.beside.waiver is None


def test_another_step_leaves_it_in_force():
    case = Case().to(State.EXECUTION).permitted("ReportTask", "task.none_of_yours", "task.not_yours")

    case.spoken()

    assert case.complaint.beside.waiver is not None


def test_outside_the_window_a_manager_lets_the_customer_come_back():
    case = Case().to(State.CLOSED).later(days=40)
    before = [refusal.code for refusal in case.refused(Reopen, by=li)]

    case.permitted("Reopen", "reopen.too_late").reopened()

    assert (before, case.state) == (["reopen.too_late"], State.JUDGMENT)


# whoever answers for an absent colleague answers for him, and does not become the one on duty
def test_for_somebody_who_is_away_another_may_answer_and_he_stays_the_one_who_is_asked():
    case = Case().received().assigned(Duty.HANDLER, "zhao").assigned(Duty.CALLER, "chen")

    case.permitted("AnswerAssignment", "assignment.not_yours").answered(Duty.HANDLER, by=chen, accepts=True)

    assert case.complaint.handler == "zhao"


def test_a_task_is_not_reported_twice_whatever_is_permitted():
    case = Case().to(State.EXECUTION).reported("T1").permitted("ReportTask", "task.none_of_yours", "task.not_yours")

    refusals = case.refused(ReportTask, by=chen)

    assert refusals == (Refusal("task.not_open", tasks=()),)


@shows(AnswerAssignment, "assignment.nobody")
def test_a_duty_that_nobody_was_asked_to_take_has_no_answer_whatever_is_permitted():
    case = Case().received().permitted("AnswerAssignment", "assignment.not_yours")

    refusals = case.refused(AnswerAssignment, by=li, duty=Duty.CALLER)

    assert refusals == (Refusal("assignment.nobody", duty="caller"),)


@shows(Override, "override.not_overridable")
def test_money_is_nobodys_to_set_aside():
    case = Case().received()

    refusals = case.refused(Override, by=qian, command="Approve", rules=("leader.limit",))

    assert refusals == (Refusal("override.not_overridable", rules=("leader.limit",), allowed=()),)


@pytest.mark.parametrize(
    ("command", "rule", "allowed"),
    [
        ("Accept", "acceptance.too_weak", ()),
        ("Uphold", "actor.involved", ("assignee.absent", "assignee.unskilled", "transfer.pending")),
        ("SettleAtOnce", "fast.too_late", ("transfer.pending",)),
        ("ReportTask", "task.not_open", ("task.none_of_yours", "task.not_yours")),
    ],
)
def test_signature_conflict_and_facts_are_not_either(command, rule, allowed):
    case = Case().received()

    refusals = case.refused(Override, by=qian, command=command, rules=(rule,))

    assert refusals == (Refusal("override.not_overridable", rules=(rule,), allowed=allowed),)


@shows(Override, "override.no_such_step")
def test_what_there_is_not_nobody_can_permit():
    case = Case().received()

    refusals = case.refused(Override, by=qian, command="Forget", rules=("leader.limit",))

    assert refusals == (Refusal("override.no_such_step", command="Forget"),)


def test_a_supervisor_permits_nothing():
    case = Case().received()

    refusals = case.forbidden(Override, by=zhao)

    assert refusals == (Refusal("move.not_permitted", who=("manager",), command="Override"),)


NO_FIT_PERSON = {"assignee.absent", "assignee.unskilled"}
MOVES_THAT_WAIT = ("SettleAtOnce", "Uphold", "Explain", "ConcludeInvestigation", "Withdraw", "Merge", "Void")


def test_what_may_be_set_aside_is_this_and_nothing_else():
    overridable = {command: set(rules) for command, rules in LIFECYCLE.overridable.items() if rules}

    assert overridable == {
        "BeginJudgment": {"handler.not_accepted"},
        **{command: {"transfer.pending"} for command in MOVES_THAT_WAIT},
        "Uphold": {"transfer.pending", *NO_FIT_PERSON},
        "Transfer": {"transfer.pending", "transfer.hops"},
        "Assign": {"assignment.no_task", *NO_FIT_PERSON},
        "HandOver": NO_FIT_PERSON,
        "ReopenInvestigation": NO_FIT_PERSON,
        "AnswerAssignment": {"assignment.not_yours"},
        "ReportTask": {"task.none_of_yours", "task.not_yours"},
        "Reopen": {"reopen.too_late"},
        "RecordContact": {"contact.untimely"},
        "RecordFollowUp": {"contact.untimely"},
    }


def test_without_permission_the_rule_stands():
    case = Case().to(State.EXECUTION).permitted("Assign", "assignment.no_task")

    refusals = case.refused(ReportTask, by=chen)

    assert [refusal.code for refusal in refusals] == ["task.none_of_yours", "task.not_yours"]
