"""The company of `march.py`, made once for a module whose tests only read it."""

from contextlib import contextmanager

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


@pytest.fixture(scope="module")
def make(module_rows):
    """Each file is taken in once."""

    @contextmanager
    def make(*slugs, **values):
        with module_rows():
            with scope.all_companies():
                for slug in slugs:
                    make_company(slug=slug, **values)
            yield

    return make
