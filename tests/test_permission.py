"""What the host passes in to narrow: a permit for steps, a hook for reading; and what happens when they fail."""

from __future__ import annotations

import pytest

from complaints import (
    ConflictError,
    Desk,
    HostError,
    NotFoundError,
    NotPermittedError,
    Order,
    Query,
    ReentrantStepError,
    Refusal,
    RefusedError,
    Role,
    State,
)
from complaints.model.words import Alarm
from complaints.stages.anytime import AddNote
from complaints.stages.intake import Assign, BeginJudgment, Receive
from complaints.stages.judgment import Uphold
from tests.stages.cases import SHOP, Case, chen, feng, li, qian, staff, wang, zhao

NOT_HERE = (Refusal("move.not_permitted_here", command="Uphold"),)


def no_uphold(command, complaint, by):
    return command is not Uphold


class Asked:
    """A permit that lets everything pass and remembers what it was asked."""

    def __init__(self):
        self.about = []

    def __call__(self, command, complaint, by):
        self.about.append((command, complaint.state, by.id))
        return True


class Log:
    """A read hook that remembers."""

    def __init__(self, refuses=()):
        self.lines, self.refuses = [], refuses

    def __call__(self, by, what, ids):
        self.lines.append((by.id, what, ids))
        if by.id in self.refuses:
            raise NotPermittedError([Refusal("own.not_on_duty")], command=what, who=())


# --- the permit ------------------------------------------------------------------------------------------------------


def test_a_permit_takes_away_what_the_table_allows_and_explain_says_so():
    case = Case(permit=no_uphold).to(State.JUDGMENT)

    refusals = case.forbidden(Uphold, by=zhao)

    assert refusals == NOT_HERE
    assert case.desk.explain(case.id, by=zhao)[Uphold] == NOT_HERE
    assert case.desk.explain(case.id, by=zhao)[AddNote] == ()


def test_a_permit_cannot_give_what_the_table_does_not():
    case = Case(permit=lambda command, complaint, by: True).to(State.JUDGMENT)

    refusals = case.forbidden(Uphold, by=wang)

    assert refusals == (Refusal("move.not_permitted", who=("specialist",), command="Uphold"),)


def test_a_permit_is_asked_only_about_people_the_table_lets_in_and_before_the_rules():
    permit = Asked()
    case = Case(permit=permit).received(wish=None)
    permit.about.clear()

    with pytest.raises(NotPermittedError):
        case.desk.handle(case.form(Assign), by=wang)
    with pytest.raises(RefusedError):
        case.desk.handle(case.form(BeginJudgment), by=li)

    assert permit.about == [(BeginJudgment, State.INTAKE, "li")]


def test_a_permit_is_asked_about_a_registration_too():
    case = Case(permit=lambda command, complaint, by: complaint.dealer != "SH01")

    assert case.forbidden(Receive, by=li) == (Refusal("move.not_permitted_here", command="Receive"),)


def test_what_follows_from_a_step_is_part_of_it():
    permit = Asked()

    Case(permit=permit).received(alarms=(Alarm.FIRE,))

    assert permit.about == [(Receive, State.INTAKE, "li")]


def test_a_permit_sees_the_whole_complaint_and_who_acts():
    seen = []
    case = Case(permit=lambda *asked: seen.append(asked) is None).received()
    seen.clear()

    case.does(AddNote, by=wang)

    ((command, complaint, by),) = seen
    assert (command, complaint.id, complaint.version, by) == (AddNote, case.id, 1, wang)
    assert complaint.registration.complainant.phone == "13800000001"


@pytest.mark.parametrize(
    ("permit", "why"),
    [
        (lambda *asked: None, "NoneType"),
        (lambda *asked: 1, "int"),
        (lambda *asked: "yes", "str"),
        (lambda *asked: {"王芳": 1}["13800000001"], "KeyError"),
        (lambda *asked: (_ for _ in ()).throw(NotFoundError("complaint", "x")), "NotFoundError"),
        (lambda one: True, "TypeError"),
    ],
    ids=["forgets to answer", "1", "a word", "raises", "raises one of ours", "takes other arguments"],
)
def test_a_permit_that_fails_stops_the_step_by_name_and_nothing_is_written(permit, why):
    case = Case().received()
    case.desk = Desk(case.desk.store, dealers=[SHOP], clock=case.clock, permit=permit)
    before = case.everything()

    for ask in (
        lambda: case.desk.handle(case.form(AddNote), by=li),
        lambda: case.desk.explain(case.form(AddNote), by=li),
        lambda: case.desk.explain(case.id, by=li),
    ):
        with pytest.raises(HostError) as failed:
            ask()
        assert failed.value.facts == {"what": "permit", "why": why}
        assert "138" not in str(failed.value)

    assert case.everything() == before


def test_in_a_batch_only_the_order_falls_whose_permit_fails():
    def permit(command, complaint, by):
        return True if by.id == "li" else None

    case = Case(permit=permit).received()

    answers = case.desk.handle_all([Order(case.form(AddNote), by) for by in (li, chen, li)])

    assert [getattr(answer, "version", type(answer)) for answer in answers] == [2, HostError, 3]


def test_a_permit_that_gives_orders_is_told_so():
    case = Case().received()

    def meddling(command, complaint, by):
        return case.desk.handle(case.form(AddNote), by=li) is not None

    case.desk = Desk(case.desk.store, dealers=[SHOP], clock=case.clock, permit=meddling)

    with pytest.raises(ReentrantStepError):
        case.desk.handle(case.form(AddNote), by=li)


# --- the read hook ---------------------------------------------------------------------------------------------------


def test_every_reading_is_told_with_who_and_what_and_nothing_personal():
    log = Log()
    case = Case(on_read=log).received()
    log.lines.clear()

    case.desk.complaint(case.id, by=li)
    case.desk.complaint("SH01-2026-000001", by=wang)
    case.desk.history(case.id, by=feng)
    case.desk.find(Query(customer="王芳"), by=qian)

    ids = (case.id,)
    assert log.lines == [
        ("li", "complaint", ids),
        ("wang", "complaint", ids),
        ("feng", "history", ids),
        ("qian", "find", ids),
    ]


def test_steps_and_questions_are_no_readings():
    log = Log()
    case = Case(on_read=log).received()
    order = case.form(AddNote)
    log.lines.clear()

    case.desk.handle(order, by=li, key="k")
    case.desk.handle(order, by=li, key="k")
    case.desk.explain(case.id, by=li)
    case.desk.explain(order, by=li)
    case.desk.verify(case.id)

    assert log.lines == []


def test_whoever_tries_a_step_sees_the_complaint_although_he_does_nothing():
    log = Log(refuses=("wang",))
    case = Case(on_read=log).received()
    note, receive = case.form(AddNote), case.form(Receive)
    log.lines.clear()

    case.desk.rehearse(note, by=li)
    case.desk.rehearse(receive, by=li)
    with pytest.raises(NotPermittedError) as refused:
        case.desk.rehearse(note, by=wang)

    ids = (case.id,)
    assert log.lines == [("li", "complaint", ids), ("wang", "complaint", ids)]
    assert refused.value.refusals == (Refusal("own.not_on_duty"),)


def test_what_is_behind_the_fence_is_not_told_as_read():
    log = Log()
    case = Case(on_read=log).received()
    log.lines.clear()

    with pytest.raises(NotFoundError):
        case.desk.complaint(case.id, by=staff("he", Role.MANAGER, dealer="BJ02"))
    case.desk.find(by=staff("he", Role.MANAGER, dealer="BJ02"))

    assert log.lines == [("he", "find", ())]


def test_a_read_hook_may_refuse_and_its_own_words_come_back():
    case = Case(on_read=Log(refuses=("wang",))).received()

    for ask in (
        lambda: case.desk.complaint(case.id, by=wang),
        lambda: case.desk.history(case.id, by=wang),
        lambda: case.desk.find(by=wang),
        # what somebody did in between is history as well
        lambda: case.desk.handle(case.form(AddNote), by=wang, expected_version=0),
    ):
        with pytest.raises(NotPermittedError) as refused:
            ask()
        assert refused.value.refusals == (Refusal("own.not_on_duty"),)


def test_a_conflict_is_a_reading_of_what_happened_in_between():
    log = Log()
    case = Case(on_read=log).received().does(AddNote, by=li)
    order = case.form(AddNote)
    log.lines.clear()

    with pytest.raises(ConflictError):
        case.desk.handle(order, by=chen, expected_version=1)

    assert log.lines == [("chen", "history", (case.id,))]


def test_what_cannot_be_logged_is_not_shown():
    def full(by, what, ids):
        raise OSError("no space left on device")

    case = Case().received()
    case.desk = Desk(case.desk.store, dealers=[SHOP], clock=case.clock, on_read=full)

    for ask in (case.desk.complaint, case.desk.history):
        with pytest.raises(HostError) as failed:
            ask(case.id, by=li)
        assert failed.value.facts == {"what": "on_read", "why": "OSError"}


def test_a_desk_on_a_file_takes_them_too(tmp_path):
    log = Log()
    with Desk.open(f"sqlite:///{tmp_path}/c.db", dealers=[SHOP], permit=no_uphold, on_read=log) as desk:
        complaint = desk.handle(Case().form(Receive), by=li)
        desk.complaint(complaint.id, by=li)

        assert log.lines == [("li", "complaint", (complaint.id,))]
