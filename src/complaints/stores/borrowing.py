"""The host's connection: whether a step may be read and written on it, and what is to be changed if not."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, RootTransaction

from complaints.errors import Fault, InvalidCommandError, ReentrantStepError, StoreBusyError, StoreError
from complaints.stores.connections import Connections
from complaints.stores.sqlite import translating
from complaints.stores.statements import Statements

_NO_COUNTER = (0, "")


def borrowed(connection: Connection, connections: Connections) -> sqlite3.Connection:
    """
    The driver's connection behind the host's, if it is open, of our database, and this thread's to use.

    Raises:
        InvalidCommandError: If it is no connection at all.
        StoreError: ``connection_closed``, ``connection_thread``, ``connection_elsewhere`` or ``dialect``; ``closed`` if
            the store is.
    """
    connections.require_open()
    if not isinstance(connection, Connection):
        raise InvalidCommandError(
            "Order", [Fault("connection", "type", wanted="Connection", given=type(connection).__name__)]
        )
    if connection.closed or connection.invalidated:
        raise StoreError("connection_closed")
    raw = connection.connection.driver_connection
    if not isinstance(raw, sqlite3.Connection):
        raise StoreError("dialect", dialect=connection.dialect.driver)
    if connections.is_lent_to_another(raw) or not _is_of_this_thread(raw):
        raise StoreError("connection_thread")
    _require_the_same_file(raw, connections)
    return raw


def _is_of_this_thread(raw: sqlite3.Connection) -> bool:
    try:
        raw.cursor()
    except sqlite3.ProgrammingError:
        return False
    return True


def _require_the_same_file(raw: sqlite3.Connection, connections: Connections) -> None:
    ours = connections.database.file
    with plain(raw), translating(ours):
        theirs = next(row[2] for row in raw.execute("PRAGMA database_list") if row[1] == "main")
    if theirs != ours and not _are_one(theirs, ours):
        raise StoreError("connection_elsewhere", file=ours, other=theirs or ":memory:")


def _are_one(theirs: str, ours: str) -> bool:
    try:
        return bool(theirs) and Path(theirs).samefile(ours)
    except OSError:
        return False


def writable_root(
    connection: Connection, raw: sqlite3.Connection, connections: Connections, sql: Statements
) -> RootTransaction:
    """
    The transaction that *connection* is in, proven to have the right to write.

    Raises:
        ReentrantStepError: If this thread is in the midst of a step.
        StoreError: ``connection_not_begun`` or ``connection_autocommit``.
        StoreBusyError: ``connection_deferred``.
    """
    here = connections.here
    if here.is_stepping:
        raise ReentrantStepError
    root = connection.get_transaction()
    if root is None or not raw.in_transaction:
        if connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT":
            raise StoreError("connection_autocommit")
        raise StoreError("connection_not_begun")
    if (here.root is None or here.root() is not root) and not _may_write(raw, connections, sql):
        raise StoreBusyError("connection_deferred")
    return root


def _may_write(raw: sqlite3.Connection, connections: Connections, sql: Statements) -> bool:
    """
    Whether the transaction of *raw* holds the one right to write that SQLite has to give.

    The driver does not tell. A transaction without it would get it where nobody else writes, and fail where somebody
    does: in production, and not in a test. So it is asked of somebody else first whether the right is still to be had.
    """
    if connections.is_writer(raw):
        return True
    if connections.could_begin_to_write():
        return False
    with _without_waiting(raw):
        try:
            raw.execute(sql.change_counter, _NO_COUNTER)
        except sqlite3.OperationalError:
            return False
    return True


@contextmanager
def plain(raw: sqlite3.Connection) -> Iterator[None]:
    """Have *raw* answer with plain rows and text for a while, whatever the host has set."""
    rows, texts = raw.row_factory, raw.text_factory
    raw.row_factory, raw.text_factory = None, str
    try:
        yield
    finally:
        # where the transaction was given up, the connection is closed, and this does no harm
        raw.row_factory, raw.text_factory = rows, texts


@contextmanager
def _without_waiting(raw: sqlite3.Connection) -> Iterator[None]:
    (before,) = raw.execute("PRAGMA busy_timeout").fetchone()
    raw.execute("PRAGMA busy_timeout = 0")
    try:
        yield
    finally:
        raw.execute(f"PRAGMA busy_timeout = {int(before)}")
