"""What a row of a file of leads can say."""

from attribution.imports.columns import Field
from attribution.utm import CLICK_IDS, PARAMETERS

UTM = tuple(f"utm_{name}" for name in PARAMETERS)
CLICKS = tuple(sorted(CLICK_IDS))

_EXAMPLES = {"utm_source": "google", "utm_medium": "cpc", "utm_campaign": "Spring sale"}
# "id" alone is the lead's own id.
_SHORT = {f"utm_{name}": (name,) for name in PARAMETERS if name != "id"}

FIELDS = (
    Field(
        name="id",
        label="Lead id",
        help="The lead's id in your system. Without it, one is made from the row.",
        filled=True,
        aliases=("external_id", "lead_id"),
        example="L-1001",
    ),
    Field(
        name="received_at",
        label="Received",
        help="When the lead came, as 2026-01-15 14:30. Without an offset: the company's time.",
        required=True,
        filled=True,
        aliases=(
            *("created_at", "received", "timestamp", "date", "datetime", "created"),
            "created_time",
        ),
        example="2026-01-15 09:30",
    ),
    Field(
        name="kind",
        label="Kind",
        help="primary (counted), follow_up, test, bot, blocked or duplicate; hot, vpn and "
        "suspicious are primary with a mark. Empty: primary.",
        aliases=("event_type", "lead_type"),
        example="primary",
    ),
    *(
        Field(
            name=name,
            label=name,
            help="As captured. Never changed afterwards.",
            aliases=_SHORT.get(name, ()) + (("campaign_name",) if name == "utm_campaign" else ()),
            example=_EXAMPLES.get(name, ""),
        )
        for name in UTM
    ),
    Field(
        name="referrer",
        label="Referrer",
        help="The page that linked to yours.",
        aliases=("referer", "referrer_url"),
    ),
    Field(
        name="landing_page",
        label="Landing page",
        help="The link with which the lead came. UTM values are read from it when the UTM "
        "columns are empty.",
        aliases=("landing_page_url", "landing_url", "page_url", "url"),
    ),
    Field(name="country", label="Country", help="Where the lead is.", aliases=("country_code",)),
    Field(name="city", label="City", help="Where the lead is."),
    Field(name="name", label="Name", help="The person.", aliases=("full_name",)),
    Field(name="email", label="E-mail", help="The person's.", aliases=("e_mail", "email_address")),
    Field(name="phone", label="Phone", help="The person's.", aliases=("phone_number",)),
    Field(
        name="booking_status",
        label="Booking status",
        help="What became of the lead: booked, completed, cancelled or no_show. "
        "Empty, 0 or no: no booking.",
        example="completed",
    ),
    Field(
        name="booked_at",
        label="Booked",
        help="When it was booked. Empty: when the lead was received.",
        example="2026-01-15 14:30",
    ),
    Field(
        name="completed_at",
        label="Completed",
        help="When it took place. Empty, and the status completed: when it was booked.",
        example="2026-01-20 10:00",
    ),
    Field(name="value", label="Value", help="What the booking is worth.", example="250.00"),
    Field(
        name="currency",
        label="Currency",
        help="Of the value, such as EUR. Empty: the company's own; others are converted at the "
        "rate of the lead's day.",
    ),
    *(
        Field(
            name=name,
            label=name,
            help="A click id of an ad platform, its case kept.",
            hints=("click", "id"),
        )
        for name in CLICKS
    ),
)
