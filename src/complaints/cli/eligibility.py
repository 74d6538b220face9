"""
``complaints eligibility``: what the three-guarantees rules 三包 say about a car, from a file of its repairs.

.. code-block:: toml

    delivered_on = 2024-03-01
    mileage_at_delivery_km = 20
    price = { amount = "199900", currency = "CNY" }
    coefficient = "0.003"            # n on the certificate; left out: the highest the rules allow

    [[repairs]]                      # the fields of complaints.model.repair.Repair
    id = "RO-1"
    received_on = 2024-06-10
    finished_on = 2024-06-12
    mileage_km = 4100
    problem = "brakes.no_pressure"
    is_safety = true

    [rules]                          # what the maker has promised beyond the rules in force, or the house's packs
    repair_days = 20
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import rich_click as click

from complaints.cli.files import as_json, toml_at
from complaints.cli.screen import show_json, show_lines, width_of_terminal
from complaints.cli.settings import Settings, with_settings
from complaints.cli.spoken import spoken_command
from complaints.errors import Fault, InvalidCommandError
from complaints.forms.filled import value_from
from complaints.forms.layout import bullet, heading
from complaints.forms.words import named
from complaints.locale import label
from complaints.model.repair import RepairHistory
from complaints.sanbao import Eligibility, Ground, Period, SanbaoRules, eligibility


class Day(click.ParamType):  # type: ignore[type-arg]  # generic only in newer releases
    """A day of the calendar, such as 2026-01-31."""

    name = "day"

    def __init__(self, language: str) -> None:
        self._language = language

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day, or a usage error with an example."""
        try:
            return value if isinstance(value, date) else date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value}\n{label('fault', 'not_a_date', self._language)}", param, ctx)


def eligibility_command(language: str) -> click.Command:
    """The command that tells what the customer may choose, and why."""

    @spoken_command(
        language, "eligibility", "eligibility car.toml", "eligibility car.toml --on 2026-01-31 --mileage 18000 --json"
    )
    @click.argument("file", metavar="FILE.toml", type=click.Path(path_type=Path))
    @click.option("--on", metavar="DATE", type=Day(language), help=label("screen", "option.eligibility.on", language))
    @click.option(
        "--mileage", metavar="KM", type=click.INT, help=label("screen", "option.eligibility.mileage", language)
    )
    @with_settings(language, "dealer", "house", "is_json")
    def eligibility_(settings: Settings, file: Path, on: date | None, mileage: int | None) -> None:
        history, rules = car_at(file)
        day = datetime.now().astimezone().date() if on is None else on
        km = _last_reading(history, day) if mileage is None else mileage
        if rules is None:
            rules = settings.described_house.policy_for(settings.dealer).three_guarantees(day)
        found = eligibility(history, on=day, mileage_km=km, rules=rules)
        if settings.is_json:
            show_json({"mileage_km": km, **_data(found, settings.language)})
        else:
            show_lines(_told(found, settings))

    return eligibility_


def car_at(path: Path) -> tuple[RepairHistory, SanbaoRules | None]:
    """
    The car that a file describes, and the rules to go by if it names any.

    Raises:
        InvalidCommandError: With every fault in it, or if it is no TOML or cannot be read.
    """
    name = str(path)
    found = toml_at(path)
    own = found.pop("rules", None)
    history = value_from(RepairHistory, as_json(found), name=name)
    return history, None if own is None else _own_rules(own, name)


def _own_rules(table: object, name: str) -> SanbaoRules:
    if not isinstance(table, Mapping):
        raise InvalidCommandError(name, [Fault("rules", "type", wanted="mapping", given=type(table).__name__)])
    try:
        return SanbaoRules.from_mapping(table)
    except InvalidCommandError as error:
        raise InvalidCommandError(name, (fault.below("rules") for fault in error.faults)) from None


def _last_reading(history: RepairHistory, on: date) -> int:
    """The last odometer reading that anybody knows of on that day."""
    readings = (repair.mileage_km for repair in history.repairs if repair.received_on <= on)
    return max((history.mileage_at_delivery_km, *readings))


def _told(found: Eligibility, settings: Settings) -> Iterator[str]:
    width, language = width_of_terminal(), settings.language
    yield named(settings.says("eligibility.rules"), f"{found.rules.name} · {found.rules.source}", language)
    yield named(settings.says("eligibility.on"), found.on.isoformat(), language)
    for sentence in found.sentences(language):
        yield from bullet(sentence, width)
    for code, grounds, mark in (("grounds", found.grounds, "✓"), ("near", found.near, "·")):
        if grounds:
            yield ""
            yield heading(settings.says(f"eligibility.{code}"), width)
            for ground in grounds:
                yield from bullet(ground.sentence(language), width, mark=mark)


def _data(found: Eligibility, language: str) -> dict[str, object]:
    paid = found.compensation
    return {
        "rules": {"name": found.rules.name, "version": found.rules.version, "source": found.rules.source},
        "on": found.on,
        "guarantee": _period_data(found.guarantee),
        "warranty": _period_data(found.warranty),
        "choices": found.choices,
        "compensation": paid
        and {
            "amount": paid.amount.amount,
            "currency": paid.amount.currency,
            "driven_km": paid.driven_km,
            "coefficient": paid.coefficient,
            "is_assumed": paid.is_assumed,
        },
        "grounds": [_ground_data(ground, language) for ground in found.grounds],
        "near": [_ground_data(ground, language) for ground in found.near],
        "sentences": found.sentences(language),
    }


def _period_data(period: Period) -> dict[str, object]:
    return {"until": period.until, "until_km": period.until_km, "is_running": period.is_running}


def _ground_data(ground: Ground, language: str) -> dict[str, object]:
    return {
        "kind": ground.kind,
        "article": ground.article.article,
        "is_verified": ground.article.is_verified,
        "facts": dict(ground.facts),
        "repairs": ground.repairs,
        "found": ground.found,
        "needed": ground.needed,
        "missing": ground.missing,
        "choices": ground.choices,
        "is_free": ground.is_free,
        "sentence": ground.sentence(language),
    }


__all__ = ["car_at", "eligibility_command"]
