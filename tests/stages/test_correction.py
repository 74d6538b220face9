"""Correcting what was recorded wrongly: old, new and reason stay; never a breach; a time only with proof."""

from __future__ import annotations

from datetime import UTC, timedelta

import pytest

from complaints import Customer, Department, Issue, Refusal, State, Vehicle
from complaints.errors import Fault, InvalidCommandError
from complaints.history import is_erased
from complaints.model.words import Alarm, Channel, CorrectableFact, PersonalData, Severity, Track
from complaints.stages.correction import IN_WORDS, Correct
from complaints.stages.erasure import Redact
from tests.stages.cases import MONDAY, Case, li, qian, shows, zhao

F = CorrectableFact
CAR = Vehicle(vin="LSVAA000000000001", plate="沪A00001", mileage_km=100)
EVERYTHING = Customer(
    name="王芳", phone="13800000001", email="wang@example.com", wechat="wang", address="上海市某路一号"
)  # fmt: skip


def _fix(fact, old, new):
    """Words that tell of somebody stand apart from codes, which nobody erases."""
    words = {"old": old, "new": new} if fact in IN_WORDS else {"old": None, "new": None}
    return {"fact": fact, **words} if fact in IN_WORDS else {"fact": fact, **words, "old_code": old, "new_code": new}


def _recorded(**changes: object) -> Case:
    return Case().received(complainant=EVERYTHING, vehicles=(CAR,), alarms=(Alarm.CRASH,), **changes)


@pytest.mark.parametrize(
    ("fact", "item", "old", "new", "read"),
    [
        (F.NAME, None, "王芳", "王方", lambda c: c.registration.complainant.name),
        (F.PHONE, None, "13800000001", "13800000002", lambda c: c.registration.complainant.phone),
        (F.EMAIL, None, "wang@example.com", "fang@example.com", lambda c: c.registration.complainant.email),
        (F.WECHAT, None, "wang", "fang", lambda c: c.registration.complainant.wechat),
        (F.ADDRESS, None, "上海市某路一号", "上海市某路二号", lambda c: c.registration.complainant.address),
        (F.WISH, None, "道歉", "换车", lambda c: c.registration.wish),
        (F.CHANNEL, None, "phone", "wechat", lambda c: c.registration.channel.value),
        (F.CATEGORY, "1", "service", "parts", lambda c: c.registration.issues[0].category),
        (F.VIN, "1", "LSVAA000000000001", "LSVAA000000000002", lambda c: c.registration.vehicles[0].vin),
        (F.PLATE, "1", "沪A00001", "沪A00002", lambda c: c.registration.vehicles[0].plate),
        (F.MILEAGE, "1", "100", "200", lambda c: str(c.registration.vehicles[0].mileage_km)),
        (F.ALARM, None, "crash", "fire", lambda c: c.registration.alarms[0].value),
    ],
)
def test_a_fact_is_corrected_and_the_history_keeps_both(fact, item, old, new, read):
    case = _recorded()

    case.corrected(item=item, **_fix(fact, old, new))

    made = next(event.command for event in case.events if event.name == "Correct")
    assert read(case.complaint) == new
    assert (made.was, made.should_be, made.reason) == (old, new, "misheard")


def test_an_alarm_or_a_person_is_taken_away():
    case = _recorded().about("gao")

    case.corrected(**_fix(F.ALARM, "crash", None)).corrected(**_fix(F.COMPLAINED_OF, "gao", None))

    form = case.complaint.registration
    assert (form.alarms, form.complained_of) == ((), ())


# invariant 8
def test_a_floor_stays_for_life_and_a_new_alarm_raises_one():
    case = _recorded().corrected(**_fix(F.ALARM, "crash", "fire"))
    lower = _recorded().corrected(**_fix(F.ALARM, "crash", None))

    assert (case.severity, lower.severity) == (Severity.CRITICAL, Severity.MAJOR)


def test_the_right_person_takes_the_place_of_the_wrong_one():
    case = Case().received().about("gao")

    case.corrected(**_fix(F.COMPLAINED_OF, "gao", "zhou"))

    assert case.complaint.involved == frozenset({"zhou"})


def test_the_supervisor_corrects_what_was_decided():
    judged = Case().to(State.INVESTIGATION)
    closed = Case().to(State.CLOSED)

    judged.corrected(by=zhao, **_fix(F.DEPARTMENT, "service", "parts"))
    closed.corrected(by=zhao, **_fix(F.CLASSIFICATION, "service", "parts"))

    assert judged.complaint.department is Department.PARTS
    assert closed.complaint.classification.category == "parts"


@shows(Correct, "correct.decided")
def test_the_specialist_does_not():
    case = Case().to(State.INVESTIGATION)

    refusals = case.refused(Correct, by=li, **_fix(F.DEPARTMENT, "service", "parts"))

    assert refusals == (Refusal("correct.decided", who=("supervisor",), fact="department"),)


EARLIER = MONDAY - timedelta(hours=3)


def test_a_time_is_corrected_with_proof():
    case = Case().received().shown("call-log")

    case.corrected(**_fix(F.RECEIVED_AT, MONDAY.isoformat(), EARLIER.isoformat()), proof="call-log")
    case.corrected(**_fix(F.ACKNOWLEDGED_AT, MONDAY.isoformat(), EARLIER.isoformat()), proof="call-log")

    assert (case.complaint.received_at, case.complaint.acknowledged_at) == (EARLIER, EARLIER)


def test_a_moment_is_the_same_in_every_zone():
    case = Case().received().shown("call-log")
    elsewhere = MONDAY.astimezone(UTC).isoformat()

    case.corrected(**_fix(F.RECEIVED_AT, elsewhere, EARLIER.isoformat()), proof="call-log")

    assert case.complaint.received_at == EARLIER


@pytest.mark.parametrize("said", ["last week", EARLIER.isoformat(), "2026-03-02T09:00:00"])
def test_another_moment_than_the_one_on_record_was_not_read(said):
    case = Case().received().shown("call-log")
    earlier = (EARLIER - timedelta(hours=1)).isoformat()

    refusals = case.refused(Correct, by=li, **_fix(F.RECEIVED_AT, said, earlier), proof="call-log")

    assert refusals == (Refusal("correct.old", fact="received_at"),)


def test_a_time_that_is_right_is_not_corrected():
    case = Case().received().shown("call-log")
    same = _fix(F.RECEIVED_AT, MONDAY.isoformat(), MONDAY.isoformat())

    refusals = case.refused(Correct, by=li, **same, proof="call-log")

    assert refusals == (Refusal("correct.old", fact="received_at"),)


def test_only_moments_are_compared_as_moments():
    case = Case().received(complainant=Customer(name="王芳", phone="20260302"))

    refusals = case.refused(Correct, by=li, **_fix(F.PHONE, "2026-03-02", "13800000002"))

    assert refusals == (Refusal("correct.old", fact="phone"),)


def test_it_may_have_been_received_when_it_was_recorded():
    case = Case().received(received_at=EARLIER).shown("call-log")

    case.corrected(**_fix(F.RECEIVED_AT, EARLIER.isoformat(), MONDAY.isoformat()), proof="call-log")

    assert case.complaint.received_at == MONDAY


def test_one_of_several_is_corrected_and_the_others_stay():
    issues = Issue(id="1", category="service"), Issue(id="2", category="parts")
    cars = CAR, Vehicle(plate="沪A00009")
    case = Case().received(issues=issues, vehicles=cars, alarms=(Alarm.CRASH, Alarm.RECALL))

    case.corrected(item="2", **_fix(F.CATEGORY, "parts", "attitude"))
    case.corrected(item="2", **_fix(F.PLATE, "沪A00009", "沪A00010"))
    case.corrected(**_fix(F.ALARM, "recall", "fire"))

    form = case.complaint.registration
    assert [issue.category for issue in form.issues] == ["service", "attitude"]
    assert [car.plate for car in form.vehicles] == ["沪A00001", "沪A00010"]
    assert form.alarms == (Alarm.CRASH, Alarm.FIRE)


def test_an_alarm_that_did_not_ring_is_not_corrected():
    case = _recorded()

    refusals = case.refused(Correct, by=li, **_fix(F.ALARM, "fire", "recall"))

    assert refusals == (Refusal("correct.old", fact="alarms"),)


def test_once_it_is_closed_the_wish_is_corrected_and_the_classification_stays():
    case = Case().to(State.CLOSED)
    before = case.complaint.classification

    case.corrected()

    assert case.complaint.registration.wish == "道歉并说明原因"
    assert case.complaint.classification == before


def test_what_was_not_classified_yet_is_not_corrected():
    case = Case().received()

    refusals = case.refused(Correct, by=zhao, **_fix(F.CLASSIFICATION, "service", "parts"))

    assert refusals == (Refusal("correct.item", fact="classification"), Refusal("correct.old", fact="classification"))


def test_the_fast_track_is_shut_by_what_comes_to_light_and_by_nothing_else():
    case = Case().received()

    open_still = case.corrected().complaint.track
    case.corrected(**_fix(F.CHANNEL, "phone", "12345"))

    assert (open_still, case.complaint.track) == (Track.OPEN, Track.FULL)
    assert case.complaint.registration.channel is Channel.PLATFORM_12345


def test_a_time_without_proof_is_no_correction():
    with pytest.raises(InvalidCommandError) as wrong:
        Case().received().form(Correct, **_fix(F.RECEIVED_AT, MONDAY.isoformat(), "gestern"))

    assert wrong.value.faults == (Fault("proof", "missing"), Fault("new_code", "not_a_moment"))


@shows(Correct, "correct.proof")
def test_the_proof_is_on_record():
    case = Case().received()

    refusals = case.refused(
        Correct,
        by=li,
        **_fix(F.RECEIVED_AT, MONDAY.isoformat(), EARLIER.isoformat()),
        proof="call-log",
    )

    assert refusals == (Refusal("correct.proof", evidence=("call-log",)),)


@shows(Correct, "correct.time")
def test_nothing_was_received_after_it_was_recorded_or_acknowledged_before_it_was_received():
    case = Case().received().shown("call-log").later(days=1)
    later = (MONDAY + timedelta(hours=1)).isoformat()

    received = case.refused(Correct, by=li, **_fix(F.RECEIVED_AT, MONDAY.isoformat(), later), proof="call-log")
    acknowledged = case.refused(
        Correct,
        by=li,
        **_fix(F.ACKNOWLEDGED_AT, MONDAY.isoformat(), EARLIER.isoformat()),
        proof="call-log",
    )

    assert received == (Refusal("correct.time", last=MONDAY.isoformat()),)
    assert acknowledged == (Refusal("correct.time", last=case.clock().isoformat()),)


@shows(Correct, "correct.old")
def test_whoever_corrects_has_read_what_stands_there():
    case = Case().received()

    refusals = case.refused(Correct, by=li, old="赔礼"), case.refused(Correct, by=li, old="道歉", new="道歉")

    assert refusals == ((Refusal("correct.old", fact="wish"),),) * 2


@shows(Correct, "correct.item")
def test_the_issue_or_the_car_is_on_the_form():
    case = Case().received()

    issue = case.refused(Correct, by=li, item="9", **_fix(F.CATEGORY, None, "parts"))
    car = case.refused(Correct, by=li, fact=F.PLATE, item="1", old=None, new="沪A00002")

    assert issue == (Refusal("correct.item", fact="category"),)
    assert car == (Refusal("correct.item", fact="plate"),)


@pytest.mark.parametrize("item", [None, "0", "3", "second"])
def test_of_two_cars_it_is_said_which(item):
    case = Case().received(vehicles=(CAR, CAR))

    refusals = case.refused(Correct, by=li, item=item, **_fix(F.PLATE, None, "沪A00002"))

    assert refusals == (Refusal("correct.item", fact="plate"),)


@shows(Correct, "correct.category")
def test_the_right_category_is_one_of_the_houses():
    case = Case().received()

    refusals = case.refused(Correct, by=li, item="1", **_fix(F.CATEGORY, "service", "catering"))

    assert refusals == (Refusal("correct.category", categories=("catering",)),)


@pytest.mark.parametrize(
    ("fact", "new", "fault"),
    [
        (F.CHANNEL, "pigeon", "choice"),
        (F.ALARM, "rain", "choice"),
        (F.CATEGORY, "Not a code", "category"),
        (F.VIN, "short", "vin"),
        (F.MILEAGE, "-1", "type"),
        (F.PHONE, "1" * 41, "too_long"),
        (F.DEPARTMENT, "kitchen", "choice"),
        (F.MILEAGE, "123456789", "type"),
        (F.RECEIVED_AT, "2026-03-02T09:00:00", "naive_time"),
        (F.ACKNOWLEDGED_AT, "0001-01-01T00:00:00+00:00", "not_a_moment"),
    ],
    ids=str,
)
def test_a_new_value_that_cannot_be_is_no_correction(fact, new, fault):
    with pytest.raises(InvalidCommandError) as wrong:
        Case().received().form(Correct, item="1", proof="call-log", **_fix(fact, "x", new))

    assert [(one.field, one.code) for one in wrong.value.faults] == [("new" if fact in IN_WORDS else "new_code", fault)]


@pytest.mark.parametrize(
    ("fact", "new", "fault"),
    [
        (F.MILEAGE, "far", Fault("new_code", "type", wanted="int", given="str")),
        (F.CHANNEL, "pigeon", Fault("new_code", "choice", choices=tuple(one.value for one in Channel))),
        (F.PHONE, "1" * 41, Fault("new", "too_long", most=40, length=41)),
    ],
    ids=["a number", "a choice", "a line"],
)
def test_what_is_wrong_with_it_is_said_in_full(fact, new, fault):
    with pytest.raises(InvalidCommandError) as wrong:
        Case().received().form(Correct, item="1", **_fix(fact, "x", new))

    assert wrong.value.faults == (fault,)


def test_a_car_may_have_run_ten_thousand_thousand_kilometres():
    case = _recorded().corrected(item="1", **_fix(F.MILEAGE, "100", "10000000"))

    assert case.complaint.registration.vehicles[0].mileage_km == 10_000_000


# invariant 5
def test_there_is_no_correcting_of_a_breach():
    assert {fact.value for fact in CorrectableFact}.isdisjoint({"breaches", "promises", "clocks", "settled_at"})


def test_clocks_and_state_stay_as_they_are():
    case = Case().received(issues=(Issue(id="1", category="service"),)).begun().shown("call-log")
    before = case.complaint

    case.corrected(**_fix(F.RECEIVED_AT, MONDAY.isoformat(), EARLIER.isoformat()), proof="call-log")

    after = case.complaint
    assert (after.state, after.clocks, after.moved_at, after.passes) == (
        before.state, before.clocks, before.moved_at, before.passes,
    )  # fmt: skip


def test_words_and_codes_stand_in_fields_of_their_own():
    with pytest.raises(InvalidCommandError) as wrong:
        Case().received().form(Correct, fact=F.ALARM, old="crash", new="fire")

    assert wrong.value.faults == (
        Fault("old", "not_with_fact", other="old_code"),
        Fault("new", "not_with_fact", other="new_code"),
        Fault("old_code", "missing"),
    )


def test_a_corrected_name_goes_with_the_names_and_a_corrected_code_stays():
    case = _recorded().corrected(old="道歉", new="换车").corrected(fact=F.NAME, old="王芳", new="王方")
    case.corrected(**_fix(F.ALARM, "crash", "fire")).withdrawn().called_back(pressed=False).closed()

    case.does(Redact, qian, fields=(PersonalData.NAMES,))

    kept = {event.command.fact: event.command.should_be for event in case.events if event.name == "Correct"}
    before = {event.command.fact: event.command.was for event in case.events if event.name == "Correct"}
    assert is_erased(kept.pop(F.NAME))
    assert is_erased(before[F.NAME])
    assert kept == {F.WISH: "换车", F.ALARM: "fire"}
    assert is_erased(case.complaint.registration.complainant.name)
    assert case.desk.verify(case.id).number == case.complaint.version
