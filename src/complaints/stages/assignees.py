"""Who is given something to do: known, present and skilled, where the host's directory says so (R19, R52)."""

from __future__ import annotations

from collections.abc import Iterator

from complaints.model.event import Refusal, Situation, rule
from complaints.model.people import Person
from complaints.model.words import Duty

_NEEDS_NO_SKILL = (Duty.CALLER, Duty.TASK_OWNER)


@rule("assignee.unknown")
def everybody_named_is_known(s: Situation) -> Refusal | None:
    """Whoever is given something to do works at this dealer on that day; only a directory can tell."""
    unknown = tuple(id for id in s.command.names_people if id in s.people and s.people[id] is None)
    return Refusal("assignee.unknown", assignees=unknown) if unknown else None


@rule("assignee.absent", overridable=True)
def everybody_named_is_present(s: Situation) -> Refusal | None:
    """Nobody is given a complaint while he is away (R52); his deputy can be asked instead."""
    away = [person for person in _named(s) if person.absent]
    if not away:
        return None
    deputies = tuple(person.deputy for person in away if person.deputy is not None)
    return Refusal("assignee.absent", assignees=tuple(person.id for person in away), deputies=deputies)


@rule("assignee.unskilled", overridable=True)
def everybody_named_has_the_skill(s: Situation) -> Refusal | None:
    """
    Who handles or investigates knows one of the categories (R19, R52).

    Nobody asks where a person has no skills listed or the complaint has no category yet, nor for calling back or a
    task: neither takes knowledge of what was complained of (our choice).
    """
    categories = tuple(issue.category for issue in s.complaint.registration.issues if issue.category is not None)
    if not categories or getattr(s.command, "duty", None) in _NEEDS_NO_SKILL:
        return None
    unskilled = tuple(
        person.id for person in _named(s) if person.skills and not any(map(person.is_skilled_in, categories))
    )
    return Refusal("assignee.unskilled", assignees=unskilled, categories=categories) if unskilled else None


def _named(s: Situation) -> Iterator[Person]:
    for id in s.command.names_people:
        person = s.people.get(id)
        if person is not None:
            yield person


__all__: list[str] = []
