"""Asks for a form field by field on a terminal, and answers at once where something is not right."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, get_args, get_origin, get_type_hints
from uuid import UUID

import attrs

from complaints.cli.answers import Typist, choice_at, kind_of
from complaints.errors import Fault, InvalidCommandError
from complaints.forms.filled import faults_in_field, value_from
from complaints.forms.layout import side_by_side, wrapped
from complaints.forms.words import named
from complaints.locale import field_label, label, word
from complaints.model.event import Refusal
from complaints.model.money import Money
from complaints.model.words import Category

_INDENT = "  "
_NOT_ASKED = frozenset({"complaint"})
_SKIPS_THE_REST = "."
_FIRST = re.compile(r"[.\[]")


class _RestSkippedError(Exception):
    """Whoever answers has nothing to add to this part of the form."""


@attrs.define(kw_only=True)
class Questions:
    """
    Somebody at a terminal.

    Args:
        ask: Shows a prompt and returns the line that was typed.
        say: Shows a line.
        suggestions: For a noun's field, such as ``("Issue", "id")``, what to suggest for the first, second … of a list.
        width: Columns of the terminal.
    """

    typist: Typist
    ask: Callable[[str], str]
    say: Callable[[str], None]
    suggestions: Mapping[tuple[str, str], Sequence[str]]
    width: int

    def fill(
        self,
        cls: type,
        data: dict[str, Any],
        *,
        only: frozenset[str] | None = None,
        is_brief: bool = False,
        depth: int = 0,
        place: int = 0,
    ) -> None:
        """
        Ask for the fields of *cls* that *data* has not, and put them there.

        Args:
            only: Only for these.
            is_brief: Only for those that must be filled in.
            depth: How deep in the form this is.
            place: Which one of a list this is.
        """
        hints = get_type_hints(cls)
        for field in _fields(cls):
            is_needed = field.default is attrs.NOTHING
            is_passed_over = field.name in data or field.name in _NOT_ASKED or (kind_of(hints[field.name]) is UUID)
            if is_passed_over or (is_brief and not is_needed) or (only is not None and field.name not in only):
                continue
            try:
                value = self._field(cls, field, hints[field.name], depth, place)
            except _RestSkippedError:
                is_brief = True
                continue
            if value is not None:
                data[field.name] = value

    def mend(self, cls: type, data: dict[str, Any], faults: Sequence[Fault], *, depth: int = 0, place: int = 0) -> bool:
        """
        Say what is not right, and ask for that part of *data* again.

        Returns:
            Whether there was anything that can be asked for again.
        """
        self.show_faults(faults)
        names = {_FIRST.split(fault.field)[0] for fault in faults}
        wrong = frozenset(field.name for field in _fields(cls) if field.name in names - _NOT_ASKED)
        for name in wrong & set(data):
            del data[name]
        self.fill(cls, data, only=wrong, depth=depth, place=place)
        return bool(wrong)

    def confirms(self, text: str, *, depth: int = 0, may_skip: bool = False) -> bool:
        """Whether the answer is yes; an empty one is no."""
        answer = self.ask(f"{_INDENT * depth}{text} [y/N] ")
        if may_skip and answer.strip() == _SKIPS_THE_REST:
            raise _RestSkippedError
        return self.typist.value(bool, answer) is True

    def show_faults(self, faults: Sequence[Fault]) -> None:
        """Say what is not right."""
        language = self.typist.language
        for fault in faults:
            # the choices stand above the question already
            said = label("screen", "ask.choose", language) if fault.code == "choice" else fault.sentence(language)
            for line in wrapped(f"✗ {fault.field}: {said}", self.width - len(_INDENT)):
                self.say(f"{_INDENT}{line}")

    def _field(self, cls: type, field: attrs.Attribute[Any], hint: Any, depth: int, place: int) -> object:
        kind = kind_of(hint)
        title = field_label(cls.__name__, field.name, self.typist.language)
        is_needed = field.default is attrs.NOTHING
        if _is_noun(kind):
            if not is_needed and not self.confirms(self._offer("ask.fill_in", title), depth=depth, may_skip=True):
                return None
            return self._noun(kind, title, depth, place)
        if get_origin(kind) is tuple and _is_noun(get_args(kind)[0]):
            return self._several(get_args(kind)[0], title, field.metadata.get("fewest", 0), depth)
        return self._leaf(cls, field, kind, depth, place)

    def _noun(self, cls: type, title: str, depth: int, place: int) -> dict[str, Any]:
        self.say(f"{_INDENT * depth}{title}:")
        data: dict[str, Any] = {}
        self.fill(cls, data, depth=depth + 1, place=place)
        while True:
            try:
                value_from(cls, data, name=title)
            except InvalidCommandError as error:
                if not self.mend(cls, data, error.faults, depth=depth + 1, place=place):
                    self.fill(cls, data, depth=depth + 1, place=place)
            else:
                return data

    def _several(self, cls: type, title: str, fewest: int, depth: int) -> list[dict[str, Any]] | None:
        items: list[dict[str, Any]] = []
        while len(items) < fewest or self.confirms(self._offer("ask.add", title), depth=depth):
            items.append(self._noun(cls, f"{title} {len(items) + 1}", depth, len(items)))
        return items or None

    def _leaf(self, cls: type, field: attrs.Attribute[Any], kind: Any, depth: int, place: int) -> object:
        is_needed = field.default is attrs.NOTHING
        suggested = self._suggestion(cls, field.name, place)
        prompt = self._prompt(cls, field, kind, depth, suggested)
        while True:
            text = self._lines(prompt) if field.metadata.get("multiline") else self.ask(prompt)
            if text.strip() == _SKIPS_THE_REST and not is_needed:
                raise _RestSkippedError
            if not text.strip():
                if suggested is None and not is_needed:
                    return None
                text = suggested or ""
            value = self._value(kind, text, field.name) if text else None
            faults = faults_in_field(cls, field.name, value) if text else (Fault(field.name, "missing"),)
            if not faults and not self._is_to_come(cls, field.name, value):
                return value
            self.show_faults(faults)

    def _is_to_come(self, cls: type, field: str, value: object) -> bool:
        """Whether the step would be refused since it lies in the future: better told now than after the whole form."""
        if field != getattr(cls, "when", None) or datetime.fromisoformat(str(value)) <= datetime.now(UTC):
            return False
        said = Refusal("time.in_future", at=str(value)).sentence(self.typist.language)
        for line in wrapped(f"✗ {said}", self.width - len(_INDENT)):
            self.say(f"{_INDENT}{line}")
        return True

    def _value(self, kind: Any, text: str, field: str) -> object:
        item, choices = _item(kind), tuple(self._choices(kind, field))
        if choices:
            parts = text.replace("，", ",").replace("、", ",").split(",") if item is not kind else [text]
            text = ",".join(choice_at(part.strip(), choices) for part in parts)
        return self.typist.value(kind, text, field=field)

    def _prompt(self, cls: type, field: attrs.Attribute[Any], kind: Any, depth: int, suggested: str | None) -> str:
        lead = _INDENT * depth
        self._show_choices(self._choices(kind, field.name), lead)
        hints = [self._hint(kind, _item(kind)), "" if suggested is None else f"[{suggested}]"]
        title = field_label(cls.__name__, field.name, self.typist.language)
        needed = " *" if field.default is attrs.NOTHING else ""
        return f"{lead}{title}{needed}{''.join(f' {hint}' for hint in hints if hint)}: "

    def _choices(self, kind: Any, field: str) -> Mapping[str, str]:
        """What can be chosen from, and its labels; a house's own categories can be typed as well."""
        item = Category if field == "category" else _item(kind)
        if not isinstance(item, type) or not issubclass(item, StrEnum):
            return {}
        return {choice.value: word(choice, self.typist.language) for choice in item}

    def _hint(self, kind: Any, item: Any) -> str:
        if kind is bool:
            return "(y/n)"
        if item is date:
            return "(2026-01-31)"
        if item is datetime:
            return f"(2026-01-31 09:00, {self.typist.zone})"
        if kind is Money:
            return f"(199.50 {self.typist.currency})"
        return f"({label('screen', 'ask.commas', self.typist.language)})" if item is not kind else ""

    def _show_choices(self, choices: Mapping[str, str], lead: str) -> None:
        shown = (f"{place} {name}" for place, name in enumerate(choices.values(), start=1))
        for line in side_by_side(shown, self.width - len(lead)):
            self.say(f"{lead}{line}")

    def _lines(self, prompt: str) -> str:
        """Text of several lines; an empty line ends it."""
        self.say(f"{prompt}{label('screen', 'ask.lines', self.typist.language)}")
        lines: list[str] = []
        while line := self.ask("│ "):
            lines.append(line)
            if line == _SKIPS_THE_REST and len(lines) == 1:
                break
        return "\n".join(lines)

    def _suggestion(self, cls: type, field: str, place: int) -> str | None:
        known = self.suggestions.get((cls.__name__, field), ())
        return known[place] if place < len(known) else None

    def _offer(self, code: str, title: str) -> str:
        return named(label("screen", code, self.typist.language), title, self.typist.language)


def _fields(cls: Any) -> tuple[attrs.Attribute[Any], ...]:
    return tuple(field for field in attrs.fields(cls) if field.init)


def _item(kind: Any) -> Any:
    """What a list holds; of anything else, itself."""
    return get_args(kind)[0] if get_origin(kind) is tuple else kind


def _is_noun(kind: Any) -> bool:
    return isinstance(kind, type) and attrs.has(kind) and kind is not Money


__all__ = ["Questions"]
