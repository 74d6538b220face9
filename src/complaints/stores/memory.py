"""A store in memory: for trying things out, for tests, and for hosts that keep complaints elsewhere."""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from itertools import islice
from threading import Lock, get_ident
from types import TracebackType
from typing import NamedTuple
from uuid import UUID

import attrs

from complaints.errors import ConflictError, KeyReusedError, ReentrantStepError, StoreBusyError, StoreError
from complaints.model.complaint import Complaint
from complaints.model.watching import watched
from complaints.model.words import State
from complaints.stores.base import (
    Committed,
    Page,
    Query,
    Reader,
    Step,
    StoredEvent,
    StoredKey,
    StoredNotice,
    StoredPersonal,
    Writer,
    require_next_numbers,
)
from complaints.stores.search import (
    Term,
    cursor_after,
    every_term,
    fits,
    folded,
    has_the_same_terms,
    id_of_cursor,
    terms_wanted,
)


class _File(NamedTuple):
    """
    A complaint with its history. The lists only grow; what is beyond the complaint's version is not there yet.

    That makes the whole a value that a reader can hold on to while a writer goes on.
    """

    complaint: Complaint
    events: list[StoredEvent]
    personal: list[StoredPersonal]
    words: str


_Files = dict[int, _File]
"""By ``id.int``: a UUID takes its time to hash."""


class _Index:
    """
    Which complaints have a term: brought up to date when somebody searches, so that a step does not pay for it.

    Only of what is kept: what a reader still sees, or a writer has not committed yet, is not in it.
    """

    __slots__ = ("_having", "_known", "_stale")

    def __init__(self) -> None:
        self._having: dict[Term, set[int]] = {}
        self._known: dict[int, tuple[Complaint | None, frozenset[Term]]] = {}
        self._stale: set[int] = set()

    def note(self, changes: _Changes) -> None:
        """These are about to be kept; of what is erased nothing stays."""
        self._stale.update(changes.files)
        for id in changes.erased:
            self._write(id.int, None, frozenset())

    def among(self, files: _Files, wanted: frozenset[Term]) -> _Files:
        """Of the kept *files* at least those that have all of these terms."""
        while self._stale:
            self._read(files[self._stale.pop()].complaint)
        keys = min((self._having.get(term, frozenset[int]()) for term in wanted), key=len)
        return {key: files[key] for key in keys}

    def _read(self, complaint: Complaint) -> None:
        before = self._known.get(complaint.id.int, _UNKNOWN)[0]
        if before is None or not has_the_same_terms(before, complaint):
            self._write(complaint.id.int, complaint, every_term(complaint))

    def _write(self, key: int, complaint: Complaint | None, terms: frozenset[Term]) -> None:
        for term in self._known.get(key, _UNKNOWN)[1] - terms:
            self._having[term].discard(key)
            if not self._having[term]:
                del self._having[term]
        for term in terms:
            self._having.setdefault(term, set()).add(key)
        self._known[key] = complaint, terms


_UNKNOWN: tuple[Complaint | None, frozenset[Term]] = (None, frozenset())
_NO_TERMS: frozenset[Term] = frozenset()


class _Changes:
    """What a transaction, or a part of one, would change."""

    __slots__ = ("counters", "erased", "files", "grown", "keys", "log", "notices", "references")

    def __init__(self) -> None:
        self.files: _Files = {}
        self.references: dict[str, UUID] = {}
        self.keys: dict[tuple[str, str], StoredKey] = {}
        self.counters: dict[str, int] = {}
        self.notices: dict[str, StoredNotice] = {}
        self.grown: list[tuple[_File, int, int]] = []
        self.erased: set[UUID] = set()
        self.log: list[StoredEvent] = []  # the events in the order of commits

    def take(self, other: _Changes) -> None:
        """Add the changes of a part, or of a transaction, that went well."""
        self.files.update(other.files)
        self.log += other.log
        if other.references:
            self.references.update(other.references)
        if other.keys:
            self.keys.update(other.keys)
        if other.counters:
            self.counters.update(other.counters)
        if other.notices:
            self.notices.update(other.notices)
        if other.erased:
            self.erased |= other.erased

    def undo(self) -> None:
        """Cut the lists back to where they were."""
        for file, events, personal in reversed(self.grown):
            del file.events[events:]
            del file.personal[personal:]


def _with_erased(personal: list[StoredPersonal], step: Step) -> list[StoredPersonal]:
    """The texts written so far, with what stands in the place of the erased ones."""
    gone = {(text.number, text.path): text for text in step.erased}
    return [gone.get((text.number, text.path), text) for text in personal]


class MemoryStore:
    """
    Keeps everything in this process; nothing survives it.

    One thread writes at a time; readers see what is committed, as of the moment they began, and never wait
    for a writer.

    Args:
        busy_seconds: How long to wait for another thread's transaction; 5 is a default.
    """

    def __init__(self, *, busy_seconds: float = 5.0) -> None:
        self._busy_seconds = busy_seconds
        self._kept = _Changes()
        self._index = _Index()
        self._readers: list[_MemoryReader] = []
        self._turn = Lock()
        self._moment = Lock()
        self._writing: int | None = None
        self._is_closed = False

    def write(self) -> AbstractContextManager[Writer]:
        """
        Begin to write.

        Raises:
            StoreBusyError: If another thread held the store for too long.
            ReentrantStepError: If the same thread is already writing.
        """
        return _MemoryWriter(self)

    def read(self) -> AbstractContextManager[Reader]:
        """Begin to read what is committed now."""
        return _MemoryReader(self)

    def copy(self) -> MemoryStore:
        """Another store with what is committed here; from now on each goes its own way."""
        other = MemoryStore(busy_seconds=self._busy_seconds)
        with self._moment:
            other._kept.take(self._kept)
        other._index.note(other._kept)
        for id, file in other._kept.files.items():
            last = file.complaint.version
            personal = [text for text in file.personal if text.number <= last]
            other._kept.files[id] = file._replace(events=file.events[:last], personal=personal)
        return other

    def close(self) -> None:
        """Forget everything."""
        self._is_closed = True
        self._kept = _Changes()
        self._index = _Index()

    def _begin(self) -> None:
        if self._writing == get_ident():
            raise ReentrantStepError
        if not self._turn.acquire(timeout=self._busy_seconds):
            raise StoreBusyError(waited_ms=round(1000 * self._busy_seconds))
        if self._is_closed:
            self._turn.release()
            raise StoreError("closed")
        self._writing = get_ident()

    def _end(self) -> None:
        self._writing = None
        self._turn.release()

    def _commit(self, changes: _Changes) -> None:
        with self._moment:
            for reader in self._readers:
                reader.remember(changes)
            self._kept.take(changes)
            self._index.note(changes)

    def _having(self, wanted: frozenset[Term]) -> _Files:
        """The files that are kept; with *wanted*, at least those that have all of these terms."""
        kept = self._kept.files
        return self._index.among(kept, wanted) if wanted else kept


class _Reading(ABC):
    """Everything a reader answers, on top of how it looks things up."""

    __slots__ = ("_store",)

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    @abstractmethod
    def _file(self, id: UUID) -> _File | None:
        """The complaint's file, as this reader may see it."""

    @abstractmethod
    def _files(self, wanted: frozenset[Term] = _NO_TERMS) -> list[_File]:
        """Every file, as this reader may see it; with *wanted*, at least those that have all of these terms."""

    @abstractmethod
    def _log(self, after: int) -> list[StoredEvent]:
        """The events behind the first so many, in the order of commits, as this reader may see them."""

    @abstractmethod
    def last_position(self) -> int:
        """How many events this reader may see."""

    def complaint(self, id: UUID) -> Complaint | None:
        file = self._file(id)
        return file.complaint if file is not None else None

    def events(self, id: UUID, *, after: int = 0, upto: int | None = None) -> Sequence[StoredEvent]:
        file = self._file(id)
        if file is None:
            return ()
        last = file.complaint.version
        return tuple(file.events[max(after, 0) : last if upto is None else max(min(upto, last), 0)])

    def personal(self, id: UUID, *, after: int = 0, upto: int | None = None) -> Sequence[StoredPersonal]:
        file = self._file(id)
        if file is None:
            return ()
        texts, last = file.personal, file.complaint.version
        first = bisect_right(texts, after, key=_number_of)
        return tuple(texts[first : bisect_right(texts, last if upto is None else min(upto, last), key=_number_of)])

    def find(self, query: Query) -> Page:
        before = id_of_cursor(query.after) if query.after is not None else None
        found: list[Complaint] = []
        for complaint in self._described(query):
            if before is None or complaint.id < before:
                if len(found) == query.limit:
                    return Page(tuple(found), cursor_after(found[-1].id))
                found.append(complaint)
        return Page(tuple(found), None)

    def tally(self, query: Query) -> Mapping[State, int]:
        return Counter(complaint.state for complaint in self._described(query))

    def _described(self, query: Query) -> Iterator[Complaint]:
        """Whatever *query* describes, newest first, on every page."""
        wanted, words = frozenset(terms_wanted(query)), folded(query.text or "")
        for file in sorted(self._files(wanted), key=_id_of, reverse=True):
            complaint = file.complaint
            if fits(complaint, query) and words in file.words and (not wanted or wanted <= every_term(complaint)):
                yield complaint

    def waking(
        self, now: datetime, *, after: tuple[datetime, UUID] | None = None, limit: int = 200
    ) -> Sequence[tuple[datetime, UUID]]:
        looks = ((watched(file.complaint).look, file.complaint.id) for file in self._files())
        due = sorted((look, id) for look, id in looks if look is not None and look <= now)
        return tuple(one for one in due if after is None or one > after)[:limit]

    def unsettled(self, year: int, *, after: UUID | None = None, limit: int = 200) -> Sequence[UUID]:
        years = ((watched(file.complaint).year, file.complaint.id) for file in self._files())
        ids = sorted(id for first, id in years if first is not None and first <= year)
        return tuple(id for id in ids if after is None or id > after)[:limit]

    def heads(self) -> Iterator[tuple[UUID, int, str]]:
        for file in sorted(self._files(), key=_id_of):
            yield file.complaint.id, file.complaint.version, file.complaint.head

    def committed(self, *, after: int = 0, dealer: str | None = None, limit: int = 200) -> Sequence[Committed]:
        found = self._committed(max(after, 0))
        return tuple(islice((one for one in found if dealer in (None, one.dealer)), limit))

    def _committed(self, after: int) -> Iterator[Committed]:
        for position, event in enumerate(self._log(after), start=after + 1):
            file = self._file(event.complaint)
            if file is not None:
                yield Committed(position, file.complaint.dealer, file.complaint.reference, event)


def _number_of(text: StoredPersonal) -> int:
    return text.number


def _id_of(file: _File) -> int:
    return file.complaint.id.int


class _MemoryReader(_Reading):
    """Sees the moment it began: writers leave it what they replace."""

    __slots__ = ("_keys", "_last", "_replaced")

    def __init__(self, store: MemoryStore) -> None:
        super().__init__(store)
        self._replaced: dict[int, _File | None] = {}
        self._keys: dict[tuple[str, str], StoredKey] = {}
        self._last = 0

    def __enter__(self) -> _MemoryReader:
        if self._store._is_closed:
            raise StoreError("closed")
        with self._store._moment:
            self._store._readers.append(self)
            self._last = len(self._store._kept.log)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._store._moment:
            self._store._readers.remove(self)

    def remember(self, changes: _Changes) -> None:
        """Keep what is about to be replaced; called while no reader looks."""
        kept = self._store._kept
        for id in changes.files:
            if id not in self._replaced:
                self._replaced[id] = kept.files.get(id)
        for name in changes.keys:
            if name in kept.keys:
                self._keys.setdefault(name, kept.keys[name])

    def _file(self, id: UUID) -> _File | None:
        with self._store._moment:
            return self._replaced[id.int] if id.int in self._replaced else self._store._kept.files.get(id.int)

    def _files(self, wanted: frozenset[Term] = _NO_TERMS) -> list[_File]:
        with self._store._moment:
            files: dict[int, _File | None] = {**self._store._having(wanted), **self._replaced}
        return [file for file in files.values() if file is not None]

    def _log(self, after: int) -> list[StoredEvent]:
        return self._store._kept.log[after : self._last]

    def last_position(self) -> int:
        return self._last

    def by_reference(self, reference: str) -> UUID | None:
        id = self._store._kept.references.get(reference)
        return id if id is not None and self._file(id) is not None else None

    def keyed(self, dealer: str, key: str) -> StoredKey | None:
        with self._store._moment:
            stored = self._keys.get((dealer, key)) or self._store._kept.keys.get((dealer, key))
        file = self._file(stored.complaint) if stored is not None else None
        return stored if stored is not None and file is not None and stored.number <= file.complaint.version else None


class _MemoryWriter(_Reading):
    """
    One transaction: its changes lie in layers above what is kept until it commits.

    The lowest layer is the transaction, each higher one a part that may still be undone alone.
    """

    __slots__ = ("_layers", "_top")

    def __init__(self, store: MemoryStore) -> None:
        super().__init__(store)
        self._top = _Changes()
        self._layers = [store._kept, self._top]

    def __enter__(self) -> _MemoryWriter:
        self._store._begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._store._commit(self._top)
            else:
                self._top.undo()
        finally:
            self._layers = []
            self._store._end()

    def watch(self, complaint: Complaint) -> None:
        """Nothing is written down here: it is reckoned when somebody looks."""

    @contextmanager
    def attempt(self) -> Iterator[None]:
        outer, self._top = self._top, _Changes()
        self._layers.append(self._top)
        try:
            yield
        except BaseException:
            self._layers.pop().undo()
            raise
        else:
            outer.take(self._layers.pop())
            outer.grown += self._top.grown
        finally:
            self._top = outer

    def _down(self) -> Iterator[_Changes]:
        if not self._layers:
            raise StoreError("closed")
        return reversed(self._layers)

    def _file(self, id: UUID) -> _File | None:
        key = id.int
        for layer in self._down():
            if (file := layer.files.get(key)) is not None:
                return file
        return None

    def _files(self, wanted: frozenset[Term] = _NO_TERMS) -> list[_File]:
        if not self._layers:
            return []
        with self._store._moment:
            files = dict(self._store._having(wanted))
        for layer in self._layers[1:]:
            files.update(layer.files)
        return list(files.values())

    def _log(self, after: int) -> list[StoredEvent]:
        kept, *parts = reversed([layer.log for layer in self._down()])
        rest = [event for part in parts for event in part]
        return [*kept[after:], *rest[max(after - len(kept), 0) :]]

    def last_position(self) -> int:
        return sum(len(layer.log) for layer in self._down())

    def by_reference(self, reference: str) -> UUID | None:
        for layer in self._down():
            if (id := layer.references.get(reference)) is not None:
                return id
        return None

    def keyed(self, dealer: str, key: str) -> StoredKey | None:
        for layer in self._down():
            if (stored := layer.keys.get((dealer, key))) is not None:
                return stored
        return None

    def next_number(self, counter: str) -> int:
        last = next((layer.counters[counter] for layer in self._down() if counter in layer.counters), 0)
        self._top.counters[counter] = last + 1
        return last + 1

    def append(self, step: Step) -> None:
        require_next_numbers(step)
        complaint, top = step.complaint, self._top
        id = complaint.id
        file = self._file(id)
        found = file.complaint.version if file is not None else 0
        if found != step.seen:
            raise ConflictError(id, step.seen, found, ())
        if file is None or step.keys or step.notices:
            self._refuse_doubles(step, is_new=file is None)
        events, personal, words = file[1:] if file is not None else ([], [], "")
        if step.text is not None:
            words = folded(step.text)
        if step.erased:
            # another list: who reads the one before goes on reading it
            personal = _with_erased(personal, step)
            self._erase_keys(step)
        after = _File(complaint, events, personal, words)
        top.grown.append((after, len(events), len(personal)))
        events.extend(step.events)
        personal.extend(step.personal)
        top.files[id.int] = after
        top.log.extend(step.events)
        if file is None:
            top.references[complaint.reference] = id
        for stored in step.keys:
            top.keys[stored.dealer, stored.key] = stored
        for notice in step.notices:
            top.notices[notice.id] = notice

    def _erase_keys(self, step: Step) -> None:
        """Of the complaint's keys only that they were used is kept. Notices have no text: nothing is in them."""
        id = step.complaint.id
        self._top.erased.add(id)
        keys = {name: key for layer in self._layers for name, key in layer.keys.items()}
        gone = {name: attrs.evolve(key, salt=b"", digest=b"") for name, key in keys.items() if key.complaint == id}
        self._top.keys.update(gone)

    def _refuse_doubles(self, step: Step, *, is_new: bool) -> None:
        if is_new and self.by_reference(step.complaint.reference) is not None:
            raise StoreError("doubled", what="reference")
        for stored in step.keys:
            if (other := self.keyed(stored.dealer, stored.key)) is not None:
                raise KeyReusedError(stored.key, other.complaint)
        for notice in step.notices:
            if any(notice.id in layer.notices for layer in self._layers):
                raise StoreError("doubled", what="notice")
