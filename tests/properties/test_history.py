"""The history adds up to the complaint, and whoever changes it is found out (invariant 9)."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import attrs
import pytest
from hypothesis import strategies as st

from complaints import LIFECYCLE, BrokenHistoryError, Checkpoint, Command, Complaint, Desk
from complaints.access import as_seen
from complaints.history import masked, read, replay, verify
from complaints.model.event import applied
from complaints.stages.erasure import Redact
from complaints.stores.base import StoredEvent, StoredPersonal
from complaints.testing import HOUSE, Dice, Walk, take_walk, trace
from tests.properties.over_walks import over_walks

_NOBODY = UUID(int=0)
T = TypeVar("T", Complaint, Command)


def _stored(walk: Walk) -> tuple[list[StoredEvent], list[StoredPersonal]]:
    kept = trace(walk.store, walk.complaint_id)
    return list(kept.events), list(kept.personal)


def _broken_at(
    walk: Walk, events: list[StoredEvent], personal: list[StoredPersonal], checkpoint: Checkpoint | None = None
) -> int | None:
    """The number of the event where the history breaks; ``None`` where it looks whole."""
    try:
        verify(walk.complaint_id, events, personal, checkpoint=checkpoint)
    except BrokenHistoryError as error:
        return error.number
    return None


def _seen(value: T, walk: Walk) -> T:
    """As it is; where something was erased on the walk, with its texts hidden, for they may be gone since."""
    return masked(value) if any(isinstance(step.order.command, Redact) for step in walk.steps) else value


# --- adding up ------------------------------------------------------------------------------------------------------


@over_walks()
def test_replaying_the_events_gives_the_stored_complaint(walk: Walk) -> None:
    events, personal = _stored(walk)

    replayed = replay(read(events, personal, LIFECYCLE.commands))

    assert replayed == walk.complaint
    assert walk.desk.verify(walk.complaint_id) == Checkpoint(walk.complaint_id, len(events), events[-1].digest)


@over_walks(forbidden_in=0)
def test_replaying_up_to_a_step_gives_the_complaint_as_it_was_answered_then(walk: Walk) -> None:
    complaint = None
    then = {step.after.version: step for step in walk.steps if step.after is not None}

    for event in walk.history:
        complaint = applied(complaint, event)
        if event.number in then:
            step = then[event.number]
            replayed = as_seen(complaint, step.order.by, walk.house.policy.sees)
            assert _seen(replayed, walk) == _seen(step.after, walk)


@over_walks()
def test_every_event_tells_who_did_it_who_typed_it_and_when(walk: Walk) -> None:
    history = iter(walk.history)

    for step in walk.steps:
        event = next(event for event in history if event.caused_by is None)
        assert _seen(event.command, walk) == _seen(step.order.command, walk)
        assert (event.by, event.recorded_by) == (step.order.by, step.order.recorded_by or step.order.by)
        assert (event.at, event.recorded_at) == (step.at, step.now)


# --- found out ------------------------------------------------------------------------------------------------------


@over_walks(data=True, forbidden_in=0)
def test_any_bit_changed_in_any_event_is_found_there(walk: Walk, data: st.DataObject) -> None:
    events, personal = _stored(walk)

    for place, one in enumerate(events):
        sign, bit = data.draw(st.integers(0, len(one.body) - 1)), data.draw(st.integers(0, 6))
        body = one.body[:sign] + chr(ord(one.body[sign]) ^ (1 << bit)) + one.body[sign + 1 :]
        changed = [*events[:place], attrs.evolve(one, body=body), *events[place + 1 :]]

        assert _broken_at(walk, changed, personal) == place + 1


@over_walks(data=True, forbidden_in=0)
def test_whatever_is_written_beside_an_event_is_found_there_when_changed(walk: Walk, data: st.DataObject) -> None:
    events, personal = _stored(walk)
    place = data.draw(st.integers(0, len(events) - 1))
    one = events[place]
    beside = [
        attrs.evolve(one, digest=sha256(b"another").hexdigest()),
        attrs.evolve(one, complaint=_NOBODY),
        attrs.evolve(one, number=one.number + 1),
        attrs.evolve(one, command="Archive" if one.command != "Archive" else "Close"),
        attrs.evolve(one, recorded_at=one.recorded_at + timedelta(seconds=1)),
    ]

    found = [_broken_at(walk, [*events[:place], changed, *events[place + 1 :]], personal) for changed in beside]

    assert found == [place + 1] * len(beside)


@over_walks(data=True, forbidden_in=0)
def test_a_missing_event_is_found_where_it_was(walk: Walk, data: st.DataObject) -> None:
    events, personal = _stored(walk)
    place = data.draw(st.integers(0, len(events) - 2))

    assert _broken_at(walk, [*events[:place], *events[place + 1 :]], personal) == place + 1


@over_walks(data=True, forbidden_in=0)
def test_two_swapped_events_are_found_at_the_first_of_them(walk: Walk, data: st.DataObject) -> None:
    events, personal = _stored(walk)
    one, other = sorted(data.draw(st.permutations(range(len(events))))[:2])
    swapped = events.copy()
    swapped[one], swapped[other] = events[other], events[one]
    renumbered = swapped.copy()
    for place in (one, other):
        renumbered[place] = attrs.evolve(swapped[place], number=place + 1)

    assert _broken_at(walk, swapped, personal) == one + 1
    assert _broken_at(walk, renumbered, personal) == one + 1


@over_walks(data=True, forbidden_in=0)
def test_a_cut_off_end_is_found_against_a_checkpoint_kept_elsewhere(walk: Walk, data: st.DataObject) -> None:
    events, personal = _stored(walk)
    checkpoint = walk.desk.verify(walk.complaint_id)
    left = data.draw(st.integers(0, len(events) - 1))
    known = [text for text in personal if text.number <= left]

    assert _broken_at(walk, events[:left], known) is None
    assert _broken_at(walk, events[:left], known, checkpoint) == left + 1


@over_walks(data=True, forbidden_in=0)
def test_a_rewritten_chain_is_found_against_a_checkpoint_kept_elsewhere(walk: Walk, data: st.DataObject) -> None:
    events, personal = _stored(walk)
    place = data.draw(st.integers(0, len(events) - 1))
    seen = data.draw(st.integers(place, len(events) - 1))
    checkpoint = Checkpoint(walk.complaint_id, seen + 1, events[seen].digest)

    rewritten = _rewritten(events, place)

    assert _broken_at(walk, rewritten, personal) is None
    assert _broken_at(walk, rewritten, personal, checkpoint) == seen + 1


def _rewritten(events: list[StoredEvent], place: int) -> list[StoredEvent]:
    """The history with another doer of one event, and a chain that fits it from there on."""
    chain = events[:place]
    for number, one in enumerate(events[place:], start=place):
        form = json.loads(one.body)
        form["previous"] = chain[-1].digest if chain else ""
        if number == place:
            form["by"]["id"] = "somebody-else"
        body = json.dumps(form, ensure_ascii=False)
        chain.append(attrs.evolve(one, body=body, digest=sha256(body.encode()).hexdigest()))
    return chain


@over_walks(data=True, forbidden_in=0)
def test_an_event_rewritten_with_a_digest_that_fits_it_is_found_at_the_next_one(
    walk: Walk, data: st.DataObject
) -> None:
    events, personal = _stored(walk)
    place = data.draw(st.integers(0, len(events) - 2))

    rewritten = [*_rewritten(events, place)[: place + 1], *events[place + 1 :]]

    assert _broken_at(walk, rewritten, personal) == place + 2


@over_walks(data=True, forbidden_in=0)
def test_a_changed_personal_text_is_found_and_an_erased_one_is_not_missed(walk: Walk, data: st.DataObject) -> None:
    events, personal = _stored(walk)
    place = data.draw(st.integers(0, len(personal) - 1))
    one = personal[place]
    changed = [*personal[:place], attrs.evolve(one, text=f"{one.text}!"), *personal[place + 1 :]]
    erased = [*personal[:place], *personal[place + 1 :]]

    assert _broken_at(walk, events, changed) == one.number
    assert _broken_at(walk, events, erased) is None


@over_walks(least=3, most=6, forbidden_in=0)
def test_the_history_of_another_complaint_is_not_taken_for_this_ones(walk: Walk) -> None:
    other = take_walk(Dice(0), store=walk.store, steps=5, forbidden_in=0)
    events, personal = _stored(other)

    assert _broken_at(walk, events, personal) == 1


def test_what_is_changed_in_the_file_behind_our_back_is_found(tmp_path: Path) -> None:
    file = tmp_path / "complaints.db"
    with Desk.open(f"sqlite:///{file}", dealers=[HOUSE.dealer], policy=HOUSE.policy) as desk:
        walk = take_walk(Dice(1), store=desk.store, steps=20, forbidden_in=0)
    with closing(sqlite3.connect(file)) as raw, raw:
        for (trigger,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {trigger}")
        raw.execute("UPDATE complaints_event SET body = replace(body, '\"by\"', '\"bY\"') WHERE number = 7")

    with Desk.open(f"sqlite:///{file}") as desk, pytest.raises(BrokenHistoryError) as broken:
        desk.verify(walk.complaint_id)

    assert (broken.value.complaint, broken.value.number) == (walk.complaint_id, 7)
