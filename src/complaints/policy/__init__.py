"""The house's numbers, each with its source: rule packs, weights, authority, standing orders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import attrs

from complaints.errors import DefinitionError
from complaints.model.people import Actor
from complaints.model.personal import EVERYTHING, Personal
from complaints.model.review import Tries
from complaints.model.span import Span
from complaints.model.words import RANKS, Category, Numbering, Proof, RemedyKind, Role, Severity
from complaints.policy.authority import Authority, ladder_faults
from complaints.policy.pack import SHIPPED, RulePack, conflicts, pack_faults, shipped
from complaints.policy.resolved import Rules
from complaints.policy.rules import ClockRule, FloorRule, RequiredContent, Retention
from complaints.policy.standing_order import StandingOrder, StandingRemedy

if TYPE_CHECKING:
    from complaints.sanbao import SanbaoRules

__all__ = [
    "RELAXABLE",
    "SEES",
    "SHIPPED",
    "Authority",
    "ClockRule",
    "FloorRule",
    "Policy",
    "RequiredContent",
    "Retention",
    "RulePack",
    "Rules",
    "Span",
    "StandingOrder",
    "StandingRemedy",
    "Weight",
    "shipped",
]

_LONGEST_KEPT = 100
_LONGEST_REPEAT = 3653


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


def _loaded(packs: Iterable[RulePack | str]) -> tuple[RulePack, ...]:
    return tuple(shipped(pack) if isinstance(pack, str) else pack for pack in packs)


def _numbering(numbering: Numbering | str) -> Numbering:
    try:
        return Numbering(numbering)
    except ValueError:
        raise DefinitionError("policy", [f"complaints cannot be numbered {numbering!r}"]) from None


_SERVICE_MATTERS = frozenset({"service", "attitude", "price", "facilities", "rescue", "complaint_handling", "delivery"})


@attrs.frozen(kw_only=True)
class Policy:
    """
    What a house has decided in advance; immutable, named and versioned.

    Every number is a library default unless its ``source`` says otherwise (A10).

    Args:
        packs: The rule packs that hold here, as values or as names of shipped ones; which of them is in force, the
            day of receipt decides. Several stack: each clock keeps its own result.
        clocks: The house's own clocks; one named like a pack's stands in its place.
        floors: The house's own floors under the severity; one named like a pack's stands in its place.
        currency: ISO 4217 code that the authority limits are in.
        categories: Codes of the categories that may be used.
        service_matters: Category groups that a specialist may judge when the severity is general (R19).
        authority: The authority matrix, lowest first; the last has no limit, which is checked. Without one, that of
            the packs; with several, of the first that has one.
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
        callback_sample_percent: Of the complaints settled at once, the share whose customers are called back even if
            they have written by themselves; 0 for none.
        numbering: How complaints are numbered: without gaps, or scattered, so that no counter is held until a host
            commits; see :func:`complaints.numbering.case_number`. On SQLite one transaction writes at a time anyway.
        repeat_days: Within how many days the same problem of the same customer's car counts as a repeat.

    Raises:
        DefinitionError: If it does not hold together.
    """

    name: str = "house_4s"
    version: str = "1"
    currency: str = "CNY"
    categories: frozenset[str] = frozenset(category.value for category in Category)
    service_matters: frozenset[str] = _SERVICE_MATTERS
    packs: tuple[RulePack, ...] = attrs.field(converter=_loaded, default=("house_4s",))
    clocks: tuple[ClockRule, ...] = ()
    floors: tuple[FloorRule, ...] = ()
    weights: Mapping[Severity, Weight] = attrs.field(factory=lambda: dict(WEIGHTS))
    authority: tuple[Authority, ...] = attrs.field()
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
    callback_sample_percent: int = 10
    numbering: Numbering = attrs.field(default=Numbering.GAPLESS, converter=_numbering)
    repeat_days: int = 90
    _in_force: dict[date, Rules] = attrs.field(init=False, repr=False, eq=False, factory=dict)
    _is_dated: bool = attrs.field(init=False, repr=False, eq=False)

    @_is_dated.default
    def _whether_a_pack_is_dated(self) -> bool:
        return any(pack.in_force_from is not None or pack.in_force_until is not None for pack in self.packs)

    @authority.default
    def _authority_of_the_packs(self) -> tuple[Authority, ...]:
        return next((pack.authority for pack in self.packs if pack.authority), ())

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

    def is_enough(self, tries: Tries, *, ways: int) -> bool:
        """
        Whether a customer who was tried like this counts as unreachable (R37).

        Args:
            ways: How many channels are open to him at all: nobody is tried by one that he does not want.
        """
        least = (self.callback_attempts, min(self.callback_channels, ways), self.callback_days)
        return all(tried >= wanted for tried, wanted in zip(tries, least, strict=True))

    def rules(self, received_at: datetime, zone: tzinfo) -> Rules:
        """The rules that hold for a complaint received at that moment: of every pack then in force, and the house's."""
        received_on = received_at.astimezone(zone).date() if self._is_dated else date.min
        found = self._in_force.get(received_on)
        if found is None:
            packs = tuple(pack for pack in self.packs if not self._is_dated or pack.is_in_force(received_on))
            same = next((rules for rules in self._in_force.values() if rules.stamps == _stamps(packs)), None)
            found = same or Rules.of(packs, self.stamp, clocks=self.clocks, floors=self.floors)
            self._in_force[received_on] = found
        return found

    def conflicts(self, received_on: date | None = None) -> tuple[tuple[str, str, str], ...]:
        """
        Where packs ask for what cannot both be done: kind, one pack, the other. Shown, not silently solved.

        Args:
            received_on: For complaints received on that local day; whenever packs are in force together if not given.
        """
        return conflicts(pack for pack in self.packs if received_on is None or pack.is_in_force(received_on))

    def three_guarantees(self, on: date) -> SanbaoRules | None:
        """The rules of replacement and refund that the last pack in force brings; ``None`` for the library's."""
        given = (pack.three_guarantees for pack in reversed(self.packs) if pack.is_in_force(on))
        return next((rules for rules in given if rules is not None), None)

    def years_kept(self, received_at: datetime, zone: tzinfo) -> int:
        """For how many years after its end a complaint's file is kept whole: the longest that anybody asks."""
        return max(self.keep_years, self.rules(received_at, zone).keep_years)

    def commands_named(self) -> tuple[tuple[str, str], ...]:
        """Every command that a rule of a pack or of the house names, and the rule; a lifecycle knows its commands."""
        packs = (*self.packs, RulePack(name=self.name, version=self.version, clocks=self.clocks))
        return tuple((name, f"{pack.name}: {rule}") for pack in packs for name, rule in pack.commands_named())

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
        problems = [fault.sentence() for fault in ladder_faults(self.authority)]
        problems += [f"{code} cannot be relaxed" for code in sorted(frozenset(self.relaxes) - RELAXABLE)]
        problems += [f"{role} is no role" for role in self.sees if role not in tuple(Role)]
        unknown = frozenset[str]().union(*self.sees.values()) - EVERYTHING
        problems += [f"{group} is no group of personal texts" for group in sorted(unknown)]
        problems += [f"no weight for severity {s.value}" for s in Severity if s not in self.weights]
        problems += [fault.sentence() for fault in pack_faults(self.packs, {rule.clock for rule in self.clocks})]
        own = [rule.clock for rule in self.clocks]
        problems += [f"clock {name} stands here twice" for name in dict.fromkeys(own) if own.count(name) > 1]
        if self.emergency_help < 0:
            problems.append("help in emergencies must not cost less than nothing")
        if not 0 <= self.keep_years <= _LONGEST_KEPT:
            problems.append(f"files are kept for 0 to {_LONGEST_KEPT} years")
        if not 0 <= self.callback_sample_percent <= 100:
            problems.append("the call-back sample is 0 to 100 per cent")
        if not 1 <= self.repeat_days <= _LONGEST_REPEAT:
            problems.append(f"repeats are looked for in the last 1 to {_LONGEST_REPEAT} days")
        return problems


def _stamps(packs: tuple[RulePack, ...]) -> tuple[str, ...]:
    return tuple(pack.stamp for pack in packs)
