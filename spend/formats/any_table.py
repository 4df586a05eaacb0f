"""Any other table: our own names first, then the words of seven languages."""

from collections.abc import Mapping, Sequence

from attribution.imports.columns import Field, place, plain
from attribution.imports.options import DayOrder, ImportOptions
from spend.formats.base import (
    GRAINS,
    Format,
    Head,
    Placed,
    grain_of,
    others,
    placed_by_names,
    places,
)
from spend.formats.evidence import DayEvidence
from spend.formats.reading import Facts, words_of
from spend.formats.rows import COUNT_FIELDS, RowRules
from spend.formats.words import MILLIONTHS, SPENT, WORDS, names, words

DAYS = tuple(name for field in GRAINS for name in WORDS[field])
RANGE_ENDS = names("last day | until")  # of a row, as our own files have it
MONEY = frozenset(word for name in SPENT for word in name.split()) - words("ad ads media total")
PRICES = words("cpc cpm cpa cpl cpp cpv")
BUDGETS = words("budget budgets tagesbudget gesamtbudget kampagnenbudget presupuesto orcamento")


class AnyTable(Format):
    """Whatever people keep: nobody's ids, and the company's currency unless it says one."""

    name = "table"
    label = "Table"
    asks_currency = False
    columns = WORDS
    in_micros = "google-ads-api"
    micros = (MILLIONTHS,)

    def recognises(self, head: Head) -> bool:
        """A word for days, and one for campaigns, money or mailings."""
        return head.has(*DAYS) and (
            self.has(head, "campaign")
            or self.has(head, "amount")
            or (self.has(head, "platform_id") and self.has(head, "sends"))
        )

    def place(self, head: Head, fields: Sequence[Field]) -> Placed:
        """Our own names and aliases beat the words; a campaign's id serves as its name."""
        placed = Placed()
        headings = {heading.header: heading for heading in head.headings}
        for name, column in place(list(headings), fields, ImportOptions()).columns.items():
            heading = headings.get(column.header)
            if heading is None or column.index is None:
                continue
            if name == "day" and grain_of(heading) != "day":
                continue
            placed.columns[name] = [heading]
        placed_by_names(head, WORDS, placed)
        amount = placed.first("amount")
        if amount is not None and not amount.currency:  # the same money in other currencies
            placed.columns["amount"] = [h for h in head.headings if h.bare == amount.bare]
        if not self._is_range(head, placed):
            placed.columns.pop("last_day", None)
        if len({h.bare for h in head.headings if h.bare in SPENT}) > 1:
            placed.columns.pop("amount", None)
        if "campaign" not in placed.columns:
            self._id_as_name(head, placed)
        return placed

    def order(self, head: Head, days: DayEvidence) -> DayOrder | None:
        """People write days in any order."""
        return None

    def rules(self, head: Head, placed: Placed, facts: Facts) -> RowRules:
        """An empty amount is a slip of the hand, which the parser names.

        People write totals of a day too; in our own export "Total" is a campaign's name.
        """
        is_ours = "came_from" in placed.columns
        if _is_of_analytics(head):  # a row that names nothing is its total
            return RowRules(**places(placed), others=others(placed, facts.apart))
        return RowRules(
            **places(placed),
            is_platform=False,
            planned=tuple(heading.index for heading in facts.planned),
            totals_of_days=not is_ours,
        )

    def _is_range(self, head: Head, placed: Placed) -> bool:
        """Beside a day, or a start of its own, an end date is that of the campaign."""
        day, end = placed.first("day"), placed.first("last_day")
        if day is None or end is None or day.bare in WORDS["start"]:
            return True
        return end.bare in RANGE_ENDS and not head.has(*WORDS["start"])

    def _id_as_name(self, head: Head, placed: Placed) -> None:
        """Nobody's ids are only good as names: the first of campaign_id, xyz_campaign_id, …"""
        found = placed.columns.pop("platform_id", None) or head.find(
            r"~(.* )?campaign ?(id|code|key|number|nr|no\.?)", r"~(.* )?campaign name"
        )
        if found:
            placed.columns["campaign"] = found[:1]


def _is_of_analytics(head: Head) -> bool:
    """Google Analytics begins with a rule of dashes."""
    return any(cells[0].startswith("# ----") for cells in head.preamble if cells)


def miss_amount(head: Head, placed: Placed, said: Mapping[str, str]) -> None:
    """Counts alone make a table of mailings. Beside money, a price of a click, or a budget, they
    do not.
    """
    settled = {plain(header) for header in said}
    free = (h for h in head.headings if plain(h.header) not in settled)
    if any((MONEY | PRICES | BUDGETS) & words_of(h) for h in free):
        for name in COUNT_FIELDS:
            placed.columns.pop(name, None)
