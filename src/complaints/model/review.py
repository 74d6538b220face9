"""The call-back and the evaluation (R32–R48)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, tzinfo
from typing import NamedTuple

from complaints.model.base import line, noun, number, prose
from complaints.model.words import Cause, Channel, Department, Satisfaction


@noun
class Attempt:
    """An attempt to reach the customer for the call-back; trying is not reaching (R37)."""

    at: datetime
    channel: Channel
    by: str = line(most=80)
    was_reached: bool


class Tries(NamedTuple):
    """How often, on how many channels and on how many days somebody tried to reach the customer in vain."""

    attempts: int
    channels: int
    days: int


def tries_since(attempts: Iterable[Attempt], since: datetime, zone: tzinfo) -> Tries:
    """The attempts in vain from *since* on; their days are those of *zone*."""
    vain = [one for one in attempts if one.at >= since and not one.was_reached]
    days = {one.at.astimezone(zone).date() for one in vain}
    return Tries(len(vain), len({one.channel for one in vain}), len(days))


@noun
class FollowUp:
    """
    What the call-back came to, as it stands on the complaint.

    Args:
        pressed: Whether a customer who had withdrawn says that somebody pressed him (R36).
    """

    number: int = number()
    result: Satisfaction
    at: datetime
    channel: Channel
    caller: str = line(most=80)
    pressed: bool | None = None


@noun
class Evaluation:
    """
    The comprehensive evaluation of the handling (R32).

    Args:
        grade: 1 (poor) to 5 (exemplary).
    """

    summary: str = prose()
    grade: int = number(least=1, most=5)
    lessons: str | None = prose(default=None)


@noun
class Classification:
    """A line of the Complaint Classification Statistics Form 顾客投诉分类统计表, confirmed by the supervisor (R33)."""

    category: str = line(most=80)
    department: Department
    cause: Cause


@noun
class Improvement:
    """
    What the house will do better, with an owner and a day (R35).

    Args:
        planned_at: When it was planned; no effect can be seen before.
        effective: Whether it helped; ``None`` until somebody has looked.
    """

    id: str = line(most=20)
    text: str = prose(personal=False, most=2000)
    owner: str = line(most=80)
    due: date
    number: int = number(default=0)
    planned_at: datetime | None = None
    effective: bool | None = None


@noun
class NoWayFurther:
    """A dissatisfied customer is told no, with reasons and with where else to turn."""

    reason: str = prose()
    told_where: str = prose(personal=False, most=500)
    told_at: datetime
