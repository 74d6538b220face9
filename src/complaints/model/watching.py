"""When time alone does something to a complaint: what a store keeps an index of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

from complaints.model.clock import Deadline
from complaints.model.complaint import Complaint
from complaints.model.promise import warned_from, warning_of
from complaints.model.words import ClockKind, ClockState, DueState, State

_INSTANT = timedelta(microseconds=1)


def next_look(complaint: Complaint) -> datetime | None:
    """The next moment at which time alone does something to the complaint; ``None`` for never."""
    if not _is_watched(complaint):
        return None
    moments = [moment for clock in complaint.deadlines.values() if (moment := _next_of(clock)) is not None]
    warnings = complaint.beside.warnings
    moments += [
        promise.due_at + _INSTANT if warning_of(promise.id) in warnings else warned_from(promise)
        for promise in complaint.open_promises
    ]
    return min(moments, default=None)


def earliest_due(complaint: Complaint) -> datetime | None:
    """When the first of what is owed and not done is due, late or not; ``None`` where nothing is."""
    if not _is_watched(complaint):
        return None
    clocks = complaint.deadlines.values()
    owed = [one.due for one in clocks if one.is_owed and one.is_outstanding and one.due is not None]
    return min([*owed, *(promise.due_at for promise in complaint.owed_promises)], default=None)


def provisional_year(complaint: Complaint) -> int | None:
    """The first year that has to be published before one of its clocks can be settled; ``None`` for none."""
    if not _is_watched(complaint):
        return None
    clocks = complaint.deadlines.values()
    years = [one.due.year for one in clocks if one.provisional and one.is_unfinished and one.due is not None]
    return min(years, default=None)


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


def _is_watched(complaint: Complaint) -> bool:
    """A merged, voided or archived complaint owes nothing of its own; a closed one may owe what was promised."""
    return not complaint.state.is_ending or complaint.state is State.CLOSED


def _next_of(clock: Deadline) -> datetime | None:
    if not clock.runs or clock.kind is ClockKind.WINDOW or clock.due is None:
        return None
    return clock.warn if clock.state is ClockState.RUNNING and clock.warn is not None else clock.due + _INSTANT


__all__ = ["earliest_due", "next_look", "provisional_year", "state_of"]
