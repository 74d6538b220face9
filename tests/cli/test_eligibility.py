"""complaints eligibility: a car's repairs in, what the customer may choose out."""

from __future__ import annotations

from datetime import date

import pytest

from complaints.cli.eligibility import car_at
from complaints.sanbao import RULES_2021

CAR = """
delivered_on = 2024-03-01
mileage_at_delivery_km = 20
price = { amount = "199900", currency = "CNY" }
coefficient = 0.003

[[repairs]]
id = "RO-1"
received_on = 2024-06-10
finished_on = 2024-06-12
mileage_km = 4100
problem = "brakes.no_pressure"
is_safety = true

[[repairs]]
id = "RO-2"
received_on = 2024-09-02
finished_on = 2024-09-05
mileage_km = 7300
problem = "brakes.no_pressure"
is_safety = true
"""
AGAIN = """
[[repairs]]
id = "RO-3"
received_on = 2024-11-20
mileage_km = 9800
problem = "brakes.no_pressure"
is_safety = true
"""


@pytest.fixture
def file(run, tmp_path):
    """A file of a car whose brakes were repaired three times."""
    path = tmp_path / "car.toml"
    path.write_text(CAR + AGAIN, encoding="utf-8")
    return path


def test_the_choices_and_their_grounds_are_told(run, file):
    ran = run("eligibility", "car.toml", "--on", "2024-11-22")

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        "Rules: cn_sanbao_2021 · 家用汽车产品修理更换退货责任规定, SAMR order no. 43 of 2021",
        "On: 2024-11-22",
        "· The customer may choose: another car, the money back.",
        "· The three guarantees run until 2026-03-01 or 50020 km, whichever comes first (art. 18, told at",
        "  second hand).",
        "· Repairs are free until 2027-03-01 or 60020 km, whichever comes first (art. 18, told at second",
        "  hand).",
        "· For the use the customer pays 5865.07 CNY: price x 9780 km / 1000 x 0.003 (art. 27, told at second",
        "  hand).",
        "",
        f"── What entitles the customer {'─' * 70}",
        "✓ After 2 repairs of serious safety faults one was still there or came anew (art. 24 para. 1 item 1;",
        "  repairs RO-1, RO-2, RO-3).",
        "",
        f"── What nearly does {'─' * 80}",
        "· “brakes.no_pressure” was repaired 3 times; 2 more and it is more than 4 (art. 24 para. 1 item 4;",
        "  repairs RO-1, RO-2, RO-3).",
    ]


def test_it_is_told_in_chinese(run, file):
    ran = run("eligibility", "car.toml", "--on", "2024-11-22", "--lang", "zh_CN")

    assert "· 客户可以选择：更换家用汽车产品、退货。" in ran.out.splitlines()


def test_before_the_third_repair_nothing_may_be_chosen_yet(run, file):
    ran = run("eligibility", "car.toml", "--on", "2024-11-19", "--mileage", "9700", "--json")

    assert (ran.code, ran.json["choices"], ran.json["grounds"], ran.json["compensation"]) == (0, [], [], None)
    assert [(one["kind"], one["missing"]) for one in ran.json["near"]] == [("safety_repairs", 1), ("same_problem", 3)]


def test_a_script_gets_everything_as_json(run, file):
    found = run("eligibility", "car.toml", "--on", "2024-11-22", "--mileage", "10020", "--json").json

    assert (found["on"], found["mileage_km"], found["rules"]["name"]) == ("2024-11-22", 10020, "cn_sanbao_2021")
    assert found["guarantee"] == {"until": "2026-03-01", "until_km": 50020, "is_running": True}
    assert found["choices"] == ["replacement_vehicle", "full_refund"]
    assert found["compensation"] == {
        "amount": "5997.00", "currency": "CNY", "driven_km": 10000, "coefficient": "0.003", "is_assumed": False,
    }  # fmt: skip
    assert found["grounds"] == [
        {
            "kind": "safety_repairs",
            "article": "24.1.1",
            "is_verified": True,
            "facts": {"times": 2},
            "repairs": ["RO-1", "RO-2", "RO-3"],
            "found": 3,
            "needed": 3,
            "missing": 0,
            "choices": ["replacement_vehicle", "full_refund"],
            "is_free": False,
            "sentence": "After 2 repairs of serious safety faults one was still there or came anew"
            " (art. 24 para. 1 item 1; repairs RO-1, RO-2, RO-3).",
        }
    ]


def test_without_a_day_today_is_meant(run, file):
    before = date.today()  # noqa: DTZ011  # the day on the wall of whoever asks
    asked = date.fromisoformat(run("eligibility", "car.toml", "--json").json["on"])

    assert before <= asked <= date.today()  # noqa: DTZ011


def test_a_promise_beyond_the_rules_is_gone_by(run, file):
    file.write_text(CAR + '\n[rules]\nname = "our_promise"\nsafety_repairs = 1\n', encoding="utf-8")

    found = run("eligibility", "car.toml", "--on", "2024-11-22", "--json").json

    assert (found["rules"]["name"], found["choices"]) == ("our_promise", ["replacement_vehicle", "full_refund"])


def test_without_a_promise_the_rules_in_force_are_gone_by(run, file):
    history, rules = car_at(file)

    assert (len(history.repairs), rules) == (3, None)
    assert run("eligibility", "car.toml", "--json", "--on", "2024-11-22").json["rules"]["name"] == RULES_2021.name


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        (
            CAR.replace("2024-06-12", "2024-06-01").replace('problem = "brakes.no_pressure"', "problem = 7", 1),
            [("repairs[0].problem", "type")],
        ),
        (CAR + "radio = 1\n", [("repairs[1].radio", "unknown_field")]),
        ("price = 3", [("delivered_on", "missing"), ("price", "type")]),
        (CAR + '\n[rules]\nrepair_days = 0\nsystems = ["radio"]\n', [
            ("rules.repair_days", "too_small"), ("rules.systems[0]", "choice"),
        ]),
        ("rules = 3\n" + CAR, [("rules", "type")]),
        ("[", [("car.toml", "not_toml")]),
    ],
)  # fmt: skip
def test_everything_wrong_with_a_file_is_told(run, file, text, faults):
    file.write_text(text, encoding="utf-8")

    ran = run("eligibility", "car.toml", "--json")

    assert (ran.code, ran.out) == (2, "")
    assert sorted((fault["field"], fault["code"]) for fault in ran.error["faults"]) == sorted(faults)


def test_a_file_that_is_not_there_a_day_that_is_none_and_an_odometer_turned_back_are_told(run, file):
    missing = run("eligibility", "nothing.toml", "--json")
    backwards = run("eligibility", "car.toml", "--on", "2024-11-22", "--mileage", "9000", "--json")
    someday = run("eligibility", "car.toml", "--on", "someday")

    assert (missing.code, missing.error["faults"][0]["code"]) == (2, "unreadable_file")
    assert (backwards.code, backwards.error["faults"][0]["code"]) == (2, "odometer")
    assert (someday.code, "Please give it like 2026-01-31." in " ".join(someday.err.split())) == (2, True)
