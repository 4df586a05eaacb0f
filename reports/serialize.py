"""A report as plain values: the same for the command line, tests and whoever reads JSON.

Counts are numbers. Sums of money are text in whole units of the currency with its own digits,
ratios are text with six decimals, so that nothing is lost on the way; unknown is null. Under a
model that splits leads counts and revenue have six decimals, which still add up.
"""

import json
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision

from reports.answer import Report, Row
from reports.attributing.words import model_words
from reports.cautious import said
from reports.changes import sizes
from reports.dimensions import SAID
from reports.formatting import half_up
from reports.metrics import METRICS, Measure, Unit, Value, Values
from reports.periods import Days
from reports.ranking import DEFAULT_SORT, goes_by_time, parts_in_order, rank

RATIO_DIGITS = 6


def as_dict(report: Report, sort: str = DEFAULT_SORT) -> dict[str, Any]:
    """The whole report; ranked rows carry their rank under this sort."""
    query = report.query
    digits = get_currency_precision(query.company.currency)
    splits = query.attribution.splits
    proof = report.proof
    return {
        "company": query.company.slug,
        "currency": query.company.currency,
        "time_zone": query.company.timezone,
        "period": _days(query.period),
        "compared_with": {"how": query.compare, **_days(query.compared)}
        if query.compared
        else None,
        "date_basis": query.basis,
        "figures": "as closed" if query.as_closed else "as known today",
        "closed_months": {
            "months": report.closed.months,
            "restated": report.closed.restated,
            "leads": report.closed.leads,
            "spend": _text(Decimal(report.closed.spend_minor).scaleb(-digits), digits),
        }
        if report.closed
        else None,
        "model": query.model,
        "look_back_days": query.look_back if query.attribution.reads_touches else None,
        "attribution": model_words(query),
        "group_by": query.group_by,
        "then_by": list(query.then_by),
        "sort": sort,
        "ranked_by": str(said(sort)),
        "filters": {
            "campaign": list(query.campaigns),
            "channel": list(query.channels),
            "source": list(query.sources),
            "medium": list(query.mediums),
            **{name: list(values) for name, values in query.of_leads.items()},
            "landing": query.landing,
            "status": list(query.statuses),
            "tag": list(query.tags),
            **{name: list(query.said.get(name, ())) for name in SAID},
            "line": list(query.lines),
            "q": query.search,
        },
        "kinds": list(query.kinds),
        "thin_below": report.thin_below,
        "rows": _ranked(report.rows, sort, digits, splits),
        "unattributed": _row(report.unattributed, digits, splits)
        | _inner(report.unattributed, sort, digits, splits)
        | {
            "reasons": [
                {
                    "reason": reason.code,
                    "label": reason.label,
                    "leads": plain(reason.leads),
                    "booked": plain(reason.booked),
                    "completed": plain(reason.completed),
                }
                for reason in report.reasons
            ]
        },
        "excluded": {
            "leads": sum(kind.leads for kind in report.excluded),
            "kinds": {kind.kind: kind.leads for kind in report.excluded},
        },
        "unmatched_spend": {
            "spend": _text(report.unmatched_spend.values["spend"], digits),
            "names": [
                {
                    "name": name.name,
                    "spend": None
                    if name.amount_minor is None
                    else _text(Decimal(name.amount_minor).scaleb(-digits), digits),
                    "entries": name.entries,
                }
                for name in report.unmatched_names
            ],
        },
        "total": _row(report.total, digits, splits) | {"maturity": _maturity(report.total)},
        "outside_filters": plain(report.outside),
        "proof": {
            "named": plain(proof.named),
            "unattributed": plain(proof.unattributed),
            "counted": plain(proof.counted),
            "excluded": plain(proof.excluded),
            "received": plain(proof.received),
            "revenue": _text(proof.revenue, digits),
            "spend_matched": _text(proof.spend_matched, digits) if proof.spend_known else None,
            "spend_unmatched": _text(proof.spend_unmatched, digits) if proof.spend_known else None,
            "spend": _text(proof.spend_total, digits) if proof.spend_known else None,
            "holds": proof.holds,
            "leads_text": proof.lead_text,
            "spend_text": proof.spend_text,
            "not_converted": [
                {
                    "fact": one.fact,
                    "currency": one.currency,
                    "facts": one.facts,
                    "amount": f"{one.amount:f}",
                }
                for one in proof.unconverted
            ],
        },
        "notes": report.all_notes,
    }


def _ranked(rows: list[Row], sort: str, digits: int, splits: bool) -> list[dict[str, Any]]:
    """Rows in their order, each with its rank and with what it is split into."""
    return _told(rank(rows, sort).grouped(), sort, digits, splits)


def _told(
    rows: list[tuple[str, Row]], sort: str, digits: int, splits: bool, *, ranks_them: bool = True
) -> list[dict[str, Any]]:
    ranked = [row.key for group, row in rows if ranks_them and group == "ranked"]
    ranks = {key: place for place, key in enumerate(ranked, start=1)}
    return [
        _row(row, digits, splits)
        | {
            "rank": ranks.get(row.key),
            "ranked": row.key in ranks,
            "thin": row.thin,
            "maturing": row.maturing,
            "maturity": _maturity(row),
        }
        | _inner(row, sort, digits, splits)
        for _group, row in rows
    ]


def _inner(row: Row, sort: str, digits: int, splits: bool) -> dict[str, Any]:
    """What a row is split into, in a report of several levels."""
    if not row.children:
        return {}
    below = row.sort_below(sort)
    in_order = parts_in_order(row.children, below)
    by_time = goes_by_time(row.children, below)  # which ranks nothing
    return {
        "split_by": row.children[0].dimension,
        "sort": below,
        "rows": _told(in_order, below, digits, splits, ranks_them=not by_time),
    }


def as_json(report: Report, sort: str = DEFAULT_SORT) -> str:
    """The report as JSON text: the same bytes on every engine."""
    return json.dumps(as_dict(report, sort), ensure_ascii=False, indent=2)


def plain(value: Value) -> int | float | None:
    """A count as a number of JSON: a part of a lead has six decimals."""
    return float(value) if isinstance(value, Decimal) else value


def _row(row: Row, digits: int, splits: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"key": row.campaign.key if row.campaign else row.key}
    found["label"] = row.label
    found |= _values(row.values, digits, splits)
    if row.previous is not None:
        found["previous"] = _values(row.previous, digits, splits)
        if row.previous_at_age is not None:
            found["previous_at_same_age"] = _values(row.previous_at_age, digits, splits)
        found["change"] = {name: _text(size, RATIO_DIGITS) for name, size in sizes(row).items()}
    found["intervals"] = {
        name: [_text(low, RATIO_DIGITS), _text(high, RATIO_DIGITS)]
        for name, (low, high) in row.intervals.items()
    }
    if row.campaign is not None:
        found |= {
            "channel": row.campaign.channel,
            "status": row.campaign.status,
            "discovered": row.campaign.discovered,
        }
    return found


def _values(values: Values, digits: int, splits: bool) -> dict[str, Any]:
    found = {
        name: plain(value) if METRICS[name].unit is Unit.COUNT else _metric(name, value, digits)
        for name, value in values.items()
    }
    if splits:  # parts of the revenue of a lead
        found["revenue"] = _text(values["revenue"], RATIO_DIGITS)
    return found


def _days(days: Days) -> dict[str, str]:
    return {"from": days.start.isoformat(), "to": days.end.isoformat()}


def _maturity(row: Row) -> dict[str, Any] | None:
    """The final rates that a row that matures may come to, each with the ends of its range."""
    if not row.expected:
        return None
    return {
        name: {
            "so_far": _text(row.values[name], RATIO_DIGITS),
            "expected": _text(one.rate, RATIO_DIGITS),
            "range": [_text(one.low, RATIO_DIGITS), _text(one.high, RATIO_DIGITS)],
        }
        for name, one in row.expected.items()
    }


def _metric(name: str, value: Value, digits: int) -> str | None:
    is_sum = isinstance(METRICS[name], Measure)
    return _text(value, digits if is_sum else RATIO_DIGITS)


def _text(value: Value, digits: int) -> str | None:
    return None if value is None else f"{half_up(value, digits):f}"
