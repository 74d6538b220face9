"""Stage 2 投诉判断: grounds and demand, answered apart; the tactful no (R13–R16)."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from complaints.model.base import evolve, line, prose, several
from complaints.model.beside import Disputed
from complaints.model.complaint import Assignment, Complaint
from complaints.model.event import Command, Event, Refusal, Situation, command, rule
from complaints.model.judgment import Explanation, IssueJudgment, Judgment
from complaints.model.promise import Promise, PromiseMade
from complaints.model.words import (
    RANKS,
    Answer,
    Channel,
    Department,
    Duty,
    Outcome,
    RemedyKind,
    Role,
    Severity,
    State,
    Track,
)
from complaints.policy import Policy


@command
class Uphold(Command):
    """
    判定成立: something is worth investigating (R13, R15, R16).

    Args:
        judgments: Both answers for every issue, with reasons.
        department: The responsible department.
        investigator: Id of the person who investigates.
        promise: The date until which the customer was asked to wait, as told to him.
    """

    is_decision: ClassVar[bool] = True
    is_impartial: ClassVar[bool] = True

    complaint: UUID
    judgments: tuple[IssueJudgment, ...] = several(least=1, most=100)
    department: Department
    investigator: str = line(most=80)
    promise: PromiseMade

    @property
    def outgoing_text(self) -> tuple[str, ...]:
        """What goes to the customer."""
        return (self.promise.text,)

    @property
    def names_people(self) -> tuple[str, ...]:
        """Who investigates."""
        return (self.investigator,)

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """Judged, and so on the full way; the investigator is on duty and the promise is open."""
        return evolve(
            complaint,
            judgment=judged(self.judgments, event, self.department),
            department=self.department,
            duties=investigated_by(complaint, self.investigator, event),
            promises=(*complaint.promises, promised(self.promise, event)),
            track=Track.FULL,
        )


@command
class Explain(Command):
    """
    说明答复: not established, and told so tactfully (R14); nothing is closed by sending it.

    Args:
        text: What the customer is told; it is not the internal reasons (R59).
        told_where: Where else he can turn; some rule packs ask for it.
    """

    is_decision: ClassVar[bool] = True
    is_impartial: ClassVar[bool] = True

    complaint: UUID
    judgments: tuple[IssueJudgment, ...] = several(least=1, most=100)
    text: str = prose()
    channel: Channel
    told_where: str | None = prose(personal=False, most=500, default=None)

    @property
    def outgoing_text(self) -> tuple[str, ...]:
        """What goes to the customer."""
        return (self.text,) if self.told_where is None else (self.text, self.told_where)

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """Judged and explained, and so on the full way; the reaction is awaited."""
        return evolve(
            complaint,
            judgment=judged(self.judgments, event, complaint.department),
            explanation=Explanation(given_at=event.at, channel=self.channel, number=event.number),
            track=Track.FULL,
        )


@command
class RecordUnderstanding(Command):
    """记录客户谅解: the customer understood (R14), on the day the step happened."""

    complaint: UUID
    channel: Channel
    words: str | None = prose(most=2000, default=None)

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """The reaction stands beside the explanation."""
        given = complaint.explanation
        reaction = given and Explanation(
            given_at=given.given_at,
            channel=given.channel,
            number=given.number,
            understood_at=event.at,
            understood_channel=self.channel,
        )
        return evolve(complaint, explanation=reaction, outcome=Outcome.UNDERSTOOD)


@command
class Dispute(Command):
    """
    客户提出异议: the customer does not agree with the judgment; it is reviewed once, by somebody higher (MOVES 7).

    Args:
        grounds: What he objects to, in his words.
        evidence: Id of what shows it, if there is something.
    """

    complaint: UUID
    grounds: str = prose(most=2000)
    channel: Channel
    evidence: str | None = line(most=120, default=None)

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """Who judged is known, so that somebody else does it now."""
        first = complaint.judgment
        if first is None:  # another definition has brought it here unjudged: whoever judges it now is the first
            return complaint
        made = Disputed(judge=first.judge, rank=first.rank, number=event.number)
        return complaint.beside_with(dispute=made)


def judged(judgments: tuple[IssueJudgment, ...], event: Event, department: Department | None) -> Judgment:
    """The judgment that *event* records."""
    return Judgment(
        issues=judgments,
        judge=event.by.id,
        at=event.at,
        number=event.number,
        rank=event.by.rank,
        department=department,
    )


def investigated_by(complaint: Complaint, person: str, event: Event) -> dict[Duty, Assignment]:
    """The duties once *person* is told to investigate: he need not take it on first."""
    duty = Assignment(duty=Duty.INVESTIGATOR, assignee=person, number=event.number, answer=Answer.ACCEPTED)
    return {**complaint.duties, Duty.INVESTIGATOR: duty}


def promised(promise: PromiseMade, event: Event) -> Promise:
    """The promise as the register keeps it from *event* on."""
    return Promise(id=promise.id, made_by=event.by.id, made_at=event.at, due_at=promise.due_at, number=event.number)


# --- rules ----------------------------------------------------------------------------------------------------------


@rule("actor.involved")
def the_actor_is_impartial(s: Situation) -> Refusal | None:
    """
    Whoever judges, investigates, approves, settles or calls is not complained of or responsible (invariant 4).

    Nor is anybody he stands in for: a deputy exercises that person's duties (our choice; the desk stays honest).
    Nor does he end it in another way: void, withdrawn or without an agreement (our choice: A8 wins over routing).
    """
    return Refusal("actor.involved") if any(map(s.by.acts_as, s.complaint.involved)) else None


@rule("dispute.second")
def it_was_not_disputed_before(s: Situation) -> Refusal | None:
    """One second review for each complaint; after it, he is told where else to turn (MOVES 7, 14)."""
    return Refusal("dispute.second", who=("manager",)) if s.complaint.beside.dispute is not None else None


@rule("dispute.nobody_higher")
def somebody_ranks_higher(s: Situation) -> Refusal | None:
    """What the group has judged nobody is above to review (our choice: the customer is told where else to turn)."""
    first = s.complaint.judgment
    return Refusal("dispute.nobody_higher") if first is not None and first.rank >= _TOP else None


_TOP = len(RANKS) - 1


@rule("judge.second")
def the_second_judge_ranks_higher(s: Situation) -> Refusal | None:
    """A second review is made by a different and higher person (MOVES 7)."""
    dispute, last = s.complaint.beside.dispute, s.complaint.judgment
    if dispute is None or (last is not None and last.number > dispute.number):
        return None
    if s.by.id != dispute.judge and s.by.rank > dispute.rank:
        return None
    return Refusal("judge.second", who=tuple(role.value for role in RANKS[dispute.rank + 1 :]))


@rule("issues.unjudged")
def every_issue_is_judged(s: Situation) -> Refusal | None:
    """Both answers for each issue, none left out and none invented (R13)."""
    issues = {issue.id for issue in s.complaint.registration.issues}
    judged = [one.issue for one in s.command.judgments]
    wrong = tuple(sorted(issues.symmetric_difference(judged) | {issue for issue in judged if judged.count(issue) > 1}))
    return Refusal("issues.unjudged", issues=wrong) if wrong or not issues else None


@rule("judge.rank")
def the_judge_ranks_high_enough(s: Situation) -> Refusal | None:
    """Supervisor; general severity and service: specialist; major: manager (MOVES 4, R1, R19)."""
    wanted = rank_to_judge(s.complaint, s.policy)
    return None if s.by.holds(wanted) else Refusal("judge.rank", who=(wanted.value,), severity=s.severity.value)


def rank_to_judge(complaint: Complaint, policy: Policy) -> Role:
    """The lowest rank that may judge the complaint."""
    if complaint.severity.is_major:
        return Role.MANAGER
    issues = complaint.registration.issues
    is_about_service = bool(issues) and all(policy.is_service_matter(issue.category) for issue in issues)
    is_light = complaint.severity is Severity.GENERAL and is_about_service
    return Role.SPECIALIST if is_light else Role.SUPERVISOR


@rule("verdict.nothing_upheld")
def something_leads_on(s: Situation) -> Refusal | None:
    """At least one issue upheld, partly upheld, goodwill, inconclusive or to be inspected (MOVES 4)."""
    if any(one.verdict.leads_on for one in s.command.judgments):
        return None
    return Refusal("verdict.nothing_upheld")


@rule("verdict.something_upheld")
def nothing_leads_on(s: Situation) -> Refusal | None:
    """Explaining is for issues that are all not upheld or not ours (MOVES 5)."""
    leading = tuple(one.issue for one in s.command.judgments if one.verdict.leads_on)
    return Refusal("verdict.something_upheld", issues=leading) if leading else None


@rule("investigator.involved")
def the_investigator_is_impartial(s: Situation) -> Refusal | None:
    """Conflict of interest wins over routing (R19, A8)."""
    if s.command.investigator not in s.complaint.involved:
        return None
    return Refusal("investigator.involved", assignee=s.command.investigator)


@rule("promise.too_soon")
def the_promised_date_lies_ahead(s: Situation) -> Refusal | None:
    """The customer was asked for time (R16): the date told is after the telling."""
    return None if s.command.promise.due_at > s.at else Refusal("promise.too_soon")


@rule("promise.doubled")
def the_promise_has_a_new_name(s: Situation) -> Refusal | None:
    """Promises are told apart by their id, for life."""
    taken = any(promise.id == s.command.promise.id for promise in s.complaint.promises)
    return Refusal("promise.doubled", promise=s.command.promise.id) if taken else None


@rule("promise.beyond_authority")
def the_promise_is_within_authority(s: Situation) -> Refusal | None:
    """An unauthorised promise is refused (R55); one that costs nothing is anybody's."""
    cost = s.command.promise.cost
    if cost is None or not cost.amount:
        return None
    money, kinds = {cost.currency: cost.amount}, frozenset[RemedyKind]()
    if s.policy.may_decide(s.by, money, s.severity, kinds):
        return None
    return Refusal("promise.beyond_authority", who=s.policy.who_decides(money, s.severity, kinds))


@rule("safety.uninspected")
def every_safety_issue_is_inspected(s: Situation) -> Refusal | None:
    """No safety issue is explained away before somebody has looked at the car (MOVES 5)."""
    inspected = {issue for finding in s.complaint.findings for issue in finding.inspected}
    open_ones = tuple(
        issue.id for issue in s.complaint.registration.issues if issue.is_safety and issue.id not in inspected
    )
    return Refusal("safety.uninspected", issues=open_ones) if open_ones else None


@rule("findings.none")
def findings_are_recorded(s: Situation) -> Refusal | None:
    """From investigation, an explanation rests on what was found (MOVES 5)."""
    if s.complaint.state is not State.INVESTIGATION or s.complaint.present_findings:
        return None
    return Refusal("findings.none")


__all__ = ["Dispute", "Explain", "RecordUnderstanding", "Uphold"]
