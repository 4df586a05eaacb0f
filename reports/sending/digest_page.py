"""Digests in the admin: who gets which view when, what was sent, and trying it out."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attribution.admin import filters
from attribution.admin.base import ScopedAdmin
from reports import plainly
from reports.sending import delivering, digests, trying
from reports.sending.forms import AddressedForm
from reports.sending.models import Delivery, Subscription
from reports.sending.transport import mail_is_set_up

SHOWN = 12  # deliveries on the page
ENDED = (Delivery.State.UNSURE, Delivery.State.FAILED)


class ActiveFilter(filters.FlagFilter):
    title = gettext_lazy("active")
    parameter_name = "active"
    column = "active"


class AddressedAdmin(ScopedAdmin):
    """What digests and alerts share. Whoever saves one answers for it: it shows what that person
    may see."""

    form = AddressedForm
    times_in_company_zone = True
    fixed = ()
    list_filter = (filters.CompanyFilter, ActiveFilter)
    search_fields = ("view__name",)
    ordering = ("company__name", "view__name", "pk")
    readonly_fields = ("standing", "owner", "deliveries", "created_at", "changed_at")

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        verb = "change" if obj else "add"
        return type(
            form.__name__, (form,), {"user": request.user, "right": f"{self.subject}.{verb}"}
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request).select_related("company", "view", "owner")
        mine = {self.model._meta.model_name: OuterRef("pk")}
        lost = Delivery.objects.filter(**mine, state__in=ENDED)
        return rows.annotate(is_lost=Exists(lost))

    def save_model(
        self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool
    ) -> None:
        obj.owner = request.user
        if obj.active:
            obj.paused_because = ""
        super().save_model(request, obj, form, change)

    @admin.display(description=gettext_lazy("to"))
    def sent_to(self, sent: Any) -> str:
        if sent.channel == sent.Channel.SLACK:
            return _("Slack")
        return _("mail, %(n)s") % {"n": len(sent.recipients)}

    @admin.display(description=gettext_lazy("on behalf of"), ordering="owner__username")
    def on_behalf_of(self, sent: Any) -> str:
        return sent.owner.get_username() if sent.owner else "–"

    @admin.display(description=gettext_lazy("deliveries"))
    def deliveries(self, sent: Any) -> str | SafeString:
        rows = list(sent.deliveries.order_by("-due_at", "-pk")[:SHOWN])
        if not rows:
            return _("None yet.")
        shown = format_html_join(
            "", "<li>{}</li>", ((in_words(row, sent.company),) for row in rows)
        )
        return format_html("<ul>{}</ul>", shown)


def lost_words(sent: Any) -> str:
    """Said where a message is not known to have arrived."""
    is_lost = getattr(sent, "is_lost", False)
    return _("a message is not known to have arrived: open it to see which") if is_lost else ""


def in_words(row: Delivery, company: Any) -> str:
    """What became of a delivery."""
    parts = [plainly.moment(row.due_at, company), row.get_state_display()]
    if row.state == Delivery.State.SENT and row.done_at:
        parts.append(_("at %(when)s") % {"when": plainly.moment(row.done_at, company)})
    return ": ".join([", ".join(parts), row.error]) if row.error else ", ".join(parts)


@admin.register(Subscription)
class SubscriptionAdmin(AddressedAdmin):
    subject = "subscription"
    list_display = ("name", "when", "sent_to", "standing", "on_behalf_of", "company")
    send_template = "admin/reports/subscription/send.html"

    def get_fields(self, request: HttpRequest, obj: Subscription | None = None) -> tuple[Any, ...]:
        when = ("every", "weekday", "day", "hour")
        sent = ("view", *when, "channel", "people", "slack")
        return sent if obj is None else (*sent, "active", *self.readonly_fields)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.send_page)
        own = path("<int:pk>/send/", view, name="reports_subscription_send")
        return [own, *super().get_urls()]

    def save_model(
        self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool
    ) -> None:
        if {"every", "weekday", "day", "hour", "active", "view"} & set(form.changed_data):
            obj.since = timezone.now()  # nothing that was due before is sent now
        super().save_model(request, obj, form, change)

    # Trying it out, and what may have been sent

    def send_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What would be sent now; and a button for each thing that can be done about it."""
        subscription = self.get_queryset(request).filter(pk=pk).first()
        if subscription is None:
            raise Http404(_("There is no such digest."))
        if not self.has_change_permission(request, subscription):
            raise PermissionDenied
        if request.method == "POST":
            self._do(request, subscription)
            return HttpResponseRedirect(request.path)
        try:
            preview, problem = trying.preview(request.user, subscription), ""
        except delivering.Stop as why:
            preview, problem = "", str(why)
        ended = subscription.deliveries.filter(state__in=ENDED).order_by("-due_at")[:SHOWN]
        request.current_app = self.admin_site.name
        context = {
            "title": _("Digest %(name)s") % {"name": subscription},
            "opts": self.opts,
            "row": subscription,
            "change_url": reverse("admin:reports_subscription_change", args=[pk]),
            "preview": preview,
            "problem": problem,
            "to": trying.goes_to(request.user, subscription),
            "mail_is_set_up": mail_is_set_up(),
            "ended": [(one, in_words(one, subscription.company)) for one in ended],
        }
        each = self.admin_site.each_context(request)
        return TemplateResponse(request, self.send_template, each | context)

    def _do(self, request: HttpRequest, subscription: Subscription) -> None:
        number = request.POST.get("again", "")
        if number:
            rows = subscription.deliveries.filter(pk=number if number.isdecimal() else 0)
            row = rows.first()
            if row is None or not delivering.send_again(row):
                self.message_user(request, _("There is nothing to send again."), messages.WARNING)
                return
            self.log_change(request, subscription, _("%(key)s is sent again.") % {"key": row.key})
            self.message_user(request, _("It is sent again within a minute."), messages.SUCCESS)
            return
        try:
            said = trying.send_now(request.user, subscription)
        except trying.NotSent as why:
            self.message_user(request, str(why), messages.ERROR)
        else:
            self.log_change(request, subscription, said)
            self.message_user(request, said, messages.SUCCESS)

    @admin.display(description=gettext_lazy("view"), ordering="view__name")
    def name(self, subscription: Subscription) -> str:
        return subscription.view.name if subscription.view else _("a view that is gone")

    @admin.display(description=gettext_lazy("when"))
    def when(self, subscription: Subscription) -> str:
        day = (
            subscription.get_weekday_display()
            if subscription.every == Subscription.Every.WEEK
            else _("day %(day)s of the month") % {"day": subscription.day}
        )
        return f"{day}, {subscription.hour:02}:00"

    @admin.display(description=gettext_lazy("state"))
    def standing(self, subscription: Subscription) -> str:
        if not subscription.active:
            why = subscription.paused_because
            return _("paused: %(why)s") % {"why": why} if why else _("paused")
        due = plainly.moment(digests.next_due(subscription), subscription.company)
        said = _("next: %(when)s") % {"when": due}
        return f"{said}; {lost_words(subscription)}" if lost_words(subscription) else said
