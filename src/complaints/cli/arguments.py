"""What may be typed as an argument: codes or their labels, moments, and who recorded a step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

import rich_click as click

from complaints.errors import NaiveTimeError
from complaints.forms.words import named
from complaints.locale import LANGUAGES, label, word

Shown = Mapping[str, tuple[str, ...]]
"""A code and the labels it may be typed by."""


def code_for(text: str, known: Shown) -> str | None:
    """The code that *text* stands for: the code itself or a label, whatever the case, hyphens or underscores."""
    wanted = _plain(text)
    return next((code for code, labels in known.items() if wanted in map(_plain, (code, *labels))), None)


def likely(text: str, known: Shown) -> tuple[str, ...]:
    """Codes that somebody who typed *text* may have meant."""
    by_plain = {_plain(name): code for code, labels in known.items() for name in (code, *labels)}
    close = get_close_matches(_plain(text), by_plain, n=3, cutoff=0.6)
    return tuple(dict.fromkeys(by_plain[name] for name in close))


def words_of(enum: type[StrEnum]) -> Shown:
    """The members of an enum, by code, with their labels in both languages."""
    return {member.value: tuple(word(member, language) for language in LANGUAGES) for member in enum}


def labels_of(kind: str, codes: Iterable[str]) -> Shown:
    """Codes with their labels of one kind, in both languages."""
    return {code: tuple(label(kind, code, language) for language in LANGUAGES) for code in codes}


def _plain(text: str) -> str:
    return text.strip().casefold().replace("-", "").replace("_", "").replace(" ", "")


class Code(click.ParamType):  # type: ignore[type-arg]  # generic only in newer releases
    """A code of an enum, typed as code or label."""

    name = "code"

    def __init__(self, enum: type[StrEnum], language: str) -> None:
        self._enum = enum
        self._language = language

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> StrEnum:
        """The member, or a usage error that lists them all."""
        if isinstance(value, self._enum):
            return value
        code = code_for(str(value), words_of(self._enum))
        if code is None:
            joint = "、" if self._language == "zh_CN" else ", "
            shown = joint.join(f"{one.value} {word(one, self._language)}" for one in self._enum)
            self.fail(
                f"{value}\n{named(label('screen', 'usage.perhaps', self._language), shown, self._language)}", param, ctx
            )
        return self._enum(code)


class Codes(Code):
    """Several codes of an enum, separated by commas."""

    name = "codes"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The members, as a tuple."""
        if isinstance(value, tuple):
            return value
        parts = [part for part in str(value).replace("，", ",").replace("、", ",").split(",") if part.strip()]
        return tuple(super(Codes, self).convert(part, param, ctx) for part in parts)


class Moment(click.ParamType):  # type: ignore[type-arg]  # generic only in newer releases
    """A moment in ISO 8601; whether it has a zone is asked later, by the library."""

    name = "moment"

    def __init__(self, language: str) -> None:
        self._language = language

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The moment, or a usage error with an example."""
        if isinstance(value, datetime):
            return value
        try:
            return datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value}\n{label('screen', 'usage.moment', self._language)}", param, ctx)


def moment_of(given: datetime | None) -> datetime:
    """
    The moment that was typed, or the present one.

    Raises:
        NaiveTimeError: If it was typed without a zone.
    """
    if given is None:
        return datetime.now(UTC)
    if given.utcoffset() is None:
        raise NaiveTimeError("now")
    return given


__all__ = ["Code", "Codes", "Moment", "Shown", "code_for", "labels_of", "likely", "moment_of", "words_of"]
