"""Every single bit that changes in a stored history is found, and at its event (invariant 9)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import attrs
import pytest
from hypothesis import settings
from hypothesis import strategies as st

from complaints import BrokenHistoryError, Checkpoint, Desk, Severity, StoreError
from complaints.history import verify
from complaints.stores import SqlStore
from complaints.stores.base import StoredEvent, StoredPersonal
from complaints.stores.times import micros, moment
from complaints.testing import Walk, trace
from tests.properties.over_walks import over_walks
from tests.stages.cases import Case, li

_MANY = 1_000
_DATE_BITS = range(57)
"""Beyond them a moment is none that a calendar has; in a file it may be changed that far."""


def flips(value: bytes) -> Iterator[bytes]:
    """*value* with each of its bits turned in turn."""
    for place, byte in enumerate(value):
        for bit in range(8):
            yield value[:place] + bytes([byte ^ (1 << bit)]) + value[place + 1 :]


def flipped(text: str) -> Iterator[str]:
    """*text* with each bit of its bytes turned, as a store gives it: what is no UTF-8 any more has its own signs."""
    for value in flips(text.encode()):
        yield value.decode("utf-8", "surrogateescape")


def broken_at(
    id: UUID, events: list[StoredEvent], personal: list[StoredPersonal], checkpoint: Checkpoint | None = None
) -> int | None:
    try:
        verify(id, events, personal, checkpoint=checkpoint)
    except BrokenHistoryError as error:
        return error.number
    return None


def a_short_history() -> Case:
    """Four events with personal texts of several kinds."""
    case = Case().received().begun()
    return case.graded(Severity.ESCALATED).upheld()


# --- as it is read --------------------------------------------------------------------------------------------------


def changed_events(one: StoredEvent) -> Iterator[StoredEvent]:
    for body in flipped(one.body):
        yield attrs.evolve(one, body=body)
    for digest in flipped(one.digest):
        yield attrs.evolve(one, digest=digest)
    for command in flipped(one.command):
        yield attrs.evolve(one, command=command)
    for bit in range(128):
        yield attrs.evolve(one, complaint=UUID(int=one.complaint.int ^ (1 << bit)))
    for bit in range(63):
        yield attrs.evolve(one, number=one.number ^ (1 << bit))
    for bit in _DATE_BITS:
        yield attrs.evolve(one, recorded_at=moment(micros(one.recorded_at) ^ (1 << bit)))


def changed_texts(one: StoredPersonal) -> Iterator[StoredPersonal]:
    for text in flipped(one.text):
        yield attrs.evolve(one, text=text)
    for salt in flips(one.salt):
        yield attrs.evolve(one, salt=salt)
    for path in flipped(one.path):
        yield attrs.evolve(one, path=path)
    for bit in range(128):
        yield attrs.evolve(one, complaint=UUID(int=one.complaint.int ^ (1 << bit)))


def test_every_bit_of_every_event_is_found_at_it():
    case = a_short_history()
    kept = trace(case.desk.store, case.id)
    events, personal = list(kept.events), list(kept.personal)

    missed = [
        (place + 1, found, changed)
        for place, one in enumerate(events)
        for changed in changed_events(one)
        if (found := broken_at(case.id, [*events[:place], changed, *events[place + 1 :]], personal)) != place + 1
    ]

    assert len(events) == 4
    assert missed == []


def test_every_bit_of_every_personal_text_and_its_salt_is_found_at_its_event():
    case = a_short_history()
    kept = trace(case.desk.store, case.id)
    events, personal = list(kept.events), list(kept.personal)

    missed = [
        (found, changed)
        for place, one in enumerate(personal)
        for changed in changed_texts(one)
        if (found := broken_at(case.id, events, [*personal[:place], changed, *personal[place + 1 :]])) != one.number
    ]

    assert {one.number for one in personal} == {1, 3, 4}
    assert missed == []


# a text says itself whose it is: it is found where it now claims to belong, or just behind the end
def test_a_personal_text_that_moves_to_another_event_is_found_there():
    case = a_short_history()
    kept = trace(case.desk.store, case.id)
    events, personal = list(kept.events), list(kept.personal)

    for place, one in enumerate(personal):
        for bit in range(31):
            number = one.number ^ (1 << bit)
            moved = [*personal[:place], attrs.evolve(one, number=number), *personal[place + 1 :]]
            assert broken_at(case.id, events, moved) == min(number, len(events) + 1)


def test_every_bit_of_a_checkpoint_matters():
    case = a_short_history()
    kept = trace(case.desk.store, case.id)
    events, personal = list(kept.events), list(kept.personal)
    checkpoint = case.desk.verify(case.id)

    digests = [
        broken_at(case.id, events, personal, attrs.evolve(checkpoint, digest=d)) for d in flipped(checkpoint.digest)
    ]

    assert set(digests) == {len(events)}


@over_walks(data=True, forbidden_in=0)
def test_a_bit_of_any_event_or_personal_text_of_a_walk_is_found_at_it(walk: Walk, data: st.DataObject) -> None:
    kept = trace(walk.store, walk.complaint_id)
    events, personal = list(kept.events), list(kept.personal)

    def with_one_bit(value: bytes) -> bytes:
        place, bit = data.draw(st.integers(0, len(value) - 1)), data.draw(st.integers(0, 7))
        return value[:place] + bytes([value[place] ^ (1 << bit)]) + value[place + 1 :]

    for place, one in enumerate(events):
        body = with_one_bit(one.body.encode()).decode("utf-8", "surrogateescape")
        changed = [*events[:place], attrs.evolve(one, body=body), *events[place + 1 :]]
        assert broken_at(walk.complaint_id, changed, personal) == place + 1
    for place, text in enumerate(personal):
        words = with_one_bit(text.text.encode()).decode("utf-8", "surrogateescape")
        if not text.salt:
            continue  # it was erased on the walk: what stands there now is no text of anybody's
        for other in (attrs.evolve(text, text=words), attrs.evolve(text, salt=with_one_bit(text.salt))):
            assert (
                broken_at(walk.complaint_id, events, [*personal[:place], other, *personal[place + 1 :]]) == text.number
            )


# --- in the file ----------------------------------------------------------------------------------------------------


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[Case, sqlite3.Connection]]:
    """A history in a file from which somebody has taken the triggers."""
    file = tmp_path / "complaints.db"
    with closing(SqlStore.open(f"sqlite:///{file}")) as store, closing(sqlite3.connect(file)) as raw:
        raw.isolation_level = None
        raw.execute("PRAGMA synchronous = OFF")
        case = Case(store=store).received().begun().graded(Severity.ESCALATED).upheld()
        for (trigger,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {trigger}")
        yield case, raw


def answer(desk: Desk, id: UUID) -> int | None:
    """At which event the history breaks, as verifying it alone and among all of them says."""
    [among_all] = [one for one in desk.verify_all() if one.complaint == id]
    alone = alone_answered(desk, id)
    assert type(among_all) is type(alone)
    assert among_all.number == alone.number
    return alone.number if isinstance(alone, BrokenHistoryError) else None


def alone_answered(desk: Desk, id: UUID) -> Checkpoint | BrokenHistoryError:
    try:
        return desk.verify(id)
    except BrokenHistoryError as error:
        return error


def cells(raw: sqlite3.Connection, table: str, *columns: str) -> Iterator[tuple[int, str, bytes | int, str]]:
    """Number of the event, column, value as bytes or a number, and what finds the row."""
    key = "rowid" if table == "complaints_event" else "number = {} AND path"
    for column in columns:
        cast = f"CAST({column} AS BLOB)" if column not in ("number", "recorded_at") else column
        name = "rowid" if table == "complaints_event" else "path"
        for number, value, which in raw.execute(f"SELECT number, {cast}, {name} FROM {table}").fetchall():
            place = key.format(number)
            yield number, column, value, f"{place} = '{which}'"


def values(value: bytes | int, stride: int) -> Iterator[bytes | int]:
    if isinstance(value, int):
        yield from (value ^ (1 << bit) if bit < 63 else value - (1 << 63) for bit in range(64))
    else:
        yield from list(flips(value))[::stride]


def put(raw: sqlite3.Connection, table: str, column: str, value: bytes | int, where: str) -> None:
    given = "?" if isinstance(value, int) or column == "salt" else "CAST(? AS TEXT)"
    raw.execute(f"UPDATE {table} SET {column} = {given} WHERE {where}", (value,))


def stride() -> int:
    """One bit of seven of each cell, so that all eight of a byte come up; every one for who has asked for many."""
    return 1 if settings.default.max_examples >= _MANY else 7


def test_every_bit_of_an_event_in_the_file_is_found_at_it(opened):
    case, raw = opened
    before = answer(case.desk, case.id)
    missed: list[Any] = []

    for number, column, value, where in cells(
        raw, "complaints_event", "body", "digest", "command", "complaint", "recorded_at", "number"
    ):
        for changed in values(value, stride()):
            try:
                put(raw, "complaints_event", column, changed, where)
            except sqlite3.IntegrityError:
                continue  # there is such an event already: the file itself refuses
            if (found := answer(case.desk, case.id)) != number:
                missed.append((number, column, changed, found))
            put(raw, "complaints_event", column, value, where)

    assert (before, answer(case.desk, case.id), missed) == (None, None, [])


def test_every_bit_of_a_personal_text_in_the_file_is_found_at_its_event(opened):
    case, raw = opened
    missed: list[Any] = []

    for number, column, value, where in cells(raw, "complaints_personal", "text", "salt"):
        for changed in values(value, stride()):
            put(raw, "complaints_personal", column, changed, where)
            if (found := answer(case.desk, case.id)) != number:
                missed.append((number, column, changed, found))
            put(raw, "complaints_personal", column, value, where)

    assert (answer(case.desk, case.id), missed) == (None, [])


def test_every_bit_of_the_stored_complaint_is_found_or_changes_nothing(opened):
    case, raw = opened
    complaint = case.complaint
    [(snapshot,)] = raw.execute("SELECT CAST(snapshot AS BLOB) FROM complaints_complaint").fetchall()
    found: set[int | None] = set()

    for changed in values(snapshot, 7 * stride()):
        put(raw, "complaints_complaint", "snapshot", changed, "1")
        at = answer(case.desk, case.id)
        assert at is not None or case.complaint == complaint
        found.add(at)

    # 0: it is no event that broke, but what they add up to
    assert found <= {None, 0, complaint.version, *range(1, 65)}
    assert {0, complaint.version} <= found


@pytest.mark.parametrize("column", ["version", "head"])
def test_every_bit_of_what_the_next_step_goes_by_is_found(column, opened):
    case, raw = opened
    [(value,)] = raw.execute(f"SELECT {column} FROM complaints_complaint").fetchall()
    value = value.encode() if isinstance(value, str) else value

    for changed in values(value, 1):
        put(raw, "complaints_complaint", column, changed, "1")
        [found] = case.desk.verify_all()
        assert (found.number, found.what) == (case.complaint.version, "snapshot_differs")


def test_one_unreadable_history_does_not_keep_the_others_from_being_checked(opened):
    case, raw = opened
    other = Case(store=case.desk.store).received()
    put(raw, "complaints_event", "body", b"\xff\xfe", f"complaint = '{case.id.hex}' AND number = 2")
    put(raw, "complaints_event", "recorded_at", 1 << 62, f"complaint = '{case.id.hex}' AND number = 3")

    found = list(case.desk.verify_all())

    assert [type(one) for one in found] == [BrokenHistoryError, Checkpoint]
    assert found[1] == other.desk.verify(other.id)
    with pytest.raises(BrokenHistoryError):
        case.desk.history(case.id, by=li)
    assert other.begun().desk.verify(other.id).number == 2


def test_a_complaint_whose_id_is_none_any_more_makes_the_file_a_damaged_one(opened):
    case, raw = opened
    put(raw, "complaints_complaint", "id", b"!" * 32, "1")

    with pytest.raises(StoreError) as damaged:
        list(case.desk.verify_all())

    assert damaged.value.why == "damaged"
