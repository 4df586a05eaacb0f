"""What Spark builds is, row by row, what PostgreSQL builds, also when a machine dies at it.

The tests run in this order, over the same facts.
"""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psutil
import pytest
from django.db import connection

from attribution import scope
from attribution.models import Lead
from reports.facts import FactReader
from reports.models import RollupMark, RollupState
from reports.query import ReportQuery
from reports.rollup.load import NotAwaited, beginning, give_up, load
from reports.rollup.parquet import columns, write_facts
from reports.rollup.reader import RollupReader
from reports.rollup.rebuild import BuiltElsewhere, rebuild
from reports.rollup.refresh import refresh
from reports.rollup.spark import OnSpark, literal
from reports.rollup.sql import fetch
from reports.rollup.sums import BOOKS
from reports.snapshot import snapshot
from spend.models import SpendEntry
from tests.factories import make_booking, make_lead, make_spend
from tests.scale import facts
from tests.scale.cluster import SETTINGS, Killer, wait_for
from tests.scale.conftest import MEASURED

PROJECT = Path(__file__).resolve().parents[2]
BUILDERS = ("manage.py", "driver (Java)", "executor")
CONF = [word for name, value in SETTINGS.items() for word in ("--conf", f"{name}={value}")]


def manage_rollup_spark(cluster, folder, *more):
    """The command as a process of its own, on the database of the tests."""
    url = urlunsplit(
        urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    )
    return subprocess.Popen(
        [
            *(sys.executable, "manage.py", "rollup_spark", "--master", cluster.url),
            *("--folder", str(folder), *CONF, *more),
        ],
        cwd=PROJECT,
        env=os.environ
        | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "campaignperf.settings.bench"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def export(companies, folder):
    """All facts of one moment as files; returns the build that is now awaited."""
    with beginning([company.pk for company in companies.values()]) as build:
        write_all(companies, folder, build)
    return build


def write_all(companies, folder, build):
    for company in companies.values():
        for book in BOOKS:
            build.facts[company.pk, book.fact] = write_facts(folder, book, company.pk)


def test_postgresql_builds_from_the_facts_what_changes_made(companies):
    """What all the others are compared with: kept by changes, and built anew, the same."""
    facts.keep_as_wanted()
    ((server,),) = fetch("SELECT pg_backend_pid()")
    begin, cpu = time.perf_counter(), sum(psutil.Process(server).cpu_times()[:2])
    for company in companies.values():
        rebuild(company.pk)
    took, cpu = time.perf_counter() - begin, sum(psutil.Process(server).cpu_times()[:2]) - cpu
    spend, rows = SpendEntry.objects.count(), sum(book.day.objects.count() for book in BOOKS)
    MEASURED.append(
        f"{Lead.objects.count():,} leads, {spend:,} spend entries, {rows:,} rows by day"
    )
    MEASURED.append(f"build on PostgreSQL: {took:.1f} s, its CPU {cpu:.1f} s")
    assert facts.differences() == []


@pytest.mark.parametrize("time_of_loading", ["first", "second"])
def test_spark_builds_the_same_rows(companies, cluster, usage, folder, time_of_loading):
    """Loaded a second time, over what the first left, the totals are the same."""
    facts.spoil()
    assert facts.differences()
    begin, used = time.perf_counter(), {role: usage.cpu(role) for role in BUILDERS}
    command = manage_rollup_spark(cluster, folder)
    said, wrong = command.communicate(timeout=3600)
    assert command.returncode == 0, wrong
    cpu = ", ".join(f"{role} {usage.cpu(role) - used[role]:.1f} s" for role in BUILDERS)
    took = time.perf_counter() - begin
    MEASURED.append(f"rollup_spark, {time_of_loading} time: {took:.1f} s, CPU of {cpu}")
    MEASURED.extend(f"    {line}" for line in said.splitlines())
    assert facts.differences() == []
    assert list(folder.iterdir()) == [], "the files of the facts are deleted afterwards"
    assert not RollupState.objects.filter(building_since__isnull=False).exists()


def test_a_worker_killed_in_the_middle_of_a_job_changes_no_row(companies, cluster, folder):
    facts.spoil()
    with closing(OnSpark(cluster.url, folder, SETTINGS)) as spark:
        build = export(companies, folder)
        killer = Killer(cluster, spark.session)
        killer.start()
        try:
            for company in companies.values():
                load(company.pk, spark, build)
        finally:
            killer.over.set()
            killer.join()
        assert killer.running, "no worker was caught with a task in hand"
        assert killer.is_dead_to_spark()
        MEASURED.append(f"the killed worker had {killer.running} task(s) in hand")
        assert facts.differences() == []
        with pytest.raises(NotAwaited):
            load(companies["small"].pk, spark, build)
        assert facts.differences() == []
    cluster.add_worker()


def test_who_writes_while_the_facts_are_exported_is_in_the_sums(companies, cluster, folder):
    company = companies["middle"]

    def write():
        try:
            with scope.all_companies():
                make_booking(make_lead(company, "written meanwhile"), "completed", 12300)
                make_spend(company, "written meanwhile", 4500)
        finally:
            connection.close()

    make_lead(company, "written before")
    with beginning([company.pk]) as build:
        with ThreadPoolExecutor(1) as threads:
            threads.submit(write).result(timeout=60)
        write_all({"middle": company}, folder, build)
    assert sorted(set(marks(company))) == [False, True]
    assert refresh(company.pk) == 0
    with closing(OnSpark(cluster.url, folder, SETTINGS)) as spark:
        load(company.pk, spark, build)
    assert marks(company) == []
    assert facts.sums_by_day(company) == facts.facts_by_day(company)


def marks(company):
    return list(RollupMark.objects.filter(company=company).values_list("exported", flat=True))


def test_reports_stay_exact_when_the_whole_job_is_killed(companies, cluster, folder):
    company = companies["large"]
    command = manage_rollup_spark(cluster, folder)
    waiting = RollupState.objects.filter(company=company, building_since__isnull=False)
    try:
        wait_for(waiting.exists, "the export")
    finally:
        command.send_signal(signal.SIGKILL)
        command.communicate(timeout=60)
    assert waiting.exists(), "it was killed before its sums were loaded"

    make_booking(make_lead(company, "written meanwhile"), "completed", 12300)
    make_spend(company, "written meanwhile", 4500)
    assert refresh(company.pk) == 0
    with pytest.raises(BuiltElsewhere):
        rebuild(company.pk)
    query = ReportQuery(company=company, start=date(2024, 1, 10), end=date(2026, 3, 20))
    with snapshot():
        assert facts.report_totals(RollupReader(query)) == facts.report_totals(FactReader(query))

    begun_anew = manage_rollup_spark(cluster, folder)
    _, wrong = begun_anew.communicate(timeout=3600)
    assert begun_anew.returncode == 0, wrong
    assert marks(company) == []
    for one in companies.values():
        assert facts.sums_by_day(one) == facts.facts_by_day(one)
    with snapshot():
        assert facts.report_totals(RollupReader(query)) == facts.report_totals(FactReader(query))


def test_spark_reads_texts_and_nothing_as_postgresql_does(companies, cluster, folder):
    """Quotes, commas, line ends, empty texts, missing numbers, and spaces at the end."""
    company = companies["small"]
    odd = [
        'say "hi"',
        "it's, 100%",
        "a\nb\r\nc",
        "",
        "NULL",
        "ends in space ",
        "漢字 🦷",
        "a\\b\tc",
    ]
    for text in odd:
        lead = make_lead(company, "odd")
        Lead.objects.filter(pk=lead.pk).update(source=text, medium=text[::-1])
    make_spend(company, "odd", -250, clicks=0)
    refresh(company.pk)
    wanted = facts.sums_by_day(company)
    build = export({"small": company}, folder)
    with closing(OnSpark(cluster.url, folder, SETTINGS)) as spark:
        load(company.pk, spark, build)
        values = [True, False, 0, -5, 2**62, date(2026, 1, 31), "it's 100%", '"x"', "", "漢字 🦷"]
        names = ", ".join(f'{literal(value)} AS "n{n}"' for n, value in enumerate(values))
        assert list(spark.session.sql(f"SELECT {names}").collect()[0]) == values
        for book in BOOKS:
            read = spark.session.table(book.facts._meta.db_table)
            assert read.columns[:-1] == [name for name in columns(book) if name != "company_id"]
    assert facts.sums_by_day(company) == wanted == facts.facts_by_day(company)


def test_spark_that_is_not_there_is_said_and_nothing_has_begun(companies, cluster, folder):
    begun = cluster.url
    try:
        cluster.url = "spark://127.0.0.1:1"
        command = manage_rollup_spark(cluster, folder, "--company", "small")
        _, wrong = command.communicate(timeout=600)
    finally:
        cluster.url = begun
    assert command.returncode == 1
    assert "Reports stay exact" in wrong
    assert not RollupState.objects.filter(building_since__isnull=False).exists()
    give_up([companies["small"].pk])
