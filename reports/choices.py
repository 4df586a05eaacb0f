"""Selects and lists of boxes: what they offer, what is chosen, and their markup.

A report may offer hundreds of values, so their markup is made here: a template takes ten times as
long for it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString


@dataclass(frozen=True)
class Option:
    """One choice of a select or a list of boxes."""

    value: str
    label: str
    chosen: bool
    usual: bool = False


@dataclass(frozen=True)
class Choice:
    """One select or list of boxes of the filter form."""

    name: str
    label: str
    options: list[Option]
    number: int = 0  # of several of this name

    def select_options(self) -> SafeString:
        """What stands inside the select."""
        return _joined(
            f'<option value="{escape(one.value)}"{" selected" if one.chosen else ""}>'
            f"{escape(one.label)}</option>"
            for one in self.options
        )

    def boxes(self) -> SafeString:
        return _joined(
            _box(one, f'name="{self.name}"', f"f-{self.name}-{number}")
            for number, one in enumerate(self.options, start=1)
        )


def column_boxes(columns: Iterable[Option]) -> SafeString:
    """A box for each column of the table. They stand outside the form that they belong to."""
    return _joined(_box(one, 'form="report-form" name="cols"', f"c-{one.value}") for one in columns)


def _box(one: Option, belongs: str, box_id: str) -> str:
    marks = (" checked" if one.chosen else "") + (" data-usual" if one.usual else "")
    return (
        f'<div class="cp-option"><input type="checkbox" {belongs} value="{escape(one.value)}" '
        f'id="{box_id}"{marks}><label for="{box_id}">{escape(one.label)}</label></div>'
    )


def _joined(parts: Iterable[str]) -> SafeString:
    # Everything that comes from data has been escaped where it was written.
    return SafeString("".join(parts))
