"""Whether sums may be read, and the refresh that a page may begin but never waits for."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction
from django.utils import timezone

from attribution import scope
from attribution.models import Lead
from reports.models import RollupState
from reports.rollup import state as module
from reports.rollup.check import check
from reports.rollup.locking import refreshing
from reports.rollup.state import may_read_sums, refresh_between, settle
from tests.factories import make_lead
from tests.rollup_ops.kept import marks


@pytest.mark.parametrize(
    ("state", "readable"),
    [
        (None, True),
        ({}, True),
        ({"ready": False}, False),
        ({"drift": 1}, False),
        ({"building_since": timezone.now()}, True),
        ({"next_month": timezone.now().date()}, True),
    ],
)
def test_sums_may_be_read_when_they_are_built_and_no_check_spoke_against_them(
    acme, state, readable
):
    if state is not None:
        RollupState.objects.create(company=acme, **state)
    assert may_read_sums(acme.pk) is readable


@pytest.fixture
def few_at_most(monkeypatch):
    monkeypatch.setattr(module, "LEFT_TO_THE_TICK", 8)


def two_each():
    """On PostgreSQL a statement that changes one bucket leaves one mark, on SQLite two."""
    return 1 if connection.vendor == "postgresql" else 2


@pytest.mark.parametrize(("changes", "left"), [(4, 0), (8, 0), (10, 10)])
def test_it_refreshes_marks_and_leaves_very_many(acme, few_at_most, changes, left):
    lead = Lead.objects.filter(company=acme, kind="test").get()
    for n in range(changes // two_each()):
        Lead.objects.filter(pk=lead.pk).update(kind=("bot", "test")[n % 2])
    assert marks(acme) == changes
    refresh_between(acme.pk)
    assert marks(acme) == left
    assert check(acme.pk) == []


def test_a_failure_is_logged_and_no_page_fails(acme, few_at_most, monkeypatch, caplog):
    for _ in range(5):
        make_lead(acme, "spring")

    def fail(*args, **kwargs):
        raise OperationalError("canceling statement due to statement timeout")

    monkeypatch.setattr(module, "refresh", fail)
    assert refresh_between(acme.pk) == 0
    assert "was not refreshed after a page: canceling statement" in caplog.text
    assert Lead.objects.filter(company=acme).exists(), "the connection is of use as before"


def elsewhere(work):
    """In a connection of its own."""
    try:
        return work()
    finally:
        connection.close()


def test_on_postgresql_it_does_not_wait_for_another_refresh(acme, few_at_most):
    if connection.vendor != "postgresql":
        pytest.skip("about postgresql alone: SQLite has no such lock")

    def page():
        with scope.all_companies():
            return refresh_between(acme.pk)

    for _ in range(5):
        make_lead(acme, "spring")
    with ThreadPoolExecutor(1) as threads:
        with refreshing(acme.pk):
            assert threads.submit(elsewhere, page).result(timeout=60) == 0
        assert marks(acme) == 5
        assert threads.submit(elsewhere, page).result(timeout=60) == 1
    assert marks(acme) == 0


def test_on_postgresql_its_limits_end_with_it(acme, few_at_most):
    if connection.vendor != "postgresql":
        pytest.skip("about postgresql alone")
    for _ in range(5):
        make_lead(acme, "spring")

    def limits():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('lock_timeout'), current_setting('statement_timeout')"
            )
            return cursor.fetchone()

    before = limits()
    assert refresh_between(acme.pk) == 1
    assert limits() == before


def test_on_sqlite_it_does_not_wait_for_a_writer(acme, few_at_most, monkeypatch):
    """The time to wait is nought while it tries, and as ever afterwards."""
    if connection.vendor != "sqlite":
        pytest.skip("about sqlite alone")
    for _ in range(5):
        make_lead(acme, "spring")
    waits = []

    def refresh(company_id, wait):
        with connection.cursor() as cursor:
            waits.append(cursor.execute("PRAGMA busy_timeout").fetchone()[0])
        raise DatabaseError("database is locked")

    monkeypatch.setattr(module, "refresh", refresh)
    with connection.cursor() as cursor:
        usual = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        assert refresh_between(acme.pk) == 0
        assert cursor.execute("PRAGMA busy_timeout").fetchone()[0] == usual > 0
    assert waits == [0]


def test_settling_is_for_after_the_transaction(acme):
    settle()
    with transaction.atomic():
        settle()  # VACUUM would fail here
        assert check(acme.pk) == []
