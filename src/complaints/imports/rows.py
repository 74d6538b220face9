"""The rows of a file, numbered as a spreadsheet numbers them, one at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import attrs

from complaints.errors import Fault, InvalidCommandError
from complaints.imports.lines import DAMAGED, encoding_of, lines_in
from complaints.imports.map_file import FileTable
from complaints.imports.records import Dialect, Record, records_in
from complaints.imports.workbook import NO_VALUE, WRONG_VALUE, open_workbook

REFUSED_COLUMNS = ("refused_row", "refused_column", "refused_code", "refused_reason")
"""What stands before a row's own columns in a file of refused rows; one that begins so is read as it was written."""

OF_A_WORKBOOK = " (xlsx)"
"""Follows the last of them where the rows stood in a workbook: their dates are written as its cells had them."""

LOST = "\ufffd"
"""Stands there for what could not be read of a cell; the row is refused until somebody mends it."""

_MOST_BLANK_ROWS = 100
"""Blank rows after which nothing more is expected of a file that begins with one; our choice."""

_ZIP = b"PK\x03\x04"
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
_REFUSED = b"\xef\xbb\xbf" + ",".join(REFUSED_COLUMNS).encode()
_REFUSED_OF_A_WORKBOOK = _REFUSED + OF_A_WORKBOOK.encode()
_DAMAGE = re.compile(f"[\0{DAMAGED}{NO_VALUE}{WRONG_VALUE}]")


@attrs.frozen
class Row:
    """
    A row as it stands in the file.

    Attributes:
        number: Its place, as a spreadsheet counts: the row of names is 1.
        cells: What stands in it, blanks around it cut off; empty where it could not be read.
        faults: What is wrong with it whatever it means; each names its column.
    """

    number: int
    cells: tuple[str, ...]
    faults: tuple[Fault, ...] = ()

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands in it."""
        return not self.faults and not any(self.cells)


@attrs.define
class Rows:
    """
    A file that is being read.

    Attributes:
        columns: Their names, in order; a column without a name has an empty one.
        is_workbook: Whether the rows stood in one: numbers may be days there.
    """

    columns: tuple[str, ...]
    is_workbook: bool
    _rows: Iterator[Row]
    _done: Callable[[], int]
    total: int

    def __iter__(self) -> Iterator[Row]:
        return self._rows

    @property
    def done(self) -> int:
        """How much of :attr:`total` has been read, in bytes or rows."""
        return min(self._done(), self.total)


@contextmanager
def open_rows(path: Path, table: FileTable, *, used: frozenset[str] = frozenset()) -> Iterator[Rows]:
    """
    Read the file as *table* says; a file of refused rows as this library writes it, whatever *table* says.

    Args:
        used: The columns that matter; damage in others is passed over. All of them if not given.

    Memory does not grow with a text file. Of a workbook its texts are kept: the format has them in one heap.

    Raises:
        InvalidCommandError: If nothing can be read of it: missing, empty, a wrong encoding, no workbook.
    """
    start = _start_of(path)
    form = _form_of(path, table, start)
    if form == "xlsx":
        with open_workbook(path, table.sheet) as (records, done, total):
            columns, rows = _rows_of(path, records, table, used, is_workbook=True)
            yield Rows(columns, True, rows, done, total)  # noqa: FBT003  # attrs takes it by place
        return
    if start.startswith(_REFUSED):
        table = FileTable(fill_down=(), blank=table.blank)
        form = "csv"
    encoding = encoding_of(path, table.encoding)
    with path.open("rb") as opened:
        records = records_in(lines_in(opened, encoding), _dialect(form, table))
        columns, rows = _rows_of(path, records, table, used, is_workbook=False)
        is_workbook = start.startswith(_REFUSED_OF_A_WORKBOOK)
        yield Rows(columns, is_workbook, rows, opened.tell, path.stat().st_size)


def _without_reasons(records: Iterator[Record]) -> Iterator[Record]:
    """The rows as they stood in the file that they come from: a digest of them is what it was there."""
    return (record if isinstance(record, Fault) else _without_its_reason(record) for record in records)


def _without_its_reason(record: tuple[str, ...]) -> Record:
    cells = tuple(cell.replace(LOST, DAMAGED) for cell in record[len(REFUSED_COLUMNS) :])
    if any(record) and not any(cells):
        return Fault("", "row_not_kept", row=record[0])
    return cells


def _start_of(path: Path) -> bytes:
    if path.exists() and not path.is_file():
        # it is opened more than once, and a pipe would lose what was read before
        raise InvalidCommandError(str(path), [Fault(str(path), "not_a_file")])
    try:
        with path.open("rb") as opened:
            start = opened.read(len(_REFUSED_OF_A_WORKBOOK))
    except (OSError, ValueError):
        raise InvalidCommandError(str(path), [Fault(str(path), "unreadable_file")]) from None
    if not start:
        raise InvalidCommandError(str(path), [Fault(str(path), "file_empty")])
    return start


def _form_of(path: Path, table: FileTable, start: bytes) -> str:
    by_name = {".xlsx": "xlsx", ".xlsm": "xlsx", ".tsv": "tsv", ".tab": "tsv"}
    form = table.form or by_name.get(path.suffix.lower(), "csv")
    if start.startswith(_OLD_WORKBOOK):
        raise InvalidCommandError(str(path), [Fault("file.form", "old_workbook")])
    if start.startswith(_ZIP) is not (form == "xlsx") and not start.startswith(_REFUSED):
        raise InvalidCommandError(str(path), [Fault("file.form", "not_that_form", form=form)])
    return "csv" if start.startswith(_REFUSED) else form


def _dialect(form: str, table: FileTable) -> Dialect:
    separator = table.separator or ("\t" if form == "tsv" else ",")
    return Dialect(separator, "" if table.quote == "none" else table.quote)


def _rows_of(
    path: Path, records: Iterator[Record], table: FileTable, used: frozenset[str], *, is_workbook: bool
) -> tuple[tuple[str, ...], Iterator[Row]]:
    """The names of the columns, and the rows below them."""
    skipped = sum(1 for _ in islice(records, table.skip_rows))
    columns = table.columns or _names(path, records)
    if columns[: len(REFUSED_COLUMNS) - 1] == REFUSED_COLUMNS[:-1]:  # also where a spreadsheet has saved it anew
        columns, records = columns[len(REFUSED_COLUMNS) :], _without_reasons(records)
    first = skipped + (1 if table.columns else 2)
    reader = _Reader(columns, table, used, is_workbook=is_workbook)
    return columns, (reader.row(number, record) for number, record in enumerate(records, start=first))


def _names(path: Path, records: Iterator[Record]) -> tuple[str, ...]:
    record = next(records, None)
    if record is None:
        raise InvalidCommandError(str(path), [Fault(str(path), "file_empty")])
    if isinstance(record, Fault):
        raise InvalidCommandError(str(path), [Fault("columns", record.code, **record.facts)])
    if any("\0" in name or DAMAGED in name for name in record):
        raise InvalidCommandError(str(path), [Fault("file.encoding", "names_unreadable")])
    names = [name.strip() for name in record]
    while names and not names[-1]:
        names.pop()
    if not names:
        is_empty = all(below == () for below in islice(records, _MOST_BLANK_ROWS))
        fault = Fault(str(path), "file_empty") if is_empty else Fault("columns", "no_names")
        raise InvalidCommandError(str(path), [fault])
    return tuple(names)


class _Reader:
    """Makes rows of records."""

    def __init__(self, columns: Sequence[str], table: FileTable, used: frozenset[str], *, is_workbook: bool) -> None:
        self._columns = columns
        self._used = used or frozenset(columns)
        self._most = len(columns)
        # a workbook says nothing about empty cells at the end of a row
        self._least = 0 if is_workbook else self._most - self._optional(table)
        self._blank = frozenset(text.casefold() for text in table.blank)
        self._fill_down = [columns.index(name) for name in table.fill_down if name in columns]
        self._above: dict[int, str] = {}

    def _optional(self, table: FileTable) -> int:
        """How many of the last columns a row may lack."""
        ends = reversed(self._columns)
        return next((place for place, name in enumerate(ends) if name not in table.optional), self._most)

    def row(self, number: int, record: Record) -> Row:
        """The row of that number."""
        if isinstance(record, Fault):
            return Row(number, (), (record,))
        cells = tuple(map(str.strip, record))
        if self._blank:
            cells = tuple("" if cell.casefold() in self._blank else cell for cell in cells)
        if not any(cells):
            return Row(number, ())
        cells = self._filled_down(cells)
        return Row(number, self._whole(cells), tuple(self._faults(cells)))

    def _filled_down(self, cells: tuple[str, ...]) -> tuple[str, ...]:
        if not self._fill_down:
            return cells
        filled = list(cells)
        for place in self._fill_down:
            if place < len(filled):
                filled[place] = self._above[place] = filled[place] or self._above.get(place, "")
        return tuple(filled)

    def _whole(self, cells: tuple[str, ...]) -> tuple[str, ...]:
        if len(cells) == self._most:
            return cells
        # cells that nobody knows the meaning of are kept for the file of refused rows
        least = cells if any(cells[self._most :]) else cells[: self._most]
        return (*least, *("",) * (self._most - len(least)))

    def _faults(self, cells: tuple[str, ...]) -> Iterator[Fault]:
        more = cells[self._most :]
        if any(more) or len(cells) < self._least:
            yield Fault("", "row_fields", wanted=self._most, found=len(cells))
        if not _DAMAGE.search("\t".join(cells)):
            return
        for name, cell in zip(self._columns, cells, strict=False):
            if name in self._used:
                yield from _damage(name, cell)


def _damage(name: str, cell: str) -> Iterator[Fault]:
    if DAMAGED in cell:
        yield Fault(name, "cell_damaged")
    if "\0" in cell:
        yield Fault(name, "cell_nul")
    if cell.startswith(NO_VALUE):
        yield Fault(name, "cell_formula", cell=cell[1:])
    if cell.startswith(WRONG_VALUE):
        yield Fault(name, "cell_error", cell=cell[1:])


__all__ = ["REFUSED_COLUMNS", "Row", "Rows", "open_rows"]
