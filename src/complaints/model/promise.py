"""What is promised to the customer by a given time (R16, R55)."""

from __future__ import annotations

from datetime import datetime, timedelta

from complaints.model.base import line, noun, number, prose
from complaints.model.money import Money
from complaints.model.words import Channel, PromiseState

_WARNED_BEFORE = timedelta(days=1)


@noun
class Promise:
    """
    Who promised what by when (R16, R55); the words themselves stand in the history.

    Args:
        due_at: The date told to the customer; the latest, where it was put off.
        first_due_at: The date first told, where it was put off since: it stays visible.
        extended: How often it was put off.
    """

    id: str = line(most=80)
    made_by: str = line(most=80)
    made_at: datetime
    due_at: datetime
    state: PromiseState = PromiseState.OPEN
    settled_at: datetime | None = None
    first_due_at: datetime | None = None
    extended: int = number(default=0)
    number: int = number(default=0)


def warning_of(promise: str) -> str:
    """How it is noted that somebody was warned of a promise; once it is put off it may be warned of again."""
    return f"promise:{promise}"


def warned_from(promise: Promise) -> datetime:
    """From when on somebody is warned of an open promise: a day before, or after half of a shorter time (default)."""
    due = promise.due_at
    return max(due - _WARNED_BEFORE, promise.made_at + (due - promise.made_at) / 2)


@noun
class PromiseMade:
    """
    A promise as it is told to the customer (R16, R55).

    Args:
        id: Short name, unique within the complaint.
        text: What is promised; it must be courteous, it goes to the customer.
        due_at: The date told.
        cost: What keeping it costs the house; must be within the maker's authority.
    """

    id: str = line(most=40)
    text: str = prose(most=2000)
    due_at: datetime
    channel: Channel
    cost: Money | None = None
