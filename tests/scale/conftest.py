"""Facts in PostgreSQL, a Spark cluster, and what was measured: for `make test-scale` alone."""

import os
from pathlib import Path

import pytest

from attribution import scope

# Collected by `make test-scale` alone: it starts three programs and takes minutes.
collect_ignore_glob = [] if os.environ.get("SCALE_LEADS") else ["test_*.py"]

MEASURED: list[str] = []


@pytest.fixture(scope="session")
def usage():
    from tests.scale.processes import Usage

    watch = Usage()
    watch.start()
    yield watch
    watch.over.set()
    watch.join()
    for role, size in sorted(watch.memory.items()):
        MEASURED.append(f"peak memory of {role}: {size:,.0f} MB")


@pytest.fixture(scope="session")
def database(django_test_environment, django_db_blocker):
    """One database for all tests, which see what the one before left."""
    from django.db import connection

    with django_db_blocker.unblock():
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            yield
        finally:
            connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


@pytest.fixture(scope="session")
def companies(database, tmp_path_factory):
    """Three companies of very different size, imported by the product's own commands."""
    from tests.scale.facts import fill

    with scope.all_companies():
        yield fill(int(os.environ["SCALE_LEADS"]), tmp_path_factory.mktemp("facts"))


@pytest.fixture(scope="session")
def cluster(tmp_path_factory, usage):
    from tests.scale.cluster import Cluster

    started = Cluster(tmp_path_factory.mktemp("spark"))
    try:
        started.start()
        yield started
    finally:
        started.stop()


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("exported")


def pytest_terminal_summary(terminalreporter):
    for line in MEASURED:
        terminalreporter.write_line(line)
