"""What the demonstration leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import attrs

from complaints.demo.house import WrongStep
from complaints.demo.sample import Mark, Refused
from complaints.errors import BrokenHistoryError
from complaints.history import Checkpoint
from complaints.ticking import Ticked

__all__ = ["DemoResult"]


@attrs.frozen(kw_only=True)
class DemoResult:
    """
    What the demonstration leaves behind.

    Attributes:
        database: Path of the file.
        rows: Lines of the sample.
        marks: What was taken in although something in its row cannot be right.
        refused: Rows that were not taken in.
        stories: The complaint of each of the six, by the story's code.
        wrong_steps: What was tried and refused.
        ticks: What each look at the clock came to.
        checkpoints: Where each history stood, to be kept elsewhere.
        broken: Histories that are not as they were written: none, unless something is badly wrong.
    """

    database: str
    rows: int
    marks: tuple[Mark, ...]
    refused: tuple[Refused, ...]
    stories: Mapping[str, UUID]
    wrong_steps: tuple[WrongStep, ...]
    ticks: tuple[Ticked, ...]
    checkpoints: tuple[Checkpoint, ...]
    broken: tuple[BrokenHistoryError, ...]

    @property
    def complaints(self) -> int:
        """How many complaints the database holds."""
        return len(self.checkpoints) + len(self.broken)

    @property
    def events(self) -> int:
        """How many events they have, as far as their histories are whole."""
        return sum(checkpoint.number for checkpoint in self.checkpoints)
