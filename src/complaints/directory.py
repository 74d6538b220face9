"""The host's directory: who is there, as what, knowing what, and who stands in while somebody is away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Protocol

from complaints.errors import HostError, NotFoundError, ReentrantStepError
from complaints.model.people import Actor, Person


class Directory(Protocol):
    """
    Maps the host's users to the people of a dealer. Pass one in: ``Desk(directory=…)``.

    It is asked before each step, while the step's transaction is open: answer from memory or from a table that is
    near. A rule never asks it; it sees what the answer was.
    """

    def person(self, id: str, *, dealer: str | None, on: date) -> Person | None:
        """
        The person *id* at *dealer* on a day of the dealer's calendar; ``None`` for nobody known there then.

        Args:
            dealer: ``None`` for somebody of the group, who belongs to no single dealer.
        """
        ...

    def people(self, dealer: str, on: date) -> Iterable[str]:
        """
        Ids of everybody who works at *dealer* on a day of its calendar, in any order.

        Asked only where somebody is to be proposed for an assignment (:meth:`Desk.propose_assignee`), never by a step.
        """
        ...


def ask(directory: Directory, id: str, dealer: str | None, on: date) -> Person | None:
    """
    What *directory* says of somebody.

    Raises:
        HostError: If it fails, or answers with anything but that person.
    """
    try:
        person = directory.person(id, dealer=dealer, on=on)
    except ReentrantStepError:
        raise
    except Exception as error:  # it is the host's code: whatever it raises, the step fails by a name of ours
        raise HostError("directory", type(error).__name__) from error
    if person is None or (isinstance(person, Person) and person.id == id):
        return person
    raise HostError("directory", type(person).__name__)


def everybody(directory: Directory, dealer: str, on: date) -> tuple[Person, ...]:
    """
    Everybody whom *directory* knows at *dealer* on that day, each once, by id.

    Raises:
        HostError: If it fails.
    """
    try:
        ids = sorted(frozenset(directory.people(dealer, on)))
    except ReentrantStepError:
        raise
    except Exception as error:  # it is the host's code: whatever it raises, the asking fails by a name of ours
        raise HostError("directory", type(error).__name__) from error
    return tuple(person for person in known(directory, ids, dealer, on).values() if person is not None)


def known(directory: Directory, ids: Iterable[str], dealer: str | None, on: date) -> Mapping[str, Person | None]:
    """What *directory* says of several people."""
    return {id: ask(directory, id, dealer, on) for id in dict.fromkeys(ids)}


def actor(directory: Directory, id: str, dealer: str | None, on: date, *, stands_in: bool) -> Actor:
    """
    The person as one who acts, standing in for everybody who is away and names him as deputy.

    Raises:
        NotFoundError: If nobody of that id is known there on that day, or the person has no role there.
        HostError: If the directory fails.
    """
    person = ask(directory, id, dealer, on)
    if person is None or not person.roles:
        raise NotFoundError("person", id)
    others = known(directory, person.stands_in_for, dealer, on) if stands_in else {}
    away = tuple(other for other, who in others.items() if is_represented(who, by=id))
    return Actor(id, person.roles, dealer=dealer, department=person.department, stands_in_for=away)


def is_represented(person: Person | None, *, by: str) -> bool:
    """Whether the person is away and has named *by* as his deputy."""
    return person is not None and person.absent and person.deputy == by


__all__ = ["Directory", "actor", "ask", "everybody", "is_represented", "known"]
