"""What a complaint can be found by: the same words, terms and cursors for every store."""

from __future__ import annotations

import unicodedata
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import blake2b
from uuid import UUID

from complaints.errors import Fault, InvalidCommandError
from complaints.model.complaint import Complaint
from complaints.model.people import ExternalRef
from complaints.model.registration import Registration
from complaints.model.spending import spendings
from complaints.model.watching import earliest_due
from complaints.stores.base import Query

Term = tuple[str, str]
"""
Kind and value: ``category``, ``vehicle`` (VIN or plate), ``customer`` (name, phone, e-mail, id), ``ref``, or ``order``.

An order's is its id and a month by UTC in which money was spent under it, such as ``SO-1/2026-02``.
"""

_JOINT = "\x1f"
_CURSOR_BYTES = 20


def folded(text: str) -> str:
    """*text* without differences of case and width, so that ``ＶＩＮ`` finds ``vin``."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def terms_of(registration: Registration) -> frozenset[Term]:
    """Every term a complaint with this form can be found by; redacted values are no terms."""
    return frozenset((kind, value) for kind, value in _terms(registration) if value and not _is_redacted(value))


def every_term(complaint: Complaint) -> frozenset[Term]:
    """Every term a complaint can be found by: those of its form, and what was spent on it under standing orders."""
    spent = frozenset(order_term(one.order, one.at) for one in spendings(complaint) if one.amount.amount)
    return terms_of(complaint.registration) | spent


def order_term(order: str, at: datetime) -> Term:
    """The term of what is spent at that moment under the standing order of this id."""
    return "order", f"{order}/{at.astimezone(UTC):%Y-%m}"


def has_the_same_terms(one: Complaint, other: Complaint) -> bool:
    """Whether nothing has changed that terms are made of: a step hands on what it does not change."""
    return (
        one.registration is other.registration and one.settled is other.settled and one.beside.help is other.beside.help
    )


def _terms(registration: Registration) -> Iterator[Term]:
    for issue in registration.issues:
        if issue.category is not None:
            yield "category", issue.category
            yield "category", issue.category.partition(".")[0]
    for vehicle in registration.vehicles:
        yield "vehicle", folded(vehicle.vin or "")
        yield "vehicle", folded(vehicle.plate or "")
        yield from _ref_terms(vehicle.ref)
    customer = registration.complainant
    for text in (customer.name, customer.phone, customer.email, customer.ref.id if customer.ref else None):
        yield "customer", folded(text or "")
    yield from _ref_terms(customer.ref)
    for ref in registration.refs:
        yield from _ref_terms(ref)


def _ref_terms(ref: ExternalRef | None) -> Iterator[Term]:
    if ref is not None:
        yield "ref", _JOINT.join((ref.system, ref.kind, ref.id))


def _is_redacted(value: str) -> bool:
    # a marker such as "[redacted]" would make strangers look like one customer
    return value.startswith("[") and value.endswith("]")


def terms_wanted(query: Query) -> tuple[Term, ...]:
    """The terms that a complaint must have, all of them, to be what *query* describes."""
    wanted: list[Term] = []
    if query.category is not None:
        wanted.append(("category", query.category))
    if query.vehicle is not None:
        wanted.append(("vehicle", folded(query.vehicle)))
    if query.customer is not None:
        wanted.append(("customer", folded(query.customer)))
    if query.order is not None:
        wanted.append(("order", query.order))
    wanted.extend(_ref_terms(query.ref))
    return tuple(wanted)


def fits(complaint: Complaint, query: Query) -> bool:
    """Whether the complaint's own columns are as *query* wants them; terms and text aside."""
    return (
        _same(query.dealer, complaint.dealer)
        and _same(query.state, complaint.state)
        and _same(query.stage, complaint.stage)
        and _same(query.is_open, complaint.is_open)
        and _same(query.handler, complaint.handler)
        and _same(query.department, complaint.department)
        and _same(query.severity, complaint.severity)
        and _same(query.reference, complaint.reference)
        and (query.due_before is None or _is_due(complaint, query.due_before))
        and (query.received_from is None or complaint.received_at >= query.received_from)
        and (query.received_until is None or complaint.received_at < query.received_until)
    )


def _is_due(complaint: Complaint, before: datetime) -> bool:
    due = earliest_due(complaint)
    return due is not None and due < before


def _same(wanted: object, found: object) -> bool:
    return wanted is None or wanted == found


def cursor_after(id: UUID) -> str:
    """The cursor of the page that begins after complaint *id*."""
    return urlsafe_b64encode(id.bytes + _check(id.bytes)).decode().rstrip("=")


def id_of_cursor(cursor: str) -> UUID:
    """
    The complaint that *cursor* stands behind.

    Raises:
        InvalidCommandError: If it did not come from :func:`cursor_after`; the check finds slips, not malice,
            since a made-up cursor shows nothing that the query would not.
    """
    try:
        raw = urlsafe_b64decode(cursor.encode("ascii") + b"==")
    except ValueError:
        raw = b""
    if len(raw) != _CURSOR_BYTES or _check(raw[:16]) != raw[16:] or cursor_after(UUID(bytes=raw[:16])) != cursor:
        raise InvalidCommandError("Query", [Fault("after", "cursor")])
    return UUID(bytes=raw[:16])


def _check(id: bytes) -> bytes:
    return blake2b(id, digest_size=4, person=b"complaints").digest()
