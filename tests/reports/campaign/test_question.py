"""The page of a campaign answers the report's question: its row is the report's, to each figure."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random

import time_machine
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from attribution import scope
from attribution.touches.items import TouchItem
from attribution.touches.write import store
from attribution.utm import Captured
from reports.attributing.models import MODELS
from reports.basis import BASES
from reports.campaign import facts, parts
from reports.campaign.asking import ask_here, for_campaigns
from reports.filters import address_of, ask
from reports.links import Links
from reports.metrics import BUDGET_COLUMNS, LINE_COLUMNS, METRICS
from reports.report import run_report
from reports.rollup.refresh import refresh
from tests.effort import EFFORT
from tests.factories import make_booking, make_campaign, make_company, make_lead, make_spend
from tests.reports.by_hand import JUNE

FIGURES = [name for name in METRICS if name not in (*BUDGET_COLUMNS, *LINE_COLUMNS)]
KINDS = ("primary", "primary", "primary", "test", "follow_up")
NAMES = ("spring", "spring", "other", "")


def make_world(company, dice):
    """Leads around the fortnight with visits before them, bookings after them, and spend."""
    for _ in range(dice.randint(2, 14)):
        came = datetime(2026, 2, 27, 12, tzinfo=UTC) + timedelta(days=dice.randint(0, 19))
        lead = make_lead(
            company,
            dice.choice(NAMES),
            received_at=came,
            utm_source=dice.choice(["", "google", "News"]),
            country=dice.choice(["", "DE", "FR"]),
            kind=dice.choice(KINDS),
        )
        items = [
            TouchItem(
                came - timedelta(days=dice.randint(0, 40), minutes=1),
                Captured(utm_source=dice.choice(["a", "b"]), utm_campaign=dice.choice(NAMES)),
            )
            for _ in range(dice.randint(0, 3))
        ]
        store(company, [(lead.pk, came, items)])
        for _ in range(dice.choice([0, 1, 1, 2])):
            status = dice.choice(["booked", "completed", "cancelled"])
            booked_at = came + timedelta(days=dice.randint(0, 9))
            make_booking(lead, status, dice.randint(0, 999), booked_at=booked_at)
    for day in dice.sample([date(2026, 3, 1) + timedelta(days=n) for n in range(16)], 3):
        line = dice.choice(["media", "agency"])
        make_spend(company, dice.choice(NAMES[1:3]), dice.randint(1, 99), day=day, line=line)


def question(dice):
    """An address of the report, as a person would come by it."""
    pairs = [
        *(("from", "2026-03-02"), ("to", "2026-03-15"), ("period", "custom")),
        ("compare", dice.choice(["previous", "year", "none"])),
        ("basis", dice.choice([*BASES])),
        ("model", dice.choice([*MODELS])),
        ("window", dice.choice(["", "7"])),
        *(("kind", kind) for kind in ("test", "follow_up") if dice.random() < 0.4),
        *(("line", line) for line in ("media", "agency") if dice.random() < 0.3),
    ]
    asked = QueryDict(mutable=True)
    for name, value in pairs:
        asked.appendlist(name, value)
    return asked


class SameRow(TestCase):
    @settings(max_examples=15 * EFFORT, deadline=None)
    @given(seed=st.integers(0, 10**6))
    def test_every_figure_of_the_row_and_its_parts(self, seed):
        dice = Random(seed)
        with time_machine.travel(JUNE, tick=False), scope.all_companies():
            company = make_company(thin_below=3)
            spring = make_campaign(company, "spring")
            make_world(company, dice)
            if dice.random() < 0.5:
                refresh(company.pk)
            self.compare(company, spring, question(dice))

    def compare(self, company, spring, given_here):
        said = ask(given_here, company)
        link = for_campaigns(address_of(said, "", ()))
        here = ask_here(QueryDict(link.removeprefix("?")), spring)
        assert here.left_out == []
        assert str(here.address) == link
        report, own = run_report(replace(said.query, counts=True)), run_report(here.asked.query)
        row, page = (
            next((row for row in one.rows if row.key == str(spring.pk)), None)
            for one in (report, own)
        )
        assert own.proof.holds
        assert (row is None) == (page is None)
        if row is None:
            return
        assert (page.thin, page.maturing, page.young) == (row.thin, row.maturing, row.young)
        for name in FIGURES:
            assert page.values[name] == row.values[name], name
            assert (page.previous or {}).get(name) == (row.previous or {}).get(name), name
        self.look_at_parts(here.asked.query, spring, page)

    def look_at_parts(self, query, spring, row):
        found = facts.read(query, spring.pk, query.read_days)
        inside = facts.within(found, query.period)
        tables = parts.tables(inside, row, Links(query), 30)
        assert [one.holds for one in tables] == ([] if query.attribution.splits else [True] * 3)
        for table in tables:
            if query.basis != "received":  # of those that booked all have booked
                assert {one.rate for one in table.parts} <= {"–"}
            if query.attribution.reads_touches:
                assert {one.url for one in table.parts} <= {""}
        for name in ("leads", "booked", "completed"):
            total = sum(getattr(one, name) for one in inside)
            assert abs(total - row.values[name]) < 0.000_002
        before = sum(one.leads for one in facts.within(found, query.compared or query.period))
        was = row.previous if query.compared else row.values
        assert abs(before - was["leads"]) < 0.000_002
