"""New leads are added to the sums: moments at which one would be added twice, or not at all."""

import pytest

from attribution.models import Lead
from reports.models import RollupDay
from reports.rollup.refresh import refresh
from tests.factories import make_lead
from tests.rollup.comparing import differences, mark_count
from tests.rollup.elsewhere import Stop
from tests.rollup.figures import kept, move, reported

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.on_postgresql,  # SQLite has one writer at a time
]


@pytest.mark.parametrize("step", ["build_days", "build_totals"])
def test_a_new_lead_in_a_bucket_that_is_being_made_anew_is_counted_once(
    company, writer, refresher, monkeypatch, step
):
    move(make_lead(company, "b"), "a")
    stop = Stop(monkeypatch, step)
    running = refresher.start(refresh, company.pk)
    stop.wait()
    writer.do(make_lead, company, "a")  # the facts have it, and its mark is still to come
    stop.go.set()
    running.result()
    assert (mark_count(), kept(), reported(company)) == (1, {"a": 1}, {"a": 2})
    assert differences() == []
    refresh(company.pk)
    assert (mark_count(), kept()) == (0, {"a": 2})
    assert differences() == []


@pytest.mark.parametrize("others", [(), ("b",)], ids=["alone", "where others are new"])
@pytest.mark.parametrize("step", ["add_days", "build_totals"])
def test_a_new_lead_that_moves_while_it_is_added(
    company, writer, refresher, monkeypatch, step, others
):
    lead = make_lead(company, "a")
    for key in others:
        make_lead(company, key)
    stop = Stop(monkeypatch, step)
    running = refresher.start(refresh, company.pk)
    stop.wait()
    writer.do(move, lead, "b")
    stop.go.set()
    running.result()
    assert reported(company) == {"b": 1 + len(others)}
    assert differences() == []
    refresh(company.pk)
    assert (mark_count(), kept()) == (0, {"b": 1 + len(others)})
    assert differences() == []


@pytest.mark.parametrize("step", ["add_days", "build_totals"])
def test_a_new_lead_that_is_excluded_while_it_is_added(
    company, writer, refresher, monkeypatch, step
):
    make_lead(company, "a")
    lead = make_lead(company, "a")
    stop = Stop(monkeypatch, step)
    running = refresher.start(refresh, company.pk)
    stop.wait()
    writer.do(Lead.objects.filter(pk=lead.pk).update, kind="test")
    stop.go.set()
    running.result()
    assert reported(company) == {"a": 1}
    assert differences() == []
    refresh(company.pk)
    assert (mark_count(), kept()) == (0, {"a": 1})
    assert differences() == []


def test_new_leads_are_added_to_what_is_kept_and_others_counted_anew(company):
    make_lead(company, "a")
    refresh(company.pk)
    RollupDay.objects.update(bot=7)  # who counts anew does not find them
    lead = make_lead(company, "a")
    refresh(company.pk)
    assert (kept(), kept("bot")) == ({"a": 2}, {"a": 7})
    Lead.objects.filter(pk=lead.pk).update(kind="test")
    refresh(company.pk)
    assert (kept(), kept("bot")) == ({"a": 1}, {})
