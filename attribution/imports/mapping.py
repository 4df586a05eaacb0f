"""Kinds of file of leads and bookings that a company has named: recognised by their headings,
whatever their order, and read as they were read when they got their name."""

import hashlib
from collections.abc import Sequence, Set
from dataclasses import asdict, replace
from typing import Any

from attribution.imports.columns import Field, plain
from attribution.imports.options import ImportOptions
from attribution.imports.outcome import Outcome
from attribution.models import Company, FileMapping, ImportRun

KINDS = (ImportRun.Kind.LEADS.value, ImportRun.Kind.BOOKINGS.value)
LONGEST_NAME = 60


def said_pairs(texts: Sequence[str], fields: Sequence[Field]) -> dict[str, str]:
    """Heading → field, from `Heading=field` or `field=Heading`, several with commas between them.
    Raises ValueError with a sentence.
    """
    names = {plain(name) for field in fields for name in (field.name, *field.aliases)}
    found: dict[str, str] = {}
    for text in texts:
        parts = text.split(",")
        # A heading may hold a comma itself: then not each part is a pair of its own.
        several = len(parts) > 1 and all(_pair(part, names) for part in parts)
        for part in parts if several else [text]:
            left, equals, right = part.rpartition("=")
            if not equals or not left:
                raise ValueError(f"“{part}” is not of the form HEADING=FIELD.")
            heading, name = _pair(part, names) or (left, right)
            found[heading] = name
    return found


def _pair(text: str, names: Set[str]) -> tuple[str, str] | None:
    """Heading and field; None: there is no field of ours in it. A heading may hold an = itself."""
    left, __, right = text.rpartition("=")
    if left and plain(right) in names:
        return left.strip(), right.strip()
    left, __, right = text.partition("=")
    if right and plain(left) in names:
        return right.strip(), left.strip()
    return None


def headers_key(headers: Sequence[str]) -> str:
    joined = "\x1f".join(sorted(map(plain, headers)))
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()


def find(company: Company, kind: str, headers: Sequence[str]) -> FileMapping | None:
    named = FileMapping.objects.filter(company=company, kind=kind)
    return named.filter(headers_key=headers_key(headers)).first()


def merged(saved: FileMapping, said: ImportOptions) -> ImportOptions:
    """What is said now beats what was said when the kind of file got its name."""
    stored = ImportOptions.from_json(saved.options)
    values: dict[str, Any] = {
        name: value for name, value in asdict(said).items() if value not in ("", None, {}, False)
    }
    headings, fields = set(map(plain, said.mapping)), set(said.mapping.values())
    fields |= set(said.constants)
    # Of a field that is said anew, the heading of before means nothing any more.
    kept = {
        heading: field
        for heading, field in stored.mapping.items()
        if plain(heading) not in headings and field not in fields
    }
    values["mapping"] = {**kept, **said.mapping}
    taken = set(said.mapping.values())
    constants = {name: text for name, text in stored.constants.items() if name not in taken}
    values["constants"] = {**constants, **said.constants}
    values["values"] = {**stored.values, **said.values}
    return replace(stored, **values)


def keep(
    company: Company, kind: str, options: ImportOptions, author: Any, outcome: Outcome
) -> None:
    """From now on files with these headings are read as this one was."""
    said = {name: value for name, value in options.to_json().items() if name != "save_as"}
    # Also what was recognised by itself: it is read in the same way when more is recognised.
    said["mapping"] = dict(outcome.placed)
    name, key = options.save_as[:LONGEST_NAME], headers_key(outcome.headers)
    named = FileMapping.objects.filter(company=company, kind=kind)
    named.filter(headers_key=key).exclude(name=name).delete()
    named.update_or_create(
        company=company,
        kind=kind,
        name=name,
        defaults={
            "headers_key": key,
            "headers": list(outcome.headers),
            "options": said,
            "author": author,
        },
    )
