"""Refusals change nothing, and are told beforehand (invariants 11 and 14)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import attrs
from hypothesis import strategies as st

from complaints import (
    LIFECYCLE,
    Actor,
    Channel,
    Command,
    Complaint,
    ComplaintError,
    ConflictError,
    Customer,
    Department,
    IllegalMoveError,
    Issue,
    Money,
    NotFoundError,
    NotPermittedError,
    Order,
    Refusal,
    RefusedError,
    State,
)
from complaints.model.execution import Acceptance
from complaints.model.judgment import IssueJudgment
from complaints.model.proposal import Remedy
from complaints.model.words import Cause, Demand, Grounds, Proof, RemedyKind, Verdict
from complaints.stages.fast_track import SettleAtOnce
from complaints.stages.intake import Receive
from complaints.stages.override import Override
from complaints.testing import (
    BUILDERS,
    HOUSE,
    OPENING,
    STAFF,
    Dice,
    FrozenClock,
    Scene,
    Walk,
    commands,
    lead_home,
    orders_for,
    people,
    take_walk,
)
from complaints.testing.choice import First
from complaints.testing.forbidden import forbidden_receipt
from complaints.testing.orders import receipt
from complaints.testing.strategies import Drawn
from tests.properties.over_walks import over_walks

_LATER = [command for command in LIFECYCLE.commands.values() if command is not Receive]


def _codes(error: ComplaintError | None) -> list[str]:
    return [refusal.code for refusal in getattr(error, "refusals", ())]


# --- 11 -------------------------------------------------------------------------------------------------------------


@over_walks()
def test_a_refusal_changes_nothing(walk: Walk) -> None:
    for tried in walk.refused:
        assert tried.kept is not None, f"what was allowed was refused: {tried.name}: {tried.error!r}"
        before, after = tried.kept
        assert before == after


@over_walks()
def test_what_is_forbidden_is_refused_for_the_reason_that_is_known_beforehand(walk: Walk) -> None:
    for tried in (one for one in walk.tried if one.expected is not None):
        assert type(tried.error) is tried.expected.error
        assert tried.expected.code is None or tried.expected.code in _codes(tried.error)


@over_walks(data=True, least=2, most=3)
def test_a_refused_complaint_uses_up_no_case_number(walk: Walk, data: st.DataObject) -> None:
    first = _received(walk)

    for _ in range(3):
        wrong = forbidden_receipt(walk.house, walk.clock(), Drawn(data.draw), taken=first.id)
        assert type(_handled(walk, wrong.order)) is wrong.error

    assert _number(_received(walk)) == _number(first) + 1


@over_walks(data=True, least=2, most=3)
def test_a_refused_order_leaves_the_others_of_its_batch_alone(walk: Walk, data: st.DataObject) -> None:
    house, now, choose = walk.house, walk.clock(), Drawn(data.draw)
    receipts = [receipt(house, now, choose) for _ in range(4)]
    wrong = [forbidden_receipt(house, now, choose, taken=walk.complaint_id) for _ in range(3)]
    batch = [receipts[0], wrong[0].order, receipts[1], wrong[1].order, receipts[2], wrong[2].order, receipts[3]]

    answers = walk.desk.handle_all(batch)

    done = [answer for answer in answers[::2] if isinstance(answer, Complaint)]
    by_year = {year: [_number(one) for one in done if _year(one) == year] for year in map(_year, done)}
    assert len(done) == len(receipts)
    assert [type(answer) for answer in answers[1::2]] == [one.error for one in wrong]
    assert all(numbers == [*range(numbers[0], numbers[0] + len(numbers))] for numbers in by_year.values())
    assert all(walk.desk.verify(one.id).number == one.version for one in done)


def _year(complaint: Complaint) -> str:
    return complaint.reference.split("-")[1]


def _received(walk: Walk) -> Complaint:
    receive = Receive(
        dealer="SH01",
        complainant=Customer(name="顾客甲"),
        channel=Channel.PHONE,
        received_at=walk.clock(),
        statement="发动机异响",
    )
    return walk.desk.handle(receive, by=STAFF[0])


def _number(complaint: Complaint) -> int:
    return int(complaint.reference.rpartition("-")[2])


def _handled(walk: Walk, order: Order) -> Complaint | ComplaintError:
    try:
        return walk.desk.handle(order.command, by=order.by, recorded_by=order.recorded_by, at=order.at)
    except ComplaintError as error:
        return error


# --- 14 -------------------------------------------------------------------------------------------------------------


def _agree(explained: tuple[Refusal, ...] | ComplaintError, answer: Complaint | ComplaintError) -> bool:
    """Whether both say the same: the very refusals in the same order, the same error, or yes."""
    if isinstance(answer, Complaint):
        return explained == ()
    if isinstance(answer, IllegalMoveError | NotPermittedError | RefusedError):
        return explained == answer.refusals
    return type(explained) is type(answer)


@over_walks()
def test_explaining_an_order_and_handling_it_agree_exactly(walk: Walk) -> None:
    for tried in walk.tried:
        if isinstance(tried.error, ConflictError):
            continue  # that it stands on an old page is said by handling alone
        answer = tried.error if tried.error is not None else tried.after
        assert answer is not None
        assert _agree(tried.explained, answer)


@over_walks()
def test_explaining_a_complaint_refuses_only_what_is_refused_whatever_it_says(walk: Walk) -> None:
    for tried in walk.tried:
        if tried.error is None:
            assert not tried.foreseen
        elif isinstance(tried.error, RefusedError) and tried.foreseen:
            assert {*tried.foreseen} <= {*tried.error.refusals}


@over_walks(data=True, least=5, forbidden_in=0)
def test_explaining_and_handling_agree_on_commands_that_make_little_sense(walk: Walk, data: st.DataObject) -> None:
    for _ in range(10):
        kind = data.draw(st.sampled_from(_LATER))
        command = data.draw(commands(kind, complaint=walk.complaint_id))
        by, recorded_by = data.draw(people()), data.draw(st.none() | people())
        at = data.draw(st.sampled_from([None, *_moments(walk)]))
        foreseen = _foreseen(walk, kind, by)
        explained = _explained(walk, Order(command, by, recorded_by, at))
        answer = _handled(walk, Order(command, by, recorded_by, at))

        assert _agree(explained, answer)
        assert not (foreseen and isinstance(answer, Complaint))


def test_with_a_permission_in_force_all_three_answers_agree() -> None:
    """What a manager sets aside is set aside for ``explain(id)``, ``explain(command)`` and ``handle`` alike."""
    mattered: set[str] = set()

    for seed in range(40):
        walk = take_walk(Dice(seed), steps=1 + seed % 15, forbidden_in=0)
        if seed % 2:
            lead_home(walk.desk, walk.complaint_id, clock=walk.clock, to=State.EXECUTION)
        possible = LIFECYCLE.rows_from(walk.complaint.state)
        for kind, rules in ((row.command, LIFECYCLE.overridable[row.command.__name__]) for row in possible):
            for by in STAFF if rules else ():
                mattered |= _refused_before_and_permitted_after(walk, kind, rules, by)

    # whatever else may be set aside hangs on what the order says
    assert {"ReportTask"} <= mattered <= {"ReportTask", "Transfer"}


def _refused_before_and_permitted_after(walk: Walk, kind: type[Command], rules: frozenset[str], by: Actor) -> set[str]:
    before = {why.code for why in _foreseen(walk, kind, by)}
    permit = Override(complaint=walk.complaint_id, command=kind.__name__, rules=tuple(sorted(rules)), reason="同事休假")
    if not isinstance(_handled(walk, Order(permit, _actor("manager"), None, None)), Complaint):
        return set()
    foreseen = _foreseen(walk, kind, by)
    scene = Scene(complaint=walk.complaint, by=by, now=walk.clock(), at=None, house=walk.house, choose=First())
    built = BUILDERS[kind](scene)
    assert not {why.code for why in foreseen} & rules
    if isinstance(built, Command):
        explained = _explained(walk, Order(built, by, None, None))
        answer = _handled(walk, Order(built, by, None, None))
        assert _agree(explained, answer)
        assert not {why.code for why in getattr(answer, "refusals", ())} & rules
        assert not (foreseen and isinstance(answer, Complaint))
    return {kind.__name__} if before & rules else set()


def _moments(walk: Walk) -> list[datetime]:
    now, complaint = walk.clock(), walk.complaint
    since, received = complaint.moved_at, complaint.received_at
    return [now + timedelta(hours=1), since + (now - since) / 2, since, received, received - timedelta(hours=1)]


def _foreseen(walk: Walk, kind: type[Command], by: Actor) -> tuple[Refusal, ...]:
    try:
        return walk.desk.options(walk.complaint_id, by=by).get(kind, ())
    except NotFoundError:
        return ()


def _explained(walk: Walk, order: Order) -> tuple[Refusal, ...] | ComplaintError:
    try:
        return walk.desk.refusals(order.command, by=order.by, recorded_by=order.recorded_by, at=order.at)
    except ComplaintError as error:
        return error


@over_walks(data=True, least=5, forbidden_in=0)
def test_an_order_drawn_as_allowed_is_accepted(walk: Walk, data: st.DataObject) -> None:
    if walk.complaint.state is State.ARCHIVED:
        return
    order = data.draw(orders_for(walk.desk, walk.complaint, walk.clock, house=walk.house))

    answer = _handled(walk, order)

    assert isinstance(answer, Complaint)
    assert answer == walk.desk.complaint(walk.complaint_id, by=order.by)


@over_walks(data=True, least=5, most=12, forbidden_in=0)
def test_what_refuses_somebody_at_one_moment_whatever_he_says_refuses_him_at_any_other(
    walk: Walk, data: st.DataObject
) -> None:
    """``explain(id)`` knows no moment, so what it refuses must not hang on one."""
    complaint = walk.complaint
    for by in STAFF:
        for kind, foreseen in walk.desk.options(complaint.id, by=by).items():
            builder = BUILDERS.get(kind)
            if not foreseen or builder is None:
                continue
            scene = Scene(
                complaint=complaint,
                by=by,
                now=walk.clock(),
                at=data.draw(st.sampled_from([None, *_moments(walk)])),
                house=walk.house,
                choose=Drawn(data.draw),
            )
            built = builder(scene)
            order = Order(built, by, None, scene.at) if isinstance(built, Command) else built
            if order is not None:
                assert _explained(walk, order) != ()


def test_whoever_was_named_when_he_settled_it_may_say_so_after_the_standing_order_has_changed() -> None:
    evening = OPENING.replace(month=6, day=30, hour=17)
    clock = FrozenClock(evening)
    desk, receptionist = HOUSE.desk(clock=clock), _actor("receptionist")
    case = desk.handle(attrs.evolve(_AT_THE_COUNTER, received_at=evening), by=receptionist)
    clock.advance(timedelta(hours=16))
    settle = attrs.evolve(_AN_APOLOGY, complaint=case.id)

    foreseen = desk.options(case.id, by=receptionist)[SettleAtOnce]
    entered_late = desk.refusals(settle, by=receptionist, at=evening)
    done_now = desk.refusals(settle, by=receptionist)

    assert (foreseen, entered_late) == ((), ())
    assert [refusal.code for refusal in done_now] == ["fast.not_named", "fast.order"]
    assert [why.code for why in desk.options(case.id, by=_actor("supervisor-1"))[SettleAtOnce]] == ["fast.not_named"]


def _actor(id: str) -> Actor:
    found = HOUSE.actor(id)
    assert found is not None
    return found


_AT_THE_COUNTER = Receive(
    dealer="SH01",
    complainant=Customer(name="顾客甲", phone="10000000001"),
    channel=Channel.SHOWROOM,
    received_at=OPENING,
    statement="等待时间过长",
    wish="请道歉",
    issues=(Issue(id="I1", category="service"),),
)
_AN_APOLOGY = SettleAtOnce(
    complaint=UUID(int=0),
    order="SO-1@1",
    judgments=(
        IssueJudgment(
            issue="I1",
            grounds=Grounds.SUFFICIENT,
            grounds_reason="核对了预约记录",
            demand=Demand.REASONABLE,
            demand_reason="确实久等",
            verdict=Verdict.UPHELD,
        ),
    ),
    department=Department.SERVICE,
    cause=Cause.METHOD,
    remedies=(Remedy(kind=RemedyKind.APOLOGY, cost=Money("0", "CNY"), owner="counter", due=OPENING.date()),),
    acceptance=Acceptance(proof=Proof.WORDS),
)
