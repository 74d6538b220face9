"""What a new complaint may have to do with earlier ones, as somebody may see it."""

from __future__ import annotations

import pytest

from complaints import Channel, Customer, Issue, NotFoundError, NotPermittedError, Refusal, Role, Vehicle
from complaints.model.people import Actor
from complaints.repeats import Likeness, LikenessKind
from complaints.stages.intake import Receive
from tests.stages.cases import Case, feng, li, staff, wang

PASSAT = Vehicle(vin="LSVAA49J132047371", plate="沪A00001")
STRANGER = staff("stranger", Role.SPECIALIST, dealer="BJ02")
TECHNICIAN = staff("mei", Role.DEPARTMENT_STAFF)


class Log:
    """Notes who reads what; refuses whoever is named."""

    def __init__(self, *refused: str) -> None:
        self.lines: list[tuple[str, str, tuple[object, ...]]] = []
        self.refused = refused

    def __call__(self, by: Actor, what: str, ids: tuple[object, ...]) -> None:
        self.lines.append((by.id, what, ids))
        if by.id in self.refused:
            raise NotPermittedError([Refusal("permit.refused")], command="similar", who=())


def received(*, on_read: Log | None = None) -> Case:
    return Case(on_read=on_read).received(vehicles=(PASSAT,))


def receipt(case: Case, **changes: object) -> Receive:
    return case.form(Receive, **{"vehicles": (PASSAT,), **changes})


def likeness(case: Case, kind: LikenessKind, *shares: str) -> Likeness:
    one = case.complaint
    return Likeness(
        complaint=one.id,
        reference=one.reference,
        kind=kind,
        shares=shares,
        received_at=one.received_at,
        is_open=one.is_open,
    )


def test_a_receipt_that_is_being_filled_in_resembles_what_is_there():
    first = received()
    order = receipt(first.later(hours=2))

    found = first.desk.similar(order, by=li)

    assert found == (likeness(first, LikenessKind.DUPLICATE, "phone", "vin", "plate", "category", "name"),)


def test_a_complaint_resembles_earlier_ones_and_not_itself():
    first = received()
    second = first.another().later(days=10).received(channel=Channel.SHOWROOM, vehicles=(PASSAT,))

    by_id, by_reference = (second.desk.similar(which, by=li) for which in (second.id, second.complaint.reference))

    assert by_id == by_reference == (likeness(first, LikenessKind.REPEAT, "phone", "vin", "plate", "category", "name"),)
    assert first.desk.similar(first.id, by=li) == ()


def test_the_same_car_of_another_customer_is_related():
    first = received()
    order = receipt(first.later(days=1), complainant=Customer(phone="13900000009"), issues=(Issue(id="1"),))

    found = first.desk.similar(order, by=li)

    assert found == (likeness(first, LikenessKind.RELATED, "vin", "plate"),)


def test_what_is_older_than_the_houses_days_is_left_alone():
    first = received()

    assert first.desk.similar(receipt(first.later(days=91)), by=li) == ()


def test_another_dealers_people_find_nothing():
    first = received()

    with pytest.raises(NotFoundError):
        first.desk.similar(first.id, by=STRANGER)
    with pytest.raises(NotFoundError):
        first.desk.similar(receipt(first), by=STRANGER)


# by asking what a made-up form resembles, nobody learns whose number or car it is
def test_who_may_not_read_contacts_is_not_told_that_a_number_is_the_same():
    first = received()
    by_phone = receipt(first, complainant=Customer(phone="13800000001"), vehicles=())
    by_car = receipt(first, complainant=Customer(phone="13800000001"))

    assert first.desk.similar(by_phone, by=TECHNICIAN) == ()
    assert first.desk.similar(by_car, by=TECHNICIAN) == (
        likeness(first, LikenessKind.RELATED, "vin", "plate", "category"),
    )


def test_an_auditor_is_told_of_nothing_that_he_cannot_read():
    first = received()
    second = first.another().later(days=10).received(vehicles=(PASSAT,))

    assert second.desk.similar(second.id, by=feng) == ()


def test_what_was_asked_is_told_to_the_hook():
    log = Log()
    first = received(on_read=log)
    second = first.another().later(days=10).received(vehicles=(PASSAT,))
    log.lines.clear()

    first.desk.similar(second.id, by=wang)
    first.desk.similar(receipt(first), by=wang)

    assert log.lines == [
        ("wang", "similar", (second.id, first.id)),
        ("wang", "similar", (second.id, first.id)),
    ]


def test_the_hook_may_refuse_it():
    first = received(on_read=Log("wang"))

    with pytest.raises(NotPermittedError):
        first.desk.similar(first.id, by=wang)
