"""Exchange rates: typed one by one, or from a file; and which are missing."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attribution.admin import filters
from attribution.admin.base import ScopedAdmin
from attribution.admin.rate_files import NAMES, RateFilePages
from attribution.admin.times import validate_day
from attribution.days import day_range
from attribution.models import Company, ExchangeRate
from attribution.money import shown
from attribution.rates.missing import all_missing

SLIP = 3  # so many times more or less than the nearest day is asked about
COMPANIES = 3  # of which missing rates are shown at once


class RateForm(forms.ModelForm):
    """A rate that is far from its neighbours is saved only when a person is sure of it."""

    sure = forms.BooleanField(
        label=gettext_lazy("It is right"),
        required=False,
        help_text=gettext_lazy(
            "Only needed for a rate that is more than three times, or less than a third of, the "
            "one of the nearest day."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "day" in self.fields:
            self.fields["day"].validators.append(validate_day)
        for name in ("base", "quote"):
            if name in self.fields:
                self.fields[name].widget = forms.TextInput(attrs={"size": 4, "maxlength": 3})
        if "base" in self.fields:
            self.fields["base"].help_text = _("ISO code, such as EUR.")

    def clean_base(self) -> str:
        return str(self.cleaned_data["base"]).strip().upper()

    def clean_quote(self) -> str:
        return str(self.cleaned_data["quote"]).strip().upper()

    def clean(self) -> dict[str, Any]:
        super().clean()
        found = self.cleaned_data
        rate = found.get("rate")
        if rate is None or rate <= 0 or found.get("sure") or self.errors:
            return found
        about = ExchangeRate()
        for name in ("pk", "company", "day", "base", "quote"):
            setattr(about, name, found.get(name) or getattr(self.instance, name, None))
        near = nearest(about)
        if near is not None and not near[1] / SLIP <= rate <= near[1] * SLIP:
            self.add_error(
                "rate",
                _(
                    "The rate of %(day)s is %(near)s, and this is %(rate)s. Tick “It is right” to "
                    "save it all the same."
                )
                % {"day": near[0], "near": f"{near[1].normalize():f}", "rate": rate},
            )
        return found


def nearest(about: ExchangeRate) -> tuple[Any, Decimal] | None:
    """Day and rate of the nearest other day of the same pair, in either direction."""
    rows = ExchangeRate.objects.filter(company=about.company).exclude(pk=about.pk)
    found = []
    for base, quote in ((about.base, about.quote), (about.quote, about.base)):
        pair = rows.filter(base=base, quote=quote)
        before = pair.filter(day__lte=about.day).order_by("-day").first()
        after = pair.filter(day__gte=about.day).order_by("day").first()
        for one in (before, after):
            if one is not None:
                rate = one.rate if base == about.base else (1 / one.rate).quantize(one.rate)
                found.append((abs(one.day - about.day), one.day, rate))
    return min(found)[1:] if found else None


class CurrencyFilter(filters.ValuesFilter):
    title = gettext_lazy("currency")
    parameter_name = column = "quote"

    def lookups(self, request: HttpRequest) -> filters.Choices:
        codes = ExchangeRate.objects.order_by("quote").values_list("quote", flat=True).distinct()
        return [(code, code) for code in codes]


@admin.register(ExchangeRate)
class ExchangeRateAdmin(RateFilePages, ScopedAdmin):
    subject = "rate"
    form = RateForm
    fixed = ("company", "day", "base", "quote")
    list_display = ("day", "pair", "source", "author", "company")
    list_display_links = ("day", "pair")
    list_select_related = ("company", "author")
    list_filter = (
        filters.CompanyFilter,
        filters.FromFilter,
        filters.ToFilter,
        CurrencyFilter,
    )
    ordering = ("-day", "base", "quote")
    readonly_fields = ("source", "author", "updated_at")
    change_list_template = "admin/attribution/exchangerate/change_list.html"

    def get_fieldsets(self, request: HttpRequest, obj: ExchangeRate | None = None) -> Any:
        said = ("company", "day", "base", "rate", "quote", "sure")
        origin = (_("Where it came from"), {"fields": ("source", "author", "updated_at")})
        return ((None, {"fields": said}), *((origin,) if obj is not None else ()))

    def save_model(
        self, request: HttpRequest, obj: ExchangeRate, form: forms.ModelForm, change: bool
    ) -> None:
        """Whoever types it answers for it, also where a file had another one."""
        if change and "rate" not in form.changed_data:
            return
        obj.author_id = request.user.pk
        obj.source = ExchangeRate.Source.TYPED
        super().save_model(request, obj, form, change)

    def delete_model(self, request: HttpRequest, obj: ExchangeRate) -> None:
        obj.author_id = request.user.pk
        super().delete_model(request, obj)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        missing = missing_rates(request.GET.getlist("company"))
        return super().changelist_view(request, {"missing": missing, **(extra_context or {})})

    @admin.display(description=gettext_lazy("rate"))
    def pair(self, rate: ExchangeRate) -> str:
        return f"1 {rate.base} = {rate.rate.normalize():f} {rate.quote}"


def missing_rates(slugs: list[str]) -> list[dict[str, Any]]:
    """What lacks a rate, in words: of the company that is looked at, or of the first few."""
    companies = Company.objects.order_by("name")
    if slugs:
        companies = companies.filter(slug__in=slugs)
    return [
        {
            "company": company,
            "what": NAMES.get(name, name),
            "currency": one.currency,
            "days": day_range(one.first_day, one.last_day),
            "entries": one.entries,
            "money": shown(one.recorded_minor, one.currency),
        }
        for company in companies[:COMPANIES]
        for name, found in all_missing(company)
        for one in found
    ]
