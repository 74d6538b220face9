"""How a sentence about walks becomes a test of both stores."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from complaints import Store
from complaints.stores import MemoryStore
from complaints.testing import Dice, Walk, take_walk, walks

_SHARE = 8
_LEAST = 5
_MANY = 1_000
_KNOWN = 100
_PLACES: list[tuple[Callable[[], Store], Callable[[], tuple[Walk, ...]]]] = []


def _some() -> settings:
    """A walk is some forty examples in one: an eighth of the profile's number is plenty."""
    # asked when a test is made, since the conftest that imports this is read before the profile is chosen
    asked_for = settings.default.max_examples
    return settings(
        max_examples=max(_LEAST, asked_for // _SHARE),
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        # to shorten a walk takes minutes: only who has asked for many examples has the time
        phases=[phase for phase in Phase if phase is not Phase.shrink or asked_for >= _MANY],
    )


@contextmanager
def left_in(store: Callable[[], Store], known: Callable[[], tuple[Walk, ...]]) -> Iterator[None]:
    """Let walks leave their complaints in what *store* gives; *known* gives those of such a store that are there."""
    _PLACES.append((store, known))
    try:
        yield
    finally:
        _PLACES.pop()


def here() -> Store:
    """The store whose turn it is."""
    return _PLACES[-1][0]()


def known_walks(many: int, store: Store | None = None) -> tuple[Walk, ...]:
    """Walks that are the same every time; whoever only looks may share them."""
    return tuple(take_walk(Dice(seed), steps=45, store=store) for seed in range(many))


@cache
def known_in_memory() -> tuple[Walk, ...]:
    """A hundred of them, each in a memory of its own."""
    return known_walks(_KNOWN)


def over_walks(*, data: bool = False, **options: Any) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """
    Run a test over new walks on both stores; if it only looks, over known ones of both, and new ones in memory.

    What a test that only looks is shown by a file does not depend on who walked there just now: new walks in a file
    are for those who have asked for many examples.

    Args:
        data: Whether the test draws more by itself, or gives orders of its own.
        options: For ``walks``.
    """

    def run(test: Callable[..., None]) -> Callable[..., None]:
        more = {"data": st.data()} if data else {}
        over_new_ones = _some()(given(walk=walks(store=here, **options), **more)(test))
        asks_for_many = settings.default.max_examples >= _MANY

        def over_known_and_new_ones() -> None:
            store, known = _PLACES[-1]
            for walk in known():
                test(walk)
            if store is MemoryStore or asks_for_many:
                over_new_ones()

        chosen = over_new_ones if more or options else over_known_and_new_ones
        chosen.__name__, chosen.__doc__ = test.__name__, test.__doc__
        return pytest.mark.usefixtures("place")(chosen)

    return run


def over_known_walks(many: int = _KNOWN) -> Callable[[Callable[[Walk], None]], Callable[[], None]]:
    """Run a test that only looks over walks that are known already, in memory: it costs what the looking costs."""

    def run(test: Callable[[Walk], None]) -> Callable[[], None]:
        def over_known_ones() -> None:
            for walk in known_in_memory()[:many]:
                test(walk)

        over_known_ones.__name__, over_known_ones.__doc__ = test.__name__, test.__doc__
        return over_known_ones

    return run
