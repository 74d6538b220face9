"""What must hold on every walk, whatever happened on it (lifecycle.md, invariants 1 to 5 and 8)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

from complaints import Complaint, Event, Role, State
from complaints.history import masked
from complaints.model.beside import Breach, Confirmation
from complaints.model.words import Duty, PromiseState, Purpose, Severity
from complaints.policy import shipped
from complaints.stages.anytime import LimitContact, RecordContact
from complaints.stages.confirming import ConfirmProxy
from complaints.stages.ending import EndWithoutAgreement, Withdraw
from complaints.stages.escalation import AnswerEscalation, Escalate
from complaints.stages.execution import Accept, BookCompensation
from complaints.stages.family import Absorb, Merge, Separate
from complaints.stages.fast_track import SettleAtOnce
from complaints.stages.handover import AnswerTransfer, HandOver, Transfer
from complaints.stages.help import GiveHelp
from complaints.stages.holds import PlaceHold, ReleaseHold
from complaints.stages.intake import AnswerAssignment, CompleteRegistration, Receive
from complaints.stages.investigation import ConcludeInvestigation, RecordFinding
from complaints.stages.judgment import Explain, Uphold
from complaints.stages.outside import OpenExternalCase, UpdateExternalCase
from complaints.stages.proposal import Approve, Propose, ReviewProposal
from complaints.stages.review import Archive, Close, RecordFollowUp, Reopen
from complaints.testing import Walk
from tests.properties.over_walks import over_walks

_LIMITS = {
    Role.DEPARTMENT_HEAD: (Decimal(2_000), Severity.GENERAL),
    Role.MANAGER: (Decimal(10_000), Severity.MAJOR),
    Role.GENERAL_MANAGER: (Decimal(200_000), Severity.CRITICAL),
    Role.GROUP: (None, Severity.CRITICAL),
}


def _since_the_last(kind: type, history: tuple[Event, ...]) -> tuple[Event, ...]:
    last = max((event.number for event in history if isinstance(event.command, kind)), default=0)
    return tuple(event for event in history if event.number > last)


def _before(event: Event, history: tuple[Event, ...]) -> tuple[Event, ...]:
    return history[: event.number - 1]


# --- 1 --------------------------------------------------------------------------------------------------------------


@over_walks()
def test_no_complaint_is_closed_without_an_answer_a_follow_up_and_an_evaluation(walk: Walk) -> None:
    history = walk.history

    for closing in (event for event in history if isinstance(event.command, Close)):
        handled = _since_the_last(Reopen, _before(closing, history))
        kinds = Explain | SettleAtOnce | Accept | EndWithoutAgreement | Withdraw
        answers = [event for event in handled if isinstance(event.command, kinds)]
        # who was merged and separated again stands where he stood
        last_move = [event for event in handled if event.is_move and not isinstance(event.command, Merge | Separate)][
            -1
        ]
        assert answers
        assert isinstance(last_move.command, RecordFollowUp)
        assert last_move.number > answers[-1].number
        assert closing.command.evaluation.summary


@over_walks()
def test_no_work_starts_before_the_customer_agrees_to_what_he_was_offered(walk: Walk) -> None:
    history = walk.history

    for start in (event for event in history if event.source is State.OFFER and event.target is State.EXECUTION):
        told = [
            event
            for event in _since_the_last(Approve, _before(start, history))
            if isinstance(event.command, RecordContact)
            and event.command.purpose is Purpose.OFFER
            and event.command.reached
        ]
        assert isinstance(start.command, Accept)
        assert told


# --- 2 --------------------------------------------------------------------------------------------------------------


@over_walks()
def test_what_is_chosen_was_proposed_in_this_pass_and_read_by_the_leader_who_chose_it(walk: Walk) -> None:
    history = walk.history

    for choice in (event for event in history if isinstance(event.command, Approve)):
        before = _before(choice, history)
        moves = [event for event in before if event.is_move and not event.command.goes_back]
        submitted = max(event.number for event in moves if event.target is State.APPROVAL)
        came_in = max(
            event.number for event in moves if event.target is State.PROPOSAL and event.source is not State.APPROVAL
        )
        read = {
            event.command.proposal
            for event in before
            if event.number > submitted and event.by == choice.by and isinstance(event.command, ReviewProposal)
        }
        proposed = {
            event.command.proposal.id: event.by.id
            for event in before
            if event.number > came_in and isinstance(event.command, Propose)
        }
        assert choice.command.chosen in read
        assert choice.command.chosen in proposed
        assert proposed[choice.command.chosen] != choice.by.id


@over_walks()
def test_a_pass_has_one_choice_at_most(walk: Walk) -> None:
    moves = [event for event in walk.history if event.is_move]
    choices = [place for place, event in enumerate(moves) if isinstance(event.command, Approve)]

    for one, next_one in pairwise(choices):
        assert State.PROPOSAL in {event.target for event in moves[one:next_one]}


# --- 3 --------------------------------------------------------------------------------------------------------------


def _approved_and_booked(walk: Walk) -> Iterator[tuple[Decimal, Decimal]]:
    """What may have been spent and what was, after every event; walks know one currency."""
    approved = booked = Decimal(0)
    costs: dict[str, Decimal] = {}
    mandate: Approve | None = None
    for command in (event.command for event in walk.history):
        if isinstance(command, Propose):
            costs[command.proposal.id] = sum((one.cost.amount for one in command.proposal.remedies), Decimal(0))
        elif isinstance(command, Approve):
            mandate = command
        elif isinstance(command, Accept) and mandate is not None:
            options = (mandate.chosen, *mandate.alternatives)
            ceiling = mandate.ceiling.amount if mandate.ceiling is not None else Decimal(0)
            approved += max(costs[option] for option in options) if command.option in options else ceiling
        elif isinstance(command, SettleAtOnce):
            approved += Decimal(400)
            booked += sum((one.cost.amount for one in command.remedies), Decimal(0))
        elif isinstance(command, BookCompensation):
            booked += command.amount.amount
        elif isinstance(command, GiveHelp):
            # whether it may be given at all is a sentence of its own
            approved += command.cost.amount
            booked += command.cost.amount
        yield approved, booked


@over_walks()
def test_booked_compensation_never_exceeds_what_was_approved_or_stood_in_the_standing_order(walk: Walk) -> None:
    assert all(Decimal(0) <= booked <= approved for approved, booked in _approved_and_booked(walk))
    assert {one.amount.currency for one in walk.complaint.ledger} <= {"CNY"}


@over_walks()
def test_no_leader_approves_what_is_dearer_or_graver_than_he_may_decide(walk: Walk) -> None:
    booked = [spent for _, spent in _approved_and_booked(walk)]
    costs = {
        event.command.proposal.id: sum((one.cost.amount for one in event.command.proposal.remedies), Decimal(0))
        for event in walk.history
        if isinstance(event.command, Propose)
    }

    for step in (step for step in walk.steps if isinstance(step.order.command, Approve)):
        assert step.before is not None
        spent = booked[step.before.version - 1]
        dearest = max(costs[one.id] for one in step.before.present_proposals)
        limits = [_LIMITS[role] for role in step.order.by.roles if role in _LIMITS]
        assert any(
            (limit is None or spent + dearest <= limit) and step.before.severity.rank <= gravest.rank
            for limit, gravest in limits
        )


@over_walks()
def test_help_stays_within_the_standing_order_the_allowance_or_the_doers_authority(walk: Walk) -> None:
    ordered = emergencies = Decimal(0)

    for step in walk.steps:
        command = step.order.command
        if not isinstance(command, GiveHelp):
            continue
        assert step.before is not None
        if command.order is not None:
            ordered += command.cost.amount
            assert ordered <= Decimal(400)
            continue
        emergencies += command.cost.amount
        limits = [_LIMITS[role] for role in step.order.by.roles if role in _LIMITS]
        assert emergencies <= Decimal(1_000) or any(
            (limit is None or emergencies <= limit) and step.before.severity.rank <= gravest.rank
            for limit, gravest in limits
        )


@over_walks()
def test_help_admits_nothing(walk: Walk) -> None:
    for step in walk.steps:
        if isinstance(step.order.command, GiveHelp):
            before, after = step.before, step.after
            assert before is not None
            assert after is not None
            # whoever helped need not see every word
            after, before = masked(after), masked(before)
            assert (after.judgment, after.conclusion, after.accountability, after.involved) == (
                before.judgment,
                before.conclusion,
                before.accountability,
                before.involved,
            )


# --- 4 --------------------------------------------------------------------------------------------------------------


@over_walks()
def test_whoever_judges_investigates_approves_settles_or_calls_back_is_not_involved_as_known_then(walk: Walk) -> None:
    complained_of: set[str] = set()
    responsible: set[str] = set()

    for event in walk.history:
        command = event.command
        if isinstance(command, Receive | CompleteRegistration):
            complained_of |= {*command.complained_of}
        if isinstance(
            command,
            Uphold | Explain | SettleAtOnce | RecordFinding | ConcludeInvestigation | Approve | RecordFollowUp,
        ):
            assert event.by.id not in complained_of | responsible
        if isinstance(command, Uphold):
            assert command.investigator not in complained_of | responsible
        if isinstance(command, ConcludeInvestigation):
            responsible = {*command.responsibility.persons, *filter(None, [command.responsibility.head])}
        if isinstance(command, SettleAtOnce):
            responsible = set()


_OF_THE_IMPARTIAL = Uphold | Explain | SettleAtOnce | RecordFinding | ConcludeInvestigation | Approve | RecordFollowUp


@over_walks()
def test_what_somebody_did_who_turns_out_to_be_involved_waits_for_the_word_of_another(walk: Walk) -> None:
    history = walk.history
    involved: set[str] = set()

    for step in walk.steps:
        assert step.after is not None
        found_out = {one.number for one in step.after.beside.confirmations if one.typed_by is None}
        for event in history[: step.after.version]:
            if isinstance(event.command, _OF_THE_IMPARTIAL) and event.by.id in step.after.involved - involved:
                assert event.number in found_out
        assert len(found_out) == sum(one.typed_by is None for one in step.after.beside.confirmations)
        involved = {*step.after.involved}


@over_walks()
def test_nobody_vouches_for_himself(walk: Walk) -> None:
    waiting: dict[tuple[int, str | None], Confirmation] = {}

    for step in walk.steps:
        assert step.after is not None
        now = {(one.number, one.typed_by): one for one in step.after.unconfirmed}
        for one in (one for key, one in waiting.items() if key not in now):
            by = step.order.by
            assert isinstance(step.order.command, ConfirmProxy)
            assert step.order.recorded_by in (None, by)
            assert by.id != one.typed_by
            assert one.typed_by is not None or by.id not in {one.by, *step.after.involved}
            assert by.id == one.by or by.rank >= min(one.rank, 3)
        waiting = now


@over_walks()
def test_nothing_is_closed_or_archived_while_a_step_waits_for_a_word(walk: Walk) -> None:
    for step in walk.steps:
        if isinstance(step.order.command, Close | Archive):
            assert step.before is not None
            assert step.before.unconfirmed == ()


@over_walks()
def test_nobody_asks_the_customer_how_his_own_work_was(walk: Walk) -> None:
    handled: set[str] = set()

    for event in walk.history:
        command = event.command
        if isinstance(command, RecordFollowUp) and command.message is None:
            assert event.by.id not in handled
        if (
            (isinstance(command, Receive) and command.takes_on)
            or (isinstance(command, AnswerAssignment) and command.accepts and command.duty is Duty.HANDLER)
            or isinstance(command, SettleAtOnce)
        ):
            handled.add(event.by.id)


# --- 5 --------------------------------------------------------------------------------------------------------------


@over_walks()
def test_a_promise_kept_late_stays_kept_late_and_none_is_ever_lost(walk: Walk) -> None:
    known: dict[str, PromiseState] = {}
    settled = {PromiseState.RELEASED, PromiseState.BROKEN}

    for step in walk.steps:
        assert step.after is not None
        promises = {promise.id: promise for promise in step.after.promises}
        assert known.keys() <= promises.keys()
        for id, state in known.items():
            assert state is PromiseState.OPEN or promises[id].state is state
        for promise in promises.values():
            if promise.settled_at is not None and promise.state not in settled:
                late = promise.settled_at > promise.due_at
                assert promise.state is (PromiseState.KEPT_LATE if late else PromiseState.KEPT)
        known = {id: promise.state for id, promise in promises.items()}


@over_walks()
def test_a_breach_or_a_broken_promise_survives_every_later_event(walk: Walk) -> None:
    history = walk.history
    missed: tuple[Breach, ...] = ()

    for step in walk.steps:
        assert step.after is not None
        breaches = step.after.beside.breaches
        assert breaches[: len(missed)] == missed
        begun = step.before.version if step.before is not None else 0
        recorded = [event for event in history[begun : step.after.version] if event.name == "RecordBreach"]
        assert len(breaches) - len(missed) == len(recorded)
        promises = {one.id: one.state for one in step.after.promises}
        broken = {id for id, state in promises.items() if state is PromiseState.BROKEN}
        assert broken <= {one.promise for one in breaches if one.promise is not None}
        missed = breaches


@over_walks()
def test_a_promise_that_was_put_off_still_tells_the_date_first_told(walk: Walk) -> None:
    told: dict[str, datetime] = {}

    for step in walk.steps:
        assert step.after is not None
        for promise in step.after.promises:
            first = told.setdefault(promise.id, promise.due_at)
            assert first == (promise.first_due_at if promise.extended else promise.due_at)


# --- 8 --------------------------------------------------------------------------------------------------------------

_GRAVEST = {
    "injury": Severity.CRITICAL,
    "fire": Severity.CRITICAL,
    "crash": Severity.MAJOR,
    "media": Severity.MAJOR,
    "authority": Severity.ESCALATED,
    "lawyer": Severity.ESCALATED,
    "safety_part": Severity.ESCALATED,
    "repeat": Severity.ESCALATED,
}


@over_walks()
def test_severity_is_never_below_the_highest_floor_of_the_rules_that_applied(walk: Walk) -> None:
    floor = 0
    absorbed = [(event.number, event.command.floor.rank) for event in walk.history if isinstance(event.command, Absorb)]

    for step in walk.steps:
        assert step.after is not None
        alarms = [_GRAVEST[alarm].rank for alarm in step.after.registration.fast_track_bars if alarm in _GRAVEST]
        if not step.after.is_open:
            continue  # severity is no matter of a closed complaint; what rings meanwhile counts when it is open again
        brought = [rank for number, rank in absorbed if number <= step.after.version]
        floor = max([floor, *alarms, *brought, int(step.after.declines >= 3)])
        assert step.after.severity.rank >= floor
        assert step.after.floor.rank == floor


# --- 13 -------------------------------------------------------------------------------------------------------------

_TOUCHES_NO_CLOCK = (
    OpenExternalCase, UpdateExternalCase, PlaceHold, ReleaseHold, Transfer, AnswerTransfer, HandOver, Escalate,
    AnswerEscalation, GiveHelp, LimitContact,
)  # fmt: skip


def _of_the_way(complaint: Complaint) -> dict[str, tuple[datetime, datetime | None]]:
    """The clocks of the complaint's way: not those of one hold, case or task, nor those that a hold may pause."""
    pausing = {rule.clock for rule in shipped("house_4s").clocks if rule.pauses}
    clocks = complaint.deadlines.items()
    return {name: (one.start, one.due) for name, one in clocks if not one.subject and name not in pausing}


@over_walks()
def test_nothing_beside_the_state_moves_a_due_date_or_the_state(walk: Walk) -> None:
    for step in walk.steps:
        if isinstance(step.order.command, _TOUCHES_NO_CLOCK):
            assert step.before is not None
            assert step.after is not None
            assert _of_the_way(step.after) == _of_the_way(step.before)
            assert (step.after.state, step.after.moved_at) == (step.before.state, step.before.moved_at)


# MOVES: "moves wait while a transfer is pending"
@over_walks()
def test_nobody_moves_a_complaint_on_while_another_department_is_asked(walk: Walk) -> None:
    for step in walk.steps:
        if step.before is not None and step.before.pending_transfer is not None:
            assert step.after is not None
            assert step.after.state is step.before.state


# MOVES 21 and 26
@over_walks()
def test_nothing_is_closed_under_an_open_case_nor_archived_under_a_legal_hold(walk: Walk) -> None:
    open_cases: set[str] = set()
    legal_holds: set[str] = set()

    for event in walk.history:
        command = event.command
        if isinstance(command, OpenExternalCase) and command.kind.value not in ("oem", "media"):
            open_cases.add(command.id)
        elif isinstance(command, UpdateExternalCase) and command.status.value in ("settled", "closed"):
            open_cases.discard(command.case)
        elif isinstance(command, PlaceHold) and command.kind.value == "legal":
            legal_holds.add(command.id)
        elif isinstance(command, ReleaseHold):
            legal_holds.discard(command.hold)
        assert not (event.is_move and event.target is State.CLOSED and open_cases)
        assert not (event.target is State.ARCHIVED and legal_holds)
