"""The page Budget & pacing."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from attribution import calendar, roles
from attribution.days import day_range
from attribution.models import Campaign, Company
from reports import formatting
from reports.budget import words
from reports.budget.plan import MonthPlan, SubjectPlan
from reports.budget.sheet import MONTHS_BACK, MONTHS_TO_COME, Line, Sheet, read
from reports.choices import Choice, Option
from reports.filters import Address, companies_of, current_company
from reports.views import no_company
from spend.budgets.months import month_end, month_of, moved
from spend.budgets.pace import State
from spend.models import CampaignGroup

RIGHT = "budget.view"
MOST_PLANS = 200  # rows of plan and actual on the page; files hold them all
BAR = 120  # its length
CHIPS = {
    State.OVER_BUDGET: "cp-chip cp-pace-bad",
    State.OVER_PACE: "cp-chip cp-chip-thin",
    State.UNDER_PACE: "cp-chip cp-chip-thin",
}

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Asked:
    """Whose budgets, and of which month."""

    company: Company
    month: date
    today: date

    def address(self, month: date | None = None) -> str:
        shown = (month or self.month).strftime("%Y-%m")
        return str(Address([("company", self.company.slug), ("month", shown)]))


@dataclass(frozen=True)
class ShownLine:
    """A budget as a row of the page."""

    name: str
    is_group: bool
    url: str
    budget_url: str
    days: str
    budget: str
    spent: str
    hints: list[str]
    bar: SafeString
    against_time: str
    end: str
    end_range: str
    rest_per_day: str
    in_month: str
    state: str
    sign: str
    css: str


@dataclass(frozen=True)
class ShownPlan:
    """A campaign or a group in one month, as a row of the page."""

    name: str
    budget: str
    spent: str
    difference: str
    share: str


@require_safe
def budget(request: HttpRequest) -> HttpResponse:
    companies = companies_of(request)
    company = current_company(request, companies)
    if company is None:
        return no_company(request)
    asked = ask(request, company)
    sheet = read(company, asked.month)
    if not sheet.holds:
        logger.error("Budgets do not add up: company %s, %s", company.pk, asked.month)
    context = admin.site.each_context(request) | {
        "title": gettext("Budget & pacing"),
        "companies": [one for one in companies if roles.may(request.user, RIGHT, one.pk)],
        **context_of(request, asked, sheet),
    }
    return TemplateResponse(request, "reports/budget/budget.html", context)


def ask(request: HttpRequest, company: Company) -> Asked:
    """The month of the address; this month when it names none that is in reach."""
    if not roles.may(request.user, RIGHT, company.pk):
        raise PermissionDenied
    today = calendar.today(company.zone)
    this = month_of(today)
    try:
        month = date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        month = this
    if not date(2000, 1, 1) <= month <= moved(this, MONTHS_TO_COME):
        month = this
    return Asked(company, month, today)


def context_of(request: HttpRequest, asked: Asked, sheet: Sheet) -> dict[str, Any]:
    money = words.Money(asked.company.currency)
    may_add = roles.may(request.user, "budget.add", asked.company.pk)
    may_export = roles.may(request.user, "report.export", asked.company.pk)
    plans = list(_plans(sheet, money))
    return {
        "company": asked.company,
        "sheet": sheet,
        "month": words.month_name(asked.month),
        "days": day_range(sheet.month, sheet.end),
        "months": _months(asked),
        "previous_url": asked.address(moved(asked.month, -1)),
        "next_url": asked.address(moved(asked.month, 1)),
        "lines": [_line(line, money) for line in sheet.lines],
        "totals": {
            "budget": money.text(sheet.budget_minor),
            "spent": money.text(sheet.recorded_minor),
            "in_month": money.text(sheet.in_month_minor),
        },
        "unplanned": [
            (one.campaign, money.text(one.minor), _add_url(asked, one.campaign) if may_add else "")
            for one in sheet.unplanned
        ],
        "unplanned_total": money.text(sheet.unplanned_minor),
        "unmatched": money.text(sheet.unmatched_minor) if sheet.unmatched_minor else "",
        "unmatched_url": _unmatched_url(asked, sheet),
        "proof": words.proof(sheet, money),
        "notes": words.notes(sheet, money),
        "without_rates": words.without_rates(sheet),
        "rates_url": reverse("admin:attribution_exchangerate_changelist")
        + f"?company={asked.company.slug}",
        "how": words.HOW,
        "plans": plans,
        "plans_cut": len(sheet.plans) - len(plans),
        "add_url": _add_url(asked) if may_add else "",
        "groups_url": reverse("admin:spend_campaigngroup_changelist"),
        "exports": {
            kind: reverse(f"reports:budget-{kind}") + asked.address() for kind in ("csv", "xlsx")
        }
        if may_export
        else {},
    }


def _line(line: Line, money: words.Money) -> ShownLine:
    one, pace = line.standing.budget, line.standing.pace
    end, end_range = words.projection(pace, money)
    subject = one.campaign or one.group
    return ShownLine(
        name=str(subject),
        is_group=one.group_id is not None,
        url=_subject_url(subject),
        budget_url=reverse("admin:spend_budget_change", args=[one.pk]),
        days=day_range(one.first_day, one.last_day),
        budget=money.text(one.amount_minor),
        spent=money.text(pace.recorded_minor),
        hints=words.hints(line, money),
        bar=bar(pace.spent_share, pace.time_share),
        against_time=words.against_time(pace),
        end=end,
        end_range=end_range,
        rest_per_day=money.text(pace.rest_per_day_minor),
        in_month=money.text(line.in_month_minor),
        state=words.state(line),
        sign=words.SIGNS.get(pace.state, ""),
        css=CHIPS.get(pace.state, "cp-chip"),
    )


def bar(spent: Fraction | None, time: Fraction) -> SafeString:
    """How much is spent, with a mark where time is; its numbers stand in words beside it."""
    filled = 0 if spent is None else round(BAR * max(min(spent, Fraction(1)), Fraction(0)))
    mark = round(BAR * time)
    over = " cp-pace-over" if spent is not None and spent > 1 else ""
    return SafeString(
        f'<svg class="cp-bar cp-pace{over}" width="{BAR}" height="12" aria-hidden="true">'
        f'<rect class="cp-bar-track" y="2" width="{BAR}" height="8" rx="3"/>'
        f'<rect class="cp-bar-fill" y="2" width="{filled}" height="8" rx="3"/>'
        f'<rect class="cp-pace-now" x="{min(mark, BAR - 2)}" width="2" height="12"/></svg>'
    )


def _plans(sheet: Sheet, money: words.Money) -> Iterator[tuple[str, list[ShownPlan], ShownPlan]]:
    """Months with their rows, until the page is full."""
    shown = 0
    for plan in sheet.plans:
        shown += len(plan.rows)
        if shown > MOST_PLANS and shown > len(plan.rows):
            return
        rows = [_plan(row, str(row.subject), money) for row in plan.rows]
        yield words.month_name(plan.month), rows, _plan(plan, gettext("Together"), money)


def _plan(row: SubjectPlan | MonthPlan, name: str, money: words.Money) -> ShownPlan:
    difference = row.difference_minor
    known = difference is not None and row.budget_minor
    return ShownPlan(
        name=name,
        budget=money.text(row.budget_minor),
        spent=money.text(row.spent_minor),
        difference=money.signed(difference),
        share=formatting.signed_rate(
            words.share(Fraction(difference or 0, row.budget_minor)) if known else None
        ),
    )


def _months(asked: Asked) -> Choice:
    this = month_of(asked.today)
    offered = {moved(this, number) for number in range(-MONTHS_BACK, 13)} | {asked.month}
    return Choice(
        "month",
        gettext("Month"),
        [
            Option(one.strftime("%Y-%m"), words.month_name(one), one == asked.month)
            for one in sorted(offered, reverse=True)
        ],
    )


def _subject_url(subject: Campaign | CampaignGroup | None) -> str:
    page = "attribution_campaign" if isinstance(subject, Campaign) else "spend_campaigngroup"
    return reverse(f"admin:{page}_change", args=[subject.pk if subject else 0])


def _add_url(asked: Asked, campaign: Campaign | None = None) -> str:
    filled: dict[str, Any] = {
        "company": asked.company.pk,
        "first_day": asked.month.isoformat(),
        "last_day": month_end(asked.month).isoformat(),
    }
    if campaign is not None:
        filled["campaign"] = campaign.pk
    return f"{reverse('admin:spend_budget_add')}?{urlencode(filled)}"


def _unmatched_url(asked: Asked, sheet: Sheet) -> str:
    filled = {
        "company": asked.company.slug,
        "campaign": "none",
        "from": sheet.month.isoformat(),
        "to": sheet.end.isoformat(),
    }
    return f"{reverse('admin:spend_spendentry_changelist')}?{urlencode(filled)}"
