"""
Steps that break off, or die, at one of their statements.

Run as a program, it takes the same step again and again on copies of one file, each time in a process of its own that
is killed at another place: ``python -m tests.stores.crash_points folder plan``.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import attrs
from sqlalchemy import create_engine

from complaints import Channel, Complaint, ComplaintError, Customer, Desk, Issue, Order, Party, State, Vehicle
from complaints.model.words import Alarm, PartyKind
from complaints.stages.anytime import AddNote
from complaints.stages.intake import BeginJudgment, CompleteRegistration, Receive
from complaints.stages.judgment import Uphold
from complaints.stores import SqlStore
from tests.stages.cases import Case, li, wang, zhao

GROUP = 32
"""As many orders as a batch commits at once."""

Answers: TypeAlias = list[Complaint | ComplaintError]
Table: TypeAlias = list[tuple[Any, ...]]


class Wire:
    """
    What statements go over, counted; the place before a statement is twice its number, the one after it is one more.

    Attributes:
        sent: The statements since it was armed.
        place: Where it strikes; ``None`` for nowhere.
        for_good: Whether it also strikes at every place behind.
    """

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.place: int | None = None
        self.for_good = False
        self._strike: Callable[[], None] = lambda: None

    def arm(self, place: int | None, strike: Callable[[], None] = lambda: None, *, for_good: bool = False) -> None:
        self.sent, self.place, self._strike, self.for_good = [], place, strike, for_good

    def pass_by(self, place: int) -> None:
        if self.place is None or place < self.place or (place > self.place and not self.for_good):
            return
        self._strike()

    def connection(self, *settings: Any, **named: Any) -> sqlite3.Connection:
        return _Wired(self, *settings, **named)


class _Wired(sqlite3.Connection):
    """A real connection over a wire. No power is cut here, so it does not wait for the disk."""

    def __init__(self, wire: Wire, *settings: Any, **named: Any) -> None:
        super().__init__(*settings, **named)
        self._wire = wire

    def execute(self, sql: str, values: Any = (), /) -> sqlite3.Cursor:
        wire = self._wire
        sql = sql.replace("synchronous = FULL", "synchronous = OFF")
        wire.sent.append(sql)
        number = len(wire.sent) - 1
        wire.pass_by(2 * number)
        cursor = super().execute(sql, values)
        try:
            wire.pass_by(2 * number + 1)
        except BaseException:
            # a driver that fails hands out no cursor; one in a traceback would keep a closed connection's locks
            cursor.close()
            raise
        return cursor


def opened(file: Path) -> tuple[SqlStore, Wire]:
    """A store on *file*, all of whose connections go over one wire."""
    wire = Wire()
    return SqlStore(create_engine(f"sqlite:///{file}", connect_args={"factory": wire.connection})), wire


# --- the steps ------------------------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class House:
    """The complaints that the steps are about, all in one file."""

    fresh: Complaint
    begun: Complaint
    noted: tuple[Complaint, ...]


def made(file: Path, *, noted: int) -> None:
    """A file with complaints in it, *noted* of them for notes, which nobody has open."""
    with closing(SqlStore.open(f"sqlite:///{file}")) as store:
        Case(store=store).received()
        Case(store=store).received().begun()
        case = Case(store=store)
        case.desk.handle_all(Order(case.form(Receive, statement=f"note {n}"), li) for n in range(noted))


def desk_on(store: SqlStore) -> Desk:
    return Case(store=store).desk


def _house(desk: Desk) -> House:
    noted, begun, fresh = [], [], []
    for complaint in desk.find(by=li):
        is_noted = complaint.registration.excerpt.startswith("note")
        group = noted if is_noted else begun if complaint.state is State.JUDGMENT else fresh
        group.append(complaint)
    return House(fresh=fresh[0], begun=begun[0], noted=tuple(noted))


def _rich_receipt(case: Case) -> Receive:
    return case.form(
        Receive,
        complainant=Customer(name="顾客甲", phone="13900000001", email="kehu@example.cn", address="上海市某路1号"),
        channel=Channel.PHONE,
        issues=(Issue(id="1", category="service", text="没有人接待"), Issue(id="2", category="price")),
        vehicles=(Vehicle(vin="LSVAA4182E2123456", plate="沪A12345"),),
        parties=(Party(kind=PartyKind.USER, name="顾客乙", phone="13900000002"),),
    )


def orders_of(step: str, store: SqlStore) -> tuple[Order, ...]:
    """What *step* asks for on such a file, the same every time; nothing of it has been done."""
    case, house = Case(store=store), _house(desk_on(store))

    def about(complaint: Complaint, command: type[Any], **changes: Any) -> Any:
        case.id = complaint.id
        return case.form(command, **changes)

    def notes() -> tuple[Order, ...]:
        # the seventh is refused: there is nothing to uphold yet
        wrong = Order(about(house.fresh, Uphold), zhao, key="note-6")
        orders = [Order(about(one, AddNote), wang, key=f"note-{n}") for n, one in enumerate(house.noted)]
        return (*orders[:6], wrong, *orders[7:])

    given: dict[str, Callable[[], tuple[Order, ...]]] = {
        "a receipt": lambda: (Order(_rich_receipt(case), li, key="call-1"),),
        "a move": lambda: (Order(about(house.begun, Uphold), zhao, key="uphold-1"),),
        "an entry": lambda: (Order(about(house.fresh, AddNote), wang, key="note-1"),),
        "a step with a consequence": lambda: (
            Order(about(house.begun, CompleteRegistration, alarms=(Alarm.INJURY,)), li, key="form-1"),
        ),
        "a refused step": lambda: (Order(about(house.begun, BeginJudgment), li, key="begin-1"),),
        "all or none": lambda: (
            Order(case.form(Receive), li, key="call-1"),
            Order(about(house.fresh, AddNote), wang, key="note-1"),
        ),
        "a group": notes,
    }
    return given[step]()


ONE = ("a receipt", "a move", "an entry", "a step with a consequence")
STEPS = (*ONE, "all or none", "a group")


def act(step: str, desk: Desk, orders: tuple[Order, ...]) -> Answers:
    """Take *step*; for a group the refusals are among the answers."""
    if step in ("all or none", "a group"):
        return desk.handle_all(orders, atomic=step == "all or none")
    [order] = orders
    return [desk.handle(order.command, by=order.by, key=order.key)]


# --- what is there --------------------------------------------------------------------------------------------------


def contents(file: Path) -> dict[str, Table]:
    """Every row of every table, read by somebody else."""
    with closing(sqlite3.connect(file)) as raw:
        names = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        return {name: sorted(raw.execute(f"SELECT * FROM {name}").fetchall(), key=repr) for name in names}


def sizes(tables: dict[str, Table]) -> dict[str, int]:
    """How many rows there are, by table."""
    return {name: len(rows) for name, rows in tables.items()}


# --- the program ----------------------------------------------------------------------------------------------------


def main(folder: str, plan: str) -> None:
    """For every step of *plan*, and each of its places: take it on a copy of its file, and be killed there."""
    for step, (base, places) in json.loads(plan).items():
        for place in places:
            file = Path(folder) / f"{step}-{place}.db"
            shutil.copy(base, file)
            child = os.fork()
            if child == 0:
                _take_and_die(step, file, place)
            _, status = os.waitpid(child, 0)
            assert os.WTERMSIG(status) == signal.SIGKILL, (step, place, status)


def _take_and_die(step: str, file: Path, place: int) -> None:
    try:
        store, wire = opened(file)
        orders = orders_of(step, store)
        wire.arm(place, partial(os.kill, os.getpid(), signal.SIGKILL))
        act(step, desk_on(store), orders)
    finally:
        os._exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
