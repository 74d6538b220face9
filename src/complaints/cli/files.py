"""Small files that people write: TOML, and what they are when they are none."""

from __future__ import annotations

import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Any

from complaints.errors import Fault, InvalidCommandError

_LONGEST = 1024 * 1024
"""The longest file that is read; a default, far beyond what anybody writes."""


def text_at(path: Path) -> str:
    """
    What stands in the file, in UTF-8.

    Raises:
        InvalidCommandError: If it cannot be read, is too long, or is no text in UTF-8.
    """
    name = str(path)
    try:
        with path.open("rb") as opened:
            content = opened.read(_LONGEST + 1)
    except (OSError, ValueError):
        raise InvalidCommandError(name, [Fault(name, "unreadable_file")]) from None
    if len(content) > _LONGEST:
        raise InvalidCommandError(name, [Fault(name, "file_too_long", most=_LONGEST)])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidCommandError(name, [Fault(name, "not_toml")]) from None


def toml_at(path: Path) -> dict[str, Any]:
    """
    What the file says, exact numbers as text.

    Raises:
        InvalidCommandError: If it cannot be read or is no TOML.
    """
    text, name = text_at(path), str(path)
    try:
        return tomllib.loads(text, parse_float=str)
    except (tomllib.TOMLDecodeError, RecursionError):
        raise InvalidCommandError(name, [Fault(name, "not_toml")]) from None


def as_json(value: Any) -> Any:
    """What TOML said, as forms have it: moments and days as text."""
    if isinstance(value, dict):
        return {name: as_json(one) for name, one in value.items()}
    if isinstance(value, list):
        return [as_json(one) for one in value]
    return value.isoformat() if isinstance(value, (datetime, date)) else value


__all__ = ["as_json", "text_at", "toml_at"]
