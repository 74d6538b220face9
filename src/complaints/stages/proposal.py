"""Stage 4 提出方案: drafted, discussed, read one by one, chosen (R21–R27)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from complaints.errors import Fault
from complaints.model.base import evolve, line, prose, several
from complaints.model.complaint import Complaint
from complaints.model.event import Command, Event, Refusal, Situation, command, rule
from complaints.model.money import Money, total
from complaints.model.proposal import Consultation, Mandate, Proposal, ProposalReview
from complaints.model.words import Department, RemedyKind, Role, Stage, State
from complaints.policy import Policy


@command
class RecordConsultation(Command):
    """部门研讨: departments discussed (R21)."""

    complaint: UUID
    on: date
    participants: tuple[str, ...] = several(least=1, most=100)
    departments: tuple[Department, ...] = several(least=1, most=20)
    minutes: str | None = prose(default=None)

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """One consultation more; the minutes stay in the history."""
        held = Consultation(
            on=self.on,
            participants=self.participants,
            departments=self.departments,
            has_minutes=self.minutes is not None,
            number=event.number,
        )
        return evolve(complaint, consultations=(*complaint.consultations, held))


@command
class Propose(Command):
    """拟方案: draft one solution (R22, R26, R27)."""

    complaint: UUID
    proposal: Proposal

    @property
    def names_people(self) -> tuple[str, ...]:
        """Who is to carry it out."""
        return tuple(remedy.owner for remedy in self.proposal.remedies)

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """One proposal more, with its author."""
        p = self.proposal
        drafted = Proposal(
            id=p.id,
            remedies=p.remedies,
            answers_wish=p.answers_wish,
            answers_issues=p.answers_issues,
            days=p.days,
            precedent=p.precedent,
            author=event.by.id,
            number=event.number,
        )
        return evolve(complaint, proposals=(*complaint.proposals, drafted))


@command
class RetractProposal(Command):
    """撤方案: take a draft back."""

    complaint: UUID
    proposal: str = line(most=20)
    reason: str = prose(most=1000)

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """The proposals without it; the history keeps it."""
        return evolve(complaint, proposals=tuple(p for p in complaint.proposals if p.id != self.proposal))


@command
class SubmitProposals(Command):
    """
    提交方案: hand the drafts to the deciding leader (R22, R23).

    Args:
        waiver_reason: Why one solution is enough, where two are wanted.
    """

    complaint: UUID
    waiver_reason: str | None = prose(most=1000, default=None)


@command
class ReturnProposals(Command):
    """退回方案: the leader wants better ones, and says why."""

    is_decision: ClassVar[bool] = True

    complaint: UUID
    reasons: str = prose(most=2000)


@command
class ReviewProposal(Command):
    """方案审阅: one leader's opinion on one proposal (R23)."""

    complaint: UUID
    proposal: str = line(most=20)
    is_suitable: bool
    opinion: str = prose(most=2000)

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """One review more."""
        review = ProposalReview(
            proposal=self.proposal, leader=event.by.id, is_suitable=self.is_suitable, number=event.number
        )
        return evolve(complaint, reviews=(*complaint.reviews, review))


@command
class Approve(Command):
    """
    审批: choose the best one and instruct in writing (R24, R25).

    Args:
        reason: Why this one: cost, time, effect, precedent.
        instruction: The written instruction 批示.
        alternatives: Proposals the counter may agree to instead.
        ceiling: What the counter may agree to beyond the proposals, as a sum.
    """

    is_decision: ClassVar[bool] = True
    is_impartial: ClassVar[bool] = True

    complaint: UUID
    chosen: str = line(most=20)
    reason: str = prose(most=2000)
    instruction: str = prose(most=2000)
    alternatives: tuple[str, ...] = several(most=20, default=())
    ceiling: Money | None = None

    def _faults(self) -> Iterator[Fault]:
        if isinstance(self.alternatives, tuple) and self.chosen in self.alternatives:
            yield Fault("alternatives", "doubled")

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """The mandate stands."""
        mandate = Mandate(
            chosen=self.chosen,
            alternatives=self.alternatives,
            ceiling=self.ceiling,
            leader=event.by.id,
            at=event.at,
            number=event.number,
        )
        return evolve(complaint, mandate=mandate)


# --- rules ----------------------------------------------------------------------------------------------------------


@rule("proposal.doubled")
def the_proposal_has_a_new_name(s: Situation) -> Refusal | None:
    """Proposals are told apart by their id, over all passes."""
    taken = any(p.id == s.command.proposal.id for p in s.complaint.proposals)
    return Refusal("proposal.doubled", proposal=s.command.proposal.id) if taken else None


@rule("currency.other")
def the_money_is_the_houses(s: Situation) -> Refusal | None:
    """Costs are in the currency the authority limits are in."""
    others = {r.cost.currency for r in s.command.proposal.remedies} - {s.policy.currency}
    return Refusal("currency.other", given=tuple(sorted(others)), wanted=s.policy.currency) if others else None


@rule("proposal.unknown")
def the_proposal_exists(s: Situation) -> Refusal | None:
    """It is one of this pass."""
    known = {p.id for p in s.complaint.present_proposals}
    return None if s.command.proposal in known else Refusal("proposal.unknown", proposals=(s.command.proposal,))


@rule("proposals.none")
def something_is_proposed(s: Situation) -> Refusal | None:
    """At least one proposal of this pass (R22)."""
    return None if s.complaint.present_proposals else Refusal("proposals.none")


@rule("proposals.incomplete")
def every_proposal_answers_every_issue(s: Situation) -> Refusal | None:
    """The wish and every issue are answered in each (R22, R26)."""
    issues = {issue.id for issue in s.complaint.registration.issues}
    lacking = tuple(p.id for p in s.complaint.present_proposals if not issues <= set(p.answers_issues))
    return Refusal("proposals.incomplete", proposals=lacking) if lacking else None


@rule("proposals.too_few")
def enough_is_proposed(s: Situation) -> Refusal | None:
    """One; escalated: two or a reasoned waiver; major: two, waiver by the manager (weight by severity)."""
    weight = s.policy.weight(s.severity)
    there = len(s.complaint.present_proposals)
    if there >= weight.proposals:
        return None
    # whoever may submit has a specialist's say; a department head has it without the rank
    may_waive = weight.waiver is not None and (weight.waiver is Role.SPECIALIST or s.by.holds(weight.waiver))
    if there and s.command.waiver_reason is not None and may_waive:
        return None
    who = (weight.waiver.value,) if weight.waiver is not None else ()
    return Refusal("proposals.too_few", who=who, there=there, wanted=weight.proposals)


@rule("consultation.missing")
def departments_were_asked(s: Situation) -> Refusal | None:
    """Who was asked; escalated: required; major: with minutes (R21, weight by severity)."""
    weight = s.policy.weight(s.severity)
    since = s.complaint.began.get(Stage.PROPOSAL, 0)
    held = [one for one in s.complaint.consultations if one.number > since]
    if any(one.has_minutes or not weight.minutes for one in held):
        return None
    if not held and weight.waiver is None:
        return None  # at general severity nobody had to be asked; who was asked is recorded if somebody was
    return Refusal("consultation.missing", severity=s.severity.value)


def submitted(complaint: Complaint) -> tuple[Proposal, ...]:
    """The proposals that lie before the leader."""
    return complaint.present_proposals


@rule("leader.authored")
def the_leader_is_no_author(s: Situation) -> Refusal | None:
    """Never the author of a proposal (A1)."""
    return Refusal("leader.authored") if any(p.author == s.by.id for p in submitted(s.complaint)) else None


@rule("leader.limit")
def the_leaders_limit_covers_it(s: Situation) -> Refusal | None:
    """Limit, severity and remedies of the dearest option, on top of what is booked already (A1, MOVES 11)."""
    spent = total(booking.amount for booking in s.complaint.ledger)
    for proposal in submitted(s.complaint):
        cost = plus(spent, proposal.cost)
        kinds = frozenset[RemedyKind](remedy.kind for remedy in proposal.remedies)
        if not s.policy.may_decide(s.by, cost, s.severity, kinds):
            return Refusal("leader.limit", who=s.policy.who_decides(cost, s.severity, kinds), proposals=(proposal.id,))
    return None


def who_approves(complaint: Complaint, policy: Policy) -> tuple[str, ...]:
    """Codes of the roles that may decide on every proposal that lies before the leader, lowest first."""
    spent = total(booking.amount for booking in complaint.ledger)
    roles = [line.role.value for line in policy.authority]
    for proposal in submitted(complaint):
        kinds = frozenset[RemedyKind](remedy.kind for remedy in proposal.remedies)
        decide = policy.who_decides(plus(spent, proposal.cost), complaint.severity, kinds)
        roles = [role for role in roles if role in decide]
    return tuple(roles)


def plus(one: dict[str, Decimal], other: dict[str, Decimal]) -> dict[str, Decimal]:
    """The sums of both, by currency."""
    return {name: one.get(name, Decimal(0)) + other.get(name, Decimal(0)) for name in (*one, *other)}


@rule("proposals.unread")
def the_leader_has_read_each(s: Situation) -> Refusal | None:
    """This leader has reviewed every proposal since they were submitted (R23)."""
    since = s.complaint.entered.get(State.APPROVAL, 0)
    read = {r.proposal for r in s.complaint.reviews if r.leader == s.by.id and r.number > since}
    unread = tuple(p.id for p in submitted(s.complaint) if p.id not in read)
    return Refusal("proposals.unread", proposals=unread) if unread else None


@rule("proposal.reviewed_already")
def the_opinion_is_their_first(s: Situation) -> Refusal | None:
    """One opinion per proposal and leader (R23)."""
    since = s.complaint.entered.get(State.APPROVAL, 0)
    given = any(
        r.proposal == s.command.proposal and r.leader == s.by.id and r.number > since for r in s.complaint.reviews
    )
    return Refusal("proposal.reviewed_already", proposals=(s.command.proposal,)) if given else None


@rule("proposal.not_submitted")
def what_is_chosen_was_submitted(s: Situation) -> Refusal | None:
    """The chosen one and the alternatives are among the proposals."""
    known = {p.id for p in submitted(s.complaint)}
    unknown = tuple(one for one in (s.command.chosen, *s.command.alternatives) if one not in known)
    return Refusal("proposal.not_submitted", proposals=unknown) if unknown else None


@rule("ceiling.beyond_limit")
def the_ceiling_is_within_the_limit(s: Situation) -> Refusal | None:
    """A leader mandates no more than he may decide himself (R55)."""
    ceiling = s.command.ceiling
    if ceiling is None:
        return None
    cost = plus(total(booking.amount for booking in s.complaint.ledger), {ceiling.currency: ceiling.amount})
    if ceiling.amount >= 0 and s.policy.may_decide(s.by, cost, s.severity, frozenset()):
        return None
    return Refusal("ceiling.beyond_limit", who=s.policy.who_decides(cost, s.severity, frozenset()))


__all__ = [
    "Approve",
    "Propose",
    "RecordConsultation",
    "RetractProposal",
    "ReturnProposals",
    "ReviewProposal",
    "SubmitProposals",
]
