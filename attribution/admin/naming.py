"""How a company's new links are named: one row a company, kept by its admins."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from attribution.admin.base import ScopedAdmin
from attribution.models import NamingRules
from attribution.models.naming import tidy_list


class LinesField(forms.CharField):
    """A list of values, one a line."""

    widget = forms.Textarea

    def __init__(self, *, encoder: Any = None, decoder: Any = None, **kwargs: Any) -> None:
        """Without the two that a JSON column hands to its field."""
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return tidy_list((super().to_python(value) or "").splitlines())

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((initial or []) != self.to_python(data))


class NamingRulesForm(forms.ModelForm):
    class Meta:
        field_classes = {"sources": LinesField, "mediums": LinesField}
        widgets = {name: forms.Textarea(attrs={"rows": 8}) for name in ("sources", "mediums")}


@admin.register(NamingRules)
class NamingRulesAdmin(ScopedAdmin):
    subject = "naming"
    form = NamingRulesForm
    list_display = ("company", "separator", "lower_case", "date_part")
    list_select_related = ("company",)
    ordering = ("company__name",)
    fieldsets = (
        (None, {"fields": ("company",)}),
        (_("Names of new campaigns"), {"fields": ("separator", "lower_case", "date_part")}),
        (
            _("Sources and media"),
            {
                "fields": ("sources", "mediums"),
                "description": _(
                    "The UTM builder refuses others, and the link checker marks them. "
                    "Leads are counted in any case."
                ),
            },
        ),
    )

    def get_list_display(self, request: Any) -> list[Any]:
        """The company is what tells one row from the other."""
        return list(self.list_display)
