"""What every test gets: the engine's name in the header, Hypothesis profiles, and the browser."""

import os
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from attribution import scope
from tests.chromium import FLAGS, find_chromium
from tests.shared_data import SKIPPED

TESTS = Path(__file__).parent
BROWSER_TESTS = TESTS / "browser"
# Long ones among those that ask no database: they need not run on each engine.
PLAIN_TESTS = {
    *(TESTS / "attribution" / "files").glob("test_*.py"),
    *(TESTS / "attribution" / name for name in ("test_suggest.py", "test_suggest_measured.py")),
    TESTS / "attribution" / "test_verdict.py",
}

PAGES_ON_SQLITE = 35  # per cent of the modules that ask for pages
ON_BOTH = {TESTS / "test_canary.py", TESTS / "attribution" / "test_transfer_confirm.py"}

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
    """Browser tests are marked by their folder and come last; a module of pages runs on one engine.

    Playwright keeps an event loop in this thread until the end of the run, and Django refuses
    database work beside one: tests after them would fail for no fault of theirs.
    """
    for item in items:
        if BROWSER_TESTS in item.path.parents:
            item.add_marker("browser")
        if item.path in PLAIN_TESTS or (item.path.parent.name == "formats"):
            item.add_marker("on_sqlite")
        elif shows_pages(item):
            item.add_marker(engine_of(item.path))
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


def shows_pages(item):
    """Whether it asks for pages, and does not say itself where it runs. What pages are made of is
    tested on both engines; what nobody may see or change is, too.
    """
    own = ("browser", "on_sqlite", "on_postgresql")
    if any(item.get_closest_marker(name) for name in own) or item.path in ON_BOTH:
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
