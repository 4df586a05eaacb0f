"""What a row of a file of campaigns can say."""

from attribution.imports.columns import Field

_NONE = "; (none) empties it"

FIELDS = (
    Field(
        name="utm_campaign",
        label="utm_campaign",
        help="as in the links; finds the campaign, or names a new one",
        required=True,
        filled=True,
        aliases=("campaign", "key", "campaign key", "campaign id"),
        example="spring-sale",
    ),
    Field(
        name="name",
        label="name",
        help="on reports; at first the utm_campaign",
        aliases=("campaign name", "title"),
        example="Spring sale",
    ),
    Field(
        name="company",
        label="company",
        help="its short name or its name; must be the company that the file is imported for",
    ),
    Field(
        name="channel",
        label="channel",
        help="paid_search, paid_social, email … or the channel's name",
        aliases=("channel used",),
        example="paid_search",
    ),
    Field(
        name="status",
        label="status",
        help="active, paused, ended or archived",
        example="active",
    ),
    Field(
        name="owner",
        label="owner",
        help="the name that an owner or admin of the company signs in with" + _NONE,
    ),
    Field(
        name="starts_on",
        label="first day",
        help="as planned" + _NONE,
        aliases=("first day", "start", "start date", "starts", "date", "dates"),
        example="2026-03-01",
    ),
    Field(
        name="ends_on",
        label="last day",
        help="as planned" + _NONE,
        aliases=("last day", "end", "end date", "ends"),
        example="2026-05-31",
    ),
    Field(
        name="type",
        label="type",
        help="any text; capitals as the company has it already" + _NONE,
        aliases=("campaign type",),
        example="Promotion",
    ),
    Field(
        name="goal",
        label="goal",
        help="likewise",
        aliases=("campaign goal", "objective"),
        example="Lead generation",
    ),
    Field(
        name="segment",
        label="segment",
        help="likewise",
        aliases=("customer segment", "audience", "target audience"),
        example="Families",
    ),
    Field(
        name="location",
        label="location",
        help="likewise",
        aliases=("place", "region"),
        example="Berlin",
    ),
    Field(
        name="language",
        label="language",
        help="likewise",
        aliases=("languages",),
        example="German",
    ),
    Field(
        name="landing_page",
        label="landing page",
        help="the address that its links lead to" + _NONE,
        aliases=("landing page", "url", "page"),
        example="https://example.com/spring",
    ),
    Field(
        name="tags",
        label="tags",
        help="all of them, separated by ; or |" + _NONE,
        aliases=("labels", "tag"),
        example="spring; families",
    ),
    Field(
        name="is_template",
        label="template",
        help="yes or no: whether new campaigns can be started from it",
        aliases=("template",),
    ),
)
