"""Files that the formats were not written after: their days and sums, done by hand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attribution.files.problems import FileProblem
from spend.formats import Said, recognise
from spend.formats.rows import PART, SUBTOTAL, WHOLE, RowRules, total_in
from spend.formats.sieve import Sieve
from tests.spend.formats.files_of_spend import FIELDS, laid_out, records_of, rows_of

GOOGLE = "Campaign report\n{}\n{}"
MICROSOFT = "Report Name: Campaigns\n{}\n\n{}"


def read(text, separator=",", **said):
    """(name, first day, last day, minor units) of the rows that count, and why others do not."""
    records = records_of(text, separator)
    layout = recognise(records, "file.csv", FIELDS, Said(**said))
    assert [question.text for question in layout.questions] == []
    rows, skipped = rows_of(layout, records, "EUR")
    found = [(r.get("campaign", ""), r["day"], r["last_day"], r.get("amount")) for r in rows]
    return layout, found, skipped


class TestDaysOfAReport:
    def test_a_week_or_month_at_the_edge_is_only_partly_in_it(self):
        text = GOOGLE.format(
            '"January 20, 2026 - February 10, 2026"',
            "Campaign,Month,Currency code,Cost\n"
            "A,Jan 2026,EUR,12.00\nA,2026-02-01,EUR,10.00\nB,2026-05-01,EUR,1.00",
        )
        _, rows, _ = read(text)
        assert rows == [
            ("A", "2026-01-20", "2026-01-31", 1200),
            ("A", "2026-02-01", "2026-02-10", 1000),
            ("B", "2026-05-01", "2026-05-31", 100),  # a month that it is not of is left alone
        ]
        text = GOOGLE.format(
            '"4 mars 2026 - 10 mars 2026"',
            "Campagne,Semaine,Code de devise,Coût\nA,2026-03-02,EUR,5.00\nA,2026-03-09,EUR,2.00",
        )
        assert [row[1:3] for row in read(text)[1]] == [
            ("2026-03-04", "2026-03-08"),
            ("2026-03-09", "2026-03-10"),
        ]

    def test_what_people_write_above_a_table_is_no_fence(self):
        _, rows, _ = read("March 2026\n\nWeek;Campaign;Cost\n2026-W09;A;7.00", ";")
        assert rows == [("A", "2026-02-23", "2026-03-01", 700)]

    @pytest.mark.parametrize(
        ("heading", "cell", "first", "last"),
        [
            ("Quarter", "2026-04-01", "2026-04-01", "2026-06-30"),
            ("Quarter", '"Q1, 2026"', "2026-01-01", "2026-03-31"),
            ("Trimestre", "T2 2026", "2026-04-01", "2026-06-30"),
            ("Year", "2025", "2025-01-01", "2025-12-31"),
        ],
    )
    def test_quarters_and_years(self, heading, cell, first, last):
        table = f"Campaign,{heading},Currency code,Cost\nA,{cell},EUR,9.50\nB,{cell},EUR,1.50"
        text = GOOGLE.format('"January 1, 2025 - December 31, 2026"', table)
        _, rows, _ = read(text)
        assert {row[1:3] for row in rows} == {(first, last)}

    def test_a_year_beside_a_month_is_not_what_a_row_is_of(self):
        assert "day" not in laid_out("Jahr;Monatsname;Kampagne;Kosten", ";").fields.values()
        assert laid_out("Year;Campaign;Cost", ";").grain == "year"

    def test_days_in_a_column_of_unknown_name_are_not_spread_over_the_range(self):
        table = "Campaign,{},Currency code,Cost\nA,{},EUR,5.00\nA,{},EUR,2.00"
        for heading, *cells in (
            ("Dzień", "2026-03-01", "2026-03-02"),
            ("Month of Year", "January", "February"),
        ):
            text = GOOGLE.format("2026-03-01 - 2026-03-31", table.format(heading, *cells))
            layout = laid_out(text)
            assert "day" not in {*layout.fields.values(), *layout.constants}  # it is missed
        # One day alone may be the first or the last of a campaign.
        text = GOOGLE.format(
            "2026-03-01 - 2026-03-31", table.format("Launch", "2026-02-01", "2026-02-01")
        )
        assert laid_out(text).constants["day"] == "2026-03-01"

    def test_months_as_columns_are_refused_with_the_way_out(self):
        with pytest.raises(FileProblem, match=r"a column for each month \(Jan 2026, Feb 2026"):
            laid_out("Kampagne;Jan 2026;Feb 2026\nA;5,00;6,00", ";")
        with pytest.raises(FileProblem, match="Write the month into a column"):
            laid_out("Kampagne;Januar;Februar;Summe\nA;5,00;6,00;11,00", ";")


class TestTheOrderOfDays:
    TABLE = "Gregorian date,Account name,Campaign name,Currency code,Spend\n{},A,B,GBP,7.00"

    @pytest.mark.parametrize(
        ("time", "day", "order"),
        [
            ("3/1/2026,3/2/2026", "3/1/2026", "mdy"),
            ("01/03/2026,12/03/2026", "01/03/2026", None),  # English is spoken elsewhere too
            ("1/03/2026,12/03/2026", "1/03/2026", None),
            ("01/03/2026,31/03/2026", "01/03/2026", "dmy"),
        ],
    )
    def test_a_report_of_microsoft_is_american_only_if_it_looks_so(self, time, day, order):
        text = MICROSOFT.format(f'"Report Time: {time}"', self.TABLE.format(day))
        layout = laid_out(text)
        assert [question.about for question in layout.questions] == ([] if order else ["dates"])
        assert layout.day_order == (order or "ymd")

    def test_no_language_puts_the_month_first_before_a_dot(self):
        table = "Zeitraum;Kontoname;Kampagnenname;Währungscode;Ausgaben\n01.03.2026;A;B;EUR;7,00"
        text = "Berichtsname: x\nBerichtszeit: 01.03.2026,12.03.2026\n\n" + table
        _, rows, _ = read(text, ";")
        assert rows == [("B", "2026-03-01", "2026-03-01", 700)]
        text = GOOGLE.format("", "Tag,Kampagne,Währungscode,Kosten\n01.03.2026,A,EUR,7.00")
        assert laid_out(text).day_order == "dmy"
        [question] = laid_out("Datum;Kampagne;Kosten\n01.03.2026;A;7,00", ";").questions
        assert question.about == "dates"  # but people may

    @pytest.mark.parametrize(
        ("top", "heading", "grain"),
        [
            ("Berichtsname: x\nBerichtsaggregation: Wöchentlich", "Zeitraum", "week"),
            ("Nom du rapport : x\nAgrégation du rapport : Mensuel", "Période", "month"),
            ("Nombre del informe: x\nAgregación del informe: Semanal", "Período", "week"),
            ("Report Name: x\nReport Aggregation: Yearly", "Time period", "year"),
        ],
    )
    def test_the_lines_on_top_say_it_in_their_language(self, top, heading, grain):
        table = f"{heading},Campaign name,Currency code,Spend,Depenses,Ausgaben,Gasto"
        assert laid_out(f"{top}\n\n{table}").grain == grain


class TestTotals:
    def test_a_summary_above_ads_without_campaigns_is_not_added_up(self):
        head = "Reporting starts,Reporting ends,Ad name,Attribution setting,Amount spent (EUR)\n"
        days = "2026-03-01,2026-03-01"
        text = head + (
            f"{days},,Multiple attribution settings,30.00\n{days},Ad 1,7-day click,10.00\n"
            f"{days},Ad 2,7-day click,20.00"
        )
        layout, rows, skipped = read(text)
        assert ([row[3] for row in rows], skipped) == ([1000, 2000], [WHOLE])
        assert "Ad name" in layout.apart  # "Ad 1" and "Ad 2" are names, and no numbers

    def test_a_summary_is_known_although_it_names_the_account(self):
        text = (
            "Campaign name,Account name,Account ID,Currency,Budget type,Day,Amount spent,"
            "Reporting starts,Reporting ends\n"
            ",Acme,5,EUR,Daily,,30,2026-03-01,2026-03-01\n"
            "A,Acme,5,EUR,Daily,2026-03-01,30,2026-03-01,2026-03-01"
        )
        assert read(text)[2] == [WHOLE]

    def test_a_summary_above_accounts_is_one(self):
        days = "2026-03-01,2026-03-31"
        text = (
            "Account name,Amount spent (EUR),Reporting starts,Reporting ends\n"
            f",31,{days}\nAcme,11,{days}\nBeta,20,{days}"
        )
        assert read(text)[2] == [WHOLE]

    def test_a_row_without_a_campaign_may_have_its_label_anywhere(self):
        text = "Kampagne;Kanal;Monat;Kosten\nA;SEA;2026-03;10,00\n;Summe;2026-03;10,00"
        assert read(text, ";")[2] == [SUBTOTAL]

    def test_an_account_alone_has_rows_and_no_total(self):
        text = "Reporting starts,Reporting ends,Amount spent (EUR)\n2026-03-01,2026-03-01,30.00"
        assert [row[3] for row in read(text)[1]] == [3000]

    def test_all_beside_single_ages_is_their_subtotal(self):
        head = "Campaign name,Age,Day,Amount spent (EUR),Reporting starts,Reporting ends\n"
        row = "A,{},2026-03-01,{},2026-03-01,2026-03-01"
        both = [row.format("All", 30), row.format("18-24", 10), row.format("25-34", 20)]
        _, rows, skipped = read(head + "\n".join(both))
        assert ([row[3] for row in rows], skipped) == ([1000, 2000], [SUBTOTAL])
        assert [row[3] for row in read(head + both[0])[1]] == [3000]  # nothing but "All"

    def test_a_counted_total_is_one_whatever_its_days(self):
        text = (
            "Campaign name,By Day,Cost,Currency\nA,2026-03-01,10.10,USD\n"
            "Total of 1 results,2026-03-01 - 2026-03-31,10.10,USD"
        )
        _, rows, skipped = read(text)
        assert (rows, skipped) == ([("A", "2026-03-01", "2026-03-01", 1010)], [WHOLE])

    def test_people_write_totals_of_days_but_programs_write_names(self):
        rows = "\n2026-03-01{0}A{1}5\n2026-03-01{0}Total{1}5"
        assert read("Date;Campaign;Cost" + rows.format(";", ";"), ";")[2] == [SUBTOTAL]
        assert (
            read("Day,Campaign,Cost / conv.,Cost" + rows.format(",", ",0,"), currency="EUR")[2]
            == []
        )
        ours = "day;campaign;amount;came_from\n2026-03-01;Total;5;file"
        assert read(ours, ";")[2] == []

    @pytest.mark.parametrize(
        ("label", "total"),
        [
            *[(label, WHOLE) for label in ("Total March", "Total (EUR)", "Gesamtsumme netto")],
            *[(label, WHOLE) for label in ("Total HT", "Summe 2026", "Total general")],
            ("Overall total - 2 campaigns", WHOLE),
            *[(label, WHOLE) for label in ("Ergebnisse von 2 Kampagnen", "Totale - account")],
            *[(label, WHOLE) for label in ("Résultats de 2 campagnes", "Risultati di 2 campagne")],
            ("Deleted items total", PART),
            *[(label, SUBTOTAL) for label in ("Zwischensumme", "Sous-total", "Subtotal:")],
            *[(label, None) for label in ("Total Fitness", "Total Ads", "Totally", "Gesamtwerk")],
            *[(label, None) for label in ("Deleted scenes", "Results for 2026 plans")],
        ],
    )
    def test_labels(self, label, total):
        assert total_in(label) == total


class TestWhoseFileItIs:
    @pytest.mark.parametrize(
        "headings",
        [
            "Date,Campaign Name,Campaign ID,Amount Spent (USD),Impressions,Clicks,eCPM",
            "Campaign Name,Campaign ID,Date (UTC),Spend (USD),Impressions,Clicks",
            "Campaign Name,Date,Spend,Paid Impressions,Saves,Swipe Ups",
            "Campaign name,Campaign ID,Date,Total cost,Currency,Impressions",
            "Report name: Weekly\nDate,Campaign,Impressions,Spend",
            "# 20260301-20260331\nSession campaign,Date,Ads cost,Ads clicks",
        ],
    )
    def test_what_others_write_as_well_is_nobodys(self, headings):
        layout = laid_out(headings)
        assert (layout.format, layout.platform) == ("table", "")
        assert {"campaign", "day", "amount"} <= set(layout.fields.values())

    def test_any_report_in_utc_is_of_linkedin(self):
        text = "Demographics Report (in UTC)\nCampaign Name,Currency,Job Function,Total Spent"
        assert laid_out(text).format == "linkedin-ads"

    def test_mailings_of_other_programs(self):
        for head in (
            "Campaign Name;Subject;Sent date;Recipients;Opens;Clicks",
            "Email name;Send date;Sent;Opened;Clicked",
        ):
            fields = set(laid_out(head, ";").fields.values())
            assert fields == {"campaign", "day", "sends", "opens", "clicks"}


def test_money_under_another_heading_is_not_taken_for_none():
    head = "Campaign;Date;Clicks;Cost (Mar 1 - 31, 2026)"
    assert not {"clicks", "amount"} & set(laid_out(head, ";").fields.values())  # it is missed
    priced = "Campaign;Date;Clicks;Cost per click", "Campaign;Date;Impressions;Cost / conv.;CPC"
    for prices in priced:  # what had a price cost something: unknown, and not 0
        assert set(laid_out(prices, ";").fields.values()) == {"campaign", "day"}
    said = laid_out(head, ";", mapping={"Cost (Mar 1 - 31, 2026)": ""})
    assert "clicks" in said.fields.values()


@pytest.mark.parametrize(
    ("headings", "row"),
    [
        ("캠페인 이름,일,노출,지출 금액 (USD)", "A,2026-03-01,100,12.50"),
        ("Nazwa kampanii,Dzień,Wyświetlenia,Wydana kwota (USD)", "A,2026-03-01,100,12.50"),
        ("Tên chiến dịch,Ngày,Lượt hiển thị,Số tiền đã chi tiêu (USD)", "A,2026-03-01,100,12.50"),
        (
            "报告开始日期,报告结束日期,广告系列名称,展示次数,已花费金额 (USD)",
            "2026-03-01,2026-03-01,A,100,12.50",
        ),
        (
            "Rapor Başlangıcı,Rapor Sonu,Kampanya Adı,Gösterim,Harcanan Tutar (USD)",
            "2026-03-01,2026-03-01,A,100,12.50",
        ),
        (
            "Дата начала отчетности,Дата окончания отчетности,Название кампании,Показы,"
            "Сумма затрат (USD)",
            "2026-03-01,2026-03-01,A,100,12.50",
        ),
        (
            "Початок звітності,Завершення звітності,Назва кампанії,Покази,Сума витрат (USD)",
            "2026-03-01,2026-03-01,A,100,12.50",
        ),
        (
            "بداية التقارير,نهاية التقارير,اسم الحملة,مرات الظهور,المبلغ الذي تم إنفاقه (USD)",
            "2026-03-01,2026-03-01,A,100,12.50",
        ),
    ],
)
def test_meta_in_further_languages(headings, row):
    layout, rows, _ = read(f"{headings}\n{row}\n")
    assert (layout.format, layout.constants["currency"]) == ("meta-ads", "USD")
    assert rows == [("A", "2026-03-01", "2026-03-01", 1250)]


def test_what_stands_for_every_age_is_a_total_in_further_languages_too():
    text = (
        "캠페인 이름,일,연령,지출 금액 (USD)\nA,2026-03-01,18-24,12.50\nA,2026-03-01,전체,12.50\n"
    )
    _, rows, skipped = read(text)
    assert rows == [("A", "2026-03-01", "2026-03-01", 1250)]
    assert skipped == [SUBTOTAL]


def test_google_in_korean_with_its_totals():
    layout, rows, skipped = read(
        "캠페인 보고서\n2026년 3월 1일 - 2026년 3월 31일\n"
        "캠페인 상태,캠페인,통화 코드,비용,노출수\n"
        '운영중,A,EUR,"1,010.50",100\n총계: 캠페인, --,EUR,"1,010.50",100\n'
        '전체: 계정, --,EUR,"1,010.50",100\n'
    )
    assert layout.format == "google-ads"
    assert rows == [("A", "2026-03-01", "2026-03-31", 101050)]
    assert skipped == [WHOLE, WHOLE]


def test_marks_in_money_that_has_no_decimals_part_thousands():
    text = "Date;Campaign;Cost (JPY)\n2026-03-01;A;{}"
    assert laid_out(text.format("1,234"), ";").decimal_sign == "."
    assert laid_out(text.format("1.234"), ";").decimal_sign == ","
    assert laid_out(text.format("1,234").replace("JPY", "EUR"), ";").questions


def test_hours_as_the_interface_of_microsoft_writes_them_are_parts_of_a_day():
    text = MICROSOFT.format(
        "Report Aggregation: Hourly",
        "Time period,Campaign name,Currency code,Spend\n"
        "2026-03-01|00,A,EUR,1.00\n2026-03-01|13,A,EUR,2.00",
    )
    layout, rows, _ = read(text)
    assert rows == [("A", "2026-03-01", "2026-03-01", minor) for minor in (100, 200)]
    assert layout.apart == ("Time period",)


def test_two_lines_above_a_table_of_people_make_it_nobodys():
    assert laid_out("Plan\nGesamt: 1244,50\nDatum;Kampagne;Kosten", ";").format == "table"
    text = "Spend\nDu 1 mars 2026 au 31 mars 2026\nCampagne;Coût;Code de devise"
    layout = laid_out(text, ";")
    assert layout.format == "google-ads"
    assert (layout.constants["day"], layout.constants["last_day"]) == ("2026-03-01", "2026-03-31")


CELLS = st.sampled_from(
    ["", "-", "Plan", "A Total", "All", "Total", "Zwischensumme", "A", "2026-03-01", "5", "\xa9"]
)
COLUMN = st.none() | st.integers(0, 3)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=4, max_size=4), min_size=1, max_size=6), st.data())
def test_the_sieve_lets_nothing_through_that_is_to_be_skipped(rows, data):
    rules = RowRules(
        **{name: data.draw(COLUMN) for name in ("campaign", "platform_id", "day", "amount")},
        others=tuple(data.draw(st.sets(st.integers(0, 3)))),
        is_platform=data.draw(st.booleans()),
        with_all=tuple(data.draw(st.sets(st.integers(0, 3)))),
        breakdowns=tuple(data.draw(st.sets(st.integers(0, 3)))),
        planned=tuple(data.draw(st.sets(st.integers(0, 3)))),
        totals_of_days=data.draw(st.booleans()),
    )
    skipped = {number for number, cells in enumerate(rows) if rules.skip(cells)}
    assert skipped <= set(Sieve(rules).suspects(list(zip(*rows, strict=True))))


def test_dollars_of_the_united_states():
    layout = laid_out("Day,Campaign,Cost,Impr.\n2026-03-01,A,US$1.50,9", currency="USD")
    assert layout.text("amount", "US$1,234.50") == "USD 1,234.50"


class TestTwoWords:
    def test_of_two_columns_for_money_a_person_says_which_counts(self):
        for head in ("Date;Campaign;Amount;Spend", "Datum;Kampagne;Werbekosten;Kosten"):
            assert "amount" not in laid_out(head, ";").fields.values()  # it is missed
        said = laid_out("Date;Campaign;Amount;Spend", ";", mapping={"Spend": "amount"})
        assert said.fields["Spend"] == "amount"
        assert laid_out("Date;Campaign;Valor;Custo", ";").fields["Custo"] == "amount"

    def test_of_two_currencies_a_person_says_which_is_true(self):
        text = "Date;Campaign;Cost (USD);Currency\n2026-03-01;A;5.00;EUR"
        [question] = laid_out(text, ";").questions
        assert (question.about, question.choices) == ("currency", ("USD", "EUR"))
        assert laid_out(text, ";", currency="usd").constants == {"currency": "USD"}
        assert laid_out(text, ";", currency="EUR").fields["Currency"] == "currency"
        assert not laid_out(text.replace("EUR", "USD"), ";").questions
