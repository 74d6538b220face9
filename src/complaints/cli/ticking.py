"""``complaints tick`` and ``complaints worker``: what time alone does, once or again and again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event
from typing import TYPE_CHECKING

import msgspec
import rich_click as click

from complaints.cli.arguments import Moment, moment_of
from complaints.cli.exit_codes import DONE, exit_code_of
from complaints.cli.screen import error_data, show, show_error, show_json, show_line, show_lines, tell
from complaints.cli.settings import READER, Settings, with_settings
from complaints.cli.spoken import spoken_command
from complaints.cli.stopping import stopping
from complaints.errors import ComplaintError, StoreBusyError
from complaints.forms.layout import pairs
from complaints.forms.words import named
from complaints.locale import label
from complaints.stages.due_dates import RecordBreach, RecordLapse, RecordWarning, SettleDueDate
from complaints.stages.escalation import Escalate

if TYPE_CHECKING:
    from uuid import UUID

    from complaints.desk import Desk
    from complaints.ticking import Ticked

_EVERY_SECONDS = 60
"""How often a worker looks; a default: due dates are told to the minute."""

_FIRST_WAIT_SECONDS = 1.0
_LONGEST_WAIT_SECONDS = 60.0
"""While somebody else holds the database a worker waits a second, and then twice as long each time; defaults."""

_WIDTH = 10_000
"""Columns for numbers that scripts may read; they are not wrapped."""

_COUNTED = {
    "warned": RecordWarning,
    "missed": RecordBreach,
    "escalated": Escalate,
    "lapsed": RecordLapse,
    "settled": SettleDueDate,
}
"""What a tick tells of, and the command that is counted for it."""


def tick_command(language: str) -> click.Command:
    """The command that does once what is due."""

    @spoken_command(language, "tick", "tick --db complaints.db", "tick --now 2026-01-31T09:00+08:00 --json")
    @click.option("--now", type=Moment(language), metavar="TIME", help=label("screen", "option.tick.now", language))
    @with_settings(language, "database", "house", "is_json")
    @click.pass_context
    def tick(ctx: click.Context, settings: Settings, now: datetime | None) -> None:
        at = moment_of(now)
        with _opened(settings) as desk:
            ticked = desk.tick(at)
            failed = _failed(desk, ticked)
        if settings.is_json:
            show_json(_data(ticked, failed, at, settings))
        else:
            rows = [(settings.says(f"tick.{name}"), f"{count:,}") for name, count in _counts(ticked).items()]
            show_lines(pairs(rows, _WIDTH))
            _show_failed(failed, settings)
        ctx.exit(_exit_code(ticked))

    return tick


def worker_command(language: str) -> click.Command:
    """The command that does what is due, until it is stopped."""

    @spoken_command(language, "worker", "worker --db complaints.db", "worker --every 300 --verbose", "worker --once")
    @click.option(
        "--every",
        type=int,
        default=_EVERY_SECONDS,
        show_default=True,
        metavar="SECONDS",
        help=label("screen", "option.worker.every", language),
    )
    @click.option("--once", "is_once", is_flag=True, help=label("screen", "option.worker.once", language))
    @click.option("--verbose", "is_verbose", is_flag=True, help=label("screen", "option.worker.verbose", language))
    @with_settings(language, "database", "house", "is_json")
    @click.pass_context
    def worker(ctx: click.Context, /, settings: Settings, every: int, **how: bool) -> None:
        if every < 1:
            raise click.UsageError(f"{settings.says('usage.every')} {every}")
        with _opened(settings) as desk, stopping() as stop:
            ctx.exit(_Worker(desk, settings, stop, every, **how).run())

    return worker


@contextmanager
def _opened(settings: Settings) -> Iterator[Desk]:
    """The desk on a database that is there: a clock is no reason to make one."""
    with settings.desk(is_read_only=not settings.is_there) as desk:
        yield desk


class _StoppedError(Exception):
    """The worker was asked to stop, and the complaint it was at is done."""


class _Worker:
    """
    Ticks again and again.

    Args:
        stop: Set when it is to stop; it finishes the complaint it is at.
        every: Seconds between the rounds.
        is_once: One round and no more; a database that is busy is then an error.
        is_verbose: Tell of rounds in which nothing happened, too.
    """

    def __init__(
        self, desk: Desk, settings: Settings, stop: Event, every: int, *, is_once: bool, is_verbose: bool
    ) -> None:
        self._desk = desk
        self._settings = settings
        self._stop = stop
        self._every = every
        self._is_once = is_once
        self._is_verbose = is_verbose
        self._looked_at = 0

    def run(self) -> int:
        """Work until it is stopped; the exit code."""
        self._say_at_start()
        wait = _FIRST_WAIT_SECONDS
        while not self._stop.is_set():
            try:
                ticked = self._round()
            except StoreBusyError as error:
                if self._is_once:
                    raise
                self._say_busy(error, wait)
                self._stop.wait(wait)
                wait = min(wait * 2, _LONGEST_WAIT_SECONDS)
                continue
            except _StoppedError:
                break
            wait = _FIRST_WAIT_SECONDS
            if self._is_once:
                return _exit_code(ticked)
            self._stop.wait(self._every)
        self._say_stopped()
        return DONE

    def _round(self) -> Ticked:
        self._looked_at = 0
        at = datetime.now(UTC)
        ticked = self._desk.tick(at, progress=self._go_on)
        failed = _failed(self._desk, ticked)
        if self._is_verbose or ticked.looked_at or failed:
            self._say_round(ticked, failed, at)
        return ticked

    def _go_on(self, looked_at: int) -> None:
        """Called when a complaint is done: the place to stop at."""
        self._looked_at = looked_at
        if self._stop.is_set():
            raise _StoppedError

    # --- what it says -----------------------------------------------------------------------------------------------

    def _say_at_start(self) -> None:
        if self._is_verbose and not self._settings.is_json:
            show(f"{self._settings.says('worker.begins')} {self._settings.url}")

    def _say_round(self, ticked: Ticked, failed: Failed, at: datetime) -> None:
        if self._settings.is_json:
            show_line(msgspec.json.encode(_data(ticked, failed, at, self._settings)).decode())
            return
        counts = {name: count for name, count in _counts(ticked).items() if count or name == "looked_at"}
        joint = "，" if self._settings.language == "zh_CN" else ", "
        told = joint.join(f"{self._settings.says(f'tick.{name}')} {count:,}" for name, count in counts.items())
        show_line(f"{at.astimezone():%Y-%m-%d %H:%M:%S}  {told}")
        _show_failed(failed, self._settings)

    def _say_busy(self, error: StoreBusyError, wait: float) -> None:
        text = f"{self._settings.says('worker.busy')} {wait:g} s"
        if self._settings.is_json:
            tell(msgspec.json.encode({**error_data(error, self._settings.language), "wait_seconds": wait}).decode())
        else:
            tell(text)

    def _say_stopped(self) -> None:
        if not self._settings.is_json:
            show_line(f"{self._settings.says('worker.stopped')} {self._looked_at:,}")


# --- what a tick came to --------------------------------------------------------------------------------------------

Failed = tuple[tuple[str, ComplaintError], ...]
"""Case numbers, or ids where not even that can be read, and why."""


def _counts(ticked: Ticked) -> dict[str, int]:
    recorded = {name: ticked.of(command) for name, command in _COUNTED.items()}
    return {"looked_at": ticked.looked_at, **recorded, "failed": len(ticked.failed)}


def _failed(desk: Desk, ticked: Ticked) -> Failed:
    return tuple((_name(desk, id), error) for id, error in ticked.failed.items())


def _name(desk: Desk, id: UUID) -> str:
    """The case number of a complaint; of one that cannot be read the id."""
    try:
        return desk.complaint(id, by=READER).reference
    except ComplaintError:
        return str(id)


def _show_failed(failed: Failed, settings: Settings) -> None:
    for reference, error in failed:
        tell(f"✗ {named(settings.says('tick.failed'), reference, settings.language)}")
        show_error(error, settings.language, is_json=False)


def _exit_code(ticked: Ticked) -> int:
    return next((exit_code_of(error) for error in ticked.failed.values()), DONE)


def _data(ticked: Ticked, failed: Failed, at: datetime, settings: Settings) -> dict[str, object]:
    errors = [
        {"complaint": id, "reference": reference, **error_data(error, settings.language)}
        for id, (reference, error) in zip(ticked.failed, failed, strict=True)
    ]
    return {"at": at, **_counts(ticked), "events": dict(ticked.events), "errors": errors}


__all__ = ["tick_command", "worker_command"]
