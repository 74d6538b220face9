"""接续: what another system has handled so far is carried on here, or kept as a file (lifecycle.md, "Clocks")."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from complaints.errors import Fault
from complaints.model.adoption import Adopted, Milestone, order_faults
from complaints.model.base import evolve, line, prose, several
from complaints.model.beside import Beside
from complaints.model.complaint import Assignment, Complaint, Visit
from complaints.model.event import Event, Refusal, Situation, command, rule
from complaints.model.people import ExternalRef
from complaints.model.proposal import Remedy
from complaints.model.words import Answer, Duty, Outcome, Severity, State, Track
from complaints.stages.execution import tasks_from
from complaints.stages.intake import Opening

ADOPTABLE = (
    State.INTAKE, State.JUDGMENT, State.EXPLANATION, State.INVESTIGATION, State.PROPOSAL, State.EXECUTION,
    State.FOLLOW_UP, State.CLOSED,
)  # fmt: skip
"""
The states that a complaint may be taken up in (our choice).

What lay with a leader or with the customer is proposed anew, since nobody here has read or offered it; what was about
to be evaluated is followed up first, so that nothing is closed here without a call-back.
"""

_BEYOND_JUDGMENT = ADOPTABLE[ADOPTABLE.index(State.EXPLANATION) : -1]
_TOLD = (State.EXPLANATION, State.EXECUTION, State.FOLLOW_UP)
_OVER = (State.FOLLOW_UP, State.CLOSED)
_OUTCOMES = tuple(outcome for outcome in Outcome if outcome is not Outcome.MERGED)


@command
class Adopt(Opening):
    """
    接续: another system has handled the complaint so far; it goes on here where it stood, or is kept as a file.

    It happens when it is brought over: no clock runs before, whatever the old system did or missed, and nobody is
    notified. It belongs to no table, so every definition reads it.

    Args:
        system: Name of the old system.
        number: Of the complaint there; it is found again by it, as an :class:`ExternalRef` of kind ``complaint``.
        target: The state it goes on in, one of :data:`ADOPTABLE`.
        milestones: States of ours that it went through there, with their original times.
        severity: As the old system had it; rules raise it by themselves.
        handler: Id of who handles it now.
        answer: What the customer was told there.
        outcome: How it ended for the customer, where the handling is over.
        remedies: What is still to be carried out, where that is where it stands.
        id: A fresh UUID, if the caller wants to refer to the complaint in the same transaction.
    """

    system: str = line(most=40)
    number: str = line(most=120)
    target: State
    milestones: tuple[Milestone, ...] = several(most=50, default=())
    severity: Severity = Severity.GENERAL
    handler: str | None = line(most=80, default=None)
    answer: str | None = prose(default=None)
    outcome: Outcome | None = None
    remedies: tuple[Remedy, ...] = several(most=50, default=())
    id: UUID | None = None

    def _faults(self) -> Iterator[Fault]:
        yield from super()._faults()
        yield from order_faults(self.milestones, self.received_at)
        if not isinstance(self.target, State):
            return
        if self.target not in ADOPTABLE:
            yield Fault("target", "choice", choices=tuple(state.value for state in ADOPTABLE))
        if self.target in _BEYOND_JUDGMENT and not self.issues:
            yield Fault("issues", "missing")
        if self.target in _TOLD and self.answer is None:
            yield Fault("answer", "missing")
        if self.target in _OVER and self.outcome is None:
            yield Fault("outcome", "missing")
        elif self.target not in _OVER and self.outcome is not None:
            yield Fault("outcome", "not_before_the_end")
        elif self.outcome is Outcome.MERGED:
            yield Fault("outcome", "choice", choices=tuple(outcome.value for outcome in _OUTCOMES))
        if (self.target is State.EXECUTION) != bool(self.remedies):
            yield Fault("remedies", "tasks_where_carried_out")

    @property
    def names_people(self) -> tuple[str, ...]:
        """Who handles it now, and who carries out what is left to do."""
        handler = () if self.handler is None else (self.handler,)
        return (*handler, *(remedy.owner for remedy in self.remedies))

    def apply(self, complaint: Complaint | None, event: Event) -> Complaint:
        """A complaint that stands where it stood, with what was behind it there."""
        form = self.form_of(event)
        ref = ExternalRef(system=self.system, kind="complaint", id=self.number)
        duties = {}
        if self.handler is not None:
            duties[Duty.HANDLER] = Assignment(
                duty=Duty.HANDLER, assignee=self.handler, number=event.number, answer=Answer.ACCEPTED
            )
        behind = dict.fromkeys(one.state for one in self.milestones if one.state is not event.target)
        return self.begun(
            event,
            evolve(form, refs=tuple(dict.fromkeys((*self.refs, ref)))),
            severity=self.severity,
            track=Track.FULL,
            duties=duties,
            visits=tuple(Visit(state, event.number, event.number) for state in behind),
            outcome=self.outcome,
            tasks=tasks_from(self.remedies, event.number),
            beside=Beside(adopted=Adopted(system=self.system, number=self.number, milestones=self.milestones)),
        )


# --- rules ----------------------------------------------------------------------------------------------------------


@rule("adoption.in_future")
def all_of_it_has_happened(s: Situation) -> Refusal | None:
    """Receipt and milestones lie behind the moment of bringing it over (R8)."""
    latest = max([s.command.received_at, *(one.at for one in s.command.milestones)])
    return Refusal("adoption.in_future", at=latest.isoformat()) if latest > s.at else None


@rule("adoption.handler_involved")
def its_handler_is_impartial(s: Situation) -> Refusal | None:
    """Whoever is complained of does not handle it, whatever the old system let him (A8, invariant 4)."""
    if s.command.handler is None or s.command.handler not in s.command.complained_of:
        return None
    return Refusal("adoption.handler_involved", assignee=s.command.handler)


@rule("adoption.costly")
def what_is_left_to_do_costs_nothing_new(s: Situation) -> Refusal | None:
    """Money is approved here before it is spent here, whatever was agreed elsewhere (invariant 3)."""
    costly = tuple(one.kind.value for one in s.command.remedies if one.cost.amount)
    return Refusal("adoption.costly", remedies=costly) if costly else None


@rule("adoption.task_past")
def what_is_left_to_do_lies_ahead(s: Situation) -> Refusal | None:
    """No task is late the moment it comes: what was missed, was missed elsewhere (our choice)."""
    today = s.at.astimezone(s.dealer.tz).date()
    past = tuple(one.due.isoformat() for one in s.command.remedies if one.due < today)
    return Refusal("adoption.task_past", due=past, today=today.isoformat()) if past else None


__all__ = ["ADOPTABLE", "Adopt"]
