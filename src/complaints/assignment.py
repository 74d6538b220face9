"""
Who should get a complaint: balanced by open load with regard to ability, and told why (R52).

A proposal and no more: the supervisor decides, and the rules of the step (``stages/assignees.py``) are asked again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import attrs

from complaints.errors import Fact
from complaints.model.people import Person
from complaints.model.words import Role

__all__ = ["Candidate", "Reason", "propose"]

_LONGEST_BASIS = 200


@attrs.frozen(init=False)
class Reason:
    """
    Why somebody is fit for a complaint or not; its sentences lie in ``locale/`` under ``reason``.

    Args:
        code: Stable code: ``absent`` (with nobody in his place), ``represented`` (by ``deputy``), ``involved``,
            ``no_role``, ``handled_before``, ``unskilled``; ``load`` and ``skilled`` speak for somebody.
        facts: What the sentence mentions.
    """

    code: str
    facts: Mapping[str, Fact] = attrs.field(hash=False)

    def __init__(self, code: str, **facts: Fact) -> None:
        self.__attrs_init__(code, facts)

    def sentence(self, language: str = "en") -> str:
        """The reason in *language* (``"en"`` or ``"zh_CN"``)."""
        from complaints.locale import sentence

        return sentence("reason", self.code, language, self.facts)


@attrs.frozen(kw_only=True)
class Candidate:
    """
    Somebody who might get a complaint.

    Attributes:
        id: Id of the person.
        is_fit: Whether nothing speaks against it.
        load: How many open complaints he has.
        reasons: What speaks against it, then his load and what he knows of the matter.
    """

    id: str
    is_fit: bool
    load: int
    reasons: tuple[Reason, ...]

    def basis(self, language: str = "en") -> str:
        """The reasons in *language* as one line, short enough to be the ``basis`` of ``Assign``: 200 characters."""
        joint = "" if language == "zh_CN" else " "
        text = joint.join(reason.sentence(language) for reason in self.reasons)
        return text if len(text) <= _LONGEST_BASIS else text[: _LONGEST_BASIS - 1] + "…"


def propose(
    people: Iterable[Person],
    loads: Mapping[str, int],
    *,
    categories: tuple[str, ...],
    involved: frozenset[str],
    excluded: frozenset[str] = frozenset(),
    role: Role | None = Role.SPECIALIST,
) -> tuple[Candidate, ...]:
    """
    Everybody who might get a complaint, the best first.

    Fit is who is present, not involved, not excluded, has the role himself, and knows one of the categories or has no
    skills listed. Of the fit the one with the fewest open complaints comes first, of equals the one who knows more of
    the categories, then by id. Whoever is not fit follows, by id, with everything that speaks against it.

    Args:
        people: Whom the directory knows at the dealer on that day, in any order, each once.
        loads: How many open complaints each handles, by id; who is left out has none.
        categories: Those of the complaint; none where the matter is not known yet, or takes no knowledge, as calling
            back does.
        involved: Ids of those complained of or found responsible.
        excluded: Ids of those who handled the complaint before and shall not get it again, such as for the call-back.
        role: Who the work is for; ``None`` for anybody. Somebody of a higher rank may do it too, but is not proposed
            unless he has the role.

    Source:
        R52: "按照负责客户数量均衡、兼顾业务能力的原则，分配给相关客服专员". Load before ability is how we read its
        order; R52 is silent on what comes then: more of the categories, then the id, so that the same question always
        has the same answer, is our choice. A8 and invariant 4 for those involved.
    """
    weighed = [
        _weighed(person, loads.get(person.id, 0), categories, *_against(person, categories, involved, excluded, role))
        for person in people
    ]
    return tuple(candidate for _, candidate in sorted(weighed, key=lambda one: one[0]))


_Place = tuple[bool, int, int, str]


def _weighed(person: Person, load: int, categories: tuple[str, ...], *against: Reason) -> tuple[_Place, Candidate]:
    known = tuple(category for category in dict.fromkeys(categories) if person.is_skilled_in(category))
    reasons = [*against, Reason("load", load=load)]
    if known:
        reasons.append(Reason("skilled", categories=known))
    candidate = Candidate(id=person.id, is_fit=not against, load=load, reasons=tuple(reasons))
    place = (True, 0, 0, person.id) if against else (False, load, -len(known), person.id)
    return place, candidate


def _against(
    person: Person, categories: tuple[str, ...], involved: frozenset[str], excluded: frozenset[str], role: Role | None
) -> Iterator[Reason]:
    if person.id in involved:
        yield Reason("involved")
    if person.id in excluded:
        yield Reason("handled_before")
    if person.absent:
        yield Reason("absent") if person.deputy is None else Reason("represented", deputy=person.deputy)
    if role is not None and role not in person.roles:
        yield Reason("no_role", roles=(role.value,))
    if categories and person.skills and not any(map(person.is_skilled_in, categories)):
        yield Reason("unskilled", categories=tuple(dict.fromkeys(categories)))
