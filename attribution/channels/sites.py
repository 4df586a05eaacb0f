"""Sites that are known: search engines, socials, video, shopping, AI assistants and webmail.

From published lists (docs/VENDORED.md) and a few of our own. Hosts match by whole labels only:
`m.facebook.com` is facebook.com's, `facebook.com-login.net` and `notwikipedia.org` are nobody's.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from attribution.channels.hosts import above, address_of, is_number, without_www

LISTS = Path(__file__).parent / "lists"
SEARCH: Final = "search"
SOCIAL: Final = "social"
VIDEO: Final = "video"
SHOPPING: Final = "shopping"
AI: Final = "ai"
EMAIL: Final = "email"
KINDS = (SEARCH, SOCIAL, VIDEO, SHOPPING, AI, EMAIL)


class Site(NamedTuple):
    """A known site."""

    name: str
    kind: str  # of `KINDS`


# Where people read their mail. GA4 counts these as referrals; its own list has a few as search.
_WEBMAIL = {
    "Gmail": "mail.google.com com.google.android.gm inbox.google.com",
    "Outlook": "outlook.live.com outlook.office.com outlook.office365.com mail.live.com "
    "outlook.cloud.microsoft com.microsoft.office.outlook",
    "Yahoo! Mail": "mail.yahoo.com com.yahoo.mobile.client.android.mail",
    "GMX": "navigator.gmx.net bap.navigator.gmx.net gmx.net gmx.com de.gmx.mobile.android.mail "
    "deref-gmx.net deref-gmx.com navigator-bs.gmx.net navigator-lxa.gmx.net",
    "Web.de": "navigator.web.de bap.navigator.web.de de.web.mobile.android.mail deref-web.de "
    "navigator-bs.web.de navigator-lxa.web.de",
    "Mail.com": "deref-mail.com",
    "iCloud Mail": "mail.icloud.com",
    "AOL Mail": "mail.aol.com",
    "Proton Mail": "mail.proton.me mail.protonmail.com ch.protonmail.android",
    "Zoho Mail": "mail.zoho.com mail.zoho.eu",
    "Fastmail": "app.fastmail.com",
    "Mail.ru": "e.mail.ru",
    "T-Online": "email.t-online.de",
    "Orange": "messagerie.orange.fr mail01.orange.fr",
    "Naver Mail": "mail.naver.com",
    "QQ Mail": "mail.qq.com",
    "NetEase Mail": "mail.163.com mail.126.com",
    "Onet Poczta": "poczta.onet.pl",
    "WP Poczta": "poczta.wp.pl",
    "Libero Mail": "mail.libero.it",
    "IONOS": "mail.ionos.de mail.ionos.com",
    "UOL Mail": "mail.uol.com.br mail.bol.com.br",
    "HEY": "app.hey.com",
    "Samsung Email": "com.samsung.android.email.provider",
}
# Gateways that check the links of mails on the way, with all hosts below.
MAIL_GATEWAYS = {
    "Microsoft Safe Links": "safelinks.protection.outlook.com",
    "Proofpoint": "urldefense.com urldefense.proofpoint.com",
    "Mimecast": "protect-eu.mimecast.com protect-us.mimecast.com protect-de.mimecast.com "
    "protect-uk.mimecast.com protect-au.mimecast.com mimecastprotect.com",
    "Barracuda": "linkprotect.cudasvc.com",
    "Cisco": "secure-web.cisco.com",
    "Sophos": "protection.sophos.com",
    "Symantec": "clicktime.symantec.com",
    "Hornetsecurity": "atpscan.global.hornetsecurity.com",
    "Trustwave": "scanmail.trustwave.com",
    "Trellix": "protect2.fireeye.com",
}
# Apps, by the names of their packages; and sites that the lists do not have.
_MORE = {
    (SEARCH, "Google"): "com.google.android.googlequicksearchbox "
    "com.google.android.apps.searchlite",
    (SEARCH, "Bing"): "com.microsoft.bing",
    (SEARCH, "DuckDuckGo"): "com.duckduckgo.mobile.android html.duckduckgo.com "
    "lite.duckduckgo.com safe.duckduckgo.com start.duckduckgo.com",
    (SEARCH, "Brave"): "search.brave.com brave",
    (SEARCH, "Ecosia"): "ecosia.org ecosia",
    (SEARCH, "Startpage"): "startpage.com startpage",
    (SEARCH, "Qwant"): "qwant.com",
    (SEARCH, "Kagi"): "kagi.com kagi",
    (SEARCH, "Yandex"): "ya.ru",
    (SEARCH, "Petal"): "petalsearch.com",
    (SOCIAL, "Facebook"): "com.facebook.katana com.facebook.lite com.facebook.orca "
    "messenger.com facebook-ads facebookads meta",
    (SOCIAL, "Instagram"): "com.instagram.android",
    (SOCIAL, "LinkedIn"): "com.linkedin.android",
    (SOCIAL, "Pinterest"): "com.pinterest pin.it",
    (SOCIAL, "TikTok"): "com.zhiliaoapp.musically com.ss.android.ugc.trill",
    (SOCIAL, "Twitter"): "com.twitter.android x",
    (SOCIAL, "WhatsApp"): "com.whatsapp whatsapp.com web.whatsapp.com wa.me",
    (SOCIAL, "Telegram"): "t.me",
    (SOCIAL, "Nextdoor"): "nextdoor.com nextdoor com.nextdoor nextdoor.de nextdoor.co.uk "
    "nextdoor.fr nextdoor.it nextdoor.es nextdoor.nl nextdoor.se nextdoor.dk nextdoor.ca",
    (SOCIAL, "Threads"): "com.instagram.barcelona",
    (SOCIAL, "Odnoklassniki"): "ok.ru",
    (SOCIAL, "VK"): "com.vkontakte.android",
    (SOCIAL, "Weibo"): "weibo.cn",
    (VIDEO, "YouTube"): "com.google.android.youtube youtu.be",
    (SHOPPING, "eBay"): "ebay.ca ebay.fr ebay.it ebay.es ebay.at ebay.ch ebay.nl ebay.ie",
    (SHOPPING, "Amazon"): "amazon.de amazon.fr amazon.it amazon.es amazon.ca amazon.nl amazon.pl "
    "amazon.se amazon.com.au amazon.com.br amazon.com.mx amazon.co.jp amazon.in amazon.com.be",
    (SHOPPING, "Idealo"): "idealo.de idealo.at idealo.co.uk idealo.fr idealo.it idealo.es idealo",
    (AI, "ChatGPT"): "com.openai.chatgpt openai.com openai",
    (AI, "Claude"): "com.anthropic.claude",
    (AI, "Perplexity"): "ai.perplexity.app.android",
    (AI, "Gemini"): "com.google.android.apps.bard",
    (AI, "Copilot"): "com.microsoft.copilot copilot.com edgeservices.bing.com m365.cloud.microsoft",
    (AI, "Deepseek"): "deepseek.com com.deepseek.chat",
    (AI, "Poe"): "poe.com",
    (AI, "Phind"): "phind.com",
    (AI, "Pi"): "pi.ai",
    (AI, "Kimi"): "kimi.com",
    (AI, "Doubao"): "doubao.com",
    (AI, "Andi"): "andisearch.com",
}
# Names of listed sites that are everyday words, and so no source by themselves.
_WORDS = frozenset(
    ("you", "multiply", "ozone", "tagged", "workplace", "geni", "gree", "chat+", "duck.ai")
)


def read_list(name: str) -> Iterator[tuple[str, str]]:
    """The lines of a shipped list: a host or source, and the name or kind of it."""
    for line in (LISTS / name).read_text(encoding="utf-8").splitlines():
        first, __, second = line.partition("\t")
        yield first, second


def _known() -> Iterator[tuple[str, Site]]:
    """Of several entries for a host, the later one holds: what GA4 says goes before the other
    lists, AI assistants before what their hosts were before."""
    for host, name in read_list("socials.tsv"):
        yield host, Site(name, SOCIAL)
        if (word := name.casefold()) not in _WORDS:
            yield word, Site(name, SOCIAL)
    for host, name in read_list("search_engines.tsv"):
        yield without_www(host), Site(name, SEARCH)
    for (kind, name), hosts in _MORE.items():
        yield from ((host, Site(name, kind)) for host in hosts.split())
    files = ("socials.tsv", "search_engines.tsv")
    names = {host: name for file in files for host, name in read_list(file)}
    for source, kind in read_list("ga4_sources.tsv"):
        yield source, Site(names.get(source, source), kind)
    for name, hosts in (*_WEBMAIL.items(), *MAIL_GATEWAYS.items()):
        yield from ((host, Site(name, EMAIL)) for host in hosts.split())
    for host, name in read_list("ai_assistants.tsv"):
        yield host, Site(name, AI)
        if (word := name.casefold()) not in _WORDS:
            yield word, Site(name, AI)


def _words_of(name: str) -> frozenset[str]:
    return frozenset(first for first, __ in read_list(name))


SITES: dict[str, Site] = dict(_known())
_TOP_LEVELS = _words_of("country_endings.txt")
# Of Google's own domains, country by country; a host with another ending is not Google.
_GOOGLE = _words_of("google_endings.txt")
# Sources that GA4 writes as one word.
_ONE_WORD = frozenset(
    source for source, kind in read_list("ga4_sources.tsv") if kind == SEARCH and "." not in source
)
_WEBMAIL_HOST = re.compile(r"webmail[0-9]*\.")  # of whatever provider or company
_PACKAGES = ("com.", "org.")  # how names of apps begin, and no known host
# Hosts on which another site lies, below a path of its own.
TOLD_BY_PATH = {host.partition("/")[0]: host for host in SITES if "/" in host}


@lru_cache(maxsize=32_768)
def site_of(host: str, path: str = "", is_app: bool = False) -> Site | None:
    """The known site at a host of the web, or the app of that package; None for any other."""
    if is_app:
        return SITES.get(host)
    if is_number(host) or "." not in host or host.startswith(_PACKAGES):
        return None
    host = without_www(host)
    if (listed := TOLD_BY_PATH.get(host)) and f"{host}{path}/".startswith(listed + "/"):
        return SITES[listed]
    for number, domain in enumerate(above(host)):
        site = SITES.get(domain)
        # Below a search engine lie its other services: documents, sign-in, maps.
        if site and (number == 0 or site.kind not in (SEARCH, EMAIL) or is_gateway(site)):
            return site
    if _WEBMAIL_HOST.match(host):
        return Site("Webmail", EMAIL)
    return _elsewhere(host) or (_elsewhere(host[2:]) if host.startswith("m.") else None)


def is_gateway(site: Site | None) -> bool:
    """Whether it only passes on whoever clicked in a mail."""
    return site is not None and site.kind == EMAIL and site.name in MAIL_GATEWAYS


def _elsewhere(host: str) -> Site | None:
    """A search engine in one of its countries: `google.de`, `uk.search.yahoo.com`, `m.bing.com`."""
    labels = host.split(".")
    if (site := SITES.get(host)) and site.kind == SEARCH:
        return site
    for place in range(len(labels) - 1, 0, -1):
        if labels[place - 1] == "google":
            ending = ".".join(labels[place:])
            start = ".".join(labels[:place])
            return SITES.get(start + ".{}") if ending in _GOOGLE else None
    if labels[0] in _TOP_LEVELS and (site := SITES.get(".".join(["{}", *labels[1:]]))):
        return site
    if labels[-1] not in _TOP_LEVELS:
        return None
    second = len(labels) > 2 and labels[-2] in ("com", "co", "org", "net")
    return SITES.get(".".join([*labels[: -2 if second else -1], "{}"]))


@lru_cache(maxsize=32_768)
def site_of_source(source: str) -> Site | None:
    """The known site that a tidy source names: by its name, its host or an address on it."""
    if "{" in source:
        return None
    if source in SITES or "." not in source:
        return SITES.get(source)
    address = address_of(source)
    return site_of(address.host, address.path) if address.host else None


def source_name(host: str, site: Site | None) -> str:
    """A host as GA4 names a source: `google`, `chatgpt.com`, `m.facebook.com`."""
    if site and site.kind == SEARCH and (word := site.name.casefold().strip("!")) in _ONE_WORD:
        return word
    return without_www(host)
