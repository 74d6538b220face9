"""What a complaint weighs in memory, fresh and fully handled."""

from __future__ import annotations

import gc
import tracemalloc
from pathlib import Path

import msgspec

from benchmarks.cases import LI, RECEIVE, desk_on, the_rest
from benchmarks.table import Line
from complaints import Complaint

_MANY = 500


def measure(folder: Path, rounds: int) -> list[Line]:
    """Complaints as a program holds them after loading, told by the allocator."""
    desk = desk_on()
    fresh = desk.handle(RECEIVE, by=LI)
    handled = fresh
    for command, actor in the_rest(fresh):
        handled = desk.handle(command, by=actor)
    return [_line("a fresh complaint in memory", fresh, 3), _line("a fully handled one", handled, 10)]


def _line(what: str, complaint: Complaint, most_kb: int) -> Line:
    size_kb = _bytes_each(complaint) / 1024
    return Line(what, f"{size_kb:.1f} KB", f"{complaint.version} events", "", f"≤ {most_kb} KB", size_kb <= most_kb)


def _bytes_each(complaint: Complaint) -> float:
    snapshot = msgspec.json.encode(complaint)
    decode = msgspec.json.Decoder(Complaint).decode
    decode(snapshot)
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    kept = [decode(snapshot) for _ in range(_MANY)]
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return (after - before) / len(kept)
