"""Files that are no plain tables: a report down the page, months in two columns."""

from datetime import date

import pytest

from attribution import scope
from spend.models import SpendEntry
from tests.attribution.import_files import check, take_in, texts
from tests.factories import make_company
from tests.spend.formats.test_files_of_others import GOOGLE
from tests.spend.formats.test_spreadsheets import sheet_of

REPORT = """Email Campaign Report
Title:,{name}
Subject Line:,"Spring is here, at last"
Delivery Date/Time:,"Tue, Mar 03, 2026 09:00 am"

Overall Stats
Total Recipients:,"1,200"
Successful Deliveries:,"1,190"
Bounces:,10 (0.8%)
Times Forwarded:,0
Recipients Who Opened:,400 (33.6%)
Total Opens:,512
Last Open Date:,3/9/26 1:02PM
Recipients Who Clicked:,40 (3.4%)
Total Clicks:,61
Total Unsubs:,2

Clicks by URL
URL,Total Clicks,Unique Clicks
https://example.com/a,50,30
https://example.com/b,11,10
"""


@pytest.fixture
def company(db):
    with scope.all_companies():
        yield make_company(currency="EUR")


def entries(company):
    """(campaign, day, amount) of each."""
    found = SpendEntry.objects.filter(company=company).order_by("campaign_name", "day")
    return list(found.values_list("campaign_name", "day", "amount_minor"))


class TestTheReportOfOneMailing:
    def test_is_one_row(self, company):
        outcome = take_in(company, "spend", REPORT.format(name="March news"))
        assert (texts(outcome), outcome.questions, outcome.rows) == ([], [], 1)
        assert outcome.program == "Mailchimp"
        [entry] = SpendEntry.objects.filter(company=company)
        assert (entry.campaign_name, entry.day) == ("March news", date(2026, 3, 3))
        assert (entry.sends, entry.opens, entry.clicks) == (1200, 400, 40)
        assert (entry.amount_minor, entry.utm_medium) == (None, "email")

    def test_is_not_all_of_its_day(self, company):
        take_in(company, "spend", REPORT.format(name="March news"))
        outcome = take_in(company, "spend", REPORT.format(name="Last call"))
        assert (outcome.new, outcome.gone) == (1, 0)
        again = take_in(company, "spend", REPORT.format(name="March news"))
        assert (again.same, again.new, again.gone) == (1, 0, 0)
        assert [name for name, *_ in entries(company)] == ["Last call", "March news"]

    def test_may_be_a_spreadsheet(self, company):
        rows = [line.replace('"', "").split(":,") for line in REPORT.splitlines()]
        assert check(company, "spend", sheet_of(*rows)).rows == 1


class TestYearAndMonth:
    @pytest.mark.parametrize(
        ("head", "row"),
        [
            ("Year,Month,Campaign,Cost", "2026,3,A,31.00"),
            ("Year,Month,Campaign,Cost", "2026,March,A,31.00"),
            ("Jahr;Monat;Kampagne;Kosten", "2026;März;A;31,00"),
            ("Campagna;Mese;Anno;Spesa", "A;marzo;2026;31,00"),
            ("Year,Month name,Campaign,Cost", "2026,Mar,A,31.00"),
            ("Year,Month,Campaign,Cost", "2026.0,3.0,A,31.00"),
        ],
    )
    def test_are_a_month(self, company, head, row):
        """31.00 over 31 days: 1.00 a day."""
        outcome = take_in(company, "spend", f"{head}\n{row}\n")
        assert (texts(outcome), outcome.questions) == ([], [])
        assert entries(company) == [("A", date(2026, 3, day), 100) for day in range(1, 32)]

    def test_with_a_day_of_the_month_they_are_a_day(self, company):
        rows = "2026,3,5,A,1.50\n2026,March,15,A,2.50\n"
        take_in(company, "spend", f"Year,Month,Day,Campaign,Cost\n{rows}")
        assert entries(company) == [("A", date(2026, 3, 5), 150), ("A", date(2026, 3, 15), 250)]

    def test_in_a_report_of_a_platform_too(self, company):
        text = GOOGLE.format(
            "2026-01-10 - 2026-12-31",
            "Campaign,Year,Month of Year,Currency code,Cost\n"
            "A,2026,January,EUR,22.00\nA,2026,February,EUR,28.00\nTotal: Account,--,--,EUR,50.00",
        )
        outcome = check(company, "spend", text)
        assert (texts(outcome), outcome.totals.minor, outcome.new) == ([], 5000, 22 + 28)

    def test_a_month_that_says_its_year_is_left_alone(self, company):
        text = "Year,Month,Campaign,Cost\n2026,2026-03,A,31.00\n"
        assert check(company, "spend", text).new == 31

    def test_what_is_no_month_is_an_error_that_names_it(self, company):
        text = "Year,Month,Campaign,Cost\n2026,3,A,31.00\n2026,13,A,1.00\n2026,,A,1.00\n"
        [first, second] = check(company, "spend", text).errors
        assert (first.line, first.column, first.value) == (3, "Month", "13")
        assert (second.line, second.value) == (4, "")
