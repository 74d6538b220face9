"""How the sample comes into the house: all at once, whatever is wrong with one of them; each is acknowledged."""

from __future__ import annotations

from collections.abc import Callable

from complaints.demo.house import STAFF, House
from complaints.demo.sample import Refused, Sample
from complaints.demo.steps import id_of
from complaints.demo.story import AT_THE_COUNTER, STORIES
from complaints.errors import ComplaintError
from complaints.model.complaint import Complaint
from complaints.model.words import Channel, Duty, Purpose
from complaints.orders import Order
from complaints.stages.anytime import AddNote, RecordContact
from complaints.stages.intake import Assign

__all__ = ["take_in"]


def take_in(house: House, sample: Sample, *, progress: Callable[[int], None] | None = None) -> tuple[Refused, ...]:
    """
    Receive everything but the one that comes to the counter, note each mark, have it handled, and say that it is here.

    Args:
        progress: Called with how many were received so far.

    Returns:
        The rows that were refused, by the reader or by the desk, in the order of the file.
    """
    by = STAFF["sun"]
    forms = {odi: form for odi, form in sample.complaints.items() if odi != AT_THE_COUNTER}
    orders = (Order(form, by, key=f"nhtsa-{odi}") for odi, form in forms.items())
    answers = dict(zip(forms, house.desk.handle_all(orders, progress=progress), strict=True))
    marked = [(mark, answers.get(mark.odi)) for mark in sample.marks]
    notes = [
        AddNote(complaint=complaint.id, text=mark.sentence(house.language))
        for mark, complaint in marked
        if isinstance(complaint, Complaint)
    ]
    house.desk.handle_all([Order(note, by) for note in notes], atomic=True)
    received = [answer for answer in answers.values() if isinstance(answer, Complaint)]
    told = {id_of(forms[story.odi]) for story in STORIES if story.odi in forms}
    house.desk.handle_all(
        [Order(_task(house, one), STAFF["zhao"]) for one in received if one.id not in told], atomic=True
    )
    house.desk.handle_all([Order(_acknowledgement(house, one), STAFF["li"]) for one in received], atomic=True)
    refused = [
        Refused(row, "invalid", odi, answer)
        for odi, answer in answers.items()
        if isinstance(answer, ComplaintError)
        for row in sample.rows_of[odi]
    ]
    return tuple(sorted((*sample.refused, *refused), key=lambda one: one.row))


def _task(house: House, complaint: Complaint) -> Assign:
    """Nothing lies there without somebody who looks after it (R52)."""
    return Assign(complaint=complaint.id, duty=Duty.HANDLER, assignee="wang", basis=house.text("basis"))


def _acknowledgement(house: House, complaint: Complaint) -> RecordContact:
    """What the platform hands on to whoever complained: that he was heard, and under which number (R7)."""
    return RecordContact(
        complaint=complaint.id,
        purpose=Purpose.ACKNOWLEDGE,
        channel=Channel.QUALITY_PLATFORM,
        reached=True,
        text=house.text("acknowledge", reference=complaint.reference),
    )
