"""Somebody higher is asked to decide or to help (R2, R66)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from complaints import Refusal, Role, Severity, State
from complaints.errors import Fault, InvalidCommandError
from complaints.model.beside import Escalation
from complaints.model.people import SYSTEM
from complaints.stages.escalation import AnswerEscalation, Escalate
from complaints.stages.execution import Decline
from tests.stages.cases import MONDAY, Case, chen, li, qian, shows, sun, zhao

# --- Escalate --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.INTAKE, State.EXPLANATION, State.APPROVAL, State.REVIEW])
def test_a_specialist_asks_above_wherever_an_open_complaint_is(state):
    case = Case().to(state)

    case.escalated(Role.GENERAL_MANAGER)

    asked = Escalation(to=Role.GENERAL_MANAGER, at=case.clock(), number=case.complaint.version)
    assert (case.state, case.complaint.open_escalations) == (state, (asked,))


@pytest.mark.parametrize("role", [Role.SPECIALIST, Role.FINANCE, Role.DEPARTMENT_HEAD])
def test_one_escalates_to_a_rank_above_the_specialist(role):
    case = Case().received()

    with pytest.raises(InvalidCommandError) as stopped:
        case.form(Escalate, to=role)

    ranks = ("supervisor", "manager", "general_manager", "group")
    assert stopped.value.faults == (Fault("to", "choice", choices=ranks),)


@shows(Escalate, "escalation.doubled")
def test_a_rank_is_asked_once_until_it_has_answered():
    case = Case().received().escalated(Role.MANAGER, by=li)

    refusals = case.refused(Escalate, by=chen, to=Role.MANAGER)

    assert refusals == (Refusal("escalation.doubled", rank="manager"),)


def test_while_one_rank_is_silent_a_higher_one_may_be_asked():
    case = Case().received().escalated(Role.MANAGER)

    case.escalated(Role.GENERAL_MANAGER)

    assert [one.to for one in case.complaint.open_escalations] == [Role.MANAGER, Role.GENERAL_MANAGER]


# --- AnswerEscalation ------------------------------------------------------------------------------------------------


def test_the_one_who_was_asked_answers_and_may_be_asked_anew():
    case = Case().received().escalated().later(hours=3)

    case.does(AnswerEscalation, by=qian, escalation=2).escalated()

    first, second = case.complaint.beside.escalations
    assert first == Escalation(
        to=Role.MANAGER, at=MONDAY, number=2, answered_by="qian", answered_at=MONDAY + timedelta(hours=3)
    )
    assert case.complaint.open_escalations == (second,)


def test_somebody_above_may_answer_as_well():
    case = Case().received().escalated(Role.SUPERVISOR)

    case.does(AnswerEscalation, by=sun)

    assert [one.answered_by for one in case.complaint.beside.escalations] == ["sun"]


@shows(AnswerEscalation, "escalations.none_open")
def test_where_nobody_asked_nobody_answers():
    case = Case().received()

    refusals = case.refused(AnswerEscalation, by=qian)

    assert refusals == (Refusal("escalations.none_open"), Refusal("escalation.not_open", escalations=()))


@shows(AnswerEscalation, "escalation.not_open")
def test_an_escalation_is_answered_once():
    case = Case().received().escalated().does(AnswerEscalation, by=qian, escalation=2).escalated()

    refusals = case.refused(AnswerEscalation, by=qian, escalation=2)

    assert refusals == (Refusal("escalation.not_open", escalations=("4",)),)


@shows(AnswerEscalation, "escalation.rank")
def test_whoever_ranks_lower_than_was_asked_does_not_answer():
    case = Case().received().escalated(Role.MANAGER)

    refusals = case.refused(AnswerEscalation, by=zhao)

    assert refusals == (Refusal("escalation.rank", who=("manager",)),)


# --- MOVES 13: the third one escalates by itself ---------------------------------------------------------------------


def declined_twice() -> Case:
    case = Case().to(State.OFFER).offered().declined()
    return case.proposed("P3").submitted().read().approved("P3").offered().declined()


def offered_again(case: Case, id: str) -> Case:
    return case.consulted().proposed(id).proposed(f"{id}b").submitted().read().approved(id).offered()


def test_the_third_refused_offer_goes_to_the_manager_by_itself():
    case = offered_again(declined_twice(), "P4")
    before = case.complaint.beside.escalations

    case.declined()

    decline, raised, asked = case.events[-3:]
    assert (before, decline.name, raised.name) == ((), "Decline", "SetSeverity")
    assert (asked.name, asked.by, asked.caused_by) == ("Escalate", SYSTEM, decline.number)
    assert case.complaint.open_escalations == (Escalation(to=Role.MANAGER, at=case.clock(), number=asked.number),)


@pytest.mark.parametrize("to", [Role.MANAGER, Role.GENERAL_MANAGER])
def test_it_does_not_where_the_manager_or_somebody_above_is_asked_already(to):
    case = offered_again(declined_twice(), "P4").escalated(to)

    case.declined()

    assert [one.to for one in case.complaint.open_escalations] == [to]


def test_that_a_supervisor_is_asked_does_not_keep_it_from_the_manager():
    case = offered_again(declined_twice(), "P4").escalated(Role.SUPERVISOR)

    case.declined()

    assert [one.to for one in case.complaint.open_escalations] == [Role.SUPERVISOR, Role.MANAGER]


def test_once_the_manager_has_answered_the_fourth_goes_to_him_again():
    case = offered_again(declined_twice(), "P4").declined().does(AnswerEscalation, by=qian)

    offered_again(case, "P5").does(Decline, by=li)

    assert (case.complaint.declines, len(case.complaint.open_escalations), case.severity) == (
        4,
        1,
        Severity.ESCALATED,
    )


def test_of_two_escalations_only_the_one_that_is_named_is_answered():
    case = Case().received().escalated(Role.SUPERVISOR).escalated(Role.GENERAL_MANAGER)
    first, second = case.complaint.open_escalations

    case.does(AnswerEscalation, sun, escalation=second.number)

    assert case.complaint.open_escalations == (first,)
