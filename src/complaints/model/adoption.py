"""Where a complaint comes from that another system has handled so far."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from complaints.errors import Fault
from complaints.model.base import noun
from complaints.model.words import State


@noun
class Milestone:
    """
    A state that the old system had the complaint in, in our words, and since when.

    Args:
        at: When it was entered there; its original time.
    """

    state: State
    at: datetime


class Adopted(msgspec.Struct, frozen=True, kw_only=True):
    """
    What the old system did with the complaint before it came here; it is counted apart.

    Attributes:
        system: Name of the old system.
        number: Of the complaint there.
        milestones: The states it went through there, in order of time.
    """

    system: str
    number: str
    milestones: tuple[Milestone, ...] = ()

    def entered(self, state: State) -> datetime | None:
        """When the old system last had it enter *state*; ``None`` if nobody knows."""
        return next((one.at for one in reversed(self.milestones) if one.state is state), None)


def order_faults(milestones: object, received_at: object) -> Iterable[Fault]:
    """A fault where the milestones are not in order of time, from the receipt on; wrong types are others' to tell."""
    if not isinstance(milestones, tuple) or not all(isinstance(one, Milestone) for one in milestones):
        return
    times = [received_at, *(one.at for one in milestones)]
    if not all(isinstance(one, datetime) and one.utcoffset() is not None for one in times):
        return
    if times != sorted(times):
        yield Fault("milestones", "not_in_order")


__all__ = ["Adopted", "Milestone", "order_faults"]
