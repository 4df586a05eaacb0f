"""The demo companies cut at a day: what was expected of each young row, and what came of it."""

from datetime import datetime, time, timedelta

import pytest
import time_machine
from babel.numbers import get_currency_precision

from attribution import scope
from attribution.models import Booking, ImportRun, Lead
from reports.demo import load as demo
from reports.demo.bookings import make_bookings
from reports.demo.hotel import HOTEL
from reports.demo.language import LANGUAGE
from reports.demo.leads import make_leads
from reports.maturity.make import make
from reports.query import ReportQuery
from reports.report import run_report
from tests.factories import make_company
from tests.reports.by_hand import JUNE

LATER = timedelta(days=180)


def cut(plan):
    """The company at noon of its day, and by lead what came of it: booked, completed."""
    company = make_company(timezone=plan.timezone, currency=plan.currency)
    today = JUNE.astimezone(company.zone).date()
    now = datetime.combine(today, time(12), tzinfo=company.zone)
    demo._make_campaigns(plan, company, None, today)
    run = ImportRun.objects.create(company=company, kind="leads", token=plan.slug)
    made = make_leads(plan, company, run, now, 1.0)
    Lead.objects.bulk_create([one.lead for one in made], batch_size=2000)
    minor = 10 ** get_currency_precision(plan.currency)
    Booking.objects.bulk_create(make_bookings(plan, made, run, now, minor), batch_size=2000)
    came = {"booked_rate": set(), "completed_rate": set()}
    for booking in make_bookings(plan, made, run, now + LATER, minor):
        if booking.status != "cancelled":
            came["booked_rate"].add(booking.lead.pk)
        if booking.status == "completed":
            came["completed_rate"].add(booking.lead.pk)
    make(company, today)
    return company, today, now, made, came


@pytest.mark.django_db
@pytest.mark.on_sqlite
@pytest.mark.parametrize("plan", [LANGUAGE, HOTEL], ids=lambda plan: plan.slug)
def test_of_the_ranges_of_young_rows_19_of_20_hold_what_came(plan):
    with time_machine.travel(JUNE, tick=False), scope.all_companies():
        company, today, now, made, came = cut(plan)
        start = today - timedelta(days=6 if plan.lag > 3 else 2)
        with time_machine.travel(now, tick=False):
            report = run_report(ReportQuery(company=company, start=start, end=today))
        young = [one.lead for one in made if one.lead.kind == "primary" and one.lead.day >= start]
        held, errors = [], []
        for row in [*report.rows, report.total]:
            leads = [
                lead.pk for lead in young if row is report.total or str(lead.campaign_id) == row.key
            ]
            assert len(leads) == row.leads
            for name, told in row.expected.items():
                final = len(came[name].intersection(leads)) / len(leads)
                held.append(float(told.low) <= final <= float(told.high))
                errors.append((float(told.rate) - final) * len(leads))
        assert report.total.expected
        assert len(held) >= 10
        assert sum(held) >= 0.9 * len(held)
        assert abs(sum(errors)) <= 0.06 * 4 * len(young)  # each lead is in two rows, with two rates
