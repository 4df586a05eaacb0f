"""Notes above and below a table that name the currency of its amounts."""

import pytest

from attribution import scope
from attribution.imports.outcome import Outcome
from attribution.imports.progress import Progress
from spend.formats.notes_on_money import currency_of, noted_currency
from spend.models import SpendEntry
from tests.attribution.import_files import check, take_in, texts
from tests.factories import make_company
from tests.spend.formats.files_of_spend import laid_out
from tests.spend.formats.test_spreadsheets import sheet_of

TABLE = "Date;Campaign;Clicks;{}\n2026-03-01;A;1;10.50\n2026-03-02;A;2;4.50\n{}\n"


@pytest.fixture
def company(db):
    with scope.all_companies():
        yield make_company(currency="EUR")


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("All amounts in USD", "USD"),
        ("Amounts are in EUR.", "EUR"),
        ("Alle Beträge in CHF", "CHF"),
        ("* All figures in US dollars, excl. VAT", "USD"),
        ("Angaben in Schweizer Franken", "CHF"),
        ("Montants en euros", "EUR"),
        ("Importes en pesos mexicanos", "MXN"),
        ("Valores em reais", "BRL"),
        ("Importi in dollari statunitensi", "USD"),
        ("All amounts in CA$", "CAD"),
        ("Amounts in ₩", "KRW"),
        ("Currency: GBP", "GBP"),
        ("Währung: CHF", "CHF"),
        ("Amounts in USD and euros", ""),  # nobody knows which is meant
        ("Campaigns in Europe", ""),
        ("Report (in UTC)", ""),
        ("1 EUR = 1.08 USD", ""),
    ],
)
def test_what_a_line_says(text, currency):
    assert currency_of([[text]]) == currency
    assert noted_currency(["", text, ""]) == currency
    assert noted_currency(["Note:", text]) == currency
    assert noted_currency(["2026-03-01", text]) == ""  # a campaign may be called so


@pytest.mark.parametrize(
    "text",
    [
        *("Budget in USD", "Revenue in USD", "All revenues in USD", "Conversion rate in USD: 1.08"),
        *("Umsatz in CHF", "Chiffre d'affaires en USD", "Objetivo en USD", "Fatturato in USD"),
        *("* Campaign B was billed in USD", "Our shop sells in USD", "Store in CHF"),
        "Conversion currency: USD",
    ],
)
def test_what_is_in_a_currency_may_be_something_else(company, text):
    """10.50 + 4.50 = 15.00 of the company's currency, or of the heading's."""
    assert noted_currency(["", text, ""]) == noted_currency(["Note:", text]) == ""
    for heading in ("Cost", "Cost (EUR)"):
        outcome = check(company, "spend", TABLE.format(heading, text))
        assert (texts(outcome), outcome.questions) == ([], [])
        assert (outcome.totals.currency, outcome.totals.minor) == ("EUR", 1500)


@pytest.mark.parametrize(
    "text",
    [
        *("Spend and revenue in USD", "* in USD", "(In US dollars)"),
        *("All amounts in USD, conversions after 7 days", "Clicks of links. Amounts in USD."),
        "Clicks of links - Amounts in USD",
    ],
)
def test_it_may_be_short_or_of_amounts_as_well(text):
    assert noted_currency([text, "", ""]) == "USD"


@pytest.mark.parametrize("text", ["Revenue in USD", "Budget in USD: 5000", "Shop in dollars"])
def test_above_a_table_what_is_not_of_its_amounts_contradicts_no_heading(company, text):
    outcome = check(company, "spend", f"{text}\n\n" + TABLE.format("Cost (EUR)", ""))
    assert (outcome.questions, outcome.totals.currency) == ([], "EUR")


@pytest.mark.parametrize("text", ["Revenue in USD", "Rates in USD", "Selling shoes in dollars"])
def test_above_a_table_it_may_be_of_something_else(company, text):
    outcome = check(company, "spend", f"{text}\n\n" + TABLE.format("Cost", ""))
    assert (outcome.questions, outcome.totals.currency) == ([], "EUR")


@pytest.mark.parametrize("text", ["Media budget 2026 in USD", "Mediaplan 2026 (in USD)"])
def test_above_a_table_its_title_may_say_it(company, text):
    outcome = check(company, "spend", f"{text}\n\n" + TABLE.format("Cost", ""))
    assert (outcome.questions, outcome.totals.currency) == ([], "USD")


def test_above_a_table_it_may_contradict_the_heading(company):
    text = "All amounts in USD\n\n" + TABLE.format("Cost (EUR)", "")
    [question] = check(company, "spend", text).questions
    assert question.choices == ("EUR", "USD")
    for code in question.choices:
        totals = check(company, "spend", text, currency=code).totals
        assert (totals.currency, totals.minor) == (code, 1500)


class TestBelowATable:
    @pytest.mark.parametrize(
        "note", ["All amounts in USD", "All amounts in USD;;;", "Currency;USD"]
    )
    @pytest.mark.parametrize("head", [TABLE, TABLE.replace("Date;Campaign", "Campaign;Date")])
    def test_it_is_their_currency(self, company, note, head):
        """10.50 + 4.50 = 15.00, in the currency of the note and not in the company's."""
        text = head.format("Cost", note)
        if head is not TABLE:
            text = text.replace("2026-03-01;A", "A;2026-03-01").replace(
                "2026-03-02;A", "A;2026-03-02"
            )
        outcome = take_in(company, "spend", text)
        assert (texts(outcome), outcome.questions) == ([], [])
        assert (outcome.totals.currency, outcome.totals.minor) == ("USD", 1500)
        assert (outcome.rows, outcome.skipped) == (2, {"footer": 1})
        assert any(note.startswith("Row 4 says ") for note in outcome.notes)
        assert not any("names no currency" in note for note in outcome.notes)
        entries = SpendEntry.objects.filter(company=company)
        assert set(entries.values_list("currency", flat=True)) == {"USD"}

    @pytest.mark.parametrize("note", ["Angaben in TEUR", "All amounts in USD thousands"])
    def test_thousands_are_refused(self, company, note):
        [error] = check(company, "spend", TABLE.format("Cost", note)).errors
        assert (error.line, error.value) == (4, note)
        assert "only whole amounts are read" in error.problem

    @pytest.mark.parametrize(
        "note",
        ["Impressions in thousands", "Budget in TEUR", "All amounts in EUR. Reach in thousands"],
    )
    def test_thousands_of_something_else_are_not(self, company, note):
        outcome = check(company, "spend", TABLE.format("Cost", note))
        assert (texts(outcome), outcome.totals.minor) == ([], 1500)

    def test_another_note_says_nothing(self, company):
        """Nor is it asked which day a file was made on."""
        notes = "Rates in USD per GBP\nStand: 01.04.2026"
        outcome = check(company, "spend", TABLE.format("Cost", notes))
        assert (outcome.questions, outcome.totals.currency) == ([], "EUR")
        assert outcome.skipped == {"footer": 2}

    def test_so_it_is_in_a_spreadsheet(self, company):
        rows = [["Date", "Campaign", "Cost"], ["2026-03-01", "A", 10.5], [], ["Beträge in CHF"]]
        totals = check(company, "spend", sheet_of(*rows)).totals
        assert (totals.currency, totals.minor) == ("CHF", 1050)

    def test_so_it_is_where_the_file_is_long(self, company):
        """20,000 rows of 1.25 USD would go the straight way, were it not for the note."""
        rows = "".join(f"2026-03-01;c{n};1;1.25\n" for n in range(20_000))
        text = f"Date;Campaign;Clicks;Cost\n{rows}All amounts in USD\n"
        outcome = take_in(company, "spend", text)
        assert (outcome.totals.currency, outcome.totals.minor) == ("USD", 2_500_000)
        assert SpendEntry.objects.filter(company=company).count() == 20_000

    def test_a_second_reading_is_no_step_back(self):
        """8 of 10 rows are 720 of 900 thousandths."""
        progress = Progress(None, 10)
        progress.rows(8)
        progress.rows(1)
        assert progress.thousandths == 720

    @pytest.mark.parametrize("note", ["All amounts in EUR", "Total (EUR);;;15.00"])
    def test_the_company_s_own_takes_no_second_reading(self, company, note, monkeypatch):
        monkeypatch.setattr(Outcome, "begin_anew", None)
        outcome = check(company, "spend", TABLE.format("Cost", note))
        assert (texts(outcome), outcome.totals.minor) == ([], 1500)
        assert any(said.startswith("Row 4 says ") for said in outcome.notes)
        assert not any("names no currency" in said for said in outcome.notes)

    @pytest.mark.parametrize(
        ("heading", "note", "of_rows"),
        [
            ("Cost (EUR)", "All amounts in USD", "EUR"),
            ("Cost", "In USD\nAll amounts in CHF", "USD"),
        ],
    )
    def test_two_that_contradict_each_other_are_refused(self, company, heading, note, of_rows):
        [error] = take_in(company, "spend", TABLE.format(heading, note)).errors
        assert error.value == note.split("\n")[-1]
        assert error.problem.endswith(f"and the amounts above are in {of_rows}.")
        assert error.way_out.startswith("Delete this note, or correct")

    def test_nor_may_it_contradict_a_column_or_a_person(self, company):
        text = "Date;Campaign;Cost;Currency\n2026-03-01;A;1;GBP\n2026-03-01;B;1;USD\n{}"
        assert check(company, "spend", text.format("Total in USD")).error_count == 0
        assert check(company, "spend", text.format("All in CHF")).error_count == 1
        text = TABLE.format("Cost", "All amounts in USD")
        assert check(company, "spend", text, currency="EUR").error_count == 1
        assert check(company, "spend", text, currency="USD").totals.minor == 1500

    @pytest.mark.parametrize(
        ("totals", "currency"),
        [
            (["Total (USD);;;15.00"], "USD"),
            (["Total USD;;;15.00"], "USD"),
            (["Total (EUR);;;15.00", "Total (USD);;;16.20"], "EUR"),  # the company's
            (["Total;;;15.00", "All amounts in CHF", "Total (USD);;;16.20"], "CHF"),
            (["Total;;;15.00", "Total (USD);;;16.20"], "EUR"),  # converted: it is no sum
            (["Total (USD);;;16.20"], "EUR"),
            (["Total (USD);;;-"], "EUR"),
            (["Total;;;15.00", "Total (USD);;;15.00"], "USD"),
            (["Total (ALL);;;15.00"], "EUR"),  # of all, and not in Albanian lek
        ],
    )
    def test_a_total_may_name_it(self, company, totals, currency):
        outcome = check(company, "spend", TABLE.format("Cost", "\n".join(totals)))
        assert (texts(outcome), outcome.totals.currency) == ([], currency)

    def test_a_total_that_was_converted_contradicts_nothing(self, company):
        outcome = check(company, "spend", TABLE.format("Cost (EUR)", "Total (USD);;;16.20"))
        assert (texts(outcome), outcome.totals.currency) == ([], "EUR")

    def test_it_answers_what_a_platform_s_file_leaves_open(self):
        text = "Campaign name,By Day,Total cost,Impression\nA,2026-03-01,1.50,9\n{}"
        assert [question.about for question in laid_out(text.format("")).questions] == ["currency"]
        layout = laid_out(text.format("All amounts in GBP,,,"))
        assert (layout.questions, layout.constants["currency"]) == ((), "GBP")


class TestASignOfSeveralCurrencies:
    @pytest.mark.parametrize(
        "text",
        [
            TABLE.format("Cost ($)", ""),
            TABLE.format("Cost $", ""),
            "All amounts in $\n\n" + TABLE.format("Cost", ""),
            "Spend in dollars\n\n" + TABLE.format("Cost", ""),
        ],
    )
    def test_is_asked_about_where_the_company_has_another(self, company, text):
        [question] = check(company, "spend", text).questions
        assert question.text == 'The amounts are in "$", which is not EUR. Which currency is it?'
        assert check(company, "spend", text, currency="CAD").totals.currency == "CAD"

    def test_is_the_company_s_own(self, db):
        with scope.all_companies():
            company = make_company(currency="AUD")
        totals = check(company, "spend", TABLE.format("Cost ($)", "")).totals
        assert (totals.currency, totals.minor) == ("AUD", 1500)

    @pytest.mark.parametrize(
        ("text", "currency"),
        [
            (TABLE.format("Cost (US$)", ""), "USD"),
            (TABLE.format("A$ Spend", ""), "AUD"),
            (TABLE.format("Cost (₹)", ""), "INR"),
            ("In US dollars\n\n" + TABLE.format("Cost", ""), "USD"),
        ],
    )
    def test_needs_no_question_where_more_is_said(self, company, text, currency):
        assert check(company, "spend", text).totals.currency == currency
