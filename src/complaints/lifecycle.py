"""
THE TABLE: who may take which step, from where to where, and what must hold.

MOVES change the state; ENTRIES record something within one. The machine, the diagram, the documentation,
``explain``, the error messages and the test walks are made from these tuples and from nothing else.
"""

from __future__ import annotations

from complaints.machine import Lifecycle
from complaints.model.words import OPEN, Duty, Role, State
from complaints.rows import Entry, Move, Who
from complaints.stages.anytime import (
    AddEvidence,
    AddNote,
    KeepPromise,
    MakePromise,
    RecordContact,
    SetSeverity,
    a_promise_is_open,
    it_has_happened,
    it_stays_above_the_floor,
    it_was_after_the_last_move,
    it_was_after_the_receipt,
    only_the_manager_lowers,
    only_the_system_sets_floors,
    raise_to_the_floor,
    the_call_back_is_somebody_elses,
    the_evidence_has_a_new_name,
    the_promise_is_open,
    the_severity_changes,
    the_text_is_courteous,
    what_is_offered_was_approved,
)
from complaints.stages.erasure import (
    Redact,
    an_open_complaint_keeps_what_answers_it,
    no_legal_hold_is_open,
    the_file_need_not_be_kept,
)
from complaints.stages.execution import (
    AbandonExecution,
    Accept,
    BookCompensation,
    CompleteExecution,
    DecideAccountability,
    Decline,
    ReportTask,
    a_reversal_mirrors_its_booking,
    a_task_has_failed,
    a_task_is_theirs,
    every_task_is_finished,
    it_stays_within_the_approval,
    person_and_head_are_both_decided,
    the_acceptance_is_proven,
    the_booked_task_exists,
    the_booking_is_new,
    the_compensation_is_booked,
    the_decider_is_impartial,
    the_offer_was_made,
    the_signer_is_authorised,
    the_task_is_open_and_theirs,
    there_is_a_task,
    what_is_accepted_was_mandated,
)
from complaints.stages.fast_track import (
    SettleAtOnce,
    it_is_still_the_third_day,
    the_fast_track_is_open,
    the_order_is_in_force,
    the_proof_fits_the_remedy,
    the_remedies_are_in_the_standing_order,
    the_standing_order_names_them,
)
from complaints.stages.intake import (
    AnswerAssignment,
    Assign,
    BeginJudgment,
    CompleteRegistration,
    Receive,
    every_category_is_known,
    new_issues_come_before_investigation,
    the_assigned_task_is_open,
    the_assignee_is_impartial,
    the_assignment_is_theirs,
    the_caller_is_not_the_handler,
    the_complainant_is_known,
    the_complaint_is_acknowledged,
    the_handler_has_accepted,
    the_minimum_form_is_complete,
    there_is_something_to_answer,
    whoever_takes_it_on_may_handle,
)
from complaints.stages.investigation import (
    ConcludeInvestigation,
    RecordFinding,
    a_finding_rests_on_evidence,
    the_cause_is_sure_enough,
    the_evidence_is_on_record,
    the_inspected_issues_exist,
    there_is_one_primary_cause,
    unknown_means_inconclusive,
)
from complaints.stages.judgment import (
    Explain,
    RecordUnderstanding,
    Uphold,
    every_issue_is_judged,
    every_safety_issue_is_inspected,
    findings_are_recorded,
    nothing_leads_on,
    something_leads_on,
    the_actor_is_impartial,
    the_investigator_is_impartial,
    the_judge_ranks_high_enough,
    the_promise_has_a_new_name,
    the_promise_is_within_authority,
    the_promised_date_lies_ahead,
)
from complaints.stages.proposal import (
    Approve,
    Propose,
    RecordConsultation,
    RetractProposal,
    ReturnProposals,
    ReviewProposal,
    SubmitProposals,
    departments_were_asked,
    enough_is_proposed,
    every_proposal_answers_every_issue,
    something_is_proposed,
    the_ceiling_is_within_the_limit,
    the_leader_has_read_each,
    the_leader_is_no_author,
    the_leaders_limit_covers_it,
    the_money_is_the_houses,
    the_opinion_is_their_first,
    the_proposal_exists,
    the_proposal_has_a_new_name,
    what_is_chosen_was_submitted,
)
from complaints.stages.review import (
    Archive,
    Close,
    PlanImprovement,
    RecordFollowUp,
    Reopen,
    ReturnForRework,
    a_dissatisfied_customer_gets_an_answer,
    a_fast_one_is_satisfied,
    accountability_is_decided,
    execution_rests_on_an_acceptance,
    major_is_closed_by_the_manager,
    new_tasks_cost_nothing_new,
    no_promise_is_open,
    something_is_learned,
    the_caller_did_not_handle_it,
    the_classification_is_known,
    the_closer_did_not_settle_it,
    the_improvement_has_a_new_name,
    the_target_was_visited,
    the_window_is_open,
    the_windows_are_over,
    twice_then_the_manager,
    unreachable_was_tried_enough,
)

INTAKE, JUDGMENT, EXPLANATION, INVESTIGATION = State.INTAKE, State.JUDGMENT, State.EXPLANATION, State.INVESTIGATION
PROPOSAL, APPROVAL, OFFER, EXECUTION = State.PROPOSAL, State.APPROVAL, State.OFFER, State.EXECUTION
FOLLOW_UP, REVIEW, CLOSED, ARCHIVED = State.FOLLOW_UP, State.REVIEW, State.CLOSED, State.ARCHIVED
WHERE_WORK_IS_DONE = (INTAKE, JUDGMENT, INVESTIGATION, PROPOSAL, EXECUTION)

ANY_STAFF = Who("any_staff", *(role for role in Role if role not in (Role.AUDITOR, Role.SYSTEM)))
ANYBODY_OR_WEB_FORM = Who("any_staff", *(role for role in Role if role is not Role.AUDITOR))
HANDLER = Who("handler", duty=Duty.HANDLER)
INVESTIGATOR = Who("investigator", duty=Duty.INVESTIGATOR)
SPECIALIST = Who("specialist", Role.SPECIALIST)
SPECIALIST_OR_RULE = Who("specialist", Role.SPECIALIST, Role.SYSTEM)
SPECIALIST_OR_HEAD = Who("specialist_or_head", Role.SPECIALIST, Role.DEPARTMENT_HEAD)
SUPERVISOR = Who("supervisor", Role.SUPERVISOR)
MANAGER = Who("manager", Role.MANAGER)
LEADER = Who("deciding_leader", Role.DEPARTMENT_HEAD, Role.MANAGER)
FINANCE = Who("finance", Role.FINANCE)
ARCHIVIST = Who("archivist", Role.ARCHIVIST)

MOVES = (
    #    command                from                      to             who may
    Move(Receive,               None,                     INTAKE,        ANYBODY_OR_WEB_FORM,
         provided=[the_complainant_is_known, every_category_is_known, whoever_takes_it_on_may_handle],
         then=[raise_to_the_floor]),
    Move(BeginJudgment,         INTAKE,                   JUDGMENT,      HANDLER,
         given=[the_minimum_form_is_complete, the_handler_has_accepted, the_complaint_is_acknowledged]),
    Move(SettleAtOnce,          (INTAKE, JUDGMENT),       FOLLOW_UP,     ANY_STAFF,
         given=[the_fast_track_is_open, the_standing_order_names_them, the_minimum_form_is_complete,
                the_actor_is_impartial],
         provided=[it_is_still_the_third_day, every_issue_is_judged, the_order_is_in_force,
                   the_remedies_are_in_the_standing_order, the_proof_fits_the_remedy]),
    Move(Uphold,                JUDGMENT,                 INVESTIGATION, SPECIALIST,
         given=[the_judge_ranks_high_enough, the_actor_is_impartial],
         provided=[every_issue_is_judged, something_leads_on, the_investigator_is_impartial, the_promise_has_a_new_name,
                   the_promised_date_lies_ahead, the_promise_is_within_authority, the_text_is_courteous]),
    Move(Explain,               (JUDGMENT, INVESTIGATION), EXPLANATION,  SPECIALIST,
         given=[the_judge_ranks_high_enough, the_actor_is_impartial, every_safety_issue_is_inspected,
                findings_are_recorded],
         provided=[every_issue_is_judged, nothing_leads_on, the_text_is_courteous]),
    Move(RecordUnderstanding,   EXPLANATION,              FOLLOW_UP,     SPECIALIST),
    Move(ConcludeInvestigation, INVESTIGATION,            PROPOSAL,      INVESTIGATOR,
         given=[the_actor_is_impartial, a_finding_rests_on_evidence],
         provided=[there_is_one_primary_cause, the_cause_is_sure_enough, unknown_means_inconclusive]),
    Move(SubmitProposals,       PROPOSAL,                 APPROVAL,      SPECIALIST_OR_HEAD,
         given=[something_is_proposed, every_proposal_answers_every_issue, departments_were_asked],
         provided=[enough_is_proposed]),
    Move(ReturnProposals,       APPROVAL,                 PROPOSAL,      LEADER,
         given=[the_leaders_limit_covers_it]),
    Move(Approve,               APPROVAL,                 OFFER,         LEADER,
         given=[the_actor_is_impartial, the_leader_is_no_author, the_leaders_limit_covers_it, the_leader_has_read_each],
         provided=[what_is_chosen_was_submitted, the_ceiling_is_within_the_limit]),
    Move(Accept,                OFFER,                    EXECUTION,     SPECIALIST,
         given=[the_offer_was_made],
         provided=[what_is_accepted_was_mandated, the_acceptance_is_proven, the_signer_is_authorised]),
    Move(Decline,               OFFER,                    PROPOSAL,      SPECIALIST,
         given=[the_offer_was_made],
         then=[raise_to_the_floor]),
    Move(CompleteExecution,     EXECUTION,                FOLLOW_UP,     SPECIALIST,
         given=[there_is_a_task, every_task_is_finished, the_compensation_is_booked]),
    Move(AbandonExecution,      EXECUTION,                PROPOSAL,      SUPERVISOR,
         given=[a_task_has_failed],
         provided=[the_text_is_courteous]),
    Move(RecordFollowUp,        FOLLOW_UP,                REVIEW,        ANY_STAFF,
         given=[the_actor_is_impartial],
         provided=[the_caller_did_not_handle_it, unreachable_was_tried_enough]),
    Move(ReturnForRework,       REVIEW,                   WHERE_WORK_IS_DONE, SUPERVISOR,
         given=[twice_then_the_manager],
         provided=[the_target_was_visited, execution_rests_on_an_acceptance, new_tasks_cost_nothing_new]),
    Move(Close,                 REVIEW,                   CLOSED,        SUPERVISOR,
         given=[major_is_closed_by_the_manager, the_closer_did_not_settle_it, a_fast_one_is_satisfied,
                no_promise_is_open, accountability_is_decided],
         provided=[something_is_learned, a_dissatisfied_customer_gets_an_answer, the_classification_is_known,
                   the_text_is_courteous]),
    Move(Reopen,                CLOSED,                   JUDGMENT,      SPECIALIST,
         provided=[the_window_is_open],
         then=[raise_to_the_floor]),
    Move(Archive,               CLOSED,                   ARCHIVED,      ARCHIVIST,
         provided=[the_windows_are_over]),
)  # fmt: skip
"""The machine people learn by heart; one row for each step of ``lifecycle.md``."""

UNARCHIVED = tuple(state for state in State if state is not ARCHIVED)
FROM_JUDGMENT_TO_CLOSED = (*OPEN[OPEN.index(JUDGMENT) :], CLOSED)

ENTRIES = (
    #     command               in                        who may
    Entry(RecordContact,        UNARCHIVED,               SPECIALIST,
          provided=[the_text_is_courteous, the_call_back_is_somebody_elses, what_is_offered_was_approved]),
    Entry(AddEvidence,          UNARCHIVED,               ANY_STAFF,
          provided=[the_evidence_has_a_new_name]),
    Entry(AddNote,              UNARCHIVED,               ANY_STAFF),
    Entry(Redact,               tuple(State),             MANAGER,
          given=[no_legal_hold_is_open, the_file_need_not_be_kept],
          provided=[an_open_complaint_keeps_what_answers_it]),
    Entry(CompleteRegistration, OPEN,                     SPECIALIST,
          provided=[every_category_is_known, new_issues_come_before_investigation],
          then=[raise_to_the_floor]),
    Entry(Assign,               OPEN,                     SUPERVISOR,
          provided=[the_assignee_is_impartial, the_caller_is_not_the_handler, the_assigned_task_is_open]),
    Entry(AnswerAssignment,     OPEN,                     ANY_STAFF,
          given=[there_is_something_to_answer],
          provided=[the_assignment_is_theirs]),
    Entry(MakePromise,          OPEN,                     SPECIALIST,
          provided=[the_promise_has_a_new_name, the_promised_date_lies_ahead, the_promise_is_within_authority,
                    the_text_is_courteous]),
    Entry(KeepPromise,          OPEN,                     SPECIALIST,
          given=[a_promise_is_open],
          provided=[the_promise_is_open]),
    Entry(SetSeverity,          OPEN,                     SPECIALIST_OR_RULE,
          provided=[the_severity_changes, it_stays_above_the_floor, only_the_manager_lowers,
                    only_the_system_sets_floors]),
    Entry(RecordFinding,        INVESTIGATION,            INVESTIGATOR,
          given=[the_actor_is_impartial],
          provided=[the_evidence_is_on_record, the_inspected_issues_exist]),
    Entry(RecordConsultation,   PROPOSAL,                 SPECIALIST_OR_HEAD),
    Entry(Propose,              PROPOSAL,                 SPECIALIST_OR_HEAD,
          provided=[the_proposal_has_a_new_name, the_money_is_the_houses]),
    Entry(RetractProposal,      PROPOSAL,                 SPECIALIST_OR_HEAD,
          given=[something_is_proposed],
          provided=[the_proposal_exists]),
    Entry(ReviewProposal,       APPROVAL,                 LEADER,
          given=[the_leader_is_no_author],
          provided=[the_proposal_exists, the_opinion_is_their_first]),
    Entry(ReportTask,           EXECUTION,                ANY_STAFF,
          given=[a_task_is_theirs],
          provided=[the_task_is_open_and_theirs]),
    Entry(BookCompensation,     EXECUTION,                FINANCE,
          provided=[the_booking_is_new, the_booked_task_exists, it_stays_within_the_approval,
                    a_reversal_mirrors_its_booking]),
    Entry(DecideAccountability, FROM_JUDGMENT_TO_CLOSED,  MANAGER,
          given=[the_decider_is_impartial],
          provided=[person_and_head_are_both_decided]),
    Entry(PlanImprovement,      (REVIEW, CLOSED),         SUPERVISOR,
          provided=[the_improvement_has_a_new_name]),
)  # fmt: skip
"""What can be recorded within a state, the general ones first, then by stage."""

OF_EVERY_MOVE = (it_has_happened, it_was_after_the_last_move)
OF_EVERY_ENTRY = (it_has_happened, it_was_after_the_receipt)

LIFECYCLE = Lifecycle(name="dealership", version="1", moves=MOVES, entries=ENTRIES)
"""The standard definition."""
