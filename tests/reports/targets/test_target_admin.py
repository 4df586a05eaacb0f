"""Targets in the admin: how they are written, and in which words they are refused."""

from datetime import date

import pytest
from django.urls import reverse

from attribution import scope
from reports.models import Target
from tests.factories import make_campaign, make_company, make_user

pytestmark = pytest.mark.django_db
ADD = "/admin/reports/target/add/"


@pytest.fixture(autouse=True)
def everything_in_scope():
    with scope.all_companies():
        yield


@pytest.fixture
def company():
    return make_company(slug="acme")


@pytest.fixture
def owner(company, client):
    owner = make_user(company, "owner")
    client.force_login(owner)
    return owner


def post(client, address, **data):
    """Sends a form and hands back the texts of its errors; none when it was taken."""
    answer = client.post(address, data)
    if answer.status_code == 302:
        return []
    assert answer.status_code == 200, answer.status_code
    errors = answer.context["adminform"].form.errors
    return [text for texts in errors.values() for text in texts]


def march(campaign, **values):
    days = {"first_day": "2026-03-01", "last_day": "2026-03-31"}
    whose = {"company": campaign.company_id, "campaign": campaign.pk}
    return {**whose, "metric": "leads", "goal": "100", **days} | values


@pytest.mark.parametrize(
    ("metric", "written", "kept", "shown"),
    [
        ("leads", "100", 100, "100"),
        ("cost_per_lead", "12.5", 1_250, "€12.50"),
        ("revenue", "1,234.50", 123_450, "€1,234.50"),
        ("roas", "2.5", 250, "2.5×"),
    ],
)
def test_a_target_is_written_as_its_metric_has_it(
    client, company, owner, metric, written, kept, shown
):
    campaign = make_campaign(company, "spring", owner=owner)
    assert post(client, ADD, **march(campaign, metric=metric, goal=written)) == []
    target = Target.objects.get()
    assert (target.value, target.author, target.metric) == (kept, owner, metric)
    assert shown in client.get(reverse("admin:reports_target_changelist")).content.decode()
    page = client.get(reverse("admin:reports_target_change", args=[target.pk]))
    again = str(page.context["adminform"].form.initial["goal"])
    sent = {"goal": again, "first_day": "2026-03-01", "last_day": "2026-03-31"}
    assert post(client, page.request["PATH_INFO"], **sent, version_read=1) == []
    target.refresh_from_db()
    assert (target.value, target.version) == (kept, 1)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"goal": "0"}, "A target has to be above 0."),
        ({"goal": "12.5"}, "Write a whole number, such as 100."),
        ({"goal": "many", "metric": "revenue"}, "This is not a number."),
        ({"goal": "-1", "metric": "revenue"}, "A target has to be above 0."),
        ({"last_day": "2026-02-28"}, "The last day comes before the first day."),
        ({"last_day": "2099-12-31"}, "2099-12-31 is not between the year 2000 and three years"),
        ({"first_day": "2020-01-01"}, "A target is for three years at most."),
    ],
)
def test_what_is_refused_and_why(client, company, owner, values, sentence):
    found = post(client, ADD, **march(make_campaign(company, "spring"), **values))
    assert any(sentence in text for text in found), found
    assert not Target.objects.exists()


def test_an_overlap_names_the_other_target(client, company, owner):
    campaign = make_campaign(company, "spring", name="Spring")
    assert post(client, ADD, **march(campaign)) == []
    later = march(campaign, first_day="2026-03-31", last_day="2026-04-30")
    assert post(client, ADD, **later) == [
        "Spring has a target of Leads for 2026-03-01 to 2026-03-31 already. Change that one, or "
        "choose days outside it."
    ]
    assert post(client, ADD, **later | {"metric": "booked"}) == []
    assert post(client, ADD, **later | {"first_day": "2026-04-01"}) == []
    assert Target.objects.count() == 3


def test_owners_set_targets_for_their_own_campaigns(client, company, owner):
    other = make_campaign(company, "other", owner=make_user(company, "owner"))
    found = post(client, ADD, **march(other))
    assert found == ["other has another owner. Ask an admin of the company."]
    target = Target.objects.create(
        company=company,
        campaign=other,
        metric="leads",
        first_day=date(2026, 3, 1),
        last_day=date(2026, 3, 31),
        value=5,
    )
    page = reverse("admin:reports_target_change", args=[target.pk])
    assert client.get(page).status_code == 200  # to read
    assert client.post(page, {"goal": "9"}).status_code == 403
    client.force_login(make_user(company, "viewer"))
    assert client.get(ADD).status_code == 403


def test_a_campaign_of_another_company_is_refused(client, company, owner):
    with_role = make_company(slug="other")
    with_role.membership_set.create(user=owner, role="owner")
    campaign = make_campaign(with_role, "theirs")
    found = post(client, ADD, **march(campaign, company=company.pk))
    assert "This one belongs to another company." in found
