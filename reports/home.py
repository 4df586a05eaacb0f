"""The home page of the admin: four figures, what needs attention, and what one comes to do."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db.models import Count, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from attribution import calendar, roles
from attribution.days import day_range
from attribution.models import Company, ImportRun
from reports import formatting
from reports.answer import Report
from reports.audit.buckets import PAID, Money
from reports.audit.reading import without_names
from reports.audit.result import spend_at_risk
from reports.budget.words import month_name
from reports.capture import home as capture
from reports.cards import Card, key_figures
from reports.filters import companies_of, current_company
from reports.links import Links
from reports.models import RollupState
from reports.periods import resolve_period
from reports.query import ReportQuery
from reports.repair.size import size
from reports.report import run_report
from reports.rollup.state import may_read_sums
from spend.budgets.months import month_of, moved
from spend.budgets.notices import open_notices
from spend.budgets.pace import State

PERIOD = "28d"
WITH_SPEND = ("leads", "booked_rate", "cost_per_lead", "roi")
WITHOUT_SPEND = ("leads", "booked", "booked_rate", "completed_rate")


@dataclass(frozen=True)
class Attention:
    """One thing that a person should look at, and where."""

    count: str
    text: str
    action: str
    url: str
    is_error: bool = False


@dataclass(frozen=True)
class Action:
    label: str
    url: str


@dataclass(frozen=True)
class Home:
    company: Company | None
    others: tuple[Company, ...] = ()  # the user's other companies
    can_add_company: bool = False
    days: str = ""
    report_url: str = ""
    cards: tuple[Card, ...] = ()
    attention: tuple[Attention, ...] = ()
    actions: tuple[Action, ...] = ()


def home_context(request: HttpRequest) -> Home:
    """What `templates/admin/index.html` shows beside the list of models."""
    companies = companies_of(request)
    company = current_company(request, companies)
    if company is None:
        return Home(company=None, can_add_company=request.user.is_superuser)
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
    report = run_report(query, without_names)
    names = WITH_SPEND if report.has_spend else WITHOUT_SPEND
    total = report.total
    overview = reverse("reports:overview")
    figures = key_figures(names, total, company.currency, Links(query).behind)
    return Home(
        company=company,
        others=tuple(other for other in companies if other != company),
        days=gettext("28 days, %(days)s") % {"days": day_range(start, end)},
        report_url=f"{overview}?company={company.slug}&period={PERIOD}",
        cards=tuple(figures),
        attention=tuple(_attention(request, report)),
        actions=tuple(_actions(request, company)),
    )


def _attention(request: HttpRequest, report: Report) -> Iterator[Attention]:
    """Only what there is: nothing is said about what counts nought."""
    yield from _to_repair(request, report.query.company)
    unpaid = _paid_without_spend(report)
    if report.has_spend and unpaid:
        yield Attention(
            count=formatting.count(unpaid),
            text=gettext("paid campaigns with leads, but no spend"),
            action=gettext("Show them"),
            url=f"{reverse('reports:overview')}?company={report.query.company.slug}"
            f"&period={PERIOD}&sort=spend",
        )
    if report.unmatched_spend.tally.spend_groups:
        yield Attention(
            count=formatting.money(
                report.unmatched_spend.values["spend"], report.query.company.currency
            ),
            text=gettext("of spend that matches no campaign"),
            action=gettext("Match it"),
            url=f"{reverse('reports:unmatched')}?company={report.query.company.slug}"
            f"&period={PERIOD}",
        )
    yield from _without_rates(report)
    yield from _at_risk(report)
    failed, off_pace, ended, *captured = _waiting(report)
    yield from _capture(request, report.query.company, captured)
    yield from _off_pace(report.query.company, off_pace, ended)
    if not roles.may(request.user, "importrun.view", report.query.company.pk):
        failed = 0
    if failed:
        yield Attention(
            count=formatting.count(failed),
            text=gettext("imports that failed"),
            action=gettext("Import history"),
            url=reverse("admin:attribution_importrun_changelist"),
            is_error=True,
        )
    yield from _unreadable_sums(request, report)


def _without_rates(report: Report) -> Iterator[Attention]:
    """Money that stands in no sum until somebody says what it is worth."""
    if report.missing_rates:
        rates = reverse("admin:attribution_exchangerate_changelist")
        yield Attention(
            count=formatting.count(len(report.missing_rates)),
            text=ngettext(
                "rate of exchange is missing: some money is unknown",
                "rates of exchange are missing: some money is unknown",
                len(report.missing_rates),
            ),
            action=gettext("Exchange rates"),
            url=f"{rates}?company={report.query.company.slug}",
        )


def _capture(request: HttpRequest, company: Company, found: list[Any]) -> Iterator[Attention]:
    """For those who may see to it."""
    if roles.may(request.user, "refusal.view", company.pk):
        for one in capture.wrong(company, found):
            yield Attention(one.much, one.text, one.action, one.url, is_error=True)


def _at_risk(report: Report) -> Iterator[Attention]:
    """Spend that does not meet its leads, for more reasons than that it is not matched."""
    if not report.has_spend:
        return
    company, buckets = report.query.company, spend_at_risk(report)
    at_risk = sum(one.minor for kind, one in buckets.items() if kind is not Money.IN_ORDER)
    if at_risk <= max(buckets[Money.UNMATCHED].minor, 0):
        return
    yield Attention(
        count=formatting.money(report.total.tally.money(at_risk), company.currency),
        text=gettext("of spend at risk: money and leads do not meet"),
        action=gettext("Spend audit"),
        url=f"{reverse('reports:audit')}?company={company.slug}&period={PERIOD}",
    )


def _to_repair(request: HttpRequest, company: Company) -> Iterator[Attention]:
    """Of all days: a repair moves leads of any age."""
    waiting = size(company)
    if not waiting.groups:
        return
    may_repair = roles.may(request.user, "repair.make", company.pk)
    text = ngettext(
        "group of leads to repair (%(leads)s leads without a campaign)",
        "groups of leads to repair (%(leads)s leads without a campaign)",
        waiting.groups,
    )
    page = "reports:queue" if may_repair else "reports:repairs"
    yield Attention(
        count=formatting.count(waiting.groups),
        text=text % {"leads": formatting.count(waiting.unattributed)},
        action=gettext("Repair UTM") if may_repair else gettext("Last repairs"),
        url=f"{reverse(page)}?company={company.slug}",
    )


def _unreadable_sums(request: HttpRequest, report: Report) -> Iterator[Attention]:
    """Reports are right without the kept sums, but take longer."""
    company = report.query.company
    if not roles.may(request.user, "importrun.view", company.pk) or may_read_sums(company.pk):
        return
    state = RollupState.objects.get(company=company)
    command = {"command": f"manage.py rollup --rebuild --company {company.slug}"}
    meanwhile = gettext("Reports are counted from the facts until %(command)s.") % command
    if state.drift:
        count, problem = formatting.count(state.drift), gettext("kept sums differ from the facts.")
    else:
        count, problem = gettext("Kept sums"), gettext("are not built yet.")
    yield Attention(
        count=count,
        text=f"{problem} {meanwhile}",
        action=gettext("Open the report"),
        url=f"{reverse('reports:overview')}?company={company.slug}",
        is_error=True,
    )


def _paid_without_spend(report: Report) -> int:
    return sum(
        1
        for row in report.rows
        if row.campaign is not None
        and row.campaign.channel in PAID
        and row.leads
        and row.values["spend"] is None
    )


def _off_pace(company: Company, running: int, ended: int) -> Iterator[Attention]:
    """Budgets with an open notice, each led to in the month where its budget stands."""
    address = f"{reverse('reports:budget')}?company={company.slug}"
    if running:
        yield Attention(
            count=formatting.count(running),
            text=ngettext(
                "budget over or under its pace, or overspent",
                "budgets over or under their pace, or overspent",
                running,
            ),
            action=gettext("Budget & pacing"),
            url=address,
        )
    if ended:
        before = moved(month_of(calendar.today(company.zone)), -1)
        yield Attention(
            count=formatting.count(ended),
            text=ngettext(
                "budget of last month that was overspent",
                "budgets of last month that were overspent",
                ended,
            ),
            action=gettext("Budget & pacing of %(month)s") % {"month": month_name(before)},
            url=f"{address}&month={before:%Y-%m}",
        )


def _waiting(report: Report) -> tuple[Any, ...]:
    """Imports of the period that failed, marks of budgets that are crossed, and what capture has
    to say. One query.
    """
    company, first_day = report.query.company, report.query.start
    failed = ImportRun.objects.filter(
        company=company,
        state__in=(ImportRun.State.REFUSED, ImportRun.State.INTERRUPTED),
        started_at__gte=datetime.combine(first_day, time.min, company.zone),
    )
    today = calendar.today(company.zone)
    notices = open_notices(company, today)
    month = month_of(today)
    of_month = notices.filter(budget__last_day__gte=month)
    overspent = notices.filter(budget__last_day__lt=month, kind=State.OVER_BUDGET)
    marks = _number(of_month), _number(overspent)
    asked = (_number(failed), *marks, *capture.columns(company))
    runs, running, ended, *captured = (
        Company.objects.filter(pk=company.pk).values_list(*asked).get()
    )
    return runs or 0, running or 0, ended or 0, *captured


def _number(rows: "QuerySet[Any]") -> Subquery:
    """How many there are, as a part of a larger query; NULL for none."""
    return Subquery(rows.order_by().values("company").annotate(n=Count("pk")).values("n"))


def _actions(request: HttpRequest, company: Company) -> Iterator[Action]:
    yield Action(
        gettext("Open the report"), f"{reverse('reports:overview')}?company={company.slug}"
    )
    slug, pk = company.slug, company.pk  # as imports and forms name it
    for right, address, named, label in (
        ("spend.import", "admin:spend_spendentry_import", slug, gettext("Import spend")),
        ("spend.add", "admin:spend_spendentry_add", pk, gettext("Add spend by hand")),
        ("lead.import", "admin:attribution_lead_import", slug, gettext("Import leads")),
        ("booking.import", "admin:attribution_booking_import", slug, gettext("Import bookings")),
        ("campaign.add", "admin:attribution_campaign_add", pk, gettext("Add a campaign")),
    ):
        if roles.may(request.user, right, pk):
            yield Action(label, f"{reverse(address)}?company={named}")
