"""What a reader's request goes through: keys, roles, companies, pace, errors, what is kept."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from attribution import readkeys, roles, scope
from attribution.ingest import keys
from attribution.models import Membership, ReadKey
from reports.api import problems, views
from reports.snapshot import TookTooLong
from tests.factories import make_campaign, make_company, make_user
from tests.reports.api.conftest import MARCH, Reader

pytestmark = [pytest.mark.django_db, pytest.mark.on_postgresql]
ADDRESSES = [
    *("companies", "definitions", "campaigns", "campaigns/spring"),
    *("report", "report/series", "leads"),
]


def problem(answer, status, code):
    """The body of an error, which has the one shape."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["title"] == problems.TITLES[code]
    assert body["detail"]
    return body


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_address_wants_a_key(acme, reader, address):
    assert reader.get(address).status_code == 200
    another = reader.text[:-1] + ("b" if reader.text.endswith("a") else "a")
    for header in ("", "Basic abc", "Bearer ", "Bearer nonsense", f"Bearer {another}"):
        answer = reader.get(address, HTTP_AUTHORIZATION=header)
        problem(answer, 401, "not_authenticated")
        assert answer["WWW-Authenticate"].startswith("Bearer")
        assert answer["Cache-Control"] == "private, no-store"


def test_a_key_that_sends_does_not_read_and_one_that_reads_does_not_send(acme, reader):
    with scope.company_scope([acme.pk]):
        sends = keys.make(acme, "server", "Shop")[1]
    body = problem(
        reader.get("leads", HTTP_AUTHORIZATION=f"Bearer {sends}"), 401, "not_authenticated"
    )
    assert "ingest key" in body["detail"]
    answer = reader.client.post(
        "/api/v1/leads",
        '{"id": "1"}',
        "application/json",
        HTTP_AUTHORIZATION=f"Bearer {reader.text}",
    )
    assert answer.status_code == 401


def test_a_revoked_or_expired_key_reads_nothing_from_then_on(acme):
    late = Reader(acme, expires_at=timezone.now() - timedelta(seconds=1))
    assert "expired" in problem(late.get("report"), 401, "not_authenticated")["detail"]
    reader = Reader(acme)
    reader.read("companies")
    with scope.all_companies():
        assert readkeys.revoke(reader.key, None)
    assert "revoked" in problem(reader.get("report"), 401, "not_authenticated")["detail"]


def test_the_use_of_a_key_is_noted_and_its_text_is_stored_nowhere(reader):
    reader.read("companies")
    with scope.all_companies():
        row = ReadKey.objects.get()
    assert row.last_used_at == timezone.now()
    assert reader.text[13:] not in str(vars(row))
    assert row.digest != keys.digest(reader.text)  # digests of the two kinds of key are apart


def test_after_a_change_of_the_secret_key_keys_go_on_working(reader, settings):
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another-secret-key-for-this-test"
    assert reader.get("companies").status_code == 401
    settings.SECRET_KEY_FALLBACKS = [former]
    reader.read("companies")


def test_a_session_lends_a_request_nothing(acme, admin_user):
    client = Client()
    client.force_login(admin_user)
    problem(client.get("/api/v1/report"), 401, "not_authenticated")


# Address → the right that a key's role must have, written out once more by hand.
NEEDED = {
    "companies": "report.view",
    "definitions": "report.view",
    "campaigns": "campaign.view",
    "campaigns/spring": "campaign.view",
    "report": "report.view",
    "report/series": "report.view",
    "leads": "lead.view",
}


@pytest.mark.parametrize("role", Membership.Role.values)
@pytest.mark.parametrize(("address", "right"), NEEDED.items())
def test_a_key_may_what_its_role_may(acme, monkeypatch, address, right, role):
    reader = Reader(acme, role)
    for allowed in (True, False):
        others = frozenset(Membership.Role.values) - {role}
        rights = dict.fromkeys(roles.RIGHTS, others if allowed else frozenset({role}))
        rights[right] = frozenset({role}) if allowed else others
        monkeypatch.setattr(roles, "RIGHTS", rights)
        answer = reader.get(address)
        if allowed:
            assert answer.status_code == 200
        else:
            problem(answer, 403, "not_allowed")


def test_another_company_is_as_if_it_were_not_there(reader):
    with scope.all_companies():
        other = make_company(slug="other")
        make_campaign(other, "theirs")
    for address in [one for one in ADDRESSES if one != "definitions"]:
        theirs = problem(reader.get(address, {"company": "other"}), 404, "not_found")
        never = problem(reader.get(address, {"company": "never"}), 404, "not_found")
        assert theirs == never | {"detail": never["detail"].replace("never", "other")}
        reader.read(address, {"company": "acme"})
    problem(reader.get("campaigns/theirs"), 404, "not_found")
    assert [one["slug"] for one in reader.read("companies")["companies"]] == ["acme"]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_nothing_can_be_changed(reader, method):
    for address in [*ADDRESSES, "schema.json", "schema.yaml", "guide.md"]:
        if address != "leads":
            answer = reader.get(address, method=method)
            problem(answer, 405, "method_not_allowed")
            assert answer["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_answer_is_kept_until_it_changes(reader, address):
    first = reader.get(address)
    assert first["Cache-Control"] == "private, no-cache"
    assert {"Authorization", "Accept"} <= set(first["Vary"].split(", "))
    again = reader.get(address, HTTP_IF_NONE_MATCH=f'"other", W/{first["ETag"]}')
    assert (again.status_code, again.content) == (304, b"")
    assert (again["ETag"], again["Cache-Control"]) == (first["ETag"], "private, no-cache")
    assert reader.get(address, HTTP_IF_NONE_MATCH='"other"').content == first.content
    head = reader.get(address, method="head")
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", first["ETag"])


def test_another_answer_has_another_etag(reader):
    first = reader.get("campaigns")["ETag"]
    with scope.all_companies():
        make_campaign(reader.key.company, "new")
    changed = reader.get("campaigns", HTTP_IF_NONE_MATCH=first)
    assert changed.status_code == 200
    assert changed["ETag"] != first


def test_who_wants_something_else_is_told(reader):
    body = problem(reader.get("report", HTTP_ACCEPT="text/html"), 406, "not_acceptable")
    assert body["field"] == "Accept"
    for accepted in ("*/*", "application/*", "text/html, application/json;q=0.1"):
        assert reader.get("companies", HTTP_ACCEPT=accepted).status_code == 200


def test_a_key_has_a_pace_of_its_own(acme, reader, settings):
    settings.READ_PER_MINUTE = 2
    other = Reader(acme)
    for _ in range(2):
        reader.read("companies")
    answer = reader.get("companies")
    problem(answer, 429, "too_many")
    assert 1 <= int(answer["Retry-After"]) <= 60
    other.read("companies")
    settings.READ_PER_MINUTE = 0
    reader.read("companies")


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (TookTooLong(), 503, "too_slow"),
        (OperationalError("password of a@example.com"), 503, "unavailable"),
        (RuntimeError("a@example.com"), 500, "failed"),
    ],
    ids=["slow", "away", "fault"],
)
def test_faults_are_told_without_their_words(reader, monkeypatch, caplog, fault, status, code):
    def broken(*args):
        raise fault

    monkeypatch.setattr(views, "report_answer", broken)
    body = problem(reader.get("report", MARCH), status, code)
    assert "example.com" not in str(body)
    assert status == 500 or "example.com" not in caplog.text


def test_a_malformed_address_is_told_in_the_same_shape(reader):
    problem(reader.get("report?q=%00"), 400, "malformed")
    problem(reader.get("campaigns/%00"), 400, "malformed")
    problem(reader.get("report", HTTP_HOST="evil.example"), 400, "malformed")
    problem(reader.get("campaigns/"), 404, "not_found")


@pytest.mark.parametrize("address", ["report", "report/series", "leads", "campaigns"])
def test_an_answer_takes_few_queries(reader, django_assert_max_num_queries, address):
    with django_assert_max_num_queries(15):
        reader.read(address)


def test_the_documents_are_open_to_everybody_and_name_nobody(acme):
    for address, kind in {
        "schema.json": "application/json",
        "schema.yaml": "application/yaml",
        "guide.md": "text/markdown; charset=utf-8",
    }.items():
        answer = Client().get(f"/api/v1/{address}")
        assert (answer.status_code, answer["Content-Type"]) == (200, kind)
        assert answer["Cache-Control"] == "public, max-age=300"
        assert "acme" not in answer.content.decode().casefold().replace("campaign", "")
        again = Client().get(f"/api/v1/{address}", HTTP_IF_NONE_MATCH=answer["ETag"])
        assert again.status_code == 304
        assert Client().get(f"/api/v1/{address}", HTTP_ACCEPT="image/png").status_code == 406


def test_a_member_without_a_key_reads_nothing(acme):
    client = Client()
    with scope.all_companies():
        client.force_login(make_user(acme, "company_admin"))
    for address in ADDRESSES:
        problem(client.get(f"/api/v1/{address}"), 401, "not_authenticated")
