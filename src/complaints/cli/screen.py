"""What the command line prints: text that fits the terminal, JSON for scripts, colour only for people."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TextIO

import msgspec
import rich_click as click

from complaints.errors import ComplaintError, InvalidCommandError, StoreError
from complaints.forms.layout import NARROWEST, visible, wrapped
from complaints.forms.words import named
from complaints.locale import label
from complaints.model.event import Refusal
from complaints.model.words import DueState

_COLOURS = (
    (re.compile(r"^── .*", re.MULTILINE), "1;36"),
    (re.compile(r"^ *✓", re.MULTILINE), "32"),
    (re.compile(r"^ *✗.*", re.MULTILINE), "31"),
    (re.compile(r"^ *! .*", re.MULTILINE), "33"),
)
_COLOUR_OF_ERRORS = ((re.compile(r"\A.*"), "1;31"),)
_TINTS: Mapping[DueState, str] = {DueState.LATE: "31", DueState.TODAY: "33"}
_HEAD = 2
_BAR = 30
Colours = Iterable[tuple[re.Pattern[str], str]]


class OutputClosedError(Exception):
    """Whoever read our output has seen enough."""


class OutputLostError(Exception):
    """
    Our output could not be written.

    Args:
        taken: Case number of the complaint whose step is in the database all the same.
    """

    def __init__(self, taken: str | None = None) -> None:
        super().__init__()
        self.taken = taken


def width_of_terminal() -> int:
    """Columns to fill; 80 where there is no terminal."""
    return max(shutil.get_terminal_size((80, 24)).columns, NARROWEST)


def is_coloured(stream: TextIO) -> bool:
    """Whether colour is welcome: on a terminal, unless NO_COLOR or TERM=dumb say no."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def show(text: str) -> None:
    """Print text to be read."""
    _write(sys.stdout, text if text.endswith("\n") else f"{text}\n", _COLOURS)


def show_line(text: str) -> None:
    """Print one line as it is, without colours."""
    _write(sys.stdout, f"{text}\n")


def show_lines(lines: Iterable[str]) -> None:
    """Print lines to be read."""
    show("\n".join(lines))


def show_rows(lines: Iterable[str], states: Iterable[DueState]) -> None:
    """
    Print a table; on a terminal its rows have the colour of what is due: late red, today yellow.

    Args:
        lines: The table as it is laid out: two lines of head, and a line for each row.
        states: How each row stands.
    """
    shown = list(lines)
    rows = shown[_HEAD:]
    tinted = ((row, _TINTS[state]) for row, state in zip(rows, states, strict=True) if state in _TINTS)
    colours = [(re.compile(f"^{re.escape(visible(row))}$", re.MULTILINE), tint) for row, tint in tinted]
    _write(sys.stdout, "\n".join(shown) + "\n", colours)


def show_json(value: object) -> None:
    """Print a value for scripts: JSON, indented, in UTF-8."""
    _write(sys.stdout, msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n")


def tell(text: str, colours: Colours = ()) -> None:
    """Say something that is no result: on the error stream; where that is lost too, nobody can be told."""
    with suppress(OutputLostError):
        _write(sys.stderr, f"{text}\n", colours)


def show_error(error: ComplaintError, language: str, *, is_json: bool) -> None:
    """Tell why it did not work, with its code, on the error stream."""
    if is_json:
        tell(msgspec.json.encode(error_data(error, language)).decode())
        return
    show_problem(error.sentence(language), _code_of(error), language)


def show_problem(text: str, code: str, language: str) -> None:
    """Tell a problem in words, wrapped, and its code."""
    head = label("screen", "error", language)
    lines = [*_fitted(named(head, text, language)), f"[{code}]"]
    tell("\n".join(lines), _COLOUR_OF_ERRORS)


def show_refusals(refusals: Iterable[Refusal], language: str) -> None:
    """Tell what stands in the way of a step that was only asked about; nothing, if nothing does."""
    lines = [f"✗ {refusal.sentence(language)} [{refusal.code}]" for refusal in refusals]
    lines = lines or [f"✓ {label('screen', 'nothing_in_the_way', language)}"]
    show_lines(fitted for line in lines for fitted in _fitted(line))


def error_data(error: ComplaintError, language: str) -> dict[str, object]:
    """An error for scripts: code, sentence, facts, and what it carries."""
    from complaints.forms.case_file import event_data, refusal_data

    data: dict[str, object] = {
        "error": _code_of(error),
        "sentence": error.sentence(language),
        "facts": dict(error.facts),
    }
    if isinstance(error, InvalidCommandError):
        data["faults"] = [
            {"field": fault.field, "code": fault.code, "sentence": fault.sentence(language)} for fault in error.faults
        ]
    refusals = getattr(error, "refusals", ())
    if refusals:
        data["refusals"] = [refusal_data(refusal, language) for refusal in refusals]
    events = getattr(error, "events", ())
    if events:
        data["events"] = [event_data(event) for event in events]
    if isinstance(error, StoreError):
        data["why"] = error.why
    return data


def _code_of(error: ComplaintError) -> str:
    """A store's trouble is told by what is the matter with it: the sentence has that code."""
    return f"store.{error.why}" if isinstance(error, StoreError) else error.code


def bar(done: int, total: int, what: str) -> None:
    """How far something long has come, on a terminal's error stream; it goes away when all is done."""
    if done < total:
        full = _BAR * done // max(total, 1)
        sys.stderr.write(f"\r{'█' * full}{'░' * (_BAR - full)} {done}/{total} {what}\x1b[K")
    else:
        sys.stderr.write("\r\x1b[K")
    sys.stderr.flush()


def _fitted(text: str) -> list[str]:
    """Each line within the terminal, its further lines below its first."""
    lines: list[str] = []
    for line in text.splitlines() or [""]:
        indent = line[: len(line) - len(line.lstrip())]
        room = width_of_terminal() - len(indent) - 4
        first, *others = wrapped(line.strip(), room)
        lines += [f"{indent}{first}", *(f"{indent}    {other}" for other in others)]
    return lines


def _write(stream: TextIO, text: str, colours: Colours = ()) -> None:
    text = visible(text)
    for pattern, colour in colours if is_coloured(stream) else ():
        text = pattern.sub(f"\x1b[{colour}m\\g<0>\x1b[0m", text)
    try:
        click.echo(text, file=stream, nl=False, color=True)
        stream.flush()
    except BrokenPipeError:
        raise OutputClosedError from None
    except OSError:
        raise OutputLostError from None
