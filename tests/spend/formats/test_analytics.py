"""Exports of Google Analytics with what the ads cost: days and sums, done by hand."""

import pytest

from attribution import scope
from spend.formats.rows import UNREPORTED, WHOLE
from tests.attribution.import_files import check
from tests.factories import make_company
from tests.spend.formats.files_of_spend import laid_out
from tests.spend.formats.test_files_of_others import read

LINE = "# ----------------------------------------\n"
UNIVERSAL = f"{LINE}# Shoe shop\n# Google Ads Campaigns\n# 20260101-20260131\n{LINE}\n"
FOUR = f"{LINE}# Google Ads campaigns\n# Property: Shoes\n{LINE}#\n# All Users\n"
FOUR += "# Start date: 20260801\n# End date: 20260831\n"


@pytest.fixture
def company(db):
    with scope.all_companies():
        yield make_company(currency="EUR")


def test_the_row_without_a_campaign_is_the_total():
    text = UNIVERSAL + (
        "Campaign,Clicks,Cost,CPC,Users\n"
        'Brand,"1,234",€567.80,€0.46,900\nGeneric,234,€100.00,€0.43,100\n'
        ',"1,468",€667.80,€0.45,"1,000"\n'
    )
    _, rows, skipped = read(text)
    assert rows == [
        ("Brand", "2026-01-01", "2026-01-31", 56780),
        ("Generic", "2026-01-01", "2026-01-31", 10000),
    ]
    assert skipped == [WHOLE]


def test_users_by_day_below_the_campaigns_are_no_spend():
    text = UNIVERSAL + (
        "Campaign,Clicks,Cost\nBrand,7,€5.00\n,7,€5.00\n\nDay Index,Users\n1/1/26,30\n,30\n"
    )
    _, rows, skipped = read(text)
    assert [row[3] for row in rows] == [500]
    assert skipped == [WHOLE, UNREPORTED, UNREPORTED, UNREPORTED]


def test_by_day():
    text = UNIVERSAL + (
        "Date,Campaign,Clicks,Cost\n"
        "20260101,Brand,7,€5.00\n20260102,(not set),7,€6.00\n,,14,€11.00\n"
    )
    _, rows, skipped = read(text)
    assert [row[:2] for row in rows] == [("Brand", "2026-01-01"), ("(not set)", "2026-01-02")]
    assert skipped == [WHOLE]


def test_by_day_without_campaigns():
    text = UNIVERSAL + "Date,Clicks,Cost\n20260101,7,€5.00\n20260102,7,€6.00\n,14,€11.00\n"
    _, rows, skipped = read(text)
    assert ([row[3] for row in rows], skipped) == ([500, 600], [WHOLE])


def test_the_columns_of_analytics_4():
    text = FOUR + (
        "Session Google Ads campaign,Active users,Google Ads clicks,Google Ads cost,"
        "Google Ads cost per click,Total revenue\n"
        "Brand,900,1234,567.80,0.46,3400.5\nPMax,1900,2234,1567.20,0.70,2400.5\n"
        ",2800,3468,2135.00,0.60,5801.0\n"
    )
    layout, rows, skipped = read(text)
    assert layout.fields["Google Ads clicks"] == "clicks"
    assert rows == [
        ("Brand", "2026-08-01", "2026-08-31", 56780),
        ("PMax", "2026-08-01", "2026-08-31", 156720),
    ]
    assert skipped == [WHOLE]


def test_days_that_are_counted_from_the_first_are_missed():
    text = FOUR + "Nth day,Campaign,Ads cost\n0000,Brand,10.50\n0001,Shoes,11.50\n"
    layout = laid_out(text)
    assert "day" not in {*layout.fields.values(), *layout.constants}


def test_elsewhere_a_row_without_a_campaign_may_be_the_total(company):
    text = "Month;Campaign;Cost\n2026-03;Brand;567.80\n2026-03;Shoes;100.00\n2026-03;;667.80\n"
    assert (
        "€667.80 are of rows whose campaign is empty, and so much are all others together. If "
        "that is their total, delete it: it counts twice."
    ) in check(company, "spend", text).notes
