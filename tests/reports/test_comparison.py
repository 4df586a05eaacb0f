"""Figures beside those of other days: in cards, rows, files and JSON."""

import csv
import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from attribution import scope
from reports.periods import Days
from reports.query import ReportQuery
from reports.report import run_report
from tests.factories import make_booking, make_campaign, make_company, make_lead, make_user

pytestmark = pytest.mark.django_db

MAY = Days(date(2026, 5, 4), date(2026, 5, 31))
OVERVIEW = "/admin/reports/overview/?company=acme&period=custom&from=2026-05-04&to=2026-05-31"
OTHER = "&compare=custom&compare_from=2026-01-01&compare_to=2026-01-31"


@pytest.fixture(autouse=True)
def july():
    with time_machine.travel(datetime(2026, 7, 1, 12, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def acme(db):
    """8 leads in four weeks of May, 4 of them booked; 10 leads and 1 booked in those of the year
    before, first and last day included; 6 in January, all booked; 3 that no comparison meets."""
    with scope.all_companies():
        acme = make_company(name="Acme", slug="acme", thin_below=5)
        make_campaign(acme, "spring", name="Spring")
        for day, leads, booked in (
            ("2026-05-04", 8, 4),
            ("2026-01-07", 6, 6),
            ("2025-06-01", 1, 0),
            ("2025-05-05", 9, 1),
            ("2025-05-04", 1, 1),
            ("2025-06-02", 2, 2),
        ):
            for n in range(leads):
                at = datetime.fromisoformat(f"{day}T12:00:00+00:00")
                lead = make_lead(acme, "spring", received_at=at)
                if n < booked:
                    make_booking(lead, booked_at=at + timedelta(days=2))
        yield acme


def answer(company, **asked):
    return run_report(ReportQuery(company=company, start=MAY.start, end=MAY.end, **asked))


@pytest.mark.parametrize(
    ("asked", "leads", "booked"),
    [
        ({"compare": "year"}, 10, 1),
        ({"compare": "previous"}, 0, 0),
        ({"compare": "custom", "own_days": Days(date(2026, 1, 7), date(2026, 1, 7))}, 6, 6),
        ({"compare": "custom", "own_days": Days(date(2025, 5, 5), date(2026, 5, 3))}, 18, 9),
        ({"compare": "year", "countries": ("",)}, 10, 1),  # from the facts
        ({"compare": "year", "model": "linear"}, 10, 1),
    ],
)
def test_only_the_days_compared_with_count(acme, asked, leads, booked):
    report = answer(acme, **asked)
    [row] = report.rows
    assert (row.values["leads"], row.values["booked"]) == (8, 4)
    assert (row.previous["leads"], row.previous["booked"]) == (leads, booked)
    assert (report.total.previous["leads"], report.proof.holds) == (leads, True)


def test_the_page_names_the_days_and_shows_the_change_of_each_row_on_demand(acme, client):
    client.force_login(make_user(acme))
    html = (
        client.get(f"{OVERVIEW}&compare=year&changes=rows").content.decode().replace("\u00a0", " ")
    )
    assert "compared with 5 May – 1 Jun 2025" in html
    assert "▼ 20.0 % worse, from 10" in html  # leads
    assert "▲ 40.0 points better, from 10.0 %" in html  # booked rate: 50 % and 10 %
    html = client.get(f"{OVERVIEW}&compare=year").content.decode().replace("\u00a0", " ")
    assert "worse, from 10" not in html


def test_other_days_of_another_number_are_said(acme, client):
    client.force_login(make_user(acme))
    html = client.get(f"{OVERVIEW}{OTHER}").content.decode().replace("\u00a0", " ")
    assert "compared with 1 Jan – 31 Jan 2026" in html
    assert "The period has 28 days, and 31 days are compared with it" in html


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            "&compare=custom&compare_from=2026-05-01&compare_to=2026-05-05",
            "until 2026-05-03 at the latest. Compared with the previous period.",
        ),
        ("&compare=custom&compare_from=2026-05-01", "their first and their last day."),
        ("&compare=year&compare_to=2026-05-01", "count only with “Other days …”."),
        ("&compare=custom&compare_from=x&compare_to=2026-05-01", "“x” is not a valid compare_from"),
    ],
)
def test_days_that_cannot_be_compared_with_are_said(acme, client, asked, said):
    client.force_login(make_user(acme))
    assert said in client.get(OVERVIEW + asked).content.decode().replace("\u00a0", " ")


def test_a_file_has_the_value_before_beside_each(acme, client):
    client.force_login(make_user(acme, "owner"))
    address = f"{OVERVIEW}&compare=year&changes=rows".replace("overview/", "overview.csv")
    text = b"".join(client.get(address).streaming_content).decode("utf-8-sig")
    head, first, *_ = csv.reader(text.splitlines())
    row = dict(zip(head, first, strict=True))
    assert (row["Leads"], row["Leads, before"]) == ("8", "10")
    assert (row["Booked rate"], row["Booked rate, before"]) == ("0.5000", "0.1000")
    assert "Compared with,5 May – 1 Jun 2025" in text


def test_the_command_takes_every_comparison(acme):
    def asked(compare):
        out = StringIO()
        options = ("--from", "2026-05-04", "--to", "2026-05-31", "--compare", compare, "--json")
        call_command("report", "--company", "acme", *options, stdout=out)
        return json.loads(out.getvalue())

    year = asked("year")
    assert year["compared_with"] == {"how": "year", "from": "2025-05-05", "to": "2025-06-01"}
    [row] = year["rows"]
    assert (row["leads"], row["previous"]["leads"], row["change"]["leads"]) == (8, 10, "-0.200000")
    assert row["change"]["booked_rate"] == "0.400000"
    assert row["change"]["roas"] is None
    other = asked("2026-01-01..2026-01-31")
    assert other["compared_with"]["from"] == "2026-01-01"
    assert other["total"]["previous"]["leads"] == 6
    assert asked("none")["compared_with"] is None
    for wrong, problem in (("2026-01-01..", "both"), ("last", "no comparison"), ("a..b", "no day")):
        with pytest.raises(CommandError, match=problem):
            asked(wrong)


def test_what_still_grows_is_compared_at_its_age_or_not_judged(acme, client):
    """Of 9 leads one came yesterday, and bookings take two days: what was booked is no verdict
    beside days that had more time, or that are more."""
    client.force_login(make_user(acme))
    make_lead(acme, "spring", received_at=datetime(2026, 5, 31, 20, tzinfo=UTC))
    with time_machine.travel(datetime(2026, 6, 1, 12, tzinfo=UTC), tick=False):
        html, other = (
            client.get(f"{OVERVIEW}&{days}&changes=rows").content.decode().replace("\u00a0", " ")
            for days in ("compare=year", "compare_from=2026-01-01&compare_to=2026-01-31")
        )
    assert "points better, from 10.0 % at the same age" in html
    assert "so far, from" in other
    assert "at the same age" not in other
    assert "▼ 10.0 % worse, from 10" in html  # leads do not grow
