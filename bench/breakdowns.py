"""Measures reports by other things than campaigns, nested ones, and those by another date.

    python -m bench.breakdowns                      100,000 leads, on PostgreSQL
    python -m bench.breakdowns --leads 1000000

One company with 2,000 campaigns; 91 days with the 91 before, and all two years.
"""

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.clock import cost, one_process
from bench.one_company import main

PAGE = "/admin/reports/overview/"
# What is asked, and whether the sums that are kept can tell.
QUESTIONS: tuple[tuple[str, dict[str, Any], bool], ...] = (
    ("campaign", {}, True),
    ("source", {"group": "source"}, True),
    ("month", {"group": "month"}, True),
    ("weekday", {"group": "weekday"}, True),
    ("source, medium, campaign", {"group": "source", "then": ["medium", "campaign"]}, True),
    ("campaign, weekday", {"group": "campaign", "then": ["weekday"]}, True),
    ("weekday, campaign", {"group": "weekday", "then": ["campaign"]}, True),
    ("month, campaign", {"group": "month", "then": ["campaign"]}, True),
    ("month, campaign, weekday", {"group": "month", "then": ["campaign", "weekday"]}, True),
    ("month, weekday, campaign", {"group": "month", "then": ["weekday", "campaign"]}, True),
    ("weekday, month, campaign", {"group": "weekday", "then": ["month", "campaign"]}, True),
    ("campaign, weekday, month", {"then": ["weekday", "month"]}, True),
    ("channel, weekday", {"group": "channel", "then": ["weekday"]}, True),
    ("channel, weekday, campaign", {"group": "channel", "then": ["weekday", "campaign"]}, True),
    ("country", {"group": "country"}, False),
    ("landing page", {"group": "page"}, False),
    ("hour", {"group": "hour"}, False),
    ("campaign by the day of booking", {"basis": "booked"}, False),
    ("campaign by the day of completion", {"basis": "completed"}, False),
)
RANGES = (91, 731)


def measured(folder: Path, runs: int) -> dict[str, Any]:
    """Milliseconds of CPU of each report and of each page, by question and days."""
    from django.db import connection
    from django.http import QueryDict

    from attribution import scope
    from attribution.models import Company
    from bench.measure import filled, said
    from bench.page import client
    from bench.ranges import LAST_DAY
    from reports.filters import ask
    from reports.report import run_report

    found: dict[str, Any] = {}
    with scope.all_companies():
        one_process()
        filled(folder, connection.vendor)
        company = Company.objects.get()
        browser = client()
        for name, asked, _kept in QUESTIONS:
            for days in RANGES:
                first = LAST_DAY - timedelta(days=days - 1)
                given = asked | {"period": "custom", "from": str(first), "to": str(LAST_DAY)}
                if days > RANGES[0]:
                    given |= {"compare": "none"}
                address = QueryDict(mutable=True)
                for key, value in given.items():
                    address.setlist(key, value if isinstance(value, list) else [value])

                def report(address: QueryDict = address) -> None:
                    assert run_report(ask(address, company).query).proof.holds

                def page(given: dict[str, Any] = given) -> None:
                    answer = browser.get(PAGE, given | {"company": company.slug})
                    assert answer.status_code in (200, 503)  # it may give up

                words = f"{name}, {days} days"
                found[f"report by {words}"] = said(words, cost, report, runs).total
                found[f"page by {words}"] = said(words, cost, page, runs).total
    return found


def printed(leads: int, found: list[dict[str, Any]]) -> str:
    """The table of docs/performance.md."""
    engines = [one.pop("engine") for one in found]
    of_facts = {name for name, _asked, kept in QUESTIONS if not kept}
    lines = [
        f"{leads:,} leads in one company; milliseconds of CPU.",
        "",
        f"| rows by | counted from | {' | '.join(f'{e}: report | page' for e in engines)} |",
        f"|---|---|{'---:|---:|' * len(engines)}",
    ]
    for by, _asked, _kept in QUESTIONS:
        for days in RANGES:
            words = f"{by}, {days} days"
            cells = " | ".join(
                f"{one[f'report by {words}']:,.0f} | {one[f'page by {words}']:,.0f}"
                for one in found
            )
            source = "leads" if by in of_facts else "kept sums"
            lines.append(f"| {words} | {source} | {cells} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main("bench.breakdowns", __doc__, measured, printed, ("postgresql",)))
