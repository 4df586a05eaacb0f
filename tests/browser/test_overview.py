"""The report page in a browser: with and without scripts, by keyboard, on paper."""

import gzip
import re

import pytest

from tests.browser.conftest import NARROW, OVERVIEW

pytestmark = pytest.mark.django_db
MOST_BYTES, MOST_REQUESTS = 60 * 1024, 15
RATES = ("booked_rate", "completed_rate", "show_rate", "roi", "cost_per_lead")


def rows(page):
    """The text of the first cell of each row of the table's groups."""
    return page.locator(
        ".cp-table tbody:not(.cp-sum, .cp-parts, .cp-total) tr th"
    ).all_inner_texts()


def test_the_page_is_light(open_page):
    seen = open_page(OVERVIEW, unused=True)
    assert len(seen.answers) <= MOST_REQUESTS
    weight = {answer.url: len(gzip.compress(answer.body())) for answer in seen.answers}
    assert sum(weight.values()) <= MOST_BYTES, weight


def test_nothing_comes_from_elsewhere(open_page, server):
    seen = open_page(OVERVIEW, unused=True)
    assert all(answer.url.startswith(server) for answer in seen.answers)


def test_thin_rows_stay_last_whatever_the_sort(open_page):
    page = open_page(OVERVIEW).page
    for sort in [("", "-")[n % 2] + name for n, name in enumerate(RATES)]:
        page.goto(OVERVIEW + f"?sort={sort}")
        names = rows(page)
        border = next(n for n, name in enumerate(names) if name.startswith("Not ranked"))
        thin = ["too few leads" in name for name in names]
        assert not any(thin[:border]), sort
        assert all(thin[border + 1 :]), sort


def test_a_click_on_a_heading_sorts_and_the_address_keeps_it(open_page):
    page = open_page(OVERVIEW).page
    page.locator(".cp-table thead a", has_text="Booked rate").click()
    page.wait_for_url("**sort=-booked_rate**")
    assert page.locator("th[aria-sort=descending]").inner_text().startswith("Booked rate")
    page.go_back()
    assert page.locator("th[aria-sort=descending]").inner_text().startswith("Leads")


def test_without_scripts_rows_filters_columns_and_reasons_work(open_page):
    page = open_page(OVERVIEW, javascript=False).page
    assert len(rows(page)) > 5
    reasons = page.locator(".cp-parts").first
    assert not reasons.is_visible()
    page.locator(".cp-sum summary").first.click()
    assert reasons.is_visible()
    page.locator(".cp-more > summary").click()
    page.get_by_label("Paid search", exact=True).check()
    page.get_by_label("Search campaigns").fill("search")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url("**channel=paid_search**")
    assert page.locator(".cp-chips a").all_inner_texts()[0].startswith("Channel: Paid search")
    page.locator(".cp-columns > summary").click()
    page.get_by_label("ROAS", exact=True).uncheck()
    page.get_by_role("button", name="Show these").click()
    page.wait_for_url("**cols=**")
    assert page.locator(".cp-table thead", has_text="ROAS").count() == 0
    assert "channel=paid_search" in page.url


def test_without_scripts_a_definition_opens(open_page):
    page = open_page(OVERVIEW, javascript=False).page
    page.get_by_label("What is Booked rate?").click()
    assert page.locator("#def-booked_rate").is_visible()


def test_days_of_ones_own_are_asked_for_only_when_chosen(open_page):
    page = open_page(OVERVIEW).page
    assert not page.get_by_label("First day").is_visible()
    page.get_by_label("Period", exact=True).select_option("custom")
    page.get_by_label("First day").fill("2026-03-01")
    page.get_by_label("Last day").fill("2026-03-31")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url("**from=2026-03-01**")
    assert "1 Mar – 31 Mar 2026" in page.locator(".cp-sub").first.inner_text()


def test_the_address_holds_only_what_was_chosen(open_page):
    page = open_page(OVERVIEW).page
    page.get_by_label("Period", exact=True).select_option("28d")
    page.wait_for_url("**period=28d**")
    assert "q=" not in page.url
    assert "cols=" not in page.url


def test_the_chart_is_read_by_keyboard(open_page):
    page = open_page(OVERVIEW).page
    points = page.locator(".cp-point")
    points.last.focus()
    last = spoken(page)
    assert re.search(r"\d+ leads?, \d+ booked", last)
    page.keyboard.press("ArrowLeft")
    assert spoken(page) == points.nth(points.count() - 2).get_attribute("aria-label")
    assert page.locator(".cp-point:focus .cp-tip").is_visible()
    page.keyboard.press("Home")
    assert spoken(page) == points.first.get_attribute("aria-label")
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/attribution/lead/**")


def spoken(page) -> str:
    return page.evaluate("document.activeElement.getAttribute('aria-label')")


def test_the_numbers_of_the_chart_stand_beside_it(open_page):
    page = open_page(OVERVIEW, javascript=False).page
    page.get_by_text("Show the numbers as a table").click()
    total = sum(int(text) for text in page.locator(".cp-plain td:nth-child(2)").all_inner_texts())
    shown = page.locator(".cp-card-value").first.inner_text()
    assert total == int(shown.replace(",", ""))


def test_shortcuts_reach_search_period_and_comparison(open_page):
    page = open_page(OVERVIEW).page
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.type("px")  # letters are letters while one types
    assert page.get_by_label("Search campaigns").input_value() == "px"
    page.keyboard.press("Enter")
    page.wait_for_url("**q=px**")
    page.locator("h1").click()
    page.keyboard.press("Escape")
    page.wait_for_url(lambda url: "q=px" not in url)
    page.keyboard.press("x")
    page.wait_for_url("**compare=none**")


def test_shortcuts_can_be_switched_off(open_page):
    page = open_page(OVERVIEW).page
    page.get_by_text("Keyboard", exact=True).click()
    page.get_by_label("Switch the single letters off").check()
    page.locator("h1").click()
    page.keyboard.press("p")
    assert page.evaluate("document.activeElement.name") != "period"
    page.reload()
    assert page.evaluate("document.getElementById('keys-off').checked")


def test_on_a_phone_the_first_figure_is_above_the_fold(open_page):
    page = open_page(OVERVIEW, width=NARROW).page
    assert page.locator(".cp-card").first.bounding_box()["y"] < 700
    assert not page.get_by_label("Period", exact=True).is_visible()
    page.get_by_text("Filters and period").click()
    assert page.get_by_label("Period", exact=True).is_visible()


def test_on_paper_there_are_all_rows_and_no_controls(open_page):
    page = open_page(OVERVIEW).page
    page.emulate_media(media="print")
    for gone in ("#header", ".cp-filters", ".cp-tools", ".cp-columns"):
        assert not page.locator(gone).first.is_visible()
    assert page.locator(".cp-parts").first.is_visible()
    assert page.locator(".cp-proof").is_visible()
    box = page.locator(".cp-box").evaluate("box => [box.scrollHeight, box.clientHeight]")
    assert box[0] <= box[1] + 1


def test_in_forced_colours_the_lines_keep_their_shapes(open_page):
    page = open_page(OVERVIEW, forced_colors="active").page
    dashes = page.locator(".cp-chart .cp-line-previous").evaluate(
        "line => getComputedStyle(line).strokeDasharray"
    )
    assert dashes != "none"
