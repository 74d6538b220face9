"""``complaints figures``: what was achieved, each figure with its formula."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, tzinfo
from typing import TYPE_CHECKING, Any

import attrs
import rich_click as click

from complaints.cli.arguments import Moment, moment_of
from complaints.cli.screen import show, show_json, show_lines, width_of_terminal
from complaints.cli.settings import Settings, given_settings, settings_options, with_settings
from complaints.cli.spoken import spoken_command, spoken_group
from complaints.forms.layout import table, wrapped
from complaints.forms.words import Reader, named
from complaints.locale import label

if TYPE_CHECKING:
    from decimal import Decimal

    from complaints.figures.fast_track import FastTrackFigures
    from complaints.figures.kept import ClockFigures, KeptFigures, PromiseFigures

_RATIOS = ("share", "repeat_rate", "sample_coverage")
_COUNTS = ("registered", "settled", "reworked", "repeated", "sampled", "called")
_OF_PROMISES = ("due", "kept", "kept_late", "made_good", "owed", "broken", "put_off", "released", "not_due")
_OF_MAKERS = ("due", "kept", "kept_late", "made_good", "owed")
_OF_CLOCKS = ("due", "in_time", "late", "recorded_late", "undone")
_KEPT_FORMULAS = ("broken_rate", "kept_rate", "in_time_rate", "unbreached_rate")


def figures_group(language: str) -> click.Group:
    """The commands that count."""

    @spoken_group(language, "figures", text=label("screen", "help.figures", language), epilog="")
    @settings_options(language, with_environment=False, visible=())
    @click.pass_context
    def figures(ctx: click.Context, /, **params: Any) -> None:
        ctx.find_root().obj = given_settings(ctx, params, language=language)

    figures.add_command(_fast_track_command(language))
    figures.add_command(_kept_command(language))
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
        dealer = _whose(settings)
        zone = settings.zone_of(dealer)
        with settings.desk() as desk:
            reader = settings.reader(dealer=dealer)
            found = desk.fast_track_figures(dealer, _day(since, zone), _day(until, zone), by=reader)
        if settings.is_json:
            show_json(_as_data(found, settings))
        else:
            _show(found, settings)

    return fast_track


def _kept_command(language: str) -> click.Command:
    since, until, now = (label("screen", f"option.figures.kept.{name}", language) for name in ("since", "until", "now"))

    @spoken_command(
        language,
        "figures.kept",
        "figures kept --dealer SH01 --since 2026-01-01 --until 2026-04-01",
        "figures kept --dealer SH01 --since 2026-01-01 --until 2026-04-01 --json",
    )
    @click.option("--since", required=True, type=Moment(language), metavar="DAY", help=since)
    @click.option("--until", required=True, type=Moment(language), metavar="DAY", help=until)
    @click.option("--now", type=Moment(language), metavar="TIME", help=now)
    @with_settings(language, "database", "actor", "roles", "dealer", "is_json")
    def kept(settings: Settings, since: datetime, until: datetime, now: datetime | None) -> None:
        dealer = _whose(settings)
        zone = settings.zone_of(dealer)
        with settings.desk() as desk:
            reader = settings.reader(dealer=dealer)
            found = desk.kept_figures(dealer, _day(since, zone), _day(until, zone), by=reader, now=moment_of(now))
        if settings.is_json:
            show_json(_kept_as_data(found, settings))
        else:
            _show_kept(found, settings, zone)

    return kept


def _whose(settings: Settings) -> str:
    if settings.dealer is None:
        raise click.UsageError(settings.says("usage.whose_figures"))
    return settings.dealer


def _day(given: datetime, zone: tzinfo) -> date:
    """The dealer's day; a day without a time is his."""
    return given.date() if given.utcoffset() is None else given.astimezone(zone).date()


def _show(found: FastTrackFigures, settings: Settings) -> None:
    language = settings.language
    show(named(settings.says("figures.period"), f"{found.since} … {found.until}", language))
    for name in _COUNTS:
        show(named(settings.says(f"figures.{name}"), f"{getattr(found, name):,}", language))
    if found.adopted:
        show(named(settings.says("figures.adopted"), f"{found.adopted:,}", language))
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


# --- what was kept --------------------------------------------------------------------------------------------------


def _show_kept(found: KeptFigures, settings: Settings, zone: tzinfo) -> None:
    reader, promises = Reader(settings.language, zone), found.promises
    _tell("kept.period", f"{found.since} … {found.until}", settings)
    _tell("kept.at", reader.moment(found.at), settings)
    for name in _OF_PROMISES:
        _tell(f"kept.{name}", f"{getattr(promises, name):,}", settings)
    for name in ("broken_rate", "kept_rate"):
        _tell(f"kept.{name}", _percent(getattr(promises, name)), settings, formula=name)
    _show_table("maker", _OF_MAKERS, "broken_rate", _maker_rows(found), settings)
    show("")
    _tell("kept.in_time_rate", "" if found.clocks else "–", settings, formula="in_time_rate")
    _show_table("clock", _OF_CLOCKS, "in_time_rate", _clock_rows(found, reader), settings)
    show("")
    for name in ("closed", "unbreached"):
        _tell(f"kept.{name}", f"{getattr(found, name):,}", settings)
    _tell("kept.unbreached_rate", _percent(found.unbreached_rate), settings, formula="unbreached_rate")
    _tell("version", found.version, settings)


def _tell(code: str, text: str, settings: Settings, *, formula: str | None = None) -> None:
    """One figure by its name, and below it how it is counted."""
    title = settings.says(f"figures.{code}")
    show(named(title, text, settings.language) if text else title)
    if formula is not None:
        lines = wrapped(settings.says(f"formula.{formula}"), width_of_terminal() - 2)
        show_lines(f"  {line}" for line in lines)


def _show_table(first: str, counts: tuple[str, ...], rate: str, rows: Iterator[list[str]], settings: Settings) -> None:
    """Nothing at all where there is no row."""
    told = [*rows]
    if told:
        head = [settings.says(f"figures.kept.{name}") for name in (first, *(f"column.{one}" for one in counts), rate)]
        show("")
        show_lines(table(head, told, width_of_terminal()))


def _maker_rows(found: KeptFigures) -> Iterator[list[str]]:
    for one in found.makers:
        yield [one.maker, *_counted(one.promises, _OF_MAKERS), _percent(one.promises.broken_rate)]


def _clock_rows(found: KeptFigures, reader: Reader) -> Iterator[list[str]]:
    for one in found.clocks:
        yield [reader.label("clock", one.clock), *_counted(one, _OF_CLOCKS), _percent(one.in_time_rate)]


def _counted(figures: PromiseFigures | ClockFigures, names: tuple[str, ...]) -> list[str]:
    return [f"{getattr(figures, name):,}" for name in names]


def _kept_as_data(found: KeptFigures, settings: Settings) -> dict[str, object]:
    return {
        "since": found.since,
        "until": found.until,
        "at": found.at.astimezone(UTC),
        "promises": _promise_data(found.promises),
        "makers": [{"maker": one.maker, **_promise_data(one.promises)} for one in found.makers],
        "clocks": [
            {name: getattr(one, name) for name in ("clock", *_OF_CLOCKS, "in_time_rate")} for one in found.clocks
        ],
        "closed": found.closed,
        "unbreached": found.unbreached,
        "unbreached_rate": found.unbreached_rate,
        "version": found.version,
        "formulas": {name: settings.says(f"formula.{name}") for name in _KEPT_FORMULAS},
    }


def _promise_data(figures: PromiseFigures) -> dict[str, object]:
    return {name: getattr(figures, name) for name in (*_OF_PROMISES, "broken_rate", "kept_rate")}


__all__ = ["figures_group"]
