"""``complaints import``: what another system holds, brought in from its export."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

import rich_click as click

from complaints.cli.exit_codes import DONE, INTERRUPTED, PARTLY
from complaints.cli.screen import bar, show, show_json, show_line, show_lines, tell, width_of_terminal
from complaints.cli.settings import Decorator, Settings, with_settings
from complaints.cli.spoken import spoken_command
from complaints.desk import Desk
from complaints.forms.layout import GAP, heading, pairs
from complaints.forms.words import Reader
from complaints.locale import label, word
from complaints.model.people import Actor, Dealer

if TYPE_CHECKING:
    from complaints.imports import Imported, ImportMap, Sample

_PERCENT = 100


def import_command(language: str) -> click.Command:
    """The command that brings in a file."""

    def option(*names: str, **more: Any) -> Decorator:
        code = f"option.import.{names[0].strip('-')}"
        return click.option(*names, help=label("screen", code, language), **more)

    @spoken_command(
        language,
        "import",
        "import old.csv --map our_map.toml --dealer SH01 --as chen --role manager --dry-run",
        "import old.csv --map our_map.toml --dealer SH01 --as chen --role manager",
        "import old.csv.refused.csv --map our_map.toml --dealer SH01 --as chen --role manager",
        "import --show-map nhtsa_odi > our_map.toml",
    )
    @click.argument("file", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
    @option("--map", "map_", metavar="MAP.toml|NAME")
    @option("--dry-run", "is_dry_run", is_flag=True)
    @option("--limit", type=click.IntRange(min=1), metavar="N")
    @option("--refused", type=click.Path(path_type=Path), metavar="FILE")
    @option("--show-map", metavar="NAME")
    @option("--maps", "lists_maps", is_flag=True)
    @with_settings(language, "database", "actor", "roles", "dealer", "house", "is_json")
    @click.pass_context
    def import_(ctx: click.Context, /, settings: Settings, **given: Any) -> None:
        shown, lists_maps = given.pop("show_map"), given.pop("lists_maps")
        if lists_maps:
            _list_maps(settings)
        elif shown is not None:
            _show_map(shown)
        else:
            ctx.exit(_import(settings, **given))

    return import_


def _list_maps(settings: Settings) -> None:
    from complaints.imports import load_map, shipped_maps

    maps = {name: load_map(name).table.about or "" for name in shipped_maps()}
    if settings.is_json:
        show_json(maps)
    else:
        show_lines(pairs(list(maps.items()), width_of_terminal()))


def _show_map(name: str) -> None:
    from complaints.imports import load_map

    show_line(load_map(name).text.rstrip("\n"))


def _import(
    settings: Settings,
    *,
    file: Path | None,
    map_: str | None,
    is_dry_run: bool,
    limit: int | None,
    refused: Path | None,
) -> int:
    from complaints.imports import beside, import_file, load_map

    if file is None or map_ is None:
        raise click.UsageError(settings.says("usage.import"))
    map = load_map(map_)
    dealer, by = _who(settings)
    with _desk(settings, is_dry_run=is_dry_run) as desk, _stopping() as stop:
        found = import_file(
            desk,
            file,
            map,
            dealer=dealer,
            by=by,
            is_dry_run=is_dry_run,
            limit=limit,
            refused=refused or beside(file),
            language=settings.language,
            progress=_progress(settings),
            should_stop=stop.is_set,
        )
    if settings.is_json:
        show_json(_data(found, map))
    else:
        _show(found, dealer, settings)
    return _exit_code(found, settings, is_stopped=stop.is_set())


def _who(settings: Settings) -> tuple[Dealer, Actor]:
    """Whose complaints they are, and who brings them in."""
    by = settings.who(dealer=settings.dealer)
    if by is None:
        raise click.UsageError(settings.says("usage.who_acts"))
    if settings.dealer is None:
        raise click.UsageError(settings.says("usage.import_dealer"))
    return settings.dealer_known_as(settings.dealer), by


@contextmanager
def _desk(settings: Settings, *, is_dry_run: bool) -> Iterator[Desk]:
    """The database; a dry run makes none where there is none, and changes none."""
    if is_dry_run and not settings.is_there:
        house = settings.described_house
        with Desk(
            dealers=house.dealers, policy=house.policies, lifecycle=house.lifecycle, calendars=house.calendars
        ) as desk:
            yield desk
        return
    with settings.desk(is_read_only=is_dry_run) as desk:
        yield desk


@contextmanager
def _stopping() -> Iterator[Event]:
    """An event that the first Ctrl-C or SIGTERM sets: what is under way is committed; the second is not waited for."""
    stop = Event()
    before = {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)}

    def ask_to_stop(number: int, frame: object) -> None:
        stop.set()
        signal.signal(number, before[signal.Signals(number)])

    for one in before:
        signal.signal(one, ask_to_stop)
    try:
        yield stop
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _progress(settings: Settings) -> Callable[[int, int, int], None] | None:
    if not sys.stderr.isatty():
        return None
    title = settings.says("import.progress")
    return lambda done, total, rows: bar(_PERCENT * done // max(total, 1), _PERCENT, f"% · {title} {rows:,}")


def _exit_code(found: Imported, settings: Settings, *, is_stopped: bool) -> int:
    if is_stopped and not found.is_whole:
        if not settings.is_json:
            tell(f"{settings.says('import.stopped')} {found.complaints:,}")
        return INTERRUPTED
    return PARTLY if found.rows_refused else DONE


# --- in words -------------------------------------------------------------------------------------------------------


def _show(found: Imported, dealer: Dealer, settings: Settings) -> None:
    width = width_of_terminal()
    if found.is_dry_run:
        show(settings.says("import.dry_run"))
        show("")
    show_lines(pairs(_totals(found, settings), width))
    for title, counts in _details(found, settings):
        show_lines(["", heading(title, width), *pairs(counts, width)])
    for sample in found.samples:
        show_lines(["", *_sample(sample, dealer, settings, width)])


def _totals(found: Imported, settings: Settings) -> list[tuple[str, str]]:
    facts = {
        "rows": found.rows,
        "complaints": found.complaints,
        "open": found.open,
        "ended": found.complaints - found.open,
        "there": found.there,
        "erased": found.erased,
        "skipped": sum(found.skipped.values()),
        "blank": found.rows_blank,
        "refused": found.rows_refused,
    }
    always = ("rows", "complaints", "there", "refused")
    rows = [(settings.says(f"import.{name}"), f"{n:,}") for name, n in facts.items() if n or name in always]
    if found.refused_file is not None:
        rows.append((settings.says("import.refused_file"), str(found.refused_file)))
    return rows


def _details(found: Imported, settings: Settings) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    language = settings.language
    groups = {
        "states": {word(state, language): n for state, n in found.taken.items()},
        "reasons": dict(found.refused),
        "left_out": dict(found.skipped),
        "doubts": dict(found.marks),
    }
    for name, counts in groups.items():
        if counts:
            most_first = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
            yield settings.says(f"import.{name}"), [(what, f"{n:,}") for what, n in most_first]


def _sample(sample: Sample, dealer: Dealer, settings: Settings, width: int) -> Iterator[str]:
    """One complaint as it would stand, without what tells who the customer is or what he said."""
    reader = Reader(settings.language, dealer.tz)
    form = sample.complaint.registration
    rows = ", ".join(map(str, sample.rows))
    yield heading(f"{sample.number}{GAP}({settings.says('import.row')} {rows})", width)
    cars = [" ".join(filter(None, (car.make, car.model, str(car.year or "")))).strip() for car in form.vehicles]
    facts = [
        (label("field", "state", settings.language), reader.word(sample.complaint.state)),
        (label("field", "severity", settings.language), reader.word(sample.complaint.severity)),
        (label("field", "received_at", settings.language), reader.moment(form.received_at)),
        (label("field", "channel", settings.language), reader.word(form.channel)),
        (label("field", "vehicles", settings.language), reader.list(filter(None, cars)) or "–"),
        (
            label("field", "category", settings.language),
            reader.list(
                dict.fromkeys(label("category", one.category, settings.language) for one in form.issues if one.category)
            )
            or "–",
        ),
        (label("field", "alarms", settings.language), reader.list(map(reader.word, form.alarms)) or "–"),
        (settings.says("import.doubts"), f"{len(sample.marks):,}"),
    ]
    yield from pairs(facts, width)


def _data(found: Imported, map: ImportMap) -> dict[str, object]:
    return {
        "map": map.name,
        "dry_run": found.is_dry_run,
        "whole": found.is_whole,
        "rows": found.rows,
        "rows_taken": found.rows_taken,
        "rows_there": found.rows_there,
        "rows_blank": found.rows_blank,
        "rows_refused": found.rows_refused,
        "skipped": dict(found.skipped),
        "taken": dict(found.taken),
        "complaints": found.complaints,
        "open": found.open,
        "there": found.there,
        "erased": found.erased,
        "refused": dict(found.refused),
        "marks": dict(found.marks),
        "refused_file": None if found.refused_file is None else str(found.refused_file),
        "samples": [_sample_data(sample) for sample in found.samples],
    }


def _sample_data(sample: Sample) -> dict[str, object]:
    complaint = sample.complaint
    return {
        "number": sample.number,
        "rows": sample.rows,
        "state": complaint.state,
        "severity": complaint.severity,
        "received_at": complaint.registration.received_at,
        "channel": complaint.registration.channel,
        "categories": [issue.category for issue in complaint.registration.issues],
        "alarms": complaint.registration.alarms,
        "marks": [mark.code for mark in sample.marks],
    }


__all__ = ["import_command"]
