"""``complaints lifecycle``: the definition in force, and what another one makes of the stored histories."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import attrs
import rich_click as click

from complaints.cli.arguments import Code
from complaints.cli.definition import definition_named
from complaints.cli.exit_codes import DONE, UNFIT, exit_code_of_refusals
from complaints.cli.screen import bar, show, show_json, show_lines, width_of_terminal
from complaints.cli.settings import READER, Decorator, Settings, given_settings, settings_options, with_settings
from complaints.cli.spoken import spoken_command, spoken_group
from complaints.diagram import table_markdown
from complaints.fitness import Migration, Misfit
from complaints.forms.case_file import refusal_data
from complaints.forms.filled import id_or_reference
from complaints.forms.layout import bullet, table
from complaints.forms.words import named
from complaints.locale import label, word
from complaints.model.words import State
from complaints.stores.base import Query

if TYPE_CHECKING:
    from complaints.desk import Desk
    from complaints.machine import Lifecycle
    from complaints.model.complaint import Complaint

_COLUMNS = ("reference", "state", "event_number", "command", "code")


def lifecycle_group(language: str) -> click.Group:
    """The group of commands for whoever has a definition of his own."""

    @spoken_group(language, "lifecycle", text=label("screen", "help.lifecycle", language), epilog="")
    @settings_options(language, with_environment=False, visible=())
    @click.pass_context
    def lifecycle(ctx: click.Context, /, **params: Any) -> None:
        ctx.find_root().obj = given_settings(ctx, params, language=language)

    for make in (_show, _check, _migrate):
        lifecycle.add_command(make(language))
    return lifecycle


def _definition_option(language: str) -> Decorator:
    text = label("screen", "option.definition", language)
    return click.option("--definition", metavar="MODULE:NAME", help=text)


def _show(language: str) -> click.Command:
    @spoken_command(language, "lifecycle.show", "lifecycle show", "lifecycle show --definition shop:OURS")
    @_definition_option(language)
    @with_settings(language, "house", "is_json")
    def show_(settings: Settings, definition: str | None) -> None:
        lifecycle = _wanted(definition, settings)
        if settings.is_json:
            names = ("name", "version", "digest", "stamp")
            show_json({**{name: getattr(lifecycle, name) for name in names}, "commands": list(lifecycle.commands)})
        else:
            show(f"{lifecycle.stamp}\n\n{table_markdown(lifecycle, language=language)}")

    return show_


def _check(language: str) -> click.Command:
    @spoken_command(
        language,
        "lifecycle.check",
        "lifecycle check --db complaints.db",
        "lifecycle check --definition shop:OURS",
        "lifecycle check --house house.toml --definition shop_next:OURS --open --json",
    )
    @_definition_option(language)
    @click.option("--open/--ended", "is_open", default=None, help=label("screen", "option.check.open", language))
    @with_settings(language, "database", "dealer", "house", "is_json")
    @click.pass_context
    def check(ctx: click.Context, settings: Settings, definition: str | None, is_open: bool | None) -> None:  # noqa: FBT001  # click hands over its flags so
        lifecycle = _wanted(definition, settings)
        with settings.desk() as desk:
            checked = _Checked.of(desk, lifecycle, settings, is_open=is_open)
        checked.show(lifecycle, settings)
        ctx.exit(UNFIT if checked.misfits else DONE)

    return check


def _migrate(language: str) -> click.Command:
    def option(*names: str, **more: Any) -> Decorator:
        return click.option(*names, help=label("screen", f"option.migrate.{names[0].strip('-')}", language), **more)

    @spoken_command(
        language,
        "lifecycle.migrate",
        "lifecycle migrate --house house.toml --as qian --role manager --reason …",
        "lifecycle migrate SH01-2026-000001 --state approval=proposal --house house.toml --as qian --role manager"
        " --reason … --write",
    )
    @click.argument("cases", metavar="[CASE]...", nargs=-1)
    @option("--reason", metavar="TEXT", required=True)
    @option("--state", "states", metavar="OLD=NEW", multiple=True)
    @option("--write", "is_written", is_flag=True)
    @with_settings(language, "database", "actor", "roles", "dealer", "house", "is_json")
    @click.pass_context
    def migrate(ctx: click.Context, /, settings: Settings, **given: Any) -> None:
        ctx.exit(_migrated(settings, **given))

    return migrate


def _migrated(
    settings: Settings, *, cases: tuple[str, ...], reason: str, states: tuple[str, ...], is_written: bool
) -> int:
    places = dict(_places(one, settings.language) for one in states)
    # a mistyped path is no wish for a new database
    with settings.desk(is_read_only=not (is_written and settings.is_there)) as desk:
        dealer = desk.complaint(id_or_reference(cases[0]), by=READER).dealer if cases else None
        if settings.who(dealer=dealer) is None:
            raise click.UsageError(settings.says("usage.who_acts"))
        by = settings.reader(dealer=dealer)
        which = [id_or_reference(case) for case in cases] or Query(dealer=settings.dealer)
        done = desk.migrate(which, by=by, reason=reason, states=places, dry_run=not is_written)
        stamp = desk.lifecycle.stamp
    codes = tuple(refusal.code for one in done for refusal in one.refusals)
    if settings.is_json:
        found = [_migration_data(one, settings.language) for one in done]
        show_json({"definition": stamp, "is_written": is_written, "migrations": found})
    else:
        show_lines(_told(done, stamp, settings, is_written=is_written))
    return exit_code_of_refusals(codes)


def _places(given: str, language: str) -> tuple[State, State]:
    """A state that has no moves any more, and where its complaints go on."""
    kind = Code(State, language)
    before, _, after = given.partition("=")
    return State(kind.convert(before, None, None)), State(kind.convert(after, None, None))


def _told(done: tuple[Migration, ...], stamp: str, settings: Settings, *, is_written: bool) -> Iterator[str]:
    language = settings.language
    if done:
        head = [settings.says(f"migrate.{name}") for name in ("reference", "definition", "source", "target", "result")]
        yield from table(head, (_line(one, language) for one in done), width_of_terminal())
        yield ""
    sentences = {refusal.code: refusal.sentence(language) for one in done for refusal in one.refusals}
    for code, sentence in sentences.items():
        yield from bullet(named(code, sentence, language), width_of_terminal())
    refused = sum(1 for one in done if one.refusals)
    counts = {
        "check.definition": stamp,
        "migrate.done" if is_written else "migrate.would": f"{len(done) - refused:,}",
        "migrate.refused": f"{refused:,}",
    }
    for code, text in counts.items():
        yield named(settings.says(code), text, language)


def _line(one: Migration, language: str) -> list[str]:
    codes = ", ".join(refusal.code for refusal in one.refusals)
    states = [word(state, language) for state in (one.source, one.target)]
    return [one.reference, one.definition, *states, f"✗ {codes}" if codes else "✓"]


def _migration_data(one: Migration, language: str) -> dict[str, object]:
    return {
        "id": one.complaint,
        "reference": one.reference,
        "definition": one.definition,
        "source": one.source,
        "target": one.target,
        "refusals": [refusal_data(refusal, language) for refusal in one.refusals],
        "misfits": [{"event": misfit.number, "command": misfit.command} for misfit in one.misfits],
    }


def _wanted(definition: str | None, settings: Settings) -> Lifecycle:
    """The one that is named, else that of the house file, else the standard one."""
    return settings.described_house.lifecycle if definition is None else definition_named(definition)


@attrs.frozen
class _Checked:
    """How many histories were looked at, and what does not fit."""

    number: int
    misfits: tuple[tuple[Complaint, Misfit], ...]

    @classmethod
    def of(cls, desk: Desk, lifecycle: Lifecycle, settings: Settings, *, is_open: bool | None) -> _Checked:
        with desk.store.read() as reader:
            ids = [head[0] for head in reader.heads()]
        what, number = settings.says("check.progress"), 0
        found: list[tuple[Complaint, Misfit]] = []
        for place, id in enumerate(ids, start=1):
            complaint = desk.complaint(id, by=READER)
            if is_open in (None, complaint.is_open) and settings.dealer in (None, complaint.dealer):
                number += 1
                found += ((complaint, one) for one in desk.misfits(id, by=READER, lifecycle=lifecycle))
            if sys.stderr.isatty():
                bar(place, len(ids), what)
        return cls(number, tuple(found))

    def show(self, lifecycle: Lifecycle, settings: Settings) -> None:
        unfit = len({complaint.id for complaint, _ in self.misfits})
        if settings.is_json:
            show_json(
                {
                    "definition": lifecycle.stamp,
                    "checked": self.number,
                    "unfit": unfit,
                    "misfits": [_data(complaint, one, settings.language) for complaint, one in self.misfits],
                }
            )
            return
        lines: list[str] = []
        if self.misfits:
            head = [settings.says(f"check.{name}") for name in _COLUMNS]
            lines += [*table(head, self._rows(settings.language), width_of_terminal()), "", *self._why(settings), ""]
        counts = {"check.definition": lifecycle.stamp, "check.checked": f"{self.number:,}", "check.unfit": f"{unfit:,}"}
        lines += (named(settings.says(code), text, settings.language) for code, text in counts.items())
        show_lines(lines)

    def _rows(self, language: str) -> Iterator[list[str]]:
        for complaint, one in self.misfits:
            step = label("command", one.command, language)
            for refusal in one.refusals:
                yield [complaint.reference, word(complaint.state, language), str(one.number), step, refusal.code]

    def _why(self, settings: Settings) -> Iterator[str]:
        """For each code what it says where it was met first: the table has no room for sentences."""
        sentences: dict[str, str] = {}
        for _, one in self.misfits:
            for refusal in one.refusals:
                sentences.setdefault(refusal.code, refusal.sentence(settings.language))
        for code, sentence in sentences.items():
            yield from bullet(named(code, sentence, settings.language), width_of_terminal())


def _data(complaint: Complaint, one: Misfit, language: str) -> dict[str, object]:
    return {
        "id": complaint.id,
        "reference": complaint.reference,
        "state": complaint.state,
        "is_open": complaint.is_open,
        "event": one.number,
        "command": one.command,
        "refusals": [refusal_data(refusal, language) for refusal in one.refusals],
    }


__all__ = ["lifecycle_group"]
