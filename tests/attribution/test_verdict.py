"""Where leads count: the order of rules, pins, corrections and merges, by cases and by chance."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attribution.utm import tidy
from attribution.verdict import (
    CorrectionLine,
    Field,
    How,
    MergesInACircle,
    PinLine,
    Place,
    Rulebook,
    RuleLine,
    Tags,
    Unmade,
    explain,
    settle,
    verdict,
)

SPRING, SUMMER, WINTER = 1, 2, 3
BY_KEY = {"spring_sale": SPRING, "summer": SUMMER, "winter": WINTER}


def tags(source="google", medium="cpc", campaign="spring_sale", reason=""):
    return Tags(source, medium, campaign, reason)


def rule(number, *values, about=Field.CAMPAIGN, how=How.EXACT, position=None, **decides):
    return RuleLine(
        id=number,
        position=number if position is None else position,
        field=about,
        how=how,
        values=values,
        **decides,
    )


def book(*rules, merged=None):
    return Rulebook(rules, BY_KEY, merged or {})


def place_of(found, *rules, merged=None):
    return verdict(found, book(*rules, merged=merged)).place


def test_without_rules_a_name_is_its_campaign_and_a_reason_stays():
    assert place_of(tags()) == Place(SPRING, "", "google", "cpc")
    direct = tags("", "", "", "direct")
    assert place_of(direct) == Place(None, "direct", "", "")


def test_a_name_without_its_campaign_needs_one():
    with pytest.raises(Unmade, match="autumn"):
        place_of(tags(campaign="autumn"))


@pytest.mark.parametrize(
    ("one", "name", "matches"),
    [
        (rule(1, "spring_sale", campaign=SUMMER), "spring_sale", True),
        (rule(1, "spring_sale", campaign=SUMMER), "springxsale", False),
        (rule(1, "spring_sale", campaign=SUMMER), "spring-sale", False),
        (rule(1, "a", "spring_sale", "b", campaign=SUMMER), "spring_sale", True),
        (rule(1, "spring_", how=How.PREFIX, campaign=SUMMER), "spring_sale", True),
        (rule(1, "spring_", how=How.PREFIX, campaign=SUMMER), "springxsale", False),
        (rule(1, "sale", how=How.PREFIX, campaign=SUMMER), "spring_sale", False),
        (rule(1, "20%", how=How.CONTAINS, campaign=SUMMER), "save 20% now", True),
        (rule(1, "20%", how=How.CONTAINS, campaign=SUMMER), "save 200 now", False),
        (rule(1, "x", "g_s", how=How.CONTAINS, campaign=SUMMER), "spring_sale", True),
        (rule(1, "g.s", how=How.CONTAINS, campaign=SUMMER), "spring_sale", False),
    ],
)
def test_values_are_compared_as_they_are(one, name, matches):
    found = verdict(tags(campaign=name), Rulebook([one], {name: WINTER}))
    assert found.place.campaign == (SUMMER if matches else WINTER)
    assert found.campaign_rule == (1 if matches else None)


def test_the_first_rule_speaks_whatever_its_kind():
    first = rule(1, "spring", how=How.PREFIX, campaign=SUMMER)
    second = rule(2, "spring_sale", campaign=WINTER)
    assert place_of(tags(), second, first).campaign == SUMMER
    moved = rule(2, "spring_sale", campaign=WINTER, position=0)
    assert place_of(tags(), first, moved).campaign == WINTER


def test_a_rule_may_leave_leads_without_a_campaign():
    leave = rule(1, "spring_sale")
    assert place_of(tags(), leave) == Place(None, "by_person", "google", "cpc")
    broken = tags(campaign="{{name}}", reason="broken_tag")
    settled = rule(1, "{{name}}", only_reason="broken_tag")
    assert place_of(broken, settled) == Place(None, "broken_tag", "google", "cpc")
    assert verdict(broken, book(settled)).campaign_rule == 1


@pytest.mark.parametrize("reason", ["broken_tag", "ambiguous"])
def test_a_rule_on_a_name_decides_nothing_about_broken_or_ambiguous_tags(reason):
    one = rule(1, "spring_sale", campaign=SUMMER)
    assert place_of(tags(reason=reason), one) == Place(None, reason, "google", "cpc")
    meant = rule(1, "spring_sale", campaign=SUMMER, only_reason=reason)
    assert place_of(tags(reason=reason), meant).campaign == SUMMER
    assert place_of(tags(), meant).campaign == SPRING


def test_a_rule_on_a_name_finds_the_leads_of_a_flood():
    flood = tags(campaign="session-1", reason="flood")
    one = rule(1, "session-", how=How.PREFIX, campaign=SUMMER)
    assert place_of(flood, one).campaign == SUMMER


def test_leads_without_a_name_are_found_by_source_and_medium():
    mail = tags("news", "email", "", "no_campaign")
    other = tags("news", "sms", "", "no_campaign")
    one = rule(
        1, "", only_reason="no_campaign", only_source="news", only_medium="email", campaign=2
    )
    assert place_of(mail, one).campaign == SUMMER
    assert place_of(other, one) == Place(None, "no_campaign", "news", "sms")


def test_patterns_never_match_what_is_empty():
    mail = tags("news", "email", "", "no_campaign")
    greedy = rule(1, "", how=How.PREFIX, campaign=SUMMER, only_reason="no_campaign")
    assert place_of(mail, greedy).campaign is None


def test_sources_become_one_and_are_not_matched_again():
    rules = [
        rule(1, "fb", "facebook.com", about=Field.SOURCE, text="facebook"),
        rule(2, "facebook", about=Field.SOURCE, text="meta"),
    ]
    assert place_of(tags("fb"), *rules).source == "facebook"
    assert place_of(tags("facebook"), *rules).source == "meta"


def test_conditions_of_a_rule_on_names_look_at_what_sources_became():
    rules = [
        rule(1, "fb", about=Field.SOURCE, text="facebook"),
        rule(2, "spring_sale", only_source="facebook", campaign=SUMMER),
    ]
    assert place_of(tags("fb"), *rules).campaign == SUMMER
    assert place_of(tags("google"), *rules).campaign == SPRING


def test_a_pin_beats_every_rule_and_a_correction_beats_the_pin():
    found = verdict(tags(), book(rule(1, "spring_sale", campaign=SUMMER)), PinLine(7, WINTER))
    assert (found.place.campaign, found.campaign_rule, found.pin) == (WINTER, None, 7)
    left = settle(found, "", [CorrectionLine(sets_campaign=True)], book())
    assert left == Place(None, "by_person", "google", "cpc")


def test_the_latest_correction_of_each_field_holds():
    corrections = [
        CorrectionLine(source="bing", sets_campaign=True, campaign=SUMMER),
        CorrectionLine(source="", medium="email"),
        CorrectionLine(sets_campaign=True, campaign=WINTER),
    ]
    found = settle(verdict(tags(), book()), "", corrections, book())
    assert found == Place(WINTER, "", "", "email")


def test_a_merged_campaign_counts_as_the_last_of_its_chain():
    merged = {SPRING: SUMMER, SUMMER: WINTER}
    assert place_of(tags(), merged=merged).campaign == WINTER
    chosen = CorrectionLine(sets_campaign=True, campaign=SUMMER)
    laws = book(merged=merged)
    assert settle(verdict(tags(), laws), "", [chosen], laws).campaign == WINTER


def test_merges_in_a_circle_are_refused():
    with pytest.raises(MergesInACircle):
        place_of(tags(), merged={SPRING: SUMMER, SUMMER: SPRING})


def test_the_test_box_hears_who_spoke_and_who_would_have():
    rules = [
        rule(1, "fb", about=Field.SOURCE, text="facebook"),
        rule(2, "spring", how=How.PREFIX, campaign=SUMMER),
        rule(3, "sale", how=How.CONTAINS, campaign=WINTER),
    ]
    found = explain(tags("fb"), book(*rules))
    assert [one.id for one in found.spoke] == [1, 2]
    assert [one.id for one in found.silent] == [3]
    assert found.verdict.place == Place(SUMMER, "", "facebook", "cpc")


words = st.text(st.sampled_from("ab_%-. "), max_size=6).map(tidy)
campaigns = st.sampled_from([None, SPRING, SUMMER, WINTER])
lines = st.builds(
    RuleLine,
    id=st.integers(1, 30),
    position=st.integers(1, 10),
    field=st.sampled_from(Field),
    how=st.sampled_from(How),
    values=st.lists(words, min_size=1, max_size=3).map(tuple),
    only_reason=st.sampled_from(["", "broken_tag", "flood"]),
    only_source=st.one_of(st.just(""), words),
    only_medium=st.one_of(st.just(""), words),
    campaign=campaigns,
    text=words,
)
rulebooks = st.lists(lines, max_size=8, unique_by=lambda line: line.id)
captured = st.builds(
    Tags,
    words,
    words,
    words,
    st.sampled_from(["", "broken_tag", "flood", "no_campaign"]),
    st.one_of(st.none(), campaigns),
)
merges = st.dictionaries(st.just(SPRING), st.sampled_from([SUMMER, WINTER]))


@given(found=captured, rules=rulebooks, merged=merges, order=st.randoms())
def test_the_order_in_which_rules_are_loaded_is_no_matter(found, rules, merged, order):
    by_key = {found.campaign: SPRING}
    wanted = verdict(found, Rulebook(rules, by_key, merged))
    shuffled = list(rules)
    order.shuffle(shuffled)
    assert verdict(found, Rulebook(shuffled, by_key, merged)) == wanted


@given(found=captured, rules=rulebooks, merged=merges)
def test_the_first_match_by_hand_is_the_one_that_speaks(found, rules, merged):
    """A second way: every rule is tried in order, with nothing looked up."""
    place = verdict(found, Rulebook(rules, {found.campaign: SPRING}, merged)).place
    source = by_hand(rules, Field.SOURCE, found.source)
    medium = by_hand(rules, Field.MEDIUM, found.medium)
    assert place.source == (source[0].text if source else found.source)
    assert place.medium == (medium[0].text if medium else found.medium)
    named = [
        one
        for one in by_hand(rules, Field.CAMPAIGN, found.campaign)
        if found.reason in ([one.only_reason] if one.only_reason else ["", "flood"])
        and one.only_source in ("", place.source)
        and one.only_medium in ("", place.medium)
    ]
    own = None if found.reason else SPRING
    campaign = named[0].campaign if named else own
    campaign = campaign if found.given is None else found.given
    assert place.campaign == merged.get(campaign, campaign)
    if place.campaign is None:
        assert place.reason == (found.reason or "by_person")
    else:
        assert place.reason == ""


def by_hand(rules, about, value):
    compare = {
        How.EXACT: lambda one: value == one,
        How.PREFIX: lambda one: bool(value) and value[: len(one)] == one,
        How.CONTAINS: lambda one: bool(value) and value.find(one) >= 0,
    }
    return [
        rule
        for rule in sorted(rules, key=lambda rule: (rule.position, rule.id))
        if rule.field is about and any(map(compare[rule.how], rule.values))
    ]


@given(found=captured, rules=rulebooks, late=lines)
def test_a_rule_added_at_the_end_changes_no_reading_that_a_rule_decided(found, rules, late):
    by_key = {found.campaign: SPRING}
    before = verdict(found, Rulebook(rules, by_key))
    last = RuleLine(
        **{name: getattr(late, name) for name in late.__slots__} | {"id": 99, "position": 99}
    )
    after = verdict(found, Rulebook([*rules, last], by_key))
    if last.field is Field.CAMPAIGN and before.campaign_rule is not None:
        assert after == before
    if last.field is Field.SOURCE and before.source_rule is not None:
        assert after.place.source == before.place.source
