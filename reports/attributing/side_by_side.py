"""One campaign under every model: all of them found in one reading of the leads and touches."""

# ruff: noqa: S608  (the parts of the SQL are our own; values are parameters)

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from babel.numbers import get_currency_precision

from attribution import scope
from reports.attributing.credit import BACKWARDS, DIRECT, IN_TIME, LEADS, paths, untouched
from reports.attributing.models import CAPTURED, MODELS, Model, share
from reports.attributing.shares import Number, apportioned, number, told
from reports.query import ReportQuery
from reports.rollup.condition import Condition, any_of
from reports.rollup.sql import fetch

MEASURES = ("leads", "booked", "completed", "revenue")
FLAGS = ("is_first", "is_last", "is_last_non_direct")


@dataclass(frozen=True, slots=True)
class ModelLine:
    """What one model gives a campaign; money in whole units."""

    model: Model
    leads: Number
    booked: Number
    completed: Number
    revenue: Decimal


@dataclass(frozen=True, slots=True)
class SideBySide:
    """The lines of the models, and how many leads each gives to all campaigns and none together."""

    lines: list[ModelLine]
    together: int


Sums = list[Fraction]


def side_by_side(query: ReportQuery, campaign_id: int) -> SideBySide:
    """The question's days and window; its model and filters play no part.

    Raises ArithmeticError should the models not add up to the same leads.
    """
    company = query.company
    scope.require(company.pk)
    here: dict[str, Sums] = {name: [Fraction()] * len(MEASURES) for name in MODELS}
    together: dict[str, Sums] = {name: [Fraction()] * len(MEASURES) for name in MODELS}
    for is_here, is_captured_here, of, *rest in _rows(query, campaign_id):
        flags, counts = dict(zip(FLAGS, rest[:3], strict=True)), rest[3:]
        for name in MODELS:
            if name == CAPTURED:
                part, at_place = Fraction(flags["is_last"]), is_captured_here
            else:
                part, at_place = _part(name, of, flags), is_here
            for sums in (together[name], *([here[name]] if at_place else [])):
                for nth, more in enumerate(counts):
                    sums[nth] += part * more
    if any(sums != together[CAPTURED] for sums in together.values()):
        raise ArithmeticError(f"The models of company {company.pk} do not add up: {together}")
    digits = get_currency_precision(company.currency)
    lines = [_line(model, here[name], digits) for name, model in MODELS.items()]
    return SideBySide(lines, int(together[CAPTURED][0]))


def _part(name: str, of: int, flags: dict[str, int]) -> Fraction:
    if MODELS[name].splits:
        return share(name, of, bool(flags["is_first"] or flags["is_last"]))
    return Fraction(flags[f"is_{name}"])


def _line(model: Model, sums: Sums, digits: int) -> ModelLine:
    *counts, revenue = sums
    money = revenue / 10**digits
    return ModelLine(
        model,
        _number(counts[0]),
        _number(counts[1]),
        _number(counts[2]),
        told(apportioned([money.numerator], money.denominator)[0]),
    )


def _number(one: Fraction) -> Number:
    return number(one.numerator, one.denominator)


def _rows(query: ReportQuery, campaign_id: int) -> list[tuple[Any, ...]]:
    """Leads that count, once for each touch of their window; those without one as they stand."""
    leads = Condition(
        'l.company_id = %s AND l."day" BETWEEN %s AND %s',
        (query.company.pk, str(query.start), str(query.end)),
    ) & any_of("l.kind", query.kinds)
    here = (campaign_id,)
    captured = "CASE WHEN l.campaign_id = %s THEN 1 ELSE 0 END"
    counts = (
        "1 AS leads, CASE WHEN l.booked THEN 1 ELSE 0 END AS booked,"
        " CASE WHEN l.completed THEN 1 ELSE 0 END AS completed, l.revenue_minor AS revenue"
    )
    orders = (IN_TIME, BACKWARDS, f"{DIRECT}, {BACKWARDS}")
    flags = (
        f"CASE WHEN ROW_NUMBER() OVER (PARTITION BY t.lead_id ORDER BY {order}) = 1"
        f" THEN 1 ELSE 0 END AS {flag}"
        for flag, order in zip(FLAGS, orders, strict=True)
    )
    touched = paths(
        query,
        leads,
        Condition(
            f"CASE WHEN r.campaign_id = %s THEN 1 ELSE 0 END AS here, {captured} AS captured,"
            f" COUNT(*) OVER (PARTITION BY t.lead_id) AS n, {', '.join(flags)}, {counts}",
            here * 2,
        ),
    )
    rest = untouched(query, Condition("1 = 1"))
    as_they_stand = ", ".join(f"1 AS {flag}" for flag in FLAGS)
    keys = ", ".join(("here", "captured", "n", *FLAGS))
    return fetch(
        f"SELECT {keys}, {', '.join(f'CAST(SUM({name}) AS bigint)' for name in MEASURES)} FROM ("
        f"{touched.sql} UNION ALL SELECT {captured}, {captured}, 1, {as_they_stand}, {counts}"
        f" FROM {LEADS} l WHERE {leads.sql} AND {rest.sql}) AS found GROUP BY {keys}",
        (*touched.params, *here * 2, *leads.params, *rest.params),
    )
