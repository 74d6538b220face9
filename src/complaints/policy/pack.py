"""Rule packs: versioned, dated and cited data that add clocks, floors, required content, limits and retention."""

from __future__ import annotations

import tomllib
import types
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from enum import Enum
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin, get_type_hints

import attrs

from complaints.errors import DefinitionError, Fault, InvalidCommandError
from complaints.model.span import Span
from complaints.model.words import RuleStanding
from complaints.policy.authority import Authority, ladder_faults
from complaints.policy.rules import ClockRule, FloorRule, RequiredContent, Retention, is_command

if TYPE_CHECKING:
    from complaints.sanbao import SanbaoRules

SHIPPED = (
    "house_4s",
    "cn_auto_sales_2017",
    "cn_sanbao_2021",
    "oem_cn_grading",
    "cn_12315_2020",
    "cn_12315_2026",
    "cn_pipl_2021",
    "iso_10002",
    "fca_disp",
)
"""The packs that come with the library (lifecycle.md, "Rule packs")."""

_TABLES: Mapping[str, type] = {
    "clock": ClockRule,
    "floor": FloorRule,
    "required": RequiredContent,
    "authority": Authority,
}
_LONGEST = 1024 * 1024
"""Characters of the longest text that is read as a pack; a default."""

_MOST_RULES = 500
"""Rules of one kind in a pack; a default."""


@attrs.frozen(kw_only=True)
class RulePack:
    """
    A set of rules from one source, in force for complaints received within its days.

    Make one with :meth:`parse`, or load one that is shipped with :func:`shipped`.

    Attributes:
        title: What it is called, by language.
        source: The document the rules come from.
        illustrative: Whether it only shows how such rules look; no house is held to it.
        in_force_from: The first day of receipt it is for; ``None`` for ever before.
        in_force_until: The last day of receipt it is for.
        authority: The ladder, lowest first; empty where the pack has none.
        eligibility: Thresholds of the three guarantees (三包), as :mod:`complaints.sanbao` reads them.
    """

    name: str
    version: str
    title: Mapping[str, str] = attrs.field(factory=dict)
    source: str = ""
    illustrative: bool = False
    in_force_from: date | None = None
    in_force_until: date | None = None
    clocks: tuple[ClockRule, ...] = ()
    floors: tuple[FloorRule, ...] = ()
    required: tuple[RequiredContent, ...] = ()
    authority: tuple[Authority, ...] = ()
    retention: Retention | None = None
    eligibility: Mapping[str, object] = attrs.field(factory=dict)

    @property
    def stamp(self) -> str:
        """Name and version, as events carry it."""
        return f"{self.name}@{self.version}"

    def is_in_force(self, received_on: date) -> bool:
        """Whether it is for a complaint received on that local day."""
        begun = self.in_force_from is None or self.in_force_from <= received_on
        return begun and (self.in_force_until is None or received_on <= self.in_force_until)

    @property
    def standings(self) -> Mapping[RuleStanding, int]:
        """How many of its rules are how sure."""
        rules = (*self.clocks, *self.floors, *self.required, *((self.retention,) if self.retention else ()))
        found = [rule.standing for rule in rules]
        return {standing: found.count(standing) for standing in RuleStanding if standing in found}

    @property
    def three_guarantees(self) -> SanbaoRules | None:
        """The rules of replacement and refund that it brings; ``None`` where it brings none."""
        from complaints.sanbao import SanbaoRules

        return SanbaoRules.from_mapping(self.eligibility) if self.eligibility else None

    def commands_named(self) -> Iterator[tuple[str, str]]:
        """Every command that a rule names, and the rule; a lifecycle says whether there are such."""
        for clock in self.clocks:
            for name in (*clock.starts, *clock.stops):
                if is_command(name):
                    yield name, f"clock {clock.clock}"
        for required in self.required:
            yield required.command, f"required {required.command}.{required.field}"

    def fields_named(self) -> Iterator[tuple[str, str]]:
        """Every field that a rule asks for, with the command whose form has it."""
        return ((required.command, required.field) for required in self.required)

    def faults_against(self, commands: Mapping[str, type]) -> Iterator[Fault]:
        """
        What of it a lifecycle would not consume: commands that there are not, and fields that a form has not.

        Args:
            commands: The lifecycle's command classes by name.
        """
        for name, rule in self.commands_named():
            if name not in commands:
                yield _no_command(f"{self.name}: {rule}", name, commands)
        for name, field in self.fields_named():
            fields = field_names(commands[name]) if name in commands else (field,)
            if field not in fields:
                yield Fault(f"{self.name}: required {name}.{field}", "unknown_field", fields=fields)

    @classmethod
    def parse(cls, text: str, *, name: str = "pack", commands: Collection[str] | None = None) -> RulePack:
        """
        The pack that *text* writes in TOML; checked whole.

        Args:
            name: What to call it in an error, such as the file's name.
            commands: Names of the commands there are: others are faults as well. Without them, whoever makes a desk
                hears of those.

        Raises:
            InvalidCommandError: With every fault, by table and place: what is unknown, misspelt, absurd or missing,
                and every key that nothing would read.
        """
        if len(text) > _LONGEST:
            raise InvalidCommandError(name, [Fault(name, "file_too_long", most=_LONGEST)])
        try:
            found = tomllib.loads(text, parse_float=Decimal)
        except (tomllib.TOMLDecodeError, RecursionError):
            raise InvalidCommandError(name, [Fault(name, "not_toml")]) from None
        faults: list[Fault] = []
        pack = _pack(cls, found, faults)
        if commands is not None:
            faults += _unknown_commands(found, commands)
        if faults or pack is None:
            raise InvalidCommandError(name, faults)
        return pack


def field_names(form: type) -> tuple[str, ...]:
    """What the form of a command may say."""
    return tuple(field.name for field in attrs.fields(form))


@cache
def shipped(name: str) -> RulePack:
    """
    A pack that comes with the library.

    Raises:
        DefinitionError: If there is none of that name; the message lists them.
    """
    if name not in SHIPPED:
        raise DefinitionError("policy", [f"there is no rule pack {name}; shipped are {', '.join(SHIPPED)}"])
    from importlib.resources import files

    text = files("complaints.policy").joinpath("packs", f"{name}.toml").read_text(encoding="utf-8")
    return RulePack.parse(text, name=name)


def _pack(cls: type[RulePack], found: Mapping[str, Any], faults: list[Fault]) -> RulePack | None:
    rules = {table: _rules(kind, found.get(table, ()), table, faults) for table, kind in _TABLES.items()}
    retention = _one(Retention, found["retention"], "retention", faults) if "retention" in found else None
    plain = ("name", "version", "title", "source", "illustrative", "in_force_from", "in_force_until", "eligibility")
    hints = get_type_hints(cls)
    values = {key: _value(hints[key], found[key], key, faults) for key in plain if key in found}
    known = (*plain, *_TABLES, "retention")
    faults += [Fault(key, "unknown_field", fields=known) for key in found if key not in known]
    faults += [Fault(key, "missing") for key in ("name", "version", "title", "source") if key not in found]
    faults += _doubled("clock", [one.clock for one in rules["clock"]])
    faults += _doubled("floor", [one.code for one in rules["floor"]])
    if rules["authority"]:
        faults += ladder_faults(rules["authority"])
    if isinstance(values.get("eligibility"), dict):
        values["eligibility"] = _exact(values["eligibility"])
        from complaints.sanbao import SanbaoRules

        _parsed(SanbaoRules.from_mapping, values["eligibility"], "eligibility", faults)
    since, until = values.get("in_force_from"), values.get("in_force_until")
    if isinstance(since, date) and isinstance(until, date) and until < since:
        faults.append(Fault("in_force_until", "ends_before_start"))
    if faults:
        return None
    return cls(
        **values,
        clocks=rules["clock"],
        floors=rules["floor"],
        required=rules["required"],
        authority=rules["authority"],
        retention=retention,
    )


def _unknown_commands(found: Mapping[str, Any], commands: Collection[str]) -> Iterator[Fault]:
    """Names of commands that no lifecycle has, wherever a rule names one."""
    for table, fields in (("clock", ("starts", "stops")), ("required", ("command",))):
        rows = found.get(table)
        for place, row in enumerate(rows if isinstance(rows, list) else (), start=1):
            for field in fields if isinstance(row, Mapping) else ():
                given = row.get(field, ())
                names = [given] if isinstance(given, str) else given if isinstance(given, list) else []
                for name in (one for one in names if isinstance(one, str) and is_command(one) and one not in commands):
                    yield _no_command(f"{table}[{place}].{field}", name, commands)


def _no_command(where: str, name: str, commands: Collection[str]) -> Fault:
    near = tuple(get_close_matches(name, commands, n=3))
    return Fault(where, "no_command", command=name, near=near or tuple(commands)[:3])


def _doubled(table: str, names: list[str]) -> Iterator[Fault]:
    return (Fault(f"{table}.{name}", "doubled") for name in dict.fromkeys(names) if names.count(name) > 1)


def _rules(kind: type, rows: object, table: str, faults: list[Fault]) -> tuple[Any, ...]:
    if not isinstance(rows, (list, tuple)):
        faults.append(Fault(table, "type", wanted=f"[[{table}]]", given=type(rows).__name__))
        return ()
    if len(rows) > _MOST_RULES:
        faults.append(Fault(table, "too_many", most=_MOST_RULES))
        return ()
    found = [_one(kind, row, f"{table}[{place}]", faults) for place, row in enumerate(rows, start=1)]
    return tuple(one for one in found if one is not None)


def _one(kind: type, row: object, path: str, faults: list[Fault]) -> Any:
    """The rule that a table writes, or nothing, with what is wrong with it among the faults."""
    if not isinstance(row, Mapping):
        faults.append(Fault(path, "type", wanted="table", given=type(row).__name__))
        return None
    fields = {field.name: field for field in attrs.fields(kind)}
    hints, before = get_type_hints(kind), len(faults)
    faults += [Fault(f"{path}.{key}", "unknown_field", fields=tuple(fields)) for key in row if key not in fields]
    faults += [
        Fault(f"{path}.{name}", "missing")
        for name, field in fields.items()
        if field.default is attrs.NOTHING and name not in row
    ]
    values: dict[str, Any] = {}
    for key in (key for key in row if key in fields):
        wrong = len(faults)
        value = _value(hints[key], row[key], f"{path}.{key}", faults)
        if len(faults) == wrong:
            values[key] = value
    is_whole = len(faults) == before
    try:
        made = kind(**values)
    except InvalidCommandError as error:
        # what was left out because it is wrong already is not told to be missing as well
        left_out = set(row) - set(values)
        told = [one for one in error.faults if one.field.partition(".")[0].partition("[")[0] not in left_out]
        faults += [Fault(f"{path}.{one.field}", one.code, **one.facts) for one in told]
        return None
    except TypeError:
        return None  # a field that must be there is missing or wrong, which is among the faults
    return made if is_whole else None


def _value(hint: Any, given: object, path: str, faults: list[Fault]) -> Any:
    """*given* as TOML has it, as the field wants it."""
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _value(next(one for one in get_args(hint) if one is not types.NoneType), given, path, faults)
    if origin in (tuple, frozenset):
        values = given if isinstance(given, list) else [given]
        return origin(_value(get_args(hint)[0], one, path, faults) for one in values)
    if origin is not None:
        return _mapping(get_args(hint), given, path, faults)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _choice(hint, given, path, faults)
    if hint is Span:
        return _parsed(Span.parse, given, path, faults)
    if hint is Decimal and isinstance(given, int) and not isinstance(given, bool):
        return Decimal(given)
    if not isinstance(given, hint) or isinstance(given, bool) is not (hint is bool) or isinstance(given, datetime):
        faults.append(Fault(path, "type", wanted=hint.__name__, given=type(given).__name__))
    return given


def _mapping(hints: tuple[Any, ...], given: object, path: str, faults: list[Fault]) -> Any:
    if not isinstance(given, Mapping):
        faults.append(Fault(path, "type", wanted="table", given=type(given).__name__))
        return {}
    if hints[1] is object:
        return dict(given)
    return {
        _value(hints[0], key, path, faults): _value(hints[1], one, f"{path}.{key}", faults)
        for key, one in given.items()
    }


def _choice(hint: type[Enum], given: object, path: str, faults: list[Fault]) -> Any:
    try:
        return hint(given)
    except ValueError:
        faults.append(Fault(path, "choice", choices=tuple(str(one.value) for one in hint)))
    return None


def _parsed(parse: Callable[[Any], object], given: object, path: str, faults: list[Fault]) -> Any:
    """What *parse* reads, which refuses whatever is none; a fault of a table's part is told by its place in there."""
    try:
        return parse(given)
    except InvalidCommandError as error:
        below = isinstance(given, Mapping)
        faults += [one.below(path) if below else Fault(path, one.code, **one.facts) for one in error.faults]
    return None


def _exact(value: Any) -> Any:
    """A table with its exact numbers as text, as the three guarantees take them."""
    if isinstance(value, Mapping):
        return {name: _exact(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_exact(one) for one in value]
    return str(value) if isinstance(value, Decimal) else value


def own_rules(found: Mapping[str, object], faults: list[Fault]) -> tuple[tuple[ClockRule, ...], tuple[FloorRule, ...]]:
    """
    The clocks and floors of a house's own, written as in a pack: the tables ``clock`` and ``floor`` of *found*.

    Args:
        faults: Gains whatever is wrong with them.
    """
    clocks, floors = (_rules(_TABLES[table], found.get(table, ()), table, faults) for table in ("clock", "floor"))
    faults += _doubled("clock", [one.clock for one in clocks])
    faults += _doubled("floor", [one.code for one in floors])
    return clocks, floors


def pack_faults(packs: Iterable[RulePack], own: Collection[str] = ()) -> Iterator[Fault]:
    """
    What is wrong between packs that may be in force together: one twice, or two with a clock of the same name.

    Neither of the two results could be kept. Versions of one pack follow each other and never overlap.

    Args:
        own: Names of the clocks of the house's own, which stand in the place of the packs'.
    """
    for pack, other in combinations(packs, 2):
        if not _overlap(pack, other):
            continue
        if pack.name == other.name:
            yield Fault("packs", "pack_twice", pack=pack.name)
            continue
        clocks = {rule.clock for rule in pack.clocks} & {rule.clock for rule in other.clocks}
        for name in sorted(clocks.difference(own)):
            yield Fault("packs", "clock_in_two_packs", clock=name, packs=(pack.name, other.name))


def _overlap(one: RulePack, other: RulePack) -> bool:
    since = max(one.in_force_from or date.min, other.in_force_from or date.min)
    return since <= min(one.in_force_until or date.max, other.in_force_until or date.max)


def conflicts(packs: Iterable[RulePack]) -> tuple[tuple[str, str, str], ...]:
    """
    Where packs in force at the same time ask for what cannot both be done: kind, one pack, the other.

    Shown, not silently solved: the stricter one is kept to meanwhile (a file is kept).
    """
    given = [pack for pack in packs if pack.retention is not None]
    return tuple(
        ("keep_or_erase", keeps.name, erases.name)
        for keeps in given
        for erases in given
        if keeps.retention and keeps.retention.keep_years and erases.retention and erases.retention.erase_on_request
    )


__all__ = ["SHIPPED", "RulePack", "conflicts", "field_names", "own_rules", "pack_faults", "shipped"]
