"""Where one lead counts, value by value, and what has decided so."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from attribution.models import Correction, Lead, Reading, Repair
from attribution.repair.history import author_of, corrections_of, unattributed
from attribution.utm import read
from attribution.verdict import Field


@dataclass(frozen=True)
class Standing:
    """One value of a lead: as captured, tidy, as it counts, and why that is so."""

    name: str
    raw: str
    tidy: str
    counts: str
    why: str = ""  # empty: as captured
    rule: int | None = None  # the rule, or the repair, that the sentence is about
    repair: int | None = None


def of_lead(lead: Lead) -> list[Standing]:
    """Source, medium and campaign."""
    tidy = read(lead.captured())
    corrections = _in_force(lead) if lead.corrected else []
    reading = lead.reading
    campaign = lead.campaign.name if lead.campaign else unattributed(lead.unattributed_reason)
    source = _by_person(corrections, Field.SOURCE) or _by_rule(reading, Field.SOURCE)
    medium = _by_person(corrections, Field.MEDIUM) or _by_rule(reading, Field.MEDIUM)
    named = _by_person(corrections, Field.CAMPAIGN) or _campaign_by(lead, reading)
    return [
        Standing("utm_source", lead.utm_source, tidy.source, lead.source, *source),
        Standing("utm_medium", lead.utm_medium, tidy.medium, lead.medium, *medium),
        Standing("utm_campaign", lead.utm_campaign, tidy.campaign, campaign, *named),
    ]


Why = tuple[str, int | None, int | None] | tuple[()]  # sentence, rule, repair


def _in_force(lead: Lead) -> list[Correction]:
    """The latest first."""
    return [one for one in corrections_of(lead) if one.repair.in_force][::-1]


def _by_person(corrections: Sequence[Correction], field: Field) -> Why:
    for one in corrections:
        decides = {
            Field.SOURCE: one.source is not None,
            Field.MEDIUM: one.medium is not None,
            Field.CAMPAIGN: one.sets_campaign,
        }
        if decides[field]:
            who = author_of(one.repair.author)
            return _("corrected by %(who)s") % {"who": who}, None, one.repair_id
    return ()


def _by_rule(reading: Reading | None, field: Field) -> Why:
    if reading is None:
        return ()
    rule = {
        Field.SOURCE: reading.source_rule,
        Field.MEDIUM: reading.medium_rule,
        Field.CAMPAIGN: reading.campaign_rule,
    }[field]
    return () if rule is None else (_("by rule %(number)s") % {"number": rule}, rule, None)


def _campaign_by(lead: Lead, reading: Reading | None) -> Why:
    """In the order in which they are asked; what a name or the lack of one says needs no word."""
    if reading is None:
        return ()
    if reading.pin is not None:
        repair = Repair.objects.filter(pk=reading.pin).select_related("author").first()
        who = author_of(repair.author if repair else None)
        return _("decided for all leads like it by %(who)s") % {"who": who}, None, reading.pin
    if reading.given_id is not None:
        return _("given at entry"), None, None
    if reading.campaign_rule is not None:
        return _by_rule(reading, Field.CAMPAIGN)
    if lead.campaign is not None and lead.campaign.key != reading.campaign_key:
        return _("the campaign that it names was merged into this one"), None, None
    return ()
