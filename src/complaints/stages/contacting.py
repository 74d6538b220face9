"""联系客户: when, and by which channels, the house reaches out for a customer (R39–R41)."""

from __future__ import annotations

from datetime import date, timedelta

from complaints.model.beside import ContactLimit
from complaints.model.event import Refusal, Situation, rule
from complaints.model.words import DIRECT, Channel

_AROUND = timedelta(minutes=30)
"""How near to the agreed time a call is the one that was agreed; our choice."""


def ways_open(s: Situation) -> frozenset[Channel]:
    """The channels by which the house may reach the customer himself on the day of the step."""
    return frozenset(one for one in DIRECT if not _is_limited(s, one) and not _is_unwanted(s, one))


# --- rules ----------------------------------------------------------------------------------------------------------


@rule("contact.untimely", overridable=True)
def the_customer_may_be_contacted_now(s: Situation) -> Refusal | None:
    """
    Whatever rings waits for the customer's own hours, else for the house's, unless he asked for that time (R39, R40).

    His own hours count on every day, since he has told them; the house's not on public holidays.
    """
    channel = s.command.reaches_out_by
    if channel is None or not channel.disturbs or _is_agreed(s):
        return None
    own, zone = s.complaint.registration.complainant.own_hours, s.dealer.tz
    now = s.at.astimezone(zone)
    is_fine = any(window.holds(now.time()) for window in own) if own else s.calendar.may_contact(s.at, zone)
    if is_fine:
        return None
    hours = tuple(str(window) for window in own or s.calendar.contact_hours)
    return Refusal("contact.untimely", who=("manager",), at=now.isoformat(), hours=hours)


@rule("contact.opted_out")
def the_customer_wants_this_channel(s: Situation) -> Refusal | None:
    """Nobody is reached by a channel that he does not want, whatever the hour (R41)."""
    channel = s.command.reaches_out_by
    if channel is None or not _is_unwanted(s, channel):
        return None
    return Refusal("contact.opted_out", channel=channel.value)


@rule("contact.limited")
def the_channel_was_left_open(s: Situation) -> Refusal | None:
    """After a limit the house keeps to the one channel that it has left open; authorities are answered all the same."""
    channel, limit = s.command.reaches_out_by, _limit(s)
    if channel is None or limit is None or not _is_limited(s, channel):
        return None
    return Refusal("contact.limited", channel=limit.channel.value, until=limit.review_on.isoformat())


def _is_agreed(s: Situation) -> bool:
    agreed = s.complaint.beside.appointment
    return agreed is not None and abs(s.at - agreed) <= _AROUND


def _is_unwanted(s: Situation, channel: Channel) -> bool:
    """The one channel that a limit has left is used all the same, or nobody could answer him at all (our choice)."""
    limit = _limit(s)
    if limit is not None and limit.leaves_open(channel):
        return False
    return s.complaint.registration.complainant.has_opted_out_of(channel)


def _is_limited(s: Situation, channel: Channel) -> bool:
    limit = _limit(s)
    return limit is not None and channel.is_direct and not limit.leaves_open(channel)


def _limit(s: Situation) -> ContactLimit | None:
    """The limit that is in force on the local day of the step."""
    limit = s.complaint.beside.contact_limit
    return limit if limit is not None and limit.is_in_force(_day(s)) else None


def _day(s: Situation) -> date:
    return s.at.astimezone(s.dealer.tz).date()


__all__ = [
    "the_channel_was_left_open",
    "the_customer_may_be_contacted_now",
    "the_customer_wants_this_channel",
    "ways_open",
]
