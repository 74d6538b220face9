"""The desk: load, decide, commit. The only room that sees more than its neighbours."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import local
from types import TracebackType
from typing import TYPE_CHECKING, overload
from uuid import UUID

import attrs

from complaints.access import as_seen, events_as_seen, hidden_from, is_of, may_search, sees_all_dealers
from complaints.decision import foresee
from complaints.directory import Directory, actor
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
from complaints.model.base import evolve
from complaints.model.complaint import Complaint
from complaints.model.event import Command, Event, Refusal
from complaints.model.people import SYSTEM, Actor, Dealer, ExternalRef
from complaints.model.personal import Personal
from complaints.model.words import PersonalData, Severity, State
from complaints.orders import Order, check, in_groups, is_the_same, key_of, typist, when
from complaints.permission import Permit, ReadHook, tell
from complaints.policy import Policy
from complaints.premises import Premises
from complaints.stages.migration import Migrate
from complaints.stores.base import Page, Query, Reader, Step, Store, StoredKey, Writer
from complaints.taking import Taking

if TYPE_CHECKING:
    from complaints.customers import Redaction
    from complaints.stores.memory import MemoryStore as _MemoryStore

_COMMITTED_TOGETHER = 32
"""Orders per commit of a batch; 32 is a default: there, full durability costs less than none does one by one."""


_WHERE_THEY_ARE: Mapping[State, State] = {}


def _utc_now() -> datetime:
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
        clock: Callable[[], datetime] = _utc_now,
        directory: Directory | None = None,
        permit: Permit | None = None,
        on_read: ReadHook | None = None,
    ) -> None:
        self._store: Store = store if store is not None else _memory()
        self._premises = Premises(dealers, policy, lifecycle, directory=directory, permit=permit)
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
        clock: Callable[[], datetime] = _utc_now,
        directory: Directory | None = None,
        permit: Permit | None = None,
        on_read: ReadHook | None = None,
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
    ) -> Complaint:
        """
        Take one step; when this returns, it is kept for good.

        Args:
            command: The order.
            by: Who does it; the host vouches for him.
            recorded_by: Who types it, if somebody else.
            at: When it happened, aware; now if not given. A command with a time of its own uses that.
            key: Makes repeating safe: unique per dealer; the same key with the same order answers with the
                complaint as it stood after the first time.
            expected_version: The version the caller has seen.

        Returns:
            The complaint as it now stands, as *by* may see it.

        Raises:
            NotFoundError: No such complaint or dealer, or not for this person.
            ConflictError: Somebody acted since *expected_version*; tells what happened.
            IllegalMoveError: No such step in this state.
            NotPermittedError: Not for this person.
            RefusedError: Rules stand in the way; all of them are named.
            KeyReusedError: The key stands for another order.
            ReentrantStepError: Called from inside a rule.
            HostError: The permit or the directory that the host passed in failed.
            StoreError: The store cannot be used.
        """
        order = Order(command, by, recorded_by, at, key, expected_version)
        with self._alone, self._store.write() as writer:
            return self._take(writer, order)

    def handle_all(
        self, orders: Iterable[Order], *, atomic: bool = False, progress: Callable[[int], None] | None = None
    ) -> list[Complaint | ComplaintError]:
        """
        Take many steps, in order.

        Args:
            orders: What to do; may be a generator.
            atomic: All in one transaction, or none. Otherwise each stands alone, and commits are grouped.
            progress: Called with the number of orders handled and committed so far.

        Returns:
            For each order the complaint, or the error that refused it.

        Raises:
            ComplaintError: If *atomic*, the first error; then nothing was written.
        """
        if atomic:
            with self._alone, self._store.write() as writer:
                done: list[Complaint | ComplaintError] = [self._take(writer, order) for order in orders]
            if progress is not None:
                progress(len(done))
            return done
        results: list[Complaint | ComplaintError] = []
        for group in in_groups(orders, _COMMITTED_TOGETHER):
            with self._alone, self._store.write() as writer:
                answers = [self._attempt(writer, order) for order in group]
            results += answers
            if progress is not None:
                progress(len(results))
        return results

    def _attempt(self, writer: Writer, order: Order) -> Complaint | ComplaintError:
        try:
            with writer.attempt():
                return self._take(writer, order)
        except ComplaintError as error:
            return error

    # --- asking -----------------------------------------------------------------------------------------------------

    @overload
    def explain(
        self, what: UUID | str, *, by: Actor, recorded_by: Actor | None = None, at: datetime | None = None
    ) -> Mapping[type[Command], tuple[Refusal, ...]]: ...

    @overload
    def explain(
        self, what: Command, *, by: Actor, recorded_by: Actor | None = None, at: datetime | None = None
    ) -> tuple[Refusal, ...]: ...

    def explain(
        self,
        what: UUID | str | Command,
        *,
        by: Actor,
        recorded_by: Actor | None = None,
        at: datetime | None = None,
    ) -> Mapping[type[Command], tuple[Refusal, ...]] | tuple[Refusal, ...]:
        """
        Why not? Of a complaint, or of one very order.

        Args:
            what: A complaint's id or case number: for each command of its state, what refuses it whatever its content.
                A command: every reason why :meth:`handle` would refuse it now; ``()`` means it would be accepted.

        Raises:
            NotFoundError: No such complaint or dealer, or not for this person.
        """
        if isinstance(what, Command):
            return self.refusals(what, by=by, recorded_by=recorded_by, at=at)
        return self.options(what, by=by)

    def options(self, id: UUID | str, *, by: Actor) -> Mapping[type[Command], tuple[Refusal, ...]]:
        """For each command of the complaint's state: what refuses it whatever its content; ``()`` for nothing."""
        with self._alone.asking():
            now = self._now()
            with self._store.read() as reader:
                complaint = self._load(reader, self._id(reader, id), by)
                others = {other: self._load(reader, other, SYSTEM) for other in complaint.relatives}
            situation = self._premises.situation(complaint, None, by, by, now, now, others)
            return foresee(self.lifecycle, situation, self._premises.permit)

    def refusals(
        self, command: Command, *, by: Actor, recorded_by: Actor | None = None, at: datetime | None = None
    ) -> tuple[Refusal, ...]:
        """Every reason why :meth:`handle` would refuse *command* now; ``()`` if it would be accepted."""
        order = Order(command, by, recorded_by, at)
        check(order)
        with self._alone.asking():
            return self._refusals(order)

    def _refusals(self, order: Order) -> tuple[Refusal, ...]:
        now = self._now()
        happened = when(order, now)
        command, by = order.command, order.by
        with self._store.read() as reader:
            before = None if self._premises.begins(command) else self._load(reader, command.complaint, by)
            typist(order, self._dealer_of(before, command, by))
            try:
                Taking(self._premises, reader, now).take(before, order, happened)
            except (IllegalMoveError, NotPermittedError, RefusedError) as error:
                return error.refusals
        return ()

    def complaint(self, id: UUID | str, *, by: Actor) -> Complaint:
        """
        A complaint, by id or case number, as *by* may see it.

        Raises:
            NotFoundError: No such complaint, or not for this person.
            NotPermittedError: The read hook refuses.
        """
        with self._store.read() as reader:
            found = self._load(reader, self._id(reader, id), by)
        tell(self._on_read, by, "complaint", (found.id,))
        return self._as_seen(found, by)

    def find(self, query: Query | None = None, *, by: Actor) -> Page:
        """
        A page of complaints, newest first, of the dealer of *by* (the group sees all).

        Raises:
            InvalidCommandError: If the query's cursor is none of ours.
            NotPermittedError: If somebody searches by what he may not see, or the read hook refuses.
        """
        query = query if query is not None else Query()
        dealer = by.dealer or query.dealer
        tables = self._premises.sees_everywhere() if dealer is None else (self._premises.sees(dealer),)
        if not may_search(query, by, tables):
            raise NotPermittedError([Refusal("query.personal")], command="find", who=())
        if not sees_all_dealers(by):
            if by.dealer is None:
                return Page((), None)
            query = evolve(query, dealer=by.dealer)
        with self._store.read() as reader:
            page = reader.find(query)
        tell(self._on_read, by, "find", tuple(complaint.id for complaint in page.complaints))
        return attrs.evolve(page, complaints=tuple(self._as_seen(complaint, by) for complaint in page.complaints))

    def history(self, id: UUID | str, *, by: Actor, after: int = 0, upto: int | None = None) -> tuple[Event, ...]:
        """
        Who did what, when, from where to where.

        Raises:
            NotFoundError: No such complaint, or not for this person.
            NotPermittedError: The read hook refuses.
        """
        with self._store.read() as reader:
            found = self._load(reader, self._id(reader, id), by)
            events = reader.events(found.id, after=after, upto=upto)
            personal = reader.personal(found.id, after=after, upto=upto)
        tell(self._on_read, by, "history", (found.id,))
        return events_as_seen(events, personal, self.lifecycle.readable, self._hidden_from(by, found))

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

    def verify(self, id: UUID | str, *, checkpoint: Checkpoint | None = None) -> Checkpoint:
        """
        Check that nobody changed a complaint's history, and that it still adds up to the complaint.

        Args:
            checkpoint: One kept elsewhere: without it, a history whose end was cut off looks whole.

        Raises:
            NotFoundError: No such complaint.
            BrokenHistoryError: With the number of the first event that is not what was written.
        """
        with self._store.read() as reader:
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
            found = self._load(reader, self._id(reader, id), by)
            return self._misfits(reader, found.id, against)

    def migrate(
        self,
        which: Query | UUID | str | Iterable[UUID | str],
        *,
        by: Actor,
        reason: str,
        states: Mapping[State, State] = _WHERE_THEY_ARE,
        dry_run: bool = True,
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

        Returns:
            For each complaint what was done, or would be.

        Raises:
            InvalidCommandError: If the actor, the reason or the states are not what they should be.
            NotFoundError: No such complaint, or not for this person.
        """
        _check_migration(by, reason, states)
        done: list[Migration] = []
        for id in self._under_another_definition(which, by):
            if dry_run:
                with self._store.read() as reader:
                    migration, _ = self._migration(reader, id, by, reason, states)
            else:
                with self._alone, self._store.write() as writer:
                    migration, steps = self._migration(writer, id, by, reason, states)
                    for step in steps:
                        writer.append(step)
            done.append(migration)
        return tuple(done)

    def _under_another_definition(self, which: Query | UUID | str | Iterable[UUID | str], by: Actor) -> Iterable[UUID]:
        if not isinstance(which, Query):
            named = (which,) if isinstance(which, (UUID, str)) else which
            with self._store.read() as reader:
                return dict.fromkeys(self._load(reader, self._id(reader, id), by).id for id in named)
        found: list[UUID] = []
        page = self.find(evolve(which, is_open=True), by=by)
        while True:
            found += [one.id for one in page if one.definition != self.lifecycle.stamp]
            if page.next is None:
                return found
            page = self.find(evolve(which, is_open=True, after=page.next), by=by)

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
    ) -> tuple[Redaction, ...]:
        """
        Erase what is held on one customer: a Redact on each of his complaints, each for itself.

        Args:
            customer: As for :meth:`export_customer`, which comes first: what is erased cannot be brought back.
            reason: Why; it stands on every one of them.
            fields: What to erase; everything but the car if not given.
            include_vehicle: The VIN and plate as well.

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
        )

    # --- one step ---------------------------------------------------------------------------------------------------

    def _take(self, writer: Writer, order: Order) -> Complaint:
        """Load, decide, write: one order in the present transaction."""
        check(order)
        now = self._now()
        happened = when(order, now)
        command, by = order.command, order.by
        before = None if self._premises.begins(command) else self._load(writer, command.complaint, by)
        dealer = self._dealer_of(before, command, by)
        if order.key is not None and (known := writer.keyed(dealer, order.key)) is not None:
            return self._repeated(writer, order, known)
        self._same_version(writer, before, order)
        typist(order, dealer)
        taking = Taking(self._premises, writer, now, lambda at_dealer, at: _next_reference(writer, at_dealer, at))
        after = taking.take(before, order, happened)
        keys = () if order.key is None else (key_of(order, order.key, dealer, after.id, after.version),)
        for step in taking.steps(keys):
            writer.append(step)
        return self._as_seen(after, by)

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

    def _load(self, reader: Reader, id: UUID, by: Actor) -> Complaint:
        complaint = reader.complaint(id)
        if complaint is None or not is_of(by, complaint.dealer):
            raise NotFoundError("complaint", str(id))
        return complaint


def _check_migration(by: Actor, reason: str, states: Mapping[State, State]) -> None:
    """Refuse it at once, and not at the first complaint it would come to."""
    check(Order(Migrate(complaint=UUID(int=0), reason=reason), by))
    wrong = [one for pair in states.items() for one in pair if not isinstance(one, State)]
    if wrong:
        faults = [Fault("states", "type", wanted="State", given=type(one).__name__) for one in wrong]
        raise InvalidCommandError(Migrate.__name__, faults)


def _next_reference(writer: Writer, dealer: Dealer, received: datetime) -> str:
    year = received.astimezone(dealer.tz).year
    return f"{dealer.id}-{year}-{writer.next_number(f'case:{dealer.id}:{year}'):06d}"


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
