"""Whose complaints somebody may see, and whether he sees who the customers are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from complaints.history import ERASED, MASKED, masked, read
from complaints.model.complaint import Complaint
from complaints.model.event import Command, Event
from complaints.model.people import Actor
from complaints.model.words import Role
from complaints.stores.base import StoredEvent, StoredPersonal


def is_of(actor: Actor, dealer: str) -> bool:
    """Whether *actor* belongs to the dealer; for others its complaints do not exist."""
    return actor.dealer == dealer or sees_all_dealers(actor)


def sees_all_dealers(actor: Actor) -> bool:
    """The group and the system, when they act for no single dealer."""
    return actor.dealer is None and actor.holds(Role.GROUP, Role.SYSTEM)


def sees_personal(actor: Actor) -> bool:
    """Auditors read processes, not people; whoever deals with customers sees who they are (R67)."""
    return any(role is not Role.AUDITOR for role in actor.roles)


def as_seen(complaint: Complaint, by: Actor) -> Complaint:
    """The complaint as *by* may see it."""
    return complaint if sees_personal(by) else masked(complaint)


def events_as_seen(
    events: Sequence[StoredEvent],
    personal: Iterable[StoredPersonal],
    by: Actor,
    commands: Mapping[str, type[Command]],
) -> tuple[Event, ...]:
    """The events as *by* may see them; what is hidden and what was erased are told apart."""
    if sees_personal(by):
        return read(events, personal, commands, missing=ERASED)
    return read(events, (), commands, missing=MASKED)
