"""A question that is asked for every request, put together once.

Django makes the SQL of a queryset anew each time, which costs some ten times what asking it does.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


class Prepared:
    """The SQL of a queryset, asked with other parameters: as many, and in the order in which the
    queryset itself has its own. `make` is called once; it must not depend on the company scope."""

    def __init__(self, make: Callable[[], QuerySet[Any]]) -> None:
        self._make = make

    @cached_property
    def _compiled(self) -> tuple[str, Any, Any]:
        compiler = self._make().query.get_compiler(connection=connection)
        sql, _ = compiler.as_sql()
        columns = [found[0] for found in compiler.select[: compiler.col_count]]
        return sql, compiler, compiler.get_converters(columns)

    def rows(self, params: Sequence[Any]) -> Iterator[Any]:
        """The rows with Python values, as the fields of models have them."""
        sql, compiler, converters = self._compiled
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            found = cursor.fetchall()
        return compiler.apply_converters(found, converters) if converters else iter(found)

    def objects(self, model: type[M], params: Sequence[Any]) -> list[M]:
        """The rows of a queryset of whole objects of this model, as such."""
        names = [field.attname for field in model._meta.concrete_fields]
        return [model.from_db(connection.alias, names, row) for row in self.rows(params)]
