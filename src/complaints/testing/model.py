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
    "Dispute": "judgment",
    "EndWithoutAgreement": "follow_up",
    "ReopenInvestigation": "investigation",
    "Withdraw": "follow_up",
    "Void": "voided",
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
    "under_pressure": "intake",
}
_ALWAYS_BACK = ("ReturnProposals", "Decline", "AbandonExecution", "ReturnForRework", "Reopen", "Dispute")
_GRAVE = {
    "injury": 3, "fire": 3, "crash": 2, "media": 2, "authority": 1, "lawyer": 1, "safety_part": 1, "repeat": 1,
}  # fmt: skip
_THIRD = 3
_ENDED = ("closed", "merged", "voided", "archived")
_HIGH = ("manager", "general_manager", "group")
_RINGS = {
    "12315": "authority", "12345": "authority", "consumer_association": "authority", "court": "lawyer",
    "lawyer": "lawyer", "media": "media",
}  # fmt: skip
_OFFICIAL = ("12315", "12345", "consumer_association", "lawyer", "court", "social_media", "press")


def begun() -> Model:
    """Nothing yet."""
    return {
        "state": None, "version": 0, "severity": 0, "floor": 0, "track": "open", "passes": 1, "handler": None,
        "handled": set(), "investigator": None, "acknowledged": False, "issues": set(), "alarms": set(),
        "complained_of": set(), "promises": {}, "evidence": set(), "proposals": {}, "chosen": None, "tasks": {},
        "booked": {}, "agreed": {}, "contacts": 0, "declines": 0, "reworks": 0, "reopenings": 0, "improvements": {},
        "follow_up": None, "first_answer": None, "outcome": None, "received_at": None, "moved_at": None,
        "safety": set(), "present": set(),
        "call_back_due": None, "reopen_until": None, "duties": {}, "department": None, "transfer": None, "hops": 0,
        "cases": {}, "holds": {}, "placed": {}, "called": {}, "escalations": {}, "help": [], "limit": None,
        "appointment": None,
        "responsible": set(), "deeds": {}, "unconfirmed": {},
        "denied": set(), "missed": set(), "measures": {}, "contests": [], "executed": set(), "claims": {},
        "permitted": None, "channel": None,
    }  # fmt: skip


def after(model: Mapping[str, Any], tried: Tried) -> Model:
    """The model after an order that was accepted."""
    new: Model = {
        name: value.copy() if isinstance(value, (dict, set, list)) else value for name, value in model.items()
    }
    command, source = tried.order.command, model["state"]
    _EFFECTS.get(tried.name, _nothing)(new, command, tried)
    new["version"] += 1
    _ask_for_confirmation(new, tried)
    new["version"] += new.pop("follows", 0)
    target = _LEADS_TO.get(tried.name)
    if tried.name == "ReturnForRework":
        target = _REWORKED_IN[command.reason.value]  # type: ignore[attr-defined]
    if tried.name != "Override" and (target is not None or new["permitted"] == tried.name):
        new["permitted"] = None
    if target is not None:
        new["state"], new["moved_at"] = target, tried.at
        new["passes"] += tried.name in _ALWAYS_BACK or (tried.name == "Explain" and source == "investigation")
        new["passes"] += tried.name == "ReopenInvestigation" and source != "explanation"
        if target == "proposal" and source != "approval":
            new["present"] = set()
        _start_clocks(new, target, tried.at)
    _what_time_did(new, tried)
    if to := new.pop("handed_down", None):
        new["version"] += 1
        new["escalations"][new["version"]] = (to, None, None)
    if tried.name in (
        "Receive", "CompleteRegistration", "Decline", "Reopen", "OpenExternalCase", "Correct", "RecordRepeat",
    ):  # fmt: skip
        _put_in_a_floor(new)
    if tried.name == "Decline":
        _ask_the_manager(new)
    return new


def _what_time_did(m: Model, tried: Tried) -> None:
    """
    What came too late, and who was asked because of it: the model has no clocks and takes that as it is told.

    Properties of their own look at it (``tests/properties/test_time.py``).
    """
    assert tried.after is not None  # noqa: S101  # it was accepted
    before = 0 if tried.before is None else tried.before.version
    asked = {one.number: one.to.value for one in tried.after.beside.escalations}
    if "handed_down" in m:
        asked.pop(tried.after.version)  # that one follows from the answer, and not from a breach
    for breach in tried.after.beside.breaches:
        if breach.number <= before:
            continue
        if tried.name != "RecordBreach":
            m["missed"].add((breach.clock, breach.promise, breach.due))
            m["version"] += 1
        if breach.number + 1 in asked:
            m["escalations"][breach.number + 1] = (asked[breach.number + 1], None, None)
            m["version"] += 1


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
        "safety": {issue.id for issue in c.registration.issues if issue.is_safety},
        "present": {one.id for one in c.present_proposals},
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
        "duties": {duty.value: (one.assignee, one.answer.value) for duty, one in c.duties.items()},
        "department": c.department.value if c.department is not None else None,
        "transfer": _transfer_seen(c),
        "hops": c.beside.hops,
        "cases": {one.id: (one.kind.value, one.status.value) for one in c.beside.cases},
        "holds": {one.id: one.released_at is None for one in c.beside.holds},
        "placed": {one.id: one.at for one in c.beside.holds},
        "called": {one.id: one.called_at for one in c.beside.holds if one.called_at is not None},
        "escalations": {
            one.number: (one.to.value, one.acknowledged_by, one.answered_by) for one in c.beside.escalations
        },
        "help": [(one.kind.value, one.cost.amount, one.order is not None) for one in c.beside.help],
        "limit": c.beside.contact_limit.channel.value if c.beside.contact_limit is not None else None,
        "appointment": c.beside.appointment,
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
        "channel": c.registration.channel.value,
        "permitted": c.beside.waiver.command if c.beside.waiver is not None else None,
    }


def _transfer_seen(c: Complaint) -> tuple[str, str] | None:
    asked = c.beside.transfer
    return (asked.to.value, asked.answer.value) if asked is not None else None


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
    """
    The gravest fact sets a floor for life; where it rises, the system says so in an event of its own.

    What becomes known after the end waits until the complaint is open again.
    """
    if m["state"] in _ENDED:
        return
    shown = {_RINGS.get(m["channel"]), "safety_part" if m["safety"] else None}
    floor = max([_GRAVE.get(alarm, 0) for alarm in m["alarms"] | shown], default=0)
    floor = max(floor, 1 if m["declines"] >= _THIRD else 0)
    if floor > m["floor"]:
        m["floor"] = floor
        m["severity"] = max(m["severity"], floor)
        m["track"] = "full"
        m["version"] += 1


def _ask_the_manager(m: Model) -> None:
    """The third refused offer goes to the manager by itself, unless he or somebody above is asked already."""
    waiting = [to for to, _, answered_by in m["escalations"].values() if answered_by is None]
    if m["declines"] >= _THIRD and not any(to in _HIGH for to in waiting):
        m["version"] += 1
        m["escalations"][m["version"]] = ("manager", None, None)


_BY_THE_IMPARTIAL = (
    "Uphold", "Explain", "SettleAtOnce", "RecordFinding", "ConcludeInvestigation", "Approve", "RecordFollowUp",
)  # fmt: skip
_DECISIONS = (
    "Uphold", "Explain", "Approve", "ReturnProposals", "AbandonExecution", "ReturnForRework", "Close",
    "DecideAccountability", "ReviewContest", "ExtendPromise", "Override", "EndWithoutAgreement",
    "ReopenInvestigation", "Void", "Merge", "Separate", "AnswerEscalation", "LimitContact",
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
    m["channel"] = c.channel.value
    m["issues"] = {issue.id for issue in c.issues}
    m["alarms"] = {alarm.value for alarm in c.alarms}
    m["complained_of"] = set(c.complained_of)
    m["safety"] = {issue.id for issue in c.issues if issue.is_safety}
    is_official = c.channel.value in _OFFICIAL
    m["track"] = "full" if _shuts_the_fast_track(c) or is_official or c.repeat_of is not None else "open"
    if c.takes_on:
        m["handler"] = t.order.by.id
        m["handled"].add(t.order.by.id)
        m["duties"]["handler"] = (t.order.by.id, "accepted")
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
    m["safety"] |= {issue.id for issue in c.issues if issue.is_safety}
    m["track"] = "full" if _shuts_the_fast_track(c) else m["track"]


def _shuts_the_fast_track(c: Any) -> bool:
    """An alarm, a public post, or an issue of safety, recall or privacy."""
    is_grave = any(issue.is_safety or str(issue.category).startswith(("recall", "privacy")) for issue in c.issues)
    is_public = c.complainant is not None and c.complainant.post_url is not None
    return bool(c.alarms) or is_grave or is_public


def _repeated(m: Model, c: Any, t: Tried) -> None:
    m["alarms"].add("repeat")
    m["track"] = "full"


def _assign(m: Model, c: Any, t: Tried) -> None:
    if c.duty.value in ("handler", "investigator"):
        m[c.duty.value] = None
    if c.duty.value != "task_owner":
        m["duties"][c.duty.value] = (c.assignee, "pending")


def _answer(m: Model, c: Any, t: Tried) -> None:
    asked, _ = m["duties"][c.duty.value]
    if c.duty.value in ("handler", "investigator"):
        m[c.duty.value] = asked if c.accepts else None
    m["duties"][c.duty.value] = (asked, "accepted" if c.accepts else "declined")
    if c.duty.value == "handler" and c.accepts:
        m["handled"].add(m["handler"])


def _settle(m: Model, c: Any, t: Tried) -> None:
    m["handled"].add(t.order.by.id)
    m["acknowledged"], m["track"], m["outcome"] = True, "fast", "settled_at_once"
    m["department"] = c.department.value
    m["responsible"] = set()
    _decided(m, {})
    for remedy in c.remedies:
        _new_task(m, remedy.cost.currency, remedy.cost.amount, "done")
        _add(m["booked"], remedy.cost.currency, remedy.cost.amount)


def _new_task(m: Model, currency: str, cost: Decimal, result: str = "open") -> None:
    m["tasks"][f"T{sum(name.startswith('T') for name in m['tasks']) + 1}"] = result
    _add(m["agreed"], currency, cost)


def _uphold(m: Model, c: Any, t: Tried) -> None:
    m["investigator"], m["track"] = c.investigator, "full"
    m["department"], m["duties"]["investigator"] = c.department.value, (c.investigator, "accepted")
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


def _release_promise(m: Model, c: Any, t: Tried) -> None:
    _settle_promise(m, c.promise, "released")


def _breach(m: Model, c: Any, t: Tried) -> None:
    assert t.before is not None  # noqa: S101  # the first step is another one
    if c.promise is None:
        m["missed"].add((c.clock, None, c.due or t.before.deadlines[c.clock].due))
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
    if c.reached and c.appointment is not None:
        m["appointment"] = c.appointment
    if c.purpose.value == "hold" and c.reached:
        for hold, is_open in m["holds"].items():
            if is_open and t.at >= m["placed"][hold]:
                m["called"][hold] = max(t.at, m["called"].get(hold, t.at))


def _evidence(m: Model, c: Any, t: Tried) -> None:
    m["evidence"].add(c.id)


def _severity(m: Model, c: Any, t: Tried) -> None:
    m["severity"] = ("general", "escalated", "major", "critical").index(c.severity.value)
    m["track"] = m["track"] if m["severity"] == 0 else "full"


def _propose(m: Model, c: Any, t: Tried) -> None:
    m["proposals"][c.proposal.id] = [(one.cost.currency, one.cost.amount) for one in c.proposal.remedies]
    m["present"].add(c.proposal.id)


def _retract(m: Model, c: Any, t: Tried) -> None:
    del m["proposals"][c.proposal]
    m["present"].discard(c.proposal)


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


def _ended(m: Model, c: Any, t: Tried) -> None:
    m["outcome"] = {"lapsed": "lapsed", "settled_externally": "settled_externally"}.get(c.ground.value, "no_agreement")
    m["chosen"] = None


def _withdrawn(m: Model, c: Any, t: Tried) -> None:
    m["outcome"], m["chosen"] = "withdrawn", None
    m["follows"] = bool(m["safety"])  # the link to what goes on inside


def _investigate_again(m: Model, c: Any, t: Tried) -> None:
    m["investigator"], m["chosen"], m["outcome"], m["track"] = c.investigator, None, None, "full"
    m["duties"]["investigator"] = (c.investigator, "accepted")
    if m["state"] in ("proposal", "approval", "offer") and m["present"]:
        m["follows"] = 1  # they are superseded by an event of their own


def _correct(m: Model, c: Any, t: Tried) -> None:
    if c.fact.value == "alarms":
        m["alarms"] -= {c.old_code}
        m["alarms"] |= {c.new_code} - {None}
    if c.fact.value == "channel":
        m["channel"] = c.new_code
    if t.after is not None and t.after.registration.fast_track_bars:
        m["track"] = "full"


def _improve(m: Model, c: Any, t: Tried) -> None:
    m["improvements"][c.id] = None


def _verify(m: Model, c: Any, t: Tried) -> None:
    m["improvements"][c.improvement] = c.effective


def _open_case(m: Model, c: Any, t: Tried) -> None:
    m["cases"][c.id] = (c.kind.value, "open")
    if c.kind.value in _RINGS:
        m["alarms"].add(_RINGS[c.kind.value])
        m["track"] = "full"


def _update_case(m: Model, c: Any, t: Tried) -> None:
    m["cases"][c.case] = (m["cases"][c.case][0], c.status.value)


def _hold(m: Model, c: Any, t: Tried) -> None:
    m["holds"][c.id], m["placed"][c.id] = True, t.at


def _release(m: Model, c: Any, t: Tried) -> None:
    m["holds"][c.hold] = False


def _transfer(m: Model, c: Any, t: Tried) -> None:
    m["transfer"] = (c.to.value, "pending")


def _answer_transfer(m: Model, c: Any, t: Tried) -> None:
    to, _ = m["transfer"]
    m["transfer"] = (to, "accepted" if c.accepts else "declined")
    if c.accepts:
        m["department"] = to
        m["hops"] += 1


def _hand_over(m: Model, c: Any, t: Tried) -> None:
    takes_himself = t.order.by.id == c.taker
    for duty, (person, answer) in list(m["duties"].items()):
        if person == c.giver and answer != "declined":
            m["duties"][duty] = (c.taker, "accepted" if takes_himself else "pending")
            if duty in ("handler", "investigator"):
                m[duty] = c.taker if takes_himself else None
            if duty == "handler" and takes_himself:
                m["handled"].add(c.taker)


def _escalate(m: Model, c: Any, t: Tried) -> None:
    m["escalations"][m["version"] + 1] = (c.to.value, None, None)


def _answer_escalation(m: Model, c: Any, t: Tried) -> None:
    to, seen_by, _ = m["escalations"][c.escalation]
    if c.reply.value == "acknowledged":
        m["escalations"][c.escalation] = (to, t.order.by.id, None)
        return
    m["escalations"][c.escalation] = (to, seen_by, t.order.by.id)
    waiting = [rank for rank, _, answered_by in m["escalations"].values() if answered_by is None]
    if c.reply.value == "handed_down" and c.to.value != "specialist" and c.to.value not in waiting:
        m["handed_down"] = c.to.value


def _help(m: Model, c: Any, t: Tried) -> None:
    m["help"].append((c.kind.value, c.cost.amount, c.order is not None))
    m["tasks"][f"H{len(m['help'])}"] = "done"
    _add(m["agreed"], c.cost.currency, c.cost.amount)
    _add(m["booked"], c.cost.currency, c.cost.amount)


def _limit(m: Model, c: Any, t: Tried) -> None:
    m["limit"] = c.channel.value


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
        "EndWithoutAgreement": _ended,
        "Withdraw": _withdrawn,
        "ReopenInvestigation": _investigate_again,
        "Correct": _correct,
        "OpenExternalCase": _open_case,
        "UpdateExternalCase": _update_case,
        "PlaceHold": _hold,
        "ReleaseHold": _release,
        "Transfer": _transfer,
        "AnswerTransfer": _answer_transfer,
        "HandOver": _hand_over,
        "Escalate": _escalate,
        "AnswerEscalation": _answer_escalation,
        "GiveHelp": _help,
        "LimitContact": _limit,
        "VerifyImprovement": _verify,
        "ExtendPromise": _extend,
        "ReleasePromise": _release_promise,
        "RecordBreach": _breach,
        "RecordRepeat": _repeated,
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
