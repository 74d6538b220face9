"""Hypothesis strategies: walks, orders, forbidden orders, commands, people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from uuid import UUID

from hypothesis import reject
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from complaints.desk import Desk
from complaints.lifecycle import LIFECYCLE
from complaints.machine import Lifecycle
from complaints.model.complaint import Complaint
from complaints.model.event import Command
from complaints.model.people import Actor
from complaints.orders import Order
from complaints.stores.base import Store
from complaints.testing.anything import Filler
from complaints.testing.builders import BUILDERS
from complaints.testing.choice import Choice
from complaints.testing.clock import OPENING, FrozenClock
from complaints.testing.forbidden import Forbidden, forbidden_order
from complaints.testing.houses import AUDITOR, HOUSE, STAFF, STRANGER, House
from complaints.testing.orders import Builder
from complaints.testing.walking import Walk, take_walk
from complaints.testing.ways import CURES, Cures, guide

_COMPLAINT = UUID(int=1)


@cache
def _whole(least: int, most: int) -> SearchStrategy[int]:
    return st.integers(least, most)


class Drawn(Choice):
    """
    As Hypothesis likes; it shrinks towards the plainest.

    Args:
        draw: What a composite strategy is given to draw with.
    """

    def __init__(self, draw: DrawFn) -> None:
        self._draw = draw

    def whole(self, least: int, most: int) -> int:
        """A whole number from *least* to *most*, both included."""
        return self._draw(_whole(least, most)) if most > least else least


@st.composite
def walks(
    draw: DrawFn,
    *,
    store: Callable[[], Store] | None = None,
    house: House = HOUSE,
    lifecycle: Lifecycle = LIFECYCLE,
    builders: Mapping[type[Command], Builder] = BUILDERS,
    cures: Cures = CURES,
    least: int = 25,
    most: int = 40,
    forbidden_in: int = 3,
    family_in: int = 4,
) -> Walk:
    """
    Finished walks through the lifecycle, biased towards getting somewhere.

    A walk takes some 30 ms, which Hypothesis calls slow: give your tests
    ``settings(suppress_health_check=[HealthCheck.too_slow])``.

    Args:
        store: Called for the store of each walk; walks may share one. In memory if not given.
        house: Who is there, and under which policy.
        lifecycle: Yours, if you have one; then *builders* for your commands and *cures* for your refusals as well.
        least: Accepted orders, at least, unless the archive comes first.
        most: Accepted orders, at most.
        forbidden_in: Once in so many steps something forbidden is tried; 0 for never.
        family_in: Once in so many walks there is another complaint of the same customer; 0 for never.
    """
    return take_walk(
        Drawn(draw),
        store=store() if store is not None else None,
        house=house,
        lifecycle=lifecycle,
        builders=builders,
        cures=cures,
        steps=draw(_whole(least, most)),
        forbidden_in=forbidden_in,
        family_in=family_in,
    )


@st.composite
def orders_for(
    draw: DrawFn,
    desk: Desk,
    complaint: Complaint,
    clock: FrozenClock,
    *,
    house: House = HOUSE,
    builders: Mapping[type[Command], Builder] = BUILDERS,
) -> Order:
    """
    Orders that are allowed now, for a complaint in any state: command, actor, moment.

    Args:
        clock: The clock of *desk*; it is put forward where an order must wait.
    """
    here = guide(desk, complaint.id, clock=clock, house=house, choose=Drawn(draw), builders=builders, backdates=True)
    for command in here.choose.turned(here.possible):
        order = here.order(command)
        if order is not None:
            return order
    return reject()


@st.composite
def forbidden_orders_for(
    draw: DrawFn, desk: Desk, complaint: Complaint, clock: FrozenClock, *, house: House = HOUSE
) -> Forbidden:
    """Orders that must be refused now, with the error that is due."""
    wrong = forbidden_order(guide(desk, complaint.id, clock=clock, house=house, choose=Drawn(draw)))
    if wrong is None:
        reject()
    return wrong


@st.composite
def commands(draw: DrawFn, kind: type[Command], *, complaint: UUID = _COMPLAINT) -> Command:
    """
    Well-formed commands of one *kind*, whatever they say.

    Args:
        complaint: Id of the complaint they are about.
    """
    command = Filler(Drawn(draw), complaint, OPENING).fill(kind)
    if command is None:
        reject()
    return command


def people(*, strangers: bool = True) -> SearchStrategy[Actor]:
    """
    The staff of :func:`~complaints.testing.houses`.

    Args:
        strangers: Also the auditor, who does nothing, and somebody of another dealer.
    """
    return st.sampled_from((*STAFF, AUDITOR, STRANGER) if strangers else STAFF)


__all__ = ["Drawn", "commands", "forbidden_orders_for", "orders_for", "people", "walks"]
