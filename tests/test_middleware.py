"""What every request and every answer keeps to, whichever page it is for."""

import psycopg
import pytest
from django.contrib.auth.models import User
from django.db import InterfaceError, OperationalError, connection
from django.db import connections as all_connections
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from django.urls import path

from attribution import scope
from campaignperf import middleware
from campaignperf.urls import handler500, urlpatterns
from tests.factories import make_company, make_user

TROUBLES = {
    "locked": OperationalError("database is locked"),
    "closed": InterfaceError("connection already closed"),
    "fault": ValueError("a fault of ours"),
}


def trouble(request, name):
    raise TROUBLES[name]


def slow(request):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 50")
        cursor.execute("SELECT pg_sleep(10)")
    return HttpResponse()


def echo(request):
    return HttpResponse("read")


def public(request):
    return HttpResponse("logo", headers={"Cache-Control": "public, max-age=60"})


# This module is a root URLconf of its own: the project's pages, and some that get into trouble.
urlpatterns = [
    *urlpatterns,
    path("trouble/<name>", trouble),
    path("slow", slow),
    path("echo", echo),
    path("echo/<path:rest>", lambda request, rest: HttpResponse("read")),
    path("public", public),
    path("stream", lambda request: StreamingHttpResponse(iter(["a,b\r\n"]))),
]
__all__ = ["handler500"]

pytestmark = [pytest.mark.urls("tests.test_middleware"), pytest.mark.django_db]


@pytest.fixture
def client(client):
    client.raise_request_exception = False
    return client


@pytest.fixture
def signed_in(client):
    client.force_login(User.objects.create_superuser("ann"))
    return client


EVERY_KIND_OF_ANSWER = ["/admin/login/", "/healthz", "/nowhere", "/trouble/fault", "/echo?a=%00"]


@pytest.mark.parametrize("address", EVERY_KIND_OF_ANSWER)
def test_every_answer_has_the_policy_headers(client, address):
    answer = client.get(address)
    policy = answer["Content-Security-Policy"]
    for rule in ("default-src 'self'", "script-src 'self'", "frame-ancestors 'none'"):
        assert rule in policy
    assert "unsafe" not in policy
    assert "geolocation=()" in answer["Permissions-Policy"]
    if answer.status_code == 200:
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("address", ["/admin/", "/echo", "/public", "/stream", "/trouble/fault"])
def test_no_cache_keeps_what_a_signed_in_person_sees(signed_in, address):
    assert signed_in.get(address)["Cache-Control"] == "private, no-store"


def test_a_page_for_everybody_may_be_kept(client):
    assert client.get("/public")["Cache-Control"] == "public, max-age=60"
    assert client.get("/echo")["Cache-Control"] == "private, no-store"


UNREADABLE = ["%00", "a%1Fb", "%7F", "%C2%85"]


@pytest.mark.parametrize("text", UNREADABLE)
def test_control_characters_are_refused_in_address_query_and_form(client, text):
    assert client.get(f"/echo/{text}").status_code == 400
    assert client.get(f"/echo?q={text}").status_code == 400
    assert client.get(f"/echo?{text}=q").status_code == 400
    form = {"data": f"q={text}", "content_type": "application/x-www-form-urlencoded"}
    assert client.post("/echo", **form).status_code == 400


def multipart(text: bytes, charset: str = "utf-8"):
    head = b'--x\r\nContent-Disposition: form-data; name="q"\r\n\r\n'
    kind = f"multipart/form-data; boundary=x; charset={charset}"
    return {"data": head + text + b"\r\n--x--\r\n", "content_type": kind}


def test_control_characters_are_refused_in_forms_with_files(client):
    assert client.post("/echo", **multipart(b"a\x00b")).status_code == 400
    assert client.post("/echo", **multipart(b"ab")).status_code == 200


@pytest.mark.parametrize("charset", ["unicode-escape", "utf-7", "utf-16"])
def test_only_utf_8_is_read(client, charset):
    assert client.post("/echo", **multipart(b"\\ud800", charset)).status_code == 400


def test_an_encoding_that_is_none_for_text_is_refused(client):
    assert client.get("/echo", CONTENT_TYPE="text/plain; charset=hex").status_code == 400


def test_half_a_surrogate_pair_is_unreadable():
    assert middleware.UNREADABLE.search("a\ud800b")
    assert not middleware.UNREADABLE.search("a🎈b")


def test_a_quoted_cookie_cannot_carry_a_nul_to_the_database(client):
    cookie = 'sessionid="abcdefgh\\000"'
    assert client.get("/admin/", HTTP_COOKIE=cookie).status_code == 400


def test_text_of_all_languages_tabs_and_lines_pass(client):
    text = "Grüße\tаб\r\n漢字 🎈"
    assert client.post("/echo", {"q": text}).status_code == 200
    assert client.get("/echo", {"q": text}).status_code == 200


def test_pages_travel_compressed(client):
    answer = client.get("/admin/login/", HTTP_ACCEPT_ENCODING="gzip")
    assert answer["Content-Encoding"] == "gzip"


def test_a_large_body_is_refused_before_it_is_read(settings):
    settings.UPLOAD_MAX_BYTES = 10 * 1024 * 1024

    class Unreadable:
        def read(self, *args):
            raise AssertionError("the body was read")

    request = RequestFactory().get("/echo")
    request.META |= {"CONTENT_LENGTH": str(12 * 1024 * 1024), "wsgi.input": Unreadable()}
    answer = middleware.refuse_large_requests(echo)(request)
    assert answer.status_code == 413
    assert "10 MB" in answer.content.decode()


@pytest.mark.parametrize("length", ["", "-1", "²", "many", str(10 * 1024 * 1024)])
def test_other_lengths_pass(length):
    request = RequestFactory().get("/echo")
    request.META["CONTENT_LENGTH"] = length
    assert middleware.refuse_large_requests(echo)(request).status_code == 200


def test_too_many_fields_are_refused(client):
    assert client.post("/echo", {f"f{n}": "" for n in range(1001)}).status_code == 400


@pytest.mark.parametrize("name", ["locked", "closed"])
def test_a_database_that_is_away_gives_503_and_says_when_to_come_back(client, name):
    answer = client.get(f"/trouble/{name}")
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert "database does not answer" in answer.content.decode()


def test_a_fault_of_ours_is_no_outage(client):
    answer = client.get("/trouble/fault")
    assert answer.status_code == 500
    assert "a fault of ours" not in answer.content.decode()


def test_a_session_that_cannot_be_read_gives_503(signed_in, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError("server closed the connection")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", away)
    assert signed_in.get("/admin/").status_code == 503


def test_a_statement_that_takes_too_long_gives_503(client):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no statement timeout")
    assert client.get("/slow").status_code == 503


def test_health_follows_the_database(client, monkeypatch):
    assert client.get("/healthz").json() == {"status": "ok"}

    def away(*args, **kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr(all_connections["default"], "cursor", away)
    assert client.get("/healthz").status_code == 503


def test_an_empty_pool_counts_as_an_outage():
    """Django turns psycopg's errors into its own by their base class; the pool's must be one."""
    pool = pytest.importorskip("psycopg_pool")
    assert issubclass(pool.PoolTimeout, psycopg.OperationalError)
    assert issubclass(psycopg.errors.QueryCanceled, psycopg.OperationalError)


@pytest.mark.django_db
def test_what_is_not_there_or_not_open_to_one_says_so_and_leads_home(client):
    with scope.all_companies():
        user = make_user(make_company(), "viewer")
    assert client.get("/nowhere").status_code == 404
    client.force_login(user)
    for address, words in (
        ("/nowhere", "There is nothing here"),
        ("/admin/spend/spendentry/import/", "This is not open to you"),
    ):
        page = client.get(address).content.decode()
        assert words in page
        assert 'href="/admin/"' in page
