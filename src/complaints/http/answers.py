"""What goes back to the client, ready for any framework: a status, headers, bytes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import attrs
import msgspec

from complaints.http.headers import etag
from complaints.model.complaint import Complaint

_OF_EVERY_ANSWER = MappingProxyType({"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"})
_TAGS: Mapping[str, str] = {"zh_CN": "zh-CN", "en": "en"}


@attrs.frozen(kw_only=True)
class Answer:
    """
    An HTTP response that any framework can send.

    Attributes:
        headers: Without the length, which the framework knows.
        body: JSON in UTF-8.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


def answer(
    value: object,
    *,
    status: int = 200,
    complaint: Complaint | None = None,
    language: str | None = None,
    media_type: str = "application/json",
) -> Answer:
    """
    *value* as JSON.

    Args:
        value: Mappings, lists, texts, and the library's own values.
        complaint: The one it shows: its version goes along as ``ETag``.
        language: In which its sentences are; ``None`` where it has none.

    Source:
        ``no-store`` is our choice: it shows who customers are, and to each role something else, so that no cache
        keeps it. ``nosniff``: what somebody typed is never taken for a page.
    """
    headers = {"Content-Type": media_type, **_OF_EVERY_ANSWER}
    if complaint is not None:
        headers["ETag"] = etag(complaint)
    if language is not None:
        headers["Content-Language"] = _TAGS.get(language, "en")
        headers["Vary"] = "Accept-Language"
    return Answer(status=status, headers=headers, body=msgspec.json.encode(value))


__all__ = ["Answer", "answer"]
