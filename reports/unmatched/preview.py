"""What a decision about platform ids would do, and the button that makes it.

Nothing is kept in between: what was asked for stands in the page itself.
"""

import json
from collections.abc import Iterable, Mapping

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from attribution import roles
from attribution.days import day_range
from attribution.models import Campaign, Company
from attribution.money import shown
from reports import formatting
from reports.snapshot import TookTooLong, no_longer_than
from reports.unmatched.effect import effect
from spend.matching import PlatformsId
from spend.models import PlatformId
from spend.unmatched import mapping

MOST_SENT = 200  # decisions of one form
RIGHT = "spend.change"


def page(
    request: HttpRequest,
    company: Company,
    wish: Mapping[PlatformsId, int | None],
    *,
    then: str = "",
    problem: str = "",
) -> HttpResponse:
    """What a decision would do, and the button that makes it. It all stands in the page itself."""
    removes = all(campaign is None for campaign in wish.values())
    context = admin.site.each_context(request) | {
        "title": _("Preview of removing an id") if removes else _("Preview of matching spend"),
        "company": company,
        "problem": problem,
        "removes": removes,
        "then": then,
        "wish": [json.dumps([*one, campaign]) for one, campaign in wish.items()],
        "decided": _decisions(company, wish),
        "address": f"?company={company.slug}",
        "back_url": f"{reverse(_back(removes))}?company={company.slug}",
    }
    try:
        with no_longer_than(settings.REPORT_SECONDS, scratch=True):
            decision = mapping.decide(company, wish, request.user)
            found = effect(decision)
    except mapping.Refused as refused:
        context["refused"] = str(refused).splitlines()
    except TookTooLong:
        context["refused"] = [_("So much moves that a preview was given up. Choose fewer groups.")]
    else:
        context |= {
            "effect": found,
            "shown": decision.fingerprint,
            "days": day_range(found.before.query.start, found.before.query.end),
            "flows": [(flow, _amounts(flow.recorded.items())) for flow in found.shown],
            "sum": _amounts(found.recorded),
            "reports": [found.before, found.after],
        }
    status = 409 if problem else 200
    return TemplateResponse(request, "reports/unmatched/preview.html", context, status=status)


def _back(removes: bool) -> str:
    return "reports:platform-ids" if removes else "reports:unmatched"


def _amounts(recorded: Iterable[tuple[str, int]]) -> str:
    found = [shown(minor, currency) for currency, minor in sorted(recorded)]
    return " · ".join(found) or formatting.DASH


def _decisions(
    company: Company, wish: Mapping[PlatformsId, int | None]
) -> list[tuple[str, str, str]]:
    """Platform, id, and the campaign that it is to be; of those removed: that it was."""
    names = dict(
        Campaign.objects.filter(company=company, pk__in=set(wish.values()) - {None})
        .order_by()
        .values_list("pk", "name")
    )
    known = PlatformId.objects.filter(company=company, external_id__in={one[1] for one in wish})
    was = {
        (one.platform, one.external_id): one.campaign.name
        for one in known.select_related("campaign")
    }
    return [
        (*one, was.get(one, "–") if campaign is None else names.get(campaign, "–"))
        for one, campaign in wish.items()
    ]


def decided(request: HttpRequest, company: Company) -> HttpResponse:
    """The preview was confirmed."""
    if not roles.may(request.user, RIGHT, company.pk):
        raise PermissionDenied
    wish = _wish(request.POST)
    then = request.POST.get("then", "")
    if not then.startswith(reverse("reports:preview", args=["-"])[:-2]):
        then = ""  # only to the other half of what was chosen
    try:
        shown = request.POST.get("shown", "")
        decision = mapping.confirm(company, wish, request.user, shown)
    except (mapping.Busy, mapping.Outdated, mapping.Refused) as problem:
        return page(request, company, wish, then=then, problem=str(problem))
    removes = all(campaign is None for campaign in wish.values())
    messages.success(request, _done(decision, removes=removes))
    if then:
        messages.info(request, _("The names that you chose as well come next."))
        return redirect(then)
    return redirect(f"{reverse(_back(removes))}?company={company.slug}")


def _wish(data: QueryDict) -> dict[PlatformsId, int | None]:
    """What the preview has kept in itself; nothing where somebody tampered with it."""
    found: dict[PlatformsId, int | None] = {}
    for text in data.getlist("wish")[:MOST_SENT]:
        try:
            platform, external, campaign = json.loads(text)
        except (ValueError, TypeError):
            return {}
        if not (_is_text(platform) and _is_text(external) and _is_number(campaign)):
            return {}
        found[platform, external] = campaign
    return found


def _is_text(found: object) -> bool:
    """Text that a database takes."""
    if not isinstance(found, str) or "\0" in found:
        return False
    return not any("\ud800" <= sign <= "\udfff" for sign in found)


def _is_number(found: object) -> bool:
    """Nobody, or what may be the number of a campaign."""
    return found is None or (type(found) is int and 0 < found < 2**63)


def _done(decision: mapping.Decision, *, removes: bool) -> str:
    number = len(decision.wish)
    if removes:
        text = ngettext(
            "The id was removed. Its spend counts where its name and the rules send it.",
            "%(number)s ids were removed. Their spend counts where its name and the rules send it.",
            number,
        )
    else:
        text = ngettext(
            "The id is known from now on. To take it back, remove it from the known platform ids.",
            "%(number)s ids are known from now on. To take one back, remove it from the known "
            "platform ids.",
            number,
        )
    return text % {"number": number}
