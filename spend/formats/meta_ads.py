"""Meta Ads Manager: exports of Facebook and Instagram campaigns, in any of its languages."""

import re

from spend.formats.base import Format, Head, Placed, others, places
from spend.formats.languages import META
from spend.formats.reading import Facts
from spend.formats.rows import RowRules
from spend.formats.words import WORDS, names

REPORT = r"(reports?|reporting|berichts?|auswertungs?|rapports?|informes?|relatorios?|resoconto"
REPORT += r"|rapportage|statistiques|comunicacao)"
STARTS = (
    *("reporting starts", "berichtsbeginn", "auswertungsbeginn", "auswertungsstart"),
    rf"~(inicio|debut|inizio|start|beginn?|begin)\b.*\b{REPORT}",
    rf"~{REPORT} ?(starts?|start|beginn?|inicio|inizio)",
    *META["start"],
)
ENDS = (
    *("reporting ends", "berichtsende", "auswertungsende"),
    rf"~(fin|fim|fine|ende?|einde?|termino|encerramento|finalizacion|conclusao)\b.*\b{REPORT}",
    rf"~{REPORT} ?(ends?|ende?|einde?)",
    *META["last_day"],
)

# Clicks on links, as Meta alone calls them, and clicks of any kind.
LINK_CLICKS = (
    *names(
        "link clicks | link klicks | klicks auf link | clics sur un lien | clics sur le lien | "
        "clics en el enlace | cliques no link | cliques na ligacao | cliques em ligacoes | "
        "clic sul link | clics sur lien | klikken op link | klikken op links | linkklikken | "
        "linkkliks | link kliks | clicks (all) | klicks (alle) | clics (tous) | clics (todos) | "
        "cliques (todos) | cliques (tudo) | clic (tutti) | klikken (alle)"
    ),
    *META["clicks"],
)
# A day by the name that others give it: Meta's own is Day.
DATES = names("date | datum | fecha | data | date du jour")
# What a campaign consists of. Each has a name: a row without one is of all of them.
AD_SETS = names(
    "ad set name | name der anzeigengruppe | anzeigengruppenname | nom de l'ensemble de publicites "
    "| nombre del conjunto de anuncios | nome do conjunto de anuncios | "
    "nome del gruppo di inserzioni | naam advertentieset | advertentiesetnaam"
)
ADS = names(
    "ad name | anzeigenname | name der anzeige | nom de la publicite | nombre del anuncio | "
    "nome do anuncio | nome dell'inserzione | naam advertentie | advertentienaam"
)

# Columns about how a campaign is set up, and not about which one it is.
SETTING = re.compile(
    r"attribution|zuordnung|attributie|atribu|attribuzione|budget|presupuesto|orcamento"
    r"|delivery|auslieferung|diffusion|entrega|veiculacao|pubblicazione|levering"
    r"|results?\b|ergebnis|resultat|resultad|risultat|bid|gebot|objective|ziel|"
    + "|".join(META["settings"])
)


class MetaAds(Format):
    """The currency stands in the heading, the days in Day or in the two of the report's range."""

    name = "meta-ads"
    label = "Meta Ads"
    platform = "meta-ads"
    columns = {
        "campaign": WORDS["campaign"] + META["campaign"],
        "platform_id": WORDS["platform_id"] + META["platform_id"],
        "day": names("day | tag | jour | dia | giorno | dag") + META["day"] + DATES,
        "week": names("week | woche | semaine | semana | settimana"),
        "fortnight": WORDS["fortnight"],
        "month": names("month | monat | mois | mes | mese | maand"),
        "start": STARTS,
        "last_day": ENDS,
        "amount": names(
            "amount spent | ausgegebener betrag | montant depense | "
            "importe gastado | cantidad gastada | monto gastado | valor usado | "
            "valor gasto | montante gasto | quantia gasta | importo speso | "
            "besteed bedrag | uitgegeven bedrag"
        )
        + META["amount"],
        "currency": WORDS["currency"] + META["currency"],
        "impressions": WORDS["impressions"] + META["impressions"],
        "clicks": (*LINK_CLICKS, "clicks"),
        "account": (
            names(
                "account id | konto id | werbekonto id | id du compte | "
                "identifiant du compte | identificador de la cuenta | "
                "id de la cuenta | id da conta | identificacao da conta"
            )
            + WORDS["account"]
            + META["account"]
        ),
    }
    ranged_by = (STARTS, ENDS)
    own = (
        *(*STARTS, *ENDS, *AD_SETS, *LINK_CLICKS, *META["campaign"]),
        *names("attribution setting | campaign delivery"),
    )

    def recognises(self, head: Head) -> bool:
        """The amount by Meta's name, which others use too, and a heading that only Meta has."""
        found = head.find(*self.columns["amount"])
        if not found or any(heading.header == "amount_spent" for heading in found):
            return False
        if head.has(*DATES) and not head.has(*STARTS):
            return False  # a table of somebody who borrowed Meta's words
        return head.has(*self.own)

    def rules(self, head: Head, placed: Placed, facts: Facts) -> RowRules:
        """The report's range, its account and "Multiple …" settings stand in the summary too."""
        about = {found for name in ABOUT for found in head.find(name)}
        about |= {heading for heading in head.headings if SETTING.search(heading.name)}
        told_by = others(placed, facts.apart, about)
        if placed.first("campaign") is None and not told_by:  # a row for each account
            told_by = tuple(h.index for name in MetaAds.columns["account"] for h in head.find(name))
        day = placed.columns.get("day", [])
        split = [heading for heading in facts.split if heading.bare in BREAKDOWNS]
        return RowRules(
            **places(placed),
            others=told_by,
            with_all=tuple(heading.index for heading in (*day, *facts.with_all)),
            breakdowns=tuple(heading.index for heading in split),
        )


# Of which ad it is, and of whom it was shown to and where: there Meta itself writes "unknown".
BREAKDOWNS = frozenset(
    (*AD_SETS, *ADS)
    + names(
        "age | gender | country | region | dma region | platform | placement | device platform | "
        "impression device | alter | geschlecht | land | plattform | platzierung | sexe | pays | "
        "plateforme | edad | sexo | genero | pais | plataforma | ubicacion | idade | regiao | "
        "posicionamento | eta | genere | sesso | paese | regione | piattaforma | posizionamento | "
        "leeftijd | geslacht | regio | plaatsing"
    )
    + META["breakdowns"]
)
ABOUT = (*STARTS, *ENDS, *MetaAds.columns["account"])
