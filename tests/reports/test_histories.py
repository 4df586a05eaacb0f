"""Whatever happens to a company, each report says what a plain count of the facts says."""

from fractions import Fraction
from random import Random

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from attribution import scope
from reports.cautious import rank_value
from reports.metrics import LINE_COLUMNS, METRICS
from reports.report import run_report
from reports.series import WITH_CURVES, daily_series, sparklines
from tests.effort import EFFORT
from tests.reports.histories import NOW, play, scoped
from tests.reports.oracle import Answer

HISTORIES = 60 * EFFORT
CLOSE = Fraction(1, 10**20)  # a ratio has 28 digits


def same(value, wanted):
    if value is None or wanted is None:
        return value is wanted
    if isinstance(wanted, int):
        return value == wanted
    return abs(Fraction(value) - wanted) <= CLOSE * max(1, abs(wanted))


def check_values(values, wanted, where):
    assert set(values) == set(wanted) == set(METRICS)
    wrong = {
        name: (values[name], wanted[name])
        for name in wanted
        if not same(values[name], wanted[name])
    }
    assert not wrong, where


def check_row(row, wanted, compared, where):
    now, before = wanted
    check_values(row.values, now, where)
    if compared:
        check_values(row.previous, before, f"{where}, period before")
    else:
        assert row.previous is None


def check_inner(row, wanted, compared, where):
    """What a row is split into, at every level."""
    found = {(one.campaign.key if one.campaign else one.key) or None: one for one in row.children}
    assert set(found) == set(wanted), where
    for key, one in found.items():
        values, deeper = wanted[key]
        check_row(one, values, compared, f"{where} > {key}")
        check_inner(one, deeper, compared, f"{where} > {key}")


def check(report, answer):
    """Every number of the report against the oracle's."""
    compared = report.query.compare != "none"
    found = {row.campaign.key if row.campaign else row.key: row for row in report.rows}
    assert set(found) == set(answer.rows)
    for key, row in found.items():
        check_row(row, answer.rows[key], compared, key)
        assert row.label == answer.labels[key]
        assert row.thin == answer.thin[key]
        assert row.maturing == answer.maturing[key]
        check_inner(row, answer.inner[key][1], compared, key)
    check_inner(
        report.unattributed, answer.inner.get(None, (None, {}))[1], compared, "unattributed"
    )
    check_row(report.unattributed, answer.unattributed, compared, "unattributed")
    check_row(report.unmatched_spend, answer.unmatched, compared, "unmatched")
    check_row(report.total, answer.total, compared, "total")
    assert {r.code: (r.leads, r.booked, r.completed) for r in report.reasons} == answer.reasons
    assert {kind.kind: kind.leads for kind in report.excluded} == answer.excluded
    assert {n.name: (n.amount_minor, n.entries) for n in report.unmatched_names} == answer.names
    assert report.outside == answer.outside
    assert {name: getattr(report.proof, name) for name in answer.proof} == answer.proof
    digits = {"SEK": 100, "JPY": 1}
    assert {
        (one.fact, one.currency): (one.facts, int(one.amount * digits[one.currency]))
        for one in report.proof.unconverted
    } == answer.unconverted


def check_sums(report):
    """The promise itself: rows and unattributed and excluded are all there is, to the cent."""
    assert report.proof.holds
    total, rows = report.total.values, [*report.rows, report.unattributed, report.unmatched_spend]
    for name in ("leads", "booked", "completed", "revenue", "spend", *sorted(LINE_COLUMNS)):
        # Money of which a part has no rate is unknown, and so is every sum that it is in.
        if total[name] is not None:
            assert sum(row.values[name] or 0 for row in rows) == total[name]
    for row in (*rows, report.total):
        if row.values["spend"] is not None:
            assert sum(row.values[name] or 0 for name in LINE_COLUMNS) == row.values["spend"]
    if report.total.values["revenue"] is not None:
        assert all(row.values["revenue"] is not None for row in rows)
    assert bool(report.proof.unconverted_text) == bool(report.proof.unconverted)
    assert sum(reason.leads for reason in report.reasons) == report.unattributed.leads
    excluded = sum(kind.leads for kind in report.excluded)
    assert total["leads"] + excluded == report.proof.received


def check_rankings(report, sort):
    ranking = report.ranking(sort)
    assert sorted(row.key for row in ranking) == sorted(row.key for row in report.rows)
    assert not any(row.thin for row in ranking.ranked)
    name, descending = sort.removeprefix("-"), sort.startswith("-")
    values = [rank_value(row.values, name, descending=descending) for row in ranking.ranked]
    assert values == sorted(values, reverse=descending)


def check_curves(report, answer):
    points = daily_series(report)
    assert [(point.leads, point.booked, point.completed) for point in points] == answer.daily
    if report.query.group_by not in WITH_CURVES:
        return
    curves = sparklines(report, [row.key for row in report.rows])
    assert {key: sum(curve) for key, curve in curves.items()} == {
        row.key: row.leads for row in report.rows
    }


@pytest.mark.django_db
@settings(max_examples=HISTORIES, suppress_health_check=list(HealthCheck))
@example(seed=653444, steps=12)  # a name refused on a full day, then discovered on another
@given(seed=st.integers(0, 2**32), steps=st.integers(3, 14))
def test_after_any_history_every_report_is_what_the_oracle_counts(seed, steps):
    rng = Random(seed)
    with time_machine.travel(NOW, tick=False), scope.all_companies(), transaction.atomic():
        history = play(rng, "acme", steps)
        with scoped(history):
            for _ in range(2):
                report = run_report(query := history.question())
                answer = Answer(history.world, query)
                check(report, answer)
                check_sums(report)
                check_rankings(report, rng.choice(("", "-")) + rng.choice(list(METRICS)))
            check_curves(report, answer)
        transaction.set_rollback(True)
