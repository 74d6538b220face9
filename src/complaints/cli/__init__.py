"""
The command line: ``complaints demo``, ``list``, ``show``, ``do``, ``explain``, ``verify`` and more.

Only here something is printed, and only here the terminal is known.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TextIO

from complaints.cli.language import language_of

_NOT_INSTALLED = {
    "en": "The command line is not installed. Please install it: pip install 'complaints[cli]'",
    "zh_CN": "尚未安装命令行。请安装：pip install 'complaints[cli]'",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run the command line.

    Args:
        arguments: What was typed after ``complaints``; the program's own arguments if not given.

    Returns:
        The exit code; what each means stands in ``complaints.cli.exit_codes.EXIT_CODES``.
    """
    typed = list(sys.argv[1:] if arguments is None else arguments)
    _open_what_is_closed()
    language = language_of(typed, os.environ)
    for stream in (sys.stdout, sys.stderr):
        _bear_every_sign(stream)
    try:
        from complaints.cli.running import run
    except ModuleNotFoundError as error:
        if error.name not in ("rich_click", "click", "rich"):
            raise
        sys.stderr.write(f"{_NOT_INSTALLED[language]}\n")
        return 2
    return run(typed, language)


def _open_what_is_closed() -> None:
    """Streams the caller closed lead nowhere; left closed, the database would be opened as the standard output."""
    if all((sys.stdin, sys.stdout, sys.stderr)):
        return
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    sys.stdin = sys.stdin or os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = sys.stdout or os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", encoding="utf-8", closefd=False)


def _bear_every_sign(stream: TextIO) -> None:
    """A terminal that has no Chinese shows a question mark instead, and does not stop the program."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")


__all__ = ["main"]
