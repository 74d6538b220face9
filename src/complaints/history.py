"""
The history: events as bytes, chained by digests, replayed, and found out when changed.

Each event's text holds the digest of the one before; its own digest covers that text. Personal texts
stand in it as digests under a salt of their own and lie beside it, so that they can be erased while the
chain still verifies.
"""

from __future__ import annotations

import re
import types
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from hashlib import blake2b, sha256
from os import urandom
from types import MappingProxyType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import attrs
import msgspec
from msgspec.structs import replace

from complaints.errors import BrokenHistoryError, UnknownDefinitionError
from complaints.model.clock import Deadline
from complaints.model.complaint import Complaint
from complaints.model.event import Command, Event, applied
from complaints.model.people import Actor
from complaints.model.personal import EVERYTHING, Personal, group_of
from complaints.model.words import Role, State
from complaints.stores.base import StoredEvent, StoredPersonal

ERASED = "[已删除 erased]"
"""What stands where a personal text was erased."""

_ERASED = re.compile(r"\[已删除 erased( [1-9][0-9]*)?\]")

MASKED = "[未显示 masked]"
"""What stands where a personal text is hidden from the reader."""

_SALT_BYTES = 16
_MARK = "personal:"
T = TypeVar("T", Complaint, Command)


def erased_as(number: int) -> str:
    """
    What stands in the place of the *number*-th different text that was erased from a complaint.

    Two texts that were the same stay the same and two that differed still differ, since a step may have depended on
    it: a car that is on the form already is not added once more. It fits into the shortest field, a VIN of 17 signs.
    """
    return f"{ERASED[:-1]} {number}]"


def is_erased(text: str) -> bool:
    """Whether *text* is what stands in the place of an erased one."""
    return _ERASED.fullmatch(text) is not None


class _Envelope(msgspec.Struct, omit_defaults=True):
    """The stored text of an event, field by field; new fields may be added, none is ever changed."""

    complaint: UUID
    number: int
    command: str
    at: datetime
    recorded_at: datetime
    by: Actor
    source: State | None
    target: State
    form: Any  # the command itself where nothing was taken out of it; else, and when read, its fields by name
    definition: str
    policy: str
    previous: str
    recorded_by: Actor | None = None
    reference: str = ""
    deadlines: tuple[Deadline, ...] = ()
    caused_by: int | None = None
    caused_in: UUID | None = None
    set_aside: tuple[str, ...] = ()
    stands_in_for: tuple[str, ...] = ()  # of `by`; apart, so that the text of those who do not is as ever


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Envelope).decode


def seal(
    event: Event, *, deadlines: tuple[Deadline, ...] = ()
) -> tuple[Event, StoredEvent, tuple[StoredPersonal, ...]]:
    """
    Turn an accepted event into what is stored.

    Args:
        deadlines: What policy and calendar decided about its clocks; it becomes part of the event.

    Returns:
        The event with its digest, its stored text, and the personal texts taken out of it.
    """
    decided = deadlines or event.deadlines
    form: Any = event.command
    personal: list[StoredPersonal] = []
    paths = _personal_fields(type(event.command))
    if paths:
        form = msgspec.to_builtins(event.command)
        _take_out(form, paths, "", event.complaint, event.number, personal)
    body = _encode(
        _Envelope(
            complaint=event.complaint,
            number=event.number,
            command=type(event.command).__name__,
            at=event.at,
            recorded_at=event.recorded_at,
            by=event.by,
            recorded_by=None if event.recorded_by is event.by else event.recorded_by,
            source=event.source,
            target=event.target,
            form=form,
            definition=event.definition,
            policy=event.policy,
            previous=event.previous,
            reference=event.reference,
            deadlines=decided,
            caused_by=event.caused_by,
            caused_in=event.caused_in,
            set_aside=event.set_aside,
            stands_in_for=event.by.stands_in_for,
        )
    )
    digest = sha256(body).hexdigest()
    stored = StoredEvent(
        event.complaint, event.number, type(event.command).__name__, event.recorded_at, body.decode(), digest
    )
    return replace(event, digest=digest, deadlines=decided), stored, tuple(personal)


def unseal(
    stored: StoredEvent,
    personal: Mapping[str, StoredPersonal],
    commands: Mapping[str, type[Command]],
    *,
    hidden: frozenset[Personal] = frozenset(),
) -> Event:
    """
    The event behind a stored text, its personal texts put back, marked as erased, or masked.

    Args:
        personal: The texts of this event, by path.
        hidden: What of it the reader does not see.
        commands: Command classes by name; replay needs these, never the definition.

    Raises:
        UnknownDefinitionError: If there is no class for the command.
        BrokenHistoryError: If the text is no event.
    """
    try:
        envelope = _decode(stored.body)
        form = envelope.form
    except (msgspec.DecodeError, ValueError) as error:
        raise BrokenHistoryError(stored.complaint, stored.number, "unreadable") from error
    cls = commands.get(envelope.command)
    if cls is None:
        raise UnknownDefinitionError(envelope.command)
    paths = _personal_fields(cls)
    if paths:
        _put_back(form, paths, "", personal)
        if hidden:
            _hide(form, paths, hidden)
    try:
        command = msgspec.convert(form, cls)
    except (msgspec.ValidationError, ValueError) as error:
        raise BrokenHistoryError(stored.complaint, stored.number, "unreadable") from error
    by = envelope.by
    if envelope.stands_in_for:
        by = attrs.evolve(by, stands_in_for=envelope.stands_in_for)
    return Event(
        complaint=envelope.complaint,
        number=envelope.number,
        command=command,
        at=envelope.at,
        recorded_at=envelope.recorded_at,
        by=by,
        recorded_by=envelope.recorded_by or by,
        source=envelope.source,
        target=envelope.target,
        reference=envelope.reference,
        definition=envelope.definition,
        policy=envelope.policy,
        deadlines=envelope.deadlines,
        caused_by=envelope.caused_by,
        caused_in=envelope.caused_in,
        set_aside=envelope.set_aside,
        previous=envelope.previous,
        digest=stored.digest,
    )


class Doer(msgspec.Struct, frozen=True):
    """Whoever did it, by what he may act as."""

    roles: tuple[Role, ...]


class Outline(msgspec.Struct, frozen=True):
    """
    What a stored event tells without its form: it names nobody, and takes no class of its command to read.

    The fields are those of :class:`~complaints.model.event.Event`.
    """

    at: datetime
    recorded_at: datetime
    by: Doer
    source: State | None
    target: State
    caused_by: int | None = None
    caused_in: UUID | None = None


_decode_outline = msgspec.json.Decoder(Outline).decode


def outline(stored: StoredEvent) -> Outline:
    """
    What the text of an event tells without its form.

    Raises:
        BrokenHistoryError: If the text is no event.
    """
    try:
        return _decode_outline(stored.body)
    except (msgspec.DecodeError, ValueError) as error:
        raise BrokenHistoryError(stored.complaint, stored.number, "unreadable") from error


def read(
    stored: Sequence[StoredEvent],
    personal: Iterable[StoredPersonal],
    commands: Mapping[str, type[Command]],
    *,
    hidden: frozenset[Personal] = frozenset(),
) -> tuple[Event, ...]:
    """The events behind stored texts, with their personal texts but for what is *hidden* from the reader."""
    by_number: dict[int, dict[str, StoredPersonal]] = {}
    for text in personal:
        by_number.setdefault(text.number, {})[text.path] = text
    return tuple(unseal(one, by_number.get(one.number, {}), commands, hidden=hidden) for one in stored)


def replay(events: Iterable[Event]) -> Complaint | None:
    """The complaint that *events* add up to; ``None`` for none. Reads the events and nothing else."""
    complaint: Complaint | None = None
    for event in events:
        complaint = applied(complaint, event)
    return complaint


@attrs.frozen
class Checkpoint:
    """Where a history stood; kept elsewhere, it shows a cut-off end and a rewritten chain."""

    complaint: UUID
    number: int
    digest: str


def verify(
    id: UUID,
    stored: Sequence[StoredEvent],
    personal: Iterable[StoredPersonal],
    *,
    checkpoint: Checkpoint | None = None,
) -> Checkpoint:
    """
    Check a stored history: numbers, digests, links, personal texts, and the checkpoint if one was kept.

    Returns:
        A checkpoint of the history as it stands.

    Raises:
        BrokenHistoryError: With the number of the first event that is not what was written.
    """
    previous = ""
    forms: dict[int, Any] = {}
    for number, one in enumerate(stored, start=1):
        if one.number != number:
            raise BrokenHistoryError(id, number, "missing")
        if sha256(_bytes_of(one.body)).hexdigest() != one.digest:
            raise BrokenHistoryError(id, number, "changed")
        try:
            envelope = _decode(one.body)
        except (msgspec.DecodeError, ValueError) as error:
            raise BrokenHistoryError(id, number, "unreadable") from error
        columns = (id, one.complaint, one.number, one.command, one.recorded_at)
        told = (envelope.complaint, envelope.complaint, envelope.number, envelope.command, envelope.recorded_at)
        if columns != told:
            raise BrokenHistoryError(id, number, "swapped")
        if envelope.previous != previous:
            raise BrokenHistoryError(id, number, "unlinked")
        if checkpoint is not None and checkpoint.number == number and checkpoint.digest != one.digest:
            raise BrokenHistoryError(id, number, "not_as_checkpointed")
        previous = one.digest
        forms[number] = envelope.form
    if checkpoint is not None and checkpoint.number > len(stored):
        raise BrokenHistoryError(id, len(stored) + 1, "cut_off")
    for text in personal:
        if text.number > len(stored):
            raise BrokenHistoryError(id, len(stored) + 1, "cut_off")
        if text.complaint != id or not _is_as_digested(text, _at(forms.get(text.number), text.path)):
            raise BrokenHistoryError(id, text.number, "personal_changed")
    return Checkpoint(id, len(stored), previous)


# --- personal texts -------------------------------------------------------------------------------------------------

_Paths = Mapping[str, Any]  # field name -> the group of a text or several, or the paths of the value below


_PERSONAL: dict[type, _Paths] = {}


def _personal_fields(cls: type) -> _Paths:
    """Which fields of *cls*, and of the nouns in them, are marked as personal."""
    known = _PERSONAL.get(cls)
    if known is None:
        known = _PERSONAL[cls] = _find_personal_fields(cls)
    return known


_PERSONAL_PLACES: dict[type, Mapping[str, str]] = {}


def personal_places(cls: type) -> Mapping[str, str]:
    """
    Where a form of *cls* can hold a personal text.

    Returns:
        For each path, without places in lists, the field that it leads to: ``complainant.name`` to ``Customer.name``.
    """
    known = _PERSONAL_PLACES.get(cls)
    if known is None:
        known = _PERSONAL_PLACES[cls] = MappingProxyType(dict(_places(cls, "")))
    return known


def _places(cls: type, at: str) -> Iterator[tuple[str, str]]:
    hints = get_type_hints(cls)
    for name, below in _personal_fields(cls).items():
        noun = None if isinstance(below, Personal) else _noun_in(hints[name])
        if noun is None:
            yield f"{at}{name}", f"{cls.__name__}.{name}"
        else:
            yield from _places(noun, f"{at}{name}.")


def _find_personal_fields(cls: type) -> _Paths:
    marked = {field.name: field.metadata for field in attrs.fields(cls)} if attrs.has(cls) else {}
    paths: dict[str, Any] = {}
    for name, hint in get_type_hints(cls).items():
        if (metadata := marked.get(name, {})) and metadata.get("personal"):
            paths[name] = group_of(name, is_prose=metadata.get("multiline", True))
            continue
        below = _noun_in(hint)
        if below is not None and (inner := _personal_fields(below)):
            paths[name] = inner
    return paths


def _noun_in(hint: Any) -> type | None:
    if get_origin(hint) in (Union, types.UnionType, tuple):
        return next((found for one in get_args(hint) if (found := _noun_in(one)) is not None), None)
    return hint if isinstance(hint, type) and attrs.has(hint) else None


def _take_out(
    form: dict[str, Any], paths: _Paths, at: str, complaint: UUID, number: int, out: list[StoredPersonal]
) -> None:
    for name, below in paths.items():
        value = form.get(name)
        if value is None:
            continue
        path = f"{at}{name}"
        if type(below) is Personal and isinstance(value, str):
            form[name] = _taken_out(StoredPersonal(complaint, number, path, urandom(_SALT_BYTES), value), out)
        elif type(below) is Personal:
            form[name] = [
                _taken_out(StoredPersonal(complaint, number, f"{path}[{place}]", urandom(_SALT_BYTES), text), out)
                for place, text in enumerate(value)
            ]
        elif isinstance(value, dict):
            _take_out(value, below, f"{path}.", complaint, number, out)
        else:
            for place, item in enumerate(value):
                _take_out(item, below, f"{path}[{place}].", complaint, number, out)


def _taken_out(text: StoredPersonal, out: list[StoredPersonal]) -> str:
    """What stands in the form in the place of *text*, which is put down beside it."""
    out.append(text)
    return _mark(text.salt, text.text)


def masked(value: T, hidden: frozenset[Personal] = EVERYTHING) -> T:
    """A complaint or command for somebody who may not see all of who the customer is: what is *hidden* is masked."""
    form = msgspec.to_builtins(value)
    _hide(form, _personal_fields(type(value)), hidden)
    return msgspec.convert(form, type(value))


def _hide(form: dict[str, Any], paths: _Paths, hidden: frozenset[Personal]) -> None:
    for name, below in paths.items():
        value = form.get(name)
        if value is None:
            continue
        if isinstance(below, Personal):
            if below in hidden:
                form[name] = MASKED if isinstance(value, str) else [MASKED] * len(value)
        elif isinstance(value, dict):
            _hide(value, below, hidden)
        else:
            for item in value:
                _hide(item, below, hidden)


def _put_back(form: dict[str, Any], paths: _Paths, at: str, personal: Mapping[str, StoredPersonal]) -> None:
    for name, below in paths.items():
        value = form.get(name)
        if value is None:
            continue
        path = f"{at}{name}"
        if type(below) is Personal and isinstance(value, str):
            form[name] = _given_back(path, personal)
        elif type(below) is Personal:
            form[name] = [_given_back(f"{path}[{place}]", personal) for place in range(len(value))]
        elif isinstance(value, dict):
            _put_back(value, below, f"{path}.", personal)
        else:
            for place, item in enumerate(value):
                _put_back(item, below, f"{path}[{place}].", personal)


def _given_back(path: str, personal: Mapping[str, StoredPersonal]) -> str:
    kept = personal.get(path)
    return ERASED if kept is None else kept.text


def _at(form: Any, path: str) -> Any:
    """What stands at *path* in a stored form; ``None`` if there is no such place."""
    for step in path.replace("[", ".").replace("]", "").split("."):
        try:
            form = form[int(step)] if isinstance(form, list) else form[step]
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    return form


def _is_as_digested(text: StoredPersonal, mark: object) -> bool:
    """Whether a text is the one in the event; of an erased one only that there was one can be told."""
    if text.salt:
        return mark == _mark(text.salt, text.text)
    return is_erased(text.text) and isinstance(mark, str) and mark.startswith(_MARK)


def _mark(salt: bytes, text: str) -> str:
    return _MARK + blake2b(_bytes_of(text), key=salt, digest_size=32).hexdigest()


def _bytes_of(text: str) -> bytes:
    """The bytes of a stored text; what is no text any more gets bytes that nobody has ever digested."""
    return text.encode("utf-8", "surrogatepass")


__all__ = [
    "ERASED",
    "MASKED",
    "Checkpoint",
    "Doer",
    "Outline",
    "erased_as",
    "is_erased",
    "masked",
    "outline",
    "personal_places",
    "read",
    "replay",
    "seal",
    "unseal",
    "verify",
]
