"""How shares of leads are told: with six decimals, of which a table still adds up to its total."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from reports.attributing.shares import MILLION, Number, apportioned, rounded, told

if TYPE_CHECKING:
    from reports.tally import Tally

COUNTS = ("leads", "booked", "completed")
TOLD = (*COUNTS, "revenue")


def tell_rows(tallies: "Sequence[Tally]") -> None:
    """Named rows, then the row of what is unattributed, then the total of both."""
    *named, without, whole = tallies
    for name in TOLD:
        of = _parts_of_one(whole, name)
        of_named = rounded(sum(_exact(one, name) for one in named), of)
        total = rounded(_exact(whole, name), of)
        shares = apportioned([_exact(one, name) for one in named], of, of_named)
        for one, share in zip((*named, without), (*shares, total - of_named), strict=True):
            _tell(one, name, share)
        if total % MILLION:  # else it is told as the whole number that it is
            _tell(whole, name, total)


def tell_parts(tallies: "Sequence[Tally]", whole: "Tally", names: Sequence[str] = COUNTS) -> None:
    """The parts of one row, which add up to what that is told as."""
    for name in names:
        of = _parts_of_one(whole, name)
        total = int(whole.told[name].scaleb(6)) if name in whole.told else None
        shares = apportioned([_exact(one, name) for one in tallies], of, total)
        for one, share in zip(tallies, shares, strict=True):
            _tell(one, name, share)


def in_sum(parts: int, named: int, unattributed: int, excluded: int) -> dict[str, Number]:
    """The numbers of the proof, as they are told."""
    if parts == 1:
        counted = named + unattributed
        return {
            "named": named,
            "unattributed": unattributed,
            "counted": counted,
            "excluded": excluded,
            "received": counted + excluded,
        }
    of_named, of_counted = rounded(named, parts), rounded(named + unattributed, parts)
    of_excluded = rounded(excluded, parts)
    return {
        "named": _number(of_named),
        "unattributed": _number(of_counted - of_named),
        "counted": _number(of_counted),
        "excluded": _number(of_excluded),
        "received": _number(of_counted + of_excluded),
    }


def _number(millionths: int) -> Number:
    return told(millionths) if millionths % MILLION else millionths // MILLION


def _exact(tally: "Tally", name: str) -> int:
    return {
        "leads": tally.lead_parts,
        "booked": tally.booked_parts,
        "completed": tally.completed_parts,
        "revenue": tally.revenue_minor,
    }[name]


def _parts_of_one(tally: "Tally", name: str) -> int:
    """How many parts make one lead, or one whole unit of the currency."""
    units: int = 10**tally.terms.digits if name == "revenue" else 1
    return tally.terms.parts * units


def _tell(tally: "Tally", name: str, millionths: int) -> None:
    if name != "revenue" or tally.revenue_known:
        tally.tell(name, told(millionths))
