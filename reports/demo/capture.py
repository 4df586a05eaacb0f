"""What a demo lead arrives with: UTM values as untidy as real ones, click ids, links, referrers."""

import string
from random import Random
from typing import Any
from urllib.parse import urlencode

from attribution.utm import Reason
from reports.demo.plans import CampaignPlan, CompanyPlan, Stray

MESSY = 0.22  # share of leads whose link was not written as planned
PLACEHOLDERS = ("{{campaign.name}}", "{campaignid}", "%%CAMPAIGN%%", "${campaign}")
REFERRERS = (
    "https://www.google.com/",
    "https://www.bing.com/",
    "https://duckduckgo.com/",
    "https://www.facebook.com/",
    "https://blog.example.org/ten-tips",
)
SOURCES = (("facebook", "paid_social"), ("google", "cpc"), ("newsletter", "(not set)"))
LETTERS = string.ascii_letters + string.digits + "_-"


def messy(rng: Random, value: str) -> str:
    """The value as people and tools write it; its tidy form is the same."""
    ways = (
        value.upper(),
        value.title(),
        f" {value} ",
        value.replace(" ", "%20"),
        value.replace(" ", "+"),
        value.replace(" ", "  "),
        value + "\u200b",
    )
    return rng.choice(ways)


def click(rng: Random, name: str) -> dict[str, str]:
    return {name: "".join(rng.choices(LETTERS, k=22))} if name else {}


def with_link(plan: CompanyPlan, rng: Random, values: dict[str, Any]) -> dict[str, Any]:
    """The captured values, and the link they were captured from."""
    utm = {name: value for name, value in values.items() if name.startswith("utm_")}
    query = urlencode(utm | values.get("click_ids", {}))
    page = plan.site + rng.choice(plan.pages)
    return values | {"landing_page": f"{page}?{query}" if query else page}


def from_campaign(plan: CompanyPlan, campaign: CampaignPlan, rng: Random) -> dict[str, Any]:
    """The raw values of a lead that followed a campaign's link."""
    values: dict[str, Any] = {
        "utm_source": campaign.source,
        "utm_medium": campaign.medium,
        "utm_campaign": campaign.key,
        "utm_content": rng.choice(("", "text-a", "text-b", "picture")),
    }
    if rng.random() < MESSY:
        values["utm_campaign"] = messy(rng, campaign.key)
        values["utm_source"] = rng.choice((campaign.source.title(), campaign.source + " "))
        values["utm_medium"] = rng.choice((campaign.medium.upper(), campaign.medium))
    if campaign.channel == "paid_search":
        values["utm_term"] = campaign.key.replace("-", " ")
        values["referrer"] = "https://www.google.com/"
    values["click_ids"] = click(rng, campaign.click_id)
    return with_link(plan, rng, values)


def from_flood(plan: CompanyPlan, rng: Random) -> dict[str, Any]:
    """A tool wrote a session number where the campaign belongs: a new name with each lead."""
    session = "".join(rng.choices("0123456789abcdef", k=10))
    values = {"utm_source": "chat", "utm_medium": "widget", "utm_campaign": f"session-{session}"}
    return with_link(plan, rng, values)


def from_stray(plan: CompanyPlan, stray: Stray, rng: Random) -> dict[str, Any]:
    """The raw values of a lead that has no campaign for the stray's reason."""
    source, medium = rng.choice(SOURCES)
    values: dict[str, Any] = {}
    if stray.reason == Reason.REFERRER:
        values["referrer"] = rng.choice(REFERRERS)
    elif stray.reason == Reason.NO_CAMPAIGN:
        values |= {"utm_source": source, "utm_medium": medium}
    elif stray.reason == Reason.BROKEN_TAG:
        placeholder = rng.choice(PLACEHOLDERS)
        values |= {"utm_source": source, "utm_medium": medium, "utm_campaign": placeholder}
    elif stray.reason == Reason.CLICK_ID:
        values["click_ids"] = click(rng, rng.choice(("gclid", "fbclid", "msclkid")))
    elif stray.reason == Reason.AMBIGUOUS:
        return _named_twice(plan, rng)
    elif stray.reason == Reason.BY_PERSON:
        values |= {"utm_source": "event", "utm_campaign": "staff training"}
        values["unattributed_reason"] = Reason.BY_PERSON.value
    return with_link(plan, rng, values)


def _named_twice(plan: CompanyPlan, rng: Random) -> dict[str, Any]:
    """A link that was tagged a second time by another tool."""
    first, second = rng.sample([c.key for c in plan.campaigns if c.known], k=2)
    values = with_link(plan, rng, {"utm_source": "newsletter", "utm_campaign": first})
    values["landing_page"] += "&" + urlencode({"utm_campaign": second})
    return values
