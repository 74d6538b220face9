"""The desk view in a real browser, from a real server: it obeys its own policy, and the keyboard leads through it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from browser.chromium import Page, chromium
from browser.house import shown

CASE = "/case/DEMO01-1995-000011"
PAGES = ("/", "/?late=1", "/work", "/list", CASE, "/search?q=nothing")
BROUGHT_IN = '<p id=x style="position:fixed">x</p><img src="//evil.example/x.png">'
FOCUSED = "(document.activeElement.textContent.trim() || document.activeElement.id)"
CONTRAST = """
(() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((one) => one / 255)
    .map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
    .reduce((sum, one, place) => sum + one * [0.2126, 0.7152, 0.0722][place], 0);
  const paper = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = numbers(getComputedStyle(one).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const faint = new Set();
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || element.closest("svg") || !element.checkVisibility()) continue;
    const [one, other] = [light(numbers(getComputedStyle(element).color)), light(paper(element))];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (ratio < 4.5) faint.add(`${element.className || element.tagName}: ${ratio.toFixed(2)}`);
  }
  return [...faint];
})()
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with shown(tmp_path_factory.mktemp("house") / "house.db", "zh_CN") as where:
        yield where


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with chromium() as one:
        one.screen(1280)
        yield one


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_page_loads_nothing_from_elsewhere_and_the_browser_has_nothing_to_complain_of(page, address, path, language):
    page.open(f"{address}{path}{'&' if '?' in path else '?'}lang={language}")

    strangers = [one for one in page.requests if not one.startswith(f"{address}/")]
    complaints = [one for one in page.complaints if "404" not in one or "search" not in path]
    assert (strangers, complaints) == ([], [])
    assert page.ask("document.documentElement.lang") == language
    assert page.ask("getComputedStyle(document.querySelector('main')).paddingTop") != "0px"


def test_a_style_or_script_that_came_in_all_the_same_would_be_stopped(page, address):
    page.open(f"{address}/")

    page.ask(f"document.body.insertAdjacentHTML('beforeend', '{BROUGHT_IN}')")
    page.ask("document.body.appendChild(Object.assign(document.createElement('script'), {text: 'window.ran = 1'})).id")
    page.ask("new Promise((done) => setTimeout(done, 50))")

    assert page.ask("[getComputedStyle(document.getElementById('x')).position, window.ran ?? null]") == ["static", None]
    stopped = {found for one in page.complaints for found in re.findall(r"directive:? \W?([a-z]+-src)", one)}
    assert stopped == {"default-src", "img-src", "style-src"}


def test_the_keyboard_reaches_everything_in_the_order_of_reading(page, address):
    page.open(f"{address}/?lang=en")

    reached = []
    for _ in range(12):
        page.press_tab()
        reached.append(page.ask(FOCUSED))

    assert reached[:11] == [
        "Skip to the content", "Complaints", "Board", "Work-lists", "All complaints", "q", "Find", "中文",
        reached[8], "late", "mine",
    ]  # fmt: skip
    assert page.ask("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_the_skip_link_is_seen_when_it_is_reached_and_leads_past_the_navigation(page, address):
    page.open(f"{address}{CASE}?lang=en")

    page.press_tab()
    is_seen = page.ask("document.activeElement.getBoundingClientRect().top >= 0")
    page.ask("document.activeElement.click()")
    page.press_tab()

    assert is_seen
    assert page.ask("document.querySelector('main').contains(document.activeElement)")


def test_a_link_is_followed_by_the_keyboard_without_any_script(page, address):
    page.open(f"{address}/?lang=en")

    for _ in range(4):
        page.press_tab()
    page.press_enter()

    assert page.ask("location.pathname + location.search") == "/work?lang=en"


@pytest.mark.parametrize("width", [320, 768, 1280])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_the_screen(page, address, path, width):
    page.screen(width)
    page.open(f"{address}{path}")

    assert page.ask("document.documentElement.scrollWidth") <= width
    page.screen(1280)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/", "/work", "/list", CASE])
def test_every_text_can_be_read_against_its_paper(page, address, path, scheme):
    page.screen(1280, prefers_color_scheme=scheme)
    page.open(f"{address}{path}")

    assert page.ask(CONTRAST) == []
    page.screen(1280)


def test_a_screen_reader_is_given_landmarks_headings_and_the_way_in_words(page, address):
    page.open(f"{address}{CASE}?lang=en")

    spoken = page.spoken
    roles = {role for role, _ in spoken}
    assert {"navigation", "heading", "image", "link", "searchbox", "button", "region"} <= roles
    assert ("image", "The way so far: Being carried out") in spoken
    assert ("searchbox", "Case number") in spoken


def test_pictures_are_taken_and_a_case_file_is_printed(page, address, tmp_path: Path):
    page.open(f"{address}{CASE}")

    page.picture(tmp_path / "case.png", whole=True)
    page.printed(tmp_path / "case.pdf")

    assert (tmp_path / "case.png").read_bytes().startswith(b"\x89PNG")
    assert len(re.findall(rb"/Type\s*/Page\b", (tmp_path / "case.pdf").read_bytes())) >= 1
