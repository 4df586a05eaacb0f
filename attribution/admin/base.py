"""What every admin page of company data keeps to: rights by role, rows by company, small lists."""

from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import ListFilter, ShowFacets
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AutocompleteSelect, RelatedFieldWidgetWrapper
from django.db import models
from django.db.models import QuerySet
from django.forms import Media, ModelChoiceField
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from attribution import roles
from attribution.admin.busy import SaysWhoIsBusy
from attribution.admin.filters import NarrowedList
from attribution.admin.times import InstantField, InstantInput
from attribution.models import Company

INSTANTS: Mapping[Any, Mapping[str, Any]] = {
    models.DateTimeField: {"form_class": InstantField, "widget": InstantInput}
}


class Rights:
    """Permissions from the table of roles; `subject` is the first half of each right's name."""

    subject: str

    def right(self, request: HttpRequest, verb: str, company_id: int | None = None) -> bool:
        """A verb that is not in the table is refused to everybody, superusers included."""
        name = f"{self.subject}.{verb}"
        return name in roles.RIGHTS and roles.may(request.user, name, company_id)

    def company_of(self, obj: Any) -> int | None:
        return None if obj is None else obj.company_id

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.right(request, "view", self.company_of(obj))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.right(request, "add", self.company_of(obj))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.right(request, "change", self.company_of(obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.right(request, "delete", self.company_of(obj))


class ScopedAdmin(Rights, SaysWhoIsBusy):
    """The admin of one kind of row; only companies in which the user may see them exist."""

    list_per_page = settings.PAGE_ROWS
    list_max_show_all = settings.PAGE_ROWS_MAX
    show_facets = ShowFacets.NEVER
    show_full_result_count = False
    formfield_overrides = INSTANTS
    times_in_company_zone = False
    fixed: tuple[str, ...] = ("company",)  # read-only once the row is stored

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return NarrowedList

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.seen_by(request, super().get_queryset(request))

    def seen_by(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows of the companies in which the user has the right to view them."""
        if request.user.is_superuser:
            return rows
        return rows.filter(company__in=roles.companies_with(request.user, f"{self.subject}.view"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*self.readonly_fields, *(self.fixed if obj is not None else ()))

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField | None:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", SearchableChoice(db_field, self.admin_site))
        if db_field.name == "company":
            allowed = roles.companies_with(request.user, f"{self.subject}.add")
            kwargs["queryset"] = Company.objects.filter(pk__in=allowed)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The company is filled in for a user who has but one to choose from."""
        right = f"{self.subject}.add"
        allowed = roles.companies_with(request.user, right) if right in roles.RIGHTS else ()
        only = {"company": next(iter(allowed))} if len(allowed) == 1 else {}
        return {**only, **super().get_changeform_initial_data(request)}

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Without the small signs for adding and changing what a choice points at."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """The company stands in a column where there is more than one in the list."""
        columns = list(super().get_list_display(request))
        several = request.user.is_superuser or len(roles.companies_of(request.user)) > 1
        if several and "company" not in request.GET:
            return columns
        return [one for one in columns if one != "company"]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only the parameters that the list's own filters declare; the rest is refused with 400."""
        return any(lookup in parameters_of(one) for one in self.get_list_filter(request))

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        """Another company's row and one that never was get the same answer."""
        raise Http404(_("There is no such %(name)s.") % {"name": opts.verbose_name})

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *args: Any
    ) -> HttpResponse | None:
        """Not for more rows than it may be done with at once."""
        most = self.most_chosen(request)
        if request.POST.get("select_across") == "1" and queryset[: most + 1].count() > most:
            text = _("At most %(most)s rows at a time. Narrow the list with filters first.")
            self.message_user(request, text % {"most": f"{most:,}"}, messages.ERROR)
            return None
        return super().response_action(request, queryset, *args)

    def most_chosen(self, request: HttpRequest) -> int:
        """As many rows as a page can show."""
        return self.list_max_show_all

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Times are read and shown in the zone of the row's company."""
        company = self._company(request, object_id) if self.times_in_company_zone else None
        with timezone.override(company.zone) if company else nullcontext():
            answer = super().changeform_view(request, object_id, form_url, extra_context)
            return answer.render() if isinstance(answer, TemplateResponse) else answer

    def _company(self, request: HttpRequest, object_id: str | None) -> Company | None:
        if object_id is not None:
            found = self.get_object(request, object_id)
            return found.company if found else None
        initial = self.get_changeform_initial_data(request).get("company")
        chosen = str(request.POST.get("company", initial))
        return Company.objects.filter(pk=chosen).first() if chosen.isdecimal() else None


class SearchableChoice(AutocompleteSelect):
    """Django's choice with search, with a name for screen readers."""

    @property
    def media(self) -> Media:
        return super().media + Media(js=("attribution/choice-names.js",))


class ByNumber:
    """Log entries name these rows by their number: a lead's own id may be a person's address."""

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return _by_number(super().log_addition(request, obj, message), obj)  # type: ignore[misc]

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return _by_number(super().log_change(request, obj, message), obj)  # type: ignore[misc]


def _by_number(entry: Any, obj: Any) -> Any:
    entry.object_repr = f"{obj._meta.verbose_name} {obj.pk}"
    entry.save(update_fields=["object_repr"])
    return entry


def parameters_of(one: Any) -> tuple[str, ...]:
    """The query parameters that one filter of a list declares."""
    if isinstance(one, type) and issubclass(one, ListFilter):
        return (one.parameter_name,)  # type: ignore[attr-defined]
    return (f"{one}__exact",)
