"""For random leads, the parts of a campaign are its row of the report, whoever reads that."""

from datetime import UTC, date, datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from attribution import scope
from reports.campaign import facts, parts
from reports.links import Links
from reports.periods import Days
from reports.query import ReportQuery
from reports.report import run_report
from reports.rollup.refresh import refresh
from reports.series import daily_series
from tests.factories import make_booking, make_campaign, make_company, make_lead

START, END = date(2026, 3, 2), date(2026, 3, 15)


def make_leads(company, seed):
    """Some inside the period and some beside it, of all kinds and fates."""
    dice = Random(seed)
    for _ in range(dice.randint(0, 14)):
        lead = make_lead(
            company,
            dice.choice(["spring", "spring", "spring", "other", ""]),
            received_at=datetime(2026, 2, 27, 12, tzinfo=UTC) + timedelta(days=dice.randint(0, 19)),
            utm_source=dice.choice(["", "google", "News", "a", "b"]),
            country=dice.choice(["", "DE", "FR"]),
            kind=dice.choice(["primary", "primary", "primary", "test", "follow_up"]),
        )
        if dice.random() < 0.6:
            make_booking(
                lead, dice.choice(["booked", "completed", "cancelled"]), dice.randint(0, 9)
            )


class AddingUp(TestCase):
    @settings(max_examples=8, deadline=None)
    @given(seed=st.integers(0, 10**6), kept=st.booleans())
    def test_tables_and_funnel_are_the_row(self, seed, kept):
        with scope.all_companies():
            company = make_company()
            spring = make_campaign(company, "spring")
            make_leads(company, seed)
            if kept:
                refresh(company.pk)
            self.look(company, spring)

    def look(self, company, spring):
        query = ReportQuery(company=company, start=START, end=END, compare="previous")
        report = run_report(query)
        found = facts.read(query, spring.pk, query.read_days)
        row = next((one for one in report.rows if one.key == str(spring.pk)), None)
        inside = facts.within(found, query.period)
        if row is None:
            assert not sum(one.leads for one in inside)
            return
        values = row.values
        for table in parts.tables(inside, row, Links(query), 30):
            assert table.holds
            assert sum(one.leads for one in table.parts) == values["leads"]
            assert sum(one.booked for one in table.parts) == values["booked"]
        steps = {one.label: one.number for one in parts.funnel(row)}
        assert steps["Completed"] == str(sum(one.completed for one in inside))
        assert sum(one.revenue_minor for one in inside) == values["revenue"] * 100
        before = facts.within(found, query.compared)
        assert sum(one.leads for one in before) == row.previous["leads"]
        # Its days are those of the report narrowed to it.
        only = run_report(ReportQuery(company=company, start=START, end=END, search="spring"))
        by_day = {point.day: point.leads for point in daily_series(only)}
        for day, leads in by_day.items():
            assert leads == sum(one.leads for one in facts.within(found, Days(day, day)))
