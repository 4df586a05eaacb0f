"""Each address that is read, in the words of OpenAPI. Parameters of the report are those of the
page's own filters, so that a new one is described where it is made."""

from typing import Any

import django_filters
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

from attribution.campaign_texts import FACTS
from attribution.ingest.schema import RETRY_AFTER
from attribution.ingest.shapes import ref
from reports.api import asking
from reports.api import campaigns as of_campaigns
from reports.api import leads as of_leads
from reports.api.figures import METRICS_OF_SERIES, OF_SERIES, STEPS
from reports.api.problems import MEDIA_TYPE
from reports.api.shapes import DAY, TEXT, array, some_of
from reports.changes import PER_ROW
from reports.filters import ReportFilterSet
from reports.metrics import METRICS

ERRORS = {
    400: "A parameter or a value is not taken; field names it.",
    401: "The key is missing, not known, revoked or expired.",
    403: "The key's role may not see this.",
    404: "There is no such company, campaign or page, as far as this key sees.",
    405: "Only GET and HEAD are answered here; at leads POST, too.",
    406: "The request's Accept does not take the answer.",
    429: "Too many requests a minute. Retry-After says in how many seconds to ask again.",
    500: "Something failed on our side.",
    503: "It takes too long to count, or the database is away.",
}
ETAG = OpenApiParameter(
    "ETag", str, OpenApiParameter.HEADER, response=[200, 304], description="Of the content."
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    str,
    OpenApiParameter.HEADER,
    description="An ETag that you have: 304 comes back while it is still the same.",
)
# Without control characters: no field can store them.
WORD = {**TEXT, "maxLength": 500, "pattern": "^[^\\u0000-\\u001f\\u007f-\\u009f]*$"}
MEANINGS = {
    "company": "Short name of the key's company; may be left out.",
    "period": "Days that end today, a month, or custom with from and to.",
    "from": "First day.",
    "to": "Last day.",
    "compare": "Which days to compare with.",
    "compare_from": "With compare=custom: first day.",
    "compare_to": "With compare=custom: last day.",
    "basis": "By which day of a lead it counts.",
    "group": "What the rows are: a dimension of definitions.",
    "then": "By what rows are split further, outermost first; two at most.",
    "content": "Tidy utm_content.",
    "term": "Tidy utm_term.",
    "country": "Countries of leads.",
    "region": "Regions of leads.",
    "city": "Cities of leads.",
    "campaign": "Campaigns by their keys.",
    "channel": "Channels of campaigns.",
    "status": "Statuses of campaigns.",
    "tag": "Tags of campaigns, any of them; (none): those without one.",
    "type": "Types of campaigns; (none): those without one.",
    "goal": "Goals of campaigns; (none): those without one.",
    "segment": "Segments of campaigns; (none): those without one.",
    "location": "Locations of campaigns; (none): those without one.",
    "language": "Languages of campaigns; (none): those without one.",
    "campaign_group": "Groups of campaigns, by name: any of them; (none): those in no group.",
    "source": "Tidy utm_source.",
    "medium": "Tidy utm_medium.",
    "line": "Spend only of these lines.",
    "kind": "Kinds of leads that count beside primary ones.",
    "model": "Which visit of a lead gets the credit.",
    "window": "Days before a lead in which visits get credit.",
    "landing": "How the landing page begins.",
    "q": "Words in a campaign's name or key.",
}


def parameter(name: str, schema: dict[str, Any], meaning: str = "") -> OpenApiParameter:
    several = True if schema.get("type") == "array" else None
    return OpenApiParameter(
        name,
        schema,
        OpenApiParameter.QUERY,
        description=meaning or MEANINGS.get(name, ""),
        explode=several,
        style="form" if several else None,
    )


def of_filter(name: str, one: Any) -> OpenApiParameter:
    """As the page's filter takes it."""
    if isinstance(one, django_filters.MultipleChoiceFilter):
        values = asking.KNOWN.get(name)
        schema = array(some_of(values) if values else WORD)
    elif isinstance(one, django_filters.ChoiceFilter):
        schema = some_of(value for value, __ in one.extra["choices"])
    elif isinstance(one, django_filters.DateFilter):
        schema = DAY
    elif isinstance(one, django_filters.NumberFilter):
        ends = one.extra["min_value"], one.extra["max_value"]
        schema = {"type": "integer", "minimum": ends[0], "maximum": ends[1]}
    else:
        schema = {**WORD, "maxLength": one.extra.get("max_length", 500)}
    return parameter(name, schema)


COMPANY = parameter("company", WORD)
ROWS = parameter(
    "rows",
    {"type": "integer", "minimum": 1, "maximum": asking.MOST_ROWS, "default": asking.USUAL_ROWS},
    "Rows of a page of the answer.",
)
PAGES = (ROWS, parameter("page", {"type": "integer", "minimum": 1}, "Which page of the answer."))
QUESTION = [COMPANY, *(of_filter(*one) for one in ReportFilterSet.base_filters.items())]
FOR_SHOW = [
    parameter("changes", some_of([PER_ROW]), "Changes nothing: rows always have their changes."),
    parameter(
        "view", {"type": "integer", "minimum": 1, "maximum": 999_999_999}, "Changes nothing."
    ),
]
SORT = parameter(
    "sort",
    some_of([sign + name for name in asking.SORTS for sign in ("", "-")]),
    "By what the rows are ranked; with - in front from the highest. Without it as on the page: "
    "most leads first, months and the like as they follow one another.",
)
COLS = parameter("cols", array(some_of(METRICS)), "Only these metrics; else all.")


REPORT = [*QUESTION, SORT, COLS, *PAGES, *FOR_SHOW]
SERIES = [
    *(one for one in QUESTION if one.name in OF_SERIES),
    parameter("by", some_of(STEPS), "How long a step is; else a day."),
    parameter("metric", array(some_of(METRICS_OF_SERIES)), "Only these; else all."),
]
CAMPAIGNS = [
    COMPANY,
    *(parameter(name, array(some_of(values))) for name, values in of_campaigns.CHOICES.items()),
    *(parameter(name, array(WORD)) for name in (*FACTS, "tag")),
    parameter("discovered", {"type": "boolean"}),
    parameter("template", {"type": "boolean"}),
    parameter("q", WORD),
    *PAGES,
]


def reading(
    operation: str,
    shape: str,
    what: str,
    parameters: Any = (),
    errors: tuple[int, ...] = tuple(ERRORS),
) -> Any:
    """Describes an address that is read with a key."""
    return extend_schema(
        operation_id=operation,
        tags=["read"],
        description=what,
        parameters=[*parameters, IF_NONE_MATCH, ETAG, RETRY_AFTER],
        responses={
            200: OpenApiResponse(ref(shape), "What was asked for."),
            304: OpenApiResponse(None, "You have it already, as If-None-Match says."),
            **{
                (status, MEDIA_TYPE): OpenApiResponse(ref("Problem"), ERRORS[status])
                for status in errors
            },
        },
        auth=[{"readKey": []}],  # type: ignore[list-item]  # so it stands in the document
    )


companies = reading("list_companies", "Companies", "The company that the key reads.", [COMPANY])
definitions = reading(
    "definitions", "Definitions", "Every figure: formula, unit, when it is unknown, and its source."
)
campaigns = reading(
    "list_campaigns",
    "Campaigns",
    "Campaigns, by key. Filters of one name are alternatives; those of several hold together.",
    CAMPAIGNS,
)
campaign = reading(
    "campaign",
    "Campaign",
    "One campaign.",
    [
        OpenApiParameter(
            "key",
            {**WORD, "minLength": 1},
            OpenApiParameter.PATH,
            description="The tidy utm_campaign, as in rows of the report.",
        ),
        COMPANY,
    ],
)
report = reading(
    "report",
    "Report",
    "The report of the page for the same parameters, with total, proof and notes on each page.",
    REPORT,
)
series = reading(
    "report_series",
    "Series",
    "Leads, booked and completed of each day or week.",
    SERIES,
)
leads = reading(
    "list_leads",
    "LeadsRead",
    "Leads of all kinds, newest first, without anything that names a person.",
    [
        COMPANY,
        parameter("from", DAY),
        parameter("to", DAY),
        *(
            parameter(name, array(some_of(values)))
            for name, (__, values) in of_leads.CHOICES.items()
        ),
        *(parameter(name, array(WORD)) for name in of_leads.TEXTS),
        *(parameter(name, {"type": "boolean"}) for name in of_leads.FLAGS),
        ROWS,
        parameter("after", {**TEXT, "pattern": of_leads.AFTER.pattern}, "As it stands in next."),
    ],
)


def document(operation: str, media_type: str, schema: dict[str, Any], what: str) -> Any:
    """Describes an address that is open to everybody."""
    return extend_schema(
        operation_id=operation,
        tags=["read"],
        description=what,
        parameters=[IF_NONE_MATCH, ETAG],
        responses={
            (200, media_type): OpenApiResponse(schema, "The document."),
            304: OpenApiResponse(None, "You have it already, as If-None-Match says."),
            **{
                (status, MEDIA_TYPE): OpenApiResponse(ref("Problem"), ERRORS[status])
                for status in (400, 405, 406, 500)
            },
        },
        auth=[],
    )


schema_json = document("schema_json", "application/json", {"type": "object"}, "This description.")
schema_yaml = document("schema_yaml", "application/yaml", {"type": "object"}, "The same as YAML.")
guide = document("guide", "text/markdown", TEXT, "How all this is used, in words.")
