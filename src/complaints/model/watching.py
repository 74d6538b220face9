"""When time alone does something to a complaint: what a store keeps an index of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple

from complaints.model.clock import Deadline
from complaints.model.complaint import Complaint
from complaints.model.promise import warned_from, warning_of
from complaints.model.words import ClockKind, ClockState, DueState, State

_INSTANT = timedelta(microseconds=1)


class Watched(NamedTuple):
    """
    What a store writes down of one complaint, so that time finds it.

    Attributes:
        look: The next moment at which time alone does something to it; ``None`` for never.
        due: When the first of what is owed and not done is due, late or not; ``None`` where nothing is.
        year: The first year that has to be published before one of its clocks can be settled; ``None`` for none.
    """

    look: datetime | None
    due: datetime | None
    year: int | None


_NEVER = Watched(None, None, None)


def watched(complaint: Complaint) -> Watched:
    """When time does something to the complaint; a merged, voided or archived one owes nothing of its own."""
    if complaint.state.is_ending and complaint.state is not State.CLOSED:
        return _NEVER
    clocks = [one for one in complaint.deadlines.values() if one.is_outstanding and one.due is not None]
    looks = [moment for clock in clocks if (moment := _next_of(clock)) is not None]
    dues = [one.due for one in clocks if one.is_owed and one.due is not None]
    years = [one.due.year for one in clocks if one.provisional and one.is_unfinished and one.due is not None]
    if complaint.promises:
        warnings = complaint.beside.warnings
        looks += [
            promise.due_at + _INSTANT if warning_of(promise.id) in warnings else warned_from(promise)
            for promise in complaint.open_promises
        ]
        dues += [promise.due_at for promise in complaint.owed_promises]
    return Watched(min(looks, default=None), min(dues, default=None), min(years, default=None))


def next_look(complaint: Complaint) -> datetime | None:
    """The next moment at which time alone does something to the complaint; ``None`` for never."""
    return watched(complaint).look


def earliest_due(complaint: Complaint) -> datetime | None:
    """When the first of what is owed and not done is due, late or not; ``None`` where nothing is."""
    return watched(complaint).due


def state_of(due: datetime | None, now: datetime, zone: tzinfo) -> DueState:
    """
    How *due* stands at *now*: late once its last moment is over, else by the day it falls on.

    Args:
        due: ``None`` where there is no date.
        zone: The dealer's; days are told apart in it.
    """
    if due is None:
        return DueState.NO_DATE
    # in one zone Python compares what the clocks show, and that twice where they go back
    if now.astimezone(UTC) > due.astimezone(UTC):
        return DueState.LATE
    return DueState.TODAY if due.astimezone(zone).date() == now.astimezone(zone).date() else DueState.LATER


def _next_of(clock: Deadline) -> datetime | None:
    if not clock.runs or clock.kind is ClockKind.WINDOW or clock.due is None:
        return None
    return clock.warn if clock.state is ClockState.RUNNING and clock.warn is not None else clock.due + _INSTANT


__all__ = ["Watched", "earliest_due", "next_look", "state_of", "watched"]
