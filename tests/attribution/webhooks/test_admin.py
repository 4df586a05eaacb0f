"""Webhooks in the admin: the address once, the secret never, the mapping with a place to try it."""

import json
import re

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from attribution.models import Lead, Refusal, WebhookSource
from attribution.webhooks import sealing
from tests.attribution.webhooks import payloads
from tests.attribution.webhooks.test_receive import make_source, post

pytestmark = pytest.mark.django_db
LIST = "admin:attribution_webhooksource_changelist"
ADD = "admin:attribution_webhooksource_add"


def page(name, source):
    return reverse(f"admin:attribution_webhooksource_{name}", args=[source.pk])


def test_a_webhook_is_made_and_its_address_shown_once(client, signed_in, company):
    signed_in("company_admin")
    given = {"company": company.pk, "name": "our-form", "shape": "typeform", "secret": "s3cret"}
    answer = client.post(reverse(ADD), given)
    text = answer.content.decode()
    url = re.search(r'value="http://testserver(/hooks/[^"]+)"', text)[1]
    source = WebhookSource.objects.get()
    assert sealing.unseal(source.sealed_secret) == "s3cret"
    assert post(url, payloads.TYPEFORM).status_code == 401  # it stands, and asks for a signature
    token = url.split("/")[2]
    for where in (reverse(LIST), page("change", source), page("mapping", source)):
        shown = client.get(where).content.decode()
        assert token not in shown
        assert "s3cret" not in shown
    log = "".join(map(str, LogEntry.objects.values()))
    assert token not in log
    assert "s3cret" not in log


def test_another_address_ends_the_one_before(client, signed_in, company):
    signed_in("company_admin")
    source, url = make_source(company, "typeform")
    assert "shown once" in client.get(page("address", source)).content.decode()
    assert post(url, payloads.TYPEFORM).status_code == 200
    text = client.post(page("address", source)).content.decode()
    new = re.search(r'value="http://testserver(/hooks/[^"]+)"', text)[1]
    assert post(url, payloads.TYPEFORM).status_code == 404
    assert post(new, payloads.TYPEFORM).status_code == 200


def test_the_secret_is_replaced_kept_or_forgotten(client, signed_in, company):
    signed_in("company_admin")
    source, __ = make_source(company, "typeform", secret="one")

    def saved(**given):
        answer = client.post(page("change", source), {"is_on": "on", "secret": "", **given})
        assert answer.status_code == 302
        source.refresh_from_db()
        return sealing.unseal(source.sealed_secret)

    assert saved() == "one"
    assert saved(secret="two") == "two"
    assert saved(forget_secret="on") == ""


def test_a_mapping_is_tried_without_storing_anything(client, signed_in, company):
    signed_in("company_admin")
    source, __ = make_source(company, mapping={"lead": {"id": "nr"}})
    mapping = {"lead": {"id": "nr", "utm_source": "src"}, "booking": {"id": "order"}}
    sent = {"nr": 7, "src": "google", "order": "B-7"}
    given = {"mapping": json.dumps(mapping), "payload": json.dumps(sent), "try": "1"}
    text = client.post(page("mapping", source), given).content.decode()
    for words in ("utm_source", "google", "B-7"):
        assert words in text
    assert not Lead.objects.exists()
    assert not Refusal.objects.exists()
    source.refresh_from_db()
    assert source.mapping == {"lead": {"id": "nr"}}  # trying is not saving


def test_trying_says_what_is_wrong(client, signed_in, company):
    signed_in("company_admin")
    source, __ = make_source(company)

    def said(mapping, payload):
        given = {"mapping": mapping, "payload": payload, "try": "1"}
        return client.post(page("mapping", source), given).content.decode()

    assert "This is no JSON" in said("{", "{}")
    assert "no field of a lead" in said('{"lead": {"mail": "a"}}', "{}")
    wrong = said('{"lead": {"id": "a", "received_at": "b"}}', '{"a": "1", "b": "yesterday"}')
    assert "is no moment" in wrong


def test_a_mapping_is_saved_and_holds_for_what_comes(client, signed_in, company):
    signed_in("company_admin")
    source, url = make_source(company)
    assert post(url, {"nr": 1}).status_code == 422
    client.post(page("mapping", source), {"mapping": '{"lead": {"id": "nr"}}', "save": "1"})
    assert post(url, {"nr": 1}).status_code == 202


@pytest.mark.parametrize("role", ["viewer", "owner", "utm_admin"])
def test_only_admins_of_the_company_see_webhooks(client, signed_in, company, role):
    signed_in(role)
    source, __ = make_source(company)
    for url in (reverse(LIST), reverse(ADD)):
        assert client.get(url).status_code == 403
    for name in ("change", "mapping", "address"):
        assert client.get(page(name, source)).status_code in (403, 404)
        assert client.post(page(name, source), {}).status_code in (403, 404)
