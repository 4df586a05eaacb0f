"""Leads by the day they were received, booked, or were completed: one for a whole view."""

import csv
import io
import json
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from urllib.parse import urlencode

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse

from reports.serialize import as_dict
from tests.factories import make_booking, make_campaign, make_lead, make_spend, make_user
from tests.reports.by_hand import JUNE, ask, leads

ADDRESS = reverse("reports:overview")
MARCH = {"period": "custom", "from": "2026-03-01", "to": "2026-03-31"}


@pytest.fixture(autouse=True)
def june():
    with time_machine.travel(JUNE, tick=False):
        yield


def at(day, hour=12, month=3):
    return datetime(2026, month, day, hour, tzinfo=UTC)


@pytest.fixture
def facts(company):
    """In Zurich. Received in March: three. Booked in March: three. Completed in March: two."""
    company.timezone = "Europe/Zurich"
    company.save()
    make_campaign(company, "spring", name="Spring")
    early = make_lead(company, "spring", received_at=at(20, month=2))
    make_booking(early, "completed", 10_000, booked_at=at(2), completed_at=at(5))
    late = make_lead(company, "spring", received_at=at(30))
    make_booking(late, "completed", 20_000, booked_at=at(2, month=4), completed_at=at(3, month=4))
    twice = make_lead(company, "spring", received_at=at(10))
    make_booking(twice, "cancelled", 70_000, booked_at=at(11))
    make_booking(twice, "no_show", 80_000, booked_at=at(12))
    make_booking(twice, "completed", 30_000, booked_at=at(20), completed_at=at(2, month=4))
    # At half past midnight of the last day of February in Zurich, 28 February in UTC until 23:30.
    edge = make_lead(company, received_at=at(1, month=2))
    make_booking(edge, "completed", 5, booked_at=at(28, 23, 2), completed_at=at(28, 23, 2))
    make_lead(company, "spring", received_at=at(9))
    test = make_lead(company, "spring", received_at=at(9), kind="test")
    make_booking(test, "completed", 9, booked_at=at(10), completed_at=at(11))
    make_spend(company, "spring", 6_000, day=date(2026, 3, 15))
    return company


def test_each_lead_counts_on_one_of_its_days(facts):
    received, booked, completed = (
        ask(facts, basis=basis) for basis in ("received", "booked", "completed")
    )
    assert leads(received) == {"Spring": 3}
    assert leads(booked) == {"Spring": 2}  # early, and twice by its second booking
    assert booked.unattributed.leads == 1  # 00:00 of 1 March in Zurich
    assert leads(completed) == {"Spring": 1}
    assert completed.unattributed.leads == 1
    for report in (received, booked, completed):
        assert report.proof.holds
        assert report.total.values["spend"] == 60
        assert [kind.leads for kind in report.excluded] == [1]
    assert booked.total.values["revenue"] == Decimal("400.05")
    assert completed.total.values["revenue"] == Decimal("100.05")
    assert booked.total.values["cost_per_booked"] == 20
    assert completed.total.values["cost_per_completed"] == 30


def test_what_chosen_leads_cannot_tell_is_unknown(facts):
    booked = ask(facts, basis="booked").total.values
    assert booked["booked_rate"] is booked["completed_rate"] is booked["cost_per_lead"] is None
    assert booked["show_rate"] == 1
    completed = ask(facts, basis="completed").total.values
    assert completed["show_rate"] is completed["cost_per_booked"] is None
    assert completed["roas"] is not None


def test_page_files_command_and_json_say_which(client, facts, capsys):
    client.force_login(make_user(facts, "owner"))
    text = client.get(ADDRESS, MARCH | {"basis": "booked"}).content.decode()
    assert "by the day the lead booked first" in text
    assert "Only leads that booked are in this view" in text
    # Chart, cards, rows and excluded lead to leads by that day. Spend is of its own in every view.
    addresses = [part.split('"')[0] for part in text.split('href="')]
    of_leads = [one for one in addresses if "admin/attribution/lead/?" in one]
    assert of_leads
    assert all("&amp;basis=booked&amp;" in one for one in of_leads)
    of_spend = [one for one in addresses if "admin/spend/spendentry/?" in one]
    assert of_spend
    assert not any("basis" in one for one in of_spend)
    answer = client.get(reverse("reports:overview-csv"), MARCH | {"basis": "completed"})
    lines = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    said = ["Date that counts", "the day a booking of the lead was completed first"]
    assert said in [line[:2] for line in lines]
    period = ["--from", "2026-03-01", "--to", "2026-03-31", "--company", facts.slug]
    call_command("report", *period, "--basis", "booked", "--json")
    assert json.loads(capsys.readouterr().out) == as_dict(ask(facts, basis="booked"))
    with pytest.raises(CommandError, match="no date basis"):
        call_command("report", *period, "--basis", "paid")


def test_it_is_not_mixed_with_what_goes_by_another_day(client, facts):
    client.force_login(make_user(facts, "owner"))
    for more, said in (
        ({"model": "linear"}, "An attribution model goes by the day"),
        ({"group": "hour"}, "Hours are those in which leads were received"),
    ):
        text = client.get(ADDRESS, MARCH | {"basis": "booked"} | more).content.decode()
        assert said in text
        assert "by the day the lead was received" in text


def test_months_follow_one_another(facts):
    report = ask(
        facts, basis="booked", group_by="month", start=date(2026, 2, 1), end=date(2026, 4, 30)
    )
    assert leads(report) == {"March 2026": 3, "April 2026": 1}
    assert [row.label for row in report.ranking("label").thin] == ["March 2026", "April 2026"]


def test_the_list_shows_the_day_that_counts_sorts_by_it_and_exports_it(
    client, facts, django_assert_max_num_queries
):
    client.force_login(make_user(facts, "company_admin"))
    asked = {"company": facts.slug, "basis": "booked", "kind": "primary"}
    leads_url = reverse("admin:attribution_lead_changelist")
    with django_assert_max_num_queries(15):
        page = client.get(leads_url, asked)
    shown = re.findall(r'field-booked_on"><a [^>]*>([^<]*)</a>', page.content.decode())
    assert shown == ["2 Apr 2026", "12 Mar 2026", "2 Mar 2026", "1 Mar 2026"]
    assert "sortable column-booked_on sorted descending" in page.content.decode()
    oldest_first = client.get(leads_url, asked | {"o": "1"}).context["cl"].result_list
    assert [lead.counts_on.day for lead in oldest_first] == [1, 2, 12, 2]
    completed = client.get(leads_url, asked | {"basis": "completed"}).context["cl"].result_list
    assert [str(lead.counts_on) for lead in completed][:2] == ["2026-04-03", "2026-04-02"]
    received = client.get(leads_url, asked | {"basis": "received"}).content.decode()
    assert "field-booked_on" not in received and "field-completed_on" not in received
    export = f"{reverse('admin:attribution_lead_export')}?{urlencode(asked)}"
    for basis, first in (("booked", "2026-04-02"), ("completed", "2026-04-03"), ("received", None)):
        answer = client.post(export.replace("=booked", f"={basis}"), {"format": "0"})
        rows = list(csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
        assert rows[0].get(f"{basis} on") == first
