"""Typeform: `form_response` with answers and hidden fields."""

from collections.abc import Iterator, Mapping
from typing import Any

from attribution.webhooks import signatures
from attribution.webhooks.mapping import Mapped
from attribution.webhooks.shapes.base import LEAD, Event, Shape, carried, not_this, obj, rows, text


class Typeform(Shape):
    """A response is a lead; its token is the same with every attempt to deliver it.

    Answers stand under the reference of their question, and under its title.
    """

    name = "typeform"
    label = "Typeform"
    verify = signatures.typeform
    secret_is = "The secret of the webhook: Connect → Webhooks → Edit."  # noqa: S105
    mapping = Mapped(
        lead={
            "id": "id",
            "received_at": "at",
            "name": ["answers.name", "hidden.name", {"join": ["first_name", "last_name"]}],
            "email": ["email", "answers.email", "hidden.email"],
            "phone": ["phone", "answers.phone", "hidden.phone"],
            "user_agent": "user_agent",
            **carried("hidden", "answers"),
        }
    )

    @classmethod
    def events(cls, payload: Any) -> Iterator[Event]:
        said = obj(payload)
        if text(said.get("event_type")) not in ("", "form_response"):
            return
        response = obj(said.get("form_response"))
        token = text(response.get("token"))
        if not token:
            raise not_this(cls, "form_response.token")
        titles, parts = {}, {}
        for one in _fields(obj(response.get("definition"))):
            titles[text(one.get("id"))] = text(one.get("title"))
            parts[text(one.get("id"))] = text(one.get("subfield_key"))  # first_name, phone_number
        answers: dict[str, Any] = {}
        kinds: dict[str, Any] = {}
        for one in rows(response.get("answers")):
            field, value = obj(one.get("field")), _answer(one)
            kinds.setdefault(text(one.get("type")), value)
            number = text(field.get("id"))
            for name in (text(field.get("ref")), titles.get(number), parts.get(number)):
                if name:
                    answers.setdefault(name, value)
        data = {
            "id": f"typeform-{token}",
            "at": response.get("submitted_at"),
            "email": kinds.get("email"),
            "phone": kinds.get("phone_number"),
            "hidden": obj(response.get("hidden")),
            "answers": answers,
            "form": response.get("form_id"),
            "user_agent": obj(response.get("metadata")).get("user_agent"),
            **{name: answers.get(name) for name in ("first_name", "last_name")},
            "payload": said,
        }
        yield Event(data, payload, (LEAD,))


def _fields(holder: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The questions, and those inside of groups such as contact details."""
    for one in rows(holder.get("fields")):
        yield one
        yield from rows(obj(one.get("properties")).get("fields"))


def _answer(answer: Mapping[str, Any]) -> Any:
    """The value itself: Typeform puts it under the name of its type."""
    kind = text(answer.get("type"))
    value = answer.get(kind)
    if kind == "choice":
        return obj(value).get("label") or obj(value).get("other")
    if kind == "choices":
        labels, other = obj(value).get("labels"), obj(value).get("other")
        return [*(labels if isinstance(labels, list) else []), *([other] if other else [])]
    return value
