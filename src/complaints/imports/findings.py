"""What is found in rows while a complaint is made of them: what is wrong, and what is only doubtful."""

from __future__ import annotations

import attrs

from complaints.errors import Fault
from complaints.imports.rows import Row
from complaints.imports.sources import Source


@attrs.frozen
class Mark:
    """
    Something in a row that cannot be right, or could not be used; the row was taken in all the same.

    Attributes:
        row: Its number.
        column: Where it stands.
        value: What stands there. Personal, so it is told in the history alone.
        why: What is wrong with it; the words of the map, for what only the map doubts.
    """

    row: int
    column: str
    value: str
    why: Fault | str

    @property
    def code(self) -> str:
        """The stable code; ``doubt`` for what only the map doubts."""
        return self.why.code if isinstance(self.why, Fault) else "doubt"

    def reason(self, language: str) -> str:
        """What is wrong, in *language*; the map speaks as it was written."""
        return self.why.sentence(language) if isinstance(self.why, Fault) else self.why


@attrs.frozen
class Wrong:
    """
    What is wrong with a row.

    Attributes:
        row: Its number.
        fault: What it is; its field is the column, or columns.
    """

    row: int
    fault: Fault


class Findings:
    """What is found wrong and doubtful while one complaint is made."""

    def __init__(self) -> None:
        self.wrong: list[Wrong] = []
        self.marks: list[Mark] = []

    def refuse(self, row: Row, source: Source, code: Fault) -> None:
        """*row* cannot be taken in."""
        self.wrong.append(Wrong(row.number, Fault(source.columns, code.code, **code.facts)))

    def mark(self, row: Row, source: Source, value: str, fault: Fault) -> None:
        """What stands in *row* is left out."""
        self.marks.append(Mark(row.number, source.columns, value, fault))


@attrs.frozen
class Filled:
    """A row with room for what may be missing, and for one part of it."""

    row: Row
    cells: tuple[str, ...]


def with_room(cells: tuple[str, ...]) -> tuple[str, ...]:
    """*cells* with one more for what is not in the file, and one for a part of a cell."""
    return (*cells, "", "")


__all__ = ["Filled", "Findings", "Mark", "Wrong", "with_room"]
