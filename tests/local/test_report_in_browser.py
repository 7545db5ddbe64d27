"""A report opened in Chromium as a manager does it, and printed: at a desk, on a phone, at night."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any

import pytest

from slaclock.reporting.page import page
from tests.local.browser import Browser, browsing
from tests.spec.reporting import autumn, report_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WINDOWS: dict[str, dict[str, Any]] = {
    "desk": {"width": 1280, "height": 900},
    "desk-dark": {"width": 1280, "height": 900, "dark": True},
    "phone": {"width": 360, "height": 740, "scale": 2},
    "phone-dark": {"width": 360, "height": 740, "scale": 2, "dark": True},
}
A4 = (596, 842)  # points; Chromium has whole pixels
# The ratio of WCAG 2.2 between a text and what lies behind it; a text in a plot may lie on a cell.
CONTRASTS = """(() => {
  const rgba = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(each => each / 255)
    .map(each => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4)
    .reduce((sum, each, place) => sum + each * [0.2126, 0.7152, 0.0722][place], 0);
  const behind = element => {
    for (let each = element; each; each = each.parentElement) {
      const found = rgba(getComputedStyle(each).backgroundColor);
      if (found.length < 4 || found[3] > 0) return found;
    }
    return [255, 255, 255];
  };
  const ratio = (one, other) => {
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const texts = [...document.querySelectorAll('body *')].filter(each => each.checkVisibility() &&
    [...each.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()) &&
    !['title', 'desc'].includes(each.tagName));
  return texts.map(each => {
    const svg = each.closest('svg');
    const cell = svg && each.previousElementSibling?.tagName === 'rect' && each.parentElement.tagName === 'g';
    const on = cell ? rgba(getComputedStyle(each.previousElementSibling).fill) : behind(svg ? svg.parentElement : each);
    const ink = rgba(getComputedStyle(each)[svg ? 'fill' : 'color']);
    return [ratio(ink, on), each.textContent.trim()];
  });
})()"""  # noqa: E501
# Texts of a plot that go beyond its edge, or that lie on one another.
COLLISIONS = """[...document.querySelectorAll('svg[role=img]')].flatMap(svg => {
  const edge = svg.viewBox.baseVal;
  const boxes = [...svg.querySelectorAll('text')].map(each => [each.textContent, each.getBBox()]);
  const beyond = boxes.filter(([, box]) =>
    box.x < -0.5 || box.x + box.width > edge.width + 0.5 || box.y + box.height > edge.height + 4);
  const on = boxes.flatMap(([one, a], place) => boxes.slice(place + 1).filter(([, b]) =>
    a.x < b.x + b.width && b.x < a.x + a.width && a.y + 2 < b.y + b.height && b.y + 2 < a.y + a.height)
    .map(([other]) => [one, other]));
  return [...beyond.map(([text]) => text), ...on];
})"""
# What is wider than the screen, and is in nothing that can be moved.
BEYOND = """[...document.querySelectorAll('body *')].filter(each =>
  each.getBoundingClientRect().right > innerWidth + 0.5 && !each.closest('.wide, .defs'))
  .map(each => each.outerHTML)"""
SHOWN = """[...document.querySelectorAll('footer p.paper, footer details')].filter(each =>
  each.checkVisibility()).map(each => each.tagName)"""
UNNAMED = """[
  ...[...document.querySelectorAll('table')].filter(each => !each.caption?.textContent.trim()),
  ...[...document.querySelectorAll('th')].filter(each => !each.scope),
  ...[...document.querySelectorAll('section')].filter(each => !document.getElementById(each.getAttribute('aria-labelledby'))),
].map(each => each.outerHTML)"""  # noqa: E501

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of a month with all that a month may have, as a file."""
    path = tmp_path_factory.mktemp("report") / "report.html"
    roots = [{"day": f"2026-10-{day:02}", "root": f"sha256:{'ab' * 32}"} for day in range(1, 32)]
    path.write_text(page({**report_of(*autumn()), "seals": roots}), encoding="utf-8")
    return path.as_uri()


@pytest.fixture(params=WINDOWS)
def browser(request: pytest.FixtureRequest, address: str, tmp_path: Path) -> Iterator[Browser]:
    """A window in which the report is open; a picture of it stays in the test's folder."""
    with browsing(**WINDOWS[request.param]) as browser:
        browser.open(address)
        (tmp_path / f"{request.param}.png").write_bytes(browser.screenshot())
        yield browser


def printed(browser: Browser) -> bytes:
    """The page on A4."""
    wanted = {"background": True, "page": {"width": 21.0, "height": 29.7}}
    return base64.b64decode(browser.call("POST", "/print", wanted))


def test_a_page_fits_its_screen_and_asks_for_nothing(browser: Browser) -> None:
    """Wide tables move by themselves; nothing is loaded, and its policy is broken by none of it."""
    assert browser.run("document.documentElement.scrollWidth <= innerWidth")
    assert browser.run(BEYOND) == []
    assert browser.run("performance.getEntriesByType('resource').length") == 0
    assert browser.complaints() == []


def test_a_page_can_be_read(browser: Browser) -> None:
    """Contrast of 4.5, of what is behind `details`, too; texts of plots lie apart and are large enough."""
    browser.run("document.querySelectorAll('details').forEach(each => each.open = true)")
    low = [each for each in browser.run(CONTRASTS) if each[0] < 4.5]
    assert low == []
    assert browser.run(COLLISIONS) == []
    assert browser.run("Math.min(...[...document.querySelectorAll('svg text')].map(each => "
                       "11 * each.getScreenCTM().a)) >= 10")  # fmt: skip


def test_a_page_can_be_heard(browser: Browser) -> None:
    """One main part and one first heading; plots, tables and parts that move have names."""
    assert browser.run("document.documentElement.lang") == "en"
    assert [browser.count(each) for each in ("main", "header", "footer", "h1", "script", "img", "link")] == [
        *(1, 1, 1, 1),
        *(0, 0, 0),
    ]
    assert browser.run(UNNAMED) == []
    named = browser.find("#week-title").text or browser.run(
        "document.querySelector('#week-title').textContent"
    )
    assert named == "Breaches by weekday and hour"
    plot = browser.find("svg[aria-labelledby=week-title]")
    assert (plot.role, plot.label) == ("image", "Breaches by weekday and hour")
    region = browser.find("main .wide[role=region]")
    assert (region.role, region.label) == ("region", "Promises")


@pytest.mark.parametrize("window", ["desk-dark", "phone"])
def test_a_page_prints_to_three_sheets_of_a4(address: str, window: str, tmp_path: Path) -> None:
    """Whatever it is printed from: dark as a screen may be, paper is white."""
    with browsing(**WINDOWS[window]) as browser:
        browser.open(address)
        assert browser.run(SHOWN) == ["DETAILS"]
        pdf = printed(browser)
        (tmp_path / "report.pdf").write_bytes(pdf)
        boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
        assert [tuple(round(float(each)) for each in box) for box in boxes] == [A4] * 3
        command = {"cmd": "Emulation.setEmulatedMedia", "params": {"media": "print"}}
        browser.call("POST", "/goog/cdp/execute", command)
        assert browser.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert browser.run(SHOWN) == ["P"]
