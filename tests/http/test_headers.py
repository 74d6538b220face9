"""Headers that mean something to a desk."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from complaints import Actor, Channel, Customer, Dealer, Desk, Fault, Role
from complaints.http import PreconditionMissingError, RequestError, etag, key_from, language_from, version_from
from complaints.stages.anytime import AddNote
from complaints.stages.intake import Receive

LI = Actor("li", Role.SPECIALIST, dealer="SH01")
ID = UUID("018f0000-0000-7000-8000-000000000001")
OTHER = UUID("018f0000-0000-7000-8000-000000000002")
TAG = f'"{ID}.7"'

printable = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=200)


def faults_of(header: str | None, **more: object) -> tuple[Fault, ...]:
    with pytest.raises(RequestError) as refused:
        version_from(header, of=ID, **more)
    return refused.value.faults


def faults_of_key(header: str | None, **more: object) -> tuple[Fault, ...]:
    with pytest.raises(RequestError) as refused:
        key_from(header, **more)
    return refused.value.faults


# --- the version that was seen --------------------------------------------------------------------------------------


def test_a_step_taken_with_the_tag_that_came_with_the_complaint_is_taken_on_that_version():
    desk = Desk(dealers=[Dealer("SH01")])
    receive = Receive(
        dealer="SH01", complainant=Customer(phone="1"), channel=Channel.PHONE, received_at=datetime.now(UTC),
        statement="…",
    )  # fmt: skip
    received = desk.handle(receive, by=LI)
    noted = desk.handle(AddNote(complaint=received.id, text="…"), by=LI)

    tags = [etag(received), etag(noted)]

    assert tags == [f'"{received.id}.1"', f'"{received.id}.2"']
    assert [version_from(tag, of=received.id) for tag in tags] == [1, 2]


def test_who_sends_no_version_is_asked_for_one_only_where_the_host_wants_it():
    assert version_from(None, of=ID) is None
    with pytest.raises(PreconditionMissingError) as refused:
        version_from(None, of=ID, required=True)
    assert refused.value.faults == (Fault("If-Match", "missing"),)


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("*", "any_version"),
        (f'{TAG}, "{ID}.8"', "several_versions"),
        (f"W/{TAG}", "weak_version"),
        (f'"{OTHER}.7"', "version_of_another"),
        ("", "not_a_version"),
        ("7", "not_a_version"),
        (TAG.strip('"'), "not_a_version"),
        (f'"{ID}.0"', "not_a_version"),
        (f'"{ID}.-7"', "not_a_version"),
        (f'"{ID}.٧"', "not_a_version"),
        (f'"{ID}.99999999999"', "not_a_version"),
        ('W/"x"', "not_a_version"),
        (f"{TAG}\r\nX: y", "not_a_version"),
    ],
)
def test_what_does_not_say_which_version_was_seen_is_told_so(header, code):
    assert faults_of(header) == (Fault("If-Match", code),)


@given(header=st.text(max_size=80))
def test_no_header_whatever_is_taken_for_a_version_by_mistake(header):
    with pytest.raises(RequestError):
        version_from(header, of=ID)


# --- the key that makes repeating safe ------------------------------------------------------------------------------


@given(key=printable.filter(str.strip))
@example(key='a "quoted" \\ key')
def test_a_key_comes_out_of_its_quotes_as_it_went_in(key):
    quoted = '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'

    assert key_from(quoted) == key
    assert key_from(f"{quoted};v=1") == key


def test_a_key_without_quotes_is_the_same_key():
    assert key_from("8e03978e-40d5") == key_from('"8e03978e-40d5"') == "8e03978e-40d5"


@pytest.mark.parametrize("header", ["a, b", '"a", "b"', '"a', 'a"b', "键", '"键"', "a b", "a\x00b", '"a\\b"', "a;b"])
def test_what_is_no_key_is_refused_whole(header):
    assert faults_of_key(header) == (Fault("Idempotency-Key", "not_a_key"),)


@pytest.mark.parametrize("header", ["", '""', '"  "', "  "])
def test_an_empty_key_is_none(header):
    assert faults_of_key(header) == (Fault("Idempotency-Key", "empty"),)


def test_a_key_is_as_long_as_the_desk_takes_it():
    assert key_from("k" * 200) == "k" * 200
    assert faults_of_key("k" * 201) == (Fault("Idempotency-Key", "too_long", most=200, length=201),)


def test_a_key_is_asked_for_only_where_the_host_wants_one():
    assert key_from(None) is None
    assert faults_of_key(None, required=True) == (Fault("Idempotency-Key", "missing"),)


# --- the reader's language ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh_CN"),
        ("zh-Hans-CN", "zh_CN"),
        ("ZH", "zh_CN"),
        ("en-GB, zh;q=0.9", "en"),
        ("zh;q=0.5, en-US;q=0.7", "en"),
        ("zh-TW;q=0.2, en;q=0.5, zh-CN;q=0.9", "zh_CN"),
        ("zh-CN;q=0.9, en;q=0.5, zh-TW;q=0.2", "zh_CN"),
        ("de, fr;q=0.9, zh;q=0.1", "zh_CN"),
        ("de", "en"),
        ("en;q=0, zh;q=0.001", "zh_CN"),
        ("zh;q=0", "en"),
        ("zh;q=2, en", "en"),
        ("zhen", "en"),
        ("<script>", "en"),
        ("x," * 600 + "zh", "en"),
    ],
)
def test_whoever_likes_chinese_better_is_answered_in_chinese(header, language):
    assert language_from(header) == language


def test_whoever_says_nothing_is_answered_in_the_hosts_own_language():
    assert language_from("*", default="zh_CN") == language_from("de", default="zh_CN") == "zh_CN"


@given(header=st.text(max_size=60))
def test_nobody_is_refused_for_the_language_he_speaks(header):
    assert language_from(header) in ("en", "zh_CN")
