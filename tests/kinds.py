"""What is told apart about complaints when all kinds of them are searched for: what the rules of the table look at."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache
from itertools import combinations
from typing import TypeAlias

from complaints import Complaint, Severity, State
from complaints.model.execution import Task
from complaints.model.words import Duty, HoldKind, MeasureRole, Outcome, TaskResult
from complaints.stages.accountability import contested, unexecuted
from complaints.stages.claims import open_claims
from complaints.testing import SMALLEST_STAFF

Fact: TypeAlias = Callable[[Complaint, datetime], Hashable]

_STAFF = tuple(actor.id for actor in SMALLEST_STAFF)
_SOMEBODY = "somebody"
_WHERE_FINDINGS_COUNT = (State.JUDGMENT, State.INVESTIGATION)


def _many(number: int, *, most: int = 2) -> int:
    return min(number, most)


def _who(ids: Iterable[str]) -> frozenset[str]:
    """The members of the smallest staff by name, everybody else as one."""
    return frozenset(id if id in _STAFF else _SOMEBODY for id in ids)


@cache
def _unnamed(value: Hashable) -> Hashable:
    """*value* with everybody as somebody."""
    if isinstance(value, (tuple, frozenset)):
        return type(value)(map(_unnamed, value))
    return _SOMEBODY if value in _STAFF else value


def _severity(complaint: Complaint, now: datetime) -> Hashable:
    severity = complaint.severity
    return Severity.MAJOR if severity.is_major else severity


def _judged(complaint: Complaint, now: datetime) -> Hashable:
    judgment = complaint.judgment
    return None if judgment is None else (judgment.is_upheld, _who([judgment.judge]))


def _dispute(complaint: Complaint, now: datetime) -> Hashable:
    dispute, judgment = complaint.beside.dispute, complaint.judgment
    if dispute is None:
        return None
    return _who([dispute.judge]), judgment is not None and judgment.number > dispute.number


def _settlement(complaint: Complaint, now: datetime) -> Hashable:
    return complaint.settlement is not None, complaint.settled is not None and _who([complaint.settled.by])


def _tasks(complaint: Complaint, now: datetime) -> Hashable:
    present = [task for task in complaint.tasks if complaint.settlement is not None]
    return frozenset(_task(task) for task in present)


def _task(task: Task) -> str:
    return task.result.value if task.result in (TaskResult.OPEN, TaskResult.FAILED) else "over"


def _task_owners(complaint: Complaint, now: datetime) -> Hashable:
    return _who(task.owner for task in complaint.open_tasks)


def _unbooked(complaint: Complaint, now: datetime) -> Hashable:
    owed = sum(task.cost.amount for task in complaint.tasks if task.result is TaskResult.DONE)
    booked = sum(line.amount.amount for line in complaint.ledger)
    return bool(owed), bool(booked), booked < owed


def _promises(complaint: Complaint, now: datetime) -> Hashable:
    if not complaint.owed_promises:
        return "none"
    if len(complaint.open_promises) < len(complaint.owed_promises):
        return "broken"
    return "past" if any(one.due_at < now for one in complaint.open_promises) else "open"


def _transfer(complaint: Complaint, now: datetime) -> Hashable:
    pending = complaint.pending_transfer
    return pending is not None


def _cases(complaint: Complaint, now: datetime) -> Hashable:
    return any(case.blocks for case in complaint.beside.cases), any(case.is_open for case in complaint.beside.cases)


def _holds(complaint: Complaint, now: datetime) -> Hashable:
    return frozenset(hold.kind is HoldKind.LEGAL for hold in complaint.open_holds)


def _confirmations(complaint: Complaint, now: datetime) -> Hashable:
    return frozenset(
        (_who([one.by]), _who([one.typed_by]) if one.typed_by is not None else None) for one in complaint.unconfirmed
    )


def _measures(complaint: Complaint, now: datetime) -> Hashable:
    return _who(contested(complaint)), _who(unexecuted(complaint))


def _accountability(complaint: Complaint, now: datetime) -> Hashable:
    decided = complaint.accountability
    if decided is None:
        return None
    has_head = any(one.role is MeasureRole.HEAD for one in decided.measures)
    return _who([decided.decided_by]), decided.reviewed_by is not None, has_head


def _follow_up(complaint: Complaint, now: datetime) -> Hashable:
    made = complaint.follow_up
    return None if made is None else (made.result, made.pressed is True)


def _attempts(complaint: Complaint, now: datetime) -> Hashable:
    return _many(len([one for one in complaint.attempts if one.at >= complaint.moved_at]), most=3)


def _outcome(complaint: Complaint, now: datetime) -> Hashable:
    return complaint.outcome if complaint.outcome in (None, Outcome.WITHDRAWN) else "ended"


def _family(complaint: Complaint, now: datetime) -> Hashable:
    went = complaint.beside.merged_into
    return went is not None and went.state, bool(complaint.absorbed), bool(complaint.beside.merges)


def _reworks(complaint: Complaint, now: datetime) -> Hashable:
    return _many(complaint.reworks)


def _involved(complaint: Complaint, now: datetime) -> Hashable:
    return _who(complaint.involved)


def _duty(duty: Duty) -> Fact:
    def asked(complaint: Complaint, now: datetime) -> Hashable:
        one = complaint.duties.get(duty)
        return None if one is None else (_who([one.assignee]), one.answer)

    return asked


def _waiver(complaint: Complaint, now: datetime) -> Hashable:
    waiver = complaint.beside.waiver
    return None if waiver is None else waiver.command


def _form(complaint: Complaint, now: datetime) -> Hashable:
    form = complaint.registration
    return bool(form.missing_for_judgment), any(issue.is_safety for issue in form.issues)


def _evidence(complaint: Complaint, now: datetime) -> Hashable:
    return max((one.weight for one in complaint.evidence), default=0)


def _findings(complaint: Complaint, now: datetime) -> Hashable:
    found = complaint.present_findings
    if not found or complaint.state not in _WHERE_FINDINGS_COUNT:
        return None
    causes = [one.cause for one in found if one.cause is not None]
    weights = {one.id: one.weight for one in complaint.evidence}
    return (
        max((weights[id] for one in found for id in one.evidence), default=0),
        _many(len({one.cause for one in causes if one.is_primary})),
        any(one.is_confirmed for one in causes),
        any(one.inspected for one in found),
    )


def _proposals(complaint: Complaint, now: datetime) -> Hashable:
    present = complaint.present_proposals
    issues = {issue.id for issue in complaint.registration.issues}
    return _many(len(present)), all({*one.answers_issues} >= issues for one in present)


def _authors(complaint: Complaint, now: datetime) -> Hashable:
    return _who(one.author for one in complaint.present_proposals)


def _reviews(complaint: Complaint, now: datetime) -> Hashable:
    since = complaint.entered.get(State.APPROVAL, 0)
    return _who(one.leader for one in complaint.reviews if one.number > since)


def _consultations(complaint: Complaint, now: datetime) -> Hashable:
    return _many(len(complaint.consultations), most=1)


def _window(clock: str) -> Fact:
    def is_over(complaint: Complaint, now: datetime) -> Hashable:
        deadline = complaint.deadlines.get(clock)
        return None if deadline is None else deadline.due < now

    return is_over


FACTS: Mapping[str, Fact] = {
    "severity": _severity,
    "track": lambda complaint, now: complaint.track,
    "judged": _judged,
    "dispute": _dispute,
    "mandate": lambda complaint, now: (complaint.mandate is not None, bool(complaint.offered)),
    "declines": lambda complaint, now: _many(complaint.declines, most=3),
    "settlement": _settlement,
    "tasks": _tasks,
    "task owners": _task_owners,
    "unbooked": _unbooked,
    "promises": _promises,
    "transfer": _transfer,
    "hops": lambda complaint, now: _many(complaint.beside.hops, most=3),
    "cases": _cases,
    "holds": _holds,
    "confirmations": _confirmations,
    "measures": _measures,
    "accountability": _accountability,
    "follow-up": _follow_up,
    "attempts": _attempts,
    "outcome": _outcome,
    "family": _family,
    "reworks": _reworks,
    "involved": _involved,
    "handler": _duty(Duty.HANDLER),
    "investigator": _duty(Duty.INVESTIGATOR),
    "caller": _duty(Duty.CALLER),
    "waiver": _waiver,
    "acknowledged": lambda complaint, now: complaint.acknowledged_at is not None,
    "form": _form,
    "gaps": lambda complaint, now: frozenset(complaint.registration.missing_for_judgment),
    "alarms": lambda complaint, now: bool(complaint.registration.alarms),
    "evidence": _evidence,
    "findings": _findings,
    "proposals": _proposals,
    "authors": _authors,
    "reviews": _reviews,
    "consultations": _consultations,
    "fast window": _window("settle_at_once"),
    "reopen window": _window("reopen"),
    "contest window": _window("contest"),
    "escalations": lambda complaint, now: bool(complaint.open_escalations),
    "links": lambda complaint, now: bool(complaint.links),
    "claims": lambda complaint, now: bool(open_claims(complaint)),
    "improvements": lambda complaint, now: any(one.effective is None for one in complaint.improvements),
    "help": lambda complaint, now: bool(complaint.beside.help),
}


WHERE_NOTHING_IS_DONE = (State.MERGED, State.VOIDED, State.ARCHIVED)
"""There only what keeps it from the archive makes a difference."""

KEEPS_FROM_THE_ARCHIVE = ("involved", "holds", "confirmations", "measures", "family", "reopen window", "contest window")
LOOKED_AT_CLOSELY = ("gaps", "alarms", "caller", "task owners", "declines", "attempts", "hops")
"""What tells more of what another fact tells in short."""
IN_THE_WAY: Mapping[str, Callable[[Complaint], object]] = {
    "promises": lambda complaint: complaint.owed_promises,
    "cases": lambda complaint: complaint.blocking_cases,
    "confirmations": lambda complaint: complaint.unconfirmed,
    "contests": contested,
    "measures": unexecuted,
    "tasks": lambda complaint: complaint.open_tasks,
    "transfer": lambda complaint: complaint.pending_transfer,
    "hold": lambda complaint: any(hold.kind is HoldKind.LEGAL for hold in complaint.open_holds),
    "involved": lambda complaint: not complaint.involved.isdisjoint(_STAFF),
    "pressed": lambda complaint: complaint.follow_up is not None and complaint.follow_up.pressed,
}
"""What somebody has to clear away."""
WHERE_MUCH_COMES_TOGETHER = (State.EXECUTION, State.REVIEW, State.CLOSED)
WHEREVER = ("waiver", "escalations", "links", "claims", "improvements", "help")
"""What no move depends on, wherever it is."""


def coarsely(complaint: Complaint, now: datetime) -> Iterator[Hashable]:
    """Each fact in each state, whoever of the staff it was, but who of them is involved; each two things in the way."""
    state = complaint.state.value
    for name in _names(complaint.state):
        if name not in LOOKED_AT_CLOSELY:
            fact = FACTS[name](complaint, now)
            yield None if name in WHEREVER else state, name, fact if name == "involved" else _unnamed(fact)
    if complaint.state in WHERE_MUCH_COMES_TOGETHER:
        for two in combinations([name for name, stands in IN_THE_WAY.items() if stands(complaint)], 2):
            yield state, *two


def finely(complaint: Complaint, now: datetime) -> Iterator[Hashable]:
    """Each two facts together in each state, and who it was."""
    state = complaint.state.value
    facts = [(name, FACTS[name](complaint, now)) for name in _names(complaint.state)]
    for one, other in combinations(facts, 2):
        yield state, one, other


def _names(state: State) -> Iterable[str]:
    return KEEPS_FROM_THE_ARCHIVE if state in WHERE_NOTHING_IS_DONE else FACTS
