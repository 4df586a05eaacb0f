"""Where a value stands in what was sent: `contact.email`, `answers.0.text`, `fields[name=email]`.

A name with a point or a bracket in it stands in quotation marks: `answers."Your e-mail?"`.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

LONGEST = 300
MOST_STEPS = 20
Step = str | tuple[str, str]  # a name or place in a list, or the one whose field has this value


class BadPath(ValueError):  # noqa: N818 - reads as what is the matter
    """The path cannot be read; the text says why."""


@lru_cache(maxsize=4096)
def parse(text: str) -> tuple[Step, ...]:
    """Raises BadPath."""
    if len(text) > LONGEST:
        raise BadPath(f"A path has at most {LONGEST} letters.")
    steps: list[Step] = []
    rest = text.strip()
    while rest:
        step, rest = _first(rest, text)
        steps.append(step)
    if not 0 < len(steps) <= MOST_STEPS:
        raise BadPath(f"A path has 1 to {MOST_STEPS} steps.")
    return tuple(steps)


def _first(rest: str, text: str) -> tuple[Step, str]:
    """The first step, and what comes behind it."""
    step: Step
    if rest[0] == "[":
        inner, closed, rest = rest[1:].partition("]")
        name, equals, wanted = inner.partition("=")
        if not closed or not equals or not name.strip():
            raise BadPath(f"“{text}”: in brackets stand a name, = and a value.")
        step = name.strip(), wanted.strip()
    elif rest[0] == '"':
        step, closed, rest = rest[1:].partition('"')
        if not closed:
            raise BadPath(f"“{text}”: a quotation mark is missing.")
    else:
        ends = [at for at in (rest.find("."), rest.find("[")) if at >= 0]
        end = min(ends, default=len(rest))
        step, rest = rest[:end].strip(), rest[end:]
        if not step:
            raise BadPath(f"“{text}”: a name is missing between two points.")
    if rest.startswith("."):
        rest = rest[1:]
        if not rest:
            raise BadPath(f"“{text}”: a name is missing behind the last point.")
    elif rest and rest[0] != "[":
        raise BadPath(f"“{text}”: a point is missing.")
    return step, rest


def find(data: Any, path: str) -> Any:
    """What stands there; None: nothing does."""
    for step in parse(path):
        data = _step(data, step)
        if data is None:
            return None
    return data


def _step(data: Any, step: Step) -> Any:
    if isinstance(step, tuple):
        name, wanted = step
        rows = data if isinstance(data, list) else []
        found = (row for row in rows if isinstance(row, Mapping) and _text(row.get(name)) == wanted)
        return next(found, None)
    if isinstance(data, Mapping):
        return data.get(step)
    if isinstance(data, list) and step.isascii() and step.isdigit() and len(step) < 6:
        return data[int(step)] if int(step) < len(data) else None
    return None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)
