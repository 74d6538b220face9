"""An order: a command with who gave it, when, and what makes it safe to repeat."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import blake2b
from os import urandom
from uuid import UUID

import msgspec

from complaints.access import is_of
from complaints.errors import Fault, InvalidCommandError, KeyErasedError, NaiveTimeError, NotFoundError
from complaints.history import is_erased
from complaints.model.base import is_reckonable
from complaints.model.complaint import Complaint
from complaints.model.event import Command
from complaints.model.people import Actor
from complaints.model.registration import Registration
from complaints.stages.anytime import SLIP
from complaints.stages.intake import Opening
from complaints.stores.base import StoredKey

_LONGEST_KEY = 200
_HIGHEST_VERSION = 2**31
_SALT_BYTES = 16


class Order(msgspec.Struct, frozen=True):
    """A command with who gave it, ready to be handled; see :meth:`Desk.handle` for the parts."""

    command: Command
    by: Actor
    recorded_by: Actor | None = None
    at: datetime | None = None
    key: str | None = None
    expected_version: int | None = None


def new_id() -> UUID:
    """A fresh id for a complaint: a UUIDv7, so that ids sort by time of recording."""
    from uuid_utils.compat import uuid7

    return uuid7()


def check(order: Order) -> None:
    """
    Refuse an order whose parts are not what they should be.

    Raises:
        InvalidCommandError: With every fault. Keys of at most 200 signs are a default.
    """
    faults = list(_faults(order))
    if faults:
        raise InvalidCommandError("Order", faults)


def _faults(order: Order) -> Iterator[Fault]:
    for field, value, wanted in (("command", order.command, Command), ("by", order.by, Actor)):
        if not isinstance(value, wanted):
            yield Fault(field, "type", wanted=wanted.__name__, given=type(value).__name__)
    if order.recorded_by is not None and not isinstance(order.recorded_by, Actor):
        yield Fault("recorded_by", "type", wanted="Actor", given=type(order.recorded_by).__name__)
    key, version = order.key, order.expected_version
    if key is not None:
        yield from _key_faults(key)
    if version is not None and (type(version) is not int or not 0 <= version <= _HIGHEST_VERSION):
        yield Fault("expected_version", "type", wanted="int", given=type(version).__name__)


def _key_faults(key: object) -> Iterator[Fault]:
    if not isinstance(key, str):
        yield Fault("key", "type", wanted="str", given=type(key).__name__)
    elif len(key) > _LONGEST_KEY:
        yield Fault("key", "too_long", most=_LONGEST_KEY, length=len(key))
    elif not key.strip():
        yield Fault("key", "empty")
    elif not key.isprintable():
        yield Fault("key", "control_characters")


def when(order: Order, now: datetime) -> datetime:
    """
    When it happened: the command's own time, else the order's, else now.

    Raises:
        NaiveTimeError: If the time has no zone.
        InvalidCommandError: If it is no time, or none that a complaint can have.
    """
    own = type(order.command).when
    at: datetime | None = getattr(order.command, own) if own is not None else order.at
    if at is None:
        return now
    if not isinstance(at, datetime):
        raise InvalidCommandError("Order", [Fault("at", "type", wanted="datetime", given=type(at).__name__)])
    if at.utcoffset() is None:
        raise NaiveTimeError("at")
    if own is None and not is_reckonable(at):
        raise InvalidCommandError("Order", [Fault("at", "not_a_moment")])
    return at


def steady(now: datetime, before: Complaint | None) -> datetime:
    """The present moment; where a machine's clock has slipped back a little, that of the last event."""
    if before is None or now >= before.updated_at or before.updated_at - now > SLIP:
        return now
    return before.updated_at


def typist(order: Order, dealer: str) -> Actor:
    """
    Who types the order.

    Raises:
        NotFoundError: If that is somebody of another dealer: he is not there.
    """
    recorded_by = order.recorded_by if order.recorded_by is not None else order.by
    if recorded_by is not order.by and not is_of(recorded_by, dealer):
        raise NotFoundError("dealer", dealer)
    return recorded_by


def key_of(order: Order, key: str, dealer: str, id: UUID, number: int) -> StoredKey:
    """What is kept of a key: the event it led to, and a digest of the order."""
    salt = urandom(_SALT_BYTES)
    return StoredKey(dealer, key, id, number, salt, _digest_of(order, salt))


def is_the_same(order: Order, known: StoredKey) -> bool:
    """
    Whether *order* is the one its key stood for: command and doer, never the time.

    Raises:
        KeyErasedError: If the texts of that order were erased: then nobody can tell.
    """
    if not known.salt:
        raise KeyErasedError(known.key, known.complaint)
    return known.digest == _digest_of(order, known.salt)


def _digest_of(order: Order, salt: bytes) -> bytes:
    content = type(order.command).__name__.encode() + b"\0" + order.by.id.encode() + b"\0"
    return blake2b(content + msgspec.json.encode(order.command), key=salt, digest_size=32).digest()


def names_in(form: Registration) -> tuple[str, ...]:
    """The names of the customer's side, as they stand on the form."""
    return tuple(name for name in (form.complainant.name, *(party.name for party in form.parties)) if name)


def searchable(statement: str, form: Registration) -> str:
    """What a search for words looks at: the statement and the names, but for those that were erased."""
    return "\n".join(text for text in (statement, *names_in(form)) if not is_erased(text))


def statement_of(first: Command) -> str:
    """The customer's own words, which only the first command of a complaint carries."""
    return first.statement if isinstance(first, Opening) else ""


def in_groups(orders: Iterable[Order], size: int) -> Iterator[list[Order]]:
    """The orders, *size* at a time."""
    group: list[Order] = []
    for order in orders:
        group.append(order)
        if len(group) == size:
            yield group
            group = []
    if group:
        yield group
