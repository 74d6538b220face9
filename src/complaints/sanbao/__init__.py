"""
Whether a car may be replaced or given back by China's three-guarantees rules 三包, over its repair history.

What comes out is a reading of the rules for people who decide, not a decision: the certificate of the car, a stricter
promise of the maker and an expert's opinion on what caused a fault stand beside it.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from complaints.errors import Fault, InvalidCommandError
from complaints.model.money import Money
from complaints.model.repair import RepairHistory
from complaints.model.words import RemedyKind
from complaints.sanbao.answer import Compensation, Eligibility, Ground, Period
from complaints.sanbao.grounds import CHOICES, FINDERS, Car
from complaints.sanbao.rules import (
    RULES_2013,
    RULES_2021,
    Article,
    GroundKind,
    SanbaoRules,
    rules_in_force,
)

__all__ = [
    "RULES_2013",
    "RULES_2021",
    "Article",
    "Compensation",
    "Eligibility",
    "Ground",
    "GroundKind",
    "Period",
    "SanbaoRules",
    "eligibility",
    "rules_in_force",
]


def eligibility(history: RepairHistory, *, on: date, mileage_km: int, rules: SanbaoRules | None = None) -> Eligibility:
    """
    What the three-guarantees rules say about a car.

    A ground holds if what it takes happened within the period; it is not lost when the period ends, but a claim made
    only then is for the legal department, since the rules are silent. A repair counts from the day it was agreed on.

    Args:
        history: Its repairs, in any order.
        on: The day asked about; what was brought in later does not count.
        mileage_km: What the odometer says on that day.
        rules: The version to go by; the one in force on that day if not given.

    Raises:
        InvalidCommandError: If the day lies before the delivery or before the first rules, or the odometer stood
            higher before.

    Source:
        :class:`SanbaoRules`. Our choice, where the rules are silent: kilometres are those driven since the delivery;
        a period ends with the day of the same date, the day it starts on not counted; the two replacements of an
        assembly are of the same one; a repair lasts from day to day, at least one (less than 24 hours are one day),
        and days that two repairs share count once; a fault is still there if the repair says so or the car comes
        again for it.
    """
    rules = rules_in_force(on) if rules is None else rules
    _refuse_the_impossible(history, on, mileage_km)
    car = Car(history, rules, on, _period(history, rules.guarantee_years, rules.guarantee_km, on, mileage_km))
    weighed = sorted((ground for find in FINDERS for ground in find(car)), key=_place)
    grounds = tuple(ground for ground in weighed if ground.holds)
    return Eligibility(
        rules=rules,
        on=on,
        guarantee=car.guarantee,
        warranty=_period(history, rules.warranty_years, rules.warranty_km, on, mileage_km),
        grounds=grounds,
        near=tuple(ground for ground in weighed if _is_near(ground)) if car.guarantee.is_running else (),
        choices=tuple(choice for choice in CHOICES if any(choice in ground.choices for ground in grounds)),
        compensation=_compensation(car, grounds, mileage_km - history.mileage_at_delivery_km),
    )


def _refuse_the_impossible(history: RepairHistory, on: date, mileage_km: int) -> None:
    faults: list[Fault] = []
    if on < history.delivered_on:
        faults.append(Fault("on", "before_delivery", day=history.delivered_on.isoformat()))
    readings = (repair.mileage_km for repair in history.repairs if repair.received_on <= on)
    least = max((history.mileage_at_delivery_km, *readings))
    if mileage_km < least:
        faults.append(Fault("mileage_km", "odometer", least=least))
    if faults:
        raise InvalidCommandError("RepairHistory", faults)


def _period(history: RepairHistory, years: int, km: int, on: date, mileage_km: int) -> Period:
    until, until_km = _years_later(history.delivered_on, years), history.mileage_at_delivery_km + km
    return Period(until=until, until_km=until_km, is_running=on <= until and mileage_km <= until_km)


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # the 29th of February: the month ends a day sooner
        return day.replace(year=day.year + years, day=28)


def _is_near(ground: Ground) -> bool:
    return not ground.holds and 3 * ground.found >= ground.needed


def _place(ground: Ground) -> tuple[int, tuple[str, ...]]:
    return list(GroundKind).index(ground.kind), tuple(map(str, ground.facts.values()))


def _compensation(car: Car, grounds: tuple[Ground, ...], driven_km: int) -> Compensation | None:
    backs = [ground for ground in grounds if RemedyKind.REPLACEMENT_VEHICLE in ground.choices]
    price, own = car.history.price, car.history.coefficient
    if not backs or price is None:
        return None
    highest, lowest = car.rules.coefficient_most, car.rules.coefficient_least
    coefficient = highest if own is None else max(min(own, highest), lowest)
    amount = price.amount * driven_km / 1000 * coefficient
    if any(ground.is_free for ground in backs):
        amount = Decimal(0)
    return Compensation(
        amount=Money(amount.quantize(Decimal("0.01"), ROUND_HALF_UP), price.currency),
        driven_km=driven_km,
        coefficient=coefficient,
        is_assumed=own is None,
    )
