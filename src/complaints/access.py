"""Whose complaints somebody may see, and how much of who the customers are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from complaints.history import masked, read
from complaints.model.complaint import Complaint
from complaints.model.event import Command, Event
from complaints.model.people import Actor
from complaints.model.personal import EVERYTHING, Personal
from complaints.model.words import Answer, Role
from complaints.stores.base import Query, StoredEvent, StoredPersonal

Sees: TypeAlias = Mapping[Role, frozenset[Personal]]
"""Which role sees which groups of personal texts: ``Policy.sees``."""

_NOTHING: frozenset[Personal] = frozenset()


def is_of(actor: Actor, dealer: str) -> bool:
    """Whether *actor* belongs to the dealer; for others its complaints do not exist."""
    return actor.dealer == dealer or sees_all_dealers(actor)


def sees_all_dealers(actor: Actor) -> bool:
    """The group and the system, when they act for no single dealer."""
    return actor.dealer is None and actor.holds(Role.GROUP, Role.SYSTEM)


def shown(sees: Sees, by: Actor) -> frozenset[Personal]:
    """What *by* sees of customers in general: all that any of his roles sees (R67)."""
    seen = _NOTHING
    for role in by.roles:
        of_role = sees.get(role, _NOTHING)
        seen = seen | of_role if seen else of_role
    return seen


def hidden_from(by: Actor, complaint: Complaint, sees: Sees) -> frozenset[Personal]:
    """What *by* does not see of this complaint's customer; whoever has something to do for him sees all."""
    seen = shown(sees, by)
    if seen is EVERYTHING:  # as for most, and asked at every step: the quick way
        return _NOTHING
    hidden = EVERYTHING - seen
    return _NOTHING if hidden and _works_on(by, complaint) else hidden


def _works_on(by: Actor, complaint: Complaint) -> bool:
    """Whether *by* has a duty on the complaint that he has not declined, or a task nobody has reported on."""
    duties = complaint.duties.values()
    return any(by.acts_as(duty.assignee) and duty.answer is not Answer.DECLINED for duty in duties) or any(
        by.acts_as(task.owner) for task in complaint.open_tasks
    )


def as_seen(complaint: Complaint, by: Actor, sees: Sees) -> Complaint:
    """The complaint as *by* may see it."""
    hidden = hidden_from(by, complaint, sees)
    return masked(complaint, hidden) if hidden else complaint


def events_as_seen(
    events: Sequence[StoredEvent],
    personal: Iterable[StoredPersonal],
    commands: Mapping[str, type[Command]],
    hidden: frozenset[Personal],
) -> tuple[Event, ...]:
    """The events but for what is *hidden*; what is hidden and what was erased are told apart."""
    return read(events, () if hidden == EVERYTHING else personal, commands, hidden=hidden)


def may_search(query: Query, by: Actor, tables: Iterable[Sees]) -> bool:
    """Whether *by* sees all that the query looks into: what may not be read may not be guessed by searching either."""
    wanted = _NOTHING
    if query.customer:
        wanted |= {Personal.NAMES, Personal.CONTACTS}
    if query.vehicle:
        wanted |= {Personal.VEHICLE}
    if query.text:
        wanted |= {Personal.WORDS, Personal.NAMES}
    return not wanted or all(wanted <= shown(sees, by) for sees in tables)
