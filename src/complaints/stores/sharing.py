"""One transaction with the host: its connection lent to us, or ours lent to it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from weakref import ref

from sqlalchemy import Connection, Engine, RootTransaction, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from complaints.errors import ComplaintError, StoreError
from complaints.stores.base import Step
from complaints.stores.borrowing import borrowed, plain, writable_root
from complaints.stores.connections import Connections
from complaints.stores.remembered import Remembered
from complaints.stores.sqlite import translated, translating
from complaints.stores.statements import Statements
from complaints.stores.transactions import SqlReader, SqlWriter


class Lending:
    """
    Lends the store's writing connection to the host, as one of SQLAlchemy's.

    Args:
        connections: Of the store.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._lent: tuple[sqlite3.Connection, Engine] | None = None
        self._is_committed = False

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction that has begun IMMEDIATE, in its turn; committed when the block ends."""
        file = self._connections.database.file
        with self._connections.lent_writer() as raw, self._engine(raw).connect() as connection:
            with translating(file):
                transaction = connection.begin()
            has_ended, self._is_committed = False, False
            try:
                with transaction:
                    yield connection
                    has_ended = True
                    if self._is_lost(connection, raw, transaction):
                        raise StoreError("connection_closed")
            except DBAPIError as error:
                # what fails inside the block is the host's own; what fails afterwards is the commit
                meaning = _meaning(error, file) if has_ended else None
                if meaning is None:
                    raise
                raise meaning from error

    def _is_lost(self, connection: Connection, raw: sqlite3.Connection, transaction: RootTransaction) -> bool:
        """
        Whether a host that believes everything to be in order has nothing to commit any more.

        SQLite has undone it by itself, and the host passed over the error that said so; or the host has closed the
        connection, which undoes it as well and says nothing.
        """
        if connection.invalidated or (transaction.is_active and not raw.in_transaction):
            return True
        return connection.closed and not self._is_committed

    def _note_commit(self, connection: Connection) -> None:
        self._is_committed = True

    def _engine(self, raw: sqlite3.Connection) -> Engine:
        """The engine whose one connection is *raw*."""
        if self._lent is None or self._lent[0] is not raw:
            engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool)
            event.listen(engine, "begin", _begin_immediate)
            event.listen(engine, "before_cursor_execute", _require_a_transaction)
            event.listen(engine, "commit", self._note_commit)
            self._lent = raw, engine
        return self._lent[1]


_BEGIN = "BEGIN IMMEDIATE"


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql(_BEGIN)


def _require_a_transaction(connection: Connection, cursor: sqlite3.Cursor, statement: str, *about: object) -> None:
    """Once SQLite has undone everything by itself, whatever came after would be committed at once, alone."""
    if statement != _BEGIN and not cursor.connection.in_transaction:
        raise StoreError("connection_closed")


def _meaning(error: DBAPIError, file: str) -> StoreError | None:
    """What a failed commit means, where it is not a constraint of the host's own tables."""
    if not isinstance(error.orig, sqlite3.Error) or isinstance(error.orig, sqlite3.IntegrityError):
        return None
    return translated(error.orig, file)


class SharedReader(SqlReader):
    """Answers from the host's connection, as its transaction sees it."""

    __slots__ = ("_host", "_plainly")

    def __init__(
        self, host: Connection, connections: Connections, prefix: str, sql: Statements, remembered: Remembered
    ) -> None:
        super().__init__(connections, prefix, sql, Remembered(beside=remembered))
        self._host = host

    def __enter__(self) -> SharedReader:
        self._raw = borrowed(self._host, self._connections)
        # outside of a transaction it begins one, so that everything that is read is of one moment
        self._run("SAVEPOINT complaints_reading")
        self._plainly = plain(self._raw)
        self._plainly.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._plainly.__exit__(kind, error, trace)
        try:
            if self._raw is not None:
                self._run("RELEASE complaints_reading")
        finally:
            self._raw = None
        self._translate(error)


class SharedWriter(SqlWriter):
    """
    Writes in the host's transaction, and leaves it to the host to commit.

    What is written in a block that raises is undone alone, by a savepoint. Where not even that can be done, the
    connection is given up: then nothing that was ever done in the transaction can be committed.
    """

    __slots__ = ("_host", "_plainly", "_root")

    def __init__(
        self, host: Connection, connections: Connections, prefix: str, sql: Statements, remembered: Remembered
    ) -> None:
        super().__init__(connections, prefix, sql, remembered)
        self._host = host

    def __enter__(self) -> SharedWriter:
        connections = self._connections
        if connections.database.is_read_only:
            raise StoreError("read_only", file=connections.database.file)
        raw = borrowed(self._host, connections)
        self._root = writable_root(self._host, raw, connections, self._sql)
        self._remembered = self._remembered_in(self._root)
        self._raw = raw
        self._run("SAVEPOINT complaints_step")
        self._plainly = plain(raw)
        self._plainly.__enter__()
        connections.here.is_stepping = True
        return self

    def _remembered_in(self, root: RootTransaction) -> Remembered:
        """What was read and written in this transaction before, beside what the whole store remembers."""
        here = self._connections.here
        if here.root is None or here.root() is not root or here.remembered is None:
            here.root, here.remembered = ref(root), Remembered(beside=self._remembered)
        return here.remembered

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connections.here.is_stepping = False
        self._plainly.__exit__(kind, error, trace)
        try:
            self._end(is_good=kind is None and self._spoiled is None)
        finally:
            self._raw = None
        self._translate(error)
        if kind is None and self._spoiled is not None:
            raise self._spoiled

    def _end(self, *, is_good: bool) -> None:
        """Keep what was written for the host to commit, or undo it alone, or give up all of its transaction."""
        try:
            if self._raw is None:
                raise self._ended or StoreError("closed")
            for statement in ("RELEASE complaints_step",) if is_good else _UNDO:
                self._run(statement)
        except ComplaintError as failure:
            self._spoiled = failure
            self._host.invalidate(failure)
            return
        if is_good and self._erased:
            self._connections.wipe_after(self._root, self._erased)

    def _erase(self, id: str, step: Step) -> None:
        # our own connections overwrite whatever they delete; the host's does so for us, this once
        (before,) = self._run("PRAGMA secure_delete").fetchone()
        self._run("PRAGMA secure_delete = ON")
        super()._erase(id, step)
        self._run(f"PRAGMA secure_delete = {('OFF', 'ON', 'FAST')[before]}")


_UNDO = ("ROLLBACK TO complaints_step", "RELEASE complaints_step")
