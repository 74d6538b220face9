"""
What never goes to a customer in writing: the conduct rules R54 to R60, and A4 on verdicts; and how he feels (R46).

This is a first check on words, not on manners. What no text shows – a raised voice (R57), an ear that
does not listen (R60) – belongs on the list that a caller goes through, not here. A customer's own
statement is kept as it was said and is never checked (R60). What he answers in the call-back is read for one thing
only: whether it says the opposite of the result that was ticked beside it.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import attrs

from complaints.errors import DefinitionError

__all__ = ["Discourtesy", "Phrase", "discourtesies", "displeasure", "nothing_but_praise", "phrases"]


@attrs.frozen(kw_only=True)
class Phrase:
    """
    Words that never go to a customer, and what to write instead.

    Args:
        code: Stable code, such as ``"refusal.no"``.
        source: The requirement it comes from, such as ``"R58"``, or ``"house"``.
        zh: The words in Chinese, as regular expressions without capturing groups.
        en: The words in English, likewise, in lower case; each stands for whole words.
        harmless_zh: Longer words in which the Chinese ones are only a part.
        harmless_en: Longer phrases in which the English ones are only a part.
        instead_zh_CN: What to write instead, in Chinese.
        instead_en: What to write instead, in English.

    Raises:
        DefinitionError: If an expression is none, could match nothing, or captures.
    """

    code: str
    source: str
    zh: tuple[str, ...] = ()
    en: tuple[str, ...] = ()
    harmless_zh: tuple[str, ...] = ()
    harmless_en: tuple[str, ...] = ()
    instead_zh_CN: str  # noqa: N815  # the name of the language, as everywhere
    instead_en: str

    def __attrs_post_init__(self) -> None:
        words = (*self.zh, *self.en, *self.harmless_zh, *self.harmless_en)
        problems = [problem for word in words for problem in _problems(word)]
        if problems:
            raise DefinitionError(f"phrase {self.code}", problems)


def _problems(word: str) -> Iterator[str]:
    try:
        pattern = re.compile(word)
    except re.error as error:
        yield f"{word!r} is no regular expression: {error}"
        return
    if pattern.groups:
        yield f"{word!r} captures; write (?:…) for (…)"
    if pattern.match(""):
        yield f"{word!r} would be found everywhere"


@attrs.frozen(kw_only=True)
class Discourtesy:
    """
    Words in an outgoing text that must not stand there.

    Attributes:
        code: The code of the :class:`Phrase` that was found.
        phrase: The words as they stand in the text.
        start: Where they begin, as an index into the text.
        end: Where they end; ``text[start:end]`` is the phrase.
        kind: What was looked for, with its source and suggestions.
    """

    code: str
    phrase: str
    start: int
    end: int
    kind: Phrase = attrs.field(eq=False, repr=False)

    def suggestion(self, language: str = "en") -> str:
        """What to write instead, in *language* (``"en"`` or ``"zh_CN"``)."""
        return self.kind.instead_zh_CN if language == "zh_CN" else self.kind.instead_en


def discourtesies(text: str, *, extra: Iterable[Phrase | str] = ()) -> tuple[Discourtesy, ...]:
    """
    What is discourteous in a *text* that is about to go to a customer.

    Finds Chinese and English phrases, in either case, in full or half width, and with blanks between
    the characters (不 行). It lets pass

    - questions and longer words in which a phrase is only a part: 行不行, 可不可以, 不行驶;
    - 不知道您…方便吗 and its kin where they open a clause: a way to ask, not a confession of
      ignorance. 我们不知道您… is found all the same;
    - consolation: 不是您的错, "not your fault".

    Words that are whole are found even where somebody might mean them well (电瓶不行了): R58 says
    never, and the suggestion tells how to say it otherwise. 不成立 and 处罚 are found wherever the
    characters stand, since no page for customers may show them.

    Args:
        text: What the customer would read, of any length.
        extra: What a house adds to the list ("等" in R58): phrases, or plain words to be taken literally.

    Returns:
        What was found, in order of place, without overlaps; of several that begin together the longest.

    Source:
        R54, R55, R56, R58, R59 and A4; the words beyond those the source quotes are our choice.
    """
    folded, places = _folded(text)
    found = _found(folded, *_own_finders())
    own = tuple(extra)
    if own:
        found += _found(folded, *_house_finders(own))
    return tuple(_told(text, places, *span) for span in _apart(found)) if found else ()


@cache
def phrases() -> tuple[Phrase, ...]:
    """The library's own list, in the order of ``conduct.toml``."""
    table = tomllib.loads(files("complaints").joinpath("conduct.toml").read_text(encoding="utf-8"))
    return tuple(Phrase(**_frozen(row)) for row in table["phrase"])


def _frozen(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}


def _literal(words: str) -> Phrase:
    word = re.escape(_folded(words.strip())[0]).replace("\\ ", " ")
    chinese = () if word.isascii() else (word,)
    return Phrase(
        code="house",
        source="house",
        zh=chinese,
        en=() if chinese else (word,),
        instead_zh_CN="请换一种说法：本店不对客户使用该词语。",
        instead_en="Say it otherwise: the house does not use these words with customers.",
    )


# --- one case, one width, no gaps -----------------------------------------------------------------------------------

_HAN = "\u3400-\u9fff"
_INVISIBLE = "\u00ad\u200b-\u200f\u2060\ufeff"
_UNFOLDED = re.compile(f"[’＇\uff21-\uff3a\uff41-\uff5a\u0130\u00a0{_INVISIBLE}]|[{_HAN}]\\s+[{_HAN}]")
_GAP = re.compile(f"(?<=[{_HAN}])[\\s{_INVISIBLE}]+(?=[{_HAN}])|[{_INVISIBLE}]+")


def _folded(text: str) -> tuple[str, list[int] | None]:
    """The text in one case and width without gaps, and where each sign of it stood; ``None`` if all stayed in place."""
    if _UNFOLDED.search(text) is None:
        return text.lower().replace("你", "您"), None
    gaps = {place for gap in _GAP.finditer(text) for place in range(*gap.span())}
    places = [place for place in range(len(text)) if place not in gaps]
    return "".join(_one_width(text[place]) for place in places).replace("你", "您"), places


def _one_width(sign: str) -> str:
    plain = "'" if sign in "’＇" else unicodedata.normalize("NFKC", sign).lower()
    return plain if len(plain) == 1 else sign


# --- looking --------------------------------------------------------------------------------------------------------

_Span = tuple[int, int, Phrase]
# an English word also begins and ends where Chinese does, which \b would not see; the look ahead saves half the time
_WHOLE_WORDS = r"(?<![a-z0-9])(?=[!-~])(?:{})(?![a-z0-9])"


@attrs.frozen
class _Finder:
    """Looks for the words of one language: first where any of them might begin, then which is the longest there."""

    any_word: re.Pattern[str]
    kinds: tuple[tuple[re.Pattern[str], Phrase | None], ...]

    def spans(self, folded: str) -> Iterator[_Span]:
        place = 0
        while begin := self.any_word.search(folded, place):
            start = begin.start()
            end, kind = max(self._endings(folded, start), key=lambda ending: ending[0])
            if kind is not None:
                yield start, end, kind
            place = end

    def _endings(self, folded: str, start: int) -> Iterator[tuple[int, Phrase | None]]:
        for pattern, kind in self.kinds:
            if match := pattern.match(folded, start):
                yield match.end(), kind


def _found(folded: str, chinese: _Finder | None, english: _Finder | None) -> list[_Span]:
    found: list[_Span] = []
    if chinese is not None and not folded.isascii():
        found += chinese.spans(folded)
    if english is not None:
        found += english.spans(folded)
    return found


@cache
def _own_finders() -> tuple[_Finder | None, _Finder | None]:
    return _finders(phrases())


@lru_cache(maxsize=32)
def _house_finders(extra: tuple[Phrase | str, ...]) -> tuple[_Finder | None, _Finder | None]:
    return _finders(tuple(_literal(words) if isinstance(words, str) else words for words in extra))


def _finders(wanted: tuple[Phrase, ...]) -> tuple[_Finder | None, _Finder | None]:
    chinese = _finder([(phrase.zh, phrase.harmless_zh, phrase) for phrase in wanted], "(?:{})", re.NOFLAG)
    english = _finder([(phrase.en, phrase.harmless_en, phrase) for phrase in wanted], _WHOLE_WORDS, re.ASCII)
    return chinese, english


def _finder(
    wanted: list[tuple[tuple[str, ...], tuple[str, ...], Phrase]], frame: str, flags: re.RegexFlag
) -> _Finder | None:
    def pattern(words: Iterable[str]) -> re.Pattern[str]:
        return re.compile(frame.replace("{}", "|".join(words)).replace(" ", r"\s+"), flags)

    words = [word for found, _, _ in wanted for word in found]
    if not words:
        return None
    harmless = [word for _, passed, _ in wanted for word in passed]
    kinds: list[tuple[re.Pattern[str], Phrase | None]] = [
        (pattern(found), phrase) for found, _, phrase in wanted if found
    ]
    if harmless:
        kinds.append((pattern(harmless), None))
    return _Finder(pattern([*harmless, *words]), tuple(kinds))


def _apart(found: list[_Span]) -> Iterator[_Span]:
    end = 0
    for span in sorted(found, key=lambda span: (span[0], -span[1])):
        if span[0] >= end:
            yield span
            end = span[1]


def _told(text: str, places: list[int] | None, start: int, end: int, kind: Phrase) -> Discourtesy:
    if places is not None:
        start, end = places[start], places[end - 1] + 1
    return Discourtesy(code=kind.code, phrase=text[start:end], start=start, end=end, kind=kind)


# --- how a customer feels -------------------------------------------------------------------------------------------

_CLAUSE = re.compile(r"[，。！？；、,.!?;:：…~\n]+")


def displeasure(text: str) -> tuple[str, ...]:
    """
    The words of a customer's answer that show dissatisfaction, as they stand in *text*, each once.

    Negations and questions are none: 没有不满意, 满不满意, "no complaints", "not bad". It is a list of words and
    understands nothing: where it finds some, somebody asks again.

    Source:
        R46 asks for a reason; the words are our choice (``conduct.toml``).
    """
    return _felt("displeased", text)


def nothing_but_praise(text: str) -> tuple[str, ...]:
    """
    The words of praise in *text*, where every clause of it praises or thanks; empty where it says anything else.

    Args:
        text: What a customer is said to be less than satisfied with.

    Source:
        As for :func:`displeasure`.
    """
    clauses = [clause for clause in _CLAUSE.split(text) if clause.strip()]
    if _felt("displeased", text) or _felt("reserved", text):
        return ()
    is_kind = all(_felt("pleased", clause) or _felt("thanks", clause) for clause in clauses)
    return _felt("pleased", text) if is_kind else ()


def _felt(feeling: str, text: str) -> tuple[str, ...]:
    folded, places = _folded(text)
    spans = [found.span(1) for found in _feelings()[feeling].finditer(folded) if found[1]]
    if places is not None:
        spans = [(places[start], places[end - 1] + 1) for start, end in spans]
    return tuple(dict.fromkeys(text[start:end] for start, end in spans))


@cache
def _feelings() -> Mapping[str, re.Pattern[str]]:
    table = tomllib.loads(files("complaints").joinpath("conduct.toml").read_text(encoding="utf-8"))
    return {name: _of_feeling(**row) for name, row in table["feeling"].items()}


def _of_feeling(zh: list[str], harmless_zh: list[str], en: list[str], harmless_en: list[str]) -> re.Pattern[str]:
    """Finds the words as its first group; what is harmless is passed over whole, since it is looked for first."""
    words, harmless = ("|".join(_either(*lists)) for lists in ((zh, en), (harmless_zh, harmless_en)))
    return re.compile(f"{harmless}|({words})" if harmless else f"({words})", re.ASCII)


def _either(chinese: list[str], english: list[str]) -> Iterator[str]:
    if chinese:
        yield "|".join(chinese)
    if english:
        yield _WHOLE_WORDS.replace("{}", "|".join(english)).replace(" ", r"\s+")
