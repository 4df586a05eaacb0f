"""What a spreadsheet does to a file of spend: numbers and days that are no longer as written."""

from datetime import datetime
from io import BytesIO

import pytest
from openpyxl import Workbook

from attribution import scope
from spend.models import SpendEntry
from tests.attribution.import_files import check, take_in, texts
from tests.factories import make_campaign, make_company


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
        assert errors[0].startswith('row 2, column Cost, "1.431": This has more decimals')
        assert errors[1].startswith('row 3, column Cost, "12,50": This does not fit')
        assert SpendEntry.objects.filter(company=company).count() == 1

    def test_what_is_said_of_a_number_is_said_as_it_is_shown(self, company):
        head = ["Date", "Campaign", "Cost", "Clicks"]
        rows = [[1.431, "Spring", 2, 5], ["2026-03-02", "Spring", 2, 2.125], ["Total", "", 1.431]]
        outcome = take_in(company, "spend", sheet_of(head, *rows))
        assert [(error.line, error.value) for error in outcome.errors] == [
            (2, "1.431"),
            (3, "2.125"),
        ]
        assert [row.text for row in outcome.skipped_rows] == ["Total · 1.431"]

    def test_texts_that_are_numbers_stay_as_they_are(self, company):
        head = ["Date", "Campaign", "Cost", "Note"]
        rows = [["2026-03-01", 1.125, 1.5, 2.375], ["2026-03-02", "1.1250", 2, "2.3750"]]
        assert not texts(take_in(company, "spend", sheet_of(head, *rows)))
        found = SpendEntry.objects.filter(company=company).order_by("day")
        assert list(found.values_list("campaign_name", "amount_minor", "note")) == [
            ("1.125", 150, "2.375"),
            ("1.1250", 200, "2.3750"),
        ]


class TestDaysThatASpreadsheetHasExchanged:
    HEAD = ["Date", "Campaign", "Cost"]

    @pytest.mark.parametrize("is_first", [True, False])
    def test_are_refused(self, company, is_first):
        """01/03/2026 of Europe is a 3 January to an American Excel; 13/03/2026 is a text."""
        understood = [[datetime(2026, day, 3), "A", 1] for day in (1, 2, 12)]
        left = [[f"{day}/03/2026", "A", 1] for day in (13, 14)]
        rows = [*understood, *left] if is_first else [*left, *understood]
        [error] = texts(take_in(company, "spend", sheet_of(self.HEAD, *rows)))
        assert "2026-01-03 beside 13/03/2026. A spreadsheet may have exchanged" in error

    def test_others_are_not(self, company):
        for rows in (
            [["2026-03-01", "A", 1], ["2026-03-13", "A", 1], ["14/03/2026", "A", 1]],
            [["2026-03-01", "A", 1], ["02/03/2026", "A", 1], ["14/03/2026", "A", 1]],
        ):
            assert check(company, "spend", sheet_of(self.HEAD, *rows)).rows == 3


def test_cells_that_were_merged_are_said_to_be_empty(company):
    text = "Date;Campaign;Cost\n2026-03-01;A;1\n2026-03-02;;2\n2026-03-03;B;4"
    notes = check(company, "spend", text).notes
    assert any(note.startswith("€2.00 are of rows whose campaign is empty.") for note in notes)
    text = "Date;Cost\n2026-03-01;1"
    assert not any("is empty" in note for note in check(company, "spend", text).notes)
