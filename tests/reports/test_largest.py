"""Rows split into campaigns, of which only the largest are read: the same as of all."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import permutations
from random import Random

import pytest
import time_machine
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attribution import scope
from attribution.models import Company
from reports.builder import Builder
from reports.inner import Shown
from reports.query import ReportQuery
from reports.ranking import DEFAULT_SORT
from reports.report import run_report
from reports.rollup.reader import RollupReader
from reports.rollup.refresh import refresh
from reports.serialize import as_dict
from tests.effort import EFFORT
from tests.factories import (
    make_bookings,
    make_campaign,
    make_company,
    make_leads,
    make_spend,
    make_user,
)
from tests.queries import reading
from tests.reports.by_hand import JUNE, MARCH
from tests.reports.histories import NOW, scoped
from tests.reports.long_histories import LongHistory

ADDRESS = reverse("reports:overview")
LAST = "campaign"  # of what is read only as far as it is shown
LEVELS = [
    *(("month", LAST), ("weekday", LAST), ("source", LAST), ("month", "medium", LAST)),
    *(("channel", "month", LAST), ("weekday", "month", LAST), ("source", "tag", LAST)),
    *(("month", "group", LAST), ("month", LAST, "weekday"), ("source", LAST, "month")),
    *(("weekday", LAST, "source"), ("channel", LAST, "month"), ("month", LAST, "tag")),
    *(("month", "weekday", LAST), ("source", "weekday", LAST), ("source", "medium", LAST)),
]


def all_rows(report):
    return report.rows


def looked_at(row, most):
    """A row and what a page shows below it, as far down as it goes."""
    found = [row.label, row.key, row.leads, dict(row.values), row.thin, row.maturing]
    found.append(row.previous and dict(row.previous))
    found.append(row.previous_at_age and dict(row.previous_at_age))
    if row.splits is None:
        return found
    rows, others = row.first(row.sort_below(DEFAULT_SORT), most)
    return [*found, row.parts, [looked_at(one, most) for one in rows], sums(others)]


def sums(rows):
    """All of these as one, in the period and before."""
    return [_sum([row.tally for row in rows]), _sum([row.before for row in rows if row.before])]


def _sum(tallies):
    leads = [(one.lead_parts, one.booked_parts, one.revenue_minor) for one in tallies]
    spend = [one.known_spend_minor for one in tallies if one.known_spend_minor is not None]
    return [sum(column) for column in zip(*leads, strict=True)], sum(spend), bool(spend)


def told(report, most):
    """All that a page says of a report."""
    outside = report.facets, report.outside, report.all_notes, report.proof, report.reasons
    whole = as_dict(
        replace(report, rows=[], unattributed=replace(report.unattributed, splits=None))
    )
    rows = [*report.rows, report.unattributed]
    return [looked_at(row, most) for row in rows], outside, whole


class Priced(LongHistory):
    """All its money has a rate of exchange: without one, the whole is read."""

    def spend_abroad(self):
        self.enter_spend()

    def earn_abroad(self):
        self.book()


@pytest.mark.django_db
@settings(max_examples=12 * EFFORT, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32), steps=st.integers(8, 24))
def test_the_largest_are_those_of_the_whole(seed, steps):
    rng = Random(seed)
    with time_machine.travel(NOW, tick=False), scope.all_companies(), transaction.atomic():
        history = Priced(rng, "acme")
        history.live(steps)
        with scoped(history):
            levels, most = rng.choice(LEVELS), rng.randint(1, 4)
            query = replace(history.asked(), group_by=levels[0], then_by=levels[1:])
            largest = run_report(query, shown=Shown(all_rows, lambda rows: most))
            assert type(largest.reader) is RollupReader
            assert told(largest, most) == told(run_report(query), most)
        transaction.set_rollback(True)


def test_a_campaign_is_as_large_as_all_that_is_asked_for(company):
    """Of two sources, of which it had one before; others have more leads of one source."""
    march, february = (datetime(2026, month, 9, 12, tzinfo=UTC) for month in (3, 2))
    for name in ("one", "two", "gone"):
        make_campaign(company, name)
    news, google = (
        {"utm_campaign": "one", "utm_source": source, "received_at": march}
        for source in ("news", "google")
    )
    two = {"utm_campaign": "two", "utm_source": "news", "received_at": march}
    make_leads(company, [news] * 2 + [google] * 2 + [two] * 3)
    before = {**google, "received_at": february}
    make_leads(company, [before, {**before, "utm_campaign": "gone"}])
    days = {"start": date(2026, 3, 1), "end": date(2026, 3, 31), "compare": "previous"}
    query = ReportQuery(
        company=company, group_by="weekday", then_by=(LAST,), sources=("news", "google"), **days
    )
    with time_machine.travel(JUNE, tick=False):
        report = run_report(query, shown=Shown(all_rows, lambda rows: 1))
    [monday] = report.rows
    assert monday.parts == 2
    [one], [other] = monday.first(DEFAULT_SORT, 1)
    assert (one.label, one.leads, one.previous["leads"]) == ("one", 4, 1)
    assert (other.leads, other.previous["leads"]) == (3, 0)  # what is gone is no part of the days
    with pytest.raises(LookupError, match="only the largest"):
        monday.first(DEFAULT_SORT, 2)


def test_spend_that_is_not_matched_is_no_part_of_leads_without_a_source(company):
    for name in ("one", "two", "three"):
        make_campaign(company, name)
    make_leads(company, [{"utm_campaign": name} for name in ("one", "one", "two")])
    make_spend(company, "three", 1_000)
    query = ReportQuery(company=company, group_by="source", then_by=(LAST,), **MARCH)
    with time_machine.travel(JUNE, tick=False):
        report = run_report(query, shown=Shown(all_rows, lambda rows: 1))
    assert report.unmatched_spend.values["spend"] == 10
    [one], [other] = report.unattributed.first(DEFAULT_SORT, 1)
    assert (report.unattributed.parts, one.leads, other.leads) == (2, 2, 1)


def test_filters_offer_what_has_spend_alone_or_was_there_before(company):
    channels = {"one": "email", "two": "paid_search", "gone": "affiliate", "never": "offline"}
    for name, channel in channels.items():
        make_campaign(company, name, channel=channel)
    for name, year in (("one", 2026), ("gone", 2025)):
        at = datetime(year, 3, 10, 12, tzinfo=UTC)
        make_leads(company, [{"utm_campaign": name, "received_at": at}])
    make_spend(company, "two", 1_000, day=date(2026, 3, 9))
    query = ReportQuery(
        company=company,
        group_by="month",
        then_by=("weekday", LAST),
        start=date(2026, 3, 1),
        end=date(2026, 3, 31),
        compare="year",
    )
    with time_machine.travel(JUNE, tick=False):
        report = run_report(query, shown=Shown(all_rows, lambda rows: 1))
    assert report.facets.channels == ["affiliate", "email", "paid_search"]


# On the page


@pytest.fixture(scope="module")
def many(module_rows):
    """Forty campaigns in three months, each with leads or spend in some of them."""
    with module_rows(), time_machine.travel(JUNE, tick=False), scope.all_companies():
        company = make_company()
        rng = Random(3)
        for n in range(40):
            channel = rng.choice(("email", "paid_search", "other"))
            make_campaign(company, f"c{n}", name=f"Campaign {n}", channel=channel)
        leads = make_leads(
            company,
            [
                {
                    "utm_campaign": f"c{min(rng.randrange(44), rng.randrange(44))}",
                    "utm_source": rng.choice(("", "news", "google")),
                    "utm_medium": rng.choice(("", "email", "cpc")),
                    "received_at": datetime(
                        2026, rng.randint(2, 4), rng.randint(1, 28), 12, tzinfo=UTC
                    ),
                }
                for _ in range(240)
            ],
        )
        make_bookings(*((lead, "completed", 1_000) for lead in leads[::3]))
        for n in range(0, 44, 4):
            make_spend(company, f"c{n}", 100 * n, day=date(2026, rng.randint(2, 4), 5))
        refresh(company.pk)
        return company.pk


ABOVE = ("month", "weekday", "source", "channel")
SORTS = ("", "-leads", "label", "cost_per_lead")
FILTERS = (
    {"source": ["news", "google"], "compare": "previous"},
    {"compare": "previous", "changes": "row"},
    {"medium": ["email", "cpc"]},
    {"channel": ["email", "other"], "source": ["news", "google"]},
)


@pytest.mark.django_db
def test_the_page_is_that_of_the_whole_report(many, client, monkeypatch):
    with scope.all_companies():
        company = Company.objects.get(pk=many)
        client.force_login(make_user(company))
    asked = {"company": company.slug, "period": "custom", "from": "2026-03-01", "to": "2026-04-30"}
    pages = [{"group": one, "then": [LAST]} for one in ABOVE]
    pairs = list(permutations(ABOVE, 2))
    pages += [{"group": one, "then": [other, LAST]} for one, other in pairs[::2]]
    pages += [{"group": one, "then": [LAST, other]} for one, other in pairs[1::2]]
    pages += [{"group": LAST, "then": pair} for pair in pairs[::3]]
    read, cut = [], 0
    real = RollupReader.largest
    monkeypatch.setattr(RollupReader, "largest", lambda *some: read.append(1) or real(*some))
    with time_machine.travel(JUNE, tick=False):
        for nth, page in enumerate(pages):
            question = asked | page | FILTERS[nth // 2 % 4] | {"sort": SORTS[nth % 4]}
            with reading():
                shown = client.get(ADDRESS, question).content.decode()
            with monkeypatch.context() as without:
                without.setattr("reports.report.as_shown", whole_report)
                whole = client.get(ADDRESS, question).content.decode()
            cut += " more</" in shown
            assert without_nonce(shown) == without_nonce(whole)
    assert (len(read), cut) == (10, 4)


@pytest.mark.django_db
def test_nor_are_months_and_weekdays_that_are_not_shown_missed(many, client, monkeypatch):
    monkeypatch.setattr("reports.nested.MOST_INNER", 8)  # two of each
    with scope.all_companies():
        company = Company.objects.get(pk=many)
        client.force_login(make_user(company))
    asked = {"company": company.slug, "period": "custom", "from": "2026-02-11", "to": "2026-04-20"}
    with time_machine.travel(JUNE, tick=False):
        for filters in FILTERS:
            for group, then in permutations(("month", "weekday")):
                question = asked | {"group": group, "then": [then, LAST]} | filters
                with reading():
                    shown = client.get(ADDRESS, question).content.decode()
                with monkeypatch.context() as without:
                    without.setattr("reports.report.as_shown", whole_report)
                    whole = client.get(ADDRESS, question).content.decode()
                assert ("5 more <a" in shown) == (group == "month")  # weekdays
                assert without_nonce(shown) == without_nonce(whole)


def whole_report(query, reader, shown):
    return Builder(query, reader).build()


def without_nonce(page):
    return re.sub(r'nonce="[^"]*"|value="[A-Za-z0-9]{64}"', "", page)
