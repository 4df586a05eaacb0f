"""A peer's question, on the same server and the same visits: counts by utm_campaign in raw text.

Umami keeps a row for each page view and groups the rows of the period by the text column when its
report on UTM values is opened. Table, filters and the limit of 50 are as in its own query of May
2026; of its 15 indexes there are those that this query can use. Each lead is one page view. It asks
for less than our report: one count, no kinds, bookings, revenue or spend, and no row of what has no
campaign.
"""

from dataclasses import asdict
from datetime import datetime, time, timedelta
from functools import partial
from uuid import UUID

from django.db import connection

from attribution.models import Company
from bench.clock import cost
from bench.ranges import RANGES

_TABLE = """
CREATE UNLOGGED TABLE website_event (
  event_id uuid PRIMARY KEY, website_id uuid NOT NULL, session_id uuid NOT NULL,
  visit_id uuid NOT NULL, created_at timestamptz NOT NULL, url_path varchar(500) NOT NULL,
  url_query varchar(500), utm_source varchar(255), utm_medium varchar(255),
  utm_campaign varchar(255), utm_content varchar(255), utm_term varchar(255),
  referrer_path varchar(500), referrer_query varchar(500), referrer_domain varchar(500),
  page_title varchar(500), gclid varchar(255), fbclid varchar(255), msclkid varchar(255),
  ttclid varchar(255), li_fat_id varchar(255), twclid varchar(255),
  event_type integer NOT NULL DEFAULT 1, event_name varchar(50), tag varchar(50),
  hostname varchar(100))"""
_FILL = """
INSERT INTO website_event (event_id, website_id, session_id, visit_id, created_at, url_path,
  utm_source, utm_medium, utm_campaign, utm_content, utm_term, page_title, hostname)
SELECT lpad(to_hex(id), 32, '0')::uuid, lpad(to_hex(company_id), 32, '0')::uuid,
       lpad(to_hex(id), 32, '1')::uuid, lpad(to_hex(id), 32, '2')::uuid, received_at, landing_page,
       utm_source, utm_medium, utm_campaign, utm_content, utm_term, 'Book an appointment',
       'www.example.com'
  FROM attribution_lead ORDER BY id"""
_INDEXES = """
CREATE INDEX ON website_event (created_at);
CREATE INDEX ON website_event (website_id);
CREATE INDEX ON website_event (website_id, created_at)"""
_QUESTION = """
SELECT utm_campaign AS utm, count(*) AS views FROM website_event
 WHERE website_id = %s AND created_at BETWEEN %s AND %s
   AND coalesce(utm_campaign, '') != '' AND event_type = 1
 GROUP BY 1 ORDER BY 2 DESC LIMIT 50"""


def time_umami(company: Company, runs: int) -> dict[str, dict[str, float]]:
    """By range: CPU of one such query. The table is gone afterwards."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS website_event")
        for statement in (_TABLE, _FILL, *_INDEXES.split(";"), "VACUUM ANALYZE website_event"):
            cursor.execute(statement)
    found = {name: asdict(cost(partial(_ask, company, name), runs)) for name in RANGES}
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE website_event")
    return found


def _ask(company: Company, name: str) -> None:
    first, last = RANGES[name]
    after = datetime.combine(last + timedelta(days=1), time())
    period = [f"{datetime.combine(first, time())}+00", f"{after - timedelta(milliseconds=1)}+00"]
    with connection.cursor() as cursor:
        cursor.execute(_QUESTION, [UUID(int=int(f"{company.pk:x}", 16)), *period])
        assert cursor.fetchall(), "the peer's query must find something"
