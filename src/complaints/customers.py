"""What concerns one customer across all of his complaints: everything held on him, and its erasure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import attrs

from complaints.errors import ComplaintError, NotFoundError, NotPermittedError
from complaints.model.base import evolve
from complaints.model.complaint import Complaint
from complaints.model.event import Refusal
from complaints.model.people import Actor, Dealer, ExternalRef
from complaints.model.words import PersonalData, Role
from complaints.orders import Order
from complaints.stages.erasure import Redact
from complaints.stores.base import Query

if TYPE_CHECKING:
    from complaints.desk import Desk
    from complaints.stores.base import Connection

EXPORT = "complaints-customer-1"
"""What the first version of an export calls itself."""


@attrs.frozen(kw_only=True)
class Redaction:
    """
    What came of the erasure on one complaint of a customer.

    Attributes:
        outcome: The complaint as it is now, or the error that refused it: then nothing on it has changed.
    """

    complaint: UUID
    reference: str
    outcome: Complaint | ComplaintError


def complaints_of(
    desk: Desk, customer: ExternalRef | str, *, by: Actor, connection: Connection | None = None
) -> Iterator[Complaint]:
    """The complaints whose complainant is *customer*, newest first; of what other parties said nothing is known."""
    query = Query(customer=customer) if isinstance(customer, str) else Query(ref=customer)
    while True:
        page = desk.find(query, by=by, connection=connection)
        yield from page
        if page.next is None:
            return
        query = evolve(query, after=page.next)


def redact_customer(
    desk: Desk,
    customer: ExternalRef | str,
    *,
    by: Actor,
    reason: str,
    fields: tuple[PersonalData, ...],
    include_vehicle: bool,
    recorded_by: Actor | None,
    at: datetime | None,
    connection: Connection | None = None,
) -> tuple[Redaction, ...]:
    """Give a Redact on each complaint; see :meth:`Desk.redact_customer`."""
    # all of them first: what is erased is not found any more
    found = tuple(complaints_of(desk, customer, by=by, connection=connection))
    commands = [
        Redact(complaint=one.id, fields=fields, reason=reason, include_vehicle=include_vehicle) for one in found
    ]
    orders = [Order(command, by, recorded_by, at) for command in commands]
    outcomes = desk.handle_all(orders, connection=connection)
    return tuple(
        Redaction(complaint=one.id, reference=one.reference, outcome=outcome)
        for one, outcome in zip(found, outcomes, strict=True)
    )


def export_customer(
    desk: Desk, customer: ExternalRef | str, *, by: Actor, now: datetime, dealer_of: Callable[[str], Dealer]
) -> dict[str, object]:
    """Everything held on the customer; see :meth:`Desk.export_customer`."""
    if not by.holds(Role.MANAGER):
        raise NotPermittedError([Refusal("export.not_permitted", who=("manager",))], command="export", who=("manager",))
    files = [_file(desk, one, by, _described(one.dealer, dealer_of)) for one in complaints_of(desk, customer, by=by)]
    return {"format": EXPORT, "made_at": now.isoformat(), "made_by": by.id, "complaints": files}


def _described(dealer: str, dealer_of: Callable[[str], Dealer]) -> Dealer:
    """The dealer; one that is not served any more with the defaults of :class:`Dealer`."""
    try:
        return dealer_of(dealer)
    except NotFoundError:
        return Dealer(dealer)


def _file(desk: Desk, complaint: Complaint, by: Actor, dealer: Dealer) -> dict[str, object]:
    from complaints.forms.case_file import case_file, case_file_data

    events = desk.history(complaint.id, by=by, upto=complaint.version)
    text = case_file(complaint, events, language=dealer.language, zone=dealer.tz, is_full=True)
    data = case_file_data(complaint, events, language=dealer.language)
    return {"reference": complaint.reference, "dealer": complaint.dealer, "case_file": text, **data}


__all__ = ["EXPORT", "Redaction", "complaints_of", "export_customer", "redact_customer"]
