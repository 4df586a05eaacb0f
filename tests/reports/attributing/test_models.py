"""Credit by hand, and what holds for any visits: every model gives each lead exactly once."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attribution.models import Campaign, Company, Lead
from attribution.utm import Captured
from reports.attributing.models import MODELS, model_named, shares
from reports.attributing.shares import apportioned
from reports.campaign.facts import read
from reports.report import run_report
from reports.serialize import as_dict
from tests.effort import EFFORT
from tests.factories import make_company, make_spend
from tests.reports.attributing.paths import CAME, asked, lead_with, told

pytestmark = pytest.mark.django_db
DIRECT = Captured()


def rows(company, model, name="leads", **more):
    report = run_report(asked(company, model, **more))
    assert report.proof.holds
    return told(report, name)


def test_one_way_under_every_model():
    company = make_company()
    lead_with(company, [(50, "a"), (40, "b"), (30, "c"), (20, DIRECT)], "b", cents=1000)
    assert rows(company, "captured") == {"b": "1"}
    assert rows(company, "first") == {"a": "1"}
    assert rows(company, "last") == {"-": "1"}
    assert rows(company, "last_non_direct") == {"c": "1"}
    quarter = "0.250000"
    assert rows(company, "linear") == {"a": quarter, "b": quarter, "c": quarter, "-": quarter}
    assert rows(company, "position") == {
        "a": "0.400000",
        "b": "0.100000",
        "c": "0.100000",
        "-": "0.400000",
    }
    assert rows(company, "position", "revenue")["a"] == "4.000000"
    assert rows(company, "linear", "completed")["b"] == quarter


def test_thirds_are_told_so_that_they_add_up():
    company = make_company()
    lead_with(company, [(3, "a"), (2, "b"), (1, "c")], cents=1000)
    assert sorted(rows(company, "linear").values()) == ["0.333333", "0.333333", "0.333334"]
    money = rows(company, "linear", "revenue").values()
    assert sum(map(Decimal, money)) == Decimal("10.000000")
    report = run_report(asked(company, "linear"))
    assert report.total.values["leads"] == 1
    assert report.proof.lead_text.startswith(
        "Linear, look-back 30 days: 1 named + 0 unattributed = 1 counted"
    )


def test_touches_after_the_lead_or_before_the_window_get_nothing():
    company = make_company(look_back_days=2)
    lead_with(company, [(48, "edge"), (49, "before"), (0, "now"), (-1, "after")], "own")
    assert rows(company, "first") == {"edge": "1"}
    assert rows(company, "last") == {"now": "1"}
    assert rows(company, "linear") == {"edge": "0.500000", "now": "0.500000"}
    assert rows(company, "first", window=3) == {"before": "1"}
    lead_with(company, [(49, "before"), (-1, "after")], "own")
    assert rows(company, "last")["own"] == "1"


def test_what_a_person_corrected_counts_whole_and_where_they_said():
    company = make_company()
    lead = lead_with(company, [(2, "a"), (1, "b")], "own")
    Lead.objects.filter(pk=lead.pk).update(corrected=True)
    for model in MODELS:
        assert rows(company, model) == {"own": "1"}


def test_direct_is_what_says_nothing_and_what_says_so():
    company = make_company()
    for source in ("direct", " (Direct) ", ""):
        seen = Captured(utm_source=source, utm_medium="" if not source else "(none)")
        lead_with(company, [(2, "a"), (1, seen)])
    assert rows(company, "last_non_direct") == {"a": "3"}
    lead_with(company, [(2, DIRECT), (1, Captured(utm_source="direct"))])
    assert rows(company, "last_non_direct", group_by="source") == {"s-a": "3", "direct": "1"}
    for seen in (Captured(referrer="https://x.example/"), Captured(click_ids={"gclid": "1"})):
        lead_with(company, [(2, "a"), (1, seen)])
    assert rows(company, "last_non_direct") == {"a": "3", "-": "3"}


def test_excluded_leads_stay_whole_and_filters_look_at_the_touch_with_the_credit():
    company = make_company()
    lead_with(company, [(2, "a"), (1, "b")], "own", country="DE")
    lead_with(company, [(2, "a")], "own", kind="test")
    report = run_report(asked(company, "linear", sources=("s-a",)))
    assert (told(report), report.proof.holds) == ({"a": "0.500000"}, True)
    assert [kind.leads for kind in report.excluded] == []
    assert report.outside == Decimal("1.5")
    assert "The filters look at the touch with the credit" in " ".join(report.notes)
    assert rows(company, "linear", group_by="country") == {"DE": "1.000000"}
    counted_too = rows(company, "linear", also=("test",))
    assert counted_too == {"a": "1.500000", "b": "0.500000"}


def test_spend_stands_beside_the_credit():
    company = make_company()
    lead_with(company, [(2, "a"), (1, "b")])
    make_spend(company, "a", 1000, day=CAME.date())
    report = run_report(asked(company, "linear"))
    costs = {row.key: row.values["cost_per_lead"] for row in report.rows if row.tally.spend_groups}
    assert list(costs.values()) == [Decimal(20)]
    told_all = as_dict(report)
    assert (told_all["model"], told_all["look_back_days"]) == ("linear", 30)
    assert {row["leads"] for row in told_all["rows"]} == {0.5}


def test_a_model_is_found_by_its_name_and_others_are_refused():
    assert model_named("Last-Non-Direct") == "last_non_direct"
    with pytest.raises(ValueError, match="There is no model best; there are captured, first"):
        model_named("best")
    company = Company()
    with pytest.raises(ValueError, match="A window has between 1 and 3650 days"):
        asked(company, "linear", window=0)


@given(st.lists(st.booleans(), max_size=60), st.sampled_from([*MODELS][1:]))
def test_shares_add_up_to_one_lead(direct, model):
    found = shares(model, direct)
    assert sum(found) == (1 if direct else 0)
    assert all(share >= 0 for share in found)


@given(st.lists(st.integers(0, 10**15)), st.integers(1, 10**9))
def test_what_is_told_adds_up_and_is_off_by_less_than_a_millionth(exact, of):
    found = apportioned(exact, of)
    assert sum(found) == (2 * 10**6 * sum(exact) + of) // (2 * of)
    assert all(
        abs(Fraction(one) - Fraction(10**6 * parts, of)) <= 1
        for one, parts in zip(found, exact, strict=True)
    )


NAMES = st.sampled_from(["a", "b", "c", "", "direct"])
VISITS = st.lists(
    st.tuples(st.integers(-30, 100), NAMES), max_size=5, unique_by=lambda visit: visit[0]
)
LEADS = st.lists(st.tuples(VISITS, NAMES, st.none() | st.integers(0, 9999)), max_size=3)


@settings(max_examples=8 * EFFORT)
@given(LEADS, st.integers(1, 4))
def test_the_report_gives_what_the_definition_says(leads, window):
    company = make_company(look_back_days=window)
    for visits, captured, cents in leads:
        lead_with(company, [(h, of and Captured(of)) for h, of in visits], captured, cents)
    for model in [*MODELS][1:]:
        expected: dict[str, Fraction] = {}
        for visits, captured, _ in leads:
            seen = sorted({(-h, of) for h, of in visits if 0 <= h <= 24 * window})
            credit = shares(model, [of in ("", "direct") for _, of in seen])
            sources = [of for _, of in seen]
            if not seen:
                credit, sources = [Fraction(1)], [captured and f"s-{captured}"]
            for source, part in zip(sources, credit, strict=True):
                if part:
                    expected[source] = expected.get(source, Fraction()) + part
        report = run_report(asked(company, model, group_by="source"))
        assert report.proof.holds
        found = {row.key: _exact(row) for row in report.rows} | {"": _exact(report.unattributed)}
        assert {k: v for k, v in found.items() if v} == expected
        assert sum(found.values()) == len(leads)
        assert report.total.values["revenue"] == Decimal(sum(c or 0 for *_, c in leads)).scaleb(-2)


def _exact(row):
    return Fraction(row.tally.lead_parts, row.tally.terms.parts)


def test_three_thirds_on_one_day_of_a_campaign_are_one_lead():
    company = make_company()
    for _ in range(3):
        lead_with(company, [(3, "a"), (2, "b"), (1, "c")], cents=1000)
    query = asked(company, "linear")
    campaign = Campaign.objects.get(company=company, key="a")
    [day] = read(query, campaign.pk, query.read_days)
    assert (day.leads, day.booked, day.completed, day.revenue_minor) == (1, 1, 1, 1000)
