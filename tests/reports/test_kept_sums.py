"""The kept sums and the facts give the same report, to the byte, whenever the sums were made."""

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attribution import scope
from reports.facts import FactReader
from reports.models import (
    RollupDay,
    RollupLedger,
    RollupMark,
    RollupMonth,
    RollupState,
    RollupWeekday,
    RollupYear,
)
from reports.query import ReportQuery
from reports.report import run_report
from reports.rollup import kept
from reports.rollup.buckets import ALL_CAMPAIGNS
from reports.rollup.reader import RollupReader
from reports.rollup.refresh import refresh
from reports.rollup.sums import LEADS
from reports.rollup.tiers import (
    Tier,
    by_weekday,
    month_stops,
    tiers,
    touched_months,
    whole_months,
    year_stops,
)
from reports.serialize import as_json
from reports.series import daily_series, sparklines
from tests.effort import EFFORT
from tests.factories import make_booking, make_lead, make_leads, make_spend, make_user
from tests.reports.histories import NOW, scoped
from tests.reports.long_histories import LongHistory

FACTS = 'attribution_lead"'  # in the SQL
YEAR = (date(2026, 1, 1), date(2026, 12, 31))


def everything(query):
    """All that a page takes from a report: figures of both periods, curves and days."""
    report = run_report(query)
    assert report.proof.holds
    previous = [dict(row.previous or {}) for row in (*report.rows, report.unattributed)]
    curves = sparklines(report, [row.key for row in report.rows])
    return type(report.reader), (
        as_json(report),
        previous,
        dict(report.total.previous or {}),
        daily_series(report),
        curves,
        report.unmatched_names,
    )


@pytest.mark.django_db
@pytest.mark.on_postgresql
@settings(max_examples=15 * EFFORT, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32), steps=st.integers(4, 16))
def test_sums_half_refreshed_fresh_and_switched_off_give_the_same_report(seed, steps):
    rng = Random(seed)
    with time_machine.travel(NOW, tick=False), scope.all_companies(), transaction.atomic():
        history = LongHistory(rng, "acme")
        company = history.company
        history.live(steps)
        with scoped(history):
            queries = [history.asked() for _ in range(3)]
            half = [everything(query) for query in queries]
            state = RollupState.objects.create(company=company, ready=False)
            off = [everything(query) for query in queries]
            state.delete()
            refresh(company.pk)
            fresh = [everything(query) for query in queries]
            assert not RollupMark.objects.exists()
        for one, other, third in zip(half, off, fresh, strict=True):
            assert [kind for kind, _ in (one, other, third)] == [
                RollupReader,
                FactReader,
                RollupReader,
            ]
            assert one[1] == other[1] == third[1]
        transaction.set_rollback(True)


@given(first=st.dates(date(2020, 1, 1), date(2028, 1, 1)), days=st.integers(1, 1200))
def test_the_totals_and_days_of_a_range_are_its_days(first, days):
    last = first + timedelta(days=days - 1)
    found = tiers(first, last)
    assert counted(found) == dict.fromkeys(each(first, last), 1)
    assert len(found.parts) <= 12 + 2 * (last.year - first.year)


@given(first=st.dates(date(2020, 1, 1), date(2028, 1, 1)), days=st.integers(1, 1200))
def test_touched_months_are_all_months_of_a_range_and_nothing_is_taken_away(first, days):
    last = first + timedelta(days=days - 1)
    found = touched_months(first, last)
    wanted = each(first.replace(day=1), end_of(last))
    assert found.reach == (wanted[0], wanted[-1])
    assert {part.sign for part in found.parts} == {1}
    assert set(counted(found)) == set(wanted)


@given(first=st.dates(date(2020, 1, 1), date(2028, 1, 1)), days=st.integers(1, 800))
def test_days_by_their_weekdays_are_those_of_the_range_and_few_rows(first, days):
    last = first + timedelta(days=days - 1)
    found = by_weekday(first, last)
    counts = Counter()
    for part in found.parts:
        for stop in each(*part.days):
            assert part.tier is Tier.DAY or stop + timedelta(weeks=1) > end_of(stop)
            weeks = range((stop.day + 6) // 7) if part.tier is Tier.WEEKDAY else range(1)
            for week in weeks:
                counts[stop - timedelta(weeks=week)] += part.sign
    assert {day: n for day, n in counts.items() if n} == dict.fromkeys(each(first, last), 1)
    rows = sum(len(each(*part.days)) for part in found.parts)
    assert rows <= min(days, 7 * len({(day.year, day.month) for day in each(first, last)}) + 24)


@given(first=st.dates(date(2020, 1, 1), date(2028, 1, 1)), days=st.integers(1, 400))
def test_whole_months_are_those_that_the_range_covers(first, days):
    last = first + timedelta(days=days - 1)
    inside = [
        day for day in each(first, last) if day.day == 1 and first <= day and end_of(day) <= last
    ]
    found = whole_months(first, last)
    if not inside:
        assert found is None
    else:
        assert [part.days[0] for part in found.parts] == [end_of(month) for month in inside]
        assert found.reach == (inside[0], end_of(inside[-1]))
        assert counted(found) == dict.fromkeys(each(*found.reach), 1)


def counted(found):
    """How often each day is in these parts."""
    days = Counter()
    for part in found.parts:
        (until, last) = part.days
        assert until == last
        assert part.tier is Tier.DAY or until in STOPS[part.tier](until)
        first = {Tier.DAY: until, Tier.MONTH: until.replace(day=1)}.get(part.tier)
        for day in each(first or date(until.year, 1, 1), until):
            days[day] += part.sign
    return {day: number for day, number in days.items() if number}


STOPS = {Tier.MONTH: month_stops, Tier.YEAR: lambda day: year_stops(day.year)}


def each(start, end):
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]


def end_of(day):
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


@pytest.fixture
def march(company):
    make_booking(make_lead(company, "spring", utm_source="news"), "completed", 12_345)
    make_lead(company, "spring")
    make_lead(company)
    make_lead(company, kind="bot")
    make_spend(company, "spring", 2_000)
    make_spend(company, "sprnig", 777)
    return ReportQuery(company=company, start=date(2026, 3, 1), end=date(2026, 3, 31))


def test_what_was_saved_is_in_the_next_report_before_any_refresh(march):
    refresh(march.company.pk)
    before = run_report(march).total.values["leads"]
    make_lead(march.company, "spring")
    assert RollupMark.objects.exists()
    report = run_report(march)
    assert report.total.values["leads"] == before + 1
    assert isinstance(report.reader, RollupReader)


@pytest.mark.parametrize(
    ("table", "change"),
    [
        (RollupDay, {"primary": 7}),
        (RollupMonth, {"revenue_minor": 1}),
        (RollupYear, {"booked": 4}),
        (RollupWeekday, {"booked": 4}),
        (RollupLedger, {"booked": 9}),
        (RollupLedger, {"spend_minor": 9}),
    ],
)
def test_sums_that_disagree_with_the_ledger_are_not_shown(march, caplog, table, change):
    reads = {RollupDay: (date(2026, 3, 1), date(2026, 3, 2)), RollupYear: YEAR}
    first, last = reads.get(table, (march.start, march.end))
    rows = "weekday" if table is RollupWeekday else "campaign"
    query = replace(march, start=first, end=last, group_by=rows)
    wanted = as_json(run_report(query))
    refresh(march.company.pk)
    table.objects.all().update(**change)
    report = run_report(query)
    assert isinstance(report.reader, FactReader)
    assert as_json(report) == wanted
    assert "disagree" in caplog.text


def test_sums_that_a_check_found_wrong_are_not_read(march):
    wanted = as_json(run_report(march))
    RollupState.objects.create(company=march.company, drift=1)
    report = run_report(march)
    assert isinstance(report.reader, FactReader)
    assert as_json(report) == wanted


def test_totals_of_month_and_year_are_the_sum_of_their_days(march):
    refresh(march.company.pk)
    columns = ("campaign_id", "reason", "source", "medium", "primary")
    days = sorted(RollupDay.objects.values_list(*columns))
    (day,) = {row.day for row in RollupDay.objects.all()}
    assert day == date(2026, 3, 2)
    for table, stops in (
        (RollupMonth, [date(2026, 3, n) for n in (5, 10, 15, 20, 25, 31)]),
        (RollupYear, [date(2026, *stop) for stop in ((3, 31), (6, 30), (9, 30), (12, 31))]),
    ):
        assert sorted({row.day for row in table.objects.all()}) == stops
        for stop in stops:
            assert sorted(table.objects.filter(day=stop).values_list(*columns)) == days


def test_totals_of_a_weekday_are_those_of_such_days_of_the_month(march):
    for day in (9, 10, 30, 31):  # Mondays, Tuesdays
        make_lead(march.company, "spring", received_at=datetime(2026, 3, day, 12, tzinfo=UTC))
    refresh(march.company.pk)
    found = RollupWeekday.objects.filter(campaign_id__gt=0, source="").order_by("day")
    assert list(found.values_list("day", "primary")) == [
        (date(2026, 3, 30), 3),  # and that of the 2nd
        (date(2026, 3, 31), 2),
    ]


def test_a_page_that_met_many_marks_refreshes_them(client, company):
    client.force_login(make_user(is_superuser=True))
    for number in range(3):
        make_lead(company, f"campaign {number}")
    address = "/admin/reports/overview/?period=custom&from=2026-03-01&to=2026-03-31"
    assert client.get(address).status_code == 200
    few = RollupMark.objects.count()
    assert few
    make_leads(company, [{"utm_campaign": f"campaign {number}"} for number in range(250)])
    first = without_tokens(client.get(address))
    assert not RollupMark.objects.exists()
    assert without_tokens(client.get(address)) == first


def test_the_facts_behind_marks_are_read_once_for_a_whole_page(client, company):
    client.force_login(make_user(is_superuser=True))
    address = "/admin/reports/overview/?period=custom&from=2026-03-01&to=2026-03-31&source=google"
    make_lead(company, "spring", utm_source="google")
    refresh(company.pk)
    asked = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).context["report"].total.leads == 1 + len(asked)
        asked.append([one["sql"] for one in queries if FACTS in one["sql"]])
        make_lead(company, "spring", utm_source="google")
    without, behind_marks = map(len, asked)
    assert behind_marks == without + 1


@pytest.mark.parametrize("most", ["MOST_TOLD", "MOST_CHANGES"])
def test_what_is_too_much_to_be_told_is_read_from_the_facts(company, monkeypatch, most):
    make_lead(company, "spring", utm_source="google")
    make_spend(company, "spring", 500)
    days = {"start": date(2026, 3, 1), "end": date(2026, 3, 31)}
    query = ReportQuery(company=company, group_by="source", **days)
    told = as_json(run_report(query))
    assert RollupMark.objects.exists()
    monkeypatch.setattr(kept, most, 0)
    assert as_json(run_report(query)) == told
    monkeypatch.undo()
    reader = RollupReader(query)
    assert reader._is_told(LEADS)
    reader.books.marked["lead"].add((date(2026, 3, 2), ALL_CAMPAIGNS))
    assert not reader._is_told(LEADS)


def test_many_changes_of_one_day_and_campaign_are_left_to_the_tick(client, company):
    client.force_login(make_user(is_superuser=True))
    make_leads(company, [{"utm_campaign": "spring"}] * 300)
    for _ in range(2):
        found = client.get("/admin/reports/overview/?period=custom&from=2026-03-01&to=2026-03-31")
        assert found.context["report"].total.leads == 300
        assert RollupMark.objects.exists()


def without_tokens(answer):
    """What the page says; each has a token of its own in its forms."""
    html = answer.content.decode()
    return re.sub(r'(csrfmiddlewaretoken" value=)"\w+"', r"\1", html[html.index("<main") :])


def test_counts_of_spend_are_read_only_when_they_are_shown_or_sorted_by(march, client):
    make_spend(march.company, "nobody knows", 100, impressions=2_000, clicks=30)
    client.force_login(make_user(is_superuser=True))
    asked = {"company": march.company.slug, "period": "custom", "from": "2026-03-01"}
    for more, read in (
        ({}, False),
        ({"cols": "leads,spend"}, False),
        ({"cols": "leads,clicks"}, True),
        ({"cols": ["leads", "ctr"]}, True),
        ({"sort": "-impressions"}, True),
        ({"sort": "cpc"}, True),
    ):
        answer = client.get("/admin/reports/overview/", asked | {"to": "2026-03-31"} | more)
        assert answer.status_code == 200
        report = answer.context["report"]
        assert report.query.counts is read
        if read:
            assert report.total.values["clicks"] == 30
        else:
            with pytest.raises(LookupError, match="clicks was not read"):
                report.total.values["clicks"]
    whole = run_report(march)
    assert (whole.total.values["impressions"], whole.total.values["clicks"]) == (2_000, 30)
    assert whole.total.values["sends"] is None
