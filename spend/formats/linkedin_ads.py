"""LinkedIn Campaign Manager: lines about the report, then days as month/day/year."""

from spend.formats.base import Format, Head
from spend.formats.words import WORDS, names


class LinkedinAds(Format):
    """Its days are month/day/year in every language."""

    name = "linkedin-ads"
    label = "LinkedIn Ads"
    platform = "linkedin-ads"
    day_order = "mdy"
    columns = {
        "campaign": WORDS["campaign"],
        "platform_id": WORDS["platform_id"],
        "day": ("day", "date"),
        "month": ("month",),
        "start": (
            r"~(start|anfang|date de d|fecha de in|data de in).*utc.*",
            "start date",
            "startdatum",
        ),
        "last_day": (
            r"~(end|date de f|fecha de f|data de [ft]).*utc.*",
            "end date",
            "enddatum",
        ),
        "amount": names(
            "total spent | total spend | gesamtausgaben | ausgaben gesamt | "
            "ausgaben insgesamt | total depense | depenses totales | "
            "montant total depense | total gastado | gasto total | "
            "importe total gastado | total gasto | totale speso | spesa totale | "
            "totaal besteed | amount spent | spend"
        ),
        "currency": WORDS["currency"],
        "impressions": WORDS["impressions"],
        "clicks": names("clicks | klicks | clics | cliques | clic | klikken"),
        "account": WORDS["account"],
    }

    def recognises(self, head: Head) -> bool:
        """Days in UTC, or what it calls campaigns and money."""
        if not self.has(head, "amount"):
            return False
        if head.has(*self.columns["start"][:1], *self.columns["last_day"][:1]):
            return True
        if "report (in utc)" in head.preamble_text.casefold():
            return True
        groups = ("campaign group name", "campaign group id", "campaign group", "average ctr")
        return head.has("total spent") and head.has(*groups)
