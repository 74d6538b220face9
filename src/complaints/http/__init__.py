"""
What every HTTP host needs and no framework brings: problem details, ETags for versions, keys, languages, forms.

It serves nothing and imports no framework. :mod:`complaints.http.routes` puts the parts together, route by route; the
recipes under ``examples/`` show them with FastAPI, Django and Flask.
"""

from __future__ import annotations

from complaints.http.answers import Answer, answer
from complaints.http.bodies import MOST_BYTES, command_from, form_from, step_named
from complaints.http.headers import etag, key_from, language_from, version_from
from complaints.http.problems import STATUS, problem, status_of
from complaints.http.requests import (
    BodyTooLargeError,
    MediaTypeError,
    PreconditionMissingError,
    RequestError,
    UnknownStepError,
)

__all__ = [
    "MOST_BYTES",
    "STATUS",
    "Answer",
    "BodyTooLargeError",
    "MediaTypeError",
    "PreconditionMissingError",
    "RequestError",
    "UnknownStepError",
    "answer",
    "command_from",
    "etag",
    "form_from",
    "key_from",
    "language_from",
    "problem",
    "status_of",
    "step_named",
    "version_from",
]
