"""The state of the report's address as it is kept: cleaned, and without what is not part of it."""

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, urlencode

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from reports.filters import PARAMETERS, Address
from reports.saved.models import LONGEST_STATE

# The company is the view's own; a page of the table and the view itself are no part of the state.
KEPT = frozenset(PARAMETERS) - {"company", "page", "view"}
MOST_PAIRS = 500
# As requests are refused that hold such: see `campaignperf.middleware`.
UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def state_of(address: Address) -> str:
    """What a view keeps of an address."""
    return urlencode([pair for pair in address.pairs if pair[0] in KEPT])


def pairs_of(state: str) -> list[tuple[str, str]]:
    """Names and values of a state that is kept."""
    return parse_qsl(state)


def clean_state(text: str) -> str:
    """What a form sends, with only what the report knows; it may be empty.

    Raises ValidationError where it is too long to be opened again.
    """
    try:
        pairs = parse_qsl(text.removeprefix("?"), max_num_fields=MOST_PAIRS)
    except ValueError as error:
        raise _too_long() from error
    state = urlencode(list(_readable(pairs)))
    if len(state) > LONGEST_STATE:
        raise _too_long()
    return state


def _readable(pairs: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    for name, value in pairs:
        if name in KEPT and value and not UNREADABLE.search(value):
            yield name, value


def _too_long() -> ValidationError:
    return ValidationError(
        gettext("This view has too many filters to be kept. Take some of them out and save again.")
    )
