"""
The desk in a browser, to look at: a board of the stages, work-lists, and case files.

An ASGI application that a host mounts; needs the extra ``web``. It changes nothing: doing stays with the host.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request

    from complaints.desk import Desk
    from complaints.model.people import Actor

    Who: TypeAlias = Callable[[Request], Actor | Awaitable[Actor | None] | None]

_EXTRA = ("starlette", "jinja2")


def view(desk: Desk, *, who: Who) -> Starlette:
    """
    An application that shows *desk*, ready to be mounted at any path.

    Every answer is for the reader that *who* names: the desk fences off other dealers, masks by role and tells the
    read hook, as ever. Only GET and HEAD are answered; pages need no JavaScript and load nothing from elsewhere.

    Args:
        desk: What is shown. It is read from worker threads, and stays the caller's to close.
        who: Tells who asks, from the request: the host has authenticated him, the library does not. ``None`` for
            nobody: the answer is 403, as it is where it raises the ``NotFoundError`` of :meth:`Desk.actor`. It may be
            async; one that is not runs in a worker thread. A ``starlette.exceptions.HTTPException`` that it raises is
            answered with its status and headers, so that a host can send people to its own sign-in; an error of the
            library's as one of the desk's. Any other error is answered with 500 and raised again.

    Raises:
        ImportError: If Starlette or Jinja2 is missing, with what to install.
    """
    try:
        from complaints.web.application import application
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _EXTRA:
            raise
        raise ImportError("the desk view is not installed; please install it: pip install 'complaints[web]'") from error
    return application(desk, who)


__all__ = ["view"]
