"""The first tables, laid out for the whole lifecycle."""

from __future__ import annotations

from alembic import context, op
from sqlalchemy import (
    DDL,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    Uuid,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_APPEND_ONLY = (
    """
CREATE TRIGGER %(prefix)sevent_next BEFORE INSERT ON %(prefix)sevent
WHEN NEW.number <> (SELECT coalesce(max(number), 0) + 1 FROM %(prefix)sevent WHERE complaint = NEW.complaint)
  OR NEW.position NOT IN (-1, (SELECT coalesce(max(position), 0) + 1 FROM %(prefix)sevent))
BEGIN SELECT RAISE(ABORT, 'an event must be the next one'); END
""",
    """
CREATE TRIGGER %(prefix)sevent_no_update BEFORE UPDATE ON %(prefix)sevent
BEGIN SELECT RAISE(ABORT, 'an event is never changed'); END
""",
    """
CREATE TRIGGER %(prefix)sevent_no_delete BEFORE DELETE ON %(prefix)sevent
BEGIN SELECT RAISE(ABORT, 'an event is never deleted'); END
""",
)
"""
Our own code cannot change the history, nor can a slip of anybody else's.

REPLACE deletes without asking a delete trigger, so the insert trigger also refuses a position that is taken;
SQLite shows -1 there where the position is left to it.
"""


def upgrade() -> None:
    """Make every table, its indexes, and what keeps the history append-only."""
    prefix: str = context.config.attributes["prefix"]
    _make_complaint(prefix)
    _make_history(prefix)
    _make_searching(prefix)
    _make_telling(prefix)
    _make_counting(prefix)
    for text in _APPEND_ONLY:
        op.execute(DDL(text, context={"prefix": prefix}))  # type: ignore[no-untyped-call]  # untyped in SQLAlchemy 2.1


def _id(name: str = "complaint", *, primary_key: bool = False) -> Column[str]:
    return Column(name, Uuid(as_uuid=False), primary_key=primary_key, nullable=False)


def _complaint_id(prefix: str, *, primary_key: bool = False) -> Column[str]:
    return Column(
        "complaint", Uuid(as_uuid=False), ForeignKey(f"{prefix}complaint.id"), primary_key=primary_key, nullable=False
    )


def _of_event(prefix: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["complaint", "number"], [f"{prefix}event.complaint", f"{prefix}event.number"])


def _make_complaint(prefix: str) -> None:
    # the snapshot comes last: SQLite then reads the other columns without it
    op.create_table(
        f"{prefix}complaint",
        _id("id", primary_key=True),
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
        UniqueConstraint("reference", name=f"{prefix}complaint_reference"),
    )
    op.create_index(f"{prefix}complaint_by_dealer", f"{prefix}complaint", ["dealer", "id"])
    op.create_index(f"{prefix}complaint_by_state", f"{prefix}complaint", ["dealer", "state", "id"])
    op.create_index(f"{prefix}complaint_by_handler", f"{prefix}complaint", ["handler", "id"])
    op.create_index(f"{prefix}complaint_by_receipt", f"{prefix}complaint", ["dealer", "received_at", "id"])


def _make_history(prefix: str) -> None:
    op.create_table(
        f"{prefix}event",
        Column("position", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
        _complaint_id(prefix),
        Column("number", Integer, nullable=False),
        Column("command", String(80), nullable=False),
        Column("recorded_at", BigInteger, nullable=False),
        Column("digest", String(64), nullable=False),
        Column("body", Text, nullable=False),
        UniqueConstraint("complaint", "number", name=f"{prefix}event_number"),
        CheckConstraint("position > 0", name=f"{prefix}event_position"),
    )
    op.create_table(
        f"{prefix}personal",
        _id(primary_key=True),
        Column("number", Integer, primary_key=True, autoincrement=False),
        Column("path", String(200), primary_key=True),
        Column("salt", LargeBinary(16), nullable=False),
        Column("text", Text, nullable=False),
        _of_event(prefix),
        sqlite_with_rowid=False,
    )


def _make_searching(prefix: str) -> None:
    # words stand beside the complaint: a long statement is not written again by every step
    op.create_table(
        f"{prefix}words", _complaint_id(prefix, primary_key=True), Column("words", Text, nullable=False)
    )  # fmt: skip
    op.create_table(
        f"{prefix}term",
        Column("kind", String(20), primary_key=True),
        Column("value", String(250), primary_key=True),
        _complaint_id(prefix, primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_index(f"{prefix}term_by_complaint", f"{prefix}term", ["complaint"])


def _make_telling(prefix: str) -> None:
    op.create_table(
        f"{prefix}notice",
        Column("id", String(200), primary_key=True),
        _id(),
        Column("number", Integer, nullable=False),
        Column("lane", String(120), nullable=False),
        Column("due_at", BigInteger, nullable=False),
        Column("state", String(20), nullable=False, server_default="waiting"),
        Column("attempts", Integer, nullable=False, server_default="0"),
        Column("fence", BigInteger, nullable=False, server_default="0"),
        Column("leased_until", BigInteger),
        _of_event(prefix),
    )
    op.create_index(f"{prefix}notice_by_due", f"{prefix}notice", ["state", "due_at"])
    op.create_index(f"{prefix}notice_by_lane", f"{prefix}notice", ["lane", "complaint", "number"])
    op.create_table(
        f"{prefix}clock",
        _complaint_id(prefix, primary_key=True),
        Column("clock", String(40), primary_key=True),
        Column("due_at", BigInteger, nullable=False),
        Column("state", String(20), nullable=False),
    )
    op.create_index(f"{prefix}clock_by_due", f"{prefix}clock", ["state", "due_at"])


def _make_counting(prefix: str) -> None:
    op.create_table(
        f"{prefix}counter",
        Column("name", String(120), primary_key=True),
        Column("value", BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        f"{prefix}key",
        Column("dealer", String(20), primary_key=True),
        Column("key", String(200), primary_key=True),
        _id(),
        Column("number", Integer, nullable=False),
        Column("salt", LargeBinary(16), nullable=False),
        Column("digest", LargeBinary(32), nullable=False),
        _of_event(prefix),
        sqlite_with_rowid=False,
    )
