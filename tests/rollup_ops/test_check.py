"""A check finds what somebody changed behind the program's back, and names the place."""

from datetime import date

import pytest
from django.db import connection
from django.utils import timezone

from attribution import scope
from attribution.models import Booking, Company, Lead
from reports.models import (
    RollupDay,
    RollupLedger,
    RollupMonth,
    RollupSpendDay,
    RollupState,
    RollupWeekday,
    RollupYear,
)
from reports.rollup import check as module
from reports.rollup.check import check, examine
from reports.rollup.rebuild import rebuild
from reports.rollup.refresh import refresh
from reports.rollup.triggers import install
from spend.models import SpendEntry
from tests.factories import make_booking, make_company, make_lead
from tests.rollup_ops.kept import kept


def texts(company):
    return [str(difference) for difference in check(company.pk)]


def state(company):
    return RollupState.objects.get(company=company)


def run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def drop_trigger(name, table):
    on = f" ON {table}" if connection.vendor == "postgresql" else ""
    run(f"DROP TRIGGER {name}{on}")


@pytest.fixture
def unwatched(acme):
    """Afterwards every trigger is back, whatever a test took away."""
    yield acme
    install("default")
    from attribution.triggers import install as install_outcome

    install_outcome("default")


def test_whole_sums_have_no_differences_and_it_says_how_much_was_compared(acme):
    found = examine(acme.pk)
    assert (found.differences, found.wrong, found.leads) == ([], 0, 9)
    assert found.compared == sum(len(rows) for rows in kept(acme).values())
    assert state(acme).checked_at is not None
    assert state(acme).drift == 0


def test_a_changed_day_is_found_in_the_day_its_month_and_the_total(acme):
    RollupDay.objects.filter(company=acme, campaign_id__gt=0, day=date(2026, 3, 2)).update(booked=9)
    found = texts(acme)
    assert len(found) == 6
    assert set(found) == {
        "acme, 2026-03-02, leads by day, campaign “spring”, google / –:"
        " booked: 9 is kept, the facts say 1",
        "acme, 2026-03-02, leads by day, campaign “spring”: booked: 9 is kept, the facts say 0",
        "acme, 2026-03-05, leads of the month so far, campaign “spring”, google / –:"
        " booked: 1 is kept, its days say 9",
        "acme, 2026-03-05, leads of the month so far, campaign “spring”:"
        " booked: 0 is kept, its days say 9",
        "acme, 2026-03-30, leads of such weekdays of the month, campaign “spring”, google / –:"
        " booked: 1 is kept, its days say 9",
        "acme, 2026-03-30, leads of such weekdays of the month, campaign “spring”:"
        " booked: 0 is kept, its days say 9",
    }


def test_a_changed_month_is_found(acme):
    RollupMonth.objects.filter(company=acme, campaign_id=0).update(primary=30, test=1)
    assert texts(acme) == [
        "acme, 2026-03-05, leads of the month so far, unattributed, no_campaign, google / –:"
        " primary: 30 is kept, its days say 3; test: 1 is kept, its days say 0",
        "acme, 2026-03-31, leads of the year so far, unattributed, no_campaign, google / –:"
        " primary: 3 is kept, its months say 30; test: 0 is kept, its months say 1",
    ]


def test_a_changed_total_of_a_year_is_found_where_it_is_first_wrong(acme):
    stops = RollupYear.objects.filter(company=acme, campaign_id=0, day__gte=date(2026, 6, 30))
    assert stops.update(primary=30) == 3
    assert texts(acme) == [
        "acme, 2026-06-30, leads of the year so far, unattributed, no_campaign, google / –:"
        " primary: 30 is kept, its months say 3"
    ]


def test_a_changed_total_of_a_weekday_is_found(acme):
    RollupWeekday.objects.filter(company=acme, campaign_id=0).update(primary=30)
    assert texts(acme) == [
        "acme, 2026-03-30, leads of such weekdays of the month, unattributed, no_campaign,"
        " google / –: primary: 30 is kept, its days say 3"
    ]


def test_a_changed_day_of_spend_is_found(acme):
    RollupSpendDay.objects.filter(company=acme, campaign_id=0).update(amount_minor=799)
    assert texts(acme)[0] == (
        "acme, 2026-03-02, spend by day, unattributed, media:"
        " amount_minor: 799 is kept, the facts say 800"
    )


def test_a_changed_day_of_the_ledger_is_found(acme):
    RollupLedger.objects.filter(company=acme, day=date(2026, 3, 2)).update(received=8)
    assert texts(acme) == ["acme, 2026-03-02, ledger: received: 8 is kept, the facts say 7"]


@pytest.mark.parametrize(
    "table", [RollupDay, RollupMonth, RollupYear, RollupWeekday, RollupLedger, RollupSpendDay]
)
def test_a_missing_row_and_one_too_many_are_found(acme, table):
    row = table.objects.filter(company=acme, day__lte=date(2026, 3, 31)).first()
    table.objects.filter(pk=row.pk).delete()
    assert check(acme.pk)
    row.save(force_insert=True)
    assert check(acme.pk) == []
    row.day = date(2031, 7, 1)
    row.save(force_insert=True)
    found = {one.day for one in check(acme.pk)}
    assert {day.year for day in found} == {2031}
    assert min(found) == date(2031, 7, 1)


def test_a_fact_that_was_changed_without_its_trigger_is_found(unwatched):
    name = "rollup_mark_lead_update"
    drop_trigger(name, "attribution_lead")
    lead = Lead.objects.get(company=unwatched, kind="test")
    Lead.objects.filter(pk=lead.pk).update(kind="bot")
    assert texts(unwatched) == [
        "acme, 2026-03-02, leads by day, campaign “spring”:"
        " test: 1 is kept, the facts say 0; bot: 0 is kept, the facts say 1"
    ]
    Lead.objects.filter(pk=lead.pk).update(kind="primary")
    found = "\n".join(texts(unwatched))
    assert "ledger: counted: 6 is kept, the facts say 7" in found
    assert "primary: 0 is kept, the facts say 1" in found


def test_spend_that_was_changed_without_its_trigger_is_found(unwatched):
    drop_trigger("rollup_mark_spend_update", "spend_spendentry")
    SpendEntry.objects.filter(company=unwatched, campaign__isnull=False).update(impressions=8)
    assert texts(unwatched) == [
        "acme, 2026-03-02, spend by day, campaign “spring”, media:"
        " impressions: 7 is kept, the facts say 8"
    ]


def test_an_outcome_that_its_bookings_do_not_bear_out_is_found(unwatched):
    drop_trigger("attribution_booking_update", "attribution_booking")
    booking = Booking.objects.filter(company=unwatched, status="booked").get()
    Booking.objects.filter(pk=booking.pk).update(status="completed", value_minor=700)
    assert texts(unwatched) == [
        f"acme, {booking.lead.day}, outcome of lead {booking.lead_id}, campaign “autumn”:"
        " completed: 0 is kept, its bookings say 1; revenue_minor: 0 is kept, its bookings say 700"
    ]


def test_sums_that_do_not_make_up_what_was_received_are_found(acme, monkeypatch):
    """Every other comparison is silent: only the parts of the day are looked at."""
    RollupDay.objects.filter(company=acme, test=1).update(test=0)
    for name in ("_days_with_facts", "_months_with_days"):
        monkeypatch.setattr(module, name, lambda *given: None)
    assert texts(acme) == [
        "acme, 2026-03-02, 3 named + 3 unattributed + 0 excluded:"
        " received: 6 is kept, the facts say 7"
    ]


def test_what_is_marked_is_no_difference(acme):
    """New, moved, changed, booked: on days and months known and not."""
    lead = make_lead(acme, "winter")
    Lead.objects.filter(pk=lead.pk).update(day=date(2026, 12, 24))
    Lead.objects.filter(company=acme, day=date(2026, 3, 2), campaign=None).update(kind="bot")
    make_booking(make_lead(acme, "spring"), "completed", 300)
    SpendEntry.objects.filter(company=acme).update(amount_minor=1)
    assert check(acme.pk) == []
    refresh(acme.pk)
    assert check(acme.pk) == []


def test_a_fault_beside_a_mark_is_found(acme):
    make_lead(acme, "spring")
    RollupDay.objects.filter(company=acme, campaign_id=0).update(bot=5)
    assert "acme, 2026-03-02, leads by day, unattributed" in texts(acme)[0]


def test_drift_is_noted_logged_and_ends_with_a_rebuild(acme, caplog):
    wanted = kept(acme)
    RollupMonth.objects.filter(company=acme).update(primary=1)
    assert examine(acme.pk).wrong == state(acme).drift > 0
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert f"company {acme.pk} differ from the facts in {state(acme).drift} places" in caplog.text
    assert "manage.py rollup --rebuild --company acme" in caplog.text
    rebuild(acme.pk)
    assert (state(acme).drift, kept(acme)) == (0, wanted)
    assert check(acme.pk) == []


def test_a_check_that_finds_nothing_ends_drift(acme):
    RollupState.objects.create(company=acme, drift=3)
    check(acme.pk)
    assert state(acme).drift == 0


def test_a_stopped_rebuild_does_not_go_on_behind_differences(acme):
    RollupState.objects.create(company=acme, next_month=date(2026, 5, 1))
    RollupMonth.objects.filter(company=acme, day__lte=date(2026, 3, 31)).update(primary=1)
    check(acme.pk)
    assert state(acme).next_month is None
    assert rebuild(acme.pk) == 3
    assert check(acme.pk) == []


def test_a_check_of_sums_that_were_rebuilt_meanwhile_says_nothing_of_the_new_ones(
    acme, monkeypatch
):
    RollupMonth.objects.filter(company=acme).update(primary=1)
    real = module._note

    def late(*given):
        rebuild(acme.pk)
        real(*given)

    monkeypatch.setattr(module, "_note", late)
    assert check(acme.pk)
    assert state(acme).drift == 0
    assert state(acme).built_at <= timezone.now()


def test_many_differences_are_counted_and_some_named(acme, monkeypatch):
    RollupDay.objects.filter(company=acme).update(bot=5)
    whole = examine(acme.pk)
    monkeypatch.setattr(module, "TOLD", 1)
    found = examine(acme.pk)
    assert found.wrong == whole.wrong == len(whole.differences)
    assert len(found.differences) < found.wrong


def test_another_company_is_left_alone_and_none_outside_the_scope_is_read(acme):
    other = make_company()
    make_lead(other, "theirs")
    refresh(other.pk)
    RollupDay.objects.filter(company=other).update(primary=9)
    assert check(acme.pk) == []
    with scope.company_scope([acme.pk]), pytest.raises(scope.OutOfCompanyScope):
        check(other.pk)
    assert Company.objects.count() == 2
