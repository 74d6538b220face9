"""索赔追偿: the house's money back, which no customer waits for."""

from __future__ import annotations

import pytest

from complaints import InvalidCommandError, Money, Refusal, State
from complaints.errors import Fault
from complaints.model.beside import Claim
from complaints.model.words import Against, ClaimAnswer
from complaints.stages.claims import ClaimBack, RecordClaimAnswer
from tests.stages.cases import Case, li, ma, shows, wu, yuan


def with_a_claim() -> Case:
    return Case().to(State.EXECUTION).claimed()


def test_what_the_manufacturer_should_pay_is_claimed_back():
    case = Case().to(State.EXECUTION)

    case.claimed(by=ma, id="C1", against=Against.OEM, amount=yuan(200))

    made = Claim(id="C1", against=Against.OEM, amount=yuan(200), number=case.complaint.version)
    assert case.complaint.beside.claims == (made,)


@pytest.mark.parametrize(
    ("answer", "granted"),
    [(ClaimAnswer.PAID, yuan(200)), (ClaimAnswer.PARTLY_PAID, yuan(199)), (ClaimAnswer.REFUSED, None)],
)
def test_the_answer_stands_beside_the_claim(answer, granted):
    case = with_a_claim()

    case.does(RecordClaimAnswer, by=wu, answer=answer, granted=granted)

    answered = case.complaint.beside.claims[0]
    assert (answered.answer, answered.granted) == (answer, granted)


@shows(ClaimBack, "claim.doubled")
def test_claims_are_told_apart_by_their_names():
    case = with_a_claim()

    refusals = case.refused(ClaimBack, by=ma)

    assert refusals == (Refusal("claim.doubled", claim="C1"),)


@shows(ClaimBack, "claim.currency")
def test_a_claim_is_in_the_houses_money():
    case = Case().to(State.EXECUTION)

    refusals = case.refused(ClaimBack, by=ma, amount=Money(200, "EUR"))

    assert refusals == (Refusal("claim.currency", given="EUR", wanted="CNY"),)


@shows(RecordClaimAnswer, "claims.none_open")
@shows(RecordClaimAnswer, "claim.not_open")
def test_a_claim_is_answered_once():
    case = with_a_claim().does(RecordClaimAnswer, by=wu)

    refusals = case.refused(RecordClaimAnswer, by=wu)

    assert refusals == (Refusal("claims.none_open"), Refusal("claim.not_open", claims=()))


@shows(RecordClaimAnswer, "claim.inconsistent")
def test_paid_is_the_whole():
    case = with_a_claim()

    refusals = case.refused(RecordClaimAnswer, by=wu, answer=ClaimAnswer.PAID, granted=yuan(199))

    assert refusals == (Refusal("claim.inconsistent", claimed="200 CNY", granted="199 CNY"),)


@pytest.mark.parametrize(
    ("answer", "granted"),
    [
        (ClaimAnswer.PAID, yuan(201)),
        (ClaimAnswer.PARTLY_PAID, yuan(200)),
        (ClaimAnswer.PARTLY_PAID, yuan(0)),
        (ClaimAnswer.PARTLY_PAID, Money(100, "EUR")),
    ],
)
def test_partly_paid_is_less_and_more_than_nothing(answer, granted):
    case = with_a_claim()

    refusals = case.refused(RecordClaimAnswer, by=wu, answer=answer, granted=granted)

    assert refusals == (Refusal("claim.inconsistent", claimed="200 CNY", granted=str(granted)),)


@pytest.mark.parametrize(
    ("said", "faults"),
    [
        ({"answer": ClaimAnswer.PAID, "granted": None}, (Fault("granted", "missing"),)),
        ({"answer": ClaimAnswer.REFUSED}, (Fault("granted", "not_where_refused"),)),
        ({"answer": ClaimAnswer.PENDING}, (Fault("answer", "choice", choices=("paid", "partly_paid", "refused")),)),
    ],
)
def test_the_form_of_an_answer_holds_together(said, faults):
    case = with_a_claim()

    with pytest.raises(InvalidCommandError) as refused:
        case.does(RecordClaimAnswer, by=wu, **said)

    assert refused.value.faults == faults


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_is_no_claim(amount):
    case = Case().to(State.EXECUTION)

    with pytest.raises(InvalidCommandError) as refused:
        case.claimed(amount=yuan(amount))

    assert refused.value.faults == (Fault("amount", "not_positive"),)


# "never delays customer or closing"
def test_a_complaint_with_an_open_claim_is_closed_and_archived():
    case = with_a_claim().done_and_booked().completed().called_back().closed()

    case.later(days=31).archived()

    assert case.state is State.ARCHIVED
    assert [one.answer for one in case.complaint.beside.claims] == [ClaimAnswer.PENDING]


def test_a_specialist_claims_nothing_back():
    case = Case().to(State.EXECUTION)

    refusals = case.forbidden(ClaimBack, by=li)

    assert refusals == (Refusal("move.not_permitted", who=("warranty_clerk", "finance"), command="ClaimBack"),)


def test_of_two_claims_only_the_one_that_is_named_is_answered():
    case = with_a_claim().claimed(id="C2", amount=yuan(2))

    case.does(RecordClaimAnswer, ma, claim="C2", answer=ClaimAnswer.PARTLY_PAID, granted=yuan(1))

    assert [(one.id, one.answer) for one in case.complaint.beside.claims] == [
        ("C1", ClaimAnswer.PENDING),
        ("C2", ClaimAnswer.PARTLY_PAID),
    ]


def test_a_single_yuan_is_a_claim():
    case = Case().to(State.EXECUTION).claimed(amount=yuan(1))

    assert [one.amount for one in case.complaint.beside.claims] == [yuan(1)]
