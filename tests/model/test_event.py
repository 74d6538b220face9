"""Orders, events and refusals: what each of them is by itself."""

from __future__ import annotations

import attrs
import pytest

from complaints import Complaint, Refusal, Stage, State
from complaints.model.event import rule
from complaints.stages.anytime import AddNote
from tests.stages.cases import Case, chen, li, qian

# --- Command, Event --------------------------------------------------------------------------------------------------


def test_an_order_without_a_target_names_none():
    case = Case().received()

    assert case.form(AddNote).heads_for(case.complaint) is None


def test_a_move_changes_the_state_and_an_entry_does_not():
    case = Case().received().does(AddNote, li).begun()

    assert [(event.name, event.is_move) for event in case.events] == [
        ("Receive", True),
        ("AddNote", False),
        ("BeginJudgment", True),
    ]


@pytest.mark.parametrize(
    ("stands_in_for", "former"),
    [(("li",), ("chen",)), (("wang",), ()), ((), ())],
    ids=["the handler", "somebody else", "nobody"],
)
def test_whoever_leads_it_on_in_the_handlers_place_has_handled_it(stands_in_for, former):
    deputy = attrs.evolve(chen, stands_in_for=stands_in_for)
    case = Case().to(State.EXPLANATION)

    case.understood(by=deputy)

    assert case.complaint.former_handlers == former


def test_a_deputy_is_a_former_handler_once():
    deputy = attrs.evolve(chen, stands_in_for=("li",))
    case = Case().to(State.EXPLANATION)

    case.disputed(by=deputy).explained(by=qian).understood(by=deputy)

    assert case.complaint.former_handlers == ("chen",)


# --- Refusal, rule ---------------------------------------------------------------------------------------------------


def test_a_refusal_shows_its_code_and_its_facts():
    refusal = Refusal("hold.doubled", who=("manager",), hold="bumper", times=2)

    assert repr(refusal) == "Refusal('hold.doubled', who=('manager',), hold='bumper', times=2)"


def test_equal_refusals_are_one_and_others_are_not():
    one = Refusal("hold.doubled", hold="bumper")

    assert {one, Refusal("hold.doubled", hold="bumper")} == {one}
    assert hash(one) != hash(Refusal("hold.unknown", hold="bumper"))
    assert one != Refusal("hold.doubled", hold="paint")
    assert one != Refusal("hold.doubled", who=("manager",), hold="bumper")
    assert one != "hold.doubled"


def test_a_refusal_says_who_could_do_it_in_the_language_asked_for():
    refusal = Refusal("house.own", who=("manager",), said={"en": "Ask {who}.", "zh_CN": "请找{who}。"})

    assert (refusal.sentence(), refusal.sentence("zh_CN")) == ("Ask Manager.", "请找客服经理。")


def test_a_rule_is_a_function_with_a_code_that_nobody_sets_aside_unasked():
    def it_rains(situation):
        return None

    named = rule("weather.rain")(it_rains)

    assert (named is it_rains, named.code, named.overridable) == (True, "weather.rain", False)
    assert rule("weather.rain", overridable=True)(it_rains).overridable is True


# --- Complaint: marks ------------------------------------------------------------------------------------------------


def marked(*, number: int) -> Complaint:
    """A complaint in investigation, which began with its third event."""
    return Case().to(State.INVESTIGATION).complaint.marked_with("manufacturer", "asked", number=number)


def test_a_mark_counts_in_the_pass_it_was_left_in():
    left = [marked(number=number).marked("manufacturer", since=Stage.INVESTIGATION) is not None for number in (2, 3, 4)]

    assert left == [False, False, True]


def test_where_a_stage_was_never_begun_every_mark_counts():
    complaint = marked(number=1)

    assert complaint.marked("manufacturer", since=Stage.REVIEW) == complaint.marked("manufacturer")
    assert complaint.marked("manufacturer") is not None
    assert complaint.marked("supplier") is None
