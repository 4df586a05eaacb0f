"""Where every lead counts, worked out the plain way: lead by lead, from raw values and decisions.

Shares nothing with `attribution.verdict` and `attribution.repair` but the tables.
"""

from attribution.models import Campaign, CampaignChange, Correction, Lead, Pin, RuleVersion
from attribution.utm import read


def places(company):
    """Lead → (campaign, reason, source, medium)."""
    world = World(company)
    leads = Lead.objects.filter(company=company).select_related("reading")
    return {lead.pk: world.place(lead) for lead in leads}


class World:
    def __init__(self, company):
        self.company = company
        self.rules = {}
        for version in in_force(RuleVersion, company).select_related("rule"):
            self.rules[version.rule_id] = version
        self.pins = {pin.reading_id: pin for pin in in_force(Pin, company)}
        self.corrections = list(in_force(Correction, company))
        self.merged = {}
        for change in in_force(CampaignChange, company).filter(field="merged_into"):
            self.merged[change.campaign_id] = int(change.new) if change.new else None
        self.by_key = {c.key: c.pk for c in Campaign.objects.filter(company=company)}

    def listed(self, field):
        rules = [rule for rule in self.rules.values() if rule.rule.field == field]
        return sorted(
            (rule for rule in rules if not rule.is_off),
            key=lambda rule: (rule.position, rule.rule_id),
        )

    def place(self, lead):
        found = read(lead.captured())
        # The day's limit has spoken when the lead came, and is not asked again.
        reason = "flood" if lead.reading.captured_reason == "flood" else found.reason
        source = self.translated("source", found.source)
        medium = self.translated("medium", found.medium)
        campaign = self.campaign(lead, found.campaign, reason, source, medium)
        for correction in self.corrections:
            if correction.lead_id == lead.pk:
                source = source if correction.source is None else correction.source
                medium = medium if correction.medium is None else correction.medium
                if correction.sets_campaign:
                    campaign = correction.campaign_id
        while self.merged.get(campaign):
            campaign = self.merged[campaign]
        why = "" if campaign else reason or "by_person"
        return campaign, why, source, medium

    def translated(self, field, value):
        for rule in self.listed(field):
            if matches(rule, value):
                return rule.text
        return value

    def campaign(self, lead, key, reason, source, medium):
        if lead.reading_id in self.pins:
            return self.pins[lead.reading_id].campaign_id
        for rule in self.listed("campaign"):
            if not matches(rule, key):
                continue
            if rule.only_reason and rule.only_reason != reason:
                continue
            if not rule.only_reason and reason not in ("", "flood"):
                continue
            if rule.only_source and rule.only_source != source:
                continue
            if rule.only_medium and rule.only_medium != medium:
                continue
            return rule.campaign_id
        return None if reason else self.by_key[key]


def matches(rule, value):
    if rule.how == "exact":
        return any(one == value for one in rule.values)
    if rule.how == "prefix":
        return value != "" and any(value[: len(one)] == one for one in rule.values)
    return value != "" and any(value.find(one) >= 0 for one in rule.values)


def in_force(model, company):
    rows = model.objects.filter(company=company, repair__undone_at=None)
    return rows.order_by("repair_id", "pk")
