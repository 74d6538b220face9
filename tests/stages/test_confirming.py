"""补录确认: what somebody else typed, and what somebody involved has done, is confirmed by a person (invariant 4)."""

from __future__ import annotations

import pytest

from complaints import LIFECYCLE, Command, InvalidCommandError, Refusal, Role, Severity, State
from complaints.errors import Fault
from complaints.model.beside import Confirmation
from complaints.model.investigation import Responsibility
from complaints.model.words import Answerable, Confirming
from complaints.stages.accountability import DecideAccountability, ReviewContest
from complaints.stages.anytime import AddNote, LimitContact
from complaints.stages.confirming import ConfirmProxy
from complaints.stages.ending import EndWithoutAgreement, Void
from complaints.stages.escalation import AnswerEscalation
from complaints.stages.execution import AbandonExecution
from complaints.stages.family import Merge, Separate
from complaints.stages.investigation import ReopenInvestigation
from complaints.stages.judgment import Explain, Uphold
from complaints.stages.override import Override
from complaints.stages.promises import ExtendPromise
from complaints.stages.proposal import Approve, ReturnProposals
from complaints.stages.review import Archive, Close, ReturnForRework
from tests.stages.cases import GROUP, Case, chen, li, qian, shows, staff, sun, wang, zhao, zheng


def upheld_by_telephone() -> Case:
    """A supervisor judged on the phone, and a specialist typed it."""
    return Case().to(State.JUDGMENT).does(Uphold, zhao, typed_by=li)


def states(case: Case) -> list[Confirming]:
    return [one.state for one in case.complaint.beside.confirmations]


# --- what somebody else typed ----------------------------------------------------------------------------------------


def test_the_decisions_that_want_confirming_are_those_of_leaders():
    decisions = {command for command in LIFECYCLE.commands.values() if command.is_decision}

    assert decisions == {
        Uphold,
        Explain,
        Approve,
        ReturnProposals,
        AbandonExecution,
        ReturnForRework,
        Close,
        DecideAccountability,
        ReviewContest,
        ExtendPromise,
        Override,
        EndWithoutAgreement,
        ReopenInvestigation,
        Merge,
        Separate,
        Void,
        AnswerEscalation,
        LimitContact,
    }


def test_a_decision_on_the_telephone_counts_at_once_and_waits_for_its_confirmation():
    case = upheld_by_telephone()

    uphold = Confirmation(number=case.complaint.version, command="Uphold", by="zhao", typed_by="li", rank=zhao.rank)
    assert (case.state, case.complaint.unconfirmed) == (State.INVESTIGATION, (uphold,))
    clock = f"confirm_proxy:{case.complaint.version}"
    assert case.complaint.deadlines[clock].due == case.clock().replace(day=3, hour=23, minute=59, second=59)


@pytest.mark.parametrize("order", [Uphold, AddNote])
def test_who_types_for_himself_or_only_makes_a_note_waits_for_nobody(order: type[Command]):
    case = Case().to(State.JUDGMENT)

    case.does(order, zhao, typed_by=zhao if order is Uphold else li)

    assert case.complaint.unconfirmed == ()


@pytest.mark.parametrize("confirmer", [zhao, qian, sun])
def test_the_one_named_confirms_it_or_somebody_above_him(confirmer):
    case = upheld_by_telephone()

    case.confirmed(by=confirmer)

    assert states(case) == [Confirming.CONFIRMED]


def test_another_of_the_managers_rank_confirms_what_he_is_said_to_have_decided():
    case = Case().received().permitted_by_telephone()

    case.confirmed(by=staff("other-qian", Role.MANAGER))

    assert states(case) == [Confirming.CONFIRMED]


@shows(ConfirmProxy, "proxy.none_yours")
@shows(ConfirmProxy, "proxy.not_yours")
def test_the_typist_does_not_confirm_what_he_typed():
    case = upheld_by_telephone()

    refusals = case.refused(ConfirmProxy, by=li)

    assert refusals == (Refusal("proxy.none_yours"), Refusal("proxy.not_yours", numbers=()))


@pytest.mark.parametrize("person", [chen, wang, staff("other-zhao", Role.SUPERVISOR)])
def test_nobody_below_a_manager_confirms_for_another(person):
    case = upheld_by_telephone()

    refusals = case.refused(ConfirmProxy, by=person)

    assert refusals == (Refusal("proxy.none_yours"), Refusal("proxy.not_yours", numbers=()))


def test_a_manager_who_typed_it_does_not_confirm_it_himself():
    case = Case().to(State.JUDGMENT).does(Uphold, zhao, typed_by=qian)

    refusals = case.refused(ConfirmProxy, by=qian)

    assert refusals == (Refusal("proxy.none_yours"), Refusal("proxy.not_yours", numbers=()))


def test_nobody_below_the_one_named_confirms_for_him():
    case = Case().to(State.JUDGMENT).does(Uphold, sun, typed_by=li)

    refusals = case.refused(ConfirmProxy, by=qian)

    assert refusals == (Refusal("proxy.none_yours"), Refusal("proxy.not_yours", numbers=()))


@shows(ConfirmProxy, "proxy.not_in_person")
def test_a_confirmation_is_not_typed_by_somebody_else():
    case = upheld_by_telephone()

    refusals = case.refused(ConfirmProxy, by=zhao, typed_by=li)

    assert refusals == (Refusal("proxy.not_in_person"),)


# "denied: recorded as exceeded authority, the customer keeps what he got"
def test_what_is_denied_stands_all_the_same():
    case = upheld_by_telephone()
    before = case.complaint

    case.confirmed(by=zhao, confirms=False, reason="I said nothing of the kind")

    after = case.complaint
    assert states(case) == [Confirming.DENIED]
    assert (after.state, after.judgment, after.promises, after.duties) == (
        before.state,
        before.judgment,
        before.promises,
        before.duties,
    )
    changed = {name for name, clock in after.deadlines.items() if clock != before.deadlines[name]}
    assert changed == {f"confirm_proxy:{before.version}"}


def test_whoever_denies_says_why():
    case = upheld_by_telephone()

    with pytest.raises(InvalidCommandError) as refused:
        case.confirmed(by=zhao, confirms=False)

    assert refused.value.faults == (Fault("reason", "missing"),)


@shows(Close, "proxy.unconfirmed")
def test_nothing_is_closed_before_it_is_confirmed():
    case = Case().to(State.REVIEW).every_promise_kept().permitted_by_telephone()

    refusals = case.refused(Close, by=zhao)

    assert refusals == (Refusal("proxy.unconfirmed", numbers=(str(case.complaint.version),)),)


@shows(Archive, "proxy.unconfirmed")
def test_a_closing_that_was_typed_by_another_is_confirmed_before_the_archive():
    case = Case().to(State.REVIEW).every_promise_kept().does(Close, zhao, typed_by=li).later(days=31)

    refusals = case.refused(Archive, by=zheng)

    assert refusals == (Refusal("proxy.unconfirmed", numbers=(str(case.complaint.version),)),)


@pytest.mark.parametrize("confirms", [True, False])
def test_once_it_is_said_either_way_it_is_archived(confirms):
    case = Case().to(State.REVIEW).every_promise_kept().does(Close, zhao, typed_by=li).later(days=31)

    case.confirmed(by=zhao, confirms=confirms, reason="not so").archived()

    assert case.state is State.ARCHIVED


# --- whoever turns out to be involved (invariant 4) ------------------------------------------------------------------


def marked(case: Case) -> list[tuple[str, str]]:
    return [(one.command, one.by) for one in case.complaint.unconfirmed if one.typed_by is None]


def test_what_somebody_did_before_he_was_complained_of_is_confirmed_by_another():
    case = Case().to(State.FOLLOW_UP)

    case.about("zhao", "li")

    assert marked(case) == [("Uphold", "zhao"), ("RecordFinding", "li"), ("ConcludeInvestigation", "li")]


def test_who_is_found_responsible_has_judged_and_investigated_in_his_own_matter():
    case = Case().to(State.INVESTIGATION).shown().found()

    case.concluded(responsibility=Responsibility(kind=Answerable.PERSON, persons=("li",), head="zhao"))

    assert marked(case) == [("Uphold", "zhao"), ("RecordFinding", "li"), ("ConcludeInvestigation", "li")]


def test_a_step_is_marked_once():
    case = Case().to(State.INVESTIGATION).about("zhao").about("zhao", "wang")

    assert marked(case) == [("Uphold", "zhao")]


def test_what_had_nothing_to_do_with_him_is_not_marked():
    case = Case().to(State.FOLLOW_UP)

    case.about("wang", "chen")

    assert marked(case) == []


@pytest.mark.parametrize("confirmer", [staff("other-zhao", Role.SUPERVISOR), qian, sun])
def test_another_who_is_not_below_him_confirms_it(confirmer):
    case = Case().to(State.INVESTIGATION).about("zhao")

    case.confirmed(by=confirmer)

    assert states(case) == [Confirming.CONFIRMED]


@pytest.mark.parametrize("person", [zhao, li, qian])
def test_neither_himself_nor_anybody_below_him_nor_the_involved_confirms_it(person):
    case = Case().to(State.INVESTIGATION).about("zhao", "qian")

    refusals = case.refused(ConfirmProxy, by=person)

    assert refusals == (Refusal("proxy.none_yours"), Refusal("proxy.not_yours", numbers=()))


# nobody stands beside the group
def test_what_the_group_did_a_general_manager_confirms():
    case = Case().to(State.JUDGMENT).upheld(by=GROUP).about("group")
    refusals = case.refused(ConfirmProxy, by=qian)

    case.confirmed(by=sun)

    assert refusals == (Refusal("proxy.none_yours"), Refusal("proxy.not_yours", numbers=()))
    assert states(case) == [Confirming.CONFIRMED]


def test_a_step_that_was_typed_by_another_and_is_in_doubt_wants_two_words():
    case = upheld_by_telephone().about("zhao")

    case.confirmed(by=zhao)
    after_one = states(case)
    case.confirmed(by=qian)

    assert (after_one, states(case)) == (
        [Confirming.CONFIRMED, Confirming.PENDING],
        [Confirming.CONFIRMED, Confirming.CONFIRMED],
    )


def test_it_is_the_same_for_a_major_complaint():
    case = Case().to(State.OFFER, Severity.MAJOR)

    case.about("qian")

    assert marked(case) == [("Uphold", "qian"), ("Approve", "qian")]
