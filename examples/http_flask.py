"""The desk behind Flask. Run it, then: curl -H "Authorization: Bearer li-at-SH01" http://127.0.0.1:8000/work"""

import logging
import os
from datetime import date

from flask import Flask, Response, abort, request

from complaints import Actor, ComplaintError, Dealer, Desk, Person, Role
from complaints.http import MOST_BYTES, Answer, routes

# The host's users. A table in a file proves nothing to anybody: here belongs the sign-in that you have already.
SIGNED_IN = {"li-at-SH01": ("li", "SH01"), "sun-at-SH01": ("sun", "SH01"), "bo-at-BJ02": ("bo", "BJ02")}
POSTS = {("li", "SH01"): Role.SPECIALIST, ("sun", "SH01"): Role.AUDITOR, ("bo", "BJ02"): Role.SPECIALIST}


class Staff:
    def person(self, id: str, *, dealer: str | None, on: date) -> Person | None:
        return Person(id=id, roles=(POSTS[id, dealer],)) if (id, dealer) in POSTS else None

    def people(self, dealer: str, on: date) -> list[str]:
        return [id for id, at in POSTS if at == dealer]


def send(answer: Answer) -> Response:
    return Response(answer.body, answer.status, answer.headers)


def app_for(desk: Desk) -> Flask:
    """One desk serves all threads of a process; a server that forks calls this, and opens the desk, in each child."""
    app = Flask(__name__)

    def the_user() -> Actor:
        signed_in = SIGNED_IN.get(request.headers.get("Authorization", "").partition("Bearer ")[2])
        if signed_in is None:
            abort(Response(status=401, headers={"WWW-Authenticate": "Bearer"}))
        return desk.actor(signed_in[0], dealer=signed_in[1])

    @app.errorhandler(ComplaintError)
    def refuse(error: ComplaintError) -> Response:
        answer = routes.refusal(error, request.headers)
        if answer.status >= 500:
            logging.getLogger("complaints.http").error("%s", error)  # it names no customer; what caused it may
        return send(answer)

    @app.post("/complaints")
    def receive() -> Response:
        by, body = the_user(), request.stream.read(MOST_BYTES + 1)
        return send(routes.receive(desk, request.headers, body, by=by))

    @app.post("/complaints/<reference>/steps/<command>")
    def step(reference: str, command: str) -> Response:
        by, body = the_user(), request.stream.read(MOST_BYTES + 1)
        return send(routes.step(desk, reference, command, request.headers, body, by=by))

    @app.get("/complaints/<reference>")
    def complaint(reference: str) -> Response:
        return send(routes.complaint(desk, reference, by=the_user()))

    @app.get("/complaints/<reference>/history")
    def history(reference: str) -> Response:
        return send(routes.history(desk, reference, by=the_user()))

    @app.get("/complaints/<reference>/options")
    def options(reference: str) -> Response:
        return send(routes.options(desk, reference, request.headers, by=the_user()))

    @app.get("/forms/<command>")
    def form(command: str) -> Response:
        return send(routes.form(desk, command, request.headers, by=the_user()))

    @app.get("/work")
    def work() -> Response:
        return send(routes.work(desk, by=the_user()))

    return app


def open_desk() -> Desk:
    url = os.environ.get("COMPLAINTS_URL", "sqlite:///complaints.db")
    return Desk.open(url, dealers=[Dealer("SH01"), Dealer("BJ02")], directory=Staff())


if __name__ == "__main__":
    with open_desk() as opened:
        app_for(opened).run(port=8000, threaded=True)
