"""The command line, run as a person would: arguments in, text and an exit code out."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import msgspec
import pytest

from complaints import Actor, Channel, Customer, Dealer, Desk, Issue, Role
from complaints.cli import main
from complaints.model.words import Alarm, Duty
from complaints.stages.intake import AnswerAssignment, Assign, BeginJudgment, Receive
from complaints.testing import FrozenClock

NINE = datetime(2026, 1, 5, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
PLAIN = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("COMPLAINTS_", "LC_", "LANG", "COLUMNS", "NO_COLOR"))
}
FIRST, SECOND, THIRD = (f"SH01-2026-00000{number}" for number in (1, 2, 3))


@attrs.frozen
class Ran:
    """What a command printed, and what it ended with."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed, read as JSON."""
        return msgspec.json.decode(self.out)

    @property
    def error(self) -> Any:
        """What it said on the error stream, read as JSON."""
        return msgspec.json.decode(self.err)


Run = Callable[..., Ran]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs ``complaints …`` in an empty folder, in English on 100 columns, with nothing of the tester's settings."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("COMPLAINTS_", "LC_"))]:
        monkeypatch.delenv(name)
    for name, value in {"LANG": "en_US.UTF-8", "COLUMNS": "100", "NO_COLOR": "1"}.items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str, typed: bytes = b"") -> Ran:
        with monkeypatch.context() as changed:
            out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
            changed.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed), encoding="utf-8"))
            changed.setattr(sys, "stdout", out)
            changed.setattr(sys, "stderr", err)
            code = main(arguments)
            out.flush()
            err.flush()
        return Ran(code, out.buffer.getvalue().decode(), err.buffer.getvalue().decode())

    return run


@pytest.fixture
def house(run: Run, tmp_path: Path) -> Path:
    """A database ``complaints.db`` with three complaints of dealer SH01: in judgment, in intake, and grave.

    The first was heard on the telephone by its handler; the other two were written and are not acknowledged yet.
    """
    file = tmp_path / "complaints.db"
    clock = FrozenClock(NINE + timedelta(minutes=30))
    li, zhao = Actor("li", Role.SPECIALIST, dealer="SH01"), Actor("zhao", Role.SUPERVISOR, dealer="SH01")
    with Desk.open(f"sqlite:///{file}", dealers=[Dealer("SH01")], clock=clock) as desk:
        first = desk.handle(_received("张三", "空调不制冷，等了两个小时。", "service", channel=Channel.PHONE), by=li)
        desk.handle(Assign(complaint=first.id, duty=Duty.HANDLER, assignee="li", basis="fewest open"), by=zhao)
        desk.handle(AnswerAssignment(complaint=first.id, duty=Duty.HANDLER, accepts=True), by=li)
        desk.handle(BeginJudgment(complaint=first.id), by=li)
        clock.set(NINE + timedelta(hours=2))
        desk.handle(_received("Smith", "The bill is wrong.", "price"), by=li)
        desk.handle(_received("王五", "刹车失灵，撞车了。", "product.brakes", Alarm.CRASH), by=li)
    return file


def _received(name: str, statement: str, category: str, *alarms: Alarm, channel: Channel = Channel.EMAIL) -> Receive:
    return Receive(
        dealer="SH01",
        complainant=Customer(name=name, phone="13800000000"),
        channel=channel,
        received_at=NINE,
        statement=statement,
        wish="Please explain.",
        issues=(Issue(id="I1", category=category),),
        alarms=alarms,
        takes_on=True,
    )
