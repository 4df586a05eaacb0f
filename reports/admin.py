"""A campaign's own numbers, on its page in the admin."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import Exists, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from attribution import calendar, roles
from attribution.admin.campaign import CampaignAdmin
from attribution.campaign_texts import FACTS
from attribution.campaign_values import InUse, in_use_by
from attribution.days import day_range
from attribution.models import Campaign, Lead, Touchpoint
from attribution.repair.history import of_campaign
from attribution.repair.known_as import claimable, known_as, merged_by
from reports.answer import Row
from reports.attributing import lead_page as lead_page  # registers the page of leads
from reports.attributing.campaign_page import models_of
from reports.cards import Card, key_figures
from reports.links import Links
from reports.periods import resolve_period
from reports.query import ReportQuery
from reports.report import run_report
from reports.sending import alert_page as alert_page  # registers the pages of alerts …
from reports.sending import digest_page as digest_page  # … and of digests
from reports.snapshot import snapshot
from reports.targets.admin import TargetAdmin as TargetAdmin  # registers it
from spend.admin.platform import PlatformIdInline
from spend.budgets.admin import keeps
from spend.groups import group_names, groups_with, names_in
from spend.models import GroupMember

PERIOD = "91d"
FIGURES = ("leads", "booked", "completed", "revenue")
WITH_SPEND = (*FIGURES, "spend", "cost_per_lead")
LATEST = 10

admin.site.unregister(Campaign)


@admin.register(Campaign)
class CampaignNumbersAdmin(CampaignAdmin):
    """The campaign as its owner meets it: what it brought and cost, then what can be changed."""

    change_form_template = "admin/attribution/campaign/change_form.html"

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Campaign]":
        rows = super().get_queryset(request)
        asked = getattr(request.resolver_match, "url_name", None)
        if asked == "attribution_campaign_change":
            rows = rows.annotate(group_names=group_names())
        return rows

    def after_clone(self, request: HttpRequest, source: Campaign, new: Campaign) -> None:
        """Into the groups that the person keeps."""
        for group in groups_with(source):
            if keeps(request.user, group):
                GroupMember.objects.create(company=group.company, group=group, campaign=new)

    def get_inlines(self, request: HttpRequest, obj: Campaign | None) -> Any:
        """Of a campaign that is there: to which other one would an id be compared?"""
        return [PlatformIdInline] if obj is not None else []

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Campaign | None = None,
    ) -> HttpResponse:
        if obj is not None:
            found, known = numbers(obj)
            context["adminform"].form.offer(known)
            context |= found | decided(request.user, obj)
            if roles.may(request.user, "campaign.add", obj.company_id) and not obj.merged_into_id:
                context["clone_url"] = reverse("admin:attribution_campaign_clone", args=[obj.pk])
            if roles.may(request.user, "link.build", obj.company_id):
                asked = {"company": obj.company.slug, "campaign": obj.key}
                context["links_url"] = f"{reverse('tools:utm-builder')}?{urlencode(asked)}"
        return super().render_change_form(request, context, add, change, form_url, obj)


def decided(user: Any, campaign: Campaign) -> dict[str, Any]:
    """What persons have decided about it, and what may be decided."""
    may_repair = roles.may(user, "repair.make", campaign.company_id)
    changes = of_campaign(campaign)
    return {
        "company": campaign.company,
        "may_repair": may_repair,
        "merged_by": merged_by(campaign),
        "known_as": known_as(campaign) if changes else [],  # a rule that leads here is a change
        "claimable": claimable(campaign) if may_repair and not campaign.merged_into_id else 0,
        "changes": changes,
    }


def numbers(campaign: Campaign) -> tuple[dict[str, Any], InUse]:
    """The figures of 91 days, as the report has them, and the latest leads; and what the
    company's campaigns say of themselves, which the report has read anyway.
    """
    company = campaign.company
    start, end = resolve_period(PERIOD, calendar.today(company.zone))
    query = ReportQuery(
        company=company,
        start=start,
        end=end,
        compare="previous",
        counts=False,
        by_line=False,
        budgets=False,
        facets=False,
    )
    with snapshot():
        report = run_report(query)
        latest, any_visits = latest_leads(campaign)
    asked = {"company": company.slug, "period": PERIOD, "campaign": campaign.key}
    row = next((one for one in report.rows if one.key == str(campaign.pk)), None)
    leads = f"{reverse('admin:attribution_lead_changelist')}?campaign={campaign.pk}"
    briefs = sorted(report.campaigns)  # by their numbers
    known = in_use_by((*(getattr(one, name) for name in FACTS), one.tags) for one in briefs)
    return {
        "models": models_of(campaign, query, None if row is None else row.values["spend"])
        if any_visits
        else {},
        "days": _("91 days, %(days)s") % {"days": day_range(start, end)},
        "cards": () if row is None else cards(row, query, report.has_spend),
        "thin": row is not None and row.thin,
        "thin_below": company.thin_below,
        "report_url": f"{reverse('reports:overview')}?{urlencode(asked)}",
        "latest_leads": latest,
        "groups": names_in(getattr(campaign, "group_names", None)),
        "leads_url": f"{leads}&company={company.slug}",
    }, known


def cards(row: Row, query: ReportQuery, has_spend: bool) -> list[Card]:
    links, narrowed = Links(query), f"&campaign={row.key}"
    return key_figures(
        WITH_SPEND if has_spend else FIGURES,
        row,
        query.company.currency,
        lambda metric: links.behind(metric, narrowed),
    )


def latest_leads(campaign: Campaign) -> tuple[list[dict[str, Any]], bool]:
    """The newest leads, with their times in the company's zone; and whether the company has visits
    of leads at all: asked together, for every question of a page counts.
    """
    leads = Lead.objects.filter(company=campaign.company_id, campaign=campaign)
    visits = Touchpoint.objects.filter(company=campaign.company_id)
    newest = list(leads.annotate(any_visits=Exists(visits)).order_by("-received_at")[:LATEST])
    shown = [
        {
            "url": reverse("admin:attribution_lead_change", args=[lead.pk]),
            "received": lead.received_at.astimezone(campaign.company.zone),
            "name": lead.external_id,
            "source": lead.source,
            "kind": lead.get_kind_display(),
            "outcome": _("Completed") if lead.completed else _("Booked") if lead.booked else "–",
        }
        for lead in newest
    ]
    return shown, newest[0].any_visits if newest else visits.exists()
