"""A campaign's ids in platforms on its page: spend follows what is added and removed."""

import pytest
from django.urls import reverse

from spend.models import PlatformId, SpendEntry
from tests.factories import make_campaign, make_spend, make_user
from tests.spend.admin.conftest import errors, fields

pytestmark = pytest.mark.django_db


def page_of(campaign):
    return reverse("admin:attribution_campaign_change", args=[campaign.pk])


def test_spend_follows_an_id_that_is_added_and_one_that_is_removed(client, company, signed_in):
    user = signed_in("owner")
    campaign, other = make_campaign(company, "spring"), make_campaign(company, "other")
    entry = make_spend(company, "unknown", 5_00, source="google-ads:1", platform_id="77")
    assert entry.campaign is None
    data = fields(client.get(page_of(campaign)))
    new = {"platform_ids-0-platform": "google-ads", "platform_ids-0-external_id": "77"}
    assert errors(client.post(page_of(campaign), data | new)) == []
    assert SpendEntry.objects.get().campaign == campaign
    assert PlatformId.objects.get().author == user
    taken = fields(client.get(page_of(other))) | new
    assert "decided" in errors(client.post(page_of(other), taken))[0]
    data = fields(client.get(page_of(campaign)))
    assert data["platform_ids-0-id"] == str(PlatformId.objects.get().pk)
    assert errors(client.post(page_of(campaign), data | {"platform_ids-0-DELETE": "on"})) == []
    assert not PlatformId.objects.exists()
    assert SpendEntry.objects.get().campaign is None


def test_who_does_not_keep_the_campaign_reads_its_ids(client, company, signed_in):
    campaign = make_campaign(company, "spring", owner=make_user(company, "owner"))
    PlatformId.objects.create(
        company=company, platform="google-ads", external_id="4711", campaign=campaign
    )
    for role in ("viewer", "owner"):
        signed_in(role)
        page = client.get(page_of(campaign)).content.decode()
        assert "4711" in page
        assert 'name="platform_ids-0-DELETE"' not in page
        assert 'name="platform_ids-1-external_id"' not in page


def test_of_two_who_change_a_campaign_the_second_sees_both_values(client, company, signed_in):
    signed_in()
    campaign = make_campaign(company, "spring", name="Spring")
    opened = fields(client.get(page_of(campaign)))
    assert errors(client.post(page_of(campaign), opened | {"name": "Spring 1"})) == []
    late = opened | {"name": "Spring 2"}
    [error] = errors(client.post(page_of(campaign), late))
    assert "Name: “Spring 1” is stored now, you sent “Spring 2”" in error
    mine = {"version_choice": "mine", "version_seen": "2"}
    assert errors(client.post(page_of(campaign), late | mine)) == []
    campaign.refresh_from_db()
    assert (campaign.name, campaign.version) == ("Spring 2", 3)
