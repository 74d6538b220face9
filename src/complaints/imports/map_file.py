"""The tables of a map file, as somebody at a dealership writes them; ``docs/how-to/import.md`` explains each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from complaints.errors import Fault
from complaints.imports.lines import ENCODINGS
from complaints.model.base import line, noun, number, prose, several
from complaints.model.words import Alarm, State

FORMS = ("csv", "tsv", "xlsx")
UNITS = ("km", "miles")
ISO = "iso"
EXCEL = "excel"

_MOST_COLUMNS = 1000
_TEXT = 4000


@noun
class Value:
    """
    Where one thing comes from.

    Args:
        value: Text in which ``{column}`` stands for what is in that column.
        words: Name of a table under ``words``: it says what stands there in our words.
        default: What is meant where nothing stands there.
        split: What stands between several; an empty text for no split.
        together: What holds together although the separator is in it.
        dates: Forms of dates, for this one alone.
        unit: ``km`` or ``miles``, of a mileage.
    """

    value: str = prose(personal=False, most=_TEXT)
    words: str | None = line(most=80, default=None)
    default: str | None = prose(personal=False, most=_TEXT, default=None)
    split: str | None = line(most=10, default=None)
    together: tuple[str, ...] = several(default=())
    dates: tuple[str, ...] = several(most=20, default=())
    unit: str | None = line(default=None)

    def _faults(self) -> Iterator[Fault]:
        if self.unit is not None and self.unit not in UNITS:
            yield Fault("unit", "choice", choices=UNITS)


Given = Value | str
"""A text alone is a value without anything beside it."""


@noun
class Condition:
    """
    What must hold of one column; everything that is given.

    Args:
        equals: One of these stands there, whatever the case.
        differs: None of these stands there.
        contains: One of these is part of what stands there.
        empty: Nothing stands there; or, if false, something.
        above: A number greater than this stands there.
        below: A number less than this stands there.
        after: It is a later day than that in the column named here.
        before: It is an earlier day than that in the column named here.
        years_before: Its year lies more than ``by_years`` before the year in the column named here.
    """

    column: str = line()
    equals: tuple[str, ...] = several(default=())
    differs: tuple[str, ...] = several(default=())
    contains: tuple[str, ...] = several(default=())
    empty: bool | None = None
    above: int | None = number(least=None, default=None)
    below: int | None = number(least=None, default=None)
    after: str | None = line(default=None)
    before: str | None = line(default=None)
    years_before: str | None = line(default=None)
    by_years: int = number(most=100, default=0)

    def _faults(self) -> Iterator[Fault]:
        tests = (self.equals, self.differs, self.contains, self.after, self.before, self.years_before)
        if not any(tests) and self.empty is None and self.above is None and self.below is None:
            yield Fault("column", "no_test")


@noun
class FileTable:
    """
    How the file is written.

    Args:
        form: ``csv``, ``tsv`` or ``xlsx``; by the ending of its name if left out.
        encoding: Of a text file that has no byte-order mark; UTF-8 if left out.
        separator: One sign between cells.
        quote: One sign around cells; ``"none"`` for a file that has none.
        sheet: Name of the sheet; the first one if left out.
        skip_rows: Rows above the names of the columns, or above the first row where there are no names.
        columns: Names of the columns, of a file that has no row of names.
        optional: Columns at the end that some files do not have.
        fill_down: Columns in which an empty cell means what the row above has: merged cells.
        blank: Texts that stand for nothing, such as ``"N/A"``.
        dates: Forms of dates, tried in this order, as Python's ``strptime`` has them.
        time: The hour of what has a day alone.
        zone: Time zone of the file; the dealer's if left out.
    """

    form: str | None = line(default=None)
    encoding: str | None = line(default=None)
    separator: str | None = prose(personal=False, most=1, default=None)
    quote: str = line(default='"')
    sheet: str | None = line(default=None)
    skip_rows: int = number(most=1000, default=0)
    columns: tuple[str, ...] = several(most=_MOST_COLUMNS, default=())
    optional: tuple[str, ...] = several(most=_MOST_COLUMNS, default=())
    fill_down: tuple[str, ...] = several(most=_MOST_COLUMNS, default=())
    blank: tuple[str, ...] = several(default=())
    dates: tuple[str, ...] = several(most=20, default=())
    time: str = line(default="12:00")
    zone: str | None = line(default=None)

    def _faults(self) -> Iterator[Fault]:
        if self.form is not None and self.form not in FORMS:
            yield Fault("form", "choice", choices=FORMS)
        if self.encoding is not None and self.encoding not in ENCODINGS:
            yield Fault("encoding", "choice", choices=tuple(ENCODINGS))
        if self.quote != "none" and len(self.quote) != 1:
            yield Fault("quote", "one_sign")
        doubled = tuple(sorted({name for name in self.columns if self.columns.count(name) > 1}))
        if doubled:
            yield Fault("columns", "columns_doubled", columns=doubled)


@noun
class KeyTable:
    """
    What tells one complaint from another: its number in the old system, or the whole row.

    Args:
        value: The number, such as ``"{Case No}"``.
        digest: A digest of the whole row, where there is no number. A row that changes is then another complaint.
        group: Rows with one number are one complaint.
        within: How many rows apart they may lie; as many are held in memory. Left out, they follow each other.
    """

    value: str | None = line(default=None)
    digest: bool = False
    group: bool = False
    within: int = number(least=1, most=100_000, default=1)

    def _faults(self) -> Iterator[Fault]:
        if (self.value is None) is not self.digest:
            yield Fault("value", "one_of", other="digest")
        if self.group and self.digest:
            yield Fault("group", "no_number")


@noun
class ComplaintTable:
    """The complaint itself; ``received_at``, ``statement``, ``channel`` and ``state`` cannot be done without."""

    received_at: Given
    statement: Given
    channel: Given
    state: Given
    kind: Given | None = None
    wish: Given | None = None
    severity: Given | None = None
    handler: Given | None = None
    complained_of: Given | None = None
    outcome: Given | None = None
    answer: Given | None = None


@noun
class CustomerTable:
    """Who complained."""

    name: Given | None = None
    phone: Given | None = None
    email: Given | None = None
    wechat: Given | None = None
    address: Given | None = None
    platform_number: Given | None = None
    post_url: Given | None = None
    id: Given | None = None
    member: Given | None = None
    language: Given | None = None
    preferred_channel: Given | None = None


@noun
class VehicleTable:
    """The car; rows of one complaint may name several."""

    vin: Given | None = None
    plate: Given | None = None
    make: Given | None = None
    model: Given | None = None
    year: Given | None = None
    mileage_km: Given | None = None
    id: Given | None = None
    when: tuple[Condition, ...] = several(default=())


@noun
class IssueTable:
    """
    What is complained of; one for each row, or for each part.

    Args:
        each: What is taken apart by its ``split``; ``{each}`` then stands for one part.
    """

    each: Given | None = None
    text: Given | None = None
    category: Given | None = None
    is_safety: Given | None = None


@noun
class PartyTable:
    """Somebody else on the customer's side."""

    kind: Given
    name: Given
    phone: Given | None = None


@noun
class RefTable:
    """A number of another system that the complaint is found by as well."""

    kind: str = line(most=40)
    id: Given
    system: str | None = line(most=40, default=None)


@noun
class RemedyTable:
    """What is still to be carried out, of what is in execution; it costs nothing that is not approved here."""

    kind: Given
    owner: Given
    due: Given
    text: Given | None = None


@noun
class AlarmTable:
    """A fact that raises the severity or shuts the fast track, and when it is there."""

    alarm: Alarm
    when: tuple[Condition, ...] = several(least=1)


@noun
class SkipTable:
    """Rows that are not brought in, and why."""

    why: str = line()
    when: tuple[Condition, ...] = several(least=1)


@noun
class DoubtTable:
    """What cannot be right about a row; it is taken in all the same, with a note."""

    why: str = line()
    when: tuple[Condition, ...] = several(least=1)


@noun
class MapFile:
    """
    The map as it stands in its file.

    Args:
        name: Stands in the key of all that is brought in by it: never change it between two imports of one system.
        system: What the old system is called, in references.
        about: What it is for, in a line.
        milestones: When the complaint came to a state in the old system.
        words: What stands in the file, and what it is in our words. ``"BRAKES*"`` is all that begins so, ``"*"``
            everything else; our word ``"none"`` is no word at all.
    """

    name: str = line(most=40)
    system: str = line(most=40)
    about: str | None = line(default=None)
    file: FileTable = FileTable()
    key: KeyTable
    complaint: ComplaintTable
    customer: CustomerTable = CustomerTable()
    vehicle: VehicleTable | None = None
    issue: tuple[IssueTable, ...] = several(most=20, default=())
    party: tuple[PartyTable, ...] = several(most=20, default=())
    ref: tuple[RefTable, ...] = several(most=20, default=())
    remedy: tuple[RemedyTable, ...] = several(most=20, default=())
    alarm: tuple[AlarmTable, ...] = several(most=100, default=())
    skip: tuple[SkipTable, ...] = several(most=100, default=())
    doubt: tuple[DoubtTable, ...] = several(most=100, default=())
    milestones: Mapping[State, Given] = {}
    words: Mapping[str, Mapping[str, str]] = {}


__all__ = [
    "EXCEL",
    "FORMS",
    "ISO",
    "AlarmTable",
    "ComplaintTable",
    "Condition",
    "CustomerTable",
    "DoubtTable",
    "FileTable",
    "Given",
    "IssueTable",
    "KeyTable",
    "MapFile",
    "PartyTable",
    "RefTable",
    "RemedyTable",
    "SkipTable",
    "Value",
    "VehicleTable",
]
