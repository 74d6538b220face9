"""Text on lines of a given width, in columns of the terminal: Chinese signs are two wide, and break anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from unicodedata import category, east_asian_width

NARROWEST = 40
"""Columns below which nothing is laid out any more; a default."""

GAP = "  "
_CLOSING = frozenset("，。、；：？！）》”’】」』…·%,.;:?!)]}")
_OPENING = frozenset("（《“‘【「『([{")
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_NARROWEST_COLUMN = 8
_TAB = "    "


def visible(text: str) -> str:
    """*text* with escapes for what would command a screen or turn the reading direction; JSON stays the same."""
    return _INVISIBLE.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)


def width_of(text: str) -> int:
    """Columns that *text* takes on a terminal."""
    return len(text) if text.isascii() else sum(map(_sign_width, text))


@cache
def _sign_width(sign: str) -> int:
    if category(sign) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(sign) in "WF" else 1


def wrapped(text: str, width: int) -> list[str]:
    """
    *text* on lines of at most *width* columns; its own line breaks stay.

    Western words are kept whole where they fit; a line does not begin with a closing sign.
    """
    width = max(width, 2)
    return [line for own in text.expandtabs(len(_TAB)).splitlines() or [""] for line in _wrapped_line(own, width)]


def _wrapped_line(text: str, width: int) -> Iterator[str]:
    if width_of(text) <= width:
        yield text.rstrip()
        return
    line, used = "", 0
    for piece in _pieces(text, width):
        if used + width_of(piece.rstrip(" ")) > width and line.strip():
            yield line.rstrip()
            line, used = "", 0
        line += piece
        used += width_of(piece)
    if line.strip():
        yield line.rstrip()


def _pieces(text: str, width: int) -> Iterator[str]:
    """What is not to be broken: a word with the blanks after it, or one wide sign, with the marks that belong to it."""
    piece = ""
    for sign in text:
        if piece and _may_break(piece[-1], sign):
            yield from _cut(piece, width)
            piece = ""
        piece += sign
    yield from _cut(piece, width)


def _may_break(before: str, after: str) -> bool:
    if after == " " or after in _CLOSING or before in _OPENING or _sign_width(after) == 0:
        return False
    return before == " " or _sign_width(before) == 2 or _sign_width(after) == 2


def _cut(piece: str, width: int) -> Iterator[str]:
    """A piece that is wider than a whole line, in parts."""
    part, used = "", 0
    for sign in piece:
        size = _sign_width(sign)
        if used + size > width and sign != " ":
            yield part
            part, used = "", 0
        part += sign
        used += size
    if part:
        yield part


def shortened(text: str, width: int) -> str:
    """The first line's worth of *text*, on one line; what is left out shows as ``…``."""
    line = " ".join(text.split())
    if width_of(line) <= width:
        return line
    kept, used = "", 0
    for sign in line:
        used += _sign_width(sign)
        if used > width - 1:
            break
        kept += sign
    return f"{kept.rstrip()}…"


def padded(text: str, width: int) -> str:
    """*text* with blanks up to *width* columns."""
    return text + " " * (width - width_of(text))


def pairs(rows: Sequence[tuple[str, str]], width: int, *, indent: str = "") -> Iterator[str]:
    """Labels in one column, what belongs to them beside it; labels are at most two fifths of the width."""
    most = max(width * 2 // 5, 8)
    column = min(max((width_of(name) for name, _ in rows), default=0), most)
    for name, text in rows:
        lines = wrapped(text, width - len(indent) - column - len(GAP))
        head = name
        if width_of(name) > column:
            yield f"{indent}{name}"
            head = ""
        for line in lines:
            yield f"{indent}{padded(head, column)}{GAP}{line}".rstrip()
            head = ""


def side_by_side(items: Iterable[str], width: int) -> Iterator[str]:
    """Short texts in lines of at most *width* columns; each stays whole if it fits."""
    line = ""
    for item in items:
        if line and width_of(line) + len(GAP) + width_of(item) > width:
            yield line
            line = ""
        line = f"{line}{GAP}{item}" if line else item
    yield from wrapped(line, width) if line else ()


def bullet(text: str, width: int, *, mark: str = "·", indent: str = "") -> Iterator[str]:
    """*text* behind a mark, its further lines below its first."""
    lead = f"{indent}{mark} "
    for line in wrapped(text, width - width_of(lead)):
        yield f"{lead}{line}".rstrip()
        lead = " " * width_of(lead)


def heading(text: str, width: int) -> str:
    """A title on a rule."""
    front = f"── {shortened(text, width - 8)} "
    return front + "─" * (width - width_of(front))


def table(head: Sequence[str], rows: Iterable[Sequence[str]], width: int) -> Iterator[str]:
    """
    Columns side by side; the last one takes what is left of *width* and is shortened to it.

    Where not even that is left, the widest of the others are shortened too, but never the first: it is what one
    looks things up by.
    """
    cells = [[" ".join(cell.split()) for cell in row] for row in (head, *rows)]
    widths = [max(map(width_of, column)) for column in zip(*cells, strict=True)]
    room = width - len(GAP) * (len(widths) - 1)
    least = min(widths[-1], _NARROWEST_COLUMN)
    while sum(widths[:-1]) > room - least and max(widths[1:-1], default=0) > 4:
        widest = max(range(1, len(widths) - 1), key=lambda place: widths[place])
        widths[widest] -= 1
    widths[-1] = min(widths[-1], max(room - sum(widths[:-1]), 4))
    for place, row in enumerate(cells):
        fitted = (padded(shortened(cell, size), size) for cell, size in zip(row, widths, strict=True))
        yield GAP.join(fitted).rstrip()
        if place == 0:
            yield GAP.join("─" * size for size in widths)


__all__ = [
    "GAP",
    "NARROWEST",
    "bullet",
    "heading",
    "padded",
    "pairs",
    "shortened",
    "side_by_side",
    "table",
    "visible",
    "width_of",
    "wrapped",
]
