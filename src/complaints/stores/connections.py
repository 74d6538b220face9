"""The connections of a store: one to write with, for one thread at a time, and some to read with."""

from __future__ import annotations

import sqlite3
from threading import Lock, get_ident

from complaints.errors import ReentrantStepError, StoreBusyError, StoreError
from complaints.stores.sqlite import Database, translated

_IDLE_READERS = 8


class Connections:
    """
    Hands out connections in a transaction, and takes them back when it ends.

    Args:
        database: Makes new ones.
        writer: The one to write with.
    """

    def __init__(self, database: Database, writer: sqlite3.Connection) -> None:
        self.database = database
        self._writer: sqlite3.Connection | None = writer
        self._idle: list[sqlite3.Connection] = []
        self._turn = Lock()
        self._writing: int | None = None
        self._is_closed = False

    def close(self) -> None:
        """
        Wait for the writer to end, then close every connection that is not in use.

        Raises:
            ReentrantStepError: If this very thread is writing.
        """
        if self._writing == get_ident():
            raise ReentrantStepError
        with self._turn:
            self._is_closed = True
            if self._writer is not None:
                self._writer.close()
                self._writer = None
        while self._idle:
            self._idle.pop().close()

    def take_reader(self) -> sqlite3.Connection:
        """A connection to read with, in a transaction; to be given back."""
        if self._is_closed:
            raise StoreError("closed")
        try:
            raw = self._idle.pop()
        except IndexError:
            raw = self.database.connect()
        try:
            raw.execute("BEGIN")
        except BaseException as error:
            raw.close()
            self._translate(error)
            raise
        return raw

    def give_back(self, raw: sqlite3.Connection) -> None:
        """End the reader's transaction and keep the connection for the next one."""
        try:
            raw.rollback()
        except BaseException as error:
            raw.close()
            self._translate(error)
            raise
        if self._is_closed or len(self._idle) >= _IDLE_READERS:
            raw.close()
        else:
            self._idle.append(raw)

    def take_writer(self) -> sqlite3.Connection:
        """The connection to write with, in a transaction; nobody else has it until it is given back."""
        if self._writing == get_ident():
            raise ReentrantStepError
        if not self._turn.acquire(timeout=self.database.busy_seconds):
            raise StoreBusyError(file=self.database.file)
        try:
            raw = self._begin_writing()
        except BaseException:
            self._turn.release()
            raise
        self._writing = get_ident()
        return raw

    def _begin_writing(self) -> sqlite3.Connection:
        if self._is_closed:
            raise StoreError("closed")
        if self.database.is_read_only:
            raise StoreError("read_only", file=self.database.file)
        if self._writer is None:
            self._writer = self.database.connect()
        try:
            self._writer.execute("BEGIN IMMEDIATE")
        except BaseException as error:
            # whoever interrupts may do so when it has begun already
            self._roll_back(self._writer)
            self._translate(error)
            raise
        return self._writer

    def end_writing(self, raw: sqlite3.Connection, *, commit: bool) -> None:
        """Commit, or else roll back; then it is somebody else's turn."""
        try:
            if commit:
                raw.execute("COMMIT")
        except sqlite3.Error as error:
            raise translated(error, self.database.file) from error
        finally:
            try:
                self._roll_back(raw)
            finally:
                self._writing = None
                self._turn.release()

    def _roll_back(self, raw: sqlite3.Connection) -> None:
        if not raw.in_transaction:
            return
        try:
            raw.execute("ROLLBACK")
        except BaseException as error:
            # nothing can be known of this connection any more; closing it rolls back as well
            raw.close()
            self._writer = None
            if not isinstance(error, sqlite3.Error):
                raise

    def _translate(self, error: BaseException) -> None:
        if isinstance(error, sqlite3.Error):
            raise translated(error, self.database.file) from error
