"""Programs among the user agents: those that crawlerdetect knows, and those that give it away.

The library knows programs by name. Newer ones are found by how they write their name: a browser
begins with Mozilla or Opera, gives no address to look it up, and is compatible with nothing.
"""

from functools import lru_cache

from crawlerdetect import CrawlerDetect

LONGEST_AGENT = 500  # what follows in a user agent tells nothing
BROWSERS = ("mozilla/", "opera/")
# Old phones and the web views of old apps: no Mozilla, yet a person sits before them.
OLD_PHONES = ("blackberry", "nokia", "samsung-", "sonyericsson", "lg-", "ucweb/", "dalvik/")
COMPATIBLE = ("compatible; msie", "compatible; konqueror")  # browsers that say so
NO_BROWSER = (
    *("http:", "https:", "www.", "@", "bot", "agent", "crawl", "spider", "scan", "monitor"),
    *("synthetic", "playwright", "puppeteer", "selenium", "headless"),
)
_crawlers = CrawlerDetect()


@lru_cache(maxsize=8192)
def is_program(agent: str) -> bool:
    """Whether a program sent this. Without a user agent nothing is known: no."""
    agent = agent[:LONGEST_AGENT].strip()
    return bool(agent) and (_gives_itself_away(agent.lower()) or _crawlers.is_crawler(agent))


def _gives_itself_away(agent: str) -> bool:
    if not agent.startswith(BROWSERS):
        return not agent.startswith(OLD_PHONES)
    if "compatible;" in agent and not any(words in agent for words in COMPATIBLE):
        return True
    return any(word in agent for word in NO_BROWSER)
