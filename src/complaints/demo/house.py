"""A made-up dealership for the demonstration: its staff, its standing order, and a clock that can be moved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import attrs

from complaints.desk import Desk
from complaints.errors import ComplaintError, RefusedError
from complaints.locale import sentence
from complaints.model.complaint import Complaint
from complaints.model.event import Command
from complaints.model.money import Money
from complaints.model.people import Actor, Dealer
from complaints.model.words import Category, Department, RemedyKind, Role
from complaints.policy import Policy, StandingOrder, StandingRemedy
from complaints.ticking import Ticked

__all__ = ["CALENDAR", "DEALER", "STAFF", "STANDING_ORDER", "Clock", "House", "WrongStep", "policy_for"]

CALENDAR = "CN"
DEALER = "DEMO01"
_STEP = timedelta(minutes=5)


class Clock:
    """Tells the demonstration's time; somebody moves it, and only forward."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def __call__(self) -> datetime:
        """The present moment."""
        return self._now

    def forward(self, by: timedelta) -> None:
        """Let *by* pass."""
        self._now += abs(by)

    def reach(self, moment: datetime) -> None:
        """Wait for *moment*; one that has passed is not waited for."""
        self._now = max(self._now, moment)


def _actor(id: str, role: Role, department: Department) -> tuple[str, Actor]:
    return id, Actor(id, role, dealer=DEALER, department=department)


STAFF: Mapping[str, Actor] = dict(
    (
        _actor("sun", Role.RECEPTIONIST, Department.CUSTOMER_SERVICE),
        _actor("li", Role.SPECIALIST, Department.CUSTOMER_SERVICE),
        _actor("wang", Role.SPECIALIST, Department.CUSTOMER_SERVICE),
        _actor("zhao", Role.SUPERVISOR, Department.CUSTOMER_SERVICE),
        _actor("chen", Role.MANAGER, Department.CUSTOMER_SERVICE),
        _actor("wu", Role.TECHNICAL_LEAD, Department.WORKSHOP),
        _actor("he", Role.DEPARTMENT_STAFF, Department.WORKSHOP),
        _actor("zhou", Role.DEPARTMENT_HEAD, Department.WORKSHOP),
        _actor("qian", Role.FINANCE, Department.FINANCE),
        _actor("dong", Role.ARCHIVIST, Department.CUSTOMER_SERVICE),
    )
)
"""Ids as a host would give them; the people are made up."""

STANDING_ORDER = "SO-1@1995"


def policy_for(dealer: Dealer, opens_at: datetime) -> Policy:
    """The library's defaults, and a standing order that was signed a day before the house opens."""
    signed_at = opens_at - timedelta(days=1)
    order = StandingOrder(
        id="SO-1",
        version="1995",
        dealer=dealer.id,
        signed_by="chen",
        signed_at=signed_at,
        valid_from=signed_at,
        staff=("li", "zhao"),
        remedies=(
            StandingRemedy(category=Category.PRODUCT, kind=RemedyKind.APOLOGY, ceiling=Decimal(0)),
            StandingRemedy(category=Category.PRODUCT, kind=RemedyKind.FREE_REWORK, ceiling=Decimal(300)),
            StandingRemedy(category=Category.PRODUCT, kind=RemedyKind.VOUCHER, ceiling=Decimal(200)),
        ),
        per_case=Decimal(400),
    )
    return Policy(currency=dealer.currency, standing_orders=(order,))


@attrs.frozen
class WrongStep:
    """
    A step that somebody tried and that was refused; nothing changed by it.

    Attributes:
        reference: Case number of the complaint.
        error: The refusal, with every reason.
    """

    command: str
    by: Actor
    reference: str
    error: ComplaintError


@attrs.define
class House:
    """The demonstration's dealership: one desk, one clock, ten people."""

    desk: Desk
    dealer: Dealer
    clock: Clock
    language: str
    wrong_steps: list[WrongStep] = attrs.field(factory=list)
    ticks: list[Ticked] = attrs.field(factory=list)

    def do(self, command: Command, by: str) -> Complaint:
        """Take a step, five minutes after the one before."""
        self.go_on()
        return self.desk.handle(command, by=STAFF[by])

    def go_on(self) -> None:
        """Let five minutes pass, and whatever time it is until customers may be called again."""
        calendar = self.desk.calendar(self.dealer.id)
        self.clock.forward(_STEP)
        while not calendar.may_contact(self.clock(), self.dealer.tz):
            self.clock.forward(_STEP)

    def wait_until(self, moment: datetime) -> None:
        """Let time pass until *moment*, and see what it alone has brought about."""
        self.clock.reach(moment)
        self.ticks.append(self.desk.tick())

    def try_wrongly(self, command: Command, by: str) -> None:
        """Try a step that the lifecycle refuses, and keep why."""
        reference = self.desk.complaint(command.complaint, by=STAFF[by]).reference
        try:
            self.do(command, by)
        except RefusedError as error:
            self.wrong_steps.append(WrongStep(type(command).__name__, STAFF[by], reference, error))

    def text(self, code: str, **facts: object) -> str:
        """What somebody in the story says or writes, in the chosen language."""
        return sentence("demo", code, self.language, facts)

    def money(self, amount: str) -> Money:
        """An amount in the dealer's currency."""
        return Money(amount, self.dealer.currency)

    def today(self) -> date:
        """The day at the dealer's."""
        return self.clock().astimezone(self.dealer.tz).date()

    def evening(self, *, days: int) -> datetime:
        """Six o'clock in the evening, so many days from today."""
        return datetime.combine(self.today() + timedelta(days=days), time(18), tzinfo=self.dealer.tz)
