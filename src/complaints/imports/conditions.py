"""Whether something holds of a row: the only questions a map can ask."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from complaints.imports.dates import Dates
from complaints.imports.map_file import Condition
from complaints.imports.templates import Cells

Test = Callable[[Cells], bool]

_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?")
_YEAR = re.compile(r"[0-9]{4}")
_YEARS = range(1886, 2201)


def columns_in(conditions: Iterable[Condition]) -> tuple[str, ...]:
    """Every column that they look at."""
    named = ((one.column, one.after, one.before, one.years_before) for one in conditions)
    return tuple(name for names in named for name in names if name is not None)


def all_hold(conditions: Iterable[Condition], places: Mapping[str, int], dates: Dates) -> Test:
    """Whether every one of them holds."""
    tests = [test for one in conditions for test in _tests(one, places, dates)]
    return tests[0] if len(tests) == 1 else lambda cells: all(test(cells) for test in tests)


def year_in(text: str) -> int | None:
    """A model year; ``None`` for anything else, such as the 9999 of those who do not know it."""
    year = int(text) if _YEAR.fullmatch(text) else 0
    return year if year in _YEARS else None


def _tests(one: Condition, places: Mapping[str, int], dates: Dates) -> Iterable[Test]:
    place = places[one.column]
    if one.equals:
        wanted = frozenset(text.casefold() for text in one.equals)
        yield lambda cells: cells[place].casefold() in wanted
    if one.differs:
        unwanted = frozenset(text.casefold() for text in one.differs)
        yield lambda cells: cells[place].casefold() not in unwanted
    if one.contains:
        parts = tuple(text.casefold() for text in one.contains)
        yield lambda cells: any(part in cells[place].casefold() for part in parts)
    if one.empty is not None:
        empty = one.empty
        yield lambda cells: (not cells[place]) is empty
    if one.above is not None:
        least = one.above
        yield lambda cells: (found := _number(cells[place])) is not None and found > least
    if one.below is not None:
        most = one.below
        yield lambda cells: (found := _number(cells[place])) is not None and found < most
    yield from _tests_of_days(one, places, dates)


def _tests_of_days(one: Condition, places: Mapping[str, int], dates: Dates) -> Iterable[Test]:
    place = places[one.column]
    if one.after is not None:
        earlier = places[one.after]
        yield lambda cells: _order(dates, cells[place], cells[earlier]) > 0
    if one.before is not None:
        later = places[one.before]
        yield lambda cells: _order(dates, cells[place], cells[later]) < 0
    if one.years_before is not None:
        year, apart = places[one.years_before], one.by_years
        yield lambda cells: _years_before(dates, cells[place], cells[year]) > apart


def _order(dates: Dates, one: str, other: str) -> int:
    """Days from the other to the one; 0 if either is none."""
    first, second = dates.moment(one) if one else None, dates.moment(other) if other else None
    return 0 if first is None or second is None else (first.date() - second.date()).days


def _years_before(dates: Dates, day: str, year: str) -> int:
    """Years from the day to the year; less than 0 if either is none."""
    moment, wanted = dates.moment(day) if day else None, year_in(year)
    return -1 if moment is None or wanted is None else wanted - moment.year


def _number(text: str) -> float | None:
    return float(text) if _NUMBER.fullmatch(text) else None


__all__ = ["Test", "all_hold", "columns_in", "year_in"]
