"""Texts with columns in them, such as ``"{make} {model}: {component}"``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import attrs

Cells = Sequence[str]
Text = Callable[[Cells], str]
"""What a template makes of the cells of a row."""

_PIECE = re.compile(r"\{\{|\}\}|\{(?P<column>[^{}]+)\}|(?P<plain>[^{}]+)|(?P<wrong>[{}])")
_LOOSE_ENDS = " ,;:/-–，；：、"


@attrs.frozen
class Template:
    """
    A text in which ``{column}`` stands for what is in that column; ``{{`` and ``}}`` are braces.

    Attributes:
        pieces: Plain texts and names of columns, in order; with each, whether it is a column.
    """

    pieces: tuple[tuple[str, bool], ...]

    @classmethod
    def parse(cls, text: str) -> Template:
        """
        The template that *text* says.

        Raises:
            ValueError: If a brace stands alone.
        """
        pieces: list[tuple[str, bool]] = []
        for found in _PIECE.finditer(text):
            if found["wrong"]:
                raise ValueError(text)
            column = found["column"]
            pieces.append((column, True) if column else (found["plain"] or found[0][0], False))
        return cls(tuple(pieces))

    @classmethod
    def parse_or_empty(cls, text: str) -> Template:
        """The template that *text* says, or one that says nothing."""
        try:
            return cls.parse(text)
        except ValueError:
            return cls(())

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it names."""
        return tuple(dict.fromkeys(text for text, is_column in self.pieces if is_column))

    def bound(self, places: Mapping[str, int]) -> Text:
        """
        What fills it in from a row.

        Where none of its columns has anything, it is empty as a whole; where only some have, no comma is left over.

        Args:
            places: Where each column stands.
        """
        if not self.columns:
            constant = "".join(text for text, _ in self.pieces)
            return lambda cells: constant
        if len(self.pieces) == 1:
            place = places[self.pieces[0][0]]
            return lambda cells: cells[place]
        pieces = [(places[text] if is_column else text) for text, is_column in self.pieces]
        columns = [places[name] for name in self.columns]
        return lambda cells: _filled(pieces, columns, cells)


def _filled(pieces: Sequence[str | int], columns: Sequence[int], cells: Cells) -> str:
    there = [bool(cells[place]) for place in columns]
    if not any(there):
        return ""
    text = "".join(cells[piece] if isinstance(piece, int) else piece for piece in pieces)
    return text.strip() if all(there) else text.strip(_LOOSE_ENDS)


__all__ = ["Cells", "Template", "Text"]
