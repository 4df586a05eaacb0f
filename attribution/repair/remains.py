"""What undoing a repair does not put back, because of later ones."""

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from attribution.models import (
    Campaign,
    CampaignChange,
    Correction,
    Lead,
    Pin,
    Reading,
    Repair,
    RuleVersion,
    ShortLink,
)

if TYPE_CHECKING:
    from attribution.repair.campaign_states import After


class Remainder(NamedTuple):
    """Something that stays as it is, and the later repair that says so (0: no repair does)."""

    repair: int
    what: str  # a sentence


def remains(undone: Repair, after: "After") -> tuple[Remainder, ...]:
    """In the order of the later repairs."""
    found = [
        *_readings(undone),
        *_leads(undone),
        *_rules(undone),
        *_columns(undone),
        *_campaigns(undone, after),
    ]
    return tuple(sorted(found))


def _later(model: Any, undone: Repair, target: str) -> dict[int, list[int]]:
    """Later repair in force → targets of the undone one that it decides about by now."""
    targets = model.objects.filter(repair=undone).values(target)
    rows = model.objects.filter(
        company=undone.company_id,
        repair__gt=undone.pk,
        repair__undone_at__isnull=True,
        **{f"{target}__in": targets},
    )
    latest = dict(rows.order_by("pk").values_list(target, "repair_id"))
    found: dict[int, list[int]] = defaultdict(list)
    for pk, repair in latest.items():
        found[repair].append(pk)
    return found


def _readings(undone: Repair) -> list[Remainder]:
    found = []
    for repair, readings in _later(Pin, undone, "reading").items():
        number = Lead.objects.filter(reading__in=readings, corrected=False).count()
        text = ngettext(
            "%(number)s lead stays: repair %(repair)s has decided about it later.",
            "%(number)s leads stay: repair %(repair)s has decided about them later.",
            number,
        )
        found.append(Remainder(repair, text % {"number": f"{number:,}", "repair": repair}))
    return found


def _leads(undone: Repair) -> list[Remainder]:
    text = _("%(number)s of the corrected leads were corrected again later, by repair %(repair)s.")
    return [
        Remainder(repair, text % {"number": f"{len(leads):,}", "repair": repair})
        for repair, leads in _later(Correction, undone, "lead").items()
    ]


def _rules(undone: Repair) -> list[Remainder]:
    text = _("Rule %(rule)s stays as repair %(repair)s has worded it.")
    return [
        Remainder(repair, text % {"rule": rule, "repair": repair})
        for repair, rules in _later(RuleVersion, undone, "rule").items()
        for rule in rules
    ]


def _columns(undone: Repair) -> list[Remainder]:
    """Columns of campaigns that a later repair has set."""
    mine = CampaignChange.objects.filter(repair=undone).values_list("campaign_id", "field")
    touched = set(mine)
    later = CampaignChange.objects.filter(
        company=undone.company_id,
        campaign__in={pk for pk, __ in touched},
        repair__gt=undone.pk,
        repair__undone_at__isnull=True,
    )
    latest = {
        (change.campaign_id, change.field): change
        for change in later.select_related("campaign").order_by("pk")
    }
    text = _("“%(name)s” keeps its %(column)s from repair %(repair)s.")
    return [
        Remainder(
            change.repair_id,
            text
            % {
                "name": change.campaign.name,
                "column": change.get_field_display(),
                "repair": change.repair_id,
            },
        )
        for of, change in latest.items()
        if of in touched
    ]


def _campaigns(undone: Repair, after: "After") -> list[Remainder]:
    """Campaigns that it made and that something else needs."""
    made = Campaign.objects.filter(company=undone.company_id, made_in=undone)
    users = _users(undone)
    found = []
    for campaign in made:
        if not after.is_live(campaign.pk):
            continue
        if campaign.first_lead_on is not None:
            text = _("Campaign “%(name)s” stays: leads have come in under its name since.")
            found.append(Remainder(0, text % {"name": campaign.name}))
            continue
        if campaign.pk not in users:
            found.append(Remainder(0, _kept_by_persons(campaign)))
            continue
        repair = min(users[campaign.pk])
        text = _("Campaign “%(name)s” stays: repair %(repair)s leads to it.")
        found.append(Remainder(repair, text % {"name": campaign.name, "repair": repair}))
    return found


def _kept_by_persons(campaign: Campaign) -> str:
    """What else needs it."""
    if Reading.objects.filter(given=campaign).exists():
        text = _("Campaign “%(name)s” stays: leads were entered by hand for it.")
    elif ShortLink.objects.filter(campaign=campaign).exists():
        text = _("Campaign “%(name)s” stays: a short link leads to it.")
    else:
        text = _("Campaign “%(name)s” stays: another campaign was merged into it.")
    return text % {"name": campaign.name}


def _users(undone: Repair) -> dict[int, Counter[int]]:
    """Campaign → other repairs in force that lead to it."""
    found: dict[int, Counter[int]] = defaultdict(Counter)
    for model in (Pin, Correction, RuleVersion):
        rows = model.objects.filter(
            company=undone.company_id, campaign__made_in=undone, repair__undone_at__isnull=True
        )
        for campaign, repair in (
            rows.exclude(repair=undone).values_list("campaign_id", "repair_id").distinct()
        ):
            found[campaign][repair] += 1
    return found
