"""A tick touches only what is due: the same work whether a hundred complaints are open or a hundred thousand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

from benchmarks.table import Line
from complaints import Actor, Channel, Customer, Dealer, Desk, Order, Role
from complaints.stages.intake import Receive
from complaints.stores import SqlStore

_MANY, _FEW = 100_000, 100
_TICKS = 1_000
_START = datetime(2026, 3, 2, 9, tzinfo=UTC)
_SHOP = Dealer("SH01")
_LI = Actor("li", Role.SPECIALIST, dealer="SH01")


def measure(folder: Path, rounds: int) -> list[Line]:
    """
    A thousand ticks in which nothing is due, and a thousand in which one complaint is warned of.

    The complaints are received a millisecond apart, so that they come near their due date one after the other.
    """
    desks = {count: _open(folder / f"{count}.db", count) for count in (_FEW, _MANY)}
    idle = {count: _seconds(desk, [_START] * _TICKS) for count, desk in desks.items()}
    busy = {count: _seconds(desk, _moments(count, min(count, _TICKS))) for count, desk in desks.items()}
    for desk in desks.values():
        desk.close()
    return [_line("nothing due", idle), _line("one complaint due at each", busy)]


def _line(what: str, seconds: dict[int, float]) -> Line:
    ratio = seconds[_MANY] / seconds[_FEW]
    return Line(
        what=f"a tick over {_MANY:,} open complaints, {what}",
        ours=f"{seconds[_MANY] * 1e6:,.0f} µs",
        theirs=f"over {_FEW} open {seconds[_FEW] * 1e6:,.0f} µs",
        ratio=f"{ratio:.2f} ×",
        target="≤ 2 ×",
        is_met=ratio <= 2,
    )


def _received(n: int, count: int) -> datetime:
    return _START - timedelta(milliseconds=count - n)


def _moments(count: int, ticks: int) -> list[datetime]:
    """Each an instant after one more complaint is to be warned of: after half of its two hours."""
    return [_received(n, count) + timedelta(hours=1) for n in range(ticks)]


def _open(file: Path, count: int) -> Desk:
    desk = Desk(SqlStore.open(f"sqlite:///{file}"), dealers=[_SHOP], clock=lambda: _START)
    desk.handle_all(Order(_order(n, count), _LI) for n in range(count))
    return desk


def _order(n: int, count: int) -> Receive:
    return Receive(
        dealer="SH01",
        complainant=Customer(phone=f"138{n:08}"),
        channel=Channel.EMAIL,
        received_at=_received(n, count),
        statement="等了两个小时。",
    )


def _seconds(desk: Desk, moments: list[datetime]) -> float:
    """For one tick, on average."""
    start = perf_counter()
    for moment in moments:
        desk.tick(moment)
    return (perf_counter() - start) / len(moments)
