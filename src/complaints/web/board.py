"""The board: the six stages side by side, each with how many complaints it holds and the most pressing of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import attrs
from starlette.requests import Request

from complaints.forms.due import due_briefly, mark_of
from complaints.forms.layout import shortened
from complaints.model.base import evolve
from complaints.model.complaint import Complaint
from complaints.model.watching import state_of
from complaints.model.words import DueState, Severity, Stage, State, Track
from complaints.stores.base import Query
from complaints.web.visit import Visit

board_template = "board.html"

_CARDS = 12
"""Cards in a column; a default: what is beyond stands in the list of the stage, page by page."""

_EXCERPT_COLUMNS = 76


@attrs.frozen(kw_only=True)
class Card:
    """
    One complaint in brief.

    Attributes:
        due: What is owed first and when, in words; empty where nothing is.
        mark: ``✗`` for late, ``!`` for due today, ``·`` for later or nothing.
        handler: Id of whoever handles it; empty for nobody yet.
        fast: The word for it, if it was settled at once.
    """

    reference: str
    link: str
    state: str
    severity: Severity
    severity_word: str
    due: str
    due_state: DueState
    mark: str
    handler: str
    fast: str
    categories: str
    excerpt: str
    received_at: str


@attrs.frozen(kw_only=True)
class Column:
    """
    A stage on the board.

    Attributes:
        has_several_states: Whether a card has to say in which of the stage's states it is.
    """

    number: int
    stage: Stage
    title: str
    count: int
    late: int
    cards: tuple[Card, ...]
    link: str
    late_link: str
    has_several_states: bool


@attrs.frozen(kw_only=True)
class Filters:
    """
    What narrows the board and the list, as it stands in the address; whatever is none of ours narrows nothing.

    Attributes:
        dealers: Ids to choose from; empty where there is nothing to choose.
    """

    dealer: str | None
    severity: Severity | None
    is_late: bool
    is_mine: bool
    dealers: tuple[str, ...]

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is left out."""
        return bool(self.dealer or self.severity or self.is_late or self.is_mine)

    def params(self) -> dict[str, str | None]:
        """The same as parameters of an address."""
        return {
            "dealer": self.dealer,
            "severity": self.severity.value if self.severity else None,
            "late": "1" if self.is_late else None,
            "mine": "1" if self.is_mine else None,
        }

    def query(self, visit: Visit) -> Query:
        """The same as a query."""
        return Query(
            dealer=self.dealer,
            severity=self.severity,
            due_before=visit.now if self.is_late else None,
            handler=visit.by.id if self.is_mine else None,
        )


def filters_of(visit: Visit) -> Filters:
    """What the address asks for; a group may choose among its dealers."""
    served = tuple(one.id for one in visit.desk.dealers(by=visit.by)) if visit.by.dealer is None else ()
    asked = visit.asked
    severity = asked.get("severity")
    return Filters(
        dealer=asked["dealer"] if asked.get("dealer") in served else None,
        severity=Severity(severity) if severity in {one.value for one in Severity} else None,
        is_late=asked.get("late") == "1",
        is_mine=asked.get("mine") == "1",
        dealers=served if len(served) > 1 else (),
    )


def board(visit: Visit, request: Request) -> Mapping[str, Any]:
    """What the board shows."""
    filters = filters_of(visit)
    query = filters.query(visit)
    counts = visit.desk.tally(query, by=visit.by)
    late = visit.desk.tally(evolve(query, due_before=visit.now), by=visit.by)
    columns = [_column(visit, filters, query, place, counts, late) for place in enumerate(_STAGES, start=1)]
    ended = [
        (visit.label("state", state), counts.get(state, 0), visit.link("list", state=state, **filters.params()))
        for state in State
        if state.is_ending
    ]
    return {"filters": filters, "severities": tuple(Severity), "columns": columns, "ended": ended}


_STAGES = tuple(stage for stage in Stage if stage is not Stage.ENDING)


def _column(
    visit: Visit,
    filters: Filters,
    query: Query,
    place: tuple[int, Stage],
    counts: Mapping[State, int],
    late: Mapping[State, int],
) -> Column:
    number, stage = place
    params = filters.params()
    count, is_late = _sum(counts, stage), _sum(late, stage)
    return Column(
        number=number,
        stage=stage,
        title=visit.label("stage", stage),
        count=count,
        late=is_late,
        cards=tuple(card(visit, one) for one in _most_pressing(visit, evolve(query, stage=stage), is_late)),
        link=visit.link("list", stage=stage, **params),
        late_link=visit.link("list", stage=stage, **{**params, "late": "1"}),
        has_several_states=sum(state.stage is stage for state in State) > 1,
    )


def _sum(counts: Mapping[State, int], stage: Stage) -> int:
    return sum(count for state, count in counts.items() if state.stage is stage)


def _most_pressing(visit: Visit, query: Query, late: int) -> Sequence[Complaint]:
    """Some of the late ones first, the longest overdue on top, and then the newest of the others by their due date."""
    first = _page(visit, evolve(query, due_before=visit.now)) if late else ()
    shown = {one.id for one in first}
    room = _CARDS - len(first)
    others = [one for one in _page(visit, query) if one.id not in shown][:room] if room > 0 else []
    return [*sorted(first, key=_pressing), *sorted(others, key=_pressing)]


def _page(visit: Visit, query: Query) -> Sequence[Complaint]:
    return visit.desk.find(evolve(query, limit=_CARDS), by=visit.by).complaints


def _pressing(complaint: Complaint) -> tuple[bool, float, str]:
    owed = first_owed(complaint)
    return owed is None, owed[0].timestamp() if owed else 0.0, complaint.reference


# --- one complaint in brief -----------------------------------------------------------------------------------------


def card(visit: Visit, complaint: Complaint) -> Card:
    """*complaint* in brief."""
    reader = visit.reader_of(complaint.dealer)
    owed, text = first_owed(complaint), ""
    due = owed[0] if owed else None
    if owed is not None:
        kind, code = owed[1], owed[2]
        name = reader.label(kind, code)
        text = reader.named(name, due_briefly(due, visit.now, reader.zone, reader.language))
    state = state_of(due, visit.now, reader.zone)
    categories = dict.fromkeys(one.category for one in complaint.registration.issues if one.category)
    return Card(
        reference=complaint.reference,
        link=visit.link("case", complaint.reference),
        state=reader.word(complaint.state),
        severity=complaint.severity,
        severity_word=reader.word(complaint.severity),
        due=text,
        due_state=state,
        mark=mark_of(state),
        handler=complaint.handler or "",
        fast=reader.word(Track.FAST) if complaint.track is Track.FAST else "",
        categories=reader.list(reader.label("category", one) for one in categories),
        excerpt=shortened(complaint.registration.excerpt, _EXCERPT_COLUMNS),
        received_at=reader.moment(complaint.received_at),
    )


def first_owed(complaint: Complaint) -> tuple[datetime, str, str] | None:
    """The first of what the house owes on a complaint: when it is due, and kind and code of what it is called."""
    return min(_owed(complaint), default=None) if _owes(complaint) else None


def _owes(complaint: Complaint) -> bool:
    return complaint.is_open or complaint.state is State.CLOSED


def _owed(complaint: Complaint) -> Iterator[tuple[datetime, str, str]]:
    for clock in complaint.deadlines.values():
        if clock.is_owed and clock.is_outstanding and clock.due is not None:
            yield clock.due, "clock", clock.name
    for promise in complaint.owed_promises:
        yield promise.due_at, "noun", "Promise"


__all__ = ["Card", "Column", "Filters", "board", "board_template", "card", "filters_of", "first_owed"]
