"""The rules in force and their sources, and what is wrong with a file of rules: complaints policy."""

from __future__ import annotations

import pytest

from complaints.forms.layout import width_of
from complaints.locale import LANGUAGES

PACK = """
name = "ours"
version = "1"
title = {{ en = "Our rules", zh_CN = "本店规则" }}
source = "Circular 7/2026"
{}
"""
CLOCK = """
[[clock]]
clock = "first_look"
starts = ["Receive"]
stops = ["leaving intake"]
within = "4 business hours"
escalates_to = "supervisor"
source = "Circular 7/2026, 2"
standing = "verified"
"""
LADDER = """
[[authority]]
role = "manager"
limit = 5000
severity = "major"
above = "{}"

[[authority]]
role = "general_manager"
severity = "critical"
above = "manager"
"""


@pytest.fixture
def write(run, tmp_path):
    def write(text: str, name: str = "house.toml") -> None:
        (tmp_path / name).write_text(text, encoding="utf-8")

    return write


# --- show -----------------------------------------------------------------------------------------------------------


def test_every_number_is_shown_with_its_source_and_how_sure_it_is(run, write):
    write('name = "sh"\nversion = "3"\npacks = ["house_4s", "cn_12315_2020", "cn_12315_2026"]')

    lines = run("policy", "show", "--house", "house.toml", "--on", "2026-04-15").out.splitlines()

    assert lines[:3] == [
        "Policy       sh@3",
        "Received on  2026-04-15",
        "Marks        ✓ verified, ≈ from a secondary source, ? unverified, · library default",
    ]
    assert "✓ Call back [follow_up]: 3 calendar days (R39 · verified)" in lines
    assert "· Judge [judge]: 1 working day (library default)" in lines
    at = next(place for place, line in enumerate(lines) if "[platform_acceptance_2026]" in line)
    assert lines[at : at + 2] == [
        "? Acceptance on the 12315 platform (2026) [platform_acceptance_2026]: to be looked up, set by a",
        "  statute or an authority (acceptance: number of days not verified · unverified)",
    ]
    assert lines[-2:] == [
        "· Complaints to market regulators, interim measures (China) · cn_12315_2020@2020-01-01 (2020-01-01 –",
        "  2026-04-14)",
    ]


# a file must be kept for ten years, and erased on request: nobody solves that in silence
def test_packs_that_contradict_each_other_are_shown(run, write):
    write('packs = ["house_4s", "cn_auto_sales_2017", "cn_pipl_2021"]')
    asked = ("policy", "show", "--house", "house.toml", "--on")

    told = {day: run(*asked, day, "--json").json["conflicts"] for day in ("2021-10-31", "2021-11-01")}

    assert told["2021-10-31"] == []
    assert told["2021-11-01"] == [
        {
            "kind": "keep_or_erase",
            "keeps": "cn_auto_sales_2017",
            "erases": "cn_pipl_2021",
            "sentence": "Contradiction: cn_auto_sales_2017 keeps a file for 10 years, cn_pipl_2021 has it erased on"
            " request. Until somebody decides, the file is kept.",
        }
    ]
    assert run(*asked, "2026-01-01", "--lang", "zh_CN").out.splitlines()[3:5] == [
        "✗ 规则冲突：cn_auto_sales_2017要求档案保存10年，cn_pipl_2021要求按申请删除。有人决定之前，档案继续保",
        "  存。",
    ]


def test_the_house_s_own_rule_stands_in_the_place_of_the_pack_s(run, write):
    write('[[clock]]\nclock = "judge"\nstarts = ["judgment"]\nwithin = "3 working days"')

    lines = run("policy", "show", "--house", "house.toml").out.splitlines()

    assert [line for line in lines if "[judge]" in line] == ["· Judge [judge]: 3 working days (no source given)"]


def test_scripts_get_every_rule(run, write):
    write(PACK.format(CLOCK), "ours.toml")
    write('packs = ["house_4s", "ours.toml"]\nrepeat_days = 30')

    told = run("policy", "show", "--house", "house.toml", "--on", "2026-01-01", "--json").json

    assert [(pack["name"], pack["in_force"]) for pack in told["packs"]] == [("house_4s", True), ("ours", True)]
    assert told["packs"][1]["clocks"] == [
        {
            "clock": "first_look",
            "starts": ["Receive"],
            "stops": ["leaving intake"],
            "within": "4 business hours",
            "by_severity": {},
            "given": False,
            "kind": "owed",
            "statutory": False,
            "pauses": [],
            "escalates_to": "supervisor",
            "source": "Circular 7/2026, 2",
            "standing": "verified",
        }
    ]
    assert told["numbers"]["repeat_days"] == 30


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_fits_the_terminal(run, write, language):
    write('packs = ["house_4s", "cn_auto_sales_2017", "cn_sanbao_2021", "oem_cn_grading", "iso_10002", "fca_disp"]')

    shown = run("policy", "show", "--house", "house.toml", "--lang", language)

    assert (shown.code, shown.err) == (0, "")
    assert [line for line in shown.out.splitlines() if width_of(line) > 100] == []


# --- check ----------------------------------------------------------------------------------------------------------


def test_a_pack_that_holds_together_is_said_to(run, write):
    write(PACK.format(CLOCK), "ours.toml")

    checked = run("policy", "check", "ours.toml")

    assert (checked.code, checked.out) == (0, "✓ ours.toml: nothing is wrong.\n  · ours@1: 1 verified\n")


def test_a_house_file_is_checked_with_the_packs_it_names(run, write):
    write(PACK.format(CLOCK), "ours.toml")
    write('name = "sh"\npacks = ["house_4s", "ours.toml"]')

    checked = run("policy", "check", "house.toml", "--json").json

    assert [pack["name"] for pack in checked["packs"]] == ["house_4s", "ours", "sh"]


# what a pack says of the three guarantees is what they are reckoned by
def test_a_pack_s_three_guarantees_hold_at_the_house_that_names_it(run, write):
    write(PACK.format("[eligibility]\nrepair_days = 20"), "ours.toml")
    write('packs = ["house_4s", "ours.toml"]')
    price = 'price = { amount = "199900", currency = "CNY" }'
    repair = '[[repairs]]\nid = "R"\nproblem = "brakes"\nmileage_km = 4100\nis_safety = false'
    days = "received_on = 2024-06-01\nfinished_on = 2024-06-22"
    write(f"delivered_on = 2024-03-01\nmileage_at_delivery_km = 20\n{price}\n{repair}\n{days}", "car.toml")
    asked = ("eligibility", "car.toml", "--on", "2024-07-01", "--json")

    plain, ours = run(*asked).json["grounds"], run(*asked, "--house", "house.toml").json["grounds"]

    assert [ground["kind"] for ground in plain] == []
    assert [(ground["kind"], ground["needed"]) for ground in ours] == [("repair_days", 21)]


BAD_PACKS = {
    "a step that there is not": (
        '[[clock]]\nclock = "c"\nstarts = ["Recieve"]\nstops = ["answered"]\nwithin = "1 day"',
        [("clock[1].starts", "no_command")],
    ),
    "an unknown fact": (
        '[[clock]]\nclock = "c"\nstarts = ["phoned"]\nstops = ["answered"]\nwithin = "1 day"',
        [("clock[1].starts", "moment")],
    ),
    "a negative duration": (
        '[[clock]]\nclock = "c"\nstarts = ["judgment"]\nwithin = "-3 days"',
        [("clock[1].within", "span")],
    ),
    "no duration at all": (
        '[[clock]]\nclock = "c"\nstarts = ["judgment"]\nwithin = "0 days"',
        [("clock[1].within", "too_small")],
    ),
    "an absurd duration": (
        '[[clock]]\nclock = "c"\nstarts = ["judgment"]\nwithin = "99999 weeks"',
        [("clock[1].within", "too_great")],
    ),
    "no text for a duration": (
        '[[clock]]\nclock = "c"\nstarts = ["judgment"]\nwithin = 3',
        [("clock[1].within", "span")],
    ),
    "a ladder that leads round": (LADDER.format("general_manager"), [("authority", "ladder_cycle")] * 2),
    "a ladder with a gap": (
        LADDER.format("supervisor").replace('above = "manager"\n', ""),
        [("authority", "ladder_gap")],
    ),
    "somebody above who is no rank": (
        '[[clock]]\nclock = "c"\nstarts = ["judgment"]\nwithin = "1 day"\nescalates_to = "finance"',
        [("clock[1].escalates_to", "choice")],
    ),
    "a key that nothing reads": ("hours = 8", [("hours", "unknown_field")]),
    "a key of a rule that nothing reads": (
        '[[clock]]\nclock = "c"\nstarts = ["judgment"]\nwithin = "1 day"\ncolour = "red"',
        [("clock[1].colour", "unknown_field")],
    ),
    "a day that no step brings": (
        '[[clock]]\nclock = "c"\nstarts = ["judgment"]\ngiven = true',
        [("clock[1].starts", "no_day")],
    ),
    "a day that comes with the step and is counted as well": (
        '[[clock]]\nclock = "c"\nstarts = ["task_given"]\ngiven = true\nwithin = "1 day"',
        [("clock[1].within", "given_and_counted")],
    ),
    "a day that comes with the step and is put off by a hold": (
        '[[clock]]\nclock = "c"\nstarts = ["task_given"]\ngiven = true\npauses = ["parts"]',
        [("clock[1].pauses", "given_pauses")],
    ),
    "content that no form has": (
        '[[required]]\ncommand = "Explain"\nfield = "apology"',
        [("ours: required Explain.apology", "unknown_field")],
    ),
    "in force until before it is in force": (
        "in_force_from = 2026-02-01\nin_force_until = 2026-01-01",
        [("in_force_until", "ends_before_start")],
    ),
    "one clock twice": (CLOCK + CLOCK, [("clock.first_look", "doubled")]),
    "a rule of the three guarantees that there is not": (
        "[eligibility]\nrepair_dayz = 20",
        [("eligibility.repair_dayz", "unknown_field")],
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("text", "faults"), BAD_PACKS.values(), ids=BAD_PACKS)
def test_everything_that_is_wrong_with_a_pack_is_listed(run, write, tmp_path, text, faults, language):
    write(PACK.format(text), "ours.toml")

    ran = run("policy", "check", "ours.toml", "--json", "--lang", language)

    assert (ran.code, [(fault["field"], fault["code"]) for fault in ran.error["faults"]]) == (2, faults)
    assert [path.name for path in tmp_path.iterdir()] == ["ours.toml"]


BAD_HOUSES = {
    "an unknown zone": ('[[dealer]]\nid = "SH01"\nzone = "Asia/Shangri-La"', [("dealer[0].zone", "zone")]),
    "a window that ends before it starts": (
        '[calendar]\ncode = "CN"\nhours = ["12:00-09:00"]',
        [("calendar.hours", "ends_before_start")],
    ),
    "windows that overlap": (
        '[[dealer]]\nid = "SH01"\n[dealer.calendar]\ncode = "CN"\ncontact_hours = ["09:00-12:00", "11:00-13:00"]',
        [("dealer[0].calendar.contact_hours", "windows_overlap")],
    ),
    "no country": ('[calendar]\ncode = "China"', [("calendar.code", "calendar_code")]),
    "closed and open on one day": (
        '[calendar]\ncode = "CN"\nclosures = [2026-03-20]\nextra_days = [2026-03-20]',
        [("calendar.extra_days", "off_and_on")],
    ),
    "holidays that are not there": (
        '[calendar]\ncode = "CN"\nholidays = ["cn_2027.json"]',
        [("calendar.holidays[0].cn_2027.json", "unreadable_file")],
    ),
    "a pack that is not shipped": ('packs = ["house_5s"]', [("packs[0]", "choice")]),
    "a pack twice": ('packs = ["house_4s", "house_4s"]', [("packs", "pack_twice")]),
    "two packs with one clock": ('packs = ["house_4s", "twin.toml"]', [("packs", "clock_in_two_packs")]),
    "a ladder that leads round": (LADDER.format("general_manager"), [("authority", "ladder_cycle")] * 2),
    "no ladder at all": ('packs = ["fca_disp"]', [("authority", "ladder_limit")]),
    "a clock started by no step": (
        '[[clock]]\nclock = "c"\nstarts = ["Recieve"]\nstops = ["answered"]\nwithin = "1 day"',
        [("house_4s: clock c", "no_command")],
    ),
    "several things at once": (
        """
callback_days = 0
packs = ["house_5s"]
calendar = { code = "CN", hours = ["9-12"] }
clock = [{ clock = "c", starts = ["judgment"], within = "soon" }]
""",
        [
            ("clock[1].within", "span"),
            ("packs[0]", "choice"),
            ("calendar.hours", "window"),
            ("callback_days", "too_small"),
        ],
    ),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("text", "faults"), BAD_HOUSES.values(), ids=BAD_HOUSES)
def test_everything_that_is_wrong_with_a_house_file_is_listed(run, write, tmp_path, text, faults, language):
    write(PACK.format('[[clock]]\nclock = "judge"\nstarts = ["judgment"]\nwithin = "1 day"'), "twin.toml")
    write(text)

    ran = run("policy", "check", "house.toml", "--json", "--lang", language)

    found = [(fault["field"].replace(f"{tmp_path}/", ""), fault["code"]) for fault in ran.error["faults"]]
    assert (ran.code, found) == (2, faults)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["house.toml", "twin.toml"]


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"[[", "not_toml"), (b"name = '\xff'", "not_toml"), (b"# " + b"x" * 2 * 1024 * 1024, "file_too_long")],
)
def test_a_file_that_is_no_set_of_rules_is_refused(run, tmp_path, content, code):
    (tmp_path / "house.toml").write_bytes(content)

    for ran in (run("policy", "check", "house.toml", "--json"), run("list", "--house", "house.toml", "--json")):
        assert (ran.code, [fault["code"] for fault in ran.error["faults"]]) == (2, [code])


def test_what_is_wrong_is_said_in_words(run, write):
    write(PACK.format(BAD_PACKS["a step that there is not"][0]), "ours.toml")

    english, chinese = (run("policy", "check", "ours.toml", "--lang", language).err for language in ("en", "zh_CN"))

    assert "There is no step called Recieve. Perhaps: Receive." in " ".join(english.split())
    assert "没有名为Recieve的步骤。可能是：Receive。" in "".join(chinese.split())
