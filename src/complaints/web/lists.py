"""Lists: complaints of a stage or state page by page, and what waits for whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

import attrs
from starlette.requests import Request

from complaints.forms.due import due_briefly, mark_of
from complaints.forms.waiting import what_waits, whom_it_waits_for
from complaints.model.base import evolve
from complaints.model.words import DueState, Severity, Stage, State, WaitsFor
from complaints.web.board import card, filters_of
from complaints.web.visit import Visit
from complaints.work import WorkItem

list_template = "list.html"
work_template = "work.html"

_ROWS = 50
"""Rows of a page; a default."""

_ITEMS = 200
"""Things to do on a page; a default."""


def complaints_list(visit: Visit, request: Request) -> Mapping[str, Any]:
    """What the list shows: newest first, of one stage or state if the address names one."""
    filters, asked = filters_of(visit), visit.asked
    stage = Stage(asked["stage"]) if asked.get("stage") in set(Stage) else None
    state = State(asked["state"]) if asked.get("state") in set(State) else None
    query = evolve(filters.query(visit), stage=stage, state=state)
    page = visit.desk.find(evolve(query, after=asked.get("after") or None, limit=_ROWS), by=visit.by)
    params = {"stage": stage, "state": state, **filters.params()}
    title = visit.label("state", state) if state else visit.label("stage", stage) if stage else visit.says("list")
    return {
        "filters": filters,
        "severities": tuple(Severity),
        "title": title,
        "stage": stage,
        "state": state,
        "count": sum(visit.desk.tally(query, by=visit.by).values()),
        "cards": [card(visit, one) for one in page],
        "first": visit.link("list", **params) if asked.get("after") else None,
        "next": visit.link("list", **params, after=page.next) if page.next else None,
    }


# --- what waits for whom --------------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class Waiting:
    """One thing that waits, as people read it."""

    reference: str
    link: str
    what: str
    due: str
    state: DueState
    mark: str


@attrs.frozen(kw_only=True)
class Party:
    """Whoever is waited for, and for what; late things first."""

    title: str
    items: tuple[Waiting, ...]


def work_list(visit: Visit, request: Request) -> Mapping[str, Any]:
    """What waits: for the reader, or for the whole house where he leads it; late things first."""
    is_house = visit.leads and visit.asked.get("for") != "me"
    items = visit.desk.work(by=visit.by, for_=None if is_house else visit.by.id, now=visit.now)
    page = _page_number(visit.asked.get("page", ""))
    shown = items[(page - 1) * _ITEMS : page * _ITEMS]
    whose = "house" if is_house else "me"

    def link(number: int) -> str | None:
        is_there = 0 < number <= -(-len(items) // _ITEMS)
        return visit.link("work", **{"for": whose, "page": str(number)}) if is_there else None

    return {
        "is_house": is_house,
        "count": len(items),
        "late": sum(one.state is DueState.LATE for one in items),
        "parties": tuple(_parties(visit, shown)) if is_house else tuple(_own(visit, shown)),
        "before": link(page - 1),
        "next": link(page + 1),
    }


def _page_number(asked: str) -> int:
    return int(asked) if asked.isascii() and asked.isdigit() and 0 < len(asked) < 7 and int(asked) else 1


def _parties(visit: Visit, items: tuple[WorkItem, ...]) -> Iterator[Party]:
    words = visit.reader_of(visit.home.id)
    for (waits_for, who), group in groupby(items, key=_party):
        title = whom_it_waits_for(waits_for, who, words)
        yield Party(title=title, items=tuple(_waiting(visit, one) for one in group))


def _own(visit: Visit, items: tuple[WorkItem, ...]) -> Iterator[Party]:
    if items:
        yield Party(title=visit.says("work.me"), items=tuple(_waiting(visit, one) for one in items))


def _party(item: WorkItem) -> tuple[WaitsFor, tuple[str, ...]]:
    return item.waits_for, item.who


def _waiting(visit: Visit, item: WorkItem) -> Waiting:
    reader = visit.reader_of(item.dealer)
    return Waiting(
        reference=item.reference,
        link=visit.link("case", item.reference),
        what=what_waits(item.what, item.subject, reader),
        due=due_briefly(item.due, visit.now, reader.zone, reader.language),
        state=item.state,
        mark=mark_of(item.state),
    )


__all__ = ["Party", "Waiting", "complaints_list", "list_template", "work_list", "work_template"]
