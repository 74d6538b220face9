"""
The house file: what a house has decided in advance, in TOML: its dealers, authority and standing orders.

.. code-block:: toml

    name = "sh_house"
    version = "2026-01"
    categories = ["car_wash"]        # beside the standard ones
    definition = "shop:OURS"         # MODULE:NAME of the house's own lifecycle; naming it runs that module
    keep_years = 10                  # files are kept whole so long after the end; left out: nothing forbids to erase

    [[dealer]]
    id = "SH01"
    zone = "Asia/Shanghai"
    language = "zh_CN"
    currency = "CNY"

    [[authority]]                    # the whole ladder, lowest first; without it the default one holds
    role = "manager"
    limit = 10000                    # left out: no limit
    severity = "major"
    excluded = ["full_refund"]

    [[standing_order]]
    id = "SO-1"
    version = "2026"
    dealer = "SH01"
    signed_by = "chen"
    signed_at = 2026-01-01T09:00:00+08:00
    valid_from = 2026-01-01T09:00:00+08:00
    staff = ["li"]
    per_case = 400
    remedies = [
        { category = "service", kind = "apology", ceiling = 0 },
        { category = "service", kind = "voucher", ceiling = 200 },
    ]
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs

from complaints.cli.definition import definition_named
from complaints.errors import Fault, InvalidCommandError
from complaints.forms.filled import value_from
from complaints.lifecycle import LIFECYCLE
from complaints.machine import Lifecycle
from complaints.model.base import line, noun, number, several
from complaints.model.people import Dealer
from complaints.model.words import RemedyKind, Role, Severity
from complaints.policy import Authority, Policy, StandingOrder

_LONGEST = 1024 * 1024


@noun
class AuthorityLine:
    """One line of the authority matrix as the file has it; without a limit there is none."""

    role: Role
    limit: Decimal | None = None
    severity: Severity
    excluded: tuple[RemedyKind, ...] = ()


@noun
class HouseFile:
    """The file as it stands."""

    name: str = line(most=40, default="house_4s")
    version: str = line(most=20, default="1")
    categories: tuple[str, ...] = several(default=())
    definition: str | None = line(default=None)
    keep_years: int = number(most=100, default=0)
    dealer: tuple[Dealer, ...] = several(default=())
    authority: tuple[AuthorityLine, ...] = several(default=())
    standing_order: tuple[StandingOrder, ...] = several(default=())


@attrs.frozen(kw_only=True)
class House:
    """
    The dealers that are served, and what was decided for each; with no dealers, any is served by the defaults.

    Attributes:
        lifecycle: The definition steps are taken under.
    """

    dealers: tuple[Dealer, ...] = ()
    policies: Policy | Mapping[str, Policy] | None = None
    lifecycle: Lifecycle = LIFECYCLE


def house_at(path: Path) -> House:
    """
    What the house file says.

    Raises:
        InvalidCommandError: With every fault in it, or if it is no TOML or cannot be read.
        DefinitionError: If the authority ladder or the house's own lifecycle does not hold together.
    """
    name = str(path)
    try:
        text = path.read_bytes()[: _LONGEST + 1]
    except OSError:
        raise InvalidCommandError(name, [Fault(name, "unreadable_file")]) from None
    try:
        found = tomllib.loads(text.decode(), parse_float=str)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise InvalidCommandError(name, [Fault(name, "not_toml")]) from None
    said = value_from(HouseFile, _as_json(found), name=name)
    policies = {dealer.id: _policy(said, dealer.currency) for dealer in said.dealer}
    return House(
        dealers=said.dealer,
        policies=policies or _policy(said, Dealer("-").currency),
        lifecycle=LIFECYCLE if said.definition is None else definition_named(said.definition),
    )


def _policy(said: HouseFile, currency: str) -> Policy:
    usual = Policy()
    ladder = tuple(
        Authority(role=one.role, limit=one.limit, severity=one.severity, excluded=frozenset(one.excluded))
        for one in said.authority
    )
    return Policy(
        name=said.name,
        version=said.version,
        currency=currency,
        keep_years=said.keep_years,
        categories=usual.categories | frozenset(said.categories),
        authority=ladder or usual.authority,
        standing_orders=said.standing_order,
    )


def _as_json(value: Any) -> Any:
    """TOML has moments of its own; forms have them as text."""
    if isinstance(value, dict):
        return {name: _as_json(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_as_json(one) for one in value]
    return value.isoformat() if isinstance(value, (datetime, date)) else value


__all__ = ["House", "house_at"]
