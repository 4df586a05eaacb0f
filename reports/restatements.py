"""The page of restatements: spend of days that were over, as it was and as it is since."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Case, Count, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from attribution import roles
from attribution.files.writing import stream_csv
from attribution.models import Campaign, Company, ImportRun
from attribution.money import decimal_of, shown
from reports import formatting
from reports.caveat_notes import signed_money
from reports.company_page import company_page
from reports.filters import Address, companies_of, current_company
from spend.models import SpendEntry, SpendRevision

A_PAGE = 50
AT_ONCE = 2_000  # rows of a file that are read in one go
UNPRICED = Coalesce("amount_minor", Value(0))
# As in `reports.caveats`: of an entry that waits for a rate nobody can say what it cost.
IS_KNOWN = (Q(amount_minor__isnull=False) | Q(original_minor__isnull=True)) & (
    Q(is_removal=True) | Q(new_amount_minor__isnull=False)
)
DIFFERENCE = Case(When(IS_KNOWN, then=Coalesce("new_amount_minor", Value(0)) - UNPRICED))


@dataclass(frozen=True, slots=True)
class Change:
    """One revision, ready to be shown."""

    revision: SpendRevision
    campaign: str
    line: str
    how: str  # with the file of an import
    difference_minor: int | None  # unknown while a rate of exchange is missing
    currency: str

    @property
    def is_removed(self) -> bool:
        """For good: nothing of another name has its amount."""
        return self.revision.is_removal and self.revision.new_amount_minor is None

    @property
    def before(self) -> str:
        one = self.revision
        if one.amount_minor is None and one.original_minor is not None:
            return gettext("%(amount)s, without a rate") % {
                "amount": shown(one.original_minor, one.currency)
            }
        return shown(one.amount_minor, self.currency)

    @property
    def after(self) -> str:
        if self.is_removed:
            return gettext("removed")
        return shown(self.revision.new_amount_minor, self.currency)

    @property
    def difference(self) -> str:
        if self.difference_minor is None:
            return formatting.DASH
        return signed_money(self.difference_minor, self.currency)


class PeriodForm(forms.Form):
    """The days whose spend was restated; none of them asks for all."""

    start = forms.DateField(required=False)
    end = forms.DateField(required=False)


@require_safe
@company_page("report.view")
def restatements(request: HttpRequest, company: Company, companies: list[Company]) -> HttpResponse:
    """All of a company, or those of some days; the latest change first."""
    (start, end), problems = _days(request)
    rows = _restated(company, start, end)
    sums = rows.aggregate(number=Count("pk"), known=Count(DIFFERENCE), total=Sum(DIFFERENCE))
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    some = rows[page.start_index() - 1 : page.end_index()] if sums["number"] else rows.none()
    address = Address(
        [("company", company.slug), ("from", _iso(start)), ("to", _iso(end))],
    )
    context = admin.site.each_context(request) | {
        "title": gettext("Restatements"),
        "company": company,
        "companies": companies,
        "from": _iso(start),
        "to": _iso(end),
        "problems": problems,
        "page": page,
        "changes": list(_changes(company, some)),
        "total": signed_money(int(sums["total"] or 0), company.currency),
        "unknown": sums["number"] - sums["known"],
        "csv_url": f"restatements.csv{address}"
        if roles.may(request.user, "report.export", company.pk)
        else "",
        "previous_url": str(address.replace(page=str(page.number - 1)))
        if page.has_previous()
        else "",
        "next_url": str(address.replace(page=str(page.number + 1))) if page.has_next() else "",
    }
    return TemplateResponse(request, "reports/restatements.html", context)


@require_safe
def restatements_csv(request: HttpRequest) -> StreamingHttpResponse:
    """All rows of the page, in its order."""
    company = current_company(request, companies_of(request))
    if company is None or not roles.may(request.user, "report.export", company.pk):
        raise PermissionDenied
    (start, end), _problems = _days(request)
    money = gettext("%(name)s (%(currency)s)")
    headers = [
        *(gettext("Day"), gettext("Campaign"), gettext("Line"), gettext("Source")),
        *(
            money % {"name": name, "currency": company.currency}
            for name in (gettext("Before"), gettext("After"), gettext("Difference"))
        ),
        *(gettext("Before, as recorded"), gettext("Currency"), gettext("Removed")),
        *(gettext("When"), gettext("By"), gettext("How")),
    ]
    # Read while the scope of the request is in force; the file is sent after it.
    rows = list(_file_rows(company, _restated(company, start, end)))
    answer = StreamingHttpResponse(
        stream_csv(headers, rows, bom=True), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="restatements-{company.slug}.csv"'
    return answer


def _restated(company: Company, start: date | None, end: date | None) -> QuerySet[SpendRevision]:
    rows = SpendRevision.objects.filter(company=company, is_restatement=True)
    if start is not None:
        rows = rows.filter(day__gte=start)
    if end is not None:
        rows = rows.filter(day__lte=end)
    return rows.order_by("-pk")


def _changes(company: Company, rows: "QuerySet[SpendRevision]") -> Iterator[Change]:
    """Names of campaigns, files and people are looked up once for all of them."""
    found = list(rows.select_related("author").annotate(difference=DIFFERENCE))
    campaigns = Campaign.objects.in_bulk({one.campaign_id for one in found if one.campaign_id})
    runs = ImportRun.objects.in_bulk({one.run_id for one in found if one.run_id})
    lines = dict(SpendEntry.Line.choices)
    for one in found:
        campaign, run = campaigns.get(one.campaign_id or 0), runs.get(one.run_id or 0)
        how = one.get_how_display()
        yield Change(
            revision=one,
            campaign=campaign.name
            if campaign
            else gettext("%(name)s (not matched)") % {"name": one.campaign_name or "–"},
            line=str(lines.get(one.line, one.line)),
            how=f"{how}: {run.file_name}" if run else how,
            difference_minor=one.difference,
            currency=company.currency,
        )


def _file_rows(company: Company, rows: QuerySet[SpendRevision]) -> Iterator[Sequence[Any]]:
    whole = rows.count()
    for first in range(0, whole, AT_ONCE):
        for change in _changes(company, rows[first : first + AT_ONCE]):
            one, own = change.revision, company.currency
            yield (
                *(one.day, change.campaign, change.line, one.source),
                _units(one.amount_minor, own),
                _units(0 if change.is_removed else one.new_amount_minor, own),
                _units(change.difference_minor, own),
                *(_units(one.original_minor, one.currency), one.currency),
                gettext("yes") if change.is_removed else "",
                one.changed_at.astimezone(company.zone).strftime("%Y-%m-%d %H:%M"),
                *(one.author.username if one.author else "", change.how),
            )


def _days(request: HttpRequest) -> tuple[tuple[date | None, date | None], list[str]]:
    """The period of the address; what is no day is left out, and said so."""
    given = {"start": request.GET.get("from", ""), "end": request.GET.get("to", "")}
    form = PeriodForm(given)
    form.is_valid()
    problems = [
        gettext("“%(value)s” is not a day and was ignored. Write it as 2026-03-31.")
        % {"value": given[name][:60]}
        for name in form.errors
    ]
    return (form.cleaned_data.get("start"), form.cleaned_data.get("end")), problems


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _units(minor: int | None, currency: str) -> Decimal | None:
    return None if minor is None else decimal_of(minor, currency)
