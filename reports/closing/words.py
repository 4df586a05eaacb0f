"""Restatements in words: figures with their units, parts of campaigns, causes."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from babel.numbers import get_currency_precision
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attribution.models import Company
from attribution.money import decimal_of
from attribution.utm import Reason
from reports import formatting
from reports.caveat_notes import signed_money
from reports.closing.causes import Cause
from reports.closing.figures import MONEY, OF_SPEND, Value
from reports.closing.in_period import signed_count
from reports.models import NO_CAMPAIGN
from reports.proof import Proof
from reports.rollup.books import DayTotals
from spend.models import SpendEntry

CAUSES = {
    "repair": gettext_lazy("repair “%(title)s”"),
    "repair_undone": gettext_lazy("repair “%(title)s” undone"),
    "file": gettext_lazy("file %(title)s"),
    "file_undone": gettext_lazy("file %(title)s undone"),
    "kinds": gettext_lazy("kinds of leads changed"),
    "kinds_undone": gettext_lazy("change of kinds of leads undone"),
    "leads": gettext_lazy("leads that came late, by %(title)s"),
    "bookings": gettext_lazy("bookings that came late, by %(title)s"),
    "by_hand": gettext_lazy("changed by hand: %(title)s"),
    "spend_import": gettext_lazy("spend changed by a file"),
    "spend_form": gettext_lazy("spend changed by hand"),
    "spend_cost": gettext_lazy("shared cost"),
    "spend_rate": gettext_lazy("spend by another rate of exchange"),
    "spend_undo": gettext_lazy("import of spend undone"),
    "spend_entered": gettext_lazy("spend entered by hand"),
    "rate": gettext_lazy("rates of exchange %(title)s"),
    "key": gettext_lazy("changes by the ingest key “%(title)s”"),
    "webhook": gettext_lazy("changes by the webhook “%(title)s”"),
}
TITLED = frozenset(("kinds", "kinds_undone", "spend_cost"))  # a title is told behind these


def cause_text(cause: Cause, company: Company) -> str:
    """What, by whom and when."""
    words = CAUSES.get(cause.what)
    text = str(words) % {"title": cause.title} if words else cause.what
    if cause.title and cause.what in TITLED:
        text = f"{text}: {cause.title}"
    beside = [one for one in (cause.author, moment(cause.at, company)) if one]
    return f"{text} ({', '.join(beside)})" if beside else text


def causes_text(causes: Iterable[Cause], company: Company) -> str:
    """All of them in one line."""
    return "; ".join(cause_text(one, company) for one in causes) or _("cause not recorded")


def moment(iso: str, company: Company) -> str:
    """An instant in the company's zone; empty for none."""
    return when(datetime.fromisoformat(iso), company) if iso else ""


def when(instant: datetime, company: Company) -> str:
    return date_format(instant.astimezone(company.zone), "j M Y, H:i")


def campaign_text(campaign_id: int, name: str, measure: str) -> str:
    """The campaign; leads and spend without one have names of their own."""
    if campaign_id != NO_CAMPAIGN:
        return name or _("Campaign %(number)s") % {"number": campaign_id}
    return _("Spend not matched") if measure in OF_SPEND else _("Unattributed")


def part_text(part: Iterable[Iterable[str]]) -> str:
    """A part of a campaign by what tells it apart: “google / cpc”; empty for the whole."""
    return " / ".join(
        _valued(*pair) for column, value in part if (pair := (column, value)) and value
    ) or (_("without source and medium") if part else "")


def _valued(column: str, value: str) -> str:
    labels = {"reason": dict(Reason.choices), "line": dict(SpendEntry.Line.choices)}
    return str(labels.get(column, {}).get(value, value))


def figure_text(measure: str, value: Value, currency: str) -> str:
    if measure in MONEY:
        return formatting.money(units(value, currency), currency)
    return formatting.count(value)


def change_text(measure: str, old: Value, new: Value, currency: str) -> str:
    """The difference with its sign; what was unknown counts as nought."""
    change = (new or 0) - (old or 0)
    return signed_money(change, currency) if measure in MONEY else signed_count(change)


def units(minor: Value, currency: str) -> Decimal | None:
    """Minor units in whole ones."""
    return None if minor is None else decimal_of(minor, currency)


def proof_of(totals: DayTotals, currency: str) -> Proof:
    """The proof of a month whose two books agree: others are not closed."""
    digits = get_currency_precision(currency)

    def money(minor: int) -> Decimal:
        return Decimal(minor).scaleb(-digits)

    return Proof(
        named=totals.named,
        unattributed=totals.counted - totals.named,
        counted=totals.counted,
        excluded=totals.received - totals.counted,
        received=totals.received,
        revenue=money(totals.revenue_minor),
        spend_matched=money(totals.matched_minor),
        spend_unmatched=money(totals.spend_minor - totals.matched_minor),
        spend_total=money(totals.spend_minor),
        spend_known=bool(totals.priced),
        currency=currency,
        leads_hold=True,
        money_holds=True,
    )
