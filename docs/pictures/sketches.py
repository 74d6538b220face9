"""
Draws the small pictures of the documentation in both languages, without a browser; words and places stand here.

``uv run python docs/pictures/sketches.py`` writes them to ``docs/_static``; a test holds the files to what this draws.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path
from textwrap import wrap

from complaints.locale import label
from complaints.model.words import Stage

FOLDER = Path(__file__).parent.parent / "_static"
LANGUAGES = ("en", "zh_CN")

_INK, _FAINT, _LINE, _BLUE, _PALE = "#10314d", "#52606d", "#9aa8b5", "#1f5f99", "#d6e9f8"
_BROWN = "#5c4508"
_STEPS = {
    "en": (
        ("Command", "an order: who,", "what, when"),
        ("Rules", "pure: no clock,", "no database"),
        ("Event", "the accepted order,", "chained by digest"),
        ("Store", "all in one", "transaction"),
        ("Others", "are told what", "was written"),
    ),
    "zh_CN": (
        ("指令", "谁、何事、", "何时"),
        ("规则", "纯函数：不看钟，", "不查库"),
        ("事件", "被接受的指令，", "以摘要相连"),
        ("存储", "在一个事务里", "一次写入"),
        ("他人", "得知的是", "已写入的内容"),
    ),
}
_PARTS = {"en": ("decide", "commit", "tell"), "zh_CN": ("先决定", "再写入", "后告知")}
_REFUSED = {
    "en": ("Refused", "every reason at once,", "nothing is changed"),
    "zh_CN": ("拒绝", "一次说完全部理由，", "什么也没有改变"),
}
_OF_STEPS = {
    "en": "A command is decided by rules, becomes an event, is written in one transaction, and only then told to"
    " others. A refusal changes nothing.",
    "zh_CN": "指令由规则裁决，成为事件，在一个事务里写入，然后才告知他人。拒绝不改变任何内容。",
}
_CLOCKS = {
    "en": {
        "hold": "hold: waiting for parts",
        "pausing": ("investigate: 3 working days", "may pause for parts"),
        "statutory": ("set by law or an authority", "never pauses"),
        "start": "start", "stands": "stands still", "was": "was due", "due": "due", "same": "due, as set",
    },
    "zh_CN": {
        "hold": "挂起：等配件",
        "pausing": ("调查：3 个工作日", "等配件时可以暂停"),
        "statutory": ("法律或机关定下的期限", "从不暂停"),
        "start": "起算", "stands": "停表", "was": "原到期日", "due": "到期", "same": "到期，不变",
    },
}  # fmt: skip
_OF_CLOCKS = {
    "en": "While parts are waited for, the clock of the investigation stands still and its due date moves by as long;"
    " a clock set by law goes on.",
    "zh_CN": "等配件期间，调查的期限停表，到期日相应后移；法律定下的期限照常走。",
}

# of each stage, the steps that the tutorial tells of
_TOLD = {
    Stage.INTAKE: ("Receive", "BeginJudgment"),
    Stage.JUDGMENT: ("Uphold",),
    Stage.INVESTIGATION: ("RecordFinding", "ConcludeInvestigation"),
    Stage.PROPOSAL: ("SubmitProposals", "Approve"),
    Stage.EXECUTION: ("Accept", "CompleteExecution"),
    Stage.REVIEW: ("RecordFollowUp", "Close"),
}
_OF_STAGES = {
    "en": "The six stages, from receipt to closing, each with the steps of this tutorial.",
    "zh_CN": "从登记到结案的六个阶段，以及本教程在各阶段走的步骤。",
}
_FAST = {
    "en": (
        ("One page", "received and settled", "in one transaction"),
        ("Call-back", "within three days,", "by somebody else"),
        ("Closed", "by a supervisor who", "did not settle it"),
    ),
    "zh_CN": (
        ("一页纸", "登记和办结", "在一个事务里"),
        ("回访", "三天之内，", "由另一个人"),
        ("结案", "由没有经手办结的", "主管办理"),
    ),
}
_SHUT = {
    "en": ("The full way", "through all", "six stages"),
    "zh_CN": ("完整流程", "六个阶段", "逐一办理"),
}
_WHY_SHUT = {
    "en": ("safety, a lawyer, a public post …", "not satisfied"),
    "zh_CN": ("涉及安全、律师介入、公开发帖……", "没有达到满意"),
}
_OF_FAST = {
    "en": "One page is received and settled in one transaction, called back by somebody else and closed by another"
    " supervisor; whatever makes it more than a grumble leads to the full way.",
    "zh_CN": "一页纸登记并当场办结，由另一个人回访，由没有经手的主管结案；超出小抱怨的，按完整流程办理。",
}
_TYPED = {
    "en": {
        "moments": (
            ("10:00", "decided on the telephone", "by=zhao, at=10:00"),
            ("12:00", "typed in", "recorded_by=li"),
            ("16:00", "confirmed in person", "ConfirmProxy, by=zhao"),
        ),
        "counts": "counts at once; not closed before it is confirmed",
        "free": "may be closed",
    },
    "zh_CN": {
        "moments": (
            ("10:00", "电话里决定", "by=zhao, at=10:00"),
            ("12:00", "代为录入", "recorded_by=li"),
            ("16:00", "本人确认", "ConfirmProxy, by=zhao"),
        ),
        "counts": "立即生效；确认之前不能结案",
        "free": "可以结案",
    },
}
_OF_TYPED = {
    "en": "Decided at ten by one, typed at twelve by another: it counts at once, and the first confirms it at four.",
    "zh_CN": "十点由一人决定，十二点由另一人录入：立即生效，下午四点由本人确认。",
}

_RELAY = {
    "en": {
        "stations": (
            ("desk.feed", "in the order of", "commits"),
            ("Relay", "reads a page,", "publishes it"),
            ("Bus", "Kafka, RabbitMQ,", "a table"),
            ("Consumer", "does nothing", "twice"),
        ),
        "kept": (
            ("Cursor", "noted when the bus", "has taken the page"),
            ("Ids it has had", "with the work, in", "one transaction"),
        ),
        "again": "dies before it noted: the page once more",
        "dropped": "had before: passed over",
    },
    "zh_CN": {
        "stations": (
            ("desk.feed", "按提交的", "先后"),
            ("转发程序", "读一页，", "发布"),
            ("总线", "Kafka、RabbitMQ、", "一张表"),
            ("接收方", "不重复", "处理"),
        ),
        "kept": (("游标", "总线收下这一页", "之后才记下"), ("收过的 id", "与处理结果写在", "同一个事务里")),
        "again": "没记下就中断：这一页再发一次",
        "dropped": "收过的：略过",
    },
}
_OF_RELAY = {
    "en": "The relay reads a page of the feed, publishes it and then notes its cursor; if it dies in between, the page"
    " comes once more, and the consumer passes over the ids it has had.",
    "zh_CN": "转发程序读一页事件流，发布，然后记下游标；中途中断时这一页会再发一次，接收方略过收过的 id。",
}


def pictures() -> dict[Path, str]:
    """Every picture by the file it is kept in."""
    drawn = {
        "decide-commit-tell": _decide_commit_tell,
        "paused-clock": _paused_clock,
        "six-stages": _six_stages,
        "fast-track": _fast_track,
        "typed-by-another": _typed_by_another,
        "relay": _relay,
    }
    return {FOLDER / f"{name}.{language}.svg": draw(language) for name, draw in drawn.items() for language in LANGUAGES}


# --- a command becomes an event -------------------------------------------------------------------------------------


def _decide_commit_tell(language: str) -> str:
    lines = [*_steps(language), *_refused(language), *_brackets(language)]
    return _picture(910, 290, _OF_STEPS[language], lines)


def _steps(language: str) -> Iterator[str]:
    for place, words in enumerate(_STEPS[language]):
        left = 15 + 182 * place
        yield from _box(left, 60, words, is_main=True)
        if place:
            yield _arrow(f"M{left - 30} 100 H{left - 6}")


def _refused(language: str) -> Iterator[str]:
    yield _arrow("M272 140 V192", is_dashed=True)
    yield from _box(197, 198, _REFUSED[language], is_main=False)


def _brackets(language: str) -> Iterator[str]:
    for (left, right), word in zip(((197, 531), (561, 713), (743, 895)), _PARTS[language], strict=True):
        yield f'<path d="M{left} 44 V36 H{right} V44" fill="none" stroke="{_LINE}"/>'
        yield _text((left + right) // 2, 26, word, color=_FAINT)


def _box(left: int, top: int, words: tuple[str, ...], *, is_main: bool) -> Iterator[str]:
    fill, edge, dash = (_PALE, _BLUE, "") if is_main else ("#ffffff", _LINE, ' stroke-dasharray="5"')
    yield f'<rect x="{left}" y="{top}" width="150" height="80" rx="6" fill="{fill}" stroke="{edge}"{dash}/>'
    for line, word in enumerate(words):
        yield _text(left + 75, top + 24 + 21 * line, word, is_bold=line == 0, color=_INK if line == 0 else _FAINT)


# --- a clock that stands still --------------------------------------------------------------------------------------


def _paused_clock(language: str) -> str:
    said = _CLOCKS[language]
    lines = [
        '<rect x="440" y="34" width="240" height="196" fill="#fff8e6" stroke="#b88a1a" stroke-dasharray="4"/>',
        _text(560, 24, said["hold"], color=_BROWN),
        *_bar(62, said["pausing"], ((250, 440), (680, 850))),
        f'<path d="M440 74 H680" stroke="{_BLUE}" stroke-width="2" stroke-dasharray="3 5"/>',
        _text(525, 66, said["stands"], color=_BROWN),
        *_moment(250, 62, said["start"]),
        *_moment(610, 62, said["was"], is_past=True),
        *_moment(850, 62, said["due"]),
        _arrow("M642 102 C 700 116, 770 116, 828 103", is_dashed=True),
        *_bar(162, said["statutory"], ((250, 750),)),
        *_moment(250, 162, said["start"]),
        *_moment(750, 162, said["same"]),
    ]
    return _picture(910, 240, _OF_CLOCKS[language], lines)


def _bar(top: int, names: tuple[str, str], spans: tuple[tuple[int, int], ...]) -> Iterator[str]:
    for line, name in enumerate(names):
        yield _text(15, top + 8 + 20 * line, name, anchor="start", color=_FAINT if line else _INK)
    for left, right in spans:
        yield f'<rect x="{left}" y="{top}" width="{right - left}" height="24" rx="3" fill="{_BLUE}"/>'


def _moment(x: int, top: int, name: str, *, is_past: bool = False) -> Iterator[str]:
    dash = ' stroke-dasharray="3"' if is_past else ""
    yield f'<path d="M{x} {top - 6} V{top + 30}" stroke="{_INK}" stroke-width="2"{dash}/>'
    yield _text(x, top + 46, name, color=_FAINT if is_past else _INK)


# --- how-tos and tutorial -------------------------------------------------------------------------------------------


def _six_stages(language: str) -> str:
    lines: list[str] = []
    for place, (stage, commands) in enumerate(_TOLD.items()):
        left = 10 + 150 * place
        title = f"{place + 1} · {label('stage', stage, language)}"
        told = [
            line for name in commands for line in wrap(label("command", name, language), 18, break_on_hyphens=False)
        ]
        lines.append(f'<rect x="{left}" y="10" width="134" height="106" rx="6" fill="{_PALE}" stroke="{_BLUE}"/>')
        lines.append(_text(left + 67, 34, title, is_bold=True, color=_INK))
        lines += (_text(left + 67, 56 + 18 * line, words, color=_FAINT) for line, words in enumerate(told))
        if place:
            lines.append(_arrow(f"M{left - 15} 63 H{left - 2}"))
    return _picture(904, 126, _OF_STAGES[language], lines)


def _fast_track(language: str) -> str:
    lines: list[str] = []
    for place, words in enumerate(_FAST[language]):
        lines += _box(15 + 260 * place, 15, words, is_main=True)
        if place:
            lines.append(_arrow(f"M{15 + 260 * place - 108} 55 H{15 + 260 * place - 6}"))
    lines += _box(275, 155, _SHUT[language], is_main=False)
    lines.append(_arrow("M90 95 V185 H269", is_dashed=True))
    lines.append(_arrow("M350 95 V149", is_dashed=True))
    shut, unhappy = _WHY_SHUT[language]
    lines.append(_text(15, 210, shut, anchor="start", color=_FAINT))
    lines.append(_text(362, 128, unhappy, anchor="start", color=_FAINT))
    return _picture(700, 250, _OF_FAST[language], lines)


def _typed_by_another(language: str) -> str:
    said = _TYPED[language]
    lines = [
        '<rect x="360" y="36" width="260" height="24" rx="3" fill="#fff8e6" stroke="#b88a1a"/>',
        f'<rect x="620" y="36" width="200" height="24" rx="3" fill="{_PALE}" stroke="{_BLUE}"/>',
        f'<path d="M40 60 H830" stroke="{_INK}" stroke-width="2"/>',
        _text(490, 26, said["counts"], color=_BROWN),
        _text(720, 26, said["free"], color=_INK),
    ]
    for x, (time, what, how) in zip((100, 360, 620), said["moments"], strict=True):
        lines.append(f'<path d="M{x} 32 V66" stroke="{_INK}" stroke-width="2"/>')
        lines += (_text(x, 84, time, color=_FAINT), _text(x, 106, what, is_bold=True, color=_INK))
        lines.append(_text(x, 128, how, color=_FAINT))
    return _picture(850, 140, _OF_TYPED[language], lines)


def _relay(language: str) -> str:
    said, lines = _RELAY[language], list[str]()
    for place, words in enumerate(said["stations"]):
        left = 15 + 232 * place
        lines += _box(left, 15, words, is_main=True)
        if place:
            lines.append(_arrow(f"M{left - 80} 55 H{left - 6}"))
    for left, words, told in zip((247, 711), said["kept"], (said["again"], said["dropped"]), strict=True):
        lines += _box(left, 135, words, is_main=False)
        lines.append(_arrow(f"M{left + 75} 97 V131"))
        lines.append(_text(left + 75, 240, told, color=_BROWN))
    return _picture(900, 255, _OF_RELAY[language], lines)


# --- SVG ------------------------------------------------------------------------------------------------------------


def _picture(width: int, height: int, told: str, lines: list[str]) -> str:
    """A white page behind it, for readers with a dark one, and the whole told in words for who cannot see it."""
    body = "\n".join(lines)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="14">\n'
        f"<title>{escape(told)}</title>\n"
        '<rect width="100%" height="100%" fill="#ffffff"/>\n'
        f'<defs><marker id="end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        f'<path d="M0 0 L8 4 L0 8 z" fill="{_FAINT}"/></marker></defs>\n'
        f"{body}\n</svg>\n"
    )


def _text(x: int, y: int, words: str, *, color: str, anchor: str = "middle", is_bold: bool = False) -> str:
    weight = ' font-weight="bold"' if is_bold else ""
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{color}"{weight}>{escape(words)}</text>'


def _arrow(path: str, *, is_dashed: bool = False) -> str:
    dash = ' stroke-dasharray="5"' if is_dashed else ""
    return f'<path d="{path}" fill="none" stroke="{_FAINT}" stroke-width="1.5" marker-end="url(#end)"{dash}/>'


def main() -> None:
    """Draw all of them anew."""
    for file, drawn in pictures().items():
        file.write_text(drawn, encoding="utf-8")


if __name__ == "__main__":
    main()
