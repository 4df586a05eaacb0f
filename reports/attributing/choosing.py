"""The selector of the report page: a model, and the window in which it looks for touches."""

from django.utils.translation import gettext, ngettext

from reports.attributing.models import MODELS, WINDOWS
from reports.choices import Choice, Option
from reports.query import ReportQuery


def model_choices(query: ReportQuery) -> list[Choice]:
    """The model first; the window says nothing while leads count as captured."""
    models = [Option(one.name, str(one.label), one.name == query.model) for one in MODELS.values()]
    usual = query.company.look_back_days
    offered = sorted({*WINDOWS, usual, query.look_back})
    windows = [
        Option(
            "" if days == usual else str(days), _days(days, days == usual), days == query.look_back
        )
        for days in offered
    ]
    return [
        Choice("model", gettext("Attribution"), models),
        Choice("window", gettext("Look-back"), windows),
    ]


def _days(days: int, is_usual: bool) -> str:
    text = ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    return gettext("%(days)s (usual)") % {"days": text} if is_usual else text
