"""Orders, what became of them, and why one was refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar, dataclass_transform
from uuid import UUID

import attrs
import msgspec
from msgspec.structs import replace

from complaints.errors import Fact
from complaints.model.base import line, noun, number, prose, several
from complaints.model.complaint import Complaint, Visit
from complaints.model.people import Actor, Dealer
from complaints.model.promise import Deadline
from complaints.model.words import OPEN, Severity, Stage, State, Track

if TYPE_CHECKING:
    from complaints.policy import Policy

C = TypeVar("C")


class Command:
    """
    An order: what the paper form of a step carries.

    A frozen value that knows how the complaint looks once it has been accepted. Make one with
    :func:`command`. It names its complaint by ``complaint``, except for the first one of a complaint.
    """

    __slots__ = ()

    complaint: UUID
    when: ClassVar[str | None] = None
    """Name of the field that says when it happened, if the form has one; else ``at`` of the order does."""

    @property
    def outgoing_text(self) -> tuple[str, ...]:
        """What goes to the customer; it must be courteous (R54–R59)."""
        return ()

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """The complaint once this command has been accepted as *event*; reads nothing else."""
        return complaint


@dataclass_transform(
    frozen_default=True, kw_only_default=True, field_specifiers=(attrs.field, line, prose, number, several)
)
def command(cls: type[C]) -> type[C]:
    """Make *cls* a command: a noun that can be handled."""
    return noun(cls)


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """
    An accepted command: what happened, never to be changed.

    A msgspec structure, as the complaint is, and as the situation: all three are made anew at every step, from values
    that were checked before.

    Attributes:
        number: 1 for the first event of the complaint, without gaps.
        at: When it happened; aware.
        recorded_at: When it was recorded; aware, never before *at*.
        by: Who did it.
        recorded_by: Who typed it.
        source: The state before; ``None`` for the first event.
        target: The state after; the same as *source* for an entry.
        definition: Name, version and digest of the lifecycle that allowed it.
        policy: Name and version of the policy that decided.
        deadlines: The due dates the policy set, as they then were.
        caused_by: Number of the event it follows from, for events of the system.
        previous: Digest of the event before; empty for the first.
        digest: Digest of this event's stored bytes.
    """

    complaint: UUID
    number: int
    command: Command
    at: datetime
    recorded_at: datetime
    by: Actor
    recorded_by: Actor
    source: State | None
    target: State
    reference: str = ""
    definition: str = ""
    policy: str = ""
    deadlines: tuple[Deadline, ...] = ()
    caused_by: int | None = None
    previous: str = ""
    digest: str = ""

    @property
    def name(self) -> str:
        """Name of the command."""
        return type(self.command).__name__

    @property
    def is_move(self) -> bool:
        """Whether it changed the state."""
        return self.source is not self.target


_ORDER = {state: place for place, state in enumerate(OPEN)}


def applied(complaint: Complaint | None, event: Event) -> Complaint:
    """
    The complaint after *event*: what its command says, then what every event does.

    A move enters a state; going backwards opens a new pass. Due dates that the policy
    decided are taken from the event.
    """
    after = event.command.apply(complaint, event)  # type: ignore[arg-type]  # only the first command gets None
    changes: dict[str, Any] = {
        "version": event.number,
        "head": event.digest,
        "updated_at": event.recorded_at,
        "definition": event.definition,
    }
    source, target = event.source, event.target
    if source is not target:
        changes["state"] = target
        changes["moved_at"] = event.at
        changes["visits"] = _visits_with(after, source, target, event.number)
        if source is not None and _ORDER.get(target, 99) < _ORDER.get(source, 98):
            changes["passes"] = after.passes + 1
    if event.deadlines:
        latest = {deadline.clock: deadline for deadline in (*after.clocks, *event.deadlines)}
        changes["clocks"] = tuple(latest.values())
    return replace(after, **changes)


def _visits_with(before: Complaint, source: State | None, target: State, number: int) -> tuple[Visit, ...]:
    stays = source is not None and source.stage is target.stage
    began = before.visits[-1].began if stays else number
    return (*[visit for visit in before.visits if visit.state is not target], Visit(target, number, began))


class Refusal:
    """
    Why a step may not be taken.

    Args:
        code: Stable code; its sentences live in ``locale/`` under ``refusal``.
        who: Who could do it: role codes, ``"handler"``, or nobody.
        facts: What the sentence is made of; never personal.
    """

    __slots__ = ("code", "facts", "who")

    def __init__(self, code: str, *, who: tuple[str, ...] = (), **facts: Fact) -> None:
        self.code = code
        self.who = who
        self.facts: Mapping[str, Fact] = facts

    def sentence(self, language: str = "en") -> str:
        """What stands in the way and what to do now, in *language*."""
        from complaints.locale import sentence

        return sentence("refusal", self.code, language, {"who": self.who, **self.facts})

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Refusal):
            return NotImplemented
        return (self.code, self.who, self.facts) == (other.code, other.who, other.facts)

    def __hash__(self) -> int:
        return hash(self.code)

    def __repr__(self) -> str:
        facts = "".join(f", {name}={value!r}" for name, value in self.facts.items())
        return f"Refusal({self.code!r}, who={self.who!r}{facts})"


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """
    All that a rule may look at; a rule is pure and sees nothing else.

    Attributes:
        complaint: As it stands; for the first command, as it would be.
        command: ``None`` while only the complaint and the actor are asked about.
        at: When it happened or would happen.
        now: The present moment.
    """

    complaint: Complaint
    by: Actor
    recorded_by: Actor
    command: Any
    at: datetime
    now: datetime
    policy: Policy
    dealer: Dealer

    @property
    def severity(self) -> Severity:
        """The complaint's severity."""
        return self.complaint.severity


class Rule(Protocol):
    """A named condition: ``None`` when it holds, else the :class:`Refusal`."""

    __name__: str
    code: str

    def __call__(self, situation: Situation, /) -> Refusal | None:
        """``None`` when the condition holds."""
        ...


def rule(code: str, *, overridable: bool = False) -> Callable[[Callable[[Situation], Refusal | None]], Rule]:
    """
    Name a function as a rule.

    Args:
        code: The code of the refusal it answers with.
        overridable: Whether a manager's Override may set it aside (R2).
    """

    def named(function: Callable[[Situation], Refusal | None]) -> Rule:
        function.code = code  # type: ignore[attr-defined]  # that is what makes it a Rule
        function.overridable = overridable  # type: ignore[attr-defined]
        return function  # type: ignore[return-value]

    return named


__all__ = ["Command", "Event", "Refusal", "Rule", "Situation", "Stage", "Track", "applied", "command", "rule"]
