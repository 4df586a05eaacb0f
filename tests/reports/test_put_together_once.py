"""Statements that are put together once are put together for each scope."""

import pytest
from django.contrib.auth.models import User
from django.db.models import Q

from attribution import scope
from reports.filters import companies_of
from reports.maturity.kept import lags
from reports.rollup.refresh import refresh
from reports.rollup.sums import BOOKS
from reports.saved.keeping import seen_by
from reports.saved.models import SavedView
from tests.factories import make_booking, make_company, make_lead, make_spend, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def two():
    """Companies with facts and kept sums."""
    with scope.all_companies():
        companies = [make_company(), make_company()]
        for company in companies:
            make_booking(make_lead(company, "spring"))
            make_spend(company, "spring", 100)
            SavedView.objects.create(company=company, name="Ours", state="period=28d")
            refresh(company.pk)
    return companies


def test_what_one_scope_asks_is_not_what_another_sees(two, rf):
    request = rf.get("/")
    request.user = User(is_superuser=True)
    user = make_user()
    for _ in range(2):
        for mine, theirs in (two, reversed(two)):
            with scope.company_scope([mine.pk]):
                for book in BOOKS:
                    for rows in (book.live(Q()), book.taken_away(Q())):
                        assert {row[0] for row in rows} == {mine.pk}
                assert companies_of(request) == [mine]
                assert [len(seen_by(user, one)) for one in (mine, theirs)] == [1, 0]
                assert (lags(mine).latest, lags(theirs).latest) == (1, 0)
