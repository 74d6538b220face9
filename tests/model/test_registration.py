"""What the form says now, and what follows from it by itself (R11, fast track)."""

from __future__ import annotations

import attrs
import pytest

from complaints import Channel, Customer, Fault, InvalidCommandError, Issue, Vehicle
from complaints.model.registration import Registration
from complaints.model.words import Alarm
from tests.stages.cases import MONDAY

BARE = Registration(
    complainant=Customer(post_url="https://example.com/1"),
    channel=Channel.PHONE,
    received_at=MONDAY,
    received_by="li",
    excerpt="…",
)
WHOLE = attrs.evolve(
    BARE,
    complainant=Customer(name="王芳", phone="13800000001"),
    wish="道歉",
    issues=(Issue(id="1", category="service"),),
    vehicles=(Vehicle(plate="沪A00001"),),
)
FIELDS = (
    "complainant",
    "answer_channel",
    "received_at",
    "statement",
    "wish",
    "issues",
    "category",
    "vehicle",
    "customer_name",
)


def test_a_whole_form_has_everything_in_the_order_of_the_form():
    assert (WHOLE.completeness.filled, WHOLE.completeness.missing) == (FIELDS, ())


def test_a_bare_form_says_what_it_lacks():
    assert BARE.completeness.filled == FIELDS[:4]
    assert BARE.completeness.missing == FIELDS[4:]


# MOVES 2: the minimum form; a car and a name are none of it
def test_only_the_minimum_is_asked_for_before_anybody_judges():
    unnamed = attrs.evolve(WHOLE, complainant=Customer(phone="13800000001"), vehicles=())
    unsorted = attrs.evolve(WHOLE, issues=(*WHOLE.issues, Issue(id="2")))

    assert BARE.missing_for_judgment == ("wish", "issues", "category")
    assert (unnamed.missing_for_judgment, unsorted.missing_for_judgment) == ((), ("category",))


@pytest.mark.parametrize(
    ("category", "shown"),
    [
        ("privacy", (Alarm.PRIVACY,)),
        ("privacy.leak", (Alarm.PRIVACY,)),
        ("service", ()),
        ("parts.privacy", ()),
        (None, ()),
    ],
)
def test_a_category_shuts_the_fast_track_with_all_that_is_below_it(category, shown):
    assert attrs.evolve(WHOLE, issues=(Issue(id="1", category=category),)).fast_track_bars == shown


def test_no_two_issues_have_one_name():
    with pytest.raises(InvalidCommandError) as refused:
        attrs.evolve(WHOLE, issues=(Issue(id="1"), Issue(id="1")))

    assert refused.value.faults == (Fault("issues", "doubled"),)
