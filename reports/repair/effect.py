"""What came of a repair, as it was counted when it was made: ready for a page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from attribution.money import shown


@dataclass(frozen=True, slots=True)
class Moved:
    """Leads that went from one place to another."""

    was: str
    becomes: str
    leads: int
    booked: int


@dataclass(frozen=True, slots=True)
class Effect:
    leads: int
    booked: int
    completed: int
    revenue: str
    spend: str  # empty where none moved
    flows: list[Moved]
    more_flows: int


def effect_of(found: Mapping[str, Any], currency: str) -> Effect:
    """The stored numbers; what is missing is nought."""

    def money(name: str) -> str:
        return shown(found.get(name) or 0, currency)

    return Effect(
        leads=found.get("leads", 0),
        booked=found.get("booked", 0),
        completed=found.get("completed", 0),
        revenue=money("revenue_minor"),
        spend=money("spend_minor") if found.get("spend_minor") else "",
        flows=[
            Moved(one["from"], one["to"], one["leads"], one["booked"])
            for one in found.get("flows", ())
        ],
        more_flows=found.get("more_flows", 0),
    )
