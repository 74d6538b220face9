"""Stage 4 提出方案: departments discuss, several solutions, and a leader who reads each one (R21–R27)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import attrs
import pytest

from complaints import Actor, Department, Issue, Money, Refusal, Role, Severity, State
from complaints.model.proposal import Consultation, Mandate, ProposalReview
from complaints.model.words import RemedyKind, ReworkReason
from complaints.stages.proposal import (
    Approve,
    Propose,
    RetractProposal,
    ReturnProposals,
    ReviewProposal,
    SubmitProposals,
    plus,
)
from tests.stages.cases import (
    MONDAY,
    Case,
    chen,
    gao_answers,
    li,
    proposal,
    qian,
    remedy,
    shows,
    staff,
    sun,
    wang,
    yuan,
    zhao,
    zhou,
)

everyone_above = ("manager", "general_manager", "group")
head_of_group = Actor("head-of-group", Role.GROUP, dealer="SH01")


def before_leader(*remedies, severity=Severity.GENERAL, by=li):
    """A complaint with one solution before the leader (two where two are wanted)."""
    case = Case().to(State.PROPOSAL, severity).consulted().proposed("P1", *remedies, by=by)
    if severity is not Severity.GENERAL:
        case.proposed("P2", remedy(RemedyKind.APOLOGY, 0), by=by)
    return case.submitted(by=by)


# --- RecordConsultation, Propose, RetractProposal --------------------------------------------------------------------


# R21: departments discuss
def test_who_discussed_is_recorded_and_the_minutes_are_kept():
    case = Case().to(State.PROPOSAL)

    case.consulted(by=zhou, participants=("li", "zhou"), departments=(Department.WORKSHOP, Department.SERVICE))

    assert case.complaint.consultations == (
        Consultation(
            on=date(2026, 3, 2),
            participants=("li", "zhou"),
            departments=(Department.WORKSHOP, Department.SERVICE),
            has_minutes=True,
            number=7,
        ),
    )
    assert case.events[-1].command.minutes == "one calendar from now on"


def test_a_solution_carries_its_author():
    case = Case().to(State.PROPOSAL)

    drafted = attrs.evolve(proposal("P1"), days=3, precedent="SH01-2025-000007")

    case.does(Propose, zhou, proposal=drafted)

    assert case.complaint.proposals == (attrs.evolve(drafted, author="zhou", number=7),)


@shows(Propose, "proposal.doubled")
def test_solutions_are_told_apart_by_their_names():
    case = Case().to(State.PROPOSAL).proposed("P1")

    refusals = case.refused(Propose, by=li, proposal=proposal("P1", remedy(RemedyKind.APOLOGY, 0)))

    assert refusals == (Refusal("proposal.doubled", proposal="P1"),)


@shows(Propose, "currency.other")
def test_costs_are_in_the_houses_money():
    euros = attrs.evolve(remedy(), cost=Money(20, "EUR"))
    case = Case().to(State.PROPOSAL)

    refusals = case.refused(Propose, by=li, proposal=proposal("P1", euros))

    assert refusals == (Refusal("currency.other", given=("EUR",), wanted="CNY"),)


def test_a_draft_can_be_taken_back():
    case = Case().to(State.PROPOSAL).proposed("P1").proposed("P2")

    case.does(RetractProposal, by=li, proposal="P1")

    assert [one.id for one in case.complaint.proposals] == ["P2"]


@shows(RetractProposal, "proposals.none")
def test_where_nothing_is_drafted_nothing_is_taken_back():
    case = Case().to(State.PROPOSAL)

    refusals = case.refused(RetractProposal, by=li, proposal="P1")

    assert refusals == (Refusal("proposals.none"), Refusal("proposal.unknown", proposals=("P1",)))


@shows(RetractProposal, "proposal.unknown")
def test_only_a_draft_that_is_there_is_taken_back():
    case = Case().to(State.PROPOSAL).proposed("P1")

    refusals = case.refused(RetractProposal, by=li, proposal="P2")

    assert refusals == (Refusal("proposal.unknown", proposals=("P2",)),)


# --- MOVES 9: SubmitProposals ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", [li, zhou])
def test_a_specialist_or_a_department_head_submits(person):
    case = Case().to(State.PROPOSAL).proposed("P1")

    case.submitted(by=person)

    assert case.state is State.APPROVAL


@shows(SubmitProposals, "proposals.none")
def test_nothing_is_no_solution():
    case = Case().to(State.PROPOSAL)

    refusals = case.refused(SubmitProposals, by=li)

    assert refusals == (
        Refusal("proposals.none"),
        Refusal("proposals.too_few", who=(), there=0, wanted=1),
    )


# R26: the wish is answered point by point
@shows(SubmitProposals, "proposals.incomplete")
def test_every_solution_answers_every_issue():
    case = Case().received(issues=(Issue(id="1", category="service"), Issue(id="2", category="service"))).begun()
    case.upheld().shown().found().concluded()
    case.does(Propose, by=li, proposal=proposal("P1", issues=("1", "2")))
    case.does(Propose, by=li, proposal=proposal("P2", issues=("2",)))

    refusals = case.refused(SubmitProposals, by=li)

    assert refusals == (Refusal("proposals.incomplete", proposals=("P2",)),)


# weight by severity: 1 / 2 or waiver / 2, waiver by manager (R22)
@pytest.mark.parametrize(
    ("severity", "count", "by", "waiver", "who"),
    [
        (Severity.GENERAL, 1, li, None, None),
        (Severity.ESCALATED, 1, li, None, ("specialist",)),
        (Severity.ESCALATED, 1, li, "nothing else helps", None),
        (Severity.ESCALATED, 1, zhou, "nothing else helps", None),
        (Severity.ESCALATED, 2, li, None, None),
        (Severity.MAJOR, 1, li, "nothing else helps", ("manager",)),
        (Severity.MAJOR, 1, zhou, "nothing else helps", ("manager",)),
        (Severity.MAJOR, 1, qian, None, ("manager",)),
        (Severity.MAJOR, 1, qian, "nothing else helps", None),
        (Severity.MAJOR, 2, li, None, None),
        (Severity.CRITICAL, 1, zhao, "nothing else helps", ("manager",)),
        (Severity.CRITICAL, 1, sun, "nothing else helps", None),
        (Severity.CRITICAL, 2, li, None, None),
    ],
)
def test_there_are_as_many_solutions_as_the_severity_asks(severity, count, by, waiver, who):
    case = Case().to(State.PROPOSAL, severity).consulted()
    for place in range(count):
        case.proposed(f"P{place}")

    refusals = case.desk.explain(case.form(SubmitProposals, waiver_reason=waiver), by=by)

    assert refusals == (() if who is None else (Refusal("proposals.too_few", who=who, there=1, wanted=2),))


@shows(SubmitProposals, "proposals.too_few")
def test_one_solution_for_an_escalated_complaint_needs_a_reason():
    case = Case().to(State.PROPOSAL, Severity.ESCALATED).consulted().proposed("P1")

    refusals = case.refused(SubmitProposals, by=li)

    assert refusals == (Refusal("proposals.too_few", who=("specialist",), there=1, wanted=2),)


# weight by severity: who was asked / required / minutes (R21)
@pytest.mark.parametrize(
    ("severity", "minutes", "is_enough"),
    [
        (Severity.GENERAL, "none held", True),
        (Severity.GENERAL, None, True),
        (Severity.ESCALATED, "none held", False),
        (Severity.ESCALATED, None, True),
        (Severity.MAJOR, "none held", False),
        (Severity.MAJOR, None, False),
        (Severity.MAJOR, "one calendar", True),
        (Severity.CRITICAL, None, False),
        (Severity.CRITICAL, "one calendar", True),
    ],
)
def test_departments_are_asked_as_the_severity_asks(severity, minutes, is_enough):
    case = Case().to(State.PROPOSAL, severity).proposed("P1").proposed("P2")
    if minutes != "none held":
        case.consulted(minutes=minutes)

    refusals = case.desk.explain(case.form(SubmitProposals), by=li)

    assert refusals == (() if is_enough else (Refusal("consultation.missing", severity=severity.value),))


@shows(SubmitProposals, "consultation.missing")
def test_the_discussion_of_the_last_pass_is_not_todays():
    case = Case().to(State.OFFER, Severity.ESCALATED).offered().declined().proposed("P3").proposed("P4")

    refusals = case.refused(SubmitProposals, by=li)

    assert refusals == (Refusal("consultation.missing", severity="escalated"),)


def test_the_solutions_of_the_last_pass_do_not_count_in_this_one():
    case = Case().to(State.REVIEW).reworked(ReworkReason.REMEDY_UNSUITABLE)

    refusals = case.refused(SubmitProposals, by=li)

    assert refusals[0] == Refusal("proposals.none")


# --- ReviewProposal --------------------------------------------------------------------------------------------------


# R23: the leader looks at the solutions one by one
def test_a_leader_gives_his_opinion_on_each_solution():
    case = before_leader()

    case.does(ReviewProposal, by=qian, proposal="P1", is_suitable=False, opinion="too dear")

    assert case.complaint.reviews == (ProposalReview(proposal="P1", leader="qian", is_suitable=False, number=10),)


@shows(ReviewProposal, "leader.authored")
def test_a_leader_does_not_give_an_opinion_on_his_own_solution():
    case = before_leader(by=zhou)

    refusals = case.refused(ReviewProposal, by=zhou)

    assert refusals == (Refusal("leader.authored"),)


@shows(ReviewProposal, "proposal.unknown")
def test_only_what_was_proposed_is_reviewed():
    case = before_leader()

    refusals = case.refused(ReviewProposal, by=qian, proposal="P9")

    assert refusals == (Refusal("proposal.unknown", proposals=("P9",)),)


@shows(ReviewProposal, "proposal.reviewed_already")
def test_one_opinion_for_each_solution_and_leader():
    case = before_leader().read(by=qian)

    refusals = case.refused(ReviewProposal, by=qian)

    assert refusals == (Refusal("proposal.reviewed_already", proposals=("P1",)),)


def test_two_leaders_may_each_give_their_opinion():
    case = before_leader()

    case.read(by=qian).read(by=sun)

    assert [review.leader for review in case.complaint.reviews] == ["qian", "sun"]


# --- MOVES 10: ReturnProposals ---------------------------------------------------------------------------------------


def test_a_leader_wants_better_ones():
    case = before_leader()

    case.does(ReturnProposals, by=qian)

    assert (case.state, case.complaint.passes) == (State.PROPOSAL, 2)


def test_what_was_returned_can_be_mended_and_submitted_again():
    case = before_leader().does(ReturnProposals, by=qian)

    case.does(RetractProposal, by=li, proposal="P1").proposed("P2").submitted()

    assert [one.id for one in case.complaint.present_proposals] == ["P2"]


# invariant 12: where every leader has written a solution, one of them must still be able to take them back
def test_an_author_may_return_his_own_solution():
    case = before_leader(by=zhou)

    case.does(ReturnProposals, by=zhou)

    assert case.state is State.PROPOSAL


# A1: the deciding leader is whoever's limit covers it, for a no as for a yes
@shows(ReturnProposals, "leader.limit")
def test_only_who_may_decide_returns_it():
    case = before_leader(remedy(cost=2_001))

    refusals = case.refused(ReturnProposals, by=zhou)

    assert refusals == (Refusal("leader.limit", who=everyone_above, proposals=("P1",)),)


# --- MOVES 11: Approve -----------------------------------------------------------------------------------------------


# R24, R25: exactly one is chosen, alternatives and a ceiling may be mandated, the instruction is written
def test_the_leader_chooses_one_and_instructs():
    case = Case().to(State.APPROVAL).read(by=qian)

    case.approved("P1", by=qian, alternatives=("P2",), ceiling=yuan(500))

    assert case.state is State.OFFER
    assert case.complaint.mandate == Mandate(
        chosen="P1", alternatives=("P2",), ceiling=yuan(500), leader="qian", at=MONDAY, number=13
    )
    assert case.events[-1].command.instruction == "do it this week"


# A1: the authority matrix; limits are library defaults
@pytest.mark.parametrize(
    ("remedies", "severity", "who"),
    [
        ((remedy(cost=2_000),), Severity.GENERAL, ("department_head", *everyone_above)),
        ((remedy(cost=2_001),), Severity.GENERAL, everyone_above),
        ((remedy(cost=1_500), remedy(cost=600)), Severity.GENERAL, everyone_above),
        ((remedy(cost=0),), Severity.ESCALATED, everyone_above),
        ((remedy(cost=10_000),), Severity.MAJOR, everyone_above),
        ((remedy(cost=10_001),), Severity.MAJOR, ("general_manager", "group")),
        ((remedy(cost=0),), Severity.CRITICAL, ("general_manager", "group")),
        ((remedy(RemedyKind.REPLACEMENT_VEHICLE, 1),), Severity.GENERAL, ("general_manager", "group")),
        ((remedy(RemedyKind.FULL_REFUND, 1),), Severity.GENERAL, ("general_manager", "group")),
        ((remedy(cost=200_000),), Severity.GENERAL, ("general_manager", "group")),
        ((remedy(cost=200_001),), Severity.GENERAL, ("group",)),
    ],
)
def test_who_decides_follows_from_cost_severity_and_remedy(remedies, severity, who):
    leaders = {"department_head": zhou, "manager": qian, "general_manager": sun, "group": head_of_group}
    case = before_leader(*remedies, severity=severity)

    for leader in leaders.values():
        case.read(by=leader)

    refused = {
        (role, order): case.desk.explain(case.form(order), by=leader)
        for role, leader in leaders.items()
        for order in (Approve, ReturnProposals)
    }

    wanted = (Refusal("leader.limit", who=who, proposals=("P1",)),)
    assert refused == {(role, order): () if role in who else wanted for role, order in refused}


@shows(Approve, "leader.limit")
def test_beyond_the_limit_the_next_leader_decides():
    case = before_leader(remedy(cost=10_001)).read(by=qian)

    refusals = case.refused(Approve, by=qian)

    assert refusals == (Refusal("leader.limit", who=("general_manager", "group"), proposals=("P1",)),)


# the dearest option counts, whichever is chosen
def test_a_dear_option_is_beyond_the_limit_even_if_it_is_not_chosen():
    case = Case().to(State.PROPOSAL).proposed("P1", remedy(cost=10)).proposed("P2", remedy(cost=10_001)).submitted()
    case.read(by=qian)

    refusals = case.refused(Approve, by=qian, chosen="P1")

    assert refusals == (Refusal("leader.limit", who=("general_manager", "group"), proposals=("P2",)),)


# "money counts for life; a new approval covers what is booked already plus what is new"
def test_what_is_booked_already_counts_towards_the_limit():
    case = Case().to(State.PROPOSAL).proposed("P1", remedy(cost=6_000)).submitted().read().approved()
    case.offered().accepted().done_and_booked().completed().called_back().reworked(ReworkReason.REMEDY_UNSUITABLE)
    case.proposed("P2", remedy(cost=4_001)).submitted().read(by=qian)

    refusals = case.refused(Approve, by=qian, chosen="P2")

    assert refusals == (Refusal("leader.limit", who=("general_manager", "group"), proposals=("P2",)),)


@shows(Approve, "proposals.unread")
def test_nothing_is_approved_while_a_solution_is_unread():
    case = Case().to(State.APPROVAL).does(ReviewProposal, by=qian, proposal="P1")

    refusals = case.refused(Approve, by=qian)

    assert refusals == (Refusal("proposals.unread", proposals=("P2",)),)


def test_what_another_leader_has_read_this_one_has_not():
    case = before_leader().read(by=sun)

    refusals = case.refused(Approve, by=qian)

    assert refusals == (Refusal("proposals.unread", proposals=("P1",)),)


def test_what_was_read_before_it_was_returned_is_read_again():
    case = before_leader().read(by=qian).does(ReturnProposals, by=qian).submitted()

    refusals = case.refused(Approve, by=qian)

    assert refusals == (Refusal("proposals.unread", proposals=("P1",)),)


# A1: never the author of the proposal
@shows(Approve, "leader.authored")
def test_an_author_does_not_approve():
    case = before_leader(by=qian)

    refusals = case.refused(Approve, by=qian)

    assert refusals == (Refusal("leader.authored"), Refusal("proposals.unread", proposals=("P1",)))


@shows(Approve, "actor.involved")
def test_who_is_responsible_does_not_approve():
    case = Case().to(State.INVESTIGATION).shown().found().concluded(responsibility=gao_answers())
    case.proposed("P1").submitted().read(by=zhou)

    refusals = case.refused(Approve, by=zhou)

    assert refusals == (Refusal("actor.involved"),)


@shows(Approve, "proposal.not_submitted")
def test_only_what_lies_before_him_is_chosen():
    case = before_leader().read(by=qian)

    refusals = case.refused(Approve, by=qian, chosen="P8", alternatives=("P1", "P9"))

    assert refusals == (Refusal("proposal.not_submitted", proposals=("P8", "P9")),)


@pytest.mark.parametrize("ceiling", ["0", "0.50"])
def test_a_leader_may_leave_no_room_or_next_to_none(ceiling):
    case = Case().to(State.APPROVAL).read()

    case.approved(ceiling=Money(ceiling, "CNY"))

    assert case.complaint.mandate.ceiling == Money(ceiling, "CNY")


# R55: nobody mandates more than he may decide
@shows(Approve, "ceiling.beyond_limit")
def test_the_ceiling_for_the_counter_is_within_the_leaders_own_limit():
    case = before_leader().read(by=zhou)

    refusals = case.refused(Approve, by=zhou, ceiling=yuan(2_001))

    assert refusals == (Refusal("ceiling.beyond_limit", who=everyone_above),)


def test_a_leader_may_give_the_counter_all_he_may_decide():
    case = before_leader().read(by=zhou)

    case.approved(by=zhou, ceiling=yuan(2_000))

    assert case.complaint.mandate.ceiling == yuan(2_000)


@pytest.mark.parametrize("person", [li, zhao, wang, staff("min", Role.FINANCE)])
def test_nobody_below_the_leaders_approves(person):
    case = before_leader()

    refusals = case.forbidden(Approve, by=person)

    wanted = Refusal("move.not_permitted", who=("department_head", "manager"), command="Approve")
    assert refusals == (wanted,)


def test_every_solution_of_a_major_complaint_is_read_by_the_leader_who_chooses():
    case = before_leader(severity=Severity.MAJOR)

    case.read(by=qian).approved("P2", by=qian)

    assert case.complaint.mandate.chosen == "P2"
    assert [(review.proposal, review.leader) for review in case.complaint.reviews] == [("P1", "qian"), ("P2", "qian")]


def test_proposing_is_not_the_counters():
    case = Case().to(State.PROPOSAL)

    refusals = (case.forbidden(Propose, by=wang), case.forbidden(SubmitProposals, by=wang))

    who = ("specialist", "department_head")
    assert refusals == (
        (Refusal("move.not_permitted", who=who, command="Propose"),),
        (Refusal("move.not_permitted", who=who, command="SubmitProposals"),),
    )


def test_any_specialist_may_draft_and_submit_for_a_colleague():
    case = Case().to(State.PROPOSAL)

    case.proposed("P1", by=chen).submitted(by=li)

    assert case.complaint.proposals[0].author == "chen"


def test_sums_are_added_currency_by_currency():
    yuan_and_euro = {"CNY": Decimal(1), "EUR": Decimal(2)}

    assert plus(yuan_and_euro, {"CNY": Decimal(3), "USD": Decimal(4)}) == {
        "CNY": Decimal(4),
        "EUR": Decimal(2),
        "USD": Decimal(4),
    }


# MOVES 10: what was returned lies before the leader anew
def test_what_is_submitted_again_is_read_again():
    case = Case().to(State.APPROVAL).read()

    case.does(ReturnProposals, qian).submitted().read()

    last = case.complaint.entered[State.APPROVAL]
    assert [(one.proposal, one.number > last) for one in case.complaint.reviews] == [
        ("P1", False), ("P2", False), ("P1", True), ("P2", True),
    ]  # fmt: skip
