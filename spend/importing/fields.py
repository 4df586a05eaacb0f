"""What a row of a spend file can say."""

import re

from babel.numbers import list_currencies

from attribution.files.cells import NOT_ROUNDED, CellError, parse_id
from attribution.imports.columns import Field
from spend.models import SpendEntry

WHOLE = re.compile(r"([0-9]+)\.0+")  # as programs write numbers that may be empty

FIELDS = (
    Field(
        name="campaign",
        label="Campaign",
        help="As in the links (utm_campaign). Capitals and blanks make no difference.",
        required=True,
        aliases=("utm_campaign", "campaign_name"),
        example="Spring sale",
    ),
    Field(
        name="day",
        label="Day",
        help="As 2026-01-15. A month (2026-01) or a week is spread over its days.",
        required=True,
        filled=True,
        aliases=("date", "date_day", "report_date"),
        example="2026-01-15",
    ),
    Field(
        name="last_day",
        label="Last day",
        help="Of a range that begins with the day: the amount is spread over it.",
        aliases=("end_date", "until"),
    ),
    Field(
        name="amount",
        label="Amount",
        help="In the currency of the row; without one, in the company's.",
        required=True,
        filled=True,
        aliases=("spend", "cost", "spent", "amount_spent", "costs"),
        example="123.40",
    ),
    Field(
        name="currency",
        label="Currency",
        help="Such as EUR. Others than the company's are converted at the rate of their day.",
        aliases=("currency_code",),
    ),
    Field(
        name="source",
        label="Source",
        help="utm_source, such as google.",
        aliases=("utm_source",),
        example="google",
    ),
    Field(
        name="medium",
        label="Medium",
        help="utm_medium, such as cpc.",
        aliases=("utm_medium",),
        example="cpc",
    ),
    Field(
        name="line",
        label="Line",
        help="media, agency, creative, tools, people or other. Empty: media.",
        example="media",
    ),
    Field(
        name="impressions",
        label="Impressions",
        help="How often it was shown.",
        aliases=("impr", "views"),
        example="12000",
    ),
    Field(
        name="clicks",
        label="Clicks",
        help="How often it was clicked.",
        aliases=("link_clicks",),
        example="240",
    ),
    Field(name="sends", label="Sends", help="E-mails sent.", aliases=("sent", "emails_sent")),
    Field(name="opens", label="Opens", help="E-mails opened.", aliases=("opened",)),
    Field(name="note", label="Note", help="For people.", aliases=("notes", "comment")),
    Field(
        name="platform_id",
        label="Platform's campaign id",
        help="Spend is matched by it first, once it is known whose it is.",
        aliases=("campaign_id",),
    ),
    Field(
        name="account",
        label="Ad account",
        help="Files of two accounts stand beside each other, and do not replace each other.",
    ),
    Field(
        name="came_from",
        label="Came from",
        help="In exported files: where the entry came from. Empty: file.",
    ),
)
LINES = {line: line for line in SpendEntry.Line.values}
COUNTS = ("impressions", "clicks", "sends", "opens")


def parse_campaign_id(text: str, max_length: int) -> str:
    """An id of a platform, which some programs write as 123.0."""
    whole = WHOLE.fullmatch(text.strip())
    way_out = f"{NOT_ROUNDED}; or take its column for the note."
    return parse_id(whole[1] if whole else text, max_length, way_out)


def parse_currency(text: str) -> str:
    """An ISO 4217 code, in capitals."""
    code = text.strip().upper()
    if code not in list_currencies():
        raise CellError("This is no currency.", "Write a code such as EUR or USD.")
    return code
