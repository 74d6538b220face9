"""
What ``transitions`` 0.9 does, wherever ``complaints.machine`` relies on it or keeps out of its way.

An upgrade that changes one of these turns a test red before it surprises a dealership. The numbers are those of the
design note on the edges of ``transitions``; S3 and S6 (speed, memory) belong to the benchmarks, S26 and S27 (stubs,
drawings) to parts that are not used.
"""

from __future__ import annotations

import copy
import gc
import logging
import pickle
import subprocess
import sys
import threading
import weakref

import attrs
import pytest
from transitions import Machine, MachineError

STATES = ["a", "b", "c"]


class Model:
    """Anything that ``transitions`` may decorate."""


class Cursor:
    """What the engine moves instead."""

    __slots__ = ("state",)

    def __init__(self, state):
        self.state = state


def shared(**settings):
    machine = Machine(
        model=None, states=STATES, initial=None, auto_transitions=False, send_event=True, queued=False, **settings
    )
    machine.add_transition("go", "a", "b")
    machine.add_transition("note", "a", None)
    return machine


def decorating(model, **settings):
    settings = {
        "auto_transitions": False,
        "states": STATES,
        "initial": "a",
        "transitions": [["go", "a", "b"]],
    } | settings
    return Machine(model=model, **settings)


# --- what the engine relies on --------------------------------------------------------------------------------------


def test_a_machine_without_model_moves_a_slotted_cursor_it_has_never_seen():
    machine, cursor = shared(), Cursor("a")

    answer = machine.events["go"].trigger(cursor)

    assert (answer, cursor.state, machine.models) == (True, "b", [])


def test_a_transition_without_destination_succeeds_and_stays():
    machine, cursor = shared(), Cursor("a")

    answer = machine.events["note"].trigger(cursor)

    assert (answer, cursor.state) == (True, "a")


def test_a_trigger_from_a_wrong_state_is_a_machine_error_and_moves_nothing():
    machine, cursor = shared(), Cursor("b")

    with pytest.raises(MachineError):
        machine.events["go"].trigger(cursor)

    assert cursor.state == "b"


def test_a_machine_told_of_no_initial_state_has_exactly_the_states_it_was_given():
    told, untold = shared(), Machine(model=None, states=STATES, auto_transitions=False)

    assert (list(told.states), list(untold.states)) == (["a", "b", "c"], ["a", "b", "c", "initial"])


def test_one_machine_moves_the_cursors_of_many_threads():
    machine, wrong = shared(), []

    def fire():
        for _ in range(300):
            cursor = Cursor("a")
            machine.events["go"].trigger(cursor)
            if cursor.state != "b":
                wrong.append(cursor.state)

    threads = [threading.Thread(target=fire) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []


def test_a_trigger_named_like_the_attribute_of_the_state_is_refused():
    machine = shared()

    with pytest.raises(ValueError, match="Trigger name cannot be same as model attribute name"):
        machine.add_transition("state", "a", "b")

    assert list(machine.events) == ["go", "note"]


# --- hooks: what they see, and what becomes of their errors ---------------------------------------------------------

HOOKS = (
    "prepare_event", "prepare", "conditions", "before_state_change", "before", "on_exit",
    "on_enter", "on_final", "after", "after_state_change", "finalize_event",
)  # fmt: skip


def hooked(failing=None):
    seen = []

    def hook(name):
        def called(event):
            seen.append((name, event.model.state))
            if name == failing:
                raise LookupError(name)
            return True

        return called

    ours = {name: hook(name) for name in HOOKS}
    states = [
        {"name": "a", "on_exit": ours["on_exit"]},
        {"name": "b", "on_enter": ours["on_enter"], "final": True},
    ]
    of_machine = {
        name: ours[name]
        for name in ("prepare_event", "before_state_change", "after_state_change", "finalize_event", "on_final")
    }
    machine = Machine(model=None, states=states, initial=None, auto_transitions=False, send_event=True, **of_machine)
    of_step = {name: ours[name] for name in ("prepare", "conditions", "before", "after")}
    machine.add_transition("go", "a", "b", **of_step)
    return machine, seen


def test_hooks_run_in_a_fixed_order_and_the_state_changes_after_on_exit():
    machine, seen = hooked()

    machine.events["go"].trigger(Cursor("a"))

    assert seen == [(name, "a") for name in HOOKS[:6]] + [
        ("on_enter", "b"),
        ("on_final", "b"),
        ("after", "b"),
        ("after_state_change", "b"),
        ("finalize_event", "b"),
    ]


@pytest.mark.parametrize(
    ("failing", "left_in"), [*((name, "a") for name in HOOKS[:6]), *((name, "b") for name in HOOKS[6:10])]
)
def test_an_error_in_a_hook_reaches_the_caller_and_from_on_enter_on_the_state_has_moved(failing, left_in):
    machine, _ = hooked(failing)
    cursor = Cursor("a")

    with pytest.raises(LookupError):
        machine.events["go"].trigger(cursor)

    assert cursor.state == left_in


def test_an_error_in_finalize_event_is_swallowed():
    machine, _ = hooked("finalize_event")
    cursor = Cursor("a")

    answer = machine.events["go"].trigger(cursor)

    assert (answer, cursor.state) == (True, "b")


def test_with_on_exception_an_error_looks_like_a_condition_that_failed():
    def fail(event):
        raise LookupError

    machine, cursor = shared(on_exception=lambda event: None), Cursor("a")
    machine.events["go"].add_callback("before", fail)

    answer = machine.events["go"].trigger(cursor)

    assert (answer, cursor.state) == (False, "a")


# --- domain objects as models ---------------------------------------------------------------------------------------


@attrs.define(slots=False)
class Equal:
    name: str
    state: str | None = attrs.field(default=None, eq=False)


def test_s1_the_second_of_two_equal_objects_is_silently_not_added():
    first, second = Equal("x"), Equal("x")

    machine = decorating([first, second])

    assert (len(machine.models), hasattr(first, "go"), hasattr(second, "go")) == (1, True, False)


def test_s2_removing_an_object_removes_another_that_is_equal():
    registered, never_registered = Equal("x"), Equal("x")
    machine = decorating(registered)

    machine.remove_model(never_registered)

    assert machine.models == []


def test_s4_a_model_lives_as_long_as_its_machine():
    model = Model()
    machine = decorating(model)
    seen = weakref.ref(model)

    del model
    gc.collect()

    assert (seen() is not None, len(machine.models)) == (True, 1)


def test_s5_slotted_and_frozen_objects_cannot_be_models():
    @attrs.frozen(slots=False)
    class Frozen:
        state: str = "a"

    with pytest.raises(AttributeError):
        decorating(Cursor("a"))
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        decorating(Frozen())


def test_s7_a_method_of_the_same_name_wins_and_the_state_never_moves():
    class Car(Model):
        def go(self):
            return "driving"

    car = Car()
    decorating(car)

    answer = car.go()

    assert (answer, car.state) == ("driving", "a")


def test_s8_firing_a_copy_moves_the_original():
    original = Model()
    decorating(original)
    other = copy.copy(original)

    other.go()

    assert (original.state, other.state) == ("b", "a")


def test_s9_pickling_one_model_takes_all_others_along():
    one, other = Model(), Model()
    decorating([one, other])

    back = pickle.loads(pickle.dumps(one))

    assert len(back.go.func.__self__.machine.models) == 2


def test_s9_a_lambda_cannot_be_pickled():
    model = Model()
    decorating(model, transitions=[{"trigger": "go", "source": "a", "dest": "b", "before": lambda: None}])

    with pytest.raises((pickle.PicklingError, AttributeError)):
        pickle.dumps(model)


def test_s11_a_method_found_on_one_model_is_called_by_name_on_the_next():
    class Loud(Model):
        def on_enter_b(self):
            self.heard = True

    loud, quiet = Loud(), Model()
    decorating([loud, quiet])

    with pytest.raises(AttributeError):
        quiet.go()

    assert quiet.state == "b"


def test_s17_a_state_can_be_assigned_and_fails_only_at_the_next_trigger():
    model = Model()
    decorating(model)
    model.state = "nowhere"

    with pytest.raises(ValueError, match="State 'nowhere' is not a registered state"):
        model.go()

    assert model.state == "nowhere"


# --- definitions ----------------------------------------------------------------------------------------------------


def test_s10_a_callback_named_by_a_string_is_looked_up_after_the_state_has_moved():
    machine, cursor = shared(), Cursor("a")
    machine.events["go"].add_callback("after", "tell_the_mangler")

    with pytest.raises(AttributeError):
        machine.events["go"].trigger(cursor)

    assert cursor.state == "b"


def test_s10_a_string_may_import_and_call_any_function(monkeypatch):
    called = []
    monkeypatch.setattr("os.getcwd", lambda event: called.append(event.event.name))
    machine = shared()
    machine.events["go"].add_callback("before", "os.getcwd")

    machine.events["go"].trigger(Cursor("a"))

    assert called == ["go"]


def test_s12_an_unknown_destination_is_found_at_the_first_trigger_after_before_has_run():
    ran = []
    machine = shared()
    machine.add_transition("leap", "a", "nowhere", before=lambda event: ran.append("before"))

    with pytest.raises(ValueError, match="State 'nowhere' is not a registered state"):
        machine.events["leap"].trigger(Cursor("a"))

    assert ran == ["before"]


def test_s12_a_mistyped_initial_state_becomes_a_new_one():
    machine = Machine(model=None, states=STATES, initial="aa", auto_transitions=False)

    assert list(machine.states) == ["a", "b", "c", "aa"]


@pytest.mark.parametrize("answer", ["yes", [1], {"reason": "x"}, object()])
def test_s13_a_condition_that_answers_anything_but_true_has_failed(answer):
    machine, cursor = shared(), Cursor("a")
    machine.add_transition("leap", "a", "c", conditions=lambda event: answer)

    moved = machine.events["leap"].trigger(cursor)

    assert (moved, cursor.state) == (False, "a")


def test_s13_an_async_condition_is_never_awaited_and_has_failed():
    async def allowed(event):
        return True

    machine, cursor = shared(), Cursor("a")
    machine.add_transition("leap", "a", "c", conditions=allowed)

    with pytest.warns(RuntimeWarning, match="never awaited"):
        moved = machine.events["leap"].trigger(cursor)

    assert (moved, cursor.state) == (False, "a")


def test_s14_a_condition_that_fails_gives_no_reason():
    machine = shared()
    machine.add_transition("leap", "a", "c", conditions=lambda event: False)

    assert machine.events["leap"].trigger(Cursor("a")) is False


def test_s15_asking_whether_one_may_runs_the_prepare_callbacks():
    ran = []
    model = Model()
    decorating(
        model, prepare_event=lambda: ran.append("prepare_event"),
        transitions=[{"trigger": "go", "source": "a", "dest": "b", "prepare": lambda: ran.append("prepare")}],
    )  # fmt: skip

    answers = (model.may_go(), model.may_trigger("fly"))

    assert (answers, ran) == ((True, False), ["prepare_event", "prepare"])


def test_s16_automatic_transitions_pass_every_condition_by():
    model = Model()
    Machine(
        model=model, states=STATES, initial="a",
        transitions=[{"trigger": "go", "source": "a", "dest": "c", "conditions": lambda: False}],
    )  # fmt: skip

    moved = (model.go(), model.to_c())

    assert (moved, model.state) == ((False, True), "c")


def test_s16_without_automatic_transitions_there_is_no_way_around():
    assert list(shared().events) == ["go", "note"]


def test_s18_an_unknown_trigger_and_a_wrong_state_are_unrelated_errors():
    model = Model()
    decorating(model)
    model.go()

    with pytest.raises(AttributeError, match="Do not know event named 'fly'"):
        model.trigger("fly")
    with pytest.raises(MachineError) as wrong_state:
        model.go()

    assert str(wrong_state.value) == '"Can\'t trigger event go from state b!"'


@pytest.mark.parametrize(
    "ask", [lambda m: m.go(model="X5"), lambda m: m.trigger("go", trigger_name="X"), lambda m: m.may_go(trigger="X")]
)
def test_s19_some_keyword_arguments_are_taken(ask):
    model = Model()
    decorating(model)

    with pytest.raises(TypeError, match="multiple values"):
        ask(model)


def test_s22_a_definition_of_a_state_is_written_into():
    definition = {"name": "a"}

    Machine(model=None, states=[definition], initial=None, auto_transitions=False)

    assert definition == {"name": "a", "ignore_invalid_triggers": None}


def test_s23_a_final_state_can_be_left():
    machine = Machine(model=None, states=["a", {"name": "b", "final": True}], initial=None, auto_transitions=False)
    machine.add_transition("revive", "b", "a")
    cursor = Cursor("b")

    moved = machine.events["revive"].trigger(cursor)

    assert (moved, cursor.state) == (True, "a")


def test_s24_a_wildcard_means_the_states_known_so_far():
    machine = shared()
    machine.add_transition("leap", "*", "a")
    machine.add_states("d")

    with pytest.raises(MachineError):
        machine.events["leap"].trigger(Cursor("d"))

    assert sorted(machine.events["leap"].transitions) == ["a", "b", "c"]


def test_two_transitions_for_one_step_are_accepted_and_the_first_one_wins():
    machine, cursor = shared(), Cursor("a")
    machine.add_transition("go", "a", "c")

    machine.events["go"].trigger(cursor)

    assert (cursor.state, len(machine.events["go"].transitions["a"])) == ("b", 2)


# --- re-entry and queues --------------------------------------------------------------------------------------------


def test_s20_with_a_queue_a_trigger_says_true_and_runs_on_the_thread_of_another_model():
    entered, leave, ran_on = threading.Event(), threading.Event(), []

    def wait(event):
        if event.model is slow:
            entered.set()
            leave.wait(5)
        ran_on.append(threading.current_thread().name)

    machine = Machine(
        model=None,
        states=STATES,
        initial=None,
        auto_transitions=False,
        send_event=True,
        queued=True,
        before_state_change=wait,
    )
    machine.add_transition("go", "a", "b")
    slow, quick = Cursor("a"), Cursor("a")
    thread = threading.Thread(target=machine.events["go"].trigger, args=(slow,), name="slow one")
    thread.start()
    entered.wait(5)

    answer, state_then = machine.events["go"].trigger(quick), quick.state
    leave.set()
    thread.join()

    assert (answer, state_then, quick.state, ran_on) == (True, "a", "b", ["slow one", "slow one"])


def test_s20_an_error_empties_the_queue_for_everybody():
    others = Cursor("a")

    def fail(event):
        if event.model is not others:
            machine.events["go"].trigger(others)
            raise LookupError

    machine = Machine(
        model=None,
        states=STATES,
        initial=None,
        auto_transitions=False,
        send_event=True,
        queued=True,
        before_state_change=fail,
    )
    machine.add_transition("go", "a", "b")

    with pytest.raises(LookupError):
        machine.events["go"].trigger(Cursor("a"))

    assert others.state == "a"


def test_s21_a_trigger_inside_before_is_overwritten_by_the_outer_one():
    machine, cursor, between = shared(), Cursor("a"), []
    machine.add_transition("leap", "a", "c")

    def leap_first(event):
        machine.events["leap"].trigger(cursor)
        between.append(cursor.state)

    machine.events["go"].add_callback("before", leap_first)

    machine.events["go"].trigger(cursor)

    assert (between, cursor.state) == (["c"], "b")


# --- logging and importing ------------------------------------------------------------------------------------------


def test_s25_a_step_without_hooks_logs_names_of_states_and_nothing_else(caplog):
    machine = shared()

    with caplog.at_level(logging.DEBUG, logger="transitions"):
        machine.events["go"].trigger(Cursor("a"))

    told = [(record.name, record.levelname) for record in caplog.records]
    assert (len(told), {name for name, _ in told}) == (10, {"transitions.core"})
    assert {word for record in caplog.records for word in record.args or ()} == {"", "a", "b"}


def test_s28_the_engine_imports_no_extension_and_touches_no_log_level():
    ask = (
        "import logging, sys\n"
        "import complaints.machine\n"
        "loggers = [logging.getLogger(name) for name in (None, 'transitions', 'transitions.core')]\n"
        "print('transitions.extensions' in sys.modules, [logger.level for logger in loggers])\n"
    )

    answer = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)

    assert answer.stdout == "False [30, 0, 0]\n"
