"""A company with facts in three months, whose sums are up to date."""

from datetime import timedelta

import pytest

from attribution import scope
from attribution.models import Lead
from reports.models import RollupLedger, RollupMark, RollupState
from reports.rollup.refresh import refresh
from spend.matching import one_book
from tests.factories import make_bookings, make_company, make_leads, make_spend


def fill(company):
    """Ten leads, two of them completed, and spend with a campaign and without."""
    google, spring = {"utm_source": "google"}, {"utm_campaign": "spring"}
    *__, fourth, fifth, _test, april, may = make_leads(
        company,
        [
            *[google, google | spring] * 3,
            spring | {"kind": "test"},
            {"utm_campaign": "autumn"},
            {"utm_campaign": "autumn"},
        ],
    )
    for late, days in ((april, 40), (may, 70)):
        Lead.objects.filter(pk=late.pk).update(day=late.day + timedelta(days=days))
    make_bookings((fourth, "completed", 5_000), (fifth, "completed", 5_000), (may, "booked"))
    with one_book():
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
