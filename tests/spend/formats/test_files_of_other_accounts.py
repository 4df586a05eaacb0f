"""Files as further accounts and spreadsheets have them: days and sums, done by hand."""

import re

import pytest

from attribution import scope
from attribution.files.problems import CellError, FileProblem
from spend.formats import parse_period
from spend.formats.rows import PART, SUBTOTAL, UNSPENT, WHOLE
from tests.attribution.import_files import check, take_in, texts
from tests.factories import make_company
from tests.spend.formats.files_of_spend import laid_out
from tests.spend.formats.test_files_of_others import GOOGLE, MICROSOFT, read


@pytest.fixture
def company(db):
    with scope.all_companies():
        yield make_company(currency="EUR")


class TestTheEdgesOfAReportOfMeta:
    HEAD = "Campaign name,{},Amount spent (EUR),Reporting starts,Reporting ends\n"

    @pytest.mark.parametrize(
        ("grain", "cell", "days"),
        [
            ("Month", "2026-03-01", ("2026-03-11", "2026-03-20")),
            ("Week", "2026-03-09", ("2026-03-11", "2026-03-15")),
            ("Month", "2026-03-01 - 2026-03-31", ("2026-03-11", "2026-03-20")),
        ],
    )
    def test_a_week_or_month_is_only_partly_in_it(self, grain, cell, days):
        text = self.HEAD.format(grain) + f"A,{cell},10.00,2026-03-11,2026-03-20"
        assert [row[1:3] for row in read(text)[1]] == [days]
        text = self.HEAD.format(grain) + f"A,{cell},10.00,11/03/2026,20/03/2026"
        assert [row[1:3] for row in read(text, day_order="dmy")[1]] == [days]

    def test_a_first_day_alone_says_no_range(self):
        head = "Campaign name,Month,Amount spent (EUR),Reporting starts\n"
        __, rows, __ = read(head + "A,2026-03,31.00,2026-03-11\n")
        assert [row[1:3] for row in rows] == [("2026-03-01", "2026-03-31")]

    def test_where_each_row_has_its_own_they_are_left_alone(self):
        text = self.HEAD.format("Month") + (
            "A,2026-03-01,10.00,2026-03-01,2026-03-31\nA,2026-04-01,10.00,2026-04-01,2026-04-30"
        )
        assert [row[1:3] for row in read(text)[1]] == [
            ("2026-03-01", "2026-03-31"),
            ("2026-04-01", "2026-04-30"),
        ]


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


class TestDays:
    def test_beside_a_day_both_ends_are_those_of_the_campaign(self):
        text = "Date;Campaign;Start date;End date;Cost\n2026-03-05;A;2026-03-01;2026-03-31;31.00"
        assert read(text, ";")[1] == [("A", "2026-03-05", "2026-03-05", 3100)]
        text = (
            "Day;Last day;Campaign;Cost\n2026-03-01;2026-03-31;A;31.00"  # as our own files have it
        )
        assert read(text, ";")[1] == [("A", "2026-03-01", "2026-03-31", 3100)]

    def test_nor_is_a_year_what_a_row_of_a_week_is_of(self):
        assert "day" not in laid_out("Year;Week ending;Campaign;Cost", ";").fields.values()
        assert laid_out("Year;Campaign;Monthly budget;Cost", ";").grain == "year"

    @pytest.mark.parametrize(
        "text",
        [
            GOOGLE.format(
                "2026-01-01 - 2026-12-31",
                "Campaign,Year,Month of Year,Currency code,Cost\n"
                "A,2026,January,EUR,31.00\nA,2026,February,EUR,28.00",
            ),
            MICROSOFT.format(
                '"Report Time: 1/1/2026,12/31/2026"',
                "Year,Month of year,Campaign name,Currency code,Spend\n2026,March,A,EUR,31.00",
            ),
        ],
    )
    def test_a_year_beside_its_months_is_not_what_a_row_is_of(self, text):
        layout = laid_out(text)
        assert "day" not in {*layout.fields.values(), *layout.constants}  # it is missed

    def test_two_weeks_of_meta_are_what_a_row_is_of(self):
        text = (
            "Campaign name,2 weeks,Amount spent (EUR),Reporting starts,Reporting ends\n"
            "A,2026-03-02 - 2026-03-15,14.00,2026-03-01,2026-03-31\n"
            "A,2026-03-16 - 2026-03-29,7.00,2026-03-01,2026-03-31\n"
        )
        assert [row[1:] for row in read(text)[1]] == [
            ("2026-03-02", "2026-03-15", 1400),
            ("2026-03-16", "2026-03-29", 700),
        ]


class TestWhatATitleSaysOfTheAmounts:
    TABLE = "{}\n\nDate;Campaign;Cost\n2026-03-01;A;1.20"

    @pytest.mark.parametrize(
        ("title", "currency"),
        [
            ("Spend in USD", "USD"),
            ("Marketing;All amounts in USD", "USD"),
            ("Kosten in €", "EUR"),
            ("Spend (in UTC)", None),
            ("Spend in EUR\nand in USD", None),  # nobody knows which is meant
            ("Spend in USD and GBP", None),
            ("Spend in USD, R$ / £", None),
            ("Spend in USD and UTC", "USD"),
        ],
    )
    def test_their_currency(self, title, currency):
        assert laid_out(self.TABLE.format(title), ";").constants.get("currency") == currency

    @pytest.mark.parametrize(
        ("title", "words"),
        [
            ("Spend (in thousand EUR)", "in thousand"),
            ("Werbekosten 2026 (Angaben in TEUR)", "in TEUR"),
            ("Beträge in Tsd. EUR", "in Tsd"),
            ("All figures in '000s", "in '000"),
            ("Dépenses en milliers d'euros", "en milliers"),
            ("Gasto en miles de EUR", "en miles"),
            ("All amounts in EUR thousands", "in EUR thousands"),
            ("Spend (in USD million)", "in USD million"),
            ("Report (EUR thousands)", "EUR thousands"),
            ("Amounts in € '000", "in € '000"),
            ("Spend; EUR '000", "EUR '000"),
            ("Spend in USD 000s", "in USD 000"),
            ("Spend in €k", "in €k"),
            ("Spend in k EUR", "in k EUR"),
            ("Angaben in T EUR", "in T EUR"),
            ("Kosten, TEUR", "TEUR"),
        ],
    )
    def test_thousands_are_refused(self, title, words):
        with pytest.raises(FileProblem, match=f'its amounts are "{re.escape(words)}"'):
            laid_out(self.TABLE.format(title), ";")

    @pytest.mark.parametrize(
        "title",
        ["Earned in Miles & More", "Spend in EUR m. MwSt.", "Target: € 1'000", "Kosten in CHF"],
    )
    def test_what_only_looks_like_thousands_is_not(self, title):
        assert laid_out(self.TABLE.format(title), ";").format == "table"


class TestSeveralAccountsOfGoogle:
    DAYS = "2026-03-01 - 2026-03-31"

    def test_amounts_of_accounts_count_without_their_campaigns(self):
        text = GOOGLE.format(
            self.DAYS,
            "Account name,Customer ID,Currency code,Cost,Impr.\n"
            "Acme DE,111-222-3333,EUR,5.00,1\nAcme US,444-555-6666,USD,6.00,1\n"
            "Total: Accounts,--,--,11.00,2",
        )
        layout, rows, skipped = read(text)
        assert (layout.format, layout.account) == ("google-ads", "Customer ID")
        assert ([row[3] for row in rows], skipped) == ([500, 600], [WHOLE])

    def test_tables_of_customers_are_nobody_s(self):
        assert laid_out("Customer ID;Date;Cost;Currency code", ";").format == "table"

    def test_a_cost_in_the_currency_of_them_all(self):
        head = "Customer ID,Campaign,Day,Impr.,Currency code,{}Cost (Converted currency)"
        row = "1,A,2026-03-01,9,USD,{}2.70"
        text = f"{head},Converted currency code\n{row},EUR"
        layout = laid_out(text.format("", ""))
        assert layout.fields["Cost (Converted currency)"] == "amount"
        assert layout.fields["Converted currency code"] == "currency"
        layout = laid_out(text.format("Cost,", "3.00,"))
        assert (layout.fields["Cost"], layout.fields["Currency code"]) == ("amount", "currency")
        [question] = laid_out(f"{head}\n{row}".format("", "")).questions
        assert question.about == "currency"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("date,campaign,adset_name,spend\n2026-03-01,A,S,1.50", "meta-ads-connector"),
        ("date,campaign,campaign_id,cost_micros\n2026-03-01,A,5,1500000", "google-ads-connector"),
    ],
)
def test_a_connector_may_call_the_campaign_s_name_campaign(text, name):
    layout, rows, _ = read(text, currency="EUR")
    assert (layout.format, rows) == (name, [("A", "2026-03-01", "2026-03-01", 150)])


class TestPlans:
    @pytest.mark.parametrize(
        ("heading", "planned", "actual"),
        [("Type", "Plan", "Actual"), ("Art", "Soll", "Ist"), ("Scenario", "Forecast", "Actuals")],
    )
    def test_beside_what_was_spent_they_are_no_spend(self, heading, planned, actual):
        text = f"Month;Campaign;{heading};Cost\n2026-03;A;{planned};100\n2026-03;A;{actual};90"
        _, rows, skipped = read(text, ";")
        assert (rows, skipped) == ([("A", "2026-03-01", "2026-03-31", 9000)], [UNSPENT])

    @pytest.mark.parametrize("first", ["Plan", "Actual"])
    def test_however_far_down_the_others_stand(self, first):
        rows = {
            kind: [f"2026-03-01;c{number};{kind};1" for number in range(250)]
            for kind in ("Plan", "Actual")
        }
        both = [*rows.pop(first), *rows.popitem()[1]]
        __, spent, skipped = read("\n".join(["Day;Campaign;Type;Cost", *both]), ";")
        assert (len(spent), skipped) == (250, [UNSPENT] * 250)

    @pytest.mark.parametrize(
        ("heading", "names"),
        [
            ("Brand", ["Budget", "Real"]),
            ("Client name", ["Actual", "Plan"]),
            ("Tariff", ["Budget", "Real", "Premium"]),
        ],
    )
    def test_a_brand_may_be_called_so(self, heading, names):
        rows = [f"2026-03-0{day};A;{name};10" for day, name in enumerate(names, start=1)]
        __, spent, skipped = read("\n".join([f"Day;Campaign;{heading};Cost", *rows]), ";")
        assert ([row[3] for row in spent], skipped) == ([1000] * len(names), [])

    def test_what_they_differ_by_is_no_spend_either(self):
        text = (
            "Month;Campaign;Type;Cost\n2026-03;A;Plan;9\n2026-03;A;Actual;8\n2026-03;A;Variance;1"
        )
        __, spent, skipped = read(text, ";")
        assert ([row[3] for row in spent], skipped) == ([800], [UNSPENT, UNSPENT])

    def test_beside_a_plan_there_may_be_more_kinds_of_rows(self):
        text = "Month;Campaign;Type;Cost\n2026-03;A;Plan;9\n2026-03;A;Actual;8\n2026-03;A;Fees;1"
        __, spent, skipped = read(text, ";")
        assert ([row[3] for row in spent], skipped) == ([800, 100], [UNSPENT])

    def test_one_of_these_words_alone_is_a_name(self):
        text = "Month;Campaign;Tariff;Cost\n2026-03;A;Budget;100\n2026-03;A;Premium;90"
        _, rows, skipped = read(text, ";")
        assert ([row[3] for row in rows], skipped) == ([10000, 9000], [])


@pytest.mark.parametrize("budget", ["Ad set budget", "Tagesbudget", "Presupuesto"])
def test_what_has_a_budget_is_no_mailing_that_cost_nothing(company, budget):
    text = f"Campaign name,Day,{budget},Impressions\nA,2026-03-01,20.00,900"
    [error] = texts(take_in(company, "spend", text))
    assert error.startswith("column amount: This column is missing.")


class TestTwoColumnsOfMoney:
    def test_one_without_a_currency_beside_one_with_it_is_asked_about(self):
        text = "Date;Campaign;Cost;Cost (EUR)\n2026-03-01;A;110;100"
        [question] = laid_out(text, ";").questions
        assert question.text.startswith('The amounts are there in EUR, and in "Cost", whose')
        assert laid_out(text, ";", currency="EUR").fields["Cost (EUR)"] == "amount"
        other = laid_out(text, ";", currency="USD")
        assert (other.fields["Cost"], other.constants) == ("amount", {"currency": "USD"})

    def test_a_column_of_currencies_is_that_of_the_one_without(self):
        text = "Date;Campaign;Amount;Currency;Amount EUR\n2026-03-01;A;110;USD;100"
        layout = laid_out(text, ";")
        assert (layout.fields["Amount"], layout.fields["Currency"]) == ("amount", "currency")
        assert layout.questions == ()
        assert laid_out(text, ";", currency="EUR").fields["Amount EUR"] == "amount"


class TestTablesOfPeople:
    @pytest.mark.parametrize(
        ("cells", "minor"),
        [
            (["1.234,- €", "12,50 €"], [123400, 1250]),
            (["1.234,-- €", "12,--"], [123400, 1200]),
            (["€ 1.234,–", "5"], [123400, 500]),
            (["-1.234,-", "5"], [-123400, 500]),
        ],
    )
    def test_amounts_without_cents(self, cells, minor):
        rows = "\n".join(f"2026-03-0{n};A;{cell}" for n, cell in enumerate(cells, 1))
        assert [row[3] for row in read(f"Datum;Kampagne;Kosten\n{rows}", ";")[1]] == minor

    def test_swiss_amounts_without_cents(self):
        text = "Datum;Kampagne;Kosten\n2026-03-01;A;1'234.–\n2026-03-02;A;0.50"
        assert [row[3] for row in read(text, ";")[1]] == [123400, 50]

    @pytest.mark.parametrize("currency", ["€", "Euro", "EUR", "euros"])
    def test_currencies_by_sign_and_name(self, company, currency):
        text = f"Date;Campaign;Cost;Currency\n2026-03-01;A;1.20;{currency}"
        outcome = check(company, "spend", text)
        assert (outcome.totals.currency, outcome.totals.minor) == ("EUR", 120)

    @pytest.mark.parametrize("label", ["Sum", "Ergebnis", "Gesamtergebnis", "Summe"])
    def test_further_totals_of_spreadsheets(self, label):
        text = f"Datum;Kampagne;Kosten\n2026-03-01;A;1,50\n{label};;1,50"
        _, rows, skipped = read(text, ";")
        assert ([row[3] for row in rows], skipped) == ([150], [WHOLE])

    def test_a_group_s_total_beside_its_name(self):
        text = (
            "Campaign;Date;Cost\nA;2026-03-01;1.00\nA Total;;1.00\n"
            "Total;2026-03-02;4.00\nGrand Total;;5.00\n"
        )
        _, rows, skipped = read(text, ";")
        assert ([row[3] for row in rows], skipped) == ([100], [SUBTOTAL, SUBTOTAL, WHOLE])
        text = "Campaign;Date;Cost\nOhne Ergebnis;2026-03-01;1.00"  # a day makes it a name
        assert read(text, ";")[2] == []

    @pytest.mark.parametrize(
        "heading",
        [
            *("Actual cost", "Sum of Cost", "Ist-Kosten", "Kosten (Ist)"),
            *("Cost (net)", "Kosten (netto)", "Spend (excl. VAT)"),
        ],
    )
    def test_further_names_of_the_amount(self, heading):
        assert laid_out(f"Month;Campaign;Budget;{heading}", ";").fields[heading] == "amount"


@pytest.mark.parametrize(
    ("text", "grain", "days"),
    [
        ("1-Mar-26", "day", "2026-03-01 2026-03-01"),  # as Excel writes days, and months
        ("Mar-26", "month", "2026-03-01 2026-03-31"),
        ("Mrz 26", "month", "2026-03-01 2026-03-31"),
        ("1-31 March 2026", "day", "2026-03-01 2026-03-31"),
        ("01.-31.03.2026", "day", "2026-03-01 2026-03-31"),
        ("1.3. - 31.3.2026", "day", "2026-03-01 2026-03-31"),
        ("28.12.-3.1.2026", "day", "2025-12-28 2026-01-03"),
    ],
)
def test_short_ways_of_writing_days(text, grain, days):
    assert " ".join(map(str, parse_period(text, "dmy", grain))) == days


@pytest.mark.parametrize("text", ["Mar-26", "26-Mar-01", "31.2. - 3.3.2026"])
def test_what_could_be_another_day_is_refused(text):
    with pytest.raises(CellError):
        parse_period(text, "dmy", "day")
