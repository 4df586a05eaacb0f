"""The campaign table: sort, groups, columns, and where each number leads."""

from datetime import UTC, date, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.utils.html import conditional_escape

from attribution import scope
from attribution.models import Company
from reports import headings, tables
from reports.filters import Address
from reports.links import Links
from reports.metrics import COST_COLUMNS, METRICS
from reports.nested import ranked_lines
from reports.query import ReportQuery
from reports.ranking import DEFAULT_SORT
from reports.report import run_report
from tests.factories import make_campaign, make_company, make_lead, make_spend

RATES = [metric.name for metric in METRICS.values() if metric.has_interval]


@pytest.fixture(autouse=True)
def june():
    with time_machine.travel(datetime(2026, 6, 1, 12, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def march(march_rows, db):
    with scope.company_scope([march_rows]):
        yield run_report(question(Company.objects.get(pk=march_rows)))


def question(company, **values):
    days = {"start": date(2026, 3, 1), "end": date(2026, 3, 31)}
    return ReportQuery(company=company, **days | values)


def table(report, sort="-leads", columns=("leads", "booked_rate"), **which):
    return tables.CampaignTable(report, sort, columns, Address([("company", "acme")]), **which)


def names(report, sort):
    return [line.row.label for line in ranked_lines(report, sort)]


@pytest.mark.parametrize("direction", ["", "-"])
@pytest.mark.parametrize("metric", METRICS)
def test_thin_rows_come_last_for_every_sort_in_either_direction(march, metric, direction):
    assert set(names(march, direction + metric)[-2:]) == {"Tiny", "Posters"}


def test_a_tiny_campaign_with_every_lead_booked_is_not_ranked_first(march):
    assert names(march, "-booked_rate")[:2] == ["Spring", "Brand"]
    groups = table(march, "-booked_rate").groups()
    assert [group.name for group in groups] == ["ranked", "thin"]
    assert groups[1].title == "Not ranked: 2 rows with fewer than 3 leads"


def test_a_thin_row_shows_its_chip_and_the_interval_of_its_rate(march):
    thin = table(march, columns=["booked_rate"]).groups()[1].rows
    row = next(row for row in thin if "Tiny" in row)
    assert "too few leads" in row
    assert "20.7–100.0" in row


def test_headings_say_which_way_the_table_is_sorted(march):
    headings = {head.name: head for head in table(march, "-booked_rate").headings()}
    assert headings["booked_rate"].direction == "descending"
    assert headings["leads"].direction == ""
    assert parse_qs(headings["booked_rate"].url[1:])["sort"] == ["booked_rate"]


def test_a_first_click_puts_the_best_on_top():
    assert headings.next_sort("roi", "-leads") == "-roi"
    assert headings.next_sort("cost_per_lead", "-leads") == "cost_per_lead"
    assert headings.next_sort("cost_per_lead", "cost_per_lead") == "-cost_per_lead"
    assert headings.next_sort("label", "-leads") == "label"


@pytest.mark.parametrize(
    "asked", ["", "password", "-company__slug", "--leads", "leads,roi", "\x00"]
)
def test_a_sort_that_is_not_ours_is_the_usual_one(march, asked):
    assert tables.clean_sort(asked, march) == DEFAULT_SORT


def test_columns_are_ours_in_our_order(march):
    assert tables.clean_columns(["roi", "leads", "password"], march) == ["leads", "roi"]
    assert tables.clean_columns(["roi,leads"], march) == ["leads", "roi"]
    assert tables.clean_columns(["password"], march) == tables.default_columns(march)


def test_without_any_spend_there_are_no_columns_of_cost(company):
    make_lead(company, "spring")
    report = run_report(question(company))
    assert not set(tables.default_columns(report)) & set(COST_COLUMNS)
    assert tables.clean_columns(["roi"], report) == tables.default_columns(report)
    assert tables.clean_sort("-roi", report) == DEFAULT_SORT


@pytest.fixture(scope="module")
def many_rows(module_rows):
    with module_rows(), scope.all_companies():
        company = make_company()
        for number in range(53):
            make_lead(company, f"campaign {number:02}")
        return company.pk


@pytest.fixture
def many(many_rows, db):
    with scope.company_scope([many_rows]):
        yield run_report(question(Company.objects.get(pk=many_rows)))


@pytest.mark.parametrize(("rows", "pages"), [(25, 3), (50, 2), (100, 1)])
def test_a_page_has_as_many_rows_as_asked_for_and_none_is_lost(many, rows, pages):
    seen = []
    for number in range(1, pages + 1):
        keys = table(many, page=str(number), rows=rows).keys_on_page()
        assert len(keys) == rows or number == pages
        seen += keys
    assert seen == [line.row.key for line in ranked_lines(many, "-leads")]


@pytest.mark.parametrize("nonsense", ["0", "-1", "99", "x", "9" * 5000])
def test_a_page_that_does_not_exist_is_the_nearest_that_does(many, nonsense):
    assert table(many, page=nonsense).keys_on_page()


@pytest.mark.parametrize("asked", ["", "0", "-25", "51", "999999", "25 ", "x", "²5"])
def test_a_number_of_rows_that_is_not_ours_is_the_usual_one(asked):
    assert tables.clean_rows(asked) == tables.USUAL_ROWS


def test_the_figures_of_other_pages_are_touched_by_the_sort_alone(many):
    """A report has thousands of rows; each figure that nobody sees costs what a seen one costs."""
    read = []

    class Watched(dict):
        def __getitem__(self, name):
            read.append(name)
            return super().__getitem__(name)

    on_page = set(table(many, rows=25).keys_on_page())
    for row in many.rows:
        if row.key not in on_page:
            row.values = Watched(row.values)
    table(many, columns=("leads", "revenue", "booked_rate"), rows=25).groups()
    assert set(read) <= {"leads"}


def test_a_name_that_is_code_stays_text(company):
    make_campaign(company, "x", name="<script>alert(1)</script>")
    make_lead(company, "x")
    row = table(run_report(question(company))).groups()[0].rows[0]
    assert "<script>" not in row
    assert "&lt;script&gt;" in row


def query_of(url):
    return parse_qs(urlsplit(url).query, keep_blank_values=True)


def test_a_number_leads_to_the_leads_behind_it(company):
    links = Links(question(company, channels=("email",), search="a&b"))
    url = links.behind("booked_rate", links.row("7"))
    assert urlsplit(url).path == "/admin/attribution/lead/"
    assert query_of(url) == {
        "company": [company.slug],
        "channel": ["email"],
        "search": ["a&b"],
        "from": ["2026-03-01"],
        "to": ["2026-03-31"],
        "kind": ["primary"],
        "booked": ["1"],
        "campaign": ["7"],
    }


def test_spend_leads_to_the_entries(company):
    links = Links(question(company))
    assert urlsplit(links.behind("spend")).path == "/admin/spend/spendentry/"
    assert query_of(links.spend("&campaign=none"))["campaign"] == ["none"]


def test_a_row_of_sources_narrows_a_filter_of_sources(company):
    links = Links(question(company, group_by="source", sources=("a", "b")))
    assert query_of(links.behind("leads", links.row("a")))["source"] == ["a"]
    assert query_of(links.behind("leads"))["source"] == ["a", "b"]


def test_reasons_lead_to_their_leads(company):
    links = Links(question(company))
    assert query_of(links.leads(links.reason("direct")))["reason"] == ["direct"]
    by_source = Links(question(company, group_by="source"))
    without_source = query_of(by_source.leads(by_source.reason("no_source")))
    assert without_source["source"] == without_source["reason"] == [""]


def test_a_row_with_spend_and_no_lead_draws_its_bar(company):
    make_campaign(company, "posters")
    make_spend(company, "posters", 5000)
    shown = table(run_report(question(company)))
    [row] = [row for group in shown.groups() for row in group.rows]
    assert "&lt;svg" not in conditional_escape(row)


def test_no_unattributed_lead_draws_its_bar_too(company):
    make_lead(company, "spring")
    assert "&lt;svg" not in table(run_report(question(company))).unattributed().html()


def test_a_name_and_a_key_that_are_code_stay_text_in_addresses_too(company):
    make_lead(company, "x", utm_source='"><script>alert(1)</script>&y=1')
    made = table(run_report(question(company, group_by="source")))
    [group] = made.groups()
    assert "<script>" not in group.html()
    assert "&y=1" not in group.html()


def test_marks_are_escaped_once(march):
    """What is put together from ready parts is neither escaped twice nor not at all."""
    html = table(march).groups()[0].html()
    assert "&amp;amp;" not in html
    assert "&lt;" not in html
    assert "&amp;kind=primary&amp;campaign=" in html
