"""The page on which a person says what chosen leads are to count as."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from attribution import roles
from attribution.admin.filters import id_of
from attribution.models import Company, Lead
from attribution.repair import drafts
from attribution.repair.intents import Correct, from_json
from reports.repair.campaign_choice import offered
from reports.repair.forms import CorrectForm

SHOWN = 20
RIGHT = "repair.make"


@dataclass(frozen=True)
class Chosen:
    """Leads of one company that are to be corrected."""

    company: Company
    leads: tuple[int, ...]


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest) -> HttpResponse:
    """Leads are named in the address, or, where they are many, by a draft that holds them."""
    chosen = _chosen(request)
    if chosen is None:
        text = _("Tick the leads first, then choose “Correct source, medium or campaign”.")
        messages.info(request, text)
        return redirect("admin:attribution_lead_changelist")
    data = request.POST if request.method == "POST" else None
    form = CorrectForm(chosen.company, chosen.leads, data)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        draft = drafts.make(chosen.company, form.intent, request.user, reason)
        return redirect("reports:preview", draft.token)
    return _page(request, chosen, form)


def _page(request: HttpRequest, chosen: Chosen, form: CorrectForm) -> TemplateResponse:
    number = len(chosen.leads)
    rows = Lead.objects.filter(pk__in=chosen.leads[:SHOWN]).select_related("campaign")
    title = ngettext("Correct one lead", "Correct %(number)s leads", number)
    context = admin.site.each_context(request) | {
        "title": title % {"number": f"{number:,}"},
        "company": chosen.company,
        "form": form,
        "rows": rows.order_by("-received_at"),
        "more": max(number - SHOWN, 0),
        "campaigns": offered(chosen.company),
        "back_url": _back(chosen.leads),
    }
    return TemplateResponse(request, "reports/repair/correct.html", context)


def _back(leads: Sequence[int]) -> str:
    if len(leads) == 1:
        return reverse("admin:attribution_lead_change", args=[leads[0]])
    return reverse("admin:attribution_lead_changelist")


def _chosen(request: HttpRequest) -> Chosen | None:
    """Another company's lead and one that never was get the same answer."""
    if token := request.GET.get("draft", ""):
        return _of_draft(request, token)
    ids = {id_of(text) for text in request.GET.getlist("lead")}
    if not ids:
        return None
    allowed = roles.companies_with(request.user, RIGHT)
    known = [pk for pk in ids if pk is not None]
    leads = Lead.objects.filter(pk__in=known, company__in=allowed).order_by("pk")
    found = list(leads.select_related("company"))
    if len(found) < len(ids):
        raise Http404(_("There is no such lead."))
    if len({lead.company_id for lead in found}) > 1:
        raise Http404(_("Correct the leads of one company at a time."))
    return Chosen(found[0].company, tuple(lead.pk for lead in found))


def _of_draft(request: HttpRequest, token: str) -> Chosen:
    draft = drafts.find(token, request.user)
    intent = from_json(draft.intent) if draft is not None and draft.repair_id is None else None
    if draft is None or not isinstance(intent, Correct):
        raise Http404(_("This choice of leads is not there any more. Choose them in the list."))
    if not roles.may(request.user, RIGHT, draft.company_id):
        raise Http404(_("There is no such lead."))
    return Chosen(draft.company, intent.leads)
