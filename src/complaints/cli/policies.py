"""``complaints policy``: the rules in force on a day with their sources, and what is wrong with a file of rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import attrs
import rich_click as click

from complaints.cli.due import length_said
from complaints.cli.eligibility import Day
from complaints.cli.house import House, house_at, is_pack, pack_at
from complaints.cli.screen import show_json, show_lines, width_of_terminal
from complaints.cli.settings import Settings, given_settings, settings_options, with_settings
from complaints.cli.spoken import spoken_command, spoken_group
from complaints.forms.layout import bullet, heading, pairs
from complaints.forms.words import Reader
from complaints.locale import label, sentence
from complaints.model.span import Span
from complaints.model.words import ClockKind, RuleStanding
from complaints.policy import Authority, ClockRule, FloorRule, Policy, RequiredContent, Retention, RulePack

_MARKS = {
    RuleStanding.VERIFIED: "✓",
    RuleStanding.SECONDARY: "≈",
    RuleStanding.UNVERIFIED: "?",
    RuleStanding.DEFAULT: "·",
}
"""How sure a rule is, at a glance; the word stands beside it as well."""

_NUMBERS = ("keep_years", "repeat_days", "callback_attempts", "callback_channels", "callback_days")


def policy_group(language: str) -> click.Group:
    """The group of commands for whoever looks after the rules."""

    @spoken_group(language, "policy", text=label("screen", "help.policy", language), epilog="")
    @settings_options(language, with_environment=False, visible=())
    @click.pass_context
    def policy(ctx: click.Context, /, **params: Any) -> None:
        ctx.find_root().obj = given_settings(ctx, params, language=language)

    for make in (_show, _check):
        policy.add_command(make(language))
    return policy


def _show(language: str) -> click.Command:
    @spoken_command(
        language, "policy.show", "policy show", "policy show --house house.toml --on 2026-04-15", "policy show --json"
    )
    @click.option("--on", metavar="DATE", type=Day(language), help=label("screen", "option.policy.on", language))
    @with_settings(language, "dealer", "house", "is_json")
    def show_(settings: Settings, on: date | None) -> None:
        day = datetime.now().astimezone().date() if on is None else on
        policy = settings.described_house.policy_for(settings.dealer)
        if settings.is_json:
            show_json(_policy_data(policy, day, settings.language))
        else:
            show_lines(_told(policy, day, Reader(settings.language, UTC)))

    return show_


def _check(language: str) -> click.Command:
    @spoken_command(language, "policy.check", "policy check our_rules.toml", "policy check house.toml --json")
    @click.argument("file", metavar="FILE.toml", type=click.Path(path_type=Path))
    @with_settings(language, "house", "is_json")
    def check(settings: Settings, file: Path) -> None:
        if is_pack(file):
            packs: tuple[RulePack, ...] = (pack_at(file, lifecycle=settings.described_house.lifecycle),)
        else:
            packs = _rules_of(house_at(file))
        reader = Reader(settings.language, UTC)
        if settings.is_json:
            show_json({"file": str(file), "packs": [_pack_data(pack, settings.language) for pack in packs]})
        else:
            show_lines(_checked(file, packs, reader))

    return check


def _rules_of(house: House) -> tuple[RulePack, ...]:
    policy = house.policy_for(None)
    return (*policy.packs, _own(policy))


def _own(policy: Policy) -> RulePack:
    """The house's own clocks and floors, as a pack."""
    return RulePack(name=policy.name, version=policy.version, clocks=policy.clocks, floors=policy.floors)


def _checked(file: Path, packs: Iterable[RulePack], reader: Reader) -> Iterator[str]:
    yield f"✓ {sentence('screen', 'policy.fine', reader.language, {'file': str(file)})}"
    for pack in packs:
        sure = (f"{count} {reader.word(standing)}" for standing, count in pack.standings.items())
        counted = reader.list(sure) or reader.screen("policy.no_rules")
        yield from bullet(reader.named(pack.stamp, counted), width_of_terminal(), indent="  ")


# --- in words -------------------------------------------------------------------------------------------------------


def _told(policy: Policy, day: date, reader: Reader) -> Iterator[str]:
    width, says = width_of_terminal(), reader.screen
    conflicts = [_conflict(policy, keeps, erases, reader) for _, keeps, erases in policy.conflicts(day)]
    head = [(says("policy.policy"), policy.stamp), (says("policy.on"), day.isoformat())]
    yield from pairs([*head, (says("policy.marks"), _legend(reader))], width)
    for conflict in conflicts:
        yield from bullet(conflict, width, mark="✗")
    for pack in policy.packs:
        if pack.is_in_force(day):
            yield ""
            yield from _pack_told(pack, _own(policy), reader, width)
    yield ""
    yield heading(reader.named(says("policy.own"), policy.stamp), width)
    for line, standing in _rules_told(_own(policy), reader, default=says("policy.no_source")):
        yield from bullet(line, width, mark=_MARKS[standing])
    yield from bullet(reader.named(says("policy.numbering"), reader.word(policy.numbering)), width)
    for name in _NUMBERS:
        yield from bullet(reader.named(says(f"policy.{name}"), str(getattr(policy, name))), width)
    for step in policy.authority:
        yield from bullet(_authority(step, policy.currency, reader), width)
    yield from _not_in_force(policy, day, reader, width)


def _legend(reader: Reader) -> str:
    return reader.list(f"{mark} {reader.word(standing)}" for standing, mark in _MARKS.items())


def _conflict(policy: Policy, keeps: str, erases: str, reader: Reader) -> str:
    years = max(pack.retention.keep_years or 0 for pack in policy.packs if pack.name == keeps and pack.retention)
    facts = {"keeps": keeps, "erases": erases, "years": years}
    return sentence("screen", "policy.keep_or_erase", reader.language, facts)


def _not_in_force(policy: Policy, day: date, reader: Reader, width: int) -> Iterator[str]:
    others = [pack for pack in policy.packs if not pack.is_in_force(day)]
    if others:
        yield ""
        yield heading(reader.screen("policy.not_in_force"), width)
    for pack in others:
        yield from bullet(reader.remark(f"{_title(pack, reader)} · {pack.stamp}", _days(pack, reader)), width)


def _pack_told(pack: RulePack, own: RulePack, reader: Reader, width: int) -> Iterator[str]:
    """A pack in force; what a rule of the house's own takes the place of is told there."""
    yield heading(f"{_title(pack, reader)} · {pack.stamp}", width)
    facts = [(reader.screen("policy.source"), pack.source), (reader.screen("policy.in_force"), _days(pack, reader))]
    if pack.illustrative:
        facts.append((reader.screen("policy.note"), reader.screen("policy.illustrative")))
    yield from pairs(facts, width)
    clocks, floors = {rule.clock for rule in own.clocks}, {rule.code for rule in own.floors}
    counts = attrs.evolve(
        pack,
        clocks=tuple(rule for rule in pack.clocks if rule.clock not in clocks),
        floors=tuple(rule for rule in pack.floors if rule.code not in floors),
    )
    for line, standing in _rules_told(counts, reader, default=reader.word(RuleStanding.DEFAULT)):
        yield from bullet(line, width, mark=_MARKS[standing])


def _rules_told(pack: RulePack, reader: Reader, *, default: str) -> Iterator[tuple[str, RuleStanding]]:
    """
    Every rule with its number, its source and how sure that is.

    Args:
        default: What is said of a rule without a source.
    """
    given: list[tuple[ClockRule | FloorRule | RequiredContent | Retention, str]] = [
        *((rule, _clock(rule, reader)) for rule in pack.clocks),
        *((rule, _floor(rule, reader)) for rule in pack.floors),
        *((rule, _required(rule, reader)) for rule in pack.required),
    ]
    if pack.retention is not None:
        given.append((pack.retention, _retention(pack.retention, reader)))
    for rule, text in given:
        is_default = rule.standing is RuleStanding.DEFAULT
        source = "" if is_default and rule.source == "default" else rule.source
        sure = default if is_default and not source else reader.word(rule.standing)
        yield reader.remark(text, " · ".join(filter(None, (source, sure)))), rule.standing


def _clock(rule: ClockRule, reader: Reader) -> str:
    parts = [_within(rule, reader)]
    if rule.statutory:
        parts.append(reader.screen("policy.statutory"))
    if rule.kind is not ClockKind.OWED:
        parts.append(reader.word(rule.kind))
    return reader.named(_called("clock", rule.clock, reader), reader.list(parts))


def _within(rule: ClockRule, reader: Reader) -> str:
    if rule.given:
        return reader.screen("policy.given")
    if rule.within is None and not rule.by_severity:
        return reader.screen("deadline.unknown")
    spans: list[tuple[str, Span]] = [(reader.word(severity), span) for severity, span in rule.by_severity.items()]
    usual = "" if rule.within is None else length_said(rule.within, reader)
    return reader.list(filter(None, (usual, *(f"{name} {length_said(span, reader)}" for name, span in spans))))


def _floor(rule: FloorRule, reader: Reader) -> str:
    return reader.named(_called("floor", rule.code, reader), f"≥ {reader.word(rule.severity)}")


def _required(rule: RequiredContent, reader: Reader) -> str:
    command, field = reader.label("command", rule.command), reader.field(rule.command, rule.field)
    return reader.named(reader.screen("policy.required"), f"{command} · {field}")


def _retention(rule: Retention, reader: Reader) -> str:
    facts = {"years": rule.keep_years or 0}
    kept = sentence("screen", "policy.keeps", reader.language, facts) if rule.keep_years else ""
    return reader.list(filter(None, (kept, reader.screen("policy.erases") if rule.erase_on_request else "")))


def _authority(step: Authority, currency: str, reader: Reader) -> str:
    limit = reader.screen("policy.no_limit") if step.limit is None else f"≤ {step.limit:,} {currency}"
    excluded = reader.list(map(reader.word, sorted(step.excluded)))
    without = reader.named(reader.screen("policy.excluded"), excluded) if excluded else ""
    parts = reader.list(filter(None, (limit, f"≤ {reader.word(step.severity)}")))
    decides = reader.remark(reader.word(step.role), reader.screen("policy.decides"))
    return reader.named(decides, reader.clauses(parts, without))


def _called(kind: str, code: str, reader: Reader) -> str:
    """A rule by label and code; by its code alone where it is a house's own."""
    shown = reader.label(kind, code)
    return code if shown == code else f"{shown} [{code}]"


def _title(pack: RulePack, reader: Reader) -> str:
    return pack.title.get(reader.language) or next(iter(pack.title.values()), pack.name)


def _days(pack: RulePack, reader: Reader) -> str:
    since, until = pack.in_force_from, pack.in_force_until
    if since is None and until is None:
        return reader.screen("policy.always")
    return f"{since or '…'} – {until or '…'}"


# --- for scripts ----------------------------------------------------------------------------------------------------


def _policy_data(policy: Policy, day: date, language: str) -> dict[str, object]:
    reader = Reader(language, UTC)
    return {
        "policy": policy.stamp,
        "on": day,
        "packs": [{"in_force": pack.is_in_force(day), **_pack_data(pack, language)} for pack in policy.packs],
        "own": _pack_data(_own(policy), language),
        "numbering": policy.numbering,
        "numbers": {name: getattr(policy, name) for name in _NUMBERS},
        "authority": [
            {
                "role": step.role,
                "limit": step.limit,
                "severity": step.severity,
                "excluded": sorted(step.excluded),
                "above": step.above,
            }
            for step in policy.authority
        ],
        "conflicts": [
            {"kind": kind, "keeps": keeps, "erases": erases, "sentence": _conflict(policy, keeps, erases, reader)}
            for kind, keeps, erases in policy.conflicts(day)
        ],
    }


def _pack_data(pack: RulePack, language: str) -> dict[str, object]:
    retention = pack.retention
    return {
        "name": pack.name,
        "version": pack.version,
        "title": pack.title.get(language, pack.name),
        "source": pack.source,
        "illustrative": pack.illustrative,
        "in_force_from": pack.in_force_from,
        "in_force_until": pack.in_force_until,
        "clocks": [_clock_data(rule) for rule in pack.clocks],
        "floors": [
            {"code": rule.code, "severity": rule.severity, "source": rule.source, "standing": rule.standing}
            for rule in pack.floors
        ],
        "required": [
            {"command": rule.command, "field": rule.field, "source": rule.source, "standing": rule.standing}
            for rule in pack.required
        ],
        "retention": retention
        and {
            "keep_years": retention.keep_years,
            "erase_on_request": retention.erase_on_request,
            "source": retention.source,
            "standing": retention.standing,
        },
    }


def _clock_data(rule: ClockRule) -> dict[str, object]:
    return {
        "clock": rule.clock,
        "starts": rule.starts,
        "stops": rule.stop_moments,
        "within": None if rule.within is None else str(rule.within),
        "by_severity": {severity.value: str(span) for severity, span in rule.by_severity.items()},
        "given": rule.given,
        "kind": rule.kind,
        "statutory": rule.statutory,
        "pauses": rule.pauses,
        "escalates_to": rule.escalates_to,
        "source": rule.source,
        "standing": rule.standing,
    }


__all__ = ["policy_group"]
