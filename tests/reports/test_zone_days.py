"""Days of 23, 23.5, 24.5 and 25 hours add up, and a change of the time zone is as if it had
always been so: from the facts, from the kept sums, and while these wait for a refresh."""

from collections import Counter
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from django.db.models import Count, Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attribution import scope
from attribution.calendar import day_and_slot
from attribution.models import Booking, Lead
from attribution.signals import facts_changed
from attribution.timezone import change_timezone
from reports.facts import FactReader
from reports.models import RollupDay, RollupLedger, RollupMark, RollupMonth, RollupState
from reports.query import ReportQuery
from reports.report import run_report
from reports.rollup.reader import RollupReader
from reports.rollup.refresh import refresh
from reports.rollup.tiers import month_end, month_ends, month_stops
from reports.serialize import as_json
from reports.series import daily_series
from tests.attribution.test_calendar import CHANGES, around, day_by_hand
from tests.effort import EFFORT
from tests.factories import make_booking, make_bookings, make_company, make_lead, make_spend

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MONTHS = (date(2026, 3, 1), date(2026, 11, 30))
ZONES = (
    *("UTC", "Europe/Zurich", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu"),
    *("Pacific/Kiritimati", "Etc/GMT+12"),
)
# Around each change of clock, where a wrong offset shows.
INSTANTS = st.builds(
    lambda change, minutes: change[2] + timedelta(minutes=minutes),
    st.sampled_from(CHANGES),
    st.integers(-2 * 1440, 3 * 1440),
)
FACTS = st.lists(
    st.tuples(
        INSTANTS,
        st.sampled_from(("", "spring", "summer")),
        st.sampled_from(("primary", "primary", "primary", "test", "duplicate")),
        st.sampled_from((None, "booked", "completed", "cancelled")),
        st.integers(-500, 9000),  # minutes until it booked
    ),
    min_size=1,
    max_size=25,
)


def ask(company, start, end, **more):
    return run_report(ReportQuery(company=company, start=start, end=end, **more))


@contextmanager
def sums_set_aside(company):
    """Reports read the facts."""
    RollupState.objects.update_or_create(company=company, defaults={"ready": False})
    yield
    RollupState.objects.filter(company=company).update(ready=True)


# Days on which clocks change


def half_hours(name, first):
    """A lead every half hour around the change; every third has booked, some are of a campaign."""
    company = make_company(timezone=name)
    Lead.objects.bulk_create(
        Lead(
            company=company,
            external_id=str(n),
            received_at=at,
            utm_campaign=("", "spring", "summer")[n % 3],
        )
        for n, at in enumerate(around(first))
    )
    spring = Lead.objects.filter(company=company, utm_campaign="spring")
    make_bookings(*((lead, "completed", 700) for lead in spring.select_related("company")))
    return company


def check_days(company, wanted, reader):
    """Each day by itself, all days together, and the curve."""
    first, last = min(wanted) - timedelta(days=1), max(wanted) + timedelta(days=1)
    for day in (first, *wanted, last):
        report = ask(company, day, day)
        assert isinstance(report.reader, reader)
        assert report.total.values["leads"] == wanted[day]
        assert sum(row.leads for row in report.rows) + report.unattributed.leads == wanted[day]
    report = ask(company, first, last)
    assert isinstance(report.reader, reader)
    assert {point.day: point.leads for point in daily_series(report)} == wanted | {
        first: 0,
        last: 0,
    }
    assert report.total.values["leads"] == wanted.total()
    assert report.total.values["booked"] == len(range(1, wanted.total(), 3))
    assert report.proof.holds


@pytest.mark.parametrize(("name", "day", "first", "hours"), CHANGES)
def test_each_day_has_its_half_hours_in_facts_and_in_sums(db, name, day, first, hours):
    with scope.all_companies():
        company = half_hours(name, first)
        wanted = Counter(day_by_hand(at, day, first, hours) for at in around(first))
        assert wanted[day] == hours * 2
        with sums_set_aside(company):
            check_days(company, wanted, FactReader)
        assert RollupMark.objects.filter(company=company).exists()
        check_days(company, wanted, RollupReader)
        refresh(company.pk)
        assert not RollupMark.objects.filter(company=company).exists()
        check_days(company, wanted, RollupReader)
        kept = RollupDay.objects.filter(company=company).values_list("day")
        assert dict(kept.annotate(n=Sum("primary")).order_by()) == wanted
        ends = list(month_ends(min(wanted), month_end(max(wanted))))
        months = RollupMonth.objects.filter(company=company, day__in=ends)
        assert months.aggregate(n=Sum("primary"))["n"] == wanted.total()
        ledger = RollupLedger.objects.filter(company=company).values_list("day", "counted")
        assert dict(ledger) == wanted
        check_clock(company, day, hours)


def check_clock(company, day, hours):
    """Half hours that the clock shows twice stay apart."""
    zone = company.zone
    leads = Lead.objects.filter(company=company, day=day)
    slots = list(leads.values_list("slot").annotate(n=Count("pk")).order_by("slot"))
    assert [n for _, n in slots] == [1] * int(hours * 2)
    begins = [datetime.fromtimestamp(slot * 1800, UTC) for slot, _ in slots]
    assert begins[-1] - begins[0] == timedelta(hours=hours - 0.5)  # no hole and no heap
    clock = Counter(at.astimezone(zone).replace(tzinfo=None, fold=0) for at in begins)
    twice = [shown for shown, times in clock.items() if times == 2]
    assert len(twice) == max(0, hours * 2 - 48)


# Another time zone


def store(company, facts):
    """The leads and bookings, and some spend, as if they came in the company's zone."""
    for n, (at, campaign, kind, status, minutes) in enumerate(facts):
        lead = make_lead(company, campaign, external_id=f"l{n}", received_at=at, kind=kind)
        if status:
            booked_at = at + timedelta(minutes=minutes)
            make_booking(lead, status, 100 + n, external_id=f"b{n}", booked_at=booked_at)
    make_spend(company, "spring", 4200, day=date(2026, 3, 29))


def days_of(company):
    rows = (Lead.objects.filter(company=company), Booking.objects.filter(company=company))
    return [dict(some.values_list("external_id", "day")) for some in rows]


def texts(company):
    """Reports of a long time and of the days of some changes, each as JSON."""
    changes = [(change[1] - timedelta(days=1), change[1]) for change in CHANGES[::3]]
    return [
        as_json(ask(company, *MONTHS, group_by="channel")),
        *(as_json(ask(company, *period, compare="previous")) for period in (MONTHS, *changes)),
    ]


def all_texts(company):
    """The same from the facts, from sums with marks, and from fresh sums."""
    with sums_set_aside(company):
        facts = texts(company)
    assert texts(company) == facts
    refresh(company.pk)
    assert texts(company) == facts
    return facts


def from_the_start(zone, facts):
    """What a company says that had this zone before its first lead; nothing of it stays."""
    with transaction.atomic():
        company = make_company(slug="acme", name="Acme", timezone=zone)
        store(company, facts)
        found = days_of(company), all_texts(company)
        transaction.set_rollback(True)
    return found


@pytest.mark.django_db
@pytest.mark.on_sqlite
@settings(max_examples=7 * EFFORT, suppress_health_check=list(HealthCheck))
@given(FACTS, st.sampled_from(ZONES), st.sampled_from(ZONES), st.booleans())
def test_a_change_of_zone_is_as_if_it_had_always_been_so_and_can_be_taken_back(
    facts, old, new, fresh
):
    with time_machine.travel(NOW, tick=False), scope.all_companies(), transaction.atomic():
        wanted = from_the_start(new, facts)
        company = make_company(slug="acme", name="Acme", timezone=old)
        store(company, facts)
        if fresh:
            refresh(company.pk)
        before = days_of(company), all_texts(company)
        change_timezone(company, new)
        assert (days_of(company), all_texts(company)) == wanted
        change_timezone(company, old)
        assert (days_of(company), all_texts(company)) == before
        transaction.set_rollback(True)


def test_moved_leads_are_in_the_report_at_once_and_in_the_sums_after_a_refresh(company):
    evening = datetime(2026, 3, 31, 23, 30, tzinfo=UTC)
    make_lead(company, "spring", received_at=evening)
    refresh(company.pk)
    with mute(facts_changed):
        change_timezone(company, "Europe/Zurich")
    assert ask(company, date(2026, 4, 1), date(2026, 4, 1)).total.values["leads"] == 1
    assert ask(company, date(2026, 3, 31), date(2026, 3, 31)).total.values["leads"] == 0
    refresh(company.pk)
    months = [(row.day, row.primary) for row in RollupMonth.objects.order_by("day")]
    assert months == [(stop, 1) for stop in month_stops(date(2026, 4, 1))]
    assert day_and_slot(evening, company.zone)[0] == RollupDay.objects.get().day


@contextmanager
def mute(signal):
    """Nobody hears it: the marks alone must be enough."""
    heard, signal.receivers = signal.receivers, []
    signal.sender_receivers_cache.clear()
    try:
        yield
    finally:
        signal.receivers = heard
        signal.sender_receivers_cache.clear()
