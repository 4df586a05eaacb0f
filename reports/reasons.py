"""Why counted leads stand in no row, in words: by reason, or by what they lack."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from attribution.utm import Reason

REASONS: dict[str, str | Promise] = {
    **{reason.value: reason.label for reason in Reason},
    "no_source": gettext_lazy("Has a campaign, but no source"),
    "no_medium": gettext_lazy("Has a campaign, but no medium"),
    "no_content": gettext_lazy("Has a campaign, but no content"),
    "no_term": gettext_lazy("Has a campaign, but no term"),
    "no_page": gettext_lazy("Has a campaign, but no landing page"),
    "no_country": gettext_lazy("Has a campaign, but no country"),
    "no_region": gettext_lazy("Has a campaign, but no region"),
    "no_city": gettext_lazy("Has a campaign, but no city"),
    "no_visit_channel": gettext_lazy("Has a campaign, but is in no channel yet"),
    "no_origin": gettext_lazy("Has a campaign, but no origin yet"),
}
