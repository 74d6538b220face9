"""The desk: load, decide, commit. The only room that sees more than its neighbours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime, tzinfo
from functools import partial
from threading import local
from types import TracebackType
from typing import TYPE_CHECKING, overload
from uuid import UUID

import attrs

from complaints.access import as_seen, events_as_seen, hidden_from, is_of, may_search, sees_all_dealers
from complaints.calendars import Calendar
from complaints.decision import foresee
from complaints.directory import Directory, actor, everybody, known
from complaints.errors import (
    BrokenHistoryError,
    ComplaintError,
    ConflictError,
    DefinitionError,
    Fault,
    IllegalMoveError,
    InvalidCommandError,
    KeyReusedError,
    NaiveTimeError,
    NotFoundError,
    NotPermittedError,
    ReentrantStepError,
    RefusedError,
    UnknownDefinitionError,
)
from complaints.fitness import Migration, Misfit, misfits
from complaints.history import Checkpoint, read, replay, verify
from complaints.lifecycle import LIFECYCLE
from complaints.machine import Lifecycle
from complaints.model.base import evolve, is_reckonable
from complaints.model.complaint import Complaint
from complaints.model.event import Command, Event, Refusal
from complaints.model.people import SYSTEM, Actor, Dealer, ExternalRef, Person
from complaints.model.personal import Personal
from complaints.model.words import Duty, PersonalData, Role, Severity, State
from complaints.numbering import case_number
from complaints.orders import Order, check, in_groups, is_the_same, key_of, steady, typist, when
from complaints.permission import Permit, ReadHook, tell
from complaints.policy import Policy
from complaints.premises import Premises
from complaints.stages.intake import Receive, handlers_of
from complaints.stages.migration import Migrate
from complaints.stores.base import Page, Query, Reader, Step, Store, StoredKey, Writer, sharing
from complaints.taking import Taking

if TYPE_CHECKING:
    from complaints.assignment import Candidate
    from complaints.customers import Redaction
    from complaints.feeding import FeedPage
    from complaints.figures.fast_track import FastTrackFigures
    from complaints.figures.kept import KeptFigures
    from complaints.repeats import Likeness
    from complaints.simulating import Simulation
    from complaints.stores.base import Connection
    from complaints.stores.memory import MemoryStore as _MemoryStore
    from complaints.ticking import Ticked
    from complaints.work import WorkItem

_PAGE = 200
"""Complaints that a work-list reads at a time; a default."""

_FOR_EVER = datetime(9999, 12, 31, tzinfo=UTC)

_COMMITTED_TOGETHER = 32
"""Orders per commit of a batch; 32 is a default: there, full durability costs less than none does one by one."""


_LATEST_YEAR = 9000
"""No time of a later year is looked at: some days on, calendars end."""

_NO_CALENDARS: Mapping[str, Calendar] = {}
_WHERE_THEY_ARE: Mapping[State, State] = {}


def utc_now() -> datetime:
    """The present moment, as the machine has it."""
    return datetime.now(UTC)


class Desk:
    """
    Where orders are handled and complaints are read.

    Args:
        store: Where complaints are kept; in memory if not given.
        dealers: The dealers served here. With none, every dealer id is served with the defaults of
            :class:`Dealer`: for trying things out.
        policy: The house's numbers: one for all, or one for each dealer id.
        lifecycle: The definition new steps are taken under.
        clock: Tells the present moment; must be aware.
        directory: Who works at the dealers. With one, whoever acts is who it says on the day of the step, and whoever
            is given something to do is known, present and skilled. Without one, nobody asks.
        permit: Narrows who may do what beyond the table; it can refuse and never allow.
        on_read: Is told who reads what, before the answer is given; it may refuse.
        calendars: The houses' own calendars, by the code that a dealer names; others come from the library.

    Raises:
        DefinitionError: If a policy is given for a dealer that is not served here.

    A desk starts no thread and owns nothing global; several may share a store. Safe to use from several threads.
    """

    def __init__(
        self,
        store: Store | None = None,
        *,
        dealers: Iterable[Dealer] = (),
        policy: Policy | Mapping[str, Policy] | None = None,
        lifecycle: Lifecycle = LIFECYCLE,
        clock: Callable[[], datetime] = utc_now,
        directory: Directory | None = None,
        permit: Permit | None = None,
        on_read: ReadHook | None = None,
        calendars: Mapping[str, Calendar] = _NO_CALENDARS,
    ) -> None:
        self._store: Store = store if store is not None else _memory()
        self._premises = Premises(dealers, policy, lifecycle, directory=directory, permit=permit, calendars=calendars)
        self._on_read = on_read
        self._clock = clock
        self._alone = _Alone()

    @classmethod
    def open(
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
    ) -> Desk:
        """
        A desk on a database, such as ``"sqlite:///complaints.db"``; a new file gets its tables.

        Raises:
            StoreError: If the file cannot be used, with what to do.
        """
        from complaints.stores.sql import SqlStore

        return cls(
            SqlStore.open(url),
            dealers=dealers,
            policy=policy,
            lifecycle=lifecycle,
            clock=clock,
            directory=directory,
            permit=permit,
            on_read=on_read,
            calendars=calendars,
        )

    def __enter__(self) -> Desk:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the store's connections and files."""
        self._store.close()

    @property
    def lifecycle(self) -> Lifecycle:
        """The definition new steps are taken under."""
        return self._premises.lifecycle

    @property
    def store(self) -> Store:
        """Where complaints are kept."""
        return self._store

    # --- who --------------------------------------------------------------------------------------------------------

    def actor(self, id: str, *, dealer: str | None, at: datetime | None = None, stands_in: bool = True) -> Actor:
        """
        Who the host's user is at a dealer, as the directory says: ready to act.

        The host has authenticated the user; the library does not.

        Args:
            dealer: ``None`` for somebody of the group.
            at: On which day; now if not given.
            stands_in: Whether he acts for those as well who are away and name him as deputy. A deputy shares the
                conflicts of those he stands in for; ``False`` lets him act in his own name alone.

        Raises:
            NotFoundError: If the dealer is not served, or nobody of that id has a role there on that day.
            DefinitionError: If the desk was given no directory.
            NaiveTimeError: If *at* has no zone.
            HostError: If the directory fails.
        """
        directory = self._premises.directory
        if directory is None:
            raise DefinitionError("directory", ["this desk was given none"])
        when_asked = at if at is not None else self._now()
        if when_asked.utcoffset() is None:
            raise NaiveTimeError("at")
        zone = UTC if dealer is None else self._premises.dealer(dealer, SYSTEM).tz
        return actor(directory, id, dealer, when_asked.astimezone(zone).date(), stands_in=stands_in)

    def relaxations(self, dealer: str) -> tuple[str, ...]:
        """
        Codes of the rules about the separation of duties that the dealer's policy relaxes, to be published.

        Raises:
            NotFoundError: If the dealer is not served here.
        """
        return tuple(sorted(self._premises.policy_of(self._premises.dealer(dealer, SYSTEM)).relaxes))

    def calendar(self, dealer: str) -> Calendar:
        """
        The calendar that counts at a dealer; one that has none counts every day, round the clock.

        Raises:
            NotFoundError: If the dealer is not served here.
        """
        return self._premises.calendar_of(self._premises.dealer(dealer, SYSTEM))

    def dealer(self, id: str, *, by: Actor) -> Dealer:
        """
        A dealer that is served here, with its zone, language and currency.

        Raises:
            NotFoundError: If it is not served here, or not for *by*.
        """
        return self._premises.dealer(id, by)

    def dealers(self, *, by: Actor) -> tuple[Dealer, ...]:
        """The dealers named to this desk that are open to *by*; a desk that serves any dealer was named none."""
        return tuple(one for one in self._premises.dealers if is_of(by, one.id))

    def now(self) -> datetime:
        """
        The present moment, by the desk's clock.

        Raises:
            NaiveTimeError: If the clock tells a time without a zone.
        """
        return self._now()

    # --- doing ------------------------------------------------------------------------------------------------------

    def handle(
        self,
        command: Command,
        *,
        by: Actor,
        recorded_by: Actor | None = None,
        at: datetime | None = None,
        key: str | None = None,
        expected_version: int | None = None,
        connection: Connection | None = None,
    ) -> Complaint:
        """
        Take one step; when this returns, it is kept for good, or as soon as the host commits its *connection*.

        Args:
            command: The order.
            by: Who does it; the host vouches for him.
            recorded_by: Who types it, if somebody else.
            at: When it happened, aware; now if not given. A command with a time of its own uses that.
            key: Makes repeating safe: unique per dealer; the same key with the same order answers with the
                complaint as it stood after the first time.
            expected_version: The version the caller has seen.
            connection: In whose transaction to take it, beside what the host itself writes there: one of
                :meth:`transaction`, or of the host's own engine on the same database. A step that is refused is undone
                alone, and the transaction goes on.

        Returns:
            The complaint as it now stands, as *by* may see it.

        Raises:
            NotFoundError: No such complaint or dealer, or not for this person.
            ConflictError: Somebody acted since *expected_version*; tells what happened.
            IllegalMoveError: No such step in this state.
            NotPermittedError: Not for this person.
            RefusedError: Rules stand in the way; all of them are named.
            KeyReusedError: The key stands for another order.
            ReentrantStepError: Called from inside a rule, or in an open transaction without its connection.
            HostError: The permit or the directory that the host passed in failed.
            StoreError: The store cannot be used, or not with this connection; ``why`` says what is the matter.
        """
        order = Order(command, by, recorded_by, at, key, expected_version)
        with self._alone, self._writing(connection) as writer:
            return self._take(writer, order)

    def handle_all(
        self,
        orders: Iterable[Order],
        *,
        atomic: bool = False,
        progress: Callable[[int], None] | None = None,
        connection: Connection | None = None,
    ) -> list[Complaint | ComplaintError]:
        """
        Take many steps, in order.

        Args:
            orders: What to do; may be a generator.
            atomic: All in one transaction, or none. Otherwise each stands alone, and commits are grouped.
            progress: Called with the number of orders handled and committed so far.
            connection: As for :meth:`handle`; then the host alone commits.

        Returns:
            For each order the complaint, or the error that refused it.

        Raises:
            ComplaintError: If *atomic*, the first error; then nothing was written.
        """
        if atomic:
            with self._alone, self._writing(connection) as writer:
                done: list[Complaint | ComplaintError] = [self._take(writer, order) for order in orders]
            if progress is not None:
                progress(len(done))
            return done
        results: list[Complaint | ComplaintError] = []
        for group in in_groups(orders, _COMMITTED_TOGETHER):
            with self._alone, self._writing(connection) as writer:
                answers = [self._attempt(writer, order) for order in group]
            results += answers
            if progress is not None:
                progress(len(results))
        return results

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """
        Begin a transaction for what the host writes and for steps: all of it is kept, or nothing.

        On the connection the host executes what it likes, and hands it to :meth:`handle` as ``connection=``. When the
        block ends, everything is committed; when it raises, everything is undone, case numbers and keys included.

        It belongs to the thread that began it, and nobody else writes as long as it lasts: whatever waits for a person
        or another machine comes before it or after it.

        Raises:
            StoreBusyError: If its turn did not come in time.
            ReentrantStepError: If this thread has begun one already, or is asking a rule.
            StoreError: ``no_connection``: if the store shares no transactions; the memory store does not.
        """
        with self._alone:
            begun = sharing(self._store).transaction()
        with begun as connection:
            yield connection

    def _writing(self, connection: Connection | None) -> AbstractContextManager[Writer]:
        return self._store.write() if connection is None else sharing(self._store).write_on(connection)

    def _reading(self, connection: Connection | None) -> AbstractContextManager[Reader]:
        return self._store.read() if connection is None else sharing(self._store).read_on(connection)

    def _attempt(self, writer: Writer, order: Order) -> Complaint | ComplaintError:
        try:
            with writer.attempt():
                return self._take(writer, order)
        except ComplaintError as error:
            return error

    # --- what time does ---------------------------------------------------------------------------------------------

    def tick(self, now: datetime | None = None, *, progress: Callable[[int], None] | None = None) -> Ticked:
        """
        Do what time alone does: warn, record what was missed, have it escalated, settle what was provisional.

        Safe to run twice or in two processes: what is recorded is not recorded again. Each complaint stands alone, in
        a transaction of its own; one that fails is told of and tried again by the next tick. It closes nothing.

        Args:
            now: The moment to look at, aware; the desk's clock if not given. No other clock is asked.
            progress: Called with the number of complaints looked at so far.

        Returns:
            What was recorded, and which complaints failed.

        Raises:
            NaiveTimeError: If *now* has no zone.
            InvalidCommandError: If *now* is no time one can reckon with.
            StoreError: The store cannot be used.
        """
        from complaints.ticking import tick

        at = self._moment(now, "now")
        return tick(self._store, self._premises, at, alone=self._alone, progress=progress)

    def simulate(
        self,
        policy: Policy | Mapping[str, Policy],
        *,
        by: Actor,
        query: Query | None = None,
        until: datetime | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Simulation:
        """
        What would have been in time under another policy: stored complaints, replayed. Nothing is written.

        Args:
            policy: One for all, or one for each dealer id; a dealer without one is tried with the library's defaults.
            by: A manager or above, of whose dealer the complaints are; the group sees all.
            query: Which complaints; all of them if not given.
            until: The moment at which what is open is judged, aware; the desk's clock if not given.
            progress: Called with how many complaints are done, and of how many.

        Returns:
            For every clock of either policy how many were in time then, and how many would have been.

        Raises:
            NotPermittedError: If *by* is no manager, or the read hook refuses.
            DefinitionError: If the policy names commands that the lifecycle has not, or dealers not served here.
            NaiveTimeError: If *until* has no zone.
        """
        from complaints.simulating import simulate_stored

        at = self._moment(until, "until")
        wanted = query if query is not None else Query()
        premises = self._premises.with_policy(policy)
        return simulate_stored(self, premises, by=by, query=wanted, until=at, progress=progress)

    # --- asking -----------------------------------------------------------------------------------------------------

    @overload
    def explain(
        self,
        what: UUID | str,
        *,
        by: Actor,
        recorded_by: Actor | None = None,
        at: datetime | None = None,
        connection: Connection | None = None,
    ) -> Mapping[type[Command], tuple[Refusal, ...]]: ...

    @overload
    def explain(
        self,
        what: Command,
        *,
        by: Actor,
        recorded_by: Actor | None = None,
        at: datetime | None = None,
        connection: Connection | None = None,
    ) -> tuple[Refusal, ...]: ...

    def explain(
        self,
        what: UUID | str | Command,
        *,
        by: Actor,
        recorded_by: Actor | None = None,
        at: datetime | None = None,
        connection: Connection | None = None,
    ) -> Mapping[type[Command], tuple[Refusal, ...]] | tuple[Refusal, ...]:
        """
        Why not? Of a complaint, or of one very order.

        Args:
            what: A complaint's id or case number: for each command of its state, what refuses it whatever its content.
                A command: every reason why :meth:`handle` would refuse it now; ``()`` means it would be accepted.
            connection: In whose transaction to look, for what was written there and is not committed yet.

        Raises:
            NotFoundError: No such complaint or dealer, or not for this person.
        """
        if isinstance(what, Command):
            return self.refusals(what, by=by, recorded_by=recorded_by, at=at, connection=connection)
        return self.options(what, by=by, connection=connection)

    def options(
        self, id: UUID | str, *, by: Actor, connection: Connection | None = None
    ) -> Mapping[type[Command], tuple[Refusal, ...]]:
        """For each command of the complaint's state: what refuses it whatever its content; ``()`` for nothing."""
        with self._alone.asking():
            now = self._now()
            with self._reading(connection) as reader:
                complaint = self._load(reader, id, by)
                others = {other: self._load(reader, other, SYSTEM) for other in complaint.relatives}
            situation = self._premises.situation(complaint, None, by, by, now, now, others)
            return foresee(self.lifecycle, situation, self._premises.permit)

    def refusals(
        self,
        command: Command,
        *,
        by: Actor,
        recorded_by: Actor | None = None,
        at: datetime | None = None,
        connection: Connection | None = None,
    ) -> tuple[Refusal, ...]:
        """Every reason why :meth:`handle` would refuse *command* now; ``()`` if it would be accepted."""
        order = Order(command, by, recorded_by, at)
        check(order)
        with self._alone.asking():
            return self._refusals(order, connection)

    def _refusals(self, order: Order, connection: Connection | None) -> tuple[Refusal, ...]:
        try:
            self._tried(order, connection)
        except (IllegalMoveError, NotPermittedError, RefusedError) as error:
            return error.refusals
        return ()

    def rehearse(
        self,
        command: Command,
        *,
        by: Actor,
        recorded_by: Actor | None = None,
        at: datetime | None = None,
        connection: Connection | None = None,
    ) -> Complaint:
        """
        The complaint as it would stand after a step. Nothing is written, and a new one has no case number.

        Raises:
            NotPermittedError: The read hook refuses: whoever tries a step on a complaint that is there sees it.
            ComplaintError: What :meth:`handle` would raise now.
        """
        order = Order(command, by, recorded_by, at)
        check(order)
        with self._alone.asking():
            after = self._tried(order, connection)
        if not self._premises.begins(command):
            tell(self._on_read, by, "complaint", (after.id,))
        return self._as_seen(after, by)

    def _tried(self, order: Order, connection: Connection | None) -> Complaint:
        command, by = order.command, order.by
        with self._reading(connection) as reader:
            before = None if self._premises.begins(command) else self._load(reader, command.complaint, by)
            now = steady(self._now(), before)
            happened = when(order, now)
            typist(order, self._dealer_of(before, command, by))
            return Taking(self._premises, reader, now).take(before, order, happened)

    def complaint(self, id: UUID | str, *, by: Actor, connection: Connection | None = None) -> Complaint:
        """
        A complaint, by id or case number, as *by* may see it.

        Args:
            connection: As for :meth:`explain`.

        Raises:
            NotFoundError: No such complaint, or not for this person.
            NotPermittedError: The read hook refuses.
        """
        with self._reading(connection) as reader:
            found = self._load(reader, id, by)
        tell(self._on_read, by, "complaint", (found.id,))
        return self._as_seen(found, by)

    def find(self, query: Query | None = None, *, by: Actor, connection: Connection | None = None) -> Page:
        """
        A page of complaints, newest first, of the dealer of *by* (the group sees all).

        Args:
            connection: As for :meth:`explain`.

        Raises:
            InvalidCommandError: If the query's cursor is none of ours.
            NotPermittedError: If somebody searches by what he may not see, or the read hook refuses.
        """
        allowed = self._allowed(query if query is not None else Query(), by)
        if allowed is None:
            return Page((), None)
        with self._reading(connection) as reader:
            page = reader.find(allowed)
        tell(self._on_read, by, "find", tuple(complaint.id for complaint in page.complaints))
        return attrs.evolve(page, complaints=tuple(self._as_seen(complaint, by) for complaint in page.complaints))

    def tally(
        self, query: Query | None = None, *, by: Actor, connection: Connection | None = None
    ) -> Mapping[State, int]:
        """
        How many complaints a query describes, by state; those of the dealer of *by* (the group's are all).

        The read hook is told of figures, without ids; pages do not matter.

        Args:
            connection: As for :meth:`explain`.

        Raises:
            NotPermittedError: If somebody searches by what he may not see, or the read hook refuses.
        """
        allowed = self._allowed(query if query is not None else Query(), by)
        if allowed is None:
            return {}
        tell(self._on_read, by, "figures", ())
        with self._reading(connection) as reader:
            return reader.tally(allowed)

    def _allowed(self, query: Query, by: Actor) -> Query | None:
        """
        *query* within the fence of *by*; ``None`` if he belongs nowhere.

        Raises:
            NotPermittedError: If it searches by what he may not see.
        """
        dealer = by.dealer or query.dealer
        tables = self._premises.sees_everywhere() if dealer is None else (self._premises.sees(dealer),)
        if not may_search(query, by, tables):
            raise NotPermittedError([Refusal("query.personal")], command="find", who=())
        if sees_all_dealers(by):
            return query
        return None if by.dealer is None else evolve(query, dealer=by.dealer)

    def history(
        self,
        id: UUID | str,
        *,
        by: Actor,
        after: int = 0,
        upto: int | None = None,
        connection: Connection | None = None,
    ) -> tuple[Event, ...]:
        """
        Who did what, when, from where to where.

        Args:
            connection: As for :meth:`explain`.

        Raises:
            NotFoundError: No such complaint, or not for this person.
            NotPermittedError: The read hook refuses.
        """
        with self._reading(connection) as reader:
            found = self._load(reader, id, by)
            events = reader.events(found.id, after=after, upto=upto)
            personal = reader.personal(found.id, after=after, upto=upto)
        tell(self._on_read, by, "history", (found.id,))
        return events_as_seen(events, personal, self.lifecycle.readable, self._hidden_from(by, found))

    def feed(self, *, by: Actor, after: str | None = None, limit: int = 100) -> FeedPage:
        """
        What happened at the dealer of *by* (the group sees all), for other systems: thin, nothing personal.

        Whoever reads on from cursor to cursor gets every event once, in the order in which they were committed, and of
        one complaint in the order of its numbers. Nothing is ever put in behind a cursor, however many write meanwhile.
        Any role may read it. ``on_read`` is told of it with the complaints that are on the page.

        Args:
            after: The cursor of the page or event before; from the very beginning if not given. It belongs to the
                database, so whoever stores it may stop and go on whenever he likes.
            limit: Page size, 1 to 1000; 100 is a default.

        Returns:
            The events, and the cursor to go on with, at the end as well.

        Raises:
            CursorError: If *after* is no cursor of a feed.
            CursorAheadError: If *after* is of a later state: an older copy of the database was put back.
            CursorElsewhereError: If *after* is of another database.
            InvalidCommandError: If *limit* is out of bounds.
            UnknownDefinitionError: If a history has commands that the desk's lifecycle does not know; nothing is
                passed over.
            BrokenHistoryError: If a stored event cannot be read; names it.
            NotPermittedError: The read hook refuses.
        """
        from complaints.feeding import feed

        query = Query(limit=limit)
        with self._store.read() as reader:
            page = feed(reader, after, limit=query.limit, by=by, commands=self.lifecycle.readable)
        tell(self._on_read, by, "feed", tuple(dict.fromkeys(event.complaint for event in page)))
        return page

    def similar(self, what: Receive | UUID | str, *, by: Actor) -> tuple[Likeness, ...]:
        """
        Which earlier complaints at the dealer a new one resembles: suggestions, for a person to look at.

        The same thing told twice, the same trouble again, or related; within ``Policy.repeat_days``. What *by* may not
        read is not compared, so that nobody can guess by asking.

        Args:
            what: A receipt that is being filled in, or a complaint by id or case number.

        Returns:
            The strongest first, as :func:`complaints.repeats.likenesses` has it.

        Raises:
            NotFoundError: No such complaint or dealer, or not for this person.
            NotPermittedError: The read hook refuses.
        """
        from complaints.similar import similar

        with self._store.read() as reader:
            asked = what if isinstance(what, Receive) else self._load(reader, what, by).id
            found = similar(self._premises, reader, asked, by)
        own = () if isinstance(asked, Receive) else (asked,)
        tell(self._on_read, by, "similar", (*own, *(one.complaint for one in found)))
        return found

    def fast_track_figures(self, dealer: str, since: date, until: date, *, by: Actor) -> FastTrackFigures:
        """
        How much is settled at once, whether it lasts, and what it costs whom; the formulas stand on the answer's class.

        It names staff by id and no customer. ``on_read`` is told of it without ids.

        Args:
            since: First local day of receipt.
            until: The local day after the last one.

        Raises:
            NotFoundError: If the dealer is not served here, or not for *by*.
            InvalidCommandError: If the period ends before it begins.
            NotPermittedError: The read hook refuses.
        """
        from complaints.figures.fast_track import fast_track
        from complaints.reporting import received_and_repeating

        at = self._premises.dealer(dealer, by)
        tell(self._on_read, by, "figures", ())
        with self._store.read() as reader:
            complaints = received_and_repeating(reader, at, since, until)
        percent = self._premises.policy_of(at).callback_sample_percent
        return fast_track(complaints, zone=at.tz, since=since, until=until, sample_percent=percent)

    def kept_figures(
        self, dealer: str, since: date, until: date, *, by: Actor, now: datetime | None = None
    ) -> KeptFigures:
        """
        What was kept of the promises and due dates of a period; the formulas stand on the answer's class.

        It names staff by id and no customer. ``on_read`` is told of it without ids. It reads every complaint of the
        dealer that was received before *until*, page by page.

        Args:
            since: First local day on which something was due.
            until: The local day after the last one.
            now: The moment at which what is open is judged, aware; the desk's clock if not given.

        Raises:
            NaiveTimeError: If *now* has no zone.
            NotFoundError: If the dealer is not served here, or not for *by*.
            InvalidCommandError: If the period ends before it begins.
            NotPermittedError: The read hook refuses.
        """
        from complaints.figures.kept import kept
        from complaints.reporting import received_before

        moment = self._moment(now, "now")
        at = self._premises.dealer(dealer, by)
        tell(self._on_read, by, "figures", ())
        with self._store.read() as reader:
            complaints = received_before(reader, at, until)
            return kept(complaints, zone=at.tz, since=since, until=until, now=moment)

    def form(
        self,
        command_type: type[Command],
        *,
        severity: Severity = Severity.GENERAL,
        dealer: str | None = None,
        language: str | None = None,
    ) -> dict[str, object]:
        """
        What the form of a step asks for, as JSON Schema with labels in both languages.

        Args:
            severity: Of the complaint: what it asks for beyond the form stands under ``x-requires``.
            dealer: Whose categories and weights; the defaults if neither a dealer nor one policy for all is given.
            language: Of titles and descriptions; English if not given.
        """
        from complaints.forms.schema import form

        policy = self._premises.policy if dealer is None else self._premises.policy_for(dealer)
        return form(command_type, severity=severity, policy=policy, language=language)

    def verify(
        self, id: UUID | str, *, checkpoint: Checkpoint | None = None, connection: Connection | None = None
    ) -> Checkpoint:
        """
        Check that nobody changed a complaint's history, and that it still adds up to the complaint.

        Args:
            checkpoint: One kept elsewhere: without it, a history whose end was cut off looks whole.
            connection: As for :meth:`explain`.

        Raises:
            NotFoundError: No such complaint.
            BrokenHistoryError: With the number of the first event that is not what was written.
        """
        with self._reading(connection) as reader:
            return self._verify(reader, self._id(reader, id), checkpoint)

    def verify_all(
        self, checkpoints: Iterable[Checkpoint] = ()
    ) -> Iterator[Checkpoint | BrokenHistoryError | UnknownDefinitionError]:
        """
        Check every history, one by one; a checkpointed complaint that is gone is reported as well.

        A history with a command that this desk does not know cannot be replayed: for it the error that names it.
        """
        kept = {checkpoint.complaint: checkpoint for checkpoint in checkpoints}
        with self._store.read() as reader:
            for id, version, head in list(reader.heads()):
                try:
                    proven = self._verify(reader, id, kept.pop(id, None))
                    if (proven.number, proven.digest) != (version, head):
                        raise BrokenHistoryError(id, proven.number, "snapshot_differs")
                    yield proven
                except (BrokenHistoryError, UnknownDefinitionError) as error:
                    yield error
        for gone in kept.values():
            yield BrokenHistoryError(gone.complaint, 1, "missing")

    def _verify(self, reader: Reader, id: UUID, checkpoint: Checkpoint | None) -> Checkpoint:
        complaint = reader.complaint(id)
        if complaint is None:
            raise NotFoundError("complaint", str(id))
        events, personal = reader.events(id), reader.personal(id)
        proven = verify(id, events, personal, checkpoint=checkpoint)
        if proven.number != complaint.version:
            raise BrokenHistoryError(id, min(proven.number, complaint.version) + 1, "cut_off")
        if proven.digest != complaint.head:
            raise BrokenHistoryError(id, proven.number, "changed")
        if replay(read(events, personal, self.lifecycle.readable)) != complaint:
            raise BrokenHistoryError(id, proven.number, "snapshot_differs")
        return proven

    # --- who has what to do -----------------------------------------------------------------------------------------

    def work(self, *, by: Actor, for_: str | None = None, now: datetime | None = None) -> tuple[WorkItem, ...]:
        """
        What waits for somebody: late first, then what is due today, later, and without a date.

        It reads all open complaints of the dealer, page by page, and the closed ones on which something is owed; for
        HR and from supervisor upwards those too on which a measure may wait. Masked and told to the read hook as
        :meth:`find` does; items carry ids and codes alone. At a dealer with many complaints ask once and keep the
        answer for a while.

        Args:
            for_: Id of the person whose list is wanted; his roles are the directory's, or those of *by* himself.
                Without a directory, and for the group, others' lists have what waits for them by name. Without *for_*
                whoever is a supervisor or above gets everything of the dealer, grouped by whom it waits for, nobody
                first; anybody else his own.
            now: The moment to look at, aware; the desk's clock if not given.

        Raises:
            NaiveTimeError: If *now* has no zone.
            NotFoundError: If the directory knows nobody of the id *for_*.
            NotPermittedError: The read hook refuses.
            HostError: If the directory fails.
        """
        from complaints.work import by_party, in_order, work_of, work_on

        at = self._moment(now, "now")
        complaints = self._at_work(by)
        if for_ is None and by.holds(Role.SUPERVISOR):
            return by_party(work_on(complaints, at, self._house_of))
        person = by if for_ in (None, by.id) else self._somebody(for_ or by.id, by, at)
        if person is None:
            return in_order(one for one in work_on(complaints, at, self._house_of) if for_ in one.persons)
        return work_of(person, complaints, at, self._house_of)

    def _somebody(self, id: str, by: Actor, at: datetime) -> Actor | None:
        """Somebody else with his roles, at the dealer of *by*; ``None`` where no directory tells them, or no dealer."""
        if self._premises.directory is None or by.dealer is None:
            return None
        return self.actor(id, dealer=by.dealer, at=at)

    def _house_of(self, dealer: str) -> tuple[tzinfo, Policy]:
        """Zone and policy of a dealer; one that is not served any more has the defaults of :class:`Dealer`."""
        try:
            found = self._premises.dealer(dealer, SYSTEM)
        except NotFoundError:
            found = Dealer(dealer)
        return found.tz, self._premises.policy_of(found)

    def _at_work(self, by: Actor) -> Iterator[Complaint]:
        """Every complaint that something may wait on, each once, although some change their state meanwhile."""
        queries = [Query(is_open=True, limit=_PAGE)]
        if by.holds(Role.HR, Role.SUPERVISOR):
            queries += [Query(state=one, limit=_PAGE) for one in (State.CLOSED, State.MERGED, State.VOIDED)]
        else:
            queries.append(Query(state=State.CLOSED, due_before=_FOR_EVER, limit=_PAGE))
        seen = set[UUID]()
        for query in queries:
            for complaint in self._all(query, by):
                if complaint.id not in seen:
                    seen.add(complaint.id)
                    yield complaint

    def _all(self, query: Query, by: Actor) -> Iterator[Complaint]:
        while True:
            page = self.find(query, by=by)
            yield from page
            if page.next is None:
                return
            query = evolve(query, after=page.next)

    def propose_assignee(
        self, id: UUID | str, duty: Duty, *, candidates: Iterable[str] = (), by: Actor
    ) -> tuple[Candidate, ...]:
        """
        Who might get a duty on a complaint, the best first, each with the reasons; the supervisor decides.

        A handler's and a caller's work is for specialists, other duties are for anybody. Whoever handled the complaint
        is not proposed to call the customer back. Loads are counted over the dealer's open complaints.

        Args:
            candidates: Ids of those to choose from; everybody whom the directory knows at the dealer if not given.
                Without a directory they are taken for specialists without listed skills, and if none are given, those
                who handle something there now are.

        Raises:
            NotFoundError: No such complaint, or not for this person; or the directory knows no such candidate.
            NotPermittedError: The read hook refuses.
            HostError: If the directory fails.

        Source:
            R52; see :func:`complaints.assignment.propose`.
        """
        from complaints.assignment import propose
        from complaints.work import loads_of

        complaint = self.complaint(id, by=by)
        query = Query(dealer=complaint.dealer, is_open=True, limit=_PAGE)
        loads = loads_of(self._all(query, by))
        is_about_it = duty in (Duty.HANDLER, Duty.INVESTIGATOR)
        categories = (issue.category for issue in complaint.registration.issues if issue.category is not None)
        role = Role.SPECIALIST if duty in (Duty.HANDLER, Duty.CALLER) else None
        people = self._candidates(complaint.dealer, tuple(candidates), loads, role)
        return propose(
            people,
            loads,
            categories=tuple(categories) if is_about_it else (),
            involved=frozenset() if duty is Duty.TASK_OWNER else complaint.involved,
            excluded=handlers_of(complaint) if duty is Duty.CALLER else frozenset(),
            role=role,
        )

    def _candidates(
        self, dealer: str, ids: tuple[str, ...], loads: Mapping[str, int], role: Role | None
    ) -> tuple[Person, ...]:
        directory = self._premises.directory
        if directory is None:
            roles = () if role is None else (role,)
            return tuple(Person(id=one, roles=roles) for one in dict.fromkeys(ids or sorted(loads)))
        on = self._now().astimezone(self._premises.dealer(dealer, SYSTEM).tz).date()
        if not ids:
            return everybody(directory, dealer, on)
        found = known(directory, ids, dealer, on)
        for one, person in found.items():
            if person is None:
                raise NotFoundError("person", one)
        return tuple(person for person in found.values() if person is not None)

    # --- from one definition to another -----------------------------------------------------------------------------

    def misfits(self, id: UUID | str, *, by: Actor, lifecycle: Lifecycle | None = None) -> tuple[Misfit, ...]:
        """
        Which events of a complaint's history would not be accepted any more, and why; see :mod:`complaints.fitness`.

        Args:
            lifecycle: The definition to hold it against; the desk's own if not given.

        Raises:
            NotFoundError: No such complaint, or not for this person.
        """
        against = lifecycle if lifecycle is not None else self.lifecycle
        with self._store.read() as reader:
            found = self._load(reader, id, by)
            return self._misfits(reader, found.id, against)

    def migrate(
        self,
        which: Query | UUID | str | Iterable[UUID | str],
        *,
        by: Actor,
        reason: str,
        states: Mapping[State, State] = _WHERE_THEY_ARE,
        dry_run: bool = True,
        connection: Connection | None = None,
    ) -> tuple[Migration, ...]:
        """
        Bring complaints under way to the desk's own definition; nobody has to, since every next step is decided by it.

        It is an event like any other, with actor and reason, and never on an ending. Each complaint stands alone, in
        a transaction of its own: one that is refused stays as it was, and what is done already is done when it is
        asked for again.

        Args:
            which: A query takes the open complaints it finds that were last stepped under another definition. Of
                complaints named by id or case number each is answered.
            reason: Why, for whoever reads the histories.
            states: Where complaints go on whose state has no moves any more. Others stay where they are.
            dry_run: Only tell what would be done; nothing is written.
            connection: As for :meth:`handle`; then the host alone commits all of them.

        Returns:
            For each complaint what was done, or would be.

        Raises:
            InvalidCommandError: If the actor, the reason or the states are not what they should be.
            NotFoundError: No such complaint, or not for this person.
        """
        _check_migration(by, reason, states)
        done: list[Migration] = []
        for id in self._under_another_definition(which, by, connection):
            if dry_run:
                with self._reading(connection) as reader:
                    migration, _ = self._migration(reader, id, by, reason, states)
            else:
                with self._alone, self._writing(connection) as writer:
                    migration, steps = self._migration(writer, id, by, reason, states)
                    for step in steps:
                        writer.append(step)
            done.append(migration)
        return tuple(done)

    def _under_another_definition(
        self, which: Query | UUID | str | Iterable[UUID | str], by: Actor, connection: Connection | None
    ) -> Iterable[UUID]:
        if not isinstance(which, Query):
            named = (which,) if isinstance(which, (UUID, str)) else which
            with self._reading(connection) as reader:
                return dict.fromkeys(self._load(reader, id, by).id for id in named)
        found: list[UUID] = []
        page = self.find(evolve(which, is_open=True), by=by, connection=connection)
        while True:
            found += [one.id for one in page if one.definition != self.lifecycle.stamp]
            if page.next is None:
                return found
            page = self.find(evolve(which, is_open=True, after=page.next), by=by, connection=connection)

    def _migration(
        self, reader: Reader, id: UUID, by: Actor, reason: str, states: Mapping[State, State]
    ) -> tuple[Migration, Iterable[Step]]:
        """What a migration does with one complaint, and what it writes."""
        before = self._load(reader, id, by)
        order = Order(Migrate(complaint=id, target=states.get(before.state), reason=reason), by)
        refusals: tuple[Refusal, ...] = ()
        past = self._misfits(reader, id, self.lifecycle)
        now = self._now()
        taking = Taking(self._premises, reader, now)
        try:
            after = taking.take(before, order, now)
        except (IllegalMoveError, NotPermittedError, RefusedError) as error:
            after, refusals = before, error.refusals
        migration = Migration(
            complaint=id,
            reference=before.reference,
            definition=before.definition,
            source=before.state,
            target=after.state,
            refusals=refusals,
            misfits=past,
        )
        return migration, taking.steps()

    def _misfits(self, reader: Reader, id: UUID, against: Lifecycle) -> tuple[Misfit, ...]:
        readable = {**against.readable, **self.lifecycle.readable}
        return misfits(reader.events(id), reader.personal(id), self._premises.under(against), readable)

    # --- one customer -----------------------------------------------------------------------------------------------

    def export_customer(self, customer: ExternalRef | str, *, by: Actor) -> dict[str, object]:
        """
        Everything that is held on one customer, ready for JSON: to be handed over, and kept, before it is erased.

        Args:
            customer: His name, phone, e-mail or host's id, as recorded; or his reference in another system.

        Returns:
            ``format``, ``made_at``, ``made_by``, and ``complaints``: for each the case file as text and as data, with
            every event and text. It names other people too: somebody reads it before it is handed over.

        Raises:
            NotPermittedError: If *by* is no manager.
            InvalidCommandError: If *customer* is no such text.
        """
        from complaints.customers import export_customer

        return export_customer(
            self, customer, by=by, now=self._now(), dealer_of=lambda dealer: self._premises.dealer(dealer, by)
        )

    def redact_customer(
        self,
        customer: ExternalRef | str,
        *,
        by: Actor,
        reason: str,
        fields: Iterable[PersonalData] = (),
        include_vehicle: bool = False,
        recorded_by: Actor | None = None,
        at: datetime | None = None,
        connection: Connection | None = None,
    ) -> tuple[Redaction, ...]:
        """
        Erase what is held on one customer: a Redact on each of his complaints, each for itself.

        Args:
            customer: As for :meth:`export_customer`, which comes first: what is erased cannot be brought back.
            reason: Why; it stands on every one of them.
            fields: What to erase; everything but the car if not given.
            include_vehicle: The VIN and plate as well.
            connection: As for :meth:`handle`; then nothing is erased before the host commits.

        Returns:
            For each complaint, newest first, the complaint as it is now or the error that refused it; ``()`` if there
            is none. What was refused is found by the same customer again.

        Raises:
            NotPermittedError: If *by* may not see who customers are.
            InvalidCommandError: If *customer* or *reason* is no such text.
        """
        from complaints.customers import redact_customer

        return redact_customer(
            self,
            customer,
            by=by,
            reason=reason,
            fields=tuple(fields),
            include_vehicle=include_vehicle,
            recorded_by=recorded_by,
            at=at,
            connection=connection,
        )

    # --- one step ---------------------------------------------------------------------------------------------------

    def _take(self, writer: Writer, order: Order) -> Complaint:
        """Load, decide, write: one order in the present transaction."""
        check(order)
        command, by = order.command, order.by
        before = None if self._premises.begins(command) else self._load(writer, command.complaint, by)
        now = steady(self._now(), before)
        happened = when(order, now)
        dealer = self._dealer_of(before, command, by)
        if order.key is not None and (known := writer.keyed(dealer, order.key)) is not None:
            return self._repeated(writer, order, known)
        self._same_version(writer, before, order)
        typist(order, dealer)
        taking = Taking(self._premises, writer, now, partial(self._number, writer))
        after = taking.take(before, order, happened)
        keys = () if order.key is None else (key_of(order, order.key, dealer, after.id, after.version),)
        for step in taking.steps(keys):
            writer.append(step)
        return self._as_seen(after, by)

    def _number(self, writer: Writer, dealer: Dealer, received: datetime) -> str:
        return case_number(writer, self._premises.policy_of(dealer).numbering, dealer, received)

    def _dealer_of(self, before: Complaint | None, command: Command, by: Actor) -> str:
        if before is not None:
            return before.dealer
        return self._premises.dealer(command.dealer, by).id  # type: ignore[attr-defined]  # the first command names it

    def _repeated(self, reader: Reader, order: Order, known: StoredKey) -> Complaint:
        if not is_the_same(order, known):
            raise KeyReusedError(known.key, known.complaint)
        complaint = self._load(reader, known.complaint, order.by)
        if complaint.version == known.number:
            return self._as_seen(complaint, order.by)
        events = reader.events(known.complaint, upto=known.number)
        personal = reader.personal(known.complaint, upto=known.number)
        then = replay(read(events, personal, self.lifecycle.readable))
        assert then is not None  # noqa: S101  # a key stands for an event that is there
        return self._as_seen(then, order.by)

    def _same_version(self, reader: Reader, before: Complaint | None, order: Order) -> None:
        expected = order.expected_version
        found = 0 if before is None else before.version
        if expected is None or expected == found or before is None:
            return
        events, personal = reader.events(before.id, after=expected), reader.personal(before.id, after=expected)
        tell(self._on_read, order.by, "history", (before.id,))  # the error shows what happened in between
        hidden = self._hidden_from(order.by, before)
        try:
            between = events_as_seen(events, personal, self.lifecycle.readable, hidden)
        except UnknownDefinitionError:
            between = ()  # a step of another definition is a conflict all the same
        raise ConflictError(before.id, expected, found, between)

    # --- what somebody sees -----------------------------------------------------------------------------------------

    def _hidden_from(self, by: Actor, complaint: Complaint) -> frozenset[Personal]:
        return hidden_from(by, complaint, self._premises.sees(complaint.dealer))

    def _as_seen(self, complaint: Complaint, by: Actor) -> Complaint:
        return as_seen(complaint, by, self._premises.sees(complaint.dealer))

    # --- small things -----------------------------------------------------------------------------------------------

    def _moment(self, given: datetime | None, name: str) -> datetime:
        """The moment that is asked about; now if none is given."""
        if given is None:
            return self._now()
        if given.utcoffset() is None:
            raise NaiveTimeError(name)
        if not is_reckonable(given) or given.year > _LATEST_YEAR:
            raise InvalidCommandError("Order", [Fault(name, "not_a_moment")])
        return given

    def _now(self) -> datetime:
        now = self._clock()
        if now.utcoffset() is None:
            raise NaiveTimeError("clock")
        return now

    def _id(self, reader: Reader, id: UUID | str) -> UUID:
        if not isinstance(id, str):
            return id
        found = reader.by_reference(id)
        if found is None:
            raise NotFoundError("complaint", id)
        return found

    def _load(self, reader: Reader, what: UUID | str, by: Actor) -> Complaint:
        """
        The complaint with this id or case number, for somebody who belongs there.

        Raises:
            NotFoundError: Names what was asked for and nothing else: an id would tell that the number is in use.
        """
        complaint = reader.complaint(self._id(reader, what))
        if complaint is None or not is_of(by, complaint.dealer):
            raise NotFoundError("complaint", str(what))
        return complaint


def _check_migration(by: Actor, reason: str, states: Mapping[State, State]) -> None:
    """Refuse it at once, and not at the first complaint it would come to."""
    check(Order(Migrate(complaint=UUID(int=0), reason=reason), by))
    wrong = [one for pair in states.items() for one in pair if not isinstance(one, State)]
    if wrong:
        faults = [Fault("states", "type", wanted="State", given=type(one).__name__) for one in wrong]
        raise InvalidCommandError(Migrate.__name__, faults)


class _Alone(local):
    """
    Refuses a command that is handled from inside a rule of another one, by the same thread.

    It does not matter whether that rule decides on a step or is only asked about one. Reading changes nothing, so
    a rule may read, and even ask; what it is told is what was kept before the step.
    """

    is_busy = False

    @contextmanager
    def asking(self) -> Iterator[None]:
        """While rules are asked."""
        before, self.is_busy = self.is_busy, True
        try:
            yield
        finally:
            self.is_busy = before

    def __enter__(self) -> None:
        if self.is_busy:
            raise ReentrantStepError
        self.is_busy = True

    def __exit__(self, *error: object) -> None:
        self.is_busy = False


def _memory() -> _MemoryStore:
    from complaints.stores.memory import MemoryStore

    return MemoryStore()
