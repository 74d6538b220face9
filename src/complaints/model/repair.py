"""What happened to a car in the workshop, as the three-guarantees rules 三包 look at it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeGuard

from complaints.errors import Fault
from complaints.model.base import line, noun, number, several
from complaints.model.money import Money

_HIGHEST_COEFFICIENT = Decimal("0.01")
_MOST_KM = 10_000_000


class CarSystem(StrEnum):
    """The systems of a car whose main parts the rules name; the first four are replaced as a whole."""

    ENGINE = "engine"
    TRANSMISSION = "transmission"
    TRACTION_BATTERY = "traction_battery"
    DRIVE_MOTOR = "drive_motor"
    STEERING = "steering"
    BRAKES = "brakes"
    SUSPENSION = "suspension"
    DRIVELINE = "driveline"
    AXLES = "axles"
    EMISSION_CONTROL = "emission_control"
    BODY = "body"


class Replaced(StrEnum):
    """What a repair replaced."""

    NOTHING = "nothing"
    MAIN_PART = "main_part"
    ASSEMBLY = "assembly"


class Failure(StrEnum):
    """The failures after which a new car goes back at once."""

    STEERING = "steering_failed"
    BRAKES = "brakes_failed"
    BODY = "body_cracked"
    FUEL = "fuel_leaked"
    BATTERY = "battery_burned"


class WaitKind(StrEnum):
    """What a car in the workshop waits for; the rules say which of these are no repair time."""

    PARTS = "parts"
    SPECIAL_PART = "special_part"
    TRACTION_BATTERY = "traction_battery"
    RESCUE = "rescue"


def _is_day(value: object) -> TypeGuard[date]:
    return isinstance(value, date) and not isinstance(value, datetime)


@noun
class Wait:
    """
    Days of a repair that were spent waiting.

    Args:
        kind: ``special_part`` is one made for this very car: its anti-theft system, its main wiring harness.
    """

    kind: WaitKind
    days: int = number(least=1, most=3650)


@noun
class Repair:
    """
    One visit to the workshop for one problem.

    Args:
        id: The repair order.
        received_on: The day the repair was agreed on.
        finished_on: The day it was finished; ``None`` while the car is in the workshop.
        mileage_km: Odometer reading on the day it came in.
        problem: The house's code of the problem; two repairs with one code are of the same problem.
        system: The system concerned, if it is one that the rules name.
        part: The main part concerned, by the house's code.
        failure: What failed, if it is one of those that send a new car back at once.
        is_safety: Whether it was a serious fault of safety performance.
        is_quality: Whether the quality of the car was the cause; wear, accidents and tuning never count.
        still_there: Whether the fault was still there after the repair.
        waits: Which of the days were spent waiting, and for what.
    """

    id: str = line(most=40)
    received_on: date
    finished_on: date | None = None
    mileage_km: int = number(most=_MOST_KM)
    problem: str = line(most=80)
    system: CarSystem | None = None
    part: str | None = line(most=80, default=None)
    replaced: Replaced = Replaced.NOTHING
    failure: Failure | None = None
    is_safety: bool = False
    is_quality: bool = True
    still_there: bool = False
    waits: tuple[Wait, ...] = several(most=50, default=())

    def _faults(self) -> Iterator[Fault]:
        if _is_day(self.received_on) and _is_day(self.finished_on) and self.finished_on < self.received_on:
            yield Fault("finished_on", "ends_before_start")
        if self.replaced is not Replaced.NOTHING and self.system is None:
            yield Fault("system", "missing")
        if self.replaced is Replaced.MAIN_PART and self.part is None:
            yield Fault("part", "missing")


@noun
class RepairHistory:
    """
    What is known of one car since it was handed over.

    Args:
        delivered_on: The day of the invoice or, if that is another day, of the handing over: the three guarantees run
            from it.
        mileage_at_delivery_km: What the odometer said then.
        price: What was paid for the car.
        coefficient: The use coefficient n on its three-guarantees certificate: 0.5 % is ``0.005``.
    """

    delivered_on: date
    mileage_at_delivery_km: int = number(most=_MOST_KM, default=0)
    price: Money | None = None
    coefficient: Decimal | None = None
    repairs: tuple[Repair, ...] = several(default=())

    def _faults(self) -> Iterator[Fault]:
        n = self.coefficient
        if isinstance(n, Decimal) and n.is_finite() and not 0 <= n <= _HIGHEST_COEFFICIENT:
            yield Fault("coefficient", "coefficient")
        # what is no repair is another check's to tell
        if isinstance(self.repairs, tuple) and all(isinstance(one, Repair) for one in self.repairs):
            yield from self._faults_of_repairs()

    def _faults_of_repairs(self) -> Iterator[Fault]:
        if len({repair.id for repair in self.repairs}) != len(self.repairs):
            yield Fault("repairs", "doubled")
        for place, repair in enumerate(self.repairs):
            if _is_day(self.delivered_on) and repair.received_on < self.delivered_on:
                yield Fault(f"repairs[{place}].received_on", "before_delivery", day=self.delivered_on.isoformat())
        reading = self.mileage_at_delivery_km if isinstance(self.mileage_at_delivery_km, int) else 0
        for repair in self.in_order:
            if repair.mileage_km < reading:
                yield Fault(f"repairs[{self.repairs.index(repair)}].mileage_km", "odometer", least=reading)
            reading = max(reading, repair.mileage_km)

    @property
    def in_order(self) -> tuple[Repair, ...]:
        """The repairs, the oldest first."""
        return tuple(sorted(self.repairs, key=lambda repair: (repair.received_on, repair.mileage_km, repair.id)))


__all__ = ["CarSystem", "Failure", "Repair", "RepairHistory", "Replaced", "Wait", "WaitKind"]
