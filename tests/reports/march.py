"""March 2026 of one company, for tests of pages and exports: sums that can be done by hand.

| row       | leads | booked | completed | revenue | spend |
|-----------|-------|--------|-----------|---------|-------|
| Spring    |     6 |      3 |         2 |  150.00 | 60.00 |
| Brand     |     4 |      1 |         1 |   80.00 |     – |
| Tiny      |     1 |      1 |         1 |   10.00 |  5.00 |
| Posters   |     0 |      – |         – |       – | 20.00 |
| no campaign |   2 |      0 |         0 |       0 |       |
| unmatched |       |        |           |         |  7.50 |
Excluded: one test lead, one bot.
"""

from attribution.models import Company
from tests.factories import make_booking, make_campaign, make_lead, make_spend

ADDRESS = "/admin/reports/overview/"
MARCH = {"period": "custom", "from": "2026-03-01", "to": "2026-03-31"}
THIN_BELOW = 3


def make_march(company: Company) -> None:
    company.thin_below = THIN_BELOW
    company.save()
    make_campaign(company, "spring", name="Spring", channel="paid_search")
    make_campaign(company, "brand", name="Brand", channel="email", status="paused")
    make_campaign(company, "tiny", name="Tiny", channel="email")
    make_campaign(company, "posters", name="Posters", channel="offline")
    spring = [make_lead(company, "spring", utm_source="google") for _ in range(6)]
    brand = [make_lead(company, "brand", utm_source="news") for _ in range(4)]
    make_booking(spring[0], "completed", 10_000)
    make_booking(spring[1], "completed", 5_000)
    make_booking(spring[2], "booked")
    make_booking(brand[0], "completed", 8_000)
    make_booking(make_lead(company, "tiny", utm_source="news"), "completed", 1_000)
    make_lead(company)
    make_lead(company, utm_source="google")
    make_lead(company, "spring", kind="test")
    make_lead(company, kind="bot")
    make_spend(company, "spring", 6_000)
    make_spend(company, "tiny", 500)
    make_spend(company, "posters", 2_000)
    make_spend(company, "sprnig", 750)
