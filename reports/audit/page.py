"""The page of the audit, and its file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from attribution import roles
from attribution.days import day_range
from attribution.files.writing import stream_csv
from attribution.models import Company
from reports import formatting
from reports.audit.about import ABOUT
from reports.audit.buckets import IN_ORDER, Kind, Leads, Money
from reports.audit.result import Audit, Bucket, Case, audit
from reports.audit.words import Fix, Speech
from reports.choices import Choice, Option
from reports.filters import Address, Asked, ask, companies_of, current_company
from reports.patience import patiently
from reports.periods import PERIODS
from reports.snapshot import no_longer_than
from reports.views import no_company

MOST_CASES = 20  # of a bucket, on the page
TIME = ("period", "from", "to")


@dataclass(frozen=True)
class ShownCase:
    """One case in words."""

    name: str
    campaign_id: int | None
    detail: str
    amounts: list[str]
    leads: str
    days: str
    fix: Fix | None


@dataclass(frozen=True)
class ShownBucket:
    """One bucket in words, with its largest cases."""

    key: str
    name: str
    means: str
    amounts: list[str]
    entries: str
    leads: str
    fix: Fix | None
    is_risk: bool  # something is in it, and it is not in order
    cases: list[ShownCase]
    more: int  # cases that the page leaves out

    @property
    def has_days(self) -> bool:
        return any(case.days for case in self.cases)

    @property
    def has_fixes(self) -> bool:
        return any(case.fix for case in self.cases)


@require_safe
@patiently
def spend_audit(request: HttpRequest) -> HttpResponse:
    """Where money and leads do not meet."""
    companies = companies_of(request)
    company = current_company(request, companies)
    if company is None:
        return no_company(request)
    asked, found = _look(request, company)
    speech = Speech(found, request.user)
    money = [_bucket(speech, found.buckets[kind]) for kind in Money]
    leads = [_bucket(speech, found.buckets[kind]) for kind in Leads]
    may_export = roles.may(request.user, "report.export", company.pk)
    query, own = asked.query, asked.period == "custom"
    context = admin.site.each_context(request) | {
        "title": gettext("Spend audit"),
        "company": company,
        "companies": companies,
        "days": day_range(query.start, query.end),
        "periods": Choice(
            "period",
            gettext("Period"),
            [Option(one, str(text), one == asked.period) for one, text in PERIODS.items()],
        ),
        "own_days": (query.start.isoformat(), query.end.isoformat()) if own else ("", ""),
        "ignored": asked.ignored,
        "notes": list(speech.notes()),
        "money": money,
        "leads": leads,
        "risks": [any(one.is_risk for one in some) for some in (money, leads)],
        "cards": _cards(found, speech),
        "total": {
            "spend": formatting.money(found.report.proof.spend_total, company.currency),
            "leads": formatting.count(found.report.proof.counted),
            "entries": formatting.count(sum(found.buckets[kind].entries for kind in Money)),
        },
        "proofs": [speech.proof_of_money(), speech.proof_of_leads(), speech.waiting()],
        "holds": found.money_holds and found.leads_hold,
        "csv_url": f"spend-audit.csv{_address(asked)}" if may_export else "",
        "report_url": f"../overview/{_address(asked)}",
    }
    return TemplateResponse(request, "reports/audit/audit.html", context)


@require_safe
@patiently
def spend_audit_csv(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Every case of every bucket, what is in order too, and the sums below."""
    company = current_company(request, companies_of(request))
    if company is None or not roles.may(request.user, "report.export", company.pk):
        raise PermissionDenied
    _asked, found = _look(request, company)
    currency = {"currency": company.currency}
    headers = [
        *(gettext("About"), gettext("Bucket"), gettext("Case"), gettext("utm_campaign")),
        *(gettext("Detail"), gettext("Spend (%(currency)s)") % currency, gettext("Entries")),
        *(gettext("Amounts without a rate"), gettext("Counted leads")),
        *(gettext("Revenue (%(currency)s)") % currency, gettext("First day"), gettext("Last day")),
    ]
    rows = list(_file_rows(Speech(found, request.user)))
    answer = StreamingHttpResponse(
        stream_csv(headers, rows, bom=True), content_type="text/csv; charset=utf-8"
    )
    name = f"spend-audit-{company.slug}-{found.query.start}-{found.query.end}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _look(request: HttpRequest, company: Company) -> tuple[Asked, Audit]:
    """The period as the report understands it; no other filter counts here."""
    given = QueryDict(mutable=True)
    for name in TIME:
        if request.GET.get(name):
            given[name] = request.GET[name]
    asked = ask(given, company)
    with no_longer_than(settings.REPORT_SECONDS):
        return asked, audit(asked.query)


def _address(asked: Asked) -> Address:
    query, own = asked.query, asked.period == "custom"
    return Address(
        [
            ("company", query.company.slug),
            ("period", asked.period),
            ("from", query.start.isoformat() if own else ""),
            ("to", query.end.isoformat() if own else ""),
        ]
    )


def _cards(found: Audit, speech: Speech) -> list[tuple[str, str, str]]:
    """What it comes to: label, figure, and of how much."""
    of = gettext("of %(all)s")
    total = formatting.money(found.report.proof.spend_total, found.query.company.currency)
    return [
        (gettext("Spend at risk"), speech.money(found.minor_at_risk), of % {"all": total}),
        (
            gettext("Leads at risk"),
            formatting.count(found.leads_at_risk),
            of % {"all": formatting.count(found.report.proof.counted)},
        ),
    ]


def _bucket(speech: Speech, bucket: Bucket) -> ShownBucket:
    about, is_fine = ABOUT[bucket.kind], bucket.kind in IN_ORDER
    shown = [] if is_fine else bucket.cases[:MOST_CASES]
    is_money = bucket.kind in Money
    return ShownBucket(
        key=bucket.kind.value,
        name=str(about.name),
        means=str(about.means),
        amounts=_amounts(speech, bucket.kind, bucket),
        entries=formatting.count(bucket.entries),
        leads=_leads(bucket.kind, bucket),
        fix=speech.fix(bucket),
        is_risk=not is_fine and bool(bucket.entries if is_money else bucket.leads),
        cases=[_case(speech, bucket, case) for case in shown],
        more=0 if is_fine else len(bucket.cases) - len(shown),
    )


def _case(speech: Speech, bucket: Bucket, case: Case) -> ShownCase:
    return ShownCase(
        name=speech.subject(bucket, case),
        campaign_id=case.campaign_id,
        detail=speech.detail(bucket, case),
        amounts=_amounts(speech, bucket.kind, case),
        leads=_leads(bucket.kind, case),
        days=speech.days(case),
        fix=speech.case_fix(bucket, case),
    )


def _amounts(speech: Speech, kind: Kind, sums: Bucket | Case) -> list[str]:
    """Spend, or the revenue of leads."""
    return speech.spend(sums) if kind in Money else [speech.revenue(sums)]


def _leads(kind: Kind, sums: Bucket | Case) -> str:
    """Spend that is not matched has no campaign whose leads could be named."""
    return formatting.DASH if kind is Money.UNMATCHED else formatting.count(sums.leads)


def _file_rows(speech: Speech) -> Iterator[Sequence[Any]]:
    found = speech.found
    names = {True: gettext("Spend"), False: gettext("Leads")}
    for kind, bucket in found.buckets.items():
        for case in bucket.cases:
            yield _cells(speech, bucket, case, names[kind in Money])
    yield []
    for kind, bucket in found.buckets.items():
        yield _cells(speech, bucket, bucket, names[kind in Money])
    yield []
    yield gettext("Company"), found.query.company.name
    yield gettext("Period"), day_range(found.query.start, found.query.end)
    for proof in (speech.proof_of_money(), speech.proof_of_leads(), speech.waiting()):
        if proof:
            yield gettext("Proof"), proof


def _cells(speech: Speech, bucket: Bucket, sums: Bucket | Case, about: str) -> Sequence[Any]:
    """A case, or the sum of a bucket."""
    found, is_money = speech.found, bucket.kind in Money
    named: Sequence[str] = (gettext("all of it"), "", "")
    if isinstance(sums, Case):
        campaign = found.campaigns.get(sums.campaign_id or 0)
        key = campaign.key if campaign else ""
        named = (speech.subject(bucket, sums), key, speech.detail(bucket, sums))
    return (
        *(about, str(ABOUT[bucket.kind].name), *named),
        found.in_units(sums.minor) if is_money and (sums.priced or not sums.entries) else None,
        sums.entries if is_money else None,
        speech.without_rate(sums),
        None if bucket.kind is Money.UNMATCHED else sums.leads,
        found.in_units(sums.minor) if not is_money and found.revenue_known else None,
        *(sums.first, sums.last),
    )
