"""What somebody typed, as JSON has it: labels become codes, yes becomes true, and a path finds its place in a form."""

from __future__ import annotations

import re
import types
from collections.abc import Sequence
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Any, Union, get_args, get_origin, get_type_hints

import attrs
import msgspec
import rich_click as click

from complaints.cli.arguments import code_for, words_of
from complaints.forms.filled import data_from_json
from complaints.locale import label
from complaints.model.money import Money
from complaints.model.words import Category

Path = tuple[str | int, ...]

_SETTING = re.compile(r"(?P<path>[^=:]+?)(?P<raw>:?)=(?P<text>.*)", re.DOTALL)
_STEP = re.compile(r"\.?(?P<name>[A-Za-z_][A-Za-z0-9_]*)|\[(?P<place>[0-9]{1,3})\]|\.(?P<number>[0-9]{1,3})")
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_MONEY = re.compile(r"(?P<amount>[+-]?[0-9]+(\.[0-9]+)?)\s*(?P<currency>[A-Z]{3})?")
_BETWEEN = re.compile(r"[,，、;；]")
_YES = frozenset({"y", "yes", "true", "1", "是", "对"})
_NO = frozenset({"n", "no", "false", "0", "否", "不"})
_NOW = frozenset({"now", "现在"})


@attrs.frozen(kw_only=True)
class Typist:
    """
    Who types, and where.

    Args:
        zone: Taken for moments typed without one; ``None`` leaves them without, to be refused.
        currency: Taken for amounts typed without one.
        now: What "now" means.
    """

    language: str
    currency: str
    zone: tzinfo | None
    now: datetime

    def value(self, hint: Any, text: str, *, field: str = "") -> object:
        """
        *text* as JSON has it, for a field of type *hint*; what cannot be read stays text, and is refused later.

        Args:
            field: Name of the field: categories have labels too.
        """
        kind = kind_of(hint)
        if get_origin(kind) is tuple and not text.lstrip().startswith("["):
            item = get_args(kind)[0]
            return [self.value(item, part.strip(), field=field) for part in _BETWEEN.split(text) if part.strip()]
        if text.lstrip().startswith(("{", "[")) and kind not in (str, datetime):
            return _json(text)
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            return code_for(text, words_of(kind)) or text
        if field == "category":
            return code_for(text, words_of(Category)) or text
        return self._plain(kind, text.strip() if kind is not str else text)

    def _plain(self, kind: Any, text: str) -> object:
        if kind is bool:
            said = text.casefold()
            return True if said in _YES else False if said in _NO else text
        if kind is int:
            return int(text) if _WHOLE.fullmatch(text) else text
        if kind is Money:
            found = _MONEY.fullmatch(text)
            currency = found["currency"] if found and found["currency"] else self.currency
            return {"amount": found["amount"] if found else text, "currency": currency}
        return self._moment(text) if kind is datetime else text

    def _moment(self, text: str) -> str:
        if text.casefold() in _NOW:
            return self.now.replace(microsecond=0).isoformat()
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return text
        is_naive = moment.utcoffset() is None and self.zone is not None
        return moment.replace(tzinfo=self.zone).isoformat() if is_naive else text


def set_field(data: dict[str, Any], cls: type, setting: str, typist: Typist) -> None:
    """
    Put one ``path=text`` (or ``path:=json``) into a form of *cls*.

    Raises:
        UsageError: If it is no setting, or the form has no such place.
        InvalidCommandError: If what stands behind ``:=`` is no JSON.
    """
    found = _SETTING.fullmatch(setting)
    path = _path(found["path"]) if found else ()
    if found is None or not path:
        raise click.UsageError(f"{label('screen', 'usage.setting', typist.language)} {setting[:80]}")
    hint = _hint_at(cls, path)
    field = next((step for step in reversed(path) if isinstance(step, str)), "")
    text = found["text"].encode("utf-8", "surrogateescape")
    value = data_from_json(text, name=found["path"]) if found["raw"] else typist.value(hint, found["text"], field=field)
    if not _put(data, path, value):
        raise click.UsageError(f"{label('screen', 'usage.place', typist.language)} {setting[:80]}")


def kind_of(hint: Any) -> Any:
    """The type of a field that may also be empty."""
    if get_origin(hint) in (Union, types.UnionType):
        return next((one for one in get_args(hint) if one is not type(None)), str)
    return hint


def _path(text: str) -> Path:
    steps: list[str | int] = []
    at = 0
    while at < len(text):
        found = _STEP.match(text, at)
        if found is None:
            return ()
        number = found["place"] or found["number"]
        steps.append(int(number) if number is not None else found["name"])
        at = found.end()
    return tuple(steps)


def _hint_at(cls: Any, path: Path) -> Any:
    """The type at a path; plain text where the form knows no such path, since the form itself says so better."""
    hint: Any = cls
    for step in path:
        kind = kind_of(hint)
        if isinstance(step, int):
            hint = get_args(kind)[0] if get_origin(kind) is tuple else str
        else:
            hint = get_type_hints(kind).get(step, str) if isinstance(kind, type) and attrs.has(kind) else str
    return hint


def _put(data: dict[str, Any], path: Path, value: object) -> bool:
    """Put *value* there; lists grow by one at most, so that no gaps come into being."""
    here: Any = data
    for step, following in zip(path, (*path[1:], None), strict=True):
        fresh: object = value if following is None else [] if isinstance(following, int) else {}
        if isinstance(step, int) and isinstance(here, list) and step <= len(here):
            here[step : step + 1] = [fresh] if following is None or step == len(here) else [here[step]]
        elif isinstance(step, str) and isinstance(here, dict):
            here[step] = value if following is None else here.get(step, fresh)
        else:
            return False
        here = here[step]
    return True


def _json(text: str) -> object:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return text


def choice_at(text: str, choices: Sequence[str]) -> str:
    """The choice whose number was typed, else what was typed."""
    place = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    return choices[place - 1] if 1 <= place <= len(choices) else text


__all__ = ["Typist", "choice_at", "kind_of", "set_field"]
