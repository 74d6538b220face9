"""How a command that goes on and on is stopped: asked once, it ends in good order."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event


@contextmanager
def stopping() -> Iterator[Event]:
    """
    An event that Ctrl-C and SIGTERM set.

    The second signal is not waited for: then it ends as any program does, and what is not committed was not done.
    """
    stop = Event()
    before = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)}

    def ask_to_stop(number: int, frame: object) -> None:
        stop.set()
        for one, handler in before.items():
            signal.signal(one, handler)

    for one in before:
        signal.signal(one, ask_to_stop)
    try:
        yield stop
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


__all__ = ["stopping"]
