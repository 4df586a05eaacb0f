"""From a number to the rows behind it: addresses of the lead and spend lists in the admin."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from urllib.parse import quote, urlencode

from django.urls import reverse

from attribution.utm import Reason
from reports.query import ReportQuery

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
COUNTED = "&kind=primary"
UNMATCHED = "&campaign=none"


@dataclass(frozen=True)
class Links:
    """Addresses for one question: same company, days and filters, under the same names."""

    query: ReportQuery

    @cached_property
    def _leads(self) -> str:
        return self._lead_list(without="")

    @cached_property
    def _leads_of_a_row(self) -> str:
        # A row of sources is one source: together with a filter of sources it would be all of them.
        return self._lead_list(without=self.query.group_by)

    def _lead_list(self, without: str) -> str:
        query = self.query
        lists = {
            "channel": query.channels,
            "source": query.sources,
            "medium": query.mediums,
            "status": query.statuses,
            "search": (query.search,) if query.search else (),
        }
        pairs = [("company", query.company.slug)]
        pairs += [
            (name, value) for name, values in lists.items() if name != without for value in values
        ]
        return f"{reverse('admin:attribution_lead_changelist')}?{urlencode(pairs)}"

    @cached_property
    def _spend(self) -> str:
        path = reverse("admin:spend_spendentry_changelist")
        company = urlencode({"company": self.query.company.slug})
        return f"{path}?{company}&{days(self.query.start, self.query.end)}"

    def leads(self, extra: str = "", start: date | None = None, end: date | None = None) -> str:
        """The leads of the question, or those of them that `extra` narrows to."""
        narrowed = f"&{self.query.group_by}=" in extra
        path = self._leads_of_a_row if narrowed else self._leads
        return f"{path}&{days(start or self.query.start, end or self.query.end)}{extra}"

    def spend(self, extra: str = "") -> str:
        return self._spend + extra

    def behind(self, metric: str, extra: str = "") -> str:
        """The counted leads, or the spend, that a figure is made of."""
        if metric in LEADS_BEHIND:
            return self.leads(COUNTED + LEADS_BEHIND[metric] + extra)
        return self.spend(extra)

    @property
    def unattributed(self) -> str:
        """The parameter for leads that belong to no row of the report."""
        if self.query.group_by in ("source", "medium"):
            return f"&{self.query.group_by}="
        return "&campaign=none"

    def reason(self, code: str) -> str:
        """The parameters for leads without a row, for one reason."""
        if code in Reason.values:
            return f"{self.unattributed}&reason={code}"
        return self.unattributed

    def row(self, key: str) -> str:
        """The parameter that narrows a list to one row of the report."""
        return f"&{self.query.group_by}={quote(key, safe='')}"


def days(start: date, end: date) -> str:
    return f"from={start.isoformat()}&to={end.isoformat()}"
