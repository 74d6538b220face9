"""
Whether the rows of a lifecycle hold together: every problem of a definition, each as one English sentence.

Nothing here trusts a row: whatever a definition's author may write by mistake is looked at and named.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from types import FunctionType
from typing import TypeGuard, TypeVar

from complaints.model.event import Command
from complaints.model.words import Duty, Role, State
from complaints.rows import Entry, Move, Row, Who

T = TypeVar("T")
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*")
_CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")
_FINAL = State.ARCHIVED


def problems_of(
    name: object,
    version: object,
    moves: Sequence[object],
    entries: Sequence[object],
    rowless: Sequence[object] = (),
) -> Iterator[str]:
    """
    Everything that keeps *moves* and *entries* from being a lifecycle, row by row and then as a whole.

    Args:
        rowless: Commands without a row, which histories are read with.
    """
    for what, label in (("name", name), ("version", version)):
        if not isinstance(label, str) or not _LABEL.fullmatch(label):
            yield f"the {what} {label!r} is not made of letters, digits, '.', '_', '-' and '+'"
    yield from (f"{row!r} stands among the moves, but is no Move" for row in moves if not isinstance(row, Move))
    yield from (f"{row!r} stands among the entries, but is no Entry" for row in entries if not isinstance(row, Entry))
    real_moves = [row for row in moves if isinstance(row, Move)]
    real_entries = [row for row in entries if isinstance(row, Entry)]
    rows: list[Row] = [*real_moves, *real_entries]
    for row in rows:
        for problem in chain(_about_command(row), _about_states(row), _about_who(row), _about_functions(row)):
            yield f"{type(row).__name__} {called(row.command)}: {problem}"
    yield from _doubled_rows(rows)
    yield from (
        f"{called(one)} stands among the former commands, but is none" for one in rowless if not _is_command(one)
    )
    yield from _doubled_names([*(row.command for row in rows), *rowless])
    yield from _doubled_functions(rows)
    yield from _about_first_moves(real_moves)
    yield from _about_ways(real_moves, real_entries)


def called(thing: object) -> str:
    """What a person calls *thing*: its name if it has one."""
    return str(getattr(thing, "__name__", None) or repr(thing))


# --- one row --------------------------------------------------------------------------------------------------------


def _about_command(row: Row) -> Iterator[str]:
    if not _is_command(row.command):
        yield f"{called(row.command)} is no command; make one with @command from Command"
    elif isinstance(row, Move) and len(row.targets) > 1 and not _names_a_target(row.command):
        yield "it has several targets, so its command needs a field 'target'"


def _names_a_target(command: type[Command]) -> bool:
    return hasattr(command, "target") or command.heads_for is not Command.heads_for


def _is_command(thing: object) -> TypeGuard[type[Command]]:
    return isinstance(thing, type) and issubclass(thing, Command) and "__attrs_attrs__" in vars(thing)


def _about_states(row: Row) -> Iterator[str]:
    starts = isinstance(row, Move) and None in row.sources
    if not row.sources:
        yield "it has no state to start from"
    if starts and len(row.sources) > 1:
        yield "it starts a complaint, so it cannot start from a state as well"
    yield from (f"{state!r} is no State" for state in row.sources if not _is_state(state, or_none=starts))
    if isinstance(row, Move):
        yield from _about_targets(row)


def _about_targets(move: Move) -> Iterator[str]:
    if not move.targets:
        yield "it has no state to lead to"
    yield from (f"{state!r} is no State" for state in move.targets if not _is_state(state))
    yield from (f"{state} stands twice among its targets" for state in _twice(_states(move.targets)))
    for state in _states(move.sources):
        if state in move.targets:
            yield f"it leads from {state} to {state}; what moves nothing is an Entry"
    if _FINAL in move.sources:
        yield f"{_FINAL} is final, nothing leads out of it"


def _is_state(thing: object, *, or_none: bool = False) -> bool:
    return isinstance(thing, State) or (or_none and thing is None)


def _states(things: Iterable[object]) -> list[State]:
    return [thing for thing in things if isinstance(thing, State)]


def _about_who(row: Row) -> Iterator[str]:
    who: object = row.who
    if not isinstance(who, Who):
        yield f"{who!r} is no Who"
        return
    if not _is_code(who.code):
        yield f"{who.code!r} is no code such as 'any_staff' for who may take it"
    if not who.roles and who.duty is None:
        yield "nobody may take it; name a role or a duty"
    kinds: tuple[tuple[type, Iterable[object]], ...] = ((Role, who.roles), (Duty, (who.duty,) if who.duty else ()))
    yield from (
        f"{thing!r} is no {kind.__name__}" for kind, things in kinds for thing in things if type(thing) is not kind
    )


def _is_code(thing: object) -> bool:
    return isinstance(thing, str) and _CODE.fullmatch(thing) is not None


def _about_functions(row: Row) -> Iterator[str]:
    rules: tuple[object, ...] = (*row.given, *row.provided)
    follows: tuple[object, ...] = row.then
    for value in rules:
        yield from _no_plain_function(value, "a rule")
        if isinstance(value, FunctionType) and not _is_code(getattr(value, "code", None)):
            yield f"{value.__name__} has no code such as 'form.incomplete'; make it with @rule"
    for value in follows:
        yield from _no_plain_function(value, "a function that tells what follows")
    yield from (f"{called(value)} stands twice in it" for value in _twice((*rules, *follows)))


def _no_plain_function(value: object, wanted: str) -> Iterator[str]:
    if isinstance(value, partial):
        yield f"a partial of {called(value.func)} stands where {wanted} belongs; define a function"
    elif not isinstance(value, FunctionType):
        yield f"{called(value)} stands where {wanted} belongs"
    elif value.__name__ == "<lambda>":
        yield f"a lambda stands where {wanted} belongs; give it a name"
    elif inspect.iscoroutinefunction(value) or inspect.isgeneratorfunction(value) or inspect.isasyncgenfunction(value):
        yield f"{value.__name__} does not answer at once: {wanted} is neither async nor a generator"


# --- rows among each other ------------------------------------------------------------------------------------------


def _twice(things: Iterable[T]) -> list[T]:
    # Not every mistake can be hashed, and the lists are short.
    listed = list(things)
    return [thing for place, thing in enumerate(listed) if listed[:place].count(thing) == 1]


def _doubled_rows(rows: Iterable[Row]) -> Iterator[str]:
    met: set[tuple[int, State | None]] = set()
    for row in rows:
        for state in row.sources:
            if not _is_state(state, or_none=True):
                continue
            step = (id(row.command), state)
            if step in met:
                start = "" if state is None else f" from {state}"
                yield f"{called(row.command)}{start} stands twice; one row may have several targets"
            met.add(step)


def _doubled_names(commands: Iterable[object]) -> Iterator[str]:
    classes = dict.fromkeys(one for one in commands if _is_command(one))
    yield from (f"two different commands are called {name}" for name in _twice(cls.__name__ for cls in classes))


def _doubled_functions(rows: Iterable[Row]) -> Iterator[str]:
    rules: dict[str, object] = {}
    follows: dict[str, object] = {}
    for row in rows:
        for rule in (*row.given, *row.provided):
            code = getattr(rule, "code", None)
            if isinstance(code, str) and rules.setdefault(code, rule) is not rule:
                yield f"two different rules have the code {code!r}: {called(rules[code])} and {called(rule)}"
        for follow in row.then:
            if isinstance(follow, FunctionType) and follows.setdefault(follow.__name__, follow) is not follow:
                yield f"two different functions that tell what follows are called {follow.__name__}"


# --- the whole ------------------------------------------------------------------------------------------------------


def _about_first_moves(moves: Iterable[Move]) -> Iterator[str]:
    firsts = [called(move.command) for move in moves if None in move.sources]
    if not firsts:
        yield "no move starts a complaint; one must come from None"
    if len(firsts) > 1:
        yield f"several moves start a complaint: {', '.join(firsts)}"


def _about_ways(moves: Iterable[Move], entries: Iterable[Entry]) -> Iterator[str]:
    steps = [(source, target) for move in moves for source in move.sources for target in _states(move.targets)]
    mentioned = {state for step in steps for state in _states(step)}
    if any(source is None for source, _ in steps):
        reached = _closure({None}, steps)
        yield from (f"{state} cannot be reached" for state in State if state in mentioned - reached)
        for entry in entries:
            here = _states(entry.sources)
            if here and reached.isdisjoint(here):
                yield f"Entry {called(entry.command)}: none of its states can be reached"
    leading = _closure({state for state in mentioned if state.is_ending}, [(after, before) for before, after in steps])
    yield from (f"{state} cannot reach an ending" for state in State if state in mentioned - leading)


def _closure(start: Iterable[State | None], steps: Sequence[tuple[State | None, State | None]]) -> set[State | None]:
    found = set(start)
    while new := {after for before, after in steps if before in found} - found:
        found |= new
    return found


__all__ = ["called", "problems_of"]
