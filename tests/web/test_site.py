"""What a page is held to finds what it is meant to find."""

from __future__ import annotations

import pytest

from tests.web.site import Page, faults_of

GOOD = '<html lang="en"><head><title>t</title></head><body><main id="m"><h1>Board</h1>{}</main></body></html>'


@pytest.mark.parametrize(
    ("part", "fault"),
    [
        ("<p>", "</main> stands where <p> is open"),
        ("<p id=a></p><p id=a></p>", "the id a is there twice"),
        ("<input id=q name=q>", "the field q has no label"),
        ("<section aria-labelledby=x></section>", "aria-labelledby names x"),
        ("<h3>Late</h3>", "h3 stands below h1"),
        ("<h1>Again</h1>", "there has to be one h1, before all other headings: [1, 1]"),
        ("<script>1</script>", "there is a <script>"),
        ("<p style=x></p>", "<p> has style"),
        ("<p onclick=x></p>", "<p> has onclick"),
        ("<a href=//evil.example>x</a>", "<a> leads to //evil.example"),
        ("<a href=javascript:1>x</a>", "<a> leads to javascript:1"),
        ("<a href=/x></a>", "a link or button says nothing"),
        ("<table><tr><th>x</th></tr></table>", "a cell of a head has no scope"),
        ("<div tabindex=0></div>", "something that has the focus has no name"),
    ],
)
def test_a_fault_of_a_page_is_found(part: str, fault: str) -> None:
    page = Page(GOOD.format(part))

    assert fault in faults_of(page, "en")


def test_a_good_page_has_none() -> None:
    page = Page(GOOD.format("<h2>Late</h2>"))

    assert (faults_of(page, "en"), faults_of(page, "zh-CN")) == (
        [],
        ["the language is ['en'] instead of zh-CN"],
    )
