"""The house file: dealers, authority and standing orders for the command line."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from complaints import Fault, InvalidCommandError
from complaints.calendars import Calendar, HolidayYear
from complaints.cli.house import house_at
from complaints.model.span import windows
from complaints.model.words import Numbering, RemedyKind, Role, Severity
from complaints.policy import Authority, Policy

LI = ("--as", "li", "--role", "specialist", "--house", "house.toml")
HOUSE = """
name = "sh_house"
version = "2026-01"
categories = ["car_wash"]

[[dealer]]
id = "SH01"
zone = "America/New_York"

[[authority]]
role = "manager"
limit = 5000.50
severity = "major"
excluded = ["full_refund"]

[[authority]]
role = "group"
severity = "critical"

[[standing_order]]
id = "SO-1"
version = "2026"
dealer = "SH01"
signed_by = "chen"
signed_at = 2026-01-01T09:00:00+08:00
valid_from = 2026-01-01T09:00:00+08:00
staff = ["li"]
per_case = 400
per_customer = 900.5
per_month = 8000
remedies = [
    { category = "car_wash", kind = "apology", ceiling = 0 },
    { category = "car_wash", kind = "voucher", ceiling = 200 },
]
"""


@pytest.fixture
def file(run, tmp_path):
    """A house file beside where the database will be."""
    path = tmp_path / "house.toml"
    path.write_text(HOUSE, encoding="utf-8")
    return path


def test_a_house_has_its_dealers_and_policy(file):
    house = house_at(file)

    policy = house.policies["SH01"]
    assert [(dealer.id, dealer.zone) for dealer in house.dealers] == [("SH01", "America/New_York")]
    assert (policy.stamp, policy.categories) == ("sh_house@2026-01", Policy().categories | {"car_wash"})
    assert policy.authority == (
        Authority(
            role=Role.MANAGER,
            limit=Decimal("5000.50"),
            severity=Severity.MAJOR,
            excluded=frozenset({RemedyKind.FULL_REFUND}),
        ),
        Authority(role=Role.GROUP, limit=None, severity=Severity.CRITICAL),
    )
    order = policy.standing_orders[0]
    assert (order.stamp, order.per_case, order.per_customer, order.per_month) == (
        "SO-1@2026",
        Decimal(400),
        Decimal("900.5"),
        Decimal(8000),
    )


def test_a_grumble_is_received_and_settled_at_the_counter(run, file):
    received = run(
        "do", "Receive", *LI, "--dealer", "SH01", "--set", "complainant.phone=138", "--set", "channel=showroom",
        "--set", "received_at=2026-01-06T09:00+08:00", "--set", "statement=没洗车。", "--set", "wish=洗车",
        "--set", "issues[0].id=I1", "--set", "issues[0].category=car_wash", "--set", "takes_on=yes", "--json",
    )  # fmt: skip
    settled = run(
        "do", "SettleAtOnce", "--complaint", received.json["reference"], *LI, "--at", "2026-01-06T09:20+08:00",
        "--set", "order=SO-1@2026", "--set", "judgments[0].issue=I1", "--set", "judgments[0].grounds=sufficient",
        "--set", "judgments[0].grounds_reason=seen", "--set", "judgments[0].demand=reasonable",
        "--set", "judgments[0].demand_reason=fair", "--set", "judgments[0].verdict=upheld",
        "--set", "department=service", "--set", "cause=people", "--set", "acceptance.proof=message",
        "--set", "acceptance.evidence=M-1",
        "--set", "remedies[0].kind=voucher", "--set", "remedies[0].cost=50",
        "--set", "remedies[0].owner=li", "--set", "remedies[0].due=2026-01-06",
        "--json",
    )  # fmt: skip

    shown = run("show", received.json["reference"], "--lang", "zh_CN").out
    assert (settled.code, settled.err, settled.json["state"], settled.json["track"]) == (0, "", "follow_up", "fast")
    # whoever settled the case did not judge who answers for it: the leader's standing order did
    assert [line.split() for line in shown.splitlines() if line.startswith("责任认定")] == [
        ["责任认定", "常设规定：SO-1@2026"]
    ]


def test_times_are_told_in_the_dealers_zone(run, house, file):
    lines = run("list", "--house", "house.toml", "--now", "2026-01-05T10:00+08:00").out.splitlines()

    assert [line[47:78].strip() for line in lines[2:]] == [
        "2026-01-04 20:00  today 22:00",
        "2026-01-04 20:00  today 22:00",
        "2026-01-04 20:00  Tue 6 January",
    ]


def test_the_form_knows_the_houses_categories(run, file):
    choices = run("form", "Receive", "--house", "house.toml", "--dealer", "SH01").json

    assert choices["$defs"]["Issue"]["properties"]["category"]["x-choices"][-1]["const"] == "car_wash"


def test_all_faults_of_a_house_file_come_at_once(run, tmp_path):
    (tmp_path / "house.toml").write_text('name = 3\n[[dealer]]\nid = "X"\ntz = 1\n[[standing_order]]\nid = "SO"\n')

    ran = run("form", "Receive", "--house", "house.toml", "--json")

    assert (ran.code, [fault["field"] for fault in ran.error["faults"]]) == (
        2,
        [
            "name", "dealer[0].tz", "standing_order[0].version", "standing_order[0].dealer",
            "standing_order[0].signed_by", "standing_order[0].signed_at", "standing_order[0].valid_from",
            "standing_order[0].staff", "standing_order[0].remedies", "standing_order[0].per_case",
        ],
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code"), [("[[", "not_toml"), ("name = '\udcff'", "not_toml"), (None, "unreadable_file")]
)
def test_a_house_file_that_is_none_is_refused(tmp_path, text, code):
    path = tmp_path / "house.toml"
    if text is not None:
        path.write_bytes(text.encode(errors="surrogateescape"))

    with pytest.raises(InvalidCommandError) as refused:
        house_at(path)

    assert [fault.code for fault in refused.value.faults] == [code]


def test_a_ladder_without_a_top_is_refused(tmp_path):
    path = tmp_path / "house.toml"
    path.write_text('[[authority]]\nrole = "manager"\nlimit = 1\nseverity = "major"\n')

    with pytest.raises(InvalidCommandError) as refused:
        house_at(path)

    assert refused.value.faults == (Fault("authority", "ladder_limit"),)


def test_an_empty_house_file_changes_nothing(tmp_path):
    path = tmp_path / "house.toml"
    path.write_text("")

    assert house_at(path).policies == Policy()


# --- packs, clocks and calendars --------------------------------------------------------------------------------------

OUR_RULES = """
name = "ours"
version = "2026-01"
title = { en = "Our rules", zh_CN = "本店规则" }
source = "Circular 7/2026"

[[clock]]
clock = "first_look"
starts = ["Receive"]
stops = ["leaving intake"]
within = "1 working day"
"""
RULES = """
packs = ["house_4s", "cn_auto_sales_2017", "ours.toml"]
numbering = "scattered"
repeat_days = 30
callback_attempts = 5
callback_channels = 3
callback_days = 4

[calendar]
code = "CN"
hours = ["09:00-12:00", "14:00-18:00"]
contact_hours = ["10:00-20:00"]
closures = [2026-03-03]
holidays = ["cn_2027.json"]

[[dealer]]
id = "SH01"

[[dealer]]
id = "BL01"
zone = "Europe/Berlin"
calendar = { code = "DE-BE", closures = [2026-03-04] }

[[dealer]]
id = "BJ02"
calendar = "CN"

[[clock]]
clock = "judge"
starts = ["judgment"]
within = "2 working days"

[[floor]]
code = "privacy"
alarm = "privacy"
severity = "major"
"""
NEW_YEAR = '{"year": 2027, "days": [{"name": "元旦", "date": "2027-01-01", "isOffDay": true}]}'


@pytest.fixture
def ruled(run, tmp_path):
    """A house file with packs, clocks and calendars, and the files that it names beside it."""
    (tmp_path / "ours.toml").write_text(OUR_RULES, encoding="utf-8")
    (tmp_path / "cn_2027.json").write_text(NEW_YEAR, encoding="utf-8")
    path = tmp_path / "house.toml"
    path.write_text(RULES, encoding="utf-8")
    return path


def test_a_house_names_its_packs_and_writes_rules_of_its_own(ruled):
    policy = house_at(ruled).policies["SH01"]

    assert [pack.stamp for pack in policy.packs] == ["house_4s@1", "cn_auto_sales_2017@2017-07-01", "ours@2026-01"]
    assert [(rule.clock, str(rule.within)) for rule in policy.clocks] == [("judge", "2 working days")]
    assert [(rule.code, rule.severity) for rule in policy.floors] == [("privacy", Severity.MAJOR)]
    assert (policy.repeat_days, policy.callback_attempts, policy.callback_channels, policy.callback_days) == (
        30,
        5,
        3,
        4,
    )
    assert policy.numbering is Numbering.SCATTERED
    assert policy.authority == Policy().authority


def test_every_dealer_has_its_calendar_or_that_of_all(ruled):
    house = house_at(ruled)

    calendars = {dealer.id: house.calendars[dealer.calendar or ""] for dealer in house.dealers}

    ours = Calendar.of(
        "CN",
        hours=windows("09:00-12:00, 14:00-18:00"),
        contact_hours=windows("10:00-20:00"),
        closures=[date(2026, 3, 3)],
        years=[HolidayYear.parse(NEW_YEAR)],
    )
    berlin = Calendar.of("DE-BE", closures=[date(2026, 3, 4)])
    assert calendars == {"SH01": ours, "BL01": berlin, "BJ02": ours}


# received on Monday 2 March; the house is closed on Tuesday, so one working day ends on Wednesday
def test_the_command_line_counts_by_the_house_s_calendar(run, ruled):
    received = run(
        "do", "Receive", *LI, "--dealer", "SH01", "--set", "complainant.phone=138", "--set", "channel=showroom",
        "--set", "received_at=2026-03-02T09:00+08:00", "--set", "statement=没洗车。", "--json",
    ).json  # fmt: skip

    clocks = run("show", received["reference"], "--house", "house.toml", "--json").json["complaint"]["clocks"]

    due = {one["clock"]: (one["due"], one["rule"]) for one in clocks}
    assert due["first_look"] == ("2026-03-04T23:59:59+08:00", "ours@2026-01 default")
    assert due["status_told"][0] == "2026-03-12T23:59:59+08:00"


def test_a_ladder_may_say_who_is_above_whom(tmp_path):
    path = tmp_path / "house.toml"
    path.write_text(
        '[[authority]]\nrole = "manager"\nlimit = 1\nseverity = "major"\nabove = "group"\n'
        '[[authority]]\nrole = "general_manager"\nlimit = 9\nseverity = "major"\n'
        '[[authority]]\nrole = "group"\nseverity = "critical"\n'
    )

    assert house_at(path).policies.authority[0].above is Role.GROUP


def test_a_part_that_there_is_not_is_told_of_with_those_there_are(tmp_path):
    path = tmp_path / "house.toml"
    path.write_text("calender = 1")

    with pytest.raises(InvalidCommandError) as refused:
        house_at(path)

    assert [(fault.field, fault.code) for fault in refused.value.faults] == [("calender", "unknown_field")]
    assert {"packs", "calendar", "clock", "floor"} < set(refused.value.faults[0].facts["fields"])
