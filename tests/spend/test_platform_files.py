"""Files that others wrote, taken in as they are: the money is what they themselves say."""

import json
from datetime import date
from io import BytesIO

import pytest
from openpyxl import Workbook

from attribution import scope
from attribution.imports import engine
from attribution.imports.options import ImportOptions
from reports.query import ReportQuery
from reports.report import run_report
from spend.models import PlatformId, SpendEntry
from tests.attribution.import_files import take_in
from tests.factories import make_campaign, make_company
from tests.shared_data import data_folder

pytestmark = [pytest.mark.django_db, pytest.mark.on_sqlite]

# Folder, file, company's currency, what is said, what it adds up to in minor units.
FILES = [
    ("ads-export-google-inr", "Campaign report.csv", "INR", {}, 256593),
    ("ads-export-demo-eur", "google_ads.csv", "EUR", {}, 99485428),
    ("ads-export-demo-eur", "meta_ads.csv", "EUR", {}, 30501259),
    ("spend-weekly-es", "google_ads_raw.csv", "EUR", {}, 367518255),
    ("spend-weekly-es", "meta_ads_raw.csv", "EUR", {}, 223039137),
    ("spend-weekly-es", "master_ads_clean_by_its_author.csv", "EUR", {}, 590557392),
    ("fivetran-ads", "google_ads_campaign_stats_data.csv", "USD", {"currency": "USD"}, 23133),
    ("fivetran-ads", "facebook_ads_basic_ad_data.csv", "USD", {"currency": "USD"}, 64363),
    ("fivetran-ads", "tiktok_campaign_report_hourly_data.csv", "USD", {"currency": "USD"}, 44479),
    ("monthly-ops-demo", "meta_ads.csv", "USD", {}, 2901800),
    ("ecommerce-utm-e2e", "google_ads.csv", "INR", {}, 7389500),
    ("ecommerce-utm-e2e", "meta_ads.csv", "INR", {}, 14005400),
]


@pytest.fixture(autouse=True)
def all_companies():
    with scope.all_companies():
        yield


def taken(company, path, said):
    return engine.take_in(company, "spend", path, path.name, ImportOptions(**said), None)


@pytest.mark.parametrize(("folder", "name", "currency", "said", "minor"), FILES)
def test_the_money_of_a_file_is_what_it_says(folder, name, currency, said, minor):
    company, path = make_company(currency=currency), data_folder(folder) / name
    outcome = taken(company, path, said)
    assert not outcome.error_count, outcome.errors
    assert not outcome.questions
    assert outcome.totals.minor == minor
    assert sum(SpendEntry.objects.values_list("amount_minor", flat=True)) == minor
    again = taken(company, path, said)
    assert (again.new, again.changed, again.gone) == (0, 0, 0)


def test_the_total_rows_of_a_report_are_compared_and_never_added():
    company = make_company(currency="INR")
    make_campaign(company, "mh-m-sand", name="MH-m-sand")
    folder = data_folder("ads-export-google-inr")
    expected = json.loads((folder / "expected.json").read_text())
    outcome = taken(company, folder / "Campaign report.csv", {})
    totals = outcome.totals
    assert (totals.own_total, totals.difference) == ("₹2,565.92", "₹0.01")
    assert outcome.skipped == {"total row": 4}
    query = ReportQuery(company=company, start=date(2025, 7, 8), end=date(2025, 7, 31))
    report = run_report(query)
    assert float(report.total.values["spend"]) == expected["spend_total"]
    assert float(report.rows[0].values["spend"]) == expected["spend"]["MH-m-sand"]
    assert report.total.values["impressions"] == sum(expected["impressions"].values())


def test_a_connector_without_a_currency_is_asked_for_it():
    company = make_company(currency="USD")
    outcome = taken(company, data_folder("fivetran-ads") / "google_ads_campaign_stats_data.csv", {})
    assert [question.about for question in outcome.questions] == ["currency"]
    assert not SpendEntry.objects.exists()


def test_mails_without_cost_leave_the_spend_unknown():
    company = make_company(currency="USD")
    outcome = taken(company, data_folder("monthly-ops-demo") / "email_campaigns.csv", {})
    assert not outcome.error_count, outcome.errors
    query = ReportQuery(company=company, start=date(2025, 4, 1), end=date(2026, 3, 31))
    values = run_report(query).total.values
    assert values["spend"] is None
    assert (values["sends"], values["opens"]) == (86917, 30866)


def test_a_heading_that_nobody_needs_may_stand_there_twice():
    company = make_company(currency="EUR")
    text = "Campaign name,Day,Amount spent (EUR),Link clicks,Leads,Leads\n{}"
    rows = "A,2026-03-01,5.25,4,1,2\nA,2026-03-02,2.00,1,,1"
    outcome = take_in(company, "spend", text.format(rows))
    assert (outcome.error_count, outcome.program) == (0, "Meta Ads")
    assert outcome.totals.minor == 725
    twice = text.replace("Leads,Leads", "Amount spent (EUR),Leads").format(rows)
    [error] = take_in(company, "spend", twice).errors
    assert 'the heading "Amount spent (EUR)" 2 times' in error.text


def test_of_a_workbook_of_meta_the_sheet_with_the_plain_rows_is_read():
    company = make_company(currency="INR")
    headings = ["Campaign name", "Amount spent (INR)", "Reporting starts", "Reporting ends"]
    days = ["2026-03-01", "2026-03-01"]
    book = Workbook()
    book.active.title = "Formatted Report"
    for row in (headings, ["A", 3, *days], [None, 4, *days]):  # of A too: the cells are merged
        book.active.append(row)
    plain = book.create_sheet("Raw Data Report")
    about = ["Acme", "This is raw data.", None, "Report Period: Mar 1, 2026 - Mar 1, 2026"]
    for row in (about, headings, ["A", 3, *days], ["B", 4, *days]):
        plain.append([None, *row])  # a column is left blank before them
    file = BytesIO()
    book.save(file)
    outcome = engine.take_in(company, "spend", file, "x.xlsx", ImportOptions(), None)
    assert (outcome.error_count, outcome.program) == (0, "Meta Ads")
    named = [(one.name, one.minor) for one in outcome.totals.by_unmatched_name]
    assert named == [("B", 400), ("A", 300)]
    assert outcome.notes[0] == "Only the sheet Raw Data Report was read, and not: Formatted Report."


def test_a_campaign_of_two_names_is_one_campaign():
    company = make_company(currency="EUR")
    spring = make_campaign(company, "spring")
    PlatformId.objects.create(
        company=company, platform="google-ads", external_id="7", campaign=spring
    )
    text = (
        "Campaign,Campaign ID,Day,Currency code,Cost\n"
        "Spring,4,2026-03-01,EUR,1.00\nFrühling,7,2026-03-01,EUR,2.00\n"
    )
    totals = take_in(company, "spend", text).totals
    assert (totals.matched, totals.matched_names) == ("€3.00", 1)
