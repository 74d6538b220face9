"""A second opinion on every step: a plain dict that knows the lifecycle in words only."""

from __future__ import annotations

from complaints.testing import Walk
from complaints.testing import model as second_opinion
from tests.properties.over_walks import over_walks


@over_walks()
def test_a_plain_dict_comes_to_the_same_after_every_step(walk: Walk) -> None:
    if walk.companion is not None:
        return  # what another complaint brings along is the families' own sentence
    model = second_opinion.begun()

    for step in walk.steps:
        model = second_opinion.after(model, step)
        assert step.after is not None
        assert second_opinion.seen(step.after) == model

    assert second_opinion.seen(walk.complaint) == model
