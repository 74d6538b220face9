"""What is recorded beside the way: contacts, evidence, notes, promises, severity (R7, R20, R54–R59, R66)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from complaints import Channel, Fault, InvalidCommandError, Policy, Refusal, Severity, State, new_id
from complaints.model.beside import ContactLimit
from complaints.model.investigation import Evidence
from complaints.model.people import SYSTEM
from complaints.model.words import Alarm, Direction, Purpose, Satisfaction, Track
from complaints.policy import RequiredContent, RulePack
from complaints.rows import Entry
from complaints.stages.anytime import (
    AddEvidence,
    AddNote,
    LimitContact,
    RecordContact,
    SetSeverity,
)
from tests.stages.cases import MONDAY, Case, chen, li, qian, shows, sun, wang, zhao

DAY = timedelta(days=1)
EVERYWHERE_BUT_ARCHIVED = (State.INTAKE, State.EXPLANATION, State.APPROVAL, State.REVIEW, State.CLOSED)

# --- every entry -----------------------------------------------------------------------------------------------------


# R8: "entries may be entered late, anywhere from receipt to now, and show it"
def test_an_entry_may_be_late_and_shows_it():
    case = Case().to(State.OFFER).later(days=2)

    case.does(AddNote, by=wang, at=MONDAY)

    event = case.events[-1]
    assert (event.at, event.recorded_at) == (MONDAY, MONDAY + 2 * DAY)


@shows(Entry, "time.in_future")
def test_nothing_is_recorded_before_it_happens():
    case = Case().received()

    refusals = case.refused(AddNote, by=wang, at=MONDAY + timedelta(seconds=1))

    assert refusals == (Refusal("time.in_future", at="2026-03-02T09:00:01+08:00"),)


@shows(Entry, "time.before_receipt")
def test_nothing_about_a_complaint_happened_before_it_was_received():
    case = Case().received()

    refusals = case.refused(AddNote, by=wang, at=MONDAY - timedelta(seconds=1))

    assert refusals == (Refusal("time.before_receipt", received="2026-03-02T09:00:00+08:00"),)


@shows(Entry, "content.required")
def test_what_a_house_s_own_pack_asks_for_is_written_down():
    asked = RequiredContent(command="RecordContact", field="text", source="house rule 7")
    own = RulePack(name="ours", version="1", required=(asked,))
    case = Case(policy=Policy(packs=("house_4s", own))).received()

    refusals = case.refused(RecordContact, by=li)

    assert refusals == (Refusal("content.required", missing=("text",), sources=("house rule 7",)),)
    assert case.spoken(text="您好，我们已经收到您的反馈。").events[-1].name == "RecordContact"


# --- RecordContact ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", EVERYWHERE_BUT_ARCHIVED)
def test_every_contact_is_counted_wherever_the_complaint_is(state):
    case = Case().to(state)
    before = case.complaint.contacts

    case.spoken(by=chen, text="您好，您的车已经准备好了。")

    assert (case.state, case.complaint.contacts) == (state, before + 1)


# R58 and its kin
@shows(RecordContact, "text.discourteous")
def test_what_goes_to_the_customer_is_courteous():
    case = Case().received()

    refusals = case.refused(RecordContact, by=li, channel=Channel.SMS, text="这是规定，不行就是不行。")

    assert refusals == (Refusal("text.discourteous", phrases=("这是规定", "不行")),)


# R60: the customer's own words are written down as he said them
def test_what_the_customer_says_may_be_rude():
    case = Case().received()

    case.spoken(direction=Direction.INCOMING, text="你们什么都不知道！")

    assert case.events[-1].command.text == "你们什么都不知道！"


def test_a_question_is_not_a_forbidden_word():
    case = Case().received()

    case.spoken(text="您看周三行不行？可不可以上午来？")

    assert case.complaint.contacts == 1


@shows(RecordContact, "contact.by_handler")
def test_the_handler_does_not_make_the_call_back():
    case = Case().to(State.FOLLOW_UP)

    refusals = case.refused(RecordContact, by=li, purpose=Purpose.FOLLOW_UP)

    assert refusals == (Refusal("contact.by_handler"),)


@pytest.mark.parametrize("direction", [*Direction])
def test_a_call_that_reached_him_is_no_attempt_in_vain(direction):
    case = Case().to(State.OFFER)

    case.spoken(direction=direction, reached=True)

    assert case.complaint.beside.unanswered == ()


@pytest.mark.parametrize(("purpose", "reached"), [(Purpose.INFORM, True), (Purpose.OFFER, False)])
def test_only_telling_him_of_the_offer_offers_it(purpose, reached):
    case = Case().to(State.OFFER)

    case.spoken(purpose=purpose, reached=reached)

    assert case.complaint.offered == 0


def test_about_anything_else_the_handler_may_still_speak_with_him():
    case = Case().to(State.FOLLOW_UP)

    case.spoken(by=li, purpose=Purpose.INFORM)

    assert case.complaint.attempts == ()


@pytest.mark.parametrize("digest", ["a" * 63, "A" * 64, "X" * 64, "g" * 64])
def test_the_digest_of_a_file_has_64_hexadecimal_digits(digest):
    with pytest.raises(InvalidCommandError) as refused:
        AddEvidence(complaint=new_id(), id="photo", kind="photo", sha256=digest)

    assert refused.value.faults == (Fault("sha256", "digest"),)


# R26, R55: nothing is held out that no leader approved
@shows(RecordContact, "offer.unknown_option")
def test_only_what_was_approved_is_offered():
    case = Case().to(State.OFFER)

    refusals = case.refused(RecordContact, by=li, purpose=Purpose.OFFER, options=("P1", "P2"))

    assert refusals == (Refusal("offer.unknown_option", options=("P2",)),)


@pytest.mark.parametrize("state", [State.PROPOSAL, State.APPROVAL])
def test_before_the_approval_no_solution_is_offered(state):
    case = Case().to(State.PROPOSAL).proposed("P1")
    if state is State.APPROVAL:
        case.submitted()

    refusals = case.refused(RecordContact, by=li, purpose=Purpose.OFFER, options=("P1",))

    assert refusals == (Refusal("offer.unknown_option", options=("P1",)),)


# --- AddEvidence, AddNote --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", EVERYWHERE_BUT_ARCHIVED)
def test_evidence_is_added_by_anybody_at_any_time(state):
    case = Case().to(state)
    before = case.complaint.evidence

    case.shown("scan", by=wang, kind="repair order", collected_at=MONDAY)

    added = Evidence(
        id="scan",
        kind="repair order",
        sha256="a" * 64,
        collector="wang",
        collected_at=MONDAY,
        number=case.complaint.version,
    )
    assert case.complaint.evidence == (*before, added)


@shows(AddEvidence, "evidence.doubled")
def test_evidence_is_told_apart_by_its_name():
    case = Case().received().shown("photo")

    refusals = case.refused(AddEvidence, by=wang, id="photo")

    assert refusals == (Refusal("evidence.doubled", evidence=("photo",)),)


# invariant 13: notes touch no clock
def test_a_note_touches_nothing_but_the_history():
    case = Case().to(State.OFFER)
    before = case.complaint

    case.later(days=1).does(AddNote, by=wang, text="prefers mornings")

    after = case.complaint
    assert (after.state, after.deadlines, after.contacts, after.moved_at) == (
        before.state,
        before.deadlines,
        before.contacts,
        before.moved_at,
    )
    assert case.events[-1].command.text == "prefers mornings"


def test_an_archived_complaint_takes_no_note():
    case = Case().to(State.ARCHIVED)

    refusals = case.illegal(AddNote, by=qian)

    assert refusals == (Refusal("move.illegal", command="AddNote", state="archived", commands=()),)


# --- SetSeverity (R66) -----------------------------------------------------------------------------------------------


def test_a_specialist_raises_the_severity_and_shuts_the_fast_track():
    case = Case().received()

    case.graded(Severity.MAJOR, by=li)

    assert (case.severity, case.complaint.floor, case.complaint.track) == (
        Severity.MAJOR,
        Severity.GENERAL,
        Track.FULL,
    )


@shows(SetSeverity, "severity.lowering")
def test_only_the_manager_lowers_it():
    case = Case().received().graded(Severity.MAJOR)

    refusals = case.refused(SetSeverity, by=zhao, severity=Severity.ESCALATED)

    assert refusals == (Refusal("severity.lowering", who=("manager",)),)


def test_the_manager_lowers_what_people_have_raised():
    case = Case().received().graded(Severity.MAJOR, by=li)

    case.graded(Severity.GENERAL, by=qian)

    assert (case.severity, case.complaint.track) == (Severity.GENERAL, Track.FULL)


# invariant 8
@shows(SetSeverity, "severity.below_floor")
def test_nobody_lowers_it_below_a_floor():
    case = Case().received(alarms=(Alarm.CRASH,))

    refusals = case.refused(SetSeverity, by=sun, severity=Severity.ESCALATED)

    assert refusals == (Refusal("severity.below_floor", floor="major"),)


def test_a_floor_is_as_high_as_its_rule_says_and_no_higher():
    case = Case().received().graded(Severity.MAJOR, by=li)
    case.completed_with(alarms=(Alarm.LAWYER,))
    under_it = case.severity, case.complaint.floor

    case.graded(Severity.ESCALATED, by=qian)

    assert under_it == (Severity.MAJOR, Severity.ESCALATED)
    assert (case.severity, case.complaint.floor) == (Severity.ESCALATED, Severity.ESCALATED)


def test_a_floor_below_the_present_one_changes_nothing():
    case = Case().received(alarms=(Alarm.CRASH,))
    before = case.complaint.version

    case.completed_with(alarms=(Alarm.LAWYER,))

    assert (case.complaint.version, case.complaint.floor) == (before + 1, Severity.MAJOR)


@shows(SetSeverity, "severity.same")
def test_what_is_so_already_is_not_set():
    case = Case().received()

    refusals = case.refused(SetSeverity, by=li, severity=Severity.GENERAL)

    assert refusals == (Refusal("severity.same", severity="general"),)


@shows(SetSeverity, "severity.floor_is_the_systems")
def test_a_floor_comes_from_the_rules_and_not_from_a_person():
    case = Case().received()

    refusals = case.refused(SetSeverity, by=sun, severity=Severity.MAJOR, floor="media")

    assert refusals == (Refusal("severity.floor_is_the_systems"),)


def test_the_rules_may_be_told_by_the_host_as_well():
    case = Case().received()

    case.does(SetSeverity, by=SYSTEM, severity=Severity.MAJOR, floor="media")

    assert (case.severity, case.complaint.floor) == (Severity.MAJOR, Severity.MAJOR)


def test_severity_is_no_matter_of_a_closed_complaint():
    case = Case().to(State.CLOSED)

    refusals = case.illegal(SetSeverity, by=qian)

    assert refusals == (Refusal("move.illegal", command="SetSeverity", state="closed", commands=("Reopen", "Archive")),)


def test_a_vain_attempt_is_kept_for_the_call_back():
    case = Case().to(State.FOLLOW_UP).tried(Channel.SMS)

    case.called_back(Satisfaction.SATISFIED)

    assert [(attempt.channel, attempt.was_reached) for attempt in case.complaint.attempts] == [(Channel.SMS, False)]


# --- LimitContact ----------------------------------------------------------------------------------------------------


def test_after_behaviour_nobody_has_to_bear_one_channel_stays_open_and_every_due_date_stands():
    case = Case().to(State.OFFER)
    before = case.complaint.deadlines

    case.later(days=1).does(LimitContact, by=qian, channel=Channel.LETTER, review_on=date(2026, 3, 17))

    limit = ContactLimit(channel=Channel.LETTER, review_on=date(2026, 3, 17), number=case.complaint.version)
    assert (case.complaint.beside.contact_limit, case.complaint.deadlines) == (limit, before)


def test_the_limit_that_was_agreed_last_holds():
    case = Case().received().does(LimitContact, by=qian).does(LimitContact, by=sun, channel=Channel.SMS)

    limit = case.complaint.beside.contact_limit

    assert limit == ContactLimit(channel=Channel.SMS, review_on=date(2026, 3, 16), number=3)


@shows(LimitContact, "limit.review")
def test_it_is_looked_at_again_on_a_later_day():
    case = Case().received()

    refusals = case.refused(LimitContact, by=qian, review_on=MONDAY.date())

    assert refusals == (Refusal("limit.review", today="2026-03-02"),)


# what is today is told by the dealer's clock: at one in the morning in Shanghai it is still yesterday in London
def test_tomorrow_is_late_enough():
    case = Case().received().later(hours=16)

    refusals = case.refused(LimitContact, by=qian, review_on=date(2026, 3, 3))
    case.does(LimitContact, by=qian, review_on=date(2026, 3, 4))

    assert refusals == (Refusal("limit.review", today="2026-03-03"),)
