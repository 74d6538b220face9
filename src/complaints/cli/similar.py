"""``complaints similar``: which earlier complaints one resembles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import tzinfo
from typing import TYPE_CHECKING

import attrs
import rich_click as click

from complaints.cli.cases import found
from complaints.cli.screen import show, show_json, show_lines
from complaints.cli.settings import Settings, with_settings
from complaints.cli.spoken import spoken_command

if TYPE_CHECKING:
    from complaints.repeats import Likeness


def similar_command(language: str) -> click.Command:
    """The command that shows what a complaint resembles."""

    @spoken_command(
        language,
        "similar",
        "similar SH01-2026-000001",
        "similar SH01-2026-000001 --as li --role specialist --json",
    )
    @click.argument("case", metavar="CASE")
    @with_settings(language, "database", "actor", "roles", "is_json")
    def similar_(settings: Settings, case: str) -> None:
        with settings.desk() as desk:
            complaint, reader = found(desk, case, settings)
            alike = desk.similar(complaint.id, by=reader)
        if settings.is_json:
            data = [_as_data(one, settings.language) for one in alike]
            show_json({"reference": complaint.reference, "similar": data})
        elif not alike:
            show(settings.says("similar.none"))
        else:
            show_lines(likeness_lines(alike, settings.language, settings.zone_of(complaint.dealer)))

    return similar_


def likeness_lines(alike: Iterable[Likeness], language: str, zone: tzinfo) -> Iterator[str]:
    """A line for each: what it may be and why, with its time in the dealer's zone."""
    for one in alike:
        told = attrs.evolve(one, received_at=one.received_at.astimezone(zone))
        yield told.sentence(language)


def _as_data(one: Likeness, language: str) -> dict[str, object]:
    return {**attrs.asdict(one), "sentence": one.sentence(language)}


__all__ = ["likeness_lines", "similar_command"]
