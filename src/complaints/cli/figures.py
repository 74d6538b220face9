"""``complaints figures``: what was achieved, each figure with its formula."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING, Any

import attrs
import rich_click as click

from complaints.cli.arguments import Moment
from complaints.cli.screen import show, show_json, show_lines, width_of_terminal
from complaints.cli.settings import Settings, given_settings, settings_options, with_settings
from complaints.cli.spoken import spoken_command, spoken_group
from complaints.forms.layout import table, wrapped
from complaints.forms.words import named
from complaints.locale import label

if TYPE_CHECKING:
    from decimal import Decimal

    from complaints.figures.fast_track import FastTrackFigures

_RATIOS = ("share", "repeat_rate", "sample_coverage")
_COUNTS = ("registered", "settled", "reworked", "repeated", "sampled", "called")


def figures_group(language: str) -> click.Group:
    """The commands that count."""

    @spoken_group(language, "figures", text=label("screen", "help.figures", language), epilog="")
    @settings_options(language, with_environment=False, visible=())
    @click.pass_context
    def figures(ctx: click.Context, /, **params: Any) -> None:
        ctx.find_root().obj = given_settings(ctx, params, language=language)

    figures.add_command(_fast_track_command(language))
    return figures


def _fast_track_command(language: str) -> click.Command:
    since, until = (label("screen", f"option.figures.{name}", language) for name in ("since", "until"))

    @spoken_command(
        language,
        "figures.fast-track",
        "figures fast-track --dealer SH01 --since 2026-01-01 --until 2026-04-01",
        "figures fast-track --dealer SH01 --since 2026-01-01 --until 2026-04-01 --json",
    )
    @click.option("--since", required=True, type=Moment(language), metavar="DAY", help=since)
    @click.option("--until", required=True, type=Moment(language), metavar="DAY", help=until)
    @with_settings(language, "database", "actor", "roles", "dealer", "is_json")
    def fast_track(settings: Settings, since: datetime, until: datetime) -> None:
        if settings.dealer is None:
            raise click.UsageError(settings.says("usage.whose_figures"))
        zone = settings.zone_of(settings.dealer)
        with settings.desk() as desk:
            reader = settings.reader(dealer=settings.dealer)
            found = desk.fast_track_figures(settings.dealer, _day(since, zone), _day(until, zone), by=reader)
        if settings.is_json:
            show_json(_as_data(found, settings))
        else:
            _show(found, settings)

    return fast_track


def _day(given: datetime, zone: tzinfo) -> date:
    """The dealer's day; a day without a time is his."""
    return given.date() if given.utcoffset() is None else given.astimezone(zone).date()


def _show(found: FastTrackFigures, settings: Settings) -> None:
    language = settings.language
    show(named(settings.says("figures.period"), f"{found.since} … {found.until}", language))
    for name in _COUNTS:
        show(named(settings.says(f"figures.{name}"), f"{getattr(found, name):,}", language))
    for name in _RATIOS:
        show(named(settings.says(f"figures.{name}"), _percent(getattr(found, name)), language))
        show_lines(f"  {line}" for line in wrapped(settings.says(f"formula.{name}"), width_of_terminal() - 2))
    if found.settlers:
        head = [settings.says(f"figures.{name}") for name in ("settler", "settled", "cost")]
        show("")
        show_lines(table(head, _rows(found), width_of_terminal()))
    show(named(settings.says("figures.version"), found.version, language))


def _rows(found: FastTrackFigures) -> Iterator[list[str]]:
    for one in found.settlers:
        yield [one.settler, f"{one.settled:,}", ", ".join(str(money) for money in one.cost)]


def _percent(ratio: Decimal | None) -> str:
    return "–" if ratio is None else f"{100 * ratio:.2f} %"


def _as_data(found: FastTrackFigures, settings: Settings) -> dict[str, object]:
    counted = attrs.asdict(found, recurse=False)
    settlers = [
        {**attrs.asdict(one, recurse=False), "cost": [str(money) for money in one.cost]} for one in found.settlers
    ]
    return {
        **counted,
        **{name: getattr(found, name) for name in _RATIOS},
        "settlers": settlers,
        "formulas": {name: settings.says(f"formula.{name}") for name in _RATIOS},
    }


__all__ = ["figures_group"]
