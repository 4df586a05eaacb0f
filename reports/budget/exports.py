"""Budgets as a file: the month's budgets with the proof, and plan and actual of all months."""

from collections.abc import Iterator, Sequence
from io import BytesIO

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from attribution import roles
from attribution.files.writing import Sheet as FileSheet
from attribution.files.writing import stream_csv, write_xlsx
from reports import formatting
from reports.budget import words
from reports.budget.page import Asked, ask
from reports.budget.sheet import Line, Sheet, read
from reports.exports import RATIO_DIGITS, XLSX
from reports.filters import companies_of, current_company

Cells = Sequence[object]


@require_safe
def budget_csv(request: HttpRequest) -> StreamingHttpResponse:
    asked, sheet = _asked(request)
    rows = [*budget_rows(sheet), [], *about_rows(sheet), [], plan_headers(sheet), *plan_rows(sheet)]
    content = stream_csv(budget_headers(sheet), rows, bom=True)
    answer = StreamingHttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = _name(asked, "csv")
    return answer


@require_safe
def budget_xlsx(request: HttpRequest) -> HttpResponse:
    asked, sheet = _asked(request)
    file = BytesIO()
    write_xlsx(
        file,
        budget_headers(sheet),
        budget_rows(sheet),
        name=gettext("Budgets"),
        sheets=[
            FileSheet(gettext("Plan and actual"), plan_headers(sheet), plan_rows(sheet)),
            FileSheet(gettext("About"), [gettext("About"), ""], about_rows(sheet)),
        ],
    )
    answer = HttpResponse(file.getvalue(), content_type=XLSX)
    answer["Content-Disposition"] = _name(asked, "xlsx")
    return answer


def budget_headers(sheet: Sheet) -> list[str]:
    currency = {"currency": sheet.company.currency}
    return [
        gettext("Group"),
        gettext("Campaign or group"),
        gettext("First day"),
        gettext("Last day"),
        gettext("Budget (%(currency)s)") % currency,
        gettext("Spent (%(currency)s)") % currency,
        gettext("Spent in the month (%(currency)s)") % currency,
        gettext("Share spent"),
        gettext("Share of the time"),
        gettext("At the end (%(currency)s)") % currency,
        gettext("At the end, 95 % from"),
        gettext("At the end, 95 % to"),
        gettext("Rest a day (%(currency)s)") % currency,
        gettext("State"),
        gettext("Marks"),
    ]


def budget_rows(sheet: Sheet) -> Iterator[Cells]:
    """The budgets, their sum, what is spent without one, and all spend of the month."""
    money = words.Money(sheet.company.currency)
    for line in sheet.lines:
        yield _budget_row(line, money)
    sums = sheet.budget_minor, sheet.recorded_minor, sheet.in_month_minor
    yield [gettext("Total"), "", "", "", *map(money.number, sums)]
    if sheet.twice_minor:
        yield _in_month(gettext("Counted in two budgets"), "", money.number(-sheet.twice_minor))
    for one in sheet.unplanned:
        yield _in_month(gettext("No budget"), str(one.campaign), money.number(one.minor))
    yield _in_month(gettext("Not matched"), "", money.number(sheet.unmatched_minor))
    yield _in_month(gettext("All spend of the month"), "", money.number(sheet.all_minor))


def _budget_row(line: Line, money: words.Money) -> Cells:
    budget, pace = line.standing.budget, line.standing.pace
    runs = budget.first_day <= pace.today <= budget.last_day
    found = pace.projection if runs else None
    ends = (found.minor, found.low_minor, found.high_minor) if found else (None, None, None)
    shares = [words.share(one) for one in (pace.spent_share, pace.time_share)]
    return [
        gettext("Campaign group") if budget.group_id else gettext("Campaign"),
        str(budget.subject),
        budget.first_day,
        budget.last_day,
        money.number(budget.amount_minor),
        money.number(pace.recorded_minor),
        money.number(line.in_month_minor),
        *(None if one is None else formatting.half_up(one, RATIO_DIGITS) for one in shares),
        *map(money.number, ends),
        money.number(pace.rest_per_day_minor),
        words.state(line),
        ", ".join(words.hints(line, money)),
    ]


def _in_month(group: str, name: str, amount: object) -> Cells:
    return [group, name, "", "", "", "", amount]


def plan_headers(sheet: Sheet) -> list[str]:
    currency = {"currency": sheet.company.currency}
    return [
        gettext("Month"),
        gettext("Campaign or group"),
        gettext("Budget (%(currency)s)") % currency,
        gettext("Spent (%(currency)s)") % currency,
        gettext("Difference (%(currency)s)") % currency,
    ]


def plan_rows(sheet: Sheet) -> Iterator[Cells]:
    money = words.Money(sheet.company.currency)
    for plan in sheet.plans:
        for row in plan.rows:
            sums = row.budget_minor, row.spent_minor, row.difference_minor
            yield [plan.month.strftime("%Y-%m"), str(row.subject), *map(money.number, sums)]


def about_rows(sheet: Sheet) -> Iterator[Cells]:
    """Whose budgets, of which month, whether they add up, and what the words mean."""
    money = words.Money(sheet.company.currency)
    yield gettext("Company"), sheet.company.name
    yield gettext("Month"), words.month_name(sheet.month)
    yield gettext("Currency"), sheet.company.currency
    yield gettext("As of"), sheet.today
    yield gettext("Proof"), words.proof(sheet, money)
    for note in [*words.notes(sheet, money), *words.without_rates(sheet)]:
        yield gettext("Note"), note
    for word, meaning in words.HOW:
        yield str(word), str(meaning)


def _asked(request: HttpRequest) -> tuple[Asked, Sheet]:
    company = current_company(request, companies_of(request))
    if company is None or not roles.may(request.user, "report.export", company.pk):
        raise PermissionDenied
    asked = ask(request, company)
    return asked, read(company, asked.month)


def _name(asked: Asked, ending: str) -> str:
    return f'attachment; filename="budgets-{asked.company.slug}-{asked.month:%Y-%m}.{ending}"'
