"""Bodies of requests, and the orders they become."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from complaints import (
    Actor,
    Channel,
    Complaint,
    Customer,
    Dealer,
    Desk,
    Fault,
    IllegalMoveError,
    InvalidCommandError,
    NotFoundError,
    NotPermittedError,
    RefusedError,
    Role,
    State,
)
from complaints.http import (
    BodyTooLargeError,
    MediaTypeError,
    RequestError,
    UnknownStepError,
    command_from,
    form_from,
    step_named,
)
from complaints.model.words import LinkKind
from complaints.rows import Move
from complaints.stages.anytime import AddNote
from complaints.stages.family import Link
from complaints.stages.intake import BeginJudgment, Receive
from complaints.stages.judgment import Uphold
from complaints.stages.review import Archive

JSON = "application/json"
NOW = datetime.now(UTC) - timedelta(minutes=5)
LI = Actor("li", Role.SPECIALIST, dealer="SH01")
ZHAO = Actor("zhao", Role.SUPERVISOR, dealer="SH01")
OWNER = Actor("owner", Role.GROUP)


@pytest.fixture
def desk() -> Desk:
    return Desk(dealers=[Dealer("SH01"), Dealer("BJ02")])


def received(desk: Desk, dealer: str = "SH01") -> Complaint:
    receive = Receive(
        dealer=dealer, complainant=Customer(name="张三"), channel=Channel.PHONE, received_at=NOW, statement="…",
        takes_on=True,
    )  # fmt: skip
    return desk.handle(receive, by=Actor("li", Role.SPECIALIST, dealer=dealer))


# --- bodies ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content_type", [JSON, "application/json; charset=utf-8", 'Application/JSON;charset="UTF-8"', "application/x+json"]
)
def test_json_is_read_as_the_form_that_somebody_filled_in(content_type):
    assert form_from('{"text": "回电"}'.encode(), content_type) == {"text": "回电"}


@pytest.mark.parametrize(
    "content_type",
    [None, "", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=gbk", "application/jsonx"],
)
def test_what_another_sites_page_can_have_a_browser_post_is_no_form(content_type):
    with pytest.raises(MediaTypeError) as refused:
        form_from(b"{}", content_type)

    assert refused.value.faults == (Fault("Content-Type", "media_type"),)


def test_a_body_is_taken_up_to_its_limit_and_not_a_byte_more():
    fits = b'{"text": "%s"}' % (b"x" * 988)

    assert form_from(fits, JSON, most_bytes=1000) == {"text": "x" * 988}
    with pytest.raises(BodyTooLargeError) as refused:
        form_from(fits + b" ", JSON, most_bytes=1000)
    assert refused.value.faults == (Fault("body", "body_too_large", most=1000),)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"", Fault("body", "not_json", line=1)),
        (b'{\n"text": ', Fault("body", "not_json", line=1)),
        (b"{'text': 1}", Fault("body", "not_json", line=1)),
        ('{"text": "回电"}'.encode("gbk"), Fault("body", "not_json", line=1)),
        (b"[" * 100_000, Fault("body", "not_json", line=1)),
        (b'{"text": "a", "text": "b"}', Fault("body", "doubled_key", keys=("text",))),
    ],
)
def test_a_body_that_cannot_be_read_is_told_from_one_that_is_filled_in_wrongly(body, fault):
    with pytest.raises(RequestError) as refused:
        form_from(body, JSON)

    assert refused.value.faults == (fault,)


@pytest.mark.parametrize(("body", "given"), [(b"[]", "list"), (b"7", "int"), (b"null", "NoneType")])
def test_a_form_is_an_object(body, given):
    with pytest.raises(InvalidCommandError) as refused:
        form_from(body, JSON)

    assert not isinstance(refused.value, RequestError)
    assert refused.value.faults == (Fault("body", "type", wanted="mapping", given=given),)


# --- steps ----------------------------------------------------------------------------------------------------------


def test_steps_are_found_by_their_names_and_what_only_the_system_does_is_none(desk):
    assert [step_named(desk, name) for name in ("Receive", "Uphold")] == [Receive, Uphold]
    for unknown in ("RecordBreach", "uphold", "__class__", "../Close", ""):
        with pytest.raises(UnknownStepError):
            step_named(desk, unknown)


def test_whoever_names_a_step_that_there_is_not_is_told_those_that_there_are(desk):
    with pytest.raises(UnknownStepError) as refused:
        command_from(desk, "Recieve", {}, by=LI)

    assert refused.value.faults == (Fault("command", "choice", choices=("Receive",)),)


def test_a_complaint_is_not_received_twice_nor_is_a_step_taken_on_none(desk):
    complaint = received(desk)

    with pytest.raises(UnknownStepError):
        command_from(desk, "Receive", {}, by=LI, complaint=complaint)
    with pytest.raises(UnknownStepError):
        command_from(desk, "Uphold", {}, by=LI)


def test_a_receipt_is_at_the_dealer_of_who_takes_it_down_unless_it_says_another(desk):
    form = {
        "complainant": {"phone": "13800000000"}, "channel": "phone", "received_at": NOW.isoformat(), "statement": "…",
    }  # fmt: skip
    wanted = Receive(
        dealer="SH01", complainant=Customer(phone="13800000000"), channel=Channel.PHONE, received_at=NOW, statement="…"
    )

    assert command_from(desk, "Receive", form, by=LI) == wanted
    assert command_from(desk, "Receive", {**form, "dealer": "SH01"}, by=OWNER) == wanted
    with pytest.raises(InvalidCommandError) as refused:
        command_from(desk, "Receive", form, by=OWNER)
    assert refused.value.faults == (Fault("dealer", "missing"),)


def test_a_step_is_about_the_complaint_of_the_request_and_no_other(desk):
    complaint, other = received(desk), received(desk)
    wanted = AddNote(complaint=complaint.id, text="回电")

    own = [{}, {"complaint": str(complaint.id)}, {"complaint": complaint.reference}]
    assert [command_from(desk, "AddNote", {"text": "回电", **one}, by=LI, complaint=complaint) for one in own] == [
        wanted, wanted, wanted,
    ]  # fmt: skip
    with pytest.raises(InvalidCommandError) as refused:
        command_from(desk, "AddNote", {"text": "回电", "complaint": str(other.id)}, by=LI, complaint=complaint)
    own_names = (str(complaint.id), complaint.reference)
    assert refused.value.faults == (Fault("complaint", "choice", choices=own_names),)


def test_other_complaints_are_named_as_people_know_them(desk):
    complaint, other, elsewhere = received(desk), received(desk), received(desk, "BJ02")
    form = {"other": other.reference, "kind": "visit"}

    order = command_from(desk, "Link", form, by=LI, complaint=complaint)

    assert order == Link(complaint=complaint.id, other=other.id, kind=LinkKind.VISIT)
    with pytest.raises(NotFoundError):
        command_from(desk, "Link", {**form, "other": elsewhere.reference}, by=LI, complaint=complaint)


def test_an_id_of_ones_own_is_looked_up_nowhere(desk):
    complaint = received(desk)
    form = {
        "complainant": {"phone": "1"}, "channel": "phone", "received_at": NOW.isoformat(), "statement": "…",
        "id": complaint.reference,
    }  # fmt: skip

    with pytest.raises(InvalidCommandError) as refused:
        command_from(desk, "Receive", form, by=LI)

    assert refused.value.faults == (Fault("id", "not_a_uuid"),)


def test_all_faults_of_a_form_are_told_at_once(desk):
    form = {
        "complainant": {"phone": 7, "nickname": "x"}, "channel": "pigeon", "received_at": "2026-01-31T09:00",
        "wish": "",
    }  # fmt: skip

    with pytest.raises(InvalidCommandError) as refused:
        command_from(desk, "Receive", form, by=LI)

    assert {(fault.field, fault.code) for fault in refused.value.faults} == {
        ("complainant.nickname", "unknown_field"),
        ("complainant.phone", "type"),
        ("channel", "choice"),
        ("received_at", "naive_time"),
        ("statement", "missing"),
        ("wish", "empty"),
    }


# --- nobody mends a form for a step that is refused anyway ----------------------------------------------------------


def test_a_faulty_form_for_a_step_that_does_not_lead_on_from_here_is_told_what_does(desk):
    complaint = received(desk)
    possible = {row.command.__name__ for row in desk.lifecycle.rows_from(State.INTAKE) if isinstance(row, Move)}

    with pytest.raises(IllegalMoveError) as refused:
        command_from(desk, "Archive", {"hurry": True}, by=ZHAO, complaint=complaint)
    with pytest.raises(IllegalMoveError) as handled:
        desk.handle(Archive(complaint=complaint.id), by=ZHAO)

    assert refused.value.refusals == handled.value.refusals
    assert set(refused.value.refusals[0].facts["commands"]) == possible


def test_a_faulty_form_for_another_persons_step_is_told_whose_it_is(desk):
    complaint = received(desk)

    with pytest.raises(NotPermittedError) as refused:
        command_from(desk, "Assign", {}, by=LI, complaint=complaint)

    assert [refusal.code for refusal in refused.value.refusals] == ["move.not_permitted"]
    assert refused.value.facts["who"] == ("supervisor",)


def test_what_the_permit_refuses_is_not_permitted_whatever_the_form_says(desk):
    complaint = received(desk)
    strict = Desk(desk.store, dealers=[Dealer("SH01")], permit=lambda command, complaint, by: command is not AddNote)

    for form in ({}, {"text": "回电"}):
        with pytest.raises(NotPermittedError) as refused:
            strict.handle(command_from(strict, "AddNote", form, by=LI, complaint=complaint), by=LI)
        assert [refusal.code for refusal in refused.value.refusals] == ["move.not_permitted_here"]


def test_a_faulty_form_for_a_step_that_rules_refuse_anyway_is_told_those_rules(desk):
    complaint = received(desk)

    with pytest.raises(RefusedError) as refused:
        command_from(desk, "BeginJudgment", {"hurry": True}, by=LI, complaint=complaint)

    assert refused.value.refusals == desk.options(complaint.id, by=LI)[BeginJudgment]
