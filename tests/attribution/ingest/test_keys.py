"""Which keys open what."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from attribution.ingest import keys
from attribution.models import IngestKey, Lead
from tests.attribution.ingest.sender import Sender, code

pytestmark = pytest.mark.django_db


def refused(answer, status=401, what="not_authenticated"):
    assert (answer.status_code, code(answer)) == (status, what)
    if status == 401:
        assert answer["WWW-Authenticate"].startswith("Bearer")
    assert not Lead.objects.exists()


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "x",
        "cpi_aaaaaaaa_" + "a" * 32,
        "cpi_" + "é" * 41,
        "cpb_aaaaaaaa_" + "b" * 32,
        "a" * 9000,
    ],
)
def test_what_is_no_key_of_ours_opens_nothing(company, sent):
    refused(Sender(Client(), sent).lead({"id": "1"}))


def test_a_key_that_is_nearly_right_opens_nothing(company, key):
    last = "a" if key[-1] != "a" else "b"
    refused(Sender(Client(), key[:-1] + last).lead({"id": "1"}))
    refused(Sender(Client(), key.upper()).lead({"id": "1"}))


def test_a_key_is_taken_from_the_header_alone(company, key):
    client = Client()
    sender = Sender(client, "")
    refused(sender.post(f"leads?key={key}", {"id": "1"}))
    refused(sender.lead({"id": "1", "key": key}))
    refused(sender.lead({"id": "1"}, HTTP_AUTHORIZATION=f"Basic {key}"))
    client.cookies["key"] = key
    refused(sender.lead({"id": "1"}))


def test_a_signed_in_person_needs_a_key_as_well(company, admin_user):
    client = Client()
    client.force_login(admin_user)
    refused(Sender(client, "").lead({"id": "1"}))


def test_an_expired_key_opens_nothing(company):
    row, text = keys.make(company, "server", "Shop", expires_at=timezone.now() + timedelta(days=1))
    sender = Sender(Client(), text)
    assert sender.lead({"id": "1"}).status_code == 201
    IngestKey.objects.filter(pk=row.pk).update(expires_at=timezone.now())
    assert sender.lead({"id": "2"}).status_code == 401
    assert Lead.objects.count() == 1


def test_each_kind_of_key_has_its_own_addresses(company, key, browser_key):
    page = {"HTTP_ORIGIN": "https://www.example.com"}
    for address in ("leads", "bookings"):
        answer = Sender(Client(), browser_key).post(address, {"id": "1"}, **page)
        refused(answer, 403, "wrong_kind_of_key")
    refused(Sender(Client(), key).collect({"id": "1"}, **page), 403, "wrong_kind_of_key")


def test_no_key_opens_a_page(company, key):
    """It may add, and see nothing: not even what it has added."""
    for url in ("/admin/", "/admin/attribution/lead/", "/admin/reports/overview/"):
        answer = Client().get(url, HTTP_AUTHORIZATION=f"Bearer {key}")
        assert answer.status_code == 302
        assert "/login/" in answer["Location"]


def test_a_change_of_the_secret_key_ends_a_key_unless_the_former_one_is_honoured(company, settings):
    text = keys.make(company, "server", "Shop")[1]
    row, browser = keys.make(company, "browser", "Site", origins=["https://a.example"])
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another-" + "k" * 50
    assert keys.find(text) is None
    assert keys.text_of(row) is None
    settings.SECRET_KEY_FALLBACKS = [former]
    assert keys.find(text).name == "Shop"
    assert keys.text_of(row) == browser
    newer = keys.make(company, "server", "Newer")[1]
    assert keys.find(newer).name == "Newer"


def test_only_a_browsers_key_can_be_shown_again(company, browser_key):
    row = IngestKey.objects.get()
    assert keys.text_of(row) == browser_key
    server, __ = keys.make(company, "server", "Shop")
    assert keys.text_of(server) is None


def test_keys_are_long_and_never_alike(company):
    made = [keys.make(company, "server", "Shop") for _ in range(50)]
    texts = {text for __, text in made}
    assert len(texts) == len({row.digest for row, __ in made}) == 50
    for row, text in made:
        assert keys.SHAPE.fullmatch(text)
        assert text.startswith(row.prefix)
        assert text[13:] not in row.digest


def test_who_a_key_belongs_to_takes_one_query(company, key, django_assert_num_queries):
    with django_assert_num_queries(1):
        row = keys.find(key)
        assert row.company == company
        assert row.company.zone.key == "UTC"
        assert row.origins == []
        assert row.created_at.utcoffset() == timedelta(0)
