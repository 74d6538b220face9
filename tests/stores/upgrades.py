"""
A file of an older program, and upgrades of it that die at one of their statements.

Run as a program, it upgrades copies of the file ``folder/old.db``, each in a process of its own that is killed at
another place, until one is upgraded before it is killed, and prints the places:
``python -m tests.stores.upgrades folder stride``.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine

from complaints.stores import SqlStore
from tests.stores.crash_points import Table, Wire, contents

DUMP = Path(__file__).parents[1] / "data" / "histories" / "revision_0001.sql"


def made_by_an_older_program(file: Path) -> Path:
    """A file as a program of revision 0001 left it."""
    with closing(sqlite3.connect(file)) as raw:
        raw.executescript(DUMP.read_text(encoding="utf-8"))
    return file


class _Wired(sqlite3.Connection):
    """A real connection over a wire: what SQLAlchemy sends by cursors, what we send ourselves, and every commit."""

    def __init__(self, wire: Wire, *settings: Any, **named: Any) -> None:
        super().__init__(*settings, **named)
        self._wire = wire

    def execute(self, sql: str, values: Any = (), /) -> sqlite3.Cursor:
        return self._pass(partial(super().execute, sql.replace("synchronous = FULL", "synchronous = OFF"), values), sql)

    def commit(self) -> None:
        self._pass(super().commit, "COMMIT")

    def cursor(self, *_: Any) -> sqlite3.Cursor:
        return super().cursor(partial(_WiredCursor, self))

    def _pass(self, send: Callable[[], Any], sql: str) -> Any:
        wire = self._wire
        wire.sent.append(sql)
        number = len(wire.sent) - 1
        wire.pass_by(2 * number)
        answer = send()
        wire.pass_by(2 * number + 1)
        return answer


class _WiredCursor(sqlite3.Cursor):
    def __init__(self, wired: _Wired, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self._wired = wired

    def execute(self, sql: str, values: Any = (), /) -> sqlite3.Cursor:
        self._wired._pass(partial(super().execute, sql, values), sql)
        return self


def opened_over(wire: Wire, file: Path) -> SqlStore:
    """The file, opened over *wire*, which may strike while it is upgraded."""
    return SqlStore(create_engine(f"sqlite:///{file}", connect_args={"factory": partial(_Wired, wire)}))


def everything(file: Path) -> tuple[dict[str, Table], list[str]]:
    """Every row, and how every table, index and trigger is made."""
    with closing(sqlite3.connect(file)) as raw:
        made = [sql for (sql,) in raw.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")]
    return contents(file), made


def main(folder: str, stride: str) -> None:
    """Upgrade copies and be killed: before and after each of so many statements."""
    # before the processes part, so that not each of them has to import Alembic
    opened_over(Wire(), made_by_an_older_program(Path(folder) / "first.db")).close()
    for place in count(0, int(stride)):
        file = Path(folder) / f"killed-{place}.db"
        shutil.copy(Path(folder) / "old.db", file)
        child = os.fork()
        if child == 0:
            _upgrade_and_die(file, place)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            file.unlink()
            return
        assert os.WTERMSIG(status) == signal.SIGKILL, (place, status)
        sys.stdout.write(f"{place}\n")


def _upgrade_and_die(file: Path, place: int) -> None:
    wire = Wire()
    wire.arm(place, partial(os.kill, os.getpid(), signal.SIGKILL))
    opened_over(wire, file)
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
