"""Days that are not told apart, as one number: in Python and in SQL, by any tier, the same."""

from datetime import date, timedelta

import pytest
from django.db import connection

from reports.dimensions import value_of
from reports.rollup.alike_days import TOLD, number, number_of, number_of_values, values_of
from reports.rollup.tiers import Tier, weekday_stop

NAMES = [("month",), ("weekday",), ("month", "weekday")]
DAYS = [date(2023, 12, 1) + timedelta(days=n) for n in range(460)]  # with a leap day


@pytest.mark.parametrize("names", NAMES)
def test_a_number_stands_for_what_the_days_have_in_common(names):
    for day in DAYS:
        found = number_of(names, day)
        assert values_of(names, found) == tuple(value_of(name, day) for name in names)
    alike = {(values_of(names, number_of(names, day)), number_of(names, day)) for day in DAYS}
    assert len(alike) == len({values for values, _number in alike})


def test_a_month_and_a_weekday_have_one_number():
    assert number_of_values({"month": "2026-03", "weekday": "2"}) == date(2026, 3, 31).toordinal()
    for day in DAYS:
        values = {name: value_of(name, day) for name in ("month", "weekday")}
        assert number_of_values(values) == number_of(("month", "weekday"), day)


def in_sql(names, days, tier=None):
    written = " UNION ALL ".join(['SELECT CAST(%s AS date) AS "day"'] * len(days))
    if connection.vendor == "sqlite":  # it has no dates: they are texts
        written = written.replace("CAST(%s AS date)", "%s")
    (told,) = number(names, tier)
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "day", {told} FROM ({written}) AS days', list(map(str, days)))
        assert cursor.description[1][0] == TOLD
        return {str(day): found for day, found in cursor.fetchall()}


@pytest.mark.django_db
@pytest.mark.parametrize("names", NAMES)
def test_sql_gives_the_same_number(names):
    wanted = {str(day): number_of(names, day) for day in DAYS}
    for days in (DAYS[:230], DAYS[230:]):  # SQLite takes so many parts of a union
        found = in_sql(names, days)
        assert found == {str(day): wanted[str(day)] for day in days}


@pytest.mark.django_db
def test_rows_of_weekdays_are_kept_on_their_number():
    stops = [day for day in DAYS if day == weekday_stop(day)]
    names = ("month", "weekday")
    assert in_sql(names, stops, Tier.WEEKDAY) == in_sql(names, stops)


def test_without_such_days_there_is_no_column():
    assert number(()) == []
