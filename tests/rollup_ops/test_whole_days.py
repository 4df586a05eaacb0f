"""Very many entries of spend in one statement: whole days are marked, and the report is exact.

SQLite marks row by row; there the marks are taken as those of whole days.
"""

from datetime import date, timedelta

import pytest
from django.db import DataError, connection, transaction

from attribution import scope
from reports.facts import FactReader
from reports.models import NO_CAMPAIGN, RollupMark, RollupState
from reports.query import ReportQuery
from reports.report import run_report
from reports.rollup.buckets import ALL_CAMPAIGNS, Box, Buckets, boxed
from reports.rollup.check import check
from reports.rollup.reader import RollupReader
from reports.rollup.refresh import refresh
from reports.rollup.sql import Total, fetch
from reports.serialize import as_json
from spend.models import SpendEntry
from tests.factories import make_campaign, make_company, make_spend
from tests.rollup_ops.kept import in_the_facts, in_the_ledger, kept, marks

DAY = date(2026, 3, 30)
MANY, DAYS = 5_100, 4  # over the end of a month, and of a quarter
# Entry n of the statement: every third is not matched, every fifth has no known amount.
A_DAY = " ".join(f"WHEN {n} THEN '{DAY + timedelta(days=n)}'" for n in range(DAYS))
VALUES = {
    "day": f"CASE n %% {DAYS} {A_DAY} END",
    "campaign_key": "'many-' || n",
    "campaign_id": "CASE WHEN n %% 3 > 0 THEN %(first)s + n %% 2 END",
    "amount_minor": "CASE WHEN n %% 5 > 0 THEN n END",
    "clicks": "CASE WHEN n %% 7 > 0 THEN n %% 11 END",
    "source": "'file'",
}


@pytest.fixture
def company():
    with scope.all_companies():
        company = make_company()
        for key in ("a", "b"):
            make_campaign(company, key)
            make_spend(company, key, 700, day=DAY, clicks=3)
        make_spend(company, "nobody's", 50, day=date(2026, 1, 15))
        refresh(company.pk)
        yield company


def write_many(company, utm_source):
    """All in one statement; `utm_source` is SQL over n."""
    entry = SpendEntry.objects.filter(campaign__isnull=False).earliest("pk")
    values = VALUES | {"utm_source": utm_source}
    if connection.vendor == "postgresql":
        values["day"] = f"CAST({values['day']} AS date)"
    columns = [f.column for f in SpendEntry._meta.concrete_fields if f.column != "id"]
    taken = ", ".join(values.get(column, f"e.{column}") for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE numbers (n) AS"
            f" (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {MANY})"
            f" INSERT INTO spend_spendentry ({', '.join(columns)}) SELECT {taken}"
            " FROM spend_spendentry e, numbers WHERE e.id = %(id)s",
            {"id": entry.pk, "first": entry.campaign_id},
        )


def reported(company, start=date(2026, 1, 1)):
    """The report, which is the same from the sums and from the facts."""
    query = ReportQuery(company=company, start=start, end=date(2026, 12, 31), compare="none")
    report = run_report(query)
    assert isinstance(report.reader, RollupReader)
    assert report.proof.holds
    with transaction.atomic():
        RollupState.objects.update_or_create(company=company, defaults={"ready": False})
        counted = run_report(query)
        transaction.set_rollback(True)
    assert isinstance(counted.reader, FactReader)
    assert as_json(report) == as_json(counted)
    return as_json(report)


def taken():
    """The days and campaigns of which a refresh has just taken marks."""
    return set(fetch("SELECT day, campaign_id FROM rollup_taken"))


@pytest.mark.django_db
@pytest.mark.parametrize("utm_source", ["''", "'s' || n"], ids=["added up", "one by one"])
def test_they_mark_whole_days_and_every_report_is_exact(company, utm_source):
    before = kept(company)
    write_many(company, utm_source)
    if connection.vendor == "postgresql":
        assert set(RollupMark.objects.values_list("campaign_id", flat=True)) == {
            ALL_CAMPAIGNS,
            NO_CAMPAIGN,
        }
        assert marks(company) == 2 * DAYS
    make_spend(company, "a", 1, day=DAY, line="agency")  # of a day that is marked whole
    make_spend(company, "b", 2, day=date(2026, 5, 5))
    reports = reported(company), reported(company, start=date(2026, 4, 1))
    assert check(company.pk) == []
    refresh(company.pk)
    if connection.vendor == "sqlite":
        assert {campaign for _, campaign in taken()} == {ALL_CAMPAIGNS, NO_CAMPAIGN}
        assert len(taken()) == 2 * DAYS + 1
    assert marks(company) == 0
    assert (reported(company), reported(company, start=date(2026, 4, 1))) == reports
    assert check(company.pk) == []
    assert in_the_ledger(company) == in_the_facts(company)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM spend_spendentry WHERE campaign_key LIKE 'many-%'")
    assert connection.vendor == "sqlite" or marks(company) == 2 * DAYS
    reported(company)
    refresh(company.pk)
    assert check(company.pk) == []
    SpendEntry.objects.filter(amount_minor__in=(1, 2)).delete()
    refresh(company.pk)
    assert in_the_ledger(company) == in_the_facts(company)
    assert kept(company) | {"RollupLedger": None} == before | {"RollupLedger": None}


def test_a_day_that_is_marked_whole_is_read_once():
    days = [date(2026, 3, 30), date(2026, 3, 31), date(2026, 4, 1)]
    marked = [(days[0], ALL_CAMPAIGNS), (days[0], NO_CAMPAIGN), (days[0], 7), (days[1], 7)]
    assert list(boxed(1, [*marked, (days[2], ALL_CAMPAIGNS)])) == [
        Buckets(1, (Box((days[0], days[2]), None),)),
        Buckets(1, (Box((days[1],), (7,)),)),
    ]


def test_many_days_are_added_up_month_by_month():
    days = tuple(date(2026, 3, day) for day in (30, 31)), (date(2026, 4, 1),)
    whole = Buckets(1, (Box((*days[0], *days[1]), None),))
    assert [one.boxes for one in whole.parts()] == [(Box(some, None),) for some in days]
    few = Buckets(1, (Box(days[1], (7,)),))
    assert list(few.parts()) == [few]


@pytest.mark.django_db
@pytest.mark.on_postgresql
def test_the_sum_of_whole_numbers_is_that_of_the_database(company):
    entries = SpendEntry.objects.order_by()
    assert entries.aggregate(n=Total("amount_minor"))["n"] == 1_450
    assert entries.aggregate(n=Total("opens"))["n"] is None
    assert entries.filter(pk=0).aggregate(n=Total("clicks"))["n"] is None
    entries.update(amount_minor=2**62)
    with pytest.raises(DataError, match="out of range"):
        entries.aggregate(n=Total("amount_minor"))
