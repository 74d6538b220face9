"""A step in memory beside a bare ``transitions`` trigger, python-statemachine, and an ``eventsourcing`` aggregate."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from eventsourcing.application import Application
from statemachine import State as MachineState
from statemachine import StateMachine
from transitions import Machine

from benchmarks.aggregate import Case
from benchmarks.cases import LI, NOW, RECEIVE, desk_on
from benchmarks.table import Contender, Line, Work, microseconds, quickest
from complaints import Command, Order
from complaints.stages.anytime import AddNote
from complaints.stages.intake import BeginJudgment
from complaints.taking import Taking

_STEPS = 2000


def measure(folder: Path, rounds: int) -> list[Line]:
    """
    One step on each of many complaints; the state machines have one model that is always at hand.

    A bare trigger asks no condition and writes nothing down; python-statemachine asks three conditions on the way
    there and none on the way back, as many as the rules that look at content in ours. ``eventsourcing`` loads,
    changes and saves, as a desk does, with its in-memory recorder; it keeps no snapshots and no cache unless told.
    """
    logging.getLogger("transitions").setLevel(logging.WARNING)
    best = quickest(
        {
            "ours": _decided(BeginJudgment),
            "entry": _decided(AddNote, text="已致电,客户方便时再联系"),
            "transitions": _bare_transitions,
            "statemachine": _python_statemachine,
            "desk": _through_a_desk,
            "eventsourcing": _eventsourcing,
        },
        rounds,
    )
    trigger, library = "bare transitions trigger", "eventsourcing, in memory"
    return [
        _line("a move: rules, machine, event, digest, complaint", best["ours"], trigger, best["transitions"], 3.0),
        _line("an entry: the same within a state", best["entry"], trigger, best["transitions"], 3.0),
        _faster("a move", best["ours"], "python-statemachine", best["statemachine"], 4.0),
        _faster("a move through Desk.handle, memory store", best["desk"], library, best["eventsourcing"], None),
    ]


def _decided(command: type[Command], **content: object) -> Contender:
    """What a desk does between loading and writing: the very code."""
    desk = desk_on()
    cases = [desk.handle(RECEIVE, by=LI) for _ in range(_STEPS)]
    commands: list[Any] = [command(complaint=case.id, **content) for case in cases]  # type: ignore[call-arg]  # any of them

    @contextmanager
    def contender() -> Iterator[Work]:
        with desk.store.write() as writer:

            def work() -> int:
                for case, order in zip(cases, commands, strict=True):
                    Taking(desk._premises, writer, NOW).take(case, Order(order, LI), NOW)
                return _STEPS

            yield work

    return contender


@contextmanager
def _through_a_desk() -> Iterator[Work]:
    desk = desk_on()
    orders = [BeginJudgment(complaint=desk.handle(RECEIVE, by=LI).id) for _ in range(_STEPS // 2)]

    def work() -> int:
        for order in orders:
            desk.handle(order, by=LI)
        return len(orders)

    yield work


class _Cursor:
    __slots__ = ("state",)

    def __init__(self) -> None:
        self.state = "intake"


@contextmanager
def _bare_transitions() -> Iterator[Work]:
    machine = Machine(
        model=None, states=["intake", "judgment"], initial=None, auto_transitions=False, send_event=True, queued=False
    )
    machine.add_transition("begin", "intake", "judgment")
    trigger = machine.events["begin"].trigger

    def work() -> int:
        for _ in range(_STEPS):
            trigger(_Cursor())
        return _STEPS

    yield work


class _Lifecycle(StateMachine):
    intake = MachineState(initial=True)
    judgment = MachineState()
    begin = intake.to(judgment, cond=["form_is_complete", "handler_has_accepted", "is_acknowledged"])
    back = judgment.to(intake)

    def form_is_complete(self) -> bool:
        return True

    handler_has_accepted = is_acknowledged = form_is_complete


@contextmanager
def _python_statemachine() -> Iterator[Work]:
    machine = _Lifecycle()

    def work() -> int:
        for _ in range(_STEPS // 10):
            machine.begin()
            machine.back()
        return _STEPS // 10 * 2

    yield work


@contextmanager
def _eventsourcing() -> Iterator[Work]:
    app: Application[Any] = Application()
    cases = [Case(RECEIVE.statement) for _ in range(_STEPS // 2)]
    app.save(*cases)

    def work() -> int:
        for case in cases:
            loaded: Any = app.repository.get(case.id)
            loaded.begin()
            app.save(loaded)
        return len(cases)

    yield work
    app.close()


def _line(what: str, ours: float, whom: str, theirs: float, most: float) -> Line:
    ratio = ours / theirs
    return Line(
        what, microseconds(ours), f"{whom} {microseconds(theirs)}", f"{ratio:.1f} ×", f"≤ {most:g} ×", ratio <= most
    )


def _faster(what: str, ours: float, whom: str, theirs: float, least: float | None) -> Line:
    ratio = theirs / ours
    met = None if least is None else ratio >= least
    wanted = "" if least is None else f"≥ {least:g} × faster"
    return Line(what, microseconds(ours), f"{whom} {microseconds(theirs)}", f"{ratio:.1f} × faster", wanted, met)
