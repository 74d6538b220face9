"""Where a walk turns at a fork: always the first way, by dice, or as Hypothesis likes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Choice(ABC):
    """Decides; everything comes down to a whole number. The first option is always the plainest."""

    @abstractmethod
    def whole(self, least: int, most: int) -> int:
        """A whole number from *least* to *most*, both included."""

    def one(self, options: Sequence[T]) -> T:
        """One of *options*."""
        return options[self.whole(0, len(options) - 1)] if len(options) > 1 else options[0]

    def once_in(self, times: int) -> bool:
        """Yes about once in so many *times*; no is the plainest."""
        return self.whole(1, times) == times

    def some(self, options: Sequence[T], *, least: int = 0, most: int | None = None) -> tuple[T, ...]:
        """From *least* to *most* of *options*, in their order; as few as possible is the plainest."""
        most = len(options) if most is None else min(most, len(options))
        wanted = self.whole(least, most) if most > least else most
        start = self.whole(0, len(options) - wanted) if 0 < wanted < len(options) else 0
        return tuple(options[start : start + wanted])

    def weighted(self, options: Sequence[tuple[T, int]]) -> T:
        """One of *options*, each as likely as the number beside it says."""
        place = self.whole(1, sum(weight for _, weight in options))
        for option, weight in options:
            place -= weight
            if place <= 0:
                return option
        raise AssertionError("weights must be positive")

    def turned(self, options: Sequence[T]) -> tuple[T, ...]:
        """All of *options*, in their order, but beginning anywhere."""
        start = self.whole(0, len(options) - 1) if len(options) > 1 else 0
        return (*options[start:], *options[:start])


class First(Choice):
    """Always the plainest: the same every time."""

    def whole(self, least: int, most: int) -> int:
        """*least*."""
        return least


class Dice(Choice):
    """
    By a random number generator with a *seed*: the same for the same seed.

    Args:
        seed: Any number.
    """

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311  # nothing here is a secret

    def whole(self, least: int, most: int) -> int:
        """A whole number from *least* to *most*, both included, each as likely."""
        return self._random.randint(least, most)


__all__ = ["Choice", "Dice", "First"]
