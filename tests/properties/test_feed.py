"""Whatever happens to complaints, other systems are told of it: each event once, in order, and nothing personal."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC
from pathlib import Path
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator

from complaints import LIFECYCLE, Actor, Event, FeedEvent, FeedEventType, Role, Severity, Stage, State
from complaints.feeding import event_schema
from complaints.model.event import applied
from complaints.model.words import PersonalData
from complaints.stages.erasure import Redact
from complaints.stores import SqlStore
from complaints.testing import Dice, Walk, take_walk, trace
from tests.properties.over_walks import over_known_walks

_WHILE_OPEN = (PersonalData.NOTES, PersonalData.CORRESPONDENCE)
_RELAY = Actor("relay", Role.GROUP)
_VALID = Draft202012Validator(event_schema(), format_checker=Draft202012Validator.FORMAT_CHECKER)
_CODES = {*FeedEventType, *State, *Stage, *Severity, *Role, *LIFECYCLE.readable}


def _pages(walk: Walk, *, limit: int = 1000, after: str | None = None) -> Iterable[tuple[FeedEvent, ...]]:
    while page := walk.desk.feed(after=after, limit=limit, by=_RELAY):
        yield page.events
        after = page.next


def _read(walk: Walk, *, limit: int = 1000, after: str | None = None) -> tuple[FeedEvent, ...]:
    return tuple(event for page in _pages(walk, limit=limit, after=after) for event in page)


def _ids(walk: Walk) -> list[UUID]:
    """All complaints of the walk; where many walks share a store, the one it is about."""
    return [walk.complaint_id] if walk.companion is None else [walk.complaint_id, walk.companion]


def _as_told(event: Event, severity: Severity, reference: str) -> dict[str, object]:
    """What the feed has to say of an event of the history."""
    return {
        "id": f"{event.complaint}:{event.number}",
        "reference": reference,
        "command": event.name,
        "source": event.source,
        "target": event.target,
        "severity": severity,
        "at": event.at.astimezone(UTC),
        "recorded_at": event.recorded_at.astimezone(UTC),
        "roles": event.by.roles,
        "caused_by": event.caused_by,
        "caused_in": event.caused_in,
    }


@over_known_walks(many=40)
def test_the_feed_tells_the_history_of_every_complaint_in_its_order(walk: Walk) -> None:
    _assert_that_all_is_told(walk)


def test_it_does_so_from_a_file_with_several_walks_in_it(tmp_path: Path) -> None:
    with closing(SqlStore.open(f"sqlite:///{tmp_path}/complaints.db")) as store:
        walks = [take_walk(Dice(seed), steps=45, store=store) for seed in (101, 102)]

        for walk in walks:
            _assert_that_all_is_told(walk)


def _assert_that_all_is_told(walk: Walk) -> None:
    told = _read(walk)
    for id in _ids(walk):
        reference, history = walk.desk.complaint(id, by=_RELAY).reference, walk.desk.history(id, by=_RELAY)
        wanted = [_as_told(event, after, reference) for event, after in zip(history, _severities(history), strict=True)]
        assert [{name: getattr(one, name) for name in wanted[0]} for one in told if one.complaint == id] == wanted


def _severities(history: tuple[Event, ...]) -> list[Severity]:
    """The severity after each event."""
    complaint, severities = None, []
    for event in history:
        complaint = applied(complaint, event)
        severities.append(complaint.severity)
    return severities


@over_known_walks(many=20)
def test_pages_of_any_size_give_the_same_events_and_every_event_is_a_place_to_go_on(walk: Walk) -> None:
    whole = _read(walk)
    limit, place = 1 + len(whole) % 17, len(whole) * 2 // 3

    pages = list(_pages(walk, limit=limit))

    assert [event for page in pages for event in page] == list(whole)
    assert [len(page) for page in pages[:-1]] == [limit] * (len(pages) - 1)
    assert _read(walk, after=whole[place].cursor) == whole[place + 1 :]


@over_known_walks(many=25)
def test_every_event_is_as_its_schema_promises(walk: Walk) -> None:
    for event in _read(walk):
        assert list(_VALID.iter_errors(json.loads(json.dumps(event.data())))) == []


@over_known_walks(many=40)
def test_every_event_is_told_once_and_its_type_is_what_it_did(walk: Walk) -> None:
    told = [event for event in _read(walk) if event.complaint == walk.complaint_id]

    assert len({event.id for event in told}) == len(told)
    assert [event.type for event in told] == [
        FeedEventType.RECEIVED if event.number == 1
        else FeedEventType.MOVED if event.is_move
        else FeedEventType.RECORDED
        for event in walk.history
    ]  # fmt: skip


@over_known_walks()
def test_nothing_that_the_feed_tells_is_anybodys_words(walk: Walk) -> None:
    told = _read(walk)
    texts = {text.text for id in _ids(walk) for text in trace(walk.store, id).personal}

    for event in told:
        said = {value for value in event.data().values() if isinstance(value, str)}
        names = {event.id, str(event.complaint), event.reference, event.dealer, str(event.caused_in)}
        assert said - _CODES - names - {event.data()["at"], event.data()["recorded_at"]} == set()
        assert said & (texts - _CODES) == set()


@pytest.mark.parametrize("seed", range(6))
def test_after_an_erasure_the_feed_is_as_it_was_and_tells_of_the_erasure(seed: int) -> None:
    walk = take_walk(Dice(seed), steps=45, forbidden_in=0)
    fields = _WHILE_OPEN if walk.complaint.is_open else tuple(PersonalData)
    (manager,) = (actor for actor in walk.house.staff if actor.id == "manager")
    order = Redact(complaint=walk.complaint_id, fields=fields, reason="the customer asked")
    before = _read(walk)

    walk.desk.handle(order, by=manager)

    after = _read(walk)
    assert after[: len(before)] == before
    assert [(event.command, event.complaint) for event in after[len(before) :]] == [("Redact", walk.complaint_id)]


@over_known_walks(many=40)
def test_whoever_is_of_another_dealer_is_told_nothing_and_goes_on_from_the_end(walk: Walk) -> None:
    stranger = Actor("relay", Role.MANAGER, dealer="BJ07")
    own = Actor("relay", Role.RECEPTIONIST, dealer=walk.house.dealer.id)

    page = walk.desk.feed(by=stranger)

    assert (page.events, page.next) == ((), _read(walk)[-1].cursor)
    assert walk.desk.feed(limit=1000, by=own) == walk.desk.feed(limit=1000, by=_RELAY)
