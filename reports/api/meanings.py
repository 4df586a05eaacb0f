"""What every figure, word and dimension means, and the companies that can be asked about."""

from typing import Any

from django.utils.translation import gettext as _

from attribution.models import Company
from reports.dimensions import BY_CAMPAIGN, DIMENSIONS, LEADS_ALONE
from reports.metrics import BUDGET_COLUMNS, METRICS, Measure, Metric, Ratio, Unit
from reports.periods import COMPARISONS, PERIODS
from reports.words import WORDS

WRITTEN = {
    Unit.COUNT: "A number.",
    Unit.MONEY: "Text: whole units of the company's currency, with a point.",
    Unit.RATE: "Text with six decimals: 0.250000 is 25 %.",
    Unit.MULTIPLE: "Text with six decimals: 2.400000 is 2.4 times.",
    Unit.SIGNED_RATE: "Text with six decimals: -0.100000 is a loss of 10 %.",
}
LEADS, BOOKINGS, SPEND, BUDGETS = "leads", "bookings", "spend entries", "budgets"
SOURCES = {"leads": LEADS, "booked": BOOKINGS, "completed": BOOKINGS, "revenue": BOOKINGS}


def definitions_answer() -> dict[str, Any]:
    """The registry of figures, the words of the report, and what it can be split by."""
    return {
        "metrics": [metric_answer(metric) for metric in METRICS.values()],
        "words": [{"word": str(word), "meaning": str(meaning)} for word, meaning in WORDS],
        "dimensions": [
            {"name": name, "label": str(label), "of": _of(name)}
            for name, label in DIMENSIONS.items()
        ],
        "periods": [{"name": name, "label": str(label)} for name, label in PERIODS.items()],
        "comparisons": [{"name": name, "label": str(text)} for name, text in COMPARISONS.items()],
        "unknown": _("null: not known, and never nought. Nought is 0."),
    }


def metric_answer(metric: Metric) -> dict[str, Any]:
    return {
        "name": metric.name,
        "label": str(metric.label),
        "definition": str(metric.help),
        "formula": formula(metric),
        "unknown_when": unknown_when(metric),
        "unit": metric.unit.value,
        "written_as": WRITTEN[metric.unit],
        "better": metric.better.value,
        "source": sources(metric),
        "has_interval": metric.has_interval,
        "needs_spend": metric.needs_spend,
    }


def formula(metric: Metric) -> str | None:
    """In names of metrics; None for what is counted or added up. Over several rows a ratio is the
    ratio of the sums."""
    if not isinstance(metric, Ratio):
        return None
    top = f"({metric.top} - {metric.minus})" if metric.minus else metric.top
    return f"{f'{metric.per} * ' if metric.per != 1 else ''}{top} / {metric.bottom}"


def unknown_when(metric: Metric) -> str | None:
    """In names of metrics; None for what is always known."""
    if isinstance(metric, Ratio):
        parts = dict.fromkeys(filter(None, (metric.top, metric.minus, metric.bottom)))
        return f"{metric.bottom} is 0, or one of {', '.join(parts)} is unknown"
    if metric.name == "revenue":
        return "a rate of exchange is missing"
    if isinstance(metric, Measure) and metric.empty is None:
        missing = " or a rate of exchange is missing" if metric.unit is Unit.MONEY else ""
        return f"nothing of it is reported or entered{missing}"
    return None


def sources(metric: Metric) -> list[str]:
    """From which rows it is made."""
    if isinstance(metric, Ratio):
        parts = filter(None, (metric.top, metric.minus, metric.bottom))
        return list(dict.fromkeys(one for part in parts for one in sources(METRICS[part])))
    if metric.name in BUDGET_COLUMNS:
        return [BUDGETS, SPEND] if metric.name == "budget_spend" else [BUDGETS]
    return [SOURCES.get(metric.name, SPEND)]


def _of(dimension: str) -> str:
    """Whose property it is: that decides what can be said of costs."""
    if dimension in LEADS_ALONE:
        return "lead"
    return "campaign" if dimension in BY_CAMPAIGN else "lead and spend"


def company_answer(company: Company) -> dict[str, Any]:
    return {
        "slug": company.slug,
        "name": company.name,
        "currency": company.currency,
        "time_zone": company.timezone,
        "thin_below": company.thin_below,
        "look_back_days": company.look_back_days,
    }
