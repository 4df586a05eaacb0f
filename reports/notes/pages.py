"""Reports › Notes: all of a company, a form for a new one, and one of them to change."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_http_methods

from attribution.admin.times import validate_day
from attribution.days import day_range
from attribution.models import Campaign, Company
from reports.company_page import company_page
from reports.filters import Address
from reports.notes import keeping
from reports.notes.models import LONGEST_TEXT, Note

A_PAGE = 50
DAY = {"type": "date"}


class NoteForm(forms.Form):
    """What is written, and about which days; about which campaign is decided by the page."""

    first_day = forms.DateField(
        label=gettext_lazy("Day"),
        validators=[validate_day],
        widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
    )
    last_day = forms.DateField(
        label=gettext_lazy("Last day, if it took several"),
        required=False,
        validators=[validate_day],
        widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
    )
    text = forms.CharField(
        label=gettext_lazy("What happened"),
        max_length=LONGEST_TEXT,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def write(self, note: Note) -> bool:
        """Save the note as the form has it; what is wrong with it stands in the form then."""
        note.first_day = self.cleaned_data["first_day"]
        note.last_day = self.cleaned_data["last_day"]
        note.text = self.cleaned_data["text"]
        try:
            keeping.store(note)
        except ValidationError as error:
            self.add_error(None, keeping.said(error))
            return False
        return True


@require_http_methods(["GET", "HEAD", "POST"])
@company_page("note.view")
def notes(request: HttpRequest, company: Company, companies: list[Company]) -> HttpResponse:
    """All notes of a company; a new one is sent here, also from the page of a campaign."""
    campaign = _campaign(request, company)
    form = NoteForm(request.POST or None)
    if request.method == "POST":
        if not keeping.may_write(request.user, company):
            raise PermissionDenied
        note = Note(company=company, campaign=campaign, author_id=request.user.pk)
        if form.is_valid() and form.write(note):
            messages.success(request, gettext("The note is written down."))
            return HttpResponseRedirect(_back(company, campaign))
    page = Paginator(keeping.notes_of(company), A_PAGE).get_page(request.GET.get("page"))
    address = Address([("company", company.slug)])
    context = admin.site.each_context(request) | {
        "title": gettext("Notes"),
        "company": company,
        "companies": companies,
        "campaign": campaign,
        "campaign_url": _back(company, campaign) if campaign else "",
        "form": form,
        "may_write": keeping.may_write(request.user, company),
        "rows": [_row(request, one) for one in page],
        "previous_url": str(address.replace(page=str(page.number - 1)))
        if page.has_previous()
        else "",
        "next_url": str(address.replace(page=str(page.number + 1))) if page.has_next() else "",
    }
    return TemplateResponse(request, "reports/notes/notes.html", context)


def _campaign(request: HttpRequest, company: Company) -> Campaign | None:
    """The campaign that the address names: a new note is about it."""
    asked = request.GET.get("campaign", "")
    if not asked:
        return None
    rows = Campaign.objects.filter(company=company, withdrawn=False)
    found = rows.filter(pk=int(asked)).first() if asked.isdecimal() and len(asked) < 19 else None
    if found is None:
        raise Http404(gettext("There is no such campaign."))
    return found


def _back(company: Company, campaign: Campaign | None) -> str:
    if campaign is not None:
        return reverse("reports:campaign", args=[campaign.pk])
    return f"{reverse('reports:notes')}{Address([('company', company.slug)])}"


def _row(request: HttpRequest, note: Note) -> dict[str, Any]:
    return {
        "note": note,
        "days": day_range(note.first_day, note.last_day or note.first_day),
        "campaign_url": _back(note.company, note.campaign) if note.campaign else "",
        "url": reverse("reports:note", args=[note.pk])
        if keeping.may_change(request.user, note)
        else "",
    }


@require_http_methods(["GET", "HEAD", "POST"])
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """One note: changed or deleted by its author, or an admin of the company."""
    found = keeping.find(request.user, pk)
    if found is None:
        raise Http404(gettext("There is no such note."))
    if not keeping.may_change(request.user, found):
        raise PermissionDenied
    back = _back(found.company, found.campaign)
    filled = {"first_day": found.first_day, "last_day": found.last_day, "text": found.text}
    form = NoteForm(None, initial=filled)
    if request.method == "POST":
        if request.POST.get("do") == "delete":
            found.delete()
            messages.success(request, gettext("The note is deleted."))
            return HttpResponseRedirect(back)
        form = NoteForm(request.POST, initial=filled)
        if form.is_valid() and form.write(found):
            messages.success(request, gettext("The note is changed."))
            return HttpResponseRedirect(back)
    context = admin.site.each_context(request) | {
        "title": gettext("Change a note"),
        "company": found.company,
        "note": found,
        "form": form,
        "back_url": back,
        "list_url": _back(found.company, None),
    }
    return TemplateResponse(request, "reports/notes/note.html", context)
