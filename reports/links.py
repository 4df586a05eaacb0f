"""From a number to the rows behind it: addresses of the lead and spend lists in the admin."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from urllib.parse import quote, urlencode

from django.urls import reverse

from attribution.utm import Reason
from reports.metrics import METRICS, LineMeasure
from reports.query import VALUES, ReportQuery

GROUP = "group"
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

    @cached_property
    def _filters(self) -> str:
        return self._asked(without="")

    @cached_property
    def _filters_of_a_row(self) -> str:
        # A row of sources is one source: together with a filter of sources it would be all of them.
        return self._asked(without=self.query.group_by)

    def _asked(self, without: str) -> str:
        query = self.query
        if query.attribution.reads_touches:  # the list of leads knows no model
            lead = {"country": query.countries}
            lead["landing"] = (query.landing,) if query.landing else ()
            pairs = [("company", query.company.slug)]
            pairs += [(name, value) for name, values in lead.items() for value in values]
            return urlencode(pairs)
        lists = {
            "channel": query.channels,
            "source": query.sources,
            "medium": query.mediums,
            "status": query.statuses,
            "tag": query.tags,
            "country": query.countries,
            "visit_channel": query.visit_channels,
            "origin": query.origins,
            "landing": (query.landing,) if query.landing else (),
            "search": (query.search,) if query.search else (),
        }
        pairs = [("company", query.company.slug)]
        pairs += [
            (name, value) for name, values in lists.items() if name != without for value in values
        ]
        return urlencode(pairs)

    def leads(self, extra: str = "", start: date | None = None, end: date | None = None) -> str:
        """The leads of the question, or those of them that `extra` narrows to."""
        if self.query.as_closed:  # the lists know the leads, and the spend, of today
            return ""
        period = days(start or self.query.start, end or self.query.end)
        return f"{self._lead_list}?{self._filters_beside(extra)}&{period}{extra}"

    def spend(self, extra: str = "", line: str = "") -> str:
        """The spend entries of the question, or those of them that `extra` narrows to.

        With a line only those of it, else those of the lines that are asked for.
        """
        if self.query.as_closed:
            return ""
        period = days(self.query.start, self.query.end)
        lines = "".join(f"&line={one}" for one in ([line] if line else self.query.lines))
        return f"{self._spend_list}?{self._filters_beside(extra)}&{period}{lines}{extra}"

    @cached_property
    def _lead_list(self) -> str:
        return reverse("admin:attribution_lead_changelist")

    @cached_property
    def _spend_list(self) -> str:
        return reverse("admin:spend_spendentry_changelist")

    def _filters_beside(self, extra: str) -> str:
        narrowed = f"&{self.query.group_by}=" in extra
        return self._filters_of_a_row if narrowed else self._filters

    @cached_property
    def counted(self) -> str:
        """The parameters for leads of the kinds that count."""
        return "".join(f"&kind={kind}" for kind in self.query.kinds)

    def behind(self, metric: str, extra: str = "") -> str:
        """The counted leads, or the spend, that a figure is made of."""
        if f"&{GROUP}=" in extra:
            return ""  # the lists of leads and of spend know no groups of campaigns
        if metric in LEADS_BEHIND:
            if self.query.attribution.reads_touches and (extra or self.query.looks_at_touches):
                return ""  # which leads have credit here is more than the list can be asked
            return self.leads(self.counted + LEADS_BEHIND[metric] + extra)
        if metric == "budget" and self.query.group_by == "campaign":
            return self._budgets(extra)
        found = METRICS.get(metric)
        return self.spend(extra, found.line if isinstance(found, LineMeasure) else "")

    def _budgets(self, extra: str) -> str:
        """The budgets with days in the period."""
        company = urlencode({"company": self.query.company.slug})
        period = days(self.query.start, self.query.end)
        return f"{reverse('admin:spend_budget_changelist')}?{company}&{period}{extra}"

    @property
    def unattributed(self) -> str:
        """The parameter for leads, and for spend, that belong to no row of the report."""
        if self.query.group_by in VALUES:
            return f"&{self.query.group_by}="
        return "&campaign=none"

    def reason(self, code: str) -> str:
        """The parameters for leads without a row, for one reason."""
        # Leads of a campaign lack only the source or medium: they have no reason of their own.
        return f"{self.unattributed}&reason={code if code in Reason.values else ''}"

    def row(self, key: str) -> str:
        """The parameter that narrows a list to one row of the report."""
        return f"&{self.query.group_by}={quote(key, safe='')}"

    def of_row(self, key: str) -> str:
        """The leads of a row; empty under a model that counts other leads there."""
        if self.query.attribution.reads_touches or self.query.group_by == GROUP:
            return ""
        return self.leads(self.row(key))

    def up_to_row(self, metric: str) -> str:
        """What the addresses behind a metric's figures share: all but the parameter of the row."""
        return self.behind(metric, self.row("")).removesuffix(self.row(""))

    def campaign(self, pk: int) -> str:
        """The page of a campaign."""
        before, after = self._campaign_page
        return f"{before}{pk}{after}"

    @cached_property
    def _campaign_page(self) -> tuple[str, str]:
        # Looking an address up takes longer than all else in a row, so it is done once.
        address = reverse("admin:attribution_campaign_change", args=["PK"])
        before, _pk, after = address.rpartition("PK")
        return before, after


def days(start: date, end: date) -> str:
    return f"from={start.isoformat()}&to={end.isoformat()}"
