"""The connections of a store: one to write with, for one thread at a time, and some to read with."""

from __future__ import annotations

import sqlite3
from enum import Enum
from threading import Lock, get_ident

from complaints.errors import ReentrantStepError, StoreBusyError, StoreError
from complaints.stores.sqlite import Database, translated
from complaints.stores.statements import Statements

WIPING_OWED = "wiping owed"
"""The counter that stands at 1 as long as unused parts of the file, or its log, may hold what was erased."""

_IDLE_READERS = 8


class _Wiping(Enum):
    """What is still to be done so that erased texts leave no trace."""

    NOTHING = 0
    CUTTING_THE_LOG = 1
    REWRITING = 2


class Connections:
    """
    Hands out connections in a transaction, and takes them back when it ends.

    Args:
        database: Makes new ones.
        writer: The one to write with.
        sql: The statements over our tables.
    """

    def __init__(self, database: Database, writer: sqlite3.Connection, sql: Statements) -> None:
        self.database = database
        self._sql = sql
        self._owes = _Wiping.NOTHING
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
                self._wipe(self._writer)
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
        if self._owes is not _Wiping.NOTHING and self._turn.acquire(blocking=False):
            # this may have been the reader that was in the way
            try:
                if self._writer is not None:
                    self._wipe(self._writer)
            finally:
                self._turn.release()

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

    def end_writing(self, raw: sqlite3.Connection, *, commit: bool, has_erased: bool = False) -> None:
        """Commit, or else roll back; wipe what was erased; then it is somebody else's turn."""
        try:
            if commit:
                raw.execute("COMMIT")
                self._owes = _Wiping.REWRITING if has_erased else self._owes
                self._wipe(raw)
        except sqlite3.Error as error:
            raise translated(error, self.database.file) from error
        finally:
            try:
                self._roll_back(raw)
            finally:
                self._writing = None
                self._turn.release()

    def wipe(self) -> bool:
        """
        Overwrite what is left of erased texts, if that is owed; ``False`` if somebody's reading keeps it from us.

        Raises:
            StoreBusyError: If another thread writes for too long.
            ReentrantStepError: If this very thread is writing.
        """
        raw = self.take_writer()
        self.end_writing(raw, commit=True)
        return self._owes is _Wiping.NOTHING

    def begin(self) -> None:
        """
        Do first what a program left undone that died, or that others kept from it.

        Raises:
            StoreError: If not even that can be read; then nothing is left open.
        """
        if self._writer is None or self.database.is_read_only:
            return
        try:
            owed = self._writer.execute(self._sql.counter, (WIPING_OWED,)).fetchone()
        except BaseException as error:
            self.close()
            self._translate(error)
            raise
        if owed is not None and owed[0]:
            self._owes = _Wiping.REWRITING
            self._wipe(self._writer)

    def _wipe(self, raw: sqlite3.Connection) -> None:
        """
        Try it now; whoever is in the way is not waited for, and it is tried again after the next step.

        ``secure_delete`` overwrites what is deleted, but not the copies that SQLite leaves in a page when it moves rows
        to another one (seen with 3.40): only writing the whole file anew is sure to leave nothing. A file that is not
        ours alone is its owner's to write anew.
        """
        if self._owes is _Wiping.NOTHING:
            return
        try:
            raw.execute("PRAGMA busy_timeout = 0")
            if self._owes is _Wiping.REWRITING and self.database.is_ours:
                raw.execute("VACUUM")
            self._owes = _Wiping.CUTTING_THE_LOG
            (is_kept, *_) = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if not is_kept:
                raw.execute(self._sql.change_counter, (0, WIPING_OWED))
                self._owes = _Wiping.NOTHING
        except sqlite3.Error:
            # the step is committed and stands; what is owed stays on record
            return
        finally:
            raw.execute(self.database.patience)

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
