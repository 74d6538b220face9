"""Dates as old systems write them, in the forms that a map declares."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, time, timedelta, tzinfo

import attrs

from complaints.imports.map_file import EXCEL, ISO

_FIRST_DAY_OF_EXCEL = datetime(1899, 12, 30)  # noqa: DTZ001  # Excel's days have no zone
_SERIAL = re.compile(r"[0-9]{1,6}(\.[0-9]+)?")
_HOURS = ("%H", "%I", "%X", "%c", "%T", "%R")
_ZONED = "%z"
_PROBE = datetime(2026, 11, 23, 14, 5, 6)  # noqa: DTZ001  # only to see whether a form says which day it was


def is_date_form(form: str) -> bool:
    """Whether a day can be read by *form*: ``iso``, ``excel``, or one of ``strptime`` with year, month and day."""
    if form in (ISO, EXCEL):
        return True
    try:
        read = datetime.strptime(_PROBE.strftime(form), form.replace(_ZONED, ""))  # noqa: DTZ007  # a zone may come along
    except (ValueError, re.error, OverflowError):
        return False
    return read.date() == _PROBE.date()


@attrs.frozen
class Dates:
    """
    How the dates of one column are read.

    Args:
        forms: Tried in this order.
        zone: Of what names none.
        hour: Of what has a day alone: at noon the day stays the same for whoever reads it in another zone.
        is_workbook: Cells with dates are ISO there, and numbers may be days.
    """

    forms: Sequence[str]
    zone: tzinfo
    hour: time
    is_workbook: bool = False

    def moment(self, text: str) -> datetime | None:
        """The moment that *text* tells; ``None`` if no form fits."""
        for form in self._tried():
            found = self._by(form, text)
            if found is not None:
                return found if found.tzinfo is not None else found.replace(tzinfo=self.zone)
        return None

    def _tried(self) -> Sequence[str]:
        forms = self.forms or (ISO,)
        return (*forms, ISO, EXCEL) if self.is_workbook else forms

    def _by(self, form: str, text: str) -> datetime | None:
        try:
            if form == EXCEL:
                return self._by_serial(text)
            found = datetime.fromisoformat(text) if form == ISO else datetime.strptime(text, form)  # noqa: DTZ007  # the zone follows
        except (ValueError, OverflowError):
            return None
        has_hour = len(text) > 10 if form == ISO else any(sign in form for sign in _HOURS)
        return found if has_hour else datetime.combine(found.date(), self.hour)

    def _by_serial(self, text: str) -> datetime | None:
        if not _SERIAL.fullmatch(text):
            return None
        whole, _, part = text.partition(".")
        day = _FIRST_DAY_OF_EXCEL + timedelta(days=int(whole))
        if not part.strip("0"):
            return datetime.combine(day.date(), self.hour)
        return day + timedelta(seconds=round(float(f"0.{part}") * 86_400))


__all__ = ["Dates", "is_date_form"]
