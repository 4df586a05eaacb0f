"""What a row of a file of touches can say."""

from attribution.imports.columns import Field
from attribution.imports.lead_fields import CLICKS, UTM

_EXAMPLES = {"utm_source": "google", "utm_medium": "cpc", "utm_campaign": "Spring sale"}


def _aliases(name: str) -> tuple[str, ...]:
    """`utm_source` is also found as source and session_source; an id alone is a session's."""
    short = name.removeprefix("utm_")
    if short == "id":
        return ()
    more = ("campaign_name", "session_campaign_name") if short == "campaign" else ()
    return (short, f"session_{short}", *more)


FIELDS = (
    Field(
        name="lead",
        label="Lead id",
        help="The id of the lead whose visit this was.",
        required=True,
        filled=True,
        aliases=(
            *("lead_id", "lead_external_id", "external_id", "customer_id", "customer"),
            *("client_key", "client_id", "visitor_id", "user_id", "contact_id"),
        ),
        example="L-1001",
    ),
    Field(
        name="at",
        label="When",
        help="When the visit was, as 2026-01-15 14:30. Without an offset: the company's time. "
        "Seconds since 1970 are read, too.",
        required=True,
        filled=True,
        aliases=(
            *("started_at", "session_started_at", "session_started", "session_start"),
            *("session_timestamp", "session_partition_timestamp", "touched_at", "visited_at"),
            *("timestamp", "datetime", "time", "date", "created_at"),
        ),
        example="2026-01-14 18:05",
    ),
    *(
        Field(
            name=name,
            label=name,
            help="As captured. Never changed afterwards.",
            aliases=_aliases(name),
            example=_EXAMPLES.get(name, ""),
        )
        for name in UTM
    ),
    Field(
        name="referrer",
        label="Referrer",
        help="The page that linked to yours.",
        aliases=("referer", "referrer_url", "page_referrer"),
    ),
    Field(
        name="landing_page",
        label="Landing page",
        help="The link with which the visit began. UTM values are read from it when the UTM "
        "columns are empty.",
        aliases=("landing_page_url", "landing_url", "page_url", "page_location", "url"),
    ),
    *(
        Field(name=name, label=name, help="A click id of an ad platform, its case kept.")
        for name in CLICKS
    ),
)
