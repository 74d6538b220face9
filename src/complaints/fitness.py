"""Does a stored history fit a definition? One validator for whoever only asks and for whoever migrates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NoReturn
from uuid import UUID

import attrs

from complaints.decision import allowed, no_way, rules_of
from complaints.errors import IllegalMoveError, NotPermittedError
from complaints.history import read
from complaints.lifecycle import OF_NO_TABLE
from complaints.model.complaint import Complaint
from complaints.model.event import Command, Event, Refusal, Rule, Situation, applied
from complaints.model.words import State
from complaints.premises import Premises
from complaints.stores.base import StoredEvent, StoredPersonal


@attrs.frozen(kw_only=True)
class Misfit:
    """
    An event that would not be accepted any more.

    Attributes:
        number: Of the event.
        command: Name of its command.
        refusals: Why not.
    """

    complaint: UUID
    number: int
    command: str
    refusals: tuple[Refusal, ...]


@attrs.frozen(kw_only=True)
class Migration:
    """
    What a migration does with one complaint, or did.

    Attributes:
        definition: The one it was under.
        source: The state it was in.
        target: The state it goes on in.
        refusals: Why it stays as it was; ``()`` means that it is brought over.
        misfits: What of its past would not be accepted any more; that keeps nobody from going on.
    """

    complaint: UUID
    reference: str
    definition: str
    source: State
    target: State
    refusals: tuple[Refusal, ...]
    misfits: tuple[Misfit, ...]


def misfits(
    stored: Sequence[StoredEvent],
    personal: Iterable[StoredPersonal],
    premises: Premises,
    commands: Mapping[str, type[Command]],
) -> tuple[Misfit, ...]:
    """
    Which events of a history would not be accepted any more, each asked about in the situation of its time.

    Every event is held against rows, roles and rules of ``premises.lifecycle``, with the complaint as it stood before,
    its own times, and the policy of today. What was set aside then stays set aside. Not asked are rules that look at
    other complaints, which stand elsewhere by now; a text that was erased is read as the words that stand for it, so
    nothing is held against it. A migration leads from one table to another, and no table speaks against it.

    Args:
        commands: Command classes by name. From the first event that none of them reads, nothing can be told.
    """
    known = next((place for place, one in enumerate(stored) if one.command not in commands), len(stored))
    found = [*_misfits(read(stored[:known], personal, commands), premises)]
    if known < len(stored):
        first = stored[known]
        unread = Refusal("definition.unread", command=first.command, events=len(stored) - known)
        found.append(_misfit(first.complaint, first.number, first.command, (unread,)))
    return tuple(found)


def _misfits(events: Iterable[Event], premises: Premises) -> Iterator[Misfit]:
    before: Complaint | None = None
    for event in events:
        objections = tuple(_objections(before, event, premises))
        if objections:
            yield _misfit(event.complaint, event.number, event.name, objections)
        before = applied(before, event)
    if before is not None and before.is_open and not premises.lifecycle.leads_on(before.state):
        yield _misfit(before.id, before.version, event.name, (no_way(premises.lifecycle, before.state),))


def _misfit(complaint: UUID, number: int, command: str, refusals: tuple[Refusal, ...]) -> Misfit:
    return Misfit(complaint=complaint, number=number, command=command, refusals=refusals)


def _objections(before: Complaint | None, event: Event, premises: Premises) -> Iterator[Refusal]:
    command, lifecycle = event.command, premises.lifecycle
    if type(command) in OF_NO_TABLE and event.name not in lifecycle.commands:
        return
    if lifecycle.commands.get(event.name) is not type(command):
        yield Refusal("definition.no_command", command=event.name, definition=lifecycle.stamp)
        return
    situation = _as_it_was(before, event, premises)
    try:
        row, target = allowed(lifecycle, situation, event.source)
    except (IllegalMoveError, NotPermittedError) as error:
        yield from error.refusals
        return
    if target is not event.target:
        yield Refusal("definition.other_target", command=event.name, state=event.target.value, target=target.value)
    for rule in (one for rules in rules_of(row) for one in rules):
        refusal = _asked(rule, situation)
        if refusal is not None and refusal.code not in event.set_aside:
            yield refusal


def _as_it_was(before: Complaint | None, event: Event, premises: Premises) -> Situation:
    complaint = applied(None, event) if before is None else before
    looks_elsewhere = bool(event.command.others or complaint.relatives)
    return premises.situation(
        complaint,
        event.command,
        event.by,
        event.recorded_by,
        event.at,
        event.recorded_at,
        _Unloaded() if looks_elsewhere else {},
    )


def _asked(rule: Rule, situation: Situation) -> Refusal | None:
    try:
        return rule(situation)
    except _NotLoadedError:
        return None


class _NotLoadedError(Exception):
    """A rule looked at another complaint."""


class _Unloaded(Mapping[UUID, Complaint]):
    """Stands where the other complaints would, and tells when a rule looks at them."""

    def __getitem__(self, id: UUID) -> NoReturn:
        raise _NotLoadedError

    def __iter__(self) -> NoReturn:
        raise _NotLoadedError

    def __len__(self) -> NoReturn:
        raise _NotLoadedError


__all__ = ["Migration", "Misfit", "misfits"]
