"""Of two who act on the same version exactly one succeeds; the other learns what happened in between (invariant 15)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from hypothesis import strategies as st

from complaints import Complaint, ComplaintError, ConflictError, Order, State
from complaints.testing import Walk, orders_for
from tests.properties.over_walks import over_walks

_PATIENCE = 30


def _at_the_same_time(walk: Walk, orders: list[Order], expected_version: int) -> list[Complaint | ComplaintError]:
    start = Barrier(len(orders), timeout=_PATIENCE)

    def act(order: Order) -> Complaint | ComplaintError:
        start.wait()
        try:
            return walk.desk.handle(
                order.command,
                by=order.by,
                recorded_by=order.recorded_by,
                at=order.at,
                expected_version=expected_version,
            )
        except ComplaintError as error:
            return error

    with ThreadPoolExecutor(len(orders)) as pool:
        return list(pool.map(act, orders, timeout=_PATIENCE))


@over_walks(data=True, least=5, forbidden_in=0)
def test_of_two_who_act_on_the_same_version_one_succeeds_and_the_other_learns_what_happened(
    walk: Walk, data: st.DataObject
) -> None:
    before = walk.complaint
    if before.state is State.ARCHIVED:
        return
    orders = [data.draw(orders_for(walk.desk, before, walk.clock, house=walk.house)) for _ in range(2)]

    answers = _at_the_same_time(walk, orders, before.version)

    done = [answer for answer in answers if isinstance(answer, Complaint)]
    conflicts = [answer for answer in answers if isinstance(answer, ConflictError)]
    assert (len(done), len(conflicts)) == (1, 1)
    winner, loser = orders if isinstance(answers[0], Complaint) else reversed(orders)
    assert done == [walk.desk.complaint(before.id, by=winner.by)]
    assert (conflicts[0].complaint, conflicts[0].expected) == (before.id, before.version)
    assert conflicts[0].found == walk.complaint.version
    assert conflicts[0].events == walk.desk.history(before.id, by=loser.by, after=before.version)
    assert conflicts[0].events


@over_walks(data=True, least=5, forbidden_in=0)
def test_whoever_looks_again_after_a_conflict_may_go_on(walk: Walk, data: st.DataObject) -> None:
    before = walk.complaint
    if before.state is State.ARCHIVED:
        return
    first = data.draw(orders_for(walk.desk, before, walk.clock, house=walk.house))
    now = walk.desk.handle(first.command, by=first.by, recorded_by=first.recorded_by, at=first.at)
    if now.state is State.ARCHIVED:
        return
    second = data.draw(orders_for(walk.desk, now, walk.clock, house=walk.house))

    answers = _at_the_same_time(walk, [second], now.version)

    assert answers == [walk.desk.complaint(before.id, by=second.by)]
    assert walk.desk.verify(before.id).number == walk.complaint.version
