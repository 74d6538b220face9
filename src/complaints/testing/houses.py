"""A small dealership for tests: its people, its policy, its standing orders. No name in it is a person's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import attrs

from complaints.calendars import Calendar
from complaints.desk import Desk
from complaints.lifecycle import LIFECYCLE
from complaints.machine import Lifecycle
from complaints.model.people import Actor, Dealer
from complaints.model.span import windows
from complaints.model.words import ClockKind, Department, RemedyKind, Role
from complaints.policy import ClockRule, Policy, Span, StandingOrder, StandingRemedy
from complaints.stores.base import Store

DEALER = "SH01"
"""The dealer whose people they are."""

_ZONE = "Asia/Shanghai"


def _of_the_house(id: str, *roles: Role, department: Department = Department.CUSTOMER_SERVICE) -> Actor:
    return Actor(id, roles, dealer=DEALER, department=department)


SMALLEST_STAFF = (
    _of_the_house(
        "counter",
        Role.MANAGER,
        Role.FINANCE,
        Role.ARCHIVIST,
        Role.LEGAL,
        Role.SPOKESPERSON,
        Role.HR,
        Role.WARRANTY_CLERK,
    ),
    _of_the_house("deputy", Role.GENERAL_MANAGER, Role.HR, Role.LEGAL),
    Actor("owner", Role.GROUP),
)  # fmt: skip
"""
The fewest people with whom everything can be reached, whoever of the first two is complained of.

Two would do where neither ever is: author and leader, handler and caller, the two who decide on
accountability at major severity are different people.
"""

STAFF = (
    _of_the_house("specialist-1", Role.SPECIALIST),
    _of_the_house("specialist-2", Role.SPECIALIST),
    _of_the_house("supervisor-1", Role.SUPERVISOR),
    _of_the_house("supervisor-2", Role.SUPERVISOR),
    _of_the_house("manager", Role.MANAGER),
    *SMALLEST_STAFF,
    _of_the_house("service-head", Role.DEPARTMENT_HEAD, department=Department.SERVICE),
    _of_the_house("technician", Role.DEPARTMENT_STAFF, department=Department.WORKSHOP),
    _of_the_house("receptionist", Role.RECEPTIONIST),
    _of_the_house("adviser", Role.SERVICE_ADVISER, department=Department.SERVICE),
    _of_the_house("finance", Role.FINANCE, department=Department.FINANCE),
    _of_the_house("archivist", Role.ARCHIVIST),
    _of_the_house("legal", Role.LEGAL),
    _of_the_house("spokesperson", Role.SPOKESPERSON, department=Department.MARKETING),
    _of_the_house("hr", Role.HR, department=Department.HR),
    _of_the_house("warranty-clerk", Role.WARRANTY_CLERK, department=Department.SERVICE),
)
"""A house with somebody for each role of the lifecycle, the smallest staff among them."""

AUDITOR = _of_the_house("auditor", Role.AUDITOR)
"""Reads only."""

STRANGER = Actor("stranger", tuple(role for role in Role if role is not Role.SYSTEM), dealer="BJ02")
"""Holds every role, but at another dealer."""


def _standing_order(version: str, since: datetime, until: datetime | None, staff: tuple[str, ...]) -> StandingOrder:
    remedies = tuple(
        StandingRemedy(category=category, kind=kind, ceiling=ceiling)
        for category in ("attitude", "service", "price", "facilities", "repair_quality")
        for kind, ceiling in (
            (RemedyKind.APOLOGY, Decimal(0)),
            (RemedyKind.VOUCHER, Decimal(200)),
            (RemedyKind.FEE_WAIVER, Decimal("299.50")),
            (RemedyKind.LOANER, Decimal(150)),
        )
    )
    return StandingOrder(
        id="SO-1", version=version, dealer=DEALER, signed_by="owner", signed_at=since, valid_from=since,
        valid_until=until, staff=staff, remedies=remedies, per_case=Decimal(400),
        per_customer=Decimal(5_000), per_month=Decimal(50_000),
    )  # fmt: skip


_SUMMER = datetime(2026, 7, 1, tzinfo=ZoneInfo(_ZONE))
_FIRST_ORDER = _standing_order(
    "1", datetime(2026, 1, 1, tzinfo=ZoneInfo(_ZONE)), _SUMMER, ("receptionist", "specialist-1", "counter", "deputy")
)
_SUMMER_ORDER = _standing_order("2", _SUMMER, None, ("adviser", "specialist-2", "counter", "deputy"))


_ALL_DAY = windows("00:00-24:00")
_CALENDAR = Calendar.of("XX", weekend=(), hours=_ALL_DAY, contact_hours=_ALL_DAY)
"""Always open, so that a walk may take a step at any hour; of no published year, so that due dates are provisional."""

_SHOP = Dealer(DEALER, zone=_ZONE, calendar=_CALENDAR.code)
_SOON = ClockRule(
    clock="customer_answer", starts=("explanation", "offer"), kind=ClockKind.ANSWER, within=Span.parse("1 day")
)
"""A walk is too short to wait a month for a customer."""


@attrs.frozen(kw_only=True, repr=False)
class House:
    """
    A dealer, its policy and its people.

    Args:
        staff: Who is there to act.
        suspects: Ids of those whom customers complain of, and whom investigations find responsible.
        owners: Ids of those who carry out remedies. Only they can report a task, so they must be there to the end.
    """

    dealer: Dealer = _SHOP
    policy: Policy
    staff: tuple[Actor, ...] = STAFF
    suspects: tuple[str, ...] = ("technician", "adviser", "specialist-1", "former-colleague")
    owners: tuple[str, ...] = tuple(actor.id for actor in SMALLEST_STAFF)

    def __repr__(self) -> str:
        return f"<House {self.dealer.id} with {len(self.staff)} people, {self.policy.stamp}>"

    def desk(
        self, store: Store | None = None, *, clock: Callable[[], datetime], lifecycle: Lifecycle = LIFECYCLE
    ) -> Desk:
        """A desk of this house on *store*; in memory if not given."""
        calendars = {_CALENDAR.code: _CALENDAR}
        return Desk(
            store, dealers=[self.dealer], policy=self.policy, lifecycle=lifecycle, clock=clock, calendars=calendars
        )

    def actor(self, id: str) -> Actor | None:
        """The member of the staff with this id."""
        return next((actor for actor in self.staff if actor.id == id), None)


def house(*, staff: tuple[Actor, ...] = STAFF, policy: Policy | None = None) -> House:
    """
    A dealership in Shanghai with two standing orders, of which the second takes over on 1 July 2026.

    Args:
        staff: Who is there to act.
        policy: Another policy than the library's defaults with those standing orders.
    """
    own = Policy(
        name="test_house",
        clocks=(_SOON,),
        standing_orders=(_FIRST_ORDER, _SUMMER_ORDER),
        callback_sample_percent=100,  # chance has no part in a walk
    )
    return House(policy=policy if policy is not None else own, staff=staff)


HOUSE = house()
"""A dealer with its whole staff; where walks are taken unless told."""

SMALL_HOUSE = house(staff=SMALLEST_STAFF)
"""The same dealer with the fewest people there can be."""

__all__ = ["AUDITOR", "DEALER", "HOUSE", "SMALL_HOUSE", "SMALLEST_STAFF", "STAFF", "STRANGER", "House", "house"]
