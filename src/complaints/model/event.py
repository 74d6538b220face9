"""Orders, what became of them, and why one was refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar, dataclass_transform
from uuid import UUID

import attrs
import msgspec
from msgspec.structs import replace

from complaints.errors import Fact
from complaints.model.base import line, noun, number, prose, several
from complaints.model.beside import Confirmation
from complaints.model.clock import Deadline
from complaints.model.complaint import Complaint, Deed, Visit
from complaints.model.people import Actor, Dealer, Person
from complaints.model.span import Window
from complaints.model.spending import NOTHING_SPENT, Spent
from complaints.model.words import OPEN, Channel, PersonalData, Severity, Stage, State, Track

if TYPE_CHECKING:
    from complaints.policy import Policy, Rules

C = TypeVar("C")
_NOTHING_ERASED: frozenset[PersonalData] = frozenset()


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
    goes_back: ClassVar[bool] = False
    """Whether its move leads back to where the complaint was: then no visit, no pass and no clock begins anew."""
    is_decision: ClassVar[bool] = False
    """Whether it decides something: typed by somebody else, it wants confirming by the one it is said to be of."""
    is_impartial: ClassVar[bool] = False
    """Whether nobody may do it who is involved: where he turns out to be later, it wants confirming by another."""

    @property
    def outgoing_text(self) -> tuple[str, ...]:
        """What goes to the customer; it must be courteous (R54–R59)."""
        return ()

    @property
    def reaches_out_by(self) -> Channel | None:
        """The channel by which the house reached out for the customer, or tried to; he may not want that (R40, R41)."""
        return None

    @property
    def others(self) -> tuple[UUID, ...]:
        """Other complaints the order is about; its rules see them, and its steps may reach them."""
        return ()

    @property
    def names_people(self) -> tuple[str, ...]:
        """Ids of the staff it gives something to do; a directory is asked about them before its rules are."""
        return ()

    @property
    def looks_back(self) -> bool:
        """Whether earlier complaints of the same customer are looked up for what follows from it."""
        return False

    @property
    def spends_under(self) -> str | None:
        """Stamp of the standing order it spends under; what was spent before is looked up where that has ceilings."""
        return None

    @property
    def erases(self) -> frozenset[PersonalData]:
        """Which personal texts of the complaint's earlier events are erased in the same step."""
        return _NOTHING_ERASED

    def heads_for(self, complaint: Complaint) -> State | None:
        """The target it names, where its row has several: what its form says in ``target``."""
        target: State | None = getattr(self, "target", None)
        return target

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """The complaint once this command has been accepted as *event*, whose due dates are decided after it."""
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
        caused_in: The complaint that event belongs to, if it is another one.
        set_aside: Codes of rules that stood in the way and were set aside: by a manager's Override, or because the
            house's policy relaxes them.
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
    caused_in: UUID | None = None
    set_aside: tuple[str, ...] = ()
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


def applied(complaint: Complaint | None, event: Event, *, said: Complaint | None = None) -> Complaint:
    """
    The complaint after *event*: what its command says, then what every event does.

    A move enters a state; going backwards opens a new pass. Due dates that the policy
    decided are taken from the event.

    Args:
        said: What the command says, where it was asked already.
    """
    after = said if said is not None else said_by(complaint, event)
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
        changes["visits"] = _visits_with(after, source, target, event)
        if source is not None and not event.command.goes_back and _ORDER.get(target, 99) < _ORDER.get(source, 98):
            changes["passes"] = after.passes + 1
        if event.by.stands_in_for:
            changes["former_handlers"] = _with_deputy(after, event.by)
    if event.deadlines:
        latest = {deadline.clock: deadline for deadline in (*after.clocks, *event.deadlines)}
        changes["clocks"] = tuple(latest.values())
    waiver = after.beside.waiver
    if waiver is not None and waiver.number != event.number and (source is not target or waiver.command == event.name):
        after = after.beside_with(waiver=None)  # it was for one step, and is void once the complaint has moved on
    if event.command.is_impartial:
        deed = Deed(number=event.number, command=event.name, by=event.by.id, rank=event.by.rank)
        changes["deeds"] = deeds = (*after.deeds, deed)
    else:
        deeds = after.deeds
    waiting = (*_typed_by_another(event), *_found_out(complaint, after, deeds))
    if waiting:
        changes["beside"] = replace(after.beside, confirmations=(*after.beside.confirmations, *waiting))
    return replace(after, **changes)


def said_by(complaint: Complaint | None, event: Event) -> Complaint:
    """The complaint with what the command of *event* says, and nothing else: its clocks are still as they were."""
    return event.command.apply(complaint, event)  # type: ignore[arg-type]  # only the first command gets None


def _typed_by_another(event: Event) -> tuple[Confirmation, ...]:
    """A decision that its decider did not type himself is still to be confirmed."""
    if not is_by_proxy(event):
        return ()
    typist = event.recorded_by.id
    return (Confirmation(number=event.number, command=event.name, by=event.by.id, typed_by=typist, rank=event.by.rank),)


def _found_out(before: Complaint | None, after: Complaint, deeds: tuple[Deed, ...]) -> Iterator[Confirmation]:
    """The steps of somebody who turns out to be involved, each once (invariant 4)."""
    if before is None or not _may_involve_others(before, after):
        return
    new = after.involved - before.involved
    marked = {one.number for one in after.beside.confirmations if one.typed_by is None}
    for deed in deeds:
        if deed.by in new and deed.number not in marked:
            yield Confirmation(number=deed.number, command=deed.command, by=deed.by, typed_by=None, rank=deed.rank)


def _may_involve_others(before: Complaint, after: Complaint) -> bool:
    """Whether anything changed that :attr:`Complaint.involved` is made of; asked at every step, so the quick way."""
    return (
        after.registration is not before.registration
        or after.conclusion is not before.conclusion
        or after.beside.absorbed is not before.beside.absorbed
    )


def _with_deputy(complaint: Complaint, by: Actor) -> tuple[str, ...]:
    """Whoever led a complaint on while he stood in for its handler has handled it as well."""
    handler, before = complaint.handler, complaint.former_handlers
    if handler not in by.stands_in_for or by.id in before:
        return before
    return (*before, by.id)


def is_by_proxy(event: Event) -> bool:
    """Whether a decision was typed by somebody else than the one it is said to be of."""
    return event.command.is_decision and event.recorded_by is not event.by and event.recorded_by.id != event.by.id


def _visits_with(before: Complaint, source: State | None, target: State, event: Event) -> tuple[Visit, ...]:
    if event.command.goes_back:
        return tuple(visit for visit in before.visits if visit.state is not source)
    number = event.number
    stays = source is not None and source.stage is target.stage
    began = before.visits[-1].began if stays else number
    return (*[visit for visit in before.visits if visit.state is not target], Visit(target, number, began))


_IN_LOCALE: Mapping[str, str] = {}


class Refusal:
    """
    Why a step may not be taken.

    Args:
        code: Stable code; its sentences live in ``locale/`` under ``refusal``.
        who: Who could do it: role codes, ``"handler"``, or nobody.
        said: For a rule of a house's own, its sentence by language; ``{fact}`` stands for a fact.
        facts: What the sentence is made of; never personal.
    """

    __slots__ = ("code", "facts", "said", "who")

    def __init__(
        self, code: str, *, who: tuple[str, ...] = (), said: Mapping[str, str] = _IN_LOCALE, **facts: Fact
    ) -> None:
        self.code = code
        self.who = who
        self.said = said
        self.facts: Mapping[str, Fact] = facts

    def sentence(self, language: str = "en") -> str:
        """What stands in the way and what to do now, in *language*."""
        from complaints.locale import sentence

        facts = {"who": self.who, **self.facts}
        return sentence("refusal", self.code, language, facts, said=self.said.get(language))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Refusal):
            return NotImplemented
        return (self.code, self.who, self.facts) == (other.code, other.who, other.facts)

    def __hash__(self) -> int:
        return hash(self.code)

    def __repr__(self) -> str:
        facts = "".join(f", {name}={value!r}" for name, value in self.facts.items())
        return f"Refusal({self.code!r}, who={self.who!r}{facts})"


class ContactHours(Protocol):
    """What rules ask of a house's calendar."""

    @property
    def contact_hours(self) -> tuple[Window, ...]:
        """When the house calls its customers."""
        ...

    def may_contact(self, at: datetime, zone: tzinfo) -> bool:
        """Whether a customer who has told no hours of his own may be called at that moment."""
        ...


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """
    All that a rule may look at; a rule is pure and sees nothing else.

    Attributes:
        complaint: As it stands; for the first command, as it would be.
        command: ``None`` while only the complaint and the actor are asked about.
        at: When it happened or would happen.
        now: The present moment.
        calendar: Of the dealer.
        others: Other complaints that the order or the complaint refers to, by id.
        overridable: For each command of the lifecycle, the codes of its rules that a manager may set aside.
        people: Whom the order names and who gives it, as the host's directory knows them at the dealer on that day;
            ``None`` for somebody it does not know. Empty without a directory: then nobody is asked about.
        spent: What was spent before under the standing order that the command names, as far as it has ceilings for
            it; else nothing.
    """

    complaint: Complaint
    by: Actor
    recorded_by: Actor
    command: Any
    at: datetime
    now: datetime
    policy: Policy
    dealer: Dealer
    calendar: ContactHours
    others: Mapping[UUID, Complaint] = msgspec.field(default_factory=dict)
    overridable: Mapping[str, frozenset[str]] = msgspec.field(default_factory=dict)
    people: Mapping[str, Person | None] = msgspec.field(default_factory=dict)
    spent: Spent = NOTHING_SPENT

    @property
    def severity(self) -> Severity:
        """The complaint's severity."""
        return self.complaint.severity

    @property
    def rules(self) -> Rules:
        """The rules of the packs in force for the complaint, by the day it was received."""
        return self.policy.rules(self.complaint.received_at, self.dealer.tz)


class Aftermath(msgspec.Struct, frozen=True, kw_only=True):
    """
    All that a function may look at which tells what follows from an event.

    Attributes:
        before: The complaint before the event; ``None`` for the first one.
        complaint: The complaint after it.
        rules: Of the packs in force for the complaint.
        others: Other complaints that the order or the complaint refers to, by id, as they stood before it.
        earlier: Complaints received before that its step was looked up for: of the same customer.
    """

    before: Complaint | None
    complaint: Complaint
    event: Event
    policy: Policy
    rules: Rules
    others: Mapping[UUID, Complaint]
    earlier: tuple[Complaint, ...] = ()


class Rule(Protocol):
    """A named condition: ``None`` when it holds, else the :class:`Refusal`."""

    __name__: str
    code: str
    overridable: bool

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


__all__ = [
    "Aftermath",
    "Command",
    "Event",
    "Refusal",
    "Rule",
    "Situation",
    "Stage",
    "Track",
    "applied",
    "command",
    "is_by_proxy",
    "rule",
    "said_by",
]
