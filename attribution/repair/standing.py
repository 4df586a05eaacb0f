"""Where one lead counts, value by value, and what has decided so."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from attribution.models import Correction, Lead, Reading, Repair, RuleVersion
from attribution.repair.history import author_of, corrections_of, unattributed
from attribution.utm import read
from attribution.verdict import Field

MOST_VALUES = 3  # of a rule, in a few words


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
    rules = _rules_of(reading)
    source = _by_person(corrections, Field.SOURCE) or rules.get(Field.SOURCE, ())
    medium = _by_person(corrections, Field.MEDIUM) or rules.get(Field.MEDIUM, ())
    named = (
        _by_person(corrections, Field.CAMPAIGN)
        or _campaign_by(reading)
        or rules.get(Field.CAMPAIGN, ())
        or _by_merge(lead, reading)
    )
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


def _rules_of(reading: Reading | None) -> dict[Field, Why]:
    """The rules that have decided about its values, each by what it speaks of."""
    if reading is None:
        return {}
    spoke = {
        Field.SOURCE: reading.source_rule,
        Field.MEDIUM: reading.medium_rule,
        Field.CAMPAIGN: reading.campaign_rule,
    }
    ids = [rule for rule in spoke.values() if rule is not None]
    if not ids:
        return {}
    versions = RuleVersion.objects.filter(rule__in=ids, repair__undone_at__isnull=True)
    words = {
        rule: _("by the rule on “%(values)s”") % {"values": _listed(values)}
        for rule, values in versions.order_by("pk").values_list("rule", "values")
    }
    return {
        field: (words.get(rule, _("by a rule")), rule, None)
        for field, rule in spoke.items()
        if rule is not None
    }


def _listed(values: Sequence[str]) -> str:
    listed = ", ".join(value or _("no name at all") for value in values[:MOST_VALUES])
    return f"{listed} …" if len(values) > MOST_VALUES else listed


def _campaign_by(reading: Reading | None) -> Why:
    """What beats the rules on campaigns."""
    if reading is not None and reading.pin is not None:
        repair = Repair.objects.filter(pk=reading.pin).select_related("author").first()
        who = author_of(repair.author if repair else None)
        return _("decided for all leads like it by %(who)s") % {"who": who}, None, reading.pin
    if reading is not None and reading.given_id is not None:
        return _("given at entry"), None, None
    return ()


def _by_merge(lead: Lead, reading: Reading | None) -> Why:
    """Only a merge leads to a campaign of another name when nobody has decided anything else."""
    if reading is None or lead.campaign is None or lead.campaign.key == reading.campaign_key:
        return ()
    return _("the campaign that it names was merged into this one"), None, None
