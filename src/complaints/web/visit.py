"""One look at one page: who looks, in which language, from where in the host's site."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote, urlencode

import attrs

from complaints.calendars import Calendar
from complaints.desk import Desk
from complaints.errors import NotFoundError
from complaints.forms.words import Reader
from complaints.locale import field_label, label, sentence
from complaints.model.people import Actor, Dealer
from complaints.model.words import Role

_SLASHES = re.compile(r"[/\\]+")
_ANY = Dealer("-")


def address_of(root: str) -> str:
    """The path that the application lies under, as it stands in a link: empty, or with a slash in front."""
    # two slashes in front would name another site
    return quote(_SLASHES.sub("/", f"/{root}").rstrip("/"))


@attrs.frozen(kw_only=True)
class Visit:
    """
    Who looks at what.

    Attributes:
        by: Who reads.
        language: ``"zh_CN"`` or ``"en"``.
        is_language_chosen: Whether the address names it: then every link goes on naming it, since there is no cookie.
        root: As :func:`address_of` gives it.
        path: Of the page, without the root.
        asked: The query of the address.
        now: When the page is read; everything on it is as of then.
        home: The dealer in whose zone that moment is told.
    """

    desk: Desk
    by: Actor
    language: str
    is_language_chosen: bool
    root: str
    path: str
    asked: Mapping[str, str]
    now: datetime
    home: Dealer

    def says(self, code: str, **facts: object) -> str:
        """A sentence or word of the pages."""
        return sentence("web", code, self.language, facts)

    def counted(self, code: str, count: int) -> str:
        """A number of something; one has words of its own."""
        return self.says(f"{code}.one" if count == 1 else code, count=f"{count:,}")

    def label(self, kind: str, code: str) -> str:
        """The label of a code."""
        return label(kind, code, self.language)

    def field(self, owner: str, name: str) -> str:
        """What the form of *owner* calls its field."""
        return field_label(owner, name, self.language)

    def link(self, *path: str, **params: str | None) -> str:
        """The address of a page of ours, in the language that was chosen; parameters without a value are left out."""
        chosen = {"lang": self.tag} if self.is_language_chosen else {}
        given = {name: value for name, value in {**params, **chosen}.items() if value}
        place = "/".join(quote(part, safe="") for part in path)
        return f"{self.root}/{place}{'?' if given else ''}{urlencode(given)}"

    def in_language(self, language: str) -> str:
        """This page in another language."""
        return f"{self.root}{quote(self.path)}?{urlencode({**self.asked, 'lang': tag_of(language)})}"

    @property
    def tag(self) -> str:
        """The language, as HTML names it."""
        return tag_of(self.language)

    @property
    def leads(self) -> bool:
        """Whether the house's whole work is shown to him, as ``desk.work`` has it."""
        return self.by.holds(Role.SUPERVISOR)

    def dealer_of(self, id: str) -> Dealer:
        """The dealer of a complaint; one that is not served any more has the defaults of :class:`Dealer`."""
        try:
            return self.desk.dealer(id, by=self.by)
        except NotFoundError:
            return _ANY

    def calendar_of(self, id: str) -> Calendar:
        """The calendar that counts there; one that is not served any more counts every day."""
        try:
            return self.desk.calendar(id)
        except NotFoundError:
            return Calendar.always()

    def reader_of(self, dealer: str) -> Reader:
        """What puts values of a dealer into words."""
        return Reader(self.language, self.dealer_of(dealer).tz)

    @property
    def moment(self) -> str:
        """When the page was made, on the clock of the reader's house."""
        return Reader(self.language, self.home.tz).moment(self.now)


def tag_of(language: str) -> str:
    """A language of ours as HTML names it, such as ``"zh-CN"``."""
    return language.replace("_", "-")


def home_of(desk: Desk, by: Actor) -> Dealer:
    """The reader's dealer; of somebody of the group the first one that is served."""
    served = desk.dealers(by=by)
    return next((one for one in served if one.id == by.dealer), served[0] if served else _ANY)


__all__ = ["Visit", "address_of", "home_of", "tag_of"]
