"""Google Ads: reports downloaded by a person, in any of its languages."""

import re
from collections.abc import Sequence
from dataclasses import replace

from attribution.imports.columns import Field
from spend.formats.base import Format, Head, Placed, placed_by_names
from spend.formats.headings import fold
from spend.formats.languages import GOOGLE
from spend.formats.periods import ends_of, may_be_days
from spend.formats.reading import Facts
from spend.formats.rows import RowRules
from spend.formats.words import WORDS, names

TITLE = re.compile(
    r"campaign report|kampagnenbericht|rapport sur les campagnes|informe de campana"
    r"|relatorio de campanha|report (sulle )?campagne|campagnerapport|" + "|".join(GOOGLE["title"])
)


API_TITLE = re.compile(r"\b[A-Z_]+_PERFORMANCE_REPORT\b")
# An account is a customer, of whom others keep tables as well.
CUSTOMER = names(
    "customer id | kunden id | kundennummer | numero de client | identifiant client | "
    "id de cliente | id del cliente | id do cliente | id cliente | klant id"
)
# What only Google writes, be it of campaigns or of accounts.
FIGURES = (
    r"~(cost|kosten|cout|coste|costo|custo) ?/ ?conv.*",
    *names(
        "impr. | interactions | interaktionen | interacciones | interacoes | interazioni | "
        "avg. cpc | avg. cost | avg. cpm | durchschn. cpc | durchschn. kosten | cpc moy. | "
        "cout moy. | cpc medio | cpc prom. | coste medio | costo prom. | cpc med. | "
        "custo med. | costo medio | gem. cpc | gem. kosten | conv. rate | conv. value | "
        "campaign state | campaign status | kampagnenstatus | etat de la campagne | "
        "estado de la campana | status da campanha | stato campagna | campagnestatus | "
        "optimization score | optimisation score | optimierungsfaktor | bid strategy type | "
        "view through conv. | search impr. share"
    ),
)
# Of several accounts: the cost in the currency of them all.
CONVERTED, CONVERTED_CODE = "cost (converted currency)", "converted currency code"


class GoogleAds(Format):
    """Title, range of days, headings; below the campaigns the totals of several kinds.

    Known by headings of Google's own making beside a plain "Cost", or by its two lines on top.
    """

    name = "google-ads"
    label = "Google Ads"
    platform = "google-ads"
    in_micros = "google-ads-api"
    columns = {
        "campaign": WORDS["campaign"] + GOOGLE["campaign"],
        "platform_id": WORDS["platform_id"],
        "day": names("day | tag | jour | dia | giorno | dag | date | datum | fecha | data")
        + GOOGLE["day"],
        "week": names("week | woche | semaine | semana | settimana") + GOOGLE["week"],
        "month": names("month | monat | mois | mes | mese | maand") + GOOGLE["month"],
        "quarter": WORDS["quarter"],
        "year": WORDS["year"],
        "amount": names("cost | kosten | cout | coste | custo | costo") + GOOGLE["amount"],
        "currency": WORDS["currency"] + GOOGLE["currency"],
        "impressions": names(
            "impr. | impressions | impressionen | impresiones | impressoes | "
            "impressioni | vertoningen | impr"
        )
        + GOOGLE["impressions"],
        "clicks": names("clicks | klicks | clics | cliques | clic | klikken") + GOOGLE["clicks"],
        "account": CUSTOMER + WORDS["account"],
    }
    own = (
        *FIGURES,
        r"~(currency code|wahrungscode|code( de( la)?)? devise|codigo d[ae]( la)? moneda"
        r"|codigo d[ae] moeda|codice valuta|valutacode)",
        *GOOGLE["currency"],
        *names("customer id | kunden id"),
    )

    def recognises(self, head: Head) -> bool:
        """A plain "Cost" with the campaign, its id or account, and something only Google writes."""
        if not (self.has(head, "amount") or head.has(CONVERTED)):
            return False
        if head.has("by day", "clicks (destination)"):
            return False
        is_of_accounts = head.has(*CUSTOMER) and head.has(*FIGURES)
        if not (self.has(head, "campaign") or self.has(head, "platform_id") or is_of_accounts):
            return False
        if any("_" in heading.header for heading in head.headings):
            return False  # a table out of a program
        return head.has(*self.own) or self._has_title(head)

    def place(self, head: Head, fields: Sequence[Field]) -> Placed:
        """Of several accounts there may be only the cost in the currency of them all."""
        if self.has(head, "amount") or not head.has(CONVERTED):
            return super().place(head, fields)
        converted = {"amount": (CONVERTED,), "currency": (CONVERTED_CODE,)}
        return placed_by_names(head, {**self.columns, **converted})

    def rules(self, head: Head, placed: Placed, facts: Facts) -> RowRules:
        """Google names the campaign in every row, and has no name for totals but their label."""
        return replace(super().rules(head, placed, facts), names_all=True)

    def _has_title(self, head: Head) -> bool:
        """Two lines of one cell each: the report's name, and its days (or "All time")."""
        filled = [[cell for cell in cells if cell.strip()] for cells in head.preamble]
        lines = [" ".join(cells) for cells in filled if cells]
        if len(lines) != 2:
            return False
        is_range = ends_of(lines[1]) is not None and may_be_days(lines[1])
        return is_range or bool(TITLE.search(fold(lines[0])))


class GoogleAdsApi(GoogleAds):
    """What the API of AdWords gave: the same columns, with money in millionths."""

    name = "google-ads-api"
    label = "Google Ads (API)"
    in_micros = ""
    micros = (*GoogleAds.columns["amount"], "total cost", "spend")
    columns = {
        **GoogleAds.columns,
        "day": GoogleAds.columns["day"] + WORDS["day"],
        "amount": micros,
    }

    def recognises(self, head: Head) -> bool:
        """Its title, above headings of its own: CAMPAIGN_PERFORMANCE_REPORT (Mar 1, 2026-Mar 31,
        2026)."""
        named = self.has(head, "campaign") or self.has(head, "platform_id")
        return named and self.has(head, "amount") and bool(API_TITLE.search(head.preamble_text))
