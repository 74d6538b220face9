"""
Clocks: what an event starts, stops, pauses and shortens, and why each is due when it is.

What comes of it stands in the event, whole: replay reads it there and computes nothing again (invariant 6).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, NamedTuple

from msgspec.structs import replace

from complaints.calendars import Calendar, end_of_day
from complaints.model.clock import Deadline, Pause
from complaints.model.complaint import Complaint
from complaints.model.event import Event, is_by_proxy
from complaints.model.span import Due, Span, Unit
from complaints.model.words import (
    Answer,
    CaseStatus,
    ClockKind,
    ClockState,
    Direction,
    Duty,
    HoldKind,
    Purpose,
    State,
    TaskResult,
)
from complaints.policy import ClockRule, Rules
from complaints.stages.adoption import Adopt
from complaints.stages.anytime import RecordContact
from complaints.stages.confirming import ConfirmProxy
from complaints.stages.due_dates import RecordBreach, RecordLapse, RecordWarning, SettleDueDate
from complaints.stages.ending import EndWithoutAgreement, Void
from complaints.stages.family import Absorb, Merge, Regain, Release, Separate, came_with, mark_of
from complaints.stages.fast_track import SettleAtOnce
from complaints.stages.intake import Assign
from complaints.stages.judgment import Explain
from complaints.stages.review import RecordFollowUp

_ANSWERS = (Explain, SettleAtOnce, EndWithoutAgreement, Void)
_TALKS = (RecordContact, RecordFollowUp, *_ANSWERS)
_TELLS = (Purpose.INFORM, Purpose.OFFER)
_ENDS = (State.CLOSED, State.VOIDED, State.ARCHIVED)
_BY_THE_TICK = {
    RecordWarning: ClockState.WARNED,
    RecordBreach: ClockState.BREACHED,
    RecordLapse: ClockState.LAPSED,
}


_OVER_WHEN_CLOSED = ("answer_escalation", "progress_call")
"""Clocks of one thing that nobody is asked about any more once the complaint is closed."""

_ABOUT_CLOCKS = (RecordContact, SettleDueDate, *_BY_THE_TICK)


class Fact(NamedTuple):
    """
    Something an event made true that starts or stops clocks.

    Attributes:
        moment: Its name, as rules have it.
        subject: What it is about, where there may be several of a kind.
        day: The day that came with it.
        since: When it was, where that is not the event's time.
    """

    moment: str
    subject: str = ""
    day: date | None = None
    since: datetime | None = None


class Turn(NamedTuple):
    """
    What an event does to the clocks.

    Attributes:
        changed: Every clock it started or changed, as it is from now on.
        missed: Clocks that it stopped or started anew too late, with the due date that was missed.
    """

    changed: tuple[Deadline, ...]
    missed: tuple[tuple[str, datetime], ...]


_NOTHING = Turn((), ())


def turned(
    rules: Rules, calendar: Calendar, zone: tzinfo, before: Complaint | None, after: Complaint, event: Event
) -> Turn:
    """
    What *event* does to the clocks of its complaint.

    Args:
        rules: Of the packs in force for the complaint.
        after: The complaint with what the command says, but still with the clocks it had.
    """
    tells = facts_of(before, after, event, rules.moments)
    if isinstance(event.command, (Merge, Separate)):
        # the survivor's clocks run for both, and a complaint that is separated has its own again
        tells = [fact for fact in tells if fact.moment == "typed_by_another"]
    elif not tells and not _is_of_clocks(before, after, event):
        return _NOTHING
    turning = _Turning(rules, calendar, zone, after, event)
    if isinstance(event.command, Merge):
        turning.miss()
    for fact in tells:
        turning.stop(fact)
    turning.change(before)
    for fact in tells:
        turning.start(fact)
    if before is None:
        for fact in tells:
            turning.stop(fact, started=True)  # received by voice is acknowledged at once
    if isinstance(event.command, _ABOUT_CLOCKS):
        turning.by_command()
    return turning.turn()


def _is_of_clocks(before: Complaint | None, after: Complaint, event: Event) -> bool:
    """Whether an event that starts and stops no clock may turn one all the same."""
    if before is None or before.severity is not after.severity or before.beside.holds is not after.beside.holds:
        return True
    ends = event.is_move and event.target in _ENDS
    return ends or isinstance(event.command, (Release, *_ABOUT_CLOCKS))


class _Turning:
    """The clocks of one complaint while one event turns them."""

    __slots__ = ("_after", "_calendar", "_changed", "_clocks", "_event", "_missed", "_rules", "_started_now", "_zone")

    def __init__(self, rules: Rules, calendar: Calendar, zone: tzinfo, after: Complaint, event: Event) -> None:
        self._rules, self._calendar, self._zone = rules, calendar, zone
        self._after, self._event = after, event
        self._clocks = {**after.deadlines} if after.beside.absorbed else {one.clock: one for one in after.clocks}
        self._changed: dict[str, Deadline] = {}
        self._missed: list[tuple[str, datetime]] = []
        self._started_now: set[str] = set()

    def turn(self) -> Turn:
        """What has come of it."""
        if not self._changed:
            return _NOTHING
        return Turn(tuple(self._changed.values()), tuple(self._missed))

    def change(self, before: Complaint | None) -> None:
        """What changes clocks that run, without starting or stopping them."""
        event = self._event
        if before is not None and before.severity is not self._after.severity:
            self.shorten()
        if before is not None and before.beside.holds is not self._after.beside.holds:
            self.pause_or_resume()
        if event.target in _ENDS and event.is_move:
            self.cancel()
        if isinstance(event.command, Release) and before is not None:
            self.give_back(mark_of(before, event.command.source))

    def miss(self) -> None:
        """What is past by now is missed here: the survivor owes only what may still be met."""
        for clock in tuple(self._clocks.values()):
            if clock.runs and clock.is_owed and clock.due is not None and clock.is_past(self._event.at):
                self._record(clock)
                self._change(replace(clock, state=ClockState.BREACHED))

    def stop(self, fact: Fact, *, started: bool = False) -> None:
        """Stop every clock that waits for *fact*: those that ran before, or those that this very event has started."""
        for name in self._rules.stopping.get(fact.moment, ()):
            for clock in self._named(name, fact.subject):
                at = self._moment(fact, is_statutory=clock.statutory)
                if (clock.clock in self._started_now) is not started:
                    continue
                if clock.is_outstanding and (at >= clock.start or clock.subject):
                    self._change(self._stopped(clock, at))

    def start(self, fact: Fact) -> None:
        """Start every clock that *fact* starts."""
        for rule in self._rules.starting.get(fact.moment, ()):
            name = f"{rule.clock}:{fact.subject}" if fact.subject else rule.clock
            running = self._clocks.get(name)
            if running is not None and running.is_outstanding:
                if not (rule.is_of_a_state or fact.subject or rule.kind is ClockKind.WINDOW):
                    continue  # a transfer, a note or another assignment resets nothing
                self._stopped(running, self._moment(fact, is_statutory=rule.statutory))  # what was missed stays missed
            started = self._started(rule, name, fact)
            if started is not None:
                # what is on record as missed is missed, also where the clock is started anew for the same date
                is_missed = started.due is not None and self._is_on_record(name, started.due)
                self._change(replace(started, state=ClockState.BREACHED) if is_missed else started)
                self._started_now.add(name)

    def shorten(self) -> None:
        """A complaint that gets graver has less time, where a rule says so; never more."""
        for clock in tuple(self._clocks.values()):
            rule = self._rules.clocks.get(clock.name)
            span = rule.span(self._after.severity) if rule is not None and rule.by_severity else None
            if rule is None or span is None or not clock.is_unfinished:
                continue
            sooner = self._calendar.due(clock.start, span, self._zone, roll=rule.roll)
            if clock.due is None or sooner.at < clock.due:
                graver = self._of_rule(rule, clock.clock, clock.start, self._with_pauses(sooner, clock, span), span)
                self._change(replace(graver, state=clock.state, pauses=clock.pauses, paused_at=clock.paused_at))

    def pause_or_resume(self) -> None:
        """A hold that was placed or released pauses the clocks whose rules name its kind, and no other."""
        for clock in tuple(self._clocks.values()):
            rule = self._rules.clocks.get(clock.name)
            pauses = rule.pauses if rule is not None else ()
            if clock.statutory or not clock.is_unfinished or not (pauses or clock.paused_at):
                continue
            holding = [one for one in self._after.open_holds if one.kind in pauses]
            if holding and clock.paused_at is None:
                since = max(clock.start, self._earliest(clock), min(one.at for one in holding))
                if clock.due is not None and self._event.recorded_at <= clock.due:
                    self._change(replace(clock, state=ClockState.PAUSED, paused_at=since))
            elif not holding and clock.paused_at is not None:
                over = [one.released_at for one in self._after.beside.holds if one.kind in pauses and one.released_at]
                self._change(self._resumed(clock, max([clock.paused_at, *(over or [self._event.at])])))

    def _earliest(self, clock: Deadline) -> datetime:
        """No day stands still twice; and what came with a merge keeps nothing waiting before it came."""
        last = clock.pauses[-1].until if clock.pauses else clock.start
        return max(last, self._event.at) if isinstance(self._event.command, Absorb) else last

    def cancel(self) -> None:
        """What is over owes nothing any more; what was missed by then is missed."""
        keeps = self._event.target is State.CLOSED
        for clock in tuple(self._clocks.values()):
            stays = keeps and clock.subject and clock.name not in _OVER_WHEN_CLOSED
            if not clock.is_unfinished or clock.kind is ClockKind.WINDOW or stays:
                continue
            if self._event.source is State.MERGED:
                # what it missed before it was merged is on record; what came later, its survivor had to keep
                self._change(replace(clock, state=ClockState.CANCELLED, paused_at=None))
                continue
            stopped = self._stopped(clock, self._event.at)
            is_missed = stopped.state is ClockState.BREACHED
            self._change(stopped if is_missed else replace(stopped, state=ClockState.CANCELLED, stopped_at=None))

    def give_back(self, mark: str) -> None:
        """What came with a merge goes with it: its own complaint owes it again."""
        for clock in tuple(self._clocks.values()):
            if clock.is_unfinished and came_with(clock.subject, mark):
                self._change(replace(clock, state=ClockState.CANCELLED, paused_at=None))

    def by_command(self) -> None:
        """What the system's own commands say of a clock, and what an appointment moves."""
        command: Any = self._event.command
        if isinstance(command, (RecordWarning, RecordBreach, RecordLapse)) and command.clock is not None:
            clock = self._clocks.get(command.clock)
            due = getattr(command, "due", None)
            if clock is not None and clock.is_unfinished and due in (None, clock.due):
                self._change(replace(clock, state=_BY_THE_TICK[type(command)]))
        elif isinstance(command, SettleDueDate):
            self._settle(self._clocks[command.clock])
        elif isinstance(command, RecordContact) and command.appointment is not None and command.reached:
            self._appoint(command.appointment)

    def _settle(self, clock: Deadline) -> None:
        """The year is published: what was provisional is reckoned again, from the same start."""
        rule = self._rules.clocks.get(clock.name)
        due = self._reckoned(clock, rule)
        warn = self._warned_from(rule, clock.start, due.at, Span.parse(clock.within))
        state = ClockState.RUNNING if clock.state is ClockState.WARNED else clock.state
        settled = replace(
            clock,
            due=due.at,
            skipped=due.skipped,
            provisional=due.provisional,
            warn=warn,
            calendar=self._calendar.stamp,
            state=state,
        )
        self._change(settled)

    def _reckoned(self, clock: Deadline, rule: ClockRule | None) -> Due:
        """When *clock* is due by its start, its span and its pauses, whatever was agreed on since."""
        span = Span.parse(clock.within)
        due = self._calendar.due(clock.start, span, self._zone, roll=rule is not None and rule.roll)
        return self._with_pauses(due, clock, span)

    def _appoint(self, wanted: datetime) -> None:
        """
        A time that the customer agreed to before the due date counts as in time, if it is kept (A3).

        However often he is put off, it is never later than the rule allows after the first due date.
        """
        for clock in tuple(self._clocks.values()):
            rule = self._rules.clocks.get(clock.name)
            if rule is None or rule.appointment is None or not clock.runs or clock.due is None:
                continue
            first = self._reckoned(clock, rule).at if clock.within else clock.due
            latest = self._calendar.due(first, rule.appointment, self._zone).at
            if self._event.at <= clock.due < wanted <= latest:
                due = end_of_day(wanted.astimezone(self._zone).date(), self._zone)
                warn = self._warned_from(rule, clock.start, due, None)
                self._change(replace(clock, due=due, warn=warn, provisional=False, state=ClockState.RUNNING))

    # --- one clock --------------------------------------------------------------------------------------------------

    def _named(self, name: str, subject: str) -> Iterator[Deadline]:
        if subject:
            clock = self._clocks.get(f"{name}:{subject}")
            if clock is not None:
                yield clock
            return
        yield from [clock for clock in self._clocks.values() if clock.name == name]

    def _change(self, clock: Deadline) -> None:
        self._clocks[clock.clock] = self._changed[clock.clock] = clock

    def _stopped(self, clock: Deadline, at: datetime) -> Deadline:
        """*clock* after what it waits for has happened; late is missed, and recorded by what follows."""
        if clock.paused_at is not None:
            clock = self._resumed(clock, max(at, clock.paused_at))
        done_at = max(at, clock.start)
        if clock.state is ClockState.BREACHED:
            return replace(clock, stopped_at=done_at)
        # what a survivor did meanwhile was in time or late there, and is on record there
        is_theirs = isinstance(self._event.command, Regain)
        if clock.due is not None and at > clock.due and clock.is_owed and not is_theirs:
            self._record(clock)
            return replace(clock, state=ClockState.BREACHED, stopped_at=done_at)
        return replace(clock, state=ClockState.MET, stopped_at=done_at)

    def _record(self, clock: Deadline) -> None:
        """Have it put on record that the clock was missed; once for a due date."""
        if clock.due is not None and not self._is_on_record(clock.clock, clock.due):
            self._missed.append((clock.clock, clock.due))

    def _is_on_record(self, name: str, due: datetime) -> bool:
        breaches = self._after.beside.breaches
        return (name, due) in self._missed or any((one.clock, one.due) == (name, due) for one in breaches)

    def _started(self, rule: ClockRule, name: str, fact: Fact) -> Deadline | None:
        is_proxy = fact.moment == "typed_by_another"
        at = self._event.recorded_at if is_proxy else self._moment(fact, is_statutory=rule.statutory)
        if rule.given:
            if fact.day is None:
                return None
            day = Due(at=end_of_day(fact.day, self._zone))
            return self._of_rule(rule, name, at, day, None)
        span = rule.span(self._after.severity)
        if span is None:
            return self._of_rule(rule, name, at, None, None)
        clock = self._of_rule(rule, name, at, self._calendar.due(at, span, self._zone, roll=rule.roll), span)
        if rule.pauses and any(one.kind in rule.pauses for one in self._after.open_holds):
            since = min(one.at for one in self._after.open_holds if one.kind in rule.pauses)
            return replace(clock, state=ClockState.PAUSED, paused_at=max(at, since))
        return clock

    def _moment(self, fact: Fact, *, is_statutory: bool) -> datetime:
        """
        When *fact* became true for a clock.

        What happened while another system had the complaint, and is entered here afterwards, counts from the day it
        came here: nobody here could have been in time before. What the law asks for counts from its own day, and the
        window to ask again from when it was closed there.
        """
        at = fact.since or self._event.at
        if self._after.adopted is None or is_statutory or isinstance(self._event.command, Adopt):
            return at
        return max(at, self._after.recorded_at)

    def _with_pauses(self, due: Due, clock: Deadline, span: Span) -> Due:
        """*due* as much later as the clock stood still before."""
        at = due.at
        for pause in clock.pauses:
            at = self._calendar.shifted(at, pause.since, pause.until, span.unit, self._zone)
        return replace(due, at=at)

    def _of_rule(self, rule: ClockRule, name: str, start: datetime, due: Due | None, span: Span | None) -> Deadline:
        return Deadline(
            clock=name,
            start=start,
            due=None if due is None else due.at,
            rule=self._rules.cited[rule.clock],
            within="" if span is None else str(span),
            calendar="" if span is None else self._calendar.stamp,
            skipped=() if due is None else due.skipped,
            provisional=due is not None and due.provisional,
            warn=None if due is None else self._warned_from(rule, start, due.at, span),
            kind=rule.kind,
            standing=rule.standing,
            statutory=rule.statutory,
        )

    def _resumed(self, clock: Deadline, at: datetime) -> Deadline:
        """*clock* running again: it is due as much later as time of its own kind went by."""
        assert clock.paused_at is not None and clock.due is not None  # noqa: S101, PT018  # only such a one is paused
        span = Span.parse(clock.within) if clock.within else None  # a rule may have become one that brings its day
        unit = span.unit if span is not None else Unit.CALENDAR_DAYS
        due = self._calendar.shifted(clock.due, clock.paused_at, at, unit, self._zone)
        rule = self._rules.clocks.get(clock.name)
        return replace(
            clock,
            due=due,
            provisional=clock.provisional or not self._calendar.knows(due.year),
            warn=self._warned_from(rule, clock.start, due, span),
            state=ClockState.RUNNING,
            paused_at=None,
            pauses=(*clock.pauses, Pause(clock.paused_at, at)),
        )

    def _warned_from(
        self, rule: ClockRule | None, start: datetime, due: datetime, span: Span | None
    ) -> datetime | None:
        """When somebody is warned: as the rule says; else on the morning of the last day or after half of the hours."""
        if rule is None or rule.kind is not ClockKind.OWED:
            return None
        if rule.warn is not None:
            warn = self._so_long_before(due, rule.warn)
        elif span is not None and not span.unit.counts_days:
            warn = start.astimezone(UTC) + (due - start) / 2
        else:
            warn = self._calendar.opening(due.astimezone(self._zone).date(), self._zone)
        return warn if start < warn < due else None

    def _so_long_before(self, due: datetime, span: Span) -> datetime:
        """The morning of the day so many days before, or the moment so many hours before."""
        if not span.unit.counts_days:
            return due - timedelta(**{"minutes" if span.unit is Unit.MINUTES else "hours": span.amount})
        day, left = due.astimezone(self._zone).date(), span.amount * (7 if span.unit is Unit.WEEKS else 1)
        while left:
            day -= timedelta(days=1)
            left -= span.unit is not Unit.WORKING_DAYS or self._calendar.is_working_day(day)
        return self._calendar.opening(day, self._zone)


# --- what an event made true ----------------------------------------------------------------------------------------


def facts_of(before: Complaint | None, after: Complaint, event: Event, moments: frozenset[str]) -> list[Fact]:
    """
    What *event* made true, as far as it is one of the *moments* that rules name.

    See :func:`complaints.policy.rules.is_moment` for what there is.
    """
    if isinstance(event.command, Adopt):
        return [fact for fact in _of_coming(after, event.command) if fact.moment in moments]
    plain = (*_ALWAYS[type(event.command).__name__], *_of_moving(event)) if event.is_move else _ALWAYS[event.name]
    facts = [Fact(moment) for moment in plain if moment in moments]
    facts += [fact for fact in _of_content(before, after, event) if fact.moment in moments]
    return facts


class _Names(dict[str, tuple[str]]):
    """The moment that a command is by itself; made once for each."""

    def __missing__(self, name: str) -> tuple[str]:
        self[name] = (name,)
        return self[name]


_ALWAYS = _Names()
_LEAVING = {state: f"leaving {state.value}" for state in State}


def _of_moving(event: Event) -> tuple[str, ...]:
    """The states that are entered and left; a state is its own name."""
    entered = event.target.value
    if event.source is None:
        return (entered,)
    left = _LEAVING[event.source]
    return (entered, left, "ended") if event.target.is_ending else (entered, left)


def _of_coming(after: Complaint, command: Adopt) -> Iterator[Fact]:
    """
    What begins when another system's complaint is taken up: what its state asks for from now on.

    Only the window to ask again goes by when it was closed there; it is the customer's, and owed by nobody.
    """
    since = (
        after.beside.adopted.entered(State.CLOSED) if command.target is State.CLOSED and after.beside.adopted else None
    )
    yield Fact(type(command).__name__)
    yield Fact(command.target.value, since=since)
    if command.target is State.INTAKE and not _is_somebodys(after):
        yield Fact("unhandled")
    yield from (Fact("task_given", task.id, task.due) for task in after.tasks)


def _of_content(before: Complaint | None, after: Complaint, event: Event) -> Iterator[Fact]:
    command: Any = event.command
    if before is None:
        yield Fact(f"received.{after.registration.channel.value}")
    if after.acknowledged_at is not None and (before is None or before.acknowledged_at is None):
        yield Fact("acknowledged", since=after.acknowledged_at)
    if isinstance(command, _TALKS):
        yield from _of_talking(command)
    if is_by_proxy(event):
        yield Fact("typed_by_another", str(event.number))
    yield from _of_handling(before, after, event)
    if isinstance(command, ConfirmProxy):
        yield Fact("confirmed", str(command.number))
    elif isinstance(command, Assign) and command.duty is Duty.HANDLER:
        yield Fact("assigned")
    if before is None:
        return
    if before.beside is not after.beside:
        yield from _of_what_runs_beside(before, after)
    if before.tasks is not after.tasks:
        yield from _of_tasks(before, after)
    if before.improvements is not after.improvements:
        yield from _of_improvements(before, after)


def _of_handling(before: Complaint | None, after: Complaint, event: Event) -> Iterator[Fact]:
    """Nobody is asked to handle what lies in intake, or somebody is, or it lies there no more (invariant 13)."""
    was = before is not None and before.state is State.INTAKE and not _is_somebodys(before)
    if was is (event.target is State.INTAKE and not _is_somebodys(after)):
        return
    yield Fact("handler_asked" if was else "unhandled")


def _is_somebodys(complaint: Complaint) -> bool:
    asked = complaint.duties.get(Duty.HANDLER)
    return asked is not None and asked.answer is not Answer.DECLINED


def _of_talking(command: Any) -> Iterator[Fact]:
    if isinstance(command, RecordContact) and command.reached:
        yield Fact("contacted")
        if command.direction is Direction.OUTGOING and command.purpose in _TELLS:
            yield Fact("informed")
            if command.purpose is Purpose.OFFER:
                yield Fact("answered")
    elif isinstance(command, _ANSWERS):
        yield from (Fact("contacted"), Fact("informed"), Fact("answered"))
    elif isinstance(command, RecordFollowUp) and command.result.was_answered:
        yield Fact("contacted")


def _of_what_runs_beside(before: Complaint, after: Complaint) -> Iterator[Fact]:
    if before.beside.holds is not after.beside.holds:
        yield from _of_holds(before, after)
    if before.beside.cases is not after.beside.cases:
        yield from _of_cases(before, after)
    if before.beside.escalations is not after.beside.escalations:
        waited = {one.number for one in before.open_escalations}
        waits = {one.number for one in after.open_escalations}
        yield from (Fact("escalated", str(number)) for number in sorted(waits - waited))
        yield from (Fact("escalation_answered", str(number)) for number in sorted(waited - waits))


def _of_holds(before: Complaint, after: Complaint) -> Iterator[Fact]:
    known = {one.id: one for one in before.beside.holds}
    for hold in after.beside.holds:
        was = known.get(hold.id)
        if hold.kind is HoldKind.LEGAL:
            continue  # it keeps papers; nobody is waited for
        if was is None and hold.released_at is None:
            yield Fact("held", hold.id, since=hold.called_at or hold.at)
        elif was is not None and hold.released_at is not None and was.released_at is None:
            yield Fact("released", hold.id)
        elif was is not None and hold.called_at != was.called_at:
            yield Fact("called_while_held", hold.id, since=hold.called_at)


def _of_cases(before: Complaint, after: Complaint) -> Iterator[Fact]:
    known = {one.id: one for one in before.beside.cases}
    for case in after.beside.cases:
        was = known.get(case.id)
        if case.status is not CaseStatus.OPEN:
            if was is not None and was.status is CaseStatus.OPEN:
                yield Fact("case_answered", case.id)
        elif was is None or was.due != case.due:
            # since it was opened, also where another day is wanted by now or a merge has brought it here
            yield Fact("case_opened", case.id, case.due, case.opened_at)
            yield Fact(f"case_opened.{case.kind.value}", case.id, case.due, case.opened_at)


def _of_tasks(before: Complaint, after: Complaint) -> Iterator[Fact]:
    known = {task.id: task for task in before.tasks}
    for task in after.tasks:
        was = known.get(task.id)
        if was is None and task.result is TaskResult.OPEN:
            yield Fact("task_given", task.id, task.due)
        elif was is not None and was.result is TaskResult.OPEN and task.result is not TaskResult.OPEN:
            yield Fact("task_reported", task.id)


def _of_improvements(before: Complaint, after: Complaint) -> Iterator[Fact]:
    known = {one.id: one for one in before.improvements}
    for one in after.improvements:
        was = known.get(one.id)
        if was is None:
            yield Fact("improvement_planned", one.id, one.due)
        elif was.effective is None and one.effective is not None:
            yield Fact("improvement_verified", one.id)


__all__ = ["Fact", "Turn", "facts_of", "turned"]
