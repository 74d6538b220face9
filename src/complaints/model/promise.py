"""What is owed by a given time: promises to the customer, and deadlines the policy set."""

from __future__ import annotations

from datetime import datetime

import msgspec

from complaints.model.base import line, noun, number, prose
from complaints.model.money import Money
from complaints.model.words import Channel, PromiseState

WINDOWS = ("reopen", "contest")
"""Clocks that give somebody time to object; nothing is owed when they end, and a merge hands them to nobody."""


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


class Deadline(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """
    A due date as the policy decided it; it stands in the event, replay never computes it again.

    Made by the policy from checked values, at every move: it is not checked again.

    Args:
        clock: Name of the clock, such as ``"follow_up"``.
        start: What it counts from.
        due: The last moment that is in time.
        rule: The policy's rule and version that set it.
    """

    clock: str
    start: datetime
    due: datetime
    rule: str


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
