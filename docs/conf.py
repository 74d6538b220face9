"""How Sphinx builds the pages: the tables and the reference are made from the code, so they cannot be out of date."""

from __future__ import annotations

import inspect
import pkgutil
import re
from collections.abc import Iterator
from importlib.metadata import version as installed_version
from pathlib import Path

from sphinx.application import Sphinx

import complaints
from complaints import locale
from complaints.cli.exit_codes import EXIT_CODES
from complaints.diagram import clocks_markdown, table_markdown
from complaints.lifecycle import LIFECYCLE
from complaints.model import event
from complaints.model.personal import Personal
from complaints.model.words import Role
from complaints.policy import RELAXABLE, SEES, Policy, shipped
from complaints.policy.resolved import Rules

# A situation names the policy and its rules, which the model must not import; Sphinx reads annotations, so it is told.
event.Policy = Policy  # type: ignore[attr-defined]  # see above
event.Rules = Rules  # type: ignore[attr-defined]  # see above

project = "complaints"
author = "The complaints developers"
copyright = f"2026, {author}"
release = version = installed_version("complaints")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build", "_generated/*.md", "pictures"]
html_theme = "furo"
html_title = f"complaints {release}"
html_show_sourcelink = False
html_static_path = ["_static"]
html_css_files = ["tables.css"]

myst_heading_anchors = 3
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_default_options = {"members": True}
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_custom_sections = ["Source"]
# else a field is described twice, once by the class and once by itself
napoleon_use_ivar = True
suppress_warnings = [
    # State.INTAKE and Stage.INTAKE have one name in two classes; an annotation does not say which it would link to
    "ref.python",
]

_HERE = Path(__file__).parent
_GENERATED = _HERE / "_generated"


def setup(app: Sphinx) -> None:
    """Write the generated pages before Sphinx looks for pages."""
    app.connect("builder-inited", _write_pages)


def _write_pages(app: Sphinx) -> None:
    for language in ("en", "zh_CN"):
        _write(f"lifecycle.{language}.md", table_markdown(LIFECYCLE, language=language))
        _write(f"clocks.{language}.md", clocks_markdown(shipped("house_4s"), language=language))
    _write("words.md", "\n".join(_words()) + "\n")
    _write("exit-codes.md", "\n".join(_exit_codes()) + "\n")
    _write("codes.md", "\n".join(_codes()) + "\n")
    _write("sees.md", "\n".join(_sees()) + "\n")
    _write("relaxations.md", "\n".join(_relaxations()) + "\n")
    _write("names.md", "\n".join(["| name | what it is |", "|---|---|", *_public_names()]) + "\n")
    for name in _rooms():
        _write(f"reference/{name}.md", f"# {name}\n\n```{{eval-rst}}\n.. automodule:: {name}\n```\n")


_GLOSSARY = (
    ("stage", "Stages"), ("state", "States"), ("severity", "Severity"), ("role", "Roles"), ("verdict", "Verdicts"),
    ("outcome", "Outcomes"), ("satisfaction", "Answers of the call-back"), ("track", "Tracks"), ("duty", "Duties"),
    ("alarm", "Alarms"), ("cause", "Causes"), ("remedy_kind", "Remedies"), ("party", "Parties"),
    ("channel", "Channels"), ("department", "Departments"), ("category", "Categories"), ("clock", "Clocks"),
    ("clock_kind", "What the end of a clock means"), ("clock_state", "States of a clock"),
    ("rule_standing", "How sure a rule is"),
    ("promise_state", "Promises"), ("personal_data", "Personal data"), ("proof", "Proof of acceptance"),
    ("rework_reason", "Reasons for rework"), ("end_ground", "Grounds to end without agreement"),
    ("void_reason", "Reasons to void an entry"), ("link_kind", "Links"), ("merge_ground", "Grounds to merge"),
    ("case_kind", "Outside cases"), ("case_status", "States of an outside case"), ("hold_kind", "What is waited for"),
    ("help_kind", "Help at once"), ("against", "Whom a claim is made on"), ("claim_answer", "Answers to a claim"),
    ("confirming", "Confirmations"), ("numbering", "Ways to number complaints"),
    ("correctable_fact", "What can be corrected"), ("command", "Commands"),
)  # fmt: skip


def _words() -> Iterator[str]:
    """A table of codes and their labels for every kind of word."""
    for kind, title in _GLOSSARY:
        yield from (f"### {title}", "", "| code | English | 中文 |", "|---|---|---|")
        for code in sorted(locale.codes(kind, "en")):
            yield f"| `{code}` | {locale.label(kind, code, 'en')} | {locale.label(kind, code, 'zh_CN')} |"
        yield ""


def _exit_codes() -> Iterator[str]:
    """What the command line ends with."""
    yield from ("| exit code | English | 中文 |", "|---|---|---|")
    for code, meaning in EXIT_CODES.items():
        yield f"| {code} | {locale.label('screen', meaning, 'en')} | {locale.label('screen', meaning, 'zh_CN')} |"


def _codes() -> Iterator[str]:
    """Every refusal, fault and error, with what it says in both languages."""
    for kind, title in (("refusal", "Refusals"), ("fault", "Faults of a value"), ("error", "Errors")):
        yield from (f"## {title}", "", "| code | English | 中文 |", "|---|---|---|")
        for code in sorted(locale.codes(kind, "en")):
            said = [
                locale.label(kind, code, language).replace("|", "/").replace("\n", " ") for language in ("en", "zh_CN")
            ]
            yield f"| `{code}` | {said[0]} | {said[1]} |"
        yield ""


def _sees() -> Iterator[str]:
    """Which role sees which personal texts by default."""
    yield from ("| role | 角色 | names | contacts | words | vehicle |", "|---|---|---|---|---|---|")
    for role in Role:
        marks = " | ".join("✓" if group in SEES[role] else "" for group in Personal)
        yield f"| {locale.word(role, 'en')} | {locale.word(role, 'zh_CN')} | {marks} |"


def _relaxations() -> Iterator[str]:
    """The rules a small house may set aside."""
    yield from ("| code | rule | 规则 |", "|---|---|---|")
    for code in sorted(RELAXABLE):
        yield f"| `{code}` | {locale.label('rule', code, 'en')} | {locale.label('rule', code, 'zh_CN')} |"


def _public_names() -> Iterator[str]:
    """A line for every name that ``complaints`` gives away, with a link to where it is described."""
    for name in complaints.__all__:
        thing = getattr(complaints, name)
        room = getattr(thing, "__module__", "complaints")
        said = (inspect.getdoc(thing) or "").partition("\n")[0] if callable(thing) else f"A `{type(thing).__name__}`."
        # pages are Markdown, docstrings are not
        plain = re.sub(r":\w+:(?=`)", "", said).replace("|", "/")
        yield f"| {{py:obj}}`{name} <{room}.{name}>` | {plain} |"


def _rooms() -> Iterator[str]:
    """Every module that somebody may import, by its full name."""
    for module in pkgutil.walk_packages(complaints.__path__, "complaints."):
        if "._" not in module.name and ".migrations" not in module.name:
            yield module.name


def _write(name: str, text: str) -> None:
    page = _GENERATED / name
    page.parent.mkdir(parents=True, exist_ok=True)
    # an unchanged page keeps its time, so that Sphinx need not read it again
    if not page.exists() or page.read_text(encoding="utf-8") != text:
        page.write_text(text, encoding="utf-8")
