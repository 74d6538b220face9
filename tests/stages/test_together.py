"""Where two parts of the lifecycle meet: a merge and a conflict of interest, a hold and an erasure, and so on."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import attrs
import pytest

from complaints import (
    LIFECYCLE,
    Actor,
    Command,
    Customer,
    Department,
    Issue,
    Lifecycle,
    Policy,
    Query,
    Refusal,
    Role,
    Severity,
    State,
    Vehicle,
)
from complaints.history import is_erased
from complaints.model.people import SYSTEM, Party
from complaints.model.words import (
    CaseKind,
    CaseStatus,
    CorrectableFact,
    EndGround,
    HelpKind,
    HoldKind,
    PartyKind,
    PersonalData,
    RemedyKind,
    ReworkReason,
    TaskResult,
)
from complaints.policy.standing_order import StandingRemedy
from complaints.stages.accountability import DecideAccountability, ExecuteMeasure, ReviewContest
from complaints.stages.confirming import ConfirmProxy
from complaints.stages.correction import Correct
from complaints.stages.due_dates import RecordBreach
from complaints.stages.ending import EndWithoutAgreement, Void, Withdraw
from complaints.stages.erasure import Redact
from complaints.stages.execution import Accept, BookCompensation, CompleteExecution
from complaints.stages.family import Merge, Unlink
from complaints.stages.fast_track import SettleAtOnce
from complaints.stages.handover import HandOver
from complaints.stages.help import GiveHelp
from complaints.stages.holds import PlaceHold, ReleaseHold
from complaints.stages.intake import CompleteRegistration
from complaints.stages.judgment import Dispute, Uphold
from complaints.stages.migration import Migrate
from complaints.stages.outside import OpenExternalCase, UpdateExternalCase
from complaints.stages.promises import MakePromise
from complaints.stages.proposal import Propose
from complaints.stages.review import Archive, PlanImprovement, ReturnForRework
from complaints.stores import SqlStore
from tests.stages.cases import (
    STANDING_ORDER,
    Case,
    Listed,
    coaching,
    han,
    li,
    no_measure,
    promise,
    proposal,
    qian,
    remedy,
    shows,
    sun,
    wang,
    wu,
    yuan,
    zhao,
    zheng,
)

# --- a merge and the conflict of interest (invariant 4) --------------------------------------------------------------


def test_what_a_judge_did_before_a_merge_showed_his_part_is_confirmed_by_another():
    survivor = Case().to(State.JUDGMENT).upheld(by=zhao)
    gone = survivor.another().received().about("zhao")
    gone.other = survivor.id

    gone.does(Merge, qian)

    waiting = [(one.command, one.by, one.typed_by) for one in survivor.complaint.unconfirmed]
    assert waiting == [("Uphold", "zhao", None)]


# --- a merge and the windows of those who may object (A9) ------------------------------------------------------------


def test_a_merge_shortens_nobodys_time_to_contest():
    gone = Case().to(State.INVESTIGATION).measured()
    survivor = gone.another().to(State.INVESTIGATION).later(days=3).measured()
    gone.other = survivor.id
    own = survivor.complaint.deadlines["contest"]

    gone.does(Merge, qian)

    assert survivor.complaint.deadlines["contest"] == own


def test_a_merge_opens_no_window_where_nothing_was_decided():
    gone = Case().to(State.INVESTIGATION).measured()
    survivor = gone.another().to(State.INVESTIGATION)
    gone.other = survivor.id

    gone.does(Merge, qian)

    assert "contest" not in survivor.complaint.deadlines
    assert gone.complaint.deadlines["contest"].due > gone.clock() + timedelta(days=4)


def test_a_window_that_has_passed_is_no_due_date_that_was_missed():
    case = Case().to(State.INVESTIGATION).measured().later(days=9)

    refusals = case.refused(RecordBreach, by=SYSTEM, promise=None, clock="contest")

    assert [refusal.code for refusal in refusals] == ["due.unknown"]
    assert "contest" not in refusals[0].facts["clocks"]


# --- void and a customer who waits (MOVES 7, 20, 22, 25) -------------------------------------------------------------


@shows(Void, "void.came_back")
def test_whoever_disputes_a_judgment_waits_for_an_answer():
    case = Case().to(State.EXPLANATION).disputed()

    refusals = case.refused(Void, by=qian)

    assert refusals == (Refusal("void.came_back"),)


@pytest.mark.parametrize(
    "came_back",
    [
        lambda case: case.to(State.CLOSED).reopened(),
        lambda case: case.to(State.REVIEW).reworked(ReworkReason.JUDGED_WRONGLY),
        lambda case: case.received().withdrawn().called_back(pressed=True).reworked(ReworkReason.UNDER_PRESSURE),
    ],
    ids=["reopened", "reworked", "pressed to withdraw"],
)
def test_what_came_back_is_a_complaint_and_never_void(came_back):
    case = came_back(Case())

    refusals = case.refused(Void, by=qian)

    assert Refusal("void.came_back") in refusals


# --- a merge and long names -----------------------------------------------------------------------------------------

LONG = "a" * 40


def test_what_has_the_longest_name_is_still_dealt_with_after_a_merge():
    gone = Case().received().held(LONG, han, kind=HoldKind.LEGAL).opened(LONG)
    gone.promised(promise=promise(LONG))
    survivor = gone.another().received()
    gone.other = survivor.id
    gone.does(Merge, qian)

    survivor.put_off(promise=f"M1/{LONG}").later(days=10).missed(promise=f"M1/{LONG}").kept(f"M1/{LONG}")
    survivor.updated(f"M1/{LONG}").no_longer_held(f"M1/{LONG}", han)

    now = survivor.complaint
    assert (now.owed_promises, now.open_holds, now.blocking_cases) == ((), (), ())


# --- whose own part it is (A8, A9, R28) ------------------------------------------------------------------------------

LI_FOR_WANG = Actor("li", Role.SPECIALIST, dealer="SH01", stands_in_for=("wang",))


@shows(Correct, "correct.own_part")
def test_nobody_takes_himself_off_the_list_of_those_complained_of():
    case = Case().received().about("li", "wang")
    change = {"fact": CorrectableFact.COMPLAINED_OF, "old": None, "new": None, "old_code": "li"}

    himself = case.refused(Correct, by=li, **change)
    his_deputy = case.refused(Correct, by=LI_FOR_WANG, **{**change, "old_code": "wang"})
    case.corrected(by=zhao, **change)

    assert himself == his_deputy == (Refusal("correct.own_part"),)
    assert case.complaint.registration.complained_of == ("wang",)


@shows(DecideAccountability, "decider.own_measure")
def test_nobody_decides_his_own_measure_not_even_that_there_is_none():
    case = Case().to(State.INVESTIGATION)

    refusals = case.refused(DecideAccountability, by=qian, measures=(no_measure("qian"),))
    case.measured(no_measure("qian"), by=sun)

    assert refusals == (Refusal("decider.own_measure", persons=("qian",)),)


def test_a_deputy_neither_answers_nor_executes_for_the_one_he_stands_in_for():
    case = Case().to(State.INVESTIGATION).measured(coaching("wang"), coaching("zhou")).contested()
    for_wang = {"dealer": "SH01", "stands_in_for": ("wang",)}
    leader, clerk = Actor("sun", Role.GENERAL_MANAGER, **for_wang), Actor("hu", Role.HR, **for_wang)

    answer = case.refused(ReviewContest, by=leader)
    case.looked_at_again()
    execution = case.refused(ExecuteMeasure, by=clerk)

    assert answer == (Refusal("contest.own"),)
    assert execution == (Refusal("measure.own"),)


def test_a_deputy_does_not_confirm_what_the_one_he_stands_in_for_did():
    case = Case().to(State.JUDGMENT).upheld(by=zhao).about("zhao")
    number = case.waiting_for_confirmation
    deputy = Actor("qian", Role.MANAGER, dealer="SH01", stands_in_for=("zhao",))

    refusals = case.refused(ConfirmProxy, by=deputy, number=number)
    case.confirmed(by=qian, number=number)

    assert [refusal.code for refusal in refusals] == ["proxy.none_yours", "proxy.not_yours"]
    assert case.complaint.unconfirmed == ()


# --- a merge and what is known of the customer (R62, R67) ------------------------------------------------------------

NAMES = (PersonalData.NAMES, PersonalData.CONTACTS)


def _merged_pair(**kept: int) -> tuple[Case, Case]:
    policy = Policy(standing_orders=(STANDING_ORDER,), **kept)
    survivor = Case(policy=policy).received()
    gone = survivor.another().received()
    gone.other, survivor.other = survivor.id, gone.id
    return gone.does(Merge, qian), survivor


def test_a_merged_customer_is_known_until_the_survivor_has_answered_him():
    gone, survivor = _merged_pair()

    refusals = gone.refused(Redact, by=qian, fields=NAMES)
    survivor.begun().explained().understood().called_back().answered_for().closed()
    gone.does(Redact, qian, fields=NAMES)

    assert refusals == (Refusal("redact.still_open", fields=("names", "contacts")),)


def test_a_merged_file_is_kept_as_long_as_its_survivors():
    gone, survivor = _merged_pair(keep_years=3)
    survivor.later(days=1000).begun().explained().understood().called_back().answered_for().closed()

    refusals = gone.later(days=1000).refused(Redact, by=qian)
    gone.later(days=100).does(Redact, qian)

    assert refusals == (Refusal("redact.retention", years=3),)


def test_a_legal_hold_on_the_one_keeps_the_other_as_it_is():
    gone, survivor = _merged_pair()
    survivor.held("court", han, kind=HoldKind.LEGAL)
    of_the_gone = gone.refused(Redact, by=qian)
    survivor.no_longer_held("court", han)
    gone.held("police", han, kind=HoldKind.LEGAL)

    of_the_survivor = survivor.refused(Redact, by=qian)

    assert of_the_gone == (Refusal("redact.legal_hold", holds=("court",)),)
    assert of_the_survivor == (Refusal("redact.legal_hold", holds=("police",)),)


def test_what_was_closed_long_before_it_was_merged_is_kept_from_the_merge_on():
    gone = Case(policy=Policy(standing_orders=(STANDING_ORDER,), keep_years=1)).to(State.CLOSED)
    gone.later(days=20).reopened().later(days=300)
    survivor = gone.another().received()
    gone.other = survivor.id
    gone.does(Merge, qian)
    survivor.begun().explained().understood().called_back().answered_for().closed()

    refusals = gone.later(days=60).refused(Redact, by=qian)

    assert refusals == (Refusal("redact.retention", years=1),)


# --- a link and somebody else's customer -----------------------------------------------------------------------------


def test_why_a_link_was_wrong_is_told_on_the_complaint_it_was_said_on_alone():
    case = Case().received().beside_another().linked()

    case.does(Unlink, li, reason="王芳 says that her brother came")

    other = case.desk.history(case.other, by=li)[-1].command
    assert (type(other), "王芳" in other.reason) == (Unlink, False)
    assert case.complaint.reference in other.reason


# --- what was absorbed is dealt with in one place (MOVES 23, 24) -----------------------------------------------------


def _merged_with_a_case_and_a_hold() -> tuple[Case, Case]:
    gone = Case().received().opened("12315-7").held("court", han, kind=HoldKind.LEGAL)
    survivor = gone.another().received()
    gone.other, survivor.other = survivor.id, gone.id
    return gone.does(Merge, qian), survivor


def test_what_was_absorbed_is_dealt_with_at_the_survivor_alone():
    gone, _ = _merged_with_a_case_and_a_hold()

    of_the_case = gone.refused(UpdateExternalCase, by=qian)
    of_the_hold = gone.refused(ReleaseHold, by=han, hold="court")

    assert of_the_case == (Refusal("cases.none_open"), Refusal("case.not_open", cases=()))
    assert of_the_hold == (Refusal("holds.none_open"), Refusal("hold.not_open", holds=()))


def test_what_is_released_at_the_survivor_keeps_the_merged_one_out_of_no_archive():
    gone, survivor = _merged_with_a_case_and_a_hold()
    survivor.updated("M1/12315-7").no_longer_held("M1/court", han)
    survivor.begun().explained().understood().called_back().answered_for(qian).closed().later(days=31).archived()

    gone.archived()

    assert gone.state is State.ARCHIVED


def test_separated_it_has_its_case_and_hold_again_as_they_stand():
    gone, survivor = _merged_with_a_case_and_a_hold()
    gone.held("police", han, kind=HoldKind.LEGAL)
    survivor.updated("M1/12315-7", CaseStatus.ANSWERED)

    gone.separated()

    assert [(one.id, one.status.value, one.number) for one in gone.complaint.beside.cases] == [
        ("12315-7", "answered", 2)
    ]
    assert [one.id for one in gone.complaint.open_holds] == ["court", "police"]


def test_what_a_family_owes_goes_on_with_the_last_survivor():
    _, middle = _merged_with_a_case_and_a_hold()
    last = middle.another().received()
    middle.other = last.id
    middle.does(Merge, qian)

    last.updated("M1/M1/12315-7").no_longer_held("M1/M1/court", han)
    middle.separated(by=qian)

    assert (middle.complaint.open_holds, middle.complaint.blocking_cases) == ((), ())


def test_what_failed_long_ago_on_a_merged_complaint_holds_up_no_execution():
    gone = Case().to(State.EXECUTION).reported("T1", TaskResult.FAILED).abandoned()
    survivor = gone.another().to(State.EXECUTION)
    gone.other = survivor.id
    gone.does(Merge, qian)

    survivor.done_and_booked().completed()

    assert survivor.state is State.FOLLOW_UP


def test_a_task_that_was_open_on_a_merged_complaint_is_done_before_execution_is_over():
    survivor = Case().to(State.EXECUTION).having_absorbed(State.EXECUTION)
    survivor.reported("T1").booked()

    refusals = survivor.refused(CompleteExecution, by=li)

    assert refusals == (Refusal("tasks.open", tasks=("M1/T1",)),)


# --- a merge and severity (R66) --------------------------------------------------------------------------------------


def test_a_major_complaint_stays_major_where_it_goes_on():
    gone = Case().to(State.JUDGMENT, Severity.MAJOR)
    survivor = gone.another().received()
    gone.other = survivor.id

    gone.merged()

    assert (survivor.severity, survivor.complaint.floor) == (Severity.MAJOR, Severity.GENERAL)


# --- a transfer that was set aside (R2, R64) -------------------------------------------------------------------------


def test_a_transfer_that_a_manager_set_aside_keeps_nobody_from_withdrawing():
    case = Case().to(State.JUDGMENT).transferred().permitted("Uphold", "transfer.pending").upheld()

    case.withdrawn()

    assert (case.state, case.complaint.pending_transfer) == (State.FOLLOW_UP, None)


def test_separated_it_waits_for_the_transfer_it_waited_for():
    case = Case().to(State.JUDGMENT).transferred().beside_another().permitted("Merge", "transfer.pending").merged()
    merged = case.complaint.pending_transfer

    case.separated().taken_over()

    assert merged is None
    assert case.complaint.department is Department.PARTS


# --- help and the standing order (R27, invariant 3) ------------------------------------------------------------------


def test_help_and_settlement_together_stay_within_the_ceiling_of_a_case():
    loaner = StandingRemedy(category="service", kind=RemedyKind.LOANER, ceiling=Decimal(400))
    order = attrs.evolve(STANDING_ORDER, remedies=(*STANDING_ORDER.remedies, loaner))
    case = Case(policy=Policy(standing_orders=(order,))).received()
    case.helped(kind=HelpKind.LOANER, cost=yuan(400), order="SO-1@2026", emergency=None)

    refusals = case.refused(SettleAtOnce, by=wang)
    case.settled(remedies=(remedy(RemedyKind.VOUCHER, 100),))
    more = case.refused(GiveHelp, by=wang, kind=HelpKind.LOANER, cost=yuan(1), order="SO-1@2026", emergency=None)

    assert [refusal.code for refusal in refusals] == ["fast.remedy"]
    assert [refusal.code for refusal in more] == ["help.order"]


# --- what can be seen without a form: there is nothing to do ---------------------------------------------------------


@shows(Unlink, "links.none")
def test_where_nothing_is_linked_there_is_nothing_to_unlink():
    case = Case().received().beside_another()

    refusals = case.refused(Unlink, by=li)

    assert refusals == (Refusal("links.none"), Refusal("link.none"))
    assert case.desk.options(case.id, by=li)[Unlink] == (Refusal("links.none"),)


@shows(BookCompensation, "booking.nothing")
def test_where_nothing_was_agreed_there_is_nothing_to_book():
    case = Case().received()

    refusals = case.refused(BookCompensation, by=wu)

    assert refusals == (Refusal("booking.nothing"), Refusal("booking.task_unknown", tasks=()))
    assert case.desk.options(case.id, by=wu)[BookCompensation] == (Refusal("booking.nothing"),)


@shows(HandOver, "handover.nobody_has_any")
def test_where_nobody_has_anything_there_is_nothing_to_hand_over():
    case = Case().received(takes_on=False)

    refusals = case.refused(HandOver, by=zhao)

    assert refusals == (Refusal("handover.nobody_has_any"), Refusal("handover.nothing", person="li"))


# --- the archive and an outside case (MOVES 22, 26) ------------------------------------------------------------------


@shows(Archive, "cases.open")
def test_nothing_is_archived_while_an_authority_has_it():
    case = Case().to(State.CLOSED).later(days=31).opened("12345-1", kind=CaseKind.PLATFORM_12345)

    refusals = case.refused(Archive, by=zheng)
    case.updated("12345-1").archived()

    assert refusals == (Refusal("cases.open", who=("manager",), cases=("12345-1",)),)
    assert case.state is State.ARCHIVED


# --- rounds of a pass (MOVES 14, 22) ---------------------------------------------------------------------------------


def test_rounds_of_long_ago_end_nothing_that_was_judged_anew():
    case = Case().to(State.OFFER).offered().declined()._to_approval_again().offered().declined()
    case.ended(ground=EndGround.TWO_ROUNDS).called_back().answered_for().closed().reopened().explained()

    refusals = case.refused(EndWithoutAgreement, by=qian, ground=EndGround.TWO_ROUNDS)

    assert refusals == (Refusal("end.ground", ground="two_rounds"),)


# --- the longest form (MOVES 4, 18) ----------------------------------------------------------------------------------


def _many(form: int) -> dict[str, Any]:
    issues = tuple(Issue(id=f"{form}-{place}", category="product.brakes", is_safety=True) for place in range(100))
    return {
        "issues": issues,
        "vehicles": tuple(Vehicle(model=f"X{form}-{place}") for place in range(500)),
        "complained_of": tuple(f"staff-{form}-{place}" for place in range(20)),
    }


@shows(CompleteRegistration, "form.full")
def test_a_form_grows_no_longer_than_what_can_be_judged():
    case = Case().received(**_many(1))

    refusals = case.refused(CompleteRegistration, by=li, **_many(2))

    assert refusals == (Refusal("form.full", parts=("issues", "vehicles", "complained_of")),)
    assert "issues" not in refusals[0].sentence("zh_CN")


def test_a_safety_issue_of_the_longest_form_goes_on_inside():
    case = Case().received(**_many(1)).completed_with(**_many(1))

    case.withdrawn()

    inside = case.internal().registration
    assert (len(inside.complained_of), len(inside.issues), len(inside.vehicles)) == (20, 100, 500)


# --- who is given a task or an improvement is known there (R52, R64) --------------------------------------------------

STRANGER = (remedy(owner="stranger"),)


@shows(Propose, "assignee.unknown")
def test_a_solution_is_carried_out_by_somebody_who_is_known_there():
    case = Case(directory=Listed()).to(State.PROPOSAL)

    refusals = case.refused(Propose, by=li, proposal=proposal("P1", *STRANGER))

    assert refusals == (Refusal("assignee.unknown", assignees=("stranger",)),)


@shows(Accept, "assignee.unknown")
def test_what_is_agreed_at_the_counter_is_carried_out_by_somebody_who_is_known_there():
    case = Case(directory=Listed()).to(State.APPROVAL).read().approved(ceiling=yuan(500)).offered()

    refusals = case.refused(Accept, by=li, option=None, remedies=STRANGER)

    assert refusals == (Refusal("assignee.unknown", assignees=("stranger",)),)


@shows(ReturnForRework, "assignee.unknown")
def test_rework_is_done_by_somebody_who_is_known_there():
    case = Case(directory=Listed()).to(State.REVIEW)
    again = {"reason": ReworkReason.REMEDY_NOT_DONE, "target": State.EXECUTION}

    refusals = case.refused(ReturnForRework, by=zhao, remedies=(remedy(cost=0, owner="stranger"),), **again)

    assert refusals == (Refusal("assignee.unknown", assignees=("stranger",)),)


@shows(PlanImprovement, "assignee.unknown")
def test_an_improvement_is_made_by_somebody_who_is_known_there():
    case = Case(directory=Listed()).to(State.REVIEW)

    refusals = case.refused(PlanImprovement, by=zhao, owner="stranger")

    assert refusals == (Refusal("assignee.unknown", assignees=("stranger",)),)


# --- names that a merge gives (MOVES 23) -----------------------------------------------------------------------------


def _named_like_what_a_merge_brings(order: type[Command], **name: Any) -> tuple[Refusal, ...]:
    case = Case().to(State.JUDGMENT)
    by = {PlaceHold: li, MakePromise: li, OpenExternalCase: qian, BookCompensation: wu, Uphold: zhao}[order]
    if order is BookCompensation:
        case.helped()
    return case.refused(order, by=by, **name)


@shows(MakePromise, "name.reserved")
def test_no_promise_has_a_name_that_a_merge_would_give():
    refusals = _named_like_what_a_merge_brings(MakePromise, promise=promise("M1/call"))

    assert refusals == (Refusal("name.reserved", name="M1/call"),)


@shows(Uphold, "name.reserved")
def test_no_promise_of_a_judgment_has_a_name_that_a_merge_would_give():
    refusals = _named_like_what_a_merge_brings(Uphold, promise=promise("M12/call"))

    assert refusals == (Refusal("name.reserved", name="M12/call"),)


@shows(PlaceHold, "name.reserved")
def test_no_hold_has_a_name_that_a_merge_would_give():
    refusals = _named_like_what_a_merge_brings(PlaceHold, id="M1/bumper")

    assert refusals == (Refusal("name.reserved", name="M1/bumper"),)


@shows(OpenExternalCase, "name.reserved")
def test_no_outside_case_has_a_name_that_a_merge_would_give():
    refusals = _named_like_what_a_merge_brings(OpenExternalCase, id="M1/12315")

    assert refusals == (Refusal("name.reserved", name="M1/12315"),)


@shows(BookCompensation, "name.reserved")
def test_no_booking_has_a_name_that_a_merge_would_give():
    refusals = _named_like_what_a_merge_brings(BookCompensation, booking="M1/B1", task="H1", amount=yuan(300))

    assert Refusal("name.reserved", name="M1/B1") in refusals


def test_a_name_with_a_stroke_that_no_merge_gives_is_as_good_as_any():
    case = Case().received().held("BMW/2026").opened("12315/7").promised(promise=promise("M/call"))

    assert [one.id for one in case.complaint.promises] == ["M/call"]


# --- a migration and an erasure --------------------------------------------------------------------------------------


def test_what_was_brought_over_from_another_definition_can_be_erased():
    case = Case().received()
    own = Lifecycle(name="own", version="2", moves=LIFECYCLE.moves, entries=LIFECYCLE.entries)
    case.desk = case.desk_with(own, case.desk.store)
    case.desk.migrate(case.id, by=qian, reason="王芳 asked for it", dry_run=False)

    case.does(Redact, qian, fields=(PersonalData.NOTES,))

    reasons = [event.command.reason for event in case.events if isinstance(event.command, Migrate)]
    assert [is_erased(reason) for reason in reasons] == [True]


# --- a correction and a search (R11) ---------------------------------------------------------------------------------


def _found_by(case: Case, words: str) -> list[UUID]:
    return [one.id for one in case.desk.find(Query(text=words), by=li)]


@pytest.mark.parametrize("kept", ["in memory", "in a file"])
def test_who_was_named_later_or_corrected_is_found_by_the_name_that_stands_there(kept, tmp_path):
    store = SqlStore.open(f"sqlite:///{tmp_path / 'complaints.db'}") if kept == "in a file" else None
    case = Case(store=store).received(complainant=Customer(phone="13800000001"))
    case.completed_with(complainant=Customer(name="王方"))
    completed = _found_by(case, "王方")

    case.corrected(fact=CorrectableFact.NAME, old="王方", new="王芳")

    assert completed == [case.id]
    assert (_found_by(case, "王芳"), _found_by(case, "王方")) == ([case.id], [])
    assert _found_by(case, "等了两个小时") == [case.id]
    case.desk.close()


def test_once_erased_a_name_that_was_given_later_is_not_found_any_more():
    case = Case().to(State.REVIEW).completed_with(parties=(Party(kind=PartyKind.USER, name="李雷"),))
    found = _found_by(case, "李雷")

    case._to_closed().does(Redact, qian, fields=(PersonalData.NAMES,))

    assert (found, _found_by(case, "李雷"), _found_by(case, "等了两个小时")) == ([case.id], [], [case.id])


# --- who is complained of ends no complaint (A8) ---------------------------------------------------------------------


@shows(Void, "actor.involved")
def test_whom_it_is_about_does_not_make_a_complaint_disappear():
    case = Case().received().about("zhao")

    refusals = case.refused(Void, by=zhao)

    assert refusals == (Refusal("actor.involved"),)


@shows(EndWithoutAgreement, "actor.involved")
def test_whom_it_is_about_does_not_end_it_without_an_agreement():
    case = Case().to(State.EXPLANATION).about("qian")

    refusals = case.refused(EndWithoutAgreement, by=qian)

    assert refusals == (Refusal("actor.involved"),)


@shows(Withdraw, "actor.involved")
def test_whom_it_is_about_does_not_record_that_it_was_withdrawn():
    case = Case().received().about("li")

    himself = case.refused(Withdraw, by=li)
    his_deputy = case.refused(Withdraw, by=Actor("chen", Role.SPECIALIST, dealer="SH01", stands_in_for=("li",)))

    assert himself == his_deputy == (Refusal("actor.involved"),)


# --- a migration and a dispute ---------------------------------------------------------------------------------------


def test_a_dispute_of_what_was_brought_over_unjudged_is_recorded_all_the_same():
    case = Case().received()
    form, event = case.form(Dispute), case.events[-1]

    disputed = form.apply(case.complaint, event)

    assert disputed == case.complaint
