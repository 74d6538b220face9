"""转办与交接: from one department or person to another, warmly; clocks never start anew (R15, R56, R64)."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from complaints.errors import Fault
from complaints.model.base import evolve, line, prose
from complaints.model.beside import TransferAsked
from complaints.model.complaint import Assignment, Complaint
from complaints.model.event import Command, Event, Refusal, Situation, command, rule
from complaints.model.words import Answer, Department, Duty, Role
from complaints.stages.intake import handlers_of, with_former_handler

_MOST_HOPS = 2


@command
class Transfer(Command):
    """
    转办: another department is asked to take the complaint over (R15, R64).

    The house hands over, and never sends the customer elsewhere (R56): moves wait for the answer, clocks do not.

    Args:
        to: The department that is asked.
        briefing: What the next one must know, so that the customer need not tell it again (R56).
    """

    complaint: UUID
    to: Department
    reason: str = prose(most=1000)
    briefing: str = prose()

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """The other department is asked; until it answers nothing has changed hands."""
        asked = TransferAsked(to=self.to, number=event.number, at=event.at)
        return complaint.beside_with(transfer=asked)


@command
class AnswerTransfer(Command):
    """接收/拒收: the other department takes the complaint over, or declines it with a reason (R64)."""

    complaint: UUID
    accepts: bool
    reason: str | None = prose(most=1000, default=None)

    def _faults(self) -> Iterator[Fault]:
        if self.accepts is False and self.reason is None:
            yield Fault("reason", "missing")

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """Taken over, with one hop more; or declined, and then it stays where it is."""
        beside = complaint.beside
        asked = beside.transfer
        if asked is None or not self.accepts:
            return complaint.beside_with(transfer=asked and evolve(asked, answer=Answer.DECLINED))
        taken = evolve(asked, answer=Answer.ACCEPTED)
        return evolve(complaint.beside_with(transfer=taken, hops=beside.hops + 1), department=asked.to)


@command
class HandOver(Command):
    """
    交接: everything one person has on this complaint goes to another (R56, R64).

    Args:
        giver: Id of the person who has it.
        taker: Id of the person who gets it.
        briefing: What the next one must know, so that the customer need not tell it again (R56).
        basis: Why this person: load, skill, or who asked (R52).
    """

    complaint: UUID
    giver: str = line(most=80)
    taker: str = line(most=80)
    briefing: str = prose()
    basis: str = line(personal=True)

    @property
    def names_people(self) -> tuple[str, ...]:
        """Who gets it."""
        return (self.taker,)

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """Duties wait for the taker's answer, unless he took them himself; tasks have the new owner at once."""
        answer = Answer.ACCEPTED if event.by.id == self.taker else Answer.PENDING
        moved = {
            duty: Assignment(duty=duty, assignee=self.taker, number=event.number, answer=answer)
            for duty in _held(complaint, self.giver)
        }
        tasks = tuple(
            evolve(task, owner=self.taker) if task in complaint.open_tasks and task.owner == self.giver else task
            for task in complaint.tasks
        )
        handles = Duty.HANDLER in moved
        return evolve(
            complaint,
            duties={**complaint.duties, **moved},
            tasks=tasks,
            former_handlers=(with_former_handler(complaint, Duty.HANDLER) if handles else complaint.former_handlers),
        )


def _held(complaint: Complaint, person: str) -> tuple[Duty, ...]:
    """The duties that are *person*'s, or wait for his answer."""
    return tuple(
        duty
        for duty, held in complaint.duties.items()
        if held.assignee == person and held.answer is not Answer.DECLINED
    )


# --- rules ----------------------------------------------------------------------------------------------------------


@rule("transfer.pending", overridable=True)
def no_transfer_is_pending(s: Situation) -> Refusal | None:
    """Moves wait while another department is asked, and so does a second transfer."""
    asked = s.complaint.pending_transfer
    if asked is None:
        return None
    return Refusal("transfer.pending", who=("department_head", "manager"), department=asked.to.value)


@rule("transfer.hops", overridable=True)
def it_is_not_passed_round(s: Situation) -> Refusal | None:
    """Beyond two hops the manager decides, so that nobody is sent round the house."""
    hops = s.complaint.beside.hops
    if hops < _MOST_HOPS or s.by.holds(Role.MANAGER):
        return None
    return Refusal("transfer.hops", who=("manager",), hops=hops)


@rule("transfer.same")
def the_department_changes(s: Situation) -> Refusal | None:
    """A department does not hand over to itself."""
    to: Department = s.command.to
    return Refusal("transfer.same", department=to.value) if to is s.complaint.department else None


@rule("transfer.none")
def a_transfer_is_pending(s: Situation) -> Refusal | None:
    """There is something to answer."""
    return None if s.complaint.pending_transfer is not None else Refusal("transfer.none")


@rule("transfer.not_yours")
def the_transfer_is_theirs_to_answer(s: Situation) -> Refusal | None:
    """The head of the department that is asked answers, or a manager for the house."""
    asked = s.complaint.pending_transfer
    if asked is None or s.by.holds(Role.MANAGER) or s.by.department is asked.to:
        return None
    return Refusal("transfer.not_yours", who=("department_head", "manager"), department=asked.to.value)


@rule("handover.not_yours")
def it_is_theirs_to_hand_over(s: Situation) -> Refusal | None:
    """Whoever has it gives it up himself, or a supervisor takes it from him."""
    if s.by.id == s.command.giver or s.by.holds(Role.SUPERVISOR):
        return None
    return Refusal("handover.not_yours", who=("supervisor",))


@rule("handover.nobody_has_any")
def somebody_has_something(s: Situation) -> Refusal | None:
    """Somebody has a duty or an open task that could change hands."""
    is_held = any(held.answer is not Answer.DECLINED for held in s.complaint.duties.values())
    return None if is_held or s.complaint.open_tasks else Refusal("handover.nobody_has_any")


@rule("handover.nothing")
def there_is_something_to_hand_over(s: Situation) -> Refusal | None:
    """The giver has a duty on this complaint, or a task nobody has reported on."""
    giver = s.command.giver
    if _held(s.complaint, giver) or any(task.owner == giver for task in s.complaint.open_tasks):
        return None
    return Refusal("handover.nothing", person=giver)


@rule("handover.same")
def it_goes_to_somebody_else(s: Situation) -> Refusal | None:
    """Nobody hands over to himself."""
    return Refusal("handover.same") if s.command.giver == s.command.taker else None


@rule("handover.involved")
def the_taker_is_impartial(s: Situation) -> Refusal | None:
    """Whoever is complained of or responsible gets no duty (A8, invariant 4); a task he may carry out."""
    taker = s.command.taker
    if taker not in s.complaint.involved or not _held(s.complaint, s.command.giver):
        return None
    return Refusal("handover.involved", assignee=taker)


@rule("handover.caller")
def the_next_caller_is_not_the_handler(s: Situation) -> Refusal | None:
    """Nobody asks after his own work (MOVES 19), nor after work that comes to him with the call."""
    moved = _held(s.complaint, s.command.giver)
    if Duty.CALLER not in moved:
        return None
    handles = Duty.HANDLER in moved or s.command.taker in handlers_of(s.complaint)
    return Refusal("handover.caller") if handles else None


__all__ = ["AnswerTransfer", "HandOver", "Transfer"]
