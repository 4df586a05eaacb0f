"""Orders of days and decimal signs are proved or asked, never guessed."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attribution.files.cells import CellError, parse_amount, parse_day
from spend.formats import Said, parse_period, recognise
from spend.formats.evidence import sign_of
from tests.spend.formats.files_of_spend import FIELDS, laid_out, records_of


def table(days=("2026-03-01",), amounts=("5",), heading="Cost (EUR)"):
    rows = [f'{day};A;"{amount}"' for day in days for amount in amounts]
    return laid_out("\n".join([f"Date;Campaign;{heading}", *rows]), ";")


@pytest.mark.parametrize(
    ("number", "sign"),
    [
        *[("12.50", "."), ("1,234.56", "."), ("1234.5", "."), ("1,234,567", "."), ("0.125", ".")],
        *[("1.234,56", ","), ("0,5", ","), ("1.234.567", ","), ("1 234,5", ","), ("1234,567", ",")],
        *[("1,234", "?"), ("1.234", "?"), ("12,345", "?"), ("1234", ""), ("144.", "")],
        *[("1,23,456.78", "."), ("1'234.50", "."), ("1.429999948", "."), ("1,2.3,4", "")],
    ],
)
def test_what_a_number_proves(number, sign):
    assert sign_of(number) == sign


@pytest.mark.parametrize(
    ("days", "order", "asked"),
    [
        (["2026-03-01", "2026-03-02"], "ymd", ""),
        (["01/02/2026", "13/02/2026"], "dmy", ""),
        (["01/02/2026", "02/13/2026"], "mdy", ""),
        (["02/02/2026"], "dmy", ""),  # either order reads it alike
        (["01/02/2026", "03/04/2026"], "ymd", "dates"),
        (["Mar 1, 2026"], "ymd", ""),
    ],
)
def test_the_order_of_days(days, order, asked):
    layout = table(days)
    assert (layout.day_order, "".join(q.about for q in layout.questions)) == (order, asked)


def test_the_question_shows_what_is_meant_and_its_answers():
    [question] = table(["01/02/2026", "03/04/2026"]).questions
    assert question.text == "The days could be day/month or month/day: 01/02/2026, 03/04/2026."
    assert (question.choices, question.option) == (("dmy", "mdy"), "--dates")
    [question] = table(amounts=["1,234", "2,500"]).questions
    assert "1,234, 2,500" in question.text
    assert (question.about, question.choices) == ("decimal", (".", ","))


@pytest.mark.parametrize(
    ("amounts", "sign", "asked"),
    [
        (["12", "7"], ".", ""),
        (["1,234", "12,50"], ",", ""),
        (["1,234", "12.50"], ".", ""),
        (["1,234"], ".", "decimal"),
        (["€ 12,50"], ",", ""),
        (["1.234,56 EUR"], ",", ""),
        (["12.50", "12,50"], ".", ""),  # the parser names the row that contradicts
    ],
)
def test_the_decimal_sign(amounts, sign, asked):
    layout = table(amounts=amounts)
    assert (layout.decimal_sign, "".join(q.about for q in layout.questions)) == (sign, asked)


def test_an_answer_is_the_end_of_the_question():
    text = 'Date;Campaign;Cost\n01/02/2026;A;"1,234"'
    assert len(laid_out(text, ";").questions) == 2
    said = laid_out(text, ";", day_order="dmy", decimal_sign=",", currency="SEK")
    assert (said.questions, said.day_order, said.decimal_sign) == ((), "dmy", ",")
    assert said.constants == {"currency": "SEK"}


def test_the_lines_on_top_of_a_platform_s_file_prove_the_order_too():
    headings = "Gregorian date,Campaign name,Spend,Currency code"
    text = f"Report Name: x\n{{}}\n\n{headings}\n3/4/2026,A,1.50,EUR"
    assert laid_out(text.format('"Report Time: 1/3/2026,31/3/2026"')).day_order == "dmy"
    assert laid_out(text.format('"Report Time: 3/1/2026,3/31/2026"')).day_order == "mdy"


def test_a_report_s_own_range_is_asked_about_as_well():
    text = "Campaign report\n{}\nCampaign,Cost,Currency code\nA,1.50,EUR"
    layout = laid_out(text.format("01/03/2026 - 05/03/2026"))
    assert [question.about for question in layout.questions] == ["dates"]
    layout = laid_out(text.format("01/03/2026 - 05/03/2026"), day_order="dmy")
    assert layout.constants == {"day": "2026-03-01", "last_day": "2026-03-05"}
    layout = laid_out(text.format("01/03/2026 - 31/03/2026"))
    assert layout.constants == {"day": "2026-03-01", "last_day": "2026-03-31"}


def test_impressions_of_the_same_report_prove_what_a_thousand_looks_like():
    text = 'Campaign report\n"March 1, 2026 - March 2, 2026"\nCampaign,Currency code,Impr.,Cost\n'
    layout = laid_out(text + 'A,EUR,"25,881","1,234"')
    assert (layout.decimal_sign, layout.questions) == (".", ())


def test_in_a_table_of_people_they_do_not():
    layout = laid_out('Date,Campaign,Impressions,Cost\n2026-03-01,A,"25,881","1,234"')
    assert [question.about for question in layout.questions] == ["decimal"]


class TestYearsOfTwoDigits:
    """12-Mar-26 is of 2026 where the day goes first, and of 2012 where the year does."""

    @pytest.mark.parametrize(
        ("days", "order", "read"),
        [
            (["12-Mar-26", "1-Mar-26"], "dmy", date(2026, 3, 12)),
            (["12-Mar-26", "01 March 26"], "dmy", date(2026, 3, 12)),  # a year is no 01
            (["26-Mar-12", "26-Mar-09"], "ymd", date(2026, 3, 12)),
            (["26-Mai-12", "26-Mai-9"], "ymd", date(2026, 5, 12)),
            (["12-Mar-26 - 18-Mar-26", "1-Mar-26"], "dmy", None),
        ],
    )
    def test_the_other_rows_say_where_it_stands(self, days, order, read):
        layout = table(days)
        assert (layout.day_order, layout.questions) == (order, ())
        assert read is None or parse_period(days[0], order, "day") == (read, read)

    @pytest.mark.parametrize(
        ("title", "order"),
        [
            *(("Budget 2026", "dmy"), ("March 1, 2026 - March 31, 2026", "dmy")),
            *(("Report Time: 3/1/2012,3/31/2012", "ymd"), ("1/1/2012 - 12/31/2026", None)),
            ("Budget 2026.50", None),
        ],
    )
    def test_the_lines_on_top_may_name_the_year(self, title, order):
        layout = laid_out(f'"{title}"\n\nDate,Campaign,Cost\n12-Mar-26,A,5\n13-Mar-26,A,5')
        assert (layout.day_order if not layout.questions else None) == order

    @pytest.mark.parametrize(
        ("days", "said"),
        [
            (["26-Mar-12", "12-Mar-26"], "26-Mar-12 could be of 2012 {} or of 2026 {}."),
            (["2026-03-01", "12 Mar. 26"], "12 Mar. 26 could be of 2026 {} or of 2012 {}."),
        ],
    )
    def test_it_is_asked_about_where_they_do_not(self, days, said):
        [question] = table(days).questions
        assert question.choices == ("dmy", "ymd")
        assert question.text == said.format("(the day first, dmy)", "(the year first, ymd)")
        text = f"Date;Campaign;Cost\n{days[-1]};A;5"
        for order in ("dmy", "ymd"):
            said = laid_out(text, ";", day_order=order)
            assert (said.questions, said.day_order) == ((), order)

    def test_nor_is_the_range_of_a_report_guessed(self):
        text = "Campaign report\n{}\nCampaign,Cost,Currency code\nA,1.50,EUR"
        [question] = laid_out(text.format("12-Mar-26 - 18-Mar-26")).questions
        assert question.choices == ("dmy", "ymd")
        assert question.text.startswith("12-Mar-26 - 18-Mar-26 could be of 2026 (the day first")
        layout = laid_out(text.format("12-Mar-26 - 18-Mar-26"), day_order="dmy")
        assert layout.constants["day"] == "2026-03-12"
        layout = laid_out(text.format("26-Mar-12 - 26-Mar-18"), day_order="ymd")
        assert layout.constants["day"] == "2026-03-12"
        layout = laid_out(text.format("01-Mar-26 - 31-Mar-26"))
        assert (layout.constants["last_day"], layout.questions) == ("2026-03-31", ())


DAYS = st.dates(date(2024, 1, 1), date(2026, 6, 30))


@settings(max_examples=60, deadline=None)
@given(st.lists(DAYS, min_size=1, max_size=6), st.sampled_from(["%d/%m/%Y", "%m/%d/%Y"]))
def test_days_are_read_as_they_were_written_or_asked_about(days, form):
    layout = table([day.strftime(form) for day in days])
    if layout.questions:
        assert all(day.day <= 12 for day in days)
        return
    assert [parse_day(day.strftime(form), layout.day_order) for day in days] == days


def written(minor, sign):
    whole = f"{minor // 100:,}".replace(",", "." if sign == "," else ",")
    return f"{whole}{sign}{minor % 100:02}" if minor % 100 else whole


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 10**8), min_size=1, max_size=6), st.sampled_from([".", ","]))
def test_amounts_are_read_as_they_were_written_or_asked_about(minors, sign):
    texts = [written(minor, sign) for minor in minors]
    layout = table(amounts=texts)
    if layout.questions:
        assert all(minor % 100 == 0 for minor in minors)
        return
    try:
        read = [parse_amount(text, "EUR", layout.decimal_sign).minor for text in texts]
    except CellError:
        raise AssertionError(texts) from None
    assert read == minors


def test_a_range_of_an_insight_is_kept():
    text = "campaign_name,date_start,date_stop,spend,adset_id\nA,2026-03-01,2026-03-07,7.00,1"
    layout = laid_out(text, currency="EUR")
    assert layout.format == "meta-ads-connector"
    assert (layout.fields["date_start"], layout.fields["date_stop"]) == ("day", "last_day")


def test_a_file_is_read_once_and_no_further_than_its_proofs_need():
    read = []

    def records():
        yield 1, ["Date", "Campaign", "Cost (EUR)"]
        for line in range(2, 100_000):
            read.append(line)
            yield line, ["2026-03-01", "A", "12.50"]

    assert not recognise(records, "x.csv", FIELDS).questions
    assert len(read) < 2_000
    read.clear()
    assert not recognise(records, "x.csv", FIELDS, Said(day_order="ymd")).questions
    assert len(read) < 500


def test_lines_on_top_prove_nothing_of_days_that_are_written_otherwise():
    text = (
        "Kampagnenbericht (in UTC)\nVon: 13.03.2026\n\n"
        "Startdatum (in UTC);Enddatum (in UTC);Kampagnenname;Gesamtausgaben;Währung\n"
        "3/4/2026;3/4/2026;A;1,50;EUR"
    )
    layout = laid_out(text, ";")
    assert (layout.format, layout.day_order) == ("linkedin-ads", "mdy")
    text = "Report Name: x\nReport Time: 13.3.2026\n\nGregorian date,Campaign name,Spend\n{},A,5"
    assert laid_out(text.format("04/03/2026"), currency="EUR").questions
    assert laid_out(text.format("04.03.2026"), currency="EUR").day_order == "dmy"


def test_rows_know_better_than_the_lines_on_top():
    text = (
        "Rapport (en UTC)\nDébut du rapport : 30/09/2026\n\n"
        "Date de début (en UTC),Date de fin (en UTC),Nom de la campagne,Total dépensé,Devise\n"
        "9/1/2026,9/1/2026,A,5,EUR\n9/14/2026,9/14/2026,A,5,EUR"
    )
    assert laid_out(text).day_order == "mdy"


def test_the_end_of_a_range_without_blanks_proves_the_order():
    text = "Zeitraum;Kampagne;Kosten\n{};A;31"
    for cell, order in (("01.-31.03.2026", "dmy"), ("1.3.-31.3.2026", "dmy")):
        layout = laid_out(text.format(cell), ";")
        assert (layout.day_order, layout.questions) == (order, ())
    assert laid_out(text.format("28.12.-03.01.2026"), ";").questions


@pytest.mark.parametrize(("own", "asked"), [("JPY", []), ("EUR", ["decimal"])])
def test_a_table_is_in_the_company_s_currency_which_may_have_no_decimals(own, asked):
    records = records_of('Date,Campaign,Cost\n2026-03-01,A,"¥1,250"\n2026-03-02,B,¥200\n')
    layout = recognise(records, "x.csv", FIELDS, own=own)
    assert [question.about for question in layout.questions] == asked
    assert layout.decimal_sign == "."
