"""R52: whatever is owed stands in somebody's work, with the date it is owed by."""

from __future__ import annotations

from complaints.locale import codes
from complaints.model.watching import earliest_due
from complaints.model.words import WaitsFor
from complaints.policy import Policy
from complaints.testing import Walk
from complaints.work import work_on
from tests.properties.over_walks import over_walks
from tests.stages.cases import SHANGHAI


@over_walks()
def test_whatever_is_owed_waits_for_somebody_and_is_told_once(walk: Walk) -> None:
    complaint = walk.complaint

    items = [*work_on([complaint], walk.clock(), lambda _: (SHANGHAI, Policy()))]
    dues = [item.due for item in items if item.waits_for is not WaitsFor.CUSTOMER and item.due is not None]

    if not any(clock.paused_at for clock in complaint.deadlines.values()):
        assert min(dues, default=None) == earliest_due(complaint)
    told_once = [(item.what, item.subject) for item in items]
    assert sorted(set(told_once)) == sorted(told_once)
    assert {item.what for item in items} - codes("work", "en") == set()
