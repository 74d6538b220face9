"""Properties over walks run twice: in memory and in a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import pytest

from complaints.stores import MemoryStore, SqlStore
from complaints.testing import Walk
from tests.properties.over_walks import known_in_memory, known_walks, left_in

_KNOWN_IN_A_FILE = 25


@pytest.fixture(scope="session")
def known_in_a_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], tuple[Walk, ...]]]:
    """Gives the walks of a file that all tests may look at; they are taken when somebody asks."""
    store = SqlStore.open(f"sqlite:///{tmp_path_factory.mktemp('known')}/walks.db")
    yield cache(lambda: known_walks(_KNOWN_IN_A_FILE, store))
    store.close()


@pytest.fixture(params=["memory", "sqlite"], scope="module")
def place(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    known_in_a_file: Callable[[], tuple[Walk, ...]],
) -> Iterator[None]:
    """Where walks leave their complaints: each in a memory of its own, or all in one file."""
    if request.param == "memory":
        with left_in(MemoryStore, known_in_memory):
            yield
        return
    store = SqlStore.open(f"sqlite:///{tmp_path_factory.mktemp('walks')}/walks.db")
    with left_in(lambda: store, known_in_a_file):
        yield
    store.close()
