"""Errors as problem details."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pkgutil import walk_packages
from typing import Any
from uuid import UUID

import msgspec
import pytest

import complaints
from complaints import (
    Actor,
    Channel,
    Complaint,
    ComplaintError,
    ConflictError,
    Customer,
    Dealer,
    Desk,
    Fault,
    HostError,
    IllegalMoveError,
    InvalidCommandError,
    NotFoundError,
    NotPermittedError,
    RefusedError,
    Role,
    StoreBusyError,
    StoreError,
)
from complaints.http import STATUS, Answer, problem, status_of
from complaints.locale import LANGUAGES, codes, label
from complaints.stages.anytime import AddNote
from complaints.stages.intake import BeginJudgment, Receive
from complaints.stages.review import Archive

NOW = datetime.now(UTC) - timedelta(minutes=5)
LI = Actor("li", Role.SPECIALIST, dealer="SH01")
ARCHIVIST = Actor("sun", Role.ARCHIVIST, dealer="SH01")
SECRETS = ("张三", "13800000000", "刹车异响")


def told(answer: Answer) -> dict[str, Any]:
    return msgspec.json.decode(answer.body)


def errors() -> Iterator[type[ComplaintError]]:
    for module in walk_packages(complaints.__path__, "complaints."):
        if ".migrations" not in module.name and not module.name.endswith("__main__"):
            import_module(module.name)
    waiting: list[type[ComplaintError]] = [ComplaintError]
    while waiting:
        error = waiting.pop()
        waiting += error.__subclasses__()
        if error.__module__.startswith("complaints.") and not error.__name__.startswith("_"):
            yield error


@pytest.fixture
def desk() -> Desk:
    return Desk(dealers=[Dealer("SH01")])


@pytest.fixture
def case(desk: Desk) -> Complaint:
    receive = Receive(
        dealer="SH01", complainant=Customer(name="张三", phone="13800000000"), channel=Channel.EMAIL, received_at=NOW,
        statement="刹车异响",
    )  # fmt: skip
    return desk.handle(receive, by=LI)


# --- which status ---------------------------------------------------------------------------------------------------


def test_no_error_is_forgotten():
    assert set(STATUS) == set(errors())


def test_every_error_has_a_title_and_every_title_an_error():
    assert codes("problem", "en") == {error.code for error in errors()}


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_error_has_the_title_of_its_code_and_the_status_of_its_class(language):
    error = NotFoundError("complaint", "SH01-2026-000009")

    made = problem(error, language=language)

    assert (made.status, told(made)["status"]) == (404, 404)
    assert told(made)["title"] == label("problem", "not_found", language)


def test_a_houses_own_error_has_the_status_of_what_it_descends_from():
    class OutOfPaperError(RefusedError):
        code = "printer.out_of_paper"

    assert status_of(OutOfPaperError([])) == 422


# --- what it tells --------------------------------------------------------------------------------------------------


def test_a_step_that_does_not_lead_on_from_here_is_told_with_what_does(desk, case):
    with pytest.raises(IllegalMoveError) as refused:
        desk.handle(Archive(complaint=case.id), by=ARCHIVIST)

    made = problem(refused.value, language="en")

    assert made.status == 409
    assert made.headers == {
        "Content-Type": "application/problem+json",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Content-Language": "en",
        "Vary": "Accept-Language",
    }
    assert told(made) == {
        "type": "urn:complaints:move.illegal",
        "title": "No such step in this state",
        "status": 409,
        "code": "move.illegal",
        "detail": refused.value.sentence("en"),
        "facts": {"command": "Archive", "state": "intake"},
        "refusals": [
            {
                "code": "move.illegal",
                "sentence": refused.value.refusals[0].sentence("en"),
                "who": [],
                "facts": {
                    "command": "Archive",
                    "state": "intake",
                    "commands": list(refused.value.refusals[0].facts["commands"]),
                },
            }
        ],
    }


def test_all_refusals_are_told_in_the_language_of_who_asks(desk, case):
    with pytest.raises(NotPermittedError) as other:
        desk.handle(BeginJudgment(complaint=case.id), by=ARCHIVIST)

    english, chinese = problem(other.value), problem(other.value, language="zh_CN")

    assert (english.status, english.headers["Content-Language"]) == (403, "en")
    assert chinese.headers["Content-Language"] == "zh-CN"
    assert told(english)["refusals"][0]["sentence"] == other.value.refusals[0].sentence("en")
    assert told(chinese)["refusals"][0]["sentence"] == other.value.refusals[0].sentence("zh_CN")
    assert told(chinese)["title"] == "这一步由其他人员办理"


def test_faults_are_told_by_field():
    error = InvalidCommandError("Receive", [Fault("issues[0].category", "category"), Fault("wish", "empty")])

    made = problem(error)

    assert made.status == 422
    assert told(made)["faults"] == [
        {"field": fault.field, "code": fault.code, "sentence": fault.sentence("en"), "facts": {}}
        for fault in error.faults
    ]


def test_a_conflict_tells_what_happened_in_between_and_nothing_that_was_written_down(desk, case):
    desk.handle(AddNote(complaint=case.id, text="张三 rang from 13800000000."), by=LI)
    noted = desk.history(case.id, by=LI)[-1]
    with pytest.raises(ConflictError) as conflict:
        desk.handle(AddNote(complaint=case.id, text="…"), by=LI, expected_version=1)

    plain, conditional = problem(conflict.value), problem(conflict.value, is_conditional=True)

    assert (plain.status, conditional.status) == (409, 412)
    assert told(conditional)["between"] == [
        {
            "number": 2,
            "command": "AddNote",
            "at": noted.at.isoformat().replace("+00:00", "Z"),
            "by": "li",
            "source": "intake",
            "target": "intake",
        }
    ]
    assert [secret for secret in SECRETS if secret in conditional.body.decode()] == []


def test_only_a_conflict_is_a_failed_precondition():
    error = NotFoundError("complaint", "SH01-2026-000009")

    assert problem(error, is_conditional=True).status == 404


def test_the_types_of_problems_may_be_addresses_of_the_hosts_own_pages():
    made = problem(NotFoundError("complaint", "X"), names="https://help.example.org/complaints#")

    assert told(made)["type"] == "https://help.example.org/complaints#not_found"


# --- what the client cannot mend ------------------------------------------------------------------------------------


def test_a_busy_store_asks_to_try_again_in_a_moment():
    made = problem(StoreBusyError(file="/srv/complaints.db"))

    assert (made.status, made.headers["Retry-After"]) == (503, "1")
    assert told(made) == {
        "type": "urn:complaints:store.busy",
        "title": "The store is busy",
        "status": 503,
        "code": "store.busy",
        "detail": "Nothing was changed. Please try again in a moment, with the same key.",
    }


@pytest.mark.parametrize(
    "error",
    [
        StoreError("damaged", file="/srv/complaints.db"),
        StoreError("failed", file="/srv/complaints.db", sqlite="SQLITE_/srv"),
        HostError("directory", "/srv/LdapError"),
        complaints.BrokenHistoryError(UUID(int=1), 3, "/srv"),
        complaints.DefinitionError("/srv", ["/srv"]),
        complaints.UnknownDefinitionError("/srv"),
    ],
    ids=lambda error: error.code,
)
def test_files_and_causes_are_for_the_hosts_log_and_not_for_the_client(error):
    made = problem(error, language="zh_CN")

    assert made.status == 500
    assert set(told(made)) == {"type", "title", "status", "code", "detail"}
    assert "/srv" not in made.body.decode()
