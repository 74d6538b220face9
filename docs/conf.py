"""How Sphinx builds the pages: the tables and the reference are made from the code, so they cannot be out of date."""

from __future__ import annotations

import inspect
import pkgutil
import re
import sys
from collections.abc import Iterator
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

import complaints
from complaints.diagram import clocks_markdown, table_markdown
from complaints.lifecycle import LIFECYCLE
from complaints.model import event
from complaints.policy import Policy, shipped
from complaints.policy.resolved import Rules

sys.path.insert(0, str(Path(__file__).parent))
import tables  # it lies beside this file, where Sphinx does not look

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
_CHINESE = re.compile(r"[\u2014\u201c\u201d\u2026\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


def setup(app: Sphinx) -> None:
    """Write the generated pages before Sphinx looks for pages, and set Chinese as it is read."""
    app.connect("builder-inited", _write_pages)
    app.connect("doctree-read", _join_chinese_lines)
    app.connect("html-page-context", _say_its_language)


def _join_chinese_lines(app: Sphinx, page: nodes.document) -> None:
    """A line of a page that ends within a Chinese sentence goes on without a blank, which browsers would show."""
    for part in [*page.findall(nodes.TextElement)]:
        if not isinstance(part, nodes.FixedTextElement):
            part.children = [child for place, child in enumerate(part.children) if not _is_within_chinese(part, place)]


def _is_within_chinese(part: nodes.TextElement, place: int) -> bool:
    """Whether a child is the end of a line between two Chinese signs."""
    if part.children[place] != "\n" or not 0 < place < len(part.children) - 1:
        return False
    before, after = part.children[place - 1].astext(), part.children[place + 1].astext()
    return bool(_CHINESE.match(before[-1:]) and _CHINESE.match(after))


def _say_its_language(app: Sphinx, page: str, template: str, shown: dict[str, Any], doctree: object) -> None:
    """A Chinese page says that it is one, so that browsers choose its letters and screen readers its voice."""
    if page.endswith(".zh-CN"):
        shown["language"] = "zh-CN"


def _write_pages(app: Sphinx) -> None:
    for language in tables.LANGUAGES:
        _write(f"lifecycle.{language}.md", table_markdown(LIFECYCLE, language=language))
        _write(f"clocks.{language}.md", clocks_markdown(shipped("house_4s"), language=language))
        for table in (tables.words, tables.commands, tables.exit_codes, tables.codes, tables.sees, tables.relaxations):
            _write(f"{table.__name__}.{language}.md", table(language))
    _write("names.md", "\n".join(["| name | what it is |", "|---|---|", *_public_names()]) + "\n")
    for name in _rooms():
        _write(f"reference/{name}.md", f"# {name}\n\n```{{eval-rst}}\n.. automodule:: {name}\n```\n")


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
