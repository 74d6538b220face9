"""
What runs beside the state and never hides it: holds, transfers, outside cases, links, merges, limits, confirmations.

Most complaints have none of it, so it stands together in one value that they share. Long texts and whatever is
personal stay in the events.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec

from complaints.model.adoption import Adopted
from complaints.model.clock import Deadline
from complaints.model.money import Money
from complaints.model.review import Attempt
from complaints.model.words import (
    Against,
    Answer,
    CaseKind,
    CaseStatus,
    Channel,
    ClaimAnswer,
    Confirming,
    Department,
    HelpKind,
    HoldKind,
    LinkKind,
    Outcome,
    Role,
    State,
)


class Disputed(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The customer objected to a judgment: who made it, and of which rank (MOVES 7)."""

    judge: str
    rank: int
    number: int


class TransferAsked(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Another department is asked to take the complaint over (R15, R64)."""

    to: Department
    number: int
    at: datetime
    answer: Answer = Answer.PENDING


class Hold(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Something is waited for; the customer is told how it stands all the same, by the clock ``progress_call``."""

    id: str
    kind: HoldKind
    at: datetime
    number: int
    until: date | None = None
    called_at: datetime | None = None
    released_at: datetime | None = None


class ExternalCase(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An authority, a court, a lawyer, the manufacturer or the media has the complaint as well."""

    id: str
    kind: CaseKind
    opened_at: datetime
    number: int
    status: CaseStatus = CaseStatus.OPEN
    due: date | None = None

    @property
    def is_open(self) -> bool:
        """Whether something is still to come of it."""
        return self.status in (CaseStatus.OPEN, CaseStatus.ANSWERED)

    @property
    def blocks(self) -> bool:
        """Whether the complaint cannot be closed or withdrawn before it is over."""
        return self.is_open and self.kind.blocks


class Escalation(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """
    Somebody higher is asked to decide or to help (R2, R66).

    Attributes:
        acknowledged_by: Who has seen it and works on it; it stays open, and what is due stays due.
        answered_by: Who has decided, or has handed it down to a lower rank.
        handed_down_to: The lower rank that has it since.
    """

    to: Role
    at: datetime
    number: int
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    answered_by: str | None = None
    answered_at: datetime | None = None
    handed_down_to: Role | None = None


class Linked(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Another complaint that has to do with this one; each keeps its own answer."""

    other: UUID
    kind: LinkKind
    number: int


class Absorbed(msgspec.Struct, frozen=True, kw_only=True):
    """
    A complaint that was merged into this one (MOVES 23).

    Attributes:
        mark: What the names of its promises, cases, holds and tasks begin with here, such as ``"M1"``.
        received_at: The earlier of the receipts counts for the family (invariant 7).
        clocks: Its due dates: the strictest counts until the survivor starts the clock anew.
        involved: Ids of the staff it is about: none of them may judge or decide here either (invariant 4).
        at: When they were merged.
    """

    complaint: UUID
    mark: str
    received_at: datetime
    clocks: tuple[Deadline, ...]
    involved: tuple[str, ...]
    at: datetime
    number: int


class MergedInto(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Where a merged complaint went, in which state it was, and how it had ended for the customer until then."""

    survivor: UUID
    state: State
    outcome: Outcome | None
    number: int


class Help(msgspec.Struct, frozen=True, kw_only=True):
    """
    What was done for the customer before anything was decided: no admission (R27).

    Attributes:
        at: When; ``None`` in what was kept before it was asked.
    """

    kind: HelpKind
    cost: Money
    order: str | None
    number: int
    at: datetime | None = None


class ContactLimit(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One channel stays open after behaviour nobody has to bear; reviewed on a day."""

    channel: Channel
    review_on: date
    number: int

    def is_in_force(self, on: date) -> bool:
        """Whether it still holds on a local day: to the end of the day of its review, unless set anew (our choice)."""
        return on <= self.review_on

    def leaves_open(self, channel: Channel) -> bool:
        """Whether the house may reach out by *channel*: the one that was left, or any telephone where it was one."""
        return channel is self.channel or (channel.is_by_telephone and self.channel.is_by_telephone)


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """What the house asks back from the manufacturer, a supplier or an insurer."""

    id: str
    against: Against
    amount: Money
    number: int
    answer: ClaimAnswer = ClaimAnswer.PENDING
    granted: Money | None = None


class Contest(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Somebody objects to the measure that was decided against him (A9)."""

    person: str
    at: datetime
    number: int
    answer: Answer = Answer.PENDING


class Confirmation(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """
    A step that somebody has to confirm: typed for him by another, or taken by one found to be involved later.

    Attributes:
        number: The event of the step.
        command: Name of its command.
        by: Who took it, or is said to have.
        typed_by: Who typed it; ``None`` where it was the doer himself, who was found to be involved (invariant 4).
        rank: Of the doer.
    """

    number: int
    command: str
    by: str
    typed_by: str | None
    rank: int
    state: Confirming = Confirming.PENDING


class Waiver(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Rules that a manager sets aside for the next step of one kind (R2)."""

    command: str
    rules: tuple[str, ...]
    by: str
    number: int


class Breach(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """
    A due date that was missed, on record for life (invariant 5).

    Attributes:
        clock: Name of the clock, or ``None`` where it is a promise.
        promise: Id of the promise, or ``None`` where it is a clock.
    """

    due: datetime
    number: int
    clock: str | None = None
    promise: str | None = None


class Mark(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """
    What a command of a house's own left on the complaint, for rules of the house's own to read.

    Attributes:
        name: What it is about, such as ``"manufacturer"``.
        value: A code or a number, never somebody's words: they stay in the history, where they can be erased.
        number: The event that left it.
    """

    name: str
    value: str | int = ""
    number: int


class Beside(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """
    Everything that runs beside the state of one complaint; empty for most.

    Attributes:
        rounds: The events in which an offer was declined.
        unanswered: Attempts in vain to reach the customer since he was last reached, outside of the call-back.
        appointment: When the customer last said that he wants to be called (R39).
        hops: How often the complaint was handed from one department to another.
        merges: How many complaints were ever merged into it: the next mark follows from it.
        warnings: What was warned of, each once.
        adopted: Where it comes from, if another system handled it first.
    """

    dispute: Disputed | None = None
    rounds: tuple[int, ...] = ()
    unanswered: tuple[Attempt, ...] = ()
    appointment: datetime | None = None
    transfer: TransferAsked | None = None
    hops: int = 0
    holds: tuple[Hold, ...] = ()
    cases: tuple[ExternalCase, ...] = ()
    escalations: tuple[Escalation, ...] = ()
    links: tuple[Linked, ...] = ()
    absorbed: tuple[Absorbed, ...] = ()
    merges: int = 0
    merged_into: MergedInto | None = None
    help: tuple[Help, ...] = ()
    contact_limit: ContactLimit | None = None
    claims: tuple[Claim, ...] = ()
    contests: tuple[Contest, ...] = ()
    executed: tuple[str, ...] = ()
    confirmations: tuple[Confirmation, ...] = ()
    waiver: Waiver | None = None
    warnings: tuple[str, ...] = ()
    breaches: tuple[Breach, ...] = ()
    marks: tuple[Mark, ...] = ()
    adopted: Adopted | None = None


NOTHING = Beside()
"""What most complaints have beside their state."""

__all__ = [
    "NOTHING",
    "Absorbed",
    "Beside",
    "Breach",
    "Claim",
    "Confirmation",
    "ContactLimit",
    "Contest",
    "Disputed",
    "Escalation",
    "ExternalCase",
    "Help",
    "Hold",
    "Linked",
    "Mark",
    "MergedInto",
    "TransferAsked",
    "Waiver",
]
