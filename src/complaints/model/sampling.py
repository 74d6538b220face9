"""Which settlements are called back in any case: a sample that nobody chooses."""

from __future__ import annotations

from hashlib import blake2b
from uuid import UUID

_BYTES = 8
_PURPOSE = b"callback-sample"


def is_sampled(complaint_id: UUID, percent: int = 10) -> bool:
    """
    Whether a complaint belongs to the call-back sample.

    The complaint's id decides, and nothing else: the first 8 bytes of its BLAKE2b digest (personalised with
    ``callback-sample``), read as a number from 0 to 2⁶⁴-1 and spread over 100 parts. So it is known from the receipt
    on, the same wherever it is asked, and at the counter nobody can choose: the library makes the ids. A larger share
    holds everybody whom a smaller one holds.

    Args:
        percent: The share, 0 to 100; ``Policy.callback_sample_percent``.

    Source:
        Issue 4, part 11: "the 10 % call-back sample". The digest is our choice.
    """
    digest = blake2b(complaint_id.bytes, digest_size=_BYTES, person=_PURPOSE).digest()
    return int.from_bytes(digest, "big") * 100 >> 8 * _BYTES < percent


__all__ = ["is_sampled"]
