"""What the three-guarantees rules 三包 say about one car, in values and in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

import attrs

from complaints.errors import Fact
from complaints.model.money import Money
from complaints.model.words import RemedyKind
from complaints.sanbao.rules import OTHER_RULES, Article, GroundKind, SanbaoRules


@attrs.frozen(kw_only=True)
class Ground:
    """
    One reason why the customer may choose, or nearly.

    Attributes:
        kind: Which rule.
        article: Where it stands.
        facts: What it is about – ``system``, ``part``, ``problem``, ``failure`` – and the numbers of the rule.
        repairs: Ids of the repairs that count, the oldest first.
        found: How much of what it takes is there: repairs, days, or a fault that came again.
        needed: How much it takes.
        choices: What the customer may choose once it holds.
        is_free: Whether he pays nothing for the use he had.
    """

    kind: GroundKind
    article: Article
    facts: Mapping[str, Fact] = attrs.field(hash=False)
    repairs: tuple[str, ...]
    found: int
    needed: int
    choices: tuple[RemedyKind, ...]
    is_free: bool

    @property
    def missing(self) -> int:
        """How much is missing; 0 where the ground holds."""
        return self.needed - self.found

    @property
    def holds(self) -> bool:
        """Whether everything it takes is there."""
        return self.found >= self.needed

    def sentence(self, language: str = "en") -> str:
        """The ground, with its article and its repairs."""
        from complaints.locale import sentence

        facts = {
            **self.facts,
            "found": self.found,
            "needed": self.needed,
            "missing": self.missing,
            "repairs": self.repairs,
            "cited": self.article.cited(language),
        }
        code = self.kind.value if self.holds else f"{self.kind.value}.near"
        return sentence("sanbao", code, language, facts)


@attrs.frozen(kw_only=True)
class Period:
    """
    How long something runs.

    Attributes:
        until: Its last day.
        until_km: The last odometer reading, in kilometres.
        is_running: Whether neither is past.
    """

    until: date
    until_km: int
    is_running: bool


@attrs.frozen(kw_only=True)
class Compensation:
    """
    What the customer pays for the use he had of a car that goes back.

    Attributes:
        amount: Price x kilometres driven / 1000 x n, to the cent; zero where the car goes back free of charge.
        driven_km: Kilometres since the delivery.
        coefficient: The n that was used.
        is_assumed: Whether the certificate's n is not known, so that the highest was used: he never pays more.
    """

    amount: Money
    driven_km: int
    coefficient: Decimal
    is_assumed: bool


@attrs.frozen(kw_only=True)
class Eligibility:
    """
    What the rules say about a car on a day.

    Attributes:
        rules: The version asked.
        on: The day.
        guarantee: The three-guarantees period: what happens in it may be a ground.
        warranty: The period of free repairs.
        grounds: Every ground that holds.
        near: Every one that nearly does, while the period runs: a third of what it takes is there.
        choices: What the customer may choose: another car, his money back, a new assembly; none yet.
        compensation: What he pays for the use; ``None`` where no car goes back, or the price is not known.
    """

    rules: SanbaoRules
    on: date
    guarantee: Period
    warranty: Period
    grounds: tuple[Ground, ...]
    near: tuple[Ground, ...]
    choices: tuple[RemedyKind, ...]
    compensation: Compensation | None

    def sentences(self, language: str = "en") -> tuple[str, ...]:
        """The answer in whole sentences: what may be chosen, how long, and what it costs; not the grounds."""
        return tuple(self._said(code, language, facts) for code, facts in self._told())

    def _told(self) -> Iterator[tuple[str, Mapping[str, Fact]]]:
        yield ("choices", {"may_choose": tuple(self.choices)}) if self.choices else ("no_choice", {})
        for name, period in (("guarantee", self.guarantee), ("warranty", self.warranty)):
            facts: dict[str, Fact] = {"until": period.until.isoformat(), "km": period.until_km}
            yield f"{name}.{'running' if period.is_running else 'over'}", facts
        if self.choices and not self.guarantee.is_running:
            yield "claimed_late", {}
        if self.compensation is not None:
            yield self._compensation_told(self.compensation)

    def _compensation_told(self, paid: Compensation) -> tuple[str, Mapping[str, Fact]]:
        if not paid.amount.amount:
            return "compensation.none", {}
        facts: dict[str, Fact] = {
            "amount": str(paid.amount),
            "km": paid.driven_km,
            "coefficient": str(paid.coefficient),
        }
        return ("compensation.at_most" if paid.is_assumed else "compensation"), facts

    def _said(self, code: str, language: str, facts: Mapping[str, Fact]) -> str:
        from complaints.locale import sentence

        rule = code.partition(".")[0]
        cited = self.rules.article(rule).cited(language) if rule in OTHER_RULES else ""
        return sentence("sanbao", code, language, {**facts, "cited": cited})


__all__ = ["Compensation", "Eligibility", "Ground", "Period"]
