"""What time alone does: warns, records what was missed, has it escalated, settles what was provisional."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from uuid import UUID

import attrs

from complaints.calendars import Calendar
from complaints.errors import ComplaintError, StoreError
from complaints.model.clock import Deadline
from complaints.model.complaint import Complaint
from complaints.model.event import Command
from complaints.model.people import SYSTEM, Dealer
from complaints.model.promise import warned_from, warning_of
from complaints.model.watching import next_look
from complaints.model.words import ClockKind, ClockState
from complaints.orders import Order
from complaints.premises import Premises
from complaints.stages.due_dates import RecordBreach, RecordLapse, RecordWarning, SettleDueDate, is_provisional
from complaints.stores.base import Reader, Store, Writer
from complaints.taking import Taking

_AT_A_TIME = 200
"""Complaints whose ids are fetched at a time; a default."""

_BEFORE_ALL = UUID(int=0)


@attrs.frozen(kw_only=True)
class Ticked:
    """
    What a tick came to.

    Attributes:
        looked_at: Complaints that something was due for.
        events: How many events of each command were recorded, those that followed included.
        failed: Complaints that could not be looked at, and why; nothing was written of them, and the next tick tries
            again.
    """

    looked_at: int = 0
    events: Mapping[str, int] = attrs.field(factory=dict)
    failed: Mapping[UUID, ComplaintError] = attrs.field(factory=dict)

    def of(self, command: type[Command]) -> int:
        """How many events of *command* were recorded."""
        return self.events.get(command.__name__, 0)


def tick(
    store: Store,
    premises: Premises,
    now: datetime,
    *,
    alone: AbstractContextManager[None],
    progress: Callable[[int], None] | None = None,
) -> Ticked:
    """
    Do everything that is due up to *now*, each complaint in a transaction of its own.

    Pure in *now*: it asks no other clock. Whatever was done is not done again, by nobody; a complaint that fails
    does not stop the others.
    """
    looked_at, events, failed = 0, dict[str, int](), dict[UUID, ComplaintError]()
    for id in _due(store, premises, now):
        looked_at += 1
        try:
            with alone, store.write() as writer:
                recorded = _look_at(writer, premises, id, now)
        except StoreError:
            raise  # the store itself is gone: no other complaint would go better
        except ComplaintError as error:
            failed[id] = error
            continue
        for name in recorded:
            events[name] = events.get(name, 0) + 1
        if progress is not None:
            progress(looked_at)
    return Ticked(looked_at=looked_at, events=events, failed=failed)


def _due(store: Store, premises: Premises, now: datetime) -> Iterator[UUID]:
    """Every complaint that something is due for, once; found in pages, so that a reader is never held for long."""
    seen = set[UUID]()
    after: tuple[datetime, UUID] | None = None
    while True:
        with store.read() as reader:
            page = reader.waking(now, after=after, limit=_AT_A_TIME)
        for after in page:
            if after[1] not in seen:
                seen.add(after[1])
                yield after[1]
        if len(page) < _AT_A_TIME:
            break
    year, last = premises.last_published_year(), _BEFORE_ALL
    while year is not None:
        with store.read() as reader:
            ids = reader.unsettled(year, after=last, limit=_AT_A_TIME)
            settled = [id for id in ids if id not in seen and _may_be_settled(reader, premises, id)]
        yield from settled
        last = ids[-1] if ids else last
        if len(ids) < _AT_A_TIME:
            break


def _may_be_settled(reader: Reader, premises: Premises, id: UUID) -> bool:
    """Whether the calendar of its own dealer knows by now what a date waited for; another dealer's may know more."""
    try:
        complaint = reader.complaint(id)
        calendar = premises.calendar_of(premises.dealer(complaint.dealer, SYSTEM)) if complaint is not None else None
    except ComplaintError:
        return True  # it is told of where it fails
    if complaint is None or calendar is None:
        return False
    return any(_can_be_settled(clock, calendar) for clock in complaint.deadlines.values())


def _look_at(writer: Writer, premises: Premises, id: UUID, now: datetime) -> tuple[str, ...]:
    """Record what is due for one complaint, in the transaction of *writer*; names of the commands recorded."""
    complaint = writer.complaint(id)
    if complaint is None:
        return ()
    dealer = premises.dealer(complaint.dealer, SYSTEM)
    recorded: list[str] = []
    orders = 0
    for command in tuple(due_orders(complaint, premises, dealer, now)):
        if command not in due_orders(complaint, premises, dealer, now):
            continue  # what was recorded before has made it needless
        if premises.lifecycle.row_for(type(command), complaint.state) is None:
            continue  # a definition of a house's own may have none
        orders += 1
        taking = Taking(premises, writer, now)
        complaint = taking.take(complaint, Order(command, SYSTEM), now)
        for step in taking.steps():
            recorded += [event.command for event in step.events]
            writer.append(step)
    if not orders:
        writer.watch(complaint)
    return tuple(recorded)


def due_orders(complaint: Complaint, premises: Premises, dealer: Dealer, now: datetime) -> Iterator[Command]:
    """
    What the system has to record of one complaint at *now*: nothing, once it has.

    What is due is missed when its last moment is over; what comes near is warned of; whoever did not answer has
    lapsed, which ends nothing by itself; a date whose year is published by now is settled.
    """
    look, calendar = next_look(complaint), premises.calendar_of(dealer)
    settled = [clock for clock in complaint.deadlines.values() if _can_be_settled(clock, calendar)]
    yield from (SettleDueDate(complaint=complaint.id, clock=clock.clock) for clock in settled)
    if look is not None and look <= now:
        for clock in complaint.deadlines.values():
            if clock.runs and clock.due is not None and clock not in settled:  # the next tick goes by what is settled
                yield from _of_clock(complaint.id, clock, clock.due, now)
        for promise in complaint.open_promises:
            if now > promise.due_at:
                yield RecordBreach(complaint=complaint.id, promise=promise.id)
            elif now >= warned_from(promise) and warning_of(promise.id) not in complaint.beside.warnings:
                yield RecordWarning(complaint=complaint.id, promise=promise.id)


def _can_be_settled(clock: Deadline, calendar: Calendar) -> bool:
    """Whether every year that a provisional clock was reckoned with is published by now."""
    if not is_provisional(clock) or clock.due is None:
        return False
    return all(calendar.knows(year) for year in range(clock.start.year, clock.due.year + 1))


def _of_clock(id: UUID, clock: Deadline, due: datetime, now: datetime) -> Iterator[Command]:
    if clock.kind is ClockKind.OWED:
        if now > due:
            yield RecordBreach(complaint=id, clock=clock.clock)
        elif clock.state is ClockState.RUNNING and clock.warn is not None and clock.warn <= now:
            yield RecordWarning(complaint=id, clock=clock.clock)
    elif clock.kind is ClockKind.ANSWER and now > due:
        yield RecordLapse(complaint=id, clock=clock.clock)


__all__ = ["Ticked", "due_orders", "tick"]
