"""Runs a command, and tells whatever went wrong in the reader's language, with an exit code and no traceback."""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Sequence

import msgspec
import rich_click as click
from click.exceptions import BadOptionUsage, BadParameter, MissingParameter, NoSuchOption

from complaints.cli.app import application
from complaints.cli.exit_codes import BAD_INPUT, DONE, INTERRUPTED, OUTPUT, exit_code_of
from complaints.cli.screen import OutputClosedError, OutputLostError, show_error, show_problem, tell
from complaints.errors import ComplaintError
from complaints.forms.words import named
from complaints.locale import label

_EXTRA = re.compile(r"Got unexpected extra arguments? \((.*)\)", re.DOTALL)

_OUTPUT_FAILS = frozenset({errno.ENOSPC, errno.EBADF, errno.EIO})


def run(arguments: Sequence[str], language: str) -> int:
    """Run what was typed after ``complaints``; the exit code."""
    is_json = "--json" in arguments
    try:
        code = application(language).main(list(arguments), prog_name="complaints", standalone_mode=False)
    except ComplaintError as error:
        show_error(error, language, is_json=is_json)
        return exit_code_of(error)
    except click.ClickException as error:
        _show_usage_error(error, language, is_json=is_json)
        return BAD_INPUT
    except (click.Abort, KeyboardInterrupt, EOFError):
        tell(f"\n{label('screen', 'interrupted', language)}")
        return INTERRUPTED
    except SystemExit as end:
        # so rich-click ends: with 2 where it shows the help instead of nothing, with 1 where nobody reads the help
        return BAD_INPUT if end.code == BAD_INPUT else DONE
    except OutputClosedError:
        _forget_output()
        return DONE
    except OutputLostError as error:
        _forget_output()
        _show_lost(error, language, is_json=is_json)
        return OUTPUT
    except OSError as error:
        # rich prints the help past our own printing
        if error.errno not in _OUTPUT_FAILS:
            raise
        _forget_output()
        _show_lost(OutputLostError(), language, is_json=is_json)
        return OUTPUT
    return code if isinstance(code, int) else DONE


def _forget_output() -> None:
    # what is left in the buffer has nowhere to go, and the interpreter would complain about it at the end
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _show_lost(error: OutputLostError, language: str, *, is_json: bool) -> None:
    """What was done is done, even if it cannot be shown: nobody is to do it again."""
    parts = [label("screen", "output.lost", language)]
    if error.taken is not None:
        parts.append(named(label("screen", "output.taken", language), error.taken, language))
    if is_json:
        tell(msgspec.json.encode({"error": "output", "sentence": "\n".join(parts), "taken": error.taken}).decode())
    else:
        show_problem("\n".join(parts), "output", language)


def _show_usage_error(error: click.ClickException, language: str, *, is_json: bool) -> None:
    text = _usage_text(error, language)
    if is_json:
        tell(msgspec.json.encode({"error": "usage", "sentence": text}).decode())
        return
    show_problem(text, "usage", language)
    context = getattr(error, "ctx", None)
    if context is not None:
        tell(f"{label('screen', 'usage.help', language)} {context.command_path} --help")


def _usage_text(error: click.ClickException, language: str) -> str:
    """Click speaks English only; what happens every day is said in the reader's language."""

    def said(code: str, what: str) -> str:
        return named(label("screen", code, language), what, language)

    if isinstance(error, NoSuchOption):
        near = f" → {', '.join(error.possibilities)}" if error.possibilities else ""
        return said("usage.no_option", f"{error.option_name}{near}")
    if isinstance(error, MissingParameter):
        return said("usage.missing", _named(error))
    if isinstance(error, BadOptionUsage):
        return said("usage.needs_value", error.option_name)
    if isinstance(error, BadParameter):
        return said("usage.bad_value", f"{_named(error)} {_wanted(error, language)}")
    extra = _EXTRA.match(error.message)
    return said("usage.extra", extra[1]) if extra is not None else error.format_message()


def _wanted(error: BadParameter, language: str) -> str:
    """What the parameter takes, where click would say it in English; our own types speak for themselves."""
    kind = error.param.type if error.param is not None else None
    if isinstance(kind, click.Choice):
        return named(label("screen", "usage.perhaps", language), ", ".join(map(str, kind.choices)), language)
    if kind is click.INT:
        return named(label("screen", "usage.perhaps", language), label("type", "int", language), language)
    return error.message


def _named(error: BadParameter) -> str:
    if error.param is None:
        return str(error.param_hint or "")
    flags = [name for name in error.param.opts if name.startswith("-")]
    return "/".join(flags) or error.param.make_metavar(error.ctx) if error.ctx is not None else error.param.name or ""


__all__ = ["run"]
