"""Read keys in the admin: shown once, nowhere stored, revoked at once, for company admins alone."""

import io
import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from attribution import readkeys, scope
from attribution.models import ReadKey
from tests.factories import make_company

ADD = "admin:attribution_readkey_add"
LIST = "admin:attribution_readkey_changelist"
KEY = re.compile(r"cpr_[a-z2-7]{8}_[a-z2-7]{32}")


def form(company, **values):
    expires = {"expires_at_0": "", "expires_at_1": ""}
    return {"company": company.pk, "name": "Sheet", "role": "owner"} | expires | values


def status(text):
    headers = {"HTTP_AUTHORIZATION": f"Bearer {text}"}
    return Client().get("/api/v1/companies", **headers).status_code


def test_a_key_is_shown_once_and_stored_nowhere(client, company, signed_in):
    user = signed_in()
    answer = client.post(reverse(ADD), form(company))
    text = KEY.search(answer.content.decode()).group()
    assert answer["Cache-Control"] == "private, no-store"
    row = ReadKey.objects.get()
    assert (row.author, row.role, row.prefix) == (user, "owner", text[:12])
    assert status(text) == 200
    for name in (LIST, "admin:attribution_readkey_change", "admin:attribution_readkey_history"):
        page = client.get(reverse(name, args=[] if name == LIST else [row.pk])).content.decode()
        assert row.prefix in page or "history" in name
        assert text[13:] not in page
    with scope.all_companies():
        dump = io.StringIO()
        call_command("dumpdata", "attribution.readkey", stdout=dump)
    assert row.digest in dump.getvalue()
    assert text[13:] not in dump.getvalue()


def test_a_revoked_key_opens_nothing_from_the_next_request_on(client, company, signed_in):
    user = signed_in()
    row, text = readkeys.make(company, "viewer", "Sheet")
    url = reverse("admin:attribution_readkey_revoke", args=[row.pk])
    assert "next request" in client.get(url).content.decode()
    assert status(text) == 200  # it was only asked
    assert client.post(url).status_code == 302
    assert status(text) == 401
    row.refresh_from_db()
    assert row.revoked_by == user
    assert client.post(url).status_code == 403  # it stays as it was


def test_several_keys_are_revoked_in_the_list_and_filtered_by_state(client, company, signed_in):
    signed_in()
    rows = [readkeys.make(company, "viewer", f"Key {n}")[0] for n in range(3)]
    readkeys.make(company, "viewer", "Late one", expires_at=timezone.now() - timedelta(days=1))
    data = {"action": "revoke_keys", "_selected_action": [row.pk for row in rows[:2]]}
    client.post(reverse(LIST), data | {"confirmed": "yes"})
    for state, names in (
        ("live", {"Key 2"}),
        ("revoked", {"Key 0", "Key 1"}),
        ("expired", {"Late one"}),
    ):
        page = client.get(reverse(LIST), {"state": state}).content.decode()
        assert {one for one in ("Key 0", "Key 1", "Key 2", "Late one") if one in page} == names


def test_a_key_is_made_for_ones_own_company_alone(client, company, signed_in):
    signed_in()
    with scope.all_companies():
        other = make_company()
        client.post(reverse(ADD), form(other))
        assert not ReadKey.objects.exists()


def test_company_and_role_of_a_key_never_change(client, company, signed_in):
    signed_in()
    row, __ = readkeys.make(company, "viewer", "Sheet")
    url = reverse("admin:attribution_readkey_change", args=[row.pk])
    assert client.post(url, form(company, name="New", role="company_admin")).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.role) == ("New", "viewer")


def test_a_key_stays_and_has_a_role(company):
    row, text = readkeys.make(company, "viewer", "Sheet")
    assert readkeys.find(text) == row
    assert readkeys.find(text.replace("cpr_", "cpi_")) is None
    with pytest.raises(ProtectedError):
        row.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        readkeys.make(company, "emperor", "Sheet")
