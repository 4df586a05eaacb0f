"""Measures the report under each attribution model, and the import of touches.

    python -m bench.models                      100,000 leads with 300,000 touches, both engines
    python -m bench.models --leads 30000 --engine sqlite

One company; every lead has between none and six touches of the 60 days before it.
"""

import csv
import random
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.clock import backend_cpu, cost, one_process
from bench.one_company import main

MOST_TOUCHES = 6
DAYS = 60
PAGE = "/admin/reports/overview/"


def measured(folder: Path, runs: int) -> dict[str, Any]:
    """The figures of one database."""
    from django.db import connection

    from attribution import scope
    from attribution.models import Company, Touchpoint
    from bench.load import tidy_up
    from bench.measure import filled, said
    from bench.page import client
    from reports.attributing.models import MODELS
    from reports.query import ReportQuery
    from reports.report import run_report

    with scope.all_companies():
        one_process()
        filled(folder, connection.vendor)
        company = Company.objects.get()
        found: dict[str, Any] = _import(company, folder)
        tidy_up(Touchpoint)
        end = company.lead_set.latest("received_at").day  # type: ignore[attr-defined]
        days = {"start": end - timedelta(days=3650), "end": end}
        browser = client()
        for name in MODELS:

            def report(model: str = name) -> None:
                query = ReportQuery(company=company, model=model, compare="none", **days)
                assert run_report(query).proof.holds

            def page(model: str = name) -> None:
                asked = {"model": model, "period": "custom", "company": company.slug}
                asked |= {"from": str(end - timedelta(days=90)), "to": str(end)}
                assert browser.get(PAGE, asked).status_code == 200

            found[f"report {name}"] = said(name, cost, report, runs).total
            found[f"page {name}"] = said(name, cost, page, runs).total
    return found


def _import(company: Any, folder: Path) -> dict[str, Any]:
    """Made of the leads' own values, and taken in as the command line does."""
    from attribution.imports import engine
    from attribution.imports.options import ImportOptions

    chance = random.Random(20261121)
    path, touches = folder / "touches.csv", 0
    leads = company.lead_set.order_by("pk").values_list(
        "external_id", "received_at", "utm_source", "utm_medium", "utm_campaign"
    )
    seen: list[Any] = []
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("lead", "at", "utm_source", "utm_medium", "utm_campaign"))
        for lead, received_at, *utm in leads.iterator():
            seen.append(utm)
            for _ in range(chance.randint(0, MOST_TOUCHES)):
                at = received_at - timedelta(minutes=chance.randrange(DAYS * 24 * 60))
                writer.writerow((lead, at.isoformat(), *chance.choice(seen)))
                touches += 1
    begun = time.process_time() + backend_cpu()
    outcome = engine.take_in(company, "touches", path, path.name, ImportOptions(), None)
    assert not outcome.error_count, outcome.errors
    seconds = time.process_time() + backend_cpu() - begun
    return {"touches": touches, "import": seconds * 1000 * 100_000 / touches}


def printed(leads: int, found: list[dict[str, Any]]) -> str:
    """The table of docs/performance.md."""
    engines = [one.pop("engine") for one in found]
    lines = [
        f"{leads:,} leads in one company; milliseconds.",
        "",
        f"| | {' | '.join(engines)} |",
        f"|---|{'---:|' * len(engines)}",
    ]
    for name in found[0]:
        label = {"import": "import of 100,000 touches, CPU"}.get(name, name)
        label = f"{label}, CPU" if label.startswith(("report", "page")) else label
        lines.append(f"| {label} | {' | '.join(f'{one[name]:,.0f}' for one in found)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main("bench.models", __doc__, measured, printed))
