"""A desk for asyncio: the same calls, each in a thread, so that the loop goes on meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from datetime import date, datetime
from functools import partial
from threading import Event as Flag
from types import TracebackType
from typing import TYPE_CHECKING, ParamSpec, TypeVar, overload
from uuid import UUID

from complaints.calendars import Calendar
from complaints.desk import Desk, utc_now
from complaints.directory import Directory
from complaints.errors import BrokenHistoryError, ComplaintError, StoreError, UnknownDefinitionError
from complaints.fitness import Migration, Misfit
from complaints.history import Checkpoint
from complaints.lifecycle import LIFECYCLE
from complaints.machine import Lifecycle
from complaints.model.complaint import Complaint
from complaints.model.event import Command, Event, Refusal
from complaints.model.people import Actor, Dealer, ExternalRef
from complaints.model.words import Duty, PersonalData, Severity, State
from complaints.orders import Order
from complaints.permission import Permit, ReadHook
from complaints.policy import Policy
from complaints.stages.intake import Receive
from complaints.stores.base import Page, Query, Store

if TYPE_CHECKING:
    from complaints.assignment import Candidate
    from complaints.customers import Redaction
    from complaints.feeding import FeedPage
    from complaints.figures.fast_track import FastTrackFigures
    from complaints.figures.kept import KeptFigures
    from complaints.repeats import Likeness
    from complaints.simulating import Simulation
    from complaints.ticking import Ticked
    from complaints.work import WorkItem

P = ParamSpec("P")
T = TypeVar("T")

_NO_CALENDARS: Mapping[str, Calendar] = {}
_WHERE_THEY_ARE: Mapping[State, State] = {}


class AsyncDesk:
    """
    A thin facade over a :class:`Desk`: every call is awaited, and runs in a thread of its own making.

    Steps run one after the other in one thread, in the order in which they were asked for: SQLite has one writer, and
    whoever waits for his turn then waits without a thread. Reading runs beside them. No thread starts before the
    first call, and none is left after :meth:`close`.

    **A call that is cancelled leaves nothing half-done.** As long as it has not begun it never runs. Once it has begun,
    a step runs to its end, and is kept whole or not at all, while the caller goes on at once: whoever needs to know
    gives the order a key, and repeats it. A batch and a tick stop between two orders, as if the program died there.

    Where a connection is shared, everything happens in one thread: :meth:`run` gives a function of the host's the desk
    itself, there. So no call here has a ``connection``, and there is no ``transaction``.

    Args:
        desk: Where the calls go. It is this facade's to close; others may use it as well until then.
        readers: How many calls that only read may run at once; 4 is a default.
    """

    def __init__(self, desk: Desk, *, readers: int = 4) -> None:
        self._desk = desk
        self._steps = _Lane("complaints-steps", 1)
        self._reads = _Lane("complaints-reads", readers)
        self._ending: Future[None] | None = None

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        dealers: Iterable[Dealer] = (),
        policy: Policy | Mapping[str, Policy] | None = None,
        lifecycle: Lifecycle = LIFECYCLE,
        clock: Callable[[], datetime] = utc_now,
        directory: Directory | None = None,
        permit: Permit | None = None,
        on_read: ReadHook | None = None,
        calendars: Mapping[str, Calendar] = _NO_CALENDARS,
    ) -> AsyncDesk:
        """As :meth:`Desk.open`: ``async with await AsyncDesk.open(url) as desk``."""
        lane = _Lane("complaints-opens", 1)
        opened = lane.begun(
            Desk.open,
            url,
            dealers=dealers,
            policy=policy,
            lifecycle=lifecycle,
            clock=clock,
            directory=directory,
            permit=permit,
            on_read=on_read,
            calendars=calendars,
        )
        lane.end(wait=False)
        try:
            return cls(await asyncio.wrap_future(opened))
        except asyncio.CancelledError:
            opened.add_done_callback(_close_what_nobody_waits_for)
            raise

    async def __aenter__(self) -> AsyncDesk:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """
        As :meth:`Desk.close`: after everything that has been asked for; the threads end as well.

        Cancelled, it goes on without the caller; whoever calls it again waits for the same end.
        """
        if self._ending is None:
            self._ending = self._steps.begun(self._end)
            self._steps.end(wait=False)
        await _over(self._ending)
        # it has nothing left to do
        self._steps.end(wait=True)

    def _end(self) -> None:
        self._reads.end(wait=True)
        self._desk.close()

    @property
    def lifecycle(self) -> Lifecycle:
        """The definition new steps are taken under."""
        return self._desk.lifecycle

    @property
    def store(self) -> Store:
        """Where complaints are kept."""
        return self._desk.store

    async def run(self, work: Callable[[Desk], T]) -> T:
        """
        What *work* makes of the desk, in the thread that takes the steps: for transactions that the host shares.

        No other step is taken here meanwhile. Cancelled, it is as a step: it never begins, or runs to its end.

        Example::

            def receive_with_order(desk):
                with desk.transaction() as connection:
                    connection.execute(insert(repair_order).values(number=4711))
                    return desk.handle(receive, by=li, connection=connection)


            case = await desk.run(receive_with_order)
        """
        return await self._step(work, self._desk)

    # --- who --------------------------------------------------------------------------------------------------------

    async def actor(self, id: str, *, dealer: str | None, at: datetime | None = None, stands_in: bool = True) -> Actor:
        """As :meth:`Desk.actor`."""
        return await self._read(self._desk.actor, id, dealer=dealer, at=at, stands_in=stands_in)

    async def relaxations(self, dealer: str) -> tuple[str, ...]:
        """As :meth:`Desk.relaxations`."""
        return await self._read(self._desk.relaxations, dealer)

    async def calendar(self, dealer: str) -> Calendar:
        """As :meth:`Desk.calendar`."""
        return await self._read(self._desk.calendar, dealer)

    async def dealer(self, id: str, *, by: Actor) -> Dealer:
        """As :meth:`Desk.dealer`."""
        return await self._read(self._desk.dealer, id, by=by)

    async def dealers(self, *, by: Actor) -> tuple[Dealer, ...]:
        """As :meth:`Desk.dealers`."""
        return await self._read(self._desk.dealers, by=by)

    async def now(self) -> datetime:
        """As :meth:`Desk.now`."""
        return await self._read(self._desk.now)

    # --- doing ------------------------------------------------------------------------------------------------------

    async def handle(
        self,
        command: Command,
        *,
        by: Actor,
        recorded_by: Actor | None = None,
        at: datetime | None = None,
        key: str | None = None,
        expected_version: int | None = None,
    ) -> Complaint:
        """As :meth:`Desk.handle`."""
        return await self._step(
            self._desk.handle,
            command,
            by=by,
            recorded_by=recorded_by,
            at=at,
            key=key,
            expected_version=expected_version,
        )

    async def handle_all(
        self, orders: Iterable[Order], *, atomic: bool = False, progress: Callable[[int], None] | None = None
    ) -> list[Complaint | ComplaintError]:
        """
        As :meth:`Desk.handle_all`; *progress* is called in the event loop, and *orders* are drawn in the thread.

        Cancelled, a batch stops before its next order: an atomic one then leaves nothing, if orders were left at all,
        and another one the groups that were committed so far.
        """
        stop = _Stop(progress)
        return await self._step_by_step(
            stop, partial(self._desk.handle_all, stop.between(orders), atomic=atomic, progress=stop.told)
        )

    async def tick(self, now: datetime | None = None, *, progress: Callable[[int], None] | None = None) -> Ticked:
        """
        As :meth:`Desk.tick`; *progress* is called in the event loop.

        Cancelled, it stops after the complaint that it looks at; the next tick goes on there.
        """
        stop = _Stop(progress)
        return await self._step_by_step(stop, partial(self._desk.tick, now, progress=stop.told))

    async def simulate(
        self,
        policy: Policy | Mapping[str, Policy],
        *,
        by: Actor,
        query: Query | None = None,
        until: datetime | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Simulation:
        """As :meth:`Desk.simulate`; *progress* is called in the event loop."""
        stop = _Stop(progress)
        simulating = partial(self._desk.simulate, policy, by=by, query=query, until=until, progress=stop.told)
        with stop:
            return await self._read(simulating)

    # --- asking -----------------------------------------------------------------------------------------------------

    @overload
    async def explain(
        self, what: UUID | str, *, by: Actor, recorded_by: Actor | None = None, at: datetime | None = None
    ) -> Mapping[type[Command], tuple[Refusal, ...]]: ...

    @overload
    async def explain(
        self, what: Command, *, by: Actor, recorded_by: Actor | None = None, at: datetime | None = None
    ) -> tuple[Refusal, ...]: ...

    async def explain(
        self,
        what: UUID | str | Command,
        *,
        by: Actor,
        recorded_by: Actor | None = None,
        at: datetime | None = None,
    ) -> Mapping[type[Command], tuple[Refusal, ...]] | tuple[Refusal, ...]:
        """As :meth:`Desk.explain`."""
        if isinstance(what, Command):
            return await self.refusals(what, by=by, recorded_by=recorded_by, at=at)
        return await self.options(what, by=by)

    async def options(self, id: UUID | str, *, by: Actor) -> Mapping[type[Command], tuple[Refusal, ...]]:
        """As :meth:`Desk.options`."""
        return await self._read(self._desk.options, id, by=by)

    async def refusals(
        self, command: Command, *, by: Actor, recorded_by: Actor | None = None, at: datetime | None = None
    ) -> tuple[Refusal, ...]:
        """As :meth:`Desk.refusals`."""
        return await self._read(self._desk.refusals, command, by=by, recorded_by=recorded_by, at=at)

    async def rehearse(
        self, command: Command, *, by: Actor, recorded_by: Actor | None = None, at: datetime | None = None
    ) -> Complaint:
        """As :meth:`Desk.rehearse`."""
        return await self._read(self._desk.rehearse, command, by=by, recorded_by=recorded_by, at=at)

    async def complaint(self, id: UUID | str, *, by: Actor) -> Complaint:
        """As :meth:`Desk.complaint`."""
        return await self._read(self._desk.complaint, id, by=by)

    async def find(self, query: Query | None = None, *, by: Actor) -> Page:
        """As :meth:`Desk.find`."""
        return await self._read(self._desk.find, query, by=by)

    async def tally(self, query: Query | None = None, *, by: Actor) -> Mapping[State, int]:
        """As :meth:`Desk.tally`."""
        return await self._read(self._desk.tally, query, by=by)

    async def history(self, id: UUID | str, *, by: Actor, after: int = 0, upto: int | None = None) -> tuple[Event, ...]:
        """As :meth:`Desk.history`."""
        return await self._read(self._desk.history, id, by=by, after=after, upto=upto)

    async def feed(self, *, by: Actor, after: str | None = None, limit: int = 100) -> FeedPage:
        """As :meth:`Desk.feed`."""
        return await self._read(self._desk.feed, by=by, after=after, limit=limit)

    async def similar(self, what: Receive | UUID | str, *, by: Actor) -> tuple[Likeness, ...]:
        """As :meth:`Desk.similar`."""
        return await self._read(self._desk.similar, what, by=by)

    async def fast_track_figures(self, dealer: str, since: date, until: date, *, by: Actor) -> FastTrackFigures:
        """As :meth:`Desk.fast_track_figures`."""
        return await self._read(self._desk.fast_track_figures, dealer, since, until, by=by)

    async def kept_figures(
        self, dealer: str, since: date, until: date, *, by: Actor, now: datetime | None = None
    ) -> KeptFigures:
        """As :meth:`Desk.kept_figures`."""
        return await self._read(self._desk.kept_figures, dealer, since, until, by=by, now=now)

    async def form(
        self,
        command_type: type[Command],
        *,
        severity: Severity = Severity.GENERAL,
        dealer: str | None = None,
        language: str | None = None,
    ) -> dict[str, object]:
        """As :meth:`Desk.form`."""
        return await self._read(self._desk.form, command_type, severity=severity, dealer=dealer, language=language)

    async def verify(self, id: UUID | str, *, checkpoint: Checkpoint | None = None) -> Checkpoint:
        """As :meth:`Desk.verify`."""
        return await self._read(self._desk.verify, id, checkpoint=checkpoint)

    async def verify_all(
        self, checkpoints: Iterable[Checkpoint] = ()
    ) -> AsyncIterator[Checkpoint | BrokenHistoryError | UnknownDefinitionError]:
        """As :meth:`Desk.verify_all`: ``async for proven in desk.verify_all()``; one history at a time."""
        histories = self._desk.verify_all(checkpoints)
        # None at the end: a StopIteration cannot be handed from a thread to the loop
        while (found := await self._read(next, histories, None)) is not None:
            yield found

    # --- who has what to do -----------------------------------------------------------------------------------------

    async def work(self, *, by: Actor, for_: str | None = None, now: datetime | None = None) -> tuple[WorkItem, ...]:
        """As :meth:`Desk.work`."""
        return await self._read(self._desk.work, by=by, for_=for_, now=now)

    async def propose_assignee(
        self, id: UUID | str, duty: Duty, *, candidates: Iterable[str] = (), by: Actor
    ) -> tuple[Candidate, ...]:
        """As :meth:`Desk.propose_assignee`."""
        return await self._read(self._desk.propose_assignee, id, duty, candidates=candidates, by=by)

    # --- from one definition to another -----------------------------------------------------------------------------

    async def misfits(self, id: UUID | str, *, by: Actor, lifecycle: Lifecycle | None = None) -> tuple[Misfit, ...]:
        """As :meth:`Desk.misfits`."""
        return await self._read(self._desk.misfits, id, by=by, lifecycle=lifecycle)

    async def migrate(
        self,
        which: Query | UUID | str | Iterable[UUID | str],
        *,
        by: Actor,
        reason: str,
        states: Mapping[State, State] = _WHERE_THEY_ARE,
        dry_run: bool = True,
    ) -> tuple[Migration, ...]:
        """As :meth:`Desk.migrate`."""
        return await self._step(self._desk.migrate, which, by=by, reason=reason, states=states, dry_run=dry_run)

    # --- one customer -----------------------------------------------------------------------------------------------

    async def export_customer(self, customer: ExternalRef | str, *, by: Actor) -> dict[str, object]:
        """As :meth:`Desk.export_customer`."""
        return await self._read(self._desk.export_customer, customer, by=by)

    async def redact_customer(
        self,
        customer: ExternalRef | str,
        *,
        by: Actor,
        reason: str,
        fields: Iterable[PersonalData] = (),
        include_vehicle: bool = False,
        recorded_by: Actor | None = None,
        at: datetime | None = None,
    ) -> tuple[Redaction, ...]:
        """As :meth:`Desk.redact_customer`."""
        return await self._step(
            self._desk.redact_customer,
            customer,
            by=by,
            reason=reason,
            fields=fields,
            include_vehicle=include_vehicle,
            recorded_by=recorded_by,
            at=at,
        )

    # --- in a thread ------------------------------------------------------------------------------------------------

    async def _step(self, call: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        if self._ending is not None:
            raise StoreError("closed")
        return await self._steps.run(call, *given, **named)

    async def _step_by_step(self, stop: _Stop, call: Callable[[], T]) -> T:
        with stop:
            return await self._step(call)

    async def _read(self, call: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        if self._ending is not None:
            raise StoreError("closed")
        return await self._reads.run(call, *given, **named)


class _Lane:
    """Some threads that take one call after the other."""

    def __init__(self, name: str, threads: int) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=name)

    def begun(self, call: Callable[P, T], *given: P.args, **named: P.kwargs) -> Future[T]:
        """The call, queued; it sees the caller's context variables."""
        return self._threads.submit(copy_context().run, partial(call, *given, **named))

    async def run(self, call: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        # whoever is cancelled takes the call out of the queue; once it runs, nothing here stops it
        return await asyncio.wrap_future(self.begun(call, *given, **named))

    def end(self, *, wait: bool) -> None:
        self._threads.shutdown(wait=wait)


async def _over(call: Future[T]) -> T:
    """What *call* gives; whoever is cancelled meanwhile leaves it to run, begun or not."""
    told: Future[None] = Future()
    call.add_done_callback(lambda _: told.set_result(None) if told.set_running_or_notify_cancel() else None)
    await asyncio.wrap_future(told)
    return call.result()


class _StoppedError(Exception):
    """Ends a batch whose caller has gone; nobody is left to see it."""


class _Stop:
    """
    Tells a batch in its thread that its caller was cancelled, and the caller how far it has come.

    Args:
        progress: The caller's, to be called in his loop.
    """

    def __init__(self, progress: Callable[..., None] | None) -> None:
        self._progress = progress
        self._loop = asyncio.get_running_loop()
        self._is_due = Flag()

    def __enter__(self) -> None:
        """While the caller waits."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_due.set()

    def between(self, orders: Iterable[Order]) -> Iterator[Order]:
        """The orders, as long as somebody waits for their answers."""
        for order in orders:
            self._go_on()
            yield order

    def told(self, *done: int) -> None:
        """Called in the thread, after something was committed."""
        self._go_on()
        if self._progress is not None:
            with suppress(RuntimeError):  # a loop that is closed by now waits for nothing
                self._loop.call_soon_threadsafe(self._progress, *done)

    def _go_on(self) -> None:
        if self._is_due.is_set():
            raise _StoppedError


def _close_what_nobody_waits_for(opened: Future[Desk]) -> None:
    if not opened.cancelled() and opened.exception() is None:
        opened.result().close()


__all__ = ["AsyncDesk"]
