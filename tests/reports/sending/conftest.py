"""A company with the leads of March, a view of it, and people who get it."""

import pytest
import time_machine

from attribution import scope
from reports.models import SavedView, Subscription
from tests.factories import make_company, make_user
from tests.reports.by_hand import JUNE
from tests.reports.march import make_march

STATE = "period=custom&from=2026-03-01&to=2026-03-31&compare=none"


@pytest.fixture
def clock():
    """Stands at noon of Monday, 1 June 2026, UTC; it can be moved."""
    with time_machine.travel(JUNE, tick=False) as traveller:
        yield traveller


@pytest.fixture
def march(clock, db):
    with scope.all_companies():
        company = make_company(timezone="Europe/Berlin")
        make_march(company)
    with scope.company_scope([company.pk]):
        yield company


@pytest.fixture
def owner(march):
    return make_user(march, "owner", username="olga", email="olga@example.org")


@pytest.fixture
def view(march, owner):
    return SavedView.objects.create(
        company=march, name="Monday figures", state=STATE, owner=owner, author=owner
    )


def subscribe(view, *people, **values):
    """Weekly on Mondays at 8, to the view's owner unless others are named."""
    given = {"owner": view.owner, "recipients": [one.pk for one in people or [view.owner]]}
    return Subscription.objects.create(company=view.company, view=view, **given | values)


@pytest.fixture
def digest(view, clock):
    """Due for the first time on 8 June at 8 in Berlin."""
    return subscribe(view)
