"""Forms of the admin: what a person can enter, and what is refused in which words."""

import re
from datetime import UTC, datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.urls import reverse

from attribution import scope
from attribution.models import Booking, Campaign, Company, ImportRun, Lead, Membership
from spend.models import SpendEntry
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


@pytest.fixture
def signed_in(client, company):
    """Signs in a new user of the role and hands back the user."""

    def sign_in(role="company_admin", at=company, **values):
        user = make_user(at, role, **values)
        client.force_login(user)
        return user

    return sign_in


def url(model, page, *args):
    return reverse(f"admin:{model}_{page}", args=args)


def post(client, address, **data):
    """Sends a form and hands back the texts of its errors; none when it was taken."""
    answer = client.post(address, data)
    if answer.status_code == 302:
        return []
    assert answer.status_code == 200, answer.status_code
    form = answer.context["adminform"].form
    inlines = [
        errors for one in answer.context["inline_admin_formsets"] for errors in one.formset.errors
    ]
    errors = [form.errors, *inlines]
    return [text for one in errors for texts in one.values() for text in texts]


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
        assert post(client, change, **self.fields(company)) == []
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


class TestLead:
    def test_raw_and_tidy_stand_side_by_side_and_cannot_be_changed(
        self, client, company, signed_in
    ):
        signed_in()
        lead = make_lead(company, "Spring%20Sale", external_id="L1")
        change = url("attribution_lead", "change", lead.pk)
        page = client.get(change).content.decode()
        assert "<td>Spring%20Sale</td><td>spring sale</td>" in page
        assert 'name="utm_campaign"' not in page
        sent = {"kind": "bot", "utm_campaign": "other", "external_id": "L2", "country": "DE"}
        assert post(client, change, **sent, **NO_BOOKINGS) == []
        lead.refresh_from_db()
        assert (lead.kind, lead.utm_campaign, lead.external_id) == ("bot", "Spring%20Sale", "L1")

    def test_a_lead_added_by_hand_is_read_in_the_companys_zone(self, client, company, signed_in):
        signed_in()
        sent = {
            "company": company.pk,
            "external_id": "L1",
            "kind": "primary",
            "received_at_0": "2026-03-02",
            "received_at_1": "00:30",
            "utm_campaign": "Spring",
            "click_ids": "{}",
        }
        add = url("attribution_lead", "add")
        assert post(client, add, **sent) == []
        lead = Lead.objects.get()
        assert lead.received_at == datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
        assert (str(lead.day), lead.campaign.key) == ("2026-03-02", "spring")
        assert "already has a lead with this id" in post(client, add, **sent)[0]

    @pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
    def test_a_time_out_of_reach_is_refused(self, client, company, signed_in, day):
        signed_in()
        sent = {"company": company.pk, "external_id": "L1", "kind": "primary", "click_ids": "{}"}
        sent |= {"received_at_0": day, "received_at_1": "00:00"}
        errors = post(client, url("attribution_lead", "add"), **sent)
        assert "not between the year 2000" in errors[0]

    @pytest.mark.parametrize(
        ("role", "sees"),
        [("viewer", False), ("owner", False), ("utm_admin", True), ("company_admin", True)],
    )
    def test_the_person_is_masked_for_who_may_not_see(self, client, company, signed_in, role, sees):
        signed_in(role)
        person = {"name": "Anna Berg", "email": "anna@example.org", "phone": "+49 170 1234567"}
        lead = make_lead(company, **person)
        page = client.get(url("attribution_lead", "change", lead.pk)).content.decode()
        for value in person.values():
            assert (value in page) is sees
        if not sees:
            assert "a…@e…" in page
            assert "A… B…" in page
        found = client.get(url("attribution_lead", "changelist"), {"q": "anna@example"})
        assert (len(found.context["cl"].result_list) == 1) is sees

    def test_date_and_time_have_labels(self, client, company, signed_in):
        signed_in()
        page = client.get(url("attribution_lead", "add")).content.decode()
        assert 'aria-label="Date"' in page
        assert 'aria-label="Time"' in page

    def test_bookings_are_kept_on_the_leads_page(self, client, company, signed_in):
        signed_in()
        lead = make_lead(company, "spring")
        change = url("attribution_lead", "change", lead.pk)
        sent = {
            "kind": "primary",
            "booking_set-TOTAL_FORMS": "1",
            "booking_set-INITIAL_FORMS": "0",
            "booking_set-0-lead": lead.pk,
            "booking_set-0-external_id": "B1",
            "booking_set-0-status": "completed",
            "booking_set-0-booked_at_0": "2026-03-03",
            "booking_set-0-booked_at_1": "10:00",
            "booking_set-0-completed_at_0": "2026-03-04",
            "booking_set-0-completed_at_1": "10:00",
            "booking_set-0-amount": "99.90",
        }
        assert post(client, change, **sent) == []
        booking = Booking.objects.get()
        lead.refresh_from_db()
        assert (booking.company, booking.value_minor, booking.currency) == (company, 9990, "EUR")
        assert (lead.completed, lead.revenue_minor) == (True, 9990)
        assert "already has a booking" in " ".join(post(client, change, **sent))
        sent["booking_set-0-amount"] = "-1"
        sent["booking_set-0-external_id"] = "B2"
        assert "cannot be below 0" in " ".join(post(client, change, **sent))


NO_BOOKINGS = {"booking_set-TOTAL_FORMS": "0", "booking_set-INITIAL_FORMS": "0"}


class TestErasure:
    SECRETS = ("Anna Berg", "anna@example.org", "+49 170 1234567")

    def lead(self, company):
        name, email, phone = self.SECRETS
        return make_lead(company, "spring", name=name, email=email, phone=phone)

    def test_it_asks_first_then_no_table_holds_the_person(self, client, company, signed_in):
        user = signed_in()
        lead = self.lead(company)
        make_booking(lead, "completed", 5000)
        LogEntry.objects.create(
            user=user,
            content_type_id=_content_type(Lead),
            object_id=str(lead.pk),
            object_repr="anna@example.org",
            action_flag=2,
            change_message="Changed anna@example.org",
        )
        ImportRun.objects.create(
            company=company,
            kind="leads",
            token="t",
            file_name="leads.csv",
            file_content=b"anna@example.org",
            report={"errors": [{"value": "anna@example.org"}]},
        )
        assert hits(self.SECRETS) > 0
        before = totals()
        listed = url("attribution_lead", "changelist")
        chosen = {"action": "erase_personal_data", "_selected_action": [lead.pk]}
        assert b"of 1 lead will be erased" in client.post(listed, chosen).content
        assert Lead.objects.filter(email="anna@example.org").exists()
        client.post(listed, chosen | {"confirmed": "yes"})
        assert hits(self.SECRETS) == 0
        assert totals() == before
        assert Lead.objects.get().erased_at is not None
        assert LogEntry.objects.filter(object_repr=f"lead {lead.pk}").count() == 2

    @pytest.mark.parametrize("role", ["viewer", "owner", "utm_admin"])
    def test_only_a_company_admin_may(self, client, company, signed_in, role):
        signed_in(role)
        lead = self.lead(company)
        chosen = {"action": "erase_personal_data", "_selected_action": [lead.pk]}
        client.post(url("attribution_lead", "changelist"), chosen | {"confirmed": "yes"})
        lead.refresh_from_db()
        assert lead.email == "anna@example.org"

    def test_changing_a_lead_leaves_no_address_in_the_log(self, client, company, signed_in):
        signed_in()
        lead = make_lead(company, external_id="anna@example.org")
        sent = {"kind": "primary", "email": "new@example.org", **NO_BOOKINGS}
        assert post(client, url("attribution_lead", "change", lead.pk), **sent) == []
        entry = LogEntry.objects.get()
        assert "@" not in entry.object_repr + entry.change_message


def _content_type(model):
    from django.contrib.contenttypes.models import ContentType

    return ContentType.objects.get_for_model(model).pk


def hits(texts):
    """In how many rows of all tables one of the texts stands."""
    found = 0
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = [" ".join(map(_plain, row)) for row in cursor.fetchall()]
            found += sum(any(text in row for text in texts) for row in rows)
    return found


def _plain(cell):
    return (
        bytes(cell).decode("utf-8", "replace")
        if isinstance(cell, bytes | memoryview)
        else str(cell)
    )


def totals():
    leads = Lead.objects.values_list("kind", "campaign", "booked", "completed", "revenue_minor")
    return list(leads.order_by("pk")), Booking.objects.count()


class TestCompany:
    FIELDS = {
        "name": "Acme",
        "slug": "taken",
        "industry": "dental",
        "timezone": "UTC",
        "currency": "USD",
        "thin_below": "20",
        "new_campaigns_per_day": "5",
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


class TestSite:
    def test_reports_stand_first_and_the_rest_follows_the_rights(self, client, signed_in):
        signed_in("viewer")
        answer = client.get(reverse("admin:index"))
        names = {
            app["name"]: [one["object_name"] for one in app["models"]]
            for app in answer.context["app_list"]
        }
        assert list(names) == ["Reports", "Data"]
        assert names["Data"] == ["Campaign", "SpendEntry", "Lead", "Booking", "Company"]
        client.force_login(make_user(answer.context["home"].company, "company_admin"))
        names = [app["name"] for app in client.get(reverse("admin:index")).context["app_list"]]
        assert names == ["Reports", "Data", "Imports", "Access"]

    def test_staff_without_a_company_gets_no_further(self, client):
        client.force_login(make_user())
        assert client.get(reverse("admin:index")).status_code == 302

    def test_only_superusers_see_users(self, client, signed_in, admin_user):
        signed_in()
        assert client.get(url("auth_user", "changelist")).status_code == 403
        client.force_login(admin_user)
        assert client.get(url("auth_user", "changelist")).status_code == 200
        page = client.get(url("auth_user", "add")).content.decode()
        assert re.search(r'<input[^>]*name="is_staff"[^>]* checked', page)

    def test_forms_without_token_and_foreign_hosts_are_refused(self, company, settings):
        from django.test import Client

        strict = Client(enforce_csrf_checks=True)
        strict.force_login(make_user(company, "company_admin"))
        for model in ("attribution_campaign", "spend_spendentry", "attribution_lead"):
            assert strict.post(url(model, "add"), {}).status_code == 403
            assert strict.post(url(model, "changelist"), {"action": "x"}).status_code == 403
        assert strict.get("/admin/", headers={"host": "evil.example"}).status_code == 400

    def test_signing_in_stays_on_this_site(self, client, company):
        user = make_user(company, "viewer")
        sent = {"username": user.username, "password": "password"}
        answer = client.post(reverse("admin:login") + "?next=https://evil.example/", sent)
        assert answer["Location"] == reverse("admin:index") or "evil" not in answer["Location"]
