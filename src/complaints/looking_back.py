"""Looking back: what a reader finds of the same customer's earlier complaints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from uuid import UUID

from complaints.model.complaint import Complaint
from complaints.model.registration import Registration
from complaints.model.spending import Spending, Spent, spendings
from complaints.policy import StandingOrder
from complaints.repeats import customer_terms, is_of_the_same_customer
from complaints.stores.base import Query, Reader
from complaints.stores.search import order_term

_MOST_LOOKED_AT = 200
"""Complaints that are looked at for each term, the newest; our choice, more than any customer has in a year."""

_LONGEST_TERM = {"customer": 200, "vehicle": 40}
"""As long as a query's terms may be; what is longer once its width is folded is not asked for."""

_A_CUSTOMERS_YEAR = timedelta(days=365)
_LONGEST_MONTH = timedelta(days=31)
_PAGE = 1000

_FIRST = datetime(1980, 1, 1, tzinfo=UTC)


def earlier_ones(reader: Reader, complaint: Complaint, within_days: int) -> tuple[Complaint, ...]:
    """
    Complaints of the same customer at the dealer, received within so many days before *complaint* was.

    Asked for by what a customer is surely known by (telephone, e-mail, id), and by his name only where he gave
    nothing else: that is one look-up for nearly every receipt. There is none where the form names no car or no
    category, since nothing could be a repeat in full then.

    Returns:
        Each once; which of them it repeats, :func:`complaints.repeats.repeats_of` decides.
    """
    form = complaint.registration
    if not form.vehicles or not any(issue.category for issue in form.issues):
        return ()
    return found_by(reader, customer_terms(form), complaint.dealer, received_from=since(form, within_days))


def since(form: Registration, days: int) -> datetime:
    """So many times 24 hours before *form* was received, or 1980 if that is later: no complaint is older."""
    return max((form.received_at - timedelta(days=days)).astimezone(UTC), _FIRST)


def found_by(
    reader: Reader, terms: Iterable[tuple[str, str]], dealer: str, *, received_from: datetime | None = None
) -> tuple[Complaint, ...]:
    """
    Complaints at *dealer* with one of *terms*, each once; a query of its own for each term.

    Args:
        terms: As :func:`complaints.repeats.terms_to_look_for` has them.
        received_from: Only those received from this moment on.
    """
    found: dict[UUID, Complaint] = {}
    for kind, text in terms:
        if len(text) <= _LONGEST_TERM[kind]:
            query = Query(
                dealer=dealer,
                customer=text if kind == "customer" else None,
                vehicle=text if kind == "vehicle" else None,
                received_from=received_from,
                limit=_MOST_LOOKED_AT,
            )
            found.update((one.id, one) for one in reader.find(query))
    return tuple(found.values())


def spent_before(reader: Reader, complaint: Complaint, order: StandingOrder, zone: tzinfo, at: datetime) -> Spent:
    """
    What was spent under *order*, in any version, before the step at *at*: by customer and by month.

    Only what *order* has a ceiling for is looked up; the rest is nothing. *complaint* itself counts as it stands. What
    happened after *at* and is recorded already counts as well, so that entering late opens no gap.

    Source:
        lifecycle.md, fast track: "ceilings per case, customer and month". A customer's year of 365 times 24 hours is a
        default, the calendar month is the dealer's. Who counts as the same customer stands in
        :func:`complaints.repeats.is_of_the_same_customer`; what counts as spent, in :mod:`complaints.model.spending`.
    """
    customer, month = Decimal(0), Decimal(0)
    if order.per_customer is not None:
        year_ago = at - _A_CUSTOMERS_YEAR
        theirs = _of_the_same_customer(reader, complaint)
        customer = _sum(one for one in _under(order, theirs) if one.at >= year_ago)
    if order.per_month is not None:
        wanted = _month(at, zone)
        spent = _under(order, _with(complaint, _of_the_month(reader, complaint.dealer, order, zone, at)))
        month = _sum(one for one in spent if _month(one.at, zone) == wanted)
    return Spent(customer=customer, month=month)


def _of_the_same_customer(reader: Reader, complaint: Complaint) -> Iterator[Complaint]:
    form = complaint.registration
    found = found_by(reader, customer_terms(form), complaint.dealer)
    return _with(complaint, (one for one in found if is_of_the_same_customer(form, one.registration)))


def _of_the_month(reader: Reader, dealer: str, order: StandingOrder, zone: tzinfo, at: datetime) -> Iterator[Complaint]:
    """Every complaint on which something was spent in one of the months by UTC that the local month touches."""
    first = at.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    months = dict.fromkeys(order_term(order.id, day) for day in (first, at, first + _LONGEST_MONTH))
    found: dict[UUID, Complaint] = {}
    for _, month in months:
        page = reader.find(Query(dealer=dealer, order=month, limit=_PAGE))
        found.update((one.id, one) for one in page)
        while page.next is not None:
            page = reader.find(Query(dealer=dealer, order=month, limit=_PAGE, after=page.next))
            found.update((one.id, one) for one in page)
    return iter(found.values())


def _with(complaint: Complaint, others: Iterable[Complaint]) -> Iterator[Complaint]:
    """*complaint* as it stands in the present step, and the others."""
    yield complaint
    yield from (one for one in others if one.id != complaint.id)


def _under(order: StandingOrder, complaints: Iterable[Complaint]) -> Iterator[Spending]:
    return (one for complaint in complaints for one in spendings(complaint) if one.order == order.id)


def _sum(spent: Iterable[Spending]) -> Decimal:
    return sum((one.amount.amount for one in spent), Decimal(0))


def _month(moment: datetime, zone: tzinfo) -> tuple[int, int]:
    local = moment.astimezone(zone)
    return local.year, local.month


__all__ = ["earlier_ones", "found_by", "since", "spent_before"]
