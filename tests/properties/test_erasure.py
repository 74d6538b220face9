"""Whatever is erased, wherever the complaint is: it is gone, and all else is as it was (Redact, invariants 9, 10)."""

from __future__ import annotations

import msgspec
from hypothesis import assume
from hypothesis import strategies as st

from complaints import LIFECYCLE, Actor, Command, Complaint, Event, Query, State
from complaints.history import is_erased, masked, personal_places, read, replay
from complaints.model.base import evolve
from complaints.model.words import PersonalData
from complaints.stages.erasure import Redact, group_of, without_places
from complaints.stores.base import StoredPersonal
from complaints.testing import AUDITOR, SMALL_HOUSE, Walk, lead_home, trace
from complaints.testing.model import seen
from tests.properties.over_walks import over_walks

_WHILE_OPEN = {PersonalData.NOTES, PersonalData.CORRESPONDENCE}


def _manager(walk: Walk) -> Actor:
    (manager,) = (actor for actor in walk.house.staff if actor.id == "manager")
    return manager


def _order(walk: Walk, data: st.DataObject) -> Redact:
    groups = sorted(_WHILE_OPEN) if walk.complaint.is_open else list(PersonalData)
    fields = data.draw(st.lists(st.sampled_from(groups), min_size=1, unique=True).map(tuple))
    return Redact(complaint=walk.complaint_id, fields=fields, reason="the customer asked")


def _texts(walk: Walk) -> list[tuple[PersonalData, StoredPersonal]]:
    kept = trace(walk.store, walk.complaint_id)
    orders = {event.number: event.command for event in read(kept.events, kept.personal, LIFECYCLE.readable)}
    return [(_group(orders[text.number], text), text) for text in kept.personal]


def _group(order: Command, text: StoredPersonal) -> PersonalData:
    return group_of(personal_places(type(order))[without_places(text.path)], order)


def _erase(walk: Walk, order: Redact) -> Complaint:
    by = _manager(walk)
    assume(walk.desk.refusals(order, by=by) == ())
    return walk.desk.handle(order, by=by)


def _but_for_what_every_event_changes(complaint: Complaint) -> Complaint:
    return masked(evolve(complaint, version=0, head="", updated_at=complaint.recorded_at, definition=""))


@over_walks(data=True, forbidden_in=0)
def test_what_is_asked_for_is_erased_and_nothing_else(walk: Walk, data: st.DataObject) -> None:
    order, before = _order(walk, data), _texts(walk)

    _erase(walk, order)

    after = {(text.number, text.path): text for _, text in _texts(walk)}
    for group, text in before:
        left = after[text.number, text.path]
        if group in order.erases:
            assert (is_erased(left.text), left.salt) == (True, b"")
        else:
            assert left == text


@over_walks(data=True, forbidden_in=0)
def test_nothing_of_an_erased_text_is_left_in_what_the_store_keeps(walk: Walk, data: st.DataObject) -> None:
    order = _order(walk, data)
    erased = {text.text for group, text in _texts(walk) if group in order.erases and text.salt}

    after = _erase(walk, order)

    left = [text.text for _, text in _texts(walk)]
    kept = trace(walk.store, walk.complaint_id)
    # a word of it may stand in another text that was not to be erased, or be no text of the customer's at all
    allowed = "\n".join([_as_json(masked(after)), *left])
    whole = "\n".join([_as_json(kept.complaint), *(event.body for event in kept.events), *left])
    assert {text for text in erased if text in whole and text not in allowed} == set()
    assert {text for text in erased if text not in allowed and _finds(walk, text)} == set()


def _as_json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _finds(walk: Walk, text: str) -> bool:
    line = text.splitlines()[0]
    queries = (Query(text=line), Query(customer=line), Query(vehicle=line[:40]))
    found = [one.id for query in queries for one in walk.desk.find(query, by=_manager(walk))]
    return walk.complaint_id in found


@over_walks(data=True, forbidden_in=0)
def test_the_history_still_verifies_and_adds_up(walk: Walk, data: st.DataObject) -> None:
    checkpoint = walk.desk.verify(walk.complaint_id)

    after = _erase(walk, _order(walk, data))

    kept = trace(walk.store, walk.complaint_id)
    assert walk.desk.verify(walk.complaint_id, checkpoint=checkpoint).number == checkpoint.number + 1
    assert replay(read(kept.events, kept.personal, LIFECYCLE.commands)) == kept.complaint == after


# invariant 10: "figures on a form equal a fresh count, before and after redaction"
@over_walks(data=True, forbidden_in=0)
def test_whatever_is_counted_is_the_same_before_and_after(walk: Walk, data: st.DataObject) -> None:
    before = walk.complaint

    after = _erase(walk, _order(walk, data))

    assert _but_for_what_every_event_changes(after) == _but_for_what_every_event_changes(before)
    assert {**seen(after), "version": 0} == {**seen(before), "version": 0}
    assert [_counted(event) for event in walk.history[:-1]] == [_counted(event) for event in walk.history][:-1]


def _counted(event: Event) -> tuple[object, ...]:
    return (event.number, event.name, event.at, event.source, event.target, event.deadlines, masked(event.command))


@over_walks(data=True, forbidden_in=0)
def test_an_auditor_reads_it_as_before(walk: Walk, data: st.DataObject) -> None:
    before = walk.desk.history(walk.complaint_id, by=AUDITOR)

    _erase(walk, _order(walk, data))

    assert walk.desk.history(walk.complaint_id, by=AUDITOR)[:-1] == before
    assert walk.desk.complaint(walk.complaint_id, by=AUDITOR) == masked(walk.complaint)


@over_walks(data=True, forbidden_in=0)
def test_it_can_still_be_led_home(walk: Walk, data: st.DataObject) -> None:
    _erase(walk, _order(walk, data))

    lead_home(walk.desk, walk.complaint_id, clock=walk.clock, house=SMALL_HOUSE)

    assert walk.complaint.state is State.ARCHIVED
