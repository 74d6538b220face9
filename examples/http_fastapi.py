"""The desk behind FastAPI. Run it, then: curl -H "Authorization: Bearer li-at-SH01" http://127.0.0.1:8000/work"""

import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request, Response

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


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    url = os.environ.get("COMPLAINTS_URL", "sqlite:///complaints.db")
    with Desk.open(url, dealers=[Dealer("SH01"), Dealer("BJ02")], directory=Staff()) as app.state.desk:
        yield  # one desk in each process, from its first request to its last


def the_desk(request: Request) -> Desk:
    return request.app.state.desk


def the_user(request: Request) -> Actor:
    signed_in = SIGNED_IN.get(request.headers.get("authorization", "").partition("Bearer ")[2])
    if signed_in is None:
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"})
    return request.app.state.desk.actor(signed_in[0], dealer=signed_in[1])


async def the_body(request: Request) -> bytes:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            break
    return body


def send(answer: Answer) -> Response:
    return Response(answer.body, answer.status, answer.headers)


app = FastAPI(title="Complaints", lifespan=lifespan)
At, By, Body = (
    Annotated[Desk, Depends(the_desk)],
    Annotated[Actor, Depends(the_user)],
    Annotated[bytes, Depends(the_body)],
)


@app.exception_handler(ComplaintError)
async def refuse(request: Request, error: ComplaintError) -> Response:
    answer = routes.refusal(error, request.headers)
    if answer.status >= 500:
        logging.getLogger("complaints.http").error("%s", error)  # it names no customer; what caused it may
    return send(answer)


# A step waits for the database, so no route is a coroutine: FastAPI runs them on its threads, and the desk serves all.
@app.post("/complaints", status_code=201)
def receive(request: Request, desk: At, by: By, body: Body) -> Response:
    return send(routes.receive(desk, request.headers, body, by=by))


@app.post("/complaints/{reference}/steps/{command}")
def step(request: Request, reference: str, command: str, desk: At, by: By, body: Body) -> Response:
    return send(routes.step(desk, reference, command, request.headers, body, by=by))


@app.get("/complaints/{reference}")
def complaint(reference: str, desk: At, by: By) -> Response:
    return send(routes.complaint(desk, reference, by=by))


@app.get("/complaints/{reference}/history")
def history(reference: str, desk: At, by: By) -> Response:
    return send(routes.history(desk, reference, by=by))


@app.get("/complaints/{reference}/options")
def options(request: Request, reference: str, desk: At, by: By) -> Response:
    return send(routes.options(desk, reference, request.headers, by=by))


@app.get("/forms/{command}")
def form(request: Request, command: str, desk: At, by: By) -> Response:
    return send(routes.form(desk, command, request.headers, by=by))


@app.get("/work")
def work(desk: At, by: By) -> Response:
    return send(routes.work(desk, by=by))


if __name__ == "__main__":
    import uvicorn

    uvicorn.run(app, port=8000)
