"""Referrers: hosts as they are compared, look-alikes, own pages, payment providers, apps."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attribution.channels.hosts import LONGEST_HOST, address_of
from attribution.channels.referrers import NONE, PAYMENT_PROVIDERS, referrer_of
from attribution.channels.sites import SITES, site_of

NOTHING = frozenset()


@pytest.mark.parametrize(
    ("link", "host"),
    [
        ("https://www.Google.COM.:443/x", "www.google.com"),
        ("http://user:secret@shop.example:8080/", "shop.example"),
        ("https://Bücher.example/", "xn--bcher-kva.example"),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example"),
        ("http://[2001:db8::1]:80/a", "2001:db8::1"),
        ("http://[::1", "::1"),
        ("http://[nonsense]/", ""),
        ("//cdn.example/x", "cdn.example"),
        ("www.example.com/path", "www.example.com"),
        ("example.com:8080/path", "example.com"),
        ("https:/example.com", "example.com"),
        ("https:\\\\example.com\\a", "example.com"),
        ("https%3A%2F%2Fexample.com%2Fa", "example.com"),
        ("https://shop-example.cdn.ampproject.org/c/s/www.shop.example/a", "www.shop.example"),
        ("https://www-my--shop-example.translate.goog/a", "www.my-shop.example"),
        ("https://shop-example.translate.goog:443", "shop.example"),
        ("https://a.b.translate.goog/", "a.b.translate.goog"),
        ("https://alone.translate.goog/", "alone.translate.goog"),
        ("https://-.translate.goog/", "-.translate.goog"),
        ("android-app://com.google.android.gm/", "com.google.android.gm"),
        ("http://127.0.0.1/", "127.0.0.1"),
        ("javascript:alert(document.domain)", ""),
        ("data:text/html,<b>google.com</b>", ""),
        ("about:blank", ""),
        ("mailto:a@google.com", ""),
        ("file:///C:/google.com", ""),
        ("chrome-extension://abcdef/", ""),
        ("abcd", ""),
        ("http://", ""),
        ("https://a b.com", ""),
        ("https://a..b.com", ""),
        ("https://" + "a" * 300 + ".com", ""),
        (" \x00https://example.com\n", "example.com"),
    ],
)
def test_the_host_of_whatever_comes(link, host):
    assert address_of(link).host == host


@pytest.mark.parametrize(
    ("referrer", "source", "kind"),
    [
        ("https://www.google.com/", "google", "search"),
        ("https://www.google.co.uk/", "google", "search"),
        ("https://webmail.hoster.example/", "webmail.hoster.example", "email"),
        ("https://webmail2.hoster.example/", "webmail2.hoster.example", "email"),
        ("https://webmailer.example/", "webmailer.example", ""),
        ("https://mail.naver.com/", "mail.naver.com", "email"),
        ("https://ok.ru/", "ok.ru", "social"),
        ("https://www.kimi.com/", "kimi.com", "ai"),
        ("https://google.de", "google", "search"),
        ("https://www.bing.com/search?q=a", "bing", "search"),
        ("https://cn.bing.com/", "cn.bing.com", "search"),
        ("https://duckduckgo.com/", "duckduckgo", "search"),
        ("https://www.ecosia.org/", "ecosia.org", "search"),
        ("https://uk.search.yahoo.com/", "uk.search.yahoo.com", "search"),
        ("https://m.facebook.com/", "m.facebook.com", "social"),
        ("https://lm.facebook.com/l.php?u=x", "lm.facebook.com", "social"),
        ("https://t.co/x", "t.co", "social"),
        ("https://www.youtube.com/", "youtube.com", "video"),
        ("https://www.amazon.de/", "amazon.de", "shopping"),
        ("https://chatgpt.com/", "chatgpt.com", "ai"),
        ("https://gemini.google.com/app", "gemini.google.com", "ai"),
        ("https://x.com/i/grok?a", "x.com", "ai"),
        ("https://x.com/i/grokking", "x.com", "social"),
        ("https://mail.google.com/mail/u/0/", "mail.google.com", "email"),
        ("android-app://com.google.android.gm", "com.google.android.gm", "email"),
        ("android-app://com.google.android.googlequicksearchbox/", "google", "search"),
        ("android-app://com.linkedin.android/", "com.linkedin.android", "social"),
        ("https://deref-gmx.net/mail/client/x", "deref-gmx.net", "email"),
        ("https://linkprotect.cudasvc.com/url?a", "linkprotect.cudasvc.com", "email"),
        ("https://us-west-2.protection.sophos.com/", "us-west-2.protection.sophos.com", "email"),
        ("https://urldefense.com/v3/__https://x.test/__;!!a", "urldefense.com", "email"),
        ("https://protection.outlook.com/", "protection.outlook.com", ""),
        ("https://urldefense.com.evil.io/", "urldefense.com.evil.io", ""),
        ("https://docs.google.com/d/1", "docs.google.com", ""),
        ("https://notwikipedia.org/", "notwikipedia.org", ""),
        ("https://google.com.evil.io/", "google.com.evil.io", ""),
        ("https://www.google.com@evil.io/", "evil.io", ""),
        ("https://facebook.com-login.net/", "facebook.com-login.net", ""),
        ("https://google.evil/", "google.evil", ""),
        ("https://wwwgoogle.com/", "wwwgoogle.com", ""),
        ("https://xn--ggle-55da.com/", "xn--ggle-55da.com", ""),
        ("https://com.facebook.katana/", "com.facebook.katana", ""),
    ],
)
def test_the_site_of_a_referrer(referrer, source, kind):
    found = referrer_of(referrer, "https://shop.example/", NOTHING)
    assert (found.source, found.site.kind if found.site else "") == (source, kind)


@pytest.mark.parametrize(
    ("referrer", "landing", "own", "dropped"),
    [
        ("https://shop.example/a", "https://www.shop.example/b", NOTHING, "own"),
        ("https://blog.shop.example/", "https://shop.example/", NOTHING, "own"),
        ("https://shop.example/", "https://book.shop.example/", NOTHING, "own"),
        ("https://notshop.example/", "https://shop.example/", NOTHING, ""),
        ("https://google.com/", "https://sites.google.com/x", NOTHING, ""),
        ("https://pages.other.example/", "", frozenset({"other.example"}), "own"),
        ("https://another.example/", "", frozenset({"other.example"}), ""),
        ("https://www-shop-example.translate.goog/", "https://shop.example/", NOTHING, "own"),
        ("https://www.paypal.com/checkout", "", NOTHING, "payment"),
        ("https://checkout.shopify.com/1/c", "https://a.myshopify.com/", NOTHING, "payment"),
        ("https://checkout.stripe.com/", "", NOTHING, "payment"),
        ("https://accounts.google.com/o/oauth2", "", NOTHING, "signin"),
        ("https://login.microsoftonline.com/common", "", NOTHING, "signin"),
        ("https://shop.eu.auth0.com/", "", NOTHING, "signin"),
        ("https://payments.amazon.co.uk/x", "", NOTHING, "payment"),
        ("https://www.amazon.co.uk/x", "", NOTHING, ""),
        ("https://hooks.stripe.com.evil.io/", "", NOTHING, ""),
        ("javascript:void(0)", "", NOTHING, "unreadable"),
        ("", "https://shop.example/", NOTHING, ""),
    ],
)
def test_own_pages_and_payment_providers_are_no_referrers(referrer, landing, own, dropped):
    found = referrer_of(referrer, landing, own)
    assert found.dropped == dropped
    assert bool(found.source) == (bool(referrer) and not dropped)


@given(
    st.sampled_from(sorted(h for h in SITES if "." in h and not set(h) & set("{/+ "))), st.data()
)
@settings(max_examples=100)
def test_what_only_looks_like_a_known_site_is_not_one(host, data):
    letters = st.text("abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=8)
    other = data.draw(letters)
    for false in (f"{other}{host}", f"{host}-{other}.invalid", f"{host}.{other}.invalid"):
        found = site_of(false)
        # Another letter in front may make another host below a known one: `xm.facebook.com`.
        assert found is None or site_of(false.partition(".")[2]) is not None, false


def test_no_payment_provider_is_written_twice_or_with_www():
    assert not [host for host in PAYMENT_PROVIDERS if host.startswith("www.")]


@given(
    st.text(max_size=200)
    | st.text("htps:/@[]%.wgole-com0123é。\\?#", max_size=120)
    | st.text(max_size=100).map("https://".__add__)
)
@settings(max_examples=300)
def test_no_referrer_is_too_strange_to_be_read(referrer):
    found = referrer_of(referrer, referrer, NOTHING)
    assert len(found.host) <= LONGEST_HOST
    assert found.host.isascii()
    assert (found == NONE) == (referrer == "")
