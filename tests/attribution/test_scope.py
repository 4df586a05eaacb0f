"""The company scope fails closed: without one, no query on companies' data works at all."""

import pytest
from django.apps import apps
from django.db import models
from django.test import RequestFactory

from attribution import scope
from attribution.middleware import CompanyScopeMiddleware
from attribution.models import Campaign, Company, Lead, Membership
from tests.factories import make_campaign, make_company, make_lead, make_user

SCOPED = [
    model
    for label in ("attribution", "spend", "reports")
    for model in apps.get_app_config(label).get_models()
]
pytestmark = pytest.mark.django_db


def test_every_model_of_ours_is_scoped():
    assert {model.__name__ for model in SCOPED} >= {
        *("Company", "Membership", "Campaign", "Lead", "Booking", "ImportRun", "SpendEntry"),
    }
    for model in SCOPED:
        for manager in (model._default_manager, model._base_manager):
            assert isinstance(manager, scope.ScopedManager), model


@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model.__name__)
@pytest.mark.parametrize(
    "question",
    [
        lambda rows: rows.count(),
        lambda rows: list(rows.all()),
        lambda rows: rows.filter(pk=1).exists(),
        lambda rows: rows.filter(pk=1).update(pk=1),
        lambda rows: rows.filter(pk=1).delete(),
        lambda rows: rows.aggregate(models.Max("pk")),
    ],
)
def test_a_query_without_a_scope_raises(model, question):
    for manager in (model._default_manager, model._base_manager):
        with pytest.raises(scope.NoCompanyScope):
            question(manager)


def test_only_the_companies_in_scope_exist():
    with scope.all_companies():
        ours, theirs = make_company(), make_company()
        make_campaign(ours, "spring")
        foreign = make_campaign(theirs, "spring")
    with scope.company_scope([ours.pk]):
        assert list(Company.objects.all()) == [ours]
        assert [one.company for one in Campaign.objects.all()] == [ours]
        assert not Campaign.objects.filter(pk=foreign.pk).exists()
        assert Campaign.objects.filter(pk=foreign.pk).update(name="x") == 0
    with scope.company_scope([]):
        assert Company.objects.count() == 0


def test_related_rows_are_scoped_too():
    with scope.all_companies():
        ours, theirs = make_company(), make_company()
        lead = make_lead(theirs, "spring")
        campaign = lead.campaign
    with scope.company_scope([ours.pk]):
        assert list(theirs.campaign_set.all()) == []
        assert list(campaign.lead_set.all()) == []
        stale = Lead(campaign_id=campaign.pk)
        with pytest.raises(Campaign.DoesNotExist):
            stale.campaign  # noqa: B018


def test_nothing_is_written_outside_the_scope():
    with scope.all_companies():
        ours, theirs = make_company(), make_company()
        foreign = make_campaign(theirs, "spring")
    with scope.company_scope([ours.pk]):
        for write in (
            lambda: Campaign.objects.create(company=theirs, key="x"),
            lambda: Campaign.objects.bulk_create([Campaign(company=theirs, key="x")]),
            foreign.save,
            foreign.delete,
            theirs.save,
        ):
            with pytest.raises(scope.OutOfCompanyScope):
                write()
    with scope.all_companies():
        assert Campaign.objects.filter(company=theirs).count() == 1


def test_a_scope_ends_with_its_block_whatever_happens():
    with pytest.raises(ZeroDivisionError), scope.all_companies():
        raise ZeroDivisionError
    with pytest.raises(scope.NoCompanyScope):
        scope.current()
    with scope.company_scope([1]):
        with scope.all_companies():
            pass
        assert scope.current() == frozenset({1})


def test_a_request_gets_the_companies_of_its_users_memberships(admin_user):
    with scope.all_companies():
        company, __ = make_company(), make_company()
        member, stranger = make_user(company), make_user()
        Membership.objects.create(company=make_company(), user=member, role="owner")

    def companies_seen_by(user):
        request = RequestFactory().get("/")
        request.user = user
        seen = []
        CompanyScopeMiddleware(lambda request: seen.extend(Company.objects.all()))(request)
        return len(seen)

    assert companies_seen_by(member) == 2
    assert companies_seen_by(stranger) == 0
    assert companies_seen_by(admin_user) == 3
