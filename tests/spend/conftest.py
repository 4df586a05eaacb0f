"""On PostgreSQL each file of these tests goes straight that can; on SQLite none does. So both ways
of taking in a file answer for the same tests.
"""

import pytest
from django.db import connection

from attribution.imports import engine


@pytest.fixture(autouse=True)
def straight_on_postgresql(monkeypatch):
    if connection.vendor == "postgresql":
        monkeypatch.setattr(engine, "STRAIGHT_FROM", 0)
