"""Whether two shares differ by more than chance, and which pairs of several do."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from math import erfc, exp, lgamma, sqrt
from typing import NamedTuple

LEVEL = 0.05  # how often chance alone may make us say something of a whole comparison
FEWEST_EXPECTED = 5  # in each of the four cells, for the normal distribution to hold


class Share(NamedTuple):
    """So many of so many."""

    hits: int
    total: int


class Pair(NamedTuple):
    """The places of two shares, the higher one first, and how likely chance alone is."""

    higher: int
    lower: int
    chance: float  # the p-value, as it is after the others were looked at as well
    differs: bool


def pairs(shares: Sequence[Share | None]) -> list[Pair]:
    """Every two known shares, in their order.

    Who looks at six pairs finds a difference by luck more often than who looks at one, so the
    p-values are raised by the method of Holm. Source: S. Holm, "A simple sequentially rejective
    multiple test procedure", Scandinavian Journal of Statistics 6 (1979), 65-70.
    """
    known = [
        (first, second, by_chance(one, other))
        for (first, one), (second, other) in combinations(enumerate(shares), 2)
        if one is not None and other is not None and one.total and other.total
    ]
    raised: dict[tuple[int, int], float] = {}
    least = 0.0
    for place, (first, second, p) in enumerate(sorted(known, key=lambda pair: pair[2])):
        least = max(least, min(1.0, p * (len(known) - place)))
        raised[first, second] = least
    found = []
    for first, second, _ in known:
        p = raised[first, second]
        higher, lower = sorted((first, second), key=lambda place: -_rate(shares[place]))
        found.append(Pair(higher, lower, p, p < LEVEL))
    return found


def _rate(share: Share | None) -> Fraction:
    return Fraction(share.hits, share.total) if share else Fraction(0)


def by_chance(one: Share, other: Share) -> float:
    """How often shares of one and the same population lie at least this far apart.

    The two-proportion z test with pooled variance; Fisher's exact test where fewer than five are
    expected in a cell. Source: A. Agresti, "Categorical Data Analysis", 2nd edition (2002),
    sections 3.1 and 3.5. Raises ValueError when one of them is of nothing.
    """
    if not one.total or not other.total:
        raise ValueError("A share of nothing cannot be compared.")
    hits, total = one.hits + other.hits, one.total + other.total
    smallest = min(one.total, other.total) * min(hits, total - hits) / total
    if smallest < FEWEST_EXPECTED:
        return fisher(one, other)
    pooled = hits / total
    spread = sqrt(pooled * (1 - pooled) * (1 / one.total + 1 / other.total))
    distance = abs(one.hits / one.total - other.hits / other.total) / spread
    return erfc(distance / sqrt(2))


def fisher(one: Share, other: Share) -> float:
    """Fisher's exact test, two-sided: all tables that are no likelier than this one."""
    hits, total = one.hits + other.hits, one.total + other.total
    first, last = max(0, hits - other.total), min(hits, one.total)
    whole = _ways(total, hits)
    chances = [
        exp(_ways(one.total, n) + _ways(other.total, hits - n) - whole)
        for n in range(first, last + 1)
    ]
    mine = chances[one.hits - first] * (1 + 1e-9)  # rounding must not split what is equal
    return min(1.0, sum(chance for chance in chances if chance <= mine))


def _ways(n: int, k: int) -> float:
    """The logarithm of "n choose k"."""
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
