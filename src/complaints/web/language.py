"""In which language a browser is answered."""

from __future__ import annotations

from complaints.locale import LANGUAGES

_MOST_ACCEPTED = 20
"""Languages of a header that are looked at; a default: no browser sends more."""


def language_of(asked: str | None, accepted: str, otherwise: str) -> str:
    """
    ``"zh_CN"`` or ``"en"``: what was asked for, else what the browser prefers of the two, else *otherwise*.

    Args:
        asked: Of the address, such as ``"en"``, ``"zh"`` or ``"zh-CN"``; whatever else it is counts for nothing.
        accepted: The header ``Accept-Language``; empty for none.
        otherwise: The dealer's.
    """
    return known(asked) or next(iter(_preferred(accepted)), otherwise)


def known(tag: str | None) -> str | None:
    """The one of our languages that a tag means; ``None`` for another's."""
    if tag is None:
        return None
    whole = tag.strip().replace("-", "_").casefold()
    exact = next((one for one in LANGUAGES if one.casefold() == whole), None)
    base = whole.partition("_")[0]
    return exact or next((one for one in LANGUAGES if one.partition("_")[0] == base), None)


def _preferred(accepted: str) -> list[str]:
    """Our languages in a header, the most preferred first."""
    weighed: list[tuple[float, str]] = []
    for part in accepted.split(",")[:_MOST_ACCEPTED]:
        tag, _, weight = part.partition(";")
        found, quality = known(tag), _quality(weight)
        if found is not None and quality > 0:
            weighed.append((quality, found))
    # sorting keeps the order of equals, and the first of them is meant
    return [found for _, found in sorted(weighed, key=lambda pair: -pair[0])]


def _quality(weight: str) -> float:
    name, _, number = weight.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    digits = number.strip().replace(".", "", 1)
    return float(number) if digits.isascii() and digits.isdigit() else 0.0


__all__ = ["known", "language_of"]
