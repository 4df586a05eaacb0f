"""The final rate that a row of young leads may come to, with the range that chance leaves it.

Leads of a row are taken to be alike: each has the outcome in the end with one unknown chance, and
those that have it wait as long as the curve says. That is a cure model (J. W. Boag, "Maximum
likelihood estimates of the proportion of patients cured by cancer therapy", Journal of the Royal
Statistical Society B 11 (1949), 15-53), and its chance is weighed against what is usual in the
company as claims are in R. L. Bornhuetter and R. E. Ferguson, "The actuary and IBNR", Proceedings
of the Casualty Actuarial Society 59 (1972), 181-195.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt
from typing import NamedTuple

from reports.chance import wilson
from reports.formatting import half_up
from reports.maturity.cancelling import Cancelling
from reports.maturity.curve import Curve
from reports.maturity.kept import Lags

# How many old leads the company's usual rate weighs as much as: campaigns differ from each other
# about as shares do that are drawn from so few.
USUAL_WEIGHS = 8
TOTAL_WEIGHS = 60  # the same of the total, which is more like itself
PACE = 0.05  # by how much the share that has come by some day may have moved since, one sigma
DIGITS = 6
BOOKED, COMPLETED = "booked_rate", "completed_rate"


class Cell(NamedTuple):
    """Leads of one row that are of the same age, and fall under the same curve."""

    channel: str
    age: int  # days since they were received; today is 0
    leads: int
    booked: int
    completed: int


@dataclass(frozen=True, slots=True)
class Expected:
    """A final rate and the ends of its range: a future figure lies in it 19 times of 20."""

    rate: Decimal
    low: Decimal
    high: Decimal


class Part(NamedTuple):
    """Leads of one age: how many, of them those with the outcome, and what the curve says."""

    leads: int
    had: int
    share: float  # of those that ever have it, the share that has it by now
    spread: float  # its standard error
    usual: float  # the share of leads that ever have it
    stays: float  # the chance that one with the outcome keeps it


def expected(
    leads: int, had: int, parts: Sequence[Part], weighs: float, usual: float | None = None
) -> Expected | None:
    """For a row of so many leads, of which so many have the outcome; its young leads in parts.

    `usual` is the rate that leads like these are known to have (else that of the curves), and
    `weighs` as much as so many old leads. None without young leads, and where the curves tell of no
    outcome at all.
    """
    young = sum(part.leads for part in parts)
    if not leads or not young or not any(part.usual for part in parts):
        return None
    old_had = had - sum(part.had for part in parts)
    if usual is None:
        usual = sum(part.leads * part.usual for part in parts) / young
    # A lead of which a part of the waiting is over says that part about the row's own chance.
    told = told_by(leads, parts)
    kept = old_had + sum(part.had * part.stays for part in parts)
    ends = (usual * weighs + kept) / (weighs + told)
    ends = min(max(ends, usual / 100), 1.0)
    certainty = ends * (1 - ends) / (weighs + told + 1)
    come, lean, pace, chance = 0.0, 0.0, 0.0, 0.0
    for part in parts:
        missing = part.leads - part.had
        now = min(ends * part.share / part.stays, 1.0)  # has it today; some will lose it
        # Without it today, and having it in the end: those that wait, of those without.
        still = min(ends * (1 - part.share) / (1 - now), 1.0) if now < 1 else 0.0
        come += missing * still
        lean += missing * (1 - part.share) / max(1 - now, 0.05)
        chance += missing * still * (1 - still) + part.had * part.stays * (1 - part.stays)
        pace += part.leads * sqrt(part.spread**2 + (PACE * 4 * part.share * (1 - part.share)) ** 2)
    middle = min(max((kept + come) / leads, 0.0), 1.0)
    spread = chance + lean**2 * certainty + (ends * pace * leads / (told + weighs)) ** 2
    return _ranged(middle, spread / leads**2, leads, had, all_stay(parts))


def all_stay(parts: Iterable[Part]) -> bool:
    """Whether nothing that is booked can be cancelled any more."""
    return all(part.stays == 1 for part in parts)


def _ranged(middle: float, spread: float, leads: int, had: int, stays: bool) -> Expected:
    """The range of a share with this variance: Wilson's, of as many leads as would give it.

    What comes is a whole number of leads, so half a lead is added at both ends.
    """
    share = Decimal(repr(round(min(max(middle, 0.0005), 0.9995), 9)))
    if spread <= 0:
        low = high = share
    else:
        like = share * (1 - share) / Decimal(repr(round(spread, 15) or 1e-15))
        low, high = wilson(share * like, like)
        half = Decimal("0.5") / leads
        low, high = max(low - half, Decimal(0)), min(high + half, Decimal(1))
    if stays:
        so_far = Decimal(had) / leads
        low, high, share = max(low, so_far), max(high, so_far), max(share, so_far)
    return Expected(*(half_up(one, DIGITS) for one in (share, low, high)))


def both(
    leads: int,
    booked: int,
    completed: int,
    cells: Sequence[Cell],
    lags: Lags,
    weighs: float = USUAL_WEIGHS,
) -> dict[str, Expected]:
    """The final rates of a row by name, as far as the curves are known.

    Of leads that book, as many are completed as is usual: so the row's bookings say what its
    completed rate may be, long before the first of them is completed.
    """
    parts = [
        _part(cell.leads, cell.booked, cell.age, lags.booked, cell.channel, lags.cancelling)
        for cell in cells
    ]
    of_booked = expected(leads, booked, parts, weighs)
    if of_booked is None:
        return {}
    found = {BOOKED: of_booked}
    if lags.completed[""].is_known:
        usual = float(of_booked.rate) * lags.shown
        weighs = (weighs + told_by(leads, parts)) / 2  # rows differ in who comes, too
        parts = [
            _part(cell.leads, cell.completed, cell.age, lags.completed, cell.channel)
            for cell in cells
        ]
        of_completed = expected(leads, completed, parts, weighs, usual)
        if of_completed is not None:
            found[COMPLETED] = of_completed
    return found


def told_by(leads: int, parts: Sequence[Part]) -> float:
    """As how many old leads these count: one of which half of the waiting is over, as a half."""
    return leads - sum(part.leads * (1 - part.share) for part in parts)


def _part(
    leads: int,
    had: int,
    age: int,
    curves: Mapping[str, Curve],
    channel: str,
    cancelling: Cancelling | None = None,
) -> Part:
    """Today is half over: of its waiting, half counts."""
    curve = curves.get(channel, curves[""])
    share = (curve.share(age - 1) + curve.share(age)) / 2
    spread = (curve.spread(age - 1) + curve.spread(age)) / 2
    stays = cancelling.stays(age) if cancelling else 1.0
    return Part(leads, had, share, spread, curve.final, stays)
