"""What may be done next, and by whom: the answer of ``Desk.options`` in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs

from complaints.errors import IllegalMoveError, NotPermittedError, RefusedError
from complaints.forms.layout import bullet, wrapped
from complaints.forms.words import Reader
from complaints.lifecycle import LIFECYCLE, MIGRATION
from complaints.machine import Lifecycle
from complaints.model.complaint import Complaint
from complaints.model.event import Command, Refusal
from complaints.model.words import Role, State
from complaints.rows import Move

Options = Mapping[type[Command], tuple[Refusal, ...]]
"""For each command of a state: what refuses it whatever its content."""

_OTHERS = "move.not_permitted"
_NOT_FOR_HIM = frozenset(
    {_OTHERS, "move.not_permitted_here", "actor.unknown", "actor.role_not_held", "actor.no_deputy"}
)
"""Codes of what the table, the directory and the permit have against a person, and no rule has."""


@attrs.frozen(kw_only=True)
class NextStep:
    """
    One step from where the complaint stands.

    Attributes:
        targets: The states it leads to; empty for an entry.
        who: Role codes of those who may take it.
        refusals: Why the one who asks may not; empty if nothing is known to stand in the way.
    """

    command: str
    targets: tuple[State, ...]
    who: tuple[str, ...]
    refusals: tuple[Refusal, ...]

    @property
    def is_others(self) -> bool:
        """Whether it is simply not for the one who asks."""
        return any(refusal.code == _OTHERS for refusal in self.refusals)


def next_steps(state: State, options: Options, lifecycle: Lifecycle = LIFECYCLE) -> tuple[NextStep, ...]:
    """The steps that people can take from *state*, moves first, in the order of the table."""
    steps = []
    for command, refusals in options.items():
        row = MIGRATION if command is MIGRATION.command else lifecycle.row_for(command, state)
        if row is not None and row.who.roles != (Role.SYSTEM,):
            # a migration leads wherever the definition has a way; nobody wants to read that list
            targets = row.targets if isinstance(row, Move) and row is not MIGRATION else ()
            steps.append(
                NextStep(command=command.__name__, targets=targets, who=row.who.names, refusals=tuple(refusals))
            )
    return tuple(steps)


def refuse_in_advance(command: type[Command], complaint: Complaint, options: Options, lifecycle: Lifecycle) -> None:
    """
    Refuse a step that is refused whatever its form says: nobody mends a form for that.

    Args:
        options: What ``desk.options`` says of the complaint to the one who acts.

    Raises:
        IllegalMoveError, NotPermittedError, RefusedError: As ``desk.handle`` would.
    """
    name = command.__name__
    if command not in options:
        refusal = no_such_step(command, complaint, lifecycle)
        raise IllegalMoveError([refusal], command=name, state=complaint.state.value)
    refusals = options[command]
    if any(refusal.code in _NOT_FOR_HIM for refusal in refusals):
        raise NotPermittedError(refusals, command=name, who=refusals[0].who)
    if refusals:
        raise RefusedError(refusals, command=name)


def no_such_step(command: type[Command], complaint: Complaint, lifecycle: Lifecycle) -> Refusal:
    """The refusal of a command that the complaint's state has no row for."""
    possible = tuple(row.command.__name__ for row in lifecycle.rows_from(complaint.state) if isinstance(row, Move))
    return Refusal("move.illegal", command=command.__name__, state=complaint.state.value, commands=possible)


def next_step_lines(steps: tuple[NextStep, ...], reader: Reader, *, width: int) -> Iterator[str]:
    """The steps in three groups: open to the one who asks, still barred and why, and other people's."""
    for step in steps:
        if not step.refusals:
            yield from bullet(_named(step, reader), width, mark="✓")
    for step in steps:
        if step.refusals and not step.is_others:
            yield from bullet(_named(step, reader), width, mark="✗")
            for refusal in step.refusals:
                yield from bullet(refusal.sentence(reader.language), width, indent="    ")
    others = [_named(step, reader) for step in steps if step.is_others]
    if others:
        yield from wrapped(reader.named(reader.screen("by_others"), reader.clauses(*others)), width)


def _named(step: NextStep, reader: Reader) -> str:
    name = reader.label("command", step.command)
    if step.targets:
        name += f" → {reader.list(reader.word(target) for target in step.targets)}"
    return reader.remark(name, reader.list(reader.label("role", code) for code in step.who))


__all__ = ["NextStep", "Options", "next_step_lines", "next_steps", "no_such_step", "refuse_in_advance"]
