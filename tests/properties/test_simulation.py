"""Simulation: the policy that was in force gives what was recorded, and longer periods never make anybody late."""

from __future__ import annotations

from datetime import timedelta

import attrs

from complaints import Actor, Policy, Query, Role
from complaints.model.span import Span
from complaints.simulating import Kept, Simulation
from complaints.testing import Walk, trace
from tests.properties.over_walks import over_walks

HEAD_OFFICE = Actor("head-office", Role.GROUP)


def replayed(walk: Walk, policy: Policy, *, days: int = 0) -> Simulation:
    """The walk's complaint under *policy*, judged so many days after its last step."""
    query = Query(reference=walk.complaint.reference)
    return walk.desk.simulate(policy, query=query, by=HEAD_OFFICE, until=walk.clock() + timedelta(days=days))


@over_walks()
def test_the_policy_that_was_in_force_gives_what_was_recorded(walk):
    for days in (0, 400):
        simulation = replayed(walk, walk.house.policy, days=days)

        assert (simulation.complaints, simulation.failed) == (1, {})
        assert [(one.clock, one.now) for one in simulation.figures] == [
            (one.clock, one.then) for one in simulation.figures
        ]


@over_walks()
def test_whoever_has_ten_times_as_long_is_late_no_oftener(walk):
    generous = with_longer_clocks(walk.house.policy)

    simulation = replayed(walk, generous, days=400)

    more_late = [one.clock for one in simulation.figures if late(one.now) > late(one.then)]
    assert more_late == []
    assert {one.clock: one.difference for one in simulation.figures if one.difference < 0} == {}


@over_walks()
def test_nothing_is_written(walk):
    before = trace(walk.store, walk.complaint_id)

    replayed(walk, Policy())

    assert trace(walk.store, walk.complaint_id) == before


def late(kept: Kept) -> int:
    """Whatever was not done by its due date, done since or not."""
    return kept.late + kept.overdue


def with_longer_clocks(policy: Policy) -> Policy:
    """*policy* with ten times as long for everything that the house owes within a span."""
    rules = [rule for pack in policy.packs for rule in pack.clocks]
    longer = [
        attrs.evolve(rule, within=Span(amount=rule.within.amount * 10, unit=rule.within.unit), by_severity={})
        for rule in rules
        if rule.within is not None and rule.clock not in {own.clock for own in policy.clocks}
    ]
    return attrs.evolve(policy, clocks=(*policy.clocks, *longer))
