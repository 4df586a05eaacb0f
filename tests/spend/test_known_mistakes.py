"""What other programs get wrong with money, each once."""

from datetime import date

import pytest

from attribution import scope
from reports.query import ReportQuery
from reports.report import run_report
from spend.models import SpendEntry
from tests.attribution.import_files import take_in, texts
from tests.factories import make_campaign, make_company, make_lead

pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    with scope.all_companies():
        company = make_company(name="Acme", currency="USD")
        make_campaign(company, "a")
        yield company


def total(company):
    query = ReportQuery(company=company, start=date(2026, 3, 1), end=date(2026, 3, 31))
    return run_report(query).total.values


def file(*rows):
    return "day,campaign,amount,currency\n" + "\n".join(rows) + "\n"


def test_two_currencies_are_never_added_up(company):
    outcome = take_in(company, "spend", file("2026-03-02,a,100,USD", "2026-03-02,b,100,JPY"))
    found = [(one.currency, one.amount) for one in [outcome.totals, *outcome.more_totals]]
    assert found == [("USD", "$100.00"), ("JPY", "¥100")]
    assert total(company)["spend"] is None  # part of it is unknown, and no part stands for all
    mixed = take_in(company, "spend", file("2026-03-03,a,1,USD", "2026-03-03,a,1,JPY"))
    assert "Row 2 is of the same campaign and day" in texts(mixed)[0]


def test_no_cost_that_was_recorded_is_nought_and_not_unknown(company):
    for number in range(4):
        make_lead(company, "a", external_id=f"lead-{number}", day=date(2026, 3, 2))
    assert total(company)["cost_per_lead"] is None
    take_in(company, "spend", file("2026-03-02,a,0,USD"))
    values = total(company)
    assert (values["spend"], values["leads"], values["cost_per_lead"]) == (0, 4, 0)


def test_money_without_leads_has_no_cost_per_lead(company):
    take_in(company, "spend", file("2026-03-02,a,50,USD"))
    values = total(company)
    assert (values["spend"], values["leads"], values["cost_per_lead"]) == (50, 0, None)


def test_a_campaign_that_goes_on_is_not_all_of_its_first_day(company):
    text = "Campaign,Start date,End date,Cost\na,2026-03-01,2026-03-04,8\nb,2026-03-02,{},90\n"
    found = texts(take_in(company, "spend", text.format("")))
    assert found == ["row 3, column End date: This cell is empty. Every row needs a value here."]
    take_in(company, "spend", text.format("2026-03-02"))
    assert total(company)["spend"] == 98


def test_totals_of_campaigns_beside_their_countries_are_never_added_up(company):
    text = (
        "Campaign name,Country,Day,Amount spent (USD),Link clicks\n"
        "a,,2026-03-01,15.15,2\na,DE,2026-03-01,10.10,1\na,AT,2026-03-01,5.05,1\n"
        "b,,2026-03-01,0.00,\n"
    )
    found = texts(take_in(company, "spend", text))
    assert [one.partition(" and others")[0] for one in found] == [
        "row 2, column Country: This cell is empty,"
    ]
    take_in(company, "spend", text.replace("a,,2026-03-01,15.15", "a,unknown,2026-03-01,1.00"))
    assert str(total(company)["spend"]) == "16.15"


def test_an_id_that_a_spreadsheet_rounded_is_no_id(company):
    text = "Campaign,Day,Cost,Campaign ID\na,2026-03-01,8,{}\n"
    found = texts(take_in(company, "spend", text.format("1.20215E+17")))
    assert found[0].startswith(
        'row 2, column Campaign ID, "1.20215E+17": A spreadsheet has rounded this id.'
    )
    outcome = take_in(company, "spend", text.format("1.20215E+17"), mapping={"Campaign ID": "note"})
    assert not outcome.error_count
    for other in ("120215.0", "8e12"):  # a number of a program; a name of letters and digits
        take_in(company, "spend", text.format(other).replace("03-01", "03-02"), add_up=True)
        assert SpendEntry.objects.filter(platform_id=other.removesuffix(".0")).exists()


def test_one_key_twice_in_a_file_is_refused_with_both_rows(company):
    outcome = take_in(company, "spend", file("2026-03-02,a,10,USD", "2026-03-02,A ,99,USD"))
    assert texts(outcome)[0].startswith(
        'row 3, column campaign, "A ": Row 2 is of the same campaign and day too.'
    )
    assert not SpendEntry.objects.exists()


def test_a_month_is_spread_over_its_days_to_the_cent(company):
    take_in(company, "spend", file("2026-03,a,3100,USD"))
    query = ReportQuery(company=company, start=date(2026, 3, 1), end=date(2026, 3, 10))
    assert run_report(query).total.values["spend"] == 1000
    assert total(company)["spend"] == 3100
