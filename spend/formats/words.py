"""Words that headings, months and totals are written with, in seven languages, all folded.

Months are read in five more: Danish, Norwegian, Swedish, Turkish and Russian.
"""


def names(text: str) -> tuple[str, ...]:
    """Names that stand between bars: "cost | ad spend"."""
    return tuple(name.strip() for name in text.split("|"))


def words(text: str) -> frozenset[str]:
    """Words that stand between blanks."""
    return frozenset(text.split())


# Names of amounts in millionths.
MILLIONTHS = (
    r"~(?:metrics[ .]|media |total |ad )?(?:cost|spend|amount)(?: in | | ?\(|in)?micros?\)?"
)
WORDS: dict[str, tuple[str, ...]] = {
    "campaign": names(
        "campaign | campaign name | campaigns | ad campaign | utm campaign | "
        "kampagne | kampagnenname | kampagnen | name der kampagne | campagne | "
        "nom de la campagne | nom de campagne | campana | "
        "nombre de la campana | nombre de campana | campanha | "
        "nome da campanha | nome de campanha | campagna | nome campagna | "
        "nome della campagna | campagnenaam | naam campagne | "
        "naam van de campagne | campaign title | aktion | massnahme | session campaign | "
        "session campaign name | email name | e mail name | google ads campaign | "
        "session google ads campaign | first user campaign | first user google ads campaign"
    ),
    "platform_id": names(
        "campaign id | campaignid | id campaign | kampagnen id | "
        "kampagnenid | id der kampagne | id de campagne | id de la campagne | "
        "id campagne | identifiant de campagne | id de campana | "
        "id de la campana | id campana | id da campanha | id de campanha | "
        "id campanha | id campagna | id della campagna | campagne id | "
        "campagnenummer | platform id"
    ),
    "day": names(
        "day | date | days | date day | report date | datum | tag | fecha | "
        "data | jour | dia | giorno | dag | date du jour | gregorian date | "
        "by day | day date | spend date | activity date | transaction date | "
        "posting date | invoice date | buchungsdatum | rechnungsdatum | "
        "belegdatum | fecha de gasto | data spesa | period | periode | periodo | "
        "zeitraum | time period | stat time day | date start | send date | sent date | "
        "date (utc) | day (utc) | date sent | send time | send date/time | sent on | sent at | "
        "versanddatum | "
        "gesendet am | date d'envoi | fecha de envio | data de envio | data di invio | verzenddatum"
    ),
    "start": names(
        "start date | start | from | first day | date start | period start | "
        "starts | startdatum | von | ab | beginn | anfang | date de debut | "
        "debut | du | fecha de inicio | inicio | desde | data de inicio | "
        "data inicio | de | data di inizio | data inizio | inizio | da | van | "
        "begindatum | reporting starts | reporting start"
    ),
    "last_day": names(
        "last day | end date | end | to | until | date end | period end | "
        "ends | enddatum | bis | ende | date de fin | fin | au | "
        "fecha de fin | hasta | fecha fin | data de termino | data de fim | "
        "data fim | fim | ate | data di fine | data fine | fine | tot | "
        "einddatum | eind | reporting ends | reporting end | date stop"
    ),
    "week": names(
        "week | date week | week start | week starting | week beginning | "
        "week of | woche | kalenderwoche | kw | wochenbeginn | semaine | "
        "semana | settimana | week begin | week commencing | by week | weken | "
        "isoweek | iso week"
    ),
    "fortnight": names(
        "2 weeks | two weeks | fortnight | 2 wochen | 2 semaines | 2 semanas | "
        "2 settimane | 2 weken"
    ),
    "month": names(
        "month | date month | months | by month | monat | mois | mes | mese | "
        "maand | month start | month starting | year month | year & month | monatsbeginn | "
        "billing month"
    ),
    "quarter": names("quarter | quartal | trimestre | kwartaal"),
    "year": names("year | jahr | annee | ano | anno | jaar"),
    "amount": (
        *names(
            "cost | costs | spend | spent | amount | amount spent | total cost | "
            "total spend | total spent | ad spend | ad cost | ads cost | adspend | "
            "media spend | media cost | marketing spend | marketing cost | "
            "net cost | net spend | actual spend | actual cost | actual costs | sum of cost | "
            "sum of spend | summe von kosten | ist kosten | kosten (ist) | cost (net) | "
            "spend (net) | amount (net) | kosten (netto) | betrag (netto) | cost (excl. vat) | "
            "spend (excl. vat) | amount (excl. vat) | expense | expenses | "
            "expenditure | ad expenditure | investment | spendings | ads spend | "
            "campaign cost | campaign spend | kosten | ausgaben | betrag | "
            "gesamtkosten | gesamtausgaben | werbekosten | werbeausgaben | "
            "mediakosten | nettokosten | ausgegebener betrag | aufwand | "
            "budget verbraucht | cout | couts | cout total | depense | depenses | "
            "montant | montant depense | depenses publicitaires | investissement | "
            "gasto | gastos | importe | coste | costes | costo | costos | "
            "coste total | costo total | gasto total | importe gastado | monto | "
            "monto gastado | inversion | inversion publicitaria | "
            "gasto publicitario | custo | custos | custo total | valor | "
            "valor gasto | valor usado | gasto com anuncios | despesa | despesas | "
            "investimento | costi | costo totale | spesa | spese | spesa totale | "
            "spesa pubblicitaria | importo | importo speso | investimenti | "
            "uitgaven | bedrag | besteed bedrag | totale kosten | "
            "betrag netto | nettobetrag | kosten netto | amount net | net amount | cost net | "
            "spend net | montant ht | "
            "cout ht | importe neto | coste neto | custo liquido | importo netto | bedrag netto | "
            "advertentiekosten | besteding | reklamekosten | kosten gesamt | "
            "ausgaben gesamt | cost in local currency | spend in dollar | "
            "google ads cost | advertiser spend | advertiser cost"
        ),
        MILLIONTHS,
    ),
    "currency": (
        *names(
            "currency | currency code | account currency | wahrung | "
            "wahrungscode | devise | code devise | code de devise | "
            "code de la devise | moneda | divisa | codigo de moneda | "
            "codigo de la moneda | codigo de divisa | moeda | codigo da moeda | "
            "codigo de moeda | valuta | codice valuta | valutacode | "
            "currencycode | curr | kontowahrung | devise du compte | moneda de la cuenta | "
            "moeda da conta"
        ),
        "~(?:advertiser|ad account|billing|payment|customer|client|campaign(?: budget)?|cost|"
        "(?:local )?spend) currency(?: code)?",
    ),
    "impressions": names(
        "impressions | impression | impr. | impr | impressionen | "
        "einblendungen | impresiones | impressoes | impressioni | "
        "vertoningen | weergaven | imps | paid impressions | total impressions"
    ),
    "clicks": names(
        "clicks | link clicks | click | inline link clicks | klicks | "
        "link klicks | clics | clics sur un lien | clics sur le lien | "
        "clics en el enlace | clic | cliques | cliques no link | "
        "clic sul link | klikken | klikken op link | clicks (all) | "
        "klicks (alle) | clics (tous) | clics (todos) | cliques (todos) | "
        "clicks (destination) | total clicks | clicked | unique clicks | "
        "google ads clicks | ads clicks"
    ),
    "sends": names(
        "sends | sent | emails sent | e mails sent | total recipients | "
        "recipients | delivered | successful deliveries | versendet | gesendet | "
        "empfanger | envoyes | destinataires | envios | enviados | "
        "destinatarios | inviati | inviate | destinatari | verzonden | "
        "ontvangers | versendete e mails | gesendete e mails"
    ),
    "opens": names(
        "opens | unique opens | opened | total opens | offnungen | geoffnet | "
        "ouvertures | aperturas | abiertos | aberturas | abertos | aperture | "
        "aperti | geopend | openingen"
    ),
    "source": ("utm source",),
    "medium": ("utm medium",),
    "line": ("cost type", "spend type", "kostenart"),
    "note": names("note | notes | comment | comments | notiz | bemerkung | kommentar | notas"),
    "account": names(
        "account id | customer id | advertiser id | ad account id | accountid | "
        "kunden id | kundennummer | konto id | id de cliente | id do cliente | "
        "account name | ad account name | advertiser name | account | "
        "ad account | kontoname | konto | werbekonto | compte | nom du compte | "
        "cuenta | nombre de la cuenta | conta | nome da conta | accountnaam | "
        "nome account"
    ),
}

# Words for the same thing: of two of them in a table of people, only a person knows which counts.
SPENT = frozenset(
    names(
        "amount | cost | costs | spend | spent | ad spend | ad cost | ads cost | adspend | "
        "media spend | media cost | amount spent | total cost | total spend | total spent | "
        "kosten | ausgaben | werbekosten | mediakosten | gesamtkosten | cout | couts | depense | "
        "depenses | gasto | gastos | coste | costo | custo | despesa | spesa | uitgaven"
    )
)

# A column whose heading holds one of these tells no rows apart: it is a figure.
FIGURES = words(
    "ctr cpc cpm cpa cpv cpl cpp roas roi rate avg average mean durchschn. moy. medio media conv "
    "conv. conversion conversions conversiones conversoes konversionen revenue sales umsatz value "
    "wert valeur valor valore impressions impr. impressionen impresiones impressoes clicks klicks "
    "clics cliques cost costs kosten cout coste custo costo spend spent reach reichweite alcance "
    "portee frequency frequenz results ergebnisse resultats resultados leads views opens sends "
    "purchases kaufe achats compras engagements interactions score budget bounces unsubscribes "
    "orders share % deliveries recipients likes shares comments follows quality reactions saves "
    "percent installs plays watched"
)
# Headings that name something although their cells are numbers.
NAMING = words(
    "id ids age alter hour stunde interest keyword device network zip postcode plz year jahr "
    "quarter week woche month monat weekday gender placement code"
)
# Headings of things with names, of which one may be called Budget or Real,
NAMED_THINGS = words(
    "brand brands marke marken marque marca marcas marchio merk label product products produkt "
    "produit producto produto prodotto client clients customer kunde kunden cliente clientes klant "
    "account konto compte cuenta conta campaign campaigns kampagne kampagnen campagne campana "
    "campanha campagna keyword term ad ads anzeige anzeigengruppe publisher site website domain "
    "property partner vendor supplier lieferant proveedor agency agentur store shop hotel business "
    "company firma name"
)
# and of what a row is, of which one may be planned.
KINDS_OF_ROW = words(
    "type typ tipo soort art kind category kategorie categorie categoria scenario szenario "
    "escenario version status state phase stage basis measure metric plan planned budget actual "
    "actuals ist soll werteart wertart datenart kostenart value values wert figure figures"
)
# When a row was fetched says nothing about what it is.
STAMPS = words(
    "synced extracted loaded updated imported fetched ingested emitted inserted batched "
    "generated received"
)

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            names(
                "january jan januar janner janvier janv enero ene janeiro gennaio gen januari "
                "ocak январь января янв | "
                "february feb februar fevrier fevr fev febrero fevereiro febbraio februari "
                "febr subat февраль февраля февр | "
                "march mar marz maerz mrz mars marzo marco maart mrt marts mart "
                "март марта мар | "
                "april apr avril avr abril abr aprile nisan "
                "апрель апреля апр | "
                "may mai mayo maio maggio mag mei maj mayıs маи мая | "
                "june jun juni juin junio junho giugno giu haziran июнь июня | "
                "july jul juli juillet juil julio julho luglio lug temmuz "
                "июль июля | "
                "august aug aout agosto ago augustus agustos август августа авг | "
                "september sep sept septembre septiembre setembro settembre set eylul "
                "сентябрь сентября сент | "
                "october oct oktober okt octobre octubre outubro out ottobre ott ekim "
                "октябрь октября окт | "
                "november nov novembre noviembre novembro kasım ноябрь ноября нояб | "
                "december dec dezember dez decembre diciembre dic dezembro dicembre "
                "desember des aralık декабрь декабря дек"
            )
        ),
        start=1,
    )
    for name in names.split()
}
