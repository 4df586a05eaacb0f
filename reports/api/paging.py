"""A long answer in pages, with the addresses of the ones before and after."""

from typing import Any

from django.http import QueryDict

from reports.api.asking import page_of, rows_of
from reports.api.problems import Problem


def paged(
    items: list[Any], parameters: QueryDict, address: str
) -> tuple[list[Any], dict[str, Any]]:
    """The items of the page that is asked for, and where it stands among all. Raises Problem."""
    rows, number = rows_of(parameters), page_of(parameters)
    pages = max(1, -(-len(items) // rows))
    if number > pages:
        detail = f"There is no page {number}; the last one is {pages}."
        raise Problem(404, "not_found", detail, field="page", value=str(number))
    stands = {
        "number": number,
        "pages": pages,
        "rows_a_page": rows,
        "rows": len(items),
        "previous": another(parameters, address, number - 1) if number > 1 else None,
        "next": another(parameters, address, number + 1) if number < pages else None,
    }
    return items[(number - 1) * rows : number * rows], stands


def another(parameters: QueryDict, address: str, number: int) -> str:
    return with_parameter(parameters, address, "page", str(number))


def with_parameter(parameters: QueryDict, address: str, name: str, value: str) -> str:
    """The address with the same question, and this parameter set anew."""
    changed = parameters.copy()
    changed[name] = value
    return f"{address}?{changed.urlencode()}"
