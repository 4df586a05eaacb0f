"""What is done with one campaign: merge it, give it more names, count earlier leads for it."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from attribution import roles
from attribution.models import Campaign
from attribution.repair import drafts
from attribution.repair.known_as import claimable, known_as, merged_by
from reports.repair.campaign_choice import offered
from reports.repair.forms import CampaignForm, ClaimForm, KeysForm, MergeForm

RIGHT = "repair.make"
FORMS: dict[str, type[CampaignForm]] = {"keys": KeysForm, "merge": MergeForm, "claim": ClaimForm}


@require_http_methods(["GET", "HEAD", "POST"])
def campaign_repair(request: HttpRequest, pk: int) -> HttpResponse:
    """Three forms; which one was sent stands in its button."""
    campaign = _find(request, pk)
    sent = request.POST.get("form", "")
    if campaign.merged_into_id is not None:
        return _page(request, campaign, {})
    forms = {
        name: kind(campaign, request.POST if name == sent else None, prefix=name)
        for name, kind in FORMS.items()
    }
    form = forms.get(sent)
    if form is not None and form.is_valid():
        reason = form.cleaned_data["reason"]
        draft = drafts.make(campaign.company, form.intent, request.user, reason)
        return redirect("reports:preview", draft.token)
    return _page(request, campaign, forms)


def _page(
    request: HttpRequest, campaign: Campaign, forms: dict[str, CampaignForm]
) -> TemplateResponse:
    context: dict[str, Any] = admin.site.each_context(request) | {
        "title": _("Repair “%(campaign)s”") % {"campaign": campaign.name},
        "campaign": campaign,
        "company": campaign.company,
        "forms": forms,
        "merged_by": merged_by(campaign),
        "may_repair": True,
    }
    if forms:
        context |= {
            "campaigns": [one for one in offered(campaign.company) if one.key != campaign.key],
            "known_as": known_as(campaign),
            "claimable": claimable(campaign),
        }
    return TemplateResponse(request, "reports/repair/campaign.html", context)


def _find(request: HttpRequest, pk: int) -> Campaign:
    """The campaign, unless it is withdrawn or of a company that the user does not belong to."""
    rows = Campaign.objects.filter(pk=pk, withdrawn=False)
    campaign = rows.select_related("company", "merged_into").first()
    if campaign is None or not roles.may(request.user, "campaign.view", campaign.company_id):
        raise Http404(_("There is no such campaign."))
    if not roles.may(request.user, RIGHT, campaign.company_id):
        raise PermissionDenied
    return campaign
