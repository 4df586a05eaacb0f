"""A campaign with a budget for October 2026, and people who may change it."""

from datetime import date, timedelta

import pytest

from attribution import scope
from spend.models import Budget, CampaignGroup, GroupMember
from tests.factories import make_campaign, make_company, make_spend, make_user

OCTOBER = {"first_day": date(2026, 10, 1), "last_day": date(2026, 10, 31)}


@pytest.fixture(autouse=True)
def everything_in_scope():
    with scope.all_companies():
        yield


@pytest.fixture
def company(db):
    return make_company()


@pytest.fixture
def signed_in(client, company):
    """Signs in a new user of the role and hands back the user."""

    def sign_in(role="company_admin", at=company, **values):
        user = make_user(at, role, **values)
        client.force_login(user)
        return user

    return sign_in


def make_budget(company, subject=None, amount_minor=1_900_000, **values):
    """A budget for October 2026 of a campaign, which is made if none is given."""
    subject = subject or make_campaign(company)
    field = "group" if isinstance(subject, CampaignGroup) else "campaign"
    given = {**OCTOBER, "amount_minor": amount_minor, field: subject}
    return Budget.objects.create(company=company, **given | values)


def make_group(company, name, *campaigns):
    group = CampaignGroup.objects.create(company=company, name=name)
    for campaign in campaigns:
        GroupMember.objects.create(company=company, group=group, campaign=campaign)
    return group


def spend_daily(company, key, amount_minor, first, days):
    for number in range(days):
        make_spend(company, key, amount_minor, day=first + timedelta(days=number))
