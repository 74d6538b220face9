"""The house file: dealers, authority and standing orders for the command line."""

from __future__ import annotations

from decimal import Decimal

import pytest

from complaints import DefinitionError, InvalidCommandError
from complaints.cli.house import house_at
from complaints.model.words import RemedyKind, Role, Severity
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
    assert policy.standing_orders[0].stamp == "SO-1@2026"


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
    lines = run("list", "--house", "house.toml").out.splitlines()

    assert [line[47:63] for line in lines[2:]] == ["2026-01-04 20:00"] * 3


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

    with pytest.raises(DefinitionError):
        house_at(path)


def test_an_empty_house_file_changes_nothing(tmp_path):
    path = tmp_path / "house.toml"
    path.write_text("")

    assert house_at(path).policies == Policy()
