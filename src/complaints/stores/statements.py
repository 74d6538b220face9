"""Every statement of a step, written by SQLAlchemy once and then sent to the driver as text."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import attrs
from sqlalchemy import (
    BindParameter,
    ClauseElement,
    Column,
    ColumnElement,
    LargeBinary,
    Select,
    Table,
    Text,
    bindparam,
    cast,
    column,
    delete,
    func,
    insert,
    literal_column,
    select,
    table,
    update,
)
from sqlalchemy.dialects import sqlite

from complaints.model.base import evolve
from complaints.model.words import Stage
from complaints.stores.base import Query
from complaints.stores.search import folded, id_of_cursor, terms_wanted
from complaints.stores.tables import Tables, tables
from complaints.stores.times import micros

Values = tuple[str | int | bytes | None, ...]

_DIALECT = sqlite.dialect(paramstyle="qmark")
_ENDING = Stage.ENDING.value
_MASTER = table("sqlite_master", column("name"), column("type"))


@attrs.frozen(kw_only=True)
class Statements:
    """SQL text by use; the comment names the values in their order."""

    # reading
    snapshot: str  # id
    version_and_head: str  # id
    by_reference: str  # reference
    heads: str
    events: str  # complaint, after, upto
    personal: str  # complaint, after, upto
    keyed: str  # dealer, key
    terms: str  # complaint
    counter: str  # name
    schema: str
    names: str
    complaint_count: str
    last_position: str
    committed: str  # position after, limit, offset
    committed_at: str  # position after, dealer, limit, offset
    waking: str  # now, moment after, moment after, id after, limit, offset
    unsettled: str  # year, id after, limit, offset
    # writing
    add_complaint: str  # id, dealer, reference, version, six searched, head, snapshot, three watched
    change_complaint: str  # version, six searched, head, snapshot, three watched, id, version seen, head seen
    change_course: str  # version, state, stage, head, snapshot, three watched, id, version seen, head seen
    change_snapshot: str  # version, head, snapshot, id, version seen, head seen
    add_event: str  # complaint, number, command, recorded_at, digest, body
    add_personal: str  # complaint, number, path, salt, text
    add_key: str  # dealer, key, complaint, number, salt, digest
    add_notice: str  # id, complaint, number, lane, due_at
    add_words: str  # complaint, words
    change_words: str  # words, complaint
    drop_terms: str  # complaint
    add_term: str  # kind, value, complaint
    add_counter: str  # name, value
    change_counter: str  # value, name
    erase_personal: str  # salt, text, complaint, number, path
    erase_keys: str  # salt, digest, complaint, number
    change_watched: str  # three watched, id


@lru_cache(maxsize=16)
def statements(prefix: str) -> Statements:
    """The statements over the tables of *prefix*."""
    t = tables(prefix)
    return Statements(**_reading(t), **_adding(t), **_changing(t))


def _text(statement: ClauseElement) -> str:
    return str(statement.compile(dialect=_DIALECT))


def _reading(t: Tables) -> dict[str, str]:
    c, e, p, k = t.complaint.c, t.event.c, t.personal.c, t.key.c
    texts = {
        "snapshot": select(_bytes(c.snapshot)).where(c.id == bindparam("id")),
        "version_and_head": select(c.version, c.head).where(c.id == bindparam("id")),
        "by_reference": select(c.id).where(c.reference == bindparam("reference")),
        # as bytes: what somebody has spoilt is to be told when it is verified, and not to stop that
        "heads": select(c.id, c.version, _bytes(c.head)).order_by(c.id),
        "events": select(e.number, e.command, e.recorded_at, e.body, e.digest)
        .where(e.complaint == bindparam("id"), e.number > bindparam("after"), e.number <= bindparam("upto"))
        .order_by(e.number),
        "personal": select(p.number, p.path, p.salt, p.text)
        .where(p.complaint == bindparam("id"), p.number > bindparam("after"), p.number <= bindparam("upto"))
        .order_by(p.number, p.path),
        "keyed": select(k.complaint, k.number, k.salt, k.digest).where(
            k.dealer == bindparam("dealer"), k.key == bindparam("key")
        ),
        "terms": select(t.term.c.kind, t.term.c.value).where(t.term.c.complaint == bindparam("id")),
        "counter": select(t.counter.c.value).where(t.counter.c.name == bindparam("name")),
        "schema": select(t.version.c.version_num),
        "names": select(_MASTER.c.name).where(_MASTER.c.type == "table"),
        "complaint_count": select(func.count()).select_from(t.complaint),
        "last_position": select(func.max(e.position)),
        "committed": _committed(t),
        "committed_at": _committed(t, at_one_dealer=True),
        "waking": select(c.next_look, c.id)
        .where(
            c.next_look <= bindparam("now"),
            (c.next_look > bindparam("after")) | ((c.next_look == bindparam("at")) & (c.id > bindparam("id"))),
        )
        .order_by(c.next_look, c.id)
        .limit(bindparam("limit"))
        .offset(bindparam("offset")),
        "unsettled": select(c.id)
        .where(c.provisional_year <= bindparam("year"), c.id > bindparam("id"))
        .order_by(c.id)
        .limit(bindparam("limit"))
        .offset(bindparam("offset")),
    }
    return {name: _text(statement) for name, statement in texts.items()}


def _committed(t: Tables, *, at_one_dealer: bool = False) -> Select[Any]:
    c, e = t.complaint.c, t.event.c
    # part of a sum, so that SQLite walks along the positions: over the dealer's index it would have to sort them all
    at = (c.dealer + literal_column("''") == bindparam("dealer"),) if at_one_dealer else ()
    return (
        select(e.position, c.dealer, c.reference, e.complaint, e.number, e.command, e.recorded_at, e.body, e.digest)
        .join_from(t.event, t.complaint, c.id == e.complaint)
        .where(e.position > bindparam("after"), *at)
        .order_by(e.position)
        .limit(bindparam("limit"))
        .offset(bindparam("offset"))
    )


def _adding(t: Tables) -> dict[str, str]:
    return {
        "add_complaint": _insert(t.complaint),
        "add_event": _insert(t.event, "complaint", "number", "command", "recorded_at", "digest", "body"),
        "add_personal": _insert(t.personal),
        "add_key": _insert(t.key),
        "add_notice": _insert(t.notice, "id", "complaint", "number", "lane", "due_at"),
        "add_words": _insert(t.words),
        "add_term": _insert(t.term),
        "add_counter": _insert(t.counter),
    }


def _insert(table: Table, *names: str) -> str:
    # inline: SQLAlchemy would ask for the new key back otherwise
    given = names or tuple(table.c.keys())
    return _text(insert(table).inline().values({name: _new(table.c[name]) for name in given}))


def _changing(t: Tables) -> dict[str, str]:
    c, p, k = t.complaint.c, t.personal.c, t.key.c
    searched = ("state", "stage", "handler", "department", "severity", "received_at")
    watched = ("next_look", "due_at", "provisional_year")
    seen = (c.id == bindparam("id"), c.version == bindparam("seen"), c.head == bindparam("seen_head"))
    return {
        "change_complaint": _update(t.complaint, "version", *searched, "head", "snapshot", *watched, where=seen),
        "change_course": _update(t.complaint, "version", "state", "stage", "head", "snapshot", *watched, where=seen),
        "change_snapshot": _update(t.complaint, "version", "head", "snapshot", where=seen),
        "change_watched": _update(t.complaint, *watched, where=(c.id == bindparam("id"),)),
        "change_words": _update(t.words, "words", where=(t.words.c.complaint == bindparam("id"),)),
        "change_counter": _update(t.counter, "value", where=(t.counter.c.name == bindparam("seen_name"),)),
        "erase_personal": _update(
            t.personal,
            "salt",
            "text",
            where=(p.complaint == bindparam("id"), p.number == bindparam("at"), p.path == bindparam("place")),
        ),
        "erase_keys": _update(
            t.key, "salt", "digest", where=(k.complaint == bindparam("id"), k.number <= bindparam("seen"))
        ),
        "drop_terms": _text(delete(t.term).where(t.term.c.complaint == bindparam("id"))),
    }


def _update(table: Table, *names: str, where: tuple[ColumnElement[bool], ...]) -> str:
    changes = [(table.c[name], _new(table.c[name])) for name in names]
    return _text(update(table).where(*where).ordered_values(*changes))


def _new(column: Column[Any]) -> ColumnElement[Any]:
    value: BindParameter[Any] = bindparam(f"new_{column.name}")
    # a snapshot is read and written as the bytes msgspec makes: the way through str and back costs a step 2 µs
    return cast(value, Text) if column.name == "snapshot" else value


def _bytes(column: Column[Any]) -> ColumnElement[Any]:
    return cast(column, LargeBinary)


def finding(prefix: str, query: Query) -> tuple[str, Values]:
    """
    What *query* asks for, one row more than its limit so that the end is seen.

    Snapshots are fetched for the rows of the page alone, after the ids are found.

    Raises:
        InvalidCommandError: If ``query.after`` is no cursor.
    """
    wanted = _wanted(query)
    text, names = _finding(prefix, tuple(wanted))
    return text, tuple(wanted[name] for name in names)


def tallying(prefix: str, query: Query) -> tuple[str, Values]:
    """What counts the complaints that *query* describes on all of its pages, by state."""
    wanted = _wanted(evolve(query, after=None))
    text, names = _tallying(prefix, tuple(wanted))
    return text, tuple(wanted[name] for name in names)


_PLAIN = ("dealer", "state", "stage", "handler", "department", "severity", "reference")


def _wanted(query: Query) -> dict[str, str | int]:
    """The values that a page is asked for with, by name; the names alone tell how the statement reads."""
    given = {name: getattr(query, name) for name in _PLAIN}
    wanted: dict[str, str | int] = {name: str(value) for name, value in given.items() if value is not None}
    if query.is_open is not None:
        wanted["open" if query.is_open else "ended"] = _ENDING
    for name in ("due_before", "received_from", "received_until"):
        if (moment := getattr(query, name)) is not None:
            wanted[name] = micros(moment)
    if query.after is not None:
        wanted["after"] = id_of_cursor(query.after).hex
    for place, (kind, value) in enumerate(terms_wanted(query)):
        wanted[f"kind_{place}"], wanted[f"value_{place}"] = kind, value
    if query.text is not None:
        wanted["text"] = f"%{_escaped(folded(query.text))}%"
    wanted["limit"], wanted["skip"] = query.limit + 1, 0
    return wanted


def _escaped(text: str) -> str:
    return text.replace("/", "//").replace("%", "/%").replace("_", "/_")


@lru_cache(maxsize=256)
def _finding(prefix: str, names: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The statement for a query that gives values of these names, and the order it takes them in."""
    # compiled once: SQLAlchemy takes twenty times as long to write the statement as SQLite to answer it
    t = tables(prefix)
    c = t.complaint.c
    ids = (
        select(c.id)
        .where(*_criteria(t, names))
        .order_by(c.id.desc())
        .limit(bindparam("limit"))
        .offset(bindparam("skip"))
    )
    page = select(c.id, _bytes(c.snapshot)).where(c.id.in_(ids)).order_by(c.id.desc())
    compiled = page.compile(dialect=_DIALECT)
    return str(compiled), tuple(compiled.positiontup or ())


@lru_cache(maxsize=256)
def _tallying(prefix: str, names: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    t = tables(prefix)
    state = t.complaint.c.state
    counted = select(state, func.count()).where(*_criteria(t, names)).group_by(state)
    compiled = counted.compile(dialect=_DIALECT)
    return str(compiled), tuple(compiled.positiontup or ())


def _criteria(t: Tables, names: tuple[str, ...]) -> list[ColumnElement[bool]]:
    c, terms, words = t.complaint.c, t.term.c, t.words.c
    has_terms = "kind_0" in names
    # what has the terms is little: SQLite takes an index on times first unless the column is part of a sum
    received_at, due_at = (one + literal_column("0") if has_terms else one for one in (c.received_at, c.due_at))
    known = {
        **{name: c[name] == bindparam(name) for name in _PLAIN},
        "open": c.stage != bindparam("open"),
        "ended": c.stage == bindparam("ended"),
        "due_before": due_at < bindparam("due_before"),
        "received_from": received_at >= bindparam("received_from"),
        "received_until": received_at < bindparam("received_until"),
        "after": c.id < bindparam("after"),
    }
    criteria = [known[name] for name in names if name in known]
    for place in range(sum(name.startswith("kind_") for name in names)):
        having = terms.kind == bindparam(f"kind_{place}"), terms.value == bindparam(f"value_{place}")
        criteria.append(c.id.in_(select(terms.complaint).where(*having)))
    if "text" in names:
        found = words.words.like(bindparam("text"), escape="/")
        criteria.append(c.id.in_(select(words.complaint).where(found)))
    return criteria
