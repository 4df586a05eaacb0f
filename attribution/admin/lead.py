"""Leads: what was captured beside what was made of it; the person masked where need be."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import ListFilter
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from attribution import masking, roles
from attribution.admin import arrival_filters, filters
from attribution.admin.base import ByNumber, ScopedAdmin
from attribution.admin.booking import BookingInline
from attribution.admin.campaign_facts import OF_CAMPAIGN_FILTERS
from attribution.admin.confirm import ask_first, is_confirmed
from attribution.admin.correcting import CorrectAction
from attribution.admin.kinds_of_lead import KindOfLead
from attribution.capture.doors import ADMIN, words
from attribution.channels.origins import law_of
from attribution.models import Booking, Lead
from attribution.money import shown
from attribution.privacy.erasing import erase
from attribution.repair import history, standing
from attribution.resources import LeadResource
from attribution.transfer import ExportPages, ImportPages
from attribution.transfer.naming import NamedColumnsForm
from attribution.utm import read

RAW = (
    *("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "utm_id"),
    *("click_ids", "referrer", "landing_page"),
)
Filters = tuple[type[ListFilter], ...]
PLACED = ("utm_source", "utm_medium", "utm_campaign")  # shown beside what they count as
CONTACT = ("name", "email", "phone")
MASKED = ("masked_name", "masked_email", "masked_phone")
CAPTURED = ("company", "external_id", "received_at")
DAY_FILTERS: Filters = (
    filters.CompanyFilter,
    filters.FromFilter,
    filters.ToFilter,
    filters.WeekdayFilter,
)
OTHER_FILTERS: Filters = (
    filters.KindFilter,
    arrival_filters.KindReasonFilter,
    arrival_filters.SentFilter,
    arrival_filters.LeadArrivedFilter,
    filters.CampaignFilter,
    filters.CampaignKeyFilter,
    filters.ReasonFilter,
    filters.BookedFilter,
    filters.CompletedFilter,
    filters.SourceFilter,
    filters.MediumFilter,
    filters.ContentFilter,
    filters.TermFilter,
    filters.CountryFilter,
    filters.RegionFilter,
    filters.CityFilter,
    filters.VisitChannelFilter,
    filters.OriginFilter,
    filters.LandingFilter,
    filters.PageFilter,
    filters.ChannelFilter,
    filters.CampaignStatusFilter,
    filters.CampaignSearchFilter,
    *OF_CAMPAIGN_FILTERS,
)


@admin.register(Lead)
class LeadAdmin(KindOfLead, CorrectAction, ByNumber, ImportPages, ExportPages, ScopedAdmin):
    """Raw values are set once, when a lead is added by hand, and never again."""

    subject = "lead"
    import_kind = "leads"
    columns_form = NamedColumnsForm
    export_resource = LeadResource
    times_in_company_zone = True
    fixed = CAPTURED
    list_display = ("received", "external_id", "campaign_or_reason", "utm", "kind", "outcome")
    list_display_links = ("received", "external_id")
    list_select_related = ("company", "campaign")
    list_filter = (*DAY_FILTERS, *OTHER_FILTERS)
    search_fields = ("external_id", "campaign_key")
    ordering = ("-received_at",)
    actions = ("correct_utm", "change_kind", "erase_personal_data")
    readonly_fields = (
        *MASKED,
        "captured",
        "visit",
        "counts_as",
        "decided",
        "kind_words",
        "outcome",
        "import_run",
        "stated_at",
        "way_in",
        "erased_at",
        "ahead",
    )
    inlines = (BookingInline,)

    class Media:
        css = {"all": ["reports/transfer.css", "attribution/standing.css"]}

    def get_inlines(self, request: HttpRequest, obj: Lead | None) -> Any:
        return self.inlines if obj is not None else ()

    def save_model(self, request: HttpRequest, obj: Lead, form: Any, change: bool) -> None:
        if not change:
            obj.came_by = ADMIN
        super().save_model(request, obj, form, change)
        if any(form.cleaned_data.get(name) and not getattr(obj, name) for name in CONTACT):
            text = _("%(company)s does not keep all that was entered of the person; see its page.")
            self.message_user(request, text % {"company": obj.company}, messages.WARNING)

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """Persons can be searched only where all that is searched may be seen."""
        allowed = roles.companies_with(request.user, "lead.contact")
        if request.user.is_superuser or roles.companies_of(request.user) <= allowed:
            return (*self.search_fields, "name", "email")
        return self.search_fields

    def get_fieldsets(self, request: HttpRequest, obj: Lead | None = None) -> Any:
        marks = ("is_vpn", "is_suspicious", "is_hot")
        place = ("country", "city")
        if obj is None:
            return (
                (None, {"fields": (*CAPTURED, "kind", *marks)}),
                (_("As captured"), {"fields": RAW}),
                (_("Person"), {"fields": (*CONTACT, *place)}),
            )
        ahead = ("ahead",) if obj.ahead else ()
        erased = ("erased_at",) if obj.erased_at else ()
        sees = roles.may(request.user, "lead.contact", obj.company_id)
        return (
            (None, {"fields": (*CAPTURED, "kind", *marks, "kind_words")}),
            (_("Where it counts"), {"fields": ("counts_as", "outcome", *ahead)}),
            (_("Other values, as captured"), {"fields": ("captured",)}),
            (
                _("Person"),
                {"fields": (*(CONTACT if sees else MASKED), *place, *erased)},
            ),
            (_("Where it came from"), {"fields": ("visit", "way_in", "stated_at", "import_run")}),
            (_("What was decided about it"), {"fields": ("decided",)}),
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Lead]:
        """With the currency in which a part of the revenue waits for a rate, if one does."""
        lacking = Booking.objects.filter(
            company=OuterRef("company"),
            lead=OuterRef("pk"),
            status=Booking.Status.COMPLETED,
            value_minor__isnull=True,
        )
        rows: QuerySet[Lead] = super().get_queryset(request)
        if request.resolver_match and "object_id" in request.resolver_match.kwargs:
            rows = rows.select_related("company", "campaign", "reading")  # its page tells them all
        return rows.annotate(rate_missing=Subquery(lacking.values("currency")[:1]))

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Lead | None:
        """With what the reader may do about where it counts."""
        lead: Any = super().get_object(request, object_id, from_field)
        if lead is not None:
            lead.may_repair = roles.may(request.user, "repair.make", lead.company_id)
        return lead

    @admin.display(description=gettext_lazy("received"), ordering="received_at")
    def received(self, lead: Lead) -> str:
        return date_format(localtime(lead.received_at, lead.company.zone), "j M Y, H:i")

    @admin.display(description=gettext_lazy("campaign"))
    def campaign_or_reason(self, lead: Lead) -> str:
        return str(lead.campaign or lead.get_unattributed_reason_display() or "–")

    @admin.display(description=gettext_lazy("source / medium"))
    def utm(self, lead: Lead) -> str:
        return f"{lead.source or '–'} / {lead.medium or '–'}"

    @admin.display(description=gettext_lazy("outcome"))
    def outcome(self, lead: Lead) -> str:
        currency = getattr(lead, "rate_missing", None)
        if currency:
            return _("Completed, – (no rate for %s)") % currency
        if lead.completed:
            return _("Completed, %s") % shown(lead.revenue_minor, lead.company.currency)
        return _("Booked") if lead.booked else "–"

    @admin.display(description=gettext_lazy("source, medium and campaign"))
    def counts_as(self, lead: Any) -> SafeString:
        context = {"lead": lead, "rows": standing.of_lead(lead)}
        return render_to_string("admin/attribution/lead/_standing.html", context)

    @admin.display(description=gettext_lazy("history"))
    def decided(self, lead: Lead) -> SafeString:
        context = {"changes": history.of_lead(lead), "zone": lead.company.zone}
        return render_to_string("admin/attribution/_history.html", context)

    @admin.display(description=gettext_lazy("values"))
    def captured(self, lead: Lead) -> SafeString:
        tidy = read(lead.captured())
        known = {"utm_content": tidy.content, "utm_term": tidy.term}
        rows = format_html_join(
            "",
            '<tr><th scope="row">{}</th><td>{}</td><td>{}</td></tr>',
            (
                (name, _raw_text(lead, name), known[name] or "–" if name in known else "")
                for name in RAW
                if name not in PLACED
            ),
        )
        return format_html(
            '<table><thead><tr><th scope="col">{}</th><th scope="col">{}</th>'
            '<th scope="col">{}</th></tr></thead><tbody>{}</tbody></table>',
            _("Value"),
            _("As captured"),
            _("Tidy"),
            rows,
        )

    @admin.display(description=gettext_lazy("visit"))
    def visit(self, lead: Lead) -> str:
        """Origin and channel, and by which of the rules in force now."""
        if not lead.channel:
            return _("Not placed yet")
        why = law_of(lead.company).origin(lead.captured()).why
        return _("%(origin)s, %(channel)s") % {
            "origin": lead.origin,
            "channel": lead.channel,
        } + (f" ({why})" if why else "")

    @admin.display(description=gettext_lazy("way in"))
    def way_in(self, lead: Lead) -> str:
        return words(lead.came_by)

    @admin.display(description=gettext_lazy("name"))
    def masked_name(self, lead: Lead) -> str:
        return masking.mask_name(lead.name) or "–"

    @admin.display(description=gettext_lazy("e-mail"))
    def masked_email(self, lead: Lead) -> str:
        return masking.mask_email(lead.email) or "–"

    @admin.display(description=gettext_lazy("phone"))
    def masked_phone(self, lead: Lead) -> str:
        return masking.mask_phone(lead.phone) or "–"

    def has_erase_permission(self, request: HttpRequest) -> bool:
        return self.right(request, "erase")

    @admin.action(description=gettext_lazy("Erase personal data"), permissions=["erase"])
    def erase_personal_data(
        self, request: HttpRequest, queryset: QuerySet[Lead]
    ) -> HttpResponse | None:
        """Only in companies where the user may; the others' leads stay as they are."""
        allowed = roles.companies_with(request.user, "lead.erase")
        leads = queryset.filter(company__in=allowed).order_by("pk")
        if not is_confirmed(request):
            return self._ask_to_erase(request, leads)
        count = erase(leads)
        for lead in leads:
            self.log_change(request, lead, "Erased personal data.")
        text = ngettext(
            "Personal data of %d lead erased.", "Personal data of %d leads erased.", count
        )
        self.message_user(request, text % count, messages.SUCCESS)
        return None

    def _ask_to_erase(self, request: HttpRequest, leads: QuerySet[Lead]) -> HttpResponse:
        count = leads.count()
        question = ngettext(
            "Name, e-mail and phone of %d lead will be erased for good.",
            "Name, e-mail and phone of %d leads will be erased for good.",
            count,
        )
        sentences = [
            question % count,
            _("The leads themselves, their bookings and every total stay as they are."),
            _("Files that wait for the confirmation of an import are forgotten as well."),
        ]
        title = _("Erase personal data")
        return ask_first(self, request, "erase_personal_data", leads, title, sentences, title)


def _raw_text(lead: Lead, name: str) -> str:
    value = getattr(lead, name)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {text}" for key, text in sorted(value.items())) or "–"
    return value or "–"
