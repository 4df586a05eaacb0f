"""Whether everything counts where the decisions in force say; differences are named, not mended."""

from collections.abc import Collection
from typing import Any

from django.db.models import F, Q

from attribution.models import CampaignChange, Company, Correction, Lead
from attribution.repair import columns, law
from attribution.repair.campaign_states import After, States
from attribution.repair.items import Items
from attribution.repair.plan import spend_moves
from attribution.repair.reach import EVERYTHING
from attribution.repair.settled import corrected_leads, in_force, read_anew
from attribution.verdict import Rulebook

SHOWN = 5  # examples of each kind


def check(company: Company) -> list[str]:
    """What is wrong, a sentence each; nothing where all is well."""
    rules = law.rules(company)
    after = After(States(company), Items(), None, rules)
    book = Rulebook(law.lines(rules), after.by_key, after.merged)
    readings = read_anew(company, EVERYTHING, Items(), None, book)
    leads = corrected_leads(company, EVERYTHING, Items(), None, book)
    found: dict[str, Collection[Any]] = {
        "readings are decided in another way than their rules say": readings,
        "corrected leads count elsewhere than their corrections say": leads,
        "leads count elsewhere than their readings say": _astray(company),
        "leads are marked as corrected and are not, or the other way round": _mismarked(company),
        "campaigns are withdrawn and wanted, or the other way round": after.edits,
        "campaigns have other values than the last change gave them": _changed(company),
        "names of spend belong to another campaign": spend_moves(company, book),
    }
    return [
        f"{len(wrong):,} {what}, such as {', '.join(map(str, list(wrong)[:SHOWN]))}."
        for what, wrong in found.items()
        if wrong
    ]


def _astray(company: Company) -> list[int]:
    leads = Lead.objects.filter(company=company, corrected=False, reading__isnull=False)
    same = Q(unattributed_reason=F("reading__reason"), source=F("reading__source"))
    same &= Q(medium=F("reading__medium"))
    campaign = Q(campaign=F("reading__campaign")) | Q(
        campaign__isnull=True, reading__campaign__isnull=True
    )
    return list(leads.exclude(same & campaign).values_list("pk", flat=True)[:1000])


def _mismarked(company: Company) -> list[int]:
    corrections = in_force(Correction.objects.filter(company=company), None).values("lead")
    leads = Lead.objects.filter(company=company)
    wrong = leads.filter(corrected=True).exclude(pk__in=corrections)
    wrong |= leads.filter(corrected=False, pk__in=corrections)
    return list(wrong.values_list("pk", flat=True)[:1000])


def _changed(company: Company) -> list[str]:
    changes = in_force(CampaignChange.objects.filter(company=company), None)
    latest = {
        (change.campaign, change.field): change.new
        for change in changes.select_related("campaign").order_by("pk")
    }
    return [
        f"{campaign.key}: {column}"
        for (campaign, column), new in latest.items()
        if columns.text_of(campaign, column) != columns.standing(column, new)
    ]
