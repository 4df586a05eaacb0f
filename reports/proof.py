"""The proof under every table: a second, independent query that must give the same sums."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from attribution.models import Lead
from attribution.money import decimal_of
from reports import formatting
from reports.attributing.shares import Number, number
from reports.attributing.telling import in_sum
from reports.attributing.words import model_words
from reports.caveats import SPEND, Unconverted
from reports.query import ReportQuery
from reports.sources import LeadTotals, SpendTotals


@dataclass(frozen=True, slots=True)
class NotConverted:
    """Facts of one kind and currency that are in no sum, because they lack a rate of exchange."""

    fact: str  # spend or booking
    currency: str
    facts: int
    amount: Decimal  # in this currency

    def __str__(self) -> str:
        words = (
            ngettext("%(n)s entry of spend", "%(n)s entries of spend", self.facts)
            if self.fact == SPEND
            else ngettext("%(n)s booking", "%(n)s bookings", self.facts)
        )
        return _("%(facts)s with %(amount)s") % {
            "facts": words % {"n": f"{self.facts:,}"},
            "amount": formatting.money(self.amount, self.currency),
        }


@dataclass(frozen=True, kw_only=True)
class Proof:
    """What the second query found, and whether the report says the same."""

    named: Number
    unattributed: Number
    counted: Number
    excluded: Number
    received: Number
    revenue: Decimal
    spend_matched: Decimal
    spend_unmatched: Decimal
    spend_total: Decimal
    spend_known: bool
    currency: str
    leads_hold: bool
    money_holds: bool
    unconverted: tuple[NotConverted, ...] = ()  # of the period, under the filters
    kinds: tuple[str, ...] = (Lead.Kind.PRIMARY.value,)  # that are counted
    model: str = ""  # which visits have the credit, in words; empty: as captured

    @property
    def holds(self) -> bool:
        return self.leads_hold and self.money_holds

    @property
    def lead_text(self) -> str:
        """The sum of the leads, in words and with its verdict."""
        model = f"{self.model}: " if self.model else ""
        return model + _(
            "%(named)s named + %(unattributed)s unattributed = %(counted)s counted%(kinds)s; "
            "+ %(excluded)s excluded = %(received)s received %(mark)s"
        ) % {
            "named": _exact(self.named),
            "unattributed": _exact(self.unattributed),
            "counted": _exact(self.counted),
            "kinds": f" ({kind_words(self.kinds)})" if len(self.kinds) > 1 else "",
            "excluded": _exact(self.excluded),
            "received": _exact(self.received),
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

    @property
    def unconverted_text(self) -> str:
        """What is in none of the sums, each currency by itself; empty without any."""
        if not self.unconverted:
            return ""
        return _("Not converted, and in none of these sums: %(parts)s") % {
            "parts": "; ".join(map(str, self.unconverted))
        }


def kind_words(kinds: Iterable[str]) -> str:
    """Kinds of leads by their names."""
    return ", ".join(str(Lead.Kind(kind).label) for kind in kinds)


def prove(
    query: ReportQuery,
    leads: LeadTotals,
    spend: SpendTotals,
    claimed: Mapping[str, Any],
    digits: int,
    spend_unknown: bool,
    unconverted: Iterable[Unconverted] = (),
    parts: int = 1,
) -> Proof:
    """Compare what the report claims with what was counted a second time, another way.

    Leads and revenue are compared in parts of a lead, to the last of them.
    """
    revenue = Decimal(number(leads.revenue_minor, parts)).scaleb(-digits)
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
        **in_sum(parts, leads.named, unattributed, excluded),
        revenue=revenue,
        spend_matched=matched,
        spend_unmatched=total - matched,
        spend_total=total,
        spend_known=bool(spend.priced) and not spend_unknown,
        currency=query.company.currency,
        leads_hold=leads_hold,
        money_holds=spend_holds and claimed["revenue"] == claimed["revenue_total"] == revenue,
        unconverted=tuple(_by_currency(unconverted)),
        kinds=query.kinds,
        model=model_words(query) if query.attribution.reads_touches else "",
    )


def _exact(value: Number) -> str:
    """With all decimals that there are."""
    text = f"{value:,}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _by_currency(unconverted: Iterable[Unconverted]) -> Iterator[NotConverted]:
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for one in unconverted:
        facts, minor = sums.get((one.fact, one.currency), (0, 0))
        sums[one.fact, one.currency] = facts + one.facts, minor + one.original_minor
    for (fact, currency), (facts, minor) in sorted(sums.items(), reverse=True):  # spend first
        if not facts:  # a model gives some credit for them here, and counts them elsewhere
            continue
        yield NotConverted(fact, currency, facts, decimal_of(minor, currency))
