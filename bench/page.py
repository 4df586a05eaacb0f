"""Times the report page in this process, as its owner sees it: cards, chart and table."""

from dataclasses import asdict
from functools import partial
from importlib import import_module
from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from attribution.models import Company
from bench.clock import cost
from bench.ranges import RANGES
from bench.sums import statements

ROWS = (25, 100)


def time_pages(company: Company, runs: int, rows: tuple[int, ...] = ROWS) -> list[dict[str, Any]]:
    """For each range and number of table rows: CPU, queries and size of the page."""
    browser = client()
    found = []
    for name in RANGES:
        for number in rows:
            work = partial(_get, browser, company, name, number)
            size = len(work().content)
            asked = statements(work)
            spent = cost(work, runs)
            found.append(
                {"range": name, "rows": number, "queries": len(asked), "kb": size / 1024}
                | asdict(spent)
            )
    return found


def _get(browser: Client, company: Company, name: str, rows: int) -> Any:
    first, last = RANGES[name]
    asked = {"company": company.slug, "period": "custom", "from": str(first), "to": str(last)}
    response = browser.get("/admin/reports/overview/", asked | {"rows": str(rows)})
    assert response.status_code == 200, response.status_code
    return response


def client() -> Client:
    """A browser in which a superuser is signed in."""
    import_module("campaignperf.wsgi")  # the garbage collector as the server sets it
    user, _made = User.objects.get_or_create(
        username="bench", defaults={"is_staff": True, "is_superuser": True}
    )
    browser = Client()
    browser.force_login(user)
    return browser
