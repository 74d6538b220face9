"""责任认定: who answers, his objection, the second look at it, and carrying it out (R28, A6, A9)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar
from uuid import UUID

from msgspec.structs import replace

from complaints.errors import Fault
from complaints.model import beside
from complaints.model.base import evolve, line, prose, several
from complaints.model.complaint import Complaint
from complaints.model.event import Command, Event, Refusal, Situation, command, rule
from complaints.model.execution import Accountability, Measure
from complaints.model.words import RANKS, Answer, Answerable, MeasureKind, MeasureRole, Role


@command
class DecideAccountability(Command):
    """
    责任认定: what follows for the responsible person and the department head (R28).

    For major complaints a second, other decider repeats it: decided and reviewed.

    Args:
        measures: One for each person; "none" is a measure too, with a reason.
    """

    is_decision: ClassVar[bool] = True

    complaint: UUID
    measures: tuple[Measure, ...] = several(most=40, default=())
    reason: str | None = prose(most=2000, default=None)

    def _faults(self) -> Iterator[Fault]:
        if not self.measures and self.reason is None:
            yield Fault("reason", "missing")

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """Decided; or reviewed, when another decider says the same."""
        before = complaint.accountability
        # what a standing order answered by itself nobody has decided yet, so there is nothing to review
        said_so = before is not None and before.standing_rule is None and before.measures == self.measures
        if before is not None and said_so and before.decided_by != event.by.id:
            decided = evolve(before, reviewed_by=event.by.id)
        else:
            decided = Accountability(
                number=event.number, measures=self.measures, decided_by=event.by.id, rank=event.by.rank
            )
        return _decided_anew(complaint, decided)


@command
class Contest(Command):
    """申诉: somebody objects to the measure that was decided against himself (A9)."""

    complaint: UUID
    grounds: str = prose(most=2000)

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """One contest more, which waits for somebody higher."""
        made = beside.Contest(person=event.by.id, at=event.at, number=event.number)
        return complaint.beside_with(contests=(*complaint.beside.contests, made))


@command
class ReviewContest(Command):
    """
    申诉复核: another and higher decider looks at the measure again (A9).

    Args:
        person: Id of whoever contests.
        granted: Whether he is right.
        measure: What is decided for him instead, "none" with a reason included; only where it is granted.
    """

    is_decision: ClassVar[bool] = True

    complaint: UUID
    person: str = line(most=80)
    granted: bool
    reason: str = prose(most=2000)
    measure: Measure | None = None

    def _faults(self) -> Iterator[Fault]:
        if self.granted is True and self.measure is None:
            yield Fault("measure", "missing")
        if self.granted is False and self.measure is not None:
            yield Fault("measure", "only_where_granted")
        if isinstance(self.measure, Measure) and self.measure.person != self.person:
            yield Fault("measure", "of_another_person")

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """The contest is answered; where it was granted, the new measure replaces what was decided for him."""
        answer = Answer.ACCEPTED if self.granted else Answer.DECLINED
        contests = tuple(
            replace(one, answer=answer) if one.person == self.person and one.answer is Answer.PENDING else one
            for one in complaint.beside.contests
        )
        reviewed = complaint.beside_with(contests=contests)
        decided = complaint.accountability
        if self.measure is None or decided is None:
            return reviewed
        others = tuple(one for one in decided.measures if one.person != self.person)
        return _decided_anew(reviewed, evolve(decided, measures=(*others, self.measure)))


@command
class ExecuteMeasure(Command):
    """
    执行处理: what was decided for somebody has been carried out (R28, A9).

    Args:
        evidence: Id of what shows it; or
        remark: how it was done.
    """

    complaint: UUID
    person: str = line(most=80)
    evidence: str | None = line(most=120, default=None)
    remark: str | None = prose(most=2000, default=None)

    def _faults(self) -> Iterator[Fault]:
        if self.evidence is None and self.remark is None:
            yield Fault("remark", "missing")

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """It is carried out for this person."""
        return complaint.beside_with(executed=(*complaint.beside.executed, self.person))


def _decided_anew(complaint: Complaint, decided: Accountability) -> Complaint:
    """*complaint* with what is decided now; where that is something else for somebody, it is to be carried out anew."""
    before, executed = complaint.accountability, complaint.beside.executed
    after = evolve(complaint, accountability=decided)
    kept = tuple(person for person in executed if _for(before, person) == _for(decided, person))
    return after if kept == executed else after.beside_with(executed=kept)


def _for(decided: Accountability | None, person: str) -> list[Measure]:
    return [one for one in decided.measures if one.person == person] if decided is not None else []


def measured(complaint: Complaint) -> tuple[str, ...]:
    """Ids of those against whom something was decided: any measure but none."""
    decided = complaint.accountability
    measures = decided.measures if decided is not None else ()
    return tuple(dict.fromkeys(one.person for one in measures if one.kind is not MeasureKind.NONE))


def unexecuted(complaint: Complaint) -> tuple[str, ...]:
    """Ids of those for whom a measure is still to be carried out."""
    return tuple(person for person in measured(complaint) if person not in complaint.beside.executed)


def contested(complaint: Complaint) -> tuple[str, ...]:
    """Ids of those whose contest nobody has answered."""
    return tuple(one.person for one in complaint.beside.contests if one.answer is Answer.PENDING)


def has_contested(complaint: Complaint, person: str) -> bool:
    """Whether *person* has contested what is decided now, or still waits for an answer from before."""
    since = complaint.accountability.number if complaint.accountability is not None else 0
    return any(
        one.person == person and (one.number > since or one.answer is Answer.PENDING)
        for one in complaint.beside.contests
    )


# --- rules ----------------------------------------------------------------------------------------------------------


@rule("decider.involved")
def the_decider_is_impartial(s: Situation) -> Refusal | None:
    """Nobody decides about himself, or about whom he stands in for (R28)."""
    return Refusal("decider.involved") if any(map(s.by.acts_as, s.complaint.involved)) else None


@rule("decider.own_measure")
def it_is_nobodys_own_measure(s: Situation) -> Refusal | None:
    """Nobody decides what follows for himself, not even that nothing does: then the next above decides (R28)."""
    own = tuple(dict.fromkeys(one.person for one in s.command.measures if s.by.acts_as(one.person)))
    return Refusal("decider.own_measure", persons=own) if own else None


@rule("accountability.incomplete")
def person_and_head_are_both_decided(s: Situation) -> Refusal | None:
    """Direct person and department head, each with a measure or a reasoned none (R28)."""
    left = left_undecided(s.complaint, s.command.measures)
    return Refusal("accountability.incomplete", persons=left) if left else None


def left_undecided(complaint: Complaint, measures: tuple[Measure, ...]) -> tuple[str, ...]:
    """Who was found responsible and has no measure yet, the department head by the name of his part."""
    conclusion = complaint.conclusion
    if conclusion is None or conclusion.responsibility.kind is not Answerable.PERSON:
        return ()
    named = {measure.person for measure in measures}
    left = [person for person in conclusion.responsibility.persons if person not in named]
    if not any(measure.role is MeasureRole.HEAD for measure in measures):
        left.append(MeasureRole.HEAD.value)
    return tuple(left)


@rule("contest.no_measure")
def a_measure_is_theirs(s: Situation) -> Refusal | None:
    """Everybody speaks for himself, and only where something was decided against him (A9)."""
    return None if s.by.id in measured(s.complaint) else Refusal("contest.no_measure")


@rule("contest.doubled")
def they_have_not_contested_it_yet(s: Situation) -> Refusal | None:
    """Once for a decision; a new one may be contested anew (our choice: else he could never answer it)."""
    return Refusal("contest.doubled") if has_contested(s.complaint, s.by.id) else None


@rule("contest.too_late")
def the_contest_window_is_open(s: Situation) -> Refusal | None:
    """Inside the contest window."""
    ends = s.complaint.window_ends("contest")
    return None if ends is None or s.at <= ends else Refusal("contest.too_late", due=ends.isoformat())


@rule("contests.none")
def somebody_contests(s: Situation) -> Refusal | None:
    """There is a contest to answer."""
    return None if contested(s.complaint) else Refusal("contests.none")


@rule("contest.unknown")
def the_person_contests(s: Situation) -> Refusal | None:
    """The person named waits for an answer."""
    waiting = contested(s.complaint)
    return None if s.command.person in waiting else Refusal("contest.unknown", persons=waiting)


@rule("contest.own")
def it_is_somebody_elses_contest(s: Situation) -> Refusal | None:
    """Nobody answers his own contest, however high he stands, nor that of whom he stands in for."""
    return Refusal("contest.own") if s.by.acts_as(s.command.person) else None


@rule("contest.by_decider")
def the_reviewer_did_not_decide(s: Situation) -> Refusal | None:
    """Another than the decider looks at it (A9)."""
    decided = s.complaint.accountability
    return Refusal("contest.by_decider") if decided is not None and s.by.acts_as(decided.decided_by) else None


@rule("contest.rank")
def the_reviewer_stands_higher(s: Situation) -> Refusal | None:
    """
    The reviewer outranks the decider (A9).

    Nobody outranks the group: what it decided another general manager may review (our choice: else what the owner of
    the smallest house decides could be contested and never answered).
    """
    decided = s.complaint.accountability
    if decided is None or s.by.rank > decided.rank:
        return None
    if decided.rank == len(RANKS) - 1 and s.by.holds(Role.GENERAL_MANAGER):
        return None
    who = RANKS[decided.rank + 1 :] or (Role.GENERAL_MANAGER,)
    return Refusal("contest.rank", who=tuple(role.value for role in who))


@rule("measures.none")
def a_measure_is_to_be_executed(s: Situation) -> Refusal | None:
    """Something was decided and is not carried out yet."""
    return None if unexecuted(s.complaint) else Refusal("measures.none")


@rule("measure.unknown")
def the_measure_is_to_be_executed(s: Situation) -> Refusal | None:
    """It was decided for the person named, and is not carried out yet."""
    left = unexecuted(s.complaint)
    return None if s.command.person in left else Refusal("measure.unknown", persons=left)


@rule("measure.own")
def it_is_somebody_elses_measure(s: Situation) -> Refusal | None:
    """Nobody carries out what was decided against himself, or against whom he stands in for."""
    return Refusal("measure.own") if s.by.acts_as(s.command.person) else None


@rule("measure.contested")
def the_measure_is_not_contested(s: Situation) -> Refusal | None:
    """Not executed while contested (A9)."""
    waits = s.command.person in contested(s.complaint)
    return Refusal("measure.contested", who=("manager",)) if waits else None


@rule("measure.too_early")
def it_cannot_be_contested_any_more(s: Situation) -> Refusal | None:
    """Not inside the contest window, unless it was contested and answered already (A9)."""
    ends = s.complaint.window_ends("contest")
    if ends is None or s.at > ends or has_contested(s.complaint, s.command.person):
        return None
    return Refusal("measure.too_early", due=ends.isoformat())


@rule("measures.contested")
def nothing_is_contested(s: Situation) -> Refusal | None:
    """Whoever has objected gets an answer (MOVES 26)."""
    waiting = contested(s.complaint)
    return Refusal("measures.contested", who=("manager",), persons=waiting) if waiting else None


@rule("measures.unexecuted")
def every_measure_is_executed(s: Situation) -> Refusal | None:
    """What was decided is carried out (MOVES 26)."""
    left = unexecuted(s.complaint)
    return Refusal("measures.unexecuted", who=("hr",), persons=left) if left else None


__all__ = ["Contest", "DecideAccountability", "ExecuteMeasure", "ReviewContest"]
