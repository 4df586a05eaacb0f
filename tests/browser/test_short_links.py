"""The pages of short links with long addresses and a history: what every page is held to."""

import pytest
from django.contrib.auth.models import User

from attribution import scope
from attribution.models import Company
from tests.browser.accessibility import assert_accessible, assert_fits
from tests.factories import make_link_host, make_short_link

pytestmark = pytest.mark.django_db
PAGES = {
    "list": "/admin/attribution/shortlink/",
    "link": "/admin/attribution/shortlink/{link}/change/",
    "add": "/admin/attribution/shortlink/add/",
    "hosts": "/admin/attribution/linkhost/",
    "add host": "/admin/attribution/linkhost/add/",
}
LONG = "https://www.example.com/" + "autumn-clearance" * 12


@pytest.fixture(scope="session")
def link(server, django_db_blocker):
    """The number of a link of the company-admin's company that was changed once."""
    with django_db_blocker.unblock(), scope.all_companies():
        boss = User.objects.get(username="company-admin")
        company = Company.objects.filter(membership__user=boss).order_by("pk").first()
        make_link_host(company, "." + "long-host-name-" * 3 + "x.example.com")
        made = make_short_link(company, "autumn-clearance-of-the-year-2026", target=LONG)
        made.target, made.content = LONG + "?" + "x" * 300, "c" * 200
        made.save(author=boss)
        return made.pk


@pytest.mark.parametrize("name", PAGES)
def test_page_is_accessible_keeps_to_the_policy_and_fits_the_smallest_phone(open_page, link, name):
    seen = open_page(PAGES[name].format(link=link), user="company-admin")
    assert_accessible(seen)
    assert_fits(seen)
