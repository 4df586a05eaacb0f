"""What the page of one entry of spend shows."""

from typing import Any

from django.contrib import admin
from django.db.models import F, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attribution.admin.base import ScopedAdmin
from attribution.days import day_range
from attribution.money import shown
from spend.models import SpendEntry

SAID = ("company", "campaign", "campaign_name", "day", "line", ("amount", "currency"))
BOUGHT = ("impressions", "clicks", "sends", "opens")


class EntryPage(ScopedAdmin):
    """The parts of the form, and what is only to be read."""

    readonly_fields = ("source", "platform_id", "import_run", "author", "worth", "share", "of_cost")

    def get_fieldsets(self, request: HttpRequest, obj: SpendEntry | None = None) -> Any:
        said: tuple[Any, ...] = (*SAID, "note")
        origin: tuple[Any, ...] = ()
        if obj is not None:
            if not self.has_change_permission(request, obj):  # read only: the amount is whole
                said = (*SAID[:-1], "amount", "note")
            elif obj.original_minor is not None:
                said = (*SAID, "worth", "note")
            from_where = ["source", "import_run", "author"]
            from_where += ["platform_id"] if obj.platform_id else []
            from_where += ["share"] if obj.spread_from else []
            if obj.cost_id:
                from_where = ["of_cost", "share", "author"]
            origin = ((_("Where it came from"), {"fields": tuple(from_where)}),)
        if obj is not None and obj.cost_id:
            return ((None, {"fields": said}), *origin)
        return (
            (None, {"fields": said}),
            (_("Source and medium"), {"fields": ("utm_source", "utm_medium")}),
            (_("What it bought"), {"fields": BOUGHT}),
            *origin,
        )

    @admin.display(description=gettext_lazy("share of"))
    def share(self, entry: SpendEntry) -> str:
        """Of which amount, and which days, this day's is a part."""
        first, last = entry.spread_from, entry.spread_to
        if first is None or last is None:
            return "–"
        days = (last - first).days + 1
        whole = SpendEntry.objects.filter(
            company=entry.company_id,
            source=entry.source,
            campaign_key=entry.campaign_key,
            utm_source=entry.utm_source,
            utm_medium=entry.utm_medium,
            platform_id=entry.platform_id,
            line=entry.line,
            currency=entry.currency,
            spread_from=first,
            spread_to=last,
        ).aggregate(minor=Sum(Coalesce(F("original_minor"), F("amount_minor"))))
        return _("1/%(days)s of %(amount)s for %(range)s") % {
            "days": days,
            "amount": shown(whole["minor"], entry.currency),
            "range": day_range(first, last),
        }

    @admin.display(description=gettext_lazy("shared cost"))
    def of_cost(self, entry: SpendEntry) -> str:
        """Where it is changed."""
        if entry.cost is None:
            return "–"
        url = reverse("admin:spend_cost_change", args=[entry.cost_id])
        return format_html(
            '<a href="{}">{}</a> {}', url, entry.cost, _("(to change this entry, change the cost)")
        )
