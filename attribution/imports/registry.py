"""The kinds of file that can be taken in. Each app adds its own when it is ready."""

from typing import NamedTuple

from attribution.imports.importer import Importer


class _Importers(NamedTuple):
    usual: type[Importer]
    straight: type[Importer] | None


_importers: dict[str, _Importers] = {}


def register(importer: type[Importer], straight: type[Importer] | None = None) -> None:
    """`straight`: takes in what is nothing but new, without staging it; see `NotStraight`."""
    _importers[importer.kind] = _Importers(importer, straight)


def importer_of(kind: str) -> type[Importer]:
    """The importer of "leads", "bookings" or "spend"."""
    return _of(kind).usual


def straight_importer_of(kind: str) -> type[Importer] | None:
    """The one that saves rows as they are read."""
    return _of(kind).straight


def _of(kind: str) -> _Importers:
    if kind not in _importers:
        raise KeyError(f"There is no import of {kind!r}; there are {', '.join(_importers)}.")
    return _importers[kind]


def sample(kind: str) -> tuple[list[str], list[list[str]]]:
    """Headings and one row of an example file."""
    shown = [field for field in importer_of(kind).fields if field.example]
    return [field.name for field in shown], [[field.example for field in shown]]
