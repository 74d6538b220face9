"""The connections of a store: one to write with, for one thread at a time, and some to read with."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from threading import Lock, get_ident, local
from typing import TYPE_CHECKING
from weakref import ref

from complaints.errors import ReentrantStepError, StoreBusyError, StoreError
from complaints.stores.remembered import Remembered
from complaints.stores.sqlite import Database, translated
from complaints.stores.statements import Statements

if TYPE_CHECKING:
    from sqlalchemy import RootTransaction

WIPING_OWED = "wiping owed"
"""The counter that stands at 1 as long as unused parts of the file, or its log, may hold what was erased."""

_IDLE_READERS = 8


class _Wiping(Enum):
    """What is still to be done so that erased texts leave no trace."""

    NOTHING = 0
    CUTTING_THE_LOG = 1
    REWRITING = 2


class Here(local):
    """
    What this thread is in the midst of, in a transaction that is the host's to commit.

    Attributes:
        root: The host's transaction in which a step was last written here.
        remembered: What was read and written in it: nobody else's affair before it is committed.
        is_stepping: Whether a step is being written there this very moment.
    """

    root: ref[RootTransaction] | None = None
    remembered: Remembered | None = None
    is_stepping = False

    def is_in_the_midst(self) -> bool:
        """Whether this thread would wait for itself if it began to write by itself now."""
        if self.is_stepping:
            return True
        root = self.root() if self.root is not None else None
        if root is None or not root.is_active or root.connection.invalidated:
            self.root = self.remembered = None
            return False
        raw = root.connection.connection.driver_connection
        return isinstance(raw, sqlite3.Connection) and raw.in_transaction


class Connections:
    """
    Hands out connections in a transaction, and takes them back when it ends.

    Args:
        database: Makes new ones.
        writer: The one to write with.
        sql: The statements over our tables.
        remembered: Of what was read; what is erased is forgotten there.
    """

    def __init__(self, database: Database, writer: sqlite3.Connection, sql: Statements, remembered: Remembered) -> None:
        self.database = database
        self.here = Here()
        self._sql = sql
        self._remembered = remembered
        self._owes = _Wiping.NOTHING
        self._awaited: list[tuple[ref[RootTransaction], set[str]]] = []
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
        self.require_open()
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
        if self._may_owe and self._turn.acquire(blocking=False):
            # this may have been the reader that was in the way
            try:
                if self._writer is not None:
                    self._wipe(self._writer)
            finally:
                self._turn.release()

    def take_writer(self) -> sqlite3.Connection:
        """The connection to write with, in a transaction; nobody else has it until it is given back."""
        self._take_turn()
        try:
            raw = self._opened_writer()
            self._begin_writing(raw)
        except BaseException:
            self._end_turn()
            raise
        return raw

    @contextmanager
    def lent_writer(self) -> Iterator[sqlite3.Connection]:
        """The connection to write with, in no transaction yet; whoever gets it ends what he begins."""
        self._take_turn()
        try:
            raw = self._opened_writer()
            try:
                yield raw
            finally:
                self._take_back(raw)
        finally:
            self._end_turn()

    def _take_back(self, raw: sqlite3.Connection) -> None:
        """Undo what the host left open or set on *raw*; where it cannot be undone, the next one gets a new one."""
        try:
            # first: the driver commits what is open when it is set to leave transactions to us
            raw.rollback()
            self.database.prepare(raw)
        except BaseException as error:
            raw.close()
            self._writer = None
            if not isinstance(error, sqlite3.Error):
                raise
        else:
            self._wipe(raw)

    def is_lent_to_another(self, raw: sqlite3.Connection) -> bool:
        """Whether *raw* is the connection to write with, and another thread has it."""
        return raw is self._writer and self._writing != get_ident()

    def is_writer(self, raw: sqlite3.Connection) -> bool:
        """Whether *raw* is the connection to write with, which is never in a transaction without that right."""
        return raw is self._writer

    def could_begin_to_write(self) -> bool:
        """Whether nobody at all has the right to write now; it is not kept."""
        raw = self.take_reader()
        try:
            raw.rollback()
            raw.execute("PRAGMA busy_timeout = 0")
            raw.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        finally:
            raw.execute(self.database.patience)
            self.give_back(raw)
        return True

    def _take_turn(self) -> None:
        if self._writing == get_ident() or self.here.is_in_the_midst():
            raise ReentrantStepError
        if not self._turn.acquire(timeout=self.database.busy_seconds):
            raise StoreBusyError(file=self.database.file)
        self._writing = get_ident()

    def _end_turn(self) -> None:
        self._writing = None
        self._turn.release()

    def require_open(self) -> None:
        """
        Refuse whatever is asked of a store that was closed.

        Raises:
            StoreError: ``closed``.
        """
        if self._is_closed:
            raise StoreError("closed")

    def _opened_writer(self) -> sqlite3.Connection:
        self.require_open()
        if self.database.is_read_only:
            raise StoreError("read_only", file=self.database.file)
        if self._writer is None:
            self._writer = self.database.connect()
        return self._writer

    def _begin_writing(self, raw: sqlite3.Connection) -> None:
        try:
            raw.execute("BEGIN IMMEDIATE")
        except BaseException as error:
            # whoever interrupts may do so when it has begun already
            self._roll_back(raw)
            self._translate(error)
            raise

    def end_writing(self, raw: sqlite3.Connection, *, commit: bool, erased: set[str]) -> None:
        """Commit, or else roll back; wipe what was erased; then it is somebody else's turn."""
        try:
            if commit:
                raw.execute("COMMIT")
                if erased:
                    self._owes = _Wiping.REWRITING
                    self._forget(erased)
                self._wipe(raw)
        except sqlite3.Error as error:
            raise translated(error, self.database.file) from error
        finally:
            try:
                self._roll_back(raw)
            finally:
                self._end_turn()

    def wipe_after(self, root: RootTransaction, erased: set[str]) -> None:
        """Something was erased in a host's transaction: as soon as it is over, look whether it was committed."""
        self._awaited.append((ref(root), erased))

    @property
    def _may_owe(self) -> bool:
        return self._owes is not _Wiping.NOTHING or bool(self._awaited)

    def _forget(self, erased: set[str]) -> None:
        for id in erased:
            # whoever read it while it was being erased has remembered it since
            self._remembered.forget(id)

    def wipe(self) -> bool:
        """
        Overwrite what is left of erased texts, if that is owed; ``False`` if somebody's reading keeps it from us.

        Raises:
            StoreBusyError: If another thread writes for too long.
            ReentrantStepError: If this very thread is writing.
        """
        raw = self.take_writer()
        self.end_writing(raw, commit=True, erased=set())
        return not self._may_owe

    def begin(self) -> None:
        """
        Do first what a program left undone that died, or that others kept from it.

        Raises:
            StoreError: If not even that can be read; then nothing is left open.
        """
        if self._writer is None or self.database.is_read_only:
            return
        try:
            self._ask_what_is_owed(self._writer)
        except BaseException as error:
            self.close()
            self._translate(error)
            raise
        self._wipe(self._writer)

    def _ask_what_is_owed(self, raw: sqlite3.Connection) -> None:
        owed = raw.execute(self._sql.counter, (WIPING_OWED,)).fetchone()
        if owed is not None and owed[0]:
            self._owes = _Wiping.REWRITING

    def _wipe(self, raw: sqlite3.Connection) -> None:
        """
        Try it now; whoever is in the way is not waited for, and it is tried again after the next step.

        ``secure_delete`` overwrites what is deleted, but not the copies that SQLite leaves in a page when it moves rows
        to another one (seen with 3.40): only writing the whole file anew is sure to leave nothing. A file that is not
        ours alone is its owner's to write anew.
        """
        if not self._may_owe:
            return
        try:
            raw.execute("PRAGMA busy_timeout = 0")
            self._look_after_hosts(raw)
            if self._owes is _Wiping.NOTHING:
                return
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

    def _look_after_hosts(self, raw: sqlite3.Connection) -> None:
        """Forget what was erased in hosts' transactions that are over, and ask whether they were committed."""
        over = [one for one in self._awaited if (root := one[0]()) is None or not root.is_active]
        if over:
            self._ask_what_is_owed(raw)
        for one in over:
            self._forget(one[1])
            self._awaited.remove(one)

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
