"""Case numbers, as people say them on the telephone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from secrets import randbelow

from complaints.model.people import Dealer
from complaints.model.words import Numbering
from complaints.stores.base import Writer

_GROUP = 10_000
"""Two groups of four digits: a hundred million numbers for each dealer and year, said in one breath in any language."""


def case_number(
    writer: Writer,
    numbering: Numbering,
    dealer: Dealer,
    received: datetime,
    *,
    draw: Callable[[int], int] = randbelow,
) -> str:
    """
    The number of a new complaint: its dealer, the local year of its receipt, and what the house's *numbering* adds.

    Args:
        writer: In whose transaction the complaint will be written; it gives back what is undone.
        draw: Gives a whole number from 0 up to, but without, another.

    Returns:
        Such as ``SH01-2026-000123`` without gaps, or ``SH01-2026-4827-1936`` scattered.

    Source:
        Our choice. Without gaps, since an auditor asks for the missing one. Scattered in digits, since letters are
        misheard; and so thinly that whoever mishears one finds nothing, and no customer learns how many others there
        are.
    """
    year = received.astimezone(dealer.tz).year
    if numbering is Numbering.GAPLESS:
        return f"{dealer.id}-{year}-{writer.next_number(f'case:{dealer.id}:{year}'):06d}"
    while True:
        first, second = divmod(draw(_GROUP * _GROUP), _GROUP)
        number = f"{dealer.id}-{year}-{first:04d}-{second:04d}"
        if writer.by_reference(number) is None:
            return number


__all__ = ["case_number"]
