"""Rows of an Excel workbook, read from its file one by one; formulas count by the value that the workbook keeps."""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from complaints.errors import Fault, InvalidCommandError
from complaints.imports.records import Record

if TYPE_CHECKING:
    from openpyxl import Workbook

NO_VALUE = "\udcfe"
"""Begins the text of a formula cell of which the workbook keeps no value; the cell's place follows."""

WRONG_VALUE = "\udcfd"
"""Begins the text of a cell that shows an error such as ``#N/A``; the cell's place follows."""

_MOST_BYTES_OF_TEXTS = 512 * 1024 * 1024
"""The longest heap of texts that is unpacked; our choice: it is held in memory as a whole."""

_TEXTS = "xl/sharedStrings.xml"
_BROKEN = (
    zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, AttributeError, IndexError, EOFError, OSError,
    SyntaxError, NotImplementedError, RuntimeError, AssertionError,
)  # fmt: skip
"""What openpyxl, zipfile and the XML parser raise at a file that is no whole workbook; they have no common base."""

Opened = tuple[Iterator[Record], Callable[[], int], int]


@contextmanager
def open_workbook(path: Path, sheet: str | None) -> Iterator[Opened]:
    """
    The rows of a sheet as text, how many were read, and how many there are.

    The file is read twice side by side: only so a formula without a value can be told from an empty cell.

    Raises:
        InvalidCommandError: If it is no workbook, has no such sheet, or the extra ``excel`` is not installed.
    """
    _require_a_fit_file(path)
    shown, typed = _load(path, shows_values=True), _load(path, shows_values=False)
    try:
        name = _sheet_of(path, shown, sheet)
        reading = _Reading(path, shown[name], typed[name])
        yield iter(reading), lambda: reading.done, reading.total
    finally:
        shown.close()
        typed.close()


def _require_a_fit_file(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as opened:
            texts = opened.getinfo(_TEXTS).file_size if _TEXTS in opened.namelist() else 0
    except _BROKEN:
        raise InvalidCommandError(str(path), [Fault(str(path), "workbook_broken", row=0)]) from None
    if texts > _MOST_BYTES_OF_TEXTS:
        raise InvalidCommandError(str(path), [Fault(str(path), "workbook_too_large", most=_MOST_BYTES_OF_TEXTS)])


def _load(path: Path, *, shows_values: bool) -> Workbook:
    try:
        from openpyxl import load_workbook
    except ModuleNotFoundError:
        raise InvalidCommandError(str(path), [Fault("file.form", "excel_not_installed")]) from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions that no row depends on
            return load_workbook(path, read_only=True, data_only=shows_values, keep_links=False)
    except _BROKEN:
        raise InvalidCommandError(str(path), [Fault(str(path), "workbook_broken", row=0)]) from None


def _sheet_of(path: Path, book: Workbook, wanted: str | None) -> str:
    names = tuple(sheet.title for sheet in book.worksheets)
    if not names:
        raise InvalidCommandError(str(path), [Fault(str(path), "file_empty")])
    if wanted is not None and wanted not in names:
        raise InvalidCommandError(str(path), [Fault("file.sheet", "choice", choices=names)])
    return wanted if wanted is not None else names[0]


class _Reading:
    """The rows of both ways to look at a sheet, joined."""

    def __init__(self, path: Path, shown: Any, typed: Any) -> None:
        self._path = path
        self.done = 0
        self.total: int = shown.max_row or 1
        for one in (shown, typed):
            one.reset_dimensions()  # what a file says about its size need not be true
        self._shown, self._typed = shown.iter_rows(), typed.iter_rows()

    def __iter__(self) -> Iterator[Record]:
        while (pair := self._next()) is not None:
            self.done += 1
            yield tuple(map(_text, *pair))

    def _next(self) -> tuple[Any, Any] | None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a day out of Excel's reach is told of by its row
                shown = next(self._shown, None)
                typed = next(self._typed, None)
        except _BROKEN:
            fault = Fault(str(self._path), "workbook_broken", row=self.done + 1)
            raise InvalidCommandError(str(self._path), [fault]) from None
        return None if shown is None or typed is None else (shown, typed)


def _text(shown: Any, typed: Any) -> str:
    value = shown.value
    if value is None:
        return f"{NO_VALUE}{typed.coordinate}" if typed.value is not None and typed.data_type == "f" else ""
    if shown.data_type == "e":
        return f"{WRONG_VALUE}{shown.coordinate}"
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return value.isoformat() if isinstance(value, (date, time)) else str(value)


__all__ = ["NO_VALUE", "WRONG_VALUE", "open_workbook"]
