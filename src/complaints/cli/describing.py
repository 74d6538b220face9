"""``complaints diagram`` and ``complaints form``: the lifecycle as a picture, and what a step asks for."""

from __future__ import annotations

from collections.abc import Iterator

import rich_click as click

from complaints.cli.arguments import Code
from complaints.cli.cases import command_named, found
from complaints.cli.screen import show, show_json, show_lines, width_of_terminal
from complaints.cli.settings import Settings, with_settings
from complaints.cli.spoken import spoken_command
from complaints.desk import Desk
from complaints.diagram import mermaid
from complaints.forms.layout import table
from complaints.locale import label
from complaints.model.words import Severity


def diagram_command(language: str) -> click.Command:
    """The command that draws the lifecycle as Mermaid text."""

    @spoken_command(language, "diagram", "diagram > lifecycle.mmd", "diagram SH01-2026-000001")
    @click.argument("case", metavar="[CASE]", required=False)
    @with_settings(language, "database", "language")
    def diagram(settings: Settings, case: str | None) -> None:
        path = None
        if case is not None:
            with settings.desk() as desk:
                complaint, reader = found(desk, case, settings)
                events = desk.history(complaint.id, by=reader)
            path = [(event.name, event.target) for event in events if event.is_move]
        show(mermaid(settings.described_house.lifecycle, language=language, complaint_path=path))

    return diagram


def form_command(language: str) -> click.Command:
    """The command that prints the form of a step as JSON Schema, or lists the steps."""

    @spoken_command(language, "form", "form", "form Uphold", "form AddEvidence --severity major")
    @click.argument("command", metavar="[COMMAND]", required=False)
    @click.option(
        "--severity",
        type=Code(Severity, language),
        default=Severity.GENERAL,
        metavar="SEVERITY",
        help=label("screen", "option.form.severity", language),
    )
    @with_settings(language, "dealer", "house", "is_json")
    def form_(settings: Settings, command: str | None, severity: Severity) -> None:
        if command is not None:
            cls, house = command_named(command, settings), settings.described_house
            with Desk(dealers=house.dealers, policy=house.policies, calendars=house.calendars) as desk:
                show_json(desk.form(cls, severity=severity, dealer=settings.dealer, language=language))
        elif settings.is_json:
            show_json(list(settings.described_house.lifecycle.commands))
        else:
            show_lines(_commands(settings))

    return form_


def _commands(settings: Settings) -> Iterator[str]:
    language, commands = settings.language, settings.described_house.lifecycle.commands
    head = [label("field", "command", language), "", ""]
    rows = ([name, label("command", name, language), label("command_help", name, language)] for name in commands)
    return table(head, rows, width_of_terminal())


__all__ = ["diagram_command", "form_command"]
