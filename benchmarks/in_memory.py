"""A step in memory beside a bare ``transitions`` trigger, python-statemachine, and an ``eventsourcing`` aggregate."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Any

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from statemachine import State as MachineState
from statemachine import StateMachine
from transitions import Machine

from benchmarks.cases import LI, NOW, RECEIVE, SHOP, desk_on
from benchmarks.table import Line, microseconds, quickest
from complaints import LIFECYCLE, Complaint, Event, Policy, Situation
from complaints.decision import decide
from complaints.history import seal
from complaints.model.event import applied
from complaints.stages.anytime import AddNote
from complaints.stages.intake import BeginJudgment

_STEPS = 2000


def measure(folder: Path, rounds: int) -> list[Line]:
    """Moves, each on a complaint of its own, as the contenders do it too."""
    logging.getLogger("transitions").setLevel(logging.WARNING)
    desk = desk_on()
    cases = [desk.handle(RECEIVE, by=LI) for _ in range(_STEPS)]
    begin = [BeginJudgment(complaint=case.id) for case in cases]
    note = [AddNote(complaint=case.id, text="已致电,客户方便时再联系") for case in cases]
    policy = Policy()

    def ours() -> int:
        for case, command in zip(cases, begin, strict=True):
            _step(case, command, policy)
        return _STEPS

    def our_entries() -> int:
        for case, command in zip(cases, note, strict=True):
            _step(case, command, policy)
        return _STEPS

    best = quickest(
        {
            "ours": ours,
            "entry": our_entries,
            "transitions": _bare_transitions(),
            "statemachine": _python_statemachine(),
            "eventsourcing": _eventsourcing(),
        },
        rounds,
    )
    through_desk = min(_seconds_through_a_desk() for _ in range(rounds))
    return [
        _line("a move: rules, machine, event, digest, complaint", best["ours"], "bare transitions trigger", best["transitions"], 3.0),
        _line("an entry: the same within a state", best["entry"], "bare transitions trigger", best["transitions"], 3.0),
        _faster("a move", best["ours"], "python-statemachine", best["statemachine"], 4.0),
        _faster("a move through Desk.handle, memory store", through_desk, "eventsourcing, in memory", best["eventsourcing"], None),
    ]  # fmt: skip


def _step(case: Complaint, command: Any, policy: Policy) -> Complaint:
    """What a desk does between loading and writing."""
    situation = Situation(
        complaint=case, by=LI, recorded_by=LI, command=command, at=NOW, now=NOW, policy=policy, dealer=SHOP
    )
    row, target = decide(LIFECYCLE, situation, case.state)
    moved = target is not case.state
    if moved:
        target = LIFECYCLE.step(row, case.state, target)
    made = Event(
        complaint=case.id,
        number=case.version + 1,
        command=command,
        at=NOW,
        recorded_at=NOW,
        by=LI,
        recorded_by=LI,
        source=case.state,
        target=target,
        definition=LIFECYCLE.stamp,
        policy=policy.stamp,
        deadlines=policy.deadlines(type(command).__name__, target if moved else None, NOW, SHOP.tz),
        previous=case.head,
    )
    made, _, _ = seal(made)
    return applied(case, made)


def _seconds_through_a_desk() -> float:
    desk = desk_on()
    orders = [BeginJudgment(complaint=desk.handle(RECEIVE, by=LI).id) for _ in range(_STEPS // 2)]
    began = time.perf_counter()
    for order in orders:
        desk.handle(order, by=LI)
    return (time.perf_counter() - began) / len(orders)


class _Cursor:
    __slots__ = ("state",)

    def __init__(self) -> None:
        self.state = "intake"


def _bare_transitions() -> Any:
    machine = Machine(
        model=None, states=["intake", "judgment"], initial=None, auto_transitions=False, send_event=True, queued=False
    )
    machine.add_transition("begin", "intake", "judgment")
    trigger = machine.events["begin"].trigger

    def work() -> int:
        for _ in range(_STEPS):
            trigger(_Cursor())
        return _STEPS

    return work


class _Lifecycle(StateMachine):
    intake = MachineState(initial=True)
    judgment = MachineState()
    begin = intake.to(judgment, cond=["form_is_complete", "handler_has_accepted", "is_acknowledged"])
    back = judgment.to(intake)

    def form_is_complete(self) -> bool:
        return True

    handler_has_accepted = is_acknowledged = form_is_complete


def _python_statemachine() -> Any:
    machine = _Lifecycle()

    def work() -> int:
        for _ in range(_STEPS // 10):
            machine.begin()
            machine.back()
        return _STEPS // 10 * 2

    return work


class _Case(Aggregate):
    @event("Received")
    def __init__(self, statement: str) -> None:
        self.statement = statement
        self.state = "intake"

    @event("JudgmentBegun")
    def begin(self) -> None:
        self.state = "judgment"


def _eventsourcing() -> Any:
    app: Application[Any] = Application()

    def work() -> int:
        cases = [_Case(RECEIVE.statement) for _ in range(_STEPS // 10)]
        for case in cases:
            case.begin()
            app.save(case)
        return len(cases)

    return work


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
