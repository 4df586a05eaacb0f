"""The pages of the website tag: who sees what, the key, and what a live test shows."""

import json
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.core.exceptions import ValidationError

from attribution import scope
from attribution.ingest import keys
from attribution.models import IngestKey, Lead, Refusal
from attribution.snippet.forms import clean_origin
from tests.factories import make_company, make_lead

pytestmark = pytest.mark.django_db
PAGE, TEST = "/admin/tools/tag/", "/admin/tools/tag/test/"
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("www.example.com", "https://www.example.com"),
        ("HTTPS://Example.com:443/page?x", "https://example.com"),
        ("http://example.com:80", "http://example.com"),
        ("https://example.com:8443/", "https://example.com:8443"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
    ],
)
def test_an_origin_is_written_as_browsers_send_it(text, origin):
    assert clean_origin(text) == origin


@pytest.mark.parametrize(
    "text",
    [
        *("*.example.com", "ftp://example.com", "https://ann@example.com", "javascript:alert(1)"),
        *("https://", "https://example.com:99999", "https://[::1]", "mailto:a@example.com"),
    ],
)
def test_what_is_no_address_of_a_site_is_refused(text):
    with pytest.raises(ValidationError):
        clean_origin(text)


def make_key(client, **values):
    given = {"name": "Website", "origins": "www.example.com\nhttps://example.com/"}
    return client.post(PAGE, given | values)


def test_a_company_admin_makes_a_key_and_the_tag_holds_it(client, company, signed_in):
    user = signed_in("company_admin")
    answer = make_key(client)
    assert answer.status_code == 302
    key = IngestKey.objects.get()
    assert (key.kind, key.author, key.company) == ("browser", user, company)
    assert key.origins == ["https://www.example.com", "https://example.com"]
    page = client.get(answer["Location"]).content.decode()
    assert keys.text_of(key) in page
    assert "http://testserver/cp.js" in page
    assert "script-src http://testserver; connect-src http://testserver" in page


@pytest.mark.parametrize("origins", ["", "*.example.com", "x y://z"])
def test_a_key_without_good_addresses_is_not_made(client, signed_in, origins):
    signed_in("company_admin")
    answer = make_key(client, origins=origins)
    assert answer.status_code == 200
    assert "No key was made" in answer.content.decode()
    assert not IngestKey.objects.exists()


@pytest.mark.parametrize("role", ["viewer", "owner", "utm_admin"])
def test_the_others_see_how_and_make_none(client, company, signed_in, role):
    signed_in(role)
    page = client.get(PAGE).content.decode()
    assert "A company admin makes it here" in page
    assert "cpb_…" in page
    assert make_key(client).status_code == 403
    assert not IngestKey.objects.exists()


def test_revoked_and_expired_keys_and_those_of_servers_are_not_offered(client, company, signed_in):
    user = signed_in("company_admin")
    gone, __ = keys.make(company, "browser", "Gone")
    keys.revoke(gone, user)
    keys.make(company, "browser", "Old", expires_at=datetime(2020, 1, 1, tzinfo=UTC))
    keys.make(company, "server", "Secret")
    page = client.get(PAGE).content.decode()
    assert not re.search("Gone|Old<|Secret", page)
    assert "cpb_…" in page


def test_the_chosen_key_stands_in_the_tag(client, company, signed_in):
    signed_in("company_admin")
    first, text = keys.make(company, "browser", "First", origins=["https://a.example"])
    keys.make(company, "browser", "Second", origins=["https://b.example"])
    assert text not in client.get(PAGE).content.decode()
    assert text in client.get(PAGE, {"key": first.pk}).content.decode()


@pytest.fixture
def other():
    with scope.all_companies():
        return make_company(slug="other")


def test_another_companys_tag_is_nobodys_business(client, signed_in, other):
    signed_in("company_admin")
    for page in (PAGE, TEST):
        assert client.get(page, {"company": "other"}).status_code == 404


def begin(client):
    """Begins a live test and hands back its address."""
    answer = client.get(TEST)
    assert answer.status_code == 302
    return answer["Location"]


def send(client, key, **lead):
    return client.post(
        "/api/v1/collect",
        json.dumps({"key": key, **lead}),
        content_type="text/plain",
        headers={"origin": "https://www.example.com", "user-agent": "Mozilla/5.0 Firefox/140.0"},
    )


@pytest.fixture
def key(company):
    """Of a company that keeps who its leads are."""
    company.keeps_email = company.keeps_phone = True
    company.save()
    return keys.make(company, "browser", "Website", origins=["https://www.example.com"])[1]


@time_machine.travel(NOW, tick=False)
def test_what_arrives_is_shown_field_by_field(client, company, signed_in, key):
    signed_in("company_admin")
    address = begin(client)
    assert "Nothing has arrived yet" in client.get(address).content.decode()
    touch = {
        "at": "2026-03-01T09:00:00Z",
        "utm_source": "Mail",
        "landing_page": "https://x.example/",
    }
    sent = send(
        client,
        key,
        id="web-1",
        email="ann@example.org",
        utm_source="Google ",
        utm_medium="cpc",
        utm_campaign="Spring%20Sale",
        click_ids={"gclid": "AbC"},
        received_at="2026-03-02T12:30:00Z",
        touches=[touch],
    )
    assert sent.status_code == 202
    page = client.get(address).content.decode()
    for text in (
        *("One has arrived", "web-1", "the website tag, Website", "Primary", "Spring%20Sale"),
        *("spring sale", "Paid Search", "AbC", "ann@example.org", "30 min ahead", "One visit"),
    ):
        assert text in page, text


def test_a_viewer_sees_who_it_is_only_masked(client, company, signed_in, key):
    signed_in("viewer")
    address = begin(client)
    send(client, key, name="Ann Berg", email="ann@example.org", phone="+49 170 1234567")
    send(client, key, name="N" * 201)
    page = client.get(address).content.decode()
    assert "a…@e…" in page
    for text in ("ann@example.org", "Ann Berg", "1234567"):
        assert text not in page
    assert "has 201 characters" not in page  # it is said of a name
    assert "name" in page


def test_what_was_sent_and_is_not_kept_is_said_to_be(client, company, signed_in, key):
    signed_in("company_admin")
    company.keeps_email = False
    company.save()
    address = begin(client)
    send(client, key, email="ann@example.org")
    page = client.get(address).content.decode()
    assert "sent, and not kept" in page
    assert "ann@example.org" not in page


def test_a_refusal_is_shown_with_its_reason(client, company, signed_in, key):
    signed_in("company_admin")
    address = begin(client)
    send(client, key, utm_sauce="google", email="ann@example.org")
    page = client.get(address).content.decode()
    assert Refusal.objects.count() == 1
    for text in ("Refused", "utm_sauce", "There is no such field"):
        assert text in page
    assert "ann@example.org" not in page


def test_only_what_came_after_the_beginning_and_to_this_company_is_shown(
    client, company, signed_in, other
):
    signed_in("company_admin")
    with scope.all_companies():
        with time_machine.travel(NOW - timedelta(seconds=1), tick=False):
            make_lead(company, external_id="lead-too-soon")
        with time_machine.travel(NOW + timedelta(seconds=1), tick=False):
            make_lead(other, external_id="lead-elsewhere")
            for number in range(5):
                make_lead(company, external_id=f"lead-{number}")
    with time_machine.travel(NOW, tick=False):
        address = begin(client)
    with time_machine.travel(NOW + timedelta(seconds=9), tick=False):
        page = client.get(address).content.decode()
    assert "5 have arrived." in page
    shown = set(re.findall(r">(lead-[\w-]+)<", page))
    assert shown == {"lead-4", "lead-3", "lead-2"}


@pytest.mark.parametrize("since", ["", "x", "-1", "1e3", "9" * 14, "9" * 99, "0", "²"])
def test_a_test_that_never_began_begins_now(client, company, signed_in, since):
    signed_in("viewer")
    with time_machine.travel(NOW, tick=False):
        answer = client.get(TEST, {"since": since})
    [moment] = parse_qs(urlsplit(answer["Location"]).query)["since"]
    assert int(moment) == NOW.timestamp() * 1000


def test_the_pages_ask_little_of_the_database(
    client, company, signed_in, key, django_assert_max_num_queries
):
    signed_in("company_admin")
    address = begin(client)
    for number in range(4):
        send(client, key, utm_source="a", utm_campaign=f"c{number}", utm_medium="cpc")
        send(client, key, nonsense="a")
    assert Lead.objects.count() == 4
    with django_assert_max_num_queries(15):
        assert client.get(address).status_code == 200
    with django_assert_max_num_queries(10):
        assert client.get(f"{address}&part=1").status_code == 200
    with django_assert_max_num_queries(8):
        assert client.get(PAGE).status_code == 200
