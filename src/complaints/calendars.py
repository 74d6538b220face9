"""
Which days a house works and when, and when something is due by that.

Holidays come from the package `holidays` (extra ``calendar``), or from files with a year's each; without either a
calendar still answers, by weekends alone, and says that its answers are provisional.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache
from itertools import groupby, pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, TypedDict, TypeVar, Unpack

import attrs

from complaints.errors import Fault, InvalidCommandError, NaiveTimeError
from complaints.model.span import Due, Skip, Span, Unit, Window, windows

if TYPE_CHECKING:
    from holidays import HolidayBase

T = TypeVar("T")
_CODE = re.compile(r"[A-Z]{2,3}(-[A-Z0-9]{1,3})?")
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_EARLIEST, _LATEST = 1980, 9990
_MOST_DAYS = 400
_MOST_REMEMBERED = 2048
_WEEK = 7
_HOURS = windows("09:00-12:00, 14:00-20:00")
_ROUND_THE_CLOCK = windows("00:00-24:00")
_BY_NOTICE = frozenset({"BY", "CN", "HU", "KG", "KZ", "LV", "UZ", "VN"})
"""Where a notice of the government moves working days every year: the law alone does not tell them (our list)."""
_IN_ROWS = frozenset({"CN"})
"""Where a notice makes one row of holidays, the weekends beside and between them, and days moved there."""
_MOVED = "休息日"
"""How the package's Chinese name of a day begins that is off because another one is worked."""
_WEEKEND = frozenset({5, 6})


def _unchanging(given: Mapping[date, str]) -> Mapping[date, str]:
    return MappingProxyType(dict(given))


def _days(given: Iterable[date]) -> frozenset[date]:
    return frozenset(given)


def _weekdays(given: Iterable[int]) -> frozenset[int]:
    return frozenset(given)


@attrs.frozen(kw_only=True)
class HolidayYear:
    """
    The holidays of one year as a government published them.

    Attributes:
        off_days: Days off with the holiday's name; some may lie in a neighbouring year.
        working_days: Weekend days that are working days instead (调休).

    Raises:
        InvalidCommandError: On creation, with every fault.
    """

    year: int
    off_days: Mapping[date, str] = attrs.field(converter=_unchanging, hash=False)
    working_days: frozenset[date] = attrs.field(default=frozenset(), converter=_days)

    def __attrs_post_init__(self) -> None:
        faults = [*self._faults()]
        if faults:
            raise InvalidCommandError("HolidayYear", faults)

    def _faults(self) -> Iterator[Fault]:
        if not _EARLIEST <= self.year <= _LATEST:
            yield Fault("year", "year", least=_EARLIEST, most=_LATEST)
        for name, days in (("off_days", self.off_days), ("working_days", self.working_days)):
            yield from _no_dates(name, days)
            far = sorted(day.isoformat() for day in days if _is_date(day) and abs(day.year - self.year) > 1)
            yield from (Fault(name, "far_from_year", day=day, year=self.year) for day in far)
        both = sorted(day.isoformat() for day in self.working_days.intersection(self.off_days))
        yield from (Fault("working_days", "off_and_on", day=day) for day in both)

    @classmethod
    def parse(cls, text: str) -> HolidayYear:
        """
        The year that *text* holds: the JSON of the project ``holiday-cn``.

        ``{"year": 2026, "days": [{"name": "元旦", "date": "2026-01-01", "isOffDay": true}, …]}``; what else it has is
        passed over.

        Raises:
            InvalidCommandError: With every fault at once.
        """
        import json

        try:
            said = json.loads(text)
        except json.JSONDecodeError as error:
            raise InvalidCommandError("HolidayYear", [Fault("file", "not_json", line=error.lineno)]) from None
        except RecursionError:
            raise InvalidCommandError("HolidayYear", [Fault("file", "not_json", line=1)]) from None
        faults = [*_faults_of_file(said)]
        if faults:
            raise InvalidCommandError("HolidayYear", faults)
        days = [(date.fromisoformat(day["date"]), day["isOffDay"], day["name"]) for day in said["days"]]
        return cls(
            year=said["year"],
            off_days={day: name for day, is_off, name in days if is_off},
            working_days=(day for day, is_off, _ in days if not is_off),
        )


def _faults_of_file(said: object) -> Iterator[Fault]:
    if not isinstance(said, dict):
        yield Fault("file", "type", wanted="dict", given=type(said).__name__)
        return
    for name, wanted in (("year", int), ("days", list)):
        if name not in said:
            yield Fault(name, "missing")
        elif type(said[name]) is not wanted:
            yield Fault(name, "type", wanted=wanted.__name__, given=type(said[name]).__name__)
    days = said.get("days")
    if not isinstance(days, list):
        return
    if len(days) > _MOST_DAYS:
        yield Fault("days", "too_many", most=_MOST_DAYS)
    for place, day in enumerate(days[:_MOST_DAYS]):
        yield from (fault.below(f"days[{place}]") for fault in _faults_of_day(day))


def _faults_of_day(said: object) -> Iterator[Fault]:
    if not isinstance(said, dict):
        yield Fault("day", "type", wanted="dict", given=type(said).__name__)
        return
    for name, wanted in (("name", str), ("date", str), ("isOffDay", bool)):
        if name not in said:
            yield Fault(name, "missing")
        elif type(said[name]) is not wanted:
            yield Fault(name, "type", wanted=wanted.__name__, given=type(said[name]).__name__)
        elif name == "name" and not said[name].strip():
            yield Fault(name, "empty")
        elif name == "date" and not _names_a_date(said[name]):
            yield Fault(name, "not_a_date")


def _names_a_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


class House(TypedDict, total=False):
    """What a house may say of its own about a country's calendar; the attributes of :class:`Calendar`."""

    hours: tuple[Window, ...]
    contact_hours: tuple[Window, ...]
    closures: Iterable[date]
    extra_days: Iterable[date]
    years: Iterable[HolidayYear]
    weekend: Iterable[int]


def _in_order(given: Iterable[Window]) -> tuple[Window, ...]:
    return tuple(sorted(given, key=lambda one: one.opens if isinstance(one, Window) else -1))


def _by_year(given: Iterable[HolidayYear]) -> tuple[HolidayYear, ...]:
    return tuple(sorted(given, key=lambda one: one.year if isinstance(one, HolidayYear) else -1))


@attrs.frozen(kw_only=True)
class Calendar:
    """
    Which days a house works, and when.

    Make it with :meth:`of` or :meth:`always`.

    Attributes:
        code: The country as `holidays` names it, such as ``"CN"`` or ``"DE-BY"``; ``""`` for none, then there are no
            holidays but those of *years*, and nothing is provisional.
        hours: The business windows of a working day; 09:00–12:00 and 14:00–20:00 is our default.
        contact_hours: When customers may be called on days that are no public holiday (R40); the same default.
        closures: Days on which the house is closed.
        extra_days: Days on which it works though they are weekend or holiday.
        years: Years loaded from files; they win over the package's.
        weekend: The days of the week off, Monday being 0; Saturday and Sunday by default.

    Raises:
        InvalidCommandError: On creation, with every fault.
    """

    code: str
    hours: tuple[Window, ...] = attrs.field(default=_HOURS, converter=_in_order)
    contact_hours: tuple[Window, ...] = attrs.field(default=_HOURS, converter=_in_order)
    closures: frozenset[date] = attrs.field(default=frozenset(), converter=_days)
    extra_days: frozenset[date] = attrs.field(default=frozenset(), converter=_days)
    years: tuple[HolidayYear, ...] = attrs.field(default=(), converter=_by_year)
    weekend: frozenset[int] = attrs.field(default=_WEEKEND, converter=_weekdays)
    # every step of a day asks the same: what a span of days comes to hangs on its first day alone
    _by_days: dict[tuple[object, ...], Due] = attrs.field(init=False, factory=dict, eq=False, repr=False)
    _stamps: list[str] = attrs.field(init=False, factory=list, eq=False, repr=False)
    _openings: dict[tuple[object, ...], datetime] = attrs.field(init=False, factory=dict, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        faults = [*self._faults()]
        if faults:
            raise InvalidCommandError("Calendar", faults)

    def _faults(self) -> Iterator[Fault]:
        if not isinstance(self.code, str) or (self.code and not _CODE.fullmatch(self.code)):
            yield Fault("code", "calendar_code")
        yield from _faults_of_windows("hours", self.hours)
        yield from _faults_of_windows("contact_hours", self.contact_hours)
        yield from _no_dates("closures", self.closures)
        yield from _no_dates("extra_days", self.extra_days)
        both = sorted(day.isoformat() for day in self.closures & self.extra_days if _is_date(day))
        yield from (Fault("extra_days", "off_and_on", day=day) for day in both)
        if not all(isinstance(one, HolidayYear) for one in self.years):
            yield Fault("years", "type", wanted=HolidayYear.__name__, given="list")
        elif any(one.year == other.year for one, other in pairwise(self.years)):
            yield Fault("years", "doubled")
        if not self.weekend < frozenset(range(_WEEK)):
            yield Fault("weekend", "weekend")

    @classmethod
    def always(cls) -> Calendar:
        """The calendar of a dealer without one: every day is a working day, round the clock, nothing provisional."""
        return cls(code="", hours=_ROUND_THE_CLOCK, contact_hours=_ROUND_THE_CLOCK, weekend=())

    @classmethod
    def of(cls, code: str, **house: Unpack[House]) -> Calendar:
        """
        The calendar of a country, such as ``Calendar.of("CN")``.

        A country that `holidays` does not know, or `holidays` not being installed, is no error: see :attr:`missing`.

        Args:
            code: ISO 3166, with the part of the country where holidays differ: ``"CN"``, ``"DE"``, ``"DE-BY"``.

        Raises:
            InvalidCommandError: If *code* can be no country's, or a house's own days and hours do not fit together.
        """
        plain = (code.strip().upper() if isinstance(code, str) else "") or "?"
        house.setdefault("weekend", _country(plain).weekend)
        return cls(code=plain, **house)

    # --- what it knows ----------------------------------------------------------------------------------------------

    @property
    def missing(self) -> str | None:
        """
        Why there are no holidays: ``"package"`` if `holidays` is not installed, ``"country"`` if it does not know it.

        ``None`` if there are. :meth:`advice` says what to do.
        """
        return _country(self.code).missing

    def advice(self, language: str = "en") -> str | None:
        """What to do about missing holidays, in words; ``None`` if they are there."""
        missing = self.missing
        from complaints.locale import label

        return None if missing is None else label("calendar", missing, language)

    @property
    def stamp(self) -> str:
        """Its code and the last year it knows, for events: ``"CN@2026"``; ``"DE"`` by law, ``"always"`` without one."""
        if not self._stamps:
            last = self.last_known_year
            self._stamps.append((self.code or "always") + ("" if last is None else f"@{last}"))
        return self._stamps[0]

    @property
    def last_known_year(self) -> int | None:
        """The last year whose holidays are published; ``None`` if law tells them all, 0 if none is known."""
        last = _country(self.code).last
        return None if last is None else max([last, *(one.year for one in self.years)])

    def knows(self, year: int) -> bool:
        """Whether the holidays of *year* are published, in a file or in the package; estimated ones are not."""
        if not self.code or any(one.year == year for one in self.years):
            return True
        country = _country(self.code)
        return country.covers(year) and _published(self.code, year).is_settled

    def why_off(self, day: date) -> str | None:
        """Why *day* is no working day: ``"holiday"``, ``"closure"`` or ``"weekend"``; ``None`` if it is one."""
        if day in self.extra_days:
            return None
        names, is_moved_here = self._said_of(day)
        if names is not None:
            return "holiday"
        if day in self.closures:
            return "closure"
        return "weekend" if day.weekday() in self.weekend and not is_moved_here else None

    def is_working_day(self, day: date) -> bool:
        """Whether the house works on *day*."""
        return self.why_off(day) is None

    def name_of(self, day: date, language: str) -> str | None:
        """
        The name of the holiday on *day*, ``None`` if it is none.

        Args:
            language: ``"zh_CN"`` or ``"en"``; where the source has no such name, its own.
        """
        names, _ = self._said_of(day)
        if names is None:
            return None
        return names[0] if language == "zh_CN" else names[1]

    def _said_of(self, day: date) -> tuple[tuple[str, str] | None, bool]:
        """The holiday's names in Chinese and English, if it is one; whether a weekend day is worked instead."""
        is_in_a_file = not self.code
        for one in reversed(self.years):  # the later notice has the last word on the turn of the year
            name = one.off_days.get(day)
            if name is not None:
                return (name, _in_english(name)), False
            if day in one.working_days:
                return None, True
            is_in_a_file = is_in_a_file or one.year == day.year
        if is_in_a_file:
            return None, False
        published = _published(self.code, day.year)
        return published.off_days.get(day), day in published.working_days

    # --- what is due ------------------------------------------------------------------------------------------------

    def due(self, start: datetime, span: Span, zone: tzinfo, *, roll: bool = False) -> Due:
        """
        When *span* after *start* is over, by the days and hours of this calendar.

        Day 0 is not counted, and a period of days ends with the last second of its last day in *zone*. Hours and
        minutes are exact, whatever the clocks do in between. Business hours run in :attr:`hours` only; a span that is
        used up as a window closes ends then.

        Args:
            start: Any aware moment.
            zone: The dealer's; the answer is in it.
            roll: Whether a period of days or weeks that ends on no working day goes on to the next one.

        Raises:
            NaiveTimeError: If *start* has no zone.
            InvalidCommandError: If the answer, or *start*, is beyond any date one can reckon with.

        Source:
            Day 0 and the end of the day: A3. Working days and make-up days: the State Council's yearly notice.
        """
        local = _local("start", start, zone)
        if span.unit.counts_days:
            asked = (local.date(), span.amount, span.unit, zone, roll)
            found = self._by_days.get(asked)
            if found is None:
                found = _kept(self._by_days, asked, self._due_by_days(local.date(), span, zone, roll=roll))
            return found
        if span.unit is not Unit.BUSINESS_HOURS:
            return Due(at=_in_zone(_later(start, _exactly(span)), zone))
        at = self._after_business_time(start, timedelta(hours=span.amount), zone)
        first, last = local.date(), at.date()
        skipped = _skips((day, self.why_off(day)) for day in _days_between(first, last))
        return Due(at=at, skipped=skipped, provisional=not self._knows_all(first, last))

    def _due_by_days(self, first: date, span: Span, zone: tzinfo, *, roll: bool) -> Due:
        if span.unit is Unit.WORKING_DAYS:
            last, begin = self._working_days_after(first, span.amount), first + _DAY
        else:
            begin = _day_after(first, span.amount * (_WEEK if span.unit is Unit.WEEKS else 1))
            if not roll:
                return Due(at=end_of_day(begin, zone))
            last = begin if self.is_working_day(begin) else self._working_days_after(begin, 1)
        skipped = _skips((day, self.why_off(day)) for day in _days_between(begin - _DAY, last))
        return Due(at=end_of_day(last, zone), skipped=skipped, provisional=not self._knows_all(begin, last))

    def _working_days_after(self, day: date, amount: int) -> date:
        """The day of which it is the *amount*-th working day after *day*."""
        while amount:
            day = _day_after(day, 1)
            amount -= self.is_working_day(day)
        return day

    def _knows_all(self, first: date, last: date) -> bool:
        return all(self.knows(year) for year in range(first.year, last.year + 1))

    def shifted(self, due: datetime, paused: datetime, resumed: datetime, unit: Unit, zone: tzinfo) -> datetime:
        """
        When something is due that stood still from *paused* to *resumed*.

        Exact hours and business hours are given back as they passed. Days are given back by their number: as many of
        the kind as lie after the day of *paused* up to the day of *resumed*; it ends with the last second of its day.

        Raises:
            NaiveTimeError: If one of the moments has no zone.
            InvalidCommandError: If *resumed* is before *paused*, or the answer is beyond reckoning.
        """
        last = _local("due", due, zone).date()
        first, until = _local("paused", paused, zone).date(), _local("resumed", resumed, zone).date()
        if resumed.astimezone(UTC) < paused.astimezone(UTC):
            raise InvalidCommandError("Calendar", [Fault("resumed", "ends_before_start")])
        if unit is Unit.BUSINESS_HOURS:
            stood = self.business_time(paused, resumed, zone)
            return self._after_business_time(due, stood, zone) if stood else _in_zone(due, zone)
        if not unit.counts_days:
            return _in_zone(_later(due, resumed.astimezone(UTC) - paused.astimezone(UTC)), zone)
        if unit is Unit.WORKING_DAYS:
            return end_of_day(self._working_days_after(last, self._working_days_in(first, until)), zone)
        return end_of_day(_day_after(last, (until - first).days), zone)

    def working_days_left(self, now: datetime, due: datetime, zone: tzinfo) -> int:
        """
        Whole working days after the day of *now* up to the day of *due*, both in *zone*.

        0 if that is the same day, or no working day lies between. Past the day it is the number of working days since,
        below zero, and -1 at least.
        """
        today, last = _local("now", now, zone).date(), _local("due", due, zone).date()
        if today <= last:
            return self._working_days_in(today, last)
        return -max(1, self._working_days_in(last, today))

    def _working_days_in(self, first: date, last: date) -> int:
        """Working days after *first* up to and with *last*."""
        return sum(self.is_working_day(day) for day in _days_between(first, last + _DAY))

    # --- hours ------------------------------------------------------------------------------------------------------

    def opening(self, day: date, zone: tzinfo) -> datetime:
        """When the first window of :attr:`hours` opens on *day*, whether the house works on it or not."""
        asked = (day, zone)
        found = self._openings.get(asked)
        if found is None:
            found = _kept(self._openings, asked, _in_zone(_instant(day, self.hours[0].opens, zone), zone))
        return found

    def may_contact(self, at: datetime, zone: tzinfo) -> bool:
        """
        Whether a customer may be called at *at*: within :attr:`contact_hours`, and not on a public holiday (R40).

        A weekend is no reason, nor is a closure; a house that works on a holiday still does not call on it.
        """
        local = _local("at", at, zone)
        names, _ = self._said_of(local.date())
        return names is None and any(window.holds(local.time()) for window in self.contact_hours)

    def business_time(self, start: datetime, end: datetime, zone: tzinfo) -> timedelta:
        """The time that really passed from *start* to *end* within :attr:`hours` on working days; never below zero."""
        first, last = _local("start", start, zone).date(), _local("end", end, zone).date()
        start, end, passed = start.astimezone(UTC), end.astimezone(UTC), timedelta()
        for day in _days_between(first - _DAY, last + _DAY):
            for opens, closes in self._open_on(day, zone):
                passed += max(min(closes, end) - max(opens, start), timedelta())
        return passed

    def _after_business_time(self, start: datetime, left: timedelta, zone: tzinfo) -> datetime:
        """The moment at which *left*, more than nothing, has passed within business hours."""
        day, start = _local("start", start, zone).date(), start.astimezone(UTC)
        while True:
            for opens, closes in self._open_on(day, zone):
                begins = max(opens, start)
                if left <= closes - begins:
                    return _in_zone(begins + left, zone)
                left -= max(closes - begins, timedelta())
            day = _day_after(day, 1)

    def _open_on(self, day: date, zone: tzinfo) -> Iterator[tuple[datetime, datetime]]:
        """The business windows of *day* as moments in UTC, in order."""
        for window in self.hours if self.is_working_day(day) else ():
            yield _instant(day, window.opens, zone), _instant(day, window.closes, zone)


# --- days and moments -----------------------------------------------------------------------------------------------


def _is_date(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _no_dates(name: str, values: Iterable[object]) -> Iterator[Fault]:
    if not all(map(_is_date, values)):
        yield Fault(name, "not_a_date")


def _faults_of_windows(name: str, given: tuple[Window, ...]) -> Iterator[Fault]:
    if not given:
        yield Fault(name, "missing")
    elif not all(isinstance(one, Window) for one in given):
        yield Fault(name, "window")
    elif any(later.opens < earlier.closes for earlier, later in pairwise(given)):
        yield Fault(name, "windows_overlap")


def _local(name: str, moment: datetime, zone: tzinfo) -> datetime:
    if moment.utcoffset() is None:
        raise NaiveTimeError(name)
    if not _EARLIEST <= moment.year <= _LATEST:
        raise _beyond_reach(name)
    return moment.astimezone(zone)


def _beyond_reach(name: str) -> InvalidCommandError:
    return InvalidCommandError("Calendar", [Fault(name, "beyond_reach", least=_EARLIEST, most=_LATEST)])


def _exactly(span: Span) -> timedelta:
    return timedelta(hours=span.amount) if span.unit is Unit.HOURS else timedelta(minutes=span.amount)


def _later(moment: datetime, length: timedelta) -> datetime:
    """*length* of real time later, in UTC: on an aware moment of any other zone Python reckons by the wall clock."""
    moment = moment.astimezone(UTC)
    if length > datetime(_LATEST, 12, 31, tzinfo=UTC) - moment:
        raise _beyond_reach("due")
    return moment + length


def _in_zone(moment: datetime, zone: tzinfo) -> datetime:
    """
    *moment* as the clocks of *zone* show it, with the offset they have then.

    Not with the zone itself: two moments of one zone Python compares by what its clocks show, and they show some
    hours twice.
    """
    shown = moment.astimezone(zone)
    offset = shown.utcoffset()
    return shown if offset is None else shown.replace(tzinfo=timezone(offset), fold=0)


def _day_after(day: date, days: int) -> date:
    if days > (date(_LATEST, 12, 31) - day).days:
        raise _beyond_reach("due")
    return day + timedelta(days=days)


def _days_between(first: date, last: date) -> Iterator[date]:
    """The days after *first* and before *last*."""
    return (first + timedelta(days=days) for days in range(1, (last - first).days))


def _kept(known: dict[tuple[object, ...], T], asked: tuple[object, ...], answer: T) -> T:
    """*answer*, remembered until there are too many."""
    if len(known) >= _MOST_REMEMBERED:
        known.clear()
    known[asked] = answer
    return answer


def end_of_day(day: date, zone: tzinfo) -> datetime:
    """The last second of *day*, also where the clocks go back over midnight."""
    return _in_zone(_instant(day + _DAY, 0, zone) - _SECOND, zone)


def _instant(day: date, minutes: int, zone: tzinfo) -> datetime:
    """
    The moment, in UTC, at which clocks first show *minutes* after midnight of *day*.

    Where they jump over that, it is the moment of the jump.
    """
    shown = datetime.combine(day, time(), zone) + timedelta(minutes=minutes)
    usual, other = (shown.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    return usual if usual <= other else _jump(other, usual, shown)


def _jump(before: datetime, after: datetime, shown: datetime) -> datetime:
    """The first moment, to the second, at which clocks show *shown* or later; *before* they show less."""
    while after - before > _SECOND:
        middle = before + (after - before) // _SECOND // 2 * _SECOND
        if middle.astimezone(shown.tzinfo).replace(tzinfo=None) < shown.replace(tzinfo=None):
            before = middle
        else:
            after = middle
    return after


def _skips(days: Iterable[tuple[date, str | None]]) -> tuple[Skip, ...]:
    """The days with a reason, neighbours with the same one together; *days* are in a row."""
    found: list[Skip] = []
    for why, alike in groupby(days, key=lambda one: one[1]):
        if why is not None:
            together = [day for day, _ in alike]
            found.append(Skip(first=together[0], last=together[-1], why=why))
    return tuple(found)


def _in_english(name: str) -> str:
    """The Chinese names in a file, which may be several, in English; any other as it is."""
    from complaints.locale import label

    return ", ".join(label("holiday", one, "en") for one in name.split("、"))


# --- the package `holidays` -----------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class _Country:
    """For which years the package tells a country's holidays; a ``last`` of ``None`` is no last one but ``end``."""

    first: int = 0
    end: int = 0
    last: int | None = 0
    languages: tuple[str | None, str | None] = (None, None)
    weekend: frozenset[int] = _WEEKEND
    missing: str | None = None

    def covers(self, year: int) -> bool:
        return self.first <= year <= (self.end if self.last is None else self.last)


@attrs.frozen(kw_only=True)
class _Published:
    """What the package tells of one year."""

    off_days: Mapping[date, tuple[str, str]] = MappingProxyType({})
    working_days: frozenset[date] = frozenset()
    is_settled: bool = True


def _asked(code: str, years: Iterable[int], language: str | None = None) -> HolidayBase:
    """
    What the package answers.

    Raises:
        ModuleNotFoundError: If it is not installed.
        NotImplementedError: If it does not know the country, or the part of it.
    """
    from holidays import country_holidays

    country, _, part = code.partition("-")
    return country_holidays(country, subdiv=part or None, years=years, language=language)


@cache
def _country(code: str) -> _Country:
    if not code:
        return _Country(last=None)
    try:
        found = _asked(code, ())
    except ModuleNotFoundError:
        return _Country(missing="package")
    except NotImplementedError:
        return _Country(missing="country")
    noticed: Iterable[int] = getattr(found, "special_public_holidays", ())
    is_by_notice = code.partition("-")[0] in _BY_NOTICE
    return _Country(
        first=found.start_year,
        end=found.end_year,
        last=max(noticed, default=0) if is_by_notice else None,
        languages=(_language(found, "zh_CN", "en_US"), _language(found, "en_US")),
        weekend=frozenset(found.weekend),
    )


def _language(found: HolidayBase, *wanted: str) -> str | None:
    """The first language that the package has for a country; ``None`` is the country's own, or the only one."""
    return next((language for language in wanted if language in found.supported_languages), None)


@cache
def _published(code: str, year: int) -> _Published:
    country = _country(code)
    if not country.first <= year <= country.end:
        return _Published()
    # the turn of a year is told by both: a holiday is observed, or a working day moved, over it
    chinese, english = (_asked(code, (year - 1, year, year + 1), language) for language in country.languages)
    names = {day: (chinese[day], english[day]) for day in sorted(chinese)}
    if code in _IN_ROWS:
        names |= dict(_told_by_row(names, chinese.weekend_workdays))
    off_days = {day: both for day, both in names.items() if day.year == year}
    return _Published(
        off_days=MappingProxyType(off_days),
        working_days=frozenset(day for day in chinese.weekend_workdays if day.year == year),
        is_settled=not any("estimated)" in english for _, english in off_days.values()),
    )


def _told_by_row(
    names: Mapping[date, tuple[str, str]], working_days: Iterable[date]
) -> Iterator[tuple[date, tuple[str, str]]]:
    """What gives a row its name, its most frequent holiday, names its weekends and the days moved there as well."""
    weekends = {day + number * _DAY for day in names for number in range(-2, 3) if (day + number * _DAY).weekday() > 4}
    free = sorted({*names, *weekends.difference(working_days)})
    for _, numbered in groupby(enumerate(free), key=lambda one: one[1] - one[0] * _DAY):
        row = [day for _, day in numbered]
        own = [names[day] for day in row if day in names and not names[day][0].startswith(_MOVED)]
        if own:
            [(both, _)] = Counter(own).most_common(1)
            yield from ((day, both) for day in row if day not in names or names[day][0].startswith(_MOVED))


__all__ = ["Calendar", "HolidayYear", "House"]
