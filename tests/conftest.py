"""What every test gets: the engine's name in the header, Hypothesis profiles, and the browser."""

import gc
import os
import zlib
from pathlib import Path

import pytest
from django.db.transaction import atomic, set_rollback
from django.test import TransactionTestCase
from hypothesis import HealthCheck, settings

from attribution import scope
from tests.chromium import FLAGS, find_chromium
from tests.databases import migrated_copy
from tests.emptying import emptied_quickly
from tests.shared_data import SKIPPED

TESTS = Path(__file__).parent
BROWSER_TESTS = TESTS / "browser"
PAGES_ON_SQLITE = 8  # per cent of the modules that ask for pages
ENGINES = ("on_sqlite", "on_postgresql")
ASK_A_DATABASE = {"db", "transactional_db", "databases", "module_rows"}
ON_BOTH = {TESTS / "attribution" / "test_transfer_confirm.py"}

# Nothing depends on how fast a machine is; on a build server every run tries the same examples.
settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("default"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")


def pytest_report_header():
    from django.conf import settings as django_settings
    from django.db import connection

    name = django_settings.DATABASES["default"]["NAME"]
    return f"database engine: {connection.vendor} ({name})"


def pytest_collection_modifyitems(items):
    """Where each test runs; browser tests are marked by their folder and come last.

    Most run on both engines. One that asks no database is the same on each, and runs beside SQLite
    alone; a module of pages runs on one of the two.
    Playwright keeps an event loop in this thread until the end of the run, and Django refuses
    database work beside one: tests after them would fail for no fault of theirs.
    """
    for item in items:
        if BROWSER_TESTS in item.path.parents:
            item.add_marker("browser")
        elif says_itself(item):
            continue
        elif not asks_a_database(item):
            item.add_marker("on_sqlite")
        elif shows_pages(item):
            item.add_marker(engine_of(item.path))
    nowhere = [
        item.nodeid for item in items if all(item.get_closest_marker(name) for name in ENGINES)
    ]
    if nowhere:
        raise pytest.UsageError(f"Marked for one engine and for the other, so for none: {nowhere}")
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


def pytest_collection_finish():
    """What is there now stays: nobody need look again and again whether it is still wanted."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)


def says_itself(item):
    return any(item.get_closest_marker(name) for name in ENGINES)


def asks_a_database(item):
    """By its mark, its fixtures or its class; pytest-django refuses a connection to all others."""
    return bool(
        item.get_closest_marker("django_db")
        or ASK_A_DATABASE & set(item.fixturenames)
        or (item.cls and issubclass(item.cls, TransactionTestCase))
    )


def shows_pages(item):
    """Whether it asks for pages. What pages are made of is tested on both engines."""
    if item.path in ON_BOTH:
        return False
    return bool({"client", "signed_in", "admin_client"} & set(item.fixturenames))


def engine_of(path):
    """Always the same for one module. PostgreSQL has more of them: browser tests need SQLite."""
    share = zlib.crc32(str(path.relative_to(TESTS)).encode()) % 100
    return "on_sqlite" if share < PAGES_ON_SQLITE else "on_postgresql"


def pytest_runtest_setup(item):
    if item.get_closest_marker("browser"):
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        if find_chromium() is None:
            pytest.skip("BROWSER TESTS DID NOT RUN: no Chromium (CHROMIUM names the program)")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker, tmp_path_factory):
    """pytest-django's own, and a copy of the database that is made before any row is in it."""
    folder = tmp_path_factory.mktemp("migrated")
    with django_db_blocker.unblock(), migrated_copy(folder) as copy, emptied_quickly():
        yield copy


@pytest.fixture(scope="session")
def migrated(django_db_setup):
    """An empty database with all tables: its name on PostgreSQL, its file on SQLite.

    Processes that commit are given copies of it, which take far less time than to migrate.
    """
    return django_db_setup


@pytest.fixture(scope="module")
def module_rows(django_db_setup, django_db_blocker):
    """Rows that the tests of one module only read are made once: `with module_rows(): …`.

    Each test is rolled back to them, and they go with the module. Only what was read from the
    database in the test itself may be changed there: pass keys on, not objects.
    """
    with django_db_blocker.unblock():
        around = atomic()
        around.__enter__()
    yield django_db_blocker.unblock
    with django_db_blocker.unblock():
        set_rollback(True)
        around.__exit__(None, None, None)


@pytest.fixture
def company(db):
    """A company in UTC and euros, and the scope of its rows for the whole test."""
    from tests.factories import make_company

    with scope.all_companies():
        company = make_company()
    with scope.company_scope([company.pk]):
        yield company


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """The machine's own Chromium, which talks to nobody but our server."""
    return browser_type_launch_args | {"executable_path": find_chromium(), "args": FLAGS}


def pytest_terminal_summary(terminalreporter):
    missing = [
        report
        for report in terminalreporter.stats.get("skipped", [])
        if SKIPPED in str(report.longrepr)
    ]
    if missing:
        terminalreporter.write_line(
            f"{SKIPPED}: {len(missing)} tests or files did not run", red=True
        )
