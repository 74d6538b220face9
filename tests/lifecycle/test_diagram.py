"""The lifecycle as people look at it, with a small made-up house."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from uuid import UUID

import pytest

from complaints.diagram import clocks_markdown, mermaid, table_markdown
from complaints.lifecycle import LIFECYCLE
from complaints.locale import label
from complaints.machine import Lifecycle
from complaints.model.event import Command, command, rule
from complaints.model.words import OPEN, Duty, Role, Stage, State
from complaints.policy import SHIPPED, RulePack, shipped
from complaints.rows import Entry, Move, Who
from complaints.stages.review import ReturnForRework


@command
class Take(Command):
    """A complaint comes in."""


@command
class Reply(Command):
    """The customer is answered."""

    complaint: UUID


@command
class Redo(Command):
    """Not good enough."""

    complaint: UUID
    target: State


@command
class Give(Command):
    """Somebody else goes on with it."""

    complaint: UUID


@command
class Drop(Command):
    """It was none."""

    complaint: UUID


@command
class File(Command):
    """Nothing is left to do."""

    complaint: UUID


@command
class Jot(Command):
    """Something worth writing down."""

    complaint: UUID


@rule("made_up.form")
def the_form_is_complete(situation):
    return None


@rule("made_up.answer")
def the_answer_is_courteous(situation):
    return None


CLERK = Who("clerk", Role.RECEPTIONIST, Role.FINANCE)
HANDLER = Who("handler", duty=Duty.HANDLER)
HOUSE = Lifecycle(
    name="house",
    version="1",
    moves=(
        Move(Take, None, State.INTAKE, CLERK),
        Move(
            Reply, (State.INTAKE, State.JUDGMENT), State.CLOSED, HANDLER,
            given=[the_form_is_complete], provided=[the_answer_is_courteous],
        ),
        Move(Redo, State.CLOSED, (State.INTAKE, State.JUDGMENT), CLERK),
    ),
    entries=(
        Entry(
            Jot, (State.INTAKE, State.JUDGMENT, State.EXPLANATION, State.CLOSED, State.MERGED), CLERK,
            [the_form_is_complete],
        ),
        Entry(Reply, State.CLOSED, HANDLER),
        Entry(Take, State.CLOSED, HANDLER),
    ),
)  # fmt: skip


def told(kind, code, language="en"):
    return label(kind, code, language)


def test_the_diagram_shows_states_by_stage_roles_on_arrows_and_rules_as_comments():
    clerk = f"{told('role', 'receptionist')},<br/>{told('role', 'finance')}"
    handler = told("role", "handler")

    drawn = mermaid(HOUSE)

    assert (
        drawn
        == f"""\
---
config:
  flowchart:
    curve: monotoneY
    nodeSpacing: 30
    rankSpacing: 40
---
flowchart TB
    state_start((" "))
    subgraph stage_intake["1 · {told("stage", "intake")}"]
        state_intake("{told("state", "intake")}")
    end
    subgraph stage_judgment["2 · {told("stage", "judgment")}"]
        state_judgment("{told("state", "judgment")}")
    end
    subgraph stage_ending["{told("stage", "ending")}"]
        state_closed("{told("state", "closed")}")
    end
    %% Reply given: made_up.form
    %% Reply provided: made_up.answer
    state_start -->|"`**Take**<br/>{clerk}`"| state_intake
    state_judgment -->|"`**Reply**<br/>{handler}`"| state_closed
    state_intake ~~~ state_judgment
    state_intake -->|"`**Reply**<br/>{handler}`"| state_closed
    state_closed -.->|"`**Redo**<br/>{clerk}`"| state_intake
    state_closed -.->|"`**Redo**<br/>{clerk}`"| state_judgment
"""
    )


def test_several_roles_are_told_by_the_houses_word_for_them_and_long_lines_are_broken():
    leaders = Who("specialist_or_head", Role.SPECIALIST, Role.DEPARTMENT_HEAD)
    house = Lifecycle(name="house", version="1", moves=[Move(ReturnForRework, None, State.CLOSED, leaders)])

    arrows = [line for code in ("en", "zh_CN") for line in mermaid(house, language=code).splitlines() if "-->" in line]

    assert arrows == [
        '    state_start -->|"`**Return for**<br/>**rework**<br/>Specialist or<br/>department head`"| state_closed',
        '    state_start -->|"`**不满意重办/**<br/>**退回补办**<br/>客服专员或<br/>部门负责人`"| state_closed',
    ]


def test_a_complaints_own_path_is_highlighted():
    path = [("Take", State.INTAKE), ("Reply", State.CLOSED), ("Redo", State.JUDGMENT)]

    drawn = mermaid(HOUSE, complaint_path=path)

    assert drawn.removeprefix(mermaid(HOUSE)) == (
        "    classDef visited fill:#d6e9f8,stroke:#1f5f99,color:#10314d\n"
        "    classDef current fill:#1f5f99,stroke:#10314d,color:#ffffff,stroke-width:3px\n"
        "    class state_intake,state_closed visited\n"
        "    class state_judgment current\n"
        "    linkStyle 0,3,5 stroke:#1f5f99,stroke-width:3px\n"
    )


def test_a_state_left_and_entered_again_is_the_present_one():
    drawn = mermaid(HOUSE, complaint_path=[("Take", State.INTAKE), ("Reply", State.CLOSED), ("Redo", State.INTAKE)])

    assert drawn.splitlines()[-3:] == [
        "    class state_closed visited",
        "    class state_intake current",
        "    linkStyle 0,3,4 stroke:#1f5f99,stroke-width:3px",
    ]


def test_a_path_under_another_definition_shows_its_states_though_no_arrow_leads_there():
    drawn = mermaid(HOUSE, complaint_path=[("Scrap", State.VOIDED)])

    assert f'        state_voided("{told("state", "voided")}")' in drawn.splitlines()
    assert drawn.splitlines()[-1] == "    class state_voided current"


def test_a_path_not_begun_changes_nothing():
    assert mermaid(HOUSE, complaint_path=[]) == mermaid(HOUSE)


def test_a_step_under_another_definition_is_not_drawn_where_no_arrow_leads():
    drawn = mermaid(HOUSE, complaint_path=[("Take", State.INTAKE), ("Begin", State.JUDGMENT)])

    assert drawn.splitlines()[-1] == "    linkStyle 0 stroke:#1f5f99,stroke-width:3px"


WEARY = Lifecycle(
    name="weary",
    version="1",
    moves=(
        Move(Take, None, State.INTAKE, CLERK),
        Move(Reply, State.INTAKE, State.JUDGMENT, CLERK),
        Move(Give, OPEN, State.MERGED, HANDLER),
        Move(Redo, State.MERGED, OPEN, HANDLER),
        Move(Drop, (State.INTAKE, State.JUDGMENT), State.VOIDED, CLERK),
        Move(File, (State.MERGED, State.VOIDED), State.ARCHIVED, CLERK),
    ),
)  # fmt: skip


def test_a_move_that_many_states_have_or_that_lies_far_off_is_one_arrow_from_a_node_that_names_them():
    clerk = f"{told('role', 'receptionist')},<br/>{told('role', 'finance')}"
    handler, any_open = told("role", "handler"), told("diagram", "any_open")
    open_states = f"several_{'_'.join(OPEN)}_and_merged"
    begun = "several_intake_judgment_and_voided"

    drawn = [line for line in mermaid(WEARY).splitlines() if "several" in line or "->" in line]

    assert drawn == [
        f'    {open_states}("{any_open}"):::several',
        f'    {begun}("{told("state", "intake")}<br/>{told("state", "judgment")}"):::several',
        "    classDef several fill:#fff8e6,stroke:#b88a1a,color:#5c4508,stroke-dasharray:4",
        f'    state_start -->|"`**Take**<br/>{clerk}`"| state_intake',
        f'    state_intake -->|"`**Reply**<br/>{clerk}`"| state_judgment',
        f'    state_voided -->|"`**File**<br/>{clerk}`"| state_archived',
        f'    {open_states} -->|"`**Give**<br/>{handler}`"| state_merged',
        f'    state_merged -.->|"`**Redo**<br/>{handler}`"| {open_states}',
        f'    {begun} -->|"`**Drop**<br/>{clerk}`"| state_voided',
        f'    state_merged -->|"`**File**<br/>{clerk}`"| state_archived',
    ]


def test_what_a_complaint_took_of_such_a_move_is_an_arrow_of_its_own():
    before = mermaid(WEARY).splitlines()

    drawn = mermaid(WEARY, complaint_path=[("Take", State.INTAKE), ("Drop", State.VOIDED)]).splitlines()

    clerk = f"{told('role', 'receptionist')},<br/>{told('role', 'finance')}"
    assert [line for line in drawn if line not in before] == [
        f'    state_intake -->|"`**Drop**<br/>{clerk}`"| state_voided',
        "    classDef visited fill:#d6e9f8,stroke:#1f5f99,color:#10314d",
        "    classDef current fill:#1f5f99,stroke:#10314d,color:#ffffff,stroke-width:3px",
        "    class state_intake visited",
        "    class state_voided current",
        f"    linkStyle 0,{place_of('| state_voided', drawn)} stroke:#1f5f99,stroke-width:3px",
    ]


def place_of(end, drawn):
    """Which of the arrows, the unseen ones counted, is the last that ends so."""
    arrows = [line for line in drawn if "->" in line or "~~~" in line]
    return max(place for place, line in enumerate(arrows) if line.endswith(end))


def test_of_two_moves_that_lead_the_same_way_the_one_that_was_taken_is_highlighted():
    settled = [("Receive", State.INTAKE), ("SettleAtOnce", State.FOLLOW_UP)]
    withdrawn = [("Receive", State.INTAKE), ("Withdraw", State.FOLLOW_UP)]

    ways = [
        [
            line
            for line in mermaid(LIFECYCLE, complaint_path=path).splitlines()
            if re.search("intake -.*follow_up$", line)
        ]
        for path in (settled, withdrawn)
    ]

    assert [len(way) for way in ways] == [1, 1]
    assert f"**{told('command', 'SettleAtOnce')}**" in ways[0][0]
    assert f"**{told('command', 'Withdraw')}**" in ways[1][0]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_standard_diagram_draws_every_way_of_every_move_once_and_knows_every_node(language):
    lines = mermaid(LIFECYCLE, language=language, complaint_path=[("Receive", State.INTAKE)]).splitlines()

    arrows = [re.fullmatch(r'    (\w+) (?:-->|-\.->)\|"([^"]+)"\| (\w+)', line) for line in lines if "->" in line]
    nodes = {re.split(r"[(\[]", line.strip())[0] for line in lines if re.match(r"\s+(state|several)_\w+\(", line)}
    drawn = [
        (plain(arrow[2]), source, target)
        for arrow in arrows for source in states_of(arrow[1]) for target in states_of(arrow[3])
    ]  # fmt: skip
    expected = [
        (told("command", move.command.__name__, language).replace(" ", ""), source, target)
        for move in LIFECYCLE.moves for source in move.sources for target in move.targets
    ]  # fmt: skip
    assert Counter(drawn) == Counter(expected)
    assert nodes == {end for arrow in arrows for end in (arrow[1], arrow[3])}


def plain(text):
    """The command that stands on an arrow, without its breaks and blanks."""
    return "".join(re.findall(r"\*\*(.*?)\*\*", text)).replace(" ", "").replace("#quot;", '"')


def states_of(node):
    """The states a node stands for."""
    if node == "state_start":
        return [None]
    if node.startswith("state_"):
        return [State(node.removeprefix("state_"))]
    return [State(code) for code in re.findall("|".join(State), node.removeprefix("several_").split("_and_")[0])]


def test_a_node_of_several_states_names_each_or_the_first_and_last_of_neighbours():
    lines = mermaid(LIFECYCLE).splitlines()

    named_so = {re.split(r"\(", line.strip())[0]: line for line in lines if ":::several" in line}
    texts = [re.findall(r'"(.*)"', line)[0].split("<br/>") for line in named_so.values()]
    assert sorted(texts) == sorted([
        ["Any open state"],
        ["Explanation given", "Solutions being drafted …", "Awaiting the call-back"],
        ["Explanation given", "Solutions being drafted …", "Awaiting the customer"],
        ["Intake", "Judgment"],
        ["Intake", "Judgment"],
        ["Intake …", "Awaiting the customer"],
        ["Intake", "Judgment", "Investigation", "Solutions being drafted", "Being carried out"],
    ])  # fmt: skip


def test_the_standard_diagram_goes_from_each_state_to_the_next_before_it_goes_elsewhere():
    lines = mermaid(LIFECYCLE).splitlines()

    states = [line.strip().split("(")[0] for line in lines if re.match(r"\s+state_\w+\(", line)]
    ways = [re.fullmatch(r"    (\w+) (?:.*\| |~~~ )(\w+)", line) for line in lines if "->" in line or "~~~" in line]
    steps = list(pairwise(states))
    assert sorted(way.groups() for way in ways[: len(steps)]) == sorted(steps)


def test_an_arrow_is_dashed_if_and_only_if_it_leads_back():
    order = {None: -1, **{state: place for place, state in enumerate(State)}}

    arrows = re.findall(r'^    (\w+) (-->|-\.->)\|"[^"]+"\| (\w+)$', mermaid(LIFECYCLE), re.MULTILINE)

    assert [line == "-.->" for _, line, _ in arrows] == [
        any(order[after] < order[before] for before in states_of(source) for after in states_of(target))
        for source, _, target in arrows
    ]


def test_signs_that_mean_something_to_mermaid_are_written_as_entities():
    @rule("made_up.sign")
    def it_holds(situation):
        return None

    house = Lifecycle(
        name="house", version="1", moves=[Move(named('"b" <c> #d `e` *f_'), None, State.CLOSED, CLERK, [it_holds])]
    )

    drawn = mermaid(house)

    assert '-->|"`**#quot;b#quot; #lt;c#gt; #35;d #96;e#96;**<br/>**#42;f#95;**<br/>' in drawn


def named(name):
    return command(type(name, (Command,), {"__module__": __name__}))


def test_the_tables_tell_moves_by_stage_and_entries_by_place():
    clerk = f"{told('role', 'receptionist')}, {told('role', 'finance')}"
    handler = told("role", "handler")
    intake, judgment, explanation = (told("state", state) for state in ("intake", "judgment", "explanation"))
    closed, merged = told("state", "closed"), told("state", "merged")
    form, answer = "the form is complete (`made_up.form`)", "the answer is courteous (`made_up.answer`)"
    moves, entries = told("diagram", "moves"), told("diagram", "entries")
    columns = [told("column", column) for column in ("number", "command_and_who", "way", "rules")]
    number, order, way, rules = columns

    written = table_markdown(HOUSE)

    assert (
        written
        == f"""\
## {moves}

### {told("stage", "intake")}

| {number} | {order} | {way} | {rules} |
| --- | --- | --- | --- |
| 1 | `Take`: {clerk} | → {intake} |  |
| 2 | `Reply`: {handler} | {intake}, {judgment} → {closed} | {form}; {answer} |

### {told("stage", "ending")}

| {number} | {order} | {way} | {rules} |
| --- | --- | --- | --- |
| 3 | `Redo`: {clerk} | {closed} → {intake}, {judgment} |  |

## {entries}

### {intake} … {explanation}, {closed}, {merged}

| {order} | {rules} |
| --- | --- |
| `Jot`: {clerk} | {form} |

### {closed}

| {order} | {rules} |
| --- | --- |
| `Reply`: {handler} |  |
| `Take`: {handler} |  |
"""
    )


def test_a_pipe_in_a_cell_does_not_end_it():
    house = Lifecycle(name="house", version="1", moves=[Move(named("Either|Or"), None, State.CLOSED, CLERK)])

    written = table_markdown(house)

    assert "| 1 | `Either\\|Or`: " in written


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_standard_tables_have_every_row_and_every_line_as_many_cells_as_its_head(language):
    written = table_markdown(LIFECYCLE, language=language)

    tables = [part.splitlines() for part in written.split("\n\n") if part.startswith("|")]
    cells = [[len(re.split(r"(?<!\\)\|", line)[1:-1]) for line in table] for table in tables]
    names = [re.findall(r"`(\w+)`", line)[0] for line in written.splitlines() if re.search(r"`[A-Z]\w+`", line)]
    assert [set(table) for table in cells] == [{4}] * len(Stage) + [{2}] * (len(tables) - len(Stage))
    assert sorted(names) == sorted(row.command.__name__ for row in LIFECYCLE.rows)


# --- the clocks -----------------------------------------------------------------------------------------------------


def test_clocks_are_told_in_the_order_of_their_pack():
    pack = RulePack.parse(
        """
        name = "ours"
        version = "1"
        title = { zh_CN = "本店规定", en = "Our rules" }
        source = "handbook"
        [[clock]]
        clock = "judge"
        starts = ["judgment", "Reopen"]
        stops = ["leaving judgment"]
        within = "1 working day"
        by_severity = { critical = "4 business hours" }
        pauses = ["customer", "parts"]
        escalates_to = "supervisor"
        source = "handbook 4.2"
        standing = "verified"
        [[clock]]
        clock = "outside_answer"
        starts = ["case_opened"]
        given = true
        [[clock]]
        clock = "oem_reply"
        starts = ["Receive"]
        stops = ["informed"]
        standing = "unverified"
        """
    )

    assert clocks_markdown(pack, language="en") == (
        "| Clock | Starts with | Time | What it is | Stands still while waiting for | Asked when missed"
        " | How sure the number is |\n"
        "| --- | --- | --- | --- | --- | --- | --- |\n"
        "| Judge `judge` | Judgment, Reopen `Reopen` | 1 working day, Critical 4 business hours | Owed by the house"
        " | the customer, parts | Supervisor | handbook 4.2, verified |\n"
        "| Answer those outside `outside_answer` | `case_opened` | as given | Owed by the house"
        " |  |  | library default |\n"
        "| Reply as the manufacturer asks `oem_reply` | Receive `Receive` | to be looked up | Owed by the house"
        " |  |  | unverified |\n"
    )


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("name", SHIPPED)
def test_every_clock_that_is_shipped_has_a_whole_line(name, language):
    head, _, *lines = clocks_markdown(shipped(name), language=language).splitlines()

    assert [re.findall(r"`(\w+)`", line)[0] for line in lines] == [rule.clock for rule in shipped(name).clocks]
    assert {len(re.split(r"(?<!\\)\|", line)) for line in (head, *lines)} == {9}
