"""Campaigns as plain values: what owners say about them, nothing that is counted."""

from collections.abc import Iterator
from typing import Any

from django.db.models import F
from django.http import QueryDict

from attribution.campaign_texts import FACTS, NOTHING, tag_asked, tags_in
from attribution.models import Campaign, Company
from reports.api import asking
from reports.api.paging import paged
from reports.api.problems import invalid, not_found

CAMPAIGNS = "/api/v1/campaigns"
CHOICES = {"channel": Campaign.Channel.values, "status": Campaign.Status.values}
LISTS = (*CHOICES, *FACTS, "tag")
PARAMETERS = ("company", *LISTS, "discovered", "template", "q", "rows", "page")
TEXTS = ("key", "name", "channel", "status", *FACTS, "landing_page")
COLUMNS = (*TEXTS, "tags", "discovered", "is_template", "starts_on", "ends_on")
LONGEST = 500


def campaigns_answer(parameters: QueryDict, company: Company) -> dict[str, Any]:
    """The company's campaigns under these filters, by key. Raises Problem."""
    asking.named(parameters, PARAMETERS, LISTS)
    asking.own_company(parameters, company)
    for name, values in parameters.lists():
        for value in values:
            _check(name, value)
    wanted = {name: set(filter(None, parameters.getlist(name))) for name in LISTS}
    wanted["tag"] = {tag_asked(value) for value in wanted["tag"]}
    flags = {name: asking.yes_or_no(parameters, name) for name in ("discovered", "template")}
    words = parameters.get("q", "").strip().casefold()
    found = [
        row
        for row in _rows(company)
        if all(not values or _has(row, name, values) for name, values in wanted.items())
        and all(flag is None or row[name] is flag for name, flag in flags.items())
        and (words in row["name"].casefold() or words in row["key"])
    ]
    shown, page = paged(found, parameters, CAMPAIGNS)
    return {"company": company.slug, "campaigns": shown, "page": page}


def campaign_answer(key: str, parameters: QueryDict, company: Company) -> dict[str, Any]:
    """One campaign by its key, the tidy utm_campaign. Raises Problem."""
    asking.named(parameters, ("company",), ())
    asking.own_company(parameters, company)
    found = next((row for row in _rows(company, key=key)), None)
    if found is None:
        raise not_found("campaign", "key", key)
    return {"company": company.slug, **found}


def _check(name: str, value: str) -> None:
    if len(value) > LONGEST:
        raise invalid(name, value, f"At most {LONGEST} characters are taken as {name}.")
    if value and name in CHOICES and value not in CHOICES[name]:
        known = ", ".join(CHOICES[name])
        raise invalid(name, value, f"“{value[:60]}” is no {name}. There are: {known}.")


def _rows(company: Company, **values: Any) -> Iterator[dict[str, Any]]:
    rows = Campaign.objects.filter(company=company, withdrawn=False, **values)
    # Not by the name: engines order names each in its own way.
    found = rows.values(*COLUMNS, merged=F("merged_into__key")).order_by()
    for row in sorted(found, key=lambda row: row["key"]):
        yield {name: row[name] for name in TEXTS} | {
            "tags": list(tags_in(row["tags"])),
            "discovered": row["discovered"],
            "template": row["is_template"],
            "starts_on": row["starts_on"] and row["starts_on"].isoformat(),
            "ends_on": row["ends_on"] and row["ends_on"].isoformat(),
            "merged_into": row["merged"],
        }


def _has(row: dict[str, Any], name: str, values: set[str]) -> bool:
    """Campaigns that do not say it have `(none)`, as in the report."""
    if name == "tag":
        return not values.isdisjoint(row["tags"] or (NOTHING,))
    return (row[name] or NOTHING) in values
