"""Naming rules: what a new name becomes, and what they have against one."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attribution.links.naming import not_allowed, not_usable, problems, proposed
from attribution.models import NamingRules
from attribution.utm import tidy

NOVEMBER = date(2026, 11, 21)
TYPED = "Autumn Clearance"


def rules(**values):
    return NamingRules(**values)


@pytest.mark.parametrize(
    ("typed", "given_rules", "expected"),
    [
        (TYPED, {}, "autumn-clearance"),
        (TYPED, {"lower_case": False}, "Autumn-Clearance"),
        (TYPED, {"separator": "_"}, "autumn_clearance"),
        ("autumn.clearance_2", {"separator": "-"}, "autumn-clearance-2"),
        ("autumn.clearance_2", {}, "autumn.clearance_2"),
        (" 50 % off! ", {"separator": "-"}, "50-off"),
        (" 50 % off! ", {}, "50-off"),
        ("Größe & Länge", {"separator": "_"}, "größe_länge"),
        (TYPED, {"date_part": "year"}, "autumn-clearance-2026"),
        (TYPED, {"date_part": "year-quarter"}, "autumn-clearance-2026-q4"),
        (TYPED, {"date_part": "year-month", "separator": "_"}, "autumn_clearance_2026_11"),
        ("sale 2026", {"date_part": "year-month"}, "sale-2026-11"),
        ("sale 2025", {"date_part": "year"}, "sale-2025"),
        ("sale Q3 2025", {"date_part": "year-quarter"}, "sale-q3-2025"),
        ("2026-12 sale", {"date_part": "year-month"}, "2026-12-sale"),
        ("sale 202612", {"date_part": "year-month"}, "sale-202612"),
        ("sale 120261", {"date_part": "year"}, "sale-120261-2026"),
        ("!!", {"date_part": "year"}, ""),
    ],
)
def test_a_new_name_is_written_as_the_rules_want_it(typed, given_rules, expected):
    assert proposed(typed, rules(**given_rules), NOVEMBER) == expected


@pytest.mark.parametrize(
    ("name", "given_rules", "n"),
    [
        ("Anything at_all", {"lower_case": False}, 0),
        ("spring-sale", {"separator": "-"}, 0),
        ("spring_sale", {"separator": "-"}, 1),
        ("Spring-sale", {"separator": "-"}, 1),
        ("Spring_sale", {"separator": "-", "date_part": "year"}, 3),
        ("spring-sale-2026", {"separator": "-", "date_part": "year"}, 0),
        ("spring-sale-2026-13", {"date_part": "year-month"}, 1),
    ],
)
def test_what_the_rules_have_against_a_name(name, given_rules, n):
    assert len(problems(name, rules(**given_rules))) == n


@given(
    st.text(max_size=60),
    st.sampled_from(NamingRules.Separator.values),
    st.sampled_from(NamingRules.DatePart.values),
    st.booleans(),
)
def test_a_proposed_name_keeps_to_the_rules_and_is_read_as_it_stands(typed, sign, part, lower):
    given_rules = rules(separator=sign, date_part=part, lower_case=lower)
    name = proposed(typed, given_rules, NOVEMBER)
    if name and not not_usable(name):
        assert problems(name, given_rules) == []
        assert proposed(name, given_rules, NOVEMBER) == name


@pytest.mark.parametrize("name", ["{{campaign.name}}", "(not set)", "-", "--", "  ", "n" * 401])
def test_what_can_be_no_name_is_refused_with_a_reason(name):
    assert not_usable(name)


def test_a_list_of_values_is_read_as_links_are():
    assert not not_allowed(" Google ", ["google"])
    assert not_allowed("gogle", ["google"])
    assert not not_allowed("gogle", [])


@pytest.mark.django_db
def test_stored_lists_are_tidy_and_hold_each_value_once(company):
    row = NamingRules.objects.create(company=company, sources=["Google", " google", "", "E-Mail"])
    assert row.sources == [tidy("Google"), "e-mail"]
