"""The rules of all packs that are in force for one complaint, ready to be asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import attrs

from complaints.model.complaint import Complaint
from complaints.policy.pack import RulePack
from complaints.policy.rules import ClockRule, FloorRule, RequiredContent


@attrs.frozen(kw_only=True)
class Rules:
    """
    What holds for one complaint: the packs in force on the day it was received, and the house's own rules.

    Attributes:
        stamps: Names and versions of the packs.
        clocks: The clocks by name.
        cited: For each clock the pack, its version and the source.
        starting: For each moment the clocks it starts.
        stopping: For each moment the names of the clocks it stops.
        moments: All of those: whatever else happens turns no clock.
        floors: The floors under the severity, with pack and source.
        required: For each command the fields it must have.
        keep_years: For how many years after its end a file is kept whole; 0 for none.
    """

    stamps: tuple[str, ...]
    clocks: Mapping[str, ClockRule]
    cited: Mapping[str, str]
    starting: Mapping[str, tuple[ClockRule, ...]]
    stopping: Mapping[str, tuple[str, ...]]
    moments: frozenset[str]
    floors: tuple[tuple[FloorRule, str], ...]
    required: Mapping[str, tuple[RequiredContent, ...]]
    keep_years: int

    @classmethod
    def of(
        cls,
        packs: Iterable[RulePack],
        house: str,
        *,
        clocks: tuple[ClockRule, ...] = (),
        floors: tuple[FloorRule, ...] = (),
    ) -> Rules:
        """
        The rules of *packs* together with a house's own, which stand in the place of those named alike.

        Args:
            house: Name and version of the house's policy, which its own rules are cited with.
        """
        given = tuple(packs)
        own = RulePack(name=house, version="", clocks=clocks, floors=floors)
        by_name = {rule.clock: (rule, _stamp(pack)) for pack in (*given, own) for rule in pack.clocks}
        by_code = {rule.code: (rule, _stamp(pack)) for pack in (*given, own) for rule in pack.floors}
        rules = [rule for rule, _ in by_name.values()]
        required = [rule for pack in given for rule in pack.required]
        starts = dict.fromkeys(moment for rule in rules for moment in rule.starts)
        stops = dict.fromkeys(moment for rule in rules for moment in rule.stop_moments)
        return cls(
            stamps=tuple(pack.stamp for pack in given),
            clocks={rule.clock: rule for rule in rules},
            cited={name: f"{stamp} {rule.source}" for name, (rule, stamp) in by_name.items()},
            starting={moment: tuple(rule for rule in rules if moment in rule.starts) for moment in starts},
            stopping={moment: tuple(rule.clock for rule in rules if moment in rule.stop_moments) for moment in stops},
            moments=frozenset((*starts, *stops)),
            floors=tuple(by_code.values()),
            required={
                name: tuple(rule for rule in required if rule.command == name)
                for name in dict.fromkeys(rule.command for rule in required)
            },
            keep_years=max((pack.retention.keep_years or 0 for pack in given if pack.retention), default=0),
        )

    def floor(self, complaint: Complaint) -> tuple[FloorRule, str] | None:
        """The highest floor that applies to the complaint, and the pack it stands in; ``None`` for none."""
        applying = [one for one in self.floors if one[0].applies(complaint)]
        return max(applying, key=lambda one: one[0].severity.rank, default=None)


def _stamp(pack: RulePack) -> str:
    return pack.stamp.removesuffix("@")


__all__ = ["Rules"]
