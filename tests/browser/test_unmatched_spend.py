"""Unmatched spend finds its campaign, and loses it again, with nothing but links and forms."""

from datetime import UTC, datetime

import pytest

from attribution import scope
from attribution.models import Company
from spend.models import PlatformId, SpendEntry
from tests.browser.accessibility import assert_accessible
from tests.browser.conftest import WIDE, follow, session_cookie
from tests.factories import make_campaign, make_company, make_spend, make_user

WHO = "spend-keeper"


@pytest.fixture(scope="module")
def company(server, django_db_blocker) -> Company:
    """One of its own with a person of its own: no other test sees what is changed here."""
    with django_db_blocker.unblock(), scope.all_companies():
        company = make_company(name="Unmatched", slug="unmatched")
        make_user(company, "company_admin", username=WHO)
        make_campaign(company, "autumn", name="Autumn clearance")
        today = datetime.now(UTC).date()
        by_id = {"source": "google-ads", "platform_id": "77"}
        make_spend(company, "Herbst [DE]", 2_000, day=today, **by_id)
        make_spend(company, "autum", 700, day=today)
        make_spend(company, "", 50, day=today)
        return company


@pytest.fixture
def keeper(open_page, cookies, company, server, django_db_blocker):
    """No transaction of the test's own: the server shares the connection."""
    with django_db_blocker.unblock():
        if WHO not in cookies:
            cookies[WHO] = session_cookie(WHO, server)
        yield lambda path, **options: open_page(path, user=WHO, width=WIDE, **options)


def press(page, name):
    follow(page.get_by_role("button", name=name))


def matched():
    with scope.all_companies():
        return SpendEntry.objects.get(platform_id="77").campaign


def test_an_id_is_matched_and_removed_without_scripts(keeper, company):
    page = keeper("/admin/", javascript=False).page
    follow(page.locator(".cp-attention").get_by_role("link", name="Match it"))
    page.get_by_label("Match “google-ads 77”").check()
    page.get_by_label("Campaign for “google-ads 77”").fill("autumn")
    press(page, "Preview what is chosen")
    assert page.get_by_text("nothing is saved yet").is_visible()
    assert page.locator(".cp-proof-holds").count() == 2
    assert matched() is None
    press(page, "Confirm: match one entry")
    assert page.locator(".messagelist .success").is_visible()
    assert page.get_by_label("Match “google-ads 77”").count() == 0
    assert matched().key == "autumn"
    follow(page.get_by_role("link", name="Known platform ids (1)"))
    press(page, "Remove google-ads 77")
    press(page, "Remove the id")
    assert matched() is None
    with scope.all_companies():
        assert not PlatformId.objects.filter(company=company).exists()


def test_its_pages_are_accessible_and_fit_the_smallest_phone(keeper, company):
    with scope.all_companies():
        known = PlatformId.objects.create(
            company=company,
            platform="meta-ads",
            external_id="5",
            campaign=company.campaign_set.get(),
        )
    queue = "/admin/reports/unmatched-spend/?company=unmatched"
    ids = "/admin/reports/platform-ids/?company=unmatched"
    for path, chooses in ((queue, False), (queue + "&q=herbst", True), (ids, False)):
        seen = keeper(path)
        if chooses:
            seen.page.get_by_label("Match “google-ads 77”").check()
            seen.page.get_by_label("Campaign for “google-ads 77”").fill("autumn")
            press(seen.page, "Preview what is chosen")
        assert_accessible(seen)
        seen.page.set_viewport_size({"width": 320, "height": 700})
        assert seen.page_scroll() <= 0
    with scope.all_companies():
        known.delete()
