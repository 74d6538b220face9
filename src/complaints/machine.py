"""
The engine of the lifecycle: a definition made of rows, and the only meeting with ``transitions``.

The table itself stands in ``lifecycle``. What one must know about ``transitions`` is held by
``tests/lifecycle/test_transitions_edges.py``. It writes some ten log records per step under the logger
``transitions`` (INFO and DEBUG; names of states only). No level is set here: a host whose root logger lets INFO or
DEBUG through sets that logger to WARNING, else a step takes several times as long.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias, TypeVar

import attrs
from transitions import Machine, MachineError

from complaints.errors import DefinitionError, IllegalMoveError
from complaints.model.complaint import Complaint
from complaints.model.event import Command, Refusal, Rule
from complaints.model.words import State
from complaints.rows import Entry, Follow, Move, Row, Who, as_tuple
from complaints.soundness import called, problems_of
from complaints.stages.adoption import Adopt
from complaints.stages.migration import Migrate

R = TypeVar("R", Move, Entry)
_RulesByCommand: TypeAlias = Mapping[type[Command], Sequence[Rule]]
_Trigger: TypeAlias = Callable[[object], bool]
_NONE: _RulesByCommand = MappingProxyType({})
_OF_NO_TABLE: tuple[type[Command], ...] = (Migrate, Adopt)
"""Commands that every definition reads, though no table has a row for them."""


@attrs.frozen(init=False, eq=False, repr=False)
class Lifecycle:
    """
    A definition: rows that hold together, under a name and its author's version. Threads may share it.

    Args:
        name: Letters, digits, ``.``, ``_``, ``-``, ``+``.
        version: The author's, of the same signs.
        moves: The rows that change the state; exactly one of them starts a complaint.
        entries: The rows that record something within a state.
        former: Commands that no row takes any more, and that histories still hold.

    Attributes:
        rows: Moves, then entries, in the order of the table.
        commands: The command classes of the rows, by name.
        readable: All command classes that stored histories are read with, by name: those of the rows, the former
            ones, and :class:`~complaints.stages.migration.Migrate` and :class:`~complaints.stages.adoption.Adopt`,
            which belong to no table.
        states: The states that rows mention, in the order of :class:`State`.
        digest: SHA-256, as hexadecimal, over commands, states, roles, duties, the codes of rules and the names of
            functions that tell what follows. The order of rows and the code of functions do not count.
        stamp: ``name@version#`` and the first twelve digits of the digest: what an event carries.
        overridable: For each command, the codes of its rules that a manager may set aside (R2).

    Raises:
        DefinitionError: With every problem at once.
    """

    name: str
    version: str
    moves: tuple[Move, ...]
    entries: tuple[Entry, ...]
    rows: tuple[Row, ...]
    commands: Mapping[str, type[Command]]
    readable: Mapping[str, type[Command]]
    states: tuple[State, ...]
    digest: str
    stamp: str
    overridable: Mapping[str, frozenset[str]]
    _row_for: Mapping[tuple[type[Command], State | None], Row]
    _rows_from: Mapping[State | None, tuple[Row, ...]]
    _triggers: Mapping[tuple[type[Command], State], _Trigger]

    def __init__(
        self,
        *,
        name: str,
        version: str,
        moves: Iterable[Move],
        entries: Iterable[Entry] = (),
        former: Iterable[type[Command]] = (),
    ) -> None:
        moves, entries, former = tuple(moves), tuple(entries), tuple(former)
        problems = tuple(problems_of(name, version, moves, entries, (*former, *_OF_NO_TABLE)))
        if problems:
            raise DefinitionError(str(name), problems)
        rows: tuple[Row, ...] = (*moves, *entries)
        commands = {row.command.__name__: row.command for row in rows}
        digest = _digest(rows)
        self.__attrs_init__(
            name=name,
            version=version,
            moves=moves,
            entries=entries,
            rows=rows,
            commands=MappingProxyType(commands),
            readable=MappingProxyType({**{one.__name__: one for one in (*former, *_OF_NO_TABLE)}, **commands}),
            states=_states(rows),
            digest=digest,
            stamp=f"{name}@{version}#{digest[:12]}",
            overridable=MappingProxyType(_overridable(rows)),
            row_for={(row.command, source): row for row in rows for source in row.sources},
            rows_from={state: tuple(row for row in rows if state in row.sources) for state in (None, *State)},
            triggers=_triggers(rows),
        )

    def __repr__(self) -> str:
        return f"<Lifecycle {self.stamp}>"

    def row_for(self, command_type: type[Command], state: State | None) -> Row | None:
        """The one row for this command in *state* (``None`` before the first move), or ``None``."""
        return self._row_for.get((command_type, state))

    def rows_from(self, state: State | None) -> tuple[Row, ...]:
        """The rows available in *state* (``None`` before the first move), in the order of the table."""
        return self._rows_from[state]

    def leads_on(self, state: State) -> bool:
        """Whether a move leads out of *state*."""
        return any(isinstance(row, Move) for row in self._rows_from[state])

    def target_of(self, row: Row, command: Command, complaint: Complaint, state: State | None) -> State:
        """
        Where *command* leads *complaint* from *state* by *row*.

        Raises:
            IllegalMoveError: If the row has several targets and the command names none of them.
        """
        targets = row.leads_to(state)
        if len(targets) == 1:
            return targets[0]
        wanted: object = command.heads_for(complaint)
        for target in targets:
            if target is wanted:
                return target
        choices = tuple(target.value for target in targets)
        raise _illegal(row, state, Refusal("target.not_in_row", command=called(row.command), target=choices))

    def step(self, row: Row, source: State | None, target: State) -> State:
        """
        Let the machine go from *source* to *target* by *row*. Rules and roles are not asked here.

        Returns:
            The new state; for an entry the same.

        Raises:
            IllegalMoveError: If the table has no such step.
        """
        try:
            cursor = _Cursor(_NAMES[source])
            reached = _STATES[cursor.state] if self._triggers[row.command, target](cursor) else None
        except (KeyError, MachineError):
            reached = None
        if reached is None:
            raise _illegal(row, source)
        return reached

    def extend(
        self,
        *,
        name: str,
        version: str,
        moves: Iterable[Move] = (),
        entries: Iterable[Entry] = (),
        rules: _RulesByCommand = _NONE,
        given: _RulesByCommand = _NONE,
        former: Iterable[type[Command]] = (),
    ) -> Lifecycle:
        """
        A definition of one's own: these rows and more, with more rules. It is checked whole, as any other.

        What stands in the table can be narrowed and never widened: rows are not replaced, nobody else may take them,
        and no rule is dropped. States are the library's words, which forms, figures and rules share; a house adds
        commands, rows between the states there are, and rules.

        Args:
            name: Its own name, so that an event tells which definition allowed it.
            version: Its author's version.
            moves: Rows to add.
            entries: Rows to add.
            rules: Rules to add, by command, to every row of the command. They may read complaint, actor and command,
                and are asked when the step is about to be taken.
            given: Rules about complaint and actor alone, likewise: ``explain(id)`` asks them too, so that a screen
                can tell beforehand. Reading the command, which is not there yet, would raise.
            former: Commands of an earlier version that have no row any more, so that its histories stay readable.

        Raises:
            DefinitionError: With every problem at once; rules for a command without a row are one.
        """
        all_moves = [_with_rules(row, given, rules) for row in (*self.moves, *moves)]
        all_entries = [_with_rules(row, given, rules) for row in (*self.entries, *entries)]
        known = [getattr(row, "command", None) for row in (*all_moves, *all_entries)]
        strangers = [f"{called(cls)} has no row to add rules to" for cls in {**given, **rules} if cls not in known]
        known_before = [
            one for key, one in self.readable.items() if key not in self.commands and one not in _OF_NO_TABLE
        ]
        remembered = [*dict.fromkeys((*known_before, *former))]
        if strangers:
            problems = problems_of(name, version, all_moves, all_entries, (*remembered, *_OF_NO_TABLE))
            raise DefinitionError(str(name), [*strangers, *problems])
        return Lifecycle(name=name, version=version, moves=all_moves, entries=all_entries, former=remembered)


def _with_rules(row: R, given: _RulesByCommand, rules: _RulesByCommand) -> R:
    if not isinstance(row, (Move, Entry)):
        return row
    return attrs.evolve(
        row,
        given=(*row.given, *_rules_for(row.command, given)),
        provided=(*row.provided, *_rules_for(row.command, rules)),
    )


def _rules_for(command: object, rules: _RulesByCommand) -> tuple[Rule, ...]:
    # By identity: where a command belongs there may stand, by mistake, something that cannot be hashed.
    return next((as_tuple(more) for cls, more in rules.items() if cls is command), ())


def _illegal(row: Row, state: State | None, *refusals: Refusal) -> IllegalMoveError:
    return IllegalMoveError(refusals, command=called(row.command), state=str(state or ""))


def _states(rows: Iterable[Row]) -> tuple[State, ...]:
    mentioned = {state for row in rows for source in row.sources for state in (source, *row.leads_to(source))}
    return tuple(state for state in State if state in mentioned)


def _overridable(rows: Iterable[Row]) -> dict[str, frozenset[str]]:
    codes: dict[str, frozenset[str]] = {}
    for row in rows:
        own = {rule.code for rule in (*row.given, *row.provided) if getattr(rule, "overridable", False)}
        codes[row.command.__name__] = codes.get(row.command.__name__, frozenset()) | own
    return codes


def _digest(rows: Iterable[Row]) -> str:
    return hashlib.sha256("\n".join(sorted(map(_as_text, rows))).encode()).hexdigest()


def _as_text(row: Row) -> str:
    facts = {
        "row": type(row).__name__,
        "command": row.command.__name__,
        "from": sorted(source or "" for source in row.sources),
        "to": sorted(row.targets) if isinstance(row, Move) else [],
        "roles": sorted(set(row.who.roles)),
        "duty": row.who.duty,
        "given": sorted(rule.code for rule in row.given),
        "provided": sorted(rule.code for rule in row.provided),
        "then": [follow.__name__ for follow in row.then],
    }
    return json.dumps(facts, sort_keys=True)


# --- transitions ----------------------------------------------------------------------------------------------------

# Plain strings: with an enum, transitions asks for the member's name at every turn, and a step takes a seventh longer.
_NAMES: Mapping[State | None, str] = {None: "(new)", **{state: state.value for state in State}}
_STATES: Mapping[str, State] = {state.value: state for state in State}


class _Cursor:
    """What ``transitions`` moves: never registered as a model, read off and thrown away."""

    __slots__ = ("state",)

    def __init__(self, state: str) -> None:
        self.state = state


def _triggers(rows: Iterable[Row]) -> dict[tuple[type[Command], State], _Trigger]:
    machine = Machine(
        model=None,
        states=list(_NAMES.values()),
        initial=None,
        auto_transitions=False,
        send_event=True,
        queued=False,
    )
    triggers: dict[tuple[type[Command], State], _Trigger] = {}
    for row in rows:
        for source in row.sources:
            for target in row.leads_to(source):
                name = f"{row.command.__name__}:{target}"
                machine.add_transition(name, _NAMES[source], None if target is source else _NAMES[target])
                triggers[row.command, target] = machine.events[name].trigger
    return triggers


__all__ = ["Entry", "Follow", "Lifecycle", "Move", "Row", "Who"]
