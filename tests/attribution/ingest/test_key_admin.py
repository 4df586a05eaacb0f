"""Keys in the admin: shown once, nowhere stored, revoked at once, for company admins alone."""

import io
import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from attribution import scope
from attribution.ingest import keys
from attribution.models import IngestKey
from tests.attribution.ingest.sender import Sender, code
from tests.factories import make_company

ADD = "admin:attribution_ingestkey_add"
LIST = "admin:attribution_ingestkey_changelist"
KEY = re.compile(r"cp[ib]_[a-z2-7]{8}_[a-z2-7]{32}")


def form(company, **values):
    return {
        "company": company.pk,
        "name": "Shop",
        "kind": "server",
        "origins": "",
        "per_minute": "",
        "expires_at_0": "",
        "expires_at_1": "",
    } | values


def test_a_key_is_shown_once_and_stored_nowhere(client, company, signed_in):
    user = signed_in()
    answer = client.post(reverse(ADD), form(company))
    assert answer.status_code == 200
    text = KEY.search(answer.content.decode()).group()
    assert answer["Cache-Control"] == "private, no-store"
    row = IngestKey.objects.get()
    assert (row.author, row.kind, row.prefix) == (user, "server", text[:12])
    assert Sender(client, text).lead({"id": "1"}).status_code == 201
    secret = text[13:]
    for name in (LIST, "admin:attribution_ingestkey_change", "admin:attribution_ingestkey_history"):
        url = reverse(name, args=[] if name == LIST else [row.pk])
        page = client.get(url).content.decode()
        assert row.prefix in page or "history" in name
        assert secret not in page
    with scope.all_companies():
        dump = io.StringIO()
        call_command("dumpdata", stdout=dump)
    assert row.digest in dump.getvalue()
    assert secret not in dump.getvalue()


def test_a_browsers_key_names_its_pages(client, company, signed_in):
    signed_in()
    answer = client.post(reverse(ADD), form(company, kind="browser"))
    assert "anybody can copy" in answer.content.decode()
    assert not IngestKey.objects.exists()
    lines = "https://Example.com/shop\nhttps://shop.example.com:8443"
    answer = client.post(reverse(ADD), form(company, kind="browser", origins=lines))
    assert KEY.search(answer.content.decode())
    assert IngestKey.objects.get().origins == [
        "https://example.com",
        "https://shop.example.com:8443",
    ]


def test_a_revoked_key_opens_nothing_from_the_next_request_on(client, company, signed_in):
    user = signed_in()
    row, text = keys.make(company, "server", "Shop")
    sender = Sender(client, text)
    assert sender.lead({"id": "1"}).status_code == 201
    url = reverse("admin:attribution_ingestkey_revoke", args=[row.pk])
    assert "next request" in client.get(url).content.decode()
    assert sender.lead({"id": "2"}).status_code == 201  # it was only asked
    assert client.post(url).status_code == 302
    answer = sender.lead({"id": "3"})
    assert (answer.status_code, code(answer)) == (401, "not_authenticated")
    row.refresh_from_db()
    assert row.revoked_by == user
    assert client.post(url).status_code == 403  # it stays as it was
    page = client.get(reverse("admin:attribution_ingestkey_change", args=[row.pk]))
    assert f"Revoked by {user.username}" in page.content.decode()


def test_several_keys_are_revoked_in_the_list(client, company, signed_in):
    signed_in()
    rows = [keys.make(company, "server", f"Key {n}")[0] for n in range(3)]
    data = {"action": "revoke_keys", "_selected_action": [row.pk for row in rows[:2]]}
    assert "Key 0" in client.post(reverse(LIST), data).content.decode()
    assert not IngestKey.objects.filter(revoked_at__isnull=False).exists()
    client.post(reverse(LIST), data | {"confirmed": "yes"})
    assert set(IngestKey.objects.filter(revoked_at__isnull=False)) == set(rows[:2])


def test_the_list_is_filtered_by_state(client, company, signed_in):
    signed_in()
    keys.make(company, "server", "Open one")
    gone, __ = keys.make(company, "server", "Gone one")
    keys.revoke(gone, None)
    keys.make(company, "server", "Late one", expires_at=timezone.now() - timedelta(days=1))
    for state, name in (("live", "Open one"), ("revoked", "Gone one"), ("expired", "Late one")):
        page = client.get(reverse(LIST), {"state": state}).content.decode()
        assert [one for one in ("Open one", "Gone one", "Late one") if one in page] == [name]


@pytest.mark.parametrize("role", ["viewer", "owner", "utm_admin"])
def test_others_than_company_admins_see_no_keys(client, company, signed_in, role):
    signed_in(role)
    row, __ = keys.make(company, "server", "Shop")
    assert client.get(reverse(LIST)).status_code == 403
    assert client.get(reverse(ADD)).status_code == 403
    url = reverse("admin:attribution_ingestkey_revoke", args=[row.pk])
    assert client.post(url).status_code in (403, 404)
    row.refresh_from_db()
    assert row.revoked_at is None


def test_a_key_is_made_for_ones_own_company_alone(client, company, signed_in):
    signed_in()
    with scope.all_companies():
        other = make_company()
        client.post(reverse(ADD), form(other))
        row, __ = keys.make(other, "server", "Theirs")
        assert IngestKey.objects.count() == 1
        url = reverse("admin:attribution_ingestkey_revoke", args=[row.pk])
        assert client.post(url).status_code == 404


def test_the_list_takes_few_queries(client, company, signed_in, django_assert_max_num_queries):
    signed_in()
    for n in range(20):
        keys.make(company, "server", f"Key {n}")
    with django_assert_max_num_queries(12):
        client.get(reverse(LIST))
