"""The audit a second time, in plain Python: loops over rows of the tables, one at a time."""

from collections import defaultdict

from attribution.models import Campaign, Lead, NamingRules, RuleVersion
from reports.audit.known_sources import KNOWN
from spend.models import PlatformId, SpendEntry

PAID = {"paid_search", "paid_social", "display", "video", "affiliate"}
PLATFORMS = {
    *("google-ads", "meta-ads", "linkedin-ads", "microsoft-ads", "pinterest-ads", "tiktok-ads"),
    *("mailchimp", "klaviyo"),
}


class Oracle:
    """Which bucket each entry and each counted lead is in, by its number."""

    def __init__(self, company, start, end):
        everything = Lead.objects.filter(company=company).select_related("reading")
        self.heard_of = {lead.source for lead in everything}
        self.heard_of |= {lead.reading.source_key for lead in everything if lead.reading}
        self.campaigns = {one.pk: one for one in Campaign.objects.filter(company=company)}
        entries = SpendEntry.objects.filter(company=company)
        self.entries = [one for one in entries if start <= one.day <= end]
        self.leads = [
            one for one in everything if one.kind == "primary" and start <= one.day <= end
        ]
        ids = PlatformId.objects.filter(company=company, import_run=None)
        self.said = {(one.platform, one.external_id) for one in ids}
        self.allowed = {
            source for one in NamingRules.objects.filter(company=company) for source in one.sources
        }
        self.ruled = {one.text for one in RuleVersion.objects.filter(company=company)}
        self.spend = self._sorted(self.entries, self._of_entry)
        self.lead = self._sorted(self.leads, self._of_lead)

    @staticmethod
    def _sorted(rows, bucket):
        found = defaultdict(list)
        for row in rows:
            found[bucket(row)].append(row)
        return found

    def _outside(self, row):
        own = self.campaigns[row.campaign_id]
        return bool(
            (own.starts_on and row.day < own.starts_on) or (own.ends_on and row.day > own.ends_on)
        )

    def _of_entry(self, one):
        if one.campaign_id is None:
            return "spend-unmatched"
        if one.amount_minor is None and one.original_minor is not None:
            return "spend-no-rate"
        if self._outside(one):
            return "spend-outside-days"
        if not any(lead.campaign_id == one.campaign_id for lead in self.leads):
            return "spend-no-leads"
        if self._collides(one):
            return "spend-name-collision"
        if one.utm_source and one.utm_source not in self.heard_of:
            return "spend-unknown-source"
        return "spend-in-order"

    @staticmethod
    def _platform(one):
        name = one.source.split(":")[0]
        return name if name in PLATFORMS else ""

    def _collides(self, one):
        platform = self._platform(one)
        if not platform or (platform, one.platform_id) in self.said:
            return False
        others = {
            self._platform(other) for other in self.entries if other.campaign_id == one.campaign_id
        }
        if len(others - {""}) > 1:
            return True
        named = {
            (other.platform_id, other.campaign_id)
            for other in self.entries
            if self._platform(other) == platform
            and other.campaign_key == one.campaign_key
            and other.platform_id
            and other.campaign_id
        }
        return len({campaign for _, campaign in named}) > 1

    def _of_lead(self, lead):
        if lead.campaign_id is None:
            return "leads-unattributed"
        paid = [
            one
            for one in self.entries
            if one.campaign_id == lead.campaign_id
            and (one.amount_minor is not None or one.original_minor is not None)
        ]
        if self.campaigns[lead.campaign_id].channel in PAID and not paid:
            return "leads-no-spend"
        if self._outside(lead):
            return "leads-outside-days"
        known = self.ruled | {one.utm_source for one in self.entries}
        if lead.source and lead.source not in known:
            listed = self.allowed or KNOWN
            parts = [] if self.allowed else lead.source.split(".")
            if lead.source not in listed and not any(part in listed for part in parts):
                return "leads-unknown-source"
        return "leads-in-order"
