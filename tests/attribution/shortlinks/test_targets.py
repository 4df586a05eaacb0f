"""Where a short link may lead, and what its address becomes; no database."""

from urllib.parse import parse_qsl, quote, unquote_plus, urlsplit

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from attribution.shortlinks import slugs, targets

LINK = {"utm_source": "newsletter", "utm_medium": "email", "utm_campaign": "spring sale"}
SENT = "utm_source=newsletter&utm_medium=email&utm_campaign=spring%20sale"

REFUSED = [
    *("", "offer", "/offer", "www.example.com", "//www.example.com/", "https:", "https://"),
    *("https:///www.example.com", "https:www.example.com", "https:/www.example.com"),
    *("http://www.example.com/", "ftp://www.example.com/", "javascript:alert(1)"),
    *("JavaScript://www.example.com/%0aalert(1)", "data:text/html,x", "mailto:a@example.com"),
    *("\\\\www.example.com", "https:\\\\www.example.com", "https://www.example.com\\@evil.com"),
    *("https://evil.com\\.www.example.com/", "https://www.example.com/\\evil.com"),
    *("https://user@www.example.com/", "https://user:pass@www.example.com/"),
    *("https://www.example.com@evil.com/", "https://www.example.com%40evil.com/"),
    *("https://www.example.com:443/", "https://www.example.com:8443/", "https://example.com:/"),
    *("https://www.example.com./", "https://.example.com/", "https://www..example.com/"),
    *("https://127.0.0.1/", "https://0x7f.1/", "https://2130706433/", "https://[::1]/"),
    *(
        "https://localhost/",
        "https://example/",
        "https://-a.example.com/",
        "https://a_b.example.com/",
    ),
    *("https://www.example.com%2f@evil.com/", "https://www%2eexample.com/", "https://a;b.com/"),
    *("https://www.example.com\r\nSet-Cookie: a=b", "https://www.example.com/\nLocation: x"),
    *("https://www.example.com/\x00", "\thttps://www.example.com/", "https://www.exam\tple.com/"),
    *(
        " https://www.example.com/",
        "https://www.example.com/a b",
        "https://www.example.com/\u202ea",
    ),
    *(
        "https://www.example.com\u2028/",
        "https://www.example.com\u00a0/",
        "https://ex\u200bample.com",
    ),
    *("https://faß.de/", "https://ｅxample.com/", "https://example。com/", "https://exam℀ple.com/"),
    *("https://" + "a" * 64 + ".com/", "https://" + "a." * 130 + "com/"),
    "https://www.example.com/" + "a" * 2000,
    "https://www.example.com/" + "ü" * 400,
]
TAKEN = {
    "https://www.example.com": "https://www.example.com/",
    "HTTPS://WWW.Example.COM/Offer": "https://www.example.com/Offer",
    "https://www.example.com?a=b": "https://www.example.com/?a=b",
    "https://www.example.com#top": "https://www.example.com/#top",
    "https://www.example.com//evil.com/%2f%2f": "https://www.example.com//evil.com/%2f%2f",
    "https://www.example.com/?u=//evil.com@x": "https://www.example.com/?u=//evil.com@x",
    "https://www.example.com/größe?ä=ö#ü": "https://www.example.com/gr%C3%B6%C3%9Fe?%C3%A4=%C3%B6#%C3%BC",
    'https://www.example.com/"<b>|': "https://www.example.com/%22%3Cb%3E%7C",
    "https://bücher.example/": "https://xn--bcher-kva.example/",
    "https://xn--bcher-kva.example/": "https://xn--bcher-kva.example/",
}


@pytest.mark.parametrize("address", REFUSED, ids=lambda text: ascii(text)[:50])
def test_what_is_no_plain_https_page_is_refused(address):
    with pytest.raises(ValidationError):
        targets.clean_target(address)


@pytest.mark.parametrize("address", TAKEN, ids=lambda text: ascii(text)[:50])
def test_what_is_taken_is_sent_in_one_shape(address):
    assert targets.clean_target(address) == TAKEN[address]
    assert targets.clean_target(TAKEN[address]) == TAKEN[address]


@given(st.text(alphabet="https:/\\@.%?#[]0aéß。ｅ\t\n \u202e\u200bXn-", max_size=40))
def test_whatever_is_taken_the_checked_host_is_the_one_that_browsers_read(tail):
    try:
        cleaned = targets.clean_target("https://" + tail)
    except ValidationError:
        return
    assert cleaned.isascii()
    assert targets.clean_target(cleaned) == cleaned
    parts = urlsplit(cleaned)
    assert (parts.scheme, parts.netloc) == ("https", targets.host_of(cleaned))
    assert parts.username is parts.password is parts.port is None


def test_a_list_holds_hosts_and_with_a_dot_all_below_them():
    assert targets.clean_entry("WWW.example.com") == "www.example.com"
    assert targets.clean_entry(".Example.com") == ".example.com"
    for wrong in ("", ".", ".com", "com", "*.example.com", "https://example.com", "..example.com"):
        with pytest.raises(ValidationError):
            targets.clean_entry(wrong)


@pytest.mark.parametrize(
    ("entry", "host", "allowed"),
    [
        ("www.example.com", "www.example.com", True),
        ("www.example.com", "example.com", False),
        ("example.com", "www.example.com", False),
        (".example.com", "example.com", True),
        (".example.com", "a.b.example.com", True),
        (".example.com", "badexample.com", False),
        (".example.com", "example.com.evil.com", False),
    ],
)
def test_an_entry_allows_its_host_alone_or_all_below(entry, host, allowed):
    assert (entry in targets.entries_for(host)) is allowed


@pytest.mark.parametrize(
    ("path", "ours"),
    [
        *(("/l/spring", True), ("/L", False), ("/l", False), ("/", False), ("/list/l/a", False)),
        *(("//l/spring", True), ("/%6c/spring", True), ("/a/../l/spring", True)),
        *(("/%2e/l%2fspring?a=b", True), ("/offer?u=/l/spring", False)),
    ],
)
def test_a_short_link_is_known_however_it_is_written(path, ours):
    assert targets.is_short_link(f"https://www.example.com{path}") is ours


@pytest.mark.parametrize(
    ("target", "query", "sent"),
    [
        ("https://a.example/", "", f"https://a.example/?{SENT}"),
        ("https://a.example/?id=1#top", "", f"https://a.example/?id=1&{SENT}#top"),
        # Click ids keep their letters, their order and their place.
        (
            "https://a.example/",
            "gclid=AbC-_dEf&x=%C3%9c+b&fbclid=IwAR%2Bz",
            f"https://a.example/?gclid=AbC-_dEf&x=%C3%9c+b&fbclid=IwAR%2Bz&{SENT}",
        ),
        # The link before the visitor before the target, each parameter once.
        (
            "https://a.example/?utm_source=old&UTM_Medium=old&utm_content=old&utm_term=old",
            "utm%5Fsource=fake&utm_content=button&Utm_Campaign=fake",
            f"https://a.example/?utm_term=old&utm_content=button&{SENT}",
        ),
        # Others may stand there twice.
        ("https://a.example/?a=1", "a=2&a=3", f"https://a.example/?a=1&a=2&a=3&{SENT}"),
        ("https://a.example/?&&a", "&b&", f"https://a.example/?a&b&{SENT}"),
    ],
)
def test_the_values_get_into_the_target(target, query, sent):
    assert targets.with_values(target, query, LINK) == sent


def test_without_values_and_query_the_target_stays_as_it_is():
    assert targets.with_values("https://a.example/b#c", "", {}) == "https://a.example/b#c"


@given(st.lists(st.tuples(st.text(min_size=1), st.text())), st.dictionaries(st.text(), st.text()))
def test_nothing_of_the_visitor_is_lost_and_the_links_values_stand_once(visitors, own):
    target = "https://a.example/?" + "&".join(f"{quote(n)}={quote(v)}" for n, v in own.items())
    query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in visitors)
    sent = parse_qsl(
        urlsplit(targets.with_values(target, targets.sent_query(query), LINK)).query,
        keep_blank_values=True,
        max_num_fields=None,
    )
    others = [(name, value) for name, value in sent if name.casefold() not in LINK]
    asked = [(name, value) for name, value in visitors if name.casefold() not in LINK]
    assert others[len(others) - len(asked) :] == asked
    assert [pair for pair in sent if pair[0].casefold() in LINK] == list(LINK.items())


def test_raw_bytes_of_a_query_are_sent_encoded():
    raw = "q=Zürich|x\"'&gclid=A%2fb".encode().decode("latin-1")
    sent = targets.sent_query(raw)
    assert sent == "q=Z%C3%BCrich%7Cx%22'&gclid=A%2fb"
    assert unquote_plus(sent) == "q=Zürich|x\"'&gclid=A/b"


def test_a_made_slug_is_readable_and_passes_its_own_rule():
    made = {slugs.new_slug() for __ in range(500)}
    assert len(made) == 500
    for slug in made:
        slugs.validate_slug(slug)
        assert not set(slug) & set("aeiou01l")


@pytest.mark.parametrize(
    "slug", ["ab", "a" * 41, "Spring", "a b c", "a_b", "größe", "abc\n", "a/b"]
)
def test_other_slugs_are_refused(slug):
    with pytest.raises(ValidationError):
        slugs.validate_slug(slug)
