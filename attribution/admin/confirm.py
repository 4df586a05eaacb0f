"""A page between a bulk action and its deed: what will happen, to how many, and a way back."""

from collections.abc import Iterable
from typing import Any

from django.contrib.admin import ModelAdmin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpRequest
from django.template.response import TemplateResponse

CONFIRMED = "confirmed"


def is_confirmed(request: HttpRequest) -> bool:
    return request.POST.get(CONFIRMED) == "yes"


def ask_first(
    model_admin: ModelAdmin,
    request: HttpRequest,
    action: str,
    rows: Iterable[Any],
    title: str,
    sentences: list[str],
    button: str,
) -> TemplateResponse:
    """The page that asks; its button sends the same action again, confirmed."""
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.model._meta,
        "title": title,
        "sentences": sentences,
        "button": button,
        "action": action,
        "rows": rows,
        "checkbox": ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, "admin/attribution/confirm_action.html", context)
