"""Forms of the admin: what a person can enter, and what is refused in which words."""

import pytest

from attribution import scope
from attribution.models import Campaign, Company, Membership
from spend.models import SpendEntry
from tests.attribution.pages import NO_IDS, post, url
from tests.factories import (
    make_booking,
    make_campaign,
    make_company,
    make_lead,
    make_spend,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def everything_in_scope():
    with scope.all_companies():
        yield


@pytest.fixture
def company():
    return make_company(name="Acme", slug="acme", timezone="Europe/Berlin")


class TestSpend:
    def fields(self, company, **values):
        return {
            "company": company.pk,
            "day": "2026-03-02",
            "line": "media",
            "amount": "1,234.50",
        } | values

    def test_an_amount_is_written_as_people_write_it(self, client, company, signed_in):
        user = signed_in()
        campaign = make_campaign(company, "spring")
        sent = self.fields(company, campaign=campaign.pk)
        assert post(client, url("spend_spendentry", "add"), **sent) == []
        entry = SpendEntry.objects.get()
        assert (entry.amount_minor, entry.currency, entry.author) == (123450, "EUR", user)
        assert entry.source == "form"
        page = client.get(url("spend_spendentry", "change", entry.pk)).content.decode()
        assert 'value="1234.50"' in page

    def test_yen_have_no_decimals(self, client, signed_in):
        company = make_company(currency="JPY")
        signed_in(at=company)
        sent = self.fields(company, campaign_name="spring", amount="1234")
        assert post(client, url("spend_spendentry", "add"), **sent) == []
        assert SpendEntry.objects.get().amount_minor == 1234

    @pytest.mark.parametrize("amount", ["abc", "1_000", "NaN", "1.234,56", "12 USD", "1" * 30])
    def test_an_amount_that_is_none_is_refused(self, client, company, signed_in, amount):
        signed_in()
        sent = self.fields(company, campaign_name="spring", amount=amount)
        assert post(client, url("spend_spendentry", "add"), **sent) != []
        assert not SpendEntry.objects.exists()

    def test_the_same_campaign_day_and_line_twice_is_refused_in_words(
        self, client, company, signed_in
    ):
        signed_in()
        sent = self.fields(company, campaign_name="spring")
        assert post(client, url("spend_spendentry", "add"), **sent) == []
        errors = post(client, url("spend_spendentry", "add"), **sent)
        assert errors == [
            "There is already an entry for this campaign, day and line. Change that one."
        ]

    @pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "9999-12-31"])
    def test_a_day_out_of_reach_is_refused(self, client, company, signed_in, day):
        signed_in()
        sent = self.fields(company, campaign_name="spring", day=day)
        assert (
            "not between the year 2000" in post(client, url("spend_spendentry", "add"), **sent)[0]
        )

    @pytest.mark.parametrize("missing", ["company", "day", "line", "amount"])
    def test_what_is_missing_is_said(self, client, company, signed_in, missing):
        signed_in()
        sent = self.fields(company, campaign_name="spring") | {missing: ""}
        assert "This field is required." in post(client, url("spend_spendentry", "add"), **sent)

    def test_a_campaign_is_needed(self, client, company, signed_in):
        signed_in()
        errors = post(client, url("spend_spendentry", "add"), **self.fields(company))
        assert errors == ["Choose a campaign, or write the name of one to come."]

    def test_an_owner_keeps_to_his_own_campaigns(self, client, company, signed_in):
        other = make_user(company, "owner", username="other")
        user = signed_in("owner")
        mine = make_campaign(company, "mine", owner=user)
        theirs = make_campaign(company, "theirs", owner=other)
        add = url("spend_spendentry", "add")
        assert post(client, add, **self.fields(company, campaign=mine.pk)) == []
        assert "another owner" in post(client, add, **self.fields(company, campaign=theirs.pk))[0]
        entry = make_spend(company, "theirs", 100)
        change = url("spend_spendentry", "change", entry.pk)
        assert client.post(change, self.fields(company, campaign=theirs.pk)).status_code == 403
        assert client.post(url("spend_spendentry", "delete", entry.pk)).status_code == 403
        assert SpendEntry.objects.filter(pk=entry.pk, amount_minor=100).exists()

    def test_a_campaign_of_ones_other_company_is_refused(self, client, company, signed_in):
        user = signed_in()
        second = make_company()
        Membership.objects.create(company=second, user=user, role="company_admin")
        foreign = make_campaign(second, "elsewhere")
        sent = self.fields(company, campaign=foreign.pk)
        errors = post(client, url("spend_spendentry", "add"), **sent)
        assert errors == ["This campaign belongs to another company."]

    def test_an_entry_can_be_deleted_by_who_may(self, client, company, signed_in):
        signed_in()
        entry = make_spend(company, "spring", 100)
        client.post(url("spend_spendentry", "delete", entry.pk), {"post": "yes"})
        assert not SpendEntry.objects.exists()


class TestCampaign:
    def fields(self, company, **values):
        given = {"company": company.pk, "key": "Spring%20Sale", "name": "Spring"}
        return given | {"channel": "email", "status": "active"} | values

    def test_the_key_is_tidied_and_a_double_refused(self, client, company, signed_in):
        signed_in()
        add = url("attribution_campaign", "add")
        assert post(client, add, **self.fields(company)) == []
        assert Campaign.objects.get().key == "spring sale"
        errors = post(client, add, **self.fields(company, key="SPRING sale"))
        assert errors == ["This company already has a campaign of this name."]

    def test_saving_a_discovered_campaign_means_it_was_looked_at(self, client, company, signed_in):
        signed_in()
        make_lead(company, "spring")
        campaign = Campaign.objects.get()
        page = client.get(url("attribution_campaign", "changelist")).content.decode()
        assert "spring (discovered)" in page
        change = url("attribution_campaign", "change", campaign.pk)
        opened = NO_IDS | {"version_read": campaign.version}
        assert post(client, change, **self.fields(company), **opened) == []
        campaign.refresh_from_db()
        assert (campaign.discovered, campaign.name, campaign.key) == (False, "Spring", "spring")

    def test_archiving_asks_first_and_can_be_taken_back(self, client, company, signed_in):
        signed_in()
        campaign = make_campaign(company, "spring")
        make_spend(company, "spring", 100)
        listed = url("attribution_campaign", "changelist")
        chosen = {"action": "archive", "_selected_action": [campaign.pk]}
        assert b"stay in every report" in client.post(listed, chosen).content
        campaign.refresh_from_db()
        assert campaign.status == "active"
        client.post(listed, chosen | {"confirmed": "yes"})
        campaign.refresh_from_db()
        assert campaign.status == "archived"
        assert SpendEntry.objects.get().campaign == campaign
        client.post(listed, chosen | {"action": "unarchive"})
        campaign.refresh_from_db()
        assert campaign.status == "active"

    def test_an_owner_archives_only_his_own(self, client, company, signed_in):
        other = make_user(company, "owner", username="other")
        user = signed_in("owner")
        mine = make_campaign(company, "mine", owner=user)
        theirs = make_campaign(company, "theirs", owner=other)
        chosen = {"action": "archive", "_selected_action": [mine.pk, theirs.pk]}
        client.post(url("attribution_campaign", "changelist"), chosen | {"confirmed": "yes"})
        mine.refresh_from_db()
        theirs.refresh_from_db()
        assert (mine.status, theirs.status) == ("archived", "active")

    def test_an_owner_must_have_a_role_that_keeps_campaigns(self, client, company, signed_in):
        signed_in()
        viewer = make_user(company, "viewer")
        add = url("attribution_campaign", "add")
        assert (
            "Select a valid choice" in post(client, add, **self.fields(company, owner=viewer.pk))[0]
        )

    def test_nobody_deletes_campaigns_leads_bookings_or_companies(
        self, client, company, admin_user
    ):
        client.force_login(admin_user)
        lead = make_lead(company, "spring")
        rows = {
            "attribution_lead": lead.pk,
            "attribution_booking": make_booking(lead).pk,
            "attribution_campaign": lead.campaign.pk,
            "attribution_company": company.pk,
        }
        for model, pk in rows.items():
            assert client.post(url(model, "delete", pk), {"post": "yes"}).status_code == 403
            page = client.get(url(model, "changelist")).content.decode()
            assert "delete_selected" not in page


class TestCompany:
    FIELDS = {
        "name": "Acme",
        "slug": "taken",
        "industry": "dental",
        "timezone": "UTC",
        "currency": "USD",
        "thin_below": "20",
        "new_campaigns_per_day": "5",
        "follow_up_days": "30",
        "look_back_days": "30",
    }

    def test_zone_and_currency_are_fixed_by_the_first_fact(self, client, company, signed_in):
        signed_in()
        change = url("attribution_company", "change", company.pk)
        make_lead(company, "spring")
        assert b"are stored in them" in client.get(change).content
        assert post(client, change, **self.FIELDS) == []
        company.refresh_from_db()
        assert (company.timezone, company.currency) == ("Europe/Berlin", "EUR")
        assert (company.thin_below, company.slug) == (20, "acme")

    def test_before_any_fact_they_can_be_changed(self, client, company, signed_in):
        signed_in()
        change = url("attribution_company", "change", company.pk)
        assert post(client, change, **self.FIELDS) == []
        company.refresh_from_db()
        assert company.currency == "USD"
        errors = post(client, change, **self.FIELDS | {"currency": "euro", "timezone": "Berlin"})
        assert len(errors) == 2

    def test_only_a_superuser_adds_companies(self, client, signed_in, admin_user):
        signed_in()
        add = url("attribution_company", "add")
        assert client.post(add, self.FIELDS).status_code == 403
        client.force_login(admin_user)
        assert post(client, add, **self.FIELDS | {"slug": "new"}) == []
        assert Company.objects.filter(slug="new").exists()


class TestMembership:
    def test_a_person_is_named_exactly_and_nobody_is_listed(self, client, company, signed_in):
        signed_in()
        stranger = make_user(username="berta")
        add = url("attribution_membership", "add")
        assert "berta" not in client.get(add).content.decode()
        sent = {"company": company.pk, "role": "viewer"}
        assert "No user signs in as “bert”" in post(client, add, **sent, username="bert")[0]
        assert post(client, add, **sent, username="berta") == []
        membership = Membership.objects.get(user=stranger)
        assert membership.role == "viewer"
        assert "already has a role" in post(client, add, **sent, username="berta")[0]
        change = url("attribution_membership", "change", membership.pk)
        assert post(client, change, role="owner", username="somebody") == []
        membership.refresh_from_db()
        assert (membership.role, membership.user) == ("owner", stranger)

    def test_no_role_can_be_given_in_a_company_where_one_is_not_admin(
        self, client, company, signed_in
    ):
        user = signed_in()
        second = make_company()
        Membership.objects.create(company=second, user=user, role="viewer")
        sent = {"company": second.pk, "role": "company_admin", "username": user.username}
        assert (
            "Select a valid choice" in post(client, url("attribution_membership", "add"), **sent)[0]
        )
        listed = client.get(url("attribution_membership", "changelist"))
        assert {one.company for one in listed.context["cl"].result_list} == {company}
