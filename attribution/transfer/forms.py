"""The forms of import and export."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from import_export import forms as import_export_forms

from attribution import roles
from attribution.files.table import MEGABYTE
from attribution.imports.columns import Field, plain
from attribution.imports.options import ImportOptions
from attribution.imports.outcome import Outcome, Question
from attribution.models import Company
from attribution.models.company import validate_currency

DAY_ORDERS = {
    "ymd": _("2026-03-31 (year, month, day)"),
    "dmy": _("31.03.2026 or 31/03/2026 (day first)"),
    "mdy": _("03/31/2026 (month first)"),
}
DECIMAL_SIGNS = {".": _("1,234.56 (point)"), ",": _("1.234,56 (comma)")}
MOST_XLSX_ROWS = 1_048_575  # a sheet's own limit, less the headings


AS_IT_SHOWS = ("", _("as the file shows it"))


class ReadingForm(forms.Form):
    """How dates and amounts are written in the file: shown by it, or said, and never guessed."""

    day_order = forms.ChoiceField(
        label=_("Dates are written"), choices=[AS_IT_SHOWS, *DAY_ORDERS.items()], required=False
    )
    decimal_sign = forms.ChoiceField(
        label=_("Amounts are written"),
        choices=[AS_IT_SHOWS, *DECIMAL_SIGNS.items()],
        required=False,
    )

    def said(self) -> dict[str, Any]:
        """The two, as options have them."""
        names = ("day_order", "decimal_sign")
        return {name: self.cleaned_data[name] or None for name in names}


class UploadForm(ReadingForm):
    """Step 1: whose file, and which."""

    company: "forms.ModelChoiceField[Company]" = forms.ModelChoiceField(
        label=_("Company"), queryset=None, to_field_name="slug", empty_label=None
    )
    file = forms.FileField(
        label=_("File"),
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.txt,.tsv"}),
        error_messages={"required": _("Choose a file first, CSV or XLSX.")},
    )
    field_order = ("company", "file", "day_order", "decimal_sign")

    def __init__(self, user: Any, right: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = roles.companies_with(user, right)
        field: Any = self.fields["company"]
        if len(allowed) > 1:
            field.empty_label = _("Choose a company")  # no file goes to the first one by mistake
        field.queryset = Company.objects.filter(pk__in=allowed)

    def options(self) -> ImportOptions:
        return ImportOptions(**self.said())

    def clean_file(self) -> UploadedFile:
        upload: UploadedFile = self.cleaned_data["file"]
        if (upload.size or 0) > settings.UPLOAD_MAX_BYTES:
            raise forms.ValidationError(
                _("The file has %(size).1f MB; at most %(limit)d MB can be uploaded. Split it."),
                params={
                    "size": (upload.size or 0) / MEGABYTE,
                    "limit": settings.UPLOAD_MAX_BYTES // MEGABYTE,
                },
            )
        return upload


class ColumnsForm(ReadingForm):
    """Step 2: what each heading means, where the file does not say it in our words."""

    constants = forms.CharField(
        label=_("One value for all rows"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One a line: our column = the value."),
    )
    values = forms.CharField(
        label=_("Values to translate"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_(
            "One a line: heading: their word = our word, such as Converted: 1 = completed. "
            "With nothing behind the sign the cell is read as empty."
        ),
    )

    def __init__(
        self, fields: Sequence[Field], outcome: Outcome, options: ImportOptions, **kwargs: Any
    ) -> None:
        stored = {
            "day_order": options.day_order or "",
            "decimal_sign": options.decimal_sign or "",
            "constants": "\n".join(f"{name} = {text}" for name, text in options.constants.items()),
            "values": "\n".join(
                f"{name}: {old} = {new}"
                for name, pairs in options.values.items()
                for old, new in pairs.items()
            ),
        }
        super().__init__(initial=stored, **kwargs)
        self.headers = outcome.headers
        said = {plain(header) for header in options.mapping}
        self.recognised = {h: name for h, name in outcome.placed.items() if plain(h) not in said}
        self.said_before = options
        for number, header in enumerate(outcome.headers):
            now = outcome.placed.get(header, "")
            offered = [one.name for one in fields if one.name == now or one.may_be(header)]
            names = [(name, name) for name in offered]
            # What is recognised can become another column, but not none.
            choices = names if now else [("", _("not used")), *names]
            self.fields[f"column_{number}"] = forms.ChoiceField(
                label=header, choices=choices, initial=now, required=False
            )

    def columns(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("column_")]

    def others(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if not name.startswith("column_")]

    def clean_constants(self) -> dict[str, str]:
        pairs = (_pair(line) for line in _lines(self.cleaned_data["constants"]))
        return dict(pairs)

    def clean_values(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for line in _lines(self.cleaned_data["values"]):
            header, colon, rest = line.partition(":")
            if not colon:
                raise forms.ValidationError(
                    _("“%(line)s” names no heading. Write: Heading: their word = our word"),
                    params={"line": line},
                )
            old, new = _pair(rest)
            found.setdefault(header.strip(), {})[old] = new
        return found

    def options(self) -> ImportOptions:
        """What was said; a column that is recognised without being told needs no mention."""
        chosen = {h: self.cleaned_data[f"column_{n}"] for n, h in enumerate(self.headers)}
        return replace(
            self.said_before,
            mapping={
                h: name for h, name in chosen.items() if name and name != self.recognised.get(h)
            },
            constants=self.cleaned_data["constants"],
            values=self.cleaned_data["values"],
            **self.said(),
        )


class AnswersForm(forms.Form):
    """What a file leaves open, and only that."""

    LABELS = {**DAY_ORDERS, **DECIMAL_SIGNS}
    OPTIONS = {"dates": "day_order", "decimal": "decimal_sign"}

    def __init__(self, questions: Sequence[Question], data: Any = None) -> None:
        super().__init__(data)
        self.questions = questions
        for question in questions:
            name = self.OPTIONS.get(question.about, question.about)
            if question.choices:
                choices = [(choice, self.LABELS.get(choice, choice)) for choice in question.choices]
                self.fields[name] = forms.ChoiceField(
                    label=question.text, choices=choices, widget=forms.RadioSelect
                )
            else:
                self.fields[name] = forms.CharField(
                    label=question.text,
                    max_length=3,
                    help_text=_("A code such as EUR or USD."),
                )

    def clean_currency(self) -> str:
        code = str(self.cleaned_data["currency"]).strip().upper()
        validate_currency(code)
        return code

    def options(self, said: ImportOptions) -> ImportOptions:
        """What was said before, and now."""
        return replace(said, **self.cleaned_data)


class ExportForm(import_export_forms.ExportForm):
    """CSV or XLSX. A sheet has an end: what does not fit is refused, not cut off."""

    row_count = 0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["format"] = forms.ChoiceField(
            label=_("File format"),
            choices=[("0", _("CSV (text, for programs)")), ("1", _("XLSX (for spreadsheets)"))],
            initial="0",
            widget=forms.RadioSelect,
        )

    def clean_format(self) -> str:
        chosen: str = self.cleaned_data["format"]
        if chosen != "0" and self.row_count > MOST_XLSX_ROWS:
            raise forms.ValidationError(
                _("A sheet holds %(most)s rows. Choose CSV, or narrow the list with filters."),
                params={"most": f"{MOST_XLSX_ROWS:,}"},
            )
        return chosen


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def _pair(line: str) -> tuple[str, str]:
    left, sign, right = line.partition("=")
    if not sign or not left.strip():
        raise forms.ValidationError(
            _("“%(line)s” has no sign = in it. Write: name = value"), params={"line": line}
        )
    return left.strip(), right.strip()
