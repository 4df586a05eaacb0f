"""The lists of money on a phone: what one came for is in the window, the rest is a swipe away."""

import pytest

from tests.browser.accessibility import SCHEMES
from tests.browser.conftest import NARROW

pytestmark = pytest.mark.django_db
SPEND, BUDGETS = "/admin/spend/spendentry/", "/admin/spend/budget/"
# The cells of all rows that reach out of the window, by their columns.
OUTSIDE = """(columns) => columns.filter((name) =>
  [...document.querySelectorAll(`#result_list tbody .field-${name}`)].some((cell) => {
    const box = cell.getBoundingClientRect(), inside = cell.querySelector("input[type=text]");
    const end = inside ? inside.getBoundingClientRect().right : box.right;
    return box.left < 0 || end > window.innerWidth;
  }))"""


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    ("user", "path", "columns"),
    [
        ("owner", SPEND, ["day", "campaign_as_known", "amount_minor"]),
        ("viewer", SPEND, ["day", "campaign_as_known", "amount"]),
        ("owner", BUDGETS, ["subject_name", "days", "amount"]),
    ],
)
def test_day_name_and_amount_are_seen_without_scrolling(open_page, user, path, columns, scheme):
    seen = open_page(path, user=user, width=NARROW, scheme=scheme)
    rows = seen.page.locator("#result_list tbody tr")
    assert rows.count() > 1
    for name in columns:
        assert seen.page.locator(f"#result_list tbody .field-{name}").count() == rows.count()
    assert seen.page.evaluate(OUTSIDE, columns) == []
    assert not seen.refused_by_policy()


def test_choices_stand_beside_their_words(open_page):
    page = open_page("/admin/spend/spendentry/export/", width=NARROW).page
    for choice in page.locator(".cp-choice label").all():
        dot = choice.locator("input").bounding_box()
        assert dot["width"] < 30
        assert dot["x"] - choice.bounding_box()["x"] < 10
