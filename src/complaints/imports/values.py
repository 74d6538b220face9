"""One value of a complaint, from one row or the first of several that has it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, TypeVar

from complaints.errors import Fault, InvalidCommandError
from complaints.imports.findings import Filled, Findings
from complaints.imports.sources import Source
from complaints.imports.wording import category_of, member_of, yes_or_no

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


# --- one value ------------------------------------------------------------------------------------------------------


def made(
    cls: type[T], values: dict[str, Any], sources: Mapping[str, Source], row: Filled, findings: Findings
) -> T | None:
    """A noun of *values*; what it does not take is left out and marked, as long as something is left."""
    try:
        return cls(**values)
    except InvalidCommandError as error:
        faults = {fault.field.partition("[")[0].partition(".")[0]: fault for fault in error.faults}
    faulty = {name: fault for name, fault in faults.items() if name in values}
    # a fault of what is not there at all is one of everything that is
    dropped = faulty or dict.fromkeys(values, next(iter(faults.values())))
    for name, fault in dropped.items():
        source = sources.get({"ref": "id"}.get(name, name))
        if source is not None:
            findings.mark(row.row, source, str(values[name]), fault)
    left = {name: value for name, value in values.items() if name not in dropped}
    return made(cls, left, sources, row, findings) if left else None


def category(source: Source | None, row: Filled, findings: Findings) -> str | None:
    """What the category is; what is none is marked."""
    text = "" if source is None else source.text(row.cells)
    if source is None or not text:
        return None
    found = category_of(text)
    if found is None:
        findings.mark(row.row, source, text, Fault("", "unknown_category"))
    return found


def member(enum: type[E], source: Source, row: Filled, text: str, findings: Findings) -> E | None:
    """The word of ours; what is none is marked."""
    found = member_of(enum, text) if text else None
    if text and found is None:
        findings.mark(row.row, source, text, Fault("", "unknown_word", choices=tuple(one.value for one in enum)))
    return found


def yes(source: Source, row: Filled, text: str, findings: Findings) -> bool:
    """Whether it says yes; what is no answer is marked."""
    said = yes_or_no(text)
    if said is None:
        findings.mark(row.row, source, text, Fault("", "unknown_word", choices=("yes", "no")))
    return bool(said)


def number(source: Source, row: Filled, text: str, found: int | None, findings: Findings) -> int | None:
    """The number that was found; that there is none is marked."""
    if found is None:
        findings.mark(row.row, source, text, Fault("", "no_such_number"))
    return found


def line(text: str) -> str:
    """On one line, with single blanks."""
    return text if text.isprintable() and "  " not in text else " ".join(text.split())


def prose(text: str) -> str:
    """With the line ends that we have."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def forms(source: Source) -> tuple[str, ...]:
    """The forms of its dates."""
    return tuple(source.dates.forms) or ("iso",)


# --- over several rows ----------------------------------------------------------------------------------------------


def first(source: Source, rows: Sequence[Filled]) -> tuple[Filled, str]:
    """The first of *rows* where something stands, and what; the first row and nothing, if nowhere."""
    for row in rows:
        if text := source.text(row.cells):
            return row, text
    return rows[0], ""


def first_line(source: Source | None, rows: Sequence[Filled]) -> str | None:
    """The first of them that is there, on one line."""
    return None if source is None else line(first(source, rows)[1]) or None


def first_text(source: Source | None, rows: Sequence[Filled]) -> str | None:
    """The first of them that is there."""
    return None if source is None else prose(first(source, rows)[1]) or None


def all_texts(source: Source | None, rows: Sequence[Filled]) -> tuple[str, ...]:
    """All that is there, each once."""
    return () if source is None else tuple(dict.fromkeys(text for row in rows for text in source.texts(row.cells)))


def distinct(values: Iterable[T | None]) -> Iterator[T]:
    """Each of them once, in order."""
    return iter(dict.fromkeys(value for value in values if value is not None))


__all__ = [
    "all_texts",
    "category",
    "distinct",
    "first",
    "first_line",
    "first_text",
    "forms",
    "line",
    "made",
    "member",
    "number",
    "prose",
    "yes",
]
