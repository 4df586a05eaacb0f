"""The report by keyboard alone, its saved views, its link, its bar while one waits, on paper."""

import pytest

from tests.browser.accessibility import assert_accessible
from tests.browser.conftest import NARROW, OVERVIEW, follow

# Tests that save are not marked as ones with a database: beside a transaction of the test's own the
# server could save nothing. Each takes away what it saved.
MOST_TABS = 400
LANDSCAPE = 1047  # pixels between the margins of an A4 page that lies
MOST_SHRUNK = 2  # times that Chromium makes a page smaller before it clips


def tab_to(page, selector):
    """Press Tab until what matches has the focus, as a person does who looks for it."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
    raise AssertionError(f"The keyboard does not reach {selector}.")


def test_the_whole_report_is_walked_by_keyboard(open_page):
    page = open_page(OVERVIEW + "?period=364d").page
    keys = page.keyboard
    # Filter: by the search, then by the period.
    keys.press("/")
    keys.type("e")
    with page.expect_navigation(url="**q=e**"):
        keys.press("Enter")
    keys.press("p")
    assert page.evaluate("document.activeElement.name") == "period"
    with page.expect_navigation(url="**period=28d**"):
        keys.press("2")
    # Sort.
    tab_to(page, ".cp-table thead a[href*='-booked_rate']")
    with page.expect_navigation(url="**sort=-booked_rate**"):
        keys.press("Enter")
    # Drill down, and back.
    tab_to(page, ".cp-table tbody a[href*='/lead/']")
    with page.expect_navigation(url="**/admin/attribution/lead/**"):
        keys.press("Enter")
    page.go_back()
    page.wait_for_url("**sort=-booked_rate**")
    # Export.
    with page.expect_download() as download:
        keys.press("e")
    assert download.value.suggested_filename.endswith(".csv")
    # Save a view, and find it under the name.
    tab_to(page, ".cp-views > summary")
    keys.press("Enter")
    tab_to(page, "#view-name")
    keys.type("By keyboard /?px")  # letters are letters while one types
    with page.expect_navigation(url="**view=**"):
        keys.press("Enter")
    assert "View By keyboard /?px." in page.locator(".cp-view-shown").inner_text()
    for kept in ("q=e", "period=28d", "sort=-booked_rate"):
        assert kept in page.url
    # Open the list of keys, and clear the filters.
    keys.press("?")
    assert page.locator("#keys").get_attribute("open") is not None
    with page.expect_navigation(url=lambda url: "q=e" not in url):
        keys.press("Escape")
    assert "changed since you opened it" in page.locator(".cp-view-shown").inner_text()
    # Delete it: no test of this folder leaves a row.
    tab_to(page, ".cp-views > summary")
    keys.press("Enter")
    tab_to(page, "a[href*='/reports/views/']")
    with page.expect_navigation(url="**/reports/views/**"):
        keys.press("Enter")
    tab_to(page, ".cp-saved-view .cp-ways a[href*='/reports/views/']")
    with page.expect_navigation(url="**/reports/views/*/"):
        keys.press("Enter")
    tab_to(page, ".cp-saved details summary")
    keys.press("Enter")
    tab_to(page, "button[value=delete]")
    keys.press("Enter")
    page.get_by_text("The view “By keyboard /?px” is deleted.").wait_for()


def test_without_scripts_a_view_is_saved_started_with_and_deleted(open_page):
    seen = open_page(OVERVIEW + "?period=28d&channel=email", javascript=False, width=NARROW)
    page = seen.page
    page.get_by_text("Views", exact=True).click()
    page.get_by_label("Name", exact=True).fill("Mail")
    page.get_by_label("Start with it").check()
    follow(page.get_by_role("button", name="Save view"))
    assert "This is the view you start with: Mail." in page.locator("body").inner_text()
    page.goto(OVERVIEW)
    assert "channel=email" in page.url
    page.get_by_text("Views", exact=True).click()
    assert seen.page_scroll() <= 0
    follow(page.get_by_role("link", name="All saved views"))
    assert seen.page_scroll() <= 0
    follow(page.get_by_role("link", name="Change Mail"))
    page.get_by_text("Delete this view").click()
    follow(page.get_by_role("button", name="Delete “Mail”"))
    page.goto(OVERVIEW)
    assert page.url.endswith(OVERVIEW)


def test_the_menu_of_views_and_a_view_are_accessible(open_page):
    seen = open_page(OVERVIEW + "?period=28d")
    page = seen.page
    page.get_by_text("Views", exact=True).click()
    page.get_by_label("Name", exact=True).fill("To look at")
    page.get_by_label("Start with it").check()
    follow(page.get_by_role("button", name="Save view"))
    page.get_by_text("Views", exact=True).click()
    assert_accessible(seen)
    seen.console.clear()  # what axe itself was refused
    follow(page.get_by_role("link", name="All saved views"))
    assert_accessible(seen)
    seen.console.clear()
    follow(page.get_by_role("link", name="Change To look at"))
    assert_accessible(seen)
    page.get_by_text("Delete this view").click()
    follow(page.get_by_role("button", name="Delete “To look at”"))


@pytest.mark.django_db
def test_escape_closes_a_menu_and_the_focus_stays_where_it_was_opened(open_page):
    page = open_page(OVERVIEW + "?q=e").page
    menu = page.locator(".cp-views").first
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    tab_to(page, "#view-name")
    page.keyboard.press("Escape")
    assert menu.get_attribute("open") is None
    assert page.evaluate("document.activeElement.innerText") == "Views"
    assert "q=e" in page.url  # the filters are cleared only when nothing is open


@pytest.mark.django_db
def test_the_link_is_copied(open_page):
    may = ["clipboard-read", "clipboard-write"]
    page = open_page(OVERVIEW + "?period=28d&sort=booked&cols=leads", permissions=may).page
    page.locator("summary", has_text="Copy link").click()
    page.get_by_role("button", name="Copy").click()
    page.get_by_text("✓ Copied.").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.get_by_label("The link to exactly this report").input_value()
    page.goto(copied)
    assert page.locator(".cp-table thead th").count() == 3  # name, leads, trend


@pytest.mark.django_db
def test_a_bar_shows_that_an_answer_is_awaited(open_page):
    page = open_page(OVERVIEW, reduced_motion="reduce").page
    bar = "getComputedStyle(document.documentElement, '::before')"
    assert page.evaluate(f"{bar}.content") == "none"
    page.evaluate("document.getElementById('report-form').setAttribute('aria-busy', 'true')")
    assert page.evaluate(f"[{bar}.height, {bar}.animationName]") == ["3px", "none"]


@pytest.mark.django_db
def test_on_paper_nothing_is_clipped_and_the_view_is_named(open_page):
    page = open_page(OVERVIEW + "?period=28d&channel=email", width=LANDSCAPE, scheme="dark").page
    page.emulate_media(media="print")
    wide = "document.documentElement.scrollWidth"
    assert page.evaluate(wide) <= LANDSCAPE
    assert "Channel: E-mail" in page.locator(".cp-printed").inner_text()
    assert page.locator(".cp-chart").is_visible()
    for gone in (".cp-views", ".cp-chips", "#keys", "#nav-sidebar"):
        assert not page.locator(gone).first.is_visible()
    boxes = page.locator("input[name=cols]")
    columns = boxes.evaluate_all("all => all.map((one) => `&cols=${one.value}`).join('')")
    page.goto(OVERVIEW + "?period=28d" + columns)
    assert page.evaluate(wide) <= MOST_SHRUNK * LANDSCAPE
    assert len(page.pdf(format="A4", landscape=True)) > 10_000
