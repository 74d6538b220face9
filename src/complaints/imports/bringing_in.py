"""Bringing a file in: in groups, each committed as a whole, as often as one likes, and never twice."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from uuid import UUID

import attrs
import msgspec

from complaints.desk import Desk
from complaints.errors import (
    ComplaintError,
    Fault,
    IllegalMoveError,
    InvalidCommandError,
    KeyErasedError,
    KeyReusedError,
    NaiveTimeError,
    RefusedError,
)
from complaints.imports.building import Builder, Built, Mark, Wrong
from complaints.imports.mapping import ImportMap
from complaints.imports.refused import Reason, RefusedFile
from complaints.imports.rows import Row, Rows, open_rows
from complaints.locale import sentence
from complaints.model.complaint import Complaint
from complaints.model.people import Actor, Dealer
from complaints.model.words import State
from complaints.orders import Order, is_the_same
from complaints.stages.anytime import AddNote
from complaints.stores.base import Reader, StoredKey

Progress = Callable[[int, int, int], None]
"""Is told how much of how much was read, and how many rows that were."""

TOGETHER = 32
"""Complaints that are looked up and committed together: as many as the desk has in one commit of a batch."""

_MOST_ROWS = 500
"""Rows of one complaint that are held at a time; our choice, beyond what a form holds."""

_SAMPLE = 3
_OF_A_ROW = (RefusedError, IllegalMoveError, InvalidCommandError, KeyReusedError, NaiveTimeError)
"""What one order is refused for; any other error would befall the next one as well."""


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


def import_file(
    desk: Desk,
    path: str | Path,
    map: ImportMap,
    *,
    dealer: Dealer,
    by: Actor,
    recorded_by: Actor | None = None,
    is_dry_run: bool = False,
    limit: int | None = None,
    refused: Path | None = None,
    language: str | None = None,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Imported:
    """
    Bring in the complaints of a file.

    Each complaint stands alone, and 32 are committed together. What is in stays in: the same call again goes on
    where the first one was cut off, and doubles nothing. Memory does not grow with the file; that of a dry run does,
    by some hundred bytes for each complaint, since it has to remember which numbers it has seen.

    Args:
        path: CSV, TSV or Excel.
        map: What its columns are; :func:`load_map` reads it.
        dealer: Whose complaints they are.
        by: A manager.
        recorded_by: Who does the import, if somebody else.
        is_dry_run: Only tell what would happen; nothing is written but the file of refused rows.
        limit: Complaints that are looked at; all of them if not given.
        refused: Where refused rows go; nowhere if not given.
        language: What reasons and notes are told in; the dealer's if not given.
        progress: Is told how far it has come.
        should_stop: Asked between two commits; when it says yes, the import ends there, and the answer says so.

    Returns:
        What came of it, every row counted once.

    Raises:
        InvalidCommandError: If the file cannot be read, or lacks columns that the map looks at.
        NotPermittedError: If *by* is no manager.
        NotFoundError: If the dealer is not served here.
        StoreError: The store cannot be used; what was committed stays.
    """
    source = Path(path)
    spoken = language or dealer.language
    with open_rows(source, map.table.file, used=_looked_at(map)) as rows:
        builder = Builder(map, rows.columns, dealer, file=str(source), is_workbook=rows.is_workbook)
        with RefusedFile(refused, rows.columns, spoken) as refused_file:
            counted = _Counted(refused_file)
            taking = _Rehearsal if is_dry_run else _Taking
            counter = taking(desk, map, dealer, by, recorded_by, spoken, counted)
            is_whole = _bring_in(rows, builder, counter, limit, progress, should_stop)
    return counted.imported(refused, is_dry_run=is_dry_run, is_whole=is_whole)


def _looked_at(map: ImportMap) -> frozenset[str]:
    """The columns in which damage matters: with a digest for a number, all of them."""
    return frozenset() if map.table.key.digest else map.columns


def _bring_in(
    rows: Rows,
    builder: Builder,
    taking: _Taking,
    limit: int | None,
    progress: Progress | None,
    should_stop: Callable[[], bool],
) -> bool:
    """Take all of them; whether the end was reached."""
    for looked_at, (number, group) in enumerate(_groups(rows, builder, taking.counted)):
        if looked_at == limit:
            taking.flush()
            return False
        taking.counted.rows += len(group)
        taking.take(number, group, builder)
        if taking.is_full:
            taking.flush()
            if progress is not None:
                progress(rows.done, rows.total, taking.counted.rows)
            if should_stop():
                return False
    taking.flush()
    if progress is not None:
        progress(rows.total, rows.total, taking.counted.rows)
    return True


def _groups(rows: Iterable[Row], builder: Builder, counted: _Counted) -> Iterator[tuple[str, list[Row]]]:
    """Rows of one complaint, with its number; what is blank or left out is counted here."""
    waiting: OrderedDict[str, list[Row]] = OrderedDict()
    for row in rows:
        yield from _no_longer_waited_for(waiting, row.number - builder.within)
        if row.is_blank:
            counted.blank()
        elif not row.faults and (why := builder.reason_to_skip(row)) is not None:
            counted.skip(why)
        else:
            number = builder.number_of(row)
            if builder.within and number:
                waiting.setdefault(number, []).append(row)
                waiting.move_to_end(number)
            else:
                yield number, [row]
            if len(waiting.get(number, ())) >= _MOST_ROWS:
                yield number, waiting.pop(number)
    yield from waiting.items()


def _no_longer_waited_for(waiting: OrderedDict[str, list[Row]], since: int) -> Iterator[tuple[str, list[Row]]]:
    """Those whose last row lies too far back for another one to be theirs."""
    while waiting:
        number, rows = next(iter(waiting.items()))
        if rows[-1].number >= since:
            return
        yield number, waiting.pop(number)


class _Counted:
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
        self.rows += 1
        self._rows_blank += 1

    def skip(self, why: str) -> None:
        self.rows += 1
        self._skipped[why] += 1

    def take(self, rows: Sequence[Row], complaint: Complaint, marks: Iterable[Mark]) -> None:
        self._rows_taken += len(rows)
        self._taken[complaint.state] += 1
        self._marks.update(mark.code for mark in marks)

    def is_there(self, rows: Sequence[Row], *, is_erased: bool = False) -> None:
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


@attrs.frozen
class _Waiting:
    """A complaint that waits for its commit."""

    key: str
    rows: tuple[Row, ...]
    built: Built


class _Taking:
    """Takes complaints in, some at a time."""

    def __init__(
        self,
        desk: Desk,
        map: ImportMap,
        dealer: Dealer,
        by: Actor,
        recorded_by: Actor | None,
        language: str,
        counted: _Counted,
    ) -> None:
        self._desk = desk
        self._map = map
        self._dealer = dealer.id
        self._by = by
        self._recorded_by = recorded_by
        self._language = language
        self.counted = counted
        self._waiting: dict[str, _Waiting] = {}
        self._looked_at = 0

    @property
    def is_full(self) -> bool:
        """Whether as many were looked at as are committed together."""
        return self._looked_at >= TOGETHER

    def take(self, number: str, rows: Sequence[Row], builder: Builder) -> None:
        """Take the rows of one complaint, once enough others have come."""
        self._looked_at += 1
        built = builder.built(number, rows)
        if not isinstance(built, Built):
            self.counted.refuse(rows, _by_row(built))
            return
        key = f"import:{self._map.name}:{built.number}"
        if key in self._waiting:
            self._commit()
        self._waiting[key] = _Waiting(key, tuple(rows), built)

    def flush(self) -> None:
        """Commit what waits, and write down what was refused."""
        self._commit()
        self.counted.write_down()
        self._looked_at = 0

    def _commit(self) -> None:
        waiting, self._waiting = list(self._waiting.values()), {}
        if not waiting:
            return
        with self._desk.store.read() as reader:
            known = {one.key: found for one in waiting if (found := self._known(reader, one.key)) is not None}
        new = [one for one in waiting if one.key not in known]
        self._notes(self._handled(new))
        self._notes([(one, id) for one in waiting if one.key in known and (id := self._again(one, known[one.key]))])

    def _known(self, reader: Reader, key: str) -> StoredKey | None:
        return reader.keyed(self._dealer, key)

    def _order(self, one: _Waiting) -> Order:
        return Order(one.built.command, self._by, self._recorded_by, key=one.key)

    def _handled(self, new: Sequence[_Waiting]) -> list[tuple[_Waiting, UUID]]:
        """Those that were taken in."""
        answers = self._desk.handle_all([self._order(one) for one in new])
        return [(one, id) for one, answer in zip(new, answers, strict=True) if (id := self._answered(one, answer))]

    def _answered(self, one: _Waiting, answer: Complaint | ComplaintError) -> UUID | None:
        if isinstance(answer, Complaint):
            self.counted.take(one.rows, answer, one.built.marks)
            return answer.id
        if not isinstance(answer, _OF_A_ROW):
            raise answer
        self.counted.refuse(one.rows, {one.rows[0].number: _reasons(answer)})
        return None

    def _again(self, one: _Waiting, known: StoredKey) -> UUID | None:
        """What was taken in before: the same, erased since, or other than it was."""
        try:
            if self._is_as_it_was(one, known):
                self.counted.is_there(one.rows)
                return known.complaint
        except KeyErasedError:
            self.counted.is_there(one.rows, is_erased=True)
            return None
        fault = Fault("", "row_changed", reference=self._reference(known.complaint))
        self.counted.refuse(one.rows, {one.rows[0].number: (Reason("", fault),)})
        return None

    def _is_as_it_was(self, one: _Waiting, known: StoredKey) -> bool:
        if is_the_same(self._order(one), known):
            return True
        first = self._desk.history(known.complaint, by=self._by, upto=1)[0]
        # another manager may have brought it in
        return is_the_same(Order(one.built.command, first.by), known)

    def _reference(self, id: UUID) -> str:
        return self._desk.complaint(id, by=self._by).reference

    def _notes(self, taken: Iterable[tuple[_Waiting, UUID]]) -> None:
        """Write what is doubtful into the histories, where it is not there already."""
        marked = [(one, id) for one, id in taken if one.built.marks]
        if not marked:
            return
        with self._desk.store.read() as reader:
            new = [(one, id) for one, id in marked if reader.keyed(self._dealer, _key_of_note(one)) is None]
        orders = [
            Order(AddNote(complaint=id, text=self._note(one)), self._by, self._recorded_by, key=_key_of_note(one))
            for one, id in new
        ]
        for answer in self._desk.handle_all(orders):
            # what was archived meanwhile takes no notes any more
            if isinstance(answer, ComplaintError) and not isinstance(answer, IllegalMoveError):
                raise answer

    def _note(self, one: _Waiting) -> str:
        lines = [sentence("screen", "import.note", self._language, {"system": self._map.table.system})]
        for mark in one.built.marks:
            facts = {
                "row": mark.row,
                "column": mark.column,
                "value": _printable(mark.value[:_LONGEST_VALUE]),
                "reason": mark.reason(self._language),
            }
            lines.append(sentence("screen", "import.mark", self._language, facts))
        return "\n".join(lines)[:_LONGEST_NOTE]


_LONGEST_NOTE = 20_000
_LONGEST_VALUE = 200
"""Signs of a doubtful value that a note repeats; our choice, enough to find it."""


def _printable(text: str) -> str:
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text)


class _Rehearsal(_Taking):
    """Does the same, and writes nothing."""

    def __init__(
        self,
        desk: Desk,
        map: ImportMap,
        dealer: Dealer,
        by: Actor,
        recorded_by: Actor | None,
        language: str,
        counted: _Counted,
    ) -> None:
        super().__init__(desk, map, dealer, by, recorded_by, language, counted)
        self._seen: dict[int, int] = {}

    def _handled(self, new: Sequence[_Waiting]) -> list[tuple[_Waiting, UUID]]:
        for one in new:
            self._rehearse(one)
        return []

    def _again(self, one: _Waiting, known: StoredKey) -> UUID | None:
        super()._again(one, known)
        return None

    def _rehearse(self, one: _Waiting) -> None:
        number, content = _short(one.key.encode()), _short(msgspec.json.encode(one.built.command))
        if number in self._seen:
            self._met_before(one, is_same=self._seen[number] == content)
            return
        try:
            complaint = self._desk.rehearse(one.built.command, by=self._by, recorded_by=self._recorded_by)
        except _OF_A_ROW as error:
            self._answered(one, error)
            return
        self._seen[number] = content
        self.counted.take(one.rows, complaint, one.built.marks)
        if len(self.counted.samples) < _SAMPLE:
            places = tuple(row.number for row in one.rows)
            sample = Sample(rows=places, number=one.built.number, complaint=complaint, marks=one.built.marks)
            self.counted.samples.append(sample)

    def _met_before(self, one: _Waiting, *, is_same: bool) -> None:
        """The same number further up in the file."""
        if is_same:
            self.counted.is_there(one.rows)
        else:
            fault = Fault("", "row_changed", reference=one.built.number)
            self.counted.refuse(one.rows, {one.rows[0].number: (Reason("", fault),)})


def _short(content: bytes) -> int:
    return int.from_bytes(blake2b(content, digest_size=8).digest())


def _key_of_note(one: _Waiting) -> str:
    return f"{one.key}:marks"


def _by_row(wrong: Iterable[Wrong]) -> Mapping[int, Sequence[Reason]]:
    found: dict[int, list[Reason]] = {}
    for one in wrong:
        found.setdefault(one.row, []).append(Reason(one.fault.field, one.fault))
    return found


def _reasons(error: ComplaintError) -> Sequence[Reason]:
    """All that an order was refused for."""
    if isinstance(error, InvalidCommandError):
        return [Reason(fault.field, fault) for fault in error.faults]
    refusals = getattr(error, "refusals", ())
    return [Reason("", refusal) for refusal in refusals] or [Reason("", error)]


__all__ = ["Imported", "Progress", "Sample", "import_file"]
