"""What persons might ask for: random repairs of a company, made up from what it has."""

from random import Random

from attribution.models import Campaign, Company, Lead, Repair
from attribution.repair.intents import (
    Action,
    Claim,
    Correct,
    GroupChoice,
    GroupKey,
    Intent,
    Merge,
    MoveRule,
    RepairGroups,
    RuleText,
    SaveRule,
    ShipRules,
    SwitchRule,
    Undo,
)
from attribution.repair.law import rules
from attribution.repair.waiting import group_of, waiting
from attribution.verdict import Field, How

VALUES = ("google", "facebook", "spring", "cpc", "e-mail", "s", "al")


def random_wish(company: Company, rng: Random) -> Intent:
    """Any kind of intent; it may be refused."""
    campaigns = list(Campaign.objects.filter(company=company, withdrawn=False))
    repairs = list(Repair.objects.filter(company=company, undone_at=None))
    wishes = [_correct, _groups, _groups, _rule, _rule]
    wishes += [_merge, _claim] if campaigns else []
    wishes += [lambda *_: ShipRules()]
    wishes += [lambda *_: Undo(rng.choice(repairs).pk)] * 3 if repairs else []
    wishes += [_edit_rule] if rules(company) else []
    return rng.choice(wishes)(company, campaigns, rng)


def _groups(company: Company, campaigns: list[Campaign], rng: Random) -> Intent:
    keys = {
        group_of(one.why, one.campaign_key, one.source_key, one.medium_key)
        for one in waiting(company)
    }
    chosen = [key for key in sorted(keys) if rng.random() < 0.4]
    return RepairGroups(tuple(_choice(key, campaigns, rng) for key in chosen))


def _choice(key: GroupKey, campaigns: list[Campaign], rng: Random) -> GroupChoice:
    actions = [Action.MAKE, Action.LEAVE]
    if campaigns:
        actions += [Action.ASSIGN, Action.MERGE]
    return GroupChoice(
        group=key,
        action=rng.choice(actions),
        campaign=rng.choice(campaigns).pk if campaigns else None,
        name=f"Made of {key.campaign or key.source}",
        channel=rng.choice(("", "email")),
        future=rng.random() < 0.5,
    )


def _rule(company: Company, campaigns: list[Campaign], rng: Random) -> Intent:
    field = rng.choice(list(Field))
    target = rng.choice([None, *campaigns])
    named = field is Field.CAMPAIGN and target is not None
    return SaveRule(
        RuleText(
            field=field,
            how=rng.choice(list(How)),
            values=(rng.choice((*VALUES, *(one.key for one in campaigns))),),
            campaign=target.pk if named else None,
            text="" if field is Field.CAMPAIGN else rng.choice(VALUES),
        )
    )


def _edit_rule(company: Company, campaigns: list[Campaign], rng: Random) -> Intent:
    item = rng.choice(rules(company))
    if rng.random() < 0.5:
        return MoveRule(item.line.id, rng.random() < 0.5)
    return SwitchRule(item.line.id, on=item.is_off)


def _merge(company: Company, campaigns: list[Campaign], rng: Random) -> Intent:
    return Merge((rng.choice(campaigns).pk,), rng.choice(campaigns).pk)


def _claim(company: Company, campaigns: list[Campaign], rng: Random) -> Intent:
    return Claim(rng.choice(campaigns).pk)


def _correct(company: Company, campaigns: list[Campaign], rng: Random) -> Intent:
    leads = list(Lead.objects.filter(company=company).values_list("pk", flat=True))
    target = rng.choice([None, *campaigns])
    return Correct(
        leads=tuple(lead for lead in leads if rng.random() < 0.3),
        source=rng.choice((None, "", "google")),
        medium=rng.choice((None, "cpc")),
        sets_campaign=rng.random() < 0.7,
        campaign=target.pk if target else None,
    )
