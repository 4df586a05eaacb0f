"""Files as further accounts and spreadsheets have them: days and sums, done by hand."""

from io import BytesIO

import pytest
from openpyxl import Workbook

from attribution import scope
from spend.formats.rows import PART, WHOLE
from spend.models import SpendEntry
from tests.attribution.import_files import take_in, texts
from tests.factories import make_campaign, make_company
from tests.spend.formats.test_files_of_others import GOOGLE, read


def sheet_of(*rows):
    """An XLSX of these rows."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    target = BytesIO()
    book.save(target)
    return target


@pytest.fixture
def company(db):
    with scope.all_companies():
        yield make_company(currency="EUR")


class TestNumbersOfASpreadsheet:
    def test_an_id_that_lost_its_last_digits_brings_no_money_to_another_campaign(self, company):
        make_campaign(company, "spring")
        head = ["Campaign name", "Campaign ID", "Day", "Amount spent (EUR)", "Link clicks"]
        spring, summer = 1.2021012345678e17, 1.2021012345678e17  # 18 digits, of which 15 are left
        outcome = take_in(
            company,
            "spend",
            sheet_of(
                head,
                ["Spring", spring, "2026-03-01", 1.5, 1],
                ["Summer", summer, "2026-03-01", 2.5, 1],
            ),
        )
        assert outcome.error_count == 2
        assert texts(outcome)[0].startswith(
            'row 2, column Campaign ID, "1.2021012345678E+17": A spreadsheet has rounded this id.'
        )

    def test_three_decimals_of_a_number_are_no_thousand(self, company):
        head = ["Campaign name", "Day", "Amount spent (EUR)", "Link clicks"]
        rows = [["Spring", "2026-03-01", 1.431, 1]]
        outcome = take_in(company, "spend", sheet_of(head, *rows))
        assert (outcome.questions, outcome.totals.minor) == ([], 143)
        mixed = sheet_of(
            ["Date", "Campaign", "Cost"],
            ["2026-03-01", "Spring", 1.431],
            ["2026-03-02", "Spring", "12,50"],
        )
        errors = texts(take_in(company, "spend", mixed))
        assert errors[1].startswith('row 3, column Cost, "12,50": This does not fit')
        assert SpendEntry.objects.filter(company=company).count() == 1


class TestNamesThatLookLikeTotals:
    @pytest.mark.parametrize(
        ("heading", "name"),
        [("Search term", "total"), ("Search term", "total shoes"), ("Ad group", "Total")],
    )
    def test_what_stands_beside_a_campaign_is_a_name(self, heading, name):
        text = GOOGLE.format(
            "2026-03-01 - 2026-03-31",
            f"{heading},Campaign,Currency code,Avg. CPC,Cost\n"
            f"{name},A,EUR,1,4.00\nboots,A,EUR,1,2.00\n"
            "Total: Search terms, --,EUR,1,6.00\nTotal: Account, --,EUR,1,6.00\n",
        )
        _, rows, skipped = read(text)
        assert ([row[3] for row in rows], skipped) == ([400, 200], [PART, WHOLE])

    def test_an_ad_on_linkedin_may_be_called_so(self):
        text = (
            "Creative Performance Report (in UTC)\nReport Start: March 1, 2026\n"
            "Report End: March 31, 2026\n\n"
            "Creative Name,Campaign Name,Currency,Total Spent,Average CTR\n"
            "Total,A,EUR,2.00,1%\nTotal,,EUR,2.00,1%\n"
        )
        _, rows, skipped = read(text)
        assert ([row[3] for row in rows], skipped) == ([200], [WHOLE])
