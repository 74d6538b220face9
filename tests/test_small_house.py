"""A house too small to keep duties apart: what it relaxes, how that is told, and what it can never relax."""

from __future__ import annotations

import attrs
import pytest

from complaints import LIFECYCLE, DefinitionError, Desk, NotFoundError, Policy, Refusal, Role, State
from complaints.forms.timeline import timeline, timeline_lines
from complaints.forms.words import Reader
from complaints.history import replay
from complaints.model.words import Duty
from complaints.policy import RELAXABLE
from complaints.stages.accountability import DecideAccountability
from complaints.stages.execution import BookCompensation
from complaints.stages.intake import Assign
from complaints.stages.judgment import Uphold
from complaints.stages.proposal import Approve, ReviewProposal
from complaints.stages.review import Close, RecordFollowUp
from tests.stages.cases import OTHER_SHOP, SHANGHAI, SHOP, STANDING_ORDER, Case, li, qian, remedy, staff, yuan, zhao

boss = staff("boss", Role.GENERAL_MANAGER, Role.FINANCE, Role.ARCHIVIST)
counter = staff("counter", Role.MANAGER, Role.FINANCE, Role.ARCHIVIST)
SMALL = Policy.small_house(standing_orders=(STANDING_ORDER,))


# --- two people ------------------------------------------------------------------------------------------------------


def to_approval_by_the_other_one(policy: Policy) -> Case:
    """A complaint about one of the two who are there: the other one has led it on alone."""
    case = Case(policy=policy).received(by=counter, complained_of=("boss",)).begun(by=counter)
    case.upheld(by=counter, investigator="counter").shown(by=counter).found(by=counter).concluded(by=counter)
    return case.proposed("P1", remedy(owner="counter"), by=counter).submitted(by=counter)


def test_two_people_lead_a_complaint_about_one_of_them_home_and_every_relaxed_step_says_so():
    case = to_approval_by_the_other_one(SMALL)

    case.read(by=counter).approved(by=counter).offered(by=counter).accepted(by=counter)
    case.reported("T1", by=counter).does(BookCompensation, counter, booking="B1", task="T1", amount=yuan(200))
    case.completed(by=counter).called_back(by=counter)
    for owed in case.complaint.open_promises:
        case.kept(owed.id, by=counter)
    case.does(Close, counter).later(days=31).archived(by=counter)

    relaxed = {event.name: event.set_aside for event in case.events if event.set_aside}
    assert case.state is State.ARCHIVED
    assert relaxed == {
        "ReviewProposal": ("leader.authored",),
        "Approve": ("leader.authored",),
        "RecordFollowUp": ("caller.handled_it",),
    }
    assert {event.policy for event in case.events} == {"small_house@1"}
    assert (replay(case.events), case.desk.verify(case.id).number) == (case.complaint, case.complaint.version)


def test_under_the_usual_policy_two_people_are_too_few_for_it():
    case = to_approval_by_the_other_one(Policy())

    refusals = [case.desk.explain(case.id, by=person)[Approve] for person in (counter, boss)]

    assert [[refusal.code for refusal in of_one] for of_one in refusals] == [
        ["leader.authored", "proposals.unread"],
        ["actor.involved", "proposals.unread"],
    ]


def test_not_even_a_small_house_lets_the_other_one_decide():
    case = to_approval_by_the_other_one(SMALL).read(by=boss)

    assert case.refused(Approve, by=boss) == (Refusal("actor.involved"),)


# "conflict of interest is never relaxed"
@pytest.mark.parametrize(
    ("state", "order", "code"),
    [
        (State.JUDGMENT, Uphold, "actor.involved"),
        (State.APPROVAL, Approve, "actor.involved"),
        (State.FOLLOW_UP, RecordFollowUp, "actor.involved"),
        (State.CLOSED, DecideAccountability, "decider.involved"),
    ],
)
def test_nobody_decides_about_himself_however_small_the_house(state, order, code):
    case = Case(policy=SMALL).to(state)
    if state is State.CLOSED:
        case.reopened()
    case.about("sun")
    sun = staff("sun", Role.GENERAL_MANAGER)
    if order is Approve:
        case.read(by=sun)

    refusals = case.refused(order, by=sun)

    assert code in [refusal.code for refusal in refusals]


# --- what is relaxed -------------------------------------------------------------------------------------------------


def test_only_the_separation_of_duties_can_be_relaxed():
    rules = {rule.code for row in LIFECYCLE.rows for rule in (*row.given, *row.provided)}

    assert RELAXABLE - rules <= {"judge.second"}
    with pytest.raises(DefinitionError) as stopped:
        Policy(relaxes=frozenset({"leader.authored", "actor.involved", "leader.limit", "decider.involved"}))
    assert stopped.value.problems == (
        "actor.involved cannot be relaxed",
        "decider.involved cannot be relaxed",
        "leader.limit cannot be relaxed",
    )


def test_a_small_house_may_have_other_numbers_and_a_name_of_its_own():
    policy = Policy.small_house(name="xiao_dian", version="3", relaxes=frozenset({"leader.authored"}))

    assert (policy.stamp, policy.relaxes) == ("xiao_dian@3", {"leader.authored"})
    assert attrs.evolve(Policy.small_house(), name="house_4s", relaxes=frozenset()) == Policy()


def test_what_is_relaxed_is_published_by_dealer():
    desk = Desk(dealers=[SHOP, OTHER_SHOP], policy={"SH01": SMALL})

    assert desk.relaxations("SH01") == tuple(sorted(RELAXABLE))
    assert desk.relaxations("BJ02") == ()
    with pytest.raises(NotFoundError):
        desk.relaxations("XX99")


def handled_by_himself() -> Case:
    return Case(policy=SMALL).to(State.FOLLOW_UP)


@pytest.mark.parametrize(
    ("case", "step", "code"),
    [
        (handled_by_himself, lambda case: case.called_back(by=li), "caller.handled_it"),
        (handled_by_himself, lambda case: case.tried(by=li), "contact.by_handler"),
        (handled_by_himself, lambda case: case.does(Assign, zhao, **CALLER), "caller.is_handler"),
        (
            lambda: Case(policy=SMALL).to(State.PROPOSAL).proposed(by=qian).submitted(),
            lambda case: case.does(ReviewProposal, qian, proposal="P1"),
            "leader.authored",
        ),
        (
            lambda: Case(policy=SMALL).received().settled(by=zhao).called_back(),
            lambda case: case.does(Close, zhao),
            "closer.settled_it",
        ),
    ],
    ids=["call back", "try to call", "name the caller", "read one's own", "close one's own"],
)
def test_each_relaxation_lets_the_step_pass_and_stands_in_its_event(case, step, code):
    relaxed = step(case())

    assert relaxed.events[-1].set_aside == (code,)


CALLER = {"duty": Duty.CALLER, "assignee": "li", "basis": "has the fewest"}


def test_a_step_that_needed_no_relaxation_names_none():
    case = Case(policy=SMALL).to(State.ARCHIVED)

    assert [event.set_aside for event in case.events] == [()] * case.complaint.version


# --- in words --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "rules set aside: the caller did not handle the complaint"),
        ("zh_CN", "未适用的规定：回访人未承办过该投诉"),
    ],
)
def test_the_timeline_tells_what_was_set_aside(language, said):
    case = handled_by_himself().called_back(by=li)
    reader = Reader(language, SHANGHAI)

    lines = list(timeline_lines(case.events, reader, width=100))

    assert [line.strip() for line in lines if said in line] == [said]


@pytest.mark.parametrize(("language", "said"), [("en", "in place of: li, qian"), ("zh_CN", "代理：li、qian")])
def test_the_timeline_tells_for_whom_a_deputy_acted(language, said):
    deputy = attrs.evolve(staff("chen", Role.SPECIALIST), stands_in_for=("li", "qian"))
    case = Case().received().begun(by=deputy)
    reader = Reader(language, SHANGHAI)

    entry = list(timeline(case.events, reader))[-1]
    lines = list(timeline_lines(case.events, reader, width=100))

    assert entry.stands_in_for in said
    assert [line.strip() for line in lines if said in line] == [said]
