"""What a case file is made of, and how that is laid out as text; a page in a browser lays it out in its own way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import singledispatch
from typing import TypeAlias

import attrs

from complaints.forms.layout import bullet, pairs, table, wrapped

_INDENT = "  "
_LINE_INDENT = "   "


@attrs.frozen
class Pairs:
    """Labels and what belongs to them. At level 1 they tell more of what stands before them."""

    rows: tuple[tuple[str, str], ...]
    level: int = attrs.field(default=0, kw_only=True)


@attrs.frozen
class Bullet:
    """One of several, behind a mark: ``✗`` for what is late, ``!`` for what is due today, ``·`` for the rest."""

    text: str
    mark: str = attrs.field(default="·", kw_only=True)
    level: int = attrs.field(default=0, kw_only=True)


@attrs.frozen
class Line:
    """A sentence. At level 1 it tells more of what stands before it."""

    text: str
    level: int = attrs.field(default=0, kw_only=True)


@attrs.frozen
class Quote:
    """Somebody's own words, line by line as they were written."""

    text: str


@attrs.frozen
class Table:
    """Rows under a head; every row has as many cells."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, head: Iterable[str], rows: Iterable[Sequence[str]]) -> Table:
        """A table of whatever gives its cells."""
        return cls(tuple(head), tuple(map(tuple, rows)))


Block: TypeAlias = Pairs | Bullet | Line | Quote | Table


def laid_out(blocks: Iterable[Block], width: int) -> Iterator[str]:
    """The blocks as lines of at most *width* columns."""
    for block in blocks:
        yield from _lines(block, width)


@singledispatch
def _lines(block: Block, width: int) -> Iterator[str]:
    raise TypeError(f"{type(block).__name__} is no block of a case file")


@_lines.register
def _(block: Pairs, width: int) -> Iterator[str]:
    return pairs(block.rows, width, indent=_INDENT * block.level)


@_lines.register
def _(block: Bullet, width: int) -> Iterator[str]:
    return bullet(block.text, width, mark=block.mark, indent=_INDENT * block.level)


@_lines.register
def _(block: Line, width: int) -> Iterator[str]:
    indent = _LINE_INDENT * block.level
    return (f"{indent}{line}".rstrip() for line in wrapped(block.text, width - len(indent)))


@_lines.register
def _(block: Quote, width: int) -> Iterator[str]:
    return (f"│ {line}".rstrip() for line in wrapped(block.text, width - 2))


@_lines.register
def _(block: Table, width: int) -> Iterator[str]:
    return table(block.head, block.rows, width)


__all__ = ["Block", "Bullet", "Line", "Pairs", "Quote", "Table", "laid_out"]
