"""
How the tests run: every block of the documentation is one, and there are two workers for the whole suite.

In README and docs a ``python`` block runs as it stands; of a ``sh`` or ``console`` block the lines that call
``complaints`` run, and must succeed: in this process, which is many times faster than a new one for every call, and
by a shell where the line needs one. Where a ``text`` block follows before the next heading or block, it is all
that was printed, and a line ``...`` in it stands for any lines. The blocks of one document share their names and
an empty folder of their own, from the first to the last; a ``.zh-CN`` document has a Chinese terminal.
"""

from __future__ import annotations

import atexit
import os
import re
import shlex
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import pytest
from sybil import Document, Example, Region, Sybil
from sybil.parsers.markdown import SkipParser

_WORKERS = 2
_SECONDS = 60
_BLOCK = re.compile(
    r"^```(?P<language>python|sh|console)\n(?P<lines>.*?)^```$"
    r"(?:(?:(?!^```|^#)[^\n]*\n)*?^```text\n(?P<printed>.*?)^```$)?",
    re.MULTILINE | re.DOTALL,
)
_CALL = re.compile(r"(?:\$ )?(?:(?:\.tools/bin/)?uv run )?(?P<call>complaints .*)")
# signs that mean something to a shell: a line with one of them is given to one
_FOR_A_SHELL = re.compile(r"[|&;<>$`\\*?~#(){}]")


def _share_what_is_compiled() -> None:
    """
    Where Python is told to keep nothing that it compiled, what tests start keeps it in a folder as long as they run.

    Else each of some hundred short-lived processes compiles the library, and all that it stands on, anew.
    """
    if not sys.dont_write_bytecode:
        return
    folder = tempfile.TemporaryDirectory(prefix="complaints-compiled-", ignore_cleanup_errors=True)
    atexit.register(folder.cleanup)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = folder.name


# before anything notes down the environment; the workers inherit it
_share_what_is_compiled()


def _blocks(document: Document) -> Iterator[Region]:
    for block in _BLOCK.finditer(document.text):
        if block["language"] == "python":
            yield Region(block.start(), block.end(), (block["lines"], block["printed"]), _run_python)
        elif calls := _calls(block["lines"]):
            yield Region(block.start(), block.end(), (calls, block["printed"]), _run_shell)


def _calls(lines: str) -> str:
    whole = lines.replace("\\\n", " ").splitlines()
    return "\n".join(said["call"] for line in whole if (said := _CALL.fullmatch(line)))


def _run_python(example: Example) -> str | None:
    lines, wanted = example.parsed
    # as many empty lines before it as there are in the document, so that a traceback shows the right one
    code = compile("\n" * example.line + lines, example.path, "exec", dont_inherit=True)
    with redirect_stdout(StringIO()) as printed:
        exec(code, example.namespace)
    return _difference(printed.getvalue(), wanted)


def _run_shell(example: Example) -> str | None:
    calls, wanted = example.parsed
    environment = _environment(Path(example.path))
    run = _run_by_a_shell if _FOR_A_SHELL.search(calls) else _run_here
    code, printed = run(calls, environment)
    if code:
        return f"{calls}\nended with {code}:\n{printed}"
    return _difference(printed, wanted)


def _run_by_a_shell(calls: str, environment: dict[str, str]) -> tuple[int, str]:
    done = subprocess.run(
        ["sh", "-ec", calls],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        env=environment,
        timeout=_SECONDS,
        check=False,
    )
    return done.returncode, done.stdout


def _run_here(calls: str, environment: dict[str, str]) -> tuple[int, str]:
    """What a shell would do with calls of ``complaints`` alone: one after the other, up to the first that fails."""
    from complaints.cli import main

    printed = TextIOWrapper(BytesIO(), encoding="utf-8")
    code = 0
    with pytest.MonkeyPatch.context() as changed, redirect_stdout(printed), redirect_stderr(printed):
        changed.setattr(sys, "stdin", TextIOWrapper(BytesIO(), encoding="utf-8"))
        for name in os.environ.keys() - environment.keys():
            changed.delenv(name)
        for name, value in environment.items():
            changed.setenv(name, value)
        for call in calls.splitlines():
            code = code or main(shlex.split(call)[1:])
    printed.flush()
    return code, printed.buffer.getvalue().decode()


def _environment(document: Path) -> dict[str, str]:
    """A plain terminal in the document's language, with nothing of the tester's own settings."""
    kept = {name: os.environ[name] for name in ("HOME", "TMPDIR", "SYSTEMROOT") if name in os.environ}
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", os.defpath)])
    language = "zh_CN.UTF-8" if ".zh-CN" in document.name else "en_US.UTF-8"
    return {**kept, "PATH": path, "LANG": language, "PYTHONUTF8": "1", "COLUMNS": "100", "NO_COLOR": "1"}


def _difference(printed: str, wanted: str | None) -> str | None:
    """What to tell when *printed* is not what the document shows; blanks at the ends of lines do not count."""
    if wanted is None:
        return None
    lines = [line.rstrip() for line in wanted.splitlines()]
    pattern = "".join(r"(?:.*\n)*?" if line == "..." else rf"{re.escape(line)}\n" for line in lines)
    if re.fullmatch(pattern, "".join(f"{line.rstrip()}\n" for line in printed.splitlines())):
        return None
    return f"printed:\n{printed}\ninstead of:\n{wanted}"


def _enter_empty_folder(namespace: dict[str, object]) -> None:
    folder = tempfile.TemporaryDirectory(prefix="complaints-", ignore_cleanup_errors=True)
    namespace.update(_left=Path.cwd(), _folder=folder, _path=[*sys.path])
    os.chdir(folder.name)


def _leave_folder(namespace: dict[str, object]) -> None:
    # a module that one document wrote is not the next one's of that name
    folder = Path.cwd()
    for name, module in [*sys.modules.items()]:
        if Path(getattr(module, "__file__", None) or os.devnull).is_relative_to(folder):
            del sys.modules[name]
    sys.path[:] = namespace["_path"]
    # what was found in "." was found in the folder that is left
    sys.path_importer_cache.clear()
    os.chdir(namespace["_left"])
    namespace["_folder"].cleanup()


pytest_collect_file = Sybil(
    parsers=[_blocks, SkipParser()],
    patterns=["README.md", "README.zh-CN.md", "docs/*.md", "docs/**/*.md"],
    excludes=["docs/_*/**"],
    setup=_enter_empty_folder,
    teardown=_leave_folder,
).pytest()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Two workers for the whole suite, which is faster; none where files are named, which starts faster."""
    return 0 if config.args_source is pytest.Config.ArgsSource.ARGS else min(_WORKERS, os.cpu_count() or 1)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """
    The blocks of a document run on one worker, and so does what looks at one search or asks the servers of the recipes;
    other tests on whichever is free.

    ``--dist=loadgroup`` would do, but xdist 3.8 does not see its groups under pytest 9.2.
    """
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            document = nodeid.partition("::")[0]
            return document if document.endswith((".md", "_by_search.py", "_recipes.py")) else nodeid

    return Together(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever the order of the rest, the blocks of a document run together and in its own order."""
    blocks = [item for item in items if hasattr(item, "example")]
    blocks.sort(key=lambda block: (str(block.path), block.example.start))
    items[:] = [item for item in items if not hasattr(item, "example")] + blocks
