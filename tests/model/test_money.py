"""Money is exact and has a currency; amounts in two currencies are two things."""

from __future__ import annotations

from decimal import Decimal

import pytest

from complaints import Fault, InvalidCommandError, Money
from complaints.model.money import covers, total


@pytest.mark.parametrize("amount", [Decimal("12.50"), "12.5", "12.50"])
def test_an_amount_is_a_decimal_or_written_like_one(amount):
    assert Money(amount, "CNY") == Money(Decimal("12.5"), "CNY")


@pytest.mark.parametrize(
    ("amount", "currency", "faults"),
    [
        (12.5, "CNY", (Fault("amount", "type", wanted="Decimal", given="float"),)),
        (True, "CNY", (Fault("amount", "type", wanted="Decimal", given="bool"),)),
        (None, "CNY", (Fault("amount", "type", wanted="Decimal", given="NoneType"),)),
        ("twelve", "CNY", (Fault("amount", "not_a_number"),)),
        ("", "CNY", (Fault("amount", "not_a_number"),)),
        ("NaN", "CNY", (Fault("amount", "not_finite"),)),
        ("Infinity", "CNY", (Fault("amount", "not_finite"),)),
        ("0.001", "CNY", (Fault("amount", "too_fine"),)),
        (10**12, "CNY", (Fault("amount", "too_great", most=10**12),)),
        (-(10**12), "CNY", (Fault("amount", "too_great", most=10**12),)),
        (1, "cny", (Fault("currency", "currency"),)),
        (1, "ÇNY", (Fault("currency", "currency"),)),
        (1, "CN", (Fault("currency", "currency"),)),
        (1, "元元元", (Fault("currency", "currency"),)),
        (1, "RMBX", (Fault("currency", "too_long", most=3, length=4), Fault("currency", "currency"))),
        (1, "", (Fault("currency", "empty"), Fault("currency", "currency"))),
        (1, None, (Fault("currency", "type", wanted="str", given="NoneType"), Fault("currency", "currency"))),
    ],
)
def test_what_is_no_money_is_not_born(amount, currency, faults):
    with pytest.raises(InvalidCommandError) as refused:
        Money(amount, currency)

    assert (refused.value.what, refused.value.faults) == ("Money", faults)


def test_money_is_counted_to_the_fen():
    assert Money("0.10", "CNY") + Money("0.20", "CNY") - Money("0.05", "CNY") == Money("0.25", "CNY")


def test_the_dearer_is_greater():
    one, two, three = (Money(amount, "CNY") for amount in (1, 2, 3))

    assert [one < two, two < two, three < two] == [True, False, False]
    assert [one <= two, two <= two, three <= two] == [True, True, False]


def test_the_greatest_amount_is_a_fen_less_than_a_trillion():
    assert str(Money("-999999999999.99", "CNY")) == "-999999999999.99 CNY"


@pytest.mark.parametrize(
    "mix",
    [
        lambda one, other: one + other,
        lambda one, other: one - other,
        lambda one, other: one < other,
        lambda one, other: one <= other,
    ],
)
def test_currencies_do_not_mix(mix):
    with pytest.raises(InvalidCommandError) as refused:
        mix(Money(1, "CNY"), Money(1, "EUR"))

    assert refused.value.what == "Money"
    assert refused.value.faults == (Fault("currency", "other_currency", given="EUR", wanted="CNY"),)


def test_totals_are_one_for_each_currency():
    assert total([Money(1, "CNY"), Money(2, "EUR"), Money("0.5", "CNY")]) == {"CNY": Decimal("1.5"), "EUR": Decimal(2)}


def test_a_limit_in_one_currency_covers_nothing_in_another():
    limit = total([Money(100, "CNY")])

    answers = [covers(limit, total([money])) for money in (Money(100, "CNY"), Money(101, "CNY"), Money(1, "EUR"))]

    assert answers == [True, False, False]
