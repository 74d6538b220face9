"""Who acts, who complains, and on whose behalf."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import attrs

from complaints.errors import Fault, InvalidCommandError
from complaints.model.base import check_at_birth, line, noun, several
from complaints.model.span import Window, windows
from complaints.model.words import DIRECT, RANKS, Channel, Department, PartyKind, Role


@noun
class ExternalRef:
    """A thing's name in another system: a customer, repair order, invoice or recording there."""

    system: str = line(most=40)
    kind: str = line(most=40)
    id: str = line(most=120)


@attrs.frozen(init=False)
class Actor:
    """
    Somebody who does something, with the roles the host vouches for.

    The library does not authenticate; the host does.

    Args:
        id: The host's id of the person; not a name, since it stays in the history for good.
        roles: One role or several (a small house).
        dealer: Id of the dealer the roles hold at; ``None`` only for the system and the group.
        department: Where the person works.
        stands_in_for: Ids of absent people whose duties on complaints (handler, investigator, caller, owner of a
            task) the person exercises meanwhile. Duties only: nobody's rank or role passes to a deputy.
    """

    id: str = attrs.field(metadata={"most": 80})
    roles: tuple[Role, ...] = attrs.field(metadata={"fewest": 1, "many": len(Role)})
    dealer: str | None = None
    department: Department | None = None
    # with its underscore it stays out of what msgspec writes, so that who stands in for nobody is stored as ever
    _stands_in_for: tuple[str, ...] = attrs.field(default=(), metadata={"most": 80, "many": 50})

    def __init__(
        self,
        id: str,
        roles: Role | Iterable[Role],
        *,
        dealer: str | None = None,
        department: Department | None = None,
        stands_in_for: Iterable[str] = (),
    ) -> None:
        self.__attrs_init__(id, _held(roles), dealer, department, _listed(stands_in_for))

    __attrs_post_init__ = check_at_birth

    @property
    def stands_in_for(self) -> tuple[str, ...]:
        """Ids of absent people whose duties the person exercises meanwhile."""
        return self._stands_in_for

    def acts_as(self, id: str) -> bool:
        """Whether a duty of *id* is this person's to exercise: his own, or of somebody he stands in for."""
        return id == self.id or id in self._stands_in_for

    @property
    def rank(self) -> int:
        """The highest rank held: 0 for specialist to 4 for group, -1 for none."""
        return max((RANKS.index(role) for role in self.roles if role in RANKS), default=-1)

    def holds(self, *roles: Role) -> bool:
        """Whether one of *roles* is held; a higher rank holds the lower ones."""
        rank = self.rank
        return any(role in self.roles or (role in RANKS and RANKS.index(role) <= rank) for role in roles)


def _listed(ids: object) -> Any:
    # whatever is no list of ids stays as it is, for the check at birth to name
    return tuple(ids) if isinstance(ids, Iterable) and not isinstance(ids, str) else ids


def _held(roles: object) -> tuple[Any, ...]:
    # whatever is no role stays as it is, for the check at birth to name
    given = tuple(roles) if isinstance(roles, Iterable) and not isinstance(roles, str) else (roles,)
    return tuple(sorted(set(given))) if all(isinstance(role, Role) for role in given) else given


@noun
class Person:
    """
    Somebody whom the host's directory knows at a dealer on a day.

    Args:
        id: The host's id of the person.
        roles: What the person may act as there, on that day.
        skills: Categories, or groups of them such as ``"product"``, that the person knows; with none, nobody asks.
        absent: Whether the person is away.
        deputy: Id of whoever stands in while the person is away.
        stands_in_for: Ids of those whose deputy the person is, whether they are away or not.
    """

    id: str = line(most=80)
    roles: tuple[Role, ...] = several(most=len(Role), default=())
    department: Department | None = None
    skills: tuple[str, ...] = several(most=200, default=())
    absent: bool = False
    deputy: str | None = line(most=80, default=None)
    stands_in_for: tuple[str, ...] = several(most=50, default=())

    def is_skilled_in(self, category: str) -> bool:
        """Whether the category, or its group, is among the skills."""
        return category in self.skills or category.partition(".")[0] in self.skills


SYSTEM = Actor("system", Role.SYSTEM)
"""The library itself, as the doer of what follows from rules and clocks."""


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


@attrs.frozen(init=False)
class Dealer:
    """
    One dealership: a fence around its complaints.

    Args:
        id: Short code, the first part of case numbers.
        zone: IANA time zone of its clocks and case numbers.
        language: ``"zh_CN"`` or ``"en"``: what its people and customers read.
        currency: ISO 4217 code of its money.
        calendar: Code of its holiday calendar; ``None`` counts calendar time.
    """

    id: str = attrs.field(metadata={"most": 20})
    zone: str = "Asia/Shanghai"
    language: str = "zh_CN"
    currency: str = "CNY"
    calendar: str | None = None

    def __init__(
        self,
        id: str,
        *,
        zone: str = "Asia/Shanghai",
        language: str = "zh_CN",
        currency: str = "CNY",
        calendar: str | None = None,
    ) -> None:
        self.__attrs_init__(id, zone, language, currency, calendar)

    __attrs_post_init__ = check_at_birth

    def _faults(self) -> Iterator[Fault]:
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError, TypeError):
            yield Fault("zone", "zone")
        if self.language not in ("zh_CN", "en"):
            yield Fault("language", "choice", choices=("zh_CN", "en"))

    @property
    def tz(self) -> tzinfo:
        """The dealer's time zone."""
        return _zone(self.zone)


@noun
class Customer:
    """
    Who complains, as far as is known.

    Named, or anonymous with a way to answer (a platform's number counts), or the
    author of a public post with its address (MOVES 1).

    Args:
        contact_hours: When he may be called, as he has told, such as ``"09:00-12:00, 14:00-20:00"``, in the dealer's
            time and on every day; the house's hours where he has told none (R40).
        do_not_contact: Channels by which he does not want to be reached; of the telephone, all of them (R41).
    """

    name: str | None = line(personal=True, default=None)
    phone: str | None = line(personal=True, most=40, default=None)
    email: str | None = line(personal=True, most=120, default=None)
    wechat: str | None = line(personal=True, most=80, default=None)
    address: str | None = line(personal=True, default=None)
    platform_number: str | None = line(personal=True, most=80, default=None)
    post_url: str | None = line(personal=True, most=500, default=None)
    ref: ExternalRef | None = None
    member: bool = False
    language: str | None = line(most=10, default=None)
    preferred_channel: Channel | None = None
    contact_hours: str | None = line(most=80, default=None)
    do_not_contact: tuple[Channel, ...] = several(most=len(Channel), default=())

    def _faults(self) -> Iterator[Fault]:
        if isinstance(self.contact_hours, str):
            try:
                windows(self.contact_hours)
            except InvalidCommandError as error:
                yield from (Fault("contact_hours", fault.code, **fault.facts) for fault in error.faults)

    @property
    def own_hours(self) -> tuple[Window, ...]:
        """The hours in which he may be called, as he has told; empty where he has told none."""
        return () if self.contact_hours is None else windows(self.contact_hours)

    def has_opted_out_of(self, channel: Channel) -> bool:
        """
        Whether he does not want to be reached by *channel*.

        Whoever wants none at all is still owed his answer, by what does not disturb him (our choice).
        """
        if not self.do_not_contact or not self._names(channel):
            return False
        return channel.disturbs or not all(map(self._names, DIRECT))

    def _names(self, channel: Channel) -> bool:
        """Whether *channel* is among those that he does not want."""
        by_telephone = channel.is_by_telephone and any(one.is_by_telephone for one in self.do_not_contact)
        return by_telephone or channel in self.do_not_contact

    @property
    def can_be_answered(self) -> bool:
        """Whether any way to answer is on record."""
        return bool(self.phone or self.email or self.wechat or self.address or self.platform_number or self.post_url)

    @property
    def is_identified(self) -> bool:
        """Named, or anonymous with a way to answer, or a public post with its address."""
        return bool(self.name) or self.can_be_answered


@noun
class Party:
    """Somebody else on the customer's side, and what he may do there."""

    kind: PartyKind
    name: str = line(personal=True)
    phone: str | None = line(personal=True, most=40, default=None)
    may_be_told: bool = True
    may_accept: bool = False
    may_sign: bool = False


__all__ = ["SYSTEM", "Actor", "Customer", "Dealer", "ExternalRef", "Party", "Person"]
