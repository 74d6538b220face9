"""
What would have been: stored complaints replayed under another policy, clock by clock.

The complaint stays as it was, with its states, facts and holds; only its clocks are turned again, by the other
policy's rules. Nothing is written. In time is what happened by the due date, whenever that was recorded and whether or
not a tick had noticed by then: the same measure on both sides. So the very policy that was in force gives exactly what
was recorded, as long as its calendars say the same today.

What followed from a breach (an escalation, and the clock that waits for its answer) stays among the facts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING
from uuid import UUID

import attrs
from msgspec.structs import replace

from complaints.calendars import Calendar
from complaints.clocks import turned
from complaints.errors import ComplaintError, NotPermittedError, StoreError
from complaints.model.base import evolve
from complaints.model.clock import Deadline
from complaints.model.complaint import Complaint
from complaints.model.event import Event, Refusal, applied, said_by
from complaints.model.people import SYSTEM, Actor
from complaints.model.words import ClockKind, ClockState, Role, State
from complaints.policy import Policy, Rules
from complaints.premises import Premises
from complaints.stages.due_dates import RecordBreach, RecordLapse, RecordWarning, SettleDueDate, is_provisional
from complaints.stages.family import Absorb
from complaints.stores.base import Query

if TYPE_CHECKING:
    from complaints.desk import Desk

_AT_A_TIME = 200
"""Complaints found at a time; a default."""

_COUNTED = ("in_time", "late", "overdue", "running", "cancelled", "ended", "undated")


@attrs.frozen(kw_only=True)
class Kept:
    """
    What became of the clocks of one name under one policy.

    Attributes:
        spans: The lengths of time they were given, such as ``"1 working day"``; ``""`` where the day itself was given.
        started: How many; every one of them is counted in one of the following.
        in_time: What they waited for happened by the due date.
        late: It happened later.
        overdue: It has not happened, and the due date is over.
        running: It may still happen in time, now or after a pause.
        cancelled: Nothing was owed any more, or it was owed by the complaint that this one was merged into.
        ended: The window, or the time to answer, is over.
        undated: The rule names no number that is verified, so nobody can tell.
    """

    spans: tuple[str, ...] = ()
    started: int = 0
    in_time: int = 0
    late: int = 0
    overdue: int = 0
    running: int = 0
    cancelled: int = 0
    ended: int = 0
    undated: int = 0

    @property
    def decided(self) -> int:
        """How many it can be said of whether they were in time."""
        return self.in_time + self.late + self.overdue


@attrs.frozen(kw_only=True)
class Figure:
    """
    One clock under both policies.

    Attributes:
        clock: Name of its rule.
        then: As it was recorded, under the policies in force then.
        now: As it would have been.
    """

    clock: str
    kind: ClockKind
    then: Kept
    now: Kept

    @property
    def number(self) -> int:
        """Of how many it can be said whether they were in time, under the policy that can say it of more."""
        return max(self.then.decided, self.now.decided)

    @property
    def difference(self) -> int:
        """How many more would have been in time; fewer, where it is below zero."""
        return self.now.in_time - self.then.in_time


@attrs.frozen(kw_only=True)
class Simulation:
    """
    What would have been.

    Attributes:
        policies: Names and versions of the policies that were tried.
        until: The moment at which it is judged; what was recorded later is left out.
        complaints: How many were replayed.
        figures: Every clock of either policy, by name.
        failed: Complaints that could not be read or replayed, and why; the others are counted without them.
    """

    policies: tuple[str, ...]
    until: datetime
    complaints: int
    figures: tuple[Figure, ...]
    failed: dict[UUID, ComplaintError] = attrs.field(factory=dict)

    def figure(self, clock: str) -> Figure | None:
        """That of a clock; ``None`` where neither policy ever started one."""
        return next((one for one in self.figures if one.clock == clock), None)


def simulate(
    histories: Iterable[Iterable[Event]],
    *,
    policy: Policy,
    calendar: Calendar,
    zone: tzinfo,
    until: datetime,
) -> Simulation:
    """
    What the due dates of one dealer's complaints would have been under *policy*.

    Args:
        histories: The events of each complaint, in order; may be a generator, one is kept at a time.
        policy: Which of its packs holds for a complaint, the day of its receipt decides, as ever.
        zone: The dealer's.
        until: The moment at which what is open is judged; must be aware.
    """
    count = _Count(until)
    for events in histories:
        count.take(events, policy, calendar, zone)
    return count.result()


def simulate_stored(
    desk: Desk,
    premises: Premises,
    *,
    by: Actor,
    query: Query,
    until: datetime,
    progress: Callable[[int, int], None] | None,
) -> Simulation:
    """Replay what *by* may read under the policies of *premises*; see :meth:`Desk.simulate`."""
    if not by.holds(Role.MANAGER):
        refusal = Refusal("simulate.not_permitted", who=("manager",))
        raise NotPermittedError([refusal], command="simulate", who=("manager",))
    found = [(one.id, one.dealer) for one in _all_of(desk, query, by)]
    count = _Count(until)
    for done, (id, dealer_id) in enumerate(found, start=1):
        try:
            dealer = premises.dealer(dealer_id, SYSTEM)
            events = desk.history(id, by=by)
            count.take(events, premises.policy_of(dealer), premises.calendar_of(dealer), dealer.tz)
        except StoreError:
            raise  # the store itself is gone: no other complaint would go better
        except ComplaintError as error:
            count.failed[id] = error
        if progress is not None:
            progress(done, len(found))
    return count.result()


def _all_of(desk: Desk, query: Query, by: Actor) -> Iterator[Complaint]:
    query = evolve(query, limit=_AT_A_TIME)
    while True:
        page = desk.find(query, by=by)
        yield from page
        if page.next is None:
            return
        query = evolve(query, after=page.next)


# --- one complaint, twice -------------------------------------------------------------------------------------------


class _Course:
    """The clocks of one complaint under one policy: every one that was ever started, as it was left."""

    __slots__ = ("_open", "complaint", "finished")

    def __init__(self) -> None:
        self.complaint: Complaint | None = None
        self.finished: list[Deadline] = []
        self._open: dict[str, Deadline] = {}

    def go_on(self, event: Event, *, said: Complaint | None = None) -> None:
        """Apply *event*, with the clocks that it carries."""
        self.complaint = applied(self.complaint, event, said=said)
        for clock in event.deadlines:
            before = self._open.get(clock.clock)
            if before is not None and (before.start != clock.start or not before.is_outstanding):
                self.finished.append(_as_left(before, clock))
            self._open[clock.clock] = clock

    def clocks(self) -> Iterator[Deadline]:
        """All of them; one that is still open is due when the strictest of a merged family is."""
        yield from self.finished
        if self.complaint is None:
            return
        counts = self.complaint.deadlines
        is_merged = self.complaint.state is State.MERGED
        for name, clock in self._open.items():
            gone = is_merged and clock.is_outstanding
            yield replace(clock, state=ClockState.CANCELLED) if gone else counts.get(name, clock)


def _as_left(before: Deadline, again: Deadline) -> Deadline:
    """A clock that was started anew before what it waited for had happened: it was up to that moment."""
    if not before.is_outstanding:
        return before
    return replace(before, stopped_at=before.paused_at or again.start)


def _turned_again(
    course: _Course, event: Event, policy: Policy, calendar: Calendar, zone: tzinfo
) -> tuple[Event, Complaint]:
    """*event* with what it does to the clocks by the rules of *policy*, and the complaint with what it says."""
    before = course.complaint
    event = replace(event, deadlines=())
    said = said_by(before, event)
    rules = policy.rules(said.received_at, zone)
    if isinstance(event.command, Absorb):
        clocks = _dated_by(rules, event.command.clocks, calendar, zone)
        event = replace(event, command=evolve(event.command, clocks=clocks))
        said = said_by(before, event)
    if before is not None and not _is_true_of(before, event):
        return event, said
    turn = turned(rules, calendar, zone, before, said, event)
    return replace(event, deadlines=turn.changed), said


def _is_true_of(before: Complaint, event: Event) -> bool:
    """Whether what the system recorded of a clock is so under the other policy as well; any other step is."""
    command = event.command
    if isinstance(command, RecordWarning):
        return command.clock is None
    if not isinstance(command, (RecordBreach, RecordLapse, SettleDueDate)) or command.clock is None:
        return True
    clock = before.deadlines.get(command.clock)
    if clock is None:
        return False
    return is_provisional(clock) if isinstance(command, SettleDueDate) else clock.is_past(event.at)


def _dated_by(rules: Rules, clocks: tuple[Deadline, ...], calendar: Calendar, zone: tzinfo) -> tuple[Deadline, ...]:
    """What a merged complaint brought along, as the other rules date it; where the length is the same, as it was."""
    dated: list[Deadline] = []
    for clock in clocks:
        rule = rules.clocks.get(clock.name)
        if rule is None:
            continue
        lengths = [span for span in (rule.within, *rule.by_severity.values()) if span is not None]
        if lengths and clock.within not in map(str, lengths):
            due = calendar.due(clock.start, lengths[0], zone, roll=rule.roll)
            clock = replace(clock, due=due.at, within=str(lengths[0]), rule=rules.cited[clock.name])  # noqa: PLW2901
        dated.append(clock)
    return tuple(dated)


# --- counting -------------------------------------------------------------------------------------------------------


class _Tally:
    """The clocks of one name under one policy, while they are counted."""

    __slots__ = ("counts", "spans")

    def __init__(self) -> None:
        self.counts = dict.fromkeys(_COUNTED, 0)
        self.spans: dict[str, None] = {}

    def add(self, clock: Deadline, until: datetime) -> None:
        self.counts[_fate(clock, until)] += 1
        self.spans[clock.within] = None

    def kept(self) -> Kept:
        return Kept(spans=tuple(sorted(self.spans)), started=sum(self.counts.values()), **self.counts)


class _Count:
    """Both policies, complaint by complaint."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        self.failed: dict[UUID, ComplaintError] = {}
        self._complaints = 0
        self._policies: dict[str, None] = {}
        self._kinds: dict[str, ClockKind] = {}
        self._tallies: dict[str, tuple[_Tally, _Tally]] = {}

    def take(self, events: Iterable[Event], policy: Policy, calendar: Calendar, zone: tzinfo) -> None:
        """One complaint's history; counted whole or, if it fails, not at all."""
        courses = then, now = _Course(), _Course()
        for event in events:
            if event.recorded_at > self.until:
                break
            then.go_on(event)
            again, said = _turned_again(now, event, policy, calendar, zone)
            now.go_on(again, said=said)
        self._policies[policy.stamp] = None
        if then.complaint is None:
            return
        self._complaints += 1
        for place, course in enumerate(courses):
            for clock in course.clocks():
                self._kinds[clock.name] = clock.kind
                self._tallies.setdefault(clock.name, (_Tally(), _Tally()))[place].add(clock, self.until)

    def result(self) -> Simulation:
        """What it has come to."""
        figures = (
            Figure(clock=name, kind=self._kinds[name], then=then.kept(), now=now.kept())
            for name, (then, now) in sorted(self._tallies.items())
        )
        return Simulation(
            policies=tuple(self._policies),
            until=self.until,
            complaints=self._complaints,
            figures=tuple(figures),
            failed=self.failed,
        )


def _fate(clock: Deadline, until: datetime) -> str:
    """Under which heading of :class:`Kept` it is counted."""
    if clock.state is ClockState.CANCELLED:
        return "cancelled"
    if clock.due is None:
        return "undated"
    if clock.stopped_at is not None and clock.stopped_at <= clock.due:
        return "in_time"
    if clock.stopped_at is not None:
        return "late" if clock.is_owed else "ended"
    if clock.state is ClockState.PAUSED or not clock.is_past(until):
        return "running"
    return "overdue" if clock.is_owed else "ended"


__all__ = ["Figure", "Kept", "Simulation", "simulate", "simulate_stored"]
