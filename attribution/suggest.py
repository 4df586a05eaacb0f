"""Which name was meant: a suggestion for a tidy value that nobody knows, or why there is none.

Plain functions over texts: no database, and nothing is ever changed by a suggestion. It is offered
for a slip of typing or another way to write the same words; never across a number, a period,
a region or another variant, for there the two names are two campaigns.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from django.db import models
from django.utils.translation import gettext_lazy as _
from rapidfuzz import process
from rapidfuzz.distance import OSA

from attribution.spelling import SHORTEST, Words, are_variants, is_fixed, is_slip, words_of
from attribution.variants import meanings

NEAR = 85  # per cent that two names must be alike at least
TIE = 0.03  # nearer to each other than this, two candidates are equally good


class Likeness(models.TextChoices):
    """In what a suggested name differs from the value."""

    SAME = "same", _("The same name")
    WRITTEN = "written", _("The same words, with other separators, accents or order")
    SLIP = "slip", _("Differs by a slip of typing")


class Why(models.TextChoices):
    """Why no name is suggested."""

    TOO_SHORT = "too_short", _("Too short to compare")
    NOTHING_NEAR = "nothing_near", _("No name is near enough")
    TIE = "tie", _("Two names are equally near")
    NUMBER = "number", _("The nearest name differs in a number or sign")
    VARIANT = "variant", _("The nearest name differs in a period, region or other variant")
    SHORT_WORD = "short_word", _("The nearest name differs in a short word, which may be meant")
    MORE_WORDS = "more_words", _("The nearest name has a word more or less")
    WORD_IN_USE = "word_in_use", _("The nearest name differs in a word that another name holds")
    OTHER_WORD = "other_word", _("The nearest name differs by more than a slip of typing")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name that may be meant, tidy, and whose it is. One campaign may have several names."""

    text: str
    id: int | str


@dataclass(frozen=True, slots=True)
class Suggestion:
    candidate: Candidate
    percent: int
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class Refusal:
    """No suggestion. `nearest` are the names that it is about, if any."""

    why: Why
    nearest: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    candidate: Candidate
    words: Words


class Shelf:
    """Names in the order of their length, so that only those of a near length are compared."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = sorted(entries, key=_place)
        self.names = [entry.words.joined for entry in self.entries]
        self.lengths = [len(name) for name in self.names]

    def near(self, name: str, limit: int | None = None) -> list[tuple[float, Entry]]:
        """The names that are alike enough, best first."""
        first = bisect_left(self.lengths, len(name) * NEAR // 100)
        end = bisect_right(self.lengths, len(name) * 100 // NEAR)
        found = process.extract(
            name,
            self.names[first:end],
            scorer=OSA.normalized_similarity,
            score_cutoff=NEAR / 100,
            limit=limit,
        )
        return [(score, self.entries[first + index]) for __, score, index in found]


class Suggester:
    """Suggests one of the candidates of one company. Which comes first has no influence."""

    def __init__(self, candidates: Iterable[Candidate]) -> None:
        entries = [Entry(found, words_of(found.text)) for found in set(candidates)]
        entries.sort(key=_place)
        self._by_text: dict[str, list[Entry]] = {}
        self._by_letters: dict[str, list[Entry]] = {}
        self._by_parts: dict[tuple[tuple[str, ...], ...], list[Entry]] = {}
        self._owners: dict[str, set[int | str]] = {}
        shapes: dict[tuple[str | None, ...], list[Entry]] = {}
        for entry in entries:
            words = entry.words
            self._by_text.setdefault(entry.candidate.text, []).append(entry)
            self._by_letters.setdefault(words.joined, []).append(entry)
            self._by_parts.setdefault(words.in_any_order, []).append(entry)
            shapes.setdefault(words.shape, []).append(entry)
            for token in words.tokens:
                self._owners.setdefault(token, set()).add(entry.candidate.id)
        self._shapes = {shape: Shelf(alike) for shape, alike in shapes.items()}
        self._all = Shelf(entries)

    def suggest(self, value: str) -> Suggestion | Refusal:
        """The name that the tidy value was meant to be, or why none is suggested."""
        if same := self._by_text.get(value):
            return _one_of(same, Likeness.SAME)
        words = words_of(value)
        if len(words.joined) < SHORTEST:
            return Refusal(Why.TOO_SHORT)
        if written := self._written_otherwise(words):
            return _one_of(written, Likeness.WRITTEN)
        shelf = self._shapes.get(words.shape)
        near = shelf.near(words.joined) if shelf else []
        slips = [(score, entry) for score, entry in near if not self._why_not(words, entry)]
        return _best_of(slips) if slips else self._refusal(words)

    def _written_otherwise(self, words: Words) -> list[Entry]:
        """Names of the same letters, or of the same parts in another order."""
        letters = self._by_letters.get(words.joined, [])
        same = [entry for entry in letters if entry.words.numbers == words.numbers]
        return same + self._by_parts.get(words.in_any_order, [])

    def _refusal(self, words: Words) -> Refusal:
        for __, entry in self._all.near(words.joined, limit=1):
            why = self._why_not(words, entry) or Why.OTHER_WORD
            return Refusal(why, (entry.candidate,))
        return Refusal(Why.NOTHING_NEAR)

    def _why_not(self, words: Words, entry: Entry) -> Why | None:
        """Why a near name is another one; None where the two differ by slips of typing alone."""
        ours, theirs = words.tokens, entry.words.tokens
        if words.numbers != entry.words.numbers:
            return Why.NUMBER
        if len(ours) != len(theirs):
            fewer, more = sorted((set(ours), set(theirs)), key=len)
            only_more = fewer < more and any(map(meanings, more - fewer))
            return Why.VARIANT if only_more else Why.MORE_WORDS
        for our, their in zip(ours, theirs, strict=True):
            if our != their and (why := why_two_words(our, their)):
                return why
            if our != their and self._owners.get(our, set()) - {entry.candidate.id}:
                return Why.WORD_IN_USE
        return None


@lru_cache(maxsize=65_536)
def why_two_words(a: str, b: str) -> Why | None:
    """Why two different tokens are two words; None where one is a slip of the other."""
    if is_fixed(a) or is_fixed(b):
        return Why.VARIANT if meanings(a) or meanings(b) else Why.SHORT_WORD
    if are_variants(a, b):
        return Why.VARIANT
    return None if is_slip(a, b) else Why.OTHER_WORD


def _one_of(entries: Sequence[Entry], likeness: Likeness) -> Suggestion | Refusal:
    owners = {entry.candidate.id: entry.candidate for entry in reversed(entries)}
    if len(owners) > 1:
        return Refusal(Why.TIE, tuple(owners[key] for key in sorted(owners, key=str)))
    return Suggestion(entries[0].candidate, 100, likeness)


def _best_of(slips: Sequence[tuple[float, Entry]]) -> Suggestion | Refusal:
    best, entry = slips[0]
    owners = {e.candidate.id: e.candidate for score, e in reversed(slips) if score >= best - TIE}
    if len(owners) > 1:
        return Refusal(Why.TIE, tuple(owners[key] for key in sorted(owners, key=str)))
    return Suggestion(entry.candidate, int(best * 100), Likeness.SLIP)


def _place(entry: Entry) -> tuple[int, str, str, str]:
    words = entry.words
    return len(words.joined), words.joined, entry.candidate.text, str(entry.candidate.id)
