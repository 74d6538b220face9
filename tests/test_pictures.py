"""The pictures in the documentation show the table as it is, and show everywhere."""

from __future__ import annotations

import re
from pathlib import Path
from runpy import run_path
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pytest

from complaints.lifecycle import LIFECYCLE
from complaints.locale import label

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
DRAWING = SimpleNamespace(**run_path(str(PICTURES / "render.py")))
SKETCHES = run_path(str(PICTURES / "sketches.py"))["pictures"]()
ANEW = "is older than the table in src/complaints/lifecycle.py: draw it anew as docs/pictures/README.md says"
LANGUAGES = pytest.mark.parametrize("language", ["en", "zh_CN"])


def picture(language: str) -> str:
    return DRAWING.PICTURES[language].read_text(encoding="utf-8")


@LANGUAGES
def test_a_picture_is_made_from_the_table_as_it_is(language):
    marks = re.findall(r"<!-- made .*? -->", picture(language))

    assert marks == [DRAWING.mark(DRAWING.source(language))], f"{DRAWING.PICTURES[language].name} {ANEW}"


@LANGUAGES
def test_a_picture_names_every_state_and_every_move(language):
    states = {state for move in LIFECYCLE.moves for state in (*move.sources, *move.targets) if state}
    names = {label("state", state, language) for state in states}
    names |= {label("command", move.command.__name__, language) for move in LIFECYCLE.moves}

    texts = ET.fromstring(picture(language)).iter("{http://www.w3.org/2000/svg}text")
    written = ["".join(text.itertext()).replace(" ", "") for text in texts]

    assert [name for name in names if not any(text.startswith(name.replace(" ", "")) for text in written)] == []


@pytest.mark.parametrize("file", [*DRAWING.PICTURES.values(), *SKETCHES], ids=lambda file: file.name)
def test_a_picture_needs_nothing_but_itself(file):
    drawn = file.read_text(encoding="utf-8")

    assert re.findall(r"<script|<foreignObject|<image|@import|href=|url\((?!#)", drawn) == []
    assert set(re.findall(r"https?://[^\"' )]+", drawn)) == {"http://www.w3.org/2000/svg"}
    assert set(re.findall(r"font-family(?::|=\")([^;}\"]+)", drawn)) == {"sans-serif"}
    assert len(drawn.encode()) < 200_000


@pytest.mark.parametrize("file", SKETCHES, ids=lambda file: file.name)
def test_a_sketch_is_as_its_script_draws_it(file):
    assert file.read_text(encoding="utf-8") == SKETCHES[file], "run docs/pictures/sketches.py"


@pytest.mark.parametrize("file", SKETCHES, ids=lambda file: file.name)
def test_no_word_of_a_sketch_leaves_its_page(file):
    drawn = ET.fromstring(SKETCHES[file])
    width, height = int(drawn.get("width")), int(drawn.get("height"))

    outside = [text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text") if not _fits(text, width, height)]

    assert outside == []


def _fits(text: ET.Element, width: int, height: int) -> bool:
    """Whether a text stays on the page, if Latin letters are 8 wide and Chinese ones 14, which they are at most."""
    size = sum(14 if ord(sign) > 0x2E80 else 8 for sign in text.text)
    left = int(text.get("x")) - (size // 2 if text.get("text-anchor") == "middle" else 0)
    return left >= 0 and left + size <= width and 14 <= int(text.get("y")) <= height - 4


def test_a_rule_that_is_not_drawn_makes_no_picture_old():
    assert "%%" not in DRAWING.source("en")
