"""UTM values: 20 ways to write a few names, links with slips, and the one reason each."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attribution.utm import (
    CLICK_IDS,
    Captured,
    Reason,
    captured_from_link,
    channel_of,
    is_broken,
    names_two_campaigns,
    read,
    tidy,
)
from tests.factories import make_lead
from tests.shared_data import data_folder

# Twenty ways to write these names, and the groups they belong to.
VARIANTS = {
    "spring sale": [
        "spring sale",
        "Spring Sale",
        "SPRING SALE",
        "  spring   sale ",
        "spring+sale",
        "Spring%20Sale",
        "spring\u200b sale",
        "\ufeffspring\u00a0sale",
        "ｓｐｒｉｎｇ sale",
    ],
    "été": ["été", "ÉTÉ", unicodedata.normalize("NFD", "été"), "%C3%A9t%C3%A9"],
    "strasse": ["Straße", "STRASSE", "strasse"],
    "i\u0307stanbul": ["İstanbul", unicodedata.normalize("NFD", "İstanbul")],
    "istanbul": ["istanbul"],
    "spring s\u0430le": ["spring s\u0430le"],  # a Cyrillic а: flagged by a person, never merged
}


def test_the_groups_hold_twenty_variants():
    written = [value for values in VARIANTS.values() for value in values]
    assert len(written) == len(set(written)) == 20


@pytest.mark.parametrize(
    ("value", "wanted"), [(value, name) for name, values in VARIANTS.items() for value in values]
)
def test_a_variant_belongs_to_its_declared_group(value, wanted):
    assert tidy(value) == wanted


def test_leads_of_the_variants_make_one_campaign_for_each_group_and_keep_what_was_written(company):
    for name, values in VARIANTS.items():
        leads = [make_lead(company, value) for value in values]
        for lead in leads:
            lead.refresh_from_db()
        assert [lead.utm_campaign for lead in leads] == values
        assert {lead.campaign.key for lead in leads} == {name}
        assert len({lead.campaign_id for lead in leads}) == 1


@given(st.text(max_size=40) | st.text("%+20a25BbC \u200bİß＋％", max_size=20))
def test_a_tidy_value_stays_as_it_is_when_tidied_again(value):
    assert tidy(tidy(value)) == tidy(value)


@given(st.text(max_size=40))
def test_nothing_unprintable_is_left_in_a_tidy_value(value):
    found = {unicodedata.category(character) for character in tidy(value)}
    assert not found & {"Cc", "Cf", "Cs"}


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("%%CAMPAIGN%%", "%%campaign%%"),  # %CA begins a letter that does not follow
        ("caf%E9+noir", "caf%e9 noir"),  # Latin-1, where links have UTF-8
        ("caf%C3%A9", "café"),
    ],
)
def test_what_is_no_code_of_a_letter_stays_as_it_was_written(value, wanted):
    assert tidy(value) == wanted


@pytest.mark.parametrize("value", ["", " ", "(not set)", "(NONE)", "null", "undefined", "-", "%20"])
def test_words_for_nothing_are_nothing(value):
    assert tidy(value) == ""


@pytest.mark.parametrize(
    "value",
    [
        "{{campaign.name}}",
        "{campaignid}",
        "%%CAMPAIGN%%",
        "${campaign}",
        "[campaign]",
        "__CAMPAIGN_NAME__",
        "[[campaign]]",
        "<<CAMPAIGN>>",
        "*|CAMPAIGN_UID|*",
        "<campaign>",
        "%CAMPAIGN%",
        "$campaign.name$",
        "xxxxx",
        "%7B%7Bcampaign.name%7D%7D",
    ],
)
def test_a_macro_that_nobody_filled_in_is_a_broken_tag(value):
    assert is_broken(value)
    assert read(Captured(utm_source="google", utm_campaign=value)).reason == Reason.BROKEN_TAG


def test_a_percent_sign_in_a_name_is_no_macro():
    assert not is_broken("Lookalike 2% — cold audience")
    assert not is_broken("50%off") and not is_broken("$5 for <10>")
    assert tidy("Lookalike 2% — cold audience") == "lookalike 2% — cold audience"


@pytest.mark.parametrize(
    ("captured", "reason"),
    [
        (Captured(utm_campaign="spring"), ""),
        (Captured(), Reason.DIRECT),
        (Captured(utm_campaign="(none)"), Reason.DIRECT),
        (Captured(referrer="https://www.bing.com/"), Reason.REFERRER),
        (Captured(click_ids={"gclid": "A"}, referrer="https://g.co/"), Reason.CLICK_ID),
        (Captured(utm_source="news", click_ids={"gclid": "A"}), Reason.NO_CAMPAIGN),
        (Captured(utm_medium="email"), Reason.NO_CAMPAIGN),
        (Captured(utm_campaign="{campaignid}"), Reason.BROKEN_TAG),
        (Captured(utm_campaign="ﷺ" * 100), Reason.BROKEN_TAG),  # 1,800 letters once tidy
        (
            Captured(
                utm_campaign="a", landing_page="https://x.test/?utm_campaign=a&utm_campaign=b"
            ),
            Reason.AMBIGUOUS,
        ),
        (
            Captured(
                utm_campaign="a", landing_page="https://x.test/?utm_campaign=a&utm_campaign=A"
            ),
            "",
        ),
    ],
)
def test_a_lead_has_a_campaign_or_exactly_one_reason(captured, reason):
    assert read(captured).reason == reason


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ("https://x.test/?UTM_Source=News&utm_Campaign=A", {"utm_source": "News"}),
        ("https://x.test/#utm_source=News", {"utm_source": "News"}),
        ("utm_source=News&x=1", {"utm_source": "News"}),
        ("https://x.test/?utm_source=News&utm_source=Other", {"utm_source": "News"}),
        ("https://x.test/?gclid=CjwK&GCLID=b", {"click_ids": {"gclid": "CjwK"}}),
        ("https://x.test/?utm_source=", {}),
        ("https://x.test/path", {}),
        ("", {}),
    ],
)
def test_a_link_is_read_with_its_slips(link, found):
    captured = captured_from_link(link)
    captured.pop("utm_campaign", None)
    assert captured == found


def test_the_case_of_a_click_id_is_never_altered():
    link = "https://x.test/?" + "&".join(f"{name}=AbC{name}XyZ" for name in sorted(CLICK_IDS))
    found = captured_from_link(link)["click_ids"]
    assert found == {name: f"AbC{name}XyZ" for name in CLICK_IDS}


def test_one_campaign_named_twice_is_not_two_campaigns():
    assert not names_two_campaigns("https://x.test/?utm_campaign=A%20b&utm_campaign=a+B")
    assert names_two_campaigns("https://x.test/?utm_campaign=a#utm_campaign=b")


@pytest.mark.parametrize(
    ("source", "medium", "channel"),
    [
        ("google", "cpc", "paid_search"),
        ("facebook", "cpc", "paid_social"),
        ("youtube", "cpc", "video"),
        ("meta", "paid_social", "paid_social"),
        ("google", "display", "display"),
        ("newsletter", "", "email"),
        ("partner.test", "referral", "referral"),
        ("google", "organic", "organic_search"),
        ("", "", "other"),
    ],
)
def test_the_channel_of_a_discovered_campaign_follows_its_medium_then_its_source(
    source, medium, channel
):
    assert channel_of(source, medium) == channel


def test_links_of_other_libraries_are_read_as_they_read_them():
    cases = json.loads((data_folder("utm-cases-basic") / "cases.json").read_text())
    assert len(cases) == 7
    for case in cases:
        # What they call "extra" are names like utm_fake, which are no UTM values here.
        wanted = {f"utm_{name}": value for name, value in case["expect"].items()}
        assert captured_from_link(case["url"]) == wanted, case["url"]


@pytest.mark.parametrize(
    ("referrer", "reason"),
    [
        ("https://www.bing.com/", Reason.REFERRER),
        ("https://www.paypal.com/checkout", Reason.DIRECT),
        ("https://blog.x.test/a", Reason.DIRECT),
        ("https://notx.test/a", Reason.REFERRER),
        ("about:blank", Reason.DIRECT),
    ],
)
def test_own_pages_and_payment_providers_are_no_reason(referrer, reason):
    raw = Captured(referrer=referrer, landing_page="https://www.x.test/")
    assert read(raw).reason == reason
