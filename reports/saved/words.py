"""What a saved view shows, in words: period, rows, filters, columns and sort."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext

from attribution.days import day_range
from attribution.models import Company
from reports.attributing.words import model_words
from reports.basis import BASES
from reports.chips import chips
from reports.closing.covering import AS_CLOSED
from reports.dimensions import DIMENSIONS
from reports.filters import Address, ask
from reports.metrics import METRICS
from reports.periods import COMPARISONS, PERIODS
from reports.query import ReportQuery
from reports.saved.state import pairs_of


@dataclass(frozen=True)
class Shows:
    """What a view shows today."""

    facts: list[tuple[str, str]]  # what, and how it is
    ignored: list[str] = field(default_factory=list)  # what can no longer be understood


def shows(state: str, company: Company) -> Shows:
    wanted = QueryDict(state, mutable=True)
    as_closed = wanted.pop("as", []) == [AS_CLOSED]  # whether it is to be had, the report says
    asked = ask(wanted, company)
    given = Address(pairs_of(state))
    query = asked.query
    days = day_range(query.start, query.end)
    if asked.period != "custom":
        days = gettext("%(period)s: now %(days)s") % {"period": PERIODS[asked.period], "days": days}
    facts = [
        (gettext("Period"), days),
        (gettext("Compared with"), _compared(query)),
        (gettext("Rows"), _rows(query)),
    ]
    if query.basis != "received":
        facts.append((gettext("Date that counts"), str(BASES[query.basis])))
    if query.attribution.reads_touches:
        facts.append((gettext("Attribution"), model_words(query)))
    if as_closed:
        facts.append((gettext("Closed months"), gettext("as closed")))
    filters = "; ".join(f"{chip.name}: {chip.value}" for chip in chips(query, given))
    facts.append((gettext("Filters"), filters or gettext("none")))
    columns = [value for name, value in given.pairs if name == "cols"]
    shown = _labels(_METRICS, ",".join(columns)) if columns else gettext("the usual ones")
    facts.append((gettext("Columns"), shown))
    facts.append((gettext("Sorted by"), _sort(given.get("sort"), given.get("group"))))
    return Shows(facts, asked.ignored)


_METRICS = {name: metric.label for name, metric in METRICS.items()}


def _rows(query: ReportQuery) -> str:
    first, *others = (str(DIMENSIONS[name]) for name in query.levels)
    inner = ", ".join(others).lower()
    return (
        gettext("%(rows)s, then by %(inner)s") % {"rows": first, "inner": inner} if inner else first
    )


def _compared(query: ReportQuery) -> str:
    return day_range(*query.own_days) if query.own_days else str(COMPARISONS[query.compare])


def _labels(labels: Any, names: str) -> str:
    return ", ".join(_known(labels, names)) or names


def _known(labels: Any, names: str) -> Iterator[str]:
    for name in names.split(","):
        if name in labels:
            yield str(labels[name])


def _sort(sort: str, group: str) -> str:
    if not sort:
        return gettext("as usual")
    name = sort.removeprefix("-")
    label = _METRICS.get(name) or DIMENSIONS.get(group or "campaign") or name
    order = gettext("descending") if sort.startswith("-") else gettext("ascending")
    return f"{label}, {order}"
