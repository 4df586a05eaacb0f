"""Databases of their own for runs that commit in several processes."""

import os
from pathlib import Path

import pytest
from django.db import connection

from attribution import scope
from attribution.placing import Placer
from attribution.utm import Captured, read
from tests.factories import make_campaign, make_company
from tests.rollup.elsewhere import Elsewhere
from tests.rollup.figures import DAY
from tests.rollup.own_database import Databases


@pytest.fixture(scope="session")
def databases(migrated):
    server = os.environ["DATABASE_URL"] if connection.vendor == "postgresql" else ""
    template = Path(migrated)  # on PostgreSQL it is a name alone
    return Databases(server, template.parent, template.stem)


@pytest.fixture
def company():
    with scope.all_companies():
        company = make_company()
        for key in ("a", "b"):
            make_campaign(company, key)
            # The first lead of a name holds up the second until it is committed.
            Placer(company).reading(read(Captured(utm_campaign=key)), DAY)
        yield company


@pytest.fixture
def writer():
    with Elsewhere() as writer:
        yield writer


@pytest.fixture
def refresher():
    with Elsewhere() as refresher:
        yield refresher


@pytest.fixture
def other_refresher():
    with Elsewhere() as refresher:
        yield refresher
