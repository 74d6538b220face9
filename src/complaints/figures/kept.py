"""
What was kept of what was owed: promises 承诺 and due dates 期限; what was missed stays missed (R55, invariant 5).

They are counted from ids, times and codes alone: what is known of a customer may be erased, and they stay the same
(invariant 10).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, tzinfo
from decimal import Decimal

import attrs

from complaints.figures.period import period
from complaints.figures.ratio import ratio
from complaints.model.clock import Deadline
from complaints.model.complaint import Complaint
from complaints.model.promise import Promise
from complaints.model.words import ClockState, PromiseState, State

_BROKEN = frozenset({"kept_late", "made_good", "owed"})
_DUE = _BROKEN | {"kept"}
_MISSED = frozenset({"late", "recorded_late", "undone"})
_REOPEN = "reopen"


@attrs.frozen(kw_only=True)
class PromiseFigures:
    """
    What became of promises.

    Attributes:
        kept: Kept in time.
        kept_late: Kept late, before anybody had noticed that it was late.
        made_good: Broken, and kept after all or released afterwards.
        owed: Broken, and the customer still waits.
        put_off: Of those that are due the ones for which a later date was told in time, however often.
        released: Released by the customer in time; not counted as due.
        not_due: Open, and there is still time; not counted as due.
    """

    kept: int = 0
    kept_late: int = 0
    made_good: int = 0
    owed: int = 0
    put_off: int = 0
    released: int = 0
    not_due: int = 0

    @property
    def due(self) -> int:
        """Those that had to be kept by now, or were kept already."""
        return self.kept + self.broken

    @property
    def broken(self) -> int:
        """Those of the due ones that were not kept in time."""
        return self.kept_late + self.made_good + self.owed

    @property
    def broken_rate(self) -> Decimal | None:
        """Broken ÷ due, to four places, half to even; ``None`` where nothing was due."""
        return ratio(self.broken, self.due)

    @property
    def kept_rate(self) -> Decimal | None:
        """1 − the broken-promise rate; ``None`` where nothing was due."""
        return None if self.broken_rate is None else 1 - self.broken_rate


@attrs.frozen(kw_only=True)
class MakerFigures:
    """
    What one person promised, and what became of it.

    Attributes:
        maker: Id of the person.
    """

    maker: str
    promises: PromiseFigures


@attrs.frozen(kw_only=True)
class ClockFigures:
    """
    The due dates of one rule.

    Attributes:
        clock: Name of the rule, such as ``"follow_up"``.
        in_time: Done in time.
        late: Done late, or over before it was done; also what was missed before the clock started anew.
        recorded_late: Done in time but recorded late: a remark, and missed all the same (invariant 5).
        undone: Missed, and not done since.
    """

    clock: str
    in_time: int = 0
    late: int = 0
    recorded_late: int = 0
    undone: int = 0

    @property
    def due(self) -> int:
        """Those that had to be done by now, or were done already."""
        return self.in_time + self.missed

    @property
    def missed(self) -> int:
        """Those of the due ones that were not done, and recorded, in time."""
        return self.late + self.recorded_late + self.undone

    @property
    def in_time_rate(self) -> Decimal | None:
        """In time ÷ due; ``None`` where nothing was due."""
        return ratio(self.in_time, self.due)


@attrs.frozen(kw_only=True)
class KeptFigures:
    """
    The promises and due dates of a period, as they stand at one moment.

    Version 1 of the formulas. All are about what was due from *since* on and before *until*, local days of the dealer;
    what is open and past *at* is broken or missed whether or not a tick has recorded it.

    - broken-promise rate = broken ÷ due, of the promises whose date told last is in the period. Broken is what has a
      breach on record, was kept or released late, or is open and past its date. What the customer released in time,
      and what is not due yet, is no part of it.
    - promises kept = 1 − broken-promise rate
    - in time = done in time ÷ due, for each clock by which the house owes something; that of ``acknowledge`` is
      "acknowledged in time", that of ``follow_up`` "followed up in three days" (R39). Windows, answers that the
      customer is waited for, and what was cancelled, stands still, has no date or is not due yet, are no part of it. A
      clock that started anew counts as it runs now, and once more for every earlier due date it missed; that it was met
      before leaves no trace, so the figure errs against the house (our choice).
    - no clock breached = closed without any breach, of a promise or a clock ÷ closed, where closed are the complaints
      that were closed in the period and not reopened since; of an archived one it is known while its window to reopen
      is on record.

    What a merged complaint still owed is counted where it is owed: on its survivor.

    Attributes:
        at: The moment at which what is open is judged.
        promises: Of everybody.
        makers: By who promised, whoever has most due first, then by id.
        clocks: By rule, that with most due first, then by name.
        closed: Complaints that were closed.
        unbreached: Of the closed ones those without any breach.
    """

    since: date
    until: date
    at: datetime
    promises: PromiseFigures
    makers: tuple[MakerFigures, ...]
    clocks: tuple[ClockFigures, ...]
    closed: int
    unbreached: int
    version: str = "1"

    @property
    def unbreached_rate(self) -> Decimal | None:
        """Closed without any breach ÷ closed; ``None`` where nothing was closed."""
        return ratio(self.unbreached, self.closed)


def kept(complaints: Iterable[Complaint], *, zone: tzinfo, since: date, until: date, now: datetime) -> KeptFigures:
    """
    Count the figures.

    Args:
        complaints: All of one dealer that were received before the period ends. Others do no harm, nor does any order.
        zone: The dealer's.
        since: First local day.
        until: The local day after the last one.
        now: The moment at which what is open is judged, aware.

    Raises:
        InvalidCommandError: If the period ends before it begins.
    """
    first, end = period(zone, since, until)
    makers: dict[str, Counter[str]] = {}
    clocks: dict[str, Counter[str]] = {}
    closed: Counter[bool] = Counter()
    for one in complaints:
        for promise, fate in _promises(one, now):
            if first <= promise.due_at < end:
                is_put_off = fate in _DUE and promise.extended > 0
                makers.setdefault(promise.made_by, Counter()).update((fate, "put_off") if is_put_off else (fate,))
        for clock, due, fate in _clocks(one, now):
            if first <= due < end:
                clocks.setdefault(clock, Counter()).update((fate,))
        closed_at = _closed_at(one)
        if closed_at is not None and first <= closed_at < end:
            closed[_has_breach(one, now)] += 1
    return KeptFigures(
        since=since,
        until=until,
        at=now,
        promises=PromiseFigures(**sum(makers.values(), Counter[str]())),
        makers=_by_maker(makers),
        clocks=_by_clock(clocks),
        closed=closed.total(),
        unbreached=closed[False],
    )


def _by_maker(makers: dict[str, Counter[str]]) -> tuple[MakerFigures, ...]:
    figures = (MakerFigures(maker=maker, promises=PromiseFigures(**counts)) for maker, counts in makers.items())
    return tuple(sorted(figures, key=lambda one: (-one.promises.due, one.maker)))


def _by_clock(clocks: dict[str, Counter[str]]) -> tuple[ClockFigures, ...]:
    figures = (ClockFigures(clock=clock, **counts) for clock, counts in clocks.items())
    return tuple(sorted(figures, key=lambda one: (-one.due, one.clock)))


# --- promises -------------------------------------------------------------------------------------------------------


def _promises(complaint: Complaint, now: datetime) -> Iterator[tuple[Promise, str]]:
    """The promises of a complaint, each with what became of it; what was still owed goes on at the survivor."""
    gone = complaint.owed_promises if complaint.beside.merged_into is not None else ()
    on_record = {one.promise for one in complaint.beside.breaches}
    for promise in complaint.promises:
        if promise not in gone:
            yield promise, _fate(promise, now, is_on_record=promise.id in on_record)


def _fate(promise: Promise, now: datetime, *, is_on_record: bool) -> str:
    """What became of a promise: the name of the count it belongs to."""
    if promise.state is PromiseState.OPEN:
        return "owed" if is_on_record or now > promise.due_at else "not_due"
    if promise.state is PromiseState.KEPT_LATE:
        return "kept_late"
    settled_late = promise.settled_at is None or promise.settled_at > promise.due_at
    if is_on_record or settled_late or promise.state is PromiseState.BROKEN:
        return "owed" if promise.settled_at is None else "made_good"
    return "kept" if promise.state is PromiseState.KEPT else "released"


# --- clocks ---------------------------------------------------------------------------------------------------------


def _clocks(complaint: Complaint, now: datetime) -> Iterator[tuple[str, datetime, str]]:
    """What the house owed by its clocks: name of the rule, due date, and the name of the count it belongs to."""
    is_merged = complaint.beside.merged_into is not None
    missed = {(one.clock, one.due) for one in complaint.beside.breaches if one.clock is not None}
    for deadline in complaint.deadlines.values():
        if deadline.due is None or not deadline.is_owed or (is_merged and deadline.is_unfinished):
            continue
        end = _end_of(deadline, deadline.due, now)
        if end is not None:
            yield deadline.name, deadline.due, end
        if end in _MISSED:
            missed.discard((deadline.clock, deadline.due))
    for clock, due in missed:
        yield clock.partition(":")[0], due, "late"


def _end_of(deadline: Deadline, due: datetime, now: datetime) -> str | None:
    """What came of a clock; ``None`` where it does not count."""
    if deadline.state is ClockState.BREACHED:
        if deadline.stopped_at is None:
            return "undone"
        return "recorded_late" if deadline.was_recorded_late else "late"
    if deadline.runs:
        return "undone" if now > due else None
    # what a survivor did too late for a complaint that was separated again is on record there
    in_time = deadline.stopped_at is not None and deadline.stopped_at <= due
    return "in_time" if deadline.state is ClockState.MET and in_time else None


# --- complaints -----------------------------------------------------------------------------------------------------


def _closed_at(complaint: Complaint) -> datetime | None:
    """When the complaint was closed; ``None`` if it is open again or never was."""
    if complaint.state is State.CLOSED:
        return complaint.moved_at
    before = complaint.visits[-2].state if len(complaint.visits) > 1 else None
    if complaint.state is not State.ARCHIVED or before is not State.CLOSED:
        return None
    window = complaint.deadlines.get(_REOPEN)
    return window.start if window is not None else None


def _has_breach(complaint: Complaint, now: datetime) -> bool:
    return (
        bool(complaint.beside.breaches)
        or any(fate in _BROKEN for _, fate in _promises(complaint, now))
        or any(end in _MISSED for _, _, end in _clocks(complaint, now))
    )


__all__ = ["ClockFigures", "KeptFigures", "MakerFigures", "PromiseFigures", "kept"]
