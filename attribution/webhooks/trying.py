"""A mapping is tried on a payload before it is used: what it would make, and nothing stored."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attribution.capture.items import Refused
from attribution.models import WebhookSource
from attribution.webhooks import mapping, reading, taking
from attribution.webhooks.shapes import shape_of

LONGEST = 64 * 1024
SHOWN = 20  # events of one payload


class TryForm(forms.Form):
    """The mapping as JSON, and a payload to try it on."""

    mapping = forms.CharField(
        label=gettext_lazy("Mapping"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false"}),
    )
    payload = forms.CharField(
        label=gettext_lazy("A payload, as the tool sends it"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
    )

    def clean_mapping(self) -> dict[str, Any]:
        text = self.cleaned_data["mapping"].strip() or "{}"
        try:
            said = json.loads(text, parse_float=Decimal)
        except (ValueError, RecursionError) as problem:
            raise forms.ValidationError(
                _("This is no JSON: %(problem)s."), params={"problem": problem}
            ) from None
        try:
            mapping.check(said)
        except mapping.BadMapping as problem:
            raise forms.ValidationError(problem.problems[:SHOWN]) from None
        return said


@dataclass(frozen=True)
class Shown:
    """What one event makes, field by field, or why it makes nothing."""

    lead: list[tuple[str, str]]
    booking: list[tuple[str, str]]
    after: str = ""
    problem: str = ""
    field: str = ""


def tried(source: WebhookSource, said: dict[str, Any], payload: str) -> list[Shown]:
    """What this payload would make under this mapping."""
    trial = WebhookSource(name=source.name, shape=source.shape, mapping=said)
    if not payload.strip():
        return []
    return shown(trial, payload)


def shown(source: WebhookSource, payload: str) -> list[Shown]:
    try:
        found = taking.events_of(source, payload)
    except Refused as refused:
        return [Shown([], [], problem=refused.text, field=refused.field)]
    if not found:
        text = _("It is about something that is not taken: nothing would be stored.")
        return [Shown([], [], problem=text)]
    return [_of_event(one) for one in found[:SHOWN]]


def _of_event(one: reading.Found) -> Shown:
    lead, booking = reading.fields_of(one.lead), reading.fields_of(one.booking)
    if one.refused is not None:
        return Shown(lead, booking, problem=one.refused.text, field=one.refused.field)
    return Shown(lead, booking, one.after)


def tool_says(source: WebhookSource) -> list[tuple[str, str, str]]:
    """Part, field and where it stands: what holds without a mapping of one's own."""
    found = shape_of(source.shape).mapping
    return [
        (part, field, _in_words(way))
        for part in ("lead", "booking")
        for field, way in getattr(found, part).items()
    ]


def _in_words(way: Any) -> str:
    if isinstance(way, list):
        return _(" or ").join(_in_words(one) for one in way)
    if isinstance(way, str):
        return way
    return f"“{way['constant']}”" if "constant" in way else " + ".join(way["join"])
