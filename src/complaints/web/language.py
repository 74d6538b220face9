"""In which language a browser is answered."""

from __future__ import annotations

from complaints.http.headers import language_from
from complaints.locale import LANGUAGES


def language_of(asked: str | None, accepted: str, otherwise: str) -> str:
    """
    ``"zh_CN"`` or ``"en"``: what was asked for, else what the browser prefers of the two, else *otherwise*.

    Args:
        asked: Of the address, such as ``"en"``, ``"zh"`` or ``"zh-CN"``; whatever else it is counts for nothing.
        accepted: The header ``Accept-Language``; empty for none.
        otherwise: The dealer's.
    """
    return known(asked) or language_from(accepted, default=otherwise)


def known(tag: str | None) -> str | None:
    """The one of our languages that a tag means; ``None`` for another's."""
    if tag is None:
        return None
    whole = tag.strip().replace("-", "_").casefold()
    exact = next((one for one in LANGUAGES if one.casefold() == whole), None)
    base = whole.partition("_")[0]
    return exact or next((one for one in LANGUAGES if one.partition("_")[0] == base), None)


__all__ = ["known", "language_of"]
