"""UTM builder and link checker as people use them: filled in, with and without JavaScript."""

from gzip import compress

import pytest

from tests.browser.accessibility import assert_accessible, assert_fits
from tests.browser.conftest import follow

pytestmark = pytest.mark.django_db
BUILDER = "/admin/tools/utm-builder/"
CHECKER = "/admin/tools/link-checker/"
LINKS = """https://example.com/?utm_source=google&utm_medium=cpc&utm_campaign=winter-fun
https://example.com/a-page-with-a-long-name/and-another/?utm_source=Google&utm_campain=x&email=ann@example.org
https://example.com/?utm_source=a&utm_medium=b&utm_campaign={{campaign.name}}
not a link"""


def build(page):
    page.fill("[name=new_name]", "Winter fun")
    page.fill("[name=page]", "https://example.com/offer?x=1#top")
    page.locator("[name=source]").nth(0).fill("google")
    page.locator("[name=medium]").nth(0).fill("cpc")
    page.locator("[name=source]").nth(1).fill("newsletter")
    page.locator("[name=medium]").nth(1).fill("email")
    follow(page.get_by_role("button", name="Make the links"))


def check(page):
    page.fill("[name=links]", LINKS)
    follow(page.get_by_role("button", name="Check the links"))


FILLED = {BUILDER: build, CHECKER: check}


@pytest.mark.parametrize("path", FILLED)
def test_the_answer_is_accessible_keeps_to_the_policy_and_fits_the_smallest_phone(open_page, path):
    """Wide and narrow, light and dark, with every part unfolded."""
    seen = open_page(path)
    FILLED[path](seen.page)
    assert_fits(seen)
    seen.page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    assert_accessible(seen)
    assert_fits(seen)


def test_links_are_made_without_javascript(open_page):
    page = open_page(BUILDER, javascript=False).page
    build(page)
    made = page.locator(".cp-made input[readonly]")
    assert [made.nth(n).input_value() for n in range(made.count())] == [
        "https://example.com/offer?x=1&utm_source=google&utm_medium=cpc&utm_campaign=winter-fun#top",
        "https://example.com/offer?x=1&utm_source=newsletter&utm_medium=email"
        "&utm_campaign=winter-fun#top",
    ]
    assert page.locator("[data-copy]:visible").count() == 0
    page.locator(".cp-code summary").first.click()
    assert page.locator(".cp-code img").first.evaluate("(one) => one.naturalWidth") > 100
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download PNG").first.click()
    assert waiting.value.suggested_filename == "qr-code.png"


def test_enter_makes_the_links_and_a_button_copies_one(open_page):
    page = open_page(BUILDER, permissions=["clipboard-read", "clipboard-write"]).page
    page.fill("[name=new_name]", "Winter fun")
    page.fill("[name=page]", "https://example.com/")
    page.locator("[name=source]").first.fill("google")
    page.locator("[name=medium]").first.fill("cpc")
    page.locator("[name=medium]").first.press("Enter")
    page.get_by_role("button", name="Copy").click()
    page.get_by_text("✓ Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator(".cp-made input[readonly]").input_value()


def test_all_links_come_as_one_file(open_page):
    page = open_page(BUILDER).page
    build(page)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="All as CSV").click()
    lines = waiting.value.path().read_text("utf-8-sig").splitlines()
    assert len(lines) == 3
    assert lines[1].startswith("winter-fun,google,cpc,,,https://example.com/offer?x=1&utm_source=")


def test_links_are_checked_without_javascript_the_worst_first(open_page):
    page = open_page(CHECKER, javascript=False).page
    check(page)
    rows = page.locator(".cp-checked tbody tr")
    assert rows.count() == 4
    assert "New campaign “winter-fun”" in rows.nth(3).inner_text()
    text = page.locator(".cp-checked").inner_text()
    for words in (
        "Is utm_campaign meant?",
        "e-mail address",
        "“{{campaign.name}}” is not filled in",
        "is no web address",
    ):
        assert words in text


@pytest.mark.parametrize("path", FILLED)
def test_the_answer_is_light(open_page, path):
    seen = open_page(path, unused=True)
    seen.page.wait_for_load_state("networkidle")
    seen.answers.clear()
    FILLED[path](seen.page)
    seen.page.wait_for_load_state("networkidle")
    fetched = [one for one in seen.answers if one.url.startswith("http")]
    assert len(fetched) <= 15
    assert len(compress(seen.page.content().encode())) < 20_000
