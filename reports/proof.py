"""The proof under every table: a second, independent query that must give the same sums."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from reports import formatting
from reports.query import ReportQuery
from reports.sources import LeadTotals, SpendTotals


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What the second query found, and whether the report says the same."""

    named: int
    unattributed: int
    counted: int
    excluded: int
    received: int
    revenue: Decimal
    spend_matched: Decimal
    spend_unmatched: Decimal
    spend_total: Decimal
    spend_known: bool
    currency: str
    leads_hold: bool
    money_holds: bool

    @property
    def holds(self) -> bool:
        return self.leads_hold and self.money_holds

    @property
    def lead_text(self) -> str:
        """The sum of the leads, in words and with its verdict."""
        return _(
            "%(named)s named + %(unattributed)s unattributed = %(counted)s counted; "
            "+ %(excluded)s excluded = %(received)s received %(mark)s"
        ) % {
            "named": f"{self.named:,}",
            "unattributed": f"{self.unattributed:,}",
            "counted": f"{self.counted:,}",
            "excluded": f"{self.excluded:,}",
            "received": f"{self.received:,}",
            "mark": "✓" if self.leads_hold else "✗",
        }

    @property
    def spend_text(self) -> str:
        """The sum of the spend, in words and with its verdict; empty when spend is unknown."""
        if not self.spend_known:
            return ""
        return _("%(matched)s matched + %(unmatched)s not matched = %(total)s spend %(mark)s") % {
            "matched": formatting.money(self.spend_matched, self.currency),
            "unmatched": formatting.money(self.spend_unmatched, self.currency),
            "total": formatting.money(self.spend_total, self.currency),
            "mark": "✓" if self.money_holds else "✗",
        }


def prove(
    query: ReportQuery,
    leads: LeadTotals,
    spend: SpendTotals,
    claimed: Mapping[str, Any],
    digits: int,
    spend_unknown: bool,
) -> Proof:
    """Compare what the report claims with what was counted a second time, another way."""
    revenue = Decimal(leads.revenue_minor).scaleb(-digits)
    total = Decimal(spend.amount_minor).scaleb(-digits)
    matched = Decimal(spend.matched_minor).scaleb(-digits)
    excluded = leads.received - leads.counted
    unattributed = leads.counted - leads.named
    leads_hold = (
        claimed["named"] == leads.named
        and claimed["unattributed"] == unattributed
        and claimed["counted"] == leads.counted
        and claimed["excluded"] == excluded
    )
    spend_holds = spend_unknown or (
        claimed["matched"] == matched
        and claimed["matched"] + claimed["unmatched"] == claimed["spend"] == total
    )
    return Proof(
        named=leads.named,
        unattributed=unattributed,
        counted=leads.counted,
        excluded=excluded,
        received=leads.received,
        revenue=revenue,
        spend_matched=matched,
        spend_unmatched=total - matched,
        spend_total=total,
        spend_known=bool(spend.entries) and not spend_unknown,
        currency=query.company.currency,
        leads_hold=leads_hold,
        money_holds=spend_holds and claimed["revenue"] == claimed["revenue_total"] == revenue,
    )
