"""manage.py report: the same numbers as the page, as a table or as JSON."""

import json
from datetime import UTC, date, datetime
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from attribution import scope
from reports.query import ReportQuery
from reports.report import run_report
from reports.serialize import as_dict
from tests.factories import make_booking, make_campaign, make_company, make_lead, make_spend

MARCH = ("--from", "2026-03-01", "--to", "2026-03-31")


@pytest.fixture(autouse=True)
def june():
    with time_machine.travel(datetime(2026, 6, 1, 12, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def acme(db):
    with scope.all_companies():
        acme = make_company(name="Acme", slug="acme", thin_below=2)
        make_campaign(acme, "spring", name="Spring", channel="email")
        for status in ("completed", "booked"):
            make_booking(make_lead(acme, "spring", utm_source="news"), status, 10_000)
        make_lead(acme, "tiny")
        make_lead(acme)
        make_lead(acme, kind="bot")
        make_spend(acme, "spring", 5_000)
        make_spend(acme, "nobody", 100)
    return acme


def report(*arguments):
    out = StringIO()
    call_command("report", "--company", "acme", *arguments, stdout=out)
    return out.getvalue()


def test_the_table_shows_ranked_and_thin_rows_the_rest_and_the_proof(acme):
    lines = [line for line in report(*MARCH).splitlines() if line]
    assert lines[0].startswith("Acme, 2026-03-01 to 2026-03-31")
    names = [line[:36].strip() for line in lines]
    wanted = ["Spring", "-- Not ranked: fewer than 2 leads", "tiny", "Unattributed"]
    assert [name for name in names if name in wanted] == wanted
    spring = next(line for line in lines if line.startswith("Spring"))
    assert "€100.00" in spring and "€50.00" in spring and "€25.00" in spring
    assert "Excluded: Bot 1" in lines
    assert lines[-2] == "3 named + 1 unattributed = 4 counted; + 1 excluded = 5 received ✓"
    assert lines[-1] == "€50.00 matched + €1.00 not matched = €51.00 spend ✓"


def test_the_table_of_a_company_without_spend_has_no_cost_columns(db):
    with scope.all_companies():
        make_lead(make_company(slug="acme"), "spring")
    text = report(*MARCH)
    assert "Booked rate" in text
    assert "Cost per lead" not in text
    assert "Spend not matched" not in text
    assert "Revenue" not in text
    assert "spend ✓" not in text


def test_revenue_is_shown_without_spend_too(db):
    with scope.all_companies():
        make_booking(make_lead(make_company(slug="acme"), "spring"), "completed", 10_000)
    assert "€100.00" in report(*MARCH)


def test_json_is_the_serialised_report(acme):
    with scope.company_scope([acme.pk]):
        query = ReportQuery(company=acme, start=date(2026, 3, 1), end=date(2026, 3, 31))
        wanted = as_dict(run_report(query), "-roas")
    assert json.loads(report(*MARCH, "--json", "--sort=-roas")) == wanted


def test_country_and_landing_page_are_passed_on(acme):
    found = json.loads(
        report(
            *MARCH, "--country", "CH", "--landing", "https://shop", "--group-by=country", "--json"
        )
    )
    assert found["group_by"] == "country"
    assert found["filters"]["country"] == ["CH"]
    assert found["filters"]["landing"] == "https://shop"


def test_filters_and_grouping_are_passed_on(acme):
    found = json.loads(
        report(
            *MARCH,
            *("--group-by", "source", "--source", "news", "--source", "bing"),
            *("--channel", "email", "--status", "active", "--search", "spr", "--json"),
            *("--campaign", "spring"),
        )
    )
    assert found["group_by"] == "source"
    assert found["filters"] == {
        "campaign": ["spring"],
        "channel": ["email"],
        "source": ["news", "bing"],
        "medium": [],
        "status": ["active"],
        "tag": [],
        **{name: [] for name in ("type", "goal", "segment", "location", "language")},
        "campaign_group": [],
        **{name: [] for name in ("content", "term", "country", "region", "city")},
        "visit_channel": [],
        "origin": [],
        "landing": "",
        "line": [],
        "q": "spr",
    }
    assert [row["key"] for row in found["rows"]] == ["news"]


def test_without_days_it_is_the_last_91(acme):
    found = json.loads(report("--json"))
    assert found["period"] == {"from": "2026-03-03", "to": "2026-06-01"}
    assert json.loads(report("--period", "7d", "--json"))["period"]["from"] == "2026-05-26"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--from", "2026-03-01"), "its first and its last day: --from and --to"),
        (("--from", "1.3.2026", "--to", "2026-03-31"), "“1.3.2026” is no day. Write 2026-03-31"),
        ((*MARCH, "--period", "7d"), "not both"),
        (("--from", "2026-03-02", "--to", "2026-03-01"), "before the first"),
        ((*MARCH, "--sort=-secret"), "cannot be sorted by secret, but by label, leads, "),
        (("--from", "2000-01-01", "--to", "2026-03-01"), "longer than ten years"),
    ],
)
def test_an_impossible_question_is_one_clear_sentence(acme, arguments, problem):
    with pytest.raises(CommandError, match=problem):
        report(*arguments)


def test_an_unknown_company_is_named_with_the_way_out(db):
    with pytest.raises(CommandError, match=r"There is no company “acme”.*create_company"):
        report()
