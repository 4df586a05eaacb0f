"""Pages of the house itself: is it up, and what to say when it is not."""

import sys

from django.core.exceptions import BadRequest
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.views import defaults
from django.views.decorators.http import require_safe

from attribution.ingest import answers
from reports.api import problems

RETRY_AFTER = "30"  # seconds


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """For the load balancer: 200 when the database answers, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        return JsonResponse({"status": "database does not answer"}, status=503)
    return JsonResponse({"status": "ok"})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 for what no view was asked; programs get it in JSON."""
    if not answers.is_api(request):
        return defaults.bad_request(request, exception)
    text = str(exception) if isinstance(exception, BadRequest) else "The request is malformed."
    if problems.is_reading(request):
        return problems.answer(problems.malformed(text))
    return answers.problem(answers.Problem(400, "malformed", text))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404; programs get it in JSON."""
    if not answers.is_api(request):
        return defaults.page_not_found(request, exception)
    if problems.is_reading(request):
        return problems.answer(problems.nothing_here())
    text = "There is nothing at this address. Addresses have no slash at the end."
    return answers.problem(answers.Problem(404, "not_found", text))


def server_error(request: HttpRequest) -> HttpResponse:
    """503 when the database is away, busy or too slow; 500 for everything else.

    As the project's handler it also sees what middleware raised. It must need no database.
    """
    away = isinstance(sys.exception(), OperationalError | InterfaceError)
    if problems.is_reading(request):
        return problems.answer(problems.database_away() if away else problems.failed())
    if answers.is_api(request):
        return answers.problem(answers.database_away() if away else answers.failed())
    if away:
        body = loader.render_to_string("503.html")
        return HttpResponse(body, status=503, headers={"Retry-After": RETRY_AFTER})
    return HttpResponse(loader.render_to_string("500.html"), status=500)
