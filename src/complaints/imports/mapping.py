"""A map: which column is what. Read from its file and checked whole, so that no row is the first to find a fault."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import attrs

from complaints.errors import Fault, InvalidCommandError
from complaints.forms.filled import value_from
from complaints.imports.conditions import columns_in
from complaints.imports.dates import is_date_form
from complaints.imports.map_file import Condition, Given, IssueTable, MapFile, Value
from complaints.imports.templates import Template
from complaints.imports.wording import NOTHING, category_of, member_of, yes_or_no
from complaints.model.words import Category, Channel, Kind, Outcome, PartyKind, RemedyKind, Severity, State
from complaints.stages.adoption import ADOPTABLE

EACH = "each"
"""What an issue calls the part that it is made of."""

_LONGEST_FILE = 1024 * 1024
_ENUMS: Mapping[str, type[StrEnum]] = {
    "complaint.channel": Channel,
    "complaint.kind": Kind,
    "complaint.severity": Severity,
    "complaint.outcome": Outcome,
    "customer.preferred_channel": Channel,
    "party.kind": PartyKind,
    "remedy.kind": RemedyKind,
}
_CATEGORY = "issue.category"
_YES_OR_NO = frozenset({"customer.member", "issue.is_safety"})


@attrs.frozen
class ImportMap:
    """
    A map that holds together.

    Attributes:
        table: As it stands in the file.
        text: The file itself, to be copied.
        columns: Every column that it looks at.
    """

    table: MapFile
    text: str
    columns: frozenset[str]

    @property
    def name(self) -> str:
        """Its name, a part of every key."""
        return self.table.name

    @classmethod
    def parse(cls, text: str, *, name: str) -> ImportMap:
        """
        The map that *text* says.

        Args:
            name: What it is called in the error: its file's name.

        Raises:
            InvalidCommandError: With every fault in it.
        """
        table = value_from(MapFile, _as_json(_toml(text, name)), name=name)
        faults = [*_faults(table)]
        if faults:
            raise InvalidCommandError(name, faults)
        return cls(table, text, frozenset(_columns(table)))

    def places(self, columns: Iterable[str], *, file: str) -> Mapping[str, int]:
        """
        Where each column stands in a file; an optional one that is not there, behind the last.

        Raises:
            InvalidCommandError: If the file has not all columns that the map looks at, or one of them twice.
        """
        names = tuple(columns)
        faults: list[Fault] = []
        missing = tuple(sorted(self.columns - {*names, *self.table.file.optional}))
        if missing and self.columns.isdisjoint(names):
            # a file without names begins with somebody's row, which is nobody's to read on a screen
            faults.append(Fault("columns", "no_column_at_all", missing=missing))
        elif missing:
            faults.append(Fault("columns", "no_columns", missing=missing, columns=tuple(filter(None, names))))
        doubled = tuple(sorted(name for name in self.columns if names.count(name) > 1))
        if doubled:
            faults.append(Fault("columns", "columns_doubled", columns=doubled))
        if faults:
            raise InvalidCommandError(file, faults)
        absent = dict.fromkeys(self.table.file.optional, len(names))
        return absent | {name: place for place, name in enumerate(names) if name}


def shipped_maps() -> tuple[str, ...]:
    """Names of the maps inside this package."""
    return tuple(sorted(one.name.removesuffix(".toml") for one in _shipped().iterdir() if one.name.endswith(".toml")))


def load_map(given: str | Path) -> ImportMap:
    """
    A map from its file, or a shipped one by its name.

    Raises:
        InvalidCommandError: With every fault in it, or if there is no such file and no such shipped map.
    """
    name = str(given)
    if name in shipped_maps():
        return ImportMap.parse(_shipped().joinpath(f"{name}.toml").read_text(encoding="utf-8"), name=name)
    try:
        with Path(given).open("rb") as opened:
            content = opened.read(_LONGEST_FILE + 1)
    except (OSError, ValueError):
        raise InvalidCommandError(name, [Fault("map", "no_map", shipped=shipped_maps())]) from None
    if len(content) > _LONGEST_FILE:
        raise InvalidCommandError(name, [Fault(name, "file_too_long", most=_LONGEST_FILE)])
    try:
        return ImportMap.parse(content.decode("utf-8-sig"), name=name)
    except UnicodeDecodeError:
        raise InvalidCommandError(name, [Fault(name, "not_toml")]) from None


def _shipped() -> Any:
    return files("complaints.imports").joinpath("maps")


def _toml(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text.replace("\r\n", "\n"), parse_float=str)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidCommandError(name, [Fault(name, "map_not_toml", where=str(error)[-60:])]) from None


def _as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _as_json(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_as_json(one) for one in value]
    return value.isoformat() if isinstance(value, (datetime, date, time)) else value


# --- what a map gives -----------------------------------------------------------------------------------------------


def as_value(given: Given) -> Value:
    """A text alone is a value without anything beside it."""
    return Value(value=given) if isinstance(given, str) else given


def givens(table: MapFile) -> Iterator[tuple[str, str, Given]]:
    """Every value of the map: what it is for, where it stands, and what it says."""
    groups: list[tuple[str, str, object]] = [
        ("complaint", "complaint", table.complaint),
        ("customer", "customer", table.customer),
        ("vehicle", "vehicle", table.vehicle),
    ]
    for kind in ("issue", "party", "ref", "remedy"):
        groups += [(kind, f"{kind}[{place}]", one) for place, one in enumerate(getattr(table, kind))]
    for kind, where, group in groups:
        for name, given in givens_in(group):
            yield f"{kind}.{name}", f"{where}.{name}", given
    for state, given in table.milestones.items():
        yield "milestones", f"milestones.{state.value}", given
    if table.key.value is not None:
        yield "key.value", "key.value", table.key.value


def givens_in(table: object) -> Iterator[tuple[str, Given]]:
    """What a table of the map says about where things come from, by the names of its fields."""
    for field in () if table is None else attrs.fields(cast("Any", type(table))):
        # the kind of a reference is what it is, and comes from nowhere
        value = getattr(table, field.name) if "Given" in str(field.type) else None
        if value is not None:
            yield field.name, value


def _conditions(table: MapFile) -> Iterator[tuple[str, tuple[Condition, ...]]]:
    for kind in ("alarm", "skip", "doubt"):
        for place, one in enumerate(getattr(table, kind)):
            yield f"{kind}[{place}].when", one.when
    if table.vehicle is not None:
        yield "vehicle.when", table.vehicle.when


def _columns(table: MapFile) -> Iterator[str]:
    for what, _, given in givens(table):
        value = as_value(given)
        own = {EACH} if what.startswith("issue.") else set()
        for text in (value.value, value.default or ""):
            yield from (name for name in Template.parse(text).columns if name not in own)
    for _, conditions in _conditions(table):
        yield from columns_in(conditions)


# --- what can be wrong between parts that are right by themselves ---------------------------------------------------


def _faults(table: MapFile) -> Iterator[Fault]:
    yield from _faults_of_file(table)
    for what, where, given in givens(table):
        yield from _faults_of_value(what, where, as_value(given), table)
    for place, issue in enumerate(table.issue):
        yield from _faults_of_issue(f"issue[{place}]", issue)
    if table.file.columns:
        missing = _missing(table)
        if missing:
            yield Fault("file.columns", "no_columns", missing=missing, columns=table.file.columns)


def _faults_of_file(table: MapFile) -> Iterator[Fault]:
    yield from _faults_of_dates("file.dates", table.file.dates)
    if table.file.zone is not None:
        try:
            ZoneInfo(table.file.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            yield Fault("file.zone", "zone")
    try:
        time.fromisoformat(table.file.time)
    except ValueError:
        yield Fault("file.time", "hour")


def _faults_of_dates(where: str, forms: Iterable[str]) -> Iterator[Fault]:
    for place, form in enumerate(forms):
        if not is_date_form(form):
            yield Fault(f"{where}[{place}]", "date_form", form=form)


def _faults_of_value(what: str, where: str, value: Value, table: MapFile) -> Iterator[Fault]:
    yield from _faults_of_dates(f"{where}.dates", value.dates)
    for name, text in (("value", value.value), ("default", value.default or "")):
        try:
            Template.parse(text)
        except ValueError:
            yield Fault(f"{where}.{name}", "template")
            return
    if value.words is not None and value.words not in table.words:
        yield Fault(f"{where}.words", "choice", choices=tuple(table.words))
        return
    yield from _faults_of_words(what, where, value, table)


def _faults_of_words(what: str, where: str, value: Value, table: MapFile) -> Iterator[Fault]:
    """What is said in our words must be one of them."""
    given = {where: value.value} if value.words is None and not Template.parse(value.value).columns else {}
    if value.default is not None and not Template.parse(value.default).columns:
        given[f"{where}.default"] = value.default
    if value.words is not None:
        words = table.words[value.words]
        given |= {f"words.{value.words}.{old}": new for old, new in words.items() if new != NOTHING}
    for place, text in given.items():
        choices = _choices(what, text)
        if choices is not None:
            yield Fault(place, "choice", choices=choices)


def _choices(what: str, text: str) -> tuple[str, ...] | None:
    """What could be said instead of *text*; ``None`` if it can be said."""
    if what == "complaint.state":
        return None if member_of(State, text) in ADOPTABLE else tuple(state.value for state in ADOPTABLE)
    enum = _ENUMS.get(what)
    if enum is not None:
        return None if member_of(enum, text) is not None else tuple(one.value for one in enum)
    if what == _CATEGORY:
        return None if category_of(text) is not None else tuple(one.value for one in Category)
    if what in _YES_OR_NO:
        return None if yes_or_no(text) is not None else ("yes", "no")
    return None


def _faults_of_issue(where: str, issue: IssueTable) -> Iterator[Fault]:
    if issue.text is None and issue.category is None:
        yield Fault(where, "nothing_given")
    if issue.each is not None and EACH in Template.parse_or_empty(as_value(issue.each).value).columns:
        yield Fault(f"{where}.each", "template")


def _missing(table: MapFile) -> tuple[str, ...]:
    try:
        return tuple(sorted({*_columns(table)} - {*table.file.columns}))
    except ValueError:
        return ()  # a broken template is told of by itself


__all__ = ["EACH", "ImportMap", "as_value", "givens", "givens_in", "load_map", "shipped_maps"]
