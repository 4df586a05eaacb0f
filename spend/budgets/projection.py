"""Where a budget will end if its last two weeks go on: a sum, and the range around it.

Each day to come is expected to cost what days like it did: the mean of its weekday where the last
14 days are known, so that quiet weekends stay quiet, else the mean of the days there are. The
range is the 95 % prediction interval for the sum of future days. With residual standard deviation
s, a group of like days of which n were seen and m are to come adds s²·(m + m²/n): the days' own
scatter, and how unsure their mean is. The quantile is Student's t.

Source: G. J. Hahn, W. Q. Meeker, "Statistical Intervals" (Wiley 1991), chapter 4, the interval for
the mean of m future observations from a normal distribution: x ± t·s·√(1/m + 1/n). Here times m,
for their sum, and for groups of days that share one variance. Days are taken to be independent; a
campaign that is switched on or off is not foreseen.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

LEAST_DAYS = 3
WINDOW = 14  # days: two of each weekday
# The 97.5 % quantiles of Student's t for 1 to 13 degrees of freedom.
T_95 = tuple(
    Decimal(thousandths).scaleb(-3)
    for thousandths in (
        *(12706, 4303, 3182, 2776, 2571, 2447, 2365),
        *(2306, 2262, 2228, 2201, 2179, 2160),
    )
)

Days = Sequence[tuple[date, int]]  # each day with its minor units, in order


@dataclass(frozen=True)
class Projection:
    """What will be spent by the end, in minor units, and the range that chance leaves."""

    minor: int
    low_minor: int
    high_minor: int
    by_weekday: bool  # else by the mean of all days that were seen


def project(over: Days, left: Sequence[date], spent: int, recorded: int) -> Projection | None:
    """The end, from the days that are over and the days left. None with fewer than 3 days over.

    Never less than what is recorded already, at either end of the range.
    """
    if len(over) < LEAST_DAYS:
        return None
    seen = over[-WINDOW:]
    by_weekday = len(seen) == WINDOW
    groups: dict[int, list[int]] = defaultdict(list)
    for day, minor in seen:
        groups[day.weekday() if by_weekday else 0].append(minor)
    to_come = Counter(day.weekday() if by_weekday else 0 for day in left)
    means = {group: Fraction(sum(amounts), len(amounts)) for group, amounts in groups.items()}
    squares = sum(
        (minor - means[group]) ** 2 for group, amounts in groups.items() for minor in amounts
    )
    freedom = len(seen) - len(groups)
    spread = (
        Fraction(squares)
        / freedom
        * sum(m + Fraction(m * m, len(groups[group])) for group, m in to_come.items())
    )
    middle = spent + sum(means[group] * m for group, m in to_come.items())
    half = T_95[freedom - 1] * _decimal(spread).sqrt()
    return Projection(
        minor=max(_whole(_decimal(middle)), recorded),
        low_minor=max(_whole(_decimal(middle) - half), recorded),
        high_minor=max(_whole(_decimal(middle) + half), recorded),
        by_weekday=by_weekday,
    )


def _decimal(number: Fraction | int) -> Decimal:
    return Decimal(number.numerator) / number.denominator


def _whole(number: Decimal) -> int:
    return int(number.to_integral_value(ROUND_HALF_UP))
