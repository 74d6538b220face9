"""The words of the trade, as codes; their sentences in Chinese and English live in ``locale/``."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """The six stages of the source document (R11–R35), and the endings."""

    INTAKE = "intake"
    JUDGMENT = "judgment"
    INVESTIGATION = "investigation"
    PROPOSAL = "proposal"
    EXECUTION = "execution"
    REVIEW = "review"
    ENDING = "ending"


class State(StrEnum):
    """Where a complaint is; every state belongs to a stage or is an ending."""

    INTAKE = "intake"
    JUDGMENT = "judgment"
    EXPLANATION = "explanation"
    INVESTIGATION = "investigation"
    PROPOSAL = "proposal"
    APPROVAL = "approval"
    OFFER = "offer"
    EXECUTION = "execution"
    FOLLOW_UP = "follow_up"
    REVIEW = "review"
    CLOSED = "closed"
    MERGED = "merged"
    VOIDED = "voided"
    ARCHIVED = "archived"

    @property
    def stage(self) -> Stage:
        """The stage this state belongs to."""
        return _STAGE_OF[self]

    @property
    def is_ending(self) -> bool:
        """Whether the complaint is not open any more."""
        return _STAGE_OF[self] is Stage.ENDING


_STAGE_OF = {
    State.INTAKE: Stage.INTAKE,
    State.JUDGMENT: Stage.JUDGMENT,
    State.EXPLANATION: Stage.JUDGMENT,
    State.INVESTIGATION: Stage.INVESTIGATION,
    State.PROPOSAL: Stage.PROPOSAL,
    State.APPROVAL: Stage.PROPOSAL,
    State.OFFER: Stage.EXECUTION,
    State.EXECUTION: Stage.EXECUTION,
    State.FOLLOW_UP: Stage.REVIEW,
    State.REVIEW: Stage.REVIEW,
    State.CLOSED: Stage.ENDING,
    State.MERGED: Stage.ENDING,
    State.VOIDED: Stage.ENDING,
    State.ARCHIVED: Stage.ENDING,
}

OPEN = tuple(state for state in State if not state.is_ending)
"""The states of an open complaint, in order of the lifecycle."""


class Role(StrEnum):
    """What somebody may do; titles are free text (A11). The first five are ranks, lowest first."""

    SPECIALIST = "specialist"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"
    GENERAL_MANAGER = "general_manager"
    GROUP = "group"
    RECEPTIONIST = "receptionist"
    SERVICE_ADVISER = "service_adviser"
    SALES_CONSULTANT = "sales_consultant"
    DEPARTMENT_STAFF = "department_staff"
    DEPARTMENT_HEAD = "department_head"
    TECHNICAL_LEAD = "technical_lead"
    FINANCE = "finance"
    HR = "hr"
    SPOKESPERSON = "spokesperson"
    LEGAL = "legal"
    WARRANTY_CLERK = "warranty_clerk"
    ARCHIVIST = "archivist"
    AUDITOR = "auditor"
    SYSTEM = "system"


RANKS = (Role.SPECIALIST, Role.SUPERVISOR, Role.MANAGER, Role.GENERAL_MANAGER, Role.GROUP)
"""The ladder of the customer-service line, lowest first; each may do what those below may."""


class Department(StrEnum):
    """The departments of a dealership that a complaint can concern (R15)."""

    SALES = "sales"
    SERVICE = "service"
    WORKSHOP = "workshop"
    PARTS = "parts"
    CUSTOMER_SERVICE = "customer_service"
    MARKETING = "marketing"
    FINANCE = "finance"
    INSURANCE = "insurance"
    USED_CARS = "used_cars"
    HR = "hr"
    OEM = "oem"


class Severity(StrEnum):
    """How grave a complaint is, lightest first."""

    GENERAL = "general"
    ESCALATED = "escalated"
    MAJOR = "major"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for general to 3 for critical."""
        return _SEVERITY_RANK[self]

    @property
    def is_major(self) -> bool:
        """Major or critical."""
        return _SEVERITY_RANK[self] >= 2


_SEVERITY_RANK = {severity: rank for rank, severity in enumerate(Severity)}


class Track(StrEnum):
    """The fast track (settled at once) or the full way; ``full`` also when the fast one is shut for good."""

    OPEN = "open"
    FAST = "fast"
    FULL = "full"


class Kind(StrEnum):
    """What sort of contact it was (R7)."""

    COMPLAINT = "complaint"
    ENQUIRY = "enquiry"
    SUGGESTION = "suggestion"


class Channel(StrEnum):
    """How the customer and the house reach each other (R9, R10, R41)."""

    SHOWROOM = "showroom"
    WORKSHOP = "workshop"
    PHONE = "phone"
    HOTLINE = "hotline"
    SMS = "sms"
    EMAIL = "email"
    LETTER = "letter"
    WECHAT = "wechat"
    WECHAT_GROUP = "wechat_group"
    APP = "app"
    WEBSITE = "website"
    APPOINTMENT_CALL = "appointment_call"
    FOLLOWUP_CALL = "followup_call"
    SOCIAL_MEDIA = "social_media"
    PRESS = "press"
    OEM_HOTLINE = "oem_hotline"
    CONSUMER_ASSOCIATION = "consumer_association"
    PLATFORM_12315 = "12315"
    PLATFORM_12345 = "12345"
    QUALITY_PLATFORM = "quality_platform"
    LAWYER = "lawyer"
    COURT = "court"
    STAFF = "staff"
    OTHER = "other"

    @property
    def is_by_voice(self) -> bool:
        """Face to face or by telephone: being heard there counts as acknowledged."""
        return self in _BY_VOICE

    @property
    def is_by_telephone(self) -> bool:
        """One telephone rings whatever the call is named: who wants no calls wants none of them."""
        return self in _BY_TELEPHONE

    @property
    def disturbs(self) -> bool:
        """
        Whether it rings or lights up where the customer is, so that it waits for his hours (R40).

        Calls and messages to a telephone do; an e-mail or a letter lies there until he looks, and whoever stands in
        the showroom has come himself (our choice).
        """
        return self in _DISTURBING

    @property
    def is_direct(self) -> bool:
        """Whether the house reaches the customer himself by it, without an authority, a lawyer or the public."""
        return self in DIRECT


_BY_TELEPHONE = frozenset({Channel.PHONE, Channel.HOTLINE, Channel.APPOINTMENT_CALL, Channel.FOLLOWUP_CALL})
_DISTURBING = _BY_TELEPHONE | {Channel.SMS, Channel.WECHAT, Channel.WECHAT_GROUP, Channel.APP}
DIRECT = _DISTURBING | {Channel.SHOWROOM, Channel.WORKSHOP, Channel.EMAIL, Channel.LETTER}
"""The channels by which a house reaches a customer himself."""
_BY_VOICE = frozenset(
    {
        Channel.SHOWROOM, Channel.WORKSHOP, Channel.PHONE, Channel.HOTLINE,
        Channel.APPOINTMENT_CALL, Channel.FOLLOWUP_CALL,
    }
)  # fmt: skip


class Category(StrEnum):
    """The standard categories in two levels, ``group.detail``; a house adds its own as plain codes."""

    SALES = "sales"
    DELIVERY = "delivery"
    SERVICE = "service"
    ATTITUDE = "attitude"
    REPAIR_QUALITY = "repair_quality"
    PARTS = "parts"
    PRICE = "price"
    WARRANTY = "warranty"
    THREE_GUARANTEES = "three_guarantees"
    INSURANCE_CLAIM = "insurance_claim"
    FINANCE = "finance"
    USED_CAR = "used_car"
    PRODUCT = "product"
    PRODUCT_ENGINE = "product.engine"
    PRODUCT_TRANSMISSION = "product.transmission"
    PRODUCT_BRAKES = "product.brakes"
    PRODUCT_STEERING = "product.steering"
    PRODUCT_BODY = "product.body"
    PRODUCT_ELECTRICS = "product.electrics"
    PRODUCT_SUSPENSION = "product.suspension"
    PRODUCT_TYRES = "product.tyres"
    PRODUCT_TRACTION_BATTERY = "product.traction_battery"
    PRODUCT_E_DRIVE = "product.e_drive"
    PRODUCT_AIRBAGS = "product.airbags"
    PRODUCT_DRIVER_ASSISTANCE = "product.driver_assistance"
    RECALL = "recall"
    BROKEN_PROMISE = "broken_promise"
    PRIVACY = "privacy"
    FACILITIES = "facilities"
    RESCUE = "rescue"
    COMPLAINT_HANDLING = "complaint_handling"
    OTHER = "other"


class Alarm(StrEnum):
    """A fact that raises the severity or shuts the fast track."""

    INJURY = "injury"
    FIRE = "fire"
    CRASH = "crash"
    UNDRIVEABLE = "undriveable"
    SAFETY_PART = "safety_part"
    RECALL = "recall"
    RETURN_DEMANDED = "return_demanded"
    PRIVACY = "privacy"
    PUBLIC_POST = "public_post"
    MEDIA = "media"
    AUTHORITY = "authority"
    LAWYER = "lawyer"
    MISCONDUCT = "misconduct"
    DISPUTED_FACT = "disputed_fact"
    REPEAT = "repeat"


class Grounds(StrEnum):
    """Are the grounds sufficient? The first half of the judgment (R13)."""

    SUFFICIENT = "sufficient"
    INSUFFICIENT = "insufficient"
    UNKNOWN = "unknown"


class Demand(StrEnum):
    """Is the demand reasonable? The second half of the judgment (R13)."""

    REASONABLE = "reasonable"
    PARTLY = "partly"
    UNREASONABLE = "unreasonable"


class Verdict(StrEnum):
    """What the two answers of a judgment come to (A7)."""

    UPHELD = "upheld"
    PARTLY_UPHELD = "partly_upheld"
    GOODWILL = "goodwill"
    NOT_UPHELD = "not_upheld"
    NOT_OURS = "not_our_responsibility"
    INCONCLUSIVE = "inconclusive"
    TO_BE_INSPECTED = "to_be_inspected"

    @property
    def leads_on(self) -> bool:
        """Whether an issue with this verdict is investigated (Uphold) rather than explained (Explain)."""
        return self not in (Verdict.NOT_UPHELD, Verdict.NOT_OURS)

    @property
    def is_upheld(self) -> bool:
        """Upheld wholly or partly."""
        return self in (Verdict.UPHELD, Verdict.PARTLY_UPHELD)


class Cause(StrEnum):
    """Where a complaint came from (R17, R20), in taxonomy order."""

    PEOPLE = "people"
    METHOD = "method"
    COMMUNICATION = "communication"
    MATERIAL = "material"
    MACHINE = "machine"
    PRODUCT = "product"
    ENVIRONMENT = "environment"
    MANAGEMENT = "management"
    EXTERNAL = "external"
    CUSTOMER = "customer"
    UNKNOWN = "unknown"


class Answerable(StrEnum):
    """Who answers for the cause (R18): people by name, or an explicit other with a reason."""

    PERSON = "person"
    SYSTEM = "system"
    SUPPLIER = "supplier"
    CUSTOMER = "customer"
    NOBODY = "nobody"


class RemedyKind(StrEnum):
    """What can be done for the customer (R27)."""

    APOLOGY = "apology"
    EXPLANATION = "explanation"
    FREE_REWORK = "free_rework"
    REPAIR = "repair"
    PARTS = "parts"
    REPLACEMENT_VEHICLE = "replacement_vehicle"
    FULL_REFUND = "full_refund"
    PARTIAL_REFUND = "partial_refund"
    FEE_WAIVER = "fee_waiver"
    DISCOUNT = "discount"
    VOUCHER = "voucher"
    MAINTENANCE_PACKAGE = "maintenance_package"
    POINTS = "points"
    LOANER = "loaner"
    TRANSPORT_ALLOWANCE = "transport_allowance"
    CASH = "cash"
    EXTENDED_WARRANTY = "extended_warranty"
    OEM_GOODWILL = "oem_goodwill"
    PROCESS_CHANGE = "process_change"
    OTHER = "other"

    @property
    def is_words(self) -> bool:
        """An apology or an explanation: the customer's noted words show that it was accepted."""
        return self in (RemedyKind.APOLOGY, RemedyKind.EXPLANATION)


class PartyKind(StrEnum):
    """Who else stands on the customer's side."""

    OWNER = "owner"
    USER = "user"
    SENDER = "sender"
    PAYER = "payer"
    AGENT = "authorised_agent"


class Duty(StrEnum):
    """What somebody is assigned to do for a complaint."""

    HANDLER = "handler"
    INVESTIGATOR = "investigator"
    CALLER = "caller"
    TASK_OWNER = "task_owner"


class Answer(StrEnum):
    """Where an assignment or a transfer stands."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class Purpose(StrEnum):
    """Why somebody spoke with the customer."""

    ACKNOWLEDGE = "acknowledge"
    INFORM = "inform"
    OFFER = "offer"
    HOLD = "hold"
    FOLLOW_UP = "follow_up"
    OTHER = "other"


class Direction(StrEnum):
    """Who reached out."""

    OUTGOING = "outgoing"
    INCOMING = "incoming"


class Proof(StrEnum):
    """How it was shown that the customer agreed (R30), weakest first."""

    WORDS = "words"
    MESSAGE = "message"
    RECORDING = "recording"
    SIGNATURE = "signature"

    @property
    def rank(self) -> int:
        """0 for noted words to 3 for a signature."""
        return _PROOF_RANK[self]


_PROOF_RANK = {Proof.WORDS: 0, Proof.MESSAGE: 1, Proof.RECORDING: 1, Proof.SIGNATURE: 3}


class TaskResult(StrEnum):
    """Where a task of the execution stands."""

    OPEN = "open"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class MeasureKind(StrEnum):
    """What follows for somebody responsible (R28); no fines by default (A9)."""

    NONE = "none"
    COACHING = "coaching"
    TRAINING = "training"
    WARNING = "warning"
    BY_RULE = "by_rule"


class MeasureRole(StrEnum):
    """For what part somebody answers (R28)."""

    DIRECT = "direct"
    HEAD = "department_head"


class Satisfaction(StrEnum):
    """What the follow-up call came to (R37, R46)."""

    SATISFIED = "satisfied"
    NEUTRAL = "neutral"
    DISSATISFIED = "dissatisfied"
    DECLINED = "declined"
    UNREACHABLE = "unreachable"

    @property
    def was_answered(self) -> bool:
        """Whether the customer gave one of the three answers of the questionnaire."""
        return self in (Satisfaction.SATISFIED, Satisfaction.NEUTRAL, Satisfaction.DISSATISFIED)


class Outcome(StrEnum):
    """How a complaint ended for the customer."""

    RESOLVED = "resolved"
    SETTLED_AT_ONCE = "settled_at_once"
    UNDERSTOOD = "understood"
    DISPUTED = "disputed"
    NO_AGREEMENT = "no_agreement"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    MERGED = "merged"
    SETTLED_EXTERNALLY = "settled_externally"


class PromiseState(StrEnum):
    """What became of a promise (R55); broken stays broken, kept late is kept late."""

    OPEN = "open"
    KEPT = "kept"
    KEPT_LATE = "kept_late"
    BROKEN = "broken"
    RELEASED = "released"


class ReworkReason(StrEnum):
    """Why a handled complaint goes back; the target follows from it (R47)."""

    FORM_INCOMPLETE = "form_incomplete"
    JUDGED_WRONGLY = "judged_wrongly"
    CAUSE_MISSED = "cause_missed"
    REMEDY_UNSUITABLE = "remedy_unsuitable"
    REMEDY_NOT_DONE = "remedy_not_done"
    UNDER_PRESSURE = "under_pressure"

    @property
    def target(self) -> State:
        """The state in which the work is done again."""
        return _REWORK_TARGET[self]


_REWORK_TARGET = {
    ReworkReason.FORM_INCOMPLETE: State.INTAKE,
    ReworkReason.JUDGED_WRONGLY: State.JUDGMENT,
    ReworkReason.CAUSE_MISSED: State.INVESTIGATION,
    ReworkReason.REMEDY_UNSUITABLE: State.PROPOSAL,
    ReworkReason.REMEDY_NOT_DONE: State.EXECUTION,
    ReworkReason.UNDER_PRESSURE: State.INTAKE,
}


class HoldKind(StrEnum):
    """What is waited for; a legal hold keeps everything as it is."""

    CUSTOMER = "customer"
    PARTS = "parts"
    THIRD_PARTY = "third_party"
    LEGAL = "legal"


class ClockKind(StrEnum):
    """What the end of a clock means."""

    OWED = "owed"
    WINDOW = "window"
    ANSWER = "answer"


class ClockState(StrEnum):
    """Where a clock stands; what was missed stays missed (invariant 5)."""

    RUNNING = "running"
    PAUSED = "paused"
    WARNED = "warned"
    MET = "met"
    BREACHED = "breached"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"


class RuleStanding(StrEnum):
    """How sure the source of a rule is, most sure first; a number from no source is a default (A10)."""

    VERIFIED = "verified"
    SECONDARY = "secondary"
    UNVERIFIED = "unverified"
    DEFAULT = "default"


class PersonalData(StrEnum):
    """What a customer may ask to have erased, in words a person uses (Redact)."""

    NAMES = "names"
    CONTACTS = "contacts"
    STATEMENT = "statement"
    CORRESPONDENCE = "correspondence"
    NOTES = "notes"
    VEHICLE = "vehicle"


class CaseKind(StrEnum):
    """Who else has the complaint: those outside that a dealership answers to, and those it does not."""

    PLATFORM_12315 = "12315"
    PLATFORM_12345 = "12345"
    CONSUMER_ASSOCIATION = "consumer_association"
    COURT = "court"
    LAWYER = "lawyer"
    OEM = "oem"
    MEDIA = "media"

    @property
    def blocks(self) -> bool:
        """Whether the complaint cannot be closed while the case is open: not for OEM and media."""
        return self not in (CaseKind.OEM, CaseKind.MEDIA)

    @property
    def alarm(self) -> Alarm | None:
        """The alarm that such a case is."""
        return _ALARM_OF_CASE.get(self, Alarm.AUTHORITY)


_ALARM_OF_CASE: dict[CaseKind, Alarm | None] = {
    CaseKind.COURT: Alarm.LAWYER,
    CaseKind.LAWYER: Alarm.LAWYER,
    CaseKind.MEDIA: Alarm.MEDIA,
    CaseKind.OEM: None,
}


class CaseStatus(StrEnum):
    """Where an outside case stands."""

    OPEN = "open"
    ANSWERED = "answered"
    SETTLED = "settled"
    CLOSED = "closed"


class Numbering(StrEnum):
    """
    How a house numbers its complaints.

    Without gaps a number is taken from a counter, which nobody else can take the next one from before the complaint is
    committed. Scattered numbers are drawn, and keep nobody waiting.
    """

    GAPLESS = "gapless"
    SCATTERED = "scattered"


class LinkKind(StrEnum):
    """What two complaints have to do with each other."""

    VISIT = "visit"
    FLEET = "fleet"
    FAMILY = "family"
    EVENT = "event"
    REPEAT = "repeat"
    INTERNAL = "internal"


class MergeGround(StrEnum):
    """What two merged complaints share."""

    CUSTOMER = "customer"
    VEHICLE = "vehicle"
    EVENT = "event"


class EndGround(StrEnum):
    """Why a complaint ends without an agreement (MOVES 14)."""

    SECOND_REVIEW = "second_review"
    TWO_ROUNDS = "two_rounds"
    LAPSED = "lapsed"
    SETTLED_EXTERNALLY = "settled_externally"
    REFUSED = "refused"


class VoidReason(StrEnum):
    """Why an entry is no complaint."""

    TEST = "test"
    WRONG = "wrong"
    ENQUIRY = "enquiry"


class HelpKind(StrEnum):
    """What can be done at once, whoever is right."""

    TOW = "tow"
    LOANER = "loaner"
    REPAIR = "repair"
    APOLOGY = "apology"

    @property
    def remedy(self) -> RemedyKind:
        """The remedy that a standing order must allow for it."""
        return _REMEDY_OF_HELP[self]


_REMEDY_OF_HELP = {
    HelpKind.TOW: RemedyKind.TRANSPORT_ALLOWANCE,
    HelpKind.LOANER: RemedyKind.LOANER,
    HelpKind.REPAIR: RemedyKind.REPAIR,
    HelpKind.APOLOGY: RemedyKind.APOLOGY,
}


class Against(StrEnum):
    """From whom the house asks its money back."""

    OEM = "oem"
    SUPPLIER = "supplier"
    INSURER = "insurer"


class ClaimAnswer(StrEnum):
    """What became of a claim."""

    PENDING = "pending"
    PAID = "paid"
    PARTLY_PAID = "partly_paid"
    REFUSED = "refused"


class Confirming(StrEnum):
    """Whether a step that wants confirming was."""

    PENDING = "pending"
    CONFIRMED = "confirmed"
    DENIED = "denied"


class EscalationReply(StrEnum):
    """What the one who was asked answers (R2, R66); only what is decided or handed down is over."""

    DECIDED = "decided"
    ACKNOWLEDGED = "acknowledged"
    HANDED_DOWN = "handed_down"


class CorrectableFact(StrEnum):
    """What can be corrected, by the name of its field; breaches and broken promises are not among it."""

    NAME = "name"
    PHONE = "phone"
    EMAIL = "email"
    WECHAT = "wechat"
    ADDRESS = "address"
    CONTACT_HOURS = "contact_hours"
    DO_NOT_CONTACT = "do_not_contact"
    WISH = "wish"
    CHANNEL = "channel"
    RECEIVED_AT = "received_at"
    ACKNOWLEDGED_AT = "acknowledged_at"
    CATEGORY = "category"
    VIN = "vin"
    PLATE = "plate"
    MILEAGE = "mileage_km"
    ALARM = "alarms"
    COMPLAINED_OF = "complained_of"
    DEPARTMENT = "department"
    CLASSIFICATION = "classification"


class DueState(StrEnum):
    """How a due date stands at a moment, the most pressing first."""

    LATE = "late"
    TODAY = "today"
    LATER = "later"
    NO_DATE = "no_date"


class WaitsFor(StrEnum):
    """What kind of party something waits for; for nobody means that somebody has to be named first."""

    NOBODY = "nobody"
    PERSON = "person"
    ROLE = "role"
    CUSTOMER = "customer"
