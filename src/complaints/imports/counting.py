"""What becomes of each row, counted once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import attrs

from complaints.errors import Fault
from complaints.imports.findings import Mark
from complaints.imports.refused import Reason, RefusedFile
from complaints.imports.rows import Row
from complaints.model.complaint import Complaint
from complaints.model.words import State


@attrs.frozen(kw_only=True)
class Sample:
    """One of the first complaints as it would stand, with what is doubtful about it."""

    rows: tuple[int, ...]
    number: str
    complaint: Complaint
    marks: tuple[Mark, ...]


@attrs.frozen(kw_only=True)
class Imported:
    """
    What came of a file.

    Every row that was read counts exactly once: as taken in, already there, skipped, blank or refused.

    Attributes:
        rows: Rows that were read.
        rows_taken: Rows of complaints that were taken in.
        rows_there: Rows of complaints that had been taken in before, and are as they were.
        rows_blank: Rows with nothing in them.
        rows_refused: Rows that were refused.
        skipped: Rows that the map leaves out, by its reasons.
        taken: Complaints that were taken in, by the state in which they stand.
        there: Complaints that had been taken in before.
        erased: Those among them whose texts were erased since: they are not brought back.
        refused: Rows by the codes of what they were refused for; a row may have several.
        marks: Doubts that were noted, by code.
        samples: The first complaints as they would stand, of a dry run.
        refused_file: Where the refused rows are; ``None`` where there are none, or nobody wanted them.
        is_dry_run: Whether nothing was written.
        is_whole: Whether the file was read to its end.
    """

    rows: int
    rows_taken: int
    rows_there: int
    rows_blank: int
    rows_refused: int
    skipped: Mapping[str, int]
    taken: Mapping[State, int]
    there: int
    erased: int
    refused: Mapping[str, int]
    marks: Mapping[str, int]
    samples: tuple[Sample, ...]
    refused_file: Path | None
    is_dry_run: bool
    is_whole: bool

    @property
    def complaints(self) -> int:
        """Complaints that were taken in."""
        return sum(self.taken.values())

    @property
    def open(self) -> int:
        """How many of them go on."""
        return sum(count for state, count in self.taken.items() if not state.is_ending)


class Counted:
    """Counts what becomes of each row."""

    def __init__(self, refused: RefusedFile) -> None:
        self.rows = self._rows_taken = self._rows_there = self._rows_blank = self._rows_refused = 0
        self._there = self._erased = 0
        self._skipped: Counter[str] = Counter()
        self._taken: Counter[State] = Counter()
        self._refused: Counter[str] = Counter()
        self._marks: Counter[str] = Counter()
        self.samples: list[Sample] = []
        self._to_write: list[tuple[Row, Sequence[Reason]]] = []
        self._file = refused

    def blank(self) -> None:
        """A row with nothing in it."""
        self.rows += 1
        self._rows_blank += 1

    def skip(self, why: str) -> None:
        """A row that the map leaves out."""
        self.rows += 1
        self._skipped[why] += 1

    def take(self, rows: Sequence[Row], complaint: Complaint, marks: Iterable[Mark]) -> None:
        """The rows of a complaint that was taken in, or would be."""
        self._rows_taken += len(rows)
        self._taken[complaint.state] += 1
        self._marks.update(mark.code for mark in marks)

    def is_there(self, rows: Sequence[Row], *, is_erased: bool = False) -> None:
        """The rows of a complaint that was taken in before."""
        self._rows_there += len(rows)
        self._there += 1
        self._erased += is_erased

    def refuse(self, rows: Sequence[Row], reasons: Mapping[int, Sequence[Reason]]) -> None:
        """Refuse all rows of a complaint; those with nothing wrong of their own, because of another."""
        cause = next(iter(reasons))
        for row in rows:
            own = reasons.get(row.number) or (Reason("", Fault("", "row_with_another", row=cause)),)
            self._rows_refused += 1
            self._refused.update({reason.code for reason in own})
            self._to_write.append((row, own))

    def write_down(self) -> None:
        """Write the refused rows of this group, in the order of the file."""
        for row, reasons in sorted(self._to_write, key=lambda one: one[0].number):
            self._file.add(row, reasons)
        self._to_write.clear()

    def imported(self, path: Path | None, *, is_dry_run: bool, is_whole: bool) -> Imported:
        """What came of all of them."""
        return Imported(
            rows=self.rows,
            rows_taken=self._rows_taken,
            rows_there=self._rows_there,
            rows_blank=self._rows_blank,
            rows_refused=self._rows_refused,
            skipped=dict(self._skipped),
            taken=dict(self._taken),
            there=self._there,
            erased=self._erased,
            refused=dict(self._refused),
            marks=dict(self._marks),
            samples=tuple(self.samples),
            refused_file=path if self._rows_refused else None,
            is_dry_run=is_dry_run,
            is_whole=is_whole,
        )


__all__ = ["Counted", "Imported", "Sample"]
