"""
The table against the page it comes from: every row is taken, every fence holds, every rule has a true sentence.

The sentences of the rules are the tests in ``tests/stages`` marked with ``shows``. Here each rule is taken out of the
table once, and its sentences must become false: no rule is idle, and none can be added without a sentence.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from complaints import (
    LIFECYCLE,
    Actor,
    Command,
    IllegalMoveError,
    NotPermittedError,
    Refusal,
    RefusedError,
    Role,
    State,
)
from complaints import decision as deciding
from complaints.lifecycle import OF_EVERY_ENTRY, OF_EVERY_MOVE
from complaints.model.people import SYSTEM
from complaints.model.words import OPEN, Duty, RemedyKind, ReworkReason, TaskResult
from complaints.rows import Entry, Move, Row
from complaints.stages.accountability import Contest, DecideAccountability, ExecuteMeasure, ReviewContest
from complaints.stages.anytime import (
    AddEvidence,
    AddNote,
    LimitContact,
    RecordContact,
    SetSeverity,
)
from complaints.stages.claims import ClaimBack, RecordClaimAnswer
from complaints.stages.confirming import ConfirmProxy
from complaints.stages.correction import Correct
from complaints.stages.due_dates import RecordBreach, RecordLapse, RecordWarning, SettleDueDate
from complaints.stages.ending import EndWithoutAgreement, Void, Withdraw
from complaints.stages.erasure import Redact
from complaints.stages.escalation import AnswerEscalation, Escalate
from complaints.stages.execution import (
    AbandonExecution,
    Accept,
    BookCompensation,
    CompleteExecution,
    Decline,
    ReportTask,
)
from complaints.stages.family import Absorb, Link, Merge, Regain, Release, Separate, Unlink
from complaints.stages.fast_track import SettleAtOnce
from complaints.stages.handover import AnswerTransfer, HandOver, Transfer
from complaints.stages.help import GiveHelp
from complaints.stages.holds import PlaceHold, ReleaseHold
from complaints.stages.intake import AnswerAssignment, Assign, BeginJudgment, CompleteRegistration, Receive
from complaints.stages.investigation import ConcludeInvestigation, RecordFinding, ReopenInvestigation, Supersede
from complaints.stages.judgment import Dispute, Explain, RecordUnderstanding, Uphold
from complaints.stages.outside import OpenExternalCase, UpdateExternalCase
from complaints.stages.override import Override
from complaints.stages.promises import ExtendPromise, KeepPromise, MakePromise, ReleasePromise
from complaints.stages.proposal import (
    Approve,
    Propose,
    RecordConsultation,
    RetractProposal,
    ReturnProposals,
    ReviewProposal,
    SubmitProposals,
)
from complaints.stages.repeats import RecordRepeat
from complaints.stages.review import (
    Archive,
    Close,
    PlanImprovement,
    RecordFollowUp,
    Reopen,
    ReturnForRework,
    VerifyImprovement,
)
from tests.stages import (  # noqa: F401  # their sentences are registered when they are imported
    test_accountability,
    test_anytime,
    test_assignees,
    test_ceilings,
    test_claims,
    test_confirming,
    test_contacting,
    test_correction,
    test_ending,
    test_erasure,
    test_escalation,
    test_execution,
    test_family,
    test_fast_track,
    test_handover,
    test_help,
    test_holds,
    test_intake,
    test_investigation,
    test_judgment,
    test_outside,
    test_override,
    test_promises,
    test_proposal,
    test_repeats,
    test_review,
    test_time,
    test_together,
)
from tests.stages.cases import (
    OF_NO_YEAR,
    REACHABLE,
    SENTENCES,
    Case,
    chen,
    feng,
    hu,
    li,
    ma,
    qian,
    remedy,
    staff,
    sun,
    wang,
    without,
    wu,
    zheng,
)

INTAKE, JUDGMENT, EXPLANATION, INVESTIGATION = State.INTAKE, State.JUDGMENT, State.EXPLANATION, State.INVESTIGATION
PROPOSAL, APPROVAL, OFFER, EXECUTION = State.PROPOSAL, State.APPROVAL, State.OFFER, State.EXECUTION
FOLLOW_UP, REVIEW, CLOSED, ARCHIVED = State.FOLLOW_UP, State.REVIEW, State.CLOSED, State.ARCHIVED
MERGED, VOIDED = State.MERGED, State.VOIDED
EXPLANATION_TO_FOLLOW_UP = (EXPLANATION, PROPOSAL, APPROVAL, OFFER, EXECUTION, FOLLOW_UP)
UNARCHIVED = {state for state in State if state is not ARCHIVED}

# --- the page --------------------------------------------------------------------------------------------------------

# "MOVES – the machine people learn by heart", by the numbers of the page
MOVES_OF_THE_PAGE = {
    (Receive, None, INTAKE),  # 1
    (BeginJudgment, INTAKE, JUDGMENT),  # 2
    (SettleAtOnce, INTAKE, FOLLOW_UP),  # 3
    (SettleAtOnce, JUDGMENT, FOLLOW_UP),
    (Uphold, JUDGMENT, INVESTIGATION),  # 4
    (Explain, JUDGMENT, EXPLANATION),  # 5
    (Explain, INVESTIGATION, EXPLANATION),
    (RecordUnderstanding, EXPLANATION, FOLLOW_UP),  # 6
    (Dispute, EXPLANATION, JUDGMENT),  # 7
    (ConcludeInvestigation, INVESTIGATION, PROPOSAL),  # 8
    (SubmitProposals, PROPOSAL, APPROVAL),  # 9
    (ReturnProposals, APPROVAL, PROPOSAL),  # 10
    (Approve, APPROVAL, OFFER),  # 11
    (Accept, OFFER, EXECUTION),  # 12
    (Decline, OFFER, PROPOSAL),  # 13
    *((EndWithoutAgreement, state, FOLLOW_UP) for state in (EXPLANATION, PROPOSAL, APPROVAL, OFFER)),  # 14
    (CompleteExecution, EXECUTION, FOLLOW_UP),  # 15
    (AbandonExecution, EXECUTION, PROPOSAL),  # 16
    *((ReopenInvestigation, state, INVESTIGATION) for state in EXPLANATION_TO_FOLLOW_UP),  # 17
    *((Withdraw, state, FOLLOW_UP) for state in (INTAKE, JUDGMENT, EXPLANATION, INVESTIGATION)),  # 18
    *((Withdraw, state, FOLLOW_UP) for state in (PROPOSAL, APPROVAL, OFFER)),
    (RecordFollowUp, FOLLOW_UP, REVIEW),  # 19
    (ReturnForRework, REVIEW, INTAKE),  # 20
    (ReturnForRework, REVIEW, JUDGMENT),
    (ReturnForRework, REVIEW, INVESTIGATION),
    (ReturnForRework, REVIEW, PROPOSAL),
    (ReturnForRework, REVIEW, EXECUTION),
    (Close, REVIEW, CLOSED),  # 21
    (Reopen, CLOSED, JUDGMENT),  # 22
    *((Merge, state, MERGED) for state in OPEN),  # 23
    *((Separate, MERGED, state) for state in OPEN),  # 24
    (Void, INTAKE, VOIDED),  # 25
    (Void, JUDGMENT, VOIDED),
    (Archive, CLOSED, ARCHIVED),  # 26
    (Archive, MERGED, ARCHIVED),
    (Archive, VOIDED, ARCHIVED),
}

ENTRIES_OF_THE_PAGE: dict[type[Command], set[State]] = {
    RecordContact: UNARCHIVED,
    AddEvidence: UNARCHIVED,
    AddNote: UNARCHIVED,
    Redact: set(State),  # the page says "any but archived"; what the law asks for outlives the archive
    CompleteRegistration: set(OPEN),
    Assign: set(OPEN),
    AnswerAssignment: set(OPEN),
    MakePromise: set(OPEN),
    KeepPromise: set(OPEN),
    ExtendPromise: set(OPEN),
    ReleasePromise: set(OPEN),
    # the page says any open; an improvement is due after closing, and the end itself may come too late
    RecordWarning: {*OPEN, CLOSED},
    RecordBreach: set(State),
    RecordLapse: {EXPLANATION, OFFER},
    SettleDueDate: {*OPEN, CLOSED},
    ConfirmProxy: UNARCHIVED,
    Override: {*OPEN, CLOSED},
    SetSeverity: set(OPEN),
    RecordFinding: {INVESTIGATION},
    RecordConsultation: {PROPOSAL},
    Propose: {PROPOSAL},
    RetractProposal: {PROPOSAL},
    ReviewProposal: {APPROVAL},
    # the page says execution; what was absorbed, or accepted before a new investigation, goes on in any open state
    ReportTask: set(OPEN),
    BookCompensation: set(OPEN),
    DecideAccountability: {*OPEN, CLOSED} - {INTAKE},
    Contest: {*OPEN, CLOSED, MERGED, VOIDED} - {INTAKE},
    ReviewContest: {*OPEN, CLOSED, MERGED, VOIDED} - {INTAKE},
    ExecuteMeasure: {*OPEN, CLOSED, MERGED, VOIDED} - {INTAKE},
    ClaimBack: {*OPEN, CLOSED} - {INTAKE, JUDGMENT, EXPLANATION},
    RecordClaimAnswer: {*OPEN, CLOSED} - {INTAKE, JUDGMENT, EXPLANATION},
    PlanImprovement: {REVIEW, CLOSED},
    Link: UNARCHIVED,
    Unlink: UNARCHIVED,
    Correct: UNARCHIVED,
    Absorb: set(OPEN),
    Release: {*OPEN, CLOSED},
    Regain: set(OPEN),
    Supersede: set(OPEN),
    RecordRepeat: set(OPEN),
    OpenExternalCase: UNARCHIVED,
    UpdateExternalCase: UNARCHIVED,
    PlaceHold: UNARCHIVED,
    ReleaseHold: UNARCHIVED,
    HandOver: set(OPEN),
    Escalate: set(OPEN),
    AnswerEscalation: set(OPEN),
    GiveHelp: set(OPEN),
    LimitContact: set(OPEN),
    Transfer: {JUDGMENT, INVESTIGATION},
    AnswerTransfer: {JUDGMENT, INVESTIGATION},
    VerifyImprovement: {REVIEW, CLOSED},
}

SPECIALIST = {Role.SPECIALIST, Role.SUPERVISOR, Role.MANAGER, Role.GENERAL_MANAGER, Role.GROUP}
SUPERVISOR = SPECIALIST - {Role.SPECIALIST}
MANAGER = SUPERVISOR - {Role.SUPERVISOR}
LEADER = {Role.DEPARTMENT_HEAD, *MANAGER}
ANY_STAFF = set(Role) - {Role.AUDITOR, Role.SYSTEM}
NOBODY_BY_ROLE: set[Role] = set()

WHO_OF_THE_PAGE: dict[type[Command], set[Role]] = {
    Receive: {*ANY_STAFF, Role.SYSTEM},
    BeginJudgment: NOBODY_BY_ROLE,
    SettleAtOnce: ANY_STAFF,
    Uphold: SPECIALIST,
    Explain: SPECIALIST,
    RecordUnderstanding: SPECIALIST,
    ConcludeInvestigation: NOBODY_BY_ROLE,
    SubmitProposals: {*SPECIALIST, Role.DEPARTMENT_HEAD},
    ReturnProposals: LEADER,
    Approve: LEADER,
    Accept: SPECIALIST,
    Decline: SPECIALIST,
    CompleteExecution: SPECIALIST,
    AbandonExecution: SUPERVISOR,
    RecordFollowUp: ANY_STAFF,
    ReturnForRework: SUPERVISOR,
    Close: SUPERVISOR,
    Reopen: SPECIALIST,
    Archive: {Role.ARCHIVIST},
    RecordContact: SPECIALIST,
    AddEvidence: ANY_STAFF,
    AddNote: ANY_STAFF,
    Redact: MANAGER,
    CompleteRegistration: SPECIALIST,
    Assign: SUPERVISOR,
    AnswerAssignment: ANY_STAFF,
    MakePromise: SPECIALIST,
    KeepPromise: SPECIALIST,
    ExtendPromise: SUPERVISOR,
    ReleasePromise: SPECIALIST,
    RecordWarning: {Role.SYSTEM},
    RecordBreach: {Role.SYSTEM},
    RecordLapse: {Role.SYSTEM},
    SettleDueDate: {Role.SYSTEM},
    ConfirmProxy: ANY_STAFF,
    Override: MANAGER,
    SetSeverity: {*SPECIALIST, Role.SYSTEM},
    RecordFinding: NOBODY_BY_ROLE,
    RecordConsultation: {*SPECIALIST, Role.DEPARTMENT_HEAD},
    Propose: {*SPECIALIST, Role.DEPARTMENT_HEAD},
    RetractProposal: {*SPECIALIST, Role.DEPARTMENT_HEAD},
    ReviewProposal: LEADER,
    ReportTask: ANY_STAFF,
    BookCompensation: {Role.FINANCE},
    DecideAccountability: MANAGER,
    Contest: ANY_STAFF,
    ReviewContest: MANAGER,
    ExecuteMeasure: {Role.HR},
    ClaimBack: {Role.WARRANTY_CLERK, Role.FINANCE},
    RecordClaimAnswer: {Role.WARRANTY_CLERK, Role.FINANCE},
    PlanImprovement: SUPERVISOR,
    Dispute: SPECIALIST,
    EndWithoutAgreement: MANAGER,
    ReopenInvestigation: SUPERVISOR,
    Withdraw: SPECIALIST,
    Merge: SUPERVISOR,
    Separate: SUPERVISOR,
    Void: SUPERVISOR,
    Link: {*SPECIALIST, Role.SYSTEM},
    Unlink: {*SPECIALIST, Role.SYSTEM},
    Correct: SPECIALIST,
    Absorb: {Role.SYSTEM},
    Release: {Role.SYSTEM},
    Regain: {Role.SYSTEM},
    Supersede: {Role.SYSTEM},
    RecordRepeat: {Role.SYSTEM},
    OpenExternalCase: {*MANAGER, Role.SPOKESPERSON},
    UpdateExternalCase: {*MANAGER, Role.SPOKESPERSON},
    PlaceHold: {*SPECIALIST, Role.LEGAL},
    ReleaseHold: {*SPECIALIST, Role.LEGAL},
    HandOver: ANY_STAFF,
    Escalate: {*SPECIALIST, Role.SYSTEM},
    AnswerEscalation: SUPERVISOR,
    GiveHelp: ANY_STAFF,
    LimitContact: MANAGER,
    Transfer: LEADER,
    AnswerTransfer: LEADER,
    VerifyImprovement: SUPERVISOR,
}

# --- how each row is taken -------------------------------------------------------------------------------------------


def _nothing_more(case: Case) -> object:
    return case


def _with_its_survivor_archived(case: Case) -> Case:
    survivor, gone = case.another().to(REVIEW), case.another().received()
    gone.other = survivor.id
    gone.merged()
    survivor._to_closed().later(days=31).archived()
    case.id = gone.id
    return case


def _before_it_ended(ready: Callable[[Case], object]) -> Callable[[Case], object]:
    """What can only be made ready while a complaint is open is so before it is merged or voided."""

    def made(case: Case) -> object:
        if case.state not in (MERGED, VOIDED):
            return ready(case)
        open_one = case.another().to(JUDGMENT)
        ready(open_one)
        ended = open_one.voided() if case.state is VOIDED else open_one.beside_another().merged()
        case.id, case.other = ended.id, ended.other
        return case

    return made


def _closed_with_one_absorbed(case: Case) -> Case:
    survivor = case.another().to(REVIEW).having_absorbed()._to_closed()
    case.id, case.other = survivor.id, survivor.other
    return case


def _with_a_proposal(case: Case) -> Case:
    """A complaint in the same state in which something was proposed."""
    if case.state is PROPOSAL:
        return case.proposed()
    back = {INTAKE: ReworkReason.FORM_INCOMPLETE, INVESTIGATION: ReworkReason.CAUSE_MISSED}
    if not case.complaint.proposals:
        again = case.another().to(REVIEW).reworked(back.get(case.state, ReworkReason.JUDGED_WRONGLY))
        case.id = (again.explained() if case.state is EXPLANATION else again).id
    return case


READY: dict[type[Command], Callable[[Case], object]] = {
    Explain: lambda case: case.found(evidence=()) if case.state is INVESTIGATION else case,
    ConcludeInvestigation: lambda case: case.shown().found(),
    SubmitProposals: lambda case: case.proposed(),
    Approve: Case.read,
    Accept: Case.offered,
    Decline: Case.offered,
    CompleteExecution: Case.done_and_booked,
    AbandonExecution: lambda case: case.reported("T1", TaskResult.FAILED),
    Close: Case.every_promise_kept,
    Archive: lambda case: _with_its_survivor_archived(case) if case.state is MERGED else case.later(days=31),
    AnswerAssignment: lambda case: case.assigned(Duty.CALLER, "chen"),
    KeepPromise: Case.promised,
    ExtendPromise: Case.promised,
    ReleasePromise: Case.promised,
    RecordWarning: lambda case: case.promised() if case.state is not CLOSED else case.does(PlanImprovement, by=qian),
    RecordBreach: lambda case: (case.promised() if case.complaint.is_open else case).later(days=4),
    RecordLapse: lambda case: case.later(days=31),
    SettleDueDate: lambda case: case.does(PlanImprovement, by=qian) if case.state is CLOSED else case,
    ConfirmProxy: _before_it_ended(Case.permitted_by_telephone),
    Contest: _before_it_ended(Case.measured),
    ReviewContest: _before_it_ended(lambda case: case.measured().contested()),
    ExecuteMeasure: _before_it_ended(lambda case: case.measured().later(days=6)),
    RecordClaimAnswer: Case.claimed,
    VerifyImprovement: lambda case: case.does(PlanImprovement, by=qian),
    Redact: lambda case: case.does(AddNote, by=wang) if case.state is not ARCHIVED else case,
    RecordFinding: Case.shown,
    RetractProposal: Case.proposed,
    Merge: Case.beside_another,
    Link: Case.beside_another,
    Unlink: lambda case: case.beside_another().linked(),
    ReopenInvestigation: lambda case: case.shown("receipt"),
    Release: lambda case: case.having_absorbed() if not case.state.is_ending else _closed_with_one_absorbed(case),
    ReportTask: lambda case: case if case.complaint.open_tasks else case.having_absorbed(EXECUTION),
    BookCompensation: lambda case: case if case.complaint.open_tasks else case.having_absorbed(EXECUTION),
    Supersede: _with_a_proposal,
    RecordRepeat: Case.after_another,
    UpdateExternalCase: Case.opened,
    ReleaseHold: Case.held,
    AnswerEscalation: Case.escalated,
    AnswerTransfer: Case.transferred,
}
DOER: dict[type[Command], Actor] = {
    BeginJudgment: li,
    SettleAtOnce: wang,
    ConcludeInvestigation: li,
    ReviewProposal: qian,
    RecordFollowUp: chen,
    Archive: zheng,
    RecordContact: chen,
    AnswerAssignment: chen,
    RecordFinding: li,
    ReportTask: wang,
    BookCompensation: wu,
    Absorb: SYSTEM,
    Release: SYSTEM,
    Regain: SYSTEM,
    Supersede: SYSTEM,
    RecordRepeat: SYSTEM,
    RecordWarning: SYSTEM,
    RecordBreach: SYSTEM,
    RecordLapse: SYSTEM,
    SettleDueDate: SYSTEM,
    Contest: wang,
    ReviewContest: sun,
    ExecuteMeasure: hu,
    ClaimBack: ma,
    RecordClaimAnswer: wu,
}
REASON = {reason.target: reason for reason in ReworkReason if reason is not ReworkReason.UNDER_PRESSURE}


def _taken(row: Row, source: State | None, target: State) -> Case:
    """The complaint after the row was taken from *source* to *target*."""
    case = Case(calendar=OF_NO_YEAR) if row.command is SettleDueDate else Case()
    if row.command is Separate:
        case.to(target).beside_another().merged()
    elif source is not None:
        case.to(source)
    READY.get(row.command, _nothing_more)(case)
    changes: dict[str, object] = {}
    if row.command is ReturnForRework:
        remedies = (remedy(RemedyKind.FREE_REWORK, 0),) if target is EXECUTION else ()
        changes = {"reason": REASON[target], "target": target, "remedies": remedies}
    if row.command is AddEvidence:
        changes = {"id": "one more"}
    return case.does(row.command, DOER.get(row.command, qian), **changes)


WAYS = [(row, source, target) for row in LIFECYCLE.rows for source in row.sources for target in row.leads_to(source)]
REACHABLE_WAYS = [way for way in WAYS if way[1] in (None, *REACHABLE)]
REACHABLE_MOVES = [way for way in REACHABLE_WAYS if isinstance(way[0], Move)]


def _called(value: object) -> str | None:
    return value.command.__name__ if isinstance(value, (Move, Entry)) else str(value)


def test_the_table_has_the_moves_of_the_page():
    moves = {(row.command, source, target) for row, source, target in WAYS if isinstance(row, Move)}

    assert moves == MOVES_OF_THE_PAGE


def test_the_table_has_the_entries_of_the_page():
    entries = {row.command: set(row.sources) for row in LIFECYCLE.entries}

    assert entries == ENTRIES_OF_THE_PAGE


@pytest.mark.parametrize(("row", "source", "target"), REACHABLE_WAYS, ids=_called)
def test_every_row_can_be_taken_from_each_of_its_states(row, source, target):
    case = _taken(row, source, target)

    event = next(event for event in reversed(case.events) if type(event.command) is row.command)
    assert (event.source, event.target, case.state) == (source, target, target)


def test_every_state_can_be_reached():
    assert set(REACHABLE) == set(State)


# "every backward move opens a new pass"
@pytest.mark.parametrize(("row", "source", "target"), REACHABLE_MOVES, ids=_called)
def test_a_pass_is_opened_by_going_backwards_and_by_nothing_else(row, source, target):
    order = [None, *OPEN, CLOSED, MERGED, VOIDED, ARCHIVED]
    # what is separated stands where it stood: nothing begins anew
    backwards = order.index(target) < order.index(source) and row.command is not Separate

    case = _taken(row, source, target)

    assert case.complaint.passes == (2 if backwards else 1)


# --- what does not stand in the table --------------------------------------------------------------------------------


@pytest.mark.parametrize("state", REACHABLE, ids=str)
def test_what_has_no_row_is_illegal_whoever_does_it(state):
    case = Case().to(state)
    possible = tuple(row.command.__name__ for row in LIFECYCLE.moves if state in row.sources)
    strangers = [row.command for row in LIFECYCLE.rows if state not in row.sources and None not in row.sources]

    refusals = {order: case.illegal(order, by=feng) for order in strangers}

    assert refusals == {
        order: (Refusal("move.illegal", command=order.__name__, state=state.value, commands=possible),)
        for order in strangers
    }


# --- who may ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", LIFECYCLE.rows, ids=_called)
def test_each_row_is_for_those_the_page_names_and_for_nobody_else(row):
    case = Case()
    if row.sources[0] is not None:
        case.to(row.sources[0])
    READY.get(row.command, _nothing_more)(case)
    somebody = {role: SYSTEM if role is Role.SYSTEM else staff("somebody", role) for role in Role}
    order = case.form(row.command)

    allowed = {role for role, actor in somebody.items() if not _is_fenced_off(case.desk.explain(order, by=actor))}
    for role in set(Role) - allowed:
        case.forbidden(row.command, by=somebody[role])

    assert allowed == WHO_OF_THE_PAGE[row.command]


def _is_fenced_off(refusals: tuple[Refusal, ...]) -> bool:
    return [refusal.code for refusal in refusals] == ["move.not_permitted"]


@pytest.mark.parametrize("row", LIFECYCLE.rows, ids=_called)
def test_an_auditor_reads_only_and_types_nothing_for_others_either(row):
    case = Case()
    if row.sources[0] is not None:
        case.to(row.sources[0])
    READY.get(row.command, _nothing_more)(case)
    order, by = case.form(row.command), DOER.get(row.command, qian)
    before = case.everything()

    with pytest.raises(NotPermittedError):
        case.desk.handle(order, by=by, recorded_by=feng)

    assert case.everything() == before


def test_a_duty_is_held_on_one_complaint_and_not_on_another():
    others = Case().received(by=chen, takes_on=True)
    case = Case(store=others.desk.store).received(by=li, takes_on=True)

    refusals = case.forbidden(BeginJudgment, by=chen)

    assert refusals == (Refusal("move.not_permitted", who=("handler",), command="BeginJudgment"),)


def test_in_a_small_house_one_person_holds_several_roles():
    both = staff("both", Role.SPECIALIST, Role.FINANCE)
    case = Case().to(EXECUTION)

    case.does(BookCompensation, by=both).does(AddNote, by=both)

    assert [event.by for event in case.events[-2:]] == [both, both]


# --- the order of answers --------------------------------------------------------------------------------------------


# "Order: IllegalMoveError, then NotPermittedError, then RefusedError"
def test_first_whether_there_is_such_a_step_then_who_then_why_not():
    case = Case().to(PROPOSAL)

    answers = {
        "no such step, the wrong person, nothing ready": _answer(case, Approve, wang),
        "a step, the wrong person, nothing ready": _answer(case, SubmitProposals, wang),
        "a step, the right person, nothing ready": _answer(case, SubmitProposals, li),
        "ready": _answer(case.proposed(), SubmitProposals, li),
    }

    assert answers == {
        "no such step, the wrong person, nothing ready": IllegalMoveError,
        "a step, the wrong person, nothing ready": NotPermittedError,
        "a step, the right person, nothing ready": RefusedError,
        "ready": None,
    }


def _answer(case: Case, order: type[Command], by: Actor) -> type[Exception] | None:
    try:
        case.does(order, by)
    except (IllegalMoveError, NotPermittedError, RefusedError) as error:
        return type(error)
    return None


def test_what_is_ready_in_one_pass_is_not_ready_in_the_next():
    case = Case().to(OFFER).offered().declined()

    refusals = case.refused(SubmitProposals, by=li)

    assert [refusal.code for refusal in refusals] == ["proposals.none", "proposals.too_few"]


# --- every rule has a sentence, and none is idle ---------------------------------------------------------------------

RULES = {
    **{(row.command, rule.code): rule for row in LIFECYCLE.rows for rule in (*row.given, *row.provided)},
    **{(Move, rule.code): rule for rule in OF_EVERY_MOVE},
    **{(Entry, rule.code): rule for rule in OF_EVERY_ENTRY},
}


def test_every_rule_of_the_table_has_a_sentence():
    assert {rule: len(SENTENCES.get(rule, ())) for rule in RULES} == dict.fromkeys(RULES, 1)
    assert set(SENTENCES) == set(RULES)


@pytest.mark.parametrize(
    ("order", "code", "sentence"),
    [(*rule, sentence) for rule, sentences in SENTENCES.items() for sentence in sentences],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_without_its_rule_a_sentence_is_false(order, code, sentence, monkeypatch):
    if not issubclass(order, Command):
        name = "OF_EVERY_MOVE" if order is Move else "OF_EVERY_ENTRY"
        monkeypatch.setattr(deciding, name, tuple(rule for rule in getattr(deciding, name) if rule.code != code))

    with without(order, code), pytest.raises((Exception, pytest.fail.Exception)):
        sentence()
