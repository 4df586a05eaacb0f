"""Files written after layouts that were found in use: their days and sums, done by hand."""

import pytest

from attribution import scope
from attribution.files.amounts import parse_amount
from attribution.files.problems import FileProblem
from spend.formats.rows import PART, WHOLE
from spend.models import SpendEntry
from tests.attribution.import_files import check, take_in, texts
from tests.factories import make_company
from tests.spend.formats.files_of_spend import laid_out
from tests.spend.formats.test_files_of_others import read


@pytest.fixture
def company(db):
    with scope.all_companies():
        yield make_company(currency="EUR")


class TestCurrenciesBesideAmounts:
    """Google's overview page exports its charts without campaigns, each amount with its mark."""

    CHART = 'Date,Clicks,Avg. CPC,Cost\n"Thu, 5 Mar 2026",0,{0}0.00,{0}0.00\n'
    CHART += '"Fri, 6 Mar 2026",26,{0}1.92,"{0}1,050.00"\n'

    @pytest.mark.parametrize(
        ("mark", "currency"),
        [
            ("US$", "USD"),
            ("€", "EUR"),
            ("A$", "AUD"),
            ("CA$", "CAD"),
            ("HK$", "HKD"),
            ("NZ$", "NZD"),
            ("NT$", "TWD"),
            ("MX$", "MXN"),
            ("₩", "KRW"),
            ("₫", "VND"),
            ("₪", "ILS"),
            ("₱", "PHP"),
        ],
    )
    def test_are_seen_where_no_column_names_campaigns(self, mark, currency):
        text = self.CHART.format(mark)
        layout = laid_out(text)
        assert layout.constants["currency"] == currency
        written = layout.text("amount", f"{mark}1.00")
        if currency not in ("KRW", "VND"):
            assert parse_amount(written, currency).minor == 100

    @pytest.mark.parametrize("mark", ["$", "¥", "kr "])
    def test_of_several_countries_prove_nothing(self, mark):
        assert "currency" not in laid_out(self.CHART.format(mark)).constants

    def test_and_a_total_need_not_have_one(self):
        text = self.CHART.format("US$") + "Total,26,,1050.00\n"
        assert laid_out(text).constants["currency"] == "USD"

    def test_days_and_sum(self):
        _, rows, _ = read(self.CHART.format("€"))
        assert rows == [
            ("", "2026-03-05", "2026-03-05", 0),
            ("", "2026-03-06", "2026-03-06", 105000),
        ]

    POSTS = 'Date,Campaign name,Ad name,Spend\n2026-03-02,Launch,A,"{0}1,020.50"\n'
    POSTS += '2026-03-03,Launch,B,0\n2026-03-03,Launch,C,{0}80.00\nTotal,,,"{0}1,100.50"\n'

    @pytest.mark.parametrize("mark", ["$", "kr "])
    def test_that_the_company_does_not_have_are_asked_for_once(self, company, mark):
        outcome = check(company, "spend", self.POSTS.format(mark))
        assert texts(outcome) == []
        assert [(q.text, q.option) for q in outcome.questions] == [
            (
                f'The amounts are in "{mark.strip()}", which is not EUR. Which currency is it?',
                "--currency",
            )
        ]
        said = "USD" if mark == "$" else "SEK"
        outcome = take_in(company, "spend", self.POSTS.format(mark), currency=said)
        entries = SpendEntry.objects.order_by("day")
        assert [(e.currency, e.amount_minor or e.original_minor) for e in entries] == [
            (said, 102050),
            (said, 8000),
        ]

    @pytest.mark.parametrize("currency", ["USD", "CAD"])
    def test_that_it_has_are_its_own(self, db, currency):
        with scope.all_companies():
            company = make_company(currency=currency)
            outcome = take_in(company, "spend", self.POSTS.format("$"))
        assert (outcome.questions, outcome.totals.minor) == ([], 110050)


class TestFurtherLanguages:
    def test_meta_in_indonesian(self):
        text = (
            "Awal pelaporan,Akhir pelaporan,Nama kampanye,Penayangan kampanye,Hasil,"
            "Indikator Hasil,Anggaran Set Iklan,Jumlah yang dibelanjakan (IDR),Berakhir,Impresi,"
            "Klik tautan,Klik (semua)\n"
            "2026-05-11,2026-05-11,KW-01,active,2,actions:purchase,100000,50000,Berkelanjutan,"
            "1320,24,30\n"
            "2026-05-11,2026-05-11,KW-02,active,5,actions:purchase,100000,82353,Berkelanjutan,"
            "2420,44,50\n"
            "2026-05-11,2026-05-11,,,7,,,132353,,3740,68,80\n"
        )
        layout, rows, skipped = read(text)
        assert (layout.format, layout.constants["currency"]) == ("meta-ads", "IDR")
        assert layout.fields["Klik tautan"] == "clicks"
        assert rows == [
            ("KW-01", "2026-05-11", "2026-05-11", 5000000),
            ("KW-02", "2026-05-11", "2026-05-11", 8235300),
        ]
        assert skipped == [WHOLE]

    def test_meta_in_indonesian_by_hour(self):
        text = (
            '"Nama iklan",Tanggal,"Waktu (zona waktu akun iklan)","Status Penayangan",'
            '"Jumlah yang dibelanjakan (IDR)",Impresi,"Nama set iklan","Awal pelaporan",'
            '"Akhir pelaporan"\n'
            'Tas,2026-07-10,"22:00:00 - 22:59:59",active,14000,3041,S1,2026-07-10,2026-07-11\n'
            'Tas,2026-07-11,"23:00:00 - 23:59:59",active,18533,3041,S1,2026-07-10,2026-07-11\n'
        )
        layout, rows, _ = read(text)
        assert layout.format == "meta-ads"
        assert [row[1:] for row in rows] == [
            ("2026-07-10", "2026-07-10", 1400000),
            ("2026-07-11", "2026-07-11", 1853300),
        ]

    def test_meta_in_traditional_chinese(self):
        text = (
            "行銷活動名稱,天數,行銷活動投遞,曝光次數,觸及人數,連結點擊次數,花費金額 (TWD),"
            "分析報告開始,分析報告結束\n"
            "春季_轉換,2026-01-01,active,12000,9000,150,3500,2026-01-01,2026-01-31\n"
            "春季_轉換,2026-01-02,active,11000,8000,140,3400.5,2026-01-01,2026-01-31\n"
        )
        layout, rows, _ = read(text)
        assert (layout.format, layout.constants["currency"]) == ("meta-ads", "TWD")
        assert layout.fields["連結點擊次數"] == "clicks"
        assert rows == [
            ("春季_轉換", "2026-01-01", "2026-01-01", 350000),
            ("春季_轉換", "2026-01-02", "2026-01-02", 340050),
        ]

    REPORT = (
        "Отчет о кампании\n30 июля 2026 г. - 2 августа 2026 г.\n"
        "Статус кампании\tКампания\tПоказы\tВзаимодействия\tРасходы\n"
        "Включено\tСтоматология\t239\t26\t10,50\n"
        "Приостановлено\tИмпланты\t1 020\t11\t1 011,25\n"
        "{}: кампании\t --\t1 259\t37\t1 021,75\n{}: аккаунт\t\t1 259\t37\t1 021,75\n"
    )

    @pytest.mark.parametrize("total", ["Итого", "Всего", "Сумма"])
    def test_google_in_russian_whatever_it_calls_totals(self, total):
        text = self.REPORT.format(total, total)
        [question] = laid_out(text, "\t").questions
        assert question.option == "--currency"
        layout, rows, skipped = read(text, "\t", currency="USD")
        assert layout.format == "google-ads"
        assert rows == [
            ("Стоматология", "2026-07-30", "2026-08-02", 1050),
            ("Импланты", "2026-07-30", "2026-08-02", 101125),
        ]
        assert skipped == ([PART, PART] if total == "Сумма" else [WHOLE, WHOLE])

    def test_a_column_of_days_that_was_never_seen_is_missed(self):
        text = (
            "Отчет о кампании\n1 мая 2026 г. - 31 мая 2026 г.\n"
            "День,Кампания,Показы,Взаимодействия,Расходы\n"
            '2026-05-01,Импланты,9,1,"1,25"\n2026-05-02,Импланты,9,1,"2,5"\n'
        )
        layout = laid_out(text)
        assert "day" not in {*layout.fields.values(), *layout.constants}


class TestTablesWithAPlatformsWords:
    """Meta calls a day Day, and not Date: a table with a date of its own is somebody else's."""

    def test_are_read_as_tables(self):
        text = (
            "Fecha;Nombre de la campaña;Importe gastado;Impresiones;Clics en el enlace\n"
            "13/09/2026;Retargeting;12,50 €;3.000;45\n14/09/2026;Otoño;1.020,00 €;8.000;60\n"
        )
        layout, rows, _ = read(text, ";")
        assert (layout.format, layout.constants["currency"]) == ("table", "EUR")
        assert rows == [
            ("Retargeting", "2026-09-13", "2026-09-13", 1250),
            ("Otoño", "2026-09-14", "2026-09-14", 102000),
        ]

    @pytest.mark.parametrize("day", ["Date", "Datum", "Data"])
    def test_in_other_languages(self, day):
        text = f"{day},Campaign name,Amount spent (USD),Link clicks\n2026-03-01,A,5.00,1\n"
        layout, rows, _ = read(text)
        assert layout.constants["currency"] == "USD"
        assert rows == [("A", "2026-03-01", "2026-03-01", 500)]

    def test_with_the_days_of_a_report_it_is_meta(self):
        text = (
            "Date,Campaign name,Amount spent (USD),Reporting starts,Reporting ends\n"
            "2026-03-01,A,5.00,2026-03-01,2026-03-31\n2026-03-02,A,7.00,2026-03-01,2026-03-31\n"
        )
        layout, rows, _ = read(text)
        assert layout.format == "meta-ads"
        assert [row[1:] for row in rows] == [
            ("2026-03-01", "2026-03-01", 500),
            ("2026-03-02", "2026-03-02", 700),
        ]


class TestWeeks:
    @pytest.mark.parametrize(
        ("cell", "first", "last"),
        [
            ('"Week of March 9, 2026"', "2026-03-09", "2026-03-15"),
            ('"Week of Mar 9, 2026"', "2026-03-09", "2026-03-15"),
            ("Week of 2026-03-09", "2026-03-09", "2026-03-15"),
            ('"Week commencing 9 March 2026"', "2026-03-09", "2026-03-15"),
        ],
    )
    def test_as_google_names_them_in_charts(self, cell, first, last):
        _, rows, _ = read(f"Week,Clicks,Cost\n{cell},33,€120.50\n")
        assert rows == [("", first, last, 12050)]


class TestMailings:
    def test_a_list_of_mailchimp_without_its_opens(self):
        text = (
            "Title,Subject,Audience,Send Date,Send Weekday,Total Recipients,Unique Id\n"
            'Club news,News in June,Club,"Jun 01, 2026 09:46 pm",Monday,33,0a1b\n'
            'Club ride,See you at 6pm,Club,"Jul 26, 2026 08:15 am",Sunday,734,0a1c\n'
        )
        layout = laid_out(text)
        assert (layout.format, layout.fields["Total Recipients"]) == ("mailchimp", "sends")
        _, rows, _ = read(text)
        assert [row[:2] for row in rows] == [
            ("Club news", "2026-06-01"),
            ("Club ride", "2026-07-26"),
        ]


class TestTotalsAmongTheirParts:
    """A sheet of people may have a row for a campaign, and below it one for each of its ads."""

    HEAD = "Date,Platform,Campaign,Ad name,Spend\n"
    MIXED = HEAD + (
        "2026-03-01,Facebook,C,,100.00\n2026-03-01,Facebook,C,Video A,60.00\n"
        "2026-03-01,Facebook,C,Video B,40.00\n"
    )

    def test_are_told_before_they_count_twice(self, company):
        notes = check(company, "spend", self.MIXED).notes
        assert (
            "The amount of row 2 is that of the other rows of its campaign and day together "
            "(C, 2026-03-01: €100.00). If it is their total, delete the row: it counts twice."
        ) in notes

    def test_for_many(self, company):
        text = self.MIXED + (
            "2026-03-02,Facebook,C,,30.00\n2026-03-02,Facebook,C,Video A,10.00\n"
            "2026-03-02,Facebook,C,Video B,20.00\n"
        )
        notes = check(company, "spend", text).notes
        assert (
            "The amounts of 2 rows are those of the other rows of their campaign and day "
            "together, such as row 2 (C, 2026-03-01: €100.00). If they are totals, delete these "
            "rows: they count twice."
        ) in notes

    @pytest.mark.parametrize(
        "rows",
        [
            "2026-03-01,Facebook,C,A,100.00\n2026-03-01,Facebook,C,B,100.00\n",
            "2026-03-01,Facebook,C,A,50.00\n2026-03-01,Facebook,C,B,60.00\n"
            "2026-03-01,Facebook,C,D,40.00\n",
            "2026-03-01,Facebook,C,A,0\n2026-03-01,Facebook,C,B,0\n2026-03-01,Facebook,C,D,0\n",
            # Once in three it can be chance.
            "2026-03-01,Facebook,C,A,3\n2026-03-01,Facebook,C,B,2\n2026-03-01,Facebook,C,D,1\n"
            "2026-03-02,Facebook,C,A,7\n2026-03-02,Facebook,C,B,2\n2026-03-02,Facebook,C,D,1\n"
            "2026-03-03,Facebook,C,A,8\n2026-03-03,Facebook,C,B,2\n2026-03-03,Facebook,C,D,1\n",
        ],
    )
    def test_parts_alone_are_not(self, company, rows):
        notes = " ".join(check(company, "spend", self.HEAD + rows).notes)
        assert "together" not in notes


class TestDaysBelowTheirCampaign:
    """Meta's pivot has a row for a campaign and all its days, and names it nowhere else."""

    HEAD = "Nombre de la campaña,Día,Importe gastado (EUR),Impresiones,Inicio del informe,"
    HEAD += "Fin del informe\n"
    ROWS = (
        "Zapatos,All,300.00,300,2026-03-01,2026-03-03\n"
        ",2026-03-01,100.00,100,2026-03-01,2026-03-01\n"
        ",2026-03-02,200.00,200,2026-03-02,2026-03-02\n"
        "Bolsos,All,50.00,30,2026-03-01,2026-03-03\n"
        ",2026-03-01,50.00,30,2026-03-01,2026-03-01\n"
    )

    @pytest.mark.parametrize("total", ["", ",All,350.00,330,2026-03-01,2026-03-03\n"])
    def test_are_of_that_campaign(self, company, total):
        outcome = take_in(company, "spend", self.HEAD + self.ROWS + total)
        assert texts(outcome) == []
        entries = SpendEntry.objects.order_by("campaign_name", "day")
        assert [(e.campaign_name, str(e.day), e.amount_minor) for e in entries] == [
            ("Bolsos", "2026-03-01", 5000),
            ("Zapatos", "2026-03-01", 10000),
            ("Zapatos", "2026-03-02", 20000),
        ]

    def test_where_a_day_has_a_name_of_its_own_nothing_is_filled(self, company):
        rows = self.ROWS + "Otros,2026-03-02,7.00,1,2026-03-02,2026-03-02\n"
        outcome = check(company, "spend", self.HEAD + rows)
        assert "is of the same campaign and day too" in texts(outcome)[0]


class TestFilesWithoutHeadings:
    @pytest.mark.parametrize(
        "line", ["2026-03-01,Brand,1000,150.75", "01/03/2026,Brand,1000,150.75"]
    )
    @pytest.mark.parametrize("mapping", [{}, {"Brand": "campaign", "150.75": "amount"}])
    def test_are_refused_or_their_first_row_would_be_lost(self, line, mapping):
        with pytest.raises(FileProblem, match='has no line of headings: it begins with "'):
            laid_out(f"{line}\n2026-03-02,Brand,900,140.10\n", mapping=mapping)

    def test_a_day_alone_may_be_a_heading(self):
        with pytest.raises(FileProblem, match="has a column for each month"):
            laid_out("Campaign,2026-03-01,2026-04-01\nA,1.00,2.00\n")
