"""Which complaints a report counts: fetched page by page, as of one moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from complaints.figures.fast_track import REPEATED_WITHIN
from complaints.figures.period import period
from complaints.model.base import evolve
from complaints.model.complaint import Complaint
from complaints.model.people import Dealer
from complaints.stores.base import Query, Reader

_PAGE = 1000
_A_MOMENT = timedelta(microseconds=1)


def received_and_repeating(reader: Reader, dealer: Dealer, since: date, until: date) -> tuple[Complaint, ...]:
    """
    What :func:`complaints.figures.fast_track.fast_track` wants: those received in the period, and what may repeat them.

    Raises:
        InvalidCommandError: If the period ends before it begins.
    """
    first, end = period(dealer.tz, since, until)
    received = tuple(_found(reader, Query(dealer=dealer.id, received_from=first, received_until=end, limit=_PAGE)))
    settled_at = [one.settled.at for one in received if one.settled is not None]
    last = max(settled_at, default=end) + REPEATED_WITHIN
    # a query's end is not included, and the very last moment of the thirty days is
    later = Query(dealer=dealer.id, received_from=end, received_until=max(last, end) + _A_MOMENT, limit=_PAGE)
    return (*received, *_found(reader, later)) if settled_at else received


def received_before(reader: Reader, dealer: Dealer, until: date) -> Iterator[Complaint]:
    """
    What :func:`complaints.figures.kept.kept` wants: nothing is due before its complaint was received.

    All of the dealer that were received before the day *until*, page by page: what was due long after the receipt is
    found in no narrower way.
    """
    end = datetime.combine(until, time(), tzinfo=dealer.tz)
    return _found(reader, Query(dealer=dealer.id, received_until=end, limit=_PAGE))


def _found(reader: Reader, query: Query) -> Iterator[Complaint]:
    page = reader.find(query)
    yield from page
    while page.next is not None:
        page = reader.find(evolve(query, after=page.next))
        yield from page


__all__ = ["received_and_repeating", "received_before"]
