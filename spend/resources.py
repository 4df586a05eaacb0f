"""Spend as a table: the columns of the import, so that an exported file can be read back."""

from decimal import Decimal
from typing import Any

from attribution.imports.options import ImportOptions
from attribution.models import Company
from attribution.money import decimal_of
from attribution.transfer.resource import ExportResource, column, untidied
from spend.importing.library import LibraryImport
from spend.models import SpendEntry


def _amount(entry: SpendEntry) -> Decimal | None:
    """As it was recorded, so that reading the file back changes nothing."""
    minor = entry.recorded_minor
    return None if minor is None else decimal_of(minor, entry.currency)


class SpendResource(LibraryImport, ExportResource):
    """One row is one amount for one campaign, day and line."""

    right = "spend.export"

    def __init__(
        self,
        contact_companies: frozenset[int] = frozenset(),
        *,
        company: Company | None = None,
        options: ImportOptions | None = None,
        author: Any = None,
    ) -> None:
        """`company`, `options`, `author`: of an import, see `LibraryImport`."""
        super().__init__(contact_companies)
        self.company = company
        self.options = options or ImportOptions()
        self.author = author

    day = column("day", lambda entry: entry.day)
    campaign = column("campaign", lambda entry: untidied(entry.campaign_name, entry.campaign_key))
    source = column("source", lambda entry: untidied("", entry.utm_source))
    medium = column("medium", lambda entry: untidied("", entry.utm_medium))
    line = column("line", lambda entry: entry.line)
    amount = column("amount", _amount)
    currency = column("currency", lambda entry: entry.currency)
    impressions = column("impressions", lambda entry: entry.impressions)
    clicks = column("clicks", lambda entry: entry.clicks)
    sends = column("sends", lambda entry: entry.sends)
    opens = column("opens", lambda entry: entry.opens)
    platform_id = column("platform_id", lambda entry: entry.platform_id)
    note = column("note", lambda entry: entry.note)
    came_from = column("came_from", lambda entry: entry.source)
    company = column("company", lambda entry: entry.company.slug)
