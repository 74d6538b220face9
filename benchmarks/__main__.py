"""
Measure everything side by side in one run and print a table of ratios.

Each contender of a comparison takes turns with the others, in rounds, and the quickest round of each counts: on a
shared machine the rest is other people's work. They are no tests; nothing fails here.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import durable, importing, in_memory, intake, report, size, ticking
from benchmarks.table import Line, as_markdown

_PARTS: dict[str, Callable[[Path, int], list[Line]]] = {
    "import": importing.measure,
    "step": in_memory.measure,
    "durable": durable.measure,
    "intake": intake.measure,
    "long": durable.measure_long_histories,
    "size": size.measure,
    "tick": ticking.measure,
}


def main() -> None:
    """Parse, measure, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"what to measure: {', '.join(_PARTS)}; all if not given"
    )
    parser.add_argument("--rounds", type=int, default=7, help="rounds per contender (default 7)")
    parser.add_argument("--folder", type=Path, help="where database files go; a temporary folder if not given")
    parser.add_argument(
        "--markdown",
        type=Path,
        metavar="PLACE",
        help="a folder to write tables.txt and budgets.svg to, for docs/speed.md",
    )
    wanted = parser.parse_args()
    unknown = [part for part in wanted.parts if part not in _PARTS]
    if unknown:
        parser.error(f"unknown part {', '.join(unknown)}; choose from {', '.join(_PARTS)}")
    print(f"{report.machine()}, {wanted.rounds} rounds each\n")
    measured: dict[str, list[Line]] = {}
    with tempfile.TemporaryDirectory(dir=wanted.folder, prefix="benchmark-") as folder:
        for part in wanted.parts or _PARTS:
            print(f"measuring {part} …", file=sys.stderr)
            measured[part] = _PARTS[part](Path(folder), wanted.rounds)
            print(as_markdown(measured[part]))
    if wanted.markdown is not None:
        report.write(wanted.markdown, measured, rounds=wanted.rounds)


if __name__ == "__main__":
    main()
