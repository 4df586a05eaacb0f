"""Sites that send visits to be seen in reports: Matomo's referrer spam list (docs/VENDORED.md)."""

from functools import cache
from pathlib import Path

from attribution.capture.judging import normal

LIST = Path(__file__).with_name("referrer_spammers.txt")


@cache
def _spammers() -> frozenset[str]:
    return frozenset(LIST.read_text(encoding="utf-8").lower().split())


def spammer(referrer: str) -> str:
    """The entry of the list that a referrer's host is or lies in; empty when there is none.

    By whole labels: `notsemalt.com` and `semalt.com.example` are others than `semalt.com`.
    """
    if not referrer:
        return ""
    host = normal.host(referrer)
    if not host:
        return ""
    spammers = _spammers()
    return next((name for name in normal.with_parents(host) if name in spammers), "")
