"""Who may do what in a company. People are named, never listed."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attribution.admin import filters
from attribution.admin.base import ScopedAdmin
from attribution.models import Membership


class MembershipForm(forms.ModelForm):
    """The person is named exactly; there is no list of users to choose from."""

    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=150,
        help_text=gettext_lazy("Exactly as the person signs in."),
    )

    def clean_username(self) -> str:
        name: str = self.cleaned_data["username"]
        user = User.objects.filter(username=name, is_active=True).first()
        if user is None:
            raise ValidationError(
                _("No user signs in as “%(name)s”. Ask whoever runs the site to add the person.")
                % {"name": name}
            )
        self.instance.user = user
        return name

    def _post_clean(self) -> None:
        """The rule of one role per person speaks here, though the person is no field."""
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        try:
            self.instance.validate_constraints()
        except ValidationError as error:
            self._update_errors(error)  # type: ignore[attr-defined]


class RoleFilter(filters.ValuesFilter):
    title = gettext_lazy("role")
    parameter_name = column = "role"

    def lookups(self, request: HttpRequest) -> filters.Choices:
        return list(Membership.Role.choices)


@admin.register(Membership)
class MembershipAdmin(ScopedAdmin):
    subject = "membership"
    form = MembershipForm
    list_display = ("username", "role", "company")
    list_select_related = ("user", "company")
    list_filter = (filters.CompanyFilter, RoleFilter)
    search_fields = ("user__username",)
    ordering = ("company__name", "user__username")

    def get_fields(self, request: HttpRequest, obj: Membership | None = None) -> tuple[str, ...]:
        return ("company", "username", "role")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*self.fixed, "username") if obj is not None else ()

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Of a stored membership only the role can be changed."""
        return super().get_form(
            request,
            obj,
            change,
            **({"form": forms.ModelForm, **kwargs} if obj is not None else kwargs),
        )

    @admin.display(description=gettext_lazy("user name"), ordering="user__username")
    def username(self, membership: Membership) -> str:
        return membership.user.get_username()
