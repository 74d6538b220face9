"""Bringing a file in: in groups, each committed as a whole, as often as one likes, and never twice."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from complaints.desk import Desk
from complaints.imports.adopting import Rehearsal, Taking
from complaints.imports.building import Builder
from complaints.imports.counting import Counted, Imported
from complaints.imports.mapping import ImportMap
from complaints.imports.refused import RefusedFile
from complaints.imports.rows import Row, Rows, open_rows
from complaints.model.people import Actor, Dealer

Progress = Callable[[int, int, int], None]
"""Is told how much of how much was read, and how many rows that were."""

_MOST_ROWS = 500
"""Rows of one complaint that are held at a time; our choice, beyond what a form holds."""


def import_file(
    desk: Desk,
    path: str | Path,
    map: ImportMap,
    *,
    dealer: Dealer,
    by: Actor,
    recorded_by: Actor | None = None,
    is_dry_run: bool = False,
    limit: int | None = None,
    refused: Path | None = None,
    language: str | None = None,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Imported:
    """
    Bring in the complaints of a file.

    Each complaint stands alone, and 32 are committed together. What is in stays in: the same call again goes on
    where the first one was cut off, and doubles nothing. Memory does not grow with the file; that of a dry run does,
    by some hundred bytes for each complaint, since it has to remember which numbers it has seen.

    Args:
        path: CSV, TSV or Excel.
        map: What its columns are; :func:`load_map` reads it.
        dealer: Whose complaints they are.
        by: A manager.
        recorded_by: Who does the import, if somebody else.
        is_dry_run: Only tell what would happen; nothing is written but the file of refused rows.
        limit: Complaints that are looked at; all of them if not given.
        refused: Where refused rows go; nowhere if not given. Where it is *path* itself, it is only replaced once the
            import has come to its end: before, it holds rows that are nowhere else.
        language: What reasons and notes are told in; the dealer's if not given.
        progress: Is told how far it has come.
        should_stop: Asked between two commits; when it says yes, the import ends there, and the answer says so.

    Returns:
        What came of it, every row counted once.

    Raises:
        InvalidCommandError: If the file cannot be read, or lacks columns that the map looks at.
        NotPermittedError: If *by* is no manager.
        NotFoundError: If the dealer is not served here.
        StoreError: The store cannot be used; what was committed stays.
    """
    source = Path(path)
    spoken = language or dealer.language
    with open_rows(source, map.table.file, used=_looked_at(map)) as rows:
        builder = Builder(map, rows.columns, dealer, file=str(source), is_workbook=rows.is_workbook)
        # a file of refused rows that somebody has mended, and that is looked through or begun only, is all there is
        is_kept = refused is not None and _is_the_same_file(refused, source)
        if is_kept and is_dry_run:
            refused = None
        with RefusedFile(refused, rows.columns, spoken, is_workbook=rows.is_workbook) as refused_file:
            counted = Counted(refused_file)
            taking = Rehearsal if is_dry_run else Taking
            counter = taking(desk, map, dealer, by, recorded_by, spoken, counted)
            is_whole = _bring_in(rows, builder, counter, limit, progress, should_stop)
            if is_kept and not is_whole:
                refused_file.give_up()
    return counted.imported(refused, is_dry_run=is_dry_run, is_whole=is_whole)


def _is_the_same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _looked_at(map: ImportMap) -> frozenset[str]:
    """The columns in which damage matters: with a digest for a number, all of them."""
    return frozenset() if map.table.key.digest else map.columns


def _bring_in(
    rows: Rows,
    builder: Builder,
    taking: Taking,
    limit: int | None,
    progress: Progress | None,
    should_stop: Callable[[], bool],
) -> bool:
    """Take all of them; whether the end was reached."""
    for looked_at, (number, group) in enumerate(_groups(rows, builder, taking.counted)):
        if looked_at == limit:
            taking.flush()
            return False
        taking.counted.rows += len(group)
        taking.take(number, group, builder)
        if taking.is_full:
            taking.flush()
            if progress is not None:
                progress(rows.done, rows.total, taking.counted.rows)
            if should_stop():
                return False
    taking.flush()
    if progress is not None:
        progress(rows.total, rows.total, taking.counted.rows)
    return True


def _groups(rows: Iterable[Row], builder: Builder, counted: Counted) -> Iterator[tuple[str, list[Row]]]:
    """Rows of one complaint, with its number; what is blank or left out is counted here."""
    waiting: OrderedDict[str, list[Row]] = OrderedDict()
    for row in rows:
        yield from _no_longer_waited_for(waiting, row.number - builder.within)
        if row.is_blank:
            counted.blank()
        elif not row.faults and (why := builder.reason_to_skip(row)) is not None:
            counted.skip(why)
        else:
            number = builder.number_of(row)
            if builder.within and number:
                waiting.setdefault(number, []).append(row)
                waiting.move_to_end(number)
            else:
                yield number, [row]
            if len(waiting.get(number, ())) >= _MOST_ROWS:
                yield number, waiting.pop(number)
    yield from waiting.items()


def _no_longer_waited_for(waiting: OrderedDict[str, list[Row]], since: int) -> Iterator[tuple[str, list[Row]]]:
    """Those whose last row lies too far back for another one to be theirs."""
    while waiting:
        number, rows = next(iter(waiting.items()))
        if rows[-1].number >= since:
            return
        yield number, waiting.pop(number)


__all__ = ["Progress", "import_file"]
