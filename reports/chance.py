"""What chance leaves open: the range within which a share, or a count, may lie."""

from decimal import Decimal
from math import sqrt

from reports.metric_kinds import Interval

# The 97.5 % quantile of the normal distribution: half of a two-sided 95 % interval.
Z_95 = Decimal("1.959963984540054")
Z = float(Z_95)


def wilson(hits: int | Decimal, total: int | Decimal) -> Interval:
    """The Wilson score interval at 95 % for `hits` of `total`, both ends between 0 and 1.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22 (1927), 209-212.
    Counts need not be whole: a model may give a row a part of a lead.
    Raises ValueError unless 0 <= hits <= total and total > 0.
    """
    if not 0 <= hits <= total or total == 0:
        raise ValueError(f"{hits} of {total} is no share.")
    n, share = Decimal(total), Decimal(hits) / total
    z2 = Z_95 * Z_95
    middle = share + z2 / (2 * n)
    spread = Z_95 * (share * (1 - share) / n + z2 / (4 * n * n)).sqrt()
    scale = 1 + z2 / n
    low = Decimal(0) if hits == 0 else (middle - spread) / scale
    high = Decimal(1) if hits == total else (middle + spread) / scale
    return low, high


def share_range(hits: float, total: float) -> tuple[float, float]:
    """The same as `wilson`, in floats: to put thousands of rows in order, and never shown."""
    share, z2 = hits / total, Z * Z
    middle = share + z2 / (2 * total)
    spread = Z * sqrt(share * (1 - share) / total + z2 / (4 * total * total))
    scale = 1 + z2 / total
    return (middle - spread) / scale, (middle + spread) / scale


def count_range(count: float) -> tuple[float, float]:
    """The score interval at 95 % of a count of independent events, which is at least 1.

    Source: J. Byrne, P. Kabaila, "Comparison of Poisson confidence intervals", Communications in
    Statistics 34 (2005), 545-556: the values that a score test would not reject.
    """
    middle, spread = count + Z * Z / 2, Z * sqrt(count + Z * Z / 4)
    return middle - spread, middle + spread
