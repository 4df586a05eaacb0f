"""Compares the kept sums with the facts, bucket by bucket, in SQL of its own."""

from calendar import monthrange
from collections import defaultdict
from datetime import date
from unittest import mock

from django.db import connection

from attribution import scope
from attribution.models import Company
from reports import report as reports_report
from reports.facts import FactReader
from reports.query import ReportQuery
from reports.report import run_report
from reports.rollup.reader import RollupReader
from reports.serialize import as_json
from reports.series import daily_series, sparklines
from reports.snapshot import snapshot

KINDS = ("primary", "follow_up", "test", "bot", "blocked", "duplicate")
COUNTS = ("impressions", "clicks", "sends", "opens")
OUTCOMES = ("booked", "completed")

LEAD_FACTS = f"""
SELECT company_id, day, COALESCE(campaign_id, 0), unattributed_reason, source, medium,
       {", ".join(f"COUNT(CASE WHEN kind = '{kind}' THEN 1 END)" for kind in KINDS)},
       {", ".join(f"COUNT(CASE WHEN kind = 'primary' AND {o} THEN 1 END)" for o in OUTCOMES)},
       COALESCE(SUM(CASE WHEN kind = 'primary' THEN revenue_minor END), 0)
  FROM attribution_lead GROUP BY 1, 2, 3, 4, 5, 6"""
SPEND_FACTS = f"""
SELECT company_id, day, COALESCE(campaign_id, 0), utm_source, utm_medium, line, COUNT(*),
       COUNT(amount_minor), COALESCE(SUM(amount_minor), 0),
       {", ".join(f"COALESCE(SUM({name}), 0)" for name in COUNTS)},
       {", ".join(f"COUNT({name})" for name in COUNTS)}
  FROM spend_spendentry GROUP BY 1, 2, 3, 4, 5, 6"""
LEAD_SUMS = (
    "SELECT company_id, day, campaign_id, reason, source, medium,"
    ' "primary", follow_up, test, bot, blocked, duplicate, booked, completed, revenue_minor FROM'
)
SPEND_SUMS = (
    "SELECT company_id, day, campaign_id, source, medium, line, entries, priced, amount_minor,"
    f" {', '.join(COUNTS)}, {', '.join(f'told_{name}' for name in COUNTS)} FROM"
)
BOOKS = {
    "lead": (6, LEAD_FACTS, LEAD_SUMS, "rollup"),
    "spend": (6, SPEND_FACTS, SPEND_SUMS, "rollup_spend"),
}
MARKS = """
SELECT company_id, fact, day, campaign_id, SUM(received), SUM(counted), SUM(booked),
       SUM(completed), SUM(minor), COUNT(*) FROM rollup_mark GROUP BY 1, 2, 3, 4"""
LEDGER = """
SELECT company_id, day, received, counted, named, booked, completed, revenue_minor, entries,
       priced, spend_minor, matched_minor FROM rollup_ledger"""
WRONG_OUTCOMES = """
SELECT lead.company_id, lead.day, lead.id FROM attribution_lead AS lead
  LEFT JOIN (SELECT lead_id, MAX(CASE WHEN status <> 'cancelled' THEN 1 ELSE 0 END) AS booked,
                    MAX(CASE WHEN status = 'completed' THEN 1 ELSE 0 END) AS completed,
                    SUM(CASE WHEN status = 'completed' THEN COALESCE(value_minor, 0) ELSE 0 END)
                      AS revenue
               FROM attribution_booking GROUP BY lead_id) AS said ON said.lead_id = lead.id
 WHERE CASE WHEN lead.booked THEN 1 ELSE 0 END <> COALESCE(said.booked, 0)
    OR CASE WHEN lead.completed THEN 1 ELSE 0 END <> COALESCE(said.completed, 0)
    OR lead.revenue_minor <> COALESCE(said.revenue, 0)"""


def fetch(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params or None)
        return cursor.fetchall()


def mark_count():
    return fetch("SELECT COUNT(*) FROM rollup_mark")[0][0]


def bucket_count():
    """Days and campaigns that have sums of leads or of spend."""
    tables = [table for *_, table in BOOKS.values()]
    sql = "(SELECT DISTINCT company_id, day, campaign_id FROM {}_day) AS buckets"
    return sum(fetch(f"SELECT COUNT(*) FROM {sql.format(table)}")[0][0] for table in tables)


def facts():
    """What there is to be added up: by book, sums by key."""
    return {name: _by_key(sql, keys) for name, (keys, sql, *_) in BOOKS.items()}


def kept_differences():
    """Where the tables of sums, with their marks, are not what the facts are; as of one moment.

    One text each, beginning with the book that is wrong: lead, spend, month, year, ledger or
    outcome.
    """
    with snapshot():
        marks = fetch(MARKS)
        marked = {(fact, company, str(day), int(c)) for company, fact, day, c, *_ in marks}
        wanted = facts()
        found = []
        for name, (keys, _sql, sums, table) in BOOKS.items():
            days = _by_key(f"{sums} {table}_day", keys)
            for key in _unlike(wanted[name], days):
                if (name, *key[:3]) not in marked:
                    found.append(_text(name, key, days.get(key), wanted[name].get(key)))
            for period, stops in (("month", _stops_of_month), ("year", _stops_of_year)):
                totals = _by_key(f"{sums} {table}_{period}", keys)
                added_up = _so_far(days, stops)
                for key in _unlike(added_up, totals):
                    found.append(_text(f"{period} {name}", key, totals.get(key), added_up.get(key)))
        found += _ledger_differences(wanted, marks)
        found += [f"outcome: lead {lead}, {day}" for _company, day, lead in fetch(WRONG_OUTCOMES)]
        return found


def _by_key(sql, keys):
    return {(row[0], str(row[1]), *row[2:keys]): tuple(map(int, row[keys:])) for row in fetch(sql)}


def _unlike(one, other):
    return sorted(key for key in one.keys() | other.keys() if one.get(key) != other.get(key))


def _text(book, key, sums, facts):
    return f"{book}: {key}, sums {sums}, facts {facts}"


def _so_far(days, stops):
    """Each day's numbers, in all totals of its period that are kept until then or later."""
    totals = {}
    for (company, day, *key), numbers in days.items():
        for stop in stops(date.fromisoformat(day)):
            if str(stop) >= day:
                place = (company, str(stop), *key)
                so_far = totals.get(place, [0] * len(numbers))
                totals[place] = tuple(map(sum, zip(so_far, numbers, strict=True)))
    return totals


def _stops_of_month(day):
    last = monthrange(day.year, day.month)[1]
    return [day.replace(day=stop) for stop in (5, 10, 15, 20, 25, last)]


def _stops_of_year(day):
    return [date(day.year, *stop) for stop in ((3, 31), (6, 30), (9, 30), (12, 31))]


def _ledger_differences(sums, marks):
    ledger, wanted = defaultdict(lambda: [0] * 10), defaultdict(lambda: [0] * 10)
    for company, day, *numbers in fetch(LEDGER):
        _add(ledger[company, str(day)], numbers)
    for company, fact, day, campaign, *numbers in marks:
        _add(ledger[company, str(day)], _as_ledger(fact, campaign, *map(int, numbers[:5])))
    for (company, day, campaign, *_), numbers in sums["lead"].items():
        six = sum(numbers[:6]), numbers[0], *numbers[6:9]
        _add(wanted[company, day], _as_ledger("lead", campaign, *six))
    for (company, day, campaign, *_), numbers in sums["spend"].items():
        entries, priced, amount = numbers[:3]
        _add(wanted[company, day], _as_ledger("spend", campaign, entries, priced, 0, 0, amount))
    return [
        _text("ledger", key, ledger[key], wanted[key])
        for key in sorted(ledger.keys() | wanted.keys())
        if ledger[key] != wanted[key]
    ]


def _as_ledger(fact, campaign, received, counted, booked, completed, minor):
    if fact == "lead":
        return received, counted, counted if campaign else 0, booked, completed, minor, *[0] * 4
    return *[0] * 6, received, counted, minor, minor if campaign else 0


def _add(totals, numbers):
    for place, number in enumerate(numbers):
        totals[place] += int(number)


def report_differences(query):
    """Where the report from the sums is not the report from the facts, in one snapshot.

    A report that could not be read from the sums is a difference too.
    """
    with snapshot():
        kept = run_report(query)
        with mock.patch.object(reports_report, "RollupReader", FactReader):
            counted = run_report(query)
        if not isinstance(kept.reader, RollupReader):
            return [f"report: {_asked(query)}, not read from the sums"]
        pairs = {
            "report": [as_json(one) for one in (kept, counted)],
            "series": [daily_series(one) for one in (kept, counted)],
            "curves": [sparklines(one, [row.key for row in one.rows]) for one in (kept, counted)],
        }
    return [
        f"{name}: {_asked(query)}, {_first_difference(str(one), str(other))}"
        for name, (one, other) in pairs.items()
        if one != other
    ]


def _first_difference(one, other):
    pairs = enumerate(zip(one, other, strict=False))
    place = next((n for n, (left, right) in pairs if left != right), min(len(one), len(other)))
    part = slice(max(place - 60, 0), place + 20)
    return f"sums …{one[part]}…, facts …{other[part]}…"


def _asked(query):
    return f"{query.company.slug} {query.start} to {query.end} by {query.group_by}"


def question(rng, companies):
    """One of the questions that the sums can answer, of some days of the runs' data."""
    start, end = rng.choice(PERIODS)
    return ReportQuery(
        company=rng.choice(companies),
        start=start,
        end=end,
        group_by=rng.choice(("campaign", "source", "medium", "channel")),
        sources=rng.choice(((), (), ("google",))),
        compare=rng.choice(("none", "previous", "year")),
    )


PERIODS = [
    (date(2026, 1, 1), date(2026, 2, 28)),
    (date(2026, 1, 31), date(2026, 2, 1)),
    (date(2026, 2, 1), date(2026, 2, 28)),
    (date(2025, 12, 31), date(2026, 2, 1)),
]


def differences(dimensions=("campaign", "source")):
    """All of the above, for each company and these ways to split its report."""
    with scope.all_companies():
        found = kept_differences()
        for company in Company.objects.order_by("pk"):
            for dimension in dimensions:
                query = ReportQuery(
                    company=company,
                    start=date(2026, 1, 1),
                    end=date(2026, 4, 15),
                    group_by=dimension,
                )
                found += report_differences(query)
        return found
