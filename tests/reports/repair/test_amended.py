"""The amended report is, to the byte, the report once the change has been carried out."""

from dataclasses import replace
from functools import partial
from random import Random

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from attribution import scope
from attribution.models import Lead
from reports.models import RollupState
from reports.query import ReportQuery
from reports.repair.amended import Amended
from reports.report import run_report
from reports.rollup.refresh import refresh
from reports.serialize import as_json
from reports.series import daily_series, sparklines
from tests.effort import EFFORT
from tests.reports.histories import NOW, play, scoped
from tests.reports.raw_values import TWICE
from tests.reports.repair.changes import random_change


def everything(report):
    """All that a page takes from a report; ids of campaigns, which change, by their key."""
    assert report.proof.holds, report.proof
    keys = {row.key: row.campaign.key if row.campaign else row.key for row in report.rows}
    return (
        as_json(report),
        [dict(row.previous or {}) for row in (*report.rows, report.unattributed, report.total)],
        report.unmatched_names,
        report.has_spend,
        daily_series(report),
        {keys[key]: curve for key, curve in sparklines(report, list(keys)).items()},
    )


def amended(query, change):
    return run_report(query, through=partial(Amended, query=query, plan=change.plan))


def questions(history):
    """Any grouping, any filters, of any days."""
    rng = history.rng
    for _ in range(4):
        query = history.question()
        others = ("country", "visit_channel", "origin")
        usual = query.group_by if query.group_by in ("source", "medium", "channel") else "campaign"
        # Previews are of one level, and by the day of receipt.
        query = replace(query, then_by=(), basis="received")
        query = replace(query, group_by=rng.choice((*[usual] * 4, *others)))
        query = replace(query, countries=("", "ch") if rng.random() < 0.2 else ())
        query = replace(query, visit_channels=("Direct", "Email") if rng.random() < 0.2 else ())
        query = replace(query, origins=("news", "") if rng.random() < 0.1 else ())
        yield replace(query, landing=rng.choice(("", "", TWICE[:12])))
    for name in ("source", "medium"):  # where no report tells campaigns apart, but a repair does
        yield ReportQuery(company=query.company, start=query.start, end=NOW.date(), group_by=name)


@pytest.mark.django_db
@pytest.mark.on_postgresql
@settings(max_examples=8 * EFFORT, suppress_health_check=list(HealthCheck))
@example(429, 11)  # with a comparison of young leads, of which some move
@given(seed=st.integers(0, 2**32), steps=st.integers(4, 16))
def test_it_says_beforehand_what_the_report_says_afterwards(seed, steps):
    rng = Random(seed)
    with time_machine.travel(NOW, tick=False), scope.all_companies(), transaction.atomic():
        history = play(rng, "acme", steps)
        company = history.company
        for lead in Lead.objects.filter(company=company):
            Lead.objects.filter(pk=lead.pk).update(country=rng.choice(("", "ch", "de")))
        if rng.random() < 0.5:
            refresh(company.pk)
        with scoped(history):
            for _ in range(2):  # the second change takes up what the first has withdrawn
                queries = list(questions(history))
                change = random_change(company, rng)
                with change.collected():
                    kept = [everything(amended(query, change)) for query in queries]
                    state = RollupState.objects.create(company=company, ready=False)
                    added_up = [everything(amended(query, change)) for query in queries]
                    state.delete()
                change.carry_out()
                refresh(company.pk)
                for query, one, other in zip(queries, kept, added_up, strict=True):
                    assert one == other == everything(run_report(query))
        transaction.set_rollback(True)
