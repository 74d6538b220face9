"""The form of a step as JSON Schema: what it accepts the library accepts, in both languages."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator

from complaints import Desk, Policy
from complaints.forms.filled import command_from, data_of
from complaints.forms.schema import DIALECT, form
from complaints.lifecycle import LIFECYCLE
from complaints.model.people import SYSTEM
from complaints.model.words import Channel, Severity
from complaints.stages.anytime import AddEvidence, AddNote, RecordContact
from complaints.stages.execution import Accept
from complaints.stages.intake import Receive
from complaints.stages.judgment import Uphold
from complaints.stages.proposal import Approve, RecordConsultation, SubmitProposals
from complaints.testing import walks

EVERY_COMMAND = [*LIFECYCLE.commands.values()]
RECEIVED: dict[str, Any] = {
    "dealer": "SH01",
    "complainant": {"name": "张三"},
    "channel": "phone",
    "received_at": "2026-01-05T09:00:00+08:00",
    "statement": "刹车异响。\n要求修好。",
    "issues": [{"id": "I1", "category": "service"}],
}


def complains_of(command: type, data: object) -> list[str]:
    """Paths of what the schema of *command* does not accept."""
    found = Draft202012Validator(form(command)).iter_errors(data)
    return sorted({"/".join(map(str, error.absolute_path)) for error in found})


def parts_of(schema: object) -> list[dict[str, Any]]:
    """Every part of a schema that has a title of its own."""
    below = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else []
    here = [schema] if isinstance(schema, dict) and isinstance(schema.get("title"), str) else []
    return [*here, *(part for one in below for part in parts_of(one))]


@pytest.mark.parametrize("command", EVERY_COMMAND, ids=lambda command: command.__name__)
def test_every_form_is_a_schema_that_json_can_carry(command):
    schema = form(command, severity=Severity.MAJOR, language="zh_CN")

    Draft202012Validator.check_schema(schema)
    assert json.loads(json.dumps(schema)) == schema
    assert schema["$schema"] == DIALECT


@pytest.mark.parametrize("command", EVERY_COMMAND, ids=lambda command: command.__name__)
def test_every_label_is_there_in_both_languages(command):
    lacking = [part for part in parts_of(form(command)) if set(part["x-labels"]) != {"zh_CN", "en"}]

    assert lacking == []


def test_titles_come_in_the_language_asked_for():
    titles = {language: form(Uphold, language=language)["title"] for language in ("zh_CN", "en", None)}

    assert titles == {"zh_CN": "判定成立", "en": "Uphold", None: "Uphold"}


@settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow])
@given(walk=walks(forbidden_in=0))
def test_what_was_accepted_fits_its_form_and_comes_back_the_same(walk):
    # what the system does by itself nobody fills in
    commands = [event.command for event in walk.history if event.by != SYSTEM]

    data = [data_of(command) for command in commands]

    assert [complains_of(type(command), one) for command, one in zip(commands, data, strict=True)] == [[]] * len(data)
    assert [
        command_from(type(command), one, LIFECYCLE.commands) for command, one in zip(commands, data, strict=True)
    ] == commands


def test_a_form_as_people_fill_it_in_is_accepted():
    assert complains_of(Receive, RECEIVED) == []


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"channel": "telex"}, ["channel"]),
        ({"channel": None}, ["channel"]),
        ({"received_at": "2026-01-05T09:00:00"}, ["received_at"]),
        ({"received_at": "yesterday"}, ["received_at"]),
        ({"statement": ""}, ["statement"]),
        ({"statement": "   "}, ["statement"]),
        ({"statement": "x" * 20_001}, ["statement"]),
        ({"complainant": {"name": "two\nlines"}}, ["complainant/name"]),
        ({"complainant": {"nickname": "San"}}, ["complainant"]),
        ({"issues": {"id": "I1"}}, ["issues"]),
        ({"issues": [{"category": "service"}]}, ["issues/0"]),
        ({"vehicles": [{"year": 1600}]}, ["vehicles/0/year"]),
        ({"takes_on": "yes"}, ["takes_on"]),
        ({"repeat_of": "C-1"}, ["repeat_of"]),
        ({"urgent": True}, [""]),
    ],
)
def test_a_form_that_is_filled_in_wrongly_is_not_accepted(change, where):
    assert complains_of(Receive, {**RECEIVED, **change}) == where


def test_a_form_that_lacks_what_it_needs_is_not_accepted():
    assert complains_of(Receive, {"dealer": "SH01"}) == [""]


def test_money_is_exact_and_never_a_fraction():
    form_with = {"complaint": "018f0000-0000-7000-8000-000000000001", "chosen": "A", "reason": "r", "instruction": "i"}
    amounts = ("199.50", 199, 199.5, "a lot")

    found = [
        complains_of(Approve, {**form_with, "ceiling": {"amount": amount, "currency": "CNY"}}) for amount in amounts
    ]

    assert found == [[], [], ["ceiling"], ["ceiling"]]


def test_choices_carry_their_labels():
    channel = form(RecordContact, language="zh_CN")["$defs"]["Channel"]

    assert [choice["const"] for choice in channel["oneOf"]] == [choice.value for choice in Channel]
    assert channel["oneOf"][2] == {"const": "phone", "title": "电话", "x-labels": {"zh_CN": "电话", "en": "Phone"}}


def test_a_field_tells_its_limits_and_whether_it_is_personal():
    text = form(AddNote)["properties"]["text"]

    assert {name: text[name] for name in ("type", "minLength", "maxLength", "x-multiline", "x-personal")} == {
        "type": "string", "minLength": 1, "maxLength": 20_000, "x-multiline": True, "x-personal": True,
    }  # fmt: skip


def test_the_house_has_its_own_categories():
    house = Policy(categories=frozenset({"price", "car_wash"}))

    choices = form(Receive, policy=house)["$defs"]["Issue"]["properties"]["category"]["x-choices"]

    assert [choice["const"] for choice in choices] == ["price", "car_wash"]


@pytest.mark.parametrize(
    ("command", "severity", "asked"),
    [
        (AddNote, Severity.CRITICAL, {"fields": []}),
        (AddEvidence, Severity.GENERAL, {"fields": [], "evidence": "reference"}),
        (AddEvidence, Severity.ESCALATED, {"fields": ["sha256"], "evidence": "digest"}),
        (AddEvidence, Severity.MAJOR, {"fields": ["sha256", "collector"], "evidence": "digest_and_collector"}),
        (RecordConsultation, Severity.ESCALATED, {"fields": []}),
        (RecordConsultation, Severity.MAJOR, {"fields": ["minutes"]}),
        (SubmitProposals, Severity.GENERAL, {"fields": [], "proposals": 1, "waiver": None}),
        (SubmitProposals, Severity.MAJOR, {"fields": [], "proposals": 2, "waiver": "manager"}),
        (Accept, Severity.GENERAL, {"fields": [], "proof": "message", "authorised_signer": False}),
        (Accept, Severity.CRITICAL, {"fields": [], "proof": "signature", "authorised_signer": True}),
    ],
)
def test_the_severity_asks_for_more(command, severity, asked):
    assert form(command, severity=severity)["x-requires"] == {"severity": severity.value, **asked}


def test_the_desk_hands_out_the_form_of_its_dealer():
    with Desk(policy={"SH01": Policy(categories=frozenset({"car_wash"}))}) as desk:
        own = desk.form(Receive, dealer="SH01", language="zh_CN")
        usual = desk.form(Receive, language="zh_CN")

    assert own == form(Receive, policy=Policy(categories=frozenset({"car_wash"})), language="zh_CN")
    assert usual == form(Receive, language="zh_CN")
