"""Many complaints at once: a batch beside the raw driver that writes the same rows, and an import from a file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from benchmarks.cases import LI, QIAN, RECEIVE, SHOP, desk_on
from benchmarks.table import Contender, Line, Work, per_second, quickest
from complaints import Desk, Order
from complaints.imports import ImportMap, import_file
from complaints.imports.building import Builder, Built
from complaints.imports.rows import open_rows
from complaints.stores.sql import SqlStore
from complaints.stores.transactions import SqlReader

_TOGETHER = 32
"""Complaints per commit, as in a batch of the desk."""

_WRITES = ("INSERT", "UPDATE", "DELETE")
_Group: TypeAlias = dict[str, list[tuple[Any, ...]]]
"""What is written for the complaints of one commit: rows by statement."""

_MAP = """
name = "benchmark"
system = "OLD"
[file]
dates = ["%Y-%m-%d %H:%M"]
[key]
value = "{Case}"
[complaint]
received_at = "{Received}"
statement = "{Text}"
channel = { value = "{Via}", words = "channel" }
state = { value = "{State}", words = "state" }
[customer]
name = "{Customer}"
phone = "{Phone}"
[[issue]]
text = "{Text}"
category = { value = "{Part}", words = "category" }
[words.channel]
"Call" = "phone"
[words.state]
"New" = "intake"
[words.category]
"Service*" = "service"
"""


def measure(folder: Path, rounds: int, complaints: int = 20_000) -> list[Line]:
    """
    Receipts in a batch, WAL and synchronous=FULL, 32 to a commit, each round on a fresh file.

    The raw driver writes the very rows that our run wrote, on the same tables, indexes and triggers, with
    ``executemany`` for each statement of a commit; it decides, numbers and looks up nothing. A second row has it
    commit once at the end. The import reads, maps and adopts the rows of a CSV file; beside it stands a batch of the
    same orders, made beforehand: the difference is what reading and mapping cost.
    """
    groups = _recorded(folder, complaints)
    file = _export(folder, complaints // 4)
    best = quickest(
        {
            "batch": _batch(folder, complaints),
            "raw": _raw(folder, groups, commits_each=True),
            "once": _raw(folder, groups, commits_each=False),
            "import": _import(folder, file),
            "adopt": _adopt(folder, file),
        },
        min(rounds, 3),
    )
    batch, raw, once, imported, adopted = (best[name] for name in ("batch", "raw", "once", "import", "adopt"))
    return [
        Line(
            f"batch intake of {complaints:,}", per_second(batch), f"raw executemany {per_second(raw)}",
            f"{raw / batch:.2f} of raw", "≥ 0.4 of raw", raw / batch >= 0.4,
        ),
        Line(
            "… beside one commit at the end", per_second(batch), f"raw executemany {per_second(once)}",
            f"{once / batch:.2f} of raw", "", None,
        ),
        Line(
            f"import of {complaints // 4:,} rows of CSV", per_second(imported),
            f"batch of the same {per_second(adopted)}",
            f"{adopted / imported:.2f} of the batch", "", None,
        ),
    ]  # fmt: skip


@contextmanager
def _fresh(folder: Path) -> Iterator[Path]:
    file = folder / "intake.db"
    yield file
    for left in folder.glob("intake.db*"):
        left.unlink()


def _opened(file: Path) -> Desk:
    return desk_on(SqlStore.open(f"sqlite:///{file}"))


def _batch(folder: Path, complaints: int) -> Contender:
    @contextmanager
    def contender() -> Iterator[Work]:
        with _fresh(folder) as file, _opened(file) as desk:
            yield lambda: len(desk.handle_all(Order(RECEIVE, LI) for _ in range(complaints)))

    return contender


def _recorded(folder: Path, complaints: int) -> list[_Group]:
    """The rows that our batch writes, commit by commit."""
    groups: list[_Group] = []
    run = SqlReader._run

    def recording(self: SqlReader, sql: str, values: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        if sql.startswith(_WRITES) and "RETURNING" not in sql:
            groups[-1].setdefault(sql, []).append(values)
        return run(self, sql, values)

    SqlReader._run = recording  # type: ignore[method-assign]  # for this one run
    try:
        with _fresh(folder) as file, _opened(file) as desk:
            for _ in range(0, complaints, _TOGETHER):
                groups.append({})
                desk.handle_all(Order(RECEIVE, LI) for _ in range(_TOGETHER))
    finally:
        SqlReader._run = run  # type: ignore[method-assign]  # as it was
    return groups


def _raw(folder: Path, groups: list[_Group], *, commits_each: bool) -> Contender:
    @contextmanager
    def contender() -> Iterator[Work]:
        with _fresh(folder) as file:
            _opened(file).close()
            with closing(sqlite3.connect(file, isolation_level=None)) as raw:
                for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
                    raw.execute(f"PRAGMA {pragma}")

                def work() -> int:
                    raw.execute("BEGIN IMMEDIATE")
                    for group in groups:
                        for sql, rows in group.items():
                            raw.executemany(sql, rows)
                        if commits_each:
                            raw.execute("COMMIT")
                            raw.execute("BEGIN IMMEDIATE")
                    raw.execute("COMMIT")
                    return len(groups) * _TOGETHER

                yield work

    return contender


def _export(folder: Path, rows: int) -> Path:
    file = folder / "old.csv"
    lines = (
        f"C-{place},2026-02-{place % 28 + 1:02d} 10:30,The air conditioning does not cool.,Call,New,Customer {place},"
        f"139{place:08d},Service and repair"
        for place in range(rows)
    )
    file.write_text("\n".join(["Case,Received,Text,Via,State,Customer,Phone,Part", *lines]), encoding="utf-8")
    return file


def _import(folder: Path, export: Path) -> Contender:
    map = ImportMap.parse(_MAP, name="benchmark")

    @contextmanager
    def contender() -> Iterator[Work]:
        with _fresh(folder) as file, _opened(file) as desk:
            yield lambda: import_file(desk, export, map, dealer=SHOP, by=QIAN).complaints

    return contender


def _adopt(folder: Path, export: Path) -> Contender:
    map = ImportMap.parse(_MAP, name="benchmark")
    with open_rows(export, map.table.file) as rows:
        builder = Builder(map, rows.columns, SHOP, file=str(export))
        made = [builder.built(builder.number_of(row), [row]) for row in rows]
    orders = [Order(one.command, QIAN, key=one.number) for one in made if isinstance(one, Built)]

    @contextmanager
    def contender() -> Iterator[Work]:
        with _fresh(folder) as file, _opened(file) as desk:
            yield lambda: len(desk.handle_all(orders))

    return contender
