"""
Takes the pictures of the desk view for the documentation: ``docs/_static/web-*.png``.

Only for whoever changed how it looks; see ``docs/pictures/README.md`` for what it needs and how it is called.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from browser.chromium import chromium
from browser.house import shown

FOLDER = Path(__file__).parent.parent / "docs" / "_static"


def main() -> None:
    """Take them all anew."""
    for language in ("en", "zh_CN"):
        with (
            tempfile.TemporaryDirectory() as folder,
            shown(Path(folder, "house.db"), language) as address,
            chromium() as page,
        ):
            for name, path, height in (("board", "/", 800), ("case", "/case/DEMO01-1995-000011", 740)):
                page.screen(1280, height)
                page.open(f"{address}{path}?lang={language.replace('_', '-')}")
                page.picture(FOLDER / f"web-{name}.{language}.png")


if __name__ == "__main__":
    main()
