"""Two reports of one question, before and after: totals side by side, and rows that change."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from django.utils.translation import gettext

from reports import formatting
from reports.answer import Report, Row
from reports.cards import judge
from reports.metrics import METRICS, Measure, Metric, Unit, Value, Values

WITH_SPEND = ("leads", "booked_rate", "spend", "cost_per_lead")
WITHOUT_SPEND = ("leads", "booked", "booked_rate", "completed_rate")
SHOWN = 30  # rows of each kind


@dataclass(frozen=True, slots=True)
class Figure:
    """One number before and after, in words; `verdict` is better, worse or neutral."""

    label: str
    before: str
    after: str
    verdict: str = "neutral"

    @property
    def changes(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Standing:
    """A row's rank, or what keeps it from being ranked."""

    rank: int | None
    mark: str

    @property
    def words(self) -> str:
        return str(self.rank) if self.rank else self.mark


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row whose figures, rank or mark change."""

    label: str
    figures: Callable[[], list[Figure]]  # asked of those that are shown: thousands may change
    before: Standing | None  # none: it is no row before, likewise after
    after: Standing | None

    @property
    def standing(self) -> Figure:
        nothing = gettext("not in the report")
        was = self.before.words if self.before else nothing
        becomes = self.after.words if self.after else nothing
        return Figure(gettext("Rank"), was, becomes)


@dataclass(slots=True)
class RowChanges:
    """Those whose own figures change, and those that only others pass."""

    own: list[RowChange] = field(default_factory=list)
    passed: list[RowChange] = field(default_factory=list)


def totals(before: Report, after: Report) -> list[Figure]:
    """The sums of the report, before and after."""
    currency = before.query.company.currency
    figures = [
        Figure(label, formatting.count(one), formatting.count(other))
        for label, one, other in (
            (gettext("Named leads"), before.proof.named, after.proof.named),
            (gettext("Unattributed"), before.proof.unattributed, after.proof.unattributed),
            (gettext("Leads counted"), before.proof.counted, after.proof.counted),
            (gettext("Excluded"), before.proof.excluded, after.proof.excluded),
        )
    ]
    names = ["booked", "completed", "revenue"]
    if before.shows_spend:
        names += ["spend", "cost_per_lead", "roas"]
        money = [
            (gettext("Spend matched"), before.proof.spend_matched, after.proof.spend_matched),
            (
                gettext("Spend not matched"),
                before.proof.spend_unmatched,
                after.proof.spend_unmatched,
            ),
        ]
        figures += [
            Figure(label, formatting.money(one, currency), formatting.money(other, currency))
            for label, one, other in money
        ]
    whole = before.total.values, after.total.values
    return figures + [_figure(METRICS[name], *whole, currency) for name in names]


def row_changes(before: Report, after: Report, sort: str) -> RowChanges:
    """Rows of either report that differ in the other; the most leads afterwards first."""
    old, new = _standings(before, sort), _standings(after, sort)
    names = WITH_SPEND if before.shows_spend else WITHOUT_SPEND
    currency = before.query.company.currency
    found = RowChanges()
    rows = {row.key: row for row in before.rows}
    for key, row in {**rows, **{row.key: row for row in after.rows}}.items():
        was = rows.get(key)
        is_new = key in new
        figures = partial(_figures, names, was, row if is_new else None, currency)
        change = RowChange(row.label, figures, old.get(key), new.get(key))
        if was is None or not is_new or _differ(was, row):
            found.own.append(change)
        elif change.before != change.after:
            found.passed.append(change)
    found.passed.sort(key=lambda one: (one.after.rank or 0) if one.after else 0)
    return found


def _standings(report: Report, sort: str) -> dict[str, Standing]:
    ranking = report.ranking(sort)
    found = {row.key: Standing(place, "") for place, row in enumerate(ranking.ranked, start=1)}
    for rows, mark in (
        (ranking.unranked, gettext("figure unknown")),
        (ranking.maturing, gettext("maturing")),
        (ranking.thin, gettext("too few leads")),
    ):
        found |= {row.key: Standing(None, mark) for row in rows}
    return found


def _differ(one: Row, other: Row) -> bool:
    measures = ("leads", "booked", "completed", "revenue", "spend")
    return one.label != other.label or any(
        one.values[name] != other.values[name] for name in measures
    )


def _figures(
    names: Sequence[str], before: Row | None, after: Row | None, currency: str
) -> list[Figure]:
    old = before.values if before else None
    new = after.values if after else None
    return [_figure(METRICS[name], old, new, currency) for name in names]


def _figure(metric: Metric, before: Values | None, after: Values | None, currency: str) -> Figure:
    old, new = _value(metric, before), _value(metric, after)
    # Leads more in one row are fewer in another: only rates and costs get better or worse.
    is_ratio = not isinstance(metric, Measure)
    verdict = judge(metric, new, old)[1] if is_ratio and None not in (old, new) else "neutral"
    write = formatting.writer(metric.unit, currency)
    return Figure(str(metric.label), write(old), write(new), verdict)


def _value(metric: Metric, values: Values | None) -> Value:
    if values is None:
        return 0 if metric.unit is Unit.COUNT else None
    return values[metric.name]
