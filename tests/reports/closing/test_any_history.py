"""Whatever happens after a month is closed: closed and all restatements are today, to the cent."""

from collections import Counter
from contextlib import contextmanager
from datetime import date
from random import Random

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attribution import scope
from attribution.models import Campaign, ImportRun, Lead, Repair
from attribution.repair import apply
from attribution.repair.intents import Correct, Merge, Undo
from attribution.repair.plan import Refused
from reports.closing.closing import NotClosed, close, reopen
from reports.closing.figures import by_campaign
from reports.closing.look import look
from reports.closing.today import known_sums
from reports.models import ClosedMonth, RestatedFigure, Restatement
from reports.query import ReportQuery
from reports.report import run_report
from reports.rollup.refresh import refresh
from reports.serialize import as_dict
from spend.importing import undo
from spend.models import SpendEntry
from tests.effort import EFFORT
from tests.reports.histories import NOW, play

MARCH = date(2026, 3, 1)
COUNTS = ("impressions", "clicks", "sends", "opens")


@contextmanager
def unless_refused():
    """The history knows nothing of what else happens here: its entries may be gone, or be there
    already, and the rows of a file be of one campaign by now.
    """
    try:
        with transaction.atomic():
            yield
    except (SpendEntry.DoesNotExist, IntegrityError):
        pass
    except AssertionError as refused:
        assert "is of the same campaign and day too" in str(refused)


class Story:
    """What may happen to a company with a closed month."""

    def __init__(self, rng, history):
        self.rng, self.history, self.company = rng, history, history.company

    def happen(self):
        steps = (self.history.step, self.history.step, self.merge, self.correct, self.undo)
        with unless_refused():
            self.rng.choice((*steps, self.undo_file, self.by_sql, self.reopen))()

    def merge(self):
        ids = list(Campaign.objects.filter(company=self.company).values_list("pk", flat=True))
        ids.sort()
        if len(ids) > 1:
            self._repair(Merge((ids[0],), ids[-1]))

    def correct(self):
        leads = list(Lead.objects.filter(company=self.company).order_by("pk"))
        if leads:
            lead = self.rng.choice(leads).pk
            self._repair(Correct(leads=(lead,), source=self.rng.choice(("", "corrected"))))

    def undo(self):
        ids = list(Repair.objects.filter(company=self.company, undone_at=None).order_by("pk"))
        if ids:
            self._repair(Undo(self.rng.choice(ids).pk))

    def _repair(self, intent):
        try:
            with transaction.atomic():
                apply.save(self.company, intent, None)
        except Refused:
            pass

    def undo_file(self):
        runs = ImportRun.objects.filter(company=self.company, kind="spend", state="done")
        if (run := runs.order_by("-pk").first()) and not undo.problem(run, None):
            undo.undo(run, None)

    def by_sql(self):
        """By a way that no code of ours goes."""
        statement = self.rng.choice(
            (
                "UPDATE attribution_lead SET kind = 'bot' WHERE id % 3 = 1 AND company_id = %s",
                "UPDATE attribution_booking SET value_minor = 5 WHERE company_id = %s",
                "DELETE FROM spend_spendentry WHERE amount_minor > 900 AND company_id = %s",
            )
        )
        with connection.cursor() as cursor:
            cursor.execute(statement.replace("id % 3", "id %% 3"), [self.company.pk])

    def reopen(self):
        """Now and then, and closed again."""
        closing = ClosedMonth.objects.filter(company=self.company, reopened_at=None).first()
        if closing and self.rng.random() < 0.3:
            reopen(closing, None, "to close it once more")
            try_to_close(self.company)


def try_to_close(company):
    try:
        return close(company, MARCH, None)
    except NotClosed as problem:
        assert "No rate of exchange" in str(problem)
        return None


def counted(company):
    """All figures of March by campaign, lead by lead and entry by entry."""
    found = Counter()
    days = {"company": company, "day__gte": MARCH, "day__lte": date(2026, 3, 31)}
    for lead in Lead.objects.filter(**days):
        campaign = lead.campaign_id or 0
        if lead.kind != "primary":
            found[campaign, lead.kind] += 1
            continue
        found[campaign, "leads"] += 1
        found[campaign, "booked"] += lead.booked
        found[campaign, "completed"] += lead.completed
        found[campaign, "revenue"] += lead.revenue_minor
    for entry in SpendEntry.objects.filter(**days):
        campaign = entry.campaign_id or 0
        found[campaign, "entries"] += 1
        found[campaign, "priced"] += entry.amount_minor is not None
        found[campaign, "spend"] += entry.amount_minor or 0
        for name in COUNTS:
            found[campaign, name] += getattr(entry, name) or 0
    return {key: value for key, value in found.items() if value}


def flat(figures):
    return {
        (pk, name): value
        for pk, values in figures.items()
        for name, value in values.items()
        if value
    }


def check(closing, then):
    """The sums, the figures that were told of them, and the report as closed."""
    today = counted(closing.company)
    assert flat(by_campaign(known_sums(closing)[1])) == today
    closed = Counter(flat(by_campaign(known_sums(closing)[0])))
    rows = RestatedFigure.objects.filter(closing=closing, is_part=False).order_by("pk")
    for one in rows:
        assert closed[one.campaign_id, one.measure] == (one.old or 0)  # where the last one ended
        closed[one.campaign_id, one.measure] += (one.new or 0) - (one.old or 0)
    assert {key: value for key, value in closed.items() if value} == today
    assert as_closed(closing) == then


def as_closed(closing):
    query = ReportQuery(
        company=closing.company, start=MARCH, end=closing.last_day, as_closed=True, facets=False
    )
    report = run_report(query)
    assert report.proof.holds
    return as_dict(report)


@pytest.mark.django_db
@settings(max_examples=5 * EFFORT, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32), steps=st.integers(2, 8))
def test_closed_and_all_restatements_are_today(seed, steps):
    rng = Random(seed)
    with time_machine.travel(NOW, tick=False), scope.all_companies(), transaction.atomic():
        history = play(rng, "acme", 0)
        for _ in range(10):
            with unless_refused():
                history.step()
        story, then = Story(rng, history), {}
        try_to_close(history.company)
        for _ in range(steps):
            story.happen()
            closing = ClosedMonth.objects.filter(reopened_at=None).first() or try_to_close(
                history.company
            )
            if closing is None:
                continue
            if closing.pk not in then:
                then[closing.pk] = as_closed(closing)
            refresh(history.company.pk)
            look(history.company)
            number = Restatement.objects.count()
            check(closing, then[closing.pk])
            refresh(history.company.pk)
            assert look(history.company) == 0 and Restatement.objects.count() == number
        transaction.set_rollback(True)
