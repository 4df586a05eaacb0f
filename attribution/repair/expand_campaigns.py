"""From what is asked about campaigns and single leads to the items that decide it."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from attribution.models import Campaign, Lead, Repair
from attribution.repair import intents
from attribution.repair.columns import Column
from attribution.repair.desk import Asked, Desk, Refused
from attribution.repair.items import CorrectionItem, PinItem
from attribution.repair.parts import any_of
from attribution.repair.waiting import waiting
from attribution.utm import VALUE_LIMIT, tidy

MOST_LEADS = 100_000  # corrected one by one in one repair
Kind = Repair.Kind


def merge(desk: Desk, intent: intents.Merge) -> Asked:
    target = desk.campaign(intent.target)
    sources = [desk.campaign(pk) for pk in intent.sources]
    if not sources:
        raise Refused(_("Choose a campaign first."))
    for source in sources:
        merge_one(desk, source, target)
    names = ", ".join(source.name for source in sources)
    return desk.asked(Kind.MERGE, f"{names} → {target.name}")


def merge_one(desk: Desk, source: Campaign, target: Campaign) -> None:
    if source.pk == target.pk:
        raise Refused(_("“%(name)s” cannot become part of itself.") % {"name": source.name})
    merged = {change.campaign for change in desk.made.changes if change.field == Column.MERGED_INTO}
    if target.pk in merged:
        raise Refused(
            _("“%(name)s” is merged itself in the same repair. Choose where that goes.")
            % {"name": target.name}
        )
    desk.change(source, Column.MERGED_INTO, str(target.pk))


def claim(desk: Desk, intent: intents.Claim) -> Asked:
    campaign = desk.campaign(intent.campaign)
    earlier = waiting(desk.company).filter(campaign=None, campaign_key=campaign.key)
    desk.made.pins += [PinItem(pk, campaign.pk) for pk in earlier.values_list("pk", flat=True)]
    if not desk.made.pins:
        raise Refused(
            _("No earlier lead that carries the name “%(key)s” waits for a campaign.")
            % {"key": campaign.key}
        )
    return desk.asked(Kind.CLAIM, _("Earlier leads → %(name)s") % {"name": campaign.name})


def edit_campaign(desk: Desk, intent: intents.EditCampaign) -> Asked:
    campaign = Campaign.objects.filter(company=desk.company, pk=intent.campaign).first()
    if campaign is None:
        raise Refused(_("This campaign is not there any more."))
    for column, value in intent.values:
        desk.change(campaign, column, value)
    changed = ", ".join(str(Column(item.field).label) for item in desk.made.changes)
    return desk.asked(Kind.CAMPAIGN, f"{campaign.name}: {changed}")


def edit_campaigns(desk: Desk, intent: intents.EditCampaigns) -> Asked:
    rows = Campaign.objects.filter(company=desk.company, withdrawn=False)
    there = rows.in_bulk([pk for pk, __ in intent.edits])
    if len(there) < len(intent.edits):
        raise Refused(_("One of these campaigns is not there any more."))
    for pk, values in intent.edits:
        for column, value in values:
            desk.change(there[pk], column, value)
    return desk.asked(Kind.CAMPAIGN, intent.title)


def correct(desk: Desk, intent: intents.Correct) -> Asked:
    if not intent.leads:
        raise Refused(_("Choose the leads first."))
    if len(intent.leads) > MOST_LEADS:
        raise Refused(
            _("At most %(most)s leads at once; these are %(number)s. A rule may say the same.")
            % {"most": f"{MOST_LEADS:,}", "number": f"{len(intent.leads):,}"}
        )
    source = None if intent.source is None else tidy(intent.source)[:VALUE_LIMIT]
    medium = None if intent.medium is None else tidy(intent.medium)[:VALUE_LIMIT]
    if source is None and medium is None and not intent.sets_campaign:
        raise Refused(_("Say what the leads are to count as: source, medium or campaign."))
    if intent.campaign is not None:
        desk.campaign(intent.campaign)
    values = (source, medium, intent.sets_campaign, intent.campaign)
    leads = sorted(set(intent.leads))
    there = Lead.objects.filter(company=desk.company, pk__in=any_of(leads))
    if there.count() < len(leads):
        raise Refused(_("One of the leads is not there, or belongs to another company."))
    desk.made.corrections += [CorrectionItem(pk, *values) for pk in leads]
    number = len(desk.made.corrections)
    title = ngettext("%(number)s lead corrected", "%(number)s leads corrected", number)
    return desk.asked(Kind.CORRECTION, title % {"number": f"{number:,}"})
