"""What one audit has found, in words, and where it is mended."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from attribution import roles
from attribution.days import day_range
from attribution.money import shown
from reports import formatting
from reports.audit.about import ABOUT
from reports.audit.buckets import Leads, Money
from reports.audit.result import Audit, Bucket, Case, Sums
from reports.formatting import DASH
from reports.reasons import REASONS


@dataclass(frozen=True)
class Fix:
    """Where something is mended; without an address, who can."""

    label: str
    url: str = ""


class Speech:
    """Says what one audit has found, to one person."""

    def __init__(self, found: Audit, user: Any) -> None:
        self.found, self.user = found, user
        self.company = found.query.company

    def may(self, *rights: str) -> bool:
        return any(roles.may(self.user, right, self.company.pk) for right in rights)

    # Figures

    def money(self, minor: int) -> str:
        return formatting.money(self.found.in_units(minor), self.company.currency)

    def spend(self, sums: Sums) -> list[str]:
        """What is known, then what lacks a rate, each currency by itself; nothing is a dash."""
        parts = [self.money(sums.minor)] if sums.priced or not sums.entries else []
        return [*parts, *in_currencies(sums.waiting)] or [DASH]

    def without_rate(self, sums: Sums) -> str:
        return " · ".join(in_currencies(sums.waiting))

    def revenue(self, sums: Sums) -> str:
        return self.money(sums.minor) if self.found.revenue_known else DASH

    # Buckets

    def fix(self, bucket: Bucket) -> Fix | None:
        """The one way that mends most of it."""
        about = ABOUT[bucket.kind]
        if bucket.is_empty or not about.page:
            return None
        if not self.may(*about.rights):
            return Fix(str(about.who))
        pairs = {"company": self.company.slug}
        if about.page == "reports:unmatched":
            pairs = self._days_of_queue()
        elif about.page == "reports:rules":
            pairs["field"] = "source"
        return Fix(str(about.fix), f"{reverse(about.page)}?{urlencode(pairs)}")

    def _days_of_queue(self) -> dict[str, str]:
        """The queue of unmatched spend, of these days."""
        query = self.found.query
        days = {"from": query.start.isoformat(), "to": query.end.isoformat()}
        return {"company": self.company.slug, **days}

    # Cases

    def subject(self, bucket: Bucket, case: Case) -> str:
        """A campaign by its name; else the value that it is about."""
        campaign = self.found.campaigns.get(case.campaign_id or 0)
        if campaign is not None:
            return campaign.name
        if bucket.kind is Leads.UNATTRIBUTED:
            return str(REASONS.get(case.text, case.text))
        return case.text or _("(no campaign named)")

    def detail(self, bucket: Bucket, case: Case) -> str:
        """What is the matter with it, where the bucket does not say all of it."""
        match bucket.kind:
            case Money.OUTSIDE | Leads.OUTSIDE:
                return _("its days: %(days)s") % {"days": self._own_days(case)}
            case Money.COLLISION:
                return ", ".join(sorted(case.details))
            case Money.UNKNOWN_SOURCE:
                return _("source “%(source)s”") % {"source": case.text}
            case Leads.UNKNOWN_SOURCE:
                number = len(case.details)
                text = ngettext("in %(n)s campaign", "in %(n)s campaigns", number)
                return text % {"n": formatting.count(number)}
        return ""

    def _own_days(self, case: Case) -> str:
        own = self.found.days[case.campaign_id or 0]
        if own.starts_on and own.ends_on:
            return day_range(own.starts_on, own.ends_on)
        if own.starts_on:
            return _("from %(day)s") % {"day": day_range(own.starts_on, own.starts_on)}
        return _("until %(day)s") % {"day": day_range(own.ends_on, own.ends_on)}

    def days(self, case: Case) -> str:
        return day_range(case.first, case.last) if case.first and case.last else ""

    def case_fix(self, bucket: Bucket, case: Case) -> Fix | None:
        """Where this very case is mended; none where the bucket's own way is the way."""
        pk = case.campaign_id or 0
        if not self.may(*ABOUT[bucket.kind].rights):
            return None
        match bucket.kind:
            case Money.UNMATCHED if case.text:
                pairs = urlencode({**self._days_of_queue(), "q": case.text[:200]})
                return Fix(_("Match it"), f"{reverse('reports:unmatched')}?{pairs}")
            case Money.OUTSIDE | Leads.OUTSIDE if self._keeps(pk):
                page = reverse("admin:attribution_campaign_change", args=[pk])
                return Fix(_("Correct the days"), page)
            case Money.NO_LEADS:
                key = self.found.campaigns[pk].key
                pairs = urlencode({"company": self.company.slug, "campaign": key})
                return Fix(_("Make links"), f"{reverse('tools:utm-builder')}?{pairs}")
            case Leads.NO_SPEND if self.may("spend.add") and self._keeps(pk):
                pairs = urlencode({"company": self.company.pk, "campaign": pk})
                return Fix(_("Add spend"), f"{reverse('admin:spend_spendentry_add')}?{pairs}")
        return None

    def _keeps(self, pk: int) -> bool:
        return roles.keeps(self.user, self.company.pk, self.found.days[pk].owner_id)

    # The proof

    def proof_of_money(self) -> str:
        found = self.found
        return _("%(risk)s at risk + %(fine)s in order = %(all)s spend %(mark)s") % {
            "risk": self.money(found.minor_at_risk),
            "fine": self.money(found.buckets[Money.IN_ORDER].minor),
            "all": formatting.money(found.report.proof.spend_total, self.company.currency),
            "mark": "✓" if found.money_holds else "✗",
        }

    def proof_of_leads(self) -> str:
        found = self.found
        return _("%(risk)s at risk + %(fine)s in order = %(all)s counted leads %(mark)s") % {
            "risk": formatting.count(found.leads_at_risk),
            "fine": formatting.count(found.buckets[Leads.IN_ORDER].leads),
            "all": formatting.count(found.report.proof.counted),
            "mark": "✓" if found.leads_hold else "✗",
        }

    def waiting(self) -> str:
        """Amounts that are in no sum; empty without any."""
        parts = in_currencies(self.found.waiting)
        if not parts:
            return ""
        return _("Not converted, and in none of these sums: %(parts)s") % {
            "parts": " · ".join(parts)
        }

    def notes(self) -> Iterator[str]:
        yield from self.found.report.missing_rates
        if self.found.report.reader.note:
            yield self.found.report.reader.note


def in_currencies(amounts: Mapping[str, int]) -> list[str]:
    """Minor units by currency, each for itself."""
    return [shown(minor, one) for one, minor in sorted(amounts.items())]
