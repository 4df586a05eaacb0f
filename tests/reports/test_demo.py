"""The demo data: the same for everyone, loaded once, and with every case that the report knows."""

from datetime import date, timedelta
from io import StringIO
from unittest import mock

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count, Max, Sum
from django.test import TestCase

from attribution import scope
from attribution.models import Booking, Campaign, Company, ImportRun, Lead, Membership
from attribution.utm import Reason
from reports.demo.load import COMPANIES
from reports.models import Note
from spend.models import BudgetNotice, SpendEntry
from tests.factories import make_user

TODAY = date(2026, 3, 29)  # the day on which Berlin's clocks go forward


def load(**options):
    said = StringIO()
    call_command("load_demo", stdout=said, **({"today": TODAY, "force": True} | options))
    return said.getvalue()


def numbers():
    """Everything that the report could show, by company."""
    with scope.all_companies():
        leads = Lead.objects.values_list(
            "company__slug", "external_id", "received_at", "utm_campaign", "campaign__key",
            "kind", "unattributed_reason", "email", "booked", "completed", "revenue_minor",
        )  # fmt: skip
        spend = SpendEntry.objects.values_list(
            "company__slug", "day", "campaign_key", "line", "amount_minor", "clicks"
        )
        return sorted(leads, key=str), sorted(spend, key=str)


class DemoDataTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.said = load(scale=0.3)

    def setUp(self):
        self.enterContext(scope.all_companies())

    def test_a_second_run_adds_nothing_and_prints_the_users_again(self):
        models = (Company, Campaign, Lead, Booking, SpendEntry, ImportRun, Membership)
        before = [model.objects.count() for model in models]
        again = load()
        self.assertEqual([model.objects.count() for model in models], before)
        self.assertEqual(User.objects.count(), 5)
        self.assertIn("The demo data are there.", again)
        for said in (self.said, again):
            for name in ("viewer", "owner", "utm-admin", "company-admin", "admin"):
                self.assertIn(f"demo-{name}", said)

    def test_leads_reach_from_fifteen_months_ago_to_today(self):
        for company in Company.objects.all():
            rows = Lead.objects.filter(company=company)
            self.assertLessEqual(rows.aggregate(last=Max("day"))["last"], TODAY)
            self.assertTrue(rows.filter(day__gt=TODAY - timedelta(days=4)).exists())
            self.assertTrue(rows.filter(day__lt=TODAY - timedelta(days=450)).exists())
        self.assertFalse(Lead.objects.filter(ahead=True).exists())
        self.assertAlmostEqual(Lead.objects.count(), 6_000, delta=400)

    def test_every_kind_reason_and_status_is_there(self):
        kinds = set(Lead.objects.values_list("kind", flat=True))
        self.assertEqual(kinds, set(Lead.Kind.values))
        reasons = set(Lead.objects.values_list("unattributed_reason", flat=True))
        self.assertEqual(reasons, {"", *Reason.values})
        statuses = set(Booking.objects.values_list("status", flat=True))
        self.assertEqual(statuses, set(Booking.Status.values))
        statuses = set(Campaign.objects.values_list("status", flat=True))
        self.assertEqual(statuses, set(Campaign.Status.values))
        lines = set(SpendEntry.objects.values_list("line", flat=True))
        self.assertEqual(lines, {"media", "agency"})

    def test_spend_without_leads_leads_without_spend_and_unmatched_spend(self):
        posters = Campaign.objects.get(key="city-posters")
        self.assertTrue(posters.spendentry_set.exists())
        self.assertFalse(posters.lead_set.exists())
        partners = Campaign.objects.get(key="referral-partners")
        self.assertFalse(partners.spendentry_set.exists())
        self.assertTrue(partners.lead_set.exists())
        unmatched = SpendEntry.objects.filter(campaign=None)
        names = set(unmatched.values_list("campaign_name", flat=True))
        self.assertEqual(names, {plan.misspelt_spend for plan in COMPANIES})

    def test_untidy_values_stay_raw_and_find_their_campaign(self):
        rows = Campaign.objects.get(key="brand search").lead_set.values_list("utm_campaign")
        self.assertGreater(len(set(rows)), 4)
        self.assertTrue(Campaign.objects.get(key="implant-serach").discovered)

    def test_young_leads_have_few_completed_bookings(self):
        def completed_rate(first, last):
            days = (TODAY - timedelta(days=first), TODAY - timedelta(days=last))
            rows = Lead.objects.filter(kind="primary", day__range=days)
            return rows.filter(completed=True).count() / rows.count()

        self.assertLess(completed_rate(6, 0), completed_rate(200, 100) / 3)

    def test_no_booking_lies_ahead_and_revenue_is_that_of_the_completed_ones(self):
        self.assertFalse(Booking.objects.filter(day__gt=TODAY).exists())
        done = Booking.objects.filter(status="completed")
        self.assertFalse(done.filter(completed_at=None).exists())
        # Kept on the lead by the database; only counted leads have bookings here.
        revenue = Lead.objects.filter(kind="primary").aggregate(sum=Sum("revenue_minor"))["sum"]
        self.assertEqual(done.aggregate(sum=Sum("value_minor"))["sum"], revenue)

    def test_one_day_of_a_campaign_has_a_peak_and_a_note_says_why(self):
        peak = date(2026, 3, 9)  # the Monday two to three weeks ago
        rows = Lead.objects.filter(campaign__name="Brand search")
        by_day = dict(rows.values_list("day").annotate(leads=Count("pk")))
        self.assertEqual(max(by_day, key=by_day.get), peak)
        note = Note.objects.get(text__startswith="The evening news")
        self.assertEqual((note.first_day, note.campaign.name), (peak, "Brand search"))

    def test_one_day_stands_out(self):
        rows = Lead.objects.filter(company__slug="morgentau-dental")
        by_day = dict(rows.values_list("day").annotate(leads=Count("pk")))
        dip, week_before = TODAY - timedelta(days=24), TODAY - timedelta(days=31)
        self.assertLess(by_day.get(dip, 0), by_day[week_before] / 2)

    def test_budgets_that_are_off_their_pace_wait_for_attention(self):
        notices = BudgetNotice.objects.filter(cleared_at=None)
        self.assertGreaterEqual(notices.values("company").distinct().count(), 2)
        self.assertEqual(set(notices.values_list("day", flat=True)), {TODAY})

    def test_the_owner_works_in_all_companies_and_the_others_in_the_first(self):
        found = Membership.objects.values_list("user__username", "role", "company__slug")
        first = COMPANIES[0].slug
        expected = {("owner", "owner", plan.slug) for plan in COMPANIES} | {
            ("viewer", "viewer", first),
            ("utm-admin", "utm_admin", first),
            ("company-admin", "company_admin", first),
        }
        self.assertEqual(set(found), expected)

    def test_each_user_may_sign_in_with_the_printed_password(self):
        for user in User.objects.all():
            self.assertTrue(user.check_password(f"demo-{user.username}"))
            self.assertTrue(user.is_staff)
            self.assertEqual(user.is_superuser, user.username == "admin")

    def test_every_person_is_invented(self):
        self.assertFalse(Lead.objects.exclude(email__endswith="@example.com").exists())


class LoadDemoTests(TestCase):
    @pytest.mark.on_sqlite  # they come from the generator, before any engine
    def test_the_same_day_gives_the_same_numbers(self):
        found = []
        for __ in range(2):
            with transaction.atomic():
                load(scale=0.02)
                found.append(numbers())
                transaction.set_rollback(True)
        self.assertEqual(found[0], found[1])
        self.assertTrue(found[0][0])

    @pytest.mark.on_postgresql
    def test_a_user_of_the_same_name_keeps_password_and_rights(self):
        mine = make_user(username="owner")
        with mock.patch("reports.demo.load.COMPANIES", COMPANIES[:1]):  # each takes seconds
            said = load(scale=0.01)
        mine.refresh_from_db()
        self.assertTrue(mine.check_password("password"))
        with scope.all_companies():
            self.assertFalse(Membership.objects.filter(user=mine).exists())
        self.assertIn("keeps the password it has", said)
        self.assertNotIn("demo-owner", said)

    def test_a_server_gets_no_passwords_that_everyone_knows(self):
        with self.assertRaisesMessage(CommandError, "--force"):
            load(force=False)
        self.assertFalse(User.objects.exists())
