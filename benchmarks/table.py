"""Taking turns, and printing what came out."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from typing import TypeAlias

import attrs

Work: TypeAlias = Callable[[], int]
"""Does what is measured, and tells how many units of it."""

Contender: TypeAlias = Callable[[], AbstractContextManager[Work]]
"""Prepares a round, hands over the work, and tidies up; only the work is measured."""


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


def quickest(contenders: Mapping[str, Contender], rounds: int) -> dict[str, float]:
    """
    Seconds per unit of work in the quickest round of each contender.

    All are treated alike: a fresh round of preparation, and a garbage collector that runs, but has only the garbage
    of this very work to look at: what lies about from before is set aside.
    """
    best = dict.fromkeys(contenders, float("inf"))
    for _ in range(rounds):
        for name, contender in contenders.items():
            with contender() as work:
                best[name] = min(best[name], _seconds_per_unit(work))
    return best


def _seconds_per_unit(work: Work) -> float:
    gc.collect()
    gc.freeze()
    began = time.perf_counter()
    units = work()
    took = time.perf_counter() - began
    gc.unfreeze()
    return took / units


def as_markdown(lines: Iterable[Line]) -> str:
    """A table, columns aligned."""
    rows = [
        ("what", "ours", "beside", "ratio", "target", ""),
        *((r.what, r.ours, r.theirs, r.ratio, r.target, r.verdict) for r in lines),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    head, *others = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "".join(f"{line}\n" for line in (head, rule, *others))


def microseconds(seconds: float) -> str:
    """``12.3 µs``."""
    return f"{seconds * 1e6:.1f} µs"


def per_second(seconds: float) -> str:
    """``1,234 /s``."""
    return f"{1 / seconds:,.0f} /s"
