"""Another time zone for a company: every lead and booking gets its day in it, and nothing else."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from attribution import scope
from attribution.calendar import day_and_slot
from attribution.imports import runs
from attribution.models import Booking, Company, Lead
from attribution.signals import facts_changed
from attribution.timezone import change_timezone, preview, same_day_until
from tests.factories import make_booking, make_company, make_lead, make_spend

# What clocks do: skip an hour at night, or half of one; leave a day out; leave midnight out or
# pass it twice; show one minute of a day and go back into the day before (St. John's at 00:01).
ODD = [
    ("Europe/Zurich", datetime(2026, 3, 28, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, tzinfo=UTC)),
    ("Asia/Kathmandu", datetime(1985, 12, 31, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 29, tzinfo=UTC)),
    ("America/Sao_Paulo", datetime(2018, 2, 17, tzinfo=UTC)),
    ("America/Sao_Paulo", datetime(2018, 11, 3, tzinfo=UTC)),
    ("America/Havana", datetime(2025, 11, 1, tzinfo=UTC)),
    ("Asia/Beirut", datetime(2025, 3, 29, tzinfo=UTC)),
    ("America/St_Johns", datetime(2010, 11, 6, tzinfo=UTC)),
    ("Africa/Monrovia", datetime(1972, 1, 6, tzinfo=UTC)),
]
EVENING = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)


def days(model, company):
    rows = model.objects.filter(company=company).order_by("pk")
    return [str(day) for day in rows.values_list("day", flat=True)]


def run(*arguments):
    said = StringIO()
    call_command("change_timezone", *arguments, stdout=said)
    return said.getvalue()


def check_stretch(at, zone):
    """From here on one day, to the instant at which the day or the clock changes."""
    end = same_day_until(at, zone)
    minutes = range((end - at) // timedelta(minutes=1))
    within = [at, *(at + timedelta(minutes=n) for n in minutes), end - timedelta(microseconds=1)]
    local = at.astimezone(zone)
    assert {one.astimezone(zone).date() for one in within} == {local.date()}
    after = end.astimezone(zone)
    assert (after.date(), after.utcoffset()) != (local.date(), local.utcoffset())
    return end


@pytest.mark.parametrize(("name", "start"), ODD)
def test_days_are_cut_where_the_calendar_cuts_them(name, start):
    at, pieces = start, 0
    while at < start + timedelta(days=3):
        at, pieces = check_stretch(at, ZoneInfo(name)), pieces + 1
    assert pieces <= 6


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC)),
    st.timezones(no_cache=False),
)
def test_any_instant_has_its_stretch_of_a_day(at, zone):
    check_stretch(at, zone)


def telling_instants(start, zone):
    """The minute before and after each change of day or clock in three days, and every hour."""
    minutes = [start + timedelta(minutes=n) for n in range(3 * 1440)]
    shown = [(at.astimezone(zone).date(), at.astimezone(zone).utcoffset()) for at in minutes]
    found = set(minutes[::60])
    for n in range(1, len(minutes)):
        if shown[n] != shown[n - 1]:
            found |= {minutes[n - 1], minutes[n]}
    return sorted(found)


@pytest.mark.parametrize(("name", "start"), ODD)
def test_each_fact_gets_the_day_that_it_would_have_been_stored_with(company, name, start):
    instants = telling_instants(start, ZoneInfo(name))
    leads = Lead.objects.bulk_create(
        Lead(company=company, external_id=str(n), received_at=at) for n, at in enumerate(instants)
    )
    Booking.objects.bulk_create(
        Booking(company=company, lead=leads[-1 - n], external_id=str(n), booked_at=at)
        for n, at in enumerate(instants)
    )
    slots = list(Lead.objects.order_by("pk").values_list("slot", flat=True))
    change_timezone(company, name)
    expected = [str(day_and_slot(at, ZoneInfo(name))[0]) for at in instants]
    assert days(Lead, company) == days(Booking, company) == expected
    assert list(Lead.objects.order_by("pk").values_list("slot", flat=True)) == slots


def test_only_days_of_this_company_change_and_the_rest_stays(company):
    lead = make_lead(company, "spring", received_at=EVENING)
    booking = make_booking(lead, "completed", 500)
    entry = make_spend(company, "spring", 700)
    found = Lead.objects.values().get()
    with scope.all_companies():
        other = make_lead(make_company(), received_at=EVENING)
    assert change_timezone(company, "Europe/Zurich") == (1, 1)
    found["day"] += timedelta(days=1)
    assert Lead.objects.values().get() == found
    day = str(booking.day + timedelta(days=1))
    assert days(Booking, company) == [day]
    entry.refresh_from_db()
    assert str(entry.day) == "2026-03-02"
    assert str(lead.campaign.first_lead_on) == "2026-03-02"
    with scope.all_companies():
        assert days(Lead, other.company) == ["2026-03-02"]
    assert Company.objects.get(pk=company.pk).timezone == company.timezone == "Europe/Zurich"


def test_a_company_without_facts_only_gets_the_zone(company):
    assert change_timezone(company, "Asia/Kathmandu") == (0, 0)
    assert Company.objects.get(pk=company.pk).timezone == "Asia/Kathmandu"


def test_the_same_zone_again_moves_what_was_stored_with_another(company):
    stale = Company.objects.get(pk=company.pk)
    change_timezone(company, "Europe/Zurich")
    make_lead(stale, received_at=EVENING)  # its writer had read the company before
    assert change_timezone(company, "Europe/Zurich") == (1, 0)
    assert days(Lead, company) == ["2026-03-03"]
    assert change_timezone(company, "Europe/Zurich") == (0, 0)


def test_who_waited_for_the_companys_lock_goes_on_with_its_new_zone(company):
    waiting = Company.objects.get(pk=company.pk)
    change_timezone(company, "Europe/Zurich")
    runs.lock(waiting)
    assert waiting.timezone == "Europe/Zurich"


def test_others_hear_of_it_while_it_can_still_be_undone(company):
    make_lead(company, received_at=EVENING)
    heard = []

    def hear(company_id, **kwargs):
        heard.append((company_id, days(Lead, company)))
        raise InterruptedError

    facts_changed.connect(hear)
    try:
        with pytest.raises(InterruptedError):
            change_timezone(company, "Europe/Zurich")
    finally:
        facts_changed.disconnect(hear)
    assert heard == [(company.pk, ["2026-03-03"])]
    assert days(Lead, company) == ["2026-03-02"]
    assert Company.objects.get(pk=company.pk).timezone == "UTC"


def test_an_unknown_zone_and_a_company_out_of_scope_are_refused(company):
    for ask in (preview, change_timezone):
        with pytest.raises(ValidationError, match="“Zurich” is no time zone"):
            ask(company, "Zurich")
    with scope.company_scope([]), pytest.raises(scope.OutOfCompanyScope):
        change_timezone(company, "Europe/Zurich")


# The command


def test_the_command_counts_first_and_changes_then(company):
    make_booking(make_lead(company, received_at=EVENING))
    make_lead(company)
    asked = ("--company", company.slug, "--to", "Europe/Zurich")
    one = f"{company.name}, UTC → Europe/Zurich. On another day than before: leads 1, bookings 1."
    said = run(*asked, "--check")
    assert one in said
    assert "nothing was saved" in said
    assert days(Lead, company) == ["2026-03-02", "2026-03-02"]
    assert run(*asked) == f"{one}\n"
    assert days(Lead, company) == ["2026-03-03", "2026-03-02"]
    assert "leads 0, bookings 0." in run(*asked)


@pytest.mark.parametrize("check", [[], ["--check"]])
def test_the_command_refuses_an_unknown_zone_and_names_a_near_one(company, check):
    with pytest.raises(CommandError, match="Did you mean Europe/Zurich") as caught:
        run("--company", company.slug, "--to", "europe/zürich", *check)
    assert "“europe/zürich” is no time zone." in str(caught.value)
    assert caught.value.returncode == 2


def test_the_command_refuses_an_unknown_company(db):
    with pytest.raises(CommandError, match='There is no company "nobody"'):
        run("--company", "nobody", "--to", "UTC")
