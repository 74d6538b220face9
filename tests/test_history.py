"""The history: chained, replayed, found out when changed; what is personal lies beside it (invariants 6, 9; R67)."""

from __future__ import annotations

import json
from contextlib import contextmanager
from hashlib import sha256
from types import SimpleNamespace
from uuid import UUID

import attrs
import msgspec
import pytest

from complaints import (
    LIFECYCLE,
    BrokenHistoryError,
    Channel,
    Checkpoint,
    Customer,
    Issue,
    Lifecycle,
    NotFoundError,
    Party,
    Role,
    Severity,
    State,
    UnknownDefinitionError,
    Vehicle,
)
from complaints.history import ERASED, MASKED, masked, read, replay, verify
from complaints.model.words import PartyKind, ReworkReason, Satisfaction, TaskResult
from complaints.stages.anytime import AddNote, RecordContact
from complaints.stages.intake import Receive
from complaints.stores.base import Step
from complaints.stores.memory import MemoryStore
from tests.stages.cases import REACHABLE, Case, chen, feng, li, promise, staff, wang

COMMANDS = LIFECYCLE.commands


def kept(case):
    """What the store keeps of a complaint: its snapshot, its events, its personal texts."""
    with case.desk.store.read() as reader:
        return reader.complaint(case.id), list(reader.events(case.id)), list(reader.personal(case.id))


def desk_on(case, complaint, events, personal):
    """A desk on a store in which somebody has put these in the place of the real ones."""
    store = MemoryStore()
    with store.write() as writer:
        writer.append(Step(seen=0, complaint=complaint, events=tuple(events), personal=tuple(personal)))
    return case.desk_with(LIFECYCLE, store)


def rewritten(event, **fields):
    """The event with other fields in its text, and a digest that fits."""
    body = json.dumps({**json.loads(event.body), **fields}, ensure_ascii=False, separators=(",", ":"))
    return attrs.evolve(event, body=body, digest=sha256(body.encode()).hexdigest())


def chained_anew(events):
    """A whole chain written anew, digest by digest."""
    previous, chain = "", []
    for event in events:
        chain.append(rewritten(event, previous=previous))
        previous = chain[-1].digest
    return chain


def broken(check, *given, **options):
    with pytest.raises(BrokenHistoryError) as found:
        check(*given, **options)
    return found.value.number, found.value.what


# --- what is written -------------------------------------------------------------------------------------------------


def test_each_event_holds_the_digest_of_the_one_before():
    case = Case().to(State.CLOSED)

    events = case.events

    assert [event.number for event in events] == list(range(1, len(events) + 1))
    assert [event.previous for event in events] == ["", *(event.digest for event in events[:-1])]
    assert case.complaint.head == events[-1].digest


def test_a_digest_covers_the_very_text_that_is_kept():
    case = Case().to(State.OFFER)

    _, events, _ = kept(case)

    assert [event.digest for event in events] == [sha256(event.body.encode()).hexdigest() for event in events]


def test_an_event_tells_who_what_when_and_under_which_rules():
    case = Case().received(by=wang, takes_on=False)
    case.desk.handle(case.form(AddNote), by=wang, recorded_by=li)

    body = json.loads(kept(case)[1][1].body)

    assert {name: body[name] for name in ("number", "command", "source", "target", "definition", "policy")} == {
        "number": 2,
        "command": "AddNote",
        "source": "intake",
        "target": "intake",
        "definition": LIFECYCLE.stamp,
        "policy": "house_4s@1",
    }
    assert (body["by"]["id"], body["recorded_by"]["id"]) == ("wang", "li")


# --- replay ----------------------------------------------------------------------------------------------------------


def every_way():
    yield from (Case().to(state) for state in REACHABLE)
    yield from (Case().to(State.ARCHIVED, severity) for severity in Severity)
    yield (
        Case()
        .received(takes_on=False)
        .settled(by=wang)
        .called_back(Satisfaction.NEUTRAL)
        .reworked(ReworkReason.FORM_INCOMPLETE)
    )
    yield Case().to(State.EXECUTION).reported("T1", TaskResult.FAILED).abandoned()
    yield Case().to(State.CLOSED).reopened()


# "replay gives the stored complaint", and reads nothing but the events
def test_replay_adds_up_to_the_stored_complaint():
    for case in every_way():
        complaint, events, personal = kept(case)

        assert replay(read(events, personal, COMMANDS)) == complaint


def test_no_events_are_no_complaint():
    assert replay(()) is None


def test_a_history_can_be_replayed_up_to_any_event():
    case = Case().to(State.REVIEW)
    moves = [event for event in case.events if event.is_move]

    states = [replay(case.desk.history(case.id, by=li, upto=event.number)).state for event in moves]

    assert states == [event.target for event in moves]


def test_replay_needs_the_commands_and_not_the_definition():
    case = Case().to(State.CLOSED)
    other = Lifecycle(name="other", version="9", moves=LIFECYCLE.moves, entries=LIFECYCLE.entries[:3])
    more = {**other.commands, **COMMANDS}

    complaint, events, personal = kept(case)

    assert replay(read(events, personal, more)) == complaint


def test_a_command_nobody_knows_is_named():
    case = Case().received().does(AddNote, by=wang)
    _, events, personal = kept(case)

    with pytest.raises(UnknownDefinitionError) as unknown:
        read(events, personal, {"Receive": Receive})

    assert unknown.value.facts == {"name": "AddNote"}


# a newer program may have written more; older ones leave it alone
def test_fields_that_are_not_known_yet_survive():
    case = Case().received().does(AddNote, by=wang)
    complaint, events, personal = kept(case)
    newer = [events[0], rewritten(events[1], mood="better")]
    complaint = msgspec.structs.replace(complaint, head=newer[1].digest)

    proven = desk_on(case, complaint, newer, personal).verify(case.id)

    assert (proven.number, proven.digest) == (2, newer[1].digest)


# --- what is found out -----------------------------------------------------------------------------------------------


def test_a_whole_history_proves_itself():
    case = Case().to(State.CLOSED)

    proven = case.desk.verify(case.id)

    assert proven == Checkpoint(case.id, case.complaint.version, case.complaint.head)
    assert case.desk.verify(case.id, checkpoint=proven) == proven


@pytest.mark.parametrize("place", range(5))
def test_a_changed_event_is_found_at_its_number(place):
    case = Case().to(State.INVESTIGATION).shown().found()
    complaint, events, personal = kept(case)
    events[place] = attrs.evolve(events[place], body=events[place].body.replace("2026-03-02", "2026-03-01", 1))

    found = broken(desk_on(case, complaint, events, personal).verify, case.id)

    assert (len(events), found) == (5, (place + 1, "changed"))


@pytest.mark.parametrize("place", range(4))
def test_an_event_with_a_new_digest_does_not_fit_the_next(place):
    case = Case().to(State.INVESTIGATION).shown().found()
    complaint, events, personal = kept(case)
    events[place] = rewritten(events[place], policy="kind@1")

    found = broken(desk_on(case, complaint, events, personal).verify, case.id)

    assert found == (place + 2, "unlinked")


def test_a_last_event_with_a_new_digest_does_not_fit_the_complaint():
    case = Case().to(State.INVESTIGATION)
    complaint, events, personal = kept(case)
    events[-1] = rewritten(events[-1], policy="kind@1")

    found = broken(desk_on(case, complaint, events, personal).verify, case.id)

    assert found == (len(events), "changed")


@pytest.mark.parametrize("place", range(3))
def test_a_missing_event_is_found_at_its_number(place):
    case = Case().to(State.INVESTIGATION).shown()
    _, events, personal = kept(case)
    del events[place]

    assert broken(verify, case.id, events, personal) == (place + 1, "missing")


def test_swapped_events_are_found_at_the_first_of_them():
    case = Case().to(State.INVESTIGATION).shown()
    _, events, personal = kept(case)
    events[1], events[2] = events[2], events[1]
    renumbered = [attrs.evolve(event, number=number) for number, event in enumerate(events, start=1)]

    found = broken(verify, case.id, events, personal), broken(verify, case.id, renumbered, personal)

    assert found == ((2, "missing"), (2, "swapped"))


def test_an_event_of_another_complaint_does_not_fit():
    case = Case().received().begun()
    other = Case(store=case.desk.store).received().begun()
    _, events, personal = kept(case)
    events[1] = attrs.evolve(kept(other)[1][1], complaint=case.id)

    assert broken(verify, case.id, events, personal) == (2, "swapped")


@pytest.mark.parametrize(
    "column", [{"command": "Archive"}, {"recorded_at": Case().clock().replace(year=2025)}, {"complaint": UUID(int=7)}]
)
def test_what_stands_beside_the_text_says_the_same(column):
    case = Case().received().begun()
    _, events, personal = kept(case)
    events[1] = attrs.evolve(events[1], **column)

    assert broken(verify, case.id, events, personal) == (2, "swapped")


def test_what_is_no_event_is_named():
    case = Case().received().begun()
    _, events, personal = kept(case)
    events[1] = attrs.evolve(events[1], body="{}", digest=sha256(b"{}").hexdigest())

    assert broken(verify, case.id, events, personal) == (2, "unreadable")
    assert broken(read, events, personal, COMMANDS) == (2, "unreadable")


class Forgetful:
    """A store that has lost the last event of every complaint."""

    def __init__(self, store):
        self.store = store

    @contextmanager
    def read(self):
        with self.store.read() as reader:
            yield SimpleNamespace(
                complaint=reader.complaint, personal=reader.personal, events=lambda which: reader.events(which)[:-1]
            )


def test_a_form_that_does_not_fit_its_command_is_named():
    case = Case().received().begun()
    _, events, personal = kept(case)
    events[1] = rewritten(events[1], command="Receive")

    assert broken(read, events, personal, COMMANDS) == (2, "unreadable")


def test_a_cut_off_end_is_missed_at_the_complaint():
    case = Case().to(State.INVESTIGATION)
    desk = case.desk_with(LIFECYCLE, Forgetful(case.desk.store))

    found = broken(desk.verify, case.id)

    assert found == (case.complaint.version, "cut_off")


# "a cut-off end or a rewritten chain is found against a checkpoint kept elsewhere"
def test_an_end_that_was_cut_off_cleanly_is_found_against_a_checkpoint():
    case = Case().to(State.INVESTIGATION)
    checkpoint = case.desk.verify(case.id)
    _, events, personal = kept(case)
    before = replay(read(events[:-1], [text for text in personal if text.number < len(events)], COMMANDS))
    desk = desk_on(case, before, events[:-1], [text for text in personal if text.number < len(events)])

    proven = desk.verify(case.id)

    assert proven.number == len(events) - 1
    assert broken(desk.verify, case.id, checkpoint=checkpoint) == (len(events), "cut_off")


def test_a_chain_that_was_rewritten_whole_is_found_against_a_checkpoint():
    case = Case().to(State.INVESTIGATION)
    checkpoint = case.desk.verify(case.id)
    complaint, events, personal = kept(case)
    chain = chained_anew([rewritten(event, policy="kind@1") for event in events])
    head = chain[-1].digest
    desk = desk_on(case, msgspec.structs.replace(complaint, head=head), chain, personal)

    proven = desk.verify(case.id)

    assert proven == Checkpoint(case.id, len(events), head)
    assert broken(desk.verify, case.id, checkpoint=checkpoint) == (len(events), "not_as_checkpointed")


def test_an_old_checkpoint_still_holds():
    case = Case().to(State.JUDGMENT)
    checkpoint = case.desk.verify(case.id)

    case.upheld().shown()

    assert case.desk.verify(case.id, checkpoint=checkpoint).number == checkpoint.number + 2


def test_a_complaint_that_does_not_follow_from_its_history_is_found():
    case = Case().to(State.INVESTIGATION)
    complaint, events, personal = kept(case)
    better = msgspec.structs.replace(complaint, severity=Severity.CRITICAL)

    found = broken(desk_on(case, better, events, personal).verify, case.id)

    assert found == (len(events), "snapshot_differs")


def test_all_histories_are_checked_and_a_lost_one_is_missed():
    case = Case().to(State.INVESTIGATION)
    other = Case(store=case.desk.store).received()
    gone = Checkpoint(UUID(int=5), 3, "0" * 64)
    checkpoints = [case.desk.verify(case.id), other.desk.verify(other.id)]

    *found, missed = case.desk.verify_all([*checkpoints, gone])

    assert sorted(found, key=lambda one: one.complaint) == sorted(checkpoints, key=lambda one: one.complaint)
    assert (missed.complaint, missed.number, missed.what) == (UUID(int=5), 1, "missing")


def test_one_broken_history_does_not_stop_the_others():
    case = Case().received()
    complaint, events, personal = kept(case)
    broken_event = attrs.evolve(events[0], body=events[0].body.replace("SH01", "SH02"))
    desk = desk_on(case, complaint, [broken_event], personal)
    whole = desk.handle(case.form(Receive, dealer="BJ02"), by=staff("he", Role.SPECIALIST, dealer="BJ02"))

    found = list(desk.verify_all())

    assert [getattr(one, "what", "whole") for one in found] == ["changed", "whole"]
    assert found[1].complaint == whole.id


def test_what_is_not_there_is_not_proven():
    case = Case().received()

    with pytest.raises(NotFoundError):
        case.desk.verify(UUID(int=5))


# --- what is personal ------------------------------------------------------------------------------------------------

SECRETS = {
    "王芳", "13800000001", "wang@example.cn", "wx-wangfang", "上海市某路1号", "P-77", "https://weibo.example/77",
    "王芳说：等了两个小时", "赔礼道歉", "前台小李态度不好", "LSVAA4182E2123456", "沪A12345", "李雷", "13900000002",
}  # fmt: skip


def with_secrets():
    return Case().received(
        complainant=Customer(
            name="王芳",
            phone="13800000001",
            email="wang@example.cn",
            wechat="wx-wangfang",
            address="上海市某路1号",
            platform_number="P-77",
            post_url="https://weibo.example/77",
        ),
        statement="王芳说：等了两个小时",
        wish="赔礼道歉",
        issues=(Issue(id="1", category="service", text="前台小李态度不好"),),
        vehicles=(Vehicle(vin="LSVAA4182E2123456", plate="沪A12345", make="Volkswagen"),),
        parties=(Party(kind=PartyKind.USER, name="李雷", phone="13900000002"),),
    )


# R67: names, phones and free text lie beside the history, each under its own salt
def test_nothing_personal_stands_in_the_history():
    case = with_secrets()

    _, events, personal = kept(case)

    assert [secret for secret in SECRETS if secret in events[0].body] == []
    assert {text.text for text in personal} == SECRETS
    assert len({text.salt for text in personal}) == len(SECRETS)
    assert {len(text.salt) for text in personal} == {16}


def test_what_is_not_personal_can_be_read_without_it():
    case = with_secrets()

    _, events, _ = kept(case)

    assert ("Volkswagen" in events[0].body, '"category":"service"' in events[0].body) == (True, True)


def test_the_same_words_leave_another_trace_each_time():
    case = Case().received().does(AddNote, by=wang, text="王芳").does(AddNote, by=wang, text="王芳")

    traces = [json.loads(event.body)["form"]["text"] for event in kept(case)[1][1:]]

    assert len(set(traces)) == 2


def test_free_text_of_every_later_step_is_put_aside_too():
    case = Case().to(State.FOLLOW_UP).spoken(by=chen, text="王芳，您好")
    case.promised(promise=promise(text="王芳，周四前给您答复"))

    _, events, personal = kept(case)

    assert [event.number for event in events if "王芳" in event.body] == []
    assert [text.text for text in personal[-2:]] == ["王芳，您好", "王芳，周四前给您答复"]


def test_an_erased_text_leaves_the_history_whole():
    case = with_secrets()
    _, events, personal = kept(case)
    left = [text for text in personal if text.path != "complainant.name"]

    proven = verify(case.id, events, left)
    command = read(events, left, COMMANDS)[0].command

    assert proven == case.desk.verify(case.id)
    assert (command.complainant.name, command.complainant.phone) == (ERASED, "13800000001")


def test_a_history_without_any_personal_text_can_still_be_read():
    case = with_secrets()
    _, events, _ = kept(case)

    form = replay(read(events, (), COMMANDS)).registration

    assert (form.complainant.name, form.excerpt, form.vehicles[0].vin) == (ERASED, ERASED, ERASED)
    assert form.vehicles[0].make == "Volkswagen"


@pytest.mark.parametrize(
    "path", ["complainant.name", "statement", "issues[0].text", "vehicles[0].vin", "parties[0].phone"]
)
def test_a_changed_personal_text_is_found(path):
    case = with_secrets()
    complaint, events, personal = kept(case)
    changed = [attrs.evolve(text, text="LSVAA4182E9999999") if text.path == path else text for text in personal]

    found = broken(desk_on(case, complaint, events, changed).verify, case.id)

    assert found == (1, "personal_changed")


@pytest.mark.parametrize("path", ["wish", "parties[0].name", "issues[7].text", "statement.more", ""])
def test_a_personal_text_that_was_put_in_is_found(path):
    case = Case().received(wish=None)
    _, events, personal = kept(case)
    more = [*personal, attrs.evolve(personal[0], path=path, text="nothing at all")]

    assert broken(verify, case.id, events, more) == (1, "personal_changed")


def test_a_masked_complaint_shows_the_process_and_not_the_person():
    case = with_secrets().begun().upheld()

    seen = masked(case.complaint)

    assert [secret for secret in SECRETS if secret in repr(seen)] == []
    assert (seen.state, seen.reference, seen.registration.vehicles[0].make) == (
        State.INVESTIGATION,
        "SH01-2026-000001",
        "Volkswagen",
    )
    assert (seen.registration.complainant.name, seen.judgment.issues[0].grounds_reason) == (MASKED, MASKED)


def test_every_complaint_can_be_masked():
    for case in every_way():
        seen, complaint = masked(case.complaint), case.complaint

        assert (seen.id, seen.state, seen.ledger, seen.deadlines) == (
            complaint.id,
            complaint.state,
            complaint.ledger,
            complaint.deadlines,
        )


def test_an_auditor_reads_the_history_without_the_person():
    case = with_secrets()
    case.does(RecordContact, by=li, text="王芳，您好", channel=Channel.SMS)

    events = case.desk.history(case.id, by=feng)

    assert [secret for secret in SECRETS if secret in repr(events)] == []
    assert (events[0].command.statement, events[1].command.text) == (MASKED, MASKED)
    assert promise().text not in repr(events)
