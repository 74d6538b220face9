"""The drawing of a complaint's way: every step is on it, and no line crosses a box."""

from __future__ import annotations

import re
from itertools import combinations, pairwise
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis.strategies import DrawFn, composite, integers, sampled_from

import complaints.web
from complaints import LIFECYCLE, State
from complaints.forms.words import Reader
from complaints.locale import codes
from complaints.model.base import evolve
from complaints.model.event import Event
from complaints.stages.intake import BeginJudgment
from complaints.web.path import Arrow, Box, path_of
from tests.stages.cases import MONDAY, SHANGHAI, Case, li

ENGLISH = Reader("en", SHANGHAI)
NEXT = {
    source: sorted({target for move in LIFECYCLE.moves if source in move.sources for target in move.targets})
    for source in State
} | {None: list(State)}
"""From nowhere to anywhere: another system may have led a complaint there before it was taken over."""
ID = UUID("018f0000-0000-7000-8000-000000000001")


FIRST = Event(
    complaint=ID, number=1, command=BeginJudgment(complaint=ID), at=MONDAY, recorded_at=MONDAY, by=li, recorded_by=li,
    source=None, target=State.INTAKE,
)  # fmt: skip


@composite
def ways(draw: DrawFn) -> list[Event]:
    """The moves of a complaint, any way that the table has, as far as the drawing looks at them."""
    way: list[State | None] = [None]
    for _ in range(draw(integers(1, 20))):
        way += [draw(sampled_from(NEXT[way[-1]]))] if NEXT[way[-1]] else []
    return [
        evolve(FIRST, number=number, source=one, target=next) for number, (one, next) in enumerate(pairwise(way), 1)
    ]


def points(line: str) -> list[tuple[int, int]]:
    """The corners of a line that begins with a point and goes on across and down."""
    (x, y), *moves = re.findall(r"M(-?\d+) (-?\d+)", line)[0], *re.findall(r"([HV])(-?\d+)", line)
    found = [(int(x), int(y))]
    for way, to in moves:
        found.append((int(to), found[-1][1]) if way == "H" else (found[-1][0], int(to)))
    return found


def crosses(line: str, box: Box, width: int, height: int) -> bool:
    """Whether any part of the line runs through the inside of the box."""
    corners = points(line)
    for (x1, y1), (x2, y2) in pairwise(corners):
        is_beside = max(x1, x2) <= box.x or min(x1, x2) >= box.x + width
        is_above_or_below = max(y1, y2) <= box.y or min(y1, y2) >= box.y + height
        if not (is_beside or is_above_or_below):
            return True
    return False


@given(ways())
def test_every_step_that_moved_the_complaint_has_its_number_on_the_drawing(way):
    path = path_of(way, LIFECYCLE, ENGLISH)

    numbers = sorted(int(number) for arrow in path.arrows for number in arrow.numbers.split(", "))
    assert numbers == list(range(1, len(way) + 1))
    assert [words.partition(".")[0] for words in path.words] == [str(number) for number in numbers]


@given(ways())
def test_no_line_crosses_a_box_or_leaves_the_drawing(way):
    path = path_of(way, LIFECYCLE, ENGLISH)
    lines = [*path.rails, *(arrow.line for arrow in path.arrows)]

    crossed = [
        (line, box) for line in lines for box in path.boxes if crosses(line, box, path.box_width, path.box_height)
    ]
    outside = [line for line in lines for x, y in points(line) if not (0 <= x <= path.width and 0 <= y <= path.height)]

    assert (crossed, outside) == ([], [])


@given(ways())
def test_boxes_lie_apart_and_one_of_them_is_the_present_one(way):
    path = path_of(way, LIFECYCLE, ENGLISH)

    touching = [
        (one, other)
        for one, other in combinations(path.boxes, 2)
        if abs(one.x - other.x) < path.box_width and abs(one.y - other.y) < path.box_height
    ]
    assert touching == []
    assert [box.was_visited for box in path.boxes if box.is_current] == [True]


def test_a_way_that_was_taken_twice_is_one_arrow_with_both_numbers():
    case = Case().to(State.OFFER).offered().declined()._to_approval_again()

    path = path_of(case.events, LIFECYCLE, ENGLISH)

    assert [arrow.numbers for arrow in path.arrows] == ["1", "2", "3", "4", "5, 8", "6, 9", "7"]


@pytest.mark.parametrize(("language", "title"), [("en", "Judgment"), ("zh_CN", "投诉判断")])
def test_stages_are_named_in_the_language_of_the_reader(language, title):
    path = path_of(Case().received().events, LIFECYCLE, Reader(language, SHANGHAI))

    assert path.titles[1].text == title


def test_the_pages_ask_for_no_word_that_is_not_there():
    folder = Path(complaints.web.__file__).parent
    texts = [file.read_text(encoding="utf-8") for file in (*folder.glob("*.py"), *folder.glob("templates/*.html"))]
    asked = {code for text in texts for code in re.findall(r"""says\(["']([a-z_.]+)["']""", text)}
    counted = {code for text in texts for code in re.findall(r"""counted\(["']([a-z_.]+)["']""", text)}

    assert asked | counted | {f"{code}.one" for code in counted} <= codes("web", "en")
    assert len(asked) > 20


def test_an_arrow_is_a_line_with_a_place_for_its_numbers():
    path = path_of(Case().received().events, LIFECYCLE, ENGLISH)

    assert path.arrows == (Arrow(line="M12 56H46", x=26, y=56, numbers="1"),)
