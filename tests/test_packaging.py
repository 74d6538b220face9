"""What a reader of the README and of pyproject.toml is promised."""

from __future__ import annotations

import re
import tomllib
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

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


# --- what a release is made of --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sbom() -> ModuleType:
    loader = SourceFileLoader("sbom", str(ROOT / ".ci" / "sbom"))
    spec = spec_from_loader("sbom", loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


def package(name: str, licence: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "bom-ref": f"{name}@1",
        "name": name,
        "version": "1",
        "purl": f"pkg:pypi/{name}@1",
        "externalReferences": [{"hashes": [{"alg": "SHA-256", "content": "00"}]}],
        "licenses": [] if licence is None else [licence],
    }


def of(*packages: dict[str, Any], **changes: Any) -> dict[str, Any]:
    names = [re.split(r"[^\w-]", one)[0] for one in PROJECT["project"]["dependencies"]]
    ours = {one["name"]: one for one in (*(package(name, {"expression": "MIT"}) for name in names), *packages)}
    head = {"bomFormat": "CycloneDX", "specVersion": "1.5", "serialNumber": "urn:uuid:1", "dependencies": []}
    return {**head, "metadata": {"component": {"bom-ref": "complaints@1"}}, "components": [*ours.values()], **changes}


LESSER = "GNU Lesser General Public License v3 (LGPLv3)"
AFFERO = "GNU Affero General Public License v3"


@pytest.mark.parametrize(
    "licence", [{"expression": "MIT"}, {"license": {"name": "BSD License"}}, {"license": {"name": LESSER}}]
)
def test_a_list_whose_packages_may_be_shipped_is_fine(sbom, licence):
    assert list(sbom.problems_of(of(package("other", licence)))) == []


@pytest.mark.parametrize(
    ("told", "bom"),
    [
        ("other does not say what its licence is", of(package("other", None))),
        (
            "other is under GPL-3.0-only, which whoever ships it in a closed program could not keep",
            of(package("other", {"expression": "GPL-3.0-only"})),
        ),
        (
            f"other is under {AFFERO}, which whoever ships it in a closed program could not keep",
            of(package("other", {"license": {"name": AFFERO}})),
        ),
        ("attrs has no version or no purl", of(package("attrs", {"expression": "MIT"}) | {"purl": None})),
        (
            "attrs has no digest of what is installed",
            of(package("attrs", {"expression": "MIT"}) | {"externalReferences": []}),
        ),
        ("ghost@1 is depended on and not listed", of(dependencies=[{"ref": "complaints@1", "dependsOn": ["ghost@1"]}])),
        ("it is no CycloneDX 1.5 list with a serial number", of(specVersion="1.4")),
    ],
)
def test_what_is_wrong_with_a_list_is_told(sbom, told, bom):
    assert list(sbom.problems_of(bom)) == [told]


def test_a_dependency_that_the_list_does_not_have_is_told(sbom):
    bom = of()
    bom["components"] = [one for one in bom["components"] if one["name"] != "sqlalchemy"]

    assert list(sbom.problems_of(bom)) == ["sqlalchemy is a dependency and not listed"]


@pytest.mark.parametrize("page", ["install-offline.md", "install-offline.zh-CN.md"])
def test_the_page_on_offline_installation_asks_for_nothing_that_is_not_tried(page):
    blocks = re.findall(
        r"^```sh\n(.*?)^```", (ROOT / "docs" / "how-to" / page).read_text("utf-8"), re.MULTILINE | re.DOTALL
    )
    options = [
        set(re.findall(r"--[a-z-]+", text)) for text in ("".join(blocks), (ROOT / ".ci" / "offline").read_text("utf-8"))
    ]

    assert "--require-hashes" in options[0]
    assert options[0] - options[1] == set()
