"""The fast track 当场办结: settled at the counter within what a leader decided in advance (R8, R9, R19, R27, R63)."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from complaints.model.base import evolve, line, several
from complaints.model.complaint import Complaint, Settled
from complaints.model.event import Command, Event, Refusal, Situation, command, rule
from complaints.model.execution import Acceptance, Accountability, Booking, Settlement, Task
from complaints.model.investigation import Conclusion, Responsibility
from complaints.model.judgment import IssueJudgment, Judgment
from complaints.model.money import total
from complaints.model.proposal import Remedy
from complaints.model.spending import spendings
from complaints.model.words import (
    Alarm,
    Answerable,
    Cause,
    Department,
    Outcome,
    Proof,
    Severity,
    TaskResult,
    Track,
)
from complaints.policy.standing_order import StandingOrder
from complaints.stages.execution import first_task_number


@command
class SettleAtOnce(Command):
    """
    当场办结: the fast track (R8, R9, R19, R27, R63): one page, settled within the standing order.

    Judgment, remedy and acceptance in one step; the customer has chosen from the standing order.

    Args:
        order: Id and version of the standing order the customer chose from, such as ``"SO-1@2026"``.
        judgments: The verdict on every issue.
        remedies: What was done, already carried out.
        acceptance: How the customer's yes was shown; noted words only for an apology or explanation.
    """

    is_impartial: ClassVar[bool] = True

    complaint: UUID
    order: str = line(most=61)
    judgments: tuple[IssueJudgment, ...] = several(least=1, most=100)
    department: Department
    cause: Cause
    remedies: tuple[Remedy, ...] = several(least=1, most=20)
    acceptance: Acceptance

    @property
    def spends_under(self) -> str | None:
        """The standing order that the customer chose from."""
        return self.order

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """Judged, settled, carried out and booked in one step."""
        number, at = event.number, event.at
        tasks = tuple(
            Task(
                id=f"T{place}",
                kind=r.kind,
                owner=r.owner,
                due=r.due,
                cost=r.cost,
                result=TaskResult.DONE,
                number=number,
            )
            for place, r in enumerate(self.remedies, start=first_task_number(complaint))
        )
        bookings = tuple(
            Booking(id=f"standing-order-{number}-{task.id}", amount=task.cost, task=task.id, number=number)
            for task in tasks
            if task.cost.amount
        )
        return evolve(
            complaint,
            judgment=Judgment(
                issues=self.judgments,
                judge=event.by.id,
                at=at,
                number=number,
                rank=event.by.rank,
                department=self.department,
            ),
            department=self.department,
            conclusion=Conclusion(
                number=number,
                by=event.by.id,
                at=at,
                responsibility=Responsibility(kind=Answerable.NOBODY, reason=f"standing order {self.order}"),
                cause=self.cause,
            ),
            settlement=Settlement(number=number, remedies=self.remedies, acceptance=self.acceptance, at=at),
            settled=Settled(by=event.by.id, at=at, order=self.order, number=number),
            tasks=(*complaint.tasks, *tasks),
            ledger=(*complaint.ledger, *bookings),
            accountability=Accountability(number=number, decided_by=event.by.id, standing_rule=self.order),
            acknowledged_at=complaint.acknowledged_at or at,
            track=Track.FAST,
            outcome=Outcome.SETTLED_AT_ONCE,
        )


# --- rules ----------------------------------------------------------------------------------------------------------


@rule("fast.shut")
def the_fast_track_is_open(s: Situation) -> Refusal | None:
    """Severity general, no alarm of any kind, not shut before (fast track)."""
    bars = tuple(alarm.value for alarm in s.complaint.registration.fast_track_bars)
    if s.complaint.repeat_of is not None and Alarm.REPEAT.value not in bars:
        bars = (*bars, Alarm.REPEAT.value)
    if s.complaint.track is Track.OPEN and s.severity is Severity.GENERAL and not bars:
        return None
    return Refusal("fast.shut", alarms=bars, severity=s.severity.value)


@rule("fast.too_late")
def it_is_still_the_third_day(s: Situation) -> Refusal | None:
    """Settled, remedy included, by the close of the third working day after receipt."""
    ends = s.complaint.window_ends("settle_at_once")
    return Refusal("fast.too_late", due=ends.isoformat()) if ends is not None and s.at > ends else None


@rule("fast.not_named")
def the_standing_order_names_them(s: Situation) -> Refusal | None:
    """A leader has decided in advance who may settle (fast track)."""
    order = s.policy.standing_order(s.complaint.dealer, s.at)
    if order is not None and s.by.id in order.staff:
        return None
    if s.command is None and _was_named(s):
        return None  # while nothing is ordered, it may yet turn out to have happened under an earlier one
    return Refusal("fast.not_named", order=order.stamp if order else "")


def _was_named(s: Situation) -> bool:
    """Whether some standing order that was in force since the last move names the actor."""
    return any(
        order.dealer == s.complaint.dealer and s.by.id in order.staff and order.was_in_force(s.complaint.moved_at, s.at)
        for order in s.policy.standing_orders
    )


@rule("fast.order")
def the_order_is_in_force(s: Situation) -> Refusal | None:
    """The customer chose from the standing order that is in force, not from an older one."""
    order = s.policy.standing_order(s.complaint.dealer, s.at)
    stamp = order.stamp if order else ""
    return None if s.command.order == stamp else Refusal("fast.order", given=s.command.order, order=stamp)


@rule("fast.remedy")
def the_remedies_are_in_the_standing_order(s: Situation) -> Refusal | None:
    """Each remedy is allowed for one of the categories, within its ceiling and the ceiling of the case."""
    order = order_named(s)
    if order is None:
        return None  # the_order_is_in_force refuses already
    categories = [issue.category for issue in s.complaint.registration.issues]
    beyond = tuple(
        remedy.kind.value
        for remedy in s.command.remedies
        if remedy.cost.currency != s.policy.currency or not _is_allowed(remedy, categories, order)
    )
    spent = total(remedy.cost for remedy in s.command.remedies)
    before = spent_under_orders(s.complaint)
    if not beyond and all(before + amount <= order.per_case for amount in spent.values()):
        return None
    return Refusal("fast.remedy", remedies=beyond, ceiling=f"{order.per_case} {s.policy.currency}")


def spent_under_orders(complaint: Complaint) -> Decimal:
    """What one complaint has cost under standing orders: help and settlement share the ceiling of a case."""
    return sum((one.amount.amount for one in spendings(complaint)), Decimal(0))


def order_named(s: Situation) -> StandingOrder | None:
    """The standing order in force that the command names; ``None`` where another rule refuses it already."""
    order = s.policy.standing_order(s.complaint.dealer, s.at)
    return order if order is not None and s.command.order == order.stamp else None


@rule("fast.customer_ceiling")
def it_stays_within_the_customers_ceiling(s: Situation) -> Refusal | None:
    """With what the same customer had under the order within a year (fast track)."""
    order = order_named(s)
    if order is None or order.per_customer is None or s.spent.customer + _cost(s) <= order.per_customer:
        return None
    spent, ceiling = (f"{amount} {s.policy.currency}" for amount in (s.spent.customer, order.per_customer))
    return Refusal("fast.customer_ceiling", spent=spent, ceiling=ceiling)


@rule("fast.month_ceiling")
def it_stays_within_the_months_ceiling(s: Situation) -> Refusal | None:
    """With what was spent under the order at the dealer in the calendar month, by the dealer's zone (fast track)."""
    order = order_named(s)
    if order is None or order.per_month is None or s.spent.month + _cost(s) <= order.per_month:
        return None
    spent, ceiling = (f"{amount} {s.policy.currency}" for amount in (s.spent.month, order.per_month))
    return Refusal("fast.month_ceiling", spent=spent, ceiling=ceiling)


def _cost(s: Situation) -> Decimal:
    """In the house's money; another currency is refused with the remedy."""
    return total(remedy.cost for remedy in s.command.remedies).get(s.policy.currency, Decimal(0))


def _is_allowed(remedy: Remedy, categories: list[str | None], order: StandingOrder) -> bool:
    ceilings = [order.allows(category, remedy.kind) for category in categories]
    return any(ceiling is not None and remedy.cost.amount <= ceiling for ceiling in ceilings)


@rule("fast.proof")
def the_proof_fits_the_remedy(s: Situation) -> Refusal | None:
    """Noted words show acceptance only of an apology or explanation (fast track)."""
    words_only = all(remedy.kind.is_words for remedy in s.command.remedies)
    if s.command.acceptance.proof is not Proof.WORDS or words_only:
        return None
    return Refusal("fast.proof")


__all__ = ["SettleAtOnce"]
