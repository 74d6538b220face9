"""Who is given something to do: known, present and skilled, where the host's directory says so (R19, R52)."""

from __future__ import annotations

import pytest

from complaints import LIFECYCLE, Person, Refusal, Role, State
from complaints.model.words import Duty
from complaints.stages.handover import HandOver
from complaints.stages.intake import Assign
from complaints.stages.investigation import ReopenInvestigation
from complaints.stages.judgment import Uphold
from tests.stages.cases import Case, Listed, li, shows, zhao

AWAY = Person(id="chen", roles=(Role.SPECIALIST,), absent=True, deputy="li")
NO_ENGINES = Person(id="chen", roles=(Role.SPECIALIST,), skills=("service", "attitude"))


def a_case_about_an_engine(*people):
    case = Case(directory=Listed(*people))
    issue = case.form(LIFECYCLE.commands["Receive"]).issues[0]
    return case.received(issues=(type(issue)(id="1", category="product.engine"),))


# --- Assign ----------------------------------------------------------------------------------------------------------


@shows(Assign, "assignee.unknown")
def test_a_complaint_is_not_given_to_somebody_who_does_not_work_here():
    case = Case(directory=Listed()).received()

    refusals = case.refused(Assign, by=zhao, duty=Duty.CALLER, assignee="gao", basis="has the fewest")

    assert refusals == (Refusal("assignee.unknown", assignees=("gao",)),)


@shows(Assign, "assignee.absent")
def test_a_complaint_is_not_given_to_somebody_who_is_away_and_the_deputy_is_named():
    case = Case(directory=Listed(AWAY)).received()

    refusals = case.refused(Assign, by=zhao, duty=Duty.HANDLER, assignee="chen", basis="has the fewest")

    assert refusals == (Refusal("assignee.absent", assignees=("chen",), deputies=("li",)),)


@shows(Assign, "assignee.unskilled")
def test_a_complaint_about_an_engine_is_given_to_somebody_who_knows_engines():
    case = a_case_about_an_engine(NO_ENGINES)

    refusals = case.refused(Assign, by=zhao, duty=Duty.HANDLER, assignee="chen", basis="has the fewest")

    assert refusals == (Refusal("assignee.unskilled", assignees=("chen",), categories=("product.engine",)),)


@pytest.mark.parametrize("skills", [(), ("product",), ("product.engine", "attitude")])
def test_a_skill_is_a_category_or_its_group_and_without_any_listed_nobody_asks(skills):
    case = a_case_about_an_engine(Person(id="chen", roles=(Role.SPECIALIST,), skills=skills))

    case.assigned(Duty.HANDLER, "chen")

    assert case.complaint.duties[Duty.HANDLER].assignee == "chen"


# our choice: neither takes knowledge of what was complained of
@pytest.mark.parametrize("duty", [Duty.CALLER, Duty.TASK_OWNER])
def test_calling_back_and_carrying_out_take_no_skill(duty):
    engines_only = Person(id="chen", roles=(Role.SPECIALIST,), skills=("product",))
    case = Case(directory=Listed(engines_only)).to(State.EXECUTION)
    task = case.complaint.open_tasks[0].id if duty is Duty.TASK_OWNER else None

    refusals = case.desk.explain(
        case.form(Assign, duty=duty, assignee="chen", basis="has the fewest", task=task), by=zhao
    )

    assert refusals == ()


def test_without_a_directory_nobody_asks():
    case = Case().received()

    case.assigned(Duty.CALLER, "whoever")

    assert case.complaint.duties[Duty.CALLER].assignee == "whoever"


# --- Uphold ----------------------------------------------------------------------------------------------------------


@shows(Uphold, "assignee.unknown")
def test_nobody_investigates_who_does_not_work_here():
    case = Case(directory=Listed()).to(State.JUDGMENT)

    refusals = case.refused(Uphold, by=zhao, investigator="gao")

    assert refusals == (Refusal("assignee.unknown", assignees=("gao",)),)


@shows(Uphold, "assignee.absent")
def test_nobody_investigates_who_is_away():
    case = Case(directory=Listed(Person(id="chen", absent=True))).to(State.JUDGMENT)

    refusals = case.refused(Uphold, by=zhao, investigator="chen")

    assert refusals == (Refusal("assignee.absent", assignees=("chen",), deputies=()),)


@shows(Uphold, "assignee.unskilled")
def test_nobody_investigates_an_engine_who_does_not_know_engines():
    case = a_case_about_an_engine(NO_ENGINES).begun(by=li)

    refusals = case.refused(Uphold, by=zhao, investigator="chen")

    assert refusals == (Refusal("assignee.unskilled", assignees=("chen",), categories=("product.engine",)),)


def test_absence_and_skill_can_be_set_aside_by_a_manager_but_not_whether_somebody_is_there():
    codes = LIFECYCLE.overridable["Assign"]

    assert {code for code in codes if code.startswith("assignee.")} == {"assignee.absent", "assignee.unskilled"}


# --- whoever else is named -------------------------------------------------------------------------------------------


def _with_a_new_receipt(case):
    return case.begun().upheld().shown().found().concluded().shown("receipt")


@shows(ReopenInvestigation, "assignee.unknown")
def test_nobody_investigates_again_who_does_not_work_here():
    case = _with_a_new_receipt(Case(directory=Listed()).received())

    refusals = case.refused(ReopenInvestigation, by=zhao, investigator="gao")

    assert refusals == (Refusal("assignee.unknown", assignees=("gao",)),)


@shows(ReopenInvestigation, "assignee.absent")
def test_nobody_investigates_again_who_is_away():
    case = _with_a_new_receipt(Case(directory=Listed(AWAY)).received())

    refusals = case.refused(ReopenInvestigation, by=zhao, investigator="chen")

    assert refusals == (Refusal("assignee.absent", assignees=("chen",), deputies=("li",)),)


@shows(ReopenInvestigation, "assignee.unskilled")
def test_nobody_investigates_an_engine_again_who_does_not_know_engines():
    case = _with_a_new_receipt(a_case_about_an_engine(NO_ENGINES))

    refusals = case.refused(ReopenInvestigation, by=zhao, investigator="chen")

    assert refusals == (Refusal("assignee.unskilled", assignees=("chen",), categories=("product.engine",)),)


@shows(HandOver, "assignee.unknown")
def test_nothing_is_handed_to_somebody_who_does_not_work_here():
    case = Case(directory=Listed()).received()

    refusals = case.refused(HandOver, by=zhao, taker="gao")

    assert refusals == (Refusal("assignee.unknown", assignees=("gao",)),)


@shows(HandOver, "assignee.absent")
def test_nothing_is_handed_to_somebody_who_is_away():
    case = Case(directory=Listed(AWAY)).received()

    refusals = case.refused(HandOver, by=zhao, taker="chen")

    assert refusals == (Refusal("assignee.absent", assignees=("chen",), deputies=("li",)),)


@shows(HandOver, "assignee.unskilled")
def test_an_engine_is_handed_to_somebody_who_knows_engines():
    case = a_case_about_an_engine(NO_ENGINES)

    refusals = case.refused(HandOver, by=zhao, taker="chen")

    assert refusals == (Refusal("assignee.unskilled", assignees=("chen",), categories=("product.engine",)),)
