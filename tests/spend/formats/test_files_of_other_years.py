"""Layouts of other years, accounts and programs: their days and sums, done by hand."""

import pytest

from spend.formats.rows import PART, UNSPLIT, WHOLE
from tests.spend.formats.files_of_spend import laid_out
from tests.spend.formats.test_files_of_others import GOOGLE, MICROSOFT, read


def test_totals_of_older_reports_of_google_begin_with_a_dash():
    text = (
        "Campaign report (Sep 1, 2015-Sep 30, 2015)\n"
        "Campaign state,Campaign,Avg. CPC,Currency code,Cost\n"
        "enabled,Brand,0.50,EUR,50.00\n"
        "Total - all but removed campaigns,--,0.50,EUR,50.00\n"
        "Total - Search,--,0.50,EUR,50.00\n"
    )
    _, rows, skipped = read(text)
    assert rows == [("Brand", "2015-09-01", "2015-09-30", 5000)]
    assert skipped == [WHOLE, PART]


def test_a_campaign_may_be_called_so():
    text = GOOGLE.format("2026-03-01 - 2026-03-31", "Campaign,Currency code,Cost,Impr.\n{}")
    _, rows, skipped = read(text.format("Total - Brand,EUR,5.00,9"))
    assert (rows[0][0], rows[0][3], skipped) == ("Total - Brand", 500, [])


@pytest.mark.parametrize(
    "line",
    [
        '"Mar 1, 2026-Mar 31, 2026"',
        "1 Mar 2026-31 Mar 2026",
        "2026/03/01-2026/03/31",
        "01.03.2026-31.03.2026",
        "2026-03-01-2026-03-31",
        "# 20260301-20260331",
    ],
)
def test_a_range_whose_dash_has_no_blanks(line):
    text = GOOGLE.format(line, "Campaign,Currency code,Cost,Impr.\nA,EUR,31.00,9")
    assert read(text)[1] == [("A", "2026-03-01", "2026-03-31", 3100)]


class TestMeta:
    @pytest.mark.parametrize(
        ("column", "cell"),
        [("Ad set name", "Locals"), ("Ad name", "Video 1"), ("Anzeigenname", "Video 1")],
    )
    def test_a_campaign_s_row_among_those_of_its_parts_is_asked_about(self, column, cell):
        text = (
            f"Campaign name,{column},Amount spent (EUR),Reporting starts,Reporting ends\n"
            "A,,11.00,2026-03-01,2026-03-01\n"
            f"A,{cell},11.00,2026-03-01,2026-03-01\n"
        )
        _, rows, [skip] = read(text)
        assert [row[3] for row in rows] == [1100]
        assert (skip.reason, skip.column) == (UNSPLIT.reason, 1)

    def test_an_export_of_campaigns_names_none_of_them(self):
        text = "Campaign name,Ad set name,Amount spent (EUR),Day\nA,,11.00,2026-03-01"
        assert read(text)[2] == []

    @pytest.mark.parametrize("clicks", ["Linkklikken", "Linkkliks", "Klikken op links"])
    def test_clicks_on_links_in_dutch(self, clicks):
        layout = laid_out(
            f"Dag;Campagnenaam;Platform;{clicks};Besteed bedrag (EUR)\n"
            "2026-03-01;C;facebook;1.204;12,50",
            ";",
        )
        assert (layout.format, layout.fields[clicks]) == ("meta-ads", "clicks")


class TestCurrencyInTheCells:
    HEAD = "Campaign,Day,Impr.,Avg. CPC,Cost\n"

    @pytest.mark.parametrize(
        ("cells", "currency"),
        [
            (["€1.50", "€2.00"], "EUR"),
            (["1.50 €", "0.00"], "EUR"),  # nought is nought in any currency
            (["R$ 1.50", "R$ 2.00"], "BRL"),
            (["1.50 SEK", "2.00 SEK"], "SEK"),
            (["US$1.50", "US$2.00"], "USD"),
        ],
    )
    def test_it_is_that_of_the_file(self, cells, currency):
        layout = laid_out(self.rows(cells))
        assert (layout.constants, layout.questions) == ({"currency": currency}, ())

    @pytest.mark.parametrize(
        "cells", [["€1.50", "2.00"], ["€1.50", "£2.00"], ["$1.50", "$2.00"], ["kr 1.50", "kr 2.00"]]
    )
    def test_what_does_not_stand_in_all_of_them_or_is_of_several_countries_is_asked(self, cells):
        [question] = laid_out(self.rows(cells)).questions
        assert question.about == "currency"

    def test_the_row_of_a_total_may_be_without(self):
        text = "Keyword,Campaign,Day,Avg. CPC,Cost\nk,A,2026-03-01,1,£5.00\nTotal: keywords,,,,5.00"
        assert laid_out(text).constants == {"currency": "GBP"}

    def rows(self, cells):
        return self.HEAD + "\n".join(f"A,2026-03-0{n},9,1,{c}" for n, c in enumerate(cells, 1))


def test_counts_that_are_kept_back_are_not_known():
    text = "Campaign name,By Hour,Cost,Impressions,Clicks (destination),Currency\n"
    layout = laid_out(text + "A,2026-03-01 00:00,1.00,<5,0,EUR\nA,2026-03-01 01:00,2.00,9,1,EUR")
    assert (layout.format, layout.apart) == ("tiktok-ads", ("By Hour",))
    assert layout.fields["By Hour"] == "day"
    assert [layout.text("impressions", cell) for cell in ("<5", "< 10", "9")] == ["", "", "9"]
    assert layout.text("amount", "<5") == "<5"  # the parser refuses it


def test_money_that_came_back_may_stand_in_brackets():
    text = "Date,Campaign,Spend\n2026-03-01,A,500.00\n2026-03-02,A,(20.50)\n2026-03-03,A,(€ 1.00)"
    assert [row[3] for row in read(text)[1]] == [50000, -2050, -100]


def test_millionths_in_brackets():
    layout = laid_out("Campaign ID,Campaign,Day,Cost (micros)\n1,A,2026-03-01,5250000")
    assert (layout.micros, layout.fields["Cost (micros)"]) == (True, "amount")


def test_days_as_an_older_interface_of_facebook_called_them():
    text = "campaign_id,reporting_start,reporting_end,ad_id,spent\n5,17/08/2017,18/08/2017,9,1.43"
    assert read(text)[1] == [("5", "2017-08-17", "2017-08-18", 143)]


@pytest.mark.parametrize(
    "cell",
    ["171234567890\t", "\t171234567890", '="171234567890"', "[171234567890]", "'171234567890"],
)
def test_an_id_that_is_kept_from_being_rounded_is_the_same_id(cell):
    layout = laid_out("Campaign name,Campaign ID,By Day,Cost,Currency,Clicks (destination)")
    assert layout.text("platform_id", cell) == "171234567890"
    for name in ("[Main] Acme", "[Main]", "'s-Gravenhage"):
        assert layout.text("account", name) == name


def test_tiktok_in_spanish():
    text = (
        "Nombre de la campaña,Por día,Gasto,Impresiones,Clics (destino),Moneda\n"
        "A,2026-03-01,5.50,1050,1,EUR\nA,2026-03-02,1.50,50,0,EUR\n"
        "Total: 2 resultados,-,7.00,1100,1,-\n"
    )
    layout, rows, skipped = read(text)
    assert (layout.format, layout.fields["Clics (destino)"]) == ("tiktok-ads", "clicks")
    assert ([row[3] for row in rows], skipped) == ([550, 150], [WHOLE])


class TestLinesOnTop:
    @pytest.mark.parametrize(
        "lines",
        [
            "Date range,2026-03-01,2026-03-31",
            "Report start,2026-03-01\nReport end,2026-03-31",
            "2026-03-01 00:00:00 - 2026-03-31 23:59:59",
            "Period: from 1 March 2026 to 31 March 2026",
            '"dim. 1 mars 2026 - mar. 31 mars 2026"',
        ],
    )
    def test_a_range_in_cells_of_its_own_or_with_a_clock(self, lines):
        layout = laid_out(f"Campaign report\n{lines}\nCampaign,Currency code,Cost\nA,EUR,31.00")
        assert layout.constants == {"day": "2026-03-01", "last_day": "2026-03-31"}

    def test_a_day_beside_a_label_may_be_of_anything(self):
        text = "Campaign report\nLaunch,2026-03-01\nCampaign,Currency code,Cost,Impr.\nA,EUR,31,9"
        assert "day" not in laid_out(text).constants  # it is missed

    def test_but_a_report_of_microsoft_says_so_of_which_day_it_is(self):
        text = MICROSOFT.format(
            "Report Time: 3/13/2026\nLast Completed Available Day: 3/15/2026 10:15:00 PM (GMT)",
            "Campaign name,Currency code,Spend\nA,USD,5.00",
        )
        assert read(text)[1] == [("A", "2026-03-13", "2026-03-13", 500)]


@pytest.mark.parametrize(
    "label", ["Account total", "Campaigns total", "Totals for 2 campaigns", "Total 2 results"]
)
def test_further_names_of_totals(label):
    text = GOOGLE.format(
        "2026-03-01 - 2026-03-01",
        f"Campaign,Currency code,Cost,Impr.\nA,EUR,2,9\nAccount 7,EUR,3,9\n{label},EUR,5,9",
    )
    _, rows, skipped = read(text)
    assert ([row[3] for row in rows], skipped) == ([200, 300], [WHOLE])


def test_months_as_supermetrics_writes_them():
    text = "Year & month,Campaign name,Cost (EUR)\n2026|03,A,31.00"
    assert read(text)[1] == [("A", "2026-03-01", "2026-03-31", 3100)]


def test_a_campaign_that_is_named_after_a_post_of_several_lines():
    text = (
        "Campaign name,Day,Amount spent (EUR),Link clicks\n"
        '"Instagram post: Spring!\r\n\r\nCome\tand see",2026-03-01,5.00,1\n'
    )
    assert read(text)[1][0][0] == "Instagram post: Spring! Come and see"


def test_klaviyo_names_the_time_zone_of_its_days():
    text = "Campaign Name,Send Date (America/New_York),Recipients,Opens,Clicks\nA,2026-03-01,9,4,1"
    layout = laid_out(text)
    assert (layout.format, layout.fields["Send Date (America/New_York)"]) == ("klaviyo", "day")


def test_days_as_an_older_interface_of_microsoft_called_them():
    text = MICROSOFT.format(
        '"Report Time: 3/1/2026,3/31/2026"',
        "GregorianDate,AccountName,CampaignName,CurrencyCode,Spend,City\n"
        "3/2/2026,Acme,A,EUR,5.00,Milan\n3/2/2026,Acme,A,EUR,6.00,",
    )
    assert [row[1:] for row in read(text)[1]] == [
        ("2026-03-02", "2026-03-02", 500),
        ("2026-03-02", "2026-03-02", 600),
    ]


def test_mailings_with_the_day_and_time_in_one_column():
    fields = set(laid_out("Campaign Name,Send Date/Time,Emails Sent,Total Opens").fields.values())
    assert fields == {"campaign", "day", "sends", "opens"}
