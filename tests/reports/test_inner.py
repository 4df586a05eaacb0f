"""What rows are split into, read of those alone that a page shows: the same as of all."""

from dataclasses import replace
from random import Random

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attribution import scope
from reports.facts import FactReader
from reports.inner import Shown
from reports.query import ReportQuery
from reports.report import run_report
from reports.rollup.reader import RollupReader
from reports.serialize import as_dict
from tests.effort import EFFORT
from tests.factories import make_campaign
from tests.reports.by_hand import JUNE, MARCH, make_month, rows
from tests.reports.histories import NOW, scoped
from tests.reports.long_histories import LongHistory
from tests.spend.budgets.conftest import make_budget

DAYS = {"first_day": MARCH["start"], "last_day": MARCH["end"]}
INNER = [("source",), ("weekday",), ("month", "medium"), ("medium", "weekday"), ("source", "month")]
INNER += [("channel", "weekday"), ("month", "tag"), ("group", "source")]


def parts(report, keys):
    """These rows, and leads without a campaign, with all that they are split into."""
    wanted = [row for row in report.rows if row.key in keys]
    inner = [one for row in (*wanted, report.unattributed) for one in row.children]
    before = [(one.label, one.leads, dict(one.previous or {})) for one in inner]
    sums = [dict(one.values) for one in (report.total, report.unattributed)]
    names = [row.label for row in report.rows]
    return as_dict(replace(report, rows=wanted))["rows"], before, sums, names


@pytest.fixture
def month(company):
    with time_machine.travel(JUNE, tick=False):
        make_month(company)
        yield ReportQuery(company=company, then_by=("source",), **MARCH)


def spring(report):
    """The one row that is shown."""
    return [row for row in report.rows if row.label == "Spring"]


def test_only_of_rows_that_are_shown(month):
    report = run_report(month, shown=Shown(spring))
    found = rows(report)
    assert [(one.label, one.leads) for one in found["Spring"].children] == [
        *(("news", 4), ("(none)", 0)),  # the spend does not say its source
    ]
    assert sum(one.leads for one in report.unattributed.children) == report.unattributed.leads
    with pytest.raises(LookupError, match="not to be shown"):
        _ = found["autumn"].children


def test_a_budget_makes_no_row_that_the_whole_report_has_not(month):
    make_budget(month.company, make_campaign(month.company, "alone", name="Alone"), **DAYS)
    whole = run_report(month)
    assert [row.label for row in run_report(replace(month, then_by=())).rows].count("Alone") == 1
    found = run_report(month, shown=Shown(spring))
    assert [row.label for row in found.rows] == [row.label for row in whole.rows]
    assert found.total.values["budget"] == whole.total.values["budget"]


def test_what_is_known_with_the_campaign_is_not_read_anew(month):
    for inner in (("channel",), ("tag", "goal")):
        report = run_report(replace(month, then_by=inner), shown=Shown(spring))
        assert all(row.children for row in report.rows)


def test_beside_it_what_is_not_known_is_read_of_those_that_are_shown(month):
    for inner in (("tag", "source"), ("source", "tag")):
        query = replace(month, then_by=inner)
        report = run_report(query, shown=Shown(spring))
        [shown] = spring(report)
        assert parts(report, [shown.key]) == parts(run_report(query), [shown.key])
        with pytest.raises(LookupError, match="not to be shown"):
            _ = rows(report)["autumn"].children


def test_parts_that_are_not_their_row_are_not_believed(month, monkeypatch, caplog):
    real = RollupReader.groups

    def false(self, *asked):
        leads, spend = real(self, *asked)
        if self.alone:
            leads = [one._replace(booked=one.booked + 1) for one in leads]
        return leads, spend

    monkeypatch.setattr(RollupReader, "groups", false)
    report = run_report(month, shown=Shown(spring))
    assert isinstance(report.reader, FactReader)
    assert "disagree" in caplog.text
    assert rows(report)["Spring"].children[0].values["booked"] == 3


@pytest.mark.parametrize("lost", [True, False])
def test_nor_are_those_of_parts(month, monkeypatch, caplog, lost):
    real = RollupReader.groups

    def false(self, *asked):
        leads, spend = real(self, *asked)
        false = [one._replace(booked=one.booked + 1) for one in leads]
        return ([], []) if lost else (false, spend)

    monkeypatch.setattr(RollupReader, "groups", false)
    query = replace(month, group_by="month", then_by=("campaign", "weekday"))
    report = run_report(query, shown=Shown(lambda report: report.rows, lambda rows: 5))
    assert isinstance(report.reader, FactReader)
    assert "disagree" in caplog.text
    [spring] = [part for part in report.rows[0].children if part.label == "Spring"]
    assert [day.values["booked"] for day in spring.children] == [3]


@pytest.mark.django_db
@settings(max_examples=10 * EFFORT, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32), steps=st.integers(6, 16))
def test_of_some_rows_the_same_as_of_all(seed, steps):
    rng = Random(seed)
    with time_machine.travel(NOW, tick=False), scope.all_companies(), transaction.atomic():
        history = LongHistory(rng, "acme")
        history.live(steps)
        with scoped(history):
            query = replace(history.asked(), group_by="campaign", then_by=rng.choice(INNER))
            whole = run_report(query)
            some = {row.key for row in whole.rows if rng.random() < 0.5}
            shown = run_report(
                query, shown=Shown(lambda one: [r for r in one.rows if r.key in some])
            )
            assert type(shown.reader) is type(whole.reader) is RollupReader
            assert parts(shown, some) == parts(whole, some)
            assert shown.all_notes == whole.all_notes
            assert shown.proof == whole.proof
        transaction.set_rollback(True)
