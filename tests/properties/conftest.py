"""Properties over walks run twice: in memory and in a file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from complaints.stores import MemoryStore, SqlStore
from tests.properties.over_walks import left_in


@pytest.fixture(params=["memory", "sqlite"], scope="module")
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Where walks leave their complaints: each in a memory of its own, or all in one file."""
    if request.param == "memory":
        with left_in(MemoryStore):
            yield
        return
    store = SqlStore.open(f"sqlite:///{tmp_path_factory.mktemp('walks')}/walks.db")
    with left_in(lambda: store):
        yield
    store.close()
