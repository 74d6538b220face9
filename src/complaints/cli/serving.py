"""``complaints web``: the desk in a browser on this very machine, for trying it out."""

from __future__ import annotations

import socket
import sys
from contextlib import suppress
from datetime import datetime
from importlib import import_module
from typing import Any

import rich_click as click

from complaints.cli.arguments import Moment
from complaints.cli.exit_codes import DONE
from complaints.cli.screen import show_line
from complaints.cli.settings import Settings, with_settings
from complaints.cli.spoken import spoken_command
from complaints.forms.words import named
from complaints.locale import label
from complaints.model.people import Actor

_HERE = "127.0.0.1"
_PORT = 8765
_MOST_PORTS = 65535
_NEEDED = ("starlette", "jinja2", "uvicorn")
_KEPT_TO_HERE = (_HERE, "localhost")
"""Names that a browser on this machine may call it by: a page from elsewhere cannot reach it under its own name."""


def web_command(language: str) -> click.Command:
    """The command that shows the desk in a browser."""

    @spoken_command(
        language, "web", "web --db complaints.db", "web --as zhao --role supervisor --dealer SH01 --port 8080"
    )
    @click.option(
        "--port",
        type=click.IntRange(0, _MOST_PORTS),
        default=_PORT,
        show_default=True,
        metavar="NUMBER",
        help=label("screen", "option.web.port", language),
    )
    @click.option("--now", type=Moment(language), metavar="TIME", help=label("screen", "option.now", language))
    @with_settings(language, "database", "actor", "roles", "dealer", "department", "house")
    @click.pass_context
    def web(ctx: click.Context, /, settings: Settings, port: int, now: datetime | None) -> None:
        reader = settings.reader(dealer=settings.dealer)
        uvicorn = _server(settings)
        with _bound(port, settings) as here, settings.desk(clock=None if now is None else lambda: now) as desk:
            app = _app(desk, reader)
            where = f"http://{_HERE}:{here.getsockname()[1]}/"
            show_line(named(settings.says("web.serves"), where, settings.language))
            show_line(named(settings.says("web.reads"), reader.id, settings.language))
            sys.stdout.flush()
            config = uvicorn.Config(app, log_level="warning", lifespan="off", server_header=False)
            with suppress(KeyboardInterrupt):  # which is how it is meant to end
                uvicorn.Server(config).run(sockets=[here])
        show_line(settings.says("web.stopped"))
        ctx.exit(DONE)

    return web


def _server(settings: Settings) -> Any:
    """Uvicorn, which no extra of ours installs: a host has a server of its own."""
    try:
        return [import_module(name) for name in _NEEDED][-1]
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _NEEDED:
            raise
        raise click.UsageError(settings.says("usage.web_missing")) from None


def _bound(port: int, settings: Settings) -> socket.socket:
    """A socket on this machine's own address, which nobody else reaches."""
    here = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    here.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        here.bind((_HERE, port))
        here.listen()  # whoever opens the address as soon as it is printed waits instead of being turned away
    except OSError:
        here.close()
        raise click.UsageError(named(settings.says("usage.web_port"), str(port), settings.language)) from None
    return here


def _app(desk: Any, reader: Actor) -> Any:
    from starlette.middleware.trustedhost import TrustedHostMiddleware

    from complaints.web import view

    return TrustedHostMiddleware(view(desk, who=lambda request: reader), allowed_hosts=list(_KEPT_TO_HERE))


__all__ = ["web_command"]
