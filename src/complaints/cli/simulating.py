"""``complaints simulate``: how many due dates would have been met under another policy; nothing is written."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from datetime import UTC
from pathlib import Path
from typing import Any

import attrs
import rich_click as click

from complaints.cli.arguments import Moment
from complaints.cli.due import length_said
from complaints.cli.exit_codes import BROKEN, DONE
from complaints.cli.house import is_pack, pack_at
from complaints.cli.listing import day_or_moment
from complaints.cli.screen import bar, error_data, show, show_json, show_lines, width_of_terminal
from complaints.cli.settings import Decorator, Settings, with_settings
from complaints.cli.spoken import spoken_command
from complaints.errors import InvalidCommandError
from complaints.forms.layout import bullet, pairs, table
from complaints.forms.words import Reader
from complaints.locale import label, sentence
from complaints.model.span import Span
from complaints.model.words import ClockKind
from complaints.policy import Policy, RulePack
from complaints.policy.pack import pack_faults
from complaints.simulating import Figure, Kept, Simulation
from complaints.stores.base import Query

_COLUMNS = ("clock", "rule_then", "rule_now", "number", "then", "now", "difference")


def simulate_command(language: str) -> click.Command:
    """The command that shows what another policy would have changed."""

    def option(*names: str, **more: Any) -> Decorator:
        code = f"option.simulate.{names[0].strip('-')}"
        return click.option(*names, help=label("screen", code, language), **more)

    @spoken_command(
        language,
        "simulate",
        "simulate --policy house-next.toml --house house.toml",
        "simulate --policy our_rules.toml --since 2026-01-01 --until 2026-07-01",
        "simulate --policy house-next.toml --json",
    )
    @option("--policy", "file", required=True, metavar="FILE.toml", type=click.Path(path_type=Path))
    @option("--since", type=Moment(language), metavar="TIME")
    @option("--until", type=Moment(language), metavar="TIME")
    @option("--at", type=Moment(language), metavar="TIME")
    @with_settings(language, "database", "dealer", "house", "is_json")
    @click.pass_context
    def simulate(ctx: click.Context, /, settings: Settings, file: Path, **given: Any) -> None:
        settings, policy = _tried(file, settings)
        zone = settings.zone_of(settings.dealer or "-")
        since, until, at = (day_or_moment(given[name], zone) for name in ("since", "until", "at"))
        query = Query(dealer=settings.dealer, received_from=since, received_until=until)
        with settings.desk() as desk:
            found = desk.simulate(
                policy,
                by=settings.reader(dealer=settings.dealer),
                query=query,
                until=at,
                progress=_progress(settings),
            )
        if settings.is_json:
            show_json(_data(found, settings.language))
        else:
            _show(found, settings)
        ctx.exit(BROKEN if found.failed else DONE)

    return simulate


def _progress(settings: Settings) -> Any:
    if not sys.stderr.isatty():
        return None
    title = settings.says("simulate.progress")
    return lambda done, total: bar(done, total, title)


def _tried(file: Path, settings: Settings) -> tuple[Settings, Policy | Mapping[str, Policy]]:
    """
    What is to be tried: a house file, or the house's policy with another rule pack.

    Where there is no house file but the one that is tried, its dealers and calendars hold as well.

    Raises:
        InvalidCommandError: With every fault in the file.
    """
    if is_pack(file):
        house = settings.described_house
        pack, given = pack_at(file, lifecycle=house.lifecycle), house.policies
        if isinstance(given, Mapping):
            return settings, {id: _with_pack(policy, pack, file) for id, policy in given.items()}
        return settings, _with_pack(given or Policy(), pack, file)
    tried = attrs.evolve(settings, house=file)
    policies = tried.described_house.policies
    return (tried if settings.house is None else settings), policies if policies is not None else Policy()


def _with_pack(policy: Policy, pack: RulePack, file: Path) -> Policy:
    """*policy* with *pack* in the place of the versions that it has, or beside the others."""
    packs = (*(one for one in policy.packs if one.name != pack.name), pack)
    faults = [*pack_faults(packs, {rule.clock for rule in policy.clocks})]
    if faults:
        raise InvalidCommandError(str(file), faults)
    return attrs.evolve(policy, packs=packs, version=f"{policy.version}+{pack.stamp}")


# --- in words -------------------------------------------------------------------------------------------------------


def _show(found: Simulation, settings: Settings) -> None:
    reader, width = Reader(settings.language, settings.zone_of(settings.dealer or "-")), width_of_terminal()
    facts = {
        "simulate.policies": reader.list(found.policies) or "–",
        "simulate.until": reader.moment(found.until),
        "simulate.complaints": f"{found.complaints:,}",
    }
    show_lines(pairs([(reader.screen(code), text) for code, text in facts.items()], width))
    figures = sorted(filter(_is_told, found.figures), key=lambda one: (-abs(one.difference), one.clock))
    show("")
    if figures:
        head = [reader.screen(f"simulate.{name}") for name in _COLUMNS]
        show_lines(table(head, (_row(one, reader) for one in figures), width))
        show_lines(["", *bullet(reader.screen("simulate.columns"), width)])
    for said in _said(figures, reader):
        show_lines(bullet(said, width))
    for id, error in found.failed.items():
        show_lines(bullet(f"{id}: {error.sentence(settings.language)}", width, mark="✗"))


def _is_told(figure: Figure) -> bool:
    """A window is nobody's to keep, and what nothing is known of tells a manager nothing."""
    return figure.kind is ClockKind.OWED and bool(figure.number or figure.then.spans != figure.now.spans)


def _row(figure: Figure, reader: Reader) -> list[str]:
    then, now = figure.then, figure.now
    return [
        reader.label("clock", figure.clock),
        _spans(then, reader),
        "=" if then.spans == now.spans else _spans(now, reader),
        f"{figure.number:,}",
        f"{then.in_time:,}",
        f"{now.in_time:,}",
        f"{figure.difference:+,}" if figure.difference else "0",
    ]


def _spans(kept: Kept, reader: Reader) -> str:
    given = reader.screen("simulate.day_given")
    said = (length_said(Span.parse(span), reader) if span else given for span in kept.spans)
    return " / ".join(said) or "–"


def _said(figures: list[Figure], reader: Reader) -> Iterator[str]:
    """What comes of it, in a sentence for each clock that would have gone otherwise."""
    changed = [one for one in figures if one.difference]
    if not changed:
        yield reader.screen("simulate.same" if figures else "simulate.none")
    for one in changed:
        facts = {
            "clock": one.clock,
            "then": _spans(one.then, reader),
            "now": _spans(one.now, reader),
            "many": abs(one.difference),
            "number": one.number,
        }
        code = "simulate.more" if one.difference > 0 else "simulate.fewer"
        yield sentence("screen", code, reader.language, facts)


def _data(found: Simulation, language: str) -> dict[str, object]:
    return {
        "policies": found.policies,
        "until": found.until.astimezone(UTC),
        "complaints": found.complaints,
        "clocks": [
            {
                "clock": one.clock,
                "kind": one.kind,
                "then": attrs.asdict(one.then),
                "now": attrs.asdict(one.now),
                "number": one.number,
                "difference": one.difference,
            }
            for one in found.figures
        ],
        "failed": [{"complaint": id, **error_data(error, language)} for id, error in found.failed.items()],
    }


__all__ = ["simulate_command"]
