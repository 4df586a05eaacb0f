"""The company of `march.py`, made once for a module whose tests only read it."""

import pytest
import time_machine

from attribution import scope
from tests.factories import make_company
from tests.reports.by_hand import JUNE
from tests.reports.march import make_march


@pytest.fixture(scope="module")
def march_rows(module_rows):
    """The company's key."""
    with module_rows(), time_machine.travel(JUNE, tick=False), scope.all_companies():
        company = make_company()
        make_march(company)
        return company.pk
