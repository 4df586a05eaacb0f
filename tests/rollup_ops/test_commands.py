"""`manage.py rollup` and `manage.py tick`: what they say, and what they do."""

import time
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from attribution import scope
from attribution.models import ImportRun, Lead
from reports.demo.load import COMPANIES
from reports.management.commands import tick as module
from reports.models import RollupDay, RollupMonth, RollupState
from tests.factories import make_company, make_lead
from tests.rollup_ops.kept import in_the_facts, in_the_ledger, kept, marks


def say(*command, **options):
    out = StringIO()
    call_command(*command, stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def other(acme):
    company = make_company(name="Beta", slug="beta")
    make_lead(company, "theirs")
    return company


def state(company):
    return RollupState.objects.get(company=company)


# rollup


def test_without_options_it_shows_the_state(acme, other):
    RollupState.objects.create(company=acme, ready=False, drift=3, next_month=date(2026, 4, 1))
    lines = say("rollup").splitlines()
    assert lines[1:] == [
        "acme: 0 waiting; built never; checked never; not built: reports are counted from the"
        " facts until --rebuild; 3 differences found: reports are counted from the facts until"
        " --rebuild; a rebuild was stopped before 2026-04, or is under way",
        "beta: 1 waiting; built never; checked never",
    ]


def test_a_check_says_how_much_was_compared(acme, other):
    buckets = sum(len(rows) for rows in kept(acme).values()) + 1
    assert say("rollup", "--check") == (
        f"Differences: 0; {buckets} buckets and 10 leads were compared.\n"
    )


def test_a_check_names_each_difference_and_fails(acme, other):
    RollupMonth.objects.filter(company=acme, campaign_id=0).update(primary=30)
    out = StringIO()
    with pytest.raises(CommandError, match="Differences: 2; ") as end:
        call_command("rollup", "--check", stdout=out)
    assert end.value.returncode == 1
    assert out.getvalue() == (
        "acme, 2026-03-05, leads of the month so far, unattributed, no_campaign, google / –:"
        " primary: 30 is kept, its days say 3\n"
        "acme, 2026-03-31, leads of the year so far, unattributed, no_campaign, google / –:"
        " primary: 3 is kept, its months say 30\n"
    )
    assert say("rollup", "--check", "--company", "beta").startswith("Differences: 0;")


def test_a_rebuild_says_how_far_it_is(acme, other):
    wanted = kept(acme)
    RollupDay.objects.all().delete()
    lines = say("rollup", "--rebuild").splitlines()
    assert lines[:3] == [f"acme: 2026-0{n} is made anew, up to 2026-05" for n in (3, 4, 5)]
    assert lines[3].startswith("acme: 3 months in ")
    assert lines[4] == "beta: 2026-03 is made anew, up to 2026-03"
    assert kept(acme) == wanted
    assert in_the_ledger(other) == in_the_facts(other)


def test_a_rebuild_leaves_out_what_is_built_elsewhere(acme, other):
    RollupState.objects.create(company=acme, building_since=timezone.now())
    with pytest.raises(CommandError, match="acme: The sums are being built elsewhere"):
        say("rollup", "--rebuild")
    assert state(other).built_at is not None
    assert "acme: 3 months" in say("rollup", "--rebuild", "--force", "--company", "acme")


def test_an_unknown_company_and_a_lone_force_are_refused(acme):
    with pytest.raises(CommandError, match='Did you mean "acme"'):
        say("rollup", "--company", "acmee")
    with pytest.raises(CommandError, match="--force goes with --rebuild"):
        say("rollup", "--force")


# tick


def checked_now(*companies):
    for company in companies:
        RollupState.objects.update_or_create(
            company=company, defaults={"checked_at": timezone.now()}
        )


def test_nothing_due_says_nothing(acme):
    checked_now(acme)
    assert say("tick") == ""


def test_a_tick_refreshes_every_company_with_marks(acme, other):
    checked_now(acme, other)
    make_lead(acme, "spring")
    assert say("tick") == "Sums made anew: 2.\n"
    assert marks(acme) == marks(other) == 0
    assert in_the_ledger(other) == in_the_facts(other)


def test_a_tick_marks_killed_imports(acme):
    checked_now(acme)
    run = ImportRun.objects.create(company=acme, kind="leads", state="running", token="t")
    assert say("tick") == "Imports marked as interrupted: 1.\n"
    run.refresh_from_db()
    assert run.state == "interrupted"


def test_a_tick_checks_each_company_once_in_24_hours(acme, other):
    assert say("tick") == "Sums made anew: 1; Companies checked: 2, differences: 0.\n"
    assert say("tick") == ""
    before = timezone.now() - timedelta(hours=24)
    RollupState.objects.filter(company=acme).update(checked_at=before)
    RollupMonth.objects.filter(company=acme, campaign_id=0).update(primary=30)
    assert say("tick") == "Companies checked: 1, differences: 2.\n"
    assert state(acme).drift == 2
    assert say("tick") == ""


def test_a_tick_builds_sums_that_are_not_built(acme, other):
    wanted = kept(acme)
    RollupDay.objects.all().delete()
    RollupState.objects.create(company=acme, ready=False)
    checked_now(acme, other)
    assert say("tick") == "Companies whose sums were built: 1; Sums made anew: 1.\n"
    assert kept(acme) == wanted
    assert state(acme).ready and state(acme).built_at is not None
    assert say("tick") == ""


def test_a_tick_leaves_sums_alone_that_are_built_elsewhere(acme):
    RollupState.objects.create(company=acme, ready=False, building_since=timezone.now())
    assert say("tick") == ""
    assert not state(acme).ready


def test_where_one_company_fails_the_others_have_their_turn(acme, other, monkeypatch, caplog):
    checked_now(acme, other)
    make_lead(acme, "spring")
    real = module.refresh

    def refresh(company_id):
        if company_id == acme.pk:
            raise OperationalError("disk full")
        return real(company_id)

    monkeypatch.setattr(module, "refresh", refresh)
    out = StringIO()
    with pytest.raises(CommandError, match="Something failed"):
        call_command("tick", stdout=out)
    assert out.getvalue() == "Sums made anew: 1.\n"
    assert marks(other) == 0
    assert "disk full" in caplog.text


def test_two_ticks_at_once_do_no_harm(acme, other):
    if connection.vendor != "postgresql":
        pytest.skip("about postgresql alone: SQLite has one writer")
    from concurrent.futures import ThreadPoolExecutor

    def tick():
        try:
            return say("tick")
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as threads:
        said = [one.result(timeout=120) for one in [threads.submit(tick) for _ in range(3)]]
    assert sum("Sums made anew: 1" in one for one in said) == 1
    assert in_the_ledger(other) == in_the_facts(other)
    assert say("rollup", "--check").startswith("Differences: 0;")


def test_a_loop_goes_on_after_the_database_was_away(acme, monkeypatch, caplog):
    monkeypatch.setattr(module, "close_old_connections", lambda: None)
    turns = []

    def sleep(seconds):
        turns.append(seconds)
        if len(turns) == 2:
            raise KeyboardInterrupt

    def away():
        if not turns:
            raise OperationalError("connection refused")
        return True

    monkeypatch.setattr(time, "sleep", sleep)
    monkeypatch.setattr(module.Tick, "run", lambda self: away())
    with pytest.raises(KeyboardInterrupt):
        say("tick", "--loop", "5")
    assert turns == [5, 5]
    assert "The next tick tries again" in caplog.text


def test_a_loop_needs_a_time(acme):
    with pytest.raises(CommandError, match="number of seconds above 0"):
        say("tick", "--loop", "0")


# Bulk jobs


def test_marks_of_an_import_are_gone_before_it_is_visible(acme, tmp_path):
    from attribution.signals import facts_changed

    heard = []

    def hear(company_id, **kwargs):
        heard.append((company_id, connection.in_atomic_block, marks(acme)))

    leads, spend = tmp_path / "leads.csv", tmp_path / "spend.csv"
    rows = "".join(f"n{n},2026-03-{n % 28 + 1:02},campaign {n % 7}\n" for n in range(300))
    leads.write_text(f"id,received_at,campaign\n{rows}")
    spend.write_text("campaign,day,amount\ncampaign 1,2026-03-05,12.50\n")
    bookings = tmp_path / "bookings.csv"
    bookings.write_text("lead,status,value\nn1,completed,20\n")
    facts_changed.connect(hear)  # after the receiver that refreshes
    try:
        say("import_leads", str(leads), company="acme")
        say("import_spend", str(spend), company="acme")
        say("import_bookings", str(bookings), company="acme")
        say("import_leads", str(leads), company="acme")  # adds nothing
    finally:
        facts_changed.disconnect(hear)
    assert heard == [(acme.pk, True, 0)] * 3
    assert in_the_ledger(acme) == in_the_facts(acme)
    assert say("rollup", "--check").startswith("Differences: 0;")


def test_a_big_import_tidies_the_sums_up_too(acme, tmp_path, monkeypatch):
    from attribution.imports import engine
    from reports import receivers

    settled = []

    def in_block():
        return connection.in_atomic_block

    monkeypatch.setattr(engine, "MANY_ROWS", 1)
    monkeypatch.setattr(receivers, "settle", lambda of: settled.append((in_block(), sorted(of))))
    leads = tmp_path / "leads.csv"
    leads.write_text("id,received_at\na,2026-03-01\nb,2026-03-01\n")
    say("import_leads", str(leads), company="acme")
    tables = ["attribution_booking", "attribution_lead"]
    assert settled == ([(False, tables)] if connection.vendor == "postgresql" else [])


def test_demo_data_come_with_their_sums(transactional_db, monkeypatch):
    monkeypatch.setattr("reports.demo.load.COMPANIES", COMPANIES[:1])  # each takes seconds
    say("load_demo", scale=0.02, today=date(2026, 3, 1), force=True)
    with scope.all_companies():
        assert Lead.objects.exists()
    assert say("rollup").count(": 0 waiting") == 1
    assert say("rollup", "--check").startswith("Differences: 0;")


def test_a_tick_forgets_jobs_that_ended_long_ago(acme):
    for age in (13, 15):
        DBTaskResult.objects.create(
            priority=0,
            task_path="attribution.imports.jobs.check_upload",
            status=TaskResultStatus.SUCCESSFUL,
            args_kwargs={"args": [age], "kwargs": {}},
            finished_at=timezone.now() - timedelta(days=age),
        )
    assert "Old jobs forgotten: 1" in say("tick")
    assert DBTaskResult.objects.get().args_kwargs["args"] == [13]
