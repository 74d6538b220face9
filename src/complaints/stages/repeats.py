"""重复投诉: the same trouble of the same customer's car again (R66); found by the library, recorded by the system."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from complaints.errors import Fault
from complaints.model.base import evolve, several
from complaints.model.beside import Linked
from complaints.model.complaint import Complaint
from complaints.model.event import Aftermath, Command, Event, Refusal, Situation, command, rule
from complaints.model.words import Alarm, LinkKind, State, Track
from complaints.repeats import repeats_of
from complaints.stages.family import Link


@command
class RecordRepeat(Command):
    """
    重复投诉: earlier complaints of which this one is a repeat in full; recorded by the system.

    Args:
        earlier: Ids of the earlier complaints that were not recorded before, the newest first; never names.
    """

    complaint: UUID
    earlier: tuple[UUID, ...] = several(least=1, most=1000)

    def _faults(self) -> Iterator[Fault]:
        if isinstance(self.earlier, tuple) and len(set(self.earlier)) != len(self.earlier):
            yield Fault("earlier", "doubled")

    @property
    def others(self) -> tuple[UUID, ...]:
        """The earlier ones."""
        return self.earlier

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """How many there are of its kind, the alarm that shuts the fast track, and links to the earlier ones."""
        earlier = (*complaint.earlier, *self.earlier)
        form = complaint.registration
        if Alarm.REPEAT not in form.alarms:
            form = evolve(form, alarms=(*form.alarms, Alarm.REPEAT))
        linked = tuple(
            Linked(other=id, kind=LinkKind.REPEAT, number=event.number)
            for id in self.earlier
            if not _is_linked(complaint, id)
        )
        return evolve(
            complaint.beside_with(links=(*complaint.links, *linked)),
            registration=form,
            track=Track.FULL,
            earlier=earlier,
            repeats=so_manieth(earlier, complaint.repeat_of),
        )


def so_manieth(earlier: tuple[UUID, ...], said: UUID | None) -> int:
    """
    How many complaints of its kind there are: the earlier ones, the one that staff named, and itself.

    Args:
        said: ``Receive.repeat_of``; it counts once, whether the library found it too or not.
    """
    return len({*earlier, *(() if said is None else (said,))}) + 1


def _is_linked(complaint: Complaint, other: UUID) -> bool:
    return any((one.other, one.kind) == (other, LinkKind.REPEAT) for one in complaint.links)


# --- what follows ---------------------------------------------------------------------------------------------------


def note_the_repeat(a: Aftermath) -> tuple[Command, ...]:
    """
    What was looked up before is compared with the form as it is now; what repeats is recorded, each once.

    A complaint that has ended is not looked at again.
    """
    if not a.earlier or not a.complaint.is_open:
        return ()
    found = repeats_of(
        a.complaint.registration,
        a.earlier,
        within_days=a.policy.repeat_days,
        dealer=a.complaint.dealer,
        itself=a.complaint.id,
    )
    new = tuple(id for id in found if id not in a.complaint.earlier)
    return (RecordRepeat(complaint=a.complaint.id, earlier=new),) if new else ()


def link_the_earlier(a: Aftermath) -> tuple[Command, ...]:
    """The link is seen from the earlier complaint as well, as far as it can still be written in."""
    recorded = a.event.command
    assert isinstance(recorded, RecordRepeat)  # noqa: S101  # its row is the only one that names this
    return tuple(
        Link(complaint=id, other=a.complaint.id, kind=LinkKind.REPEAT)
        for id in recorded.earlier
        if a.others[id].state is not State.ARCHIVED and not _is_linked(a.others[id], a.complaint.id)
    )


# --- rules ----------------------------------------------------------------------------------------------------------


@rule("repeat.doubled")
def none_is_recorded_yet(s: Situation) -> Refusal | None:
    """An earlier complaint counts once."""
    known = tuple(str(id) for id in s.command.earlier if id in s.complaint.earlier)
    return Refusal("repeat.doubled", complaints=known) if known else None


@rule("repeat.not_earlier")
def each_was_received_before(s: Situation) -> Refusal | None:
    """A repeat follows what it repeats: another complaint at the same dealer, received no later than this one."""
    wrong = tuple(str(id) for id in s.command.earlier if not _is_earlier(s, id))
    return Refusal("repeat.not_earlier", complaints=wrong) if wrong else None


def _is_earlier(s: Situation, id: UUID) -> bool:
    if id == s.complaint.id:
        return False
    other = s.others.get(id)  # one that is not there is told of by a rule of every entry
    form = s.complaint.registration  # its own receipt, whatever was merged into it
    return other is None or (other.dealer == s.complaint.dealer and other.received_at <= form.received_at)


__all__ = ["RecordRepeat"]
