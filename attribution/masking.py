"""How a person is shown to those who may not see who it is."""

HIDDEN = "…"


def mask_email(text: str) -> str:
    """`anna@example.org` is shown as `a…@e…`."""
    name, at, host = text.partition("@")
    return _first(name) + at + _first(host)


def mask_name(text: str) -> str:
    """Initials alone: `Anna Berg` is shown as `A… B…`."""
    return " ".join(_first(word) for word in text.split())


def mask_phone(text: str) -> str:
    """The last two digits: `+49 170 1234567` is shown as `…67`."""
    digits = [c for c in text if c.isdigit()]
    return HIDDEN + "".join(digits[-2:]) if len(digits) > 4 else HIDDEN * bool(text)


def _first(text: str) -> str:
    return text[0] + HIDDEN if text else ""
