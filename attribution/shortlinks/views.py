"""The one page that needs no signing in: a short link is followed.

It sets no cookie and opens no session. Unknown, switched off and refused links get one answer, so
that nothing can be learnt about companies.
"""

import logging

from django.core.exceptions import ValidationError
from django.db import Error
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, HttpResponseRedirect
from django.views.decorators.http import require_safe

from attribution import scope
from attribution.models.shortlink import ShortLink
from attribution.shortlinks import counting, targets, visitors

logger = logging.getLogger(__name__)
NOWHERE = "There is nothing behind this link. It may be mistyped, or no longer in use.\n"
HEADERS = {
    "Cache-Control": "private, no-store",  # the target can change, and each visit counts
    # What browsers do by themselves. Our pages' own rule, same-origin, would hide from the target
    # on which site the link stood.
    "Referrer-Policy": "strict-origin-when-cross-origin",
}


@require_safe
def follow(request: HttpRequest, slug: str) -> HttpResponse:
    """302 to the link's target with the visitor's query and the link's UTM values."""
    with scope.all_companies():  # a visitor has no company: the slug says whose link it is
        links = ShortLink.objects.select_related("company", "campaign")
        link = links.filter(slug=slug.lower(), is_active=True).first()
    address = None if link is None else destination(link, request.META.get("QUERY_STRING", ""))
    if link is None or address is None:
        return HttpResponseNotFound(NOWHERE, content_type="text/plain; charset=utf-8")
    count(request, link)
    return HttpResponseRedirect(address, headers=HEADERS)


def destination(link: ShortLink, query: str) -> str | None:
    """Where the link leads now; the company's list of hosts is asked each time."""
    try:
        target = targets.clean_target(link.target)
        with scope.company_scope([link.company_id]):
            link.check_host(target)
    except ValidationError:
        return None
    return targets.with_values(target, targets.sent_query(query), link.values)


def count(request: HttpRequest, link: ShortLink) -> None:
    """Count the visit; a database that cannot is no reason to keep the visitor."""
    try:
        with scope.company_scope([link.company_id]):
            counting.count(link, is_click=visitors.is_click(request))
    except Error:
        logger.exception("A visit of short link %s was not counted; it was redirected.", link.pk)
