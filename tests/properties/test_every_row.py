"""The walks that the other properties rely on go everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from complaints import LIFECYCLE, Command, Event, Role, Severity, State
from complaints.model.words import (
    Alarm,
    Answer,
    Answerable,
    ClaimAnswer,
    Confirming,
    ReworkReason,
    Satisfaction,
    Track,
)
from complaints.stages.anytime import RecordContact
from complaints.stages.execution import AbandonExecution, BookCompensation, Decline
from complaints.stages.family import Merge, Separate
from complaints.stages.fast_track import SettleAtOnce
from complaints.stages.intake import Receive
from complaints.stages.investigation import ReopenInvestigation
from complaints.stages.override import Override
from complaints.stages.review import RecordFollowUp, ReturnForRework
from complaints.testing import Dice, Walk, take_walk

_FIRST_WALK, _MOST_WALKS = 2_000, 700
# families are rare and come from everywhere: tests/test_table.py merges and separates in each state
_EVERY_MOVE = {
    (row.command, source, target)
    for row in LIFECYCLE.moves
    if row.command not in (Merge, Separate)
    for source in row.sources
    if source is not State.MERGED
    for target in row.leads_to(source)
}
_EVERY_COMMAND = {row.command for row in LIFECYCLE.rows if row.who.roles != (Role.SYSTEM,)}
_Row: TypeAlias = tuple[type[Command] | None, State | None, State | None]
_RARE: tuple[tuple[type[Command] | None, State | None], ...] = (
    *((Decline, None), (RecordContact, State.FOLLOW_UP), (None, None), (ReturnForRework, None), (Override, None)),
    *((SettleAtOnce, None), (None, None), (ReopenInvestigation, None), (AbandonExecution, None)),
)
_EVERY_SPECIALITY = {
    *("declined twice", "a person is responsible", "a booking reversed", "settled in part, then abandoned"),
    *("entered late", "typed by somebody else", "several issues", "no money", "money"),
    *("settled at once, then reworked", "a rule set aside", "found to be involved later", "a promise broken"),
    *("a contest granted", "a measure carried out", "a claim refused", "a step denied"),
    *(f"severity {severity}" for severity in Severity),
    *(f"alarm {alarm}" for alarm in Alarm),
    *(f"reworked for {reason}" for reason in ReworkReason),
    *(f"followed up: {result}" for result in Satisfaction),
}


def test_walks_take_every_move_of_the_table_and_meet_everything_that_can_happen() -> None:
    moves, commands, missing = set(_EVERY_MOVE), set(_EVERY_COMMAND), set(_EVERY_SPECIALITY)

    for walk in _walks(moves, commands):
        if not moves and not commands and not missing:
            break
        moves -= walk.rows
        commands -= {command for command, _, _ in walk.rows}
        missing -= _specialities(walk)

    assert (moves, commands, missing) == (set(), set(), set())


def _walks(moves: set[_Row], commands: set[type[Command]]) -> Iterator[Walk]:
    """Every second one makes for what takes many steps to come about, and the others for what was not met so far."""
    for number in range(_MOST_WALKS):
        favourite, source = _RARE[number % len(_RARE)]
        not_met = sorted([*moves, *((command, None, None) for command in commands)], key=_name)
        if number % 2 and not_met:
            favourite, source, _ = not_met[number // 2 % len(not_met)]
        steps = 70 if favourite is Decline else 45
        yield take_walk(
            Dice(_FIRST_WALK + number), steps=steps, forbidden_in=0, favourite=favourite, favourite_from=source
        )


def _name(row: _Row) -> tuple[str, ...]:
    command, source, target = row
    return (command.__name__ if command is not None else "", source or "", target or "")


def _specialities(walk: Walk) -> set[str]:
    history, now = walk.history, walk.complaint
    found = {
        *(f"severity {one.after.severity}" for one in walk.steps if one.after is not None),
        *(f"alarm {alarm}" for alarm in now.registration.alarms),
        *(name for event in history for name in _shown_by(event)),
    }
    if now.declines >= 2:
        found.add("declined twice")
    if len(now.registration.issues) > 1:
        found.add("several issues")
    if now.settlement is not None:
        found.add("money" if any(one.cost.amount for one in now.settlement.remedies) else "no money")
    if now.conclusion is not None and now.conclusion.responsibility.kind is Answerable.PERSON:
        found.add("a person is responsible")
    if now.settled is not None and now.reworks and now.track is Track.FULL:
        found.add("settled at once, then reworked")
    beside = now.beside
    met = {
        "found to be involved later": any(one.typed_by is None for one in beside.confirmations),
        "a step denied": any(one.state is Confirming.DENIED for one in beside.confirmations),
        "a promise broken": any(one.promise is not None for one in beside.breaches),
        "a contest granted": any(one.answer is Answer.ACCEPTED for one in beside.contests),
        "a measure carried out": bool(beside.executed),
        "a claim refused": any(one.answer is ClaimAnswer.REFUSED for one in beside.claims),
        "a rule set aside": any(event.set_aside for event in history),
    }
    return found | {name for name, is_met in met.items() if is_met}


def _shown_by(event: Event) -> set[str]:
    command = event.command
    found = set()
    if event.at < event.recorded_at and not isinstance(command, Receive):
        found.add("entered late")
    if event.recorded_by != event.by:
        found.add("typed by somebody else")
    if isinstance(command, ReturnForRework):
        found.add(f"reworked for {command.reason}")
    if isinstance(command, RecordFollowUp):
        found.add(f"followed up: {command.result}")
    if isinstance(command, BookCompensation) and command.reverses is not None:
        found.add("a booking reversed")
    if isinstance(command, AbandonExecution):
        found.add("settled in part, then abandoned")
    return found


def test_most_walks_get_as_far_as_the_review() -> None:
    walks = [take_walk(Dice(seed), steps=55, forbidden_in=0) for seed in range(40)]

    reached = [walk for walk in walks if walk.complaint.was_in(State.REVIEW)]

    assert len(reached) >= 28
