"""What a dry run tells is what a migration does, on every walk; and what a desk did, its own definition allows."""

from __future__ import annotations

from complaints import LIFECYCLE, Checkpoint, Desk, State
from complaints.testing import Walk
from tests.lifecycle.own import NO_INVESTIGATION, OURS
from tests.properties.over_walks import over_walks
from tests.stages.cases import qian

_REASON = "A newer definition."
_STATES = {State.INVESTIGATION: State.PROPOSAL}


def _desk(walk: Walk, lifecycle: object) -> Desk:
    return walk.house.desk(walk.store, clock=walk.clock, lifecycle=lifecycle)  # type: ignore[arg-type]


@over_walks()
def test_what_a_desk_did_its_own_definition_allows(walk: Walk) -> None:
    assert walk.desk.misfits(walk.complaint_id, by=qian) == ()


@over_walks(forbidden_in=0, least=1, most=30)
def test_a_migration_does_what_its_dry_run_said_and_the_history_verifies(walk: Walk) -> None:
    for lifecycle in (OURS, NO_INVESTIGATION):
        desk, before = _desk(walk, lifecycle), walk.complaint

        told = desk.migrate([walk.complaint_id], by=qian, reason=_REASON, states=_STATES)
        untouched = walk.complaint
        done = desk.migrate([walk.complaint_id], by=qian, reason=_REASON, states=_STATES, dry_run=False)

        after = walk.complaint
        (one,) = done
        assert (told, untouched) == (done, before)
        # what came too late by then is recorded in the same step
        since = [event.name for event in walk.history[before.version :]]
        late = {"RecordBreach", "Escalate"}
        assert [name for name in since if name not in late] == ["Migrate"] * (not one.refusals)
        assert (after.definition == lifecycle.stamp) is (not one.refusals)
        assert not (one.refusals == () and before.state.is_ending)
        assert after.state is one.target
        assert desk.verify(walk.complaint_id) == Checkpoint(after.id, after.version, after.head)


@over_walks(forbidden_in=0, least=1, most=30)
def test_a_definition_with_nothing_but_another_name_fits_every_history(walk: Walk) -> None:
    same = LIFECYCLE.extend(name="another", version="1")

    assert walk.desk.misfits(walk.complaint_id, by=qian, lifecycle=same) == ()
