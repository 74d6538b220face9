"""The desk view as a browser meets it: requests in, pages out; and what makes a page a good one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import attrs
import httpx
from starlette.requests import Request
from starlette.types import ASGIApp

from complaints import Actor, Desk
from complaints.web import view
from tests.stages.cases import EVERYBODY

PEOPLE = {one.id: one for one in EVERYBODY}
_VOID = {"meta", "link", "input", "br", "hr", "img", "path", "rect"}


@attrs.frozen
class Answer:
    """What came back."""

    status: int
    headers: httpx.Headers
    text: str

    @property
    def page(self) -> Page:
        """What came back, read as a page."""
        return Page(self.text)


def ask(app: ASGIApp, path: str, *, method: str = "GET", root: str = "", **headers: str) -> Answer:
    """One request, without a network; whatever goes wrong in the application is answered as a server would."""

    async def go() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, root_path=root)
        async with httpx.AsyncClient(transport=transport, base_url="http://desk.test") as client:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            return await client.request(method, path, headers=named)

    answer = asyncio.run(go())
    return Answer(answer.status_code, answer.headers, answer.text)


@attrs.frozen
class Site:
    """A desk in a browser; whoever asks names himself, as if the host had signed him in."""

    app: ASGIApp

    @classmethod
    def of(cls, desk: Desk, *others: Actor) -> Site:
        """The site that shows *desk* to the house and to *others*."""
        people = PEOPLE | {one.id: one for one in others}

        def who(request: Request) -> Actor | None:
            return people.get(request.headers.get("x-user", ""))

        return cls(view(desk, who=who))

    def get(self, path: str, by: str = "zhao", **more: str) -> Answer:
        """A page as *by* sees it, in English unless told."""
        return ask(self.app, path, **{"x_user": by, "accept_language": "en", **more})

    def page(self, path: str, by: str = "zhao", **more: str) -> Page:
        """The same, read; it has to be there."""
        answer = self.get(path, by, **more)
        assert answer.status == 200, answer.text
        return answer.page


@attrs.define
class Element:
    """A part of a page."""

    tag: str
    attributes: Mapping[str, str]
    parent: Element | None
    children: list[Element | str]

    @property
    def text(self) -> str:
        """All that is written in it, on one line."""
        return " ".join("".join(self._texts()).split())

    def _texts(self) -> Iterable[str]:
        for child in self.children:
            yield from (child,) if isinstance(child, str) else child._texts()
        yield " "

    def all(self, tag: str = "", **attributes: str) -> list[Element]:
        """The parts of a kind within it, in order."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        found = []
        for child in self.children:
            if isinstance(child, Element):
                is_it = tag in ("", child.tag)
                if is_it and all(value in child.attributes.get(name, "").split() for name, value in wanted.items()):
                    found.append(child)
                found += child.all(tag, **attributes)
        return found

    def texts(self, tag: str = "", **attributes: str) -> list[str]:
        """What is written in each of them."""
        return [one.text for one in self.all(tag, **attributes)]


class Page(HTMLParser):
    """A page, read strictly: whatever is opened is closed, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.root = Element("", {}, None, [])
        self.problems: list[str] = []
        self._here = self.root
        self.feed(text)
        self.close()
        if self._here is not self.root:
            self.problems.append(f"<{self._here.tag}> is not closed")

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attributes]
        if len(names) != len(set(names)):
            self.problems.append(f"<{tag}> has an attribute twice")
        element = Element(tag, {name: value or "" for name, value in attributes}, self._here, [])
        self._here.children.append(element)
        if tag not in _VOID:
            self._here = element

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attributes)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag != self._here.tag or self._here.parent is None:
            self.problems.append(f"</{tag}> stands where <{self._here.tag}> is open")
            return
        self._here = self._here.parent

    def handle_data(self, data: str) -> None:
        self._here.children.append(data)

    def all(self, tag: str = "", **attributes: str) -> list[Element]:
        return self.root.all(tag, **attributes)

    def texts(self, tag: str = "", **attributes: str) -> list[str]:
        return self.root.texts(tag, **attributes)

    @property
    def text(self) -> str:
        """All that is written on it."""
        (body,) = self.all("body")
        return body.text

    def section(self, title: str) -> Element:
        """The part of the page under a heading."""
        (heading,) = [one for one in self.all("h2") if one.text == title]
        found: Any = heading
        while found.tag != "section":
            found = found.parent
        return found

    def links(self) -> list[str]:
        return [one.attributes["href"] for one in self.all("a")]


def faults_of(page: Page, language: str) -> list[str]:
    """What keeps the page from being read by everybody: for the keyboard, for screen readers, without scripts."""
    return [*page.problems, *_names(page), *_headings(page), *_forbidden(page), *_landmarks(page, language)]


def _names(page: Page) -> Iterable[str]:
    ids = [one.attributes["id"] for one in page.all() if "id" in one.attributes]
    yield from (f"the id {id} is there twice" for id in set(ids) if ids.count(id) > 1)
    labelled = {one.attributes.get("for") for one in page.all("label")}
    for field in (*page.all("input"), *page.all("select")):
        if field.attributes.get("type") != "hidden" and field.attributes.get("id") not in labelled:
            yield f"the field {field.attributes.get('name')} has no label"
    for one in page.all():
        for name in ("aria-labelledby", "aria-describedby"):
            yield from (f"{name} names {id}" for id in one.attributes.get(name, "").split() if id not in ids)
    yield from ("a link or button says nothing" for one in (*page.all("a"), *page.all("button")) if not one.text)
    yield from ("a cell of a head has no scope" for one in page.all("th") if not one.attributes.get("scope"))
    for one in page.all(tabindex="0"):
        if not {"aria-label", "aria-labelledby"} & set(one.attributes):
            yield "something that has the focus has no name"


def _headings(page: Page) -> Iterable[str]:
    levels = [int(one.tag[1]) for one in page.all() if len(one.tag) == 2 and one.tag[0] == "h" and one.tag[1].isdigit()]
    if levels.count(1) != 1 or levels[0] != 1:
        yield f"there has to be one h1, before all other headings: {levels}"
    yield from (f"h{after} stands below h{before}" for before, after in pairwise(levels) if after > before + 1)


def _forbidden(page: Page) -> Iterable[str]:
    for one in page.all():
        if one.tag in ("script", "style", "iframe", "object", "embed", "img", "base", "font", "center"):
            yield f"there is a <{one.tag}>"
        for name, value in one.attributes.items():
            if name == "style" or name.startswith("on"):
                yield f"<{one.tag}> has {name}"
            if name in ("href", "src", "action", "xlink:href") and not _is_our_own(value):
                yield f"<{one.tag}> leads to {value}"


def _is_our_own(address: str) -> bool:
    return address.startswith("#") or (address.startswith("/") and not address.startswith("//"))


def _landmarks(page: Page, language: str) -> Iterable[str]:
    tags = [one.attributes.get("lang") for one in page.all("html")]
    if tags != [language]:
        yield f"the language is {tags} instead of {language}"
    titles = [one for one in page.all("title") if one.parent and one.parent.tag == "head"]
    if len(page.all("main")) != 1 or len(titles) != 1:
        yield "there has to be one main part and one title"
    skips = [one.attributes["href"] for one in page.all("a", class_="skip")]
    mains = [f"#{one.attributes['id']}" for one in page.all("main")]
    if page.all("header") and (skips != mains or page.links()[0] != mains[0]):
        yield "the first link has to lead to the main part"
