"""What chance leaves open: the range within which a share may lie."""

from decimal import Decimal

from reports.metric_kinds import Interval

# The 97.5 % quantile of the normal distribution: half of a two-sided 95 % interval.
Z_95 = Decimal("1.959963984540054")


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
