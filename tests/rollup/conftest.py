"""Databases of their own for runs that commit in several processes."""

import os
from pathlib import Path

import pytest
from django.db import connection

from tests.rollup.own_database import Databases


@pytest.fixture(scope="session")
def databases(migrated):
    server = os.environ["DATABASE_URL"] if connection.vendor == "postgresql" else ""
    template = Path(migrated)  # on PostgreSQL it is a name alone
    return Databases(server, template.parent, template.stem)
