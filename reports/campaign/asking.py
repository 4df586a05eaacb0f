"""What the page of a campaign takes from the address of a report, and what it leaves out.

It takes what says how leads and money are counted. What would take only a part of the campaign's
leads stays out, and is said to.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.http import QueryDict
from django.utils.text import get_text_list
from django.utils.translation import gettext

from attribution.models import Campaign
from reports.dimensions import DIMENSIONS, OF_LEADS
from reports.filters import OF_THE_DAYS, Address, Asked, address_of, ask
from reports.query import ReportQuery

TAKEN = (*OF_THE_DAYS, "basis", "kind", "line", "model", "window")
NARROWS = ("source", "medium", *OF_LEADS, "landing")
CLOSED = "as"


@dataclass(frozen=True)
class AskedHere:
    """The question of the page: `asked` without, and `report` with what is left out of it."""

    asked: Asked
    report: Asked
    left_out: list[str]  # in sentences

    @property
    def address(self) -> Address:
        """The page's own state."""
        return _only(address_of(self.asked, "", ()), TAKEN)

    @property
    def usual(self) -> Address:
        """The page of the same days, as targets count."""
        return _only(self.address, OF_THE_DAYS)

    @property
    def report_address(self) -> Address:
        """Where one came from, with the filters that are left out here."""
        return address_of(self.report, "", ())


def for_campaigns(address: Address) -> str:
    """The part of a report's address that goes along to the page of a campaign."""
    kept = _only(address, (*TAKEN, *NARROWS, CLOSED))
    return str(kept) if kept.pairs else ""


def ask_here(given: QueryDict, campaign: Campaign) -> AskedHere:
    """One row of the report by campaign. What cannot be understood is left out, and said so."""
    parameters = given.copy()
    for name in set(parameters) - {*TAKEN, *NARROWS}:
        del parameters[name]
    report = ask(parameters, campaign.company)
    said = report.query
    query = ReportQuery(
        company=campaign.company,
        start=said.start,
        end=said.end,
        compare=said.compare,
        own_days=said.own_days,
        basis=said.basis,
        also=said.also,
        lines=said.lines,
        model=said.model,
        window=said.window,
        by_line=False,
        budgets=False,
        facets=False,
    )
    return AskedHere(replace(report, query=query), report, _left_out(given, said))


def is_usual(query: ReportQuery) -> bool:
    """Whether it counts as targets do: primary leads as captured, when they were received, and
    all spend.
    """
    counts_otherwise = query.also or query.lines or query.attribution.reads_touches
    return query.basis == "received" and not counts_otherwise


def _left_out(given: QueryDict, query: ReportQuery) -> list[str]:
    filters = {"source": query.sources, "medium": query.mediums, **query.of_leads}
    names = [f"“{DIMENSIONS[name]}”" for name, values in filters.items() if values]
    if query.landing:
        names.append(f"“{DIMENSIONS['page']}”")
    found = []
    if names:
        found.append(
            gettext(
                "Filters of the report by %(names)s are not applied here: this page is about the "
                "campaign as a whole."
            )
            % {"names": get_text_list(names, gettext("and"))}
        )
    if given.get(CLOSED):
        found.append(gettext("These are the figures of today, not those of months as closed."))
    return found


def _only(address: Address, names: Iterable[str]) -> Address:
    kept = set(names)
    return Address([pair for pair in address.pairs if pair[0] in kept])
