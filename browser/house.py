"""The demonstration's dealership on an afternoon in the midst of its work, and a real server that shows it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from heapq import heapify, heappop, heappush
from pathlib import Path

import attrs
import uvicorn
from starlette.requests import Request
from starlette.types import ASGIApp

from complaints import Actor, Dealer, Desk
from complaints.demo.house import CALENDAR, DEALER, STAFF, Clock, House, policy_for
from complaints.demo.intake import take_in
from complaints.demo.sample import Sample, read_sample, shipped_text
from complaints.demo.story import STORIES
from complaints.web import view

_DAYS = 4
"""After so many days the clock is stopped: some are late by then, some are closed, most are under way."""

_TALES = (
    ("settled", "958166", 0.0), ("resolved", "958164", 0.0), ("explained", "958175", 1.0),
    ("declined", "958131", 0.0), ("reworked", "958244", 0.0), ("late", "958247", 1.8),
)  # fmt: skip
"""Story, NHTSA's number, and after how many days it begins."""

_MORE = (("resolved", 2.9), ("resolved", 3.5), ("late", 0.9), ("late", 3.1), ("explained", 2.2), ("declined", 2.8))
"""The same steps on further complaints, which so fill the board."""

_WAITING = 5
"""How many only wait to be assigned."""


def house_at_work(file: Path, language: str) -> Desk:
    """The desk of a house in the midst of its work; its clock stands still."""
    dealer = Dealer(DEALER, language=language, calendar=CALENDAR)
    sample, more = _some(read_sample(shipped_text(), dealer))
    clock = Clock(sample.newest + timedelta(hours=20))
    desk = Desk.open(f"sqlite:///{file}", dealers=[dealer], policy=policy_for(dealer, clock()), clock=clock)
    house = House(desk, dealer, clock, language)
    take_in(house, sample)
    stories = {story.code: story for story in STORIES}
    begins = clock()
    waiting = [(begins + timedelta(days=days), place, stories[code].tell(house, sample.complaints[odi]))
               for place, (code, odi, days) in enumerate((*_TALES, *more))]  # fmt: skip
    heapify(waiting)
    until = begins + timedelta(days=_DAYS)
    while waiting and waiting[0][0] < until:
        when, place, tale = heappop(waiting)
        house.wait_until(when)
        pause = next(tale, None)
        if pause is not None:
            heappush(waiting, (clock() + pause, place, tale))
    house.wait_until(until)
    return desk


def _some(sample: Sample) -> tuple[Sample, list[tuple[str, str, float]]]:
    """The newest complaints of the sample, and which tale each of some is to go: plain ones, that anybody may judge."""
    told = {odi for _, odi, _ in _TALES}
    newest = sorted(sample.complaints, key=lambda odi: sample.complaints[odi].received_at, reverse=True)
    rest = [odi for odi in newest if odi not in told]
    plain = [odi for odi in rest if len(sample.complaints[odi].issues) == 1 and not sample.complaints[odi].alarms]
    more = [(code, odi, days) for (code, days), odi in zip(_MORE, plain, strict=False)]
    led = {odi for _, odi, _ in more}
    waiting = [odi for odi in rest if odi not in led][:_WAITING]
    kept = {odi: form for odi, form in sample.complaints.items() if odi in {*told, *led, *waiting}}
    marks = tuple(mark for mark in sample.marks if mark.odi in kept)
    return attrs.evolve(sample, complaints=kept, marks=marks), more


def who(request: Request) -> Actor | None:
    """The person whom the address names; the supervisor where it names nobody."""
    return STAFF.get(request.query_params.get("as", "zhao"))


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """A real server on this machine's own address, until the block ends; gives where it is."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()))
    thread.start()
    try:
        while not server.started:
            if not thread.is_alive():
                raise RuntimeError("the server did not start")
            threading.Event().wait(0.02)
        host, port = server.servers[0].sockets[0].getsockname()[:2]
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def shown(file: Path, language: str) -> Iterator[str]:
    """The house at work, shown by a real server."""
    with house_at_work(file, language) as desk, served(view(desk, who=who)) as address:
        yield address
