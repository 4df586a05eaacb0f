"""Kinds of file that a company has named: recognised by their headings, whatever their order."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, replace

from attribution.imports.columns import plain
from attribution.imports.importer import Job
from attribution.imports.options import ImportOptions
from attribution.models import Company
from spend.formats import FORMATS
from spend.models import ColumnMapping, SpendEntry


def headers_key(headers: Sequence[str]) -> str:
    joined = "\x1f".join(sorted(map(plain, headers)))
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()


def is_reserved(name: str) -> bool:
    """Whether entries of something else come from a source of this name."""
    first = name.casefold().partition(":")[0].strip()
    known = {SpendEntry.FORM, SpendEntry.FILE, *FORMATS}
    return first in known or first.startswith("cost-")


def find(company: Company, headers: Sequence[str]) -> ColumnMapping | None:
    return ColumnMapping.objects.filter(company=company, headers_key=headers_key(headers)).first()


def merged(saved: ColumnMapping, said: ImportOptions) -> ImportOptions:
    """What is said now beats what was said when the kind of file got its name."""
    stored = ImportOptions.from_json(saved.options)
    values = {
        name: value for name, value in asdict(said).items() if value not in ("", None, {}, False)
    }
    for name in ("mapping", "constants", "values"):
        values[name] = {**getattr(stored, name), **getattr(said, name)}
    return replace(stored, **values)


def name_for(company: Company, options: ImportOptions, headers: Sequence[str]) -> str:
    """The name of this kind of file; empty: it has none."""
    if options.save_as:
        return options.save_as
    saved = find(company, headers)
    return saved.name if saved else ""


def keep(company: Company, job: Job, headers: Sequence[str]) -> None:
    """From now on files with these headings are read as this one was."""
    said = {
        name: value
        for name, value in job.options.to_json().items()
        if name not in ("save_as", "format")
    }
    key = headers_key(headers)
    named = ColumnMapping.objects.filter(company=company)
    named.filter(headers_key=key).exclude(name=job.options.save_as).delete()
    named.update_or_create(
        company=company,
        name=job.options.save_as,
        defaults={
            "headers_key": key,
            "headers": list(headers),
            "options": said,
            "author": job.author,
        },
    )
