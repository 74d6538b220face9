"""Between two definitions: a complaint under way is brought to the one its desk works by now (our choice)."""

from __future__ import annotations

from uuid import UUID

from complaints.model.base import prose
from complaints.model.complaint import Complaint
from complaints.model.event import Command, command
from complaints.model.words import State


@command
class Migrate(Command):
    """
    转用新流程定义: from now on the complaint counts as under the desk's own definition.

    It belongs to no table, since it leads from one to another, so every definition reads and replays it.
    ``Desk.migrate`` gives the order for many complaints.

    Args:
        target: Where the complaint goes on, if its state has no moves any more; else it stays where it is.
        reason: Why, for whoever reads the history.
    """

    complaint: UUID
    target: State | None = None
    reason: str = prose(most=1000)

    def heads_for(self, complaint: Complaint) -> State | None:
        """The state it names, else the present one."""
        return self.target or complaint.state


__all__ = ["Migrate"]
