"""Every address of the program, and how the canary test fills in its arguments.

The key is the route's name, or its pattern where it has none. The value names, for each argument,
the kind of row whose id stands there: the test asks for ids of one's own company, of another
company, and for ids that never were. A word in quotes is itself the argument.
"""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


def model_pages(name: str, row: str, *more: str) -> dict[str, tuple[str, ...]]:
    """The pages that the admin gives every model, and those that ours add to the list."""
    app, model = name.split("_", 1)
    return {
        f"admin:{name}_changelist": (),
        f"admin:{name}_add": (),
        f"admin:{name}_change": (row,),
        f"admin:{name}_delete": (row,),
        f"admin:{name}_history": (row,),
        f"admin/{app}/{model}/<path:object_id>/": (row,),  # an old address that redirects
        **{f"admin:{name}_{one}": () for one in more},
    }


def import_pages(name: str, token: str) -> dict[str, tuple[str, ...]]:
    """The three steps of an import; the run's token is its handle."""
    return {
        f"admin:{name}_import": (),
        f"admin:{name}_import_sample": (),
        f"admin:{name}_process_import": (),
        f"admin:{name}_import_check": (token,),
        f"admin:{name}_import_errors": (token,),
        f"admin:{name}_import_changes": (token,),
        f"admin:{name}_import_done": (token,),
    }


ROUTES: dict[str, tuple[str, ...]] = {
    "healthz": (),
    # Public: whoever has a short link may follow it, to the page that stands on it.
    "short-link": ("'never-was'",),
    # Public: whoever knows the address of a webhook may send.
    "webhook": ("'never-was'",),
    # Public: what sites load that carry the website tag; it is the same for everybody.
    "website-tag": (),
    # For programs: each needs a key, in which the company stands.
    "api:leads": (),
    "api:bookings": (),
    "api:collect": (),
    "api:ingest-schema": (),
    # For programs that read: each needs a read key, in which the company stands.
    "read:leads": (),
    "read:companies": (),
    "read:definitions": (),
    "read:campaigns": (),
    "read:campaign": ("'never-was'",),
    "read:report": (),
    "read:series": (),
    # The same for everybody: it says nothing about anybody's data.
    "read:schema-json": (),
    "read:schema-yaml": (),
    "read:guide": (),
    # The admin itself
    "admin:index": (),
    "admin:login": (),
    "admin:logout": (),
    "admin:password_change": (),
    "admin:password_change_done": (),
    "admin:autocomplete": (),
    "admin:jsi18n": (),
    "admin:view_on_site": ("lead type", "lead"),
    "admin:app_list": ("'attribution'",),
    "admin/(?P<url>.*)$": ("'nowhere'",),
    # Companies' data
    **model_pages("attribution_company", "company"),
    **model_pages("attribution_membership", "membership"),
    **model_pages("attribution_importrun", "importrun"),
    **model_pages("attribution_namingrules", "naming"),
    **model_pages("attribution_shortlink", "shortlink"),
    **model_pages("attribution_linkhost", "linkhost"),
    **model_pages("attribution_filemapping", "filemapping"),
    **model_pages("attribution_capturerule", "capturerule", "try"),
    **model_pages("attribution_kindbatch", "kindbatch"),
    "admin:attribution_kindbatch_undo": ("kindbatch",),
    **model_pages("attribution_refusal", "refusal"),
    "admin:attribution_refusal_send": ("refusal",),
    **model_pages("attribution_waitingbooking", "waitingbooking"),
    **model_pages("attribution_webhooksource", "webhook"),
    "admin:attribution_webhooksource_address": ("webhook",),
    "admin:attribution_webhooksource_mapping": ("webhook",),
    **model_pages("attribution_ingestkey", "ingestkey"),
    "admin:attribution_ingestkey_revoke": ("ingestkey",),
    **model_pages("attribution_readkey", "readkey"),
    "admin:attribution_readkey_revoke": ("readkey",),
    **model_pages("attribution_campaign", "campaign", "export"),
    "admin:attribution_campaign_clone": ("campaign",),
    **model_pages("attribution_lead", "lead", "export"),
    **model_pages("attribution_exchangerate", "rate", "upload"),
    "admin:attribution_exchangerate_upload_check": ("rates token",),
    **model_pages("attribution_booking", "booking", "export"),
    **model_pages("spend_spendentry", "spend", "export"),
    **model_pages("spend_cost", "cost"),
    **model_pages("spend_columnmapping", "kindoffile"),
    **model_pages("spend_budget", "budget"),
    **model_pages("spend_campaigngroup", "group"),
    **model_pages("reports_target", "target"),
    **model_pages("reports_subscription", "subscription"),
    "admin:reports_subscription_send": ("subscription",),
    **model_pages("reports_alert", "alert"),
    **import_pages("attribution_lead", "leads token"),
    **import_pages("attribution_booking", "bookings token"),
    **import_pages("attribution_campaign", "campaigns token"),
    **import_pages("spend_spendentry", "spend token"),
    "admin:spend_spendentry_import_undo": ("spend token",),
    # People
    **model_pages("auth_user", "user"),
    "admin:auth_user_password_change": ("user",),
    # Tools
    "tools:utm-builder": (),
    "tools:utm-builder-csv": (),
    "tools:utm-builder-qr": ("'svg'",),
    "tools:link-checker": (),
    "tools:link-checker-csv": (),
    "person:page": (),
    "tag:page": (),
    "tag:test": (),
    "channels:rules": (),
    # Reports
    "reports:overview": (),
    "reports:overview-csv": (),
    "reports:campaign": ("campaign",),
    "reports:notes": (),
    "reports:note": ("note",),
    "reports:compare": (),
    "reports:views": (),
    "reports:view": ("savedview",),
    "reports:months": (),
    "reports:month": ("closedmonth",),
    "reports:month-csv": ("closedmonth",),
    "reports:restatements": (),
    "reports:restatements-csv": (),
    "reports:overview-xlsx": (),
    "reports:overview-pdf": (),
    "reports:budget": (),
    "reports:budget-csv": (),
    "reports:budget-xlsx": (),
    "reports:audit": (),
    "reports:audit-csv": (),
    "reports:definitions": (),
    "reports:api": (),
    "reports:capture": (),
    "reports:maturity": (),
    "reports:correct": (),
    "reports:campaign-repair": ("campaign",),
    "reports:queue": (),
    "reports:unmatched": (),
    "reports:platform-ids": (),
    "reports:rules": (),
    "reports:rule-add": (),
    "reports:rule": ("rule",),
    "reports:preview": ("draft",),
    "reports:preview-leads": ("draft",),
    "reports:repairs": (),
    "reports:repair": ("repair",),
}


def all_routes() -> Iterator[tuple[str, str, URLPattern]]:
    """Key, whole pattern and route, for every route of the program."""
    yield from _walk(get_resolver().url_patterns, "", "")


def _walk(patterns: list[Any], prefix: str, space: str) -> Iterator[tuple[str, str, URLPattern]]:
    for one in patterns:
        whole = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            inner = f"{space}{one.namespace}:" if one.namespace else space
            yield from _walk(one.url_patterns, whole, inner)
        else:
            yield (space + one.name if one.name else whole), whole, one
