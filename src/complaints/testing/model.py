"""
A second opinion: what a complaint should be after an order, by simple rules over a plain dict.

It knows nothing of how the library does it, only what the lifecycle says in words, so that a mistake made in one
place shows against the other. It covers the standard lifecycle with the library's default policy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from complaints.model.complaint import Complaint
from complaints.stages.intake import handlers_of
from complaints.testing.walking import Tried

Model: TypeAlias = dict[str, Any]
"""State, severity, money, promises and the rest, as plain values."""

_ZONE = ZoneInfo("Asia/Shanghai")
_LEADS_TO = {
    "Receive": "intake",
    "BeginJudgment": "judgment",
    "SettleAtOnce": "follow_up",
    "Uphold": "investigation",
    "Explain": "explanation",
    "RecordUnderstanding": "follow_up",
    "ConcludeInvestigation": "proposal",
    "SubmitProposals": "approval",
    "ReturnProposals": "proposal",
    "Approve": "offer",
    "Accept": "execution",
    "Decline": "proposal",
    "CompleteExecution": "follow_up",
    "AbandonExecution": "proposal",
    "RecordFollowUp": "review",
    "Close": "closed",
    "Reopen": "judgment",
    "Archive": "archived",
}
_REWORKED_IN = {
    "form_incomplete": "intake",
    "judged_wrongly": "judgment",
    "cause_missed": "investigation",
    "remedy_unsuitable": "proposal",
    "remedy_not_done": "execution",
}
_ALWAYS_BACK = ("ReturnProposals", "Decline", "AbandonExecution", "ReturnForRework", "Reopen")
_GRAVE = {
    "injury": 3, "fire": 3, "crash": 2, "media": 2, "authority": 1, "lawyer": 1, "safety_part": 1, "repeat": 1,
}  # fmt: skip
_THIRD = 3
_OFFICIAL = ("12315", "12345", "consumer_association", "lawyer", "court", "social_media", "press")


def begun() -> Model:
    """Nothing yet."""
    return {
        "state": None, "version": 0, "severity": 0, "floor": 0, "track": "open", "passes": 1, "handler": None,
        "handled": set(), "investigator": None, "acknowledged": False, "issues": set(), "alarms": set(),
        "complained_of": set(), "promises": {}, "evidence": set(), "proposals": {}, "chosen": None, "tasks": {},
        "booked": {}, "agreed": {}, "contacts": 0, "declines": 0, "reworks": 0, "reopenings": 0, "improvements": {},
        "follow_up": None, "first_answer": None, "outcome": None, "received_at": None, "moved_at": None,
        "call_back_due": None, "reopen_until": None, "asked": {}, "responsible": set(), "deeds": {}, "unconfirmed": {},
        "denied": set(), "missed": set(), "measures": {}, "contests": [], "executed": set(), "claims": {},
        "permitted": None,
    }  # fmt: skip


def after(model: Mapping[str, Any], tried: Tried) -> Model:
    """The model after an order that was accepted."""
    new: Model = {name: value.copy() if isinstance(value, (dict, set)) else value for name, value in model.items()}
    command, source = tried.order.command, model["state"]
    _EFFECTS.get(tried.name, _nothing)(new, command, tried)
    new["version"] += 1
    _ask_for_confirmation(new, tried)
    target = _LEADS_TO.get(tried.name)
    if tried.name == "ReturnForRework":
        target = _REWORKED_IN[command.reason.value]  # type: ignore[attr-defined]
    if tried.name != "Override" and (target is not None or new["permitted"] == tried.name):
        new["permitted"] = None
    if target is not None:
        new["state"], new["moved_at"] = target, tried.at
        new["passes"] += tried.name in _ALWAYS_BACK or (tried.name == "Explain" and source == "investigation")
        _start_clocks(new, target, tried.at)
    if tried.name in ("Receive", "CompleteRegistration", "Decline", "Reopen"):
        _put_in_a_floor(new)
    return new


def seen(complaint: Complaint) -> Model:
    """What a complaint shows of all that the model knows."""
    c = complaint
    investigator = c.duties.get("investigator")  # type: ignore[call-overload]  # a duty is its own code
    return {
        "state": c.state.value,
        "version": c.version,
        "severity": c.severity.rank,
        "floor": c.floor.rank,
        "track": c.track.value,
        "passes": c.passes,
        "handler": c.handler,
        "handled": set(handlers_of(c)),
        "investigator": investigator.assignee if investigator and investigator.answer.value == "accepted" else None,
        "acknowledged": c.acknowledged_at is not None,
        "issues": {issue.id for issue in c.registration.issues},
        "alarms": {alarm.value for alarm in c.registration.alarms},
        "complained_of": set(c.registration.complained_of),
        "promises": {one.id: (one.due_at, one.state.value) for one in c.promises},
        "evidence": {one.id for one in c.evidence},
        "proposals": {
            one.id: [(remedy.cost.currency, remedy.cost.amount) for remedy in one.remedies] for one in c.proposals
        },
        "chosen": c.mandate.chosen if c.mandate is not None else None,
        "tasks": {task.id: task.result.value for task in c.tasks},
        "booked": _sums((one.amount.currency, one.amount.amount) for one in c.ledger),
        "agreed": _sums((task.cost.currency, task.cost.amount) for task in c.tasks),
        "contacts": c.contacts,
        "declines": c.declines,
        "reworks": c.reworks,
        "reopenings": c.reopenings,
        "improvements": {one.id: one.effective for one in c.improvements},
        "follow_up": c.follow_up.result.value if c.follow_up is not None else None,
        "first_answer": c.first_satisfaction.value if c.first_satisfaction is not None else None,
        "outcome": c.outcome.value if c.outcome is not None else None,
        "received_at": c.received_at,
        "moved_at": c.moved_at,
        "call_back_due": c.deadlines["follow_up"].due if "follow_up" in c.deadlines else None,
        "reopen_until": c.deadlines["reopen"].due if "reopen" in c.deadlines else None,
        "asked": {duty.value: one.assignee for duty, one in c.duties.items()},
        "responsible": _named_in(c.conclusion.responsibility) if c.conclusion is not None else set(),
        "deeds": {one.number: (one.by, one.rank) for one in c.deeds},
        "unconfirmed": {
            (one.number, one.typed_by): (one.by, one.rank)
            for one in c.beside.confirmations
            if one.state.value == "pending"
        },
        "denied": {(one.number, one.typed_by) for one in c.beside.confirmations if one.state.value == "denied"},
        "missed": {(one.clock, one.promise, one.due) for one in c.beside.breaches},
        "measures": {
            one.person: one.kind.value for one in (c.accountability.measures if c.accountability is not None else ())
        },
        "contests": [(one.person, one.answer.value) for one in c.beside.contests],
        "executed": set(c.beside.executed),
        "claims": {one.id: (one.amount, one.answer.value, one.granted) for one in c.beside.claims},
        "permitted": c.beside.waiver.command if c.beside.waiver is not None else None,
    }


def _named_in(answerable: Any) -> set[str]:
    return {*answerable.persons, *filter(None, [answerable.head])}


def _sums(amounts: Any) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for currency, amount in amounts:
        _add(sums, currency, amount)
    return {currency: amount for currency, amount in sums.items() if amount}


def _add(sums: dict[str, Decimal], currency: str, amount: Decimal) -> None:
    sums[currency] = sums.get(currency, Decimal(0)) + amount
    if not sums[currency]:
        del sums[currency]


def _start_clocks(m: Model, target: str, at: datetime) -> None:
    for state, name, days in (("follow_up", "call_back_due", 3), ("closed", "reopen_until", 30)):
        if target == state:
            day = (at.astimezone(_ZONE) + timedelta(days=days)).date()
            m[name] = datetime.combine(day, time(23, 59, 59), tzinfo=_ZONE)


def _put_in_a_floor(m: Model) -> None:
    """The gravest fact sets a floor for life; where it rises, the system says so in an event of its own."""
    floor = max([_GRAVE.get(alarm, 0) for alarm in m["alarms"]], default=0)
    floor = max(floor, 1 if m["declines"] >= _THIRD else 0)
    if floor > m["floor"]:
        m["floor"] = floor
        m["severity"] = max(m["severity"], floor)
        m["track"] = "full"
        m["version"] += 1


_BY_THE_IMPARTIAL = (
    "Uphold", "Explain", "SettleAtOnce", "RecordFinding", "ConcludeInvestigation", "Approve", "RecordFollowUp",
)  # fmt: skip
_DECISIONS = (
    "Uphold", "Explain", "Approve", "ReturnProposals", "AbandonExecution", "ReturnForRework", "Close",
    "DecideAccountability", "ReviewContest", "ExtendPromise", "Override",
)  # fmt: skip


def _ask_for_confirmation(m: Model, t: Tried) -> None:
    """A decision that somebody else typed, and every deed of those who turn out to be involved."""
    by, typist = t.order.by, t.order.recorded_by
    if t.name in _BY_THE_IMPARTIAL:
        m["deeds"][m["version"]] = (by.id, by.rank)
    if t.name in _DECISIONS and typist is not None and typist.id != by.id:
        m["unconfirmed"][m["version"], typist.id] = (by.id, by.rank)
    if t.name in ("CompleteRegistration", "ConcludeInvestigation"):
        assert t.before is not None  # noqa: S101  # the first step is another one
        new = (m["complained_of"] | m["responsible"]) - t.before.involved
        asked_before = {one.number for one in t.before.beside.confirmations if one.typed_by is None}
        for number, (doer, rank) in m["deeds"].items():
            if doer in new and number not in asked_before:
                m["unconfirmed"][number, None] = (doer, rank)


# --- what each order does -------------------------------------------------------------------------------------------


def _nothing(m: Model, c: Any, t: Tried) -> None:
    """It stays in the history alone."""


def _receive(m: Model, c: Any, t: Tried) -> None:
    m["received_at"] = c.received_at
    m["issues"] = {issue.id for issue in c.issues}
    m["alarms"] = {alarm.value for alarm in c.alarms}
    m["complained_of"] = set(c.complained_of)
    is_official = c.channel.value in _OFFICIAL
    m["track"] = "full" if _shuts_the_fast_track(c) or is_official or c.repeat_of is not None else "open"
    if c.takes_on:
        m["handler"] = m["asked"]["handler"] = t.order.by.id
        m["handled"].add(t.order.by.id)
        m["acknowledged"] = c.channel.value in (
            "phone",
            "showroom",
            "workshop",
            "hotline",
            "appointment_call",
            "followup_call",
        )


def _complete(m: Model, c: Any, t: Tried) -> None:
    m["issues"] |= {issue.id for issue in c.issues}
    m["alarms"] |= {alarm.value for alarm in c.alarms}
    m["complained_of"] |= set(c.complained_of)
    m["track"] = "full" if _shuts_the_fast_track(c) else m["track"]


def _shuts_the_fast_track(c: Any) -> bool:
    """An alarm, a public post, or an issue of safety, recall or privacy."""
    is_grave = any(issue.is_safety or str(issue.category).startswith(("recall", "privacy")) for issue in c.issues)
    is_public = c.complainant is not None and c.complainant.post_url is not None
    return bool(c.alarms) or is_grave or is_public


def _assign(m: Model, c: Any, t: Tried) -> None:
    if c.task is None:
        m["asked"][c.duty.value] = c.assignee
    if c.duty.value in ("handler", "investigator"):
        m[c.duty.value] = None


def _answer(m: Model, c: Any, t: Tried) -> None:
    if c.duty.value in ("handler", "investigator"):
        m[c.duty.value] = m["asked"][c.duty.value] if c.accepts else None
    if c.duty.value == "handler" and c.accepts:
        m["handled"].add(m["handler"])


def _settle(m: Model, c: Any, t: Tried) -> None:
    m["handled"].add(t.order.by.id)
    m["acknowledged"], m["track"], m["outcome"] = True, "fast", "settled_at_once"
    m["responsible"] = set()
    _decided(m, {})
    for remedy in c.remedies:
        _new_task(m, remedy.cost.currency, remedy.cost.amount, "done")
        _add(m["booked"], remedy.cost.currency, remedy.cost.amount)


def _new_task(m: Model, currency: str, cost: Decimal, result: str = "open") -> None:
    m["tasks"][f"T{len(m['tasks']) + 1}"] = result
    _add(m["agreed"], currency, cost)


def _uphold(m: Model, c: Any, t: Tried) -> None:
    m["investigator"], m["track"] = c.investigator, "full"
    m["asked"]["investigator"] = c.investigator
    m["promises"][c.promise.id] = (c.promise.due_at, "open")


def _explain(m: Model, c: Any, t: Tried) -> None:
    m["track"] = "full"


def _understood(m: Model, c: Any, t: Tried) -> None:
    m["outcome"] = "understood"


def _promise(m: Model, c: Any, t: Tried) -> None:
    m["promises"][c.promise.id] = (c.promise.due_at, "open")


def _keep(m: Model, c: Any, t: Tried) -> None:
    _settle_promise(m, c.promise, "kept_late" if t.at > m["promises"][c.promise][0] else "kept")


def _settle_promise(m: Model, promise: str, state: str) -> None:
    due, before = m["promises"][promise]
    m["promises"][promise] = (due, before if before == "broken" else state)


def _extend(m: Model, c: Any, t: Tried) -> None:
    m["promises"][c.promise] = (c.due_at, "open")


def _release(m: Model, c: Any, t: Tried) -> None:
    _settle_promise(m, c.promise, "released")


def _breach(m: Model, c: Any, t: Tried) -> None:
    assert t.before is not None  # noqa: S101  # the first step is another one
    if c.promise is None:
        m["missed"].add((c.clock, None, t.before.deadlines[c.clock].due))
        return
    due, _ = m["promises"][c.promise]
    m["missed"].add((None, c.promise, due))
    m["promises"][c.promise] = (due, "broken")


def _conclude(m: Model, c: Any, t: Tried) -> None:
    m["responsible"] = _named_in(c.responsibility)


def _decide(m: Model, c: Any, t: Tried) -> None:
    _decided(m, {one.person: one.kind.value for one in c.measures})


def _decided(m: Model, measures: dict[str, str]) -> None:
    m["executed"] = {one for one in m["executed"] if m["measures"].get(one) == measures.get(one)}
    m["measures"] = measures


def _object(m: Model, c: Any, t: Tried) -> None:
    m["contests"] = [*m["contests"], (t.order.by.id, "pending")]


def _review_it(m: Model, c: Any, t: Tried) -> None:
    answer = "accepted" if c.granted else "declined"
    m["contests"] = [(who, answer if (who, said) == (c.person, "pending") else said) for who, said in m["contests"]]
    if c.granted:
        _decided(m, {**m["measures"], c.person: c.measure.kind.value})


def _execute(m: Model, c: Any, t: Tried) -> None:
    m["executed"].add(c.person)


def _claim(m: Model, c: Any, t: Tried) -> None:
    m["claims"][c.id] = (c.amount, "pending", None)


def _claim_answered(m: Model, c: Any, t: Tried) -> None:
    m["claims"][c.claim] = (m["claims"][c.claim][0], c.answer.value, c.granted)


def _confirm(m: Model, c: Any, t: Tried) -> None:
    """His own step, or that of somebody not above him: by a manager who did not type it, or by the impartial."""
    by, involved = t.order.by, m["complained_of"] | m["responsible"]
    for (number, typist), (doer, rank) in [*m["unconfirmed"].items()]:
        if typist is not None:
            may = by.id == doer or (by.rank >= max(rank, 2) and by.id != typist)
        else:
            may = by.id not in {doer, *involved} and by.rank >= min(max(rank, 1), 3)
        if number == c.number and may:
            del m["unconfirmed"][number, typist]
            m["denied"] |= set() if c.confirms else {(number, typist)}


def _permit(m: Model, c: Any, t: Tried) -> None:
    m["permitted"] = c.command


def _contact(m: Model, c: Any, t: Tried) -> None:
    m["contacts"] += 1
    m["acknowledged"] = m["acknowledged"] or (c.reached and c.direction.value == "outgoing")


def _evidence(m: Model, c: Any, t: Tried) -> None:
    m["evidence"].add(c.id)


def _severity(m: Model, c: Any, t: Tried) -> None:
    m["severity"] = ("general", "escalated", "major", "critical").index(c.severity.value)
    m["track"] = m["track"] if m["severity"] == 0 else "full"


def _propose(m: Model, c: Any, t: Tried) -> None:
    m["proposals"][c.proposal.id] = [(one.cost.currency, one.cost.amount) for one in c.proposal.remedies]


def _retract(m: Model, c: Any, t: Tried) -> None:
    del m["proposals"][c.proposal]


def _approve(m: Model, c: Any, t: Tried) -> None:
    m["chosen"] = c.chosen


def _accept(m: Model, c: Any, t: Tried) -> None:
    agreed = m["proposals"][c.option] if c.option else [(one.cost.currency, one.cost.amount) for one in c.remedies]
    for currency, cost in agreed:
        _new_task(m, currency, cost)


def _decline(m: Model, c: Any, t: Tried) -> None:
    m["declines"] += 1
    m["chosen"] = None


def _report(m: Model, c: Any, t: Tried) -> None:
    m["tasks"][c.task] = c.result.value


def _book(m: Model, c: Any, t: Tried) -> None:
    _add(m["booked"], c.amount.currency, c.amount.amount)


def _completed(m: Model, c: Any, t: Tried) -> None:
    m["outcome"] = "resolved"


def _abandon(m: Model, c: Any, t: Tried) -> None:
    m["chosen"] = None
    m["tasks"] = {task: "cancelled" if result == "open" else result for task, result in m["tasks"].items()}


def _follow_up(m: Model, c: Any, t: Tried) -> None:
    m["follow_up"] = c.result.value
    if m["first_answer"] is None and c.result.value in ("satisfied", "neutral", "dissatisfied"):
        m["first_answer"] = c.result.value


def _rework(m: Model, c: Any, t: Tried) -> None:
    m["reworks"] += 1
    m["track"], m["outcome"] = "full", None
    if c.reason.value != "remedy_not_done":
        m["chosen"] = None
    for remedy in c.remedies:
        _new_task(m, remedy.cost.currency, remedy.cost.amount)


def _close(m: Model, c: Any, t: Tried) -> None:
    m["outcome"] = "disputed" if c.no_way_further is not None else m["outcome"]


def _reopen(m: Model, c: Any, t: Tried) -> None:
    m["reopenings"] += 1
    m["outcome"], m["track"] = None, "full"
    if c.authority_case is not None:
        m["alarms"].add("authority")


def _improve(m: Model, c: Any, t: Tried) -> None:
    m["improvements"][c.id] = None


def _verify(m: Model, c: Any, t: Tried) -> None:
    m["improvements"][c.improvement] = c.effective


_EFFECTS: Mapping[str, Callable[[Model, Any, Tried], None]] = MappingProxyType(
    {
        "Receive": _receive,
        "CompleteRegistration": _complete,
        "Assign": _assign,
        "AnswerAssignment": _answer,
        "SettleAtOnce": _settle,
        "Uphold": _uphold,
        "Explain": _explain,
        "RecordUnderstanding": _understood,
        "MakePromise": _promise,
        "KeepPromise": _keep,
        "RecordContact": _contact,
        "AddEvidence": _evidence,
        "SetSeverity": _severity,
        "Propose": _propose,
        "RetractProposal": _retract,
        "Approve": _approve,
        "Accept": _accept,
        "Decline": _decline,
        "ReportTask": _report,
        "BookCompensation": _book,
        "CompleteExecution": _completed,
        "AbandonExecution": _abandon,
        "RecordFollowUp": _follow_up,
        "ReturnForRework": _rework,
        "Close": _close,
        "Reopen": _reopen,
        "PlanImprovement": _improve,
        "VerifyImprovement": _verify,
        "ExtendPromise": _extend,
        "ReleasePromise": _release,
        "RecordBreach": _breach,
        "ConcludeInvestigation": _conclude,
        "DecideAccountability": _decide,
        "Contest": _object,
        "ReviewContest": _review_it,
        "ExecuteMeasure": _execute,
        "ClaimBack": _claim,
        "RecordClaimAnswer": _claim_answered,
        "ConfirmProxy": _confirm,
        "Override": _permit,
    }
)

__all__ = ["Model", "after", "begun", "seen"]
