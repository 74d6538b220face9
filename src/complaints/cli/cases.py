"""What several commands need: the complaint that is meant, and the command that is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from complaints.cli.arguments import code_for, labels_of, likely
from complaints.cli.settings import READER, Settings
from complaints.cli.spoken import UnknownNameError
from complaints.forms.filled import id_or_reference
from complaints.model.event import Command

if TYPE_CHECKING:
    from complaints.desk import Desk
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


__all__ = ["command_named", "found"]
