"""
The demonstration: real complaints in a made-up dealership, from receipt to archive in a few seconds.

It touches one new database file and nothing else, and tells what it does through a function of the caller's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import chain, count
from pathlib import Path

from complaints.demo.house import CALENDAR, DEALER, Clock, House, policy_for
from complaints.demo.intake import take_in
from complaints.demo.report import beginning, report
from complaints.demo.result import DemoResult
from complaints.demo.sample import Refused, Sample, read_sample, shipped_text
from complaints.demo.steps import id_of
from complaints.demo.story import STORIES, lead
from complaints.desk import Desk
from complaints.errors import BrokenHistoryError, StoreError
from complaints.history import Checkpoint
from complaints.model.people import Dealer

__all__ = ["DemoResult", "run"]

_FILE = "complaints-demo"
_Progress = Callable[[int, int, str], None]


def run(
    *, database: str | None, language: str, say: Callable[[str], None], progress: _Progress | None = None
) -> DemoResult:
    """
    Take in the sample, lead six complaints to their end while time passes, and tell what became of them.

    Args:
        database: A file that is not there yet, as a path or a ``sqlite:///`` address. Without one, a new
            ``complaints-demo.db`` in the current folder, numbered where there is one already.
        language: ``"zh_CN"`` or ``"en"``.
        say: Called with each text for the reader; most are one line.
        progress: Called with how much is done, of how much, and what it is.

    Raises:
        StoreError: If *database* is there already, or cannot be made.
        InvalidCommandError: If there is no such language.
    """
    dealer = Dealer(DEALER, language=language, calendar=CALENDAR)
    sample = read_sample(shipped_text(), dealer)
    opens_at = sample.newest
    clock = Clock(opens_at)
    file = _new_file(database)
    with Desk.open(f"sqlite:///{file}", dealers=[dealer], policy=policy_for(dealer, opens_at), clock=clock) as desk:
        house = House(desk, dealer, clock, language)
        _say_all(beginning(house, str(file)), say)
        counted = _counted(progress, len(sample.complaints) - 1, house.text("progress.intake"))
        refused = take_in(house, sample, progress=counted)
        lead(house, sample.complaints, progress=_counted(progress, len(STORIES), house.text("progress.stories")))
        result = _result(house, sample, file, refused)
        _say_all(report(house, result), say)
    return result


def _new_file(wanted: str | None) -> Path:
    if wanted is None:
        files = chain([Path(f"{_FILE}.db")], (Path(f"{_FILE}-{number}.db") for number in count(2)))
        return next(file for file in files if not file.exists())
    name = wanted.removeprefix("sqlite:///")
    if "://" in name:
        raise StoreError("dialect", dialect=name.partition("://")[0])
    file = Path(name)
    with suppress(OSError, ValueError):  # what is no path is refused in better words when it is opened
        if file.exists():
            raise StoreError("exists", file=str(file))
    return file


def _result(house: House, sample: Sample, file: Path, refused: tuple[Refused, ...]) -> DemoResult:
    """What there is now, with every history checked."""
    checked = list(house.desk.verify_all())
    return DemoResult(
        database=str(file),
        rows=sample.rows,
        marks=sample.marks,
        refused=refused,
        stories={story.code: id_of(sample.complaints[story.odi]) for story in STORIES},
        wrong_steps=tuple(house.wrong_steps),
        ticks=tuple(house.ticks),
        checkpoints=tuple(one for one in checked if isinstance(one, Checkpoint)),
        broken=tuple(one for one in checked if isinstance(one, BrokenHistoryError)),
    )


def _say_all(lines: Iterable[str], say: Callable[[str], None]) -> None:
    for line in lines:
        say(line)


def _counted(progress: _Progress | None, total: int, title: str) -> Callable[[int], None] | None:
    return None if progress is None else lambda done: progress(done, total, title)
