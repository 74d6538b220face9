"""What was measured as a page and a picture, for the documentation."""

from __future__ import annotations

import math
import os
import platform
import re
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.sax.saxutils import escape

from benchmarks.table import Line, as_markdown

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_FIGURE = re.compile(r"\s+\d[\d,.]*\s*\S*$")
_ROW, _LEFT, _UNIT, _MOST = 26, 400, 220, 2.0
_WIDTH = _LEFT + round(_UNIT * _MOST) + 70


def machine() -> str:
    """Where it was measured, as far as others need to know."""
    python = ".".join(platform.python_version_tuple()[:2])
    return f"{os.cpu_count()} cores, Python {python}, SQLite {sqlite3.sqlite_version}"


def write(folder: Path, measured: Mapping[str, Iterable[Line]], *, rounds: int) -> None:
    """Write ``tables.txt`` and ``budgets.svg``."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = {part: list(lines) for part, lines in measured.items()}
    tables = [f"*{part}*\n\n{as_markdown(lines)}" for part, lines in parts.items()]
    text = "\n".join([f"Measured on {machine()}; the quickest of {rounds} rounds.\n", *tables])
    (folder / "tables.txt").write_text(text, encoding="utf-8")
    every = [line for lines in parts.values() for line in lines]
    (folder / "budgets.svg").write_text(picture(every), encoding="utf-8")


def share_of_budget(line: Line) -> float | None:
    """
    How much of what it may cost something costs: 1.0 is exactly its target, less is better.

    Returns:
        ``None`` where no number was aimed at.
    """
    wanted, found = _numbers(line.target), _numbers(line.ratio or line.ours)
    if not wanted or not found:
        return None
    if line.target.startswith("≥"):
        return wanted[0] / found[0]
    if line.target.startswith("≤"):
        return found[0] / wanted[0]
    return max(wanted[0] / found[0], found[0] / wanted[-1])


def _numbers(text: str) -> list[float]:
    return [float(one.replace(",", "")) for one in _NUMBER.findall(text)]


def picture(lines: Iterable[Line]) -> str:
    """A bar for each row that has a target, up to the share of it that is used; the line is the target."""
    rows = [(line, share) for line in lines if (share := share_of_budget(line)) is not None]
    height = 40 + _ROW * len(rows)
    every = [line.what for line, _ in rows]
    bars = "".join(
        _bar(place, _label(line, is_alone=every.count(line.what) == 1), share)
        for place, (line, share) in enumerate(rows)
    )
    target = _LEFT + _UNIT
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-labelledby="title" font-family="sans-serif" font-size="13">\n'
        f'<title id="title">{escape(_in_words(rows))}</title>\n'
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>\n'
        f'{bars}<line x1="{target}" y1="8" x2="{target}" y2="{height - 28}" stroke="#222222" stroke-dasharray="4 3"/>\n'
        f'<text x="{target}" y="{height - 10}" text-anchor="middle" fill="#222222">target</text>\n</svg>\n'
    )


def _in_words(rows: list[tuple[Line, float]]) -> str:
    return "Share of its target that each row uses. " + "; ".join(f"{line.what}: {share:.0%}" for line, share in rows)


def _label(line: Line, *, is_alone: bool) -> str:
    """What was done; where it stands beside several others, beside whom as well."""
    beside = _FIGURE.sub("", line.theirs)
    return line.what if is_alone or not beside else f"{line.what}, {beside}"


def _bar(place: int, label: str, share: float) -> str:
    top = 10 + _ROW * place
    length = round(_UNIT * min(share, _MOST))
    colour = "#2b6cb0" if share <= 1 else "#c05621"
    over = " →" if share > _MOST else ""
    percent = f"{math.ceil(share * 100) if share > 1 else round(share * 100)} %{over}"
    middle = top + _ROW // 2
    return (
        f'<text x="{_LEFT - 10}" y="{middle + 3}" text-anchor="end" fill="#222222">{escape(label)}</text>\n'
        f'<rect x="{_LEFT}" y="{top + 3}" width="{length}" height="{_ROW - 8}" fill="{colour}"/>\n'
        f'<text x="{_LEFT + length + 6}" y="{middle + 3}" fill="#222222">{percent}</text>\n'
    )
