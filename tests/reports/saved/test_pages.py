"""Saved views as a request sees them: the menu on the report, the page of views, one view."""

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attribution import scope
from attribution.models import Company
from reports.models import DefaultView, SavedView
from reports.saved import keeping
from tests.factories import make_company, make_user
from tests.reports.by_hand import JUNE
from tests.reports.march import ADDRESS

pytestmark = pytest.mark.django_db
VIEWS = "/admin/reports/views/"
STATE = "period=91d&channel=email&sort=-booked_rate&cols=leads&cols=booked_rate"
MOST_QUERIES = 15


@pytest.fixture(autouse=True)
def june():
    with time_machine.travel(JUNE, tick=False):
        yield


@pytest.fixture
def march(march_rows, db):
    with scope.company_scope([march_rows]):
        yield Company.objects.get(pk=march_rows)


@pytest.fixture
def person(march, client):
    person = make_user(march, "owner")
    client.force_login(person)
    return person


def save(person, march, name="Mail", state=STATE, *, shared=False):
    return keeping.save_new(person, march, name, state, shared=shared)


def text_of(answer):
    shown = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return html.unescape(re.sub(r"\s+", " ", shown)).replace("\u00a0", " ")


def state_in(page):
    """What the form that saves sends along."""
    [state] = set(re.findall(r'name="state" value="([^"]*)"', page.content.decode()))
    return html.unescape(state)


def test_a_view_is_saved_from_the_report_and_opened_as_it_was(client, person, march):
    asked = f"?company={march.slug}&{STATE}&page=1"
    page = client.get(ADDRESS + asked)
    answer = client.post(
        f"{VIEWS}?company={march.slug}",
        {"name": "Mail", "state": state_in(page), "default": "yes"},
    )
    view = SavedView.objects.get()
    assert (view.name, view.state, view.owner, view.author) == ("Mail", STATE, person, person)
    assert DefaultView.objects.get().view == view
    assert answer["Location"] == f"{ADDRESS}?company={march.slug}&{STATE}&view={view.pk}"
    shown = text_of(client.get(answer["Location"]))
    assert "This is the view you start with: Mail ." in shown
    assert "The view “Mail” is saved." in shown


def test_without_parameters_the_default_view_is_shown(client, person, march):
    assert client.get(ADDRESS).status_code == 200
    view = save(person, march)
    keeping.start_with(person, view)
    for address in (ADDRESS, f"{ADDRESS}?company={march.slug}"):
        answer = client.get(address)
        assert answer["Location"] == f"{ADDRESS}?company={march.slug}&{STATE}&view={view.pk}"
    page = client.get(answer["Location"])
    [plain] = set(re.findall(r'href="([^"]+)">Show the plain report', page.content.decode()))
    again = client.get(html.unescape(plain))
    assert again.status_code == 200
    assert "you start with:" not in text_of(again)


def test_a_default_view_is_for_its_company_alone(client, person, march):
    with scope.all_companies():
        other = make_company(name="Zzz")
        other.membership_set.create(user=person, role="viewer")
    keeping.start_with(person, save(person, march))
    assert client.get(f"{ADDRESS}?company={other.slug}").status_code == 200
    assert client.get(ADDRESS).status_code == 302


def test_a_short_link_to_a_view_leads_to_what_it_is_now(client, person, march):
    view = save(person, march)
    short = f"{ADDRESS}?company={march.slug}&view={view.pk}"
    assert client.get(short)["Location"].endswith(f"{STATE}&view={view.pk}")
    keeping.replace_state(person, view, "period=7d")
    assert client.get(short)["Location"].endswith(f"period=7d&view={view.pk}")


@pytest.mark.parametrize("number", ["0", "99999999", "9" * 30, "x", "²"])
def test_a_view_that_is_not_there_is_said_and_the_plain_report_shown(client, person, number):
    page = client.get(ADDRESS, {"view": number}, follow=True)
    assert page.status_code == 200
    assert "This view is not there" in text_of(page)


def test_relative_periods_stay_relative_and_days_stay_days(client, person, march):
    moving = save(person, march, "moving", "period=7d")
    fixed = save(person, march, "fixed", "period=custom&from=2026-03-01&to=2026-03-31")
    for when, days in ((JUNE, "26 May – 1 Jun 2026"), ("2026-07-10", "4 Jul – 10 Jul 2026")):
        with time_machine.travel(when, tick=False):
            client.force_login(person)  # a session does not last so long
            seen = [
                text_of(client.get(ADDRESS, {"view": view.pk}, follow=True))
                for view in (moving, fixed)
            ]
        assert days in seen[0]
        assert "1 Mar – 31 Mar 2026" in seen[1]


def test_a_changed_view_is_replaced_only_by_who_may(client, person, march):
    view = save(person, march, shared=True)
    changed = f"{ADDRESS}?company={march.slug}&period=28d&view={view.pk}"
    page = client.get(changed)
    assert "View Mail , changed since you opened it." in text_of(page)
    assert "Replace it by this, for the team" in text_of(page)
    sent = {"do": "replace", "state": state_in(page)}
    viewer = make_user(march, "viewer")
    client.force_login(viewer)
    assert "Replace it" not in text_of(client.get(changed))
    for do in ("replace", "delete", "change"):
        assert client.post(f"{VIEWS}{view.pk}/", sent | {"do": do}).status_code == 403
    client.force_login(person)
    assert client.post(f"{VIEWS}{view.pk}/", sent).status_code == 302
    view.refresh_from_db()
    assert (view.state, view.changed_by) == ("period=28d", person)


def test_a_view_is_renamed_shared_started_with_and_deleted(client, person, march):
    view = save(person, march)
    page = f"{VIEWS}{view.pk}/"
    client.post(page, {"do": "change", "name": "  Mail,  all ", "whose": "team"})
    view.refresh_from_db()
    assert (view.name, view.owner) == ("Mail, all", None)
    viewer = make_user(march, "viewer")
    client.force_login(viewer)
    assert client.post(page, {"do": "start"}).status_code == 302
    assert keeping.default_of(viewer, march) == view
    client.force_login(person)
    assert "One other person starts with this view" in text_of(client.get(page))
    client.post(page, {"do": "delete"})
    assert SavedView.objects.count() == DefaultView.objects.count() == 0
    client.force_login(viewer)
    assert client.get(ADDRESS).status_code == 200


def test_what_was_wrong_is_said_and_nothing_has_to_be_chosen_again(client, person, march):
    save(person, march)
    other = save(person, march, "Other")
    sent = {"name": "Mail", "state": "period=7d", "whose": "own", "default": "yes"}
    page = client.post(f"{VIEWS}?company={march.slug}", sent)
    assert "You have a view named “Mail” already." in text_of(page)
    assert state_in(page) == "period=7d"
    assert 'name="name" id="name" value="Mail"' in page.content.decode()
    page = client.post(f"{VIEWS}{other.pk}/", {"do": "change", "name": "Mail", "whose": "own"})
    assert "Nothing was changed." in text_of(page)
    other.refresh_from_db()
    assert other.name == "Other"


def test_a_viewer_keeps_own_views_and_shares_none(client, march):
    client.force_login(make_user(march, "viewer"))
    page = client.get(ADDRESS, {"period": "7d"})
    assert "everybody in the company" not in text_of(page)
    sent = {"name": "Mine", "state": "period=7d"}
    assert client.post(VIEWS, sent | {"whose": "team"}).status_code == 403
    assert client.post(VIEWS, sent).status_code == 302
    view = SavedView.objects.get()
    sent = {"do": "change", "name": "Ours", "whose": "team"}
    assert client.post(f"{VIEWS}{view.pk}/", sent).status_code == 403
    view.refresh_from_db()
    assert view.owner is not None


def test_nobody_elses_own_view_is_found(client, person, march):
    view = save(make_user(march), march, "secret")
    assert client.get(f"{VIEWS}{view.pk}/").status_code == 404
    assert client.post(f"{VIEWS}{view.pk}/", {"do": "start"}).status_code == 404
    assert "secret" not in text_of(client.get(VIEWS))
    assert "secret" not in text_of(client.get(ADDRESS, {"period": "7d", "view": view.pk}))


def test_the_page_of_views_says_what_each_shows(client, person, march):
    save(person, march)
    save(person, march, "Later", "period=13d", shared=True)
    shown = text_of(client.get(VIEWS))
    assert "91 days (13 weeks): now 3 Mar – 1 Jun 2026" in shown
    assert "Filters Channel: E-mail" in shown
    assert "Columns Leads, Booked rate" in shown
    assert "Sorted by Booked rate, descending" in shown
    assert f"Saved by {person} on 1 Jun 2026" in shown
    assert "“13d” is not a valid period and was ignored." in shown


def test_the_link_to_copy_is_the_exact_report(client, person, march):
    page = client.get(f"{ADDRESS}?company={march.slug}&{STATE}&rows=25")
    [link] = re.findall(r'id="view-link" value="([^"]+)"', page.content.decode())
    parts = urlsplit(html.unescape(link))
    assert (parts.scheme, parts.netloc, parts.path) == ("http", "testserver", ADDRESS)
    assert parse_qs(parts.query) == {
        "company": [march.slug],
        "period": ["91d"],
        "channel": ["email"],
        "sort": ["-booked_rate"],
        "cols": ["leads", "booked_rate"],
        "rows": ["25"],
    }


def test_the_pages_need_few_queries_however_many_views_there_are(client, person, march):
    counts = []
    for first in (0, 30):
        for number in range(first, first + 30):
            save(person, march, f"view {number:02}", shared=number % 2 == 0)
        seen = []
        for address in (VIEWS, f"{ADDRESS}?period=28d&view={SavedView.objects.first().pk}"):
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            assert len(queries) <= MOST_QUERIES
            seen.append(len(queries))
        counts.append(seen)
    assert counts[0] == counts[1]
