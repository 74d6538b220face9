"""Untrusted JSON becomes a command, or every fault in it at once."""

from __future__ import annotations

import time
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints import Channel, Customer, Fault, InvalidCommandError, Issue, Money
from complaints.forms.filled import MOST_BYTES, command_from, data_from_json, data_of, faults_in_field, value_from
from complaints.lifecycle import LIFECYCLE
from complaints.model.words import Alarm
from complaints.policy import StandingOrder
from complaints.stages.anytime import AddNote
from complaints.stages.intake import Receive
from complaints.stages.proposal import Approve
from complaints.stages.review import PlanImprovement

ID = "018f0000-0000-7000-8000-000000000001"
RECEIVED: dict[str, Any] = {
    "dealer": "SH01",
    "complainant": {"name": "张三"},
    "channel": "phone",
    "received_at": "2026-01-05T09:00:00+08:00",
    "statement": "刹车异响",
}
APPROVED: dict[str, Any] = {"complaint": ID, "chosen": "A", "reason": "r", "instruction": "i"}

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def faults(wanted: str, data: object) -> list[tuple[str, str]]:
    """Field and code of every fault."""
    try:
        command_from(wanted, data, LIFECYCLE.commands)
    except InvalidCommandError as error:
        return [(fault.field, fault.code) for fault in error.faults]
    return []


def test_a_filled_in_form_becomes_the_command():
    data = {**RECEIVED, "issues": [{"id": "I1", "category": "price"}], "alarms": ["fire"], "repeat_of": ID}

    command = command_from("Receive", data, LIFECYCLE.commands)

    assert command == Receive(
        dealer="SH01",
        complainant=Customer(name="张三"),
        channel=Channel.PHONE,
        received_at=datetime.fromisoformat("2026-01-05T09:00:00+08:00"),
        statement="刹车异响",
        issues=(Issue(id="I1", category="price"),),
        alarms=(Alarm.FIRE,),
        repeat_of=UUID(ID),
    )


def test_a_command_goes_to_json_and_comes_back():
    command = PlanImprovement(complaint=UUID(ID), id="IM-1", text="t", owner="zhou", due=date(2026, 2, 1))

    assert command_from(PlanImprovement, data_of(command), {}) == command


def test_all_faults_come_at_once_with_their_paths():
    data = {
        **RECEIVED,
        "complainant": {"name": "张\x1b三", "fone": "1"},
        "channel": "telex",
        "received_at": "2026-01-05T09:00:00",
        "statement": "x" * 20_001,
        "issues": [{"id": "I1", "category": "Price"}, {"id": 3}],
        "vehicles": [{}],
        "repeat_of": "C-1",
        "colour": "red",
    }

    found = faults("Receive", data)

    assert sorted(found) == [
        ("channel", "choice"),
        ("colour", "unknown_field"),
        ("complainant.fone", "unknown_field"),
        ("complainant.name", "control_characters"),
        ("issues[0].category", "category"),
        ("issues[1].id", "type"),
        ("received_at", "naive_time"),
        ("repeat_of", "not_a_uuid"),
        ("statement", "too_long"),
        ("vehicles[0].vin", "vehicle_unknown"),
    ]


def test_rules_between_fields_are_asked_when_each_is_right():
    assert faults("Approve", {**APPROVED, "alternatives": ["A"]}) == [("alternatives", "doubled")]


@pytest.mark.parametrize(
    ("amount", "found"),
    [
        ("199.50", []),
        (199, []),
        (199.5, [("ceiling.amount", "not_a_number")]),
        (True, [("ceiling.amount", "not_a_number")]),
        ("1e9", [("ceiling.amount", "not_a_number")]),
        ("NaN", [("ceiling.amount", "not_a_number")]),
        ("１２", [("ceiling.amount", "not_a_number")]),
        ("9" * 100, [("ceiling.amount", "not_a_number")]),
        ("1.999", [("ceiling.amount", "too_fine")]),
    ],
)
def test_money_is_text_or_a_whole_number(amount, found):
    assert faults("Approve", {**APPROVED, "ceiling": {"amount": amount, "currency": "CNY"}}) == found


def test_exact_money_stays_exact():
    command = command_from(Approve, {**APPROVED, "ceiling": {"amount": "0.10", "currency": "CNY"}}, {})

    assert command.ceiling == Money(Decimal("0.10"), "CNY")


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        ("2026-01-05T09:00:00", "naive_time"),
        ("2026-01-05", "naive_time"),
        ("05.01.2026", "not_a_moment"),
        ("0001-01-01T00:00+08:00", "not_a_moment"),
        ("9999-12-31T23:59-12:00", "not_a_moment"),
        ("2026-01-05T09:00+08:00" + " " * 10_000, "not_a_moment"),
        (1767574800, "type"),
        ({}, "type"),
    ],
)
def test_a_moment_has_a_zone_and_can_be_reckoned_with(moment, code):
    assert faults("Receive", {**RECEIVED, "received_at": moment}) == [("received_at", code)]


@pytest.mark.parametrize(
    ("day", "code"),
    [("2026-02-30", "not_a_date"), ("20260201", "not_a_date"), ("0001-01-01", "not_a_date"), (7, "type")],
)
def test_a_day_is_one_of_the_calendar(day, code):
    data = {"complaint": ID, "id": "IM-1", "text": "t", "owner": "zhou", "due": day}

    assert faults("PlanImprovement", data) == [("due", code)]


@pytest.mark.parametrize("data", [None, [], "text", 3])
def test_what_is_no_form_at_all_is_refused(data):
    assert faults("AddNote", data) == [("AddNote", "type")]


def test_an_unknown_command_is_refused_with_all_that_there_are():
    with pytest.raises(InvalidCommandError) as refused:
        command_from("Upheld", {}, LIFECYCLE.commands)

    assert refused.value.faults == (Fault("command", "choice", choices=tuple(LIFECYCLE.commands)),)


def test_names_from_outside_do_not_reach_a_terminal_as_they_are():
    found = faults("AddNote", {"complaint": ID, "text": "t", "\x1b[2J": 1, "x" * 500: 2})

    assert found == [("'\\x1b[2J'", "unknown_field"), ("x" * 59 + "…", "unknown_field")]


def test_fifty_megabytes_are_refused_at_once():
    began = time.perf_counter()
    found = faults("AddNote", {"complaint": ID, "text": "x" * 50_000_000})
    took = time.perf_counter() - began

    assert found == [("text", "too_long")]
    assert took < 1


def test_more_than_a_form_can_hold_is_refused():
    deep: dict[str, Any] = {}
    for _ in range(1000):
        deep = {"complainant": deep}
    wide = {**RECEIVED, "issues": [{"id": "I1"}] * 100_000}

    assert faults("Receive", deep) == [("Receive", "too_large")]
    assert faults("Receive", wide) == [("Receive", "too_large")]


def test_a_list_that_is_too_long_is_not_looked_through():
    assert faults("Receive", {**RECEIVED, "issues": [3] * 101}) == [("issues", "too_many")]


@given(anything)
def test_whatever_comes_is_a_command_or_has_faults(data):
    for name in ("Receive", "Close", "Archive"):
        if not faults(name, data):
            assert isinstance(command_from(name, data, LIFECYCLE.commands), LIFECYCLE.commands[name])


@given(st.dictionaries(st.sampled_from(["dealer", "complainant", "channel", "received_at", "issues"]), anything))
def test_one_right_field_is_never_blamed_for_the_others(changes):
    blamed = {field.partition(".")[0].partition("[")[0] for field, _ in faults("Receive", {**RECEIVED, **changes})}

    assert blamed <= set(changes)


def test_one_field_can_be_asked_about_by_itself():
    assert faults_in_field(AddNote, "text", "fine") == ()
    assert faults_in_field(AddNote, "text", " ") == (Fault("text", "empty"),)
    assert faults_in_field(AddNote, "complaint", "x") == (Fault("complaint", "not_a_uuid"),)
    assert faults_in_field(Receive, "issues", [{}]) == (Fault("issues[0].id", "missing"),)


def test_a_noun_that_is_no_command_can_be_filled_in_too():
    with pytest.raises(InvalidCommandError) as refused:
        value_from(StandingOrder, {"id": "SO-1", "staff": []}, name="standing_order")

    assert [fault.field for fault in refused.value.faults] == [
        "version", "dealer", "signed_by", "signed_at", "valid_from", "remedies", "per_case", "staff",
    ]  # fmt: skip


def test_json_is_read_with_or_without_a_byte_order_mark():
    assert data_from_json(b'\xef\xbb\xbf{"text": "x"}', name="f") == {"text": "x"}


@pytest.mark.parametrize(
    ("text", "line"),
    [(b"", 1), (b"{", 1), (b"\xff", 1), (b'{\n"a": 1,\n"b": }', 3), (b"[" * 100_000, 1), (b"{'a': 1}", 1)],
)
def test_what_is_no_json_is_refused_with_its_line(text, line):
    with pytest.raises(InvalidCommandError) as refused:
        data_from_json(text, name="form.json")

    assert refused.value.faults == (Fault("form.json", "not_json", line=line),)


def test_more_json_than_anybody_types_is_not_read():
    with pytest.raises(InvalidCommandError) as refused:
        data_from_json(b" " * (MOST_BYTES + 1), name="form.json")

    assert refused.value.faults == (Fault("form.json", "too_long", most=MOST_BYTES, length=MOST_BYTES + 1),)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        (b'{"text": "x", "text": "x"}', ("text",)),
        (b'{"a": [{"b": 1, "b": 2}], "c": 1, "c": 1, "c": 1}', ("b", "c")),
        (b'{"\\u001b": 1, "\\u001b": 2}', ("'\\x1b'",)),
    ],
)
def test_a_key_that_stands_twice_is_refused_and_never_guessed_about(text, keys):
    with pytest.raises(InvalidCommandError) as refused:
        data_from_json(text, name="form.json")

    assert refused.value.faults == (Fault("form.json", "doubled_key", keys=keys),)
