"""Channels: the published cases, what decides when several things are known, and the language."""

import csv
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attribution.channels.conditions import ConditionError, Visit, compiled
from attribution.channels.origins import ChannelLaw
from attribution.channels.rules import CHANNELS, SHIPPED, ChannelBook, ChannelRule, read_rules
from attribution.utm import Captured, captured_from_link
from tests.shared_data import PROJECT, data_folder

LAW = ChannelLaw()


def origin(link="", referrer="", law=LAW):
    return law.origin(Captured(**captured_from_link(link), referrer=referrer, landing_page=link))


def test_all_published_cases_hold():
    with (data_folder("channel-cases-ga4") / "cases.csv").open() as rows:
        cases = list(csv.DictReader(rows))
    assert len(cases) == 30
    for case in cases:
        expected = case.pop("expected_channel")
        raw = Captured(**{f"utm_{name}": value for name, value in case.items()})
        assert LAW.origin(raw).channel == expected, case


@pytest.mark.parametrize(
    ("link", "referrer", "source", "channel"),
    [
        ("", "", "(direct)", "Direct"),
        ("https://x.test/?gclid=A", "", "google", "Paid Search"),
        ("https://x.test/?gclid=A", "https://www.google.com/", "google", "Paid Search"),
        ("https://x.test/?utm_source=news&utm_medium=email&gclid=A", "", "news", "Email"),
        ("https://x.test/?utm_source=google&gclid=A", "", "google", "Paid Search"),
        ("https://x.test/?ttclid=A", "", "tiktok", "Paid Social"),
        ("https://x.test/?dclid=A", "", "google", "Display"),
        ("https://x.test/?irclickid=A", "", "impact", "Affiliates"),
        ("https://x.test/?mc_eid=A", "", "mailchimp", "Email"),
        ("https://x.test/?fbclid=A", "", "facebook", "Organic Social"),
        (
            "https://x.test/?fbclid=A",
            "https://l.instagram.com/",
            "l.instagram.com",
            "Organic Social",
        ),
        ("https://x.test/?srsltid=A", "https://www.google.com/", "google", "Organic Shopping"),
        ("https://x.test/?utm_source=chatgpt.com", "", "chatgpt.com", "AI Assistants"),
        ("https://x.test/", "https://chatgpt.com/", "chatgpt.com", "AI Assistants"),
        ("https://x.test/", "https://www.perplexity.ai/", "perplexity.ai", "AI Assistants"),
        ("https://x.test/", "https://www.bing.com/", "bing", "Organic Search"),
        (
            "https://x.test/",
            "android-app://com.google.android.gm",
            "com.google.android.gm",
            "Email",
        ),
        ("https://x.test/", "https://blog.example/", "blog.example", "Referral"),
        ("https://x.test/", "https://www.paypal.com/", "(direct)", "Direct"),
        ("https://x.test/", "https://shop.x.test/", "(direct)", "Direct"),
        ("https://x.test/?utm_source=notwikipedia.org", "", "notwikipedia.org", "Unassigned"),
        ("https://x.test/?utm_campaign=spring", "", "(not set)", "Unassigned"),
        ("https://x.test/?utm_medium=cpc", "https://www.google.de/", "google", "Paid Search"),
        ("https://x.test/?utm_source={{site}}", "https://m.facebook.com/", None, "Organic Social"),
        ("https://x.test/?utm_source={{site}}", "", "(not set)", "Unassigned"),
        ("https://x.test/?utm_campaign={id}", "https://www.paypal.com/", "(not set)", "Unassigned"),
        ("https://x.test/?utm_source=Google%20&utm_medium=CPC", "", "google", "Paid Search"),
        ("https://x.test/?utm_source=www.facebook.com", "", "www.facebook.com", "Organic Social"),
        ("https://x.test/?utm_source=amazon", "", "amazon", "Organic Shopping"),
        ("https://x.test/?utm_campaign=workshop", "", "(not set)", "Unassigned"),
        ("https://x.test/?utm_campaign=my-shop", "", "(not set)", "Organic Shopping"),
    ],
)
def test_what_decides(link, referrer, source, channel):
    found = origin(link, referrer)
    assert found.channel == channel
    assert found.origin == (source or "m.facebook.com")
    assert found.why.endswith(".")


def test_another_law_decides_otherwise():
    law = ChannelLaw(
        ChannelBook([ChannelRule("Audio", "source begins pod"), *SHIPPED]),
        frozenset({"partner.example"}),
    )
    assert origin("https://x.test/?utm_source=podcast&utm_medium=cpc", law=law).channel == "Audio"
    assert origin("https://x.test/", "https://a.partner.example/", law).channel == "Direct"


def test_a_rule_that_is_off_takes_nothing():
    off = [ChannelRule(rule.channel, rule.when, is_on=False) for rule in SHIPPED]
    assert origin("", law=ChannelLaw(ChannelBook(off))).channel == "Unassigned"


def test_there_are_twenty_channels_and_a_rule_for_each_but_the_last():
    assert len(CHANNELS) == 20
    assert {rule.channel for rule in SHIPPED} == set(CHANNELS[:-1])


def test_the_document_tells_the_rules_in_their_order():
    text = (PROJECT / "docs" / "channels.md").read_text()
    rows = re.findall(r"^\| (\d+) \| (.+?) \| `(.+?)` \|", text, re.M)
    assert rows == [(str(n), rule.channel, rule.when) for n, rule in enumerate(SHIPPED, 1)]


VISIT = Visit("google", "cpc", "spring shop", "search", "gclid")


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("source is google", True),
        ("source is bing, google", True),
        ("source is bing", False),
        ("Source IS Google", True),
        ("medium contains p", True),
        ("medium begins cp and medium ends pc", True),
        ("campaign word shop", True),
        ("campaign word hop", False),
        ('campaign is "spring shop"', True),
        ('campaign is ""', False),
        ("not source is bing", True),
        ("not (source is bing or source is google)", False),
        ("source is bing or medium is cpc and site is search", True),
        ("(source is bing or medium is cpc) and site is social", False),
        ("click is gclid", True),
        ('not click is ""', True),
        ("source is (direct), google", True),
    ],
)
def test_the_language_of_conditions(text, holds):
    assert compiled(text)(VISIT) is holds


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "a field belongs"),
        ("source", "a test belongs"),
        ("source is", "a value is missing"),
        ("source is a,", "a value is missing"),
        ("source equals a", "a test belongs"),
        ("size is 3", "a field belongs"),
        ("site is shop", "is no site"),
        ("(source is a", "not closed"),
        ('source is "a', "not closed"),
        ("source is a b", "after the end"),
        ('source contains ""', "needs a value"),
        ("(" * 40 + "source is a" + ")" * 40, "too many brackets"),
        ("source is " + "a" * 3000, "at most"),
    ],
)
def test_a_condition_that_cannot_be_read_says_why(text, problem):
    with pytest.raises(ConditionError, match=re.escape(problem)):
        compiled(text)


WORDS = ["source", "is", "(", ")", "and", "or", "not", "a", ",", '"']


@given(st.text(max_size=80) | st.lists(st.sampled_from(WORDS), max_size=12))
@settings(max_examples=200)
def test_a_condition_is_read_or_refused_and_nothing_else(text):
    text = text if isinstance(text, str) else " ".join(text)
    try:
        assert compiled(text)(VISIT) in (True, False)
    except ConditionError as problem:
        assert str(problem)


def test_a_stored_rule_of_an_unknown_channel_is_refused():
    with pytest.raises(ConditionError, match="Rule 1"):
        read_rules([{"channel": "Telepathy", "when": "source is a"}])


RAW = st.text(max_size=60)


@given(RAW, RAW, RAW, RAW, RAW, st.dictionaries(st.sampled_from(["gclid", "fbclid", "x"]), RAW))
@settings(max_examples=150)
def test_every_visit_has_one_of_the_channels_and_an_origin(a, b, c, referrer, landing, clicks):
    raw = Captured(
        utm_source=a,
        utm_medium=b,
        utm_campaign=c,
        referrer=referrer,
        landing_page=landing,
        click_ids=clicks,
    )
    found = LAW.origin(raw)
    assert found.channel in CHANNELS
    assert 0 < len(found.origin) <= 200
