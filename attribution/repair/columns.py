"""The columns of a campaign that repairs may change, as the text that history keeps of them."""

from datetime import date
from typing import Any

from django.contrib.auth import get_user_model

from attribution.models import Campaign, CampaignChange

Column = CampaignChange.Column
_IDS = {Column.MERGED_INTO.value: "merged_into_id", Column.OWNER.value: "owner_id"}
_DAYS = frozenset({Column.STARTS_ON.value, Column.ENDS_ON.value})
_FLAGS = frozenset({Column.DISCOVERED.value, Column.IS_TEMPLATE.value})
YES = "yes"


def attribute_of(column: str) -> str:
    """The model's attribute that holds it."""
    return _IDS.get(column, column)


def as_text(column: str, value: Any) -> str:
    """Empty for nothing."""
    if column in _FLAGS:
        return YES if value else ""
    return "" if value is None else str(value)


def as_value(column: str, text: str) -> Any:
    """What `as_text` has made a text of."""
    if column in _FLAGS:
        return text == YES
    if column in _IDS:
        return int(text) if text else None
    if column in _DAYS:
        return date.fromisoformat(text) if text else None
    return text


def standing(column: str, text: str) -> str:
    """The same, but nothing for an owner who is no user any more."""
    if column == Column.OWNER and text:
        return text if get_user_model().objects.filter(pk=text).exists() else ""
    return text


def text_of(campaign: Campaign, column: str) -> str:
    return as_text(column, getattr(campaign, attribute_of(column)))
