"""Tagged links: the page as it is, its UTM values replaced, and read back as they were meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attribution.links.builder import BadPage, Pair, build_link, check_page, tagged_links
from attribution.utm import Captured, captured_from_link, read, tidy

TAGS = {"utm_source": "google", "utm_medium": "cpc", "utm_campaign": "spring"}
T = "utm_source=google&utm_medium=cpc&utm_campaign=spring"
HOME = "https://example.com"


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (HOME, f"{HOME}?{T}"),
        (f"{HOME}/", f"{HOME}/?{T}"),
        (f" {HOME}/a ", f"{HOME}/a?{T}"),
        (f"{HOME}/?a=1&b=%20x+y", f"{HOME}/?a=1&b=%20x+y&{T}"),
        (f"{HOME}/?a=1&", f"{HOME}/?a=1&{T}"),
        (f"{HOME}/?utm_source=old&a=1&UTM_Campaign=old", f"{HOME}/?a=1&{T}"),
        (f"{HOME}/?utm%5Fcampaign=old", f"{HOME}/?{T}"),
        (f"{HOME}/?a=1?utm_campaign=old&b=2", f"{HOME}/?a=1?b=2&{T}"),
        (f"{HOME}/#top", f"{HOME}/?{T}#top"),
        (f"{HOME}/?a=1#/route?x=1", f"{HOME}/?a=1&{T}#/route?x=1"),
        (f"{HOME}/#utm_campaign=old&x=1", f"{HOME}/?{T}#x=1"),
        (f"{HOME}/#/r?utm_campaign=old&x=1", f"{HOME}/?{T}#/r?x=1"),
        (f"{HOME}/?gclid=AbC", f"{HOME}/?gclid=AbC&{T}"),
        (f"{HOME}/?k={{keyword}}", f"{HOME}/?k={{keyword}}&{T}"),
        (f"{HOME}/größe 1", f"{HOME}/gr%C3%B6%C3%9Fe%201?{T}"),
        ("https://müller.example/ü", f"https://müller.example/%C3%BC?{T}"),
        ("http://example.com:8080/x", f"http://example.com:8080/x?{T}"),
        ("https://[2001:db8::1]/x", f"https://[2001:db8::1]/x?{T}"),
    ],
)
def test_the_page_stays_and_its_utm_values_are_replaced(page, expected):
    assert build_link(page, TAGS) == expected


@pytest.mark.parametrize(
    "page",
    [
        *("", "example.com/x", "/x", "ftp://example.com", "mailto:a@example.com"),
        *("javascript:alert(1)", "https://", "https://?a=1", "https://a b/", "https://[::1"),
        *("https://example.com:99999/", "https://me@example.com/", "https://a\\@b.example/"),
        f"{HOME}/{'x' * 2000}",
    ],
)
def test_what_is_no_page_is_refused_with_a_reason(page):
    with pytest.raises(BadPage) as problem:
        check_page(page)
    assert str(problem.value)


def test_values_are_encoded_and_blank_ones_left_out():
    [link] = tagged_links(HOME, [Pair("a&b", "c=d")], "e f#g?h", content="{creative}")
    assert link.url == (
        f"{HOME}?utm_source=a%26b&utm_medium=c%3Dd&utm_campaign=e%20f%23g%3Fh"
        "&utm_content={creative}"
    )


values = st.text(min_size=1, max_size=20).map(tidy).filter(lambda text: text.isprintable() and text)
pages = st.text(alphabet="ab1/?&#=%utm_sourcecampaign.ü ", max_size=60)


@given(pages, values, values, values)
def test_every_link_is_read_as_it_was_meant(rest, source, medium, campaign):
    """By the functions that read captured leads, whatever the page holds itself."""
    tags = {"utm_source": source, "utm_medium": medium, "utm_campaign": campaign}
    link = build_link(f"{HOME}/{rest}", tags)
    found = captured_from_link(link)
    got = read(Captured(**found, landing_page=link))
    assert (got.source, got.medium, got.campaign) == (source, medium, campaign)
    assert got.reason in ("", "broken_tag")  # a name such as {x} stays broken
