"""Other kinds than primary counted too: every figure follows, and the totals still prove."""

import json
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.http import QueryDict
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from attribution import scope
from attribution.models import Lead
from reports.filters import address_of, ask
from reports.query import EXCLUDED, ReportQuery
from reports.report import run_report
from reports.serialize import as_dict
from tests.factories import make_booking, make_company, make_lead, make_spend, make_user
from tests.reports.march import ADDRESS

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
MARCH = {"start": date(2026, 3, 1), "end": date(2026, 3, 31)}
kinds = st.sampled_from(Lead.Kind.values)


@pytest.fixture(autouse=True)
def everywhere():
    with scope.all_companies():
        yield


def store(company, leads):
    """Each: kind, campaign, and the cents that it brought (None: no booking)."""
    for kind, campaign, cents in leads:
        lead = make_lead(company, campaign, kind=kind, received_at=NOON)
        if cents is not None:
            make_booking(lead, "completed", value_minor=cents)


@settings(max_examples=12)
@given(
    st.lists(
        st.tuples(kinds, st.sampled_from(["", "a", "b"]), st.none() | st.integers(0, 999)),
        max_size=12,
    ),
    st.sets(st.sampled_from(EXCLUDED)),
    st.sampled_from(["campaign", "source", "country"]),
)
def test_received_is_counted_and_excluded_for_any_mix(leads, also, group_by):
    company = make_company()
    store(company, leads)
    report = run_report(
        ReportQuery(company=company, group_by=group_by, also=tuple(also), compare="none", **MARCH)
    )
    counts = [one for one in leads if one[0] == "primary" or one[0] in also]
    proof = report.proof
    assert proof.holds
    assert proof.received == len(leads) == proof.counted + proof.excluded
    assert proof.counted == len(counts) == proof.named + proof.unattributed
    assert proof.excluded == sum(kind.leads for kind in report.excluded)
    assert not {kind.kind for kind in report.excluded} & also
    assert report.total.values["completed"] == sum(cents is not None for *_, cents in counts)
    assert report.total.tally.revenue_minor == sum(cents or 0 for *_, cents in counts)
    assert sum(day.leads for day in report.reader.day_points(report.query, report.campaigns)) == (
        len(counts)
    )


@pytest.fixture
def company():
    company = make_company(slug="acme")
    make_spend(company, "a", 6000)
    store(
        company,
        [
            *[("primary", "a", None)] * 3,
            ("primary", "", None),
            *[("test", "a", 2500)] * 2,
            ("bot", "b", None),
            ("bot", "", None),
        ],
    )
    return company


def test_figures_by_hand(company):
    """6,000 cents of spend for a: by 3 primary leads 20.00 each, with 2 tests 12.00 each."""
    usual = run_report(ReportQuery(company=company, **MARCH))
    assert [(row.label, row.leads) for row in usual.rows] == [("a", 3)]
    assert str(usual.rows[0].values["cost_per_lead"]) == "20.00"
    more = run_report(ReportQuery(company=company, also=("test",), **MARCH))
    assert [(row.label, row.leads) for row in more.rows] == [("a", 5)]
    assert str(more.rows[0].values["cost_per_lead"]) == "12.00"
    assert (more.total.values["booked"], str(more.total.values["revenue"])) == (2, "50.00")
    assert more.proof.lead_text == (
        "5 named + 1 unattributed = 6 counted (Primary, Test); + 2 excluded = 8 received ✓"
    )
    assert usual.proof.lead_text == (
        "3 named + 1 unattributed = 4 counted; + 4 excluded = 8 received ✓"
    )
    assert as_dict(more)["kinds"] == ["primary", "test"]
    assert [note for note in more.notes if "lead by lead" in note]
    every = run_report(ReportQuery(company=company, also=EXCLUDED, **MARCH))
    assert every.proof.counted == every.proof.received == 8


def test_revenue_that_waits_for_a_rate_is_of_the_kinds_that_count(company):
    lead = make_lead(company, "a", kind="test", received_at=NOON)
    make_booking(lead, "completed", currency="CHF", original_minor=100, value_minor=None)
    usual = run_report(ReportQuery(company=company, **MARCH))
    more = run_report(ReportQuery(company=company, also=("test",), **MARCH))
    assert usual.total.values["revenue"] == 0
    assert more.total.values["revenue"] is None
    assert more.proof.unconverted


def test_a_kind_that_does_not_exist_is_refused(company):
    with pytest.raises(ValueError, match="kind"):
        ReportQuery(company=company, also=("nonsense",), **MARCH)


def test_the_command_counts_them(company):
    asked = {"company": "acme", "start": "2026-03-01", "end": "2026-03-31", "json": True}
    out = StringIO()
    call_command("report", kinds="primary,bot", stdout=out, **asked)
    found = json.loads(out.getvalue())
    assert found["kinds"] == ["primary", "bot"]
    assert found["proof"]["counted"] == 6
    for kinds in ("test", "primary,nonsense"):
        with pytest.raises(CommandError):
            call_command("report", kinds=kinds, stdout=out, **asked)


@pytest.mark.on_sqlite
def test_page_address_chips_and_files_say_so(client, company):
    client.force_login(make_user(company, "owner"))
    days = "company=acme&period=custom&from=2026-03-01&to=2026-03-31"
    plain = client.get(f"{ADDRESS}?{days}").content.decode()
    assert "Count them too" in plain
    assert "kind=test&amp;kind=bot" in plain
    page = client.get(f"{ADDRESS}?{days}&kind=test").content.decode()
    assert "counting Primary, Test" in page
    assert "Counted too: Test" in page
    assert "6 counted (Primary, Test)" in page
    assert "&amp;kind=primary&amp;kind=test" in page  # behind every figure
    assert "is not a valid kind" in client.get(f"{ADDRESS}?{days}&kind=x").content.decode()
    answer = client.get(f"{reverse('reports:overview-csv')}?{days}&kind=test")
    file = b"".join(answer.streaming_content).decode()
    assert 'Leads that count,"Primary, Test"' in file
    assert "Filter: Counted too,Test" in file


def test_the_address_brings_the_page_back(company):
    asked = ask(QueryDict("kind=bot&kind=test&kind=primary"), company)
    assert asked.query.kinds == ("primary", "test", "bot")
    assert str(address_of(asked, "", ())).count("kind=") == 2
