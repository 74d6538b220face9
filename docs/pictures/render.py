"""
Draws the lifecycle for the documentation: ``docs/_static/lifecycle.en.svg`` and ``lifecycle.zh_CN.svg``.

Only for whoever changed the table; see README.md beside this file for what it needs and how it is called.
"""

from __future__ import annotations

import argparse
import hashlib
import html
import json
import re
import subprocess
import tempfile
from pathlib import Path

from complaints.diagram import mermaid
from complaints.lifecycle import LIFECYCLE

FOLDER = Path(__file__).parent.parent / "_static"
PICTURES = {language: FOLDER / f"lifecycle.{language}.svg" for language in ("en", "zh_CN")}

# Labels as SVG text: hosts of code throw away HTML inside a picture.
_SETTINGS = {
    "startOnLoad": False,
    "htmlLabels": False,
    "deterministicIds": True,
    "fontFamily": "sans-serif",
    "theme": "base",
    "themeVariables": {
        "primaryColor": "#ffffff", "primaryBorderColor": "#1f5f99", "primaryTextColor": "#10314d",
        "clusterBkg": "#f1f5f9", "clusterBorder": "#c3d0dc", "lineColor": "#52606d", "titleColor": "#52606d",
        "edgeLabelBackground": "#ffffff", "textColor": "#1b2733",
    },
    "themeCSS": ".edgeLabel rect { opacity: 0.85 } .edge-pattern-dotted { stroke-dasharray: 5 }"
    " .cluster rect { rx: 6px } .cluster tspan { font-weight: bold }",
    "flowchart": {"subGraphTitleMargin": {"top": 0, "bottom": 14}},
}  # fmt: skip

# A white page behind it, for readers with a dark one; stages' titles on the left or where no arrow crosses them,
# else beside the stage; nothing unused.
_PAGE = """<!doctype html>
<meta charset="utf-8">
<pre id="drawn"></pre>
<script src="{library}"></script>
<script>
  const tidy = (svg) => {{
    const seen = svg.querySelectorAll(".edgePaths path:not(.edge-thickness-invisible)");
    const inked = [...seen].flatMap((line) =>
      Array.from({{length: line.getTotalLength() / 4}}, (_, step) => line.getPointAtLength(4 * step)));
    svg.querySelectorAll(".cluster").forEach((stage) => {{
      const box = stage.querySelector("rect").getBBox(), title = stage.querySelector(".cluster-label");
      const width = title.getBBox().width;
      const rights = Array.from({{length: (box.width - width) / 10 - 1}}, (_, step) => box.x + 10 * step + 10);
      const places = [box.y + 5, box.y + box.height - 24].flatMap((y) => rights.map((x) => [x, y]));
      const isFree = ([x, y]) => !inked.some((ink) =>
        ink.x > x - 5 && ink.x < x + width + 5 && ink.y > y - 5 && ink.y < y + 19);
      title.setAttribute("transform", `translate(${{places.find(isFree) ?? [box.x + box.width + 6, box.y + 5]}})`);
    }});
    svg.querySelectorAll("[data-points]").forEach((line) => line.removeAttribute("data-points"));
    const used = svg.querySelector(".edgePaths").innerHTML;
    svg.querySelectorAll("marker").forEach((end) => used.includes(`#${{end.id}})`) || end.remove());
    const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Math.ceil);
    svg.removeAttribute("style");
    svg.setAttribute("width", width);
    svg.setAttribute("height", height);
    const page = document.createElementNS(svg.namespaceURI, "rect");
    Object.entries({{width: "100%", height: "100%", fill: "#ffffff"}}).forEach((pair) => page.setAttribute(...pair));
    svg.prepend(page);
    return svg;
  }};
  mermaid.initialize({settings});
  mermaid.render("lifecycle", {text}).then(({{svg}}) => {{
    const holder = document.body.appendChild(document.createElement("div"));
    holder.innerHTML = svg;
    const drawn = new XMLSerializer().serializeToString(tidy(holder.firstElementChild));
    holder.remove();
    document.getElementById("drawn").textContent = drawn;
  }}, (error) => {{ document.getElementById("drawn").textContent = error; }});
</script>
"""
_CHROMIUM = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-quic", "--virtual-time-budget=20000", "--dump-dom",
)  # fmt: skip


def source(language: str) -> str:
    """The Mermaid text of a picture: without its comments, which are not drawn."""
    lines = mermaid(LIFECYCLE, language=language).splitlines(keepends=True)
    return "".join(line for line in lines if not line.lstrip().startswith("%%"))


def mark(text: str) -> str:
    """The comment in a picture that tells which Mermaid text it was made from."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"<!-- made by docs/pictures/render.py from Mermaid text with sha256 {digest} -->"


def draw(text: str, *, library: Path, browser: str) -> str:
    """*text* as an SVG picture, drawn by the Mermaid of *library* in *browser*."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "page.html")
        page.write_text(
            _PAGE.format(library=library.resolve().as_uri(), settings=json.dumps(_SETTINGS), text=json.dumps(text)),
            encoding="utf-8",
        )
        command = [browser, *_CHROMIUM, f"--user-data-dir={folder}/profile", page.as_uri()]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True, timeout=120)  # noqa: S603
    found = re.search(r'<pre id="drawn">(.*?)</pre>', done.stdout, re.DOTALL)
    drawn = html.unescape(found[1]) if found else done.stderr
    if not drawn.startswith("<svg"):
        raise SystemExit(f"Mermaid drew nothing: {drawn}")
    return drawn.replace(">", f">\n{mark(text)}", 1) + "\n"


def main() -> None:
    """Draw both pictures anew."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("library", type=Path, help="mermaid.min.js, as npm installs it")
    asked.add_argument("--browser", default="chromium", help="the command that starts Chromium or Chrome")
    told = asked.parse_args()
    for language, picture in PICTURES.items():
        picture.parent.mkdir(exist_ok=True)
        picture.write_text(draw(source(language), library=told.library, browser=told.browser), encoding="utf-8")


if __name__ == "__main__":
    main()
