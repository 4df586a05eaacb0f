"""How much waits for repair: as many leads as the report counts, and the groups of the queue."""

from attribution import scope
from attribution.models import Lead
from attribution.repair.adopt import adopt
from attribution.repair.groups import groups
from reports.models import RollupState
from reports.repair.size import Size, size
from reports.rollup.refresh import refresh
from tests.factories import make_campaign, make_company, make_lead


def test_a_company_without_leads_has_nothing(company):
    assert size(company) == Size(groups=0, unattributed=0, leads=0)


def test_leads_are_counted_whether_the_sums_know_them_or_not(company):
    with scope.all_companies():
        make_lead(make_company(), "elsewhere")
    make_campaign(company, "winter")
    make_lead(company, "winter")
    make_lead(company, utm_source="news")
    make_lead(company)
    make_lead(company, kind="bot")
    expected = Size(groups=2, unattributed=2, leads=3)
    assert size(company) == expected
    refresh(company.pk)
    assert size(company) == expected
    make_lead(company, "sommer")
    left = Lead.objects.get(utm_source="news")
    left.kind = "test"
    left.save()
    expected = Size(groups=2, unattributed=1, leads=3)
    assert size(company) == expected
    assert len(groups(company)) == 2


def test_leads_of_an_older_version_are_told_of_until_they_are_read(company):
    make_lead(company, utm_source="news")
    assert not size(company).has_unread
    Lead.objects.update(reading=None)
    assert size(company) == Size(groups=0, unattributed=1, leads=1, has_unread=True)
    adopt(company)
    assert size(company) == Size(groups=1, unattributed=1, leads=1)


def test_sums_that_are_not_to_be_believed_are_not_asked(company, django_assert_num_queries):
    make_lead(company, utm_source="news")
    RollupState.objects.update_or_create(company=company, defaults={"drift": 1})
    with django_assert_num_queries(2):
        assert size(company) == Size(groups=1, unattributed=1, leads=1)
