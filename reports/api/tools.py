"""The read interface as tools for an AI, bound to one person: the same functions as over HTTP.

What the person may see is looked up for each call, so that a right taken away is gone at once.
Nothing here writes.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import InterfaceError, OperationalError
from django.http import QueryDict
from drf_spectacular.utils import OpenApiParameter

from attribution import roles, scope
from attribution.models import Company
from reports.api import described, problems
from reports.api.campaigns import campaigns_answer
from reports.api.figures import report_answer, series_answer
from reports.api.meanings import company_answer, definitions_answer
from reports.api.problems import Problem, invalid, not_found
from reports.snapshot import TookTooLong, no_longer_than

# As requests are refused: no database of ours stores them.
UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
Answer = Callable[[QueryDict, Company], dict[str, Any]]


@dataclass(frozen=True)
class Tool:
    """What an AI may ask; without `answer` it is about no company."""

    name: str
    what: str
    parameters: tuple[OpenApiParameter, ...] = ()
    answer: Answer | None = None
    right: str = "report.view"

    def input_schema(self) -> dict[str, Any]:
        """The parameters of the address, as JSON Schema."""
        return {
            "type": "object",
            "properties": {
                one.name: {**_schema(one), "description": one.description}
                if one.description
                else _schema(one)
                for one in self.parameters
            },
            "additionalProperties": False,
        }


def _schema(one: OpenApiParameter) -> dict[str, Any]:
    return one.type if isinstance(one.type, dict) else {"type": "string"}


TOOLS = {
    tool.name: tool
    for tool in (
        Tool("list_companies", "The companies that can be asked about. Begin here."),
        Tool(
            "definitions",
            "What every figure means: formula, unit, when it is unknown. Read it before you "
            "interpret figures.",
        ),
        Tool(
            "report",
            "The campaign report: a row for each campaign, source or the like, with total, proof "
            "and notes. Take totals from `total`; never add up or average rates.",
            tuple(described.REPORT),
            report_answer,
        ),
        Tool(
            "series",
            "Leads, booked and completed of each day or week, under the report's filters.",
            tuple(described.SERIES),
            series_answer,
        ),
        Tool(
            "campaigns",
            "Campaigns and what owners say of them: channel, status, goal, segment, tags.",
            tuple(described.CAMPAIGNS),
            campaigns_answer,
            "campaign.view",
        ),
    )
}


@dataclass(frozen=True)
class Person:
    """Who asks, and to which company that is bound, if to one."""

    user_id: int
    company: str = ""  # its short name

    def companies(self, right: str) -> list[Company]:
        """Those that may be asked about now, by name. Raises Problem for who may not sign in."""
        user = get_user_model().objects.filter(pk=self.user_id, is_active=True).first()
        if user is None:
            raise Problem(401, "not_authenticated", "This person's account is no longer in use.")
        with scope.all_companies():
            allowed = roles.companies_with(user, right)
            found = Company.objects.filter(pk__in=allowed).order_by("name", "pk")
            return [one for one in found if self.company in ("", one.slug)]


def use(person: Person, name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The answer of one tool. Raises Problem."""
    tool = TOOLS.get(name)
    if tool is None:
        raise not_found("tool", "name", name)
    try:
        companies = person.companies(tool.right)
        if name == "list_companies":
            return {"companies": [company_answer(one) for one in companies]}
        if tool.answer is None:
            return definitions_answer()
        parameters = parameters_of(arguments)
        company = _company(companies, parameters.get("company", ""))
        with scope.company_scope([company.pk]), no_longer_than(settings.REPORT_SECONDS):
            return tool.answer(parameters, company)
    except TookTooLong:
        raise problems.too_slow(settings.REPORT_SECONDS) from None
    except (OperationalError, InterfaceError) as fault:
        raise problems.database_away(fault) from None


def _company(companies: list[Company], slug: str) -> Company:
    if not slug and len(companies) > 1:
        names = ", ".join(one.slug for one in companies)
        raise invalid("company", "", f"Name the company with company. There are: {names}.")
    found = next((one for one in companies if slug in ("", one.slug)), None)
    if found is None:
        raise not_found("company", "company", slug)
    return found


def parameters_of(arguments: Mapping[str, Any]) -> QueryDict:
    """The arguments as they would stand in an address. Raises Problem."""
    found = QueryDict(mutable=True)
    for name, value in arguments.items():
        values = value if isinstance(value, list) else [value]
        found.setlist(name, [_text(name, one) for one in values if one is not None])
    return found


def _text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | str) and not UNREADABLE.search(str(value)):
        return str(value)
    raise invalid(name, str(value), f"“{str(value)[:60]}” is not taken as {name}.")
