"""What unknown headings of leads and bookings may mean, and a name for files with such headings."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attribution.imports.columns import Field
from attribution.imports.mapping import LONGEST_NAME
from attribution.imports.mapping_words import propose
from attribution.imports.options import ImportOptions
from attribution.imports.outcome import Outcome
from attribution.transfer.forms import ColumnsForm


class NamedColumnsForm(ColumnsForm):
    """Proposals stand in the form and count once it is sent: nothing is guessed in silence."""

    save_as = forms.CharField(
        label=gettext_lazy("Name for this kind of file"),
        max_length=LONGEST_NAME,
        required=False,
        help_text=gettext_lazy("Files with these headings are read in this way from then on."),
    )

    def __init__(
        self, fields: Sequence[Field], outcome: Outcome, options: ImportOptions, **kwargs: Any
    ) -> None:
        super().__init__(fields, outcome, options, **kwargs)
        self.initial["save_as"] = options.save_as
        self.proposed = propose(outcome.headers, outcome.placed, fields)
        for number, header in enumerate(outcome.headers):
            if header in self.proposed:
                self.fields[f"column_{number}"].initial = self.proposed[header]

    def proposal(self) -> str:
        """The proposals in words; empty when there are none."""
        if not self.proposed:
            return ""
        pairs = ", ".join(f"“{header}” → {name}" for header, name in self.proposed.items())
        return _("By their sound: %(pairs)s. Check again to read the file so.") % {"pairs": pairs}

    def clean_save_as(self) -> str:
        return " ".join(str(self.cleaned_data["save_as"]).split())

    def options(self) -> ImportOptions:
        return replace(super().options(), save_as=self.cleaned_data["save_as"])
