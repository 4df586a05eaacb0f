"""The currency that a line above or below a table names: "All amounts in USD"."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from babel.numbers import get_currency_name

from spend.formats.headings import COMMON, CURRENCIES, SIGNS, fold
from spend.formats.words import WORDS, names, words

CURRENCY = re.compile(
    r"(?:currency|währung|waehrung|devise|moneda|divisa|moeda|valuta)[^:;\n]{0,20}[:;,]?\s*"
    r"\W?\b([A-Z]{3})\b",
    re.IGNORECASE,
)
ONE = rf"(?:[A-Z]{{3}}\b|{'|'.join(map(re.escape, SIGNS))})"
AND = r"(?:[,/&+]|\b(?:and|und|et|or|oder|ou|y|e|o)\b)"
SIGN = re.compile(r"\b(?:in|en|em) +([$¥]|dollars?\b|d[oó]lares\b|dollari\b)", re.IGNORECASE)
LANGUAGES = ("en", "de", "fr", "es", "pt", "it", "nl")
# Beside those of Unicode's locales (CLDR).
OTHER_NAMES = {
    **dict.fromkeys(names("american dollars | dollars americains | dolares americanos"), "USD"),
    **dict.fromkeys(names("pounds sterling | britischen pfund"), "GBP"),
    **dict.fromkeys(names("reais | brazilian reais"), "BRL"),
}
LABELS = frozenset(
    (
        *(*WORDS["note"], *WORDS["currency"]),
        *names("hinweis | hinweise | anmerkung | remark | remarks | remarque | nota | *"),
    )
)
# Of what a note has to speak, to be of the amounts,
OF_AMOUNTS = words(
    "amount amounts figure figures value values number numbers data all everything report reported "
    "shown displayed stated expressed given price prices monetary money currency currencies "
    "betrag betrage angabe angaben wert werte zahlen summen alle alles preise wahrung waehrung "
    "montant montants chiffres valeurs sommes tous toutes prix devise "
    "importe importes cantidades cifras valores todos todas precios moneda divisa "
    "montantes quantias precos moeda importi importo cifre valori tutti tutte prezzi valuta "
    "bedrag bedragen cijfers waarden prijzen"
)
SPENDING = words(
    "cost costs spend spent spending expense expenses kosten ausgaben cout couts depense depenses "
    "coste costes costo costos gasto gastos custo custos despesa despesas costi spesa spese "
    "uitgaven"
)
# and of what it is then not, unless it speaks of spending too.
OTHER_FIGURES = words(
    "revenue revenues sales income profit margin target targets goal goals rate rates conversion "
    "conversions roas bid bids order orders umsatz umsatze erlos erlose einnahmen gewinn marge "
    "kurs kurse wechselkurs ziel ziele gebot gebote revenu revenus affaires recettes ventes "
    "objectif objectifs taux benefice ingresos ventas objetivo objetivos tasa beneficio receita "
    "receitas vendas meta metas taxa lucro ricavi fatturato vendite obiettivo obiettivi tasso "
    "utile omzet inkomsten verkoop doel koers winst "
    "impressions impr reach clicks views users sessions visits recipients impressionen reichweite "
    "klicks besuche portee clics impresiones alcance impressoes cliques copertura clic vertoningen "
    "bereik klikken"
)
BUDGETS = words("budget budgets presupuesto orcamento")  # a title may speak of one: "Budget 2026"
WORD = re.compile(r"[^\W_]+")
IN = re.compile(r"\W*(?:in|en|em) ", re.IGNORECASE)  # "* in USD", of all that is there
END_OF_SENTENCE = re.compile(r"[.;]\s+|\s[–—-]\s|\s{3}")  # or a dash that was taken out
LONGEST = 200  # characters of a cell that are looked at


class Names(NamedTuple):
    """How currencies are named in a line."""

    codes: dict[str, str]  # of folded names
    one: re.Pattern[str]  # finds a name or a code
    said: re.Pattern[str]  # finds those that amounts are said to be in


def sign_of_several(amount: str, lines: Iterable[Sequence[str]]) -> str:
    """The sign that a heading of amounts, or a line above it, has for one of several currencies."""
    signs = (found for found in "$¥" if found in amount)
    said = (SIGN.search(line) for line in map(line_of, lines) if _is_of_amounts(line))
    words = (found[1] if found[1] in "$¥" else "$" for found in said if found)
    return next(chain(signs, words), "")


def line_of(cells: Iterable[str]) -> str:
    """The text of a line. A label may have a cell of its own: "Report start", "3/1/2026"."""
    filled = [cell.strip()[:LONGEST] for cell in cells if cell.strip()]
    return (": " if len(filled) == 2 and ":" not in filled[0] else ", ").join(filled)


def currency_of(lines: Iterable[Sequence[str]], *, surely: bool = False) -> str:
    """The currency that these lines of cells name, if any. `surely`: as that of all amounts."""
    is_meant = _is_of_amounts if surely else _may_be_of_amounts
    lines = [cells for cells in lines if is_meant(line_of(cells))]
    for cells in lines:
        found = CURRENCY.search(" ".join(cell.strip()[:LONGEST] for cell in cells))
        if found and found[1].isupper() and found[1] in CURRENCIES:
            return found[1]
    codes = {code for line in map(line_of, lines) for code in _codes_in(line)}
    return codes.pop() if len(codes) == 1 else ""


def noted_currency(cells: Sequence[str]) -> str:
    """The currency that a note beside the rows names: a text alone in its row, or with a label."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    if len(filled) == 2 and fold(filled[0]).rstrip(": ") not in LABELS:
        return ""
    if not 0 < len(filled) < 3 or len(_named_anywhere(line_of(filled[-1:]))) > 1:
        return ""  # such as "All prices in USD per EUR"
    return currency_of([filled[-1:]], surely=True) or currency_of([filled], surely=True)


def is_of_other_figures(text: str) -> bool:
    """Whether a note, as far as to a word for money, is not of spending: "Budgets in USD"."""
    found = _words_of_last(text)
    return bool(found & (OTHER_FIGURES | BUDGETS)) and not found & SPENDING


def _is_of_amounts(line: str) -> bool:
    """Of all of them, and of no other figures: "All amounts in USD"."""
    text = _as_far_as_currency(line)
    if is_of_other_figures(text):
        return False
    return bool(_words_of_last(text) & (OF_AMOUNTS | SPENDING) or IN.match(_last(text)))


def _may_be_of_amounts(line: str) -> bool:
    """A title says the currency of its table, whatever it is called."""
    found = _words_of_last(_as_far_as_currency(line))
    return not found & OTHER_FIGURES or bool(found & (OF_AMOUNTS | SPENDING))


def _as_far_as_currency(line: str) -> str:
    """What is said behind it is of something else: "Amounts in USD, clicks of links"."""
    plain = _without_accents(line)
    said = _names_of_currencies().said.search(plain) or SIGN.search(plain)
    if found := CURRENCY.search(line) or said:
        return found.string[: found.end()]
    return line


def _last(text: str) -> str:
    return END_OF_SENTENCE.split(text)[-1]


def _words_of_last(text: str) -> frozenset[str]:
    """The words of its last sentence."""
    return frozenset(WORD.findall(fold(_last(text))))


def _codes_in(line: str) -> set[str]:
    """Of "Spend in USD" that one; of "in USD and euros" both."""
    return _named_anywhere(*_names_of_currencies().said.findall(_without_accents(line)))


def _named_anywhere(*texts: str) -> set[str]:
    codes, one, _ = _names_of_currencies()
    found = (name for text in texts for name in one.findall(_without_accents(text)))
    return {SIGNS.get(name) or codes.get(name.casefold(), name) for name in found} & COMMON


def _without_accents(text: str) -> str:
    """Nor hyphens; but with its capitals, which a code has."""
    letters = unicodedata.normalize("NFKD", text.replace("-", " "))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


@lru_cache(maxsize=1)
def _names_of_currencies() -> Names:
    codes = {
        fold(get_currency_name(code, count=count, locale=language)): code
        for code in sorted(COMMON)
        for language in LANGUAGES
        for count in (1, 2)
    }
    codes |= OTHER_NAMES
    longest_first = sorted(map(re.escape, codes), key=len, reverse=True)
    one = rf"(?:{ONE}|(?i:\b(?:{'|'.join(longest_first)})\b))"
    said = rf"\b(?:[Ii]n|IN|[Ee]n|[Ee]m) +{one}(?:\s*{AND}\s*{one})*"
    return Names(codes, re.compile(one), re.compile(said))
