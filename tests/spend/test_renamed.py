"""A platform gives a campaign another name, of past days too: its id says that it is the same."""

from datetime import date

import pytest

from attribution import scope
from attribution.models import Campaign
from reports.query import ReportQuery
from reports.report import run_report
from reports.serialize import as_dict, as_json
from spend.importing.undo import undo
from spend.matching import remember
from spend.models import SpendEntry, SpendRevision
from tests.attribution.import_files import take_in
from tests.factories import make_campaign, make_company

pytestmark = pytest.mark.django_db
HEADINGS = "Campaign,Campaign ID,Day,Currency code,Clicks,Cost\n"
FIRST = "Brand,9,2026-03-01,EUR,1,10.00\nBrand,9,2026-03-02,EUR,1,5.00\n"


@pytest.fixture
def company():
    with scope.all_companies():
        company = make_company(name="Acme", currency="EUR")
        make_campaign(company, "brand")
        yield company


def query(company):
    return ReportQuery(company=company, start=date(2026, 3, 1), end=date(2026, 3, 31))


def said(company):
    """The spend of the report, and what it says of restatements."""
    report = as_dict(run_report(query(company)))
    return report["total"]["spend"], [note for note in report["notes"] if "restated" in note]


def entries():
    rows = SpendEntry.objects.order_by("day", "campaign_name")
    return list(rows.values_list("campaign_name", "day__day", "amount_minor"))


def test_past_days_under_the_new_name_are_no_restatement(company):
    take_in(company, "spend", HEADINGS + FIRST)
    before = as_json(run_report(query(company)))
    outcome = take_in(company, "spend", HEADINGS + FIRST.replace("Brand", "Brand (DE)"))
    assert (outcome.new, outcome.changed, outcome.gone) == (0, 2, 0)
    assert [change.text for change in outcome.changes] == [
        "row 2: Brand (DE), 2026-03-01, campaign: Brand → Brand (DE)",
        "row 3: Brand (DE), 2026-03-02, campaign: Brand → Brand (DE)",
    ]
    assert entries() == [("Brand (DE)", 1, 1000), ("Brand (DE)", 2, 500)]
    assert said(company) == ("15.00", [])
    undo(outcome.run, None)
    assert as_json(run_report(query(company))) == before


def test_what_its_amount_differs_by_is_restated(company):
    take_in(company, "spend", HEADINGS + FIRST)
    renamed = FIRST.replace("Brand", "Brand (DE)").replace("10.00", "12.50")
    outcome = take_in(company, "spend", HEADINGS + renamed)
    assert [change.text for change in outcome.changes][1] == (
        "row 2: Brand (DE), 2026-03-01, amount: €10.00 → €12.50"
    )
    spend, (note,) = said(company)
    assert spend == "17.50"
    assert note.startswith("Spend of 1 day") and "+€2.50" in note
    assert SpendRevision.objects.get(is_restatement=True).new_amount_minor == 1250


def test_the_page_of_restatements_says_what_it_became(client, company, django_user_model):
    take_in(company, "spend", HEADINGS + FIRST)
    take_in(company, "spend", HEADINGS + FIRST.replace("Brand", "New").replace("10.00", "12.50"))
    client.force_login(django_user_model.objects.create_superuser("boss"))
    page = client.get("/admin/reports/restatements/").content.decode()
    assert "€12.50" in page and "+€2.50" in page and "removed" not in page
    answer = client.get("/admin/reports/restatements.csv")
    assert ",10.00,12.50,2.50," in b"".join(answer.streaming_content).decode()


def test_a_plain_table_with_ids_doubles_nothing_either(company):
    table = "day,campaign,platform_id,amount\n2026-03-01,brand,9,10\n2026-03-01,other,8,1\n"
    take_in(company, "spend", table)
    before = as_json(run_report(query(company)))
    new = "day,campaign,platform_id,amount\n2026-03-01,brand (de),9,10\n"
    remember(company, "file", "9", Campaign.objects.get(), None)
    outcome = take_in(company, "spend", new)
    assert (outcome.new, outcome.changed, outcome.gone) == (0, 1, 0)
    assert not any("Both count" in note for note in outcome.notes)
    assert entries() == [("brand (de)", 1, 1000), ("other", 1, 100)]
    assert said(company) == ("11.00", [])
    undo(outcome.run, None)
    assert as_json(run_report(query(company))) == before


def test_an_id_of_two_names_on_one_day_goes_by_its_names(company):
    two = "a,9,2026-03-01,EUR,1,10.00\nb,9,2026-03-01,EUR,1,5.00\n"
    take_in(company, "spend", HEADINGS + two)
    outcome = take_in(company, "spend", HEADINGS + "c,9,2026-03-01,EUR,1,15.00\n")
    assert (outcome.new, outcome.changed, outcome.gone) == (1, 0, 2)
    assert entries() == [("c", 1, 1500)]
    # A name that stays keeps its amount; what the other was is not told.
    outcome = take_in(company, "spend", HEADINGS + "c,9,2026-03-01,EUR,1,15.00\n" + two)
    assert (outcome.new, outcome.same, outcome.gone) == (2, 1, 0)
