"""
Every kind of complaint that three people can bring about, found by search, can be led to the archive (invariant 12).

Where the walks of ``properties/test_no_dead_ends.py`` stroll, this goes everywhere. What is told apart stands in
``kinds.py``: usually each fact in each state, and each two things in the way where they come together; with
``--hypothesis-profile=long`` each two facts together, by name. There are too many of those to find them all: then,
and only then, the search ends at a bound.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

import attrs
import pytest
from hypothesis import settings

from complaints import LIFECYCLE, Complaint, Policy, State
from complaints.model.people import SYSTEM
from complaints.model.words import HoldKind
from complaints.stages.accountability import contested
from complaints.stages.anytime import AddNote
from complaints.stages.erasure import Redact
from complaints.stages.family import Absorb, Regain, Release
from complaints.stages.intake import Receive
from complaints.stages.investigation import Supersede
from complaints.stores import MemoryStore
from complaints.testing import (
    BUILDERS,
    CURES,
    OPENING,
    SMALL_HOUSE,
    SMALLEST_STAFF,
    Choice,
    DeadEndError,
    First,
    FrozenClock,
    House,
    lead_home,
)
from complaints.testing.orders import Scene, receipt, somebody_can_decide
from complaints.testing.search import Explored, Place, every_way, explore
from complaints.testing.ways import Cures
from tests.kinds import coarsely, finely

COUNTER, DEPUTY, _ = SMALLEST_STAFF
TWO = (COUNTER.id, DEPUTY.id)
HOUSE = attrs.evolve(SMALL_HOUSE, suspects=(*TWO, "technician"))
HOUSE_OF_TWO = attrs.evolve(
    SMALL_HOUSE,
    staff=(COUNTER, DEPUTY),
    owners=TWO,
    policy=Policy.small_house(standing_orders=SMALL_HOUSE.policy.standing_orders),
)
A_LONG_RUN = 1_000
MOST, MOST_IN_A_LONG_RUN = 5_000, 3_000
FOLLOW_BY_THEMSELVES = {Absorb, Regain, Release, Supersede}
# erasing takes ten times as long as anything else, and leaves nothing that a move asks for
WITHOUT_ERASING = {command: builder for command, builder in BUILDERS.items() if command is not Redact}


def is_a_long_run() -> bool:
    return settings.default.max_examples >= A_LONG_RUN


@pytest.fixture(scope="module")
def explored() -> Explored:
    found = explore(
        starts(HOUSE), coarsely, house=HOUSE, within=one_of_them_is_left, builders=WITHOUT_ERASING, most=MOST
    )
    assert found.is_whole
    if not is_a_long_run():
        return found
    # from everywhere, or the bound would be reached before the later states are
    return explore(found.places, finely, house=HOUSE, within=one_of_them_is_left, most=MOST_IN_A_LONG_RUN)


def starts(house: House) -> Iterator[Place]:
    """Every receipt but for one thing plain, each beside another complaint of the same customer."""
    for suspect in house.suspects:
        about_him = attrs.evolve(house, suspects=(suspect,))
        for order in every_way(lambda choose, about_him=about_him: receipt(about_him, OPENING, choose), turns=1):
            store = MemoryStore()
            desk = house.desk(store, clock=FrozenClock())
            one = desk.handle(order.command, by=order.by)
            other = attrs.evolve(order.command, takes_on=False, alarms=(), complained_of=())
            yield Place(store=store, id=one.id, others=(desk.handle(other, by=SYSTEM).id,))


def one_of_them_is_left(complaint: Complaint) -> bool:
    """The smallest staff is enough whoever of the first two is complained of, and not where both are."""
    return not {*TWO} <= complaint.involved


def stuck(places: Iterable[Place], house: House, *, survivor_first: bool = False, cures: Cures = CURES) -> list[str]:
    """Which of them somebody of *house* cannot lead home, and why not."""
    errors = []
    for place in places:
        clock = FrozenClock(place.now)
        desk = place.desk(house, clock=clock)
        try:
            for id in (*(place.others if survivor_first else ()), place.id):
                lead_home(desk, id, clock=clock, house=house, cures=cures)
        except DeadEndError as error:
            errors.append(f"{place}: {error}")
            continue
        assert desk.complaint(place.id, by=SYSTEM).state is State.ARCHIVED
    return errors


def test_every_kind_of_complaint_was_found(explored: Explored) -> None:
    given = {*explored.steps, *FOLLOW_BY_THEMSELVES, Receive}
    states = {place.complaint.state for place in explored.places}

    assert states == {*State}
    assert {*LIFECYCLE.commands.values()} - given <= {Redact}


def test_three_people_can_lead_every_kind_of_complaint_to_the_archive(explored: Explored) -> None:
    assert stuck(explored.places, HOUSE) == []


def test_a_merged_complaint_can_be_archived_with_its_survivor_as_well(explored: Explored) -> None:
    merged = [place for place in explored.places if place.complaint.state is State.MERGED]

    left = stuck(merged, HOUSE, survivor_first=True)

    assert (bool(merged), left) == (True, [])


def test_where_nobody_knows_how_to_end_a_legal_hold_the_search_tells_of_it(explored: Explored) -> None:
    open_places = [place for place in explored.places if place.complaint.state is not State.ARCHIVED]
    held = [place for place in open_places if is_held(place.complaint)]
    clueless = {code: cures for code, cures in CURES.items() if code != "hold.legal"}

    left = stuck(held, HOUSE, cures=clueless)

    assert len(left) == len(held) > 0


def is_held(complaint: Complaint) -> bool:
    return any(hold.kind is HoldKind.LEGAL for hold in complaint.open_holds)


def test_two_people_of_a_small_house_are_enough_unless_it_takes_a_second_one_who_is_impartial(
    explored: Explored,
) -> None:
    theirs = [place for place in explored.places if is_for_two(place.complaint)]

    left = stuck(theirs, HOUSE_OF_TWO)

    assert (len(theirs) > len(explored.places) / 2, left) == (True, [])


def is_for_two(complaint: Complaint) -> bool:
    """
    Nothing waits for a third person: neither contests, and no solution is beyond whoever may decide.

    Where one of them is involved, what is major takes another who looks at whom the first one holds responsible.
    """
    scene = Scene(complaint=complaint, by=COUNTER, now=OPENING, at=None, house=HOUSE_OF_TWO, choose=First())
    one_is_involved = bool({*TWO} & complaint.involved)
    takes_two = complaint.severity.is_major and one_is_involved
    return not takes_two and somebody_can_decide(scene) and not {*TWO} & {*contested(complaint)}


def test_every_way_is_the_plainest_and_each_other_answer_once() -> None:
    def walk(choose: Choice) -> tuple[int, bool, str]:
        return choose.whole(1, 3), choose.once_in(9), choose.weighted((("a", 1), ("b", 5)))

    assert list(every_way(walk, 1)) == [
        (1, False, "a"),
        (2, False, "a"),
        (3, False, "a"),
        (1, True, "a"),
        (1, False, "b"),
    ]
    assert sorted(every_way(walk, 3)) == sorted(product((1, 2, 3), (False, True), ("a", "b")))


def test_a_copy_of_a_store_goes_its_own_way() -> None:
    place = next(starts(HOUSE))
    copy = place.store.copy()
    HOUSE.desk(copy, clock=FrozenClock()).handle(AddNote(complaint=place.id, text="请同事跟进。"), by=COUNTER)

    with place.store.read() as kept, copy.read() as changed:
        assert (len(kept.events(place.id)), len(changed.events(place.id))) == (1, 2)
        assert changed.personal(place.id, upto=1) == kept.personal(place.id)
        assert [version for _, version, _ in changed.heads()] == [2, 1]
