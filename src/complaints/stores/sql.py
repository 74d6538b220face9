"""A store in SQLite: one file, one writer at a time, readers that never wait for it."""

from __future__ import annotations

import sqlite3
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import attrs
from sqlalchemy import URL, Connection, Engine

from complaints.stores.base import Reader, Writer
from complaints.stores.connections import Connections
from complaints.stores.migrate import NEWEST, bring_up_to_date, schema_version
from complaints.stores.remembered import Remembered
from complaints.stores.sharing import Lending, SharedReader, SharedWriter
from complaints.stores.sqlite import Database, copy_to, database_at, translated
from complaints.stores.statements import statements
from complaints.stores.tables import PREFIX
from complaints.stores.transactions import SqlReader, SqlWriter


@attrs.frozen(kw_only=True)
class StoreDescription:
    """
    What a database is and holds, for people who look after it.

    Attributes:
        schema: The version its tables are at; the newest this program knows is *newest*.
        size_bytes: Of the database file, without its write-ahead log.
        journal_mode: ``"wal"`` for files of ours.
        synchronous: ``"full"``: what is acknowledged survives a power cut.
    """

    file: str
    schema: str
    newest: str
    complaints: int
    events: int
    size_bytes: int
    journal_mode: str
    synchronous: str


class SqlStore:
    """
    Keeps complaints in an SQLite database, beside the host's own tables if it likes.

    One thread of all processes writes at a time, under BEGIN IMMEDIATE; what is committed is on the disk
    (``synchronous=FULL``). Safe to use from several threads.

    The connections are taken out of the engine's pool for good, and its file keeps the journal mode it has:
    without WAL, which :meth:`open` turns on, readers and the writer wait for each other.

    Args:
        engine: Of the host; SQLite, with a file behind it, and not bound to one thread.
        prefix: What our tables begin with.
        busy_seconds: How long to wait for another transaction; 5 is a default.

    Raises:
        StoreError: If the file cannot be used; ``why`` says what is the matter.
        SchemaOutOfDateError: If a newer program made the tables. Older ones are brought up to date here.
    """

    def __init__(self, engine: Engine, *, prefix: str = PREFIX, busy_seconds: float = 5.0) -> None:
        self._begin_with(Database(engine, busy_seconds=busy_seconds), prefix)

    @classmethod
    def open(
        cls, url: str | URL, *, prefix: str = PREFIX, busy_seconds: float = 5.0, is_read_only: bool = False
    ) -> SqlStore:
        """
        Open a file of ours, or make it.

        Args:
            url: Such as ``"sqlite:///complaints.db"``.
            is_read_only: Only look: the file must be there, and nothing in it changes. A file that may not
                be written is opened so in any case.

        Raises:
            StoreError: If there is no such folder, the file is another program's, damaged, or no database.
            SchemaOutOfDateError: If a newer program made the tables.
        """
        store = cls.__new__(cls)
        store._begin_with(database_at(url, busy_seconds=busy_seconds, is_read_only=is_read_only), prefix)
        return store

    def _begin_with(self, database: Database, prefix: str) -> None:
        self._sql = statements(prefix)
        writer = database.connect()
        try:
            bring_up_to_date(database, writer, prefix)
        except BaseException:
            writer.close()
            raise
        self._database = database
        self._prefix = prefix
        self._remembered = Remembered()
        self._connections = Connections(database, writer, self._sql, self._remembered)
        self._connections.begin()
        self._lending = Lending(self._connections)

    def write(self) -> AbstractContextManager[Writer]:
        """
        Begin to write.

        Raises:
            StoreBusyError: If somebody else held the database for too long.
            ReentrantStepError: If the same thread is already writing.
            StoreError: ``read_only``, ``full``, ``closed`` and the like.
        """
        return SqlWriter(self._connections, self._prefix, self._sql, self._remembered)

    def read(self) -> AbstractContextManager[Reader]:
        """Begin to read; the moment is that of the first question."""
        return SqlReader(self._connections, self._prefix, self._sql, self._remembered)

    def transaction(self) -> AbstractContextManager[Connection]:
        """
        Begin a transaction for the host, on the connection that this store writes with.

        It has begun IMMEDIATE, and what is committed in it is on the disk. Foreign keys of the host's tables are
        enforced there. It belongs to the thread that began it; as long as it lasts, nobody else writes.

        Raises:
            StoreBusyError: If somebody else held the database for too long.
            ReentrantStepError: If the same thread is already writing.
            StoreError: ``read_only``, ``full``, ``closed`` and the like.
        """
        return self._lending.transaction()

    def write_on(self, connection: Connection) -> AbstractContextManager[Writer]:
        """
        Write in the transaction of *connection*, from :meth:`transaction` or of the host's own engine on this file.

        On the host's own connection its own settings hold, ``PRAGMA synchronous`` among them.

        Raises:
            InvalidCommandError: If it is no connection of SQLAlchemy's.
            StoreError: ``connection_closed``, ``connection_elsewhere``, ``connection_not_begun``,
                ``connection_autocommit``, ``connection_thread``: if nothing may be written there.
            StoreBusyError: ``connection_deferred``: if its transaction has neither begun IMMEDIATE nor written yet.
            ReentrantStepError: If the same thread is in the midst of a step.
        """
        return SharedWriter(connection, self._connections, self._prefix, self._sql, self._remembered)

    def read_on(self, connection: Connection) -> AbstractContextManager[Reader]:
        """
        Read what *connection* sees: what is committed, and what its own transaction has written.

        Raises:
            As :meth:`write_on`, but that the transaction need not have the right to write.
        """
        return SharedReader(connection, self._connections, self._prefix, self._sql, self._remembered)

    def close(self) -> None:
        """Wait for the writer to end, then close every connection that is not in use."""
        self._connections.close()

    def wipe(self) -> bool:
        """
        Overwrite what is left of erased texts in unused parts of the file and in its log, as far as that is owed.

        A store does so by itself when a step erases something, and again after every step, when it is closed and when
        it is opened, as long as somebody who reads the database keeps it from that.

        Returns:
            Whether nothing is owed any more. A file that is not ours alone (``SqlStore(engine)``) is not written anew:
            its owner runs ``VACUUM``.

        Raises:
            StoreBusyError: If somebody else writes for too long.
            StoreError: ``read_only``, ``closed`` and the like.
        """
        return self._connections.wipe()

    def describe(self) -> StoreDescription:
        """What the database is and holds now."""
        raw = self._connections.take_reader()
        try:
            (complaints,) = raw.execute(self._sql.complaint_count).fetchone()
            (events,) = raw.execute(self._sql.last_position).fetchone()
            return StoreDescription(
                file=self._database.file,
                schema=schema_version(raw, self._prefix) or "",
                newest=NEWEST,
                complaints=complaints,
                events=events or 0,
                size_bytes=_pragma(raw, "page_count") * _pragma(raw, "page_size"),
                journal_mode=_pragma(raw, "journal_mode"),
                synchronous=("off", "normal", "full", "extra")[_pragma(raw, "synchronous")],
            )
        except sqlite3.Error as error:
            raise translated(error, self._database.file) from error
        finally:
            self._connections.give_back(raw)

    def backup(self, path: str | Path) -> None:
        """
        Copy the database to a new file, as of one moment, while others go on; all of it or no file.

        Raises:
            StoreError: ``exists`` if there is such a file already; ``cannot_open``, ``full``.
        """
        raw = self._connections.take_reader()
        try:
            copy_to(raw, self._database.file, Path(path).absolute())
        finally:
            self._connections.give_back(raw)


def _pragma(raw: sqlite3.Connection, name: str) -> Any:
    return raw.execute(f"PRAGMA {name}").fetchone()[0]
