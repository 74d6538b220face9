"""Somebody higher is asked to decide or to help (R2, R66)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from complaints import Channel, Policy, Refusal, Role, Severity, State
from complaints.errors import Fault, InvalidCommandError
from complaints.model.beside import Escalation
from complaints.model.people import SYSTEM
from complaints.model.words import ClockState, Duty, EscalationReply
from complaints.policy import RulePack
from complaints.stages.escalation import AnswerEscalation, Escalate
from complaints.stages.execution import Decline
from complaints.stages.intake import AnswerAssignment
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


# --- seen, and handed down -------------------------------------------------------------------------------------------

SEEN = EscalationReply.ACKNOWLEDGED
DOWN = EscalationReply.HANDED_DOWN


def test_whoever_has_seen_it_works_on_it_and_owes_the_answer_as_before():
    case = Case().received().escalated()
    (clock,) = [one for one in case.complaint.clocks if one.name == "answer_escalation"]

    case.later(hours=3).does(AnswerEscalation, by=qian, reply=SEEN, decision="I am looking into it")

    (asked,) = case.complaint.open_escalations
    assert asked == Escalation(
        to=Role.MANAGER, at=MONDAY, number=2, acknowledged_by="qian", acknowledged_at=MONDAY + timedelta(hours=3)
    )
    assert case.complaint.deadlines["answer_escalation:2"] == clock


@shows(AnswerEscalation, "escalation.acknowledged")
def test_it_is_seen_once():
    case = Case().received().escalated().does(AnswerEscalation, by=qian, reply=SEEN)

    refusals = case.refused(AnswerEscalation, by=sun, reply=SEEN)

    assert refusals == (Refusal("escalation.acknowledged", person="qian"),)


def test_what_was_seen_is_decided_in_the_end():
    case = Case().received().escalated().does(AnswerEscalation, by=qian, reply=SEEN).later(hours=1)

    case.does(AnswerEscalation, by=qian, escalation=2)

    (asked,) = case.complaint.beside.escalations
    assert (asked.acknowledged_by, asked.answered_by, case.complaint.open_escalations) == ("qian", "qian", ())
    assert case.complaint.deadlines["answer_escalation:2"].state is ClockState.MET


def test_what_is_handed_down_is_asked_of_the_lower_rank():
    case = Case().received().escalated(Role.GENERAL_MANAGER)

    case.does(AnswerEscalation, by=sun, reply=DOWN, to=Role.SUPERVISOR, decision="a matter of the workshop")

    upper, lower = case.complaint.beside.escalations
    answer, asked = case.events[-2:]
    assert (upper.answered_by, upper.handed_down_to) == ("sun", Role.SUPERVISOR)
    assert lower == Escalation(to=Role.SUPERVISOR, at=case.clock(), number=4)
    assert (asked.name, asked.by, asked.caused_by) == ("Escalate", SYSTEM, answer.number)
    assert [case.complaint.deadlines[f"answer_escalation:{number}"].state for number in (2, 4)] == [
        ClockState.MET,
        ClockState.RUNNING,
    ]


@pytest.mark.parametrize("to", [Role.SPECIALIST, Role.SUPERVISOR])
def test_nobody_is_asked_twice_and_the_handler_has_it_anyway(to):
    case = Case().received().escalated(Role.SUPERVISOR).escalated(Role.MANAGER)

    case.does(AnswerEscalation, by=qian, escalation=3, reply=DOWN, to=to)

    assert [one.to for one in case.complaint.open_escalations] == [Role.SUPERVISOR]


@shows(AnswerEscalation, "escalation.not_lower")
def test_down_is_below_the_rank_that_was_asked():
    case = Case().received().escalated(Role.MANAGER)

    refusals = case.refused(AnswerEscalation, by=sun, reply=DOWN, to=Role.MANAGER)

    assert refusals == (Refusal("escalation.not_lower", rank="manager"),)


@pytest.mark.parametrize(
    ("reply", "to", "fault"),
    [
        (DOWN, None, Fault("to", "choice", choices=("specialist", "supervisor", "manager", "general_manager"))),
        (DOWN, Role.GROUP, Fault("to", "choice", choices=("specialist", "supervisor", "manager", "general_manager"))),
        (SEEN, Role.SUPERVISOR, Fault("to", "not_with_reply")),
        (EscalationReply.DECIDED, Role.SUPERVISOR, Fault("to", "not_with_reply")),
    ],
)
def test_only_what_is_handed_down_names_a_rank(reply, to, fault):
    case = Case().received().escalated()

    with pytest.raises(InvalidCommandError) as stopped:
        case.form(AnswerEscalation, reply=reply, to=to)

    assert stopped.value.faults == (fault,)


# --- the ladder: who does not answer, the next rank is asked ---------------------------------------------------------

OWN = """
name = "own"
version = "1"
title = { zh_CN = "本店规则", en = "The house's own" }
source = "the house"

[[clock]]
clock = "answer_escalation"
starts = ["escalated"]
within = "2 hours"

[[authority]]
role = "group"
severity = "critical"
"""
DAY = timedelta(days=1)
PACKS = [
    pytest.param(Policy(), DAY * 2, id="house_4s"),
    pytest.param(Policy(packs=("house_4s", "cn_auto_sales_2017")), DAY * 2, id="house_4s and cn_auto_sales_2017"),
    pytest.param(Policy(packs=(RulePack.parse(OWN),)), timedelta(hours=3), id="own"),
]


def ticked(case: Case, by: timedelta) -> list[Role]:
    """So much later the clock ticks, twice; whom the complaint waits for then."""
    case.clock.advance(by)
    case.desk.tick()
    assert case.desk.tick().events == {}
    return [one.to for one in case.complaint.open_escalations]


@pytest.mark.parametrize(("policy", "wait"), PACKS)
@pytest.mark.parametrize("takes_on", [True, False])
def test_who_does_not_answer_is_passed_over_up_to_the_group(policy, wait, takes_on):
    case = Case(policy=policy).received(takes_on=takes_on).escalated(Role.SUPERVISOR)

    waits_for = [ticked(case, wait) for _ in range(5)]

    ladder = [Role.SUPERVISOR, Role.MANAGER, Role.GENERAL_MANAGER, Role.GROUP]
    missed = [one.clock for one in case.complaint.beside.breaches if one.clock.startswith("answer_escalation")]
    assert waits_for == [ladder[:2], ladder[:3], ladder, ladder, ladder]
    assert missed == [f"answer_escalation:{one.number}" for one in case.complaint.beside.escalations]


def test_a_complaint_that_nobody_has_goes_up_by_itself():
    case = Case().received(by=SYSTEM, channel=Channel.WEBSITE, takes_on=False)

    waits_for = [ticked(case, DAY * 2) for _ in range(5)]

    ladder = [Role.SUPERVISOR, Role.MANAGER, Role.GENERAL_MANAGER, Role.GROUP]
    assert waits_for == [ladder[:2], ladder[:3], ladder, ladder, ladder]


# invariant 13, "Unassigned complaints escalate too"
def test_a_complaint_that_was_acknowledged_and_then_forgotten_goes_up_by_itself():
    case = Case().received(by=SYSTEM, channel=Channel.WEBSITE, takes_on=False).spoken()

    waits_for = [ticked(case, DAY) for _ in range(3)]

    assert waits_for == [[], [Role.MANAGER], [Role.MANAGER]]


def test_whoever_gives_the_handling_back_leaves_it_to_be_assigned_anew():
    case = Case().received(by=SYSTEM, takes_on=False).assigned(Duty.HANDLER, "li")
    before = case.complaint.deadlines["assign"].state

    case.later(days=1).does(AnswerAssignment, by=li, duty=Duty.HANDLER, accepts=False, reason="on leave")

    clock = case.complaint.deadlines["assign"]
    assert (before, clock.state, clock.start) == (ClockState.MET, ClockState.RUNNING, MONDAY + DAY)


def test_whoever_takes_it_on_at_once_leaves_nothing_to_assign():
    assert "assign" not in Case().received(by=li, takes_on=True).complaint.deadlines


def test_seen_and_not_answered_goes_up_all_the_same():
    case = Case().received().escalated(Role.SUPERVISOR).does(AnswerEscalation, by=zhao, reply=SEEN)

    assert ticked(case, DAY * 2) == [Role.SUPERVISOR, Role.MANAGER]


def test_whoever_has_answered_in_time_is_not_passed_over():
    case = Case().received().escalated(Role.SUPERVISOR).later(days=1).does(AnswerEscalation, by=zhao)

    assert ticked(case, DAY * 3) == []


def test_an_answer_that_came_late_is_missed_and_goes_nowhere():
    case = Case().received().escalated(Role.SUPERVISOR).later(days=2)

    case.does(AnswerEscalation, by=zhao)

    assert [one.clock for one in case.complaint.beside.breaches] == ["answer_escalation:2"]
    assert case.complaint.open_escalations == ()


def test_what_was_handed_down_and_is_not_answered_comes_back():
    case = Case().received().escalated(Role.MANAGER)
    case.does(AnswerEscalation, by=qian, reply=DOWN, to=Role.SUPERVISOR)

    assert ticked(case, DAY * 2) == [Role.SUPERVISOR, Role.MANAGER]


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
