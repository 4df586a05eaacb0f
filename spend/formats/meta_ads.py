"""Meta Ads Manager: exports of Facebook and Instagram campaigns, in any of its languages."""

from collections.abc import Sequence
from dataclasses import dataclass

from spend.formats.base import Format, Head, Placed, others, places
from spend.formats.headings import Heading, fold
from spend.formats.rows import EVERY, SUBTOTAL, RowRules, Skip, cell_at
from spend.formats.words import WORDS, names

REPORT = r"(reports?|reporting|berichts?|auswertungs?|rapports?|informes?|relatorios?|resoconto"
REPORT += r"|rapportage|statistiques|comunicacao)"
STARTS = (
    *("reporting starts", "berichtsbeginn", "auswertungsbeginn", "auswertungsstart"),
    rf"~(inicio|debut|inizio|start|beginn?|begin)\b.*\b{REPORT}",
    rf"~{REPORT} ?(starts?|start|beginn?|inicio|inizio)",
)
ENDS = (
    *("reporting ends", "berichtsende", "auswertungsende"),
    rf"~(fin|fim|fine|ende?|einde?|termino|encerramento|finalizacion|conclusao)\b.*\b{REPORT}",
    rf"~{REPORT} ?(ends?|ende?|einde?)",
)


@dataclass(frozen=True, kw_only=True)
class MetaRows(RowRules):
    """Breakdowns may have subtotals, whose day is "All"."""

    def skip(self, cells: list[str]) -> Skip | None:
        """Why this row is no spend; None: it is."""
        found = super().skip(cells)
        if found is None and self.day is not None and fold(cell_at(cells, self.day)) in EVERY:
            return SUBTOTAL
        return found


class MetaAds(Format):
    """The currency stands in the heading, the days in Day or in the two of the report's range."""

    name = "meta-ads"
    label = "Meta Ads"
    platform = "meta-ads"
    columns = {
        "campaign": WORDS["campaign"],
        "platform_id": WORDS["platform_id"],
        "day": names("day | tag | jour | dia | giorno | dag"),
        "week": names("week | woche | semaine | semana | settimana"),
        "month": names("month | monat | mois | mes | mese | maand"),
        "start": STARTS,
        "last_day": ENDS,
        "amount": names(
            "amount spent | ausgegebener betrag | montant depense | "
            "importe gastado | cantidad gastada | monto gastado | valor usado | "
            "valor gasto | montante gasto | quantia gasta | importo speso | "
            "besteed bedrag | uitgegeven bedrag"
        ),
        "currency": WORDS["currency"],
        "impressions": WORDS["impressions"],
        "clicks": names(
            "link clicks | link klicks | klicks auf link | clics sur un lien | "
            "clics sur le lien | clics en el enlace | cliques no link | "
            "cliques na ligacao | cliques em ligacoes | clic sul link | "
            "clics sur lien | klikken op link | linkklikken | clicks (all) | "
            "klicks (alle) | clics (tous) | clics (todos) | cliques (todos) | "
            "cliques (tudo) | clic (tutti) | klikken (alle) | clicks"
        ),
        "account": (
            names(
                "account id | konto id | werbekonto id | id du compte | "
                "identifiant du compte | identificador de la cuenta | "
                "id de la cuenta | id da conta | identificacao da conta"
            )
            + WORDS["account"]
        ),
    }
    own = (
        STARTS
        + ENDS
        + names(
            "ad set name | name der anzeigengruppe | anzeigengruppenname | "
            "nom de l'ensemble de publicites | nombre del conjunto de anuncios | "
            "nome do conjunto de anuncios | attribution setting | campaign delivery | "
            "link clicks | link klicks | clics en el enlace | cliques no link | "
            "clics sur un lien | clics sur le lien | clicks (all) | klicks (alle) | "
            "clics (tous) | clics (todos) | cliques (todos)"
        )
    )

    def recognises(self, head: Head) -> bool:
        """The amount by Meta's name, and a heading that only Meta has or its long name of it."""
        found = head.find(*self.columns["amount"])
        if not found or any(heading.header == "amount_spent" for heading in found):
            return False
        if head.has(*STARTS, *self.own):
            return True
        names = head.find(*self.columns["campaign"])
        return any(h.currency for h in found) and any(" " in h.header for h in names)

    def rules(self, head: Head, placed: Placed, apart: Sequence[Heading]) -> RowRules:
        """The report's own range and its account stand in the summary row too."""
        about = {*head.find(*STARTS), *head.find(*ENDS), *head.find(*WORDS["account"])}
        return MetaRows(**places(placed), others=others(placed, apart, about))
