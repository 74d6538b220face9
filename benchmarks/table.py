"""Taking turns, and printing what came out."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Mapping

import attrs


@attrs.frozen
class Line:
    """One comparison: what, how much, beside whom, and what was wanted of it."""

    what: str
    ours: str
    theirs: str
    ratio: str
    target: str
    is_met: bool | None

    @property
    def verdict(self) -> str:
        """In a word."""
        return {True: "met", False: "missed", None: ""}[self.is_met]


def quickest(contenders: Mapping[str, Callable[[], int]], rounds: int) -> dict[str, float]:
    """
    Seconds per unit of work in the quickest round of each contender.

    Args:
        contenders: Name → a function that does some work and returns how many units it was.
    """
    best = dict.fromkeys(contenders, float("inf"))
    for _ in range(rounds):
        for name, work in contenders.items():
            gc.collect()
            gc.disable()
            began = time.perf_counter()
            units = work()
            best[name] = min(best[name], (time.perf_counter() - began) / units)
            gc.enable()
    return best


def print_table(lines: Iterable[Line]) -> None:
    """As Markdown, columns aligned."""
    rows = [
        ("what", "ours", "beside", "ratio", "target", ""),
        *((r.what, r.ours, r.theirs, r.ratio, r.target, r.verdict) for r in lines),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    for place, row in enumerate(rows):
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |")
        if not place:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")
    print()


def microseconds(seconds: float) -> str:
    """``12.3 µs``."""
    return f"{seconds * 1e6:.1f} µs"


def per_second(seconds: float) -> str:
    """``1,234 /s``."""
    return f"{1 / seconds:,.0f} /s"
