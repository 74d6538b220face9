"""What ``from complaints import Desk; Desk()`` costs over a bare interpreter."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.table import Contender, Line, Work, quickest

_DESK = "from complaints import Desk; Desk()"
_HEAVY = ("sqlalchemy", "alembic", "rich_click", "click", "cattrs", "structlog", "hypothesis")


def measure(folder: Path, rounds: int) -> list[Line]:
    """
    Whole processes, one after the other.

    The bytecode is warm, as it is for whoever installed the package: it lies in a folder of the benchmark's own, since
    a machine may be told to write none (``PYTHONDONTWRITEBYTECODE``), and then compiling would be measured.
    """
    _run(_DESK, folder)
    best = quickest({"bare": _process("pass", folder), "desk": _process(_DESK, folder)}, max(rounds, 10))
    over_ms = (best["desk"] - best["bare"]) * 1000
    loaded = _loaded(folder)
    return [
        Line(
            "import and Desk()", f"{over_ms:.0f} ms over", f"bare interpreter {best['bare'] * 1000:.0f} ms", "",
            "≤ 150 ms", over_ms <= 150,
        ),
        Line("heavy modules loaded by it", ", ".join(loaded) or "none", "", "", "none", not loaded),
    ]  # fmt: skip


def _process(code: str, folder: Path) -> Contender:
    @contextmanager
    def contender() -> Iterator[Work]:
        def work() -> int:
            _run(code, folder)
            return 1

        yield work

    return contender


def _run(code: str, folder: Path) -> str:
    surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(  # noqa: S603  # our own interpreter on our own code
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env={**surroundings, "PYTHONPYCACHEPREFIX": str(folder / "bytecode")},
    )
    return done.stdout


def _loaded(folder: Path) -> list[str]:
    code = f"{_DESK}\nimport sys\nprint(*[name for name in {_HEAVY!r} if name in sys.modules])"
    return _run(code, folder).split()
