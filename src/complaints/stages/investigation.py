"""Stage 3 展开调查: the cause, the responsible person, the evidence (R17–R20)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar
from uuid import UUID

from complaints.model.base import evolve, line, prose, several
from complaints.model.complaint import Complaint
from complaints.model.event import Aftermath, Command, Event, Refusal, Situation, command, rule
from complaints.model.investigation import CauseFound, Conclusion, Finding, Responsibility
from complaints.model.words import Cause, State, Track
from complaints.stages.judgment import investigated_by


@command
class RecordFinding(Command):
    """
    调查发现: something was found out (R17, R20).

    Args:
        cause: A cause it points to, suspected or confirmed.
        evidence: Ids of evidence that shows it.
        inspected: Ids of the issues that were looked at on the car.
    """

    is_impartial: ClassVar[bool] = True

    complaint: UUID
    text: str = prose()
    cause: CauseFound | None = None
    evidence: tuple[str, ...] = several(most=100, default=())
    inspected: tuple[str, ...] = several(most=100, default=())

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """One finding more; its text stays in the history."""
        finding = Finding(
            number=event.number, by=event.by.id, cause=self.cause, evidence=self.evidence, inspected=self.inspected
        )
        return evolve(complaint, findings=(*complaint.findings, finding))


@command
class ConcludeInvestigation(Command):
    """
    调查结论: cause and responsibility are settled, or openly inconclusive (R17, R18).

    Args:
        responsibility: Who answers, "nobody" included.
        inconclusive_reason: Why no cause could be found, if so.
    """

    is_impartial: ClassVar[bool] = True

    complaint: UUID
    summary: str = prose()
    responsibility: Responsibility
    inconclusive_reason: str | None = prose(most=2000, default=None)

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """The investigation is concluded."""
        causes = primary_causes(complaint)
        conclusion = Conclusion(
            number=event.number,
            by=event.by.id,
            at=event.at,
            responsibility=self.responsibility,
            cause=Cause.UNKNOWN if self.inconclusive_reason else next(iter(causes), Cause.UNKNOWN),
            is_inconclusive=self.inconclusive_reason is not None,
        )
        return evolve(complaint, conclusion=conclusion)


@command
class ReopenInvestigation(Command):
    """
    重启调查: evidence came up that the last conclusion did not know (MOVES 17).

    What the customer has accepted is not taken back to his harm: the settlement stands, and its tasks go on.

    Args:
        investigator: Id of the person who investigates now.
    """

    is_decision = True

    complaint: UUID
    reason: str = prose(most=2000)
    investigator: str = line(most=80)

    @property
    def names_people(self) -> tuple[str, ...]:
        """Who is to investigate."""
        return (self.investigator,)

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """The investigator is on duty; what was mandated but not accepted is void."""
        duties = investigated_by(complaint, self.investigator, event)
        return evolve(complaint, duties=duties, mandate=None, outcome=None, track=Track.FULL)


@command
class Supersede(Command):
    """方案作废: proposals that lay open fell with the conclusion they rested on (MOVES 17); a step of the system."""

    complaint: UUID
    proposals: tuple[str, ...] = several(least=1, most=1000)


def primary_causes(complaint: Complaint) -> tuple[Cause, ...]:
    """The primary causes found in this pass: the confirmed ones, else the suspected ones."""
    found = [f.cause for f in complaint.present_findings if f.cause is not None and f.cause.is_primary]
    best = [one for one in found if one.is_confirmed] or found
    return tuple(dict.fromkeys(one.cause for one in best))


def _primary(complaint: Complaint) -> Iterator[CauseFound]:
    wanted = primary_causes(complaint)
    for finding in complaint.present_findings:
        if finding.cause is not None and finding.cause.is_primary and finding.cause.cause in wanted:
            yield finding.cause


# --- what follows ---------------------------------------------------------------------------------------------------


def supersede_what_lay_open(a: Aftermath) -> tuple[Command, ...]:
    """Proposals that nobody has accepted yet are superseded by the new investigation (MOVES 17)."""
    before = a.before
    if before is None or before.state not in (State.PROPOSAL, State.APPROVAL, State.OFFER):
        return ()
    left = tuple(proposal.id for proposal in before.present_proposals)
    return (Supersede(complaint=before.id, proposals=left),) if left else ()


# --- rules ----------------------------------------------------------------------------------------------------------


@rule("evidence.not_newer")
def there_is_newer_evidence(s: Situation) -> Refusal | None:
    """Evidence that was added after the last conclusion, or after the judgment where none was drawn (MOVES 17)."""
    last = s.complaint.conclusion or s.complaint.judgment
    if last is not None and any(one.number > last.number for one in s.complaint.evidence):
        return None
    return Refusal("evidence.not_newer")


@rule("investigation.never_judged")
def it_was_judged(s: Situation) -> Refusal | None:
    """What was withdrawn before anybody judged it is taken up again by rework, from the start (our choice)."""
    return Refusal("investigation.never_judged") if s.complaint.judgment is None else None


@rule("supersede.unknown")
def the_superseded_are_there(s: Situation) -> Refusal | None:
    """Only proposals of the complaint can be superseded."""
    known = {one.id for one in s.complaint.proposals}
    unknown = tuple(one for one in s.command.proposals if one not in known)
    return Refusal("supersede.unknown", proposals=unknown) if unknown else None


@rule("evidence.unknown")
def the_evidence_is_on_record(s: Situation) -> Refusal | None:
    """A finding refers to evidence that was added (R20)."""
    known = {one.id for one in s.complaint.evidence}
    unknown = tuple(one for one in s.command.evidence if one not in known)
    return Refusal("evidence.unknown", evidence=unknown) if unknown else None


@rule("issues.unknown")
def the_inspected_issues_exist(s: Situation) -> Refusal | None:
    """Only issues of the complaint can have been inspected."""
    known = {issue.id for issue in s.complaint.registration.issues}
    unknown = tuple(one for one in s.command.inspected if one not in known)
    return Refusal("issues.unknown", issues=unknown) if unknown else None


@rule("evidence.too_light")
def a_finding_rests_on_evidence(s: Situation) -> Refusal | None:
    """A reference; escalated: with digest; major: with digest and collector (weight by severity)."""
    wanted = s.policy.weight(s.severity).evidence
    weights = {one.id: one.weight for one in s.complaint.evidence}
    shown = [weights.get(one, 0) for finding in s.complaint.present_findings for one in finding.evidence]
    if max(shown, default=0) >= wanted:
        return None
    return Refusal("evidence.too_light", wanted=("reference", "digest", "digest_and_collector")[wanted - 1])


@rule("cause.not_one")
def there_is_one_primary_cause(s: Situation) -> Refusal | None:
    """Exactly one primary cause in this pass, or inconclusive with reasons (R17)."""
    if s.command.inconclusive_reason is not None:
        return None
    causes = tuple(cause.value for cause in primary_causes(s.complaint))
    return None if len(causes) == 1 else Refusal("cause.not_one", causes=causes)


@rule("cause.unconfirmed")
def the_cause_is_sure_enough(s: Situation) -> Refusal | None:
    """Suspected will do; escalated: confirmed; major: confirmed with whys (R20)."""
    weight = s.policy.weight(s.severity)
    causes = list(_primary(s.complaint))
    if s.command.inconclusive_reason is not None or not causes or not weight.cause_confirmed:
        return None
    confirmed = [one for one in causes if one.is_confirmed]
    if confirmed and (not weight.whys or any(one.whys for one in confirmed)):
        return None
    return Refusal("cause.unconfirmed", severity=s.severity.value)


@rule("cause.unknown_without_reason")
def unknown_means_inconclusive(s: Situation) -> Refusal | None:
    """The cause "unknown" stands only for an inconclusive investigation."""
    if s.command.inconclusive_reason is None and primary_causes(s.complaint) == (Cause.UNKNOWN,):
        return Refusal("cause.unknown_without_reason")
    return None


__all__ = ["ConcludeInvestigation", "RecordFinding", "ReopenInvestigation", "Supersede"]
