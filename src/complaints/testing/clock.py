"""A clock for tests: it stands still until it is told otherwise."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from complaints.errors import NaiveTimeError

OPENING = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
"""A Monday morning in Shanghai: when a :class:`FrozenClock` stands unless told."""


class FrozenClock:
    """
    Tells the time it was set to; hand it to a desk as ``clock=``.

    Args:
        at: The moment it stands at; aware.

    Raises:
        NaiveTimeError: If *at* has no time zone.
    """

    def __init__(self, at: datetime = OPENING) -> None:
        self._now = OPENING
        self.set(at)

    def __call__(self) -> datetime:
        """The moment it stands at."""
        return self._now

    def set(self, at: datetime) -> None:
        """
        Let it stand at *at*, which may be earlier than before.

        Raises:
            NaiveTimeError: If *at* has no time zone.
        """
        if at.utcoffset() is None:
            raise NaiveTimeError("at")
        self._now = at

    def advance(self, by: timedelta) -> datetime:
        """Let it go on *by* so much; tells the new moment."""
        self._now += by
        return self._now

    def __repr__(self) -> str:
        return f"<FrozenClock {self._now.isoformat()}>"


__all__ = ["OPENING", "FrozenClock"]
