from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from string import Formatter
from typing import Any
from uuid import UUID

import attrs
import pytest

import complaints
from complaints.conduct import discourtesies
from complaints.errors import ComplaintError, ConflictError, Fault, InvalidCommandError, NotFoundError
from complaints.lifecycle import LIFECYCLE, OF_EVERY_ENTRY, OF_EVERY_MOVE
from complaints.locale import KIND_OF, LANGUAGES, codes, field_label, label, sentence, word
from complaints.model import words
from complaints.model.event import Event, Refusal
from complaints.model.people import Actor, Customer
from complaints.model.registration import Registration
from complaints.model.words import Alarm, Channel, MeasureKind, Role, Severity, State
from complaints.policy import SHIPPED, shipped
from complaints.policy.standing_order import StandingOrder, StandingRemedy
from complaints.stages.intake import BeginJudgment
from complaints.stores.base import Query

SOURCE = Path(complaints.__file__).parent
SENTENCES = ("command_help", "refusal", "error", "fault", "history", "likeness_said", "reason")
WITH_FACTS = (*SENTENCES, "screen", "demo", "sanbao", "web")
SHOWN_TO_CUSTOMERS = (
    "state",
    "stage",
    "category",
    "channel",
    "kind",
    "outcome",
    "promise_state",
    "remedy_kind",
    "satisfaction",
)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
COMPLAINT = UUID("018f0000-0000-7000-8000-000000000001")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
CHINESE_OR_FULL_WIDTH = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")
HALF_WIDTH_BESIDE_CHINESE = re.compile(r"(?<=[\u4e00-\u9fff”）}])[,;:!?()]|[,;:!?()](?=[\u4e00-\u9fff“（{])")


# --- what the source mentions ---------------------------------------------------------------------------------------


@cache
def texts(language: str) -> dict[str, dict[str, str]]:
    return tomllib.loads((SOURCE / "locale" / f"{language}.toml").read_text(encoding="utf-8"))


@cache
def trees() -> tuple[ast.Module, ...]:
    return tuple(ast.parse(path.read_text(encoding="utf-8")) for path in sorted(SOURCE.rglob("*.py")))


@cache
def nodes() -> dict[type[ast.AST], list[Any]]:
    """The calls, classes and assignments of the whole source."""
    found: dict[type[ast.AST], list[Any]] = {ast.Call: [], ast.ClassDef: [], ast.Assign: []}
    for node in (node for tree in trees() for node in ast.walk(tree) if type(node) in found):
        found[type(node)].append(node)
    return found


@cache
def calls_by_name() -> dict[str | None, list[ast.Call]]:
    found: dict[str | None, list[ast.Call]] = {}
    for call in nodes()[ast.Call]:
        found.setdefault(getattr(call.func, "id", getattr(call.func, "attr", None)), []).append(call)
    return found


def calls(*names: str) -> list[ast.Call]:
    return [call for name in names for call in calls_by_name().get(name, ())]


def literal(call: ast.Call, place: int) -> str | None:
    if place >= len(call.args) or not isinstance(call.args[place], ast.Constant):
        return None
    value = call.args[place].value
    return value if isinstance(value, str) else None


def facts_by_code(*names: str, place: int = 0) -> dict[str, frozenset[str]]:
    """The codes that calls mention, each with the facts that every one of these calls gives."""
    found: dict[str, frozenset[str]] = {}
    for call in calls(*names):
        code = literal(call, place)
        if code is not None and all(keyword.arg for keyword in call.keywords):
            facts = frozenset(keyword.arg for keyword in call.keywords if keyword.arg)
            found[code] = found.get(code, facts) & facts
    return found


@cache
def store_facts() -> dict[str, frozenset[str]]:
    """Every ``why`` of a StoreError with its facts: named in the call, or looked up in a table called ``_WHY``."""
    found = facts_by_code("StoreError", "StoreBusyError", "SchemaOutOfDateError")
    for node in nodes()[ast.Assign]:
        if getattr(node.targets[0], "id", "") == "_WHY":
            found |= {value: frozenset({"file"}) for value in ast.literal_eval(_values(node))}
    return {
        **found,
        "busy": frozenset(),
        "failed": frozenset({"file", "sqlite"}),
        "schema_newer": frozenset({"file", "found", "known"}),
        "schema_older": frozenset({"file", "found", "known"}),
    }


def _values(node: ast.Assign) -> ast.Tuple:
    assert isinstance(node.value, ast.Dict)
    return ast.Tuple(elts=node.value.values, ctx=ast.Load())


def errors() -> Iterator[type[ComplaintError]]:
    for module in walk_packages(complaints.__path__, "complaints."):
        if ".migrations" not in module.name and not module.name.endswith("__main__"):
            import_module(module.name)
    waiting = [ComplaintError]
    while waiting:
        error = waiting.pop()
        waiting += error.__subclasses__()
        if error.__module__.startswith("complaints."):
            yield error


def facts_of_errors() -> dict[str, frozenset[str]]:
    """Every code of an error with the facts its class or every call of it gives."""
    found: dict[str, frozenset[str]] = {}
    for error in errors():
        given = [{k.arg for k in call.keywords if k.arg} for call in calls(error.__name__)]
        always = set.intersection(*given) if given else set()
        inherited = (facts for kind in error.__mro__ if (facts := _given_to_super(kind)))
        found[error.code] = found.get(error.code, frozenset()) | always | next(inherited, set())
    return found | {f"store.{why}": facts for why, facts in store_facts().items()}


def _given_to_super(error: type[ComplaintError]) -> set[str]:
    for node in nodes()[ast.ClassDef]:
        if node.name == error.__name__:
            inner = [one for one in ast.walk(node) if isinstance(one, ast.Call)]
            supers = [one for one in inner if getattr(one.func, "attr", "") == "__init__"]
            return {keyword.arg for one in supers for keyword in one.keywords if keyword.arg}
    return set()


def enums() -> list[type[StrEnum]]:
    return [
        one for one in vars(words).values() if isinstance(one, type) and issubclass(one, StrEnum) and one is not StrEnum
    ]


def nouns() -> dict[str, type]:
    """Every value that a form or a screen may show, by name."""
    found: dict[str, type] = {"StandingOrder": StandingOrder, "StandingRemedy": StandingRemedy, "Query": Query}
    for module in walk_packages(complaints.model.__path__, "complaints.model."):
        found |= {
            name: value
            for name, value in vars(import_module(module.name)).items()
            if isinstance(value, type) and value.__module__ == module.name and _field_names(value)
        }
    del found["Situation"]  # what a rule looks at; nobody fills it in or reads it
    return found


def _field_names(owner: type) -> set[str]:
    """The fields of an attrs class or a msgspec structure; none for anything else."""
    if attrs.has(owner):
        return {field.alias for field in attrs.fields(owner)}
    return set(getattr(owner, "__struct_fields__", ()))


def fields() -> dict[str, set[str]]:
    return {name: _field_names(owner) for name, owner in {**nouns(), **LIFECYCLE.readable}.items()}


def asked_for() -> set[str]:
    """What the registration form calls its parts when it says that they are missing."""
    form = Registration(
        complainant=Customer(), channel=Channel.PHONE, received_at=NOON, received_by="li", excerpt="The brakes squeal."
    )
    return {*form.completeness.filled, *form.completeness.missing}


def _has_letters_of_its_own(text: str) -> bool:
    return any(sign.isalpha() for part, _, _, _ in Formatter().parse(text) for sign in part)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


# --- both languages -------------------------------------------------------------------------------------------------


def test_both_languages_say_the_same_things():
    keys = {language: {kind: set(table) for kind, table in texts(language).items()} for language in LANGUAGES}

    assert keys["zh_CN"] == keys["en"]


def test_both_languages_mention_the_same_facts():
    mentioned = {
        language: {
            (kind, code): placeholders(text) for kind, table in texts(language).items() for code, text in table.items()
        }
        for language in LANGUAGES
    }

    assert mentioned["zh_CN"] == mentioned["en"]


def test_chinese_is_written_in_chinese_and_english_without_any():
    in_chinese = [text for table in texts("zh_CN").values() for text in table.values() if _has_letters_of_its_own(text)]
    chinese = [text for text in in_chinese if not CHINESE.search(text)]
    english = [text for table in texts("en").values() for text in table.values() if CHINESE_OR_FULL_WIDTH.search(text)]

    assert (chinese, english) == ([], [])


def test_chinese_sentences_have_full_width_punctuation():
    texts_in_chinese = [text for table in texts("zh_CN").values() for text in table.values()]

    assert [text for text in texts_in_chinese if HALF_WIDTH_BESIDE_CHINESE.search(text)] == []


@pytest.mark.parametrize(("language", "ends"), [("en", (".", ":")), ("zh_CN", ("。", "："))])
def test_sentences_are_whole(language, ends):
    sentences = [text for kind in SENTENCES for text in texts(language)[kind].values()]

    assert [text for text in sentences if not text.endswith(ends)] == []


def test_screens_say_customer_and_only_forms_keep_the_word_of_the_source():
    where = {code for table in texts("zh_CN").values() for code, text in table.items() if "顾客" in text}

    assert {code for code in where if not code.endswith("_form")} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_that_customers_are_shown_are_courteous(language):
    shown = [text for kind in SHOWN_TO_CUSTOMERS for text in texts(language)[kind].values()]

    assert [found for text in shown for found in discourtesies(text)] == []


# --- every code has its text, and no text is left over --------------------------------------------------------------


def test_every_text_the_program_asks_for_by_name_is_there():
    asked = {(literal(call, 0), literal(call, 1)) for call in calls("label", "sentence")}

    assert {(kind, code) for kind, code in asked if kind and code and code not in texts("en").get(kind, {})} == set()


def test_every_refusal_has_a_sentence():
    rows = LIFECYCLE.rows
    rules = {rule.code for row in rows for rule in (*row.given, *row.provided)}
    rules |= {rule.code for rule in (*OF_EVERY_MOVE, *OF_EVERY_ENTRY)}
    named = set(facts_by_code("rule"))

    assert codes("refusal", "en") == rules | named | set(facts_by_code("Refusal"))


def test_every_rule_has_a_label_for_the_documentation():
    assert codes("rule", "en") == set(facts_by_code("rule"))


def test_every_error_has_a_sentence():
    assert codes("error", "en") == set(facts_of_errors())


def test_every_fault_has_a_sentence():
    assert codes("fault", "en") == set(facts_by_code("Fault", place=1))


def test_every_way_a_history_breaks_has_its_words():
    assert codes("history", "en") == set(facts_by_code("BrokenHistoryError", place=2))


@pytest.mark.parametrize(
    ("kind", "facts_by_code_of", "always"),
    [
        ("refusal", lambda: facts_by_code("Refusal"), {"who"}),
        ("fault", lambda: facts_by_code("Fault", place=1), {"field"}),
        ("error", facts_of_errors, set()),
    ],
)
def test_sentences_mention_no_fact_that_is_not_there(kind, facts_by_code_of, always):
    known = facts_by_code_of()

    unknown = {code: placeholders(text) - known[code] - always for code, text in texts("en")[kind].items()}

    assert {code: names for code, names in unknown.items() if names} == {}


def test_labels_have_no_facts():
    labels = {kind: table for kind, table in texts("en").items() if kind not in WITH_FACTS}

    assert [text for table in labels.values() for text in table.values() if placeholders(text)] == []


@pytest.mark.parametrize("enum", enums(), ids=lambda enum: enum.__name__)
def test_every_word_of_the_trade_has_a_label(enum):
    members = {member.value for member in enum}
    who = {row.who.code for row in LIFECYCLE.rows} | {name for row in LIFECYCLE.rows for name in row.who.names}
    who |= {duty.value for duty in words.Duty}

    assert codes(KIND_OF[enum.__name__], "en") == (members | who if enum is Role else members)


def test_every_command_has_a_label_and_a_purpose():
    commands = set(LIFECYCLE.readable)

    assert (codes("command", "en"), codes("command_help", "en")) == (commands, commands)


def test_every_noun_has_a_label():
    wrong_values = {code for call in calls("InvalidCommandError") if (code := literal(call, 0)) is not None}

    assert codes("noun", "en") == set(nouns()) | wrong_values


def test_every_field_of_commands_and_nouns_has_a_label():
    plain = {code for code in codes("field", "en") if "." not in code}
    used = {name for names in fields().values() for name in names}

    assert plain == used | asked_for()


def test_labels_of_one_owners_field_belong_to_such_a_field():
    own = {tuple(code.split(".")) for code in codes("field", "en") if "." in code}

    assert own <= {(owner, name) for owner, names in fields().items() for name in names}


def test_every_clock_and_floor_of_the_shipped_packs_has_a_label():
    packs = [shipped(name) for name in SHIPPED]
    clocks = {rule.clock for pack in packs for rule in pack.clocks}
    floors = {rule.code for pack in packs for rule in pack.floors}

    assert (codes("clock", "en"), codes("floor", "en")) == (clocks, floors)


def test_every_type_that_a_fault_may_want_has_a_label():
    given = [keyword.value for call in calls("Fault") for keyword in call.keywords if keyword.arg == "wanted"]
    wanted = {value.value for value in given if isinstance(value, ast.Constant)}

    assert wanted <= codes("type", "en")


# --- how it reads ---------------------------------------------------------------------------------------------------


def test_a_refusal_names_what_is_missing():
    refusal = Refusal("form.incomplete", missing=("wish", "category"))

    assert refusal.sentence("en") == (
        "The registration form still lacks: Customer's wish, Category. Please complete the registration."
    )
    assert refusal.sentence("zh_CN") == "登记表还缺少：客户诉求、投诉类别。请补全登记。"


def test_a_refusal_names_who_could_do_it():
    refusal = Refusal("move.not_permitted", who=("department_head", "manager"), command="Approve")

    assert refusal.sentence("en") == "“Approve” is for: Department head, Manager. Please ask one of them."
    assert refusal.sentence("zh_CN") == "“审批”由以下人员办理：部门负责人、客服经理。请联系其中一位。"


def test_a_refusal_says_that_nothing_is_possible_where_nothing_is():
    refusal = Refusal("move.illegal", command="Close", state="archived", commands=())

    assert refusal.sentence("en") == "“Close” is no step from “Archived”. Steps that lead on from there: none."
    assert refusal.sentence("zh_CN") == "“已归档”状态下没有“结案”这一步。目前可以进行的流转：无。"


def test_a_complaint_that_does_not_exist_yet_is_in_a_state_with_a_name():
    refusal = Refusal("move.illegal", command="Close", state="", commands=("Receive",))

    assert refusal.sentence("zh_CN") == "“尚未登记”状态下没有“结案”这一步。目前可以进行的流转：登记投诉。"


def test_a_moment_is_told_to_the_minute_with_its_offset():
    local = Refusal("archive.too_early", due="2026-11-23T23:59:59+08:00")
    utc = Refusal("time.in_future", at="2026-11-23T14:00:00.000001+00:00")

    assert local.sentence("zh_CN") == "在 2026-11-23 23:59 +08:00 之前，投诉仍可重新受理或申诉。请在此之后归档。"
    assert utc.sentence("en") == (
        "The time given, 2026-11-23 14:00 +00:00, has not come yet. Please check the date and the time zone."
    )


def test_codes_in_facts_become_words():
    refusal = Refusal("fast.shut", alarms=(Alarm.INJURY.value, Alarm.LAWYER.value), severity=Severity.CRITICAL.value)

    assert refusal.sentence("zh_CN") == (
        "本投诉不能当场办结（等级：重大且紧急；警示事项：人身伤害、律师介入）。"
        "涉及安全的问题或曾经重办的投诉同样如此。请按完整流程办理。"
    )


def test_the_department_head_is_named_beside_the_persons():
    refusal = Refusal("accountability.incomplete", persons=("wang", "department_head"))

    assert refusal.sentence("zh_CN") == (
        "以下人员尚未作出认定：wang、部门负责人。请逐一写明处理措施及依据的制度，或说明不予处理的理由。"
    )


def test_a_conflict_tells_what_happened_in_between():
    li = Actor("li", Role.SPECIALIST, dealer="SH01")
    happened = Event(
        complaint=COMPLAINT, number=4, command=BeginJudgment(complaint=COMPLAINT), at=NOON, recorded_at=NOON, by=li,
        recorded_by=li, source=State.INTAKE, target=State.JUDGMENT,
    )  # fmt: skip

    error = ConflictError(COMPLAINT, 3, 4, [happened])

    assert error.sentence("zh_CN") == (
        f"在此期间已有人办理投诉 {COMPLAINT}：您看到的是第 3 版，现在是第 4 版（4 开始判定）。"
        "未作任何更改，请查看后重新决定。"
    )


def test_what_is_not_found_is_named():
    error = NotFoundError("complaint", "SH01-2026-000001")

    assert str(error) == (
        "Not found, or not open to you: complaint SH01-2026-000001. Please check the number and the dealer."
    )
    assert error.sentence("zh_CN") == "未找到，或您无权查看：投诉 SH01-2026-000001。请核对编号和门店。"


def test_faults_stand_below_what_they_are_in():
    error = InvalidCommandError("Money", [Fault("amount", "type", wanted="Decimal", given="float")])

    assert error.sentence("zh_CN") == "“金额”的内容有误。请更正：\n  amount: 此处应为精确数值，填写的是浮点数。请更正。"


def test_a_broken_history_says_where_and_how():
    said = sentence("error", "history.broken", "en", {"complaint": "C", "number": 3, "what": "changed"})

    assert said == (
        "The history of complaint C is not what was written, at event 3: its text was changed."
        " Please stop using this copy, keep it, and compare it with a backup."
    )


def test_every_member_of_an_enum_has_its_word():
    said = [word(member, "zh_CN") for member in (State.FOLLOW_UP, Channel.PLATFORM_12315, MeasureKind.NONE)]

    assert said == ["待回访", "12315平台", "不予处理"]


def test_a_houses_own_words_stand_for_themselves():
    class Weather(StrEnum):
        RAIN = "rain"

    said = (word(Weather.RAIN, "zh_CN"), label("category", "car_wash", "zh_CN"), field_label("Receive", "weather"))

    assert said == ("rain", "car_wash", "weather")


def test_an_extensions_refusal_without_a_sentence_hides_nothing():
    said = Refusal("house.raining", severity="major", until="2026-11-23T14:00:00Z").sentence("zh_CN")

    assert said == "house.raining (who: 无, severity: 重大, until: 2026-11-23 14:00 +00:00)"


def test_a_fields_label_depends_on_its_owner():
    said = [field_label(owner, "kind", "zh_CN") for owner in ("Receive", "Remedy", "Party", "Evidence")]

    assert said == ["受理类型", "补救方式", "与客户的关系", "证据类型"]


def test_a_language_we_do_not_speak_is_answered_in_english():
    assert label("state", "closed", "de") == "Closed"


def test_nothing_is_loaded_before_the_first_word_is_needed():
    program = "import complaints.desk, complaints.locale as l; print(l._texts.cache_info().currsize)"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "0\n"
