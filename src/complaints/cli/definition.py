"""
A definition by its name, ``MODULE:NAME``: in the house file, or behind ``--definition``.

To look it up is to import a module, and so to run code: whoever names it vouches for it, as for any program he starts.
It is looked for among what is installed, then in the current folder. What the module itself raises is its author's to
mend, and shown as Python shows it.
"""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

from complaints.errors import Fault, InvalidCommandError
from complaints.machine import Lifecycle


def definition_named(name: str) -> Lifecycle:
    """
    The definition under this name.

    Raises:
        InvalidCommandError: If there is none: no such module, nothing of that name in it, or no Lifecycle.
        DefinitionError: If it does not hold together.
    """
    module, _, attribute = name.partition(":")
    here = str(Path.cwd())
    if here not in sys.path:
        # behind what is installed, so that a file of the folder is never taken for a module of somebody else's
        sys.path.append(here)
    try:
        found = getattr(import_module(module), attribute)
    except (ImportError, AttributeError, ValueError, TypeError):
        found = None
    if not isinstance(found, Lifecycle):
        raise InvalidCommandError(name, [Fault("definition", "not_a_definition", given=name)])
    return found


__all__ = ["definition_named"]
