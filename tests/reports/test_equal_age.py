"""A young period beside the one before, as that stood at its age."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
import time_machine
from django.urls import reverse

from reports.facts import FactReader
from reports.rollup.reader import RollupReader
from reports.serialize import as_dict
from tests.factories import make_booking, make_lead, make_user
from tests.reports.by_hand import ask, rows

WEEK = {"start": date(2026, 3, 14), "end": date(2026, 3, 20), "compare": "previous"}


def at(day):
    return datetime(2026, 3, day, 12, tzinfo=UTC)


@pytest.fixture
def facts(company):
    """Of the week before, two had booked by the 13th, when it was as old as this one on the 20th;
    a third booked later, and the only one completed was so later, too."""
    with time_machine.travel(at(20), tick=False):
        one, two, three, _four = (make_lead(company, "spring", received_at=at(8)) for _ in range(4))
        make_booking(one, "booked", booked_at=at(10))
        make_booking(two, "booked", booked_at=at(15))
        make_booking(three, "completed", 10_000, booked_at=at(11), completed_at=at(18))
        late = make_lead(company, received_at=at(12))
        make_booking(late, "cancelled", booked_at=at(13))
        make_booking(late, "booked", booked_at=at(14))
        for _ in range(4):
            lead = make_lead(company, "spring", received_at=at(18))
        make_booking(lead, "booked", booked_at=at(19))
        yield company


@pytest.mark.parametrize("also", [(), ("test",)])
def test_what_came_later_is_not_counted(facts, also):
    report = ask(facts, **WEEK, also=also)
    assert isinstance(report.reader, FactReader if also else RollupReader)
    spring = rows(report)["spring"]
    assert spring.previous["booked"] == 3
    assert spring.previous_at_age["booked"] == 2
    assert spring.previous_at_age["leads"] == 4
    assert (spring.previous["completed"], spring.previous_at_age["completed"]) == (1, 0)
    assert (spring.previous["revenue"], spring.previous_at_age["revenue"]) == (100, 0)
    assert report.unattributed.previous["booked"] == 1
    assert report.unattributed.previous_at_age["booked"] == 0
    assert report.total.previous_at_age["booked"] == 2
    said = as_dict(report)["total"]
    assert said["previous"]["booked"] == 4
    assert said["previous_at_same_age"]["booked"] == 2
    assert said["change"]["booked"] == "-0.500000"


def test_rows_by_the_hour_are_compared_so_too(facts):
    report = ask(facts, **WEEK, group_by="hour", then_by=("source",))
    assert report.total.previous_at_age["booked"] == 2
    assert report.proof.holds


def test_an_old_period_is_compared_with_all_that_came(facts):
    with time_machine.travel(datetime(2026, 6, 1, tzinfo=UTC), tick=False):
        report = ask(facts, **WEEK)
    assert report.total.previous_at_age is None


def test_other_numbers_of_days_and_other_dates_are_not_of_one_age(facts):
    for more in ({"compare": "none"}, {"basis": "booked"}, {"model": "last"}):
        assert ask(facts, **WEEK | more).total.previous_at_age is None


def test_files_hold_what_the_page_shows(client, facts):
    client.force_login(make_user(facts, "viewer"))
    asked = {"period": "custom", "from": "2026-03-14", "to": "2026-03-20", "changes": "rows"}
    answer = client.get(reverse("reports:overview-csv"), asked)
    rows = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    total = next(dict(zip(rows[0], row, strict=True)) for row in rows if row[0] == "Total counted")
    assert (total["Leads, before"], total["Booked, before"]) == ("5", "2")
    said = dict(row[:2] for row in rows if len(row) == 2)
    assert "at the same age" in said["Before"]


def test_the_page_says_so(client, facts):
    client.force_login(make_user(facts, "viewer"))
    asked = {"period": "custom", "from": "2026-03-14", "to": "2026-03-20", "changes": "rows"}
    text = client.get(reverse("reports:overview"), asked).content.decode()
    assert "from 2 at the same age" in text
    assert "so far" not in text.split("cp-cards")[1].split("</section>")[0]
