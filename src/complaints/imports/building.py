"""Rows become an order to adopt a complaint, with marks for what is doubtful; or all that is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, time
from enum import StrEnum
from hashlib import sha256
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import attrs

from complaints.errors import Fault, InvalidCommandError
from complaints.imports.conditions import year_in
from complaints.imports.dates import Dates
from complaints.imports.map_file import RefTable
from complaints.imports.mapping import EACH, ImportMap, as_value
from complaints.imports.rows import Row
from complaints.imports.sources import Binding, Source
from complaints.imports.wording import category_of, member_of, yes_or_no
from complaints.model.adoption import Milestone
from complaints.model.people import Customer, Dealer, ExternalRef, Party
from complaints.model.registration import Issue, Vehicle
from complaints.model.words import Channel, Kind, Outcome, PartyKind, Severity, State
from complaints.stages.adoption import Adopt

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)

_KM_PER_MILE = 1.609344
_OVER = (State.FOLLOW_UP, State.CLOSED)
_CONTROL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_DIGEST = 32
"""Hexadecimal digits of a row's digest: 128 bits, so that two rows never meet by chance."""


@attrs.frozen
class Mark:
    """
    Something in a row that cannot be right, or could not be used; the row was taken in all the same.

    Attributes:
        row: Its number.
        column: Where it stands.
        value: What stands there. Personal, so it is told in the history alone.
        why: What is wrong with it; the words of the map, for what only the map doubts.
    """

    row: int
    column: str
    value: str
    why: Fault | str

    @property
    def code(self) -> str:
        """The stable code; ``doubt`` for what only the map doubts."""
        return self.why.code if isinstance(self.why, Fault) else "doubt"

    def reason(self, language: str) -> str:
        """What is wrong, in *language*; the map speaks as it was written."""
        return self.why.sentence(language) if isinstance(self.why, Fault) else self.why


@attrs.frozen
class Built:
    """
    What can be handed to the desk.

    Attributes:
        number: The complaint's number in the old system.
        command: The order.
        marks: What is doubtful about it.
    """

    number: str
    command: Adopt
    marks: tuple[Mark, ...]


@attrs.frozen
class Wrong:
    """
    What is wrong with a row.

    Attributes:
        row: Its number.
        fault: What it is; its field is the column, or columns.
    """

    row: int
    fault: Fault


class _Notes:
    """What is found wrong and doubtful while one complaint is made."""

    def __init__(self) -> None:
        self.wrong: list[Wrong] = []
        self.marks: list[Mark] = []

    def refuse(self, row: Row, source: Source, code: Fault) -> None:
        self.wrong.append(Wrong(row.number, Fault(source.columns, code.code, **code.facts)))

    def mark(self, row: Row, source: Source, value: str, fault: Fault) -> None:
        self.marks.append(Mark(row.number, source.columns, value, fault))


class Builder:
    """
    Makes orders of the rows of one file.

    Args:
        columns: The columns of the file.
        is_workbook: Whether it is one: numbers may be days there.

    Raises:
        InvalidCommandError: If the file has not the columns that the map looks at.
    """

    def __init__(
        self, map: ImportMap, columns: Sequence[str], dealer: Dealer, *, file: str, is_workbook: bool = False
    ) -> None:
        table = map.table
        zone = ZoneInfo(table.file.zone) if table.file.zone is not None else dealer.tz
        dates = Dates(table.file.dates, zone, time.fromisoformat(table.file.time), is_workbook)
        places = map.places(columns, file=file)
        bound = Binding(map, {**places, EACH: len(columns) + 1}, dates)
        self._dealer = dealer
        self._table = table
        self._number = bound.source(table.key.value)
        self._complaint = bound.group(table.complaint)
        self._customer = bound.group(table.customer)
        self._vehicle = bound.group(table.vehicle)
        self._has_vehicle = bound.test(table.vehicle.when) if table.vehicle is not None else None
        self._issues = [bound.group(one) for one in table.issue]
        self._parties = [bound.group(one) for one in table.party]
        self._refs = [(one, bound.source(one.id)) for one in table.ref]
        self._alarms = [(one.alarm, bound.test(one.when)) for one in table.alarm]
        self._skips = [(one.why, bound.test(one.when)) for one in table.skip]
        self._doubts = [(one.why, one.when[0].column, bound.test(one.when)) for one in table.doubt]
        self._milestones = [(state, Source(as_value(given), bound)) for state, given in table.milestones.items()]
        self._places = bound.places
        self._looked_at = [(name, places[name]) for name in sorted(map.columns) if places[name] < len(columns)]

    @property
    def within(self) -> int:
        """How many rows apart those of one complaint may lie; 0 where each row is a complaint."""
        return self._table.key.within if self._table.key.group else 0

    # --- rows -------------------------------------------------------------------------------------------------------

    def number_of(self, row: Row) -> str:
        """The complaint's number in the old system; empty where the row has none."""
        if self._number is None:
            return sha256("\x1f".join(row.cells).encode("utf-8", "surrogateescape")).hexdigest()[:_DIGEST]
        return self._number.text(_with_room(row.cells)) if row.cells else ""

    def reason_to_skip(self, row: Row) -> str | None:
        """Why the map leaves it out; ``None`` if it does not."""
        if not self._skips:
            return None
        cells = _with_room(row.cells)
        return next((why for why, test in self._skips if test(cells)), None)

    def built(self, number: str, rows: Sequence[Row]) -> Built | tuple[Wrong, ...]:
        """The order that *rows*, all of one complaint, come to; or everything that is wrong with them."""
        notes = _Notes()
        notes.wrong += (Wrong(row.number, fault) for row in rows for fault in row.faults)
        if not number and self._number is not None:
            notes.refuse(rows[0], self._number, Fault("", "no_number_here"))
        if self._number is not None and not number.isprintable():
            notes.refuse(rows[0], self._number, Fault("", "control_characters"))
        if notes.wrong:
            return tuple(notes.wrong)
        command = self._command(number, [self._cleaned(row, notes) for row in rows], notes)
        if command is None or notes.wrong:
            return tuple(notes.wrong)
        return Built(number, command, tuple(notes.marks))

    def _cleaned(self, row: Row, notes: _Notes) -> _Filled:
        """The row with blanks for control characters, which no text here can hold; each is marked."""
        if not _CONTROL.search("".join(row.cells)):
            return _Filled(row, _with_room(row.cells))
        for name, place in self._looked_at:
            if _CONTROL.search(row.cells[place]):
                notes.marks.append(Mark(row.number, name, row.cells[place], Fault(name, "control_characters")))
        return _Filled(row, _with_room(tuple(_CONTROL.sub(" ", cell).strip() for cell in row.cells)))

    def _command(self, number: str, rows: Sequence[_Filled], notes: _Notes) -> Adopt | None:
        said = self._complaint
        received = self._received(rows, notes)
        needed: dict[str, Any] = {
            "received_at": received,
            "statement": self._statement(rows, notes),
            "channel": self._needed(Channel, "channel", rows, notes),
            "target": self._needed(State, "state", rows, notes),
        }
        more: dict[str, Any] = {
            "kind": self._optional(Kind, "kind", rows, notes),
            "severity": self._optional(Severity, "severity", rows, notes),
            "outcome": self._optional(Outcome, "outcome", rows, notes),
            "handler": _first_line(said.get("handler"), rows),
            "wish": _first_text(said.get("wish"), rows),
            "answer": _first_text(said.get("answer"), rows),
        }
        customer = self._complainant(rows, notes)
        lists: dict[str, Any] = {
            "issues": self._all_issues(rows, notes),
            "vehicles": self._vehicles(rows, notes),
            "parties": tuple(_distinct(self._party(one, row, notes) for one in self._parties for row in rows)),
            "refs": tuple(_distinct(self._ref(one, source, row, notes) for one, source in self._refs for row in rows)),
            "alarms": tuple(_distinct(alarm for alarm, test in self._alarms for row in rows if test(row.cells))),
            "complained_of": _all_texts(said.get("complained_of"), rows),
            "milestones": self._all_milestones(rows, received, notes),
        }
        self._doubt(rows, notes)
        if notes.wrong:
            return None
        if more["outcome"] is not None and needed["target"] not in _OVER:
            # it has not ended: what the old system says of its end is noted, and not believed
            notes.mark(rows[0].row, said["outcome"], more.pop("outcome"), Fault("", "not_before_the_end"))
        try:
            return Adopt(
                dealer=self._dealer.id,
                complainant=customer,
                system=self._table.system,
                number=number,
                **needed,
                **{name: value for name, value in more.items() if value is not None},
                **lists,
            )
        except InvalidCommandError as error:
            notes.wrong += (Wrong(rows[0].row.number, self._with_column(fault)) for fault in error.faults)
            return None

    def _with_column(self, fault: Fault) -> Fault:
        """The fault by the name of the column that the field was filled from, where there is one."""
        name = {"target": "state", "number": "number"}.get(fault.field.partition("[")[0], fault.field)
        source = self._complaint.get(name) if name != "number" else self._number
        return fault if source is None else Fault(source.columns, fault.code, **fault.facts)

    # --- the complaint itself ---------------------------------------------------------------------------------------

    def _received(self, rows: Sequence[_Filled], notes: _Notes) -> datetime | None:
        """The earliest of them: that the customer had complained is never forgotten."""
        source = self._complaint["received_at"]
        found: list[datetime] = []
        for row in rows:
            text = source.text(row.cells)
            moment = source.dates.moment(text) if text else None
            if moment is not None:
                found.append(moment)
            else:
                fault = Fault("", "not_in_forms", forms=_forms(source)) if text else Fault("", "missing")
                notes.refuse(row.row, source, fault)
        return min(found, default=None)

    def _statement(self, rows: Sequence[_Filled], notes: _Notes) -> str | None:
        source = self._complaint["statement"]
        told = tuple(dict.fromkeys(text for row in rows if (text := _prose(source.text(row.cells)))))
        if not told:
            notes.refuse(rows[0].row, source, Fault("", "missing"))
        return "\n\n".join(told) or None

    def _needed(self, enum: type[E], name: str, rows: Sequence[_Filled], notes: _Notes) -> E | None:
        source = self._complaint[name]
        row, text = _first(source, rows)
        found = member_of(enum, text)
        if found is None:
            fault = Fault("", "unknown_word", choices=tuple(one.value for one in enum))
            notes.refuse(row.row, source, fault if text else Fault("", "missing"))
        return found

    def _optional(self, enum: type[E], name: str, rows: Sequence[_Filled], notes: _Notes) -> E | None:
        source = self._complaint.get(name)
        return None if source is None else _member(enum, source, *_first(source, rows), notes)

    def _all_milestones(
        self, rows: Sequence[_Filled], received: datetime | None, notes: _Notes
    ) -> tuple[Milestone, ...]:
        found: list[Milestone] = []
        for state, source in self._milestones:
            row, text = _first(source, rows)
            moment = source.dates.moment(text) if text else None
            if text and moment is None:
                notes.mark(row.row, source, text, Fault("", "not_in_forms", forms=_forms(source)))
            elif moment is not None and received is not None and moment < received:
                notes.mark(row.row, source, text, Fault("", "before_receipt"))
            elif moment is not None:
                found.append(Milestone(state=state, at=moment))
        order = tuple(State)
        return tuple(sorted(found, key=lambda one: (one.at, order.index(one.state))))

    def _doubt(self, rows: Sequence[_Filled], notes: _Notes) -> None:
        for why, column, test in self._doubts:
            for row in rows:
                if test(row.cells):
                    notes.marks.append(Mark(row.row.number, column, row.cells[self._places[column]], why))

    # --- people, cars, issues ---------------------------------------------------------------------------------------

    def _complainant(self, rows: Sequence[_Filled], notes: _Notes) -> Customer:
        values: dict[str, Any] = {}
        for name, source in self._customer.items():
            row, text = _first(source, rows)
            if not text:
                continue
            if name == "id":
                values["ref"] = self._reference("customer", source, row, notes)
            elif name == "member":
                values["member"] = _yes(source, row, text, notes)
            elif name == "preferred_channel":
                values[name] = _member(Channel, source, row, text, notes)
            else:
                values[name] = _line(text)
        return _made(Customer, values, self._customer, rows[0], notes) or Customer()

    def _vehicles(self, rows: Sequence[_Filled], notes: _Notes) -> tuple[Vehicle, ...]:
        if self._has_vehicle is None:
            return ()
        return tuple(_distinct(self._car(row, notes) for row in rows if self._has_vehicle(row.cells)))

    def _car(self, row: _Filled, notes: _Notes) -> Vehicle | None:
        values: dict[str, Any] = {}
        for name, source in self._vehicle.items():
            text = source.text(row.cells)
            if not text:
                continue
            if name == "year":
                values[name] = _number(source, row, text, year_in(text), notes)
            elif name == "mileage_km":
                values[name] = _number(source, row, text, _kilometres(text, source.unit), notes)
            elif name == "id":
                values["ref"] = self._reference("vehicle", source, row, notes)
            else:
                values[name] = _vin(text) if name == "vin" else _line(text)
        values = {name: value for name, value in values.items() if value is not None}
        return _made(Vehicle, values, self._vehicle, row, notes) if {*values} - {"year", "mileage_km"} else None

    def _all_issues(self, rows: Sequence[_Filled], notes: _Notes) -> tuple[Issue, ...]:
        found = [one for sources in self._issues for row in rows for one in _issues(sources, row, notes)]
        return tuple(
            Issue(id=f"I{place}", category=category, text=text, is_safety=is_safety)
            for place, (category, text, is_safety) in enumerate(dict.fromkeys(found), start=1)
        )

    def _party(self, sources: Mapping[str, Source], row: _Filled, notes: _Notes) -> Party | None:
        name = sources["name"].text(row.cells)
        if not name:
            return None
        kind = _member(PartyKind, sources["kind"], row, sources["kind"].text(row.cells), notes)
        phone = _line(sources["phone"].text(row.cells)) if "phone" in sources else ""
        values: dict[str, Any] = {"kind": kind, "name": _line(name), "phone": phone or None}
        return None if kind is None else _made(Party, values, sources, row, notes)

    def _ref(self, table: RefTable, source: Source | None, row: _Filled, notes: _Notes) -> ExternalRef | None:
        return None if source is None else self._reference(table.kind, source, row, notes, table.system)

    def _reference(
        self, kind: str, source: Source, row: _Filled, notes: _Notes, system: str | None = None
    ) -> ExternalRef | None:
        text = _line(source.text(row.cells))
        values = {"system": system or self._table.system, "kind": kind, "id": text}
        return _made(ExternalRef, values, {"id": source}, row, notes) if text else None


@attrs.frozen
class _Filled:
    """A row with room for what may be missing, and for one part of it."""

    row: Row
    cells: tuple[str, ...]


def _with_room(cells: tuple[str, ...]) -> tuple[str, ...]:
    return (*cells, "", "")


# --- one value ------------------------------------------------------------------------------------------------------


def _made(cls: type[T], values: dict[str, Any], sources: Mapping[str, Source], row: _Filled, notes: _Notes) -> T | None:
    """A noun of *values*; what it does not take is left out and marked, as long as something is left."""
    try:
        return cls(**values)
    except InvalidCommandError as error:
        faults = {fault.field.partition("[")[0].partition(".")[0]: fault for fault in error.faults}
    left = {name: value for name, value in values.items() if name not in faults}
    for name, fault in faults.items():
        source = sources.get({"ref": "id"}.get(name, name))
        if source is not None:
            notes.mark(row.row, source, str(values.get(name, "")), fault)
    return _made(cls, left, sources, row, notes) if left and len(left) < len(values) else None


def _issues(
    sources: Mapping[str, Source], row: _Filled, notes: _Notes
) -> Iterator[tuple[str | None, str | None, bool]]:
    each = sources.get("each")
    parts = [""] if each is None else each.texts(row.cells)
    for part in parts:
        cells = (*row.cells[:-1], part)
        filled = _Filled(row.row, cells)
        text = _prose(sources["text"].text(cells)) or None if "text" in sources else None
        category = _category(sources.get("category"), filled, notes)
        safety = sources.get("is_safety")
        said = "" if safety is None else safety.text(cells)
        is_safety = _yes(safety, filled, said, notes) if safety is not None and said else False
        if text is not None or category is not None:
            yield category, text, is_safety


def _category(source: Source | None, row: _Filled, notes: _Notes) -> str | None:
    text = "" if source is None else source.text(row.cells)
    if source is None or not text:
        return None
    found = category_of(text)
    if found is None:
        notes.mark(row.row, source, text, Fault("", "unknown_category"))
    return found


def _member(enum: type[E], source: Source, row: _Filled, text: str, notes: _Notes) -> E | None:
    found = member_of(enum, text) if text else None
    if text and found is None:
        notes.mark(row.row, source, text, Fault("", "unknown_word", choices=tuple(one.value for one in enum)))
    return found


def _yes(source: Source, row: _Filled, text: str, notes: _Notes) -> bool:
    said = yes_or_no(text)
    if said is None:
        notes.mark(row.row, source, text, Fault("", "unknown_word", choices=("yes", "no")))
    return bool(said)


def _number(source: Source, row: _Filled, text: str, found: int | None, notes: _Notes) -> int | None:
    if found is None:
        notes.mark(row.row, source, text, Fault("", "no_such_number"))
    return found


def _kilometres(text: str, unit: str | None) -> int | None:
    plain = text.replace(",", "").replace(" ", "")
    if not plain.isascii() or not plain.isdecimal() or len(plain) > 9:
        return None
    return round(int(plain) * _KM_PER_MILE) if unit == "miles" else int(plain)


def _vin(text: str) -> str:
    """As people write it, in capitals and without blanks or hyphens."""
    return text.upper().replace(" ", "").replace("-", "")


def _line(text: str) -> str:
    return text if text.isprintable() and "  " not in text else " ".join(text.split())


def _prose(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _forms(source: Source) -> tuple[str, ...]:
    return tuple(source.dates.forms) or ("iso",)


# --- over several rows ----------------------------------------------------------------------------------------------


def _first(source: Source, rows: Sequence[_Filled]) -> tuple[_Filled, str]:
    """The first of *rows* where something stands, and what; the first row and nothing, if nowhere."""
    for row in rows:
        if text := source.text(row.cells):
            return row, text
    return rows[0], ""


def _first_line(source: Source | None, rows: Sequence[_Filled]) -> str | None:
    return None if source is None else _line(_first(source, rows)[1]) or None


def _first_text(source: Source | None, rows: Sequence[_Filled]) -> str | None:
    return None if source is None else _prose(_first(source, rows)[1]) or None


def _all_texts(source: Source | None, rows: Sequence[_Filled]) -> tuple[str, ...]:
    return () if source is None else tuple(dict.fromkeys(text for row in rows for text in source.texts(row.cells)))


def _distinct(values: Iterable[T | None]) -> Iterator[T]:
    return iter(dict.fromkeys(value for value in values if value is not None))


__all__ = ["Builder", "Built", "Mark", "Wrong"]
