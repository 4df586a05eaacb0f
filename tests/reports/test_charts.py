"""Charts drawn on the server: what is drawn, and that hostile text stays text."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from django.utils.translation import override

from reports import charts, small_charts

FIRST = date(2026, 3, 2)


@dataclass
class Day:
    day: date
    leads: int
    booked: int = 0


def series(counts, first=FIRST):
    return [Day(first + timedelta(days=n), leads, leads // 2) for n, leads in enumerate(counts)]


def draw(counts, before=(), url_of=lambda start, end: f"/leads/?from={start}&to={end}"):
    return charts.leads_chart(series(counts), series(before, FIRST - timedelta(28)), url_of)


def parsed(svg):
    return ElementTree.fromstring(str(svg))


def points(svg):
    return [one for one in parsed(svg).iter("a") if one.get("class") == "cp-point"]


def test_busy_days_are_drawn_as_days():
    chart = draw([10] * 28)
    assert not chart.weekly
    assert len(chart.rows) == len(points(chart.svg)) == 28
    assert chart.title == "Leads per day"


def test_few_leads_a_day_are_drawn_as_weeks_and_none_is_lost():
    chart = draw([4] * 28)
    assert chart.weekly
    assert [row.bucket.leads for row in chart.rows] == [28] * 4
    assert chart.rows[0].bucket.label == "2 Mar – 8 Mar"


def test_a_long_period_is_drawn_as_weeks_however_busy():
    chart = draw([100] * 364)
    assert len(chart.rows) == 52


def test_the_shorter_last_week_is_said():
    chart = draw([1] * 30)
    assert chart.partial_days == 2
    assert sum(row.bucket.leads for row in chart.rows) == 30
    assert draw([1] * 28).partial_days == 0


@pytest.mark.parametrize("counts", [[], [0], [7], [0] * 7, [1, 0], [10**9] * 14])
def test_every_series_can_be_drawn(counts):
    chart = draw(counts, counts)
    assert len(points(chart.svg)) == len(chart.rows)
    assert "nan" not in chart.svg.lower()


def test_ten_years_stay_below_fifteen_hundred_points():
    assert len(draw([50] * 3661).rows) < 1500


def test_one_point_is_a_tab_stop_and_each_says_its_numbers():
    found = points(draw([10] * 28, [20] * 28).svg)
    assert [one.get("tabindex") for one in found].count("0") == 1
    assert found[0].get("aria-label") == "Mon 2 Mar, 10 leads, 5 booked, before: 20 (2 Feb)"
    assert found[0].get("href") == "/leads/?from=2026-03-02&to=2026-03-02"


def test_the_period_before_is_a_line_of_its_own_only_when_compared():
    assert "cp-line-previous" in draw([10] * 28, [20] * 28).svg
    alone = draw([10] * 28)
    assert "cp-line-previous" not in alone.svg
    assert not alone.has_previous


def test_nothing_in_a_drawing_needs_an_inline_style_or_script():
    everything = draw([10] * 28).svg + small_charts.sparkline([1, 2], "a") + small_charts.bar(1, 2)
    assert not re.search(r"style=|<script|on[a-z]+=", everything)


def test_hostile_text_stays_text():
    hostile = '"><script>alert(1)</script>&'
    chart = draw([10] * 14, url_of=lambda start, end: hostile)
    assert points(chart.svg)[0].get("href") == hostile
    spark = small_charts.sparkline([1, 2], hostile)
    assert parsed(spark).get("aria-label") == f"{hostile}: 1, 2"
    assert "<script" not in chart.svg + spark


@pytest.mark.parametrize(
    ("highest", "expected"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (3, [0, 1, 2, 3]),
        (53, [0, 20, 40, 60]),
        (100, [0, 50, 100]),
        (1000, [0, 500, 1000]),
    ],
)
def test_ticks_are_round_whole_numbers(highest, expected):
    assert charts.ticks(highest) == expected


def test_a_bar_is_never_longer_than_its_track_nor_shorter_than_nothing():
    def width(value, highest):
        return float(parsed(small_charts.bar(value, highest))[1].get("width"))

    assert width(5, 10) == small_charts.BAR_WIDTH / 2
    assert width(20, 10) == small_charts.BAR_WIDTH
    assert width(-1, 10) == width(1, 0) == 0


def test_a_sparkline_of_nothing_is_drawn_too():
    assert parsed(small_charts.sparkline([], "Leads")).tag == "svg"
    assert len(parsed(small_charts.sparkline([3], "Leads"))) == 2


def test_a_chart_is_written_in_the_language_of_its_reader():
    """Words are kept from chart to chart, each language for itself."""
    for language, spoken in (("en", "Mon 2 Mar"), ("de", "Mo 2 Mär"), ("en", "Mon 2 Mar")):
        with override(language):
            label = points(draw([10] * 28).svg)[0].get("aria-label")
        assert label.startswith(spoken)
