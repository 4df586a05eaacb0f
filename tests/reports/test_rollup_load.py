"""Sums that were built elsewhere: reports are exact before, while and after they are loaded.

What reads the facts at the moment of the export and adds them up stands in for Spark here;
`make test-scale` does the same with Spark itself.
"""

import re
import shlex
import tomllib
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from threading import Event

import pytest
from django.core.management import (
    CommandError,
    call_command,
    get_commands,
    load_command_class,
)
from django.db import connection, transaction

from attribution import scope
from attribution.models import Lead
from reports.models import RollupLedger, RollupMark, RollupState
from reports.rollup.build import Days, OnConnection
from reports.rollup.load import FactsMissing, NotAwaited, beginning, give_up, load
from reports.rollup.locking import refreshing
from reports.rollup.refresh import refresh
from reports.rollup.spark import in_one_text, literal
from reports.rollup.sums import BOOKS, LEADS, SPEND
from tests.factories import make_booking, make_company, make_lead, make_spend

PROJECT = Path(__file__).resolve().parents[2]
ALL_DAYS = (date.min, date.max)


class Elsewhere:
    """Adds up the facts at the moment of the export; gives the sums later."""

    def __init__(self, company_id, build):
        days = Days(company_id, *ALL_DAYS)
        self.rows = {book.fact: list(OnConnection().build(book, days)) for book in BOOKS}
        build.facts.update({(company_id, book.fact): book.facts.objects.count() for book in BOOKS})

    def build(self, book, days):
        return iter(self.rows[book.fact])


@pytest.fixture
def on_postgresql():
    if connection.vendor != "postgresql":
        pytest.skip("about postgresql alone: Spark stands beside it")


@pytest.fixture
def acme(on_postgresql, transactional_db):
    """A company with facts in two months, whose sums are up to date."""
    with scope.all_companies():
        company = make_company()
        for number in range(6):
            lead = make_lead(company, "spring" if number % 2 else "", kind="primary")
            if number > 3:
                make_booking(lead, "completed", 5000)
        make_lead(company, "spring", kind="test")
        late = make_lead(company, "spring")
        Lead.objects.filter(pk=late.pk).update(day=late.day + timedelta(days=40))
        make_spend(company, "spring", 1200, impressions=7)
        make_spend(company, "nobody's", 800)
        refresh(company.pk)
        yield company


def kept(company):
    """All tables of sums, and the ledger."""
    found = {
        table: sorted(table.objects.filter(company=company).values_list(*columns))
        for table in (table for book in BOOKS for table in book.tables.values())
        for columns in [[one.attname for one in table._meta.concrete_fields]]
    }
    ledger = RollupLedger.objects.filter(company=company, received__gt=0).values_list()
    return found | {RollupLedger: sorted(ledger)}


def in_the_facts(company):
    """The sums by day of leads and spend, as the facts themselves have them."""
    return [
        sorted(OnConnection().build(book, Days(company.pk, *ALL_DAYS))) for book in (LEADS, SPEND)
    ]


def by_day(company):
    found = kept(company)
    return [found[book.day] for book in (LEADS, SPEND)]


def marks(company):
    return list(RollupMark.objects.filter(company=company).values_list("exported", flat=True))


def elsewhere(work):
    """Do it on a connection of its own, committed when this returns."""

    def in_scope():
        try:
            with scope.all_companies():
                return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        return threads.submit(in_scope).result(timeout=60)


def test_loaded_sums_are_those_that_the_database_builds(acme):
    wanted = kept(acme)
    with beginning([acme.pk]) as build:
        spark = Elsewhere(acme.pk, build)
    for book in BOOKS:
        book.day.objects.filter(company=acme).delete()
    RollupLedger.objects.all().delete()
    assert load(acme.pk, spark, build) == len(wanted[LEADS.day]) + len(wanted[SPEND.day])
    assert kept(acme) == wanted
    state = RollupState.objects.get(company=acme)
    assert (state.ready, state.building_since, bool(state.built_at)) == (True, None, True)


def test_a_change_between_export_and_load_is_in_the_sums(acme):
    make_lead(acme, "summer")  # marked before the export, and in it
    with beginning([acme.pk]) as build:
        spark = Elsewhere(acme.pk, build)
    assert marks(acme) == [True]
    make_spend(acme, "summer", 300)
    assert refresh(acme.pk) == 0, "a refresh would take marks that the sums to come do not know"
    assert marks(acme) == [True, False]
    load(acme.pk, spark, build)
    assert marks(acme) == []
    assert by_day(acme) == in_the_facts(acme)


def test_a_writer_who_commits_while_the_facts_are_written_keeps_his_mark(acme):
    with beginning([acme.pk]) as build:
        elsewhere(lambda: make_booking(make_lead(acme, "summer"), "completed", 900))
        spark = Elsewhere(acme.pk, build)
        assert build.facts[acme.pk, "lead"] == 8, "the export sees the moment it began"
    assert set(marks(acme)) == {False}
    load(acme.pk, spark, build)
    assert by_day(acme) == in_the_facts(acme)
    assert Lead.objects.count() == 9


def test_a_writer_who_began_before_the_export_and_commits_after_it_keeps_his_mark(acme):
    written, may_commit = Event(), Event()

    def slow_writer():
        with transaction.atomic():
            make_lead(acme, "summer")
            written.set()
            assert may_commit.wait(timeout=60)

    with ThreadPoolExecutor(1) as threads:
        writer = threads.submit(elsewhere, slow_writer)
        assert written.wait(timeout=60)
        with beginning([acme.pk]) as build:
            spark = Elsewhere(acme.pk, build)
        may_commit.set()
        writer.result(timeout=60)
    load(acme.pk, spark, build)
    assert by_day(acme) == in_the_facts(acme)


def test_the_same_build_is_loaded_once_and_another_changes_nothing(acme):
    wanted = kept(acme)
    for _ in range(2):
        with beginning([acme.pk]) as build:
            spark = Elsewhere(acme.pk, build)
        load(acme.pk, spark, build)
        assert kept(acme) == wanted
    make_lead(acme, "summer")
    refresh(acme.pk)
    wanted = kept(acme)
    with pytest.raises(NotAwaited, match="Nothing was loaded"):
        load(acme.pk, spark, build)
    assert kept(acme) == wanted


def test_a_build_that_was_killed_is_begun_anew(acme):
    make_lead(acme, "summer")
    with beginning([acme.pk]) as killed:
        old = Elsewhere(acme.pk, killed)
    make_lead(acme, "autumn")
    with beginning([acme.pk]) as build:
        spark = Elsewhere(acme.pk, build)
    assert marks(acme) == [True, True]
    with pytest.raises(NotAwaited):
        load(acme.pk, old, killed)
    give_up([acme.pk], killed)
    assert marks(acme) == [True, True], "it is the newer build that is awaited"
    load(acme.pk, spark, build)
    assert by_day(acme) == in_the_facts(acme)


def test_giving_up_a_build_refreshes_as_ever(acme):
    make_lead(acme, "summer")
    with beginning([acme.pk]):
        pass
    make_lead(acme, "autumn")
    give_up([acme.pk])
    assert marks(acme) == []
    assert by_day(acme) == in_the_facts(acme)


def test_an_export_that_fails_has_not_begun(acme):
    make_lead(acme, "summer")
    with pytest.raises(OSError, match="disk full"), beginning([acme.pk]):
        raise OSError("disk full")
    assert marks(acme) == [False]
    assert refresh(acme.pk) == 1


def test_sums_that_miss_a_fact_are_refused(acme):
    with beginning([acme.pk]) as build:
        spark = Elsewhere(acme.pk, build)
    wanted = kept(acme)
    spark.rows["lead"].pop()
    with pytest.raises(FactsMissing, match="8 facts were taken along"):
        load(acme.pk, spark, build)
    assert kept(acme) == wanted


def test_emptied_facts_end_the_wait(acme):
    with beginning([acme.pk]) as build:
        spark = Elsewhere(acme.pk, build)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE spend_spendentry")
    with pytest.raises(NotAwaited):
        load(acme.pk, spark, build)
    assert not RollupState.objects.get(company=acme).ready


def test_an_export_waits_for_a_refresh_and_writers_for_nobody(acme):
    def export():
        with beginning([acme.pk]) as build:
            return Elsewhere(acme.pk, build), build

    with ThreadPoolExecutor(1) as threads:
        with refreshing(acme.pk):
            waiting = threads.submit(elsewhere, export)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.5)
            make_lead(acme, "summer")  # in the transaction of the refresh
        spark, build = waiting.result(timeout=60)
    assert build.facts[acme.pk, "lead"] == 9, "the snapshot began after the lock was held"
    load(acme.pk, spark, build)
    assert by_day(acme) == in_the_facts(acme)


# The text that Spark is given


@pytest.mark.django_db
@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.fact)
def test_the_text_is_what_postgresql_runs(book):
    with scope.all_companies():
        text = in_one_text(book.live(Days(7, date(2026, 1, 1), date(2026, 1, 31)).rows))
    assert '"company_id" = 7 AND' in text
    assert "DATE '2026-01-01'" in text
    assert not [one for one in ("%", "::", "AT TIME ZONE", " / ") if one in text]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(text)
            assert cursor.fetchall() == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "NULL"),
        (True, "TRUE"),
        (0, "0"),
        (-5, "(-5)"),
        (date(2026, 1, 31), "DATE '2026-01-31'"),
        (Lead.Kind.PRIMARY, "'primary'"),
        ("it's 100%", "'it''s 100%'"),
    ],
)
def test_a_parameter_is_written_as_postgresql_reads_it(value, text):
    assert literal(value) == text


@pytest.mark.django_db
def test_postgresql_reads_each_parameter_back():
    if connection.vendor != "postgresql":
        pytest.skip("about postgresql alone")
    values = [True, False, 0, -5, 2**62, date(2026, 1, 31), "it's 100%", '"x"', "", "ä 漢 🦷"]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(map(literal, values))}")
        assert list(cursor.fetchone()) == values


@pytest.mark.parametrize("value", ["a\\b", 1.5, b"x"])
def test_what_the_two_read_differently_is_refused(value):
    with pytest.raises(TypeError, match="read it alike"):
        literal(value)


# The command


@pytest.mark.django_db
def test_the_command_says_what_is_missing(monkeypatch, tmp_path):
    where = ["--master", "spark://127.0.0.1:1", "--folder", str(tmp_path)]
    with pytest.raises(CommandError, match="--master and --folder") as refused:
        call_command("rollup_spark")
    assert refused.value.returncode == 2
    if connection.vendor != "postgresql":
        with pytest.raises(CommandError, match="beside PostgreSQL") as refused:
            call_command("rollup_spark", *where)
        assert refused.value.returncode == 2
        return
    monkeypatch.setattr("reports.rollup.spark_needs.find_spec", lambda name: None)
    with pytest.raises(CommandError, match="pyspark is not installed") as refused:
        call_command("rollup_spark", *where)
    assert refused.value.returncode == 2
    monkeypatch.setattr("reports.rollup.spark_needs.find_spec", lambda name: True)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(CommandError, match="apt-get install openjdk-17-jre-headless"):
        call_command("rollup_spark", *where)


def test_the_command_ends_the_wait_for_a_build_that_was_killed(acme):
    with beginning([acme.pk]):
        pass
    said = StringIO()
    call_command("rollup_spark", "--give-up", stdout=said)
    assert "No build is waited for" in said.getvalue()
    assert RollupState.objects.get(company=acme).building_since is None


# docs/scale.md


def scale_words():
    """The calls of manage.py in docs/scale.md."""
    text = (PROJECT / "docs" / "scale.md").read_text()
    found = re.findall(r"^ *manage (rollup|rollup_spark|tick|migrate)\b(.*)$", text, re.M)
    return [[name, *shlex.split(rest, comments=True)] for name, rest in found]


@pytest.mark.parametrize("words", scale_words(), ids=" ".join)
def test_the_page_about_scale_calls_commands_with_options_that_exist(words):
    app = get_commands()[words[0]]
    command = load_command_class(app, words[0]) if isinstance(app, str) else app
    command.create_parser("manage.py", words[0]).parse_args(words[1:])


def test_the_extra_is_pinned_alike_wherever_it_is_named():
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    extra = project["optional-dependencies"]["scale"]
    required = (PROJECT / "tests" / "scale" / "requirements.txt").read_text().splitlines()
    assert len(extra) == 2
    assert set(extra) <= set(required)
    assert f"pip install {' '.join(extra)}" in (PROJECT / "docs" / "scale.md").read_text()
