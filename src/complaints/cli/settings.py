"""What every command needs to know: which database, which language, and who acts or reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import rich_click as click
from click.core import ParameterSource

from complaints.cli.arguments import Code, Codes
from complaints.errors import StoreError
from complaints.locale import LANGUAGES, label
from complaints.model.people import Actor, Dealer
from complaints.model.words import Department, Role

if TYPE_CHECKING:
    from datetime import tzinfo

    from complaints.cli.house import House
    from complaints.desk import Desk
    from complaints.stores.sql import SqlStore

DEFAULT_DATABASE = "complaints.db"
READER = Actor("reader", Role.GROUP)
"""Who reads where nobody says who: whoever can open the file can read all of it anyway, so nothing is hidden."""

_PREFIX = "COMPLAINTS_"


@attrs.frozen(kw_only=True)
class Settings:
    """
    What was given before or behind the command, or stands in the environment.

    Attributes:
        database: URL or path; ``complaints.db`` in the current folder if not given.
        is_database_typed: Whether it was typed, and not found in the environment.
    """

    language: str = "en"
    database: str | None = None
    actor: str | None = None
    roles: tuple[Role, ...] = ()
    dealer: str | None = None
    department: Department | None = None
    house: Path | None = None
    is_json: bool = False
    is_database_typed: bool = False

    @property
    def url(self) -> str:
        """Address of the database."""
        name = self.database or DEFAULT_DATABASE
        return name if "://" in name else f"sqlite:///{name}"

    @property
    def file(self) -> Path | None:
        """The database's file, if its address names one."""
        scheme, _, name = self.url.partition(":///")
        name = name.partition("?")[0]
        return Path(name) if scheme == "sqlite" and name else None

    @property
    def is_there(self) -> bool:
        """
        Whether the database's file is there; an address that names no file is taken as it is.

        Raises:
            StoreError: If nobody can tell: the path is no path, or its folder is closed to us.
        """
        if self.file is None:
            return True
        try:
            str(self.file).encode()
            self.file.stat()
        except FileNotFoundError:
            return False
        except ValueError:
            raise StoreError("url") from None
        except OSError:
            raise StoreError("cannot_open", file=str(self.file)) from None
        return True

    def says(self, code: str) -> str:
        """A word of the screen."""
        return label("screen", code, self.language)

    def who(self, *, dealer: str | None) -> Actor | None:
        """
        Who acts: what was said, at *dealer* unless another one was said; ``None`` if nothing was said.

        Raises:
            UsageError: If only one of id and role was given.
        """
        if self.actor is None and not self.roles:
            return None
        if self.actor is None or not self.roles:
            raise click.UsageError(self.says("usage.actor_half"))
        at = self.dealer if self.dealer is not None else dealer
        if Role.GROUP in self.roles and self.dealer is None:
            at = None
        return Actor(self.actor, self.roles, dealer=at, department=self.department)

    def reader(self, *, dealer: str | None = None) -> Actor:
        """
        Who reads: who acts, else :data:`READER`.

        Raises:
            UsageError: If somebody was named whose dealer nobody can tell.
        """
        who = self.who(dealer=dealer)
        if who is None:
            return READER
        if who.dealer is None and not who.holds(Role.GROUP):
            raise click.UsageError(self.says("usage.dealer_missing"))
        return who

    def dealer_known_as(self, id: str) -> Dealer:
        """The dealer as the house file describes it, else with the defaults of :class:`Dealer`."""
        return next((one for one in self.described_house.dealers if one.id == id), None) or Dealer(id)

    def zone_of(self, dealer: str) -> tzinfo:
        """The dealer's time zone."""
        return self.dealer_known_as(dealer).tz

    @cached_property
    def described_house(self) -> House:
        """What the house file says; nothing if there is none."""
        from complaints.cli.house import House, house_at

        return House() if self.house is None else house_at(self.house)

    @contextmanager
    def desk(self, *, is_read_only: bool = True, clock: Callable[[], datetime] | None = None) -> Iterator[Desk]:
        """
        A desk on the database.

        Args:
            is_read_only: Nothing changes, and no file is made.
            clock: What tells the present moment; the machine's if not given.
        """
        from complaints.desk import Desk

        house = self.described_house
        with Desk(
            self.store(is_read_only=is_read_only),
            dealers=house.dealers,
            policy=house.policies,
            lifecycle=house.lifecycle,
            calendars=house.calendars,
            clock=clock if clock is not None else _now,
        ) as desk:
            yield desk

    def store(self, *, is_read_only: bool = True) -> SqlStore:
        """
        The database itself; to be closed.

        Raises:
            StoreError: If it cannot be used, or is only to be read and not there.
        """
        from complaints.stores.sql import SqlStore

        if is_read_only and not self.is_there:
            raise StoreError("missing", file=str(self.file))
        return SqlStore.open(self.url, is_read_only=is_read_only)

    def with_more(self, given: dict[str, Any]) -> Settings:
        """These settings, where *given* has nothing of its own."""
        return attrs.evolve(self, **{name: value for name, value in given.items() if value not in (None, (), False)})


def _now() -> datetime:
    return datetime.now(UTC)


_NAMES = ("language", "database", "actor", "roles", "dealer", "department", "house", "is_json")
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def settings_options(
    language: str, *, with_environment: bool, visible: Iterable[str] = _NAMES, without: Iterable[str] = ()
) -> Decorator:
    """
    The common options.

    Args:
        with_environment: Whether the environment speaks where they do not: before the command, and there alone.
        visible: Which of them the help shows.
        without: Which of them the command has not, because it has one of its own by that name.
    """

    def option(name: str, *flags: str, **more: Any) -> Decorator:
        variable = f"{_PREFIX}{more.pop('variable')}" if "variable" in more else None
        return click.option(
            name,
            *flags,
            help=label("screen", f"option.{name}", language),
            hidden=name not in visible,
            envvar=variable if with_environment else None,
            show_envvar=with_environment and variable is not None,
            **more,
        )

    options = {
        "database": option("database", "--db", "--database", metavar="FILE|URL", variable="DB"),
        "language": option("language", "--lang", type=click.Choice(LANGUAGES)),
        "actor": option("actor", "--as", metavar="ID", variable="AS"),
        "roles": option("roles", "--role", type=Codes(Role, language), metavar="ROLE[,ROLE]", variable="ROLE"),
        "dealer": option("dealer", "--dealer", metavar="ID", variable="DEALER"),
        "department": option(
            "department", "--department", type=Code(Department, language), metavar="CODE", variable="DEPARTMENT"
        ),
        "house": option("house", "--house", type=click.Path(path_type=Path), metavar="FILE", variable="HOUSE"),
        "is_json": option("is_json", "--json", is_flag=True),
    }

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        for name, one in reversed(options.items()):
            function = one(function) if name not in without else function
        return function

    return decorate


def given_settings(
    ctx: click.Context, params: dict[str, Any], *, language: str, without: Iterable[str] = ()
) -> Settings:
    """Take the common options out of *params*; those before the command count where those behind it say nothing."""
    own = {name: params.pop(name) for name in _NAMES if name in params and name not in without}
    own["language"] = language
    own["is_database_typed"] = ctx.get_parameter_source("database") is ParameterSource.COMMANDLINE
    before = ctx.find_root().obj
    return (before if isinstance(before, Settings) else Settings()).with_more(own)


def with_settings(language: str, *visible: str, without: tuple[str, ...] = ()) -> Decorator:
    """
    Give a command the common options and hand it the ``settings`` that come of them.

    Args:
        visible: Which of them its help shows; all are understood,
        without: but these: the command has one of its own by that name.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        @click.pass_context
        def run(ctx: click.Context, /, **params: Any) -> Any:
            return function(settings=given_settings(ctx, params, language=language, without=without), **params)

        return settings_options(language, with_environment=False, visible=visible, without=without)(run)

    return decorate


__all__ = ["READER", "Decorator", "Settings", "given_settings", "settings_options", "with_settings"]
