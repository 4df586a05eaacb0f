"""The latest rows behind a campaign's figures: leads, spend and budgets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from attribution import roles
from attribution.admin.money import shown_with_worth
from attribution.days import day_range
from attribution.models import Campaign, Lead
from attribution.money import shown
from reports import formatting
from reports.budget import words
from reports.budget.page import CHIPS, bar
from spend.budgets.pace import Pace, State
from spend.budgets.reading import UNCONVERTED, plan_of
from spend.models import Budget, GroupMember, SpendEntry

LATEST = 10
MOST_BUDGETS = 12


@dataclass(frozen=True)
class LeadLine:
    """A lead without the person: contact data stands on its own page, for those who may see it."""

    url: str
    received: datetime
    name: str
    source: str
    country: str
    kind: str
    outcome: str


def leads(campaign: Campaign) -> list[LeadLine]:
    """The newest, of every kind, with their times in the company's zone."""
    rows = Lead.objects.filter(company=campaign.company_id, campaign=campaign)
    outcomes = gettext("Completed"), gettext("Booked")
    return [
        LeadLine(
            url=reverse("admin:attribution_lead_change", args=[lead.pk]),
            received=lead.received_at.astimezone(campaign.company.zone),
            name=lead.external_id,
            source=lead.source,
            country=lead.country,
            kind=lead.get_kind_display(),
            outcome=outcomes[0]
            if lead.completed
            else outcomes[1]
            if lead.booked
            else formatting.DASH,
        )
        for lead in rows.order_by("-received_at", "-pk")[:LATEST]
    ]


@dataclass(frozen=True)
class SpendLine:
    """One entry of spend."""

    day: str
    line: str
    source: str
    amount: str
    note: str
    url: str  # where it is changed, by who may


def spend(campaign: Campaign, user: Any, lines: Sequence[str]) -> list[SpendLine]:
    """The latest days first, of these lines (none: of all). A part of a shared cost is changed
    there.
    """
    rows = SpendEntry.objects.filter(company=campaign.company_id, campaign=campaign)
    if lines:
        rows = rows.filter(line__in=lines)
    keeps = roles.may(user, "spend.change", campaign.company_id) and roles.keeps(
        user, campaign.company_id, campaign.owner_id
    )
    found = []
    for entry in rows.order_by("-day", "-pk")[:LATEST]:
        entry.company = campaign.company  # read already
        of_cost = entry.cost_id is not None
        page = "spend_cost" if of_cost else "spend_spendentry"
        found.append(
            SpendLine(
                day=day_range(entry.day, entry.day),
                line=entry.get_line_display(),
                source=gettext("shared cost") if of_cost else entry.source,
                amount=shown_with_worth(entry, entry.amount_minor),
                note=entry.note,
                url=reverse(f"admin:{page}_change", args=[entry.cost_id or entry.pk])
                if keeps
                else "",
            )
        )
    return found


@dataclass(frozen=True)
class BudgetLine:
    """A budget of the campaign; of a group's, only that it is there."""

    days: str
    amount: str
    group: str
    url: str
    spent: str = ""
    against_time: str = ""
    bar: SafeString | str = ""
    state: str = ""
    css: str = ""


def budgets(campaign: Campaign, since: date, today: date) -> list[BudgetLine]:
    """Those that end on this day or later, the latest first; one query."""
    groups = GroupMember.objects.filter(company=campaign.company_id, campaign=campaign)
    rows: QuerySet[Any] = Budget.objects.filter(
        Q(campaign=campaign) | Q(group__in=groups.values("group")),
        company=campaign.company_id,
        last_day__gte=since,
    )
    entries = SpendEntry.objects.filter(
        company=OuterRef("company"),
        campaign=OuterRef("campaign"),
        day__gte=OuterRef("first_day"),
        day__lte=OuterRef("last_day"),
    ).order_by()
    rows = rows.annotate(
        over_minor=_one(entries.filter(day__lt=today), Sum("amount_minor")),
        later_minor=_one(entries.filter(day__gte=today), Sum("amount_minor")),
        unpriced=_one(entries.filter(UNCONVERTED), Count("pk")),
    )
    found = rows.select_related("group").order_by("-last_day", "-first_day", "pk")[:MOST_BUDGETS]
    return [_budget(one, campaign, today) for one in found]


def _one(rows: "QuerySet[Any]", number: Sum | Count) -> Subquery:
    return Subquery(rows.values(whose=F("company")).annotate(found=number).values("found"))


def _budget(budget: Any, campaign: Campaign, today: date) -> BudgetLine:
    line = {
        "days": day_range(budget.first_day, budget.last_day),
        "amount": shown(budget.amount_minor, campaign.company.currency),
        "group": budget.group.name if budget.group else "",
        "url": reverse("admin:spend_budget_change", args=[budget.pk]),
    }
    if budget.group is not None:
        return BudgetLine(**line)
    known = not budget.unpriced and (budget.over_minor, budget.later_minor) != (None, None)
    pace = Pace(
        plan=plan_of(budget),
        today=today,
        spent_minor=int(budget.over_minor or 0) if known else None,
        later_minor=int(budget.later_minor or 0) if known else 0,
        projection=None,
    )
    state = pace.state
    sign = words.SIGNS.get(state, "")
    return BudgetLine(
        **line,
        spent=words.Money(campaign.company.currency).text(pace.recorded_minor),
        against_time=words.against_time(pace) if state is not State.NOT_STARTED else "",
        bar=bar(pace.spent_share, pace.time_share),
        state=f"{sign} {words.STATES[state]}".strip(),
        css=CHIPS.get(state, "cp-chip"),
    )
