"""The page of a lead: raw beside tidy, the person masked or erased, its bookings."""

from datetime import UTC, datetime

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection

from attribution import scope
from attribution.models import Booking, ImportRun, Lead
from tests.attribution.pages import NO_BOOKINGS, post, url
from tests.factories import (
    make_booking,
    make_company,
    make_lead,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def everything_in_scope():
    with scope.all_companies():
        yield


@pytest.fixture
def company():
    return make_company(name="Acme", slug="acme", timezone="Europe/Berlin")


class TestLead:
    def test_raw_and_tidy_stand_side_by_side_and_cannot_be_changed(
        self, client, company, signed_in
    ):
        signed_in()
        lead = make_lead(company, "Spring%20Sale", external_id="L1")
        change = url("attribution_lead", "change", lead.pk)
        page = client.get(change).content.decode()
        assert 'data-label="As captured">Spring%20Sale</td>' in page
        assert 'data-label="Tidy">spring sale</td>' in page
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
