"""Which rows of a file are no spend, and what a cell says once the platform's marks are off."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from attribution.files.xlsx_reading import as_shown
from spend.formats import languages
from spend.formats.headings import COMMON, currency_named, fold
from spend.formats.notes_on_money import noted_currency
from spend.formats.periods import may_be_days
from spend.formats.words import MONTHS, words

LONGEST = 60  # characters of a day with its clock

# How programs write "not reported".
NOTHING = frozenset({"", "-", "--", "---", "—", "–", "n/a", "N/A", "#N/A", "NaN", "nan", "null"})
NOTHING |= {"NULL", "None", "∅"}

TOTAL_WORD = (
    r"(?:grand |overall |account |campaigns? |report |sub)?totals?|"
    r"gesamt(?:summe|ergebnis|kosten)?|summe|sum|ergebnis|insgesamt|"
    r"total(?:es|e|i)?(?: (?:general|generale|geral|complessivo|global))?|totaal|eindtotaal|"
    r"suma(?: total)?|somme|total general|ensemble|(?:netto|brutto|end)summe|"
    r"(?:zwischen|teil)summe|sous total|tussentotaal|subtotale|subtotaal|"
    + "|".join(map(fold, languages.TOTALS))
)
MAY_BE_TOTAL = re.compile(
    r"\s*(?:grand|overall|account|campaign|report|sub|total|gesamt|sum|ergebnis|insgesamt|totaal|eindtotaal|suma|somme|ensemble"
    r"|r[eé]sult|risultati|deleted"
    r"|zwischensumme|teilsumme|nettosumme|bruttosumme|endsumme|sous|tussentotaal|"
    + "|".join(languages.TOTALS)
    + ")",
    re.IGNORECASE,
)
TOTAL = re.compile(rf"(?P<word>{TOTAL_WORD})(?:\s+(?P<qualified>[^:]*?))?\s*(?::\s*(?P<of>.*))?")
COUNTED_TOTAL = re.compile(
    r"(?:(?:total|results?|ergebnisse|resultats|resultados|risultati|resultaten)"
    r" (?:of|from|von|aus|de|di|da|van|uit)|(?:overall|results?) total|total results?)"
    r" \d[\d.,]* .*"
    r"|totals? (?:for )?\d[\d.,]* (?:results?|campaigns?)"
)
PART_TOTAL = re.compile(r"deleted (?:items?|campaigns?) total")
# As spreadsheets name the total of a group: "Search Total", "Suche Ergebnis".
GROUP_TOTAL = re.compile(
    r".* (?:total|ergebnis|summe|gesamt|totaal|totale)"
    r"|(?:sub ?total|zwischensumme|teilsumme|sous total|subtotale|subtotaal)\b.*"
)
SUBTOTALS = ("sub", "zwischen", "teil", "sous", "tussen")
# "Total net 2026", "Total March (EUR)": no campaign is called so.
QUALIFIER = re.compile(
    r"net(?:to|t)?|gross|brutto|brut|bruto|lordo|ht|ttc|hors|taxes?|incl?\.?|excl?\.?|inkl\.?"
    r"|zzgl\.?|ohne|mit|of|vat|mwst\.?|ust\.?|iva|tva|btw|spend|spent|costs?|kosten|ausgaben|amount"
    r"|generale?|geral|global|all|campaigns?|kampagnen|campagnes?|campanas|campanhas"
    r"|account|konto|compte|cuenta|conta|[€$£¥%]|[12][0-9](?:,[0-9])?|(?:19|20)[0-9]{2}|q[1-4]"
)
# What a total stands for when it stands for everything: "Total: Campaigns", "Gesamt: Konto".
EVERYTHING = re.compile(
    r"account|all|filter|campaign|kampagn|konto|alle|campa|compte|cuenta|conta|campagn|toutes|tous|"
    r"tod[ao]s|tutt|ad group|anzeigen|groupes|grup|advert|\bads?\b|keyword|rows|result|ergebnis|"
    + "|".join(languages.OF_ALL)
)

# In a column of both, rows of the first kind are no spend: "Plan" and "Variance" beside "Actual".
PLANNED = words(
    "plan planned planning budget budgeted forecast soll geplant planung prognose prevu "
    "prevision previsto presupuesto orcamento orcado preventivo gepland begroot "
    "variance difference abweichung differenz delta ecart desviacion diferencia desvio diferenca "
    "scostamento differenza verschil afwijking"
)
ACTUAL = words(
    "actual actuals spent spend ist real realized realised realise realisiert effektiv ejecutado "
    "realizado effettivo consuntivo werkelijk gerealiseerd"
)
EVERY = words("all alle tous toutes todo todos todas tutti tutte") | frozenset(languages.EVERY)
# That its labels can begin with.
TOTAL_LETTERS = frozenset("aAcCtTgGoOsSiIeErRzZnNbBdD \t\u00a0") | {
    word[0] for word in languages.TOTALS
}
DIGIT = re.compile(r"[0-9]")
CLOCK = re.compile(
    r"(?:(?:[T,]|,? +(?:at +)?)\s*[0-9]{1,2}(?::[0-9]{2}){1,2}(?:[.,][0-9]+)?"
    r"\s*(?:[AaPp]\.?[Mm]\.?)?"
    r"\s*(?:Z|\(?(?:UTC|GMT)\)?|\(?(?:UTC|GMT)?[+-][0-9]{2}:?[0-9]{2}\)?)?"
    r"|(?<=[0-9]{4}-[0-9]{2}-[0-9]{2})[T |][0-9]{1,2})$"
)
HAS_DAY = re.compile(r".*(?:[0-9]{4}.*[^0-9]|[^0-9].*[0-9]{4}|[0-9]{8})")
INDIAN = re.compile(r"[^0-9,.]*[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}(?:\.[0-9]*)?[^0-9,.]*")
NO_CENTS = re.compile(r"(?<=[0-9])[.,][-–—]{1,2}(?=[^0-9]*$)")  # "12,-", "1'234.–", "12,-- €"
BELOW = re.compile(r"< ?[0-9]+")  # of counts so small that they are kept back
# As programs keep spreadsheets from rounding an id: [123], '123, ="123", or a tab beside it.
KEPT_AS_TEXT = re.compile(r"""\s*(?:\[([0-9]+)\]|'([0-9]+)|="([^"]*)")\s*""")
LINE_BREAK = re.compile(r"\s*[\t\n\v\f\r]\s*")  # Meta names a campaign after the post it shows
ID_FIELDS = frozenset({"platform_id", "account"})
COUNT_FIELDS = frozenset({"impressions", "clicks", "sends", "opens"})
DAY_FIELDS = frozenset({"day", "last_day"})


@dataclass(frozen=True)
class Skip:
    """Why a row is no spend, or cannot be told to be any: then with a way out."""

    reason: str
    is_total: bool = False  # the file's own total of all its rows
    way_out: str = ""
    column: int | None = None  # that makes it unclear


WHOLE = Skip("total row", is_total=True)
PART = Skip("total row")
SUBTOTAL = Skip("subtotal row")
FOOTER = Skip("footer")
UNSPENT = Skip("planned, and not spent")
UNREPORTED = Skip("no amount reported")
UNSPLIT = Skip(
    "This cell is empty, and others of its column are not: the row may be their total.",
    way_out="Delete the row if it is; if not, write into the cell what it is of, or unknown.",
)
UNCLEAR = Skip(
    "This may be a campaign, or the total of some: its amount shows neither.",
    way_out="Delete the row if it is a total; if it is a campaign, export its id with it.",
)


@dataclass(frozen=True, kw_only=True)
class RowRules:
    """The rules of one file. Columns are by index, None where the file has no such column."""

    campaign: int | None = None
    platform_id: int | None = None
    day: int | None = None
    amount: int | None = None
    others: tuple[int, ...] = ()  # what else says what a row is about: empty in a total of all
    is_platform: bool = True  # else a table of people, whose empty amount is a slip to be named
    with_all: tuple[int, ...] = ()  # where "All" is a subtotal, as of ages or devices
    breakdowns: tuple[int, ...] = ()  # by age, country …: an amount without one may be a subtotal
    planned: tuple[int, ...] = ()  # where some rows are said to be planned, and some actual
    names_all: bool = False  # without a campaign, a label in the first cell is that of a total
    names: frozenset[str] = frozenset()  # of campaigns that are called as totals are
    unclear: frozenset[str] = frozenset()  # that may be such names, or totals of a part
    totals_of_days: bool = False  # a row with a day of its own may be a total as well
    labels: tuple[int, ...] = field(init=False, repr=False)  # where a total's label can stand

    def __post_init__(self) -> None:
        columns = {0: None, self.campaign: None, self.day: None}
        object.__setattr__(self, "labels", tuple(c for c in columns if c is not None))

    def skip(self, cells: list[str]) -> Skip | None:
        """Why this row is no spend; None: it is."""
        if self.is_platform and self._names_nothing(cells):
            return WHOLE
        labels: Iterable[int] = self.labels
        if self._is_unnamed(cells):
            labels = range(len(cells))  # of a row without a campaign, anything may be the label
        for column in labels:
            label = cells[column] if column < len(cells) else ""
            may_be = label[:1] in TOTAL_LETTERS and MAY_BE_TOTAL.match(label)
            if may_be and (found := self._total(cells, column)):
                return found
        if self.names_all and self._is_unnamed(cells) and self._has_label_alone(cells):
            return PART
        for column in self.with_all:
            if fold(cell_at(cells, column)) in EVERY:
                return SUBTOTAL
        if not self.is_platform and self._is_subtotal(cells):
            return SUBTOTAL
        if any(is_planned(cell_at(cells, column)) for column in self.planned):
            return UNSPENT
        if self.amount is None:
            return FOOTER if self._is_footer(cells) else None
        amount = cell_at(cells, self.amount).strip()
        if amount not in NOTHING:
            return self._unsplit(cells) if amount.strip("0.,") else None
        if self._is_footer(cells):
            return FOOTER
        return UNREPORTED if amount or self.is_platform else None

    def _unsplit(self, cells: list[str]) -> Skip | None:
        empty = (c for c in self.breakdowns if cell_at(cells, c).strip() in NOTHING)
        column = next(empty, None)
        return None if column is None else replace(UNSPLIT, column=column)

    def text(self, field: str, cell: str) -> str:
        """The cell as the parsers read it."""
        if field == "amount" or field in COUNT_FIELDS:
            number = cell.strip()
            if number in NOTHING or (field != "amount" and BELOW.fullmatch(number)):
                return ""
            if number[0] == "(" and number[-1] == ")":  # as bookkeepers write what came back
                number = "-" + number[1:-1].strip()
            if number[0] == "U" and number.startswith("US$"):
                number = "USD " + number[3:]
            if number[-1] == "%" and field != "amount":
                number = number[:-1].rstrip()
            if NO_CENTS.search(number):
                number = NO_CENTS.sub("", number)
            if number[-1:] in (".", ","):
                number = number.rstrip(".,")
            if number.count(",") > 1 and INDIAN.fullmatch(number):
                return number.replace(",", "")
            return number
        if field in DAY_FIELDS:
            day = cell.strip()
            if day in NOTHING:
                return ""
            return CLOCK.sub("", day) if 10 < len(day) < LONGEST and HAS_DAY.match(day) else day
        if field in ID_FIELDS and not cell.isalnum():
            found = KEPT_AS_TEXT.fullmatch(cell)
            cell = (next(filter(None, found.groups()), "") if found else cell).strip()
        if field == "currency":
            code = cell.strip()
            return "" if code in NOTHING else currency_named(code)
        if not cell.isprintable():
            cell = LINE_BREAK.sub(" ", cell)
        cell = as_shown(cell)
        return "" if self.is_platform and cell.strip() in NOTHING else cell

    def _is_unnamed(self, cells: list[str]) -> bool:
        return self.campaign is not None and cell_at(cells, self.campaign).strip() in NOTHING

    def _is_named(self, cells: list[str]) -> bool:
        return not says_nothing(cell_at(cells, self.campaign))

    def _names_nothing(self, cells: list[str]) -> bool:
        """A row that has an amount, but no campaign nor anything else it could be about."""
        name = self.campaign if self.campaign is not None else self.platform_id
        if self.amount is None or (name is None and not self.others):
            return False
        if cell_at(cells, name).strip() not in NOTHING:
            return False
        if cell_at(cells, self.amount).strip() in NOTHING:
            return False
        return all(says_nothing(cell_at(cells, column)) for column in self.others)

    def _has_label_alone(self, cells: list[str]) -> bool:
        """Whether it says what it is in its first cell, and nowhere else."""
        others = (c for c in (*self.others, self.day, self.platform_id) if c)
        return not says_nothing(cell_at(cells, 0)) and all(
            says_nothing(cell_at(cells, c)) for c in others
        )

    def _is_subtotal(self, cells: list[str]) -> bool:
        """No day, but a group's total: "Search Total", "Subtotal Social", also of a campaign."""
        if self.day and cell_at(cells, self.day).strip() not in NOTHING:
            return False
        first = next(filter(str.strip, cells), "")
        name = cell_at(cells, self.campaign)
        if not self._is_unnamed(cells) and (self.day is None or name != first):
            return False
        return is_group_total(first)

    def _is_footer(self, cells: list[str]) -> bool:
        """A line below the table: one text alone, in the first cell, such as a copyright, or a
        note on the currency.

        In a table of people a day alone is no footer, but a row that was not finished.
        """
        filled = [cell for cell in cells if cell.strip()]
        if len(filled) != 1:
            return bool(noted_currency(cells))
        text = filled[0].strip()
        if text.startswith(("©", "(c)", "Copyright")):
            return True
        if noted_currency(cells):
            return True
        if filled[0] != cells[0] or len(cells) < 3:
            return False
        return self.is_platform or (self.day == 0 and not may_be_days(text))

    def _total(self, cells: list[str], column: int) -> Skip | None:
        """A total's label, unless the row has an id of its own: then it is a name.

        A day of its own makes it a name too, but in a table of people the total of that day. So
        does a platform's campaign beside it: people search for "total", and ads are called so.
        """
        if self.is_platform and column not in (self.campaign, self.day) and self._is_named(cells):
            return None
        other_id = self.platform_id is not None and self.platform_id != column
        if other_id and cell_at(cells, self.platform_id).strip() not in NOTHING:
            return None
        found = total_in(cells[column])
        if found is PART and cells[column] in self.names | self.unclear:
            return None if cells[column] in self.names else replace(UNCLEAR, column=column)
        if found is None and self._is_unnamed(cells):  # "Total - Search" is no campaign here
            found = total_in(cells[column].replace(" - ", ": ", 1))
        has_day = self.day not in (None, column) and DIGIT.search(cell_at(cells, self.day))
        if found is None or not has_day or COUNTED_TOTAL.fullmatch(fold(cells[column])):
            return found
        is_plain = ":" not in cells[column].strip().rstrip(":")
        return SUBTOTAL if self.totals_of_days and is_plain else None


def says_nothing(cell: str) -> bool:
    """Empty, a dash, or "All" as in a total over ages or devices."""
    return cell.strip() in NOTHING or fold(cell) in EVERY


def is_group_total(label: str) -> bool:
    """Does a spreadsheet call the total of a group so?"""
    return bool(GROUP_TOTAL.fullmatch(fold(label)))


def is_planned(cell: str) -> bool:
    """Does this cell say that its row is planned?"""
    return fold(cell) in PLANNED


def total_in(label: str) -> Skip | None:
    """Which total a label announces, if any."""
    text = fold(label)
    if COUNTED_TOTAL.fullmatch(text):
        return WHOLE
    if PART_TOTAL.fullmatch(text):
        return PART
    found = TOTAL.fullmatch(text)
    if not found or not all(map(_qualifies, (found["qualified"] or "").split())):
        return None
    if found["word"].startswith(SUBTOTALS):
        return SUBTOTAL
    of = found["of"]
    return WHOLE if not of or EVERYTHING.search(of) else PART


def _qualifies(word: str) -> bool:
    """Does this word only say more about a total: its month, currency or tax?"""
    word = word.strip("()[].,/") or word
    return bool(QUALIFIER.fullmatch(word)) or word in MONTHS or word.upper() in COMMON


def cell_at(cells: list[str], column: int | None) -> str:
    """The cell, or nothing where the row is too short."""
    return cells[column] if column is not None and column < len(cells) else ""
