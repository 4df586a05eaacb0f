"""A question that is asked for every request, put together once.

Django makes the SQL of a queryset anew each time, which costs some ten times what asking it does.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, TypeVar

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)
Statement = tuple[str, Sequence[Any]]  # SQL and its parameters


def rows_of(*statements: Statement) -> list[list[Any]]:
    """The rows of each. PostgreSQL gets all in one message: the way there and back takes longer
    than a small question. Each still sees what was committed before it begins itself.
    """
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            return [_rows(cursor, *statement) for statement in statements]
        texts, params = zip(*statements, strict=True)
        cursor.execute("; ".join(texts), [one for some in params for one in some])
        found = [cursor.fetchall()]
        while cursor.nextset():
            found.append(cursor.fetchall())
        return found


def _rows(cursor: CursorWrapper, sql: str, params: Sequence[Any]) -> list[Any]:
    cursor.execute(sql, params)
    return cursor.fetchall()


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
        return self.read(rows_of(self.statement(params))[0])

    def statement(self, params: Sequence[Any]) -> Statement:
        """To be asked beside others."""
        return self._compiled[0], params

    def read(self, rows: Iterable[Any]) -> Iterator[Any]:
        """These rows of it with Python values."""
        _, compiler, converters = self._compiled
        return compiler.apply_converters(rows, converters) if converters else iter(rows)

    def objects(self, model: type[M], params: Sequence[Any]) -> list[M]:
        """The rows of a queryset of whole objects of this model, as such."""
        names = [field.attname for field in model._meta.concrete_fields]
        return [model.from_db(connection.alias, names, row) for row in self.rows(params)]
