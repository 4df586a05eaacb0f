"""The moments at which sums kept beside the facts go wrong, each forced to happen.

The designs that fail here looked right in a thousand random runs.
"""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import transaction

from attribution.models import Lead
from reports.facts import FactReader
from reports.models import RollupDay, RollupState
from reports.query import ReportQuery
from reports.report import run_report
from reports.rollup.locking import rebuilding
from reports.rollup.reader import RollupReader
from reports.rollup.rebuild import rebuild
from reports.rollup.refresh import refresh
from tests.factories import make_booking, make_company, make_lead, make_spend
from tests.rollup.comparing import differences, mark_count
from tests.rollup.elsewhere import Elsewhere, Stop
from tests.rollup.figures import DAY, kept, move, reported
from tests.rollup.writing import execute

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.on_postgresql,  # SQLite has one writer at a time
]


# Marks


def test_a_writer_who_sees_a_mark_leaves_one_of_its_own(company, writer):
    make_lead(company, "a")
    writer.begin()
    assert writer.do(mark_count) == 1
    writer.do(make_lead, company, "a")
    refresh(company.pk)
    assert (mark_count(), kept(), reported(company)) == (0, {"a": 1}, {"a": 1})
    writer.commit()
    assert (mark_count(), reported(company)) == (1, {"a": 2})
    assert differences() == []
    refresh(company.pk)
    assert (mark_count(), kept()) == (0, {"a": 2})
    assert differences() == []


@pytest.mark.parametrize("step", ["add_days", "build_totals"])
def test_a_mark_that_comes_during_a_refresh_stays(company, writer, refresher, monkeypatch, step):
    writer.begin()
    writer.do(make_lead, company, "a")  # its mark has the lower id, and comes later
    make_lead(company, "a")
    stop = Stop(monkeypatch, step)
    running = refresher.start(refresh, company.pk)
    stop.wait()  # the marks are taken; at build_totals the days are made anew as well
    writer.commit()
    assert reported(company) == {"a": 2}
    assert differences() == []
    stop.go.set()
    running.result()
    assert (mark_count(), reported(company)) == (1, {"a": 2})
    assert differences() == []
    refresh(company.pk)
    assert (mark_count(), kept()) == (0, {"a": 2})
    assert differences() == []


def test_a_change_undone_during_a_refresh_is_undone_in_the_sums(
    company, writer, refresher, monkeypatch
):
    lead = make_lead(company, "a")
    stop = Stop(monkeypatch, "build_totals")
    running = refresher.start(refresh, company.pk)
    stop.wait()
    writer.do(move, lead, "b")
    stop.go.set()
    running.result()
    assert (kept(), reported(company)) == ({"a": 1}, {"b": 1})
    assert differences() == []
    refresh(company.pk)
    assert kept() == {"b": 1}
    assert differences() == []


# Two refreshers


def test_of_two_refreshers_one_waits_and_writes_last(
    company, refresher, other_refresher, monkeypatch
):
    make_lead(company, "a")
    stop = Stop(monkeypatch, "build_totals")
    first = refresher.start(refresh, company.pk)
    stop.wait()  # it has looked at the facts, and knows one lead
    make_lead(company, "a")
    second = other_refresher.start(refresh, company.pk)
    other_refresher.until_it_waits()
    stop.go.set()
    first.result()
    assert second.result() == 1
    assert (mark_count(), kept()) == (0, {"a": 2})
    assert differences() == []


def test_a_refresher_that_does_not_wait_leaves_everything_to_the_other(
    company, refresher, monkeypatch
):
    make_lead(company, "a")
    stop = Stop(monkeypatch, "build_totals")
    first = refresher.start(refresh, company.pk)
    stop.wait()
    make_lead(company, "a")
    assert refresh(company.pk, wait=False) == 0
    assert (mark_count(), kept(), reported(company)) == (2, {}, {"a": 2})
    stop.go.set()
    first.result()
    assert (mark_count(), kept(), reported(company)) == (1, {"a": 1}, {"a": 2})
    assert differences() == []
    assert refresh(company.pk, wait=False) == 1
    assert (mark_count(), kept()) == (0, {"a": 2})
    assert differences() == []


def test_refreshers_of_two_companies_do_not_wait_for_each_other(company, refresher, monkeypatch):
    other = make_company()
    make_lead(company, "a")
    make_lead(other, "a")
    stop = Stop(monkeypatch, "build_totals")
    running = refresher.start(refresh, company.pk)
    stop.wait()
    assert refresh(other.pk, wait=False) == 1
    stop.go.set()
    running.result()
    assert mark_count() == 0
    assert differences() == []


def test_a_refresher_that_waited_sees_what_was_committed_meanwhile(
    company, refresher, other_refresher
):
    """As an import does: facts and refresh in one transaction, marks that nobody ever sees."""
    refresher.begin()
    refresher.do(make_lead, company, "a")
    refresher.do(refresh, company.pk)
    make_lead(company, "b")
    waiting = other_refresher.start(refresh, company.pk)
    other_refresher.until_it_waits()
    make_lead(company, "a")
    refresher.commit()
    waiting.result()
    assert (mark_count(), kept()) == (0, {"a": 2, "b": 1})
    assert differences() == []


def test_a_rebuild_sees_the_moment_in_which_it_got_the_lock(company, refresher, other_refresher):
    def look():
        with rebuilding(company.pk):
            return Lead.objects.count(), kept()

    refresher.begin()
    refresher.do(make_lead, company, "a")
    refresher.do(refresh, company.pk)
    looking = other_refresher.start(look)
    other_refresher.until_it_waits()
    make_lead(company, "b")
    refresher.commit()
    assert looking.result() == (2, {"a": 1})


def test_a_rebuild_beside_a_refresh_and_a_writer_is_right(
    company, writer, refresher, other_refresher, monkeypatch
):
    make_lead(company, "a")
    writer.begin()
    writer.do(make_lead, company, "a")
    stop = Stop(monkeypatch, "build_totals")
    running = refresher.start(refresh, company.pk)
    stop.wait()
    waiting = other_refresher.start(rebuild, company.pk)
    other_refresher.until_it_waits()
    make_lead(company, "b")
    stop.go.set()
    running.result()
    waiting.result()
    assert reported(company) == {"a": 1, "b": 1}
    assert differences() == []
    writer.commit()
    assert reported(company) == {"a": 2, "b": 1}
    refresh(company.pk)
    assert (mark_count(), kept()) == (0, {"a": 2, "b": 1})
    assert differences() == []


# A booking while its lead moves


def test_a_booking_that_comes_while_its_lead_moves_counts_where_the_lead_is(company, writer):
    lead = make_lead(company, "a")
    refresh(company.pk)
    writer.begin()
    writer.do(move, lead, "b")
    with Elsewhere() as booker:
        booking = booker.start(make_booking, lead, "completed", 5000)
        booker.until_it_waits()
        refresh(company.pk)
        assert reported(company) == {"a": 1}
        writer.commit()
        booking.result()
    assert (reported(company), reported(company, "booked")) == ({"b": 1}, {"b": 1})
    assert differences() == []
    refresh(company.pk)
    assert (kept(), kept("completed"), kept("revenue_minor")) == ({"b": 1}, {"b": 1}, {"b": 5000})
    assert differences() == []


def test_a_lead_that_moves_while_it_is_booked_takes_its_booking_along(company, writer):
    lead = make_lead(company, "a")
    refresh(company.pk)
    writer.begin()
    writer.do(make_booking, lead, "completed", 5000)
    with Elsewhere() as mover:
        moving = mover.start(move, lead, "b")
        mover.until_it_waits()
        refresh(company.pk)
        assert reported(company, "booked") == {}
        writer.commit()
        moving.result()
    assert (reported(company), reported(company, "booked")) == ({"b": 1}, {"b": 1})
    assert differences() == []
    refresh(company.pk)
    assert (kept(), kept("completed"), kept("revenue_minor")) == ({"b": 1}, {"b": 1}, {"b": 5000})
    assert differences() == []


@pytest.mark.parametrize("step", ["add_days", "build_totals"])
def test_a_booking_and_a_move_during_a_refresh_are_both_in_the_next_report(
    company, writer, refresher, monkeypatch, step
):
    lead = make_lead(company, "a")
    stop = Stop(monkeypatch, step)
    running = refresher.start(refresh, company.pk)
    stop.wait()
    make_booking(lead, "completed", 5000)
    writer.do(move, lead, "b")
    assert differences() == []
    stop.go.set()
    running.result()
    assert (reported(company), reported(company, "revenue")) == ({"b": 1}, {"b": 50})
    assert differences() == []
    refresh(company.pk)
    assert (kept(), kept("revenue_minor")) == ({"b": 1}, {"b": 5000})
    assert differences() == []


# Time, and what has no rows


def test_a_lead_of_yesterday_that_is_committed_today_counts_for_yesterday(company, writer):
    midnight = datetime(2026, 3, 3, tzinfo=UTC)
    with time_machine.travel(midnight - timedelta(minutes=1)):
        make_lead(company, "a")
        writer.begin()
        writer.do(make_lead, company, "a", received_at=midnight - timedelta(minutes=1))
    with time_machine.travel(midnight + timedelta(hours=1)):
        make_lead(company, "a", received_at=midnight)
        refresh(company.pk)
        assert reported(company) == {"a": 1}
        writer.commit()
        assert reported(company) == {"a": 2}
        assert differences() == []
        refresh(company.pk)
        assert sorted(RollupDay.objects.values_list("day", "primary")) == [
            (DAY, 2),
            (DAY + timedelta(days=1), 1),
        ]
        assert differences() == []


@pytest.mark.parametrize("table", ["attribution_lead", "spend_spendentry"], ids=["leads", "spend"])
def test_emptied_tables_are_reported_from_the_facts_until_a_rebuild(company, table):
    make_lead(company, "a")
    make_spend(company, "a", 700)
    refresh(company.pk)
    execute(f"TRUNCATE {table} CASCADE")  # with all that refers to it
    assert RollupState.objects.get(company=company).ready is False
    query = ReportQuery(company=company, start=DAY, end=DAY)
    report = run_report(query)
    assert isinstance(report.reader, FactReader)
    assert report.proof.holds
    make_lead(company, "a")
    rebuild(company.pk)
    assert isinstance(run_report(query).reader, RollupReader)
    assert mark_count() == 0
    assert differences() == []


def test_emptying_that_is_rolled_back_changes_nothing(company):
    make_lead(company, "a")
    refresh(company.pk)
    with transaction.atomic():
        execute("TRUNCATE attribution_lead CASCADE")
        transaction.set_rollback(True)
    assert not RollupState.objects.exists()
    assert (kept(), reported(company)) == ({"a": 1}, {"a": 1})
    assert differences() == []
