"""Stage 6 总结评价: called back, evaluated, classified, closed, kept (R32–R48, R61, R62)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import ClassVar
from uuid import UUID

from complaints.conduct import displeasure, nothing_but_praise
from complaints.errors import Fault
from complaints.model.base import evolve, line, prose, several
from complaints.model.complaint import Complaint
from complaints.model.event import Command, Event, Refusal, Situation, command, rule
from complaints.model.people import ExternalRef
from complaints.model.proposal import Remedy
from complaints.model.review import Classification, Evaluation, FollowUp, Improvement, NoWayFurther, tries_since
from complaints.model.sampling import is_sampled
from complaints.model.words import (
    Alarm,
    Channel,
    Outcome,
    ReworkReason,
    Role,
    Satisfaction,
    Stage,
    State,
    Track,
)
from complaints.stages.accountability import left_undecided
from complaints.stages.contacting import ways_open
from complaints.stages.execution import tasks_for
from complaints.stages.intake import handlers_of

_TO_OBJECT = ("reopen", "contest")
_BELOW_SATISFIED = (Satisfaction.NEUTRAL, Satisfaction.DISSATISFIED)


@command
class RecordFollowUp(Command):
    """
    记录回访: what the call-back came to (R36–R48), on the day the step happened.

    Args:
        reason: What the customer is not satisfied with (R46).
        reason_withheld: He was asked and did not want to say.
        service: The repair order or service the call was about (R48).
        message: Evidence of the customer's own message; then nobody had to call.
        pressed: After a withdrawal: whether anybody pressed the customer to take the complaint back (R36).
        confirmed: The result and the words seemed to say the opposite; the caller has asked again, and both stand.
    """

    is_impartial: ClassVar[bool] = True

    complaint: UUID
    result: Satisfaction
    channel: Channel
    reason: str | None = prose(most=2000, default=None)
    reason_withheld: bool = False
    suggestions: str | None = prose(most=2000, default=None)
    service: ExternalRef | None = None
    message: str | None = line(most=120, default=None)
    pressed: bool | None = None
    confirmed: bool = False

    @property
    def reaches_out_by(self) -> Channel | None:
        """Nobody reached out where the customer wrote himself; that he was not reached tells of earlier attempts."""
        return None if self.message is not None or self.result is Satisfaction.UNREACHABLE else self.channel

    def _faults(self) -> Iterator[Fault]:
        if self.result in _BELOW_SATISFIED and self.reason is None and not self.reason_withheld:
            yield Fault("reason", "reason_must_be_asked")

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """The result; the first answer ever given is kept beside the last one."""
        first = complaint.first_satisfaction
        if first is None and self.result.was_answered:
            first = self.result
        made = FollowUp(
            number=event.number,
            result=self.result,
            at=event.at,
            channel=self.channel,
            caller=event.by.id,
            pressed=self.pressed,
        )
        return evolve(complaint, follow_up=made, first_satisfaction=first)


@command
class ReturnForRework(Command):
    """
    不满意重办 / 退回补办: back to where the work must be done again (R47).

    Args:
        reason: Its kind; the target follows from it.
        target: The state to return to, which must have been visited.
        remedies: New tasks; needed when the target is execution.
    """

    is_decision: ClassVar[bool] = True

    complaint: UUID
    reason: ReworkReason
    target: State
    explanation: str = prose(most=2000)
    remedies: tuple[Remedy, ...] = several(most=50, default=())

    def _faults(self) -> Iterator[Fault]:
        if isinstance(self.reason, ReworkReason) and self.target is not self.reason.target:
            yield Fault("target", "choice", choices=(self.reason.target.value,))
        if (self.target is State.EXECUTION) != bool(self.remedies):
            yield Fault("remedies", "tasks_for_execution")

    @property
    def names_people(self) -> tuple[str, ...]:
        """Who carries out the new tasks."""
        return tuple(remedy.owner for remedy in self.remedies)

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """One rework more; the fast track is shut for good, and a new offer needs a new mandate."""
        return evolve(
            complaint,
            reworks=complaint.reworks + 1,
            track=Track.FULL,
            outcome=None,
            mandate=complaint.mandate if self.target is State.EXECUTION else None,
            tasks=(*complaint.tasks, *tasks_for(complaint, self.remedies, event.number)),
        )


@command
class PlanImprovement(Command):
    """改进措施: what the house will do better (R35)."""

    complaint: UUID
    id: str = line(most=20)
    text: str = prose(personal=False, most=2000)
    owner: str = line(most=80)
    due: date

    @property
    def names_people(self) -> tuple[str, ...]:
        """Who makes it better."""
        return (self.owner,)

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """One improvement more."""
        planned = Improvement(
            id=self.id,
            text=self.text,
            owner=self.owner,
            due=self.due,
            number=event.number,
            planned_at=event.at,
        )
        return evolve(complaint, improvements=(*complaint.improvements, planned))


@command
class VerifyImprovement(Command):
    """效果验证: somebody has looked whether the improvement helped (R35)."""

    complaint: UUID
    improvement: str = line(most=20)
    effective: bool
    remark: str = prose(most=2000)

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """The improvement with what it came to."""
        improvements = tuple(
            evolve(one, effective=self.effective) if one.id == self.improvement else one
            for one in complaint.improvements
        )
        return evolve(complaint, improvements=improvements)


@command
class Close(Command):
    """
    结案: evaluated, classified, and nothing owed (R32, R33, R35, R61).

    Args:
        no_improvement_reason: Why nothing is improved, if nothing was planned.
        no_way_further: The manager's reasoned no to a customer who stays dissatisfied.
    """

    is_decision: ClassVar[bool] = True

    complaint: UUID
    evaluation: Evaluation
    classification: Classification
    no_improvement_reason: str | None = prose(personal=False, most=1000, default=None)
    no_way_further: NoWayFurther | None = None

    @property
    def outgoing_text(self) -> tuple[str, ...]:
        """What goes to the customer."""
        return (self.no_way_further.reason, self.no_way_further.told_where) if self.no_way_further else ()

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """Evaluated and classified; disputed where a dissatisfied customer was told no."""
        made = complaint.follow_up
        stays_dissatisfied = made is not None and made.result is Satisfaction.DISSATISFIED
        outcome = Outcome.DISPUTED if stays_dissatisfied and self.no_way_further is not None else complaint.outcome
        return evolve(complaint, evaluation=self.evaluation, classification=self.classification, outcome=outcome)


@command
class Reopen(Command):
    """
    重新受理: the customer asks again inside the window, or an authority does at any time (MOVES 22).

    Args:
        authority_case: The authority's case number.
    """

    complaint: UUID
    reason: str = prose(most=2000)
    authority_case: ExternalRef | None = None

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """Open again; an authority's case is an alarm."""
        form = complaint.registration
        if self.authority_case is not None and Alarm.AUTHORITY not in form.alarms:
            form = evolve(form, alarms=(*form.alarms, Alarm.AUTHORITY))
        return evolve(complaint, reopenings=complaint.reopenings + 1, outcome=None, track=Track.FULL, registration=form)


@command
class Archive(Command):
    """归档: nothing more can come; kept for good (R62)."""

    complaint: UUID


# --- rules ----------------------------------------------------------------------------------------------------------


@rule("caller.handled_it")
def the_caller_did_not_handle_it(s: Situation) -> Refusal | None:
    """Caller and handler are two people, unless the customer wrote himself (MOVES 19, fast track)."""
    if s.command.message is not None or s.by.id not in handlers_of(s.complaint):
        return None
    return Refusal("caller.handled_it")


@rule("fast.sampled")
def the_sampled_are_called(s: Situation) -> Refusal | None:
    """Of those settled at once a sample is called, though the customer has written himself (fast track)."""
    is_fast = s.complaint.settled is not None and s.complaint.outcome is Outcome.SETTLED_AT_ONCE
    if s.command.message is None or not is_fast:
        return None
    percent = s.policy.callback_sample_percent
    return Refusal("fast.sampled", percent=percent) if is_sampled(s.complaint.id, percent) else None


@rule("pressure.unasked")
def it_was_asked_whether_anybody_pressed(s: Situation) -> Refusal | None:
    """Whoever answers after a withdrawal is asked whether it was his own free will (MOVES 18, R36)."""
    if s.complaint.outcome is not Outcome.WITHDRAWN or not s.command.result.was_answered:
        return None
    return Refusal("pressure.unasked") if s.command.pressed is None else None


@rule("followup.contradiction")
def result_and_words_agree(s: Situation) -> Refusal | None:
    """A satisfied customer who finds fault, or one with nothing but praise who is not, is asked once more (R46)."""
    made, words = s.command, (s.command.reason, s.command.suggestions)
    texts = [text for text in words if text is not None]
    if made.confirmed:
        return None
    if made.result is Satisfaction.SATISFIED:
        phrases = [phrase for text in texts for phrase in displeasure(text)]
    elif made.result in _BELOW_SATISFIED and all(map(nothing_but_praise, texts)):
        phrases = [phrase for text in texts for phrase in nothing_but_praise(text)]
    else:
        return None
    if not phrases:
        return None
    return Refusal("followup.contradiction", result=made.result.value, phrases=tuple(dict.fromkeys(phrases)))


@rule("withdrawal.pressed")
def nobody_pressed_the_customer(s: Situation) -> Refusal | None:
    """A complaint that was taken back under pressure is not closed, it is taken up again (R36)."""
    made = s.complaint.follow_up
    if s.complaint.outcome is Outcome.WITHDRAWN and made is not None and made.pressed:
        return Refusal("withdrawal.pressed")
    return None


@rule("rework.not_pressed")
def pressure_was_told_of(s: Situation) -> Refusal | None:
    """Taken up again for pressure, only where the customer told of it."""
    if s.command.reason is not ReworkReason.UNDER_PRESSURE:
        return None
    return None if nobody_pressed_the_customer(s) is not None else Refusal("rework.not_pressed")


@rule("archive.survivor_open")
def the_survivor_is_archived(s: Situation) -> Refusal | None:
    """A merged complaint is archived only with its survivor (MOVES 26)."""
    went = s.complaint.beside.merged_into
    survivor = s.others.get(went.survivor) if went is not None else None
    if survivor is None or survivor.state is State.ARCHIVED:
        return None
    return Refusal("archive.survivor_open", reference=survivor.reference)


@rule("customer.not_tried_enough")
def unreachable_was_tried_enough(s: Situation) -> Refusal | None:
    """Three attempts on two channels on two days, in this pass (R37)."""
    if s.command.result is not Satisfaction.UNREACHABLE:
        return None
    tries = tries_since(s.complaint.attempts, s.complaint.moved_at, s.dealer.tz)
    if s.policy.is_enough(tries, ways=len(ways_open(s))):
        return None
    return Refusal("customer.not_tried_enough", attempts=tries.attempts, channels=tries.channels, days=tries.days)


@rule("rework.not_visited")
def the_target_was_visited(s: Situation) -> Refusal | None:
    """Work can only be done again where it was done (MOVES 20)."""
    if s.complaint.was_in(s.command.target):
        return None
    return Refusal("rework.not_visited", target=s.command.target.value)


@rule("rework.no_settlement")
def execution_rests_on_an_acceptance(s: Situation) -> Refusal | None:
    """Back to execution needs an option the customer accepted (MOVES 20)."""
    if s.command.target is not State.EXECUTION or s.complaint.settlement is not None:
        return None
    return Refusal("rework.no_settlement")


@rule("rework.beyond_settlement")
def new_tasks_cost_nothing_new(s: Situation) -> Refusal | None:
    """Money needs an approval; rework in execution only does again what was agreed (invariant 3)."""
    costly = tuple(r.kind.value for r in s.command.remedies if r.cost.amount)
    return Refusal("rework.beyond_settlement", remedies=costly) if costly else None


@rule("rework.manager_next")
def twice_then_the_manager(s: Situation) -> Refusal | None:
    """A supervisor returns a complaint twice; after that the manager decides (MOVES 20)."""
    if s.complaint.reworks < s.policy.reworks_before_manager or s.by.holds(Role.MANAGER):
        return None
    return Refusal("rework.manager_next", who=("manager",), reworks=s.complaint.reworks)


@rule("closer.rank")
def major_is_closed_by_the_manager(s: Situation) -> Refusal | None:
    """Supervisor; major: manager (MOVES 21, R1)."""
    if s.by.holds(who_closes(s.complaint)):
        return None
    return Refusal("closer.rank", who=("manager",), severity=s.severity.value)


def who_closes(complaint: Complaint) -> Role:
    """The lowest rank that may close the complaint."""
    return Role.MANAGER if complaint.severity.is_major else Role.SUPERVISOR


@rule("closer.settled_it")
def the_closer_did_not_settle_it(s: Situation) -> Refusal | None:
    """A settlement at once is closed by a supervisor who did not make it (fast track)."""
    settled, settlement = s.complaint.settled, s.complaint.settlement
    # whether the track was shut since does not matter, only whether that settlement still stands
    stands = settled is not None and settlement is not None and settled.number == settlement.number
    return Refusal("closer.settled_it") if stands and settled is not None and settled.by == s.by.id else None


@rule("fast.not_satisfied")
def a_fast_one_is_satisfied(s: Situation) -> Refusal | None:
    """Below satisfied the fast track ends in rework, not in closing."""
    made = s.complaint.follow_up
    if s.complaint.track is Track.FAST and made is not None and made.result in _BELOW_SATISFIED:
        return Refusal("fast.not_satisfied")
    return None


@rule("promises.open")
def no_promise_is_open(s: Situation) -> Refusal | None:
    """Nothing is owed, what was broken and not made good since included (R55)."""
    owed = tuple(promise.id for promise in s.complaint.owed_promises)
    return Refusal("promises.open", promises=owed) if owed else None


@rule("accountability.undecided")
def accountability_is_decided(s: Situation) -> Refusal | None:
    """Where upheld: standing rule; escalated: decided; major: decided and reviewed (R28, A6)."""
    judgment = s.complaint.judgment
    if judgment is None or not judgment.is_upheld:
        return None
    wanted = s.policy.weight(s.severity).accountability
    if wanted == "standing" or _is_answered_for(s.complaint, reviewed=wanted == "reviewed"):
        return None
    return Refusal("accountability.undecided", who=("manager",), severity=s.severity.value)


def _is_answered_for(complaint: Complaint, *, reviewed: bool) -> bool:
    """By people, not by a standing rule; about everybody found responsible; where asked, by a second decider too."""
    decided = complaint.accountability
    if decided is None or decided.standing_rule is not None or left_undecided(complaint, decided.measures):
        return False
    return decided.reviewed_by is not None or not reviewed


@rule("improvement.missing")
def something_is_learned(s: Situation) -> Refusal | None:
    """An improvement, or why none (R35)."""
    since = s.complaint.began.get(Stage.REVIEW, 0)
    planned = any(one.number > since for one in s.complaint.improvements)
    if planned or s.command.no_improvement_reason is not None:
        return None
    return Refusal("improvement.missing")


@rule("customer.dissatisfied")
def a_dissatisfied_customer_gets_an_answer(s: Situation) -> Refusal | None:
    """Rework done, or the manager's reasoned no with where else to turn (MOVES 21)."""
    made = s.complaint.follow_up
    if made is None or made.result is not Satisfaction.DISSATISFIED or s.complaint.reworks:
        return None
    if s.command.no_way_further is not None and s.by.holds(Role.MANAGER):
        return None
    return Refusal("customer.dissatisfied", who=("manager",))


@rule("classification.unknown")
def the_classification_is_known(s: Situation) -> Refusal | None:
    """The category of the statistics form is one of the policy's (R33)."""
    given = s.command.classification.category
    return None if given in s.policy.categories else Refusal("classification.unknown", categories=(given,))


@rule("improvement.doubled")
def the_improvement_has_a_new_name(s: Situation) -> Refusal | None:
    """Improvements are told apart by their id."""
    taken = any(one.id == s.command.id for one in s.complaint.improvements)
    return Refusal("improvement.doubled", improvement=s.command.id) if taken else None


@rule("improvements.none_open")
def an_improvement_is_unverified(s: Situation) -> Refusal | None:
    """There is an improvement whose effect nobody has looked at."""
    return None if _unverified(s.complaint) else Refusal("improvements.none_open")


@rule("improvement.not_open")
def the_improvement_is_unverified(s: Situation) -> Refusal | None:
    """It was planned, and its effect is looked at once."""
    there = tuple(one.id for one in _unverified(s.complaint))
    return None if s.command.improvement in there else Refusal("improvement.not_open", improvements=there)


@rule("improvement.too_early")
def it_was_planned_before(s: Situation) -> Refusal | None:
    """No effect can be seen before it was planned."""
    planned = next((one.planned_at for one in _unverified(s.complaint) if one.id == s.command.improvement), None)
    if planned is None or s.at >= planned:
        return None
    return Refusal("improvement.too_early", planned=planned.isoformat())


def _unverified(complaint: Complaint) -> tuple[Improvement, ...]:
    return tuple(one for one in complaint.improvements if one.effective is None)


@rule("reopen.too_late", overridable=True)
def the_window_is_open(s: Situation) -> Refusal | None:
    """Inside the window, else a new complaint with ``repeat_of``; an authority needs no window (MOVES 22)."""
    ends = s.complaint.window_ends("reopen")
    if s.command.authority_case is not None or ends is None or s.at <= ends:
        return None
    return Refusal("reopen.too_late", due=ends.isoformat())


@rule("archive.too_early")
def the_windows_are_over(s: Situation) -> Refusal | None:
    """Nobody can reopen or contest any more (MOVES 26)."""
    ends = max((end for clock in _TO_OBJECT if (end := s.complaint.window_ends(clock)) is not None), default=None)
    return Refusal("archive.too_early", due=ends.isoformat()) if ends is not None and s.at <= ends else None


__all__ = [
    "Archive",
    "Close",
    "PlanImprovement",
    "RecordFollowUp",
    "Reopen",
    "ReturnForRework",
    "VerifyImprovement",
]
