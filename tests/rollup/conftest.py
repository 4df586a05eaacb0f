"""Databases of their own for runs that commit in several processes."""

import os

import pytest
from django.db import connection

from tests.rollup.own_database import Databases


@pytest.fixture(scope="session")
def databases(tmp_path_factory):
    server = os.environ["DATABASE_URL"] if connection.vendor == "postgresql" else ""
    databases = Databases(server, tmp_path_factory.mktemp("stress"))
    yield databases
    databases.drop()
