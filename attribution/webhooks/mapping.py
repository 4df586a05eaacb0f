"""Declared mappings: which value of what was sent is which field of a lead or a booking.

    {"lead": {"id": "contact.id",
              "email": ["contact.email", "answers.email"],      the first that says something
              "name": {"join": ["contact.first", "contact.last"]},
              "utm_medium": {"constant": "form"},
              "click_ids.gclid": "hidden.gclid"},
     "booking": {"id": "appointment.id", "status": "appointment.state"},
     "words": {"status": {"confirmed": "booked"}},              their word → ours
     "only": {"event": ["created", "updated"]}}                 others are not taken

There is nothing in it that runs: names, constants and lists alone.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from attribution.capture.items import Refused
from attribution.models import Refusal
from attribution.utm import CLICK_IDS, PARAMETERS
from attribution.webhooks import paths

UTM = tuple(f"utm_{name}" for name in PARAMETERS)
FLAGS = ("hot", "suspicious", "vpn")
PERSON = ("name", "email", "phone", "country", "region", "city", "ip", "user_agent", "honeypot")
LEAD_FIELDS = (
    *("id", "received_at", "kind", *UTM, "referrer", "landing_page", *PERSON, *FLAGS, "touches"),
    *(f"click_ids.{name}" for name in sorted(CLICK_IDS)),
)
BOOKING_FIELDS = (
    *("id", "lead", "status", "booked_at", "completed_at", "value", "currency", "as_of"),
)
FIELDS = {"lead": LEAD_FIELDS, "booking": BOOKING_FIELDS}
TIMES = frozenset({"received_at", "booked_at", "completed_at", "as_of"})
MILLISECONDS = 100_000_000_000  # from here on a number is no count of seconds: the year 5138
YES, NO = frozenset({"true", "yes", "1", "on"}), frozenset({"false", "no", "0", "off", ""})
MOST_WAYS = 10
LONGEST_CONSTANT = 500


class BadMapping(ValueError):  # noqa: N818 - reads as what is the matter
    """The mapping cannot be used; the texts say why."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = list(problems)


@dataclass(frozen=True)
class Mapped:
    """A mapping that was checked."""

    lead: Mapping[str, Any] = field(default_factory=dict)
    booking: Mapping[str, Any] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    only: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def over(self, below: "Mapped") -> "Mapped":
        """This one where it says something, else the other."""
        words = {name: {**below.words.get(name, {}), **own} for name, own in self.words.items()}
        return Mapped(
            {**below.lead, **self.lead},
            {**below.booking, **self.booking},
            {**below.words, **words},
            {**below.only, **self.only},
        )

    def takes(self, data: Any) -> bool:
        """Whether what was sent is of a kind that is taken."""
        return all(_text(paths.find(data, path)) in said for path, said in self.only.items())

    def read(self, part: str, data: Any) -> tuple[dict[str, Any], bool]:
        """The fields of the lead or the booking that say something, and whether any of them was
        found in what was sent. Raises Refused.
        """
        found: dict[str, Any] = {}
        sent = False
        for name, way in getattr(self, part).items():
            value = _value(name, way, data)
            if value is None:
                continue
            sent = sent or not _is_constant(way)
            value = self._translated(name, value)
            if name.startswith("click_ids."):
                clicks = found.setdefault("click_ids", {})
                clicks[name.removeprefix("click_ids.")] = value
            else:
                found[name] = value
        return found, sent

    def _translated(self, name: str, value: Any) -> Any:
        words = self.words.get(name)
        if not words or not isinstance(value, str):
            return value
        return words.get(value, words.get(value.casefold(), value))


def check(said: Any) -> Mapped:
    """The mapping, checked. Raises BadMapping with everything that is wrong."""
    if not isinstance(said, Mapping):
        raise BadMapping(["A mapping is a JSON object."])
    problems = [
        f"“{part}” is no part of a mapping; there are lead, booking, words and only."
        for part in said
        if part not in ("lead", "booking", "words", "only")
    ]
    for part, known in FIELDS.items():
        problems += _problems_of_part(part, said.get(part, {}), known)
    problems += _problems_of_words(said.get("words", {}))
    problems += _problems_of_only(said.get("only", {}))
    if problems:
        raise BadMapping(problems)
    return Mapped(
        said.get("lead", {}),
        said.get("booking", {}),
        {
            name: words | {old.casefold(): new for old, new in words.items()}
            for name, words in said.get("words", {}).items()
        },
        said.get("only", {}),
    )


def _problems_of_part(part: str, said: Any, known: Sequence[str]) -> Iterable[str]:
    if not isinstance(said, Mapping):
        yield f"“{part}” is an object: our field and where it stands."
        return
    for name, way in said.items():
        if name not in known:
            yield f"“{name}” is no field of a {part}; there are {', '.join(known)}."
        for problem in _problems_of_way(way):
            yield f"{part}.{name}: {problem}"


def _problems_of_way(way: Any) -> Iterable[str]:
    if isinstance(way, str):
        try:
            paths.parse(way)
        except paths.BadPath as problem:
            yield str(problem)
    elif isinstance(way, list):
        if not 0 < len(way) <= MOST_WAYS:
            yield f"A list holds 1 to {MOST_WAYS} ways."
        for one in way:
            if isinstance(one, list):
                yield "A list holds no other list."
            else:
                yield from _problems_of_way(one)
    elif isinstance(way, Mapping) and way.keys() == {"constant"}:
        constant = way["constant"]
        if not isinstance(constant, str | bool) or len(str(constant)) > LONGEST_CONSTANT:
            yield f"A constant is a text of at most {LONGEST_CONSTANT} letters, true or false."
    elif isinstance(way, Mapping) and way.keys() == {"join"}:
        joined = way["join"]
        if not isinstance(joined, list) or not all(isinstance(one, str) for one in joined):
            yield "“join” holds a list of paths."
        else:
            yield from _problems_of_way(joined)
    else:
        yield 'Write a path, a list of paths, {"constant": "…"} or {"join": ["…"]}.'


def _problems_of_words(said: Any) -> Iterable[str]:
    known = {*LEAD_FIELDS, *BOOKING_FIELDS}
    if not isinstance(said, Mapping):
        yield "“words” is an object: our field, and their words for ours."
        return
    for name, words in said.items():
        if name not in known:
            yield f"words: “{name}” is no field of a lead or booking."
        right = isinstance(words, Mapping) and all(isinstance(new, str) for new in words.values())
        if not right:
            yield f"words.{name}: an object of their word and our word."


def _problems_of_only(said: Any) -> Iterable[str]:
    if not isinstance(said, Mapping):
        yield "“only” is an object: a path, and the list of values that are taken."
        return
    for path, values in said.items():
        yield from _problems_of_way(path)
        if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
            yield f"only.{path}: a list of texts."


def _is_constant(way: Any) -> bool:
    return isinstance(way, Mapping) and "constant" in way


def _value(name: str, way: Any, data: Any) -> Any:
    """The first of the ways that leads to something; None: none does."""
    for one in way if isinstance(way, list) else [way]:
        if isinstance(one, str):
            found = _converted(name, paths.find(data, one))
        elif "constant" in one:
            found = _converted(name, one["constant"])
        else:
            texts = [_plain(name, paths.find(data, path)) for path in one["join"]]
            found = " ".join(text for text in texts if text) or None
        if found is not None:
            return found
    return None


def _converted(name: str, value: Any) -> Any:
    if value is None or value == "":
        return None
    if name in TIMES:
        return _moment(name, value)
    if name in FLAGS:
        return _flag(name, value)
    if name == "touches":
        return _touches(value)
    if name == "value" and isinstance(value, int | Decimal) and not isinstance(value, bool):
        return value
    return _plain(name, value) or None


def _plain(name: str, value: Any) -> str:
    """A text; of several values all of them, one behind the other."""
    if isinstance(value, list) and not any(isinstance(one, list | Mapping) for one in value):
        return ", ".join(text for one in value if (text := _text(one)))
    if isinstance(value, list | Mapping):
        text = "The path leads to an object or a list: name the value inside it."
        raise Refused(Refusal.Why.NOT_MAPPED.value, name, text)
    return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}" if value.is_finite() and abs(value.adjusted()) < 40 else str(value)
    return "" if value is None else str(value).strip()


def _moment(name: str, value: Any) -> str:
    """ISO 8601; numbers are seconds or milliseconds since 1970. What is neither stays, and is
    refused by its item.
    """
    text = _plain(name, value)
    digits, __, __ = text.partition(".")
    if digits.isascii() and digits.isdigit() and 9 <= len(digits) <= 14:
        number = int(digits)
        seconds = number / 1000 if number >= MILLISECONDS else number
        return datetime.fromtimestamp(seconds, UTC).isoformat()
    return text


def _flag(name: str, value: Any) -> bool:
    text = _plain(name, value).casefold()
    if text in YES or text in NO:
        return text in YES
    raise Refused(Refusal.Why.NOT_MAPPED.value, name, f"“{text[:60]}” is neither yes nor no.")


def _touches(value: Any) -> Any:
    """A list, or the JSON text of one, as hidden fields of forms hold it."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value, parse_float=Decimal)
    except (ValueError, RecursionError):
        text = "This is no JSON: map the field that the website tag fills."
        raise Refused(Refusal.Why.NOT_MAPPED.value, "touches", text) from None
