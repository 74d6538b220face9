"""The desk view changes nothing, shows nothing that it was not asked to, and takes no page of anybody else's in."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from contextlib import closing
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlencode

import httpx
import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Mount

from complaints import Actor, Customer, Desk, Issue, NotPermittedError, Refusal, Role, State, StoreBusyError, Vehicle
from complaints.stores import MemoryStore
from complaints.stores.sql import SqlStore
from complaints.web import view
from tests.stages.cases import Case, Listed, li, zhao
from tests.web.site import Site, ask, faults_of

REFERENCE = "SH01-2026-000001"
PATHS = ("/", "/work", "/list", f"/case/{REFERENCE}", f"/search?q={REFERENCE}", "/nowhere", "/style.css", "/icon.svg")
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
SCRIPT = "<script>alert(1)</script>"
BREAKING_OUT = "\"'><img src=x onerror=alert(1)>"
TURNED = "wang\u202egnp.exe"


@cache
def _built() -> Site:
    return Site.of(Case().to(State.EXECUTION).desk)


@pytest.fixture
def site() -> Site:
    """One house for all that is only looked at."""
    return _built()


# --- it changes nothing ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
def test_only_reading_is_answered(site, method):
    answers = [site.get(path, method=method) for path in PATHS]

    assert [(one.status, one.headers["allow"]) for one in answers] == [(405, "GET, HEAD")] * len(PATHS)
    assert [one.page.texts("h1") for one in answers] == [["Only to be looked at"]] * len(PATHS)


def test_nobody_needs_to_sign_in_to_hear_that_nothing_is_done_here(site):
    answer = site.get("/", by="nobody", method="POST")

    assert answer.status == 405


@pytest.mark.parametrize("path", PATHS)
def test_a_head_is_answered_like_a_get(site, path):
    got, head = (site.get(path, method=method) for method in ("GET", "HEAD"))

    assert (head.status, head.headers) == (got.status, got.headers)


def test_looking_at_everything_leaves_the_database_as_it_was(tmp_path: Path):
    file = tmp_path / "complaints.db"
    with closing(SqlStore.open(f"sqlite:///{file}")) as store:
        Case(store=store).to(State.EXECUTION)
    before = file.read_bytes()

    with closing(SqlStore.open(f"sqlite:///{file}", is_read_only=True)) as store:
        site = Site.of(Case(store=store).desk)
        asked = [("li", "HEAD"), ("zhao", "GET"), ("group", "POST")]
        statuses = {site.get(path, by=by, method=method).status for path in PATHS for by, method in asked}

    assert file.read_bytes() == before
    assert statuses == {200, 303, 404, 405}


# --- what every answer carries ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("by", ["zhao", "nobody"])
def test_every_answer_keeps_the_browser_from_anything_else(site, path, by, method):
    answer = site.get(path, by=by, method=method)

    names = ("content-security-policy", "x-content-type-options", "referrer-policy")
    assert [answer.headers[name] for name in names] == [POLICY, "nosniff", "no-referrer"]
    assert "set-cookie" not in answer.headers
    is_a_file = path in ("/style.css", "/icon.svg") and method == "GET"
    assert (answer.headers["cache-control"] == "no-store") is not is_a_file


def test_a_file_may_be_kept_since_its_address_changes_with_it(site):
    (style,) = [one.attributes["href"] for one in site.page("/").all("link", rel="stylesheet")]

    answer = site.get(style, by="nobody")

    assert (answer.status, answer.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert [word for word in ("@import", "http:", "https:", "url(") if word in answer.text] == []


# --- who asks --------------------------------------------------------------------------------------------------------


def asked_by(who: object) -> Site:
    return Site(view(Case().received().desk, who=who))


async def _later(request: Request) -> Actor:
    await asyncio.sleep(0)
    return li


def _to_sign_in(request: Request) -> Actor:
    raise HTTPException(303, headers={"Location": "/login"})


def _with_a_password(request: Request) -> Actor:
    raise HTTPException(401, headers={"WWW-Authenticate": "Basic"})


def test_nobody_is_shown_nothing(site):
    answers = [site.get(path, by="nobody") for path in ("/", "/work", "/list", f"/case/{REFERENCE}", "/search?q=1")]

    assert [(one.status, REFERENCE in one.text, "王芳" in one.text) for one in answers] == [(403, False, False)] * 5


def test_the_host_may_look_who_it_is_in_its_own_time():
    assert asked_by(_later).get("/").page.texts("h3") == [REFERENCE]


def test_the_host_may_send_people_to_sign_in():
    sent, challenged = asked_by(_to_sign_in).get("/"), asked_by(_with_a_password).get("/")

    assert (sent.status, sent.headers["location"]) == (303, "/login")
    assert (challenged.status, challenged.headers["www-authenticate"]) == (401, "Basic")
    assert challenged.page.texts("h1") == ["Please sign in"]


def test_whom_the_directory_does_not_know_any_more_is_nobody():
    desk = Case(directory=Listed()).received().desk
    site = Site(view(desk, who=lambda request: desk.actor(request.headers["x-user"], dealer="SH01")))

    answers = [site.get("/", by=one) for one in ("zhao", "long-gone")]

    assert [(one.status, one.page.texts("h1")) for one in answers] == [(200, ["Board"]), (403, ["Not open to you"])]


@pytest.mark.parametrize("who", [lambda request: 1 / 0, lambda request: "li"], ids=["fails", "names nobody of ours"])
def test_what_the_host_does_wrong_is_shown_to_nobody_and_raised_for_the_host(who):
    site = asked_by(who)
    answer = site.get("/")

    assert (answer.status, answer.page.texts("h1")) == (500, ["Something went wrong"])
    assert [word for word in ("Zero", "Traceback", "TypeError", "site-packages") if word in answer.text] == []
    with pytest.raises((ZeroDivisionError, TypeError)):
        asyncio.run(_raised(site))


async def _raised(site: Site) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(site.app), base_url="http://desk.test") as client:
        await client.get("/")


# --- when something goes wrong ---------------------------------------------------------------------------------------


class BusyStore(MemoryStore):
    """A store that somebody else holds."""

    def read(self):
        raise StoreBusyError(waited_ms=5000)


def test_a_busy_database_asks_for_patience():
    answer = Site.of(Case(store=BusyStore()).desk).get("/")

    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert answer.page.texts("p", class_="told") == [
        "Somebody else is using the database. Nothing was changed; please try again in a moment."
    ]


def test_a_broken_database_is_told_without_its_place(tmp_path: Path, caplog):
    store = SqlStore.open(f"sqlite:///{tmp_path}/complaints.db")
    desk = Case(store=store).received().desk
    store.close()

    with caplog.at_level(logging.DEBUG):
        answer = Site.of(desk).get("/")

    assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert str(tmp_path) not in answer.text
    assert [one for one in caplog.messages if "王芳" in one or "Traceback" in one] == []


def test_a_refused_reading_is_not_permitted():
    def refuse(by, what, ids):
        raise NotPermittedError([Refusal("query.personal")], command="find", who=())

    answer = Site.of(Case(on_read=refuse).received().desk).get("/")

    assert (answer.status, answer.page.texts("h1")) == (403, ["Not open to you"])


@pytest.mark.parametrize("cursor", ["1", "' OR 1=1 --", "x" * 26, "%00", "é", "AAAA"])
def test_a_forged_cursor_is_refused_in_words(site, cursor):
    answer = site.get(f"/list?after={quote(cursor)}")

    assert (answer.status, answer.page.texts("h1")) == (400, ["That cannot be shown"])
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/case/",
        "/case/%00",
        "/case/..%2f..%2fetc%2fpasswd",
        "/case/" + "9" * 3000,
        "/case/%F0%9F%92%A9",
        f"/case/{quote(SCRIPT)}",
        f"/case/{quote(TURNED)}",
        "/%0d%0aSet-Cookie:%20x=1",
        f"/search?q={quote(SCRIPT)}",
        f"/search?q={quote(BREAKING_OUT)}",
        "/search?q=%00%0d%0aLocation:%20//evil.example",
    ],
)
def test_an_address_that_leads_nowhere_is_answered_safely(site, path):
    answer = site.get(path)

    assert answer.status == 404
    assert faults_of(answer.page, "en") == []
    assert (len(answer.text) < 5000, "\u202e" in answer.text, "\0" in answer.text) == (True, False, False)
    assert "set-cookie" not in answer.headers


PARAMETERS = ("lang", "dealer", "severity", "late", "mine", "stage", "state", "for", "page", "timeline", "unheard_of")


@pytest.mark.parametrize("path", ["/", "/list", "/work", f"/case/{REFERENCE}"])
@pytest.mark.parametrize("value", [SCRIPT, BREAKING_OUT, TURNED, "", "\r\nx: y"], ids=repr)
def test_whatever_stands_in_an_address_stays_text(site, path, value):
    answer = site.get(f"{path}?{urlencode(dict.fromkeys(PARAMETERS, value))}")

    assert (answer.status, faults_of(answer.page, "en")) == (200, [])
    assert ["\u202e" in answer.text, "<img" in answer.text, "x" in answer.headers] == [False] * 3


# --- what customers and staff may be called --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", [SCRIPT, BREAKING_OUT, TURNED, "{{ 7 * 7 }}", "&lt;b&gt;", "W" * 200, "王\u2066芳\u2069"]
)
def test_a_malicious_name_is_only_a_name(name):
    case = Case().received(
        by=Actor(name[:80], Role.SPECIALIST, dealer="SH01"),
        complainant=Customer(name=name, phone="13800000001", address=name),
        statement=f"{name}\n{name}",
        wish=name,
        issues=(Issue(id="1", category="service", text=name),),
        vehicles=(Vehicle(plate=name[:20], make=name[:40]),),
        takes_on=False,
    )
    site = Site.of(case.desk)

    page = site.page(f"/case/{REFERENCE}")

    shown = "".join(f"\\u{ord(sign):04x}" if sign in "\u202e\u2066\u2069" else sign for sign in name)
    assert page.all("section", aria_labelledby="part-registration")[0].texts("dd")[0] == shown
    assert faults_of(page, "en") == []
    assert [sign for sign in "\u202e\u2066\u2069" if sign in site.get(f"/case/{REFERENCE}").text] == []
    assert (page.all("img"), page.all("b"), "49" in page.section("Timeline").text) == ([], [], False)


def test_a_malicious_user_is_only_an_id():
    intruder = Actor(BREAKING_OUT, Role.SUPERVISOR, dealer="SH01")
    site = Site(view(Case().received().desk, who=lambda request: intruder))

    page = site.page("/")

    assert (page.all("p", class_="reads")[0].text, faults_of(page, "en")) == (
        f"Signed in as {BREAKING_OUT} Supervisor",
        [],
    )


# --- anywhere in a host's site ---------------------------------------------------------------------------------------


def test_it_lies_under_any_path_of_a_host():
    inner = Site.of(Case().received().desk).app
    outer = Starlette(routes=[Mount("/house/desk", inner)])

    answer = ask(outer, "/house/desk/", x_user="zhao", accept_language="en")
    links = [link for link in answer.page.links() if link != "#content"]

    assert [link for link in links if not link.startswith("/house/desk/")] == []
    assert [ask(outer, link, x_user="zhao").status for link in links] == [200] * len(links)
    assert answer.page.texts("a", aria_current="page") == ["Board"]
    found = ask(outer, f"/house/desk/search?q={REFERENCE}", x_user="zhao")
    assert found.headers["location"] == f"/house/desk/case/{REFERENCE}"


def test_it_lies_under_fastapi_and_behind_a_proxy():
    host = FastAPI()
    host.mount("/desk", Site.of(Case().received().desk).app)

    answer = ask(host, "/desk/list", root="/intranet", x_user="zhao", accept_language="en")

    links = [link for link in answer.page.links() if link != "#content"]
    assert [link for link in links if not link.startswith("/intranet/desk/")] == []


@pytest.mark.parametrize("root", ["/", "/desk/"])
def test_a_path_of_the_servers_may_end_in_a_slash(root):
    answer = ask(Site.of(Case().received().desk).app, "/list", root=root, x_user="zhao", accept_language="en")

    assert answer.page.texts("a", aria_current="page") == ["All complaints"]
    assert answer.page.all("a", hreflang="zh-CN")[0].attributes["href"] == f"{root}list?lang=zh-CN"


@pytest.mark.parametrize("tenant", ["a b", '"><script>', "é", "a%2Fb"])
def test_a_path_that_somebody_chose_stays_a_path(tenant):
    outer = Starlette(routes=[Mount("/{tenant}", Site.of(Case().received().desk).app)])

    answer = ask(outer, f"/{quote(tenant, safe='')}/", x_user="zhao", accept_language="en")

    assert (answer.status, faults_of(answer.page, "en")) == (200, [])


def test_a_path_cannot_lead_to_another_site():
    app = Site.of(Case().received().desk).app

    answers = [
        ask(app, "/list", root=root, x_user="zhao", accept_language="en") for root in ("//evil.example", "/\\evil")
    ]

    assert [faults_of(one.page, "en") for one in answers if one.status == 200] == [[]] * 2


def test_the_name_of_the_host_is_never_repeated(site):
    # example is a name that nobody can have; a page that repeats it would lead people there
    answers = [site.get(path, host="evil.example") for path in (*PATHS, "/work/", "/list/")]

    assert ["evil.example" in f"{one.headers}{one.text}" for one in answers] == [False] * len(answers)


# --- only where it is wanted -----------------------------------------------------------------------------------------


def test_nothing_of_it_is_loaded_before_it_is_used():
    program = "import sys, complaints, complaints.web; print({'starlette', 'jinja2'} & set(sys.modules))"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "set()\n"


@pytest.mark.parametrize("missing", ["starlette", "jinja2"])
def test_what_is_missing_is_told_with_what_to_do(monkeypatch, missing):
    for name in [name for name in sys.modules if name.split(".")[0] == missing or name.startswith("complaints.web.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, missing, None)

    with pytest.raises(ImportError) as told:
        view(Desk(), who=lambda request: zhao)

    assert str(told.value) == "the desk view is not installed; please install it: pip install 'complaints[web]'"
