"""A clock: what is due when, why, and what has become of it. Data, decided once and kept in the history."""

from __future__ import annotations

from datetime import datetime

import msgspec

from complaints.model.span import Skip
from complaints.model.words import ClockKind, ClockState, RuleStanding

_RUNS = (ClockState.RUNNING, ClockState.WARNED)
_UNFINISHED = (ClockState.RUNNING, ClockState.WARNED, ClockState.PAUSED)


class Pause(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A clock stood still from one moment to another, while a hold was open."""

    since: datetime
    until: datetime


class Deadline(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """
    A clock as policy and calendar decided it; it stands in the event, and replay never computes it again.

    Made from checked values, at every move: it is not checked again.

    Attributes:
        clock: Name of the clock, such as ``"follow_up"``; where there may be several of a kind, with what it is
            about: ``"confirm_proxy:17"``.
        start: What it counts from.
        due: The last moment that is in time; ``None`` where the rule's number is not verified: somebody looks it up.
        rule: The pack's name and version, and the source that the rule cites.
        within: The span it was given, such as ``"3 working days"``; empty where the day itself was given.
        calendar: Calendar and version that counted.
        skipped: Days that were not counted.
        provisional: Whether a day was counted whose year is not published yet; then it is settled later.
        warn: From when on it is warned of; ``None`` for never.
        kind: Whether the house owes it, or somebody may do something until then, or the customer is waited for.
        standing: How sure the rule's number is.
        statutory: Whether it never pauses.
        stopped_at: When what it waits for happened; also for a breached one, which stays breached.
        paused_at: Since when it stands still.
        pauses: When it stood still before.
    """

    clock: str
    start: datetime
    due: datetime | None
    rule: str
    within: str = ""
    calendar: str = ""
    skipped: tuple[Skip, ...] = ()
    provisional: bool = False
    warn: datetime | None = None
    kind: ClockKind = ClockKind.OWED
    standing: RuleStanding = RuleStanding.DEFAULT
    statutory: bool = False
    state: ClockState = ClockState.RUNNING
    stopped_at: datetime | None = None
    paused_at: datetime | None = None
    pauses: tuple[Pause, ...] = ()

    @property
    def name(self) -> str:
        """Name of the clock without what it is about: that of its rule."""
        return self.clock.partition(":")[0]

    @property
    def subject(self) -> str:
        """What it is about, where there may be several of a kind."""
        return self.clock.partition(":")[2]

    @property
    def runs(self) -> bool:
        """Whether time goes on for it and it may still be met."""
        return self.state in _RUNS

    @property
    def is_unfinished(self) -> bool:
        """Whether it may still be met in time, now or after a pause."""
        return self.state in _UNFINISHED

    @property
    def is_outstanding(self) -> bool:
        """Whether what it waits for has not happened, in time or not."""
        return self.is_unfinished or (self.state is ClockState.BREACHED and self.stopped_at is None)

    @property
    def is_owed(self) -> bool:
        """Whether the house owes it; a window is somebody else's, and silence is the customer's."""
        return self.kind is ClockKind.OWED

    @property
    def was_recorded_late(self) -> bool:
        """Done in time but recorded late: a remark beside the breach, which stays (invariant 5)."""
        in_time = self.stopped_at is not None and self.due is not None and self.stopped_at <= self.due
        return self.state is ClockState.BREACHED and in_time

    def is_past(self, at: datetime) -> bool:
        """Whether its last moment in time is over."""
        return self.due is not None and at > self.due


__all__ = ["Deadline", "Pause"]
