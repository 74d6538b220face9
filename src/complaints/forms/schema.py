"""
The form of a command as JSON Schema (draft 2020-12), labelled in both languages: a web form in a line.

Made from the fields, annotations and limits of the command and of the nouns in it. It describes what a form
may hold; rules between fields, and whether the step may be taken, are for ``command_from`` and ``explain``.
"""

from __future__ import annotations

import types
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import attrs

from complaints.locale import LANGUAGES, codes, field_label, label, word
from complaints.model.event import Command
from complaints.model.words import Category, Severity
from complaints.policy import Policy, Weight

Schema = dict[str, object]
"""A JSON Schema or a part of one."""

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_SIGNS = r"[^\u0000-\u001F\u007F-\u009F]"
_LINE = rf"^{_SIGNS}*\S{_SIGNS}*$"
_PROSE = r"\S"
_AMOUNT = r"^[+-]?[0-9]{1,30}(\.[0-9]{1,30})?$"
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_ZONED = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.,]+(Z|[+-][0-9]{2}:?[0-9]{2})$"
_UUID = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
_MOST_CHARACTERS = 200


def form(
    command_type: type[Command],
    *,
    severity: Severity = Severity.GENERAL,
    policy: Policy | None = None,
    language: str | None = None,
) -> Schema:
    """
    What the form of a step asks for.

    Args:
        severity: Of the complaint; ``x-requires`` tells what it asks for beyond the form itself.
        policy: The house's; it knows the categories and the weights. The default one if not given.
        language: Of ``title`` and ``description``: ``"en"`` if not given. ``x-labels`` always has both.

    Returns:
        A plain mapping, ready for JSON. Beside the standard words it has ``x-labels`` (labels by language),
        ``x-help`` (the same for the purpose of the step), ``x-multiline``, ``x-personal`` (can be erased),
        ``x-choices`` (what a house usually puts there) and ``x-requires``.
    """
    policy = policy if policy is not None else Policy()
    sheet = _Sheet(language or "en", policy)
    return {
        "$schema": DIALECT,
        **sheet.labelled({one: label("command", command_type.__name__, one) for one in LANGUAGES}),
        **_help(command_type.__name__, sheet.language),
        **sheet.object_of(command_type),
        "x-requires": _required_by(command_type.__name__, severity, policy.weight(severity)),
        "$defs": sheet.definitions,
    }


def _help(name: str, language: str) -> Schema:
    if name not in codes("command_help", "en"):
        return {}
    purposes = {one: label("command_help", name, one) for one in LANGUAGES}
    return {"description": purposes.get(language, purposes["en"]), "x-help": purposes}


class _Sheet:
    """A form being written: nouns and words are defined once, below it."""

    def __init__(self, language: str, policy: Policy) -> None:
        self.language = language
        self.definitions: dict[str, object] = {}
        self._policy = policy

    def labelled(self, labels: Mapping[str, str]) -> Schema:
        return {"title": labels.get(self.language, labels["en"]), "x-labels": dict(labels)}

    def object_of(self, cls: type) -> Schema:
        hints = get_type_hints(cls)
        fields = [field for field in attrs.fields(cls) if field.init]
        return {
            "type": "object",
            "properties": {field.name: self._property(cls, field, hints[field.name]) for field in fields},
            "required": [field.name for field in fields if field.default is attrs.NOTHING],
            "additionalProperties": False,
        }

    def _property(self, cls: type, field: attrs.Attribute[Any], hint: Any) -> Schema:
        labels = {one: field_label(cls.__name__, field.name, one) for one in LANGUAGES}
        schema: Schema = {**self.labelled(labels), **self._schema(hint, field.metadata)}
        if field.metadata.get("personal"):
            schema["x-personal"] = True
        if field.name == "category":
            schema["x-choices"] = self._categories()
        default = _plain(field.default)
        if field.default is not attrs.NOTHING and default is not None:
            schema["default"] = default
        return schema

    def _schema(self, hint: Any, limits: Mapping[str, Any]) -> Schema:
        origin = get_origin(hint)
        if origin in (Union, types.UnionType):
            return self._one_of(get_args(hint), limits)
        if origin is tuple:
            return {
                "type": "array",
                "items": self._schema(get_args(hint)[0], limits),
                "minItems": limits.get("fewest", 0),
                "maxItems": limits.get("many", 1000),
            }
        if origin is not None and issubclass(origin, Mapping):
            return {"type": "object", "additionalProperties": self._schema(get_args(hint)[1], limits)}
        if isinstance(hint, type) and (attrs.has(hint) or issubclass(hint, Enum)):
            return self._reference(hint)
        return _leaf(hint, limits)

    def _one_of(self, hints: tuple[Any, ...], limits: Mapping[str, Any]) -> Schema:
        kinds = [self._schema(hint, limits) for hint in hints if hint is not type(None)]
        if len(kinds) == len(hints):
            return {"anyOf": kinds}
        if len(kinds) == 1 and isinstance(kinds[0].get("type"), str):
            return {**kinds[0], "type": [kinds[0]["type"], "null"]}
        return {"anyOf": [*kinds, {"type": "null"}]}

    def _reference(self, cls: type) -> Schema:
        name = cls.__name__
        if name not in self.definitions:
            self.definitions[name] = {}  # a noun that holds itself finds its place taken
            self.definitions[name] = self._choices(cls) if issubclass(cls, StrEnum) else self._noun(cls)
        return {"$ref": f"#/$defs/{name}"}

    def _noun(self, cls: type) -> Schema:
        return {**self.labelled({one: label("noun", cls.__name__, one) for one in LANGUAGES}), **self.object_of(cls)}

    def _choices(self, cls: type[StrEnum]) -> Schema:
        return {"type": "string", "oneOf": [self._choice(one.value, _words(one)) for one in cls]}

    def _choice(self, code: str, labels: Mapping[str, str]) -> Schema:
        return {"const": code, **self.labelled(labels)}

    def _categories(self) -> list[Schema]:
        return [
            self._choice(code, {one: label("category", code, one) for one in LANGUAGES})
            for code in _in_order(self._policy.categories)
        ]


def _in_order(categories: Iterable[str]) -> list[str]:
    known = [category.value for category in Category]
    return sorted(categories, key=lambda code: (known.index(code) if code in known else len(known), code))


def _words(member: StrEnum) -> dict[str, str]:
    return {language: word(member, language) for language in LANGUAGES}


def _leaf(hint: Any, limits: Mapping[str, Any]) -> Schema:
    if hint is str:
        multiline = bool(limits.get("multiline", False))
        return {
            "type": "string",
            "minLength": 1,
            "maxLength": limits.get("most", _MOST_CHARACTERS),
            "pattern": _PROSE if multiline else _LINE,
            "x-multiline": multiline,
        }
    if hint is int:
        bounds = {"minimum": limits.get("least"), "maximum": limits.get("greatest")}
        return {"type": "integer", **{name: bound for name, bound in bounds.items() if bound is not None}}
    if hint is Decimal:
        return {"type": ["string", "integer"], "format": "decimal", "pattern": _AMOUNT}
    return dict(_LEAVES.get(hint, {}))


_LEAVES: Mapping[Any, Schema] = {
    bool: {"type": "boolean"},
    datetime: {"type": "string", "format": "date-time", "pattern": _ZONED},
    date: {"type": "string", "format": "date", "pattern": _DAY},
    UUID: {"type": "string", "format": "uuid", "pattern": _UUID},
}


def _plain(default: object) -> object:
    if isinstance(default, Enum):
        return default.value
    return list(default) if isinstance(default, tuple) else default


# --- weight by severity ---------------------------------------------------------------------------------------------


def _required_by(command: str, severity: Severity, weight: Weight) -> Schema:
    """What the severity asks for in this step (lifecycle.md, "Weight by severity")."""
    fields, facts = _asked(command, weight)
    return {"severity": severity.value, "fields": fields, **facts}


def _asked(command: str, weight: Weight) -> tuple[list[str], Schema]:
    evidence = ("reference", "digest", "digest_and_collector")[weight.evidence - 1]
    waiver = None if weight.waiver is None else weight.waiver.value
    asked: Mapping[str, tuple[list[str], Schema]] = {
        "RecordConsultation": (["minutes"] if weight.minutes else [], {}),
        "AddEvidence": (["sha256", "collector"][: weight.evidence - 1], {"evidence": evidence}),
        "RecordFinding": (
            ["evidence"],
            {"evidence": evidence, "cause_confirmed": weight.cause_confirmed, "whys": weight.whys},
        ),
        "ConcludeInvestigation": (
            [],
            {"evidence": evidence, "cause_confirmed": weight.cause_confirmed, "whys": weight.whys},
        ),
        "SubmitProposals": ([], {"proposals": weight.proposals, "waiver": waiver}),
        "Accept": ([], {"proof": weight.proof.value, "authorised_signer": weight.authorised_signer}),
        "DecideAccountability": ([], {"accountability": weight.accountability}),
        "Close": ([], {"accountability": weight.accountability}),
    }
    return asked.get(command, ([], {}))


__all__ = ["DIALECT", "Schema", "form"]
