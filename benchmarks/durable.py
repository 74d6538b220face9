"""A durable step on SQLite beside the raw driver doing the same reads and writes, and beside ``eventsourcing``."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeAlias
from uuid import UUID

from eventsourcing.application import Application

from benchmarks.aggregate import Case
from benchmarks.cases import LI, RECEIVE, desk_on
from benchmarks.table import Contender, Line, Work, microseconds, per_second, quickest
from complaints import Desk, Order
from complaints.stages.anytime import AddNote
from complaints.stages.intake import BeginJudgment
from complaints.stores.sql import SqlStore
from complaints.stores.transactions import SqlReader

_STEPS = 400
_NOTES = 50
_COUNTER = "UPDATE complaints_counter SET value = value + 1"
_Statements: TypeAlias = list[tuple[str, tuple[Any, ...]]]


def measure(folder: Path, rounds: int) -> list[Line]:
    """
    One commit per step, WAL and synchronous=FULL, each contender on a fresh copy of the same file.

    The raw driver sends the very statements and values that our run sent, on the same tables, indexes and triggers.
    ``eventsourcing`` loads, changes and saves, on a file of its own, with one small row per step; it sets WAL and
    leaves ``synchronous`` as SQLite was built, which is checked to be FULL. No commit is quicker than that of one
    small row by the raw driver: it tells what the disk leaves to win.
    """
    _require_full_by_default()
    base, ids = _prepared(folder)
    copies = _Copies(base, folder)
    best = quickest(
        {
            "ours": _ours(copies, ids),
            "raw": _raw(copies, _recorded(copies, ids)),
            "one row": _raw(copies, [[(_COUNTER, ())] for _ in ids]),
            "eventsourcing": _eventsourcing(copies),
            "grouped": _grouped(copies, ids),
        },
        rounds,
    )
    step, raw, one_row, library = best["ours"], best["raw"], best["one row"], best["eventsourcing"]
    return [
        Line(
            "a durable step, SQLite FULL", per_second(step), f"raw sqlite3 {per_second(raw)}",
            f"{raw / step:.2f} of raw", "≥ 0.75 of raw", raw / step >= 0.75,
        ),
        Line(
            "a durable step, SQLite FULL", per_second(step), f"eventsourcing {per_second(library)}",
            f"{library / step:.1f} × faster", "≥ 4 × faster", library / step >= 4,
        ),
        Line(
            "the quickest commit there is, one row, raw", per_second(one_row), f"eventsourcing {per_second(library)}",
            f"{library / one_row:.1f} × faster", "", None,
        ),
        Line(
            "steps in a batch, 32 per commit", per_second(best["grouped"]), f"one by one {per_second(step)}",
            f"{step / best['grouped']:.1f} × faster", "", None,
        ),
    ]  # fmt: skip


def _require_full_by_default() -> None:
    with closing(sqlite3.connect(":memory:")) as raw:
        (synchronous,) = raw.execute("PRAGMA synchronous").fetchone()
        options = {row[0] for row in raw.execute("PRAGMA compile_options")}
    if synchronous != 2 or "DEFAULT_WAL_SYNCHRONOUS=1" in options:
        raise SystemExit("eventsourcing would not flush its commits here: this SQLite is not FULL by default")


class _Copies:
    """Fresh copies of one database file, each gone when its round is over."""

    def __init__(self, base: Path, folder: Path) -> None:
        self._base = base
        self.folder = folder

    @contextmanager
    def one(self) -> Iterator[Path]:
        file = self.folder / "copy.db"
        shutil.copyfile(self._base, file)
        yield file
        for left in self.folder.glob("copy.db*"):
            left.unlink()


def _prepared(folder: Path) -> tuple[Path, list[UUID]]:
    """A file with received complaints, and their ids."""
    file = folder / "base.db"
    desk = _opened(file)
    made = desk.handle_all(Order(RECEIVE, LI) for _ in range(_STEPS))
    desk.close()
    return file, [one.id for one in made if not isinstance(one, Exception)]


def _opened(file: Path) -> Desk:
    return desk_on(SqlStore.open(f"sqlite:///{file}"))


def _ours(copies: _Copies, ids: list[UUID]) -> Contender:
    @contextmanager
    def contender() -> Iterator[Work]:
        with copies.one() as file, _opened(file) as desk:

            def work() -> int:
                for id in ids:
                    desk.handle(BeginJudgment(complaint=id), by=LI)
                return len(ids)

            yield work

    return contender


def _grouped(copies: _Copies, ids: list[UUID]) -> Contender:
    @contextmanager
    def contender() -> Iterator[Work]:
        with copies.one() as file, _opened(file) as desk:
            yield lambda: len(desk.handle_all(Order(BeginJudgment(complaint=id), LI) for id in ids))

    return contender


def _recorded(copies: _Copies, ids: list[UUID]) -> list[_Statements]:
    """What each step of ours sends to the driver between BEGIN and COMMIT."""
    steps: list[_Statements] = []
    run = SqlReader._run

    def recording(self: SqlReader, sql: str, values: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        steps[-1].append((sql, values))
        return run(self, sql, values)

    SqlReader._run = recording  # type: ignore[method-assign]  # for this one run
    try:
        with copies.one() as file, _opened(file) as desk:
            for id in ids:
                steps.append([])
                desk.handle(BeginJudgment(complaint=id), by=LI)
    finally:
        SqlReader._run = run  # type: ignore[method-assign]  # as it was
    return steps


def _raw(copies: _Copies, steps: list[_Statements]) -> Contender:
    @contextmanager
    def contender() -> Iterator[Work]:
        with copies.one() as file, _connected(file) as raw:

            def work() -> int:
                for statements in steps:
                    raw.execute("BEGIN IMMEDIATE")
                    for sql, values in statements:
                        raw.execute(sql, values).fetchone()
                    raw.execute("COMMIT")
                return len(steps)

            yield work

    return contender


@contextmanager
def _connected(file: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(file, isolation_level=None)) as raw:
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
            raw.execute(f"PRAGMA {pragma}")
        yield raw


def _eventsourcing(copies: _Copies) -> Contender:
    @contextmanager
    def contender() -> Iterator[Work]:
        file = copies.folder / "theirs.db"
        app: Application[Any] = Application(
            env={
                "PERSISTENCE_MODULE": "eventsourcing.sqlite",
                "SQLITE_DBNAME": os.fspath(file),
                "SQLITE_LOCK_TIMEOUT": "5",
            }
        )
        cases = [Case(RECEIVE.statement) for _ in range(_STEPS)]
        app.save(*cases)

        def work() -> int:
            for case in cases:
                loaded: Any = app.repository.get(case.id)
                loaded.begin()
                app.save(loaded)
            return len(cases)

        yield work
        app.close()
        for left in copies.folder.glob("theirs.db*"):
            left.unlink()

    return contender


def measure_long_histories(folder: Path, rounds: int) -> list[Line]:
    """A step on a complaint with 1,000 and with 10,000 events beside one with 10, each round on fresh copies."""
    best = quickest({str(events): _noted(folder, events) for events in (10, 1_000, 10_000)}, rounds)
    return [_line_of_a_long_one(best, events) for events in (1_000, 10_000)]


def _line_of_a_long_one(best: Mapping[str, float], events: int) -> Line:
    ratio = best[str(events)] / best["10"]
    return Line(
        f"a step after {events:,} events", microseconds(best[str(events)]),
        f"after 10 events {microseconds(best['10'])}", f"{ratio:.2f} ×", "0.7 – 1.3 ×", 0.7 <= ratio <= 1.3,
    )  # fmt: skip


def _noted(folder: Path, events: int) -> Contender:
    base = folder / f"long-{events}.db"
    with _opened(base) as desk:
        id = desk.handle(RECEIVE, by=LI).id
        desk.handle_all(Order(AddNote(complaint=id, text=f"{place}"), LI) for place in range(events - 1))
    copies = _Copies(base, folder)

    @contextmanager
    def contender() -> Iterator[Work]:
        with copies.one() as file, _opened(file) as desk:

            def work() -> int:
                for place in range(_NOTES):
                    desk.handle(AddNote(complaint=id, text=f"again {place}"), by=LI)
                return _NOTES

            yield work

    return contender
