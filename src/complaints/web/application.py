"""The ASGI application: routes, who asks, what is answered when something goes wrong, and what every answer carries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from hashlib import sha256
from importlib.resources import files
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, TypeAlias

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from complaints.desk import Desk
from complaints.errors import (
    ComplaintError,
    InvalidCommandError,
    NotFoundError,
    NotPermittedError,
    StoreBusyError,
    StoreError,
)
from complaints.forms.layout import visible
from complaints.locale import LANGUAGES, label, sentence
from complaints.model.people import Actor
from complaints.web.board import board, board_template
from complaints.web.case import case, case_template, found
from complaints.web.language import known, language_of
from complaints.web.lists import complaints_list, list_template, work_list, work_template
from complaints.web.visit import Visit, address_of, home_of, tag_of

if TYPE_CHECKING:
    from complaints.web import Who

Values: TypeAlias = Mapping[str, Any]
Answering: TypeAlias = Callable[[Visit, Request], Response]

_READS = ("GET", "HEAD")
_RETRY_AFTER_SECONDS = "5"
"""When a browser may ask again while somebody else holds the database; a default."""

_HEADERS = {
    # nothing from elsewhere, no script at all, and no page of somebody else's around ours
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none';"
    " form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_KEPT_FOR_GOOD = "public, max-age=31536000, immutable"
"""How long a browser keeps a file whose address changes when it does."""


def application(desk: Desk, who: Who) -> Starlette:
    """The application that :func:`complaints.web.view` gives."""
    pages: Mapping[str, Answering] = {
        "/": _shown(board_template, board),
        "/work": _shown(work_template, work_list),
        "/list": _shown(list_template, complaints_list),
        "/search": _search,
        "/case/{reference:path}": _shown(case_template, case),
    }
    routes = [Route(path, partial(_answer, desk, who, page)) for path, page in pages.items()]
    routes += [Route(f"/{name}", partial(_file, name)) for name in _FILES]
    handlers: Mapping[Any, Any] = {HTTPException: _refused, ComplaintError: _not_shown, Exception: _failed}
    app = Starlette(routes=routes, exception_handlers=handlers, middleware=[Middleware(_OnlyReads)])
    # a redirect of its own would repeat whatever the header Host says
    app.router.redirect_slashes = False
    return app


# --- pages ----------------------------------------------------------------------------------------------------------


async def _answer(desk: Desk, who: Who, page: Answering, request: Request) -> Response:
    by = await _reader(who, request)
    return await run_in_threadpool(lambda: page(_visit(desk, by, request), request))


async def _reader(who: Who, request: Request) -> Actor:
    """Whom the host names; its function may block, so it is called from a worker thread."""
    try:
        answer = await run_in_threadpool(who, request)
        by = await answer if isawaitable(answer) else answer
    except NotFoundError:
        # desk.actor says so of somebody whom the directory does not know, or who has no role there any more
        by = None
    if by is None:
        raise HTTPException(403)
    if not isinstance(by, Actor):
        raise TypeError(f"who() has to give an Actor or None, not {type(by).__name__}")
    return by


def _visit(desk: Desk, by: Actor, request: Request) -> Visit:
    home = home_of(desk, by)
    return Visit(
        desk=desk,
        by=by,
        language=_language(request, home.language),
        is_language_chosen=known(request.query_params.get("lang")) is not None,
        root=_root(request),
        path=_path(request),
        asked=dict(request.query_params),
        now=desk.now(),
        home=home,
    )


def _language(request: Request, otherwise: str) -> str:
    return language_of(request.query_params.get("lang"), request.headers.get("accept-language", ""), otherwise)


def _root(request: Request) -> str:
    return address_of(request.scope.get("root_path", ""))


def _path(request: Request) -> str:
    """The page's path below the application, whether or not the server's path begins with the root."""
    path: str = request.scope["path"]
    return path.removeprefix(request.scope.get("root_path", "").rstrip("/")) or "/"


def _shown(template: str, values: Callable[[Visit, Request], Values]) -> Answering:
    def page(visit: Visit, request: Request) -> Response:
        return _html(template, {"visit": visit, **values(visit, request)}, visit.language, _root(request))

    return page


def _search(visit: Visit, request: Request) -> Response:
    """Straight to the case file with this number."""
    wanted = request.query_params.get("q", "")
    complaint = found(visit, wanted)
    if complaint is None:
        raise NotFoundError("complaint", wanted.strip() or "–")
    return RedirectResponse(visit.link("case", complaint.reference), 303, _HEADERS)


# --- when something goes wrong --------------------------------------------------------------------------------------

_STATUS: tuple[tuple[type[ComplaintError], int], ...] = (
    (NotFoundError, 404),
    (NotPermittedError, 403),
    (InvalidCommandError, 400),
    (StoreError, 503),
)
_TOLD_AS_THEY_ARE = (NotFoundError, NotPermittedError, InvalidCommandError, StoreBusyError)
"""Errors whose sentences are for whoever looks; others name files and programs, which are for whoever runs them."""


def _refused(request: Request, error: Exception) -> Response:
    """What the router or the host refuses, with the host's headers."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = dict(getattr(error, "headers", None) or {})
    return _message(request, status, headers=headers)


def _not_shown(request: Request, error: Exception) -> Response:
    """What the desk refuses to show, or cannot."""
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
    headers = {"Retry-After": _RETRY_AFTER_SECONDS} if status == 503 else {}
    told = error.sentence(_language(request, "en")) if isinstance(error, _TOLD_AS_THEY_ARE) else None
    return _message(request, status, told, headers=headers)


def _failed(request: Request, error: Exception) -> Response:
    """A slip of ours or the host's: nothing of it is shown, and Starlette raises it again for whoever runs the host."""
    return _message(request, 500)


def _message(request: Request, status: int, told: str | None = None, *, headers: Mapping[str, str] = {}) -> Response:
    language = _language(request, "en")
    known_status = status if f"title.{status}" in _TITLES else 400 if status < 500 else 500
    values = {
        "title": label("web", f"title.{known_status}", language),
        "told": told if told is not None else label("web", f"told.{known_status}", language),
        "home": f"{_root(request)}/",
        "back": label("web", "back", language),
        "tag": tag_of(language),
    }
    answer = _html("message.html", values, language, _root(request), status)
    answer.headers.update(headers)
    return answer


_TITLES = frozenset(f"title.{status}" for status in (400, 401, 403, 404, 405, 500, 503))


class _OnlyReads:
    """Answers whatever is no reading with 405, on every path and before anything else is asked."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in _READS:
            refused = _message(Request(scope), 405, headers={"Allow": ", ".join(_READS)})
            await refused(scope, receive, send)
            return
        await self._app(scope, receive, send)


# --- HTML -----------------------------------------------------------------------------------------------------------


def _html(template: str, values: Values, language: str, root: str, status: int = 200) -> HTMLResponse:
    style = f"{root}/style.css?v={_version('style.css')}"
    icon = f"{root}/icon.svg?v={_version('icon.svg')}"
    text = _templates().get_template(template).render(**values, style=style, icon=icon, others=_others(language))
    return HTMLResponse(text, status, {**_HEADERS, "Content-Language": tag_of(language)})


def _others(language: str) -> list[str]:
    return [one for one in LANGUAGES if one != language]


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("complaints.web"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_written,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["tag_of"] = tag_of
    environment.globals["language_name"] = lambda language: sentence("web", "language", language, {})
    return environment


def _written(value: object) -> object:
    """Whatever a template puts on a page: with signs that turn the reading direction or command a screen shown."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


# --- files ----------------------------------------------------------------------------------------------------------

_FILES = {"style.css": "text/css", "icon.svg": "image/svg+xml"}


@cache
def _content(name: str) -> bytes:
    return files(__package__).joinpath(name).read_bytes()


@cache
def _version(name: str) -> str:
    return sha256(_content(name)).hexdigest()[:12]


async def _file(name: str, request: Request) -> Response:
    """A file that pages need; it is nobody's secret, so nobody is asked who he is."""
    headers = {**_HEADERS, "Cache-Control": _KEPT_FOR_GOOD}
    return Response(_content(name), headers=headers, media_type=_FILES[name])


__all__ = ["application"]
