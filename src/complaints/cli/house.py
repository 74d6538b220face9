"""
The house file: what a house has decided in advance, in TOML: its dealers, rule packs, calendar, authority, orders.

.. code-block:: toml

    name = "sh_house"
    version = "2026-01"
    packs = ["house_4s", "cn_auto_sales_2017", "our_rules.toml"]  # shipped ones, and files beside this one
    categories = ["car_wash"]        # beside the standard ones
    definition = "shop:OURS"         # MODULE:NAME of the house's own lifecycle; naming it runs that module
    keep_years = 10                  # files are kept whole so long after the end; left out: nothing forbids to erase
    numbering = "gapless"            # or "scattered": numbers that keep nobody waiting
    repeat_days = 90                 # within them the same problem counts as a repeat
    callback_attempts = 3            # attempts, channels and days before a customer counts as unreachable
    callback_channels = 2
    callback_days = 2

    [calendar]                       # of every dealer that has none of its own
    code = "CN"
    hours = ["09:00-12:00", "14:00-18:00"]
    contact_hours = ["09:00-20:00"]
    closures = [2026-03-20]
    extra_days = [2026-03-21]
    holidays = ["cn_2027.json"]      # a year's holidays beside this file, as the project holiday-cn has them

    [[dealer]]
    id = "SH01"
    zone = "Asia/Shanghai"
    language = "zh_CN"
    currency = "CNY"
    calendar = "CN"                  # or a table of its own, as above

    [[clock]]                        # as in a rule pack; one named like a pack's stands in its place
    clock = "judge"
    starts = ["judgment"]
    within = "2 working days"

    [[floor]]
    code = "privacy"
    alarm = "privacy"
    severity = "major"

    [[authority]]                    # the whole ladder, lowest first; without it that of the packs holds
    role = "manager"
    limit = 10000                    # left out: no limit
    severity = "major"
    excluded = ["full_refund"]
    above = "general_manager"        # left out: the next line

    [[standing_order]]
    id = "SO-1"
    version = "2026"
    dealer = "SH01"
    signed_by = "chen"
    signed_at = 2026-01-01T09:00:00+08:00
    valid_from = 2026-01-01T09:00:00+08:00
    staff = ["li"]
    per_case = 400
    per_customer = 1000              # within 365 days; left out: no ceiling
    per_month = 8000                 # within a calendar month; left out: no ceiling
    remedies = [
        { category = "service", kind = "apology", ceiling = 0 },
        { category = "service", kind = "voucher", ceiling = 200 },
    ]
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

import attrs

from complaints.calendars import Calendar, HolidayYear
from complaints.cli.definition import definition_named
from complaints.cli.files import as_json, text_at, toml_at
from complaints.errors import Fault, InvalidCommandError
from complaints.forms.filled import value_from
from complaints.lifecycle import LIFECYCLE
from complaints.machine import Lifecycle
from complaints.model.base import line, noun, number, several
from complaints.model.people import Dealer
from complaints.model.span import Window, windows
from complaints.model.words import Numbering, RemedyKind, Role, Severity
from complaints.policy import (
    SHIPPED,
    Authority,
    ClockRule,
    FloorRule,
    Policy,
    RulePack,
    StandingOrder,
    shipped,
)
from complaints.policy.authority import ladder_faults
from complaints.policy.pack import own_rules, pack_faults

T = TypeVar("T")
_USUAL = Policy()
_USUAL_PACKS = tuple(pack.name for pack in _USUAL.packs)
_TABLES = ("clock", "floor", "calendar")
_FOR_ALL = ""
"""The code under which the calendar stands of dealers who name none."""


@noun
class AuthorityLine:
    """One line of the authority matrix as the file has it; without a limit there is none."""

    role: Role
    limit: Decimal | None = None
    severity: Severity
    excluded: tuple[RemedyKind, ...] = ()
    above: Role | None = None


@noun
class CalendarTable:
    """A calendar as the file has it."""

    code: str = line(most=10)
    hours: tuple[str, ...] = several(default=())
    contact_hours: tuple[str, ...] = several(default=())
    closures: tuple[date, ...] = several(default=())
    extra_days: tuple[date, ...] = several(default=())
    holidays: tuple[str, ...] = several(default=())
    weekend: tuple[int, ...] | None = None


@noun
class HouseFile:
    """The file as it stands, but for its calendar and the tables that rule packs have as well."""

    name: str = line(most=40, default=_USUAL.name)
    version: str = line(most=20, default=_USUAL.version)
    packs: tuple[str, ...] = several(default=_USUAL_PACKS)
    categories: tuple[str, ...] = several(default=())
    definition: str | None = line(default=None)
    keep_years: int = number(most=100, default=_USUAL.keep_years)
    numbering: Numbering = _USUAL.numbering
    repeat_days: int = number(least=1, most=3653, default=_USUAL.repeat_days)
    callback_attempts: int = number(least=1, most=100, default=_USUAL.callback_attempts)
    callback_channels: int = number(least=1, most=10, default=_USUAL.callback_channels)
    callback_days: int = number(least=1, most=100, default=_USUAL.callback_days)
    dealer: tuple[Dealer, ...] = several(default=())
    authority: tuple[AuthorityLine, ...] = several(default=())
    standing_order: tuple[StandingOrder, ...] = several(default=())


@attrs.frozen(kw_only=True)
class House:
    """
    The dealers that are served, and what was decided for each; with no dealers, any is served by the defaults.

    Attributes:
        lifecycle: The definition steps are taken under.
        calendars: The house's own calendars, by the code that a dealer names.
    """

    dealers: tuple[Dealer, ...] = ()
    policies: Policy | Mapping[str, Policy] | None = None
    lifecycle: Lifecycle = LIFECYCLE
    calendars: Mapping[str, Calendar] = attrs.field(factory=dict)

    def policy_for(self, dealer: str | None) -> Policy:
        """The policy at a dealer id; that of the first one where none is named, or the library's defaults."""
        if isinstance(self.policies, Policy):
            return self.policies
        given = self.policies or {}
        first = next(iter(given.values()), _USUAL)
        return first if dealer is None else given.get(dealer, first)


@attrs.frozen(kw_only=True)
class _Rules:
    """What the house file says in the words of rule packs."""

    packs: tuple[RulePack, ...]
    clocks: tuple[ClockRule, ...]
    floors: tuple[FloorRule, ...]


def house_at(path: Path) -> House:
    """
    What the house file says, with the packs and years of holidays that it names.

    Raises:
        InvalidCommandError: With every fault in it, or if it is no TOML or cannot be read.
        DefinitionError: If the house's own lifecycle does not hold together.
    """
    found, faults = toml_at(path), list[Fault]()
    tables = {name: found.pop(name) for name in _TABLES if name in found}
    clocks, floors = own_rules(tables, faults)
    packs = _packs(found.get("packs", _USUAL_PACKS), path.parent, faults)
    calendars = _for_all(tables.get("calendar"), path.parent, faults)
    calendars |= _of_dealers(found, path.parent, faults)
    said = _collected(lambda: value_from(HouseFile, as_json(found), name=str(path)), "", faults)
    rules = _Rules(packs=packs, clocks=clocks, floors=floors)
    lifecycle = LIFECYCLE if said is None or said.definition is None else definition_named(said.definition)
    if said is not None and not faults:
        faults += _faults_between(said, rules, lifecycle)
    if said is None or faults:
        raise InvalidCommandError(str(path), map(_with_tables, faults))
    policies = {dealer.id: _policy(said, rules, dealer.currency) for dealer in said.dealer}
    return House(
        dealers=said.dealer,
        policies=policies or _policy(said, rules, Dealer("-").currency),
        lifecycle=lifecycle,
        calendars=calendars,
    )


def pack_at(path: Path, *, lifecycle: Lifecycle = LIFECYCLE) -> RulePack:
    """
    The rule pack in a file, held against the commands of *lifecycle*.

    Raises:
        InvalidCommandError: With every fault in it, or if it is no TOML or cannot be read.
    """
    pack = RulePack.parse(text_at(path), name=str(path), commands=lifecycle.readable)
    faults = [*pack.faults_against(lifecycle.readable)]
    if faults:
        raise InvalidCommandError(str(path), faults)
    return pack


def is_pack(path: Path) -> bool:
    """
    Whether a file is a rule pack, which says what it is called and where it comes from, and no house file.

    Raises:
        InvalidCommandError: If it is no TOML or cannot be read.
    """
    return not {"title", "source"}.isdisjoint(toml_at(path))


def _with_tables(fault: Fault) -> Fault:
    """Where an unknown part of the file is told of, the tables that are read by themselves are known ones too."""
    if fault.code != "unknown_field" or "." in fault.field:
        return fault
    return Fault(fault.field, fault.code, fields=(*get_type_hints(HouseFile), *_TABLES))


def _collected(made: Callable[[], T], below: str, faults: list[Fault]) -> T | None:
    """What *made* makes, or nothing, with what is wrong with it among the faults."""
    try:
        return made()
    except InvalidCommandError as error:
        faults += (fault.below(below) if below else fault for fault in error.faults)
    return None


def _packs(names: object, folder: Path, faults: list[Fault]) -> tuple[RulePack, ...]:
    """The packs of those names; that they are names at all is asked with the rest of the file."""
    packs: list[RulePack | None] = []
    for place, name in enumerate(names if isinstance(names, (list, tuple)) else ()):
        where = f"packs[{place}]"
        if name in SHIPPED:
            packs.append(shipped(name))
        elif isinstance(name, str) and name.endswith(".toml"):
            packs.append(_collected(partial(_pack_in, folder / name), where, faults))
        elif isinstance(name, str):
            faults.append(Fault(where, "choice", choices=(*SHIPPED, "FILE.toml")))
    return tuple(pack for pack in packs if pack is not None)


def _pack_in(path: Path) -> RulePack:
    return RulePack.parse(text_at(path), name=str(path))


def _faults_between(said: HouseFile, rules: _Rules, lifecycle: Lifecycle) -> Iterator[Fault]:
    """What is wrong between parts that are right by themselves."""
    yield from pack_faults(rules.packs, {rule.clock for rule in rules.clocks})
    ladder = tuple(map(_authority, said.authority)) or next(
        (pack.authority for pack in rules.packs if pack.authority), ()
    )
    yield from ladder_faults(ladder)
    own = RulePack(name=said.name, version=said.version, clocks=rules.clocks, floors=rules.floors)
    for pack in (*rules.packs, own):
        yield from pack.faults_against(lifecycle.readable)


def _authority(said: AuthorityLine) -> Authority:
    return Authority(
        role=said.role,
        limit=said.limit,
        severity=said.severity,
        excluded=frozenset(said.excluded),
        above=said.above,
    )


def _policy(said: HouseFile, rules: _Rules, currency: str) -> Policy:
    policy = Policy(
        name=said.name,
        version=said.version,
        currency=currency,
        packs=rules.packs,
        clocks=rules.clocks,
        floors=rules.floors,
        keep_years=said.keep_years,
        numbering=said.numbering,
        repeat_days=said.repeat_days,
        callback_attempts=said.callback_attempts,
        callback_channels=said.callback_channels,
        callback_days=said.callback_days,
        categories=_USUAL.categories | frozenset(said.categories),
        standing_orders=said.standing_order,
    )
    return attrs.evolve(policy, authority=tuple(map(_authority, said.authority))) if said.authority else policy


# --- calendars ------------------------------------------------------------------------------------------------------


def _of_dealers(found: Mapping[str, Any], folder: Path, faults: list[Fault]) -> Iterable[tuple[str, Calendar]]:
    """The calendars that stand in tables of dealers, each under a code of its own, by which the dealer names it."""
    calendars: list[tuple[str, Calendar]] = []
    dealers = found.get("dealer")
    for place, dealer in enumerate(dealers if isinstance(dealers, list) else ()):
        table = dealer.get("calendar") if isinstance(dealer, dict) else None
        if isinstance(table, dict):
            calendar = _read(table, folder, f"dealer[{place}].calendar", faults)
            dealer["calendar"] = code = f"{table.get('code')} {dealer.get('id')}"
            calendars += [] if calendar is None else [(code, calendar)]
    return calendars


def _for_all(table: object, folder: Path, faults: list[Fault]) -> dict[str, Calendar]:
    """The calendar of dealers who name none, or its country alone."""
    calendar = None if table is None else _read(table, folder, "calendar", faults)
    return {} if calendar is None else {_FOR_ALL: calendar, calendar.code: calendar}


def _read(table: object, folder: Path, where: str, faults: list[Fault]) -> Calendar | None:
    said = _collected(lambda: value_from(CalendarTable, as_json(table), name=where), where, faults)
    return None if said is None else _calendar(said, folder, where, faults)


def _calendar(said: CalendarTable, folder: Path, where: str, faults: list[Fault]) -> Calendar | None:
    before = len(faults)
    years = [
        _collected(partial(_year_in, folder / name), f"{where}.holidays[{place}]", faults)
        for place, name in enumerate(said.holidays)
    ]
    own: dict[str, Any] = {"closures": said.closures, "extra_days": said.extra_days, "years": years}
    for name in ("hours", "contact_hours"):
        if texts := getattr(said, name):
            own[name] = _hours(texts, f"{where}.{name}", faults)
    if said.weekend is not None:
        own["weekend"] = said.weekend
    if len(faults) > before:
        return None
    return _collected(lambda: Calendar.of(said.code, **own), where, faults)


def _year_in(path: Path) -> HolidayYear:
    return HolidayYear.parse(text_at(path))


def _hours(texts: tuple[str, ...], where: str, faults: list[Fault]) -> tuple[Window, ...]:
    try:
        return windows(texts)
    except InvalidCommandError as error:
        faults += (Fault(where, fault.code, **fault.facts) for fault in error.faults)
    return ()


__all__ = ["House", "house_at", "is_pack", "pack_at"]
