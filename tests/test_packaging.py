"""What a reader of the README and of pyproject.toml is promised."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def set_up_commands(readme: str) -> list[str]:
    lines = (ROOT / readme).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.startswith("python3 -m pip install")]


def test_the_test_extra_installs_what_the_test_group_does() -> None:
    extra = PROJECT["project"]["optional-dependencies"]["test"]
    group = PROJECT["dependency-groups"]["test"]

    assert extra == group


def test_both_readmes_give_the_two_commands() -> None:
    fetch = "python3 -m pip install -qq --target .tools uv && .tools/bin/uv run"
    commands = [f"{fetch} complaints demo", f"{fetch} --group test pytest"]

    assert (set_up_commands("README.md"), set_up_commands("README.zh-CN.md")) == (commands, commands)
