"""The preview of a repair and the page of one, held to the measure of every page."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from attribution import scope
from attribution.models import Campaign, Lead, Repair
from attribution.repair import drafts
from attribution.repair.intents import Merge
from tests.browser.accessibility import assert_accessible, assert_fits
from tests.browser.conftest import NARROW, follow

pytestmark = pytest.mark.django_db
WHO = "company-admin"


@pytest.fixture(scope="session")
def pages(server, django_db_blocker):
    """A draft, which decides nothing, and a repair that is only written down."""
    with django_db_blocker.unblock(), scope.all_companies():
        admin = User.objects.get(username=WHO)
        first = Lead.objects.filter(campaign__isnull=False).order_by("pk").first()
        into = Campaign.objects.filter(company=first.company).exclude(pk=first.campaign_id).first()
        draft = drafts.make(first.company, Merge((first.campaign_id,), into.pk), admin, "the same")
        flow = {"from": first.campaign.name, "to": into.name, "leads": 3, "booked": 1}
        repair = Repair.objects.create(
            company=first.company,
            kind=Repair.Kind.MERGE,
            title=f"{first.campaign.name} → {into.name}",
            author=admin,
            reason="one and the same",
            made_at=timezone.now(),
            effect={"leads": 3, "booked": 1, "flows": [flow], "more_flows": 2},
        )
        return {
            "preview": reverse("reports:preview", args=[draft.token]),
            "repair": reverse("reports:repair", args=[repair.pk]),
            "last repairs": reverse("reports:repairs") + f"?company={first.company.slug}",
        }


NAMES = ("preview", "repair", "last repairs")


@pytest.mark.parametrize("name", NAMES)
def test_page_is_accessible_keeps_to_the_policy_fits_and_stays_small(open_page, pages, name):
    seen = open_page(pages[name], user=WHO, unused=True)
    assert len(seen.answers) <= 15  # before axe, which fetches too
    assert_accessible(seen)
    assert_fits(seen)


def test_a_preview_is_read_and_changed_without_javascript_on_a_phone(open_page, pages):
    page = open_page(pages["preview"], user=WHO, width=NARROW, javascript=False).page
    assert page.get_by_role("button", name="Confirm").is_visible()
    page.get_by_label("Ranked by", exact=True).select_option("leads")
    follow(page.get_by_role("button", name="Show"))
    assert page.get_by_role("heading", name="ranked by Leads").is_visible()
