"""A headless Chromium, driven through its debugging pipe: nothing but the browser itself is needed."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from select import select
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
    "--disable-extensions", "--remote-debugging-pipe",
)  # fmt: skip
# the browser reads what it is told from descriptor 3 and answers on 4
_START = 'exec "$@" 3<&"$TOLD" 4>&"$ANSWERED"'
_PATIENCE_SECONDS = 60.0
_TAB = {"key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}
_ENTER = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"}


class BrowserError(Exception):
    """Chromium is missing, went away, or refused what it was told."""


@contextmanager
def chromium() -> Iterator[Page]:
    """A browser with one empty page, gone when the block ends."""
    command = next(filter(None, map(shutil.which, NAMES)), None)
    if command is None:
        raise BrowserError("there is no Chromium: apt-get update && apt-get install -y chromium fonts-noto-cjk")
    told_out, told_in = os.pipe()
    answered_out, answered_in = os.pipe()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(  # noqa: S603  # a fixed command
            ["/bin/bash", "-c", _START, "bash", command, *_FLAGS, f"--user-data-dir={profile}", "about:blank"],
            pass_fds=(told_out, answered_in),
            env={**os.environ, "TOLD": str(told_out), "ANSWERED": str(answered_in)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(told_out)
        os.close(answered_in)
        try:
            yield Page(_Wire(told_in, answered_out))
        finally:
            os.close(told_in)
            process.terminate()
            process.wait(_PATIENCE_SECONDS)
            os.close(answered_out)


class _Wire:
    """Orders and answers: JSON, each ended by a zero byte."""

    def __init__(self, told: int, answered: int) -> None:
        self._told, self._answered = told, answered
        self._number = 0
        self._rest = b""
        self.events: list[dict[str, Any]] = []

    def call(self, method: str, session: str | None = None, /, **params: Any) -> dict[str, Any]:
        self._number += 1
        order = {"id": self._number, "method": method, "params": params}
        if session is not None:
            order["sessionId"] = session
        os.write(self._told, json.dumps(order).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") != self._number:
                self.events.append(answer)
            elif "error" in answer:
                raise BrowserError(f"{method}: {answer['error']['message']}")
            else:
                return answer["result"]

    def wait_for(self, method: str) -> dict[str, Any]:
        """The next event of a kind, or one that came already."""
        while True:
            for place, event in enumerate(self.events):
                if event.get("method") == method:
                    return self.events.pop(place)
            self.events.append(self._next())

    def _next(self) -> dict[str, Any]:
        until = time.monotonic() + _PATIENCE_SECONDS
        while b"\0" not in self._rest:
            ready, _, _ = select([self._answered], [], [], max(until - time.monotonic(), 0))
            read = os.read(self._answered, 1 << 20) if ready else b""
            if not read:
                raise BrowserError("the browser went away" if ready else "the browser does not answer")
            self._rest += read
        line, _, self._rest = self._rest.partition(b"\0")
        return json.loads(line)


class Page:
    """One page of the browser."""

    def __init__(self, wire: _Wire) -> None:
        self._wire = wire
        (target,) = [one for one in wire.call("Target.getTargets")["targetInfos"] if one["type"] == "page"][:1]
        attached = wire.call("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._call(f"{domain}.enable")

    def _call(self, method: str, /, **params: Any) -> dict[str, Any]:
        return self._wire.call(method, self._session, **params)

    def open(self, address: str) -> None:
        """Go to *address* and wait until everything is loaded."""
        self._wire.events.clear()
        self._call("Page.navigate", url=address)
        self._loaded()

    def _loaded(self) -> None:
        self._wire.wait_for("Page.loadEventFired")
        self.ask("document.readyState")  # whatever the page complained of has arrived before the answer does

    def screen(self, width: int, height: int = 900, *, scale: float = 1, **media: str) -> None:
        """Look at it on a screen of so many pixels, with media features such as ``prefers_color_scheme="dark"``."""
        self._call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=False
        )
        features = [{"name": name.replace("_", "-"), "value": value} for name, value in media.items()]
        self._call("Emulation.setEmulatedMedia", features=features)

    def ask(self, expression: str) -> Any:
        """What *expression* comes to in the page; asked from outside, so that the page's policy does not matter."""
        answer = self._call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise BrowserError(f"{expression}: {answer['exceptionDetails']['text']}")
        return answer["result"].get("value")

    def press_tab(self) -> None:
        """Go on to what the keyboard reaches next."""
        self._press(_TAB)

    def press_enter(self) -> None:
        """Follow the link that has the focus, and wait for its page."""
        self._wire.events.clear()
        self._press(_ENTER)
        self._loaded()

    def _press(self, key: dict[str, Any]) -> None:
        for kind in ("keyDown", "keyUp"):
            self._call("Input.dispatchKeyEvent", type=kind, **key)

    @property
    def complaints(self) -> list[str]:
        """What the browser logged about the page: violations of its policy, errors, failed requests."""
        said = []
        for event in self._wire.events:
            params = event.get("params", {})
            if event.get("method") == "Log.entryAdded":
                said.append(params["entry"]["text"])
            elif event.get("method") == "Runtime.consoleAPICalled":
                said.append(str(params["args"]))
            elif event.get("method") == "Network.loadingFailed":
                said.append(params["errorText"])
        return said

    @property
    def requests(self) -> list[str]:
        """The addresses that the page asked for."""
        sent = (one["params"] for one in self._wire.events if one.get("method") == "Network.requestWillBeSent")
        return [one["request"]["url"] for one in sent]

    @property
    def spoken(self) -> list[tuple[str, str]]:
        """What a screen reader is given: role and name of everything that has a name."""
        nodes = self._call("Accessibility.getFullAXTree")["nodes"]
        told = [(one["role"]["value"], one.get("name", {}).get("value", "")) for one in nodes if not one["ignored"]]
        return [(role, name) for role, name in told if name]

    def picture(self, file: Path, *, whole: bool = False) -> None:
        """A PNG of the screen, or of the whole page."""
        shot = self._call(
            "Page.captureScreenshot", format="png", captureBeyondViewport=whole, **self._clip(whole=whole)
        )
        file.write_bytes(base64.b64decode(shot["data"]))

    def _clip(self, *, whole: bool) -> dict[str, Any]:
        if not whole:
            return {}
        size = self._call("Page.getLayoutMetrics")["cssContentSize"]
        return {"clip": {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}}

    def printed(self, file: Path) -> None:
        """A PDF, as the page is printed on A4."""
        done = self._call("Page.printToPDF", paperWidth=8.27, paperHeight=11.69)
        file.write_bytes(base64.b64decode(done["data"]))
