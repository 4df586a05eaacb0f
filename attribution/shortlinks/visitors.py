"""Who follows a short link: a person, or a program."""

from crawlerdetect import CrawlerDetect
from django.http import HttpRequest

# How browsers say that they fetch a page which nobody has asked for yet.
AHEAD_HEADERS = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
AHEAD = ("prefetch", "prerender", "preview")
LONGEST_AGENT = 500  # what follows in a user agent tells nothing
_crawlers = CrawlerDetect()


def is_click(request: HttpRequest) -> bool:
    """Whether a person asked: no HEAD, no fetching ahead, no program that gives its name.

    Every browser names itself, so that a request without a user agent is a program's.
    """
    if request.method != "GET" or is_fetched_ahead(request):
        return False
    agent = request.headers.get("User-Agent", "").strip()[:LONGEST_AGENT]
    return bool(agent) and not _crawlers.is_crawler(agent)


def is_fetched_ahead(request: HttpRequest) -> bool:
    said = " ".join(request.headers.get(name, "") for name in AHEAD_HEADERS).lower()
    return any(word in said for word in AHEAD)
