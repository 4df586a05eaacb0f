"""What is shown instead of a report that takes too long to count."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext

from reports.dimensions import LEADS_ALONE, OF_LEADS
from reports.snapshot import TookTooLong

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
logger = logging.getLogger(__name__)


def patiently(view: View[P]) -> View[P]:
    """Let a view say that its question took too long, and what would be quicker."""

    @wraps(view)
    def patient(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except TookTooLong:
            logger.warning("A report took too long: %s", request.get_full_path())
            context = admin.site.each_context(request) | {
                "title": gettext("This report takes too long"),
                "seconds": settings.REPORT_SECONDS,
                "without": _without_facts(request),
            }
            return TemplateResponse(request, "reports/too_long.html", context, status=503)

    return patient


def _without_facts(request: HttpRequest) -> str:
    """The same question without country, landing page, model and the like: only facts know these.

    Empty where it asks for neither: the sums that would answer it are not in use then.
    """
    parameters = request.GET.copy()
    if parameters.get("group") in LEADS_ALONE:
        del parameters["group"]
    levels = parameters.getlist("then")
    parameters.setlist("then", [name for name in levels if name not in LEADS_ALONE])
    if levels == parameters.getlist("then") == []:
        del parameters["then"]
    for name in (*OF_LEADS, "landing", "model", "window", "basis"):
        parameters.pop(name, None)
    return "" if parameters == request.GET else f"{request.path}?{parameters.urlencode()}"
