"""Whatever happens to spend, it counts where its id, its name and the rules say, to the cent."""

from contextlib import suppress
from datetime import date, timedelta
from random import Random

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from attribution import scope
from attribution.models import Campaign, Repair
from attribution.repair.apply import save
from attribution.repair.intents import (
    Action,
    Merge,
    NameChoice,
    RepairNames,
    RuleText,
    SaveRule,
    Undo,
)
from attribution.repair.plan import Refused
from attribution.verdict import Field, How
from reports.query import ReportQuery
from reports.report import run_report
from reports.serialize import as_json
from spend.matching import forget, remember
from spend.models import PlatformId, SpendEntry
from spend.unmatched.groups import groups
from spend.unmatched.mapping import confirm, decide
from tests.attribution.import_files import take_in
from tests.factories import make_campaign, make_company, make_spend
from tests.spend.test_unmatched import astray, google

NAMES = ["a", "b", "c", "lost", "Lost one", "gone", ""]
STEPS = 9


@pytest.mark.django_db
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32 - 1))
def test_after_any_history_every_entry_is_where_it_belongs(db, seed):
    of = Random(seed)
    with transaction.atomic(), scope.all_companies():
        company = make_company(currency="EUR")
        for key in ("a", "b", "c"):
            make_campaign(company, key)
        for number in range(STEPS):
            step = of.choice(HAPPENINGS)
            note(step.__name__)
            step(company, of, number)
            holds(company)
        transaction.set_rollback(True)


def holds(company):
    assert not astray(company)
    spent = SpendEntry.objects.filter(company=company)

    def total(**which):
        return spent.filter(**which).aggregate(total=Sum("amount_minor"))["total"] or 0

    waiting = groups(company)
    assert sum(group.amount_minor for group in waiting) == total(campaign=None)
    assert sum(group.entries for group in waiting) == spent.filter(campaign=None).count()
    proof = report(company).proof
    assert proof.holds
    assert proof.spend_unmatched * 100 == total(campaign=None)
    assert proof.spend_matched * 100 == total(campaign__isnull=False)
    assert proof.spend_total == proof.spend_matched + proof.spend_unmatched


def report(company):
    query = ReportQuery(company=company, start=date(2026, 3, 1), end=date(2026, 3, 31))
    return run_report(query)


# What happens


def a_platforms_file(company, of, number):
    rows = {
        (of.choice(NAMES[:-1]), of.randint(1, 4), str(_day(of))): of.randint(0, 900)
        for __ in range(of.randint(1, 4))
    }
    take_in(company, "spend", google(*((*key, cost) for key, cost in rows.items())))


def a_table(company, of, number):
    lines = ["campaign,date,amount,campaign_id,came_from"]
    for name in of.sample(NAMES[:-1], 2):
        came_from = of.choice(["google-ads", "google-ads:eu", "meta-ads", ""])
        external = of.choice(["", "1", "2"])
        lines.append(f"{name},{_day(of)},{of.randint(1, 900)}.50,{external},{came_from}")
    take_in(company, "spend", "\n".join(lines))


def typed_by_hand(company, of, number):
    make_spend(
        company, of.choice(NAMES), of.randint(1, 9_999), day=_day(of), utm_source=f"s{number}"
    )


def an_id_is_mapped_and_perhaps_removed_at_once(company, of, number):
    campaign = _campaign(company, of)
    wish = dict.fromkeys(
        of.sample([("google-ads", str(n)) for n in range(1, 5)] + [("meta-ads", "1")], 2), campaign
    )
    before = as_json(report(company))
    try:
        confirm(company, wish, None, decide(company, wish, None).fingerprint)
    except Refused:
        return
    if of.random() < 0.5:
        gone = dict.fromkeys(wish)
        confirm(company, gone, None, decide(company, gone, None).fingerprint)
        assert as_json(report(company)) == before


def an_id_is_remembered_on_the_form(company, of, number):
    campaign = Campaign.objects.get(pk=_campaign(company, of))
    remember(company, "google-ads", str(of.randint(1, 4)), campaign, None)


def an_id_is_forgotten(company, of, number):
    known = list(PlatformId.objects.filter(company=company).order_by("pk"))
    if known:
        forget(of.choice(known))


def names_are_repaired(company, of, number):
    choices = tuple(
        NameChoice(
            key=key,
            action=of.choice([Action.ASSIGN, Action.MAKE]),
            campaign=_campaign(company, of),
        )
        for key in of.sample(["lost", "lost one", "gone"], of.randint(1, 2))
    )
    _save(company, RepairNames(choices))


def a_rule_is_made(company, of, number):
    text = RuleText(
        field=Field.CAMPAIGN,
        how=of.choice(list(How)),
        values=(of.choice(["a", "lo", "gone"]),),
        campaign=of.choice([None, _campaign(company, of)]),
    )
    _save(company, SaveRule(text))


def campaigns_are_merged(company, of, number):
    _save(company, Merge((_campaign(company, of),), _campaign(company, of)))


def a_repair_is_undone(company, of, number):
    done = list(Repair.objects.filter(company=company, undone_at=None).order_by("pk"))
    if done:
        _save(company, Undo(of.choice(done).pk))


HAPPENINGS = (
    a_platforms_file,
    a_platforms_file,
    a_table,
    typed_by_hand,
    an_id_is_mapped_and_perhaps_removed_at_once,
    an_id_is_mapped_and_perhaps_removed_at_once,
    an_id_is_remembered_on_the_form,
    an_id_is_forgotten,
    names_are_repaired,
    a_rule_is_made,
    campaigns_are_merged,
    a_repair_is_undone,
)


def _save(company, intent):
    with suppress(Refused):
        save(company, intent, None)


def _campaign(company, of):
    live = Campaign.objects.filter(company=company, withdrawn=False, merged_into=None)
    return of.choice(list(live.order_by("pk").values_list("pk", flat=True)))


def _day(of):
    return date(2026, 3, 1) + timedelta(days=of.randint(0, 5))
