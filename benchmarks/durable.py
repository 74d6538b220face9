"""A durable step on SQLite beside the raw driver doing the same reads and writes, and beside ``eventsourcing``."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from benchmarks.cases import LI, RECEIVE, desk_on
from benchmarks.table import Line, microseconds, per_second
from complaints import Desk, Order
from complaints.stages.anytime import AddNote
from complaints.stages.intake import BeginJudgment
from complaints.stores.sql import SqlStore
from complaints.stores.statements import statements

_STEPS = 400
_SQL = statements("complaints_")


def measure(folder: Path, rounds: int) -> list[Line]:
    """One commit per step, synchronous=FULL, each contender on its own copy of the same file."""
    base, ids = _prepared(folder)
    ours, raw, theirs = [], [], []
    for place in range(rounds):
        done = _copy(base, folder / f"ours-{place}.db")
        ours.append(_our_steps(done, ids))
        raw.append(_raw_steps(_copy(base, folder / f"raw-{place}.db"), done, ids))
        theirs.append(_eventsourcing_steps(folder / f"theirs-{place}.db"))
    step, driver, library = min(ours), min(raw), min(theirs)
    return [
        Line(
            "a durable step, SQLite FULL", per_second(step), f"raw sqlite3 {per_second(driver)}",
            f"{driver / step:.2f} of raw", "≥ 0.75 of raw", driver / step >= 0.75,
        ),
        Line(
            "a durable step, SQLite FULL", per_second(step), f"eventsourcing {per_second(library)}",
            f"{library / step:.1f} × faster", "≥ 4 × faster", library / step >= 4,
        ),
        _grouped(base, folder, ids, step),
    ]  # fmt: skip


def _grouped(base: Path, folder: Path, ids: list[UUID], one_by_one: float) -> Line:
    desk = desk_on(SqlStore.open(f"sqlite:///{_copy(base, folder / 'grouped.db')}"))
    orders = [Order(BeginJudgment(complaint=id), LI) for id in ids]
    began = time.perf_counter()
    desk.handle_all(orders)
    grouped = (time.perf_counter() - began) / len(orders)
    desk.close()
    return Line(
        "the same in a batch, 32 per commit", per_second(grouped), f"one by one {per_second(one_by_one)}",
        f"{one_by_one / grouped:.1f} × faster", "", None,
    )  # fmt: skip


def _prepared(folder: Path) -> tuple[Path, list[UUID]]:
    """A file with received complaints, and their ids."""
    file = folder / "base.db"
    desk = desk_on(SqlStore.open(f"sqlite:///{file}"))
    made = desk.handle_all(Order(RECEIVE, LI) for _ in range(_STEPS))
    desk.close()
    return file, [one.id for one in made if not isinstance(one, Exception)]


def _copy(base: Path, file: Path) -> Path:
    shutil.copyfile(base, file)
    return file


def _our_steps(file: Path, ids: list[UUID]) -> float:
    desk = desk_on(SqlStore.open(f"sqlite:///{file}"))
    began = time.perf_counter()
    for id in ids:
        desk.handle(BeginJudgment(complaint=id), by=LI)
    took = (time.perf_counter() - began) / len(ids)
    desk.close()
    return took


def _raw_steps(file: Path, done: Path, ids: list[UUID]) -> float:
    """The statements of a step with the very values our run wrote, through nothing but the driver."""
    values = list(_written(done, ids))
    with _raw(file) as raw:
        began = time.perf_counter()
        for id, change, event_row, texts in values:
            raw.execute("BEGIN IMMEDIATE")
            raw.execute(_SQL.snapshot, (id,)).fetchone()
            raw.execute(_SQL.change_complaint, change)
            raw.execute(_SQL.add_event, event_row)
            for text in texts:
                raw.execute(_SQL.add_personal, text)
            raw.execute("COMMIT")
        return (time.perf_counter() - began) / len(values)


def _written(file: Path, ids: list[UUID]) -> Iterator[tuple[str, tuple[Any, ...], tuple[Any, ...], list[Any]]]:
    with _raw(file) as raw:
        for id in (one.hex for one in ids):
            now = raw.execute(
                "SELECT version, state, stage, handler, department, severity, received_at, head, snapshot"
                " FROM complaints_complaint WHERE id = ?", (id,)
            ).fetchone()  # fmt: skip
            columns = "complaint, number, command, recorded_at, digest, body"
            rows = raw.execute(
                f"SELECT {columns} FROM complaints_event WHERE complaint = ? ORDER BY number", (id,)  # noqa: S608  # our own words
            ).fetchall()  # fmt: skip
            texts = raw.execute(
                "SELECT complaint, number, path, salt, text FROM complaints_personal WHERE complaint = ? AND number = ?",
                (id, rows[-1][1]),
            ).fetchall()
            yield id, (*now, id, rows[-2][1], rows[-2][4]), rows[-1], texts


@contextmanager
def _raw(file: Path) -> Iterator[sqlite3.Connection]:
    raw = sqlite3.connect(file, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
        raw.execute(f"PRAGMA {pragma}")
    try:
        yield raw
    finally:
        raw.close()


class _Case(Aggregate):
    @event("Received")
    def __init__(self, statement: str) -> None:
        self.statement = statement
        self.state = "intake"

    @event("JudgmentBegun")
    def begin(self) -> None:
        self.state = "judgment"


def _eventsourcing_steps(file: Path) -> float:
    """Load, change, save: what its application does for a command."""
    app: Application[Any] = Application(
        env={"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": os.fspath(file), "SQLITE_LOCK_TIMEOUT": "5"}
    )
    cases = [_Case(RECEIVE.statement) for _ in range(_STEPS // 2)]
    for case in cases:
        app.save(case)
    began = time.perf_counter()
    for case in cases:
        loaded: Any = app.repository.get(case.id)
        loaded.begin()
        app.save(loaded)
    took = (time.perf_counter() - began) / len(cases)
    app.close()
    return took


def measure_long_histories(folder: Path, rounds: int) -> list[Line]:
    """A step on a complaint with 1,000 events beside one with 10, each on a file of its own."""
    best: dict[int, float] = {}
    for events in (10, 1000):
        desk = desk_on(SqlStore.open(f"sqlite:///{folder}/long-{events}.db"))
        id = desk.handle(RECEIVE, by=LI).id
        desk.handle_all(Order(AddNote(complaint=id, text=f"{place}"), LI) for place in range(events - 1))
        best[events] = min(_notes(desk, id) for _ in range(rounds))
        desk.close()
    ratio = best[1000] / best[10]
    return [
        Line(
            "a step after 1,000 events", microseconds(best[1000]), f"after 10 events {microseconds(best[10])}",
            f"{ratio:.2f} ×", "0.7 – 1.3 ×", 0.7 <= ratio <= 1.3,
        )
    ]  # fmt: skip


def _notes(desk: Desk, id: UUID) -> float:
    began = time.perf_counter()
    for place in range(50):
        desk.handle(AddNote(complaint=id, text=f"again {place}"), by=LI)
    return (time.perf_counter() - began) / 50
