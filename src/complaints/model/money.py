"""An amount with its currency."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

import attrs

from complaints.errors import Fault, InvalidCommandError
from complaints.model.base import check_at_birth


@attrs.frozen(init=False, order=False)
class Money:
    """
    An exact amount in one currency; amounts of different currencies are never added or compared.

    Args:
        amount: A ``Decimal``, or a string or whole number that is one; never a float.
        currency: ISO 4217 code, such as ``"CNY"``.

    Raises:
        InvalidCommandError: If the amount is a float, not finite or has more than two decimals, or the code is none.
    """

    amount: Decimal
    currency: str = attrs.field(metadata={"most": 3})

    def __init__(self, amount: Decimal | str | int, currency: str) -> None:
        if isinstance(amount, bool) or not isinstance(amount, (Decimal, str, int)):
            raise InvalidCommandError("Money", [Fault("amount", "type", wanted="Decimal", given=type(amount).__name__)])
        try:
            self.__attrs_init__(Decimal(amount), currency)
        except ArithmeticError:
            raise InvalidCommandError("Money", [Fault("amount", "not_a_number")]) from None

    __attrs_post_init__ = check_at_birth

    def _faults(self) -> Iterator[Fault]:
        exponent = self.amount.as_tuple().exponent if isinstance(self.amount, Decimal) else 0
        if isinstance(exponent, int) and exponent < -2:
            yield Fault("amount", "too_fine")
        if isinstance(self.amount, Decimal) and self.amount.is_finite() and abs(self.amount) >= 10**12:
            yield Fault("amount", "too_great", most=10**12)
        if not (
            isinstance(self.currency, str)
            and len(self.currency) == 3
            and self.currency.isascii()
            and self.currency.isupper()
        ):
            yield Fault("currency", "currency")

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def __le__(self, other: Money) -> bool:
        self._same(other)
        return self.amount <= other.amount

    def __lt__(self, other: Money) -> bool:
        self._same(other)
        return self.amount < other.amount

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise InvalidCommandError(
                "Money", [Fault("currency", "other_currency", given=other.currency, wanted=self.currency)]
            )


def total(amounts: Iterable[Money]) -> dict[str, Decimal]:
    """The sums of *amounts*, one for each currency."""
    sums: dict[str, Decimal] = {}
    for money in amounts:
        sums[money.currency] = sums.get(money.currency, Decimal(0)) + money.amount
    return sums


def covers(limit: dict[str, Decimal], spent: dict[str, Decimal]) -> bool:
    """Whether *spent* stays within *limit* in every currency; a currency without a limit allows nothing."""
    return all(amount <= limit.get(currency, Decimal(0)) for currency, amount in spent.items())
