"""The report and its days over HTTP: the page's figures, and what is not taken is told."""

import json
from datetime import date

import pytest

from attribution import scope
from reports.api import figures
from reports.filters import ReportFilterSet
from reports.metrics import METRICS
from reports.query import ReportQuery
from reports.report import run_report
from reports.serialize import as_dict
from reports.sources import DayPoint
from tests.factories import make_campaign, make_lead
from tests.reports.api.conftest import MARCH

pytestmark = pytest.mark.django_db


def by_hand(acme, sort="-leads", **values):
    with scope.company_scope([acme.pk]):
        query = ReportQuery(company=acme, start=date(2026, 3, 1), end=date(2026, 3, 31), **values)
        return json.loads(json.dumps(as_dict(run_report(query), sort)))


def test_the_answer_is_the_report(acme, reader):
    found = reader.read("report", MARCH | {"compare": "none", "sort": "spend"})
    page, links = found.pop("page"), found.pop("links")
    assert found == by_hand(acme, "spend")
    rows = {"number": 1, "pages": 1, "rows_a_page": 50, "rows": 2}
    assert page == rows | {"previous": None, "next": None}
    assert links["definitions"] == "/api/v1/definitions"
    assert links["page"].startswith("/admin/reports/overview/?company=acme&from=2026-03-01")
    # By hand: spring has 2 leads, 1 completed for 100.00 and 50.00 spent; tiny has 1 lead.
    spring = next(row for row in found["rows"] if row["key"] == "spring")
    assert (spring["leads"], spring["revenue"], spring["spend"]) == (2, "100.00", "50.00")
    assert (spring["cost_per_lead"], spring["impressions"]) == ("25.000000", None)
    assert (found["total"]["leads"], found["total"]["spend"]) == (4, "51.00")
    assert found["proof"]["holds"] is True


def test_pages_together_are_the_whole_report(acme, reader):
    with scope.company_scope([acme.pk]):
        for number in range(5):
            make_lead(acme, f"more-{number}")
    whole = by_hand(acme, compare="previous")
    rows, address = [], "report"
    asked = MARCH | {"rows": "3", "cols": ",".join(METRICS)}
    while address:
        answer = reader.read(address, asked)
        assert answer["total"] == whole["total"]
        assert answer["proof"] == whole["proof"]
        rows += answer["rows"]
        address, asked = (answer["page"]["next"] or "").removeprefix("/api/v1/"), None
    assert rows == whole["rows"]
    assert len(rows) == 7
    before = reader.read("report", MARCH | {"rows": "3", "page": "3"})["page"]
    assert "page=2" in before["previous"]
    assert before["next"] is None


def test_only_the_metrics_that_are_asked_for(reader):
    found = reader.read("report", MARCH | {"cols": ["leads,spend", "booked_rate"]})
    for row in (*found["rows"], found["unattributed"], found["total"]):
        assert set(row) & set(METRICS) == {"leads", "spend", "booked_rate"}
        for part in ("previous", "change", "intervals"):
            assert set(row[part]) <= {"leads", "spend", "booked_rate"}


@pytest.mark.on_sqlite
@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"nonsense": "1"}, "nonsense"),
        ({"period": "forever"}, "period"),
        ({"from": "2026-03-01"}, "to"),
        ({"period": "custom"}, "from"),
        ({"period": "7d", **MARCH}, "period"),
        ({"from": "2026-03-31", "to": "2026-03-01"}, "to"),
        ({"from": "1999-03-31", "to": "1999-04-01"}, "from"),
        ({"from": "2001-03-31", "to": "2020-04-01"}, "from"),
        ({"from": "9999-12-01", "to": "9999-12-31"}, "to"),
        ({"from": "soon", "to": "2026-03-01"}, "from"),
        ({"compare": "never"}, "compare"),
        ({"compare": "custom"}, "compare_from"),
        ({"compare": "year", "from": "2024-01-01", "to": "2025-12-31"}, "compare"),
        ({"compare_from": "2026-01-01"}, "compare_to"),
        ({"compare": "year", "compare_from": "2025-01-01"}, "compare"),
        ({"compare_from": "2026-01-01", "compare_to": "2030-01-01"}, "compare_to"),
        ({"group": "colour"}, "group"),
        ({"channel": ["email", "pigeon"]}, "channel"),
        ({"status": "gone"}, "status"),
        ({"line": "beer"}, "line"),
        ({"kind": "primary"}, "kind"),
        ({"model": "best"}, "model"),
        ({"window": "0"}, "window"),
        ({"window": "NaN"}, "window"),
        ({"source": "x" * 501}, "source"),
        ({"landing": "x" * 501}, "landing"),
        ({"sort": "colour"}, "sort"),
        ({"cols": "leads,colour"}, "cols"),
        ({"rows": "201"}, "rows"),
        ({"rows": "-1"}, "rows"),
        ({"page": "0"}, "page"),
        ({"page": "x"}, "page"),
        ({"changes": "all"}, "changes"),
        ({"view": "mine"}, "view"),
        ({"q": ["a", "b"]}, "q"),
    ],
    ids=str,
)
def test_what_the_page_forgives_is_told_by_name(reader, asked, field):
    answer = reader.get("report", asked)
    assert answer.status_code == 400, answer.content
    body = answer.json()
    assert body["field"] == field
    assert "ignored" not in body["detail"] and "shown" not in body["detail"]
    given = asked.get(field)
    if given and not isinstance(given, list) and len(given) < 200:
        assert body.get("value", given) in given


def test_whatever_else_the_page_would_ignore_is_refused(reader, monkeypatch):
    def forgiving(parameters, company):
        found = ask(parameters, company)
        found.ignored.append("Something new was left out.")
        return found

    from reports.api.asking import ask

    monkeypatch.setattr("reports.api.asking.ask", forgiving)
    answer = reader.get("report")
    assert (answer.status_code, answer.json()["detail"]) == (400, "Something new was left out.")


def test_an_address_of_the_page_can_be_used_as_it_is(reader):
    found = reader.read(
        "report", MARCH | {"changes": "rows", "view": "3", "q": "", "cols": "leads"}
    )
    assert found["total"]["leads"] == 4


def test_a_page_that_is_not_there_is_404(reader):
    body = reader.get("report", MARCH | {"page": "2"})
    assert (body.status_code, body.json()["field"]) == (404, "page")


# Days and weeks


def test_days_add_up_to_the_report(acme, reader):
    with scope.company_scope([acme.pk]):
        make_campaign(acme, "late")
    found = reader.read("report/series", MARCH)
    assert len(found["points"]) == 31
    assert found["points"][1] == {
        "from": "2026-03-02",
        "to": "2026-03-02",
        "maturing": False,
        "leads": 4,
        "booked": 2,
        "completed": 1,
    }
    assert found["total"] == {"leads": 4, "booked": 2, "completed": 1}
    filtered = reader.read("report/series", MARCH | {"channel": "email", "metric": "leads"})
    assert filtered["total"] == {"leads": 2}
    assert sum(point["leads"] for point in filtered["points"]) == 2
    assert filtered["filters"]["channel"] == ["email"]


def test_weeks_begin_on_monday_and_end_with_the_period(reader):
    found = reader.read("report/series", {"from": "2026-03-04", "to": "2026-03-17", "by": "week"})
    assert [(point["from"], point["to"]) for point in found["points"]] == [
        ("2026-03-04", "2026-03-08"),
        ("2026-03-09", "2026-03-15"),
        ("2026-03-16", "2026-03-17"),
    ]


def test_steps_lose_no_day():
    days = [DayPoint(date(2026, 3, n), n, 0, 0) for n in range(1, 32)]
    for by in figures.STEPS:
        parts = list(figures.steps(days, by))
        assert [day for _, __, part in parts for day in part] == days
        assert sum(figures.sum_of(part, "leads") for _, __, part in parts) == 31 * 16


@pytest.mark.parametrize(
    ("asked", "field"),
    [({"by": "year"}, "by"), ({"metric": "spend"}, "metric"), ({"group": "source"}, "group")],
    ids=str,
)
def test_a_series_takes_no_other_values(reader, asked, field):
    answer = reader.get("report/series", asked)
    assert (answer.status_code, answer.json()["field"]) == (400, field)


def test_parts_of_leads_add_up_too(acme, reader):
    found = reader.read("report/series", MARCH | {"model": "linear"})
    parts = sum(point["leads"] for point in found["points"])
    assert parts == pytest.approx(found["total"]["leads"], abs=0.000_01)


def test_every_filter_of_the_page_is_a_parameter():
    from reports.api import described

    names = {one.name for one in described.REPORT}
    assert set(ReportFilterSet.base_filters) <= names


def test_rows_of_one_page_say_what_they_are_split_into(reader):
    asked = MARCH | {"then": "source", "rows": "1"}
    first, second = (reader.read("report", asked | {"page": n})["rows"] for n in (1, 2))
    [spring], [tiny] = first, second
    assert [(one["key"], one["leads"]) for one in spring["rows"]] == [("news", 2), ("", 0)]
    assert [(one["key"], one["leads"]) for one in tiny["rows"]] == [("", 1)]
