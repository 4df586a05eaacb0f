"""Campaigns as repairs leave them: those on offer, and edits that have a history."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from attribution.models import Campaign, Company, Repair
from attribution.repair import columns
from attribution.repair.apply import save
from attribution.repair.intents import EditCampaign, EditCampaigns
from attribution.signals import campaigns_made


def live(company: Company) -> "QuerySet[Campaign]":
    """Campaigns that something may be assigned to: neither merged nor withdrawn."""
    return Campaign.objects.filter(company=company, merged_into__isnull=True, withdrawn=False)


def edit(campaign: Campaign, values: Mapping[str, Any], author: Any) -> Repair | None:
    """Save columns of a campaign, with its history; None where nothing differs.

    Columns are those of `CampaignChange`, `owner` as its id. Raises Busy and Refused.
    """
    texts = {column: columns.as_text(column, value) for column, value in values.items()}
    there = Campaign.objects.get(pk=campaign.pk)
    changed = {
        column: text for column, text in texts.items() if columns.text_of(there, column) != text
    }
    if not changed:
        return None
    return save(campaign.company, EditCampaign(campaign.pk, tuple(changed.items())), author)


def edit_many(
    company: Company,
    edits: Mapping[int, Mapping[str, Any]],
    author: Any,
    title: str,
) -> Repair | None:
    """The same for many campaigns, by their ids, as one repair that is undone as a whole."""
    if not edits:
        return None
    said = (
        (pk, tuple((column, columns.as_text(column, value)) for column, value in values.items()))
        for pk, values in edits.items()
    )
    return save(company, EditCampaigns(title, tuple(said)), author)


def withdrawn(company: Company) -> set[str]:
    """The keys of campaigns that can be taken up."""
    rows = Campaign.objects.filter(company=company, withdrawn=True).order_by()
    return set(rows.values_list("key", flat=True))


def take_up(company: Company, key: str) -> Campaign | None:
    """The withdrawn campaign of this key as one that a person has added by hand; None if there is
    none."""
    campaign = Campaign.objects.filter(company=company, key=key, withdrawn=True).first()
    if campaign is not None:
        campaign.made_in, campaign.withdrawn = None, False
        campaign.save(update_fields=["made_in", "withdrawn"])
        campaigns_made.send(Campaign, company=company, keys=[key])
    return campaign
