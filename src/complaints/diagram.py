"""The lifecycle as people look at it: a Mermaid diagram, and two tables in Markdown. Text; nothing is drawn."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TypeAlias

from complaints.locale import label
from complaints.machine import Entry, Lifecycle, Move, Row
from complaints.model.event import Rule
from complaints.model.words import Stage, State

_ORDER = {state: place for place, state in enumerate(State)}
_STYLES = (
    "classDef visited fill:#d6e9f8,stroke:#1f5f99,color:#10314d",
    "classDef current fill:#1f5f99,stroke:#10314d,color:#ffffff,stroke-width:3px",
)
_TAKEN = "stroke:#1f5f99,stroke-width:3px"
# Mermaid's own entities: in a quoted label only these signs can end it or be taken for markup
_ENTITIES = str.maketrans(
    {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "`": "#96;", "*": "#42;", "_": "#95;", "\n": " "}
)
# this curve leaves every label where Mermaid made room for it; on others it slides onto its neighbour
_SETTINGS = (
    "---", "config:", "  flowchart:", "    curve: monotoneY", "    nodeSpacing: 30", "    rankSpacing: 40", "---",
)  # fmt: skip
# the widest label decides how far apart the arrows lie, and so how small the whole is shown on a page
_LABEL_COLUMNS = 16

_Arrow: TypeAlias = tuple[Move | None, State | None, State]


def mermaid(lifecycle: Lifecycle, *, language: str = "en", complaint_path: Sequence[State] | None = None) -> str:
    """
    The moves as a Mermaid flowchart: states by stage, from the top down in the order of the work.

    On every arrow stands the command and, below it, who may give it. A dashed arrow leads back. The codes of rules
    are comments. A flowchart and not a ``stateDiagram-v2``, since Mermaid styles single arrows only there.

    Args:
        lifecycle: The definition.
        language: Of the labels: ``"zh_CN"`` or ``"en"``.
        complaint_path: The states one complaint was in, in order, the present one last: they are highlighted,
            with the arrows between them. Where two moves lead the same way, both are.
    """
    path = list(complaint_path or ())
    states = _drawn(lifecycle.moves, path)
    arrows = _arrows(lifecycle.moves, states)
    lines = [*_SETTINGS, "flowchart TB", f'    {_id("state", None)}((" "))']
    lines += _nodes(states, language)
    lines += _comments(lifecycle.moves)
    lines += (_arrow(*arrow, language) for arrow in arrows)
    lines += _highlights(path, arrows)
    return "\n".join(lines) + "\n"


def table_markdown(lifecycle: Lifecycle, *, language: str = "en") -> str:
    """
    The moves as one Markdown table by stage, numbered in the order of the definition, and the entries as another.

    Rules are told by their label of kind ``rule``, else by the name of their function, and by their code.

    Args:
        lifecycle: The definition.
        language: Of the labels: ``"zh_CN"`` or ``"en"``.
    """
    moves = _table(("number", "command", "from", "to", "who", "rules"), _move_rows(lifecycle.moves, language), language)
    entries = _table(("where", "command", "who", "rules"), _entry_rows(lifecycle.entries, language), language)
    return "\n".join([*moves, "", *entries]) + "\n"


# --- the diagram ----------------------------------------------------------------------------------------------------


def _drawn(moves: Sequence[Move], path: Sequence[State]) -> list[State]:
    states = {*path, *(state for move in moves for state in (*move.sources, *move.targets))}
    return [state for state in State if state in states]


def _arrows(moves: Sequence[Move], states: Sequence[State]) -> list[_Arrow]:
    """
    Every way from a state to another, those from each state to the one after it first.

    Mermaid goes down as far as the first arrows lead and takes whatever leads up from there for a way back: by the
    order of the table alone, the fast track would bring the last stage to the top. Where no move leads from a state
    to the one after it, an arrow that is not seen (its move is ``None``) holds the two in order.
    """
    arrows: list[_Arrow] = []
    for move in moves:
        arrows += ((move, source, target) for source in move.sources for target in move.targets)
    ways = {(source, target) for _, source, target in arrows}
    arrows += ((None, *step) for step in pairwise(states) if step not in ways)
    steps = set(pairwise([None, *states]))
    return sorted(arrows, key=lambda arrow: arrow[1:] not in steps)


def _nodes(states: Sequence[State], language: str) -> Iterator[str]:
    for number, stage in enumerate(Stage, start=1):
        here = [state for state in states if state.stage is stage]
        if here:
            title = _escaped(label("stage", stage, language))
            yield f'    subgraph {_id("stage", stage)}["{title if stage is Stage.ENDING else f"{number} · {title}"}"]'
            yield from (
                f'        {_id("state", state)}("{_escaped(label("state", state, language))}")' for state in here
            )
            yield "    end"


def _comments(moves: Iterable[Move]) -> Iterator[str]:
    for move in moves:
        for part, rules in (("given", move.given), ("provided", move.provided)):
            if rules:
                yield f"    %% {move.command.__name__} {part}: {', '.join(rule.code for rule in rules)}"


def _arrow(move: Move | None, source: State | None, target: State, language: str) -> str:
    if move is None:
        return f"    {_id('state', source)} ~~~ {_id('state', target)}"
    line = "-.->" if source is not None and _ORDER[target] < _ORDER[source] else "-->"
    return f'    {_id("state", source)} {line}|"{_arrow_text(move, language)}"| {_id("state", target)}'


def _arrow_text(move: Move, language: str) -> str:
    command = [f"**{_escaped(line)}**" for line in _lines(label("command", move.command.__name__, language))]
    who = [_escaped(line) for line in _lines(_who_in_short(move, language))]
    # the backticks make it Markdown, which is how Mermaid is told of bold letters
    return f"`{'<br/>'.join([*command, *who])}`"


def _who_in_short(move: Move, language: str) -> str:
    """What the house calls them where they are several and it has a word for them, else as in the table."""
    called = label("role", move.who.code, language)
    return called if len(move.who.names) > 1 and called != move.who.code else _who(move, language)


def _lines(text: str) -> list[str]:
    """*text* in lines of at most ``_LABEL_COLUMNS``, where it can be broken: Chinese has no blanks to break at."""
    lines = [""]
    for part in re.findall(r"[^\s/、或]*[\s/、或]*", text):
        if lines[-1] and _columns(lines[-1] + part.rstrip()) > _LABEL_COLUMNS:
            lines.append("")
        lines[-1] += part
    return [line.strip() for line in lines]


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _highlights(path: Sequence[State], arrows: Sequence[_Arrow]) -> Iterator[str]:
    if not path:
        return
    steps = set(pairwise([None, *path]))
    taken = [str(place) for place, (move, *step) in enumerate(arrows) if move and tuple(step) in steps]
    visited = [_id("state", state) for state in State if state in path and state is not path[-1]]
    yield from (f"    {style}" for style in _STYLES)
    if visited:
        yield f"    class {','.join(visited)} visited"
    yield f"    class {_id('state', path[-1])} current"
    if taken:
        yield f"    linkStyle {','.join(taken)} {_TAKEN}"


def _id(kind: str, code: str | None) -> str:
    # The kind in front keeps a stage apart from its state, and Mermaid's own words ("end") from ours.
    return f"{kind}_{re.sub(r'[^a-z0-9_]', '_', code or 'start')}"


def _escaped(text: str) -> str:
    return text.translate(_ENTITIES)


# --- the tables -----------------------------------------------------------------------------------------------------


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]], language: str) -> list[str]:
    head = [label("column", column, language) for column in columns]
    return [_line(head), _line(["---"] * len(columns)), *map(_line, rows)]


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(map(_cell, cells))} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _move_rows(moves: Sequence[Move], language: str) -> Iterator[Sequence[str]]:
    numbered = list(enumerate(moves, start=1))
    for stage in Stage:
        here = [(number, move) for number, move in numbered if _stage(move) is stage]
        if here:
            yield ("", f"**{label('stage', stage, language)}**", "", "", "", "")
        for number, move in here:
            start = _states([state for state in move.sources if state is not None], language)
            yield (str(number), *_told(move, language, start or "–", _states(move.targets, language)))


def _entry_rows(entries: Iterable[Entry], language: str) -> Iterator[Sequence[str]]:
    by_place: dict[str, list[Entry]] = {}
    for entry in entries:
        by_place.setdefault(_states(entry.sources, language), []).append(entry)
    for place, here in by_place.items():
        for number, entry in enumerate(here):
            yield ("" if number else place, *_told(entry, language))


def _told(row: Row, language: str, *between: str) -> tuple[str, ...]:
    name = row.command.__name__
    title = label("command", name, language)
    command = f"`{name}`" if title == name else f"{title} `{name}`"
    rules = "; ".join(_rule(rule, language) for rule in (*row.given, *row.provided))
    return (command, *between, _who(row, language), rules)


def _rule(rule: Rule, language: str) -> str:
    text = label("rule", rule.code, language)
    words = rule.__name__.replace("_", " ") if text == rule.code else text
    return f"{words} (`{rule.code}`)"


def _stage(move: Move) -> Stage:
    first = move.sources[0]
    return (move.targets[0] if first is None else first).stage


def _who(row: Row, language: str) -> str:
    return _joint(language).join(label("role", name, language) for name in row.who.names)


def _states(states: Iterable[State], language: str) -> str:
    """The states in order; three neighbours and more as ``first … last``."""
    runs: list[list[State]] = []
    for state in sorted(states, key=lambda state: _ORDER[state]):
        if runs and _ORDER[state] == _ORDER[runs[-1][-1]] + 1:
            runs[-1].append(state)
        else:
            runs.append([state])
    names = [[label("state", state, language) for state in run] for run in runs]
    joint = _joint(language)
    return joint.join(f"{run[0]} … {run[-1]}" if len(run) > 2 else joint.join(run) for run in names)


def _joint(language: str) -> str:
    return "、" if language == "zh_CN" else ", "


__all__ = ["mermaid", "table_markdown"]
