"""Pages of the house itself: is it up, and what to say when it is not."""

import sys

from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.views.decorators.http import require_safe

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


def server_error(request: HttpRequest) -> HttpResponse:
    """503 when the database is away, busy or too slow; 500 for everything else.

    As the project's handler it also sees what middleware raised. It must need no database.
    """
    if isinstance(sys.exception(), OperationalError | InterfaceError):
        body = loader.render_to_string("503.html")
        return HttpResponse(body, status=503, headers={"Retry-After": RETRY_AFTER})
    return HttpResponse(loader.render_to_string("500.html"), status=500)
