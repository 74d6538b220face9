"""In which language the command line speaks."""

from __future__ import annotations

import pytest

from complaints.cli.language import language_of


@pytest.mark.parametrize(
    ("arguments", "environment", "language"),
    [
        ([], {}, "en"),
        ([], {"LANG": "zh_CN.UTF-8"}, "zh_CN"),
        ([], {"LANG": "zh_TW.UTF-8"}, "zh_CN"),
        ([], {"LANG": "de_DE.UTF-8"}, "en"),
        ([], {"LANG": "C"}, "en"),
        ([], {"LC_ALL": "zh_CN.UTF-8", "LANG": "en_US.UTF-8"}, "zh_CN"),
        ([], {"LC_ALL": "", "LC_MESSAGES": "zh_CN", "LANG": "en_US.UTF-8"}, "zh_CN"),
        ([], {"LC_ALL": "en_US", "LC_MESSAGES": "zh_CN"}, "en"),
        ([], {"COMPLAINTS_LANG": "zh_CN", "LC_ALL": "en_US"}, "zh_CN"),
        ([], {"COMPLAINTS_LANG": "en", "LANG": "zh_CN"}, "en"),
        (["list", "--lang", "zh_CN"], {"LANG": "en_US"}, "zh_CN"),
        (["--lang=zh_CN", "list"], {}, "zh_CN"),
        (["--lang", "zh_CN", "list", "--lang", "en"], {}, "en"),
        (["list", "--lang"], {"LANG": "zh_CN"}, "zh_CN"),
        (["list", "--", "--lang", "zh_CN"], {}, "en"),
    ],
)
def test_the_option_wins_over_our_variable_and_that_over_the_locale(arguments, environment, language):
    assert language_of(arguments, environment) == language


def test_the_whole_conversation_is_in_one_language(run, house):
    chinese = run("show", "SH01-2026-000009", "--lang", "zh_CN")
    english = run("show", "SH01-2026-000009", "--lang", "en")

    assert chinese.err == "错误：未找到，或您无权查看：投诉 SH01-2026-000009。请核对编号和门店。\n[not_found]\n"
    assert english.err == (
        "Error: Not found, or not open to you: complaint SH01-2026-000009. Please check the number and\n"
        "    the dealer.\n[not_found]\n"
    )


def test_the_environment_decides_where_nothing_is_said(run, house, monkeypatch):
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")

    assert run("list", "--state", "closed").out == "没有符合条件的投诉。\n"
