"""A map is checked whole before a row is read, and says everything that is wrong with it at once."""

from __future__ import annotations

from pathlib import Path

import attrs
import pytest

from complaints import InvalidCommandError
from complaints.errors import Fault
from complaints.imports import ImportMap, load_map, map_file, shipped_maps
from complaints.imports.dates import is_date_form
from complaints.imports.templates import Template
from complaints.model.words import Channel
from complaints.stages.adoption import ADOPTABLE
from tests.imports.cases import MAP, a_file, a_map


def faults_in(text: str) -> dict[str, str]:
    with pytest.raises(InvalidCommandError) as refused:
        ImportMap.parse(text, name="map.toml")
    return {fault.field: fault.code for fault in refused.value.faults}


def test_a_map_knows_every_column_that_it_looks_at():
    columns = a_map().columns

    assert columns == {
        "编号", "受理时间", "内容", "渠道", "状态", "结案时间", "答复", "客户", "电话", "车架号", "里程", "类别",
        "受伤人数",
    }  # fmt: skip


def test_everything_wrong_with_the_tables_is_told_at_once():
    text = MAP.replace('name = "dms"', "colour = 1").replace('alarm = "injury"', 'alarm = "boom"') + "\n[extra]\n"

    assert faults_in(text) == {
        "name": "missing", "colour": "unknown_field", "alarm[0].alarm": "choice", "extra": "unknown_field",
    }  # fmt: skip


def test_everything_wrong_between_the_tables_is_told_at_once():
    text = (
        MAP.replace('"%Y-%m-%d %H:%M"', '"%Q-never"')
        .replace('words = "state"', 'words = "missing"')
        .replace('"来电" = "phone"', '"来电" = "smoke"')
        .replace('"{内容}"\nchannel', '"{内容"\nchannel')
        .replace("[key]", 'zone = "Mars/Base"\ntime = "noon"\n[key]')
    )

    assert faults_in(text) == {
        "file.dates[0]": "date_form",
        "file.zone": "zone",
        "file.time": "hour",
        "complaint.statement.value": "template",
        "words.channel.来电": "choice",
        "complaint.state.words": "choice",
    }


def test_a_state_that_nothing_is_adopted_in_is_no_word_of_a_map():
    with pytest.raises(InvalidCommandError) as refused:
        a_map(**{'"处理中" = "judgment"': '"处理中" = "archived"'})

    assert refused.value.faults == (
        Fault("words.state.处理中", "choice", choices=tuple(state.value for state in ADOPTABLE)),
    )


def test_a_constant_must_be_one_of_our_words():
    with pytest.raises(InvalidCommandError) as refused:
        a_map(**{'default = "showroom"': 'default = "smoke"'})

    assert refused.value.faults == (
        Fault("complaint.channel.default", "choice", choices=tuple(channel.value for channel in Channel)),
    )


def test_columns_that_the_file_has_not_are_listed_with_those_it_has():
    with pytest.raises(InvalidCommandError) as refused:
        a_map().places(("编号", "内容", "内容", "Notes"), file="old.csv")

    missing, doubled = refused.value.faults
    assert missing.facts["columns"] == ("编号", "内容", "内容", "Notes")
    assert set(missing.facts["missing"]) == a_map().columns - {"编号", "内容"}
    assert doubled == Fault("columns", "columns_doubled", columns=("内容",))


def test_a_column_that_nobody_looks_at_may_stand_there_twice():
    columns = (*sorted(a_map().columns), "Notes", "Notes", "")

    places = a_map().places(columns, file="old.csv")

    assert set(places) == a_map().columns | {"Notes"}


def test_listed_columns_are_held_against_the_map_before_any_file_is_there():
    text = MAP.replace("[key]", 'columns = ["编号", "内容"]\n[key]')

    assert faults_in(text) == {"file.columns": "no_columns"}


@pytest.mark.parametrize("key", ['digest = true\nvalue = "{编号}"', "group = true", "digest = true\ngroup = true"])
def test_a_complaint_is_told_by_a_number_or_by_its_whole_row(key):
    text = MAP.replace('value = "{编号}"', key)

    assert set(faults_in(text)) <= {"key.value", "key.group"}


def test_a_map_is_a_file_or_the_name_of_one_that_comes_along(tmp_path):
    path = a_file(tmp_path, b"\xef\xbb\xbf" + MAP.replace("\n", "\r\n").encode(), "map.toml")

    with pytest.raises(InvalidCommandError) as refused:
        load_map(tmp_path / "other.toml")

    assert load_map(path).table == a_map().table
    assert refused.value.faults == (Fault("map", "no_map", shipped=("cfpb", "nhtsa_models", "nhtsa_odi", "nyc311")),)


@pytest.mark.parametrize(("content", "code"), [(b"name = ", "map_not_toml"), (b"\xff\xfe\xfd", "not_toml")])
def test_a_map_that_is_no_toml_says_so(tmp_path, content, code):
    path = a_file(tmp_path, content, "map.toml")

    with pytest.raises(InvalidCommandError) as refused:
        load_map(path)

    assert [fault.code for fault in refused.value.faults] == [code]


@pytest.mark.parametrize("name", shipped_maps())
def test_every_map_that_comes_along_holds_together_and_says_what_it_is_for(name):
    map = load_map(name)

    assert (map.name, bool(map.table.about)) == (name, True)


@pytest.mark.parametrize(
    ("form", "is_one"),
    [
        ("%Y-%m-%d", True), ("%d.%m.%y %H:%M", True), ("%Y年%m月%d日", True), ("iso", True), ("excel", True),
        ("%Y-%m-%dT%H:%M:%S%z", True), ("%j %Y", True), ("%H:%M", False), ("%Y-%m", False), ("%Q", False), ("", False),
        ("%", False), ("%Y-%m-%d (", True),
    ],
)  # fmt: skip
def test_a_form_of_dates_tells_the_day(form, is_one):
    assert is_date_form(form) is is_one


@pytest.mark.parametrize(
    ("text", "cells", "filled"),
    [
        ("{a}, {b}", ("x", "y"), "x, y"), ("{a}, {b}", ("x", ""), "x"), ("{a}, {b}", ("", "y"), "y"),
        ("{a} ({b})", ("", ""), ""), ("plain", ("x", "y"), "plain"), ("{{{a}}}", ("x", ""), "{x}"),
        ("no. {b}", ("", "7"), "no. 7"),
    ],
)  # fmt: skip
def test_a_template_is_empty_where_all_its_columns_are(text, cells, filled):
    template = Template.parse(text).bound({"a": 0, "b": 1})

    assert template(cells) == filled


def test_the_reference_names_everything_that_a_map_can_say():
    page = (Path(__file__).parents[2] / "docs" / "import-map.md").read_text(encoding="utf-8")
    tables = [value for value in vars(map_file).values() if attrs.has(value)]

    unnamed = {field.name for table in tables for field in attrs.fields(table) if f"`{field.name}" not in page}

    # the top of the file names the tables themselves, in their brackets
    assert {name for name in unnamed if f"[{name}]" not in page and f"[{name}." not in page} == set()
