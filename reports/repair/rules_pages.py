"""The pages of UTM rules: the list with a box to test a link, and the form of one rule."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from attribution import roles
from attribution.links.counted import Counted, book_for_links, counted
from attribution.models import Campaign, Company, Rule
from attribution.repair import drafts, law
from attribution.repair.items import RuleItem
from attribution.repair.offers import Offer, offers
from attribution.repair.rules import Usage, missing, shadowed, usage
from attribution.verdict import Field
from reports.choices import Option
from reports.filters import Address, companies_of, current_company
from reports.repair.campaign_choice import offered
from reports.repair.rule_forms import CampaignRuleForm, ListForm, RuleForm, initial_of
from reports.repair.rule_words import Names, Step, becomes, numbers_of, only, says, steps
from reports.snapshot import snapshot
from reports.views import no_company

A_PAGE = 50
LONGEST_LINK = 2000
TITLES: dict[Field, str | Promise] = {
    Field.CAMPAIGN: gettext_lazy("Campaigns"),
    Field.SOURCE: gettext_lazy("Sources"),
    Field.MEDIUM: gettext_lazy("Media"),
}


@dataclass(frozen=True)
class Row:
    """A rule as the list shows it."""

    id: int
    number: int
    says: str
    only: str
    becomes: str
    note: str
    is_off: bool
    usage: Usage | None
    hidden_by: str
    is_first: bool
    is_last: bool


@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    companies = companies_of(request)
    company = current_company(request, companies)
    if company is None:
        return no_company(request)
    right = "rule.change" if request.method == "POST" else "rule.view"
    if not roles.may(request.user, right, company.pk):
        raise PermissionDenied
    form = ListForm(company, request.POST if request.method == "POST" else None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        draft = drafts.make(company, form.intent, request.user, reason)
        return redirect("reports:preview", draft.token)
    with snapshot():
        context = _list(request, company)
    context |= admin.site.each_context(request) | {
        "title": _("UTM rules"),
        "company": company,
        "companies": [one for one in companies if roles.may(request.user, "rule.view", one.pk)],
        "form": form,
        "may_change": roles.may(request.user, "rule.change", company.pk),
    }
    return TemplateResponse(request, "reports/repair/rules.html", context)


def _list(request: HttpRequest, company: Company) -> dict[str, Any]:
    every = law.rules(company)
    about = _field(request.GET.get("field", ""))
    link = request.GET.get("test", "").strip()[:LONGEST_LINK]
    names = _names(company, every)
    listed = [item for item in every if item.line.field is about]
    page = Paginator(listed, A_PAGE).get_page(request.GET.get("page"))
    address = Address([("company", company.slug), ("field", about.value)])
    return {
        "tabs": _tabs(address, about, every),
        "field": about.value,
        "rows": _rows(company, every, list(page), names, len(listed)),
        "page": page,
        "previous_url": _page_url(address, page.number - 1) if page.has_previous() else "",
        "next_url": _page_url(address, page.number + 1) if page.has_next() else "",
        "address": str(address.replace(page=request.GET.get("page"))),
        "ship": len(missing(every)) if about is Field.SOURCE else 0,
        "link": link,
        "tested": _tested(company, link, names) if link else None,
    }


def _field(text: str) -> Field:
    return Field(text) if text in list(Field) else Field.CAMPAIGN


def _tabs(address: Address, chosen: Field, every: Sequence[RuleItem]) -> list[Option]:
    numbers = {about: sum(item.line.field is about for item in every) for about in Field}
    return [
        Option(
            str(address.replace(field=about.value)),
            f"{TITLES[about]} ({numbers[about]})",
            about is chosen,
        )
        for about in Field
    ]


def _page_url(address: Address, number: int) -> str:
    return str(address.replace(page=str(number)))


def _names(company: Company, every: Sequence[RuleItem]) -> Names:
    campaigns = Campaign.objects.filter(company=company).order_by()
    return Names(dict(campaigns.values_list("pk", "name")), numbers_of(every))


def _rows(
    company: Company, every: Sequence[RuleItem], shown: Sequence[RuleItem], names: Names, last: int
) -> list[Row]:
    used, hidden = usage(company), shadowed(every)
    return [
        Row(
            id=item.line.id,
            number=names.numbers[item.line.id],
            says=says(item.line),
            only=only(item.line),
            becomes=becomes(item.line, names.campaigns),
            note=item.note,
            is_off=item.is_off,
            usage=used.get(item.line.id),
            hidden_by=_hidden_by(hidden.get(item.line.id, ()), names),
            is_first=names.numbers[item.line.id] == 1,
            is_last=names.numbers[item.line.id] == last,
        )
        for item in shown
    ]


def _hidden_by(rules: Sequence[int], names: Names) -> str:
    if not rules:
        return ""
    numbers = ", ".join(str(number) for number in sorted(names.numbers[rule] for rule in rules))
    text = ngettext("hidden by rule %(rules)s", "hidden by rules %(rules)s", len(rules))
    return text % {"rules": numbers}


@dataclass(frozen=True)
class Tested:
    """What would become of a link."""

    steps: list[Step]
    result: str
    name: str  # of the campaign, where it is new
    offer: Offer | None  # the one that was probably meant


def _tested(company: Company, link: str, names: Names) -> Tested:
    book = book_for_links(company)
    found = counted(link, book)
    offer = offers(company).of(found.read.campaign) if found.makes_campaign else None
    name = found.read.campaign if found.makes_campaign else ""
    return Tested(steps(found, book, names), _result(found, names), name, offer)


def _result(found: Counted, names: Names) -> str:
    place = found.place
    if place.campaign is None:
        campaign = _("no campaign")
    else:
        known = names.campaigns.get(place.campaign)
        new = _("the new campaign “%(name)s”") % {"name": found.read.campaign}
        campaign = f"“{known}”" if known else new
    return _("Counts for %(campaign)s, source %(source)s, medium %(medium)s.") % {
        "campaign": campaign,
        "source": place.source or _("empty"),
        "medium": place.medium or _("empty"),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def rule_add(request: HttpRequest) -> HttpResponse:
    """A new rule; other pages may fill in the field, a value and a campaign by the address."""
    company = current_company(request, companies_of(request))
    if company is None:
        return no_company(request)
    if not roles.may(request.user, "rule.change", company.pk):
        raise PermissionDenied
    about = _field(request.GET.get("field", ""))
    initial = {"values": "\n".join(request.GET.getlist("value"))}
    initial["campaign"] = request.GET.get("campaign", "")
    form = _form(request, company, about, None, initial)
    if form.is_valid():
        return _previewed(request, form)
    title = _("Add a rule on %(field)s") % {"field": str(TITLES[about]).lower()}
    return _form_page(request, form, title)


@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: HttpRequest, pk: int) -> HttpResponse:
    """Another wording of a rule that is in force."""
    company = _company_of(request, pk)
    every = law.rules(company)
    item = next((one for one in every if one.line.id == pk), None)
    if item is None:
        raise Http404(_("This rule is not there any more: what made it was undone."))
    about = item.line.field
    leads_to = Campaign.objects.filter(company=company, pk=item.line.campaign).first()
    initial = initial_of(item, leads_to.key if leads_to else "")
    form = _form(request, company, about, item, initial)
    if form.is_valid():
        return _previewed(request, form)
    title = _("Rule %(n)s on %(field)s") % {
        "n": numbers_of(every)[pk],
        "field": str(TITLES[about]).lower(),
    }
    return _form_page(request, form, title)


def _company_of(request: HttpRequest, pk: int) -> Company:
    """Of the rule; one of another company and one that never was get the same answer."""
    found = Rule.objects.filter(pk=pk).select_related("company").first()
    if found is None or not roles.may(request.user, "report.view", found.company_id):
        raise Http404(_("There is no such rule."))
    if not roles.may(request.user, "rule.change", found.company_id):
        raise PermissionDenied
    return found.company


def _form(
    request: HttpRequest,
    company: Company,
    about: Field,
    item: RuleItem | None,
    initial: dict[str, Any],
) -> RuleForm:
    kind = CampaignRuleForm if about is Field.CAMPAIGN else RuleForm
    data = request.POST if request.method == "POST" else None
    return kind(company, about, item, data, initial=initial)


def _previewed(request: HttpRequest, form: RuleForm) -> HttpResponse:
    reason = form.cleaned_data["reason"]
    draft = drafts.make(form.company, form.intent, request.user, reason)
    return redirect("reports:preview", draft.token)


def _form_page(request: HttpRequest, form: RuleForm, title: str) -> TemplateResponse:
    company = form.company
    context = admin.site.each_context(request) | {
        "title": title,
        "company": company,
        "form": form,
        "field": form.about.value,
        "about_campaigns": form.about is Field.CAMPAIGN,
        "campaigns": offered(company) if form.about is Field.CAMPAIGN else [],
        "list_url": f"{reverse('reports:rules')}?company={company.slug}&field={form.about.value}",
    }
    return TemplateResponse(request, "reports/repair/rule_form.html", context)
