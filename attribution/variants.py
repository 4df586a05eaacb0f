"""Words that tell a campaign from its sister: months, days, seasons, regions, languages, audiences.

`retargeting_us` and `retargeting_uk` are two campaigns however near their spelling is. Names of
months, days, countries and languages come from CLDR, in the languages that names are written in.
"""

import re
import unicodedata
from functools import cache

from babel import Locale

WRITTEN_IN = ("en", "de", "fr", "es", "it", "pt", "nl", "pl")
# One class a line; words with a stroke between them mean the same.
CLASSES = (
    "spring/fruhling/fruehling/fruhjahr/primavera/printemps/lente/wiosna"
    " summer/sommer/verano/ete/estate/verao/zomer/lato"
    " autumn/fall/herbst/otono/automne/autunno/outono/herfst/jesien"
    " winter/invierno/hiver/inverno/zima",
    "easter/ostern christmas/xmas/weihnachten/noel/navidad halloween newyear",
    "hour/hourly day/daily week/weekly month/monthly quarter/quarterly year/yearly annual biannual",
    "today tomorrow yesterday morning noon evening night weekday weekend",
    "tiny small medium large huge mini midi maxi size short long xs s m l xl xxl",
    "male/m female/f/w man/mens men woman/womens women boy/boys girl/girls kid/kids teen/teens"
    " adult/adults senior/seniors junior/juniors unisex herren damen kinder",
    "mobile desktop tablet phone iphone ipad android ios windows macos web app",
    "test control variant variation original copy draft final old new prev next a b c d x y z",
    "brand branded nonbrand nonbranded generic competitor competitors prospecting prospects"
    " retargeting remarketing marketing targeting lookalike lookalikes broad phrase exact narrow"
    " interest interests internet cold warm hot custom similar acquisition activation retention",
    "search display video videos image images shopping carousel static dynamic story stories"
    " reel reels banner banners audio text social email paid organic free",
    "north northern south southern east eastern west western central"
    " nord sud est ouest ost norte sur este oeste emea apac amer latam dach",
    "one two three four five six seven eight nine ten eleven twelve",
    "first second third fourth fifth sixth seventh eighth ninth tenth last",
    "inbound outbound internal external indoor outdoor online offline import export inclusive"
    " exclusive national regional international local global upper lower higher buyer seller",
    "basic standard premium premier plus pro lite light elite starter",
)
# Words of offers that are one slip apart though both are spelt rightly.
RIGHT_WORDS = frozenset(
    word
    for line in (
        "shipping shopping hotel hostel motel table tablet bridge bride trial trail form from",
        "window widow banking baking biking cover clover dinner diner dessert desert planet plane",
        "course coarse angle angel winner dairy diary casual causal quiet quite",
    )
    for word in line.split()
)
# Letters that Unicode does not take apart into a letter and a mark.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})
_MARKS = re.compile(r"[\u0300-\u036f]")


def folded(text: str) -> str:
    """The text in small letters and without accents: `Jardín` and `jardin` are one."""
    text = text.casefold()
    if text.isascii():
        return text
    bare = _MARKS.sub("", unicodedata.normalize("NFD", text).translate(_PLAIN))
    return unicodedata.normalize("NFC", bare)


def meanings(word: str) -> frozenset[str]:
    """What a folded word stands for where it tells campaigns apart, else nothing."""
    return variant_words().get(word, frozenset())


@cache
def variant_words() -> dict[str, frozenset[str]]:
    """Each folded variant word with its meanings: `may` is a month, `de` a country and a language.

    The same month in two languages has one meaning.
    """
    found: dict[str, set[str]] = {}
    for line in CLASSES:
        for words in line.split():
            for word in words.split("/"):
                found.setdefault(word, set()).add(words)
    for name, meaning in _named_by_cldr():
        if " " not in (word := folded(name).strip(". ")):
            found.setdefault(word, set()).add(meaning)
    return {word: frozenset(meaning) for word, meaning in found.items()}


def _named_by_cldr() -> list[tuple[str, str]]:
    found = []
    for locale in map(Locale.parse, WRITTEN_IN):
        for width in ("wide", "abbreviated"):
            for kind, names in (("month", locale.months), ("day", locale.days)):
                for number, name in names["format"][width].items():
                    found.append((name, f"{kind} {number}"))
        for kind, named in (("region", locale.territories), ("language", locale.languages)):
            for code, name in named.items():
                if len(code) == 2:  # without continents (150) and rare languages (arn)
                    found += [(code, f"{kind} {code}"), (name, f"{kind} {code}")]
    return found
