"""What several commands need: the complaint that is meant, the command that is meant, and a complaint in brief."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from complaints.cli.arguments import code_for, labels_of, likely
from complaints.cli.settings import READER, Settings
from complaints.cli.spoken import UnknownNameError
from complaints.model.event import Command, Refusal
from complaints.model.watching import earliest_due
from complaints.rows import Move

if TYPE_CHECKING:
    from complaints.desk import Desk
    from complaints.machine import Lifecycle
    from complaints.model.complaint import Complaint
    from complaints.model.people import Actor


def found(desk: Desk, case: str, settings: Settings) -> tuple[Complaint, Actor]:
    """
    The complaint with this case number or id, and who reads it.

    Raises:
        NotFoundError: If there is none, or not for the one who reads.
    """
    first = desk.complaint(id_or_reference(case), by=READER)
    reader = settings.reader(dealer=first.dealer)
    return (first if reader is READER else desk.complaint(first.id, by=reader)), reader


def id_or_reference(case: str) -> UUID | str:
    """A complaint's id if *case* is one, else the case number."""
    try:
        return UUID(case)
    except ValueError:
        return case.strip()


def command_named(name: str, settings: Settings) -> type[Command]:
    """
    The command class that is meant: by name or label, whatever the case or hyphens.

    Raises:
        UnknownNameError: If there is none, with those that may have been meant.
    """
    commands = settings.described_house.lifecycle.commands
    known = labels_of("command", commands)
    code = code_for(name, known)
    if code is None:
        raise UnknownNameError("usage.no_step", name, likely(name, known) or tuple(known), settings.language)
    return commands[code]


def no_such_step(command: type[Command], complaint: Complaint, lifecycle: Lifecycle) -> Refusal:
    """The refusal of a command that the complaint's state has no row for."""
    possible = tuple(row.command.__name__ for row in lifecycle.rows_from(complaint.state) if isinstance(row, Move))
    return Refusal("move.illegal", command=command.__name__, state=complaint.state.value, commands=possible)


def in_brief(complaint: Complaint) -> dict[str, object]:
    """A complaint in a list, for scripts."""
    form = complaint.registration
    return {
        "id": complaint.id,
        "reference": complaint.reference,
        "dealer": complaint.dealer,
        "version": complaint.version,
        "state": complaint.state,
        "stage": complaint.stage,
        "severity": complaint.severity,
        "track": complaint.track,
        "handler": complaint.handler,
        "department": complaint.department,
        "categories": sorted({issue.category for issue in form.issues if issue.category}),
        "received_at": complaint.received_at,
        "recorded_at": complaint.recorded_at,
        "due": earliest_due(complaint),
        "outcome": complaint.outcome,
        "excerpt": form.excerpt,
    }


__all__ = ["command_named", "found", "id_or_reference", "in_brief", "no_such_step"]
