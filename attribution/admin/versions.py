"""Two people at one row: whoever saves second sees both values, and chooses.

A row has a `version` that every change counts up. A form carries the version it was filled from;
when another one is stored by the time it is sent, nothing is saved, and the form says field by
field what is stored now and what was sent. *Save mine anyway* is then about the version that was
shown, so a third change in between stops it again; *keep theirs* saves nothing.

`VersionedForm` is for any form of such a model, alone or as the rows of a list; `VersionedAdmin`
gives its page and its list to an admin. The comparison and the saving happen in one transaction in
which the row is locked. Whatever else writes such rows has to count `version` up as well.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import QuerySet
from django.forms.formsets import ManagementForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

READ = "version_read"  # the field that carries the version a form was filled from
SEEN = "version_seen"  # the version that was shown as theirs
CHOICE = "version_choice"
MINE, THEIRS = "mine", "theirs"


class Difference(NamedTuple):
    """One field that was sent with another value than is stored now, in words."""

    label: str
    theirs: str
    mine: str


class VersionedForm(forms.ModelForm):
    """A form of a row with a `version`. It has to be read and saved in one transaction."""

    version_read = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored_version: int = self.instance.version
        self.is_stored = self.instance.pk is not None
        self.initial.setdefault(READ, self.stored_version)
        self.differences: list[Difference] = []

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.is_stored and self.has_changed() and not self._may_save():
            self.differences = list(self._compare())
            self.add_error(None, ValidationError(self._conflict(), code="conflict"))
        return cleaned

    def has_changed(self) -> bool:
        """Not when theirs are to be kept: nothing of this form is then saved."""
        return self._sent(CHOICE) != THEIRS and super().has_changed()

    @property
    def changed_data(self) -> list[str]:
        """What a person changed; the version is none of it."""
        return [name for name in super().changed_data if name != READ]

    def save(self, commit: bool = True) -> Any:
        if self.is_stored and self._sent(CHOICE) == THEIRS:
            self.instance.refresh_from_db()
            return self.instance
        if self.is_stored and self.has_changed():
            self.instance.version = self.stored_version + 1
        return super().save(commit)

    def _may_save(self) -> bool:
        """Nobody was faster; or the person has seen what is stored, and wants this instead."""
        stored = str(self.stored_version)
        if self._sent(READ) == stored:
            return True
        return self._sent(CHOICE) == MINE and self._sent(SEEN) == stored

    def _sent(self, name: str) -> str:
        return str(self.data.get(self.add_prefix(name), ""))

    def _compare(self) -> Iterator[Difference]:
        for name, field in self.fields.items():
            if name == READ or field.disabled:
                continue
            bound = self[name]
            stored = self.get_initial_for_field(field, name)
            sent = bound.data
            if field.has_changed(stored, sent):
                mine = self.cleaned_data.get(name, sent)
                yield Difference(str(bound.label), words(field, stored), words(field, mine))

    def _conflict(self) -> SafeString:
        """What happened, both values, and the choice; it stands where the form's errors stand."""
        happened = _(
            "Somebody else changed this row after you had opened it, so nothing was saved. "
            "You may still correct your values below."
        )
        values = format_html_join(
            "",
            "<li>{}</li>",
            (
                (
                    _("%(field)s: “%(theirs)s” is stored now, you sent “%(mine)s”")
                    % {"field": one.label, "theirs": one.theirs, "mine": one.mine},
                )
                for one in self.differences
            ),
        ) or format_html("<li>{}</li>", _("Both of you entered the same values."))
        name, seen = self.add_prefix(CHOICE), self.add_prefix(SEEN)
        choices = format_html_join(
            " ",
            '<label><input type="radio" name="{}" value="{}"> {}</label>',
            ((name, MINE, _("Save mine anyway")), (name, THEIRS, _("Keep theirs"))),
        )
        hidden = format_html(
            '<input type="hidden" name="{}" value="{}">', seen, self.stored_version
        )
        return format_html("{} <ul>{}</ul>{} {}", happened, values, choices, hidden)


def words(field: forms.Field, value: Any) -> str:
    """A value of a field as a person reads it."""
    if value is None or value == "" or value == []:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(field, forms.ModelMultipleChoiceField):
        return ", ".join(sorted(_row_words(field, one) for one in value))
    if isinstance(field, forms.ModelChoiceField):
        return _row_words(field, value)
    if isinstance(field, forms.ChoiceField):
        return str(dict(_flat(field.choices)).get(str(value), value))
    return str(field.prepare_value(value))


def _row_words(field: forms.ModelChoiceField, value: Any) -> str:
    """A row by its name; one that may not be chosen by its number only."""
    if hasattr(value, "pk"):
        return field.label_from_instance(value)
    rows: Any = field.queryset
    try:
        row = rows.filter(**{field.to_field_name or "pk": value}).first()
    except (TypeError, ValueError, ValidationError):
        row = None
    return str(value) if row is None else field.label_from_instance(row)


def _flat(choices: Any) -> Iterator[tuple[str, Any]]:
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        else:
            yield str(value), label


class WithVersions(ManagementForm):
    """The hidden fields of a list of forms, the versions of its rows among them."""

    forms_of_list: list[Any] = []

    def render(self, *args: Any, **kwargs: Any) -> SafeString:
        own = super().render(*args, **kwargs)
        return mark_safe(own + "".join(str(form[READ]) for form in self.forms_of_list))  # noqa: S308

    __str__ = render
    __html__ = render


class VersionedFormSet(forms.BaseModelFormSet):
    """Rows of a list. Each remembers what it was filled with, so that a row that a person left
    alone is not sent back as it was an hour ago.
    """

    def add_fields(self, form: forms.ModelForm, index: int | None) -> None:
        super().add_fields(form, index)
        for name, field in form.fields.items():
            if name not in (READ, form._meta.model._meta.pk.name):
                field.show_hidden_initial = True

    @cached_property
    def management_form(self) -> ManagementForm:
        form = super().management_form
        form.__class__ = WithVersions
        form.forms_of_list = [one for one in self.forms if READ in one.fields]  # type: ignore[attr-defined]
        return form


class VersionedAdmin(ModelAdmin):
    """The admin of rows with a version: its `form` is a `VersionedForm`.

    Stands before the other bases. `list_form` is the form of the rows where `list_editable` is set.
    """

    list_form: type[forms.ModelForm] = VersionedForm

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """Locked while it is being changed: the version cannot move between look and save."""
        found = super().get_object(request, object_id, from_field)
        if found is not None and request.method == "POST" and connection.in_atomic_block:
            rows = type(found)._base_manager.select_for_update(of=("self",))
            if not rows.filter(pk=found.pk).exists():
                return None
            return super().get_object(request, object_id, from_field)
        return found

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The hidden version stands in the first part of the form, where there is a row."""
        parts = super().get_fieldsets(request, obj)
        if obj is None or not self.has_change_permission(request, obj):
            return parts
        (name, options), *others = parts
        return [(name, {**options, "fields": (*options["fields"], READ)}), *others]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        if request.method == "POST" and object_id and request.POST.get(CHOICE) == THEIRS:
            self.message_user(
                request, _("Nothing was saved: this is what is stored now."), messages.INFO
            )
            return redirect(request.get_full_path())
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        return super().get_changelist_form(request, form=self.list_form, **kwargs)

    def get_changelist_formset(self, request: HttpRequest, **kwargs: Any) -> Any:
        return super().get_changelist_formset(request, formset=VersionedFormSet, **kwargs)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method != "POST" or "_save" not in request.POST:
            return super().changelist_view(request, extra_context)
        with transaction.atomic():  # the rows are locked when they are read
            answer = super().changelist_view(request, extra_context)
            return answer.render() if hasattr(answer, "render") else answer

    def _get_list_editable_queryset(self, request: HttpRequest, prefix: str) -> QuerySet[Any]:
        rows: QuerySet[Any] = super()._get_list_editable_queryset(request, prefix)
        return rows.select_for_update(of=("self",)) if connection.in_atomic_block else rows
