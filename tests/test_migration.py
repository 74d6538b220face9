"""From one definition to another: what would no longer be legal, and how a complaint under way is brought over."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import attrs
import pytest

from complaints import (
    LIFECYCLE,
    Entry,
    InvalidCommandError,
    Lifecycle,
    Migration,
    Misfit,
    NotFoundError,
    Query,
    Refusal,
    Role,
    State,
    Who,
)
from complaints.errors import Fault
from complaints.fitness import misfits
from complaints.model.event import Command, Situation, command, rule
from complaints.model.words import RANKS
from complaints.premises import Premises
from complaints.stages.anytime import AddNote
from complaints.stages.intake import BeginJudgment
from complaints.stages.judgment import Uphold
from complaints.stages.migration import Migrate
from complaints.stages.override import Override
from complaints.testing import trace
from tests.lifecycle.own import NO_INVESTIGATION, OURS, asked, investigated, under
from tests.stages.cases import OTHER_SHOP, SHOP, Case, feng, li, qian, remedy, staff, with_other_row, zhao

REASON = "From March on the manufacturer is asked."
TO_PROPOSAL = {State.INVESTIGATION: State.PROPOSAL}
NO_WAY = Refusal("definition.no_way", who=("manager",), definition=NO_INVESTIGATION.stamp, state="investigation")
stranger = staff("ma", Role.MANAGER, dealer=OTHER_SHOP.id)


def told(case: Case, lifecycle: Lifecycle | None = None) -> list[tuple[str, tuple[Refusal, ...]]]:
    """The misfits of a complaint, by command."""
    return [(one.command, one.refusals) for one in case.desk.misfits(case.id, by=li, lifecycle=lifecycle)]


# --- what would no longer be legal ----------------------------------------------------------------------------------


def test_a_history_fits_the_definition_it_was_made_under():
    case = Case().to(State.CLOSED)

    assert case.desk.misfits(case.id, by=li) == ()


def test_a_step_that_a_newer_rule_would_refuse_is_listed_with_its_reason():
    case = investigated(LIFECYCLE).concluded()

    found = case.desk.misfits(case.id, by=li, lifecycle=OURS)

    assert found == (
        Misfit(
            complaint=case.id,
            number=case.complaint.version,
            command="ConcludeInvestigation",
            refusals=(Refusal("manufacturer.not_asked", state="investigation"),),
        ),
    )
    assert found[0].refusals[0].sentence("en") == "The manufacturer was not asked (Investigation)."


def test_a_rule_sees_the_complaint_as_it_was_before_the_step_and_not_as_it_is():
    case = asked().concluded()

    assert told(case) == []


@pytest.mark.parametrize(
    ("row", "changes", "refusal"),
    [
        (
            BeginJudgment,
            {"who": Who("manager", *RANKS[2:])},
            Refusal("move.not_permitted", who=("manager", "general_manager", "group"), command="BeginJudgment"),
        ),
        (
            Uphold,
            {"targets": State.PROPOSAL},
            Refusal("definition.other_target", command="Uphold", state="investigation", target="proposal"),
        ),
    ],
)
def test_another_role_and_another_target_are_told(row, changes, refusal):
    case = Case().to(State.INVESTIGATION)

    found = told(case, with_other_row(LIFECYCLE, row, **changes))

    assert found == [(row.__name__, (refusal,))]


def test_a_step_whose_state_is_another_now_is_told():
    noted = Case().received().does(AddNote, by=li)

    ((name, (refusal,)),) = told(noted, with_other_row(LIFECYCLE, AddNote, sources=(State.JUDGMENT,)))

    assert (name, refusal.code, refusal.facts["state"]) == ("AddNote", "move.illegal", "intake")


def test_a_command_that_has_no_row_any_more_is_told():
    case = asked()

    assert told(case, LIFECYCLE) == [
        (
            "ConsultManufacturer",
            (Refusal("definition.no_command", command="ConsultManufacturer", definition=LIFECYCLE.stamp),),
        )
    ]


def test_from_a_command_that_nobody_knows_on_nothing_can_be_told():
    case = under(asked().concluded(), LIFECYCLE)

    assert told(case) == [
        ("ConsultManufacturer", (Refusal("definition.unread", command="ConsultManufacturer", events=2),))
    ]


def test_a_complaint_in_a_state_without_moves_is_told():
    case = Case().to(State.INVESTIGATION)

    found = told(case, NO_INVESTIGATION)

    assert found[-1] == ("Uphold", (NO_WAY,))


def test_the_past_is_judged_by_the_policy_of_today():
    case = Case().to(State.PROPOSAL).proposed("P1", remedy(cost=900)).submitted().read(by=qian).approved(by=qian)
    poorer = tuple(attrs.evolve(one, limit=one.limit and one.limit / 100) for one in case.policy.authority)
    case.policy = attrs.evolve(case.policy, authority=poorer)

    assert {code for _, refusals in told(under(case, LIFECYCLE)) for code in (one.code for one in refusals)} == {
        "leader.limit"
    }


def test_what_was_set_aside_then_stays_set_aside():
    @rule("note.none", overridable=True)
    def no_notes(s: Situation) -> Refusal | None:
        return Refusal("note.none")

    strict = LIFECYCLE.extend(name="ours", version="1", rules={AddNote: [no_notes]})
    permitted = Case(lifecycle=strict).received().does(Override, qian, command="AddNote", rules=("note.none",))
    permitted.does(AddNote, by=li)

    assert permitted.events[-1].set_aside == ("note.none",)
    assert told(under(permitted, strict)) == []


def test_a_rule_that_looks_at_other_complaints_is_not_asked():
    @command
    class Compare(Command):
        complaint: UUID
        other: UUID

        @property
        def others(self) -> tuple[UUID, ...]:
            return (self.other,)

    @rule("other.closed")
    def the_other_is_open(s: Situation) -> Refusal | None:
        others = s.others.values()
        return None if all(one.is_open for one in others) else Refusal("other.closed")

    @rule("other.itself")
    def it_is_another(s: Situation) -> Refusal | None:
        return None

    @rule("compare.late")
    def it_is_in_intake(s: Situation) -> Refusal | None:
        return Refusal("compare.late")

    row = Entry(Compare, State.INTAKE, Who("specialist", Role.SPECIALIST), provided=[the_other_is_open, it_is_another])
    comparing = LIFECYCLE.extend(name="ours", version="1", entries=[row])
    case = Case(lifecycle=comparing).received()
    other = case.id
    case.received()
    case.desk.handle(Compare(complaint=case.id, other=other), by=li)
    later = comparing.extend(name="ours", version="2", rules={Compare: [it_is_in_intake]})

    assert told(case) == []
    assert told(case, later) == [("Compare", (Refusal("compare.late"),))]


def test_an_erased_text_is_held_against_nobody():
    case = Case().to(State.CLOSED)
    kept = trace(case.desk.store, case.id)
    premises = Premises([SHOP], case.policy, LIFECYCLE)

    without_texts = misfits(kept.events, (), premises, LIFECYCLE.readable)

    assert kept.personal != ()
    assert without_texts == ()


def test_who_belongs_to_another_dealer_is_told_nothing():
    case = Case().received()

    with pytest.raises(NotFoundError):
        case.desk.misfits(case.id, by=stranger)


# --- migrating ------------------------------------------------------------------------------------------------------


def migration(case: Case, was: Lifecycle, **changes: object) -> Migration:
    state = case.state
    usual = {"source": state, "target": state, "refusals": (), "misfits": ()}
    return Migration(
        complaint=case.id, reference=case.complaint.reference, definition=was.stamp, **{**usual, **changes}
    )


def test_a_dry_run_tells_and_changes_nothing():
    case = under(investigated(LIFECYCLE), OURS)
    before = case.everything()

    told = case.desk.migrate(Query(), by=qian, reason=REASON)

    assert told == (migration(case, LIFECYCLE),)
    assert case.everything() == before


def test_a_migration_is_an_event_with_actor_and_reason_and_the_history_verifies():
    case = under(investigated(LIFECYCLE), OURS)
    expected = case.desk.migrate([case.id], by=qian, reason=REASON)

    done = case.desk.migrate([case.id], by=qian, reason=REASON, dry_run=False)

    event = case.events[-1]
    assert done == expected
    assert (event.name, event.by, event.command.reason) == ("Migrate", qian, REASON)
    assert (event.source, event.target, event.definition) == (State.INVESTIGATION, State.INVESTIGATION, OURS.stamp)
    assert case.complaint.definition == OURS.stamp
    assert case.desk.verify(case.id).number == event.number
    assert told(case) == []


def test_every_definition_reads_a_migration():
    case = under(investigated(LIFECYCLE), OURS)
    case.desk.migrate([case.id], by=qian, reason=REASON, dry_run=False)

    under(case, LIFECYCLE)

    assert case.events[-1].name == "Migrate"
    assert case.desk.verify(case.id).number == case.complaint.version


def test_a_state_without_moves_is_left_for_the_one_that_is_named():
    case = under(investigated(LIFECYCLE), NO_INVESTIGATION).later(hours=1)

    (done,) = case.desk.migrate([case.id], by=qian, reason=REASON, states=TO_PROPOSAL, dry_run=False)

    assert (done.source, done.target, done.refusals) == (State.INVESTIGATION, State.PROPOSAL, ())
    assert case.complaint.entered[State.PROPOSAL] == case.complaint.version
    assert case.complaint.moved_at == case.clock()
    assert case.consulted().state is State.PROPOSAL
    assert case.desk.verify(case.id).number == case.complaint.version


@pytest.mark.parametrize("dry_run", [True, False])
def test_who_names_no_state_for_one_without_moves_is_told_so(dry_run):
    case = under(investigated(LIFECYCLE), NO_INVESTIGATION)
    before = case.everything()

    (refused,) = case.desk.migrate([case.id], by=qian, reason=REASON, dry_run=dry_run)

    assert (refused.target, refused.refusals) == (State.INVESTIGATION, (NO_WAY,))
    assert case.everything() == before


def refused(case: Case, **options: object) -> tuple[Refusal, ...]:
    (told,) = case.desk.migrate([case.id], **{"by": qian, "reason": REASON, "dry_run": False, **options})
    return told.refusals


def test_an_ending_is_never_migrated():
    case = under(Case().to(State.CLOSED), OURS)
    before = case.everything()

    assert refused(case) == (Refusal("definition.ended", state="closed"),)
    assert case.everything() == before
    assert case.desk.migrate(Query(), by=qian, reason=REASON) == ()


def test_no_migration_ends_a_complaint():
    case = under(investigated(LIFECYCLE), NO_INVESTIGATION)

    (refusal,) = refused(case, states={State.INVESTIGATION: State.CLOSED})

    assert (refusal.code, "closed" in refusal.facts["target"]) == ("target.not_in_row", False)


def test_a_migration_is_no_short_cut():
    case = under(investigated(LIFECYCLE), OURS)

    assert refused(case, states=TO_PROPOSAL) == (
        Refusal("definition.has_way", definition=OURS.stamp, state="investigation"),
    )


def test_what_is_under_the_definition_already_is_not_migrated():
    case = investigated(OURS)

    assert refused(case) == (Refusal("definition.same", definition=OURS.stamp),)
    assert case.desk.migrate(Query(), by=qian, reason=REASON) == ()


def test_only_a_manager_migrates():
    case = under(investigated(LIFECYCLE), OURS)

    assert refused(case, by=zhao) == (Refusal("move.not_permitted", who=("manager",), command="Migrate"),)
    assert refused(case, by=feng) == refused(case, by=zhao)
    with pytest.raises(NotFoundError):
        refused(case, by=stranger)


def test_one_that_is_refused_keeps_no_other_from_being_brought_over():
    case = Case().to(State.INVESTIGATION)
    stuck = case.id
    case.received()
    under(case, NO_INVESTIGATION)

    done = case.desk.migrate([stuck, case.id], by=qian, reason=REASON, dry_run=False)

    assert [(one.complaint, [why.code for why in one.refusals]) for one in done] == [
        (stuck, ["definition.no_way"]),
        (case.id, []),
    ]
    assert case.complaint.definition == NO_INVESTIGATION.stamp


def test_a_migration_that_is_asked_for_again_is_done_already():
    case = under(investigated(LIFECYCLE), OURS)
    case.desk.migrate(Query(), by=qian, reason=REASON, dry_run=False)

    assert case.desk.migrate(Query(), by=qian, reason=REASON, dry_run=False) == ()


def test_a_query_is_followed_through_all_its_pages():
    case = Case()
    for _ in range(5):
        case.received()
    under(case, OURS)

    done = case.desk.migrate(Query(limit=2), by=qian, reason=REASON, dry_run=False)

    assert len({one.complaint for one in done}) == 5


def test_whoever_is_named_twice_is_migrated_once():
    case = under(investigated(LIFECYCLE), OURS)

    done = case.desk.migrate([case.id, case.complaint.reference], by=qian, reason=REASON, dry_run=False)

    assert [one.refusals for one in done] == [()]


def test_one_complaint_may_be_named_by_itself():
    case = under(investigated(LIFECYCLE), OURS)

    by_number = case.desk.migrate(case.complaint.reference, by=qian, reason=REASON)

    assert by_number == case.desk.migrate(case.id, by=qian, reason=REASON)
    assert [one.complaint for one in by_number] == [case.id]


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        ({"reason": " "}, (Fault("reason", "empty"),)),
        ({"by": "qian"}, (Fault("by", "type", wanted="Actor", given="str"),)),
        (
            {"states": {"investigation": State.PROPOSAL}},
            (Fault("states", "type", wanted="State", given="str"),),
        ),
    ],
)
def test_a_migration_that_makes_no_sense_is_refused_before_it_begins(given, faults):
    case = under(investigated(LIFECYCLE), OURS)

    with pytest.raises(InvalidCommandError) as wrong:
        case.desk.migrate(Query(), **{"by": qian, "reason": REASON, **given})

    assert wrong.value.faults == faults


def test_a_migration_can_be_ordered_and_explained_like_any_step():
    case = under(investigated(LIFECYCLE), NO_INVESTIGATION)
    order = Migrate(complaint=case.id, target=State.PROPOSAL, reason=REASON)

    assert case.desk.explain(order, by=qian) == ()
    assert case.forbidden(Migrate, by=zhao, reason=REASON) != ()
    assert case.refused(Migrate, by=qian, reason=REASON) == (NO_WAY,)
    assert case.illegal(Migrate, by=qian, reason=REASON, target=State.VOIDED) != ()
    assert case.desk.handle(order, by=qian, at=case.clock()).state is State.PROPOSAL


def test_a_migration_does_not_happen_before_the_last_move():
    case = under(investigated(LIFECYCLE), OURS)

    refusals = case.refused(Migrate, by=qian, at=case.complaint.moved_at - timedelta(minutes=1), reason=REASON)

    assert [one.code for one in refusals] == ["time.before_last_move"]
