"""Stage 5 实施方案: told, chosen, signed, carried out, booked (R29–R31)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from complaints.errors import Fault
from complaints.model.base import evolve, line, prose, several
from complaints.model.complaint import Complaint
from complaints.model.event import Command, Event, Refusal, Situation, command, rule
from complaints.model.execution import Acceptance, Booking, Settlement, Task
from complaints.model.money import Money, covers, total
from complaints.model.proposal import Remedy
from complaints.model.words import Channel, Outcome, Proof, RemedyKind, State, TaskResult
from complaints.stages.proposal import plus


@command
class Accept(Command):
    """
    客户接受: the customer chose and showed it (R26, R30).

    Args:
        option: Id of the approved proposal he chose.
        remedies: What was agreed instead, within the leader's ceiling; with neither, the chosen proposal.
    """

    complaint: UUID
    option: str | None = line(most=20, default=None)
    remedies: tuple[Remedy, ...] = several(most=50, default=())
    acceptance: Acceptance

    def _faults(self) -> Iterator[Fault]:
        if (self.option is None) == (not self.remedies):
            yield Fault("option", "one_of", other="remedies")

    @property
    def names_people(self) -> tuple[str, ...]:
        """Who carries out what was agreed."""
        return tuple(remedy.owner for remedy in self.remedies)

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """Settled; every remedy is a task from now on."""
        remedies = agreed(complaint, self.option, self.remedies)
        settlement = Settlement(
            number=event.number, option=self.option, remedies=remedies, acceptance=self.acceptance, at=event.at
        )
        return evolve(
            complaint, settlement=settlement, tasks=(*complaint.tasks, *tasks_for(complaint, remedies, event.number))
        )


def agreed(complaint: Complaint, option: str | None, remedies: tuple[Remedy, ...]) -> tuple[Remedy, ...]:
    """The remedies of an option, or those agreed instead."""
    chosen = next((p for p in complaint.present_proposals if p.id == option), None)
    return chosen.remedies if chosen is not None else remedies


def tasks_for(complaint: Complaint, remedies: tuple[Remedy, ...], number: int) -> tuple[Task, ...]:
    """A task for each remedy, numbered on."""
    return tasks_from(remedies, number, first=first_task_number(complaint))


def tasks_from(remedies: tuple[Remedy, ...], number: int, *, first: int = 1) -> tuple[Task, ...]:
    """A task for each remedy, given by event *number*, numbered from *first*."""
    return tuple(
        Task(id=f"T{place}", kind=r.kind, owner=r.owner, due=r.due, cost=r.cost, number=number)
        for place, r in enumerate(remedies, start=first)
    )


def first_task_number(complaint: Complaint) -> int:
    """The number of the next task: behind every one of its own, whatever else was absorbed and given back."""
    own = (task.id[1:] for task in complaint.tasks if task.id.startswith("T"))
    return 1 + max((int(number) for number in own if number.isdecimal()), default=0)


@command
class Decline(Command):
    """客户不接受: the customer does not want it (MOVES 13); the third time the severity rises by itself."""

    complaint: UUID
    reasons: str = prose(most=2000)
    counter_demand: str | None = prose(most=2000, default=None)

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """One refusal more; the mandate is used up."""
        refused = complaint.beside_with(rounds=(*complaint.beside.rounds, event.number))
        return evolve(refused, declines=complaint.declines + 1, mandate=None)


@command
class ReportTask(Command):
    """
    任务结果: done, failed or cancelled (R29, R64).

    Args:
        proof: Id of what shows that it is done: a workshop order, a receipt.
        customer_consented: Whether the customer agreed that it is cancelled.
    """

    complaint: UUID
    task: str = line(most=40)
    result: TaskResult
    proof: str | None = line(most=120, default=None)
    remark: str | None = prose(most=2000, default=None)
    customer_consented: bool = False

    def _faults(self) -> Iterator[Fault]:
        if self.result is TaskResult.OPEN:
            yield Fault("result", "choice", choices=("done", "failed", "cancelled"))
        if self.result is TaskResult.DONE and self.proof is None:
            yield Fault("proof", "missing")
        if self.result is TaskResult.FAILED and self.remark is None:
            yield Fault("remark", "missing")
        if self.result is TaskResult.CANCELLED and not self.customer_consented:
            yield Fault("customer_consented", "consent")

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """The task with its result."""
        tasks = tuple(
            evolve(task, result=self.result, number=event.number) if task.id == self.task else task
            for task in complaint.tasks
        )
        return evolve(complaint, tasks=tasks)


@command
class BookCompensation(Command):
    """
    补偿入账: finance books what was paid (R67); a wrong booking is reversed by reference.

    Args:
        booking: Its number in the books.
        reverses: Number of the booking it takes back; the amount is then that of the booking, negative.
    """

    complaint: UUID
    booking: str = line(most=40)
    task: str = line(most=40)
    amount: Money
    reverses: str | None = line(most=120, default=None)

    def _faults(self) -> Iterator[Fault]:
        if isinstance(self.amount, Money) and (self.amount.amount < 0) != (self.reverses is not None):
            yield Fault("amount", "sign_of_booking")

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """One line more in the ledger."""
        booked = Booking(
            id=self.booking, amount=self.amount, task=self.task, reverses=self.reverses, number=event.number
        )
        return evolve(complaint, ledger=(*complaint.ledger, booked))


@command
class CompleteExecution(Command):
    """实施完毕: everything agreed is done and booked (R31); the call-back comes next."""

    complaint: UUID

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """Resolved, as far as the house can tell before asking."""
        return evolve(complaint, outcome=Outcome.RESOLVED)


@command
class AbandonExecution(Command):
    """终止实施: it cannot be done as agreed; the customer knows, and a new proposal is due (MOVES 16)."""

    is_decision: ClassVar[bool] = True

    complaint: UUID
    reason: str = prose(most=2000)
    text: str = prose(most=2000)
    channel: Channel

    @property
    def outgoing_text(self) -> tuple[str, ...]:
        """What goes to the customer."""
        return (self.text,)

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """The settlement is superseded; what was done stays listed, and what was absorbed goes on."""
        left = tuple(
            evolve(task, result=TaskResult.CANCELLED) if task.result is TaskResult.OPEN and "/" not in task.id else task
            for task in complaint.tasks
        )
        return evolve(complaint, settlement=None, mandate=None, tasks=left)


# --- rules ----------------------------------------------------------------------------------------------------------


@rule("offer.not_made")
def the_offer_was_made(s: Situation) -> Refusal | None:
    """The customer was told, reached, since the approval (R29)."""
    return None if s.complaint.offered > s.complaint.entered.get(State.OFFER, 0) else Refusal("offer.not_made")


@rule("option.not_mandated")
def what_is_accepted_was_mandated(s: Situation) -> Refusal | None:
    """
    An approved option, or anything inside the ceiling (R26).

    A remedy that not every leader may grant is no counter's to agree to, however cheap (our choice: a ceiling
    tells a sum and no remedies).
    """
    mandate = s.complaint.mandate
    if mandate is None:
        return Refusal("option.not_mandated", options=())
    options = (mandate.chosen, *mandate.alternatives)
    if s.command.option is not None:
        return None if s.command.option in options else Refusal("option.not_mandated", options=options)
    reserved = frozenset[RemedyKind]().union(*(line.excluded for line in s.policy.authority))
    is_the_counters = mandate.ceiling is not None and reserved.isdisjoint(one.kind for one in s.command.remedies)
    ceiling = total([mandate.ceiling]) if mandate.ceiling is not None else {}
    if is_the_counters and covers(ceiling, total(remedy.cost for remedy in s.command.remedies)):
        return None
    return Refusal("option.not_mandated", options=options)


@rule("acceptance.too_weak")
def the_acceptance_is_proven(s: Situation) -> Refusal | None:
    """Message or recording, with money a signature; escalated: signature; major: by an authorised party (R30)."""
    weight = s.policy.weight(s.severity)
    remedies = agreed(s.complaint, s.command.option, s.command.remedies)
    has_money = any(remedy.cost.amount and remedy.kind in _MONEY for remedy in remedies)
    wanted = Proof.SIGNATURE if has_money else weight.proof
    acceptance = s.command.acceptance
    if acceptance.proof.rank < wanted.rank:
        return Refusal("acceptance.too_weak", wanted_proof=wanted.value, proof=acceptance.proof.value)
    return None


_MONEY = frozenset({RemedyKind.CASH, RemedyKind.FULL_REFUND, RemedyKind.PARTIAL_REFUND, RemedyKind.TRANSPORT_ALLOWANCE})


@rule("signer.not_authorised")
def the_signer_is_authorised(s: Situation) -> Refusal | None:
    """Whoever agrees for the complainant may do so; at major severity he may sign (parties)."""
    signer = s.command.acceptance.signer
    if signer is None:
        return None
    sign = s.policy.weight(s.severity).authorised_signer or s.command.acceptance.proof is Proof.SIGNATURE
    allowed = any(
        party.kind is signer and (party.may_sign if sign else party.may_accept)
        for party in s.complaint.registration.parties
    )
    return None if allowed else Refusal("signer.not_authorised", signer=signer.value)


@rule("task.none_of_yours", overridable=True)
def a_task_is_theirs(s: Situation) -> Refusal | None:
    """Only the owner reports a task, or who stands in for him; somebody else may type it (``recorded_by``)."""
    owners = tuple(dict.fromkeys(task.owner for task in s.complaint.open_tasks))
    return None if any(map(s.by.acts_as, owners)) else Refusal("task.none_of_yours", owners=owners)


@rule("task.not_yours", overridable=True)
def the_task_is_theirs(s: Situation) -> Refusal | None:
    """A task is reported by its owner, or by who stands in for him."""
    task = next((task for task in s.complaint.open_tasks if task.id == s.command.task), None)
    if task is None or s.by.acts_as(task.owner):
        return None  # the_task_is_open refuses what is not there or is finished
    return Refusal("task.not_yours", owners=(task.owner,))


@rule("task.not_open")
def the_task_is_open(s: Situation) -> Refusal | None:
    """A task is reported once; nobody sets that aside."""
    open_ones = tuple(task.id for task in s.complaint.open_tasks)
    return None if s.command.task in open_ones else Refusal("task.not_open", tasks=open_ones)


@rule("booking.doubled")
def the_booking_is_new(s: Situation) -> Refusal | None:
    """Bookings are told apart by their number."""
    taken = any(booking.id == s.command.booking for booking in s.complaint.ledger)
    return Refusal("booking.doubled", booking=s.command.booking) if taken else None


@rule("booking.nothing")
def there_is_something_to_book(s: Situation) -> Refusal | None:
    """Money is booked for what was agreed or given."""
    return None if s.complaint.tasks else Refusal("booking.nothing")


@rule("booking.task_unknown")
def the_booked_task_exists(s: Situation) -> Refusal | None:
    """Money is booked for a task."""
    tasks = tuple(task.id for task in s.complaint.tasks)
    return None if s.command.task in tasks else Refusal("booking.task_unknown", tasks=tasks)


@rule("booking.beyond_approval")
def it_stays_within_the_approval(s: Situation) -> Refusal | None:
    """Never above what was approved for the task, in its currency (invariant 3)."""
    task = next((task for task in s.complaint.tasks if task.id == s.command.task), None)
    if task is None or s.command.reverses is not None:
        return None
    booked = total(booking.amount for booking in s.complaint.ledger if booking.task == task.id)
    after = plus(booked, {s.command.amount.currency: s.command.amount.amount})
    if covers(total([task.cost]), after):
        return None
    return Refusal("booking.beyond_approval", approved=str(task.cost))


@rule("booking.wrong_reversal")
def a_reversal_mirrors_its_booking(s: Situation) -> Refusal | None:
    """A reversal takes back exactly one booking of the same task, once."""
    if s.command.reverses is None:
        return None
    wrong = next((one for one in s.complaint.ledger if one.id == s.command.reverses), None)
    again = any(one.reverses == s.command.reverses for one in s.complaint.ledger)
    mirrors = (
        wrong is not None
        and (wrong.task, wrong.reverses) == (s.command.task, None)
        and (wrong.amount.currency, -wrong.amount.amount) == (s.command.amount.currency, s.command.amount.amount)
    )
    return None if mirrors and not again else Refusal("booking.wrong_reversal", booking=s.command.reverses)


@rule("tasks.unfinished")
def no_task_is_open(s: Situation) -> Refusal | None:
    """What the customer was given is carried out, however the complaint ends (MOVES 17, 21)."""
    left = tuple(task.id for task in s.complaint.open_tasks)
    return Refusal("tasks.unfinished", tasks=left) if left else None


@rule("tasks.none")
def there_is_a_task(s: Situation) -> Refusal | None:
    """Executing nothing is no execution (MOVES 15)."""
    return None if present_tasks(s.complaint) else Refusal("tasks.none")


def present_tasks(complaint: Complaint) -> tuple[Task, ...]:
    """The tasks of the settlement in force, those added in rework included."""
    since = complaint.settlement.number if complaint.settlement is not None else 0
    return tuple(task for task in complaint.tasks if task.number >= since)


@rule("tasks.open")
def every_task_is_finished(s: Situation) -> Refusal | None:
    """All done, or cancelled with the customer's consent (MOVES 15)."""
    unfinished = tuple(
        task.id for task in present_tasks(s.complaint) if task.result not in (TaskResult.DONE, TaskResult.CANCELLED)
    )
    return Refusal("tasks.open", tasks=unfinished) if unfinished else None


@rule("compensation.unbooked")
def the_compensation_is_booked(s: Situation) -> Refusal | None:
    """What was paid stands in the ledger (R67)."""
    left = unbooked(s.complaint)
    return Refusal("compensation.unbooked", who=("finance",), tasks=left) if left else None


def unbooked(complaint: Complaint) -> tuple[str, ...]:
    """Ids of tasks that are done and cost something, of which nothing stands in the ledger."""
    return tuple(
        task.id
        for task in complaint.tasks
        if task.result is TaskResult.DONE and task.cost.amount and not _booked(complaint, task)
    )


def _booked(complaint: Complaint, task: Task) -> Decimal:
    return sum((one.amount.amount for one in complaint.ledger if one.task == task.id), Decimal(0))


@rule("tasks.none_failed")
def a_task_has_failed(s: Situation) -> Refusal | None:
    """A settlement is abandoned only when something of it cannot be done (MOVES 16)."""
    failed = any(task.result is TaskResult.FAILED for task in present_tasks(s.complaint))
    return None if failed else Refusal("tasks.none_failed")


__all__ = [
    "AbandonExecution",
    "Accept",
    "BookCompensation",
    "CompleteExecution",
    "Decline",
    "ReportTask",
]
