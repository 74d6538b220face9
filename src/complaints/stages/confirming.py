"""补录确认: a step that somebody else typed, or whose doer turned out to be involved, is confirmed or denied."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from msgspec.structs import replace

from complaints.errors import Fault
from complaints.model.base import number, prose
from complaints.model.beside import Confirmation
from complaints.model.complaint import Complaint
from complaints.model.event import Command, Event, Refusal, Situation, command, rule
from complaints.model.people import Actor
from complaints.model.words import RANKS, Confirming, Role


@command
class ConfirmProxy(Command):
    """
    补录确认: the step was decided so, or it was not.

    Whatever is said, the step stands: denied, it is on record as exceeded authority, and the customer keeps what he
    got.

    Args:
        number: The number of the event.
        reason: Why it is denied.
    """

    complaint: UUID
    number: int = number(least=1)
    confirms: bool
    reason: str | None = prose(most=2000, default=None)

    def _faults(self) -> Iterator[Fault]:
        if self.confirms is False and self.reason is None:
            yield Fault("reason", "missing")

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """Confirmed or denied, as far as it is this person's to say; nothing else changes."""
        said = Confirming.CONFIRMED if self.confirms else Confirming.DENIED
        theirs = confirmable(complaint, event.by)
        confirmations = tuple(
            replace(one, state=said) if one.number == self.number and one in theirs else one
            for one in complaint.beside.confirmations
        )
        return complaint.beside_with(confirmations=confirmations)


def confirmable(complaint: Complaint, actor: Actor) -> tuple[Confirmation, ...]:
    """The steps that wait for a confirmation which *actor* may give."""
    return tuple(one for one in complaint.unconfirmed if _may_confirm(complaint, one, actor))


def _may_confirm(complaint: Complaint, one: Confirmation, actor: Actor) -> bool:
    """
    Whether it is for *actor* to say.

    What was typed for somebody is his to confirm; or that of another of the manager's rank and his at least, but never
    of whoever typed it (our choice: nobody's leaving may be a dead end). What somebody involved has done is confirmed
    by another who is not involved, a supervisor at least and not below him; nobody stands beside the group, so there
    a general manager is enough.
    """
    if one.typed_by is not None:
        is_superior = actor.holds(Role.MANAGER) and actor.rank >= one.rank and actor.id != one.typed_by
        return actor.id == one.by or is_superior
    # a deputy shares the part of whom he stands in for
    is_partial = actor.acts_as(one.by) or any(map(actor.acts_as, complaint.involved))
    if is_partial or not actor.holds(Role.SUPERVISOR):
        return False
    return actor.rank >= one.rank or (one.rank == len(RANKS) - 1 and actor.holds(Role.GENERAL_MANAGER))


# --- rules ----------------------------------------------------------------------------------------------------------


@rule("proxy.none_yours")
def a_step_waits_for_them(s: Situation) -> Refusal | None:
    """There is a step that this person may confirm."""
    return None if confirmable(s.complaint, s.by) else Refusal("proxy.none_yours")


@rule("proxy.not_yours")
def the_step_waits_for_them(s: Situation) -> Refusal | None:
    """The step that is named is one of those."""
    mine = tuple(dict.fromkeys(str(one.number) for one in confirmable(s.complaint, s.by)))
    return None if str(s.command.number) in mine else Refusal("proxy.not_yours", numbers=mine)


@rule("proxy.not_in_person")
def they_confirm_it_themselves(s: Situation) -> Refusal | None:
    """A confirmation that somebody else types would confirm nothing."""
    return None if s.recorded_by.id == s.by.id else Refusal("proxy.not_in_person")


@rule("proxy.unconfirmed")
def nothing_is_unconfirmed(s: Situation) -> Refusal | None:
    """No closing, and no archive, before every step is confirmed or denied."""
    left = tuple(dict.fromkeys(str(one.number) for one in s.complaint.unconfirmed))
    return Refusal("proxy.unconfirmed", numbers=left) if left else None


__all__ = ["ConfirmProxy"]
