"""Budgets in words: states, shares, projections and the proof, as the page and files say them."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from babel.numbers import get_currency_precision
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from reports import formatting
from reports.budget.sheet import Line, Sheet
from spend.budgets.pace import Pace, State

STATES: dict[State, str | Promise] = {
    State.NOT_STARTED: gettext_lazy("not started"),
    State.UNKNOWN: gettext_lazy("spend unknown"),
    State.ON_PACE: gettext_lazy("on pace"),
    State.OVER_PACE: gettext_lazy("over pace"),
    State.UNDER_PACE: gettext_lazy("under pace"),
    State.OVER_BUDGET: gettext_lazy("over budget"),
    State.ENDED: gettext_lazy("ended"),
}
SIGNS = {
    State.OVER_BUDGET: "✗",
    State.OVER_PACE: "▲",
    State.UNDER_PACE: "▼",
    State.ON_PACE: "✓",
    State.UNKNOWN: "?",
}
HOW = (
    (
        gettext_lazy("Spent"),
        gettext_lazy(
            "All entries of the budget's campaigns and days, all lines and sources together. A "
            "dash: nothing is recorded, or an amount has no rate of exchange."
        ),
    ),
    (
        gettext_lazy("Over pace"),
        gettext_lazy(
            "More than 1.5 times the share of the time is spent, once 3 days and a tenth of the "
            "time are over; or more than 60 % in the first 40 % of the time. Days count once they "
            "are over."
        ),
    ),
    (
        gettext_lazy("Under pace"),
        gettext_lazy(
            "The mirror: less than the share of the time divided by 1.5, as 40 % spent after 60 % "
            "of the time."
        ),
    ),
    (
        gettext_lazy("Over budget"),
        gettext_lazy("More is recorded than the budget, entries of today and later included."),
    ),
    (
        gettext_lazy("At the end"),
        gettext_lazy(
            "Spent, and for each day to come the mean of its weekday in the last 14 days (of all "
            "days while fewer are over; none before 3). In brackets the range in which 95 of 100 "
            "such ends lie if the days go on as they did."
        ),
    ),
    (
        gettext_lazy("Rest a day"),
        gettext_lazy("What is left of the budget, divided by the days left, today included."),
    ),
)


class Money:
    """Minor units of a company's currency as text and as numbers for files."""

    def __init__(self, currency: str) -> None:
        self.currency = currency
        self.digits = get_currency_precision(currency)

    def number(self, minor: int | None) -> Decimal | None:
        return None if minor is None else Decimal(minor).scaleb(-self.digits)

    def text(self, minor: int | None) -> str:
        return formatting.money(self.number(minor), self.currency)

    def signed(self, minor: int | None) -> str:
        """With its sign, which is that of the rate beside it, also when it is above nought."""
        if not minor:
            return self.text(minor)
        return ("+" if minor > 0 else formatting.MINUS) + self.text(abs(minor))


def share(value: Fraction | None) -> Decimal | None:
    return None if value is None else Decimal(value.numerator) / value.denominator


def percent(value: Fraction | None) -> str:
    """A share without decimals: 61 %."""
    number = share(value)
    if number is None:
        return formatting.DASH
    percent = int((number * 100).quantize(Decimal(1), ROUND_HALF_UP))
    return f"{formatting.count(percent)}{formatting.NO_BREAK_SPACE}%"


def against_time(pace: Pace) -> str:
    """ "62 % spent, 40 % of the time" """
    words = {"spent": percent(pace.spent_share), "time": percent(pace.time_share)}
    return gettext("%(spent)s spent, %(time)s of the time") % words


def projection(pace: Pace, money: Money) -> tuple[str, str]:
    """The end and its range; both empty when the budget does not run, or nothing can be said."""
    found = pace.projection
    if found is None or not pace.plan.first <= pace.today <= pace.plan.last:
        return formatting.DASH, ""
    ends = f"{money.text(found.low_minor)} – {money.text(found.high_minor)}"
    if found.low_minor > pace.plan.amount_minor:
        return money.text(found.minor), gettext("(%(ends)s: above the budget)") % {"ends": ends}
    return money.text(found.minor), f"({ends})"


def state(line: Line) -> str:
    return str(STATES[line.standing.pace.state])


def hints(line: Line, money: Money) -> list[str]:
    """What one has to know of a line beside its figures."""
    pace, found = line.standing.pace, []
    if line.standing.missing:
        codes = ", ".join(line.standing.missing)
        found.append(gettext("no rate of exchange for %(codes)s") % {"codes": codes})
    if pace.later_minor:
        later = money.text(pace.later_minor)
        found.append(gettext("of this %(amount)s today or later") % {"amount": later})
    if line.notice is not None:
        day = date_format(line.notice.day, "j M Y")
        found.append(gettext("since %(day)s") % {"day": day})
    return found


def month_name(month: date) -> str:
    return date_format(month, "F Y")


def proof(sheet: Sheet, money: Money) -> str:
    """The parts of the month's spend, and that they are all of it."""
    words = {
        "planned": money.text(sheet.in_month_minor - sheet.twice_minor),
        "unplanned": money.text(sheet.unplanned_minor),
        "unmatched": money.text(sheet.unmatched_minor),
        "all": money.text(sheet.all_minor),
        "month": month_name(sheet.month),
        "mark": "✓" if sheet.holds else "✗",
    }
    return (
        gettext(
            "%(planned)s in budgets + %(unplanned)s without a budget + %(unmatched)s not matched = "
            "%(all)s spend of %(month)s %(mark)s"
        )
        % words
    )


def notes(sheet: Sheet, money: Money) -> list[str]:
    """What the sums do not say by themselves."""
    found = []
    if sheet.twice_minor:
        found.append(
            gettext(
                "%(amount)s of %(month)s lies in two budgets, a campaign's own and a group's, and "
                "stands in both rows; the sum below counts it once."
            )
            % {"amount": money.text(sheet.twice_minor), "month": month_name(sheet.month)}
        )
    return found


def without_rates(sheet: Sheet) -> list[str]:
    """Amounts that are in no sum, and can be."""
    return [
        gettext(
            "%(amount)s of %(month)s has no rate of exchange and is in no sum. Add the rate, and "
            "it is counted."
        )
        % {"amount": Money(currency).text(minor), "month": month_name(sheet.month)}
        for currency, minor in sheet.unconverted
    ]
