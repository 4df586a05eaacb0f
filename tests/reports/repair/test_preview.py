"""What the preview says: exactly what the report says once the repair has been confirmed."""

from dataclasses import replace
from datetime import date
from random import Random

import pytest
import time_machine
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attribution import scope
from attribution.models import Campaign, Lead
from attribution.repair import drafts
from attribution.repair.apply import confirm
from attribution.repair.intents import (
    Action,
    Correct,
    GroupChoice,
    GroupKey,
    Merge,
    RepairGroups,
    RuleText,
    SaveRule,
    Undo,
)
from attribution.repair.plan import Refused, plan
from attribution.verdict import Field, How
from reports.query import ReportQuery
from reports.repair.preview import preview
from reports.report import run_report
from reports.serialize import as_json
from tests.effort import EFFORT
from tests.factories import make_lead, make_user
from tests.reports.histories import NOW, play, scoped
from tests.reports.march import make_march
from tests.reports.repair.test_amended import questions
from tests.reports.repair.wishes import random_wish

pytestmark = pytest.mark.django_db
MARCH = {"start": date(2026, 3, 1), "end": date(2026, 3, 31)}


@pytest.fixture
def march(company):
    make_march(company)
    return company


@pytest.fixture
def confirmed(march):
    """Confirms an intent as its preview has shown it."""
    admin = make_user(march, "utm_admin")

    def do(intent):
        draft = drafts.make(march, intent, admin, "because")
        return confirm(draft, admin, plan(march, intent).fingerprint)

    return do


def look(company, intent, sort="-booked_rate", **question):
    query = ReportQuery(company=company, **(MARCH | question))
    return preview(plan(company, intent), query, sort)


def campaign(company, key):
    return Campaign.objects.get(company=company, key=key)


def merge_brand(company):
    return Merge((campaign(company, "brand").pk,), campaign(company, "spring").pk)


def flows_of(found):
    return [
        (flow.move.was, flow.move.becomes, flow.counted, flow.booked, flow.completed)
        for flow in found.flows.flows
    ]


def words(figures):
    return {one.label: (plain(one.before), plain(one.after), one.verdict) for one in figures}


def plain(text):
    return text.replace("\u00a0", " ")


class TestByHand:
    def test_a_merge_moves_leads_their_outcome_and_the_rank(self, march):
        found = look(march, merge_brand(march))
        assert flows_of(found) == [("Brand", "Spring", 4, 1, 1)]
        assert found.flows.all.revenue_minor == 8_000
        assert (found.moved, found.flows.all.excluded) == (4, 0)
        brand, spring = sorted(found.rows.own, key=lambda row: row.label)
        assert (brand.standing.before, brand.standing.after) == ("2", "not in the report")
        assert words(spring.figures()) == {
            "Leads": ("6", "10", "neutral"),
            "Booked rate": ("50.0 %", "40.0 %", "worse"),
            "Spend": ("€60.00", "€60.00", "neutral"),
            "Cost per lead": ("€10.00", "€6.00", "better"),
        }
        assert (spring.standing.before, spring.standing.after) == ("1", "1")
        assert found.rows.passed == []

    def test_totals_stay_where_leads_only_change_the_campaign(self, march):
        figures = words(look(march, merge_brand(march)).totals)
        assert figures["Named leads"] == ("11", "11", "neutral")
        assert figures["Revenue"][:2] == ("€240.00", "€240.00")
        assert figures["Spend"][:2] == ("€92.50", "€92.50")

    def test_a_group_that_is_assigned_leaves_the_unattributed(self, march):
        group = GroupKey("no_campaign", "", "google", "")
        tiny = campaign(march, "tiny").pk
        choice = GroupChoice(group=group, action=Action.ASSIGN, campaign=tiny)
        found = look(march, RepairGroups((choice,)))
        assert flows_of(found) == [
            ("Unattributed: Source or medium, but no campaign", "Tiny", 1, 0, 0)
        ]
        figures = words(found.totals)
        assert figures["Named leads"][:2] == ("11", "12")
        assert figures["Unattributed"][:2] == ("2", "1")
        assert figures["Leads counted"][:2] == ("13", "13")
        [tiny] = found.rows.own
        assert (tiny.standing.before, tiny.standing.after) == ("too few leads", "too few leads")

    def test_a_row_loses_its_thin_mark_and_others_their_rank(self, march):
        march.thin_below = 2
        march.save()
        group = GroupKey("no_campaign", "", "google", "")
        tiny = campaign(march, "tiny").pk
        choice = GroupChoice(group=group, action=Action.ASSIGN, campaign=tiny)
        found = look(march, RepairGroups((choice,)), sort="-completed_rate")
        [tiny] = found.rows.own
        assert (tiny.standing.before, tiny.standing.after) == ("too few leads", "2")
        passed = [(row.label, row.standing.before, row.standing.after) for row in found.rows.passed]
        assert passed == [("Brand", "2", "3")]

    def test_spend_goes_with_its_name(self, march):
        rule = RuleText(
            field=Field.CAMPAIGN,
            how=How.EXACT,
            values=("sprnig",),
            campaign=campaign(march, "spring").pk,
        )
        found = look(march, SaveRule(rule))
        assert found.moved == 0 and flows_of(found) == []
        [flow] = found.spend.flows
        assert (flow.name, flow.move, flow.amount_minor) == (
            "sprnig",
            ("not matched", "Spring"),
            750,
        )
        figures = words(found.totals)
        assert figures["Spend matched"][:2] == ("€85.00", "€92.50")
        assert figures["Spend not matched"][:2] == ("€7.50", "€0.00")
        [spring] = found.rows.own
        assert words(spring.figures())["Spend"][:2] == ("€60.00", "€67.50")

    def test_a_rule_on_sources_says_only_what_it_changes(self, march):
        rule = RuleText(field=Field.SOURCE, how=How.EXACT, values=("news",), text="newsletter")
        found = look(march, SaveRule(rule), group_by="source")
        assert flows_of(found) == [("source news", "source newsletter", 5, 2, 2)]
        assert sorted(row.label for row in found.rows.own) == ["news", "newsletter"]

    def test_single_leads_are_shown_with_what_was_captured(self, march):
        lead = Lead.objects.filter(company=march, kind="test").get()
        found = look(march, Correct(leads=(lead.pk,), sets_campaign=True))
        [shown] = found.last_leads
        assert (shown.external_id, shown.utm_campaign) == (lead.external_id, "spring")
        assert shown.move == ("Spring", "Unattributed: Set so by a person")
        assert (found.flows.all.counted, found.flows.all.excluded) == (0, 1)

    def test_undoing_moves_them_back(self, march, confirmed):
        repair = confirmed(merge_brand(march))
        assert flows_of(look(march, Undo(repair.pk))) == [("Spring", "Brand", 4, 1, 1)]


class TestDays:
    def test_leads_of_other_days_move_as_well_but_are_in_no_total(self, march):
        found = look(march, merge_brand(march), start=date(2026, 4, 1), end=date(2026, 4, 30))
        assert found.moved == 4
        assert found.rows.own == [] and words(found.totals)["Leads counted"][:2] == ("0", "0")

    def test_where_nothing_moves_on_these_days_those_of_the_leads_are_shown(self, march):
        query = ReportQuery(company=march, start=date(2026, 4, 1), end=date(2026, 4, 30))
        found = preview(plan(march, merge_brand(march)), query, "-leads", widen=True)
        assert (found.query.start, found.query.end) == (date(2026, 3, 2), date(2026, 3, 2))
        assert [row.label for row in found.rows.own] == ["Spring", "Brand"]

    def test_a_question_about_days_on_which_leads_move_stays(self, march):
        query = ReportQuery(company=march, **MARCH)
        found = preview(plan(march, merge_brand(march)), query, "-leads", widen=True)
        assert found.query == query

    def test_days_between_two_leads_that_move_are_none_of_theirs(self, march):
        brand = Lead.objects.filter(company=march, utm_campaign="brand")
        later = replace_day(march, brand.first())
        query = ReportQuery(company=march, start=date(2026, 4, 1), end=date(2026, 4, 2))
        found = preview(plan(march, merge_brand(march)), query, "-leads", widen=True)
        assert (found.query.start, found.query.end) == (date(2026, 3, 2), later.day)


def replace_day(company, lead):
    """A lead like this one, three months later."""
    at = lead.received_at.replace(month=6)
    return make_lead(company, lead.utm_campaign, utm_source=lead.utm_source, received_at=at)


def test_a_preview_writes_nothing(march):
    before = as_json(run_report(ReportQuery(company=march, **MARCH)))
    look(march, merge_brand(march))
    assert as_json(run_report(ReportQuery(company=march, **MARCH))) == before
    assert not Campaign.objects.filter(merged_into__isnull=False).exists()
    tables = connection.introspection.table_names()
    assert not [name for name in tables if name.startswith("repair_")]


@pytest.mark.on_sqlite
@settings(max_examples=6 * EFFORT, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 2**32), steps=st.integers(4, 14))
def test_it_is_the_report_after_confirming(seed, steps):
    """Whatever is asked for, also on top of other repairs and when undoing them out of order."""
    rng = Random(seed)
    with time_machine.travel(NOW, tick=False), scope.all_companies(), transaction.atomic():
        history = play(rng, "acme", steps)
        company = history.company
        admin = make_user(company, "utm_admin")
        for lead in Lead.objects.filter(company=company):
            Lead.objects.filter(pk=lead.pk).update(country=rng.choice(("", "ch", "de")))
        with scoped(history):
            for _ in range(4):
                intent = random_wish(company, rng)
                draft = drafts.make(company, intent, admin, "because")
                try:
                    planned = plan(company, intent)
                except Refused:
                    continue
                queries = [replace(one, compare="none") for one in questions(history)]
                shown = [preview(planned, query, "-leads") for query in queries]
                for one in shown:
                    assert one.before.proof.holds and one.after.proof.holds
                    assert as_json(one.before) == as_json(run_report(one.query))
                repair = confirm(draft, admin, planned.fingerprint)
                for one in shown:
                    assert as_json(one.after) == as_json(run_report(one.query))
                    effect = repair.effect if repair.in_force else repair.undo_effect
                    assert effect["leads"] == one.moved == one.flows.all.leads
                    assert effect["booked"] == one.flows.all.booked
                    assert effect["revenue_minor"] == one.flows.all.revenue_minor
                    if not planned.items.makes:  # spend meets these as soon as they are there
                        assert effect["spend_minor"] == one.spend.amount_minor
                if rng.random() < 0.5:
                    history.some_leads()
        transaction.set_rollback(True)
