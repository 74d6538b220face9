"""The rows that were refused, in a file beside the one they came from: to be mended there and brought in again."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TextIO

import attrs

from complaints.errors import ComplaintError, Fault, InvalidCommandError
from complaints.imports.lines import DAMAGED
from complaints.imports.rows import LOST, OF_A_WORKBOOK, REFUSED_COLUMNS, Row
from complaints.imports.workbook import NO_VALUE, WRONG_VALUE
from complaints.model.event import Refusal

_BESIDE = ".refused.csv"


@attrs.frozen
class Reason:
    """
    Why a row was refused.

    Attributes:
        column: Where it lies; empty for the row as a whole.
        why: The fault in the row, what refused the order, or another error of the desk's.
    """

    column: str
    why: Fault | Refusal | ComplaintError

    @property
    def code(self) -> str:
        """The stable code."""
        return self.why.code

    def sentence(self, language: str) -> str:
        """What is wrong and what to do."""
        return self.why.sentence(language)


_LOST = str.maketrans(dict.fromkeys((DAMAGED, NO_VALUE, WRONG_VALUE), LOST))


def _as_it_stood(row: Row) -> Iterable[str]:
    """Its cells: no more of them than there were, so that one that is cut off stays cut off until it is mended."""
    found = next((fault.facts["found"] for fault in row.faults if fault.code == "row_fields"), None)
    return (cell.translate(_LOST) for cell in (row.cells[:found] if isinstance(found, int) else row.cells))


def beside(path: Path) -> Path:
    """Where refused rows of the file go unless told: beside it."""
    return path.with_name(f"{path.name.removesuffix(_BESIDE)}{_BESIDE}")


class RefusedFile:
    """
    Collects refused rows, and puts the file in its place once it is whole.

    It holds customers' data: nobody but its owner can read it. Where nothing was refused there is none, unless one
    lies there from before: that becomes empty but for its head, so that nobody mends what was mended.

    Args:
        path: Where it goes; ``None`` keeps none.
        columns: The columns of the rows.
        language: What the reasons are told in.
        is_workbook: Whether the rows stand in one.
    """

    def __init__(self, path: Path | None, columns: Sequence[str], language: str, *, is_workbook: bool = False) -> None:
        self._path = path
        self._columns = (*REFUSED_COLUMNS[:-1], REFUSED_COLUMNS[-1] + (OF_A_WORKBOOK if is_workbook else ""), *columns)
        self._language = language
        self._temporary: Path | None = None
        self._opened: TextIO | None = None
        self._count = 0
        self._is_given_up = False

    def __enter__(self) -> RefusedFile:
        if self._path is not None:
            try:
                descriptor, name = tempfile.mkstemp(dir=self._path.parent, prefix=f".{self._path.name}.")
            except OSError:
                raise self._unwritable() from None
            self._temporary = Path(name)
            self._opened = os.fdopen(descriptor, "w", encoding="utf-8-sig", errors="replace", newline="")
            self._write(self._columns)
        return self

    def add(self, row: Row, reasons: Iterable[Reason]) -> None:
        """
        Write down a row with all that is wrong with it.

        Raises:
            InvalidCommandError: If the file cannot be written.
        """
        self._count += 1
        if self._opened is None:
            return
        told = tuple(reasons)
        places = "; ".join(dict.fromkeys(reason.column for reason in told if reason.column))
        codes = "; ".join(dict.fromkeys(reason.code for reason in told))
        sentences = " ".join(dict.fromkeys(self._sentence(reason) for reason in told))
        self._write((str(row.number), places, codes, sentences, *_as_it_stood(row)))

    def give_up(self) -> None:
        """Leave what lies there as it is."""
        self._is_given_up = True

    def _sentence(self, reason: Reason) -> str:
        said = " ".join(reason.sentence(self._language).split())
        return f"{reason.column}: {said}" if reason.column else said

    def _write(self, cells: Iterable[str]) -> None:
        assert self._opened is not None  # noqa: S101  # asked before
        try:
            csv.writer(self._opened).writerow(cells)
        except OSError:
            raise self._unwritable() from None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._opened is None or self._temporary is None or self._path is None:
            return
        try:
            is_whole = self._close() and kind is None and not self._is_given_up
            if is_whole and (self._count or self._path.exists()):
                self._temporary.replace(self._path)
        except OSError:
            raise self._unwritable() from None
        finally:
            self._temporary.unlink(missing_ok=True)

    def _close(self) -> bool:
        """Flush and close it; whether all of it is on the disk."""
        assert self._opened is not None  # noqa: S101  # asked before
        with self._opened as opened:
            opened.flush()
            os.fsync(opened.fileno())
        return True

    def _unwritable(self) -> InvalidCommandError:
        return InvalidCommandError(str(self._path), [Fault(str(self._path), "unwritable_file")])


__all__ = ["Reason", "RefusedFile", "beside"]
