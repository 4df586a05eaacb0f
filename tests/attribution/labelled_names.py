"""Labelled pairs for suggestions, made from names that people gave to campaigns and sources.

Nothing is drawn by lot: every letter of every name is mistyped once in each way.
"""

import csv
import re
from dataclasses import dataclass

from attribution.utm import tidy
from attribution.variants import folded
from tests.shared_data import data_folder

# Which columns hold names: folder, pattern of the files, separator, columns.
CAMPAIGNS = (
    ("ads-export-demo-eur", "*.csv", ",", ("campaign", "Campaign name")),
    ("attribution-playbook", "*.csv", ",", ("utm_campaign",)),
    ("channel-cases-ga4", "cases.csv", ",", ("campaign",)),
    ("ecommerce-utm-e2e", "*_ads.csv", ",", ("campaign_name",)),
    ("fivetran-ads", "tiktok_campaign_history_data.csv", ",", ("CAMPAIGN_NAME",)),
    ("fivetran-ads", "utm_urls.csv", ",", ("utm_campaign",)),
    ("spend-weekly-es", "*_raw.csv", ",", ("campaign_name",)),
    ("tracking-params", "campaign_parameters_by_system.csv", ",", ("campaign_name",)),
)
SOURCES = (
    ("channel-cases-ga4", "cases.csv", ",", ("source", "medium")),
    ("channel-cases-ga4", "ga4_source_categories.csv", ",", ("source",)),
    ("attribution-playbook", "sessions.csv", ",", ("utm_source", "utm_medium")),
    ("fivetran-ads", "utm_urls.csv", ",", ("utm_source", "utm_medium")),
)
# Endings that tell two campaigns apart.
VARIANTS = (
    ("_q3", "_q4"),
    ("_us", "_uk"),
    ("-2025", "-2026"),
    (" v1", " v2"),
    ("_a", "_b"),
    ("_june", "_july"),
    ("_march", "_may"),
    ("_monday", "_sunday"),
    ("-spring", "-summer"),
    ("_small", "_medium"),
    ("_ux", "_de"),
    ("_new", "_old"),
    ("_m", "_w"),
    ("_men", "_women"),
    (" test a", " test b"),
    ("_austria", "_australia"),
    ("_german", "_germany"),
    ("_brand", "_branded"),
    ("_2025-01", "_2025-10"),
    ("_50%", "_5%"),
    ("_en", "_es"),
    ("_jan", "_jun"),
    ("_1st", "_2nd"),
    ("_retargeting", "_remarketing"),
    ("_inclusive", "_exclusive"),
    ("us", "uk"),
    ("", "_2"),
    ("", "_de"),
    ("", "_new"),
)
AT_MOST = 80  # names of one company: longer lists are cut, in the order of the alphabet
KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


@dataclass(frozen=True)
class Pair:
    """A value, the names of its company, and the one that is meant; None where none is."""

    value: str
    names: tuple[str, ...]
    meant: str | None
    kind: str


def companies(columns) -> list[tuple[str, ...]]:
    """The tidy names of each file, those apart that differ in separators or accents alone."""
    found = []
    for folder, pattern, separator, wanted in columns:
        for file in sorted(data_folder(folder).glob(pattern)):
            with file.open(encoding="utf-8-sig", newline="") as lines:
                rows = list(csv.DictReader(lines, delimiter=separator))
            for column in wanted:
                names = {tidy(row.get(column) or "") for row in rows} - {""}
                by_letters = {_letters(name): name for name in sorted(names)}
                kept = sorted(by_letters.values())
                parts = [tuple(kept[i : i + AT_MOST]) for i in range(0, len(kept), AT_MOST)]
                found += [part for part in parts if len(part) > 1]
    return sorted(set(found))


def misspelt(name: str) -> list[tuple[str, str]]:
    """Every slip of one letter, with its kind; never of a digit, which makes another name."""
    slips = []
    for i, letter in enumerate(name):
        before, after = name[:i], name[i + 1 :]
        if letter.isalpha():
            slips.append(("drop", before + after))
            slips.append(("double", before + letter + letter + after))
            slips += [("neighbour key", before + key + after) for key in _beside(letter)]
            if after[:1].isalpha():
                slips.append(("swap", before + after[0] + letter + after[1:]))
        elif letter in "-_ ":
            slips += [("separator", before + mark + after) for mark in "-_ ." if mark != letter]
            slips.append(("separator", before + after))
    slips.append(("accent", folded(name)))
    return sorted({(kind, value) for kind, value in slips if value != name})


def positives(names: tuple[str, ...]) -> list[Pair]:
    """Each name of a company misspelt in each way, where that makes no other name of it."""
    known = {_letters(name) for name in names}
    return [
        Pair(value, names, name, kind)
        for name in names
        for kind, value in misspelt(name)
        if kind in ("separator", "accent") or _letters(value) not in known
    ]


def other_names(names: tuple[str, ...]) -> list[Pair]:
    """Each real name while its campaign is unknown: the nearest is another campaign."""
    return [
        Pair(name, tuple(other for other in names if other != name), None, "other name")
        for name in names
    ]


def other_variants(names: tuple[str, ...]) -> list[Pair]:
    """Each name with a variant while all are known by another one; and with other digits."""
    pairs = []
    for ours, theirs in VARIANTS:
        for a, b in ((ours, theirs), (theirs, ours)):
            known = tuple(name + b for name in names)
            letters = set(map(_letters, known))
            pairs += [
                Pair(name + a, known, None, "variant")
                for name in names
                if _letters(name + a) not in letters  # `shop.de` is also `shop` and `_de`
            ]
    for name in names:
        for digits in re.finditer(r"\d+", name):
            other = name[: digits.start()] + str(int(digits[0]) + 1) + name[digits.end() :]
            pairs.append(Pair(other, names, None, "variant"))
    return pairs


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, folded(name)))


def _beside(letter: str) -> list[str]:
    row = next((row for row in KEYBOARD if letter in row), "")
    place = row.find(letter)
    return [row[i] for i in (place - 1, place + 1) if row and 0 <= i < len(row)]
