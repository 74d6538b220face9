"""What ``from complaints import Desk; Desk()`` costs over a bare interpreter."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.table import Line, quickest

_DESK = "from complaints import Desk; Desk()"
_HEAVY = ("sqlalchemy", "alembic", "rich_click", "click", "cattrs", "structlog", "hypothesis")


def measure(folder: Path, rounds: int) -> list[Line]:
    """Whole processes, bytecode warm."""
    _run(_DESK)
    best = quickest({"bare": lambda: _run("pass"), "desk": lambda: _run(_DESK)}, max(rounds, 10))
    over_ms = (best["desk"] - best["bare"]) * 1000
    loaded = _loaded()
    return [
        Line(
            "import and Desk()", f"{over_ms:.0f} ms over", f"bare interpreter {best['bare'] * 1000:.0f} ms", "",
            "≤ 150 ms", over_ms <= 150,
        ),
        Line("heavy modules loaded by it", ", ".join(loaded) or "none", "", "", "none", not loaded),
    ]  # fmt: skip


def _run(code: str) -> int:
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603  # our own interpreter on our own code
    return 1


def _loaded() -> list[str]:
    code = f"{_DESK}\nimport sys\nprint(*[name for name in {_HEAVY!r} if name in sys.modules])"
    printed = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)  # noqa: S603  # as above
    return printed.stdout.split()
