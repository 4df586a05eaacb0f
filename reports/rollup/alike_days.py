"""Days that a question does not tell apart, as one whole number: that of a day among them.

To add up by numbers takes PostgreSQL half as long as by months and weekdays as texts; what each
stands for is said once it is known how few there are.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache

from django.db import connection

from reports.dimensions import value_of
from reports.rollup.tiers import DAYS_A_WEEK, Tier, weekday_stop

TOLD = "told"  # the column of that number
Names = tuple[str, ...]  # what tells days apart: months, weekdays or both
ORDINAL = {
    "postgresql": "(\"day\" - DATE '0001-01-01' + 1)",
    "sqlite": """CAST(julianday("day") - 1721424.5 AS integer)""",
}
FIRST_OF_MONTH = {  # to_char and the like take several times as long
    "postgresql": f"({ORDINAL['postgresql']} - CAST(date_part('day', \"day\") AS integer) + 1)",
    "sqlite": """CAST(julianday("day", 'start of month') - 1721424.5 AS integer)""",
}
LAST_OF_MONTH = {
    "postgresql": (
        "(CAST(date_trunc('month', CAST(\"day\" AS timestamp)) + INTERVAL '1 month' AS date)"
        " - DATE '0001-01-01')"
    ),
    "sqlite": ("CAST(julianday(\"day\", 'start of month', '+1 month') - 1721425.5 AS integer)"),
}


def number_of(names: Names, day: date) -> int:
    """The ordinal of a day that stands for all from which these do not tell this one apart."""
    if names == ("month",):
        return day.replace(day=1).toordinal()
    if names == ("weekday",):
        return day.isoweekday()  # a day of the first week of all
    return weekday_stop(day).toordinal()


def number_of_values(values: Mapping[str, str]) -> int:
    """The same of the days of a month that are such weekdays."""
    first = date.fromisoformat(f"{values['month']}-01")
    after = (int(values["weekday"]) - first.isoweekday()) % DAYS_A_WEEK
    return weekday_stop(first + timedelta(days=after)).toordinal()


@cache
def values_of(names: Names, number: int) -> tuple[str, ...]:
    """What such days have in common: their month, weekday or both."""
    day = date.fromordinal(number)
    return tuple(value_of(name, day) for name in names)


def number(names: Names, tier: Tier | None = None) -> list[str]:
    """The column of it, of rows of this tier or of any; none where no days are told apart."""
    return [f"{_numbered(names, tier)} AS {TOLD}"] if names else []


def _numbered(names: Names, tier: Tier | None) -> str:
    """`number_of` the day of each row in SQL."""
    engine = connection.vendor
    if names == ("month",):
        return FIRST_OF_MONTH[engine]
    if names == ("weekday",):
        return f"(({ORDINAL[engine]} - 1) %% 7 + 1)"
    if tier is Tier.WEEKDAY:  # such a row is kept on that very day
        return ORDINAL[engine]
    weeks_left = f"({LAST_OF_MONTH[engine]} - {ORDINAL[engine]}) / 7"
    return f"({ORDINAL[engine]} + {weeks_left} * 7)"
