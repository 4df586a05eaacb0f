"""Leads that have come since the sums were made: reports add them, and read no others."""

from dataclasses import replace

import pytest
from django.test import Client

from attribution.models import Lead
from reports.facts import FactReader
from reports.models import RollupDay, RollupMark
from reports.query import ReportQuery
from reports.report import run_report
from reports.rollup import books
from reports.rollup import refresh as refreshing
from reports.rollup.check import check
from reports.rollup.refresh import refresh
from reports.serialize import as_json
from tests.factories import make_bookings, make_lead, make_leads, make_user


@pytest.fixture
def query(acme):
    days = Lead.objects.filter(company=acme).order_by("day").values_list("day", flat=True)
    return ReportQuery(company=acme, start=days.first(), end=days.last(), facets=True)


def same_as_facts(query):
    for asked in (query, replace(query, facets=False), replace(query, group_by="source")):
        kept = run_report(asked)
        assert not isinstance(kept.reader, FactReader)
        assert as_json(kept) == as_json(run_report(asked, lambda base: FactReader(base.query)))


def come(acme):
    make_leads(acme, [{"utm_campaign": "spring"}, {"utm_campaign": "autumn"}, {}])


def of_marks(acme):
    return [bool(one.lead_ids) for one in RollupMark.objects.filter(company=acme)]


def test_a_mark_says_which_leads_are_new_and_of_a_change_nothing(acme):
    lead = make_lead(acme, "spring")
    assert RollupMark.objects.get(company=acme).lead_ids == str(lead.pk)
    Lead.objects.filter(pk=lead.pk).update(kind="test")
    assert not all(of_marks(acme))


@pytest.mark.parametrize("bound", [None, "MOST_NEW", "MOST_NEW_IN_ALL", "TOO_MANY_TO_TELL_APART"])
def test_reports_are_those_of_the_facts_however_many_are_new(acme, query, monkeypatch, bound):
    if bound:
        monkeypatch.setattr(books, bound, 1)
    for _ in range(2):
        come(acme)
        same_as_facts(query)
    make_bookings((Lead.objects.filter(company=acme).latest("pk"), "completed", 700))
    same_as_facts(query)
    come(acme)
    same_as_facts(query)
    refresh(acme.pk)
    assert check(acme.pk) == []
    same_as_facts(query)


def test_what_is_kept_of_a_bucket_is_not_counted_again(acme, monkeypatch):
    made_anew = []
    real = refreshing.build_days
    monkeypatch.setattr(refreshing, "build_days", lambda *of: (made_anew.append(of), real(*of))[1])
    come(acme)
    assert refresh(acme.pk) > 0
    assert made_anew == []
    assert check(acme.pk) == []
    make_bookings((Lead.objects.filter(company=acme).latest("pk"), "completed", 700))
    refresh(acme.pk)
    assert len(made_anew) == 1
    assert check(acme.pk) == []


@pytest.mark.parametrize("bound", ["MANY_BUCKETS", "MOST_NEW_IN_ALL"])
def test_of_very_many_all_is_made_anew(acme, monkeypatch, bound):
    monkeypatch.setattr(refreshing, bound, 1)
    come(acme)
    refresh(acme.pk)
    assert check(acme.pk) == []
    assert RollupDay.objects.filter(company=acme).exists()


@pytest.mark.parametrize(("most", "in_one", "left"), [(2, 9, 0), (2, 0, 0), (3, 9, 3)])
def test_after_a_page_many_new_leads_are_in_the_sums(acme, query, monkeypatch, most, in_one, left):
    monkeypatch.setattr(books, "MANY_NEW", most)
    monkeypatch.setattr(books, "MOST_NEW", in_one)
    client = Client()
    client.force_login(make_user(acme, "viewer"))
    come(acme)
    address = f"/admin/reports/overview/?company={acme.slug}&period=custom"
    answer = client.get(f"{address}&from={query.start}&to={query.end}")
    assert answer.status_code == 200
    new = RollupMark.objects.filter(company=acme).values_list("lead_ids", flat=True)
    assert sum(len(ids.split(",")) for ids in new) == left
    assert check(acme.pk) == []
