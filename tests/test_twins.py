"""Every page of the documentation has a Chinese twin beside it that shows the same: headings, blocks and links."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
CHINESE = ".zh-CN.md"
MADE_FROM_CODE = ("_build", "_generated", "reference")
FOR_DEVELOPERS = ("pictures",)
FENCE = re.compile(r"^```(?P<kind>\S+)(?P<argument>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^(#+) ", re.MULTILINE)
LINK = re.compile(
    r"\]\((?P<target>[^)\s]+)\)|\{(?P<role>doc|func)\}`(?:[^`<]*<)?(?P<named>[^`>]+)>?`",
)
HAN = re.compile(r"[\u4e00-\u9fff]")


def pages() -> list[Path]:
    """The English pages, by their place below the project."""
    found = [Path("README.md"), *(file.relative_to(ROOT) for file in (ROOT / "docs").rglob("*.md"))]
    left_out = {*MADE_FROM_CODE, *FOR_DEVELOPERS}
    return sorted(page for page in found if not page.name.endswith(CHINESE) and left_out.isdisjoint(page.parts))


def twin_of(page: Path) -> Path:
    return page.with_name(f"{page.stem}{CHINESE}")


# one without a twin is told of once, below
PAGES = [pytest.param(page, id=str(page)) for page in pages() if (ROOT / twin_of(page)).exists()]


def text_of(page: Path) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def prose(text: str) -> str:
    """A page without its blocks."""
    return FENCE.sub("", text)


def links(text: str) -> list[str]:
    found = LINK.finditer(prose(text))
    return [one["target"] or (f"{one['named']}.md" if one["role"] == "doc" else one["named"]) for one in found]


def in_one_language(text: str) -> str:
    """Names of files and languages as an English page has them."""
    return text.replace(".zh-CN", "").replace("zh_CN", "en")


def shown(text: str) -> Iterator[tuple[str, object]]:
    """What the blocks of a page show, whatever the language: kind by kind, and no words that people read."""
    for block in FENCE.finditer(text):
        kind, body = block["kind"], block["body"]
        if kind == "python":
            yield kind, without_words(body)
        elif kind == "toml":
            yield kind, tomllib.loads(body)
        elif kind == "ini":
            yield kind, body
        elif kind == "sh":
            yield kind, re.sub(r" --lang \w+|\"[^\"]*\"", "", body)
        elif kind != "{toctree}":
            yield kind, in_one_language(block["argument"])


def without_words(code: str) -> str:
    """The tree of a Python block with every text left empty; comments are in no tree."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)


def listed(text: str) -> list[str]:
    """The pages that the tables of contents of a page list."""
    bodies = (block["body"] for block in FENCE.finditer(text) if block["kind"] == "{toctree}")
    entries = [line for body in bodies for line in body.splitlines() if line and not line.startswith(":")]
    return [entry for entry in map(in_one_language, entries) if entry != "index"]


def test_every_page_has_a_chinese_twin():
    alone = [str(page) for page in pages() if not (ROOT / twin_of(page)).exists()]

    assert alone == [], f"write the Chinese twin NAME{CHINESE} beside each of these pages"


def test_no_chinese_page_is_without_an_english_one():
    chinese = [ROOT / "README.zh-CN.md", *(ROOT / "docs").rglob(f"*{CHINESE}")]

    assert [file.name for file in chinese if not file.with_name(file.name.replace(".zh-CN", "")).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_twins_lead_to_each_other_below_the_title(page):
    twin = twin_of(page)

    switches = [text_of(one).splitlines()[1:3] for one in (page, twin)]

    assert switches == [["", f"[中文]({twin.name}) · English"], ["", f"中文 · [English]({page.name})"]]


@pytest.mark.parametrize("page", PAGES)
def test_twins_have_the_same_headings(page):
    levels = [HEADING.findall(prose(text_of(one))) for one in (page, twin_of(page))]

    assert levels[1] == levels[0], f"{twin_of(page)} has other headings than {page}"


@pytest.mark.parametrize("page", PAGES)
def test_twins_show_the_same_blocks(page):
    blocks = [list(shown(text_of(one))) for one in (page, twin_of(page))]

    assert blocks[1] == blocks[0], f"{twin_of(page)} shows other blocks than {page}: only words may differ"


@pytest.mark.parametrize("page", PAGES)
def test_twins_list_the_same_pages(page):
    lists = [listed(text_of(one)) for one in (page, twin_of(page))]

    assert lists[1] == lists[0], f"{twin_of(page)} lists other pages than {page}"


@pytest.mark.parametrize("page", PAGES)
def test_twins_link_to_the_same_places(page):
    switch = {page.name, twin_of(page).name}

    targets = [
        sorted(in_one_language(target) for target in links(text_of(one)) if target not in switch)
        for one in (page, twin_of(page))
    ]

    assert targets[1] == targets[0], f"{twin_of(page)} links to other places than {page}"


@pytest.mark.parametrize("page", PAGES)
def test_a_chinese_page_leads_to_chinese_pages(page):
    twin = twin_of(page)
    elsewhere = [twin.parent / link for link in links(text_of(twin)) if link.endswith(".md") and link != page.name]

    into_english = [str(file) for file in elsewhere if (ROOT / twin_of(file)).exists()]

    assert into_english == [], f"{twin} leads to English pages that have a Chinese twin"


@pytest.mark.parametrize("page", PAGES)
def test_a_chinese_page_speaks_chinese(page):
    parts = [part.strip() for part in prose(text_of(twin_of(page))).split("\n\n")]

    assert [part for part in parts if part and not part.startswith("#") and not HAN.search(part)] == []
