"""Clicks of people and visits by programs: each counted once, in the company's day."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
import time_machine
from django.db import connection
from django.test import Client

from attribution import scope
from attribution.models import ShortLinkDay
from attribution.shortlinks import counting
from tests.attribution.shortlinks.conftest import BROWSER
from tests.factories import make_company, make_short_link

pytestmark = pytest.mark.django_db
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
PEOPLE = [
    BROWSER,
    f"{CHROME} Chrome/140.0.0.0 Safari/537.36",
    f"{CHROME} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Mobile/22F76 Instagram 380.0.0.28.104 (iPhone14,5; iOS 18_5)",
    "Mozilla/5.0 (Linux; Android 9; CUBOT_P30) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/90.0.4430.82 Mobile Safari/537.36",
]
PROGRAMS = [
    *("", " ", "curl/8.5.0", "Wget/1.21.4", "python-requests/2.32.3", "Go-http-client/2.0"),
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
    f"{CHROME} HeadlessChrome/140.0.0.0 Safari/537.36",
    # Link previews of messengers, mail and networks.
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    *("WhatsApp/2.23.20.0", "TelegramBot (like TwitterBot)", "Twitterbot/1.0"),
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
]
AHEAD = [
    {"Sec-Purpose": "prefetch"},
    {"Sec-Purpose": "prefetch;prerender"},
    {"Sec-Purpose": "prefetch;anonymous-client-ip"},
    {"Purpose": "prefetch"},
    {"X-Purpose": "preview"},
    {"X-Moz": "prefetch"},
]


def followed(visits, link):
    """Clicks and bots of all days."""
    days = visits(link)
    return sum(clicks for __, clicks, __ in days), sum(bots for __, __, bots in days)


@pytest.mark.parametrize("agent", PEOPLE)
def test_a_person_is_a_click_each_time(link, visitor, visits, agent):
    for __ in range(3):
        visitor.get("/l/spring", headers={"user-agent": agent})
    assert followed(visits, link) == (3, 0)


@pytest.mark.parametrize("agent", PROGRAMS)
def test_a_program_is_counted_apart(link, visitor, visits, agent):
    assert visitor.get("/l/spring", headers={"user-agent": agent}).status_code == 302
    assert followed(visits, link) == (0, 1)


@pytest.mark.parametrize("headers", AHEAD, ids=str)
def test_what_is_fetched_ahead_of_a_click_is_none(link, visitor, visits, headers):
    assert visitor.get("/l/spring", headers=headers).status_code == 302
    assert followed(visits, link) == (0, 1)


def test_head_is_no_click(link, visitor, visits):
    visitor.head("/l/spring")
    assert followed(visits, link) == (0, 1)


def test_a_long_user_agent_costs_no_time_and_is_stored_nowhere(link, visitor, visits):
    visitor.get("/l/spring", headers={"user-agent": BROWSER + " " + "a" * 100_000})
    assert followed(visits, link) == (1, 0)
    columns = {field.name for field in ShortLinkDay._meta.concrete_fields}
    assert columns == {"id", "company", "link", "day", "clicks", "bots"}


def test_there_is_one_row_a_link_and_day_however_many_visits(link, visitor, visits):
    with time_machine.travel(datetime(2026, 3, 2, 12, tzinfo=UTC), tick=False):
        for n in range(20):
            visitor.get(f"/l/spring?n={n}")
            visitor.head("/l/spring")
            visitor.get("/l/never-was")
    assert visits(link) == [(date(2026, 3, 2), 20, 20)]


def test_the_day_begins_at_the_companys_midnight(visitor, visits):
    with scope.all_companies():
        link = make_short_link(make_company(timezone="Pacific/Auckland"), "far")
        for hour in (10, 12):  # 23:00 and 01:00 in Auckland
            with time_machine.travel(datetime(2026, 3, 2, hour, tzinfo=UTC), tick=False):
                visitor.get("/l/far")
        assert visits(link) == [(date(2026, 3, 2), 1, 0), (date(2026, 3, 3), 1, 0)]


def test_an_inactive_link_is_not_counted(company, visitor, visits):
    link = make_short_link(company, "off", is_active=False)
    visitor.get("/l/off")
    assert visits(link) == []


def test_the_last_28_days_include_today_in_each_companys_zone(company):
    with scope.all_companies():
        early = make_short_link(company)
        late = make_short_link(make_company(timezone="Pacific/Auckland"))
        quiet = make_short_link(company)
        for link in (early, late):
            for days in range(40):
                day = date(2026, 3, 3) - timedelta(days=days)
                ShortLinkDay.objects.create(
                    company=link.company, link=link, day=day, clicks=1, bots=10
                )
        ShortLinkDay.objects.filter(day=date(2026, 3, 3)).update(clicks=100)
        with time_machine.travel(datetime(2026, 3, 2, 12, tzinfo=UTC), tick=False):
            found = counting.recent([early, late, quiet])
    assert found == {early.pk: (28, 280), late.pk: (127, 280)}


@pytest.mark.django_db(transaction=True)
def test_of_many_visits_at_once_none_is_lost():
    """The first ones race for the row, the others for its numbers."""
    if connection.vendor != "postgresql":
        pytest.skip("about postgresql alone: SQLite has one writer at a time")
    with scope.all_companies():
        link = make_short_link(make_company(), "busy")
    together = Barrier(8)

    def follow(agent):
        try:
            visitor = Client(headers={"user-agent": agent})
            together.wait(timeout=30)
            return [visitor.get("/l/busy").status_code for __ in range(25)]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(follow, [BROWSER, "curl/8.5.0"] * 4))
    assert answers == [[302] * 25] * 8
    with scope.all_companies():
        rows = ShortLinkDay.objects.filter(link=link)
        assert sum(row.clicks for row in rows) == sum(row.bots for row in rows) == 100
        assert len(rows) <= 2  # one, but for a midnight in between


def test_on_sqlite_a_visitor_waits_a_second_at_most_for_the_lock(link, visitor):
    """And everybody else waits as long as before."""
    if connection.vendor != "sqlite":
        pytest.skip("about SQLite alone: PostgreSQL locks no whole database")

    def patience():
        with connection.cursor() as cursor:
            return cursor.execute("PRAGMA busy_timeout").fetchone()[0]

    before = patience()
    with counting._short_wait():
        assert patience() == counting.PATIENCE
    assert patience() == before
    visitor.get("/l/spring")
    assert patience() == before
