"""The grounds of the three-guarantees rules 三包, each looked for in the repairs of one car."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby

import attrs

from complaints.errors import Fact
from complaints.model.repair import Repair, RepairHistory, Replaced
from complaints.model.words import RemedyKind
from complaints.sanbao.answer import Ground, Period
from complaints.sanbao.rules import GroundKind, SanbaoRules

CAR_BACK = (RemedyKind.REPLACEMENT_VEHICLE, RemedyKind.FULL_REFUND)
CHOICES = (*CAR_BACK, RemedyKind.PARTS)
"""What the customer may choose, the most first."""


@attrs.frozen
class Car:
    """A car with what its grounds are looked for in."""

    history: RepairHistory
    rules: SanbaoRules
    on: date
    guarantee: Period

    @property
    def repairs(self) -> tuple[Repair, ...]:
        """The repairs that may count, the oldest first: of quality, begun by the day, and within the period."""
        return tuple(
            repair
            for repair in self.history.in_order
            if repair.is_quality
            and repair.received_on <= min(self.on, self.guarantee.until)
            and repair.mileage_km <= self.guarantee.until_km
        )

    def is_within(self, repair: Repair, days: int) -> bool:
        """Whether the car came in within so many days; the day of the delivery is not counted."""
        return repair.received_on <= self.history.delivered_on + timedelta(days=days)

    def is_first(self, repair: Repair) -> bool:
        """Whether the car came in within the first days and kilometres."""
        driven = repair.mileage_km - self.history.mileage_at_delivery_km
        return self.is_within(repair, self.rules.first_days) and driven <= self.rules.first_km

    def ground(
        self, kind: GroundKind, repairs: Iterable[Repair], found: int = 1, needed: int = 1, **facts: Fact
    ) -> Ground:
        """What was found of a ground, with what it entitles to."""
        only = kind in self.rules.replacement_only
        choices = (RemedyKind.PARTS,) if kind is GroundKind.FIRST_ASSEMBLY else CAR_BACK[:1] if only else CAR_BACK
        return Ground(
            kind=kind,
            article=self.rules.article(kind.value),
            facts=facts,
            repairs=tuple(repair.id for repair in repairs),
            found=found,
            needed=needed,
            choices=choices,
            is_free=kind in _FREE,
        )

    def again(
        self, kind: GroundKind, times: int, counting: list[Repair], related: list[Repair], **facts: Fact
    ) -> Ground:
        """A ground that takes *times* repairs and then the fault once more, among *related* repairs."""
        counts = counting[:times]
        later = related[related.index(counts[-1]) + 1 :] if len(counts) == times else []
        is_back = bool(later) or any(repair.still_there for repair in counting[times - 1 :])
        return self.ground(kind, [*counts, *later], len(counts) + is_back, times + 1, times=times, **facts)


_FREE = (GroundKind.EARLY_ASSEMBLY, GroundKind.FIRST_FAILURE, GroundKind.FIRST_ASSEMBLY)


def _early_assembly(car: Car) -> Iterator[Ground]:
    replaced = [repair for repair in car.repairs if repair.replaced is not Replaced.NOTHING]
    early = [repair for repair in replaced if car.rules.early_days and car.is_within(repair, car.rules.early_days)]
    for system, repairs in _by(early, lambda repair: repair.system):
        if system in car.rules.assemblies:
            yield car.ground(GroundKind.EARLY_ASSEMBLY, repairs, system=system, days=car.rules.early_days)


def _first_failure(car: Car) -> Iterator[Ground]:
    days, km = car.rules.first_days, car.rules.first_km
    for failure, repairs in _by(filter(car.is_first, car.repairs), lambda repair: repair.failure):
        if failure in car.rules.failures:
            yield car.ground(GroundKind.FIRST_FAILURE, repairs, failure=failure, days=days, km=km)


def _first_assembly(car: Car) -> Iterator[Ground]:
    days, km = car.rules.first_days, car.rules.first_km
    main_parts = [repair for repair in car.repairs if car.is_first(repair) and repair.part is not None]
    for system, repairs in _by(main_parts, lambda repair: repair.system):
        if system in car.rules.assemblies:
            yield car.ground(GroundKind.FIRST_ASSEMBLY, repairs, system=system, days=days, km=km)


def _safety_repairs(car: Car) -> Iterator[Ground]:
    repairs = [repair for repair in car.repairs if repair.is_safety]
    if repairs:
        yield car.again(GroundKind.SAFETY_REPAIRS, car.rules.safety_repairs, repairs, repairs)


def _assembly_replaced(car: Car) -> Iterator[Ground]:
    for system, repairs in _by(car.repairs, lambda repair: repair.system):
        replaced = [repair for repair in repairs if repair.replaced is Replaced.ASSEMBLY]
        if system in car.rules.assemblies and replaced:
            times = car.rules.assembly_replacements
            yield car.again(GroundKind.ASSEMBLY_REPLACED, times, replaced, repairs, system=system)


def _part_replaced(car: Car) -> Iterator[Ground]:
    for system, of_system in _by(car.repairs, lambda repair: repair.system):
        for part, repairs in _by(of_system, lambda repair: repair.part):
            replaced = [repair for repair in repairs if repair.replaced is Replaced.MAIN_PART]
            if system in car.rules.systems and replaced:
                facts: dict[str, Fact] = {"system": system, "part": part}
                yield car.again(GroundKind.PART_REPLACED, car.rules.part_replacements, replaced, repairs, **facts)


def _repair_days(car: Car) -> Iterator[Ground]:
    days = {repair.id: set(_days(car, repair)) for repair in car.repairs}
    found, needed = len(set().union(*days.values())), car.rules.repair_days + 1
    repairs = [repair for repair in car.repairs if days[repair.id]]
    if repairs:
        facts: dict[str, Fact] = {"days": car.rules.repair_days, "total": found}
        yield car.ground(GroundKind.REPAIR_DAYS, repairs, min(found, needed), needed, **facts)


def _days(car: Car, repair: Repair) -> Iterator[date]:
    """The days of a repair that are repair time; those of a wait that is none are taken from its end."""
    end = min(repair.finished_on or car.on, car.on)
    waited = sum(wait.days for wait in repair.waits if wait.kind in car.rules.uncounted)
    for day in range(max((end - repair.received_on).days, 1) - waited):
        when = repair.received_on + timedelta(days=day)
        if when > car.guarantee.until:
            return
        yield when


def _same_problem(car: Car) -> Iterator[Ground]:
    times = car.rules.same_problem_repairs
    for problem, repairs in _by(car.repairs, lambda repair: repair.problem):
        found: dict[str, Fact] = {"problem": problem, "times": times, "total": len(repairs)}
        yield car.ground(GroundKind.SAME_PROBLEM, repairs, min(len(repairs), times + 1), times + 1, **found)


FINDERS: tuple[Callable[[Car], Iterator[Ground]], ...] = (
    _first_assembly, _early_assembly, _first_failure, _safety_repairs, _assembly_replaced, _part_replaced,
    _repair_days, _same_problem,
)  # fmt: skip


def _by(repairs: Iterable[Repair], key: Callable[[Repair], str | None]) -> Iterator[tuple[str, list[Repair]]]:
    """Repairs that have *key* in common, each group the oldest first; those without one are left out."""
    keyed = sorted(((key(repair) or "", repair) for repair in repairs), key=lambda pair: pair[0])
    for common, group in groupby(keyed, key=lambda pair: pair[0]):
        if common:
            yield common, [repair for _, repair in group]


__all__ = ["CHOICES", "FINDERS", "Car"]
