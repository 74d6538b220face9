"""The tables as they are now, as SQLAlchemy knows them; ``migrations/`` makes them, with their triggers."""

from __future__ import annotations

import re
from functools import lru_cache

import attrs
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

from complaints.errors import StoreError

PREFIX = "complaints_"
"""What our tables begin with unless told; a host's own tables may lie beside them."""

_PREFIX = re.compile(r"[a-z][a-z0-9_]{0,19}")
_Position = BigInteger().with_variant(Integer, "sqlite")


@attrs.frozen(kw_only=True)
class Tables:
    """
    Our tables under one prefix.

    Attributes:
        complaint: Snapshot, version and the columns people search by.
        words: Searchable text, beside the complaint: a long statement costs a step nothing.
        event: The exact text that was digested, in order of commits.
        personal: What may be erased, each text under its own salt.
        term: What a complaint can be found by.
        notice: What is to be told, with its lane, lease and fence.
        counter: The last number given, by counter.
        key: What the hosts' keys stood for.
        version: Alembic's.
    """

    prefix: str
    metadata: MetaData
    complaint: Table
    words: Table
    event: Table
    personal: Table
    term: Table
    notice: Table
    counter: Table
    key: Table
    version: Table


@lru_cache(maxsize=16)
def tables(prefix: str = PREFIX) -> Tables:
    """
    Our tables, named with *prefix*: a small letter, then at most 19 small letters, digits or underscores.

    Raises:
        StoreError: ``prefix``: if it is anything else.
    """
    if _PREFIX.fullmatch(prefix) is None:
        raise StoreError("prefix", prefix=prefix)
    metadata = MetaData()
    complaint = _complaint(prefix, metadata)
    event = _event(prefix, metadata)
    return Tables(
        prefix=prefix,
        metadata=metadata,
        complaint=complaint,
        words=_words(prefix, metadata),
        event=event,
        personal=_personal(prefix, metadata),
        term=_term(prefix, metadata),
        notice=_notice(prefix, metadata),
        counter=Table(
            f"{prefix}counter",
            metadata,
            Column("name", String(120), primary_key=True),
            Column("value", BigInteger, nullable=False),
            sqlite_with_rowid=False,
        ),
        key=_key(prefix, metadata),
        version=Table(f"{prefix}version", metadata, Column("version_num", String(32), primary_key=True)),
    )  # fmt: skip


def _of_complaint(prefix: str, *, primary_key: bool = False) -> Column[str]:
    return Column(
        "complaint", Uuid(as_uuid=False), ForeignKey(f"{prefix}complaint.id"), primary_key=primary_key, nullable=False
    )


def _complaint(prefix: str, metadata: MetaData) -> Table:
    # what people search by comes before the snapshot: SQLite then reads it without; the clocks have indexes
    return Table(
        f"{prefix}complaint",
        metadata,
        Column("id", Uuid(as_uuid=False), primary_key=True),
        Column("dealer", String(20), nullable=False),
        Column("reference", String(60), nullable=False),
        Column("version", Integer, nullable=False),
        Column("state", String(20), nullable=False),
        Column("stage", String(20), nullable=False),
        Column("handler", String(80)),
        Column("department", String(20)),
        Column("severity", String(20), nullable=False),
        Column("received_at", BigInteger, nullable=False),
        Column("head", String(64), nullable=False),
        Column("snapshot", Text, nullable=False),
        Column("next_look", BigInteger),
        Column("due_at", BigInteger),
        Column("provisional_year", Integer),
        UniqueConstraint("reference", name=f"{prefix}complaint_reference"),
        Index(f"{prefix}complaint_by_dealer", "dealer", "id"),
        Index(f"{prefix}complaint_by_state", "dealer", "state", "id"),
        Index(f"{prefix}complaint_by_handler", "handler", "id"),
        Index(f"{prefix}complaint_by_receipt", "dealer", "received_at", "id"),
        Index(f"{prefix}complaint_by_look", "next_look", "id"),
        Index(f"{prefix}complaint_by_year", "provisional_year", "id"),
    )


def _words(prefix: str, metadata: MetaData) -> Table:
    complaint = _of_complaint(prefix, primary_key=True)
    return Table(f"{prefix}words", metadata, complaint, Column("words", Text, nullable=False))


def _event(prefix: str, metadata: MetaData) -> Table:
    return Table(
        f"{prefix}event",
        metadata,
        Column("position", _Position, primary_key=True),
        _of_complaint(prefix),
        Column("number", Integer, nullable=False),
        Column("command", String(80), nullable=False),
        Column("recorded_at", BigInteger, nullable=False),
        Column("digest", String(64), nullable=False),
        Column("body", Text, nullable=False),
        UniqueConstraint("complaint", "number", name=f"{prefix}event_number"),
        CheckConstraint("position > 0", name=f"{prefix}event_position"),
    )


def _of_event(prefix: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["complaint", "number"], [f"{prefix}event.complaint", f"{prefix}event.number"])


def _personal(prefix: str, metadata: MetaData) -> Table:
    return Table(
        f"{prefix}personal",
        metadata,
        Column("complaint", Uuid(as_uuid=False), primary_key=True),
        Column("number", Integer, primary_key=True, autoincrement=False),
        Column("path", String(200), primary_key=True),
        Column("salt", LargeBinary(16), nullable=False),
        Column("text", Text, nullable=False),
        _of_event(prefix),
        sqlite_with_rowid=False,
    )


def _term(prefix: str, metadata: MetaData) -> Table:
    return Table(
        f"{prefix}term",
        metadata,
        Column("kind", String(20), primary_key=True),
        Column("value", String(250), primary_key=True),
        _of_complaint(prefix, primary_key=True),
        Index(f"{prefix}term_by_complaint", "complaint"),
        sqlite_with_rowid=False,
    )


def _notice(prefix: str, metadata: MetaData) -> Table:
    return Table(
        f"{prefix}notice",
        metadata,
        Column("id", String(200), primary_key=True),
        Column("complaint", Uuid(as_uuid=False), nullable=False),
        Column("number", Integer, nullable=False),
        Column("lane", String(120), nullable=False),
        Column("due_at", BigInteger, nullable=False),
        Column("state", String(20), nullable=False, server_default="waiting"),
        Column("attempts", Integer, nullable=False, server_default="0"),
        Column("fence", BigInteger, nullable=False, server_default="0"),
        Column("leased_until", BigInteger),
        _of_event(prefix),
        Index(f"{prefix}notice_by_due", "state", "due_at"),
        Index(f"{prefix}notice_by_lane", "lane", "complaint", "number"),
    )


def _key(prefix: str, metadata: MetaData) -> Table:
    return Table(
        f"{prefix}key",
        metadata,
        Column("dealer", String(20), primary_key=True),
        Column("key", String(200), primary_key=True),
        Column("complaint", Uuid(as_uuid=False), nullable=False),
        Column("number", Integer, nullable=False),
        Column("salt", LargeBinary(16), nullable=False),
        Column("digest", LargeBinary(32), nullable=False),
        _of_event(prefix),
        sqlite_with_rowid=False,
    )
