"""Tools › A person's data: what is kept of one person, given out as a file or erased."""

import json
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from attribution.chosen import chosen_company, companies_with
from attribution.models import Company
from attribution.privacy import persons
from attribution.privacy.erasing import erase

RIGHT = "lead.erase"


class PersonForm(forms.Form):
    """Who is meant. What is typed travels in the form, never in an address."""

    email = forms.CharField(label=gettext_lazy("E-mail"), max_length=254, required=False)
    phone = forms.CharField(label=gettext_lazy("Phone"), max_length=60, required=False)
    lead = forms.CharField(
        label=gettext_lazy("Lead id"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Finds other leads of the same person too."),
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not any(given.values()):
            raise forms.ValidationError(_("Name the person by at least one of these."))
        return given


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest) -> HttpResponse:
    company = chosen_company(request, RIGHT)
    form = PersonForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        leads = persons.leads_of(company, **form.cleaned_data)
        given = (form.cleaned_data["email"], form.cleaned_data["phone"])
        addresses = persons.addresses_of(leads, *given)
        if "export" in request.POST:
            return _file(company, leads, addresses)
        if "erase" in request.POST and "certain" in request.POST:
            return _erased(request, company, leads, addresses)
        context |= {
            "found": True,
            "leads": leads,
            "refused": len(persons.refused_of(company, addresses)),
            "is_uncertain": "erase" in request.POST,
        }
    shared = admin.site.each_context(request) | {
        "title": _("A person's data"),
        "company": company,
        "companies": companies_with(request, RIGHT),
    }
    return TemplateResponse(request, "tools/person.html", shared | context)


def _file(company: Company, leads: list[Any], addresses: list[str]) -> HttpResponse:
    text = json.dumps(
        persons.export(company, leads, addresses), indent=2, ensure_ascii=False, default=str
    )
    answer = HttpResponse(text + "\n", content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="person.json"'
    return answer


def _erased(
    request: HttpRequest, company: Company, leads: list[Any], addresses: list[str]
) -> HttpResponse:
    count = erase(leads, also=addresses, of=company)
    text = ngettext(
        "The person was erased from %d lead. No total has changed.",
        "The person was erased from %d leads. No total has changed.",
        count,
    )
    messages.success(request, text % count)
    return HttpResponseRedirect(f"{reverse('person:page')}?company={company.slug}")
