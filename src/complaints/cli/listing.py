"""``complaints list``: which complaints there are, newest first, page by page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, time, tzinfo
from typing import TYPE_CHECKING, Any

import rich_click as click

from complaints.cli.arguments import Code, Moment, code_for, likely, moment_of, words_of
from complaints.cli.screen import show, show_json, show_rows, width_of_terminal
from complaints.cli.settings import Decorator, Settings, with_settings
from complaints.cli.spoken import UnknownNameError, spoken_command
from complaints.forms.case_file import brief_data
from complaints.forms.due import due_briefly
from complaints.forms.layout import GAP, table, width_of
from complaints.forms.words import Reader
from complaints.locale import label
from complaints.model.people import ExternalRef
from complaints.model.registration import is_category_code
from complaints.model.watching import earliest_due, state_of
from complaints.model.words import Category, Department, Severity, Stage, State
from complaints.stores.base import Query

if TYPE_CHECKING:
    from complaints.model.complaint import Complaint

_AS_GIVEN = (
    "state", "stage", "is_open", "handler", "department", "severity", "vehicle", "customer", "reference", "text",
    "after", "limit",
)  # fmt: skip
_COLUMNS = ("reference", "state", "severity", "handler", "received_at", "due", "excerpt")
_LEFT_OUT_FIRST = ("received_at", "excerpt", "handler", "severity", "due")
_SHORTEST_EXCERPT = 12


def list_command(language: str) -> click.Command:
    """The command that finds complaints."""

    def option(*names: str, **more: Any) -> Decorator:
        code = f"option.list.{names[0].strip('-')}"
        return click.option(*names, help=label("screen", code, language), **more)

    @spoken_command(
        language,
        "list",
        "list --open --severity major",
        "list --text BRAKES --limit 20",
        "list --since 2026-01-01 --until 2026-02-01 --json",
    )
    @option("--state", type=Code(State, language), metavar="STATE")
    @option("--stage", type=Code(Stage, language), metavar="STAGE")
    @option("--open/--ended", "is_open", default=None)
    @option("--handler", metavar="ID")
    @option("--department", type=Code(Department, language), metavar="CODE")
    @option("--severity", type=Code(Severity, language), metavar="SEVERITY")
    @option("--category", metavar="CODE")
    @option("--vehicle", metavar="VIN|PLATE")
    @option("--customer", metavar="TEXT")
    @option("--ref", metavar="SYSTEM:KIND:ID")
    @option("--reference", metavar="CASE")
    @option("--text", metavar="TEXT")
    @option("--since", type=Moment(language), metavar="TIME")
    @option("--until", type=Moment(language), metavar="TIME")
    @option("--now", type=Moment(language), metavar="TIME")
    @option("--after", metavar="CURSOR")
    @option("--limit", type=int, default=50, show_default=True, metavar="N")
    @with_settings(language, "database", "dealer", "is_json", without=("department",))
    def list_(settings: Settings, **given: Any) -> None:
        now = moment_of(given["now"])
        with settings.desk() as desk:
            page = desk.find(_query(given, settings), by=settings.reader(dealer=settings.dealer))
        if settings.is_json:
            show_json({"complaints": [brief_data(one) for one in page], "next": page.next})
        elif not len(page):
            show(settings.says("list.none"))
        else:
            states = [state_of(earliest_due(one), now, settings.zone_of(one.dealer)) for one in page]
            show_rows(_table(page.complaints, settings, now), states)
            if page.next is not None:
                show(f"\n{settings.says('list.next')} --after {page.next}")

    return list_


def _query(given: dict[str, Any], settings: Settings) -> Query:
    zone = settings.zone_of(settings.dealer or "-")
    return Query(
        dealer=settings.dealer,
        category=_category(given["category"], settings.language),
        ref=external_ref(given["ref"]),
        received_from=day_or_moment(given["since"], zone),
        received_until=day_or_moment(given["until"], zone),
        **{name: given[name] for name in _AS_GIVEN},
    )


def _category(text: str | None, language: str) -> str | None:
    """A standard category by code or label, or one of the house's own by its code."""
    known = words_of(Category)
    code = None if text is None else code_for(text, known)
    if text is None or code is not None or is_category_code(text):
        return code or text
    raise UnknownNameError("usage.no_category", text, likely(text, known) or tuple(known), language)


def external_ref(text: str | None) -> ExternalRef | None:
    """
    What ``SYSTEM:KIND:ID`` names.

    Raises:
        UsageError: If it is not of that form.
    """
    if text is None:
        return None
    parts = text.split(":", 2)
    if len(parts) < 3:
        raise click.UsageError(f"--ref {text} ≠ SYSTEM:KIND:ID")
    return ExternalRef(system=parts[0], kind=parts[1], id=parts[2])


def day_or_moment(given: datetime | None, zone: tzinfo) -> datetime | None:
    """A bare day begins at the dealer's midnight; a time of day without a zone stays as it is, and is refused."""
    if given is not None and given.utcoffset() is None and given.time() == time(0):
        return given.replace(tzinfo=zone)
    return given


def _table(complaints: tuple[Complaint, ...], settings: Settings, now: datetime) -> Iterator[str]:
    head = {name: label("field", name, settings.language) for name in _COLUMNS}
    rows = [_row(one, settings, now) for one in complaints]
    names = _fitting([head, *rows])
    return table([head[name] for name in names], ([row[name] for name in names] for row in rows), width_of_terminal())


def _fitting(rows: list[Mapping[str, str]]) -> list[str]:
    """The columns that fit the terminal: rather fewer of them than dates cut in two."""
    names = list(_COLUMNS)
    widths = {name: max(width_of(row[name]) for row in rows) for name in names}
    widths["excerpt"] = min(widths["excerpt"], _SHORTEST_EXCERPT)
    for name in _LEFT_OUT_FIRST:
        if sum(widths[one] + len(GAP) for one in names) - len(GAP) <= width_of_terminal():
            break
        names.remove(name)
    return names


def _row(complaint: Complaint, settings: Settings, now: datetime) -> Mapping[str, str]:
    reader = Reader(settings.language, settings.zone_of(complaint.dealer))
    return {
        "reference": complaint.reference,
        "state": reader.word(complaint.state),
        "severity": reader.word(complaint.severity),
        "handler": complaint.handler or "–",
        "received_at": reader.moment(complaint.received_at),
        "due": due_briefly(earliest_due(complaint), now, reader.zone, settings.language),
        "excerpt": complaint.registration.excerpt,
    }


__all__ = ["day_or_moment", "external_ref", "list_command"]
