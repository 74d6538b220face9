"""How a noun is made: frozen, keyword-only, and checked whole at birth."""

from __future__ import annotations

import types
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from threading import local
from typing import Any, TypeVar, Union, cast, dataclass_transform, get_args, get_origin, get_type_hints

import attrs
import msgspec
from msgspec.structs import replace

from complaints.errors import Fault, InvalidCommandError

T = TypeVar("T")
_LINE = 200
_PROSE = 20_000
EARLIEST_YEAR = 1980
_MINUTE = timedelta(minutes=1)

Check = Callable[[object, str], Iterator[Fault]]
"""Looks at a value and yields what is wrong with it, by field path."""


def line(*, personal: bool = False, most: int = _LINE, default: Any = attrs.NOTHING, kw_only: bool = True) -> Any:
    """
    One line of text, without control characters.

    Args:
        personal: Whether it tells who somebody is; then it can be erased (Redact).
        most: Longest length in characters; 200 is a default.
    """
    metadata = {"personal": personal, "most": most, "multiline": False}
    return attrs.field(default=default, metadata=metadata, kw_only=kw_only)


def prose(*, personal: bool = True, most: int = _PROSE, default: Any = attrs.NOTHING) -> Any:
    """
    Free text of several lines; personal unless told, since people write names into it.

    Args:
        most: Longest length in characters; 20,000 is a default and bounds what one event can weigh.
    """
    return attrs.field(default=default, metadata={"personal": personal, "most": most, "multiline": True})


def number(*, least: int | None = 0, most: int | None = None, default: Any = attrs.NOTHING) -> Any:
    """A whole number within bounds, both included."""
    return attrs.field(default=default, metadata={"least": least, "greatest": most})


def several(*, personal: bool = False, least: int = 0, most: int = 1000, default: Any = attrs.NOTHING) -> Any:
    """
    A tuple of at least *least* values.

    Args:
        personal: Whether they are texts that people write names into; then each can be erased (Redact).
    """
    return attrs.field(default=default, metadata={"personal": personal, "fewest": least, "many": most})


@dataclass_transform(
    frozen_default=True, kw_only_default=True, field_specifiers=(attrs.field, line, prose, number, several)
)
def noun(cls: type[T]) -> type[T]:
    """
    Make *cls* a frozen value that refuses to be born wrong.

    Every field is checked against its annotation and its field specifier, then the
    class's own ``_faults(self)`` may yield more. All faults are raised together.

    Raises:
        InvalidCommandError: On creation, with every fault.
    """
    cls.__attrs_post_init__ = check_at_birth  # type: ignore[attr-defined]  # attrs and msgspec call it by this name
    return attrs.frozen(kw_only=True, weakref_slot=False)(cls)


def faults_of(value: object) -> Iterator[Fault]:
    """What is wrong with *value*, field by field."""
    for name, check, is_fine in _checks(type(value)):
        field = getattr(value, name)
        if not is_fine(field):
            yield from check(field, name)
    own = getattr(value, "_faults", None)
    if own is not None:
        yield from own()


def faults_in(cls: type, values: Mapping[str, object]) -> Iterator[Fault]:
    """What is wrong with those fields of *cls* that *values* has: for a form that is not whole yet."""
    for name, check, is_fine in _checks(cls):
        if name in values and not is_fine(values[name]):
            yield from check(values[name], name)


def check_at_birth(self: object) -> None:
    """
    Refuse *self* if anything is wrong with it; the ``__attrs_post_init__`` of whatever is checked whole.

    Raises:
        InvalidCommandError: With every fault.
    """
    if _REREADING.is_on:
        return
    cls = type(self)
    # Every value of every step comes through here: ask each field one quick question, and look closer only at a doubt.
    for name, _, is_fine in _CHECKS.get(cls) or _checks(cls):
        if not is_fine(getattr(self, name)):
            faults = list(faults_of(self))
            break
    else:
        own = getattr(self, "_faults", None)
        if own is None:
            return
        faults = list(own())
    if faults:
        raise InvalidCommandError(cls.__name__, faults)


class _Rereading(local):
    """Whether this thread is reading values that were checked before they were written."""

    is_on = False


_REREADING = _Rereading()


def reread(decode: Callable[[bytes], T], written: bytes) -> T:
    """
    What *decode* makes of bytes that this library wrote.

    Their nouns were checked at birth and are not checked again: that would be half the time of a decoding, and what
    an earlier version took would be lost to a stricter one.
    """
    _REREADING.is_on = True
    try:
        return decode(written)
    finally:
        _REREADING.is_on = False


def evolve(value: T, **changes: object) -> T:
    """
    A copy of a frozen *value* with *changes*.

    A noun is checked again, as at birth. A structure of msgspec is not: it is made from accepted values only.
    """
    if isinstance(value, msgspec.Struct):
        return replace(value, **changes)
    return cast("T", attrs.evolve(cast("Any", value), **changes))


# --- checks by annotation -------------------------------------------------------------------------------------------

Quick = Callable[[object], bool]
"""Whether a value is certainly fine; a doubtful one is looked at by its :data:`Check`."""

_CHECKS: dict[type, tuple[tuple[str, Check, Quick], ...]] = {}


def _checks(cls: type) -> tuple[tuple[str, Check, Quick], ...]:
    known = _CHECKS.get(cls)
    if known is None:
        hints = get_type_hints(cls)
        known = tuple(
            (a.alias, _check_for(hints[a.name], a.metadata), _quick_for(hints[a.name], a.metadata))
            for a in attrs.fields(cls)
            if a.init
        )
        _CHECKS[cls] = known
    return known


def _quick_for(hint: Any, limits: Mapping[str, Any]) -> Quick:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        kinds = [one for one in get_args(hint) if one is not type(None)]
        if len(kinds) != 1 or type(None) not in get_args(hint):
            return _doubtful
        one = _quick_for(kinds[0], limits)
        return lambda value: value is None or one(value)
    if origin is tuple:
        item, fewest, many = _quick_for(get_args(hint)[0], limits), limits.get("fewest", 0), limits.get("many", 1000)
        return lambda value: (
            type(value) is tuple and fewest <= len(value) <= many and (not value or all(map(item, value)))
        )
    if hint is str:
        most = limits.get("most", _LINE)
        return lambda value: type(value) is str and 0 < len(value) <= most and value.isprintable() and value[0] != " "
    if hint is datetime:
        return lambda value: type(value) is datetime and is_reckonable(value)
    if hint is int:
        least, greatest = limits.get("least"), limits.get("greatest")
        return lambda value: (
            type(value) is int and (least is None or value >= least) and (greatest is None or value <= greatest)
        )
    if hint is Decimal:
        return lambda value: type(value) is Decimal and value.is_finite()
    if isinstance(hint, type):
        return lambda value: type(value) is hint
    return _doubtful


def _doubtful(value: object) -> bool:
    return False


def _check_for(hint: Any, limits: Mapping[str, Any]) -> Check:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _any_of(get_args(hint), limits)
    if origin is tuple:
        return _each(get_args(hint)[0], limits)
    if origin is not None:
        return _mapping(get_args(hint), limits) if issubclass(origin, Mapping) else _instance(origin)
    if isinstance(hint, type) and hint is not Any:
        if issubclass(hint, Enum):
            return _choice(hint)
        if hint in (str, int, datetime, Decimal, bool):
            return {str: _text, int: _whole, datetime: _moment, Decimal: _amount, bool: _yes_or_no}[hint](limits)
        return _instance(hint)
    return _anything


def _anything(value: object, field: str) -> Iterator[Fault]:
    return iter(())


def _any_of(hints: tuple[Any, ...], limits: Mapping[str, Any]) -> Check:
    optional = type(None) in hints
    checks = [_check_for(hint, limits) for hint in hints if hint is not type(None)]

    def check(value: object, field: str) -> Iterator[Fault]:
        if value is None and optional:
            return
        if len(checks) == 1:
            yield from checks[0](value, field)
            return
        tried = [list(one(value, field)) for one in checks]
        if all(tried):
            yield from min(tried, key=len)

    return check


def _each(hint: Any, limits: Mapping[str, Any]) -> Check:
    check_one = _check_for(hint, limits)
    fewest, many = limits.get("fewest", 0), limits.get("many", 1000)

    def check(value: object, field: str) -> Iterator[Fault]:
        if not isinstance(value, tuple):
            yield Fault(field, "type", wanted="tuple", given=type(value).__name__)
            return
        if len(value) < fewest:
            yield Fault(field, "too_few", least=fewest)
        if len(value) > many:
            yield Fault(field, "too_many", most=many)
        for place, item in enumerate(value[:many]):
            yield from check_one(item, f"{field}[{place}]")

    return check


def _mapping(hints: tuple[Any, ...], limits: Mapping[str, Any]) -> Check:
    check_key, check_value = (_check_for(hint, limits) for hint in hints)

    def check(value: object, field: str) -> Iterator[Fault]:
        if not isinstance(value, Mapping):
            yield Fault(field, "type", wanted="mapping", given=type(value).__name__)
            return
        for key, item in value.items():
            yield from check_key(key, field)
            yield from check_value(item, f"{field}[{key}]")

    return check


def _instance(wanted: type) -> Check:
    def check(value: object, field: str) -> Iterator[Fault]:
        if not isinstance(value, wanted) or (wanted is date and isinstance(value, datetime)):
            yield Fault(field, "type", wanted=wanted.__name__, given=type(value).__name__)

    return check


def _choice(wanted: type[Enum]) -> Check:
    def check(value: object, field: str) -> Iterator[Fault]:
        if not isinstance(value, wanted):
            yield Fault(field, "choice", choices=tuple(str(choice.value) for choice in wanted))

    return check


def _text(limits: Mapping[str, Any]) -> Check:
    most, multiline = limits.get("most", _LINE), limits.get("multiline", False)

    def check(value: object, field: str) -> Iterator[Fault]:
        if not isinstance(value, str):
            yield Fault(field, "type", wanted="str", given=type(value).__name__)
        elif len(value) > most:
            yield Fault(field, "too_long", most=most, length=len(value))
        elif not value.strip():
            yield Fault(field, "empty")
        elif not value.isprintable() and not _clean(value, multiline=multiline):
            yield Fault(field, "control_characters")

    return check


def _clean(text: str, *, multiline: bool) -> bool:
    allowed = "\n\t\r" if multiline else ""
    # an unassigned sign may be one that a newer Unicode knows and this interpreter does not: what people write is taken
    return all(unicodedata.category(sign) not in ("Cc", "Cs") or sign in allowed for sign in text)


def _whole(limits: Mapping[str, Any]) -> Check:
    least, greatest = limits.get("least"), limits.get("greatest")

    def check(value: object, field: str) -> Iterator[Fault]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield Fault(field, "type", wanted="int", given=type(value).__name__)
        elif least is not None and value < least:
            yield Fault(field, "too_small", least=least)
        elif greatest is not None and value > greatest:
            yield Fault(field, "too_great", most=greatest)

    return check


def _moment(limits: Mapping[str, Any]) -> Check:
    def check(value: object, field: str) -> Iterator[Fault]:
        if not isinstance(value, datetime):
            yield Fault(field, "type", wanted="datetime", given=type(value).__name__)
        elif value.utcoffset() is None:
            yield Fault(field, "naive_time")
        elif not is_reckonable(value):
            yield Fault(field, "not_a_moment")

    return check


def is_reckonable(moment: datetime) -> bool:
    """
    Whether *moment* is aware and comes back from its written form as it was: its zone is whole minutes off UTC.

    Before 1980 (our bound) some zones were not, and no complaint is that old: such a date is a slip or a default.
    """
    offset = moment.utcoffset()
    return offset is not None and moment.year >= EARLIEST_YEAR and not offset % _MINUTE


def _amount(limits: Mapping[str, Any]) -> Check:
    def check(value: object, field: str) -> Iterator[Fault]:
        if not isinstance(value, Decimal):
            yield Fault(field, "type", wanted="Decimal", given=type(value).__name__)
        elif not value.is_finite():
            yield Fault(field, "not_finite")

    return check


def _yes_or_no(limits: Mapping[str, Any]) -> Check:
    return _instance(bool)


__all__ = [
    "check_at_birth",
    "evolve",
    "faults_in",
    "faults_of",
    "is_reckonable",
    "line",
    "noun",
    "number",
    "prose",
    "reread",
    "several",
]
