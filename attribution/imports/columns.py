"""Which column of a file is which of our fields."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made_by

from attribution.files.cells import suggest
from attribution.imports.options import ImportOptions
from attribution.imports.outcome import RowError


@dataclass(frozen=True, kw_only=True)
class Field:
    """One thing a row can say. Its name and aliases are recognised as headings."""

    name: str
    label: str
    help: str
    required: bool = False  # the file must say it, in a column or by a constant
    filled: bool = False  # where the column is there, no cell is empty
    aliases: tuple[str, ...] = ()
    example: str = ""
    # Words of which one stands in a heading that may mean it; without any, every heading may.
    hints: tuple[str, ...] = ()

    def may_be(self, header: str) -> bool:
        """Whether it is worth being offered for this heading."""
        words = re.split(r"[^a-z]+", header.casefold())
        return not self.hints or any(
            word.startswith(hint) or word.endswith(hint) for word in words for hint in self.hints
        )


@dataclass(frozen=True)
class Column:
    """Where one field's texts are: in a column, or (index None) the same for every row."""

    field: Field
    header: str
    index: int | None
    constant: str = ""
    values: Mapping[str, str] = made_by(default_factory=dict)  # casefolded text → our text


@dataclass
class Placement:
    """The columns found, the headings not used, and what is wrong with either."""

    columns: dict[str, Column] = made_by(default_factory=dict)
    unused: list[str] = made_by(default_factory=list)
    errors: list[RowError] = made_by(default_factory=list)

    def header(self, name: str) -> str:
        """What the file calls this field; our own name where it does not call it anything."""
        return self.columns[name].header if name in self.columns else name


def plain(header: str) -> str:
    """A heading as it is compared: case, blanks, hyphens and underscores make no difference."""
    return re.sub(r"[\s_\-]+", "", header.casefold())


class _Names:
    """Finds fields and headings by any of their spellings."""

    def __init__(self, headers: Sequence[str], fields: Sequence[Field]) -> None:
        self.headers = headers
        self.fields = {field.name: field for field in fields}
        self._headers = {plain(header): header for header in headers}
        self._fields = {plain(a): f.name for f in fields for a in f.aliases}
        self._fields |= {plain(f.name): f.name for f in fields}

    def field(self, text: str) -> str | None:
        return self._fields.get(plain(text))

    def header(self, text: str) -> str | None:
        return self._headers.get(plain(text))

    def unknown_field(self, text: str) -> RowError:
        near = suggest(text, self.fields)
        return RowError(
            0,
            "",
            text,
            "There is no such field.",
            f'Did you mean "{near}"?' if near else f"There are: {', '.join(self.fields)}.",
        )

    def unknown_header(self, text: str) -> RowError:
        return RowError(
            0,
            text,
            "",
            "This column is not in the file.",
            f"The file has: {', '.join(self.headers)}.",
        )


def place(
    headers: Sequence[str],
    fields: Sequence[Field],
    options: ImportOptions,
    recognise: bool = True,
) -> Placement:
    """What was said goes first; then our names and their aliases are recognised by themselves,
    unless all that is known of the headings was said.
    """
    names = _Names(headers, fields)
    placement = Placement()
    for column in _declared(names, options, placement.errors):
        known = placement.columns.get(column.field.name)
        if known is not None:
            placement.errors.append(_twice(known, column))
        placement.columns[column.field.name] = column
    _recognise(names, placement, names.fields if recognise else ())
    _translate(names, placement, options)
    placement.errors += [
        _missing(field, headers)
        for field in fields
        if field.required and field.name not in placement.columns
    ]
    return placement


def _declared(names: _Names, options: ImportOptions, errors: list[RowError]) -> Iterator[Column]:
    for said, target in options.mapping.items():
        header, name = names.header(said), names.field(target)
        if header is None:
            errors.append(names.unknown_header(said))
        elif name is None:
            errors.append(names.unknown_field(target))
        else:
            yield Column(names.fields[name], header, list(names.headers).index(header))
    for target, text in options.constants.items():
        name = names.field(target)
        if name is None:
            errors.append(names.unknown_field(target))
        else:
            yield Column(names.fields[name], name, None, constant=text)


def _recognise(names: _Names, placement: Placement, wanted: Collection[str]) -> None:
    """Give every field left over the heading that fits best: its own name, then its aliases."""
    taken = {column.header for column in placement.columns.values() if column.index is not None}
    for name in wanted:
        field_ = names.fields[name]
        if name in placement.columns:
            continue
        for spelling in (name, *field_.aliases):
            header = names.header(spelling)
            if header is not None and header not in taken:
                taken.add(header)
                index = list(names.headers).index(header)
                placement.columns[name] = Column(field_, header, index)
                break
    placement.unused = [header for header in names.headers if header not in taken]


def _translate(names: _Names, placement: Placement, options: ImportOptions) -> None:
    for said, values in options.values.items():
        header = names.header(said)
        found = [
            column
            for column in placement.columns.values()
            if column.index is not None
            and (column.header == header or column.field.name == names.field(said))
        ]
        if not found:
            placement.errors.append(_nothing_to_translate(names, said, header))
        for column in found:
            folded = {text.strip().casefold(): to for text, to in values.items()}
            placement.columns[column.field.name] = Column(
                column.field, column.header, column.index, values=folded
            )


def _nothing_to_translate(names: _Names, said: str, header: str | None) -> RowError:
    if header is None:
        return names.unknown_header(said)
    return RowError(
        0,
        header,
        "",
        "Its values are translated, but the column is not used.",
        f'Say which field it is: --map "{header}=…".',
    )


def _twice(known: Column, column: Column) -> RowError:
    name = column.field.name
    return RowError(
        0,
        name,
        "",
        f'Two things were named for it: "{known.header}" and "{column.header}".',
        "Name only one of them.",
    )


def _missing(field_: Field, headers: Sequence[str]) -> RowError:
    return RowError(
        0,
        field_.name,
        "",
        f"This column is missing. The file has: {', '.join(headers)}.",
        f'Say which one it is: --map "Their heading={field_.name}", '
        f"or one value for all rows: --set {field_.name}=….",
    )
