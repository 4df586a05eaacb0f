"""Tables of people: words of seven languages, preambles, currencies in headings, what is said."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attribution.files.problems import FileProblem
from spend.formats import FORMATS, Said, labels, recognise
from spend.formats.rows import FOOTER, SUBTOTAL, UNREPORTED, WHOLE
from tests.spend.formats.files_of_spend import FIELDS, laid_out, records_of, rows_of


def named(headings, **said):
    """Our field → heading."""
    return {field: header for header, field in laid_out(headings, ";", **said).fields.items()}


@pytest.mark.parametrize(
    "headings",
    [
        "Date;Campaign;Cost",
        "Datum;Kampagne;Kosten",
        "Datum;Kampagnenname;Werbeausgaben",
        "Jour;Campagne;Coût",
        "Date;Nom de la campagne;Dépenses",
        "Fecha;Campaña;Gasto",
        "Día;Nombre de la campaña;Importe",
        "Data;Campanha;Custo",
        "Dia;Nome da campanha;Valor gasto",
        "Data;Campagna;Spesa",
        "Datum;Campagne;Uitgaven",
        "Woche;Kampagne;Ausgaben",
        "Mes;Campaña;Inversión",
        "REPORT_DATE;UTM_CAMPAIGN;Ad-Spend",
    ],
)
def test_words_of_seven_languages(headings):
    day, campaign, amount = headings.split(";")
    assert named(headings) == {"day": day, "campaign": campaign, "amount": amount}


def test_headings_of_an_unknown_language_stand_below_the_title():
    title = "Raport kampanii\n1 września 2026 - 2 września 2026\n"
    layout = laid_out(title + "Dzień;Kampania;Koszt;;\n2026-09-01;A;5;x;y\n", ";")
    assert layout.headers == ["Dzień", "Kampania", "Koszt"]
    assert laid_out("Nazwa;Koszt\nA;5\nB;6", ";").headers == ["Nazwa", "Koszt"]


@pytest.mark.parametrize(
    ("heading", "currency"),
    [
        ("Cost (USD)", "USD"),
        ("Kosten EUR", "EUR"),
        ("Spend [SEK]", "SEK"),
        ("spend_usd", "USD"),
        ("Cost in GBP", "GBP"),
        ("Coût €", "EUR"),
        ("USD spend", "USD"),
        ("Spend (ALL)", "ALL"),
        ("COST_ISK", "ISK"),
        ("Cost ($)", ""),  # of which country?
        ("Cost", ""),
    ],
)
def test_a_currency_in_the_heading(heading, currency):
    layout = laid_out(f"Date;Campaign;{heading}\n2026-03-01;A;5", ";")
    assert layout.fields[heading] == "amount"
    assert layout.constants == ({"currency": currency} if currency else {})
    assert not layout.questions  # the company's own is taken then


@pytest.mark.parametrize(
    "heading", ["Advertiser Currency", "campaign_budget_currency_code", "Kontowährung"]
)
def test_a_currency_of_the_account_is_that_of_its_costs(heading):
    assert named(f"Date;Campaign;{heading};Cost")["currency"] == heading
    assert "currency" not in named("Date;Campaign;Converted currency;Cost")


def test_a_word_of_three_letters_is_no_currency():
    assert named("Date;Campaign;COST_ALL;Cost") == {
        "day": "Date",
        "campaign": "Campaign",
        "amount": "Cost",
    }


def test_totals_of_groups_as_spreadsheets_name_them():
    text = "{};Date;Cost\nSearch;A;2026-03-01;5.00\n{};;;5.00\nSocial Total;B;2026-03-01;2.00"
    for label in ("Search Total", "Suche Ergebnis", "Subtotal Search"):
        table = text.format("Channel;Campaign", label)
        rows, skipped = rows_of(laid_out(table, ";"), records_of(table, ";"), "EUR")
        assert [row["amount"] for row in rows] == [500, 200]  # a name is no total
        assert skipped == [SUBTOTAL]
    first_day = "Date;Channel;Campaign;Cost\n2026-03-01;Search;A;5.00\nSubtotal Search;;;5.00"
    rows, skipped = rows_of(laid_out(first_day, ";"), records_of(first_day, ";"), "EUR")
    assert ([row["amount"] for row in rows], skipped) == ([500], [SUBTOTAL])


def test_averages_are_never_the_cost():
    headings = "Date;Campaign;Avg. cost;Cost / conv.;Cost per lead;CPC;Total cost"
    assert named(headings)["amount"] == "Total cost"


def test_our_own_export_is_read_by_our_names():
    headings = [field.name for field in FIELDS]
    layout = laid_out(";".join(headings), ";")
    assert dict(layout.fields) == {name: name for name in headings}
    assert (layout.format, layout.grain) == ("table", "day")


@pytest.mark.parametrize(
    ("heading", "grain"),
    [("date", "day"), ("date_week", "week"), ("Kalenderwoche", "week"), ("Mois", "month")],
)
def test_the_heading_says_what_a_row_covers(heading, grain):
    assert laid_out(f"{heading};campaign;cost", ";").grain == grain


def test_first_and_last_day():
    layout = laid_out("Start date;End date;Campaign;Cost\n2026-03-01;2026-03-31;A;5", ";")
    assert layout.fields == {
        "Start date": "day",
        "End date": "last_day",
        "Campaign": "campaign",
        "Cost": "amount",
    }
    # Beside a day of its own, an end is that of the campaign.
    assert "last_day" not in named("Date;End date;Campaign;Cost")


def test_lines_above_the_headings_are_passed_over_and_say_the_rest():
    layout = laid_out(
        "Plan\nCurrency: CHF\n2026-03-01 - 2026-03-31\n\nCampaign;Cost;Owner\nA;5;Kim", ";"
    )
    assert layout.heading_line == 5 or layout.headers == ["Campaign", "Cost", "Owner"]
    assert layout.constants == {"currency": "CHF", "day": "2026-03-01", "last_day": "2026-03-31"}


def test_an_id_is_a_name_where_there_is_no_other():
    assert named("date;xyz_campaign_id;fb_campaign_id;spend")["campaign"] == "xyz_campaign_id"
    assert named("date;campaign_id;campaign;spend")["platform_id"] == "campaign_id"


def test_millionths_in_any_table():
    layout = laid_out("date;campaign;spend_micros\n2026-03-01;A;1250000", ";")
    assert (layout.format, layout.micros) == ("table", True)


def test_the_same_amounts_in_two_currencies_are_never_added_up():
    text = "Date;Campaign;Cost (SEK);Cost (USD)\n2026-03-01;A;100.50;9.50"
    [question] = laid_out(text, ";").questions
    assert (question.about, question.choices) == ("currency", ("SEK", "USD"))
    said = laid_out(text, ";", currency="USD")
    assert (said.questions, said.fields["Cost (USD)"]) == ((), "amount")
    assert said.constants == {"currency": "USD"}


class TestWhatIsSaid:
    def test_beats_what_was_recognised(self):
        text = "Date;Campaign;Cost;Net;Label\n2026-03-01;A;5;4;x"
        layout = laid_out(text, ";", mapping={"net": "amount", "Campaign": "", "Label": "campaign"})
        assert layout.fields == {"Date": "day", "Net": "amount", "Label": "campaign"}
        assert "Campaign" in layout.apart

    def test_finds_the_headings(self):
        layout = laid_out(
            "Plan;2026\nWann;Was;Wieviel\n2026-03-01;A;5", ";", mapping={"Wann": "day"}
        )
        assert layout.headers == ["Wann", "Was", "Wieviel"]

    @pytest.mark.parametrize(
        ("said", "problem"),
        [
            (
                {"mapping": {"Price": "amount"}},
                'has no column "Price". It has: Date, Campaign, Cost',
            ),
            (
                {"mapping": {"Cost": "price"}},
                'There is no field "price". There are: account, amount',
            ),
            (
                {"mapping": {"Cost": "amount", "Date": "amount"}},
                "Two columns were named for amount",
            ),
            ({"format": "myspace"}, 'There is no format "myspace". There are: '),
            ({"format": "mailchimp"}, "no line of headings as Mailchimp writes it"),
            ({"currency": "XYZ"}, '"XYZ" is no currency'),
        ],
    )
    def test_is_refused_where_it_does_not_fit(self, said, problem):
        with pytest.raises(FileProblem, match=None) as raised:
            laid_out("Date;Campaign;Cost\n2026-03-01;A;5", ";", **said)
        assert problem in str(raised.value)

    def test_does_not_contradict_the_file(self):
        with pytest.raises(FileProblem, match="in EUR, and not in USD"):
            laid_out("Date;Campaign;Cost (EUR)\n2026-03-01;A;5", ";", currency="usd")


def skips(text, separator=";", **said):
    layout = laid_out(text, separator, **said)
    return [layout.skip(line.split(separator)) for line in text.split("\n")[1:]]


def test_totals_are_told_from_campaigns_that_are_called_so():
    head = "Date;Campaign;Cost\n"
    assert skips(head + "2026-03-01;Total;5\nTotal;;5\n;Grand total;5\nSumme:;;5\n;Subtotal;5") == [
        *(SUBTOTAL, WHOLE, WHOLE, WHOLE, SUBTOTAL)
    ]
    assert skips("Campaign;Cost\nTotal Fitness;5\nTotal;5") == [None, WHOLE]
    assert skips(head + "2026-03-01;A;--\n2026-03-01;A;\n© Acme 2026;;") == [
        UNREPORTED,
        None,
        FOOTER,
    ]


def test_notes_below_a_table_are_passed_over_but_no_row_that_was_not_finished():
    head = "Date;Campaign;Cost\n"
    text = head + "Source: finance, 3 May;;\n2026-03-01;;\n01/02/2026;;\n;A;"
    assert skips(text) == [FOOTER, None, None, None]


def test_a_row_of_a_platform_without_a_campaign_is_kept_if_it_is_about_anything():
    head = "Campaign name,Page,Day,Amount spent (EUR),Reporting starts\n"
    assert skips(head + ",Page,2026-03-01,5\n,,2026-03-01,5\n,,,10\n,,All,10\nA,,All,10", ",") == [
        *(None, None, WHOLE, WHOLE, SUBTOTAL)
    ]


@pytest.mark.parametrize(
    ("field", "cell", "text"),
    [
        ("amount", " --", ""),
        ("amount", "—", ""),
        ("amount", "n/a", ""),
        ("amount", " 1,234.50 ", "1,234.50"),
        ("amount", "144.", "144"),
        ("amount", "1,23,456.50", "123456.50"),
        ("impressions", "12 %", "12"),
        ("amount", "12 %", "12 %"),  # a share is no amount, which the parser says
        ("day", "2026-03-01 05:00:00", "2026-03-01"),
        ("day", "2026-03-01T05:00:00.000Z", "2026-03-01"),
        ("day", "3/1/2026 12:00:00 AM", "3/1/2026"),
        ("day", "Mar 03, 2026 09:00 am", "Mar 03, 2026"),
        ("day", "2026-03-01|07", "2026-03-01"),
        ("day", "3/1/2026 5:00:00 PM (GMT)", "3/1/2026"),
        ("day", "2026-03-01 05", "2026-03-01"),
        ("day", "March 1, 2026", "March 1, 2026"),
        ("day", "2026 March 31", "2026 March 31"),
        ("day", "2026-03-01 - 2026-03-31", "2026-03-01 - 2026-03-31"),
        ("campaign", " A ", " A "),  # as captured
        ("campaign", "--", "--"),  # a person's own name for it
    ],
)
def test_a_cell_is_handed_on_as_the_parsers_read_it(field, cell, text):
    assert laid_out("Date;Campaign;Cost", ";").text(field, cell) == text


def test_repeated_headings_are_told_apart_unless_they_are_used():
    layout = laid_out("Date;Campaign;Cost;Results;Results;", ";")
    assert layout.headers == ["Date", "Campaign", "Cost", "Results", "Results (2)"]
    with pytest.raises(FileProblem, match='the heading "Cost" 2 times'):
        laid_out("Date;Campaign;Cost;Cost", ";")


def test_every_format_has_a_name_and_a_label():
    assert list(labels())[-1] == "table"
    assert set(labels()) == set(FORMATS)
    assert all(name == each.name and each.label for name, each in FORMATS.items())


def test_an_empty_file_is_refused():
    with pytest.raises(FileProblem, match="is empty"):
        laid_out("\n;;\n", ";")


KNOWN = """Date|Campaign|Cost|Cost (EUR)|Impr.|Total|Total: Campaigns| --|1,234|2026-03-01
01/02/2026|Report Time: 1/2/2026,3/4/2026|Start Date (in UTC)|12,5|March 1, 2026 - March 31, 2026
Report Start:|Amount spent (USD)|Day|id||Spend|Currency code|Campaign name|cost_micros
STAT_TIME_HOUR|Title|©|Reporting ends|month|Currency: EUR"""
CELL = st.one_of(
    st.sampled_from(KNOWN.replace("\n", "|").split("|")),
    st.text(max_size=12),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(CELL, max_size=6), max_size=8))
def test_any_table_is_laid_out_or_refused(table):
    lines = list(enumerate(table, start=1))
    for format_ in ("", "google-ads", "table"):
        try:
            layout = recognise(lambda: iter(lines), "x.csv", FIELDS, Said(format=format_))
        except FileProblem:
            continue
        for _, cells in lines:
            layout.skip(cells)
            for cell in cells:
                for field in ("day", "amount", "campaign", "currency"):
                    layout.text(field, cell)
        assert set(layout.fields) <= set(layout.headers)
        assert len(set(layout.fields.values())) == len(layout.fields)
