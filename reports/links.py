"""From a number to the rows behind it: addresses of the lead and spend lists in the admin."""

from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from urllib.parse import quote, urlencode

from django.urls import reverse

from attribution.utm import Reason
from reports.dimensions import BY_CAMPAIGN
from reports.metrics import BUDGET_COLUMNS, METRICS, LineMeasure
from reports.periods import Days
from reports.query import ReportQuery

FROM = "&from="
# The lists of what was planned, and what they are narrowed to.
PLANS = {"budget": ("spend_budget", ""), "target": ("reports_target", "&metric=leads")}
# Where the lists call it otherwise: their `tag` is any tag, as the report's filter is.
PARAMETERS = {"tag": "tags", "month": "from"}
UNLIKELY = 987_654_321  # stands for the number of a campaign
BOOKED, COMPLETED = "&booked=1", "&completed=1"
# The leads that a figure is made of; figures that are not named here are made of spend.
LEADS_BEHIND = {
    "leads": "",
    "cost_per_lead": "",
    "booked": BOOKED,
    "booked_rate": BOOKED,
    "cost_per_booked": BOOKED,
    "completed": COMPLETED,
    "completed_rate": COMPLETED,
    "show_rate": COMPLETED,
    "revenue": COMPLETED,
    "cost_per_completed": COMPLETED,
}


@dataclass(frozen=True)
class Links:
    """Addresses for one question: same company, days and filters, under the same names."""

    query: ReportQuery
    campaign_asked: str = ""  # what goes along to the page of a campaign

    @cached_property
    def _filters(self) -> dict[tuple[str, ...], str]:
        return {}

    def _filters_beside(self, extra: str) -> str:
        """Without those that `extra` narrows: a row of sources is one source, and together with a
        filter of sources it would be all of them.
        """
        narrowed = tuple(name for name in self.query.levels if f"&{name}=" in extra)
        if narrowed not in self._filters:
            self._filters[narrowed] = self._asked(without=narrowed)
        return self._filters[narrowed]

    def _asked(self, without: Collection[str]) -> str:
        query = self.query
        lists = {
            "key": query.campaigns,
            "channel": query.channels,
            "source": query.sources,
            "medium": query.mediums,
            "status": query.statuses,
            "tag": query.tags,
            **query.said,
            **query.of_leads,
            "landing": (query.landing,) if query.landing else (),
            "search": (query.search,) if query.search else (),
        }
        pairs = [("company", query.company.slug)]
        pairs += [
            (name, value)
            for name, values in lists.items()
            if name not in without
            for value in values
        ]
        return urlencode(pairs)

    def leads(self, extra: str = "", start: date | None = None, end: date | None = None) -> str:
        """The leads of the question, or those of them that `extra` narrows to.

        Empty where the list cannot be asked for them: it knows the leads of today.
        """
        if self.query.as_closed:
            return ""
        basis = "" if self.query.basis == "received" else f"&basis={self.query.basis}"
        period = self._period_beside(extra, start, end)
        return f"{self._lead_list}?{self._filters_beside(extra)}{basis}{period}{extra}"

    def spend(self, extra: str = "", line: str = "") -> str:
        """The spend entries of the question, or those of them that `extra` narrows to.

        With a line only those of it, else those of the lines that are asked for.
        """
        if self.query.as_closed:
            return ""
        period = self._period_beside(extra)
        lines = "".join(f"&line={one}" for one in ([line] if line else self.query.lines))
        return f"{self._spend_list}?{self._filters_beside(extra)}{period}{lines}{extra}"

    def _period_beside(self, extra: str, start: date | None = None, end: date | None = None) -> str:
        """Without one that `extra` narrows, as a row of months does."""
        if FROM in extra:
            return ""
        return days(start or self.query.start, end or self.query.end)

    @cached_property
    def _lead_list(self) -> str:
        return reverse("admin:attribution_lead_changelist")

    @cached_property
    def _spend_list(self) -> str:
        return reverse("admin:spend_spendentry_changelist")

    @cached_property
    def counted(self) -> str:
        """The parameters for leads of the kinds that count."""
        return "".join(f"&kind={kind}" for kind in self.query.kinds)

    def of_days(self, start: date, end: date, extra: str = "") -> str:
        """The counted leads of these days.

        Empty where filters ask for something of the visits that have the credit: the list knows
        no model.
        """
        if self.query.attribution.reads_touches and self.query.looks_at_touches:
            return ""
        counted = "" if "&kind=" in extra else self.counted
        return self.leads(counted + extra, start, end)

    def behind(self, metric: str, extra: str = "") -> str:
        """The counted leads, or the spend, that a figure is made of."""
        if metric in LEADS_BEHIND:
            if self.query.attribution.reads_touches and extra:
                return ""  # as in `of_days`: the row is that of a visit
            return self.of_days(self.query.start, self.query.end, LEADS_BEHIND[metric] + extra)
        if metric in BUDGET_COLUMNS:
            return self._plans(metric, extra)
        found = METRICS.get(metric)
        return self.spend(extra, found.line if isinstance(found, LineMeasure) else "")

    def _plans(self, metric: str, extra: str) -> str:
        """A campaign's budgets, or targets, with days in the period.

        Empty for all else: their lists know campaigns alone, and the list of spend no days of
        budgets.
        """
        if metric not in PLANS or self.query.group_by != "campaign" or not extra:
            return ""
        page, only = PLANS[metric]
        company = urlencode({"company": self.query.company.slug})
        period = days(self.query.start, self.query.end)
        return f"{reverse(f'admin:{page}_changelist')}?{company}{period}{only}{extra}"

    @property
    def unattributed(self) -> str:
        """The parameter for leads, and for spend, that belong to no row of the report."""
        return self.part(self.query.group_by, "")

    def reason(self, code: str) -> str:
        """The parameters for leads without a row, for one reason."""
        # Leads of a campaign lack only the source or medium: they have no reason of their own.
        return f"{self.unattributed}&reason={code if code in Reason.values else ''}"

    def row(self, key: str) -> str:
        """The parameter that narrows a list to one row of the report."""
        return self.part(self.query.group_by, key)

    def part(self, dimension: str, key: str) -> str:
        """The parameter that narrows a list to what has this value; empty for what has none."""
        if not key and dimension in BY_CAMPAIGN:
            return "&campaign=none"
        if dimension == "month":
            return self._days_of_month(key)
        return f"&{PARAMETERS.get(dimension, dimension)}={quote(key, safe='')}"

    def _days_of_month(self, key: str) -> str:
        """Those of its days that lie in the period; no day at all without a month."""
        return days(*month_within(key, self.query.period)) if key else f"{FROM}none"

    def of_row(self, parameter: str) -> str:
        """The leads of a row; empty where the list cannot be asked for them."""
        return "" if self.query.attribution.reads_touches else self.leads(parameter)

    def up_to_row(self, metric: str, depth: int = 0) -> str:
        """What the addresses behind a metric's figures share: all but the parameters of the row.

        Empty for rows that nothing leads behind; a row below others has theirs, too.
        """
        levels = self.query.levels[: depth + 1]
        of_any = "".join(f"&{PARAMETERS.get(name, name)}=" for name in levels)
        return self.behind(metric, of_any).removesuffix(of_any)

    def campaign(self, pk: int) -> str:
        """The page of a campaign."""
        before, after = self._campaign_page
        return f"{before}{pk}{after}"

    @cached_property
    def _campaign_page(self) -> tuple[str, str]:
        # Looking an address up takes longer than all else in a row, so it is done once.
        address = reverse("reports:campaign", args=[UNLIKELY])
        before, _pk, after = address.rpartition(str(UNLIKELY))
        return before, f"{after}{self.campaign_asked}"


def month_within(key: str, period: Days) -> Days:
    """The days of a month, as rows name it, that lie in the period."""
    first = date.fromisoformat(f"{key}-01")
    last = first.replace(day=monthrange(first.year, first.month)[1])
    return Days(max(first, period.start), min(last, period.end))


def days(start: date, end: date) -> str:
    """The parameters for these days."""
    return f"{FROM}{start.isoformat()}&to={end.isoformat()}"
