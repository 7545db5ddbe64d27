"""A headless Chromium, driven by its own driver as the WebDriver standard has it (https://www.w3.org/TR/webdriver2)."""

import base64
import json
import re
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # what the standard calls a reference to one
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_OPTIONS = (
    "--headless=new",
    "--no-sandbox",  # which does not start for root
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
    "--no-proxy-server",
)


class Element:
    """A part of the page that is open."""

    def __init__(self, browser: "Browser", reference: str) -> None:
        self._browser, self._path = browser, f"/element/{reference}"

    def click(self) -> None:
        self._browser.call("POST", f"{self._path}/click", {})

    def type(self, text: str) -> None:
        self._browser.call("POST", f"{self._path}/value", {"text": text})

    @property
    def text(self) -> str:
        return str(self._browser.call("GET", f"{self._path}/text"))

    @property
    def role(self) -> str:
        """What a screen reader takes it for."""
        return str(self._browser.call("GET", f"{self._path}/computedrole"))

    @property
    def label(self) -> str:
        """What a screen reader calls it."""
        return str(self._browser.call("GET", f"{self._path}/computedlabel"))

    @property
    def size(self) -> tuple[float, float]:
        """Its width and height in CSS pixels."""
        found = self._browser.call("GET", f"{self._path}/rect")
        return found["width"], found["height"]


class Browser:
    """One window."""

    def __init__(self, driver: str, width: int, height: int, *, scale: float, dark: bool) -> None:
        self._driver, self._session = driver, ""
        binary = next(filter(None, map(shutil.which, _NAMES)))
        metrics = {"width": width, "height": height, "pixelRatio": scale, "mobile": scale > 1}
        options = {
            "binary": binary,
            "args": [
                *_OPTIONS,
                *(["--force-dark-mode", "--blink-settings=preferredColorScheme=0"] if dark else []),
            ],
            "mobileEmulation": {"deviceMetrics": metrics},
        }
        wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        made = self.call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}}, within="")
        self._session = f"/session/{made['sessionId']}"
        self.call("POST", "/timeouts", {"implicit": 5000})

    def call(self, method: str, path: str, body: Any = None, within: str | None = None) -> Any:
        """One command of the standard, and its value; an error is raised as HTTP's."""
        target = f"{self._driver}{self._session if within is None else within}{path}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(target, data, {"content-type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]

    def open(self, address: str) -> None:
        self.call("POST", "/url", {"url": address})

    def find(self, css: str) -> Element:
        """The first such part; one that is not there yet is waited for, five seconds long."""
        found = self.call("POST", "/element", {"using": "css selector", "value": css})
        return Element(self, found[_ELEMENT])

    def count(self, css: str) -> int:
        return int(self.run(f"document.querySelectorAll({json.dumps(css)}).length"))

    def run(self, script: str) -> Any:
        """The value of a script; the driver's own, which no policy of the page is in the way of."""
        return self.call("POST", "/execute/sync", {"script": f"return {script}", "args": []})

    def complaints(self) -> list[str]:
        """What the browser found wrong with what it has opened."""
        logged = self.call("POST", "/se/log", {"type": "browser"})
        return [each["message"] for each in logged]

    def screenshot(self) -> bytes:
        return base64.b64decode(self.call("GET", "/screenshot"))

    def close(self) -> None:
        self.call("DELETE", "")


@contextmanager
def browsing(
    width: int = 1280, height: int = 800, *, scale: float = 1, dark: bool = False
) -> Iterator[Browser]:
    """A window of that size, for as long as the block lasts; a test fails where there is no browser."""
    if not shutil.which("chromedriver") or not any(map(shutil.which, _NAMES)):
        pytest.fail("no Chromium with its driver: apt-get install chromium chromium-driver", pytrace=False)
    command = ["chromedriver", "--port=0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as driver:
        try:
            assert driver.stdout is not None
            lines = iter(driver.stdout.readline, "")
            port = next(filter(None, (re.search(r"successfully on port (\d+)", line) for line in lines)))[1]
            browser = Browser(f"http://127.0.0.1:{port}", width, height, scale=scale, dark=dark)
            try:
                yield browser
            finally:
                browser.close()
        finally:
            driver.kill()
