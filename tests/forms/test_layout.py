"""Text fits its columns, of which a Chinese sign takes two."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from complaints.forms.layout import (
    bullet,
    heading,
    padded,
    pairs,
    shortened,
    side_by_side,
    table,
    width_of,
    wrapped,
)

texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]) | st.sampled_from("中文，。“”（）ab 12…\n")
)
widths = st.integers(min_value=8, max_value=60)


@given(texts, widths)
def test_no_line_is_wider_than_it_may_be(text, width):
    assert [line for line in wrapped(text, width) if width_of(line) > width] == []


@given(texts, widths)
def test_wrapping_loses_no_sign(text, width):
    before = "".join(text.split())
    after = "".join("".join(wrapped(text, width)).split())

    assert after == before


@given(texts, widths)
def test_what_is_shortened_fits_and_says_so(text, width):
    line = " ".join(text.split())
    short = shortened(text, width)

    assert width_of(short) <= width
    assert short == line or short.endswith("…")


@given(st.lists(st.tuples(texts, texts, texts), max_size=4), st.integers(min_value=40, max_value=100))
def test_no_line_of_a_table_is_wider_than_it_may_be_once_its_key_fits(rows, width):
    fitting = [row for row in rows if width_of(" ".join(row[0].split())) <= 12]

    lines = list(table(("k", "b", "c"), fitting, width))

    assert [line for line in lines if width_of(line) > width] == []


def test_a_chinese_sign_is_two_columns_wide_and_an_accent_none():
    assert [width_of(text) for text in ("abc", "投诉", "e\u0301", "（）", "…")] == [3, 4, 1, 4, 1]


def test_chinese_breaks_anywhere_and_western_words_stay_whole():
    text = "客户要求退车，the adviser said no。"

    assert wrapped(text, 16) == ["客户要求退车，", "the adviser said", "no。"]


def test_no_line_begins_with_a_closing_sign():
    assert wrapped("一二三四五，六七八九十。", 10) == ["一二三四", "五，六七八", "九十。"]


def test_own_line_breaks_stay():
    assert wrapped("first\n\n  third", 40) == ["first", "", "  third"]


def test_a_word_without_end_is_cut():
    assert wrapped("a" * 25, 10) == ["a" * 10, "a" * 10, "a" * 5]


def test_labels_stand_in_one_column():
    lines = list(pairs([("投诉人", "张三"), ("Wish", "一二三四五六七八九十"), ("", "")], 22))

    assert lines == ["投诉人  张三", "Wish    一二三四五六七", "        八九十", ""]


def test_a_label_that_is_too_long_stands_alone():
    assert list(pairs([("a label as long as a street", "yes")], 40)) == [
        "a label as long as a street",
        "                  yes",
    ]


def test_further_lines_of_a_bullet_stand_below_its_first():
    assert list(bullet("one two three", 9, mark="✗")) == ["✗ one two", "  three"]


def test_a_heading_fills_the_line():
    assert heading("办理经过", 20) == "── 办理经过 ────────"


def test_a_table_shortens_its_last_column_and_never_its_first():
    lines = list(table(("编号", "State", "Text"), [("SH01-2026-000001", "closed", "a long story")], 34))

    assert lines == [
        "编号              State   Text",
        "────────────────  ──────  ────────",
        "SH01-2026-000001  closed  a long…",
    ]


def test_choices_stay_whole():
    assert list(side_by_side(["1 Phone", "2 WeChat group", "3 App"], 20)) == ["1 Phone", "2 WeChat group", "3 App"]
    assert list(side_by_side(["1 Phone", "2 App"], 20)) == ["1 Phone  2 App"]
    assert list(side_by_side([], 20)) == []


def test_blanks_fill_up_to_the_column():
    assert padded("投诉", 6) == "投诉  "
