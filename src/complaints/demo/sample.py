"""
The shipped sample: what a regulator publishes, made into complaints that a desk can receive.

Nothing disappears: every row becomes a part of a complaint, with a :class:`Mark` where something in it cannot be
right, or is :class:`Refused` with its number and a reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from importlib.resources import files

import attrs

from complaints.errors import ComplaintError, InvalidCommandError
from complaints.locale import sentence
from complaints.model.people import Customer, Dealer, ExternalRef
from complaints.model.registration import Issue, Vehicle
from complaints.model.words import Alarm, Category, Channel
from complaints.orders import new_id
from complaints.stages.intake import Receive

__all__ = ["COMPONENTS", "Mark", "Refused", "Row", "Sample", "category_of", "read_sample", "shipped_text"]

_FIELDS = 48
_NOON = time(12)
_KM_PER_MILE = 1.609344

COMPONENTS: dict[str, tuple[Category, bool]] = {
    "AIR BAGS": (Category.PRODUCT_AIRBAGS, True),
    "CHILD SEAT": (Category.PARTS, True),
    "COMMUNICATIONS": (Category.PRODUCT_ELECTRICS, False),
    "ELECTRICAL SYSTEM": (Category.PRODUCT_ELECTRICS, False),
    "ENGINE AND ENGINE COOLING": (Category.PRODUCT_ENGINE, False),
    "EQUIPMENT": (Category.PARTS, False),
    "EXTERIOR LIGHTING": (Category.PRODUCT_ELECTRICS, False),
    "FUEL SYSTEM": (Category.PRODUCT_ENGINE, True),
    "LATCHES/LOCKS/LINKAGES": (Category.PRODUCT_BODY, False),
    "OTHER": (Category.OTHER, False),
    "PARKING BRAKE": (Category.PRODUCT_BRAKES, True),
    "POWER TRAIN": (Category.PRODUCT_TRANSMISSION, False),
    "SEAT BELTS": (Category.PRODUCT, True),
    "SEATS": (Category.PRODUCT_BODY, False),
    "SERVICE BRAKES": (Category.PRODUCT_BRAKES, True),
    "STEERING": (Category.PRODUCT_STEERING, True),
    "STRUCTURE": (Category.PRODUCT_BODY, False),
    "SUSPENSION": (Category.PRODUCT_SUSPENSION, False),
    "VEHICLE SPEED CONTROL": (Category.PRODUCT_ENGINE, True),
    "VISIBILITY": (Category.PRODUCT_BODY, False),
    "WHEELS": (Category.PRODUCT_TYRES, True),
}
"""NHTSA's component groups: our category, and whether it is a safety part. Which ones are is our choice."""


def category_of(component: str) -> tuple[Category, bool]:
    """Category of a component such as ``"SERVICE BRAKES, HYDRAULIC:ANTILOCK"``, and whether it is a safety part."""
    group = component.partition(":")[0].partition(",")[0].strip()
    return COMPONENTS.get(group, (Category.OTHER, False))


@attrs.frozen(kw_only=True)
class Row:
    """One line of the file, the fields we read; NHTSA's names stand in brackets."""

    number: int
    """Its place in the file, from 1."""
    id: str
    """CMPLID"""
    odi: str
    """ODINO: the same for all rows of one complaint."""
    make: str
    model: str
    year: str
    """YEARTXT: 9999 if unknown."""
    crash: str
    failed_on: str
    """FAILDATE: the day of the incident."""
    fire: str
    injured: str
    deaths: str
    component: str
    city: str
    state: str
    vin: str
    """At most the first 11 characters."""
    received_on: str
    """LDATE"""
    miles: str
    narrative: str
    """CDESCR: the customer's words as they were taken down."""
    product: str
    """PROD_TYPE: V is a vehicle."""
    medical: str
    """MEDICAL_ATTN"""

    @property
    def received(self) -> date:
        """
        The day the complaint came in.

        Raises:
            ValueError: If there is none in the row.
        """
        return _day(self.received_on)

    @property
    def issue_text(self) -> str:
        """The component as NHTSA has it; of what is no vehicle, the product as well."""
        thing = f" ({self.make} {self.model})" if self.product != "V" else ""
        return f"{self.component.strip()}{thing}"


_COLUMNS = {
    "id": 1, "odi": 2, "make": 4, "model": 5, "year": 6, "crash": 7, "failed_on": 8, "fire": 9, "injured": 10,
    "deaths": 11, "component": 12, "city": 13, "state": 14, "vin": 15, "received_on": 17, "miles": 18, "narrative": 20,
    "product": 46, "medical": 48,
}  # fmt: skip
"""Our fields by the field numbers of NHTSA's description, which count from 1."""


@attrs.frozen
class Mark:
    """
    Something in a row that cannot be right; the row was taken in all the same.

    Attributes:
        row: Place in the file, from 1.
        odi: Number of the complaint.
        code: ``state``, ``vin``, ``year`` or ``incident``.
        value: What stands there.
    """

    row: int
    odi: str
    code: str
    value: str

    def sentence(self, language: str = "en") -> str:
        """What is wrong with it, in *language*."""
        return sentence("demo", f"mark.{self.code}", language, {"row": self.row, "value": self.value})


@attrs.frozen
class Refused:
    """
    A row that could not be taken in, and why.

    Attributes:
        row: Place in the file, from 1.
        code: ``fields``, ``number``, ``date``, ``narrative`` or ``invalid``.
        value: What stands there.
        error: What the library said, for ``invalid``.
    """

    row: int
    code: str
    value: str = ""
    error: ComplaintError | None = None

    def sentence(self, language: str = "en") -> str:
        """Number and reason, in *language*."""
        value = self.value if self.error is None else self.error.sentence(language)
        return sentence("demo", f"refused.{self.code}", language, {"row": self.row, "value": value})


@attrs.frozen
class Sample:
    """
    A file as it was understood.

    Attributes:
        rows: How many lines it has.
        complaints: What can be received, by ODI number, in the order of the file.
        rows_of: The rows of each of them, by their places in the file.
        marks: What was taken in although something is wrong with it.
        refused: What was not.
    """

    rows: int
    complaints: Mapping[str, Receive]
    rows_of: Mapping[str, tuple[int, ...]]
    marks: tuple[Mark, ...]
    refused: tuple[Refused, ...]

    @property
    def newest(self) -> datetime:
        """When the last of the complaints came in."""
        return max(complaint.received_at for complaint in self.complaints.values())


def shipped_text() -> str:
    """The file inside this package, as it is; see the notice beside it for its origin."""
    return files("complaints.demo").joinpath("data", "complaints.txt").read_bytes().decode("utf-8")


def read_sample(text: str, dealer: Dealer) -> Sample:
    """
    Understand a file of NHTSA's complaints.

    Only days are known. A complaint counts as received at noon of its day at the dealer's: then the day stays
    the same for whoever reads it in another zone.

    Args:
        text: Lines of 48 tab-separated fields.
        dealer: Who receives the complaints.
    """
    lines = [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")]
    refused: list[Refused] = []
    rows: dict[str, list[Row]] = {}
    for number, line in enumerate(lines, start=1):
        row = _row(number, line)
        if isinstance(row, Refused):
            refused.append(row)
        else:
            rows.setdefault(row.odi, []).append(row)
    complaints: dict[str, Receive] = {}
    marks: list[Mark] = []
    for odi, group in rows.items():
        try:
            complaints[odi] = _receive(group, dealer)
        except InvalidCommandError as error:
            refused += [Refused(row.number, "invalid", odi, error) for row in group]
        else:
            marks += [mark for row in group for mark in _marks(row)]
    rows_of = {odi: tuple(row.number for row in rows[odi]) for odi in complaints}
    return Sample(len(lines), complaints, rows_of, tuple(marks), tuple(sorted(refused, key=lambda one: one.row)))


def _row(number: int, line: str) -> Row | Refused:
    fields = line.split("\t")
    if len(fields) != _FIELDS:
        return Refused(number, "fields", str(len(fields)))
    row = Row(number=number, **{name: fields[place - 1] for name, place in _COLUMNS.items()})
    if not row.odi.isdecimal():
        return Refused(number, "number", row.odi)
    if not _is_day(row.received_on):
        return Refused(number, "date", row.received_on)
    if not row.narrative.strip():
        return Refused(number, "narrative")
    return row


def _receive(rows: list[Row], dealer: Dealer) -> Receive:
    """The complaint that several rows are about."""
    first = rows[0]
    return Receive(
        id=new_id(),
        dealer=dealer.id,
        complainant=Customer(platform_number=first.odi, address=_place(first)),
        channel=Channel.QUALITY_PLATFORM,
        received_at=datetime.combine(min(row.received for row in rows), _NOON, tzinfo=dealer.tz),
        statement="\n\n".join(dict.fromkeys(row.narrative for row in rows)),
        issues=tuple(_issue(place, row) for place, row in enumerate(rows, start=1)),
        vehicles=tuple(dict.fromkeys(vehicle for row in rows for vehicle in _vehicles(row))),
        refs=(
            ExternalRef(system="NHTSA", kind="odi", id=first.odi),
            *(ExternalRef(system="NHTSA", kind="cmplid", id=row.id) for row in rows),
        ),
        alarms=tuple(dict.fromkeys(alarm for row in rows for alarm in _alarms(row))),
    )


def _place(row: Row) -> str | None:
    parts = (row.city.strip(), row.state if row.state.isalpha() else "")
    return ", ".join(part for part in parts if part) or None


def _issue(place: int, row: Row) -> Issue:
    category, is_safety = category_of(row.component)
    return Issue(id=f"I{place}", category=category.value, text=row.issue_text, is_safety=is_safety)


def _vehicles(row: Row) -> Iterator[Vehicle]:
    """The car, as far as it is known; child seats and tyres are none."""
    if row.product != "V" or not any((row.make, row.model, row.vin)):
        return
    yield Vehicle(
        vin=row.vin if _is_vin(row.vin) else None,
        make=row.make.strip() or None,
        model=row.model.strip() or None,
        year=int(row.year) if _is_year(row.year) else None,
        mileage_km=round(int(row.miles) * _KM_PER_MILE) if row.miles.isdecimal() else None,
    )


def _alarms(row: Row) -> Iterator[Alarm]:
    if row.crash == "Y":
        yield Alarm.CRASH
    if row.fire == "Y":
        yield Alarm.FIRE
    if row.injured.strip("0") or row.deaths.strip("0") or row.medical == "Y":
        yield Alarm.INJURY
    if category_of(row.component)[1]:
        yield Alarm.SAFETY_PART


def _marks(row: Row) -> Iterator[Mark]:
    if row.state and not row.state.isalpha():
        yield Mark(row.number, row.odi, "state", row.state)
    if row.vin and not _is_vin(row.vin):
        yield Mark(row.number, row.odi, "vin", row.vin)
    if row.product == "V" and not _is_year(row.year):
        yield Mark(row.number, row.odi, "year", row.year)
    if row.failed_on and not _is_likely_incident(row):
        yield Mark(row.number, row.odi, "incident", row.failed_on)


def _is_likely_incident(row: Row) -> bool:
    """Neither after the complaint nor more than a year before the model year; cars are sold in the year before."""
    if not _is_day(row.failed_on):
        return False
    incident = _day(row.failed_on)
    return incident <= row.received and (not _is_year(row.year) or incident.year >= int(row.year) - 1)


def _is_vin(text: str) -> bool:
    """No VIN has I, O or Q."""
    return 6 <= len(text) <= 17 and text.isascii() and text.isalnum() and text.isupper() and not set(text) & set("IOQ")


def _is_year(text: str) -> bool:
    return len(text) == 4 and text.isdecimal() and 1886 <= int(text) <= 2200


def _is_day(text: str) -> bool:
    try:
        _day(text)
    except ValueError:
        return False
    return True


def _day(text: str) -> date:
    if len(text) != 8 or not text.isdecimal():
        raise ValueError(text)
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))
