"""Records of a CSV or TSV file: cells, or what is wrong with the line they should have come from."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

import attrs

from complaints.errors import Fault
from complaints.imports.lines import LONGEST_LINE

_MOST_LINES = 1000
_MOST_SIGNS = 256 * 1024
"""How far a quoted cell may reach; our choice. Beyond it, somebody forgot to close the quotation mark."""

_FEWEST_CELLS = 6

Record = tuple[str, ...] | Fault


@attrs.frozen
class Dialect:
    """
    How cells are told apart.

    Args:
        quote: What stands around a cell that has separators or line ends in it; empty for a file that has none.
    """

    separator: str = ","
    quote: str = '"'


def records_in(lines: Iterator[str | None], dialect: Dialect) -> Iterator[Record]:
    """
    The records in *lines*.

    A quotation mark that nobody closes spoils its own line alone: reading goes on with the line after it. So does one
    that only another row's closes, or nobody would ever miss the rows between them.
    """
    feed = _Feed(lines)
    while (first := feed.next_line()) is not _END:
        if first is None:
            yield Fault("", "row_too_long", most=LONGEST_LINE)
            continue
        assert isinstance(first, str)  # noqa: S101  # all else was asked about
        feed.begin(first)
        try:
            cells = next(_reader(feed, dialect))
        except (csv.Error, StopIteration):
            feed.give_back()
            yield Fault("", "row_unreadable")
            continue
        if feed.ran_dry or _swallows_rows(first, feed.more, len(cells), dialect):
            feed.give_back()
            yield Fault("", "row_quote", quote=dialect.quote)
        else:
            yield tuple(cells)


def _reader(lines: Iterable[str], dialect: Dialect, *, is_strict: bool = False) -> Iterator[list[str]]:
    if not dialect.quote:
        return csv.reader(lines, delimiter=dialect.separator, quoting=csv.QUOTE_NONE)
    return csv.reader(lines, delimiter=dialect.separator, quotechar=dialect.quote, strict=is_strict)


def _swallows_rows(first: str, more: Sequence[str], width: int, dialect: Dialect) -> bool:
    """
    Whether a record of several lines is several rows, and a quotation mark in the first opened what it did not mean to.

    Either the mark that closes it stands within a text, or all its lines are whole rows as they stand. Of narrow
    files nobody can tell the latter, since a line of text may have as many commas (our choice).
    """
    if not more:
        return False
    lines = [first, *more]
    if not _is_one_record(lines, dialect):
        return True
    return width >= _FEWEST_CELLS and all(_is_whole(line, width, dialect) for line in lines if line.strip())


def _is_whole(line: str, width: int, dialect: Dialect) -> bool:
    """Whether it has as many cells as a row, with or without the meaning of its quotation marks."""
    if line.count(dialect.separator) == width - 1:
        return True
    try:
        return len(next(_reader([line], dialect), ())) == width
    except csv.Error:
        return False


def _is_one_record(lines: Sequence[str], dialect: Dialect) -> bool:
    """Whether they are one by the letter: a mark that closes a cell stands at its end."""
    try:
        return len(list(_reader(lines, dialect, is_strict=True))) == 1
    except csv.Error:
        return False


class _End:
    """There are no more lines."""


_END = _End()


class _Feed:
    """Hands ``csv`` the lines of one record, and takes those back that turn out to be others'."""

    def __init__(self, lines: Iterator[str | None]) -> None:
        self._lines = lines
        self._waiting: deque[str | None] = deque()
        self._first: str | None = None
        self._more: list[str] = []
        self._signs = 0
        self.ran_dry = False

    def next_line(self) -> str | _End | None:
        return self._waiting.popleft() if self._waiting else next(self._lines, _END)

    @property
    def more(self) -> Sequence[str]:
        """The lines of the record after its first one."""
        return self._more

    def begin(self, first: str) -> None:
        self._first, self._more, self._signs, self.ran_dry = first, [], len(first), False

    def give_back(self) -> None:
        """All but the first line are records of their own."""
        self._waiting.extendleft(reversed(self._more))
        self._more = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self._first is not None:
            first, self._first = self._first, None
            return first
        line = self.next_line() if self._signs <= _MOST_SIGNS and len(self._more) < _MOST_LINES else _END
        if not isinstance(line, str):
            if line is None:
                self._waiting.appendleft(None)
            self.ran_dry = True
            raise StopIteration
        self._more.append(line)
        self._signs += len(line)
        return line


__all__ = ["Dialect", "Record", "records_in"]
