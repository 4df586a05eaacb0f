"""The link checker: read as capture reads, and each fault named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attribution.links.campaigns import Known, KnownCampaigns, campaigns_of, offered
from attribution.links.checker import Grade, check_link, check_links
from attribution.links.counted import with_new
from attribution.models import Lead, NamingRules, Repair, Rule, RuleVersion
from attribution.utm import captured_from_link
from attribution.verdict import Field, How, Rulebook, RuleLine
from tests.factories import make_campaign, make_lead

HOME = "https://example.com/"
FINE = f"{HOME}?utm_source=google&utm_medium=cpc&utm_campaign=spring-sale"
SPRING, AUTUMN = (
    Known("spring-sale", "Spring sale", id=1),
    Known("autumn_clearance", "Autumn", id=2),
)
KNOWN = KnownCampaigns([SPRING, AUTUMN])
FREE = NamingRules()


def check(link, rules=FREE):
    return check_link(link, rules, KNOWN)


def with_tags(**tags):
    return HOME + "?" + "&".join(f"{name}={value}" for name, value in tags.items())


def tagged(campaign="spring-sale", **more):
    return with_tags(utm_source="google", utm_medium="cpc", utm_campaign=campaign, **more)


def test_a_good_link_has_no_fault():
    checked = check(FINE)
    assert (checked.read.source, checked.read.medium) == ("google", "cpc")
    assert (checked.counts_for, checked.worst, checked.faults) == ("Spring sale", "", [])


@pytest.mark.parametrize(
    ("link", "grade", "words"),
    [
        (with_tags(utm_source="google", utm_campaign="spring-sale"), "wrong", "utm_medium is mis"),
        (with_tags(utm_medium="cpc", utm_campaign="spring-sale"), "wrong", "utm_source is missing"),
        (with_tags(utm_source="google", utm_medium="cpc"), "wrong", "utm_campaign is missing"),
        (HOME, "wrong", "no UTM values"),
        (with_tags(gclid="AbC"), "hint", "a click id, but no UTM values"),
        (tagged(utm_Campaign="other"), "wrong", "two campaigns: spring-sale, other"),
        (tagged(utm_Campaign="Spring-Sale"), "hint", "utm_campaign stands there 2 times"),
        (tagged(utm_source2="x"), "wrong", "“utm_source2” is not read. Is utm_source meant?"),
        (FINE + "&utm_medium=email", "wrong", "only the first, “cpc”, is read"),
        (tagged("{{campaign.name}}"), "wrong", "placeholder “{{campaign.name}}” is not filled in"),
        (tagged("%7Bcampaignid%7D"), "wrong", "“{campaignid}” is not filled in"),
        (tagged("(not%20set)"), "wrong", "would be read as no campaign at all"),
        (tagged("x" * 401), "wrong", "too long"),
        (FINE.replace("google", "none"), "wrong", "utm_source: “none” would be read as nothing"),
        (tagged(utm_campain="x"), "wrong", "“utm_campain” is not read. Is utm_campaign meant?"),
        (tagged(utmsource="x"), "wrong", "Is utm_source meant?"),
        (tagged(umt_source="x"), "wrong", "Is utm_source meant?"),
        (with_tags(utm_source="a", medium="b"), "wrong", "Is utm_medium meant?"),
        (tagged(utm_foo="x"), "hint", "“utm_foo” is not read"),
        (FINE.replace("&", "&amp;"), "wrong", "“&amp;” stands where “&” belongs"),
        (FINE.replace("?", "#"), "hint", "stand after “#”"),
        (FINE.replace("?", "?a=1?"), "wrong", "second “?”"),
        (tagged("Spring-Sale"), "hint", "“Spring-Sale” has capitals"),
        (FINE.replace("utm_source", "UTM_Source"), "hint", "“UTM_Source” has capitals"),
        (FINE.replace("cpc", "paid%20social"), "hint", "“paid social” has a blank"),
        (FINE.replace("cpc", "paid%2520social"), "hint", "encoded twice"),
        (FINE.replace("cpc", "paid%FCsocial"), "hint", "not encoded as UTF-8"),
        (tagged(email="ann%40example.org"), "wrong", "e-mail address"),
        (HOME + "ann@example.org" + FINE.removeprefix(HOME), "wrong", "e-mail address"),
        (tagged("spring_sale"), "wrong", "close to “spring-sale”"),
        (tagged("autum_clearance"), "wrong", "close to “autumn_clearance”"),
        (FINE.removeprefix("https://"), "wrong", "is no web address"),
        (FINE + " x", "wrong", "blank in the link"),
    ],
)
def test_each_fault_is_named(link, grade, words):
    faults = check(link).faults
    assert [fault for fault in faults if fault.grade == grade and words in fault.text], faults


def test_of_what_is_no_link_only_that_is_said():
    assert [fault.text for fault in check("not a link").faults] == [
        "“not a link” is no web address. Begin it with https://"
    ]


@pytest.mark.parametrize(
    "link",
    [
        tagged("winter"),
        tagged(utm_source_platform="x"),
        tagged(utm_content="Big%20Blue", utm_term="{keyword}"),
        FINE + "#top",
        tagged(source="x", campaign="x", content="x", term="x", medium="x", id="x"),
        FINE.replace(HOME, HOME + "@shop/").replace("?", "?next=/a?b=1&"),
        tagged("spring-sale-2027"),
    ],
)
def test_what_is_no_fault_is_not_called_one(link):
    assert check(link).faults == []


def test_values_are_held_against_the_lists_of_the_company():
    rules = NamingRules(sources=["bing", "google"], mediums=["email", "paid_social"])
    [fault] = check(FINE, rules).faults
    assert fault.grade is Grade.WRONG
    assert fault.text == ("The medium “cpc” is not on the company's list: email, paid_social.")


def test_only_new_names_are_held_against_the_naming_rules():
    rules = NamingRules(separator="_", date_part="year")
    assert check(FINE, rules).faults == []
    assert len(check(tagged("summer-fun"), rules).faults) == 2


@pytest.mark.parametrize(
    ("link", "counts_for"),
    [
        (FINE, "Spring sale"),
        (tagged("SPRING-sale"), "Spring sale"),
        (tagged("winter"), "New campaign “winter”"),
        (tagged("{x}"), "Unattributed: Broken tag"),
        (tagged("a") + "&utm_campaign=b", "Unattributed: Ambiguous: two campaigns named"),
        (with_tags(utm_source="a"), "Unattributed: Source or medium, but no campaign"),
        (with_tags(gclid="a"), "Unattributed: Click id only"),
        (HOME, "Unattributed: No UTM values (direct)"),
    ],
)
def test_it_says_where_a_lead_would_count(link, counts_for):
    assert check(link).counts_for == counts_for


class TestRules:
    """The company's rules decide where a link counts."""

    RULES = [
        RuleLine(
            id=1,
            position=1,
            field=Field.CAMPAIGN,
            how=How.EXACT,
            values=("autum",),
            campaign=AUTUMN.id,
        ),
        RuleLine(
            id=2,
            position=2,
            field=Field.CAMPAIGN,
            how=How.PREFIX,
            values=("session-",),
        ),
        RuleLine(
            id=3, position=1, field=Field.SOURCE, how=How.EXACT, values=("goog",), text="google"
        ),
    ]
    BOOK = with_new(Rulebook(RULES, merged={7: 1}), {"spring-sale": 1, "spring": 7})
    RULED = KnownCampaigns([SPRING, AUTUMN, Known("spring", "Spring", id=7)], BOOK)

    @pytest.mark.parametrize(
        ("name", "counts_for"),
        [
            ("autum", "Autumn"),
            ("session-4711", "Unattributed: Set so by a person"),
            ("spring", "Spring sale"),  # has become part of it
            ("winter", "New campaign “winter”"),
        ],
    )
    def test_a_name_counts_where_they_send_it(self, name, counts_for):
        checked = check_link(tagged(name), FREE, self.RULED)
        assert checked.counts_for == counts_for
        assert checked.faults == []

    def test_the_source_is_the_one_that_they_make_of_it(self):
        link = FINE.replace("google", "goog")
        checked = check_link(link, FREE, self.RULED)
        assert (checked.place.source, checked.read.source) == ("google", "goog")


links = st.one_of(
    st.text(max_size=80),
    st.lists(
        st.tuples(
            st.sampled_from(["utm_source", "utm_medium", "UTM_campaign", "gclid", "utm_campain"]),
            st.text(alphabet="aB {}%2@.é+", max_size=12),
        ),
        max_size=6,
    ).map(lambda pairs: HOME + "?" + "&".join(f"{name}={value}" for name, value in pairs)),
)


@given(links)
def test_no_text_is_too_odd_to_be_checked(link):
    checked = check(link)
    assert checked.counts_for
    assert all(fault.text for fault in checked.faults)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "link", [FINE, tagged("{x}"), tagged("a") + "&utm_campaign=b", tagged("Winter"), HOME]
)
def test_a_lead_that_comes_by_the_link_counts_there(company, link):
    make_lead(company, "spring-sale")
    before = check_link(link, FREE, campaigns_of(company))
    lead = make_lead(company, landing_page=link, **captured_from_link(link))
    lead = Lead.objects.get(pk=lead.pk)
    assert lead.unattributed_reason == before.read.reason
    assert (lead.source, lead.medium) == (before.read.source, before.read.medium)
    assert (lead.campaign.key if lead.campaign else "") == (
        "" if before.read.reason else before.read.campaign
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "link",
    [
        tagged("autum"),
        tagged("session-4711"),
        tagged("spring"),
        tagged("winter"),
        tagged("gone"),
        FINE.replace("google", "Goog"),
    ],
)
def test_by_the_rules_and_merges_of_the_company_as_well(company, link):
    """Checked before the lead comes, it says where the lead then counts."""
    autumn = make_campaign(company, "autumn_clearance", name="Autumn")
    sale = make_campaign(company, "spring-sale")
    make_campaign(company, "spring", merged_into=sale)
    make_campaign(company, "gone", withdrawn=True)
    repair = Repair.objects.create(
        company=company, kind="rule", title="Rules", made_at=company.created_at
    )
    for position, (field, how, value, becomes) in enumerate(
        (
            ("campaign", "exact", "autum", {"campaign": autumn}),
            ("campaign", "prefix", "session-", {}),
            ("source", "exact", "goog", {"text": "google"}),
        )
    ):
        rule = Rule.objects.create(company=company, field=field)
        given = {"how": how, "values": [value], "position": position} | becomes
        RuleVersion.objects.create(company=company, repair=repair, rule=rule, **given)
    checked = check_link(link, FREE, campaigns_of(company))
    lead = make_lead(company, landing_page=link, **captured_from_link(link))
    assert (lead.source, lead.medium) == (checked.place.source, checked.place.medium)
    assert lead.unattributed_reason == checked.place.reason
    counts_for = checked.counts_for
    if checked.campaign is None and lead.campaign:
        assert counts_for == f"New campaign “{lead.campaign.key}”"
    else:
        assert (lead.campaign.name if lead.campaign else "Unattributed") in counts_for


@pytest.mark.django_db
def test_withdrawn_and_merged_campaigns_are_offered_to_nobody(company):
    sale = make_campaign(company, "spring-sale")
    make_campaign(company, "spring", merged_into=sale)
    make_campaign(company, "gone", withdrawn=True)
    assert [one.key for one in offered(company)] == ["spring-sale"]
    assert campaigns_of(company).called("gone") == []


def test_the_worst_stand_first_and_keep_their_numbers():
    found = check_links([FINE, tagged("Spring-Sale"), HOME, FINE], FREE, KNOWN)
    assert [number for number, __ in found] == [3, 2, 1, 4]
