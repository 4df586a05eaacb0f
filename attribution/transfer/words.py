"""The engine's sentences for a person in front of a browser."""

from dataclasses import replace

from django.utils.translation import gettext as _

from attribution.imports.outcome import Outcome, RowError


def errors_here(outcome: Outcome) -> list[RowError]:
    """The errors; where the way out is an option of the command line, it is named as it is here."""
    return [_here(error) if "--" in error.way_out else error for error in outcome.errors]


def _here(error: RowError) -> RowError:
    option = error.way_out.partition("--")[2].partition(" ")[0]
    ways = {
        "map": _("Say which column it is, under “Read the file differently”."),
        "set": _("Give one value for all rows, under “Read the file differently”."),
        "value": _(
            "Translate it, under “Read the file differently”, for example: %(column)s: %(value)s "
            "= completed"
        )
        % {"column": error.column, "value": error.value},
        "dates": _("Say how dates are written, under “Read the file differently”."),
        "decimal": _("Say how amounts are written, under “Read the file differently”."),
    }
    return replace(error, way_out=ways.get(option, error.way_out))
