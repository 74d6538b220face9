"""``complaints due``: when something is due, how that was counted, and which days were skipped."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import attrs
import rich_click as click

from complaints.calendars import Calendar, HolidayYear
from complaints.cli.arguments import Moment
from complaints.cli.screen import show_json, show_lines, width_of_terminal
from complaints.cli.settings import Decorator, Settings, with_settings
from complaints.cli.spoken import spoken_command
from complaints.errors import Fault, InvalidCommandError
from complaints.forms.layout import pairs
from complaints.forms.words import Reader
from complaints.locale import label, sentence
from complaints.model.span import Due, Skip, Span, Unit

_LONGEST = 1024 * 1024
_DAY = timedelta(days=1)


def due_command(language: str) -> click.Command:
    """The command that reckons a due date and explains it."""

    def option(*names: str, **more: Any) -> Decorator:
        code = f"option.due.{names[0].strip('-')}"
        return click.option(*names, help=label("screen", code, language), **more)

    @spoken_command(
        language,
        "due",
        'due 2026-02-13 "7 working days"',
        'due 2026-10-01T16:20 "2 business hours" --json',
        'due 2026-12-28 "10 working days" --holidays 2027.json',
        'due 2026-10-01 "3 days" --roll',
        'due 2026-03-27 "8 weeks" --calendar DE --zone Europe/Berlin',
    )
    @click.argument("start", metavar="START", type=Moment(language))
    @click.argument("span", metavar="SPAN", nargs=-1, required=True)
    @option("--calendar", default="CN", show_default=True, metavar="CODE")
    @option("--zone", default="Asia/Shanghai", show_default=True, metavar="ZONE")
    @option("--roll", is_flag=True)
    @option("--holidays", multiple=True, type=click.Path(path_type=Path), metavar="FILE")
    @with_settings(language, "language", "is_json")
    def due(settings: Settings, start: datetime, span: tuple[str, ...], **given: Any) -> None:
        calendar = Calendar.of(given["calendar"], years=_years(given["holidays"]))
        asked = _Asked.of(start, " ".join(span), calendar, given["zone"], is_rolled=given["roll"])
        if settings.is_json:
            show_json(asked.data(settings.language))
        else:
            reader = Reader(settings.language, asked.zone)
            show_lines(pairs(list(asked.lines(reader)), width_of_terminal()))

    return due


@attrs.frozen(kw_only=True)
class _Asked:
    """A question and its answer."""

    start: datetime
    span: Span
    calendar: Calendar
    zone: tzinfo
    is_rolled: bool
    is_whole_day: bool
    answer: Due

    @classmethod
    def of(cls, start: datetime, span: str, calendar: Calendar, zone: str, *, is_rolled: bool) -> _Asked:
        clock, length = _zone(zone), Span.parse(span)
        is_whole_day = start.utcoffset() is None and start.time() == time()
        begins = start.replace(tzinfo=clock) if start.utcoffset() is None else start
        answer = calendar.due(begins, length, clock, roll=is_rolled)
        return cls(
            start=begins.astimezone(clock),
            span=length,
            calendar=calendar,
            zone=clock,
            is_rolled=is_rolled,
            is_whole_day=is_whole_day,
            answer=answer,
        )

    @property
    def unknown_years(self) -> tuple[int, ...]:
        """The years that make the answer provisional."""
        years = range(self.start.year, self.answer.at.year + 1) if self.answer.provisional else ()
        return tuple(year for year in years if not self.calendar.knows(year))

    @property
    def worked_weekends(self) -> tuple[date, ...]:
        """The days counted that would be weekend, had nobody moved the work there."""
        if self.span.unit not in (Unit.WORKING_DAYS, Unit.BUSINESS_HOURS):
            return ()
        first, last = self.start.date(), self.answer.at.date()
        days = (first + timedelta(days=number) for number in range(1, (last - first).days + 1))
        return tuple(
            day for day in days if day.weekday() in self.calendar.weekend and self.calendar.is_working_day(day)
        )

    def names_in(self, skip: Skip, language: str) -> tuple[str, ...]:
        """The holidays on days that were skipped, each once."""
        days = (skip.first + timedelta(days=number) for number in range((skip.last - skip.first).days + 1))
        names = (self.calendar.name_of(day, language) for day in days)
        return tuple(dict.fromkeys(name for name in names if name is not None))

    def data(self, language: str) -> dict[str, object]:
        """The same for scripts."""
        return {
            "due": self.answer.at,
            "provisional": self.answer.provisional,
            "unknown_years": self.unknown_years,
            "start": self.start,
            "span": {"amount": self.span.amount, "unit": self.span.unit},
            "roll": self.is_rolled,
            "calendar": self.calendar.stamp,
            "zone": str(self.zone),
            "skipped": [
                {"first": one.first, "last": one.last, "why": one.why, "names": self.names_in(one, language)}
                for one in self.answer.skipped
            ],
            "worked_weekends": self.worked_weekends,
            "missing": self.calendar.missing,
        }

    def lines(self, reader: Reader) -> Iterator[tuple[str, str]]:
        """What it is called, and what it is."""
        says = reader.screen
        ends = says("due.day_ends") if self.span.unit.counts_days else ""
        yield says("due.due"), _moment(self.answer.at, reader, ends)
        yield says("due.start"), _moment(self.start, reader, says("due.day_begins") if self.is_whole_day else "")
        yield says("due.span"), length_said(self.span, reader)
        yield says("due.how"), self._how(reader)
        yield says("due.calendar"), f"{self.calendar.stamp} · {self.zone}"
        is_by_calendar = self.span.unit in (Unit.WORKING_DAYS, Unit.BUSINESS_HOURS)
        head = says("due.skipped" if is_by_calendar else "due.rolled")
        for skip in self.answer.skipped:
            yield head, self._skip(skip, reader)
            head = ""
        if self.worked_weekends:
            yield says("due.worked"), reader.list(_day(day, reader) for day in self.worked_weekends)
        yield says("due.settled"), self._settled(reader)
        advice = self.calendar.advice(reader.language)
        if advice is not None:
            yield says("due.advice"), advice

    def _how(self, reader: Reader) -> str:
        facts = {
            "first": (self.start.date() + _DAY).isoformat(),
            "hours": tuple(map(str, self.calendar.hours)),
        }
        how = sentence("screen", f"due.how.{self.span.unit.value}", reader.language, facts)
        does_roll = self.is_rolled and self.span.unit in (Unit.CALENDAR_DAYS, Unit.WEEKS)
        return reader.clauses(how, reader.screen("due.how.roll") if does_roll else "")

    def _skip(self, skip: Skip, reader: Reader) -> str:
        days = _day(skip.first, reader)
        if skip.last != skip.first:
            days = f"{days} – {_day(skip.last, reader)}"
        names = reader.list(self.names_in(skip, reader.language))
        return reader.named(days, reader.remark(reader.screen(f"due.why.{skip.why}"), names))

    def _settled(self, reader: Reader) -> str:
        if not self.answer.provisional:
            return reader.screen("due.is_settled")
        facts = {"years": tuple(map(str, self.unknown_years))}
        return sentence("screen", "due.is_provisional", reader.language, facts)


def _day(day: date, reader: Reader) -> str:
    return f"{day.isoformat()} {reader.screen(f'due.weekday.{day.weekday()}')}"


def _moment(at: datetime, reader: Reader, hour: str) -> str:
    """A moment with its weekday; *hour* says the time of day, if it has words for it."""
    seconds = f"{at:%H:%M:%S}".removesuffix(":00")
    return reader.remark(f"{_day(at.date(), reader)} {seconds}", hour)


def length_said(span: Span, reader: Reader) -> str:
    """A length of time in the reader's words."""
    return f"{span.amount} {reader.screen(f'due.unit.{span.unit.value}')}" if reader.is_chinese else str(span)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidCommandError("Calendar", [Fault("--zone", "zone")]) from None


def _years(files: tuple[Path, ...]) -> tuple[HolidayYear, ...]:
    """
    What the files say.

    Raises:
        InvalidCommandError: With every fault in all of them.
    """
    found: list[HolidayYear] = []
    faults: list[Fault] = []
    for file in files:
        try:
            found.append(HolidayYear.parse(_text_of(file)))
        except InvalidCommandError as error:
            faults += (fault.below(str(file)) for fault in error.faults)
    if faults:
        raise InvalidCommandError("HolidayYear", faults)
    return tuple(found)


def _text_of(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return opened.read(_LONGEST).decode("utf-8-sig")
    except (OSError, ValueError):
        raise InvalidCommandError("HolidayYear", [Fault("file", "unreadable_file")]) from None


__all__ = ["due_command", "length_said"]
