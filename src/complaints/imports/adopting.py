"""Taking complaints in, some at a time: each of them once, whoever brings it and however often."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from hashlib import blake2b
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
from complaints.imports.building import Builder, Built
from complaints.imports.counting import Counted, Sample
from complaints.imports.findings import Wrong
from complaints.imports.mapping import ImportMap
from complaints.imports.refused import Reason
from complaints.imports.rows import Row
from complaints.locale import sentence
from complaints.model.complaint import Complaint
from complaints.model.people import Actor, Dealer
from complaints.orders import Order, is_the_same
from complaints.stages.anytime import AddNote
from complaints.stores.base import Reader, StoredKey

TOGETHER = 32
"""Complaints that are looked up and committed together: as many as the desk has in one commit of a batch."""

_SAMPLE = 3
_OF_A_ROW = (RefusedError, IllegalMoveError, InvalidCommandError, KeyReusedError, NaiveTimeError)
"""What one order is refused for; any other error would befall the next one as well."""


@attrs.frozen
class _Waiting:
    """A complaint that waits for its commit."""

    key: str
    rows: tuple[Row, ...]
    built: Built


class Taking:
    """Takes complaints in, some at a time."""

    def __init__(
        self,
        desk: Desk,
        map: ImportMap,
        dealer: Dealer,
        by: Actor,
        recorded_by: Actor | None,
        language: str,
        counted: Counted,
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


class Rehearsal(Taking):
    """Does the same, and writes nothing."""

    @cached_property
    def _seen(self) -> dict[int, int]:
        """What was looked at before, so that a number that comes twice is told of."""
        return {}

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
    return f"marks:{one.key}"


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


__all__ = ["Rehearsal", "Taking"]
