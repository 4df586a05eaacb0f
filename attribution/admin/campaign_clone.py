"""A new campaign made like one that is there, and campaigns that are kept to make others from."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from attribution import roles
from attribution.campaign_texts import FACTS
from attribution.models import Campaign
from attribution.repair import campaigns
from attribution.repair.apply import Busy
from attribution.signals import campaigns_made
from attribution.utm import KEY_LIMIT, tidy

# Of its leads, bookings, spend, budgets and rules the new one has none, and it is no template.
COPIED = ("channel", *FACTS, "landing_page", "tags")
MOST_TEMPLATES = 50


class CloneForm(forms.Form):
    """What tells the new campaign from the other."""

    key = forms.CharField(
        label=gettext_lazy("utm_campaign"),
        max_length=KEY_LIMIT,
        help_text=gettext_lazy("As in its links; no other campaign of the company has it."),
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    starts_on = forms.DateField(
        label=gettext_lazy("First day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    ends_on = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, source: Campaign, data: Any = None) -> None:
        days = {"starts_on": source.starts_on, "ends_on": source.ends_on}
        super().__init__(data, initial=days)
        self.source = source

    def clean_key(self) -> str:
        key = tidy(self.cleaned_data["key"])
        if not key:
            raise ValidationError(_("A campaign needs the utm_campaign of its links."))
        there = Campaign.objects.filter(company=self.source.company_id, key=key, withdrawn=False)
        if found := there.first():
            raise ValidationError(
                _("“%(name)s” has this utm_campaign already. Choose another one.")
                % {"name": found.name}
            )
        return key

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        first, last = found.get("starts_on"), found.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day comes before the first day."))
        return found


def cloned(source: Campaign, values: dict[str, Any], owner_id: int | None, user: Any) -> Campaign:
    """The new campaign, saved. A key whose campaign was withdrawn is free: that row is taken up.

    Raises Busy; IntegrityError where somebody else has just taken the key.
    """
    alike = {name: getattr(source, name) for name in COPIED} | {"owner_id": owner_id}
    said = {name: values[name] for name in ("name", "starts_on", "ends_on")}
    found = campaigns.take_up(source.company, values["key"])
    if found is None:
        new = Campaign(company=source.company, key=values["key"], **alike, **said)
        new.save()
        campaigns_made.send(Campaign, company=new.company, keys=[new.key])
        return new
    alike["owner"] = alike.pop("owner_id")
    active = {"status": Campaign.Status.ACTIVE.value, "discovered": False, "is_template": False}
    campaigns.edit(found, alike | said | active, user)
    found.refresh_from_db()
    return found


def templates_for(user: Any) -> "QuerySet[Campaign]":
    """The templates of the companies in which the person may add campaigns."""
    mine = roles.companies_with(user, "campaign.add")
    rows = Campaign.objects.filter(company__in=mine, is_template=True, withdrawn=False)
    return rows.filter(merged_into__isnull=True).order_by("name", "key")


class ClonePages(admin.ModelAdmin[Campaign]):
    """The page that asks for key and name, and the actions of the list."""

    get_queryset: Callable[..., "QuerySet[Campaign]"]

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.clone_page)
        own = path("<int:pk>/clone/", view, name="attribution_campaign_clone")
        return [own, *super().get_urls()]

    def clone_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = self.get_queryset(request).filter(pk=pk, merged_into__isnull=True)
        source = rows.first()
        if source is None:
            raise Http404(_("There is no such campaign."))
        if not roles.may(request.user, "campaign.add", source.company_id):
            raise PermissionDenied
        form = CloneForm(source, request.POST if request.method == "POST" else None)
        if form.is_valid():
            try:
                with transaction.atomic():
                    new = cloned(
                        source, form.cleaned_data, self._owner(request, source), request.user
                    )
                    self.log_addition(request, new, _("Cloned from “%s”.") % source.name)
                    self.after_clone(request, source, new)
            except IntegrityError:
                form.add_error("key", _("Somebody else has just taken this utm_campaign."))
            except Busy as busy:
                form.add_error(None, str(busy))
            else:
                text = _("“%(new)s” was added. It has everything that “%(source)s” says of itself.")
                values = {"new": new.name, "source": source.name}
                self.message_user(request, text % values, messages.SUCCESS)
                return redirect("admin:attribution_campaign_change", new.pk)
        context = self.admin_site.each_context(request) | {
            "title": _("New campaign like “%(name)s”") % {"name": source.name},
            "opts": self.opts,
            "form": form,
            "source": source,
            "back_url": reverse("admin:attribution_campaign_change", args=[source.pk]),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/attribution/campaign/clone.html", context)

    def _owner(self, request: HttpRequest, source: Campaign) -> int | None:
        """The same; but an owner's copy of somebody else's campaign is his own."""
        user = request.user
        if roles.keeps(user, source.company_id, source.owner_id):
            return source.owner_id
        return user.pk

    def after_clone(self, request: HttpRequest, source: Campaign, new: Campaign) -> None:
        """What else belongs to a campaign that other parts of the program keep."""

    @admin.action(description=gettext_lazy("Clone"), permissions=["add"])
    def clone(self, request: HttpRequest, queryset: "QuerySet[Campaign]") -> HttpResponse | None:
        chosen = list(queryset[:2])
        if len(chosen) != 1 or chosen[0].merged_into_id is not None:
            text = _("Choose one campaign to clone, and none that was merged.")
            self.message_user(request, text, messages.ERROR)
            return None
        return redirect("admin:attribution_campaign_clone", chosen[0].pk)

    @admin.action(description=gettext_lazy("Keep as template"), permissions=["change"])
    def keep_as_template(self, request: HttpRequest, queryset: "QuerySet[Campaign]") -> None:
        self._set_template(request, queryset, True)

    @admin.action(description=gettext_lazy("Keep no longer as template"), permissions=["change"])
    def no_template(self, request: HttpRequest, queryset: "QuerySet[Campaign]") -> None:
        self._set_template(request, queryset, False)

    def _set_template(
        self, request: HttpRequest, queryset: "QuerySet[Campaign]", value: bool
    ) -> None:
        """One by one, as the other actions of the list."""
        count = 0
        try:
            for campaign in queryset:
                if not self.has_change_permission(request, campaign):
                    continue
                if campaigns.edit(campaign, {"is_template": value}, request.user) is not None:
                    self.log_change(request, campaign, [{"changed": {"fields": [_("template")]}}])
                    count += 1
        except Busy as busy:
            self.message_user(request, str(busy), messages.ERROR)
        text = ngettext("%d campaign changed.", "%d campaigns changed.", count)
        self.message_user(request, text % count, messages.SUCCESS if count else messages.WARNING)
