"""What the tests of this folder share sees what it is there for, and lets nothing out."""

import pytest

from tests.browser.accessibility import assert_accessible, violations
from tests.browser.conftest import OVERVIEW, Visit

pytestmark = pytest.mark.django_db
# Of a single digit axe gives no judgement.
FAINT = """() => {
  const all = [...document.querySelectorAll(".cp-table tbody td a")];
  const cells = all.filter((one) => one.textContent.trim().length > 2);
  cells[cells.length >> 2].style.color = "#ccc";
}"""
REFUSED = """document.body.insertAdjacentHTML("beforeend", '<p style="color: red">Red</p>')"""
LEFT = """["kept" in localStorage, "kept" in sessionStorage, matchMedia("print").matches,
  document.querySelectorAll(":hover").length, document.styleSheets[0].cssRules.length > 0]"""


def test_one_faint_number_among_many_is_found(open_page):
    page = open_page(OVERVIEW).page
    assert violations(page) == []
    page.evaluate(FAINT)
    found = violations(page)
    assert len(found) == 1
    assert found[0].startswith("color-contrast")


def test_what_the_policy_refuses_is_told(open_page):
    seen = open_page(OVERVIEW)
    with seen.page.expect_console_message():
        seen.page.evaluate(REFUSED)
    with pytest.raises(AssertionError, match="Content Security Policy"):
        assert_accessible(seen)


def test_a_window_that_a_test_has_left_keeps_nothing_of_it(browser, server, cookies):
    with browser.new_context(base_url=server) as context:
        context.add_cookies([cookies["owner"]])
        seen = Visit(context.new_page())
        page = seen.page
        seen.listen()
        page.goto(OVERVIEW)
        page.evaluate("localStorage.kept = sessionStorage.kept = 1")
        page.emulate_media(media="print")
        page.route("**/*.css", lambda route: route.abort())
        page.mouse.move(300, 300)
        seen.leave()
        heard = len(seen.answers)
        page.goto(OVERVIEW)
        assert page.url.endswith("/admin/login/?next=" + OVERVIEW)
        assert page.evaluate(LEFT) == [False, False, False, 0, True]
        assert len(seen.answers) == heard
