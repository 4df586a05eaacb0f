"""A running server with a small demo, and signed-in browser pages that note what goes wrong."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from threading import Lock
from time import sleep
from typing import Any
from wsgiref.headers import Headers

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from playwright.sync_api import Locator, Page, Response
from pytest_django.live_server_helper import LiveServer

from attribution import calendar, scope
from attribution.models import Company, Lead
from reports.closing.closing import close
from reports.closing.look import look_at
from reports.demo.load import load
from reports.periods import resolve_period
from reports.rollup.refresh import refresh

OVERVIEW = "/admin/reports/overview/"
WIDE, NARROW = 1440, 390
QUIET = "/static/reports/pdf.css"
USERS = ("viewer", "owner", "company-admin")


@dataclass
class Visit:
    """A page that was opened, what the console said and what was fetched for it."""

    page: Page
    console: list[str] = field(default_factory=list)
    answers: list[Response] = field(default_factory=list)
    heard: dict[str, Callable[..., None]] = field(default_factory=dict)

    def listen(self) -> None:
        self.heard = {
            "console": lambda message: self.console.append(message.text),
            "pageerror": lambda error: self.console.append(str(error)),
            "response": lambda answer: self.answers.append(answer),
        }
        for event, hear in self.heard.items():
            self.page.on(event, hear)

    def leave(self) -> None:
        """Everything as in a new window, but for the cache: a file of ours is shown, which has no
        scripts, and from whose address what was stored can be removed."""
        for event, hear in self.heard.items():
            self.page.remove_listener(event, hear)
        self.page.unroute_all()
        self.page.goto(QUIET)
        self.page.evaluate("localStorage.clear(); sessionStorage.clear()")
        self.page.context.clear_cookies()
        self.page.mouse.move(-1, -1)  # nothing is hovered
        self.page.emulate_media(media="null")

    def refused_by_policy(self) -> list[str]:
        return [text for text in self.console if "Content Security Policy" in text]

    def page_scroll(self) -> int:
        """By how many pixels the page is wider than the window, once it is there."""
        self.page.wait_for_load_state()
        return self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


Open = Callable[..., Visit]
A_MOMENT = 0.1  # seconds


def follow(what: Locator) -> None:
    """Clicks what leads to another page, and waits until that has come whole."""
    with what.page.expect_navigation():
        what.click()


@pytest.fixture(scope="session")
def server(django_db_setup, django_db_blocker) -> Iterator[str]:
    """The address of a server with the demo companies and a twentieth of their leads.

    No test in this folder changes a row, so the data are loaded once; `live_server` of
    pytest-django would empty the database after each test.
    """
    with django_db_blocker.unblock():
        name = str(connection.settings_dict["NAME"])
        assert "memory" in name or name.startswith("test_"), "Run all of tests/browser together."
        load(lambda line: None, scale=0.05)
        close_last_month()
        running = LiveServer("localhost")
        server = running.thread.httpd
        server.set_app(in_two_parts(one_at_a_time(server.get_app())))
        yield running.url
        running.stop()
        call_command("flush", interactive=False, verbosity=0)


def close_last_month() -> None:
    """Of the first company; afterwards one of its leads becomes a duplicate."""
    with scope.all_companies():
        company = Company.objects.order_by("name")[0]
        first, last = resolve_period("last-month", calendar.today(company.zone))
        closing = close(company, first, User.objects.get(username="owner"))
        leads = Lead.objects.filter(company=company, day__gte=first, day__lte=last, kind="primary")
        Lead.objects.filter(pk=leads.order_by("pk")[0].pk).update(kind="duplicate")
        refresh(company.pk)
        assert look_at(closing.pk)


def one_at_a_time(application: Callable[..., Any]) -> Callable[..., Any]:
    """All threads of this server share one connection to the database in memory, and with it its
    transactions: pages that send while others are asked for would be in each other's way."""
    lock = Lock()

    def answer(*given: Any) -> Any:
        with lock:
            return application(*given)

    return answer


def in_two_parts(application: Callable[..., Any]) -> Callable[..., Any]:
    """Pages as they come over a line: their beginning, and a moment later the rest.

    A click waits until the next page begins. A test that looks at once would find what it looks
    for on one machine and not on another; so it finds it on none.
    """

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        kinds: list[str] = []

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            kinds.append(Headers(headers)["Content-Type"] or "")
            return start_response(status, headers, *error)

        body = application(environ, start)
        return parts(body) if kinds[-1].startswith("text/html") else body

    return answer


def parts(body: HttpResponse) -> Iterator[bytes]:
    with closing(body):
        page = b"".join(body)
    yield page[:100]
    sleep(A_MOMENT)
    yield page[100:]


@pytest.fixture(scope="session")
def cookies(server, django_db_blocker) -> dict[str, dict[str, str]]:
    """The session of each user, signed in once."""
    with django_db_blocker.unblock():
        return {user: session_cookie(user, server) for user in USERS}


@pytest.fixture(scope="session")
def idle(browser) -> Iterator[dict[bool, list[Page]]]:
    """Windows that wait to be used again, with scripts and without.

    A new window is a new process that fetches our static files and compiles each script anew,
    axe's half a megabyte as well: a third of all the work, so windows outlive their tests.
    """
    windows: dict[bool, list[Page]] = {True: [], False: []}
    yield windows
    for page in windows[True] + windows[False]:
        page.context.close()


@pytest.fixture
def open_page(server, cookies, browser, idle) -> Iterator[Open]:
    """Opens an address as a user (None: not signed in) in a window of its own.

    It may have been used before and have our static files in its cache, unless it is asked for
    `unused` or with options of a browser's context.
    """
    visits: list[tuple[Visit, list[Page] | None]] = []

    def visit(
        path: str,
        user: str | None = "owner",
        width: int = WIDE,
        scheme: str = "light",
        javascript: bool = True,
        unused: bool = False,
        **options,
    ) -> Visit:
        shelf = None if unused or options else idle[javascript]
        if shelf:
            page = shelf.pop()
        else:
            context = browser.new_context(
                java_script_enabled=javascript, base_url=server, **options
            )
            page = context.new_page()
        seen = Visit(page)
        visits.append((seen, shelf))
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        if user is not None:
            page.context.add_cookies([cookies[user]])
        seen.listen()
        page.goto(path)
        return seen

    yield visit
    for seen, shelf in visits:
        if shelf is None:
            seen.page.context.close()
        else:
            seen.leave()
            shelf.append(seen.page)


def session_cookie(user: str, url: str) -> dict[str, str]:
    client = Client()
    client.force_login(User.objects.get(username=user))
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}
