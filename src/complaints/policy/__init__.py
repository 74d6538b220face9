"""The house's numbers, each with its source: due dates, floors, weights, authority, standing orders."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta, tzinfo
from decimal import Decimal
from typing import Any

import attrs

from complaints.errors import DefinitionError
from complaints.model.complaint import Complaint
from complaints.model.people import Actor
from complaints.model.personal import EVERYTHING, Personal
from complaints.model.promise import Deadline
from complaints.model.review import Tries
from complaints.model.words import RANKS, Alarm, Category, Proof, RemedyKind, Role, Severity, State
from complaints.policy.standing_order import StandingOrder, StandingRemedy

__all__ = [
    "RELAXABLE",
    "SEES",
    "Authority",
    "ClockRule",
    "FloorRule",
    "Policy",
    "StandingOrder",
    "StandingRemedy",
    "Weight",
]

_LAST_SECOND = time(23, 59, 59)
_LONGEST_KEPT = 100


@attrs.frozen(kw_only=True)
class ClockRule:
    """
    A due date the policy sets.

    Args:
        clock: Its name.
        starts: The state whose entering starts it, or the name of the command that does; ``"Proxy"`` for any decision
            that somebody else typed.
        within: How long; whole days end with the dealer's local day, day 0 not counted (A3).
        source: Where the number comes from; ``"default"`` for a library default (A10).
    """

    clock: str
    starts: str
    within: timedelta
    source: str = "default"
    counts_days: bool = attrs.field(init=False)

    @counts_days.default
    def _whole_days(self) -> bool:
        return not self.within % timedelta(days=1)

    def due(self, start: datetime, zone: tzinfo) -> datetime:
        """The last moment in time for a clock that starts at *start*."""
        if self.counts_days:
            return datetime.combine(start.astimezone(zone) + self.within, _LAST_SECOND, zone)
        return start + self.within


@attrs.frozen(kw_only=True)
class FloorRule:
    """The lowest severity that a fact, or a number of refused offers, allows (R66)."""

    code: str
    severity: Severity
    alarm: Alarm | None = None
    declines: int | None = None
    source: str = "default"

    def applies(self, complaint: Complaint) -> bool:
        """Whether the complaint has the fact."""
        if self.alarm is not None and self.alarm in complaint.registration.alarms:
            return True
        return self.declines is not None and complaint.declines >= self.declines


@attrs.frozen(kw_only=True)
class Weight:
    """
    How much is asked for at a severity (lifecycle.md, "Weight by severity").

    Args:
        proposals: How many are wanted.
        waiver: The role that may waive the second one, a specialist's being anybody's who may submit;
            ``None`` where one is enough anyway.
        minutes: Whether the consultation needs minutes; at general severity it is enough who was asked.
        evidence: 1 reference, 2 digest, 3 digest and collector.
        cause_confirmed: Whether a suspected cause is not enough.
        whys: Whether the chain of whys must be there (R20).
        proof: The least proof of acceptance where no money flows; with money it is a signature.
        authorised_signer: Whether a party must be authorised to sign.
        accountability: ``"standing"``, ``"decided"`` or ``"reviewed"``.
    """

    proposals: int
    waiver: Role | None
    minutes: bool
    evidence: int
    cause_confirmed: bool
    whys: bool
    proof: Proof
    authorised_signer: bool
    accountability: str


_LIGHT = Weight(
    proposals=1, waiver=None, minutes=False, evidence=1, cause_confirmed=False, whys=False,
    proof=Proof.MESSAGE, authorised_signer=False, accountability="standing",
)  # fmt: skip
_MIDDLE = Weight(
    proposals=2, waiver=Role.SPECIALIST, minutes=False, evidence=2, cause_confirmed=True, whys=False,
    proof=Proof.SIGNATURE, authorised_signer=False, accountability="decided",
)  # fmt: skip
_HEAVY = Weight(
    proposals=2, waiver=Role.MANAGER, minutes=True, evidence=3, cause_confirmed=True, whys=True,
    proof=Proof.SIGNATURE, authorised_signer=True, accountability="reviewed",
)  # fmt: skip
WEIGHTS = {
    Severity.GENERAL: _LIGHT,
    Severity.ESCALATED: _MIDDLE,
    Severity.MAJOR: _HEAVY,
    Severity.CRITICAL: _HEAVY,
}


@attrs.frozen(kw_only=True)
class Authority:
    """
    One line of the authority matrix (A1): how far a role decides alone.

    Args:
        limit: The dearest solution it may approve, in the policy's currency; ``None`` is no limit.
        severity: The gravest complaint it may decide.
        excluded: Remedies it may not grant.
    """

    role: Role
    limit: Decimal | None
    severity: Severity
    excluded: frozenset[RemedyKind] = frozenset()

    def covers(
        self, cost: Mapping[str, Decimal], currency: str, severity: Severity, kinds: frozenset[RemedyKind]
    ) -> bool:
        """Whether it covers a solution of *cost* (by currency) with remedies of *kinds* at *severity*."""
        if severity.rank > self.severity.rank or kinds & self.excluded:
            return False
        if self.limit is None:
            return True
        return all(name == currency and amount <= self.limit for name, amount in cost.items() if amount)


_CAR = frozenset({RemedyKind.REPLACEMENT_VEHICLE, RemedyKind.FULL_REFUND})
_AUTHORITY = (
    Authority(role=Role.DEPARTMENT_HEAD, limit=Decimal(2_000), severity=Severity.GENERAL, excluded=_CAR),
    Authority(role=Role.MANAGER, limit=Decimal(10_000), severity=Severity.MAJOR, excluded=_CAR),
    Authority(role=Role.GENERAL_MANAGER, limit=Decimal(200_000), severity=Severity.CRITICAL),
    Authority(role=Role.GROUP, limit=None, severity=Severity.CRITICAL),
)
_CLOCKS = (
    ClockRule(clock="acknowledge", starts="Receive", within=timedelta(hours=2)),
    ClockRule(clock="settle_at_once", starts="Receive", within=timedelta(days=3)),
    ClockRule(clock="judge", starts=State.JUDGMENT, within=timedelta(days=1)),
    ClockRule(clock="approve", starts=State.APPROVAL, within=timedelta(days=1)),
    ClockRule(clock="follow_up", starts=State.FOLLOW_UP, within=timedelta(days=3), source="R39"),
    ClockRule(clock="first_contact", starts="Assign", within=timedelta(days=7), source="R53"),
    ClockRule(clock="evaluate", starts=State.REVIEW, within=timedelta(days=5)),
    ClockRule(clock="reopen", starts=State.CLOSED, within=timedelta(days=30)),
    ClockRule(clock="contest", starts="DecideAccountability", within=timedelta(days=5)),
    ClockRule(clock="confirm_proxy", starts="Proxy", within=timedelta(days=1)),
)
_FLOORS = (
    FloorRule(code="injury", severity=Severity.CRITICAL, alarm=Alarm.INJURY),
    FloorRule(code="fire", severity=Severity.CRITICAL, alarm=Alarm.FIRE),
    FloorRule(code="crash", severity=Severity.MAJOR, alarm=Alarm.CRASH),
    FloorRule(code="media", severity=Severity.MAJOR, alarm=Alarm.MEDIA),
    FloorRule(code="authority", severity=Severity.ESCALATED, alarm=Alarm.AUTHORITY),
    FloorRule(code="lawyer", severity=Severity.ESCALATED, alarm=Alarm.LAWYER),
    FloorRule(code="safety_part", severity=Severity.ESCALATED, alarm=Alarm.SAFETY_PART),
    FloorRule(code="repeat", severity=Severity.ESCALATED, alarm=Alarm.REPEAT),
    FloorRule(code="third_decline", severity=Severity.ESCALATED, declines=3, source="lifecycle, MOVES 13"),
)
RELAXABLE = frozenset(
    {
        "caller.handled_it",  # handler and caller are two people
        "caller.is_handler",
        "contact.by_handler",
        "leader.authored",  # author and approver
        "judge.second",  # judge and second judge
        "closer.settled_it",  # who settles at once and who closes
    }
)
"""
Codes of the rules about the separation of duties, which a house may be too small to keep.

No other rule can be relaxed: not the conflict of interest, not a limit, not what the customer is owed (lifecycle.md,
"Small house").
"""

_WITHOUT_CONTACTS = EVERYTHING - {Personal.CONTACTS}
SEES: Mapping[Role, frozenset[Personal]] = {
    # who deals with customers, and who decides or answers for them, sees who they are
    **dict.fromkeys((*RANKS, Role.RECEPTIONIST, Role.SERVICE_ADVISER, Role.SALES_CONSULTANT), EVERYTHING),
    **dict.fromkeys((Role.LEGAL, Role.SPOKESPERSON, Role.SYSTEM), EVERYTHING),
    # who works on the car or the case does not call the customer
    **dict.fromkeys((Role.DEPARTMENT_HEAD, Role.DEPARTMENT_STAFF), _WITHOUT_CONTACTS),
    **dict.fromkeys((Role.TECHNICAL_LEAD, Role.WARRANTY_CLERK), _WITHOUT_CONTACTS),
    Role.FINANCE: frozenset({Personal.NAMES}),
    Role.ARCHIVIST: frozenset({Personal.NAMES, Personal.VEHICLE}),
    Role.HR: frozenset({Personal.WORDS}),
    Role.AUDITOR: frozenset(),
}
"""
Which role sees which groups of personal texts; whoever has a duty or an open task on a complaint sees all of it.

R67 asks that files are confidential and names no roles; the table is our choice: what the work takes and no more.
Finance books for a name, the archivist finds a file by name or car, HR judges what was said, and the auditor reads
processes.
"""

_SERVICE_MATTERS = frozenset({"service", "attitude", "price", "facilities", "rescue", "complaint_handling", "delivery"})


@attrs.frozen(kw_only=True)
class Policy:
    """
    What a house has decided in advance; immutable, named and versioned.

    Every number is a library default unless its ``source`` says otherwise (A10). This plain policy
    counts calendar time; working days come with the calendars.

    Args:
        currency: ISO 4217 code that the authority limits are in.
        categories: Codes of the categories that may be used.
        service_matters: Category groups that a specialist may judge when the severity is general (R19).
        authority: The authority matrix, lowest first; the last has no limit, which is checked.
        standing_orders: What staff may settle at once (fast track).
        standing_rule: The house rule that answers who is accountable at general severity.
        reworks_before_manager: How often a supervisor may return a complaint for rework.
        emergency_help: What help may cost in emergencies, for each complaint in all, whoever gives it; a tow at night
            waits for no leader. In the house's currency.
        callback_attempts: Attempts, channels and days before a customer counts as unreachable (R37).
        rounds_before_the_end: Offers declined before a complaint may end without an agreement (MOVES 14).
        keep_years: For how many years after its end a complaint's file must be kept whole, so that nothing in it is
            erased; 0, the library's default, for none: which law asks for more, the house knows (R62).
        relaxes: Codes of rules about the separation of duties that this house is too small to keep; every event whose
            step one of them would have refused tells so. Only those in :data:`RELAXABLE`.
        sees: Which role sees which groups of personal texts; a role that is left out sees none.

    Raises:
        DefinitionError: If it does not hold together.
    """

    name: str = "house_4s"
    version: str = "1"
    currency: str = "CNY"
    categories: frozenset[str] = frozenset(category.value for category in Category)
    service_matters: frozenset[str] = _SERVICE_MATTERS
    clocks: tuple[ClockRule, ...] = _CLOCKS
    floors: tuple[FloorRule, ...] = _FLOORS
    weights: Mapping[Severity, Weight] = attrs.field(factory=lambda: dict(WEIGHTS))
    authority: tuple[Authority, ...] = _AUTHORITY
    standing_orders: tuple[StandingOrder, ...] = ()
    standing_rule: str = "house_4s standing rule: no measure at general severity"
    reworks_before_manager: int = 2
    emergency_help: Decimal = Decimal(1000)
    callback_attempts: int = 3
    callback_channels: int = 2
    callback_days: int = 2
    rounds_before_the_end: int = 2
    keep_years: int = 0
    relaxes: frozenset[str] = frozenset()
    sees: Mapping[Role, frozenset[Personal]] = attrs.field(factory=lambda: SEES)
    _starting: Mapping[str, tuple[ClockRule, ...]] = attrs.field(init=False, repr=False, eq=False)

    _cited: Mapping[str, str] = attrs.field(init=False, repr=False, eq=False)

    @_cited.default
    def _sources(self) -> Mapping[str, str]:
        return {rule.clock: f"{self.stamp} {rule.source}" for rule in self.clocks}

    @_starting.default
    def _index_of_clocks(self) -> Mapping[str, tuple[ClockRule, ...]]:
        starts = {rule.starts for rule in self.clocks}
        return {start: tuple(rule for rule in self.clocks if rule.starts == start) for start in starts}

    def __attrs_post_init__(self) -> None:
        problems = list(self._problems())
        if problems:
            raise DefinitionError(f"policy {self.name}", problems)

    @classmethod
    def small_house(cls, **changes: Any) -> Policy:
        """
        The policy of a house that is too small to keep duties apart (lifecycle.md, "Small house").

        Whoever handled a complaint may call back, whoever drafted a solution may approve it, whoever judged first may
        judge again, and whoever settled at once may close. Nothing else is relaxed. The relaxations are published
        (:attr:`relaxes`, ``Desk.relaxations``) and recorded: every event that needed one names it.

        Args:
            changes: Other numbers than the library's, as for :class:`Policy`.

        Raises:
            DefinitionError: If it does not hold together.
        """
        return cls(**{"name": "small_house", "relaxes": RELAXABLE, **changes})

    @property
    def stamp(self) -> str:
        """Name and version, as events carry it."""
        return f"{self.name}@{self.version}"

    def weight(self, severity: Severity) -> Weight:
        """What is asked for at *severity*."""
        return self.weights[severity]

    def is_enough(self, tries: Tries) -> bool:
        """Whether a customer who was tried like this counts as unreachable (R37)."""
        least = (self.callback_attempts, self.callback_channels, self.callback_days)
        return all(tried >= wanted for tried, wanted in zip(tries, least, strict=True))

    def deadline(self, clock: str, start: datetime, zone: tzinfo) -> Deadline | None:
        """The due date of one clock; ``None`` if this policy has no such clock."""
        rule = next((rule for rule in self.clocks if rule.clock == clock), None)
        if rule is None:
            return None
        return Deadline(clock=clock, start=start, due=rule.due(start, zone), rule=self._cited[clock])

    def deadlines(self, command: str, entered: State | None, at: datetime, zone: tzinfo) -> tuple[Deadline, ...]:
        """The due dates set by *command* at *at*, and by the state it *entered*, if it did."""
        started = self._starting.get(command, ())
        if entered is not None and entered in self._starting:
            started = (*started, *self._starting[entered])
        return tuple(Deadline(clock=r.clock, start=at, due=r.due(at, zone), rule=self._cited[r.clock]) for r in started)

    def floor(self, complaint: Complaint) -> FloorRule | None:
        """The highest floor that applies to the complaint; ``None`` for none."""
        return max((r for r in self.floors if r.applies(complaint)), key=lambda r: r.severity.rank, default=None)

    def is_service_matter(self, category: str | None) -> bool:
        """Whether a specialist may judge it when the severity is general (R19)."""
        return category is not None and category.partition(".")[0] in self.service_matters

    def authorities(self, actor: Actor) -> tuple[Authority, ...]:
        """The lines of the authority matrix that *actor* holds."""
        return tuple(line for line in self.authority if actor.holds(line.role))

    def may_decide(
        self, actor: Actor, cost: Mapping[str, Decimal], severity: Severity, kinds: frozenset[RemedyKind]
    ) -> bool:
        """Whether one of the actor's authorities covers the solution (A1)."""
        return any(line.covers(cost, self.currency, severity, kinds) for line in self.authorities(actor))

    def who_decides(
        self, cost: Mapping[str, Decimal], severity: Severity, kinds: frozenset[RemedyKind]
    ) -> tuple[str, ...]:
        """Role codes whose authority covers the solution, lowest first."""
        return tuple(line.role.value for line in self.authority if line.covers(cost, self.currency, severity, kinds))

    def standing_order(self, dealer: str, at: datetime) -> StandingOrder | None:
        """The standing order in force at the dealer at that moment; the latest version wins."""
        valid = [order for order in self.standing_orders if order.dealer == dealer and order.is_in_force(at)]
        return max(valid, key=lambda order: order.valid_from, default=None)

    def _problems(self) -> list[str]:
        problems = []
        if not self.authority or self.authority[-1].limit is not None:
            problems.append("the top of the authority ladder must have no limit")
        elif self.authority[-1].severity is not Severity.CRITICAL or self.authority[-1].excluded:
            problems.append("the top of the authority ladder must cover every severity and remedy")
        problems += [f"{code} cannot be relaxed" for code in sorted(frozenset(self.relaxes) - RELAXABLE)]
        problems += [f"{role} is no role" for role in self.sees if role not in tuple(Role)]
        unknown = frozenset[str]().union(*self.sees.values()) - EVERYTHING
        problems += [f"{group} is no group of personal texts" for group in sorted(unknown)]
        problems += [f"no weight for severity {s.value}" for s in Severity if s not in self.weights]
        problems += [f"clock {r.clock} has no positive duration" for r in self.clocks if r.within <= timedelta(0)]
        problems += [
            f"clock {r.clock} is longer than ten years" for r in self.clocks if r.within > timedelta(days=3653)
        ]
        if self.emergency_help < 0:
            problems.append("help in emergencies must not cost less than nothing")
        ranks = [RANKS.index(line.role) for line in self.authority if line.role in RANKS]
        if ranks != sorted(set(ranks)):
            problems.append("the authority ladder must go upwards, each rank once")
        if not 0 <= self.keep_years <= _LONGEST_KEPT:
            problems.append(f"files are kept for 0 to {_LONGEST_KEPT} years")
        return problems
