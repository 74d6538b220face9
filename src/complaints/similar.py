"""What a new complaint may have to do with earlier ones, for whoever asks: no more than he may read."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from complaints.access import as_seen, is_of, may_search
from complaints.errors import NotFoundError
from complaints.looking_back import found_by, since
from complaints.model.people import Actor
from complaints.model.registration import Registration
from complaints.premises import Premises
from complaints.repeats import Likeness, likenesses, terms_to_look_for
from complaints.stages.intake import Receive
from complaints.stores.base import Query, Reader


def similar(premises: Premises, reader: Reader, what: Receive | UUID, by: Actor) -> tuple[Likeness, ...]:
    """
    Which earlier complaints *what* resembles, as :meth:`complaints.desk.Desk.similar` says.

    Raises:
        NotFoundError: No such complaint or dealer, or not for this person.
    """
    form, dealer, itself = _asked_about(premises, reader, what, by)
    days = premises.policy_of(premises.dealer(dealer, by)).repeat_days
    sees = premises.sees(dealer)
    terms = _searchable(form, by, premises, dealer)
    found = found_by(reader, terms, dealer, received_from=since(form, days))
    readable = (as_seen(complaint, by, sees) for complaint in found)
    return likenesses(form, readable, within_days=days, dealer=dealer, itself=itself)


def _asked_about(
    premises: Premises, reader: Reader, what: Receive | UUID, by: Actor
) -> tuple[Registration, str, UUID | None]:
    """The form as *by* may see it, its dealer, and the id of a complaint that is there already."""
    if isinstance(what, Receive):
        return what.form(by.id), premises.dealer(what.dealer, by).id, what.id
    complaint = reader.complaint(what)
    if complaint is None or not is_of(by, complaint.dealer):
        raise NotFoundError("complaint", str(what))
    seen = as_seen(complaint, by, premises.sees(complaint.dealer))
    return seen.registration, complaint.dealer, complaint.id


def _searchable(form: Registration, by: Actor, premises: Premises, dealer: str) -> Iterator[tuple[str, str]]:
    """What *by* may search by: what he may not read he may not guess by asking what resembles it either."""
    sees = (premises.sees(dealer),)
    allowed = {
        "customer": may_search(Query(customer="-"), by, sees),
        "vehicle": may_search(Query(vehicle="-"), by, sees),
    }
    return (term for term in terms_to_look_for(form) if allowed[term[0]])


__all__ = ["similar"]
