"""The shipped sample: every row becomes a part of a complaint, or is refused with its number and a reason."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from hashlib import sha256

import pytest

from complaints.demo.house import DEALER, STAFF, Clock, House
from complaints.demo.intake import take_in
from complaints.demo.sample import COMPONENTS, Mark, Refused, category_of, read_sample, shipped_text
from complaints.desk import Desk
from complaints.model.people import Customer, Dealer, ExternalRef
from complaints.model.registration import Issue, Vehicle
from complaints.model.words import Alarm, Category, Channel, Duty, Purpose, State
from complaints.stages.anytime import AddNote, RecordContact
from complaints.stores.base import Query

SHOP = Dealer(DEALER)


def rows() -> list[list[str]]:
    return [line.split("\t") for line in shipped_text().split("\r\n") if line]


def row(**changes: str) -> str:
    """A line as NHTSA writes it; only what a test is about differs from a plain one."""
    plain = {
        "id": "1", "odi": "958200", "make": "FORD", "model": "TAURUS", "year": "1991", "failed_on": "19941215",
        "fire": "N", "injured": "0", "deaths": "0", "component": "SEATS", "city": "QUINCY", "state": "MA",
        "received_on": "19950103", "narrative": "SEAT DOES NOT MOVE.", "product": "V", **changes,
    }  # fmt: skip
    places = {
        "id": 1, "odi": 2, "make": 4, "model": 5, "year": 6, "crash": 7, "failed_on": 8, "fire": 9, "injured": 10,
        "deaths": 11, "component": 12, "city": 13, "state": 14, "vin": 15, "received_on": 17, "miles": 18,
        "narrative": 20, "product": 46, "medical": 48,
    }  # fmt: skip
    fields = [""] * 48
    for name, value in plain.items():
        fields[places[name] - 1] = value
    return "\t".join(fields)


def test_the_sample_is_shipped_byte_for_byte():
    digest = sha256(shipped_text().encode()).hexdigest()

    assert digest == "8d909ea2dcc476ad892a6ada1258d19c7c429e3cc2263a6355b50dd63a4076aa"


def test_a_hundred_rows_are_seventy_seven_complaints_and_none_disappears():
    sample = read_sample(shipped_text(), SHOP)

    known = [ref.id for form in sample.complaints.values() for ref in form.refs if ref.kind == "cmplid"]
    assert (sample.rows, len(sample.complaints), sample.refused) == (100, 77, ())
    assert sorted(map(int, known)) == list(range(1, 101))
    assert sorted(number for group in sample.rows_of.values() for number in group) == list(range(1, 101))


def test_every_component_of_the_sample_has_a_category():
    groups = {fields[11].partition(":")[0].partition(",")[0].strip() for fields in rows()}

    assert groups == set(COMPONENTS)


def test_a_component_nobody_has_heard_of_is_other():
    assert category_of("FLUX CAPACITOR:PRIMARY") == (Category.OTHER, False)


def test_the_issues_are_counted_by_category_as_they_are_by_hand():
    sample = read_sample(shipped_text(), SHOP)

    categories = Counter(issue.category for form in sample.complaints.values() for issue in form.issues)

    assert categories == {
        "product.brakes": 20, "product.body": 15, "product.electrics": 10, "product.engine": 17, "product.airbags": 8,
        "product.transmission": 6, "product": 6, "product.steering": 6, "product.suspension": 5, "parts": 5,
        "product.tyres": 1, "other": 1,
    }  # fmt: skip


def test_the_alarms_are_counted_as_the_file_has_them():
    fields = rows()
    sample = read_sample(shipped_text(), SHOP)

    counted = Counter(alarm for form in sample.complaints.values() for alarm in form.alarms)

    assert counted[Alarm.CRASH] == len({one[1] for one in fields if one[6] == "Y"})
    assert counted[Alarm.FIRE] == len({one[1] for one in fields if one[8] == "Y"})
    assert counted[Alarm.INJURY] == len({one[1] for one in fields if one[9] != "0" or one[10] != "0"})
    assert set(counted) == {Alarm.CRASH, Alarm.FIRE, Alarm.INJURY, Alarm.SAFETY_PART}


def test_several_rows_of_one_number_are_several_issues_of_one_complaint():
    form = read_sample(shipped_text(), SHOP).complaints["958178"]

    assert form.complainant == Customer(platform_number="958178", address="MILAN, MI")
    assert form.channel is Channel.QUALITY_PLATFORM
    assert form.received_at == datetime(1995, 1, 3, 12, tzinfo=SHOP.tz)
    assert form.vehicles == (Vehicle(vin="1GDDM19W4RB", make="GMC", model="SAFARI", year=1994),)
    assert form.issues == (
        Issue(id="I1", category="product.electrics", text="ELECTRICAL SYSTEM:BATTERY"),
        Issue(id="I2", category="product.brakes", text=BRAKES, is_safety=True),
        Issue(id="I3", category="product.steering", text="STEERING:HYDRAULIC POWER ASSIST SYSTEM", is_safety=True),
    )
    assert form.refs == (
        ExternalRef(system="NHTSA", kind="odi", id="958178"),
        *(ExternalRef(system="NHTSA", kind="cmplid", id=number) for number in ("81", "82", "83")),
    )
    assert form.alarms == (Alarm.SAFETY_PART,)
    assert form.statement.split("\n\n") == [one[19] for one in rows() if one[1] == "958178"]


BRAKES = "SERVICE BRAKES, HYDRAULIC:FOUNDATION COMPONENTS"


def test_a_narrative_that_stands_in_several_rows_is_told_once():
    form = read_sample(shipped_text(), SHOP).complaints["958244"]

    assert len(form.issues) == 3
    assert form.statement == next(one[19] for one in rows() if one[1] == "958244")


def test_a_child_seat_is_no_vehicle_and_is_named_in_its_issue():
    form = read_sample(shipped_text(), SHOP).complaints["958123"]

    assert form.vehicles == ()
    assert form.issues == (
        Issue(id="I1", category="parts", text="CHILD SEAT (RENOLUX CHILD SAFETY SEAT)", is_safety=True),
    )


def test_what_cannot_be_right_is_taken_in_and_marked():
    sample = read_sample(shipped_text(), SHOP)

    assert sample.marks == (
        Mark(36, "958179", "state", "00"),
        Mark(43, "958135", "state", "00"),
        Mark(45, "958140", "state", "00"),
        Mark(46, "958140", "state", "00"),
        Mark(73, "958159", "vin", "IGNCT18Z4K0"),
    )
    assert sample.complaints["958179"].complainant.address == "ALBION"
    assert [vehicle.vin for vehicle in sample.complaints["958159"].vehicles] == [None]


@pytest.mark.parametrize(
    ("changes", "mark"),
    [
        ({"year": "9999"}, Mark(1, "958200", "year", "9999")),
        ({"failed_on": "19890101"}, Mark(1, "958200", "incident", "19890101")),
        ({"failed_on": "19950104"}, Mark(1, "958200", "incident", "19950104")),
        ({"failed_on": "19941332"}, Mark(1, "958200", "incident", "19941332")),
        ({"vin": "O1234567890"}, Mark(1, "958200", "vin", "O1234567890")),
    ],
    ids=["no model year", "long before the car was built", "after it was complained of", "no day", "no VIN"],
)
def test_a_flaw_in_a_detail_is_marked(changes, mark):
    sample = read_sample(row(**changes), SHOP)

    assert (sample.marks, sample.refused, list(sample.complaints)) == ((mark,), (), ["958200"])
    assert mark.sentence("en").startswith("Row 1: ")


def test_medical_attention_and_deaths_are_injuries():
    sample = read_sample("\n".join([row(odi="1", medical="Y"), row(odi="2", deaths="2"), row(odi="3")]), SHOP)

    assert [form.alarms for form in sample.complaints.values()] == [(Alarm.INJURY,), (Alarm.INJURY,), ()]


def test_miles_are_taken_over_in_kilometres():
    sample = read_sample(row(miles="1000"), SHOP)

    assert sample.complaints["958200"].vehicles[0].mileage_km == 1609


BAD_ROWS = [
    ("one\ttwo", Refused(2, "fields", "2")),
    (row(odi="NONE"), Refused(2, "number", "NONE")),
    (row(received_on="1995"), Refused(2, "date", "1995")),
    (row(received_on="19950230"), Refused(2, "date", "19950230")),
    (row(narrative="  "), Refused(2, "narrative")),
]


@pytest.mark.parametrize(("bad", "refused"), BAD_ROWS, ids=["cut off", "number", "date", "day", "narrative"])
def test_a_flawed_row_is_refused_with_its_number_and_reason_and_stops_nothing(bad, refused):
    sample = read_sample("\n".join([row(odi="1"), bad, row(odi="3")]) + "\n", SHOP)

    assert (sample.rows, sample.refused, list(sample.complaints)) == (3, (refused,), ["1", "3"])
    assert refused.sentence("en").startswith("Row 2 ")
    assert refused.sentence("zh_CN").startswith("第 2 行")


def test_a_row_the_library_refuses_keeps_what_it_said():
    sample = read_sample("\n".join([row(odi="1"), row(odi="2", narrative="bell \x07")]), SHOP)

    (refused,) = sample.refused
    assert (refused.row, refused.code, refused.value, list(sample.complaints)) == (2, "invalid", "2", ["1"])
    assert [(fault.field, fault.code) for fault in refused.error.faults] == [("statement", "control_characters")]


def test_a_complaint_the_desk_refuses_does_not_stop_the_others():
    sample = read_sample("\n".join([row(odi="1"), row(odi="2", received_on="19960101"), row(odi="3")]), SHOP)
    clock = Clock(datetime(1995, 1, 4, 9, tzinfo=SHOP.tz))

    with Desk(dealers=[SHOP], clock=clock) as desk:
        house = House(desk, SHOP, clock, "en")
        (refused,) = take_in(house, sample)
        found = [complaint.registration.refs[0].id for complaint in desk.find(by=STAFF["chen"])]

    assert (refused.row, refused.value, refused.error.refusals[0].code) == (2, "2", "time.in_future")
    assert sorted(found) == ["1", "3"]


def test_marks_stand_in_the_history_somebody_handles_it_and_whoever_complained_is_told():
    sample = read_sample(row(state="00"), SHOP)
    clock = Clock(datetime(1995, 1, 3, 12, tzinfo=SHOP.tz))

    with Desk(dealers=[SHOP], clock=clock) as desk:
        house = House(desk, SHOP, clock, "en")
        take_in(house, sample)
        (complaint,) = desk.find(Query(state=State.INTAKE), by=STAFF["chen"])
        *_, note, asked, told = [event.command for event in desk.history(complaint.id, by=STAFF["chen"])]

    assert note == AddNote(
        complaint=complaint.id, text="Row 1: there is no US state “00”; only the town was taken over."
    )
    assert (asked.duty, asked.assignee) == (Duty.HANDLER, "wang")
    assert told == RecordContact(
        complaint=complaint.id,
        purpose=Purpose.ACKNOWLEDGE,
        channel=Channel.QUALITY_PLATFORM,
        reached=True,
        text=(
            "Thank you for telling us. Your case number is DEMO01-1995-000001;"
            " from now on one of us looks after it for you."
        ),
    )
