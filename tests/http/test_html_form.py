"""The example that makes an HTML form of what a step asks for."""

from __future__ import annotations

from datetime import datetime
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

import pytest

from complaints import (
    LIFECYCLE,
    Actor,
    Channel,
    Customer,
    Dealer,
    Desk,
    ExternalRef,
    InvalidCommandError,
    Issue,
    Role,
    Vehicle,
)
from complaints.http import command_from
from complaints.model.words import Alarm, Satisfaction
from complaints.stages.intake import Receive
from complaints.stages.review import RecordFollowUp
from tests.programs import example, printed

FORM = example("html_form")
ZONE = ZoneInfo("Asia/Shanghai")
LI = Actor("li", Role.SPECIALIST, dealer="SH01")
DESK = Desk(dealers=[Dealer("SH01")])
UNSEEN = ("dealer", "id", "continues", "complaint")


class Page(HTMLParser):
    """The elements of a page, each with what it says, and which of them never end."""

    ENDLESS = frozenset({"input", "option"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.ENDLESS:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def of(self, *tags: str) -> list[dict[str, Any]]:
        return [attributes for tag, attributes in self.elements if tag in tags]


def shown(command: type = Receive, language: str = "en") -> tuple[Any, ...]:
    return tuple(FORM.fields(DESK.form(command, dealer="SH01", language=language), without=UNSEEN))


def page(values: dict[str, str] | None = None, faults: dict[str, str] | None = None, command: type = Receive) -> Page:
    return Page("\n".join(FORM.html(shown(command), values or {}, faults or {})))


@pytest.mark.parametrize("command", LIFECYCLE.commands.values(), ids=LIFECYCLE.commands)
def test_every_control_of_every_step_has_its_label_and_every_name_is_there_once(command):
    made = page(command=command)
    ids = [one["id"] for one in made.of("input", "select", "textarea")]

    assert [one["for"] for one in made.of("label")] == ids
    assert len(set(ids)) == len(ids)
    assert made.open == []


def test_what_must_be_filled_in_is_marked_and_what_is_within_something_left_out_is_not():
    needed = [one["id"] for one in page().of("input", "select", "textarea") if "required" in one]

    assert needed == ["channel", "received_at", "statement"]


def test_what_is_wrong_is_said_at_the_field_and_at_the_top_with_a_way_to_it():
    made = page(faults={"issues[0].category": "This is no category code."})
    faulty = [one for one in made.of("input", "select", "textarea") if "aria-invalid" in one]

    assert [(one["id"], one["aria-describedby"]) for one in faulty] == [
        ("issues[0].category", "issues[0].category-fault")
    ]
    assert [one["id"] for one in made.of("strong")] == ["issues[0].category-fault"]
    assert [unquote(one["href"]) for one in made.of("a")] == ["#issues[0].category"]
    assert [one["role"] for one in made.of("ul")] == ["alert"]


@pytest.mark.parametrize("typed", ['"><script>alert(1)</script>', "</textarea><script>", "' onfocus='alert(1)"])
def test_what_somebody_typed_stays_text(typed):
    values = {"complainant.name": typed, "statement": typed}
    made = page(values, faults={"statement": typed})

    assert {tag for tag, _ in made.elements} == {tag for tag, _ in page(faults={"statement": "…"}).elements}
    name = next(one for one in made.of("input") if one["id"] == "complainant.name")
    assert name["value"] == typed
    assert set(name) == {"id", "name", "type", "value", "maxlength"}


def test_a_posted_form_is_the_order_that_its_fields_say():
    posted = [
        ("complainant.name", "张三"),
        ("complainant.phone", "13800000000"),
        ("complainant.email", ""),
        ("complainant.ref.system", "dms"),
        ("complainant.ref.kind", "customer"),
        ("complainant.ref.id", "K-7"),
        ("channel", "showroom"),
        ("received_at", "2026-01-05T09:30"),
        ("statement", "刹车异响。\r\n等了两小时。"),
        ("issues[0].id", "I1"),
        ("issues[0].category", "product.brakes"),
        ("issues[0].is_safety", "true"),
        ("issues[2].id", "I2"),
        ("vehicles[0].plate", "沪A00001"),
        ("vehicles[0].mileage_km", "52000"),
        ("alarms", "crash"),
        ("alarms", "injury"),
        ("complained_of", "wang\r\nzhou\r\n"),
        ("csrf_token", "x"),
        ("takes_on", "true"),
    ]

    order = command_from(DESK, "Receive", FORM.posted(shown(), posted, ZONE), by=LI)

    assert order == Receive(
        dealer="SH01",
        complainant=Customer(
            name="张三", phone="13800000000", ref=ExternalRef(system="dms", kind="customer", id="K-7")
        ),
        channel=Channel.SHOWROOM,
        received_at=datetime(2026, 1, 5, 9, 30, tzinfo=ZONE),
        statement="刹车异响。\n等了两小时。",
        issues=(Issue(id="I1", category="product.brakes", is_safety=True), Issue(id="I2")),
        vehicles=(Vehicle(plate="沪A00001", mileage_km=52000),),
        alarms=(Alarm.CRASH, Alarm.INJURY),
        complained_of=("wang", "zhou"),
        takes_on=True,
    )


def test_nobody_asked_is_neither_yes_nor_no():
    asked = [
        FORM.posted(shown(RecordFollowUp), [("result", "satisfied"), ("pressed", said)], ZONE)
        for said in ("true", "false", "")
    ]

    assert [one.get("pressed") for one in asked] == [True, False, None]
    assert {one["result"] for one in asked} == {Satisfaction.SATISFIED.value}


def test_fields_are_named_as_their_faults_are():
    posted = [("complainant.phone", "1" * 41), ("received_at", "yesterday"), ("issues[0].text", "x")]

    with pytest.raises(InvalidCommandError) as refused:
        command_from(DESK, "Receive", FORM.posted(shown(), posted, ZONE), by=LI)

    named = {fault.field for fault in refused.value.faults}
    assert named == {"complainant.phone", "channel", "received_at", "statement", "issues[0].id"}
    assert named <= {one.path for one in shown()}


def test_a_number_that_nobody_counts_to_costs_nothing():
    posted = [("issues[999999999].id", "I1"), ("issues[٣].id", "I2"), ("x" * 10_000, "x"), ("issues[0].id.x", "x")]

    assert FORM.posted(shown(), posted, ZONE) == {"issues": [{"id": "I1"}, {"id": "I2"}]}


def test_the_example_tells_what_is_wrong_and_takes_what_is_right():
    first, *_, last = printed("html_form.py")

    assert first.startswith('<ul role="alert"><li><a href="#received_at">这不是可用的日期和时间。')
    assert last == "intake"
