"""Microsoft Advertising: nine lines about the report, the table, a total and a copyright."""

import re

from attribution.imports.options import DayOrder
from spend.formats.base import Format, Head, Placed
from spend.formats.evidence import DayEvidence
from spend.formats.headings import fold
from spend.formats.words import WORDS, names

# The lines on top, folded. Two of them, for others have a "Report name" as well.
ABOUT = re.compile(
    r"(?:^|\n)\W*(report name|report time|last completed available day|report aggregation"
    r"|potential incomplete data|berichtsname|berichtszeit|berichtsaggregation|nom du rapport"
    r"|(?:periode|heure) du rapport|agregation du rapport|nombre del informe|hora del informe"
    r"|agregacion del informe|nome do relatorio|agregacao do relatorio|nome (?:del )?report"
    r"|aggregazione (?:del )?report|rapportnaam|rapporttijd)\s*:"
)
AGGREGATION = re.compile(r"ag?gregat?(?:ion|cion|cao|zione|tie)[^:\n]*:\W*(\w+)")
GRAIN = {
    word: grain
    for grain, found in {
        "week": "week weekly woche wochentlich semaine hebdomadaire semana semanal settimana "
        "settimanale week wekelijks",
        "month": "month monthly monat monatlich mois mensuel mensuelle mes mensual mensal mese "
        "mensile maand maandelijks",
        "year": "year yearly jahr jahrlich annee annuel annuelle ano anual anno annuale jaar "
        "jaarlijks",
    }.items()
    for word in found.split()
}
GREGORIAN = names("gregorian date | gregoriandate")
PERIOD = names(
    "time period | timeperiod | zeitraum | periode | periodo | periodo de tiempo | "
    "periodo de tempo | periodo di tempo | tijdsperiode | periode de temps"
)


class MicrosoftAds(Format):
    """Reports of the United States have days as 3/1/2026; others prove their order."""

    name = "microsoft-ads"
    label = "Microsoft Advertising"
    platform = "microsoft-ads"
    columns = {
        "campaign": WORDS["campaign"] + ("campaignname",),
        "platform_id": WORDS["platform_id"],
        "day": (
            *GREGORIAN,
            *PERIOD,
            *names(
                "gregorianisches datum | date gregorienne | fecha gregoriana | data gregoriana | "
                "date | day | datum | tag | jour | fecha | data"
            ),
        ),
        "week": names("week | week start date | woche | semaine | semana | settimana"),
        "month": names("month | month start date | monat | mois | mes | mese | maand"),
        "quarter": WORDS["quarter"],
        "year": WORDS["year"],
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

    dated_by = names(
        "report time | berichtszeit | periode du rapport | heure du rapport | hora del informe | "
        "rapporttijd"
    )

    def recognises(self, head: Head) -> bool:
        """Its lines on top, its own name of a day, or what it calls campaigns and money."""
        if not self.has(head, "amount"):
            return False
        if len(set(ABOUT.findall(_folded(head)))) > 1:
            return True
        if head.has(*GREGORIAN, "timeperiod"):
            return True
        by_hand = not any("_" in heading.header for heading in head.headings)
        named = head.has("campaign name", "campaign", "campaign id")
        return by_hand and named and head.has("spend") and head.has("currency code")

    def order(self, head: Head, days: DayEvidence) -> DayOrder | None:
        """English is spoken elsewhere too, where the day goes first, and has a nought before."""
        is_american = days.bare and not days.padded and head.has("spend")
        return "mdy" if is_american else super().order(head, days)

    def grain(self, head: Head, placed: Placed) -> str:
        """ "Time period" may be a week or a month: the lines on top say which."""
        day = placed.first("day")
        found = AGGREGATION.search(_folded(head))
        if found and day is not None and day.bare in PERIOD:
            return GRAIN.get(found[1], placed.grain)
        return placed.grain


def _folded(head: Head) -> str:
    """The lines on top."""
    return "\n".join(fold(line) for line in head.preamble_text.split("\n"))
