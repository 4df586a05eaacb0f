"""The same questions as the page's, taken strictly: what the page forgives, a program is told.

A program does not see the sentence “… was ignored”, and would take figures for an answer to what
it asked. So a parameter that is not known, or a value that is not taken, is refused by name.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.http import QueryDict

from attribution import calendar
from attribution.capture.values import LAST_YEAR
from attribution.models import Campaign, Company
from reports.api.problems import Problem, invalid, not_found
from reports.asked_campaigns import not_in_force
from reports.changes import PER_ROW
from reports.closing.covering import AS_CLOSED
from reports.dimensions import DIMENSIONS
from reports.filters import LISTS, PARAMETERS, Asked, ask, cleaned
from reports.metrics import METRICS
from reports.periods import (
    DEFAULT_PERIOD,
    LONGEST_PERIOD,
    USUAL_COMPARISON,
    Days,
    compared_days,
    resolve_period,
)
from reports.query import EXCLUDED
from reports.ranking import default_sort
from spend.models import SpendEntry

KNOWN: dict[str, Sequence[str]] = {
    "channel": Campaign.Channel.values,
    "status": Campaign.Status.values,
    "line": SpendEntry.Line.values,
    "kind": EXCLUDED,
    "then": tuple(DIMENSIONS),
}
USUAL_ROWS, MOST_ROWS = 50, 200
SORTS = ("label", *METRICS)
NUMBER = re.compile(r"[1-9][0-9]{0,8}")


def named(parameters: QueryDict, known: Collection[str], several: Collection[str] = LISTS) -> None:
    """400 for a parameter that is not known, and for one given twice that has one value."""
    for name, values in parameters.lists():
        if name not in known:
            raise Problem(
                400,
                "unknown_parameter",
                f"There is no parameter “{name[:60]}” here. There are: {', '.join(known)}.",
                field=name[:60],
            )
        if len(values) > 1 and name not in several:
            raise invalid(name, values[-1], f"The parameter {name} is given {len(values)} times.")


def own_company(parameters: QueryDict, company: Company) -> None:
    """A key reads its own company alone; another one is as if it were not there."""
    if (slug := parameters.get("company", "")) not in ("", company.slug):
        raise not_found("company", "company", slug)


def asked(parameters: QueryDict, company: Company, known: Sequence[str] = PARAMETERS) -> Asked:
    """The question of these parameters, as the page asks it. Raises Problem."""
    named(parameters, known, (*LISTS, "then", "cols", "metric"))
    own_company(parameters, company)
    _check_form(parameters, company)
    _check_for_show(parameters)
    try:
        found = ask(parameters, company)
    except ValueError as problem:
        raise Problem(400, "invalid_value", str(problem)) from None
    if found.ignored:  # something that nothing above knows of
        raise Problem(400, "invalid_value", found.ignored[0])
    # Columns of the page are read only when they are shown; here they all are.
    return replace(found, query=replace(found.query, counts=True, by_line=True, budgets=True))


def _check_form(parameters: QueryDict, company: Company) -> None:
    form = cleaned(parameters)
    for name, errors in form.errors.items():
        value = parameters.get(name, "")
        said = " ".join(str(one) for one in errors)
        raise invalid(name, value, f"“{value[:60]}” is not taken as {name}: {said}")
    given = form.cleaned_data
    for name, values in KNOWN.items():
        for value in given.get(name) or ():
            if value not in values:
                detail = f"“{value[:60]}” is no {name}. There are: {', '.join(values)}."
                raise invalid(name, value, detail)
    _check_days(given)
    _check_comparison(given, company)
    if given.get("as") != AS_CLOSED:
        for key, detail in not_in_force(company, given.get("campaign") or ()):
            raise invalid("campaign", key, f"{detail} /api/v1/campaigns lists all.")


def _check_days(given: Mapping[str, Any]) -> None:
    start, end, period = given.get("from"), given.get("to"), given.get("period")
    if period not in (None, "", "custom") and (start or end):
        detail = "The days from and to go with period=custom, or without a period."
        raise invalid("period", str(period), detail)
    if (period == "custom" or start or end) and not (start and end):
        missing = "to" if start else "from"
        raise invalid(missing, "", "A period of one's own needs its first and its last day.")
    if start and end:
        if end < start:
            raise invalid("to", str(end), "The last day comes before the first day.")
        if start.year < 2000 or 2 * (end - start) > LONGEST_PERIOD:
            detail = "A period may cover five years since 2000 at most."
            raise invalid("from", str(start), detail)
        if end.year > LAST_YEAR:
            raise invalid("to", str(end), f"No lead comes after the year {LAST_YEAR}.")


def _check_comparison(given: Mapping[str, Any], company: Company) -> None:
    start, end, how = given.get("compare_from"), given.get("compare_to"), given.get("compare")
    if how not in (None, "", "custom") and (start or end):
        detail = "The days compare_from and compare_to go with compare=custom."
        raise invalid("compare", str(how), detail)
    if (how == "custom" or start or end) and not (start and end):
        missing = "compare_to" if start else "compare_from"
        detail = "A comparison with other days needs their first and their last day."
        raise invalid(missing, "", detail)
    own = Days(start, end) if start and end else None
    custom = "custom" if given.get("from") else DEFAULT_PERIOD
    days = given.get("from"), given.get("to")
    period = resolve_period(given.get("period") or custom, calendar.today(company.zone), *days)
    try:
        compared_days(how or ("custom" if own else USUAL_COMPARISON), Days(*period), own)
    except ValueError as problem:
        name, value = ("compare_to", str(end)) if own else ("compare", str(how or ""))
        raise invalid(name, value, str(problem)) from None


def _check_for_show(parameters: QueryDict) -> None:
    """What only says how the page looks; taken, so that an address of the page can be used."""
    if (changes := parameters.get("changes", "")) not in ("", PER_ROW):
        raise invalid("changes", changes, f"Write changes={PER_ROW}, or leave it out.")
    view = parameters.get("view", "")
    if view and not NUMBER.fullmatch(view):
        raise invalid("view", view, "A saved view is named by its number.")


def sort_of(parameters: QueryDict) -> str:
    """A metric or "label", with "-" in front for descending."""
    text = parameters.get("sort") or default_sort(parameters.get("group", ""))
    if text.removeprefix("-") not in SORTS:
        detail = f"“{text[:60]}” is nothing to sort by. There are: {', '.join(SORTS)}."
        raise invalid("sort", text, detail)
    return text


def columns_of(parameters: QueryDict) -> frozenset[str]:
    """The metrics that are asked for; all of them where none is named."""
    texts = ",".join(parameters.getlist("cols")).split(",")
    for name in texts:
        if name and name not in METRICS:
            detail = f"“{name[:60]}” is no metric. There are: {', '.join(METRICS)}."
            raise invalid("cols", name, detail)
    return frozenset(filter(None, texts)) or frozenset(METRICS)


def rows_of(parameters: QueryDict) -> int:
    """How many rows a page of the answer has."""
    return _number(parameters, "rows", USUAL_ROWS, MOST_ROWS)


def page_of(parameters: QueryDict) -> int:
    return _number(parameters, "page", 1)


def _number(parameters: QueryDict, name: str, usual: int, most: int = 999_999_999) -> int:
    text = parameters.get(name, "")
    if not text:
        return usual
    if not NUMBER.fullmatch(text) or int(text) > most:
        detail = f"“{text[:60]}” is not taken as {name}: a whole number from 1 to {most:,} is."
        raise invalid(name, text, detail)
    return int(text)


def yes_or_no(parameters: QueryDict, name: str) -> bool | None:
    """true or 1, false or 0; None where nothing is asked."""
    text = parameters.get(name, "").lower()
    if text not in ("", "true", "false", "1", "0"):
        raise invalid(name, text, f"“{text[:60]}” is not taken as {name}: write true or false.")
    return None if not text else text in ("true", "1")
