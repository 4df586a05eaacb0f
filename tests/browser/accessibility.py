"""What axe finds on a page, and how wide a page is: each page is held to the same measure.

Four fifths of axe's work are contrasts, cell by cell, of tables in which hundreds look the same.
So of texts in the same colours, size and weight, on the same grounds, it measures three: the first,
the middle and the last, since one may lie half behind a fixed heading, where axe cannot tell. All
its other rules see the whole page. With EFFORT=2 every text is measured.
"""

import re
import zlib
from itertools import product
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT

from tests.browser.conftest import NARROW, WIDE
from tests.effort import EFFORT

SCHEMES = ("light", "dark")
# What it would load before it looks is for pages that play something by themselves.
LOOK = """axe.run({resultTypes: ["violations"], preload: false}).then((all) => all.violations)"""
# What stands over others is measured always; of a single letter or a sign axe gives no judgement.
CHOOSE = """() => {
  const CLEAR = "rgba(0, 0, 0, 0)", grounds = new Map([[null, ""]]), alike = new Map();
  const ground = (one) => {
    if (!grounds.has(one)) {
      const style = getComputedStyle(one);
      const own = [style.backgroundColor, style.backgroundImage, style.opacity, style.filter];
      const lifted = ["absolute", "fixed"].includes(style.position) || one.localName === "svg";
      const plain = own.join() === CLEAR + ",none,1,none";
      grounds.set(one, ground(one.parentElement) + (plain ? "" : `/${own}`)
        + (lifted ? `/lifted ${grounds.size}` : ""));
    }
    return grounds.get(one);
  };
  for (const one of document.querySelectorAll("[data-measured]")) {
    one.removeAttribute("data-measured");
  }
  for (const one of document.body.querySelectorAll("*")) {
    const texts = [...one.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
    const text = texts.map((node) => node.data).join("").trim();
    const typed = one.matches("input, select, textarea");
    if ((!text && !typed) || !one.getClientRects().length) continue;
    const style = getComputedStyle(one);
    const look = [ground(one), typed, typed || (text.length > 1 && /[\\p{L}\\p{N}]/u.test(text)),
      style.color, style.fontSize, style.fontWeight, style.textShadow, style.visibility,
      one.matches(":disabled, [aria-disabled=true]")].join(";");
    alike.set(look, [...(alike.get(look) ?? []), one]);
  }
  for (const all of alike.values()) {
    for (const one of [all[0], all[all.length >> 1], all.at(-1)]) {
      one.setAttribute("data-measured", "");
    }
  }
  axe.configure({rules: [{id: "color-contrast", selector: "[data-measured]"}]});
}"""


def assert_accessible(seen):
    """In its width and scheme, and with nothing refused by the policy."""
    problems = seen.refused_by_policy()  # before axe, which adds styles of its own
    for width, scheme in looks(seen.page.url):
        seen.page.set_viewport_size({"width": width, "height": 900})
        seen.page.emulate_media(color_scheme=scheme)
        problems += [f"{width} {scheme} {one}" for one in violations(seen.page)]
    assert not problems, "\n".join(problems)


def assert_fits(seen):
    """Without scrolling sideways, on the smallest phone."""
    seen.page.set_viewport_size({"width": 320, "height": 900})
    assert seen.page_scroll() <= 0


def looks(url):
    """A width and a scheme for each page, always the same: they share one style sheet, and each
    of the four has a quarter of the pages. With EFFORT=2 each page is looked at in all four.
    """
    every = list(product((WIDE, NARROW), SCHEMES))
    if EFFORT > 1:
        return every
    address = re.sub(r"\d+", "", url.partition(urlsplit(url).netloc)[2])
    return [every[zlib.crc32(address.encode()) % 4]]


def violations(page) -> list[str]:
    settle(page)
    if not page.evaluate("'axe' in window"):  # each page is looked at more than once
        page.evaluate(AXE_SCRIPT)
    if EFFORT == 1:
        page.evaluate(CHOOSE)
    found = page.evaluate(LOOK)
    return [f"{one['id']}: {[node['html'][:300] for node in one['nodes'][:3]]}" for one in found]


def settle(page):
    """Colours that change have changed, without waiting for it."""
    page.evaluate("document.getAnimations().forEach((one) => one.finish())")
