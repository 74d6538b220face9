"""The examples, as a user runs them and as a program of the user's own would import them."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

EXAMPLES = Path(__file__).parent.parent / "examples"


def printed(name: str, folder: Path | None = None) -> list[str]:
    """What the example printed that was run as a program."""
    done = subprocess.run(
        [sys.executable, EXAMPLES / name],
        capture_output=True,
        encoding="utf-8",
        env={"PYTHONUTF8": "1"},
        check=True,
        cwd=folder,
    )
    return done.stdout.splitlines()


def example(name: str) -> ModuleType:
    """An example as a module, imported once."""
    if name not in sys.modules:
        spec = spec_from_file_location(name, EXAMPLES / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]
