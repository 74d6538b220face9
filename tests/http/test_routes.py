"""What a host's routes answer, whatever the framework."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote
from uuid import UUID

import msgspec

from complaints import Actor, Dealer, Desk, Role
from complaints.forms.case_file import event_data
from complaints.http import Answer, routes

JSON = {"Content-Type": "application/json"}
SHOP = Dealer("上海 1/店")
LI = Actor("li", Role.SPECIALIST, dealer=SHOP.id)
ZHAO = Actor("zhao", Role.SUPERVISOR, dealer=SHOP.id)


def received(desk: Desk, home: str = "/complaints/") -> Answer:
    form = {
        "complainant": {"phone": "13800000000"},
        "channel": "email",
        "received_at": (datetime.now(UTC) - timedelta(minutes=5)).isoformat(),
        "statement": "没有回电。",
    }
    return routes.receive(desk, JSON, json.dumps(form).encode(), by=LI, home=home)


def test_the_address_of_a_complaint_is_one_whatever_its_dealer_is_called():
    desk = Desk(dealers=[SHOP])
    answer = received(desk, home="/crm/complaints/")
    reference = json.loads(answer.body)["reference"]
    location = answer.headers["Location"]

    assert (location.isascii(), location.count("/")) == (True, 3)
    assert unquote(location) == f"/crm/complaints/{reference}"
    assert routes.complaint(desk, unquote(location.rpartition("/")[2]), by=LI).body == answer.body


def test_history_tells_events_as_the_case_file_does():
    desk = Desk(dealers=[SHOP])
    case = json.loads(received(desk).body)

    answer = routes.history(desk, case["reference"], by=LI)

    told = [event_data(one) for one in desk.history(UUID(case["id"]), by=LI)]
    assert answer.body == msgspec.json.encode({"events": told})


def test_work_tells_what_waits_with_its_complaint():
    desk = Desk(dealers=[SHOP])
    case = json.loads(received(desk).body)

    (item,) = json.loads(routes.work(desk, by=ZHAO).body)["items"]

    assert (item["complaint"], item["what"], item["waits_for"]) == (case["id"], "assign", "nobody")
