"""上报: somebody higher is asked to decide or to help (R2, R66)."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from complaints.errors import Fault
from complaints.model.base import evolve, number, prose
from complaints.model.beside import Escalation
from complaints.model.complaint import Complaint
from complaints.model.event import Aftermath, Command, Event, Refusal, Situation, command, rule
from complaints.model.words import RANKS, EscalationReply, Role

_ABOVE_SPECIALIST, _BELOW_GROUP = RANKS[1:], RANKS[:-1]
_THIRD = 3


@command
class Escalate(Command):
    """
    上报: a higher rank is asked to decide or to help (R2, R66); the third refused offer does it by itself.

    Args:
        to: The rank that is asked; whoever holds it, or a higher one, may answer.
    """

    complaint: UUID
    to: Role
    reason: str = prose(most=1000)

    def _faults(self) -> Iterator[Fault]:
        if isinstance(self.to, Role) and self.to not in _ABOVE_SPECIALIST:
            yield Fault("to", "choice", choices=tuple(role.value for role in _ABOVE_SPECIALIST))

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """One escalation more; the complaint stays where it is."""
        asked = Escalation(to=self.to, at=event.at, number=event.number)
        return complaint.beside_with(escalations=(*complaint.beside.escalations, asked))


@command
class AnswerEscalation(Command):
    """
    上报批复: what the one who was asked has decided, that he works on it, or that a lower rank can do it.

    Args:
        escalation: Number of the event that escalated.
        reply: Decided; or only seen, which stops nothing; or handed down, which is over for this rank.
        decision: What was decided, how it goes on, or why a lower rank can do it.
        to: The lower rank it is handed down to; the specialist is whoever handles it anyway.
    """

    is_decision = True

    complaint: UUID
    escalation: int = number(least=1)
    reply: EscalationReply = EscalationReply.DECIDED
    decision: str = prose(most=2000)
    to: Role | None = None

    def _faults(self) -> Iterator[Fault]:
        if self.reply is EscalationReply.HANDED_DOWN and self.to not in _BELOW_GROUP:
            yield Fault("to", "choice", choices=tuple(role.value for role in _BELOW_GROUP))
        elif self.reply is not EscalationReply.HANDED_DOWN and self.to is not None:
            yield Fault("to", "not_with_reply")

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """Answered, or seen, by whom and when; the words stay in the history."""
        escalations = tuple(
            self._answered(one, event) if one.number == self.escalation else one for one in complaint.beside.escalations
        )
        return complaint.beside_with(escalations=escalations)

    def _answered(self, asked: Escalation, event: Event) -> Escalation:
        if self.reply is EscalationReply.ACKNOWLEDGED:
            return evolve(asked, acknowledged_by=event.by.id, acknowledged_at=event.at)
        return evolve(asked, answered_by=event.by.id, answered_at=event.at, handed_down_to=self.to)


# --- what follows ---------------------------------------------------------------------------------------------------


def ask_the_lower_rank(a: Aftermath) -> tuple[Command, ...]:
    """
    Whom it was handed down to is asked from now on, with a due date of his own, unless he is asked already.

    The specialist is nobody's superior: what comes down to him, whoever handles the complaint does.
    """
    made = a.event.command
    assert isinstance(made, AnswerEscalation)  # noqa: S101  # its row is the only one that names this
    if made.to not in _ABOVE_SPECIALIST or any(one.to is made.to for one in a.complaint.open_escalations):
        return ()
    return (Escalate(complaint=a.complaint.id, to=made.to, reason=f"lifecycle, Escalate: {made.escalation}"),)


def escalate_the_third_decline(a: Aftermath) -> tuple[Command, ...]:
    """The third refused offer goes to the manager by itself, unless he or a higher rank is asked already (MOVES 13)."""
    waits_above = any(RANKS.index(one.to) >= RANKS.index(Role.MANAGER) for one in a.complaint.open_escalations)
    if a.complaint.declines < _THIRD or waits_above:
        return ()
    reason = f"lifecycle, MOVES 13: {a.complaint.declines}"
    return (Escalate(complaint=a.complaint.id, to=Role.MANAGER, reason=reason),)


# --- rules ----------------------------------------------------------------------------------------------------------


@rule("escalation.doubled")
def the_rank_is_not_asked_already(s: Situation) -> Refusal | None:
    """A rank is asked once until it has answered."""
    waits = any(one.to is s.command.to for one in s.complaint.open_escalations)
    return Refusal("escalation.doubled", rank=s.command.to.value) if waits else None


@rule("escalations.none_open")
def an_escalation_is_open(s: Situation) -> Refusal | None:
    """There is something to answer."""
    return None if s.complaint.open_escalations else Refusal("escalations.none_open")


@rule("escalation.not_open")
def the_escalation_is_open(s: Situation) -> Refusal | None:
    """An escalation is answered once."""
    if _open_escalation(s) is not None:
        return None
    numbers = tuple(str(one.number) for one in s.complaint.open_escalations)
    return Refusal("escalation.not_open", escalations=numbers)


@rule("escalation.rank")
def they_are_the_rank_that_was_asked(s: Situation) -> Refusal | None:
    """Whoever holds the rank that was asked answers, or somebody above."""
    asked = _open_escalation(s)
    if asked is None or s.by.holds(asked.to):
        return None
    return Refusal("escalation.rank", who=(asked.to.value,))


@rule("escalation.acknowledged")
def it_was_not_acknowledged_before(s: Situation) -> Refusal | None:
    """Seen is seen once; after that something is decided, or it is handed down."""
    asked = _open_escalation(s)
    if s.command.reply is not EscalationReply.ACKNOWLEDGED or asked is None or asked.acknowledged_by is None:
        return None
    return Refusal("escalation.acknowledged", person=asked.acknowledged_by)


@rule("escalation.not_lower")
def it_is_handed_down(s: Situation) -> Refusal | None:
    """It goes down to a rank below the one that was asked; up it goes by being escalated."""
    asked = _open_escalation(s)
    if asked is None or s.command.to is None or RANKS.index(s.command.to) < RANKS.index(asked.to):
        return None
    return Refusal("escalation.not_lower", rank=asked.to.value)


def _open_escalation(s: Situation) -> Escalation | None:
    return next((one for one in s.complaint.open_escalations if one.number == s.command.escalation), None)


__all__ = ["AnswerEscalation", "Escalate"]
