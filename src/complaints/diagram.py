"""The lifecycle as people look at it: a Mermaid diagram, and tables in Markdown. Text; nothing is drawn."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import pairwise
from typing import TypeAlias

from complaints.locale import codes, label, sentence
from complaints.machine import Entry, Lifecycle, Move, Row
from complaints.model.event import Rule
from complaints.model.span import Span
from complaints.model.words import OPEN, Stage, State
from complaints.policy import RulePack
from complaints.policy.rules import ClockRule, is_command

_ORDER = {state: place for place, state in enumerate(State)}
_SEVERAL = "classDef several fill:#fff8e6,stroke:#b88a1a,color:#5c4508,stroke-dasharray:4"
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
# a move with more ways than that is drawn from, or to, one node that stands for its states: else nobody finds one arrow
_MOST_WAYS = 3

_End: TypeAlias = State | tuple[State, ...] | None
_Way: TypeAlias = tuple[_End, _End]
_Arrow: TypeAlias = tuple[Move | None, _End, _End]
_Step: TypeAlias = tuple[str, _End, _End]


def mermaid(
    lifecycle: Lifecycle, *, language: str = "en", complaint_path: Sequence[tuple[str, State]] | None = None
) -> str:
    """
    The moves as a Mermaid flowchart: states by stage, from the top down in the order of the work.

    On every arrow stands the command and, below it, who may give it. A dashed arrow leads back. A move that many
    states have is one arrow from a dashed node that names them all, and so is one that leads to many. The codes of
    rules are comments. A flowchart and not a ``stateDiagram-v2``, since Mermaid styles single arrows only there.

    Args:
        lifecycle: The definition.
        language: Of the labels: ``"zh_CN"`` or ``"en"``.
        complaint_path: The moves one complaint took, in order, each as the name of its command and the state it led
            to, the present one last: states and arrows are highlighted. What it took of a move that many states have
            is drawn as an arrow of its own.
    """
    path = list(complaint_path or ())
    steps = _steps(path)
    states = _drawn(lifecycle.moves, [state for _, state in path])
    arrows = _arrows(lifecycle.moves, states, steps)
    lines = [*_SETTINGS, "flowchart TB", f'    {_id("state", None)}((" "))']
    lines += _nodes(states, language)
    lines += _nodes_of_several(arrows, language)
    lines += _comments(lifecycle.moves)
    lines += (_arrow(*arrow, language) for arrow in arrows)
    lines += _highlights([state for _, state in path], steps, arrows)
    return "\n".join(lines) + "\n"


def table_markdown(lifecycle: Lifecycle, *, language: str = "en") -> str:
    """
    The moves as Markdown tables, one for each stage they leave, and the entries, one for each place.

    Moves are numbered in the order of the definition. Rules are told by their label of kind ``rule``, else by the
    name of their function, and by their code.

    Args:
        lifecycle: The definition.
        language: Of the labels: ``"zh_CN"`` or ``"en"``.
    """
    parts = [*_tables_of_moves(lifecycle.moves, language), *_tables_of_entries(lifecycle.entries, language)]
    return "\n\n".join(parts) + "\n"


# --- the diagram ----------------------------------------------------------------------------------------------------


def _steps(path: Sequence[tuple[str, State]]) -> set[_Step]:
    before = [None, *(state for _, state in path)]
    return {(name, source, target) for source, (name, target) in zip(before, path, strict=False)}


def _drawn(moves: Sequence[Move], path: Sequence[State]) -> list[State]:
    states = {*path, *(state for move in moves for state in (*move.sources, *move.targets))}
    return [state for state in State if state in states]


def _arrows(moves: Sequence[Move], states: Sequence[State], steps: Set[_Step]) -> list[_Arrow]:
    """
    Every way from a state to another, those from each state to the one after it first.

    Mermaid goes down as far as the first arrows lead and takes whatever leads up from there for a way back: by the
    order of the table alone, the fast track would bring the last stage to the top. Where no move leads from a state
    to the one after it, an arrow that is not seen (its move is ``None``) holds the two in order.
    """
    arrows: list[_Arrow] = []
    in_order: set[_Way] = set(pairwise([None, *states]))
    for move in moves:
        ways: list[_Way] = [(source, target) for source in move.sources for target in move.targets]
        if _are_drawn_together(ways, in_order):
            arrows.append((move, _together(move.sources), _together(move.targets)))
            ways = [way for way in ways if (move.command.__name__, *way) in steps]
        arrows += ((move, *way) for way in ways)
    led = {(source, target) for _, source, target in arrows}
    arrows += ((None, *step) for step in pairwise(states) if step not in led)
    return sorted(arrows, key=lambda arrow: arrow[1:] not in in_order)


def _are_drawn_together(ways: Sequence[_Way], in_order: Set[_Way]) -> bool:
    """Whether they are too many, or several of which each would cross the picture."""
    is_near = any(way in in_order or way[::-1] in in_order for way in ways)
    return len(ways) > _MOST_WAYS or (len(ways) > 1 and not is_near)


def _together(states: Sequence[State | None]) -> _End:
    several = tuple(state for state in states if state is not None)
    return several if len(states) > 1 else states[0]


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


def _nodes_of_several(arrows: Sequence[_Arrow], language: str) -> Iterator[str]:
    several = {
        _id_of(*ends): ends[0]
        for _, source, target in arrows
        for ends in ((source, target), (target, source))
        if isinstance(ends[0], tuple)
    }
    for node, states in several.items():
        # every open state is what a house says; all ten of them nobody reads
        told = [label("diagram", "any_open", language)] if states == OPEN else _lines_of_states(states, language)
        yield f'    {node}("{"<br/>".join(map(_escaped, told))}"):::several'
    if several:
        yield f"    {_SEVERAL}"


def _comments(moves: Iterable[Move]) -> Iterator[str]:
    for move in moves:
        for part, rules in (("given", move.given), ("provided", move.provided)):
            if rules:
                yield f"    %% {move.command.__name__} {part}: {', '.join(rule.code for rule in rules)}"


def _arrow(move: Move | None, source: _End, target: _End, language: str) -> str:
    if move is None:
        return f"    {_id_of(source, target)} ~~~ {_id_of(target, source)}"
    line = "-.->" if _leads_back(source, target) else "-->"
    return f'    {_id_of(source, target)} {line}|"{_arrow_text(move, language)}"| {_id_of(target, source)}'


def _leads_back(source: _End, target: _End) -> bool:
    """Whether any of its ways does."""
    places = [_ORDER[state] for state in _each(source)]
    return any(_ORDER[state] < place for state in _each(target) for place in places)


def _each(end: _End) -> tuple[State, ...]:
    return end if isinstance(end, tuple) else () if end is None else (end,)


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


def _highlights(path: Sequence[State], steps: Set[_Step], arrows: Sequence[_Arrow]) -> Iterator[str]:
    if not path:
        return
    taken = [str(place) for place, (move, *way) in enumerate(arrows) if move and (move.command.__name__, *way) in steps]
    visited = [_id("state", state) for state in State if state in path and state is not path[-1]]
    yield from (f"    {style}" for style in _STYLES)
    if visited:
        yield f"    class {','.join(visited)} visited"
    yield f"    class {_id('state', path[-1])} current"
    if taken:
        yield f"    linkStyle {','.join(taken)} {_TAKEN}"


def _id_of(end: _End, other: _End) -> str:
    """Of the node of *end*; several states have one for each *other* end, so that it stands where it is looked for."""
    if not isinstance(end, tuple):
        return _id("state", end)
    return _id("several", "_".join([*end, "and", *_each(other)]))


def _id(kind: str, code: str | None) -> str:
    # The kind in front keeps a stage apart from its state, and Mermaid's own words ("end") from ours.
    return f"{kind}_{re.sub(r'[^a-z0-9_]', '_', code or 'start')}"


def _escaped(text: str) -> str:
    return text.translate(_ENTITIES)


# --- the tables -----------------------------------------------------------------------------------------------------


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]], language: str) -> str:
    head = [label("column", column, language) for column in columns]
    return "\n".join([_line(head), _line(["---"] * len(columns)), *map(_line, rows)])


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(map(_cell, cells))} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _tables_of_moves(moves: Sequence[Move], language: str) -> Iterator[str]:
    yield f"## {label('diagram', 'moves', language)}"
    numbered = list(enumerate(moves, start=1))
    for stage in Stage:
        here = [(str(number), move) for number, move in numbered if _stage(move) is stage]
        if here:
            yield f"### {label('stage', stage, language)}"
            rows = (
                (number, _told(move, language), _way(move, language), _rules(move, language)) for number, move in here
            )
            yield _table(("number", "command_and_who", "way", "rules"), rows, language)


def _tables_of_entries(entries: Iterable[Entry], language: str) -> Iterator[str]:
    by_place: dict[str, list[Entry]] = {}
    for entry in entries:
        by_place.setdefault(_states(entry.sources, language), []).append(entry)
    if by_place:
        yield f"## {label('diagram', 'entries', language)}"
    for place, here in by_place.items():
        yield f"### {place}"
        rows = ((_told(entry, language), _rules(entry, language)) for entry in here)
        yield _table(("command_and_who", "rules"), rows, language)


def _told(row: Row, language: str) -> str:
    name = row.command.__name__
    title = label("command", name, language)
    command = f"`{name}`" if title == name else f"{title} `{name}`"
    return f"{command}{'：' if language == 'zh_CN' else ': '}{_who(row, language)}"


def _way(move: Move, language: str) -> str:
    before = _states([state for state in move.sources if state is not None], language)
    after = _states(move.targets, language)
    return f"{before} → {after}" if before else f"→ {after}"


def _rules(row: Row, language: str) -> str:
    joint = "；" if language == "zh_CN" else "; "
    return joint.join(_rule(rule, language) for rule in (*row.given, *row.provided))


def _rule(rule: Rule, language: str) -> str:
    text = label("rule", rule.code, language)
    words = rule.__name__.replace("_", " ") if text == rule.code else text
    return f"{words}（`{rule.code}`）" if language == "zh_CN" else f"{words} (`{rule.code}`)"


def _stage(move: Move) -> Stage:
    first = move.sources[0]
    return (move.targets[0] if first is None else first).stage


def _who(row: Row, language: str) -> str:
    return _joint(language).join(label("role", name, language) for name in row.who.names)


def _states(states: Iterable[State], language: str) -> str:
    """The states in order; three neighbours and more as ``first … last``."""
    joint = _joint(language)
    return joint.join(f"{run[0]} … {run[-1]}" if len(run) > 2 else joint.join(run) for run in _runs(states, language))


def _lines_of_states(states: Iterable[State], language: str) -> list[str]:
    """The same in lines, each with one state."""
    lines: list[str] = []
    for run in _runs(states, language):
        lines += (f"{run[0]} …", run[-1]) if len(run) > 2 else run
    return lines


def _runs(states: Iterable[State], language: str) -> list[list[str]]:
    """The names of the states in order, those of neighbours together."""
    runs: list[list[State]] = []
    for state in sorted(states, key=lambda state: _ORDER[state]):
        if runs and _ORDER[state] == _ORDER[runs[-1][-1]] + 1:
            runs[-1].append(state)
        else:
            runs.append([state])
    return [[label("state", state, language) for state in run] for run in runs]


def _joint(language: str) -> str:
    return "、" if language == "zh_CN" else ", "


# --- the clocks -----------------------------------------------------------------------------------------------------


def clocks_markdown(pack: RulePack, *, language: str = "en") -> str:
    """
    The clocks of a rule pack as a Markdown table, in the order of the pack.

    A moment is told by the label of its state or command; a fact, which has none, by its code.

    Args:
        language: Of the labels: ``"zh_CN"`` or ``"en"``.
    """
    columns = ("clock", "starts", "within", "end", "pauses", "escalates_to", "standing")
    return _table(columns, (_clock(rule, language) for rule in pack.clocks), language) + "\n"


def _clock(rule: ClockRule, language: str) -> tuple[str, ...]:
    joint = _joint(language)
    cited = "" if rule.source == "default" else rule.source
    return (
        f"{label('clock', rule.clock, language)} `{rule.clock}`",
        joint.join(_moment(one, language) for one in rule.starts),
        _within(rule, language),
        label("clock_kind", rule.kind, language),
        joint.join(label("hold_kind", one, language) for one in rule.pauses),
        label("role", rule.escalates_to, language) if rule.escalates_to else "",
        joint.join(filter(None, (cited, label("rule_standing", rule.standing, language)))),
    )


def _moment(name: str, language: str) -> str:
    if is_command(name):
        return f"{label('command', name, language)} `{name}`"
    return label("state", name, language) if name in codes("state", language) else f"`{name}`"


def _within(rule: ClockRule, language: str) -> str:
    if rule.given:
        return label("diagram", "given", language)
    spans = [_length(rule.within, language)] if rule.within else []
    for severity, span in rule.by_severity.items():
        spans.append(f"{label('severity', severity, language)} {_length(span, language)}")
    return _joint(language).join(spans) or label("diagram", "unknown", language)


def _length(span: Span, language: str) -> str:
    code = f"span.{span.unit.value}{'.one' if span.amount == 1 else ''}"
    return sentence("screen", code, language, {"count": span.amount})


__all__ = ["clocks_markdown", "mermaid", "table_markdown"]
