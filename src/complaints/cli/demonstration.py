"""``complaints demo``: real complaints through the whole lifecycle, on a database of its own."""

from __future__ import annotations

import sys

import rich_click as click

from complaints.cli.screen import bar, show, show_json
from complaints.cli.settings import Settings, with_settings
from complaints.cli.spoken import spoken_command


def demo_command(language: str) -> click.Command:
    """The command that shows what there is to see."""

    @spoken_command(language, "demo", "demo", "demo --lang zh_CN --db demo.db")
    @with_settings(language, "database", "is_json", "language")
    def demo(settings: Settings) -> None:
        from complaints.demo import run

        # never the database of the environment: that may be the real one
        database = settings.url if settings.is_database_typed else None
        result = run(
            database=database,
            language=settings.language,
            say=_silent if settings.is_json else show,
            progress=bar if sys.stderr.isatty() else None,
        )
        if settings.is_json:
            show_json({"database": result.database, "complaints": result.complaints, "events": result.events})

    return demo


def _silent(text: str) -> None:
    """Scripts get the result alone."""


__all__ = ["demo_command"]
