"""From wherever a complaint is, somebody can lead it to the archive (invariant 12)."""

from __future__ import annotations

from itertools import cycle

import attrs
import pytest

from complaints import LIFECYCLE, Actor, Channel, Customer, Issue, Money, Policy, Severity, State
from complaints.model.execution import Measure
from complaints.model.proposal import Proposal, Remedy
from complaints.model.words import Alarm, MeasureKind, MeasureRole, RemedyKind
from complaints.stages.accountability import Contest, DecideAccountability
from complaints.stages.anytime import SetSeverity
from complaints.stages.ending import Void, Withdraw
from complaints.stages.family import Merge
from complaints.stages.fast_track import SettleAtOnce
from complaints.stages.intake import CompleteRegistration, Receive
from complaints.stages.override import Override
from complaints.stages.proposal import Propose, SubmitProposals
from complaints.stages.review import Reopen
from complaints.testing import (
    DEALER,
    HOUSE,
    OPENING,
    SMALL_HOUSE,
    SMALLEST_STAFF,
    DeadEndError,
    Dice,
    First,
    FrozenClock,
    Walk,
    guide,
    lead_home,
    take_walk,
)
from tests.properties.over_walks import over_walks


@over_walks(least=1, forbidden_in=0)
def test_three_people_can_lead_every_complaint_of_a_large_house_to_the_archive(walk: Walk) -> None:
    lead_home(walk.desk, walk.complaint_id, clock=walk.clock, house=SMALL_HOUSE)

    assert walk.complaint.state is State.ARCHIVED
    assert walk.desk.verify(walk.complaint_id).number == walk.complaint.version


@over_walks(least=1, forbidden_in=0, house=SMALL_HOUSE)
def test_three_people_can_do_everything_by_themselves(walk: Walk) -> None:
    lead_home(walk.desk, walk.complaint_id, clock=walk.clock, house=SMALL_HOUSE)

    doers = {event.by.id for event in walk.history} - {"system"}
    assert walk.complaint.state is State.ARCHIVED
    assert doers <= {actor.id for actor in SMALLEST_STAFF}


@over_walks(least=1, most=15, forbidden_in=0)
def test_a_large_house_can_as_well(walk: Walk) -> None:
    lead_home(walk.desk, walk.complaint_id, clock=walk.clock, house=HOUSE)

    assert walk.complaint.state is State.ARCHIVED


def test_from_every_state_and_every_trouble_there_is_a_way_home() -> None:
    favourites = cycle(move.command for move in LIFECYCLE.moves)
    walks = [
        take_walk(Dice(seed), favourite=favourite, steps=1 + seed % 45, house=house, forbidden_in=0)
        for seed, favourite in zip(range(60, 210), favourites, strict=False)
        for house in (HOUSE, SMALL_HOUSE)
    ]
    # few walks end merged or voided
    walks += [
        take_walk(Dice(seed), favourite=favourite, steps=1 + seed % 20, forbidden_in=0)
        for seed in range(60, 100)
        for favourite in (Merge, Void)
    ]
    left_in = {walk.complaint.state for walk in walks}

    for walk in walks:
        lead_home(walk.desk, walk.complaint_id, clock=walk.clock)

    assert left_in == {target for move in LIFECYCLE.moves for target in move.targets}
    assert {walk.complaint.state for walk in walks} == {State.ARCHIVED}


def test_three_people_can_give_every_order_of_the_table() -> None:
    not_given = [*LIFECYCLE.commands.values()]

    for seed in range(200, 700):
        favourite = not_given[seed % len(not_given)]
        walk = take_walk(Dice(seed), steps=45, house=SMALL_HOUSE, forbidden_in=0, favourite=favourite)
        given = {command for command, _, _ in walk.rows}
        not_given = [command for command in not_given if command not in given]
        if not not_given:
            break

    assert not_given == []


@pytest.mark.parametrize("left_out", SMALLEST_STAFF, ids=lambda actor: actor.id)
def test_two_people_are_too_few_where_one_of_them_is_complained_of(left_out: Actor) -> None:
    two = tuple(actor for actor in SMALLEST_STAFF if actor is not left_out)
    grave = attrs.evolve(_A_COMPLAINT, alarms=(Alarm.CRASH,), complained_of=(two[0].id,), takes_on=False)
    clock = FrozenClock()
    desk = SMALL_HOUSE.desk(clock=clock)
    case = desk.handle(grave, by=two[1])

    with pytest.raises(DeadEndError):
        lead_home(desk, case.id, clock=clock, house=attrs.evolve(SMALL_HOUSE, staff=two, owners=(two[0].id,)))


def test_where_every_leader_has_written_a_proposal_one_of_them_takes_them_back() -> None:
    clock = FrozenClock()
    desk = SMALL_HOUSE.desk(clock=clock)
    counter = SMALLEST_STAFF[0]
    case = desk.handle(_A_COMPLAINT, by=counter)
    lead_home(desk, case.id, clock=clock, to=State.PROPOSAL)
    for author in SMALLEST_STAFF:
        desk.handle(Propose(complaint=case.id, proposal=_proposal(author.id)), by=author)
    desk.handle(SubmitProposals(complaint=case.id), by=counter)

    lead_home(desk, case.id, clock=clock)

    assert desk.complaint(case.id, by=counter).state is State.ARCHIVED


# a general manager may look at what the group decided, but not where it was decided against himself
@pytest.mark.parametrize(
    ("decider", "person"),
    [(one, person) for one in SMALLEST_STAFF for person in ("counter", "deputy") if person != one.id],
    ids=lambda value: getattr(value, "id", value),
)
def test_whoever_contests_what_was_decided_by_whomever_gets_an_answer(decider: Actor, person: str) -> None:
    clock = FrozenClock()
    desk = SMALL_HOUSE.desk(clock=clock)
    case = desk.handle(_A_COMPLAINT, by=SMALLEST_STAFF[0])
    lead_home(desk, case.id, clock=clock, to=State.CLOSED)
    coaching = Measure(person=person, role=MeasureRole.DIRECT, kind=MeasureKind.COACHING, rule="HR-7")
    desk.handle(DecideAccountability(complaint=case.id, measures=(coaching,)), by=decider)
    contesting = next(actor for actor in SMALLEST_STAFF if actor.id == person)
    desk.handle(Contest(complaint=case.id, grounds="当天我不在岗"), by=contesting)

    lead_home(desk, case.id, clock=clock)

    assert desk.complaint(case.id, by=decider).state is State.ARCHIVED


@pytest.mark.parametrize("typist", SMALLEST_STAFF, ids=lambda actor: actor.id)
@pytest.mark.parametrize("leader", SMALLEST_STAFF, ids=lambda actor: actor.id)
def test_whatever_was_typed_for_whomever_is_confirmed_by_somebody(leader: Actor, typist: Actor) -> None:
    clock = FrozenClock()
    desk = SMALL_HOUSE.desk(clock=clock)
    case = desk.handle(_A_COMPLAINT, by=SMALLEST_STAFF[0])
    permit = Override(complaint=case.id, command="Assign", rules=("assignment.no_task",), reason="同事休假")
    desk.handle(permit, by=leader, recorded_by=typist)

    lead_home(desk, case.id, clock=clock)

    assert desk.complaint(case.id, by=leader).state is State.ARCHIVED


def test_what_was_withdrawn_before_anything_was_named_goes_home_when_it_is_taken_up_again() -> None:
    clock = FrozenClock()
    desk = SMALL_HOUSE.desk(clock=clock)
    counter, deputy, _ = SMALLEST_STAFF
    case = desk.handle(attrs.evolve(_A_COMPLAINT, issues=()), by=counter)
    withdrawn = Withdraw(
        complaint=case.id, statement="不再投诉了。", evidence="MSG-2", witness=deputy.id, channel=Channel.WECHAT
    )
    desk.handle(withdrawn, by=counter)
    lead_home(desk, case.id, clock=clock, to=State.CLOSED)
    desk.handle(Reopen(complaint=case.id, reason="客户又来电"), by=counter)

    lead_home(desk, case.id, clock=clock)

    assert desk.complaint(case.id, by=counter).state is State.ARCHIVED


def test_two_people_decide_anew_what_a_standing_rule_answered_before_it_became_grave() -> None:
    house = attrs.evolve(
        SMALL_HOUSE,
        staff=SMALLEST_STAFF[:2],
        owners=tuple(actor.id for actor in SMALLEST_STAFF[:2]),
        policy=Policy.small_house(standing_orders=SMALL_HOUSE.policy.standing_orders),
    )
    clock = FrozenClock()
    desk = house.desk(clock=clock)
    counter, deputy = house.staff
    case = desk.handle(_A_COMPLAINT, by=counter)
    way = guide(desk, case.id, clock=clock, house=attrs.evolve(house, staff=(deputy,)), choose=First())
    settled = way.order(SettleAtOnce)
    assert settled is not None
    desk.handle(settled.command, by=deputy)
    desk.handle(CompleteRegistration(complaint=case.id, complained_of=(counter.id,)), by=deputy)
    desk.handle(SetSeverity(complaint=case.id, severity=Severity.ESCALATED, reason="客户要求升级"), by=deputy)

    lead_home(desk, case.id, clock=clock, house=house)

    assert desk.complaint(case.id, by=counter).state is State.ARCHIVED


_A_COMPLAINT = Receive(
    dealer=DEALER,
    complainant=Customer(name="顾客甲", phone="10000000001"),
    channel=Channel.PHONE,
    received_at=OPENING,
    statement="发动机异响",
    wish="修好",
    issues=(Issue(id="I1", category="attitude"),),
    takes_on=True,
)


def _proposal(id: str) -> Proposal:
    apology = Remedy(kind=RemedyKind.APOLOGY, cost=Money("0", "CNY"), owner="counter", due=OPENING.date())
    return Proposal(id=id, remedies=(apology,), answers_wish="修好", answers_issues=("I1",))
