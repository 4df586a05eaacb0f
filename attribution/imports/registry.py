"""The kinds of file that can be taken in. Each app adds its own when it is ready."""

from attribution.imports.importer import Importer

_importers: dict[str, type[Importer]] = {}


def register(importer: type[Importer]) -> None:
    _importers[importer.kind] = importer


def importer_of(kind: str) -> type[Importer]:
    """The importer of "leads", "bookings" or "spend"."""
    if kind not in _importers:
        raise KeyError(f"There is no import of {kind!r}; there are {', '.join(_importers)}.")
    return _importers[kind]


def sample(kind: str) -> tuple[list[str], list[list[str]]]:
    """Headings and one row of an example file."""
    shown = [field for field in importer_of(kind).fields if field.example]
    return [field.name for field in shown], [[field.example for field in shown]]
