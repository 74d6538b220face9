"""Where each thing that a map names comes from, ready for the rows of one file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import attrs

from complaints.imports.conditions import Test, all_hold
from complaints.imports.dates import Dates
from complaints.imports.map_file import Condition, Given, Value
from complaints.imports.mapping import EACH, ImportMap, as_value, givens_in
from complaints.imports.templates import Cells, Template
from complaints.imports.wording import Words

_HIDDEN = "\udcfc"
"""Stands for a separator that separates nothing; no text can hold it."""


class Source:
    """Where one thing comes from, ready for the rows of one file."""

    __slots__ = ("_default", "_split", "_text", "_words", "columns", "dates", "unit")

    def __init__(self, value: Value, bound: Binding) -> None:
        template = Template.parse(value.value)
        self.columns = ", ".join(name for name in template.columns if name != EACH) or value.value[:40]
        self.dates = bound.dates if not value.dates else attrs.evolve(bound.dates, forms=value.dates)
        self.unit = value.unit
        self._text = template.bound(bound.places)
        self._words = bound.words(value.words)
        self._default = None if value.default is None else Template.parse(value.default).bound(bound.places)
        self._split = _splitter(value)

    def text(self, cells: Cells) -> str:
        """What stands there in our words; empty for nothing."""
        said = self._ours(self._text(cells))
        return said if said or self._default is None else self._default(cells)

    def texts(self, cells: Cells) -> list[str]:
        """The parts of what stands there."""
        said = self._text(cells)
        parts = [said] if self._split is None else [part.strip() for part in self._split(said)]
        return [word for part in parts if part and (word := self._ours(part))]

    def _ours(self, text: str) -> str:
        return text if self._words is None else self._words.ours(text)


def _splitter(value: Value) -> Callable[[str], list[str]] | None:
    separator = value.split
    if not separator:
        return None
    if not value.together:
        return lambda text: text.split(separator)
    # what holds together is put behind a sign that no text can hold, split, and put back
    kept = [(whole, whole.replace(separator, _HIDDEN)) for whole in sorted(value.together, key=len, reverse=True)]

    def split(text: str) -> list[str]:
        for whole, hidden in kept:
            text = text.replace(whole, hidden)
        return [part.replace(_HIDDEN, separator) for part in text.split(separator)]

    return split


class Binding:
    """What every source of one file has in common."""

    def __init__(self, map: ImportMap, places: Mapping[str, int], dates: Dates) -> None:
        self.places = places
        self.dates = dates
        self._words = {name: Words.of(table) for name, table in map.table.words.items()}

    def words(self, name: str | None) -> Words | None:
        """The table of words of that name."""
        return None if name is None else self._words[name]

    def source(self, given: Given | None) -> Source | None:
        """Where what is given comes from."""
        return None if given is None else Source(as_value(given), self)

    def group(self, table: object) -> dict[str, Source]:
        """The sources of a table, by the names of its fields."""
        return {name: Source(as_value(given), self) for name, given in givens_in(table)}

    def test(self, conditions: Iterable[Condition]) -> Test:
        """Whether all of *conditions* hold of a row."""
        return all_hold(conditions, self.places, self.dates)


__all__ = ["Binding", "Source"]
