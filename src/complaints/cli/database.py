"""``complaints db``: what the database is, bring it up to date, copy it."""

from __future__ import annotations

from typing import Any

import attrs
import rich_click as click

from complaints.cli.screen import show, show_json, show_lines
from complaints.cli.settings import Settings, given_settings, settings_options, with_settings
from complaints.cli.spoken import spoken_command, spoken_group
from complaints.forms.layout import pairs
from complaints.locale import label

_UNWRAPPED = 10_000
"""Columns for what people copy and paste: a path is no use in two parts."""


def db_group(language: str) -> click.Group:
    """The group of commands for whoever looks after the database."""

    @spoken_group(language, "db", text=label("screen", "help.db", language), epilog="")
    @settings_options(language, with_environment=False, visible=())
    @click.pass_context
    def db(ctx: click.Context, /, **params: Any) -> None:
        ctx.find_root().obj = given_settings(ctx, params, language=language)

    for make in (_status, _upgrade, _backup):
        db.add_command(make(language))
    return db


def _status(language: str) -> click.Command:
    @spoken_command(language, "db.status", "db status --db complaints.db")
    @with_settings(language, "database", "is_json")
    def status(settings: Settings) -> None:
        _show_status(settings)

    return status


def _upgrade(language: str) -> click.Command:
    @spoken_command(language, "db.upgrade", "db upgrade --db complaints.db")
    @with_settings(language, "database", "is_json")
    def upgrade(settings: Settings) -> None:
        # opening a file to write brings it up to date; one that is not there is not made for that
        settings.store(is_read_only=not settings.is_there).close()
        _show_status(settings)

    return upgrade


def _backup(language: str) -> click.Command:
    @spoken_command(language, "db.backup", "db backup complaints-2026-01-31.db")
    @click.argument("file", metavar="FILE")
    @with_settings(language, "database", "is_json")
    def backup(settings: Settings, file: str) -> None:
        store = settings.store()
        try:
            store.backup(file)
        finally:
            store.close()
        if settings.is_json:
            show_json({"backup": file})
        else:
            show(f"{settings.says('db.backup')} {file}")

    return backup


def _show_status(settings: Settings) -> None:
    store = settings.store()
    try:
        found: dict[str, Any] = attrs.asdict(store.describe())
    finally:
        store.close()
    if settings.is_json:
        show_json(found)
    else:
        told = {name: f"{fact:,}" if isinstance(fact, int) else str(fact) for name, fact in found.items()}
        show_lines(pairs([(settings.says(f"db.{name}"), fact) for name, fact in told.items()], _UNWRAPPED))


__all__ = ["db_group"]
