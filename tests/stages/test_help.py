"""What the customer needs at once, whoever is right; it admits nothing (R27)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import attrs
import pytest

from complaints import DefinitionError, Money, Policy, Refusal, Severity, State
from complaints.errors import Fault, InvalidCommandError
from complaints.model.beside import Help
from complaints.model.execution import Booking, Task
from complaints.model.words import HelpKind, RemedyKind, TaskResult, Track
from complaints.policy.standing_order import StandingRemedy
from complaints.stages.execution import BookCompensation
from complaints.stages.help import GiveHelp
from complaints.stages.proposal import Approve
from tests.stages.cases import SHANGHAI, STANDING_ORDER, Case, li, qian, shows, wang, wu, yuan, zhou

ORDER = attrs.evolve(
    STANDING_ORDER,
    remedies=(
        *STANDING_ORDER.remedies,
        StandingRemedy(category="service", kind=RemedyKind.LOANER, ceiling=Decimal(300)),
        StandingRemedy(category="service", kind=RemedyKind.TRANSPORT_ALLOWANCE, ceiling=Decimal(400)),
    ),
)
NO_ORDER = Refusal("help.order", given="SO-1@2026", order="SO-1@2026")


def helped_out_of_the_order(**changes: object) -> dict[str, object]:
    return {"kind": HelpKind.LOANER, "cost": yuan(300), "order": "SO-1@2026", "emergency": None, **changes}


def by_the_order() -> Case:
    return Case(policy=Policy(standing_orders=(ORDER,)))


# --- what it leaves --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.INTAKE, State.JUDGMENT, State.APPROVAL, State.REVIEW])
def test_help_is_done_and_booked_in_one_step_wherever_an_open_complaint_is(state):
    case = Case().to(state)

    case.helped(by=wang, kind=HelpKind.TOW, cost=yuan(300))

    number = case.complaint.version
    assert case.state is state
    assert case.complaint.beside.help == (
        Help(kind=HelpKind.TOW, cost=yuan(300), order=None, number=number, at=case.clock()),
    )
    assert case.complaint.tasks[-1] == Task(
        id="H1",
        kind=RemedyKind.TRANSPORT_ALLOWANCE,
        owner="wang",
        due=date(2026, 3, 2),
        cost=yuan(300),
        result=TaskResult.DONE,
        number=number,
    )
    assert case.complaint.ledger[-1] == Booking(id=f"help-{number}-H1", amount=yuan(300), task="H1", number=number)


def test_what_costs_nothing_is_not_booked():
    case = Case().received()

    case.helped(kind=HelpKind.APOLOGY, cost=yuan(0)).helped(kind=HelpKind.REPAIR, cost=yuan(80))

    assert [task.id for task in case.complaint.tasks] == ["H1", "H2"]
    assert [line.task for line in case.complaint.ledger] == ["H2"]


# R27 and the page: no admission
def test_it_admits_nothing():
    case = Case().received()
    before = case.complaint

    case.helped()

    after = case.complaint
    assert (after.judgment, after.conclusion, after.accountability, after.outcome, after.track) == (
        None,
        None,
        None,
        None,
        Track.OPEN,
    )
    assert (after.severity, after.deadlines) == (before.severity, before.deadlines)


# invariant 3: never above what was spent
def test_finance_books_nothing_more_on_it():
    case = Case().to(State.EXECUTION).helped(cost=yuan(300))

    refusals = case.refused(BookCompensation, by=wu, booking="B9", task="H1", amount=yuan(1))

    assert refusals == (Refusal("booking.beyond_approval", approved="300 CNY"),)


# "a new approval covers what is booked already plus what is new"
def test_what_was_spent_on_help_counts_against_the_leaders_limit():
    case = Case().to(State.APPROVAL).read(by=zhou)
    before = case.desk.options(case.id, by=zhou)[Approve]

    case.helped(by=qian, cost=yuan(1_900))

    after = case.desk.options(case.id, by=zhou)[Approve]
    assert (before, [refusal.code for refusal in after]) == ((), ["leader.limit"])


def test_after_help_the_complaint_goes_its_way_to_the_end():
    case = Case().to(State.INTAKE).helped()

    case.begun().upheld().shown().found().concluded().consulted().proposed("P1").submitted().read().approved()
    case.offered().accepted().done_and_booked().completed().called_back().closed()

    assert (case.state, [task.id for task in case.complaint.tasks]) == (State.CLOSED, ["H1", "T1"])


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"emergency": None}, Fault("order", "one_of", other="emergency")),
        ({"order": "SO-1@2026"}, Fault("order", "one_of", other="emergency")),
        ({"cost": yuan(-1)}, Fault("cost", "negative")),
    ],
)
def test_help_rests_on_an_order_or_an_emergency_and_costs_no_less_than_nothing(changes, fault):
    case = Case().received()

    with pytest.raises(InvalidCommandError) as stopped:
        case.form(GiveHelp, **changes)

    assert stopped.value.faults == (fault,)


@shows(GiveHelp, "help.currency")
def test_it_is_paid_in_the_houses_money():
    case = Case().received()

    refusals = case.refused(GiveHelp, by=wang, cost=Money(10, "EUR"))

    assert refusals == (Refusal("help.currency", given="EUR", wanted="CNY"),)


# --- within the standing order ---------------------------------------------------------------------------------------


def test_whoever_the_standing_order_names_gives_what_it_allows():
    case = by_the_order().received()

    case.helped(by=wang, **helped_out_of_the_order())

    assert [(one.kind, one.order) for one in case.complaint.beside.help] == [(HelpKind.LOANER, "SO-1@2026")]


@shows(GiveHelp, "help.order")
def test_a_remedy_that_is_not_in_the_order_is_no_help_by_it():
    case = by_the_order().received()

    refusals = case.refused(GiveHelp, by=wang, **helped_out_of_the_order(kind=HelpKind.REPAIR))

    assert refusals == (NO_ORDER,)


@pytest.mark.parametrize("by", [zhou, qian], ids=lambda actor: actor.id)
def test_whoever_the_order_does_not_name_gives_nothing_by_it(by):
    case = by_the_order().received()

    refusals = case.refused(GiveHelp, by=by, **helped_out_of_the_order())

    assert refusals == (NO_ORDER,)


def test_a_remedy_has_its_ceiling():
    case = by_the_order().received()

    refusals = case.refused(GiveHelp, by=wang, **helped_out_of_the_order(cost=yuan(301)))

    assert refusals == (NO_ORDER,)


def test_many_small_favours_stay_within_the_ceiling_of_a_case():
    case = by_the_order().received().helped(by=wang, **helped_out_of_the_order())

    refusals = case.refused(GiveHelp, by=wang, **helped_out_of_the_order(kind=HelpKind.TOW, cost=yuan(201)))
    case.helped(by=wang, **helped_out_of_the_order(kind=HelpKind.TOW, cost=yuan(200)))

    assert refusals == (NO_ORDER,)
    assert len(case.complaint.beside.help) == 2


def test_an_order_that_is_not_in_force_allows_nothing():
    case = by_the_order().received()

    refusals = case.refused(GiveHelp, by=wang, **helped_out_of_the_order(order="SO-0@2025"))

    assert refusals == (Refusal("help.order", given="SO-0@2025", order="SO-1@2026"),)


def test_without_an_order_there_is_no_help_by_it():
    late = attrs.evolve(ORDER, valid_from=datetime(2026, 6, 1, tzinfo=SHANGHAI))
    case = Case(policy=Policy(standing_orders=(late,))).received()

    refusals = case.refused(GiveHelp, by=wang, **helped_out_of_the_order())

    assert refusals == (Refusal("help.order", given="SO-1@2026", order=""),)


# --- in an emergency -------------------------------------------------------------------------------------------------


def test_in_an_emergency_anybody_helps_up_to_what_the_house_allows():
    case = Case().received()

    case.helped(by=wang, cost=yuan(600)).helped(by=li, kind=HelpKind.LOANER, cost=yuan(400))

    assert [line.amount for line in case.complaint.ledger] == [yuan(600), yuan(400)]


@shows(GiveHelp, "help.emergency")
def test_beyond_that_somebody_decides_whose_authority_covers_all_of_it():
    case = Case().received().helped(by=wang, cost=yuan(600))

    refusals = case.refused(GiveHelp, by=wang, cost=yuan(401))

    assert refusals == (
        Refusal(
            "help.emergency",
            who=("department_head", "manager", "general_manager", "group"),
            ceiling="1000 CNY",
        ),
    )


def test_a_department_head_helps_as_far_as_he_decides():
    case = Case().received().helped(by=wang, cost=yuan(600)).helped(by=zhou, cost=yuan(1_400))

    refusals = case.refused(GiveHelp, by=zhou, cost=yuan(1))

    assert [refusal.who for refusal in refusals] == [("manager", "general_manager", "group")]


def test_what_is_beyond_somebodys_severity_is_beyond_his_help():
    case = Case().received().graded(Severity.MAJOR)

    refusals = case.refused(GiveHelp, by=zhou, cost=yuan(1_001))

    assert [refusal.code for refusal in refusals] == ["help.emergency"]


def test_help_by_the_standing_order_uses_up_no_emergency():
    case = by_the_order().received().helped(by=wang, **helped_out_of_the_order())

    case.helped(by=wang, cost=yuan(1_000))

    assert len(case.complaint.beside.help) == 2


def test_a_house_allows_as_much_as_it_wants():
    case = Case(policy=Policy(emergency_help=Decimal(0))).received()

    refusals = case.refused(GiveHelp, by=wang, cost=yuan(1))
    case.helped(by=wang, kind=HelpKind.APOLOGY, cost=yuan(0))

    assert [refusal.code for refusal in refusals] == ["help.emergency"]
    assert len(case.complaint.beside.help) == 1


def test_it_allows_no_less_than_nothing():
    with pytest.raises(DefinitionError) as stopped:
        Policy(emergency_help=Decimal(-1))

    assert stopped.value.problems == ("help in emergencies must not cost less than nothing",)
