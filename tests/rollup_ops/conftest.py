"""A company with facts in three months, whose sums are up to date."""

from datetime import timedelta

import pytest

from attribution import scope
from attribution.models import Lead
from reports.models import RollupLedger, RollupMark, RollupState
from reports.rollup.refresh import refresh
from tests.factories import make_booking, make_company, make_lead, make_spend


def fill(company):
    """Ten leads, two of them completed, and spend with a campaign and without."""
    for number in range(6):
        lead = make_lead(company, "spring" if number % 2 else "", utm_source="google")
        if number > 3:
            make_booking(lead, "completed", 5_000)
    make_lead(company, "spring", kind="test")
    for days in (40, 70):
        late = make_lead(company, "autumn")
        Lead.objects.filter(pk=late.pk).update(day=late.day + timedelta(days=days))
    make_booking(late, "booked")
    make_spend(company, "spring", 1_200, impressions=7)
    make_spend(company, "nobody's", 800)


@pytest.fixture
def acme(transactional_db):
    """In the scope of all companies, and outside any transaction."""
    with scope.all_companies():
        for table in (RollupMark, RollupLedger, RollupState):
            table.objects.all().delete()  # emptying the tables after a test has marked its facts
        company = make_company(name="Acme", slug="acme")
        fill(company)
        refresh(company.pk)
        yield company
