"""Due dates in words: what is due when and how many working days are left, and one sentence that tells why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo

from complaints.calendars import Calendar
from complaints.errors import NaiveTimeError
from complaints.forms.words import Reader
from complaints.locale import label, sentence
from complaints.model.clock import Deadline
from complaints.model.span import Skip, Span
from complaints.model.watching import state_of
from complaints.model.words import DueState

_COUNTED_DAYS = 366
"""Days ahead or behind beyond which nobody counts working days any more; a default."""

_LAST_SECOND = time(23, 59, 59)
_REMARK = re.compile(r" ?[(（].*")
_EVERY_DAY = Calendar.always()


def due_in_words(
    due: datetime | None,
    now: datetime,
    calendar: Calendar,
    zone: tzinfo,
    language: str,
    *,
    provisional: bool = False,
) -> str:
    """
    A due date as somebody reads it at *now*: ``"due tomorrow 17:00, 1 working day left"``.

    A whole day is told without a time. Working days are counted by *calendar*; where that counts every day, they are
    days. On the day itself nothing is counted, nor beyond a year.

    Args:
        due: ``None`` where somebody has to look it up.
        zone: The dealer's; days and times are told in it.
        language: ``"zh_CN"`` or ``"en"``.
        provisional: Whether it may still move because a year is not published yet.

    Raises:
        NaiveTimeError: If one of the moments has no zone.
    """
    if due is None:
        return label("screen", "deadline.unknown", language)
    _require_zones(due, now)
    is_late = state_of(due, now, zone) is DueState.LATE
    said = sentence("screen", "due.since" if is_late else "due.on", language, {"when": _when(due, now, zone, language)})
    left = _left(due, now, calendar, zone, language)
    if left:
        said = sentence("screen", "due.joined", language, {"said": said, "left": left})
    return Reader(language, zone).remark(said, label("screen", "due.provisional", language) if provisional else "")


def due_briefly(due: datetime | None, now: datetime, zone: tzinfo, language: str) -> str:
    """
    A due date for a column: ``"today 17:00"``, ``"Thu 3 December"``, ``"late: yesterday 17:00"``; a dash for none.

    Raises:
        NaiveTimeError: If one of the moments has no zone.
    """
    if due is None:
        return "–"
    _require_zones(due, now)
    when = _when(due, now, zone, language)
    if state_of(due, now, zone) is not DueState.LATE:
        return when
    return Reader(language, zone).named(label("screen", "due.late", language), when)


def mark_of(state: DueState) -> str:
    """What stands before something that is due: a cross for late, ``!`` for today, else a dot."""
    return {DueState.LATE: "✗", DueState.TODAY: "!"}.get(state, "·")


def _require_zones(due: datetime, now: datetime) -> None:
    for name, moment in (("due", due), ("now", now)):
        if moment.utcoffset() is None:
            raise NaiveTimeError(name)


def _when(due: datetime, now: datetime, zone: tzinfo, language: str) -> str:
    """The day, by its relation to today where it has one, and the time of day unless the whole day counts."""
    local, today = due.astimezone(zone), now.astimezone(zone).date()
    days = (local.date() - today).days
    near = {-1: "due.yesterday", 0: "due.today", 1: "due.tomorrow"}.get(days)
    day = _day(local.date(), today, language) if near is None else label("screen", near, language)
    if local.time().replace(microsecond=0) == _LAST_SECOND:
        return day
    return sentence("screen", "due.at", language, {"day": day, "clock": f"{local:%H:%M}"})


def _day(day: date, today: date, language: str) -> str:
    facts = {
        "weekday": label("screen", f"weekday.{day.weekday()}", language),
        "day": day.day,
        "month": label("screen", f"month.{day.month}", language),
        "year": day.year,
    }
    return sentence("screen", "due.day" if day.year == today.year else "due.day_of_year", language, facts)


def _left(due: datetime, now: datetime, calendar: Calendar, zone: tzinfo, language: str) -> str:
    """How many working days are left, or by how many it is late; empty on the day itself and far away."""
    days = (due.astimezone(zone).date() - now.astimezone(zone).date()).days
    if days == 0 or abs(days) > _COUNTED_DAYS:
        return ""
    count = calendar.working_days_left(now, due, zone)
    kind = "days" if calendar == _EVERY_DAY else "working_days"
    return _counted(f"due.{kind}_{'left' if count >= 0 else 'late'}", abs(count), language)


def _counted(code: str, count: int, language: str) -> str:
    """A number of something: none and one have words of their own."""
    form = {0: f"{code}.none", 1: f"{code}.one"}.get(count, code)
    return sentence("screen", form, language, {"count": count})


# --- why ------------------------------------------------------------------------------------------------------------


def why(deadline: Deadline, calendar: Calendar, zone: tzinfo, language: str) -> str:
    """
    Why something is due when it is, in one sentence: rule and source, how sure that is, start, span, days left out.

    Args:
        calendar: The dealer's; the days stand on the deadline, and it gives them the names of holidays.
        zone: The dealer's.
        language: ``"zh_CN"`` or ``"en"``.
    """
    reader = Reader(language, zone)
    reasons = reader.clauses(*_reasons(deadline, calendar, reader))
    return sentence("screen", "why.sentence", language, {"rule": _cited(deadline, reader), "reasons": reasons})


def _cited(deadline: Deadline, reader: Reader) -> str:
    """The rule's pack and source, and how sure it is; most numbers are the library's own (A10)."""
    pack, _, source = deadline.rule.partition(" ")
    cited = pack if source in ("", "default") else reader.list((pack, source))
    return reader.remark(cited, reader.word(deadline.standing))


def _reasons(deadline: Deadline, calendar: Calendar, reader: Reader) -> Iterator[str]:
    yield _counted_from(deadline, reader)
    if deadline.calendar == _EVERY_DAY.stamp and any(one in deadline.within for one in ("working", "business")):
        yield reader.screen("why.every_day")
    if deadline.skipped:
        days = [_skipped(skip, calendar, reader) for skip in deadline.skipped]
        yield reader.named(reader.screen("why.skipped"), reader.list(days))
    if deadline.pauses:
        spans = [_span(reader.moment(one.since), reader.moment(one.until), reader) for one in deadline.pauses]
        yield reader.named(reader.screen("why.paused"), reader.list(spans))
    if deadline.paused_at is not None:
        yield reader.named(reader.screen("why.paused_since"), reader.moment(deadline.paused_at))
    if deadline.statutory:
        yield reader.screen("why.statutory")
    if deadline.provisional:
        yield reader.screen("why.provisional")


def _counted_from(deadline: Deadline, reader: Reader) -> str:
    start = reader.moment(deadline.start)
    if deadline.due is None:
        return sentence("screen", "why.unknown", reader.language, {"start": start})
    if not deadline.within:
        return sentence("screen", "why.given", reader.language, {"start": start})
    span = Span.parse(deadline.within)
    length = _counted(f"span.{span.unit.value}", span.amount, reader.language)
    return sentence("screen", "why.span", reader.language, {"span": length, "start": start})


def _skipped(skip: Skip, calendar: Calendar, reader: Reader) -> str:
    """The days of *skip* and why they do not count: a holiday by its names, each once."""
    days = _span(str(skip.first), str(skip.last), reader)
    names = _holidays(skip, calendar, reader.language) if skip.why == "holiday" else ()
    return reader.remark(days, reader.list(names) or reader.screen(f"skip.{skip.why}"))


def _holidays(skip: Skip, calendar: Calendar, language: str) -> tuple[str, ...]:
    """What the holidays are called, without the remarks in brackets on when each is observed or moved."""
    days = (skip.first + timedelta(days=number) for number in range((skip.last - skip.first).days + 1))
    names = (calendar.name_of(day, language) for day in days)
    return tuple(dict.fromkeys(_REMARK.sub("", name) for name in names if name))


def _span(first: str, last: str, reader: Reader) -> str:
    if first == last:
        return first
    return sentence("screen", "why.from_to", reader.language, {"first": first, "last": last})


__all__ = ["due_briefly", "due_in_words", "mark_of", "why"]
