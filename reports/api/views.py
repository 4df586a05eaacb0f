"""Where programs read: each address with what stands behind it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.views import APIView

from attribution import api as ingest
from attribution.models import ReadKey
from reports.api import described, door, guide, problems, schema
from reports.api.asking import named, own_company
from reports.api.campaigns import campaign_answer, campaigns_answer
from reports.api.figures import report_answer, series_answer
from reports.api.leads import leads_answer
from reports.api.meanings import company_answer, definitions_answer
from reports.api.problems import Problem

OPEN = "public, max-age=300"


class ReadView(APIView):
    """Only GET and HEAD, and every error has the one shape."""

    content_negotiation_class = ingest.Json
    http_method_names = ["get", "head"]

    def handle_exception(self, exc: Exception) -> HttpResponse:  # type: ignore[override]
        if isinstance(exc, exceptions.MethodNotAllowed):
            allowed = ", ".join(self.allowed_methods)
            detail = f"{exc.args[0] if exc.args else 'This'} is not answered here; {allowed} are."
            found = Problem(405, "method_not_allowed", detail, headers={"Allow": allowed})
            return problems.answer(found)
        if isinstance(exc, Problem):
            return problems.answer(exc)
        raise exc  # the project's handler answers, and it is logged


class CompaniesView(ReadView):
    """The companies that the key reads: one."""

    @described.companies
    def get(self, request: Request) -> HttpResponseBase:
        def make(key: ReadKey) -> Any:
            named(request._request.GET, ("company",), ())
            own_company(request._request.GET, key.company)
            return {"companies": [company_answer(key.company)]}

        return door.respond(request._request, "report.view", make)


class DefinitionsView(ReadView):
    """What figures, words and dimensions mean."""

    @described.definitions
    def get(self, request: Request) -> HttpResponseBase:
        def make(key: ReadKey) -> Any:
            named(request._request.GET, (), ())
            return definitions_answer()

        return door.respond(request._request, "report.view", make)


class CampaignsView(ReadView):
    """The company's campaigns."""

    @described.campaigns
    def get(self, request: Request) -> HttpResponseBase:
        asked = request._request
        return door.respond(
            asked, "campaign.view", lambda key: campaigns_answer(asked.GET, key.company)
        )


class CampaignView(ReadView):
    """One campaign."""

    @described.campaign
    def get(self, request: Request, key: str) -> HttpResponseBase:
        asked = request._request
        return door.respond(
            asked, "campaign.view", lambda own: campaign_answer(key, asked.GET, own.company)
        )


class ReportView(ReadView):
    """The report."""

    @described.report
    def get(self, request: Request) -> HttpResponseBase:
        asked = request._request
        return door.respond(asked, "report.view", lambda key: report_answer(asked.GET, key.company))


class SeriesView(ReadView):
    """The report's days or weeks."""

    @described.series
    def get(self, request: Request) -> HttpResponseBase:
        asked = request._request
        return door.respond(asked, "report.view", lambda key: series_answer(asked.GET, key.company))


class LeadsView(ingest.LeadsView):
    """Leads are sent to the same address that they are read from."""

    http_method_names = ["get", "head", "post"]

    @described.leads
    def get(self, request: Request) -> HttpResponseBase:
        asked = request._request
        return door.respond(asked, "lead.view", lambda key: leads_answer(asked.GET, key.company))

    head = get  # which Django would else note in each view: garbage that only the collector finds


class OpenView(ReadView):
    """A document for everybody. It says nothing about anybody's data."""

    def document(self, request: HttpRequest, text: str, *types: str) -> HttpResponseBase:
        door.acceptable(request, *types)
        answer = door.conditional(request, text.encode(), types[0])
        answer["Cache-Control"] = OPEN
        return answer


class SchemaJsonView(OpenView):
    @described.schema_json
    def get(self, request: Request) -> HttpResponseBase:
        return self.document(request._request, schema.as_json(), "application/json")


class SchemaYamlView(OpenView):
    @described.schema_yaml
    def get(self, request: Request) -> HttpResponseBase:
        return self.document(request._request, schema.as_yaml(), "application/yaml")


class GuideView(OpenView):
    @described.guide
    def get(self, request: Request) -> HttpResponseBase:
        base = request._request.build_absolute_uri("/").rstrip("/")
        text = guide.text(base)
        return self.document(request._request, text, "text/markdown; charset=utf-8", "text/plain")
