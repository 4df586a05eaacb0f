"""Following a short link: where the visitor is sent, and where never."""

import pytest
from django.db import DatabaseError, OperationalError

from attribution import scope
from attribution.models import LinkHost, ShortLink, ShortLinkDay
from attribution.shortlinks.views import NOWHERE
from tests.factories import make_company, make_short_link, make_user

pytestmark = pytest.mark.django_db
VALUES = "utm_source=newsletter&utm_medium=email&utm_campaign=spring-sale"


def leads_nowhere(answer):
    """404 in the same words whatever the cause."""
    return (answer.status_code, answer.content.decode()) == (404, NOWHERE)


def test_a_visitor_is_sent_to_the_target_with_its_values(link, visitor):
    answer = visitor.get("/l/spring")
    assert answer.status_code == 302
    assert answer["Location"] == f"https://www.example.com/offer?{VALUES}"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Referrer-Policy"] == "strict-origin-when-cross-origin"


def test_the_query_of_the_visitor_is_kept_letter_by_letter(link, visitor):
    answer = visitor.get("/l/spring?gclid=EAIaIQ-_xYz&b=%C3%9C+1&a=%2f&utm_source=fake")
    sent = f"https://www.example.com/offer?gclid=EAIaIQ-_xYz&b=%C3%9C+1&a=%2f&{VALUES}"
    assert answer["Location"] == sent


def test_capitals_in_a_typed_address_make_no_difference(link, visitor):
    assert visitor.get("/l/SPRING").status_code == 302


def test_no_cookie_no_session_and_no_signing_in(link, visitor, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):  # link, host, count; two say how long SQLite waits
        answer = visitor.get("/l/spring")
    assert not answer.cookies
    assert not visitor.cookies


def test_only_get_and_head(link, visitor):
    assert visitor.head("/l/spring").status_code == 302
    for ask in (visitor.post, visitor.put, visitor.patch, visitor.delete):
        assert ask("/l/spring").status_code == 405


def test_unknown_inactive_and_refused_links_get_the_same_answer(company, link, visitor):
    make_short_link(company, "off", is_active=False)
    assert visitor.get("/l/spring").status_code == 302
    LinkHost.objects.all().delete()  # taken off the list: stops at once
    answers = [visitor.get(f"/l/{slug}") for slug in ("spring", "off", "never-was")]
    assert all(map(leads_nowhere, answers))
    assert len({str(sorted(answer.items())) for answer in answers}) == 1


def test_each_company_has_a_list_of_its_own(link, visitor):
    with scope.all_companies():
        other = make_company()
        theirs = make_short_link(other, "theirs")
        assert visitor.get("/l/theirs").status_code == 302
        LinkHost.objects.filter(company=other).delete()
    assert leads_nowhere(visitor.get(f"/l/{theirs.slug}"))
    assert visitor.get("/l/spring").status_code == 302


def test_a_host_below_is_allowed_by_a_dot_alone(company, visitor):
    make_short_link(company, "below", target="https://shop.example.com/")
    assert leads_nowhere(visitor.get("/l/below"))
    LinkHost.objects.create(company=company, host=".example.com")
    assert visitor.get("/l/below").status_code == 302


@pytest.mark.parametrize(
    "planted",
    [
        *("//evil.com", "https://evil.com/", "https://www.example.com@evil.com/", "/offer"),
        *("\\\\evil.com", "https://www.example.com\\@evil.com", "javascript:alert(1)", ""),
        *("https://www.example.com:8443/", "http://www.example.com/", "https://evil.com\\.example"),
        *("https://www.example.com/\r\nSet-Cookie: a=b", "https://www.example.com.evil.com/"),
    ],
)
def test_what_was_planted_in_the_database_leads_nowhere(link, visitor, planted):
    """The target is judged at each visit, not only when it is saved."""
    ShortLink.objects.filter(pk=link.pk).update(target=planted)
    assert leads_nowhere(visitor.get("/l/spring"))


@pytest.mark.parametrize(
    "asked",
    [
        *("/l//evil.com", "/l/%2f%2fevil.com", "/l/spring/", "/l/spring//evil.com", "/l/", "/l"),
        *("/l/\\\\evil.com", "/l/%5c%5cevil.com", "/l/spring@evil.com", "/l/..%2fadmin"),
        *(
            "/l/https://evil.com",
            "/l/spring%0d%0aSet-Cookie:a=b",
            "/l/spring%00",
            "/l/" + "a" * 5000,
        ),
    ],
)
def test_no_address_makes_it_lead_elsewhere(link, visitor, asked):
    answer = visitor.get(asked)
    assert answer.status_code in (400, 404)
    assert "Location" not in answer
    assert not answer.cookies


@pytest.mark.parametrize(
    "query",
    [
        *("//evil.com", "@evil.com", "next=https://evil.com", "%0d%0aSet-Cookie:%20a=b"),
        *("#@evil.com", "/../../x", "\\\\evil.com", "a=%5c%5cevil.com", "?x", "x=<script>"),
    ],
)
def test_no_query_makes_it_lead_elsewhere(link, visitor, query):
    answer = visitor.get("/l/spring", QUERY_STRING=query)
    assert answer.status_code == 302
    assert answer["Location"].startswith("https://www.example.com/offer?")
    assert answer["Location"].endswith(VALUES)
    assert "Set-Cookie" not in answer
    assert "\n" not in answer["Location"]


def test_a_loop_of_short_links_ends_at_once(company, link, visitor, settings):
    make_short_link(company, "loop", target="https://www.example.com/%6C/loop")
    assert visitor.get("/l/loop").status_code == 302  # their page, as long as it is not ours
    settings.ALLOWED_HOSTS = ["testserver", "www.example.com"]
    assert leads_nowhere(visitor.get("/l/loop"))
    assert visitor.get("/l/spring").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_when_counting_fails_the_visitor_goes_on(link, visitor, visits, monkeypatch, caplog):
    broken = "INSERT INTO no_such_table VALUES (%s, %s, %s, %s, %s)"
    monkeypatch.setattr("attribution.shortlinks.counting.ADD", broken)
    assert visitor.get("/l/spring").status_code == 302
    assert "was not counted" in caplog.text
    assert visits(link) == []


@pytest.mark.parametrize("error", [DatabaseError, OperationalError])
def test_a_full_or_locked_database_keeps_nobody(link, visitor, monkeypatch, caplog, error):
    def fail(*args, **kwargs):
        raise error("database or disk is full")

    monkeypatch.setattr("attribution.shortlinks.counting.count", fail)
    assert visitor.get("/l/spring").status_code == 302
    assert "disk is full" in caplog.text


def test_without_a_database_the_visitor_is_asked_to_come_back(link, visitor, monkeypatch):
    def fail(*args, **kwargs):
        raise OperationalError("gone")

    monkeypatch.setattr(ShortLink.objects, "select_related", fail)
    visitor.raise_request_exception = False
    answer = visitor.get("/l/spring")
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")


def test_a_signed_in_person_of_another_company_follows_it_as_everybody(link, client):
    with scope.all_companies():
        client.force_login(make_user(make_company(), "viewer"))
    assert client.get("/l/spring").status_code == 302
    with scope.all_companies():
        assert ShortLinkDay.objects.get().company_id == link.company_id
