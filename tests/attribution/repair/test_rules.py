"""Rules: what is wrong with one, which hide others, what each is used for, which come along."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from attribution import scope
from attribution.models import Lead, Reading
from attribution.repair import rules
from attribution.repair.intents import RuleText
from attribution.repair.items import RuleItem
from attribution.utm import tidy
from attribution.verdict import Field, How, Rulebook, RuleLine, Tags, verdict
from tests.factories import make_campaign, make_company, make_lead


def text(*values, field=Field.SOURCE, how=How.EXACT, **others):
    becomes = {} if field is Field.CAMPAIGN else {"text": "facebook"}
    return RuleText(field=field, how=how, values=values, **becomes | others)


def rule(number, *values, field=Field.SOURCE, how=How.EXACT, is_off=False, **others):
    line = RuleLine(id=number, position=number, field=field, how=how, values=values, **others)
    return RuleItem(line, is_off)


WORDS = st.text("abc", min_size=1, max_size=3)
CONDITIONS = {"only_source": st.sampled_from(["", "a"]), "only_medium": st.sampled_from(["", "b"])}
RULES = st.lists(
    st.builds(
        RuleLine,
        id=st.just(0),
        position=st.just(0),
        field=st.just(Field.SOURCE),
        how=st.sampled_from(How),
        values=st.lists(WORDS, min_size=1, max_size=2).map(tuple),
        text=st.just("a"),
    )
    | st.builds(
        RuleLine,
        id=st.just(0),
        position=st.just(0),
        field=st.just(Field.CAMPAIGN),
        how=st.sampled_from(How),
        values=st.lists(WORDS, min_size=1, max_size=2).map(tuple),
        only_reason=st.sampled_from(["", "flood", "broken_tag"]),
        campaign=st.just(5),
        **CONDITIONS,
    ),
    max_size=6,
)
TAGS = st.lists(
    st.builds(
        Tags,
        source=WORDS | st.just(""),
        medium=st.sampled_from(["", "b"]),
        campaign=WORDS,
        reason=st.sampled_from(["", "flood", "broken_tag"]),
    ),
    min_size=1,
    max_size=8,
)


class TestProblems:
    @pytest.mark.parametrize(
        "good",
        [
            text("fb"),
            text("fb", "Facebook.com"),
            text("x"),  # one letter may be a whole source
            text("session-", field=Field.CAMPAIGN, how=How.PREFIX),
            text("{{campaign.name}}", field=Field.CAMPAIGN, only_reason="broken_tag"),
            text("", field=Field.CAMPAIGN, only_reason="direct"),
            text("", field=Field.CAMPAIGN, only_reason="no_campaign", only_source="news"),
            text("50%_off", field=Field.CAMPAIGN),
        ],
    )
    def test_a_rule_that_says_enough_has_none(self, good):
        assert rules.problems(good, []) == []

    @pytest.mark.parametrize("value", ["-", "null", "%20", "(not set)"])
    def test_a_value_that_means_nothing(self, value):
        shown = f"“{value}” means nothing. Write at least two letters or digits."
        assert rules.problems(text("fb", value), []) == [shown]

    @pytest.mark.parametrize("value", ["x", "_x", "--", "-"])
    @pytest.mark.parametrize("how", [How.PREFIX, How.CONTAINS])
    def test_a_pattern_of_one_letter_would_match_half_of_all(self, value, how):
        (problem,) = rules.problems(text(value, how=how), [])
        assert "at least two letters or digits" in problem

    @pytest.mark.parametrize("values", [(), ("",), ("  ", "")])
    def test_no_value(self, values):
        assert rules.problems(text(*values), []) == ["Write at least one value."]

    def test_more_values_than_a_page_can_bear(self):
        (problem,) = rules.problems(text(*(f"source {n}" for n in range(201))), [])
        assert "200 values at most" in problem

    def test_what_a_source_becomes_is_needed(self):
        assert rules.problems(text("fb", text=" - "), []) == ["Write what the value becomes."]

    def test_values_longer_than_any_lead_keeps(self):
        (problem,) = rules.problems(text("a" * 201), [])
        assert problem.endswith("has more than 200 characters.")
        assert rules.problems(text("a" * 400, field=Field.CAMPAIGN), []) == []
        (problem,) = rules.problems(text("fb", note="a" * 201), [])
        assert problem.startswith("The note has more")

    def test_leads_without_a_name_need_a_reason(self):
        assert rules.problems(text("", field=Field.CAMPAIGN, only_source="news"), []) == [
            "A rule for leads without a campaign must say why they have none."
        ]

    def test_leads_without_a_name_have_no_values(self):
        (problem,) = rules.problems(text("news", field=Field.CAMPAIGN, only_reason="direct"), [])
        assert "“No UTM values (direct)” have no utm_campaign: remove “news”" in problem


class TestTheSameRule:
    def test_says_so_with_the_number_in_its_list(self):
        there = [rule(7, "sommer", field=Field.CAMPAIGN), rule(9, "ig", text="instagram")]
        there += [rule(12, "facebook.com", "fb", text="facebook")]
        assert rules.problems(text("FB", "facebook.com"), there) == [
            "This is what rule 2 already says."
        ]

    def test_about_the_same_with_another_result(self):
        there = [rule(12, "fb", text="meta")]
        assert rules.problems(text("fb"), there) == ["Rule 1 is about the same: edit that one."]

    def test_switched_off(self):
        there = [rule(12, "fb", text="facebook", is_off=True)]
        (problem,) = rules.problems(text("fb"), there)
        assert problem == "Rule 1 is about the same and switched off: edit it and switch it on."

    def test_it_is_not_the_same_as_itself(self):
        assert rules.problems(text("fb"), [rule(12, "fb", text="meta")], rule=12) == []

    @pytest.mark.parametrize(
        "other",
        [
            rule(1, "fb", "fbk"),
            rule(1, "fb", how=How.PREFIX),
            rule(1, "fb", field=Field.MEDIUM),
        ],
    )
    def test_other_values_comparison_or_field(self, other):
        assert rules.problems(text("fb"), [other]) == []

    def test_other_conditions(self):
        there = [rule(1, "a", field=Field.CAMPAIGN, only_source="x")]
        assert rules.problems(text("a", field=Field.CAMPAIGN), there) == []


def test_a_rule_on_sources_keeps_no_condition_that_it_would_not_follow():
    kept = rules.tidied(text("FB ", "fb", only_reason="direct", only_medium="x", campaign=3))
    assert kept == text("fb")


class TestShadowed:
    @pytest.mark.parametrize(
        "pair",
        [
            (rule(1, "a", "b"), rule(2, "b")),
            (rule(1, "spring", how=How.PREFIX), rule(2, "spring-sale")),
            (rule(1, "spring", how=How.PREFIX), rule(2, "spring-", how=How.PREFIX)),
            (rule(1, "ring", how=How.CONTAINS), rule(2, "spring", how=How.PREFIX)),
            (rule(1, "ring", how=How.CONTAINS), rule(2, "spring", how=How.CONTAINS)),
            (
                rule(1, "a", field=Field.CAMPAIGN),
                rule(2, "a", field=Field.CAMPAIGN, only_source="x"),
            ),
            (
                rule(1, "a", field=Field.CAMPAIGN),
                rule(2, "a", field=Field.CAMPAIGN, only_reason="flood"),
            ),
        ],
    )
    def test_one_that_never_speaks(self, pair):
        assert rules.shadowed(pair) == {2: [1]}

    @pytest.mark.parametrize(
        "pair",
        [
            (rule(1, "a"), rule(2, "a", "b")),
            (rule(1, "a"), rule(2, "a", field=Field.MEDIUM)),
            (rule(1, "a", is_off=True), rule(2, "a")),
            (rule(1, "a"), rule(2, "a", is_off=True)),
            (rule(1, "spring", how=How.PREFIX), rule(2, "spring", how=How.CONTAINS)),
            (rule(1, "spring-", how=How.PREFIX), rule(2, "spring", how=How.PREFIX)),
            (
                rule(1, "a", field=Field.CAMPAIGN, only_source="x"),
                rule(2, "a", field=Field.CAMPAIGN),
            ),
            (
                rule(1, "a", field=Field.CAMPAIGN),
                rule(2, "a", field=Field.CAMPAIGN, only_reason="broken_tag"),
            ),
            (
                rule(1, "a", field=Field.CAMPAIGN, how=How.CONTAINS),
                rule(2, "", field=Field.CAMPAIGN, only_reason="direct"),
            ),
        ],
    )
    def test_one_that_speaks_now_and_then(self, pair):
        assert rules.shadowed(pair) == {}

    def test_several_may_hide_one_together(self):
        several = [rule(1, "a"), rule(2, "b", how=How.PREFIX), rule(3, "a", "bb")]
        several[1] = rule(2, "bb", how=How.PREFIX)
        assert rules.shadowed(several) == {3: [1, 2]}

    @given(RULES, TAGS)
    def test_a_hidden_rule_decides_about_nothing(self, lines, asked):
        items = [RuleItem(replace(line, id=n, position=n)) for n, line in enumerate(lines, start=1)]
        hidden = rules.shadowed(items)
        book = Rulebook([item.line for item in items], {tags.campaign: 99 for tags in asked})
        for tags in asked:
            found = verdict(tags, book)
            assert found.source_rule not in hidden
            assert found.campaign_rule not in hidden


class TestShipped:
    def test_each_is_a_rule_without_fault_and_none_hides_another(self):
        assert [rules.problems(one, []) for one in rules.SHIPPED] == [[]] * len(rules.SHIPPED)
        lines = [
            rule(n, *one.values, text=one.text) for n, one in enumerate(rules.SHIPPED, start=1)
        ]
        assert rules.shadowed(lines) == {}
        values = [value for one in rules.SHIPPED for value in one.values]
        assert len(values) == len(set(values))
        assert values == list(map(tidy, values))

    @pytest.mark.parametrize(
        ("value", "source"),
        [
            ("Facebook", "facebook"),
            ("fb", "facebook"),
            ("lm.facebook.com", "facebook"),
            ("IG", "instagram"),
            ("t.co", "twitter"),
            ("lnkd.in", "linkedin"),
            ("youtu.be", "youtube"),
            ("news.google.com", "news.google.com"),
            ("meta", "meta"),
        ],
    )
    def test_what_they_make_of_a_source(self, value, source):
        lines = [
            rule(n, *one.values, text=one.text).line for n, one in enumerate(rules.SHIPPED, start=1)
        ]
        tags = Tags(tidy(value), "", "", "no_campaign")
        assert verdict(tags, Rulebook(lines)).place.source == source

    def test_only_what_is_not_there_is_added(self):
        facebook = rules.SHIPPED[0]
        there = [rule(1, "fb", "fbk", text="meta", is_off=True)]
        added = rules.missing(there)
        assert added[0] == replace(facebook, values=facebook.values[1:])
        assert added[1:] == rules.SHIPPED[1:]
        all_there = [rule(n, *one.values) for n, one in enumerate(rules.SHIPPED)]
        assert rules.missing(all_there) == ()


class TestUsage:
    def test_a_rule_knows_its_leads_and_when_the_latest_came(self, company):
        for day, source in ((1, "fb"), (5, "fb"), (3, "facebook.com"), (9, "google")):
            received = datetime(2026, 3, day, 12, tzinfo=UTC)
            make_lead(company, received_at=received, utm_source=source)
        make_lead(company, utm_source="fb", kind="bot")
        corrected = make_lead(company, utm_source="facebook.com")
        Lead.objects.filter(pk=corrected.pk).update(corrected=True)
        Reading.objects.filter(source_key="fb").update(source_rule=7, campaign_rule=8)
        Reading.objects.filter(source_key="facebook.com").update(source_rule=7)
        assert rules.usage(company) == {
            7: rules.Usage(3, date(2026, 3, 5)),
            8: rules.Usage(2, date(2026, 3, 5)),
        }

    def test_it_takes_two_queries_and_keeps_to_the_company(self, company):
        with scope.all_companies():
            other = make_company()
            make_lead(other, utm_source="fb")
            Reading.objects.filter(company=other).update(source_rule=7)
            with CaptureQueriesContext(connection) as queries:
                assert rules.usage(company) == {}
        assert len(queries) == 2


class TestCleaning:
    def test_the_campaign_must_be_one_of_the_company(self, company):
        with scope.all_companies():
            foreign = make_campaign(make_company())
            gone = make_campaign(company, withdrawn=True)
            own = make_campaign(company)
            problem = ["The campaign that the rule leads to is not there any more."]
            for campaign, expected in ((foreign, problem), (gone, problem), (own, [])):
                asked = text("sommer", field=Field.CAMPAIGN, campaign=campaign.pk)
                assert rules.clean(company, asked) == expected
