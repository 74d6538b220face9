"""``complaints feed``: what happened to all complaints, for other systems, once or for as long as it goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import rich_click as click

from complaints.cli.screen import show, show_json, show_line
from complaints.cli.settings import Decorator, Settings, with_settings
from complaints.cli.spoken import spoken_command
from complaints.cli.stopping import stopping
from complaints.forms.layout import GAP
from complaints.forms.words import Reader
from complaints.locale import label

if TYPE_CHECKING:
    from complaints.feeding import FeedEvent

_EVERY_SECONDS = 2
"""How often somebody who follows the feed looks again; a default."""


def feed_command(language: str) -> click.Command:
    """The command that tells what happened."""

    def option(*names: str, **more: Any) -> Decorator:
        code = f"option.feed.{names[0].strip('-')}"
        return click.option(*names, help=label("screen", code, language), **more)

    @spoken_command(language, "feed", "feed --limit 20", "feed --json --after CURSOR", "feed --json --follow")
    @option("--after", metavar="CURSOR")
    @option("--limit", type=int, default=100, show_default=True, metavar="N")
    @option("--follow", "is_followed", is_flag=True)
    @option("--every", type=int, default=_EVERY_SECONDS, show_default=True, metavar="SECONDS")
    @option("--schema", "is_described", is_flag=True)
    @with_settings(language, "database", "house", "dealer", "is_json", without=("department",))
    def feed(
        settings: Settings, after: str | None, limit: int, every: int, *, is_followed: bool, is_described: bool
    ) -> None:
        if every < 1:
            raise click.UsageError(f"{settings.says('usage.every')} {every}")
        if is_described:
            _describe()
        elif is_followed:
            _follow(settings, after, limit, every)
        else:
            _tell(settings, after, limit)

    return feed


def _describe() -> None:
    from complaints.feeding import event_schema

    show_json(event_schema())


def _tell(settings: Settings, after: str | None, limit: int) -> None:
    with settings.desk() as desk:
        page = desk.feed(by=settings.reader(dealer=settings.dealer), after=after, limit=limit)
    _show(page.events, settings)
    if not settings.is_json:
        show("" if page.events else settings.says("feed.none"))
        show(f"{settings.says('feed.next')} --after {page.next}")


def _follow(settings: Settings, after: str | None, limit: int, every: int) -> None:
    by = settings.reader(dealer=settings.dealer)
    with settings.desk() as desk, stopping() as stop:
        while not stop.is_set():
            page = desk.feed(by=by, after=after, limit=limit)
            _show(page.events, settings)
            after = page.next
            if not page:
                stop.wait(every)


def _show(events: tuple[FeedEvent, ...], settings: Settings) -> None:
    for event in events:
        show_line(_as_json(event) if settings.is_json else _in_a_line(event, settings))


def _as_json(event: FeedEvent) -> str:
    """The event as other systems get it, and where the feed goes on behind it."""
    return msgspec.json.encode({**event.data(), "cursor": event.cursor}).decode()


def _in_a_line(event: FeedEvent, settings: Settings) -> str:
    reader = Reader(settings.language, settings.zone_of(event.dealer))
    states = dict.fromkeys(reader.word(state) for state in (event.source, event.target) if state is not None)
    step = reader.label("command", event.command)
    told = (reader.moment(event.at), event.reference, reader.word(event.severity), step, " → ".join(states))
    return GAP.join(told)


__all__ = ["feed_command"]
