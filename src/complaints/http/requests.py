"""What can be wrong with a request before it is an order."""

from __future__ import annotations

from complaints.errors import InvalidCommandError


class RequestError(InvalidCommandError):
    """A part of a request cannot be read; ``what`` is the header or the body, the faults say why."""

    code = "request.malformed"


class PreconditionMissingError(RequestError):
    """The host asks for a version that was seen, and none was sent."""

    code = "request.no_version"


class BodyTooLargeError(RequestError):
    """The body is longer than any form is."""

    code = "request.too_large"


class MediaTypeError(RequestError):
    """The body is none that a form is read from."""

    code = "request.media_type"


class UnknownStepError(RequestError):
    """There is no such step, or none that a person takes there; the fault names those that there are."""

    code = "request.unknown_step"


__all__ = ["BodyTooLargeError", "MediaTypeError", "PreconditionMissingError", "RequestError", "UnknownStepError"]
