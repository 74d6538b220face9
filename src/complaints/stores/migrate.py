"""Brings the tables to the version this program knows; Alembic is imported only when there is something to do."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from complaints.errors import SchemaOutOfDateError, StoreError
from complaints.stores.sqlite import APPLICATION_ID, Database, translating
from complaints.stores.statements import statements
from complaints.stores.tables import tables

NEWEST = "0003"
"""The last revision under ``migrations/versions``; four digits, so that text order is their order."""


def schema_version(raw: sqlite3.Connection, prefix: str) -> str | None:
    """The revision the tables of *prefix* are at; ``None`` if there are none."""
    names = {name for (name,) in raw.execute(statements(prefix).names, ("table",))}
    if tables(prefix).version.name not in names:
        return None
    row = raw.execute(statements(prefix).schema).fetchone()
    return row[0] if row is not None else None


def bring_up_to_date(database: Database, raw: sqlite3.Connection, prefix: str) -> None:
    """
    Make the tables, or change them to the newest version; one row is read if there is nothing to do.

    Raises:
        SchemaOutOfDateError: ``schema_newer`` if a newer program made them, ``schema_older`` if they would
            have to be changed but may only be read.
        StoreError: ``foreign`` if the file is another program's, ``empty`` if it may only be read.
    """
    with translating(database.file):
        is_current = _is_current(database, raw, prefix)
        if database.is_ours and not database.is_read_only:
            database.use_wal(raw)
        if not is_current:
            _upgrade(database, raw, prefix)


def _is_current(database: Database, raw: sqlite3.Connection, prefix: str) -> bool:
    found = schema_version(raw, prefix)
    if found == NEWEST:
        return True
    facts = {"file": database.file, "found": found or "", "known": NEWEST}
    if found is not None and found > NEWEST:
        raise SchemaOutOfDateError("schema_newer", **facts)
    if found is not None and database.is_read_only:
        raise SchemaOutOfDateError("schema_older", **facts)
    if found is None and database.is_ours and _is_foreign(raw, prefix):
        raise StoreError("foreign", file=database.file)
    if found is None and database.is_read_only:
        raise StoreError("empty", file=database.file)
    return False


def _is_foreign(raw: sqlite3.Connection, prefix: str) -> bool:
    (mark,) = raw.execute("PRAGMA application_id").fetchone()
    names = raw.execute(statements(prefix).names, ("table",)).fetchone()
    return mark not in (0, APPLICATION_ID) or (names is not None and mark != APPLICATION_ID)


def _upgrade(database: Database, raw: sqlite3.Connection, prefix: str) -> None:
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import Connection, create_engine, event
    from sqlalchemy.pool import StaticPool

    engine = create_engine("sqlite://", creator=lambda: raw, poolclass=StaticPool)

    @event.listens_for(engine, "begin")
    def lock_out_everybody(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    config = Config()
    folder = Path(__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    with engine.begin() as connection:
        # somebody may have done it while we waited for the lock
        if _is_current(database, raw, prefix):
            return
        if database.is_ours:
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        config.attributes.update(connection=connection, prefix=prefix, version_table=tables(prefix).version.name)
        command.upgrade(config, "head")
