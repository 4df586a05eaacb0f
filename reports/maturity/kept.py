"""The curves of a company, from the life tables that are kept."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Any

from attribution import scope
from attribution.models import Company
from reports.maturity.cancelling import Cancelling
from reports.maturity.curve import Curve
from reports.maturity.table import Waited
from reports.models import LagDay
from reports.rollup.condition import Condition
from reports.rollup.sql import compiled, fetch
from reports.sources import slots_to_book, whole_days

Outcome = LagDay.Outcome
LATEST = "latest"  # in the place of an outcome: how long the latest bookings took
RIPE = 0.99  # of those that ever have an outcome: older leads are taken to be over


@dataclass(frozen=True)
class Lags:
    """What is known of how long leads take, by channel; the empty channel is all leads."""

    latest: int  # days within which 80 % of the latest bookings came; 0 without any
    booked: Mapping[str, Curve]
    completed: Mapping[str, Curve]
    ages: tuple[Waited, ...]  # leads with a booking of any fate, and those with none left

    @property
    def are_known(self) -> bool:
        return self.booked[""].is_known

    @cached_property
    def cancelling(self) -> Cancelling:
        return Cancelling(self.ages, self.booked[""], self.completed[""])

    @property
    def shown(self) -> float:
        """Of leads that ever book, the share that is ever completed."""
        booked = self.booked[""].final
        return min(self.completed[""].final / booked, 1.0) if booked else 0.0

    @cached_property
    def ripe(self) -> int:
        """Days after which, whatever the channel, next to nothing comes."""
        curves = [*self.booked.values(), *self.completed.values()]
        return max([one.within(RIPE) for one in curves if one.is_known], default=-1)


def lags(company: Company) -> Lags:
    """In one query; without tables, curves that know nothing."""
    tables: dict[tuple[str, str], list[Waited]] = defaultdict(list)
    latest = 0
    for outcome, channel, *line in _rows(company):
        if outcome == LATEST:
            latest = whole_days(line[0])
        else:
            tables[outcome, channel].append(Waited(*line))
    return Lags(
        latest,
        _curves(tables, Outcome.BOOKED),
        _curves(tables, Outcome.COMPLETED),
        tuple(tables[Outcome.CANCELLED, ""]),
    )


def _rows(company: Company) -> list[tuple[Any, ...]]:
    """The life tables in their order, and how long the latest bookings took."""
    asked = _asked(company.pk, scope.current())
    return fetch(asked.sql, asked.params) if asked else []


@lru_cache(maxsize=1024)
def _asked(company_id: int, seen: scope.Scope) -> Condition | None:
    """Each report asks; None outside the scope, where there is nothing."""
    kept, params = compiled(
        LagDay.objects.filter(company=company_id)
        .order_by()
        .values_list("outcome", "channel", "days", "at_risk", "events")
    )
    latest = slots_to_book(company_id)
    if not kept or latest is None:
        return None
    return Condition(
        f"{kept} UNION ALL SELECT '{LATEST}', '', ({latest.sql}), 0, 0 ORDER BY 1, 2, 3",
        (*params, *latest.params),
    )


def _curves(tables: Mapping[tuple[str, str], list[Waited]], outcome: str) -> dict[str, Curve]:
    """Those of all leads, known or not, and those of channels that are known."""
    found = {"": Curve("", outcome, tuple(tables.get((outcome, ""), ())))}
    for (one, channel), table in tables.items():
        curve = Curve(channel, outcome, tuple(table))
        if one == outcome and channel and curve.is_known:
            found[channel] = curve
    return found


def young_since(known: Lags, today: date) -> date:
    """The first day whose leads are younger than 80 % of bookings take.

    While the curve is not known, the latest bookings tell how long they take.
    """
    p80 = known.booked[""].p80
    if p80 is not None:
        return today - timedelta(days=p80)
    return today - timedelta(days=known.latest - 1)
