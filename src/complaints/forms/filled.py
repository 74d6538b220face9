"""
Filled-in forms: untrusted JSON becomes a command, or every fault in it at once.

``cattrs`` finds its way through the annotations; the checks are those of the nouns themselves.
"""

from __future__ import annotations

import json
import re
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from functools import cache
from typing import Any, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import attrs
import msgspec
from cattrs import Converter

from complaints.errors import Fault, InvalidCommandError
from complaints.model.base import faults_in
from complaints.model.event import Command

T = TypeVar("T")
Hook: TypeAlias = Callable[[Any, Any], Any]

MOST_BYTES = 64 * 1024 * 1024
"""The longest JSON text that is read at all; a default. Each text in it has a far smaller limit of its own."""

_DEEPEST = 20
_MOST_VALUES = 100_000
_MOST_UNKNOWN = 20
_NAME_SHOWN = 60
_LONGEST_MOMENT = 40
_YEARS = range(1900, 9000)
_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class _NotAsAskedError(Exception):
    """Carries faults up to the value that holds the faulty one; never leaves this file."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__()
        self.faults = faults

    def below(self, parent: str) -> Iterator[Fault]:
        for fault in self.faults:
            yield fault.below(parent) if fault.field else Fault(parent, fault.code, **fault.facts)


def command_from(wanted: str | type[Command], data: object, commands: Mapping[str, type[Command]]) -> Command:
    """
    The command that a filled-in form stands for.

    Args:
        wanted: The command, or its name among *commands*.
        data: What was filled in, as JSON gives it: mappings, lists, texts, numbers, true and false. Exact amounts
            come as text or whole numbers, moments as ISO 8601 with an offset.
        commands: The known commands by name, such as ``desk.lifecycle.commands``.

    Raises:
        InvalidCommandError: With every fault and its path, such as ``issues[0].category``. Rules between fields are
            asked once each field is right by itself.

    Source:
        At most 20 levels and 100,000 values, and years from 1900 to 8999: our choice, far beyond any real form.
    """
    cls = commands.get(wanted) if isinstance(wanted, str) else wanted
    if cls is None:
        raise InvalidCommandError(str(wanted)[:_NAME_SHOWN], [Fault("command", "choice", choices=tuple(commands))])
    return value_from(cls, data, name=cls.__name__)


def value_from(cls: type[T], data: object, *, name: str) -> T:
    """
    A value of *cls*, a command or another noun, made from JSON.

    Args:
        name: What the value is called in the error.

    Raises:
        InvalidCommandError: With every fault and its path.
    """
    bounds = tuple(_beyond_bounds(data))
    if bounds:
        raise InvalidCommandError(name, (Fault(name, fault.code, **fault.facts) for fault in bounds))
    try:
        value: T = _converter().structure(data, cls)
    except _NotAsAskedError as error:
        faults = (fault if fault.field else Fault(name, fault.code, **fault.facts) for fault in error.faults)
        raise InvalidCommandError(name, faults) from None
    return value


def id_or_reference(case: str) -> UUID | str:
    """A complaint's id if *case* is one, else the case number."""
    try:
        return UUID(case)
    except ValueError:
        return case.strip()


def with_ids(cls: type[Command], data: Mapping[str, Any], find: Callable[[str], UUID]) -> dict[str, Any]:
    """
    *data* with ids where other complaints are named by their case numbers, as people know them.

    Args:
        data: The filled-in form of *cls*; what it says of its own complaint and of its own new id stays.
        find: Gives the id of a case number.
    """
    hints = get_type_hints(cls)
    found: dict[str, Any] = {}
    for name in hints.keys() & data.keys() - {"complaint", "id"}:
        text = data[name]
        if UUID in (hints[name], *get_args(hints[name])) and isinstance(text, str) and text.strip():
            wanted = id_or_reference(text)
            if isinstance(wanted, str):
                found[name] = str(find(wanted))
    return {**data, **found}


def faults_in_field(cls: type, field: str, data: object) -> tuple[Fault, ...]:
    """What is wrong with one field of *cls*, filled in by itself: for forms that answer while somebody types."""
    try:
        value = _converter().structure(data, get_type_hints(cls)[field])
    except _NotAsAskedError as error:
        return tuple(error.below(field))
    return tuple(faults_in(cls, {field: value}))


def data_of(command: Command) -> dict[str, object]:
    """The filled-in form of *command*: what :func:`command_from` makes it from, ready for JSON."""
    data: dict[str, object] = msgspec.json.decode(msgspec.json.encode(command))
    return data


def data_from_json(text: bytes, *, name: str) -> object:
    """
    What a JSON text says.

    Args:
        name: What the text is called in the error: a file's name.

    Raises:
        InvalidCommandError: If it is no JSON, longer than ``MOST_BYTES``, or says two things under one key.
    """
    if len(text) > MOST_BYTES:
        raise InvalidCommandError(name, [Fault(name, "too_long", most=MOST_BYTES, length=len(text))])
    try:
        text = text.removeprefix(b"\xef\xbb\xbf")
        data = msgspec.json.decode(text)
        doubled = _doubled_keys(text)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        where = re.search(r"\(byte ([0-9]+)\)", str(error))
        line = text[: int(where[1])].count(b"\n") + 1 if where else 1
        raise InvalidCommandError(name, [Fault(name, "not_json", line=line)]) from None
    if doubled:
        raise InvalidCommandError(name, [Fault(name, "doubled_key", keys=doubled)])
    return data


def _doubled_keys(text: bytes) -> tuple[str, ...]:
    """Keys that stand twice in one mapping: msgspec keeps the last of them and does not say so."""
    doubled: dict[str, None] = {}

    def keep(pairs: list[tuple[str, object]]) -> None:
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen and len(doubled) < _MOST_UNKNOWN:
                doubled[_shown(key)] = None
            seen.add(key)

    json.loads(text, object_pairs_hook=keep, parse_int=str, parse_float=str)
    return tuple(doubled)


# --- bounds ---------------------------------------------------------------------------------------------------------


def _beyond_bounds(data: object) -> Iterator[Fault]:
    """Look at the mere size, without following anybody's annotations."""
    waiting: list[tuple[int, object]] = [(1, data)]
    seen = 0
    while waiting:
        depth, value = waiting.pop()
        below = value.values() if isinstance(value, Mapping) else value if isinstance(value, (list, tuple)) else ()
        seen += 1 + len(below)
        if depth > _DEEPEST or seen > _MOST_VALUES:
            yield Fault("", "too_large", levels=_DEEPEST, most=_MOST_VALUES)
            return
        waiting.extend((depth + 1, one) for one in below if isinstance(one, (Mapping, list, tuple)))


# --- by annotation --------------------------------------------------------------------------------------------------


@cache
def _converter() -> Converter:
    converter = Converter(detailed_validation=False)
    for leaf, hook in _LEAVES.items():
        converter.register_structure_hook(leaf, hook)
    converter.register_structure_hook_factory(attrs.has, lambda cls: _noun(converter, cls))
    converter.register_structure_hook_factory(_is_union, lambda hint: _union(converter, hint))
    converter.register_structure_hook_factory(_is_many, lambda hint: _many(converter, hint))
    converter.register_structure_hook_factory(_is_mapping, lambda hint: _mapping(converter, hint))
    return converter


def _is_union(hint: object) -> bool:
    return get_origin(hint) in (Union, types.UnionType)


def _is_many(hint: object) -> bool:
    return get_origin(hint) in (tuple, frozenset)


def _is_mapping(hint: object) -> bool:
    origin = get_origin(hint)
    return isinstance(origin, type) and issubclass(origin, Mapping)


def _noun(converter: Converter, cls: type) -> Hook:
    hints = get_type_hints(cls)
    fields = {field.name: field for field in attrs.fields(cls) if field.init}

    def structure(data: object, _: object) -> object:
        if not isinstance(data, Mapping):
            raise _NotAsAskedError(_other_type("mapping", data))
        values: dict[str, object] = {}
        faults: list[Fault] = list(_unknown(data, fields))
        for name, field in fields.items():
            if name not in data:
                faults += [Fault(name, "missing")] if field.default is attrs.NOTHING else []
                continue
            try:
                values[name] = _field(converter, hints[name], field.metadata, data[name])
            except _NotAsAskedError as error:
                faults += error.below(name)
        # the clean fields are looked at even if others are not: whoever mends a form wants the whole list
        faults += faults_in(cls, values)
        if faults:
            raise _NotAsAskedError(*faults)
        try:
            return cls(**values)
        except InvalidCommandError as error:
            raise _NotAsAskedError(*error.faults) from None

    return structure


def _field(converter: Converter, hint: Any, limits: Mapping[str, Any], data: object) -> object:
    most = limits.get("many")
    if most is not None and isinstance(data, Sequence) and not isinstance(data, str) and len(data) > most:
        raise _NotAsAskedError(Fault("", "too_many", most=most))
    return converter.structure(data, hint)


def _unknown(data: Mapping[Any, object], fields: Mapping[str, object]) -> Iterator[Fault]:
    strangers = [name for name in data if name not in fields]
    for name in strangers[:_MOST_UNKNOWN]:
        yield Fault(_shown(str(name)), "unknown_field", fields=tuple(fields))


def _shown(name: str) -> str:
    """A name that came from outside, fit to stand in an error."""
    short = name if len(name) <= _NAME_SHOWN else f"{name[: _NAME_SHOWN - 1]}…"
    return short if short.isprintable() and short else ascii(short)


def _union(converter: Converter, hint: Any) -> Hook:
    kinds = [kind for kind in get_args(hint) if kind is not type(None)]
    is_optional = len(kinds) < len(get_args(hint))

    def structure(data: object, _: object) -> object:
        if data is None and is_optional:
            return None
        first: _NotAsAskedError | None = None
        for kind in kinds:
            try:
                return converter.structure(data, kind)
            except _NotAsAskedError as error:
                first = first or error
        raise first or _NotAsAskedError(_other_type("NoneType", data))

    return structure


def _many(converter: Converter, hint: Any) -> Hook:
    made: type[tuple[object, ...]] | type[frozenset[object]] = get_origin(hint)
    kind = get_args(hint)[0]

    def structure(data: object, _: object) -> object:
        if not isinstance(data, (list, tuple)):
            raise _NotAsAskedError(_other_type("list", data))
        items: list[object] = []
        faults: list[Fault] = []
        for place, one in enumerate(data):
            try:
                items.append(converter.structure(one, kind))
            except _NotAsAskedError as error:
                faults += error.below(f"[{place}]")
        if faults:
            raise _NotAsAskedError(*faults)
        return made(items)

    return structure


def _mapping(converter: Converter, hint: Any) -> Hook:
    key_kind, kind = get_args(hint)

    def structure(data: object, _: object) -> object:
        if not isinstance(data, Mapping):
            raise _NotAsAskedError(_other_type("mapping", data))
        values: dict[object, object] = {}
        faults: list[Fault] = []
        for key, one in data.items():
            try:
                values[converter.structure(key, key_kind)] = converter.structure(one, kind)
            except _NotAsAskedError as error:
                faults += error.below(_shown(str(key)))
        if faults:
            raise _NotAsAskedError(*faults)
        return values

    return structure


# --- leaves ---------------------------------------------------------------------------------------------------------


def _other_type(wanted: str, data: object) -> Fault:
    return Fault("", "type", wanted=wanted, given=type(data).__name__)


def _text(data: object, _: object) -> str:
    if not isinstance(data, str):
        raise _NotAsAskedError(_other_type("str", data))
    return data


def _whole(data: object, _: object) -> int:
    if not isinstance(data, int) or isinstance(data, bool):
        raise _NotAsAskedError(_other_type("int", data))
    return data


def _yes_or_no(data: object, _: object) -> bool:
    if not isinstance(data, bool):
        raise _NotAsAskedError(_other_type("bool", data))
    return data


def _amount(data: object, _: object) -> Decimal:
    # a JSON fraction has been through binary before we see it, and is exact no more
    is_exact = isinstance(data, str) or (isinstance(data, int) and not isinstance(data, bool))
    if not is_exact or not _NUMBER.fullmatch(str(data)):
        raise _NotAsAskedError(Fault("", "not_a_number"))
    return Decimal(str(data))


def _choice(data: object, cls: type[Enum]) -> Enum:
    try:
        return cls(data)
    except (ValueError, TypeError):
        choices = tuple(str(choice.value) for choice in cls)
    raise _NotAsAskedError(Fault("", "choice", choices=choices))


def _moment(data: object, _: object) -> datetime:
    if not isinstance(data, str):
        raise _NotAsAskedError(_other_type("datetime", data))
    try:
        moment = datetime.fromisoformat(data[:_LONGEST_MOMENT])
    except ValueError:
        raise _NotAsAskedError(Fault("", "not_a_moment")) from None
    if moment.utcoffset() is None:
        raise _NotAsAskedError(Fault("", "naive_time"))
    if moment.year not in _YEARS:
        raise _NotAsAskedError(Fault("", "not_a_moment"))
    return moment


def _day(data: object, _: object) -> date:
    if not isinstance(data, str):
        raise _NotAsAskedError(_other_type("date", data))
    try:
        day = date.fromisoformat(data) if _DAY.fullmatch(data) else None
    except ValueError:
        day = None
    if day is None or day.year not in _YEARS:
        raise _NotAsAskedError(Fault("", "not_a_date"))
    return day


def _uuid(data: object, _: object) -> UUID:
    if not isinstance(data, str):
        raise _NotAsAskedError(_other_type("UUID", data))
    try:
        return UUID(data)
    except ValueError:
        raise _NotAsAskedError(Fault("", "not_a_uuid")) from None


_LEAVES: Mapping[type, Hook] = {
    str: _text, int: _whole, bool: _yes_or_no, Decimal: _amount, datetime: _moment, date: _day, UUID: _uuid,
    StrEnum: _choice, Enum: _choice,
}  # fmt: skip

__all__ = [
    "MOST_BYTES",
    "command_from",
    "data_from_json",
    "data_of",
    "faults_in_field",
    "id_or_reference",
    "value_from",
    "with_ids",
]
