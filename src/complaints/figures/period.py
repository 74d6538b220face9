"""The period that figures are about: local days of the dealer."""

from __future__ import annotations

from datetime import date, datetime, time, tzinfo

from complaints.errors import Fault, InvalidCommandError


def period(zone: tzinfo, since: date, until: date) -> tuple[datetime, datetime]:
    """
    The first moment of the period, and the first one after it.

    Raises:
        InvalidCommandError: If it ends before it begins.
    """
    if until < since:
        raise InvalidCommandError("Figures", [Fault("until", "ends_before_start")])
    return datetime.combine(since, time(), tzinfo=zone), datetime.combine(until, time(), tzinfo=zone)


__all__ = ["period"]
