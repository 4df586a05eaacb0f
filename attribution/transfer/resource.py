"""What an export resource is to us: columns that stream, each cell the value itself."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.db.models import QuerySet
from import_export import resources
from import_export.fields import Field

from attribution.models import Company
from attribution.utm import tidy

Cell = str | int | Decimal | date | bool | None


def column(name: str, value: Callable[[Any], Cell]) -> Field:
    """A column of an export: its heading, and where its value comes from."""
    return Field(column_name=name, dehydrate_method=value)


class ExportResource(resources.Resource):
    """Columns named as the import knows them, so that an exported file can be read back."""

    right: ClassVar[str]  # who may export these rows, see `attribution.roles`
    related: ClassVar[tuple[str, ...]] = ("company",)

    def __init__(self, contact_companies: frozenset[int] = frozenset()) -> None:
        """`contact_companies`: those in which the reader may see persons' addresses."""
        super().__init__()
        self.contact_companies = contact_companies

    @classmethod
    def get_display_name(cls) -> str:
        return cls.__name__

    def get_user_visible_fields(self) -> list[Field]:
        return self.get_export_fields()

    def table_rows(self, queryset: QuerySet[Any]) -> Iterator[list[Cell]]:
        """One row after another, however many there are; the rows are not kept in memory."""
        values = [self._value_of(name, self.fields[name]) for name in self.get_export_order()]
        rows = queryset.select_related(None).select_related(*self.related)
        for row in rows.iterator(chunk_size=2000):
            yield [value(row) for value in values]

    def _value_of(self, name: str, field: Field) -> Callable[[Any], Cell]:
        """Found once a file: `export_field` looks for it again in every cell, 20 times slower."""
        method = field.get_dehydrate_method(name)
        return method if callable(method) else getattr(self, method, field.export)


def instant(at: datetime | None, company: Company) -> str:
    """ISO 8601 with the offset of the company's zone: no reader can take it for another hour."""
    return "" if at is None else at.astimezone(company.zone).isoformat()


def untidied(raw: str, key: str) -> str:
    """A text that tidies to the key: as written where that does, else the key itself."""
    if tidy(raw) == key:
        return raw
    return key.replace("%", "%25").replace("+", "%2B")  # tidying decodes once
