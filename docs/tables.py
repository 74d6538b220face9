"""
The tables of the documentation that are made from the code, in each language; ``conf.py`` writes them for Sphinx.

A row of a refusal is made of three things that have each one home: its sentence in ``locale/``, the rows of the
lifecycle whose rules answer with it, and the place in the code that says who could do it.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import rich_click as click

import complaints
from complaints import locale
from complaints.cli.app import application
from complaints.cli.exit_codes import EXIT_CODES
from complaints.http import STATUS
from complaints.lifecycle import LIFECYCLE, OF_EVERY_ENTRY, OF_EVERY_MOVE
from complaints.model.personal import Personal
from complaints.model.words import Role
from complaints.policy import RELAXABLE, SEES

LANGUAGES = ("en", "zh_CN")

_SAID = {
    "en": {
        "refusal": "Refusals", "fault": "Faults of a value", "error": "Errors",
        "code": "code · asked at", "way": "what stands in the way", "do": "what to do · who can",
        "every": "every step", "who": "Who: ", "facts": "the refusal names them",
        "set_aside": "A manager may set it aside (`Override`).", "relaxed": "A small house may relax it.",
        "typed": "complaints …", "does": "what it does", "options": "Options: ",
        "exit_code": "exit code", "meaning": "meaning", "status": "status", "error_class": "error",
        "role": "role", "rule": "rule",
        "names": "names", "contacts": "contacts", "words": "words", "vehicle": "vehicle", "and": ", ", "end": ".",
        "others": "The refusals it carries say that.",
    },
    "zh_CN": {
        "refusal": "拒绝", "fault": "填写有误", "error": "错误",
        "code": "代码 · 适用的步骤", "way": "卡在哪里", "do": "怎么办 · 由谁办",
        "every": "每一步", "who": "办理人：", "facts": "以拒绝信息所列为准",
        "set_aside": "客服经理可以特批豁免（`Override`）。", "relaxed": "人手少的店可以放宽。",
        "typed": "complaints ……", "does": "做什么", "options": "选项：",
        "exit_code": "退出码", "meaning": "含义", "status": "状态码", "error_class": "错误类",
        "role": "角色", "rule": "规则",
        "names": "姓名", "contacts": "联系方式", "words": "文字内容", "vehicle": "车辆", "and": "、", "end": "。",
        "others": "见所附的各条拒绝信息。",
    },
}  # fmt: skip
# a sentence tells first what stands in the way; from here on it tells what to do
_WHAT_TO_DO = {
    "en": re.compile(
        r"(?:^|(?<=[.:;,}]))\s*(?=[Pp]lease\b|If [^,.]+, please|There is nothing"
        r"|Nothing (?:more )?(?:is (?:to|needed)|needs)\b)"
    ),
    "zh_CN": re.compile(
        r"(?:^|(?<=[。；，：、}]))(?=[^。；，：{}已申]{0,8}(?:请|无需)|如[^。；，]+，请|可选|现在只能)"
    ),
}
# the table below it has two columns of whole sentences; tables.css knows the class
_OF_SENTENCES = ("```{rst-class} sentences", "```", "")
_GLOSSARY = (
    ("stage", "Stages", "阶段"), ("state", "States", "状态"), ("severity", "Severity", "严重等级"),
    ("role", "Roles", "角色"), ("verdict", "Verdicts", "判定结论"), ("outcome", "Outcomes", "处理结果"),
    ("satisfaction", "Answers of the call-back", "回访结果"), ("track", "Tracks", "办理方式"),
    ("duty", "Duties", "职责"), ("alarm", "Alarms", "警示事项"), ("cause", "Causes", "原因"),
    ("remedy_kind", "Remedies", "补救措施"), ("party", "Parties", "相关人"), ("channel", "Channels", "渠道"),
    ("department", "Departments", "部门"), ("category", "Categories", "类别"), ("clock", "Clocks", "期限"),
    ("clock_kind", "What the end of a clock means", "期限届满的含义"),
    ("clock_state", "States of a clock", "期限的状态"), ("rule_standing", "How sure a rule is", "规则的可靠程度"),
    ("promise_state", "Promises", "承诺"), ("personal_data", "Personal data", "个人信息"),
    ("proof", "Proof of acceptance", "客户确认的凭证"), ("rework_reason", "Reasons for rework", "重办原因"),
    ("end_ground", "Grounds to end without agreement", "未达成一致终结的理由"),
    ("void_reason", "Reasons to void an entry", "作废原因"), ("link_kind", "Links", "关联方式"),
    ("merge_ground", "Grounds to merge", "并案理由"), ("case_kind", "Outside cases", "外部投诉"),
    ("case_status", "States of an outside case", "外部投诉的状态"), ("hold_kind", "What is waited for", "挂起原因"),
    ("help_kind", "Help at once", "先行处置"), ("against", "Whom a claim is made on", "索赔对象"),
    ("claim_answer", "Answers to a claim", "索赔结果"), ("confirming", "Confirmations", "补录确认"),
    ("numbering", "Ways to number complaints", "编号方式"),
    ("correctable_fact", "What can be corrected", "可更正的内容"), ("command", "Commands", "操作"),
)  # fmt: skip


def words(language: str) -> str:
    """A table of codes and their labels in both languages for every kind of word."""
    other = next(one for one in LANGUAGES if one != language)
    named = {"en": "English", "zh_CN": "中文"}
    code = _SAID[language]["code"].partition(" ")[0]
    lines: list[str] = []
    for kind, *titles in _GLOSSARY:
        lines += (f"### {titles[LANGUAGES.index(language)]}", "")
        lines += _head(code, named[language], named[other])
        for code in sorted(locale.codes(kind, "en")):
            lines.append(f"| `{code}` | {locale.label(kind, code, language)} | {locale.label(kind, code, other)} |")
        lines.append("")
    return _page(lines)


def commands(language: str) -> str:
    """Every command of the command line, with what it takes beside the options that all of them have."""
    said, program = _SAID[language], application(language)
    everywhere = {flag for option in program.params for flag in option.opts}
    lines = _head(said["typed"], said["does"])
    for names, command in _commands(program, ()):
        asked = [
            param.make_metavar(click.Context(command)) for param in command.params if isinstance(param, click.Argument)
        ]
        own = [option.opts[0] for option in command.params if isinstance(option, click.Option)]
        flags = [f"`{flag}`" for flag in own if flag not in everywhere]
        more = f"<br>{said['options']}{said['and'].join(flags)}{said['end']}" if flags else ""
        lines.append(f"| `{' '.join((*names, *asked))}` | {_with_flags(_in_a_cell(command.help or ''))}{more} |")
    return _page(lines)


def _commands(group: click.Group, above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """All that can be called below a group, with the words that call it."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, (*above, name))
        else:
            yield (*above, name), command


def _with_flags(text: str) -> str:
    """*text* with its flags set as code: two hyphens would become a dash."""
    return re.sub(r"--[a-z-]+", r"`\g<0>`", text)


def exit_codes(language: str) -> str:
    """What the command line ends with."""
    said = _SAID[language]
    rows = (f"| {code} | {locale.label('screen', meaning, language)} |" for code, meaning in EXIT_CODES.items())
    return _page([*_head(said["exit_code"], said["meaning"]), *rows])


def http_status(language: str) -> str:
    """Which status each error has over HTTP."""
    said = _SAID[language]
    lines = _head(said["status"], said["code"].partition(" ")[0], said["error_class"], said["meaning"])
    for error, status in sorted(STATUS.items(), key=lambda one: (one[1], one[0].code)):
        title = locale.label("problem", error.code, language)
        lines.append(f"| {status} | `{error.code}` | `{error.__name__}` | {title} |")
    return _page(lines)


def sees(language: str) -> str:
    """Which role sees which personal texts by default."""
    said = _SAID[language]
    lines = _head(said["role"], *(said[group.value] for group in Personal))
    for role in Role:
        marks = " | ".join("✓" if group in SEES[role] else "" for group in Personal)
        lines.append(f"| {locale.word(role, language)} | {marks} |")
    return _page(lines)


def relaxations(language: str) -> str:
    """The rules a small house may set aside."""
    lines = _head(_SAID[language]["code"].partition(" ")[0], _SAID[language]["rule"])
    return _page(lines + [f"| `{code}` | {locale.label('rule', code, language)} |" for code in sorted(RELAXABLE)])


def codes(language: str) -> str:
    """Every refusal, fault and error: what stands in the way, what to do, and who can do it."""
    said = _SAID[language]
    lines: list[str] = []
    for kind in ("refusal", "fault", "error"):
        lines += (f"## {said[kind]}", "", *_OF_SENTENCES, *_head(said["code"], said["way"], said["do"]))
        lines += (_code_row(kind, code, language) for code in sorted(locale.codes(kind, "en")))
        lines.append("")
    return _page(lines)


def parted(kind: str, code: str, language: str) -> tuple[str, str]:
    """A sentence in two: what stands in the way, and what to do; the second is empty where nothing says it."""
    sentence = locale.label(kind, code, language)
    found = _WHAT_TO_DO[language].search(sentence)
    if found is None:
        return sentence, ""
    way, do = sentence[: found.start()].rstrip(), sentence[found.end() :]
    if language == "en":
        return (re.sub(r"[:;,]$", ".", way), do[:1].upper() + do[1:])
    return (re.sub(r"[：；，、]$", "。", way), do)


@cache
def who_can() -> dict[str, tuple[str, ...]]:
    """
    By the code of a refusal, the roles that its place in the code names.

    An empty tuple where they follow from the complaint, such as whoever's limit covers a proposal.
    """
    found: dict[str, tuple[str, ...]] = {}
    for file in sorted(Path(complaints.__file__).parent.rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        # few files name anybody, and to read one as a tree takes a hundred times as long
        calls = ast.walk(ast.parse(text)) if "who=" in text else ()
        for call in calls:
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "Refusal":
                found.update(_named_in(call))
    return found


def _named_in(call: ast.Call) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The code and the roles of one place that refuses, if it names any."""
    named = next((given.value for given in call.keywords if given.arg == "who"), None)
    if named is None or not isinstance(call.args[0], ast.Constant):
        return
    try:
        yield call.args[0].value, tuple(ast.literal_eval(named))
    except ValueError:
        yield call.args[0].value, ()


@cache
def _asked_at() -> dict[str, tuple[str, ...]]:
    """By the code of a rule, the commands whose rows ask it; none for a rule of every step."""
    asked: dict[str, dict[str, None]] = defaultdict(dict)
    for row in (*LIFECYCLE.moves, *LIFECYCLE.entries):
        for rule in (*row.given, *row.provided):
            asked[rule.code][row.command.__name__] = None
    of_every_step = {rule.code: () for rule in (*OF_EVERY_MOVE, *OF_EVERY_ENTRY)}
    return {**{code: tuple(commands) for code, commands in asked.items()}, **of_every_step}


@cache
def _overridable() -> frozenset[str]:
    rows = (*LIFECYCLE.moves, *LIFECYCLE.entries)
    return frozenset(rule.code for row in rows for rule in (*row.given, *row.provided) if rule.overridable)


def _code_row(kind: str, code: str, language: str) -> str:
    way, do = (_in_a_cell(part) for part in parted(kind, code, language))
    where = _where(code, language) if kind == "refusal" else ""
    more = _beside(code, language) if kind == "refusal" else ()
    do = do or (_SAID[language]["others"] if kind == "error" else "")
    gap = "" if language == "zh_CN" else " "
    return f"| `{code}`{where} | {way} | {gap.join(part for part in (do, *more) if part)} |"


def _where(code: str, language: str) -> str:
    commands = _asked_at().get(code)
    if commands is None:
        return ""
    labels = [locale.label("command", name, language) for name in commands] or [_SAID[language]["every"]]
    return f"<br>{_SAID[language]['and'].join(labels)}"


def _beside(code: str, language: str) -> Iterator[str]:
    """What else helps: who could do it, and whether the house may set it aside."""
    said = _SAID[language]
    if code in who_can():
        names = [locale.label("role", name, language) for name in who_can()[code]] or [said["facts"]]
        yield f"{said['who']}{said['and'].join(names)}{said['end']}"
    if code in _overridable():
        yield said["set_aside"]
    if code in RELAXABLE:
        yield said["relaxed"]


def _in_a_cell(text: str) -> str:
    return text.replace("|", "/").replace("\n", " ").replace("<", "&lt;")


def _head(*columns: str) -> list[str]:
    return [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]


def _page(lines: Iterable[str]) -> str:
    return "\n".join(lines).rstrip("\n") + "\n"
