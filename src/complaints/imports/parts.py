"""The parts of a complaint that are values of their own: people, cars, issues, and what is left to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from complaints.errors import Fault
from complaints.imports.conditions import year_in
from complaints.imports.findings import Filled, Findings
from complaints.imports.map_file import MapFile
from complaints.imports.sources import Binding, Source
from complaints.imports.values import category, distinct, first, forms, line, made, member, number, prose, yes
from complaints.imports.wording import member_of
from complaints.model.money import Money
from complaints.model.people import Customer, Dealer, ExternalRef, Party
from complaints.model.proposal import Remedy
from complaints.model.registration import Issue, Vehicle
from complaints.model.words import Channel, PartyKind, RemedyKind

_KM_PER_MILE = 1.609344


class Parts:
    """Makes them of the rows of one file."""

    def __init__(self, table: MapFile, bound: Binding, dealer: Dealer) -> None:
        self._dealer = dealer
        self._system = table.system
        self._customer = bound.group(table.customer)
        self._vehicle = bound.group(table.vehicle)
        self._has_vehicle = bound.test(table.vehicle.when) if table.vehicle is not None else None
        self._issues = [bound.group(one) for one in table.issue]
        self._parties = [bound.group(one) for one in table.party]
        self._remedies = [bound.group(one) for one in table.remedy]
        self._refs = [(one.system or table.system, one.kind, bound.group(one)["id"]) for one in table.ref]

    def complainant(self, rows: Sequence[Filled], findings: Findings) -> Customer:
        """Who complained, as far as is known."""
        values: dict[str, Any] = {}
        for name, source in self._customer.items():
            row, text = first(source, rows)
            if not text:
                continue
            if name == "id":
                values["ref"] = self._reference("customer", source, row, findings)
            elif name == "member":
                values["member"] = yes(source, row, text, findings)
            elif name == "preferred_channel":
                values[name] = member(Channel, source, row, text, findings)
            else:
                values[name] = line(text)
        return made(Customer, values, self._customer, rows[0], findings) or Customer()

    def vehicles(self, rows: Sequence[Filled], findings: Findings) -> tuple[Vehicle, ...]:
        """The cars that the rows name."""
        if self._has_vehicle is None:
            return ()
        return tuple(distinct(self._car(row, findings) for row in rows if self._has_vehicle(row.cells)))

    def _car(self, row: Filled, findings: Findings) -> Vehicle | None:
        values: dict[str, Any] = {}
        for name, source in self._vehicle.items():
            text = source.text(row.cells)
            if not text:
                continue
            if name == "year":
                values[name] = number(source, row, text, year_in(text), findings)
            elif name == "mileage_km":
                values[name] = number(source, row, text, _kilometres(text, source.unit), findings)
            elif name == "id":
                values["ref"] = self._reference("vehicle", source, row, findings)
            else:
                values[name] = _vin(text) if name == "vin" else line(text)
        values = {name: value for name, value in values.items() if value is not None}
        return made(Vehicle, values, self._vehicle, row, findings) if values else None

    def issues(self, rows: Sequence[Filled], findings: Findings) -> tuple[Issue, ...]:
        """What is complained of, each thing once."""
        found = [one for sources in self._issues for row in rows for one in _issues(sources, row, findings)]
        return tuple(
            Issue(id=f"I{place}", category=code, text=text, is_safety=is_safety)
            for place, (code, text, is_safety) in enumerate(dict.fromkeys(found), start=1)
        )

    def parties(self, rows: Sequence[Filled], findings: Findings) -> tuple[Party, ...]:
        """Who else stands on the customer's side."""
        return tuple(distinct(self._party(one, row, findings) for one in self._parties for row in rows))

    def remedies(self, rows: Sequence[Filled], findings: Findings) -> tuple[Remedy, ...]:
        """What is left to do."""
        return tuple(distinct(self._remedy(one, row, findings) for one in self._remedies for row in rows))

    def refs(self, rows: Sequence[Filled], findings: Findings) -> tuple[ExternalRef, ...]:
        """By what else it is found."""
        named = (
            self._reference(kind, source, row, findings, system) for system, kind, source in self._refs for row in rows
        )
        return tuple(distinct(named))

    def _party(self, sources: Mapping[str, Source], row: Filled, findings: Findings) -> Party | None:
        name = sources["name"].text(row.cells)
        if not name:
            return None
        kind = member(PartyKind, sources["kind"], row, sources["kind"].text(row.cells), findings)
        phone = line(sources["phone"].text(row.cells)) if "phone" in sources else ""
        values: dict[str, Any] = {"kind": kind, "name": line(name), "phone": phone or None}
        return None if kind is None else made(Party, values, sources, row, findings)

    def _remedy(self, sources: Mapping[str, Source], row: Filled, findings: Findings) -> Remedy | None:
        said = {name: source.text(row.cells) for name, source in sources.items()}
        kind, due = member_of(RemedyKind, said["kind"]), sources["due"].dates.moment(said["due"])
        if kind is None:
            fault = Fault("", "unknown_word", choices=tuple(one.value for one in RemedyKind))
            findings.refuse(row.row, sources["kind"], fault)
        if due is None:
            findings.refuse(row.row, sources["due"], Fault("", "not_in_forms", forms=forms(sources["due"])))
        if not said["owner"]:
            findings.refuse(row.row, sources["owner"], Fault("", "missing"))
        if kind is None or due is None or not said["owner"]:
            return None
        return Remedy(
            kind=kind,
            text=prose(said.get("text", "")) or None,
            cost=Money("0", self._dealer.currency),
            owner=line(said["owner"]),
            due=due.astimezone(self._dealer.tz).date(),
        )

    def _reference(
        self, kind: str, source: Source, row: Filled, findings: Findings, system: str | None = None
    ) -> ExternalRef | None:
        text = line(source.text(row.cells))
        values = {"system": system or self._system, "kind": kind, "id": text}
        return made(ExternalRef, values, {"id": source}, row, findings) if text else None


def _issues(
    sources: Mapping[str, Source], row: Filled, findings: Findings
) -> Iterator[tuple[str | None, str | None, bool]]:
    each = sources.get("each")
    parts = [""] if each is None else each.texts(row.cells)
    for part in parts:
        cells = (*row.cells[:-1], part)
        filled = Filled(row.row, cells)
        text = prose(sources["text"].text(cells)) or None if "text" in sources else None
        code = category(sources.get("category"), filled, findings)
        safety = sources.get("is_safety")
        said = "" if safety is None else safety.text(cells)
        is_safety = yes(safety, filled, said, findings) if safety is not None and said else False
        if text is not None or code is not None:
            yield code, text, is_safety


def _kilometres(text: str, unit: str | None) -> int | None:
    plain = text.replace(",", "").replace(" ", "")
    if not plain.isascii() or not plain.isdecimal() or len(plain) > 9:
        return None
    return round(int(plain) * _KM_PER_MILE) if unit == "miles" else int(plain)


def _vin(text: str) -> str:
    """As people write it, in capitals and without blanks or hyphens."""
    return text.upper().replace(" ", "").replace("-", "")


__all__ = ["Parts"]
