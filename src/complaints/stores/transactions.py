"""A transaction on SQLite: what a reader answers, and how a step is written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from types import TracebackType
from typing import Any
from uuid import UUID

import msgspec

from complaints.errors import (
    BrokenHistoryError,
    ComplaintError,
    ConflictError,
    KeyReusedError,
    SchemaOutOfDateError,
    StoreError,
)
from complaints.model.complaint import Complaint
from complaints.model.watching import watched
from complaints.model.words import State
from complaints.stores.base import (
    Committed,
    Page,
    Query,
    Step,
    StoredEvent,
    StoredKey,
    StoredPersonal,
    require_next_numbers,
)
from complaints.stores.connections import WIPING_OWED, Connections
from complaints.stores.migrate import NEWEST
from complaints.stores.remembered import Remembered
from complaints.stores.search import cursor_after, every_term, folded, has_the_same_terms
from complaints.stores.sqlite import translated
from complaints.stores.statements import Statements, Values, finding, tallying
from complaints.stores.times import micros, moment

_encode = msgspec.json.Encoder().encode
_LAST = 2**62


class SqlReader:
    """Answers from one connection, in one transaction."""

    __slots__ = ("_connections", "_ended", "_held", "_prefix", "_raw", "_remembered", "_sql")

    def __init__(self, connections: Connections, prefix: str, sql: Statements, remembered: Remembered) -> None:
        self._connections = connections
        self._prefix = prefix
        self._sql = sql
        self._remembered = remembered
        self._held: sqlite3.Connection | None = None
        self._raw: sqlite3.Connection | None = None
        self._ended: StoreError | None = None

    def __enter__(self) -> SqlReader:
        self._held = self._raw = self._connections.take_reader()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        held, self._held, self._raw = self._held, None, None
        if held is not None:
            self._connections.give_back(held)
        self._translate(error)

    def _run(self, sql: str, values: Values = ()) -> sqlite3.Cursor:
        if self._raw is None:
            raise self._ended or StoreError("closed")
        try:
            return self._raw.execute(sql, values)
        except sqlite3.Error as error:
            meaning = translated(error, self._connections.database.file)
            if not self._raw.in_transaction:
                # SQLite has rolled back by itself; what came after would be committed at once, alone
                self._raw, self._ended = None, meaning
            elif meaning.why == "failed":
                meaning = self._newer_tables() or meaning
            raise meaning from error

    def _newer_tables(self) -> SchemaOutOfDateError | None:
        """What to tell where a newer program has changed the tables since this one opened them, else ``None``."""
        if self._raw is None:
            return None
        try:
            return self._out_of_date(self._raw.execute(self._sql.schema).fetchone())
        except sqlite3.Error:
            # whatever is the matter, it is what went wrong first
            return None

    def _out_of_date(self, row: tuple[str] | None) -> SchemaOutOfDateError | None:
        found = row[0] if row is not None else ""
        if found == NEWEST:
            return None
        file = self._connections.database.file
        return SchemaOutOfDateError("schema_newer", file=file, found=found, known=NEWEST)

    def _translate(self, error: BaseException | None) -> None:
        # fetching may fail as well, later than the statement began
        if isinstance(error, sqlite3.Error):
            raise translated(error, self._connections.database.file) from error

    def complaint(self, id: UUID) -> Complaint | None:
        """The snapshot, or ``None``."""
        key = id.hex
        row = self._run(self._sql.snapshot, (key,)).fetchone()
        return self._decoded(key, row[0]) if row is not None else None

    def _decoded(self, id: str, snapshot: bytes) -> Complaint:
        try:
            return self._remembered.decoded(id, snapshot)
        except BrokenHistoryError as error:
            newer = self._newer_tables()
            if newer is not None:
                raise newer from error
            raise

    def by_reference(self, reference: str) -> UUID | None:
        """The id behind a case number, or ``None``."""
        if not _is_writable(reference):
            return None
        row = self._run(self._sql.by_reference, (reference,)).fetchone()
        return UUID(hex=row[0]) if row is not None else None

    def events(self, id: UUID, *, after: int = 0, upto: int | None = None) -> Sequence[StoredEvent]:
        """The events with ``after < number <= upto``, in order; their times are in UTC."""
        rows = self._texts(self._sql.events, (id.hex, after, _LAST if upto is None else upto))
        return tuple(_event(id, *row) for row in rows)

    def personal(self, id: UUID, *, after: int = 0, upto: int | None = None) -> Sequence[StoredPersonal]:
        """The personal texts of the events with ``after < number <= upto`` that are not erased, by number and path."""
        rows = self._texts(self._sql.personal, (id.hex, after, _LAST if upto is None else upto))
        return tuple(StoredPersonal(id, number, path, salt, text) for number, path, salt, text in rows)

    def _texts(self, sql: str, values: Values) -> list[tuple[Any, ...]]:
        """
        Rows with stored texts, even where one of them is no text any more.

        Whoever verifies is to hear at which event, so bytes that are no UTF-8 come as the signs that stand for them.
        """
        try:
            return self._run(sql, values).fetchall()
        except sqlite3.OperationalError as error:
            # the driver's own error, and not SQLite's: it could not decode
            if self._raw is None or hasattr(error, "sqlite_errorcode"):
                raise
        self._raw.text_factory = _as_it_lies
        try:
            return self._run(sql, values).fetchall()
        finally:
            self._raw.text_factory = str

    def keyed(self, dealer: str, key: str) -> StoredKey | None:
        """What *key* stood for, or ``None``."""
        row = self._run(self._sql.keyed, (dealer, key)).fetchone()
        return StoredKey(dealer, key, UUID(hex=row[0]), *row[1:]) if row is not None else None

    def heads(self) -> Iterator[tuple[UUID, int, str]]:
        """Id, version and last digest of every complaint, in order of id."""
        for id, version, head in self._run(self._sql.heads):
            yield self._id(id), version, _as_it_lies(head)

    def _id(self, written: str) -> UUID:
        try:
            return UUID(hex=written)
        except ValueError:
            raise StoreError("damaged", file=self._connections.database.file) from None

    def committed(self, *, after: int = 0, dealer: str | None = None, limit: int = 200) -> Sequence[Committed]:
        """The events of all complaints with ``position > after``, in order of position."""
        at = () if dealer is None else (dealer,)
        sql = self._sql.committed if dealer is None else self._sql.committed_at
        rows = self._texts(sql, (after, *at, limit, 0))
        return tuple(
            Committed(position, of_dealer, reference, _event(self._id(id), *event))
            for position, of_dealer, reference, id, *event in rows
        )

    def last_position(self) -> int:
        """The highest position there is; 0 where there is no event."""
        (last,) = self._run(self._sql.last_position).fetchone()
        return last or 0

    def waking(
        self, now: datetime, *, after: tuple[datetime, UUID] | None = None, limit: int = 200
    ) -> Sequence[tuple[datetime, UUID]]:
        """Complaints that time alone does something to, up to *now*: the moment and the id, in that order."""
        at, id = (micros(after[0]), after[1].hex) if after is not None else (-_LAST, "")
        rows = self._run(self._sql.waking, (micros(now), at, at, id, limit, 0))
        return tuple((moment(looked_at), self._id(found)) for looked_at, found in rows)

    def unsettled(self, year: int, *, after: UUID | None = None, limit: int = 200) -> Sequence[UUID]:
        """Complaints with a provisional due date in *year* or before, in order of id."""
        rows = self._run(self._sql.unsettled, (year, after.hex if after is not None else "", limit, 0))
        return tuple(self._id(found) for (found,) in rows)

    def find(self, query: Query) -> Page:
        """A page of what *query* describes, newest first."""
        sql, values = finding(self._prefix, query)
        rows = self._run(sql, values).fetchall()
        found = tuple(self._decoded(id, snapshot) for id, snapshot in rows[: query.limit])
        return Page(found, cursor_after(found[-1].id) if len(rows) > query.limit else None)

    def tally(self, query: Query) -> Mapping[State, int]:
        """How many complaints *query* describes, by state."""
        return {State(state): count for state, count in self._run(*tallying(self._prefix, query))}


class SqlWriter(SqlReader):
    """One transaction on the connection that writes."""

    __slots__ = ("_erased", "_knows_the_tables", "_spoiled")

    def __init__(self, connections: Connections, prefix: str, sql: Statements, remembered: Remembered) -> None:
        super().__init__(connections, prefix, sql, remembered)
        self._spoiled: ComplaintError | None = None
        self._erased = set[str]()
        self._knows_the_tables = False

    def __enter__(self) -> SqlWriter:
        self._held = self._raw = self._connections.take_writer()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None and self._raw is None:
            self._spoiled = self._ended
        held, self._held, self._raw = self._held, None, None
        if held is not None:
            commit = kind is None and self._spoiled is None
            self._connections.end_writing(held, commit=commit, erased=self._erased)
        self._translate(error)
        if kind is None and self._spoiled is not None:
            raise self._spoiled

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """A part that is undone alone when it raises."""
        outer = self._spoiled
        self._run("SAVEPOINT attempt")
        try:
            yield
            if self._spoiled is not None:
                raise self._spoiled
        except BaseException as error:
            if self._raw is not None:
                self._end_attempt("ROLLBACK TO attempt", "RELEASE attempt")
                self._spoiled = outer
            self._translate(error)
            raise
        self._end_attempt("RELEASE attempt")

    def _end_attempt(self, *statements: str) -> None:
        try:
            for statement in statements:
                self._run(statement)
        except StoreError as error:
            # what it wrote may still stand though it is told to have failed: nothing may be committed any more
            self._spoiled = error
            raise

    def next_number(self, counter: str) -> int:
        """The next number of a gapless counter."""
        row = self._run(self._sql.counter, (counter,)).fetchone()
        if row is None:
            self._run(self._sql.add_counter, (counter, 1))
            return 1
        number: int = row[0] + 1
        self._run(self._sql.change_counter, (number, counter))
        return number

    def watch(self, complaint: Complaint) -> None:
        """Write down again when time does something to *complaint*."""
        self._look_at_the_tables()
        self._run(self._sql.change_watched, (*_watched(complaint), complaint.id.hex))

    def append(self, step: Step) -> None:
        """Write *step*; once half of it is written, an error spoils the transaction or the attempt."""
        require_next_numbers(step)
        self._look_at_the_tables()
        complaint = step.complaint
        id = complaint.id.hex
        snapshot = _encode(complaint)
        if step.seen == 0:
            self._add_complaint(id, complaint, snapshot)
            before: Complaint | None = None
        else:
            before = self._change_complaint(id, step, snapshot)
        try:
            self._add_rows(id, step)
            if before is None or not has_the_same_terms(before, complaint):
                self._write_terms(id, before, complaint, is_new=step.seen == 0)
            if step.text is not None:
                self._write_words(id, folded(step.text), is_new=step.seen == 0)
            if step.erased:
                self._erase(id, step)
        except ComplaintError as error:
            # half a step is written: the transaction, or the attempt, can only be undone
            self._spoiled = error
            raise
        self._remembered.keep(id, snapshot, complaint)

    def _look_at_the_tables(self) -> None:
        """
        Once in a transaction: while it lasts, nobody else can change them.

        Raises:
            SchemaOutOfDateError: ``schema_newer`` where a newer program has changed them since this one opened them:
                what this one wrote could mean something else there.
        """
        if self._knows_the_tables:
            return
        newer = self._out_of_date(self._run(self._sql.schema).fetchone())
        if newer is not None:
            raise newer
        self._knows_the_tables = True

    def _erase(self, id: str, step: Step) -> None:
        """Put what is left in the place of texts, and of keys only that they were used; notices have no text."""
        for text in step.erased:
            self._run(self._sql.erase_personal, (text.salt, text.text, id, text.number, text.path))
        self._run(self._sql.erase_keys, (b"", b"", id, step.seen))
        # until the file is wiped this stands in it, so that a program that dies before leaves it to the next one
        if self._run(self._sql.change_counter, (1, WIPING_OWED)).rowcount == 0:
            self._run(self._sql.add_counter, (WIPING_OWED, 1))
        self._remembered.forget(id)
        self._erased.add(id)

    def _add_complaint(self, id: str, complaint: Complaint, snapshot: bytes) -> None:
        known = (id, complaint.dealer, complaint.reference, complaint.version)
        values = (*known, *_searched(complaint), complaint.head, snapshot, *_watched(complaint))
        try:
            self._run(self._sql.add_complaint, values)
        except StoreError as error:
            if not isinstance(error.__cause__, sqlite3.IntegrityError):
                raise
            if (found := self._run(self._sql.version_and_head, (id,)).fetchone()) is not None:
                raise ConflictError(complaint.id, 0, found[0], ()) from None
            raise StoreError("doubled", what="reference") from None

    def _change_complaint(self, id: str, step: Step, snapshot: bytes) -> Complaint | None:
        """Write the complaint where it is still at ``step.seen``; returns what stood there, if that is known."""
        before = self._remembered.at(id, step.seen)
        if before is not None and self._replace(id, step, snapshot, before.head, before):
            return before
        # not known, or another one has that version: ask
        found = self._run(self._sql.version_and_head, (id,)).fetchone() or (0, "")
        if found[0] != step.seen or not self._replace(id, step, snapshot, found[1], None):
            raise ConflictError(step.complaint.id, step.seen, found[0], ())
        return None

    def _replace(self, id: str, step: Step, snapshot: bytes, head: str, before: Complaint | None) -> bool:
        complaint = step.complaint
        where = (id, step.seen, head)
        # a column that is written has its indexes written as well: most steps leave most of them alone
        searched: Values = ()
        watched: Values = ()
        if before is None or not _is_searched_alike(before, complaint):
            sql, searched, watched = self._sql.change_complaint, _searched(complaint), _watched(complaint)
        elif not _is_watched_alike(before, complaint):
            state = str(complaint.state), str(complaint.stage)
            sql, searched, watched = self._sql.change_course, state, _watched(complaint)
        else:
            sql = self._sql.change_snapshot
        values = (complaint.version, *searched, complaint.head, snapshot, *watched, *where)
        return self._run(sql, values).rowcount == 1

    def _add_rows(self, id: str, step: Step) -> None:
        for event in step.events:
            self._add_event(id, event)
        for text in step.personal:
            self._run(self._sql.add_personal, (id, text.number, text.path, text.salt, text.text))
        for stored in step.keys:
            self._add_key(id, stored)
        for notice in step.notices:
            values = (notice.id, id, notice.number, notice.lane, micros(notice.due_at))
            self._run_unless_doubled(self._sql.add_notice, values, "notice")

    def _add_event(self, id: str, event: StoredEvent) -> None:
        values = (id, event.number, event.command, micros(event.recorded_at), event.digest, event.body)
        try:
            self._run(self._sql.add_event, values)
        except StoreError as error:
            if isinstance(error.__cause__, sqlite3.IntegrityError):
                raise BrokenHistoryError(event.complaint, event.number, "number") from error
            raise

    def _add_key(self, id: str, stored: StoredKey) -> None:
        values = (stored.dealer, stored.key, id, stored.number, stored.salt, stored.digest)
        try:
            self._run_unless_doubled(self._sql.add_key, values, "key")
        except StoreError:
            if (other := self.keyed(stored.dealer, stored.key)) is not None:
                raise KeyReusedError(stored.key, other.complaint) from None
            raise

    def _run_unless_doubled(self, sql: str, values: Values, what: str) -> None:
        try:
            self._run(sql, values)
        except StoreError as error:
            if isinstance(error.__cause__, sqlite3.IntegrityError):
                raise StoreError("doubled", what=what) from error
            raise

    def _write_terms(self, id: str, before: Complaint | None, complaint: Complaint, *, is_new: bool) -> None:
        wanted = every_term(complaint)
        if is_new:
            known: frozenset[tuple[str, str]] = frozenset()
        elif before is not None:
            known = every_term(before)
        else:
            known = frozenset(self._run(self._sql.terms, (id,)))
        if known == wanted:
            return
        if known:
            self._run(self._sql.drop_terms, (id,))
        for kind, value in wanted:
            self._run(self._sql.add_term, (kind, value, id))

    def _write_words(self, id: str, words: str, *, is_new: bool) -> None:
        if is_new or self._run(self._sql.change_words, (words, id)).rowcount == 0:
            self._run(self._sql.add_words, (id, words))


def _is_writable(text: str) -> bool:
    """Whether *text* is one that a database can hold: half a sign is none."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _as_it_lies(text: bytes) -> str:
    return text.decode("utf-8", "surrogateescape")


def _event(id: UUID, number: int, command: str, recorded_at: int, body: str, digest: str) -> StoredEvent:
    try:
        return StoredEvent(id, number, command, moment(recorded_at), body, digest)
    except OverflowError as error:
        # somebody wrote into the file: no calendar has that moment
        raise BrokenHistoryError(id, number, "unreadable") from error


def _searched(complaint: Complaint) -> Values:
    department = complaint.department
    return (
        # plain text: the driver would ask around how to adapt an enum
        str(complaint.state),
        str(complaint.stage),
        complaint.handler,
        str(department) if department is not None else None,
        str(complaint.severity),
        micros(complaint.received_at),
    )


def _watched(complaint: Complaint) -> Values:
    look, due, year = watched(complaint)
    return micros(look) if look is not None else None, micros(due) if due is not None else None, year


def _is_watched_alike(one: Complaint, other: Complaint) -> bool:
    """Whether neither the state nor anything changed that time does something to."""
    alike = one.state is other.state and one.clocks is other.clocks and one.promises is other.promises
    return alike and one.beside.warnings is other.beside.warnings


def _is_searched_alike(one: Complaint, other: Complaint) -> bool:
    """Whether all columns people search by are the same but for the state."""
    # identity is enough: a step hands on what it does not change
    return (
        one.severity is other.severity
        and one.department is other.department
        and one.duties is other.duties
        and one.registration is other.registration
        and one.beside.absorbed is other.beside.absorbed
    )
