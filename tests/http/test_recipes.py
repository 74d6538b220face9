"""The recipes behind real servers on the loopback: one scenario for FastAPI, Django and Flask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import Thread
from time import sleep
from typing import Any

import httpx
import pytest
import uvicorn
from werkzeug.serving import WSGIRequestHandler, make_server

from complaints import Dealer, Desk, HostError, Role
from complaints.http import MOST_BYTES
from complaints.stages.intake import Receive
from tests.programs import example

JSON = {"Content-Type": "application/json"}
CHINESE = {"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}
_KEYS = count(1)


# --- servers --------------------------------------------------------------------------------------------------------


class Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Nobody reads it here."""


@contextmanager
def wsgi(application: Any) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Quiet)
    server.daemon_threads = False  # so that closing waits for the last answer
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def asgi(application: Any) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(application, host="127.0.0.1", port=0, log_level="error"))
    thread = Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def fastapi() -> Iterator[str]:
    with asgi(example("http_fastapi").app) as url:
        yield url


@contextmanager
def flask() -> Iterator[str]:
    recipe = example("http_flask")
    with recipe.open_desk() as desk, wsgi(recipe.app_for(desk)) as url:
        yield url


@contextmanager
def django() -> Iterator[str]:
    recipe = example("http_django")
    with recipe.desk, wsgi(recipe.application) as url:
        yield url


SERVERS = {"fastapi": fastapi, "django": django, "flask": flask}
Serve = Callable[[str], httpx.Client]


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Clients of the servers, each of which starts when it is first asked for and stays till the end."""
    with ExitStack() as stack, pytest.MonkeyPatch.context() as changed:
        clients: dict[str, httpx.Client] = {}

        def serve(name: str) -> httpx.Client:
            if name not in clients:
                changed.setenv("COMPLAINTS_URL", f"sqlite:///{tmp_path_factory.mktemp(name) / 'complaints.db'}")
                url = stack.enter_context(SERVERS[name]())
                clients[name] = stack.enter_context(httpx.Client(base_url=url, trust_env=False, timeout=60))
            return clients[name]

        yield serve


@pytest.fixture(params=sorted(SERVERS))
def client(serve: Serve, request: pytest.FixtureRequest) -> httpx.Client:
    return serve(request.param)


# --- what clients do ------------------------------------------------------------------------------------------------


def as_(token: str, **headers: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", **{name.replace("_", "-"): value for name, value in headers.items()}}


LI, SUN, BO = as_("li-at-SH01"), as_("sun-at-SH01"), as_("bo-at-BJ02")


def a_form(**more: object) -> dict[str, object]:
    return {
        "complainant": {"name": "张三", "phone": "13800000000"},
        "channel": "email",
        "received_at": (datetime.now(UTC) - timedelta(minutes=5)).isoformat(),
        "statement": "刹车异响。",
        "issues": [{"id": "I1", "category": "product.brakes"}],
        **more,
    }


def a_key() -> dict[str, str]:
    return {"Idempotency-Key": f'"key-{next(_KEYS)}"'}


def received(client: httpx.Client, **more: object) -> httpx.Response:
    answer = client.post("/complaints", json=a_form(**more), headers=LI)
    assert answer.status_code == 201
    return answer


def codes(answer: httpx.Response, kind: str) -> list[str]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == answer.status_code
    return [one["code"] for one in answer.json()[kind]]


# --- receiving ------------------------------------------------------------------------------------------------------


def test_a_complaint_is_received_and_found_where_the_answer_says(client):
    answer = received(client)
    found = client.get(answer.headers["Location"], headers=LI)

    assert found.status_code == 200
    assert found.json() == answer.json()
    assert found.headers["ETag"] == answer.headers["ETag"] == f'"{answer.json()["id"]}.1"'
    assert answer.headers["Location"] == f"/complaints/{answer.json()['reference']}"
    assert (found.headers["Content-Type"], found.headers["Cache-Control"]) == ("application/json", "no-store")


def test_what_was_sent_twice_with_one_key_is_received_once_and_answered_alike(client):
    form, key = a_form(), a_key()

    first, again = (client.post("/complaints", json=form, headers={**LI, **key}) for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 201)
    assert (first.json(), first.headers["Location"]) == (again.json(), again.headers["Location"])


def test_a_key_that_stands_for_another_order_is_refused(client):
    key = a_key()
    first = client.post("/complaints", json=a_form(), headers={**LI, **key})

    other = client.post("/complaints", json=a_form(statement="另一件事。"), headers={**LI, **key})

    assert (other.status_code, other.json()["code"]) == (422, "key.reused")
    assert other.json()["facts"]["complaint"] == first.json()["id"]


def test_all_faults_of_a_form_are_told_at_once_with_their_fields(client):
    form = a_form(channel="pigeon", complainant={"phone": 7}, nonsense=1)
    del form["statement"]

    answer = client.post("/complaints", json=form, headers=LI)

    assert answer.status_code == 422
    assert {(one["field"], one["code"]) for one in answer.json()["faults"]} == {
        ("channel", "choice"),
        ("complainant.phone", "type"),
        ("nonsense", "unknown_field"),
        ("statement", "missing"),
    }


# --- steps ----------------------------------------------------------------------------------------------------------


def test_a_step_is_taken_on_the_version_that_was_seen(client):
    case = received(client)

    noted = client.post(
        f"{case.headers['Location']}/steps/AddNote",
        json={"text": "已致电。"},
        headers={**LI, "If-Match": case.headers["ETag"]},
    )

    assert (noted.status_code, noted.json()["version"]) == (200, 2)
    assert noted.headers["ETag"] == f'"{case.json()["id"]}.2"'


def test_whoever_saw_an_older_version_is_told_what_happened_in_between(client):
    case = received(client)
    steps, seen = f"{case.headers['Location']}/steps", {**LI, "If-Match": case.headers["ETag"]}
    client.post(f"{steps}/AddNote", json={"text": "13800000000 已致电。"}, headers=seen)

    late = client.post(f"{steps}/AddNote", json={"text": "我来致电。"}, headers=seen)

    assert (late.status_code, late.json()["code"]) == (412, "conflict")
    assert [(one["number"], one["command"], one["by"]) for one in late.json()["between"]] == [(2, "AddNote", "li")]
    assert "13800000000" not in late.text


def test_of_two_at_once_on_one_version_exactly_one_wins(client):
    case = received(client)
    seen = {**LI, "If-Match": case.headers["ETag"]}

    def note(text: str) -> httpx.Response:
        return client.post(f"{case.headers['Location']}/steps/AddNote", json={"text": text}, headers=seen)

    with ThreadPoolExecutor(4) as several:
        answers = list(several.map(note, ["一", "二", "三", "四"]))

    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]
    assert client.get(case.headers["Location"], headers=LI).json()["version"] == 2


def test_a_step_that_was_answered_and_lost_is_answered_again_although_the_version_has_passed(client):
    case = received(client)
    send = {**LI, **a_key(), "If-Match": case.headers["ETag"]}

    first, again = (
        client.post(f"{case.headers['Location']}/steps/AddNote", json={"text": "已致电。"}, headers=send)
        for _ in range(2)
    )

    assert (first.status_code, again.status_code) == (200, 200)
    assert (first.json(), first.headers["ETag"]) == (again.json(), again.headers["ETag"])


@pytest.mark.parametrize(
    ("tag", "code"), [("*", "any_version"), ('W/"x"', "not_a_version"), ('"a", "b"', "several_versions")]
)
def test_a_header_that_does_not_say_which_version_was_seen_is_refused(client, tag, code):
    case = received(client)

    answer = client.post(
        f"{case.headers['Location']}/steps/AddNote", json={"text": "…"}, headers={**LI, "If-Match": tag}
    )

    assert (answer.status_code, codes(answer, "faults")) == (400, [code])


def test_a_step_that_does_not_lead_on_from_here_is_told_with_those_that_do(client):
    case = received(client)

    answer = client.post(f"{case.headers['Location']}/steps/Close", json={}, headers=LI)

    assert (answer.status_code, codes(answer, "refusals")) == (409, ["move.illegal"])
    assert "BeginJudgment" in answer.json()["refusals"][0]["facts"]["commands"]


def test_refusals_are_told_in_the_language_of_who_asks(client):
    case = received(client)
    steps = f"{case.headers['Location']}/steps/BeginJudgment"

    english, chinese = (client.post(steps, json={}, headers={**LI, **language}) for language in ({}, CHINESE))

    assert codes(english, "refusals") == codes(chinese, "refusals")
    assert (english.headers["Content-Language"], chinese.headers["Content-Language"]) == ("en", "zh-CN")
    assert (english.json()["title"], chinese.json()["title"]) == ("Another person's step", "这一步由其他人员办理")


def test_a_step_of_other_people_is_not_permitted_and_says_whose_it_is(client):
    case = received(client)

    answer = client.post(f"{case.headers['Location']}/steps/Assign", json={}, headers=SUN)

    assert (answer.status_code, codes(answer, "refusals")) == (403, ["move.not_permitted"])
    assert answer.json()["refusals"][0]["who"] == ["supervisor"]


def test_a_step_that_there_is_not_is_told_so(client):
    case = received(client)

    answer = client.post(f"{case.headers['Location']}/steps/Forget", json={}, headers=LI)

    assert (answer.status_code, codes(answer, "faults")) == (404, ["choice"])


# --- reading --------------------------------------------------------------------------------------------------------


def test_an_auditor_reads_the_process_and_not_who_the_customer_is(client):
    case = received(client)

    seen = {path: client.get(f"{case.headers['Location']}{path}", headers=SUN) for path in ("", "/history", "/options")}

    assert {path: answer.status_code for path, answer in seen.items()} == {"": 200, "/history": 200, "/options": 200}
    assert [
        path for path, answer in seen.items() for secret in ("张三", "13800000000", "异响") if secret in answer.text
    ] == []


def test_another_dealers_complaint_is_as_unknown_as_one_that_there_is_not(client):
    case = received(client)
    paths = [case.headers["Location"], "/complaints/SH01-2020-999999", "/complaints/x'%20OR%201=1"]

    answers = [client.get(f"{path}{below}", headers=BO) for path in paths for below in ("", "/history", "/options")]
    steps = [client.post(f"{path}/steps/AddNote", json={"text": "…"}, headers=BO) for path in paths]

    assert {(answer.status_code, answer.json()["code"]) for answer in (*answers, *steps)} == {(404, "not_found")}
    assert client.get(paths[0], headers=LI).json()["version"] == 1


def test_history_options_and_work_tell_who_did_what_and_what_is_next(client):
    case = received(client)

    history = client.get(f"{case.headers['Location']}/history", headers=LI).json()["events"]
    options = client.get(f"{case.headers['Location']}/options", headers={**LI, **CHINESE})
    work = client.get("/work", headers=LI).json()["items"]

    assert [(event["command"], event["by"]["id"], event["target"]) for event in history] == [
        ("Receive", "li", "intake")
    ]
    begin = next(step for step in options.json()["steps"] if step["command"] == "BeginJudgment")
    assert (begin["is_open"], begin["targets"], options.headers["Content-Language"]) == (False, ["judgment"], "zh-CN")
    assert options.headers["ETag"] == case.headers["ETag"]
    assert all(set(item) >= {"reference", "what", "due", "waits_for"} for item in work)


def test_the_form_of_a_step_has_labels_in_both_languages(client):
    answer = client.get("/forms/Receive", headers={**LI, **CHINESE})

    with Desk(dealers=[Dealer("SH01")]) as desk:
        assert answer.json() == desk.form(Receive, dealer="SH01", language="zh_CN")
    assert answer.json()["properties"]["statement"]["x-labels"] == {
        "zh_CN": "投诉内容（客户原话）",
        "en": "Statement in the customer's words",
    }
    assert client.get("/forms/RecordBreach", headers=LI).status_code == 404


# --- what else comes from outside -----------------------------------------------------------------------------------


def test_what_somebody_typed_comes_back_as_data_and_never_as_a_page(client):
    name = "</script><script>alert(1)</script>\"'; DROP TABLE complaints; -- \u2028{{7*7}}"
    case = received(client, complainant={"name": name})

    found = client.get(case.headers["Location"], headers=LI)

    assert found.json()["registration"]["complainant"]["name"] == name
    assert (found.headers["Content-Type"], found.headers["X-Content-Type-Options"]) == ("application/json", "nosniff")


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b'{"statement": ', JSON, 400, "not_json"),
        (b"", JSON, 400, "not_json"),
        ("{}".encode("utf-16"), JSON, 400, "not_json"),
        (b'{"wish": 1, "wish": 2}', JSON, 400, "doubled_key"),
        (b"[]", JSON, 422, "type"),
        (b"{}", {"Content-Type": "text/plain"}, 415, "media_type"),
        (b"wish=x", {"Content-Type": "application/x-www-form-urlencoded"}, 415, "media_type"),
        (b"{}" + b" " * MOST_BYTES, JSON, 413, "body_too_large"),
        (b"{}", {**JSON, "Idempotency-Key": "a, b"}, 400, "not_a_key"),
    ],
    ids=["cut", "empty", "utf-16", "doubled", "list", "text", "form", "large", "key"],
)
def test_a_body_that_is_no_form_is_told_so_and_nothing_is_received(client, body, headers, status, code):
    answer = client.post("/complaints", content=body, headers={**LI, **headers})

    assert (answer.status_code, codes(answer, "faults")) == (status, [code])


@pytest.mark.parametrize("token", ["", "Bearer nobody", "Bearer", "Basic bGk6"])
def test_whom_the_host_does_not_know_sees_nothing(client, token):
    case = received(client)
    asked = {"Authorization": token} if token else {}

    answers = [
        client.get("/work", headers=asked),
        client.get(case.headers["Location"], headers=asked),
        client.post("/complaints", json=a_form(), headers=asked),
    ]

    assert [(answer.status_code, answer.headers["WWW-Authenticate"]) for answer in answers] == [(401, "Bearer")] * 3


class Unplugged(dict[object, object]):
    """A table of the host's that cannot be asked, and says more about it than anybody should read."""

    def __contains__(self, key: object) -> bool:
        raise ConnectionError("ldap://10.0.0.7 does not answer for 张三")


def test_what_the_host_cannot_mend_is_in_its_log_and_not_in_the_answer(client, monkeypatch, caplog):
    for name in SERVERS:
        monkeypatch.setattr(example(f"http_{name}"), "POSTS", Unplugged())

    answer = client.get("/work", headers=LI)

    assert (answer.status_code, answer.json()["code"]) == (500, "host.failed")
    assert [record.message for record in caplog.records if record.name == "complaints.http"] == [
        HostError("directory", "ConnectionError").sentence()
    ]
    assert [secret for secret in ("ldap", "10.0.0.7", "张三") if secret in answer.text + caplog.text] == []


def test_the_three_recipes_serve_the_same_people():
    recipes = [example(f"http_{name}") for name in sorted(SERVERS)]

    assert [recipe.POSTS for recipe in recipes] == [
        {("li", "SH01"): Role.SPECIALIST, ("sun", "SH01"): Role.AUDITOR, ("bo", "BJ02"): Role.SPECIALIST}
    ] * 3
