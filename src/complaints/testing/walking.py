"""
Walks through the lifecycle that stay open long enough to get somewhere.

Drawing among all that is possible reaches the review six times in five thousand steps. So a walk mostly makes for
one of the moves of its state and clears away what refuses it, prefers what it has not done yet, and ends late.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

import attrs

from complaints.desk import Desk
from complaints.errors import ComplaintError, NotFoundError
from complaints.lifecycle import LIFECYCLE
from complaints.machine import Lifecycle
from complaints.model.complaint import Complaint
from complaints.model.event import Command, Event, Refusal
from complaints.model.people import SYSTEM, Actor
from complaints.model.words import Alarm, MergeGround, Role, State
from complaints.orders import Order
from complaints.rows import Entry, Move
from complaints.stages.accountability import Contest, DecideAccountability, ExecuteMeasure, ReviewContest
from complaints.stages.claims import RecordClaimAnswer
from complaints.stages.confirming import ConfirmProxy
from complaints.stages.due_dates import SettleDueDate
from complaints.stages.ending import EndWithoutAgreement, Void, Withdraw
from complaints.stages.execution import AbandonExecution, Decline
from complaints.stages.family import Merge, Separate
from complaints.stages.fast_track import SettleAtOnce
from complaints.stages.investigation import ReopenInvestigation
from complaints.stages.judgment import Dispute, Explain
from complaints.stages.review import Reopen, ReturnForRework, VerifyImprovement
from complaints.stores.base import Store, StoredEvent, StoredPersonal
from complaints.testing.builders import BUILDERS
from complaints.testing.choice import Choice
from complaints.testing.clock import OPENING, FrozenClock
from complaints.testing.forbidden import Forbidden, forbidden_order, forbidden_receipt
from complaints.testing.houses import HOUSE, House
from complaints.testing.orders import Builder, but, receipt
from complaints.testing.ways import CURES, Cures, Guide, guide


class _Printer(Protocol):
    def text(self, obj: str) -> None:
        """Print *obj*."""


STARTS = (OPENING, OPENING.replace(month=6, day=30))
"""When walks begin: on a Monday morning, or the day before the second standing order takes over."""

_WAITS = (
    (timedelta(minutes=10), 6),
    (timedelta(0), 1),
    (timedelta(hours=3), 4),
    (timedelta(days=1), 2),
    (timedelta(days=9), 1),
)
_FAVOURITES = (
    None, Decline, Decline, ReturnForRework, AbandonExecution, SettleAtOnce, Explain, Reopen, Dispute,
    ReopenInvestigation, EndWithoutAgreement, Withdraw, Merge,
)  # fmt: skip
_SHORT_CUTS = (Withdraw, EndWithoutAgreement, Void, Merge)
"""What ends a handling before it has got anywhere: seldom, but for a favourite."""
_SELDOM = (Contest, ReviewContest, ExecuteMeasure, ConfirmProxy, VerifyImprovement, RecordClaimAnswer)
"""What is seldom possible, so that it is done when it is."""
_OFTEN = 4
"""So often at most a favourite is preferred."""
_LATE = 28
"""The step from which endings are as likely as other moves."""


@attrs.frozen
class Trace:
    """All that a store keeps of one complaint."""

    complaint: Complaint | None
    events: tuple[StoredEvent, ...]
    personal: tuple[StoredPersonal, ...]


def trace(store: Store, id: UUID) -> Trace:
    """What *store* keeps of the complaint *id* now."""
    with store.read() as reader:
        return Trace(reader.complaint(id), tuple(reader.events(id)), tuple(reader.personal(id)))


@attrs.frozen(kw_only=True)
class Tried:
    """
    An order that was given on a walk, and what came of it.

    Attributes:
        now: The moment it was given.
        before: The complaint as it stood; ``None`` before the first order.
        foreseen: What ``explain(id)`` said of such a command by this person just before; ``None`` if the state
            has no row for it, or there was nothing to ask.
        explained: What ``explain(command)`` said just before, or the error it raised.
        after: The complaint as it was answered; ``None`` if the order was refused.
        error: The error that refused it; ``None`` if it was accepted.
        expected: For an order that had to be refused: how.
        kept: For such an order: what the store kept before and after.
    """

    order: Order
    now: datetime
    before: Complaint | None
    foreseen: tuple[Refusal, ...] | None
    explained: tuple[Refusal, ...] | ComplaintError
    after: Complaint | None
    error: ComplaintError | None
    expected: Forbidden | None = None
    kept: tuple[Trace, Trace] | None = None

    @property
    def name(self) -> str:
        """Name of the command."""
        return type(self.order.command).__name__

    @property
    def at(self) -> datetime:
        """When it happened, as far as the order says."""
        own = type(self.order.command).when
        at: datetime | None = getattr(self.order.command, own) if own is not None else self.order.at
        return self.now if at is None else at


@attrs.frozen(kw_only=True)
class Walk:
    """
    A complaint's way as far as it went, with everything that was tried on it.

    Attributes:
        tried: Every order in turn, those that had to be refused among them.
        companion: Another complaint of the same customer, merged into this one and separated again now and then.
    """

    desk: Desk
    store: Store
    clock: FrozenClock
    house: House
    complaint_id: UUID
    tried: tuple[Tried, ...]
    companion: UUID | None = None

    @property
    def complaint(self) -> Complaint:
        """The complaint as it stands now."""
        return self.desk.complaint(self.complaint_id, by=SYSTEM)

    @property
    def history(self) -> tuple[Event, ...]:
        """Its events as they stand in the store now."""
        return self.desk.history(self.complaint_id, by=SYSTEM)

    @property
    def steps(self) -> tuple[Tried, ...]:
        """What was accepted, in order."""
        return tuple(one for one in self.tried if one.error is None)

    @property
    def orders(self) -> tuple[Order, ...]:
        """The orders that were accepted, in order."""
        return tuple(one.order for one in self.steps)

    @property
    def refused(self) -> tuple[Tried, ...]:
        """What was refused; all of it had to be."""
        return tuple(one for one in self.tried if one.error is not None)

    @property
    def rows(self) -> frozenset[tuple[type[Command], State | None, State]]:
        """The rows of the table that were taken: command, state before, state after."""
        return frozenset((type(event.command), event.source, event.target) for event in self.history)

    def __repr__(self) -> str:
        return f"<Walk {' → '.join(one.name for one in self.steps)}; {len(self.refused)} refused>"

    def _repr_pretty_(self, printer: _Printer, cycle: bool) -> None:  # noqa: FBT001  # Hypothesis calls it so
        """The way in a few words; Hypothesis prints attrs classes field by field unless told otherwise."""
        printer.text(repr(self))


def take_walk(
    choose: Choice,
    *,
    store: Store | None = None,
    house: House = HOUSE,
    lifecycle: Lifecycle = LIFECYCLE,
    builders: Mapping[type[Command], Builder] = BUILDERS,
    cures: Cures = CURES,
    steps: int = 30,
    forbidden_in: int = 3,
    family_in: int = 4,
    favourite: type[Command] | None = None,
    favourite_from: State | None = None,
    ticks_in: int = 0,
) -> Walk:
    """
    Take a walk.

    Args:
        choose: Where it turns; the same choices make the same walk.
        store: Where to walk; in memory if not given. Walks may share one.
        house: Who is there, and under which policy.
        lifecycle: Yours, if you have one; then *builders* for your commands and *cures* for your refusals as well.
        steps: How many orders are to be accepted; fewer if the archive comes first.
        forbidden_in: Once in so many steps something forbidden is tried; 0 for never.
        family_in: Once in so many walks the customer has another complaint, with which this one may be linked or
            merged; 0 for never.
        favourite: A move or an entry to prefer; a move of the choice's if not given.
        favourite_from: Where it is preferred; wherever the table has it if not given.
        ticks_in: Once in so many steps the desk looks at the clock before the order is given; 0 for never.
    """
    clock = FrozenClock(choose.one(STARTS))
    cloud = choose.one((None, "counter", "deputy"))
    if cloud is not None:
        house = attrs.evolve(house, suspects=(*house.suspects, cloud))
    desk = house.desk(store, clock=clock, lifecycle=lifecycle)
    tried: list[Tried] = []
    if forbidden_in and choose.once_in(forbidden_in):
        tried.append(_try_forbidden(desk, clock, forbidden_receipt(house, clock(), choose), None))
    begun = _try(desk, clock, receipt(house, clock(), choose), None)
    tried.append(begun)
    assert begun.after is not None, begun.error  # noqa: S101  # a receipt is always accepted
    id = begun.after.id
    companion = _companion(desk, begun, choose) if family_in and choose.once_in(family_in) else None
    others = () if companion is None else (companion,)
    taken: Counter[type[Command]] = Counter()
    drawn = choose.one(_FAVOURITES)
    favourite = favourite if favourite is not None else drawn
    for step in range(1, steps):
        clock.advance(choose.weighted(_WAITS))
        if ticks_in and choose.once_in(ticks_in):
            desk.tick()
        if companion is not None and choose.once_in(6):
            _merge_or_separate(desk, companion, id)
        here = guide(
            desk, id, clock=clock, house=house, choose=choose, builders=builders, cures=cures, backdates=True,
            others=others,
        )  # fmt: skip
        if forbidden_in and choose.once_in(forbidden_in) and (wrong := forbidden_order(here)) is not None:
            tried.append(_try_forbidden(desk, clock, wrong, here.complaint))
        if here.complaint.state is State.ARCHIVED and not choose.once_in(3):
            break  # nothing is left but to erase
        preferred = favourite if favourite_from in (None, here.complaint.state) else None
        order = _next(here, taken, preferred, is_late=step >= _LATE)
        if order is None:
            break
        done = _try(desk, clock, order, here.complaint)
        tried.append(done)
        taken[type(order.command)] += 1
        if done.after is None:
            break  # the tests will say why: what explain() lets pass, handle() must accept
    return Walk(
        desk=desk,
        store=desk.store,
        clock=clock,
        house=house,
        complaint_id=id,
        tried=tuple(tried),
        companion=companion,
    )


def _companion(desk: Desk, begun: Tried, choose: Choice) -> UUID:
    """Another complaint of the same customer, with or without something grave in it."""
    alarms = choose.some((Alarm.CRASH,), most=1)
    command = but(begun.order.command, takes_on=False, alarms=alarms, complained_of=(), repeat_of=None)
    return desk.handle(command, by=SYSTEM).id


def _merge_or_separate(desk: Desk, companion: UUID, id: UUID) -> None:
    """Where nothing stands in the way, the companion is merged into the complaint, or separated again."""
    leader = Actor("head-office", Role.GROUP)
    merge = Merge(complaint=companion, survivor=id, ground=MergeGround.CUSTOMER, reason="同一客户")
    orders = merge, Separate(complaint=companion, reason="确认为两件事")
    order = orders[desk.complaint(companion, by=SYSTEM).state is State.MERGED]
    if not desk.refusals(order, by=leader):
        desk.handle(order, by=leader)


def _next(
    here: Guide, taken: Mapping[type[Command], int], favourite: type[Command] | None, *, is_late: bool
) -> Order | None:
    """Three times out of four towards a move, else something to record; either if the other finds nothing."""
    ways = [_towards_a_move, _an_entry]
    is_permitted = here.complaint.beside.waiver is not None
    if is_permitted or here.choose.once_in(2 if _may_seldom_be_recorded(here, favourite) else 4):
        ways.reverse()
    return next((order for way in ways if (order := way(here, taken, favourite, is_late=is_late)) is not None), None)


def _may_seldom_be_recorded(here: Guide, favourite: type[Command] | None) -> bool:
    rows = here.desk.lifecycle.rows_from(here.complaint.state)
    wanted = {*_SELDOM, *(row.command for row in rows if isinstance(row, Entry) and row.command is favourite)}
    return not wanted.isdisjoint(here.possible)


def _towards_a_move(
    here: Guide, taken: Mapping[type[Command], int], favourite: type[Command] | None, *, is_late: bool
) -> Order | None:
    rows = [row for row in here.desk.lifecycle.rows_from(here.complaint.state) if isinstance(row, Move)]
    goals = [(row.command, _weight(row, here.complaint.state, taken, favourite, is_late=is_late)) for row in rows]
    while goals:
        goal = here.choose.weighted(goals)
        order = here.towards(goal)
        if order is not None:
            return order
        goals = [one for one in goals if one[0] is not goal]
    return None


def _weight(
    row: Move, here: State, taken: Mapping[type[Command], int], favourite: type[Command] | None, *, is_late: bool
) -> int:
    """Rather forward than back, the oftener it was taken the less likely, and endings least of all until it is late."""
    if row.command is favourite and taken.get(favourite, 0) < _OFTEN:
        return 150
    if row.command in _SHORT_CUTS:
        return 1  # one step is enough for it, while the others are made for anew at every step
    place = tuple(State).index
    ends = any(target.is_ending for target in row.targets)
    goes_on = any(place(target) > place(here) for target in row.targets)
    weight = (60 if is_late else 10) if ends else (60 if goes_on else 12)
    return max(1, weight // (1 + taken.get(row.command, 0)))


def _an_entry(
    here: Guide, taken: Mapping[type[Command], int], favourite: type[Command] | None, *, is_late: bool
) -> Order | None:
    rows = here.desk.lifecycle.rows_from(here.complaint.state)
    possible = [row.command for row in rows if isinstance(row, Entry) and row.command in here.possible]
    waiver = here.complaint.beside.waiver
    permitted = [one for one in possible if waiver is not None and one.__name__ == waiver.command]
    if permitted and (order := here.order(permitted[0])) is not None:
        return order  # what was permitted once is done before it lapses
    for _ in range(3):
        if possible:
            command = here.choose.weighted([(one, _weight_of_an_entry(one, taken, favourite)) for one in possible])
            if (order := here.order(command)) is not None:
                return order
    return None


def _weight_of_an_entry(
    command: type[Command], taken: Mapping[type[Command], int], favourite: type[Command] | None
) -> int:
    if command is favourite:
        return 150  # however often: many entries do nothing unless there are several
    if command is SettleDueDate:
        return 1  # always possible in the house of the walks
    much = 60 if command in _SELDOM else 36 if command is DecideAccountability else 12
    return max(1, much // (1 + taken.get(command, 0)))


def _try_forbidden(desk: Desk, clock: FrozenClock, wrong: Forbidden, before: Complaint | None) -> Tried:
    command = wrong.order.command
    id: UUID = getattr(command, "id") if before is None else before.id  # noqa: B009  # only a first command has one
    kept = trace(desk.store, id)
    tried = _try(desk, clock, wrong.order, before)
    return attrs.evolve(tried, expected=wrong, kept=(kept, trace(desk.store, id)))


def _try(desk: Desk, clock: FrozenClock, order: Order, before: Complaint | None) -> Tried:
    foreseen = _foreseen(desk, order, before)
    after: Complaint | None = None
    error: ComplaintError | None = None
    try:
        explained: tuple[Refusal, ...] | ComplaintError = desk.refusals(
            order.command, by=order.by, recorded_by=order.recorded_by, at=order.at
        )
    except ComplaintError as raised:
        explained = raised
    try:
        after = desk.handle(
            order.command, by=order.by, recorded_by=order.recorded_by, at=order.at, key=order.key,
            expected_version=order.expected_version,
        )  # fmt: skip
    except ComplaintError as raised:
        error = raised
    return Tried(
        order=order, now=clock(), before=before, foreseen=foreseen, explained=explained, after=after, error=error
    )


def _foreseen(desk: Desk, order: Order, before: Complaint | None) -> tuple[Refusal, ...] | None:
    if before is None:
        return None
    try:
        return desk.options(before.id, by=order.by).get(type(order.command))
    except NotFoundError:
        return None


__all__ = ["STARTS", "Trace", "Tried", "Walk", "take_walk", "trace"]
