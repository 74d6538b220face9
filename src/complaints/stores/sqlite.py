"""SQLite's own ways: how a connection is made, what a file is, and what its errors mean."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import NullPool

from complaints.errors import StoreBusyError, StoreError

APPLICATION_ID = 0x436D706C
"""Stands in the header of files we make: "Cmpl"."""

_WHY = {
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_LOCKED: "busy",
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_CANTOPEN: "cannot_open",
    sqlite3.SQLITE_PERM: "cannot_open",
    sqlite3.SQLITE_NOTADB: "not_a_database",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_IOERR: "io",
    sqlite3.SQLITE_INTERRUPT: "interrupted",
}


def translated(error: sqlite3.Error, file: str) -> StoreError:
    """What *error* means for somebody who does not know SQLite; its text may hold personal data and is left out."""
    why = _WHY.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, "failed")
    if why == "busy":
        return StoreBusyError(file=file)
    if why == "failed":
        return StoreError(why, file=file, sqlite=getattr(error, "sqlite_errorname", type(error).__name__))
    return StoreError(why, file=file)


@contextmanager
def translating(file: str) -> Iterator[None]:
    """Turn the driver's errors, wrapped by SQLAlchemy or not, into ours."""
    try:
        yield
    except sqlite3.Error as error:
        raise translated(error, file) from error
    except DBAPIError as error:
        if not isinstance(error.orig, sqlite3.Error):
            raise
        raise translated(error.orig, file) from error
    except PoolTimeoutError as error:
        raise StoreBusyError(file=file) from error


class Database:
    """
    One SQLite file and how to connect to it.

    Args:
        engine: Makes the connections; we take them out of its pool for good.
        busy_seconds: How long to wait for somebody else's transaction.
        file: What the file is called as long as no connection has told.
        is_ours: Whether the whole file is ours: then it gets our application id and WAL, and no other program's
            tables may be in it.
        is_read_only: Whether nothing is to be written.
    """

    def __init__(
        self, engine: Engine, *, busy_seconds: float, file: str = "", is_ours: bool = False, is_read_only: bool = False
    ) -> None:
        if engine.dialect.name != "sqlite":
            raise StoreError("dialect", dialect=engine.dialect.name)
        self._engine = engine
        self.busy_seconds = busy_seconds
        self.is_ours = is_ours
        self.is_read_only = is_read_only
        self.file = file or engine.url.database or ""

    def connect(self) -> sqlite3.Connection:
        """
        A connection of our own, in no transaction, that survives power cuts and forgets what it deletes.

        Raises:
            StoreError: If there is no file to open, or it is no database.
        """
        with translating(self.file):
            borrowed = self._engine.raw_connection()
            raw = borrowed.driver_connection
            borrowed.detach()
        if not isinstance(raw, sqlite3.Connection):
            raise StoreError("dialect", dialect=self._engine.driver)
        try:
            with translating(self.file):
                self.prepare(raw)
        except BaseException:
            raw.close()
            raise
        return raw

    @property
    def patience(self) -> str:
        """Sets how long a connection waits for others."""
        return f"PRAGMA busy_timeout = {round(1000 * self.busy_seconds)}"

    def prepare(self, raw: sqlite3.Connection) -> None:
        """Set everything on *raw* that somebody else may have set otherwise, and end its transaction."""
        if sys.version_info >= (3, 12):
            raw.autocommit = sqlite3.LEGACY_TRANSACTION_CONTROL
        raw.isolation_level = None
        if raw.in_transaction:
            raw.rollback()
        raw.row_factory = None
        raw.text_factory = str
        raw.execute(self.patience)
        self.file = next(row[2] for row in raw.execute("PRAGMA database_list") if row[1] == "main")
        if not self.file:
            raise StoreError("in_memory")
        raw.execute("PRAGMA foreign_keys = ON")
        raw.execute("PRAGMA synchronous = FULL")
        raw.execute("PRAGMA secure_delete = ON")
        raw.execute(f"PRAGMA query_only = {'ON' if self.is_read_only else 'OFF'}")

    def use_wal(self, raw: sqlite3.Connection) -> None:
        """Let readers and the writer pass each other; where the file system cannot, they wait instead."""
        # SQLite does not wait by itself when two connections change the mode at once
        until = time.monotonic() + self.busy_seconds
        while True:
            try:
                raw.execute("PRAGMA journal_mode = WAL").fetchone()
            except sqlite3.OperationalError as error:
                if time.monotonic() > until or translated(error, self.file).why != "busy":
                    raise
                time.sleep(0.01)
            else:
                return


def database_at(url: str | URL, *, busy_seconds: float, is_read_only: bool) -> Database:
    """
    The file that *url* names, as one of ours. A file that may not be written is opened for reading only.

    Raises:
        StoreError: ``url``, ``dialect``, ``in_memory`` or, for reading, ``cannot_open``.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise StoreError("url") from None
    if parsed.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise StoreError("dialect", dialect=parsed.drivername)
    name = parsed.database or ""
    if name in ("", ":memory:") or parsed.query.get("mode") == "memory" or name.startswith("file::memory:"):
        raise StoreError("in_memory")
    file = Path(name).absolute()
    is_read_only = _is_closed_to_writing(file) or is_read_only
    engine = _engine_for_reading(file) if is_read_only else _engine_for_writing(parsed)
    return Database(engine, busy_seconds=busy_seconds, file=str(file), is_ours=True, is_read_only=is_read_only)


def _is_closed_to_writing(file: Path) -> bool:
    """
    Whether *file* is there and may not be written.

    Raises:
        StoreError: ``url`` if it is no path at all; ``cannot_open`` if it is a folder, or in one that is closed to us.
    """
    try:
        str(file).encode()
        mode = file.stat().st_mode
    except FileNotFoundError:
        return False
    except ValueError:
        raise StoreError("url") from None
    except OSError:
        raise StoreError("cannot_open", file=str(file)) from None
    if stat.S_ISDIR(mode):
        raise StoreError("cannot_open", file=str(file))
    # SQLite keeps its log beside the file
    return stat.S_ISREG(mode) and not (os.access(file, os.W_OK) and os.access(file.parent, os.W_OK))


def _engine_for_writing(url: URL) -> Engine:
    try:
        return create_engine(url, poolclass=NullPool)
    except (ArgumentError, ValueError):
        raise StoreError("url") from None


def _engine_for_reading(file: Path) -> Engine:
    def connect() -> sqlite3.Connection:
        raw = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, check_same_thread=False)
        try:
            raw.execute("PRAGMA schema_version").fetchone()
        except sqlite3.Error as error:
            raw.close()
            # WAL wants to write beside the file even for reading; where nobody left a WAL, the file alone is whole
            if not isinstance(error, sqlite3.OperationalError) or Path(f"{file}-wal").exists():
                raise
            raw = sqlite3.connect(f"{file.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        return raw

    return create_engine("sqlite://", creator=connect, poolclass=NullPool)


def copy_to(raw: sqlite3.Connection, source: str, target: Path) -> None:
    """
    Copy the whole database into a new file, as of one moment, while others go on; all of it or no file.

    Raises:
        StoreError: ``exists`` if *target* is there already, or ``cannot_open`` if its folder cannot be written.
    """
    try:
        str(target).encode()
        if target.exists():
            raise StoreError("exists", file=str(target))
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except ValueError:
        raise StoreError("url") from None
    except OSError:
        raise StoreError("cannot_open", file=str(target)) from None
    os.close(descriptor)
    try:
        with translating(str(target)), closing(sqlite3.connect(name)) as copy:
            raw.backup(copy)
        shutil.copymode(source, name)
        _flush(Path(name))
        Path(name).replace(target)
        _flush(target.parent)
    finally:
        Path(name).unlink(missing_ok=True)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
