"""
Where complaints are kept: in memory, or in SQLite through SQLAlchemy Core.

``SqlStore`` and what describes it are imported when they are first asked for: SQLAlchemy takes its time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from complaints.stores.base import (
    Page,
    Query,
    Reader,
    SharingStore,
    Step,
    Store,
    StoredEvent,
    StoredKey,
    StoredNotice,
    StoredPersonal,
    Writer,
)
from complaints.stores.memory import MemoryStore

if TYPE_CHECKING:
    from complaints.stores.sql import SqlStore, StoreDescription

_LATE = ("SqlStore", "StoreDescription")


def __getattr__(name: str) -> object:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from complaints.stores import sql

    return getattr(sql, name)


__all__ = [
    "MemoryStore",
    "Page",
    "Query",
    "Reader",
    "SharingStore",
    "SqlStore",
    "Step",
    "Store",
    "StoreDescription",
    "StoredEvent",
    "StoredKey",
    "StoredNotice",
    "StoredPersonal",
    "Writer",
]
