"""What time may do and may not, on every walk, with clocks that jump (lifecycle.md, invariants 5, 6, 7, 8, 13)."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from complaints import Complaint, Dealer, Desk, Event, State
from complaints.calendars import Calendar
from complaints.model.clock import Deadline
from complaints.model.span import Span
from complaints.model.watching import next_look
from complaints.model.words import ClockKind, ClockState, PromiseState
from complaints.stages.due_dates import RecordBreach
from complaints.stages.family import Regain
from complaints.stores import MemoryStore
from complaints.testing import HOUSE, SMALL_HOUSE, Dice, FrozenClock, Walk, lead_home, take_walk
from tests.properties.over_walks import over_walks

_BY_THE_SYSTEM = {"RecordWarning", "RecordBreach", "RecordLapse", "SettleDueDate", "Escalate"}
_UNFINISHED = (ClockState.RUNNING, ClockState.WARNED, ClockState.PAUSED)
_JUMPS = st.lists(st.integers(-3 * 24 * 60, 40 * 24 * 60), min_size=1, max_size=4)
"""Minutes from one tick to the next; some go back."""


def _aside(walk: Walk) -> Desk:
    """A desk on a copy of what the walk left, so that the walk stays as it is for others."""
    store = walk.desk.store
    assert isinstance(store, MemoryStore)
    return HOUSE.desk(store.copy(), clock=walk.clock)


def _ticked(desk: Desk, walk: Walk, jumps: list[int]) -> list[tuple[datetime, Complaint]]:
    """The complaint after ticks at moments that jump about."""
    now, seen = walk.complaint.updated_at, []
    for minutes in jumps:
        now += timedelta(minutes=minutes)
        desk.tick(now)
        seen.append((now, _kept(desk, walk)))
    return seen


def _kept(desk: Desk, walk: Walk) -> Complaint:
    with desk.store.read() as reader:
        complaint = reader.complaint(walk.complaint_id)
    assert complaint is not None
    return complaint


# --- ticks ----------------------------------------------------------------------------------------------------------


@given(st.integers(0, 99), _JUMPS)
def test_ticks_interleaved_with_anything_lose_no_breach_and_close_nothing(seed: int, jumps: list[int]) -> None:
    walk = _walk(seed)
    desk = _aside(walk)
    before = walk.complaint

    for _, after in _ticked(desk, walk, jumps):
        assert after.beside.breaches[: len(before.beside.breaches)] == before.beside.breaches
        assert (after.state, after.moved_at, after.received_at) == (before.state, before.moved_at, before.received_at)
        assert after.severity.rank >= after.floor.rank >= before.floor.rank
        before = after

    assert {event.name for event in _events(desk, walk)[walk.complaint.version :]} <= _BY_THE_SYSTEM
    assert desk.verify(walk.complaint_id).number == before.version


@given(st.integers(0, 99), st.integers(0, 90 * 24 * 60))
def test_after_a_tick_nothing_is_left_to_do_at_that_moment(seed: int, minutes: int) -> None:
    walk = _walk(seed)
    desk = _aside(walk)
    now = walk.complaint.updated_at + timedelta(minutes=minutes)

    desk.tick(now)

    look = next_look(_kept(desk, walk))
    assert look is None or look > now
    assert desk.tick(now).events == {}


@given(st.integers(0, 99), st.integers(0, 60 * 24 * 60), st.integers(0, 60 * 24 * 60))
def test_whether_somebody_looked_in_between_changes_no_breach_of_what_was_due_by_then(
    seed: int, one: int, other: int
) -> None:
    walk = _walk(seed)
    start = walk.complaint.updated_at
    soon, late = (start + timedelta(minutes=minutes) for minutes in sorted((one, one + other)))
    often, once = _aside(walk), _aside(walk)

    often.tick(soon)
    often.tick(late)
    once.tick(late)

    due_then = _own_clocks(walk.complaint)
    assert _missed(_kept(often, walk), due_then) == _missed(_kept(once, walk), due_then)


@given(st.integers(0, 99), st.integers(0, 120 * 24 * 60))
def test_what_is_past_and_still_owed_is_on_record_after_a_tick_and_nothing_else_is(seed: int, minutes: int) -> None:
    walk = _walk(seed)
    desk = _aside(walk)
    now = walk.complaint.updated_at + timedelta(minutes=minutes)

    desk.tick(now)

    after = _kept(desk, walk)
    if after.state.is_ending and after.state is not State.CLOSED:
        return
    for clock in after.deadlines.values():
        if clock.kind is ClockKind.OWED and clock.due is not None and clock.state is not ClockState.PAUSED:
            is_missed = clock.due < now and clock.stopped_at is None and clock.state is not ClockState.CANCELLED
            assert (clock.state is ClockState.BREACHED) == is_missed or clock.stopped_at is not None
    for promise in after.promises:
        if promise.settled_at is None:
            assert (promise.state is PromiseState.BROKEN) == (promise.due_at < now or promise.id in _broken(walk))


def _broken(walk: Walk) -> set[str]:
    return {one.id for one in walk.complaint.promises if one.state is PromiseState.BROKEN}


def _own_clocks(complaint: Complaint) -> set[str]:
    return {name for name, clock in complaint.deadlines.items() if clock.state in _UNFINISHED}


def _missed(complaint: Complaint, names: set[str]) -> set[tuple[str | None, str | None, datetime]]:
    breaches = complaint.beside.breaches
    return {(one.clock, one.promise, one.due) for one in breaches if one.clock is None or one.clock in names}


def _events(desk: Desk, walk: Walk) -> tuple[Event, ...]:
    with desk.store.read() as reader:
        from complaints.history import read

        return read(reader.events(walk.complaint_id), reader.personal(walk.complaint_id), desk.lifecycle.readable)


_WALKS: dict[int, Walk] = {}


def _walk(seed: int) -> Walk:
    """A hundred walks that are the same every time."""
    if seed not in _WALKS:
        _WALKS[seed] = take_walk(Dice(seed), steps=5 + seed % 45, forbidden_in=0)
    return _WALKS[seed]


# --- ticks between the orders ---------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_people_and_ticks_get_in_nobodys_way(seed: int) -> None:
    walk = take_walk(Dice(seed), steps=30, forbidden_in=0, ticks_in=2)

    assert walk.tried[-1].after is not None  # what explain lets pass, handle accepts, whatever a tick did in between
    missed = {event.number: event.command for event in walk.history if isinstance(event.command, RecordBreach)}
    on_record = walk.complaint.beside.breaches
    # what a survivor broke meanwhile comes back with the complaint, on record there already
    came_back = {event.number for event in walk.history if isinstance(event.command, Regain)}
    own = [one for one in on_record if one.number not in came_back]
    assert [(one.clock, one.promise) for one in missed.values()] == [(one.clock, one.promise) for one in own]
    assert len({(one.clock, one.promise, one.due) for one in on_record}) == len(on_record)
    assert walk.desk.verify(walk.complaint_id).number == walk.complaint.version


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_whatever_time_did_somebody_can_lead_it_to_the_archive(seed: int) -> None:
    walk = take_walk(Dice(seed), steps=20, forbidden_in=0, house=SMALL_HOUSE, ticks_in=2)
    walk.desk.tick(walk.clock.advance(timedelta(days=40)))

    lead_home(walk.desk, walk.complaint_id, clock=walk.clock, house=SMALL_HOUSE)

    assert walk.complaint.state is State.ARCHIVED


# --- what stands in the events (invariant 6) --------------------------------------------------------------------------


@over_walks()
def test_what_policy_and_calendar_decided_stands_in_the_events_and_nowhere_else(walk: Walk) -> None:
    latest: dict[str, Deadline] = {}

    for event in walk.history:
        latest |= {clock.clock: clock for clock in event.deadlines}

    assert {clock.clock: clock for clock in walk.complaint.clocks} == latest


@over_walks()
def test_every_due_date_can_be_reckoned_again_from_its_start_and_its_span(walk: Walk) -> None:
    calendar, zone = Calendar.of("XX", weekend=(), hours=_DAY, contact_hours=_DAY), HOUSE.dealer.tz

    for event in walk.history:
        for clock in event.deadlines:
            if clock.within and not clock.pauses and not _was_appointed(clock, walk):
                assert clock.due == calendar.due(clock.start, Span.parse(clock.within), zone).at


def _was_appointed(clock: Deadline, walk: Walk) -> bool:
    appointments = [getattr(event.command, "appointment", None) for event in walk.history]
    return clock.clock == "follow_up" and any(one is not None for one in appointments)


_DAY = Calendar.always().hours


@over_walks()
def test_a_clock_never_goes_from_missed_to_anything_else_but_by_starting_anew(walk: Walk) -> None:
    seen: dict[str, Deadline] = {}

    for event in walk.history:
        for clock in event.deadlines:
            was = seen.get(clock.clock)
            if was is not None and was.state is ClockState.BREACHED and was.start == clock.start:
                assert clock.state is ClockState.BREACHED
            seen[clock.clock] = clock


# --- 13 -------------------------------------------------------------------------------------------------------------


@over_walks()
def test_statutory_clocks_never_pause_and_notes_touch_none(walk: Walk) -> None:
    for event in walk.history:
        assert not [clock for clock in event.deadlines if clock.statutory and (clock.pauses or clock.paused_at)]
        if event.name in ("AddNote", "AddEvidence", "Link", "Unlink"):
            assert event.deadlines == ()


@over_walks()
def test_only_an_open_hold_keeps_a_clock_standing_still(walk: Walk) -> None:
    for step in walk.steps:
        assert step.after is not None
        paused = [clock for clock in step.after.clocks if clock.state is ClockState.PAUSED]
        if step.after.is_open and not step.after.open_holds:
            assert paused == []


# --- clocks elsewhere ------------------------------------------------------------------------------------------------

_ZONES = st.sampled_from(("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"))
_MOMENTS = st.datetimes(
    min_value=datetime(2024, 1, 1),  # noqa: DTZ001  # the zone is drawn as well
    max_value=datetime(2027, 12, 1),  # noqa: DTZ001
    timezones=_ZONES.map(ZoneInfo),
)


@given(_MOMENTS, st.sampled_from((None, "CN", "DE", "US")), _JUMPS)
def test_where_the_clocks_change_nothing_is_missed_early_or_passed_over(
    start: datetime, calendar: str | None, jumps: list[int]
) -> None:
    from complaints import Actor, Channel, Customer, Role
    from complaints.stages.intake import Receive

    zone = str(start.tzinfo)
    clock = FrozenClock(start)
    desk = Desk(dealers=[Dealer("D1", zone=zone, calendar=calendar)], clock=clock)
    li = Actor("li", Role.SPECIALIST, dealer="D1")
    order = Receive(
        dealer="D1", complainant=Customer(phone="1"), channel=Channel.EMAIL, received_at=start, statement="晚了。"
    )
    case = desk.handle(order, by=li)
    now = start

    for minutes in jumps:
        now += timedelta(minutes=abs(minutes))
        desk.tick(now)
        after = desk.complaint(case.id, by=li)
        due = case.deadlines["acknowledge"].due
        assert due is not None
        assert bool(after.beside.breaches) == (due < now)
