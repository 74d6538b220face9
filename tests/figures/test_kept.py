"""What was kept: the broken-promise rate, due dates in time, complaints closed without any breach."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from functools import cache
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from complaints import Channel, Complaint, Customer, InvalidCommandError, Issue, NaiveTimeError, NotFoundError, State
from complaints.errors import Fault
from complaints.figures.kept import ClockFigures, KeptFigures, MakerFigures, PromiseFigures, kept
from complaints.model.beside import Beside, Breach, MergedInto
from complaints.model.clock import Deadline
from complaints.model.complaint import Visit
from complaints.model.people import SYSTEM
from complaints.model.promise import Promise
from complaints.model.registration import Registration
from complaints.model.words import ClockKind, ClockState, PersonalData, PromiseState, Role
from complaints.stages.erasure import Redact
from complaints.stages.family import Merge
from complaints.stages.promises import KeepPromise
from complaints.testing import Dice, Walk, take_walk
from tests.stages.cases import MONDAY, SHANGHAI, Case, chen, li, promise, qian, staff, zhao

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
DAY = timedelta(days=1)


def figures(case: Case, since: date = MARCH, until: date = APRIL, now: datetime | None = None) -> KeptFigures:
    return case.desk.kept_figures("SH01", since, until, by=qian, now=now)


def of_clock(found: KeptFigures, clock: str) -> ClockFigures | None:
    return next((one for one in found.clocks if one.clock == clock), None)


def with_promises(**days: int) -> Case:
    """Each promise is due so many days from now."""
    case = Case().received(takes_on=False)
    for id, due in days.items():
        case.promised(promise=promise(id, due_at=MONDAY + due * DAY))
    return case


# --- promises, as the desk tells ------------------------------------------------------------------------------------


def test_what_became_of_the_promises_of_a_month_is_counted():
    case = with_promises(kept=1, put_off=2, late=2, good=4, owed=5, released=9, to_come=20, in_april=40)
    case.promised(by=chen, promise=promise("chens", due_at=MONDAY + DAY))
    case.kept("kept").kept("chens")
    case.put_off(promise="put_off", due_at=MONDAY + 3 * DAY).released(promise="released")
    case.later(days=3).kept("put_off").kept("late")
    case.ticked(days=2).kept("good").later(days=5)

    found = figures(case)

    assert found.promises == PromiseFigures(kept=3, kept_late=1, made_good=1, owed=1, put_off=1, released=1, not_due=1)
    assert (found.promises.due, found.promises.broken) == (6, 3)
    assert [str(rate) for rate in (found.promises.broken_rate, found.promises.kept_rate)] == ["0.5000", "0.5000"]
    assert found.makers == (
        MakerFigures(
            maker="li",
            promises=PromiseFigures(kept=2, kept_late=1, made_good=1, owed=1, put_off=1, released=1, not_due=1),
        ),
        MakerFigures(maker="chen", promises=PromiseFigures(kept=1)),
    )


def test_a_promise_is_broken_whether_or_not_a_tick_has_noticed():
    case = with_promises(call=1).later(days=2)
    before = figures(case)

    case.ticked()

    assert before.promises == figures(case).promises == PromiseFigures(owed=1)


def test_the_last_moment_is_in_time():
    case = with_promises(call=1)

    found = [figures(case, now=MONDAY + DAY + more).promises for more in (timedelta(), timedelta(microseconds=1))]

    assert found == [PromiseFigures(not_due=1), PromiseFigures(owed=1)]


def test_a_broken_promise_that_was_kept_in_time_and_recorded_late_stays_broken():
    case = with_promises(call=1).ticked(days=2).does(KeepPromise, li, promise="call", at=MONDAY)

    assert figures(case).promises == PromiseFigures(made_good=1)


def test_released_when_it_was_late_is_broken():
    case = with_promises(call=1).later(days=2).released(promise="call")

    assert figures(case).promises == PromiseFigures(made_good=1)


def test_a_promise_counts_by_the_date_told_last():
    case = with_promises(call=1).put_off(promise="call", due_at=MONDAY + 40 * DAY).kept("call")

    assert [figures(case, *of).promises for of in ((MARCH, APRIL), (APRIL, date(2026, 5, 1)))] == [
        PromiseFigures(),
        PromiseFigures(kept=1, put_off=1),
    ]


def test_what_a_merged_complaint_promised_is_counted_once():
    survivor = Case().received(takes_on=False)
    gone = survivor.another().received(takes_on=False)
    gone.promised(promise=promise("kept")).kept("kept").promised(promise=promise("call", due_at=MONDAY + DAY))
    gone.other = survivor.id

    gone.does(Merge, qian).later(days=2)

    assert figures(survivor).promises == PromiseFigures(kept=1, owed=1)


# --- due dates, as the desk tells -----------------------------------------------------------------------------------


def test_acknowledged_in_time_or_not_at_all():
    house = Case()
    written = {"takes_on": False, "channel": Channel.EMAIL}
    house.received(**written).spoken()
    late = house.another().received(**written, complainant=Customer(phone="137"))
    house.another().received(**written, complainant=Customer(phone="136"))
    late.later(hours=3).spoken()

    assert of_clock(figures(house), "acknowledge") == ClockFigures(clock="acknowledge", in_time=1, late=1, undone=1)


def test_done_in_time_but_recorded_late_is_told_and_missed_all_the_same():
    case = Case().received(takes_on=False, channel=Channel.EMAIL).ticked(hours=3)
    case.spoken(at=MONDAY + timedelta(hours=1))

    found = of_clock(figures(case), "acknowledge")

    assert found == ClockFigures(clock="acknowledge", recorded_late=1)
    assert (found.due, found.missed, str(found.in_time_rate)) == (1, 1, "0.0000")


# R39: "followed up in three days"
@pytest.mark.parametrize(("days", "in_time"), [(3, 1), (4, 0)])
def test_followed_up_in_three_days(days, in_time):
    case = Case().to(State.FOLLOW_UP).later(days=days).called_back()

    assert of_clock(figures(case), "follow_up") == ClockFigures(clock="follow_up", in_time=in_time, late=1 - in_time)


def test_what_is_not_due_yet_is_no_line():
    case = Case().to(State.FOLLOW_UP)

    assert of_clock(figures(case), "follow_up") is None


def test_windows_and_the_customers_answers_are_no_due_dates():
    case = Case().to(State.CLOSED).later(days=60)

    found = figures(case, MARCH, date(2026, 6, 1))

    assert {"reopen", "contest", "customer_answer"} & {one.clock for one in found.clocks} == set()
    assert {"reopen", "contest"} <= {one.name for one in case.complaint.clocks}


# --- closed without any breach --------------------------------------------------------------------------------------


def test_closed_without_any_breach():
    house = Case().to(State.CLOSED)
    late = house.another().to(State.REVIEW)
    late.ticked(days=20).closed()
    house.another().to(State.REVIEW)

    found = figures(house)

    assert (found.closed, found.unbreached, str(found.unbreached_rate)) == (2, 1, "0.5000")


def test_a_promise_that_was_broken_is_a_breach():
    case = Case().to(State.REVIEW).promised(promise=promise("call", due_at=MONDAY + timedelta(hours=1)))
    case.ticked(hours=2).closed()

    assert (figures(case).closed, figures(case).unbreached) == (1, 0)


def test_archived_it_stays_closed_in_its_month():
    case = Case().to(State.CLOSED)
    before = figures(case)
    case.later(days=60).archived()

    assert (figures(case).closed, figures(case).unbreached) == (before.closed, before.unbreached) == (1, 1)
    assert figures(case, APRIL, date(2026, 6, 1)).closed == 0


def test_reopened_it_is_closed_no_more():
    case = Case().to(State.CLOSED).reopened()

    assert figures(case).closed == 0


# --- whose, and of when ---------------------------------------------------------------------------------------------


def test_of_an_empty_period_there_is_no_rate():
    found = figures(Case())

    assert found == KeptFigures(
        since=MARCH,
        until=APRIL,
        at=MONDAY,
        promises=PromiseFigures(),
        makers=(),
        clocks=(),
        closed=0,
        unbreached=0,
    )
    rates = (found.promises.broken_rate, found.promises.kept_rate, found.unbreached_rate)
    assert rates == (None, None, None)


def test_a_period_that_ends_before_it_begins_is_refused():
    with pytest.raises(InvalidCommandError) as wrong:
        figures(Case(), APRIL, MARCH)

    assert wrong.value.faults == (Fault("until", "ends_before_start"),)


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(NaiveTimeError):
        figures(Case(), now=MONDAY.replace(tzinfo=None))


def test_another_dealers_figures_are_none_of_theirs():
    case = with_promises(call=1)
    stranger = staff("stranger", Role.MANAGER, dealer="BJ02")

    with pytest.raises(NotFoundError):
        case.desk.kept_figures("SH01", MARCH, APRIL, by=stranger)
    assert case.desk.kept_figures("BJ02", MARCH, APRIL, by=stranger).promises == PromiseFigures()


def test_the_hook_is_told_that_figures_are_read():
    told: list[tuple[str, str, tuple[UUID, ...]]] = []
    case = Case(on_read=lambda by, what, ids: told.append((by.id, what, ids)))

    figures(case)

    assert told == [("qian", "figures", ())]


# invariant 10: "figures are the same before and after a redaction"
def test_erasing_the_customer_changes_no_figure():
    case = Case().to(State.REVIEW).promised(promise=promise("call", due_at=MONDAY + DAY))
    case.ticked(days=2).closed()
    before = figures(case)

    case.does(Redact, qian, fields=tuple(PersonalData), reason="he wrote to us")

    assert figures(case) == before
    assert (before.promises.made_good, before.closed) == (1, 1)


# --- counted anew ---------------------------------------------------------------------------------------------------

START = datetime(2026, 3, 1, tzinfo=SHANGHAI)
NOW = START + 40 * DAY


@attrs.frozen(kw_only=True)
class Told:
    """Something that was due, in plain words."""

    day: int
    became: str
    by: str = "li"
    put_off: bool = False


OF_PROMISES = ("kept", "kept_late", "made_good", "owed", "released", "released_late", "open")
OF_CLOCKS = ("in_time", "late", "recorded_late", "undone", "running", "paused", "cancelled", "window", "answer",
             "no_date", "missed_before")  # fmt: skip
told_promises = st.lists(
    st.builds(
        Told,
        day=st.integers(-5, 70),
        became=st.sampled_from(OF_PROMISES),
        by=st.sampled_from(("li", "chen")),
        put_off=st.booleans(),
    ),
    max_size=8,
)
told_clocks = st.lists(
    st.builds(Told, day=st.integers(-5, 70), became=st.sampled_from(OF_CLOCKS), by=st.sampled_from(("judge", "task"))),
    max_size=8,
)


def made_promise(place: int, one: Told) -> Promise:
    due = START + one.day * DAY
    state = {"made_good": "broken", "owed": "broken", "released_late": "released"}.get(one.became, one.became)
    settled = {"kept": -DAY, "released": -DAY, "kept_late": DAY, "made_good": DAY, "released_late": DAY}
    return Promise(
        id=f"P{place}",
        made_by=one.by,
        made_at=START - 9 * DAY,
        due_at=due,
        state=PromiseState(state),
        settled_at=due + settled[one.became] if one.became in settled else None,
        first_due_at=due - DAY if one.put_off else None,
        extended=int(one.put_off),
    )


def made_clock(place: int, one: Told) -> Deadline:
    due = START + one.day * DAY
    states = {
        "in_time": ClockState.MET,
        "running": ClockState.WARNED,
        "paused": ClockState.PAUSED,
        "cancelled": ClockState.CANCELLED,
        "window": ClockState.MET,
        "answer": ClockState.LAPSED,
        "no_date": ClockState.MET,
        "missed_before": ClockState.CANCELLED,
    }
    stopped = {"in_time": due, "late": due + DAY, "recorded_late": due, "window": due, "no_date": due}
    return Deadline(
        clock=f"{one.by}:{place}",
        start=START - 9 * DAY,
        due={"no_date": None, "missed_before": due + 9 * DAY}.get(one.became, due),
        rule="house_4s 1",
        kind={"window": ClockKind.WINDOW, "answer": ClockKind.ANSWER}.get(one.became, ClockKind.OWED),
        state=states.get(one.became, ClockState.BREACHED),
        stopped_at=stopped.get(one.became),
    )


def made(place: int, promises: list[Told], clocks: list[Told], *, merged: bool = False) -> Complaint:
    """A complaint on which that was due."""
    missed = ("late", "recorded_late", "undone", "missed_before")
    breaches = tuple(
        Breach(due=START + one.day * DAY, number=2, clock=f"{one.by}:{place}")
        for place, one in enumerate(clocks)
        if one.became in missed
    )
    # a step that settles a promise too late may have left a breach on record or not: it counts once
    breaches += tuple(
        Breach(due=START + one.day * DAY, number=2, promise=f"P{place}")
        for place, one in enumerate(promises)
        if one.became in ("made_good", "owed") or (one.became in ("kept_late", "released_late") and place % 2)
    )
    gone = MergedInto(survivor=UUID(int=99), state=State.INTAKE, outcome=None, number=3) if merged else None
    return Complaint(
        id=UUID(int=place),
        reference=f"SH01-2026-{place:06}",
        dealer="SH01",
        version=3,
        state=State.MERGED if merged else State.CLOSED,
        registration=Registration(
            complainant=Customer(phone="138"),
            channel=Channel.PHONE,
            received_at=START,
            received_by="li",
            excerpt="…",
            issues=(Issue(id="1", category="service"),),
        ),
        recorded_at=START,
        updated_at=START,
        moved_at=START + place * DAY,
        visits=(Visit(State.CLOSED, 3, 3),),
        promises=tuple(made_promise(place, one) for place, one in enumerate(promises)),
        clocks=tuple(made_clock(place, one) for place, one in enumerate(clocks)),
        beside=Beside(breaches=breaches, merged_into=gone),
    )


def within(told: list[Told]) -> list[Told]:
    return [one for one in told if 0 <= one.day < 31]


def counted(promises: list[Told]) -> PromiseFigures:
    """A fresh count; what is open and due in March is past by now, the tenth of April."""
    became = Counter(one.became for one in promises)
    due = [one for one in promises if one.became != "released"]
    return PromiseFigures(
        kept=became["kept"],
        kept_late=became["kept_late"],
        made_good=became["made_good"] + became["released_late"],
        owed=became["owed"] + became["open"],
        put_off=sum(one.put_off for one in due),
        released=became["released"],
    )


@given(st.lists(st.tuples(told_promises, told_clocks), max_size=4), st.randoms(use_true_random=False))
def test_figures_equal_a_fresh_count_in_any_order(many, random):
    complaints = [made(place, *told) for place, told in enumerate(many)]
    random.shuffle(complaints)

    found = kept(complaints, zone=SHANGHAI, since=MARCH, until=APRIL, now=NOW)

    promises = [one for told, _ in many for one in within(told)]
    clocks = [(one.by, one.became) for _, told in many for one in within(told)]
    counts = Counter(clocks)
    assert found.promises == counted(promises)
    assert {one.maker: one.promises for one in found.makers} == {
        who: counted(theirs) for who in ("li", "chen") if (theirs := [one for one in promises if one.by == who])
    }
    assert {one.clock: one for one in found.clocks} == {
        clock: figures
        for clock in ("judge", "task")
        if (
            figures := ClockFigures(
                clock=clock,
                in_time=counts[clock, "in_time"],
                late=counts[clock, "late"] + counts[clock, "missed_before"],
                recorded_late=counts[clock, "recorded_late"],
                undone=counts[clock, "undone"] + counts[clock, "running"],
            )
        ).due
    }
    assert found.closed == len(many)


@given(told_promises, told_clocks)
def test_on_a_merged_complaint_nothing_is_owed_any_more(promises, clocks):
    found = kept([made(1, promises, clocks, merged=True)], zone=SHANGHAI, since=MARCH, until=APRIL, now=NOW)

    settled = [one for one in within(promises) if one.became not in ("open", "owed")]
    assert found.promises == counted(settled)
    assert sum(one.due for one in found.clocks) == sum(
        one.became in ("in_time", "late", "recorded_late", "undone", "missed_before") for one in within(clocks)
    )
    assert found.closed == 0


@given(told_promises, told_clocks)
def test_no_name_number_or_text_is_counted(promises, clocks):
    complaint = made(1, promises, clocks)
    registration = attrs.evolve(complaint.registration, complainant=Customer(name="[erased]"), excerpt="[e]")

    before, after = (
        kept([one], zone=SHANGHAI, since=MARCH, until=APRIL, now=NOW)
        for one in (complaint, replace(complaint, registration=registration))
    )

    assert after == before


def count(complaint: Complaint) -> KeptFigures:
    return kept([complaint], zone=SHANGHAI, since=MARCH, until=APRIL, now=NOW)


@pytest.mark.parametrize(
    ("promises", "clocks", "unbreached"),
    [
        ([], [], 1),
        ([Told(day=3, became="kept"), Told(day=3, became="released")], [Told(day=3, became="in_time", by="judge")], 1),
        ([Told(day=60, became="open")], [Told(day=60, became="running", by="task")], 1),
        ([Told(day=3, became="open")], [], 0),
        ([Told(day=3, became="kept_late")], [], 0),
        ([], [Told(day=3, became="running", by="task")], 0),
        ([], [Told(day=-9, became="missed_before", by="judge")], 0),
    ],
)
def test_a_breach_is_one_whenever_it_was_and_whether_or_not_it_is_recorded_yet(promises, clocks, unbreached):
    found = count(made(1, promises, clocks))

    assert (found.closed, found.unbreached) == (1, unbreached)


def test_the_breach_of_a_promise_that_went_with_a_separation_stays_on_record():
    gone = Breach(due=START, number=2, promise="A·call")

    found = count(replace(made(1, [], []), beside=Beside(breaches=(gone,))))

    assert (found.promises, found.closed, found.unbreached) == (PromiseFigures(), 1, 0)


def test_a_missed_date_counts_even_if_the_clock_was_given_the_same_date_again():
    complaint = made(1, [], [Told(day=3, became="undone", by="task")])
    again = replace(complaint.clocks[0], state=ClockState.MET, stopped_at=START)

    assert count(replace(complaint, clocks=(again,))).clocks == (ClockFigures(clock="task", in_time=1, late=1),)


def test_what_a_survivor_did_too_late_is_no_due_date_of_a_complaint_that_was_separated():
    complaint = made(1, [], [Told(day=3, became="in_time", by="judge")])
    theirs = replace(complaint.clocks[0], stopped_at=START + 9 * DAY)

    assert count(replace(complaint, clocks=(theirs,))).clocks == ()


def test_a_merged_complaint_that_was_closed_once_and_archived_since_was_not_closed():
    window = Deadline(clock="reopen", start=START, due=START + 30 * DAY, rule="house_4s 1", kind=ClockKind.WINDOW)
    visits = (Visit(State.CLOSED, 3, 3), Visit(State.MERGED, 5, 5), Visit(State.ARCHIVED, 6, 6))
    complaint = replace(made(1, [], []), clocks=(window,), state=State.ARCHIVED, visits=visits)

    assert count(complaint).closed == 0


# --- on every walk --------------------------------------------------------------------------------------------------


@cache
def _walk(seed: int) -> Walk:
    return take_walk(Dice(seed), steps=45)


def _complaints(walk: Walk) -> tuple[Complaint, ...]:
    ids = (walk.complaint_id, *(() if walk.companion is None else (walk.companion,)))
    return tuple(walk.desk.complaint(id, by=SYSTEM) for id in ids)


@pytest.mark.parametrize("seed", range(25))
def test_on_every_walk_each_promise_counts_once_and_the_sums_add_up(seed):
    complaints = _complaints(_walk(seed))

    found, turned = (
        kept(these, zone=SHANGHAI, since=date(2000, 1, 1), until=date(2200, 1, 1), now=_walk(seed).clock())
        for these in (complaints, complaints[::-1])
    )

    promises = found.promises
    there = [
        one
        for complaint in complaints
        for one in complaint.promises
        if complaint.beside.merged_into is None or one not in complaint.owed_promises
    ]
    assert turned == found
    assert promises.due + promises.released + promises.not_due == len(there)
    assert promises.due == sum(one.promises.due for one in found.makers)
    assert promises.broken >= sum(one.state in (PromiseState.BROKEN, PromiseState.KEPT_LATE) for one in there)


@pytest.mark.parametrize("seed", range(25))
def test_on_every_walk_no_breach_of_a_clock_is_forgotten(seed):
    complaints = _complaints(_walk(seed))
    on_record = Counter(
        one.clock.partition(":")[0]
        for complaint in complaints
        for one in complaint.beside.breaches
        if one.clock is not None
    )

    found = kept(complaints, zone=SHANGHAI, since=date(2000, 1, 1), until=date(2200, 1, 1), now=_walk(seed).clock())

    missed = {one.clock: one.missed for one in found.clocks}
    assert {clock for clock, many in on_record.items() if missed.get(clock, 0) < many} == set()


def test_the_walks_tell_of_promises_and_breaches():
    many = [complaint for seed in range(25) for complaint in _complaints(_walk(seed))]

    assert {one.state for complaint in many for one in complaint.promises} >= {PromiseState.KEPT, PromiseState.BROKEN}
    assert any(one.clock is not None for complaint in many for one in complaint.beside.breaches)


def test_whoever_may_not_read_customers_may_read_figures():
    case = with_promises(call=1)

    assert case.desk.kept_figures("SH01", MARCH, APRIL, by=zhao) == figures(case)
