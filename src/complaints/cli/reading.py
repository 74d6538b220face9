"""``complaints show`` and ``complaints explain``: one complaint, and what may be done with it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import rich_click as click

from complaints.cli.arguments import Moment, moment_of
from complaints.cli.cases import command_named, found
from complaints.cli.exit_codes import exit_code_of_refusals
from complaints.cli.screen import show, show_json, show_lines, show_refusals, width_of_terminal
from complaints.cli.settings import Settings, with_settings
from complaints.cli.spoken import spoken_command
from complaints.forms.case_file import case_file, case_file_data, next_step_data, refusal_data
from complaints.forms.next_steps import next_step_lines, next_steps, no_such_step
from complaints.forms.words import Reader
from complaints.locale import label

if TYPE_CHECKING:
    from complaints.desk import Desk
    from complaints.model.event import Command

_VISIBLE = ("database", "actor", "roles", "is_json")


def show_command(language: str) -> click.Command:
    """The command that shows a case file."""

    @spoken_command(
        language,
        "show",
        "show SH01-2026-000001",
        "show SH01-2026-000001 --full --as zhao --role supervisor",
        "show SH01-2026-000001 --json",
    )
    @click.argument("case", metavar="CASE")
    @click.option("--full", "is_full", is_flag=True, help=label("screen", "option.full", language))
    @click.option("--now", type=Moment(language), metavar="TIME", help=label("screen", "option.now", language))
    @with_settings(language, *_VISIBLE)
    def show_(settings: Settings, case: str, is_full: bool, now: datetime | None) -> None:  # noqa: FBT001  # click hands over its flags so
        read_at = moment_of(now)
        with settings.desk() as desk:
            complaint, reader = found(desk, case, settings)
            events = desk.history(complaint.id, by=reader)
            options = desk.options(complaint.id, by=reader)
            calendar = desk.calendar(complaint.dealer)
        if settings.is_json:
            show_json(case_file_data(complaint, events, language=language, options=options, lifecycle=desk.lifecycle))
            return
        text = case_file(
            complaint,
            events,
            language=language,
            zone=settings.zone_of(complaint.dealer),
            options=options,
            width=width_of_terminal(),
            is_full=is_full,
            lifecycle=desk.lifecycle,
            calendar=calendar,
            now=read_at,
        )
        show(text)

    return show_


def explain_command(language: str) -> click.Command:
    """The command that tells what may be done, and why not."""

    @spoken_command(
        language,
        "explain",
        "explain SH01-2026-000001",
        "explain SH01-2026-000001 --as li --role specialist",
        "explain SH01-2026-000001 Close --as zhao --role supervisor",
    )
    @click.argument("case", metavar="CASE")
    @click.argument("command", metavar="[COMMAND]", required=False)
    @with_settings(language, *_VISIBLE)
    @click.pass_context
    def explain(ctx: click.Context, settings: Settings, case: str, command: str | None) -> None:
        cls = None if command is None else command_named(command, settings)
        with settings.desk() as desk:
            if cls is None:
                _explain_all(desk, case, settings)
            else:
                ctx.exit(_explain_one(desk, case, cls, settings))

    return explain


def _explain_all(desk: Desk, case: str, settings: Settings) -> None:
    complaint, reader = found(desk, case, settings)
    steps = next_steps(complaint.state, desk.options(complaint.id, by=reader), desk.lifecycle)
    if settings.is_json:
        data = [next_step_data(step, settings.language) for step in steps]
        show_json({"reference": complaint.reference, "state": complaint.state, "next": data})
        return
    words = Reader(settings.language, settings.zone_of(complaint.dealer))
    show(words.remark(complaint.reference, words.word(complaint.state)))
    show_lines(next_step_lines(steps, words, width=width_of_terminal()))


def _explain_one(desk: Desk, case: str, cls: type[Command], settings: Settings) -> int:
    complaint, reader = found(desk, case, settings)
    options = desk.options(complaint.id, by=reader)
    refusals = options[cls] if cls in options else (no_such_step(cls, complaint, desk.lifecycle),)
    if settings.is_json:
        data = [refusal_data(refusal, settings.language) for refusal in refusals]
        show_json({"reference": complaint.reference, "command": cls.__name__, "refusals": data})
    else:
        show_refusals(refusals, settings.language)
    return exit_code_of_refusals(tuple(refusal.code for refusal in refusals))


__all__ = ["explain_command", "show_command"]
