"""How names are spelt: taken apart into words, and whether one word is a slip of another.

Plain functions over texts.
"""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from rapidfuzz import process
from rapidfuzz.distance import OSA

from attribution.variants import RIGHT_WORDS, folded, meanings, variant_words

SHORTEST = 4  # letters of a word, or of a name, that is long enough for a slip to be seen
LONG = 10  # letters of a word from which on two slips are believed
STEADY = 6  # letters of a word from which on one letter may stand for another


@dataclass(frozen=True, slots=True)
class Words:
    """A name taken apart: `Spring-Sale_Q3` has the parts spring, sale, q3; q and 3 are tokens."""

    tokens: tuple[str, ...]
    parts: tuple[str, ...]
    numbers: tuple[str, ...]  # and signs
    joined: str

    @property
    def shape(self) -> tuple[str | None, ...]:
        """The tokens that must be equal; None where a slip may be."""
        return tuple(token if is_fixed(token) else None for token in self.tokens)

    @property
    def in_any_order(self) -> tuple[tuple[str, ...], ...]:
        """The parts sorted; then those whose order has a meaning: `3 for 2`, from `us` to `uk`."""
        fixed = [part for part in self.parts if is_fixed(part)]
        return (
            tuple(sorted(self.parts)),
            tuple(part for part in fixed if part.isdigit()),
            tuple(part for part in fixed if not part.isdigit()),
        )


def words_of(text: str) -> Words:
    """Takes a name apart: at separators, and where letters and digits meet."""
    text = folded(text)
    tokens = tuple("".join(run) for kind, run in groupby(text, _kind) if kind)
    parts = tuple("".join(run) for kind, run in groupby(text, lambda c: _kind(c) != "") if kind)
    numbers = tuple(token for token in tokens if _kind(token[0]) != "letter")
    return Words(tokens, parts, numbers, "".join(tokens))


def is_slip(a: str, b: str) -> bool:
    """Whether two words are so alike that one is the other, typed badly.

    The first letter of a word is seldom mistyped, and another one makes `price` of `rice`.
    """
    shorter = min(len(a), len(b))
    other_start = a[0] != b[0] and a[:2] != b[1::-1]
    if (other_start and shorter < LONG) or {a, b} <= RIGHT_WORDS:
        return False
    return slips_apart(a, b, 2 if shorter >= LONG else 1, steady=shorter >= STEADY)


def slips_apart(a: str, b: str, most: int, *, steady: bool) -> bool:
    """Whether `most` slips make one word of the other: a letter too many, lost, swapped, mistyped.

    A mistyped letter is one of a neighbouring key, or a wrong vowel; in a short word it is none,
    for `shop` and `ship` are both words.
    """
    while a and b and a[0] == b[0]:
        a, b = a[1:], b[1:]
    if not a and not b:
        return True
    if not most:
        return False
    return (
        slips_apart(a[1:], b, most - 1, steady=steady)
        or slips_apart(a, b[1:], most - 1, steady=steady)
        or (a[:2] == b[1::-1] and slips_apart(a[2:], b[2:], most - 1, steady=steady))
        or (
            steady
            and a[:1] + b[:1] in MISTYPED
            and slips_apart(a[1:], b[1:], most - 1, steady=steady)
        )
    )


def are_variants(a: str, b: str) -> bool:
    """Whether two words stand for two periods, regions …, or end or begin with such."""
    ours, theirs = meanings(a), meanings(b)
    if ours and theirs:
        return True
    if ours or theirs:
        return _is_between_variants(*((a, b) if theirs else (b, a)))
    return _differ_in_a_variant(a, b) or _differ_in_a_variant(a[::-1], b[::-1], turned=True)


def _is_between_variants(word: str, variant: str) -> bool:
    """Whether the word is as near to a variant of another meaning: `juny` is June or July."""
    distance = OSA.distance(word, variant)
    near = process.extract(
        word, variant_words().keys(), scorer=OSA.distance, score_cutoff=distance, limit=None
    )
    return any(not meanings(other) & meanings(variant) for other, __, __ in near)


def _differ_in_a_variant(a: str, b: str, *, turned: bool = False) -> bool:
    """Whether both are one word with a variant at its end: `retargetingus`, `retargetinguk`.

    A lost ending (`retargeting`) counts as well; two letters that changed places do not.
    """
    step = -1 if turned else 1
    for start in range(SHORTEST - 1, min(len(a), len(b)) + 1):
        if a[:start] != b[:start]:
            break
        ours, theirs = a[start:][::step], b[start:][::step]
        known = [bool(meanings(end)) and len(end) > 1 for end in (ours, theirs)]
        if any(known) and not (ours and theirs):
            return True
        # Two letters are a code, and codes differ from codes: `tr` and `ter` are no such pair.
        alike = len(ours) == len(theirs) or min(len(ours), len(theirs)) > 2
        if all(known) and alike and sorted(ours) != sorted(theirs):
            return True
    return False


@lru_cache(maxsize=65_536)
def is_fixed(token: str) -> bool:
    """Whether a token must be equal: short, a number or sign, or of a script without small letters.

    In those scripts (Chinese, Arabic …) one letter is often the whole difference between words.
    """
    return len(token) < SHORTEST or not all(map(str.islower, token))


@lru_cache(maxsize=4096)
def _kind(character: str) -> str:
    """`letter`, `number`, `sign` (emoji, currencies) or nothing for a separator."""
    category = unicodedata.category(character)
    if category in ("So", "Sc"):
        return "sign"
    return {"L": "letter", "M": "letter", "N": "number"}.get(category[0], "")


def _mistyped() -> frozenset[str]:
    """Pairs of letters that are mistaken for each other: neighbouring keys, and vowels."""
    layouts = (
        ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
        ("qwertzuiop", "asdfghjkl", "yxcvbnm"),
        ("azertyuiop", "qsdfghjklm", "wxcvbn"),
    )
    pairs = {a + b for a in "aeiouy" for b in "aeiouy"}
    for rows in layouts:
        for row, below in zip(rows, (*rows[1:], ""), strict=True):
            for i, key in enumerate(row):
                around = row[i + 1 : i + 2] + below[max(0, i - 1) : i + 1]
                pairs |= {key + other for other in around}
    return frozenset(pairs | {pair[::-1] for pair in pairs})


MISTYPED = _mistyped()
