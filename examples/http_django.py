"""The desk behind Django. Run it, then: curl -H "Authorization: Bearer li-at-SH01" http://127.0.0.1:8000/work"""

import atexit
import logging
import os
import secrets
import sys
from datetime import date

import django
from django.conf import settings
from django.core.management import execute_from_command_line
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

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


class NotSignedInError(Exception):
    pass


class Problems:
    """Middleware that tells the library's errors; last in MIDDLEWARE, since it is asked first there."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, NotSignedInError):
            return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
        if not isinstance(error, ComplaintError):
            return None
        answer = routes.refusal(error, request.headers)
        if answer.status >= 500:
            logging.getLogger("complaints.http").error("%s", error)  # it names no customer; what caused it may
        return send(answer)


def the_user(request: HttpRequest) -> Actor:
    signed_in = SIGNED_IN.get(request.headers.get("Authorization", "").partition("Bearer ")[2])
    if signed_in is None:
        raise NotSignedInError
    return desk.actor(signed_in[0], dealer=signed_in[1])


def send(answer: Answer) -> HttpResponse:
    return HttpResponse(answer.body, status=answer.status, headers=answer.headers)


@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    by, body = the_user(request), request.read(MOST_BYTES + 1)
    return send(routes.receive(desk, request.headers, body, by=by))


@require_POST
def step(request: HttpRequest, reference: str, command: str) -> HttpResponse:
    by, body = the_user(request), request.read(MOST_BYTES + 1)
    return send(routes.step(desk, reference, command, request.headers, body, by=by))


@require_GET
def complaint(request: HttpRequest, reference: str) -> HttpResponse:
    return send(routes.complaint(desk, reference, by=the_user(request)))


@require_GET
def history(request: HttpRequest, reference: str) -> HttpResponse:
    return send(routes.history(desk, reference, by=the_user(request)))


@require_GET
def options(request: HttpRequest, reference: str) -> HttpResponse:
    return send(routes.options(desk, reference, request.headers, by=the_user(request)))


@require_GET
def form(request: HttpRequest, command: str) -> HttpResponse:
    return send(routes.form(desk, command, request.headers, by=the_user(request)))


@require_GET
def work(request: HttpRequest) -> HttpResponse:
    return send(routes.work(desk, by=the_user(request)))


urlpatterns = [
    path("complaints", receive), path("complaints/<reference>/steps/<command>", step),
    path("complaints/<reference>", complaint), path("complaints/<reference>/history", history),
    path("complaints/<reference>/options", options), path("forms/<command>", form), path("work", work),
]  # fmt: skip
# In a project of yours this is settings.py, and the desk is opened in the ready() of an AppConfig.
settings.configure(
    SECRET_KEY=secrets.token_urlsafe(), ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF=__name__,
    MIDDLEWARE=[f"{__name__}.Problems"], COMPLAINTS_URL=os.environ.get("COMPLAINTS_URL", "sqlite:///complaints.db"),
)  # fmt: skip
django.setup()
# One desk in each process serves all its threads. A server that forks imports this in the child, so never preload it.
desk = Desk.open(settings.COMPLAINTS_URL, dealers=[Dealer("SH01"), Dealer("BJ02")], directory=Staff())
atexit.register(desk.close)
application = get_wsgi_application()

if __name__ == "__main__":
    execute_from_command_line([sys.argv[0], "runserver", "127.0.0.1:8000", "--noreload"])
