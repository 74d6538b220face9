"""What snapshots decode to, so that a complaint that was read lately need not be decoded again."""

from __future__ import annotations

from uuid import UUID

import msgspec

from complaints.errors import BrokenHistoryError, ComplaintError
from complaints.model.base import reread
from complaints.model.complaint import Complaint

_decode = msgspec.json.Decoder(Complaint).decode

_REMEMBERED = 1024
"""Complaints remembered at most; a default."""


class Remembered:
    """
    Complaints decoded lately, each with the very bytes it was decoded from.

    Two generations: when the younger is full, the elder is forgotten. No lock is needed for that.

    Args:
        beside: Others that may be looked at and are never added to: those of the whole store, where what is
            remembered here is a host's own affair until it commits.
    """

    __slots__ = ("_beside", "_elder", "_younger")

    def __init__(self, beside: Remembered | None = None) -> None:
        self._younger: dict[str, tuple[bytes, Complaint]] = {}
        self._elder: dict[str, tuple[bytes, Complaint]] = {}
        self._beside = beside

    def decoded(self, id: str, snapshot: bytes) -> Complaint:
        """The complaint in *snapshot*; the bytes decide, so a changed row is never passed over."""
        known = self._known(id)
        if known is not None and known[0] == snapshot:
            return known[1]
        try:
            complaint = reread(_decode, snapshot)
        except (msgspec.DecodeError, ComplaintError, ValueError) as error:
            # somebody wrote into the file; 0: it is no event that broke, but what they add up to
            raise BrokenHistoryError(UUID(id), 0, "snapshot_unreadable") from error
        self.keep(id, snapshot, complaint)
        return complaint

    def at(self, id: str, version: int) -> Complaint | None:
        """The complaint at *version*, if it is known."""
        known = self._known(id)
        return known[1] if known is not None and known[1].version == version else None

    def _known(self, id: str) -> tuple[bytes, Complaint] | None:
        known = self._younger.get(id) or self._elder.get(id)
        return known if known is not None or self._beside is None else self._beside._known(id)

    def forget(self, id: str) -> None:
        """Let go of a complaint in either generation: what was erased from it is not kept here either."""
        self._younger.pop(id, None)
        self._elder.pop(id, None)

    def keep(self, id: str, snapshot: bytes, complaint: Complaint) -> None:
        """Remember what a snapshot decodes to."""
        younger = self._younger
        if len(younger) >= _REMEMBERED // 2:
            self._elder, self._younger = younger, {}
        self._younger[id] = (snapshot, complaint)
