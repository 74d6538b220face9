"""The figures of the fast track: share, 30-day repeats, the call-back sample, cost per settler."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from complaints import Channel, Complaint, Customer, InvalidCommandError, Issue, NotFoundError, Role, State, Vehicle
from complaints.errors import Fault
from complaints.figures.fast_track import FastTrackFigures, SettlerFigures, fast_track
from complaints.model.beside import Beside, MergedInto
from complaints.model.complaint import Settled, Visit
from complaints.model.execution import Task
from complaints.model.people import Actor
from complaints.model.registration import Registration
from complaints.model.review import FollowUp
from complaints.model.sampling import is_sampled
from complaints.model.words import PersonalData, RemedyKind, ReworkReason, Satisfaction, TaskResult
from complaints.stages.erasure import Redact
from tests.stages.cases import SHANGHAI, Case, chen, li, qian, remedy, staff, wang, yuan, zhao

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
PASSAT = Vehicle(vin="LSVAA49J132047371")


def figures(case: Case, since: date = MARCH, until: date = APRIL) -> FastTrackFigures:
    return case.desk.fast_track_figures("SH01", since, until, by=qian)


def settled(case: Case, cost: int = 200, by: Actor = wang, **changes: object) -> Case:
    one = case.another().received(**{"takes_on": False, "vehicles": (PASSAT,), **changes})
    return one.settled(by=by, remedies=(remedy(RemedyKind.VOUCHER, cost),))


# --- as the desk tells ----------------------------------------------------------------------------------------------


def test_what_happened_in_a_month_is_counted():
    house = Case()
    settled(house, 200, id=UUID(int=20)).called_back(by=chen)
    settled(house, 150, id=UUID(int=21), complainant=Customer(phone="139"))
    settled(house, 0, by=zhao, id=UUID(int=22), complainant=Customer(phone="137"))
    house.another().received(complainant=Customer(phone="136"))
    house.another().received(complainant=Customer(phone="135")).voided()

    assert figures(house) == FastTrackFigures(
        since=MARCH,
        until=APRIL,
        registered=4,
        settled=3,
        reworked=0,
        repeated=0,
        sampled=1,
        called=1,
        settlers=(
            SettlerFigures(settler="wang", settled=2, cost=(yuan(350),)),
            SettlerFigures(settler="zhao", settled=1, cost=(yuan(0),)),
        ),
    )


def test_each_ratio_is_told_to_four_places_and_of_nothing_not_at_all():
    house = Case()
    nothing = figures(house)
    settled(house)
    house.another().received(complainant=Customer(phone="136"))
    house.another().received(complainant=Customer(phone="135"))

    some = figures(house)

    assert (nothing.share, nothing.repeat_rate, nothing.sample_coverage) == (None, None, None)
    assert (some.share, some.repeat_rate) == (Decimal("0.3333"), Decimal("0.0000"))


@pytest.mark.parametrize(("days", "repeated"), [(2, 1), (30, 1), (31, 0)])
def test_the_same_trouble_within_thirty_days_counts_against_a_settlement(days, repeated):
    house = Case()
    settled(house)
    house.later(days=days)
    house.another().received(vehicles=(PASSAT,))

    assert figures(house).repeated == repeated


def test_the_thirty_days_end_to_the_moment():
    house = Case()
    settled(house)
    house.later(days=30, microseconds=1)
    house.another().received(vehicles=(PASSAT,))

    assert figures(house).repeated == 0


def test_what_staff_say_is_a_repeat_too_and_counts_once():
    house = Case()
    first = settled(house)
    house.later(days=9)
    house.another().received(repeat_of=first.id)
    house.another().received(repeat_of=first.id, complainant=Customer(phone="136"))

    assert figures(house).repeated == 1


def test_a_repeat_that_was_none_counts_no_more():
    house = Case()
    settled(house)
    house.later(days=9)
    house.another().received(takes_on=False, vehicles=(PASSAT,)).voided()

    assert figures(house).repeated == 0


def test_what_was_returned_for_rework_was_settled_at_once_all_the_same():
    house = Case()
    one = settled(house, takes_on=True, by=wang).called_back(Satisfaction.DISSATISFIED, by=chen)
    one.reworked(ReworkReason.FORM_INCOMPLETE, by=zhao)

    found = figures(house)

    assert (found.settled, found.reworked) == (1, 1)


def test_the_period_is_by_receipt_in_the_dealers_days():
    house = Case()
    house.clock.set(datetime(2026, 3, 31, 23, 59, 59, tzinfo=SHANGHAI))
    settled(house)
    house.clock.set(datetime(2026, 4, 1, tzinfo=SHANGHAI))
    settled(house, complainant=Customer(phone="136"))

    assert [figures(house, *of).settled for of in ((MARCH, APRIL), (APRIL, date(2026, 5, 1)))] == [1, 1]


def test_a_period_that_ends_before_it_begins_is_refused():
    with pytest.raises(InvalidCommandError) as wrong:
        figures(Case(), APRIL, MARCH)

    assert wrong.value.faults == (Fault("until", "ends_before_start"),)


def test_another_dealers_figures_are_none_of_theirs():
    house = Case()
    settled(house)
    stranger = staff("stranger", Role.MANAGER, dealer="BJ02")

    with pytest.raises(NotFoundError):
        house.desk.fast_track_figures("SH01", MARCH, APRIL, by=stranger)
    assert house.desk.fast_track_figures("BJ02", MARCH, APRIL, by=stranger).settled == 0


def test_the_hook_is_told_that_figures_are_read():
    told: list[tuple[str, str, tuple[UUID, ...]]] = []
    house = Case(on_read=lambda by, what, ids: told.append((by.id, what, ids)))

    figures(house)

    assert told == [("qian", "figures", ())]


# invariant 10: "figures are the same before and after a redaction"
def test_erasing_the_customer_changes_no_figure():
    house = Case()
    first = settled(house)
    house.later(days=9)
    second = house.another().received(vehicles=(PASSAT,)).withdrawn().called_back().answered_for().closed(by=qian)
    first.called_back(by=chen).closed(by=qian)
    before = figures(house)

    for one in (first, second):
        one.does(Redact, qian, fields=tuple(PersonalData), reason="he wrote to us")

    assert figures(house) == before
    assert (before.settled, before.repeated) == (1, 1)


# --- counted anew ---------------------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class Told:
    """A complaint in plain numbers."""

    day: int
    settled_after: int | None
    cost: int
    by: str
    ended: str
    repeats: tuple[int, ...]
    answered: bool | None


told = st.builds(
    Told,
    day=st.integers(-5, 70),
    settled_after=st.none() | st.integers(0, 3),
    cost=st.integers(0, 400),
    by=st.sampled_from(("wang", "li")),
    ended=st.sampled_from(("", "", "", "voided", "merged")),
    repeats=st.lists(st.integers(0, 6), max_size=2, unique=True).map(tuple),
    answered=st.none() | st.booleans(),
)
START = datetime(2026, 3, 1, tzinfo=SHANGHAI)


def made(place: int, one: Told) -> Complaint:
    """The complaint that plain numbers tell of."""
    received_at = START + timedelta(days=one.day)
    settled_at = None if one.settled_after is None else received_at + timedelta(days=one.settled_after)
    state = {"": State.REVIEW, "voided": State.VOIDED, "merged": State.MERGED}[one.ended]
    task = Task(
        id="T1", kind=RemedyKind.VOUCHER, owner="wang", due=MARCH, cost=yuan(one.cost), result=TaskResult.DONE, number=2
    )
    result = Satisfaction.SATISFIED if one.answered else Satisfaction.UNREACHABLE
    return Complaint(
        id=UUID(int=place),
        reference=f"SH01-2026-{place:06}",
        dealer="SH01",
        version=3,
        state=state,
        registration=Registration(
            complainant=Customer(phone="138"),
            channel=Channel.PHONE,
            received_at=received_at,
            received_by="li",
            excerpt="…",
            issues=(Issue(id="1", category="service"),),
        ),
        recorded_at=received_at,
        updated_at=received_at,
        moved_at=received_at,
        visits=(Visit(state, 3, 3),),
        settled=None if settled_at is None else Settled(by=one.by, at=settled_at, order="SO-1@2026", number=2),
        tasks=() if settled_at is None else (task,),
        earlier=tuple(UUID(int=other) for other in one.repeats if other < place),
        follow_up=None
        if one.answered is None
        else FollowUp(number=3, result=result, at=received_at, channel=Channel.PHONE, caller="chen"),
        beside=Beside(merged_into=MergedInto(survivor=UUID(int=99), state=State.INTAKE, outcome=None, number=3))
        if one.ended == "merged"
        else Beside(),
    )


@given(st.lists(told, max_size=7), st.randoms(use_true_random=False))
def test_figures_equal_a_fresh_count_in_any_order(many, random):
    complaints = [made(place, one) for place, one in enumerate(many)]
    random.shuffle(complaints)

    found = fast_track(complaints, zone=SHANGHAI, since=MARCH, until=APRIL, sample_percent=50)

    ours = {place: one for place, one in enumerate(many) if not one.ended}
    within = {place: one for place, one in ours.items() if 0 <= one.day < 31}
    fast = {place: one for place, one in within.items() if one.settled_after is not None}
    again = {
        before
        for place, one in ours.items()
        for before in one.repeats
        if before < place
        and before in fast
        and 0 <= one.day - fast[before].day - (fast[before].settled_after or 0) <= 30
    }
    sample = [one for place, one in fast.items() if is_sampled(UUID(int=place), 50)]
    assert (found.registered, found.settled, found.repeated) == (len(within), len(fast), len(again))
    assert (found.sampled, found.called) == (len(sample), sum(one.answered is True for one in sample))
    assert {one.settler: (one.settled, one.cost) for one in found.settlers} == {
        who: (len(theirs), (yuan(sum(one.cost for one in theirs)),))
        for who in ("wang", "li")
        if (theirs := [one for one in fast.values() if one.by == who])
    }


@given(st.lists(told, max_size=7))
def test_no_name_number_or_text_is_counted(many):
    complaints = [made(place, one) for place, one in enumerate(many)]
    erased = [
        replace(one, registration=attrs.evolve(one.registration, complainant=Customer(name="[erased]"), excerpt="[e]"))
        for one in complaints
    ]

    before, after = (
        fast_track(these, zone=SHANGHAI, since=MARCH, until=APRIL, sample_percent=50) for these in (complaints, erased)
    )

    assert after == before


def test_whoever_may_not_read_customers_may_read_figures():
    house = Case()
    settled(house)

    assert house.desk.fast_track_figures("SH01", MARCH, APRIL, by=li) == figures(house)
