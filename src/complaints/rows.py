"""The rows of a lifecycle's table: who may give which order in which state, and what must hold. Plain values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

import attrs

from complaints.model.complaint import Complaint
from complaints.model.event import Aftermath, Command, Rule
from complaints.model.people import Actor
from complaints.model.words import RANKS, Answer, Duty, Role, State

Follow: TypeAlias = Callable[[Aftermath], tuple[Command, ...]]
"""
A pure function that tells which commands of the system follow from an event, in the same transaction.

They may be about another complaint, or begin one.
"""

_MOST_NAMED = 4


@attrs.frozen(init=False)
class Who:
    """
    Who may take a step: whoever holds one of some roles, or has accepted a duty on the complaint.

    Args:
        code: What the house calls them, such as ``"any_staff"``.
        roles: Each of them is enough; a higher rank holds the lower ones.
        duty: Whoever has accepted this duty on the complaint may take the step as well, or who stands in for him.

    Attributes:
        names: Codes for a sentence: every role and the duty, or *code* alone where they are more than four. Four is
            our choice; nobody reads a longer list to the end.
    """

    code: str
    roles: tuple[Role, ...]
    duty: Duty | None
    names: tuple[str, ...] = attrs.field(eq=False, repr=False)
    _enough: frozenset[Role] = attrs.field(eq=False, repr=False)

    def __init__(self, code: str, *roles: Role, duty: Duty | None = None) -> None:
        lowest = min((RANKS.index(role) for role in roles if role in RANKS), default=len(RANKS))
        given: tuple[object, ...] = roles
        enough = frozenset((*RANKS[lowest:], *(role for role in given if isinstance(role, Role))))
        self.__attrs_init__(code, roles, duty, _names(code, *roles, *((duty,) if duty else ())), enough)

    def has_one_of(self, roles: Iterable[Role]) -> bool:
        """Whether one of *roles* is enough to be one of them, whatever the complaint."""
        return not self._enough.isdisjoint(roles)

    def includes(self, actor: Actor, complaint: Complaint | None) -> bool:
        """Whether *actor* is one of them, on *complaint*; ``None`` while there is none yet."""
        if not self._enough.isdisjoint(actor.roles):
            return True
        if self.duty is None or complaint is None:
            return False
        held = complaint.duties.get(self.duty)
        return held is not None and held.answer is Answer.ACCEPTED and actor.acts_as(held.assignee)


def _names(code: str, *named: object) -> tuple[str, ...]:
    # where a role belongs there may stand, by mistake, something else; the definition is not checked yet
    codes = tuple(str(getattr(name, "value", name)) for name in named)
    return codes if len(codes) <= _MOST_NAMED else (code,)


def as_tuple(value: object) -> tuple[Any, ...]:
    """A tuple or list as a tuple, anything else as a tuple of one."""
    # A string is a sequence too, but where a state or a rule belongs it is one mistake and not several.
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)


def _sources(value: State | Sequence[State] | None) -> tuple[State | None, ...]:
    return as_tuple(value)


def _states(value: State | Sequence[State]) -> tuple[State, ...]:
    return as_tuple(value)


def _rules(value: Sequence[Rule]) -> tuple[Rule, ...]:
    return as_tuple(value)


def _follows(value: Sequence[Follow]) -> tuple[Follow, ...]:
    return as_tuple(value)


@attrs.frozen
class Move:
    """
    A row that changes the state. It is checked with all others, by the ``Lifecycle`` it becomes part of.

    Args:
        command: The order it is taken by.
        sources: The state it starts from, or several; ``None`` for the first move of a complaint.
        targets: The state it leads to, or several: then the command names one, as a rule in its field ``target``.
        who: Who may take it.
        given: Rules about the complaint and the actor.
        provided: Rules that read the command too.
        then: What follows from it, in this order.
    """

    command: type[Command]
    sources: tuple[State | None, ...] = attrs.field(converter=_sources)
    targets: tuple[State, ...] = attrs.field(converter=_states)
    who: Who
    given: tuple[Rule, ...] = attrs.field(default=(), converter=_rules)
    provided: tuple[Rule, ...] = attrs.field(default=(), converter=_rules)
    then: tuple[Follow, ...] = attrs.field(default=(), converter=_follows)

    def leads_to(self, source: State | None) -> tuple[State, ...]:
        """The states it leads to from *source*, which is one of its own."""
        return self.targets


@attrs.frozen
class Entry:
    """
    A row that records something within a state. It is checked with all others, by the ``Lifecycle``.

    Args:
        command: The order it is recorded by.
        sources: The state it may be recorded in, or several.
        who: Who may record it.
        given: Rules about the complaint and the actor.
        provided: Rules that read the command too.
        then: What follows from it, in this order.
    """

    command: type[Command]
    sources: tuple[State, ...] = attrs.field(converter=_states)
    who: Who
    given: tuple[Rule, ...] = attrs.field(default=(), converter=_rules)
    provided: tuple[Rule, ...] = attrs.field(default=(), converter=_rules)
    then: tuple[Follow, ...] = attrs.field(default=(), converter=_follows)

    def leads_to(self, source: State | None) -> tuple[State, ...]:
        """*source*, which is one of its own: an entry stays where it is."""
        return () if source is None else (source,)


Row: TypeAlias = Move | Entry

__all__ = ["Entry", "Follow", "Move", "Row", "Who", "as_tuple"]
