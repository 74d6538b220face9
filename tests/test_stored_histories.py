"""What a released program wrote, every later one reads, verifies and replays; older ones lose nothing of newer ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import attrs
import msgspec
import pytest

from complaints import LIFECYCLE, BrokenHistoryError, Complaint
from complaints.history import read as read_events
from complaints.history import replay, verify
from complaints.model.base import reread
from complaints.stores import StoredEvent
from complaints.stores.migrate import NEWEST
from complaints.testing import Trace
from tests.histories import Golden, golden_files, read, shapes

FILES = golden_files()
NEW_FIELD = {"told_by": "a program of the future", "since": [1, {"of": None}]}
MAPPINGS = ("duties",)
"""Fields that are no form: what stands in them has codes for names."""

_decode = msgspec.json.Decoder(Complaint).decode


@pytest.fixture(scope="module", params=FILES, ids=lambda file: file.name)
def golden(request) -> Golden:
    return read(request.param)


@pytest.fixture(scope="module")
def newest() -> Golden:
    return read(FILES[-1])


def id_of(one: Trace) -> Any:
    return one.events[0].complaint


def replayed(one: Trace) -> Complaint:
    complaint = replay(read_events(one.events, one.personal, LIFECYCLE.readable))
    assert complaint is not None
    return complaint


def as_json(value: object) -> Any:
    return json.loads(msgspec.json.encode(value))


def lost(then: Any, now: Any, path: str = "") -> Iterator[str]:
    """Where something that was told then is not told now; what is told besides does not count."""
    if isinstance(then, dict) and isinstance(now, dict):
        for name, value in then.items():
            yield from lost(value, now.get(name), f"{path}.{name}")
    elif isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        for place, (one, other) in enumerate(zip(then, now, strict=True)):
            yield from lost(one, other, f"{path}[{place}]")
    elif then != now:
        yield f"{path}: {then!r} -> {now!r}"


# --- what was written is read ---------------------------------------------------------------------------------------


def test_every_history_verifies_to_its_head(golden):
    found = [verify(id_of(one), one.events, one.personal).digest for one in golden.traces]

    assert found == [told["head"] for told in golden.told]


def test_every_history_adds_up_to_the_complaint_it_added_up_to_then(golden):
    snapshots = [reread(_decode, json.dumps(told).encode()) for told in golden.told]

    assert [replayed(one) for one in golden.traces] == snapshots


def test_nothing_that_a_complaint_told_then_is_left_out_now(golden):
    pairs = zip(golden.told, golden.traces, strict=True)

    assert [list(lost(told, as_json(replayed(one)))) for told, one in pairs] == [[] for _ in golden.told]


def test_nothing_that_a_form_held_then_is_left_out_now(golden):
    left_out = []
    for one in golden.traces:
        for stored, event in zip(one.events, read_events(one.events, (), LIFECYCLE.readable), strict=True):
            form = without_texts(json.loads(stored.body)["form"])
            left_out += [f"{stored.command}{place}" for place in lost(form, without_texts(as_json(event.command)))]

    assert left_out == []


def without_texts(form: Any) -> Any:
    """A form without its personal texts, which lie beside it."""
    if isinstance(form, dict):
        return {name: without_texts(value) for name, value in form.items()}
    if isinstance(form, list):
        return [without_texts(value) for value in form]
    is_text = isinstance(form, str) and form.startswith(("personal:", "[已删除 erased"))
    return "a personal text" if is_text else form


def test_every_command_there_is_has_an_example(newest):
    found = {event.command for one in newest.traces for event in one.events}

    assert sorted(set(LIFECYCLE.readable) - found) == [], "write them: python -m tests.histories"


def test_an_erased_text_is_among_the_examples(newest):
    assert any(text.salt == b"" for one in newest.traces for text in one.personal)


@pytest.mark.parametrize("place", [0, -1])
def test_a_changed_example_is_noticed(newest, place):
    [one, *_] = newest.traces
    events = list(one.events)
    events[place] = attrs.evolve(events[place], body=events[place].body.replace('"at":"2026', '"at":"2025'))

    with pytest.raises(BrokenHistoryError) as broken:
        verify(id_of(one), events, one.personal)

    assert (broken.value.number, broken.value.what) == (events[place].number, "changed")


# --- what is stored only grows, and with a revision -----------------------------------------------------------------


def grown(before: dict[str, list[str]], now: dict[str, list[str]]) -> tuple[list[str], list[str]]:
    """What of the stored classes and their fields went away, and what was added."""
    then = {f"{cls}.{name}" for cls, names in before.items() for name in names}
    today = {f"{cls}.{name}" for cls, names in now.items() for name in names}
    return sorted(then - today), sorted(today - then)


def test_nothing_that_was_ever_stored_has_lost_its_field(golden):
    gone, _ = grown(golden.shapes, shapes())

    assert gone == [], "histories with these can no longer be read whole; keep the field"


def test_what_is_stored_grows_only_with_a_revision(newest):
    _, added = grown(newest.shapes, shapes())

    # an older program that opens the file would leave these out of its snapshots, or could not read them at all
    assert added == [] or newest.revision < NEWEST, (
        f"{added}: since {newest.version} more is stored. If that version is released, add a revision under"
        " stores/migrations, so that its programs are told; if it is not, python -m tests.histories"
    )


def test_a_field_that_is_gone_and_one_that_is_new_are_told():
    before, now = {"Money": ["amount", "currency"]}, {"Money": ["amount", "unit"], "Coin": ["worth"]}

    assert grown(before, now) == (["Money.currency"], ["Coin.worth", "Money.unit"])


# --- what nobody knows yet survives -----------------------------------------------------------------------------------


def of_the_future(one: Trace) -> Trace:
    """The same history as a program would have written it that knows more fields, in every place there is."""
    events: list[StoredEvent] = []
    for stored in one.events:
        told = with_new_fields(json.loads(stored.body)) | {"previous": events[-1].digest if events else ""}
        body = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
        events.append(attrs.evolve(stored, body=body, digest=sha256(body.encode()).hexdigest()))
    return Trace(None, tuple(events), one.personal)


def with_new_fields(value: Any) -> Any:
    if isinstance(value, dict):
        inner = {name: one if name in MAPPINGS else with_new_fields(one) for name, one in value.items()}
        return inner | NEW_FIELD
    return [with_new_fields(inner) for inner in value] if isinstance(value, list) else value


def without_digests(told: Any) -> Any:
    return {name: value for name, value in told.items() if name != "head"}


def test_fields_that_nobody_knows_stand_in_no_ones_way(newest):
    pairs = [(one, of_the_future(one)) for one in newest.traces]

    assert [verify(id_of(one), one.events, one.personal).number for _, one in pairs] == [
        len(one.events) for one, _ in pairs
    ]
    assert [without_digests(as_json(replayed(later))) for _, later in pairs] == [
        without_digests(as_json(replayed(one))) for one, _ in pairs
    ]
    assert all(later.events[0].body.count("told_by") > 2 for _, later in pairs)


def test_a_snapshot_with_fields_that_nobody_knows_is_read(newest):
    read_now = [reread(_decode, json.dumps(with_new_fields(told)).encode()) for told in newest.told]

    assert read_now == [replayed(one) for one in newest.traces]
