"""经理特批: a manager sets aside rules that are the house's own to set aside, never those that protect people (R2)."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from complaints.model.base import line, prose, several
from complaints.model.beside import Waiver
from complaints.model.complaint import Complaint
from complaints.model.event import Command, Event, Refusal, Situation, command, rule


@command
class Override(Command):
    """
    经理特批: for the next step of one kind some rules do not stand in the way (R2).

    It names the step and does not wrap it (our choice: it is simpler to keep and to read, and whoever takes the step
    then signs for it himself). It is used up by that step, and void once the complaint has moved on.

    Args:
        command: Name of the step.
        rules: Codes of the rules that are set aside.
    """

    is_decision: ClassVar[bool] = True

    complaint: UUID
    command: str = line(most=40)
    rules: tuple[str, ...] = several(least=1, most=20)
    reason: str = prose(most=2000)

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """The rules are set aside for the next such step; an earlier permission is replaced."""
        waiver = Waiver(command=self.command, rules=self.rules, by=event.by.id, number=event.number)
        return complaint.beside_with(waiver=waiver)


# --- rules ----------------------------------------------------------------------------------------------------------


@rule("override.no_such_step")
def there_is_such_a_step(s: Situation) -> Refusal | None:
    """The step has a row in the table; nobody can permit what there is not."""
    return None if s.command.command in s.overridable else Refusal("override.no_such_step", command=s.command.command)


@rule("override.not_overridable")
def the_rules_may_be_set_aside(s: Situation) -> Refusal | None:
    """Only assignments, department tasks and house deadlines: never roles, signature, conflict or money (R2)."""
    allowed = s.overridable.get(s.command.command)
    if allowed is None:
        return None  # there_is_such_a_step refuses already
    others = tuple(code for code in s.command.rules if code not in allowed)
    return Refusal("override.not_overridable", rules=others, allowed=tuple(sorted(allowed))) if others else None


__all__ = ["Override"]
