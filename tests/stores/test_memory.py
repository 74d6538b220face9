from __future__ import annotations

from pathlib import Path
from threading import Event, Thread

import pytest

from complaints.errors import StoreBusyError
from complaints.stores import MemoryStore, Store
from complaints.testing.stores import StoreContract


class TestMemoryStore(StoreContract):
    def make_store(self, folder: Path) -> Store:
        return MemoryStore()


def test_who_waits_too_long_for_another_thread_is_told_so():
    store = MemoryStore(busy_seconds=0.05)
    writes, may_end = Event(), Event()

    def keep_writing() -> None:
        with store.write():
            writes.set()
            may_end.wait(timeout=10)

    thread = Thread(target=keep_writing)
    thread.start()
    writes.wait(timeout=10)

    with pytest.raises(StoreBusyError) as busy, store.write():
        raise AssertionError("two wrote at once")

    may_end.set()
    thread.join(timeout=10)
    assert busy.value.why == "busy"
