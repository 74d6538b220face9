"""挂起: something is waited for; statutory clocks go on, and the customer is called every seven days all the same."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from complaints.model.base import evolve, line, prose
from complaints.model.beside import Hold
from complaints.model.complaint import Complaint
from complaints.model.event import Command, Event, Refusal, Situation, command, rule
from complaints.model.words import HoldKind, Role


@command
class PlaceHold(Command):
    """
    挂起: the customer, parts or somebody outside is waited for, or everything is kept for a legal matter.

    It hides no state, and only those clocks stand still whose rule names its kind; statutory ones never do
    (invariant 13).

    Args:
        id: Short name, unique within the complaint.
        until: When it is expected to be over.
    """

    complaint: UUID
    id: str = line(most=40)
    kind: HoldKind
    until: date | None = None
    reason: str = prose(most=1000)

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """One hold more beside the state."""
        placed = Hold(id=self.id, kind=self.kind, at=event.at, number=event.number, until=self.until)
        return complaint.beside_with(holds=(*complaint.beside.holds, placed))


@command
class ReleaseHold(Command):
    """
    解除挂起: it is not waited for any more.

    Args:
        hold: Its name on this complaint.
    """

    complaint: UUID
    hold: str = line(most=80)
    reason: str | None = prose(most=1000, default=None)

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """The hold is over; it stays on record."""
        holds = tuple(
            evolve(one, released_at=event.at) if one.id == self.hold else one for one in complaint.beside.holds
        )
        return complaint.beside_with(holds=holds)


# --- rules ----------------------------------------------------------------------------------------------------------


@rule("hold.doubled")
def the_hold_has_a_new_name(s: Situation) -> Refusal | None:
    """Holds are told apart by their name, for life."""
    taken = any(one.id == s.command.id for one in s.complaint.beside.holds)
    return Refusal("hold.doubled", hold=s.command.id) if taken else None


@rule("hold.role")
def the_kind_of_hold_is_theirs(s: Situation) -> Refusal | None:
    """A legal hold is placed and released by the legal role alone, every other one by a specialist."""
    kind = s.command.kind if isinstance(s.command, PlaceHold) else _kind_of_the_open_hold(s)
    wanted = Role.LEGAL if kind is HoldKind.LEGAL else Role.SPECIALIST
    if kind is None or s.by.holds(wanted):
        return None
    return Refusal("hold.role", who=(wanted.value,), hold_kind=kind.value)


def _kind_of_the_open_hold(s: Situation) -> HoldKind | None:
    hold = _open_hold(s)
    return hold.kind if hold is not None else None


@rule("holds.none_open")
def a_hold_is_open(s: Situation) -> Refusal | None:
    """There is something to release."""
    return None if s.complaint.open_holds else Refusal("holds.none_open")


@rule("hold.not_open")
def the_hold_is_open(s: Situation) -> Refusal | None:
    """Only what is waited for is released, once, and not before it was placed."""
    if _open_hold(s) is not None:
        return None
    return Refusal("hold.not_open", holds=tuple(one.id for one in s.complaint.open_holds))


def _open_hold(s: Situation) -> Hold | None:
    return next((one for one in s.complaint.open_holds if one.id == s.command.hold and one.at <= s.at), None)


@rule("hold.legal")
def no_legal_hold_is_open(s: Situation) -> Refusal | None:
    """What the law wants kept is not put away (MOVES 26); other holds never hide the state."""
    legal = tuple(one.id for one in s.complaint.open_holds if one.kind is HoldKind.LEGAL)
    return Refusal("hold.legal", who=("legal",), holds=legal) if legal else None


__all__ = ["PlaceHold", "ReleaseHold"]
