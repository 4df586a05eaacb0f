"""The kind and the marks of one lead by itself, with the reason of each."""

import pytest

from attribution.capture.judging import reasons
from attribution.capture.judging.judge import verdict
from attribution.capture.judging.rulebook import Line, Rulebook
from tests.attribution.judging.sent import given

NO_RULES = Rulebook([])


def book(*rules):
    return Rulebook(Line(number, *rule) for number, rule in enumerate(rules, start=1))


def kind_of(values, *rules):
    return verdict(given(**values), book(*rules))[:2]


MET = [
    ("email", "Spam@Example.com", {"email": " spam@example.COM "}),
    ("email_domain", "example.com", {"email": "a@mail.example.com"}),
    ("email_domain", "@example.com", {"email": "a@example.com"}),
    ("email_domain", "*.example.com", {"email": "a@Example.com"}),
    ("email_domain", "test", {"email": "a@anything.test"}),
    ("email_domain", "bücher.example", {"email": "a@xn--bcher-kva.example"}),
    ("name", "test", {"name": "Herr TEST"}),
    ("name", "Mickey Mouse", {"name": "dr. mickey   mouse jr"}),
    ("name", "=test", {"name": " Test "}),
    ("phone", "+49 (170) 123-4567", {"phone": "0049 170 1234567"}),
    ("phone", "0170/1234567", {"phone": "0170 1234567"}),
    ("ip", "203.0.113.7", {"ip": "203.0.113.7"}),
    ("ip", "203.0.113.0/24", {"ip": "203.0.113.255"}),
    ("ip", "203.0.113.9/24", {"ip": "203.0.113.1"}),
    ("ip", "203.0.113.7", {"ip": "::ffff:203.0.113.7"}),
    ("ip", "::ffff:203.0.113.0/120", {"ip": "203.0.113.7"}),
    ("ip", "2001:db8::/32", {"ip": "2001:db8:1::1"}),
    ("referrer", "casino.example", {"referrer": "https://www.Casino.example:443/win?a=b"}),
    ("referrer", "https://casino.example/", {"referrer": "http://casino.example"}),
    ("parameter", "cp_test", {"landing_page": "https://a.example/?cp_test"}),
    ("parameter", "cp_test=1", {"landing_page": "https://a.example/?x=2&CP_Test=1#top"}),
    ("parameter", "cp_test=1", {"landing_page": "https://a.example/#/form?cp_test=1"}),
    ("country", "DE", {"country": "de"}),
    ("country", "Germany", {"country": "germany"}),
]
NOT_MET = [
    ("email", "spam@example.com", {"email": "no-spam@example.com"}),
    ("email_domain", "example.com", {"email": "a@notexample.com"}),
    ("email_domain", "example.com", {"email": "example.com@other.org"}),
    ("email_domain", "example.com", {"email": "a@example.com.evil.org"}),
    ("name", "test", {"name": "Maria Testarossa"}),
    ("name", "=test", {"name": "Test Person"}),
    ("name", "Mickey Mouse", {"name": "Mouse Mickey"}),
    ("phone", "+49 170 1234567", {"phone": "+49 170 12345678"}),
    ("ip", "203.0.113.0/24", {"ip": "203.0.114.1"}),
    ("ip", "203.0.113.0/24", {"ip": "no address"}),
    ("ip", "0.0.0.0/0", {"ip": "2001:db8::1"}),
    ("referrer", "casino.example", {"referrer": "https://notcasino.example/"}),
    ("referrer", "casino.example", {"referrer": "https://casino.example.evil.org/"}),
    ("referrer", "casino.example", {"referrer": "https://a.example/?u=casino.example"}),
    ("parameter", "cp_test=1", {"landing_page": "https://a.example/?cp_test=12"}),
    ("parameter", "cp_test=1", {"landing_page": "https://a.example/cp_test=1/?x=2"}),
    ("country", "DE", {"country": "DEU"}),
]


@pytest.mark.parametrize(("what", "value", "values"), MET)
def test_a_rule_is_met(what, value, values):
    assert kind_of(values, (what, value, "blocked")) == ("blocked", f"rule:blocked:{what}:1")


@pytest.mark.parametrize(("what", "value", "values"), NOT_MET)
def test_a_rule_is_not_met_by_look_alikes(what, value, values):
    assert kind_of(values, (what, value, "blocked")) == ("primary", "")


EVERYTHING = {
    "stated_kind": "duplicate",
    "honeypot": True,
    "agent": "Googlebot/2.1",
    "referrer": "https://semalt.com/x",
    "email": "a@blocked.example",
    "name": "test",
    "country": "DE",
    "phone": "12",
}
RULES = [
    ("country", "DE", "fine"),
    ("phone", "12", "bot"),
    ("email_domain", "blocked.example", "blocked"),
    ("name", "=test", "test"),
]


@pytest.mark.parametrize(
    ("without", "kind", "reason"),
    [
        ((), "primary", "rule:fine:country:1"),
        (("country",), "duplicate", "stated"),
        (("stated_kind",), "bot", "honeypot"),
        (("honeypot",), "bot", "user_agent"),
        (("agent",), "bot", "rule:bot:phone:2"),
        (("phone",), "bot", "referrer_spam:semalt.com"),
        (("referrer",), "blocked", "rule:blocked:email_domain:3"),
        (("email",), "test", "rule:test:name:4"),
        (("name",), "primary", ""),
    ],
)
def test_the_first_reason_that_applies_decides(without, kind, reason):
    order = ["country", "stated_kind", "honeypot", "agent", "phone", "referrer", "email", "name"]
    gone = order[: order.index(without[0]) + 1] if without else []
    values = {name: value for name, value in EVERYTHING.items() if name not in gone}
    assert kind_of(values, *RULES) == (kind, reason)


def test_of_two_rules_the_older_one_is_the_reason():
    rules = ("email", "a@b.example", "blocked"), ("country", "DE", "blocked")
    values = {"email": "a@b.example", "country": "DE"}
    assert kind_of(values, *rules) == ("blocked", "rule:blocked:email:1")


@pytest.mark.parametrize(
    ("referrer", "is_spam"),
    [
        ("https://semalt.com/crawler", True),
        ("http://deep.below.semalt.com.", True),
        ("https://notsemalt.com/", False),
        ("https://semalt.com.example/", False),
        ("https://a.example/?q=semalt.com", False),
        ("https://user:semalt.com@a.example/", False),
        ("android-app://com.google.android.gm", False),
        ("semalt.com", True),
        ("//semalt.com/", True),
        ("https://QIWI.xyz/", True),
        ("http://[::1]/", False),
        ("javascript:alert(1)", False),
        ("https://" + "a." * 2000, False),
    ],
)
def test_referrer_spam_by_whole_labels(referrer, is_spam):
    assert verdict(given(referrer=referrer), NO_RULES).kind == ("bot" if is_spam else "primary")


@pytest.mark.parametrize(
    ("values", "signals"),
    [
        ({"email": "a@Mailinator.com"}, "disposable_email"),
        ({"email": "a@x.yopmail.com"}, "disposable_email"),
        ({"email": "a@notmailinator.com"}, ""),
        ({"name": "EWdjQxKpZrTyBn"}, "gibberish_name"),
        ({"name": "Hrtkwpldfg"}, "gibberish_name"),
        ({"name": "Schwartzschild Hengstschläger"}, ""),
        ({"name": "Brzęczyszczykiewicz McDonald"}, ""),
        ({"name": "MacDonald-O'BrienVanDerBerg"}, ""),
        ({"name": "Win https://spam.example"}, "link_in_name"),
        ({"name": "Wwwang"}, ""),
        ({"phone": "0000000"}, "repeated_digits"),
        ({"phone": "+49 1234567"}, ""),
        ({"phone": "1234567890"}, "repeated_digits"),
        ({"phone": "+49 30 901820"}, ""),
        ({"seconds": 0.4}, "too_fast"),
        ({"seconds": 2.0}, ""),
        ({"email": "a@yopmail.com", "seconds": 1.0}, "disposable_email, too_fast"),
    ],
)
def test_signals_mark_and_do_not_exclude(values, signals):
    found = verdict(given(**values), NO_RULES)
    assert found.kind == "primary"
    assert found.marks == ({"suspicious": signals} if signals else {})


def test_marks_come_from_the_sender_from_rules_and_from_bookings():
    rules = book(("ip", "203.0.113.0/24", "vpn"), ("country", "CH", "hot"))
    assert verdict(given(vpn=True, ip="203.0.113.1"), rules).marks == {"vpn": "stated"}
    assert verdict(given(ip="203.0.113.1"), rules).marks == {"vpn": "rule:vpn:ip:1"}
    assert verdict(given(country="ch", booked=True), rules).marks == {"hot": "rule:hot:country:2"}
    assert verdict(given(booked=True), rules).marks == {"hot": "booked"}


def test_nobody_suspects_what_a_rule_calls_fine():
    rules = book(("email_domain", "yopmail.com", "fine"), ("country", "CH", "suspicious"))
    assert verdict(given(email="a@yopmail.com"), rules).marks == {}
    found = verdict(given(email="a@yopmail.com", country="CH"), rules)
    assert found.marks == {"suspicious": "rule:suspicious:country:2"}


def test_what_can_match_nothing_is_never_met():
    rules = [(what, "?!", "blocked") for what in ("email_domain", "name", "phone", "ip")]
    values = {"email": "a@", "name": "…", "phone": "–", "ip": "?"}
    assert kind_of(values, *rules) == ("primary", "")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("", ""),
        ("honeypot", "The field that only programs fill in was filled in"),
        ("rule:blocked:email:17", "Rule 17: E-mail address is …"),
        ("referrer_spam:semalt.com", "Referrer spam: semalt.com"),
        ("too_fast, booked", "Sent within two seconds; Booked at once"),
        ("of a later version", "of a later version"),
    ],
)
def test_reasons_in_words(code, words):
    assert reasons.words(code) == words


def test_the_number_of_a_rule_is_found_again():
    assert reasons.rule_of("rule:blocked:email:17") == 17
    assert reasons.rule_of("referrer_spam:example.17") is None
