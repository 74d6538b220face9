"""In which language the command line speaks, known before anything else is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

CHINESE = "zh_CN"
ENGLISH = "en"
_ENVIRONMENT = ("COMPLAINTS_LANG", "LC_ALL", "LC_MESSAGES", "LANG")


def language_of(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """
    ``"zh_CN"`` or ``"en"``: what ``--lang`` says, else the first of the environment's settings that says anything.

    Source:
        The order of the environment is POSIX's for messages, with our own variable in front.
    """
    said = _argument(arguments)
    if said is None:
        said = next((environment[name] for name in _ENVIRONMENT if environment.get(name)), ENGLISH)
    return spoken(said)


def spoken(name: str) -> str:
    """The language we speak to somebody whose locale is *name*: Chinese to ``zh…``, English to all others."""
    return CHINESE if name.lower().startswith("zh") else ENGLISH


def _argument(arguments: Sequence[str]) -> str | None:
    """The last ``--lang`` wins, as it does for the parser that comes later."""
    found = None
    for place, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument.startswith("--lang="):
            found = argument.partition("=")[2]
        elif argument == "--lang" and place + 1 < len(arguments):
            found = arguments[place + 1]
    return found


__all__ = ["CHINESE", "ENGLISH", "language_of", "spoken"]
