"""``complaints work`` and ``complaints candidates``: what waits for whom, and who might get a complaint."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

import rich_click as click

from complaints.cli.arguments import Code, Moment, moment_of
from complaints.cli.cases import found
from complaints.cli.screen import show, show_json, show_lines, show_rows, width_of_terminal
from complaints.cli.settings import Decorator, Settings, with_settings
from complaints.cli.spoken import spoken_command
from complaints.forms.due import due_briefly
from complaints.forms.layout import bullet, heading, table
from complaints.forms.waiting import what_waits, whom_it_waits_for
from complaints.forms.words import Reader
from complaints.locale import label
from complaints.model.words import DueState, Duty, WaitsFor

if TYPE_CHECKING:
    from complaints.assignment import Candidate
    from complaints.work import WorkItem


def work_command(language: str) -> click.Command:
    """The command that lists what waits for whom."""

    def option(*names: str, **more: Any) -> Decorator:
        return click.option(*names, help=label("screen", f"option.work.{names[0].strip('-')}", language), **more)

    @spoken_command(language, "work", "work", "work --for li --today --late", "work --late --json")
    @option("--for", "for_", metavar="ID")
    @option("--today", "is_today", is_flag=True)
    @option("--late", "is_late", is_flag=True)
    @click.option("--now", type=Moment(language), metavar="TIME", help=label("screen", "option.now", language))
    @with_settings(language, "database", "actor", "roles", "dealer", "is_json")
    def work(settings: Settings, for_: str | None, now: datetime | None, **given: bool) -> None:
        at = moment_of(now)
        with settings.desk() as desk:
            items = desk.work(by=settings.reader(dealer=settings.dealer), for_=for_, now=at)
        wanted = frozenset(_wanted(**given))
        items = tuple(item for item in items if item.state in wanted)
        if settings.is_json:
            show_json({"items": [_data(item) for item in items]})
        elif not items:
            show(settings.says("work.none"))
        else:
            _show(items, at, settings)

    return work


def _wanted(*, is_today: bool, is_late: bool) -> Iterator[DueState]:
    if is_today or not is_late:
        yield DueState.TODAY
    if is_late or not is_today:
        yield DueState.LATE
    if not (is_today or is_late):
        yield from (DueState.LATER, DueState.NO_DATE)


def _show(items: tuple[WorkItem, ...], now: datetime, settings: Settings) -> None:
    """One table for each party that is waited for; a person's own list is several where roles are his as well."""
    for place, ((waits_for, who), group) in enumerate(groupby(_grouped(items), _party)):
        if place:
            show("")
        show(heading(whom_it_waits_for(waits_for, who, _reader(settings)), width_of_terminal()))
        _show_group(tuple(group), now, settings)


def _grouped(items: Iterable[WorkItem]) -> list[WorkItem]:
    from complaints.work import by_party

    return list(by_party(items))


def _party(item: WorkItem) -> tuple[WaitsFor, tuple[str, ...]]:
    return item.waits_for, item.who


def _show_group(items: tuple[WorkItem, ...], now: datetime, settings: Settings) -> None:
    words = _reader(settings)
    head = [label("field", "reference", settings.language), settings.says("work.due"), settings.says("work.what")]
    rows = [[item.reference, _due(item, now, settings), what_waits(item.what, item.subject, words)] for item in items]
    show_rows(table(head, rows, width_of_terminal()), [item.state for item in items])


def _reader(settings: Settings) -> Reader:
    return Reader(settings.language, settings.zone_of("-"))


def _due(item: WorkItem, now: datetime, settings: Settings) -> str:
    return due_briefly(item.due, now, settings.zone_of(item.dealer), settings.language)


def _data(item: WorkItem) -> dict[str, object]:
    return {
        "complaint": item.complaint,
        "dealer": item.dealer,
        "reference": item.reference,
        "what": item.what,
        "subject": item.subject,
        "due": item.due,
        "state": item.state,
        "waits_for": item.waits_for,
        "who": item.who,
        "department": item.department,
    }


# --- who might get it -----------------------------------------------------------------------------------------------


def candidates_command(language: str) -> click.Command:
    """The command that proposes who might get a complaint."""

    @spoken_command(
        language,
        "candidates",
        "candidates SH01-2026-000001 --among li,wang",
        "candidates SH01-2026-000001 --duty caller --among li,wang --json",
    )
    @click.argument("case", metavar="CASE")
    @click.option(
        "--duty",
        type=Code(Duty, language),
        default=Duty.HANDLER,
        metavar="DUTY",
        help=label("screen", "option.candidates.duty", language),
    )
    @click.option("--among", default="", metavar="ID[,ID]", help=label("screen", "option.candidates.among", language))
    @with_settings(language, "database", "actor", "roles", "is_json")
    def candidates(settings: Settings, case: str, duty: Duty, among: str) -> None:
        ids = [id.strip() for id in among.replace("，", ",").split(",") if id.strip()]
        with settings.desk() as desk:
            complaint, reader = found(desk, case, settings)
            proposed = desk.propose_assignee(complaint.id, duty, candidates=ids, by=reader)
        if settings.is_json:
            show_json({"reference": complaint.reference, "duty": duty, "candidates": [*_told(proposed, settings)]})
        else:
            show_lines(_candidate_lines(proposed, settings))

    return candidates


def _candidate_lines(proposed: tuple[Candidate, ...], settings: Settings) -> Iterator[str]:
    words = _reader(settings)
    if not proposed:
        yield settings.says("candidates.none")
    for one in proposed:
        text = words.named(one.id, one.basis(settings.language))
        yield from bullet(text, width_of_terminal(), mark="✓" if one.is_fit else "✗")
    best = next((one for one in proposed if one.is_fit), None)
    if best is not None:
        yield ""
        yield from bullet(
            words.named(settings.says("candidates.basis"), best.basis(settings.language)), width_of_terminal(), mark="→"
        )


def _told(proposed: tuple[Candidate, ...], settings: Settings) -> Iterator[dict[str, object]]:
    for one in proposed:
        reasons = [
            {"code": reason.code, "facts": dict(reason.facts), "sentence": reason.sentence(settings.language)}
            for reason in one.reasons
        ]
        basis = one.basis(settings.language)
        yield {"id": one.id, "is_fit": one.is_fit, "load": one.load, "basis": basis, "reasons": reasons}


__all__ = ["candidates_command", "work_command"]
