"""A visitor of the site, with what the browser complained about and what the tag has sent."""

import json
from datetime import datetime

from tests.browser.site import Site


class Visitor:
    """A browser of one person. `console` holds what it complained about, `sent` the leads."""

    def __init__(self, browser, site: Site, script: str = "", **options) -> None:
        self.site = site
        self.context = browser.new_context(**options)
        self.console: list[str] = []
        self.sent: list[dict] = []
        self.answers: list[int] = []  # 0: the server cannot be reached; empty: it answers 202
        self.context.on("console", lambda message: self.console.append(message.text))
        self.context.route("**/api/v1/collect", self.collect)
        if script:
            self.context.add_init_script(script)
        self.page = self.context.new_page()

    def collect(self, route) -> None:
        """Stands in for our server, which has its own tests."""
        status = self.answers.pop(0) if self.answers else 202
        if not status:
            route.abort("connectionrefused")
            return
        self.sent.append(json.loads(route.request.post_data))
        headers = {"Access-Control-Allow-Origin": route.request.headers.get("origin", "")}
        route.fulfill(status=status, headers=headers, body="{}")

    def at(self, moment: datetime) -> None:
        """Sets the browser's clock."""
        self.context.clock.set_fixed_time(moment)

    def go(self, path: str = "/", host: str = "www.site.localhost", **options) -> None:
        self.page.goto(self.site.url(path, host), **options)

    def follow(self, link: str) -> None:
        """Clicks a link and waits until the next page has loaded."""
        with self.page.expect_navigation():
            self.page.click(f"text={link}")

    def field(self, name: str) -> str:
        return self.page.input_value(f"form [name={name}]", strict=False)

    def until(self, expression: str) -> None:
        """Waits for it to be true. Playwright's own way needs eval, which the site forbids."""
        for __ in range(200):
            if self.page.evaluate(expression):
                return
            self.page.wait_for_timeout(25)
        raise AssertionError(expression)

    def touches(self) -> list[dict]:
        return self.page.evaluate("cpTouch.values().touches")

    def stored(self) -> list[str]:
        return self.page.evaluate(
            "[...Object.keys(localStorage), ...Object.keys(sessionStorage), document.cookie]"
            ".filter((one) => one)"
        )
