"""Microsoft Advertising: nine lines about the report, the table, a total and a copyright."""

import re

from spend.formats.base import Format, Head, Placed
from spend.formats.words import WORDS, names

ABOUT = re.compile(
    r"(report name|report time|last completed available|berichtsname|berichtszeit"
    r"|nom du rapport|nombre del informe|nome do relatorio)\s*:",
    re.IGNORECASE,
)
AGGREGATION = re.compile(
    r"(?:report aggregation|berichtsaggregation|agregacion del informe|agregation du rapport)"
    r"\s*:\s*\W*(\w+)",
    re.IGNORECASE,
)
GRAIN = {"week": "week", "weekly": "week", "month": "month", "monthly": "month"}


class MicrosoftAds(Format):
    """English reports have days as month/day/year; others prove their order."""

    name = "microsoft-ads"
    label = "Microsoft Advertising"
    platform = "microsoft-ads"
    day_order = "mdy"
    columns = {
        "campaign": WORDS["campaign"] + ("campaignname",),
        "platform_id": WORDS["platform_id"],
        "day": names(
            "gregorian date | time period | timeperiod | gregorianisches datum | "
            "date gregorienne | fecha gregoriana | data gregoriana | zeitraum | "
            "date | day | datum | tag | jour | fecha | data"
        ),
        "week": names("week | week start date | woche | semaine | semana"),
        "month": ("month", "monat", "mois", "mes"),
        "amount": names(
            "spend | ausgaben | depenses | depense | gasto | gastos | inversion | "
            "valor gasto | spesa | uitgaven | cost"
        ),
        "currency": WORDS["currency"],
        "impressions": WORDS["impressions"],
        "clicks": names("clicks | klicks | clics | cliques | clic | klikken"),
        "account": (
            names(
                "account id | accountid | account number | accountnumber | "
                "kontonummer | numero de compte | numero de cuenta"
            )
            + WORDS["account"]
        ),
    }

    def recognises(self, head: Head) -> bool:
        """Its lines on top, its own name of a day, or what it calls campaigns and money."""
        if not self.has(head, "amount"):
            return False
        if ABOUT.search(head.preamble_text):
            return True
        if head.has("gregorian date", "timeperiod"):
            return True
        by_hand = not any("_" in heading.header for heading in head.headings)
        named = head.has("campaign name", "campaign", "campaign id")
        return by_hand and named and head.has("spend") and head.has("currency code")

    def grain(self, head: Head, placed: Placed) -> str:
        """ "Time period" may be a week or a month: the lines on top say which."""
        day = placed.first("day")
        found = AGGREGATION.search(head.preamble_text)
        if found and day is not None and day.bare in ("time period", "timeperiod", "zeitraum"):
            return GRAIN.get(found[1].casefold(), placed.grain)
        return placed.grain
