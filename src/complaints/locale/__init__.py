"""Every sentence and label that people read, in Chinese (``zh_CN``) and English (``en``), by stable code."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files

LANGUAGES = ("zh_CN", "en")

KIND_OF: Mapping[str, str] = {
    "Against": "against", "Alarm": "alarm", "Answer": "answer", "Answerable": "answerable", "CaseKind": "case_kind",
    "CaseStatus": "case_status", "Category": "category", "Cause": "cause", "Channel": "channel",
    "ClaimAnswer": "claim_answer", "ClockKind": "clock_kind", "ClockState": "clock_state",
    "Confirming": "confirming", "CorrectableFact": "correctable_fact",
    "Demand": "demand", "Department": "department", "Direction": "direction", "Duty": "duty",
    "EndGround": "end_ground", "EscalationReply": "escalation_reply",
    "DueState": "due_state",
    "Grounds": "grounds", "HelpKind": "help_kind", "HoldKind": "hold_kind", "Kind": "kind",
    "LinkKind": "link_kind",
    "MeasureKind": "measure", "MeasureRole": "measure_role", "MergeGround": "merge_ground",
    "Numbering": "numbering",
    "Outcome": "outcome", "PartyKind": "party", "PersonalData": "personal_data", "PromiseState": "promise_state",
    "Proof": "proof",
    "Purpose": "purpose", "RemedyKind": "remedy_kind", "ReworkReason": "rework_reason", "Role": "role",
    "RuleStanding": "rule_standing",
    "Satisfaction": "satisfaction", "Severity": "severity", "Stage": "stage", "State": "state",
    "TaskResult": "task_result", "Track": "track", "Verdict": "verdict",
    "VoidReason": "void_reason", "WaitsFor": "waits_for",
}  # fmt: skip
"""The kind of label each enum of ``model.words`` has, by the name of its class."""

# Which kinds of label the codes in a fact have, by "code.fact" or by the fact's name; the first that knows the code.
_KINDS_OF_FACT: Mapping[str, tuple[str, ...]] = {
    "accountability.incomplete.persons": ("measure_role",),
    "alarms": ("alarm",),
    "case_kind": ("case_kind",),
    "categories": ("category",),
    "category": ("category",),
    "causes": ("cause",),
    "allowed": ("rule",),
    "channel": ("channel",),
    "clock": ("clock",),
    "clocks": ("clock",),
    "command": ("command",),
    "commands": ("command",),
    "department": ("department",),
    "duty": ("duty",),
    "evidence.too_light.wanted": ("evidence_weight",),
    "fact": ("correctable_fact",),
    "failure": ("failure",),
    "field": ("field",),
    "floor": ("severity",),
    "ground": ("end_ground", "merge_ground"),
    "history.broken.what": ("history",),
    "hold_kind": ("hold_kind",),
    "host.failed.what": ("thing",),
    "invalid.what": ("command", "noun"),
    "may_choose": ("sanbao_choice",),
    "missing": ("field",),
    "not_found.kind": ("thing",),
    "not_with_fact.other": ("field",),
    "one_of.other": ("field",),
    "proof": ("proof",),
    "rank": ("role",),
    "form.full.parts": ("field",),
    "redact.still_open.fields": ("personal_data",),
    "remedies": ("remedy_kind",),
    "rules": ("rule",),
    "severity": ("severity",),
    "shares": ("shared",),
    "signer": ("party",),
    "state": ("state",),
    "system": ("car_system",),
    "store.doubled.what": ("thing",),
    "result": ("satisfaction",),
    "roles": ("role",),
    "target": ("state",),
    "type.given": ("type", "noun"),
    "type.wanted": ("type", "noun"),
    "verdict": ("verdict",),
    "wanted_proof": ("proof",),
    "who": ("role",),
}
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)[0-9:.,]*(Z|[+-]\d\d:\d\d)?")


@cache
def _texts(language: str) -> Mapping[str, Mapping[str, str]]:
    name = language if language in LANGUAGES else "en"
    return tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def codes(kind: str, language: str) -> frozenset[str]:
    """All codes of *kind* that have a text in *language*."""
    return frozenset(_texts(language).get(kind, {}))


def label(kind: str, code: str, language: str = "en") -> str:
    """
    The label of a code, such as ``label("state", "follow_up", "zh_CN")``.

    A code without a label (a house's own category) is its own label.
    """
    return _texts(language).get(kind, {}).get(code, code)


def word(member: StrEnum, language: str = "en") -> str:
    """The label of a member of any enum of ``model.words``; of another enum, its value."""
    return label(KIND_OF.get(type(member).__name__, ""), member.value, language)


def field_label(owner: str, field: str, language: str = "en") -> str:
    """
    The label of a field as the form of *owner* shows it.

    Args:
        owner: Name of the command or noun: ``kind`` is one thing in ``Receive`` and another in ``Remedy``.
        field: Name of the field; one that has no label is its own.
    """
    labels = _texts(language).get("field", {})
    return labels.get(f"{owner}.{field}") or labels.get(field, field)


def sentence(kind: str, code: str, language: str, facts: Mapping[str, object], *, said: str | None = None) -> str:
    """
    The sentence of a code, with its facts filled in.

    Args:
        said: What an extension says for a code of its own.

    Moments are told to the minute with their offset, since nobody knows here in which zone they are read.
    An extension's code without a sentence is told by its code and facts, so that nothing is hidden.
    """
    text = _texts(language).get(kind, {}).get(code, said)
    told = {name: _said(code, name, fact, language) for name, fact in facts.items()}
    if text is None:
        return f"{code} ({', '.join(f'{name}: {fact}' for name, fact in told.items())})"
    return text.format_map(_Facts(told))


class _Facts(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "–"


def _said(code: str, name: str, fact: object, language: str) -> str:
    if isinstance(fact, tuple):
        joint = _joint(name, language)
        return joint.join(_one_said(code, name, str(item), language) for item in fact) or _nothing("list", language)
    return _one_said(code, name, str(fact), language) or _nothing(name, language)


def _one_said(code: str, name: str, fact: str, language: str) -> str:
    if name == "between":
        number, _, command = fact.partition(" ")
        return f"{number} {label('command', command, language)}"
    kinds = _KINDS_OF_FACT.get(f"{code}.{name}") or _KINDS_OF_FACT.get(name, ())
    known = next((kind for kind in kinds if fact in _texts(language).get(kind, {})), None)
    if known is not None:
        return label(known, fact, language)
    moment = _MOMENT.fullmatch(fact)
    return _moment_said(*moment.groups()) if moment is not None else fact


def _moment_said(day: str, minute: str, offset: str | None) -> str:
    # a midnight of UTC is another day in Shanghai, so the offset is never left out
    return f"{day} {minute}" if offset is None else f"{day} {minute} {'+00:00' if offset == 'Z' else offset}"


def _joint(name: str, language: str) -> str:
    if name == "problems":
        return "；" if language == "zh_CN" else "; "
    return "、" if language == "zh_CN" else ", "


def _nothing(name: str, language: str) -> str:
    words = _texts(language).get("empty", {})
    return words.get(name) or words.get("text", "–")


__all__ = ["KIND_OF", "LANGUAGES", "codes", "field_label", "label", "sentence", "word"]
