"""The page that sets two to four campaigns side by side."""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from attribution.days import day_range
from attribution.models import Company
from reports import formatting
from reports.answer import Report, Row
from reports.attributing.models import CAPTURED
from reports.campaign.asking import for_campaigns
from reports.company_page import company_page
from reports.comparing.sections import sections
from reports.filters import Asked, address_of, ask
from reports.metrics import METRICS
from reports.patience import patiently
from reports.report import run_report
from reports.snapshot import no_longer_than
from reports.tables import default_columns

FEWEST, MOST = 2, 4
OFFERED = 200  # campaigns to tick here, those with most leads; all can be ticked in the report


@require_safe
@patiently
@company_page("report.view")
def compare(request: HttpRequest, company: Company, companies: list[Company]) -> HttpResponse:
    context = admin.site.each_context(request) | {
        "title": gettext("Compare campaigns"),
        "company": company,
        **_answer(request, company),
    }
    return TemplateResponse(request, "reports/comparing/compare.html", context)


def _answer(request: HttpRequest, company: Company) -> dict[str, Any]:
    parameters = request.GET.copy()
    wanted = list(dict.fromkeys(parameters.pop("campaign", [])))  # their numbers; no filter here
    asked = ask(parameters, company)
    # Which visit gets the credit would cut leads into parts, of which no test knows.
    query = replace(
        asked.query.alone(),
        group_by="campaign",
        then_by=(),
        basis="received",
        model=CAPTURED,
        window=None,
    )
    asked = replace(asked, query=query)
    with no_longer_than(settings.REPORT_SECONDS):
        report = run_report(query)
    offered = {str(row.campaign.id): row for row in report.rows if row.campaign}
    rows = [offered[one] for one in wanted if one in offered][:MOST]
    return {
        "asked": asked,
        "query": query,
        "days": day_range(query.start, query.end),
        "problems": [*asked.ignored, *_problems(wanted, rows)],
        "chosen": {str(row.key) for row in rows},
        "offered": [row for row in report.rows if row.campaign][:OFFERED],
        "hidden": [pair for pair in address_of(asked, "", ()).pairs if pair[0] != "company"],
        "campaign_asked": for_campaigns(address_of(asked, "", ())),
        "columns": [METRICS[name].label for name in default_columns(report)],
        "lines": [_line(report, row) for row in rows],
        "sections": sections(rows, company.currency, with_costs=report.shows_spend)
        if len(rows) >= FEWEST
        else [],
        "report": report,
        "overview_url": _overview(asked),
        "young_days": report.young_days,
    }


def _problems(wanted: list[str], rows: list[Row]) -> list[str]:
    problems = []
    if len(wanted) > MOST:
        problems.append(
            gettext("%(n)s campaigns were ticked; the first %(most)s are shown.")
            % {"n": len(wanted), "most": MOST}
        )
    elif len(rows) < len(wanted):
        problems.append(
            gettext("Some of them have neither leads nor spend in this period, and are left out.")
        )
    if len(rows) < FEWEST:
        problems.append(gettext("Tick two to four campaigns to set side by side."))
    return problems


def _line(report: Report, row: Row) -> dict[str, Any]:
    currency = report.query.company.currency
    names = default_columns(report)
    return {
        "row": row,
        "figures": [formatting.metric(METRICS[one], row.values[one], currency) for one in names],
    }


def _overview(asked: Asked) -> str:
    return f"{reverse('reports:overview')}{address_of(asked, '', ())}"
