"""What a store owes the desk; prove your own with ``complaints.testing.StoreContract``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, TypeAlias, runtime_checkable
from uuid import UUID

import attrs

from complaints.errors import BrokenHistoryError, StoreError
from complaints.model.base import line, noun, number
from complaints.model.complaint import Complaint
from complaints.model.people import ExternalRef
from complaints.model.words import Department, Severity, Stage, State

if TYPE_CHECKING:
    import sqlalchemy

    # only stores know databases: the rest of the library has SQLAlchemy's own class, which a host's type checker
    # sees as such, by this name, and no program imports SQLAlchemy for it
    Connection: TypeAlias = sqlalchemy.Connection


@attrs.frozen
class StoredEvent:
    """One event as it was digested: the exact text, never rewritten."""

    complaint: UUID
    number: int
    command: str
    recorded_at: datetime
    body: str
    digest: str


@attrs.frozen
class Committed:
    """
    One event in the order of commits, of all complaints together.

    Attributes:
        position: From 1, rising; where a transaction was undone there may be gaps.
        dealer: The dealer of its complaint, for good.
        reference: The case number of its complaint.
    """

    position: int
    dealer: str
    reference: str
    event: StoredEvent


@attrs.frozen
class StoredPersonal:
    """
    What may be erased: one personal text of one event, under its own 128-bit salt.

    Where it was erased, *text* is what stands in its place, and *salt* is empty: with the salt gone, nobody can try
    out which text the digest in the event belongs to.
    """

    complaint: UUID
    number: int
    path: str
    salt: bytes
    text: str


@attrs.frozen
class StoredKey:
    """
    What a key stood for: the event it led to, and a digest of the order under the complaint's erasable salt.

    Where that was erased, *salt* and *digest* are empty: the key stays used, and that is all that is known of it.
    """

    dealer: str
    key: str
    complaint: UUID
    number: int
    salt: bytes
    digest: bytes


@attrs.frozen
class StoredNotice:
    """Something to be told after the commit, once: ``complaint:number:hook`` names it for good."""

    id: str
    complaint: UUID
    number: int
    lane: str
    due_at: datetime


@attrs.frozen(kw_only=True)
class Step:
    """
    Everything one step writes; all of it or nothing.

    Attributes:
        seen: The version the step was decided on; 0 for a new complaint.
        complaint: As it is after the last of the events.
        text: New searchable text (statement, names), or ``None`` to leave it as it is.
        erased: What stands from now on in the place of personal texts that were written before, each with an empty
            salt. Where there are any, salts and digests of all keys of the complaint's earlier events go as well.
    """

    seen: int
    complaint: Complaint
    events: tuple[StoredEvent, ...]
    personal: tuple[StoredPersonal, ...] = ()
    notices: tuple[StoredNotice, ...] = ()
    keys: tuple[StoredKey, ...] = ()
    text: str | None = None
    erased: tuple[StoredPersonal, ...] = ()


def require_next_numbers(step: Step) -> None:
    """
    Refuse a step whose events do not follow each other from ``step.seen`` up to the complaint's version.

    Raises:
        BrokenHistoryError: Names the first number that is not the next one.
    """
    complaint, number = step.complaint, step.seen
    id = complaint.id
    for event in step.events:
        number += 1
        # identity first: comparing UUIDs is slow, and it is the same one as a rule
        if event.number != number or (event.complaint is not id and event.complaint != id):
            raise BrokenHistoryError(complaint.id, event.number, "number")
    if complaint.version != number:
        raise BrokenHistoryError(complaint.id, complaint.version, "version")


@noun
class Query:
    """
    Which complaints to find; what is not given does not narrow. Newest first, in pages.

    Args:
        customer: A name, phone, e-mail or the host's customer id, as recorded.
        vehicle: A VIN or plate, as recorded.
        order: A standing order's id and a month by UTC in which money was spent under it, such as ``SO-1/2026-02``.
        text: Words that stand in the statement or a name, any case.
        due_before: Something is owed and not done that is due before this moment, late or not.
        received_from: First moment of receipt; included.
        received_until: Last moment of receipt; not included.
        is_open: Only open complaints, or only ended ones.
        after: The cursor of the page before.
        limit: Page size; 50 is a default.
    """

    dealer: str | None = line(most=20, default=None)
    state: State | None = None
    stage: Stage | None = None
    is_open: bool | None = None
    handler: str | None = line(most=80, default=None)
    department: Department | None = None
    severity: Severity | None = None
    category: str | None = line(most=80, default=None)
    vehicle: str | None = line(most=40, default=None)
    customer: str | None = line(default=None)
    ref: ExternalRef | None = None
    reference: str | None = line(most=60, default=None)
    order: str | None = line(most=48, default=None)
    text: str | None = line(default=None)
    due_before: datetime | None = None
    received_from: datetime | None = None
    received_until: datetime | None = None
    after: str | None = line(default=None)
    limit: int = number(least=1, most=1000, default=50)


@attrs.frozen
class Page:
    """Some complaints, and the cursor of the next page; ``None`` at the end."""

    complaints: tuple[Complaint, ...]
    next: str | None

    def __iter__(self) -> Iterator[Complaint]:
        return iter(self.complaints)

    def __len__(self) -> int:
        return len(self.complaints)


class Reader(Protocol):
    """Reading, as of one moment."""

    def complaint(self, id: UUID) -> Complaint | None:
        """The snapshot, or ``None``."""
        ...

    def by_reference(self, reference: str) -> UUID | None:
        """The id behind a case number, or ``None``."""
        ...

    def events(self, id: UUID, *, after: int = 0, upto: int | None = None) -> Sequence[StoredEvent]:
        """The events with ``after < number <= upto``, in order."""
        ...

    def personal(self, id: UUID, *, after: int = 0, upto: int | None = None) -> Sequence[StoredPersonal]:
        """
        The personal texts of the events with ``after < number <= upto``, in order of events.

        Of the erased ones what stands in their place.
        """
        ...

    def find(self, query: Query) -> Page:
        """
        A page of what *query* describes, newest first (by id, which begins with the time it was made).

        Raises:
            InvalidCommandError: If ``query.after`` is no cursor.
        """
        ...

    def tally(self, query: Query) -> Mapping[State, int]:
        """How many complaints *query* describes, by state; ``query.after`` and ``query.limit`` do not narrow."""
        ...

    def keyed(self, dealer: str, key: str) -> StoredKey | None:
        """What *key* stood for, or ``None``."""
        ...

    def waking(
        self, now: datetime, *, after: tuple[datetime, UUID] | None = None, limit: int = 200
    ) -> Sequence[tuple[datetime, UUID]]:
        """
        Complaints that time alone does something to, up to *now*: the moment and the id, in that order.

        Found by an index: what is not due costs nothing.

        Args:
            after: The last one of the page before.
        """
        ...

    def unsettled(self, year: int, *, after: UUID | None = None, limit: int = 200) -> Sequence[UUID]:
        """Complaints with a provisional due date in *year* or before, in order of id."""
        ...

    def heads(self) -> Iterator[tuple[UUID, int, str]]:
        """Id, version and last digest of every complaint, in order of id."""
        ...

    def committed(self, *, after: int = 0, dealer: str | None = None, limit: int = 200) -> Sequence[Committed]:
        """
        The events of all complaints with ``position > after``, in order of position: what a feed is made of.

        A position never changes, and **none becomes visible below one that was visible before**, to whichever reader:
        whoever has read up to a position has read everything up to it, for good. Where one transaction writes at a
        time, as in SQLite, a number taken in the transaction is enough. A database with several writers at once has to
        give the numbers while it keeps the others from committing (a lock until the commit), or hold back what lies
        above the oldest transaction that is still under way.

        The events of one complaint have positions in the order of their numbers.

        Args:
            after: A position, whether there is an event at it or not.
            dealer: Only events of its complaints; those of others are passed over.
            limit: So many at most.
        """
        ...

    def last_position(self) -> int:
        """The highest position this reader sees, whichever the dealer; 0 where there is no event."""
        ...


class Writer(Reader, Protocol):
    """Reading and writing in one transaction, while nobody else writes."""

    def attempt(self) -> AbstractContextManager[None]:
        """
        Begin a part of the transaction that is undone alone when it raises; numbers it took are given back.

        For many orders in one commit, of which each stands or falls alone. Parts may lie within parts.
        """
        ...

    def next_number(self, counter: str) -> int:
        """The next number of a gapless counter, from 1; given back when the transaction is."""
        ...

    def watch(self, complaint: Complaint) -> None:
        """Write down again when time does something to *complaint*, which is as it stands in this transaction."""
        ...

    def append(self, step: Step) -> None:
        """
        Write *step*. After an error in its midst the transaction, or the attempt around it, can only be undone.

        What it erases is gone from everything that is kept: texts, snapshot, terms and words to search by, keys.
        Readers that began before go on seeing what they saw.

        Raises:
            ConflictError: If the complaint is not at ``step.seen`` any more (with no events; the desk adds them).
            BrokenHistoryError: If a number is not the next one.
            KeyReusedError: If a key already stands for something.
            StoreError: ``doubled``: a case number or a notice's id is already there.
        """
        ...


class Store(Protocol):
    """
    Keeps complaints, histories and personal texts.

    ``with store.write() as writer`` is one transaction: committed and durable when the block ends,
    rolled back when it raises. Safe to use from several threads.
    """

    def write(self) -> AbstractContextManager[Writer]:
        """
        Begin to write.

        Raises:
            StoreBusyError: If its turn did not come in time.
            ReentrantStepError: If the same thread is already writing.
        """
        ...

    def read(self) -> AbstractContextManager[Reader]:
        """Begin to read."""
        ...

    def close(self) -> None:
        """Let go of connections and files."""
        ...


@runtime_checkable
class SharingStore(Store, Protocol):
    """
    A store in a database that the host keeps its own tables in, and whose transactions the two may share.

    A store that is in no such database leaves these three out: a desk then refuses ``connection=`` by name.
    """

    def transaction(self) -> AbstractContextManager[Connection]:
        """
        Begin a transaction for the host: what it executes on the connection, and the steps written on it, are kept
        together when the block ends, and undone together when it raises.

        Raises:
            StoreBusyError: If its turn did not come in time.
            ReentrantStepError: If the same thread is already writing.
        """
        ...

    def write_on(self, connection: Connection) -> AbstractContextManager[Writer]:
        """
        Write in the transaction that *connection* is in. It is not committed here; what is written in a block that
        raises is undone alone, and the transaction goes on.

        Raises:
            StoreError: ``connection_closed``, ``connection_elsewhere``, ``connection_not_begun``,
                ``connection_autocommit``, ``connection_thread``: if nothing may be written there.
            StoreBusyError: ``connection_deferred``: if its transaction has not got the right to write.
            ReentrantStepError: If the same thread is in the midst of a step.
        """
        ...

    def read_on(self, connection: Connection) -> AbstractContextManager[Reader]:
        """Read what *connection* sees: what is committed, and what its own transaction has written."""
        ...


def sharing(store: Store) -> SharingStore:
    """
    *store*, as one whose transactions a host may share.

    Raises:
        StoreError: ``no_connection``: if it is none.
    """
    if not isinstance(store, SharingStore):
        raise StoreError("no_connection")
    return store
