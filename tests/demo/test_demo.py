"""The demonstration: real complaints, every step a real one, and a database the other commands can look at."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path
from shlex import split
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import attrs
import pytest

from complaints.conduct import discourtesies
from complaints.demo import DemoResult, run
from complaints.demo.house import STAFF
from complaints.demo.sample import read_sample, shipped_text
from complaints.demo.story import STORIES
from complaints.desk import Desk
from complaints.errors import InvalidCommandError, StoreError
from complaints.locale import LANGUAGES
from complaints.model.complaint import Complaint
from complaints.model.event import Event
from complaints.model.people import Dealer
from complaints.model.words import ClockState, Outcome, PromiseState, Role, Satisfaction, State, Track
from complaints.stages.execution import Decline
from complaints.stages.fast_track import SettleAtOnce
from complaints.stages.intake import Receive
from complaints.stages.review import ReturnForRework
from complaints.stores.base import Query

ABOUT_TIME = {"RecordWarning", "RecordBreach", "Escalate", "AnswerEscalation", "MakePromise", "KeepPromise"}
CHEN = STAFF["chen"]
DUE = "── 3. What was due, and what became of it ──────────────────────────────────────────────────────────"
SHANGHAI = ZoneInfo("Asia/Shanghai")


@attrs.frozen
class Shown:
    """A demonstration that was run once, and what its database holds."""

    result: DemoResult
    lines: tuple[str, ...]
    progress: tuple[tuple[int, int, str], ...]
    complaints: tuple[Complaint, ...]
    histories: dict[str, tuple[Event, ...]]
    checked: int
    left: tuple[str, ...]


@cache
def shown(language: str) -> Shown:
    lines: list[str] = []
    progress: list[tuple[int, int, str]] = []
    with TemporaryDirectory() as folder:
        file = Path(folder, "shown.db")
        result = run(
            database=str(file), language=language, say=lines.append, progress=lambda *done: progress.append(done)
        )
        left = tuple(sorted(path.name for path in Path(folder).iterdir()))
        with Desk.open(f"sqlite:///{file}", dealers=[Dealer("DEMO01")]) as desk:
            return Shown(
                result=result,
                lines=tuple(line for text in lines for line in text.splitlines()),
                progress=tuple(progress),
                complaints=desk.find(Query(limit=1000), by=CHEN).complaints,
                histories={code: desk.history(id, by=CHEN) for code, id in result.stories.items()},
                checked=len([desk.verify(one.complaint, checkpoint=one) for one in result.checkpoints]),
                left=left,
            )


def told(language: str, code: str) -> Complaint:
    one = shown(language)
    return next(complaint for complaint in one.complaints if complaint.id == one.result.stories[code])


def way(language: str, code: str) -> list[str]:
    return [event.target.value for event in shown(language).histories[code] if event.is_move]


def unwrapped(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_complaints_of_the_sample_are_on_record_and_six_came_to_their_end(language):
    states = Counter(complaint.state for complaint in shown(language).complaints)

    assert states == {State.INTAKE: 71, State.CLOSED: 5, State.ARCHIVED: 1}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_narrative_stands_in_the_history_as_the_customer_told_it(language):
    sample = read_sample(shipped_text(), Dealer("DEMO01"))

    statements = {code: events[0].command.statement for code, events in shown(language).histories.items()}

    assert statements == {story.code: sample.complaints[story.odi].statement for story in STORIES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_history_is_verified_by_the_demonstration_and_by_whoever_opens_the_file(language):
    result = shown(language).result

    assert (len(result.checkpoints), result.broken, shown(language).checked) == (77, (), 77)
    assert result.events == sum(complaint.version for complaint in shown(language).complaints)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_demonstration_leaves_one_file(language):
    assert shown(language).left == ("shown.db",)


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_is_settled_at_the_counter_in_one_transaction(language):
    settled, events = told(language, "settled"), shown(language).histories["settled"]

    assert [type(event.command) for event in events[:2]] == [Receive, SettleAtOnce]
    assert way(language, "settled") == ["intake", "follow_up", "review", "closed"]
    assert (settled.track, settled.outcome) == (Track.FAST, Outcome.SETTLED_AT_ONCE)
    assert (settled.registration.alarms, settled.first_satisfaction) == ((), Satisfaction.SATISFIED)


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_goes_through_all_six_stages_to_the_archive(language):
    resolved = told(language, "resolved")

    assert way(language, "resolved") == [
        "intake", "judgment", "investigation", "proposal", "approval", "offer", "execution", "follow_up", "review",
        "closed", "archived",
    ]  # fmt: skip
    assert (resolved.outcome, resolved.settlement.option, len(resolved.proposals)) == (Outcome.RESOLVED, "A", 2)
    assert resolved.deadlines["reopen"].due < resolved.moved_at


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_is_not_upheld_and_the_customer_understood(language):
    explained = told(language, "explained")

    assert way(language, "explained") == ["intake", "judgment", "explanation", "follow_up", "review", "closed"]
    assert (explained.outcome, explained.judgment.is_upheld) == (Outcome.UNDERSTOOD, False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_is_declined_offered_again_and_accepted(language):
    declined, events = told(language, "declined"), shown(language).histories["declined"]

    assert way(language, "declined").count("offer") == 2
    assert (declined.declines, declined.settlement.option, declined.state) == (1, "B", State.CLOSED)
    assert [type(event.command) for event in events].count(Decline) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_is_done_again_after_a_dissatisfied_call(language):
    reworked, events = told(language, "reworked"), shown(language).histories["reworked"]

    assert way(language, "reworked").count("execution") == 2
    assert (reworked.first_satisfaction, reworked.follow_up.result, reworked.reworks) == (
        Satisfaction.DISSATISFIED, Satisfaction.SATISFIED, 1,
    )  # fmt: skip
    assert [type(event.command) for event in events].count(ReturnForRework) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_is_judged_late_which_leads_to_the_manager_and_a_promise_that_is_kept(language):
    late, events = told(language, "late"), shown(language).histories["late"]

    assert [event.name for event in events if event.name in ABOUT_TIME] == [
        "RecordWarning", "RecordBreach", "Escalate", "AnswerEscalation", "MakePromise", "RecordWarning", "KeepPromise",
    ]  # fmt: skip
    assert [(one.clock, f"{one.due.astimezone(SHANGHAI):%m-%d %H:%M}") for one in late.beside.breaches] == [
        ("judge", "01-04 23:59")
    ]
    assert [(one.to, one.answered_by) for one in late.beside.escalations] == [(Role.SUPERVISOR, "chen")]
    assert [promise.state for promise in late.promises] == [PromiseState.KEPT]
    assert (late.deadlines["judge"].state, late.deadlines["acknowledge"].state) == (ClockState.BREACHED, ClockState.MET)


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_clock_stands_still_while_the_laboratory_is_waited_for(language):
    investigate = told(language, "declined").deadlines["investigate"]

    assert [(f"{one.since:%m-%d}", f"{one.until:%m-%d}") for one in investigate.pauses] == [("01-04", "01-05")]
    assert investigate.state is ClockState.MET


@pytest.mark.parametrize("language", LANGUAGES)
def test_looking_at_the_clock_found_one_thing_missed_and_nothing_failed(language):
    ticks = shown(language).result.ticks

    found = Counter(name for tick in ticks for name in tick.events for _ in range(tick.events[name]))
    assert found == {"RecordWarning": 3, "RecordBreach": 1, "Escalate": 1}
    assert [tick.failed for tick in ticks if tick.failed] == []
    missed = [one.reference for one in shown(language).complaints if one.beside.breaches]
    assert missed == [told(language, "late").reference]


def test_what_became_of_due_dates_is_told():
    lines = shown("en").lines
    begin = lines.index("Judged late, then a promise kept, case DEMO01-1995-000007", lines.index(DUE) + 1)

    assert lines[begin + 1 : begin + 9] == (
        "  1995-01-04 14:00  system  Record a warning: Judge; due today",
        "  1995-01-05 15:45  system  Record a breach: Judge; overdue since yesterday, 1 working day late",
        "  1995-01-05 15:45  system  Escalate: Supervisor",
        "  1995-01-05 17:20  chen    Answer an escalation: Zhao judges it by tomorrow evening, and Li tells",
        "  the customer today by when he hears from us.",
        "  1995-01-05 17:25  li      Make a promise: due tomorrow 18:00, 1 working day left",
        "  1995-01-06 16:10  system  Record a warning: due today 18:00",
        "  1995-01-06 17:55  li      Keep a promise: Kept",
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_time_passes_only_forward_and_nothing_happens_in_the_future(language):
    for events in shown(language).histories.values():
        assert all(one.recorded_at <= next.recorded_at for one, next in pairwise(events))
        assert all(event.at <= event.recorded_at for event in events)


@pytest.mark.parametrize("language", LANGUAGES)
def test_wrong_steps_are_refused_with_every_reason_and_leave_no_trace(language):
    wrong = shown(language).result.wrong_steps

    assert [(one.by.id, one.command, [refusal.code for refusal in one.error.refusals]) for one in wrong] == [
        ("li", "SettleAtOnce", ["fast.shut", "form.incomplete"]),
        ("zhou", "Approve", ["leader.limit", "proposals.unread"]),
        ("zhao", "Explain", ["text.discourteous"]),
    ]
    names = [event.name for code in ("resolved", "explained") for event in shown(language).histories[code]]
    assert (names.count("SettleAtOnce"), names.count("Approve"), names.count("Explain")) == (0, 1, 1)
    said = unwrapped("\n".join(shown(language).lines))
    reasons = [unwrapped(refusal.sentence(language)) for one in wrong for refusal in one.error.refusals]
    assert [reason for reason in reasons if reason not in said] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_goes_to_a_customer_is_courteous(language):
    events = [event for history in shown(language).histories.values() for event in history]

    assert [text for event in events for text in event.command.outgoing_text if discourtesies(text)] == []


def test_the_demonstration_speaks_one_language():
    chinese = re.compile("[\u4e00-\u9fff]")
    sentences = [line for line in shown("en").lines if chinese.search(line)]

    assert sentences == []
    assert len([line for line in shown("zh_CN").lines if chinese.search(line)]) > 40


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_that_tells_who_a_customer_is_appears_beyond_what_the_regulator_publishes(language):
    said = "\n".join(shown(language).lines)

    assert re.findall(r"[\w.]+@[\w-]+\.\w+|\b1\d{10}\b|\+\d{6,}", said) == []
    assert [word for word in ("None", "Actor(", "Refusal(", "{", "}") if word in said] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_progress_counts_up_to_its_end(language):
    titles = {title for _, _, title in shown(language).progress}
    ends = [(done, total) for done, total, _ in shown(language).progress if done == total]

    assert (len(titles), ends) == (2, [(76, 76), (6, 6)])


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_to_type_next_names_the_database(language):
    commands = [split(line, comments=True) for line in shown(language).lines if line.startswith("  complaints ")]

    assert [words[1] for words in commands] == ["list", "show", "explain", "verify", "diagram"]
    assert all(words[-1] == shown(language).result.database for words in commands)


def test_what_to_type_next_can_be_typed(tmp_path):
    lines: list[str] = []
    run(database=str(tmp_path / "demo.db"), language="en", say=lines.append)

    typed = [split(line, comments=True)[1:] for line in lines if line.startswith("  complaints ")]

    calls = [[sys.executable, "-m", "complaints.cli", *words] for words in typed]
    assert [subprocess.run(call, stdout=subprocess.DEVNULL, check=False).returncode for call in calls] == [0] * 5


def test_without_a_name_each_demonstration_gets_a_new_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("complaints-demo.db").write_text("somebody else's notes")

    second = run(database=None, language="en", say=lambda line: None)
    third = run(database=None, language="en", say=lambda line: None)

    assert (second.database, third.database) == ("complaints-demo-2.db", "complaints-demo-3.db")
    assert Path("complaints-demo.db").read_text() == "somebody else's notes"


@pytest.mark.parametrize("address", ["{file}", "sqlite:///{file}"])
def test_a_file_that_is_there_is_left_alone(tmp_path, address):
    file = tmp_path / "sales.db"
    with sqlite3.connect(file) as theirs:
        theirs.execute("CREATE TABLE cars (vin TEXT)")
    theirs.close()
    before = file.read_bytes()

    with pytest.raises(StoreError) as refused:
        run(database=address.format(file=file), language="en", say=lambda line: None)

    assert (refused.value.why, refused.value.facts["file"]) == ("exists", str(file))
    assert (file.read_bytes(), list(tmp_path.iterdir())) == (before, [file])


def test_a_folder_that_is_not_there_is_not_made(tmp_path):
    with pytest.raises(StoreError) as refused:
        run(database=str(tmp_path / "nowhere" / "demo.db"), language="en", say=lambda line: None)

    assert (refused.value.why, list(tmp_path.iterdir())) == ("cannot_open", [])


def test_a_database_of_another_kind_is_refused(tmp_path):
    with pytest.raises(StoreError) as refused:
        run(database="postgresql+psycopg://host/complaints", language="en", say=lambda line: None)

    assert (refused.value.why, refused.value.facts["dialect"]) == ("dialect", "postgresql+psycopg")


def test_a_language_nobody_speaks_here_is_refused_before_a_file_is_made(tmp_path):
    with pytest.raises(InvalidCommandError):
        run(database=str(tmp_path / "demo.db"), language="tlh", say=lambda line: None)

    assert list(tmp_path.iterdir()) == []
