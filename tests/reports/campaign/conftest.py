"""A month of facts, looked at in June by somebody who may change everything."""

import pytest
import time_machine

from attribution import scope
from attribution.models import Company
from tests.factories import make_user
from tests.reports.by_hand import JUNE


@pytest.fixture
def june():
    with time_machine.travel(JUNE, tick=False):
        yield


@pytest.fixture
def march(march_rows, db, client):
    with scope.company_scope([march_rows]):
        company = Company.objects.get(pk=march_rows)
        client.force_login(make_user(company, "company_admin"))
        yield company
