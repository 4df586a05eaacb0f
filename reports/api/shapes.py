"""What is answered to those that read, as JSON Schema."""

from typing import Any

from attribution.ingest.shapes import closed, ref
from attribution.models import Campaign, Lead
from attribution.utm import Reason
from reports.api.figures import METRICS_OF_SERIES, STEPS
from reports.api.problems import TITLES
from reports.metrics import METRICS, Unit

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
DAY: Schema = {"type": "string", "format": "date"}
AMOUNT = r"^-?[0-9]+(\.[0-9]+)?$"


def maybe(one: Schema) -> Schema:
    """It may be null."""
    return {**one, "nullable": True}


def array(one: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": one, **more}


def some_of(values: Any) -> Schema:
    return {"type": "string", "enum": list(values)}


def open_object(properties: Schema, meaning: str = "", required: Any = None) -> Schema:
    """An object to which later versions may add fields."""
    needed = list(properties) if required is None else list(required)
    return {
        "type": "object",
        "description": meaning,
        "properties": properties,
        **({"required": needed} if needed else {}),
    }


def metric(name: str) -> Schema:
    one = METRICS[name]
    shape: Schema = {"type": "number"}
    if one.unit is not Unit.COUNT:
        shape = {"type": "string", "pattern": AMOUNT}
    return {**shape, "nullable": True, "title": str(one.label), "description": str(one.help)}


def metrics() -> Schema:
    """All are there unless `cols` names some."""
    return {name: metric(name) for name in METRICS}


def row() -> Schema:
    text = {"type": "string", "pattern": AMOUNT, "nullable": True}
    return open_object(
        {
            "key": {"type": "string", "description": "Of a campaign: its tidy utm_campaign."},
            "label": TEXT,
            **metrics(),
            "previous": open_object(metrics(), "Of the days compared with.", ()),
            "previous_at_same_age": open_object(
                metrics(), "The same, as they stood at the age of a young period.", ()
            ),
            "split_by": TEXT,
            "sort": {
                "type": "string",
                "description": "Of what it is split into: months and the like follow one another "
                "(label, without ranks) unless another order than -leads is asked for.",
            },
            "rows": array(ref("Row"), description="What it is split into, where one asks for it."),
            "change": {
                "type": "object",
                "description": "Shares of the former value; of rates in points.",
                "additionalProperties": text,
            },
            "intervals": {
                "type": "object",
                "description": "The 95 % interval of each share that is known: low and high end.",
                "additionalProperties": array(text, minItems=2, maxItems=2),
            },
            "rank": maybe({"type": "integer"}),
            "ranked": {"type": "boolean"},
            "thin": {"type": "boolean", "description": "Too few leads to be ranked."},
            "maturing": {"type": "boolean", "description": "Too young to be ranked by this."},
        },
        "A row of the report. Unknown is null, and nought is 0.",
        ("key", "label", "intervals"),
    )


def report() -> Schema:
    other = {"type": "object", "additionalProperties": True}
    return open_object(
        {
            "company": TEXT,
            "currency": TEXT,
            "time_zone": TEXT,
            "period": ref("Days"),
            "compared_with": maybe(other),
            "date_basis": TEXT,
            "model": TEXT,
            "group_by": {},
            "then_by": array(TEXT),
            "sort": TEXT,
            "ranked_by": TEXT,
            "filters": other,
            "kinds": array(TEXT),
            "rows": array(ref("Row")),
            "page": ref("Page"),
            "unattributed": ref("Row"),
            "excluded": other,
            "unmatched_spend": other,
            "total": ref("Row"),
            "proof": open_object(
                {"holds": {"type": "boolean"}, "leads_text": TEXT, "spend_text": TEXT},
                "A second query counted everything again; holds says whether it agrees.",
            ),
            "notes": array(TEXT, description="What is to be said beside the figures."),
            "links": {"type": "object", "additionalProperties": TEXT},
        },
        "total is the sum of all rows of all pages, unattributed and unmatched_spend.",
    )


def series() -> Schema:
    counts: Schema = {name: {"type": "number"} for name in METRICS_OF_SERIES}
    point = open_object(
        {"from": DAY, "to": DAY, "maturing": {"type": "boolean"}, **counts},
        "A day, or a week from Monday; those at the ends have only days of the period.",
        ("from", "to", "maturing"),
    )
    return open_object(
        {
            "company": TEXT,
            "period": ref("Days"),
            "by": some_of(STEPS),
            "metrics": array(some_of(METRICS_OF_SERIES)),
            "points": array(point),
            "total": open_object(counts, "Of the period.", ()),
            "notes": array(TEXT),
        }
    )


def campaign() -> Schema:
    texts = ("key", "name", "type", "goal", "segment", "location", "language", "landing_page")
    return open_object(
        {
            **dict.fromkeys(texts, TEXT),
            "channel": some_of(Campaign.Channel.values),
            "status": some_of(Campaign.Status.values),
            "tags": array(TEXT),
            "discovered": {"type": "boolean", "description": "Nobody set it up: a lead named it."},
            "template": {"type": "boolean"},
            "starts_on": maybe(DAY),
            "ends_on": maybe(DAY),
            "merged_into": maybe({"type": "string", "description": "Key of another campaign."}),
        }
    )


def lead() -> Schema:
    texts = ("source", "medium", "content", "term", "origin", "visit_channel")
    return open_object(
        {
            "id": {"type": "integer", "description": "Number of the row."},
            "received_at": {"type": "string", "format": "date-time"},
            "day": DAY,
            "kind": some_of(Lead.Kind.values),
            "campaign": maybe(TEXT),
            "reason": {"type": "string", "enum": [*Reason.values, None], "nullable": True},
            **dict.fromkeys((*texts, "country", "region", "city"), TEXT),
            "booked": {"type": "boolean"},
            "completed": {"type": "boolean"},
            "revenue": maybe({"type": "string", "pattern": AMOUNT}),
            "corrected": {"type": "boolean", "description": "A person decided where it counts."},
        },
        "A lead, without anything that names the person.",
    )


def definitions() -> Schema:
    name_and_label = open_object({"name": TEXT, "label": TEXT})
    one = open_object(
        {
            "name": some_of(METRICS),
            **dict.fromkeys(("label", "definition", "unit", "written_as", "better"), TEXT),
            "formula": maybe(TEXT),
            "unknown_when": maybe(TEXT),
            "source": array(TEXT),
            "has_interval": {"type": "boolean"},
            "needs_spend": {"type": "boolean"},
        }
    )
    return open_object(
        {
            "metrics": array(one),
            "words": array(open_object({"word": TEXT, "meaning": TEXT})),
            "dimensions": array(open_object({"name": TEXT, "label": TEXT, "of": TEXT})),
            "periods": array(name_and_label),
            "comparisons": array(name_and_label),
            "unknown": TEXT,
        }
    )


def page() -> Schema:
    number: Schema = {"type": "integer", "minimum": 0}
    names = ("number", "pages", "rows_a_page", "rows")
    return open_object(
        {**dict.fromkeys(names, number), "previous": maybe(TEXT), "next": maybe(TEXT)}
    )


def problem() -> Schema:
    return open_object(
        {
            "type": {"type": "string", "description": "Where it is explained."},
            "title": TEXT,
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "What is the matter, for people."},
            "code": {**some_of(TITLES), "description": "What is the matter, for programs."},
            "field": {"type": "string", "description": "The parameter or header it is about."},
            "value": {"type": "string", "description": "What that held."},
        },
        "RFC 9457.",
        ("type", "title", "status", "detail", "code"),
    )


def company() -> Schema:
    texts = dict.fromkeys(("slug", "name", "currency", "time_zone"), TEXT)
    numbers: Schema = {name: {"type": "integer"} for name in ("thin_below", "look_back_days")}
    return open_object({**texts, **numbers})


def components() -> Schema:
    return {
        "Days": closed({"from": DAY, "to": DAY}, ("from", "to"), "Both days belong to it."),
        "Page": page(),
        "Problem": problem(),
        "Companies": open_object({"companies": array(ref("Company"))}),
        "Company": company(),
        "Definitions": definitions(),
        "Campaigns": open_object(
            {"company": TEXT, "campaigns": array(ref("Campaign")), "page": ref("Page")}
        ),
        "Campaign": campaign(),
        "Report": report(),
        "Row": row(),
        "Series": series(),
        "LeadsRead": open_object(
            {
                "company": TEXT,
                "currency": TEXT,
                "time_zone": TEXT,
                "leads": array(ref("LeadRead")),
                "rows_a_page": {"type": "integer"},
                "next": maybe(TEXT),
            },
            "Newest first.",
        ),
        "LeadRead": lead(),
    }
