"""Money without a rate of exchange is unknown and named, never a part of a sum; lines add up."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from attribution.models import Booking
from reports.facts import FactReader
from reports.inner import Shown
from reports.metrics import LINE_COLUMNS, METRICS
from reports.models import RollupState
from reports.periods import Days
from reports.query import ReportQuery
from reports.repair.amended import Amended
from reports.report import run_report
from reports.rollup.reader import RollupReader
from reports.serialize import as_dict
from reports.sources import SpendGroup
from reports.tally import Tally, Terms, total
from spend.models import SpendEntry
from tests.factories import make_booking, make_campaign, make_lead, make_spend, make_user
from tests.reports.march import ADDRESS, MARCH
from tests.reports.repair.changes import Change

RATIOS_OF_MONEY = ("cost_per_lead", "cost_per_booked", "roas", "roi", "cpc")


@pytest.fixture
def query(company):
    """Spring: 20.00 of media, 5.00 of tools, 1,000.00 SEK of agency, 123.45 earned.
    Autumn: 5.00 of media, and 700 JPY earned. News: 300 sends that cost nobody knows what."""
    for key in ("spring", "autumn", "news"):
        make_campaign(company, key, name=key.title(), channel="email")
    make_booking(make_lead(company, "spring"), "completed", 12_345)
    foreign(make_booking(make_lead(company, "autumn"), "completed", 1), "JPY", 700)
    make_spend(company, "spring", 2_000)
    make_spend(company, "spring", 500, line="tools")
    foreign(make_spend(company, "spring", 1, line="agency", day=date(2026, 3, 3)), "SEK", 100_000)
    make_spend(company, "autumn", 500)
    make_spend(company, "news", None, sends=300)
    return ReportQuery(company=company, start=date(2026, 3, 1), end=date(2026, 3, 31))


def foreign(row, currency, minor):
    """Recorded in a currency for which there is no rate."""
    column = "amount_minor" if isinstance(row, SpendEntry) else "value_minor"
    values = {column: None, "currency": currency, "original_minor": minor}
    type(row).objects.filter(pk=row.pk).update(**values)


def both_ways(query):
    """The report from the kept sums and from the facts: the same."""
    kept = run_report(query)
    assert isinstance(kept.reader, RollupReader)
    state = RollupState.objects.create(company=query.company, ready=False)
    counted = run_report(query)
    assert isinstance(counted.reader, FactReader)
    state.delete()
    assert as_dict(kept) == as_dict(counted)
    assert kept.proof.holds
    return kept


def row(report, label):
    return next(one for one in report.rows if one.label == label).values


def test_of_rows_that_a_page_shows_it_is_known_which_part_lacks_a_rate(query):
    asked = replace(query, then_by=("source", "weekday"))
    shown = Shown(lambda report: report.rows, lambda rows: 1)
    whole, page = run_report(asked), run_report(asked, shown=shown)
    assert as_dict(page) == as_dict(whole)
    [spring] = [one for one in page.rows if one.label == "Spring"]
    [without_source] = [one for one in spring.children if not one.key]
    assert without_source.values["spend_media"] == 20
    assert without_source.values["spend_agency"] is None
    spends = {day.label: day.values["spend"] for day in without_source.children}
    assert spends == {"Monday": 25, "Tuesday": None}
    for levels in (("month", "campaign"), ("month", "campaign", "weekday")):
        asked = replace(query, group_by=levels[0], then_by=levels[1:])
        assert as_dict(run_report(asked, shown=shown)) == as_dict(run_report(asked))


def test_spend_without_a_rate_makes_its_row_and_the_total_unknown(query):
    report = both_ways(query)
    spring, autumn = row(report, "Spring"), row(report, "Autumn")
    assert spring["spend"] is None and report.total.values["spend"] is None
    assert {spring[name] for name in RATIOS_OF_MONEY} == {None}
    assert (spring["spend_media"], spring["spend_agency"]) == (Decimal(20), None)
    assert (autumn["spend"], report.total.values["spend_media"]) == (Decimal(5), Decimal(25))
    assert report.total.values["spend_agency"] is None
    assert spring["revenue"] == Decimal("123.45")


def test_revenue_without_a_rate_makes_its_row_and_the_total_unknown(query):
    report = both_ways(query)
    autumn = row(report, "Autumn")
    assert autumn["revenue"] is None and report.total.values["revenue"] is None
    assert (autumn["roas"], autumn["roi"], autumn["cost_per_lead"]) == (None, None, Decimal(5))
    assert report.unattributed.values["revenue"] == 0


def test_what_is_unknown_is_named_with_its_currency_and_days(query):
    report = both_ways(query)
    assert report.missing_rates == [
        "No rate of exchange for JPY, 2 Mar 2026. Unknown until there is one:"
        " revenue of 1 campaign.",
        "No rate of exchange for SEK, 3 Mar 2026. Unknown until there is one: spend of 1 campaign.",
    ]
    assert report.proof.unconverted_text == (
        "Not converted, and in none of these sums: 1 entry of spend with SEK\xa01,000.00;"
        " 1 booking with ¥700"
    )
    assert report.proof.spend_text == "€30.00 matched + €0.00 not matched = €30.00 spend ✓"


def test_only_what_the_filters_take_is_unknown(query):
    news = both_ways(replace(query, search="news"))
    assert (news.missing_rates, news.total.values["revenue"]) == ([], 0)
    tools = both_ways(replace(query, lines=("tools", "media")))
    assert tools.total.values["spend"] == Decimal(30)
    assert row(tools, "Spring")["spend"] == Decimal(25)
    assert [note[:27] for note in tools.missing_rates] == ["No rate of exchange for JPY"]
    assert both_ways(replace(query, lines=("agency",))).total.values["spend"] is None


def test_an_e_mail_without_cost_has_sends_and_unknown_spend(query):
    news = row(both_ways(query), "News")
    assert (news["sends"], news["spend"], news["cost_per_lead"]) == (300, None, None)
    make_spend(query.company, "news", 0, line="tools")
    assert row(both_ways(query), "News")["spend"] == 0


def test_unmatched_spend_without_a_rate(query):
    foreign(make_spend(query.company, "sprnig", 1), "SEK", 5)
    make_spend(query.company, "sprnig", 700, day=date(2026, 3, 4))
    make_spend(query.company, "autmun", 300)
    report = both_ways(query)
    names = {one.name: one.amount_minor for one in report.unmatched_names}
    assert names == {"sprnig": None, "autmun": 300}
    assert report.unmatched_spend.values["spend"] is None
    assert "spend not matched" in report.missing_rates[1]


def test_the_period_before_is_unknown_too(query):
    report = both_ways(
        replace(query, start=date(2026, 3, 4), end=date(2026, 3, 6), compare="previous")
    )
    assert report.total.previous["spend"] is None
    assert len(report.missing_rates) == 2
    assert report.proof.unconverted == ()  # the proof is of the period itself


def test_bookings_that_earn_nothing_and_leads_that_do_not_count_are_no_matter(company, query):
    Booking.objects.filter(value_minor=None).update(status="cancelled")
    foreign(make_booking(make_lead(company, kind="test"), "completed", 1), "JPY", 7)
    assert both_ways(query).total.values["revenue"] == Decimal("123.45")


def test_a_preview_knows_where_unknown_money_would_count(company, query):
    lead = Booking.objects.get(value_minor=None).lead
    spring = row(run_report(query), "Spring")["revenue"]
    assert spring is not None
    change = Change(company)
    change.leads[lead.pk] = _place(run_report(query), "Spring")
    with change.collected():
        through = partial(Amended, query=query, plan=change.plan)
        report = run_report(query, through=through)
    assert row(report, "Spring")["revenue"] is None
    assert report.proof.holds


def _place(report, label):
    from attribution.verdict import Place

    campaign = next(one.campaign.id for one in report.rows if one.label == label)
    return Place(campaign, "", "", "")


def test_the_page_names_it_and_costs_no_query_without_and_one_with(client, company, query):
    client.force_login(make_user(is_superuser=True))
    asked = {"company": company.slug, **MARCH}
    client.get(ADDRESS, asked)
    with CaptureQueriesContext(connection) as with_any:
        html = client.get(ADDRESS, asked).content.decode()
    assert "No rate of exchange for SEK, 3 Mar 2026" in html
    assert "Not converted, and in none of these sums" in html
    SpendEntry.objects.filter(amount_minor=None).delete()
    Booking.objects.filter(value_minor=None).delete()
    with CaptureQueriesContext(connection) as without:
        html = client.get(ADDRESS, asked).content.decode()
    assert "No rate" not in html and "Not converted" not in html
    assert len(with_any) - len(without) == 1
    assert len(with_any) <= 15


def test_lines_as_columns_in_table_and_file_and_only_then_read(client, company, query):
    client.force_login(make_user(is_superuser=True))
    asked = {"company": company.slug, **MARCH}
    usual = client.get(ADDRESS, asked).context["report"]
    assert not usual.query.by_line
    with pytest.raises(LookupError, match="spend_media was not read"):
        usual.total.values["spend_media"]
    asked["cols"] = "leads,spend,spend_media,spend_tools"
    answer = client.get(ADDRESS, asked)
    assert answer.context["report"].total.values["spend_tools"] == 5
    assert "line=media" in answer.content.decode()
    text = b"".join(client.get("/admin/reports/overview.csv", asked)).decode()
    assert "Spend: media (EUR),Spend: tools (EUR)" in text
    assert "Total counted,Total,,2,,25.00,5.00" in text


def test_a_filter_on_lines_is_said_and_leads_to_its_entries(client, company, query):
    client.force_login(make_user(is_superuser=True))
    asked = {"company": company.slug, **MARCH, "line": ["tools", "nonsense"]}
    answer = client.get(ADDRESS, asked)
    html = answer.content.decode()
    assert "spend only of Tools" in html and "Spend only of: Tools" in html
    assert "“nonsense” is not a valid line" in html
    assert answer.context["report"].total.values["spend"] == 5
    assert "to=2026-03-31&amp;line=tools&amp;campaign=" in html


@given(
    st.lists(
        st.tuples(
            st.sampled_from(sorted(LINE_COLUMNS)),
            st.one_of(st.none(), st.integers(-(10**9), 10**9)),
            st.booleans(),
        ),
        max_size=8,
    )
)
def test_the_lines_of_a_tally_are_its_spend_or_unknown(entries):
    tallies = [Tally(Terms(2)), Tally(Terms(2))]
    for column, amount, second in entries:
        line = METRICS[column].line
        group = SpendGroup(False, 1, "", "", amount, None, None, None, None, line)
        tallies[second].spend_groups.append(group)
    known = [amount for _, amount, _ in entries if amount is not None]
    whole = total(tallies)
    for one in (*tallies, whole):
        lines = [one[name] for name in LINE_COLUMNS if one[name] is not None]
        assert one["spend"] == (sum(lines) if lines else None)
    assert whole["spend"] == (Decimal(sum(known)).scaleb(-2) if known else None)
    tallies[0].unpriced |= {"media"}
    assert total(tallies)["spend"] is total(tallies)["spend_media"] is None


@pytest.mark.parametrize("model", ["captured", "linear"])
@pytest.mark.parametrize(("first", "known"), [("2026-01-01", True), ("2026-02-01", False)])
def test_money_without_a_rate_counts_only_on_the_days_compared_with(query, model, first, known):
    """February has neither 500 SEK of spend nor 70 JPY of revenue of its own when January is
    compared with."""
    at = datetime(2026, 2, 10, 12, tzinfo=UTC)
    foreign(
        make_booking(make_lead(query.company, "spring", received_at=at), "completed"), "JPY", 70
    )
    foreign(make_spend(query.company, "spring", 1, day=at.date()), "SEK", 50_000)
    early = datetime(2026, 1, 5, 12, tzinfo=UTC)
    make_booking(make_lead(query.company, "spring", received_at=early), "completed", 900)
    make_spend(query.company, "spring", 400, day=early.date())
    start = date.fromisoformat(first)
    days = Days(start, start + timedelta(days=27))
    report = run_report(replace(query, compare="custom", own_days=days, model=model))
    [spring] = [row for row in report.rows if row.label == "Spring"]
    found = spring.previous["spend"], spring.previous["revenue"]
    assert found == ((Decimal("4.00"), Decimal("9.00")) if known else (None, None))
