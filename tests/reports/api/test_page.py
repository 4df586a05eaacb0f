"""The page for programs and AI, and its plain text: what they say is so."""

from html import unescape

import pytest
from django.urls import reverse

from attribution import scope
from reports.api import guide
from reports.api.page import _of
from reports.metrics import METRICS
from tests.factories import make_company, make_user

pytestmark = pytest.mark.django_db
PAGE = "reports:api"


def page(client, company, role="viewer"):
    with scope.all_companies():
        client.force_login(make_user(company, role, username=f"asks-{role}"))
    answer = client.get(reverse(PAGE))
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_the_page_names_ones_own_company_and_every_figure(client, acme):
    text = page(client, acme)
    assert "/api/v1/report?company=acme&period=28d" in text
    assert "manage.py mcp --user asks-viewer --company acme" in text
    for name, metric in METRICS.items():
        assert f"<code>{name}</code> {metric.label}" in text
    assert "Make a read key" not in text
    assert reverse("read:schema-json") in text


def test_who_may_make_keys_is_led_there(client, acme):
    assert reverse("admin:attribution_readkey_add") in page(client, acme, "company_admin")


def test_another_company_is_not_found(client, acme):
    with scope.all_companies():
        make_company(slug="other")
    page(client, acme)
    assert client.get(reverse(PAGE), {"company": "other"}).status_code == 404


def test_the_page_takes_few_queries(client, acme, django_assert_max_num_queries):
    with scope.all_companies():
        client.force_login(make_user(acme))
    with django_assert_max_num_queries(15):
        client.get(reverse(PAGE))


def test_every_example_is_answered(acme, reader):
    for address, __ in guide.EXAMPLES:
        assert reader.get(_of(acme, address)).status_code == 200, address
        assert f"GET /api/v1/{address}" in guide.text("https://campaigns.example.com")


def test_the_plain_text_says_the_same(acme, reader):
    text = reader.get("guide.md").content.decode()
    assert "http://testserver/api/v1/schema.json" in text
    for rule in guide.RULES:
        assert rule in text
    for name, metric in METRICS.items():
        assert f"- `{name}` ({metric.unit}) {metric.label}: {metric.help}" in text
