"""The bulk action that takes leads to the page on which they are corrected."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin import ModelAdmin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attribution import roles
from attribution.models import Company, Lead
from attribution.repair import drafts
from attribution.repair.intents import Correct

RIGHT = "repair.make"
MOST = 100_000


class CorrectAction(ModelAdmin):
    """Of one company at a time. The leads wait in a draft: so many fit into no address."""

    def has_correct_permission(self, request: HttpRequest) -> bool:
        return roles.may(request.user, RIGHT)

    def most_chosen(self, request: HttpRequest) -> int:
        usual: int = super().most_chosen(request)  # type: ignore[misc]
        return MOST if _action(request) == "correct_utm" else usual

    @admin.action(
        description=gettext_lazy("Correct source, medium or campaign"), permissions=["correct"]
    )
    def correct_utm(self, request: HttpRequest, queryset: QuerySet[Lead]) -> HttpResponse | None:
        companies = list(queryset.order_by().values_list("company", flat=True).distinct())
        if len(companies) > 1:
            text = _("Correct the leads of one company at a time: choose it in the filter first.")
            self.message_user(request, text, messages.ERROR)
            return None
        if not companies or not roles.may(request.user, RIGHT, companies[0]):
            text = _("You may not correct leads of this company: ask one of its UTM admins.")
            self.message_user(request, text, messages.ERROR)
            return None
        return redirect(_correcting(request.user, companies[0], queryset))


def _correcting(user: Any, company: int, leads: QuerySet[Lead]) -> str:
    """The address of the page for these leads."""
    chosen = tuple(leads.order_by("pk").values_list("pk", flat=True))
    draft = drafts.make(Company.objects.get(pk=company), Correct(leads=chosen), user)
    return f"{reverse('reports:correct')}?{urlencode({'draft': draft.token})}"


def _action(request: HttpRequest) -> str:
    """The action that was chosen, above or below the list, as the admin reads it."""
    chosen = request.POST.getlist("action")
    index = request.POST.get("index", "0")
    at = int(index) if index.isdecimal() else 0
    return chosen[at] if at < len(chosen) else ""
