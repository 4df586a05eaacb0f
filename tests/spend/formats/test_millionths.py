"""Amounts in millionths whose heading does not say so: proved by other columns, or asked about."""

import pytest

from attribution import scope
from spend.formats import recognise
from tests.attribution.import_files import check, take_in
from tests.factories import make_company
from tests.spend.formats.files_of_spend import FIELDS, laid_out, records_of

HEAD = "Campaign,Day,Clicks,Avg. CPC,Cost,Currency code\n"
TABLE = "day,campaign,clicks,cost\n"


def asked(text, **said):
    """Whether amounts are millionths, and what the file asks."""
    layout = laid_out(text, **said)
    return layout.micros, [question.about for question in layout.questions]


class TestBesideAPriceOfAClick:
    def test_they_are_proved(self):
        """3,250,000 millionths for 12 clicks at 0.27: 3.25."""
        assert asked(HEAD + "A,2026-03-01,12,0.27,3250000,EUR\n") == (True, [])
        assert asked(HEAD + 'A,2026-03-01,12,"€ 0,27",3250000,EUR\n') == (True, [])

    def test_they_are_units(self):
        assert asked(HEAD + "A,2026-03-01,2,25000.50,50000,JPY\n") == (False, [])
        assert asked(HEAD + "A,2026-03-01,2,30.50,61,EUR\n") == (False, [])

    def test_a_price_in_millionths_proves_nothing(self):
        row = "A,2026-03-01,12,270833,3250000,EUR\n"
        assert asked(HEAD + row) == (False, ["format"])
        assert asked(HEAD + row + "B,2026-03-01,12,0.27,3.25,EUR\n") == (False, [])


class TestWithoutAPrice:
    ROWS = "2026-03-01,A,12,3250000\n2026-03-02,A,4,1000000\n2026-03-03,A,0,0\n"

    def test_it_is_asked(self):
        [question] = laid_out(TABLE + self.ROWS).questions
        assert "(12340000 for 12.34): 3250000, 1000000." in question.text
        assert (question.choices, question.option) == (("table", "google-ads-api"), "--format")

    def test_both_answers_hold(self, db):
        """3.25 + 1.00 = 4.25, or 4,250,000."""
        with scope.all_companies():
            company = make_company(currency="EUR")
        as_units = check(company, "spend", TABLE + self.ROWS, format="table")
        assert (as_units.questions, as_units.totals.minor) == ([], 425_000_000)
        said = {"format": "google-ads-api", "currency": "EUR"}
        as_millionths = take_in(company, "spend", TABLE + self.ROWS, **said)
        assert as_millionths.totals.minor == 425
        assert "The amounts are millionths: 12340000 was read as 12.34." in as_millionths.notes

    @pytest.mark.parametrize(
        "rows",
        [
            "2026-03-01,A,12,3250000\n2026-03-02,A,4,1000.50\n",  # has a fraction
            "2026-03-01,A,12,3250000\n2026-03-02,A,4,1234567\n",  # are no cents
            "2026-03-01,A,40,50000\n2026-03-02,A,60,30000\n",  # clicks of a usual price
        ],
    )
    def test_where_it_cannot_be_it_is_not_asked(self, rows):
        assert asked(TABLE + rows) == (False, [])

    @pytest.mark.parametrize("code", ["JPY", "KRW", "IDR", "CLP"])
    def test_in_currencies_of_small_units_clicks_cost_thousands(self, code):
        """1,000,000 for 50 clicks: 20,000 won, or 13 euros, each."""
        rows = "2026-03-01,A,50,1000000\n2026-03-02,B,60,2000000\n"
        assert asked(f"day,campaign,clicks,cost ({code})\n" + rows) == (False, [])
        layout = recognise(records_of(TABLE + rows), "x.csv", FIELDS, own=code)
        assert not layout.questions
        assert recognise(records_of(TABLE + rows), "x.csv", FIELDS, own="EUR").questions
        millionths = rows.replace("000\n", "0000000\n")
        assert recognise(records_of(TABLE + millionths), "x.csv", FIELDS, own=code).questions

    def test_less_than_one_unit_in_all_is_no_spend(self):
        """50,000 for a film with 4 clicks would be 0.05."""
        assert asked(TABLE + "2026-03-01,Film,4,50000\n2026-03-02,Film,1,20000\n") == (False, [])

    def test_round_amounts_of_people_are_not_asked_about(self):
        assert asked("Month,Campaign,Cost\n2026-03,A,50000\n2026-03,B,120000\n") == (False, [])


@pytest.mark.parametrize(
    "heading",
    [
        *("cost_micros", "metrics.cost_micros", "metrics.costMicros", "Cost (micros)"),
        *("Cost in micros", "spend_micros", "amount_micros", "Total cost (micros)"),
    ],
)
def test_headings_that_say_so(heading):
    layout = laid_out(f"Day,campaign.name,{heading}\n2026-03-01,A,1500000", currency="EUR")
    assert (layout.micros, layout.fields[heading]) == (True, "amount")


@pytest.mark.parametrize("heading", ["average_cost_micros", "campaign_budget.amount_micros"])
def test_other_things_in_millionths_are_no_spend(heading):
    assert "amount" not in laid_out(f"Day,campaign_name,{heading},clicks").fields.values()
