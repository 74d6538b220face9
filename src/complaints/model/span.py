"""Lengths of time as rules name them, and the hours of a day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise

import msgspec

from complaints.errors import Fault, InvalidCommandError
from complaints.model.base import noun, number

_SPAN = re.compile(r"([0-9]{1,6}) ([a-z]+(?: [a-z]+)?)")
_WINDOW = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9]) ?[-–] ?([01][0-9]|2[0-4]):([0-5][0-9])")
_DAY = 24 * 60


class Unit(StrEnum):
    """What a span is counted in."""

    MINUTES = "minutes"
    HOURS = "hours"
    BUSINESS_HOURS = "business_hours"
    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"
    WEEKS = "weeks"

    @property
    def counts_days(self) -> bool:
        """Whether it ends with a day of the dealer's, day 0 not counted; otherwise it ends at a moment."""
        return self in (Unit.CALENDAR_DAYS, Unit.WORKING_DAYS, Unit.WEEKS)


_MOST = {
    Unit.MINUTES: 525_600,
    Unit.HOURS: 87_600,
    Unit.BUSINESS_HOURS: 20_000,
    Unit.CALENDAR_DAYS: 3_653,
    Unit.WORKING_DAYS: 2_500,
    Unit.WEEKS: 522,
}
"""Ten years and about that: whatever is longer is a slip of the pen (our choice)."""

_UNITS = {unit.value.replace("_", " "): unit for unit in Unit} | {
    "minute": Unit.MINUTES,
    "hour": Unit.HOURS,
    "business hour": Unit.BUSINESS_HOURS,
    "day": Unit.CALENDAR_DAYS,
    "days": Unit.CALENDAR_DAYS,
    "calendar day": Unit.CALENDAR_DAYS,
    "working day": Unit.WORKING_DAYS,
    "week": Unit.WEEKS,
}


@lru_cache(maxsize=512)
def _written(amount: int, unit: Unit) -> str:
    words = unit.value.replace("_", " ")
    return f"{amount} {words.removesuffix('s') if amount == 1 else words}"


@noun
class Span:
    """
    A length of time such as ``7 working days``.

    Exact hours are hours on any clock; business hours run in the house's windows on working days alone; days end with
    the dealer's local day, day 0 not counted (A3).
    """

    amount: int = number(least=1)
    unit: Unit

    def _faults(self) -> Iterator[Fault]:
        if isinstance(self.unit, Unit) and isinstance(self.amount, int) and self.amount > _MOST[self.unit]:
            yield Fault("amount", "too_great", most=_MOST[self.unit])

    @classmethod
    def parse(cls, text: str) -> Span:
        """
        The span that *text* names: ``2 business hours``, ``3 days``, ``8 weeks``, ``24 hours``.

        Raises:
            InvalidCommandError: If it names none, or an absurd one.
        """
        found = _SPAN.fullmatch(" ".join(text.lower().replace("_", " ").split())) if isinstance(text, str) else None
        unit = _UNITS.get(found[2]) if found else None
        if found is None or unit is None:
            raise InvalidCommandError(cls.__name__, [Fault("span", "span")])
        return cls(amount=int(found[1]), unit=unit)

    def __str__(self) -> str:
        return _written(self.amount, self.unit)


@noun
class Window:
    """
    Some hours of a day, such as 09:00–12:00, in minutes after local midnight; 1440 is its end.

    The end is not included.
    """

    opens: int = number(least=0, most=_DAY - 1)
    closes: int = number(least=1, most=_DAY)

    def _faults(self) -> Iterator[Fault]:
        if isinstance(self.opens, int) and isinstance(self.closes, int) and self.closes <= self.opens:
            yield Fault("closes", "ends_before_start")

    @classmethod
    def parse(cls, text: str) -> Window:
        """
        The window that *text* names: ``09:00-12:00``.

        Raises:
            InvalidCommandError: If it names none, or one that ends before it starts.
        """
        found = _WINDOW.fullmatch(text.strip()) if isinstance(text, str) else None
        if found is None:
            raise InvalidCommandError(cls.__name__, [Fault("window", "window")])
        opens, closes = (int(found[at]) * 60 + int(found[at + 1]) for at in (1, 3))
        if closes > _DAY:
            raise InvalidCommandError(cls.__name__, [Fault("window", "window")])
        return cls(opens=opens, closes=closes)

    def holds(self, moment: time) -> bool:
        """Whether a local time of day lies in it."""
        return self.opens <= moment.hour * 60 + moment.minute < self.closes

    def __str__(self) -> str:
        return f"{self.opens // 60:02}:{self.opens % 60:02}-{self.closes // 60:02}:{self.closes % 60:02}"


def windows(texts: str | Iterable[str]) -> tuple[Window, ...]:
    """
    The windows of a day, in order: ``"09:00-12:00, 14:00-20:00"`` or one text for each.

    Raises:
        InvalidCommandError: If one of them is none, if two overlap, or if there is none at all.
    """
    parts = texts.split(",") if isinstance(texts, str) else list(texts)
    found = sorted((Window.parse(part) for part in parts), key=lambda one: one.opens)
    if not found or any(later.opens < earlier.closes for earlier, later in pairwise(found)):
        raise InvalidCommandError(Window.__name__, [Fault("window", "windows_overlap" if found else "window")])
    return tuple(found)


class Skip(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """
    Days that were not counted, in a row and for one reason.

    Attributes:
        why: ``"weekend"``, ``"holiday"``, ``"closure"`` or ``"hold"``.
    """

    first: date
    last: date
    why: str


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """
    The answer of a calendar.

    Attributes:
        at: The last moment in time.
        skipped: The days that were not counted, in order.
        provisional: Whether a day was reckoned with whose year is not published yet; then it may still move.
    """

    at: datetime
    skipped: tuple[Skip, ...] = ()
    provisional: bool = False


__all__ = ["Due", "Skip", "Span", "Unit", "Window", "windows"]
