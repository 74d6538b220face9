"""先行处置: what the customer needs at once, whoever is right; it admits nothing (R27)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from uuid import UUID

from complaints.errors import Fault
from complaints.model.base import evolve, line, prose
from complaints.model.beside import Help
from complaints.model.complaint import Complaint
from complaints.model.event import Command, Event, Refusal, Situation, command, rule
from complaints.model.execution import Booking, Task
from complaints.model.money import Money
from complaints.model.words import HelpKind, TaskResult
from complaints.policy.standing_order import StandingOrder
from complaints.stages.fast_track import order_named, spent_under_orders


@command
class GiveHelp(Command):
    """
    先行处置: a tow, a loaner, an immediate repair or an apology, before anything is decided (R27).

    It is no admission: no verdict, cause or responsibility follows from it. Given within the standing order, or in an
    emergency with a reason.

    Args:
        cost: What it costs the house; it stands in the ledger at once.
        order: Id and version of the standing order that allows it, such as ``"SO-1@2026"``.
        emergency: Why it could not wait, where no standing order allows it.
    """

    complaint: UUID
    kind: HelpKind
    cost: Money
    order: str | None = line(most=61, default=None)
    emergency: str | None = prose(most=1000, default=None)
    text: str | None = prose(most=2000, default=None)

    def _faults(self) -> Iterator[Fault]:
        if (self.order is None) == (self.emergency is None):
            yield Fault("order", "one_of", other="emergency")
        if isinstance(self.cost, Money) and self.cost.amount < 0:
            yield Fault("cost", "negative")

    @property
    def spends_under(self) -> str | None:
        """The standing order that allows it, if one does."""
        return self.order

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """Help is on record, done as a task of its own, and booked if it cost anything (invariant 3)."""
        number = event.number
        given = Help(kind=self.kind, cost=self.cost, order=self.order, number=number, at=event.at)
        helped = (*complaint.beside.help, given)
        task = Task(
            id=f"H{len(helped)}",
            kind=self.kind.remedy,
            owner=event.by.id,
            due=event.at.date(),
            cost=self.cost,
            result=TaskResult.DONE,
            number=number,
        )
        booked = Booking(id=f"help-{number}-{task.id}", amount=self.cost, task=task.id, number=number)
        return evolve(
            complaint.beside_with(help=helped),
            tasks=(*complaint.tasks, task),
            ledger=(*complaint.ledger, booked) if self.cost.amount else complaint.ledger,
        )


# --- rules ----------------------------------------------------------------------------------------------------------


@rule("help.currency")
def help_is_paid_in_the_houses_money(s: Situation) -> Refusal | None:
    """Costs are in the currency that ceilings and limits are in."""
    given = s.command.cost.currency
    if given == s.policy.currency:
        return None
    return Refusal("help.currency", given=given, wanted=s.policy.currency)


@rule("help.order")
def the_standing_order_allows_the_help(s: Situation) -> Refusal | None:
    """
    The order in force names the doer and allows such a remedy for one of the categories, within its ceiling.

    All help given to one complaint under standing orders stays, with what it was settled for at once, within the
    ceiling of a case (our choice: else many small favours would be a large one that nobody has decided on).
    """
    if s.command.order is None:
        return None
    order = s.policy.standing_order(s.complaint.dealer, s.at)
    if order is not None and _is_allowed(s, order):
        return None
    return Refusal("help.order", given=s.command.order, order=order.stamp if order is not None else "")


def _is_allowed(s: Situation, order: StandingOrder) -> bool:
    cost, kind = s.command.cost.amount, s.command.kind.remedy
    ceilings = [order.allows(issue.category, kind) for issue in s.complaint.registration.issues]
    return (
        s.command.order == order.stamp
        and s.by.id in order.staff
        and any(ceiling is not None and cost <= ceiling for ceiling in ceilings)
        and spent_under_orders(s.complaint) + cost <= order.per_case
    )


@rule("help.customer_ceiling")
def the_help_stays_within_the_customers_ceiling(s: Situation) -> Refusal | None:
    """Help and settlements share the ceiling of a customer within a year."""
    order = order_named(s)
    after = s.spent.customer + s.command.cost.amount
    if order is None or order.per_customer is None or after <= order.per_customer:
        return None
    spent, ceiling = (f"{amount} {s.policy.currency}" for amount in (s.spent.customer, order.per_customer))
    return Refusal("help.customer_ceiling", spent=spent, ceiling=ceiling)


@rule("help.month_ceiling")
def the_help_stays_within_the_months_ceiling(s: Situation) -> Refusal | None:
    """Help and settlements share the dealer's ceiling of a calendar month."""
    order = order_named(s)
    after = s.spent.month + s.command.cost.amount
    if order is None or order.per_month is None or after <= order.per_month:
        return None
    spent, ceiling = (f"{amount} {s.policy.currency}" for amount in (s.spent.month, order.per_month))
    return Refusal("help.month_ceiling", spent=spent, ceiling=ceiling)


@rule("help.emergency")
def the_emergency_is_within_reach(s: Situation) -> Refusal | None:
    """
    Emergencies of one complaint stay within what the house allows anybody, or within the doer's authority (A1).

    A tow at night must not wait for a leader (our choice: 1000, ``Policy.emergency_help``).
    """
    if s.command.order is not None:
        return None
    spent = _spent(one for one in s.complaint.beside.help if one.order is None) + s.command.cost.amount
    cost, kinds = {s.policy.currency: spent}, frozenset({s.command.kind.remedy})
    if spent <= s.policy.emergency_help or s.policy.may_decide(s.by, cost, s.severity, kinds):
        return None
    ceiling = f"{s.policy.emergency_help} {s.policy.currency}"
    return Refusal("help.emergency", who=s.policy.who_decides(cost, s.severity, kinds), ceiling=ceiling)


def _spent(help: Iterable[Help]) -> Decimal:
    return sum((one.cost.amount for one in help), Decimal(0))


__all__ = ["GiveHelp"]
