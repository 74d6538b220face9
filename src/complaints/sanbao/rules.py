"""The numbers of the three-guarantees rules 三包, as data that a rule pack can carry."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

import attrs

from complaints.errors import Fault, InvalidCommandError
from complaints.model.base import evolve, faults_in, line, noun, number, several
from complaints.model.repair import CarSystem, Failure, WaitKind

E = TypeVar("E", bound=StrEnum)


class GroundKind(StrEnum):
    """What gives the customer a choice, in the order of the 2021 rules; sentences lie under ``sanbao``."""

    FIRST_ASSEMBLY = "first_assembly"
    EARLY_ASSEMBLY = "early_assembly"
    FIRST_FAILURE = "first_failure"
    SAFETY_REPAIRS = "safety_repairs"
    ASSEMBLY_REPLACED = "assembly_replaced"
    PART_REPLACED = "part_replaced"
    REPAIR_DAYS = "repair_days"
    SAME_PROBLEM = "same_problem"


OTHER_RULES = ("guarantee", "warranty", "compensation")
"""What else the rules say that an article is cited for."""


@noun
class Article:
    """
    Where a rule stands.

    Args:
        rule: A :class:`GroundKind`, or one of :data:`OTHER_RULES`.
        article: Article, paragraph and item, such as ``"24.1.3"``.
        is_verified: Whether number and words were compared with the text of the rules; otherwise they are told at
            second hand.
    """

    rule: str = line(most=40)
    article: str = line(most=20)
    is_verified: bool = False

    def _faults(self) -> Iterator[Fault]:
        known = (*(kind.value for kind in GroundKind), *OTHER_RULES)
        if self.rule not in known:
            yield Fault("rule", "choice", choices=known)

    def cited(self, language: str = "en") -> str:
        """The article as people of *language* cite it, and whether it is told at second hand."""
        from complaints.locale import sentence

        names = ("article", "paragraph", "item")
        facts = dict(zip(names, self.article.split("."), strict=False))
        text = sentence("sanbao", f"cited.{len(facts)}", language, facts)
        return text if self.is_verified else sentence("sanbao", "cited.secondary", language, {"cited": text})


def _articles(verified: Mapping[str, str], secondary: Mapping[str, str]) -> tuple[Article, ...]:
    checked = (Article(rule=rule, article=article, is_verified=True) for rule, article in verified.items())
    told = (Article(rule=rule, article=article) for rule, article in secondary.items())
    return (*checked, *told)


_FOUR = (CarSystem.ENGINE, CarSystem.TRANSMISSION, CarSystem.TRACTION_BATTERY, CarSystem.DRIVE_MOTOR)
_ARTICLES_2021 = _articles(
    verified={
        "first_failure": "23",
        "safety_repairs": "24.1.1",
        "assembly_replaced": "24.1.2",
        "part_replaced": "24.1.3",
        "repair_days": "24.1.4",
        "same_problem": "24.1.4",
    },
    secondary={
        "guarantee": "18",
        "warranty": "18",
        "first_assembly": "20",
        "early_assembly": "22",
        "compensation": "27",
    },
)


@noun
class SanbaoRules:
    """
    The numbers of one version of the three-guarantees rules; what is left out is as in the 2021 version.

    Args:
        source: The document.
        valid_from: The first day it is in force.
        guarantee_years: How long the three guarantees (replacement, refund) run, or until *guarantee_km* if sooner.
        warranty_years: How long repairs are free, or until *warranty_km* if sooner.
        early_days: Within how many days one bad assembly or main part of it sends the car back; 0 for never.
        first_days: Within how many days, and *first_km*, one of *failures* sends the car back, and a bad main part of
            an assembly gives a new assembly.
        safety_repairs: After how many repairs of serious safety faults a further one is a ground.
        assembly_replacements: After how many replacements of one assembly further trouble with it is a ground.
        part_replacements: After how many replacements of the same main part further trouble with it is a ground.
        repair_days: More days in the workshop than these are a ground.
        same_problem_repairs: More repairs of the same problem than these are a ground.
        coefficient_least: The lowest use coefficient a certificate may have.
        coefficient_most: The highest.
        assemblies: What is replaced as a whole.
        systems: Whose main parts count.
        uncounted: What a car waits for that is no repair time.
        replacement_only: Grounds on which the customer may not choose his money back.
        articles: Where each rule stands.

    Source:
        家用汽车产品修理更换退货责任规定, SAMR order no. 43 of 2021-07-22, in force from 2022-01-01. Articles 23 and
        24 were compared with quotations of the text; the other articles are told at second hand and say so.
    """

    name: str = line(most=40, default="cn_sanbao_2021")
    version: str = line(most=20, default="1")
    source: str = line(default="家用汽车产品修理更换退货责任规定, SAMR order no. 43 of 2021")
    valid_from: date = date(2022, 1, 1)
    guarantee_years: int = number(least=1, most=30, default=2)
    guarantee_km: int = number(least=1, most=10_000_000, default=50_000)
    warranty_years: int = number(least=1, most=30, default=3)
    warranty_km: int = number(least=1, most=10_000_000, default=60_000)
    early_days: int = number(most=3650, default=7)
    first_days: int = number(most=3650, default=60)
    first_km: int = number(most=10_000_000, default=3_000)
    safety_repairs: int = number(least=1, most=100, default=2)
    assembly_replacements: int = number(least=1, most=100, default=2)
    part_replacements: int = number(least=1, most=100, default=2)
    repair_days: int = number(least=1, most=3650, default=30)
    same_problem_repairs: int = number(least=1, most=100, default=4)
    coefficient_least: Decimal = Decimal(0)
    coefficient_most: Decimal = Decimal("0.005")
    assemblies: tuple[CarSystem, ...] = several(default=_FOUR)
    systems: tuple[CarSystem, ...] = several(
        default=(
            *_FOUR, CarSystem.STEERING, CarSystem.BRAKES, CarSystem.SUSPENSION, CarSystem.DRIVELINE,
            CarSystem.EMISSION_CONTROL, CarSystem.BODY,
        )
    )  # fmt: skip
    failures: tuple[Failure, ...] = several(default=tuple(Failure))
    uncounted: tuple[WaitKind, ...] = several(
        default=(WaitKind.SPECIAL_PART, WaitKind.TRACTION_BATTERY, WaitKind.RESCUE)
    )
    replacement_only: tuple[GroundKind, ...] = several(default=())
    articles: tuple[Article, ...] = several(default=_ARTICLES_2021)

    def _faults(self) -> Iterator[Fault]:
        least, most = self.coefficient_least, self.coefficient_most
        if all(isinstance(one, Decimal) and one.is_finite() for one in (least, most)):
            if least < 0:
                yield Fault("coefficient_least", "negative")
            if most < least:
                yield Fault("coefficient_most", "too_small", least=str(least))
        if not isinstance(self.articles, tuple):
            return  # another check's to tell
        cited = {article.rule for article in self.articles if isinstance(article, Article)}
        uncited = tuple(rule for rule in (*(kind.value for kind in GroundKind), *OTHER_RULES) if rule not in cited)
        if uncited:
            yield Fault("articles", "uncited", uncited=uncited)

    @classmethod
    def from_mapping(cls, table: Mapping[str, object]) -> SanbaoRules:
        """
        The rules that a table of a rule pack holds; what it leaves out is as in the 2021 version.

        Args:
            table: As TOML gives it: codes and exact numbers as text, lists, days as dates or ``2022-01-01``.

        Raises:
            InvalidCommandError: With every fault and its path, such as ``articles[0].rule``.
        """
        names = _names(cls)
        faults = [Fault(str(name), "unknown_field", fields=names) for name in table if name not in names]
        values: dict[str, object] = {}
        for name in names:
            if name in table:
                values[name], wrong = _read(name, table[name])
                faults += wrong
        faults += faults_in(cls, {name: value for name, value in values.items() if value is not None})
        if faults:
            raise InvalidCommandError("SanbaoRules", faults)
        return evolve(RULES_2021, **values)

    def article(self, rule: str) -> Article:
        """Where *rule* stands."""
        return next(article for article in self.articles if article.rule == rule)


def _names(owner: type) -> tuple[str, ...]:
    return tuple(field.name for field in attrs.fields(owner))


_CODES: Mapping[str, type[StrEnum]] = {
    "assemblies": CarSystem,
    "systems": CarSystem,
    "failures": Failure,
    "uncounted": WaitKind,
    "replacement_only": GroundKind,
}
_NUMBER = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _read(name: str, given: object) -> tuple[object, list[Fault]]:
    """What a table says in one field; ``None`` with the faults, or the given value for the field's own check."""
    if name in _CODES and isinstance(given, list | tuple):
        return tuple(_member(_CODES[name], one) for one in given), []
    if name in ("coefficient_least", "coefficient_most"):
        exact = str(given) if isinstance(given, (str, int)) and not isinstance(given, bool) else ""
        return (Decimal(exact), []) if _NUMBER.fullmatch(exact) else (None, [Fault(name, "not_a_number")])
    if name == "valid_from" and isinstance(given, str):
        try:
            return date.fromisoformat(given if _DAY.fullmatch(given) else ""), []
        except ValueError:
            return None, [Fault(name, "not_a_date")]
    if name == "articles" and isinstance(given, list | tuple):
        return _read_articles(given)
    return (given, []) if given is not None else (None, [Fault(name, "missing")])


def _member(kind: type[E], code: object) -> object:
    # whatever is no code stays as it is, for the check at birth to name the choices
    return kind(code) if isinstance(code, str) and code in {member.value for member in kind} else code


def _read_articles(given: Iterable[object]) -> tuple[object, list[Fault]]:
    articles: list[Article] = []
    faults: list[Fault] = []
    names = _names(Article)
    for place, one in enumerate(given):
        if not isinstance(one, Mapping):
            faults.append(Fault(f"articles[{place}]", "type", wanted="mapping", given=type(one).__name__))
            continue
        wrong = [Fault(str(name), "unknown_field", fields=names) for name in one if name not in names]
        wrong += [Fault(name, "missing") for name in names[:2] if name not in one]
        if not wrong:
            try:
                articles.append(Article(**one))
            except InvalidCommandError as error:
                wrong += error.faults
        faults += (fault.below(f"articles[{place}]") for fault in wrong)
    return (None if faults else tuple(articles)), faults


RULES_2021 = SanbaoRules()
"""The rules in force since 2022-01-01."""

RULES_2013 = SanbaoRules(
    name="cn_sanbao_2013",
    source="家用汽车产品修理、更换、退货责任规定, AQSIQ order no. 150 of 2012",
    valid_from=date(2013, 10, 1),
    early_days=0,
    repair_days=35,
    same_problem_repairs=5,
    coefficient_least=Decimal("0.005"),
    coefficient_most=Decimal("0.008"),
    assemblies=(CarSystem.ENGINE, CarSystem.TRANSMISSION),
    systems=(
        CarSystem.ENGINE, CarSystem.TRANSMISSION, CarSystem.STEERING, CarSystem.BRAKES, CarSystem.SUSPENSION,
        CarSystem.AXLES, CarSystem.BODY,
    ),
    failures=(Failure.STEERING, Failure.BRAKES, Failure.BODY, Failure.FUEL),
    uncounted=(WaitKind.SPECIAL_PART, WaitKind.RESCUE),
    replacement_only=(GroundKind.REPAIR_DAYS, GroundKind.SAME_PROBLEM),
    articles=_articles(
        verified={"first_assembly": "18.2", "first_failure": "20.2", "compensation": "25"},
        secondary={
            "guarantee": "17",
            "warranty": "17",
            "early_assembly": "20",
            "safety_repairs": "20.3.1",
            "assembly_replaced": "20.3.2",
            "part_replaced": "20.3.3",
            "repair_days": "21",
            "same_problem": "21",
        },
    ),
)  # fmt: skip
"""The rules before, in force since 2013-10-01."""


def rules_in_force(on: date) -> SanbaoRules:
    """
    The version in force on a day.

    Raises:
        InvalidCommandError: If that is before the first of them.

    Source:
        lifecycle.md: "A complaint is judged by the version in force when it was received."
    """
    for rules in (RULES_2021, RULES_2013):
        if on >= rules.valid_from:
            return rules
    raise InvalidCommandError("SanbaoRules", [Fault("on", "before_rules", day=RULES_2013.valid_from.isoformat())])


__all__ = ["OTHER_RULES", "RULES_2013", "RULES_2021", "Article", "GroundKind", "SanbaoRules", "rules_in_force"]
