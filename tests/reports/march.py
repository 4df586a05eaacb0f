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
from spend.matching import one_book
from tests.factories import make_bookings, make_campaign, make_leads, make_spend

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
    spring = {"utm_campaign": "spring", "utm_source": "google"}
    brand = {"utm_campaign": "brand", "utm_source": "news"}
    one, two, three, __, __, __, of_brand, __, __, __, tiny, *__ = make_leads(
        company,
        [
            *[spring] * 6,
            *[brand] * 4,
            {"utm_campaign": "tiny", "utm_source": "news"},
            {},
            {"utm_source": "google"},
            {"utm_campaign": "spring", "kind": "test"},
            {"kind": "bot"},
        ],
    )
    make_bookings(
        (one, "completed", 10_000),
        (two, "completed", 5_000),
        (three, "booked"),
        (of_brand, "completed", 8_000),
        (tiny, "completed", 1_000),
    )
    with one_book():
        make_spend(company, "spring", 6_000)
        make_spend(company, "tiny", 500)
        make_spend(company, "posters", 2_000)
        make_spend(company, "sprnig", 750)
