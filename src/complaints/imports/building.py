"""Rows become an order to adopt a complaint, with marks for what is doubtful; or all that is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, time
from enum import StrEnum
from hashlib import sha256
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import attrs

from complaints.errors import Fault, InvalidCommandError
from complaints.imports.dates import Dates
from complaints.imports.findings import Filled, Findings, Mark, Wrong, with_room
from complaints.imports.mapping import EACH, ImportMap, as_value
from complaints.imports.parts import Parts
from complaints.imports.rows import Row
from complaints.imports.sources import Binding, Source
from complaints.imports.values import all_texts, distinct, first, first_line, first_text, forms, member, prose
from complaints.imports.wording import member_of
from complaints.model.adoption import Milestone
from complaints.model.base import EARLIEST_YEAR, is_reckonable
from complaints.model.people import Dealer
from complaints.model.words import Channel, Kind, Outcome, Severity, State
from complaints.stages.adoption import ADOPTABLE, Adopt

E = TypeVar("E", bound=StrEnum)

_OVER = (State.FOLLOW_UP, State.CLOSED)
_CONTROL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_DIGEST = 32
"""Hexadecimal digits of a row's digest: 128 bits, so that two rows never meet by chance."""


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
        self._parts = Parts(table, bound, dealer)
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
        return self._number.text(with_room(row.cells)) if row.cells else ""

    def reason_to_skip(self, row: Row) -> str | None:
        """Why the map leaves it out; ``None`` if it does not."""
        if not self._skips:
            return None
        cells = with_room(row.cells)
        return next((why for why, test in self._skips if test(cells)), None)

    def built(self, number: str, rows: Sequence[Row]) -> Built | tuple[Wrong, ...]:
        """The order that *rows*, all of one complaint, come to; or everything that is wrong with them."""
        findings = Findings()
        findings.wrong += (Wrong(row.number, fault) for row in rows for fault in row.faults)
        if not number and self._number is not None and not findings.wrong:
            findings.refuse(rows[0], self._number, Fault("", "no_number_here"))
        if self._number is not None and not number.isprintable():
            findings.refuse(rows[0], self._number, Fault("", "control_characters"))
        if findings.wrong:
            return tuple(findings.wrong)
        filled = [self._cleaned(row, findings) for row in rows]
        try:
            command = self._command(number, filled, findings)
        except InvalidCommandError as error:
            return tuple(Wrong(rows[0].number, self._with_column(fault)) for fault in error.faults)
        return tuple(findings.wrong) if command is None else Built(number, command, tuple(findings.marks))

    def _cleaned(self, row: Row, findings: Findings) -> Filled:
        """The row with blanks for control characters, which no text here can hold; each is marked."""
        if not _CONTROL.search("".join(row.cells)):
            return Filled(row, with_room(row.cells))
        for name, place in self._looked_at:
            if _CONTROL.search(row.cells[place]):
                findings.marks.append(Mark(row.number, name, row.cells[place], Fault(name, "control_characters")))
        return Filled(row, with_room(tuple(_CONTROL.sub(" ", cell).strip() for cell in row.cells)))

    def _command(self, number: str, rows: Sequence[Filled], findings: Findings) -> Adopt | None:
        said = self._complaint
        received = self._received(rows, findings)
        needed: dict[str, Any] = {
            "received_at": received,
            "statement": self._statement(rows, findings),
            "channel": self._needed(Channel, "channel", rows, findings),
            "target": self._needed(State, "state", rows, findings),
        }
        more: dict[str, Any] = {
            "kind": self._optional(Kind, "kind", rows, findings),
            "severity": self._optional(Severity, "severity", rows, findings),
            "outcome": self._optional(Outcome, "outcome", rows, findings),
            "handler": first_line(said.get("handler"), rows),
            "wish": first_text(said.get("wish"), rows),
            "answer": first_text(said.get("answer"), rows),
        }
        parts = self._parts
        customer = parts.complainant(rows, findings)
        lists: dict[str, Any] = {
            "issues": parts.issues(rows, findings),
            "vehicles": parts.vehicles(rows, findings),
            "parties": parts.parties(rows, findings),
            "refs": parts.refs(rows, findings),
            "alarms": tuple(distinct(alarm for alarm, test in self._alarms for row in rows if test(row.cells))),
            "complained_of": all_texts(said.get("complained_of"), rows),
            "milestones": self._all_milestones(rows, received, findings),
        }
        if needed["target"] is State.EXECUTION:
            lists["remedies"] = parts.remedies(rows, findings)
        self._doubt(rows, findings)
        if findings.wrong:
            return None
        if more["outcome"] is not None and needed["target"] not in _OVER:
            # it has not ended: what the old system says of its end is noted, and not believed
            findings.mark(rows[0].row, said["outcome"], more.pop("outcome"), Fault("", "not_before_the_end"))
        return Adopt(
            dealer=self._dealer.id,
            complainant=customer,
            system=self._table.system,
            number=number,
            **needed,
            **{name: value for name, value in more.items() if value is not None},
            **lists,
        )

    def _with_column(self, fault: Fault) -> Fault:
        """The fault by the name of the column that the field was filled from, where there is one."""
        name = {"target": "state", "number": "number"}.get(fault.field.partition("[")[0], fault.field)
        source = self._complaint.get(name) if name != "number" else self._number
        return fault if source is None else Fault(source.columns, fault.code, **fault.facts)

    # --- the complaint itself ---------------------------------------------------------------------------------------

    def _received(self, rows: Sequence[Filled], findings: Findings) -> datetime | None:
        """The earliest of them: that the customer had complained is never forgotten."""
        source = self._complaint["received_at"]
        found: list[datetime] = []
        for row in rows:
            text = source.text(row.cells)
            moment = source.dates.moment(text) if text else None
            if moment is not None and is_reckonable(moment):
                found.append(moment)
            elif moment is not None:
                findings.refuse(row.row, source, Fault("", "too_long_ago", since=EARLIEST_YEAR))
            else:
                fault = Fault("", "not_in_forms", forms=forms(source)) if text else Fault("", "missing")
                findings.refuse(row.row, source, fault)
        return min(found, default=None)

    def _statement(self, rows: Sequence[Filled], findings: Findings) -> str | None:
        source = self._complaint["statement"]
        told = tuple(dict.fromkeys(text for row in rows if (text := prose(source.text(row.cells)))))
        if not told:
            findings.refuse(rows[0].row, source, Fault("", "missing"))
        return "\n\n".join(told) or None

    def _needed(self, enum: type[E], name: str, rows: Sequence[Filled], findings: Findings) -> E | None:
        source = self._complaint[name]
        row, text = first(source, rows)
        found = member_of(enum, text)
        if found is None:
            choices = tuple(one.value for one in (ADOPTABLE if enum is State else enum))
            fault = Fault("", "unknown_word", choices=choices)
            findings.refuse(row.row, source, fault if text else Fault("", "missing"))
        return found

    def _optional(self, enum: type[E], name: str, rows: Sequence[Filled], findings: Findings) -> E | None:
        source = self._complaint.get(name)
        return None if source is None else member(enum, source, *first(source, rows), findings)

    def _all_milestones(
        self, rows: Sequence[Filled], received: datetime | None, findings: Findings
    ) -> tuple[Milestone, ...]:
        found: list[Milestone] = []
        for state, source in self._milestones:
            row, text = first(source, rows)
            moment = source.dates.moment(text) if text else None
            if text and moment is None:
                findings.mark(row.row, source, text, Fault("", "not_in_forms", forms=forms(source)))
            elif moment is not None and received is not None and moment < received:
                findings.mark(row.row, source, text, Fault("", "before_receipt"))
            elif moment is not None:
                found.append(Milestone(state=state, at=moment))
        order = tuple(State)
        return tuple(sorted(found, key=lambda one: (one.at, order.index(one.state))))

    def _doubt(self, rows: Sequence[Filled], findings: Findings) -> None:
        for why, column, test in self._doubts:
            for row in rows:
                if test(row.cells):
                    findings.marks.append(Mark(row.row.number, column, row.cells[self._places[column]], why))


__all__ = ["Builder", "Built"]
